// Code generated from the hook catalogue xen-4.17 by hookgen/gogen. DO NOT EDIT.

package xsm

import "github.com/xsmpatch/xsmpatch/hypervisor/abi"

// Flavour names the catalogue the interface was generated from.
const Flavour = "xen-4.17"

// Hooks is what a security module answers: one method a hook of the catalogue.
// cur is the domain whose virtual processor asks. Methods that return an error
// refuse with an abi.Errno; a module may not keep the pointers of an alloc hook
// after its free hook.
type Hooks interface {
	// SetSystemActive is hook set_system_active (authorize).
	SetSystemActive(cur *Domain) error
	// SecurityDomainInfo is hook security_domaininfo (notify).
	SecurityDomainInfo(cur *Domain, d *Domain, info *DomainInfo)
	// DomainCreate is hook domain_create (authorize, XSM_HOOK).
	DomainCreate(cur *Domain, d *Domain, ssidref uint32) error
	// GetDomainInfo is hook getdomaininfo (authorize, XSM_HOOK).
	GetDomainInfo(cur *Domain, d *Domain) error
	// DomctlSchedulerOp is hook domctl_scheduler_op (authorize, XSM_HOOK).
	DomctlSchedulerOp(cur *Domain, d *Domain, cmd int) error
	// SysctlSchedulerOp is hook sysctl_scheduler_op (authorize, XSM_HOOK).
	SysctlSchedulerOp(cur *Domain, cmd int) error
	// SetTarget is hook set_target (authorize, XSM_HOOK).
	SetTarget(cur *Domain, d *Domain, e *Domain) error
	// Domctl is hook domctl (authorize, XSM_OTHER).
	Domctl(cur *Domain, d *Domain, cmd uint32, ssidref uint32) error
	// Sysctl is hook sysctl (authorize, XSM_PRIV).
	Sysctl(cur *Domain, cmd int) error
	// ReadConsole is hook readconsole (authorize, XSM_HOOK).
	ReadConsole(cur *Domain, clear uint32) error
	// EvtchnUnbound is hook evtchn_unbound (authorize, XSM_TARGET).
	EvtchnUnbound(cur *Domain, d *Domain, chn *Evtchn, id2 DomID) error
	// EvtchnInterdomain is hook evtchn_interdomain (authorize, XSM_HOOK).
	EvtchnInterdomain(cur *Domain, d1 *Domain, chan1 *Evtchn, d2 *Domain, chan2 *Evtchn) error
	// EvtchnClosePost is hook evtchn_close_post (notify).
	EvtchnClosePost(cur *Domain, chn *Evtchn)
	// EvtchnSend is hook evtchn_send (authorize, XSM_HOOK).
	EvtchnSend(cur *Domain, d *Domain, chn *Evtchn) error
	// EvtchnStatus is hook evtchn_status (authorize, XSM_TARGET).
	EvtchnStatus(cur *Domain, d *Domain, chn *Evtchn) error
	// EvtchnReset is hook evtchn_reset (authorize, XSM_TARGET).
	EvtchnReset(cur *Domain, d1 *Domain, d2 *Domain) error
	// GrantMapRef is hook grant_mapref (authorize, XSM_HOOK).
	GrantMapRef(cur *Domain, d1 *Domain, d2 *Domain, flags uint32) error
	// GrantUnmapRef is hook grant_unmapref (authorize, XSM_HOOK).
	GrantUnmapRef(cur *Domain, d1 *Domain, d2 *Domain) error
	// GrantSetup is hook grant_setup (authorize, XSM_TARGET).
	GrantSetup(cur *Domain, d1 *Domain, d2 *Domain) error
	// GrantTransfer is hook grant_transfer (authorize, XSM_HOOK).
	GrantTransfer(cur *Domain, d1 *Domain, d2 *Domain) error
	// GrantCopy is hook grant_copy (authorize, XSM_HOOK).
	GrantCopy(cur *Domain, d1 *Domain, d2 *Domain) error
	// GrantQuerySize is hook grant_query_size (authorize, XSM_TARGET).
	GrantQuerySize(cur *Domain, d1 *Domain, d2 *Domain) error
	// AllocSecurityDomain is hook alloc_security_domain (alloc).
	AllocSecurityDomain(cur *Domain, d *Domain) error
	// FreeSecurityDomain is hook free_security_domain (free).
	FreeSecurityDomain(cur *Domain, d *Domain)
	// AllocSecurityEvtchns is hook alloc_security_evtchns (alloc).
	AllocSecurityEvtchns(cur *Domain, chn []*Evtchn) error
	// FreeSecurityEvtchns is hook free_security_evtchns (free).
	FreeSecurityEvtchns(cur *Domain, chn []*Evtchn)
	// ShowSecurityEvtchn is hook show_security_evtchn (notify).
	ShowSecurityEvtchn(cur *Domain, d *Domain, chn *Evtchn) string
	// InitHardwareDomain is hook init_hardware_domain (authorize, XSM_HOOK).
	InitHardwareDomain(cur *Domain, d *Domain) error
	// GetPodTarget is hook get_pod_target (authorize, XSM_PRIV).
	GetPodTarget(cur *Domain, d *Domain) error
	// SetPodTarget is hook set_pod_target (authorize, XSM_PRIV).
	SetPodTarget(cur *Domain, d *Domain) error
	// MemoryExchange is hook memory_exchange (authorize, XSM_TARGET).
	MemoryExchange(cur *Domain, d *Domain) error
	// MemoryAdjustReservation is hook memory_adjust_reservation (authorize, XSM_TARGET).
	MemoryAdjustReservation(cur *Domain, d1 *Domain, d2 *Domain) error
	// MemoryStatReservation is hook memory_stat_reservation (authorize, XSM_TARGET).
	MemoryStatReservation(cur *Domain, d1 *Domain, d2 *Domain) error
	// MemoryPinPage is hook memory_pin_page (authorize, XSM_HOOK).
	MemoryPinPage(cur *Domain, d1 *Domain, d2 *Domain, page *Page) error
	// AddToPhysmap is hook add_to_physmap (authorize, XSM_TARGET).
	AddToPhysmap(cur *Domain, d1 *Domain, d2 *Domain) error
	// RemoveFromPhysmap is hook remove_from_physmap (authorize, XSM_TARGET).
	RemoveFromPhysmap(cur *Domain, d1 *Domain, d2 *Domain) error
	// MapGmfnForeign is hook map_gmfn_foreign (authorize, XSM_TARGET).
	MapGmfnForeign(cur *Domain, d *Domain, t *Domain) error
	// ClaimPages is hook claim_pages (authorize, XSM_PRIV).
	ClaimPages(cur *Domain, d *Domain) error
	// ConsoleIO is hook console_io (authorize, XSM_OTHER).
	ConsoleIO(cur *Domain, d *Domain, cmd int) error
	// Profile is hook profile (authorize, XSM_HOOK).
	Profile(cur *Domain, d *Domain, op int) error
	// Kexec is hook kexec (authorize, XSM_PRIV).
	Kexec(cur *Domain) error
	// SchedOpShutdown is hook schedop_shutdown (authorize, XSM_DM_PRIV).
	SchedOpShutdown(cur *Domain, d1 *Domain, d2 *Domain) error
	// ShowIRQSID is hook show_irq_sid (notify).
	ShowIRQSID(cur *Domain, irq int) string
	// MapDomainPIRQ is hook map_domain_pirq (authorize, XSM_DM_PRIV).
	MapDomainPIRQ(cur *Domain, d *Domain) error
	// MapDomainIRQ is hook map_domain_irq (authorize, XSM_HOOK).
	MapDomainIRQ(cur *Domain, d *Domain, irq int, data *PCIDev) error
	// UnmapDomainPIRQ is hook unmap_domain_pirq (authorize, XSM_DM_PRIV).
	UnmapDomainPIRQ(cur *Domain, d *Domain) error
	// UnmapDomainIRQ is hook unmap_domain_irq (authorize, XSM_HOOK).
	UnmapDomainIRQ(cur *Domain, d *Domain, irq int, data *PCIDev) error
	// BindPTIRQ is hook bind_pt_irq (authorize, XSM_HOOK).
	BindPTIRQ(cur *Domain, d *Domain, bind *BindPTIRQ) error
	// UnbindPTIRQ is hook unbind_pt_irq (authorize, XSM_HOOK).
	UnbindPTIRQ(cur *Domain, d *Domain, bind *BindPTIRQ) error
	// IRQPermission is hook irq_permission (authorize, XSM_HOOK).
	IRQPermission(cur *Domain, d *Domain, pirq int, allow bool) error
	// IOMemPermission is hook iomem_permission (authorize, XSM_HOOK).
	IOMemPermission(cur *Domain, d *Domain, s uint64, e uint64, allow bool) error
	// IOMemMapping is hook iomem_mapping (authorize, XSM_HOOK).
	IOMemMapping(cur *Domain, d *Domain, s uint64, e uint64, allow bool) error
	// PCIConfigPermission is hook pci_config_permission (authorize, XSM_HOOK).
	PCIConfigPermission(cur *Domain, d *Domain, machine_bdf uint32, start uint16, end uint16, access bool) error
	// GetDeviceGroup is hook get_device_group (authorize, XSM_HOOK).
	GetDeviceGroup(cur *Domain, machine_bdf uint32) error
	// AssignDevice is hook assign_device (authorize, XSM_HOOK).
	AssignDevice(cur *Domain, d *Domain, machine_bdf uint32) error
	// DeassignDevice is hook deassign_device (authorize, XSM_HOOK).
	DeassignDevice(cur *Domain, d *Domain, machine_bdf uint32) error
	// AssignDTDevice is hook assign_dtdevice (authorize, XSM_HOOK).
	AssignDTDevice(cur *Domain, d *Domain, dtpath string) error
	// DeassignDTDevice is hook deassign_dtdevice (authorize, XSM_HOOK).
	DeassignDTDevice(cur *Domain, d *Domain, dtpath string) error
	// ResourcePlugCore is hook resource_plug_core (authorize, XSM_HOOK).
	ResourcePlugCore(cur *Domain) error
	// ResourceUnplugCore is hook resource_unplug_core (authorize, XSM_HOOK).
	ResourceUnplugCore(cur *Domain) error
	// ResourcePlugPCI is hook resource_plug_pci (authorize, XSM_PRIV).
	ResourcePlugPCI(cur *Domain, machine_bdf uint32) error
	// ResourceUnplugPCI is hook resource_unplug_pci (authorize, XSM_PRIV).
	ResourceUnplugPCI(cur *Domain, machine_bdf uint32) error
	// ResourceSetupPCI is hook resource_setup_pci (authorize, XSM_PRIV).
	ResourceSetupPCI(cur *Domain, machine_bdf uint32) error
	// ResourceSetupGSI is hook resource_setup_gsi (authorize, XSM_PRIV).
	ResourceSetupGSI(cur *Domain, gsi int) error
	// ResourceSetupMisc is hook resource_setup_misc (authorize, XSM_PRIV).
	ResourceSetupMisc(cur *Domain) error
	// PageOffline is hook page_offline (authorize, XSM_HOOK).
	PageOffline(cur *Domain, cmd uint32) error
	// HypFSOp is hook hypfs_op (authorize, XSM_PRIV).
	HypFSOp(cur *Domain) error
	// DoXSMOp is hook do_xsm_op (authorize).
	DoXSMOp(cur *Domain, op *Op) error
	// DoCompatOp is hook do_compat_op (authorize).
	DoCompatOp(cur *Domain, op *Op) error
	// HVMParam is hook hvm_param (authorize, XSM_TARGET).
	HVMParam(cur *Domain, d *Domain, op uint64) error
	// HVMParamAltP2MHVM is hook hvm_param_altp2mhvm (authorize, XSM_PRIV).
	HVMParamAltP2MHVM(cur *Domain, d *Domain) error
	// HVMAltP2MHVMOp is hook hvm_altp2mhvm_op (authorize, XSM_OTHER).
	HVMAltP2MHVMOp(cur *Domain, d *Domain, mode uint64, op uint32) error
	// GetVNUMAInfo is hook get_vnumainfo (authorize, XSM_TARGET).
	GetVNUMAInfo(cur *Domain, d *Domain) error
	// VMEventControl is hook vm_event_control (authorize, XSM_PRIV).
	VMEventControl(cur *Domain, d *Domain, mode int, op int) error
	// MemAccess is hook mem_access (authorize, XSM_DM_PRIV).
	MemAccess(cur *Domain, d *Domain) error
	// MemPaging is hook mem_paging (authorize, XSM_DM_PRIV).
	MemPaging(cur *Domain, d *Domain) error
	// MemSharing is hook mem_sharing (authorize, XSM_DM_PRIV).
	MemSharing(cur *Domain, d *Domain) error
	// PlatformOp is hook platform_op (authorize, XSM_PRIV).
	PlatformOp(cur *Domain, op uint32) error
	// DoMCA is hook do_mca (authorize, XSM_PRIV).
	DoMCA(cur *Domain) error
	// ShadowControl is hook shadow_control (authorize, XSM_HOOK).
	ShadowControl(cur *Domain, d *Domain, op uint32) error
	// MemSharingOp is hook mem_sharing_op (authorize, XSM_DM_PRIV).
	MemSharingOp(cur *Domain, d *Domain, cd *Domain, op int) error
	// Apic is hook apic (authorize, XSM_PRIV).
	Apic(cur *Domain, d *Domain, cmd int) error
	// MachineMemoryMap is hook machine_memory_map (authorize, XSM_PRIV).
	MachineMemoryMap(cur *Domain) error
	// DomainMemoryMap is hook domain_memory_map (authorize, XSM_TARGET).
	DomainMemoryMap(cur *Domain, d *Domain) error
	// MMUUpdate is hook mmu_update (authorize, XSM_TARGET).
	MMUUpdate(cur *Domain, d *Domain, t *Domain, f *Domain, flags uint32) error
	// MMUExtOp is hook mmuext_op (authorize, XSM_TARGET).
	MMUExtOp(cur *Domain, d *Domain, f *Domain) error
	// UpdateVAMapping is hook update_va_mapping (authorize, XSM_TARGET).
	UpdateVAMapping(cur *Domain, d *Domain, f *Domain, pte PTE) error
	// PrivMapping is hook priv_mapping (authorize, XSM_TARGET).
	PrivMapping(cur *Domain, d *Domain, t *Domain) error
	// IOPortPermission is hook ioport_permission (authorize, XSM_HOOK).
	IOPortPermission(cur *Domain, d *Domain, s uint32, e uint32, allow bool) error
	// IOPortMapping is hook ioport_mapping (authorize, XSM_HOOK).
	IOPortMapping(cur *Domain, d *Domain, s uint32, e uint32, allow bool) error
	// PMUOp is hook pmu_op (authorize, XSM_OTHER).
	PMUOp(cur *Domain, d *Domain, op uint32) error
	// DMOp is hook dm_op (authorize, XSM_DM_PRIV).
	DMOp(cur *Domain, d *Domain) error
	// XenVersion is hook xen_version (authorize, XSM_OTHER).
	XenVersion(cur *Domain, op uint32) error
	// DomainResourceMap is hook domain_resource_map (authorize, XSM_DM_PRIV).
	DomainResourceMap(cur *Domain, d *Domain) error
	// ArgoEnable is hook argo_enable (authorize).
	ArgoEnable(cur *Domain, d *Domain) error
	// ArgoRegisterSingleSource is hook argo_register_single_source (authorize).
	ArgoRegisterSingleSource(cur *Domain, d *Domain, t *Domain) error
	// ArgoRegisterAnySource is hook argo_register_any_source (authorize).
	ArgoRegisterAnySource(cur *Domain, d *Domain) error
	// ArgoSend is hook argo_send (authorize).
	ArgoSend(cur *Domain, d *Domain, t *Domain) error
}

