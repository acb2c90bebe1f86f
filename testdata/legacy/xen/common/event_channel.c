#include <xen/sched.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>

static int get_free_port(struct domain *d)
{
    int port;

    for ( port = 1; port < MAX_EVTCHNS; port++ )
        if ( d->evtchn[port].state == ECS_FREE )
            return port;

    return -ENOSPC;
}

static long evtchn_alloc_unbound(struct evtchn_alloc_unbound *alloc)
{
    struct evtchn *chn;
    struct domain *d;
    int port;
    domid_t dom = alloc->dom;
    long rc = 0;

    if ( dom == DOMID_SELF )
        dom = current->domain->domain_id;
    else if ( !IS_PRIV(current->domain) )
        return -EPERM;

    if ( (d = rcu_lock_domain_by_id(dom)) == NULL )
        return -ESRCH;

    spin_lock(&d->evtchn_lock);

    if ( (port = get_free_port(d)) < 0 )
    {
        rc = port;
        goto out;
    }
    chn = &d->evtchn[port];

    chn->state = ECS_UNBOUND;
    chn->remote_domid = alloc->remote_dom;
    alloc->port = port;

 out:
    spin_unlock(&d->evtchn_lock);
    rcu_unlock_domain(d);
    return rc;
}

static long evtchn_status(struct evtchn_status *status)
{
    struct domain *d;
    long rc = 0;

    if ( status->dom != DOMID_SELF && !IS_PRIV(current->domain) )
        return -EPERM;

    d = rcu_lock_domain_by_id(status->dom);
    if ( d == NULL )
        return -ESRCH;

    if ( status->port >= MAX_EVTCHNS )
        rc = -EINVAL;
    else
        status->status = d->evtchn[status->port].state;

    rcu_unlock_domain(d);
    return rc;
}

long do_event_channel_op(int cmd, XEN_GUEST_HANDLE(void) arg)
{
    long rc;

    switch ( cmd )
    {
    case EVTCHNOP_alloc_unbound: {
        struct evtchn_alloc_unbound alloc;

        if ( copy_from_guest(&alloc, arg, 1) != 0 )
            return -EFAULT;
        rc = evtchn_alloc_unbound(&alloc);
        if ( (rc == 0) && (copy_to_guest(arg, &alloc, 1) != 0) )
            rc = -EFAULT;
        break;
    }

    case EVTCHNOP_status: {
        struct evtchn_status status;

        if ( copy_from_guest(&status, arg, 1) != 0 )
            return -EFAULT;
        rc = evtchn_status(&status);
        if ( (rc == 0) && (copy_to_guest(arg, &status, 1) != 0) )
            rc = -EFAULT;
        break;
    }

    default:
        rc = -ENOSYS;
        break;
    }

    return rc;
}
