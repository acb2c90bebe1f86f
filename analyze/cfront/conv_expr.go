package cfront

import (
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"modernc.org/cc/v4"
)

// conv converts modernc.org/cc/v4's syntax trees to package cast.
type conv struct {
	e     *emitter
	types typeNames
}

// tok returns the index of the token t came from.
func (c *conv) tok(t cc.Token) int32 { return c.e.token(t.Position().Offset) }

// typed sets the type of e from n and returns e.
func (c *conv) typed(e *cast.Expr, n cc.ExpressionNode) *cast.Expr {
	e.Type = c.types.name(n.Type())
	if e.Op == ir.Assign || e.Op == ir.Call || e.Op == ir.StmtExpr || e.Op == ir.IncDec {
		return e
	}
	switch v := n.Value().(type) {
	case cc.Int64Value:
		e.Val, e.HasVal = int64(v), true
	case cc.UInt64Value:
		e.Val, e.HasVal = int64(v), true
	}
	return e
}

// expr converts any expression node; nil gives nil.
func (c *conv) expr(n cc.ExpressionNode) *cast.Expr {
	switch x := n.(type) {
	case nil:
		return nil
	case *cc.PrimaryExpression:
		return c.primary(x)
	case *cc.PostfixExpression:
		return c.postfix(x)
	case *cc.UnaryExpression:
		return c.unary(x)
	case *cc.CastExpression:
		if x.Case == cc.CastExpressionUnary {
			return c.expr(x.UnaryExpression)
		}
		op := c.expr(x.CastExpression)
		return c.typed(&cast.Expr{Op: ir.Cast, X: op, First: c.tok(x.Token), Last: op.Last}, x)
	case *cc.ConditionalExpression:
		return c.conditional(x)
	case *cc.AssignmentExpression:
		return c.assignment(x)
	case *cc.ExpressionList:
		return c.list(x)
	case *cc.ConstantExpression:
		return c.expr(x.ConditionalExpression)
	}
	return c.binary(n)
}

// binary converts the left-associative operators.
func (c *conv) binary(n cc.ExpressionNode) *cast.Expr {
	var l, r cc.ExpressionNode
	var op cc.Token
	switch x := n.(type) {
	case *cc.MultiplicativeExpression:
		l, op, r = x.MultiplicativeExpression, x.Token, x.CastExpression
	case *cc.AdditiveExpression:
		l, op, r = x.AdditiveExpression, x.Token, x.MultiplicativeExpression
	case *cc.ShiftExpression:
		l, op, r = x.ShiftExpression, x.Token, x.AdditiveExpression
	case *cc.RelationalExpression:
		l, op, r = x.RelationalExpression, x.Token, x.ShiftExpression
	case *cc.EqualityExpression:
		l, op, r = x.EqualityExpression, x.Token, x.RelationalExpression
	case *cc.AndExpression:
		l, op, r = x.AndExpression, x.Token, x.EqualityExpression
	case *cc.ExclusiveOrExpression:
		l, op, r = x.ExclusiveOrExpression, x.Token, x.AndExpression
	case *cc.InclusiveOrExpression:
		l, op, r = x.InclusiveOrExpression, x.Token, x.ExclusiveOrExpression
	case *cc.LogicalAndExpression:
		l, op, r = x.LogicalAndExpression, x.Token, x.InclusiveOrExpression
	case *cc.LogicalOrExpression:
		l, op, r = x.LogicalOrExpression, x.Token, x.LogicalAndExpression
	default:
		i := c.e.token(n.Position().Offset)
		return &cast.Expr{Op: ir.Bad, First: i, Last: i}
	}
	if l == nil {
		return c.expr(r)
	}
	if r == nil {
		return c.expr(l)
	}
	a, b := c.expr(l), c.expr(r)
	e := &cast.Expr{Op: ir.Binary, Name: op.SrcStr(), X: a, Y: b, First: a.First, Last: b.Last}
	switch e.Name {
	case "&&":
		e.Op = ir.AndAnd
	case "||":
		e.Op = ir.OrOr
	}
	return c.typed(e, n)
}

func (c *conv) conditional(x *cc.ConditionalExpression) *cast.Expr {
	if x.Case == cc.ConditionalExpressionLOr {
		return c.expr(x.LogicalOrExpression)
	}
	a, z := c.expr(x.LogicalOrExpression), c.expr(x.ConditionalExpression)
	e := &cast.Expr{Op: ir.Cond, X: a, Z: z, First: a.First, Last: z.Last}
	if x.ExpressionList != nil {
		y := c.expr(x.ExpressionList)
		if q := c.tok(x.Token); y.First != q { // not the operand that rewriting a?:b put there
			e.Y = y
		}
	}
	return c.typed(e, x)
}

