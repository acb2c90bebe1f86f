package cpp

import "bytes"

// dirKind is what a directive line says to do.
type dirKind uint8

const (
	dirNull dirKind = iota
	dirBad          // msg says why
	dirDefine
	dirUndef
	dirInclude
	dirIncludeNext
	dirImport
	dirIf
	dirIfdef
	dirIfndef
	dirElif
	dirElifdef
	dirElifndef
	dirElse
	dirEndif
	dirLine
	dirError
	dirWarning
	dirPragma
	dirIgnored // #ident, #assert and the like
)

var dirKinds = [...]dirKind{
	symDefine: dirDefine, symUndef: dirUndef, symInclude: dirInclude, symIncludeNext: dirIncludeNext,
	symImport: dirImport, symIf: dirIf, symIfdef: dirIfdef, symIfndef: dirIfndef, symElif: dirElif,
	symElifdef: dirElifdef, symElifndef: dirElifndef, symElse: dirElse, symEndif: dirEndif, symLine: dirLine,
	symError: dirError, symWarning: dirWarning, symPragma: dirPragma, symIdent: dirIgnored, symSccs: dirIgnored,
	symAssert: dirIgnored, symUnassert: dirIgnored,
}

// opens, continues: whether the directive begins a conditional, or a further group of one.
func (k dirKind) opens() bool     { return k >= dirIf && k <= dirIfndef }
func (k dirKind) continues() bool { return k >= dirElif && k <= dirElse }

// headerName is the Kind of <...> after #include and __has_include; it never leaves the package.
const headerName Kind = 100

// directive is one directive line, as far as it can be understood without knowing any macro.
type directive struct {
	kind dirKind
	sym  Sym     // the macro's name, of #define, #undef, #ifdef and #ifndef
	args []Token // what follows the directive's name
	text int32   // how many text tokens come before it
	next int32   // for a conditional: the index of the directive that ends the group it begins
	open int32   // for a conditional: the index of its #if
	bol  int32   // offset of the start of its line
	off  int32   // offset of the #
	rest int32   // offset after the directive's name
	eol  int32   // offset of the end of its (logical) line
	end  int32   // offset of the start of the next line

	macro *Macro
	msg   string
}

// rawDirective is a directive whose tokens are args[lo:hi] of its lexer.
type rawDirective struct {
	directive
	lo, hi int
	name   Token
}

// directive splits the line whose # is next.
func (l *lexer) directive() {
	hash := l.token()
	if hash.Sym != symHash && hash.Sym != symDigHash {
		l.lx.text = append(l.lx.text, hash)
		return
	}
	d := rawDirective{lo: len(l.args)}
	d.off, d.text = hash.Off, int32(len(l.lx.text))
	d.bol = int32(bytes.LastIndexByte(l.src[:d.off], '\n') + 1)
	l.skip(true)
	if !l.atEOL() {
		d.name = l.token()
		d.kind = l.kindOf(d.name)
		if d.kind == dirBad && l.mode == modeAsm {
			l.lx.text = append(l.lx.text, hash, d.name)
			return
		}
		if d.name.Kind == Number {
			l.args = append(l.args, d.name)
		}
		d.rest = int32(l.pos)
		l.arguments(&d)
	}
	d.hi = len(l.args)
	d.eol = int32(l.pos)
	d.end = d.eol
	if l.pos < len(l.src) {
		d.end = int32(l.afterNewline(l.pos))
	}
	l.dirs = append(l.dirs, d)
}

func (l *lexer) atEOL() bool { return l.pos >= len(l.src) || newlineAt(l.src, l.pos) }

// kindOf classifies a directive by the token after its #.
func (l *lexer) kindOf(name Token) dirKind {
	switch {
	case name.Kind == Ident && int(name.Sym) < len(dirKinds) && dirKinds[name.Sym] != 0:
		return dirKinds[name.Sym]
	case name.Kind == Number && l.mode != modeAsm:
		return dirLine
	}
	return dirBad
}

// arguments splits the rest of a directive's line.
func (l *lexer) arguments(d *rawDirective) {
	for l.skip(true); !l.atEOL(); l.skip(true) {
		if l.src[l.pos] == '<' && l.wantsHeader(d) {
			if t, ok := l.header(); ok {
				l.args = append(l.args, t)
				continue
			}
		}
		l.args = append(l.args, l.token())
	}
}

