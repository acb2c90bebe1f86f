// Code generated from the hook catalogue xen-4.17 by hookgen/gogen. DO NOT EDIT.

package tap

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// SetSystemActive passes hook set_system_active through.
func (m *Module) SetSystemActive(cur *xsm.Domain) error {
	return m.around(Call{"set_system_active", cur, []any{}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.SetSystemActive(cur)
	})
}

// SecurityDomainInfo passes hook security_domaininfo through.
func (m *Module) SecurityDomainInfo(cur *xsm.Domain, d *xsm.Domain, info *xsm.DomainInfo) {
	m.saw(Call{"security_domaininfo", cur, []any{d, info}})
	if m.Next != nil {
		m.Next.SecurityDomainInfo(cur, d, info)
	}
}

// DomainCreate passes hook domain_create through.
func (m *Module) DomainCreate(cur *xsm.Domain, d *xsm.Domain, ssidref uint32) error {
	return m.around(Call{"domain_create", cur, []any{d, ssidref}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.DomainCreate(cur, d, ssidref)
	})
}

// GetDomainInfo passes hook getdomaininfo through.
func (m *Module) GetDomainInfo(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"getdomaininfo", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.GetDomainInfo(cur, d)
	})
}

// DomctlSchedulerOp passes hook domctl_scheduler_op through.
func (m *Module) DomctlSchedulerOp(cur *xsm.Domain, d *xsm.Domain, cmd int) error {
	return m.around(Call{"domctl_scheduler_op", cur, []any{d, cmd}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.DomctlSchedulerOp(cur, d, cmd)
	})
}

// SysctlSchedulerOp passes hook sysctl_scheduler_op through.
func (m *Module) SysctlSchedulerOp(cur *xsm.Domain, cmd int) error {
	return m.around(Call{"sysctl_scheduler_op", cur, []any{cmd}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.SysctlSchedulerOp(cur, cmd)
	})
}

// SetTarget passes hook set_target through.
func (m *Module) SetTarget(cur *xsm.Domain, d *xsm.Domain, e *xsm.Domain) error {
	return m.around(Call{"set_target", cur, []any{d, e}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.SetTarget(cur, d, e)
	})
}

// Domctl passes hook domctl through.
func (m *Module) Domctl(cur *xsm.Domain, d *xsm.Domain, cmd uint32, ssidref uint32) error {
	return m.around(Call{"domctl", cur, []any{d, cmd, ssidref}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.Domctl(cur, d, cmd, ssidref)
	})
}

// Sysctl passes hook sysctl through.
func (m *Module) Sysctl(cur *xsm.Domain, cmd int) error {
	return m.around(Call{"sysctl", cur, []any{cmd}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.Sysctl(cur, cmd)
	})
}

// ReadConsole passes hook readconsole through.
func (m *Module) ReadConsole(cur *xsm.Domain, clear uint32) error {
	return m.around(Call{"readconsole", cur, []any{clear}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ReadConsole(cur, clear)
	})
}

// EvtchnUnbound passes hook evtchn_unbound through.
func (m *Module) EvtchnUnbound(cur *xsm.Domain, d *xsm.Domain, chn *xsm.Evtchn, id2 xsm.DomID) error {
	return m.around(Call{"evtchn_unbound", cur, []any{d, chn, id2}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.EvtchnUnbound(cur, d, chn, id2)
	})
}

// EvtchnInterdomain passes hook evtchn_interdomain through.
func (m *Module) EvtchnInterdomain(cur *xsm.Domain, d1 *xsm.Domain, chan1 *xsm.Evtchn, d2 *xsm.Domain, chan2 *xsm.Evtchn) error {
	return m.around(Call{"evtchn_interdomain", cur, []any{d1, chan1, d2, chan2}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.EvtchnInterdomain(cur, d1, chan1, d2, chan2)
	})
}

