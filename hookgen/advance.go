package hookgen

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// advance moves an anchor behind the statements that follow it and only refuse, ask and compute: the hook is the last thing to be asked before the
// first that has an effect. A lock is an effect, unless what follows tests under it the state of an object that the hook is given.
func (b *body) advance(anchor int32, r *verify.Region, args []arg, ready func(int32) bool) int32 {
	best := anchor
	for at := anchor; ; {
		asks := b.refuses(at) && b.harmless(at) && b.settles(at, args)
		lock := b.locksArgument(at, args)
		if first := b.memo(at, args); first != ir.None && b.candidate(first, r) && ready(first) {
			return first
		}
		if !asks && !lock && !b.harmless(at) {
			if b.onSuccess(at) {
				return at
			}
			return best
		}
		next := b.nextSibling(at)
		if next == ir.None || !b.candidate(next, r) || !ready(next) {
			return best
		}
		if asks || lock {
			best = next
		}
		at = next
	}
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

// nextSibling is the statement that follows in the same block, None at its end.
func (b *body) nextSibling(at int32) int32 {
	st, best := &b.f.F.Stmts[at], ir.None
	for i := range b.f.F.Stmts {
		o := &b.f.F.Stmts[i]
		if o.Parent == st.Parent && o.Start >= st.End && (best == ir.None || o.Start < b.f.F.Stmts[best].Start) {
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
