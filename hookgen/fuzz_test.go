package hookgen

import (
	"testing"

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
