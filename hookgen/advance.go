package hookgen

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// wanted is what a place is looked for.
type wanted struct {
	src     []byte
	label   string // the one sub-command of several that share the region's code, "" for all
	r       *verify.Region
	args    []arg
	objects []verify.Object
	after   int32 // a byte behind which the hook goes, 0 for none
	known   bool  // the hook's module decides by command, and so knows which commands have no object
	gate    bool  // the function answers for what its caller does
	decides bool  // the hook's default action is a check of its own, and not one that lets everybody through
	ready   func(int32) bool
}

// fits reports whether the hook can be asked before statement at, and something is left to be asked for.
func (b *body) fits(at int32, w *wanted) bool {
	return at != ir.None && b.f.F.Stmts[at].Kind != ir.SBreak && b.candidate(at, w.r) && w.ready(at)
}

// advance moves an anchor behind the statements that follow it and only refuse, ask and compute: the hook is the last thing to be asked before the
// first that has an effect. A lock is an effect, unless what follows tests under it the state of an object that the hook is given. A place where
// the code waits for an answer that nothing gives is taken before all others.
func (b *body) advance(anchor int32, w *wanted) int32 {
	if at := b.waits(anchor, w); at != ir.None {
		return at
	}
	best := anchor
	for at := anchor; ; {
		if first := b.memo(at, w.args); b.fits(first, w) {
			return first
		}
		if arm := b.chain(at, w); arm != ir.None {
			return arm
		}
		asks := b.refuses(at) && b.harmless(at) && b.settles(at, w) || b.decodes(at, w) || b.ownWay(at, w)
		lock := b.locksArgument(at, w.args)
		if !asks && !lock && !b.harmless(at) {
			if b.onSuccess(at) {
				return at
			}
			return best
		}
		next := b.nextSibling(at)
		if !b.fits(next, w) {
			return best
		}
		if asks || lock || at == best && b.bookkeeping(at) {
			best = next
		}
		at = next
	}
}

// ownWay reports whether a statement takes the caller's own request another way: an if, on an argument being the calling domain, all of whose ways leave.
func (b *body) ownWay(at int32, w *wanted) bool {
	st := &b.f.F.Stmts[at]
	then, other := b.arms(at)
	if st.Kind != ir.SIf || st.N == ir.None || then == ir.None || other != ir.None || !b.alwaysLeaves(then) {
		return false
	}
	n := b.f.Strip(st.N)
	for b.f.F.Nodes[n].Op == ir.AndAnd {
		n = b.f.Strip(b.f.F.Nodes[n].X)
	}
	nd := &b.f.F.Nodes[n]
	if nd.Op != ir.Binary || b.f.S(nd.Name) != "==" {
		return false
	}
	given := func(n int32) bool {
		return slices.ContainsFunc(w.args, func(a arg) bool { return a.text == b.f.Text(n) })
	}
	return given(nd.X) && verify.IsCaller(b.p, b.f, nd.Y) || given(nd.Y) && verify.IsCaller(b.p, b.f, nd.X)
}

// alwaysLeaves reports whether the last statement of an arm is a return or jump.
func (b *body) alwaysLeaves(arm int32) bool {
	last := arm
	if b.f.F.Stmts[arm].Kind == ir.SBlock {
		last = ir.None
		for i := range b.f.F.Stmts {
			if o := &b.f.F.Stmts[i]; o.Parent == arm && (last == ir.None || o.Start > b.f.F.Stmts[last].Start) {
				last = int32(i)
			}
		}
	}
	return last != ir.None && slices.Contains([]ir.StmtKind{ir.SReturn, ir.SGoto, ir.SBreak, ir.SContinue}, b.f.F.Stmts[last].Kind)
}

// memo is the first statement of the body of an if that asks only when what is to be asked differs from what was asked last:
// "if ( needed != checked ) { checked = needed; }"; None for other statements.
func (b *body) memo(at int32, args []arg) int32 {
	st := &b.f.F.Stmts[at]
	if st.Kind != ir.SIf || st.N == ir.None {
		return ir.None
	}
	nd := &b.f.F.Nodes[b.f.Strip(st.N)]
	if nd.Op != ir.Binary || b.f.S(nd.Name) != "!=" {
		return ir.None
	}
	x, y := b.f.Text(nd.X), b.f.Text(nd.Y)
	for _, a := range args {
		if a.text != x && a.text != y {
			continue
		}
		for _, is := range b.f.F.Instrs {
			if is.Kind != ir.IAssign || !b.within(is.Stmt, at) {
				continue
			}
			if set := &b.f.F.Nodes[is.N]; b.f.Text(set.Y) == a.text && (b.f.Text(set.X) == x || b.f.Text(set.X) == y) {
				return b.firstIn(b.f.F.Stmts[is.Stmt].Parent)
			}
		}
	}
	return ir.None
}

// firstIn is the first statement of a block statement.
func (b *body) firstIn(block int32) int32 {
	first := ir.None
	for i := range b.f.F.Stmts {
		if o := &b.f.F.Stmts[i]; o.Parent == block && (first == ir.None || o.Start < b.f.F.Stmts[first].Start) {
			first = int32(i)
		}
	}
	return first
}

