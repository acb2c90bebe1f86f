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
	also  []string // further sub-commands with the same code that it was placed for
	gap   *Gap     // once it is placed
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
	f       *finder
	w       *words
	decided map[string]bool // labels that some module's switch decides itself
	cov     map[*tables.Hook]*cover
	consts  map[*tables.Hook]map[string]int32
	placed  map[*tables.Hook]bool
	taken   map[*Region][]*tables.Hook
	text    map[textKey][]*demand // the same text compiled twice is one place
	below   map[*Region]map[*analyze.Fn]int
}

// textKey is a region as text: several units may compile the same file.
type textKey struct {
	file  string
	start int32
}

func newSearch(f *finder, hooks []*tables.Hook) *search {
	s := &search{
		f: f, w: f.words(), decided: f.decided(), cov: f.covers(hooks), consts: map[*tables.Hook]map[string]int32{}, placed: map[*tables.Hook]bool{},
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
		return append(out, s.continued(h, out)...)
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
	if own := s.family(h); len(c.asked) == 0 && len(own) > 1 && s.sharesVectors(h) {
		labels = own
	}
	if len(labels) == 0 {
		for _, l := range s.namesakes(h, labels) {
			labels = append(labels, s.remote(h, l))
		}
	}
	for l := range s.f.index().byLabel {
		family, ok := strings.CutSuffix(l, "_"+h.Name)
		if ok && !s.decided[l] && family == strings.ToUpper(family) && strings.Contains(h.Name, "_") && len(c.asked) == 0 && !slices.Contains(labels, s.remote(h, l)) {
			labels = append(labels, s.remote(h, l))
		}
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
			inner = inner || o.Fn == r.Fn && len(o.Labels) == 0 && len(r.Labels) > 0
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
			if rest := s.f.index().rest[c]; rest != nil && !inHeader(rest) && (s.f.m.acts(rest) || s.gate(c.Name)) && !s.f.forwards(rest) && !s.f.index().method[c] {
				add(rest, depth)
			}
		}
	}
	s.gates(best)
	if !s.rank(d, best) {
		return nil
	}
	return d
}

// rank gives a demand the regions that are rated, the best first, and reports whether there is any.
func (s *search) rank(d *demand, best map[*Region]float64) bool {
	s.meeting(d.h, best)
	if d.label != "" {
		s.complete(d.h, d.label, best)
	}
	s.ownWays(d.h, best)
	for r, v := range best {
		d.cands = append(d.cands, cand{r, v})
	}
	s.sort(d)
	return len(d.cands) > 0
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

// sort orders a demand's candidates, the better first; of equal ones the function that is called what the hook is called: a case on an object's state
// stands in all functions that work on such objects.
func (s *search) sort(d *demand) {
	sort.Slice(d.cands, func(i, j int) bool {
		a, b := d.cands[i], d.cands[j]
		if a.s != b.s {
			return a.s > b.s
		}
		if na, nb := s.w.like(d.h.Name, a.r.Fn.Name), s.w.like(d.h.Name, b.r.Fn.Name); na != nb {
			return na > nb
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
	d, best := &demand{h: h, why: "its name and parameters fit"}, map[*Region]float64{}
	for _, r := range s.f.m.regions {
		name := s.nameFit(h, r)
		if name < 0.5 || inHeader(r) || s.f.m.p.InModule(r.Fn.File) || len(r.Labels) > 0 && !s.f.m.acts(r) && !s.prepares(h, r) || s.f.forwards(r) || s.f.index().method[r.Fn] {
			continue
		}
		v := s.score(h, r) + 0.6*name - 0.05*float64(s.f.m.depth[r.Fn])
		if s.f.index().mainSwitch(r.Fn) != ir.None && len(r.Labels) == 0 && s.f.m.depth[r.Fn] <= 1 {
			v += 0.4 // all of a handler's commands
		}
		if len(r.Labels) > 0 && name >= 0.85 {
			v += 0.2
		}
		if len(h.Params) == 1 && s.isDomain(h.Params[0]) && s.f.stuffOf(r).lookups > 0 {
			v += 0.3 // a hook that is given nothing but the domain goes where the domain is found
		}
		best[r] = v
	}
	s.dispatched(h, best)
	if !s.rank(d, best) {
		return nil
	}
	return []*demand{d}
}

// dispatched prefers, for a hook that is told nothing, the case of a command that the hook is called like to the function that does the work of that
// command alone: what the hook is told the dispatcher has.
func (s *search) dispatched(h *tables.Hook, best map[*Region]float64) {
	if len(h.Params) > 0 {
		return
	}
	const alike = 0.3
	x := s.f.index()
	for r, v := range maps.Clone(best) {
		if from := x.origin[r.Fn]; len(r.Labels) == 0 && len(from) == 1 && s.w.like(h.Name, from[0]) >= alike {
			for _, c := range x.byLabel[from[0]] {
				if !inHeader(c) && !x.method[c.Fn] && s.f.m.acts(c) {
					best[c] = max(best[c], v+0.1)
				}
			}
		}
	}
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
		if o := owner[d.label]; o != nil && o != d.h && d.label != "" && (!s.cov[d.h].asked[d.label] || o.FlaskFn == d.h.FlaskFn) && s.w.like(d.h.Name, d.label) < 0.8 {
			continue // several hooks ask for one permission: its comment's sub-command has the one that fits best
		}
		for i, c := range d.cands {
			key := textKey{c.r.Fn.File, c.r.Start}
			if c.s < s.least(d) {
				break
			}
			if s.has(d, key) || s.covered(d.h, c.r) {
				if d.label != "" && owner[d.label] == nil && s.has(d, key) {
					owner[d.label] = d.h
				}
				s.joins(d, c.r, key)
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

// give makes the gap of hook h in a region for a reason of its own, whatever names and parameters say.
func (s *search) give(h *tables.Hook, label string, r *Region, why string) *demand {
	d, key := &demand{h: h, label: label, why: why, cands: []cand{{r, minScore + 1}}}, textKey{r.Fn.File, r.Start}
	s.text[key], s.placed[h] = append(s.text[key], d), true
	s.report(d, 0)
	return d
}

// least is the least score of a place for a demand: where the module's code asks for the sub-command itself there is no doubt that it has the hook.
func (s *search) least(d *demand) float64 {
	if d.label != "" && s.cov[d.h].asked[d.label] {
		return 0.5
	}
	return minScore
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
	g.Hook, g.Label, g.After, d.gap = d.h, d.label, f.behindAway(d.h, c.r), g
	for _, o := range d.cands[i+1:] {
		if o.s >= minScore && len(g.Others) < 6 {
			g.Others = append(g.Others, o.r)
		}
	}
	g.say(min(0.9, 0.4+c.s/5), "%s%s is declared, with a default and a Flask check, and nothing calls it; %s is what its name and parameters fit: %s",
		f.tabs.Prefix, d.h.Name, c.r, d.why)
}
