package scenario

import (
	"fmt"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// question is one thing a domain may do to another, asked of a module directly:
// nothing is done.
type question struct {
	name string
	ask  func(h xsm.Hooks, src, dst *xsm.Domain) error
}

var questions = []question{
	{"event", func(h xsm.Hooks, s, d *xsm.Domain) error { return h.EvtchnUnbound(s, s, &xsm.Evtchn{}, d.ID) }},
	{"map", func(h xsm.Hooks, s, d *xsm.Domain) error { return h.GrantMapRef(s, s, d, 0) }},
	{"copy", func(h xsm.Hooks, s, d *xsm.Domain) error { return h.GrantCopy(s, s, d) }},
	{"argo", func(h xsm.Hooks, s, d *xsm.Domain) error { return h.ArgoSend(s, s, d) }},
	{"foreign-map", func(h xsm.Hooks, s, d *xsm.Domain) error {
		return h.MMUUpdate(s, s, s, d, xsm.MMUNormalUpdate|xsm.MMUUpdateRead)
	}},
	{"see", func(h xsm.Hooks, s, d *xsm.Domain) error {
		if err := h.Domctl(s, d, abi.XEN_DOMCTL_getdomaininfo, 0); err != nil {
			return err
		}
		return h.GetDomainInfo(s, d)
	}},
	{"pause", func(h xsm.Hooks, s, d *xsm.Domain) error { return h.Domctl(s, d, abi.XEN_DOMCTL_pausedomain, 0) }},
	{"destroy", func(h xsm.Hooks, s, d *xsm.Domain) error { return h.Domctl(s, d, abi.XEN_DOMCTL_destroydomain, 0) }},
	{"device-model", func(h xsm.Hooks, s, d *xsm.Domain) error { return h.DMOp(s, d) }},
}

// Cell is who may do what to whom under one module.
type Cell struct {
	Source, Target string
	Allowed        map[string]bool // by question
}

// Matrix is every pair of a scenario's domains under a module.
type Matrix struct {
	Module    string
	Questions []string
	Cells     []Cell
}

// Ask boots a scenario's domains under a module, without its steps, and asks
// about every pair. The error is a domain that cannot be made.
func Ask(s *Scenario, m *Module) (*Matrix, error) {
	r := &runner{s: s, m: m, ids: map[string]hv.DomID{}, saved: map[string]uint64{}, report: &Report{}}
	if err := r.boot(); err != nil {
		return nil, fmt.Errorf("%s: under %s: %w", s.file, m.Name, err)
	}
	out := &Matrix{Module: m.Name}
	for _, q := range questions {
		out.Questions = append(out.Questions, q.name)
	}
	names := []string{"dom0"}
	for _, d := range s.Domains {
		if _, made := r.ids[d.Name]; made {
			names = append(names, d.Name)
		}
	}
	for _, a := range names {
		for _, b := range names {
			cell := Cell{a, b, map[string]bool{}}
			src, dst := r.seen(a), r.seen(b)
			for _, q := range questions {
				cell.Allowed[q.name] = m.Hooks == nil || q.ask(m.Hooks, src, dst) == nil
			}
			out.Cells = append(out.Cells, cell)
		}
	}
	return out, nil
}

// seen is a domain as modules see it.
func (r *runner) seen(name string) *xsm.Domain {
	v, err := r.vcpu(name)
	if err != nil {
		return nil
	}
	return &v.Domain().Domain
}
