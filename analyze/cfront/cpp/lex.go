package cpp

import "bytes"

// lexed is a file split into tokens: the text lines in one slice, the directives apart. It never changes, and all
// units share it.
type lexed struct {
	text  []Token
	dirs  []directive
	guard Sym // the macro whose definition makes including the file again useless; 0 if there is none
	diags []Diag
}

// lexer splits one file. Positions are those of the original text.
type lexer struct {
	scanner
	s     *Session
	src   []byte
	pos   int
	file  FileID
	bol   bool // nothing but white space since the line began
	space bool // white space since the last token
	lx    *lexed
	args  []Token // tokens of all directives
	clean []byte  // scratch for tokens with splices
	dirs  []rawDirective
}

// lex splits a file into text tokens and directives.
func (s *Session) lex(f *file, mode lexMode) *lexed {
	l := &lexer{scanner: newScanner(mode), s: s, src: f.src, file: f.id, bol: true, lx: &lexed{}}
	if bytes.HasPrefix(l.src, []byte("\xef\xbb\xbf")) {
		l.pos = 3
	}
	l.lx.text = make([]Token, 0, len(l.src)/16)
	for l.skip(false); l.pos < len(l.src); l.skip(false) {
		if l.bol && l.atHash() {
			l.directive()
			continue
		}
		l.lx.text = append(l.lx.text, l.token())
	}
	l.finish()
	return l.lx
}

// atHash reports whether a # or its digraph is next.
func (l *lexer) atHash() bool {
	c := l.src[l.pos]
	if c == '#' {
		return true
	}
	return c == '%' && l.pos+1 < len(l.src) && l.src[l.pos+1] == ':'
}

// skip passes white space and comments; in a directive it stops at the end of the line.
func (l *lexer) skip(inDirective bool) {
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case charClass[c] == cSpace:
			l.space = true
			l.pos++
		case newlineAt(l.src, l.pos):
			if inDirective {
				return
			}
			l.pos = l.afterNewline(l.pos)
			l.bol, l.space = true, false
		case c == '\\':
			n := spliceLen(l.src, l.pos)
			if n == 0 {
				return
			}
			l.pos += n
		case c == '/':
			if !l.comment() {
				return
			}
			l.space = true
		default:
			return
		}
	}
}

func (l *lexer) afterNewline(i int) int {
	if l.src[i] == '\r' {
		i++
	}
	return i + 1
}

// comment passes the comment at pos, if there is one.
func (l *lexer) comment() bool {
	next := skipSplices(l.src, l.pos+1)
	if next >= len(l.src) {
		return false
	}
	switch l.src[next] {
	case '*':
		l.blockComment(next + 1)
		return true
	case '/':
		l.lineComment(next + 1)
		return true
	}
	return false
}

func (l *lexer) blockComment(i int) {
	for {
		j := bytes.IndexByte(l.src[i:], '*')
		if j < 0 {
			l.lx.diags = append(l.lx.diags, Diag{l.file, int32(l.pos), SevError, "unterminated comment"})
			l.pos = len(l.src)
			return
		}
		i += j + 1
		if k := skipSplices(l.src, i); k < len(l.src) && l.src[k] == '/' {
			l.pos = k + 1
			return
		}
	}
}

func (l *lexer) lineComment(i int) {
	for i < len(l.src) && !newlineAt(l.src, i) {
		if l.src[i] == '\\' {
			if n := spliceLen(l.src, i); n > 0 {
				i += n
				continue
			}
		}
		i++
	}
	l.pos = i
}

// token splits off the token at pos.
func (l *lexer) token() Token {
	start := l.pos
	end, kind, cut := l.scan(l.src, start)
	t := Token{File: l.file, Off: int32(start), Exp: -1, Kind: kind}
	if cut || end < len(l.src) && l.src[end] == '\\' && l.continues(kind, end) || l.longPunct(start, end) {
		end = l.splicedToken(&t)
	} else {
		t.Sym = l.s.in.intern(l.src[start:end])
	}
	l.pos = end
	if l.space {
		t.Flags |= SpaceBefore
	}
	if l.bol {
		t.Flags |= LineStart
	}
	l.bol, l.space = false, false
	return t
}

// continues reports whether a token that ends before the backslash at i may go on after a line splice.
func (l *lexer) continues(kind Kind, i int) bool {
	j := skipSplices(l.src, i)
	if j == i || j >= len(l.src) {
		return false
	}
	c := l.src[j]
	cl := charClass[c]
	switch kind {
	case Ident:
		return cl&(l.cont|cHigh|cQuote) != 0
	case Number:
		return cl&(l.cont|cHigh) != 0 || c == '.' || c == '+' || c == '-'
	case Punct:
		return scanPunct(l.src, j) > 0 || cl == cDigit
	}
	return false
}

// longPunct reports whether a splice may hide that the . or %: before end begins a ... or %:%: .
func (l *lexer) longPunct(start, end int) bool {
	if end+1 >= len(l.src) || l.src[end+1] != '\\' {
		return false
	}
	return l.src[end] == '.' && end == start+1 && l.src[start] == '.' ||
		l.src[end] == '%' && end == start+2 && l.src[start] == '%'
}

// splicedToken scans the token at t.Off with line splices removed, sets the rest of t, and returns the token's end in
// the original text.
func (l *lexer) splicedToken(t *Token) int {
	for room := 256; ; room *= 4 {
		whole := l.fillClean(int(t.Off), room)
		n, kind, _ := l.scan(l.clean, 0)
		if n < len(l.clean) || whole {
			t.Kind = kind
			t.Sym = l.s.in.intern(l.clean[:n])
			t.Flags |= Spliced
			return originalEnd(l.src, int(t.Off), n)
		}
	}
}

// fillClean copies up to room bytes of the logical line from start to l.clean, without splices. It reports whether
// that was the rest of the line.
func (l *lexer) fillClean(start, room int) (whole bool) {
	l.clean = l.clean[:0]
	for i := start; ; i++ {
		i = skipSplices(l.src, i)
		if i >= len(l.src) || newlineAt(l.src, i) {
			return true
		}
		if len(l.clean) == room {
			return false
		}
		l.clean = append(l.clean, l.src[i])
	}
}

// originalEnd returns the end in the original text of the n clean bytes from start.
func originalEnd(src []byte, start, n int) int {
	i := start
	for ; n > 0; n-- {
		i = skipSplices(src, i) + 1
	}
	return i
}
