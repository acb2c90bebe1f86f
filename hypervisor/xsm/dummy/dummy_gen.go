// Code generated from the hook catalogue xen-4.17 by hookgen/gogen. DO NOT EDIT.

package dummy

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// SecurityDomainInfo decides hook security_domaininfo.
func (Module) SecurityDomainInfo(cur *xsm.Domain, d *xsm.Domain, info *xsm.DomainInfo) {
}

// DomainCreate decides hook domain_create by XSM_HOOK.
func (Module) DomainCreate(cur *xsm.Domain, d *xsm.Domain, ssidref uint32) error {
	return nil
}

// GetDomainInfo decides hook getdomaininfo by XSM_HOOK.
func (Module) GetDomainInfo(cur *xsm.Domain, d *xsm.Domain) error {
	return nil
}

// DomctlSchedulerOp decides hook domctl_scheduler_op by XSM_HOOK.
func (Module) DomctlSchedulerOp(cur *xsm.Domain, d *xsm.Domain, cmd int) error {
	return nil
}

// SysctlSchedulerOp decides hook sysctl_scheduler_op by XSM_HOOK.
func (Module) SysctlSchedulerOp(cur *xsm.Domain, cmd int) error {
	return nil
}

// SetTarget decides hook set_target by XSM_HOOK.
func (Module) SetTarget(cur *xsm.Domain, d *xsm.Domain, e *xsm.Domain) error {
	return nil
}

// Domctl decides hook domctl by XSM_OTHER.
func (Module) Domctl(cur *xsm.Domain, d *xsm.Domain, cmd uint32, ssidref uint32) error {
	switch {
	case cmd == abi.XEN_DOMCTL_ioport_mapping || cmd == abi.XEN_DOMCTL_memory_mapping || cmd == abi.XEN_DOMCTL_bind_pt_irq || cmd == abi.XEN_DOMCTL_unbind_pt_irq:
		return xsm.DefaultAction(xsm.XSMDMPriv, cur, d)
	case cmd == abi.XEN_DOMCTL_getdomaininfo:
		return xsm.DefaultAction(xsm.XSMXSPriv, cur, d)
	default:
		return xsm.DefaultAction(xsm.XSMPriv, cur, d)
	}
}

// Sysctl decides hook sysctl by XSM_PRIV.
func (Module) Sysctl(cur *xsm.Domain, cmd int) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, nil)
}

// ReadConsole decides hook readconsole by XSM_HOOK.
func (Module) ReadConsole(cur *xsm.Domain, clear uint32) error {
	return nil
}

// EvtchnUnbound decides hook evtchn_unbound by XSM_TARGET.
func (Module) EvtchnUnbound(cur *xsm.Domain, d *xsm.Domain, chn *xsm.Evtchn, id2 xsm.DomID) error {
	return xsm.DefaultAction(xsm.XSMTarget, cur, d)
}

// EvtchnInterdomain decides hook evtchn_interdomain by XSM_HOOK.
func (Module) EvtchnInterdomain(cur *xsm.Domain, d1 *xsm.Domain, chan1 *xsm.Evtchn, d2 *xsm.Domain, chan2 *xsm.Evtchn) error {
	return nil
}

// EvtchnClosePost decides hook evtchn_close_post.
func (Module) EvtchnClosePost(cur *xsm.Domain, chn *xsm.Evtchn) {
}

// EvtchnSend decides hook evtchn_send by XSM_HOOK.
func (Module) EvtchnSend(cur *xsm.Domain, d *xsm.Domain, chn *xsm.Evtchn) error {
	return nil
}

// EvtchnStatus decides hook evtchn_status by XSM_TARGET.
func (Module) EvtchnStatus(cur *xsm.Domain, d *xsm.Domain, chn *xsm.Evtchn) error {
	return xsm.DefaultAction(xsm.XSMTarget, cur, d)
}

// EvtchnReset decides hook evtchn_reset by XSM_TARGET.
func (Module) EvtchnReset(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMTarget, d1, d2)
}

// GrantMapRef decides hook grant_mapref by XSM_HOOK.
func (Module) GrantMapRef(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain, flags uint32) error {
	return nil
}