// Security calls a module's hooks, or nothing: the zero Security is a hypervisor
// without hooks compiled in, whose every decision is to allow.
type Security struct{ hooks Hooks }

// NewSecurity wraps a module; a nil module gives the zero Security.
func NewSecurity(m Hooks) Security { return Security{m} }

// SetSystemActive calls hook set_system_active.
func (sec Security) SetSystemActive(cur *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.SetSystemActive(cur)
}

// SecurityDomainInfo calls hook security_domaininfo.
func (sec Security) SecurityDomainInfo(cur *Domain, d *Domain, info *DomainInfo) {
	if sec.hooks != nil {
		sec.hooks.SecurityDomainInfo(cur, d, info)
	}
}

// DomainCreate calls hook domain_create.
func (sec Security) DomainCreate(cur *Domain, d *Domain, ssidref uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.DomainCreate(cur, d, ssidref)
}

// GetDomainInfo calls hook getdomaininfo.
func (sec Security) GetDomainInfo(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.GetDomainInfo(cur, d)
}

// DomctlSchedulerOp calls hook domctl_scheduler_op.
func (sec Security) DomctlSchedulerOp(cur *Domain, d *Domain, cmd int) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.DomctlSchedulerOp(cur, d, cmd)
}

// SysctlSchedulerOp calls hook sysctl_scheduler_op.
func (sec Security) SysctlSchedulerOp(cur *Domain, cmd int) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.SysctlSchedulerOp(cur, cmd)
}

// SetTarget calls hook set_target.
func (sec Security) SetTarget(cur *Domain, d *Domain, e *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.SetTarget(cur, d, e)
}

// Domctl calls hook domctl.
func (sec Security) Domctl(cur *Domain, d *Domain, cmd uint32, ssidref uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.Domctl(cur, d, cmd, ssidref)
}

// Sysctl calls hook sysctl.
func (sec Security) Sysctl(cur *Domain, cmd int) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.Sysctl(cur, cmd)
}

// ReadConsole calls hook readconsole.
func (sec Security) ReadConsole(cur *Domain, clear uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ReadConsole(cur, clear)
}

// EvtchnUnbound calls hook evtchn_unbound.
func (sec Security) EvtchnUnbound(cur *Domain, d *Domain, chn *Evtchn, id2 DomID) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.EvtchnUnbound(cur, d, chn, id2)
}

// EvtchnInterdomain calls hook evtchn_interdomain.
func (sec Security) EvtchnInterdomain(cur *Domain, d1 *Domain, chan1 *Evtchn, d2 *Domain, chan2 *Evtchn) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.EvtchnInterdomain(cur, d1, chan1, d2, chan2)
}

// EvtchnClosePost calls hook evtchn_close_post.
func (sec Security) EvtchnClosePost(cur *Domain, chn *Evtchn) {
	if sec.hooks != nil {
		sec.hooks.EvtchnClosePost(cur, chn)
	}
}

// EvtchnSend calls hook evtchn_send.
func (sec Security) EvtchnSend(cur *Domain, d *Domain, chn *Evtchn) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.EvtchnSend(cur, d, chn)
}

// EvtchnStatus calls hook evtchn_status.
func (sec Security) EvtchnStatus(cur *Domain, d *Domain, chn *Evtchn) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.EvtchnStatus(cur, d, chn)
}

// EvtchnReset calls hook evtchn_reset.
func (sec Security) EvtchnReset(cur *Domain, d1 *Domain, d2 *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.EvtchnReset(cur, d1, d2)
}

// GrantMapRef calls hook grant_mapref.
func (sec Security) GrantMapRef(cur *Domain, d1 *Domain, d2 *Domain, flags uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.GrantMapRef(cur, d1, d2, flags)
}

