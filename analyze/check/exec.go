package check

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// exec executes one function abstractly.
type exec struct {
	m       *model
	f       *analyze.Fn
	watched []bool          // variables whose value can matter: those in conditions, returns and what defines them
	texts   map[string]bool // condition texts that occur more than once
	picks   map[int32]bool  // conditions of ?: whose value is used
	target  int32           // call node whose result is given
	result  val
}

// exit is one way out of the function.
type exit struct {
	s     *state
	value val
	block int32
}

// trace is what a set of paths did.
type trace struct {
	ran     []bool  // by instruction
	edges   []uint8 // by block: bit i, successor i was taken (switches: bit of the successor's position, at most 7)
	exits   []exit
	carried bool // the given result is returned, stored, or passed on
	partial bool // there were too many paths
	at      []*state
}

// Bounds of one execution.
const (
	maxStatesPerBlock = 48
	maxStates         = 6000
)

// newExec prepares function f.
func newExec(m *model, f *analyze.Fn) *exec {
	x := &exec{m: m, f: f, watched: make([]bool, len(f.F.Vars)), texts: map[string]bool{}, picks: map[int32]bool{}, target: ir.None}
	for i := range f.F.Nodes {
		if nd := &f.F.Nodes[i]; nd.Op == ir.Cond && nd.Y != ir.None {
			x.pick(nd.X)
		}
	}
	seen := map[string]int{}
	for i := range f.F.Blocks {
		b := &f.F.Blocks[i]
		if b.N == ir.None {
			continue
		}
		x.watch(b.N)
		if b.Term == ir.TBranch || b.Term == ir.TSwitch {
			t := f.Text(b.N)
			if seen[t]++; seen[t] > 1 && !strings.Contains(t, "...") {
				x.texts[t] = true
			}
		}
	}
	for range 3 {
		for i := range f.F.Nodes {
			nd := &f.F.Nodes[i]
			if nd.Op == ir.Assign && nd.Y != ir.None {
				if l := &f.F.Nodes[nd.X]; l.Op == ir.Ident && l.Var != ir.None && x.watched[l.Var] {
					x.watch(nd.Y)
				}
			}
		}
		for _, is := range f.F.Instrs {
			if is.Kind == ir.IDecl && is.N != ir.None && x.watched[is.Var] {
				x.watch(is.N)
			}
		}
	}
	return x
}

// pick notes a condition of ?: and the node that it is lowered to, without its negations and casts.
func (x *exec) pick(n int32) {
	for n != ir.None {
		x.picks[n] = true
		nd := &x.f.F.Nodes[n]
		if nd.Op != ir.Cast && nd.Op != ir.StmtExpr && (nd.Op != ir.Unary || x.f.S(nd.Name) != "!") {
			return
		}
		n = nd.X
	}
}

func (x *exec) watch(n int32) {
	x.f.Each(n, func(k int32) bool {
		if nd := &x.f.F.Nodes[k]; nd.Op == ir.Ident && nd.Var != ir.None {
			x.watched[nd.Var] = true
		}
		return true
	})
}

// point is where a path stands.
type point struct {
	block, instr int32
	s            *state
}

// before runs from the entry to instruction stop of block b, through blocks that can reach it, and returns the states there.
func (x *exec) before(b, stop int32, reaches []bool) ([]*state, bool) {
	tr := x.run([]point{{0, x.f.F.Blocks[0].First, newState()}}, reaches, b, stop)
	return tr.at, tr.partial
}

// after runs from behind the call of target with the given result in each state to the function's exits.
func (x *exec) after(from []*state, b, instr int32, target int32, result val) *trace {
	x.target, x.result = target, result
	var ps []point
	for _, s := range from {
		ps = append(ps, point{b, instr, s.clone()})
	}
	return x.run(ps, nil, ir.None, ir.None)
}

