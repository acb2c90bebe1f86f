/* Each decision is the conjunction of two policies. */
#include <acm/acm_hooks.h>

const struct acm_operations *acm_primary_ops = &acm_chinesewall_ops;
const struct acm_operations *acm_secondary_ops = &acm_simple_type_enforcement_ops;

int acm_pre_domain_create(uint32_t ssidref, domid_t domid)
{
    if ( acm_primary_ops->pre_domain_create &&
         acm_primary_ops->pre_domain_create(ssidref, domid) )
        return ACM_ACCESS_DENIED;
    if ( acm_secondary_ops->pre_domain_create &&
         acm_secondary_ops->pre_domain_create(ssidref, domid) )
        return ACM_ACCESS_DENIED;
    return ACM_ACCESS_PERMITTED;
}

void acm_post_domain_create(domid_t domid, uint32_t ssidref)
{
    if ( acm_primary_ops->post_domain_create )
        acm_primary_ops->post_domain_create(ssidref, domid);
    if ( acm_secondary_ops->post_domain_create )
        acm_secondary_ops->post_domain_create(ssidref, domid);
}

void acm_post_domain_destroy(domid_t domid, uint32_t ssidref)
{
    if ( acm_primary_ops->post_domain_destroy )
        acm_primary_ops->post_domain_destroy(ssidref, domid);
    if ( acm_secondary_ops->post_domain_destroy )
        acm_secondary_ops->post_domain_destroy(ssidref, domid);
}

static int pre_eventchannel(const struct domain *a, const struct domain *b)
{
    if ( acm_primary_ops->pre_eventchannel &&
         acm_primary_ops->pre_eventchannel(a, b) )
        return ACM_ACCESS_DENIED;
    if ( acm_secondary_ops->pre_eventchannel &&
         acm_secondary_ops->pre_eventchannel(a, b) )
        return ACM_ACCESS_DENIED;
    return ACM_ACCESS_PERMITTED;
}

int acm_pre_eventchannel_unbound(domid_t id1, domid_t id2)
{
    struct domain *a = rcu_lock_domain_by_any_id(id1);
    struct domain *b = rcu_lock_domain_by_any_id(id2);
    int rc = ACM_ACCESS_DENIED;

    if ( a && b )
        rc = pre_eventchannel(a, b);
    if ( a )
        rcu_unlock_domain(a);
    if ( b )
        rcu_unlock_domain(b);
    return rc;
}

int acm_pre_eventchannel_interdomain(domid_t id)
{
    return acm_pre_eventchannel_unbound(DOMID_SELF, id);
}

int acm_pre_grant_map_ref(domid_t id)
{
    struct domain *b = rcu_lock_domain_by_any_id(id);
    int rc = ACM_ACCESS_DENIED;

    if ( !b )
        return rc;
    if ( acm_get_decision(current->domain, b) == ACM_ACCESS_PERMITTED )
        rc = ACM_ACCESS_PERMITTED;
    rcu_unlock_domain(b);
    return rc;
}

int acm_get_decision(const struct domain *a, const struct domain *b)
{
    if ( acm_primary_ops->pre_grant_map_ref &&
         acm_primary_ops->pre_grant_map_ref(a, b) )
        return ACM_ACCESS_DENIED;
    if ( acm_secondary_ops->pre_grant_map_ref &&
         acm_secondary_ops->pre_grant_map_ref(a, b) )
        return ACM_ACCESS_DENIED;
    return ACM_ACCESS_PERMITTED;
}
