package analyze

import (
	"slices"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// Defines returns the variable that an instruction gives a value, and the node that the value comes from.
func (f *Fn) Defines(is ir.Instr) (v, from int32) {
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

// HoldsOwner reports whether local variable v of f takes the domain that an object belongs to: its value comes out of an object that is neither a
// domain nor a virtual CPU.
func (p *Program) HoldsOwner(f *Fn, v int32) bool {
	types := p.Profile.Types
	return slices.ContainsFunc(f.F.Instrs, func(is ir.Instr) (found bool) {
		w, from := f.Defines(is)
		if w != v || from == ir.None || is.Kind == ir.ICall {
			return false
		}
		f.Each(from, func(n int32) bool {
			nd := &f.F.Nodes[n]
			of := ir.None
			switch {
			case nd.Op == ir.Field && nd.Flags&ir.Arrow != 0:
				of = nd.X
			case nd.Op == ir.Call && len(f.Args(n)) > 0 && !p.Profile.Lookups.Has(f.CallName(n)):
				of = f.Args(n)[0]
			default:
				return true
			}
			t := f.S(f.F.Nodes[f.Strip(of)].Type)
			_, object := structPointer(t)
			found = found || object && t != types.Domain && t != types.VCPU
			return !found
		})
		return found
	})
}
