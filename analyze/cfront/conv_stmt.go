package cfront

import (
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"modernc.org/cc/v4"
)

// compound converts a block.
func (c *conv) compound(b *cc.CompoundStatement) *cast.Stmt {
	s := &cast.Stmt{Kind: ir.SBlock, First: c.tok(b.Token), Last: c.tok(b.Token2)}
	for l := b.BlockItemList; l != nil; l = l.BlockItemList {
		switch it := l.BlockItem; it.Case {
		case cc.BlockItemDecl:
			if d := c.declaration(it.Declaration); d != nil {
				s.Body = append(s.Body, d)
			}
		case cc.BlockItemStmt:
			s.Body = append(s.Body, c.stmt(it.Statement))
		}
	}
	return s
}

// declaration converts a local declaration; a synthetic one and one without variables give nil.
func (c *conv) declaration(d *cc.Declaration) *cast.Stmt {
	if d.Case != cc.DeclarationDecl && d.Case != cc.DeclarationAuto {
		return nil
	}
	s := &cast.Stmt{Kind: ir.SDecl, First: c.e.token(d.Position().Offset), Last: c.tok(d.Token)}
	if d.Case == cc.DeclarationAuto {
		s.Last = c.tok(d.Token3)
		s.Decls = append(s.Decls, c.variable(d.Declarator, d.Initializer))
		return s
	}
	for l := d.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
		id := l.InitDeclarator
		if id.Declarator.IsSynthetic() || id.Declarator.IsTypename() || id.Declarator.Name() == "__func__" {
			continue
		}
		s.Decls = append(s.Decls, c.variable(id.Declarator, id.Initializer))
	}
	if len(s.Decls) == 0 {
		return nil
	}
	return s
}

// variable converts one declarator with its initializer.
func (c *conv) variable(d *cc.Declarator, in *cc.Initializer) *cast.Var {
	i := c.tok(d.NameTok())
	v := &cast.Var{Name: d.Name(), Type: c.types.name(d.Type()), Static: d.IsStatic(), First: i, Last: i}
	if in != nil {
		v.Init = c.initializer(in)
		v.Last = v.Init.Last
	}
	return v
}

// stmt converts a statement.
func (c *conv) stmt(s *cc.Statement) *cast.Stmt {
	switch s.Case {
	case cc.StatementCompound:
		return c.compound(s.CompoundStatement)
	case cc.StatementExpr:
		return c.exprStmt(s.ExpressionStatement)
	case cc.StatementSelection:
		return c.selection(s.SelectionStatement)
	case cc.StatementIteration:
		return c.iteration(s.IterationStatement)
	case cc.StatementLabeled:
		return c.labeled(s.LabeledStatement)
	case cc.StatementJump:
		return c.jump(s.JumpStatement)
	}
	i := c.e.token(s.Position().Offset)
	return &cast.Stmt{Kind: ir.SNull, First: i, Last: i}
}

func (c *conv) exprStmt(s *cc.ExpressionStatement) *cast.Stmt {
	last := c.tok(s.Token)
	out := &cast.Stmt{Kind: ir.SNull, First: last, Last: last}
	if s.ExpressionList == nil {
		return out
	}
	out.Kind, out.X = ir.SExpr, c.expr(s.ExpressionList)
	out.First = out.X.First
	if out.X.Op == ir.Call && out.X.X.Name == asmFunc {
		out.Kind = ir.SAsm
	}
	return out
}

func (c *conv) selection(s *cc.SelectionStatement) *cast.Stmt {
	out := &cast.Stmt{Kind: ir.SIf, First: c.tok(s.Token), X: c.expr(s.ExpressionList), Then: c.stmt(s.Statement)}
	out.Last = out.Then.Last
	switch s.Case {
	case cc.SelectionStatementSwitch:
		out.Kind = ir.SSwitch
	case cc.SelectionStatementIfElse:
		out.Else = c.stmt(s.Statement2)
		out.Last = out.Else.Last
	}
	return out
}

