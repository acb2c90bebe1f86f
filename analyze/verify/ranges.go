package verify

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// ranges adds, to a hook about a domain and a range of some resource, code elsewhere that has the same resource's own permission for a range decided and
// then does with it what the hook's place does. Where the module has one function for this hook and one that nobody calls, it is that one's place.
func (s *search) ranges(hooks []*tables.Hook) {
	for _, key := range s.textKeys() {
		for _, d := range slices.Clone(s.text[key]) {
			if d.gap == nil || !s.ranged(d.h) {
				continue
			}
			r := d.gap.Region
			_, rule := s.permission(r.Fn, r.Blocks)
			if rule == nil {
				continue
			}
			for _, f := range s.f.m.p.Fns {
				_, below := s.under(r)[f]
				if f == r.Fn || below || s.f.m.p.InModule(f.File) || f.F.InMacro || len(s.f.m.calls[f]) > 0 || strings.HasSuffix(f.File, ".h") {
					continue
				}
				if n, same := s.permission(f, nil); same == rule && s.does(r, f) {
					s.inRange(d, s.unplacedTwin(hooks, d.h), f, n)
				}
			}
		}
	}
}

// inRange makes the gap of hook h, or of that of demand d when it is nil, behind call n of f, which decides about a domain and the ends of a range.
func (s *search) inRange(d *demand, h *tables.Hook, f *analyze.Fn, n int32) {
	args := f.Args(n)
	if len(args) != 3 {
		return
	}
	of := &f.F.Nodes[f.Strip(args[0])] // the domain's own set of what it may use
	r := whole(f)
	key := textKey{f.File, r.Start}
	if of.Op != ir.Field || f.S(f.F.Nodes[f.Strip(of.X)].Type) != s.f.m.p.Profile.Types.Domain || len(s.text[key]) > 0 || !s.refuses(r) {
		return
	}
	if h == nil {
		h = d.h
	}
	o := s.give(h, "", r, "it does with a range what "+d.gap.Region.String()+" does")
	o.gap.After, o.gap.Parties = f.F.Nodes[n].End, []string{f.Text(f.Strip(of.X))}
	o.gap.Range = []string{f.Text(args[1]), f.Text(args[2])}
}

// ranged reports whether a hook is asked about one domain and both ends of a range.
func (s *search) ranged(h *tables.Hook) bool {
	domains, names := 0, map[string]bool{}
	for _, p := range h.Params {
		if s.isDomain(p) {
			domains++
		}
		names[p.Name] = true
	}
	return domains == 1 && (names["s"] && names["e"] || names["start"] && names["end"])
}

// permission is the call in some blocks of f, all when blocks is nil, that decides whether a domain may use a resource of the machine, and the profile's
// rule for it; nil when there is none.
func (s *search) permission(f *analyze.Fn, blocks []bool) (int32, *profile.Number) {
	for c := range f.Calls(blocks) {
		for i := range s.f.m.p.Profile.Numbers {
			rule := &s.f.m.p.Profile.Numbers[i]
			for _, name := range []string{f.CallName(c.Node), f.S(f.F.Nodes[c.Node].Macro)} {
				if name != "" && rule.Calls.Has(name) && !s.f.m.p.Profile.Hooks.Is(name) {
					return c.Node, rule
				}
			}
		}
	}
	return ir.None, nil
}

// does reports whether f calls at least two of the functions that a region calls and that few other functions call: what the region does and undoes.
func (s *search) does(r *Region, f *analyze.Fn) bool {
	const few, least = 8, 2
	n, seen := 0, map[*analyze.Fn]bool{}
	for _, g := range s.f.m.p.Called(f, nil) {
		if !seen[g] && slices.Contains(s.f.index().calls[r], g) && len(s.f.index().outer[g]) <= few && s.f.m.acts(s.f.index().rest[g]) {
			n++
		}
		seen[g] = true
	}
	return n >= least
}

// unplacedTwin is a hook without a place that the module answers by the function that it has for h, with the same parameters; nil when there is none.
func (s *search) unplacedTwin(hooks []*tables.Hook, h *tables.Hook) *tables.Hook {
	for _, o := range hooks {
		if o != h && !s.placed[o] && h.FlaskFn != "" && s.f.tabs.Answer(o) == s.f.tabs.Answer(h) && sameParams(o, h) {
			return o
		}
	}
	return nil
}
