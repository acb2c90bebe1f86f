package check

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// behindDetail tells these findings from the others of XSM1002.
const behindDetail = "behind a dispatcher's lock"

// behindLock is the part of XSM1002 about dispatchers: the entry's own hook lets a command through as one with a hook of its own, the dispatcher
// takes a lock that all callers share, and only then the command's hook is asked.
func behindLock(p *Pass) {
	res := p.m.result()
	if res == nil {
		return
	}
	for _, s := range p.m.sites {
		if s.fact == nil || !p.m.decides(s) {
			continue
		}
		for _, id := range s.fact.Ops {
			op := p.m.ops[id]
			if op == nil {
				continue
			}
			sw, outer := p.m.passedBy(res, op, s)
			if sw == nil || !p.m.onlyFor(sw, op, s) || !p.m.nextAfter(op, outer, s) {
				continue
			}
			if n := p.m.lockedBefore(op, outer, s); n != ir.None {
				reportBehindLock(p, s, sw, outer, n)
				break
			}
		}
	}
}

// onlyFor reports whether a site is asked for no other commands of op's entry than those that the switch lets through, and so is their own.
func (m *model) onlyFor(sw *verify.Switch, op *analyze.Op, s *site) bool {
	for _, id := range s.fact.Ops {
		if o := m.ops[id]; o != nil && o.Entry == op.Entry && !m.lets(sw, o) {
			return false
		}
	}
	return true
}

// nextAfter reports whether a site is the first that operation op asks behind its entry's, or stands beside the first, as on the other arm of a test.
func (m *model) nextAfter(op *analyze.Op, outer, s *site) bool {
	for _, h := range op.Hooks {
		switch {
		case h.Site == s.fact.ID || h.Hook == s.Hook:
			return true
		case h.Site == outer.fact.ID || m.beside(h.Site, s):
		default:
			return false
		}
	}
	return false
}

// beside reports whether the site with an id is in the same function as s and does not always come first.
func (m *model) beside(id string, s *site) bool {
	for _, o := range m.byFn[s.Fn] {
		if o.fact != nil && o.fact.ID == id {
			return o.Void() || !m.graph(s.Fn).precedes(o.Block, o.Instr, s.Block, s.Instr)
		}
	}
	return false
}

// passedBy is the module's switch that lets operation op through, and the site of its hook on the operation's way; nil when none does.
func (m *model) passedBy(res *verify.Result, op *analyze.Op, inner *site) (*verify.Switch, *site) {
	for _, sw := range res.Switches {
		if !m.lets(sw, op) {
			continue
		}
		for _, o := range m.sites {
			if o.Hook == m.hookName(sw.Hook) && o != inner && o.fact != nil && contains(o.fact.Ops, op.ID) {
				return sw, o
			}
		}
	}
	return nil, nil
}

// lets reports whether a switch passes one of the commands on the way to op without a check.
func (m *model) lets(sw *verify.Switch, op *analyze.Op) bool {
	for _, v := range op.Via {
		if sw.Delegated[v.Case] {
			return true
		}
	}
	for _, v := range op.Labels {
		if sw.Delegated[v.Case] {
			return true
		}
	}
	return false
}

// lockedBefore is the call in the function of site outer that takes a lock of everybody's before inner is reached, None when there is none.
func (m *model) lockedBefore(op *analyze.Op, outer, inner *site) int32 {
	f := outer.Fn
	g := m.graph(f)
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		for i := blk.First; i < blk.First+blk.Len; i++ {
			is := f.F.Instrs[i]
			if is.Kind != ir.ICall || is.N == ir.None || !m.sharedLock(f, is.N) || !m.takes(op, f, is.N) {
				continue
			}
			if m.leadsTo(f, g, int32(b), i, inner) {
				return is.N
			}
		}
	}
	return ir.None
}

