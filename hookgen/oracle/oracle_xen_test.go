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

// score strips a tree, plans on what is left and compares.
func score(t *testing.T, tree *refactor.Tree, opt compdb.Options) *Report {
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
	plan := hookgen.NewPlan(stripped, p, verify.Gaps(p, stripped, tabs))
	t.Logf("plan %v", time.Since(start))
	return NewScorer(stripped, p, tabs).Score(sites, plan, true)
}

func TestPlanOnStrippedXen(t *testing.T) {
	tree, err := refactor.OpenDir(os.Getenv("XSMPATCH_XEN"))
	if err != nil {
		t.Fatal(err)
	}
	r := score(t, tree, compdb.Options{})
	var b strings.Builder
	r.Print(&b, true)
	t.Log("\n" + b.String())
}
