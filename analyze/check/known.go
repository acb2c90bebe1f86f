package check

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// knownCommands is the part of XSM1001 about commands that a hook's own code tells apart and asks a permission for, while the operation of that
// command reaches neither the hook nor another one that decides.
func knownCommands(p *Pass) {
	res := p.m.result()
	if res == nil {
		return
	}
	for _, sw := range res.Switches {
		hook := p.m.hookName(sw.Hook)
		peers := map[string]bool{} // entries in which a command that the switch knows reaches the hook
		var missing []*analyze.Op
		for i := range p.Facts.Ops {
			op := &p.Facts.Ops[i]
			if !contains(op.Configs, p.Config) || knownLabel(sw, op) == nil {
				continue
			}
			switch {
			case p.m.reaches(op, sw.Hook):
				peers[op.Entry] = true
			case acts(op) && !op.Truncated && !p.m.decided(op) && !p.m.knownOtherwise(res, op):
				missing = append(missing, op)
			}
		}
		for _, op := range missing {
			if peers[op.Entry] {
				reportKnown(p, op, sw, hook)
			}
		}
	}
}

// knownLabel is the command on the way to an operation that a switch asks a permission for, nil for none.
func knownLabel(sw *verify.Switch, op *analyze.Op) *analyze.Label {
	for i := range op.Via {
		if _, asks := sw.Vectors[op.Via[i].Case]; asks {
			return &op.Via[i]
		}
	}
	return nil
}

// decided reports whether an operation passes a hook that decides, in front of its dispatch or near its own code.
func (m *model) decided(op *analyze.Op) bool {
	for _, h := range op.Hooks {
		if s := m.siteOf(h.Site); h.Phase != "after" && s != nil && m.decides(s) && (h.Phase == "before" || m.nearDispatch(op, s.Fn)) {
			return true
		}
	}
	return false
}

// knownOtherwise reports whether an operation reaches a hook whose own code asks a permission for one of its commands.
func (m *model) knownOtherwise(res *verify.Result, op *analyze.Op) bool {
	for _, sw := range res.Switches {
		if knownLabel(sw, op) != nil && m.reaches(op, sw.Hook) {
			return true
		}
	}
	return false
}

// nearDispatch reports whether f is one of the functions that dispatch an operation, or is called by one.
func (m *model) nearDispatch(op *analyze.Op, f *analyze.Fn) bool {
	const few = 1
	at := []*analyze.Fn{f}
	for range few + 1 {
		var up []*analyze.Fn
		for _, g := range at {
			for _, v := range op.Via {
				if v.Function == g.Name {
					return true
				}
			}
			for _, c := range m.callerIndex()[g] {
				if contains(op.Calls, c.Name) || op.Function == c.Name || slices.ContainsFunc(op.Via, func(v analyze.Label) bool { return v.Function == c.Name }) {
					up = append(up, c)
				}
			}
		}
		at = up
	}
	return false
}

// reaches reports whether an operation asks a hook, or one that the same function of the module answers.
func (m *model) reaches(op *analyze.Op, hook *tables.Hook) bool {
	for _, h := range op.Hooks {
		if o := m.tables().Hook(h.Hook); h.Hook == m.hookName(hook) || o != nil && o.FlaskFn != "" && o.FlaskFn == hook.FlaskFn {
			return true
		}
	}
	return false
}

func reportKnown(p *Pass, op *analyze.Op, sw *verify.Switch, hook string) {
	at := knownLabel(sw, op)
	for _, f := range p.out {
		if f.Hypercall == op.Entry && f.Operation == at.Case {
			return
		}
	}
	out := &Finding{
		File: at.File, Line: at.Line, Function: at.Function, Hypercall: op.Entry, Operation: at.Case, Hook: hook, Confidence: 0.75,
		Message:  op.Entry + "/" + at.Case + " never asks " + hook + ", which has a case for it",
		Evidence: []string{sw.Fn.Name + " asks a permission for " + at.Case, "other commands of " + op.Entry + " that it knows ask it"},
		Path:     []Step{{at.File, at.Line, op.Entry + "/" + at.Case}},
	}
	if c := p.m.judgeOf(op); c != nil {
		p.m.moveTo(out, c)
	}
	p.Report(out)
}

// flags is the part of XSM2001 about hooks that are told by a flag which of two operations is meant: the module's code tests it, and every call gives
// the same constant.
func flags(p *Pass) {
	m := p.m
	if m.result() == nil {
		return
	}
	sites := map[string][]*site{}
	for _, s := range m.sites {
		sites[s.Hook] = append(sites[s.Hook], s)
	}
	for _, h := range m.tables().Hooks {
		ss := sites[m.hookName(h)]
		if len(ss) == 0 || h.FlaskFn == "" || len(ss) < m.written(h) {
			continue
		}
		for _, f := range m.p.Named(h.FlaskFn) {
			for i := range f.F.Params {
				if yes, no := given(ss, int(i), h); m.p.InModule(f.File) && yes != no && tested(f, i) {
					reportFlag(p, h, f, i, yes)
				}
			}
		}
	}
}

// written counts the calls of a hook in the text, compiled or not.
func (m *model) written(h *tables.Hook) (n int) {
	for _, c := range m.tables().Calls() {
		if c.Hook == h {
			n++
		}
	}
	return n
}

// given reports whether calls pass something other than 0, and 0, as parameter i; both when one passes a variable.
func given(ss []*site, i int, h *tables.Hook) (yes, no bool) {
	if h.Default {
		i++
	}
	for _, s := range ss {
		args := s.Fn.Args(s.Node)
		if i >= len(args) {
			return true, true
		}
		nd := &s.Fn.F.Nodes[args[i]]
		if nd.Flags&ir.HasVal == 0 {
			nd = &s.Fn.F.Nodes[s.Fn.Strip(args[i])]
		}
		if nd.Flags&ir.HasVal == 0 {
			return true, true
		}
		yes, no = yes || nd.Val != 0, no || nd.Val == 0
	}
	return yes, no
}

// tested reports whether f branches on parameter i being 0 or not, and on nothing else about it.
func tested(f *analyze.Fn, i int32) bool {
	t := f.S(f.F.Vars[i].Type)
	if strings.HasSuffix(t, "*") {
		return false
	}
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if blk.Term != ir.TBranch || blk.N == ir.None {
			continue
		}
		n := f.Strip(blk.N)
		for f.F.Nodes[n].Op == ir.Unary && f.S(f.F.Nodes[n].Name) == "!" {
			n = f.Strip(f.F.Nodes[n].X)
		}
		if nd := &f.F.Nodes[n]; nd.Op == ir.Ident && nd.Var == i {
			return true
		}
	}
	return false
}

func reportFlag(p *Pass, h *tables.Hook, f *analyze.Fn, i int32, yes bool) {
	m := p.m
	name, what := f.S(f.F.Vars[i].Name), "other than 0"
	if yes {
		what = "0"
	}
	out := &Finding{File: h.Ops.Path, Function: f.Name, Hook: m.hookName(h), Confidence: 0.65, detail: "flag " + name}
	out.Line = m.lineOf(out.File, h.Ops.Start)
	out.Message = f.Name + " tells two operations apart by " + name + ", and no call of " + out.Hook + " passes " + what + ": one of the two asks nobody"
	out.Evidence = []string{"every call passes a constant"}
	p.Report(out)
}
