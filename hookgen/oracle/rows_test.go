//go:build eval && xen

package oracle

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/store"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/hookgen"
	"github.com/xsmpatch/xsmpatch/series/gitbranch"
)

// row is one real defect: an operation that had no hook at parent.
type row struct {
	ID, Parent, File, Function, Subcommand, Hook, Detect, Note string
}

var argsRE = regexp.MustCompile(`args at fix: ([^\]]*)\]`)

// TestEvalPlanRows plans on the parents of the defects in missing-hooks.sample.json (XSMPATCH_ROWS, or shared/eval in a folder above) that are a
// missing call, and counts those for which a hook is proposed at the row's function and sub-command, with the arguments of the fix.
func TestEvalPlanRows(t *testing.T) {
	file := os.Getenv("XSMPATCH_ROWS")
	for dir := "."; file == "" && len(dir) < 40; dir += "/.." {
		if p := filepath.Join(dir, "shared/eval/missing-hooks.sample.json"); exists(p) {
			file = p
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("no rows: set XSMPATCH_ROWS to their JSON file: %v", err)
	}
	var in struct{ Rows []row }
	if err := json.Unmarshal(data, &in); err != nil {
		t.Fatal(err)
	}
	plans := map[string]*hookgen.Plan{}
	all, placed, args := 0, 0, 0
	for _, r := range in.Rows {
		if r.Detect != "call-site-coverage" {
			continue
		}
		plan, ok := plans[r.Parent]
		if !ok {
			plan = planAt(t, r.Parent)
			plans[r.Parent] = plan
		}
		all++
		verdict := "MISSED"
		if plan == nil {
			verdict = "tree not read"
		} else if p := r.find(plan); p != nil {
			placed++
			verdict = "placed, args " + strings.Join(p.Args, ", ")
			if m := argsRE.FindStringSubmatch(r.Note); m != nil && sameArgs(strings.Split(m[1], ", "), p.Args) {
				args++
				verdict = "placed, same arguments"
			}
		}
		t.Logf("%s %s %s %s: %s", r.ID, r.Function, r.Subcommand, r.Hook, verdict)
	}
	t.Logf("%d rows: a hook proposed for %d, with the arguments of the fix for %d", all, placed, args)
}

// find is the placement at the row's function and one of its sub-commands.
func (r *row) find(plan *hookgen.Plan) *hookgen.Placement {
	for _, p := range plan.Placements {
		if p.Function != r.Function || p.File != r.File {
			continue
		}
		if r.Subcommand == "" || p.Command == "" {
			return p
		}
		for _, c := range strings.Split(p.Command, "|") {
			for _, want := range strings.Split(r.Subcommand, "|") {
				if c == want {
					return p
				}
			}
		}
	}
	return nil
}

// planAt plans the tree of a commit; nil when it cannot be read.
func planAt(t *testing.T, rev string) *hookgen.Plan {
	tree, err := gitbranch.OpenTree(os.Getenv("XSMPATCH_REPO"), rev)
	if err != nil {
		t.Errorf("%s: %v", rev, err)
		return nil
	}
	var st *store.Store
	if c := os.Getenv("XSMPATCH_CACHE"); c != "" {
		if st, err = store.Open(c); err != nil {
			t.Fatal(err)
		}
	}
	_, read, err := analyze.Scan(context.Background(), tree, analyze.Options{Store: st})
	if err != nil {
		t.Logf("%s: %v", rev, err)
		return nil
	}
	p := read[0].Program
	tabs, err := tables.Read(tree, p.Profile)
	if err != nil {
		t.Fatal(err)
	}
	return hookgen.NewPlan(tree, p, verify.Gaps(p, tree, tabs))
}

func exists(p string) bool { _, err := os.Stat(p); return err == nil }
