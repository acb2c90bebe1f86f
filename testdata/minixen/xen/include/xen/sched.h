#ifndef __XEN_SCHED_H__
#define __XEN_SCHED_H__

#include <xen/lib.h>
#include <xen/bitops.h>
#include <xen/rangeset.h>
#include <xen/rcupdate.h>
#include <xen/spinlock.h>
#include <asm/domain.h>
#include <public/xen.h>
#include <public/domctl.h>
#include <public/event_channel.h>

#define MAX_VIRT_CPUS   8
#define MAX_EVTCHNS     CONFIG_MAX_EVTCHNS

struct grant_table;
struct page_info;

struct evtchn {
    uint8_t state;
    uint8_t pending:1;
    uint8_t masked:1;
    uint16_t notify_vcpu_id;
    evtchn_port_t port;
    spinlock_t lock;
    union {
        struct { domid_t remote_domid; } unbound;
        struct { struct domain *remote_dom; evtchn_port_t remote_port; } interdomain;
        struct { int irq; } pirq;
        uint16_t virq;
    } u;
#ifdef CONFIG_XSM
    uint32_t ssid;
#endif
};

#define ECS_FREE         0
#define ECS_RESERVED     1
#define ECS_UNBOUND      2
#define ECS_INTERDOMAIN  3
#define ECS_PIRQ         4
#define ECS_VIRQ         5
#define ECS_IPI          6

struct vcpu {
    unsigned int vcpu_id;
    struct domain *domain;
    bool is_running;
    bool is_initialised;
    unsigned int pause_count;
    unsigned long pause_flags;
    uint64_t affinity;
    uint64_t periodic_ns;
    uint64_t singleshot_ns;
    evtchn_port_t virq_to_evtchn[NR_VIRQS];
    XEN_GUEST_HANDLE(vcpu_runstate_info_t) runstate_guest;
    struct arch_vcpu arch;
};

#define _VPF_down       0
#define _VPF_blocked    1

struct domain {
    domid_t domain_id;
    int refcnt;
    struct domain *next_in_list;
    struct domain *target;          /* the guest that a device model serves */

    bool is_privileged;
    bool is_xenstore;
    bool is_dying;
    bool is_shutting_down;
    bool auto_translated;
    bool is_hvm;
    uint8_t shutdown_code;
    unsigned int controller_pause_count;
    uint8_t handle[16];

    unsigned int max_vcpus;
    struct vcpu *vcpu[MAX_VIRT_CPUS];

    spinlock_t domain_lock;
    spinlock_t page_alloc_lock;
    struct page_info *page_list;
    unsigned int tot_pages;
    unsigned int max_pages;
    unsigned int outstanding_pages;

    spinlock_t event_lock;
    struct evtchn evtchn[MAX_EVTCHNS];
    bool poll_mask_busy;

    struct grant_table *grant_table;
    struct rangeset *iomem_caps;
    struct rangeset *irq_caps;
    int64_t time_offset_seconds;
    unsigned int suspend_evtchn;

    void *ssid;                     /* the security module's label */
#ifdef CONFIG_ACM
    uint32_t acm_ssidref;
#endif
    struct arch_domain arch;
};

extern struct vcpu *current;
extern struct domain *domain_list;
extern struct domain *hardware_domain;
extern struct domain *dom_xen, *dom_io;
extern rcu_read_lock_t domlist_read_lock;

#define for_each_domain(d) \
    for ( (d) = rcu_dereference(domain_list); (d) != NULL; (d) = (d)->next_in_list )
#define for_each_vcpu(d, v) \
    for ( unsigned int i_ = 0; i_ < (d)->max_vcpus; i_++ ) \
        if ( ((v) = (d)->vcpu[i_]) != NULL )

#define is_hardware_domain(d)   ((d) == hardware_domain)
#define is_control_domain(d)    ((d)->is_privileged)
#define is_xenstore_domain(d)   ((d)->is_xenstore)
#define is_hvm_domain(d)        ((d)->is_hvm)
#define is_pv_domain(d)         (!(d)->is_hvm)
#define paging_mode_translate(d) ((d)->auto_translated)

/* The privilege test that predates security modules. */
#define IS_PRIV(d)              ((d)->is_privileged)
#define IS_PRIV_FOR(d, t)       ((d)->is_privileged || (d)->target == (t))

struct domain *get_domain_by_id(domid_t dom);
void put_domain(struct domain *d);
static inline void get_knownalive_domain(struct domain *d)
{
    d->refcnt++;
}

struct domain *rcu_lock_domain_by_id(domid_t dom);
struct domain *rcu_lock_domain_by_any_id(domid_t dom);
int rcu_lock_remote_domain_by_id(domid_t dom, struct domain **d);
int rcu_lock_live_remote_domain_by_id(domid_t dom, struct domain **d);
static inline struct domain *rcu_lock_domain(struct domain *d)
{
    return d;
}
static inline struct domain *rcu_lock_current_domain(void)
{
    return current->domain;
}
static inline void rcu_unlock_domain(struct domain *d)
{
    (void)d;
}

static inline void domain_lock(struct domain *d)
{
    spin_lock_recursive(&d->domain_lock);
}
static inline void domain_unlock(struct domain *d)
{
    spin_unlock_recursive(&d->domain_lock);
}

struct domain *domain_create(domid_t domid,
                             const struct xen_domctl_createdomain *config,
                             bool is_priv);
int domain_kill(struct domain *d);
void domain_pause(struct domain *d);
void domain_unpause(struct domain *d);
int domain_pause_by_systemcontroller(struct domain *d);
int domain_unpause_by_systemcontroller(struct domain *d);
void domain_resume(struct domain *d);
int domain_shutdown(struct domain *d, uint8_t reason);
int domain_soft_reset(struct domain *d);
struct vcpu *vcpu_create(struct domain *d, unsigned int vcpu_id);
void vcpu_pause(struct vcpu *v);
void vcpu_unpause(struct vcpu *v);
void vcpu_block(void);
void vcpu_wake(struct vcpu *v);
long vcpu_yield(void);
int vcpu_set_hard_affinity(struct vcpu *v, uint64_t mask);
void getdomaininfo(struct domain *d, struct xen_domctl_getdomaininfo *info);
void update_domain_wallclock_time(struct domain *d);

int arch_domain_create(struct domain *d,
                       const struct xen_domctl_createdomain *config);
void arch_domain_destroy(struct domain *d);

/* schedule.c: the policy behind an ops table */
struct scheduler {
    const char *name;
    unsigned int sched_id;
    int (*adjust)(struct domain *d, struct xen_domctl_scheduler_op *op);
    int (*adjust_global)(uint32_t cmd, uint32_t *weight);
    void (*sleep)(struct vcpu *v);
    void (*wake)(struct vcpu *v);
};
long sched_adjust(struct domain *d, struct xen_domctl_scheduler_op *op);
long sched_adjust_global(uint32_t cmd, uint32_t *weight);
int sched_id(void);

#endif
