package check

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/testdata"
)

// expectation is one entry of minixen.expect.yaml.
type expectation struct {
	Check, Not, File, Function, Hypercall, Operation, Hook, Config, Why string
	Also, Accept                                                        []string
	Optional                                                            bool
}

// floor is how many of the expected findings of each check are found: it may only grow.
var floor = map[string]int{"XSM1001": 7, "XSM1002": 3, "XSM1003": 2, "XSM1004": 3, "XSM1005": 3, "XSM1006": 3,
	"XSM2001": 3, "XSM2002": 1, "XSM2003": 2, "XSM2004": 2, "XSM2005": 1}

// scanMini scans a copy of minixen, changed by edit.
func scanMini(t *testing.T, edit func(dir string)) (*refactor.Tree, *analyze.Facts, []*analyze.Scanned) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, testdata.MiniXen()); err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(dir)
	}
	tree, err := refactor.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	facts, read, err := analyze.Scan(context.Background(), tree, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return tree, facts, read
}

func (e *expectation) is(f *Finding) bool {
	if e.File != f.File || e.Function != f.Function || e.Hook != "" && f.Hook != "" && e.Hook != f.Hook {
		return false
	}
	return e.Operation == "" || f.Operation == "" || e.Operation == f.Operation || strings.Contains(strings.Join(append(f.Operations, e.Also...), " "), f.Operation)
}

func (e *expectation) checks() []string { return append([]string{e.Check}, e.Accept...) }

// TestMiniXen compares the findings with the list of defects and near misses.
func TestMiniXen(t *testing.T) {
	var want struct{ Findings, Decoys []expectation }
	if err := yaml.UnmarshalWithOptions(testdata.Expect, &want, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	tree, facts, read := scanMini(t, nil)
	rep := Run(tree, facts, read, Options{MinConfidence: 0.5})
	found, total := map[string]int{}, map[string]int{}
	matched := map[*Finding]bool{}
	for i := range want.Findings {
		e := &want.Findings[i]
		total[e.Check]++
		hit := false
		for _, f := range rep.Findings {
			if contains(e.checks(), f.Check) && e.is(f) {
				hit, matched[f] = true, true
			}
		}
		if hit {
			found[e.Check]++
		} else {
			t.Logf("missed %s %s %s %s: %s", e.Check, e.Function, e.Operation, e.Hook, e.Why)
		}
	}
	for _, f := range rep.Findings {
		if !matched[f] {
			t.Logf("beyond the list: %s %s:%d %s %s %s: %s (%.2f)", f.Check, f.File, f.Line, f.Function, f.Operation, f.Hook, f.Message, f.Confidence)
		}
		for _, d := range want.Decoys {
			if d.Not == f.Check && d.is(f) {
				t.Errorf("near miss reported: %s %s %s: %s (%s)", f.Check, f.Function, f.Operation, f.Message, d.Why)
			}
		}
	}
	t.Log("\n" + table(found, total))
	for c, n := range floor {
		if found[c] < n {
			t.Errorf("%s: %d of %d found, %d before", c, found[c], total[c], n)
		}
	}
}

func table(found, total map[string]int) string {
	var ids []string
	for c := range total {
		ids = append(ids, c)
	}
	sort.Strings(ids)
	var b strings.Builder
	for _, c := range ids {
		fmt.Fprintf(&b, "%s %2d of %2d\n", c, found[c], total[c])
	}
	return b.String()
}
