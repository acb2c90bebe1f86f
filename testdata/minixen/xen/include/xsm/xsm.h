#ifndef __XSM_H__
#define __XSM_H__

#include <xen/sched.h>
#include <xen/guest_access.h>
#include <asm/alternative.h>
#include <public/version.h>
#include <public/xsm/flask_op.h>

/* What the caller of a hook expects when no policy says otherwise. */
typedef enum xsm_default {
    XSM_HOOK,       /* everybody: the hook exists for modules only */
    XSM_DM_PRIV,    /* the device model of the target, or the control domain */
    XSM_TARGET,     /* the target itself, or as XSM_DM_PRIV */
    XSM_PRIV,       /* the control domain */
    XSM_XS_PRIV,    /* the store's domain, or the control domain */
    XSM_OTHER       /* the hook decides by its arguments */
} xsm_default_t;

struct xsm_ops {
    void (*security_domaininfo)(struct domain *d,
                                struct xen_domctl_getdomaininfo *info);
    int (*domain_create)(struct domain *d, uint32_t ssidref);
    int (*getdomaininfo)(struct domain *d);
    int (*domctl_scheduler_op)(struct domain *d, int cmd);
    int (*sysctl_scheduler_op)(int cmd);
    int (*set_target)(struct domain *d, struct domain *e);
    int (*domctl)(struct domain *d, int cmd);
    int (*sysctl)(int cmd);
    int (*readconsole)(uint32_t clear);
    int (*evtchn_unbound)(struct domain *d1, struct evtchn *chn, domid_t id2);
    int (*evtchn_interdomain)(struct domain *d1, struct evtchn *chn1,
                              struct domain *d2, struct evtchn *chn2);
    void (*evtchn_close_post)(struct evtchn *chn);
    int (*evtchn_send)(struct domain *d, struct evtchn *chn);
    int (*evtchn_status)(struct domain *d, struct evtchn *chn);
    int (*evtchn_reset)(struct domain *d1, struct domain *d2);
#ifdef CONFIG_GRANT_TABLE
    int (*grant_mapref)(struct domain *d1, struct domain *d2, uint32_t flags);
    int (*grant_unmapref)(struct domain *d1, struct domain *d2);
    int (*grant_setup)(struct domain *d1, struct domain *d2);
    int (*grant_transfer)(struct domain *d1, struct domain *d2);
    int (*grant_copy)(struct domain *d1, struct domain *d2);
    int (*grant_query_size)(struct domain *d1, struct domain *d2);
#endif
    int (*alloc_security_domain)(struct domain *d);
    void (*free_security_domain)(struct domain *d);
    int (*alloc_security_evtchns)(struct evtchn *chn, unsigned int nr);
    void (*free_security_evtchns)(struct evtchn *chn, unsigned int nr);
    int (*memory_exchange)(struct domain *d);
    int (*memory_adjust_reservation)(struct domain *d1, struct domain *d2);
    int (*memory_stat_reservation)(struct domain *d1, struct domain *d2);
    int (*memory_pin_page)(struct domain *d1, struct domain *d2,
                           struct page_info *page);
    int (*claim_pages)(struct domain *d);
    int (*console_io)(struct domain *d, int cmd);
#ifdef CONFIG_KEXEC
    int (*kexec)(void);
#endif
    int (*schedop_shutdown)(struct domain *d1, struct domain *d2);
    char *(*show_security_evtchn)(struct domain *d, const struct evtchn *chn);
    int (*map_domain_pirq)(struct domain *d);
    int (*map_domain_irq)(struct domain *d, int irq);
    int (*unmap_domain_pirq)(struct domain *d);
    int (*bind_pt_irq)(struct domain *d, struct xen_domctl_bind_pt_irq *bind);
    int (*unbind_pt_irq)(struct domain *d,
                         struct xen_domctl_bind_pt_irq *bind);
    int (*irq_permission)(struct domain *d, int pirq, uint8_t allow);
    int (*iomem_permission)(struct domain *d, uint64_t s, uint64_t e,
                            uint8_t allow);
    int (*iomem_mapping)(struct domain *d, uint64_t s, uint64_t e,
                         uint8_t allow);
#ifdef CONFIG_HAS_PCI
    int (*pci_config_permission)(struct domain *d, uint32_t sbdf,
                                 uint8_t write);
#endif
#ifdef CONFIG_HAS_PASSTHROUGH
    int (*assign_device)(struct domain *d, uint32_t sbdf);
    int (*deassign_device)(struct domain *d, uint32_t sbdf);
    int (*get_device_group)(uint32_t sbdf);
#endif
#ifdef CONFIG_HAS_PCI
    int (*resource_plug_pci)(uint32_t sbdf);
    int (*resource_unplug_pci)(uint32_t sbdf);
#endif
    int (*resource_plug_core)(void);
    int (*resource_unplug_core)(void);
    int (*resource_setup_gsi)(int gsi);
    int (*page_offline)(uint32_t cmd);
    long (*do_xsm_op)(XEN_GUEST_HANDLE_PARAM(void) op);
#ifdef CONFIG_COMPAT
    int (*do_compat_op)(XEN_GUEST_HANDLE_PARAM(void) op);
#endif
    int (*hvm_param)(struct domain *d, unsigned long op);
    int (*hvm_control)(struct domain *d, unsigned long op);
    int (*vm_event_control)(struct domain *d, int mode, int op);
#ifdef CONFIG_MEM_PAGING
    int (*mem_paging)(struct domain *d);
#endif
#ifdef CONFIG_MEM_SHARING
    int (*mem_sharing)(struct domain *d);
#endif
    int (*add_to_physmap)(struct domain *d1, struct domain *d2);
    int (*remove_from_physmap)(struct domain *d1, struct domain *d2);
    int (*map_gmfn_foreign)(struct domain *d, struct domain *t);
    int (*shadow_control)(struct domain *d, uint32_t op);
    int (*mmu_update)(struct domain *d, struct domain *t, struct domain *f,
                      uint32_t flags);
    int (*mmuext_op)(struct domain *d, struct domain *f);
    int (*update_va_mapping)(struct domain *d, struct domain *f,
                             uint64_t val);
    int (*ioport_permission)(struct domain *d, uint32_t s, uint32_t e,
                             uint8_t allow);
    int (*ioport_mapping)(struct domain *d, uint32_t s, uint32_t e,
                          uint8_t allow);
    int (*platform_op)(uint32_t op);
    int (*machine_memory_map)(void);
    int (*domain_memory_map)(struct domain *d);
    int (*xen_version)(uint32_t cmd);
};

