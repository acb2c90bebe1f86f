/* What each hook asks of the policy. */
#include <xen/event.h>
#include <xen/guest_access.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include <public/platform.h>
#include <public/sysctl.h>
#include <xsm/xsm.h>
#include "include/avc.h"
#include "include/av_permissions.h"
#include "include/flask.h"
#include "include/flask_op.h"
#include "include/objsec.h"

static uint32_t domain_sid(const struct domain *d)
{
    const struct domain_security_struct *dsec = d->ssid;

    return dsec ? dsec->sid : SECINITSID_UNLABELED;
}

static uint32_t evtchn_sid(const struct evtchn *chn)
{
    return chn->ssid;
}

static uint32_t domain_target_sid(const struct domain *src,
                                  const struct domain *dst)
{
    const struct domain_security_struct *ssec = src->ssid;

    if ( src == dst )
        return ssec->self_sid;
    if ( src->target == dst )
        return ssec->target_sid;
    return domain_sid(dst);
}

static int domain_has_perm(const struct domain *src, const struct domain *dst,
                           uint16_t class, uint32_t perms)
{
    struct avc_audit_data ad = { .sdom = src, .tdom = dst };

    return avc_has_perm(domain_sid(src), domain_target_sid(src, dst), class,
                        perms, &ad);
}

static int current_has_perm(const struct domain *d, uint16_t class,
                            uint32_t perms)
{
    return domain_has_perm(current->domain, d, class, perms);
}

static int avc_current_has_perm(uint32_t tsid, uint16_t class, uint32_t perm)
{
    struct avc_audit_data ad = { .sdom = current->domain };

    return avc_has_perm(domain_sid(current->domain), tsid, class, perm, &ad);
}

static int domain_has_evtchn(const struct domain *d, const struct evtchn *chn,
                             uint32_t perms)
{
    return avc_has_perm(domain_sid(d), evtchn_sid(chn), SECCLASS_EVENT, perms,
                        NULL);
}

static int domain_has_xen(const struct domain *d, uint32_t perms)
{
    return avc_has_perm(domain_sid(d), SECINITSID_XEN, SECCLASS_XEN, perms,
                        NULL);
}

static int current_has_range(uint32_t tsid, uint32_t perm, unsigned long first,
                             unsigned long last)
{
    struct avc_audit_data ad = {
        .sdom = current->domain, .first = first, .last = last,
    };

    return avc_has_perm(domain_sid(current->domain), tsid, SECCLASS_RESOURCE,
                        perm, &ad);
}

static int avc_unknown_permission(const char *name, int id)
{
    if ( !flask_enforcing || !security_policy_loaded() )
        return 0;
    printk("flask: unknown %s operation %d\n", name, id);
    return -EPERM;
}

static uint32_t resource_perm(uint8_t allow)
{
    return allow ? RESOURCE__ADD : RESOURCE__REMOVE;
}

static int flask_alloc_security_domain(struct domain *d)
{
    struct domain_security_struct *dsec = xzalloc(struct domain_security_struct);

    if ( !dsec )
        return -ENOMEM;
    switch ( d->domain_id )
    {
    case DOMID_XEN:
        dsec->sid = SECINITSID_DOMXEN;
        break;
    case DOMID_IO:
        dsec->sid = SECINITSID_DOMIO;
        break;
    default:
        dsec->sid = SECINITSID_UNLABELED;
        break;
    }
    dsec->self_sid = dsec->sid;
    d->ssid = dsec;
    return 0;
}

static void flask_free_security_domain(struct domain *d)
{
    XFREE(d->ssid);
}

static int flask_alloc_security_evtchns(struct evtchn *chn, unsigned int nr)
{
    unsigned int i;

    for ( i = 0; i < nr; i++ )
        chn[i].ssid = SECINITSID_UNLABELED;
    return 0;
}

