//go:build xen

package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// mutantsOf breaks every hook call: one that gives an answer in every way; one that only notifies or labels can only be deleted.
func mutantsOf(m *model) (out []*mutant) {
	seen := map[string]bool{}
	for _, s := range m.sites {
		at := fmt.Sprint(s.Fn.File, s.Fn.F.Nodes[s.Node].Start)
		if seen[at] {
			continue
		}
		seen[at] = true
		b := &breaker{m: m, s: s, f: s.Fn, src: m.source(s.Fn.File)}
		b.locate()
		for _, k := range mutKinds {
			if s.Void() && k != mutDelete {
				continue
			}
			x := &mutant{kind: k, file: s.Fn.File, fn: s.Fn.Name, hook: s.Hook}
			x.line, _ = m.at(s.Fn, s.Fn.F.Nodes[s.Node].Start)
			x.ops = m.commandsOf(s)
			b.make(x)
			out = append(out, x)
		}
	}
	return out
}

// commandsOf names the commands whose own code asks site s, outer ones too, unless there are many; and those on the way of every operation that
// passes it.
func (m *model) commandsOf(s *site) (out []string) {
	if s.fact == nil {
		return nil
	}
	var mine, shared []string
	for i, id := range s.fact.Ops {
		op := m.ops[id]
		var way []string
		for _, v := range op.Via {
			way = append(way, v.Case)
		}
		if own(op, s.fact.ID) {
			mine = append(mine, way...)
		}
		if i == 0 {
			shared = way
		}
		shared = slices.DeleteFunc(slices.Clone(shared), func(c string) bool { return !contains(way, c) || c == "default" })
	}
	if len(s.fact.Ops) > maxOperations {
		mine = nil
	}
	return append(mine, shared...)
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
		b.replaceCall(x, b.nothing())
		if h := b.redundant(); h != "" {
			x.skip = "equivalent: " + h + " has asked for the same permission of the same domain, in the module and by default"
		}
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

// redundant names a hook in front of every operation that reaches the call which decides the same: the module asks for the one permission that this
// hook is about, the default module takes the same action, and both are given the same domain. "" when there is none.
func (b *breaker) redundant() (name string) {
	res := b.m.result()
	if res == nil || b.s.fact == nil || len(b.s.fact.Ops) == 0 {
		return ""
	}
	mine := b.m.tables().Hook(b.s.Hook)
	if mine == nil || len(mine.Vectors) != 1 {
		return ""
	}
	for _, id := range b.s.fact.Ops {
		name = ""
		for _, sw := range res.Switches {
			for _, h := range b.m.ops[id].Hooks {
				o := b.m.siteOf(h.Site)
				at := askedCase(sw, b.m.ops[id])
				if o != nil && o != b.s && o.Hook == b.m.hookName(sw.Hook) && h.Phase == "before" && sw.Vectors[at] == mine.Vectors[0] &&
					b.m.defaultFor(o.Hook, at) == b.s.Action && b.sameDomain(o) {
					name = o.Hook
				}
			}
		}
		if name == "" {
			return ""
		}
	}
	return name
}

// askedCase is the command on the way to an operation that a switch asks a permission for.
func askedCase(sw *verify.Switch, op *analyze.Op) string {
	if l := knownLabel(sw, op); l != nil {
		return l.Case
	}
	return ""
}

// defaultFor is the default action that the default module's function for a hook takes for a command: in the command's case, else in the default one.
func (m *model) defaultFor(hook, label string) (action string) {
	for _, f := range m.p.Named(hook) {
		for i := range f.F.Blocks {
			if b := &f.F.Blocks[i]; m.p.InModule(f.File) && b.Term == ir.TSwitch {
				for _, c := range b.Cases {
					if a := m.actionFrom(f, c.Block); a != "" && (f.S(c.Name) == label || c.Default && action == "") {
						action = a
					}
				}
			}
		}
	}
	return action
}

// actionFrom is the default action named in block b of f or behind it, up to the next branch.
func (m *model) actionFrom(f *analyze.Fn, b int32) (action string) {
	for range f.F.Blocks {
		blk := &f.F.Blocks[b]
		roots := []int32{blk.N}
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			roots = append(roots, is.N)
		}
		for _, r := range roots {
			f.Each(r, func(n int32) bool {
				if t := f.Text(n); action == "" && m.p.Profile.Hooks.Defaults.Has(t) {
					action = t
				}
				return true
			})
		}
		if action != "" || len(blk.Succs) != 1 {
			break
		}
		b = blk.Succs[0]
	}
	return action
}