#ifdef CONFIG_XSM

extern struct xsm_ops xsm_ops;

#ifndef XSM_NO_WRAPPERS

static inline void xsm_security_domaininfo(struct domain *d,
                                           struct xen_domctl_getdomaininfo *info)
{
    alternative_vcall(xsm_ops.security_domaininfo, d, info);
}

static inline int xsm_domain_create(xsm_default_t def, struct domain *d,
                                    uint32_t ssidref)
{
    return alternative_call(xsm_ops.domain_create, d, ssidref);
}

static inline int xsm_getdomaininfo(xsm_default_t def, struct domain *d)
{
    return alternative_call(xsm_ops.getdomaininfo, d);
}

static inline int xsm_domctl_scheduler_op(xsm_default_t def, struct domain *d,
                                          int cmd)
{
    return alternative_call(xsm_ops.domctl_scheduler_op, d, cmd);
}

static inline int xsm_sysctl_scheduler_op(xsm_default_t def, int cmd)
{
    return alternative_call(xsm_ops.sysctl_scheduler_op, cmd);
}

static inline int xsm_set_target(xsm_default_t def, struct domain *d,
                                 struct domain *e)
{
    return alternative_call(xsm_ops.set_target, d, e);
}

static inline int xsm_domctl(xsm_default_t def, struct domain *d, int cmd)
{
    return alternative_call(xsm_ops.domctl, d, cmd);
}

static inline int xsm_sysctl(xsm_default_t def, int cmd)
{
    return alternative_call(xsm_ops.sysctl, cmd);
}

static inline int xsm_readconsole(xsm_default_t def, uint32_t clear)
{
    return alternative_call(xsm_ops.readconsole, clear);
}

static inline int xsm_evtchn_unbound(xsm_default_t def, struct domain *d1,
                                     struct evtchn *chn, domid_t id2)
{
    return alternative_call(xsm_ops.evtchn_unbound, d1, chn, id2);
}

