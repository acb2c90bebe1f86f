package check

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
)

// handedOut is the part of XSM1006 about walks: a hook is asked about the object that the guest names by numbers, and a function that is given these
// numbers tells the guest about others of the kind without asking about them.
func handedOut(p *Pass) {
	m := p.m
	if m.result() == nil {
		return
	}
	for _, s := range m.sites {
		c := m.composed(s)
		if c == nil || !m.decides(s) {
			continue
		}
		for call := range s.Fn.Calls(nil) {
			fns, _ := m.p.Callees(s.Fn, call.Node)
			if len(fns) != 1 || !takesParts(fns[0], c) {
				continue
			}
			if n := m.tellsOthers(fns[0], c); n != ir.None {
				reportHandedOut(p, s, fns[0], n)
			}
		}
	}
}

// composed is the kind of number made of parts that the hook at a site takes; nil for none.
func (m *model) composed(s *site) *profile.Whole {
	h := m.tables().Hook(s.Hook)
	if h == nil {
		return nil
	}
	for i := range m.p.Profile.Compose {
		c := &m.p.Profile.Compose[i]
		for _, q := range h.Params {
			if c.Param.Has(q.Name) {
				return c
			}
		}
	}
	return nil
}

// takesParts reports whether a function is given every part of such a number.
func takesParts(f *analyze.Fn, c *profile.Whole) bool {
	for _, part := range c.Parts {
		names := strings.Split(part, "|")
		if !slices.ContainsFunc(f.F.Vars[:f.F.Params], func(v ir.Var) bool { return slices.Contains(names, f.S(v.Name)) }) {
			return false
		}
	}
	return len(c.Parts) > 0
}

// tellsOthers is a copy to the guest in a loop of f that reads such parts of objects it walks over, and asks no hook; None when there is none.
func (m *model) tellsOthers(f *analyze.Fn, c *profile.Whole) int32 {
	g := m.graph(f)
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			if is.Kind != ir.ICall || is.N == ir.None {
				continue
			}
			if cp, _ := m.p.CopyCall(f, is.N); cp == nil || !cp.Back {
				continue
			}
			around := m.loopOf(g, int32(b))
			asked := slices.ContainsFunc(m.byFn[f], func(h *site) bool { return around[h.Block] && m.decides(h) })
			if around != nil && !asked && readsParts(f, around, c) {
				return is.N
			}
		}
	}
	return ir.None
}

// loopOf marks the blocks of the outermost loop around block b, nil when there is none.
func (m *model) loopOf(g *graph, b int32) (best []bool) {
	most := 0
	for t, ss := range g.Succs {
		for _, h := range ss {
			body := g.loop(h, int32(t))
			if n := count(body); body[t] && body[b] && n > most {
				best, most = body, n
			}
		}
	}
	return best
}

func count(set []bool) (n int) {
	for _, in := range set {
		if in {
			n++
		}
	}
	return n
}

// readsParts reports whether code of the marked blocks reads two of a number's parts from members of an object.
func readsParts(f *analyze.Fn, blocks []bool, c *profile.Whole) bool {
	seen := map[string]bool{}
	look := func(n int32) {
		f.Each(n, func(k int32) bool {
			nd := &f.F.Nodes[k]
			for _, part := range c.Parts {
				if nd.Op == ir.Field && nd.Flags&ir.Arrow != 0 && slices.Contains(strings.Split(part, "|"), f.S(nd.Name)) {
					seen[part] = true
				}
			}
			return true
		})
	}
	for b := range f.F.Blocks {
		if !blocks[b] {
			continue
		}
		blk := &f.F.Blocks[b]
		look(blk.N)
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			look(is.N)
		}
	}
	return len(seen) > 1
}

func reportHandedOut(p *Pass, s *site, f *analyze.Fn, n int32) {
	m := p.m
	out := m.finding(s, 0.65, s.Hook+" is asked about the one that the guest names, and "+f.Name+" tells it about others of the kind without asking")
	out.File, out.Function, out.detail = f.File, f.Name, "walk"
	out.Line, _ = m.at(f, f.F.Nodes[n].Start)
	out.Evidence = []string{f.Name + " is given the parts of the number that the hook takes, and reads the same parts of what it walks over"}
	out.Path = []Step{m.step(s.Fn, s.Node, "asks "+s.Hook+" about one"), m.step(f, n, f.Text(n)+": tells of another")}
	p.Report(out)
}
