package hv

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// EvtchnAllocUnbound is the argument of EVTCHNOP_alloc_unbound: a port in Dom
// that RemoteDom may bind.
type EvtchnAllocUnbound struct {
	Dom, RemoteDom DomID
	Port           uint32 // out
}

func (h *Hypervisor) evtchnAllocUnbound(v *VCPU, a *EvtchnAllocUnbound) error {
	d := h.lookupAny(v, a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	port, err := h.allocUnbound(v, d, a.RemoteDom)
	if err == nil {
		a.Port = port
	}
	return err
}

// allocUnbound makes an unbound port in d for remote.
func (h *Hypervisor) allocUnbound(v *VCPU, d *Domain, remote DomID) (uint32, error) {
	d.evt.lock.Lock()
	defer d.evt.lock.Unlock()
	c, err := d.freePort(v)
	if err != nil {
		return 0, err
	}
	if err := h.sec.EvtchnUnbound(v.sec(), &d.Domain, &c.Evtchn, remote); err != nil {
		return 0, err
	}
	if remote == abi.DOMID_SELF {
		remote = v.dom.ID
	}
	c.State, c.remoteID = xsm.ECSUnbound, remote
	return c.Port, nil
}

// allocXen makes a port that the hypervisor itself serves
// (alloc_unbound_xen_event_channel).
func (h *Hypervisor) allocXen(v *VCPU, d *Domain, remote DomID) (uint32, error) {
	d.evt.lock.Lock()
	defer d.evt.lock.Unlock()
	c, err := d.freePort(v)
	if err != nil {
		return 0, err
	}
	if err := h.sec.EvtchnUnbound(v.sec(), &d.Domain, &c.Evtchn, remote); err != nil {
		return 0, err
	}
	c.State, c.remoteID, c.xen = xsm.ECSUnbound, remote, true
	return c.Port, nil
}

// EvtchnBindInterdomain is the argument of EVTCHNOP_bind_interdomain.
type EvtchnBindInterdomain struct {
	RemoteDom  DomID
	RemotePort uint32
	LocalPort  uint32 // out
}

func (h *Hypervisor) evtchnBindInterdomain(v *VCPU, a *EvtchnBindInterdomain) error {
	ld, rd := v.dom, h.lookupAny(v, a.RemoteDom)
	if rd == nil {
		return abi.ESRCH
	}
	defer lockTwo(ld, rd)()
	l, err := ld.freePort(v)
	if err != nil {
		return err
	}
	r := rd.evt.get(a.RemotePort)
	if r == nil || r.State != xsm.ECSUnbound || r.remoteID != ld.ID {
		return abi.EINVAL
	}
	if err := h.sec.EvtchnInterdomain(v.sec(), &ld.Domain, &l.Evtchn, &rd.Domain, &r.Evtchn); err != nil {
		return err
	}
	l.State, l.remote, l.remotePort, l.vcpu = xsm.ECSInterdomain, rd, r.Port, v.id
	r.State, r.remote, r.remotePort = xsm.ECSInterdomain, ld, l.Port
	l.setPending(ld) // a notification before the binding may have been lost
	a.LocalPort = l.Port
	return nil
}

// EvtchnBindVIRQ is the argument of EVTCHNOP_bind_virq.
type EvtchnBindVIRQ struct {
	VIRQ uint32
	VCPU uint32
	Port uint32 // out
}

func (h *Hypervisor) evtchnBindVIRQ(v *VCPU, a *EvtchnBindVIRQ) error {
	if a.VIRQ >= nrVIRQs || virqGlobal(a.VIRQ) && a.VCPU != 0 {
		return abi.EINVAL
	}
	if v.dom.vcpu(int(a.VCPU)) == nil {
		return abi.ENOENT
	}
	d, key := v.dom, virqKey{int(a.VCPU), a.VIRQ}
	d.evt.lock.Lock()
	defer d.evt.lock.Unlock()
	if _, bound := d.evt.virqs[key]; bound {
		return abi.EEXIST
	}
	c, err := d.freePort(v)
	if err != nil {
		return err
	}
	c.State, c.virq, c.vcpu = xsm.ECSVIRQ, a.VIRQ, int(a.VCPU)
	d.evt.virqs[key] = c.Port
	a.Port = c.Port
	return nil
}

// EvtchnBindIPI is the argument of EVTCHNOP_bind_ipi.
type EvtchnBindIPI struct {
	VCPU uint32
	Port uint32 // out
}

func (h *Hypervisor) evtchnBindIPI(v *VCPU, a *EvtchnBindIPI) error {
	if v.dom.vcpu(int(a.VCPU)) == nil {
		return abi.ENOENT
	}
	v.dom.evt.lock.Lock()
	defer v.dom.evt.lock.Unlock()
	c, err := v.dom.freePort(v)
	if err != nil {
		return err
	}
	c.State, c.vcpu = xsm.ECSIPI, int(a.VCPU)
	a.Port = c.Port
	return nil
}

// EvtchnBindPIRQ is the argument of EVTCHNOP_bind_pirq; the interrupt must have
// been mapped for the domain.
type EvtchnBindPIRQ struct {
	PIRQ uint32
	Port uint32 // out
}

func (h *Hypervisor) evtchnBindPIRQ(v *VCPU, a *EvtchnBindPIRQ) error {
	d := v.dom
	irq, mapped := d.pirqIRQ(int(a.PIRQ))
	if !mapped {
		return abi.EPERM
	}
	d.evt.lock.Lock()
	defer d.evt.lock.Unlock()
	for _, c := range d.evt.ports {
		if c.State == xsm.ECSPIRQ && c.IRQ == irq {
			return abi.EEXIST
		}
	}
	c, err := d.freePort(v)
	if err != nil {
		return err
	}
	c.State, c.IRQ = xsm.ECSPIRQ, irq
	a.Port = c.Port
	return nil
}

// EvtchnPort is the argument of EVTCHNOP_close, send and unmask.
type EvtchnPort struct{ Port uint32 }

func (h *Hypervisor) evtchnClose(v *VCPU, a *EvtchnPort) error {
	return h.closePort(v, v.dom, a.Port, true)
}

func (h *Hypervisor) evtchnSend(v *VCPU, a *EvtchnPort) error {
	d := v.dom
	d.evt.lock.RLock()
	defer d.evt.lock.RUnlock()
	c := d.evt.get(a.Port)
	if c == nil || c.State == xsm.ECSFree || c.State == xsm.ECSReserved || c.xen {
		return abi.EINVAL
	}
	if err := h.sec.EvtchnSend(v.sec(), &d.Domain, &c.Evtchn); err != nil {
		return err
	}
	switch c.State {
	case xsm.ECSInterdomain:
		// The peer cannot go while our lock is held: closing takes both.
		if r := c.remote.evt.ports[c.remotePort]; r.xen {
			r.pending.Store(true) // the hypervisor's own consumer
		} else {
			r.setPending(c.remote)
		}
	case xsm.ECSIPI:
		c.setPending(d)
	case xsm.ECSUnbound:
		// silently dropped: the other end may not be there yet
	default:
		return abi.EINVAL
	}
	return nil
}

func (h *Hypervisor) evtchnUnmask(v *VCPU, a *EvtchnPort) error {
	d := v.dom
	d.evt.lock.RLock()
	defer d.evt.lock.RUnlock()
	c := d.evt.get(a.Port)
	if c == nil || c.State == xsm.ECSFree {
		return abi.EINVAL
	}
	c.masked.Store(false)
	if c.pending.Load() {
		c.setPending(d)
	}
	return nil
}

// EvtchnStatus is the argument of EVTCHNOP_status.
type EvtchnStatus struct {
	Dom    DomID
	Port   uint32
	Status uint32 // out: EVTCHNSTAT_*
	VCPU   int    // out
	Remote DomID  // out, of unbound and interdomain channels
	RPort  uint32 // out, of interdomain channels
	Label  string // out: what a debug key would show
}

var evtchnStats = map[xsm.EvtchnState]uint32{
	xsm.ECSFree: abi.EVTCHNSTAT_closed, xsm.ECSReserved: abi.EVTCHNSTAT_closed,
	xsm.ECSUnbound: abi.EVTCHNSTAT_unbound, xsm.ECSInterdomain: abi.EVTCHNSTAT_interdomain,
	xsm.ECSPIRQ: abi.EVTCHNSTAT_pirq, xsm.ECSVIRQ: abi.EVTCHNSTAT_virq, xsm.ECSIPI: abi.EVTCHNSTAT_ipi,
}

func (h *Hypervisor) evtchnStatus(v *VCPU, a *EvtchnStatus) error {
	d := h.lookupAny(v, a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	d.evt.lock.RLock()
	defer d.evt.lock.RUnlock()
	c := d.evt.get(a.Port)
	if c == nil {
		return abi.EINVAL
	}
	if err := h.sec.EvtchnStatus(v.sec(), &d.Domain, &c.Evtchn); err != nil {
		return err
	}
	a.Status, a.VCPU, a.Remote, a.RPort = evtchnStats[c.State], c.vcpu, c.remoteID, 0
	if c.State == xsm.ECSInterdomain {
		a.Remote, a.RPort = c.remote.ID, c.remotePort
	}
	return nil
}

// EvtchnBindVCPU is the argument of EVTCHNOP_bind_vcpu.
type EvtchnBindVCPU struct{ Port, VCPU uint32 }

func (h *Hypervisor) evtchnBindVCPU(v *VCPU, a *EvtchnBindVCPU) error {
	if v.dom.vcpu(int(a.VCPU)) == nil {
		return abi.ENOENT
	}
	v.dom.evt.lock.Lock()
	defer v.dom.evt.lock.Unlock()
	c := v.dom.evt.get(a.Port)
	switch {
	case c == nil, c.xen:
		return abi.EINVAL
	case c.State == xsm.ECSVIRQ && !virqGlobal(c.virq), c.State == xsm.ECSIPI, c.State == xsm.ECSFree, c.State == xsm.ECSReserved:
		return abi.EINVAL
	}
	c.vcpu = int(a.VCPU)
	return nil
}

// EvtchnReset is the argument of EVTCHNOP_reset.
type EvtchnReset struct{ Dom DomID }

func (h *Hypervisor) evtchnReset(v *VCPU, a *EvtchnReset) error {
	d := h.lookupAny(v, a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.EvtchnReset(v.sec(), &v.dom.Domain, &d.Domain); err != nil {
		return err
	}
	if d != v.dom && !d.stopped.Load() {
		return abi.EINVAL // a running domain's channels are its own affair
	}
	d.evt.closeAll(h, v, d)
	return nil
}

// EvtchnPriority is the argument of EVTCHNOP_set_priority.
type EvtchnPriority struct{ Port, Priority uint32 }

func (h *Hypervisor) evtchnPriority(v *VCPU, a *EvtchnPriority) error {
	v.dom.evt.lock.Lock()
	defer v.dom.evt.lock.Unlock()
	c := v.dom.evt.get(a.Port)
	if c == nil || c.State == xsm.ECSFree || a.Priority > 15 {
		return abi.EINVAL
	}
	c.priority = a.Priority
	return nil
}

// TakePending is what a guest does to its shared page in the event handler: it
// clears the port's pending bit and reports whether it was set.
func (v *VCPU) TakePending(port uint32) bool {
	v.dom.evt.lock.RLock()
	defer v.dom.evt.lock.RUnlock()
	c := v.dom.evt.get(port)
	return c != nil && c.pending.Swap(false)
}
