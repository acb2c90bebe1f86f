/* The unit between devices and memory: operations that reach it, and two drivers. */
#include <xen/iommu.h>
#include <xen/guest_access.h>
#include <xen/pci.h>

static int bus_group(uint32_t sbdf)
{
    return sbdf >> 8;
}

static int single_group(uint32_t sbdf)
{
    return sbdf;
}

static int vtd_assign(struct domain *d, uint32_t sbdf)
{
    d->arch.has_iommu = true;
    return pci_get_pdev(sbdf) ? 0 : -ENODEV;
}

static int vtd_deassign(struct domain *d, uint32_t sbdf)
{
    return 0;
}

static int null_assign(struct domain *d, uint32_t sbdf)
{
    return -ENODEV;
}

static const struct iommu_ops vtd_ops = {
    .assign   = vtd_assign,
    .deassign = vtd_deassign,
    .group_id = bus_group,
};

static const struct iommu_ops null_ops = {
    .assign   = null_assign,
    .deassign = null_assign,
    .group_id = single_group,
};

static bool iommu_enabled = true;

const struct iommu_ops *iommu_get_ops(void)
{
    return iommu_enabled ? &vtd_ops : &null_ops;
}

int iommu_do_domctl(struct xen_domctl *domctl, struct domain *d,
                    XEN_GUEST_HANDLE_PARAM(xen_domctl_t) u_domctl)
{
    int ret = -ENODEV;

    if ( !iommu_enabled )
        return -EOPNOTSUPP;
#ifdef CONFIG_HAS_PCI
    ret = iommu_do_pci_domctl(domctl, d, u_domctl);
#endif
    return ret;
}

int pt_irq_create_bind(struct domain *d, const struct xen_domctl_bind_pt_irq *b)
{
    if ( b->guest_irq >= ARRAY_SIZE(d->arch.pirq_to_irq) )
        return -EINVAL;
    d->arch.pirq_to_irq[b->guest_irq] = b->machine_irq;
    return 0;
}

int pt_irq_destroy_bind(struct domain *d, const struct xen_domctl_bind_pt_irq *b)
{
    if ( b->guest_irq >= ARRAY_SIZE(d->arch.pirq_to_irq) ||
         d->arch.pirq_to_irq[b->guest_irq] != b->machine_irq )
        return -EINVAL;
    d->arch.pirq_to_irq[b->guest_irq] = 0;
    return 0;
}
