//go:build xen

package check

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
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

// mutantsOf breaks every hook call that gives an answer, in every way.
func mutantsOf(m *model) (out []*mutant) {
	seen := map[string]bool{}
	for _, s := range m.sites {
		at := fmt.Sprint(s.Fn.File, s.Fn.F.Nodes[s.Node].Start)
		if s.void() || seen[at] {
			continue
		}
		seen[at] = true
		b := &breaker{m: m, s: s, f: s.Fn, src: m.source(s.Fn.File)}
		b.locate()
		for _, k := range mutKinds {
			x := &mutant{kind: k, file: s.Fn.File, fn: s.Fn.Name, hook: s.Hook}
			x.line, _ = m.at(s.Fn, s.Fn.F.Nodes[s.Node].Start)
			x.ops = m.commandsOf(s)
			b.make(x)
			out = append(out, x)
		}
	}
	return out
}

// commandsOf names the commands whose own code asks site s, outer ones too; none when there are many.
func (m *model) commandsOf(s *site) (out []string) {
	if s.fact == nil || len(s.fact.Ops) > maxOperations {
		return nil
	}
	for _, id := range s.fact.Ops {
		if op := m.ops[id]; op != nil && own(op, s.fact.ID) {
			for _, v := range op.Via {
				out = append(out, v.Case)
			}
		}
	}
	return out
}

// breaker makes the mutants of one call.
type breaker struct {
	m    *model
	s    *site
	f    *analyze.Fn
	src  []byte
	stmt int32 // the statement that the call is in
	test int32 // the if that looks at the answer: stmt itself, or the one behind it; None when there is none
}

func (b *breaker) make(x *mutant) {
	if b.f.F.Nodes[b.s.Node].Flags&ir.InMacro != 0 || b.stmt == ir.None {
		x.skip = "the call comes out of a macro"
		return
	}
	switch x.kind {
	case mutDelete:
		b.replaceCall(x, "0")
	case mutIgnore:
		b.replaceCall(x, "("+b.text(b.s.Node)+", 0)")
	case mutMove:
		b.move(x)
	case mutSwap:
		b.swap(x)
	case mutLeak:
		b.leak(x)
	}
}

func (b *breaker) text(n int32) string {
	nd := &b.f.F.Nodes[n]
	return string(b.src[nd.Start:nd.End])
}

func (b *breaker) replaceCall(x *mutant, by string) {
	nd := &b.f.F.Nodes[b.s.Node]
	x.edit(int(nd.Start), int(nd.End), by)
	x.what = by
}

func (x *mutant) edit(start, end int, by string) {
	x.edits = append(x.edits, refactor.Edit{Path: x.file, Start: start, End: end, New: by})
}

// locate finds the call's statement and the test of its answer.
func (b *breaker) locate() {
	b.stmt, b.test = b.f.F.Instrs[b.s.Instr].Stmt, ir.None
	if b.stmt == ir.None {
		return
	}
	switch b.f.F.Stmts[b.stmt].Kind {
	case ir.SIf:
		b.test = b.stmt
	case ir.SExpr, ir.SDecl:
		v := b.m.resultVar(b.s)
		if next := b.next(b.stmt); next != ir.None && v != ir.None && b.f.F.Stmts[next].Kind == ir.SIf && b.names(b.f.F.Stmts[next].N, v) {
			b.test = next
		}
	}
}

// names reports whether expression n names variable v.
func (b *breaker) names(n, v int32) (found bool) {
	b.f.Each(n, func(k int32) bool {
		found = found || b.f.F.Nodes[k].Op == ir.Ident && b.f.F.Nodes[k].Var == v
		return !found
	})
	return found
}

// list is the parent that statement i has its siblings under: that of its label when it stands behind one.
func (b *breaker) list(i int32) int32 {
	p := b.f.F.Stmts[i].Parent
	for p != ir.None && (b.f.F.Stmts[p].Kind == ir.SCase || b.f.F.Stmts[p].Kind == ir.SLabel) {
		p = b.f.F.Stmts[p].Parent
	}
	return p
}

// next is the statement behind i in its list, None when it is the last.
func (b *breaker) next(i int32) int32 {
	best, end := ir.None, b.f.F.Stmts[i].End
	for j := range b.f.F.Stmts {
		s := &b.f.F.Stmts[j]
		if s.Start >= end && s.Parent == b.list(i) && !s.InMacro && (best == ir.None || s.Start < b.f.F.Stmts[best].Start) {
			best = int32(j)
		}
	}
	return best
}

