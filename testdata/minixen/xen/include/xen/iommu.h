#ifndef __XEN_IOMMU_H__
#define __XEN_IOMMU_H__

#include <xen/sched.h>

#ifdef CONFIG_HAS_PASSTHROUGH

/* What drives the hardware; one table per kind of unit. */
struct iommu_ops {
    int (*assign)(struct domain *d, uint32_t sbdf);
    int (*deassign)(struct domain *d, uint32_t sbdf);
    int (*group_id)(uint32_t sbdf);
};

const struct iommu_ops *iommu_get_ops(void);

int iommu_do_domctl(struct xen_domctl *domctl, struct domain *d,
                    XEN_GUEST_HANDLE_PARAM(xen_domctl_t) u_domctl);
int iommu_do_pci_domctl(struct xen_domctl *domctl, struct domain *d,
                        XEN_GUEST_HANDLE_PARAM(xen_domctl_t) u_domctl);
int pt_irq_create_bind(struct domain *d, const struct xen_domctl_bind_pt_irq *b);
int pt_irq_destroy_bind(struct domain *d, const struct xen_domctl_bind_pt_irq *b);

#endif

#endif
