/* Event channels: one-bit messages between domains. */
#include <acm/acm_hooks.h>
#include <xen/event.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xsm/xsm.h>

static struct domain *virq_handler[NR_VIRQS];
static DEFINE_SPINLOCK(virq_handler_lock);

static int get_free_port(struct domain *d)
{
    unsigned int port;

    if ( d->is_dying )
        return -EINVAL;
    for ( port = 1; port_is_valid(d, port); port++ )
        if ( evtchn_from_port(d, port)->state == ECS_FREE )
            return port;
    return -ENOSPC;
}

static void evtchn_set_pending(struct domain *d, unsigned int port)
{
    struct evtchn *chn = evtchn_from_port(d, port);
    struct vcpu *v = d->vcpu[chn->notify_vcpu_id];

    if ( chn->pending )
        return;
    chn->pending = 1;
    if ( !chn->masked && v )
        vcpu_wake(v);
}

static long evtchn_alloc_unbound(struct evtchn_alloc_unbound *alloc)
{
    struct evtchn *chn;
    struct domain *d;
    domid_t dom = alloc->dom;
    int port;
    long rc;

    d = rcu_lock_domain_by_any_id(dom);
    if ( d == NULL )
        return -ESRCH;

    spin_lock(&d->event_lock);

    port = get_free_port(d);
    if ( port < 0 )
    {
        rc = port;
        goto out;
    }
    chn = evtchn_from_port(d, port);

    rc = xsm_evtchn_unbound(XSM_TARGET, d, chn, alloc->remote_dom);
    if ( rc )
        goto out;
    if ( acm_pre_eventchannel_unbound(dom, alloc->remote_dom) !=
         ACM_ACCESS_PERMITTED )
    {
        rc = -EACCES;
        goto out;
    }

    chn->state = ECS_UNBOUND;
    chn->u.unbound.remote_domid = alloc->remote_dom;
    if ( chn->u.unbound.remote_domid == DOMID_SELF )
        chn->u.unbound.remote_domid = current->domain->domain_id;
    alloc->port = port;

 out:
    spin_unlock(&d->event_lock);
    rcu_unlock_domain(d);
    return rc;
}

static void double_evtchn_lock(struct domain *a, struct domain *b)
{
    if ( a > b )
    {
        struct domain *t = a;

        a = b;
        b = t;
    }
    spin_lock(&a->event_lock);
    if ( a != b )
        spin_lock(&b->event_lock);
}

static void double_evtchn_unlock(struct domain *a, struct domain *b)
{
    spin_unlock(&a->event_lock);
    if ( a != b )
        spin_unlock(&b->event_lock);
}

static long evtchn_bind_interdomain(struct evtchn_bind_interdomain *bind)
{
    struct domain *ld = current->domain, *rd;
    struct evtchn *lchn, *rchn;
    evtchn_port_t rport = bind->remote_port;
    domid_t rdom = bind->remote_dom;
    int lport;
    long rc = 0;

    rd = rcu_lock_domain_by_any_id(rdom);
    if ( rd == NULL )
        return -ESRCH;

    double_evtchn_lock(ld, rd);

    lport = get_free_port(ld);
    if ( lport < 0 )
    {
        rc = lport;
        goto out;
    }
    lchn = evtchn_from_port(ld, lport);

    rc = -EINVAL;
    if ( !port_is_valid(rd, rport) )
        goto out;
    rchn = evtchn_from_port(rd, rport);
    if ( rchn->state != ECS_UNBOUND ||
         rchn->u.unbound.remote_domid != ld->domain_id )
        goto out;

    rc = xsm_evtchn_interdomain(XSM_HOOK, ld, lchn, ld, rchn);
    if ( rc )
        goto out;
    if ( acm_pre_eventchannel_interdomain(rdom) != ACM_ACCESS_PERMITTED )
    {
        rc = -EACCES;
        goto out;
    }

    lchn->u.interdomain.remote_dom = rd;
    lchn->u.interdomain.remote_port = rport;
    lchn->state = ECS_INTERDOMAIN;
    rchn->u.interdomain.remote_dom = ld;
    rchn->u.interdomain.remote_port = lport;
    rchn->state = ECS_INTERDOMAIN;
    evtchn_set_pending(ld, lport);
    bind->local_port = lport;

 out:
    double_evtchn_unlock(ld, rd);
    rcu_unlock_domain(rd);
    return rc;
}

