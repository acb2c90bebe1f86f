package hookgen

import (
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// lotChoice goes one way for a lot that is another's and may be towed from, and another for the rest.
const lotChoice = `#include <xen/sched.h>

long do_lot_op(struct domain *d, struct domain *e)
{
    if ( e && d != e%s )
        return 1;
    else
        return 0;
}
`

// TestChoice reads a plan that puts a hook into a condition, on the line and on one of its own, and gen writes it so that a second run changes nothing.
func TestChoice(t *testing.T) {
	for name, tc := range map[string]struct{ more, want string }{
		"on the line": {"", "if ( e && d != e && !xsm_tow(XSM_HOOK, d, e) )"},
		"below it": {" && e->target != d && d->target != e && e->id",
			"if ( e && d != e && e->target != d && d->target != e && e->id &&\n         !xsm_tow(XSM_HOOK, d, e) )"},
	} {
		t.Run(name, func(t *testing.T) {
			files := lotForms()["structure"]
			files["xen/common/lot.c"] = strings.Replace(lotChoice, "%s", tc.more, 1)
			tree, tabs := lotTree(t, files)
			src := []byte(files["xen/common/lot.c"])
			start := strings.Index(string(src), "if (")
			at := conditionEnd(src, start)
			p := &Placement{Hook: "xsm_tow", Kind: "check", Action: "XSM_HOOK", Args: []string{"d", "e"}, File: "xen/common/lot.c", Function: "do_lot_op",
				Offset: at, Line: refactor.LineAt(src, at), Deny: "else"}
			p.Text = operandText(src, start, at, "!"+p.call())
			printed, err := (&Plan{Placements: []*Placement{p}, Tables: tabs}).YAML(tree)
			if err != nil {
				t.Fatal(err)
			}
			after := applied(t, tree, tabs, string(printed))
			got, err := after.ReadFile("xen/common/lot.c")
			if err != nil || !strings.Contains(string(got), tc.want+"\n        return 1;") {
				t.Errorf("%v, gen wrote\n%s\nof the plan\n%s", err, got, printed)
			}
			again, err := ReadPlan("plan.yaml", printed, after, tabs)
			if err != nil || again.Applied != 1 || len(again.Placements) != 0 {
				t.Errorf("the second run: %v, %+v", err, again)
			}
			bad := strings.Replace(string(printed), "behind: if ( e", "behind: if ( d", 1)
			if _, err := ReadPlan("plan.yaml", []byte(bad), tree, tabs); err == nil || !strings.Contains(err.Error(), "does not start with \"if ( d") {
				t.Errorf("a part that the line does not start with: %v", err)
			}
		})
	}
}

// TestConditionEnd finds where a condition ends, and refuses what it cannot read.
func TestConditionEnd(t *testing.T) {
	for text, want := range map[string]string{
		"if ( a && f(b) )\n":                 "if ( a && f(b)",
		"if (a)":                             "if (a",
		"if ( a /* ) */ && b == ')'  )\n":    "if ( a /* ) */ && b == ')'",
		"if ( a &&\n     b )\n":              "if ( a &&\n     b",
		"if ( a\n#ifdef B\n && b\n#endif\n)": "",
		"if ( a;":                            "",
	} {
		if at := conditionEnd([]byte(text), 0); at < 0 && want != "" || at >= 0 && text[:at] != want {
			t.Errorf("%q: %d", text, at)
		}
	}
}