// GrantUnmapRef calls hook grant_unmapref.
func (sec Security) GrantUnmapRef(cur *Domain, d1 *Domain, d2 *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.GrantUnmapRef(cur, d1, d2)
}

// GrantSetup calls hook grant_setup.
func (sec Security) GrantSetup(cur *Domain, d1 *Domain, d2 *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.GrantSetup(cur, d1, d2)
}

// GrantTransfer calls hook grant_transfer.
func (sec Security) GrantTransfer(cur *Domain, d1 *Domain, d2 *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.GrantTransfer(cur, d1, d2)
}

// GrantCopy calls hook grant_copy.
func (sec Security) GrantCopy(cur *Domain, d1 *Domain, d2 *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.GrantCopy(cur, d1, d2)
}

// GrantQuerySize calls hook grant_query_size.
func (sec Security) GrantQuerySize(cur *Domain, d1 *Domain, d2 *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.GrantQuerySize(cur, d1, d2)
}

// AllocSecurityDomain calls hook alloc_security_domain.
func (sec Security) AllocSecurityDomain(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.AllocSecurityDomain(cur, d)
}

// FreeSecurityDomain calls hook free_security_domain.
func (sec Security) FreeSecurityDomain(cur *Domain, d *Domain) {
	if sec.hooks != nil {
		sec.hooks.FreeSecurityDomain(cur, d)
	}
}

// AllocSecurityEvtchns calls hook alloc_security_evtchns.
func (sec Security) AllocSecurityEvtchns(cur *Domain, chn []*Evtchn) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.AllocSecurityEvtchns(cur, chn)
}

// FreeSecurityEvtchns calls hook free_security_evtchns.
func (sec Security) FreeSecurityEvtchns(cur *Domain, chn []*Evtchn) {
	if sec.hooks != nil {
		sec.hooks.FreeSecurityEvtchns(cur, chn)
	}
}

// ShowSecurityEvtchn calls hook show_security_evtchn.
func (sec Security) ShowSecurityEvtchn(cur *Domain, d *Domain, chn *Evtchn) string {
	if sec.hooks == nil {
		return ""
	}
	return sec.hooks.ShowSecurityEvtchn(cur, d, chn)
}

// InitHardwareDomain calls hook init_hardware_domain.
func (sec Security) InitHardwareDomain(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.InitHardwareDomain(cur, d)
}

// GetPodTarget calls hook get_pod_target.
func (sec Security) GetPodTarget(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.GetPodTarget(cur, d)
}

// SetPodTarget calls hook set_pod_target.
func (sec Security) SetPodTarget(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.SetPodTarget(cur, d)
}

// MemoryExchange calls hook memory_exchange.
func (sec Security) MemoryExchange(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.MemoryExchange(cur, d)
}

// MemoryAdjustReservation calls hook memory_adjust_reservation.
func (sec Security) MemoryAdjustReservation(cur *Domain, d1 *Domain, d2 *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.MemoryAdjustReservation(cur, d1, d2)
}

// MemoryStatReservation calls hook memory_stat_reservation.
func (sec Security) MemoryStatReservation(cur *Domain, d1 *Domain, d2 *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.MemoryStatReservation(cur, d1, d2)
}

// MemoryPinPage calls hook memory_pin_page.
func (sec Security) MemoryPinPage(cur *Domain, d1 *Domain, d2 *Domain, page *Page) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.MemoryPinPage(cur, d1, d2, page)
}

// AddToPhysmap calls hook add_to_physmap.
func (sec Security) AddToPhysmap(cur *Domain, d1 *Domain, d2 *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.AddToPhysmap(cur, d1, d2)
}

// RemoveFromPhysmap calls hook remove_from_physmap.
func (sec Security) RemoveFromPhysmap(cur *Domain, d1 *Domain, d2 *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.RemoveFromPhysmap(cur, d1, d2)
}

// MapGmfnForeign calls hook map_gmfn_foreign.
func (sec Security) MapGmfnForeign(cur *Domain, d *Domain, t *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.MapGmfnForeign(cur, d, t)
}

// ClaimPages calls hook claim_pages.
func (sec Security) ClaimPages(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ClaimPages(cur, d)
}

// ConsoleIO calls hook console_io.
func (sec Security) ConsoleIO(cur *Domain, d *Domain, cmd int) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ConsoleIO(cur, d, cmd)
}

// Profile calls hook profile.
func (sec Security) Profile(cur *Domain, d *Domain, op int) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.Profile(cur, d, op)
}

// Kexec calls hook kexec.
func (sec Security) Kexec(cur *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.Kexec(cur)
}

// SchedOpShutdown calls hook schedop_shutdown.
func (sec Security) SchedOpShutdown(cur *Domain, d1 *Domain, d2 *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.SchedOpShutdown(cur, d1, d2)
}

// ShowIRQSID calls hook show_irq_sid.
func (sec Security) ShowIRQSID(cur *Domain, irq int) string {
	if sec.hooks == nil {
		return ""
	}
	return sec.hooks.ShowIRQSID(cur, irq)
}

// MapDomainPIRQ calls hook map_domain_pirq.
func (sec Security) MapDomainPIRQ(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.MapDomainPIRQ(cur, d)
}

// MapDomainIRQ calls hook map_domain_irq.
func (sec Security) MapDomainIRQ(cur *Domain, d *Domain, irq int, data *PCIDev) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.MapDomainIRQ(cur, d, irq, data)
}

// UnmapDomainPIRQ calls hook unmap_domain_pirq.
func (sec Security) UnmapDomainPIRQ(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.UnmapDomainPIRQ(cur, d)
}

// UnmapDomainIRQ calls hook unmap_domain_irq.
func (sec Security) UnmapDomainIRQ(cur *Domain, d *Domain, irq int, data *PCIDev) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.UnmapDomainIRQ(cur, d, irq, data)
}

// BindPTIRQ calls hook bind_pt_irq.
func (sec Security) BindPTIRQ(cur *Domain, d *Domain, bind *BindPTIRQ) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.BindPTIRQ(cur, d, bind)
}

// UnbindPTIRQ calls hook unbind_pt_irq.
func (sec Security) UnbindPTIRQ(cur *Domain, d *Domain, bind *BindPTIRQ) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.UnbindPTIRQ(cur, d, bind)
}

// IRQPermission calls hook irq_permission.
func (sec Security) IRQPermission(cur *Domain, d *Domain, pirq int, allow bool) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.IRQPermission(cur, d, pirq, allow)
}

// IOMemPermission calls hook iomem_permission.
func (sec Security) IOMemPermission(cur *Domain, d *Domain, s uint64, e uint64, allow bool) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.IOMemPermission(cur, d, s, e, allow)
}

// IOMemMapping calls hook iomem_mapping.
func (sec Security) IOMemMapping(cur *Domain, d *Domain, s uint64, e uint64, allow bool) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.IOMemMapping(cur, d, s, e, allow)
}

// PCIConfigPermission calls hook pci_config_permission.
func (sec Security) PCIConfigPermission(cur *Domain, d *Domain, machine_bdf uint32, start uint16, end uint16, access bool) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.PCIConfigPermission(cur, d, machine_bdf, start, end, access)
}

// GetDeviceGroup calls hook get_device_group.
func (sec Security) GetDeviceGroup(cur *Domain, machine_bdf uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.GetDeviceGroup(cur, machine_bdf)
}

// AssignDevice calls hook assign_device.
func (sec Security) AssignDevice(cur *Domain, d *Domain, machine_bdf uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.AssignDevice(cur, d, machine_bdf)
}

// DeassignDevice calls hook deassign_device.
func (sec Security) DeassignDevice(cur *Domain, d *Domain, machine_bdf uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.DeassignDevice(cur, d, machine_bdf)
}

// AssignDTDevice calls hook assign_dtdevice.
func (sec Security) AssignDTDevice(cur *Domain, d *Domain, dtpath string) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.AssignDTDevice(cur, d, dtpath)
}

// DeassignDTDevice calls hook deassign_dtdevice.
func (sec Security) DeassignDTDevice(cur *Domain, d *Domain, dtpath string) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.DeassignDTDevice(cur, d, dtpath)
}

// ResourcePlugCore calls hook resource_plug_core.
func (sec Security) ResourcePlugCore(cur *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ResourcePlugCore(cur)
}

// ResourceUnplugCore calls hook resource_unplug_core.
func (sec Security) ResourceUnplugCore(cur *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ResourceUnplugCore(cur)
}

// ResourcePlugPCI calls hook resource_plug_pci.
func (sec Security) ResourcePlugPCI(cur *Domain, machine_bdf uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ResourcePlugPCI(cur, machine_bdf)
}

// ResourceUnplugPCI calls hook resource_unplug_pci.
func (sec Security) ResourceUnplugPCI(cur *Domain, machine_bdf uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ResourceUnplugPCI(cur, machine_bdf)
}

// ResourceSetupPCI calls hook resource_setup_pci.
func (sec Security) ResourceSetupPCI(cur *Domain, machine_bdf uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ResourceSetupPCI(cur, machine_bdf)
}

// ResourceSetupGSI calls hook resource_setup_gsi.
func (sec Security) ResourceSetupGSI(cur *Domain, gsi int) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ResourceSetupGSI(cur, gsi)
}

// ResourceSetupMisc calls hook resource_setup_misc.
func (sec Security) ResourceSetupMisc(cur *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ResourceSetupMisc(cur)
}

// PageOffline calls hook page_offline.
func (sec Security) PageOffline(cur *Domain, cmd uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.PageOffline(cur, cmd)
}

// HypFSOp calls hook hypfs_op.
func (sec Security) HypFSOp(cur *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.HypFSOp(cur)
}

// DoXSMOp calls hook do_xsm_op.
func (sec Security) DoXSMOp(cur *Domain, op *Op) error {
	if sec.hooks == nil {
		return abi.ENOSYS
	}
	return sec.hooks.DoXSMOp(cur, op)
}

