package analyze

import (
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
	seen  map[string]bool
	phase map[int]phase // by visit
}

// op extracts the facts of scope s.
func (x *extractor) op(s *Scope) *Op {
	w := x.p.walk(s, directDepth, maxDepth)
	b := &opBuilder{p: x.p, x: x, s: s, seen: map[string]bool{}, phase: map[int]phase{}}
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

// blockPhases gives the phase of each block of each dispatcher frame of the scope.
func (b *opBuilder) blockPhases() map[*Fn][]phase {
	out := map[*Fn][]phase{}
	for _, c := range b.s.Path {
		out[c.Fn] = b.p.phases(c)
	}
	return out
}

// phases splits the blocks of a dispatcher for one of its cases: own is what the case's label reaches and the other labels mostly do not.
func (p *Program) phases(c Choice) []phase {
	k := choiceKey{c.Fn, c.Block, c.Start, c.Default}
	if ph, ok := p.phase[k]; ok {
		return ph
	}
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
	p.phase[k] = ph
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
func reachFrom(f *ir.Func, b int32) []bool {
	seen := make([]bool, len(f.Blocks))
	work := []int32{b}
	seen[b] = true
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		for _, s := range f.Blocks[n].Succs {
			if !seen[s] {
				seen[s] = true
				work = append(work, s)
			}
		}
	}
	return seen
}

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
	b.x.reached(v.fr)
	if base == own && v.depth > 0 && b.once("call "+v.fr.fn.Name) {
		b.op.Calls = append(b.op.Calls, v.fr.fn.Name)
	}
	b.instrs(v, at)
}

// once reports whether key is new in this operation.
func (b *opBuilder) once(key string) bool {
	if b.seen[key] {
		return false
	}
	b.seen[key] = true
	return true
}

// instrs adds what the instructions of a frame do.
func (b *opBuilder) instrs(v visit, at func(int32) phase) {
	fr := v.fr
	f := fr.fn
	for blk := range f.F.Blocks {
		if !fr.reach[blk] {
			continue
		}
		ph := at(int32(blk))
		block := &f.F.Blocks[blk]
		for i := block.First; i < block.First+block.Len; i++ {
			if is := f.F.Instrs[i]; is.Kind == ir.ICall {
				b.call(fr, is.N, ph)
			}
		}
		b.legacy(fr, block, ph)
	}
	b.accesses(fr, at)
}

// directDepth is how many calls below the entry facts other than hooks are listed.
const directDepth = 4

// call adds a copy, a lock or a look-up.
func (b *opBuilder) call(fr *frame, n int32, ph phase) {
	f := fr.fn
	name := f.callName(n)
	if name == "" {
		return
	}
	if c, args := b.p.copyCall(f, n); c != nil {
		dir, arg := "from guest", c.To
		if c.Back {
			dir, arg = "to guest", c.From
		}
		if arg < len(args) {
			b.add(&b.op.Copies, fr, n, f.text(args[arg]), dir, ph)
		}
		return
	}
	if h, acquire := b.p.heldCall(f, n); h != nil && acquire {
		what := name
		if args := f.args(n); h.Arg >= 0 && h.Arg < len(args) {
			what = name + "(" + f.text(args[h.Arg]) + ")"
		}
		b.add(&b.op.Locks, fr, n, what, h.Kind, ph)
	}
	if t, from := b.p.lookup(fr, n); t != "" && b.once("object "+t+name+from) {
		b.op.Objects = append(b.op.Objects, Object{Type: t, Lookup: name, From: from, Place: b.x.place(f, f.F.Nodes[n].Start)})
	}
}

// add appends an access at its first place.
func (b *opBuilder) add(list *[]Access, fr *frame, n int32, what, kind string, ph phase) {
	if b.once(kind + " " + what) {
		*list = append(*list, Access{What: what, Kind: kind, Place: b.x.place(fr.fn, fr.fn.F.Nodes[n].Start), Phase: phaseNames[ph]})
	}
}

// legacy adds the legacy checks in a block's branch condition.
func (b *opBuilder) legacy(fr *frame, block *ir.Block, ph phase) {
	if block.N == ir.None {
		return
	}
	fr.fn.each(block.N, func(n int32) bool {
		if m := b.p.legacyCheck(fr.fn, n); m != "" {
			b.add(&b.op.Legacy, fr, n, fr.fn.legacyText(n, m), "legacy", ph)
			return false
		}
		return true
	})
}

// each calls visit for n and, while it answers true, for its operands.
func (f *Fn) each(n int32, visit func(int32) bool) {
	if n == ir.None || !visit(n) {
		return
	}
	nd := &f.F.Nodes[n]
	for _, k := range [...]int32{nd.X, nd.Y, nd.Z} {
		f.each(k, visit)
	}
	for _, k := range f.args(n) {
		f.each(k, visit)
	}
}

func (f *Fn) legacyText(n int32, name string) string {
	if f.F.Nodes[n].Op == ir.Call {
		return f.callText(n)
	}
	return name
}

// accesses adds the state that the command's own code reads and writes.
func (b *opBuilder) accesses(fr *frame, at func(int32) phase) {
	fr.accesses(func(what string, write bool, n, block int32) {
		ph := at(block)
		switch {
		case ph != own:
		case write:
			b.add(&b.op.Writes, fr, n, what, "write", ph)
		default:
			b.add(&b.op.Reads, fr, n, what, "read", ph)
		}
	})
}
