package flaskmod

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/avc"
)

// nrStaticIRQs and nrIRQs are the hypervisor's: wired interrupts, and all.
const (
	nrStaticIRQs = 32
	nrIRQs       = 256
)

// use is what a domain needs to use a resource: more where no IOMMU confines it.
// The model's machine can remap interrupts.
func (m *Module) use(d *xsm.Domain) flask.Perm {
	if d.IOMMU {
		return m.p.named["resource use_iommu"]
	}
	return m.p.named["resource use_noiommu"]
}

// give asks for resource:add or remove on a domain.
func (m *Module) give(cur, d *xsm.Domain, allow bool) error {
	if allow {
		return m.on(cur, d, "resource add")
	}
	return m.on(cur, d, "resource remove")
}

// resource asks the caller for a permission on a resource, and the domain for
// its use.
func (m *Module) resource(cur, d *xsm.Domain, sid flask.SID, perm flask.Perm, a avc.Audit) error {
	if err := m.ObjectHas(cur, flask.DomainSID(cur), sid, perm, a); err != nil {
		return err
	}
	return m.ObjectHas(cur, flask.DomainSID(d), sid, m.use(d), a)
}

// irqSID is the label of an interrupt; that of a message-signalled one is its
// device's, and without a device there is none a guest should see.
func (m *Module) irqSID(irq int, dev *xsm.PCIDev) (flask.SID, avc.Audit, error) {
	switch {
	case irq < 0 || irq >= nrIRQs:
		return 0, avc.Audit{}, abi.EINVAL
	case irq < nrStaticIRQs:
		sid, err := m.Server().IRQSID(uint32(irq))
		return sid, avc.Audit{Kind: avc.AuditIRQ, Start: uint64(irq)}, err
	case dev != nil:
		sid, err := m.Server().DeviceSID(dev.SBDF)
		return sid, avc.Audit{Kind: avc.AuditDevice, Start: uint64(dev.SBDF)}, err
	}
	return m.Server().Definitions().SID("unlabeled"), avc.Audit{Kind: avc.AuditIRQ, Start: uint64(irq)}, nil
}

// ShowIRQSID is the context of an interrupt's label, for the console.
func (m *Module) ShowIRQSID(_ *xsm.Domain, irq int) string {
	sid, _, err := m.irqSID(irq, nil)
	if err != nil {
		return ""
	}
	ctx, err := m.Server().SIDToContext(sid)
	if err != nil {
		return ""
	}
	return ctx
}

// MapDomainPIRQ asks resource:add.
func (m *Module) MapDomainPIRQ(cur, d *xsm.Domain) error { return m.give(cur, d, true) }

// UnmapDomainPIRQ asks resource:remove.
func (m *Module) UnmapDomainPIRQ(cur, d *xsm.Domain) error { return m.give(cur, d, false) }

// MapDomainIRQ asks resource:add_irq on the interrupt, and its use.
func (m *Module) MapDomainIRQ(cur, d *xsm.Domain, irq int, dev *xsm.PCIDev) error {
	sid, a, err := m.irqSID(irq, dev)
	if err != nil {
		return err
	}
	return m.resource(cur, d, sid, m.p.named["resource add_irq"], a)
}

// UnmapDomainIRQ asks resource:remove_irq on the interrupt.
func (m *Module) UnmapDomainIRQ(cur, _ *xsm.Domain, irq int, dev *xsm.PCIDev) error {
	sid, a, err := m.irqSID(irq, dev)
	if err != nil {
		return err
	}
	return m.ObjectHas(cur, flask.DomainSID(cur), sid, m.p.named["resource remove_irq"], a)
}

// BindPTIRQ asks resource:add, hvm:bind_irq on the interrupt, and its use.
func (m *Module) BindPTIRQ(cur, d *xsm.Domain, b *xsm.BindPTIRQ) error {
	if err := m.give(cur, d, true); err != nil {
		return err
	}
	sid, a, err := m.irqSID(b.IRQ, nil)
	if err != nil {
		return err
	}
	return m.resource(cur, d, sid, m.p.named["hvm bind_irq"], a)
}

// UnbindPTIRQ asks resource:remove.
func (m *Module) UnbindPTIRQ(cur, d *xsm.Domain, _ *xsm.BindPTIRQ) error {
	return m.give(cur, d, false)
}

// IRQPermission asks resource:add or remove; the interrupt is asked about when
// it is mapped.
func (m *Module) IRQPermission(cur, d *xsm.Domain, _ int, allow bool) error {
	return m.give(cur, d, allow)
}

// IOMemPermission asks about the domain and every differently labelled part.
func (m *Module) IOMemPermission(cur, d *xsm.Domain, s, e uint64, allow bool) error {
	if err := m.give(cur, d, allow); err != nil {
		return err
	}
	perm := m.p.named["resource remove_iomem"]
	if allow {
		perm = m.p.named["resource add_iomem"]
	}
	return m.Server().EachIOMem(s, e, func(sid flask.SID, lo, hi uint64) error {
		return m.resource(cur, d, sid, perm, avc.Audit{Kind: avc.AuditRange, Start: lo, End: hi})
	})
}

// IOMemMapping asks the same.
func (m *Module) IOMemMapping(cur, d *xsm.Domain, s, e uint64, allow bool) error {
	return m.IOMemPermission(cur, d, s, e, allow)
}

// IOPortPermission asks about the domain and every differently labelled part.
func (m *Module) IOPortPermission(cur, d *xsm.Domain, s, e uint32, allow bool) error {
	if err := m.give(cur, d, allow); err != nil {
		return err
	}
	perm := m.p.named["resource remove_ioport"]
	if allow {
		perm = m.p.named["resource add_ioport"]
	}
	return m.Server().EachIOPort(s, e, func(sid flask.SID, lo, hi uint64) error {
		return m.resource(cur, d, sid, perm, avc.Audit{Kind: avc.AuditRange, Start: lo, End: hi})
	})
}

