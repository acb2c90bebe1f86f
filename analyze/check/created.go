package check

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// created is the part of XSM1006 about objects that several functions set up in one way: one stores some members of an object behind a hook that is
// given it, another calls the same function and stores the same members of an object of that type, and asks nobody.
func created(p *Pass) {
	m := p.m
	said := map[*analyze.Fn]bool{}
	for _, s := range m.sites {
		if !m.decides(s) {
			continue
		}
		for _, a := range s.Fn.Args(s.Node) {
			t := s.Fn.S(s.Fn.F.Nodes[s.Fn.Strip(a)].Type)
			if _, ok := analyze.StructPointer(t); !ok || t == domainType || strings.HasPrefix(t, "struct vcpu ") {
				continue
			}
			set := m.stores(s.Fn, s.Fn.Path(a))
			const few = 2
			if len(set) < few {
				continue
			}
			for _, f := range m.p.Fns {
				if f != s.Fn && !said[f] && !m.p.InModule(f.File) && m.setsUp(f, s.Fn, t, set) && !m.decidedIn(f) {
					said[f] = true
					reportCreated(p, f, s)
				}
			}
		}
	}
}

// stores lists the members that f stores of the object at path o, as the rest of their paths.
func (m *model) stores(f *analyze.Fn, o string) map[string]bool {
	out := map[string]bool{}
	if o == "" {
		return out
	}
	for _, is := range f.F.Instrs {
		if is.Kind != ir.IAssign {
			continue
		}
		if p := f.Path(f.F.Nodes[is.N].X); p != pointee(o) && below(p, pointee(o)) && !strings.Contains(p[len(pointee(o)):], "*") {
			out[p[len(pointee(o)):]] = true
		}
	}
	return out
}

// setsUp reports whether f stores all of these members of one of its variables of type t, and calls a function that changes state and that with calls,
// too.
func (m *model) setsUp(f, with *analyze.Fn, t string, set map[string]bool) bool {
	for v := range f.F.Vars {
		if f.S(f.F.Vars[v].Type) != t {
			continue
		}
		have, all := m.stores(f, m.varPath(f, int32(v))), true
		for k := range set {
			all = all && have[k]
		}
		if all {
			return m.shareCallee(f, with)
		}
	}
	return false
}

// shareCallee reports whether two functions call one function that changes state.
func (m *model) shareCallee(f, g *analyze.Fn) bool {
	theirs, mine := map[*analyze.Fn]bool{}, map[*analyze.Fn]bool{}
	m.works(g, theirs, 2)
	m.works(f, mine, 2)
	for c := range mine {
		if theirs[c] {
			return true
		}
	}
	return false
}

// works adds the functions that f, or a function that it calls, calls to change state.
func (m *model) works(f *analyze.Fn, out map[*analyze.Fn]bool, depth int) {
	for _, is := range f.F.Instrs {
		if is.Kind != ir.ICall || is.N == ir.None || !m.significant(f, is) || m.plain(f, is.N) {
			continue
		}
		if fns, _ := m.p.Callees(f, is.N); len(fns) == 1 && !out[fns[0]] {
			out[fns[0]] = true
			if depth > 1 {
				m.works(fns[0], out, depth-1)
			}
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
	out.Evidence = []string{"both store the same members of an object of one type, and call the same function beside"}
	out.Path = []Step{{out.File, out.Line, f.Name}, m.step(with.Fn, with.Node, with.Fn.Name+" asks "+with.Hook)}
	p.Report(out)
}