func (c *conv) assignment(x *cc.AssignmentExpression) *cast.Expr {
	if x.Case == cc.AssignmentExpressionCond {
		return c.expr(x.ConditionalExpression)
	}
	a, b := c.expr(x.UnaryExpression), c.expr(x.AssignmentExpression)
	return c.typed(&cast.Expr{Op: ir.Assign, Name: x.Token.SrcStr(), X: a, Y: b, First: a.First, Last: b.Last}, x)
}

// list converts a comma expression.
func (c *conv) list(x *cc.ExpressionList) *cast.Expr {
	e := c.expr(x.AssignmentExpression)
	for x = x.ExpressionList; x != nil; x = x.ExpressionList {
		y := c.expr(x.AssignmentExpression)
		e = &cast.Expr{Op: ir.Comma, X: e, Y: y, Type: y.Type, First: e.First, Last: y.Last}
	}
	return e
}

func (c *conv) primary(x *cc.PrimaryExpression) *cast.Expr {
	i := c.tok(x.Token)
	e := &cast.Expr{Name: x.Token.SrcStr(), First: i, Last: i}
	switch x.Case {
	case cc.PrimaryExpressionIdent:
		e.Op = ir.Ident
		switch d := x.ResolvedTo().(type) {
		case *cc.Enumerator:
			e.Op, e.EnumRef = ir.Const, true
		case *cc.Declarator:
			e.FuncRef = d.Type() != nil && d.Type().Kind() == cc.Function && !d.IsParam()
		case nil:
			e.FuncRef = true // called without a declaration
		}
	case cc.PrimaryExpressionInt, cc.PrimaryExpressionChar, cc.PrimaryExpressionLChar:
		e.Op = ir.Const
	case cc.PrimaryExpressionFloat:
		e.Op = ir.Float
	case cc.PrimaryExpressionString, cc.PrimaryExpressionLString:
		e.Op = ir.Str
		e.Type = "char *"
		for e.Last+1 < int32(len(c.e.toks)) && c.e.toks[e.Last+1].Kind == cpp.String {
			e.Last++ // the parser joins adjacent literals
		}
		return e
	case cc.PrimaryExpressionExpr:
		in := c.expr(x.ExpressionList)
		in.First, in.Last = i, c.tok(x.Token2)
		return in
	case cc.PrimaryExpressionStmt:
		b := c.compound(x.CompoundStatement)
		e = &cast.Expr{Op: ir.StmtExpr, Body: b, First: i, Last: c.tok(x.Token2)}
	default:
		e.Op = ir.Bad
	}
	return c.typed(e, x)
}

func (c *conv) postfix(x *cc.PostfixExpression) *cast.Expr {
	switch x.Case {
	case cc.PostfixExpressionPrimary:
		return c.expr(x.PrimaryExpression)
	case cc.PostfixExpressionComplit:
		e := c.initList(x.InitializerList)
		brace := c.tok(x.Token3)
		e.First, e.Last = brace, c.tok(x.Token5)
		c.empty(e)
		e.First = c.tok(x.Token)
		return c.typed(e, x)
	}
	b := c.expr(x.PostfixExpression)
	e := &cast.Expr{X: b, First: b.First, Last: b.Last}
	switch x.Case {
	case cc.PostfixExpressionIndex:
		e.Op, e.Y, e.Last = ir.Index, c.expr(x.ExpressionList), c.tok(x.Token2)
	case cc.PostfixExpressionCall:
		return c.call(x, e)
	case cc.PostfixExpressionSelect, cc.PostfixExpressionPSelect:
		e.Op, e.Name, e.Last = ir.Field, x.Token2.SrcStr(), c.tok(x.Token2)
		e.Arrow = x.Case == cc.PostfixExpressionPSelect
		e.Owner = c.types.owner(x.PostfixExpression.Type(), e.Arrow)
	case cc.PostfixExpressionInc, cc.PostfixExpressionDec:
		e.Op, e.Name, e.Last = ir.IncDec, x.Token.SrcStr(), c.tok(x.Token)
	}
	return c.typed(e, x)
}

