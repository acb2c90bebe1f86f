package hookgen

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// handed is the parameter of the function for which its caller in m.via passes a variable of that name.
func (m *matcher) handed(name string) (arg, bool) {
	if m.via == nil {
		return arg{}, false
	}
	f := m.b.f
	for c := range m.via.Calls(nil) {
		if m.via.CallName(c.Node) != f.Name {
			continue
		}
		for i, a := range m.via.Args(c.Node) {
			nd := &m.via.F.Nodes[m.via.Strip(a)]
			if int32(i) < f.F.Params && nd.Op == ir.Ident && nd.Var != ir.None && m.via.S(nd.Name) == name && !strings.HasSuffix(f.S(f.F.Vars[i].Type), "*") {
				return arg{text: f.S(f.F.Vars[i].Name), block: ir.None}, true
			}
		}
	}
	return arg{}, false
}

// mode is 1 for a flag that the profile says is set in functions whose names have a word, where this one's has.
func (m *matcher) mode(p tables.Param) (arg, bool) {
	for _, w := range m.b.p.Profile.Modes {
		if w.Param == p.Name && slices.Contains(strings.Split(m.b.f.Name, "_"), w.Word) {
			return arg{text: "1", block: ir.None}, true
		}
	}
	return arg{}, false
}
