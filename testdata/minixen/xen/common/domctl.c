/* Operations on domains, for the tools of the control domain. */
#include <xen/sched.h>
#include <xen/event.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/mm.h>
#include <xen/vm_event.h>
#include <xsm/xsm.h>

static DEFINE_SPINLOCK(domctl_lock);

static domid_t next_domid(void)
{
    static domid_t last;
    struct domain *d;

    for ( ; ; )
    {
        last = last + 1 < DOMID_FIRST_RESERVED ? last + 1 : 1;
        d = rcu_lock_domain_by_id(last);
        if ( d == NULL )
            return last;
        rcu_unlock_domain(d);
    }
}

static struct vcpu *domctl_vcpu(struct domain *d, uint32_t id)
{
    return id < d->max_vcpus ? d->vcpu[id] : NULL;
}

static int set_max_vcpus(struct domain *d, unsigned int max)
{
    unsigned int i;

    if ( max == 0 || max > MAX_VIRT_CPUS || max < d->max_vcpus )
        return -EINVAL;
    for ( i = 0; i < max; i++ )
    {
        if ( d->vcpu[i] )
            continue;
        if ( !vcpu_create(d, i) )
            return -ENOMEM;
    }
    d->max_vcpus = max;
    return 0;
}

static int domctl_createdomain(struct xen_domctl *op)
{
    struct domain *d;

    if ( op->u.createdomain.flags & ~7u )
        return -EINVAL;
    d = domain_create(next_domid(), &op->u.createdomain, false);
    if ( IS_ERR(d) )
        return PTR_ERR(d);
    op->domain = d->domain_id;
    return 0;
}

static int domctl_memory_mapping(struct domain *d,
                                 const struct xen_domctl_memory_mapping *m)
{
    unsigned long gfn = m->first_gfn, mfn = m->first_mfn, nr = m->nr_mfns;
    unsigned long end = mfn + nr - 1;
    int add = m->add_mapping, ret;

    if ( end < mfn || gfn + nr - 1 < gfn )
        return -EINVAL;
    if ( !iomem_access_permitted(current->domain, mfn, end) ||
         !iomem_access_permitted(d, mfn, end) )
        return -EPERM;

    ret = xsm_iomem_mapping(XSM_HOOK, d, mfn, end, add);
    if ( ret )
        return ret;

    if ( add == DPCI_ADD_MAPPING )
        return map_mmio_regions(d, gfn, nr, mfn);
    return unmap_mmio_regions(d, gfn, nr, mfn);
}

