package hookgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// element finds, in a region that is the body of a loop, the number of what the round is about: a variable of the round that is called what the
// parameter is called, or one put together from what the round reads of its element.
func (m *matcher) element(p tables.Param) (arg, bool) {
	if !m.r.Loop {
		return arg{}, false
	}
	f, body := m.b.f, m.loopBody()
	for v := range f.F.Vars {
		if f.F.Vars[v].Scope != body || strings.HasSuffix(f.S(f.F.Vars[v].Type), "*") || !verify.EndsAlike(f.S(f.F.Vars[v].Name), p.Name) {
			continue
		}
		if a, _, ok := m.variable(int32(v)); ok {
			return a, true
		}
	}
	for _, c := range m.b.p.Profile.Compose {
		if !c.Param.Has(p.Name) {
			continue
		}
		of := verify.ElementOf(f, body, c.Parts)
		text, whole := c.Text, arg{block: ir.None}
		for _, part := range c.Parts {
			a, ok := m.partOf(of, body, strings.Split(part, "|"))
			if !ok {
				return arg{}, false
			}
			text = strings.Replace(text, "%", a.text, 1)
			whole.ready = max(whole.ready, a.ready)
		}
		whole.text = text
		return whole, of != ir.None
	}
	return arg{}, false
}

// comesTo is the domain that a round is about, in a region that is the body of a loop over domains: the variable that the loop itself sets.
func (m *matcher) comesTo() (arg, bool) {
	f := m.b.f
	if !m.r.Loop {
		return arg{}, false
	}
	body := &f.F.Stmts[m.loopBody()]
	loop := &f.F.Stmts[body.Parent]
	for _, nd := range f.F.Nodes {
		if nd.Op != ir.Assign || nd.Start < loop.Start || nd.End > body.Start {
			continue
		}
		if x := &f.F.Nodes[f.Strip(nd.X)]; x.Op == ir.Ident && x.Var != ir.None && f.S(x.Type) == m.b.p.Profile.Types.Domain {
			return arg{text: f.S(x.Name), block: ir.None}, true
		}
	}
	return arg{}, false
}

// loopBody is the block statement that the region is.
func (m *matcher) loopBody() int32 {
	return int32(slices.IndexFunc(m.b.f.F.Stmts, func(st ir.Stmt) bool { return st.Kind == ir.SBlock && st.Start == m.r.Start }))
}

// partOf is one part of the number: a parameter that rounds differ from only to be left out, a variable of the round that holds the element's member of
// that name, or the member.
func (m *matcher) partOf(of, body int32, names []string) (arg, bool) {
	f := m.b.f
	member := func(n int32) bool {
		nd := &f.F.Nodes[f.Strip(n)]
		if nd.Op != ir.Field || !slices.Contains(names, f.S(nd.Name)) {
			return false
		}
		x := &f.F.Nodes[f.Strip(nd.X)]
		return x.Op == ir.Ident && x.Var == of
	}
	within := func(start, end int32) bool { return f.F.Stmts[body].Start <= start && end <= f.F.Stmts[body].End }
	for i := range f.F.Nodes {
		nd := &f.F.Nodes[i]
		if nd.Op == ir.Binary && f.S(nd.Name) == "!=" && within(nd.Start, nd.End) && member(nd.X) {
			if y := &f.F.Nodes[f.Strip(nd.Y)]; y.Op == ir.Ident && y.Var != ir.None && y.Var < f.F.Params && slices.Contains(names, f.S(y.Name)) {
				return arg{text: f.S(y.Name), block: ir.None}, true
			}
		}
	}
	for v := range f.F.Vars {
		if f.F.Vars[v].Scope == body {
			if a, def, ok := m.variable(int32(v)); ok && def != ir.None && member(def) {
				return a, true
			}
		}
	}
	for i := range f.F.Nodes {
		if nd := &f.F.Nodes[i]; nd.Flags&ir.InMacro == 0 && within(nd.Start, nd.End) && member(int32(i)) {
			return arg{text: f.Text(int32(i)), block: ir.None}, true
		}
	}
	return m.named(names[0])
}

// renderSkip writes the call of a hook that leaves out one round of a loop.
func (b *body) renderSkip(src []byte, anchor int32, p *Placement) error {
	here, _ := b.at(anchor)
	ok := false
	for i := range b.f.F.Stmts {
		if st := &b.f.F.Stmts[i]; st.Kind == ir.SContinue && b.breakable(int32(i), st.Kind) == b.breakable(anchor, st.Kind) {
			there, seen := b.at(int32(i))
			ok = ok || seen && b.sameHeld(here, there)
		}
	}
	if !ok {
		return fmt.Errorf("line %d: something is held there that no continue of the loop releases", p.Line)
	}
	style, indent := refactor.StyleOf(src), refactor.IndentAt(src, int(b.f.F.Stmts[anchor].Start))
	p.Deny = "continue;"
	head := style.Head("if", p.call())
	p.Text = indent + head + style.EOL() + indent + style.Level(1) + p.Deny + style.EOL() + style.EOL()
	return nil
}

// sameHeld reports whether two states hold the same.
func (b *body) sameHeld(x, y state) bool {
	for key := range b.byKey {
		if (x[key] == absent) != (y[key] == absent) {
			return false
		}
	}
	return true
}
