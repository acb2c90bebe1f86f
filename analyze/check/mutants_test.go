//go:build xen

package check

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/store"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Kinds of mutants of a hook's call.
const (
	mutDelete = "call deleted"
	mutIgnore = "result ignored"
	mutMove   = "moved behind the next side effect"
	mutSwap   = "target swapped"
	mutLeak   = "release dropped on the deny path"
)

var mutKinds = []string{mutDelete, mutIgnore, mutMove, mutSwap, mutLeak}

// mutChecks says which checks may report a mutant of a kind.
var mutChecks = map[string][]string{
	mutDelete: {"XSM1001", "XSM1005", "XSM1006", "XSM2001"},
	mutIgnore: {"XSM1003"},
	mutMove:   {"XSM1002", "XSM1001"},
	mutSwap:   {"XSM1005", "XSM1001"},
	mutLeak:   {"XSM1004"},
}

// mutant is one hook call broken on purpose; skip says why the kind does not apply to it.
type mutant struct {
	kind, file, fn, hook, what, skip string
	line                             int
	ops                              []string // commands whose own code asks the hook there
	edits                            []refactor.Edit
}

func (x *mutant) String() string {
	return fmt.Sprintf("%s: %s:%d %s %s: %s", x.kind, x.file, x.line, x.fn, x.hook, x.what)
}

// seen reports whether a finding says what is wrong with the mutant: one of a fitting check, in its function, about its hook, or about a command
// whose own code asks the hook there.
func (x *mutant) seen(f *Finding) bool {
	return contains(mutChecks[x.kind], f.Check) && (f.Hook == x.hook || f.File == x.file && f.Function == x.fn || f.Operation != "" && contains(x.ops, f.Operation))
}

// batches groups mutants of one kind so that no two of a group share a function, a hook or a command: each finding then belongs to one of them.
func batches(xs []*mutant, size int) (out [][]*mutant) {
	var used []map[string]bool
	for _, x := range xs {
		if x.skip != "" {
			continue
		}
		names := append([]string{x.kind, x.hook, x.file + " " + x.fn}, x.ops...)
		placed := false
		for i := range out {
			if out[i][0].kind == x.kind && len(out[i]) < size && !slices.ContainsFunc(names[1:], func(n string) bool { return used[i][n] }) {
				out[i], placed = append(out[i], x), true
				note(used[i], names)
				break
			}
		}
		if !placed {
			out = append(out, []*mutant{x})
			used = append(used, map[string]bool{})
			note(used[len(used)-1], names)
		}
	}
	return out
}

func note(used map[string]bool, names []string) {
	for _, n := range names {
		used[n] = true
	}
}

// oracle verifies mutated trees and says which mutants are seen.
type oracle struct {
	tree  *refactor.Tree
	store *store.Store
	base  map[string]map[string]bool // by kind: the findings on the tree as it is
	all   []*mutant
	model *model               // of the tree as it is
	log   func(string, ...any) // takes every new finding, nil for none
}

const mutantConfidence = 0.5

func newOracle(tree *refactor.Tree, st *store.Store) (*oracle, error) {
	o := &oracle{tree: tree, store: st, base: map[string]map[string]bool{}}
	facts, read, err := o.scan(tree, st)
	if err != nil {
		return nil, err
	}
	for _, k := range mutKinds {
		o.base[k] = map[string]bool{}
		for _, f := range o.check(tree, facts, read, k) {
			o.base[k][findingKey(f)] = true
		}
	}
	o.model = newModel(read[0], facts, tree)
	o.all = mutantsOf(o.model)
	for _, x := range o.all {
		if x.skip == "" && x.said(o.base[x.kind]) {
			x.skip = "reported on the tree as it is"
		}
	}
	return o, nil
}

// said reports whether one of the findings is the very one that the mutant should give.
func (x *mutant) said(base map[string]bool) bool {
	for k := range base {
		p := strings.Split(k, "|") // see findingKey
		if contains(mutChecks[x.kind], p[0]) && p[1] == x.file && p[2] == x.fn && p[5] == x.hook && p[6] == "" {
			return true
		}
	}
	return false
}

func (o *oracle) scan(t *refactor.Tree, st *store.Store) (*analyze.Facts, []*analyze.Scanned, error) {
	return analyze.Scan(context.Background(), t, analyze.Options{Store: st, Version: "mutants", Configs: []compdb.Options{{}}})
}

