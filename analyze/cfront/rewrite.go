package cfront

import (
	"strconv"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/tolerant"
)

// builtins are compiler builtins that take a type, or whose value the parser needs, with their rewrites.
// Each gets the token of the name and returns the token behind the closing parenthesis.
// Source: GCC manual, "Other Built-in Functions Provided by GCC", "Offsetof", "Variadic".
var builtins map[string]func(e *emitter, i int32) int32

func init() {
	constant := func(v string) func(e *emitter, i int32) int32 {
		return func(e *emitter, i int32) int32 {
			close := e.match(i + 1)
			e.put(i, "("+v)
			e.put(close, ")")
			return close + 1
		}
	}
	builtins = map[string]func(e *emitter, i int32) int32{
		"__builtin_constant_p":         constant("0"),
		"__builtin_has_attribute":      constant("1"),
		"__builtin_types_compatible_p": constant("0"),
		"__builtin_offsetof":           (*emitter).offsetof,
		"__builtin_choose_expr":        (*emitter).chooseExpr,
		"__builtin_va_arg":             (*emitter).vaArg,
	}
}

// args splits the arguments of the call whose parenthesis is token open into [first,last] pairs.
func (e *emitter) args(open int32) (out [][2]int32, close int32) {
	close = e.match(open)
	from := open + 1
	for i := from; i <= close; i++ {
		switch {
		case i == close || e.class(i) == wComma:
			out = append(out, [2]int32{from, i - 1})
			from = i + 1
		default:
			i = e.match(i)
		}
	}
	return out, close
}

func (e *emitter) offsetof(i int32) int32 {
	a, close := e.args(i + 1)
	if len(a) < 2 {
		return i + 1
	}
	e.put(i, "((unsigned long)&((")
	e.tokens(a[0][0], a[0][1])
	e.put(i, "*)0)->")
	e.tokens(a[1][0], close-1)
	e.put(close, ")")
	return close + 1
}

func (e *emitter) chooseExpr(i int32) int32 {
	a, close := e.args(i + 1)
	if len(a) != 3 {
		return i + 1
	}
	e.put(i, "(")
	for k, after := range [...]string{"?", ":", ")"} {
		e.put(a[k][0], "(")
		e.tokens(a[k][0], a[k][1])
		e.put(a[k][1], ")")
		e.put(a[k][1]+1, after)
	}
	return close + 1
}

func (e *emitter) vaArg(i int32) int32 {
	a, close := e.args(i + 1)
	if len(a) != 2 {
		return i + 1
	}
	e.put(i, "(*(")
	e.tokens(a[1][0], a[1][1])
	e.put(i, "*)"+vaFunc+"(")
	e.tokens(a[0][0], a[0][1])
	e.put(close, "))")
	return close + 1
}

// staticAssert drops a static assertion: layout is not ours to check. Inside a function an empty statement stays.
func (e *emitter) staticAssert(i int32) int32 {
	close := e.match(i + 1)
	if e.class(close+1) != wSemi {
		return close + 1
	}
	if e.inBody {
		e.put(close+1, ";")
	}
	return close + 2
}

// typeof turns typeof(TYPE), which the parser does not type-check in a declaration, into typeof of an expression of that type.
func (e *emitter) typeof(i int32) int32 {
	close := e.match(i + 1)
	if e.class(i+1) != wLParen {
		e.put(i, "typeof")
		return i + 1
	}
	if !e.typeStart(i + 2) {
		e.put(i, "typeof (")
		e.tokens(i+2, close-1)
		e.put(close, ")")
		return close + 1
	}
	e.put(i, "typeof ( * (")
	e.pointerTo(i+2, close-1)
	e.put(close, ") 0 )")
	return close + 1
}

// pointerTo emits the type name in tokens first..last made into a pointer: T* for T, T(*)[n] for T[n], T(**)() for T(*)().
func (e *emitter) pointerTo(first, last int32) {
	for i := first; i <= last; i++ {
		switch e.class(i) {
		case wTypeof, wAttr:
			i = e.match(i + 1)
			continue
		case wLBrace:
			i = e.match(i)
			continue
		case wLBrack, wLParen:
		default:
			continue
		}
		e.tokens(first, i-1)
		if e.class(i) == wLParen && e.class(i+1) == wStar {
			e.put(i, "(*")
			i++
		} else {
			e.put(i, "(*)")
		}
		e.tokens(i, last)
		return
	}
	e.tokens(first, last)
	e.put(last, "*")
}

// typeStart reports whether token i begins a type name.
func (e *emitter) typeStart(i int32) bool {
	switch e.class(i) {
	case wKeyword, wStruct, wEnum, wTypeof, wQual:
		return true
	case wNone:
		return e.toks[i].Kind == cpp.Ident && e.isType(e.toks[i].Sym)
	}
	return false
}

