/* Scheduling operations of 32-bit callers. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/sched.h>
#include <public/sched.h>
#include <xsm/xsm.h>

struct compat_sched_remote_shutdown {
    domid_t domain_id;
    uint16_t pad;
    uint32_t reason;
};

long compat_sched_op(int cmd, XEN_GUEST_HANDLE_PARAM(void) arg)
{
    struct compat_sched_remote_shutdown op;
    struct domain *d;
    long ret;

    if ( cmd != SCHEDOP_remote_shutdown )
        return do_sched_op(cmd, arg);

    if ( raw_copy_from_guest(&op, arg.p, sizeof(op)) )
        return -EFAULT;
    d = rcu_lock_domain_by_id(op.domain_id);
    if ( d == NULL )
        return -ESRCH;

    ret = xsm_schedop_shutdown(XSM_DM_PRIV, current->domain, d);
    if ( !ret )
        ret = domain_shutdown(d, op.reason);
    rcu_unlock_domain(d);
    return ret;
}