// DoCompatOp calls hook do_compat_op.
func (sec Security) DoCompatOp(cur *Domain, op *Op) error {
	if sec.hooks == nil {
		return abi.ENOSYS
	}
	return sec.hooks.DoCompatOp(cur, op)
}

// HVMParam calls hook hvm_param.
func (sec Security) HVMParam(cur *Domain, d *Domain, op uint64) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.HVMParam(cur, d, op)
}

// HVMParamAltP2MHVM calls hook hvm_param_altp2mhvm.
func (sec Security) HVMParamAltP2MHVM(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.HVMParamAltP2MHVM(cur, d)
}

// HVMAltP2MHVMOp calls hook hvm_altp2mhvm_op.
func (sec Security) HVMAltP2MHVMOp(cur *Domain, d *Domain, mode uint64, op uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.HVMAltP2MHVMOp(cur, d, mode, op)
}

// GetVNUMAInfo calls hook get_vnumainfo.
func (sec Security) GetVNUMAInfo(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.GetVNUMAInfo(cur, d)
}

// VMEventControl calls hook vm_event_control.
func (sec Security) VMEventControl(cur *Domain, d *Domain, mode int, op int) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.VMEventControl(cur, d, mode, op)
}

// MemAccess calls hook mem_access.
func (sec Security) MemAccess(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.MemAccess(cur, d)
}

// MemPaging calls hook mem_paging.
func (sec Security) MemPaging(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.MemPaging(cur, d)
}

// MemSharing calls hook mem_sharing.
func (sec Security) MemSharing(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.MemSharing(cur, d)
}

// PlatformOp calls hook platform_op.
func (sec Security) PlatformOp(cur *Domain, op uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.PlatformOp(cur, op)
}

// DoMCA calls hook do_mca.
func (sec Security) DoMCA(cur *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.DoMCA(cur)
}

// ShadowControl calls hook shadow_control.
func (sec Security) ShadowControl(cur *Domain, d *Domain, op uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ShadowControl(cur, d, op)
}

// MemSharingOp calls hook mem_sharing_op.
func (sec Security) MemSharingOp(cur *Domain, d *Domain, cd *Domain, op int) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.MemSharingOp(cur, d, cd, op)
}

// Apic calls hook apic.
func (sec Security) Apic(cur *Domain, d *Domain, cmd int) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.Apic(cur, d, cmd)
}

// MachineMemoryMap calls hook machine_memory_map.
func (sec Security) MachineMemoryMap(cur *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.MachineMemoryMap(cur)
}

// DomainMemoryMap calls hook domain_memory_map.
func (sec Security) DomainMemoryMap(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.DomainMemoryMap(cur, d)
}

// MMUUpdate calls hook mmu_update.
func (sec Security) MMUUpdate(cur *Domain, d *Domain, t *Domain, f *Domain, flags uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.MMUUpdate(cur, d, t, f, flags)
}

// MMUExtOp calls hook mmuext_op.
func (sec Security) MMUExtOp(cur *Domain, d *Domain, f *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.MMUExtOp(cur, d, f)
}

// UpdateVAMapping calls hook update_va_mapping.
func (sec Security) UpdateVAMapping(cur *Domain, d *Domain, f *Domain, pte PTE) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.UpdateVAMapping(cur, d, f, pte)
}

// PrivMapping calls hook priv_mapping.
func (sec Security) PrivMapping(cur *Domain, d *Domain, t *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.PrivMapping(cur, d, t)
}

// IOPortPermission calls hook ioport_permission.
func (sec Security) IOPortPermission(cur *Domain, d *Domain, s uint32, e uint32, allow bool) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.IOPortPermission(cur, d, s, e, allow)
}

// IOPortMapping calls hook ioport_mapping.
func (sec Security) IOPortMapping(cur *Domain, d *Domain, s uint32, e uint32, allow bool) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.IOPortMapping(cur, d, s, e, allow)
}

// PMUOp calls hook pmu_op.
func (sec Security) PMUOp(cur *Domain, d *Domain, op uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.PMUOp(cur, d, op)
}

// DMOp calls hook dm_op.
func (sec Security) DMOp(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.DMOp(cur, d)
}

// XenVersion calls hook xen_version.
func (sec Security) XenVersion(cur *Domain, op uint32) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.XenVersion(cur, op)
}

// DomainResourceMap calls hook domain_resource_map.
func (sec Security) DomainResourceMap(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.DomainResourceMap(cur, d)
}

// ArgoEnable calls hook argo_enable.
func (sec Security) ArgoEnable(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ArgoEnable(cur, d)
}

// ArgoRegisterSingleSource calls hook argo_register_single_source.
func (sec Security) ArgoRegisterSingleSource(cur *Domain, d *Domain, t *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ArgoRegisterSingleSource(cur, d, t)
}

// ArgoRegisterAnySource calls hook argo_register_any_source.
func (sec Security) ArgoRegisterAnySource(cur *Domain, d *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ArgoRegisterAnySource(cur, d)
}

// ArgoSend calls hook argo_send.
func (sec Security) ArgoSend(cur *Domain, d *Domain, t *Domain) error {
	if sec.hooks == nil {
		return nil
	}
	return sec.hooks.ArgoSend(cur, d, t)
}