static long evtchn_bind_virq(struct evtchn_bind_virq *bind)
{
    struct domain *d = current->domain;
    struct vcpu *v;
    long rc = 0;
    int port;

    if ( bind->virq >= NR_VIRQS || bind->vcpu >= d->max_vcpus )
        return -EINVAL;
    if ( (v = d->vcpu[bind->vcpu]) == NULL )
        return -ENOENT;

    spin_lock(&d->event_lock);
    if ( v->virq_to_evtchn[bind->virq] != 0 )
        rc = -EEXIST;
    else if ( (port = get_free_port(d)) < 0 )
        rc = port;
    else
    {
        struct evtchn *chn = evtchn_from_port(d, port);

        chn->state = ECS_VIRQ;
        chn->notify_vcpu_id = bind->vcpu;
        chn->u.virq = bind->virq;
        v->virq_to_evtchn[bind->virq] = bind->port = port;
    }
    spin_unlock(&d->event_lock);
    return rc;
}

static long evtchn_bind_ipi(struct evtchn_bind_ipi *bind)
{
    struct domain *d = current->domain;
    struct evtchn *chn;
    int port;

    if ( bind->vcpu >= d->max_vcpus || d->vcpu[bind->vcpu] == NULL )
        return -ENOENT;

    spin_lock(&d->event_lock);
    port = get_free_port(d);
    if ( port > 0 )
    {
        chn = evtchn_from_port(d, port);
        chn->state = ECS_IPI;
        chn->notify_vcpu_id = bind->vcpu;
        bind->port = port;
    }
    spin_unlock(&d->event_lock);
    return port < 0 ? port : 0;
}

static long evtchn_bind_pirq(struct evtchn_bind_pirq *bind)
{
    struct domain *d = current->domain;
    struct evtchn *chn;
    int port;

    if ( bind->pirq >= ARRAY_SIZE(d->arch.pirq_to_irq) )
        return -EINVAL;
    if ( !irq_access_permitted(d, d->arch.pirq_to_irq[bind->pirq]) )
        return -EPERM;

    spin_lock(&d->event_lock);
    port = get_free_port(d);
    if ( port > 0 )
    {
        chn = evtchn_from_port(d, port);
        chn->state = ECS_PIRQ;
        chn->u.pirq.irq = d->arch.pirq_to_irq[bind->pirq];
        bind->port = port;
    }
    spin_unlock(&d->event_lock);
    return port < 0 ? port : 0;
}

int evtchn_close(struct domain *d, unsigned int port, bool guest)
{
    struct evtchn *chn, *rchn;
    int rc = 0;

    spin_lock(&d->event_lock);
    if ( !port_is_valid(d, port) )
    {
        rc = -EINVAL;
        goto out;
    }
    chn = evtchn_from_port(d, port);

    switch ( chn->state )
    {
    case ECS_FREE:
    case ECS_RESERVED:
        rc = -EINVAL;
        goto out;
    case ECS_VIRQ:
        if ( d->vcpu[chn->notify_vcpu_id] )
            d->vcpu[chn->notify_vcpu_id]->virq_to_evtchn[chn->u.virq] = 0;
        break;
    case ECS_INTERDOMAIN:
        rchn = evtchn_from_port(chn->u.interdomain.remote_dom,
                                chn->u.interdomain.remote_port);
        rchn->state = ECS_UNBOUND;
        rchn->u.unbound.remote_domid = d->domain_id;
        break;
    default:
        break;
    }

    xsm_evtchn_close_post(chn);
    chn->state = ECS_FREE;
    chn->pending = 0;

 out:
    spin_unlock(&d->event_lock);
    return rc;
}

int evtchn_send(struct domain *ld, unsigned int lport)
{
    struct evtchn *lchn;
    int ret = 0;

    if ( !port_is_valid(ld, lport) )
        return -EINVAL;
    lchn = evtchn_from_port(ld, lport);

    spin_lock(&lchn->lock);

    ret = xsm_evtchn_send(XSM_HOOK, ld, lchn);
    if ( ret )
        goto out;

    switch ( lchn->state )
    {
    case ECS_INTERDOMAIN:
        evtchn_set_pending(lchn->u.interdomain.remote_dom,
                           lchn->u.interdomain.remote_port);
        break;
    case ECS_IPI:
        evtchn_set_pending(ld, lport);
        break;
    case ECS_UNBOUND:
        break;
    default:
        ret = -EINVAL;
        break;
    }

 out:
    spin_unlock(&lchn->lock);
    return ret;
}