static inline int xsm_evtchn_interdomain(xsm_default_t def, struct domain *d1,
                                         struct evtchn *chn1,
                                         struct domain *d2,
                                         struct evtchn *chn2)
{
    return alternative_call(xsm_ops.evtchn_interdomain, d1, chn1, d2, chn2);
}

static inline void xsm_evtchn_close_post(struct evtchn *chn)
{
    alternative_vcall(xsm_ops.evtchn_close_post, chn);
}

static inline int xsm_evtchn_send(xsm_default_t def, struct domain *d,
                                  struct evtchn *chn)
{
    return alternative_call(xsm_ops.evtchn_send, d, chn);
}

static inline int xsm_evtchn_status(xsm_default_t def, struct domain *d,
                                    struct evtchn *chn)
{
    return alternative_call(xsm_ops.evtchn_status, d, chn);
}

static inline int xsm_evtchn_reset(xsm_default_t def, struct domain *d1,
                                   struct domain *d2)
{
    return alternative_call(xsm_ops.evtchn_reset, d1, d2);
}

#ifdef CONFIG_GRANT_TABLE
static inline int xsm_grant_mapref(xsm_default_t def, struct domain *d1,
                                   struct domain *d2, uint32_t flags)
{
    return alternative_call(xsm_ops.grant_mapref, d1, d2, flags);
}

static inline int xsm_grant_unmapref(xsm_default_t def, struct domain *d1,
                                     struct domain *d2)
{
    return alternative_call(xsm_ops.grant_unmapref, d1, d2);
}

static inline int xsm_grant_setup(xsm_default_t def, struct domain *d1,
                                  struct domain *d2)
{
    return alternative_call(xsm_ops.grant_setup, d1, d2);
}

static inline int xsm_grant_transfer(xsm_default_t def, struct domain *d1,
                                     struct domain *d2)
{
    return alternative_call(xsm_ops.grant_transfer, d1, d2);
}

static inline int xsm_grant_copy(xsm_default_t def, struct domain *d1,
                                 struct domain *d2)
{
    return alternative_call(xsm_ops.grant_copy, d1, d2);
}

static inline int xsm_grant_query_size(xsm_default_t def, struct domain *d1,
                                       struct domain *d2)
{
    return alternative_call(xsm_ops.grant_query_size, d1, d2);
}
#endif
static inline int xsm_alloc_security_domain(struct domain *d)
{
    return alternative_call(xsm_ops.alloc_security_domain, d);
}

static inline void xsm_free_security_domain(struct domain *d)
{
    alternative_vcall(xsm_ops.free_security_domain, d);
}

static inline int xsm_alloc_security_evtchns(struct evtchn *chn,
                                             unsigned int nr)
{
    return alternative_call(xsm_ops.alloc_security_evtchns, chn, nr);
}

static inline void xsm_free_security_evtchns(struct evtchn *chn,
                                             unsigned int nr)
{
    alternative_vcall(xsm_ops.free_security_evtchns, chn, nr);
}

static inline int xsm_memory_exchange(xsm_default_t def, struct domain *d)
{
    return alternative_call(xsm_ops.memory_exchange, d);
}

static inline int xsm_memory_adjust_reservation(xsm_default_t def,
                                                struct domain *d1,
                                                struct domain *d2)
{
    return alternative_call(xsm_ops.memory_adjust_reservation, d1, d2);
}

static inline int xsm_memory_stat_reservation(xsm_default_t def,
                                              struct domain *d1,
                                              struct domain *d2)
{
    return alternative_call(xsm_ops.memory_stat_reservation, d1, d2);
}

static inline int xsm_memory_pin_page(xsm_default_t def, struct domain *d1,
                                      struct domain *d2,
                                      struct page_info *page)
{
    return alternative_call(xsm_ops.memory_pin_page, d1, d2, page);
}

static inline int xsm_claim_pages(xsm_default_t def, struct domain *d)
{
    return alternative_call(xsm_ops.claim_pages, d);
}

static inline int xsm_console_io(xsm_default_t def, struct domain *d, int cmd)
{
    return alternative_call(xsm_ops.console_io, d, cmd);
}

#ifdef CONFIG_KEXEC
static inline int xsm_kexec(xsm_default_t def)
{
    return alternative_call(xsm_ops.kexec);
}
#endif
static inline int xsm_schedop_shutdown(xsm_default_t def, struct domain *d1,
                                       struct domain *d2)
{
    return alternative_call(xsm_ops.schedop_shutdown, d1, d2);
}

