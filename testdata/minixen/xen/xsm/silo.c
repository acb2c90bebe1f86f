/*
 * Unprivileged domains may talk to privileged ones, not to each other. All
 * the rest follows the rule without a policy.
 */
#define XSM_NO_WRAPPERS
#include <xsm/dummy.h>

static bool silo_mode_dom_check(const struct domain *a, const struct domain *b)
{
    const struct domain *cur = current->domain;

    return is_control_domain(cur) || is_control_domain(a) ||
           is_control_domain(b) || a == b;
}

static int silo_evtchn_unbound(struct domain *d1, struct evtchn *chn,
                               domid_t id2)
{
    struct domain *d2 = rcu_lock_domain_by_any_id(id2);
    int rc = -EPERM;

    if ( d2 == NULL )
        return rc;
    if ( silo_mode_dom_check(d1, d2) )
        rc = xsm_evtchn_unbound(d1, chn, id2);
    rcu_unlock_domain(d2);
    return rc;
}

static int silo_evtchn_interdomain(struct domain *d1, struct evtchn *chn1,
                                   struct domain *d2, struct evtchn *chn2)
{
    if ( silo_mode_dom_check(d1, d2) )
        return xsm_evtchn_interdomain(d1, chn1, d2, chn2);
    return -EPERM;
}

#ifdef CONFIG_GRANT_TABLE
static int silo_grant_mapref(struct domain *d1, struct domain *d2,
                             uint32_t flags)
{
    if ( silo_mode_dom_check(d1, d2) )
        return xsm_grant_mapref(d1, d2, flags);
    return -EPERM;
}

static int silo_grant_transfer(struct domain *d1, struct domain *d2)
{
    if ( silo_mode_dom_check(d1, d2) )
        return xsm_grant_transfer(d1, d2);
    return -EPERM;
}
#endif

static const struct xsm_ops silo_xsm_ops = {
    .evtchn_unbound     = silo_evtchn_unbound,
    .evtchn_interdomain = silo_evtchn_interdomain,
#ifdef CONFIG_GRANT_TABLE
    .grant_mapref       = silo_grant_mapref,
    .grant_transfer     = silo_grant_transfer,
#endif
};

const struct xsm_ops *__init silo_init(void)
{
    printk("xsm: silo\n");
    return &silo_xsm_ops;
}
