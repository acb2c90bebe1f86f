/* Operations on domains that only this architecture has. */
#include <xen/event.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/iommu.h>
#include <xen/mm.h>
#include <xsm/xsm.h>

static int paging_domctl(struct domain *d, struct xen_domctl_shadow_op *sc)
{
    int rc;

    if ( unlikely(d == current->domain) )
        return -EINVAL;
    if ( unlikely(d->is_dying) )
        return 0;

    rc = xsm_shadow_control(XSM_HOOK, d, sc->op);
    if ( rc )
        return rc;

    switch ( sc->op )
    {
    case XEN_DOMCTL_SHADOW_OP_OFF:
        d->arch.hvm.logdirty = false;
        break;
    case XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY:
        d->arch.hvm.logdirty = true;
        break;
    case XEN_DOMCTL_SHADOW_OP_CLEAN:
        d->arch.dirty_count = 0;
        /* fall through */
    case XEN_DOMCTL_SHADOW_OP_PEEK:
        if ( !guest_handle_is_null(sc->dirty_bitmap) &&
             clear_guest(sc->dirty_bitmap, (sc->pages + 7) / 8) )
            rc = -EFAULT;
        break;
    default:
        rc = -EINVAL;
        break;
    }
    return rc;
}

static int hvm_save(struct domain *d, struct xen_domctl_hvmcontext *c)
{
    uint32_t len = sizeof(d->arch.hvm.params);

    if ( guest_handle_is_null(c->buffer) )
    {
        c->size = len;
        return 0;
    }
    if ( c->size < len )
        return -ENOSPC;
    c->size = len;
    return raw_copy_to_guest(c->buffer.p, d->arch.hvm.params, len) ? -EFAULT : 0;
}

static int hvm_load(struct domain *d, const struct xen_domctl_hvmcontext *c)
{
    uint64_t params[HVM_NR_PARAMS];

    if ( c->size != sizeof(params) )
        return -EINVAL;
    if ( raw_copy_from_guest(params, c->buffer.p, c->size) )
        return -EFAULT;
    memcpy(d->arch.hvm.params, params, sizeof(params));
    return 0;
}

#ifdef CONFIG_MEM_SHARING
static int mem_sharing_domctl(struct domain *d,
                              const struct xen_domctl_mem_sharing_op *mec)
{
    int rc = xsm_mem_sharing(XSM_DM_PRIV, d);

    if ( rc )
        return rc;
    if ( !is_hvm_domain(d) )
        return -ENODEV;
    d->arch.sharing_enabled = mec->enable;
    return 0;
}
#endif

long arch_do_domctl(struct xen_domctl *domctl, struct domain *d,
                    XEN_GUEST_HANDLE_PARAM(xen_domctl_t) u_domctl)
{
    struct domain *currd = current->domain;
    bool copyback = false;
    long ret = 0;

    switch ( domctl->cmd )
    {
    case XEN_DOMCTL_shadow_op:
        ret = paging_domctl(d, &domctl->u.shadow_op);
        copyback = true;
        break;

    case XEN_DOMCTL_ioport_permission:
    {
        unsigned int fp = domctl->u.ioport_permission.first_port;
        unsigned int np = domctl->u.ioport_permission.nr_ports;
        int allow = domctl->u.ioport_permission.allow_access;

        if ( (fp + np) <= fp || (fp + np) > 65536 )
            ret = -EINVAL;
        else if ( !ioports_access_permitted(currd, fp, fp + np - 1) ||
                  xsm_ioport_permission(XSM_HOOK, d, fp, fp + np - 1, allow) )
            ret = -EPERM;
        else if ( allow )
            ret = ioports_permit_access(d, fp, fp + np - 1);
        else
            ret = ioports_deny_access(d, fp, fp + np - 1);
        break;
    }

    case XEN_DOMCTL_ioport_mapping:
    {
        unsigned int fmp = domctl->u.ioport_mapping.first_mport;
        unsigned int np = domctl->u.ioport_mapping.nr_ports;
        int add = domctl->u.ioport_mapping.add_mapping;

        ret = -EINVAL;
        if ( np == 0 || fmp + np > 65536 )
            break;
        ret = -EPERM;
        if ( !ioports_access_permitted(currd, fmp, fmp + np - 1) )
            break;
        ret = xsm_ioport_mapping(XSM_HOOK, d, fmp, fmp + np - 1, add);
        if ( ret )
            break;
        if ( add )
            ret = ioports_permit_access(d, fmp, fmp + np - 1);
        else
            ret = ioports_deny_access(d, fmp, fmp + np - 1);
        break;
    }

    case XEN_DOMCTL_sethvmcontext:
        ret = -EINVAL;
        if ( d == currd || !is_hvm_domain(d) )
            break;
        domain_pause(d);
        ret = hvm_load(d, &domctl->u.hvmcontext);
        domain_unpause(d);
        break;

    case XEN_DOMCTL_gethvmcontext:
        ret = -EINVAL;
        if ( d == currd || !is_hvm_domain(d) )
            break;
        domain_pause(d);
        ret = hvm_save(d, &domctl->u.hvmcontext);
        domain_unpause(d);
        copyback = true;
        break;

    case XEN_DOMCTL_set_address_size:
        if ( d->tot_pages != 0 )
        {
            ret = -EBUSY;
            break;
        }
        d->arch.is_32bit = domctl->u.address_size.size == 32;
        break;

    case XEN_DOMCTL_get_address_size:
        domctl->u.address_size.size = d->arch.is_32bit ? 32 : 64;
        copyback = true;
        break;

    case XEN_DOMCTL_sendtrigger:
    {
        struct vcpu *v;

        ret = -ESRCH;
        if ( domctl->u.sendtrigger.vcpu >= d->max_vcpus ||
             (v = d->vcpu[domctl->u.sendtrigger.vcpu]) == NULL )
            break;
        send_guest_vcpu_virq(v, VIRQ_DEBUG);
        ret = 0;
        break;
    }

#ifdef CONFIG_HAS_PASSTHROUGH
    case XEN_DOMCTL_bind_pt_irq:
    {
        struct xen_domctl_bind_pt_irq *bind = &domctl->u.bind_pt_irq;
        int irq = bind->machine_irq;

        ret = -EPERM;
        if ( irq <= 0 || !irq_access_permitted(currd, irq) )
            break;
        ret = xsm_bind_pt_irq(XSM_HOOK, d, bind);
        if ( !ret )
            ret = pt_irq_create_bind(d, bind);
        break;
    }

    case XEN_DOMCTL_unbind_pt_irq:
    {
        struct xen_domctl_bind_pt_irq *bind = &domctl->u.bind_pt_irq;

        if ( (ret = xsm_unbind_pt_irq(XSM_HOOK, d, bind)) != 0 )
            break;
        ret = pt_irq_destroy_bind(d, bind);
        break;
    }
#endif

#ifdef CONFIG_MEM_SHARING
    case XEN_DOMCTL_mem_sharing_op:
        ret = mem_sharing_domctl(d, &domctl->u.mem_sharing_op);
        break;
#else
    case XEN_DOMCTL_mem_sharing_op:
        ret = -EOPNOTSUPP;
        break;
#endif

    default:
#ifdef CONFIG_HAS_PASSTHROUGH
        ret = iommu_do_domctl(domctl, d, u_domctl);
#else
        ret = -ENOSYS;
#endif
        break;
    }

    if ( copyback && __copy_to_guest(u_domctl, domctl, 1) )
        ret = -EFAULT;

    return ret;
}
