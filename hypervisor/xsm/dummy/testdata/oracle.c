/* Generated from the hook catalogue xen-4.17 by hookgen/gogen. DO NOT EDIT.
 *
 * Prints, for every hook with a default action and every combination of the
 * domains below, what the default action says. Compiled alone it uses the
 * functions generated here; with -DREAL_DUMMY it calls those of the tree's own
 * xsm/dummy.h instead.
 */
#include <stdio.h>
#include "oracle.h"

#ifndef REAL_DUMMY

#ifndef XEN_DOMCTL_ioport_mapping
#define XEN_DOMCTL_ioport_mapping 100
#endif
#ifndef XEN_DOMCTL_memory_mapping
#define XEN_DOMCTL_memory_mapping 101
#endif
#ifndef XEN_DOMCTL_bind_pt_irq
#define XEN_DOMCTL_bind_pt_irq 102
#endif
#ifndef XEN_DOMCTL_unbind_pt_irq
#define XEN_DOMCTL_unbind_pt_irq 103
#endif
#ifndef XEN_DOMCTL_getdomaininfo
#define XEN_DOMCTL_getdomaininfo 104
#endif
#ifndef XEN_ALTP2M_mixed
#define XEN_ALTP2M_mixed 105
#endif
#ifndef XEN_ALTP2M_external
#define XEN_ALTP2M_external 106
#endif
#ifndef XEN_ALTP2M_limited
#define XEN_ALTP2M_limited 107
#endif
#ifndef HVMOP_altp2m_vcpu_enable_notify
#define HVMOP_altp2m_vcpu_enable_notify 108
#endif
#ifndef XENPMU_init
#define XENPMU_init 109
#endif
#ifndef XENPMU_finish
#define XENPMU_finish 110
#endif
#ifndef XENPMU_lvtpc_set
#define XENPMU_lvtpc_set 111
#endif
#ifndef XENPMU_flush
#define XENPMU_flush 112
#endif
#ifndef XENVER_version
#define XENVER_version 113
#endif
#ifndef XENVER_platform_parameters
#define XENVER_platform_parameters 114
#endif
#ifndef XENVER_get_features
#define XENVER_get_features 115
#endif
#ifndef XENVER_extraversion
#define XENVER_extraversion 116
#endif
#ifndef XENVER_compile_info
#define XENVER_compile_info 117
#endif
#ifndef XENVER_capabilities
#define XENVER_capabilities 118
#endif
#ifndef XENVER_changeset
#define XENVER_changeset 119
#endif
#ifndef XENVER_pagesize
#define XENVER_pagesize 120
#endif
#ifndef XENVER_guest_handle
#define XENVER_guest_handle 121
#endif

static int default_action(int action, struct domain *src, struct domain *target)
{
    int self = src == target;
    int master = target && src->target == target;
    int priv = is_control_domain(src);

    if ( action == XSM_HOOK || priv )
        return 0;
    if ( action == XSM_PRIV )
        return -EPERM;
    if ( action == XSM_XS_PRIV )
        return is_xenstore_domain(src) || master ? 0 : -EPERM;
    if ( action == XSM_DM_PRIV )
        return master ? 0 : -EPERM;
    return self || master || (self && is_xenstore_domain(src)) ? 0 : -EPERM;
}

static int xsm_domain_create(struct domain *d, unsigned long ssidref)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_getdomaininfo(struct domain *d)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_domctl_scheduler_op(struct domain *d, unsigned long cmd)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_sysctl_scheduler_op(unsigned long cmd)
{
    return default_action(XSM_HOOK, current_domain, NULL);
}

static int xsm_set_target(struct domain *d, struct domain *e)
{
    return default_action(XSM_HOOK, current_domain, NULL);
}

static int xsm_domctl(struct domain *d, unsigned long cmd, unsigned long ssidref)
{
    if ( cmd == XEN_DOMCTL_ioport_mapping || cmd == XEN_DOMCTL_memory_mapping || cmd == XEN_DOMCTL_bind_pt_irq || cmd == XEN_DOMCTL_unbind_pt_irq )
        return default_action(XSM_DM_PRIV, current_domain, d);
    if ( cmd == XEN_DOMCTL_getdomaininfo )
        return default_action(XSM_XS_PRIV, current_domain, d);
    return default_action(XSM_PRIV, current_domain, d);
}

