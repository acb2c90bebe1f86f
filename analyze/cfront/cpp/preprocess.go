package cpp

import (
	"context"
	"slices"
	"sync"
)

// Preprocess runs one unit. Problems that GCC would report and go on from are in the result's Diags; an [*Error] is
// returned for a missing include or an #error (unless [Options.Tolerant]), an exceeded limit, an unreadable file, or
// a context that has ended.
func (s *Session) Preprocess(ctx context.Context, u *Unit) (*Result, error) {
	p, _ := s.workers.Get().(*pp)
	if p == nil {
		p = newPP(s)
	}
	defer s.workers.Put(p)
	defer p.reset()
	if err := ctx.Err(); err != nil {
		return nil, &Error{Path: u.Main, Line: 1, Col: 1, Msg: "stopped: " + err.Error(), Err: err}
	}
	p.u, p.ctx, p.mode = u, ctx, lexModeOf(u)
	if p.mode != p.pasteMode {
		clear(p.paste)
		p.pasteMode = p.mode
	}
	p.std = len(u.Std) > 0 && u.Std[0] == 'c' && u.Std != "c89" && u.Std != "c90"
	p.search = s.searchPathOf(u)
	p.predefine()
	p.start()
	p.out = p.drain(p.out)
	if p.err != nil {
		return nil, p.err
	}
	return p.result(), nil
}

func newPP(s *Session) *pp {
	return &pp{
		s: s, floor: -1, encl: -1, pad: noPadding,
		seen: map[FileID]bool{}, once: map[FileID]bool{}, probed: map[*found]bool{}, pushed: map[Sym][]*Macro{},
		paste: map[[2]Sym]pasted{},
	}
}

// reset makes p ready for another unit, keeping its memory and what does not depend on the unit.
func (p *pp) reset() {
	for _, sym := range p.defined {
		p.macros[sym], p.off[sym] = nil, false
	}
	clear(p.seen)
	clear(p.once)
	clear(p.probed)
	clear(p.pushed)
	clear(p.stack)
	clear(p.frames)
	p.releaseArgs(0)
	keep := *p
	*p = pp{
		s: p.s, floor: -1, encl: -1, pad: noPadding,
		macros: keep.macros, off: keep.off, defined: keep.defined[:0], frames: keep.frames[:0], stack: keep.stack[:0],
		seen: keep.seen, once: keep.once, probed: keep.probed, pushed: keep.pushed, paste: keep.paste, pasteMode: keep.pasteMode,
		name: keep.name[:0], exps: keep.exps[:0], out: keep.out[:0], taken: keep.taken[:0], skipped: keep.skipped[:0],
		free: keep.free, args: keep.args[:0], bytes: keep.bytes[:0],
	}
	const large = 1 << 22
	if cap(p.out) > large {
		p.out, p.exps, p.name = nil, nil, nil
	}
	if cap(p.bytes) > maxPasted {
		p.bytes = nil
	}
	if len(p.paste) > 1<<16 {
		clear(p.paste)
	}
}

// start begins the main file.
func (p *pp) start() {
	f := p.s.open(cleanPath(p.u.Main))
	if f.err != nil {
		p.err = &Error{Path: f.path, Line: 1, Col: 1, Msg: "cannot read the main file: " + f.err.Error(), Err: f.err}
		return
	}
	p.pushFile(&found{f: f, shown: p.u.Main, next: p.search.bracket}, 0, 0)
	p.preInclude()
}

// result copies what the worker gathered.
func (p *pp) result() *Result {
	for i := range p.out {
		if f := &p.out[i].Flags; *f&internalFlags != 0 {
			space := f.spaced()
			if *f &^= internalFlags | SpaceBefore; space {
				*f |= SpaceBefore
			}
		}
	}
	r := &Result{
		Tokens: slices.Clone(p.out), Expansions: slices.Clone(p.exps), Files: p.uses, Absent: dedupe(p.absent),
		Taken: slices.Clone(p.taken), Skipped: slices.Clone(p.skipped), Diags: p.diags,
	}
	for _, sym := range p.defined {
		if m := p.macros[sym]; m != nil {
			r.macros.list = append(r.macros.list, m)
		}
	}
	return r
}

// dedupe drops repeated strings, keeping the first of each.
func dedupe(list []string) []string {
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(list, func(s string) bool {
		was := seen[s]
		seen[s] = true
		return was
	})
}

// macroSet is the macros alive at a unit's end, indexed when first asked for.
type macroSet struct {
	once sync.Once
	list []*Macro
	by   map[Sym]*Macro
}

// Macro returns the definition that a name has at the end of the unit, nil if it has none.
func (r *Result) Macro(name Sym) *Macro {
	r.macros.once.Do(func() {
		r.macros.by = make(map[Sym]*Macro, len(r.macros.list))
		for _, m := range r.macros.list {
			r.macros.by[m.Name] = m
		}
	})
	return r.macros.by[name]
}

// Macros returns all macros alive at the end of the unit, in the order in which the names were first defined; a name
// that was undefined in between may occur twice.
func (r *Result) Macros() []*Macro { return r.macros.list }
