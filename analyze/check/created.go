package check

import (
	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// created is the part of XSM1006 about objects that several functions make in one way: one stores some members of an object that it is about to ask a
// hook about, another gets an object of that type by the same function, stores the same members, and asks nobody.
func created(p *Pass) {
	m := p.m
	said := map[*analyze.Fn]bool{}
	for _, s := range m.sites {
		if !m.decides(s) {
			continue
		}
		for _, a := range s.Fn.Args(s.Node) {
			t := s.Fn.S(s.Fn.F.Nodes[s.Fn.Strip(a)].Type)
			if _, ok := analyze.StructPointer(t); !ok || t == m.p.Profile.Types.Domain || t == m.p.Profile.Types.VCPU {
				continue
			}
			made, set := m.makers(s.Fn, a), s.Fn.Stores(s.Fn.Path(a))
			const few = 2
			if len(set) < few {
				continue
			}
			for _, f := range m.p.Fns {
				if f != s.Fn && !said[f] && !m.p.InModule(f.File) && m.setsUp(f, t, set, made) && !m.decidedIn(f) {
					said[f] = true
					reportCreated(p, f, s)
				}
			}
		}
	}
}

// setsUp reports whether f stores all of these members of one of its variables of type t, which it has got in the same way.
func (m *model) setsUp(f *analyze.Fn, t string, set map[string]int, made map[*analyze.Fn]bool) bool {
	for i := range f.F.Nodes {
		nd := &f.F.Nodes[i]
		if nd.Op != ir.Ident || nd.Var == ir.None || f.S(nd.Type) != t {
			continue
		}
		have, all := f.Stores(f.Path(int32(i))), true
		for k := range set {
			all = all && have[k] > 0
		}
		if !all {
			continue
		}
		for c := range m.makers(f, int32(i)) {
			if made[c] {
				return true
			}
		}
	}
	return false
}

// makers names the functions that change state and that expression n is computed with, and those that they call to do so.
func (m *model) makers(f *analyze.Fn, n int32) map[*analyze.Fn]bool {
	c := &slicer{m: m, f: f, vars: map[int32][]bool{}, nodes: map[int32]bool{}}
	for b := range f.F.Blocks {
		if f.F.Blocks[b].Term == ir.TReturn {
			c.mark(n, int32(b))
		}
	}
	c.close()
	out := map[*analyze.Fn]bool{}
	for k := range c.nodes {
		if k != ir.None && f.F.Nodes[k].Op == ir.Call {
			m.works(f, k, out, 2)
		}
	}
	return out
}

// works adds the function that call n goes to when it changes state, and those that it calls.
func (m *model) works(f *analyze.Fn, n int32, out map[*analyze.Fn]bool, depth int) {
	if m.plain(f, n) || !m.significant(f, ir.Instr{Kind: ir.ICall, N: n}) {
		return
	}
	fns, _ := m.p.Callees(f, n)
	if len(fns) != 1 || out[fns[0]] {
		return
	}
	out[fns[0]] = true
	for _, is := range fns[0].F.Instrs {
		if is.Kind == ir.ICall && is.N != ir.None && depth > 1 {
			m.works(fns[0], is.N, out, depth-1)
		}
	}
}

func reportCreated(p *Pass, f *analyze.Fn, with *site) {
	m := p.m
	out := &Finding{File: f.File, Function: f.Name, Hook: with.Hook, Confidence: 0.6, detail: with.Fn.Name}
	out.Line, _ = m.at(f, f.F.Start)
	if res := m.result(); res != nil {
		out.Hypercall = res.Reached[f]
		out.Operation = m.commandOf(out.Hypercall, f.Name)
	}
	out.Message = f.Name + " sets up what " + with.Fn.Name + " asks " + with.Hook + " about first, and asks nobody"
	out.Evidence = []string{"both get an object of one type by the same function and store the same members of it"}
	out.Path = []Step{{out.File, out.Line, f.Name}, m.step(with.Fn, with.Node, with.Fn.Name+" asks "+with.Hook)}
	p.Report(out)
}
