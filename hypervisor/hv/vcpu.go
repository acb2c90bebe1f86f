package hv

import (
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// VCPU is a virtual processor: who makes a hypercall. Only the goroutine that
// plays it calls Hypervisor.Call with it.
type VCPU struct {
	dom *Domain `digest:"-"`
	id  int
	up  atomic.Bool

	context  atomic.Uint64 // stands for the register state
	affinity atomic.Uint64
	timer    atomic.Uint64

	wake chan struct{} `digest:"-"` // holds a token while an event is unseen
}

func newVCPU(d *Domain, id int) *VCPU {
	return &VCPU{dom: d, id: id, wake: make(chan struct{}, 1)}
}

// Domain is the domain the processor belongs to.
func (v *VCPU) Domain() *Domain { return v.dom }

// Wake delivers a token after an event channel of the processor became pending.
func (v *VCPU) Wake() <-chan struct{} { return v.wake }

func (v *VCPU) kick() {
	select {
	case v.wake <- struct{}{}:
	default:
	}
}

// sec is the caller as modules see it.
func (v *VCPU) sec() *xsm.Domain { return &v.dom.Domain }

// runnable reports whether the processor can make a hypercall: its domain is
// neither paused, shut down nor being destroyed.
func (v *VCPU) runnable() bool { return v.up.Load() && !v.dom.stopped.Load() }

// VCPUOp is the argument of the vcpu_op commands, on the caller's own domain.
type VCPUOp struct {
	VCPU  uint32
	Value uint64 // context for initialise, nanoseconds for timers
	IsUp  bool   // out
}

func (h *Hypervisor) vcpuInitialise(v *VCPU, a *VCPUOp) error {
	t := v.dom.vcpu(int(a.VCPU))
	if t == nil {
		return abi.ENOENT
	}
	if t.up.Load() {
		return abi.EEXIST
	}
	t.context.Store(a.Value)
	return nil
}

func (h *Hypervisor) vcpuUp(v *VCPU, a *VCPUOp) error   { return v.setUp(a, true) }
func (h *Hypervisor) vcpuDown(v *VCPU, a *VCPUOp) error { return v.setUp(a, false) }

func (v *VCPU) setUp(a *VCPUOp, up bool) error {
	t := v.dom.vcpu(int(a.VCPU))
	if t == nil {
		return abi.ENOENT
	}
	t.up.Store(up)
	return nil
}

func (h *Hypervisor) vcpuIsUp(v *VCPU, a *VCPUOp) error {
	t := v.dom.vcpu(int(a.VCPU))
	if t == nil {
		return abi.ENOENT
	}
	a.IsUp = t.up.Load()
	return nil
}

func (h *Hypervisor) vcpuTimer(v *VCPU, a *VCPUOp) error {
	t := v.dom.vcpu(int(a.VCPU))
	if t == nil {
		return abi.ENOENT
	}
	t.timer.Store(a.Value)
	return nil
}

// SetTimer is the argument of set_timer_op, in nanoseconds of system time.
type SetTimer struct{ Deadline uint64 }

func (h *Hypervisor) setTimer(v *VCPU, a *SetTimer) error {
	v.timer.Store(a.Deadline)
	return nil
}
