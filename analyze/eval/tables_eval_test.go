//go:build eval

package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables/mutate"
	"github.com/xsmpatch/xsmpatch/series/gitbranch"
)

// releases are the trees whose hook tables are judged.
var releases = []string{
	"RELEASE-4.2.0", "RELEASE-4.3.0", "RELEASE-4.5.0", "RELEASE-4.8.0", "RELEASE-4.11.0", "RELEASE-4.14.0", "RELEASE-4.16.0", "RELEASE-4.17.0",
	"RELEASE-4.19.0", "RELEASE-4.21.0", "master",
}

// TestEvalTables prints the table findings of releases of every form: from functions beside a fixup to one catalogue header.
func TestEvalTables(t *testing.T) {
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	for _, rev := range releases {
		found := wiring(t, pr, rev)
		fmt.Fprintf(&table, "| %s |", strings.TrimPrefix(rev, "RELEASE-"))
		for _, id := range []string{"XSM1005", "XSM2001", "XSM2002", "XSM2003", "XSM2004", "XSM2005"} {
			n := 0
			for _, f := range found[id] {
				if f.Confidence >= minConfidence {
					n++
					t.Logf("%s: %s %s:%d %s %s %s: %s", rev, id, f.File, f.Line, f.Function, f.Operation, f.Hook, f.Message)
				}
			}
			fmt.Fprintf(&table, " %d |", n)
		}
		table.WriteByte('\n')
		if len(found["XSM2003"]) == 0 || len(found["XSM2003"]) > 20 {
			t.Errorf("%s: %d commands without a case", rev, len(found["XSM2003"]))
		}
	}
	t.Log("\n" + table.String())
}

// wiring is what the checks of the tables find in a revision.
func wiring(t *testing.T, pr *profile.Profile, rev string) map[string][]*check.Finding {
	t.Helper()
	tree, err := gitbranch.OpenTree(os.Getenv("XSMPATCH_REPO"), rev)
	if err != nil {
		t.Fatal(err)
	}
	found, err := check.Wiring(tree, pr, &analyze.Facts{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestEvalCatalogueMutants breaks the tables of a tree that keeps its hooks in one catalogue, every eighth place.
func TestEvalCatalogueMutants(t *testing.T) {
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	tree, err := gitbranch.OpenTree(os.Getenv("XSMPATCH_REPO"), "master")
	if err != nil {
		t.Fatal(err)
	}
	j, err := mutate.NewJudge(tree, pr)
	if err != nil {
		t.Fatal(err)
	}
	c, err := j.Run(8)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + c.String())
	const percent = 95
	if seen, all := c.Total(); all < 100 || 100*seen < percent*all {
		t.Errorf("%d of %d are fewer than %d%%", seen, all, percent)
	}
}

// TestEvalTableRows judges the rows that are about tables without reading the rest of the trees.
func TestEvalTableRows(t *testing.T) {
	rows, err := readRows(dataFile(t), "")
	if err != nil {
		t.Fatal(err)
	}
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	sorted := func(rev string) (out []*check.Finding) {
		for _, l := range wiring(t, pr, rev) {
			out = append(out, l...)
		}
		sort.SliceStable(out, func(i, j int) bool { return out[i].Check < out[j].Check })
		return out
	}
	ok, all := 0, 0
	for _, w := range rows {
		if w.Detect != "table-completeness" {
			continue
		}
		r := judge(w, sorted(w.Parent), sorted(w.Fix))
		t.Log(r.line())
		if all++; r.ok() {
			ok++
		}
	}
	const percent = 80
	if t.Logf("%d of %d rows about tables", ok, all); all == 0 || 100*ok < percent*all {
		t.Errorf("%d of %d rows are fewer than %d%%", ok, all, percent)
	}
}
