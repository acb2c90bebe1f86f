package hookgen

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
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

// lotGen runs gen on a form's tree.
func lotGen(t *testing.T, form string, files map[string]string) (*refactor.Tree, *tables.Tables, string) {
	t.Helper()
	plan := lotPlan
	if form == "old" { // hooks of that age take no default action
		plan = regexp.MustCompile(`XSM_\w+, d`).ReplaceAllString(plan, "d")
		plan = regexp.MustCompile(`action: XSM_\w+\n`).ReplaceAllString(plan, "action: \"\"\n")
	}
	tree, tabs := lotTree(t, files)
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
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	if tabs, err = tables.Read(after, pr); err != nil {
		t.Fatal(err)
	}
	return after, tabs, plan
}

// TestForms makes new hooks in each form of the tables. The reader finds them in every table, gcc compiles the tables in every configuration, and a
// second run changes nothing.
func TestForms(t *testing.T) {
	for form, files := range lotForms() {
		t.Run(form, func(t *testing.T) {
			after, tabs, plan := lotGen(t, form, files)
			for name, action := range map[string]string{"valet": "XSM_TARGET", "jump_start": "XSM_HOOK", "hoist": "XSM_PRIV"} {
				h := tabs.Hook(name)
				if h == nil || h.Ops.Path == "" || h.Wrapper.Path == "" || h.Dummy.Path == "" || h.DummyOp.Path == "" || h.FlaskOp.Path == "" || h.Flask.Path == "" {
					t.Fatalf("%s is not in every table: %+v", name, h)
				}
				if form != "old" && h.Action != action {
					t.Errorf("%s: the default asserts %s, want %s", name, h.Action, action)
				}
				if len(h.Vectors) != 1 || h.Vectors[0] != (tables.Vector{Class: "lot", Perm: name}) {
					t.Errorf("%s: Flask asks for %v", name, h.Vectors)
				}
				if h.Guard != "" { // its caller has no such condition
					t.Errorf("%s is made under %s only", name, h.Guard)
				}
			}
			if silo := tabs.Hook("jump_start").Entry("silo"); form != "old" && (silo == nil || silo.Fn != "silo_jump_start") {
				t.Errorf("SILO does not separate who jump-starts: %+v", silo)
			}
			if h := tabs.Hook("valet"); h.Entry("silo") != nil {
				t.Error("SILO was given a hook that concerns one domain")
			}
			compileLot(t, form, after, tabs)
			again, err := ReadPlan("plan.yaml", []byte(plan), after, tabs)
			if err != nil || again.Applied != 3 || len(again.Placements) != 0 {
				t.Errorf("the second run: %v, %+v", err, again)
			}
		})
	}
}

// compileLot compiles every unit of the lot with XSM on and off, with the crane and without.
func compileLot(t *testing.T, form string, tree *refactor.Tree, tabs *tables.Tables) {
	t.Helper()
	dir := t.TempDir()
	if err := tree.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	perms := ""
	for i, c := range tabs.Classes {
		perms += "#define SECCLASS_" + strings.ToUpper(c.Name) + " " + string(rune('1'+i)) + "\n"
		for _, p := range c.Perms {
			perms += "#define " + strings.ToUpper(c.Name+"__"+p) + " 1\n"
		}
	}
	if form == "old" {
		perms = "#include \"include/av_permissions.h\"\n#define SECCLASS_LOT 1\n"
	}
	if err := os.WriteFile(filepath.Join(dir, "xen/xsm/flask/perms.h"), []byte(perms), 0o666); err != nil {
		t.Fatal(err)
	}
	units := []string{"xen/xsm/dummy.c", "xen/xsm/flask/hooks.c"}
	if form != "old" {
		units = append(units, "xen/xsm/silo.c")
	}
	for _, defs := range [][]string{{}, {"-DCONFIG_CRANE"}, {"-DCONFIG_XSM", "-DXSM_ENABLE"}, {"-DCONFIG_XSM", "-DXSM_ENABLE", "-DCONFIG_CRANE"}} {
		for _, u := range append([]string{"xen/common/lot.c"}, units[:len(units)*min(1, len(defs)/2)]...) {
			cmd := exec.Command("gcc", append(defs, "-fsyntax-only", "-Wall", "-Werror", "-Wno-unused-function", "-Ixen/include", u)...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s %v: %v\n%s", u, defs, err, out)
			}
		}
	}
}

// TestPolicyKeepsBehaviour: whoever may use the operation before may use it after. A guest may act on itself by default, so a rule about guests and
// themselves is made, although the near permission, which only dom0 has, would not give it to them.
func TestPolicyKeepsBehaviour(t *testing.T) {
	after, _, _ := lotGen(t, "structure", lotForms()["structure"])
	src, err := after.ReadFile("tools/flask/policy/modules/lot.te")
	if err != nil {
		t.Fatal(err)
	}
	want := "define(`declare_domain_common', `\n\tallow $1 $2:lot park;\n\tallow $1 $2:lot valet;\n')\n" +
		"allow dom0_t domU_t:lot { park tow jump_start\n\tlift valet hoist };\nallow domU_t domU_t:lot tow;\nallow domU_t domU_t:lot jump_start;\n"
	if string(src) != want {
		t.Errorf("policy:\n%s\nwant:\n%s", src, want)
	}
}

