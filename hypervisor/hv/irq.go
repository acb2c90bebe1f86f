package hv

import (
	"sync"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// irqTable is the machine's interrupts: who has which mapped.
type irqTable struct {
	lock  sync.Mutex
	users map[int]*Domain
	msi   map[int]uint32 // device behind a message-signalled interrupt
	gsis  map[int]uint32 // trigger and polarity set by setup_gsi
	apic  map[uint32]uint32
}

func (t *irqTable) init() {
	t.users, t.msi = map[int]*Domain{}, map[int]uint32{}
	t.gsis, t.apic = map[int]uint32{}, map[uint32]uint32{}
}

func (t *irqTable) dropDomain(d *Domain) {
	t.lock.Lock()
	defer t.lock.Unlock()
	for irq, u := range t.users {
		if u == d {
			delete(t.users, irq)
			delete(t.msi, irq)
		}
	}
}

// bind enters a user of an interrupt; EBUSY if another domain has it.
func (t *irqTable) bind(irq int, d *Domain, dev *xsm.PCIDev) error {
	t.lock.Lock()
	defer t.lock.Unlock()
	if d.isDying() {
		return abi.EINVAL
	}
	if u := t.users[irq]; u != nil && u != d {
		return abi.EBUSY
	}
	t.users[irq] = d
	if dev != nil {
		t.msi[irq] = dev.SBDF
	}
	return nil
}

// unbind removes it and returns the device, if it was message-signalled.
func (t *irqTable) device(irq int) *xsm.PCIDev {
	t.lock.Lock()
	defer t.lock.Unlock()
	if sbdf, ok := t.msi[irq]; ok {
		return &xsm.PCIDev{SBDF: sbdf}
	}
	return nil
}

func (t *irqTable) unbind(irq int) {
	t.lock.Lock()
	defer t.lock.Unlock()
	delete(t.users, irq)
	delete(t.msi, irq)
}

// freeMSI finds an interrupt number for a message-signalled interrupt; 0 if none.
func (t *irqTable) freeMSI() int {
	t.lock.Lock()
	defer t.lock.Unlock()
	for irq := nrStaticIRQs; irq < nrIRQs; irq++ {
		if t.users[irq] == nil {
			return irq
		}
	}
	return 0
}

// pirqIRQ is the machine interrupt behind a domain's number.
func (d *Domain) pirqIRQ(pirq int) (int, bool) {
	d.lock.Lock()
	defer d.lock.Unlock()
	irq, ok := d.pirqs[pirq]
	return irq, ok
}

// MapPIRQ is the argument of PHYSDEVOP_map_pirq. For a wired interrupt Index is
// its number; for a message-signalled one SBDF names the device. PIRQ -1 asks
// for any number.
type MapPIRQ struct {
	Dom   DomID
	Type  uint32 // MAP_PIRQ_TYPE_GSI or _MSI
	Index int
	SBDF  uint32
	PIRQ  int // in and out
}

func (h *Hypervisor) physdevMapPIRQ(v *VCPU, a *MapPIRQ) error {
	d := h.lookupAny(v, a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.MapDomainPIRQ(v.sec(), &d.Domain); err != nil {
		return err
	}
	irq, dev, err := h.pickIRQ(v, a)
	if err != nil {
		return err
	}
	if !v.dom.io.allows(&v.dom.io.irqs, uint64(irq), uint64(irq)) {
		return abi.EPERM
	}
	pirq, err := d.pickPIRQ(a.PIRQ, irq)
	if err != nil {
		return err
	}
	if err := h.sec.MapDomainIRQ(v.sec(), &d.Domain, irq, dev); err != nil {
		return err
	}
	if err := h.irqs.bind(irq, d, dev); err != nil {
		return err
	}
	d.lock.Lock()
	d.pirqs[pirq] = irq
	d.lock.Unlock()
	a.PIRQ = pirq
	return nil
}

// pickIRQ finds the machine interrupt a request is about.
func (h *Hypervisor) pickIRQ(v *VCPU, a *MapPIRQ) (int, *xsm.PCIDev, error) {
	switch a.Type {
	case abi.MAP_PIRQ_TYPE_GSI:
		if a.Index <= 0 || a.Index >= nrStaticIRQs {
			return 0, nil, abi.EINVAL
		}
		return a.Index, nil, nil
	case abi.MAP_PIRQ_TYPE_MSI, abi.MAP_PIRQ_TYPE_MSI_SEG:
		irq := h.irqs.freeMSI()
		if irq == 0 {
			return 0, nil, abi.EINVAL
		}
		return irq, &xsm.PCIDev{SBDF: a.SBDF}, nil
	}
	return 0, nil, abi.EINVAL
}

// pickPIRQ checks the number asked for or finds a free one.
func (d *Domain) pickPIRQ(want, irq int) (int, error) {
	d.lock.Lock()
	defer d.lock.Unlock()
	if want >= nrIRQs || want < -1 {
		return 0, abi.EINVAL
	}
	if want >= 0 {
		if old, ok := d.pirqs[want]; ok && old != irq {
			return 0, abi.EEXIST
		}
		return want, nil
	}
	for p := nrIRQs - 1; p >= 0; p-- {
		if _, ok := d.pirqs[p]; !ok {
			return p, nil
		}
	}
	return 0, abi.ENOSPC
}

// UnmapPIRQ is the argument of PHYSDEVOP_unmap_pirq.
type UnmapPIRQ struct {
	Dom  DomID
	PIRQ int
}

func (h *Hypervisor) physdevUnmapPIRQ(v *VCPU, a *UnmapPIRQ) error {
	d := h.lookupAny(v, a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.UnmapDomainPIRQ(v.sec(), &d.Domain); err != nil {
		return err
	}
	irq, ok := d.pirqIRQ(a.PIRQ)
	if !ok {
		return abi.EINVAL
	}
	if err := h.sec.UnmapDomainIRQ(v.sec(), &d.Domain, irq, h.irqs.device(irq)); err != nil {
		return err
	}
	d.lock.Lock()
	delete(d.pirqs, a.PIRQ)
	d.lock.Unlock()
	h.irqs.unbind(irq)
	return nil
}

// IRQPermission is the argument of XEN_DOMCTL_irq_permission; PIRQ is the
// caller's number of the interrupt.
type IRQPermission struct {
	Domain DomID
	PIRQ   int
	Allow  bool
}

func (a *IRQPermission) domain() DomID { return a.Domain }

func (h *Hypervisor) domctlIRQPermission(v *VCPU, d *Domain, a *IRQPermission) error {
	irq, mapped := v.dom.pirqIRQ(a.PIRQ)
	if !mapped && h.isHardware(v.dom) && a.PIRQ > 0 && a.PIRQ < nrStaticIRQs {
		irq, mapped = a.PIRQ, true // the hardware domain's are the machine's
	}
	if a.PIRQ < 0 || a.PIRQ >= nrIRQs {
		return abi.EINVAL
	}
	if !mapped || !v.dom.io.allows(&v.dom.io.irqs, uint64(irq), uint64(irq)) {
		return abi.EPERM
	}
	if err := h.sec.IRQPermission(v.sec(), &d.Domain, irq, a.Allow); err != nil {
		return abi.EPERM // Xen replaces the module's reason
	}
	d.io.change(&d.io.irqs, uint64(irq), uint64(irq), a.Allow)
	return nil
}

// BindPTIRQ is the argument of XEN_DOMCTL_bind_pt_irq and unbind_pt_irq.
type BindPTIRQ struct {
	Domain     DomID
	MachineIRQ int // the guest's number of the interrupt
}

func (a *BindPTIRQ) domain() DomID { return a.Domain }

func (h *Hypervisor) domctlBindPT(v *VCPU, d *Domain, a *BindPTIRQ) error {
	if !d.hvm {
		return abi.EINVAL
	}
	irq, _ := d.pirqIRQ(a.MachineIRQ)
	if err := h.sec.BindPTIRQ(v.sec(), &d.Domain, &xsm.BindPTIRQ{MachineIRQ: a.MachineIRQ, IRQ: irq}); err != nil {
		return err
	}
	if irq <= 0 || !v.dom.io.allows(&v.dom.io.irqs, uint64(irq), uint64(irq)) {
		return abi.EPERM
	}
	return d.setPT(a.MachineIRQ, true)
}

func (h *Hypervisor) domctlUnbindPT(v *VCPU, d *Domain, a *BindPTIRQ) error {
	if !d.hvm {
		return abi.EINVAL
	}
	irq, _ := d.pirqIRQ(a.MachineIRQ)
	if err := h.sec.UnbindPTIRQ(v.sec(), &d.Domain, &xsm.BindPTIRQ{MachineIRQ: a.MachineIRQ, IRQ: irq}); err != nil {
		return err
	}
	if irq <= 0 || !v.dom.io.allows(&v.dom.io.irqs, uint64(irq), uint64(irq)) {
		return abi.EPERM
	}
	return d.setPT(a.MachineIRQ, false)
}

func (d *Domain) setPT(pirq int, on bool) error {
	d.lock.Lock()
	defer d.lock.Unlock()
	if !on && !d.ptIRQs[pirq] {
		return abi.EINVAL
	}
	if on {
		d.ptIRQs[pirq] = true
	} else {
		delete(d.ptIRQs, pirq)
	}
	return nil
}
