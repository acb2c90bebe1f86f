package hv

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

// APIC is the argument of PHYSDEVOP_apic_read, apic_write and alloc_irq_vector.
type APIC struct {
	Reg   uint32
	Value uint32 // in of a write; out of a read: the register; of alloc: the vector
}

func (h *Hypervisor) physdevAPICRead(v *VCPU, a *APIC) error {
	if err := h.sec.Apic(v.sec(), &v.dom.Domain, abi.PHYSDEVOP_apic_read); err != nil {
		return err
	}
	h.irqs.lock.Lock()
	defer h.irqs.lock.Unlock()
	a.Value = h.irqs.apic[a.Reg]
	return nil
}

func (h *Hypervisor) physdevAPICWrite(v *VCPU, a *APIC) error {
	if err := h.sec.Apic(v.sec(), &v.dom.Domain, abi.PHYSDEVOP_apic_write); err != nil {
		return err
	}
	if a.Reg > 0xff {
		return abi.EINVAL
	}
	h.irqs.lock.Lock()
	defer h.irqs.lock.Unlock()
	h.irqs.apic[a.Reg] = a.Value
	return nil
}

func (h *Hypervisor) physdevAllocVector(v *VCPU, a *APIC) error {
	if err := h.sec.Apic(v.sec(), &v.dom.Domain, abi.PHYSDEVOP_alloc_irq_vector); err != nil {
		return err
	}
	if a.Reg >= nrIRQs {
		return abi.EINVAL
	}
	a.Value = 0x20 + a.Reg
	return nil
}

// PCIOp is the argument of the physdev commands on one device.
type PCIOp struct{ SBDF uint32 }

func (h *Hypervisor) physdevAddDevice(v *VCPU, a *PCIOp) error {
	if err := h.sec.ResourcePlugPCI(v.sec(), a.SBDF); err != nil {
		return err
	}
	h.platform.lock.Lock()
	defer h.platform.lock.Unlock()
	if h.platform.pci[a.SBDF] == nil {
		h.platform.pci[a.SBDF] = &pciDevice{h.hardware, map[uint16]uint32{}}
	}
	return nil
}

func (h *Hypervisor) physdevRemoveDevice(v *VCPU, a *PCIOp) error {
	if err := h.sec.ResourceUnplugPCI(v.sec(), a.SBDF); err != nil {
		return err
	}
	h.platform.lock.Lock()
	defer h.platform.lock.Unlock()
	if h.platform.pci[a.SBDF] == nil {
		return abi.ENODEV
	}
	delete(h.platform.pci, a.SBDF)
	return nil
}

func (h *Hypervisor) physdevSetupPCI(v *VCPU, a *PCIOp) error {
	if err := h.sec.ResourceSetupPCI(v.sec(), a.SBDF); err != nil {
		return err
	}
	h.platform.lock.Lock()
	defer h.platform.lock.Unlock()
	dev := h.platform.pci[a.SBDF]
	if dev == nil {
		return abi.ENODEV
	}
	dev.config[0xf0]++ // stands for the device's interrupt state
	return nil
}

// physdevRestoreMSI programs a device's interrupts again. Unlike prepare and
// release it asks in the code shared with resuming from sleep.
func (h *Hypervisor) physdevRestoreMSI(v *VCPU, a *PCIOp) error {
	h.platform.lock.Lock()
	dev := h.platform.pci[a.SBDF]
	h.platform.lock.Unlock()
	if dev == nil {
		return abi.ENODEV
	}
	if err := h.sec.ResourceSetupPCI(v.sec(), a.SBDF); err != nil {
		return err
	}
	h.platform.lock.Lock()
	defer h.platform.lock.Unlock()
	dev.config[0xf4]++
	return nil
}

// SetupGSI is the argument of PHYSDEVOP_setup_gsi.
type SetupGSI struct {
	GSI                  int
	Triggering, Polarity uint32
}

func (h *Hypervisor) physdevSetupGSI(v *VCPU, a *SetupGSI) error {
	if a.GSI < 0 || a.GSI >= nrStaticIRQs {
		return abi.EINVAL
	}
	if err := h.sec.ResourceSetupGSI(v.sec(), a.GSI); err != nil {
		return err
	}
	h.irqs.lock.Lock()
	defer h.irqs.lock.Unlock()
	h.irqs.gsis[a.GSI] = a.Triggering<<1 | a.Polarity&1
	return nil
}

// MMCFG is the argument of PHYSDEVOP_pci_mmcfg_reserved.
type MMCFG struct {
	Segment uint32
	Address uint64
}

func (h *Hypervisor) physdevMMCFG(v *VCPU, a *MMCFG) error {
	if err := h.sec.ResourceSetupMisc(v.sec()); err != nil {
		return err
	}
	h.platform.set("mmcfg", a.Segment, a.Address)
	return nil
}

// EOI is the argument of PHYSDEVOP_eoi and irq_status_query, on one's own.
type EOI struct {
	IRQ   int
	Flags uint32 // out of the query
}

func (h *Hypervisor) physdevEOI(v *VCPU, a *EOI) error {
	if _, ok := v.dom.pirqIRQ(a.IRQ); !ok {
		return abi.EINVAL
	}
	return nil
}

func (h *Hypervisor) physdevIRQStatus(v *VCPU, a *EOI) error {
	if a.IRQ < 0 || a.IRQ >= nrIRQs {
		return abi.EINVAL
	}
	a.Flags = 1 // needs an end-of-interrupt call
	return nil
}
