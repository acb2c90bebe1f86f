package scenario

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/tap"
)

// Result is what became of one step.
type Result struct {
	Step    int // from 1; 0 for a domain made before the steps
	What    string
	Outcome string   // allow, deny, or an error's name
	Refused []string // hooks that said no
	Want    string
	OK      bool
	Why     string
}

// Report is a scenario's run under a module.
type Report struct {
	Scenario, Module string
	Results          []Result
	Log              []string // the module's console lines
}

// OK reports whether every step went as expected.
func (r *Report) OK() bool {
	return !slices.ContainsFunc(r.Results, func(r Result) bool { return !r.OK })
}

// runner is a run in progress.
type runner struct {
	s      *Scenario
	m      *Module
	h      *hv.Hypervisor
	ids    map[string]hv.DomID
	saved  map[string]uint64
	report *Report

	mu      sync.Mutex
	refused []string
}

// Run plays a scenario under a module. An error is a scenario that cannot be
// played (an unknown operation, a domain that cannot be made); a step that goes
// otherwise than expected is in the report.
func Run(s *Scenario, m *Module) (*Report, error) {
	r := &runner{s: s, m: m, ids: map[string]hv.DomID{}, saved: map[string]uint64{}, report: &Report{Scenario: s.Name, Module: m.Name}}
	if err := r.boot(); err != nil {
		return nil, fmt.Errorf("%s: under %s: %w", s.file, m.Name, err)
	}
	for i, st := range s.Steps {
		if err := r.step(i+1, &st); err != nil {
			return nil, fmt.Errorf("%s: step %d (%s): %w", s.file, i+1, st.Do, err)
		}
	}
	return r.report, nil
}

// boot makes the machine and the domains that are there from the start.
func (r *runner) boot() error {
	ssid, err := r.m.SSIDRef(r.s.Machine.Dom0Label[r.m.Name])
	if err != nil {
		return err
	}
	c := hv.Config{Pages: r.s.Machine.Pages, Devices: r.s.Machine.Devices, DTPaths: r.s.Machine.DTPaths, Dom0SSID: ssid}
	if r.m.Hooks != nil {
		c.Security = &tap.Module{Next: r.m.Hooks, Around: r.around}
	}
	if r.h, err = hv.New(c); err != nil {
		return err
	}
	r.ids["dom0"] = 0
	for i := range r.s.Domains {
		d := &r.s.Domains[i]
		if d.Later {
			continue
		}
		if err := r.create(d.By, d); err != nil {
			return fmt.Errorf("domain %s: %w (refused by %v)", d.Name, err, r.refused)
		}
	}
	return nil
}

// around passes decisions on and remembers refusals.
func (r *runner) around(c tap.Call, next func() error) error {
	err := next()
	if err != nil {
		r.mu.Lock()
		r.refused = append(r.refused, c.Hook)
		r.mu.Unlock()
	}
	return err
}

// vcpu is who makes a domain's calls.
func (r *runner) vcpu(name string) (*hv.VCPU, error) {
	if name == "" {
		name = "dom0"
	}
	id, ok := r.ids[name]
	if !ok {
		return nil, fmt.Errorf("domain %s has not been made", name)
	}
	return r.h.VCPU(id, 0)
}

// Create makes a running domain as a toolstack does: the domain, its limits, its
// processor, its memory, its target.
func Create(h *hv.Hypervisor, by *hv.VCPU, c *hv.CreateDomain, frames []uint64, target hv.DomID) error {
	if err := h.Call(by, abi.HYPERVISOR_domctl, abi.XEN_DOMCTL_createdomain, c); err != nil {
		return err
	}
	calls := []struct {
		nr, cmd uint32
		arg     any
	}{
		{abi.HYPERVISOR_domctl, abi.XEN_DOMCTL_max_mem, &hv.DomctlValue{Domain: c.Domain, Value: 4 * (16 + uint64(len(frames)))}},
		{abi.HYPERVISOR_domctl, abi.XEN_DOMCTL_max_vcpus, &hv.DomctlValue{Domain: c.Domain, Value: 1}},
		{abi.HYPERVISOR_memory_op, abi.XENMEM_populate_physmap, &hv.Reservation{Dom: c.Domain, Count: uint64(len(frames)), GFNs: frames}},
		{abi.HYPERVISOR_domctl, abi.XEN_DOMCTL_set_target, &hv.SetTarget{Domain: c.Domain, Target: target}},
		{abi.HYPERVISOR_domctl, abi.XEN_DOMCTL_unpausedomain, &hv.DomctlDomain{Domain: c.Domain}},
	}
	for _, call := range calls {
		if call.cmd == abi.XEN_DOMCTL_set_target && call.nr == abi.HYPERVISOR_domctl && target == abi.DOMID_INVALID {
			continue
		}
		if r, ok := call.arg.(*hv.Reservation); ok && len(frames) == 0 {
			_ = r
			continue
		}
		if err := h.Call(by, call.nr, call.cmd, call.arg); err != nil {
			return err
		}
		if r, ok := call.arg.(*hv.Reservation); ok && r.Done < r.Count {
			return abi.ENOMEM
		}
	}
	return nil
}

func (r *runner) create(by string, d *Domain) error {
	v, err := r.vcpu(by)
	if err != nil {
		return err
	}
	ssid, err := r.m.SSIDRef(d.Labels[r.m.Name])
	if err != nil {
		return err
	}
	target := hv.DomID(abi.DOMID_INVALID)
	if d.Target != "" {
		target = r.ids[d.Target]
	}
	c := &hv.CreateDomain{SSIDRef: ssid, HVM: d.HVM, Xenstore: d.Xenstore, IOMMU: d.IOMMU, MaxVCPUs: 1, Handle: d.Name}
	if err := Create(r.h, v, c, d.Frames, target); err != nil {
		return err
	}
	r.ids[d.Name] = c.Domain
	return nil
}

// step plays one step and records what happened.
func (r *runner) step(n int, st *Step) error {
	r.mu.Lock()
	r.refused = nil
	r.mu.Unlock()
	v, err := r.vcpu(st.By)
	var got error
	switch {
	case errors.Is(err, abi.ESRCH):
		got = err // destroyed by an earlier step
	case err != nil:
		return err
	case st.Do == "create":
		got = r.create(st.By, r.s.domain(st.Domain))
	default:
		if got, err = r.call(v, st); errors.Is(err, errNotSaved) {
			got = err
		} else if err != nil {
			return err
		}
	}
	r.mu.Lock()
	refused := slices.Clone(r.refused)
	r.mu.Unlock()
	res := Result{Step: n, What: fmt.Sprintf("%s: %s%s", st.By, st.Do, describe(st)), Refused: refused, Want: st.Expect.For(r.m.Name), Why: st.Why}
	res.Outcome = outcome(got, refused)
	res.OK = res.Want == "" || res.Want == res.Outcome || got != nil && got.Error() == "-"+res.Want || got != nil && got.Error() == res.Want
	r.report.Results = append(r.report.Results, res)
	return nil
}

func describe(st *Step) string {
	switch {
	case st.Domain != "":
		return " " + st.Domain
	case len(st.Args) > 0:
		return " " + args(st.Args)
	}
	return ""
}

// outcome is allow, deny where a hook or the hypervisor's own permission test
// refused, or the error's name.
func outcome(err error, refused []string) string {
	switch {
	case len(refused) > 0:
		return "deny"
	case err == nil:
		return "allow"
	case errors.Is(err, abi.EPERM), errors.Is(err, abi.EACCES), errors.Is(err, hv.GrantDenied):
		return "deny"
	}
	return err.Error()
}
