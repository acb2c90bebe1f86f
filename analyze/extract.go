package analyze

import (
	"slices"
	"sort"
	"sync"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// extractor turns one program into facts.
type extractor struct {
	p    *Program
	pos  *positions
	out  *Facts
	byFn [][]*hookSite        // by Fn.ID
	site map[string]*hookSite // by Site.ID, the first
	opAt map[string]int       // index in out.Ops
}

// Facts extracts the inventory of the program; t is where its sources are.
func (p *Program) Facts(t *refactor.Tree, pos *positions) *Facts {
	x := &extractor{
		p: p, pos: pos, out: &Facts{Schema: Schema}, byFn: make([][]*hookSite, len(p.Fns)), site: map[string]*hookSite{}, opAt: map[string]int{},
	}
	x.allSites()
	entries, missing := p.Entries(t)
	x.out.Missing = missing
	for _, e := range entries {
		e.Fn.entry = true
	}
	scopes := make([][]*Scope, len(entries))
	inParallel(p.workers, len(entries), func(i int) { scopes[i] = p.Scopes(entries[i]) })
	ops := x.ops(slices.Concat(scopes...))
	for i, e := range entries {
		first := len(x.out.Ops)
		for range scopes[i] {
			x.addOp(ops[0])
			ops = ops[1:]
		}
		x.out.Entries = append(x.out.Entries, EntryRef{
			Name: e.Name, Place: x.place(e.Fn, e.Fn.F.Start), Via: e.Via, Ops: len(x.out.Ops) - first, Configs: []string{p.Config},
		})
	}
	x.finish()
	return x.out
}

// ops extracts the facts of every scope.
func (x *extractor) ops(scopes []*Scope) []*Op {
	out := make([]*Op, len(scopes))
	builders := sync.Pool{New: func() any { return &opBuilder{p: x.p, x: x} }}
	inParallel(x.p.workers, len(scopes), func(i int) {
		b := builders.Get().(*opBuilder)
		out[i] = b.build(scopes[i])
		builders.Put(b)
	})
	return out
}

// addOp adds an operation, or joins it with one of the same name: the same command reached through two dispatchers.
func (x *extractor) addOp(o *Op) {
	for _, h := range o.Hooks {
		s := &x.site[h.Site].site
		s.Ops = append(s.Ops, o.ID)
	}
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
	inParallel(x.p.workers, len(x.p.Fns), func(i int) {
		f := x.p.Fns[i]
		x.byFn[i] = x.p.hookSites(f)
		for _, h := range x.byFn[i] {
			h.site.Place = x.place(f, f.F.Nodes[h.node].Start)
			h.site.Configs, h.site.Ops = []string{x.p.Config}, []string{}
		}
	})
	x.p.mu.Lock()
	defer x.p.mu.Unlock()
	for i, f := range x.p.Fns {
		f.callID = x.p.itemID("call " + f.Name)
		for _, h := range x.byFn[i] {
			if x.site[h.site.ID] == nil { // else the function is compiled twice
				x.site[h.site.ID] = h
			}
			for ph, name := range phaseNames {
				h.ids[ph] = x.p.itemID("site " + h.site.ID + name)
			}
		}
	}
}

// sites adds the hook calls of a frame to an operation.
func (x *extractor) sites(b *opBuilder, fr *frame, at func(int32) phase) {
	for _, h := range x.byFn[fr.fn.ID] {
		if !fr.reach[h.block] {
			continue
		}
		ph := at(h.block)
		if b.facts.add(h.ids[ph]) {
			b.op.Hooks = append(b.op.Hooks, SiteAt{Site: h.site.ID, Hook: h.site.Hook, Phase: phaseNames[ph]})
		}
	}
}

// function describes a function with its own reads and writes, in all environments in which an operation reaches it; nil when none does.
func (x *extractor) function(f *Fn) *FuncFact {
	var ff *FuncFact
	for _, fr := range f.frames {
		if !fr.reached.Load() {
			continue
		}
		if ff == nil {
			ff = &FuncFact{Name: f.Name, Place: x.place(f, f.F.Start), Tier: tierName(f.F.Tier), Configs: []string{x.p.Config}}
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
	if ff != nil {
		ff.Reads, ff.Writes = sortUnique(ff.Reads), sortUnique(ff.Writes)
	}
	return ff
}

func tierName(t ir.Tier) string {
	if t == ir.Tolerant {
		return "tolerant"
	}
	return "strict"
}

// finish sorts what was collected.
func (x *extractor) finish() {
	for i, f := range x.p.Fns {
		for _, h := range x.byFn[i] {
			if x.site[h.site.ID] == h {
				h.site.Ops = sortUnique(h.site.Ops)
				x.out.Sites = append(x.out.Sites, h.site)
			}
		}
		if ff := x.function(f); ff != nil {
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
