package hookgen

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// domains gives the domain parameters their parties: one is the object; of two the first is the subject, unless two are in scope besides it.
func (m *matcher) domains(params []tables.Param) map[int]arg {
	var at []int
	for i, p := range params {
		if strings.TrimPrefix(p.Type, "const ") == m.b.p.Profile.Types.Domain {
			at = append(at, i)
		}
	}
	out := map[int]arg{}
	if len(m.told) == len(at) {
		for k, i := range at {
			out[i] = arg{text: m.told[k], block: ir.None}
		}
		return out
	}
	have, subject := m.parties()
	if a, ok := m.comesTo(); ok {
		have = []arg{a}
	}
	switch {
	case len(at) == 0:
	case len(at) == 1 && len(have) > 0:
		out[at[0]] = have[0]
	case len(at) == 1:
		out[at[0]] = subject
	case len(have) >= len(at):
		for k, i := range at {
			out[i] = have[k]
		}
	case len(have) == 1:
		out[at[0]], out[at[1]] = subject, have[0]
	}
	return out
}

// parties lists the domains that the operation is about: what the function looked up before it dispatched, what the region looks up, and where it
// looks nothing up the function's parameters; and how the code names the caller.
func (m *matcher) parties() (have []arg, subject arg) {
	subject = arg{text: m.callerText(), block: ir.None}
	names := map[string]bool{}
	add := func(a arg) {
		if !names[a.text] {
			names[a.text] = true
			have = append(have, a)
		}
	}
	own := map[string]bool{}
	for _, o := range m.objects {
		own[o.Text] = true
	}
	for _, o := range m.common {
		if !own[o.Text] {
			add(arg{text: o.Text, block: ir.None, null: localPath(o.Path)})
		}
	}
	for _, o := range m.objects {
		a := m.after(o.Text, o.Node)
		if o.Filled {
			a.ready = m.tested(o.Node, a.ready)
		}
		if p := localPath(o.Path); p != "" {
			a.path, a.ready = p, 0 // the flow analysis knows where it has its value
		}
		add(a)
	}
	f := m.b.f
	for v := range f.F.Vars {
		if f.S(f.F.Vars[v].Type) == m.b.p.Profile.Types.VCPU && m.visible(int32(v)) {
			if a, def, ok := m.variable(int32(v)); ok && def != ir.None && m.caller(def) {
				a.text += "->domain"
				subject = a
			}
		}
	}
	for v := range f.F.Vars {
		if f.S(f.F.Vars[v].Type) != m.b.p.Profile.Types.Domain || names[f.S(f.F.Vars[v].Name)] || !m.visible(int32(v)) {
			continue
		}
		a, def, ok := m.variable(int32(v))
		switch {
		case ok && def != ir.None && m.caller(def):
			subject = a
		case ok && int32(v) < f.F.Params && len(m.objects) == 0:
			add(a)
		case ok && int32(v) < f.F.Params && subject.block == ir.None && subject.text == m.callerText():
			subject = a // the party that the caller of the function speaks for
		}
	}
	if len(have) == 0 {
		m.made(add)
	}
	return have, subject
}

// tested is the byte behind the test that follows the statement of call n and leaves on its result; ready where there is none.
func (m *matcher) tested(n, ready int32) int32 {
	b := m.b
	for _, is := range b.f.F.Instrs {
		if is.N != n || is.Stmt == ir.None {
			continue
		}
		if next := b.nextSibling(is.Stmt); next != ir.None && b.refuses(next) {
			return b.f.F.Stmts[next].End
		}
	}
	return ready
}

// callerText is how code names the calling domain when it has no variable for it.
func (m *matcher) callerText() string { return m.b.p.Profile.Subject.Domain }

// localPath is a path that is a local variable as a whole, "" for others.
func localPath(p string) string {
	if strings.HasPrefix(p, "v") && !strings.ContainsAny(p, ".*[") {
		return p
	}
	return ""
}

// made lists the domains that the region's function makes, or has as members of what it is given.
func (m *matcher) made(add func(arg)) {
	f := m.b.f
	for v := int(f.F.Params); v < len(f.F.Vars); v++ {
		if f.S(f.F.Vars[v].Type) != m.b.p.Profile.Types.Domain || !m.visible(int32(v)) {
			continue
		}
		if a, def, ok := m.variable(int32(v)); ok && def != ir.None && !m.caller(def) && f.F.Nodes[f.Strip(def)].Flags&ir.HasVal == 0 {
			a.ready = 0
			add(a)
		}
	}
}

// caller reports whether an expression is the calling domain: current's, or that of a variable that is current.
func (m *matcher) caller(n int32) bool {
	f := m.b.f
	subject := m.b.p.Profile.Subject
	for {
		if subject.Macros.Has(f.S(f.F.Nodes[n].Macro)) {
			return true
		}
		if k := f.Strip(n); k != n {
			n = k
		} else if f.F.Nodes[n].Op == ir.Field {
			n = f.F.Nodes[n].X
		} else {
			break
		}
	}
	nd := &f.F.Nodes[n]
	if m.b.p.Profile.Subject.Macros.Has(f.S(nd.Macro)) || m.b.p.Profile.Subject.Macros.Has(f.Text(n)) || m.b.p.Profile.Subject.Calls.Has(f.CallNameAt(n)) {
		return true
	}
	if nd.Op != ir.Ident || nd.Var == ir.None || nd.Var < f.F.Params {
		return false
	}
	_, def, ok := m.variable(nd.Var)
	return ok && def != ir.None && def != n && f.F.Nodes[f.Strip(def)].Op != ir.Ident && m.caller(def)
}
