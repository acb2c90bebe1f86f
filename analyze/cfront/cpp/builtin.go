package cpp

import (
	"strconv"
	"strings"
)

// builtinKind tells the macros that the preprocessor itself computes.
type builtinKind uint8

const (
	builtinNone builtinKind = iota
	builtinLine
	builtinFile
	builtinBaseFile
	builtinLevel
	builtinCounter
	builtinDate
	builtinTime
	builtinTimestamp
	builtinPragma
	builtinHasInclude
	builtinHasIncludeNext
	builtinHasAttribute
	builtinHasCppAttribute
	builtinHasStdAttribute
	builtinHasBuiltin
)

var builtinNames = [...]string{
	builtinLine: "__LINE__", builtinFile: "__FILE__", builtinBaseFile: "__BASE_FILE__",
	builtinLevel: "__INCLUDE_LEVEL__", builtinCounter: "__COUNTER__", builtinDate: "__DATE__",
	builtinTime: "__TIME__", builtinTimestamp: "__TIMESTAMP__", builtinPragma: "_Pragma",
	builtinHasInclude: "__has_include", builtinHasIncludeNext: "__has_include_next",
	builtinHasAttribute: "__has_attribute", builtinHasCppAttribute: "__has_cpp_attribute",
	builtinHasStdAttribute: "__has_c_attribute", builtinHasBuiltin: "__has_builtin",
}

// enterBuiltin replaces a built-in macro's name.
func (p *pp) enterBuiltin(m *Macro, t Token) bool {
	if m.kind == builtinPragma {
		return !p.inDir && p.noOp == 0 && p.pragmaOp(t)
	}
	text, kind, ok := p.builtinText(m, t)
	if !ok {
		return false
	}
	exp := p.newExpansion(m, t, p.s.End(t))
	at := p.origin(exp)
	p.bytes = append(p.bytes[:0], text...)
	buf := append(p.buffer(), Token{Sym: p.s.in.intern(p.bytes), File: at.file, Off: at.off, Exp: exp, Kind: kind,
		Flags: BuiltinText})
	p.pad = enterPadding(t.Flags)
	p.push(context_{toks: buf, exp: -1, id: -1, tail: noPadding, buf: buf})
	return true
}

// builtinText computes a built-in macro's value.
func (p *pp) builtinText(m *Macro, t Token) (text string, kind Kind, ok bool) {
	switch m.kind {
	case builtinLine:
		return strconv.Itoa(p.lineOf(t)), Number, true
	case builtinFile:
		return quote(p.cur.shown), String, true
	case builtinBaseFile:
		return quote(p.u.Main), String, true
	case builtinLevel:
		return strconv.Itoa(len(p.frames) - 1), Number, true
	case builtinCounter:
		p.counter++
		return strconv.Itoa(p.counter - 1), Number, true
	case builtinDate:
		return `"Jan  1 1970"`, String, true
	case builtinTime:
		return `"00:00:00"`, String, true
	case builtinTimestamp:
		return `"Thu Jan  1 00:00:00 1970"`, String, true
	}
	n, ok := p.has(m, t)
	return strconv.Itoa(n), Number, ok
}

func quote(s string) string { return `"` + string(appendEscaped(nil, s)) + `"` }

// lineOf is the value of __LINE__ at t: the line of the macro name in the file's text that led to it, or when the
// outermost macro met is object-like, that macro's line. That is how GCC has it.
func (p *pp) lineOf(t Token) int {
	at := p.topLine
	if !p.inDir && p.topFun {
		at = place{t.File, t.Off}
		if e := t.Exp; e >= 0 {
			n := 0
			for ; p.name[e] >= 0; n++ {
				e = p.name[e]
			}
			p.far(n)
			at = place{p.exps[e].File, p.exps[e].Start}
		}
	}
	line, _ := p.s.Position(at.file, at.off)
	if p.cur != nil {
		line += p.cur.shift
	}
	return line
}