// sizeofAssertion replaces the idioms that make a false assertion a type error by the constant they are when the assertion holds:
// sizeof(char[1 - 2*!!(c)]), sizeof(struct { int : -!!(c); }) and sizeof(struct { _Static_assert(c, ""); }).
func (e *emitter) sizeofAssertion(i int32) int32 {
	if e.class(i+1) != wLParen {
		return i
	}
	close := e.match(i + 1)
	switch {
	case e.class(i+2) == wStruct && e.class(i+3) == wLBrace && (e.has(i+3, close, wColon) || e.has(i+3, close, wAssert)):
		e.put(i, "(0ul")
	case e.class(i+2) == wKeyword && e.class(i+3) == wLBrack && e.hasText(i+3, close, "!"):
		e.put(i, "(1ul")
	default:
		return i
	}
	e.put(close, ")")
	return close + 1
}

func (e *emitter) has(from, to int32, c class) bool {
	for ; from < to; from++ {
		if e.class(from) == c {
			return true
		}
	}
	return false
}

func (e *emitter) hasText(from, to int32, s string) bool {
	for ; from < to; from++ {
		if e.spell(from) == s {
			return true
		}
	}
	return false
}

// emptyInit reports whether the brace at i opens an initializer: after "=", or after the type of a compound literal.
func (e *emitter) emptyInit(i int32) bool {
	switch e.class(i - 1) {
	case wAssign:
		return true
	case wRParen:
		depth := 0
		for j := i - 1; j >= 0; j-- {
			switch e.class(j) {
			case wRParen:
				depth++
			case wLParen:
				depth--
			}
			if depth == 0 {
				return e.typeStart(j+1) && e.class(j-1) != wNone && e.class(j-1) != wTypeof && e.class(j-1) != wStmt
			}
		}
	}
	return false
}

// nestedRange rewrites ".name[a ... b] = v" into ".name = { [a ... b] = v }".
func (e *emitter) nestedRange(i int32) int32 {
	if !e.isName(i+1) || e.class(i+2) != wLBrack {
		return i
	}
	close := e.match(i + 2)
	if e.class(close+1) != wAssign || !e.has(i+2, close, wEllipsis) {
		return i
	}
	e.put(i, ".")
	e.plain(i + 1)
	e.put(i+2, "= {")
	e.tokens(i+2, close+1)
	j := close + 2
	for ; e.class(j) != wComma && e.class(j) != wRBrace && j < int32(len(e.toks)); j++ {
		end := e.match(j)
		e.tokens(j, end)
		j = end
	}
	e.put(j-1, "}")
	return j
}

// equalRange rewrites the designator "[a ... a]", a range of one, into "[a]": the parser wants the first index to be smaller.
func (e *emitter) equalRange(i int32) int32 {
	close := e.match(i)
	for j := i + 1; j < close; j++ {
		if e.class(j) != wEllipsis {
			j = e.match(j)
			continue
		}
		p := tolerant.New(e.toks, e.w.ses.Spelling, e.isType)
		a, okA := p.Constant(i+1, j-1)
		b, okB := p.Constant(j+1, close-1)
		if !okA || !okB || a != b {
			break
		}
		e.plain(i)
		e.tokens(i+1, j-1)
		e.plain(close)
		return close + 1
	}
	return i
}

// aggregate emits the brace of a struct's or union's members. One without members, a GNU extension that has no initializer in
// standard C, gets a member. Members without names come first where [emitter.nameless] says so.
func (e *emitter) aggregate(i int32) int32 {
	if e.class(i+1) == wRBrace {
		e.put(i, "{ int __xsmpatch_none ;")
		return i + 1
	}
	close := e.match(i)
	e.members = max(e.members, close)
	e.plain(i)
	if !e.nameless {
		return i + 1
	}
	members := e.memberSpans(i+1, close)
	for _, first := range []bool{true, false} {
		for _, m := range members {
			if e.isNameless(m) == first {
				e.tokens(m[0], m[1])
			}
		}
	}
	return close
}

// memberSpans cuts the tokens from first to before end into the declarations of members, as [first, last] pairs.
func (e *emitter) memberSpans(first, end int32) (out [][2]int32) {
	for i := first; i < end; i++ {
		if e.class(i) == wSemi {
			out = append(out, [2]int32{first, i})
			first = i + 1
		} else {
			i = e.match(i)
		}
	}
	if first < end {
		out = append(out, [2]int32{first, end - 1})
	}
	return out
}

