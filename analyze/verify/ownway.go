package verify

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// ownWays prefers, for a hook about one domain, to a best place that looks it up the function that it hands the domain to and that has a way of its own
// for the caller's own request: there it is known who needs to be asked about.
func (s *search) ownWays(h *tables.Hook, best map[*Region]float64) {
	const little = 0.35
	top, domains := 0.0, 0
	for _, v := range best {
		top = max(top, v)
	}
	for _, p := range h.Params {
		if s.isDomain(p) {
			domains++
		}
	}
	if domains != 1 {
		return
	}
	found := map[*Region]float64{}
	for r, v := range best {
		if v < top-little || v < minScore || len(r.Labels) == 0 {
			continue
		}
		for c, given := range s.handsDomain(r) {
			o := s.f.index().rest[c]
			if o == nil || inHeader(o) || s.f.index().method[c] || !s.refuses(o) || s.f.forwards(o) || s.lacks(h, o, "") > 0 || !ownWay(s.f.m.p, c, given) {
				continue
			}
			found[o] = max(found[o], v+0.05)
		}
	}
	for r, v := range found {
		best[r] = max(best[r], v)
	}
}

// handsDomain lists the functions to which a region hands the domain that it looks up, and as which parameter.
func (s *search) handsDomain(r *Region) map[*analyze.Fn]int32 {
	out, found := map[*analyze.Fn]int32{}, s.f.m.objects(r)
	if len(found) != 1 {
		return nil
	}
	for c := range r.Fn.Calls(r.Blocks) {
		fns, _ := s.f.m.p.Callees(r.Fn, c.Node)
		for i, a := range r.Fn.Args(c.Node) {
			if len(fns) == 1 && int32(i) < fns[0].F.Params && r.Fn.Path(a) == found[0].Path {
				out[fns[0]] = int32(i)
			}
		}
	}
	return out
}

// ownWay reports whether function f asks whether the domain that it is given as parameter v is the caller's, and then goes another way, which ends with
// what that comes to and not with a plain refusal.
func ownWay(p *analyze.Program, f *analyze.Fn, v int32) bool {
	return slices.ContainsFunc(f.F.Stmts, func(st ir.Stmt) bool {
		return st.Kind == ir.SIf && st.N != ir.None && asksForCaller(p, f, st.N, v) && slices.ContainsFunc(f.F.Stmts, func(o ir.Stmt) bool {
			return o.Kind == ir.SReturn && o.N != ir.None && st.Start <= o.Start && o.End <= st.End && f.F.Nodes[f.Strip(o.N)].Flags&ir.HasVal == 0
		})
	})
}

// asksForCaller reports whether a condition compares variable v with the calling domain for being the same.
func asksForCaller(p *analyze.Program, f *analyze.Fn, cond, v int32) (yes bool) {
	f.Each(cond, func(n int32) bool {
		nd := &f.F.Nodes[n]
		if nd.Op == ir.Binary && f.S(nd.Name) == "==" {
			yes = yes || rootIdent(f, nd.X) == v && IsCaller(p, f, nd.Y) || rootIdent(f, nd.Y) == v && IsCaller(p, f, nd.X)
		}
		return !yes
	})
	return yes
}

// IsCaller reports whether an expression is the calling domain as the profile writes it.
func IsCaller(p *analyze.Program, f *analyze.Fn, n int32) bool {
	text := strings.ReplaceAll(f.Text(f.Strip(n)), " ", "")
	return text == p.Profile.Subject.Domain || p.Profile.Subject.Macros.Has(text)
}
