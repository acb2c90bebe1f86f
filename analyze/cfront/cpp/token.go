package cpp

// Sym is an interned spelling. Within one [Session] equal spellings have equal Syms; 0 stands for none.
type Sym int32

// FileID names a file of a [Session]: a file of the tree, a built-in header, or a unit's command line. 0 is no file.
type FileID int32

// Kind says what a preprocessing token is (C11 6.4p1).
type Kind uint8

// The kinds of tokens. String and Char include their prefix (L"x", u8"x"); Other is a stray byte, or an unterminated
// literal up to the end of its line, as GCC spells it.
const (
	EOF Kind = iota
	Ident
	Number
	Char
	String
	Punct
	Other
)

var kindNames = [...]string{"EOF", "Ident", "Number", "Char", "String", "Punct", "Other"}

// String returns the kind's name, for messages and tests.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "Kind(?)"
}

// Flags are the properties of a token that its spelling does not show.
type Flags uint16

// The public flags.
const (
	SpaceBefore Flags = 1 << iota // white space or a comment comes before it
	LineStart                     // spelled first on a logical source line
	FromArg                       // spelled in an argument of the expansion Exp (and delivered by it)
	Pasted                        // made by ##: the spelling is in no file
	Stringized                    // made by #: the spelling is in no file
	BuiltinText                   // made by __LINE__ and its like: the spelling is in no file
	Spliced                       // its source bytes contain a backslash-newline

	noExpand // painted: named a macro that was being expanded, and never expands again
	pasteL   // is the left operand of ##
	deferred // a function-like macro's name that an argument's expansion left without arguments
)

// The top four bits of the flags hold the padding before the token while a unit is being preprocessed.
const (
	padShift = 12
	padFlags = 15 << padShift

	internalFlags = noExpand | pasteL | deferred | padFlags
)

// Synthetic is the set of flags of tokens whose spelling is in no file.
const Synthetic = Pasted | Stringized | BuiltinText

// Token is one preprocessing token, 20 bytes. File and Off say where it is spelled: the byte offset in that file's
// original text, before lines are spliced. A synthetic token has the position of the outermost macro name that led to
// it. Exp is -1 for a token that stands literally in the file; else it indexes [Result.Expansions]: the innermost
// expansion that delivered it, from whose Parent the outer ones follow.
type Token struct {
	Sym   Sym
	File  FileID
	Off   int32
	Exp   int32
	Kind  Kind
	Flags Flags
}

// Expansion is one macro invocation. Start and End delimit its bytes in File, where it is written: from the name to
// the end of the closing parenthesis. When the parenthesis is not spelled in the same place as the name (it came out
// of another macro), End is the end of the name; when the name was made by ##, Start and End are the outermost
// invocation's. Parent is the expansion within which this one happened: the macro in
// whose body the name is spelled, or the one in whose argument; -1 for an outermost one. A parent's index is always
// smaller than its children's.
type Expansion struct {
	Macro      Sym
	File       FileID
	Start, End int32
	Parent     int32
	Builtin    bool
}

// FileUse is the first use of a file by a unit: From and Off are the file and the offset of the #include directive
// (0, 0 for the main file and -include).
type FileUse struct {
	File FileID
	From FileID
	Off  int32
}

// Region is one group of a conditional: the bytes [Start, End) of File between two directive lines, exclusive.
// CondStart and CondEnd delimit the directive that opened the group, from its # to the end of its line; Open is the
// offset of the # of the #if, #ifdef or #ifndef of the same conditional.
type Region struct {
	File               FileID
	Start, End         int32
	CondStart, CondEnd int32
	Open               int32
}

// Macro is a macro definition. Body is its replacement list as written, including # and ## and the parameters' names;
// it must not be modified. A variadic macro's last parameter is __VA_ARGS__ or GNU's named one.
type Macro struct {
	Name     Sym
	File     FileID
	Off      int32 // of the name in its #define; 0 for a built-in macro
	Params   []Sym
	Body     []Token
	FuncLike bool
	Variadic bool
	Builtin  bool // __LINE__ and its like: File, Off and Body are empty

	kind  builtinKind
	paste bool // some op is a left operand of ##
	vaOpt bool // some op is __VA_OPT__
	ops   []op // how to substitute; nil when Body is pushed as it is
}

// Result is a preprocessed unit. All of it belongs to the caller and none of it changes later.
type Result struct {
	Tokens     []Token
	Expansions []Expansion
	Files      []FileUse // in first-use order
	Absent     []string  // include paths probed and not found before the one that was, in first-use order
	Taken      []Region  // groups of conditionals that were read, in the order met
	Skipped    []Region  // groups that were not; groups nested in one of these are not listed
	Diags      []Diag    // problems that did not stop the unit

	macros macroSet
}
