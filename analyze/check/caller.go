package check

import (
	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// callerDepth bounds how many variables are followed to find out that one of them stands for the caller.
const callerDepth = 4

// isCaller reports whether node n, evaluated at a site, is the caller or the caller's domain: by name, or because every value that the variable can
// have there is.
func (m *model) isCaller(s *site, n int32) bool { return m.callerAt(s.Fn, n, s.Block, callerDepth) }

// callerAt is isCaller for a node that is evaluated in block b; None when that is unknown.
func (m *model) callerAt(f *analyze.Fn, n, b int32, depth int) bool {
	if n == ir.None {
		return false
	}
	if m.isSubject(f, n) {
		return true
	}
	n = f.Strip(n)
	nd := &f.F.Nodes[n]
	switch {
	case depth == 0:
		return false
	case nd.Op == ir.Field && nd.Flags&ir.Arrow != 0:
		return f.S(f.F.Nodes[f.Strip(nd.X)].Type) == m.p.Profile.Types.VCPU && m.callerAt(f, nd.X, b, depth)
	case nd.Op == ir.Ident && nd.Var >= f.F.Params:
		return m.callerVar(f, nd.Var, b, depth-1)
	case nd.Op == ir.Call:
		return m.p.Profile.Subject.Calls.Has(f.CallName(n))
	}
	return false
}

// callerVar reports whether every definition of variable v that gets to block b is the caller.
func (m *model) callerVar(f *analyze.Fn, v, b int32, depth int) bool {
	var to []bool
	if b != ir.None {
		to = m.graph(f).reaching(b, false)
	}
	found := false
	for nb := range f.F.Blocks {
		blk := &f.F.Blocks[nb]
		if to != nil && !to[nb] {
			continue
		}
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			w, from := defines(f, is)
			if w != v {
				continue
			}
			if is.Kind == ir.ICall || !m.callerAt(f, from, int32(nb), depth) {
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