static int xsm_sysctl(unsigned long cmd)
{
    return default_action(XSM_PRIV, current_domain, NULL);
}

static int xsm_readconsole(unsigned long clear)
{
    return default_action(XSM_HOOK, current_domain, NULL);
}

static int xsm_evtchn_unbound(struct domain *d, void *chn, unsigned long id2)
{
    return default_action(XSM_TARGET, current_domain, d);
}

static int xsm_evtchn_interdomain(struct domain *d1, void *chan1, struct domain *d2, void *chan2)
{
    return default_action(XSM_HOOK, d1, d2);
}

static int xsm_evtchn_send(struct domain *d, void *chn)
{
    return default_action(XSM_HOOK, d, NULL);
}

static int xsm_evtchn_status(struct domain *d, void *chn)
{
    return default_action(XSM_TARGET, current_domain, d);
}

static int xsm_evtchn_reset(struct domain *d1, struct domain *d2)
{
    return default_action(XSM_TARGET, d1, d2);
}

static int xsm_grant_mapref(struct domain *d1, struct domain *d2, unsigned long flags)
{
    return default_action(XSM_HOOK, d1, d2);
}

static int xsm_grant_unmapref(struct domain *d1, struct domain *d2)
{
    return default_action(XSM_HOOK, d1, d2);
}

static int xsm_grant_setup(struct domain *d1, struct domain *d2)
{
    return default_action(XSM_TARGET, d1, d2);
}

static int xsm_grant_transfer(struct domain *d1, struct domain *d2)
{
    return default_action(XSM_HOOK, d1, d2);
}

static int xsm_grant_copy(struct domain *d1, struct domain *d2)
{
    return default_action(XSM_HOOK, d1, d2);
}

static int xsm_grant_query_size(struct domain *d1, struct domain *d2)
{
    return default_action(XSM_TARGET, d1, d2);
}

static int xsm_init_hardware_domain(struct domain *d)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_get_pod_target(struct domain *d)
{
    return default_action(XSM_PRIV, current_domain, d);
}

static int xsm_set_pod_target(struct domain *d)
{
    return default_action(XSM_PRIV, current_domain, d);
}

static int xsm_memory_exchange(struct domain *d)
{
    return default_action(XSM_TARGET, current_domain, d);
}

static int xsm_memory_adjust_reservation(struct domain *d1, struct domain *d2)
{
    return default_action(XSM_TARGET, d1, d2);
}

static int xsm_memory_stat_reservation(struct domain *d1, struct domain *d2)
{
    return default_action(XSM_TARGET, d1, d2);
}

static int xsm_memory_pin_page(struct domain *d1, struct domain *d2, void *page)
{
    return default_action(XSM_HOOK, d1, d2);
}

static int xsm_add_to_physmap(struct domain *d1, struct domain *d2)
{
    return default_action(XSM_TARGET, d1, d2);
}

static int xsm_remove_from_physmap(struct domain *d1, struct domain *d2)
{
    return default_action(XSM_TARGET, d1, d2);
}

static int xsm_map_gmfn_foreign(struct domain *d, struct domain *t)
{
    return default_action(XSM_TARGET, d, t);
}

static int xsm_claim_pages(struct domain *d)
{
    return default_action(XSM_PRIV, current_domain, d);
}

static int xsm_console_io(struct domain *d, unsigned long cmd)
{
    if ( d->is_console )
        return default_action(XSM_HOOK, d, NULL);
    return default_action(XSM_PRIV, d, NULL);
}

static int xsm_profile(struct domain *d, unsigned long op)
{
    return default_action(XSM_HOOK, d, NULL);
}

static int xsm_kexec(void)
{
    return default_action(XSM_PRIV, current_domain, NULL);
}

static int xsm_schedop_shutdown(struct domain *d1, struct domain *d2)
{
    return default_action(XSM_DM_PRIV, d1, d2);
}

static int xsm_map_domain_pirq(struct domain *d)
{
    return default_action(XSM_DM_PRIV, current_domain, d);
}

static int xsm_map_domain_irq(struct domain *d, unsigned long irq, void *data)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_unmap_domain_pirq(struct domain *d)
{
    return default_action(XSM_DM_PRIV, current_domain, d);
}

