package cpp

import (
	"bytes"
	"unicode/utf8"
)

// lexMode selects how a file is split into tokens. A file is split once per session and mode.
type lexMode uint8

const (
	modeGNU     lexMode = iota // C with u"", U"", u8"" and R"" literals
	modeC99                    // C with L"" only
	modeAsm                    // assembly: $ is no identifier character, unknown directives are text
	modeC11                    // C with u"", U"", u8"" but no R""
	numLexModes = iota
)

func lexModeOf(u *Unit) lexMode {
	switch {
	case u.Asm:
		return modeAsm
	case u.Std == "c89" || u.Std == "c90" || u.Std == "gnu89" || u.Std == "gnu90" || u.Std == "c99" || u.Std == "ansi":
		return modeC99
	case len(u.Std) > 0 && u.Std[0] == 'c':
		return modeC11
	}
	return modeGNU
}

// scanner finds the end of one token in bytes.
type scanner struct {
	mode lexMode
	cont uint8 // classes of the characters that continue an identifier
}

func newScanner(mode lexMode) scanner {
	sc := scanner{mode: mode, cont: cIdentAny | cDollar}
	if mode == modeAsm {
		sc.cont = cIdentAny
	}
	return sc
}

// scan returns the end and the kind of the token at src[i], which is no white space. cut tells that it met a splice
// within a literal, so that the answer is void: the caller removes the splices and asks again.
func (sc *scanner) scan(src []byte, i int) (end int, kind Kind, cut bool) {
	c := src[i]
	switch cl := charClass[c]; {
	case cl&cIdent != 0 || cl&sc.cont&cDollar != 0:
		return sc.scanIdent(src, i)
	case cl == cDigit:
		return sc.scanNumber(src, i), Number, false
	case c == '.' && i+1 < len(src) && charClass[src[i+1]] == cDigit:
		return sc.scanNumber(src, i), Number, false
	case cl == cQuote:
		return scanQuoted(src, i)
	case cl == cHigh:
		if n := highIdent(src, i); n > 0 {
			return sc.identEnd(src, i+n), Ident, false
		}
		_, n := utf8.DecodeRune(src[i:])
		return i + n, Other, false
	}
	if n := scanPunct(src, i); n > 0 {
		return i + n, Punct, false
	}
	return i + 1, Other, false
}

// highIdent returns the length of the non-ASCII identifier character at src[i], or 0.
func highIdent(src []byte, i int) int {
	r, n := utf8.DecodeRune(src[i:])
	if r == utf8.RuneError && n <= 1 || !identRune(r) {
		return 0
	}
	return n
}

func (sc *scanner) identEnd(src []byte, i int) int {
	for i < len(src) {
		cl := charClass[src[i]]
		if cl&sc.cont != 0 {
			i++
		} else if cl == cHigh {
			n := highIdent(src, i)
			if n == 0 {
				break
			}
			i += n
		} else {
			break
		}
	}
	return i
}

// scanIdent scans an identifier, or the literal of which it is the prefix.
func (sc *scanner) scanIdent(src []byte, i int) (end int, kind Kind, cut bool) {
	end = sc.identEnd(src, i)
	if end < len(src) && charClass[src[end]] == cQuote && end-i <= 3 {
		if raw, ok := sc.literalPrefix(src[i:end], src[end]); ok {
			if raw {
				return scanRaw(src, end)
			}
			return scanQuoted(src, end)
		}
	}
	return end, Ident, false
}

// literalPrefix reports whether p before a quote is an encoding prefix, and whether of a raw string.
func (sc *scanner) literalPrefix(p []byte, quote byte) (raw, ok bool) {
	s := string(p)
	if n := len(s) - 1; quote == '"' && sc.mode == modeGNU && s[n] == 'R' {
		s, raw = s[:n], true
	}
	switch s {
	case "":
		return raw, raw
	case "L":
		return raw, true
	case "u", "U":
		return raw, sc.mode == modeGNU || sc.mode == modeC11
	case "u8":
		return raw, quote == '"' && (sc.mode == modeGNU || sc.mode == modeC11)
	}
	return false, false
}

// scanNumber scans a preprocessing number (C11 6.4.8).
func (sc *scanner) scanNumber(src []byte, i int) int {
	for i++; i < len(src); {
		c := src[i]
		cl := charClass[c]
		prev := src[i-1] | 0x20
		switch {
		case cl&sc.cont != 0 || c == '.':
			i++
		case (c == '+' || c == '-') && (prev == 'e' || prev == 'p'):
			i++
		case cl == cHigh && highIdent(src, i) > 0:
			i += highIdent(src, i)
		default:
			return i
		}
	}
	return i
}

// scanQuoted scans a string or character constant from its quote. One that its line does not end is Other, up to the
// end of the line.
func scanQuoted(src []byte, i int) (end int, kind Kind, cut bool) {
	quote := src[i]
	kind = String
	if quote == '\'' {
		kind = Char
	}
	for i++; i < len(src); i++ {
		switch c := src[i]; {
		case c == quote:
			return i + 1, kind, false
		case c == '\\':
			if spliceLen(src, i) > 0 {
				return 0, 0, true
			}
			if i+1 < len(src) && !newlineAt(src, i+1) {
				i++
				if src[i] == '\\' && spliceLen(src, i) > 0 {
					return 0, 0, true
				}
			}
		case c == '\n' || c == '\r' && newlineAt(src, i):
			return i, Other, false
		}
	}
	return i, Other, false
}

// scanRaw scans R"delim( ... )delim" from its quote.
func scanRaw(src []byte, i int) (end int, kind Kind, cut bool) {
	open := i + 1
	for open < len(src) && open-i <= 17 && src[open] != '(' {
		if c := src[open]; charClass[c] == cSpace || c == '\n' || c == ')' || c == '\\' || c == '"' {
			return scanQuoted(src, i)
		}
		open++
	}
	if open >= len(src) || src[open] != '(' {
		return scanQuoted(src, i)
	}
	closing := append(append([]byte{')'}, src[i+1:open]...), '"')
	j := bytes.Index(src[open:], closing)
	if j < 0 {
		return len(src), Other, false
	}
	return open + j + len(closing), String, false
}

// scanPunct returns the length of the punctuator at src[i] (C11 6.4.6), 0 if there is none.
func scanPunct(src []byte, i int) int {
	c := src[i]
	var c1, c2 byte
	if i+1 < len(src) {
		c1 = src[i+1]
	}
	if i+2 < len(src) {
		c2 = src[i+2]
	}
	switch c {
	case '(', ')', '[', ']', '{', '}', ';', ',', '~', '?':
		return 1
	case '.':
		if c1 == '.' && c2 == '.' {
			return 3
		}
		return 1
	case '+', '&', '|', '=', '*', '!', '^', '/', '#':
		return oneOrTwo(c1 == '=' && c != '#' || c1 == c && (c == '+' || c == '&' || c == '|' || c == '#'))
	case '-':
		return oneOrTwo(c1 == '=' || c1 == '-' || c1 == '>')
	case ':':
		return oneOrTwo(c1 == '>')
	case '%':
		if c1 == ':' && c2 == '%' && i+3 < len(src) && src[i+3] == ':' {
			return 4
		}
		return oneOrTwo(c1 == '=' || c1 == ':' || c1 == '>')
	case '<', '>':
		if c1 == c {
			return 1 + oneOrTwo(c2 == '=')
		}
		return oneOrTwo(c1 == '=' || c == '<' && (c1 == ':' || c1 == '%'))
	}
	return 0
}

func oneOrTwo(two bool) int {
	if two {
		return 2
	}
	return 1
}