// GrantUnmapRef decides hook grant_unmapref by XSM_HOOK.
func (Module) GrantUnmapRef(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return nil
}

// GrantSetup decides hook grant_setup by XSM_TARGET.
func (Module) GrantSetup(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMTarget, d1, d2)
}

// GrantTransfer decides hook grant_transfer by XSM_HOOK.
func (Module) GrantTransfer(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return nil
}

// GrantCopy decides hook grant_copy by XSM_HOOK.
func (Module) GrantCopy(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return nil
}

// GrantQuerySize decides hook grant_query_size by XSM_TARGET.
func (Module) GrantQuerySize(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMTarget, d1, d2)
}

// AllocSecurityDomain decides hook alloc_security_domain.
func (Module) AllocSecurityDomain(cur *xsm.Domain, d *xsm.Domain) error {
	return nil
}

// FreeSecurityDomain decides hook free_security_domain.
func (Module) FreeSecurityDomain(cur *xsm.Domain, d *xsm.Domain) {
}

// AllocSecurityEvtchns decides hook alloc_security_evtchns.
func (Module) AllocSecurityEvtchns(cur *xsm.Domain, chn []*xsm.Evtchn) error {
	return nil
}

// FreeSecurityEvtchns decides hook free_security_evtchns.
func (Module) FreeSecurityEvtchns(cur *xsm.Domain, chn []*xsm.Evtchn) {
}

// ShowSecurityEvtchn decides hook show_security_evtchn.
func (Module) ShowSecurityEvtchn(cur *xsm.Domain, d *xsm.Domain, chn *xsm.Evtchn) string {
	return ""
}

// InitHardwareDomain decides hook init_hardware_domain by XSM_HOOK.
func (Module) InitHardwareDomain(cur *xsm.Domain, d *xsm.Domain) error {
	return nil
}

// GetPodTarget decides hook get_pod_target by XSM_PRIV.
func (Module) GetPodTarget(cur *xsm.Domain, d *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, d)
}

// SetPodTarget decides hook set_pod_target by XSM_PRIV.
func (Module) SetPodTarget(cur *xsm.Domain, d *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, d)
}

// MemoryExchange decides hook memory_exchange by XSM_TARGET.
func (Module) MemoryExchange(cur *xsm.Domain, d *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMTarget, cur, d)
}

// MemoryAdjustReservation decides hook memory_adjust_reservation by XSM_TARGET.
func (Module) MemoryAdjustReservation(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMTarget, d1, d2)
}

// MemoryStatReservation decides hook memory_stat_reservation by XSM_TARGET.
func (Module) MemoryStatReservation(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMTarget, d1, d2)
}

// MemoryPinPage decides hook memory_pin_page by XSM_HOOK.
func (Module) MemoryPinPage(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain, page *xsm.Page) error {
	return nil
}

// AddToPhysmap decides hook add_to_physmap by XSM_TARGET.
func (Module) AddToPhysmap(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMTarget, d1, d2)
}

// RemoveFromPhysmap decides hook remove_from_physmap by XSM_TARGET.
func (Module) RemoveFromPhysmap(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMTarget, d1, d2)
}

// MapGmfnForeign decides hook map_gmfn_foreign by XSM_TARGET.
func (Module) MapGmfnForeign(cur *xsm.Domain, d *xsm.Domain, t *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMTarget, d, t)
}

// ClaimPages decides hook claim_pages by XSM_PRIV.
func (Module) ClaimPages(cur *xsm.Domain, d *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, d)
}

// ConsoleIO decides hook console_io by XSM_OTHER.
func (Module) ConsoleIO(cur *xsm.Domain, d *xsm.Domain, cmd int) error {
	switch {
	case d.IsConsole():
		return nil
	default:
		return xsm.DefaultAction(xsm.XSMPriv, d, nil)
	}
}

// Profile decides hook profile by XSM_HOOK.
func (Module) Profile(cur *xsm.Domain, d *xsm.Domain, op int) error {
	return nil
}

// Kexec decides hook kexec by XSM_PRIV.
func (Module) Kexec(cur *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, nil)
}

