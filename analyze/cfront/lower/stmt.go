package lower

import (
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// newStmt records s in the statement tree.
func (f *fn) newStmt(s *cast.Stmt, parent int32) int32 {
	_, start, end, inMacro := f.u.T.Range(s.First, s.Last)
	f.f.Stmts = append(f.f.Stmts, ir.Stmt{
		Kind: s.Kind, InMacro: inMacro, Parent: parent, Start: start, End: end,
		Name: f.u.Str(s.Name), Macro: f.u.Str(f.u.T.Outermost(s.First)), Block: f.cur, N: ir.None,
	})
	return int32(len(f.f.Stmts) - 1)
}

// stmt lowers one statement.
func (f *fn) stmt(s *cast.Stmt, parent int32) {
	if s == nil {
		return
	}
	if f.done[f.cur] && s.Kind != ir.SLabel && s.Kind != ir.SCase {
		f.cur = f.newBlock() // unreachable unless a label inside revives it
	}
	id := f.newStmt(s, parent)
	f.curStmt = id
	switch s.Kind {
	case ir.SBlock:
		f.push()
		for _, c := range s.Body {
			f.stmt(c, id)
		}
		f.pop()
	case ir.SExpr, ir.SAsm:
		f.exprStmt(s, id)
	case ir.SDecl:
		f.declStmt(s, id, parent)
	case ir.SIf:
		f.ifStmt(s, id)
	case ir.SWhile, ir.SDo, ir.SFor:
		f.loop(s, id)
	case ir.SSwitch:
		f.switchStmt(s, id)
	case ir.SCase:
		f.caseStmt(s, id)
	case ir.SLabel:
		b := f.label(s.Name)
		f.jump(b)
		f.cur = b
		f.f.Stmts[id].Block = b
		f.stmt(s.Then, id)
	default:
		f.jumpStmt(s, id)
	}
	f.curStmt = parent
}

func (f *fn) exprStmt(s *cast.Stmt, id int32) {
	if s.X == nil {
		return
	}
	n := f.eval(s.X)
	f.f.Stmts[id].N = n
	switch {
	case s.Kind == ir.SAsm:
		f.emit(ir.IAsm, n, ir.None)
	case !effects(s.X):
		f.emit(ir.IEval, n, ir.None)
	}
}

func (f *fn) declStmt(s *cast.Stmt, id, scope int32) {
	for _, v := range s.Decls {
		kind := ir.VLocal
		if v.Static {
			kind = ir.VStatic
		}
		n := ir.None
		if v.Init != nil && !v.Static {
			n = f.eval(v.Init)
		} else if v.Init != nil {
			f.node(v.Init)
		}
		vid := f.declare(v, kind, scope)
		f.curStmt = id
		f.emit(ir.IDecl, n, vid)
	}
}

func (f *fn) ifStmt(s *cast.Stmt, id int32) {
	then, els, join := f.newBlock(), f.newBlock(), f.newBlock()
	n := f.cond(s.X, then, els)
	f.f.Stmts[id].N = n
	f.cur = then
	f.stmt(s.Then, id)
	f.jump(join)
	f.cur = els
	if s.Else != nil {
		at := len(f.f.Stmts)
		f.stmt(s.Else, id)
		f.f.Stmts[at].Else = true
	}
	f.jump(join)
	f.cur = join
}

// loop lowers while, do and for.
func (f *fn) loop(s *cast.Stmt, id int32) {
	f.push()
	if s.Init != nil {
		f.stmt(s.Init, id)
		f.curStmt = id
	}
	head, body, step, exit := f.newBlock(), f.newBlock(), f.newBlock(), f.newBlock()
	f.brk, f.cont = append(f.brk, exit), append(f.cont, step)
	if s.Kind == ir.SDo {
		f.jump(body)
	} else {
		f.jump(head)
	}
	f.cur = head
	if s.X != nil {
		f.f.Stmts[id].N = f.cond(s.X, body, exit)
	} else {
		f.jump(body)
	}
	f.cur = body
	f.stmt(s.Then, id)
	f.jump(step)
	f.cur, f.curStmt = step, id
	if s.Z != nil {
		n := f.eval(s.Z)
		if !effects(s.Z) {
			f.emit(ir.IEval, n, ir.None)
		}
	}
	f.jump(head)
	f.brk, f.cont = f.brk[:len(f.brk)-1], f.cont[:len(f.cont)-1]
	f.pop()
	f.cur = exit
}

func (f *fn) switchStmt(s *cast.Stmt, id int32) {
	n := f.eval(s.X)
	f.f.Stmts[id].N = n
	exit := f.newBlock()
	sw := f.cur
	f.terminate(ir.TSwitch, n)
	f.brk, f.sw = append(f.brk, exit), append(f.sw, sw)
	f.cur = f.newBlock() // code before the first case is unreachable
	f.stmt(s.Then, id)
	f.jump(exit)
	f.brk, f.sw = f.brk[:len(f.brk)-1], f.sw[:len(f.sw)-1]
	b := &f.f.Blocks[sw]
	def := exit
	for _, c := range b.Cases {
		b.Succs = append(b.Succs, c.Block)
		if c.Default {
			def = c.Block
		}
	}
	b.Succs = append(b.Succs, def)
	f.cur = exit
}

func (f *fn) caseStmt(s *cast.Stmt, id int32) {
	b := f.newBlock()
	f.jump(b)
	f.cur = b
	f.f.Stmts[id].Block = b
	if len(f.sw) > 0 {
		c := ir.Case{Default: s.Default, Block: b, Stmt: id, Start: f.f.Stmts[id].Start}
		if s.X != nil {
			c.Lo, c.Hi = s.X.Val, s.X.Val
			c.Name = f.u.Str(f.caseName(s.X))
			f.f.Stmts[id].N = f.node(s.X)
		}
		if s.Y != nil {
			c.Hi = s.Y.Val
		}
		sw := &f.f.Blocks[f.sw[len(f.sw)-1]]
		sw.Cases = append(sw.Cases, c)
	}
	f.stmt(s.Then, id)
}

// caseName is how the source spells a case label: the macro, the enumerator, the constant, or these with operators between.
func (f *fn) caseName(e *cast.Expr) string {
	if e == nil {
		return ""
	}
	if m := f.u.T.Macro(e.First, e.Last); m != "" {
		return m
	}
	switch e.Op {
	case ir.Binary:
		return f.caseName(e.X) + " " + e.Name + " " + f.caseName(e.Y)
	case ir.Unary:
		return e.Name + f.caseName(e.X)
	case ir.Cast:
		return f.caseName(e.X)
	}
	return e.Name
}

// jumpStmt lowers goto, break, continue, return and the null statement.
func (f *fn) jumpStmt(s *cast.Stmt, id int32) {
	switch s.Kind {
	case ir.SGoto:
		if s.X != nil {
			f.terminate(ir.TGotoX, f.eval(s.X))
			return
		}
		f.jump(f.label(s.Name))
	case ir.SBreak:
		if len(f.brk) > 0 {
			f.jump(f.brk[len(f.brk)-1])
		}
	case ir.SContinue:
		if len(f.cont) > 0 {
			f.jump(f.cont[len(f.cont)-1])
		}
	case ir.SReturn:
		n := f.eval(s.X)
		f.f.Stmts[id].N = n
		f.terminate(ir.TReturn, n)
	}
}
