package verify

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// continued lists the handlers that take up one command of a dispatcher that the hook decides for, without going through it: their request says that
// it is this command.
func (s *search) continued(h *tables.Hook, at []*demand) (out []*demand) {
	for _, r := range s.f.m.regions {
		if s.f.m.depth[r.Fn] != 0 || len(r.Labels) > 0 || s.f.index().mainSwitch(r.Fn) != ir.None || s.f.stuffOf(r).lookups == 0 || !s.refuses(r) || s.f.hookedHere(r) {
			continue
		}
		if slices.ContainsFunc(at, func(d *demand) bool {
			return s.reaches(s.f.index().byFn[r.Fn], d.cands[0].r.Fn) || d.cands[0].r.Fn == r.Fn
		}) {
			continue
		}
		for i, p := range h.Params {
			if !s.isDomain(p) && s.decides(h, s.f.stuffOf(r), int32(i)) {
				out = append(out, &demand{h: h, why: "takes up one of the commands that it tells apart", cands: []cand{{r, 2.5}}})
				break
			}
		}
	}
	return out
}

// prepares reports whether a region that does nothing itself is called what the hook is called, and its function acts behind the dispatch.
func (s *search) prepares(h *tables.Hook, r *Region) bool {
	rest := s.f.index().rest[r.Fn]
	if s.nameFit(h, r) < 0.85 || rest == nil || !s.f.m.acts(rest) {
		return false
	}
	reach := Graph(r.Fn).Reach([]int32{r.Switch}, nil)
	return slices.ContainsFunc(r.Fn.F.Instrs, func(is ir.Instr) bool {
		return is.Kind == ir.IAssign && is.Stmt != ir.None && reach[r.Fn.F.Stmts[is.Stmt].Block] && rest.Blocks[r.Fn.F.Stmts[is.Stmt].Block] &&
			r.Fn.F.Nodes[r.Fn.Strip(r.Fn.F.Nodes[is.N].X)].Op != ir.Ident
	})
}

// entryNamed is the demand of a hook that is called what a hypercall is called: one for all of its commands.
func (s *search) entryNamed(h *tables.Hook) *demand {
	if slices.ContainsFunc(h.Params[min(1, len(h.Params)):], func(p tables.Param) bool { return strings.HasSuffix(p.Type, "*") }) {
		return nil
	}
	for _, r := range s.f.m.regions {
		if s.f.m.depth[r.Fn] != 0 || r.Switch != ir.None || s.w.like(h.Name, s.f.core(r.Fn.Name)) < 0.78 || strings.HasPrefix(r.Fn.Name, "compat_") {
			continue
		}
		for _, c := range s.f.index().calls[r] {
			if s.f.index().mainSwitch(r.Fn) == ir.None && s.f.index().mainSwitch(c) != ir.None && s.w.like(h.Name, s.f.core(c.Name)) >= 0.7 {
				r = s.f.index().rest[c] // the handler is a shell
			}
		}
		if s.params(h, r) > 0 {
			return &demand{h: h, why: "it is called what the hypercall is called", cands: []cand{{r, 2.9}}}
		}
	}
	return nil
}