// check runs the checks that may report mutants of a kind.
func (o *oracle) check(t *refactor.Tree, facts *analyze.Facts, read []*analyze.Scanned, kind string) []*Finding {
	return Run(t, facts, read, Options{MinConfidence: mutantConfidence, Only: mutChecks[kind]}).Findings
}

func findingKey(f *Finding) string {
	return strings.Join([]string{f.Check, f.File, f.Function, f.Hypercall, f.Operation, f.Hook, f.detail}, "|")
}

// try verifies the tree with a group of mutants of one kind and returns those that are seen.
func (o *oracle) try(group []*mutant) (map[*mutant]*Finding, error) {
	var edits []refactor.Edit
	for _, x := range group {
		edits = append(edits, x.edits...)
	}
	t, err := o.tree.Apply(&refactor.Change{ID: "mutants", Edits: edits})
	if err != nil {
		return nil, err
	}
	facts, read, err := o.scan(t, o.store.Frozen())
	if err != nil {
		return nil, err
	}
	out := map[*mutant]*Finding{}
	for _, f := range o.check(t, facts, read, group[0].kind) {
		if o.base[group[0].kind][findingKey(f)] {
			continue
		}
		if o.log != nil {
			o.log("new: %s %s %s/%s %s %.2f %s", f.Check, f.Function, f.Hypercall, f.Operation, f.Hook, f.Confidence, f.Message)
		}
		for _, x := range group {
			if x.seen(f) && out[x] == nil {
				out[x] = f
			}
		}
	}
	return out, nil
}

// score counts mutants by kind.
type mutScore struct{ seen, all, skipped int }

func mutTable(by map[string]*mutScore) string {
	var b strings.Builder
	for _, k := range mutKinds {
		if s := by[k]; s != nil {
			fmt.Fprintf(&b, "%4d of %4d  %-36s %4d do not apply\n", s.seen, s.all, k, s.skipped)
		}
	}
	return b.String()
}

// skipTable counts the reasons for which a kind does not apply.
func skipTable(xs []*mutant) string {
	n := map[string]int{}
	for _, x := range xs {
		if x.skip != "" {
			n[x.kind+": "+x.skip]++
		}
	}
	var lines []string
	for k, c := range n {
		lines = append(lines, fmt.Sprintf("%4d  %s", c, k))
	}
	sort.Strings(lines)
	return strings.Join(lines, "\n")
}

// runMutants tries mutants in groups; only keeps those whose description has one of its texts, between bars, "" for all. What is missed in a group
// is tried alone: the others may have taken away what the checks compare it with.
func runMutants(t *testing.T, o *oracle, size int, only string) map[string]*mutScore {
	by := map[string]*mutScore{}
	var xs []*mutant
	for _, x := range o.all {
		if !slices.ContainsFunc(strings.Split(only, "|"), func(w string) bool { return strings.Contains(x.String(), w) }) {
			continue
		}
		xs = append(xs, x)
		if by[x.kind] == nil {
			by[x.kind] = &mutScore{}
		}
		if x.skip != "" {
			by[x.kind].skipped++
		} else {
			by[x.kind].all++
		}
	}
	work := batches(xs, size)
	for len(work) > 0 {
		g := work[0]
		work = work[1:]
		found, err := o.try(g)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range g {
			switch {
			case found[x] != nil:
				by[x.kind].seen++
			case len(g) > 1:
				work = append(work, []*mutant{x})
			default:
				t.Logf("missed: %v", x)
			}
		}
	}
	t.Logf("\n%s\n%s", mutTable(by), skipTable(xs))
	return by
}

// TestMutantsOfMiniXen breaks minixen's hook calls; its own defects are the baseline.
func TestMutantsOfMiniXen(t *testing.T) {
	tree, _, _ := scanMini(t, nil)
	st, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o, err := newOracle(tree, st)
	if err != nil {
		t.Fatal(err)
	}
	by := runMutants(t, o, 12, "")
	for k, least := range map[string]int{mutDelete: 67, mutIgnore: 69, mutMove: 33, mutSwap: 47, mutLeak: 35} {
		if s := by[k]; s == nil || s.seen < least {
			t.Errorf("%s: %+v, want %d seen", k, s, least)
		}
	}
}
