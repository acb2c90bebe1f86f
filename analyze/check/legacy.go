package check

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// noHook is XSM1001: what gap detection finds, and operations whose only gate is a legacy test.
func noHook(p *Pass) {
	for _, g := range p.m.gaps() {
		if g.Check == "XSM1001" && g.Region != nil && !p.m.idle(g.Region) {
			unmediated(p, g)
		}
	}
	for i := range p.Facts.Ops {
		if op := &p.Facts.Ops[i]; len(op.Legacy) > 0 && len(op.Hooks) == 0 && !op.Truncated && acts(op) && contains(op.Configs, p.Config) && !p.said(op) {
			legacyOnly(p, op)
		}
	}
}

// said reports whether the pass has a finding about the operation already.
func (p *Pass) said(op *analyze.Op) bool {
	for _, f := range p.out {
		if f.Hypercall == op.Entry && f.Operation == op.Command {
			return true
		}
	}
	return false
}

func legacyOnly(p *Pass, op *analyze.Op) {
	l := op.Legacy[0]
	f := &Finding{
		File: op.File, Line: op.Line, Function: op.Function, Hypercall: op.Entry, Operation: op.Command, Confidence: 0.7,
		Message:  op.ID + " is gated by " + l.What + " alone: a security module has no say",
		Evidence: []string{"a legacy test and no hook on the way: somebody found it sensitive"},
		Path:     []Step{{op.File, op.Line, op.ID}, {l.File, l.Line, l.What + ", the only gate"}},
	}
	if l.Phase == "own" {
		f.Confidence = 0.75
	}
	p.Report(f)
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
