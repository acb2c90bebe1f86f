//go:build boot

package boot

import (
	"errors"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/scenario"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask"
)

// world is a module and the labels under which dom0 and its guest live; without labels they have those that the module gives them.
type world struct {
	module       string // dummy, silo, flask
	actor, guest string // Flask contexts
}

// setUp is what dom0 does before the cases, in both machines: it makes the guest and, under Flask, takes its label and begins to enforce.
func (w *world) setUp() []probe {
	create := control(36, 1, domctlVersion, uint16(guestID), pad(6), uint32(0), pad(16), uint32(0), uint32(0), uint32(1), uint32(1023),
		int32(4), int32(4), uint32(1), uint32(0), uint32(0), uint32(0), uint32(0))
	create.name = "setup-create"
	if w.module != "flask" {
		return []probe{create}
	}
	actor, guest := contextToSID("setup-actor", w.actor), contextToSID("setup-guest", w.guest)
	create.links = []link{{at: 16, from: guest.name, offset: 8, size: 4}}
	relabel := control(27, abi.FLASK_RELABEL_DOMAIN, flaskVersion, uint32(abi.DOMID_SELF), uint32(0))
	relabel.name, relabel.links = "setup-relabel", []link{{at: 12, from: actor.name, offset: 8, size: 4}}
	enforce := control(27, abi.FLASK_SETENFORCE, flaskVersion, uint32(1))
	enforce.name = "setup-enforce"
	return []probe{actor, guest, create, relabel, enforce}
}

// contextToSID asks for a label's number, which Xen leaves 8 bytes into the data.
func contextToSID(name, context string) probe {
	p := control(27, abi.FLASK_CONTEXT_TO_SID, flaskVersion, uint32(0), uint32(len(context)), uint64(0))
	p.name = name
	text := uint32(len(p.data))
	p.data = append(p.data, context...)
	p.links = []link{{at: 16, offset: text}}
	return p
}

// model is the Go hypervisor after the same set-up.
func (w *world) model(t *testing.T, policy string) (*hv.Hypervisor, *hv.VCPU) {
	t.Helper()
	m, err := scenario.NewModule(w.module, scenario.Options{Policy: policy, Permissive: true})
	if err != nil {
		t.Fatal(err)
	}
	h, err := hv.New(hv.Config{Security: m.Hooks})
	if err != nil {
		t.Fatal(err)
	}
	dom0, err := h.VCPU(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	guest, err := m.SSIDRef(w.guest)
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(h.Call(dom0, abi.HYPERVISOR_domctl, abi.XEN_DOMCTL_createdomain, &hv.CreateDomain{Domain: guestID, SSIDRef: guest, MaxVCPUs: 1}))
	if m.Flask != nil {
		sid, err := m.Flask.Server().ContextToSID(w.actor)
		must(err)
		must(h.Call(dom0, abi.HYPERVISOR_xsm_op, abi.FLASK_RELABEL_DOMAIN, &flask.Relabel{DomID: abi.DOMID_SELF, SID: sid}))
		must(h.Call(dom0, abi.HYPERVISOR_xsm_op, abi.FLASK_SETENFORCE, &flask.SetEnforce{Enforcing: 1}))
	}
	return h, dom0
}

// ask makes a case's call in the model.
func (c *bootCase) ask(t *testing.T, h *hv.Hypervisor, v *hv.VCPU) error {
	t.Helper()
	o, err := hv.FindOp(c.op)
	if err != nil {
		t.Fatal(err)
	}
	return h.Call(v, o.Nr, o.Cmd, c.arg())
}

// deniedModel and deniedReal say that an answer is a refusal.
func deniedModel(err error) bool {
	return errors.Is(err, abi.EPERM) || errors.Is(err, abi.EACCES) || errors.Is(err, hv.GrantDenied)
}

func deniedReal(c *bootCase, rc int64) bool {
	return rc == -1 && c.real.status == 0 || rc == -13 || c.real.status != 0 && rc == -8
}