// run executes from the given points.
func (x *exec) run(work []point, within []bool, stopBlock, stop int32) *trace {
	f := x.f.F
	tr := &trace{ran: make([]bool, len(f.Instrs)), edges: make([]uint8, len(f.Blocks))}
	seen, count, total := map[stateKey]bool{}, make([]int, len(f.Blocks)), 0
	for len(work) > 0 {
		p := work[len(work)-1]
		work = work[:len(work)-1]
		if total++; total > maxStates {
			tr.partial = true
			break
		}
		for _, q := range x.block(p, tr, stopBlock, stop) {
			if within != nil && !within[q.block] {
				continue
			}
			k := q.s.key(q.block)
			if seen[k] {
				continue
			}
			if count[q.block]++; count[q.block] > maxStatesPerBlock {
				tr.partial = true
				continue
			}
			seen[k] = true
			work = append(work, q)
		}
	}
	return tr
}

// block executes the rest of a block and returns where the paths go on.
func (x *exec) block(p point, tr *trace, stopBlock, stop int32) (out []point) {
	b := &x.f.F.Blocks[p.block]
	states := []*state{p.s}
	for i := p.instr; i < b.First+b.Len; i++ {
		if p.block == stopBlock && i == stop {
			tr.at = append(tr.at, states...)
			return nil
		}
		tr.ran[i] = true
		var next []*state
		for _, s := range states {
			next = append(next, x.step(s, x.f.F.Instrs[i], tr)...)
		}
		states = next
	}
	for _, s := range states {
		for _, e := range x.leave(s, p.block, tr) {
			out = append(out, point{e.block, x.f.F.Blocks[e.block].First, e.s})
		}
	}
	return out
}

// leave takes the terminator of block i.
func (x *exec) leave(s *state, i int32, tr *trace) (out []exit) {
	b := &x.f.F.Blocks[i]
	switch b.Term {
	case ir.TReturn:
		e := exit{s: s, value: x.eval(s, b.N), block: i}
		tr.carried = tr.carried || x.carries(s, b.N)
		tr.exits = append(tr.exits, e)
		return nil
	case ir.TBranch:
		if len(b.Succs) == 2 {
			return x.branch(s, i, tr)
		}
	case ir.TSwitch:
		return x.choose(s, i, tr)
	}
	for k, t := range b.Succs {
		tr.edges[i] |= 1 << min(k, 7)
		out = append(out, exit{s: s.clone(), block: t})
	}
	if len(b.Succs) == 0 && b.Term != ir.TStop {
		tr.exits = append(tr.exits, exit{s: s, block: i})
	}
	return out
}

func (x *exec) branch(s *state, i int32, tr *trace) (out []exit) {
	b := &x.f.F.Blocks[i]
	v := x.eval(s, b.N)
	t := x.f.Text(b.N)
	if c, ok := s.conds[t]; ok && !v.known && !v.nonzero {
		v = asTruth(c != 0)
	}
	for k, yes := range []bool{true, false} {
		if yes && v.known && v.v == 0 || !yes && v.nonzero {
			continue
		}
		n := s.clone()
		if !v.known && !v.nonzero {
			x.refine(n, b.N, yes)
			x.settle(n, b, k)
			if x.picks[b.N] {
				n.calls[b.N] = asTruth(yes)
			}
			if x.texts[t] {
				n.conds[t] = truth(yes).v
			}
			if yes {
				x.unequal(n, b.N)
			}
		}
		tr.edges[i] |= 1 << k
		out = append(out, exit{s: n, block: b.Succs[k]})
	}
	return out
}

// unequal adds what follows from a true a < b or a > b: that a != b.
func (x *exec) unequal(s *state, n int32) {
	nd := &x.f.F.Nodes[x.f.Strip(n)]
	if op := x.f.S(nd.Name); nd.Op != ir.Binary || op != "<" && op != ">" {
		return
	}
	l, r := x.f.Text(nd.X), x.f.Text(nd.Y)
	for t, v := range map[string]int64{l + " != " + r: 1, r + " != " + l: 1, l + " == " + r: 0, r + " == " + l: 0} {
		if x.texts[t] {
			s.conds[t] = v
		}
	}
}