// EvtchnClosePost passes hook evtchn_close_post through.
func (m *Module) EvtchnClosePost(cur *xsm.Domain, chn *xsm.Evtchn) {
	m.saw(Call{"evtchn_close_post", cur, []any{chn}})
	if m.Next != nil {
		m.Next.EvtchnClosePost(cur, chn)
	}
}

// EvtchnSend passes hook evtchn_send through.
func (m *Module) EvtchnSend(cur *xsm.Domain, d *xsm.Domain, chn *xsm.Evtchn) error {
	return m.around(Call{"evtchn_send", cur, []any{d, chn}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.EvtchnSend(cur, d, chn)
	})
}

// EvtchnStatus passes hook evtchn_status through.
func (m *Module) EvtchnStatus(cur *xsm.Domain, d *xsm.Domain, chn *xsm.Evtchn) error {
	return m.around(Call{"evtchn_status", cur, []any{d, chn}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.EvtchnStatus(cur, d, chn)
	})
}

// EvtchnReset passes hook evtchn_reset through.
func (m *Module) EvtchnReset(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return m.around(Call{"evtchn_reset", cur, []any{d1, d2}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.EvtchnReset(cur, d1, d2)
	})
}

// GrantMapRef passes hook grant_mapref through.
func (m *Module) GrantMapRef(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain, flags uint32) error {
	return m.around(Call{"grant_mapref", cur, []any{d1, d2, flags}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.GrantMapRef(cur, d1, d2, flags)
	})
}

// GrantUnmapRef passes hook grant_unmapref through.
func (m *Module) GrantUnmapRef(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return m.around(Call{"grant_unmapref", cur, []any{d1, d2}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.GrantUnmapRef(cur, d1, d2)
	})
}

// GrantSetup passes hook grant_setup through.
func (m *Module) GrantSetup(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return m.around(Call{"grant_setup", cur, []any{d1, d2}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.GrantSetup(cur, d1, d2)
	})
}

// GrantTransfer passes hook grant_transfer through.
func (m *Module) GrantTransfer(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return m.around(Call{"grant_transfer", cur, []any{d1, d2}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.GrantTransfer(cur, d1, d2)
	})
}

// GrantCopy passes hook grant_copy through.
func (m *Module) GrantCopy(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return m.around(Call{"grant_copy", cur, []any{d1, d2}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.GrantCopy(cur, d1, d2)
	})
}

// GrantQuerySize passes hook grant_query_size through.
func (m *Module) GrantQuerySize(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return m.around(Call{"grant_query_size", cur, []any{d1, d2}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.GrantQuerySize(cur, d1, d2)
	})
}

// AllocSecurityDomain passes hook alloc_security_domain through.
func (m *Module) AllocSecurityDomain(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"alloc_security_domain", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.AllocSecurityDomain(cur, d)
	})
}

// FreeSecurityDomain passes hook free_security_domain through.
func (m *Module) FreeSecurityDomain(cur *xsm.Domain, d *xsm.Domain) {
	m.saw(Call{"free_security_domain", cur, []any{d}})
	if m.Next != nil {
		m.Next.FreeSecurityDomain(cur, d)
	}
}

// AllocSecurityEvtchns passes hook alloc_security_evtchns through.
func (m *Module) AllocSecurityEvtchns(cur *xsm.Domain, chn []*xsm.Evtchn) error {
	return m.around(Call{"alloc_security_evtchns", cur, []any{chn}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.AllocSecurityEvtchns(cur, chn)
	})
}

// FreeSecurityEvtchns passes hook free_security_evtchns through.
func (m *Module) FreeSecurityEvtchns(cur *xsm.Domain, chn []*xsm.Evtchn) {
	m.saw(Call{"free_security_evtchns", cur, []any{chn}})
	if m.Next != nil {
		m.Next.FreeSecurityEvtchns(cur, chn)
	}
}

