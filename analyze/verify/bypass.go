package verify

import (
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// bypassed finds further commands below one that was let through as having a hook of its own, on which that hook is not asked.
func (f *finder) bypassed() {
	for _, s := range f.switches {
		for _, r := range f.m.regions {
			if !f.letThrough(s, r) || !f.hookedHere(r) {
				continue
			}
			if nested := f.unasked(r); len(nested) > 0 {
				for _, n := range nested {
					g := f.gap(n, "XSM1001")
					g.Switch = s
					g.say(0.7, "%s lets %s through as a command with a hook of its own, which other ways through it ask and %s does not", s.Fn.Name, r.Command(), n)
				}
			}
		}
	}
}

// letThrough reports whether switch s passes one of the region's labels without a check.
func (f *finder) letThrough(s *Switch, r *Region) bool {
	for _, l := range r.Labels {
		if s.Delegated[l] && f.family(r) == s {
			return true
		}
	}
	return false
}

// unasked lists the regions of commands below r that act and ask nobody, where another of them asks.
func (f *finder) unasked(r *Region) (out []*Region) {
	asked := 0
	for _, n := range f.m.regions {
		if n.Fn != r.Fn || n == r || n.Switch == ir.None || n.Switch == r.Switch || !r.Blocks[n.Switch] {
			continue
		}
		switch {
		case f.hookedHere(n):
			asked++
		case f.m.acts(n) && !f.asked(n):
			out = append(out, n)
		}
	}
	if asked == 0 {
		return nil
	}
	return out
}
