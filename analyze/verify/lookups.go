package verify

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// finds says how a function hands on a domain that it looked up by a number it was given.
type finds struct {
	result bool
	out    int // the parameter that points to where the domain is stored; -1 for none
}

// inferFinders notes the functions that look a domain up for their caller: those that return, or store through a parameter, what another
// look-up found by one of their own parameters.
func (m *model) inferFinders() {
	m.finders = map[*analyze.Fn]finds{}
	const rounds = 3 // a look-up through a helper of a helper
	for range rounds {
		before := len(m.finders)
		for _, f := range m.p.Fns {
			if _, known := m.finders[f]; known || m.p.InModule(f.File) || m.p.Profile.Lookups.Has(f.Name) || !m.mayHandOn(f) {
				continue
			}
			if how, ok := m.handsOn(f); ok {
				m.finders[f] = how
			}
		}
		if len(m.finders) == before {
			return
		}
	}
}

// fills says in which member of what a parameter points to a function stores a domain that it looked up by a number it was given.
type fills struct {
	param  int
	member string
}

// inferFillers notes the functions that store what they look up by one of their parameters in a member of what another points to:
// buf->domain = look_up(id).
func (m *model) inferFillers() {
	m.fillers = map[*analyze.Fn]fills{}
	for _, f := range m.p.Fns {
		if m.p.InModule(f.File) {
			continue
		}
		for _, is := range f.F.Instrs {
			if is.Kind != ir.ICall || is.N == ir.None || !m.p.Profile.Lookups.Has(f.CallName(is.N)) || !m.byParam(f, is.N) {
				continue
			}
			t := m.assigned(f, is.N)
			if t == ir.None || f.F.Nodes[t].Op != ir.Field || f.F.Nodes[t].Flags&ir.Arrow == 0 || f.S(f.F.Nodes[t].Type) != m.p.Profile.Types.Domain {
				continue
			}
			if x := &f.F.Nodes[f.Strip(f.F.Nodes[t].X)]; x.Op == ir.Ident && x.Var != ir.None && x.Var < f.F.Params {
				m.fillers[f] = fills{int(x.Var), f.S(f.F.Nodes[t].Name)}
			}
		}
	}
}

// filled is the member that call n stores a domain in, as the caller names it.
func (m *model) filled(f *analyze.Fn, n int32) (text, path string, ok bool) {
	fns, _ := m.p.Callees(f, n)
	if len(fns) != 1 {
		return "", "", false
	}
	how, ok := m.fillers[fns[0]]
	args := f.Args(n)
	if !ok || how.param >= len(args) {
		return "", "", false
	}
	a := f.Strip(args[how.param])
	if nd := &f.F.Nodes[a]; nd.Op == ir.Addr {
		return f.Text(nd.X) + "." + how.member, f.Path(nd.X) + "." + how.member, true
	}
	return f.Text(a) + "->" + how.member, f.Path(a) + "*." + how.member, f.F.Nodes[a].Op == ir.Ident
}

// mayHandOn reports whether a function's type lets it give its caller a domain.
func (m *model) mayHandOn(f *analyze.Fn) bool {
	domain := m.p.Profile.Types.Domain
	if f.S(f.F.Result) == domain {
		return true
	}
	for _, v := range f.F.Vars[:f.F.Params] {
		if t := f.S(v.Type); t == domain+" *" || t == domain+"*" {
			return true
		}
	}
	return false
}

// handsOn finds a look-up in f by a number from a parameter whose result leaves f.
func (m *model) handsOn(f *analyze.Fn) (finds, bool) {
	for _, is := range f.F.Instrs {
		if is.Kind != ir.ICall || is.N == ir.None || !m.looksUp(f, is.N) {
			continue
		}
		o, ok := m.object(f, is.N)
		if !ok || !m.byParam(f, is.N) {
			continue
		}
		if i := outParam(o.Path); i >= 0 {
			return finds{out: i}, true
		}
		if how, ok := leaves(f, o); ok {
			return how, true
		}
	}
	return finds{}, false
}

// leaves reports how object o gets out of f.
func leaves(f *analyze.Fn, o Object) (finds, bool) {
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if blk.Term == ir.TReturn && blk.N != ir.None && (f.Path(blk.N) == o.Path || f.Strip(blk.N) == o.Node) {
			return finds{result: true, out: -1}, true
		}
	}
	for i := range f.F.Nodes {
		nd := &f.F.Nodes[i]
		if nd.Op == ir.Assign && nd.Y != ir.None && f.Path(nd.Y) == o.Path {
			if p := outParam(f.Path(nd.X)); p >= 0 {
				return finds{out: p}, true
			}
		}
	}
	return finds{}, false
}

// outParam is the parameter that path "p1*" is the target of, -1 for other paths.
func outParam(path string) int {
	bit := rootParam(path)
	if bit == 0 || !strings.HasSuffix(path, "*") || strings.ContainsAny(path, ".[") || strings.Count(path, "*") != 1 {
		return -1
	}
	n := 0
	for bit > 1 {
		bit >>= 1
		n++
	}
	return n
}

// byParam reports whether some number that call n is given comes from a parameter of f.
func (m *model) byParam(f *analyze.Fn, n int32) bool {
	for _, a := range f.Args(n) {
		if !strings.HasSuffix(f.S(f.F.Nodes[f.Strip(a)].Type), "*") && rootParam(f.Path(a)) != 0 {
			return true
		}
	}
	return false
}

// finder returns how call n hands a domain to its caller when it calls an inferred look-up.
func (m *model) finder(f *analyze.Fn, n int32) (finds, bool) {
	fns, _ := m.p.Callees(f, n)
	if len(fns) != 1 {
		return finds{}, false
	}
	how, ok := m.finders[fns[0]]
	return how, ok
}

// looksUp reports whether call n is a look-up, by name or as inferred.
func (m *model) looksUp(f *analyze.Fn, n int32) bool {
	if m.p.Profile.Lookups.Has(f.CallName(n)) {
		return true
	}
	_, ok := m.finder(f, n)
	if !ok {
		_, _, ok = m.filled(f, n)
	}
	return ok
}
