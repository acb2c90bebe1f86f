package verify

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// inHeader reports whether a region is an inline function: a helper, no place for a decision.
func inHeader(r *Region) bool { return strings.HasSuffix(r.Fn.File, ".h") }

// gates prefers a function that does nothing but deciding about access to the best places, where one of these gets to it by a call or two: the code
// has a place for such questions.
func (s *search) gates(best map[*Region]float64) {
	const near = 0.35
	top := 0.0
	for _, v := range best {
		top = max(top, v)
	}
	for r := range best {
		if len(r.Labels) > 0 || !s.gate(r.Fn.Name) || !s.refuses(r) || !integers(r.Fn) {
			continue
		}
		for o, v := range best {
			if v >= top-near && v > minScore && slices.Contains(s.straight(o), r.Fn) {
				best[r] = max(best[r], top+0.1)
			}
		}
	}
}

// meeting prefers, for a hook about two domains, a function that has both to the best places, which have one, or are only given what holds them, and
// call it: there both parties are known.
func (s *search) meeting(h *tables.Hook, best map[*Region]float64) {
	const little = 0.35
	want, top := 0, 0.0
	for _, p := range h.Params {
		if s.isDomain(p) {
			want++
		}
	}
	for _, v := range best {
		top = max(top, v)
	}
	if want < 2 || top < minScore {
		return
	}
	found := map[*Region]float64{}
	for r, v := range best {
		have := s.f.stuffOf(r)
		if v < top-little || have.domains >= want && have.lookups > 0 && !s.again(r.Fn) {
			continue
		}
		for _, c := range s.straight(r) {
			o := s.f.index().rest[c]
			if o == nil || inHeader(o) || s.f.index().method[c] || !s.refuses(o) || s.f.forwards(o) || s.again(c) {
				continue
			}
			if st := s.f.stuffOf(o); st.domains >= want && st.lookups > 0 && (have.domains < want || st.lookups >= want) {
				found[o] = max(found[o], top+0.1*float64(min(st.lookups, want)))
			}
		}
	}
	for r, v := range found {
		best[r] = max(best[r], v)
	}
}

// complete prefers, to a best place that lacks something for a parameter or has it only in what it hands on, a function that it calls and that has
// everything: one that is called what the hook is called, or that only the hook's own sub-commands reach.
func (s *search) complete(h *tables.Hook, label string, best map[*Region]float64) {
	const little = 0.35
	top := 0.0
	for _, v := range best {
		top = max(top, v)
	}
	found := map[*Region]float64{}
	for r, v := range best {
		if v < top-little || v < minScore || s.lacks(h, r, label) == 0 {
			continue
		}
		for c := range s.within(r) {
			o := s.f.index().rest[c]
			if o == nil || inHeader(o) || s.f.index().method[c] || !s.refuses(o) || s.f.forwards(o) || s.lacks(h, o, label) > 0 {
				continue
			}
			if own := s.f.index().origin[c]; s.nameFit(h, o) >= 0.7 || len(own) == 1 && own[0] == label {
				found[o] = max(found[o], v+0.05)
			}
		}
	}
	for r, v := range found {
		best[r] = max(best[r], v)
	}
}

// within lists what a region calls; the code outside all commands of a dispatcher has what these call too.
func (s *search) within(r *Region) map[*analyze.Fn]bool {
	out := map[*analyze.Fn]bool{}
	for _, o := range s.f.index().byFn[r.Fn] {
		if o == r || len(r.Labels) == 0 {
			for c := range s.under(o) {
				out[c] = true
			}
		}
	}
	return out
}

// lacks counts the parameters of a hook for which a region has nothing, or, of those that the module decides by, only what a function below reads.
func (s *search) lacks(h *tables.Hook, r *Region, label string) (n int) {
	st, used := s.f.stuffOf(r), map[string]int{}
	for i, p := range h.Params {
		t := plain(p.Type)
		ok := false
		switch {
		case s.isDomain(p):
			ok = st.domains > 0
		case t == "void *":
			ok = st.names[p.Name] && !st.lent[p.Name]
		case strings.HasSuffix(t, "*"):
			used[t]++
			ok = st.types[t] >= used[t]
		default:
			at, command := s.consts[h][label]
			ok = command && at == int32(i) || s.decides(h, st, int32(i)) || (st.number[p.Name] || st.lent[p.Name] && !s.selects(h, int32(i))) ||
				st.types[t] > 0 && strings.HasSuffix(t, "_t") && !strings.Contains(t, "int") || st.whole(p.Name) || s.composes(st, p.Name) || st.ends(p.Name) ||
				s.translates(h, st, p.Name) || IsFlag(p.Type) && s.tests(r)
		}
		if !ok {
			n++
		}
	}
	return n
}

