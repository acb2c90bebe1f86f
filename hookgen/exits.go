package hookgen

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// exit is one way out that the function already uses, and what must be released first to take it from an anchor.
type exit struct {
	stmt    int32 // the goto, return, break or continue
	release []*resource
	cost    int
}

// exits ranks the ways out for a denial at statement anchor: fewest releases, then the nearest above, then the nearest below.
func (b *body) exits(anchor int32) *exit {
	here, ok := b.at(anchor)
	if !ok {
		return nil
	}
	held, _ := b.holding(here)
	var best *exit
	for i := range b.f.F.Stmts {
		e := b.exitBy(int32(i), anchor, here, held)
		if e != nil && (best == nil || e.cost < best.cost) {
			best = e
		}
	}
	return best
}

// exitBy considers statement i as the way out; nil when it cannot be taken from the anchor.
func (b *body) exitBy(i, anchor int32, here state, held []*resource) *exit {
	st, a := &b.f.F.Stmts[i], &b.f.F.Stmts[anchor]
	switch st.Kind {
	case ir.SGoto:
		if l := b.label(st.Name); l == ir.None || b.f.F.Stmts[l].Start < a.Start || !b.encloses(b.f.F.Stmts[l].Parent, anchor) || b.readsUnset(l, here) {
			return nil
		}
	case ir.SBreak, ir.SContinue:
		if b.breakable(i, st.Kind) != b.breakable(anchor, st.Kind) || st.InMacro {
			return nil
		}
	case ir.SReturn:
		if st.InMacro && st.N == ir.None {
			return nil
		}
	default:
		return nil
	}
	there, ok := b.at(i)
	if !ok {
		return nil
	}
	e := &exit{stmt: i}
	then, _ := b.holding(there)
	for _, r := range then {
		if here[r.key] == absent || there[r.key] == maybe && here[r.key] != maybe {
			return nil // it would release what is not held
		}
	}
	for _, r := range then {
		if r.held.Kind == "reference" && here[r.key] != absent && b.encloses(st.Parent, anchor) && b.acquiredWith(r, st.Parent) {
			return nil // the way of success: the reference is kept on purpose
		}
	}
	for _, r := range held {
		if there[r.key] == absent && !b.releasedAfter(i, r) {
			e.release = append(e.release, r)
		}
	}
	const perRelease, below = 1 << 20, 1 << 18
	e.cost = perRelease * len(e.release)
	if st.Start < a.Start {
		e.cost += int(a.Start - st.Start)
	} else {
		e.cost += below + int(st.Start-a.Start)
	}
	return e
}

// encloses reports whether statement outer is the anchor's block or one around it: a jump that stands in it is taken unconditionally.
func (b *body) encloses(outer, anchor int32) bool {
	for p := b.f.F.Stmts[anchor].Parent; p != ir.None; p = b.f.F.Stmts[p].Parent {
		if p == outer {
			return true
		}
	}
	return false
}

// acquiredWith reports whether r is acquired inside statement outer.
func (b *body) acquiredWith(r *resource, outer int32) bool {
	o := &b.f.F.Stmts[outer]
	for n, x := range b.resources {
		if nd := &b.f.F.Nodes[n]; x.key == r.key && o.Start <= nd.Start && nd.End <= o.End {
			return true
		}
	}
	return false
}

// releasedAfter reports whether the code that jump statement i leads to releases r, as in "out: if ( d ) rcu_unlock_domain(d);".
func (b *body) releasedAfter(i int32, r *resource) bool {
	st := &b.f.F.Stmts[i]
	blk := &b.f.F.Blocks[st.Block]
	if st.Kind == ir.SReturn {
		return false
	}
	again := func(n int32) bool { return b.acquiresIn(n, r) } // as in a loop's next round: what it releases is another
	for n, ok := range verify.Graph(b.f).Reach(blk.Succs, again) {
		if !ok || again(int32(n)) {
			continue
		}
		to := &b.f.F.Blocks[n]
		for _, is := range b.f.F.Instrs[to.First : to.First+to.Len] {
			if is.Kind != ir.ICall || is.N == ir.None {
				continue
			}
			h, acquire := b.p.HeldCall(b.f, is.N)
			if h != nil && !acquire && undoes(r.held.Release, b.f.CallName(is.N)) && b.releases(r, is.N) {
				return true
			}
		}
	}
	return false
}