func (c *conv) call(x *cc.PostfixExpression, e *cast.Expr) *cast.Expr {
	e.Op, e.Last = ir.Call, c.tok(x.Token2)
	for a := x.ArgumentExpressionList; a != nil; a = a.ArgumentExpressionList {
		e.Args = append(e.Args, c.expr(a.AssignmentExpression))
	}
	return c.typed(e, x)
}

// unaryOps maps the one-operand operators.
var unaryOps = map[cc.UnaryExpressionCase]struct {
	op   ir.Op
	name string
}{
	cc.UnaryExpressionInc: {ir.IncDec, "++"}, cc.UnaryExpressionDec: {ir.IncDec, "--"},
	cc.UnaryExpressionAddrof: {ir.Addr, "&"}, cc.UnaryExpressionDeref: {ir.Deref, "*"},
	cc.UnaryExpressionPlus: {ir.Unary, "+"}, cc.UnaryExpressionMinus: {ir.Unary, "-"},
	cc.UnaryExpressionCpl: {ir.Unary, "~"}, cc.UnaryExpressionNot: {ir.Unary, "!"},
	cc.UnaryExpressionImag: {ir.Unary, "imag"}, cc.UnaryExpressionReal: {ir.Unary, "real"},
}

func (c *conv) unary(x *cc.UnaryExpression) *cast.Expr {
	i := c.tok(x.Token)
	switch x.Case {
	case cc.UnaryExpressionPostfix:
		return c.expr(x.PostfixExpression)
	case cc.UnaryExpressionSizeofExpr, cc.UnaryExpressionAlignofExpr:
		op := c.expr(x.UnaryExpression)
		return c.typed(&cast.Expr{Op: ir.Sizeof, X: op, First: i, Last: op.Last}, x)
	case cc.UnaryExpressionSizeofType, cc.UnaryExpressionAlignofType:
		return c.typed(&cast.Expr{Op: ir.Sizeof, First: i, Last: c.tok(x.Token3)}, x)
	case cc.UnaryExpressionLabelAddr:
		return &cast.Expr{Op: ir.Label, Name: x.Token2.SrcStr(), First: i, Last: c.tok(x.Token2)}
	}
	o := unaryOps[x.Case]
	operand := x.CastExpression
	if operand == nil {
		operand = x.UnaryExpression
	}
	op := c.expr(operand)
	return c.typed(&cast.Expr{Op: o.op, Name: o.name, X: op, First: i, Last: op.Last}, x)
}

// initList converts a braced initializer.
func (c *conv) initList(l *cc.InitializerList) *cast.Expr {
	e := &cast.Expr{Op: ir.Init}
	for ; l != nil; l = l.InitializerList {
		v := c.initializer(l.Initializer)
		if l.Designation != nil {
			v = c.designated(l.Designation.DesignatorList, v)
		}
		e.Args = append(e.Args, v)
	}
	return e
}

// initializer converts one initializer.
func (c *conv) initializer(in *cc.Initializer) *cast.Expr {
	if in.Case == cc.InitializerExpr {
		return c.expr(in.AssignmentExpression)
	}
	e := c.initList(in.InitializerList)
	e.First, e.Last = c.tok(in.Token), c.tok(in.Token3)
	if c.e.class(e.First) == wLBrack { // rewritten by nestedRange: the braces are not the source's
		return e.Args[0]
	}
	c.empty(e)
	if e.Last < e.First {
		e.Last = e.First
	}
	e.Type = c.types.name(in.Type())
	return e
}

// empty takes out the element that rewriting {} put there.
func (c *conv) empty(e *cast.Expr) {
	if len(e.Args) == 1 && e.Args[0].First == e.First {
		e.Args = nil
	}
}

// designated wraps v in its designators, outermost first.
func (c *conv) designated(l *cc.DesignatorList, v *cast.Expr) *cast.Expr {
	if l == nil {
		return v
	}
	d := l.Designator
	e := &cast.Expr{Op: ir.Desig, First: c.tok(d.Token), Last: v.Last}
	switch d.Case {
	case cc.DesignatorIndex, cc.DesignatorIndex2:
		e.X = c.expr(d.ConstantExpression)
		if d.ConstantExpression2 != nil {
			e.Z = c.expr(d.ConstantExpression2)
		}
	case cc.DesignatorField:
		e.Name = d.Token2.SrcStr()
	default:
		e.Name = d.Token.SrcStr()
	}
	e.Y = c.designated(l.DesignatorList, v)
	return e
}
