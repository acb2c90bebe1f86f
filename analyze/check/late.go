package check

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/flow"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// late is XSM1002.
func late(p *Pass) {
	behindLock(p)
	for _, s := range p.m.sites {
		if s.Void() || p.m.boots(s) {
			continue
		}
		l := &lateness{m: p.m, s: s, g: p.m.graph(s.Fn), needs: p.m.slice(s)}
		l.objects()
		l.roots = p.m.roots(s)
		l.collect()
		if len(l.effects)+len(l.locks)+len(l.acts)+len(l.work) > 0 {
			p.Report(l.report())
		}
	}
}

// boots reports whether a site is in code that no guest asks for: no operation reaches it, nothing calls its function, and it answers nothing.
func (m *model) boots(s *site) bool {
	up := m.callerIndex()
	return s.fact != nil && len(s.fact.Ops) == 0 && len(up[s.Fn]) == 0 && s.Fn.S(s.Fn.F.Result) == "void"
}

// lateness is what happens before one hook call.
type lateness struct {
	m              *model
	s              *site
	g              *graph
	objs           []string        // objects of the hook that exist without its function
	needs          map[int32]bool  // nodes that the hook's arguments are computed from
	effects, locks []int32         // nodes
	tested         bool            // between the lock and the hook, state is tested
	roots          map[string]bool // variables that the hook's arguments come from
	acts           []int32         // nodes: the operation itself, with the same values as the hook
	work           []int32         // nodes: other changes of state, of which nothing but the hook's late place says that they may precede it
}

// roots names the variables that the hook's arguments come from, apart from the caller and constants.
func (m *model) roots(s *site) map[string]bool {
	out := map[string]bool{}
	for _, a := range s.Fn.Args(s.Node) {
		m.rootsOf(s.Fn, a, out)
	}
	return out
}

// rootsOf adds the variables under node n.
func (m *model) rootsOf(f *analyze.Fn, n int32, out map[string]bool) {
	f.Each(n, func(k int32) bool {
		if m.isSubject(f, k) {
			return false
		}
		nd := &f.F.Nodes[k]
		if nd.Op == ir.Ident && nd.Var != ir.None {
			out[rootOf(f.Path(k))] = true
			out["var "+itoa(int(nd.Var))] = true
		}
		return true
	})
	delete(out, "")
}

// rootOf is the variable that a path starts at: "v3" of "&v3.a".
func rootOf(p string) string {
	p = strings.TrimPrefix(p, "&")
	if i := strings.IndexAny(p, "*.["); i >= 0 {
		p = p[:i]
	}
	return p
}

// objects keeps the hook's objects that something else keeps alive: parameters, and what a look-up returned.
func (l *lateness) objects() {
	for _, o := range l.s.objects() {
		if o != "" && (o[0] == 'p' || l.lookedUp(o)) {
			l.objs = append(l.objs, o)
		}
	}
}

// lookedUp reports whether the object at path o comes from a look-up that takes a reference.
func (l *lateness) lookedUp(o string) bool {
	f := l.s.Fn
	for _, is := range f.F.Instrs {
		if is.Kind != ir.ICall || is.N == ir.None {
			continue
		}
		h, acquire := l.m.p.HeldCall(f, is.N)
		if h == nil || !acquire || h.Kind != "reference" {
			continue
		}
		args := f.Args(is.N)
		switch {
		case h.Result && (f.Path(is.N) == o || l.m.storedAt(f, is.N) == o):
			return true
		case h.Out && h.Arg < len(args) && strings.TrimPrefix(f.Path(args[h.Arg]), "&") == o:
			return true
		}
	}
	return false
}

// collect finds effects and locks on the way to the hook.
func (l *lateness) collect() {
	f := l.s.Fn
	reach := l.g.before(l.s.Block)
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if !reach[b] || blk.Unreachable {
			continue
		}
		for i := blk.First; i < blk.First+blk.Len; i++ {
			if int32(b) == l.s.Block && i >= l.s.Instr {
				break
			}
			l.instr(int32(b), i)
		}
	}
}

func (l *lateness) instr(b, i int32) {
	f := l.s.Fn
	is := f.F.Instrs[i]
	if is.N == ir.None || l.asked(b, i) || l.needs[is.N] || l.dispatched(b) {
		return
	}
	if is.Kind == ir.ICall {
		if h, acquire := l.m.p.HeldCall(f, is.N); h != nil && h.Kind == "lock" {
			if acquire && l.avoidable(b, i) && !l.said(b, i, l.owner(f.Path(f.Args(is.N)[0]))) && !l.unlocked(b, i, h.Release) {
				l.locks = append(l.locks, is.N)
			}
			return
		}
	}
	for _, p := range l.m.changed(f, is) {
		for _, o := range l.objs {
			if analyze.Below(p, analyze.Pointee(o)) && !l.said(b, i, o) {
				l.effects = append(l.effects, is.N)
				return
			}
		}
	}
	switch {
	case !l.operation(b, i):
	case l.m.shares(f, is.N, l.roots):
		l.acts = append(l.acts, is.N)
	case !l.m.onCaller(f, is.N, b) && !(l.m.errorStore(f, is) && strings.HasPrefix(f.Path(f.F.Nodes[is.N].X), "p")):
		l.work = append(l.work, is.N)
	}
}

