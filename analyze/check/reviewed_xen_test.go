//go:build xen

package check

import (
	"context"
	"os"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// judged is a finding that somebody looked at.
type judged struct {
	Check, Function, Operation, Hook, Class, Reason string
}

// maxFalse is how many false alarms the unmodified tree may give.
const maxFalse = 10

// TestUnmodifiedXen holds the findings on Xen 4.17 as it is to the list of those that were looked at, and counts the false alarms among them.
func TestUnmodifiedXen(t *testing.T) {
	data, err := os.ReadFile("testdata/xen-4.17.5.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list []judged
	if err := yaml.UnmarshalWithOptions(data, &list, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	tree, err := refactor.OpenDir(os.Getenv("XSMPATCH_XEN"))
	if err != nil {
		t.Fatal(err)
	}
	facts, read, err := analyze.Scan(context.Background(), tree, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	used, classes := make([]bool, len(list)), map[string]int{}
	for _, f := range Run(tree, facts, read, Options{MinConfidence: 0.5, Only: []string{"XSM1"}}).Findings {
		found := false
		for i, j := range list {
			if j.Check == f.Check && j.Function == f.Function && j.Operation == f.Operation && (j.Hook == "" || j.Hook == f.Hook) {
				found, used[i] = true, true
				classes[j.Class]++
				break
			}
		}
		if !found {
			t.Errorf("nobody has looked at: %s %s:%d %s %s %s: %s", f.Check, f.File, f.Line, f.Function, f.Operation, f.Hook, f.Message)
		}
	}
	for i, j := range list {
		if !used[i] {
			t.Errorf("not found any more: %s %s %s", j.Check, j.Function, j.Operation)
		}
	}
	t.Logf("defects, exceptions, false alarms: %v", classes)
	if classes["false"] > maxFalse {
		t.Errorf("%d false alarms, %d are allowed", classes["false"], maxFalse)
	}
}
