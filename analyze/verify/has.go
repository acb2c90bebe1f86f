package verify

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// translates reports whether a region has the number that the profile says hook h means where its parameter has that name.
func (s *search) translates(h *tables.Hook, st *stuff, name string) bool {
	return slices.ContainsFunc(s.f.m.p.Profile.Instead, func(w profile.Instead) bool {
		return w.Param == name && st.number[w.Use] && !slices.ContainsFunc(w.Unless, func(u string) bool { return strings.Contains(h.Name, u) })
	})
}

// tests reports whether a region only asks of some number whether it is zero, as it does of one that says yes or no: a variable that holds a member.
func (s *search) tests(r *Region) bool {
	f := r.Fn
	for b, in := range r.Blocks {
		blk := &f.F.Blocks[b]
		if !in || blk.Term != ir.TBranch || blk.N == ir.None {
			continue
		}
		nd := &f.F.Nodes[f.Strip(blk.N)]
		if nd.Op != ir.Ident || nd.Var == ir.None || nd.Var < f.F.Params || strings.HasSuffix(f.S(nd.Type), "*") {
			continue
		}
		if slices.ContainsFunc(values(f, nd.Var), func(v int32) bool { return f.F.Nodes[f.Strip(v)].Op == ir.Field }) {
			return true
		}
	}
	return false
}