static void flask_free_security_evtchns(struct evtchn *chn, unsigned int nr)
{
    unsigned int i;

    for ( i = 0; i < nr; i++ )
        chn[i].ssid = SECINITSID_UNLABELED;
}

static char *flask_show_security_evtchn(struct domain *d,
                                        const struct evtchn *chn)
{
    static char text[16];

    if ( chn->state != ECS_UNBOUND && chn->state != ECS_INTERDOMAIN )
        return NULL;
    snprintf(text, sizeof(text), "sid %u", evtchn_sid(chn));
    return text;
}

static int flask_evtchn_unbound(struct domain *d1, struct evtchn *chn,
                                domid_t id2)
{
    struct domain *d2;
    uint32_t sid;
    int rc;

    d2 = rcu_lock_domain_by_any_id(id2);
    if ( d2 == NULL )
        return -EPERM;

    rc = security_transition_sid(domain_sid(d1), domain_sid(d2), SECCLASS_EVENT,
                                 &sid);
    if ( !rc )
        rc = avc_current_has_perm(sid, SECCLASS_EVENT, EVENT__CREATE);
    if ( !rc )
        rc = avc_has_perm(sid, domain_sid(d2), SECCLASS_EVENT, EVENT__BIND, NULL);
    if ( !rc )
        chn->ssid = sid;
    rcu_unlock_domain(d2);
    return rc;
}

static int flask_evtchn_interdomain(struct domain *d1, struct evtchn *chn1,
                                    struct domain *d2, struct evtchn *chn2)
{
    uint32_t sid;
    int rc;

    rc = security_transition_sid(domain_sid(d1), domain_sid(d2), SECCLASS_EVENT,
                                 &sid);
    if ( rc )
        return rc;
    rc = avc_current_has_perm(sid, SECCLASS_EVENT, EVENT__CREATE);
    if ( rc )
        return rc;
    rc = avc_has_perm(sid, domain_sid(d2), SECCLASS_EVENT, EVENT__BIND, NULL);
    if ( rc )
        return rc;
    rc = avc_has_perm(evtchn_sid(chn2), domain_sid(d1), SECCLASS_EVENT,
                      EVENT__BIND, NULL);
    if ( !rc )
        chn1->ssid = sid;
    return rc;
}

static void flask_evtchn_close_post(struct evtchn *chn)
{
    chn->ssid = SECINITSID_UNLABELED;
}

static int flask_evtchn_send(struct domain *d, struct evtchn *chn)
{
    switch ( chn->state )
    {
    case ECS_INTERDOMAIN:
        return domain_has_evtchn(d, chn, EVENT__SEND);
    default:
        return 0;
    }
}

static int flask_evtchn_status(struct domain *d, struct evtchn *chn)
{
    return domain_has_evtchn(d, chn, EVENT__STATUS);
}

static int flask_evtchn_reset(struct domain *d1, struct domain *d2)
{
    return domain_has_perm(d1, d2, SECCLASS_EVENT, EVENT__RESET);
}

#ifdef CONFIG_GRANT_TABLE
static int flask_grant_mapref(struct domain *d1, struct domain *d2,
                              uint32_t flags)
{
    uint32_t perms = GRANT__MAP_READ;

    if ( !(flags & 4) )
        perms |= GRANT__MAP_WRITE;
    return domain_has_perm(d1, d2, SECCLASS_GRANT, perms);
}

static int flask_grant_unmapref(struct domain *d1, struct domain *d2)
{
    return domain_has_perm(d1, d2, SECCLASS_GRANT, GRANT__UNMAP);
}

static int flask_grant_setup(struct domain *d1, struct domain *d2)
{
    return domain_has_perm(d1, d2, SECCLASS_EVENT, GRANT__SETUP);
}

static int flask_grant_transfer(struct domain *d1, struct domain *d2)
{
    return domain_has_perm(d1, d2, SECCLASS_GRANT, GRANT__TRANSFER);
}

static int flask_grant_copy(struct domain *d1, struct domain *d2)
{
    return domain_has_perm(d1, d2, SECCLASS_GRANT, GRANT__COPY);
}