// ShowSecurityEvtchn passes hook show_security_evtchn through.
func (m *Module) ShowSecurityEvtchn(cur *xsm.Domain, d *xsm.Domain, chn *xsm.Evtchn) string {
	m.saw(Call{"show_security_evtchn", cur, []any{d, chn}})
	if m.Next == nil {
		return ""
	}
	return m.Next.ShowSecurityEvtchn(cur, d, chn)
}

// InitHardwareDomain passes hook init_hardware_domain through.
func (m *Module) InitHardwareDomain(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"init_hardware_domain", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.InitHardwareDomain(cur, d)
	})
}

// GetPodTarget passes hook get_pod_target through.
func (m *Module) GetPodTarget(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"get_pod_target", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.GetPodTarget(cur, d)
	})
}

// SetPodTarget passes hook set_pod_target through.
func (m *Module) SetPodTarget(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"set_pod_target", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.SetPodTarget(cur, d)
	})
}

// MemoryExchange passes hook memory_exchange through.
func (m *Module) MemoryExchange(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"memory_exchange", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.MemoryExchange(cur, d)
	})
}

// MemoryAdjustReservation passes hook memory_adjust_reservation through.
func (m *Module) MemoryAdjustReservation(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return m.around(Call{"memory_adjust_reservation", cur, []any{d1, d2}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.MemoryAdjustReservation(cur, d1, d2)
	})
}

// MemoryStatReservation passes hook memory_stat_reservation through.
func (m *Module) MemoryStatReservation(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return m.around(Call{"memory_stat_reservation", cur, []any{d1, d2}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.MemoryStatReservation(cur, d1, d2)
	})
}

// MemoryPinPage passes hook memory_pin_page through.
func (m *Module) MemoryPinPage(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain, page *xsm.Page) error {
	return m.around(Call{"memory_pin_page", cur, []any{d1, d2, page}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.MemoryPinPage(cur, d1, d2, page)
	})
}

// AddToPhysmap passes hook add_to_physmap through.
func (m *Module) AddToPhysmap(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return m.around(Call{"add_to_physmap", cur, []any{d1, d2}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.AddToPhysmap(cur, d1, d2)
	})
}

// RemoveFromPhysmap passes hook remove_from_physmap through.
func (m *Module) RemoveFromPhysmap(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return m.around(Call{"remove_from_physmap", cur, []any{d1, d2}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.RemoveFromPhysmap(cur, d1, d2)
	})
}

// MapGmfnForeign passes hook map_gmfn_foreign through.
func (m *Module) MapGmfnForeign(cur *xsm.Domain, d *xsm.Domain, t *xsm.Domain) error {
	return m.around(Call{"map_gmfn_foreign", cur, []any{d, t}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.MapGmfnForeign(cur, d, t)
	})
}

// ClaimPages passes hook claim_pages through.
func (m *Module) ClaimPages(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"claim_pages", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ClaimPages(cur, d)
	})
}

// ConsoleIO passes hook console_io through.
func (m *Module) ConsoleIO(cur *xsm.Domain, d *xsm.Domain, cmd int) error {
	return m.around(Call{"console_io", cur, []any{d, cmd}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ConsoleIO(cur, d, cmd)
	})
}

// Profile passes hook profile through.
func (m *Module) Profile(cur *xsm.Domain, d *xsm.Domain, op int) error {
	return m.around(Call{"profile", cur, []any{d, op}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.Profile(cur, d, op)
	})
}

// Kexec passes hook kexec through.
func (m *Module) Kexec(cur *xsm.Domain) error {
	return m.around(Call{"kexec", cur, []any{}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.Kexec(cur)
	})
}

// SchedOpShutdown passes hook schedop_shutdown through.
func (m *Module) SchedOpShutdown(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return m.around(Call{"schedop_shutdown", cur, []any{d1, d2}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.SchedOpShutdown(cur, d1, d2)
	})
}

// ShowIRQSID passes hook show_irq_sid through.
func (m *Module) ShowIRQSID(cur *xsm.Domain, irq int) string {
	m.saw(Call{"show_irq_sid", cur, []any{irq}})
	if m.Next == nil {
		return ""
	}
	return m.Next.ShowIRQSID(cur, irq)
}

