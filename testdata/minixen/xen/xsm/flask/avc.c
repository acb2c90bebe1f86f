/* Remembers what the security server decided. */
#include <xen/lib.h>
#include <xen/sched.h>
#include "include/av_permissions.h"
#include "include/avc.h"
#include "include/flask.h"

#define AVC_SLOTS 256

struct avc_node {
    uint32_t ssid, tsid;
    uint16_t tclass;
    bool valid;
    uint32_t allowed;
};

struct perm_name {
    uint16_t tclass;
    uint32_t perm;
    const char *name;
};

#define S_(c, p, n) { c, p, n },
static const struct perm_name perm_names[] = {
#include "include/av_perm_to_string.h"
};
#undef S_

#define S_(n) n,
static const char *const class_names[] = {
#include "include/class_to_string.h"
};
#undef S_

bool flask_enforcing = true;

static struct avc_node avc_cache[AVC_SLOTS];

static unsigned int avc_hash(uint32_t ssid, uint32_t tsid, uint16_t tclass)
{
    return (ssid ^ (tsid << 2) ^ (tclass << 4)) % AVC_SLOTS;
}

static uint32_t avc_lookup(uint32_t ssid, uint32_t tsid, uint16_t tclass)
{
    struct avc_node *n = &avc_cache[avc_hash(ssid, tsid, tclass)];

    if ( !n->valid || n->ssid != ssid || n->tsid != tsid || n->tclass != tclass )
    {
        n->ssid = ssid;
        n->tsid = tsid;
        n->tclass = tclass;
        n->allowed = security_compute_av(ssid, tsid, tclass);
        n->valid = true;
    }
    return n->allowed;
}

static void avc_audit(uint32_t ssid, uint32_t tsid, uint16_t tclass,
                      uint32_t denied, const struct avc_audit_data *ad)
{
    unsigned int i;

    printk("avc:  denied  {");
    for ( i = 0; i < ARRAY_SIZE(perm_names); i++ )
        if ( perm_names[i].tclass == tclass &&
             (denied & perm_names[i].perm) )
            printk(" %s", perm_names[i].name);
    printk(" } for");
    if ( ad && ad->sdom )
        printk(" domid=%d", ad->sdom->domain_id);
    if ( ad && ad->tdom )
        printk(" target=%d", ad->tdom->domain_id);
    if ( ad && ad->last )
        printk(" range=%lx-%lx", ad->first, ad->last);
    printk(" ssid=%u tsid=%u tclass=%s\n", ssid, tsid, class_names[tclass]);
}

int avc_has_perm(uint32_t ssid, uint32_t tsid, uint16_t tclass,
                 uint32_t requested, const struct avc_audit_data *ad)
{
    uint32_t denied = requested & ~avc_lookup(ssid, tsid, tclass);

    if ( !denied || !security_policy_loaded() )
        return 0;
    avc_audit(ssid, tsid, tclass, denied, ad);
    return flask_enforcing ? -EACCES : 0;
}

void avc_reset(void)
{
    memset(avc_cache, 0, sizeof(avc_cache));
}