// armOf narrows a region that several sub-commands share down to the arm that the code keeps for one of them: "if ( cmd == LABEL ) { ... }".
func (b *body) armOf(r *verify.Region, label string) *verify.Region {
	if len(r.Labels) < 2 || label == "" {
		return r
	}
	for i := range b.f.F.Stmts {
		st := &b.f.F.Stmts[i]
		if st.Kind != ir.SIf || st.N == ir.None || !r.Blocks[st.Block] {
			continue
		}
		nd := &b.f.F.Nodes[b.f.Strip(st.N)]
		if nd.Op != ir.Binary || b.f.S(nd.Name) != "==" || b.f.Text(nd.Y) != label {
			continue
		}
		arm := *r
		arm.Blocks = make([]bool, len(r.Blocks))
		for j := range b.f.F.Stmts {
			if o := &b.f.F.Stmts[j]; o.Parent == int32(i) && !o.Else && o.Kind == ir.SBlock {
				b.mark(arm.Blocks, int32(j))
				return &arm
			}
		}
	}
	return r
}

// mark marks the blocks of the statements in outer.
func (b *body) mark(blocks []bool, outer int32) {
	for i := range b.f.F.Stmts {
		if int32(i) != outer && b.within(int32(i), outer) {
			blocks[b.f.F.Stmts[i].Block] = true
		}
	}
}

// onSuccess reports whether a statement acts only when the function's result is still good: "if ( !rc ) rc = act();".
func (b *body) onSuccess(at int32) bool {
	st, v := &b.f.F.Stmts[at], b.resultVar()
	if st.Kind != ir.SIf || v == ir.None {
		return false
	}
	for _, is := range b.f.F.Instrs {
		if is.Stmt == at && is.Kind == ir.IAssign && is.N != ir.None && b.writes(is, v) {
			return false // "if ( (rc = act()) == 0 )" is the first to give it a value
		}
	}
	id := b.ident(v)
	path, truth := b.tested(st.N)
	return id != ir.None && path == b.f.Path(id) && !truth
}

// locksArgument reports whether a statement takes a lock under which the code then tests the state of an object, other than a domain, that the hook is
// given.
func (b *body) locksArgument(at int32, args []arg) bool {
	st := &b.f.F.Stmts[at]
	if st.Kind != ir.SExpr || st.N == ir.None {
		return false
	}
	n := b.f.Strip(st.N)
	if b.f.F.Nodes[n].Op != ir.Call {
		return false
	}
	if h, acquire := b.p.HeldCall(b.f, n); h == nil || !acquire || h.Kind != "lock" || h.Try {
		return false
	}
	next := b.nextSibling(at)
	for next != ir.None && b.onlyComputes(next) {
		next = b.nextSibling(next)
	}
	if next == ir.None || b.f.F.Stmts[next].Kind != ir.SSwitch && (!b.refuses(next) || !b.harmless(next)) {
		return false
	}
	for _, a := range b.pointers(args) {
		if b.readsState(b.f.F.Stmts[next].N, a) {
			return true
		}
	}
	return false
}

// readsState reports whether a condition reads a member of an argument, or asks about it.
func (b *body) readsState(cond int32, a arg) bool {
	f, yes := b.f, false
	f.Each(cond, func(n int32) bool {
		nd := &f.F.Nodes[n]
		switch nd.Op {
		case ir.Field:
			yes = yes || f.Text(nd.X) == a.text
		case ir.Call:
			for _, x := range f.Args(n) {
				yes = yes || f.Text(x) == a.text
			}
		}
		return true
	})
	return yes
}

// pointers are the arguments that point to something other than a domain.
func (b *body) pointers(args []arg) (out []arg) {
	for _, a := range args {
		for v := range b.f.F.Vars {
			t := b.f.S(b.f.F.Vars[v].Type)
			if b.f.S(b.f.F.Vars[v].Name) == a.text && strings.HasPrefix(t, "struct ") && strings.HasSuffix(t, "*") && t != b.p.Profile.Types.Domain {
				out = append(out, a)
				break
			}
		}
	}
	return out
}

// blockOf is the block statement that a statement stands in, whatever labels stand before it.
func (b *body) blockOf(at int32) int32 {
	p := b.f.F.Stmts[at].Parent
	for p != ir.None && (b.f.F.Stmts[p].Kind == ir.SCase || b.f.F.Stmts[p].Kind == ir.SLabel) {
		p = b.f.F.Stmts[p].Parent
	}
	return p
}

// prevSibling is the statement that stands before in the same block, None at its start and behind a label.
func (b *body) prevSibling(at int32) int32 {
	st, best, outer := &b.f.F.Stmts[at], ir.None, b.blockOf(at)
	for i := range b.f.F.Stmts {
		o := &b.f.F.Stmts[i]
		if b.blockOf(int32(i)) == outer && o.End <= st.Start && (best == ir.None || o.Start > b.f.F.Stmts[best].Start) {
			best = int32(i)
		}
	}
	return best
}

// nextSibling is the statement that follows in the same block, None at its end.
func (b *body) nextSibling(at int32) int32 {
	st, best, outer := &b.f.F.Stmts[at], ir.None, b.blockOf(at)
	for i := range b.f.F.Stmts {
		o := &b.f.F.Stmts[i]
		if b.blockOf(int32(i)) == outer && o.Start >= st.End && (best == ir.None || o.Start < b.f.F.Stmts[best].Start) {
			best = int32(i)
		}
	}
	if best != ir.None && (b.f.F.Stmts[best].Kind == ir.SCase || b.f.F.Stmts[best].Kind == ir.SLabel) {
		return ir.None
	}
	return best
}

// refuses reports whether a statement is an if that leaves on some answer.
func (b *body) refuses(at int32) bool {
	if b.f.F.Stmts[at].Kind != ir.SIf {
		return false
	}
	st := &b.f.F.Stmts[at]
	for i := range b.f.F.Stmts {
		o := &b.f.F.Stmts[i]
		if o.Start < st.Start || o.End > st.End {
			continue
		}
		switch o.Kind {
		case ir.SGoto, ir.SReturn, ir.SBreak, ir.SContinue:
			return true
		}
	}
	return false
}