// MapDomainPIRQ passes hook map_domain_pirq through.
func (m *Module) MapDomainPIRQ(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"map_domain_pirq", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.MapDomainPIRQ(cur, d)
	})
}

// MapDomainIRQ passes hook map_domain_irq through.
func (m *Module) MapDomainIRQ(cur *xsm.Domain, d *xsm.Domain, irq int, data *xsm.PCIDev) error {
	return m.around(Call{"map_domain_irq", cur, []any{d, irq, data}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.MapDomainIRQ(cur, d, irq, data)
	})
}

// UnmapDomainPIRQ passes hook unmap_domain_pirq through.
func (m *Module) UnmapDomainPIRQ(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"unmap_domain_pirq", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.UnmapDomainPIRQ(cur, d)
	})
}

// UnmapDomainIRQ passes hook unmap_domain_irq through.
func (m *Module) UnmapDomainIRQ(cur *xsm.Domain, d *xsm.Domain, irq int, data *xsm.PCIDev) error {
	return m.around(Call{"unmap_domain_irq", cur, []any{d, irq, data}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.UnmapDomainIRQ(cur, d, irq, data)
	})
}

// BindPTIRQ passes hook bind_pt_irq through.
func (m *Module) BindPTIRQ(cur *xsm.Domain, d *xsm.Domain, bind *xsm.BindPTIRQ) error {
	return m.around(Call{"bind_pt_irq", cur, []any{d, bind}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.BindPTIRQ(cur, d, bind)
	})
}

// UnbindPTIRQ passes hook unbind_pt_irq through.
func (m *Module) UnbindPTIRQ(cur *xsm.Domain, d *xsm.Domain, bind *xsm.BindPTIRQ) error {
	return m.around(Call{"unbind_pt_irq", cur, []any{d, bind}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.UnbindPTIRQ(cur, d, bind)
	})
}

// IRQPermission passes hook irq_permission through.
func (m *Module) IRQPermission(cur *xsm.Domain, d *xsm.Domain, pirq int, allow bool) error {
	return m.around(Call{"irq_permission", cur, []any{d, pirq, allow}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.IRQPermission(cur, d, pirq, allow)
	})
}

// IOMemPermission passes hook iomem_permission through.
func (m *Module) IOMemPermission(cur *xsm.Domain, d *xsm.Domain, s uint64, e uint64, allow bool) error {
	return m.around(Call{"iomem_permission", cur, []any{d, s, e, allow}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.IOMemPermission(cur, d, s, e, allow)
	})
}

// IOMemMapping passes hook iomem_mapping through.
func (m *Module) IOMemMapping(cur *xsm.Domain, d *xsm.Domain, s uint64, e uint64, allow bool) error {
	return m.around(Call{"iomem_mapping", cur, []any{d, s, e, allow}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.IOMemMapping(cur, d, s, e, allow)
	})
}

// PCIConfigPermission passes hook pci_config_permission through.
func (m *Module) PCIConfigPermission(cur *xsm.Domain, d *xsm.Domain, machine_bdf uint32, start uint16, end uint16, access bool) error {
	return m.around(Call{"pci_config_permission", cur, []any{d, machine_bdf, start, end, access}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.PCIConfigPermission(cur, d, machine_bdf, start, end, access)
	})
}

// GetDeviceGroup passes hook get_device_group through.
func (m *Module) GetDeviceGroup(cur *xsm.Domain, machine_bdf uint32) error {
	return m.around(Call{"get_device_group", cur, []any{machine_bdf}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.GetDeviceGroup(cur, machine_bdf)
	})
}

// AssignDevice passes hook assign_device through.
func (m *Module) AssignDevice(cur *xsm.Domain, d *xsm.Domain, machine_bdf uint32) error {
	return m.around(Call{"assign_device", cur, []any{d, machine_bdf}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.AssignDevice(cur, d, machine_bdf)
	})
}

