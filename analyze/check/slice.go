package check

import (
	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// slice marks the instructions' nodes that the arguments of a hook are computed from: definitions of the variables they name, of the variables
// those name, and calls that fill them through a pointer.
func (m *model) slice(s *site) map[int32]bool {
	f := s.Fn
	vars, nodes := map[int32]bool{}, map[int32]bool{}
	mark := func(n int32) {
		f.Each(n, func(k int32) bool {
			nd := &f.F.Nodes[k]
			if nd.Op == ir.Call {
				nodes[k] = true
			}
			if nd.Op == ir.Ident && nd.Var != ir.None {
				vars[nd.Var] = true
			}
			return true
		})
	}
	for _, a := range f.Args(s.Node) {
		mark(a)
	}
	for size := -1; size != len(vars)+len(nodes); {
		size = len(vars) + len(nodes)
		for _, is := range f.F.Instrs {
			if v, from := defines(f, is); v != ir.None && vars[v] {
				nodes[is.N] = true
				mark(from)
			}
		}
	}
	return nodes
}

// defines returns the variable that an instruction gives a value, and the node that the value comes from.
func defines(f *analyze.Fn, is ir.Instr) (v, from int32) {
	switch is.Kind {
	case ir.IDecl:
		if is.N != ir.None {
			return is.Var, is.N
		}
	case ir.IAssign:
		nd := &f.F.Nodes[is.N]
		if l := &f.F.Nodes[nd.X]; l.Op == ir.Ident && nd.Y != ir.None {
			return l.Var, nd.Y
		}
	case ir.ICall:
		for _, a := range f.Args(is.N) {
			if nd := &f.F.Nodes[f.Strip(a)]; nd.Op == ir.Addr {
				if o := &f.F.Nodes[nd.X]; o.Op == ir.Ident && o.Var != ir.None {
					return o.Var, is.N
				}
			}
		}
	}
	return ir.None, ir.None
}

// storedAt is the path of the variable that takes the result of call n, "" when none does.
func (m *model) storedAt(f *analyze.Fn, n int32) string {
	for _, is := range f.F.Instrs {
		v, from := defines(f, is)
		if v == ir.None || from == ir.None || is.Kind == ir.ICall || f.Strip(from) != n {
			continue
		}
		for i := range f.F.Nodes {
			if nd := &f.F.Nodes[i]; nd.Op == ir.Ident && nd.Var == v {
				return f.Path(int32(i))
			}
		}
	}
	return ""
}
