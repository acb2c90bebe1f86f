package check

import (
	"slices"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// foundOwners is the part of XSM1006 about an owner that is found ahead: a function finds who an object belongs to, and asks a hook about the domain
// that it was told and the owner, where they differ. A caller that finds the owner itself and tells it as that domain leaves the function nothing to ask:
// it has to ask about the domain that it acts for. And a function that takes the owner in place of the domain it was told asks about the two.
func foundOwners(p *Pass) {
	m := p.m
	said := map[string]bool{}
	for _, f := range m.p.Own() {
		if n := m.takesOwner(f); n != ir.None {
			said[f.File+" "+f.Name] = true
			reportTakenOwner(p, f, n)
		}
	}
	for _, s := range m.sites {
		i := m.toldBesideOwner(s)
		if i < 0 {
			continue
		}
		for _, f := range m.p.Fns {
			if f == s.Fn || said[f.File+" "+f.Name] || m.p.InModule(f.File) {
				continue
			}
			if n := m.tellsOwner(f, s.Fn, i); n != ir.None {
				said[f.File+" "+f.Name] = true
				reportFoundOwner(p, f, n, s)
			}
		}
	}
}

// toldBesideOwner is the parameter of the site's function that the hook is given beside the owner of an object that the function finds; -1 for none.
func (m *model) toldBesideOwner(s *site) int32 {
	f, told, owner := s.Fn, int32(-1), false
	for _, a := range f.Args(s.Node) {
		nd := &f.F.Nodes[f.Strip(a)]
		switch {
		case nd.Op != ir.Ident || nd.Var == ir.None || !m.domain(f, a):
		case nd.Var < f.F.Params:
			told = nd.Var
		default:
			owner = owner || m.p.HoldsOwner(f, nd.Var)
		}
	}
	if !owner || !m.decides(s) {
		return -1
	}
	return told
}

// tellsOwner is a call in f of function g that is given an owner which f has found as parameter i, and another domain that f compares the owner with,
// where f gives the owner to no hook; None when there is none.
func (m *model) tellsOwner(f, g *analyze.Fn, i int32) int32 {
	for c, fn := range m.p.Called(f, nil) {
		args := f.Args(c.Node)
		if fn != g && (fn.Name != g.Name || fn.File != g.File) || int(i) >= len(args) {
			continue
		}
		nd := &f.F.Nodes[f.Strip(args[i])]
		if nd.Op != ir.Ident || nd.Var == ir.None || nd.Var < f.F.Params || !m.p.HoldsOwner(f, nd.Var) {
			continue
		}
		owner := f.Path(args[i])
		if slices.ContainsFunc(m.byFn[f], func(h *site) bool { return m.givenTo(h, owner) }) {
			continue
		}
		for _, a := range args {
			if m.domain(f, a) && f.Path(a) != owner && m.compares(f, f.Path(a), owner) {
				return c.Node
			}
		}
	}
	return ir.None
}

// takesOwner is an assignment in f that puts the owner of an object, which f has found and compared with a domain that it was told, in that domain's
// place, where f gives the owner to no hook; None when there is none.
func (m *model) takesOwner(f *analyze.Fn) int32 {
	for _, is := range f.F.Instrs {
		if is.Kind != ir.IAssign || f.F.Nodes[is.N].Y == ir.None || !m.domain(f, f.F.Nodes[is.N].X) {
			continue
		}
		x, y := &f.F.Nodes[f.Strip(f.F.Nodes[is.N].X)], &f.F.Nodes[f.Strip(f.F.Nodes[is.N].Y)]
		if x.Op != ir.Ident || x.Var < 0 || x.Var >= f.F.Params || y.Op != ir.Ident || y.Var < f.F.Params || !m.p.HoldsOwner(f, y.Var) {
			continue
		}
		told, owner := f.Path(f.F.Nodes[is.N].X), f.Path(f.F.Nodes[is.N].Y)
		if m.compares(f, told, owner) && !slices.ContainsFunc(m.byFn[f], func(h *site) bool { return m.givenTo(h, owner) }) {
			return is.N
		}
	}
	return ir.None
}

// compares reports whether f compares the pointers at two paths.
func (m *model) compares(f *analyze.Fn, a, b string) bool {
	return a != "" && slices.ContainsFunc(f.F.Nodes, func(nd ir.Node) bool {
		if op := f.S(nd.Name); nd.Op != ir.Binary || op != "!=" && op != "==" {
			return false
		}
		x, y := f.Path(nd.X), f.Path(nd.Y)
		return x == a && y == b || x == b && y == a
	})
}

// reportTakenOwner names the hook that other code asks about a domain and an owner that it finds, where there is any.
func reportTakenOwner(p *Pass, f *analyze.Fn, n int32) {
	m := p.m
	out := &Finding{File: f.File, Function: f.Name, Confidence: 0.65, detail: "taken owner"}
	for _, s := range m.sites {
		if out.Hook == "" && m.toldBesideOwner(s) >= 0 {
			out.Hook = s.Hook
		}
	}
	out.Line, _ = m.at(f, f.F.Nodes[n].Start)
	if res := m.result(); res != nil {
		out.Hypercall = res.Reached[f]
		out.Operation = m.commandOf(out.Hypercall, f.Name)
	}
	out.Message = f.Name + " goes on for the owner that it finds in place of the domain that it was told: nobody is asked whether the one may use what is the other's"
	out.Evidence = []string{"the two are compared, and where they differ no hook is given the owner"}
	out.Path = []Step{m.step(f, n, f.Text(n)+": takes the owner")}
	p.Report(out)
}

func reportFoundOwner(p *Pass, f *analyze.Fn, n int32, with *site) {
	m := p.m
	out := &Finding{File: f.File, Function: f.Name, Hook: with.Hook, Confidence: 0.7, detail: "found owner"}
	out.Line, _ = m.at(f, f.F.Nodes[n].Start)
	if res := m.result(); res != nil {
		out.Hypercall = res.Reached[f]
		out.Operation = m.commandOf(out.Hypercall, f.Name)
	}
	out.Message = f.Name + " finds an object's owner, and tells " + with.Fn.Name + " about it as the domain to ask for: nobody asks " + with.Hook
	out.Evidence = []string{with.Fn.Name + " asks " + with.Hook + " where the owner that it finds is not the domain that it was told"}
	out.Path = []Step{m.step(f, n, f.Text(n)+": tells the owner"), m.step(with.Fn, with.Node, "asks "+with.Hook+" where the two differ")}
	p.Report(out)
}