static int flask_grant_query_size(struct domain *d1, struct domain *d2)
{
    return domain_has_perm(d1, d2, SECCLASS_GRANT, GRANT__QUERY);
}
#endif

static int flask_memory_exchange(struct domain *d)
{
    return current_has_perm(d, SECCLASS_MMU, MMU__EXCHANGE);
}

static int flask_memory_adjust_reservation(struct domain *d1, struct domain *d2)
{
    return domain_has_perm(d1, d2, SECCLASS_MMU, MMU__ADJUST);
}

static int flask_memory_pin_page(struct domain *d1, struct domain *d2,
                                 struct page_info *page)
{
    return domain_has_perm(d1, d2, SECCLASS_MMU, MMU__PINPAGE);
}

static int flask_claim_pages(struct domain *d)
{
    return current_has_perm(d, SECCLASS_MMU, MMU__ADJUST);
}

static int flask_console_io(struct domain *d, int cmd)
{
    switch ( cmd )
    {
    case CONSOLEIO_read:
        return domain_has_xen(d, XEN__READCONSOLE);
    case CONSOLEIO_write:
        return domain_has_xen(d, XEN__WRITECONSOLE);
    default:
        return avc_unknown_permission("console_io", cmd);
    }
}

#ifdef CONFIG_KEXEC
static int flask_kexec(void)
{
    return domain_has_xen(current->domain, XEN__KEXEC);
}
#endif

static int flask_schedop_shutdown(struct domain *d1, struct domain *d2)
{
    return domain_has_perm(d1, d2, SECCLASS_DOMAIN, DOMAIN__SHUTDOWN);
}

static void flask_security_domaininfo(struct domain *d,
                                      struct xen_domctl_getdomaininfo *info)
{
    info->ssidref = domain_sid(d);
}

static int flask_domain_create(struct domain *d, uint32_t ssidref)
{
    struct domain_security_struct *dsec = d->ssid;
    int rc;

    if ( is_control_domain(d) )
    {
        dsec->sid = dsec->self_sid = SECINITSID_DOM0;
        return 0;
    }
    rc = avc_current_has_perm(ssidref, SECCLASS_DOMAIN, DOMAIN__CREATE);
    if ( rc )
        return rc;
    dsec->sid = ssidref;
    return security_transition_sid(dsec->sid, dsec->sid, SECCLASS_DOMAIN,
                                   &dsec->self_sid);
}

static int flask_getdomaininfo(struct domain *d)
{
    return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__GETDOMAININFO);
}

static int flask_domctl_scheduler_op(struct domain *d, int op)
{
    switch ( op )
    {
    case XEN_DOMCTL_SCHEDOP_putinfo:
    case XEN_DOMCTL_SCHEDOP_getinfo:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__SCHEDULER);
    default:
        return avc_unknown_permission("domctl_scheduler_op", op);
    }
}

static int flask_sysctl_scheduler_op(int op)
{
    switch ( op )
    {
    case XEN_DOMCTL_SCHEDOP_putinfo:
        return domain_has_xen(current->domain, XEN__SETSCHEDULER);
    case XEN_DOMCTL_SCHEDOP_getinfo:
        return domain_has_xen(current->domain, XEN__GETSCHEDULER);
    default:
        return avc_unknown_permission("sysctl_scheduler_op", op);
    }
}

static int flask_set_target(struct domain *d, struct domain *t)
{
    struct domain_security_struct *dsec = d->ssid;
    int rc;

    rc = current_has_perm(d, SECCLASS_DOMAIN2, DOMAIN2__MAKE_PRIV_FOR);
    if ( rc )
        return rc;
    rc = current_has_perm(t, SECCLASS_DOMAIN2, DOMAIN2__SET_AS_TARGET);
    if ( rc )
        return rc;
    rc = domain_has_perm(d, t, SECCLASS_DOMAIN, DOMAIN__SET_TARGET);
    if ( rc )
        return rc;
    return security_transition_sid(domain_sid(d), domain_sid(t),
                                   SECCLASS_DOMAIN, &dsec->target_sid);
}