// Table describes the catalogue's hooks, in its order.
func Table() []HookInfo {
	return []HookInfo{
		{Name: "set_system_active", Method: "SetSystemActive", Phase: "authorize", Action: "none", Params: []string{"cur"}, Vectors: []string{}, Ops: []string{
			"boot/finish",
		}},
		{Name: "security_domaininfo", Method: "SecurityDomainInfo", Phase: "notify", Action: "none", Params: []string{"cur", "d", "info"}, Vectors: []string{}, Ops: []string{
			"domctl/XEN_DOMCTL_getdomaininfo",
			"sysctl/XEN_SYSCTL_getdomaininfolist",
		}},
		{Name: "domain_create", Method: "DomainCreate", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "ssidref"}, Vectors: []string{"domain:create"}, Ops: []string{
			"domctl/XEN_DOMCTL_createdomain",
		}},
		{Name: "getdomaininfo", Method: "GetDomainInfo", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d"}, Vectors: []string{"domain:getdomaininfo"}, Ops: []string{
			"domctl/XEN_DOMCTL_getdomaininfo",
			"sysctl/XEN_SYSCTL_getdomaininfolist",
		}},
		{Name: "domctl_scheduler_op", Method: "DomctlSchedulerOp", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "cmd"}, Vectors: []string{"domain2:setscheduler", "domain:getscheduler"}, Ops: []string{
			"domctl/XEN_DOMCTL_scheduler_op",
		}},
		{Name: "sysctl_scheduler_op", Method: "SysctlSchedulerOp", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "cmd"}, Vectors: []string{"xen:setscheduler", "xen:getscheduler"}, Ops: []string{
			"sysctl/XEN_SYSCTL_scheduler_op",
		}},
		{Name: "set_target", Method: "SetTarget", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "e"}, Vectors: []string{"domain2:make_priv_for", "domain2:set_as_target", "domain:set_target"}, Ops: []string{
			"domctl/XEN_DOMCTL_set_target",
		}},
		{Name: "domctl", Method: "Domctl", Phase: "authorize", Action: "XSM_OTHER", Params: []string{"cur", "d", "cmd", "ssidref"}, Vectors: []string{"domain:create", "domain:destroy", "domain:pause", "domain:unpause", "domain:setaffinity", "domain:getaffinity", "domain:resume", "domain:max_vcpus", "domain:setdomainmaxmem", "domain:setdomainhandle", "domain:setvcpucontext", "domain:getvcpucontext", "domain:getvcpuinfo", "domain:settime", "domain:setdebugging", "mmu:pageinfo", "domain:hypercall", "hvm:sethvmc", "hvm:gethvmc", "domain:setaddrsize", "domain:getaddrsize", "hvm:mem_sharing", "domain:trigger", "domain2:vm_event", "domain:set_misc_info", "domain:set_virq_handler", "domain2:set_cpu_policy", "domain2:gettsc", "domain2:settsc", "hvm:audit_p2m", "domain2:cacheflush", "domain2:set_vnumainfo", "domain2:psr_cmt_op", "domain2:psr_alloc", "domain2:soft_reset", "domain2:get_cpu_policy", "domain:getpagingmempool", "domain:setpagingmempool"}, Ops: []string{
			"domctl/XEN_DOMCTL_createdomain",
			"domctl/XEN_DOMCTL_destroydomain",
			"domctl/XEN_DOMCTL_pausedomain",
			"domctl/XEN_DOMCTL_unpausedomain",
			"domctl/XEN_DOMCTL_getdomaininfo",
			"domctl/XEN_DOMCTL_setvcpuaffinity",
			"domctl/XEN_DOMCTL_shadow_op",
			"domctl/XEN_DOMCTL_max_mem",
			"domctl/XEN_DOMCTL_setvcpucontext",
			"domctl/XEN_DOMCTL_getvcpucontext",
			"domctl/XEN_DOMCTL_getvcpuinfo",
			"domctl/XEN_DOMCTL_max_vcpus",
			"domctl/XEN_DOMCTL_scheduler_op",
			"domctl/XEN_DOMCTL_setdomainhandle",
			"domctl/XEN_DOMCTL_setdebugging",
			"domctl/XEN_DOMCTL_irq_permission",
			"domctl/XEN_DOMCTL_iomem_permission",
			"domctl/XEN_DOMCTL_ioport_permission",
			"domctl/XEN_DOMCTL_hypercall_init",
			"domctl/XEN_DOMCTL_settimeoffset",
			"domctl/XEN_DOMCTL_getvcpuaffinity",
			"domctl/XEN_DOMCTL_resumedomain",
			"domctl/XEN_DOMCTL_sendtrigger",
			"domctl/XEN_DOMCTL_subscribe",
			"domctl/XEN_DOMCTL_gethvmcontext",
			"domctl/XEN_DOMCTL_sethvmcontext",
			"domctl/XEN_DOMCTL_set_address_size",
			"domctl/XEN_DOMCTL_get_address_size",
			"domctl/XEN_DOMCTL_assign_device",
			"domctl/XEN_DOMCTL_bind_pt_irq",
			"domctl/XEN_DOMCTL_memory_mapping",
			"domctl/XEN_DOMCTL_ioport_mapping",
			"domctl/XEN_DOMCTL_set_ext_vcpucontext",
			"domctl/XEN_DOMCTL_get_ext_vcpucontext",
			"domctl/XEN_DOMCTL_test_assign_device",
			"domctl/XEN_DOMCTL_set_target",
			"domctl/XEN_DOMCTL_deassign_device",
			"domctl/XEN_DOMCTL_unbind_pt_irq",
			"domctl/XEN_DOMCTL_get_device_group",
			"domctl/XEN_DOMCTL_debug_op",
			"domctl/XEN_DOMCTL_gethvmcontext_partial",
			"domctl/XEN_DOMCTL_vm_event_op",
			"domctl/XEN_DOMCTL_mem_sharing_op",
			"domctl/XEN_DOMCTL_gettscinfo",
			"domctl/XEN_DOMCTL_settscinfo",
			"domctl/XEN_DOMCTL_getpageframeinfo3",
			"domctl/XEN_DOMCTL_setvcpuextstate",
			"domctl/XEN_DOMCTL_getvcpuextstate",
			"domctl/XEN_DOMCTL_set_access_required",
			"domctl/XEN_DOMCTL_audit_p2m",
			"domctl/XEN_DOMCTL_set_virq_handler",
			"domctl/XEN_DOMCTL_set_broken_page_p2m",
			"domctl/XEN_DOMCTL_setnodeaffinity",
			"domctl/XEN_DOMCTL_getnodeaffinity",
			"domctl/XEN_DOMCTL_cacheflush",
			"domctl/XEN_DOMCTL_get_vcpu_msrs",
			"domctl/XEN_DOMCTL_set_vcpu_msrs",
			"domctl/XEN_DOMCTL_setvnumainfo",
			"domctl/XEN_DOMCTL_psr_cmt_op",
			"domctl/XEN_DOMCTL_monitor_op",
			"domctl/XEN_DOMCTL_psr_alloc",
			"domctl/XEN_DOMCTL_soft_reset",
			"domctl/XEN_DOMCTL_get_cpu_policy",
			"domctl/XEN_DOMCTL_set_cpu_policy",
			"domctl/XEN_DOMCTL_vmtrace_op",
			"domctl/XEN_DOMCTL_get_paging_mempool_size",
			"domctl/XEN_DOMCTL_set_paging_mempool_size",
			"domctl/XEN_DOMCTL_gdbsx_guestmemio",
			"domctl/XEN_DOMCTL_gdbsx_pausevcpu",
			"domctl/XEN_DOMCTL_gdbsx_unpausevcpu",
			"domctl/XEN_DOMCTL_gdbsx_domstatus",
			"paging_domctl_cont/XEN_DOMCTL_shadow_op",
		}},
		{Name: "sysctl", Method: "Sysctl", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur", "cmd"}, Vectors: []string{"xen:tbufcontrol", "xen:getscheduler", "xen:perfcontrol", "xen:debug", "xen:getcpuinfo", "xen:heap", "xen:pm_op", "xen:lockprof", "xen:cpupool_op", "xen:physinfo", "xen2:psr_cmt_op", "xen2:psr_alloc", "xen2:get_cpu_levelling_caps", "xen2:get_cpu_featureset", "xen2:livepatch_op", "xen2:coverage_op"}, Ops: []string{
			"sysctl/XEN_SYSCTL_readconsole",
			"sysctl/XEN_SYSCTL_tbuf_op",
			"sysctl/XEN_SYSCTL_physinfo",
			"sysctl/XEN_SYSCTL_sched_id",
			"sysctl/XEN_SYSCTL_perfc_op",
			"sysctl/XEN_SYSCTL_getdomaininfolist",
			"sysctl/XEN_SYSCTL_debug_keys",
			"sysctl/XEN_SYSCTL_getcpuinfo",
			"sysctl/XEN_SYSCTL_availheap",
			"sysctl/XEN_SYSCTL_get_pmstat",
			"sysctl/XEN_SYSCTL_cpu_hotplug",
			"sysctl/XEN_SYSCTL_pm_op",
			"sysctl/XEN_SYSCTL_page_offline_op",
			"sysctl/XEN_SYSCTL_lockprof_op",
			"sysctl/XEN_SYSCTL_cputopoinfo",
			"sysctl/XEN_SYSCTL_numainfo",
			"sysctl/XEN_SYSCTL_cpupool_op",
			"sysctl/XEN_SYSCTL_scheduler_op",
			"sysctl/XEN_SYSCTL_coverage_op",
			"sysctl/XEN_SYSCTL_psr_cmt_op",
			"sysctl/XEN_SYSCTL_pcitopoinfo",
			"sysctl/XEN_SYSCTL_psr_alloc",
			"sysctl/XEN_SYSCTL_get_cpu_levelling_caps",
			"sysctl/XEN_SYSCTL_get_cpu_featureset",
			"sysctl/XEN_SYSCTL_livepatch_op",
			"sysctl/XEN_SYSCTL_get_cpu_policy",
		}},
		{Name: "readconsole", Method: "ReadConsole", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "clear"}, Vectors: []string{"xen:readconsole", "xen:clearconsole"}, Ops: []string{
			"sysctl/XEN_SYSCTL_readconsole",
		}},
		{Name: "evtchn_unbound", Method: "EvtchnUnbound", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d", "chn", "id2"}, Vectors: []string{"event:create", "event:bind"}, Ops: []string{
			"event_channel_op/EVTCHNOP_alloc_unbound",
			"dm_op/XEN_DMOP_create_ioreq_server",
		}},
		{Name: "evtchn_interdomain", Method: "EvtchnInterdomain", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d1", "chan1", "d2", "chan2"}, Vectors: []string{"event:create", "event:bind"}, Ops: []string{
			"event_channel_op/EVTCHNOP_bind_interdomain",
		}},
		{Name: "evtchn_close_post", Method: "EvtchnClosePost", Phase: "notify", Action: "none", Params: []string{"cur", "chn"}, Vectors: []string{}, Ops: []string{
			"event_channel_op/EVTCHNOP_close",
			"event_channel_op/EVTCHNOP_reset",
		}},
		{Name: "evtchn_send", Method: "EvtchnSend", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "chn"}, Vectors: []string{"event:send"}, Ops: []string{
			"event_channel_op/EVTCHNOP_send",
		}},
		{Name: "evtchn_status", Method: "EvtchnStatus", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d", "chn"}, Vectors: []string{"event:status"}, Ops: []string{
			"event_channel_op/EVTCHNOP_status",
		}},
		{Name: "evtchn_reset", Method: "EvtchnReset", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d1", "d2"}, Vectors: []string{"event:reset"}, Ops: []string{
			"event_channel_op/EVTCHNOP_reset",
		}},
		{Name: "grant_mapref", Method: "GrantMapRef", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d1", "d2", "flags"}, Vectors: []string{"grant:map_read", "grant:map_write"}, Ops: []string{
			"grant_table_op/GNTTABOP_map_grant_ref",
		}},
		{Name: "grant_unmapref", Method: "GrantUnmapRef", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d1", "d2"}, Vectors: []string{"grant:unmap"}, Ops: []string{
			"grant_table_op/GNTTABOP_unmap_grant_ref",
			"grant_table_op/GNTTABOP_unmap_and_replace",
		}},
		{Name: "grant_setup", Method: "GrantSetup", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d1", "d2"}, Vectors: []string{"grant:setup"}, Ops: []string{
			"grant_table_op/GNTTABOP_setup_table",
			"grant_table_op/GNTTABOP_get_status_frames",
		}},
		{Name: "grant_transfer", Method: "GrantTransfer", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d1", "d2"}, Vectors: []string{"grant:transfer"}, Ops: []string{
			"grant_table_op/GNTTABOP_transfer",
		}},
		{Name: "grant_copy", Method: "GrantCopy", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d1", "d2"}, Vectors: []string{"grant:copy"}, Ops: []string{
			"grant_table_op/GNTTABOP_copy",
		}},
		{Name: "grant_query_size", Method: "GrantQuerySize", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d1", "d2"}, Vectors: []string{"grant:query"}, Ops: []string{
			"grant_table_op/GNTTABOP_query_size",
			"grant_table_op/GNTTABOP_get_version",
		}},
		{Name: "alloc_security_domain", Method: "AllocSecurityDomain", Phase: "alloc", Action: "none", Params: []string{"cur", "d"}, Vectors: []string{}, Ops: []string{
			"domctl/XEN_DOMCTL_createdomain",
		}},
		{Name: "free_security_domain", Method: "FreeSecurityDomain", Phase: "free", Action: "none", Params: []string{"cur", "d"}, Vectors: []string{}, Ops: []string{
			"domctl/XEN_DOMCTL_destroydomain",
		}},
		{Name: "alloc_security_evtchns", Method: "AllocSecurityEvtchns", Phase: "alloc", Action: "none", Params: []string{"cur", "chn"}, Vectors: []string{}, Ops: []string{
			"event_channel_op/EVTCHNOP_alloc_unbound",
			"event_channel_op/EVTCHNOP_bind_interdomain",
			"event_channel_op/EVTCHNOP_bind_virq",
			"event_channel_op/EVTCHNOP_bind_ipi",
			"event_channel_op/EVTCHNOP_bind_pirq",
			"domctl/XEN_DOMCTL_createdomain",
		}},
		{Name: "free_security_evtchns", Method: "FreeSecurityEvtchns", Phase: "free", Action: "none", Params: []string{"cur", "chn"}, Vectors: []string{}, Ops: []string{
			"domctl/XEN_DOMCTL_destroydomain",
		}},
		{Name: "show_security_evtchn", Method: "ShowSecurityEvtchn", Phase: "notify", Action: "none", Params: []string{"cur", "d", "chn"}, Vectors: []string{}, Ops: []string{
			"sysctl/XEN_SYSCTL_debug_keys",
		}},
		{Name: "init_hardware_domain", Method: "InitHardwareDomain", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d"}, Vectors: []string{"domain2:create_hardware_domain"}, Ops: []string{
			"domctl/XEN_DOMCTL_createdomain",
		}},
		{Name: "get_pod_target", Method: "GetPodTarget", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur", "d"}, Vectors: []string{"domain:getpodtarget"}, Ops: []string{
			"memory_op/XENMEM_get_pod_target",
		}},
		{Name: "set_pod_target", Method: "SetPodTarget", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur", "d"}, Vectors: []string{"domain:setpodtarget"}, Ops: []string{
			"memory_op/XENMEM_set_pod_target",
		}},
		{Name: "memory_exchange", Method: "MemoryExchange", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d"}, Vectors: []string{"mmu:exchange"}, Ops: []string{
			"memory_op/XENMEM_exchange",
		}},
		{Name: "memory_adjust_reservation", Method: "MemoryAdjustReservation", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d1", "d2"}, Vectors: []string{"mmu:adjust"}, Ops: []string{
			"memory_op/XENMEM_increase_reservation",
			"memory_op/XENMEM_decrease_reservation",
			"memory_op/XENMEM_populate_physmap",
		}},
		{Name: "memory_stat_reservation", Method: "MemoryStatReservation", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d1", "d2"}, Vectors: []string{"mmu:stat"}, Ops: []string{
			"memory_op/XENMEM_current_reservation",
			"memory_op/XENMEM_maximum_reservation",
			"memory_op/XENMEM_maximum_gpfn",
		}},
		{Name: "memory_pin_page", Method: "MemoryPinPage", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d1", "d2", "page"}, Vectors: []string{"mmu:pinpage"}, Ops: []string{
			"mmuext_op/MMUEXT_PIN_L1_TABLE",
			"mmuext_op/MMUEXT_PIN_L2_TABLE",
			"mmuext_op/MMUEXT_PIN_L3_TABLE",
			"mmuext_op/MMUEXT_PIN_L4_TABLE",
		}},
		{Name: "add_to_physmap", Method: "AddToPhysmap", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d1", "d2"}, Vectors: []string{"mmu:physmap"}, Ops: []string{
			"memory_op/XENMEM_add_to_physmap",
			"memory_op/XENMEM_add_to_physmap_batch",
		}},
		{Name: "remove_from_physmap", Method: "RemoveFromPhysmap", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d1", "d2"}, Vectors: []string{"mmu:physmap"}, Ops: []string{
			"memory_op/XENMEM_remove_from_physmap",
		}},
		{Name: "map_gmfn_foreign", Method: "MapGmfnForeign", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d", "t"}, Vectors: []string{"mmu:map_read", "mmu:map_write"}, Ops: []string{
			"memory_op/XENMEM_add_to_physmap_batch",
		}},
		{Name: "claim_pages", Method: "ClaimPages", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur", "d"}, Vectors: []string{"domain2:setclaim"}, Ops: []string{
			"memory_op/XENMEM_claim_pages",
		}},
		{Name: "console_io", Method: "ConsoleIO", Phase: "authorize", Action: "XSM_OTHER", Params: []string{"cur", "d", "cmd"}, Vectors: []string{"xen:readconsole", "xen:writeconsole"}, Ops: []string{
			"console_io/CONSOLEIO_write",
			"console_io/CONSOLEIO_read",
		}},
		{Name: "profile", Method: "Profile", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "op"}, Vectors: []string{"xen:nonprivprofile", "xen:privprofile"}, Ops: []string{
			"xenoprof_op/XENOPROF_init",
			"xenoprof_op/XENOPROF_reset_active_list",
			"xenoprof_op/XENOPROF_reset_passive_list",
			"xenoprof_op/XENOPROF_set_active",
			"xenoprof_op/XENOPROF_set_passive",
			"xenoprof_op/XENOPROF_reserve_counters",
			"xenoprof_op/XENOPROF_counter",
			"xenoprof_op/XENOPROF_setup_events",
			"xenoprof_op/XENOPROF_enable_virq",
			"xenoprof_op/XENOPROF_start",
			"xenoprof_op/XENOPROF_stop",
			"xenoprof_op/XENOPROF_disable_virq",
			"xenoprof_op/XENOPROF_release_counters",
			"xenoprof_op/XENOPROF_shutdown",
			"xenoprof_op/XENOPROF_get_buffer",
		}},
		{Name: "kexec", Method: "Kexec", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur"}, Vectors: []string{"xen:kexec"}, Ops: []string{
			"kexec_op/KEXEC_CMD_kexec",
			"kexec_op/KEXEC_CMD_kexec_get_range",
			"kexec_op/KEXEC_CMD_kexec_load",
			"kexec_op/KEXEC_CMD_kexec_unload",
			"kexec_op/KEXEC_CMD_kexec_status",
		}},
		{Name: "schedop_shutdown", Method: "SchedOpShutdown", Phase: "authorize", Action: "XSM_DM_PRIV", Params: []string{"cur", "d1", "d2"}, Vectors: []string{"domain:shutdown"}, Ops: []string{
			"sched_op/SCHEDOP_remote_shutdown",
		}},
		{Name: "show_irq_sid", Method: "ShowIRQSID", Phase: "notify", Action: "none", Params: []string{"cur", "irq"}, Vectors: []string{}, Ops: []string{
			"sysctl/XEN_SYSCTL_debug_keys",
		}},
		{Name: "map_domain_pirq", Method: "MapDomainPIRQ", Phase: "authorize", Action: "XSM_DM_PRIV", Params: []string{"cur", "d"}, Vectors: []string{"resource:add"}, Ops: []string{
			"physdev_op/PHYSDEVOP_map_pirq",
		}},
		{Name: "map_domain_irq", Method: "MapDomainIRQ", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "irq", "data"}, Vectors: []string{"resource:add_irq", "resource:use_noiommu", "resource:use_iommu", "resource:use_iommu_nointremap"}, Ops: []string{
			"physdev_op/PHYSDEVOP_map_pirq",
		}},
		{Name: "unmap_domain_pirq", Method: "UnmapDomainPIRQ", Phase: "authorize", Action: "XSM_DM_PRIV", Params: []string{"cur", "d"}, Vectors: []string{"resource:remove"}, Ops: []string{
			"physdev_op/PHYSDEVOP_unmap_pirq",
		}},
		{Name: "unmap_domain_irq", Method: "UnmapDomainIRQ", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "irq", "data"}, Vectors: []string{"resource:remove_irq"}, Ops: []string{
			"physdev_op/PHYSDEVOP_unmap_pirq",
		}},
		{Name: "bind_pt_irq", Method: "BindPTIRQ", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "bind"}, Vectors: []string{"resource:add", "hvm:bind_irq", "resource:use_noiommu", "resource:use_iommu", "resource:use_iommu_nointremap"}, Ops: []string{
			"domctl/XEN_DOMCTL_bind_pt_irq",
		}},
		{Name: "unbind_pt_irq", Method: "UnbindPTIRQ", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "bind"}, Vectors: []string{"resource:remove"}, Ops: []string{
			"domctl/XEN_DOMCTL_unbind_pt_irq",
		}},
		{Name: "irq_permission", Method: "IRQPermission", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "pirq", "allow"}, Vectors: []string{"resource:add", "resource:remove"}, Ops: []string{
			"domctl/XEN_DOMCTL_irq_permission",
		}},
		{Name: "iomem_permission", Method: "IOMemPermission", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "s", "e", "allow"}, Vectors: []string{"resource:add_iomem", "resource:remove_iomem", "resource:add", "resource:remove", "resource:use_noiommu", "resource:use_iommu", "resource:use_iommu_nointremap"}, Ops: []string{
			"domctl/XEN_DOMCTL_iomem_permission",
		}},
		{Name: "iomem_mapping", Method: "IOMemMapping", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "s", "e", "allow"}, Vectors: []string{"resource:add_iomem", "resource:remove_iomem", "resource:add", "resource:remove", "resource:use_noiommu", "resource:use_iommu", "resource:use_iommu_nointremap"}, Ops: []string{
			"domctl/XEN_DOMCTL_memory_mapping",
		}},
		{Name: "pci_config_permission", Method: "PCIConfigPermission", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "machine_bdf", "start", "end", "access"}, Vectors: []string{"resource:setup", "resource:use_noiommu", "resource:use_iommu", "resource:use_iommu_nointremap"}, Ops: []string{
			"trap/pci_config_read",
			"trap/pci_config_write",
		}},
		{Name: "get_device_group", Method: "GetDeviceGroup", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "machine_bdf"}, Vectors: []string{"resource:stat_device"}, Ops: []string{
			"domctl/XEN_DOMCTL_get_device_group",
		}},
		{Name: "assign_device", Method: "AssignDevice", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "machine_bdf"}, Vectors: []string{"resource:add", "resource:add_device", "resource:stat_device", "resource:use_noiommu", "resource:use_iommu", "resource:use_iommu_nointremap"}, Ops: []string{
			"domctl/XEN_DOMCTL_assign_device",
			"domctl/XEN_DOMCTL_test_assign_device",
		}},
		{Name: "deassign_device", Method: "DeassignDevice", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "machine_bdf"}, Vectors: []string{"resource:remove", "resource:remove_device"}, Ops: []string{
			"domctl/XEN_DOMCTL_deassign_device",
		}},
		{Name: "assign_dtdevice", Method: "AssignDTDevice", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "dtpath"}, Vectors: []string{"resource:add", "resource:add_device", "resource:stat_device", "resource:use_noiommu", "resource:use_iommu", "resource:use_iommu_nointremap"}, Ops: []string{
			"domctl/XEN_DOMCTL_assign_device",
			"domctl/XEN_DOMCTL_test_assign_device",
		}},
		{Name: "deassign_dtdevice", Method: "DeassignDTDevice", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "dtpath"}, Vectors: []string{"resource:remove", "resource:remove_device"}, Ops: []string{
			"domctl/XEN_DOMCTL_deassign_device",
		}},
		{Name: "resource_plug_core", Method: "ResourcePlugCore", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur"}, Vectors: []string{"resource:plug"}, Ops: []string{
			"sysctl/XEN_SYSCTL_cpu_hotplug",
			"platform_op/XENPF_cpu_online",
			"platform_op/XENPF_cpu_hotadd",
			"platform_op/XENPF_mem_hotadd",
		}},
		{Name: "resource_unplug_core", Method: "ResourceUnplugCore", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur"}, Vectors: []string{"resource:unplug"}, Ops: []string{
			"sysctl/XEN_SYSCTL_cpu_hotplug",
			"platform_op/XENPF_cpu_offline",
		}},
		{Name: "resource_plug_pci", Method: "ResourcePlugPCI", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur", "machine_bdf"}, Vectors: []string{"resource:plug"}, Ops: []string{
			"physdev_op/PHYSDEVOP_manage_pci_add",
			"physdev_op/PHYSDEVOP_manage_pci_add_ext",
			"physdev_op/PHYSDEVOP_pci_device_add",
		}},
		{Name: "resource_unplug_pci", Method: "ResourceUnplugPCI", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur", "machine_bdf"}, Vectors: []string{"resource:unplug"}, Ops: []string{
			"physdev_op/PHYSDEVOP_manage_pci_remove",
			"physdev_op/PHYSDEVOP_pci_device_remove",
		}},
		{Name: "resource_setup_pci", Method: "ResourceSetupPCI", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur", "machine_bdf"}, Vectors: []string{"resource:setup"}, Ops: []string{
			"physdev_op/PHYSDEVOP_prepare_msix",
			"physdev_op/PHYSDEVOP_release_msix",
			"physdev_op/PHYSDEVOP_restore_msi",
			"physdev_op/PHYSDEVOP_restore_msi_ext",
		}},
		{Name: "resource_setup_gsi", Method: "ResourceSetupGSI", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur", "gsi"}, Vectors: []string{"resource:setup"}, Ops: []string{
			"physdev_op/PHYSDEVOP_setup_gsi",
		}},
		{Name: "resource_setup_misc", Method: "ResourceSetupMisc", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur"}, Vectors: []string{"resource:setup"}, Ops: []string{
			"physdev_op/PHYSDEVOP_pci_mmcfg_reserved",
		}},
		{Name: "page_offline", Method: "PageOffline", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "cmd"}, Vectors: []string{"resource:unplug", "resource:plug", "resource:use"}, Ops: []string{
			"sysctl/XEN_SYSCTL_page_offline_op",
		}},
		{Name: "hypfs_op", Method: "HypFSOp", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur"}, Vectors: []string{"xen:hypfs_op"}, Ops: []string{
			"hypfs_op/XEN_HYPFS_OP_get_version",
			"hypfs_op/XEN_HYPFS_OP_read",
			"hypfs_op/XEN_HYPFS_OP_write_contents",
		}},
		{Name: "do_xsm_op", Method: "DoXSMOp", Phase: "authorize", Action: "none", Params: []string{"cur", "op"}, Vectors: []string{"security:load_policy", "security:setenforce", "security:check_context", "security:compute_av", "security:compute_create", "security:compute_relabel", "security:setbool", "security:setsecparam", "security:compute_member", "security:add_ocontext", "security:del_ocontext", "domain2:relabelself", "domain2:relabelfrom", "domain2:relabelto", "domain:transition"}, Ops: []string{
			"xsm_op/FLASK_LOAD",
			"xsm_op/FLASK_GETENFORCE",
			"xsm_op/FLASK_SETENFORCE",
			"xsm_op/FLASK_CONTEXT_TO_SID",
			"xsm_op/FLASK_SID_TO_CONTEXT",
			"xsm_op/FLASK_ACCESS",
			"xsm_op/FLASK_CREATE",
			"xsm_op/FLASK_RELABEL",
			"xsm_op/FLASK_USER",
			"xsm_op/FLASK_POLICYVERS",
			"xsm_op/FLASK_GETBOOL",
			"xsm_op/FLASK_SETBOOL",
			"xsm_op/FLASK_COMMITBOOLS",
			"xsm_op/FLASK_MLS",
			"xsm_op/FLASK_GETAVC_THRESHOLD",
			"xsm_op/FLASK_SETAVC_THRESHOLD",
			"xsm_op/FLASK_AVC_HASHSTATS",
			"xsm_op/FLASK_AVC_CACHESTATS",
			"xsm_op/FLASK_MEMBER",
			"xsm_op/FLASK_ADD_OCONTEXT",
			"xsm_op/FLASK_DEL_OCONTEXT",
			"xsm_op/FLASK_GET_PEER_SID",
			"xsm_op/FLASK_RELABEL_DOMAIN",
			"xsm_op/FLASK_DEVICETREE_LABEL",
		}},
		{Name: "do_compat_op", Method: "DoCompatOp", Phase: "authorize", Action: "none", Params: []string{"cur", "op"}, Vectors: []string{}, Ops: []string{
			"xsm_op_compat/FLASK_GETENFORCE",
			"xsm_op_compat/FLASK_CONTEXT_TO_SID",
		}},
		{Name: "hvm_param", Method: "HVMParam", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d", "op"}, Vectors: []string{"hvm:setparam", "hvm:getparam", "hvm:hvmctl"}, Ops: []string{
			"hvm_op/HVMOP_set_param",
			"hvm_op/HVMOP_get_param",
			"hvm_op/HVMOP_get_mem_type",
			"hvm_op/HVMOP_pagetable_dying",
		}},
		{Name: "hvm_param_altp2mhvm", Method: "HVMParamAltP2MHVM", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur", "d"}, Vectors: []string{"hvm:altp2mhvm"}, Ops: []string{
			"hvm_op/HVMOP_set_param",
		}},
		{Name: "hvm_altp2mhvm_op", Method: "HVMAltP2MHVMOp", Phase: "authorize", Action: "XSM_OTHER", Params: []string{"cur", "d", "mode", "op"}, Vectors: []string{"hvm:altp2mhvm_op"}, Ops: []string{
			"hvm_op/HVMOP_altp2m",
		}},
		{Name: "get_vnumainfo", Method: "GetVNUMAInfo", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d"}, Vectors: []string{"domain2:get_vnumainfo"}, Ops: []string{
			"memory_op/XENMEM_get_vnumainfo",
		}},
		{Name: "vm_event_control", Method: "VMEventControl", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur", "d", "mode", "op"}, Vectors: []string{"domain2:vm_event"}, Ops: []string{
			"domctl/XEN_DOMCTL_vm_event_op",
			"domctl/XEN_DOMCTL_monitor_op",
		}},
		{Name: "mem_access", Method: "MemAccess", Phase: "authorize", Action: "XSM_DM_PRIV", Params: []string{"cur", "d"}, Vectors: []string{"domain2:mem_access"}, Ops: []string{
			"memory_op/XENMEM_access_op",
		}},
		{Name: "mem_paging", Method: "MemPaging", Phase: "authorize", Action: "XSM_DM_PRIV", Params: []string{"cur", "d"}, Vectors: []string{"domain2:mem_paging"}, Ops: []string{
			"memory_op/XENMEM_paging_op",
		}},
		{Name: "mem_sharing", Method: "MemSharing", Phase: "authorize", Action: "XSM_DM_PRIV", Params: []string{"cur", "d"}, Vectors: []string{"domain2:mem_sharing"}, Ops: []string{
			"memory_op/XENMEM_sharing_op",
		}},
		{Name: "platform_op", Method: "PlatformOp", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur", "op"}, Vectors: []string{"xen:settime", "xen:mtrr_add", "xen:mtrr_del", "xen:mtrr_read", "xen:microcode", "xen:quirk", "xen:firmware", "xen:sleep", "xen:frequency", "xen:getidle", "xen:pm_op", "xen:getcpuinfo", "xen2:resource_op", "xen2:get_symbol"}, Ops: []string{
			"platform_op/XENPF_settime32",
			"platform_op/XENPF_settime64",
			"platform_op/XENPF_add_memtype",
			"platform_op/XENPF_del_memtype",
			"platform_op/XENPF_read_memtype",
			"platform_op/XENPF_microcode_update",
			"platform_op/XENPF_platform_quirk",
			"platform_op/XENPF_efi_runtime_call",
			"platform_op/XENPF_firmware_info",
			"platform_op/XENPF_enter_acpi_sleep",
			"platform_op/XENPF_change_freq",
			"platform_op/XENPF_getidletime",
			"platform_op/XENPF_set_processor_pminfo",
			"platform_op/XENPF_get_cpuinfo",
			"platform_op/XENPF_get_cpu_version",
			"platform_op/XENPF_cpu_online",
			"platform_op/XENPF_cpu_offline",
			"platform_op/XENPF_cpu_hotadd",
			"platform_op/XENPF_mem_hotadd",
			"platform_op/XENPF_core_parking",
			"platform_op/XENPF_resource_op",
			"platform_op/XENPF_get_symbol",
		}},
		{Name: "do_mca", Method: "DoMCA", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur"}, Vectors: []string{"xen:mca_op"}, Ops: []string{
			"mca/XEN_MC_fetch",
			"mca/XEN_MC_notifydomain",
			"mca/XEN_MC_physcpuinfo",
			"mca/XEN_MC_msrinject",
			"mca/XEN_MC_mceinject",
			"mca/XEN_MC_inject_v2",
		}},
		{Name: "shadow_control", Method: "ShadowControl", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "op"}, Vectors: []string{"shadow:disable", "shadow:enable", "shadow:logdirty"}, Ops: []string{
			"domctl/XEN_DOMCTL_shadow_op",
			"paging_domctl_cont/XEN_DOMCTL_shadow_op",
		}},
		{Name: "mem_sharing_op", Method: "MemSharingOp", Phase: "authorize", Action: "XSM_DM_PRIV", Params: []string{"cur", "d", "cd", "op"}, Vectors: []string{"hvm:mem_sharing", "hvm:share_mem"}, Ops: []string{
			"memory_op/XENMEM_sharing_op",
		}},
		{Name: "apic", Method: "Apic", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur", "d", "cmd"}, Vectors: []string{"xen:readapic", "xen:writeapic"}, Ops: []string{
			"physdev_op/PHYSDEVOP_apic_read",
			"physdev_op/PHYSDEVOP_apic_write",
			"physdev_op/PHYSDEVOP_alloc_irq_vector",
		}},
		{Name: "machine_memory_map", Method: "MachineMemoryMap", Phase: "authorize", Action: "XSM_PRIV", Params: []string{"cur"}, Vectors: []string{"mmu:memorymap"}, Ops: []string{
			"memory_op/XENMEM_machine_memory_map",
		}},
		{Name: "domain_memory_map", Method: "DomainMemoryMap", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d"}, Vectors: []string{"mmu:memorymap"}, Ops: []string{
			"memory_op/XENMEM_set_memory_map",
		}},
		{Name: "mmu_update", Method: "MMUUpdate", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d", "t", "f", "flags"}, Vectors: []string{"mmu:remote_remap", "mmu:map_read", "mmu:map_write", "mmu:updatemp"}, Ops: []string{
			"mmu_update/MMU_NORMAL_PT_UPDATE",
			"mmu_update/MMU_PT_UPDATE_PRESERVE_AD",
			"mmu_update/MMU_MACHPHYS_UPDATE",
		}},
		{Name: "mmuext_op", Method: "MMUExtOp", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d", "f"}, Vectors: []string{"mmu:mmuext_op"}, Ops: []string{
			"mmuext_op/MMUEXT_PIN_L1_TABLE",
			"mmuext_op/MMUEXT_PIN_L2_TABLE",
			"mmuext_op/MMUEXT_PIN_L3_TABLE",
			"mmuext_op/MMUEXT_PIN_L4_TABLE",
			"mmuext_op/MMUEXT_UNPIN_TABLE",
			"mmuext_op/MMUEXT_NEW_BASEPTR",
			"mmuext_op/MMUEXT_TLB_FLUSH_LOCAL",
			"mmuext_op/MMUEXT_INVLPG_LOCAL",
			"mmuext_op/MMUEXT_TLB_FLUSH_ALL",
			"mmuext_op/MMUEXT_SET_LDT",
			"mmuext_op/MMUEXT_CLEAR_PAGE",
			"mmuext_op/MMUEXT_COPY_PAGE",
		}},
		{Name: "update_va_mapping", Method: "UpdateVAMapping", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d", "f", "pte"}, Vectors: []string{"mmu:map_read", "mmu:map_write"}, Ops: []string{
			"update_va_mapping/UVMF_NONE",
			"update_va_mapping_otherdomain/UVMF_NONE",
		}},
		{Name: "priv_mapping", Method: "PrivMapping", Phase: "authorize", Action: "XSM_TARGET", Params: []string{"cur", "d", "t"}, Vectors: []string{"mmu:target_hack"}, Ops: []string{
			"mmu_update/MMU_NORMAL_PT_UPDATE",
			"mmu_update/MMU_PT_UPDATE_PRESERVE_AD",
		}},
		{Name: "ioport_permission", Method: "IOPortPermission", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "s", "e", "allow"}, Vectors: []string{"resource:add_ioport", "resource:remove_ioport", "resource:add", "resource:remove", "resource:use_noiommu", "resource:use_iommu", "resource:use_iommu_nointremap"}, Ops: []string{
			"domctl/XEN_DOMCTL_ioport_permission",
		}},
		{Name: "ioport_mapping", Method: "IOPortMapping", Phase: "authorize", Action: "XSM_HOOK", Params: []string{"cur", "d", "s", "e", "allow"}, Vectors: []string{"resource:add_ioport", "resource:remove_ioport", "resource:add", "resource:remove", "resource:use_noiommu", "resource:use_iommu", "resource:use_iommu_nointremap"}, Ops: []string{
			"domctl/XEN_DOMCTL_ioport_mapping",
		}},
		{Name: "pmu_op", Method: "PMUOp", Phase: "authorize", Action: "XSM_OTHER", Params: []string{"cur", "d", "op"}, Vectors: []string{"xen2:pmu_ctrl", "xen2:pmu_use"}, Ops: []string{
			"xenpmu_op/XENPMU_mode_get",
			"xenpmu_op/XENPMU_mode_set",
			"xenpmu_op/XENPMU_feature_get",
			"xenpmu_op/XENPMU_feature_set",
			"xenpmu_op/XENPMU_init",
			"xenpmu_op/XENPMU_finish",
			"xenpmu_op/XENPMU_lvtpc_set",
			"xenpmu_op/XENPMU_flush",
		}},
		{Name: "dm_op", Method: "DMOp", Phase: "authorize", Action: "XSM_DM_PRIV", Params: []string{"cur", "d"}, Vectors: []string{"hvm:dm"}, Ops: []string{
			"dm_op/XEN_DMOP_create_ioreq_server",
			"dm_op/XEN_DMOP_get_ioreq_server_info",
			"dm_op/XEN_DMOP_map_io_range_to_ioreq_server",
			"dm_op/XEN_DMOP_unmap_io_range_from_ioreq_server",
			"dm_op/XEN_DMOP_set_ioreq_server_state",
			"dm_op/XEN_DMOP_destroy_ioreq_server",
			"dm_op/XEN_DMOP_track_dirty_vram",
			"dm_op/XEN_DMOP_set_pci_intx_level",
			"dm_op/XEN_DMOP_set_isa_irq_level",
			"dm_op/XEN_DMOP_set_pci_link_route",
			"dm_op/XEN_DMOP_modified_memory",
			"dm_op/XEN_DMOP_set_mem_type",
			"dm_op/XEN_DMOP_inject_event",
			"dm_op/XEN_DMOP_inject_msi",
			"dm_op/XEN_DMOP_map_mem_type_to_ioreq_server",
			"dm_op/XEN_DMOP_remote_shutdown",
			"dm_op/XEN_DMOP_relocate_memory",
			"dm_op/XEN_DMOP_pin_memory_cacheattr",
		}},
		{Name: "xen_version", Method: "XenVersion", Phase: "authorize", Action: "XSM_OTHER", Params: []string{"cur", "op"}, Vectors: []string{"version:xen_extraversion", "version:xen_compile_info", "version:xen_capabilities", "version:xen_changeset", "version:xen_pagesize", "version:xen_guest_handle", "version:xen_commandline", "version:xen_build_id"}, Ops: []string{
			"xen_version/XENVER_version",
			"xen_version/XENVER_extraversion",
			"xen_version/XENVER_compile_info",
			"xen_version/XENVER_capabilities",
			"xen_version/XENVER_changeset",
			"xen_version/XENVER_platform_parameters",
			"xen_version/XENVER_get_features",
			"xen_version/XENVER_pagesize",
			"xen_version/XENVER_guest_handle",
			"xen_version/XENVER_commandline",
			"xen_version/XENVER_build_id",
		}},
		{Name: "domain_resource_map", Method: "DomainResourceMap", Phase: "authorize", Action: "XSM_DM_PRIV", Params: []string{"cur", "d"}, Vectors: []string{"domain2:resource_map"}, Ops: []string{
			"memory_op/XENMEM_acquire_resource",
		}},
		{Name: "argo_enable", Method: "ArgoEnable", Phase: "authorize", Action: "none", Params: []string{"cur", "d"}, Vectors: []string{"argo:enable"}, Ops: []string{
			"argo_op/XEN_ARGO_OP_register_ring",
			"argo_op/XEN_ARGO_OP_unregister_ring",
			"argo_op/XEN_ARGO_OP_sendv",
			"argo_op/XEN_ARGO_OP_notify",
			"domctl/XEN_DOMCTL_createdomain",
		}},
		{Name: "argo_register_single_source", Method: "ArgoRegisterSingleSource", Phase: "authorize", Action: "none", Params: []string{"cur", "d", "t"}, Vectors: []string{"argo:register_single_source"}, Ops: []string{
			"argo_op/XEN_ARGO_OP_register_ring",
		}},
		{Name: "argo_register_any_source", Method: "ArgoRegisterAnySource", Phase: "authorize", Action: "none", Params: []string{"cur", "d"}, Vectors: []string{"argo:register_any_source"}, Ops: []string{
			"argo_op/XEN_ARGO_OP_register_ring",
		}},
		{Name: "argo_send", Method: "ArgoSend", Phase: "authorize", Action: "none", Params: []string{"cur", "d", "t"}, Vectors: []string{"argo:send"}, Ops: []string{
			"argo_op/XEN_ARGO_OP_sendv",
			"argo_op/XEN_ARGO_OP_notify",
		}},
	}
}
