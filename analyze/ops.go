package analyze

import (
	"slices"
	"sort"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// phase places a piece of code in a scope: before the innermost dispatch, in the command's own case, or after it.
type phase uint8

const (
	before phase = iota
	own
	after
)

var phaseNames = [...]string{"before", "own", "after"}

// opBuilder collects the facts of one scope.
type opBuilder struct {
	p     *Program
	x     *extractor
	s     *Scope
	op    *Op
	w     walked
	facts marks   // those that op has, see once
	phase []phase // by visit
}

// build extracts the facts of scope s.
func (b *opBuilder) build(s *Scope) *Op {
	x, w := b.x, &b.w
	x.p.walk(w, s, directDepth, maxDepth, true)
	b.s, b.phase = s, append(b.phase[:0], make([]phase, len(w.visits))...)
	b.facts.clear()
	b.op = &Op{
		ID: s.ID(), Entry: s.Entry.Name, Command: s.Command(), Truncated: w.truncated,
		Hooks: []SiteAt{}, Objects: []Object{}, Copies: []Access{}, Locks: []Access{}, Legacy: []Access{},
		Reads: []Access{}, Writes: []Access{}, Calls: []string{}, Configs: []string{x.p.Config},
	}
	b.labels()
	blocks := b.blockPhases()
	for i := range w.visits {
		b.visit(w, i, blocks)
	}
	sort.Strings(b.op.Calls)
	sortLabels(b.op.Labels)
	return b.op
}

// labels sets the operation's place and the dispatchers on the way.
func (b *opBuilder) labels() {
	e := b.s.Entry
	b.op.Place = b.x.place(e.Fn, e.Fn.F.Start)
	for _, c := range b.s.Path {
		l := Label{Case: c.Case, Place: b.x.place(c.Fn, c.Start)}
		if c.Default {
			l.Case = "default"
		} else {
			b.op.Place, b.op.Value = l.Place, c.Value
		}
		b.op.Via = append(b.op.Via, l)
	}
}

// blockPhases gives the phase of each block of each dispatcher frame of the scope. A command that one switch prepares and another carries out has
// code of its own below both labels.
func (b *opBuilder) blockPhases() map[*Fn][]phase {
	out := map[*Fn][]phase{}
	for _, c := range b.s.Path {
		out[c.Fn] = b.p.phases(c)
		for i := range b.w.visits {
			if fr := b.w.visits[i].fr; fr.fn == c.Fn && !c.Default {
				out[c.Fn] = b.p.again(c, fr.chosen, out[c.Fn])
			}
		}
	}
	return out
}

// again adds to the phases of case c those of the labels of its name in other switches of the function.
func (p *Program) again(c Choice, chosen []ir.Case, ph []phase) []phase {
	f := c.Fn
	for _, l := range chosen {
		if l.Start == c.Start || l.Default || f.U.S(l.Name) != c.Case {
			continue
		}
		sw := slices.IndexFunc(f.F.Blocks, func(b ir.Block) bool {
			return slices.ContainsFunc(b.Cases, func(k ir.Case) bool { return k.Start == l.Start })
		})
		ph = slices.Clone(ph)
		for i, more := range p.phases(Choice{Fn: f, Block: int32(sw), Case: c.Case, Value: l.Lo, Start: l.Start}) {
			if more == own {
				ph[i] = own
			}
		}
	}
	return ph
}

// phases splits the blocks of a dispatcher for one of its cases: own is what the case's label reaches and the other labels mostly do not.
func (p *Program) phases(c Choice) []phase {
	k := choiceKey{c.Fn, c.Block, c.Start, c.Default}
	p.mu.Lock()
	ph, ok := p.phase[k]
	p.mu.Unlock()
	if !ok {
		ph = phasesOf(c)
		p.mu.Lock()
		p.phase[k] = ph
		p.mu.Unlock()
	}
	return ph
}

func phasesOf(c Choice) []phase {
	f := c.Fn.F
	ph := make([]phase, len(f.Blocks))
	sw := &f.Blocks[c.Block]
	count := make([]int, len(f.Blocks))
	mine := reachFrom(f, sw.Succs[len(sw.Succs)-1])
	for _, l := range sw.Cases {
		r := reachFrom(f, l.Block)
		for i, ok := range r {
			if ok {
				count[i]++
			}
		}
		if l.Start == c.Start && l.Default == c.Default {
			mine = r
		}
	}
	for i := range ph {
		switch {
		case mine[i] && 2*count[i] <= len(sw.Cases)+1:
			ph[i] = own
		case mine[i]:
			ph[i] = after
		}
	}
	return ph
}

// choiceKey identifies a case of a dispatcher.
type choiceKey struct {
	fn    *Fn
	block int32
	start int32
	deflt bool
}

// reachFrom marks the blocks that block b reaches.
func reachFrom(f *ir.Func, b int32) []bool { return reachUpTo(f, b, ir.None) }

// visit adds the facts of visit i. A called function has the phase of the call; an entry without dispatchers owns all of its code.
func (b *opBuilder) visit(w *walked, i int, blocks map[*Fn][]phase) {
	v := w.visits[i]
	base := own
	if v.parent >= 0 {
		base = b.phase[v.parent]
		if ph := blocks[w.visits[v.parent].fr.fn]; ph != nil {
			base = ph[v.call.block]
		}
	}
	b.phase[i] = base
	at := func(block int32) phase {
		if ph := blocks[v.fr.fn]; ph != nil {
			return ph[block]
		}
		return base
	}
	b.x.sites(b, v.fr, at)
	if v.depth > directDepth {
		return
	}
	if base == own && v.depth > 0 && b.facts.add(v.fr.fn.callID) {
		b.op.Calls = append(b.op.Calls, v.fr.fn.Name)
	}
	b.instrs(v.fr, at)
}

// instrs adds what the instructions of a frame do.
func (b *opBuilder) instrs(fr *frame, at func(int32) phase) {
	items := b.x.items(fr)
	for i := range items {
		it := &items[i]
		ph := at(it.block)
		if it.kind >= itemRead && ph != own || !b.facts.add(it.id) {
			continue
		}
		if it.kind == itemLabel {
			b.op.Labels = append(b.op.Labels, Label{Case: it.what, Place: it.place})
			continue
		}
		a := Access{What: it.what, Kind: it.detail, Place: it.place, Phase: phaseNames[ph]}
		switch it.kind {
		case itemObject:
			b.op.Objects = append(b.op.Objects, Object{Type: it.what, Lookup: fr.fn.callName(it.node), From: it.detail, Place: it.place})
		case itemCopy:
			b.op.Copies = append(b.op.Copies, a)
		case itemLock:
			b.op.Locks = append(b.op.Locks, a)
		case itemLegacy:
			b.op.Legacy = append(b.op.Legacy, a)
		case itemRead:
			b.op.Reads = append(b.op.Reads, a)
		case itemWrite:
			b.op.Writes = append(b.op.Writes, a)
		}
	}
}

// directDepth is how many calls below the entry facts other than hooks are listed.
const directDepth = 4

// sortLabels orders labels by place.
func sortLabels(l []Label) {
	sort.SliceStable(l, func(i, j int) bool { return l[i].Place.less(l[j].Place) })
}
