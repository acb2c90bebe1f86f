package check

import (
	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// receives is the variable that look-up call n fills: its result's, or one whose address it is given; None for neither.
func (m *model) receives(f *analyze.Fn, n int32) int32 {
	for _, is := range f.F.Instrs {
		v, from := f.Defines(is)
		if v == ir.None || from == ir.None {
			continue
		}
		if is.Kind == ir.ICall && is.N == n {
			if _, ok := analyze.StructPointer(f.S(f.F.Vars[v].Type)); ok {
				return v
			}
		}
		if is.Kind != ir.ICall && f.Strip(from) == n {
			return v
		}
	}
	return ir.None
}

// varPath is the access path of variable v.
func (m *model) varPath(f *analyze.Fn, v int32) string {
	for i := range f.F.Nodes {
		if nd := &f.F.Nodes[i]; nd.Op == ir.Ident && nd.Var == v {
			return f.Path(int32(i))
		}
	}
	return ""
}

// asks reports whether f gives its parameter i, or what lies below it, to a hook.
func (m *model) asks(f *analyze.Fn, i, depth int) bool {
	const deep = 4
	if depth > deep || m.p.InModule(f.File) || int32(i) >= f.F.Params {
		return false
	}
	root := "p" + itoa(i)
	for _, h := range m.byFn[f] {
		for _, a := range f.Args(h.Node) {
			if analyze.Below(f.Path(a), root) {
				return true
			}
		}
	}
	for _, is := range f.F.Instrs {
		if is.Kind != ir.ICall || is.N == ir.None || m.plain(f, is.N) {
			continue
		}
		for k, a := range f.Args(is.N) {
			if f.Path(a) != root {
				continue
			}
			fns, _ := m.p.Callees(f, is.N)
			for _, c := range fns {
				if m.asks(c, k, depth+1) {
					return true
				}
			}
		}
	}
	return false
}
