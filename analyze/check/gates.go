package check

import (
	"maps"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/flow"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// legacyOps reports the operations whose only gate is a legacy test. Commands below one command that are all alike are one finding.
func legacyOps(p *Pass) {
	byParent := map[string][]*analyze.Op{}
	var order []string
	for i := range p.Facts.Ops {
		op := &p.Facts.Ops[i]
		if op.Truncated || !contains(op.Configs, p.Config) {
			continue
		}
		k := commandID(op)
		if byParent[k] == nil {
			order = append(order, k)
		}
		byParent[k] = append(byParent[k], op)
	}
	for _, k := range order {
		gated := gatedOps(p, byParent[k])
		switch {
		case len(gated) > 1 && len(gated) >= named(byParent[k]):
			legacyOnly(p, gated)
		default:
			for _, op := range gated {
				legacyOnly(p, []*analyze.Op{op})
			}
		}
	}
}

// named counts the operations that are no default case.
func named(ops []*analyze.Op) (n int) {
	for _, op := range ops {
		if !strings.HasSuffix(op.ID, "/default") {
			n++
		}
	}
	return n
}

// commandID is the entry and outermost command of an operation.
func commandID(op *analyze.Op) string {
	parts := strings.SplitN(op.ID, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

func gatedOps(p *Pass, ops []*analyze.Op) (out []*analyze.Op) {
	for _, op := range ops {
		if len(op.Legacy) == 0 || p.said(op) || !p.m.unasked(op) {
			continue
		}
		if p.m.privilege(op) || (acts(op) || p.m.effects(op)) && p.m.refuses(op) {
			out = append(out, op)
		}
	}
	return out
}

// unasked reports whether an operation asks no hook; or asks one only so far below its own code that a privilege which that code tests is another
// matter.
func (m *model) unasked(op *analyze.Op) bool {
	if len(op.Hooks) == 0 {
		return true
	}
	for _, h := range op.Hooks {
		if h.Phase != "own" {
			return false
		}
	}
	r := m.regionOf(op)
	return r != nil && m.gate(r) != ir.None && !m.asksBelow(r)
}

// effects reports whether a test for a privilege stands before a command whose code does more than set its own result.
func (m *model) effects(op *analyze.Op) bool {
	asked := slices.ContainsFunc(op.Legacy, func(l analyze.Access) bool {
		name, _, _ := strings.Cut(l.What, "(")
		return m.p.Profile.Gates.Has(name)
	})
	if !asked || strings.HasSuffix(op.ID, "/default") {
		return false
	}
	r := m.regionOf(op)
	return r != nil && m.result().Acts(r)
}

// regionOf is the code of an operation's innermost command in the function that dispatches it, nil when there is none.
func (m *model) regionOf(op *analyze.Op) *verify.Region {
	res := m.result()
	if res == nil || len(op.Labels) == 0 {
		return nil
	}
	l := op.Labels[len(op.Labels)-1]
	for _, r := range res.Regions {
		if r.Fn.Name == l.Function && r.Fn.File == l.File && contains(r.Labels, l.Case) {
			return r
		}
	}
	return nil
}

// privilege reports whether the operation's own code asks for a privilege: that it is sensitive needs no other sign.
func (m *model) privilege(op *analyze.Op) bool {
	for _, l := range op.Legacy {
		name, _, _ := strings.Cut(l.What, "(")
		if l.Phase == "own" && m.p.Profile.Gates.Has(name) {
			return true
		}
	}
	return false
}

// refuses reports whether one of the operation's legacy tests is for a privilege, or keeps somebody from something: on one way it leads to a
// change of state and on the other to none. A test that chooses between two answers does not.
func (m *model) refuses(op *analyze.Op) bool {
	for _, l := range op.Legacy {
		name, _, _ := strings.Cut(l.What, "(")
		if m.p.Profile.Gates.Has(name) || dispatches(op, l.Function) && m.keepsOut(l) {
			return true
		}
	}
	return false
}

// dispatches reports whether a function is the operation's entry, or one that dispatches its commands.
func dispatches(op *analyze.Op, fn string) bool {
	for _, l := range op.Labels {
		if l.Function == fn {
			return true
		}
	}
	return fn == op.Entry || fn == op.Function
}

// keepsOut looks at the branch that a legacy test decides. One that is no part of a condition here is not judged: it counts.
func (m *model) keepsOut(l analyze.Access) bool {
	judged := false
	for _, f := range m.p.Named(l.Function) {
		for b := range f.F.Blocks {
			blk := &f.F.Blocks[b]
			if f.File != l.File || blk.Term != ir.TBranch || len(blk.Succs) != 2 || !m.testsAt(f, blk.N, l) {
				continue
			}
			judged = true
			if m.changesOnly(f, blk.Succs[0], blk.Succs[1]) != m.changesOnly(f, blk.Succs[1], blk.Succs[0]) {
				return true
			}
		}
	}
	return !judged
}

// testsAt reports whether a condition has a legacy check on the line of l.
func (m *model) testsAt(f *analyze.Fn, n int32, l analyze.Access) (found bool) {
	f.Each(n, func(k int32) bool {
		if m.p.LegacyCheck(f, k) != "" {
			line, _ := m.at(f, f.F.Nodes[k].Start)
			found = found || line == l.Line
		}
		return !found
	})
	return found
}

// changesOnly reports whether state changes on some way from block b on, and not on one from block other.
func (m *model) changesOnly(f *analyze.Fn, b, other int32) bool {
	g := flow.New(m.graph(f).acyc)
	shared := g.Reach([]int32{other}, nil)
	for x, ok := range g.Reach([]int32{b}, nil) {
		if ok && !shared[x] && m.effective(f, int32(x)) {
			return true
		}
	}
	return false
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

// legacyOnly reports operations that one legacy test gates: one, or all of those below one command.
func legacyOnly(p *Pass, ops []*analyze.Op) {
	op := ops[0]
	l := op.Legacy[0]
	f := &Finding{
		File: op.File, Line: op.Line, Function: op.Function, Hypercall: op.Entry, Operation: op.Command, Confidence: 0.7,
		Message:  op.ID + " is gated by " + l.What + " alone: a security module has no say",
		Evidence: []string{"a legacy test and no hook on the way: somebody found it sensitive"},
		Path:     []Step{{op.File, op.Line, op.ID}, {l.File, l.Line, l.What + ", the only gate"}},
	}
	if len(op.Labels) > 1 {
		f.Operations = []string{op.ID}
	}
	if len(ops) > 1 && len(op.Via) > 0 {
		f.Operations = nil
		at := op.Via[0]
		for _, v := range op.Via {
			if v.Case != "default" {
				at = v
				break
			}
		}
		f.File, f.Line, f.Function, f.Operation = at.File, at.Line, at.Function, at.Case
		f.Message = op.Entry + "/" + at.Case + " is gated by " + l.What + " alone: a security module has no say"
		f.Path[0] = Step{f.File, f.Line, op.Entry + "/" + at.Case}
		for _, o := range ops {
			f.Operations = append(f.Operations, o.ID)
		}
	}
	if l.Phase == "own" {
		f.Confidence = 0.75
	}
	p.Report(f)
}

// gates reports functions in which a test for a privilege decides and no hook is asked, though a guest gets there without one.
func gates(p *Pass) {
	res := p.m.result()
	if res == nil {
		return
	}
	split := map[*analyze.Fn]bool{}
	for _, r := range res.Regions {
		split[r.Fn] = split[r.Fn] || len(r.Labels) > 0
	}
	for _, r := range res.Regions {
		if !res.Open[r.Fn] || split[r.Fn] && len(r.Labels) == 0 || p.m.asksIn(r) || contains(p.m.entries, r.Fn.Name) {
			continue
		}
		if n := p.m.gate(r); n != ir.None && !p.reportedIn(r.Fn) {
			gateOnly(p, r, n)
		}
	}
}

// reportedIn reports whether the pass has a finding in f already.
func (p *Pass) reportedIn(f *analyze.Fn) bool {
	for _, g := range p.out {
		if g.File == f.File && g.Function == f.Name {
			return true
		}
	}
	return false
}

// asksIn reports whether a hook is called in region r.
func (m *model) asksIn(r *verify.Region) bool {
	for _, s := range m.byFn[r.Fn] {
		if r.Blocks[s.Block] {
			return true
		}
	}
	return false
}

// gate is a test for a privilege that decides a branch of region r, None when there is none.
func (m *model) gate(r *verify.Region) int32 {
	f, found := r.Fn, ir.None
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if !r.Blocks[b] || blk.Term != ir.TBranch || blk.Unreachable {
			continue
		}
		f.Each(blk.N, func(n int32) bool {
			if name := m.p.LegacyCheck(f, n); found == ir.None && name != "" && m.p.Profile.Gates.Has(name) {
				found = n
			}
			return found == ir.None
		})
	}
	return found
}

func gateOnly(p *Pass, r *verify.Region, n int32) {
	m, f := p.m, r.Fn
	entry := m.result().Reached[f]
	out := &Finding{File: f.File, Function: f.Name, Hypercall: entry, Operation: r.Command(), Confidence: 0.6}
	out.Line, _ = m.at(f, f.F.Nodes[n].Start)
	if out.Operation == "" {
		out.Operation = m.commandOf(entry, f.Name)
		out.Operations = m.callersOf(f.Name)
	}
	what := m.p.LegacyCheck(f, n)
	out.Message = what + " alone decides in " + r.String() + ": a security module has no say"
	out.Evidence = []string{"a test for a privilege, no hook beside it, and a way from " + entry + " to it on which no hook is asked"}
	out.Path = []Step{m.step(f, n, what+", the only gate")}
	p.Report(out)
}

// callersOf lists the operations whose own code calls a function; none when there are many.
func (m *model) callersOf(fn string) (out []string) {
	for _, id := range slices.Sorted(maps.Keys(m.ops)) {
		if contains(m.ops[id].Calls, fn) {
			out = append(out, id)
		}
	}
	if len(out) > 3*maxOperations {
		return nil
	}
	return out
}
