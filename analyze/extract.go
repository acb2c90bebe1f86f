package analyze

import (
	"sort"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// extractor turns one program into facts.
type extractor struct {
	p        *Program
	pos      *positions
	out      *Facts
	siteOf   map[siteKey]*Site
	byFn     map[*Fn][]*hookSite
	funcSeen map[*Fn]*FuncFact
	opAt     map[string]int // index in out.Ops
}

// siteKey is a hook call in a function.
type siteKey struct {
	fn   *Fn
	node int32
}

// Facts extracts the inventory of the program; t is where its sources are.
func (p *Program) Facts(t *refactor.Tree, pos *positions) *Facts {
	x := &extractor{
		p: p, pos: pos, out: &Facts{Schema: Schema}, siteOf: map[siteKey]*Site{}, byFn: map[*Fn][]*hookSite{},
		funcSeen: map[*Fn]*FuncFact{}, opAt: map[string]int{},
	}
	x.allSites()
	entries, missing := p.Entries(t)
	x.out.Missing = missing
	for _, e := range entries {
		p.entries[e.Fn] = true
	}
	for _, e := range entries {
		scopes, first := p.Scopes(e), len(x.out.Ops)
		for _, s := range scopes {
			x.addOp(x.op(s))
		}
		x.out.Entries = append(x.out.Entries, EntryRef{
			Name: e.Name, Place: x.place(e.Fn, e.Fn.F.Start), Via: e.Via, Ops: len(x.out.Ops) - first, Configs: []string{p.Config},
		})
	}
	x.finish()
	return x.out
}

// addOp adds an operation, or joins it with one of the same name: the same command reached through two dispatchers.
func (x *extractor) addOp(o *Op) {
	if i, ok := x.opAt[o.ID]; ok {
		o.Configs = nil
		mergeOp(&x.out.Ops[i], o)
		return
	}
	x.opAt[o.ID] = len(x.out.Ops)
	x.out.Ops = append(x.out.Ops, *o)
}

// place is the position of byte off of f's file.
func (x *extractor) place(f *Fn, off int32) Place {
	line, col := x.pos.at(f.File, int(off))
	return Place{File: f.File, Line: line, Col: col, Function: f.Name}
}

// allSites finds every hook call of the program, reached from an entry or not.
func (x *extractor) allSites() {
	for _, f := range x.p.Fns {
		for _, h := range x.p.hookSites(f) {
			h.site.Place = x.place(f, f.F.Nodes[h.node].Start)
			h.site.Configs, h.site.Ops = []string{x.p.Config}, []string{}
			x.byFn[f] = append(x.byFn[f], h)
			x.siteOf[siteKey{f, h.node}] = &h.site
		}
	}
}

// sites adds the hook calls of a frame to an operation.
func (x *extractor) sites(b *opBuilder, fr *frame, at func(int32) phase) {
	for _, h := range x.byFn[fr.fn] {
		if !fr.reach[h.block] {
			continue
		}
		ph := phaseNames[at(h.block)]
		if b.once(b.p.itemID("site " + h.site.ID + ph)) {
			b.op.Hooks = append(b.op.Hooks, SiteAt{Site: h.site.ID, Hook: h.site.Hook, Phase: ph})
			h.site.Ops = append(h.site.Ops, b.op.ID)
		}
	}
}

// reached records a function that an operation reaches, with its own reads and writes.
func (x *extractor) reached(fr *frame) {
	if fr.done {
		return
	}
	x.p.items(fr)
	ff := x.funcSeen[fr.fn]
	if ff == nil {
		ff = &FuncFact{Name: fr.fn.Name, Place: x.place(fr.fn, fr.fn.F.Start), Tier: tierName(fr.fn.F.Tier), Configs: []string{x.p.Config}}
		x.funcSeen[fr.fn] = ff
	}
	for i := range fr.items {
		switch it := &fr.items[i]; it.kind {
		case itemWrite:
			ff.Writes = append(ff.Writes, it.what)
		case itemRead:
			ff.Reads = append(ff.Reads, it.what)
		}
	}
}

func tierName(t ir.Tier) string {
	if t == ir.Tolerant {
		return "tolerant"
	}
	return "strict"
}

// finish sorts what was collected.
func (x *extractor) finish() {
	for _, f := range x.p.Fns {
		for _, h := range x.byFn[f] {
			h.site.Ops = sortUnique(h.site.Ops)
			x.out.Sites = append(x.out.Sites, h.site)
		}
		if ff := x.funcSeen[f]; ff != nil {
			ff.Reads, ff.Writes = sortUnique(ff.Reads), sortUnique(ff.Writes)
			x.out.Functions = append(x.out.Functions, *ff)
		}
	}
	sortFacts(x.out)
}

// sortUnique sorts and removes repeats.
func sortUnique(s []string) []string {
	sort.Strings(s)
	out := s[:0]
	for i, v := range s {
		if i == 0 || v != s[i-1] {
			out = append(out, v)
		}
	}
	return out
}

// less orders places by file and position.
func (a Place) less(b Place) bool {
	if a.File != b.File {
		return a.File < b.File
	}
	if a.Line != b.Line {
		return a.Line < b.Line
	}
	if a.Col != b.Col {
		return a.Col < b.Col
	}
	return a.Function < b.Function
}

// sortFacts puts every list in its canonical order.
func sortFacts(f *Facts) {
	sort.SliceStable(f.Ops, func(i, j int) bool { return f.Ops[i].ID < f.Ops[j].ID })
	sort.SliceStable(f.Sites, func(i, j int) bool {
		a, b := &f.Sites[i], &f.Sites[j]
		if a.Place != b.Place {
			return a.Place.less(b.Place)
		}
		return a.ID < b.ID
	})
	sort.SliceStable(f.Functions, func(i, j int) bool { return f.Functions[i].Place.less(f.Functions[j].Place) })
	sort.SliceStable(f.Entries, func(i, j int) bool { return f.Entries[i].Name < f.Entries[j].Name })
	sort.SliceStable(f.Degraded, func(i, j int) bool { return f.Degraded[i].Place.less(f.Degraded[j].Place) })
	sort.Strings(f.Missing)
}
