package hookgen

import (
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// FuzzReadPlan gives the plan reader arbitrary text: it returns a plan or an error, never both or neither.
func FuzzReadPlan(f *testing.F) {
	f.Add("version: 1\ntree: t\nplacements:\n- hook: xsm_a\n  kind: check\n  file: a.c\n  line: 2\n  before: '{ x();'\n  function: f\n  action: XSM_PRIV\n  args: [d]\n  text: |\n    xsm_a(d);\n")
	f.Add("placements: [{line: -1}]")
	f.Add("version: 9")
	files := map[string]*refactor.File{"a.c": refactor.NewFile(refactor.ModeFile, []byte("int f(void)\n{ x();\n}\n"))}
	f.Fuzz(func(t *testing.T, text string) {
		tree, err := refactor.NewTree("t", files)
		if err != nil {
			t.Fatal(err)
		}
		p, err := ReadPlan("plan.yaml", []byte(text), tree, &tables.Tables{})
		if (p == nil) == (err == nil) {
			t.Fatalf("plan %v, error %v", p, err)
		}
	})
}

// FuzzGenerate edits a plan for the parking lot: whatever is accepted is written, or refused with a reason, and a tree that was written parses as plan
// again with nothing left to do.
func FuzzGenerate(f *testing.F) {
	f.Add(lotPlan)
	f.Add(strings.Replace(lotPlan, "like: tow", "like: lift", 1))
	f.Add(strings.ReplaceAll(lotPlan, "line: 7", "line: 8"))
	f.Add(strings.ReplaceAll(lotPlan, "class: lot,", "class: lot2,"))
	f.Add(strings.ReplaceAll(lotPlan, "grant_like: \"lot:lift\"", "grant_like: nothing"))
	fs := map[string]*refactor.File{}
	for p, s := range lotForms()["structure"] {
		fs[p] = refactor.NewFile(refactor.ModeFile, []byte(s))
	}
	tree, err := refactor.NewTree("lot", fs)
	if err != nil {
		f.Fatal(err)
	}
	pr, err := profile.Xen()
	if err != nil {
		f.Fatal(err)
	}
	tabs, err := tables.Read(tree, pr)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ReadPlan("plan.yaml", []byte(text), tree, tabs)
		if err != nil {
			return
		}
		changes, err := p.Generate(tree)
		if err != nil {
			return
		}
		after, err := tree.Apply(changes...)
		if err != nil {
			t.Fatalf("an accepted plan cannot be applied: %v", err)
		}
		now, err := tables.Read(after, pr)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadPlan("plan.yaml", []byte(text), after, now)
		if err != nil || len(again.Placements) > 0 {
			t.Fatalf("the second run: %v, %+v", err, again)
		}
	})
}
