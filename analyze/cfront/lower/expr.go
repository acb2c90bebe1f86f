package lower

import (
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// node adds the arena node of e and of its operands, without emitting instructions.
func (f *fn) node(e *cast.Expr) int32 {
	if e == nil {
		return ir.None
	}
	x, y, z := f.node(e.X), f.node(e.Y), f.node(e.Z)
	var args []int32
	for _, a := range e.Args {
		args = append(args, f.node(a))
	}
	return f.add(e, x, y, z, args)
}

// add appends the arena node for e with operands already added.
func (f *fn) add(e *cast.Expr, x, y, z int32, args []int32) int32 {
	u := f.u
	_, start, end, inMacro := u.T.Range(e.First, e.Last)
	n := ir.Node{
		Op: e.Op, X: x, Y: y, Z: z, Var: ir.None, Val: e.Val,
		Name: u.Str(e.Name), Owner: u.Str(e.Owner), Type: u.Str(e.Type),
		Macro: u.Str(u.T.Macro(e.First, e.Last)), Start: start, End: end,
		Args: int32(len(f.f.Lists)), NArg: int32(len(args)), Flags: f.flags(e),
	}
	if inMacro {
		n.Flags |= ir.InMacro
	}
	if e.Op == ir.Ident && !e.FuncRef {
		n.Var = f.lookup(e.Name)
	}
	if e.Op == ir.Ident && n.Var == ir.None {
		n.Flags |= ir.FileScope
	}
	f.f.Lists = append(f.f.Lists, args...)
	f.f.Nodes = append(f.f.Nodes, n)
	return int32(len(f.f.Nodes) - 1)
}

// flags maps the syntax tree's booleans.
func (f *fn) flags(e *cast.Expr) (fl ir.NodeFlags) {
	for _, b := range []struct {
		on bool
		fl ir.NodeFlags
	}{{e.Arrow, ir.Arrow}, {e.FuncRef, ir.FuncRef}, {e.EnumRef, ir.EnumRef}, {e.HasVal, ir.HasVal}, {e.Type != "", ir.Typed}} {
		if b.on {
			fl |= b.fl
		}
	}
	return fl
}

// effects reports whether evaluating e does something: a call, an assignment, a statement expression.
func effects(e *cast.Expr) bool {
	if e == nil {
		return false
	}
	switch e.Op {
	case ir.Call, ir.Assign, ir.IncDec, ir.StmtExpr:
		return true
	case ir.Sizeof:
		return false
	}
	if effects(e.X) || effects(e.Y) || effects(e.Z) {
		return true
	}
	for _, a := range e.Args {
		if effects(a) {
			return true
		}
	}
	return false
}

// eval emits what evaluating e does, in order, and returns its node.
func (f *fn) eval(e *cast.Expr) int32 {
	if e == nil || !effects(e) {
		return f.node(e)
	}
	switch e.Op {
	case ir.AndAnd, ir.OrOr, ir.Cond:
		return f.evalBranching(e)
	case ir.StmtExpr:
		return f.evalStmtExpr(e)
	}
	x, y, z := f.eval(e.X), f.eval(e.Y), f.eval(e.Z)
	var args []int32
	for _, a := range e.Args {
		args = append(args, f.eval(a))
	}
	n := f.add(e, x, y, z, args)
	switch e.Op {
	case ir.Call:
		f.emit(ir.ICall, n, ir.None)
		if e.X != nil && e.X.Op == ir.Ident && f.u.NoReturn(e.X.Name) {
			f.terminate(ir.TStop, ir.None)
			f.cur = f.newBlock()
		}
	case ir.Assign, ir.IncDec:
		f.emit(ir.IAssign, n, ir.None)
	}
	return n
}

// evalBranching lowers a short-circuit operator whose right side has effects, used as a value.
func (f *fn) evalBranching(e *cast.Expr) int32 {
	right, other, join := f.newBlock(), f.newBlock(), f.newBlock()
	var x, y, z int32
	if e.Op == ir.OrOr {
		x = f.cond(e.X, other, right)
	} else {
		x = f.cond(e.X, right, other)
	}
	f.cur = right
	y = f.eval(e.Y)
	f.jump(join)
	f.cur = other
	z = f.eval(e.Z)
	f.jump(join)
	f.cur = join
	return f.add(e, x, y, z, nil)
}

// evalStmtExpr lowers ({ ... }); the value is its last expression statement.
func (f *fn) evalStmtExpr(e *cast.Expr) int32 {
	f.push()
	id := f.newStmt(e.Body, f.curStmt)
	last := ir.None
	for i, s := range e.Body.Body {
		if i == len(e.Body.Body)-1 && s.Kind == ir.SExpr && s.X != nil {
			sid := f.newStmt(s, id)
			f.curStmt = sid
			last = f.eval(s.X)
			f.f.Stmts[sid].N = last
			break
		}
		f.stmt(s, id)
	}
	f.curStmt = f.f.Stmts[id].Parent
	f.pop()
	return f.add(e, last, ir.None, ir.None, nil)
}

// cond lowers e as a condition with targets t and el and returns its node. The current block is ended.
func (f *fn) cond(e *cast.Expr, t, el int32) int32 {
	switch {
	case e.HasVal:
		to := el
		if e.Val != 0 {
			to = t
		}
		n := f.eval(e)
		f.jump(to)
		return n
	case e.Op == ir.Unary && e.Name == "!":
		x := f.cond(e.X, el, t)
		return f.add(e, x, ir.None, ir.None, nil)
	case e.Op == ir.Call && e.X.Op == ir.Ident && e.X.Name == "__builtin_expect" && len(e.Args) == 2:
		return f.cond(e.Args[0], t, el)
	case e.Op == ir.AndAnd || e.Op == ir.OrOr:
		return f.condShort(e, t, el)
	case e.Op == ir.Cond && e.Y != nil:
		a, b := f.newBlock(), f.newBlock()
		x := f.cond(e.X, a, b)
		f.cur = a
		y := f.cond(e.Y, t, el)
		f.cur = b
		z := f.cond(e.Z, t, el)
		return f.add(e, x, y, z, nil)
	}
	n := f.eval(e)
	f.terminate(ir.TBranch, n, t, el)
	return n
}

// condShort lowers && and || in a condition.
func (f *fn) condShort(e *cast.Expr, t, el int32) int32 {
	mid := f.newBlock()
	var x int32
	if e.Op == ir.AndAnd {
		x = f.cond(e.X, mid, el)
	} else {
		x = f.cond(e.X, t, mid)
	}
	f.cur = mid
	y := f.cond(e.Y, t, el)
	return f.add(e, x, y, ir.None, nil)
}
