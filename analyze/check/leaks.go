package check

import (
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// leaks is XSM1004.
func leaks(p *Pass) {
	for _, s := range p.m.sites {
		r := p.m.around(s)
		if s.Void() || len(r.from) == 0 || !decided(r) {
			continue
		}
		for _, k := range p.m.leaked(s, r) {
			reportLeak(p, s, r, k)
		}
	}
}

// leaked lists what a denied way out holds, the hook call found held, and some other way releases.
func (m *model) leaked(s *site, r *runs) (out []string) {
	seen := map[string]bool{}
	for _, e := range r.deny.exits {
		for k := range e.s.held {
			if !seen[k] && m.releasedSomewhere(s.Fn, k) && !handedOver(s.Fn, e, k) && heldBefore(r, k) {
				seen[k] = true
				out = append(out, k)
			}
		}
	}
	sort.Strings(out)
	return out
}

// heldBefore reports whether the hook call already finds k held.
func heldBefore(r *runs, k string) bool {
	for _, s := range r.from {
		if _, ok := s.held[k]; ok {
			return true
		}
	}
	return false
}

// releasedSomewhere reports whether the function releases k on some path.
func (m *model) releasedSomewhere(f *analyze.Fn, k string) bool {
	for _, is := range f.F.Instrs {
		if is.Kind != ir.ICall || is.N == ir.None {
			continue
		}
		h, acquire := m.p.HeldCall(f, is.N)
		if h != nil && !acquire && h.Release+" "+releasePath(f, is.N, h) == k {
			return true
		}
		if h == nil {
			for _, r := range m.released(f, is.N, 0) {
				if r.class+" "+r.path == k {
					return true
				}
			}
		}
	}
	return false
}

// handedOver reports whether a denied way out returns the held object itself.
func handedOver(f *analyze.Fn, e exit, k string) bool {
	b := &f.F.Blocks[e.block]
	_, path, _ := strings.Cut(k, " ")
	return b.Term == ir.TReturn && b.N != ir.None && f.Path(b.N) == path && path != ""
}

func reportLeak(p *Pass, s *site, r *runs, k string) {
	m, fn := p.m, s.Fn
	var took hold
	exits, holding := 0, 0
	var at exit
	for _, e := range r.deny.exits {
		exits++
		if h, ok := e.s.held[k]; ok {
			holding++
			took, at = h, e
		}
	}
	confidence := 0.9
	if r.partial {
		confidence = 0.6
	}
	if holding < exits {
		confidence -= 0.2
	}
	text := fn.Text(took.node)
	f := m.finding(s, confidence, "when "+s.Hook+" says no, "+fn.Name+" returns with what "+text+" took")
	f.detail = text
	f.Evidence = append(f.Evidence, "held on "+itoa(holding)+" of "+itoa(exits)+" ways out after a denial; released elsewhere in the function")
	f.Path = []Step{m.step(fn, took.node, text+" takes a "+took.kind), m.step(fn, s.Node, s.Hook+" says no")}
	if b := &fn.F.Blocks[at.block]; b.Term == ir.TReturn && b.N != ir.None {
		f.Path = append(f.Path, m.step(fn, b.N, "returns"))
	}
	p.Report(f)
}
