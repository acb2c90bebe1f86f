package check

import (
	"maps"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// peers is the part of XSM1001 about commands that no look-up of a domain gives away: a command works on something of the machine's that the guest
// names by numbers alone, asks nobody, and most of the commands beside it ask.
func peers(p *Pass) {
	res := p.m.result()
	if res == nil {
		return
	}
	type dispatcher struct {
		fn *analyze.Fn
		sw int32
	}
	groups := map[dispatcher][]*verify.Region{}
	var order []dispatcher
	for _, r := range res.Regions {
		if len(r.Labels) == 0 || !res.Open[r.Fn] {
			continue
		}
		d := dispatcher{r.Fn, r.Switch}
		if groups[d] == nil {
			order = append(order, d)
		}
		groups[d] = append(groups[d], r)
	}
	asking, all := map[dispatcher]int{}, map[string]int{}
	for _, d := range order {
		for _, r := range groups[d] {
			if p.m.asksBelow(r) {
				asking[d]++
				all[res.Reached[d.fn]]++
			}
		}
	}
	for _, d := range order {
		const some = 2 // where that many ask, what the dispatcher has left to it counts with the rest of the hypercall
		n := asking[d]
		if n >= some {
			n = all[res.Reached[d.fn]]
		}
		p.peersOf(d.fn, d.sw, groups[d], n)
	}
}

// peersOf looks at the commands of one dispatcher, none of which a hook in front of it covers; asking is how many beside them ask.
func (p *Pass) peersOf(f *analyze.Fn, sw int32, rs []*verify.Region, asking int) {
	m := p.m
	for _, s := range m.byFn[f] {
		if m.graph(f).precedes(s.Block, s.Instr, sw, 1<<30) {
			return
		}
	}
	const few = 3
	if asking < few {
		return
	}
	var open []peer
	for _, r := range rs {
		if m.asksBelow(r) || p.saidOf(r) || m.asksAbove(r) {
			continue
		}
		if n := m.machineWork(r); n != ir.None {
			open = append(open, peer{r, n})
		}
	}
	for i, x := range open {
		g := m.worker(x)
		first, other := true, false
		for j, y := range open {
			if j != i && m.worker(y) == g {
				first, other = first && j > i, true
			}
		}
		switch {
		case !other:
			reportPeer(p, x.r, x.n, asking)
		case first:
			reportHelper(p, g, slices.DeleteFunc(slices.Clone(open), func(y peer) bool { return m.worker(y) != g }), asking)
		}
	}
}

// peer is a command that asks nobody, and the call by which it does its work.
type peer struct {
	r *verify.Region
	n int32
}

// worker is the function that does a command's work.
func (m *model) worker(x peer) *analyze.Fn {
	fns, _ := m.p.Callees(x.r.Fn, x.n)
	return fns[0]
}

// reportHelper reports several commands that have their work done by one function: that is where one hook serves all of them.
func reportHelper(p *Pass, g *analyze.Fn, by []peer, asking int) {
	m, f := p.m, by[0].r.Fn
	out := &Finding{File: g.File, Function: g.Name, Hypercall: m.result().Reached[f], Operation: by[0].r.Command(), Confidence: 0.6}
	out.Line, _ = m.at(g, g.F.Start)
	out.Message = g.Name + " is not mediated: several commands have it work on what the guest names by numbers, and no hook is asked"
	out.Evidence = []string{itoa(asking) + " commands beside them ask a hook", "it is given nothing of the caller's own"}
	for _, x := range by {
		for _, l := range x.r.Labels {
			out.Operations = append(out.Operations, out.Hypercall+"/"+l)
		}
		out.Path = append(out.Path, m.step(f, x.n, x.r.String()+" calls it: nobody was asked"))
	}
	p.Report(out)
}

// asksBelow reports whether a hook is called in region r, or near in what it calls.
func (m *model) asksBelow(r *verify.Region) bool {
	if m.asksIn(r) {
		return true
	}
	for _, c := range m.p.Called(r.Fn, r.Blocks) {
		if m.decidedIn(c) {
			return true
		}
	}
	return false
}

// asksAbove reports whether every operation that runs region r asks a hook in a function on the way to it.
func (m *model) asksAbove(r *verify.Region) bool {
	found := false
	for _, op := range m.ops {
		for _, l := range op.Labels {
			if l.Function != r.Fn.Name || !contains(r.Labels, l.Case) {
				continue
			}
			if !m.asksOnTheWay(op, r.Fn) {
				return false
			}
			found = true
		}
	}
	return found
}

// asksOnTheWay reports whether operation op asks a hook in another function, from which f is called.
func (m *model) asksOnTheWay(op *analyze.Op, f *analyze.Fn) bool {
	return slices.ContainsFunc(op.Hooks, func(h analyze.SiteAt) bool {
		s := m.siteOf(h.Site)
		return s != nil && !s.Void() && s.Fn != f && m.gets(s.Fn, f)
	})
}

// decidedIn reports whether f, or a function that it calls, asks a hook for permission.
func (m *model) decidedIn(f *analyze.Fn) bool {
	if slices.ContainsFunc(m.byFn[f], m.decides) {
		return true
	}
	for _, c := range m.p.Called(f, nil) {
		if slices.ContainsFunc(m.byFn[c], m.decides) {
			return true
		}
	}
	return false
}

// saidOf reports whether the pass has a finding about the region already.
func (p *Pass) saidOf(r *verify.Region) bool {
	for _, f := range p.out {
		if f.File == r.Fn.File && f.Function == r.Fn.Name && contains(r.Labels, f.Operation) {
			return true
		}
	}
	return false
}

// machineWork is a call of region r that changes state, is given numbers of the guest's and nothing of the caller's; None when there is none.
func (m *model) machineWork(r *verify.Region) int32 {
	f := r.Fn
	for b := range f.F.Blocks {
		if !r.Blocks[b] || f.F.Blocks[b].Unreachable {
			continue
		}
		blk := &f.F.Blocks[b]
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			if is.Kind != ir.ICall || is.N == ir.None || m.plain(f, is.N) || !m.significant(f, is) {
				continue
			}
			fns, _ := m.p.Callees(f, is.N)
			if len(fns) == 1 && !m.p.InModule(fns[0].File) && !m.looksUpDomain(fns[0]) && m.byNumbers(f, is.N) && !m.aboutSubject(fns[0]) {
				return is.N
			}
		}
	}
	return ir.None
}

