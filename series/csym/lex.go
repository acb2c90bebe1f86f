package csym

import "strings"

// token is a piece of C: an identifier, a number or string (both only as a placeholder), punctuation, or a directive.
type token struct {
	text string
	line int  // 0-based
	kind byte // 'i' identifier, 'p' punctuation, 'l' literal, '#' the name of a directive, 'e' the end of one, 'h' a header's name
	col0 bool // first on its line, without indentation
}

// lexer cuts C text into tokens. Comments and white space leave none.
type lexer struct {
	src    string
	i      int
	line   int
	bol    bool // only white space so far on this line
	start  int  // where the line starts
	direct bool // inside a directive
	out    []token
}

func lex(src string) []token {
	l := &lexer{src: src, bol: true, out: make([]token, 0, len(src)/4)}
	for l.i < len(src) {
		l.next()
	}
	l.endDirective()
	return l.out
}

func (l *lexer) add(text string, kind byte) {
	l.out = append(l.out, token{text, l.line, kind, l.i == l.start})
	l.bol = false
}

func (l *lexer) newline() {
	l.i++
	l.line++
	l.start, l.bol = l.i, true
}

func (l *lexer) endDirective() {
	if l.direct {
		l.direct = false
		l.add("", 'e')
	}
}

// next takes one token, or some white space or a comment.
func (l *lexer) next() {
	c, rest := l.src[l.i], l.src[l.i:]
	switch {
	case c == '\n':
		l.endDirective()
		l.newline()
	case c == '\\' && strings.HasPrefix(rest, "\\\n"):
		l.i++
		l.newline()
		l.bol = false
	case c == '\\' && strings.HasPrefix(rest, "\\\r\n"):
		l.i += 2
		l.newline()
		l.bol = false
	case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
		l.i++
	case strings.HasPrefix(rest, "//"):
		l.i += lineEnd(rest)
	case strings.HasPrefix(rest, "/*"):
		l.comment()
	case c == '#' && l.bol:
		l.directive()
	case isIdent(c):
		n := identEnd(rest)
		l.add(rest[:n], 'i')
		l.i += n
	case c >= '0' && c <= '9':
		n := 1
		for n < len(rest) && (isIdent(rest[n]) || rest[n] >= '0' && rest[n] <= '9' || rest[n] == '.') {
			n++
		}
		l.add(rest[:n], 'l')
		l.i += n
	case c == '"' || c == '\'':
		l.quoted(c)
	case strings.HasPrefix(rest, "->"):
		l.add("->", 'p')
		l.i += 2
	default:
		l.add(rest[:1], 'p')
		l.i++
	}
}

func lineEnd(s string) int {
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n
	}
	return len(s)
}

func identEnd(s string) int {
	n := 1
	for n < len(s) && (isIdent(s[n]) || s[n] >= '0' && s[n] <= '9') {
		n++
	}
	return n
}

func (l *lexer) comment() {
	end := strings.Index(l.src[l.i+2:], "*/")
	stop := len(l.src)
	if end >= 0 {
		stop = l.i + 2 + end + 2
	}
	for l.i < stop {
		if l.src[l.i] == '\n' {
			bol := l.bol
			l.newline()
			l.bol = bol
			continue
		}
		l.i++
	}
}

// quoted passes a string or character constant; an unclosed one ends with its line.
func (l *lexer) quoted(q byte) {
	j := l.i + 1
	for j < len(l.src) && l.src[j] != q && l.src[j] != '\n' {
		if l.src[j] == '\\' && j+1 < len(l.src) && l.src[j+1] != '\n' {
			j++
		}
		j++
	}
	if j < len(l.src) && l.src[j] == q {
		j++
	}
	l.add("\"", 'l')
	l.i = j
}

// directive takes "#name"; the header of an #include becomes one token.
func (l *lexer) directive() {
	at := l.i
	l.i++
	for l.i < len(l.src) && (l.src[l.i] == ' ' || l.src[l.i] == '\t') {
		l.i++
	}
	rest := l.src[l.i:]
	if rest == "" || !isIdent(rest[0]) {
		l.bol = false
		return
	}
	n := identEnd(rest)
	l.out = append(l.out, token{rest[:n], l.line, '#', at == l.start})
	l.bol, l.direct = false, true
	l.i += n
	if rest[:n] != "include" {
		return
	}
	text := l.src[l.i : l.i+lineEnd(l.src[l.i:])]
	if name := strings.Trim(strings.TrimSpace(text), `<>"`); name != "" {
		l.add(name, 'h')
	}
	l.i += len(text)
}
