package hookgen

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// scalar finds a number for parameter i: an end of a range, what the code compares with the constants that the hook's module compares this parameter
// with, a variable or member of its name, the command itself, a member that a callee reads, a number put together from its parts, or the only value
// of an uncommon type.
func (m *matcher) scalar(i int32, all []tables.Param) (arg, bool) {
	p := all[i]
	for _, find := range []func() (arg, bool){
		func() (arg, bool) { return m.element(p) },
		func() (arg, bool) { return m.rangeEnd(p, all) },
		func() (arg, bool) { return m.deciding(i) },
		func() (arg, bool) { return m.identified(p) },
		func() (arg, bool) { return m.plainly(p.Name, i) },
		func() (arg, bool) { return m.passed(p) },
		func() (arg, bool) { return m.command(p, i) },
		func() (arg, bool) { return m.alike(p, true) },
		func() (arg, bool) { return m.wrapped(p) },
		func() (arg, bool) { return m.composed(p) },
		func() (arg, bool) { return m.alike(p, false) },
		func() (arg, bool) { return m.typed(p.Type) },
		func() (arg, bool) { return m.flag(p) },
		func() (arg, bool) { return m.mode(p) },
	} {
		if a, ok := find(); ok && !m.used[a.text] {
			return a, true
		}
	}
	return arg{}, false
}

// identified is the number that identifies a resource, where the code has both what the guest calls it and what the hypervisor does: the
// parameter's name, found whole.
func (m *matcher) identified(p tables.Param) (arg, bool) {
	f := m.b.f
	for _, w := range m.b.p.Profile.Instead {
		skip := m.hook == nil || p.Name != w.Param
		for _, u := range w.Unless {
			skip = skip || strings.Contains(m.hook.Name, u)
		}
		if a, ok := m.named(w.Use); !skip && ok {
			return a, true
		}
	}
	for v := range f.F.Vars {
		if f.S(f.F.Vars[v].Name) != p.Name || strings.HasSuffix(f.S(f.F.Vars[v].Type), "*") || m.b.whole(int32(v)) || !m.visible(int32(v)) {
			continue
		}
		if a, def, ok := m.variable(int32(v)); ok && def != ir.None && f.F.Nodes[f.Strip(def)].Op == ir.Call {
			return a, true // translated from the guest's number
		}
	}
	return arg{}, false
}

// plainly is a variable or member of the parameter's name, unless it is known to hold something else.
func (m *matcher) plainly(name string, i int32) (arg, bool) {
	a, ok := m.named(name)
	if ok && m.contradicts(a.text, i) {
		return arg{}, false
	}
	return a, ok
}

// contradicts reports whether the code compares text with constants, and the hook's module compares the parameter with others only.
func (m *matcher) contradicts(text string, i int32) bool {
	known := false
	for _, p := range m.decides {
		known = known || p == i
	}
	if !known {
		return false
	}
	other, same := false, false
	verify.Compared(m.b.f, nil, func(n int32, name string) {
		if m.b.f.Text(n) == text {
			if p, is := m.decides[name]; is && p == i {
				same = true
			} else {
				other = true
			}
		}
	})
	return other && !same
}

// deciding is the expression that the region compares with constants of parameter i; in a function that only one sub-command reaches, and that
// has no such expression, the sub-command itself.
func (m *matcher) deciding(i int32) (out arg, ok bool) {
	f := m.b.f
	blocks := make([]bool, len(f.F.Blocks))
	for b := range blocks {
		blocks[b] = m.before(int32(b))
	}
	verify.Compared(f, blocks, func(n int32, name string) {
		if p, is := m.decides[name]; !ok && is && p == i {
			out, ok = m.value(n)
		}
	})
	if ok {
		return out, true
	}
	family := ""
	for name, p := range m.decides {
		if p == i && (family == "" || name < family) {
			family = name
		}
	}
	if word, _, cut := strings.Cut(family, "_"); cut && m.r.Switch == ir.None && len(m.labels) == 1 && strings.HasPrefix(m.labels[0], word+"_") {
		return arg{text: m.labels[0], block: ir.None}, true
	}
	return arg{}, false
}

