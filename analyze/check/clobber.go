package check

import (
	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
)

// clobbered is the part of XSM1003 about results that are kept in the variable that held a default error: where the hook says yes, ways out that
// relied on the error return success instead.
func clobbered(p *Pass, s *site, r *runs) {
	m, f := p.m, s.Fn
	v := m.resultVar(s)
	if v == ir.None || !defaultError(r, v) {
		return
	}
	early, sets := m.unchanged(s, r, v)
	if early == ir.None || sets == ir.None {
		return
	}
	name := f.S(f.F.Vars[v].Name)
	out := m.finding(s, 0.7, "when "+s.Hook+" says yes, "+name+" no longer holds the error that a later way out returns")
	out.detail = "clobbers a default error"
	out.Evidence = append(out.Evidence, name+" held an error on every way to the hook, and "+f.Text(sets)+" stands further down: the way out between the two does nothing and answers that it worked")
	out.Path = []Step{m.step(f, s.Node, s.Hook+" overwrites "+name), m.step(f, early, "leaves here: the caller is told that it worked"), m.step(f, sets, "the result is set here")}
	p.Report(out)
}

// resultVar is the variable that takes the hook's answer, None when none does.
func (m *model) resultVar(s *site) int32 {
	f := s.Fn
	blk := &f.F.Blocks[s.Block]
	for i := s.Instr; i < blk.First+blk.Len; i++ {
		if v, from := f.Defines(f.F.Instrs[i]); v != ir.None && from != ir.None && f.F.Instrs[i].Kind != ir.ICall && f.Strip(from) == s.Node {
			return v
		}
	}
	return ir.None
}

// defaultError reports whether variable v holds a negative constant in every state before the hook.
func defaultError(r *runs, v int32) bool {
	for _, s := range r.from {
		if x := s.vars[v]; !x.known || x.v >= 0 {
			return false
		}
	}
	return len(r.from) > 0
}

// unchanged follows the way of a yes from the hook, through code that leaves variable v alone: it returns the branch that goes to an exit while
// another arm goes on to an assignment of a result to v, and that assignment.
func (m *model) unchanged(s *site, r *runs, v int32) (early, sets int32) {
	f, g := s.Fn, m.graph(s.Fn)
	early, sets = ir.None, ir.None
	zero := map[int32]int32{} // blocks that assign 0 or what the operation answers, with the node
	leaves := map[int32]bool{}
	work, seen := []int32{s.Block}, map[int32]bool{s.Block: true}
	for len(work) > 0 {
		b := work[0]
		work = work[1:]
		node, defined := m.assigns(s, b, v)
		if defined {
			if node != ir.None {
				zero[b] = node
			}
			continue
		}
		blk := &f.F.Blocks[b]
		if blk.Term == ir.TReturn && m.returnsVar(s, b, v) {
			leaves[b] = true
		}
		for k, t := range blk.Succs {
			if r.allow.edges[b]&(1<<min(k, 7)) != 0 && !seen[t] {
				seen[t] = true
				work = append(work, t)
			}
		}
	}
	for z, n := range zero {
		for b := range seen {
			blk := &f.F.Blocks[b]
			if blk.Term != ir.TBranch || len(blk.Succs) != 2 || r.allow.edges[b]&3 != 3 || g.Reach(blk.Succs, nil)[b] {
				continue // not both ways, or a loop's own test
			}
			for k := range blk.Succs {
				if m.idleExit(s, g, blk.Succs[k], leaves, zero) && g.Reach([]int32{blk.Succs[1-k]}, nil)[z] && (early == ir.None || n < sets) {
					early, sets = blk.N, n
				}
			}
		}
	}
	return early, sets
}

// idleExit reports whether every way from block b ends in an exit of leaves, passes no block of stops, and changes nothing.
func (m *model) idleExit(s *site, g *graph, b int32, leaves map[int32]bool, stops map[int32]int32) bool {
	reach := g.Reach([]int32{b}, nil)
	found := false
	for x, ok := range reach {
		if _, stop := stops[int32(x)]; ok && (stop || m.effective(s.Fn, int32(x))) {
			return false
		}
		found = found || ok && leaves[int32(x)]
	}
	return found
}

// effective reports whether block b changes state.
func (m *model) effective(f *analyze.Fn, b int32) bool {
	blk := &f.F.Blocks[b]
	for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
		if m.significant(f, is) && !m.releasing(f, is) {
			return true
		}
	}
	return false
}

// releasing reports whether an instruction comes out of a macro that releases what is held.
func (m *model) releasing(f *analyze.Fn, is ir.Instr) bool {
	if is.Stmt == ir.None || f.F.Stmts[is.Stmt].Macro == 0 {
		return false
	}
	name := f.S(f.F.Stmts[is.Stmt].Macro)
	for i := range m.p.Profile.Held {
		if profile.Match(m.p.Profile.Held[i].Release, name) {
			return true
		}
	}
	return m.p.Profile.Neutral.Has(name)
}

// assigns reports whether block b gives v a value after the hook, and the node when it is the constant 0 or a call's result.
func (m *model) assigns(s *site, b, v int32) (node int32, defined bool) {
	f := s.Fn
	blk := &f.F.Blocks[b]
	for i := blk.First; i < blk.First+blk.Len; i++ {
		if b == s.Block && i <= s.Instr {
			continue
		}
		is := f.F.Instrs[i]
		w, from := f.Defines(is)
		if w != v || from == ir.None || f.Strip(from) == s.Node {
			continue
		}
		if nd := &f.F.Nodes[f.Strip(from)]; nd.Flags&ir.HasVal != 0 && nd.Val == 0 || nd.Op == ir.Call {
			return is.N, true
		}
		return ir.None, true
	}
	return ir.None, false
}

// returnsVar reports whether block b returns variable v.
func (m *model) returnsVar(s *site, b, v int32) bool {
	n := s.Fn.F.Blocks[b].N
	if n == ir.None {
		return false
	}
	nd := &s.Fn.F.Nodes[s.Fn.Strip(n)]
	return nd.Op == ir.Ident && nd.Var == v
}
