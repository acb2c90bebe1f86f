package check

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// wrongObject is XSM1005.
func wrongObject(p *Pass) {
	pausesSelf(p)
	numbers(p)
	for _, s := range p.m.sites {
		if s.Void() {
			continue
		}
		n := len(p.out)
		twice(p, s)
		otherObject(p, s)
		if len(p.out) == n {
			asksSelf(p, s)
		}
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
			if f.Text(a) != f.Text(b) && (f.Path(a) == "" || f.Path(a) != f.Path(b)) && !(p.m.domain(f, b) && p.m.isCaller(s, a) && p.m.isCaller(s, b)) {
				continue
			}
			t, pair := f.S(na.Type), f.Text(a)
			switch {
			case !strings.HasSuffix(t, "*") && p.m.ranged(s, a):
				out := p.m.finding(s, 0.85, s.Hook+" is given "+pair+" as both ends of a range")
				out.Evidence = append(out.Evidence, f.Name+" adds to "+pair+" elsewhere: more than one element is meant")
				out.asks = true
				out.Path = []Step{p.m.step(f, a, "first end: "+pair), p.m.step(f, b, "last end: "+f.Text(b))}
				p.Report(out)
			case strings.HasSuffix(t, "*"):
				if o := p.m.another(s, t); o != "" {
					out := p.m.finding(s, 0.85, s.Hook+" is given "+pair+" twice; "+o+" is never asked about")
					out.Evidence = append(out.Evidence, o+" is an object of the same type that "+f.Name+" has at hand")
					out.asks = true
					out.Path = []Step{p.m.step(f, a, "here "+pair), p.m.step(f, b, "and here "+f.Text(b))}
					p.Report(out)
				}
			}
		}
	}
}

// domain reports whether node n is a domain.
func (m *model) domain(f *analyze.Fn, n int32) bool {
	return f.S(f.F.Nodes[f.Strip(n)].Type) == m.p.Profile.Types.Domain
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
			v, from := f.Defines(f.F.Instrs[i])
			if v == ir.None || f.S(f.F.Vars[v].Type) != t || !g.precedes(int32(b), i, s.Block, s.Instr) || null(f, from) ||
				!visible(f, v, f.F.Instrs[s.Instr].Stmt) {
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

// otherObject finds a hook that is asked about objects other than the one which the code behind it works on.
func otherObject(p *Pass, s *site) {
	m, f := p.m, s.Fn
	objs := s.objects()
	if len(objs) == 0 {
		return
	}
	l := &lateness{m: m, s: s, g: m.graph(f)}
	for _, o := range append(m.lookups(l), m.given(s)...) {
		if contains(objs, o.path) || !sameType(s, o.typ) || m.mediatedNear(l, o.path) {
			continue
		}
		n := m.guardedWork(l, o.path)
		if n == ir.None {
			continue
		}
		out := m.finding(s, 0.85, s.Hook+" is asked about "+strings.Join(s.Args, ", ")+", and the code behind it works on "+o.text)
		out.asks = true
		out.Evidence = append(out.Evidence, o.text+" is the object that the guest chose, and no hook of the command is given it")
		if o.node == ir.None {
			out.Confidence = 0.7
		} else {
			out.Path = append(out.Path, m.step(f, o.node, "looks up "+o.text))
		}
		out.Path = append(out.Path, m.step(f, s.Node, "asks "+s.Hook), m.step(f, n, f.Text(n)+": works on "+o.text))
		p.Report(out)
		return
	}
}

// given lists the domains that the site's function is given, apart from the caller's own.
func (m *model) given(s *site) (out []object) {
	f := s.Fn
	for v := range f.F.Params {
		vr := &f.F.Vars[v]
		if t := f.S(vr.Type); t == m.p.Profile.Types.Domain {
			if p := m.varPath(f, v); p != "" && p[0] == 'p' {
				out = append(out, object{p, f.S(vr.Name), t, ir.None})
			}
		}
	}
	return out
}

// mediatedNear reports whether another hook of the site's command is given the object at path o, here or in a function that the object goes to.
func (m *model) mediatedNear(l *lateness, o string) bool {
	f := l.s.Fn
	for _, h := range m.byFn[f] {
		if h.Node == l.s.Node || l.dispatched(h.Block) || !l.g.near(h.Block, l.s.Block) {
			continue
		}
		for _, a := range f.Args(h.Node) {
			if analyze.Below(f.Path(a), o) {
				return true
			}
		}
	}
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if !l.g.near(int32(b), l.s.Block) || l.dispatched(int32(b)) {
			continue
		}
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			if is.Kind == ir.ICall && is.N != ir.None && is.N != l.s.Node && !m.p.Profile.Hooks.Is(f.CallName(is.N)) && m.asksAbout(f, is.N, o) {
				return true
			}
		}
	}
	return false
}

// near reports whether one of two blocks is reached from the other.
func (g *graph) near(a, b int32) bool {
	return a == b || g.reaching(b, true)[a] || g.reaching(a, true)[b]
}

// asksAbout reports whether a function that call n gives object o to gives it to a hook.
func (m *model) asksAbout(f *analyze.Fn, n int32, o string) bool {
	for i, a := range f.Args(n) {
		if !analyze.Below(f.Path(a), o) {
			continue
		}
		fns, _ := m.p.Callees(f, n)
		for _, c := range fns {
			if m.asks(c, i, 3) {
				return true
			}
		}
	}
	return false
}

// guardedWork finds code behind the site, and only where the hook says yes, that changes the object at path o or gives it to a function that does.
func (m *model) guardedWork(l *lateness, o string) int32 {
	f := l.s.Fn
	r := m.around(l.s)
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		for i := blk.First; i < blk.First+blk.Len; i++ {
			if r.partial && !l.g.precedes(l.s.Block, l.s.Instr, int32(b), i) || !r.partial && (!r.allow.ran[i] || r.deny.ran[i]) {
				continue
			}
			if is := f.F.Instrs[i]; m.touches(l.s, is, o) {
				return is.N
			}
		}
	}
	return ir.None
}

// object is something that a function looked up.
type object struct {
	path, text, typ string
	node            int32
}

// lookups lists the objects that the hook's function looks up on a way to it.
func (m *model) lookups(l *lateness) (out []object) {
	f := l.s.Fn
	reach := l.g.reaching(l.s.Block, true)
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		for i := blk.First; i < blk.First+blk.Len; i++ {
			is := f.F.Instrs[i]
			if is.Kind != ir.ICall || is.N == ir.None || !m.p.Profile.Lookups.Has(f.CallName(is.N)) || !reach[b] {
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
		if analyze.Below(p, analyze.Pointee(o)) {
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
