package hookgen

import (
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// A parking lot's hooks, in the three forms that hypervisors have kept them in. park is a domain's own, tow has two parties, lift stands under a condition.
const (
	lotSched = `#ifndef SCHED_H
#define SCHED_H
typedef unsigned int uint32_t;
typedef unsigned short domid_t;
typedef struct { void *p; } handle_t;
struct domain { domid_t id; struct domain *target; int is_privileged; };
struct domain *current_domain(void);
#define IS_PRIV(d) ((d)->is_privileged)
#define EPERM 1
#define cf_check
#define count_args_(dot, a1, a2, a3, n, ...) n
#define count_args(args...) count_args_(., ## args, 3, 2, 1, 0)
#endif
`
	lotDummy = `#ifndef __DUMMY_H__
#define __DUMMY_H__
#include <xen/sched.h>
#include <xsm/xsm.h>
#ifdef CONFIG_XSM
#define XSM_INLINE __attribute__((unused))
#define XSM_DEFAULT_ARG
#define XSM_DEFAULT_VOID void
#define XSM_ASSERT_ACTION(def) xsm_default_t action = def; (void)action
#else
#define XSM_INLINE inline
#define XSM_DEFAULT_ARG xsm_default_t action,
#define XSM_DEFAULT_VOID xsm_default_t action
#define XSM_ASSERT_ACTION(def) (void)(def != action)
#endif

static inline int xsm_default_action(xsm_default_t action, struct domain *src, struct domain *target)
{
    return action == XSM_HOOK || src == target || IS_PRIV(src) ? 0 : -EPERM;
}

static XSM_INLINE int cf_check xsm_park(XSM_DEFAULT_ARG struct domain *d)
{
    XSM_ASSERT_ACTION(XSM_TARGET);
    return xsm_default_action(action, current_domain(), d);
}

static XSM_INLINE int cf_check xsm_tow(
    XSM_DEFAULT_ARG struct domain *d1, struct domain *d2)
{
    XSM_ASSERT_ACTION(XSM_HOOK);
    return xsm_default_action(action, d1, d2);
}

#ifdef CONFIG_CRANE
static XSM_INLINE int cf_check xsm_lift(XSM_DEFAULT_ARG struct domain *d,
                                        uint32_t weight)
{
    XSM_ASSERT_ACTION(XSM_PRIV);
    return xsm_default_action(action, current_domain(), d);
}
#endif
#endif
`
	lotActions = "#ifndef __XSM_H__\n#define __XSM_H__\ntypedef enum { XSM_HOOK, XSM_TARGET, XSM_PRIV } xsm_default_t;\n"
	lotFlask   = `#include <xen/sched.h>
#include <xsm/xsm.h>
#include "perms.h"

int current_has_perm(struct domain *d, int class, uint32_t perm);
int domain_has_perm(struct domain *a, struct domain *b, int class, uint32_t perm);

static int cf_check flask_park(struct domain *d)
{
    return current_has_perm(d, SECCLASS_LOT, LOT__PARK);
}

static int cf_check flask_tow(struct domain *d1, struct domain *d2)
{
    return domain_has_perm(d1, d2, SECCLASS_LOT, LOT__TOW);
}

#ifdef CONFIG_CRANE
static int cf_check flask_lift(struct domain *d,
                               uint32_t weight)
{
    return current_has_perm(d, SECCLASS_LOT, LOT__LIFT);
}
#endif
`
	lotSilo = `#define XSM_NO_WRAPPERS
#include <xsm/dummy.h>

static int silo_check(const struct domain *a, const struct domain *b)
{
    return a == b;
}

static int cf_check silo_tow(struct domain *d1, struct domain *d2)
{
    if ( silo_check(d1, d2) )
        return xsm_tow(d1, d2);
    return -EPERM;
}

static const struct xsm_ops silo_xsm_ops = {
    .tow = silo_tow,
};

const struct xsm_ops *silo_init(void) { return &silo_xsm_ops; }
`
	lotVectors = "class lot\n{\n# everyday\n    park\n    tow\n    lift\n}\n"
	lotClasses = "class lot\n"
	lotPolicy  = "define(`declare_domain_common', `\n\tallow $1 $2:lot park;\n')\nallow dom0_t domU_t:lot { park tow\n\tlift };\nallow domU_t domU_t:lot tow;\n"
	lotCaller  = `#include <xen/sched.h>

long do_lot_op(struct domain *d, struct domain *e)
{
    long rc = 0;

    d->id = e->id;
    return rc;
}
`
)

// lotForms are the trees by form.
func lotForms() map[string]map[string]string {
	common := func(m map[string]string) map[string]string {
		for p, s := range map[string]string{
			"xen/include/xen/sched.h": lotSched, "xen/include/xsm/dummy.h": lotDummy, "xen/xsm/flask/policy/access_vectors": lotVectors,
			"xen/xsm/flask/policy/security_classes": lotClasses, "tools/flask/policy/modules/lot.te": lotPolicy, "xen/common/lot.c": lotCaller,
			"xen/xsm/silo.c": lotSilo,
		} {
			if _, ok := m[p]; !ok {
				m[p] = s
			}
		}
		return m
	}
	return map[string]map[string]string{
		"structure": common(map[string]string{
			"xen/include/xsm/xsm.h": lotActions + `#include <xen/sched.h>
struct xsm_ops {
    int (*park)(struct domain *d);
    int (*tow)(struct domain *d1, struct domain *d2);
#ifdef CONFIG_CRANE
    int (*lift)(struct domain *d, uint32_t weight);
#endif
};

#ifdef CONFIG_XSM
extern struct xsm_ops xsm_ops;

#ifndef XSM_NO_WRAPPERS
static inline int xsm_park(xsm_default_t def, struct domain *d)
{
    return xsm_ops.park(d);
}

static inline int xsm_tow(
    xsm_default_t def, struct domain *d1, struct domain *d2)
{
    return xsm_ops.tow(d1, d2);
}

#ifdef CONFIG_CRANE
static inline int xsm_lift(xsm_default_t def, struct domain *d, uint32_t weight)
{
    return xsm_ops.lift(d, weight);
}
#endif
#endif
#else
#include <xsm/dummy.h>
#endif
#endif
`,
			"xen/xsm/dummy.c": `#define XSM_NO_WRAPPERS
#include <xsm/dummy.h>

const struct xsm_ops dummy_ops = {
    .park = xsm_park,
    .tow  = xsm_tow,
#ifdef CONFIG_CRANE
    .lift = xsm_lift,
#endif
};
`,
			"xen/xsm/flask/hooks.c": lotFlask + `
const struct xsm_ops flask_ops = {
    .park = flask_park,
    .tow = flask_tow,
#ifdef CONFIG_CRANE
    .lift = flask_lift,
#endif
};
`,
		}),
		"catalogue": common(map[string]string{
			"xen/include/xsm/hooks.h": `#ifndef XSM_HOOK
#define XSM_HOOK__(r, name, n, types...) \
    XSM_HOOK ## n(r, name, ## types)
#define XSM_HOOK_(r, name, n, types...) XSM_HOOK__(r, name, n, ## types)
#define XSM_HOOK(r, name, types...) XSM_HOOK_(r, name, count_args(types), ## types)
#endif

XSM_HOOK(int, park, struct domain *)
XSM_HOOK(int, tow, struct domain *, struct domain *)
#ifdef CONFIG_CRANE
XSM_HOOK(int, lift, struct domain *, uint32_t)
#endif

#undef XSM_HOOK1
#undef XSM_HOOK2
`,
			"xen/include/xsm/xsm.h": lotActions + `#include <xen/sched.h>
struct xsm_ops {
#define XSM_HOOK1(r, name, t1) r (*name)(t1 arg1);
#define XSM_HOOK2(r, name, t1, t2) r (*name)(t1 arg1, t2 arg2);
#include "hooks.h"
};

#ifdef CONFIG_XSM
extern struct xsm_ops xsm_ops;

#ifndef XSM_NO_WRAPPERS
#define XSM_HOOK1(r, name, t1) \
static inline r xsm_ ## name(xsm_default_t def, t1 arg1) \
{ \
    return xsm_ops.name(arg1); \
}
#define XSM_HOOK2(r, name, t1, t2) \
static inline r xsm_ ## name(xsm_default_t def, t1 arg1, t2 arg2) \
{ \
    return xsm_ops.name(arg1, arg2); \
}
#include "hooks.h"
#endif
#else
#include <xsm/dummy.h>
#endif
#endif
`,
			"xen/xsm/dummy.c": `#define XSM_NO_WRAPPERS
#include <xsm/dummy.h>

const struct xsm_ops dummy_ops = {
#define XSM_HOOK1(r, name, t1) .name = xsm_ ## name,
#define XSM_HOOK2(r, name, t1, t2) .name = xsm_ ## name,
#include <xsm/hooks.h>
};
`,
			"xen/xsm/flask/hooks.c": lotFlask + `
const struct xsm_ops flask_ops = {
#define XSM_HOOK1(r, name, t1) .name = flask_ ## name,
#define XSM_HOOK2(r, name, t1, t2) .name = flask_ ## name,
#include <xsm/hooks.h>
};
`,
		}),
		"old": common(map[string]string{
			"xen/include/xsm/dummy.h": "",
			"xen/xsm/silo.c":          "",
			"xen/include/xsm/xsm.h": `#include <xen/sched.h>
struct xsm_operations {
    int (*park) (struct domain *d);
    int (*tow) (struct domain *d1, struct domain *d2);
#ifdef CONFIG_CRANE
    int (*lift) (struct domain *d, uint32_t weight);
#endif
};

#ifdef XSM_ENABLE
extern struct xsm_operations *xsm_ops;
#define xsm_call(fn) xsm_ops->fn
#else
#define xsm_call(fn) 0
#endif

static inline int xsm_park (struct domain *d)
{
    return xsm_call(park(d));
}

static inline int xsm_tow (struct domain *d1, struct domain *d2)
{
    return xsm_call(tow(d1, d2));
}

#ifdef CONFIG_CRANE
static inline int xsm_lift (struct domain *d, uint32_t weight)
{
    return xsm_call(lift(d, weight));
}
#endif
`,
			"xen/xsm/dummy.c": `#include <xen/sched.h>
#include <xsm/xsm.h>

static int dummy_park (struct domain *d)
{
    return 0;
}

static int dummy_tow (struct domain *d1, struct domain *d2)
{
    return 0;
}

#ifdef CONFIG_CRANE
static int dummy_lift (struct domain *d, uint32_t weight)
{
    return 0;
}
#endif

struct xsm_operations dummy_xsm_ops;

#define set_to_dummy_if_null(ops, function)                            \
    do {                                                               \
        if ( !ops->function )                                          \
            ops->function = dummy_##function;                          \
    } while (0)

void xsm_fixup_ops (struct xsm_operations *ops)
{
    set_to_dummy_if_null(ops, park);
    set_to_dummy_if_null(ops, tow);
#ifdef CONFIG_CRANE
    set_to_dummy_if_null(ops, lift);
#endif
}
`,
			"xen/xsm/flask/hooks.c": lotFlask + `
struct xsm_operations flask_ops = {
    .park = flask_park,
    .tow = flask_tow,
#ifdef CONFIG_CRANE
    .lift = flask_lift,
#endif
};
`,
			"xen/xsm/flask/include/av_permissions.h":    "#define LOT__PARK                                 0x00000001UL\n#define LOT__TOW                                  0x00000002UL\n#define LOT__LIFT                                 0x00000004UL\n",
			"xen/xsm/flask/include/av_perm_to_string.h": "   S_(SECCLASS_LOT, LOT__PARK, \"park\")\n   S_(SECCLASS_LOT, LOT__TOW, \"tow\")\n   S_(SECCLASS_LOT, LOT__LIFT, \"lift\")\n",
		}),
	}
}

// lotPlan asks for three new hooks, one after each of the lot's, at one place of the caller.
const lotPlan = `version: 1
tree: lot
placements:
- hook: xsm_valet
  kind: check
  file: xen/common/lot.c
  line: 7
  before: d->id = e->id;
  function: do_lot_op
  hypercall: do_lot_op
  operation: LOT_valet
  class: other
  action: XSM_TARGET
  args: [d]
  deny: return rc;
  text: |
    rc = xsm_valet(XSM_TARGET, d);
    if ( rc )
        return rc;
  new: {like: park, class: lot, permission: valet, grant_like: "lot:lift"}
- hook: xsm_jump_start
  kind: check
  file: xen/common/lot.c
  line: 7
  before: d->id = e->id;
  function: do_lot_op
  hypercall: do_lot_op
  class: domain-domain
  action: XSM_HOOK
  args: [d, e]
  deny: return rc;
  text: |
    rc = xsm_jump_start(XSM_HOOK, d, e);
    if ( rc )
        return rc;
  new: {like: tow, class: lot, permission: jump_start, grant_like: "lot:tow"}
- hook: xsm_hoist
  kind: check
  file: xen/common/lot.c
  line: 7
  before: d->id = e->id;
  function: do_lot_op
  hypercall: do_lot_op
  class: other
  action: XSM_PRIV
  args: [d, d->id]
  deny: return rc;
  text: |
    rc = xsm_hoist(XSM_PRIV, d, d->id);
    if ( rc )
        return rc;
  new: {like: lift, class: lot, permission: hoist, grant_like: "lot:lift"}
`

func lotTree(t *testing.T, files map[string]string) (*refactor.Tree, *tables.Tables) {
	t.Helper()
	fs := map[string]*refactor.File{}
	for p, s := range files {
		if s != "" {
			fs[p] = refactor.NewFile(refactor.ModeFile, []byte(s))
		}
	}
	tree, err := refactor.NewTree("lot", fs)
	if err != nil {
		t.Fatal(err)
	}
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	tabs, err := tables.Read(tree, pr)
	if err != nil {
		t.Fatal(err)
	}
	return tree, tabs
}

// applied is the tree after gen has written a plan.
func applied(t *testing.T, tree *refactor.Tree, tabs *tables.Tables, plan string) *refactor.Tree {
	t.Helper()
	p, err := ReadPlan("plan.yaml", []byte(plan), tree, tabs)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := p.Generate(tree)
	if err != nil {
		t.Fatal(err)
	}
	after, err := tree.Apply(changes...)
	if err != nil {
		t.Fatal(err)
	}
	return after
}
