/* Operations on the whole machine. */
#include <xen/console.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include <xsm/xsm.h>

static DEFINE_SPINLOCK(sysctl_lock);
static uint32_t trace_size;

static long sysctl_getdomaininfolist(struct xen_sysctl_getdomaininfolist *l)
{
    struct xen_domctl_getdomaininfo info;
    struct domain *d;
    uint32_t num = 0;
    long ret = 0;

    rcu_read_lock(&domlist_read_lock);

    for_each_domain ( d )
    {
        if ( d->domain_id < l->first_domain )
            continue;
        if ( num == l->max_domains )
            break;

        ret = xsm_getdomaininfo(XSM_XS_PRIV, d);
        if ( ret )
            continue;

        getdomaininfo(d, &info);
        if ( copy_to_guest_offset(l->buffer, num, &info, 1) )
        {
            ret = -EFAULT;
            break;
        }
        num++;
    }

    rcu_read_unlock(&domlist_read_lock);

    if ( ret == -EFAULT )
        return ret;
    l->num_domains = num;
    return 0;
}

static long sysctl_page_offline_op(const struct xen_sysctl_page_offline_op *po)
{
    uint32_t status;
    uint64_t mfn;
    long ret;

    if ( po->end < po->start || po->end - po->start > 1024 )
        return -EINVAL;

    ret = xsm_page_offline(XSM_HOOK, po->cmd);
    for ( mfn = po->start; !ret && mfn <= po->end; mfn++ )
        switch ( po->cmd )
        {
        case sysctl_page_offline:
            ret = offline_page(mfn);
            break;
        case sysctl_page_online:
            ret = online_page(mfn);
            break;
        case sysctl_query_page_offline:
            ret = query_page_offline(mfn, &status);
            break;
        default:
            ret = -EINVAL;
            break;
        }
    return ret;
}

long do_sysctl(XEN_GUEST_HANDLE_PARAM(xen_sysctl_t) u_sysctl)
{
    struct xen_sysctl curop, *op = &curop;
    bool copyback = false;
    long ret;

    if ( copy_from_guest(op, u_sysctl, 1) )
        return -EFAULT;
    if ( op->interface_version != XEN_SYSCTL_INTERFACE_VERSION )
        return -EACCES;

    ret = xsm_sysctl(XSM_PRIV, op->cmd);
    if ( ret )
        return ret;

    if ( !spin_trylock(&sysctl_lock) )
        return -ERESTART;

    switch ( op->cmd )
    {
    case XEN_SYSCTL_readconsole:
        ret = xsm_readconsole(XSM_HOOK, op->u.readconsole.clear);
        if ( ret )
            break;

        ret = read_console_ring(&op->u.readconsole);
        copyback = true;
        break;

    case XEN_SYSCTL_tbuf_op:
        trace_size = op->u.tbuf_op.size;
        break;

    case XEN_SYSCTL_sched_id:
        op->u.sched_id.sched_id = sched_id();
        copyback = true;
        break;

    case XEN_SYSCTL_getdomaininfolist:
        ret = sysctl_getdomaininfolist(&op->u.getdomaininfolist);
        copyback = !ret;
        break;

    case XEN_SYSCTL_perfc_op:
        op->u.perfc_op.nr_counters = 0;
        copyback = true;
        break;

    case XEN_SYSCTL_debug_keys:
    {
        uint32_t i;
        char c;

        for ( i = 0; i < op->u.debug_keys.nr_keys; i++ )
        {
            if ( copy_from_guest_offset(&c, op->u.debug_keys.keys, i, 1) )
            {
                ret = -EFAULT;
                break;
            }
            handle_keypress(c);
        }
        break;
    }

    case XEN_SYSCTL_page_offline_op:
        ret = sysctl_page_offline_op(&op->u.page_offline);
        break;

    case XEN_SYSCTL_scheduler_op:
        ret = sched_adjust_global(op->u.scheduler_op.cmd,
                                  &op->u.scheduler_op.weight);
        copyback = true;
        break;

    case XEN_SYSCTL_livepatch_query:
        op->u.livepatch.nr = 0;
        copyback = true;
        break;

    default:
        ret = arch_do_sysctl(op, u_sysctl);
        break;
    }

    spin_unlock(&sysctl_lock);

    if ( copyback && __copy_to_guest(u_sysctl, op, 1) )
        ret = -EFAULT;

    return ret;
}
