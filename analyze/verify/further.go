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
		if s.ownDispatcher(h, r) {
			return &demand{h: h, why: "the function that it is called like dispatches on what it is told", cands: []cand{{r, 2.9}}}
		}
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

// ownDispatcher reports whether a region is the body of a function below a hypercall's handler that is called what the hook is called but for a first word,
// and that dispatches on its own parameter of the name of one of the hook's.
func (s *search) ownDispatcher(h *tables.Hook, r *Region) bool {
	sw := s.f.index().mainSwitch(r.Fn)
	if s.f.m.depth[r.Fn] == 0 || r.Switch != ir.None || sw == ir.None || r.Fn.Name != h.Name && stem(r.Fn.Name) != h.Name || s.f.m.p.InModule(r.Fn.File) {
		return false
	}
	v := rootVar(r.Fn, r.Fn.F.Blocks[sw].N)
	return v != ir.None && v < r.Fn.F.Params && slices.ContainsFunc(h.Params, func(p tables.Param) bool { return p.Name == r.Fn.S(r.Fn.F.Vars[v].Name) })
}

// siblings gives sub-commands that nothing asks about the hook of a sibling, where they have what each of its parameters needs, a number among it, and
// their labels are alike, or where they look something up by the number that the hook is asked about for several commands. What a module's switch asks
// about itself is not open.
func (s *search) siblings() (out []*demand) {
	for _, r := range s.f.m.regions {
		x := s.f.index()
		if len(r.Labels) == 0 || r.Switch != x.outerSwitch(r.Fn) || x.method[r.Fn] || !s.f.m.acts(r) || s.f.asked(r) || s.busy(r) || s.known(r) || s.f.forwards(r) {
			continue
		}
		var best *demand
		for _, ds := range s.text {
			for _, d := range ds {
				if n := s.sibling(d, r); n != nil && (best == nil || n.cands[0].s > best.cands[0].s || n.cands[0].s == best.cands[0].s && n.h.Name+n.why < best.h.Name+best.why) {
					best = n
				}
			}
		}
		if best != nil {
			out = append(out, best)
		}
	}
	return out
}

// sibling is the demand of d's hook for the sub-command of r, nil when it has nothing to do with it.
func (s *search) sibling(d *demand, r *Region) *demand {
	const alike, farther, same = 0.35, 0.6, 0.8
	beside := func(o *Region) bool { return o != r && o.Fn == r.Fn && o.Switch == r.Switch }
	kin := func(o *Region) bool {
		return o.Fn != r.Fn && s.f.callsIt(o.Fn, r.Fn) && family(d.label) == family(r.Labels[0])
	}
	if d.label == "" || s.lacks(d.h, r, r.Labels[0]) > 0 && !s.general(d) {
		return nil
	}
	v, near := s.w.like(d.label, r.Labels[0]), slices.ContainsFunc(s.f.index().byLabel[d.label], beside)
	switch {
	case near && s.general(d) && len(s.f.m.objects(r)) > 0:
		return &demand{h: d.h, label: r.Labels[0], why: "the hook of " + d.label + " is told the sub-command, and this one looks up what it is about", cands: []cand{{r, minScore + v}}}
	case !s.numbered(d.h):
		if near && v >= same && sameFromNumber(d.label, r.Labels[0]) {
			return &demand{h: d.h, label: r.Labels[0], why: "it is another version of " + d.label, cands: []cand{{r, minScore + v}}}
		}
		return nil
	case !near && !slices.ContainsFunc(s.f.index().byLabel[d.label], kin):
		return nil
	case near && v >= alike, v >= farther:
		return &demand{h: d.h, label: r.Labels[0], why: "it has what " + d.label + " has, beside which it stands", cands: []cand{{r, minScore + v}}}
	case s.several(d.h) && s.findsBy(d.h, r):
		return &demand{h: d.h, label: r.Labels[0], why: "it looks something up by the number that " + d.label + " is asked about", cands: []cand{{r, minScore}}}
	}
	return nil
}

// general reports whether a demand's hook is given a domain and which of the sub-commands it is asked about, and its module has an answer for any.
func (s *search) general(d *demand) bool {
	at, command := s.consts[d.h][d.label]
	sw := s.f.switchOf(d.h)
	return command && sw != nil && sw.Others && len(d.h.Params) == 2 && s.isDomain(d.h.Params[1-at])
}

// sameFromNumber reports whether two labels differ by a number at their ends only: an operation and a later version of it.
func sameFromNumber(a, b string) bool {
	return a != b && strings.TrimRight(a, "0123456789") == strings.TrimRight(b, "0123456789")
}

// family is the first word of a label: that of its hypercall.
func family(label string) string {
	word, _, _ := strings.Cut(label, "_")
	return word
}

