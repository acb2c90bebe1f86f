package verify

import (
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// demand is one call that a hook lacks: the sub-command that it is for, and the regions that could hold it, best first.
type demand struct {
	h     *tables.Hook
	label string
	why   string
	cands []cand
}

// cand is a region with its score for one hook.
type cand struct {
	r *Region
	s float64
}

// minScore is the least score of a region that is proposed at all.
const minScore = 1.1

// search assigns the hooks that nobody calls to regions.
type search struct {
	f      *finder
	w      *words
	cov    map[*tables.Hook]*cover
	consts map[*tables.Hook]map[string]int32
	placed map[*tables.Hook]bool
	taken  map[*Region][]*tables.Hook
	text   map[textKey][]*demand // the same text compiled twice is one place
	below  map[*Region]map[*analyze.Fn]int
}

// textKey is a region as text: several units may compile the same file.
type textKey struct {
	file  string
	start int32
}

func newSearch(f *finder, hooks []*tables.Hook) *search {
	s := &search{
		f: f, w: newWords(f.m.regions, f.m.p.Profile), cov: f.covers(hooks), consts: map[*tables.Hook]map[string]int32{}, placed: map[*tables.Hook]bool{},
		taken: map[*Region][]*tables.Hook{}, text: map[textKey][]*demand{}, below: map[*Region]map[*analyze.Fn]int{},
	}
	for _, h := range hooks {
		s.consts[h] = f.constants(h)
	}
	return s
}

// demands lists the calls that hook h should have: one for a dispatcher whose commands it tells apart, else one for each sub-command that its code
// or the comments of its permissions name, else one where names and parameters fit best.
func (s *search) demands(h *tables.Hook) (out []*demand) {
	for _, r := range s.dispatchers(h) {
		out = append(out, &demand{h: h, why: "tells apart the commands of " + r.String(), cands: []cand{{r, 3}}})
	}
	if len(out) > 0 {
		return out
	}
	flags := s.assigned(h)
	if d := s.entryNamed(h); d != nil && len(flags) == 0 {
		return []*demand{d}
	}
	c := s.cov[h]
	var labels []string
	for l := range c.asked {
		labels = append(labels, l)
	}
	for l := range c.noted {
		if !c.asked[l] {
			labels = append(labels, l)
		}
	}
	if len(labels) == 0 {
		labels = s.namesakes(h, labels)
	}
	for _, l := range flags {
		if !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
	}
	sort.Strings(labels)
	for _, l := range labels {
		if d := s.forLabel(h, l); d != nil {
			d.why = "its module's code or the comment on its permission names " + l
			out = append(out, d)
		}
	}
	s.shared(out)
	if len(out) == 0 {
		out = s.byName(h)
	}
	return out
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

// assigned lists the sub-commands whose code puts one of the hook's own constants into a variable: what it is about to be asked with.
func (s *search) assigned(h *tables.Hook) (out []string) {
	for _, r := range s.f.m.regions {
		if r.Switch == ir.None {
			continue
		}
		st := s.f.stuffOf(r)
		for l := range s.consts[h] {
			if own := strings.ToUpper(s.f.tabs.Prefix); strings.HasPrefix(l, own) && st.consts[l] && !slices.Contains(out, r.Labels[0]) && !s.f.index().method[r.Fn] {
				out = append(out, r.Labels[0])
			}
		}
	}
	return out
}

// namesakes lists the labels that are called what the hook is called.
func (s *search) namesakes(h *tables.Hook, have []string) (out []string) {
	best := 0.7
	for l := range s.f.index().byLabel {
		v := s.w.like(h.Name, l)
		if v < best || slices.Contains(have, l) {
			continue
		}
		if v > best+0.02 {
			out = nil
		}
		best, out = max(best, v), append(out, l)
	}
	return out
}

// dispatchers finds the places of the switches that hook h decides for as a whole: the outermost ones that share most of its labels. A switch inside
// one sub-command of a larger one belongs to that sub-command.
func (s *search) dispatchers(h *tables.Hook) (out []*Region) {
	known := map[string]bool{}
	for l := range s.consts[h] {
		known[l] = true
	}
	var all []*Region
	seen := map[*Region]bool{}
	for fn := range s.f.index().byFn {
		if main := s.f.index().mainSwitch(fn); main != ir.None && s.listed(h, fn, main) && !s.f.index().method[fn] {
			if r := s.f.index().rest[fn]; r != nil && !seen[r] {
				seen[r] = true
				all = append(all, r)
			}
		}
		for b := range fn.F.Blocks {
			if r := s.f.index().inside(fn, int32(b)); s.decidesFor(fn, int32(b), known) && r != nil && !seen[r] && !s.f.index().method[fn] {
				seen[r] = true
				all = append(all, r)
			}
		}
	}
	sort.Slice(all, func(i, j int) bool {
		if all[i].Fn.ID != all[j].Fn.ID {
			return all[i].Fn.ID < all[j].Fn.ID
		}
		return all[i].Start < all[j].Start
	})
	for _, r := range all {
		inner := false
		for _, o := range all {
			_, below := s.under(o)[r.Fn]
			inner = inner || o.Fn != r.Fn && (below || s.reaches(s.f.index().byFn[o.Fn], r.Fn))
		}
		if !inner {
			out = append(out, r)
		}
	}
	return out
}

// decidesFor reports whether block b of fn switches on commands of which most are in known.
func (s *search) decidesFor(fn *analyze.Fn, b int32, known map[string]bool) bool {
	shared := s.shares(fn, b, known)
	return shared >= 2 && 2*shared > named(fn, &fn.F.Blocks[b])
}

// listed reports whether the comment of one permission of the hook names a good part of the commands of a switch.
func (s *search) listed(h *tables.Hook, fn *analyze.Fn, sw int32) bool {
	const least = 4
	for _, l := range s.cov[h].lists {
		if n := s.shares(fn, sw, l); n >= least && 3*n > named(fn, &fn.F.Blocks[sw]) {
			return true
		}
	}
	return false
}

// shares counts the labels in known of the switch that ends block b of fn.
func (s *search) shares(fn *analyze.Fn, b int32, known map[string]bool) (n int) {
	blk := &fn.F.Blocks[b]
	if blk.Term != ir.TSwitch {
		return 0
	}
	for _, c := range blk.Cases {
		if !c.Default && known[fn.S(c.Name)] {
			n++
		}
	}
	return n
}

// reaches reports whether some region calls fn, up to a few calls away.
func (s *search) reaches(rs []*Region, fn *analyze.Fn) bool {
	for _, r := range rs {
		if _, ok := s.under(r)[fn]; ok {
			return true
		}
	}
	return false
}

// maxDepth bounds how far below a sub-command's label its hook is looked for.
const maxDepth = 4

// under maps the functions that a region calls to how many calls away they are.
func (s *search) under(r *Region) map[*analyze.Fn]int {
	if m := s.below[r]; m != nil {
		return m
	}
	x := s.f.index()
	m := map[*analyze.Fn]int{}
	work := []*Region{r}
	for len(work) > 0 {
		o := work[0]
		work = work[1:]
		d := 0
		if o != r {
			d = m[o.Fn]
		}
		if d >= maxDepth {
			continue
		}
		for _, c := range x.calls[o] {
			if _, seen := m[c]; !seen && c != r.Fn {
				m[c] = d + 1
				work = append(work, x.byFn[c]...)
			}
		}
	}
	s.below[r] = m
	return m
}

// forLabel ranks the places for hook h in the code of one sub-command: its case, and the functions that the case calls.
func (s *search) forLabel(h *tables.Hook, label string) *demand {
	d := &demand{h: h, label: label}
	best := map[*Region]float64{}
	for _, r := range s.f.index().byLabel[label] {
		if inHeader(r) || s.f.index().method[r.Fn] || !s.f.m.acts(r) || s.f.m.p.InModule(r.Fn.File) || s.f.forwards(r) {
			continue
		}
		add := func(o *Region, depth int) {
			if v := s.score(h, o) + s.closeness(h, o, label, depth); v > best[o] {
				best[o] = v
			}
		}
		add(r, 0)
		for c, depth := range s.under(r) {
			if rest := s.f.index().rest[c]; rest != nil && !inHeader(rest) && !s.f.forwards(rest) && !s.f.index().method[c] {
				add(rest, depth)
			}
		}
	}
	s.gates(best)
	for r, v := range best {
		d.cands = append(d.cands, cand{r, v})
	}
	s.sort(d)
	if len(d.cands) == 0 {
		return nil
	}
	return d
}

// inHeader reports whether a region is an inline function: a helper, no place for a decision.
func inHeader(r *Region) bool { return strings.HasSuffix(r.Fn.File, ".h") }

// gates prefers a function that does nothing but deciding about access to the best place, where that place calls it: the code has a place for
// such questions.
func (s *search) gates(best map[*Region]float64) {
	const near = 0.35
	top := 0.0
	for _, v := range best {
		top = max(top, v)
	}
	for r := range best {
		if len(r.Labels) > 0 || !gate(r.Fn.Name) || !s.refuses(r) || !integers(r.Fn) {
			continue
		}
		for _, o := range s.f.index().outer[r.Fn] {
			if v := best[o]; v >= top-near && v > minScore {
				best[r] = max(best[r], top+0.1)
			}
		}
	}
}

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
	return 1.1*float64(own)/float64(len(origin)) - 0.15*float64(depth)
}

// score is how well a region suits a hook whatever the sub-command: names, parameters, objects, and a way to say no.
func (s *search) score(h *tables.Hook, r *Region) float64 {
	name := s.nameFit(h, r)
	v := 1.2*name + s.params(h, r)
	if !s.refuses(r) {
		v -= 2.5
	}
	if len(r.Labels) == 0 && gate(r.Fn.Name) {
		v += 0.45
	}
	if s.f.forwards(r) {
		v -= 0.5
	}
	if s.f.hookedHere(r) {
		v -= 0.5
	}
	return v
}

// gate reports whether a function's name says that it decides about access.
func gate(name string) bool {
	for _, w := range splitWords(name) {
		switch w {
		case "permission", "permitted", "perm", "allow", "allowed", "authorize":
			return true
		}
	}
	return false
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
		return gate(r.Fn.Name)
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
		case t == domainPtr:
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
		case st.names[p.Name] && (!st.lent[p.Name] || !hasDomainParam(h)), s.composes(st, p.Name):
			v++
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
		if st.lookups > 0 {
			v += 0.3
		}
	}
	return v / float64(len(h.Params))
}

