// Package cast is a small syntax tree of C functions. Both parsers produce it: the strict one (converted from
// modernc.org/cc/v4, with types) and the tolerant one (syntax only). Lowering to [ir] is written once, against it.
//
// Positions are indexes into the unit's token slice (the preprocessor's output): First and Last are the first and last
// token of a construct, inclusive; the lowering turns them into bytes of the file.
package cast

import "github.com/xsmpatch/xsmpatch/analyze/ir"

// Expr is one expression; the meaning of X, Y, Z, Args and Name is that of the same ir.Op.
type Expr struct {
	Op          ir.Op
	Arrow       bool
	FuncRef     bool // Ident naming a function
	EnumRef     bool
	HasVal      bool
	Name        string
	Owner       string // Field: struct tag
	Type        string // printed type, "" unknown
	Val         int64
	X, Y, Z     *Expr
	Args        []*Expr
	Body        *Stmt // StmtExpr
	First, Last int32
}

// Stmt is one statement or declaration of a function body.
type Stmt struct {
	Kind        ir.StmtKind
	Name        string  // label or goto target
	X           *Expr   // condition, expression, case value, return value
	Y, Z        *Expr   // Y: end of a case range; Z: step of a for loop
	Init        *Stmt   // first clause of a for loop
	Decls       []*Var  // SDecl
	Body        []*Stmt // SBlock
	Then, Else  *Stmt   // if; loops, switch, case and label use Then
	Default     bool
	First, Last int32
}

// Var is a declared local variable or parameter.
type Var struct {
	Name, Type  string
	Static      bool
	Init        *Expr
	First, Last int32
}

// Func is a function definition.
type Func struct {
	Name           string
	Result         string
	Static, Inline bool
	Params         []*Var
	Body           *Stmt
	First, Last    int32
	Tier           ir.Tier
}

// Global is a file-scope variable.
type Global struct {
	Name, Type  string
	Static      bool
	Init        *Expr
	First, Last int32
}
