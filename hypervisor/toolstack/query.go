package toolstack

import (
	"fmt"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
)

// PolicyState is what policy tells of the policy in force.
type PolicyState struct {
	MaxVersion uint32 `json:"max_version"` // the newest that can be loaded
	MLS        bool   `json:"mls"`
	Enforcing  bool   `json:"enforcing"`
}

// policy asks for the state of the policy; Xen lets everybody ask.
func policy(s *Stack, v *hv.VCPU, _ *Request) (any, error) {
	var version, mls, enforce flask.Value
	for _, q := range []struct {
		cmd uint32
		to  *flask.Value
	}{{abi.FLASK_POLICYVERS, &version}, {abi.FLASK_MLS, &mls}, {abi.FLASK_GETENFORCE, &enforce}} {
		if err := s.secOp(v, q.cmd, q.to); err != nil {
			return nil, err
		}
	}
	return PolicyState{MaxVersion: version.Value, MLS: mls.Value != 0, Enforcing: enforce.Value != 0}, nil
}

// query lists the permissions of a class that one label (Name) has on another
// (Label).
func query(s *Stack, v *hv.VCPU, r *Request) (any, error) {
	if s.m.Flask == nil {
		return nil, abi.ENOSYS
	}
	defs := s.m.Flask.Server().Definitions()
	a := flask.Access{Class: defs.Class(r.Class)}
	if a.Class == 0 {
		return nil, fmt.Errorf("no class is called %q: %w", r.Class, abi.EINVAL)
	}
	for _, l := range []struct {
		context string
		sid     *policydb.SID
	}{{r.Name, &a.SSID}, {r.Label, &a.TSID}} {
		c := flask.SIDContext{Context: l.context}
		if err := s.secOp(v, abi.FLASK_CONTEXT_TO_SID, &c); err != nil {
			return nil, fmt.Errorf("label %q: %w", l.context, err)
		}
		*l.sid = c.SID
	}
	if err := s.secOp(v, abi.FLASK_ACCESS, &a); err != nil {
		return nil, err
	}
	names, _ := defs.PermNames(a.Class, a.Allowed)
	return names, nil
}
