/* Simple Type Enforcement: those who share no type do not communicate. */
#include <acm/acm_hooks.h>

#define CACHE_SIZE 8

static struct { uint32_t a, b; bool valid; int decision; } cache[CACHE_SIZE];
static unsigned int cache_next;

static uint16_t types_of(uint32_t ssidref)
{
    return ssidref < acm_policy.max_ssids ? acm_policy.ste_types[ssidref] : 0;
}

static int cached(uint32_t a, uint32_t b, int *decision)
{
    unsigned int i;

    for ( i = 0; i < CACHE_SIZE; i++ )
        if ( cache[i].valid && cache[i].a == a && cache[i].b == b )
        {
            *decision = cache[i].decision;
            return 1;
        }
    return 0;
}

static int share_common_type(const struct domain *d1, const struct domain *d2)
{
    uint32_t a = d1->acm_ssidref, b = d2->acm_ssidref;
    int decision;

    if ( cached(a, b, &decision) )
        return decision;
    decision = types_of(a) & types_of(b) ? ACM_ACCESS_PERMITTED : ACM_ACCESS_DENIED;
    cache[cache_next].a = a;
    cache[cache_next].b = b;
    cache[cache_next].decision = decision;
    cache[cache_next].valid = true;
    cache_next = (cache_next + 1) % CACHE_SIZE;
    return decision;
}

static int ste_pre_domain_create(uint32_t ssidref, domid_t domid)
{
    if ( ssidref >= acm_policy.max_ssids && acm_policy.max_ssids )
        return ACM_ACCESS_DENIED;
    return ACM_ACCESS_PERMITTED;
}

static void ste_post_domain_destroy(uint32_t ssidref, domid_t domid)
{
    unsigned int i;

    for ( i = 0; i < CACHE_SIZE; i++ )
        if ( cache[i].a == ssidref || cache[i].b == ssidref )
            cache[i].valid = false;
}

const struct acm_operations acm_simple_type_enforcement_ops = {
    .pre_domain_create   = ste_pre_domain_create,
    .post_domain_destroy = ste_post_domain_destroy,
    .pre_eventchannel    = share_common_type,
    .pre_grant_map_ref   = share_common_type,
};