// SchedOpShutdown decides hook schedop_shutdown by XSM_DM_PRIV.
func (Module) SchedOpShutdown(cur *xsm.Domain, d1 *xsm.Domain, d2 *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMDMPriv, d1, d2)
}

// ShowIRQSID decides hook show_irq_sid.
func (Module) ShowIRQSID(cur *xsm.Domain, irq int) string {
	return ""
}

// MapDomainPIRQ decides hook map_domain_pirq by XSM_DM_PRIV.
func (Module) MapDomainPIRQ(cur *xsm.Domain, d *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMDMPriv, cur, d)
}

// MapDomainIRQ decides hook map_domain_irq by XSM_HOOK.
func (Module) MapDomainIRQ(cur *xsm.Domain, d *xsm.Domain, irq int, data *xsm.PCIDev) error {
	return nil
}

// UnmapDomainPIRQ decides hook unmap_domain_pirq by XSM_DM_PRIV.
func (Module) UnmapDomainPIRQ(cur *xsm.Domain, d *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMDMPriv, cur, d)
}

// UnmapDomainIRQ decides hook unmap_domain_irq by XSM_HOOK.
func (Module) UnmapDomainIRQ(cur *xsm.Domain, d *xsm.Domain, irq int, data *xsm.PCIDev) error {
	return nil
}

// BindPTIRQ decides hook bind_pt_irq by XSM_HOOK.
func (Module) BindPTIRQ(cur *xsm.Domain, d *xsm.Domain, bind *xsm.BindPTIRQ) error {
	return nil
}

// UnbindPTIRQ decides hook unbind_pt_irq by XSM_HOOK.
func (Module) UnbindPTIRQ(cur *xsm.Domain, d *xsm.Domain, bind *xsm.BindPTIRQ) error {
	return nil
}

// IRQPermission decides hook irq_permission by XSM_HOOK.
func (Module) IRQPermission(cur *xsm.Domain, d *xsm.Domain, pirq int, allow bool) error {
	return nil
}

// IOMemPermission decides hook iomem_permission by XSM_HOOK.
func (Module) IOMemPermission(cur *xsm.Domain, d *xsm.Domain, s uint64, e uint64, allow bool) error {
	return nil
}

// IOMemMapping decides hook iomem_mapping by XSM_HOOK.
func (Module) IOMemMapping(cur *xsm.Domain, d *xsm.Domain, s uint64, e uint64, allow bool) error {
	return nil
}

// PCIConfigPermission decides hook pci_config_permission by XSM_HOOK.
func (Module) PCIConfigPermission(cur *xsm.Domain, d *xsm.Domain, machine_bdf uint32, start uint16, end uint16, access bool) error {
	return nil
}

// GetDeviceGroup decides hook get_device_group by XSM_HOOK.
func (Module) GetDeviceGroup(cur *xsm.Domain, machine_bdf uint32) error {
	return nil
}

// AssignDevice decides hook assign_device by XSM_HOOK.
func (Module) AssignDevice(cur *xsm.Domain, d *xsm.Domain, machine_bdf uint32) error {
	return nil
}

// DeassignDevice decides hook deassign_device by XSM_HOOK.
func (Module) DeassignDevice(cur *xsm.Domain, d *xsm.Domain, machine_bdf uint32) error {
	return nil
}

// AssignDTDevice decides hook assign_dtdevice by XSM_HOOK.
func (Module) AssignDTDevice(cur *xsm.Domain, d *xsm.Domain, dtpath string) error {
	return nil
}

// DeassignDTDevice decides hook deassign_dtdevice by XSM_HOOK.
func (Module) DeassignDTDevice(cur *xsm.Domain, d *xsm.Domain, dtpath string) error {
	return nil
}

// ResourcePlugCore decides hook resource_plug_core by XSM_HOOK.
func (Module) ResourcePlugCore(cur *xsm.Domain) error {
	return nil
}

// ResourceUnplugCore decides hook resource_unplug_core by XSM_HOOK.
func (Module) ResourceUnplugCore(cur *xsm.Domain) error {
	return nil
}