// straight lists the functions that a region calls, and those that these call whatever the command.
func (s *search) straight(r *Region) []*analyze.Fn {
	x := s.f.index()
	out := slices.Clone(x.calls[r])
	for _, c := range x.calls[r] {
		for _, d := range x.calls[x.rest[c]] {
			if d != r.Fn && !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	return out
}

// again reports whether a function calls itself: a hook in it would be asked about what the function itself decided to look at.
func (s *search) again(fn *analyze.Fn) bool { return s.f.callsIt(fn, fn) }

// integers reports whether a function returns a number, so that it can say why it refuses.
func integers(fn *analyze.Fn) bool {
	t := fn.S(fn.F.Result)
	return t == "int" || t == "long" || t == ""
}

// closeness is what being in a sub-command's own code counts for: less the deeper it is, and the more other commands share it.
func (s *search) closeness(h *tables.Hook, r *Region, label string, depth int) float64 {
	if depth == 0 {
		return 1
	}
	origin := s.f.index().origin[r.Fn]
	if len(origin) == 0 {
		return -0.5
	}
	own := 0
	for _, l := range origin {
		if l == label || s.cov[h].asked[l] || s.cov[h].noted[l] {
			own++
		}
	}
	v := 1.1*float64(own)/float64(len(origin)) - 0.15*float64(depth)
	if s.generic(h, label) {
		v -= 0.6
	}
	return v
}

// generic reports whether all that a hook is given is a domain and which sub-command it is, or nothing: the dispatcher has that, and what is below it has no more.
func (s *search) generic(h *tables.Hook, label string) bool {
	at, command := s.consts[h][label]
	for i, p := range h.Params {
		if !s.isDomain(p) && !(command && at == int32(i)) {
			return false
		}
	}
	return len(h.Params) == 0 || command && len(h.Params) <= 2
}

// score is how well a region suits a hook whatever the sub-command: names, parameters, objects, and a way to say no.
func (s *search) score(h *tables.Hook, r *Region) float64 {
	name := s.nameFit(h, r)
	v := 1.2*name + s.params(h, r)
	if !s.refuses(r) {
		v -= 2.5
	}
	if len(r.Labels) == 0 && s.gate(r.Fn.Name) {
		v += 0.45
	}
	v += s.stance(h, r)
	if s.f.forwards(r) {
		v -= 0.5
	}
	if s.f.askedHere(r) {
		v -= 0.5
	}
	return v
}

// stance is what the look-ups of a region say about a hook's default action, where the module answers another hook by the same function: who may name
// itself is looked up by what accepts that.
func (s *search) stance(h *tables.Hook, r *Region) float64 {
	const much = 0.15
	pr := s.f.m.p.Profile
	found := s.f.m.objects(r)
	if h.Action == "" || pr.Hooks.Passes.Has(h.Action) || len(found) != 1 || !s.twin(h) {
		return 0
	}
	own, any := pr.Hooks.Self.Has(h.Action), pr.Subject.Any.Has(r.Fn.CallName(found[0].Node))
	switch {
	case own == any:
		return much
	case own:
		return -much
	}
	return 0
}

// twin reports whether the module answers another hook that nobody calls by the function that it has for h.
func (s *search) twin(h *tables.Hook) bool {
	for o := range s.cov {
		if o != h && h.FlaskFn != "" && o.FlaskFn == h.FlaskFn {
			return true
		}
	}
	return false
}

// gate reports whether a function's name says that it decides about access.
func (s *search) gate(name string) bool {
	return slices.ContainsFunc(splitWords(name), s.f.m.p.Profile.Deciders.Has)
}

// nameFit compares a hook's name with those of a region.
func (s *search) nameFit(h *tables.Hook, r *Region) float64 {
	if len(r.Labels) == 0 {
		best := s.w.like(h.Name, r.Fn.Name)
		if s.f.m.depth[r.Fn] <= 1 { // a handler, or what a handler is a shell of
			best = max(best, s.w.like(h.Name, s.f.core(r.Fn.Name)))
		}
		return best
	}
	best := 0.0
	for _, l := range r.Labels {
		best = max(best, s.w.like(h.Name, l))
	}
	return best
}

// refuses reports whether the region's function can report a denial: it returns an error number, a pointer that can hold one, an answer whether
// something is allowed, or it stores an error status.
func (s *search) refuses(r *Region) bool {
	switch t := r.Fn.S(r.Fn.F.Result); {
	case t == "void":
		return s.f.stuffOf(r).status
	case strings.HasSuffix(t, "*"):
		return s.wraps(r.Fn)
	case t == "_Bool" || t == "bool":
		return s.gate(r.Fn.Name)
	default:
		return t == "" || t == "int" || t == "long" || strings.HasSuffix(t, "ssize_t") || strings.HasPrefix(t, "s") && strings.HasSuffix(t, "int") || s.f.m.depth[r.Fn] == 0
	}
}

// wraps reports whether a function reports errors in a pointer.
func (s *search) wraps(fn *analyze.Fn) bool {
	for _, is := range fn.F.Instrs {
		if is.Kind == ir.ICall && is.N != ir.None && s.f.m.p.Profile.Errors.Wrap.Has(fn.CallName(is.N)) {
			return true
		}
	}
	return false
}

// params rates what a region has for a hook's parameters, from -1 to 1: objects that only it has count most.
func (s *search) params(h *tables.Hook, r *Region) float64 {
	if len(h.Params) == 0 {
		return 0.6
	}
	st := s.f.stuffOf(r)
	var v float64
	domains, used := 0, map[string]int{}
	for i, p := range h.Params {
		t := plain(p.Type)
		switch {
		case s.isDomain(p):
			domains++
		case t == "void *":
			if st.names[p.Name] {
				v++
			} else {
				v -= 0.5
			}
		case strings.HasSuffix(t, "*"):
			if used[t]++; st.types[t] >= used[t] {
				v++
			} else {
				v -= 1.5
			}
		case s.decides(h, st, int32(i)):
			v += 1.5
		case s.otherwise(h, int32(i)):
			v += 0.1
		case st.names[p.Name] && (!st.lent[p.Name] || !s.hasDomainParam(h)):
			v++
		case st.whole(p.Name):
			v += 1.4
		case s.composes(st, p.Name):
			v += 0.6
		case st.lent[p.Name]:
			v += 0.2 // a function below has it in what it is given
		case st.ends(p.Name):
			v += 0.8
		default:
			v -= 0.4
		}
	}
	if domains > 0 {
		have := min(domains, st.domains)
		v += float64(have)
		if have == domains-1 && have > 0 {
			v += 0.5 // the caller is the other
		}
		switch {
		case st.walks:
			v -= 0.3 // those that it finds are not what the guest asks about
		case st.lookups > 0:
			v += 0.3
		}
	}
	return v / float64(len(h.Params))
}

// isDomain reports whether a hook's parameter is a domain.
func (s *search) isDomain(p tables.Param) bool { return plain(p.Type) == s.f.m.p.Profile.Types.Domain }

func (s *search) hasDomainParam(h *tables.Hook) bool {
	return slices.ContainsFunc(h.Params, s.isDomain)
}

// ends reports whether a number's name ends as this one does: machine_sbdf for machine_bdf.
func (st *stuff) ends(name string) bool {
	last := name[strings.LastIndexByte(name, '_')+1:]
	for n := range st.names {
		if len(last) >= 3 && (last != name && strings.HasSuffix(n, last) || strings.HasSuffix(n, "_"+last)) {
			return true
		}
	}
	return false
}

// whole reports whether a number is called what this one is but for a letter or so: machine_sbdf for machine_bdf.
func (st *stuff) whole(name string) bool {
	first, _, cut := strings.Cut(name, "_")
	last := name[strings.LastIndexByte(name, '_')+1:]
	for n := range st.names {
		if cut && len(last) >= 3 && strings.HasPrefix(n, first+"_") && strings.HasSuffix(n, last) {
			return true
		}
	}
	return false
}

// composes reports whether the profile knows how to put a number of that name together from what the region has.
func (s *search) composes(st *stuff, name string) bool {
	for _, c := range s.f.m.p.Profile.Compose {
		all := c.Param.Has(name)
		for _, part := range c.Parts {
			all = all && slices.ContainsFunc(strings.Split(part, "|"), func(n string) bool { return st.names[n] })
		}
		if all {
			return true
		}
	}
	return false
}

// decides reports whether a region compares something with the constants that the hook's module compares parameter i with.
func (s *search) decides(h *tables.Hook, st *stuff, i int32) bool {
	for l, p := range s.consts[h] {
		if p == i && st.consts[l] {
			return true
		}
	}
	return false
}

// selects reports whether the hook's module compares parameter i with constants.
func (s *search) selects(h *tables.Hook, i int32) bool {
	for _, p := range s.consts[h] {
		if p == i {
			return true
		}
	}
	return false
}

// otherwise reports whether the hook's module knows constants for parameter i at all.
func (s *search) otherwise(h *tables.Hook, i int32) bool {
	n := 0
	for l, p := range s.consts[h] {
		if p == i && s.f.index().byLabel[l] != nil {
			n++
		}
	}
	return n > 1
}
