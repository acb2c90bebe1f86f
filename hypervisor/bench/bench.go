// Package bench measures what hooks and modules cost on the reference
// hypervisor: small operations in the manner of lmbench, and a mix in the manner
// of building a kernel, each from dom0 and from a guest, under each module.
//
// The figure of interest is a ratio: a module's time over that of the hypervisor
// without hooks. Times are the thread's processor time where the system gives
// it, runs of all modules are interleaved in small slices of which a round takes
// the shortest, and the spread of the rounds' ratios is given with their median:
// a busy machine disturbs all modules alike, and little.
package bench

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/scenario"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/acm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flaskmod"
)

// Subject is a hypervisor under one module, with a guest for the operations.
type Subject struct {
	Name         string
	h            *hv.Hypervisor
	dom0, a      *hv.VCPU
	flask        *flaskmod.Module
	acm          *acm.Module
	portA, portB uint32
	tables       map[*hv.VCPU][]uint64 // a page table and a data frame of each
	frames       map[*hv.VCPU]uint64
}

// acmPolicy and flaskRules allow what the operations do.
const acmPolicy = `
name: bench
chinese_wall: {types: [x, y, z], conflicts: [[x, y], [y, z]]}
simple_type_enforcement: {types: [red, blue]}
bootstrap: dom0
labels:
  - {name: dom0, ste_types: [red, blue]}
  - {name: guest, chinese_wall_types: [x], ste_types: [red]}
`

const flaskRules = `
attribute domain_type;
type xen_t; type xenboot_t; type dom0_t, domain_type; type guest_t, domain_type; type guest_self_t, domain_type;
type channel_t; type other_t;
allow xenboot_t { dom0_t guest_t }:domain create;
allow domain_type xen_t:{ xen version argo } *;
allow domain_type domain_type:{ domain domain2 mmu grant hvm event } *;
allow domain_type channel_t:event *;
allow channel_t domain_type:event *;
type_transition domain_type domain_type:event channel_t;
type_transition guest_t guest_t:domain guest_self_t;
role r; role r types { xen_t xenboot_t domain_type channel_t other_t };
user u roles r;
sid xenboot u:r:xenboot_t
sid xen u:r:xen_t
sid dom0 u:r:dom0_t
sid domio u:r:other_t
sid domxen u:r:other_t
sid unlabeled u:r:other_t
sid security u:r:other_t
sid ioport u:object_r:other_t
sid iomem u:object_r:other_t
sid irq u:object_r:other_t
sid device u:object_r:other_t
sid domU u:r:guest_t
sid domDM u:r:guest_t
`

// Modules lists the columns: the baseline first. Flask needs a compiled policy,
// see Policy.
func Modules() []string {
	return []string{"unmodified", "dummy", "silo", "acm", "flask-permissive", "flask-enforcing"}
}

// Policy compiles the Flask policy that the benchmarks run under.
func Policy() ([]byte, error) { return flaskmod.Compile(flaskRules) }

// New boots a machine under a module; policy is Policy's.
func New(module string, policy []byte) (*Subject, error) {
	s := &Subject{Name: module, tables: map[*hv.VCPU][]uint64{}, frames: map[*hv.VCPU]uint64{}}
	hooks, err := s.module(policy)
	if err != nil {
		return nil, err
	}
	if s.h, err = hv.New(hv.Config{Security: hooks, Pages: 4096}); err != nil {
		return nil, err
	}
	if s.dom0, err = s.h.VCPU(0, 0); err != nil {
		return nil, err
	}
	if s.a, err = s.guest(); err != nil {
		return nil, err
	}
	return s, s.prepare()
}

func (s *Subject) module(policy []byte) (xsm.Hooks, error) {
	switch s.Name {
	case "unmodified":
		return nil, nil
	case "acm":
		p, err := acm.ParsePolicy("bench", []byte(acmPolicy))
		if err != nil {
			return nil, err
		}
		s.acm = acm.New(p)
		return s.acm, nil
	case "flask-permissive", "flask-enforcing":
		f, err := flaskmod.New(flaskmod.Options{Policy: policy, Permissive: s.Name == "flask-permissive", Uncounted: true})
		s.flask = f
		return f, err
	}
	m, err := scenario.NewModule(s.Name, scenario.Options{})
	if err != nil {
		return nil, err
	}
	return m.Hooks, nil
}

// ssid is the guests' label.
func (s *Subject) ssid() (uint32, error) {
	switch {
	case s.flask != nil:
		sid, err := s.flask.Server().ContextToSID("u:r:guest_t")
		return uint32(sid), err
	case s.acm != nil:
		return s.acm.Policy().SSIDRef("guest"), nil
	}
	return 0, nil
}

func (s *Subject) guest() (*hv.VCPU, error) {
	ssid, err := s.ssid()
	if err != nil {
		return nil, err
	}
	c := &hv.CreateDomain{MaxVCPUs: 1, SSIDRef: ssid}
	if err := scenario.Create(s.h, s.dom0, c, []uint64{1, 2, 3, 4}, abi.DOMID_INVALID); err != nil {
		return nil, err
	}
	return s.h.VCPU(c.Domain, 0)
}

// prepare connects the guests and dom0 and gives each a page table.
func (s *Subject) prepare() error {
	for _, v := range []*hv.VCPU{s.dom0, s.a} {
		r := &hv.Reservation{Dom: abi.DOMID_SELF, Count: 3}
		if err := s.h.Call(v, abi.HYPERVISOR_memory_op, abi.XENMEM_increase_reservation, r); err != nil || r.Done != 3 {
			return fmt.Errorf("bench: %s: memory: %v, %d frames", s.Name, err, r.Done)
		}
		s.tables[v], s.frames[v] = r.Frames[:2], r.Frames[2]
	}
	return s.connect()
}

