//go:build xen && eval

package check

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/store"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/gitbranch"
)

// mutUnmade is a hook that nobody thought of: all its calls and its places in the tables are gone, so that nothing names it. Each call is judged.
const mutUnmade = "hook never made"

// eras are the trees whose hook calls are broken, oldest first: the one before XSM's first larger extension, and releases of each form since.
var eras = []string{"3.3.0-branched", "3.4.0-rc3", "RELEASE-4.0.0", "RELEASE-4.1.0", "RELEASE-4.2.0", "RELEASE-4.3.0", "RELEASE-4.5.0", "RELEASE-4.8.0", "RELEASE-4.14.0", "master"}

// broken are eras in which every kind of mutant is tried; in the others a call is deleted or its hook never made.
var broken = []string{"RELEASE-4.2.0", "RELEASE-4.5.0"}

// TestEvalEras breaks the hook calls of trees of several eras in the clone XSMPATCH_REPO and counts what is reported at the very function, for the
// hook or a command that asks it, as the rows of upstream's fixes are counted. XSMPATCH_ERAS names trees to keep to, separated by commas, and
// XSMPATCH_MUTANTS texts that a mutant's description has, separated by bars. XSMPATCH_EVAL_CACHE keeps what was read and what became of each mutant.
func TestEvalEras(t *testing.T) {
	debug.SetGCPercent(200)
	debug.SetMemoryLimit(3 << 30)
	dir := cmp.Or(os.Getenv("XSMPATCH_EVAL_CACHE"), t.TempDir())
	var table strings.Builder
	sum := map[string]*mutScore{}
	revs := eras
	if v := os.Getenv("XSMPATCH_ERAS"); v != "" {
		revs = strings.Split(v, ",")
	}
	for _, rev := range revs {
		e, err := openEra(rev, dir)
		if err != nil {
			t.Fatal(rev, err)
		}
		by := e.run(t, os.Getenv("XSMPATCH_MUTANTS"))
		fmt.Fprintf(&table, "| %s |", strings.TrimPrefix(rev, "RELEASE-"))
		for _, k := range eraKinds {
			s := by[k]
			if s == nil || s.all == 0 {
				table.WriteString(" |")
				continue
			}
			fmt.Fprintf(&table, " %d of %d |", s.seen, s.all)
			if sum[k] == nil {
				sum[k] = &mutScore{}
			}
			sum[k].seen, sum[k].all = sum[k].seen+s.seen, sum[k].all+s.all
		}
		table.WriteByte('\n')
	}
	t.Logf("\n| tree | %s |\n%s", strings.Join(eraKinds, " | "), table.String())
	if os.Getenv("XSMPATCH_ERAS")+os.Getenv("XSMPATCH_MUTANTS") != "" {
		return
	}
	for k, least := range eraPercent {
		if s := sum[k]; s == nil || 100*s.seen < least*s.all {
			t.Errorf("%s: %+v, want %d%%", k, s, least)
		}
	}
}

// eraKinds are the kinds of mutants, as columns.
var eraKinds = append([]string{mutUnmade}, mutKinds...)

// eraPercent is how many of all mutants of a kind are found at least.
var eraPercent = map[string]int{mutUnmade: 50, mutDelete: 80}

// era is one tree and what became of its mutants.
type era struct {
	o    *oracle
	rev  string
	file string            // keeps seen
	seen map[string]string // by mutant: what was reported, "" for nothing
}

func openEra(rev, dir string) (*era, error) {
	tree, err := gitbranch.OpenTree(os.Getenv("XSMPATCH_REPO"), rev)
	if err != nil {
		return nil, err
	}
	st, err := store.Open(filepath.Join(dir, "eras", rev))
	if err != nil {
		return nil, err
	}
	o, err := newOracle(tree, st)
	if err != nil {
		return nil, err
	}
	o.base[mutUnmade] = o.base[mutDelete]
	e := &era{o: o, rev: rev, seen: map[string]string{}}
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	program, err := os.ReadFile(exe)
	if err != nil {
		return nil, err
	}
	e.file = filepath.Join(dir, "eras", fmt.Sprintf("%s-%x.json", rev, sha256.Sum256(program)))
	if b, err := os.ReadFile(e.file); err == nil {
		err = json.Unmarshal(b, &e.seen)
		return e, err
	}
	return e, nil
}

// eraItem is what is tried at once: the call of one mutant, or all calls and places of one hook.
type eraItem struct {
	calls []*mutant
	edits []refactor.Edit
}

func (x *eraItem) names() []string {
	out := []string{x.calls[0].kind, x.calls[0].hook}
	for _, c := range x.calls {
		out = append(out, c.ops...)
		out = append(out, c.file+" "+c.fn)
	}
	return out
}

// items lists what is tried of the tree.
func (e *era) items(only string) (out []*eraItem) {
	hooks := map[string][]*mutant{}
	for _, x := range e.o.all {
		if x.skip != "" || e.had(x) || x.kind != mutDelete && !slices.Contains(broken, e.rev) {
			continue
		}
		if x.kind == mutDelete && !strings.HasPrefix(x.what, "(void") {
			u := *x
			u.kind, u.what = mutUnmade, ""
			hooks[x.hook] = append(hooks[x.hook], &u)
		}
		out = append(out, &eraItem{[]*mutant{x}, x.edits})
	}
	res := e.o.model.result()
	for name, calls := range hooks {
		if h := res.Tables.Hook(name); h != nil {
			out = append(out, unmade(h, calls))
		}
	}
	out = slices.DeleteFunc(out, func(x *eraItem) bool {
		return !slices.ContainsFunc(strings.Split(only, "|"), func(w string) bool {
			return slices.ContainsFunc(x.calls, func(c *mutant) bool { return strings.Contains(c.String(), w) })
		})
	})
	sort.SliceStable(out, func(i, j int) bool { return out[i].calls[0].String() < out[j].calls[0].String() })
	return out
}

