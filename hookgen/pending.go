package hookgen

import (
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// waits is the place behind an anchor where the code tests its result although the result is known there: it was just given a constant, or just tested.
// What would have set it is missing, and that is the hook's answer. The place is before a constant that means success, and behind one that is an error.
func (b *body) waits(anchor int32, w *wanted) int32 {
	v := b.resultVar()
	if v == ir.None {
		return ir.None
	}
	for at := anchor; b.fits(at, w); at = b.nextSibling(at) {
		if st := &b.f.F.Stmts[at]; st.Kind != ir.SIf || st.N == ir.None || !b.asksAfter(st.N, v) {
			continue
		}
		prev := b.prevSibling(at)
		for prev != ir.None && !b.touches(prev, v) {
			prev = b.prevSibling(prev)
		}
		switch val, constant := b.constant(prev, v); {
		case prev == ir.None:
		case constant && val == 0 && b.fits(prev, w) && b.f.F.Stmts[prev].Start >= b.f.F.Stmts[anchor].Start:
			return prev
		case constant && val != 0, !constant && b.leavesOn(prev, v):
			return at
		}
	}
	return ir.None
}

// asksAfter reports whether a condition is about variable v alone, or asks for its success before anything else: "rc", "!rc", "!rc && more".
func (b *body) asksAfter(cond, v int32) bool {
	n := b.f.Strip(cond)
	for b.f.F.Nodes[n].Op == ir.AndAnd {
		n = b.f.Strip(b.f.F.Nodes[n].X)
	}
	path, truth := b.tested(n)
	id := b.ident(v)
	return id != ir.None && path == b.f.Path(id) && (!truth || n == b.f.Strip(cond))
}

// touches reports whether a statement, with all that it holds, names variable v.
func (b *body) touches(at, v int32) bool {
	st := &b.f.F.Stmts[at]
	for i := range b.f.F.Nodes {
		if nd := &b.f.F.Nodes[i]; nd.Op == ir.Ident && nd.Var == v && st.Start <= nd.Start && nd.End <= st.End {
			return true
		}
	}
	return false
}

// constant is the constant that statement at gives variable v.
func (b *body) constant(at, v int32) (int64, bool) {
	if at == ir.None || b.f.F.Stmts[at].Kind != ir.SExpr || b.f.F.Stmts[at].N == ir.None {
		return 0, false
	}
	nd := &b.f.F.Nodes[b.f.Strip(b.f.F.Stmts[at].N)]
	if nd.Op != ir.Assign || nd.Y == ir.None || b.f.S(nd.Name) != "=" {
		return 0, false
	}
	if x := &b.f.F.Nodes[b.f.Strip(nd.X)]; x.Op != ir.Ident || x.Var != v {
		return 0, false
	}
	y := &b.f.F.Nodes[nd.Y]
	return y.Val, y.Flags&ir.HasVal != 0
}

// leavesOn reports whether statement at is an if that leaves when variable v is not zero, and so knows it to be zero behind.
func (b *body) leavesOn(at, v int32) bool {
	st := &b.f.F.Stmts[at]
	if st.Kind != ir.SIf || st.N == ir.None || !b.refuses(at) {
		return false
	}
	path, truth := b.tested(st.N)
	id := b.ident(v)
	if id == ir.None || path != b.f.Path(id) || !truth {
		return false
	}
	for i := range b.f.F.Stmts {
		if o := &b.f.F.Stmts[i]; o.Parent == at && (o.Else || o.Kind == ir.SBlock && !b.leavesArm(int32(i))) {
			return false
		}
	}
	return true
}

// bookkeeping reports whether a statement only counts or asserts, something other than the function's result.
func (b *body) bookkeeping(at int32) bool {
	st := &b.f.F.Stmts[at]
	if v := b.resultVar(); v != ir.None && b.touches(at, v) {
		return false
	}
	if st.Macro != 0 && b.p.Profile.Tallies.Has(b.f.S(st.Macro)) {
		return true
	}
	return st.Kind == ir.SExpr && st.N != ir.None && b.p.Profile.Tallies.Has(b.f.CallNameAt(b.f.Strip(st.N)))
}

// decodes reports whether a statement leaves when a sub-command's request cannot be read: a hook that is told of the request comes behind that.
func (b *body) decodes(at int32, w *wanted) bool {
	st := &b.f.F.Stmts[at]
	if st.Kind != ir.SIf || st.N == ir.None || w.r.Switch == ir.None || len(w.r.Labels) == 0 || len(w.args) == 0 || !b.refuses(at) {
		return false
	}
	if !b.testOf(st.N, w.args).copies {
		return false
	}
	for _, is := range b.f.F.Instrs {
		if is.N != ir.None && b.within(is.Stmt, at) && is.Stmt != at && !b.mild(is, at) {
			return false
		}
	}
	return true
}