static int flask_domctl(struct domain *d, int cmd)
{
    switch ( cmd )
    {
    /* Asked again, with more known, where the work is done. */
    case XEN_DOMCTL_createdomain:
    case XEN_DOMCTL_getdomaininfo:
    case XEN_DOMCTL_scheduler_op:
    case XEN_DOMCTL_irq_permission:
    case XEN_DOMCTL_iomem_permission:
    case XEN_DOMCTL_memory_mapping:
    case XEN_DOMCTL_set_target:
    case XEN_DOMCTL_vm_event_op:
    case XEN_DOMCTL_shadow_op:
    case XEN_DOMCTL_ioport_permission:
    case XEN_DOMCTL_ioport_mapping:
    case XEN_DOMCTL_set_address_size:
    case XEN_DOMCTL_mem_sharing_op:
#ifdef CONFIG_HAS_PASSTHROUGH
    case XEN_DOMCTL_bind_pt_irq:
    case XEN_DOMCTL_unbind_pt_irq:
    case XEN_DOMCTL_get_device_group:
    case XEN_DOMCTL_assign_device:
    case XEN_DOMCTL_test_assign_device:
    case XEN_DOMCTL_deassign_device:
#endif
        return 0;

    case XEN_DOMCTL_destroydomain:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__DESTROY);

    case XEN_DOMCTL_pausedomain:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__PAUSE);

    case XEN_DOMCTL_unpausedomain:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__UNPAUSE);

    case XEN_DOMCTL_resumedomain:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__RESUME);

    case XEN_DOMCTL_soft_reset:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__RESET);

    case XEN_DOMCTL_max_vcpus:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__MAX_VCPUS);

    case XEN_DOMCTL_max_mem:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__SETDOMAINMAXMEM);

    case XEN_DOMCTL_setdomainhandle:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__SETDOMAINHANDLE);

    case XEN_DOMCTL_setvcpuaffinity:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__SETVCPUAFFINITY);

    case XEN_DOMCTL_getvcpuaffinity:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__GETVCPUAFFINITY);

    case XEN_DOMCTL_setvcpucontext:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__SETVCPUCONTEXT);

    case XEN_DOMCTL_getvcpucontext:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__GETVCPUCONTEXT);

    case XEN_DOMCTL_getvcpuinfo:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__GETVCPUINFO);

    case XEN_DOMCTL_settimeoffset:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__SETTIME);

    case XEN_DOMCTL_subscribe:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__SET_MISC_INFO);

    case XEN_DOMCTL_get_address_size:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__GETADDRSIZE);

    case XEN_DOMCTL_sendtrigger:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__TRIGGER);

    case XEN_DOMCTL_sethvmcontext:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__SETHVMCONTEXT);

    case XEN_DOMCTL_gethvmcontext:
        return current_has_perm(d, SECCLASS_DOMAIN, DOMAIN__GETHVMCONTEXT);

    default:
        return avc_unknown_permission("domctl", cmd);
    }
}

static int flask_sysctl(int cmd)
{
    switch ( cmd )
    {
    /* Asked again where the work is done. */
    case XEN_SYSCTL_readconsole:
    case XEN_SYSCTL_getdomaininfolist:
    case XEN_SYSCTL_page_offline_op:
    case XEN_SYSCTL_scheduler_op:
    case XEN_SYSCTL_cpu_hotplug:
        return 0;

    case XEN_SYSCTL_tbuf_op:
        return domain_has_xen(current->domain, XEN__TBUFCONTROL);

    case XEN_SYSCTL_sched_id:
        return domain_has_xen(current->domain, XEN__GETSCHEDULER);

    case XEN_SYSCTL_perfc_op:
        return domain_has_xen(current->domain, XEN__PERFCONTROL);

    case XEN_SYSCTL_debug_keys:
        return domain_has_xen(current->domain, XEN__DEBUG);

    case XEN_SYSCTL_physinfo:
        return domain_has_xen(current->domain, XEN__PHYSINFO);

    case XEN_SYSCTL_livepatch_query:
        return domain_has_xen(current->domain, XEN__LIVEPATCH);

    default:
        return avc_unknown_permission("sysctl", cmd);
    }
}

