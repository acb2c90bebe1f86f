/* Interrupts and devices, for the domains that drive them. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/pci.h>
#include <xen/sched.h>
#include <public/physdev.h>
#include <xsm/xsm.h>

static uint32_t apic_regs[64];
static uint8_t gsi_mode[64];

static int pirq_slot(const struct domain *d, int pirq)
{
    int i;

    if ( pirq >= 0 )
        return pirq < (int)ARRAY_SIZE(d->arch.pirq_to_irq) ? pirq : -EINVAL;
    for ( i = 1; i < (int)ARRAY_SIZE(d->arch.pirq_to_irq); i++ )
        if ( d->arch.pirq_to_irq[i] == 0 )
            return i;
    return -ENOSPC;
}

static int map_domain_pirq(struct domain *d, int pirq, int irq)
{
    int ret;

    if ( !irq_access_permitted(current->domain, irq) )
        return -EPERM;
    if ( d->arch.pirq_to_irq[pirq] )
        return -EBUSY;

    ret = xsm_map_domain_irq(XSM_HOOK, d, irq);
    if ( ret )
        return ret;

    ret = irq_permit_access(d, irq);
    if ( !ret )
        d->arch.pirq_to_irq[pirq] = irq;
    return ret;
}

static int physdev_map_pirq(struct physdev_map_pirq *map)
{
    struct domain *d;
    int ret, pirq;

    d = rcu_lock_domain_by_any_id(map->domid);
    if ( d == NULL )
        return -ESRCH;

    ret = xsm_map_domain_pirq(XSM_DM_PRIV, d);
    if ( ret )
        goto free_domain;

    ret = -EINVAL;
    if ( map->index <= 0 )
        goto free_domain;

    spin_lock(&d->event_lock);
    ret = pirq = pirq_slot(d, map->pirq);
    if ( pirq >= 0 )
        ret = map_domain_pirq(d, pirq, map->index);
    if ( ret == 0 )
        map->pirq = pirq;
    spin_unlock(&d->event_lock);

 free_domain:
    rcu_unlock_domain(d);
    return ret;
}

static int physdev_unmap_pirq(domid_t domid, int pirq)
{
    struct domain *d;
    int ret;

    d = rcu_lock_domain_by_any_id(domid);
    if ( d == NULL )
        return -ESRCH;

    spin_lock(&d->event_lock);
    ret = pirq_slot(d, pirq < 0 ? 0 : pirq);
    if ( ret >= 0 && d->arch.pirq_to_irq[ret] )
    {
        irq_deny_access(d, d->arch.pirq_to_irq[ret]);
        d->arch.pirq_to_irq[ret] = 0;
        ret = 0;
    }
    spin_unlock(&d->event_lock);

    rcu_unlock_domain(d);
    return ret;
}

long do_physdev_op(int cmd, XEN_GUEST_HANDLE_PARAM(void) arg)
{
    struct domain *currd = current->domain;
    long ret;

    switch ( cmd )
    {
    case PHYSDEVOP_eoi:
    {
        struct physdev_eoi eoi;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&eoi, arg.p, sizeof(eoi)) )
            break;
        ret = -EINVAL;
        if ( eoi.irq >= ARRAY_SIZE(currd->arch.pirq_to_irq) )
            break;
        currd->arch.hvm.irq_level[eoi.irq] = 0;
        ret = 0;
        break;
    }

    case PHYSDEVOP_irq_status_query:
    {
        struct physdev_irq_status_query q;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&q, arg.p, sizeof(q)) )
            break;
        ret = -EINVAL;
        if ( q.irq >= ARRAY_SIZE(currd->arch.pirq_to_irq) )
            break;
        q.flags = currd->arch.pirq_to_irq[q.irq] != 0;
        ret = raw_copy_to_guest(arg.p, &q, sizeof(q)) ? -EFAULT : 0;
        break;
    }

    case PHYSDEVOP_map_pirq:
    {
        struct physdev_map_pirq map;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&map, arg.p, sizeof(map)) )
            break;
        ret = physdev_map_pirq(&map);
        if ( !ret && raw_copy_to_guest(arg.p, &map, sizeof(map)) )
            ret = -EFAULT;
        break;
    }

    case PHYSDEVOP_unmap_pirq:
    {
        struct physdev_unmap_pirq unmap;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&unmap, arg.p, sizeof(unmap)) )
            break;
        ret = physdev_unmap_pirq(unmap.domid, unmap.pirq);
        break;
    }

    case PHYSDEVOP_apic_read:
    case PHYSDEVOP_apic_write:
    {
        struct physdev_apic apic;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&apic, arg.p, sizeof(apic)) )
            break;
        ret = -EPERM;
        if ( !IS_PRIV(current->domain) )
            break;
        ret = -EINVAL;
        if ( apic.reg >= ARRAY_SIZE(apic_regs) )
            break;
        ret = 0;
        if ( cmd == PHYSDEVOP_apic_write )
            apic_regs[apic.reg] = apic.value;
        else
        {
            apic.value = apic_regs[apic.reg];
            if ( raw_copy_to_guest(arg.p, &apic, sizeof(apic)) )
                ret = -EFAULT;
        }
        break;
    }

    case PHYSDEVOP_set_iopl:
    {
        struct physdev_set_iopl set;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&set, arg.p, sizeof(set)) )
            break;
        ret = -EINVAL;
        if ( set.iopl > 3 )
            break;
        current->arch.ctxt.flags &= ~0x3000UL;
        current->arch.ctxt.flags |= set.iopl << 12;
        ret = 0;
        break;
    }

    case PHYSDEVOP_setup_gsi:
    {
        struct physdev_setup_gsi gsi;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&gsi, arg.p, sizeof(gsi)) )
            break;
        ret = -EINVAL;
        if ( gsi.gsi < 0 || gsi.gsi >= (int)ARRAY_SIZE(gsi_mode) )
            break;
        ret = xsm_resource_setup_gsi(XSM_PRIV, gsi.gsi);
        if ( ret )
            break;
        gsi_mode[gsi.gsi] = gsi.triggering | (gsi.polarity << 1);
        break;
    }

#ifdef CONFIG_HAS_PCI
    case PHYSDEVOP_pci_device_add:
    {
        struct physdev_pci_device dev;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&dev, arg.p, sizeof(dev)) )
            break;
        ret = xsm_resource_plug_pci(XSM_PRIV, dev.sbdf) ?:
              pci_add_device(dev.sbdf);
        break;
    }

    case PHYSDEVOP_pci_device_remove:
    {
        struct physdev_pci_device dev;

        ret = -EFAULT;
        if ( raw_copy_from_guest(&dev, arg.p, sizeof(dev)) )
            break;
        ret = xsm_resource_unplug_pci(XSM_PRIV, dev.sbdf);
        if ( ret == -EAGAIN )
            break;
        ret = pci_remove_device(dev.sbdf);
        break;
    }
#endif

    default:
        ret = -ENOSYS;
        break;
    }

    return ret;
}
