package verify

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// handed adds, to a hook in a function outside of all hypercalls, a function that it hands the very numbers of the hook to and that other code calls
// as well: that code gets to the operation without being asked.
func (s *search) handed() {
	for _, key := range s.textKeys() {
		for _, d := range slices.Clone(s.text[key]) {
			if d.gap == nil || len(d.gap.Region.Labels) > 0 || s.f.m.reached[d.gap.Region.Fn] != "" {
				continue
			}
			f := d.gap.Region.Fn
			for c := range f.Calls(nil) {
				fns, _ := s.f.m.p.Callees(f, c.Node)
				if len(fns) != 1 || !s.takes(d.h, f, c.Node, fns[0]) || !s.otherWay(f, fns[0]) {
					continue
				}
				g := fns[0]
				r := whole(g)
				k := textKey{g.File, r.Start}
				if len(s.text[k]) > 0 || len(s.f.m.calls[g]) > 0 || inHeader(r) || !s.refuses(r) {
					continue
				}
				s.give(d.h, "", r, f.Name+" hands it what it is asked about, and other code calls it too").gap.Via = f
			}
		}
	}
}

// takes reports whether call n of g in f hands on, under their names, at least two numbers of the hook and all that are no flags.
func (s *search) takes(h *tables.Hook, f *analyze.Fn, n int32, g *analyze.Fn) bool {
	if g == f || s.f.m.p.InModule(g.File) {
		return false
	}
	have := map[string]bool{}
	for i, a := range f.Args(n) {
		if nd := &f.F.Nodes[f.Strip(a)]; int32(i) < g.F.Params && nd.Op == ir.Ident && nd.Var != ir.None {
			have[f.S(nd.Name)] = true
			have[g.S(g.F.Vars[i].Name)] = true
		}
	}
	count, found := slices.ContainsFunc(s.f.m.p.Profile.Counts, func(w string) bool { return have[w] }), 0
	for _, p := range h.Params {
		switch {
		case s.isDomain(p), IsFlag(p.Type):
		case strings.HasSuffix(p.Type, "*"):
			return false
		case have[p.Name], count && (p.Name == "end" && have["start"] || p.Name == "e" && have["s"]):
			found++
		default:
			return false
		}
	}
	return found >= 2
}

// IsFlag reports whether a type holds a yes or no.
func IsFlag(t string) bool {
	return slices.Contains([]string{"uint8_t", "bool", "bool_t", "_Bool"}, t)
}

// otherWay reports whether a function other than f, and not below it, calls g.
func (s *search) otherWay(f, g *analyze.Fn) bool {
	below := map[string]bool{f.Name: true}
	for _, c := range s.f.m.p.Called(f, nil) {
		below[c.Name] = true
	}
	return slices.ContainsFunc(s.f.m.p.Fns, func(o *analyze.Fn) bool { return !below[o.Name] && s.f.callsIt(o, g) })
}
