package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// siblings is XSM1006.
func siblings(p *Pass) {
	twoEntries(p)
	created(p)
	handedOut(p)
	foundOwners(p)
	answers(p)
	for _, s := range p.m.shared() {
		p.Report(s)
	}
}

// twoEntries compares the operations of different entries that have the same sub-command.
func twoEntries(p *Pass) {
	by := map[string][]*analyze.Op{}
	for i := range p.Facts.Ops {
		if op := &p.Facts.Ops[i]; op.Command != "" && contains(op.Configs, p.Config) {
			k := fmt.Sprintf("%s %d", op.Command, op.Value)
			by[k] = append(by[k], op)
		}
	}
	for i := range p.Facts.Ops {
		b := &p.Facts.Ops[i]
		if p.m.defaultDecides(b) || b.Truncated || !acts(b) || !contains(b.Configs, p.Config) {
			continue
		}
		for _, a := range by[fmt.Sprintf("%s %d", b.Command, b.Value)] {
			if h := p.m.stronger(a, b); a.Entry != b.Entry && h != "" && (len(b.Hooks) > 0 || outermost(a) == outermost(b)) && !p.m.handedOn(a, b, h) && !runsCode(a, b, h) {
				reportSibling(p, a, b, h)
				break
			}
		}
	}
}

// outermost is the first command on the way to an operation.
func outermost(op *analyze.Op) string {
	_, cmd, _ := strings.Cut(commandID(op), "/")
	return cmd
}

// runsCode reports whether operation b gets to the very code of a in which the hook is asked: it has the same case label, and does something in that
// function. The label alone does not tell: a compat handler that takes the command up itself has that of the native one as well.
func runsCode(a, b *analyze.Op, hook string) bool {
	own := slices.ContainsFunc(a.Hooks, func(h analyze.SiteAt) bool { return h.Hook == hook && h.Phase == "own" })
	there := func(x analyze.Access) bool { return x.Function == a.Function }
	return own && slices.ContainsFunc(b.Labels, func(l analyze.Label) bool { return l.Place == a.Place }) &&
		(slices.ContainsFunc(b.Copies, there) || slices.ContainsFunc(b.Locks, there) || slices.ContainsFunc(b.Writes, there) || slices.ContainsFunc(b.Reads, there))
}

// handedOn reports whether operation a's entry calls that of b, and asks the hook nowhere but in what b's entry calls: then b's own code holds the hook,
// and that only a is seen to reach it is because of what is known of the command there.
func (m *model) handedOn(a, b *analyze.Op, hook string) bool {
	calls := false
	for _, e := range m.p.Named(b.Entry) {
		calls = calls || m.under(a.Entry, e)
	}
	if !calls {
		return false
	}
	for _, h := range a.Hooks {
		if h.Hook != hook {
			continue
		}
		if s := m.siteOf(h.Site); s != nil && !m.under(b.Entry, s.Fn) {
			return false
		}
	}
	return true
}

// under reports whether function f is the entry, or is called within a few steps of it.
func (m *model) under(entry string, f *analyze.Fn) bool {
	for _, e := range m.p.Named(entry) {
		if m.gets(e, f) {
			return true
		}
	}
	return false
}

// defaultDecides reports whether some hook of an operation decides without a module, too: its calls' default action lets not everybody through.
func (m *model) defaultDecides(op *analyze.Op) bool {
	for _, h := range op.Hooks {
		if !m.passes(h.Site) {
			return true
		}
	}
	return false
}

// passes reports whether the default action at a site lets everybody through.
func (m *model) passes(id string) bool {
	s := m.siteOf(id)
	return s != nil && (m.p.Profile.Hooks.Passes.Has(s.Action) || !m.decides(s))
}

// siteOf is the hook call that facts name by an id, nil for none.
func (m *model) siteOf(id string) *site {
	if m.byID == nil {
		m.byID = map[string]*site{}
		for _, s := range m.sites {
			if s.fact != nil {
				m.byID[s.fact.ID] = s
			}
		}
	}
	return m.byID[id]
}