static int flask_readconsole(uint32_t clear)
{
    uint32_t perms = XEN__READCONSOLE;

    if ( clear )
        perms |= XEN__CLEARCONSOLE;
    return domain_has_xen(current->domain, perms);
}

static int flask_map_domain_pirq(struct domain *d)
{
    return current_has_perm(d, SECCLASS_RESOURCE, RESOURCE__ADD);
}

static int flask_map_domain_irq(struct domain *d, int irq)
{
    int rc = current_has_range(SECINITSID_IRQ, RESOURCE__ADD, irq, irq);

    if ( rc )
        return rc;
    return avc_has_perm(domain_sid(d), SECINITSID_IRQ, SECCLASS_RESOURCE,
                        RESOURCE__USE, NULL);
}

static int flask_unmap_domain_pirq(struct domain *d)
{
    return current_has_perm(d, SECCLASS_RESOURCE, RESOURCE__REMOVE);
}

static int flask_bind_pt_irq(struct domain *d,
                             struct xen_domctl_bind_pt_irq *bind)
{
    int rc = current_has_perm(d, SECCLASS_RESOURCE, RESOURCE__ADD);

    if ( rc )
        return rc;
    rc = avc_current_has_perm(SECINITSID_IRQ, SECCLASS_HVM, HVM__BIND_IRQ);
    if ( rc )
        return rc;
    return avc_has_perm(domain_sid(d), SECINITSID_IRQ, SECCLASS_RESOURCE,
                        RESOURCE__USE, NULL);
}

static int flask_unbind_pt_irq(struct domain *d,
                               struct xen_domctl_bind_pt_irq *bind)
{
    return current_has_perm(d, SECCLASS_RESOURCE, RESOURCE__REMOVE);
}

static int flask_irq_permission(struct domain *d, int pirq, uint8_t allow)
{
    return current_has_perm(d, SECCLASS_RESOURCE, resource_perm(allow));
}

static int flask_iomem_permission(struct domain *d, uint64_t s, uint64_t e,
                                  uint8_t allow)
{
    int rc = current_has_perm(d, SECCLASS_RESOURCE, resource_perm(allow));

    if ( rc )
        return rc;
    return current_has_range(SECINITSID_IOMEM, resource_perm(allow), s, e);
}

static int flask_iomem_mapping(struct domain *d, uint64_t s, uint64_t e,
                               uint8_t allow)
{
    return flask_iomem_permission(d, s, e, allow);
}

static int flask_ioport_permission(struct domain *d, uint32_t s, uint32_t e,
                                   uint8_t allow)
{
    int rc = current_has_perm(d, SECCLASS_RESOURCE, resource_perm(allow));

    if ( rc )
        return rc;
    return current_has_range(SECINITSID_IOPORT, resource_perm(allow), s, e);
}

static int flask_ioport_mapping(struct domain *d, uint32_t s, uint32_t e,
                                uint8_t allow)
{
    return flask_ioport_permission(d, s, e, allow);
}

#ifdef CONFIG_HAS_PCI
static int flask_pci_config_permission(struct domain *d, uint32_t sbdf,
                                       uint8_t write)
{
    return avc_has_perm(domain_sid(d), SECINITSID_DEVICE, SECCLASS_RESOURCE,
                        write ? RESOURCE__SETUP : RESOURCE__USE, NULL);
}

static int flask_resource_plug_pci(uint32_t sbdf)
{
    return current_has_range(SECINITSID_DEVICE, RESOURCE__PLUG, sbdf, sbdf);
}

