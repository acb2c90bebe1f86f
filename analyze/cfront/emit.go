package cfront

import (
	"sort"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
)

// asmFunc is the name that stands for an inline assembly statement in the text given to the strict parser.
const asmFunc = "__xsmpatch_asm"

// vaFunc stands for the va_arg machinery.
const vaFunc = "__xsmpatch_va"

// emitter writes tokens as text that modernc.org/cc/v4 accepts and remembers which token each piece of text came from.
// All rewrites for compiler extensions are here and in rewrite.go; they work on tokens, never on one file's text, and positions
// survive because every emitted piece keeps its token's index.
type emitter struct {
	*splitter
	isType   func(cpp.Sym) bool // typedef names
	declared func(cpp.Sym) bool // names that the unit declares at file scope
	buf      []byte
	offs     []int32 // offset in buf of each emitted piece
	idx      []int32 // the token it came from
	inBody   bool
	members  int32            // tokens before this one are inside a struct or union
	used     map[cpp.Sym]bool // compiler builtins mentioned
	nameless bool             // structs and unions without a name go before the other members, see [emitter.lookInNameless]
}

// put emits text for token tok.
func (e *emitter) put(tok int32, text string) {
	e.offs = append(e.offs, int32(len(e.buf)))
	e.idx = append(e.idx, tok)
	e.buf = append(append(e.buf, text...), ' ')
}

// token returns the index of the token that the text at offset off came from.
func (e *emitter) token(off int) int32 {
	i := sort.Search(len(e.offs), func(i int) bool { return e.offs[i] > int32(off) }) - 1
	if i < 0 {
		return 0
	}
	return e.idx[i]
}

// tokens emits tokens first..last, rewritten.
func (e *emitter) tokens(first, last int32) {
	for i := first; i <= last; {
		i = e.one(i, last)
	}
}

// one emits the construct at token i and returns the token behind it.
func (e *emitter) one(i, last int32) int32 {
	switch e.class(i) {
	case wAttr:
		return e.match(i+1) + 1
	case wExtension:
		return i + 1
	case wNoReturn:
		if e.spell(i) == "_Noreturn" {
			return i + 1
		}
	case wAssert:
		return e.staticAssert(i)
	case wAsm:
		return e.asm(i)
	case wTypeof:
		return e.typeof(i)
	case wSizeof:
		if n := e.sizeofAssertion(i); n > i {
			return n
		}
	case wQuest:
		if e.class(i+1) == wColon {
			e.put(i, "? 0")
			return i + 1
		}
	case wLBrace:
		if e.class(i+1) == wRBrace && e.emptyInit(i) {
			e.put(i, "{ 0")
			return i + 1
		}
		if e.class(i-1) == wStruct || e.class(i-2) == wStruct {
			return e.aggregate(i)
		}
	case wLBrack:
		if n := e.equalRange(i); n > i {
			return n
		}
	case wEnum:
		if n := e.memberEnum(i); n > i {
			return n
		}
	case wQual:
		if n := e.qualifiedAuto(i); n > i {
			return n
		}
	case wAuto:
		return e.autoType(i)
	case wSemi:
		if i < e.members && e.class(i-1) == wSemi {
			return i + 1 // an empty declaration among members
		}
	case wDot:
		if n := e.nestedRange(i); n > i {
			return n
		}
	case wBuiltin:
		if e.class(i+1) == wLParen {
			return builtins[e.spell(i)](e, i)
		}
	}
	e.plain(i)
	return i + 1
}

// spell is the spelling of token i.
func (e *emitter) spell(i int32) string { return e.w.ses.Spelling(e.toks[i].Sym) }

// plain emits token i as it is, with GNU alternate keywords made canonical.
func (e *emitter) plain(i int32) {
	s := e.spell(i)
	if e.toks[i].Kind == cpp.Ident && len(s) > 2 && s[0] == '_' {
		if c, ok := canonical[s]; ok {
			s = c
		} else if s[1] == '_' && e.class(i) == wNone && isCompilerName(s) && !e.declared(e.toks[i].Sym) {
			e.used[e.toks[i].Sym] = true
		}
	}
	e.put(i, s)
}

// isCompilerName reports whether name is one that compilers declare themselves.
func isCompilerName(name string) bool {
	for _, p := range [...]string{"__builtin_", "__sync_", "__atomic_"} {
		if len(name) > len(p) && name[:len(p)] == p {
			return true
		}
	}
	return false
}