// settle drops references that a test of the pointer itself decides about: one side of branch b releases it, so the other, side k, has none.
func (x *exec) settle(s *state, b *ir.Block, k int) {
	if len(s.held) == 0 {
		return
	}
	other := &x.f.F.Blocks[b.Succs[1-k]]
	for _, is := range x.f.F.Instrs[other.First : other.First+other.Len] {
		if is.Kind != ir.ICall || is.N == ir.None {
			continue
		}
		h, acquire := x.m.p.HeldCall(x.f, is.N)
		if h == nil || acquire {
			continue
		}
		r := heldRef{h.Release, releasePath(x.f, is.N, h)}
		if s.held[r.class+" "+r.path].kind == "reference" && x.mentions(b.N, r.path) {
			drop(s, r)
		}
	}
}

// mentions reports whether an expression names the place at path p.
func (x *exec) mentions(n int32, p string) (found bool) {
	x.f.Each(n, func(k int32) bool {
		found = found || x.f.F.Nodes[k].Op == ir.Ident && x.f.Path(k) == p
		return !found
	})
	return found
}

func (x *exec) choose(s *state, i int32, tr *trace) (out []exit) {
	b := &x.f.F.Blocks[i]
	v, t := x.eval(s, b.N), x.f.Text(b.N)
	if c, ok := s.conds[t]; ok && !v.known {
		v = known(c)
	}
	for k, c := range b.Cases {
		if c.Default {
			continue
		}
		if v.known {
			if c.Lo <= v.v && v.v <= c.Hi {
				tr.edges[i] |= 1 << min(k, 6)
				return []exit{{s: s, block: c.Block}}
			}
			continue
		}
		n := s.clone()
		if x.texts[t] && c.Lo == c.Hi {
			n.conds[t] = c.Lo
		}
		tr.edges[i] |= 1 << min(k, 6)
		out = append(out, exit{s: n, block: c.Block})
	}
	if len(b.Succs) > 0 {
		tr.edges[i] |= 1 << 7
		out = append(out, exit{s: s.clone(), block: b.Succs[len(b.Succs)-1]})
	}
	return out
}

// carries reports whether node n's value is the given result, kept in a variable or used at once.
func (x *exec) carries(s *state, n int32) bool {
	if n == ir.None || x.target == ir.None || !x.result.known || x.result.v == 0 {
		return false
	}
	v := x.eval(s, n)
	return v.known && v.v == x.result.v
}

// step executes one instruction; a call that may fail to take what it takes splits the path.
func (x *exec) step(s *state, is ir.Instr, tr *trace) []*state {
	switch is.Kind {
	case ir.ICall:
		return x.call(s, is.N, tr)
	case ir.IDecl:
		if is.N != ir.None {
			x.assign(s, is.Var, x.f.Path(is.N), is.N)
		}
	case ir.IAssign:
		nd := &x.f.F.Nodes[is.N]
		l := &x.f.F.Nodes[nd.X]
		if l.Op == ir.Ident && l.Var != ir.None {
			if nd.Op == ir.Assign && x.f.S(nd.Name) == "=" {
				x.assign(s, l.Var, "", nd.Y)
			} else {
				x.set(s, l.Var, val{})
			}
			break
		}
		if nd.Op == ir.Assign {
			tr.carried = tr.carried || x.carries(s, nd.Y)
			x.rename(s, nd.Y, x.f.Path(nd.X))
		}
	}
	return []*state{s}
}

// assign stores the value of node n in variable v.
func (x *exec) assign(s *state, v int32, _ string, n int32) {
	a := x.eval(s, n)
	x.set(s, v, a)
	x.rename(s, n, x.varPath(v))
}

// varPath is the access path of a variable that is nobody's alias.
func (x *exec) varPath(v int32) string {
	for i := range x.f.F.Nodes {
		if nd := &x.f.F.Nodes[i]; nd.Op == ir.Ident && nd.Var == v {
			return x.f.Path(int32(i))
		}
	}
	return ""
}

// rename gives what call n took the name of the place that its result goes to.
func (x *exec) rename(s *state, n int32, path string) {
	c := x.f.Strip(n)
	if c == ir.None || path == "" || x.f.F.Nodes[c].Op != ir.Call {
		return
	}
	old := x.f.Path(c)
	for k, h := range s.held {
		if class, p, _ := strings.Cut(k, " "); p == old && h.node == c {
			delete(s.held, k)
			s.held[class+" "+path] = h
		}
	}
}