// DeassignDevice passes hook deassign_device through.
func (m *Module) DeassignDevice(cur *xsm.Domain, d *xsm.Domain, machine_bdf uint32) error {
	return m.around(Call{"deassign_device", cur, []any{d, machine_bdf}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.DeassignDevice(cur, d, machine_bdf)
	})
}

// AssignDTDevice passes hook assign_dtdevice through.
func (m *Module) AssignDTDevice(cur *xsm.Domain, d *xsm.Domain, dtpath string) error {
	return m.around(Call{"assign_dtdevice", cur, []any{d, dtpath}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.AssignDTDevice(cur, d, dtpath)
	})
}

// DeassignDTDevice passes hook deassign_dtdevice through.
func (m *Module) DeassignDTDevice(cur *xsm.Domain, d *xsm.Domain, dtpath string) error {
	return m.around(Call{"deassign_dtdevice", cur, []any{d, dtpath}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.DeassignDTDevice(cur, d, dtpath)
	})
}

// ResourcePlugCore passes hook resource_plug_core through.
func (m *Module) ResourcePlugCore(cur *xsm.Domain) error {
	return m.around(Call{"resource_plug_core", cur, []any{}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ResourcePlugCore(cur)
	})
}

// ResourceUnplugCore passes hook resource_unplug_core through.
func (m *Module) ResourceUnplugCore(cur *xsm.Domain) error {
	return m.around(Call{"resource_unplug_core", cur, []any{}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ResourceUnplugCore(cur)
	})
}

// ResourcePlugPCI passes hook resource_plug_pci through.
func (m *Module) ResourcePlugPCI(cur *xsm.Domain, machine_bdf uint32) error {
	return m.around(Call{"resource_plug_pci", cur, []any{machine_bdf}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ResourcePlugPCI(cur, machine_bdf)
	})
}

// ResourceUnplugPCI passes hook resource_unplug_pci through.
func (m *Module) ResourceUnplugPCI(cur *xsm.Domain, machine_bdf uint32) error {
	return m.around(Call{"resource_unplug_pci", cur, []any{machine_bdf}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ResourceUnplugPCI(cur, machine_bdf)
	})
}

// ResourceSetupPCI passes hook resource_setup_pci through.
func (m *Module) ResourceSetupPCI(cur *xsm.Domain, machine_bdf uint32) error {
	return m.around(Call{"resource_setup_pci", cur, []any{machine_bdf}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ResourceSetupPCI(cur, machine_bdf)
	})
}

// ResourceSetupGSI passes hook resource_setup_gsi through.
func (m *Module) ResourceSetupGSI(cur *xsm.Domain, gsi int) error {
	return m.around(Call{"resource_setup_gsi", cur, []any{gsi}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ResourceSetupGSI(cur, gsi)
	})
}

// ResourceSetupMisc passes hook resource_setup_misc through.
func (m *Module) ResourceSetupMisc(cur *xsm.Domain) error {
	return m.around(Call{"resource_setup_misc", cur, []any{}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ResourceSetupMisc(cur)
	})
}

// PageOffline passes hook page_offline through.
func (m *Module) PageOffline(cur *xsm.Domain, cmd uint32) error {
	return m.around(Call{"page_offline", cur, []any{cmd}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.PageOffline(cur, cmd)
	})
}

// HypFSOp passes hook hypfs_op through.
func (m *Module) HypFSOp(cur *xsm.Domain) error {
	return m.around(Call{"hypfs_op", cur, []any{}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.HypFSOp(cur)
	})
}

// DoXSMOp passes hook do_xsm_op through.
func (m *Module) DoXSMOp(cur *xsm.Domain, op *xsm.Op) error {
	return m.around(Call{"do_xsm_op", cur, []any{op}}, func() error {
		if m.Next == nil {
			return abi.ENOSYS
		}
		return m.Next.DoXSMOp(cur, op)
	})
}

