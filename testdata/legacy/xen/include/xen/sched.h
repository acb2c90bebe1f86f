#ifndef __SCHED_H__
#define __SCHED_H__

#include <xen/lib.h>
#include <xen/errno.h>
#include <public/xen.h>

typedef struct { int held; } spinlock_t;

void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);

#define ECS_FREE    0
#define ECS_UNBOUND 1
#define MAX_EVTCHNS 64

struct evtchn
{
    uint8_t state;
    domid_t remote_domid;
};

struct domain
{
    domid_t domain_id;
    int is_privileged;
    int pause_count;
    unsigned int max_pages;
    spinlock_t evtchn_lock;
    struct evtchn evtchn[MAX_EVTCHNS];
};

struct vcpu
{
    struct domain *domain;
};

#define IS_PRIV(_d) ((_d)->is_privileged)

struct domain *domain_create(domid_t domid);
struct domain *rcu_lock_domain_by_id(domid_t domid);
void rcu_unlock_domain(struct domain *d);
void domain_pause(struct domain *d);
void domain_unpause(struct domain *d);

#include <asm/current.h>

#endif