// move puts the call and its test behind the next statement of its list that changes state.
func (b *breaker) move(x *mutant) {
	if b.test == ir.None || b.f.F.Stmts[b.stmt].Kind == ir.SDecl {
		x.skip = "the call and its test are no statements that can be moved"
		return
	}
	first, last := b.stmt, b.test
	to := ir.None
	for i := b.next(last); i != ir.None; i = b.next(i) {
		s := &b.f.F.Stmts[i]
		if s.Kind == ir.SReturn || s.Kind == ir.SGoto || s.Kind == ir.SBreak || s.Kind == ir.SCase || s.Kind == ir.SLabel || s.Kind == ir.SContinue {
			break
		}
		if b.changes(s) {
			to = i
			break
		}
	}
	if to == ir.None {
		x.skip = "no side effect follows in the same list of statements"
		return
	}
	s, e, at := int(b.f.F.Stmts[first].Start), int(b.f.F.Stmts[last].End), int(b.f.F.Stmts[to].End)
	group := string(b.src[s:e])
	x.edit(s, e, ";")
	x.edit(at, at, "\n"+group)
	x.what = "behind " + strings.Join(strings.Fields(string(b.src[b.f.F.Stmts[to].Start:min(at, int(b.f.F.Stmts[to].Start)+60)])), " ")
}

// changes reports whether the code of a statement changes state.
func (b *breaker) changes(s *ir.Stmt) bool {
	for _, is := range b.f.F.Instrs {
		if is.N == ir.None || is.Kind == ir.IDecl {
			continue
		}
		if nd := &b.f.F.Nodes[is.N]; nd.Start >= s.Start && nd.End <= s.End && b.m.significant(b.f, is) {
			return true
		}
	}
	return false
}

// swap gives the hook another domain than the one it is about.
func (b *breaker) swap(x *mutant) {
	const domain = "struct domain *"
	var target = ir.None
	for _, a := range b.f.Args(b.s.Node) {
		if b.f.S(b.f.F.Nodes[b.f.Strip(a)].Type) == domain && (target == ir.None || b.m.isSubject(b.f, target)) {
			target = a
		}
	}
	if target == ir.None {
		x.skip = "the hook takes no domain"
		return
	}
	by := b.m.another(b.s, domain)
	if by == "" && !b.subject(target) {
		by = "current->domain"
	}
	if by == "" {
		x.skip = "no other domain is in scope"
		return
	}
	x.what = b.text(target) + " -> " + by
	x.edit(int(b.f.F.Nodes[target].Start), int(b.f.F.Nodes[target].End), by)
}

// subject reports whether node n is the caller's domain, by name or by what it was set from.
func (b *breaker) subject(n int32) bool {
	if b.m.isSubject(b.f, n) {
		return true
	}
	p := b.f.Path(n)
	for i := range b.f.F.Nodes {
		if b.f.F.Nodes[i].Op == ir.Field && b.f.Path(int32(i)) == p && b.m.isSubject(b.f, int32(i)) {
			return true
		}
	}
	return false
}

// leak leaves what is held at the call to nobody when the answer is no.
func (b *breaker) leak(x *mutant) {
	if !b.holds() {
		x.skip = "nothing is held at the call"
		return
	}
	ret := "return -1;"
	if b.f.S(b.f.F.Result) == "void" {
		ret = "return;"
	}
	if b.test != ir.None {
		if r := b.releaseIn(b.test); r != ir.None {
			s := &b.f.F.Stmts[r]
			x.what = "without " + string(b.src[s.Start:s.End])
			x.edit(int(s.Start), int(s.End), ";")
			return
		}
	}
	if v := b.m.resultVar(b.s); v != ir.None && b.f.F.Stmts[b.stmt].Kind == ir.SExpr {
		end := int(b.f.F.Stmts[b.stmt].End)
		x.what = "returns at once"
		x.edit(end, end, " if ( "+b.f.S(b.f.F.Vars[v].Name)+" ) "+ret)
		return
	}
	for i := range b.f.F.Stmts {
		s := &b.f.F.Stmts[i]
		if b.test != ir.None && s.Parent != ir.None && b.inside(int32(i), b.test) && (s.Kind == ir.SGoto || s.Kind == ir.SBreak || s.Kind == ir.SContinue) {
			x.what = ret + " for " + string(b.src[s.Start:s.End])
			x.edit(int(s.Start), int(s.End), ret)
			return
		}
	}
	x.skip = "the denial takes the way out that everything takes"
}