// DoCompatOp passes hook do_compat_op through.
func (m *Module) DoCompatOp(cur *xsm.Domain, op *xsm.Op) error {
	return m.around(Call{"do_compat_op", cur, []any{op}}, func() error {
		if m.Next == nil {
			return abi.ENOSYS
		}
		return m.Next.DoCompatOp(cur, op)
	})
}

// HVMParam passes hook hvm_param through.
func (m *Module) HVMParam(cur *xsm.Domain, d *xsm.Domain, op uint64) error {
	return m.around(Call{"hvm_param", cur, []any{d, op}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.HVMParam(cur, d, op)
	})
}

// HVMParamAltP2MHVM passes hook hvm_param_altp2mhvm through.
func (m *Module) HVMParamAltP2MHVM(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"hvm_param_altp2mhvm", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.HVMParamAltP2MHVM(cur, d)
	})
}

// HVMAltP2MHVMOp passes hook hvm_altp2mhvm_op through.
func (m *Module) HVMAltP2MHVMOp(cur *xsm.Domain, d *xsm.Domain, mode uint64, op uint32) error {
	return m.around(Call{"hvm_altp2mhvm_op", cur, []any{d, mode, op}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.HVMAltP2MHVMOp(cur, d, mode, op)
	})
}

// GetVNUMAInfo passes hook get_vnumainfo through.
func (m *Module) GetVNUMAInfo(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"get_vnumainfo", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.GetVNUMAInfo(cur, d)
	})
}

// VMEventControl passes hook vm_event_control through.
func (m *Module) VMEventControl(cur *xsm.Domain, d *xsm.Domain, mode int, op int) error {
	return m.around(Call{"vm_event_control", cur, []any{d, mode, op}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.VMEventControl(cur, d, mode, op)
	})
}

// MemAccess passes hook mem_access through.
func (m *Module) MemAccess(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"mem_access", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.MemAccess(cur, d)
	})
}

// MemPaging passes hook mem_paging through.
func (m *Module) MemPaging(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"mem_paging", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.MemPaging(cur, d)
	})
}

// MemSharing passes hook mem_sharing through.
func (m *Module) MemSharing(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"mem_sharing", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.MemSharing(cur, d)
	})
}

// PlatformOp passes hook platform_op through.
func (m *Module) PlatformOp(cur *xsm.Domain, op uint32) error {
	return m.around(Call{"platform_op", cur, []any{op}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.PlatformOp(cur, op)
	})
}

// DoMCA passes hook do_mca through.
func (m *Module) DoMCA(cur *xsm.Domain) error {
	return m.around(Call{"do_mca", cur, []any{}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.DoMCA(cur)
	})
}

// ShadowControl passes hook shadow_control through.
func (m *Module) ShadowControl(cur *xsm.Domain, d *xsm.Domain, op uint32) error {
	return m.around(Call{"shadow_control", cur, []any{d, op}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ShadowControl(cur, d, op)
	})
}

// MemSharingOp passes hook mem_sharing_op through.
func (m *Module) MemSharingOp(cur *xsm.Domain, d *xsm.Domain, cd *xsm.Domain, op int) error {
	return m.around(Call{"mem_sharing_op", cur, []any{d, cd, op}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.MemSharingOp(cur, d, cd, op)
	})
}

// Apic passes hook apic through.
func (m *Module) Apic(cur *xsm.Domain, d *xsm.Domain, cmd int) error {
	return m.around(Call{"apic", cur, []any{d, cmd}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.Apic(cur, d, cmd)
	})
}

// MachineMemoryMap passes hook machine_memory_map through.
func (m *Module) MachineMemoryMap(cur *xsm.Domain) error {
	return m.around(Call{"machine_memory_map", cur, []any{}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.MachineMemoryMap(cur)
	})
}

// DomainMemoryMap passes hook domain_memory_map through.
func (m *Module) DomainMemoryMap(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"domain_memory_map", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.DomainMemoryMap(cur, d)
	})
}