func (c *conv) iteration(s *cc.IterationStatement) *cast.Stmt {
	out := &cast.Stmt{First: c.tok(s.Token), Then: c.stmt(s.Statement)}
	out.Last = out.Then.Last
	switch s.Case {
	case cc.IterationStatementWhile:
		out.Kind, out.X = ir.SWhile, c.expr(s.ExpressionList)
	case cc.IterationStatementDo:
		out.Kind, out.X, out.Last = ir.SDo, c.expr(s.ExpressionList), c.tok(s.Token5)
	case cc.IterationStatementFor:
		out.Kind, out.X, out.Z = ir.SFor, c.expr(s.ExpressionList2), c.expr(s.ExpressionList3)
		if in := c.expr(s.ExpressionList); in != nil {
			out.Init = &cast.Stmt{Kind: ir.SExpr, X: in, First: in.First, Last: in.Last}
		}
	case cc.IterationStatementForDecl:
		out.Kind, out.X, out.Z = ir.SFor, c.expr(s.ExpressionList), c.expr(s.ExpressionList2)
		out.Init = c.declaration(s.Declaration)
	}
	return out
}

func (c *conv) labeled(s *cc.LabeledStatement) *cast.Stmt {
	out := &cast.Stmt{Kind: ir.SCase, First: c.tok(s.Token)}
	switch s.Case {
	case cc.LabeledStatementLabel:
		out.Kind, out.Name = ir.SLabel, s.Token.SrcStr()
	case cc.LabeledStatementCaseLabel:
		out.X = c.expr(s.ConstantExpression)
	case cc.LabeledStatementRange:
		out.X, out.Y = c.expr(s.ConstantExpression), c.expr(s.ConstantExpression2)
	case cc.LabeledStatementDefault:
		out.Default = true
	}
	out.Then = c.stmt(s.Statement)
	out.Last = out.Then.Last
	return out
}

func (c *conv) jump(s *cc.JumpStatement) *cast.Stmt {
	out := &cast.Stmt{First: c.tok(s.Token)}
	switch s.Case {
	case cc.JumpStatementGoto:
		out.Kind, out.Name, out.Last = ir.SGoto, s.Token2.SrcStr(), c.tok(s.Token3)
		return out
	case cc.JumpStatementGotoExpr:
		out.Kind, out.X = ir.SGoto, c.expr(s.ExpressionList)
	case cc.JumpStatementContinue:
		out.Kind = ir.SContinue
	case cc.JumpStatementBreak:
		out.Kind = ir.SBreak
	case cc.JumpStatementReturn:
		out.Kind, out.X = ir.SReturn, c.expr(s.ExpressionList)
	}
	out.Last = c.semicolon(s)
	return out
}

// semicolon is the token that ends a jump statement.
func (c *conv) semicolon(s *cc.JumpStatement) int32 {
	last := c.tok(s.Token)
	for _, t := range [...]cc.Token{s.Token2, s.Token3} {
		if i := c.tok(t); i > last {
			last = i
		}
	}
	return last
}

// function converts a definition whose chunk is ch.
func (c *conv) function(d *cc.FunctionDefinition, ch *chunk) *cast.Func {
	decl := d.Declarator
	f := &cast.Func{
		Name: decl.Name(), Static: decl.IsStatic(), Inline: decl.IsInline(), First: ch.first, Last: ch.last,
		Body: c.compound(d.CompoundStatement), Tier: ir.Strict,
	}
	ft, ok := decl.Type().(*cc.FunctionType)
	if !ok {
		return f
	}
	f.Result = c.types.name(ft.Result())
	for _, p := range ft.Parameters() {
		if p.Name() == "" {
			continue
		}
		v := &cast.Var{Name: p.Name(), Type: c.types.name(p.Type()), First: ch.first, Last: ch.first}
		if p.Declarator != nil {
			v.First = c.tok(p.Declarator.NameTok())
			v.Last = v.First
		}
		f.Params = append(f.Params, v)
	}
	return f
}
