#ifndef __FLASK_AVC_H__
#define __FLASK_AVC_H__

#include <xen/types.h>

struct xen_flask_rule;

struct avc_audit_data {
    const struct domain *sdom, *tdom;
    unsigned long first, last;      /* the range asked for, when there is one */
};

extern bool flask_enforcing;

int avc_has_perm(uint32_t ssid, uint32_t tsid, uint16_t tclass,
                 uint32_t requested, const struct avc_audit_data *ad);
void avc_reset(void);

uint32_t security_compute_av(uint32_t ssid, uint32_t tsid, uint16_t tclass);
int security_load_rules(const struct xen_flask_rule *rules, uint32_t nr);
int security_transition_sid(uint32_t ssid, uint32_t tsid, uint16_t tclass,
                            uint32_t *out);
bool security_sid_known(uint32_t sid);
bool security_policy_loaded(void);

#endif
