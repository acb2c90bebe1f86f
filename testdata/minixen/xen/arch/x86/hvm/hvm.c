/* Operations on guests with hardware-assisted virtualisation. */
#include <xen/event.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/sched.h>
#include <public/hvm/hvm_op.h>
#include <xsm/xsm.h>

static long hvmop_set_param(XEN_GUEST_HANDLE_PARAM(void) arg)
{
    struct xen_hvm_param a;
    struct domain *d;
    long rc;

    if ( raw_copy_from_guest(&a, arg.p, sizeof(a)) )
        return -EFAULT;
    if ( a.index >= HVM_NR_PARAMS )
        return -EINVAL;
    d = rcu_lock_domain_by_any_id(a.domid);
    if ( d == NULL )
        return -ESRCH;

    rc = -EINVAL;
    if ( !is_hvm_domain(d) )
        goto out;

    rc = xsm_hvm_param(XSM_TARGET, d, HVMOP_set_param);
    if ( rc )
        goto out;

    domain_pause(d);
    d->arch.hvm.params[a.index] = a.value;
    domain_unpause(d);

 out:
    rcu_unlock_domain(d);
    return rc;
}

static long hvmop_get_param(XEN_GUEST_HANDLE_PARAM(void) arg)
{
    struct xen_hvm_param a;
    struct domain *d;
    long rc;

    if ( raw_copy_from_guest(&a, arg.p, sizeof(a)) )
        return -EFAULT;
    if ( a.index >= HVM_NR_PARAMS )
        return -EINVAL;
    d = rcu_lock_domain_by_any_id(a.domid);
    if ( d == NULL )
        return -ESRCH;

    rc = -EINVAL;
    if ( !is_hvm_domain(d) )
        goto out;

    rc = xsm_hvm_param(XSM_TARGET, d, HVMOP_get_param);
    if ( rc )
        return rc;

    a.value = d->arch.hvm.params[a.index];
    rc = raw_copy_to_guest(arg.p, &a, sizeof(a)) ? -EFAULT : 0;

 out:
    rcu_unlock_domain(d);
    return rc;
}

static long hvmop_set_pci_intx_level(XEN_GUEST_HANDLE_PARAM(void) arg)
{
    struct xen_hvm_set_pci_intx_level op;
    struct domain *d;
    long rc;

    if ( raw_copy_from_guest(&op, arg.p, sizeof(op)) )
        return -EFAULT;
    if ( op.device > 31 || op.intx > 3 )
        return -EINVAL;

    rc = rcu_lock_remote_domain_by_id(op.domid, &d);
    if ( rc )
        return rc;

    rc = -EINVAL;
    if ( !is_hvm_domain(d) )
        goto out;
    rc = xsm_hvm_control(XSM_DM_PRIV, d, HVMOP_set_pci_intx_level);
    if ( rc )
        goto out;

    d->arch.hvm.irq_level[op.device] = op.level;

 out:
    rcu_unlock_domain(d);
    return rc;
}

static long hvmop_track_dirty_vram(XEN_GUEST_HANDLE_PARAM(void) arg)
{
    struct xen_hvm_track_dirty_vram a;
    struct domain *d;
    long rc;

    if ( raw_copy_from_guest(&a, arg.p, sizeof(a)) )
        return -EFAULT;
    rc = rcu_lock_remote_domain_by_id(a.domid, &d);
    if ( rc )
        return rc;

    rc = -EPERM;
    if ( !IS_PRIV_FOR(current->domain, d) )
        goto out;
    rc = xsm_hvm_control(XSM_DM_PRIV, d, HVMOP_track_dirty_vram);
    if ( rc )
        goto out;

    rc = a.nr > 0x4000 ? -EINVAL : 0;
    if ( !rc )
        d->arch.hvm.dirty_vram_pages = a.nr;

 out:
    rcu_unlock_domain(d);
    return rc;
}

static long hvmop_set_mem_type(XEN_GUEST_HANDLE_PARAM(void) arg)
{
    struct xen_hvm_set_mem_type a;
    struct domain *d;
    long rc;

    if ( raw_copy_from_guest(&a, arg.p, sizeof(a)) )
        return -EFAULT;
    rc = rcu_lock_remote_domain_by_id(a.domid, &d);
    if ( rc )
        return rc;

    rc = -EINVAL;
    if ( is_hvm_domain(d) && a.type < NR_MEMTYPES )
    {
        d->arch.hvm.memtype[a.type] = a.nr;
        rc = 0;
    }
    rcu_unlock_domain(d);
    return rc;
}

static long hvmop_pagetable_dying(XEN_GUEST_HANDLE_PARAM(void) arg)
{
    struct xen_hvm_pagetable_dying a;
    struct domain *d;
    long rc;

    if ( raw_copy_from_guest(&a, arg.p, sizeof(a)) )
        return -EFAULT;
    d = rcu_lock_domain_by_any_id(a.domid);
    if ( d == NULL )
        return -ESRCH;

    rc = xsm_hvm_control(XSM_DM_PRIV, current->domain, HVMOP_pagetable_dying);
    if ( !rc )
        d->arch.dirty_count++;

    rcu_unlock_domain(d);
    return rc;
}

static long hvmop_inject_trap(XEN_GUEST_HANDLE_PARAM(void) arg)
{
    struct xen_hvm_inject_trap tr;
    struct domain *d;
    long rc;

    if ( raw_copy_from_guest(&tr, arg.p, sizeof(tr)) )
        return -EFAULT;
    rc = rcu_lock_remote_domain_by_id(tr.domid, &d);
    if ( rc )
        return rc;

    if ( !is_hvm_domain(d) || tr.vcpuid >= d->max_vcpus || !d->vcpu[tr.vcpuid] )
        rc = -EINVAL;
    if ( !rc )
        rc = xsm_hvm_control(XSM_DM_PRIV, d, HVMOP_inject_trap);
    if ( !rc )
        send_guest_vcpu_virq(d->vcpu[tr.vcpuid], VIRQ_DEBUG);

    rcu_unlock_domain(d);
    return rc;
}

long do_hvm_op(unsigned long op, XEN_GUEST_HANDLE_PARAM(void) arg)
{
    long rc = 0;

    switch ( op )
    {
    case HVMOP_set_param:
        rc = hvmop_set_param(arg);
        break;

    case HVMOP_get_param:
        rc = hvmop_get_param(arg);
        break;

    case HVMOP_set_pci_intx_level:
        rc = hvmop_set_pci_intx_level(arg);
        break;

    case HVMOP_flush_tlbs:
        current->arch.cr3 = current->arch.cr3;
        break;

    case HVMOP_track_dirty_vram:
        rc = hvmop_track_dirty_vram(arg);
        break;

    case HVMOP_set_mem_type:
        rc = hvmop_set_mem_type(arg);
        break;

    case HVMOP_pagetable_dying:
        rc = hvmop_pagetable_dying(arg);
        break;

    case HVMOP_get_time:
    {
        struct xen_hvm_get_time now = { .now = current->periodic_ns };

        rc = raw_copy_to_guest(arg.p, &now, sizeof(now)) ? -EFAULT : 0;
        break;
    }

    case HVMOP_inject_trap:
        rc = hvmop_inject_trap(arg);
        break;

    default:
        rc = -ENOSYS;
        break;
    }

    return rc;
}