// looksUpDomain reports whether a function looks domains up: it is judged by what it does with them.
func (m *model) looksUpDomain(f *analyze.Fn) bool {
	for c := range f.Calls(nil) {
		if !m.p.Profile.Lookups.Has(f.CallName(c.Node)) {
			continue
		}
		if v := m.receives(f, c.Node); v != ir.None && f.S(f.F.Vars[v].Type) == m.p.Profile.Types.Domain {
			return true
		}
	}
	return false
}

// byNumbers reports whether call n is given members of a request that was copied from the guest, and neither domains nor anything of the caller's.
func (m *model) byNumbers(f *analyze.Fn, n int32) bool {
	req := m.derived(f)
	found := false
	for _, a := range f.Args(n) {
		t := f.S(f.F.Nodes[f.Strip(a)].Type)
		if m.isSubject(f, a) || t == m.p.Profile.Types.Domain || t == m.p.Profile.Types.VCPU {
			return false
		}
		found = found || req[rootOf(f.Path(a))] && !strings.HasSuffix(t, "*") || m.foundBy(f, a, req)
	}
	return found
}

// foundBy reports whether node a is an object that was looked up by a number of a request.
func (m *model) foundBy(f *analyze.Fn, a int32, req map[string]bool) bool {
	if _, obj := analyze.StructPointer(f.S(f.F.Nodes[f.Strip(a)].Type)); !obj || f.Path(a) == "" {
		return false
	}
	for _, is := range f.F.Instrs {
		if is.Kind != ir.ICall || is.N == ir.None || !m.p.Profile.Lookups.Has(f.CallName(is.N)) || m.storedAt(f, is.N) != f.Path(a) && f.Path(is.N) != f.Path(a) {
			continue
		}
		hit := false
		f.Each(is.N, func(n int32) bool {
			nd := &f.F.Nodes[n]
			hit = hit || (nd.Op == ir.Field || nd.Op == ir.Ident && nd.Var != ir.None) && req[rootOf(f.Path(n))]
			return true
		})
		own := false // among what is the caller's own
		for _, x := range f.Args(is.N) {
			own = own || m.callerAt(f, x, ir.None)
		}
		if hit && !own {
			return true
		}
	}
	return false
}

// derived is the request's variables and the local numbers that are computed from them.
func (m *model) derived(f *analyze.Fn) map[string]bool {
	req := m.requests(f)
	out := maps.Clone(req)
	for _, is := range f.F.Instrs {
		v, from := f.Defines(is)
		if v < f.F.Params || from == ir.None || is.Kind == ir.ICall || strings.HasSuffix(f.S(f.F.Vars[v].Type), "*") {
			continue
		}
		f.Each(from, func(n int32) bool {
			if nd := &f.F.Nodes[n]; nd.Op == ir.Field && req[rootOf(f.Path(n))] {
				out["v"+itoa(int(v))] = true
			}
			return f.F.Nodes[n].Op != ir.Call
		})
	}
	return out
}

// requests names the variables of f that are copied from the guest.
func (m *model) requests(f *analyze.Fn) map[string]bool {
	out := map[string]bool{}
	for call := range f.Calls(nil) {
		if c, args := m.p.CopyCall(f, call.Node); c != nil && !c.Back && c.To < len(args) {
			out[rootOf(f.Path(args[c.To]))] = true
		}
	}
	delete(out, "")
	return out
}

