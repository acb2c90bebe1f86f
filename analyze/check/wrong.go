package check

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// wrongObject is XSM1005.
func wrongObject(p *Pass) {
	pausesSelf(p)
	numbers(p)
	for _, s := range p.m.sites {
		if s.void() {
			continue
		}
		twice(p, s)
		otherObject(p, s)
	}
}

// twice finds arguments that are given two times: a range of one element, or one object in two roles.
func twice(p *Pass, s *site) {
	f := s.Fn
	args := f.Args(s.Node)
	for i, a := range args {
		na := &f.F.Nodes[f.Strip(a)]
		if na.Flags&ir.HasVal != 0 || na.Op == ir.Str {
			continue
		}
		for _, b := range args[i+1:] {
			if f.Text(a) != f.Text(b) && (f.Path(a) == "" || f.Path(a) != f.Path(b)) {
				continue
			}
			t, pair := f.S(na.Type), f.Text(a)
			switch {
			case !strings.HasSuffix(t, "*") && p.m.ranged(s, a):
				out := p.m.finding(s, 0.85, s.Hook+" is given "+pair+" as both ends of a range")
				out.Evidence = append(out.Evidence, f.Name+" adds to "+pair+" elsewhere: more than one element is meant")
				out.Path = []Step{p.m.step(f, a, "first end: "+pair), p.m.step(f, b, "last end: "+f.Text(b))}
				p.Report(out)
			case strings.HasSuffix(t, "*"):
				if o := p.m.another(s, t); o != "" {
					out := p.m.finding(s, 0.85, s.Hook+" is given "+pair+" twice; "+o+" is never asked about")
					out.Evidence = append(out.Evidence, o+" is an object of the same type that "+f.Name+" has at hand")
					out.Path = []Step{p.m.step(f, a, "here "+pair), p.m.step(f, b, "and here "+f.Text(b))}
					p.Report(out)
				}
			}
		}
	}
}

// ranged reports whether the function computes a sum from the place of node a: the end of a range that starts there.
func (m *model) ranged(s *site, a int32) bool {
	f := s.Fn
	for i := range f.F.Nodes {
		nd := &f.F.Nodes[i]
		if nd.Op != ir.Binary || f.S(nd.Name) != "+" || nd.X == ir.None || nd.Y == ir.None {
			continue
		}
		for _, side := range [][2]int32{{nd.X, nd.Y}, {nd.Y, nd.X}} {
			if f.Text(f.Strip(side[0])) == f.Text(f.Strip(a)) && f.F.Nodes[side[1]].Flags&ir.HasVal == 0 {
				return true
			}
		}
	}
	return false
}

// another names a variable of type t that has a value before the call and that the call is not given.
func (m *model) another(s *site, t string) string {
	f := s.Fn
	given := map[string]bool{}
	for _, a := range f.Args(s.Node) {
		given[f.Path(a)] = true
	}
	g := m.graph(f)
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		for i := blk.First; i < blk.First+blk.Len; i++ {
			v, _ := defines(f, f.F.Instrs[i])
			if v == ir.None || f.S(f.F.Vars[v].Type) != t || !g.precedes(int32(b), i, s.Block, s.Instr) {
				continue
			}
			if p := m.varPath(f, v); p != "" && !given[p] {
				return f.S(f.F.Vars[v].Name)
			}
		}
	}
	for v := range f.F.Params {
		if p := m.varPath(f, v); f.S(f.F.Vars[v].Type) == t && p != "" && !given[p] {
			return f.S(f.F.Vars[v].Name)
		}
	}
	return ""
}

// otherObject finds a hook that is asked about objects other than the one which the code behind it changes.
func otherObject(p *Pass, s *site) {
	m, f := p.m, s.Fn
	objs := s.objects()
	if len(objs) == 0 {
		return
	}
	l := &lateness{m: m, s: s, g: m.graph(f)}
	for _, o := range m.lookups(l) {
		if contains(objs, o.path) || m.mediated(f, o.path) || !sameType(s, o.typ) {
			continue
		}
		r := m.around(s)
		if r.partial {
			continue
		}
		for i, is := range f.F.Instrs {
			if !r.allow.ran[i] || r.deny.ran[i] || !m.touches(s, is, o.path) {
				continue
			}
			out := m.finding(s, 0.85, s.Hook+" is asked about "+strings.Join(s.Args, ", ")+", and the code behind it changes "+o.text)
			out.Evidence = append(out.Evidence, o.text+" was looked up by a number from the guest, and no hook of the function is given it")
			out.Path = []Step{m.step(f, o.node, "looks up "+o.text), m.step(f, s.Node, "asks "+s.Hook), m.step(f, is.N, f.Text(is.N)+": changes "+o.text)}
			p.Report(out)
			break
		}
	}
}

// object is something that a function looked up.
type object struct {
	path, text, typ string
	node            int32
}

// lookups lists the objects that the hook's function looks up on every way to it.
func (m *model) lookups(l *lateness) (out []object) {
	f := l.s.Fn
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		for i := blk.First; i < blk.First+blk.Len; i++ {
			is := f.F.Instrs[i]
			if is.Kind != ir.ICall || is.N == ir.None || !m.p.Profile.Lookups.Has(f.CallName(is.N)) || !l.g.precedes(int32(b), i, l.s.Block, l.s.Instr) {
				continue
			}
			if v := m.receives(f, is.N); v != ir.None {
				vr := &f.F.Vars[v]
				out = append(out, object{m.varPath(f, v), f.S(vr.Name), f.S(vr.Type), is.N})
			}
		}
	}
	return out
}

// touches reports whether an instruction changes what the pointer at path o points to.
func (m *model) touches(s *site, is ir.Instr, o string) bool {
	for _, p := range m.changed(s.Fn, is) {
		if below(p, pointee(o)) {
			return true
		}
	}
	return false
}

// sameType reports whether the hook takes an object of type t.
func sameType(s *site, t string) bool {
	for _, a := range s.Fn.Args(s.Node) {
		if s.Fn.S(s.Fn.F.Nodes[s.Fn.Strip(a)].Type) == t {
			return true
		}
	}
	return false
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