// had reports whether the tree as it is has a finding that would count for the mutant: there it is a defect of its own.
func (e *era) had(x *mutant) bool {
	for k := range e.o.base[x.kind] {
		p := strings.Split(k, "|") // see findingKey
		if f := (&Finding{Check: p[0], File: p[1], Function: p[2], Hypercall: p[3], Operation: p[4], Hook: p[5]}); x.there(f, x.kind) {
			return true
		}
	}
	return false
}

// unmade takes all calls of a hook and all its places in the tables away.
func unmade(h *tables.Hook, calls []*mutant) *eraItem {
	it := &eraItem{calls: calls}
	for _, c := range calls {
		it.edits = append(it.edits, c.edits...)
	}
	spans := []refactor.Span{h.Ops, h.Wrapper, h.Dummy, h.DummyOp, h.FlaskOp, h.Flask}
	for _, e := range h.Entries {
		spans = append(spans, e.At, e.Func)
	}
	done := map[refactor.Span]bool{{}: true}
	for _, s := range spans {
		if s.Path != "" && s.End > s.Start && !slices.ContainsFunc(it.edits, func(e refactor.Edit) bool { return e.Path == s.Path && e.Start < s.End && s.Start < e.End }) {
			done[s] = true
			it.edits = append(it.edits, refactor.Edit{Path: s.Path, Start: s.Start, End: s.End})
		}
	}
	return it
}

// run tries the mutants in groups that share nothing, and alone what is missed in one.
func (e *era) run(t *testing.T, only string) map[string]*mutScore {
	items := e.items(only)
	var todo []*eraItem
	for _, x := range items {
		if slices.ContainsFunc(x.calls, func(c *mutant) bool { _, ok := e.seen[c.String()]; return !ok }) {
			todo = append(todo, x)
		}
	}
	for work := eraGroups(todo, 16); len(work) > 0; work = work[1:] {
		found, err := e.try(t, work[0], only != "")
		if err != nil {
			t.Fatal(e.rev, err)
		}
		for _, x := range work[0] {
			missed := slices.ContainsFunc(x.calls, func(c *mutant) bool { return found[c] == "" })
			if missed && len(work[0]) > 1 {
				work = append(work, []*eraItem{x})
				continue
			}
			for _, c := range x.calls {
				e.seen[c.String()] = found[c]
			}
		}
		if b, err := json.Marshal(e.seen); err == nil {
			_ = os.WriteFile(e.file, b, 0o666)
		}
	}
	by := map[string]*mutScore{}
	for _, x := range items {
		for _, c := range x.calls {
			if by[c.kind] == nil {
				by[c.kind] = &mutScore{}
			}
			by[c.kind].all++
			if e.seen[c.String()] != "" {
				by[c.kind].seen++
				continue
			}
			t.Logf("%s missed: %v %v", e.rev, c, c.ops)
		}
	}
	return by
}

// eraGroups groups items of one kind that share no function, hook or command.
func eraGroups(xs []*eraItem, size int) (out [][]*eraItem) {
	var used []map[string]bool
next:
	for _, x := range xs {
		names := x.names()
		for i := range out {
			if out[i][0].calls[0].kind == names[0] && len(out[i]) < size && !slices.ContainsFunc(names[1:], func(n string) bool { return used[i][n] }) {
				out[i] = append(out[i], x)
				note(used[i], names)
				continue next
			}
		}
		out, used = append(out, []*eraItem{x}), append(used, map[string]bool{})
		note(used[len(used)-1], names)
	}
	return out
}

// try verifies the tree with a group and says what was reported of each call.
func (e *era) try(t *testing.T, group []*eraItem, log bool) (map[*mutant]string, error) {
	var edits []refactor.Edit
	for _, x := range group {
		edits = append(edits, x.edits...)
	}
	tree, err := e.o.tree.Apply(&refactor.Change{ID: "mutants", Edits: edits})
	if err != nil {
		return nil, err
	}
	facts, read, err := e.o.scan(tree, e.o.store.Frozen())
	if err != nil {
		return nil, err
	}
	kind := group[0].calls[0].kind
	as := kind
	if kind == mutUnmade {
		as = mutDelete
	}
	out := map[*mutant]string{}
	for _, f := range e.o.check(tree, facts, read, as) {
		if e.o.base[kind][findingKey(f)] {
			continue
		}
		if log {
			t.Logf("new: %s %s %s/%s %s %.2f %s", f.Check, f.Function, f.Hypercall, f.Operation, f.Hook, f.Confidence, f.Message)
		}
		for _, x := range group {
			for _, c := range x.calls {
				if c.there(f, as) && out[c] == "" {
					out[c] = f.Check + " " + f.Message
				}
			}
		}
	}
	return out, nil
}

// there reports whether a finding counts as a row of upstream's fixes would: of a fitting check, in the call's function, for its hook or a command
// that asks it.
func (x *mutant) there(f *Finding, kind string) bool {
	if f.Check == "XSM2001" || !contains(mutChecks[kind], f.Check) || f.File != x.file || f.Function != "" && f.Function != x.fn {
		return false
	}
	if len(x.ops) == 0 {
		return f.Hook == x.hook || f.Hook == "" || f.Operation == ""
	}
	return f.Hook == x.hook || contains(x.ops, f.Operation) || slices.ContainsFunc(f.Operations, func(id string) bool {
		return slices.ContainsFunc(x.ops, func(o string) bool { return strings.HasSuffix(id, "/"+o) || strings.Contains(id, "/"+o+"/") })
	})
}