// isNameless reports whether a member is a struct or union without a name of its own, so that its members are looked up in the one around it.
func (e *emitter) isNameless(m [2]int32) bool {
	for i := m[0]; i < m[1]; i++ {
		switch e.class(i) {
		case wStruct:
			for i++; e.class(i) == wAttr; i++ {
				i = e.match(i + 1)
			}
			if e.class(i) != wLBrace {
				return false
			}
			for i = e.match(i) + 1; e.class(i) == wAttr; i++ {
				i = e.match(i + 1)
			}
			return e.class(i) == wSemi
		case wQual, wExtension:
		default:
			return false
		}
	}
	return false
}

// memberEnum names the member that an enum defined inside a struct without a declarator would be: the parser expects one.
func (e *emitter) memberEnum(i int32) int32 {
	open := i + 1
	if e.isName(open) {
		open++
	}
	if i >= e.members || e.class(open) != wLBrace {
		return i
	}
	close := e.match(open)
	if e.class(close+1) != wSemi {
		return i
	}
	for j := i; j <= open; j++ {
		e.plain(j)
	}
	e.tokens(open+1, close)
	e.put(close, "__xsmpatch_enum"+strconv.Itoa(int(i)))
	return close + 1
}

// qualifiedAuto drops the qualifiers around __auto_type: the parser takes none.
func (e *emitter) qualifiedAuto(i int32) int32 {
	j := i
	for e.class(j) == wQual {
		j++
	}
	if e.class(j) != wAuto {
		return i
	}
	return j
}

// autoType emits "__auto_type x = v". Where the parser does not take it, in the head of a for loop and before a comma, it
// becomes "typeof(v) x = v".
func (e *emitter) autoType(i int32) int32 {
	j := i + 1
	for e.class(j) == wQual {
		j++
	}
	if !e.isName(j) || e.class(j+1) != wAssign {
		e.plain(i)
		return i + 1
	}
	end := j + 2
	for end < int32(len(e.toks)) && e.class(end) != wComma && e.class(end) != wSemi {
		end = e.match(end) + 1
	}
	if e.class(i-1) != wLParen && e.class(end) != wComma {
		e.plain(i)
		return j
	}
	e.put(i, "typeof (")
	e.tokens(j+2, end-1)
	e.put(i, ")")
	return j
}

// asm turns an assembly statement into a call of asmFunc with its operands, and drops the assembler name of a declaration.
// The labels of asm goto become conditional gotos.
func (e *emitter) asm(i int32) int32 {
	open := i + 1
	for e.class(open) == wQual {
		open++
	}
	if e.class(open) != wLParen {
		return i + 1
	}
	close := e.match(open)
	if !e.inBody || !e.asmStatement(i) {
		return close + 1
	}
	sections := e.sections(open, close)
	labels := len(sections) == 5
	if labels {
		e.put(i, "{")
	}
	e.put(i, asmFunc+" (")
	sep := ""
	for s := 1; s < len(sections) && s < 3; s++ {
		e.operands(sections[s], &sep)
	}
	e.put(close, ")")
	if labels {
		e.put(close, ";")
		e.asmLabels(sections[4])
		if e.class(close+1) == wSemi {
			close++ // the block ends with the statement's semicolon
		}
		e.put(close, "}")
	}
	return close + 1
}

// asmLabels emits a conditional goto for each label of asm goto.
func (e *emitter) asmLabels(s [2]int32) {
	for j := s[0]; j <= s[1]; j++ {
		if e.toks[j].Kind == cpp.Ident {
			e.put(j, "if ("+asmFunc+"()) goto")
			e.plain(j)
			e.put(j, ";")
		}
	}
}

// asmStatement reports whether the asm at token i starts a statement.
func (e *emitter) asmStatement(i int32) bool {
	switch e.class(i - 1) {
	case wSemi, wLBrace, wRBrace, wRParen, wColon, wStmt:
		return true
	}
	return e.class(i-1) == wExtension
}

// sections splits the inside of asm( ) at its colons.
func (e *emitter) sections(open, close int32) (out [][2]int32) {
	from := open + 1
	for i := from; i <= close; i++ {
		if i == close || e.class(i) == wColon {
			out = append(out, [2]int32{from, i - 1})
			from = i + 1
			continue
		}
		if e.class(i) == wNone && e.toks[i].Kind == cpp.Punct && e.spell(i) == "::" {
			out = append(out, [2]int32{from, i - 1}, [2]int32{i, i - 1})
			from = i + 1
			continue
		}
		i = e.match(i)
	}
	return out
}

// operands emits the parenthesised expressions of one asm section, comma separated.
func (e *emitter) operands(s [2]int32, sep *string) {
	for i := s[0]; i <= s[1]; i++ {
		end := e.match(i)
		if e.class(i) == wLParen {
			if *sep != "" {
				e.put(i, *sep)
			}
			*sep = ","
			e.put(i, "(")
			e.tokens(i+1, end-1)
			e.put(end, ")")
		}
		i = end
	}
}