// several reports whether hook h, which is given nothing but a number, is said to be for more than one sub-command.
func (s *search) several(h *tables.Hook) bool {
	return len(h.Params) == 1 && len(s.cov[h].asked)+len(s.cov[h].noted) > 1
}

// findsBy reports whether a region looks something up by a number that is called what the hook's parameter is called, or ends as it does.
func (s *search) findsBy(h *tables.Hook, r *Region) bool {
	f, name := r.Fn, h.Params[0].Name
	for c := range f.Calls(r.Blocks) {
		if !s.f.m.p.Profile.Lookups.Has(f.CallName(c.Node)) {
			continue
		}
		for _, a := range f.Args(c.Node) {
			if nd := &f.F.Nodes[f.Strip(a)]; (nd.Op == ir.Ident || nd.Op == ir.Field) && EndsAlike(f.S(nd.Name), name) {
				return true
			}
		}
	}
	return false
}

// busy reports whether a hook is placed in a region, or in what it calls.
func (s *search) busy(r *Region) bool {
	for o := range s.taken {
		if _, below := s.under(r)[o.Fn]; o == r || below && len(o.Labels) == 0 || o.Fn == r.Fn && o.Start == r.Start {
			return true
		}
		if o.Fn == r.Fn && len(o.Labels) == 0 && !s.leaves(o, r) {
			return true // its dispatcher asks about all of them
		}
	}
	return false
}

// leaves reports whether the modules of all hooks that are placed in a dispatcher leave a region's command to a hook of its own.
func (s *search) leaves(dispatcher, r *Region) bool {
	return !slices.ContainsFunc(s.taken[dispatcher], func(h *tables.Hook) bool {
		sw := s.f.switchOf(h)
		return sw == nil || slices.ContainsFunc(r.Labels, func(l string) bool { return !sw.Delegated[l] })
	})
}

// known reports whether a module's switch asks about a region's command itself.
func (s *search) known(r *Region) bool {
	return slices.ContainsFunc(s.f.switches, func(sw *Switch) bool {
		return slices.ContainsFunc(r.Labels, func(l string) bool { return sw.Known[l] && !sw.Delegated[l] })
	})
}

// numbered reports whether a hook has a number among its parameters, and none of its numbers is a command.
func (s *search) numbered(h *tables.Hook) bool {
	some := false
	for i, p := range h.Params {
		if strings.HasSuffix(p.Type, "*") {
			continue
		}
		if s.selects(h, int32(i)) {
			return false
		}
		some = true
	}
	return some
}

// seconds lists further functions for hooks that are placed: what is called what the hook is called, has everything that its parameters need, an object
// other than a domain among it, and does some of what the hook's place does, without getting there.
func (s *search) seconds() (out []*demand) {
	const much = 0.75
	for r, hooks := range s.taken {
		for _, h := range hooks {
			if len(r.Labels) > 0 || !s.objects(h) {
				continue
			}
			for _, o := range s.f.m.regions {
				if o.Fn == r.Fn || len(o.Labels) > 0 || s.f.index().mainSwitch(o.Fn) != ir.None || s.f.index().method[o.Fn] || inHeader(o) || s.busy(o) || s.f.hookedHere(o) {
					continue
				}
				if s.nameFit(h, o) < much || s.lacks(h, o, "") > 0 || !s.refuses(o) || !s.f.m.acts(o) || s.related(r, o) || !s.common(r, o) {
					continue
				}
				out = append(out, &demand{h: h, why: "it does what " + r.String() + " does", cands: []cand{{o, minScore + s.nameFit(h, o)}}})
			}
		}
	}
	slices.SortFunc(out, func(a, b *demand) int {
		return strings.Compare(a.h.Name+" "+a.cands[0].r.String()+" "+a.why, b.h.Name+" "+b.cands[0].r.String()+" "+b.why)
	})
	return out
}

// objects reports whether a hook is given an object other than a domain.
func (s *search) objects(h *tables.Hook) bool {
	return slices.ContainsFunc(h.Params, func(p tables.Param) bool {
		return strings.HasSuffix(p.Type, "*") && !s.isDomain(p) && plain(p.Type) != "void *"
	})
}

// related reports whether one of two functions gets to the other.
func (s *search) related(a, b *Region) bool {
	_, down := s.under(a)[b.Fn]
	_, up := s.under(b)[a.Fn]
	return down || up
}

// common reports whether two functions call one that few others call.
func (s *search) common(a, b *Region) bool {
	const few = 8
	for _, c := range s.f.index().calls[a] {
		if slices.Contains(s.f.index().calls[b], c) && len(s.f.index().outer[c]) <= few && s.f.m.acts(s.f.index().rest[c]) {
			return true
		}
	}
	return false
}