func (b *breaker) inside(i, outer int32) bool {
	for p := b.f.F.Stmts[i].Parent; p != ir.None; p = b.f.F.Stmts[p].Parent {
		if p == outer {
			return true
		}
	}
	return false
}

// holds reports whether every way to the call holds something.
func (b *breaker) holds() bool {
	r := b.m.around(b.s)
	for _, s := range r.from {
		if len(s.held) == 0 {
			return false
		}
	}
	return len(r.from) > 0
}

// releaseIn finds a statement below test that releases what is held before it.
func (b *breaker) releaseIn(test int32) int32 {
	for _, is := range b.f.F.Instrs {
		if is.Kind != ir.ICall || is.N == ir.None || is.Stmt == ir.None || !b.inside(is.Stmt, test) || b.f.F.Stmts[is.Stmt].Kind != ir.SExpr {
			continue
		}
		if h, acquire := b.m.p.HeldCall(b.f, is.N); h != nil && !acquire {
			return is.Stmt
		}
	}
	return ir.None
}

// batches groups mutants so that no two of a group share a file or a hook: each finding then belongs to one of them.
func batches(xs []*mutant, size int) (out [][]*mutant) {
	var used []map[string]bool
	for _, x := range xs {
		if x.skip != "" {
			continue
		}
		placed := false
		for i := range out {
			if len(out[i]) < size && !used[i][x.file] && !used[i][x.hook] {
				out[i] = append(out[i], x)
				used[i][x.file], used[i][x.hook] = true, true
				placed = true
				break
			}
		}
		if !placed {
			out = append(out, []*mutant{x})
			used = append(used, map[string]bool{x.file: true, x.hook: true})
		}
	}
	return out
}

// oracle verifies mutated trees and says which mutants are seen.
type oracle struct {
	tree  *refactor.Tree
	store *store.Store
	base  map[string]bool
	all   []*mutant
	log   func(string, ...any) // takes every new finding, nil for none
}

const mutantConfidence = 0.5

func newOracle(tree *refactor.Tree, st *store.Store) (*oracle, error) {
	o := &oracle{tree: tree, store: st, base: map[string]bool{}}
	facts, read, err := o.scan(tree, st)
	if err != nil {
		return nil, err
	}
	for _, f := range Run(tree, facts, read, Options{MinConfidence: mutantConfidence}).Findings {
		o.base[findingKey(f)] = true
	}
	o.all = mutantsOf(newModel(read[0], facts, tree))
	return o, nil
}

func (o *oracle) scan(t *refactor.Tree, st *store.Store) (*analyze.Facts, []*analyze.Scanned, error) {
	return analyze.Scan(context.Background(), t, analyze.Options{Store: st, Version: "mutants", Configs: []compdb.Options{{}}})
}

func findingKey(f *Finding) string {
	return strings.Join([]string{f.Check, f.File, f.Function, f.Hypercall, f.Operation, f.Hook, f.detail}, "|")
}

// try verifies the tree with a group of mutants and returns those that are seen.
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
	for _, f := range Run(t, facts, read, Options{MinConfidence: mutantConfidence}).Findings {
		if o.base[findingKey(f)] {
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

// runMutants tries mutants in groups; only keeps those whose description has the text, "" for all.
func runMutants(t *testing.T, o *oracle, size int, only string) map[string]*mutScore {
	by := map[string]*mutScore{}
	var xs []*mutant
	for _, x := range o.all {
		if only != "" && !strings.Contains(x.String(), only) {
			continue
		}
		xs = append(xs, x)
		if by[x.kind] == nil {
			by[x.kind] = &mutScore{}
		}
		if x.skip != "" {
			by[x.kind].skipped++
		}
	}
	for _, g := range batches(xs, size) {
		found, err := o.try(g)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range g {
			by[x.kind].all++
			if found[x] != nil {
				by[x.kind].seen++
			} else {
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
	for k, least := range map[string]int{mutDelete: 59, mutIgnore: 66, mutMove: 25, mutSwap: 33, mutLeak: 35} {
		if s := by[k]; s == nil || s.seen < least {
			t.Errorf("%s: %+v, want %d seen", k, s, least)
		}
	}
}
