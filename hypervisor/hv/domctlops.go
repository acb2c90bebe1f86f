package hv

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

// DomctlOp is the argument of domctls with a sub-command.
type DomctlOp struct {
	Domain DomID
	Op     uint32
	Mode   uint32 // of vm_event_op and monitor_op
	Value  uint64 // in or out
}

func (a *DomctlOp) domain() DomID { return a.Domain }

// domctlScheduler sets or reads scheduling parameters; Op is
// XEN_DOMCTL_SCHEDOP_*.
func (h *Hypervisor) domctlScheduler(v *VCPU, d *Domain, a *DomctlOp) error {
	if err := h.sec.DomctlSchedulerOp(v.sec(), &d.Domain, int(a.Op)); err != nil {
		return err
	}
	switch a.Op {
	case abi.XEN_DOMCTL_SCHEDOP_putinfo, abi.XEN_DOMCTL_SCHEDOP_putvcpuinfo:
		if a.Value == 0 || a.Value > 1<<16 {
			return abi.EINVAL
		}
		d.setAttr("weight", 0, a.Value)
	case abi.XEN_DOMCTL_SCHEDOP_getinfo, abi.XEN_DOMCTL_SCHEDOP_getvcpuinfo:
		a.Value = d.attr("weight", 0)
	default:
		return abi.EINVAL
	}
	return nil
}

// domctlShadow controls paging assistance; Op is XEN_DOMCTL_SHADOW_OP_*.
func (h *Hypervisor) domctlShadow(v *VCPU, d *Domain, a *DomctlOp) error {
	switch {
	case d == v.dom:
		return abi.EINVAL
	case d.isDying():
		return abi.EINVAL
	}
	if err := h.sec.ShadowControl(v.sec(), &d.Domain, a.Op); err != nil {
		return err
	}
	switch a.Op {
	case abi.XEN_DOMCTL_SHADOW_OP_OFF:
		d.setAttr("shadow", 0, 0)
	case abi.XEN_DOMCTL_SHADOW_OP_ENABLE, abi.XEN_DOMCTL_SHADOW_OP_ENABLE_TEST, abi.XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY:
		if d.attr("shadow", 0) != 0 {
			return abi.EINVAL
		}
		d.setAttr("shadow", 0, uint64(a.Op)+1)
	case abi.XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION:
		a.Value = d.attr("shadow", 1)
	case abi.XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION:
		d.setAttr("shadow", 1, a.Value)
	case abi.XEN_DOMCTL_SHADOW_OP_PEEK, abi.XEN_DOMCTL_SHADOW_OP_CLEAN:
		if d.attr("shadow", 0) == 0 {
			return abi.EINVAL
		}
	default:
		return abi.EINVAL
	}
	return nil
}

// pagingCont continues a shadow_op that was preempted; it asks both hooks again.
func (h *Hypervisor) pagingCont(v *VCPU, a *DomctlOp) error {
	d := h.lookup(a.Domain)
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.Domctl(v.sec(), &d.Domain, abi.XEN_DOMCTL_shadow_op, 0); err != nil {
		return err
	}
	h.domctl.Lock()
	defer h.domctl.Unlock()
	return h.domctlShadow(v, d, a)
}

