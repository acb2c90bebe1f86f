#ifndef __ACM_HOOKS_H__
#define __ACM_HOOKS_H__

#include <xen/sched.h>
#include <public/acm.h>

#ifdef CONFIG_ACM

/*
 * What a policy decides. A pre hook may refuse; a post hook follows the event
 * and may not.
 */
struct acm_operations {
    int (*pre_domain_create)(uint32_t ssidref, domid_t domid);
    void (*post_domain_create)(uint32_t ssidref, domid_t domid);
    void (*post_domain_destroy)(uint32_t ssidref, domid_t domid);
    int (*pre_eventchannel)(const struct domain *a, const struct domain *b);
    int (*pre_grant_map_ref)(const struct domain *a, const struct domain *b);
};

extern const struct acm_operations *acm_primary_ops, *acm_secondary_ops;
extern const struct acm_operations acm_chinesewall_ops;
extern const struct acm_operations acm_simple_type_enforcement_ops;
extern struct acm_policy acm_policy;

int acm_pre_domain_create(uint32_t ssidref, domid_t domid);
void acm_post_domain_create(domid_t domid, uint32_t ssidref);
void acm_post_domain_destroy(domid_t domid, uint32_t ssidref);
int acm_pre_eventchannel_unbound(domid_t id1, domid_t id2);
int acm_pre_eventchannel_interdomain(domid_t id);
int acm_pre_grant_map_ref(domid_t id);

int acm_set_policy(XEN_GUEST_HANDLE(void) buf, uint32_t size);
int acm_get_policy(XEN_GUEST_HANDLE(void) buf, uint32_t size);
int acm_get_decision(const struct domain *a, const struct domain *b);
int acm_chwall_adopt(const struct acm_policy *p);

long do_acm_op(int cmd, XEN_GUEST_HANDLE_PARAM(void) arg);

#else /* CONFIG_ACM */

static inline int acm_pre_eventchannel_unbound(domid_t id1, domid_t id2)
{
    return ACM_ACCESS_PERMITTED;
}

static inline int acm_pre_eventchannel_interdomain(domid_t id)
{
    return ACM_ACCESS_PERMITTED;
}

static inline int acm_pre_grant_map_ref(domid_t id)
{
    return ACM_ACCESS_PERMITTED;
}

#endif /* CONFIG_ACM */

#endif
