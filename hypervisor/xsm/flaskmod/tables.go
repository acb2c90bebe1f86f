package flaskmod

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask"
)

// table maps "class permission" to the commands that need it.
type table map[string][]uint32

var domctls = table{
	"domain destroy": {abi.XEN_DOMCTL_destroydomain}, "domain pause": {abi.XEN_DOMCTL_pausedomain},
	"domain unpause": {abi.XEN_DOMCTL_unpausedomain}, "domain resume": {abi.XEN_DOMCTL_resumedomain},
	"domain setaffinity":      {abi.XEN_DOMCTL_setvcpuaffinity, abi.XEN_DOMCTL_setnodeaffinity},
	"domain getaffinity":      {abi.XEN_DOMCTL_getvcpuaffinity, abi.XEN_DOMCTL_getnodeaffinity},
	"domain max_vcpus":        {abi.XEN_DOMCTL_max_vcpus},
	"domain setdomainmaxmem":  {abi.XEN_DOMCTL_max_mem},
	"domain setdomainhandle":  {abi.XEN_DOMCTL_setdomainhandle},
	"domain setvcpucontext":   {abi.XEN_DOMCTL_setvcpucontext, abi.XEN_DOMCTL_set_ext_vcpucontext, abi.XEN_DOMCTL_set_vcpu_msrs, abi.XEN_DOMCTL_setvcpuextstate},
	"domain getvcpucontext":   {abi.XEN_DOMCTL_getvcpucontext, abi.XEN_DOMCTL_get_ext_vcpucontext, abi.XEN_DOMCTL_get_vcpu_msrs, abi.XEN_DOMCTL_getvcpuextstate},
	"domain getvcpuinfo":      {abi.XEN_DOMCTL_getvcpuinfo},
	"domain settime":          {abi.XEN_DOMCTL_settimeoffset},
	"domain setdebugging":     {abi.XEN_DOMCTL_setdebugging, abi.XEN_DOMCTL_debug_op, abi.XEN_DOMCTL_vmtrace_op, abi.XEN_DOMCTL_gdbsx_guestmemio, abi.XEN_DOMCTL_gdbsx_pausevcpu, abi.XEN_DOMCTL_gdbsx_unpausevcpu, abi.XEN_DOMCTL_gdbsx_domstatus},
	"mmu pageinfo":            {abi.XEN_DOMCTL_getpageframeinfo3},
	"domain hypercall":        {abi.XEN_DOMCTL_hypercall_init},
	"hvm sethvmc":             {abi.XEN_DOMCTL_sethvmcontext},
	"hvm gethvmc":             {abi.XEN_DOMCTL_gethvmcontext, abi.XEN_DOMCTL_gethvmcontext_partial},
	"domain setaddrsize":      {abi.XEN_DOMCTL_set_address_size},
	"domain getaddrsize":      {abi.XEN_DOMCTL_get_address_size},
	"hvm mem_sharing":         {abi.XEN_DOMCTL_mem_sharing_op},
	"domain trigger":          {abi.XEN_DOMCTL_sendtrigger},
	"domain2 vm_event":        {abi.XEN_DOMCTL_set_access_required, abi.XEN_DOMCTL_monitor_op},
	"domain set_misc_info":    {abi.XEN_DOMCTL_subscribe},
	"domain set_virq_handler": {abi.XEN_DOMCTL_set_virq_handler},
	"domain2 set_cpu_policy":  {abi.XEN_DOMCTL_set_cpu_policy},
	"domain2 gettsc":          {abi.XEN_DOMCTL_gettscinfo},
	"domain2 settsc":          {abi.XEN_DOMCTL_settscinfo},
	"hvm audit_p2m":           {abi.XEN_DOMCTL_audit_p2m},
	"domain2 cacheflush":      {abi.XEN_DOMCTL_cacheflush},
	"domain2 psr_cmt_op":      {abi.XEN_DOMCTL_psr_cmt_op},
	"domain2 psr_alloc":       {abi.XEN_DOMCTL_psr_alloc},
	"domain2 soft_reset":      {abi.XEN_DOMCTL_soft_reset},
	"domain2 get_cpu_policy":  {abi.XEN_DOMCTL_get_cpu_policy},
	"domain getpagingmempool": {abi.XEN_DOMCTL_get_paging_mempool_size},
	"domain setpagingmempool": {abi.XEN_DOMCTL_set_paging_mempool_size},
}