// stronger is a hook of operation a where b has none: any; or one in front of the dispatch that decides without a module, where the two pass the same
// hooks otherwise and these let everybody through without a module.
func (m *model) stronger(a, b *analyze.Op) string {
	if len(b.Hooks) == 0 {
		return ownHook(a)
	}
	shared := false
	for _, h := range b.Hooks {
		if h.Phase != "before" {
			continue
		}
		if !reachesSite(a, h.Site) {
			return ""
		}
		shared = shared || m.siteOf(h.Site) != nil && m.decides(m.siteOf(h.Site))
	}
	if !shared {
		return ""
	}
	for _, h := range a.Hooks {
		if h.Phase == "before" && !m.passes(h.Site) {
			return h.Hook
		}
	}
	return ""
}

// reachesSite reports whether an operation passes a hook's call in front of its dispatch.
func reachesSite(op *analyze.Op, site string) bool {
	for _, h := range op.Hooks {
		if h.Site == site && h.Phase == "before" {
			return true
		}
	}
	return false
}

// acts reports whether an operation looks objects up, changes state, or tells the guest something.
func acts(op *analyze.Op) bool {
	for _, c := range op.Copies {
		if c.Kind == "to guest" {
			return true
		}
	}
	return len(op.Objects)+len(op.Writes) > 0
}

// ownHook is the hook in an operation's own code, else any that it passes.
func ownHook(op *analyze.Op) string {
	for _, h := range op.Hooks {
		if h.Phase == "own" {
			return h.Hook
		}
	}
	if len(op.Hooks) > 0 {
		return op.Hooks[0].Hook
	}
	return ""
}

func reportSibling(p *Pass, a, b *analyze.Op, hook string) {
	at := p.m.bypass(a, b)
	p.Report(&Finding{
		File: at.File, Line: at.Line, Function: at.Function, Hypercall: b.Entry, Operation: b.Command, Hook: hook, Confidence: 0.85,
		Message:  a.ID + " asks " + hook + ", and " + b.ID + " asks nobody",
		Evidence: []string{"the same sub-command in two entries; no hook that decides without a module is reached from the second"},
		Path:     []Step{{b.File, b.Line, b.ID}, {at.File, at.Line, "acts here"}, {a.File, a.Line, "the sibling, which asks"}},
	})
}

// bypass is where operation b goes round the hook of a: the last code on the way to what b does that a does not share.
func (m *model) bypass(a, b *analyze.Op) analyze.Place {
	at := b.Place
	switch {
	case len(b.Objects) > 0:
		at = b.Objects[0].Place
	case len(b.Writes) > 0:
		at = b.Writes[0].Place
	}
	for range b.Calls {
		if !contains(a.Calls, at.Function) {
			break
		}
		up := m.callerIn(b.Calls, at.Function)
		if up.Function == "" {
			break
		}
		at = up
	}
	return at
}

// callerIn is the call of a function in one of the named ones.
func (m *model) callerIn(names []string, callee string) analyze.Place {
	for _, n := range names {
		for _, f := range m.p.Named(n) {
			for _, is := range f.F.Instrs {
				if is.Kind == ir.ICall && is.N != ir.None && f.CallName(is.N) == callee && n != callee {
					line, col := m.at(f, f.F.Nodes[is.N].Start)
					return analyze.Place{File: f.File, Line: line, Col: col, Function: n}
				}
			}
		}
	}
	return analyze.Place{}
}

// call is a call site of a function.
type call struct {
	fn          *analyze.Fn
	block, inst int32
	node        int32
	hook        *site // asked before it in the caller, nil for none
}

// shared finds functions with a caller that asks first and another, reached from an entry without any hook, that does not.
func (m *model) shared() (out []*Finding) {
	calls, open := m.callSites()
	const few = 3
	for _, g := range m.p.Fns {
		cs := calls[g]
		if len(cs) < 2 || len(cs) > few || m.p.InModule(g.File) || m.hooked(g, 0) {
			continue
		}
		var with *call
		for i := range cs {
			if cs[i].hook != nil && contains(m.entries, cs[i].fn.Name) && m.specific(cs[i].hook) {
				with = &cs[i]
			}
		}
		for i := range cs {
			c := &cs[i]
			if with == nil || c.hook != nil || len(m.byFn[c.fn]) > 0 || open[c.fn] == "" || m.onSubject(c) || m.entryOf(with.hook) == open[c.fn] {
				continue
			}
			out = append(out, m.sharedFinding(g, c, with, open[c.fn]))
		}
	}
	return out
}