// wantsHeader reports whether a < that comes next begins a header name.
func (l *lexer) wantsHeader(d *rawDirective) bool {
	n := len(l.args)
	switch d.kind {
	case dirInclude, dirIncludeNext, dirImport:
		return n == d.lo
	case dirIf, dirElif:
		if n > d.lo && l.args[n-1].Sym == symLParen {
			n--
		}
		return n > d.lo && (l.args[n-1].Sym == symHasInclude || l.args[n-1].Sym == symHasIncludeNext)
	}
	return false
}

// header splits off <...>, unless the line ends before the >.
func (l *lexer) header() (Token, bool) {
	line := l.src[l.pos:]
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	n := bytes.IndexByte(line, '>') + 1
	if n == 0 {
		return Token{}, false
	}
	t := Token{Sym: l.s.in.intern(line[:n]), File: l.file, Off: int32(l.pos), Exp: -1, Kind: headerName}
	l.pos += n
	l.space = false
	return t, true
}

// finish turns what was split into its final form.
func (l *lexer) finish() {
	args := append(make([]Token, 0, len(l.args)), l.args...)
	l.lx.text = append(make([]Token, 0, len(l.lx.text)), l.lx.text...)
	l.lx.dirs = make([]directive, len(l.dirs))
	for i := range l.dirs {
		d := &l.lx.dirs[i]
		*d = l.dirs[i].directive
		d.args = args[l.dirs[i].lo:l.dirs[i].hi:l.dirs[i].hi]
		l.understand(d, l.dirs[i].name)
	}
	l.link()
	l.lx.guard = l.lx.findGuard()
}

// understand sets what depends on the directive's arguments.
func (l *lexer) understand(d *directive, name Token) {
	switch d.kind {
	case dirBad:
		d.msg = "invalid preprocessing directive #" + l.s.Spelling(name.Sym)
	case dirDefine:
		d.macro, d.msg = l.parseDefine(d.args)
		if d.macro == nil {
			d.kind = dirBad
			return
		}
		d.sym = d.macro.Name
	case dirUndef, dirIfdef, dirIfndef, dirElifdef, dirElifndef:
		if len(d.args) == 0 || d.args[0].Kind != Ident {
			d.msg = "#" + l.s.Spelling(name.Sym) + " needs a macro name"
			if d.kind == dirUndef {
				d.kind = dirBad
			}
			return
		}
		d.sym = d.args[0].Sym
	}
}

// link chains the directives of each conditional.
func (l *lexer) link() {
	type cond struct {
		open, last int32
		hadElse    bool
	}
	var stack []cond
	dirs := l.lx.dirs
	for i := range dirs {
		d := &dirs[i]
		switch {
		case d.kind.opens():
			stack = append(stack, cond{open: int32(i), last: int32(i)})
			d.open = int32(i)
		case d.kind.continues() || d.kind == dirEndif:
			if len(stack) == 0 || d.kind != dirEndif && stack[len(stack)-1].hadElse {
				d.msg = strayConditional(d.kind, len(stack) == 0)
				d.kind = dirBad
				continue
			}
			c := &stack[len(stack)-1]
			dirs[c.last].next = int32(i)
			c.last, d.open, d.next = int32(i), c.open, int32(i)
			c.hadElse = c.hadElse || d.kind == dirElse
			if d.kind == dirEndif {
				stack = stack[:len(stack)-1]
			}
		}
	}
	for i, c := range stack {
		dirs[c.last].next = int32(len(dirs))
		d := &dirs[c.open]
		if i < 10 {
			l.lx.diags = append(l.lx.diags, Diag{l.file, d.off, SevError, "unterminated conditional: its #endif is missing"})
		}
	}
}

func strayConditional(k dirKind, noIf bool) string {
	name := map[dirKind]string{dirElse: "#else", dirEndif: "#endif"}[k]
	if name == "" {
		name = "#elif"
	}
	if noIf {
		return name + " without #if"
	}
	return name + " after #else"
}

// findGuard recognises a file wholly inside #ifndef X or #if !defined X.
func (lx *lexed) findGuard() Sym {
	if len(lx.dirs) < 2 {
		return 0
	}
	first, last := &lx.dirs[0], len(lx.dirs)-1
	if first.text != 0 || first.next != int32(last) || lx.dirs[last].kind != dirEndif ||
		int(lx.dirs[last].text) != len(lx.text) {
		return 0
	}
	if first.kind == dirIfndef {
		return first.sym
	}
	if a := first.args; first.kind == dirIf && len(a) >= 3 && a[0].Sym == symNot && a[1].Sym == symDefined {
		if len(a) == 3 && a[2].Kind == Ident {
			return a[2].Sym
		}
		if len(a) == 5 && a[2].Sym == symLParen && a[3].Kind == Ident && a[4].Sym == symRParen {
			return a[3].Sym
		}
	}
	return 0
}
