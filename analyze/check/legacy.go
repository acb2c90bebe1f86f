package check

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// noHook is XSM1001: what gap detection finds, and operations whose only gate is a legacy test.
func noHook(p *Pass) {
	for _, g := range p.m.gaps() {
		if g.Check == "XSM1001" && g.Region != nil && (!p.m.idle(g.Region) || p.m.uncalled(g)) {
			unmediated(p, g)
		}
	}
	legacyOps(p)
	gates(p)
	peers(p)
	arms(p)
	knownCommands(p)
	waysRound(p)
	unasked(p)
	life(p)
}

// idle reports whether a region does nothing: it calls nothing that acts, and changes no state.
func (m *model) idle(r *verify.Region) bool {
	f := r.Fn
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if !r.Blocks[b] {
			continue
		}
		if blk.Term == ir.TReturn && blk.N != ir.None && f.F.Nodes[f.Strip(blk.N)].Op == ir.Call {
			return false
		}
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			if is.N == ir.None {
				continue
			}
			if is.Kind == ir.ICall && !strings.HasPrefix(f.CallName(is.N), "__builtin_") || m.significant(f, is) {
				return false
			}
		}
	}
	return true
}
