package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
	"github.com/xsmpatch/xsmpatch/hookgen/importer"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// treeOf is the tree below with some texts changed; nil gives an empty one.
func treeOf(t *testing.T, change map[string]string, whole ...bool) *refactor.Tree {
	t.Helper()
	all := map[string]*refactor.File{}
	if change != nil || len(whole) > 0 {
		for p, text := range files {
			for old, now := range change {
				text = strings.ReplaceAll(text, old, now)
			}
			all[p] = refactor.NewFile(refactor.ModeFile, []byte(text))
		}
	}
	tree, err := refactor.NewTree("toy", all)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func tablesOf(t *testing.T, tree *refactor.Tree) *tables.Tables {
	t.Helper()
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	tabs, err := tables.Read(tree, pr)
	if err != nil {
		t.Fatal(err)
	}
	return tabs
}

// A tree of our own with three hooks, with one table of each kind.
var files = map[string]string{
	"xen/include/xsm/xsm.h": `struct xsm_ops {
    int (*knock)(struct domain *a, int what);
    char *(*label)(const struct domain *d);
#ifdef CONFIG_BELL
    void (*ring)(struct domain *d); /* a note */
#endif
};
`,
	"xen/include/xsm/dummy.h": `static XSM_INLINE int cf_check xsm_knock(
    XSM_DEFAULT_ARG struct domain *d, int cmd)
{
    XSM_ASSERT_ACTION(XSM_OTHER);
    switch ( cmd )
    {
    case KNOCK_soft:
    case KNOCK_hard:
        return xsm_default_action(XSM_TARGET, current->domain, d);
    default:
        return -EPERM;
    }
}

static XSM_INLINE void cf_check xsm_ring(struct domain *d)
{
    return;
}
`,
	"xen/xsm/flask/hooks.c": `static int helper(struct domain *d)
{
    return check(d, DOOR__OPEN);
}

static int cf_check flask_knock(struct domain *d, int cmd)
{
    if ( cmd )
        return check(d, DOOR__KNOCK);
    return helper(d);
}

static const struct xsm_ops flask_ops = {
    .knock = flask_knock,
};
`,
	"xen/xsm/flask/flask_op.c": "\n",
}

func TestImport(t *testing.T) {
	tr := treeOf(t, nil, true)
	c, _, err := importer.Import(tr, tablesOf(t, tr), "toy", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `version: 1
flavour: toy
hooks:
  - name: knock
    phase: authorize
    params: ["struct domain *d", "int cmd"]
    action: XSM_OTHER
    subject: current
    object: d
    rules:
      - action: XSM_TARGET
        when:
          - {param: cmd, in: [KNOCK_soft, KNOCK_hard]}
      - action: deny
    vectors: [door:knock, door:open]
  - name: label
    phase: notify
    params: ["const struct domain *d"]
    result: "char *"
    action: none
  - name: ring
    phase: notify
    params: ["struct domain *d"]
    result: "void"
    action: none
    guard: "CONFIG_BELL"
`
	if got := string(c.Format()); got != want {
		t.Errorf("imported:\n%s\nwant:\n%s", got, want)
	}
}

func TestImportRefuses(t *testing.T) {
	none := treeOf(t, nil)
	if _, _, err := importer.Import(none, tablesOf(t, none), "toy", nil); err == nil || !strings.Contains(err.Error(), "not a tree with XSM") {
		t.Errorf("an empty tree: error %v", err)
	}
	odd := treeOf(t, map[string]string{"    case KNOCK_soft:": "    if ( current->domain == d ) return 0;\n    case KNOCK_soft:"})
	c, notes, err := importer.Import(odd, tablesOf(t, odd), "toy", nil)
	if err != nil || len(notes) != 1 || !strings.Contains(notes[0], "xen/include/xsm/dummy.h: hook knock: rule 1: ") {
		t.Fatalf("a default that cannot be written as rules: error %v, notes %q", err, notes)
	}
	if h, _ := c.Hook("knock"); h.Action != catalog.XSMOther || h.Rules != nil {
		t.Errorf("action %s, rules %v", h.Action, h.Rules)
	}
}

// TestOperations: each hook gets the operations of the sites that call it.
func TestOperations(t *testing.T) {
	tr := treeOf(t, nil, true)
	c, _, err := importer.Import(tr, tablesOf(t, tr), "toy", nil)
	if err != nil {
		t.Fatal(err)
	}
	f := &analyze.Facts{Ops: []analyze.Op{{ID: "do_knock_op/KNOCK_soft"}, {ID: "do_bell"}}, Sites: []analyze.Site{
		{Hook: "xsm_knock", Ops: []string{"do_knock_op/KNOCK_soft", "do_bell"}}, {Hook: "xsm_knock", Ops: []string{"do_bell"}}, {Hook: "xsm_other", Ops: []string{"do_bell"}}}}
	importer.Operations(c, f, "xsm_")
	h, _ := c.Hook("knock")
	if got := fmt.Sprint(h.Ops); got != "[bell/all knock_op/KNOCK_soft]" {
		t.Errorf("operations %s", got)
	}
}

// FuzzImport gives the importer an arbitrary header and default module: it answers or refuses, and what it answers is a catalogue that reads back the same.
func FuzzImport(f *testing.F) {
	f.Add(files["xen/include/xsm/xsm.h"], files["xen/include/xsm/dummy.h"], files["xen/xsm/flask/hooks.c"])
	f.Add("struct xsm_ops { int (*a)(void); int (*b)(int x[]); char *(*c)(XEN_GUEST_HANDLE(void) op); };", "static XSM_INLINE int xsm_a(XSM_DEFAULT_VOID)\n{\n    XSM_ASSERT_ACTION(XSM_OTHER);\n    if ( x == 1 && y )\n        return 0;\n    return -EPERM;\n}\n", "")
	pr, err := profile.Xen()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, header, dummy, flask string) {
		tree, err := refactor.NewTree("fuzz", map[string]*refactor.File{
			"xen/include/xsm/xsm.h":   refactor.NewFile(refactor.ModeFile, []byte(header)),
			"xen/include/xsm/dummy.h": refactor.NewFile(refactor.ModeFile, []byte(dummy)),
			"xen/xsm/flask/hooks.c":   refactor.NewFile(refactor.ModeFile, []byte(flask)),
		})
		if err != nil {
			t.Fatal(err)
		}
		tabs, err := tables.Read(tree, pr)
		if err != nil {
			return
		}
		c, _, err := importer.Import(tree, tabs, "fuzz", nil)
		if err != nil {
			return
		}
		again, err := catalog.Parse("again", c.Format())
		if err != nil {
			t.Fatalf("what was imported does not read back: %v\n%s", err, c.Format())
		}
		if d := catalog.Diff(c, again); len(d) > 0 {
			t.Fatalf("a round trip changes %v", d)
		}
	})
}
