/*
 * The module that is used when no other one is chosen, and that fills the
 * holes of those that are.
 */
#define XSM_NO_WRAPPERS
#include <xsm/dummy.h>

static const struct xsm_ops dummy_ops = {
    .security_domaininfo          = xsm_security_domaininfo,
    .domain_create                = xsm_domain_create,
    .getdomaininfo                = xsm_getdomaininfo,
    .domctl_scheduler_op          = xsm_domctl_scheduler_op,
    .sysctl_scheduler_op          = xsm_sysctl_scheduler_op,
    .set_target                   = xsm_set_target,
    .domctl                       = xsm_domctl,
    .sysctl                       = xsm_sysctl,
    .readconsole                  = xsm_readconsole,
    .evtchn_unbound               = xsm_evtchn_unbound,
    .evtchn_interdomain           = xsm_evtchn_interdomain,
    .evtchn_close_post            = xsm_evtchn_close_post,
    .evtchn_send                  = xsm_evtchn_send,
    .evtchn_status                = xsm_evtchn_status,
    .evtchn_reset                 = xsm_evtchn_reset,
#ifdef CONFIG_GRANT_TABLE
    .grant_mapref                 = xsm_grant_mapref,
    .grant_unmapref               = xsm_grant_unmapref,
    .grant_setup                  = xsm_grant_setup,
    .grant_transfer               = xsm_grant_transfer,
    .grant_copy                   = xsm_grant_copy,
    .grant_query_size             = xsm_grant_query_size,
#endif
    .alloc_security_domain        = xsm_alloc_security_domain,
    .free_security_domain         = xsm_free_security_domain,
    .alloc_security_evtchns       = xsm_alloc_security_evtchns,
    .free_security_evtchns        = xsm_free_security_evtchns,
    .memory_exchange              = xsm_memory_exchange,
    .memory_adjust_reservation    = xsm_memory_adjust_reservation,
    .memory_stat_reservation      = xsm_memory_stat_reservation,
    .memory_pin_page              = xsm_memory_pin_page,
    .console_io                   = xsm_console_io,
#ifdef CONFIG_KEXEC
    .kexec                        = xsm_kexec,
#endif
    .schedop_shutdown             = xsm_schedop_shutdown,
    .show_security_evtchn         = xsm_show_security_evtchn,
    .map_domain_pirq              = xsm_map_domain_pirq,
    .map_domain_irq               = xsm_map_domain_irq,
    .unmap_domain_pirq            = xsm_unmap_domain_pirq,
    .bind_pt_irq                  = xsm_bind_pt_irq,
    .unbind_pt_irq                = xsm_unbind_pt_irq,
    .irq_permission               = xsm_irq_permission,
    .iomem_permission             = xsm_iomem_permission,
    .iomem_mapping                = xsm_iomem_mapping,
#ifdef CONFIG_HAS_PCI
    .pci_config_permission        = xsm_pci_config_permission,
#endif
#ifdef CONFIG_HAS_PASSTHROUGH
    .assign_device                = xsm_assign_device,
    .deassign_device              = xsm_deassign_device,
    .get_device_group             = xsm_get_device_group,
#endif
#ifdef CONFIG_HAS_PCI
    .resource_plug_pci            = xsm_resource_plug_pci,
    .resource_unplug_pci          = xsm_resource_unplug_pci,
#endif
    .resource_plug_core           = xsm_resource_plug_core,
    .resource_unplug_core         = xsm_resource_unplug_core,
    .resource_setup_gsi           = xsm_resource_setup_gsi,
    .page_offline                 = xsm_page_offline,
    .do_xsm_op                    = xsm_do_xsm_op,
#ifdef CONFIG_COMPAT
    .do_compat_op                 = xsm_do_compat_op,
#endif
    .hvm_param                    = xsm_hvm_param,
    .hvm_control                  = xsm_hvm_control,
    .vm_event_control             = xsm_vm_event_control,
#ifdef CONFIG_MEM_PAGING
    .mem_paging                   = xsm_mem_paging,
#endif
#ifdef CONFIG_MEM_SHARING
    .mem_sharing                  = xsm_mem_sharing,
#endif
    .add_to_physmap               = xsm_add_to_physmap,
    .remove_from_physmap          = xsm_remove_from_physmap,
    .map_gmfn_foreign             = xsm_map_gmfn_foreign,
    .shadow_control               = xsm_shadow_control,
    .mmu_update                   = xsm_mmu_update,
    .mmuext_op                    = xsm_mmuext_op,
    .update_va_mapping            = xsm_update_va_mapping,
    .ioport_permission            = xsm_ioport_permission,
    .ioport_mapping               = xsm_ioport_mapping,
    .platform_op                  = xsm_platform_op,
    .machine_memory_map           = xsm_machine_memory_map,
    .domain_memory_map            = xsm_domain_memory_map,
    .xen_version                  = xsm_xen_version,
};

/* Every member of the table is a function pointer, so it can be walked as words. */
void __init xsm_fixup_ops(struct xsm_ops *ops)
{
    const unsigned long *def = (const unsigned long *)&dummy_ops;
    unsigned long *slot = (unsigned long *)ops;
    unsigned int i;

    for ( i = 0; i < sizeof(*ops) / sizeof(*slot); i++ )
        if ( slot[i] == 0 )
            slot[i] = def[i];
}
