/* Chinese Wall: types that conflict do not run at the same time. */
#include <acm/acm_hooks.h>

static unsigned int running[ACM_MAX_TYPES];

static uint16_t types_of(uint32_t ssidref)
{
    return ssidref < acm_policy.max_ssids ? acm_policy.chwall_types[ssidref] : 0;
}

static uint16_t running_types(void)
{
    uint16_t types = 0;
    unsigned int i;

    for ( i = 0; i < ACM_MAX_TYPES; i++ )
        if ( running[i] )
            types |= 1u << i;
    return types;
}

static bool conflicts(const struct acm_policy *p, uint16_t have, uint16_t want)
{
    uint32_t i;

    for ( i = 0; i < p->nr_conflict_sets; i++ )
    {
        uint16_t set = p->conflict_sets[i];

        if ( (want & set) && (have & set & ~want) )
            return true;
    }
    return false;
}

static int chwall_pre_domain_create(uint32_t ssidref, domid_t domid)
{
    if ( conflicts(&acm_policy, running_types(), types_of(ssidref)) )
        return ACM_ACCESS_DENIED;
    return ACM_ACCESS_PERMITTED;
}

static void count(uint32_t ssidref, int step)
{
    uint16_t types = types_of(ssidref);
    unsigned int i;

    for ( i = 0; i < ACM_MAX_TYPES; i++ )
        if ( types & (1u << i) )
            running[i] += step;
}

static void chwall_post_domain_create(uint32_t ssidref, domid_t domid)
{
    count(ssidref, 1);
}

static void chwall_post_domain_destroy(uint32_t ssidref, domid_t domid)
{
    count(ssidref, -1);
}

/* A new policy is refused if what runs now breaks it. */
int acm_chwall_adopt(const struct acm_policy *p)
{
    uint16_t types = running_types();
    uint32_t i;

    for ( i = 0; i < p->nr_conflict_sets; i++ )
    {
        uint16_t both = types & p->conflict_sets[i];

        if ( both & (both - 1) )
            return -EBUSY;
    }
    return 0;
}

const struct acm_operations acm_chinesewall_ops = {
    .pre_domain_create   = chwall_pre_domain_create,
    .post_domain_create  = chwall_post_domain_create,
    .post_domain_destroy = chwall_post_domain_destroy,
};