static int xsm_unmap_domain_irq(struct domain *d, unsigned long irq, void *data)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_bind_pt_irq(struct domain *d, void *bind)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_unbind_pt_irq(struct domain *d, void *bind)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_irq_permission(struct domain *d, unsigned long pirq, unsigned long allow)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_iomem_permission(struct domain *d, unsigned long s, unsigned long e, unsigned long allow)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_iomem_mapping(struct domain *d, unsigned long s, unsigned long e, unsigned long allow)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_pci_config_permission(struct domain *d, unsigned long machine_bdf, unsigned long start, unsigned long end, unsigned long access)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_get_device_group(unsigned long machine_bdf)
{
    return default_action(XSM_HOOK, current_domain, NULL);
}

static int xsm_assign_device(struct domain *d, unsigned long machine_bdf)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_deassign_device(struct domain *d, unsigned long machine_bdf)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_assign_dtdevice(struct domain *d, void *dtpath)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_deassign_dtdevice(struct domain *d, void *dtpath)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_resource_plug_core(void)
{
    return default_action(XSM_HOOK, current_domain, NULL);
}

static int xsm_resource_unplug_core(void)
{
    return default_action(XSM_HOOK, current_domain, NULL);
}

static int xsm_resource_plug_pci(unsigned long machine_bdf)
{
    return default_action(XSM_PRIV, current_domain, NULL);
}

static int xsm_resource_unplug_pci(unsigned long machine_bdf)
{
    return default_action(XSM_PRIV, current_domain, NULL);
}

static int xsm_resource_setup_pci(unsigned long machine_bdf)
{
    return default_action(XSM_PRIV, current_domain, NULL);
}

static int xsm_resource_setup_gsi(unsigned long gsi)
{
    return default_action(XSM_PRIV, current_domain, NULL);
}

static int xsm_resource_setup_misc(void)
{
    return default_action(XSM_PRIV, current_domain, NULL);
}

static int xsm_page_offline(unsigned long cmd)
{
    return default_action(XSM_HOOK, current_domain, NULL);
}

static int xsm_hypfs_op(void)
{
    return default_action(XSM_PRIV, current_domain, NULL);
}

static int xsm_hvm_param(struct domain *d, unsigned long op)
{
    return default_action(XSM_TARGET, current_domain, d);
}

static int xsm_hvm_param_altp2mhvm(struct domain *d)
{
    return default_action(XSM_PRIV, current_domain, d);
}

static int xsm_hvm_altp2mhvm_op(struct domain *d, unsigned long mode, unsigned long op)
{
    if ( mode == XEN_ALTP2M_mixed )
        return default_action(XSM_TARGET, current_domain, d);
    if ( mode == XEN_ALTP2M_external )
        return default_action(XSM_DM_PRIV, current_domain, d);
    if ( mode == XEN_ALTP2M_limited && op == HVMOP_altp2m_vcpu_enable_notify )
        return default_action(XSM_TARGET, current_domain, d);
    if ( mode == XEN_ALTP2M_limited )
        return default_action(XSM_DM_PRIV, current_domain, d);
    return -EPERM;
}

static int xsm_get_vnumainfo(struct domain *d)
{
    return default_action(XSM_TARGET, current_domain, d);
}

static int xsm_vm_event_control(struct domain *d, unsigned long mode, unsigned long op)
{
    return default_action(XSM_PRIV, current_domain, d);
}

static int xsm_mem_access(struct domain *d)
{
    return default_action(XSM_DM_PRIV, current_domain, d);
}

static int xsm_mem_paging(struct domain *d)
{
    return default_action(XSM_DM_PRIV, current_domain, d);
}

static int xsm_mem_sharing(struct domain *d)
{
    return default_action(XSM_DM_PRIV, current_domain, d);
}

static int xsm_platform_op(unsigned long op)
{
    return default_action(XSM_PRIV, current_domain, NULL);
}

static int xsm_do_mca(void)
{
    return default_action(XSM_PRIV, current_domain, NULL);
}

static int xsm_shadow_control(struct domain *d, unsigned long op)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_mem_sharing_op(struct domain *d, struct domain *cd, unsigned long op)
{
    return default_action(XSM_DM_PRIV, current_domain, cd);
}

static int xsm_apic(struct domain *d, unsigned long cmd)
{
    return default_action(XSM_PRIV, d, NULL);
}

static int xsm_machine_memory_map(void)
{
    return default_action(XSM_PRIV, current_domain, NULL);
}