// mismatch enters set_vnumainfo as Xen 4.17 asks for it: the permission's bit of
// class domain2, in class domain (xen/xsm/flask/hooks.c, flask_domctl).
func (p *perms) mismatch(core *flask.Module) error {
	vnuma, err := core.Perm("domain2", "set_vnumainfo")
	if err != nil {
		return err
	}
	vnuma.Class = p.domctl[abi.XEN_DOMCTL_pausedomain].Class
	p.domctl[abi.XEN_DOMCTL_setvnumainfo] = vnuma
	return nil
}

// ownHooks are domctls that another hook decides.
var ownHooks = map[uint32]bool{
	abi.XEN_DOMCTL_getdomaininfo: true, abi.XEN_DOMCTL_scheduler_op: true, abi.XEN_DOMCTL_irq_permission: true,
	abi.XEN_DOMCTL_iomem_permission: true, abi.XEN_DOMCTL_memory_mapping: true, abi.XEN_DOMCTL_set_target: true,
	abi.XEN_DOMCTL_vm_event_op: true, abi.XEN_DOMCTL_bind_pt_irq: true, abi.XEN_DOMCTL_unbind_pt_irq: true,
	abi.XEN_DOMCTL_shadow_op: true, abi.XEN_DOMCTL_ioport_permission: true, abi.XEN_DOMCTL_ioport_mapping: true,
	abi.XEN_DOMCTL_get_device_group: true, abi.XEN_DOMCTL_test_assign_device: true,
	abi.XEN_DOMCTL_assign_device: true, abi.XEN_DOMCTL_deassign_device: true,
}

// ownSysctl and ownPlatform are the same for system control and the platform.
var (
	ownSysctl = map[uint32]bool{
		abi.XEN_SYSCTL_readconsole: true, abi.XEN_SYSCTL_getdomaininfolist: true, abi.XEN_SYSCTL_page_offline_op: true,
		abi.XEN_SYSCTL_scheduler_op: true, abi.XEN_SYSCTL_cpu_hotplug: true,
	}
	ownPlatform = map[uint32]bool{
		abi.XENPF_cpu_online: true, abi.XENPF_cpu_offline: true, abi.XENPF_cpu_hotadd: true, abi.XENPF_mem_hotadd: true,
	}
)

var sysctls = table{
	"xen tbufcontrol": {abi.XEN_SYSCTL_tbuf_op}, "xen getscheduler": {abi.XEN_SYSCTL_sched_id},
	"xen perfcontrol": {abi.XEN_SYSCTL_perfc_op}, "xen debug": {abi.XEN_SYSCTL_debug_keys},
	"xen getcpuinfo": {abi.XEN_SYSCTL_getcpuinfo}, "xen heap": {abi.XEN_SYSCTL_availheap},
	"xen pm_op":    {abi.XEN_SYSCTL_get_pmstat, abi.XEN_SYSCTL_pm_op},
	"xen lockprof": {abi.XEN_SYSCTL_lockprof_op}, "xen cpupool_op": {abi.XEN_SYSCTL_cpupool_op},
	"xen physinfo":    {abi.XEN_SYSCTL_physinfo, abi.XEN_SYSCTL_cputopoinfo, abi.XEN_SYSCTL_numainfo, abi.XEN_SYSCTL_pcitopoinfo, abi.XEN_SYSCTL_get_cpu_policy},
	"xen2 psr_cmt_op": {abi.XEN_SYSCTL_psr_cmt_op}, "xen2 psr_alloc": {abi.XEN_SYSCTL_psr_alloc},
	"xen2 get_cpu_levelling_caps": {abi.XEN_SYSCTL_get_cpu_levelling_caps}, "xen2 get_cpu_featureset": {abi.XEN_SYSCTL_get_cpu_featureset},
	"xen2 livepatch_op": {abi.XEN_SYSCTL_livepatch_op}, "xen2 coverage_op": {abi.XEN_SYSCTL_coverage_op},
}

var platforms = table{
	"xen settime":  {abi.XENPF_settime32, abi.XENPF_settime64},
	"xen mtrr_add": {abi.XENPF_add_memtype}, "xen mtrr_del": {abi.XENPF_del_memtype}, "xen mtrr_read": {abi.XENPF_read_memtype},
	"xen microcode": {abi.XENPF_microcode_update}, "xen quirk": {abi.XENPF_platform_quirk},
	"xen firmware": {abi.XENPF_firmware_info, abi.XENPF_efi_runtime_call},
	"xen sleep":    {abi.XENPF_enter_acpi_sleep}, "xen frequency": {abi.XENPF_change_freq}, "xen getidle": {abi.XENPF_getidletime},
	"xen pm_op":        {abi.XENPF_set_processor_pminfo, abi.XENPF_core_parking},
	"xen getcpuinfo":   {abi.XENPF_get_cpu_version, abi.XENPF_get_cpuinfo},
	"xen2 resource_op": {abi.XENPF_resource_op}, "xen2 get_symbol": {abi.XENPF_get_symbol},
}