// connect makes a channel between dom0 and the first guest, and a grant each
// way: every module allows that.
func (s *Subject) connect() error {
	u := &hv.EvtchnAllocUnbound{Dom: abi.DOMID_SELF, RemoteDom: 0}
	if err := s.h.Call(s.a, abi.HYPERVISOR_event_channel_op, abi.EVTCHNOP_alloc_unbound, u); err != nil {
		return err
	}
	b := &hv.EvtchnBindInterdomain{RemoteDom: s.a.Domain().ID, RemotePort: u.Port}
	if err := s.h.Call(s.dom0, abi.HYPERVISOR_event_channel_op, abi.EVTCHNOP_bind_interdomain, b); err != nil {
		return err
	}
	s.portA, s.portB = u.Port, b.LocalPort
	for v, to := range map[*hv.VCPU]hv.DomID{s.a: 0, s.dom0: s.a.Domain().ID} {
		g := &hv.GrantAccess{Ref: 1, Dom: to, Frame: s.frames[v]}
		if err := s.h.Call(v, hv.NrGuest, 0, g); err != nil {
			return err
		}
	}
	return nil
}

// Row is one operation's times under every module, in nanoseconds an operation.
type Row struct {
	Name   string
	Median []float64 // by module
	Ratio  []float64 // median of each round's ratio to the baseline
	Spread []float64 // half the distance between the quartiles of the ratios
}

// Table runs every operation under every module: rounds rounds, each of about
// budget for all modules together.
func Table(policy []byte, rounds int, budget time.Duration) ([]Row, error) {
	var subjects []*Subject
	for _, m := range Modules() {
		s, err := New(m, policy)
		if err != nil {
			return nil, fmt.Errorf("bench: %s: %w", m, err)
		}
		subjects = append(subjects, s)
	}
	var rows []Row
	for _, op := range Operations() {
		row, err := measure(op, subjects, rounds, budget)
		if err != nil {
			return nil, err
		}
		rows = append(rows, *row)
	}
	return rows, nil
}

// measure interleaves the modules' runs of one operation in small slices.
func measure(op Operation, subjects []*Subject, rounds int, budget time.Duration) (*Row, error) {
	n, err := calibrate(op, subjects[0], budget/time.Duration(len(subjects)*slicesPerRound))
	if err != nil {
		return nil, err
	}
	times := make([][]float64, len(subjects))
	ratios := make([][]float64, len(subjects))
	for range rounds {
		best := make([]time.Duration, len(subjects))
		for slice := range slicesPerRound {
			for k := range subjects {
				i := (k + slice) % len(subjects) // no module is always first
				d, err := run(op, subjects[i], n)
				if err != nil {
					return nil, err
				}
				if slice == 0 || d < best[i] {
					best[i] = d
				}
			}
		}
		for i := range subjects {
			times[i] = append(times[i], float64(best[i])/float64(n))
			ratios[i] = append(ratios[i], float64(best[i])/float64(best[0]))
		}
	}
	row := &Row{Name: op.Name}
	for i := range subjects {
		row.Median = append(row.Median, quantile(times[i], 0.5))
		row.Ratio = append(row.Ratio, quantile(ratios[i], 0.5))
		row.Spread = append(row.Spread, (quantile(ratios[i], 0.75)-quantile(ratios[i], 0.25))/2)
	}
	return row, nil
}

const slicesPerRound = 12

// calibrate finds how many operations take about a slice.
func calibrate(op Operation, s *Subject, slice time.Duration) (int, error) {
	for n := 1; ; n *= 2 {
		d, err := run(op, s, n)
		if err != nil || d >= slice || n > 1<<24 {
			return n, err
		}
	}
}

// run gives the processor time of n operations on this thread.
func run(op Operation, s *Subject, n int) (time.Duration, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := cpuTime()
	for range n {
		if err := op.Run(s); err != nil {
			return 0, fmt.Errorf("bench: %s under %s: %w", op.Name, s.Name, err)
		}
	}
	return cpuTime() - start, nil
}

func quantile(v []float64, q float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[int(q*float64(len(s)-1)+0.5)]
}

// Format prints rows: the baseline in nanoseconds, the others as ratios.
func Format(rows []Row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-28s %14s", "operation", "unmodified ns")
	for _, m := range Modules()[1:] {
		fmt.Fprintf(&b, " %18s", m)
	}
	b.WriteByte('\n')
	for _, r := range rows {
		fmt.Fprintf(&b, "%-28s %14.0f", r.Name, r.Median[0])
		for i := 1; i < len(r.Ratio); i++ {
			fmt.Fprintf(&b, " %10.3f ±%.3f ", r.Ratio[i], r.Spread[i])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// macroLimit is how much the dummy module may cost on the mix (1.03 is 3%).
const macroLimit = 1.03

// Target says whether the dummy module is within 3% of the hypervisor without
// hooks on the build mixes, a line each.
func Target(rows []Row) string {
	var b strings.Builder
	for _, r := range rows {
		if !strings.HasPrefix(r.Name, macro) {
			continue
		}
		verdict := "met"
		if r.Ratio[1] > macroLimit {
			verdict = "MISSED"
		}
		fmt.Fprintf(&b, "%s: dummy / unmodified = %.3f ±%.3f, want at most %.2f: %s\n", r.Name, r.Ratio[1], r.Spread[1], macroLimit, verdict)
	}
	return b.String()
}
