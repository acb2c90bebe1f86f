package check

import (
	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// callerDepth bounds how many variables are followed to find out that one of them stands for the caller.
const callerDepth = 4

// callers finds out whether expressions of a function stand for the caller or the caller's domain: by name, or because every value is the caller that
// a variable can have there.
type callers struct {
	m    *model
	f    *analyze.Fn
	deep bool // what lies in the caller, such as a member's address, stands for it too
}

// isCaller reports whether node n, evaluated at a site, is the caller or the caller's domain.
func (m *model) isCaller(s *site, n int32) bool { return m.callerAt(s.Fn, n, s.Block) }

// callerAt is isCaller for a node that is evaluated in block b; None when that is unknown.
func (m *model) callerAt(f *analyze.Fn, n, b int32) bool {
	return (&callers{m: m, f: f}).at(n, b, callerDepth)
}

// liesInCaller reports whether node n is the caller's domain or lies in it.
func (m *model) liesInCaller(f *analyze.Fn, n int32) bool {
	return (&callers{m: m, f: f, deep: true}).at(n, ir.None, callerDepth)
}

// at follows node n, evaluated in block b, through at most depth variables.
func (c *callers) at(n, b int32, depth int) bool {
	f := c.f
	if n == ir.None {
		return false
	}
	if n = f.Strip(n); c.m.isSubject(f, n) {
		return true
	}
	nd := &f.F.Nodes[n]
	switch nd.Op {
	case ir.Field:
		return (c.deep || nd.Flags&ir.Arrow != 0 && f.S(f.F.Nodes[f.Strip(nd.X)].Type) == c.m.p.Profile.Types.VCPU) && c.at(nd.X, b, depth)
	case ir.Index, ir.Deref, ir.Addr:
		return c.deep && c.at(nd.X, b, depth)
	case ir.Ident:
		return depth > 0 && nd.Var != ir.None && nd.Var >= f.F.Params && c.holds(nd.Var, b, depth-1)
	case ir.Call:
		return c.m.p.Profile.Subject.Calls.Has(f.CallName(n))
	}
	return false
}

// holds reports whether every definition of variable v that gets to block b is the caller; no object does not count.
func (c *callers) holds(v, b int32, depth int) bool {
	f := c.f
	var to []bool
	if b != ir.None {
		to = c.m.graph(f).reaching(b, false)
	}
	found := false
	for nb := range f.F.Blocks {
		blk := &f.F.Blocks[nb]
		if to != nil && !to[nb] {
			continue
		}
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			w, from := f.Defines(is)
			if w != v || null(f, from) {
				continue
			}
			if is.Kind == ir.ICall || !c.at(from, int32(nb), depth) {
				return false
			}
			found = true
		}
	}
	return found
}

// visible reports whether variable v of f can be named in statement i: the block that declares it is around it.
func visible(f *analyze.Fn, v, i int32) bool {
	scope := f.F.Vars[v].Scope
	if v < f.F.Params || scope == ir.None || i == ir.None {
		return true
	}
	for p := i; p != ir.None; p = f.F.Stmts[p].Parent {
		if p == scope {
			return true
		}
	}
	return false
}

// null reports whether node n is the constant 0: no object.
func null(f *analyze.Fn, n int32) bool {
	if n == ir.None {
		return false
	}
	nd := &f.F.Nodes[f.Strip(n)]
	return nd.Flags&ir.HasVal != 0 && nd.Val == 0 || f.F.Nodes[n].Flags&ir.HasVal != 0 && f.F.Nodes[n].Val == 0
}
