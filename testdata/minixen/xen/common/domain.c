/* Domains: making, finding, pausing and taking them apart. */
#include <acm/acm_hooks.h>
#include <xen/sched.h>
#include <xen/event.h>
#include <xen/grant_table.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/mm.h>
#include <public/vcpu.h>
#include <xsm/xsm.h>

struct vcpu *current;
struct domain *domain_list;
struct domain *hardware_domain;
struct domain *dom_xen, *dom_io;
DEFINE_RCU_READ_LOCK(domlist_read_lock);

static DEFINE_SPINLOCK(domlist_update_lock);

static struct domain *find_domain(domid_t dom)
{
    struct domain *d;

    for_each_domain ( d )
        if ( d->domain_id == dom )
            return d;
    return NULL;
}

struct domain *rcu_lock_domain_by_id(domid_t dom)
{
    return find_domain(dom);
}

struct domain *rcu_lock_domain_by_any_id(domid_t dom)
{
    if ( dom == DOMID_SELF )
        return rcu_lock_current_domain();
    return rcu_lock_domain_by_id(dom);
}

int rcu_lock_remote_domain_by_id(domid_t dom, struct domain **d)
{
    *d = rcu_lock_domain_by_id(dom);
    if ( *d == NULL )
        return -ESRCH;
    if ( *d == current->domain )
    {
        rcu_unlock_domain(*d);
        return -EPERM;
    }
    return 0;
}

int rcu_lock_live_remote_domain_by_id(domid_t dom, struct domain **d)
{
    int rc = rcu_lock_remote_domain_by_id(dom, d);

    if ( rc )
        return rc;
    if ( (*d)->is_dying )
    {
        rcu_unlock_domain(*d);
        return -EINVAL;
    }
    return 0;
}

struct domain *get_domain_by_id(domid_t dom)
{
    struct domain *d = find_domain(dom);

    if ( d == NULL || d->is_dying )
        return NULL;
    d->refcnt++;
    return d;
}

static void domain_destroy(struct domain *d)
{
    struct domain **link = &domain_list;
    unsigned int i;

    spin_lock(&domlist_update_lock);
    while ( *link && *link != d )
        link = &(*link)->next_in_list;
    if ( *link )
        *link = d->next_in_list;
    spin_unlock(&domlist_update_lock);

    for ( i = 0; i < MAX_VIRT_CPUS; i++ )
        xfree(d->vcpu[i]);
    if ( d->target )
        put_domain(d->target);
    evtchn_destroy(d);
    grant_table_destroy(d);
    arch_domain_destroy(d);
    xsm_free_security_domain(d);
    xfree(d->iomem_caps);
    xfree(d->irq_caps);
    xfree(d);
}

void put_domain(struct domain *d)
{
    if ( --d->refcnt == 0 )
        domain_destroy(d);
}

struct domain *domain_create(domid_t domid,
                             const struct xen_domctl_createdomain *config,
                             bool is_priv)
{
    struct domain *d = xzalloc(struct domain);
    int err = -ENOMEM;

    if ( !d )
        return ERR_PTR(-ENOMEM);

    d->domain_id = domid;
    d->refcnt = 1;
    d->is_privileged = is_priv;
    spin_lock_init(&d->domain_lock);
    spin_lock_init(&d->event_lock);
    spin_lock_init(&d->page_alloc_lock);

    err = xsm_alloc_security_domain(d);
    if ( err )
        goto fail_alloc;

    if ( config )
    {
        d->is_hvm = config->flags & XEN_DOMCTL_CDF_hvm;
        d->is_xenstore = config->flags & XEN_DOMCTL_CDF_xs;
        d->auto_translated = config->flags & XEN_DOMCTL_CDF_hap;
        d->max_vcpus = min(config->max_vcpus, (uint32_t)MAX_VIRT_CPUS);
        memcpy(d->handle, config->handle, sizeof(d->handle));

        err = xsm_domain_create(XSM_HOOK, d, config->ssidref);
        if ( err )
            goto fail;
#ifdef CONFIG_ACM
        if ( acm_pre_domain_create(config->ssidref, domid) != ACM_ACCESS_PERMITTED )
        {
            err = -EACCES;
            goto fail;
        }
        d->acm_ssidref = config->ssidref;
#endif
    }

    err = -ENOMEM;
    d->iomem_caps = rangeset_new();
    d->irq_caps = rangeset_new();
    if ( !d->iomem_caps || !d->irq_caps )
        goto fail;
    if ( (err = arch_domain_create(d, config)) != 0 ||
         (err = evtchn_init(d)) != 0 ||
         (err = grant_table_create(d)) != 0 )
        goto fail;

    spin_lock(&domlist_update_lock);
    d->next_in_list = domain_list;
    domain_list = d;
    spin_unlock(&domlist_update_lock);
#ifdef CONFIG_ACM
    acm_post_domain_create(domid, d->acm_ssidref);
#endif
    return d;

 fail:
    xsm_free_security_domain(d);
 fail_alloc:
    xfree(d->iomem_caps);
    xfree(d->irq_caps);
    xfree(d);
    return ERR_PTR(err);
}

struct vcpu *vcpu_create(struct domain *d, unsigned int vcpu_id)
{
    struct vcpu *v = xzalloc(struct vcpu);

    if ( !v )
        return NULL;
    v->vcpu_id = vcpu_id;
    v->domain = d;
    v->affinity = ~0UL;
    set_bit(_VPF_down, &v->pause_flags);
    d->vcpu[vcpu_id] = v;
    return v;
}