static int flask_resource_unplug_pci(uint32_t sbdf)
{
    return current_has_range(SECINITSID_DEVICE, RESOURCE__UNPLUG, sbdf, sbdf);
}

static int flask_get_device_group(uint32_t sbdf)
{
    return current_has_range(SECINITSID_DEVICE, RESOURCE__USE, sbdf, sbdf);
}
#endif

#ifdef CONFIG_HAS_PASSTHROUGH
static int flask_assign_device(struct domain *d, uint32_t sbdf)
{
    int rc = current_has_perm(d, SECCLASS_RESOURCE, RESOURCE__ADD);

    if ( rc )
        return rc;
    return current_has_range(SECINITSID_DEVICE, RESOURCE__ADD, sbdf, sbdf);
}

static int flask_deassign_device(struct domain *d, uint32_t sbdf)
{
    return current_has_range(SECINITSID_DEVICE, RESOURCE__REMOVE, sbdf, sbdf);
}
#endif

static int flask_resource_plug_core(void)
{
    return avc_current_has_perm(SECINITSID_XEN, SECCLASS_RESOURCE,
                                RESOURCE__PLUG);
}

static int flask_resource_unplug_core(void)
{
    return avc_current_has_perm(SECINITSID_XEN, SECCLASS_RESOURCE,
                                RESOURCE__UNPLUG);
}

static int flask_resource_setup_gsi(int gsi)
{
    return current_has_range(SECINITSID_IRQ, RESOURCE__SETUP, gsi, gsi);
}

static int flask_page_offline(uint32_t cmd)
{
    switch ( cmd )
    {
    case sysctl_page_offline:
        return avc_current_has_perm(SECINITSID_XEN, SECCLASS_RESOURCE,
                                    RESOURCE__UNPLUG);
    case sysctl_page_online:
        return avc_current_has_perm(SECINITSID_XEN, SECCLASS_RESOURCE,
                                    RESOURCE__PLUG);
    case sysctl_query_page_offline:
        return domain_has_xen(current->domain, XEN__HEAP);
    default:
        return avc_unknown_permission("page_offline", cmd);
    }
}

static int flask_hvm_param(struct domain *d, unsigned long op)
{
    return current_has_perm(d, SECCLASS_HVM,
                            op ? HVM__GETPARAM : HVM__SETPARAM);
}

static int flask_hvm_control(struct domain *d, unsigned long op)
{
    return current_has_perm(d, SECCLASS_HVM, HVM__CONTROL);
}

static int flask_vm_event_control(struct domain *d, int mode, int op)
{
    return current_has_perm(d, SECCLASS_DOMAIN2, DOMAIN2__VM_EVENT);
}

#ifdef CONFIG_MEM_PAGING
static int flask_mem_paging(struct domain *d)
{
    return current_has_perm(d, SECCLASS_DOMAIN2, DOMAIN2__MEM_PAGING);
}
#endif

#ifdef CONFIG_MEM_SHARING
static int flask_mem_sharing(struct domain *d)
{
    return current_has_perm(d, SECCLASS_HVM, HVM__MEM_SHARING);
}
#endif

static int flask_add_to_physmap(struct domain *d1, struct domain *d2)
{
    return domain_has_perm(d1, d2, SECCLASS_MMU, MMU__PHYSMAP);
}

static int flask_remove_from_physmap(struct domain *d1, struct domain *d2)
{
    return domain_has_perm(d1, d2, SECCLASS_MMU, MMU__PHYSMAP);
}

static int flask_map_gmfn_foreign(struct domain *d, struct domain *t)
{
    return domain_has_perm(d, t, SECCLASS_MMU,
                           MMU__MAP_READ | MMU__MAP_WRITE);
}