// ResourcePlugPCI decides hook resource_plug_pci by XSM_PRIV.
func (Module) ResourcePlugPCI(cur *xsm.Domain, machine_bdf uint32) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, nil)
}

// ResourceUnplugPCI decides hook resource_unplug_pci by XSM_PRIV.
func (Module) ResourceUnplugPCI(cur *xsm.Domain, machine_bdf uint32) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, nil)
}

// ResourceSetupPCI decides hook resource_setup_pci by XSM_PRIV.
func (Module) ResourceSetupPCI(cur *xsm.Domain, machine_bdf uint32) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, nil)
}

// ResourceSetupGSI decides hook resource_setup_gsi by XSM_PRIV.
func (Module) ResourceSetupGSI(cur *xsm.Domain, gsi int) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, nil)
}

// ResourceSetupMisc decides hook resource_setup_misc by XSM_PRIV.
func (Module) ResourceSetupMisc(cur *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, nil)
}

// PageOffline decides hook page_offline by XSM_HOOK.
func (Module) PageOffline(cur *xsm.Domain, cmd uint32) error {
	return nil
}

// HypFSOp decides hook hypfs_op by XSM_PRIV.
func (Module) HypFSOp(cur *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, nil)
}

// HVMParam decides hook hvm_param by XSM_TARGET.
func (Module) HVMParam(cur *xsm.Domain, d *xsm.Domain, op uint64) error {
	return xsm.DefaultAction(xsm.XSMTarget, cur, d)
}

// HVMParamAltP2MHVM decides hook hvm_param_altp2mhvm by XSM_PRIV.
func (Module) HVMParamAltP2MHVM(cur *xsm.Domain, d *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, d)
}

// HVMAltP2MHVMOp decides hook hvm_altp2mhvm_op by XSM_OTHER.
func (Module) HVMAltP2MHVMOp(cur *xsm.Domain, d *xsm.Domain, mode uint64, op uint32) error {
	switch {
	case mode == abi.XEN_ALTP2M_mixed:
		return xsm.DefaultAction(xsm.XSMTarget, cur, d)
	case mode == abi.XEN_ALTP2M_external:
		return xsm.DefaultAction(xsm.XSMDMPriv, cur, d)
	case mode == abi.XEN_ALTP2M_limited && op == abi.HVMOP_altp2m_vcpu_enable_notify:
		return xsm.DefaultAction(xsm.XSMTarget, cur, d)
	case mode == abi.XEN_ALTP2M_limited:
		return xsm.DefaultAction(xsm.XSMDMPriv, cur, d)
	default:
		return abi.EPERM
	}
}

// GetVNUMAInfo decides hook get_vnumainfo by XSM_TARGET.
func (Module) GetVNUMAInfo(cur *xsm.Domain, d *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMTarget, cur, d)
}

// VMEventControl decides hook vm_event_control by XSM_PRIV.
func (Module) VMEventControl(cur *xsm.Domain, d *xsm.Domain, mode int, op int) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, d)
}

// MemAccess decides hook mem_access by XSM_DM_PRIV.
func (Module) MemAccess(cur *xsm.Domain, d *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMDMPriv, cur, d)
}

// MemPaging decides hook mem_paging by XSM_DM_PRIV.
func (Module) MemPaging(cur *xsm.Domain, d *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMDMPriv, cur, d)
}

// MemSharing decides hook mem_sharing by XSM_DM_PRIV.
func (Module) MemSharing(cur *xsm.Domain, d *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMDMPriv, cur, d)
}

// PlatformOp decides hook platform_op by XSM_PRIV.
func (Module) PlatformOp(cur *xsm.Domain, op uint32) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, nil)
}

// DoMCA decides hook do_mca by XSM_PRIV.
func (Module) DoMCA(cur *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, nil)
}

// ShadowControl decides hook shadow_control by XSM_HOOK.
func (Module) ShadowControl(cur *xsm.Domain, d *xsm.Domain, op uint32) error {
	return nil
}

// MemSharingOp decides hook mem_sharing_op by XSM_DM_PRIV.
func (Module) MemSharingOp(cur *xsm.Domain, d *xsm.Domain, cd *xsm.Domain, op int) error {
	return xsm.DefaultAction(xsm.XSMDMPriv, cur, cd)
}

