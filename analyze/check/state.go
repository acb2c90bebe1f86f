package check

import (
	"maps"
	"sort"
	"strconv"
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

// key is a canonical text of s.
func (s *state) key() string {
	var parts []string
	for v, x := range s.vars {
		parts = append(parts, "v"+x.keyed(v))
	}
	for c, x := range s.calls {
		parts = append(parts, "c"+x.keyed(c))
	}
	for t, x := range s.conds {
		parts = append(parts, "?"+t+"="+strconv.FormatInt(x, 10))
	}
	for k := range s.held {
		parts = append(parts, "h"+k)
	}
	sort.Strings(parts)
	return strings.Join(parts, ";")
}

// keyed is a text of what is known of number n.
func (x val) keyed(n int32) string {
	b := strconv.AppendInt(make([]byte, 0, 24), int64(n), 10)
	switch {
	case x.known:
		b = strconv.AppendInt(append(b, '='), x.v, 10)
	case x.nonzero:
		b = append(b, '!')
	}
	return string(b)
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