// acquiresIn reports whether block n acquires r.
func (b *body) acquiresIn(n int32, r *resource) bool {
	blk := &b.f.F.Blocks[n]
	for _, is := range b.f.F.Instrs[blk.First : blk.First+blk.Len] {
		if x := b.resources[is.N]; is.Kind == ir.ICall && x != nil && x.key == r.key {
			return true
		}
	}
	return false
}

// readsUnset reports whether the code at a label reads a local variable that has no value in the state yet; the result variable is about to get one.
func (b *body) readsUnset(label int32, here state) bool {
	result := b.resultVar()
	if result == ir.None && strings.HasSuffix(b.f.S(b.f.F.Result), "*") {
		result = b.scratch(label) // takes the hook's answer, which the label's code turns into a pointer
	}
	for v := int(b.f.F.Params); v < len(b.f.F.Vars); v++ {
		if b.f.F.Vars[v].Kind != ir.VLocal || int32(v) == result {
			continue
		}
		id := b.ident(int32(v))
		if id == ir.None || !b.live(int32(v), label) {
			continue
		}
		if p := b.f.Path(id); strings.HasPrefix(p, "v") && here["def "+p] == absent {
			return true
		}
	}
	return false
}

// label finds the labelled statement of a name, None when there is none.
func (b *body) label(name int32) int32 {
	for i := range b.f.F.Stmts {
		if s := &b.f.F.Stmts[i]; s.Kind == ir.SLabel && s.Name == name {
			return int32(i)
		}
	}
	return ir.None
}

// breakable is the loop or switch that a break (or continue) at statement i leaves.
func (b *body) breakable(i int32, kind ir.StmtKind) int32 {
	for p := b.f.F.Stmts[i].Parent; p != ir.None; p = b.f.F.Stmts[p].Parent {
		switch b.f.F.Stmts[p].Kind {
		case ir.SWhile, ir.SDo, ir.SFor:
			return p
		case ir.SSwitch:
			if kind == ir.SBreak {
				return p
			}
		}
	}
	return ir.None
}

// releaseText is the statement that releases r: as the function writes it elsewhere, or put together from the profile; "" when neither is known.
func (b *body) releaseText(src []byte, r *resource) string {
	for _, is := range b.f.F.Instrs {
		if is.Kind != ir.ICall || is.N == ir.None || is.Stmt == ir.None {
			continue
		}
		h, acquire := b.p.HeldCall(b.f, is.N)
		st := &b.f.F.Stmts[is.Stmt]
		call := h != nil && !acquire && undoes(r.held.Release, b.f.CallName(is.N))
		macro := st.Macro != 0 && undoes(r.held.Release, b.f.S(st.Macro)) // what is called is its expansion
		if (call || macro) && b.releases(r, is.N) && st.Kind == ir.SExpr {
			return strings.TrimSpace(string(src[st.Start:st.End]))
		}
	}
	if strings.ContainsAny(r.held.Release, "*?") || strings.HasPrefix(r.held.Release, "_") {
		return ""
	}
	if r.held.Arg < 0 && !r.held.Result {
		return r.held.Release + "();"
	}
	return r.held.Release + "(" + r.text + ");"
}

// errorIn is the node that a returned expression gives back where there is an error: of "rc < 0 ? rc : port" the rc.
func (b *body) errorIn(n int32) int32 {
	n = b.f.Strip(n)
	c := &b.f.F.Nodes[n]
	if c.Op != ir.Cond || c.Y == ir.None {
		return n
	}
	t, y := &b.f.F.Nodes[b.f.Strip(c.X)], &b.f.F.Nodes[b.f.Strip(c.Y)]
	if t.Op != ir.Binary || b.f.S(t.Name) != "<" || !b.zero(t.Y) || y.Op != ir.Ident || b.f.Path(t.X) != b.f.Path(c.Y) {
		return n
	}
	return b.f.Strip(c.Y)
}

