package cfront

import "github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"

// class is what a spelling means to the passes over tokens.
type class uint8

const (
	wNone class = iota
	wOther
	wLParen
	wRParen
	wLBrack
	wRBrack
	wLBrace
	wRBrace
	wSemi
	wComma
	wColon
	wQuest
	wStar
	wDot
	wEllipsis
	wAssign
	wStruct // struct, union
	wEnum
	wTypedef
	wAttr // __attribute__
	wAsm
	wTypeof
	wAssert // _Static_assert
	wNoReturn
	wQual      // const, volatile, goto, inline: may follow asm
	wExtension // __extension__
	wKeyword   // type keyword: starts a type name
	wStmt      // other keyword
	wSizeof
	wBuiltin // __builtin_* with a rewrite
	wAuto    // __auto_type
)

// spellings lists the words of each class.
var spellings = map[class][]string{
	wLParen: {"("}, wRParen: {")"}, wLBrack: {"[", "<:"}, wRBrack: {"]", ":>"}, wLBrace: {"{", "<%"}, wRBrace: {"}", "%>"},
	wSemi: {";"}, wComma: {","}, wColon: {":"}, wQuest: {"?"}, wStar: {"*"}, wDot: {"."}, wEllipsis: {"..."}, wAssign: {"="},
	wStruct: {"struct", "union"}, wEnum: {"enum"}, wTypedef: {"typedef"},
	wAttr: {"__attribute__", "__attribute"}, wAsm: {"asm", "__asm__", "__asm"},
	wTypeof: {"typeof", "__typeof__", "__typeof", "_Alignas", "typeof_unqual", "__typeof_unqual__"}, wAssert: {"_Static_assert", "static_assert"},
	wNoReturn: {"noreturn", "__noreturn__", "_Noreturn"},
	wQual: {"const", "__const", "__const__", "volatile", "__volatile__", "__volatile", "inline", "__inline__", "__inline", "goto", "register",
		"restrict", "__restrict", "__restrict__"},
	wExtension: {"__extension__"},
	wKeyword: {"void", "char", "short", "int", "long", "float", "double", "signed", "__signed__", "__signed", "unsigned", "_Bool", "_Complex",
		"__int128", "__builtin_va_list", "_Float128", "_Atomic"},
	wStmt: {"static", "extern", "auto", "_Thread_local", "__thread", "if", "else", "while", "do", "for", "switch", "case", "default",
		"break", "continue", "return", "__label__", "_Generic"},
	wAuto:   {"__auto_type"},
	wSizeof: {"sizeof", "__alignof__", "__alignof", "_Alignof"},
}

// canonical maps GNU alternate keywords to the ones modernc.org/cc/v4 reads.
// Source: GCC manual, "Alternate Keywords".
var canonical = map[string]string{
	"__const": "const", "__const__": "const", "__volatile__": "volatile", "__volatile": "volatile", "__inline__": "inline", "__inline": "inline",
	"__signed__": "signed", "__signed": "signed", "__restrict": "restrict", "__restrict__": "restrict", "__typeof__": "typeof", "__typeof": "typeof",
	"__alignof__": "_Alignof", "__alignof": "_Alignof", "__asm__": "asm", "__asm": "asm", "<:": "[", ":>": "]", "<%": "{", "%>": "}",
	"__label__": "__label__", "__FUNCTION__": "__func__", "__PRETTY_FUNCTION__": "__func__",
}

// words classifies interned spellings. It is indexed by Sym and grows with the session.
type words struct {
	class []class
	ses   *cpp.Session
}

// newWords makes the table of one worker. What has a class gets its Sym here: a spelling that comes later has none.
func newWords(ses *cpp.Session) *words {
	w := &words{ses: ses}
	set := func(s string, c class) {
		sym := ses.Intern(s)
		w.grow(sym)
		w.class[sym] = c
	}
	for c, list := range spellings {
		for _, s := range list {
			set(s, c)
		}
	}
	for name := range builtins {
		set(name, wBuiltin)
	}
	return w
}

// grow makes room for the spellings interned up to max.
func (w *words) grow(max cpp.Sym) {
	if n := int(max) + 1 - len(w.class); n > 0 {
		w.class = append(w.class, make([]class, n)...)
	}
}
