package check

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// pausesSelf is the part of XSM1005 about objects that may be the caller itself: a domain that the guest chose is paused, nothing on the way
// excludes the caller's own, and the commands beside it exclude it before they pause.
func pausesSelf(p *Pass) {
	res := p.m.result()
	if res == nil {
		return
	}
	careful := map[string]int{} // by function: regions that pause and exclude the caller
	var open []pause
	for _, r := range res.Regions {
		if len(r.Labels) == 0 {
			continue
		}
		ps := p.m.pauses(r)
		if len(ps) == 0 {
			continue
		}
		if p.m.excludesSelf(r) {
			careful[r.Fn.Name]++
			continue
		}
		open = append(open, ps[0])
	}
	for _, x := range open {
		if careful[x.r.Fn.Name] > 0 {
			reportPause(p, x)
		}
	}
}

// pause is a call that pauses a domain which a parameter or a look-up of the function names.
type pause struct {
	r    *verify.Region
	node int32
	what string
}

// pauses lists the calls of region r that pause a domain, here or in a function that is called with it.
func (m *model) pauses(r *verify.Region) (out []pause) {
	f := r.Fn
	for b := range f.F.Blocks {
		if !r.Blocks[b] || f.F.Blocks[b].Unreachable {
			continue
		}
		blk := &f.F.Blocks[b]
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			if is.Kind != ir.ICall || is.N == ir.None {
				continue
			}
			for i, a := range f.Args(is.N) {
				if p := f.Path(a); m.domain(f, a) && p != "" && p[0] != 'g' && !m.isSubject(f, a) && m.pausesArg(f, is.N, i, 0) {
					out = append(out, pause{r, is.N, f.Text(a)})
				}
			}
		}
	}
	return out
}

// pausesArg reports whether call n of f pauses the domain in its argument i.
func (m *model) pausesArg(f *analyze.Fn, n int32, i, depth int) bool {
	const near = 2
	if h, acquire := m.p.HeldCall(f, n); h != nil {
		return acquire && h.Kind == "pause" && h.Arg == i && !strings.Contains(f.CallName(n), "except")
	}
	fns, _ := m.p.Callees(f, n)
	if len(fns) != 1 || depth == near || m.p.InModule(fns[0].File) || int32(i) >= fns[0].F.Params {
		return false
	}
	g := fns[0]
	if m.namesSubject(g) {
		return false // it looks who is asking itself
	}
	for _, is := range g.F.Instrs {
		if is.Kind != ir.ICall || is.N == ir.None {
			continue
		}
		for k, a := range g.Args(is.N) {
			if g.Path(a) == "p"+itoa(i) && m.pausesArg(g, is.N, k, depth+1) {
				return true
			}
		}
	}
	return false
}

// isSubject reports whether node n names the caller or something of the caller's.
func (m *model) isSubject(f *analyze.Fn, n int32) bool {
	t := f.Text(n)
	for _, w := range m.p.Profile.Subject.Macros {
		if t == w || strings.HasPrefix(t, w+"->") {
			return true
		}
	}
	return false
}

// namesSubject reports whether a function compares something with the caller.
func (m *model) namesSubject(f *analyze.Fn) bool {
	for i := range f.F.Nodes {
		if m.comparesSubject(f, int32(i)) {
			return true
		}
	}
	return false
}

// comparesSubject reports whether node n compares a domain with the caller's.
func (m *model) comparesSubject(f *analyze.Fn, n int32) bool {
	nd := &f.F.Nodes[n]
	if nd.Op != ir.Binary || nd.X == ir.None || nd.Y == ir.None {
		return false
	}
	if op := f.S(nd.Name); op != "==" && op != "!=" {
		return false
	}
	return m.callerAt(f, nd.X, ir.None) || m.callerAt(f, nd.Y, ir.None)
}

// excludesSelf reports whether region r, or code on every way to it, compares a domain with the caller's.
func (m *model) excludesSelf(r *verify.Region) bool {
	f, g := r.Fn, m.graph(r.Fn)
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if blk.Term != ir.TBranch || blk.N == ir.None || !r.Blocks[b] && !(r.Switch != ir.None && g.precedes(int32(b), 0, r.Switch, 1)) {
			continue
		}
		found := false
		f.Each(blk.N, func(n int32) bool {
			found = found || m.comparesSubject(f, n)
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

func reportPause(p *Pass, x pause) {
	m, f := p.m, x.r.Fn
	out := &Finding{File: f.File, Function: f.Name, Hypercall: m.result().Reached[f], Operation: x.r.Command(), Confidence: 0.6, detail: "pauses itself"}
	out.Line, _ = m.at(f, f.F.Nodes[x.node].Start)
	out.Message = x.r.String() + " pauses " + x.what + ", which may be the caller's own domain: nothing excludes that, and the commands beside it do"
	out.Evidence = []string{x.what + " is the domain that the guest chose; a caller that waits for itself to stop waits for ever"}
	for _, l := range x.r.Labels {
		out.Operations = append(out.Operations, out.Hypercall+"/"+l)
	}
	out.Path = []Step{m.step(f, x.node, f.Text(x.node)+": waits until "+x.what+" stands still")}
	p.Report(out)
}
