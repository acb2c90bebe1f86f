package hookgen

import (
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// harmless reports whether a statement, with all that it holds, asks, computes local values, logs and leaves, and does nothing else. On a way that leaves
// it may release what is held.
func (b *body) harmless(at int32) bool {
	switch b.f.F.Stmts[at].Kind {
	case ir.SWhile, ir.SFor, ir.SReturn, ir.SGoto, ir.SBreak, ir.SContinue, ir.SCase, ir.SLabel:
		return false
	}
	for blk := range b.f.F.Blocks {
		fb := &b.f.F.Blocks[blk]
		for _, is := range b.f.F.Instrs[fb.First : fb.First+fb.Len] {
			if is.N == ir.None || !b.within(is.Stmt, at) {
				continue
			}
			if !b.mild(is, at) {
				return false
			}
		}
	}
	return true
}

// within reports whether statement s is outer or stands in it.
func (b *body) within(s, outer int32) bool {
	if s == ir.None {
		return false
	}
	o, st := &b.f.F.Stmts[outer], &b.f.F.Stmts[s]
	return o.Start <= st.Start && st.End <= o.End
}

// mild reports whether one instruction of a harmless statement does nothing that outlives it.
func (b *body) mild(is ir.Instr, at int32) bool {
	if b.mildMacro(is.Stmt) {
		return true
	}
	switch is.Kind {
	case ir.IAssign:
		return b.localTarget(b.f.F.Nodes[is.N].X) || b.f.F.Stmts[at].Kind == ir.SIf && b.answers(is, at)
	case ir.ICall:
		if h, acquire := b.p.HeldCall(b.f, is.N); h != nil && !acquire {
			return true
		}
		return quietCall(b.p, b.f, is.N, 0)
	}
	return true
}

// answers reports whether an assignment writes to the request that the function was given, in an arm that leaves: an answer, and no effect.
func (b *body) answers(is ir.Instr, at int32) bool {
	p := b.f.F.Stmts[is.Stmt].Parent
	if p == ir.None || b.f.F.Stmts[p].Kind != ir.SBlock || !b.within(p, at) || !b.leavesArm(p) {
		return false
	}
	root := b.f.Strip(b.f.F.Nodes[is.N].X)
	for b.f.F.Nodes[root].Op == ir.Field {
		root = b.f.Strip(b.f.F.Nodes[root].X)
	}
	x := &b.f.F.Nodes[root]
	return x.Op == ir.Ident && x.Var != ir.None && x.Var < b.f.F.Params && b.f.S(x.Type) != b.p.Profile.Types.Domain
}

// mildMacro reports whether a statement comes out of a macro that logs, asserts or releases.
func (b *body) mildMacro(at int32) bool {
	m := b.f.F.Stmts[at].Macro
	if m == 0 {
		return false
	}
	name := b.f.S(m)
	if b.p.Profile.Neutral.Has(name) {
		return true
	}
	for i := range b.p.Profile.Held {
		if undoes(b.p.Profile.Held[i].Release, name) {
			return true
		}
	}
	return false
}

// localTarget reports whether an assignment's target is a local variable or a member of one.
func (b *body) localTarget(n int32) bool {
	root := b.f.Strip(n)
	for b.f.F.Nodes[root].Op == ir.Field && b.f.F.Nodes[root].Flags&ir.Arrow == 0 {
		root = b.f.Strip(b.f.F.Nodes[root].X)
	}
	x := &b.f.F.Nodes[root]
	return x.Op == ir.Ident && x.Var != ir.None
}

// onlyComputes reports whether a statement gives a local variable a value and does nothing else.
func (b *body) onlyComputes(at int32) bool {
	st := &b.f.F.Stmts[at]
	if st.Kind != ir.SExpr || st.N == ir.None {
		return false
	}
	nd := &b.f.F.Nodes[b.f.Strip(st.N)]
	if nd.Op != ir.Assign || nd.Y == ir.None {
		return false
	}
	root := b.f.Strip(nd.X)
	for b.f.F.Nodes[root].Op == ir.Field && b.f.F.Nodes[root].Flags&ir.Arrow == 0 {
		root = b.f.Strip(b.f.F.Nodes[root].X)
	}
	x := &b.f.F.Nodes[root]
	return x.Op == ir.Ident && x.Var != ir.None && b.quiet(nd.Y)
}

// quiet reports whether evaluating an expression changes nothing but local variables.
func (b *body) quiet(n int32) bool {
	return quiet(b.p, b.f, n, 0)
}

// maxQuiet bounds how deep calls are followed to prove that they change nothing.
const maxQuiet = 6

func quiet(p *analyze.Program, f *analyze.Fn, n int32, depth int) bool {
	ok := true
	f.Each(n, func(k int32) bool {
		nd := &f.F.Nodes[k]
		switch nd.Op {
		case ir.Assign, ir.IncDec:
			x := &f.F.Nodes[f.Strip(nd.X)]
			ok = ok && x.Op == ir.Ident && x.Var != ir.None
		case ir.Call:
			ok = ok && quietCall(p, f, k, depth)
		}
		return ok
	})
	return ok
}

// local reports whether assignment a of g writes a local variable, or what call n of f gave it the address of: a local variable of f.
func local(f *analyze.Fn, n int32, g *analyze.Fn, a int32) bool {
	x := &g.F.Nodes[g.Strip(g.F.Nodes[a].X)]
	if x.Op == ir.Ident {
		return x.Var != ir.None
	}
	p := g.Path(g.F.Nodes[a].X)
	if strings.HasPrefix(p, "v") && !strings.ContainsAny(p, "*[") {
		return true
	}
	for i, arg := range f.Args(n) {
		if strings.HasPrefix(p, "p"+strconv.Itoa(i)+"*") && strings.HasPrefix(f.Path(arg), "&v") {
			return true
		}
	}
	return false
}

// quietCall reports whether what a call can reach changes nothing that outlives it, and takes nothing.
func quietCall(p *analyze.Program, f *analyze.Fn, n int32, depth int) bool {
	fns, name := p.Callees(f, n)
	if p.Profile.Neutral.Has(name) || strings.HasPrefix(name, "__builtin_") || f.Barrier(n) {
		return true
	}
	if h, _ := p.HeldCall(f, n); h != nil {
		return depth > 0 && h.Kind == "lock" // a predicate that locks while it looks
	}
	if c, args := p.CopyCall(f, n); c != nil {
		return !c.Back && c.To < len(args) && strings.HasPrefix(f.Path(args[c.To]), "&v")
	}
	if depth >= maxQuiet || len(fns) != 1 {
		return false
	}
	g := fns[0]
	const small = 60
	if len(g.F.Instrs) > small {
		return false
	}
	for _, is := range g.F.Instrs {
		switch is.Kind {
		case ir.IAssign:
			if !local(f, n, g, is.N) {
				return false
			}
		case ir.ICall:
			if is.N != ir.None && !quietCall(p, g, is.N, depth+1) {
				return false
			}
		}
	}
	return true
}
