package ir

// None marks an absent reference.
const None int32 = -1

// Op is the kind of an expression node.
type Op uint8

// Expression kinds. X, Y, Z name the fields of [Node] that hold operands.
const (
	Bad      Op = iota // not understood; Name is the source text
	Const              // integer or character constant: Val; Name is its spelling or macro/enumerator name
	Float              // Name is the spelling
	Str                // string literal: Name is the content between the quotes
	Ident              // Name; Var is the local variable or None for file-scope names
	Field              // X.Name or X->Name (Arrow); Owner is the struct's tag or typedef name
	Index              // X[Y]
	Deref              // *X
	Addr               // &X
	Unary              // Name X  (- + ~ !)
	Binary             // X Name Y
	AndAnd             // X && Y
	OrOr               // X || Y
	Cond               // X ? Y : Z; Y is None for the GNU form X ?: Z
	Assign             // X Name Y, Name is "=", "+=", ...
	IncDec             // ++X, X++, --X, X--: Name is "++" or "--"
	Call               // X(Args)
	Cast               // (type)X
	Comma              // X, Y
	Sizeof             // sizeof/alignof X or of a type (X None)
	StmtExpr           // ({ ... X; }): the value is X, None when void
	Init               // { Args }: compound initializer; a designated element is a Desig node
	Desig              // .Name = Y or [X ... Z] = Y inside Init
	Label              // &&Name
)

// NodeFlags qualify a node.
type NodeFlags uint8

// Node flags.
const (
	Arrow     NodeFlags = 1 << iota // Field through a pointer
	InMacro                         // Start..End is a whole macro invocation that the node is only a part of
	FileScope                       // Ident with file scope
	FuncRef                         // Ident that names a function
	EnumRef                         // Const that was written as an enumerator
	HasVal                          // Val is the node's constant value
	Typed                           // the strict front end resolved the type
)

// Node is one expression. Name, Owner, Type and Macro are indexes into the unit's string table (0 is "").
type Node struct {
	Op         Op
	Flags      NodeFlags
	X, Y, Z    int32
	Var        int32
	Args, NArg int32 // Func.Lists[Args:Args+NArg]
	Name       int32
	Owner      int32 // struct tag of a Field
	Type       int32 // printed type: "struct domain *", "domid_t", "" when unknown
	Macro      int32 // the macro whose whole expansion this node is
	Start, End int32 // bytes of Func.File
	Val        int64
}

// InstrKind is what an instruction does.
type InstrKind uint8

// Instruction kinds.
const (
	IEval   InstrKind = iota // evaluate N for its reads
	ICall                    // perform call node N
	IAssign                  // perform Assign/IncDec node N
	IDecl                    // variable Var is born, initialised from N (None: uninitialised)
	IAsm                     // inline assembly: Args of N are its operands
)

// Instr is one step of a basic block.
type Instr struct {
	Kind InstrKind
	N    int32 // node
	Var  int32 // IDecl
	Stmt int32 // enclosing statement
}

// TermKind is how a block ends.
type TermKind uint8

// Terminators.
const (
	TJump   TermKind = iota // Succs[0]
	TBranch                 // N true -> Succs[0], false -> Succs[1]
	TSwitch                 // on N: Cases; Succs[last] is the default or the join
	TReturn                 // value N or None
	TStop                   // control does not go on: unreachable, noreturn call
	TGotoX                  // computed goto: Succs are all labels
)

// Block is a basic block: Func.Instrs[First:First+Len], then the terminator.
type Block struct {
	First, Len  int32
	Term        TermKind
	N           int32
	Stmt        int32 // statement of the terminator
	Succs       []int32
	Cases       []Case // TSwitch, in source order
	Unreachable bool   // no path from the entry
}

// Case is one label of a switch. A GNU range has Lo < Hi. Default has Default set.
type Case struct {
	Lo, Hi  int64
	Name    int32 // the label's text: an enumerator or macro name, or the spelled constant
	Default bool
	Block   int32
	Stmt    int32
	Start   int32 // byte of the "case" keyword, or of the macro invocation
}

// StmtKind is the kind of a statement.
type StmtKind uint8

// Statement kinds.
const (
	SExpr StmtKind = iota
	SDecl
	SBlock
	SIf
	SWhile
	SDo
	SFor
	SSwitch
	SCase // case or default label; its statement is a child
	SLabel
	SGoto
	SBreak
	SContinue
	SReturn
	SAsm
	SNull
)

// Stmt is one node of the statement tree: where an edit can go. Parent is None for the function's body.
type Stmt struct {
	Kind       StmtKind
	InMacro    bool // the statement comes out of a macro body; Start..End is the outermost invocation
	Else       bool // it is the else arm of its SIf parent
	Parent     int32
	Start, End int32 // bytes of Func.File, End behind the closing ; or }
	Name       int32 // SLabel, SGoto
	Macro      int32 // the outermost macro whose expansion the statement is, or is part of
	Block      int32 // the basic block that is current when the statement starts
	N          int32 // condition or expression node
}

// VarKind says where a variable lives.
type VarKind uint8

// Variable kinds.
const (
	VLocal VarKind = iota
	VParam
	VStatic
)

// Var is a parameter or local variable. Scope is the statement whose block declares it (None for parameters).
type Var struct {
	Kind              VarKind
	Name, Type, Scope int32
	Start             int32
}

// Tier tells which parser produced a function.
type Tier uint8

// Parser tiers.
const (
	Strict   Tier = iota // modernc.org/cc/v4: parsed and type-checked
	Tolerant             // syntax only: types are unknown
)

// Func is one function definition.
type Func struct {
	Name       int32
	File       int32 // string: path in the tree
	Start, End int32 // the definition, from its first specifier to its closing brace
	Body       int32 // offset of the opening brace
	Static     bool
	Inline     bool
	InMacro    bool // the definition itself comes out of a macro
	Tier       Tier
	Result     int32 // type
	Params     int32 // Vars[:Params]
	Vars       []Var
	Nodes      []Node
	Lists      []int32
	Instrs     []Instr
	Blocks     []Block // Blocks[0] is the entry
	Stmts      []Stmt
}

// Global is a file-scope variable with an initializer: ops tables, hypercall tables. Its nodes are in the unit's Init function.
type Global struct {
	Name, Type, File int32
	Start, End       int32
	Static           bool
	Init             int32 // node of Unit.Init, None when uninitialised
}

// Degraded is something that could not be read, and why. Func is "" when it concerns the whole unit.
type Degraded struct {
	File, Func, Reason string
	Line               int
}

// Unit is what one translation unit contributes. HeaderFuncs are the keys (see cfront) of inline functions from headers that it uses;
// their bodies are stored once, under the key.
type Unit struct {
	Main     string
	Config   string
	Strings  []string // Strings[0] == ""
	Funcs    []Func
	Globals  []Global
	Init     Func // container of the initializers' nodes
	Degraded []Degraded
	Decls    []Decl
}

// Decl is a file-scope function or variable declaration without a body, kept because callers need its type.
type Decl struct {
	Name, Type, File int32
	Start            int32
	Func             bool
}

// S returns string i of the unit's table.
func (u *Unit) S(i int32) string {
	if i < 0 || int(i) >= len(u.Strings) {
		return ""
	}
	return u.Strings[i]
}
