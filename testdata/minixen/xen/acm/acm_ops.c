/* The hypercall of this module. */
#include <acm/acm_hooks.h>
#include <xen/guest_access.h>

static long get_ssid(XEN_GUEST_HANDLE_PARAM(void) arg)
{
    struct acm_getssid op;
    struct domain *d;

    if ( raw_copy_from_guest(&op, arg.p, sizeof(op)) )
        return -EFAULT;
    d = rcu_lock_domain_by_any_id(op.domid);
    if ( d == NULL )
        return -ESRCH;
    op.ssidref = d->acm_ssidref;
    rcu_unlock_domain(d);
    return raw_copy_to_guest(arg.p, &op, sizeof(op)) ? -EFAULT : 0;
}

static long get_decision(XEN_GUEST_HANDLE_PARAM(void) arg)
{
    struct acm_getdecision op;
    struct domain *a, *b;
    long rc = -ESRCH;

    if ( raw_copy_from_guest(&op, arg.p, sizeof(op)) )
        return -EFAULT;
    a = rcu_lock_domain_by_any_id(op.domid1);
    b = rcu_lock_domain_by_any_id(op.domid2);
    if ( a && b )
    {
        op.decision = acm_get_decision(a, b);
        rc = raw_copy_to_guest(arg.p, &op, sizeof(op)) ? -EFAULT : 0;
    }
    if ( a )
        rcu_unlock_domain(a);
    if ( b )
        rcu_unlock_domain(b);
    return rc;
}

long do_acm_op(int cmd, XEN_GUEST_HANDLE_PARAM(void) arg)
{
    struct acm_setpolicy op;

    if ( !IS_PRIV(current->domain) )
        return -EPERM;

    switch ( cmd )
    {
    case ACMOP_setpolicy:
    case ACMOP_getpolicy:
        if ( raw_copy_from_guest(&op, arg.p, sizeof(op)) )
            return -EFAULT;
        if ( cmd == ACMOP_setpolicy )
            return acm_set_policy(op.policy, op.size);
        return acm_get_policy(op.policy, op.size);
    case ACMOP_getssid:
        return get_ssid(arg);
    case ACMOP_getdecision:
        return get_decision(arg);
    default:
        return -ENOSYS;
    }
}