// sharedLock reports whether call n takes a lock that belongs to no object: a global one.
func (m *model) sharedLock(f *analyze.Fn, n int32) bool {
	h, acquire := m.p.HeldCall(f, n)
	if h == nil || !acquire || h.Kind != "lock" {
		return false
	}
	args := f.Args(n)
	if h.Arg < 0 || h.Arg >= len(args) {
		return true
	}
	if strings.HasPrefix(strings.TrimPrefix(f.Path(args[h.Arg]), "&"), "g:") {
		return true
	}
	v := m.rootVariable(f, args[h.Arg])
	return v != ir.None && f.F.Vars[v].Kind == ir.VStatic
}

// rootVariable is the local variable that an expression starts at, None when it starts elsewhere or follows a pointer.
func (m *model) rootVariable(f *analyze.Fn, n int32) int32 {
	for n != ir.None {
		switch nd := &f.F.Nodes[f.Strip(n)]; nd.Op {
		case ir.Ident:
			return nd.Var
		case ir.Addr, ir.Index:
			n = nd.X
		default:
			return ir.None
		}
	}
	return ir.None
}

// takes reports whether the operation's own code runs call n of f, which takes a lock.
func (m *model) takes(op *analyze.Op, f *analyze.Fn, n int32) bool {
	line, _ := m.at(f, f.F.Nodes[n].Start)
	for _, l := range op.Locks {
		if l.Function == f.Name && l.File == f.File && l.Line == line {
			return true
		}
	}
	return false
}

// leadsTo reports whether instruction i of block b stands before site inner: in its function, or before a call that gets there.
func (m *model) leadsTo(f *analyze.Fn, g *graph, b, i int32, inner *site) bool {
	if inner.Fn == f {
		return g.precedes(b, i, inner.Block, inner.Instr)
	}
	for c, fn := range m.p.Called(f, nil) {
		if g.precedes(b, i, c.Block, c.Instr) && m.gets(fn, inner.Fn) {
			return true
		}
	}
	return false
}

// gets reports whether f is, or calls within a few steps, function to.
func (m *model) gets(f, to *analyze.Fn) bool {
	if m.callersIn == nil {
		m.callersIn = map[*analyze.Fn]map[*analyze.Fn]bool{}
	}
	if m.callersIn[to] == nil {
		m.callersIn[to] = m.above(to)
	}
	return m.callersIn[to][f]
}

// above is the set of functions from which to is reached within a few calls, and to itself.
func (m *model) above(to *analyze.Fn) map[*analyze.Fn]bool {
	const steps = 6
	up := m.callerIndex()
	out := map[*analyze.Fn]bool{to: true}
	for work, n := []*analyze.Fn{to}, 0; n < steps; n++ {
		var next []*analyze.Fn
		for _, f := range work {
			for _, c := range up[f] {
				if !out[c] {
					out[c] = true
					next = append(next, c)
				}
			}
		}
		work = next
	}
	return out
}

// callerIndex lists the callers of each function, once.
func (m *model) callerIndex() map[*analyze.Fn][]*analyze.Fn {
	if m.calledBy != nil {
		return m.calledBy
	}
	m.calledBy = map[*analyze.Fn][]*analyze.Fn{}
	for _, f := range m.p.Fns {
		for _, c := range m.p.Called(f, nil) {
			m.calledBy[c] = append(m.calledBy[c], f)
		}
	}
	return m.calledBy
}

func reportBehindLock(p *Pass, s *site, sw *verify.Switch, outer *site, n int32) {
	m := p.m
	lock := outer.Fn.Text(n)
	f := m.finding(s, 0.75, s.Hook+" is asked behind "+lock+" of "+outer.Fn.Name+", which "+outer.Hook+" lets the command pass to: a caller that is denied holds up all others")
	f.detail = behindDetail
	f.Evidence = append(f.Evidence, sw.Fn.Name+" answers 0 for the command, as one with a hook of its own", "the lock is the dispatcher's, shared by every caller")
	f.Path = []Step{m.step(outer.Fn, outer.Node, outer.Hook+" lets the command pass"), m.step(outer.Fn, n, lock+": a lock"), m.step(s.Fn, s.Node, "only here "+s.Hook+" is asked")}
	p.Report(f)
}