// newExpansion records an invocation. Directives record none.
func (p *pp) newExpansion(m *Macro, t Token, end int32) int32 {
	if p.inDir {
		return -1
	}
	parent := t.Exp
	if parent == -1 || p.encl >= 0 && p.within(parent, p.encl) {
		parent = p.encl
	}
	if t.Flags&Synthetic != 0 && parent >= 0 {
		root := p.outermost(parent)
		end = p.exps[root].End
	}
	if len(p.exps) >= p.s.opt.MaxTokens {
		p.fail(t.File, t.Off, ErrLimit, "the unit expands more than %d macros (MaxTokens)", p.s.opt.MaxTokens)
	}
	p.exps = append(p.exps, Expansion{Macro: m.Name, File: t.File, Start: t.Off, End: end, Parent: parent, Builtin: m.Builtin})
	via := t.Exp
	if t.Flags&deferred != 0 && p.from >= 0 {
		via = p.from
	}
	p.name = append(p.name, via)
	return int32(len(p.exps) - 1)
}

// pragmaOp drops _Pragma("...").
func (p *pp) pragmaOp(t Token) bool {
	flags := t.Flags
	ok := p.openParen()
	if ok {
		var str, end Token
		str, _ = p.rawNext()
		end, ok = p.rawNext()
		ok = ok && str.Kind == String && end.Sym == symRParen
	}
	if !ok {
		p.diag(SevError, t.File, t.Off, "_Pragma takes a parenthesized string literal")
		return true
	}
	p.pad = enterPadding(flags)
	return true
}

// has evaluates __has_include and its like; ok is false if their operand is malformed.
func (p *pp) has(m *Macro, t Token) (n int, ok bool) {
	name := p.s.Spelling(m.Name)
	if m.kind == builtinHasInclude || m.kind == builtinHasIncludeNext {
		if !p.inDir {
			p.diag(SevError, t.File, t.Off, "%s used outside of a preprocessing directive", name)
			return 0, true
		}
		return p.hasInclude(m, t)
	}
	if !p.openParen() {
		p.diag(SevError, t.File, t.Off, "missing '(' after %s", name)
		return 0, true
	}
	operand := ""
	for depth := 0; ; {
		x, more := p.rawNext()
		if !more {
			p.diag(SevError, t.File, t.Off, "missing ')' after the operand of %s", name)
			return 0, true
		}
		if x.Sym == symRParen {
			if depth == 0 {
				break
			}
			depth--
		} else if x.Sym == symLParen {
			depth++
		}
		operand += p.s.Spelling(x.Sym)
	}
	return hasFeature(m.kind, operand), true
}

// hasInclude evaluates __has_include after its name.
func (p *pp) hasInclude(m *Macro, t Token) (int, bool) {
	paren := p.openParen()
	x, ok := p.next()
	if !ok {
		p.diag(SevError, t.File, t.Off, "%s needs a header name", p.s.Spelling(m.Name))
		return 0, true
	}
	name, ok := p.literalName(x)
	if !ok && x.Sym == symLess {
		line := []Token{x}
		for x, more := p.next(); more; x, more = p.next() {
			line = append(line, x)
			if x.Sym == symGreater {
				break
			}
		}
		name.name, _, ok = p.angled(line)
	}
	if !ok {
		p.diag(SevError, t.File, t.Off, "%s needs a header name", p.s.Spelling(m.Name))
		return 0, true
	}
	if paren {
		if x, ok := p.next(); !ok || x.Sym != symRParen {
			p.diag(SevError, t.File, t.Off, "missing ')' after the operand of %s", p.s.Spelling(m.Name))
		}
	}
	found, err := p.findInclude(p.cur, name, m.kind == builtinHasIncludeNext)
	if err != nil || found.f == nil {
		return 0, true
	}
	return 1, true
}

// hasFeature answers __has_attribute and __has_builtin from a list of what GCC 12 knows.
func hasFeature(kind builtinKind, operand string) int {
	switch kind {
	case builtinHasBuiltin:
		return boolInt(features().builtins[operand])
	case builtinHasStdAttribute:
		return features().standard[strings.Trim(operand, "_")]
	}
	if rest, ok := strings.CutPrefix(operand, "gnu::"); ok {
		operand = rest
	} else if strings.Contains(operand, "::") {
		return 0
	}
	return boolInt(features().attributes[strings.TrimSuffix(strings.TrimPrefix(operand, "__"), "__")])
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