// onCaller reports whether call n is given the caller or what is the caller's, and nothing else.
func (m *model) onCaller(f *analyze.Fn, n, b int32) bool {
	if f.F.Nodes[n].Op != ir.Call || len(f.Args(n)) == 0 {
		return false
	}
	for _, a := range f.Args(n) {
		if f.F.Nodes[f.Strip(a)].Flags&ir.HasVal == 0 && !m.callerAt(f, a, b) {
			return false
		}
	}
	return true
}

// operation reports whether instruction i of block b may be the work that the hook is about: a change of state on a way to it, which neither
// finds nor prepares what the hook is given and which no earlier hook precedes.
func (l *lateness) operation(b, i int32) bool {
	f := l.s.Fn
	is := f.F.Instrs[i]
	if is.N == ir.None || is.Kind == ir.IDecl || !l.m.significant(f, is) || l.m.releasing(f, is) {
		return false
	}
	if is.Kind == ir.ICall && (l.m.p.Profile.Lookups.Has(f.CallName(is.N)) || l.finds(is) || l.feeds(is.N) || l.m.asksItself(f, is.N)) {
		return false
	}
	if is.Kind != ir.ICall && l.fresh(is) || is.Kind == ir.ICall && l.prepares(is) {
		return false
	}
	for _, h := range l.m.byFn[f] { // an earlier hook that comes after it, too, is the one that is reported
		if h.Node != l.s.Node && l.g.precedes(h.Block, h.Instr, l.s.Block, l.s.Instr) && !l.dispatched(h.Block) &&
			(b == h.Block && i < h.Instr || b != h.Block && l.g.reaching(h.Block, true)[b]) {
			return false
		}
	}
	return true
}

// asksItself reports whether call n goes to a function that asks a hook.
func (m *model) asksItself(f *analyze.Fn, n int32) bool {
	fns, _ := m.p.Callees(f, n)
	for _, c := range fns {
		if slices.ContainsFunc(m.byFn[c], m.decides) {
			return true
		}
	}
	return false
}

// finds reports whether a call returns an object and changes none that it is given: it looks something up or makes it.
func (l *lateness) finds(is ir.Instr) bool { return l.m.finds(l.s.Fn, is) }

func (m *model) finds(f *analyze.Fn, is ir.Instr) bool {
	if is.Kind != ir.ICall || !strings.HasSuffix(f.S(f.F.Nodes[is.N].Type), "*") {
		return false
	}
	for _, p := range m.changed(f, is) {
		if p != "g:" {
			return false
		}
	}
	return true
}

// fresh reports whether an assignment is to an object that the function itself made: nobody else sees it yet.
func (l *lateness) fresh(is ir.Instr) bool {
	f := l.s.Fn
	p := f.Path(f.F.Nodes[is.N].X)
	return p != "" && (p[0] == 'v' || p[0] == 'c') && !l.lookedUp(rootOf(p)) && len(l.m.owners(f, p)) == 0
}

// feeds reports whether what call n fills or returns is read by the hook's arguments.
func (l *lateness) feeds(n int32) bool {
	f := l.s.Fn
	fns, _ := l.m.p.Callees(f, n)
	for _, c := range fns {
		if l.m.writes[c].through&stateBit != 0 {
			return false // it does more than that
		}
	}
	for _, a := range f.Args(n) {
		for _, h := range f.Args(l.s.Node) {
			if p, q := f.Path(a), f.Path(h); p != "" && q != p && analyze.Below(q, analyze.Pointee(p)) {
				return true
			}
		}
		if nd := &f.F.Nodes[f.Strip(a)]; nd.Op == ir.Addr && l.roots[rootOf(f.Path(nd.X))] {
			return true
		}
	}
	return false
}

// shares reports whether an expression names one of the variables.
func (m *model) shares(f *analyze.Fn, n int32, roots map[string]bool) bool {
	mine := map[string]bool{}
	m.rootsOf(f, n, mine)
	for r := range mine {
		if roots[r] {
			return true
		}
	}
	return false
}

// asked reports whether an earlier hook covers instruction i of block b.
func (l *lateness) asked(b, i int32) bool {
	for _, h := range l.m.byFn[l.s.Fn] {
		if h.Node != l.s.Node && l.m.decides(h) && l.g.precedes(h.Block, h.Instr, b, i) && !l.dispatched(h.Block) {
			return true
		}
	}
	return false
}

// said reports whether an earlier hook about object o comes after instruction i of block b, too: that one is reported.
func (l *lateness) said(b, i int32, o string) bool {
	for _, h := range l.m.byFn[l.s.Fn] {
		if h.Node == l.s.Node || !contains(h.objects(), o) || !l.g.precedes(h.Block, h.Instr, l.s.Block, l.s.Instr) {
			continue
		}
		if b == h.Block && i < h.Instr || b != h.Block && l.g.reaching(h.Block, true)[b] {
			return true
		}
	}
	return false
}