static inline char *xsm_show_security_evtchn(struct domain *d,
                                             const struct evtchn *chn)
{
    return alternative_call(xsm_ops.show_security_evtchn, d, chn);
}

static inline int xsm_map_domain_pirq(xsm_default_t def, struct domain *d)
{
    return alternative_call(xsm_ops.map_domain_pirq, d);
}

static inline int xsm_map_domain_irq(xsm_default_t def, struct domain *d,
                                     int irq)
{
    return alternative_call(xsm_ops.map_domain_irq, d, irq);
}

static inline int xsm_unmap_domain_pirq(xsm_default_t def, struct domain *d)
{
    return alternative_call(xsm_ops.unmap_domain_pirq, d);
}

static inline int xsm_bind_pt_irq(xsm_default_t def, struct domain *d,
                                  struct xen_domctl_bind_pt_irq *bind)
{
    return alternative_call(xsm_ops.bind_pt_irq, d, bind);
}

static inline int xsm_unbind_pt_irq(xsm_default_t def, struct domain *d,
                                    struct xen_domctl_bind_pt_irq *bind)
{
    return alternative_call(xsm_ops.unbind_pt_irq, d, bind);
}

static inline int xsm_irq_permission(xsm_default_t def, struct domain *d,
                                     int pirq, uint8_t allow)
{
    return alternative_call(xsm_ops.irq_permission, d, pirq, allow);
}

static inline int xsm_iomem_permission(xsm_default_t def, struct domain *d,
                                       uint64_t s, uint64_t e, uint8_t allow)
{
    return alternative_call(xsm_ops.iomem_permission, d, s, e, allow);
}

static inline int xsm_iomem_mapping(xsm_default_t def, struct domain *d,
                                    uint64_t s, uint64_t e, uint8_t allow)
{
    return alternative_call(xsm_ops.iomem_mapping, d, s, e, allow);
}

#ifdef CONFIG_HAS_PCI
static inline int xsm_pci_config_permission(xsm_default_t def,
                                            struct domain *d, uint32_t sbdf,
                                            uint8_t write)
{
    return alternative_call(xsm_ops.pci_config_permission, d, sbdf, write);
}
#endif
#ifdef CONFIG_HAS_PASSTHROUGH
static inline int xsm_assign_device(xsm_default_t def, struct domain *d,
                                    uint32_t sbdf)
{
    return alternative_call(xsm_ops.assign_device, d, sbdf);
}

static inline int xsm_deassign_device(xsm_default_t def, struct domain *d,
                                      uint32_t sbdf)
{
    return alternative_call(xsm_ops.deassign_device, d, sbdf);
}

static inline int xsm_get_device_group(xsm_default_t def, uint32_t sbdf)
{
    return alternative_call(xsm_ops.get_device_group, sbdf);
}
#endif
#ifdef CONFIG_HAS_PCI
static inline int xsm_resource_plug_pci(xsm_default_t def, uint32_t sbdf)
{
    return alternative_call(xsm_ops.resource_plug_pci, sbdf);
}

static inline int xsm_resource_unplug_pci(xsm_default_t def, uint32_t sbdf)
{
    return alternative_call(xsm_ops.resource_unplug_pci, sbdf);
}
#endif
static inline int xsm_resource_plug_core(xsm_default_t def)
{
    return alternative_call(xsm_ops.resource_plug_core);
}

static inline int xsm_resource_unplug_core(xsm_default_t def)
{
    return alternative_call(xsm_ops.resource_unplug_core);
}

static inline int xsm_resource_setup_gsi(xsm_default_t def, int gsi)
{
    return alternative_call(xsm_ops.resource_setup_gsi, gsi);
}

static inline int xsm_page_offline(xsm_default_t def, uint32_t cmd)
{
    return alternative_call(xsm_ops.page_offline, cmd);
}

static inline long xsm_do_xsm_op(XEN_GUEST_HANDLE_PARAM(void) op)
{
    return alternative_call(xsm_ops.do_xsm_op, op);
}

#ifdef CONFIG_COMPAT
static inline int xsm_do_compat_op(XEN_GUEST_HANDLE_PARAM(void) op)
{
    return alternative_call(xsm_ops.do_compat_op, op);
}
#endif
static inline int xsm_hvm_param(xsm_default_t def, struct domain *d,
                                unsigned long op)
{
    return alternative_call(xsm_ops.hvm_param, d, op);
}

