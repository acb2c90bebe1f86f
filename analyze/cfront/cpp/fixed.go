package cpp

// Spellings that the preprocessor itself looks for have fixed Syms. The order of this list and of fixedSpellings is
// the same (a test checks it).
const (
	symNone Sym = iota
	symDefine
	symUndef
	symInclude
	symIncludeNext
	symImport
	symIf
	symIfdef
	symIfndef
	symElif
	symElifdef
	symElifndef
	symElse
	symEndif
	symLine
	symError
	symWarning
	symPragma
	symIdent
	symSccs
	symAssert
	symUnassert
	symLParen
	symRParen
	symComma
	symHash
	symHashHash
	symDigHash
	symDigHashHash
	symEllipsis
	symLess
	symGreater
	symDefined
	symVaArgs
	symVaOpt
	symOnce
	symPushMacro
	symPopMacro
	symZero
	symOne
	symMinus
	symPlus
	symNot
	symTilde
	symStar
	symSlash
	symPercent
	symShl
	symShr
	symLe
	symGe
	symEqEq
	symNe
	symAnd
	symXor
	symOr
	symAndAnd
	symOrOr
	symQuestion
	symColon
	symEquals
	symMinusMinus
	symPlusPlus
	symBackslash
	symHasInclude
	symHasIncludeNext
	symPragmaOp
	symEmptyString
	numFixed
)

var fixedSpellings = [...]string{
	"", "define", "undef", "include", "include_next", "import", "if", "ifdef", "ifndef", "elif", "elifdef", "elifndef",
	"else", "endif", "line", "error", "warning", "pragma", "ident", "sccs", "assert", "unassert",
	"(", ")", ",", "#", "##", "%:", "%:%:", "...", "<", ">", "defined", "__VA_ARGS__", "__VA_OPT__", "once",
	"push_macro", "pop_macro", "0", "1", "-", "+", "!", "~", "*", "/", "%", "<<", ">>", "<=", ">=", "==", "!=",
	"&", "^", "|", "&&", "||", "?", ":", "=", "--", "++", "\\",
	"__has_include", "__has_include_next", "_Pragma", `""`,
}
