//go:build xen

package oracle

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/store"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/hookgen"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// score strips a tree, plans on what is left and compares; without names also as if the tables had never been there.
func score(t *testing.T, tree *refactor.Tree, opt compdb.Options) (named, nameless *Report) {
	t.Helper()
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	stripped, sites, err := Strip(tree, pr)
	if err != nil {
		t.Fatal(err)
	}
	var st *store.Store
	if c := os.Getenv("XSMPATCH_CACHE"); c != "" {
		if st, err = store.Open(c); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	_, read, err := analyze.Scan(context.Background(), stripped, analyze.Options{Store: st, Configs: []compdb.Options{opt}})
	if err != nil {
		t.Fatal(err)
	}
	p := read[0].Program
	tabs, err := tables.Read(stripped, p.Profile)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("scan %v", time.Since(start))
	start = time.Now()
	gaps := verify.Gaps(p, stripped, tabs)
	plan := hookgen.NewPlan(stripped, p, gaps)
	checkEnds(t, gaps, plan)
	t.Logf("plan %v", time.Since(start))
	named = NewScorer(stripped, p, tabs).Score(sites, plan, true)
	none := &tables.Tables{Prefix: tabs.Prefix}
	bare := hookgen.NewLegacyPlan(stripped, p, verify.Gaps(p, stripped, none), nil)
	return named, NewScorer(stripped, p, tabs).Score(sites, bare, false)
}

func TestPlanOnStrippedXen(t *testing.T) {
	tree, err := refactor.OpenDir(os.Getenv("XSMPATCH_XEN"))
	if err != nil {
		t.Fatal(err)
	}
	r, bare := score(t, tree, compdb.Options{})
	var b strings.Builder
	r.Print(&b, true)
	b.WriteString("\nwithout the tables:\n")
	bare.Print(&b, false)
	t.Log("\n" + b.String())
	// What has been reached; the aim is 95 % recall, 90 % precision, 80 % exact places, 80 % arguments.
	c, n := r.Groups["check"], r.Groups["notify"]
	for _, f := range []struct {
		what  string
		got   float64
		floor float64
	}{
		{"recall", percent(c.Right, c.Truth), 98},
		{"precision", percent(c.Right, c.Placed), 97},
		{"exact places", percent(c.Gap, c.Right), 90},
		{"arguments", percent(c.Args, c.Right), 94},
		{"default actions", percent(c.Action, c.Right), 99},
		{"recall of notify hooks", percent(n.Right, n.Truth), 99},
		{"precision of notify hooks", percent(n.Right, n.Placed), 99},
	} {
		if f.got < f.floor {
			t.Errorf("%s: %.1f %%, was at least %.0f %%", f.what, f.got, f.floor)
		}
	}
}
