/* A security server that knows allow rules between numbered labels. */
#include <xen/lib.h>
#include <public/xsm/flask_op.h>
#include "include/avc.h"
#include "include/flask.h"

#define MAX_RULES 512

#define S_(n) n,
static const char *const class_names[] = {
#include "include/class_to_string.h"
};
#undef S_

static struct xen_flask_rule policy[MAX_RULES];
static uint32_t nr_rules;

bool security_policy_loaded(void)
{
    return nr_rules != 0;
}

bool security_sid_known(uint32_t sid)
{
    uint32_t i;

    if ( sid != 0 && sid <= SECINITSID_NUM )
        return true;
    for ( i = 0; i < nr_rules; i++ )
        if ( policy[i].ssid == sid || policy[i].tsid == sid )
            return true;
    return false;
}

uint32_t security_compute_av(uint32_t ssid, uint32_t tsid, uint16_t tclass)
{
    uint32_t allowed = 0, i;

    for ( i = 0; i < nr_rules; i++ )
        if ( policy[i].ssid == ssid && policy[i].tsid == tsid &&
             policy[i].tclass == tclass )
            allowed |= policy[i].perms;
    return allowed;
}

int security_transition_sid(uint32_t ssid, uint32_t tsid, uint16_t tclass,
                            uint32_t *out)
{
    if ( !security_sid_known(ssid) || !security_sid_known(tsid) )
        return -EINVAL;
    *out = tsid;
    return 0;
}

int security_load_rules(const struct xen_flask_rule *rules, uint32_t nr)
{
    uint32_t i;

    if ( nr == 0 || nr > MAX_RULES )
        return -EINVAL;
    for ( i = 0; i < nr; i++ )
        if ( rules[i].tclass == 0 || rules[i].tclass >= ARRAY_SIZE(class_names) )
            return -EINVAL;
    memcpy(policy, rules, nr * sizeof(*rules));
    nr_rules = nr;
    avc_reset();
    return 0;
}