// sameDomain reports whether the domain that this hook is given is a parameter of its function, for which the function of site o passes what o is given.
func (b *breaker) sameDomain(o *site) bool {
	for _, a := range b.f.Args(b.s.Node) {
		if !b.m.domain(b.f, a) {
			continue
		}
		for _, is := range o.Fn.F.Instrs {
			if is.Kind != ir.ICall || is.N == ir.None || o.Fn.CallName(is.N) != b.f.Name {
				continue
			}
			for i, x := range o.Fn.Args(is.N) {
				if b.f.Path(a) == "p"+fmt.Sprint(i) && b.m.givenTo(o, o.Fn.Path(x)) {
					return true
				}
			}
		}
	}
	return false
}

// nothing is an expression that stands for the call without doing anything.
func (b *breaker) nothing() string {
	switch t := b.f.S(b.f.F.Nodes[b.s.Node].Type); {
	case t == "void":
		return "(void)0"
	case strings.HasSuffix(t, "*"):
		return "((void *)0)"
	}
	return "0"
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
	if b.m.boots(b.s) {
		x.skip = "equivalent: the hook is asked while the machine boots, when no guest can ask for anything"
		return
	}
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

// changes reports whether a statement has a side effect: it changes state other than by finding, making or preparing an object that nobody sees yet.
func (b *breaker) changes(s *ir.Stmt) bool {
	l := &lateness{m: b.m, s: b.s, g: b.m.graph(b.f)}
	for _, is := range b.f.F.Instrs {
		if is.N == ir.None || is.Kind == ir.IDecl {
			continue
		}
		nd := &b.f.F.Nodes[is.N]
		if nd.Start < s.Start || nd.End > s.End || !b.m.significant(b.f, is) {
			continue
		}
		if !b.m.finds(b.f, is) && !l.prepares(is) {
			return true
		}
	}
	return false
}

// swap gives the hook another domain than the one that it is asked about: the first that is not the caller's own, if there is one.
func (b *breaker) swap(x *mutant) {
	const domain = "struct domain *"
	var target = ir.None
	for _, a := range b.f.Args(b.s.Node) {
		if b.f.S(b.f.F.Nodes[b.f.Strip(a)].Type) == domain && (target == ir.None || b.m.isCaller(b.s, target)) {
			target = a
		}
	}
	if target == ir.None {
		x.skip = "the hook takes no domain"
		return
	}
	by := b.m.another(b.s, domain)
	if by == "" && !b.m.isCaller(b.s, target) {
		by = "current->domain"
	}
	if by == "" {
		x.skip = "no other domain is in scope"
		return
	}
	x.what = b.text(target) + " -> " + by
	x.edit(int(b.f.F.Nodes[target].Start), int(b.f.F.Nodes[target].End), by)
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
	r := b.m.around(b.s)
	for i, is := range b.f.F.Instrs {
		if is.Kind != ir.ICall || is.N == ir.None || is.Stmt == ir.None || !b.inside(is.Stmt, test) || b.f.F.Stmts[is.Stmt].Kind != ir.SExpr {
			continue
		}
		if !r.deny.ran[i] {
			continue // on the way of a yes
		}
		if h, acquire := b.m.p.HeldCall(b.f, is.N); h != nil && !acquire {
			return is.Stmt
		}
	}
	return ir.None
}