long do_domctl(XEN_GUEST_HANDLE_PARAM(xen_domctl_t) u_domctl)
{
    struct xen_domctl curop, *op = &curop;
    struct domain *d = NULL;
    bool copyback = false;
    long ret = 0;

    if ( copy_from_guest(op, u_domctl, 1) )
        return -EFAULT;
    if ( op->interface_version != XEN_DOMCTL_INTERFACE_VERSION )
        return -EACCES;

    if ( op->cmd != XEN_DOMCTL_createdomain )
    {
        d = rcu_lock_domain_by_id(op->domain);
        if ( d == NULL )
            return -ESRCH;
    }

    ret = xsm_domctl(XSM_OTHER, d, op->cmd);
    if ( ret )
        goto domctl_out_unlock_domonly;

    if ( !spin_trylock(&domctl_lock) )
    {
        ret = -ERESTART;
        goto domctl_out_unlock_domonly;
    }

    switch ( op->cmd )
    {
    case XEN_DOMCTL_createdomain:
        ret = domctl_createdomain(op);
        copyback = !ret;
        break;

    case XEN_DOMCTL_destroydomain:
        ret = domain_kill(d);
        break;

    case XEN_DOMCTL_pausedomain:
        ret = -EINVAL;
        if ( d != current->domain )
            ret = domain_pause_by_systemcontroller(d);
        break;

    case XEN_DOMCTL_unpausedomain:
        ret = domain_unpause_by_systemcontroller(d);
        break;

    case XEN_DOMCTL_resumedomain:
        if ( d == current->domain )
            ret = -EINVAL;
        else
            domain_resume(d);
        break;

    case XEN_DOMCTL_soft_reset:
        if ( d == current->domain )
        {
            ret = -EINVAL;
            break;
        }
        ret = domain_soft_reset(d);
        break;

    case XEN_DOMCTL_getdomaininfo:
        ret = xsm_getdomaininfo(XSM_XS_PRIV, d);
        if ( ret )
            break;

        getdomaininfo(d, &op->u.getdomaininfo);
        copyback = true;
        break;

    case XEN_DOMCTL_max_vcpus:
        ret = set_max_vcpus(d, op->u.max_vcpus.max);
        break;

    case XEN_DOMCTL_setvcpuaffinity:
    case XEN_DOMCTL_getvcpuaffinity:
    {
        struct vcpu *v = domctl_vcpu(d, op->u.vcpuaffinity.vcpu);

        if ( v == NULL )
        {
            ret = -ESRCH;
            break;
        }
        if ( op->cmd == XEN_DOMCTL_setvcpuaffinity )
            ret = vcpu_set_hard_affinity(v, op->u.vcpuaffinity.map);
        else
        {
            op->u.vcpuaffinity.map = v->affinity;
            copyback = true;
        }
        break;
    }

    case XEN_DOMCTL_setvcpucontext:
    {
        struct vcpu *v = domctl_vcpu(d, op->u.vcpucontext.vcpu);
        struct vcpu_guest_context c;

        ret = -ESRCH;
        if ( v == NULL )
            break;
        ret = -EFAULT;
        if ( copy_from_guest(&c, op->u.vcpucontext.ctxt, 1) )
            break;
        domain_pause(d);
        v->arch.ctxt = c;
        v->is_initialised = true;
        domain_unpause(d);
        ret = 0;
        break;
    }

    case XEN_DOMCTL_getvcpucontext:
    {
        struct vcpu *v = domctl_vcpu(d, op->u.vcpucontext.vcpu);

        ret = -ESRCH;
        if ( v == NULL )
            break;
        ret = 0;
        if ( v != current )
            vcpu_pause(v);
        if ( copy_to_guest(op->u.vcpucontext.ctxt, &v->arch.ctxt, 1) )
            ret = -EFAULT;
        if ( v != current )
            vcpu_unpause(v);
        break;
    }

    case XEN_DOMCTL_getvcpuinfo:
    {
        struct vcpu *v = domctl_vcpu(d, op->u.getvcpuinfo.vcpu);

        if ( v == NULL )
        {
            ret = -ESRCH;
            break;
        }
        op->u.getvcpuinfo.online = !test_bit(_VPF_down, &v->pause_flags);
        op->u.getvcpuinfo.blocked = test_bit(_VPF_blocked, &v->pause_flags);
        op->u.getvcpuinfo.running = v->is_running;
        copyback = true;
        break;
    }

    case XEN_DOMCTL_max_mem:
    {
        uint64_t new_max = op->u.max_mem.max_memkb >> (PAGE_SHIFT - 10);

        spin_lock(&d->page_alloc_lock);
        d->max_pages = min(new_max, (uint64_t)MAX_PAGE);
        spin_unlock(&d->page_alloc_lock);
        break;
    }

    case XEN_DOMCTL_setdomainhandle:
        memcpy(d->handle, op->u.setdomainhandle.handle, sizeof(d->handle));
        break;

    case XEN_DOMCTL_irq_permission:
    {
        unsigned int pirq = op->u.irq_permission.pirq;
        int allow = op->u.irq_permission.allow_access;
        int irq = pirq < 32 ? current->domain->arch.pirq_to_irq[pirq] : 0;

        if ( irq == 0 || !irq_access_permitted(current->domain, irq) )
        {
            ret = -EPERM;
            break;
        }
        ret = xsm_irq_permission(XSM_HOOK, d, irq, allow);
        if ( ret )
            break;
        if ( allow )
            ret = irq_permit_access(d, irq);
        else
            ret = irq_deny_access(d, irq);
        break;
    }

    case XEN_DOMCTL_iomem_permission:
    {
        unsigned long mfn = op->u.iomem_permission.first_mfn;
        unsigned long nr = op->u.iomem_permission.nr_mfns;
        int allow = op->u.iomem_permission.allow_access;

        ret = -EINVAL;
        if ( (mfn + nr - 1) < mfn )
            break;
        ret = -EPERM;
        if ( !iomem_access_permitted(current->domain, mfn, mfn + nr - 1) )
            break;
        ret = xsm_iomem_permission(XSM_HOOK, d, mfn, mfn, allow);
        if ( ret )
            break;
        if ( allow )
            ret = iomem_permit_access(d, mfn, mfn + nr - 1);
        else
            ret = iomem_deny_access(d, mfn, mfn + nr - 1);
        break;
    }

    case XEN_DOMCTL_memory_mapping:
        ret = domctl_memory_mapping(d, &op->u.memory_mapping);
        break;

    case XEN_DOMCTL_settimeoffset:
        d->time_offset_seconds = op->u.settimeoffset.time_offset_seconds;
        update_domain_wallclock_time(d);
        break;

    case XEN_DOMCTL_set_target:
    {
        struct domain *e;

        ret = -ESRCH;
        e = get_domain_by_id(op->u.set_target.target);
        if ( e == NULL )
            break;

        ret = -EINVAL;
        if ( d == e || d->target != NULL )
        {
            put_domain(e);
            break;
        }

        ret = xsm_set_target(XSM_HOOK, d, e);
        if ( ret )
            break;

        /* The reference taken above now belongs to d. */
        d->target = e;
        break;
    }

    case XEN_DOMCTL_subscribe:
        d->suspend_evtchn = op->u.subscribe.port;
        break;

    case XEN_DOMCTL_set_virq_handler:
        ret = set_global_virq_handler(d, op->u.set_virq_handler.virq);
        break;

    case XEN_DOMCTL_vm_event_op:
        ret = vm_event_domctl(d, &op->u.vm_event_op);
        copyback = true;
        break;

    case XEN_DOMCTL_scheduler_op:
        ret = sched_adjust(d, &op->u.scheduler_op);
        copyback = true;
        break;

    default:
        ret = arch_do_domctl(op, d, u_domctl);
        break;
    }

    spin_unlock(&domctl_lock);

 domctl_out_unlock_domonly:
    if ( d != NULL )
        rcu_unlock_domain(d);
    if ( copyback && __copy_to_guest(u_domctl, op, 1) )
        ret = -EFAULT;

    return ret;
}