// MMUUpdate passes hook mmu_update through.
func (m *Module) MMUUpdate(cur *xsm.Domain, d *xsm.Domain, t *xsm.Domain, f *xsm.Domain, flags uint32) error {
	return m.around(Call{"mmu_update", cur, []any{d, t, f, flags}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.MMUUpdate(cur, d, t, f, flags)
	})
}

// MMUExtOp passes hook mmuext_op through.
func (m *Module) MMUExtOp(cur *xsm.Domain, d *xsm.Domain, f *xsm.Domain) error {
	return m.around(Call{"mmuext_op", cur, []any{d, f}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.MMUExtOp(cur, d, f)
	})
}

// UpdateVAMapping passes hook update_va_mapping through.
func (m *Module) UpdateVAMapping(cur *xsm.Domain, d *xsm.Domain, f *xsm.Domain, pte xsm.PTE) error {
	return m.around(Call{"update_va_mapping", cur, []any{d, f, pte}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.UpdateVAMapping(cur, d, f, pte)
	})
}

// PrivMapping passes hook priv_mapping through.
func (m *Module) PrivMapping(cur *xsm.Domain, d *xsm.Domain, t *xsm.Domain) error {
	return m.around(Call{"priv_mapping", cur, []any{d, t}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.PrivMapping(cur, d, t)
	})
}

// IOPortPermission passes hook ioport_permission through.
func (m *Module) IOPortPermission(cur *xsm.Domain, d *xsm.Domain, s uint32, e uint32, allow bool) error {
	return m.around(Call{"ioport_permission", cur, []any{d, s, e, allow}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.IOPortPermission(cur, d, s, e, allow)
	})
}

// IOPortMapping passes hook ioport_mapping through.
func (m *Module) IOPortMapping(cur *xsm.Domain, d *xsm.Domain, s uint32, e uint32, allow bool) error {
	return m.around(Call{"ioport_mapping", cur, []any{d, s, e, allow}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.IOPortMapping(cur, d, s, e, allow)
	})
}

// PMUOp passes hook pmu_op through.
func (m *Module) PMUOp(cur *xsm.Domain, d *xsm.Domain, op uint32) error {
	return m.around(Call{"pmu_op", cur, []any{d, op}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.PMUOp(cur, d, op)
	})
}

// DMOp passes hook dm_op through.
func (m *Module) DMOp(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"dm_op", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.DMOp(cur, d)
	})
}

// XenVersion passes hook xen_version through.
func (m *Module) XenVersion(cur *xsm.Domain, op uint32) error {
	return m.around(Call{"xen_version", cur, []any{op}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.XenVersion(cur, op)
	})
}

// DomainResourceMap passes hook domain_resource_map through.
func (m *Module) DomainResourceMap(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"domain_resource_map", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.DomainResourceMap(cur, d)
	})
}

// ArgoEnable passes hook argo_enable through.
func (m *Module) ArgoEnable(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"argo_enable", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ArgoEnable(cur, d)
	})
}

// ArgoRegisterSingleSource passes hook argo_register_single_source through.
func (m *Module) ArgoRegisterSingleSource(cur *xsm.Domain, d *xsm.Domain, t *xsm.Domain) error {
	return m.around(Call{"argo_register_single_source", cur, []any{d, t}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ArgoRegisterSingleSource(cur, d, t)
	})
}

// ArgoRegisterAnySource passes hook argo_register_any_source through.
func (m *Module) ArgoRegisterAnySource(cur *xsm.Domain, d *xsm.Domain) error {
	return m.around(Call{"argo_register_any_source", cur, []any{d}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ArgoRegisterAnySource(cur, d)
	})
}

// ArgoSend passes hook argo_send through.
func (m *Module) ArgoSend(cur *xsm.Domain, d *xsm.Domain, t *xsm.Domain) error {
	return m.around(Call{"argo_send", cur, []any{d, t}}, func() error {
		if m.Next == nil {
			return nil
		}
		return m.Next.ArgoSend(cur, d, t)
	})
}