static int xsm_domain_memory_map(struct domain *d)
{
    return default_action(XSM_TARGET, current_domain, d);
}

static int xsm_mmu_update(struct domain *d, struct domain *t, struct domain *f, unsigned long flags)
{
    int rc = f == dom_io ? 0 : default_action(XSM_TARGET, d, f);
    return !t || rc ? rc : default_action(XSM_TARGET, d, t);
}

static int xsm_mmuext_op(struct domain *d, struct domain *f)
{
    return default_action(XSM_TARGET, d, f);
}

static int xsm_update_va_mapping(struct domain *d, struct domain *f, unsigned long pte)
{
    return default_action(XSM_TARGET, d, f);
}

static int xsm_priv_mapping(struct domain *d, struct domain *t)
{
    return default_action(XSM_TARGET, d, t);
}

static int xsm_ioport_permission(struct domain *d, unsigned long s, unsigned long e, unsigned long allow)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_ioport_mapping(struct domain *d, unsigned long s, unsigned long e, unsigned long allow)
{
    return default_action(XSM_HOOK, current_domain, d);
}

static int xsm_pmu_op(struct domain *d, unsigned long op)
{
    if ( op == XENPMU_init || op == XENPMU_finish || op == XENPMU_lvtpc_set || op == XENPMU_flush )
        return default_action(XSM_HOOK, d, current_domain);
    return default_action(XSM_PRIV, d, current_domain);
}

static int xsm_dm_op(struct domain *d)
{
    return default_action(XSM_DM_PRIV, current_domain, d);
}

static int xsm_xen_version(unsigned long op)
{
    if ( op == XENVER_version || op == XENVER_platform_parameters || op == XENVER_get_features )
        return default_action(XSM_HOOK, current_domain, NULL);
    if ( op == XENVER_extraversion || op == XENVER_compile_info || op == XENVER_capabilities || op == XENVER_changeset || op == XENVER_pagesize || op == XENVER_guest_handle )
        return default_action(XSM_HOOK, current_domain, NULL);
    return default_action(XSM_PRIV, current_domain, NULL);
}

static int xsm_domain_resource_map(struct domain *d)
{
    return default_action(XSM_DM_PRIV, current_domain, d);
}

#endif

#define EACH(i, from) for ( int i = from; i < NDOMS; i++ )
#define EACHV(i, v) for ( unsigned i = 0; i < sizeof(v) / sizeof(v[0]); i++ )