func (m *model) sharedFinding(g *analyze.Fn, c, with *call, entry string) *Finding {
	f := m.finding(with.hook, 0.7, with.fn.Name+" asks "+with.hook.Hook+" before it calls "+g.Name+", and "+c.fn.Name+" does not")
	f.File, f.Function, f.Hypercall, f.Operations = c.fn.File, c.fn.Name, entry, nil
	f.Line, _ = m.at(c.fn, c.fn.F.Nodes[c.node].Start)
	f.Operation, f.detail = "", g.Name
	for _, id := range slices.Sorted(maps.Keys(m.ops)) {
		if op := m.ops[id]; contains(op.Calls, g.Name) && op.Command != "" {
			f.Operation = op.Command
			break
		}
	}
	f.Evidence = []string{g.Name + " changes state and has " + itoa(2) + " or more ways in; no hook stands between " + entry + " and this one"}
	f.Path = []Step{m.step(c.fn, c.node, "calls "+g.Name+", nobody was asked"), m.step(with.fn, with.node, "the sibling calls it behind "+with.hook.Hook)}
	return f
}

// entryOf is the entry of the first operation that reaches a site.
func (m *model) entryOf(s *site) string {
	var f Finding
	m.operations(&f, s)
	return f.Hypercall
}

// specific reports whether a site serves few operations.
func (m *model) specific(s *site) bool { return s.fact != nil && len(s.fact.Ops) <= maxOperations }

// onSubject reports whether a call is about the caller itself.
func (m *model) onSubject(c *call) bool {
	for _, a := range c.fn.Args(c.node) {
		if m.liesInCaller(c.fn, a) {
			return true
		}
	}
	return false
}

// hooked reports whether f calls a hook, or something near it does.
func (m *model) hooked(f *analyze.Fn, depth int) bool {
	const near = 3
	if len(m.byFn[f]) > 0 {
		return true
	}
	if depth == near {
		return false
	}
	for _, c := range m.p.Called(f, nil) {
		if m.hooked(c, depth+1) {
			return true
		}
	}
	return false
}

// callSites lists the calls of each function, and the functions reached from an entry on some way without a hook, with that entry.
func (m *model) callSites() (map[*analyze.Fn][]call, map[*analyze.Fn]string) {
	calls, open := map[*analyze.Fn][]call{}, map[*analyze.Fn]string{}
	for _, f := range m.p.Fns {
		if m.p.InModule(f.File) {
			continue
		}
		for b := range f.F.Blocks {
			blk := &f.F.Blocks[b]
			for i := blk.First; i < blk.First+blk.Len && !blk.Unreachable; i++ {
				is := f.F.Instrs[i]
				if is.Kind != ir.ICall || is.N == ir.None || m.plain(f, is.N) {
					continue
				}
				c := call{f, int32(b), i, is.N, m.asked(f, int32(b), i)}
				fns, _ := m.p.Callees(f, is.N)
				for _, g := range fns {
					calls[g] = append(calls[g], c)
				}
			}
		}
	}
	m.open(calls, open)
	return calls, open
}

// asked is the nearest hook that is called on every way to instruction i of block b of f.
func (m *model) asked(f *analyze.Fn, b, i int32) (out *site) {
	for _, h := range m.byFn[f] {
		if !h.Void() && m.graph(f).precedes(h.Block, h.Instr, b, i) {
			out = h
		}
	}
	return out
}

// open follows calls that no hook precedes, from the entries.
func (m *model) open(calls map[*analyze.Fn][]call, open map[*analyze.Fn]string) {
	out := map[*analyze.Fn][]*analyze.Fn{}
	for _, g := range m.p.Fns {
		for _, c := range calls[g] {
			if c.hook == nil {
				out[c.fn] = append(out[c.fn], g)
			}
		}
	}
	var work []*analyze.Fn
	for _, e := range m.entries {
		for _, f := range m.p.Named(e) {
			open[f] = e
			work = append(work, f)
		}
	}
	for len(work) > 0 {
		f := work[0]
		work = work[1:]
		for _, g := range out[f] {
			if open[g] == "" {
				open[g] = open[f]
				work = append(work, g)
			}
		}
	}
}
