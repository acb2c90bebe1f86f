package csrc

import "bytes"

// Kind says what a token is.
type Kind uint8

// The kinds of tokens. Literal is a string, character or number.
const (
	Ident Kind = iota + 1
	Literal
	String
	Punct
)

// Tok is one token: the bytes [Start,End) of the file. Match is the index, in the same list, of the bracket that this one
// opens or closes; -1 for other tokens and for a bracket without partner.
type Tok struct {
	Start, End int32
	Match      int32
	Kind       Kind
}

// Comment is a comment's bytes, with its delimiters.
type Comment struct{ Start, End int32 }

// Dir is a preprocessor directive. Its tokens are a list of their own, from the name on ("define", "if", ...).
type Dir struct {
	Start, End int32 // from # to the end of the last line, without the newline
	Name       string
	Toks       []Tok // after the name
	At         int   // index in File.Toks of the first token behind the directive
}

// File is a C file as read. Toks are the tokens outside directives.
type File struct {
	Path      string
	Src       []byte
	Toks      []Tok
	Dirs      []Dir
	Comments  []Comment
	Irregular []int // offsets of #endif directives whose arms open different brackets
}

// Text returns a token's spelling.
func (f *File) Text(t Tok) string { return string(f.Src[t.Start:t.End]) }

// Is reports whether a token of list at index i is spelled s; false outside the list.
func (f *File) Is(list []Tok, i int, s string) bool {
	if i < 0 || i >= len(list) {
		return false
	}
	t := list[i]
	return int(t.End-t.Start) == len(s) && string(f.Src[t.Start:t.End]) == s
}

// Line returns the 1-based line of a byte offset.
func (f *File) Line(off int) int {
	return 1 + bytes.Count(f.Src[:min(max(off, 0), len(f.Src))], []byte{'\n'})
}

// lexer cuts a file.
type lexer struct {
	f   *File
	src []byte
	i   int
	bol bool // only white space and comments since the last newline
}

// Lex reads a file. It accepts any bytes.
func Lex(path string, src []byte) *File {
	l := &lexer{f: &File{Path: path, Src: src}, src: src, bol: true}
	for l.i < len(src) {
		if l.blank() {
			continue
		}
		if l.src[l.i] == '#' && l.bol {
			l.directive()
			continue
		}
		l.f.Toks = append(l.f.Toks, l.token())
	}
	l.f.match()
	return l.f
}

// blank steps over white space, a comment or a line splice, and reports whether there was one.
func (l *lexer) blank() bool {
	c := l.src[l.i]
	switch {
	case c == '\n':
		l.i++
		l.bol = true
	case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
		l.i++
	case c == '\\' && l.splice(l.i) > 0:
		l.i += l.splice(l.i)
	case c == '/' && l.peek(1) == '*':
		end := bytes.Index(l.src[l.i+2:], []byte("*/"))
		l.comment(end+l.i+4, end >= 0)
	case c == '/' && l.peek(1) == '/':
		l.comment(l.lineEnd(l.i), true)
	default:
		return false
	}
	return true
}

func (l *lexer) comment(end int, closed bool) {
	if !closed {
		end = len(l.src)
	}
	l.f.Comments = append(l.f.Comments, Comment{int32(l.i), int32(end)})
	l.i = end
}

func (l *lexer) peek(n int) byte {
	if l.i+n < len(l.src) {
		return l.src[l.i+n]
	}
	return 0
}

// splice returns the length of a backslash-newline at i, 0 if there is none.
func (l *lexer) splice(i int) int {
	switch rest := l.src[i:]; {
	case bytes.HasPrefix(rest, []byte("\\\n")):
		return 2
	case bytes.HasPrefix(rest, []byte("\\\r\n")):
		return 3
	}
	return 0
}

// lineEnd returns the offset of the newline that ends the logical line at i, or the length of the file.
func (l *lexer) lineEnd(i int) int {
	for i < len(l.src) && l.src[i] != '\n' {
		if n := l.splice(i); l.src[i] == '\\' && n > 0 {
			i += n
			continue
		}
		i++
	}
	return i
}