var (
	consoles = table{"xen readconsole": {abi.CONSOLEIO_read}, "xen writeconsole": {abi.CONSOLEIO_write}}
	profiles = table{
		"xen nonprivprofile": {abi.XENOPROF_init, abi.XENOPROF_enable_virq, abi.XENOPROF_disable_virq, abi.XENOPROF_get_buffer},
		"xen privprofile": {
			abi.XENOPROF_reset_active_list, abi.XENOPROF_reset_passive_list, abi.XENOPROF_set_active, abi.XENOPROF_set_passive,
			abi.XENOPROF_reserve_counters, abi.XENOPROF_counter, abi.XENOPROF_setup_events, abi.XENOPROF_start,
			abi.XENOPROF_stop, abi.XENOPROF_release_counters, abi.XENOPROF_shutdown,
		},
	}
	shadows = table{
		"shadow disable":  {abi.XEN_DOMCTL_SHADOW_OP_OFF},
		"shadow enable":   {abi.XEN_DOMCTL_SHADOW_OP_ENABLE, abi.XEN_DOMCTL_SHADOW_OP_ENABLE_TEST, abi.XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION, abi.XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION},
		"shadow logdirty": {abi.XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY, abi.XEN_DOMCTL_SHADOW_OP_PEEK, abi.XEN_DOMCTL_SHADOW_OP_CLEAN},
	}
	apics = table{
		"xen readapic":  {abi.PHYSDEVOP_apic_read, abi.PHYSDEVOP_alloc_irq_vector},
		"xen writeapic": {abi.PHYSDEVOP_apic_write},
	}
	pmus = table{
		"xen2 pmu_ctrl": {abi.XENPMU_mode_set, abi.XENPMU_mode_get, abi.XENPMU_feature_set, abi.XENPMU_feature_get},
		"xen2 pmu_use":  {abi.XENPMU_init, abi.XENPMU_finish, abi.XENPMU_lvtpc_set, abi.XENPMU_flush},
	}
	versions = table{
		"version xen_extraversion": {abi.XENVER_extraversion}, "version xen_compile_info": {abi.XENVER_compile_info},
		"version xen_capabilities": {abi.XENVER_capabilities}, "version xen_changeset": {abi.XENVER_changeset},
		"version xen_pagesize": {abi.XENVER_pagesize}, "version xen_guest_handle": {abi.XENVER_guest_handle},
		"version xen_commandline": {abi.XENVER_commandline}, "version xen_build_id": {abi.XENVER_build_id},
	}
	domScheds = table{
		"domain2 setscheduler": {abi.XEN_DOMCTL_SCHEDOP_putinfo, abi.XEN_DOMCTL_SCHEDOP_putvcpuinfo},
		"domain getscheduler":  {abi.XEN_DOMCTL_SCHEDOP_getinfo, abi.XEN_DOMCTL_SCHEDOP_getvcpuinfo},
	}
	sysScheds = table{"xen setscheduler": {abi.XEN_SYSCTL_SCHEDOP_putinfo}, "xen getscheduler": {abi.XEN_SYSCTL_SCHEDOP_getinfo}}
	offlines  = table{
		"resource unplug": {abi.Sysctl_page_offline}, "resource plug": {abi.Sysctl_page_online}, "resource use": {abi.Sysctl_query_page_offline},
	}
)

// others are the permissions of hooks that need just one.
var others = []string{
	"domain create", "domain2 create_hardware_domain", "domain getdomaininfo", "domain getpodtarget", "domain setpodtarget",
	"domain2 setclaim", "domain2 get_vnumainfo", "xen kexec", "domain shutdown", "resource add", "resource remove",
	"resource add_irq", "resource remove_irq", "hvm bind_irq", "resource add_iomem", "resource remove_iomem",
	"resource add_ioport", "resource remove_ioport", "resource setup", "resource plug", "resource unplug", "resource stat_device",
	"resource add_device", "resource remove_device", "resource use_iommu", "resource use_iommu_nointremap", "resource use_noiommu",
	"xen hypfs_op", "hvm setparam", "hvm getparam", "hvm hvmctl", "hvm altp2mhvm", "hvm altp2mhvm_op", "domain2 vm_event",
	"domain2 mem_access", "domain2 mem_paging", "domain2 mem_sharing", "hvm mem_sharing", "hvm share_mem", "xen mca_op", "hvm dm",
	"domain2 resource_map", "argo enable", "argo register_single_source", "argo register_any_source", "argo send",
}