// aboutSubject reports whether a function works on the caller's own state: it names the caller, other than in a message.
func (m *model) aboutSubject(f *analyze.Fn) bool {
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if m.names(f, blk.N) {
			return true
		}
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			if is.N == ir.None || is.Kind == ir.ICall && m.p.Profile.Neutral.Has(f.CallName(is.N)) || m.releasing(f, is) {
				continue
			}
			if m.names(f, is.N) {
				return true
			}
		}
	}
	return false
}

// names reports whether an expression names the caller.
func (m *model) names(f *analyze.Fn, n int32) (found bool) {
	f.Each(n, func(k int32) bool {
		found = found || m.isSubject(f, k)
		return !found
	})
	return found
}

func reportPeer(p *Pass, r *verify.Region, n int32, asking int) {
	m, f := p.m, r.Fn
	out := &Finding{File: f.File, Function: f.Name, Hypercall: m.result().Reached[f], Operation: r.Command(), Confidence: 0.6}
	out.Line, _ = m.at(f, r.Start)
	out.Message = r.String() + " is not mediated: " + f.Text(n) + " works on what the guest names by numbers, and no hook is asked"
	out.Evidence = []string{itoa(asking) + " commands beside it ask a hook", "the call is given nothing of the caller's own"}
	for _, l := range r.Labels {
		out.Operations = append(out.Operations, out.Hypercall+"/"+l)
	}
	out.Path = []Step{{f.File, out.Line, r.String()}, m.step(f, n, f.Text(n)+": nobody was asked")}
	p.Report(out)
}

// waysRound reports commands that an entry's hook lets through as having a hook of their own, with a way past that hook to what it guards.
func waysRound(p *Pass) {
	res := p.m.result()
	if res == nil {
		return
	}
	for _, sw := range res.Switches {
		for _, r := range res.Regions {
			if !passes(sw, r) || p.saidOf(r) {
				continue
			}
			for _, s := range p.m.byFn[r.Fn] {
				if s.Void() || !r.Blocks[s.Block] {
					continue
				}
				if n := p.m.wayRound(r, s); n != ir.None {
					reportWayRound(p, sw, r, s, n)
					break
				}
			}
		}
	}
}

func passes(sw *verify.Switch, r *verify.Region) bool {
	for _, l := range r.Labels {
		if sw.Delegated[l] {
			return true
		}
	}
	return false
}

// wayRound is a change of state that site s guards and that a way from the region's start reaches past all hooks; None when there is none.
func (m *model) wayRound(r *verify.Region, s *site) int32 {
	f := s.Fn
	runs := m.around(s)
	hooked := map[int32]bool{}
	for _, h := range m.byFn[f] {
		hooked[h.Block] = true
	}
	start := ir.None
	for _, c := range f.F.Blocks[r.Switch].Cases {
		if c.Start == r.Start {
			start = c.Block
		}
	}
	if runs.partial || start == ir.None || hooked[start] {
		return ir.None
	}
	seen, work := map[int32]bool{start: true}, []int32{start}
	for len(work) > 0 {
		b := work[0]
		work = work[1:]
		blk := &f.F.Blocks[b]
		for i := blk.First; i < blk.First+blk.Len; i++ {
			is := f.F.Instrs[i]
			if runs.allow.ran[i] && !runs.deny.ran[i] && is.Kind == ir.ICall && is.N != ir.None && m.significant(f, is) && !m.releasing(f, is) && m.feasible(f, b, i, hooked) {
				return is.N
			}
		}
		for _, t := range blk.Succs {
			if r.Blocks[t] && !hooked[t] && !seen[t] {
				seen[t] = true
				work = append(work, t)
			}
		}
	}
	return ir.None
}

// feasible reports whether some execution from the function's start gets to instruction i of block b without passing the blocks in not.
func (m *model) feasible(f *analyze.Fn, b, i int32, not map[int32]bool) bool {
	within := m.graph(f).reaching(b, false)
	for n := range within {
		within[n] = within[n] && !not[int32(n)]
	}
	at, partial := newExec(m, f).before(b, i, within)
	return len(at) > 0 && !partial
}

func reportWayRound(p *Pass, sw *verify.Switch, r *verify.Region, s *site, n int32) {
	m, f := p.m, r.Fn
	out := m.finding(s, 0.6, r.String()+": a way past "+s.Hook+" leads to "+f.Text(n)+", which it guards")
	out.detail = "way round"
	out.Evidence = []string{sw.Fn.Name + " lets " + r.Command() + " through as a command with a hook of its own, and on this way nobody is asked"}
	out.Path = []Step{m.step(f, s.Node, "asked on some ways only"), m.step(f, n, f.Text(n)+": reached without")}
	p.Report(out)
}