// domctlVMEvent opens or closes an event ring; Mode is
// XEN_DOMCTL_VM_EVENT_OP_*, Op is XEN_VM_EVENT_*.
func (h *Hypervisor) domctlVMEvent(v *VCPU, d *Domain, a *DomctlOp) error {
	if a.Op == abi.XEN_VM_EVENT_GET_VERSION {
		a.Value = 7
		return nil
	}
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.VMEventControl(v.sec(), &d.Domain, int(a.Mode), int(a.Op)); err != nil {
		return err
	}
	if d == v.dom || d.isDying() {
		return abi.EINVAL
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	switch a.Op {
	case abi.XEN_VM_EVENT_ENABLE:
		if !d.hvm {
			return abi.ENODEV
		}
		if d.vmEvent[a.Mode] {
			return abi.EBUSY
		}
		d.vmEvent[a.Mode] = true
	case abi.XEN_VM_EVENT_DISABLE:
		delete(d.vmEvent, a.Mode)
	case abi.XEN_VM_EVENT_RESUME:
		if !d.vmEvent[a.Mode] {
			return abi.ENODEV
		}
	default:
		return abi.ENOSYS
	}
	return nil
}

// hasRing reports whether an event ring of a kind is open.
func (d *Domain) hasRing(mode uint32) bool {
	d.lock.Lock()
	defer d.lock.Unlock()
	return d.vmEvent[mode]
}

// domctlMonitor switches monitored events; Op is XEN_DOMCTL_MONITOR_OP_*, Mode
// the event.
func (h *Hypervisor) domctlMonitor(v *VCPU, d *Domain, a *DomctlOp) error {
	if d == v.dom {
		return abi.EPERM
	}
	if err := h.sec.VMEventControl(v.sec(), &d.Domain, int(a.Op), int(a.Mode)); err != nil {
		return err
	}
	switch a.Op {
	case abi.XEN_DOMCTL_MONITOR_OP_ENABLE:
		if !d.hvm {
			return abi.EOPNOTSUPP
		}
		d.setAttr("monitor", a.Mode, 1)
	case abi.XEN_DOMCTL_MONITOR_OP_DISABLE:
		d.setAttr("monitor", a.Mode, 0)
	case abi.XEN_DOMCTL_MONITOR_OP_GET_CAPABILITIES:
		a.Value = 0xff
	default:
		return abi.EOPNOTSUPP
	}
	return nil
}

// PageInfo is the argument of XEN_DOMCTL_getpageframeinfo3, one frame at a time.
type PageInfo struct {
	Domain DomID
	MFN    uint64
	Level  uint32 // out: 0, or the level of page table it is pinned as
}

func (a *PageInfo) domain() DomID { return a.Domain }

func (h *Hypervisor) domctlPageInfo(v *VCPU, d *Domain, a *PageInfo) error {
	p := d.pageOf(v, a.MFN)
	if p == nil {
		return abi.EINVAL
	}
	defer p.put(v)
	p.lock.Lock()
	defer p.lock.Unlock()
	a.Level = uint32(p.level)
	return nil
}

// domctlTrigger sends a trigger (XEN_DOMCTL_SENDTRIGGER_* in Value) to a processor.
func (h *Hypervisor) domctlTrigger(_ *VCPU, d *Domain, a *DomctlValue) error {
	if d.vcpu(int(a.VCPU)) == nil {
		return abi.ESRCH
	}
	if a.Value > abi.XEN_DOMCTL_SENDTRIGGER_SLEEP {
		return abi.ENOSYS
	}
	d.setAttr("trigger", a.VCPU, a.Value+1)
	return nil
}

// domctlGdbPause and domctlGdbUnpause stop one processor for a debugger.
func (h *Hypervisor) domctlGdbPause(v *VCPU, d *Domain, a *DomctlValue) error {
	if d == v.dom || d.vcpu(int(a.VCPU)) == nil {
		return abi.EINVAL
	}
	d.setAttr("gdbsx", a.VCPU, 1)
	return nil
}

func (h *Hypervisor) domctlGdbUnpause(v *VCPU, d *Domain, a *DomctlValue) error {
	if d.attr("gdbsx", a.VCPU) == 0 {
		return abi.EINVAL
	}
	d.setAttr("gdbsx", a.VCPU, 0)
	return nil
}

// domctlGdbMem copies a word of guest memory for a debugger: VCPU is the guest
// frame, Value the word read.
func (h *Hypervisor) domctlGdbMem(v *VCPU, d *Domain, a *DomctlValue) error {
	p := d.lookupGFN(uint64(a.VCPU))
	if p == nil {
		return abi.EFAULT
	}
	defer p.put(v)
	var b [8]byte
	p.read(0, b[:])
	a.Value = 0
	for i, x := range b {
		a.Value |= uint64(x) << (8 * i)
	}
	return nil
}