// value is expression n as an argument, when the variable that it starts at has a value.
func (m *matcher) value(n int32) (arg, bool) {
	f := m.b.f
	n = f.Strip(n)
	root := n
	for f.F.Nodes[root].Op == ir.Field {
		root = f.Strip(f.F.Nodes[root].X)
	}
	nd := &f.F.Nodes[root]
	if nd.Op != ir.Ident || nd.Var == ir.None || !m.visible(nd.Var) {
		return arg{}, false
	}
	a, _, ok := m.variable(nd.Var)
	a.text = f.Text(n)
	return a, ok
}

// command is what the function dispatches on, for a parameter that takes the command.
func (m *matcher) command(p tables.Param, i int32) (arg, bool) {
	words := m.b.p.Profile.Commands
	if !slices.Contains(words, p.Name) {
		return arg{}, false
	}
	f := m.b.f
	if m.r.Switch != ir.None {
		n := f.Strip(f.F.Blocks[m.r.Switch].N)
		if nd := &f.F.Nodes[n]; nd.Op == ir.Assign {
			n = nd.X
		}
		return arg{text: f.Text(n), block: m.r.Switch}, true
	}
	for b := range f.F.Blocks {
		if blk := &f.F.Blocks[b]; blk.Term == ir.TSwitch && blk.N != ir.None && len(blk.Cases) > 2 {
			if a, ok := m.value(blk.N); ok {
				return a, true
			}
		}
	}
	for _, alt := range words {
		if a, ok := m.plainly(alt, i); ok {
			return a, true
		}
	}
	if len(m.labels) == 1 {
		return arg{text: m.labels[0], block: ir.None}, true // the one command that the function is for
	}
	return arg{}, false
}

// passed is a member that a callee of the region reads through an address that the region gives it.
func (m *matcher) passed(p tables.Param) (out arg, ok bool) {
	f := m.b.f
	for c := range f.Calls(m.r.Blocks) {
		verify.PassedMembers(m.b.p, f, c.Node, func(text, name, _ string) {
			if name == p.Name && !ok {
				out, ok = arg{text: text, block: ir.None}, true
			}
		})
	}
	return out, ok
}

// wrapped is a number that a structure of its name holds, where both end as the parameter does: sbdf.sbdf for machine_bdf.
func (m *matcher) wrapped(p tables.Param) (arg, bool) {
	f := m.b.f
	for v := range f.F.Vars {
		name, t := f.S(f.F.Vars[v].Name), strings.TrimPrefix(f.S(f.F.Vars[v].Type), "const ")
		if !verify.EndsAlike(name, p.Name) || !m.b.whole(int32(v)) || !m.b.members[t][name] || !m.visible(int32(v)) {
			continue
		}
		if a, _, ok := m.variable(int32(v)); ok {
			a.text += "." + name
			return a, true
		}
	}
	return arg{}, false
}

// composed puts a number together from its parts, as the profile says: a device from its segment, bus and function.
func (m *matcher) composed(p tables.Param) (arg, bool) {
	for _, c := range m.b.p.Profile.Compose {
		if !c.Param.Has(p.Name) {
			continue
		}
		text, whole := c.Text, arg{block: ir.None}
		for _, part := range c.Parts {
			a, ok := m.anyNamed(part)
			if !ok {
				text = ""
				break
			}
			text = strings.Replace(text, "%", a.text, 1)
			whole.ready = max(whole.ready, a.ready)
			if a.path != "" {
				whole.path = a.path
			}
		}
		if text != "" {
			whole.text = text
			return whole, true
		}
		if a, ok := m.members(c); ok {
			return a, true
		}
	}
	return arg{}, false
}

