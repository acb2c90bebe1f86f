package verify

import (
	"slices"

	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// elsewhere lists the calls that only other architectures' files make of hooks: such a hook may have no business here.
func (f *finder) elsewhere(hooks []*tables.Hook) map[*tables.Hook][]*tables.Call {
	mine := map[string]bool{}
	for _, fn := range f.m.p.Fns {
		mine[archOf(fn.File)] = true
	}
	out := map[*tables.Hook][]*tables.Call{}
	for _, c := range f.tabs.Calls() {
		if a := archOf(c.At.Path); a != "" && !mine[a] && slices.Contains(hooks, c.Hook) {
			out[c.Hook] = append(out[c.Hook], c)
		}
	}
	return out
}

// alike keeps the candidates that are what the other architectures' calls stand in: the function of that name, or the code of the same command.
// It reports whether any is left; where there are no such calls, or the module names a command for the hook that has none of them, all are.
func (s *search) alike(d *demand, calls []*tables.Call) bool {
	named := s.cov[d.h] != nil && (s.cov[d.h].asked[d.label] || s.cov[d.h].noted[d.label])
	other := !slices.ContainsFunc(calls, func(c *tables.Call) bool { return slices.Contains(c.Commands(), d.label) })
	if len(calls) == 0 || named && other {
		return true
	}
	d.cands = slices.DeleteFunc(d.cands, func(c cand) bool {
		return !slices.ContainsFunc(calls, func(o *tables.Call) bool { return sameCode(c.r, o) }) && !s.beneath(c.r, calls)
	})
	return len(d.cands) > 0
}

// beneath reports whether a region looks the object up for what a call on another architecture stands in, which calls it.
func (s *search) beneath(r *Region, calls []*tables.Call) bool {
	return len(r.Labels) == 0 && s.f.stuffOf(r).lookups > 0 && slices.ContainsFunc(s.f.index().outer[r.Fn], func(o *Region) bool {
		return slices.ContainsFunc(calls, func(c *tables.Call) bool { return sameCode(o, c) })
	})
}

// sameCode reports whether a region is, on this architecture, what a call on another one stands in.
func sameCode(r *Region, c *tables.Call) bool {
	cmds := c.Commands()
	if len(r.Labels) == 0 {
		return len(cmds) == 0 && r.Fn.Name == c.Function()
	}
	return slices.ContainsFunc(r.Labels, func(l string) bool { return slices.Contains(cmds, l) })
}
