package verify

import (
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// outside looks for the hooks that have no place in what hypercalls reach in the rest of the hypervisor: faults and emulated accesses are requests too.
// Nothing but names says which function it is, so its name must fit well.
func (s *search) outside(hooks []*tables.Hook) (out []*demand) {
	const least = 0.8
	var rest []*Region
	for _, h := range hooks {
		if s.placed[h] || len(h.Params) < 2 {
			continue
		}
		if rest == nil {
			rest = s.f.m.unreached()
		}
		d := &demand{h: h, why: "its name and parameters fit, and no hypercall reaches it"}
		for _, r := range rest {
			if name := s.nameFit(h, r); name >= least && s.refuses(r) {
				d.cands = append(d.cands, cand{r, s.score(h, r) + 0.6*name})
			}
		}
		if s.sort(d); len(d.cands) > 0 {
			out = append(out, d)
		}
	}
	return out
}

// unreached lists the functions that no hypercall reaches as regions.
func (m *model) unreached() (out []*Region) {
	seen := map[string]bool{}
	for _, f := range m.p.Fns {
		key := f.File + ":" + f.Name
		if m.reached[f] != "" || seen[key] || m.p.InModule(f.File) || f.F.InMacro || m.p.Profile.Neutral.Has(f.Name) {
			continue
		}
		seen[key] = true
		r := &Region{Fn: f, Switch: ir.None, Start: f.F.Start, Blocks: make([]bool, len(f.F.Blocks))}
		for i := range r.Blocks {
			r.Blocks[i] = true
		}
		if !inHeader(r) {
			out = append(out, r)
		}
	}
	return out
}