static int flask_shadow_control(struct domain *d, uint32_t op)
{
    switch ( op )
    {
    case XEN_DOMCTL_SHADOW_OP_OFF:
    case XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY:
    case XEN_DOMCTL_SHADOW_OP_PEEK:
    case XEN_DOMCTL_SHADOW_OP_CLEAN:
        return current_has_perm(d, SECCLASS_HVM, HVM__TRACKDIRTY);
    default:
        return avc_unknown_permission("shadow", op);
    }
}

static int flask_mmu_update(struct domain *d, struct domain *t,
                            struct domain *f, uint32_t flags)
{
    int rc = 0;

    if ( t && d != t )
        rc = domain_has_perm(d, t, SECCLASS_MMU, MMU__TARGET_HACK);
    if ( !rc )
        rc = domain_has_perm(d, f, SECCLASS_MMU,
                             flags ? MMU__UPDATEMP : MMU__MAP_WRITE);
    return rc;
}

static int flask_mmuext_op(struct domain *d, struct domain *f)
{
    return domain_has_perm(d, f, SECCLASS_MMU, MMU__PINPAGE);
}

static int flask_update_va_mapping(struct domain *d, struct domain *f,
                                   uint64_t val)
{
    return domain_has_perm(d, f, SECCLASS_MMU,
                           val & 2 ? MMU__MAP_WRITE : MMU__MAP_READ);
}

static int flask_platform_op(uint32_t op)
{
    switch ( op )
    {
    /* Asked again where the work is done. */
    case XENPF_cpu_online:
    case XENPF_cpu_offline:
        return 0;

    case XENPF_settime:
        return domain_has_xen(current->domain, XEN__SETTIME);

    case XENPF_add_memtype:
    case XENPF_del_memtype:
    case XENPF_read_memtype:
        return domain_has_xen(current->domain, XEN__MEMTYPE);

    case XENPF_microcode_update:
        return domain_has_xen(current->domain, XEN__MICROCODE);

    case XENPF_enter_acpi_sleep:
        return domain_has_xen(current->domain, XEN__SLEEP);

    case XENPF_change_freq:
        return domain_has_xen(current->domain, XEN__FREQUENCY);

    case XENPF_getidletime:
        return domain_has_xen(current->domain, XEN__GETIDLE);

    default:
        return avc_unknown_permission("platform_op", op);
    }
}

static int flask_machine_memory_map(void)
{
    return avc_current_has_perm(SECINITSID_XEN, SECCLASS_MMU, MMU__MEMORYMAP);
}

static int flask_domain_memory_map(struct domain *d)
{
    return current_has_perm(d, SECCLASS_MMU, MMU__MEMORYMAP);
}

static int flask_xen_version(uint32_t op)
{
    uint32_t dsid = domain_sid(current->domain);

    switch ( op )
    {
    case XENVER_version:
    case XENVER_get_features:
        return 0;
    case XENVER_extraversion:
        return avc_has_perm(dsid, SECINITSID_XEN, SECCLASS_VERSION,
                            VERSION__XEN_EXTRAVERSION, NULL);
    case XENVER_changeset:
        return avc_has_perm(dsid, SECINITSID_XEN, SECCLASS_VERSION,
                            VERSION__XEN_CHANGESET, NULL);
    case XENVER_commandline:
        return avc_has_perm(dsid, SECINITSID_XEN, SECCLASS_VERSION,
                            VERSION__XEN_COMMANDLINE, NULL);
    default:
        return -EPERM;
    }
}