// members is a number put together from members of one structure in scope.
func (m *matcher) members(c profile.Whole) (arg, bool) {
	f := m.b.f
	for v := range f.F.Vars {
		t, pointer := strings.CutSuffix(strings.TrimPrefix(f.S(f.F.Vars[v].Type), "const "), " *")
		has := m.b.members[t]
		if has == nil || !m.visible(int32(v)) {
			continue
		}
		a, _, ok := m.variable(int32(v))
		text, sep := c.Text, "."
		if pointer {
			sep = "->"
		}
		for _, part := range c.Parts {
			i := slices.IndexFunc(strings.Split(part, "|"), func(n string) bool { return has[n] })
			if ok = ok && i >= 0; ok {
				text = strings.Replace(text, "%", a.text+sep+strings.Split(part, "|")[i], 1)
			}
		}
		if ok {
			a.text = text
			return a, true
		}
	}
	return arg{}, false
}

// anyNamed finds a number under the first of several names, given as "a|b|c".
func (m *matcher) anyNamed(names string) (arg, bool) {
	for _, n := range strings.Split(names, "|") {
		if a, ok := m.named(n); ok {
			return a, true
		}
	}
	return arg{}, false
}

// alike is a number whose name ends in the last word of the parameter's, or nearly so: machine_sbdf for machine_bdf. Close asks for the first word too.
func (m *matcher) alike(p tables.Param, close bool) (arg, bool) {
	first, _, _ := strings.Cut(p.Name, "_")
	last := p.Name[strings.LastIndexByte(p.Name, '_')+1:]
	if len(last) < 3 || last == p.Name && close {
		return arg{}, false
	}
	if last == p.Name {
		last = "_" + last
	}
	fits := func(name string) bool {
		return strings.HasSuffix(name, last) && (!close || strings.HasPrefix(name, first+"_"))
	}
	f := m.b.f
	for v := range f.F.Vars {
		name := f.S(f.F.Vars[v].Name)
		if fits(name) && !strings.HasSuffix(f.S(f.F.Vars[v].Type), "*") && m.visible(int32(v)) {
			if a, _, ok := m.variable(int32(v)); ok && !m.used[a.text] {
				return a, true
			}
		}
	}
	return m.expression(func(nd *ir.Node) bool { return fits(f.S(nd.Name)) })
}

// flag is the number that the region only ever tests: what a parameter such as "allow" stands for.
func (m *matcher) flag(p tables.Param) (arg, bool) {
	if !verify.IsFlag(p.Type) {
		return arg{}, false
	}
	f := m.b.f
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if !m.r.Blocks[b] || blk.Term != ir.TBranch || blk.N == ir.None {
			continue
		}
		n := f.Strip(blk.N)
		nd := &f.F.Nodes[n]
		if m.ends != nil && nd.Op == ir.Field && f.F.Nodes[f.Strip(nd.X)].Op == ir.Ident && verify.IsFlag(f.S(nd.Type)) {
			return arg{text: f.Text(n), block: ir.None}, true
		}
		if nd.Op != ir.Ident || nd.Var == ir.None || nd.Var == m.b.resultVar() || strings.HasSuffix(f.S(nd.Type), "*") {
			continue
		}
		if a, def, ok := m.variable(nd.Var); ok && !m.used[a.text] && (def == ir.None || f.F.Nodes[f.Strip(def)].Op == ir.Field) {
			return a, true
		}
	}
	return arg{}, false
}

// neutral is a value that says nothing: no object, or zero. The plan marks it for the reader.
func neutral(p tables.Param) (arg, bool) {
	switch {
	case strings.Contains(p.Type, "void *"):
		return arg{text: "NULL", block: ir.None}, true
	case strings.HasSuffix(p.Type, "*"):
		return arg{}, false
	}
	return arg{text: "0", block: ir.None}, true
}
