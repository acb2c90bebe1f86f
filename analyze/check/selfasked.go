package check

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// asksSelf is the part of XSM1005 about hooks that are asked about the caller alone while the function works on another domain: the default actions
// compare the caller with the target, and a caller may do anything to itself.
func asksSelf(p *Pass, s *site) {
	m, f := p.m, s.Fn
	all := true
	var lone []int // arguments that are the caller
	for i, a := range f.Args(s.Node) {
		switch {
		case f.S(f.F.Nodes[f.Strip(a)].Type) != m.p.Profile.Types.Domain:
		case m.isCaller(s, a):
			lone = append(lone, i)
		default:
			all = false
		}
	}
	for _, i := range lone {
		other, n, why := m.twin(s, i), ir.None, "the function is given two of a kind, and the hook one of them"
		if other == "" && (all || m.foreignElsewhere(s, i)) {
			other, n = m.otherDomain(s)
			why = "every domain that the hook is given is the caller's"
			if !all {
				why = "where " + s.Hook + " is asked elsewhere, this domain is not the caller's"
			}
		}
		if other == "" {
			continue
		}
		out := m.finding(s, 0.7, s.Hook+" is asked about the caller, and "+f.Name+" works on "+other)
		out.Evidence = []string{why}
		out.Path = []Step{m.step(f, f.Args(s.Node)[i], "here the caller: "+f.Text(f.Args(s.Node)[i]))}
		if n != ir.None {
			out.Path = append(out.Path, m.step(f, n, f.Text(n)+": works on "+other))
		}
		p.Report(out)
		return
	}
}

// twin names the member of a parameter that the hook should be given beside the same member of another parameter of the same type; "" for none.
func (m *model) twin(s *site, arg int) string {
	f := s.Fn
	args := f.Args(s.Node)
	given := map[string]bool{}
	for _, a := range args {
		given[f.Path(a)] = true
	}
	for i, a := range args {
		nd := &f.F.Nodes[f.Strip(a)]
		if i == arg || nd.Op != ir.Field || f.S(nd.Type) != m.p.Profile.Types.Domain {
			continue
		}
		x := &f.F.Nodes[f.Strip(nd.X)]
		if x.Op != ir.Ident || x.Var < 0 || x.Var >= f.F.Params {
			continue
		}
		for v := range f.F.Params {
			if v == x.Var || f.F.Vars[v].Type != f.F.Vars[x.Var].Type || given["p"+itoa(int(v))+"*."+f.S(nd.Name)] {
				continue
			}
			return f.S(f.F.Vars[v].Name) + "->" + f.S(nd.Name)
		}
	}
	return ""
}

// foreignElsewhere reports whether another call of the site's hook is given a domain other than the caller's as argument i.
func (m *model) foreignElsewhere(s *site, i int) bool {
	for _, o := range m.sites {
		if o == s || o.Hook != s.Hook || o.Fn == s.Fn {
			continue
		}
		args := o.Fn.Args(o.Node)
		if i < len(args) && o.Fn.F.Nodes[o.Fn.Strip(args[i])].Flags&ir.HasVal == 0 && !m.isCaller(o, args[i]) {
			return true
		}
	}
	return false
}

// otherDomain names a domain that the site's function has at hand, other than those the hook is given and the caller's, and works on behind the hook;
// the node is that work.
func (m *model) otherDomain(s *site) (string, int32) {
	f := s.Fn
	given := map[string]bool{}
	for _, a := range f.Args(s.Node) {
		given[f.Path(a)] = true
	}
	for v := range f.F.Vars {
		vr := &f.F.Vars[v]
		if f.S(vr.Type) != m.p.Profile.Types.Domain || !visible(f, int32(v), f.F.Instrs[s.Instr].Stmt) || !m.foreign(s, int32(v)) {
			continue
		}
		p := m.varPath(f, int32(v))
		if p == "" || given[p] {
			continue
		}
		if n := m.worksOn(s, p); n != ir.None {
			return f.S(vr.Name), n
		}
	}
	return "", ir.None
}

// foreign reports whether variable v may hold a domain that is not the caller's when the site is reached.
func (m *model) foreign(s *site, v int32) bool {
	f := s.Fn
	if v < f.F.Params {
		return true
	}
	to := m.graph(f).reaching(s.Block, false)
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			w, from := f.Defines(is)
			if to[b] && w == v && from != ir.None && !null(f, from) && (is.Kind == ir.ICall || !m.callerAt(f, from, int32(b))) {
				return true
			}
		}
	}
	return false
}

// worksOn is code behind the site that reads or changes the domain at path p or gives it to a function, other than to compare or release it; None when
// there is none.
func (m *model) worksOn(s *site, p string) int32 {
	f := s.Fn
	after := m.graph(f).Reach(m.graph(f).acyc[s.Block], nil)
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		for i := blk.First; i < blk.First+blk.Len; i++ {
			is := f.F.Instrs[i]
			if !(after[b] || int32(b) == s.Block && i > s.Instr) || is.N == ir.None || is.N == s.Node || !m.uses(f, is, p) {
				continue
			}
			return is.N
		}
	}
	return ir.None
}

// uses reports whether an instruction reads or changes a member of what path p points to, or gives p to a function that is no release.
func (m *model) uses(f *analyze.Fn, is ir.Instr, p string) (found bool) {
	if is.Kind == ir.ICall {
		h, _ := m.p.HeldCall(f, is.N)
		if h != nil || m.p.Profile.Neutral.Has(f.CallName(is.N)) || m.p.Profile.Hooks.Is(f.CallName(is.N)) {
			return false
		}
		for _, a := range f.Args(is.N) {
			found = found || f.Path(a) == p
		}
	}
	f.Each(is.N, func(n int32) bool {
		nd := &f.F.Nodes[n]
		found = found || nd.Op == ir.Field && nd.Flags&ir.Arrow != 0 && f.Path(nd.X) == p && !strings.HasSuffix(f.S(nd.Name), "_id")
		return !found
	})
	return found
}
