package mutate

import (
	"os"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/testdata"
)

// percent is the share of mutants that the checks must see.
const percent = 95

func miniXen(t *testing.T) *refactor.Tree {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, testdata.MiniXen()); err != nil {
		t.Fatal(err)
	}
	tree, err := refactor.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func newJudge(t *testing.T, tree *refactor.Tree) *Judge {
	t.Helper()
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	j, err := NewJudge(tree, pr)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func count(t *testing.T, tree *refactor.Tree, every int) *Count {
	t.Helper()
	c, err := newJudge(t, tree).Run(every)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + c.String())
	return c
}

// TestMiniXenMutants breaks minixen's tables, a sample of the places.
func TestMiniXenMutants(t *testing.T) {
	tree := miniXen(t)
	c := count(t, tree, 29)
	if seen, all := c.Total(); all < 40 || 100*seen < percent*all {
		t.Errorf("%d of %d are fewer than %d%%", seen, all, percent)
	}
}

// TestChangedReadsTheSame compares what is found when a mutant is read anew with what is found when the unchanged files are taken over.
func TestChangedReadsTheSame(t *testing.T) {
	tree := miniXen(t)
	j := newJudge(t, tree)
	for i, m := range j.Mutants() {
		if i%101 != 0 {
			continue
		}
		broken, err := tree.Apply(&refactor.Change{ID: "mutant", Edits: []refactor.Edit{m.Edit}})
		if err != nil {
			t.Fatal(err)
		}
		var found [2]map[string]bool
		for k, old := range []*tables.Tables{nil, j.tabs} {
			tabs, err := tables.ReadChanged(broken, j.pr, old)
			if err != nil {
				t.Fatal(err)
			}
			found[k] = keys(tabs)
		}
		if len(found[0]) != len(found[1]) {
			t.Errorf("%s of %s: %d findings anew, %d after the change", m.Kind, m.Hook, len(found[0]), len(found[1]))
		}
		for f := range found[0] {
			if !found[1][f] {
				t.Errorf("%s of %s: only found anew: %q", m.Kind, m.Hook, f)
			}
		}
	}
}

func keys(tabs *tables.Tables) map[string]bool {
	out := map[string]bool{}
	for _, l := range check.WiringOf(tabs, nothing, nil) {
		for _, f := range l {
			out[key(f)] = true
		}
	}
	return out
}