int main(void)
{
    make_domains();

    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("domain_create cur=%d d=%d = %d\n", c_, d_, xsm_domain_create(d_ < 0 ? NULL : doms[d_], ZERO(uint32_t)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("getdomaininfo cur=%d d=%d = %d\n", c_, d_, xsm_getdomaininfo(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("domctl_scheduler_op cur=%d d=%d = %d\n", c_, d_, xsm_domctl_scheduler_op(d_ < 0 ? NULL : doms[d_], ZERO(int)));
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("sysctl_scheduler_op cur=%d = %d\n", c_, xsm_sysctl_scheduler_op(ZERO(int)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) EACH(e_, -1) {
            current_domain = doms[c_];
            printf("set_target cur=%d d=%d e=%d = %d\n", c_, d_, e_, xsm_set_target(d_ < 0 ? NULL : doms[d_], e_ < 0 ? NULL : doms[e_]));
        }
    }
    {
        static const unsigned long cmd_v[] = { XEN_DOMCTL_ioport_mapping, XEN_DOMCTL_memory_mapping, XEN_DOMCTL_bind_pt_irq, XEN_DOMCTL_unbind_pt_irq, XEN_DOMCTL_getdomaininfo, 9999 };
        static const char *const cmd_n[] = { "XEN_DOMCTL_ioport_mapping", "XEN_DOMCTL_memory_mapping", "XEN_DOMCTL_bind_pt_irq", "XEN_DOMCTL_unbind_pt_irq", "XEN_DOMCTL_getdomaininfo", "9999" };
        EACH(c_, 0) EACH(d_, -1) EACHV(cmd_, cmd_v) {
            current_domain = doms[c_];
            printf("domctl cur=%d d=%d cmd=%s = %d\n", c_, d_, cmd_n[cmd_], xsm_domctl(d_ < 0 ? NULL : doms[d_], cmd_v[cmd_], ZERO(uint32_t)));
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("sysctl cur=%d = %d\n", c_, xsm_sysctl(ZERO(int)));
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("readconsole cur=%d = %d\n", c_, xsm_readconsole(ZERO(uint32_t)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("evtchn_unbound cur=%d d=%d = %d\n", c_, d_, xsm_evtchn_unbound(d_ < 0 ? NULL : doms[d_], ZERO(struct evtchn *), ZERO(domid_t)));
        }
    }
    {
        EACH(c_, 0) EACH(d1_, 0) EACH(d2_, -1) {
            current_domain = doms[c_];
            printf("evtchn_interdomain cur=%d d1=%d d2=%d = %d\n", c_, d1_, d2_, xsm_evtchn_interdomain(doms[d1_], ZERO(struct evtchn *), d2_ < 0 ? NULL : doms[d2_], ZERO(struct evtchn *)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, 0) {
            current_domain = doms[c_];
            printf("evtchn_send cur=%d d=%d = %d\n", c_, d_, xsm_evtchn_send(doms[d_], ZERO(struct evtchn *)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("evtchn_status cur=%d d=%d = %d\n", c_, d_, xsm_evtchn_status(d_ < 0 ? NULL : doms[d_], ZERO(struct evtchn *)));
        }
    }
    {
        EACH(c_, 0) EACH(d1_, 0) EACH(d2_, -1) {
            current_domain = doms[c_];
            printf("evtchn_reset cur=%d d1=%d d2=%d = %d\n", c_, d1_, d2_, xsm_evtchn_reset(doms[d1_], d2_ < 0 ? NULL : doms[d2_]));
        }
    }
    {
        EACH(c_, 0) EACH(d1_, 0) EACH(d2_, -1) {
            current_domain = doms[c_];
            printf("grant_mapref cur=%d d1=%d d2=%d = %d\n", c_, d1_, d2_, xsm_grant_mapref(doms[d1_], d2_ < 0 ? NULL : doms[d2_], ZERO(uint32_t)));
        }
    }
    {
        EACH(c_, 0) EACH(d1_, 0) EACH(d2_, -1) {
            current_domain = doms[c_];
            printf("grant_unmapref cur=%d d1=%d d2=%d = %d\n", c_, d1_, d2_, xsm_grant_unmapref(doms[d1_], d2_ < 0 ? NULL : doms[d2_]));
        }
    }
    {
        EACH(c_, 0) EACH(d1_, 0) EACH(d2_, -1) {
            current_domain = doms[c_];
            printf("grant_setup cur=%d d1=%d d2=%d = %d\n", c_, d1_, d2_, xsm_grant_setup(doms[d1_], d2_ < 0 ? NULL : doms[d2_]));
        }
    }
    {
        EACH(c_, 0) EACH(d1_, 0) EACH(d2_, -1) {
            current_domain = doms[c_];
            printf("grant_transfer cur=%d d1=%d d2=%d = %d\n", c_, d1_, d2_, xsm_grant_transfer(doms[d1_], d2_ < 0 ? NULL : doms[d2_]));
        }
    }
    {
        EACH(c_, 0) EACH(d1_, 0) EACH(d2_, -1) {
            current_domain = doms[c_];
            printf("grant_copy cur=%d d1=%d d2=%d = %d\n", c_, d1_, d2_, xsm_grant_copy(doms[d1_], d2_ < 0 ? NULL : doms[d2_]));
        }
    }
    {
        EACH(c_, 0) EACH(d1_, 0) EACH(d2_, -1) {
            current_domain = doms[c_];
            printf("grant_query_size cur=%d d1=%d d2=%d = %d\n", c_, d1_, d2_, xsm_grant_query_size(doms[d1_], d2_ < 0 ? NULL : doms[d2_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("init_hardware_domain cur=%d d=%d = %d\n", c_, d_, xsm_init_hardware_domain(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("get_pod_target cur=%d d=%d = %d\n", c_, d_, xsm_get_pod_target(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("set_pod_target cur=%d d=%d = %d\n", c_, d_, xsm_set_pod_target(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("memory_exchange cur=%d d=%d = %d\n", c_, d_, xsm_memory_exchange(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        EACH(c_, 0) EACH(d1_, 0) EACH(d2_, -1) {
            current_domain = doms[c_];
            printf("memory_adjust_reservation cur=%d d1=%d d2=%d = %d\n", c_, d1_, d2_, xsm_memory_adjust_reservation(doms[d1_], d2_ < 0 ? NULL : doms[d2_]));
        }
    }
    {
        EACH(c_, 0) EACH(d1_, 0) EACH(d2_, -1) {
            current_domain = doms[c_];
            printf("memory_stat_reservation cur=%d d1=%d d2=%d = %d\n", c_, d1_, d2_, xsm_memory_stat_reservation(doms[d1_], d2_ < 0 ? NULL : doms[d2_]));
        }
    }
    {
        EACH(c_, 0) EACH(d1_, 0) EACH(d2_, -1) {
            current_domain = doms[c_];
            printf("memory_pin_page cur=%d d1=%d d2=%d = %d\n", c_, d1_, d2_, xsm_memory_pin_page(doms[d1_], d2_ < 0 ? NULL : doms[d2_], ZERO(struct page_info *)));
        }
    }
    {
        EACH(c_, 0) EACH(d1_, 0) EACH(d2_, -1) {
            current_domain = doms[c_];
            printf("add_to_physmap cur=%d d1=%d d2=%d = %d\n", c_, d1_, d2_, xsm_add_to_physmap(doms[d1_], d2_ < 0 ? NULL : doms[d2_]));
        }
    }
    {
        EACH(c_, 0) EACH(d1_, 0) EACH(d2_, -1) {
            current_domain = doms[c_];
            printf("remove_from_physmap cur=%d d1=%d d2=%d = %d\n", c_, d1_, d2_, xsm_remove_from_physmap(doms[d1_], d2_ < 0 ? NULL : doms[d2_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, 0) EACH(t_, -1) {
            current_domain = doms[c_];
            printf("map_gmfn_foreign cur=%d d=%d t=%d = %d\n", c_, d_, t_, xsm_map_gmfn_foreign(doms[d_], t_ < 0 ? NULL : doms[t_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("claim_pages cur=%d d=%d = %d\n", c_, d_, xsm_claim_pages(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, 0) {
            current_domain = doms[c_];
            printf("console_io cur=%d d=%d = %d\n", c_, d_, xsm_console_io(doms[d_], ZERO(int)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, 0) {
            current_domain = doms[c_];
            printf("profile cur=%d d=%d = %d\n", c_, d_, xsm_profile(doms[d_], ZERO(int)));
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("kexec cur=%d = %d\n", c_, xsm_kexec());
        }
    }
    {
        EACH(c_, 0) EACH(d1_, 0) EACH(d2_, -1) {
            current_domain = doms[c_];
            printf("schedop_shutdown cur=%d d1=%d d2=%d = %d\n", c_, d1_, d2_, xsm_schedop_shutdown(doms[d1_], d2_ < 0 ? NULL : doms[d2_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("map_domain_pirq cur=%d d=%d = %d\n", c_, d_, xsm_map_domain_pirq(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("map_domain_irq cur=%d d=%d = %d\n", c_, d_, xsm_map_domain_irq(d_ < 0 ? NULL : doms[d_], ZERO(int), ZERO(const void *)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("unmap_domain_pirq cur=%d d=%d = %d\n", c_, d_, xsm_unmap_domain_pirq(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("unmap_domain_irq cur=%d d=%d = %d\n", c_, d_, xsm_unmap_domain_irq(d_ < 0 ? NULL : doms[d_], ZERO(int), ZERO(const void *)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("bind_pt_irq cur=%d d=%d = %d\n", c_, d_, xsm_bind_pt_irq(d_ < 0 ? NULL : doms[d_], ZERO(struct xen_domctl_bind_pt_irq *)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("unbind_pt_irq cur=%d d=%d = %d\n", c_, d_, xsm_unbind_pt_irq(d_ < 0 ? NULL : doms[d_], ZERO(struct xen_domctl_bind_pt_irq *)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("irq_permission cur=%d d=%d = %d\n", c_, d_, xsm_irq_permission(d_ < 0 ? NULL : doms[d_], ZERO(int), ZERO(uint8_t)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("iomem_permission cur=%d d=%d = %d\n", c_, d_, xsm_iomem_permission(d_ < 0 ? NULL : doms[d_], ZERO(uint64_t), ZERO(uint64_t), ZERO(uint8_t)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("iomem_mapping cur=%d d=%d = %d\n", c_, d_, xsm_iomem_mapping(d_ < 0 ? NULL : doms[d_], ZERO(uint64_t), ZERO(uint64_t), ZERO(uint8_t)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("pci_config_permission cur=%d d=%d = %d\n", c_, d_, xsm_pci_config_permission(d_ < 0 ? NULL : doms[d_], ZERO(uint32_t), ZERO(uint16_t), ZERO(uint16_t), ZERO(uint8_t)));
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("get_device_group cur=%d = %d\n", c_, xsm_get_device_group(ZERO(uint32_t)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("assign_device cur=%d d=%d = %d\n", c_, d_, xsm_assign_device(d_ < 0 ? NULL : doms[d_], ZERO(uint32_t)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("deassign_device cur=%d d=%d = %d\n", c_, d_, xsm_deassign_device(d_ < 0 ? NULL : doms[d_], ZERO(uint32_t)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("assign_dtdevice cur=%d d=%d = %d\n", c_, d_, xsm_assign_dtdevice(d_ < 0 ? NULL : doms[d_], ZERO(const char *)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("deassign_dtdevice cur=%d d=%d = %d\n", c_, d_, xsm_deassign_dtdevice(d_ < 0 ? NULL : doms[d_], ZERO(const char *)));
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("resource_plug_core cur=%d = %d\n", c_, xsm_resource_plug_core());
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("resource_unplug_core cur=%d = %d\n", c_, xsm_resource_unplug_core());
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("resource_plug_pci cur=%d = %d\n", c_, xsm_resource_plug_pci(ZERO(uint32_t)));
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("resource_unplug_pci cur=%d = %d\n", c_, xsm_resource_unplug_pci(ZERO(uint32_t)));
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("resource_setup_pci cur=%d = %d\n", c_, xsm_resource_setup_pci(ZERO(uint32_t)));
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("resource_setup_gsi cur=%d = %d\n", c_, xsm_resource_setup_gsi(ZERO(int)));
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("resource_setup_misc cur=%d = %d\n", c_, xsm_resource_setup_misc());
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("page_offline cur=%d = %d\n", c_, xsm_page_offline(ZERO(uint32_t)));
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("hypfs_op cur=%d = %d\n", c_, xsm_hypfs_op());
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("hvm_param cur=%d d=%d = %d\n", c_, d_, xsm_hvm_param(d_ < 0 ? NULL : doms[d_], ZERO(unsigned long)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("hvm_param_altp2mhvm cur=%d d=%d = %d\n", c_, d_, xsm_hvm_param_altp2mhvm(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        static const unsigned long mode_v[] = { XEN_ALTP2M_mixed, XEN_ALTP2M_external, XEN_ALTP2M_limited, 9999 };
        static const char *const mode_n[] = { "XEN_ALTP2M_mixed", "XEN_ALTP2M_external", "XEN_ALTP2M_limited", "9999" };
        static const unsigned long op_v[] = { HVMOP_altp2m_vcpu_enable_notify, 9999 };
        static const char *const op_n[] = { "HVMOP_altp2m_vcpu_enable_notify", "9999" };
        EACH(c_, 0) EACH(d_, -1) EACHV(mode_, mode_v) EACHV(op_, op_v) {
            current_domain = doms[c_];
            printf("hvm_altp2mhvm_op cur=%d d=%d mode=%s op=%s = %d\n", c_, d_, mode_n[mode_], op_n[op_], xsm_hvm_altp2mhvm_op(d_ < 0 ? NULL : doms[d_], mode_v[mode_], op_v[op_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("get_vnumainfo cur=%d d=%d = %d\n", c_, d_, xsm_get_vnumainfo(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("vm_event_control cur=%d d=%d = %d\n", c_, d_, xsm_vm_event_control(d_ < 0 ? NULL : doms[d_], ZERO(int), ZERO(int)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("mem_access cur=%d d=%d = %d\n", c_, d_, xsm_mem_access(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("mem_paging cur=%d d=%d = %d\n", c_, d_, xsm_mem_paging(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("mem_sharing cur=%d d=%d = %d\n", c_, d_, xsm_mem_sharing(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("platform_op cur=%d = %d\n", c_, xsm_platform_op(ZERO(uint32_t)));
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("do_mca cur=%d = %d\n", c_, xsm_do_mca());
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("shadow_control cur=%d d=%d = %d\n", c_, d_, xsm_shadow_control(d_ < 0 ? NULL : doms[d_], ZERO(uint32_t)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) EACH(cd_, -1) {
            current_domain = doms[c_];
            printf("mem_sharing_op cur=%d d=%d cd=%d = %d\n", c_, d_, cd_, xsm_mem_sharing_op(d_ < 0 ? NULL : doms[d_], cd_ < 0 ? NULL : doms[cd_], ZERO(int)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, 0) {
            current_domain = doms[c_];
            printf("apic cur=%d d=%d = %d\n", c_, d_, xsm_apic(doms[d_], ZERO(int)));
        }
    }
    {
        EACH(c_, 0)  {
            current_domain = doms[c_];
            printf("machine_memory_map cur=%d = %d\n", c_, xsm_machine_memory_map());
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("domain_memory_map cur=%d d=%d = %d\n", c_, d_, xsm_domain_memory_map(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, 0) EACH(t_, -1) EACH(f_, -1) {
            current_domain = doms[c_];
            printf("mmu_update cur=%d d=%d t=%d f=%d = %d\n", c_, d_, t_, f_, xsm_mmu_update(doms[d_], t_ < 0 ? NULL : doms[t_], f_ < 0 ? NULL : doms[f_], ZERO(uint32_t)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, 0) EACH(f_, -1) {
            current_domain = doms[c_];
            printf("mmuext_op cur=%d d=%d f=%d = %d\n", c_, d_, f_, xsm_mmuext_op(doms[d_], f_ < 0 ? NULL : doms[f_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, 0) EACH(f_, -1) {
            current_domain = doms[c_];
            printf("update_va_mapping cur=%d d=%d f=%d = %d\n", c_, d_, f_, xsm_update_va_mapping(doms[d_], f_ < 0 ? NULL : doms[f_], ZERO(l1_pgentry_t)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, 0) EACH(t_, -1) {
            current_domain = doms[c_];
            printf("priv_mapping cur=%d d=%d t=%d = %d\n", c_, d_, t_, xsm_priv_mapping(doms[d_], t_ < 0 ? NULL : doms[t_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("ioport_permission cur=%d d=%d = %d\n", c_, d_, xsm_ioport_permission(d_ < 0 ? NULL : doms[d_], ZERO(uint32_t), ZERO(uint32_t), ZERO(uint8_t)));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("ioport_mapping cur=%d d=%d = %d\n", c_, d_, xsm_ioport_mapping(d_ < 0 ? NULL : doms[d_], ZERO(uint32_t), ZERO(uint32_t), ZERO(uint8_t)));
        }
    }
    {
        static const unsigned long op_v[] = { XENPMU_init, XENPMU_finish, XENPMU_lvtpc_set, XENPMU_flush, 9999 };
        static const char *const op_n[] = { "XENPMU_init", "XENPMU_finish", "XENPMU_lvtpc_set", "XENPMU_flush", "9999" };
        EACH(c_, 0) EACH(d_, 0) EACHV(op_, op_v) {
            current_domain = doms[c_];
            printf("pmu_op cur=%d d=%d op=%s = %d\n", c_, d_, op_n[op_], xsm_pmu_op(doms[d_], op_v[op_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("dm_op cur=%d d=%d = %d\n", c_, d_, xsm_dm_op(d_ < 0 ? NULL : doms[d_]));
        }
    }
    {
        static const unsigned long op_v[] = { XENVER_version, XENVER_platform_parameters, XENVER_get_features, XENVER_extraversion, XENVER_compile_info, XENVER_capabilities, XENVER_changeset, XENVER_pagesize, XENVER_guest_handle, 9999 };
        static const char *const op_n[] = { "XENVER_version", "XENVER_platform_parameters", "XENVER_get_features", "XENVER_extraversion", "XENVER_compile_info", "XENVER_capabilities", "XENVER_changeset", "XENVER_pagesize", "XENVER_guest_handle", "9999" };
        EACH(c_, 0) EACHV(op_, op_v) {
            current_domain = doms[c_];
            printf("xen_version cur=%d op=%s = %d\n", c_, op_n[op_], xsm_xen_version(op_v[op_]));
        }
    }
    {
        EACH(c_, 0) EACH(d_, -1) {
            current_domain = doms[c_];
            printf("domain_resource_map cur=%d d=%d = %d\n", c_, d_, xsm_domain_resource_map(d_ < 0 ? NULL : doms[d_]));
        }
    }
    return 0;
}