void domain_pause(struct domain *d)
{
    struct vcpu *v;

    for_each_vcpu ( d, v )
        vcpu_pause(v);
}

void domain_unpause(struct domain *d)
{
    struct vcpu *v;

    for_each_vcpu ( d, v )
        vcpu_unpause(v);
}

int domain_pause_by_systemcontroller(struct domain *d)
{
    if ( d->controller_pause_count == 255 )
        return -ERANGE;
    d->controller_pause_count++;
    domain_pause(d);
    return 0;
}

int domain_unpause_by_systemcontroller(struct domain *d)
{
    if ( d->controller_pause_count == 0 )
        return -EINVAL;
    d->controller_pause_count--;
    domain_unpause(d);
    return 0;
}

int domain_shutdown(struct domain *d, uint8_t reason)
{
    struct vcpu *v;

    if ( d->is_shutting_down )
        return 0;
    d->is_shutting_down = true;
    d->shutdown_code = reason;
    for_each_vcpu ( d, v )
        vcpu_pause(v);
    if ( d->suspend_evtchn )
        evtchn_send(d, d->suspend_evtchn);
    send_global_virq(VIRQ_DOM_EXC);
    return 0;
}

void domain_resume(struct domain *d)
{
    struct vcpu *v;

    if ( !d->is_shutting_down )
        return;
    d->is_shutting_down = false;
    for_each_vcpu ( d, v )
        vcpu_unpause(v);
}

int domain_kill(struct domain *d)
{
    if ( d == current->domain )
        return -EINVAL;
    if ( d->is_dying )
        return 0;

    domain_pause(d);
    d->is_dying = true;
    evtchn_destroy(d);
    grant_table_release(d);
    relinquish_memory(d);
#ifdef CONFIG_ACM
    acm_post_domain_destroy(d->domain_id, d->acm_ssidref);
#endif
    put_domain(d);
    send_global_virq(VIRQ_DOM_EXC);
    return 0;
}

int domain_soft_reset(struct domain *d)
{
    int rc;

    spin_lock(&d->domain_lock);
    if ( !d->is_shutting_down )
    {
        spin_unlock(&d->domain_lock);
        return -EINVAL;
    }
    spin_unlock(&d->domain_lock);

    rc = evtchn_reset(d, false);
    if ( !rc )
    {
        grant_table_release(d);
        domain_resume(d);
    }
    return rc;
}

void getdomaininfo(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    struct vcpu *v;

    memset(info, 0, sizeof(*info));
    info->domain = d->domain_id;
    info->flags = (d->is_dying ? XEN_DOMINF_dying : 0) |
                  (d->is_shutting_down ? XEN_DOMINF_shutdown : 0) |
                  (d->controller_pause_count ? XEN_DOMINF_paused : 0) |
                  (is_hvm_domain(d) ? XEN_DOMINF_hvm_guest : 0);
    for_each_vcpu ( d, v )
        if ( !test_bit(_VPF_down, &v->pause_flags) )
            info->nr_online_vcpus++;
    info->tot_pages = d->tot_pages;
    info->max_pages = d->max_pages;
    memcpy(info->handle, d->handle, sizeof(d->handle));
    xsm_security_domaininfo(d, info);
}

void update_domain_wallclock_time(struct domain *d)
{
    struct vcpu *v;

    for_each_vcpu ( d, v )
        send_guest_vcpu_virq(v, VIRQ_TIMER);
}

/* Everything here is about the caller's own domain. */
long do_vcpu_op(int cmd, unsigned int vcpuid, XEN_GUEST_HANDLE_PARAM(void) arg)
{
    struct domain *d = current->domain;
    struct vcpu *v;
    long rc = 0;

    if ( vcpuid >= d->max_vcpus || (v = d->vcpu[vcpuid]) == NULL )
        return -ENOENT;

    switch ( cmd )
    {
    case VCPUOP_initialise:
        if ( v->is_initialised )
            return -EEXIST;
        if ( raw_copy_from_guest(&v->arch.ctxt, arg.p, sizeof(v->arch.ctxt)) )
            return -EFAULT;
        v->is_initialised = true;
        break;

    case VCPUOP_up:
        if ( !v->is_initialised )
            return -EINVAL;
        clear_bit(_VPF_down, &v->pause_flags);
        vcpu_wake(v);
        break;

    case VCPUOP_down:
        set_bit(_VPF_down, &v->pause_flags);
        break;

    case VCPUOP_is_up:
        rc = !test_bit(_VPF_down, &v->pause_flags);
        break;

    case VCPUOP_get_runstate_info:
    {
        struct vcpu_runstate_info info = { .state = v->is_running };

        if ( raw_copy_to_guest(arg.p, &info, sizeof(info)) )
            rc = -EFAULT;
        break;
    }

    case VCPUOP_register_runstate_memory_area:
        if ( raw_copy_from_guest(&v->runstate_guest, arg.p,
                                 sizeof(v->runstate_guest)) )
            rc = -EFAULT;
        break;

    case VCPUOP_set_periodic_timer:
    {
        struct vcpu_set_periodic_timer set;

        if ( raw_copy_from_guest(&set, arg.p, sizeof(set)) )
            return -EFAULT;
        if ( set.period_ns < 1000000 )
            return -EINVAL;
        v->periodic_ns = set.period_ns;
        break;
    }

    case VCPUOP_stop_periodic_timer:
        v->periodic_ns = 0;
        break;

    default:
        rc = -ENOSYS;
        break;
    }

    return rc;
}