static long evtchn_status(struct evtchn_status *status)
{
    struct domain *d;
    struct evtchn *chn;
    long rc = 0;

    d = rcu_lock_domain_by_any_id(status->dom);
    if ( d == NULL )
        return -ESRCH;
    if ( !port_is_valid(d, status->port) )
    {
        rcu_unlock_domain(d);
        return -EINVAL;
    }

    spin_lock(&d->event_lock);
    chn = evtchn_from_port(d, status->port);
    status->status = chn->state;
    status->vcpu = chn->notify_vcpu_id;
    switch ( chn->state )
    {
    case ECS_UNBOUND:
        status->remote_dom = chn->u.unbound.remote_domid;
        break;
    case ECS_INTERDOMAIN:
        status->remote_dom = chn->u.interdomain.remote_dom->domain_id;
        status->remote_port = chn->u.interdomain.remote_port;
        break;
    default:
        break;
    }
    spin_unlock(&d->event_lock);

    rcu_unlock_domain(d);
    return rc;
}

static long evtchn_bind_vcpu(const struct evtchn_bind_vcpu *bind)
{
    struct domain *d = current->domain;
    long rc = 0;

    if ( bind->vcpu >= d->max_vcpus || d->vcpu[bind->vcpu] == NULL )
        return -ENOENT;
    if ( !port_is_valid(d, bind->port) )
        return -EINVAL;

    spin_lock(&d->event_lock);
    if ( evtchn_from_port(d, bind->port)->state == ECS_IPI )
        rc = -EINVAL;
    else
        evtchn_from_port(d, bind->port)->notify_vcpu_id = bind->vcpu;
    spin_unlock(&d->event_lock);
    return rc;
}

static long evtchn_unmask(unsigned int port)
{
    struct domain *d = current->domain;
    struct evtchn *chn;

    if ( !port_is_valid(d, port) )
        return -EINVAL;
    chn = evtchn_from_port(d, port);
    chn->masked = 0;
    if ( chn->pending && d->vcpu[chn->notify_vcpu_id] )
        vcpu_wake(d->vcpu[chn->notify_vcpu_id]);
    return 0;
}

int evtchn_reset(struct domain *d, bool resuming)
{
    unsigned int port;

    if ( d != current->domain && !d->controller_pause_count )
        return -EINVAL;
    for ( port = 1; port_is_valid(d, port); port++ )
        evtchn_close(d, port, !resuming);
    return 0;
}

long do_event_channel_op(int cmd, XEN_GUEST_HANDLE_PARAM(void) arg)
{
    long rc;

    switch ( cmd )
    {
    case EVTCHNOP_alloc_unbound:
    {
        struct evtchn_alloc_unbound alloc;

        if ( raw_copy_from_guest(&alloc, arg.p, sizeof(alloc)) )
            return -EFAULT;
        rc = evtchn_alloc_unbound(&alloc);
        if ( !rc && raw_copy_to_guest(arg.p, &alloc, sizeof(alloc)) )
            rc = -EFAULT;
        break;
    }

    case EVTCHNOP_bind_interdomain:
    {
        struct evtchn_bind_interdomain bind;

        if ( raw_copy_from_guest(&bind, arg.p, sizeof(bind)) )
            return -EFAULT;
        rc = evtchn_bind_interdomain(&bind);
        if ( !rc && raw_copy_to_guest(arg.p, &bind, sizeof(bind)) )
            rc = -EFAULT;
        break;
    }

    case EVTCHNOP_bind_virq:
    {
        struct evtchn_bind_virq bind;

        if ( raw_copy_from_guest(&bind, arg.p, sizeof(bind)) )
            return -EFAULT;
        rc = evtchn_bind_virq(&bind);
        if ( !rc && raw_copy_to_guest(arg.p, &bind, sizeof(bind)) )
            rc = -EFAULT;
        break;
    }

    case EVTCHNOP_bind_ipi:
    {
        struct evtchn_bind_ipi bind;

        if ( raw_copy_from_guest(&bind, arg.p, sizeof(bind)) )
            return -EFAULT;
        rc = evtchn_bind_ipi(&bind);
        if ( !rc && raw_copy_to_guest(arg.p, &bind, sizeof(bind)) )
            rc = -EFAULT;
        break;
    }

    case EVTCHNOP_bind_pirq:
    {
        struct evtchn_bind_pirq bind;

        if ( raw_copy_from_guest(&bind, arg.p, sizeof(bind)) )
            return -EFAULT;
        rc = evtchn_bind_pirq(&bind);
        if ( !rc && raw_copy_to_guest(arg.p, &bind, sizeof(bind)) )
            rc = -EFAULT;
        break;
    }

    case EVTCHNOP_close:
    {
        struct evtchn_close close;

        if ( raw_copy_from_guest(&close, arg.p, sizeof(close)) )
            return -EFAULT;
        rc = evtchn_close(current->domain, close.port, true);
        break;
    }

    case EVTCHNOP_send:
    {
        struct evtchn_send send;

        if ( raw_copy_from_guest(&send, arg.p, sizeof(send)) )
            return -EFAULT;
        rc = evtchn_send(current->domain, send.port);
        break;
    }

    case EVTCHNOP_status:
    {
        struct evtchn_status status;

        if ( raw_copy_from_guest(&status, arg.p, sizeof(status)) )
            return -EFAULT;
        rc = evtchn_status(&status);
        if ( !rc && raw_copy_to_guest(arg.p, &status, sizeof(status)) )
            rc = -EFAULT;
        break;
    }

    case EVTCHNOP_bind_vcpu:
    {
        struct evtchn_bind_vcpu bind;

        if ( raw_copy_from_guest(&bind, arg.p, sizeof(bind)) )
            return -EFAULT;
        rc = evtchn_bind_vcpu(&bind);
        break;
    }

    case EVTCHNOP_unmask:
    {
        struct evtchn_unmask unmask;

        if ( raw_copy_from_guest(&unmask, arg.p, sizeof(unmask)) )
            return -EFAULT;
        rc = evtchn_unmask(unmask.port);
        break;
    }

    case EVTCHNOP_reset:
    {
        struct evtchn_reset reset;
        struct domain *d;

        if ( raw_copy_from_guest(&reset, arg.p, sizeof(reset)) )
            return -EFAULT;
        d = rcu_lock_domain_by_any_id(reset.dom);
        if ( d == NULL )
            return -ESRCH;

        rc = xsm_evtchn_reset(XSM_TARGET, current->domain, d);
        rc = evtchn_reset(d, false);

        rcu_unlock_domain(d);
        break;
    }

    default:
        rc = -ENOSYS;
        break;
    }

    return rc;
}

