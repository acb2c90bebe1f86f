package check

import (
	"hash/maphash"
	"maps"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// val is what is known of an integer or pointer: nothing, its value, or that it is not 0.
type val struct {
	known, nonzero bool
	v              int64
}

func known(v int64) val { return val{known: true, nonzero: v != 0, v: v} }

func truth(b bool) val {
	if b {
		return known(1)
	}
	return known(0)
}

// hold is something taken and not yet released.
type hold struct {
	node int32 // the call that took it
	kind string
}

// state is what one path knows at one point.
type state struct {
	vars  map[int32]val    // local variables
	calls map[int32]val    // results of calls, by node
	conds map[string]int64 // conditions decided on the way, by text
	held  map[string]hold
}

func newState() *state {
	return &state{map[int32]val{}, map[int32]val{}, map[string]int64{}, map[string]hold{}}
}

func (s *state) clone() *state {
	return &state{maps.Clone(s.vars), maps.Clone(s.calls), maps.Clone(s.conds), maps.Clone(s.held)}
}

// stateKey tells states apart: two sums of a hash of each thing known, so that the order of the maps does not matter.
type stateKey struct {
	block int32
	sums  [2]uint64
}

var keySeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// key is the identity of s at a block.
func (s *state) key(block int32) stateKey {
	k := stateKey{block: block}
	for v, x := range s.vars {
		k.value('v', v, x)
	}
	for c, x := range s.calls {
		k.value('c', c, x)
	}
	for t, x := range s.conds {
		k.text('?', t, x)
	}
	for h := range s.held {
		k.text('h', h, 0)
	}
	return k
}

// value adds what is known of a variable or a call.
func (k *stateKey) value(of byte, n int32, x val) {
	what := uint64(of)<<40 | uint64(uint32(n))
	if x.known {
		what |= 1 << 38
	}
	if x.nonzero {
		what |= 1 << 39
	}
	for i := range k.sums {
		k.sums[i] += mix(mix(what+uint64(i)<<60) ^ uint64(x.v))
	}
}

// text adds a condition or a thing that is held.
func (k *stateKey) text(of byte, t string, v int64) {
	for i, seed := range keySeeds {
		k.sums[i] += mix(maphash.String(seed, t) ^ mix(uint64(of)) ^ uint64(v))
	}
}

// mix scatters the bits of a number (the finalizer of SplitMix64, Steele, Lea and Flood 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// set records the value of a variable and forgets conditions that name it.
func (x *exec) set(s *state, v int32, a val) {
	name := x.f.S(x.f.F.Vars[v].Name)
	for t := range s.conds {
		if strings.Contains(t, name) {
			delete(s.conds, t)
		}
	}
	if a == (val{}) || !x.watched[v] {
		delete(s.vars, v)
		return
	}
	s.vars[v] = a
}

// eval is what s knows of the value of node n.
func (x *exec) eval(s *state, n int32) val {
	if n == ir.None {
		return val{}
	}
	nd := &x.f.F.Nodes[n]
	if nd.Flags&ir.HasVal != 0 {
		return known(nd.Val)
	}
	if v, ok := s.calls[n]; ok && x.picks[n] {
		return v
	}
	switch nd.Op {
	case ir.Ident:
		if nd.Var != ir.None {
			return s.vars[nd.Var]
		}
	case ir.Call:
		if x.expect(n) {
			return x.eval(s, x.f.Args(n)[0])
		}
		return s.calls[n]
	case ir.Cast, ir.StmtExpr:
		return x.eval(s, nd.X)
	case ir.Addr:
		return val{nonzero: true}
	case ir.Comma:
		return x.eval(s, nd.Y)
	case ir.Assign:
		return x.evalAssign(s, nd)
	case ir.Unary:
		return unary(x.f.S(nd.Name), x.eval(s, nd.X))
	case ir.Binary:
		return binary(x.f.S(nd.Name), x.eval(s, nd.X), x.eval(s, nd.Y))
	case ir.AndAnd, ir.OrOr:
		return logical(nd.Op, x.eval(s, nd.X), x.eval(s, nd.Y))
	case ir.Cond:
		return x.evalCond(s, nd)
	}
	return val{}
}

func (x *exec) evalAssign(s *state, nd *ir.Node) val {
	if l := &x.f.F.Nodes[nd.X]; l.Op == ir.Ident && l.Var != ir.None && x.watched[l.Var] {
		return s.vars[l.Var]
	}
	if x.f.S(nd.Name) == "=" {
		return x.eval(s, nd.Y)
	}
	return val{}
}

func (x *exec) evalCond(s *state, nd *ir.Node) val {
	c := x.eval(s, nd.X)
	switch {
	case c.known && c.v == 0:
		return x.eval(s, nd.Z)
	case c.nonzero && nd.Y == ir.None:
		return c
	case c.nonzero:
		return x.eval(s, nd.Y)
	}
	return val{}
}

// expect reports whether call n is a hint to the compiler about its first argument.
func (x *exec) expect(n int32) bool {
	return x.f.CallName(n) == "__builtin_expect" && len(x.f.Args(n)) > 0
}

func unary(op string, a val) val {
	switch {
	case op == "!" && a.nonzero:
		return known(0)
	case op == "!" && a.known:
		return known(1)
	case op == "-" && a.known:
		return known(-a.v)
	case op == "~" && a.known:
		return known(^a.v)
	case op == "+":
		return a
	}
	return val{}
}

func logical(op ir.Op, a, b val) val {
	zero := func(v val) bool { return v.known && v.v == 0 }
	if op == ir.AndAnd {
		switch {
		case zero(a), zero(b):
			return known(0)
		case a.nonzero && b.nonzero:
			return known(1)
		}
		return val{}
	}
	switch {
	case a.nonzero, b.nonzero:
		return known(1)
	case zero(a) && zero(b):
		return known(0)
	}
	return val{}
}

func binary(op string, a, b val) val {
	if op == "==" || op == "!=" {
		differ := a.nonzero && b.known && b.v == 0 || b.nonzero && a.known && a.v == 0
		if differ && !(a.known && b.known) {
			return truth(op == "!=")
		}
	}
	if !a.known || !b.known {
		return val{}
	}
	switch op {
	case "==":
		return truth(a.v == b.v)
	case "!=":
		return truth(a.v != b.v)
	case "<":
		return truth(a.v < b.v)
	case "<=":
		return truth(a.v <= b.v)
	case ">":
		return truth(a.v > b.v)
	case ">=":
		return truth(a.v >= b.v)
	case "+":
		return known(a.v + b.v)
	case "-":
		return known(a.v - b.v)
	case "&":
		return known(a.v & b.v)
	case "|":
		return known(a.v | b.v)
	}
	return val{}
}

// refine adds to s that node n is true or false.
func (x *exec) refine(s *state, n int32, t bool) {
	nd := &x.f.F.Nodes[n]
	switch nd.Op {
	case ir.Ident:
		if nd.Var != ir.None && x.watched[nd.Var] {
			s.vars[nd.Var] = asTruth(t)
		}
	case ir.Call:
		if x.expect(n) {
			x.refine(s, x.f.Args(n)[0], t)
			return
		}
		s.calls[n] = asTruth(t)
	case ir.Cast, ir.StmtExpr, ir.Assign:
		if nd.X != ir.None && (nd.Op != ir.Assign || x.f.S(nd.Name) == "=") {
			x.refine(s, nd.X, t)
		}
	case ir.Unary:
		if x.f.S(nd.Name) == "!" {
			x.refine(s, nd.X, !t)
		}
	case ir.Binary:
		x.refineCompare(s, nd, t)
	}
}

func asTruth(t bool) val {
	if t {
		return val{nonzero: true}
	}
	return known(0)
}

// refineCompare adds to s that a comparison with a constant is true or false.
func (x *exec) refineCompare(s *state, nd *ir.Node, t bool) {
	op := x.f.S(nd.Name)
	c := x.eval(s, nd.Y)
	if !c.known {
		return
	}
	if c.v == 0 && (op == "==" || op == "!=") {
		x.refine(s, nd.X, t == (op == "!="))
		return
	}
	if c.v == 0 && op == "<" && t {
		x.refine(s, nd.X, true)
		return
	}
	l := &x.f.F.Nodes[x.f.Strip(nd.X)]
	if t == (op == "==") && (op == "==" || op == "!=") && l.Op == ir.Ident && l.Var != ir.None && x.watched[l.Var] {
		s.vars[l.Var] = c
	}
}
