package check

import (
	"slices"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// answers is the part of XSM1006 about decisions with two answers: a function that decides about access, by its name, answers one kind of request with what
// a hook says, and the other without asking one.
func answers(p *Pass) {
	m := p.m
	for _, f := range m.p.Own() {
		if !m.decider(f.Name) {
			continue
		}
		for i := range f.F.Nodes {
			nd := &f.F.Nodes[i]
			if nd.Op != ir.Cond || nd.Y == ir.None || nd.Z == ir.None || m.askedAhead(f, int32(i)) {
				continue
			}
			y, z := m.askedBy(f, nd.Y), m.askedBy(f, nd.Z)
			switch {
			case y != nil && z == nil:
				reportAnswer(p, f, nd.Z, y)
			case z != nil && y == nil:
				reportAnswer(p, f, nd.Y, z)
			}
		}
	}
}

// askedAhead reports whether f asks a hook before it comes to choice n: then neither answer is without one.
func (m *model) askedAhead(f *analyze.Fn, n int32) bool {
	part := map[int32]bool{}
	f.Each(n, func(k int32) bool {
		part[k] = true
		return true
	})
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if blk.N == ir.None || !part[blk.N] {
			continue
		}
		if slices.ContainsFunc(m.byFn[f], func(s *site) bool {
			return !part[s.Node] && m.decides(s) && m.graph(f).precedes(s.Block, s.Instr, int32(b), blk.First+blk.Len)
		}) {
			return true
		}
	}
	return false
}

// askedBy is a hook that decides about the value of expression n: called there, or in a function that is called there. nil for none.
func (m *model) askedBy(f *analyze.Fn, n int32) (out *site) {
	f.Each(n, func(k int32) bool {
		if f.F.Nodes[k].Op != ir.Call || out != nil {
			return out == nil
		}
		if i := slices.IndexFunc(m.byFn[f], func(s *site) bool { return s.Node == k && m.decides(s) }); i >= 0 {
			out = m.byFn[f][i]
			return false
		}
		fns, _ := m.p.Callees(f, k)
		for _, g := range fns {
			if i := slices.IndexFunc(m.byFn[g], m.decides); i >= 0 {
				out = m.byFn[g][i]
			}
		}
		return true
	})
	return out
}

// reportAnswer reports answer n of f, at the function that gives it where there is one.
func reportAnswer(p *Pass, f *analyze.Fn, n int32, with *site) {
	m, at := p.m, f
	f.Each(n, func(k int32) bool {
		if f.F.Nodes[k].Op == ir.Call && !m.plain(f, k) {
			if fns, _ := m.p.Callees(f, k); len(fns) == 1 && !m.p.InModule(fns[0].File) {
				at = fns[0]
			}
		}
		return true
	})
	out := &Finding{File: at.File, Function: at.Name, Hook: with.Hook, Confidence: 0.65, detail: "answer"}
	out.Line, _ = m.at(at, at.F.Start)
	if at == f {
		out.Line, _ = m.at(f, f.F.Nodes[n].Start)
	}
	if res := m.result(); res != nil {
		out.Hypercall = res.Reached[at]
	}
	out.Message = f.Name + " answers one kind of request with what " + with.Hook + " says, and the other with " + f.Text(n) + ", for which no hook is asked"
	out.Evidence = []string{"two answers of one decision about access"}
	out.Path = []Step{m.step(f, n, "the answer without a hook"), m.step(with.Fn, with.Node, "the other one asks "+with.Hook)}
	p.Report(out)
}