// dispatched reports whether between block b and the hook a switch chooses the command: what is before is common to all of them.
func (l *lateness) dispatched(b int32) bool {
	const commands = 4
	f := l.s.Fn.F
	for i := range f.Blocks {
		if f.Blocks[i].Term == ir.TSwitch && len(f.Blocks[i].Cases) >= commands && int32(i) != l.s.Block &&
			flow.Dominates(l.g.idom, int32(i), l.s.Block) && flow.Dominates(l.g.idom, b, int32(i)) {
			return true
		}
	}
	return false
}

// avoidable reports whether the lock at instruction i of block b, on an object that lives without it, could come after the hook: nothing that
// the hook's arguments need is computed under it.
func (l *lateness) avoidable(b, i int32) bool {
	f := l.s.Fn
	args := f.Args(f.F.Instrs[i].N)
	if len(args) == 0 || !flow.Dominates(l.g.idom, b, l.s.Block) {
		return false
	}
	if !contains(l.objs, l.owner(f.Path(args[0]))) {
		return false
	}
	for _, a := range f.Args(l.s.Node) { // a member read under the lock
		if l.readsState(a) {
			return false
		}
	}
	for nb := range f.F.Blocks {
		blk := &f.F.Blocks[nb]
		for k := blk.First; k < blk.First+blk.Len; k++ {
			if l.needs[f.F.Instrs[k].N] && l.g.precedes(b, i, int32(nb), k) && f.F.Instrs[k].N != ir.None {
				return false
			}
		}
		if l.between(b, int32(nb)) && blk.Term == ir.TBranch {
			l.tested = true
		}
	}
	return true
}

// owner is the hook's object that a lock belongs to: the innermost one that contains it.
func (l *lateness) owner(lock string) (best string) {
	lock = strings.TrimPrefix(lock, "&")
	for _, o := range l.s.objects() {
		if analyze.Below(lock, analyze.Pointee(o)) && len(analyze.Pointee(o)) > len(analyze.Pointee(best)) {
			best = o
		}
	}
	return best
}

// between reports whether block nb is on the way from block b to the hook's.
func (l *lateness) between(b, nb int32) bool {
	return nb != l.s.Block && flow.Dominates(l.g.idom, b, nb) && flow.Dominates(l.g.idom, nb, l.s.Block)
}

// readsState reports whether an argument loads a member through one of the hook's own objects.
func (l *lateness) readsState(a int32) bool {
	f := l.s.Fn
	p := f.Path(a)
	if p == "" || strings.HasPrefix(p, "&") {
		return false
	}
	for _, o := range l.objs {
		if p != o && analyze.Below(p, analyze.Pointee(o)) {
			return true
		}
	}
	return false
}

// unlocked reports whether the lock is released again before the hook.
func (l *lateness) unlocked(b, i int32, release string) bool {
	f := l.s.Fn
	for nb := range f.F.Blocks {
		blk := &f.F.Blocks[nb]
		for k := blk.First; k < blk.First+blk.Len; k++ {
			is := f.F.Instrs[k]
			if is.Kind != ir.ICall || is.N == ir.None || !l.g.precedes(b, i, int32(nb), k) || !l.g.precedes(int32(nb), k, l.s.Block, l.s.Instr) {
				continue
			}
			if h, acquire := l.m.p.HeldCall(f, is.N); h != nil && !acquire && h.Release == release {
				return true
			}
		}
	}
	return false
}

func (l *lateness) report() *Finding {
	f := l.s.Fn
	confidence, what := 0.85, "changes the object that it asks about"
	if len(l.effects) == 0 {
		confidence, what = 0.75, "takes a lock that could come after it"
		if l.tested {
			confidence = 0.55
		}
	}
	if len(l.effects)+len(l.locks) == 0 {
		confidence, what = 0.65, "is what it decides about"
	}
	if len(l.effects)+len(l.locks)+len(l.acts) == 0 {
		confidence, what = 0.6, "changes state before anybody is asked"
	}
	first := slices.Concat(l.effects, l.locks, l.acts, l.work)[0]
	out := l.m.finding(l.s, confidence, l.s.Hook+" comes after "+f.Text(first)+", which "+what)
	for _, n := range l.effects {
		out.Path = append(out.Path, l.m.step(f, n, f.Text(n)+": a side effect"))
	}
	for _, n := range l.acts {
		out.Path = append(out.Path, l.m.step(f, n, f.Text(n)+": works with what the hook is given"))
	}
	for _, n := range l.work {
		out.Path = append(out.Path, l.m.step(f, n, f.Text(n)+": changes state"))
	}
	for _, n := range l.locks {
		out.Path = append(out.Path, l.m.step(f, n, f.Text(n)+": a lock"))
	}
	out.Path = append(out.Path, l.m.step(f, l.s.Node, "only here "+l.s.Hook+" is asked"))
	out.Evidence = []string{"the hook's arguments do not depend on it, and no earlier hook of the function covers it"}
	return out
}
