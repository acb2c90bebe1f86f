/* What the oracle and, with -DREAL_DUMMY, a tree's own xsm/dummy.h need to know
 * of a hypervisor. Written for this test; nothing here is Xen's. */
#ifndef ORACLE_H
#define ORACLE_H
#include <stdint.h>
#include <stddef.h>

#define DOMID_SELF_TEST 0x7FF0U
#ifndef DOMID_IO
#define DOMID_IO 0x7FF1U
#endif
#ifndef DOMID_IDLE
#define DOMID_IDLE 0x7FFFU
#endif

struct domain {
    uint16_t domain_id;
    struct domain *target;
    _Bool is_privileged, is_console, is_xenstore;
};
struct evtchn { int unused; };
struct page_info;
struct xen_domctl_bind_pt_irq;
struct xen_domctl_getdomaininfo;
#ifndef REAL_DUMMY
typedef uint16_t domid_t;
#endif
typedef unsigned long l1_pgentry_t;

#define is_control_domain(d) ((d)->is_privileged)
#define is_xenstore_domain(d) ((d)->is_xenstore)
#define ZERO(type) ((type)0)
#ifndef EPERM
#define EPERM 1
#define ENOSYS 38
#endif

enum xsm_default { XSM_HOOK, XSM_DM_PRIV, XSM_TARGET, XSM_PRIV, XSM_XS_PRIV, XSM_OTHER };
typedef enum xsm_default xsm_default_t;

/* 0 control, 1 plain, 2 device model of 3, 3 its target, 4 xenstore,
 * 5 console, 6 DOMID_IO, 7 xenstore and device model of itself's peer 1 */
#define NDOMS 8
extern struct domain *doms[NDOMS];
extern struct domain *current_domain;
extern struct domain *dom_io;
void make_domains(void);

#ifdef REAL_DUMMY
struct vcpu { struct domain *domain; };
extern struct vcpu *the_vcpu(void);
#define current the_vcpu()
#define always_inline inline
#define cf_check
#define __maybe_unused __attribute__((unused))
#define evaluate_nospec(x) (x)
#define block_speculation() ((void)0)
#define ASSERT(x) ((void)0)
#define printk(...) ((void)0)
typedef _Bool bool_t;
#ifndef bool
#define bool _Bool
#define true 1
#define false 0
#endif
#endif
#endif
