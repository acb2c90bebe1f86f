//go:build xen

package check

import (
	"os"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/store"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// TestMutantsOfXen breaks every checking hook call of Xen 4.17 in every way and counts what is seen; the tree as it is is the baseline.
// XSMPATCH_MUTANTS narrows it down to those whose description has that text; XSMPATCH_MUTANT_CACHE keeps what was read.
func TestMutantsOfXen(t *testing.T) {
	tree, err := refactor.OpenDir(os.Getenv("XSMPATCH_XEN"))
	if err != nil {
		t.Fatal(err)
	}
	dir := os.Getenv("XSMPATCH_MUTANT_CACHE")
	if dir == "" {
		dir = t.TempDir()
	}
	st, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	o, err := newOracle(tree, st)
	if err != nil {
		t.Fatal(err)
	}
	only := os.Getenv("XSMPATCH_MUTANTS")
	if only != "" {
		o.log = t.Logf
	}
	by := runMutants(t, o, 32, only)
	for k, least := range mutLeast {
		if s := by[k]; only == "" && (s == nil || s.seen < least) {
			t.Errorf("%s: %+v, %d were seen before", k, s, least)
		}
	}
}

// mutLeast is how many mutants of each kind are seen: it may only grow.
var mutLeast = map[string]int{mutDelete: 105, mutIgnore: 100, mutMove: 54, mutSwap: 64, mutLeak: 35}
