package tables

import (
	"fmt"
	"strings"
	"testing"
)

// lotTree is a hypervisor with a dispatcher in two files, an architecture's among them, and a module that knows some commands.
func lotTree() map[string]string {
	fs := module(`
static int flask_park(struct domain *d, int cmd)
{
    switch ( cmd )
    {
    case LOTOP_in: return own_has(d, LOT__PARK);
    case LOTOP_out: return own_has(d, LOT__PARK);
    case LOTOP_own: return 0;
    default: return unknown("lot", cmd);
    }
}
static int flask_tow(struct domain *d, uint32_t how)
{
    switch ( how )
    {
    case TOWOP_slow: case TOWOP_fast: return own_has(d, LOT__TOW);
    default: return own_has(d, LOT__WASH);
    }
}
static struct xsm_ops flask_ops = { .park = flask_park, .tow = flask_tow, };
`)
	fs["xen/common/lot.c"] = `
long do_lot_op(struct lot_op *op)
{
    int rc;
    switch ( op->cmd )
    {
    case LOTOP_own:
        return own(op);
    case LOTOP_skip:
        goto skipped;
    }
    if ( op->cmd != LOTOP_aside )
        rc = xsm_park(XSM_TARGET, d, op->cmd);
 skipped:
    switch ( op->cmd )
    {
    case LOTOP_in: rc = in(); break;
    case LOTOP_skip: rc = skip(); break;
    case LOTOP_aside: rc = aside(); break;
    case LOTOP_wash: rc = wash(); break;
    default: rc = arch_lot_op(op); break;
    }
    return rc;
}
int tow(struct domain *d, int how)
{
    /* xsm_tow(XSM_HOOK, d, how) */
    switch ( how ) { case TOWOP_slow: case TOWOP_never: return xsm_tow(XSM_PRIV, d, how); }
    return xsm_tow(d->own ? XSM_TARGET : XSM_PRIV, d, how);
}
`
	fs["xen/arch/sparc/lot.c"] = `
long arch_lot_op(struct lot_op *op)
{
    switch ( op->cmd )
    {
    case LOTOP_out: return out();
#ifdef CONFIG_WAX
    case LOTOP_wax: return wax();
#endif
    }
    return -ENOSYS;
}
int lot_state(struct lot *l)
{
    switch ( l->state ) { case LOTOP_in: case LOTOP_empty: return 1; }
    return 0;
}
`
	return fs
}

// TestMissingCases finds the commands that reach the hook and that the module does not know, in code of every architecture.
func TestMissingCases(t *testing.T) {
	tabs, _ := readText(t, lotTree())
	var got []string
	for _, m := range tabs.MissingCases() {
		got = append(got, m.Label+" in "+m.Function)
	}
	if s := strings.Join(got, ", "); s != "LOTOP_wax in arch_lot_op, LOTOP_wash in do_lot_op" {
		t.Errorf("missing: %s", s)
	}
}

// TestCalls reads calls outside the modules, with their actions, functions and commands.
func TestCalls(t *testing.T) {
	tabs, _ := readText(t, lotTree())
	var got []string
	for _, c := range tabs.Calls() {
		got = append(got, fmt.Sprintf("%s %v in %s at %v", c.Hook.Name, c.Actions, c.Function(), c.Commands()))
	}
	want := []string{
		"park [XSM_TARGET] in do_lot_op at []",
		"tow [XSM_PRIV] in tow at [TOWOP_slow TOWOP_never]",
		"tow [XSM_TARGET XSM_PRIV] in tow at []",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("calls:\n%s", strings.Join(got, "\n"))
	}
}

// TestBuildGuard reads makefiles on the way to a file.
func TestBuildGuard(t *testing.T) {
	fs := structForm()
	fs["xen/Makefile"] = "ALL_OBJS-$(CONFIG_XSM) += xsm/built_in.o\nALL_OBJS-y += common/built_in.o\n"
	fs["xen/xsm/Makefile"] = "obj-y += dummy.o \\\n  core.o\nobj-$(CONFIG_FLASK) += flask/\n"
	tabs, _ := readText(t, fs)
	for file, want := range map[string]string{
		"xen/xsm/dummy.c": "defined(CONFIG_XSM)", "xen/xsm/flask/hooks.c": "defined(CONFIG_FLASK) && defined(CONFIG_XSM)", "xen/common/lot.c": "",
	} {
		if got := tabs.BuildGuard(file); got != want {
			t.Errorf("%s is built under %q, want %q", file, got, want)
		}
	}
}

// TestAdded compares object classes.
func TestAdded(t *testing.T) {
	older, _ := readText(t, structForm())
	newer, _ := readText(t, module(""))
	if got := fmt.Sprint(Added(older, newer)); got != "[{lot wash} {lot2 wax}]" {
		t.Errorf("added: %s", got)
	}
	if got := Added(newer, older); len(got) > 0 {
		t.Errorf("taken away, not added: %v", got)
	}
}