// token takes one token, which starts here.
func (l *lexer) token() Tok {
	start := l.i
	l.bol = false
	c := l.src[l.i]
	kind := Punct
	switch {
	case IsIdent(c):
		kind = Ident
		for l.i < len(l.src) && (IsIdent(l.src[l.i]) || isDigit(l.src[l.i])) {
			l.i++
		}
		if l.i < len(l.src) && (l.src[l.i] == '"' || l.src[l.i] == '\'') && isPrefix(l.src[start:l.i]) {
			kind = l.quoted(l.src[l.i])
		}
	case isDigit(c) || c == '.' && isDigit(l.peek(1)):
		kind = Literal
		l.number()
	case c == '"' || c == '\'':
		kind = l.quoted(c)
	default:
		l.i += l.punct()
	}
	return Tok{int32(start), int32(l.i), -1, kind}
}

func isPrefix(s []byte) bool { p := string(s); return p == "L" || p == "u" || p == "U" || p == "u8" }

// IsIdent reports whether c can start an identifier.
func IsIdent(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '$' || c >= 0x80 }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (l *lexer) number() {
	for l.i < len(l.src) {
		c := l.src[l.i]
		if (c == '+' || c == '-') && l.i > 0 && bytes.IndexByte([]byte("eEpP"), l.src[l.i-1]) >= 0 && !bytes.HasPrefix(l.src[l.i-1:], []byte("E-_")) {
			hex := l.i > 1 && bytes.ContainsAny(l.src[max(0, l.i-20):l.i], "xX")
			if hex && l.src[l.i-1]|0x20 == 'e' {
				return
			}
			l.i++
			continue
		}
		if !IsIdent(c) && !isDigit(c) && c != '.' {
			return
		}
		l.i++
	}
}

// quoted steps over a literal that opens here; an unclosed one ends with its line.
func (l *lexer) quoted(q byte) Kind {
	kind := Literal
	if q == '"' {
		kind = String
	}
	for l.i++; l.i < len(l.src) && l.src[l.i] != '\n'; l.i++ {
		switch l.src[l.i] {
		case '\\':
			if n := l.splice(l.i); n > 0 {
				l.i += n - 1
			} else if l.i+1 < len(l.src) {
				l.i++
			}
		case q:
			l.i++
			return kind
		}
	}
	return kind
}

var puncts = []string{"...", "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=",
	"%=", "&=", "^=", "|=", "##"}

func (l *lexer) punct() int {
	if c := l.src[l.i]; c == '(' || c == ')' || c == ';' || c == ',' || c == '{' || c == '}' {
		return 1
	}
	for _, p := range puncts {
		if bytes.HasPrefix(l.src[l.i:], []byte(p)) {
			return len(p)
		}
	}
	return 1
}

// directive takes a directive up to the end of its logical line.
func (l *lexer) directive() {
	d := Dir{Start: int32(l.i), At: len(l.f.Toks)}
	end := l.directiveEnd()
	sub := &lexer{f: l.f, src: l.src[:end], i: l.i + 1}
	var toks []Tok
	for sub.i < end {
		if !sub.blank() {
			toks = append(toks, sub.token())
			if len(toks) == 2 && l.f.Text(toks[0]) == "include" {
				toks[1] = sub.header(toks[1])
			}
		}
	}
	if len(toks) > 0 && toks[0].Kind == Ident {
		d.Name = l.f.Text(toks[0])
		toks = toks[1:]
	}
	d.End, d.Toks = int32(end), toks
	matchList(l.f, d.Toks)
	l.f.Dirs = append(l.f.Dirs, d)
	l.i, l.bol = end, true
}

// directiveEnd finds the end of the directive here: the newline that no splice or block comment hides.
func (l *lexer) directiveEnd() int {
	i := l.i
	for i < len(l.src) && l.src[i] != '\n' {
		switch n := l.splice(i); {
		case l.src[i] == '\\' && n > 0:
			i += n
		case bytes.HasPrefix(l.src[i:], []byte("//")):
			return l.lineEnd(i)
		case bytes.HasPrefix(l.src[i:], []byte("/*")):
			end := bytes.Index(l.src[i+2:], []byte("*/"))
			if end < 0 {
				return len(l.src)
			}
			i += end + 4
		case l.src[i] == '"':
			q := &lexer{f: l.f, src: l.src, i: i}
			q.quoted('"')
			i = max(q.i, i+1)
		default:
			i++
		}
	}
	return i
}

// header makes the <...> of an #include one string token.
func (l *lexer) header(t Tok) Tok {
	if l.src[t.Start] != '<' {
		return t
	}
	if n := bytes.IndexByte(l.src[t.Start:], '>'); n > 0 {
		t.End, t.Kind = t.Start+int32(n)+1, String
		l.i = int(t.End)
	}
	return t
}
