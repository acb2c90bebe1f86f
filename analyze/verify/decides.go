package verify

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// decides reports whether a hook is asked for permission.
func (m *model) decides(h analyze.HookCall) bool { return h.Decides(m.actions) }

// filters reports whether a hook leaves out of a walk what the caller may not see, in a function that is told by numbers which object its caller chose:
// it says nothing about that one.
func (m *model) filters(h analyze.HookCall) bool {
	f := h.Fn
	if !m.composable(f) || !continues(h) {
		return false
	}
	for _, a := range f.Args(h.Node) {
		foreign := false
		f.Each(a, func(n int32) bool {
			nd := &f.F.Nodes[n]
			foreign = foreign || nd.Op == ir.Ident && nd.Var >= f.F.Params
			return !foreign
		})
		if foreign {
			return true
		}
	}
	return false
}

// composable reports whether a function has all parts of a number that hooks take whole among its parameters.
func (m *model) composable(f *analyze.Fn) bool {
	for _, c := range m.p.Profile.Compose {
		all := len(c.Parts) > 0
		for _, part := range c.Parts {
			names := strings.Split(part, "|")
			all = all && slices.ContainsFunc(f.F.Vars[:f.F.Params], func(v ir.Var) bool { return slices.Contains(names, f.S(v.Name)) })
		}
		if all {
			return true
		}
	}
	return false
}

// continues reports whether the hook's answer is tested by a statement that goes on with the next round of a loop.
func continues(h analyze.HookCall) bool {
	f := h.Fn
	for i := range f.F.Stmts {
		if f.F.Stmts[i].Kind != ir.SContinue {
			continue
		}
		for p := f.F.Stmts[i].Parent; p != ir.None; p = f.F.Stmts[p].Parent {
			st := &f.F.Stmts[p]
			if st.Kind == ir.SBlock {
				continue
			}
			if st.Kind == ir.SIf && under(f, st.N, h.Node) {
				return true
			}
			break
		}
	}
	return false
}

// under reports whether node n is part of expression root.
func under(f *analyze.Fn, root, n int32) (found bool) {
	f.Each(root, func(k int32) bool {
		found = found || k == n
		return !found
	})
	return found
}
