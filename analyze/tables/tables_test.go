package tables

import (
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// readText reads tables from files given as text.
func readText(t *testing.T, files map[string]string) (*Tables, *refactor.Tree) {
	t.Helper()
	fs := map[string]*refactor.File{}
	for p, s := range files {
		fs[p] = refactor.NewFile(refactor.ModeFile, []byte(s))
	}
	tree, err := refactor.NewTree("test", fs)
	if err != nil {
		t.Fatal(err)
	}
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	tabs, err := Read(tree, pr)
	if err != nil {
		t.Fatal(err)
	}
	return tabs, tree
}

// text is what a span holds.
func text(t *testing.T, tree *refactor.Tree, s refactor.Span) string {
	t.Helper()
	src, err := tree.ReadFile(s.Path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(src[s.Start:s.End]))
}

const (
	dummyHeader = `
static XSM_INLINE int xsm_park(XSM_DEFAULT_ARG struct domain *d)
{
    XSM_ASSERT_ACTION(XSM_TARGET);
    return xsm_default_action(action, current->domain, d);
}
static XSM_INLINE int xsm_tow(XSM_DEFAULT_ARG struct domain *d, uint32_t where)
{
    XSM_ASSERT_ACTION(XSM_PRIV);
    return xsm_default_action(action, current->domain, d);
}
#ifdef CONFIG_CRANE
static XSM_INLINE int xsm_lift(XSM_DEFAULT_VOID)
{
    XSM_ASSERT_ACTION(XSM_HOOK);
    return xsm_default_action(action, current->domain, NULL);
}
#endif
`
	flaskHooks = `
static int cf_check flask_park(struct domain *d) { return current_has_perm(d, SECCLASS_LOT, LOT__PARK); }
static int cf_check flask_tow(
    struct domain *d, uint32_t where)
{
    return current_has_perm(d, SECCLASS_LOT, LOT__TOW);
}
#ifdef CONFIG_CRANE
static int cf_check flask_lift(void) { return 0; }
#endif
`
	vectorsFile = "class lot\n{\n\tpark   # a car\n\ttow\n}\n"
)

// structForm is a lot's tables as a structure with wrappers and operations.
func structForm() map[string]string {
	return map[string]string{
		"xen/include/xsm/xsm.h": `
struct xsm_ops {
    int (*park)(struct domain *d);
    int (*tow)(struct domain *d,
               uint32_t where);
#ifdef CONFIG_CRANE
    int (*lift)(void);
#endif
};
static inline int xsm_park(xsm_default_t def, struct domain *d) { return alternative_call(xsm_ops.park, d); }
static inline int xsm_tow(
    xsm_default_t def, struct domain *d, uint32_t where)
{
    return alternative_call(xsm_ops.tow, d, where);
}
#ifdef CONFIG_CRANE
static inline int xsm_lift(xsm_default_t def) { return alternative_call(xsm_ops.lift); }
#endif
`,
		"xen/include/xsm/dummy.h": dummyHeader,
		"xen/xsm/dummy.c": `
static const struct xsm_ops __initconst_cf_clobber dummy_ops = {
    .park = xsm_park,
    .tow  = xsm_tow,
#ifdef CONFIG_CRANE
    .lift = xsm_lift,
#endif
};
`,
		"xen/xsm/flask/hooks.c": flaskHooks + `
static const struct xsm_ops flask_ops = {
    .park = flask_park,
    .tow = flask_tow,
#ifdef CONFIG_CRANE
    .lift = flask_lift,
#endif
};
`,
		"xen/xsm/flask/policy/access_vectors": vectorsFile,
	}
}

// catalogueForm is the same lot as one header that each table includes.
func catalogueForm() map[string]string {
	return map[string]string{
		"xen/include/xsm/hooks.h": `
#ifndef XSM_HOOK
#define XSM_HOOK__(r, name, n, types...) \
    XSM_HOOK ## n(r, name, ## types)
#define XSM_HOOK(r, name, types...) XSM_HOOK__(r, name, count_args(types), ## types)
#endif

XSM_HOOK(int, park, struct domain *)
XSM_HOOK(int, tow, struct domain *,
                   uint32_t)
#ifdef CONFIG_CRANE
XSM_HOOK(int, lift)
#endif
#undef XSM_HOOK0
`,
		"xen/include/xsm/xsm.h": `
struct xsm_ops {
#define XSM_HOOK0(r, name) r (*name)(void);
#define XSM_HOOK1(r, name, t1) \
    r (*name)(t1 a1);
#define XSM_HOOK2(r, name, t1, t2) r (*name)(t1 a1, t2 a2);
#include "hooks.h"
};
#define XSM_HOOK0(r, name) static inline r xsm_ ## name(xsm_default_t def) { return alternative_call(xsm_ops.name); }
#define XSM_HOOK1(r, name, t1) \
static inline r xsm_ ## name(xsm_default_t def, t1 a1) \
{ \
    return alternative_call(xsm_ops.name, a1); \
}
#define XSM_HOOK2(r, name, t1, t2) static inline r xsm_ ## name(xsm_default_t def, t1 a1, t2 a2) { return alternative_call(xsm_ops.name, a1, a2); }
#include "hooks.h"
`,
		"xen/include/xsm/dummy.h": dummyHeader,
		"xen/xsm/dummy.c": `
static const struct xsm_ops dummy_ops = {
#define XSM_HOOK0(r, name) .name = xsm_ ## name,
#define XSM_HOOK1(r, name, ...) XSM_HOOK0(r, name)
#define XSM_HOOK2(r, name, ...) XSM_HOOK0(r, name)
#include <xsm/hooks.h>
};
`,
		"xen/xsm/flask/hooks.c": flaskHooks + `
static const struct xsm_ops flask_ops = {
#define XSM_HOOK0(r, name) .name = flask_ ## name,
#define XSM_HOOK1(r, name, ...) XSM_HOOK0(r, name)
#define XSM_HOOK2(r, name, ...) XSM_HOOK0(r, name)
#include <xsm/hooks.h>
};
`,
		"xen/xsm/flask/policy/access_vectors": vectorsFile,
	}
}

// TestBothFormsSayTheSame reads one set of hooks in both forms.
func TestBothFormsSayTheSame(t *testing.T) {
	a, _ := readText(t, structForm())
	b, tree := readText(t, catalogueForm())
	if a.XMacro || !b.XMacro || b.Files.Catalogue != "xen/include/xsm/hooks.h" {
		t.Errorf("forms: %v, %v, %+v", a.XMacro, b.XMacro, b.Files)
	}
	if len(a.Hooks) != 3 || len(b.Hooks) != 3 {
		t.Fatalf("%d and %d hooks", len(a.Hooks), len(b.Hooks))
	}
	for _, h := range a.Hooks {
		g := b.Hook(h.Name)
		if g == nil {
			t.Fatalf("the catalogue's tables have no %s", h.Name)
		}
		if decls(h) != decls(g) || h.Action != g.Action || h.Default != g.Default || h.FlaskFn != g.FlaskFn || h.Guard != g.Guard {
			t.Errorf("%s: %s %s %v %s %q, and %s %s %v %s %q", h.Name, decls(h), h.Action, h.Default, h.FlaskFn, h.Guard,
				decls(g), g.Action, g.Default, g.FlaskFn, g.Guard)
		}
		if len(h.Entries) != 2 || len(g.Entries) != 2 || g.Ops != g.DummyOp || !g.Catalogue || h.Catalogue {
			t.Errorf("%s: %d and %d entries, %v %v", h.Name, len(h.Entries), len(g.Entries), g.Ops, g.DummyOp)
		}
	}
	if got := text(t, tree, b.Hook("tow").Ops); got != "XSM_HOOK(int, tow, struct domain *,\n                   uint32_t)" {
		t.Errorf("the entry of tow is %q", got)
	}
	if got := text(t, tree, b.Hook("park").Dummy); !strings.HasPrefix(got, "static XSM_INLINE int xsm_park") || !strings.HasSuffix(got, "}") {
		t.Errorf("the dummy of park is %q", got)
	}
}

// TestForgotten takes a hook out of the catalogue: its default and the policy module's function still tell of it.
func TestForgotten(t *testing.T) {
	fs := catalogueForm()
	fs["xen/include/xsm/hooks.h"] = strings.Replace(fs["xen/include/xsm/hooks.h"], "XSM_HOOK(int, park, struct domain *)\n", "XSM_HOOK(int, wash)\n", 1)
	tabs, _ := readText(t, fs)
	if h := tabs.Hook("park"); h == nil || h.Ops.Path != "" || h.Dummy.Path == "" {
		t.Errorf("park: %+v", h)
	}
}

func decls(h *Hook) string {
	var out []string
	for _, p := range h.Params {
		out = append(out, p.Decl())
	}
	return h.Result + "(" + strings.Join(out, ", ") + ")"
}

// TestOldForm reads a tree from before the dummy had a header: functions beside the fixup, members called through a macro.
func TestOldForm(t *testing.T) {
	tabs, tree := readText(t, map[string]string{
		"xen/include/xsm/xsm.h": `
struct xsm_operations {
    int (*park) (struct domain *d);
    int (*tow) (struct domain *d);
    int (*lift) (void);
};
extern struct xsm_operations *xsm_ops;
static inline int xsm_park (struct domain *d)
{
    return xsm_call(park(d));
}
static inline int xsm_tow (struct domain *d)
{
    return xsm_ops->tow(d);
}
`,
		"xen/xsm/dummy.c": `
static int dummy_park (struct domain *d)
{
    return 0;
}
#define set_to_dummy_if_null(ops, function) \
    do { if ( !ops->function ) ops->function = dummy_##function; } while (0)
void xsm_fixup_ops (struct xsm_operations *ops)
{
    set_to_dummy_if_null(ops, park);
    set_to_dummy_if_null(ops, lift);
}
`,
		"xen/xsm/flask/hooks.c": "static int flask_park(struct domain *d)\n{\n    return 0;\n}\nstatic struct xsm_operations flask_ops = {\n    .park = flask_park,\n    tow: flask_tow,\n};\n",
	})
	park, tow, lift := tabs.Hook("xsm_park"), tabs.Hook("tow"), tabs.Hook("lift")
	if park == nil || park.Wrapper.Path == "" || park.Dummy.Path != "xen/xsm/dummy.c" || park.DummyOp.Path == "" || park.Flask.Path == "" || park.Default {
		t.Errorf("park: %+v", park)
	}
	if got := text(t, tree, park.DummyOp); got != "set_to_dummy_if_null(ops, park);" || park.Entry("dummy").Table != "xsm_fixup_ops" {
		t.Errorf("the fixup of park is %q of %s", got, park.Entry("dummy").Table)
	}
	if tow == nil || tow.Wrapper.Path == "" || tow.Dummy.Path != "" || tow.DummyOp.Path != "" || tow.FlaskFn != "flask_tow" || tow.Flask.Path != "" {
		t.Errorf("tow: %+v", tow)
	}
	if lift == nil || lift.Wrapper.Path != "" || lift.DummyOp.Path == "" || lift.FlaskOp.Path != "" {
		t.Errorf("lift: %+v", lift)
	}
}