int alloc_unbound_xen_event_channel(struct domain *ld, unsigned int lvcpu,
                                    domid_t remote_domid)
{
    struct evtchn *chn;
    int port, rc;

    spin_lock(&ld->event_lock);

    port = rc = get_free_port(ld);
    if ( rc < 0 )
        goto out;
    chn = evtchn_from_port(ld, port);

    rc = xsm_evtchn_unbound(XSM_TARGET, ld, chn, remote_domid);
    if ( rc )
        goto out;

    chn->state = ECS_UNBOUND;
    chn->notify_vcpu_id = lvcpu;
    chn->u.unbound.remote_domid = remote_domid;

 out:
    spin_unlock(&ld->event_lock);
    return rc < 0 ? rc : port;
}

void dump_evtchn_info(void)
{
    struct domain *d;
    unsigned int port;

    for_each_domain ( d )
        for ( port = 1; port_is_valid(d, port); port++ )
        {
            const struct evtchn *chn = evtchn_from_port(d, port);
            const char *ssid;

            if ( chn->state == ECS_FREE )
                continue;
            ssid = xsm_show_security_evtchn(d, chn);
            printk("d%d port %u state %u%s%s\n", d->domain_id, port,
                   chn->state, ssid ? " " : "", ssid ? ssid : "");
        }
}

void send_guest_vcpu_virq(struct vcpu *v, uint32_t virq)
{
    evtchn_port_t port = v->virq_to_evtchn[virq];

    if ( port )
        evtchn_set_pending(v->domain, port);
}

void send_global_virq(uint32_t virq)
{
    struct domain *d = virq_handler[virq] ?: hardware_domain;

    if ( d && d->vcpu[0] )
        send_guest_vcpu_virq(d->vcpu[0], virq);
}

int set_global_virq_handler(struct domain *d, uint32_t virq)
{
    struct domain *old;

    if ( virq >= NR_VIRQS || virq == VIRQ_TIMER )
        return -EINVAL;
    get_knownalive_domain(d);
    spin_lock(&virq_handler_lock);
    old = virq_handler[virq];
    virq_handler[virq] = d;
    spin_unlock(&virq_handler_lock);
    if ( old )
        put_domain(old);
    return 0;
}

int evtchn_init(struct domain *d)
{
    int rc = xsm_alloc_security_evtchns(d->evtchn, MAX_EVTCHNS);
    unsigned int port;

    if ( rc )
        return rc;
    for ( port = 0; port < MAX_EVTCHNS; port++ )
    {
        spin_lock_init(&d->evtchn[port].lock);
        d->evtchn[port].port = port;
    }
    d->evtchn[0].state = ECS_RESERVED;
    return 0;
}

void evtchn_destroy(struct domain *d)
{
    unsigned int port;

    for ( port = 1; port_is_valid(d, port); port++ )
        evtchn_close(d, port, false);
    xsm_free_security_evtchns(d->evtchn, MAX_EVTCHNS);
}