func hasDomainParam(h *tables.Hook) bool {
	return slices.ContainsFunc(h.Params, func(p tables.Param) bool { return plain(p.Type) == domainPtr })
}

// ends reports whether a number's name ends as this one does: machine_sbdf for machine_bdf.
func (st *stuff) ends(name string) bool {
	last := name[strings.LastIndexByte(name, '_')+1:]
	for n := range st.names {
		if last != name && len(last) >= 3 && strings.HasSuffix(n, last) {
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

// shared favours a function that several sub-commands of one hook reach: it holds the hook once.
func (s *search) shared(ds []*demand) {
	count := map[*Region]int{}
	for _, d := range ds {
		for _, c := range d.cands {
			if c.s >= minScore && len(c.r.Labels) == 0 {
				count[c.r]++
			}
		}
	}
	for _, d := range ds {
		for i := range d.cands {
			if r := d.cands[i].r; count[r] > 1 && s.refuses(r) {
				d.cands[i].s += 0.2
			}
		}
		s.sort(d)
	}
}

// sort orders a demand's candidates, the better first, and drops those that do not count.
func (s *search) sort(d *demand) {
	sort.Slice(d.cands, func(i, j int) bool {
		a, b := d.cands[i], d.cands[j]
		if a.s != b.s {
			return a.s > b.s
		}
		if da, db := s.f.m.depth[a.r.Fn], s.f.m.depth[b.r.Fn]; da != db {
			return da < db
		}
		if a.r.Fn.ID != b.r.Fn.ID {
			return a.r.Fn.ID < b.r.Fn.ID
		}
		return a.r.Start < b.r.Start
	})
}

// byName ranks all regions for a hook that nothing but its name and parameters say anything about.
func (s *search) byName(h *tables.Hook) []*demand {
	d := &demand{h: h, why: "its name and parameters fit"}
	for _, r := range s.f.m.regions {
		name := s.nameFit(h, r)
		if name < 0.5 || inHeader(r) || s.f.m.p.InModule(r.Fn.File) || len(r.Labels) > 0 && !s.f.m.acts(r) || s.f.forwards(r) || s.f.index().method[r.Fn] {
			continue
		}
		v := s.score(h, r) + 0.6*name - 0.05*float64(s.f.m.depth[r.Fn])
		if s.f.index().mainSwitch(r.Fn) != ir.None && len(r.Labels) == 0 && s.f.m.depth[r.Fn] <= 1 {
			v += 0.4 // all of a handler's commands
		}
		d.cands = append(d.cands, cand{r, v})
	}
	s.sort(d)
	if len(d.cands) == 0 {
		return nil
	}
	return []*demand{d}
}

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
			if !sw.Delegated[l] || claimed[l] {
				continue
			}
			var best *demand
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
			if best != nil {
				best.why = sw.Fn.Name + " leaves " + l + " to a hook of its own, and the name and the comment of its permission speak of it"
				out = append(out, best)
			}
		}
	}
	return out
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

// resolve gives each demand the best region that is still free, the surest demand first.
func (s *search) resolve(all []*demand) {
	top := func(d *demand) float64 {
		if len(d.cands) == 0 {
			return 0
		}
		v := d.cands[0].s
		if d.label != "" {
			v += 2 * s.w.like(d.h.Name, d.label)
		}
		return v
	}
	sort.SliceStable(all, func(i, j int) bool { return top(all[i]) > top(all[j]) })
	owner := map[string]*tables.Hook{}
	for _, d := range all {
		if o := owner[d.label]; o != nil && o != d.h && d.label != "" && !s.cov[d.h].asked[d.label] && s.w.like(d.h.Name, d.label) < 0.8 {
			continue // several hooks ask for one permission: its comment's sub-command has the one that fits best
		}
		for i, c := range d.cands {
			key := textKey{c.r.Fn.File, c.r.Start}
			if c.s < minScore {
				break
			}
			if s.has(d, key) || s.covered(d.h, c.r) {
				break // another of its sub-commands has it there
			}
			if s.occupied(d, c.r, key) {
				continue
			}
			s.text[key], s.taken[c.r], s.placed[d.h] = append(s.text[key], d), append(s.taken[c.r], d.h), true
			owner[d.label] = d.h
			s.report(d, i)
			break
		}
	}
}

// has reports whether the hook is in this text already.
func (s *search) has(d *demand, key textKey) bool {
	return slices.ContainsFunc(s.text[key], func(o *demand) bool { return o.h == d.h })
}

// occupied reports whether another hook has this text. Sub-commands that share one may each have theirs.
func (s *search) occupied(d *demand, r *Region, key textKey) bool {
	return slices.ContainsFunc(s.text[key], func(o *demand) bool {
		return o.label == "" || o.label == d.label || d.label == "" || !slices.Contains(r.Labels, o.label) || !slices.Contains(r.Labels, d.label)
	})
}

// covered reports whether the hook is already placed in a function that calls this one, or in one that it calls.
func (s *search) covered(h *tables.Hook, r *Region) bool {
	for o, by := range s.taken {
		if !slices.Contains(by, h) || o == r {
			continue
		}
		if _, ok := s.under(o)[r.Fn]; ok && len(r.Labels) == 0 {
			return true
		}
		if _, ok := s.under(r)[o.Fn]; ok && len(o.Labels) == 0 {
			return true
		}
	}
	return false
}

// report makes the gap of a demand's candidate i.
func (s *search) report(d *demand, i int) {
	f, c := s.f, d.cands[i]
	g := f.byRegion[c.r]
	if g == nil || g.Hook != nil {
		g = &Gap{Check: "XSM1001", Region: c.r, Entry: f.m.reached[c.r.Fn]}
		if f.byRegion[c.r] == nil {
			f.byRegion[c.r] = g
		}
		f.gaps = append(f.gaps, g)
	}
	g.Hook = d.h
	for _, o := range d.cands[i+1:] {
		if o.s >= minScore && len(g.Others) < 6 {
			g.Others = append(g.Others, o.r)
		}
	}
	g.say(min(0.9, 0.4+c.s/5), "%s%s is declared, with a default and a Flask check, and nothing calls it; %s is what its name and parameters fit: %s",
		f.tabs.Prefix, d.h.Name, c.r, d.why)
}