static const struct xsm_ops flask_ops = {
    .security_domaininfo = flask_security_domaininfo,
    .domain_create = flask_domain_create,
    .getdomaininfo = flask_getdomaininfo,
    .domctl_scheduler_op = flask_domctl_scheduler_op,
    .sysctl_scheduler_op = flask_sysctl_scheduler_op,
    .set_target = flask_set_target,
    .domctl = flask_domctl,
    .sysctl = flask_sysctl,
    .readconsole = flask_readconsole,

    .evtchn_unbound = flask_evtchn_unbound,
    .evtchn_interdomain = flask_evtchn_interdomain,
    .evtchn_close_post = flask_evtchn_close_post,
    .evtchn_send = flask_evtchn_send,
    .evtchn_status = flask_evtchn_status,
    .evtchn_reset = flask_evtchn_reset,

#ifdef CONFIG_GRANT_TABLE
    .grant_mapref = flask_grant_mapref,
    .grant_unmapref = flask_grant_unmapref,
    .grant_setup = flask_grant_setup,
    .grant_transfer = flask_grant_transfer,
    .grant_copy = flask_grant_copy,
    .grant_query_size = flask_grant_query_size,
#endif

    .alloc_security_domain = flask_alloc_security_domain,
    .free_security_domain = flask_free_security_domain,
    .alloc_security_evtchns = flask_alloc_security_evtchns,
    .free_security_evtchns = flask_free_security_evtchns,
    .show_security_evtchn = flask_show_security_evtchn,

    .memory_exchange = flask_memory_exchange,
    .memory_adjust_reservation = flask_memory_adjust_reservation,
    .memory_pin_page = flask_memory_pin_page,
    .claim_pages = flask_claim_pages,

    .console_io = flask_console_io,
#ifdef CONFIG_KEXEC
    .kexec = flask_kexec,
#endif
    .schedop_shutdown = flask_schedop_shutdown,

    .map_domain_pirq = flask_map_domain_pirq,
    .map_domain_irq = flask_map_domain_irq,
    .unmap_domain_pirq = flask_unmap_domain_pirq,
    .bind_pt_irq = flask_bind_pt_irq,
    .unbind_pt_irq = flask_unbind_pt_irq,
    .irq_permission = flask_irq_permission,
    .iomem_permission = flask_iomem_permission,
    .iomem_mapping = flask_iomem_mapping,

#ifdef CONFIG_HAS_PCI
    .pci_config_permission = flask_pci_config_permission,
    .resource_plug_pci = flask_resource_plug_pci,
    .resource_unplug_pci = flask_resource_unplug_pci,
    .get_device_group = flask_get_device_group,
#endif
#ifdef CONFIG_HAS_PASSTHROUGH
    .assign_device = flask_assign_device,
    .deassign_device = flask_deassign_device,
#endif

    .resource_plug_core = flask_resource_plug_core,
    .resource_unplug_core = flask_resource_unplug_core,
    .resource_setup_gsi = flask_resource_setup_gsi,
    .page_offline = flask_page_offline,

    .do_xsm_op = do_flask_op,
#ifdef CONFIG_COMPAT
    .do_compat_op = compat_flask_op,
#endif

    .hvm_param = flask_hvm_param,
    .hvm_control = flask_hvm_control,
    .vm_event_control = flask_vm_event_control,
#ifdef CONFIG_MEM_PAGING
    .mem_paging = flask_mem_paging,
#endif
#ifdef CONFIG_MEM_SHARING
    .mem_sharing = flask_mem_sharing,
#endif

    .add_to_physmap = flask_add_to_physmap,
    .remove_from_physmap = flask_remove_from_physmap,
    .map_gmfn_foreign = flask_map_gmfn_foreign,
    .shadow_control = flask_shadow_control,
    .mmu_update = flask_mmu_update,
    .mmuext_op = flask_mmuext_op,
    .update_va_mapping = flask_update_va_mapping,
    .ioport_permission = flask_ioport_permission,
    .ioport_mapping = flask_ioport_mapping,
    .platform_op = flask_platform_op,
    .machine_memory_map = flask_machine_memory_map,
    .domain_memory_map = flask_domain_memory_map,
    .xen_version = flask_xen_version,
};

const struct xsm_ops *__init flask_init(const void *policy, size_t size)
{
    if ( policy && security_load_rules(policy, size / sizeof(struct xen_flask_rule)) )
        panic("flask: the policy of the loader is no good");
    printk("flask: %s\n", flask_enforcing ? "enforcing" : "permissive");
    return &flask_ops;
}