// Apic decides hook apic by XSM_PRIV.
func (Module) Apic(cur *xsm.Domain, d *xsm.Domain, cmd int) error {
	return xsm.DefaultAction(xsm.XSMPriv, d, nil)
}

// MachineMemoryMap decides hook machine_memory_map by XSM_PRIV.
func (Module) MachineMemoryMap(cur *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMPriv, cur, nil)
}

// DomainMemoryMap decides hook domain_memory_map by XSM_TARGET.
func (Module) DomainMemoryMap(cur *xsm.Domain, d *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMTarget, cur, d)
}

// MMUExtOp decides hook mmuext_op by XSM_TARGET.
func (Module) MMUExtOp(cur *xsm.Domain, d *xsm.Domain, f *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMTarget, d, f)
}

// UpdateVAMapping decides hook update_va_mapping by XSM_TARGET.
func (Module) UpdateVAMapping(cur *xsm.Domain, d *xsm.Domain, f *xsm.Domain, pte xsm.PTE) error {
	return xsm.DefaultAction(xsm.XSMTarget, d, f)
}

// PrivMapping decides hook priv_mapping by XSM_TARGET.
func (Module) PrivMapping(cur *xsm.Domain, d *xsm.Domain, t *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMTarget, d, t)
}

// IOPortPermission decides hook ioport_permission by XSM_HOOK.
func (Module) IOPortPermission(cur *xsm.Domain, d *xsm.Domain, s uint32, e uint32, allow bool) error {
	return nil
}

// IOPortMapping decides hook ioport_mapping by XSM_HOOK.
func (Module) IOPortMapping(cur *xsm.Domain, d *xsm.Domain, s uint32, e uint32, allow bool) error {
	return nil
}

// PMUOp decides hook pmu_op by XSM_OTHER.
func (Module) PMUOp(cur *xsm.Domain, d *xsm.Domain, op uint32) error {
	switch {
	case op == abi.XENPMU_init || op == abi.XENPMU_finish || op == abi.XENPMU_lvtpc_set || op == abi.XENPMU_flush:
		return nil
	default:
		return xsm.DefaultAction(xsm.XSMPriv, d, cur)
	}
}

// DMOp decides hook dm_op by XSM_DM_PRIV.
func (Module) DMOp(cur *xsm.Domain, d *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMDMPriv, cur, d)
}

// XenVersion decides hook xen_version by XSM_OTHER.
func (Module) XenVersion(cur *xsm.Domain, op uint32) error {
	switch {
	case op == abi.XENVER_version || op == abi.XENVER_platform_parameters || op == abi.XENVER_get_features:
		return nil
	case op == abi.XENVER_extraversion || op == abi.XENVER_compile_info || op == abi.XENVER_capabilities || op == abi.XENVER_changeset || op == abi.XENVER_pagesize || op == abi.XENVER_guest_handle:
		return nil
	default:
		return xsm.DefaultAction(xsm.XSMPriv, cur, nil)
	}
}

// DomainResourceMap decides hook domain_resource_map by XSM_DM_PRIV.
func (Module) DomainResourceMap(cur *xsm.Domain, d *xsm.Domain) error {
	return xsm.DefaultAction(xsm.XSMDMPriv, cur, d)
}

// ArgoEnable decides hook argo_enable.
func (Module) ArgoEnable(cur *xsm.Domain, d *xsm.Domain) error {
	return nil
}

// ArgoRegisterSingleSource decides hook argo_register_single_source.
func (Module) ArgoRegisterSingleSource(cur *xsm.Domain, d *xsm.Domain, t *xsm.Domain) error {
	return nil
}

// ArgoRegisterAnySource decides hook argo_register_any_source.
func (Module) ArgoRegisterAnySource(cur *xsm.Domain, d *xsm.Domain) error {
	return nil
}

// ArgoSend decides hook argo_send.
func (Module) ArgoSend(cur *xsm.Domain, d *xsm.Domain, t *xsm.Domain) error {
	return nil
}