static inline int xsm_hvm_control(xsm_default_t def, struct domain *d,
                                  unsigned long op)
{
    return alternative_call(xsm_ops.hvm_control, d, op);
}

static inline int xsm_vm_event_control(xsm_default_t def, struct domain *d,
                                       int mode, int op)
{
    return alternative_call(xsm_ops.vm_event_control, d, mode, op);
}

#ifdef CONFIG_MEM_PAGING
static inline int xsm_mem_paging(xsm_default_t def, struct domain *d)
{
    return alternative_call(xsm_ops.mem_paging, d);
}
#endif
#ifdef CONFIG_MEM_SHARING
static inline int xsm_mem_sharing(xsm_default_t def, struct domain *d)
{
    return alternative_call(xsm_ops.mem_sharing, d);
}
#endif
static inline int xsm_add_to_physmap(xsm_default_t def, struct domain *d1,
                                     struct domain *d2)
{
    return alternative_call(xsm_ops.add_to_physmap, d1, d2);
}

static inline int xsm_remove_from_physmap(xsm_default_t def,
                                          struct domain *d1,
                                          struct domain *d2)
{
    return alternative_call(xsm_ops.remove_from_physmap, d1, d2);
}

static inline int xsm_map_gmfn_foreign(xsm_default_t def, struct domain *d,
                                       struct domain *t)
{
    return alternative_call(xsm_ops.map_gmfn_foreign, d, t);
}

static inline int xsm_shadow_control(xsm_default_t def, struct domain *d,
                                     uint32_t op)
{
    return alternative_call(xsm_ops.shadow_control, d, op);
}

static inline int xsm_mmu_update(xsm_default_t def, struct domain *d,
                                 struct domain *t, struct domain *f,
                                 uint32_t flags)
{
    return alternative_call(xsm_ops.mmu_update, d, t, f, flags);
}

static inline int xsm_mmuext_op(xsm_default_t def, struct domain *d,
                                struct domain *f)
{
    return alternative_call(xsm_ops.mmuext_op, d, f);
}

static inline int xsm_update_va_mapping(xsm_default_t def, struct domain *d,
                                        struct domain *f, uint64_t val)
{
    return alternative_call(xsm_ops.update_va_mapping, d, f, val);
}

static inline int xsm_ioport_permission(xsm_default_t def, struct domain *d,
                                        uint32_t s, uint32_t e, uint8_t allow)
{
    return alternative_call(xsm_ops.ioport_permission, d, s, e, allow);
}

static inline int xsm_ioport_mapping(xsm_default_t def, struct domain *d,
                                     uint32_t s, uint32_t e, uint8_t allow)
{
    return alternative_call(xsm_ops.ioport_mapping, d, s, e, allow);
}

static inline int xsm_platform_op(xsm_default_t def, uint32_t op)
{
    return alternative_call(xsm_ops.platform_op, op);
}

static inline int xsm_machine_memory_map(xsm_default_t def)
{
    return alternative_call(xsm_ops.machine_memory_map);
}

static inline int xsm_domain_memory_map(xsm_default_t def, struct domain *d)
{
    return alternative_call(xsm_ops.domain_memory_map, d);
}

static inline int xsm_xen_version(xsm_default_t def, uint32_t cmd)
{
    return alternative_call(xsm_ops.xen_version, cmd);
}

#endif /* XSM_NO_WRAPPERS */

void xsm_core_init(const void *policy, size_t size);
void xsm_fixup_ops(struct xsm_ops *ops);

#ifdef CONFIG_XSM_FLASK
const struct xsm_ops *flask_init(const void *policy, size_t size);
#else
static inline const struct xsm_ops *flask_init(const void *policy, size_t size)
{
    return NULL;
}
#endif

#ifdef CONFIG_XSM_SILO
const struct xsm_ops *silo_init(void);
#else
static inline const struct xsm_ops *silo_init(void)
{
    return NULL;
}
#endif

#else /* CONFIG_XSM */

#include <xsm/dummy.h>

static inline void xsm_core_init(const void *policy, size_t size)
{
}

#endif /* CONFIG_XSM */

#endif /* __XSM_H__ */
