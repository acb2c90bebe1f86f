package check

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// arms is the part of XSM1001 about commands that work on a domain which was looked up before the dispatch: a command gives it to no hook, and one
// beside it asks about it first.
func arms(p *Pass) {
	res := p.m.result()
	if res == nil {
		return
	}
	byFn := map[*analyze.Fn][]*verify.Region{}
	for _, r := range res.Regions {
		if len(r.Labels) > 0 && res.Open[r.Fn] {
			byFn[r.Fn] = append(byFn[r.Fn], r)
		}
	}
	for _, r := range res.Regions {
		if rs := byFn[r.Fn]; len(rs) > 1 && rs[0] == r {
			for _, a := range rs {
				p.arm(res, a, rs)
			}
		}
	}
}

// arm looks at one command among those of its function.
func (p *Pass) arm(res *verify.Result, r *verify.Region, all []*verify.Region) {
	m, f := p.m, r.Fn
	if p.saidOf(r) {
		return
	}
	_, common := res.ObjectsOf(r)
	for _, o := range common {
		if m.askedBefore(f, r.Switch, o.Path) || m.regionAsks(r, o.Path) || m.forwarded(res, r) {
			continue
		}
		peer := m.peerAsking(r, all, o.Path)
		n := m.regionChanges(r, o.Path)
		if peer == nil || n == ir.None || m.asksNear(f, n) {
			continue
		}
		out := m.finding(peer, 0.65, r.String()+" is not mediated: "+f.Text(n)+" works on "+o.Text+", and no hook of the command is given it")
		out.Hypercall, out.Operation, out.Operations = res.Reached[f], r.Command(), nil
		out.Line, _ = m.at(f, r.Start)
		out.Evidence = []string{"a command beside it asks " + peer.Hook + " about " + o.Text + " first"}
		out.Path = []Step{m.step(f, o.Node, "looks up "+o.Text), m.step(f, n, f.Text(n)+": nobody was asked"), m.step(f, peer.Node, "the command beside it asks")}
		p.Report(out)
		return
	}
}

// askedBefore reports whether a hook in front of block sw is given the object at path o, here or in a function that is called with it.
func (m *model) askedBefore(f *analyze.Fn, sw int32, o string) bool {
	for _, h := range m.byFn[f] {
		if m.decides(h) && m.graph(f).precedes(h.Block, h.Instr, sw, 1<<30) && m.givenTo(h, o) {
			return true
		}
	}
	for c := range f.Calls(nil) {
		if m.graph(f).precedes(c.Block, c.Instr, sw, 1<<30) && m.asksAbout(f, c.Node, o) {
			return true
		}
	}
	return false
}

// asksNear reports whether node n hands the guest's request to a function that asks a hook, or calls one that does: about what it finds itself.
func (m *model) asksNear(f *analyze.Fn, n int32) bool {
	if f.F.Nodes[n].Op != ir.Call {
		return false
	}
	req, whole := m.requests(f), false
	for _, a := range f.Args(n) {
		whole = whole || req[rootOf(f.Path(a))] && strings.HasSuffix(f.S(f.F.Nodes[f.Strip(a)].Type), "*")
	}
	fns, _ := m.p.Callees(f, n)
	for _, c := range fns {
		if whole && m.hooked(c, 1) {
			return true
		}
	}
	return false
}

// forwarded reports whether a function below region r has code for the same command: that is judged there.
func (m *model) forwarded(res *verify.Result, r *verify.Region) bool {
	for _, q := range res.Regions {
		if q.Fn != r.Fn && len(q.Labels) > 0 && contains(r.Labels, q.Command()) && m.gets(r.Fn, q.Fn) {
			return true
		}
	}
	return false
}

// givenTo reports whether the object at path o, or what lies below it, is an argument of the site.
func (m *model) givenTo(h *site, o string) bool {
	for _, a := range h.Fn.Args(h.Node) {
		if analyze.Below(h.Fn.Path(a), o) {
			return true
		}
	}
	return false
}

// regionAsks reports whether region r gives the object at path o to a hook, itself or through a function that asks at once.
func (m *model) regionAsks(r *verify.Region, o string) bool {
	f := r.Fn
	for _, h := range m.byFn[f] {
		if r.Blocks[h.Block] && m.decides(h) && m.givenTo(h, o) {
			return true
		}
	}
	for c, fn := range m.p.Called(f, r.Blocks) {
		for i, a := range f.Args(c.Node) {
			if f.Path(a) == o && m.asks(fn, i, 4) {
				return true
			}
		}
	}
	return false
}

// peerAsking is a hook of another command of the same dispatch that is given the object at path o.
func (m *model) peerAsking(r *verify.Region, all []*verify.Region, o string) *site {
	for _, q := range all {
		if q == r || q.Switch != r.Switch {
			continue
		}
		for _, h := range m.byFn[r.Fn] {
			if q.Blocks[h.Block] && !r.Blocks[h.Block] && m.decides(h) && m.givenTo(h, o) {
				return h
			}
		}
	}
	return nil
}

// regionChanges is code of region r that changes the object at path o, or state with it; None when there is none.
func (m *model) regionChanges(r *verify.Region, o string) int32 {
	f := r.Fn
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			if !r.Blocks[b] || blk.Unreachable || is.N == ir.None || m.releasing(f, is) {
				continue
			}
			changed := m.changed(f, is)
			for _, p := range changed {
				if analyze.Below(p, analyze.Pointee(o)) {
					return is.N
				}
			}
			if is.Kind != ir.ICall || len(changed) == 0 || m.finds(f, is) {
				continue
			}
			for _, a := range f.Args(is.N) {
				if f.Path(a) == o {
					return is.N
				}
			}
		}
	}
	return ir.None
}
