/* The devices of the machine, and who has them. */
#include <xen/guest_access.h>
#include <xen/iommu.h>
#include <xen/pci.h>
#include <xsm/xsm.h>

static struct pci_dev pdevs[MAX_PDEV];
static DEFINE_SPINLOCK(pcidevs_lock);

struct pci_dev *pci_get_pdev(uint32_t sbdf)
{
    unsigned int i;

    for ( i = 0; i < MAX_PDEV; i++ )
        if ( pdevs[i].present && pdevs[i].sbdf == sbdf )
            return &pdevs[i];
    return NULL;
}

int pci_add_device(uint32_t sbdf)
{
    unsigned int i;

    if ( pci_get_pdev(sbdf) )
        return -EEXIST;
    for ( i = 0; i < MAX_PDEV; i++ )
        if ( !pdevs[i].present )
        {
            pdevs[i].sbdf = sbdf;
            pdevs[i].domain = hardware_domain;
            pdevs[i].present = true;
            return 0;
        }
    return -ENOSPC;
}

int pci_remove_device(uint32_t sbdf)
{
    struct pci_dev *pdev = pci_get_pdev(sbdf);

    if ( !pdev )
        return -ENODEV;
    if ( pdev->domain != hardware_domain )
        return -EBUSY;
    pdev->present = false;
    return 0;
}

#ifdef CONFIG_HAS_PASSTHROUGH

static int device_assigned(uint32_t sbdf)
{
    struct pci_dev *pdev = pci_get_pdev(sbdf);

    if ( !pdev )
        return -ENODEV;
    return pdev->domain == hardware_domain ? 0 : -EBUSY;
}

static int assign_device(struct domain *d, uint32_t sbdf)
{
    int rc = iommu_get_ops()->assign(d, sbdf);

    if ( !rc )
        pci_get_pdev(sbdf)->domain = d;
    return rc;
}

static int deassign_device(struct domain *d, uint32_t sbdf)
{
    struct pci_dev *pdev = pci_get_pdev(sbdf);
    int rc;

    if ( !pdev || pdev->domain != d )
        return -ENODEV;
    rc = iommu_get_ops()->deassign(d, sbdf);
    if ( !rc )
        pdev->domain = hardware_domain;
    return rc;
}

static int iommu_get_device_group(struct domain *d,
                                  struct xen_domctl_get_device_group *g)
{
    int group = iommu_get_ops()->group_id(g->machine_sbdf);
    unsigned int i, n = 0;

    for ( i = 0; i < MAX_PDEV && n < g->max_sdevs; i++ )
    {
        uint32_t sbdf = pdevs[i].sbdf;

        if ( !pdevs[i].present || iommu_get_ops()->group_id(sbdf) != group )
            continue;
        if ( xsm_get_device_group(XSM_HOOK, sbdf) )
            continue;
        if ( copy_to_guest_offset(g->sdev_array, n, &sbdf, 1) )
            return -EFAULT;
        n++;
    }
    g->num_sdevs = n;
    return 0;
}

int iommu_do_pci_domctl(struct xen_domctl *domctl, struct domain *d,
                        XEN_GUEST_HANDLE_PARAM(xen_domctl_t) u_domctl)
{
    uint32_t sbdf;
    int ret = 0;

    switch ( domctl->cmd )
    {
    case XEN_DOMCTL_get_device_group:
        ret = xsm_get_device_group(XSM_HOOK,
                                   domctl->u.get_device_group.machine_sbdf);
        if ( ret )
            break;

        ret = iommu_get_device_group(d, &domctl->u.get_device_group);
        if ( !ret && __copy_field_to_guest(u_domctl, domctl, u.get_device_group) )
            ret = -EFAULT;
        break;

    case XEN_DOMCTL_assign_device:
        if ( d->is_dying )
        {
            ret = -EINVAL;
            break;
        }
        /* fall through */
    case XEN_DOMCTL_test_assign_device:
        sbdf = domctl->u.assign_device.machine_sbdf;

        ret = xsm_assign_device(XSM_HOOK, d, sbdf);
        if ( ret )
            break;

        spin_lock(&pcidevs_lock);
        ret = device_assigned(sbdf);
        if ( !ret && domctl->cmd == XEN_DOMCTL_assign_device )
            ret = assign_device(d, sbdf);
        spin_unlock(&pcidevs_lock);
        break;

    case XEN_DOMCTL_deassign_device:
        sbdf = domctl->u.assign_device.machine_sbdf;

        ret = xsm_deassign_device(XSM_HOOK, d, sbdf);
        if ( ret )
            break;

        spin_lock(&pcidevs_lock);
        ret = deassign_device(d, sbdf);
        spin_unlock(&pcidevs_lock);
        break;

    default:
        ret = -ENOSYS;
        break;
    }

    return ret;
}

#endif /* CONFIG_HAS_PASSTHROUGH */