// resultVar is the variable that the function's result is gathered in: the integer that its returns name most often.
func (b *body) resultVar() int32 {
	count := map[int32]int{}
	best := ir.None
	for i := range b.f.F.Blocks {
		blk := &b.f.F.Blocks[i]
		if blk.Term != ir.TReturn || blk.N == ir.None {
			continue
		}
		n := &b.f.F.Nodes[b.errorIn(blk.N)]
		if n.Op != ir.Ident || n.Var == ir.None || b.counts(n.Var) || strings.HasSuffix(b.f.S(b.f.F.Vars[n.Var].Type), "*") || !integer(b.f.S(b.f.F.Vars[n.Var].Type)) && b.f.F.Vars[n.Var].Type != b.f.F.Result {
			continue
		}
		count[n.Var]++
		if best == ir.None || count[n.Var] > count[best] {
			best = n.Var
		}
	}
	return best
}

// counts reports whether variable v is stepped by one somewhere: it counts, and holds no error.
func (b *body) counts(v int32) bool {
	for i := range b.f.F.Nodes {
		if nd := &b.f.F.Nodes[i]; nd.Op == ir.IncDec {
			if x := &b.f.F.Nodes[b.f.Strip(nd.X)]; x.Op == ir.Ident && x.Var == v {
				return true
			}
		}
	}
	return false
}

// integer reports whether a type holds error numbers. A function's own result type does too, when it is the type of the variable it returns.
func integer(t string) bool { return t == "int" || t == "long" || t == "signed int" || t == "long int" }

// live reports whether the value that variable v has before statement st is read later.
func (b *body) live(v, st int32) bool {
	start := b.f.F.Stmts[st].Block
	seen := map[int32]bool{}
	var walk func(blk, from int32) bool
	walk = func(blk, from int32) bool {
		fb := &b.f.F.Blocks[blk]
		for _, is := range b.f.F.Instrs[fb.First : fb.First+fb.Len] {
			if is.Stmt < from {
				continue
			}
			if b.reads(is, v) {
				return true
			}
			if b.writes(is, v) {
				return false
			}
		}
		if fb.N != ir.None && b.mentions(fb.N, v) {
			return true
		}
		for _, s := range fb.Succs {
			if !seen[s] {
				seen[s] = true
				if walk(s, -1) {
					return true
				}
			}
		}
		return false
	}
	return walk(start, st)
}

func (b *body) writes(is ir.Instr, v int32) bool {
	switch is.Kind {
	case ir.IAssign:
		nd := &b.f.F.Nodes[is.N]
		x := &b.f.F.Nodes[nd.X]
		return nd.Op == ir.Assign && b.f.S(nd.Name) == "=" && x.Op == ir.Ident && x.Var == v
	case ir.IDecl:
		return is.Var == v
	}
	return false
}

func (b *body) reads(is ir.Instr, v int32) bool {
	if is.N == ir.None {
		return false
	}
	if b.writes(is, v) && is.Kind == ir.IAssign {
		return b.mentions(b.f.F.Nodes[is.N].Y, v)
	}
	return b.mentions(is.N, v)
}

// mentions reports whether the expression names variable v.
func (b *body) mentions(n, v int32) (found bool) {
	b.f.Each(n, func(k int32) bool {
		nd := &b.f.F.Nodes[k]
		if nd.Op == ir.Assign { // an embedded assignment is an instruction of its own
			x := &b.f.F.Nodes[nd.X]
			if x.Op == ir.Ident && x.Var == v {
				return false
			}
		}
		found = found || nd.Op == ir.Ident && nd.Var == v
		return !found
	})
	return found
}
