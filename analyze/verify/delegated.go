package verify

import (
	"maps"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// delegated gives the sub-commands that a module's switch lets through, as having a hook of their own, to the hooks whose name and permission's
// comment have the same words, where nothing else claims them.
func (s *search) delegated(hooks []*tables.Hook, have []*demand) (out []*demand) {
	claimed, content := map[string]bool{}, map[*tables.Hook]bool{}
	for _, d := range have {
		content[d.h] = content[d.h] || d.label != "" && s.w.like(d.h.Name, d.label) > 0.8
		for _, c := range d.cands[:min(1, len(d.cands))] {
			for _, l := range append(s.f.index().origin[c.r.Fn], c.r.Labels...) {
				claimed[l] = claimed[l] || c.s >= minScore
			}
		}
		if len(d.cands) > 0 && d.cands[0].s >= minScore {
			claimed[d.label] = true
			for _, sw := range s.f.switches {
				for l := range sw.Delegated {
					claimed[l] = claimed[l] || sw.Delegated[l] && s.reaches(s.f.index().byLabel[l], d.cands[0].r.Fn)
				}
			}
		}
	}
	for _, sw := range s.f.switches {
		for _, l := range slices.Sorted(maps.Keys(sw.Delegated)) {
			if !sw.Delegated[l] || claimed[l] || slices.ContainsFunc(s.f.index().byLabel[l], s.f.asked) {
				continue
			}
			for _, n := range s.nested(l) {
				if best := s.bestDescribed(hooks, content, n); best != nil {
					best.why = sw.Fn.Name + " leaves " + l + " to a hook of its own, and the name and the comment of its permission speak of it"
					out = append(out, best)
				}
			}
		}
	}
	return out
}

// nested lists the sub-commands that the code of a command tells apart and of which more than one acts; the command itself where there are none.
func (s *search) nested(label string) (out []string) {
	for _, r := range s.f.index().byLabel[label] {
		for _, o := range s.f.index().byFn[r.Fn] {
			if o.Switch != ir.None && o.Switch != r.Switch && r.Blocks[o.Switch] && o.Labels[0] == strings.ToUpper(o.Labels[0]) && s.f.m.acts(o) && !slices.Contains(out, o.Labels[0]) {
				out = append(out, o.Labels[0])
			}
		}
	}
	if len(out) < 2 {
		return []string{label}
	}
	return out
}

// bestDescribed is the demand for a sub-command of the hook whose name and permission's comment say most about it, nil when none says much.
func (s *search) bestDescribed(hooks []*tables.Hook, content map[*tables.Hook]bool, l string) (best *demand) {
	for _, h := range hooks {
		if content[h] || len(s.cov[h].asked) > 0 || len(s.cov[h].noted) > 0 || s.described(h, l) < 0.6 {
			continue
		}
		if d := s.forLabel(h, l); d != nil {
			for i := range d.cands {
				d.cands[i].s += 2 * s.described(h, l)
			}
			if best == nil || d.cands[0].s > best.cands[0].s {
				best = d
			}
		}
	}
	return best
}

// described is the weighted share of a label's words, its family's aside, that a hook's name or the comments of its permissions have.
func (s *search) described(h *tables.Hook, label string) float64 {
	_, rest, _ := strings.Cut(label, "_")
	var have []string
	for t := range s.cov[h].words {
		have = append(have, s.w.spell(t)...)
	}
	var hit, all float64
	for _, t := range s.w.spell(rest) {
		k := s.w.weight(t)
		all += k
		best := 0.0
		for _, o := range have {
			best = max(best, sameWord(t, o))
		}
		if slices.Contains(s.w.spell(h.Name), t) {
			best = 1.5
		}
		hit += k * best
	}
	if all == 0 {
		return 0
	}
	return hit / all
}