// TestBytesKept: files with CRLF, and without a newline at their end, stay so; all that was there is there still.
func TestBytesKept(t *testing.T) {
	for form, files := range lotForms() {
		for p, s := range files {
			if s != "" && !strings.HasSuffix(p, ".te") {
				files[p] = strings.TrimSuffix(strings.ReplaceAll(s, "\n", "\r\n"), "\r\n")
			}
		}
		after, _, _ := lotGen(t, form, files)
		for p, s := range files {
			if s == "" {
				continue
			}
			src, err := after.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			now := string(src)
			if strings.HasSuffix(p, ".te") {
				continue
			}
			if bare := strings.Count(now, "\n") - strings.Count(now, "\r\n"); bare != 0 {
				t.Errorf("%s: %s: %d lines lost their carriage return:\n%q", form, p, bare, now)
			}
			if strings.HasSuffix(now, "\n") {
				t.Errorf("%s: %s: ends with a newline now", form, p)
			}
			rest := now
			for _, l := range strings.Split(s, "\r\n") {
				_, after, ok := strings.Cut(rest, l)
				if !ok {
					t.Fatalf("%s: %s: the line %q is gone", form, p, l)
				}
				rest = after
			}
		}
	}
}

// TestClassOverflow: a class has 32 permissions; the next one goes to the next class, which is made where there is none.
func TestClassOverflow(t *testing.T) {
	files := lotForms()["structure"]
	full := "class lot\n{\n    park\n    tow\n    lift\n"
	for i := range 29 {
		full += "    p" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + "\n"
	}
	files["xen/xsm/flask/policy/access_vectors"] = full + "}\n\nclass other\n{\n    x\n}\n"
	files["xen/xsm/flask/policy/security_classes"] = "class lot\nclass other\n"
	tree, tabs := lotTree(t, files)
	if n := len(tabs.Class("lot").Perms); n != 32 {
		t.Fatalf("the class has %d permissions", n)
	}
	if _, err := ReadPlan("plan.yaml", []byte(lotPlan), tree, tabs); err == nil || !strings.Contains(err.Error(), "plan.yaml:4: placement 1: new.class: lot has 32 permissions, which is all that a class can; name lot2") {
		t.Errorf("a full class: %v", err)
	}
	p, err := ReadPlan("plan.yaml", []byte(strings.ReplaceAll(lotPlan, "class: lot,", "class: lot2,")), tree, tabs)
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
	for file, want := range map[string]string{
		"xen/xsm/flask/policy/security_classes": "class lot\nclass other\nclass lot2\n",
		"xen/xsm/flask/policy/access_vectors":   "}\n\n# more of class lot\nclass lot2\n{\n# LOT_valet\n    valet\n    jump_start\n    hoist\n}\n\nclass other",
		"xen/xsm/flask/hooks.c":                 "return current_has_perm(d, SECCLASS_LOT2, LOT2__VALET);",
		"tools/flask/policy/modules/lot.te":     "\tallow $1 $2:lot2 valet;",
	} {
		src, err := after.ReadFile(file)
		if err != nil || !strings.Contains(string(src), want) {
			t.Errorf("%s: error %v, no %q in\n%s", file, err, want, src)
		}
	}
	pr, _ := profile.Xen()
	if tabs, err = tables.Read(after, pr); err != nil {
		t.Fatal(err)
	}
	compileLot(t, "structure", after, tabs)
}

// TestLongNames: a name that makes a line too long breaks it, as the tree's own code does; a policy that has one permission a line keeps doing so.
func TestLongNames(t *testing.T) {
	files := lotForms()["structure"]
	files["tools/flask/policy/modules/lot.te"] = "allow dom0_t domU_t:lot {\n\tpark\n\ttow\n};\n"
	tree, tabs := lotTree(t, files)
	const long = "xsm_jump_start_by_the_neighbour"
	p, err := ReadPlan("plan.yaml", []byte(strings.ReplaceAll(lotPlan, "xsm_jump_start", long)), tree, tabs)
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
	for _, file := range []string{"xen/include/xsm/xsm.h", "xen/include/xsm/dummy.h", "xen/xsm/flask/hooks.c", "xen/xsm/silo.c"} {
		src, err := after.ReadFile(file)
		if err != nil || !strings.Contains(string(src), strings.TrimPrefix(long, "xsm_")) {
			t.Fatalf("%s: error %v, or no such hook", file, err)
		}
		for _, l := range strings.Split(string(src), "\n") {
			if len(l) > 80 && !strings.Contains(files[file], l) {
				t.Errorf("%s: a line of %d columns: %s", file, len(l), l)
			}
		}
	}
	src, err := after.ReadFile("tools/flask/policy/modules/lot.te")
	if want := "allow dom0_t domU_t:lot {\n\tpark\n\ttow\n\tjump_start\n};\n"; err != nil || string(src) != want {
		t.Errorf("policy (error %v):\n%s", err, src)
	}
}