// IOPortMapping asks the same.
func (m *Module) IOPortMapping(cur, d *xsm.Domain, s, e uint32, allow bool) error {
	return m.IOPortPermission(cur, d, s, e, allow)
}

// device asks the caller for a permission on a PCI device.
func (m *Module) device(cur *xsm.Domain, sbdf uint32, perm string) error {
	sid, err := m.Server().DeviceSID(sbdf)
	if err != nil {
		return err
	}
	return m.ObjectHas(cur, flask.DomainSID(cur), sid, m.p.named[perm], avc.Audit{Kind: avc.AuditDevice, Start: uint64(sbdf)})
}

// PCIConfigPermission asks resource:setup for writes to base addresses, else for
// the device's use.
func (m *Module) PCIConfigPermission(cur, d *xsm.Domain, sbdf uint32, start, end uint16, write bool) error {
	sid, err := m.Server().DeviceSID(sbdf)
	if err != nil {
		return err
	}
	perm := m.use(d)
	if write && end >= 0x10 && start < 0x28 {
		perm = m.p.named["resource setup"]
	}
	return m.ObjectHas(cur, flask.DomainSID(d), sid, perm, avc.Audit{Kind: avc.AuditDevice, Start: uint64(sbdf)})
}

// GetDeviceGroup asks resource:stat_device.
func (m *Module) GetDeviceGroup(cur *xsm.Domain, sbdf uint32) error {
	return m.device(cur, sbdf, "resource stat_device")
}

// AssignDevice asks about domain, device and use; a test asks stat_device.
func (m *Module) AssignDevice(cur, d *xsm.Domain, sbdf uint32) error {
	if d == nil {
		return m.device(cur, sbdf, "resource stat_device")
	}
	if err := m.give(cur, d, true); err != nil {
		return err
	}
	sid, err := m.Server().DeviceSID(sbdf)
	if err != nil {
		return err
	}
	return m.resource(cur, d, sid, m.p.named["resource add_device"], avc.Audit{Kind: avc.AuditDevice, Start: uint64(sbdf)})
}

// DeassignDevice asks about domain and device.
func (m *Module) DeassignDevice(cur, d *xsm.Domain, sbdf uint32) error {
	if err := m.give(cur, d, false); err != nil {
		return err
	}
	return m.device(cur, sbdf, "resource remove_device")
}

// AssignDTDevice asks about domain, node and use; a test asks stat_device.
func (m *Module) AssignDTDevice(cur, d *xsm.Domain, path string) error {
	sid, err := m.Server().DeviceTreeSID(path)
	if err != nil {
		return err
	}
	a := avc.Audit{Kind: avc.AuditPath, Path: path}
	if d == nil {
		return m.ObjectHas(cur, flask.DomainSID(cur), sid, m.p.named["resource stat_device"], a)
	}
	if err := m.give(cur, d, true); err != nil {
		return err
	}
	return m.resource(cur, d, sid, m.p.named["resource add_device"], a)
}

// DeassignDTDevice asks about domain and node.
func (m *Module) DeassignDTDevice(cur, d *xsm.Domain, path string) error {
	if err := m.give(cur, d, false); err != nil {
		return err
	}
	sid, err := m.Server().DeviceTreeSID(path)
	if err != nil {
		return err
	}
	return m.ObjectHas(cur, flask.DomainSID(cur), sid, m.p.named["resource remove_device"], avc.Audit{Kind: avc.AuditPath, Path: path})
}

// core asks the caller for a permission on the machine itself.
func (m *Module) core(cur *xsm.Domain, p flask.Perm) error {
	return m.CurrentHas(cur, m.Server().Definitions().SID("domxen"), p)
}

// ResourcePlugCore asks resource:plug on the machine.
func (m *Module) ResourcePlugCore(cur *xsm.Domain) error {
	return m.core(cur, m.p.named["resource plug"])
}

// ResourceUnplugCore asks resource:unplug on the machine.
func (m *Module) ResourceUnplugCore(cur *xsm.Domain) error {
	return m.core(cur, m.p.named["resource unplug"])
}

// PageOffline asks resource:plug, unplug or use on the machine.
func (m *Module) PageOffline(cur *xsm.Domain, cmd uint32) error {
	return m.command(m.p.offline, "page_offline", cmd, func(p flask.Perm) error { return m.core(cur, p) })
}

// ResourcePlugPCI asks resource:plug on the device.
func (m *Module) ResourcePlugPCI(cur *xsm.Domain, sbdf uint32) error {
	return m.device(cur, sbdf, "resource plug")
}

// ResourceUnplugPCI asks resource:unplug on the device.
func (m *Module) ResourceUnplugPCI(cur *xsm.Domain, sbdf uint32) error {
	return m.device(cur, sbdf, "resource unplug")
}

// ResourceSetupPCI asks resource:setup on the device.
func (m *Module) ResourceSetupPCI(cur *xsm.Domain, sbdf uint32) error {
	return m.device(cur, sbdf, "resource setup")
}

// ResourceSetupGSI asks resource:setup on the interrupt.
func (m *Module) ResourceSetupGSI(cur *xsm.Domain, gsi int) error {
	sid, a, err := m.irqSID(gsi, nil)
	if err != nil {
		return err
	}
	return m.ObjectHas(cur, flask.DomainSID(cur), sid, m.p.named["resource setup"], a)
}

// ResourceSetupMisc asks resource:setup on the hypervisor.
func (m *Module) ResourceSetupMisc(cur *xsm.Domain) error { return m.xen(cur, "resource setup") }
