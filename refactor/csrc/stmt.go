package csrc

import "strings"

// StmtKind says what a statement is.
type StmtKind uint8

// The kinds of statements. A Loop is while, for, or a macro such as for_each_domain ( d ) that a statement follows.
const (
	ExprStmt StmtKind = iota + 1
	DeclStmt
	Block
	If
	Loop
	DoLoop
	Switch
	Label // also case and default
	Return
	Jump // goto, break, continue
	Empty
)

// Stmt is a statement; all numbers are indexes into File.Toks, First and Last inclusive.
type Stmt struct {
	Kind        StmtKind
	First, Last int
	Open, Close int     // parentheses of an if, loop or switch
	Then, Else  *Stmt   // the controlled statement; of a Label the one behind it
	Body        []*Stmt // of a Block
	Parent      *Stmt
}

// Body returns the statements of a function definition.
func (u *Unit) Body(f *Func) *Stmt {
	if f.Body < 0 {
		return nil
	}
	p := &stmtParser{u: u}
	s, _ := p.stmt(f.Body, f.End)
	return s
}

// maxNest bounds the nesting of statements.
const maxNest = 2000

type stmtParser struct {
	u     *Unit
	depth int
}

// stmt reads the statement at token i of a group whose last token is end; it returns the index behind it.
func (p *stmtParser) stmt(i, end int) (*Stmt, int) {
	u := p.u
	s := &Stmt{First: i, Last: i, Kind: ExprStmt}
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNest {
		s.Last = end
		return s, end + 1
	}
	switch w := u.word(i); {
	case u.is(i, "{") && int(u.Toks[i].Match) > i && int(u.Toks[i].Match) <= end+1:
		return p.block(s, i)
	case u.is(i, ";"):
		s.Kind = Empty
		return s, i + 1
	case w == "if" || w == "while" || w == "for" || w == "switch":
		return p.control(s, w, i, end)
	case w == "do":
		return p.do(s, i, end)
	case w == "else": // an arm of an #if took its if away
		s.Kind = If
		return p.under(s, i+1, end)
	case w == "case" || w == "default" || u.ident(i) && u.is(i+1, ":") && !u.is(i+2, ":"):
		return p.label(s, i, end)
	case w == "return":
		s.Kind = Return
	case w == "goto" || w == "break" || w == "continue":
		s.Kind = Jump
	case u.declStart(i):
		s.Kind = DeclStmt
	case u.is(i+1, "(") && w != "" && int(u.Toks[i+1].Match) > i && p.macroLoop(int(u.Toks[i+1].Match)+1, w):
		s.Kind, s.Open, s.Close = Loop, i+1, int(u.Toks[i+1].Match)
		return p.under(s, s.Close+1, end)
	}
	return p.simple(s, i, end)
}

// macroLoop reports whether what follows a macro's parentheses at i is a statement that it controls.
func (p *stmtParser) macroLoop(i int, name string) bool {
	u := p.u
	if u.is(i, "{") {
		return true
	}
	w := u.word(i)
	return w != "" && strings.Contains(name, "for_each") || w == "if" || w == "return" || w == "for"
}

func (p *stmtParser) simple(s *Stmt, i, end int) (*Stmt, int) {
	for i < end && !p.u.is(i, ";") {
		if p.u.is(i, "}") {
			s.Last = i - 1
			return s, i
		}
		i = p.u.skip(i)
	}
	s.Last = min(i, end)
	return s, i + 1
}

func (p *stmtParser) block(s *Stmt, i int) (*Stmt, int) {
	s.Kind = Block
	shut := int(p.u.Toks[i].Match)
	s.Last = shut
	for i++; i < shut; {
		c, next := p.stmt(i, shut-1)
		c.Parent = s
		s.Body = append(s.Body, c)
		i = max(next, i+1)
	}
	return s, shut + 1
}

func (p *stmtParser) under(s *Stmt, i, end int) (*Stmt, int) {
	if i > end {
		s.Last = end
		return s, end + 1
	}
	c, next := p.stmt(i, end)
	c.Parent, s.Then, s.Last = s, c, c.Last
	return s, next
}

func (p *stmtParser) control(s *Stmt, w string, i, end int) (*Stmt, int) {
	u := p.u
	s.Kind = map[string]StmtKind{"if": If, "while": Loop, "for": Loop, "switch": Switch}[w]
	if !u.is(i+1, "(") || int(u.Toks[i+1].Match) < i {
		return p.simple(s, i+1, end)
	}
	s.Open, s.Close = i+1, int(u.Toks[i+1].Match)
	_, next := p.under(s, s.Close+1, end)
	if w == "if" && next <= end && u.is(next, "else") {
		c, after := p.stmt(min(next+1, end), end)
		c.Parent, s.Else, s.Last = s, c, c.Last
		return s, after
	}
	return s, next
}

func (p *stmtParser) do(s *Stmt, i, end int) (*Stmt, int) {
	_, next := p.under(s, i+1, end)
	s.Kind = DoLoop
	t, after := p.simple(&Stmt{First: next}, next, end)
	s.Last = t.Last
	return s, after
}

func (p *stmtParser) label(s *Stmt, i, end int) (*Stmt, int) {
	s.Kind = Label
	for i < end && !p.u.is(i, ":") {
		i = p.u.skip(i)
	}
	s.Last = i
	if i >= end || p.u.is(i+1, "}") {
		return s, i + 1
	}
	return p.under(s, i+1, end)
}

// Walk calls visit for s and all statements in it, outer ones first.
func (s *Stmt) Walk(visit func(*Stmt)) {
	if s == nil {
		return
	}
	visit(s)
	s.Then.Walk(visit)
	s.Else.Walk(visit)
	for _, c := range s.Body {
		c.Walk(visit)
	}
}

// DirsIn returns the directives that stand between tokens first and last.
func (f *File) DirsIn(first, last int) (out []int) {
	for i := range f.Dirs {
		if f.Dirs[i].At > first && f.Dirs[i].At <= last {
			out = append(out, i)
		}
	}
	return out
}

// StmtAt reads the statement that starts at token i of a block whose closing brace is shut.
func (u *Unit) StmtAt(i, shut int) *Stmt {
	s, _ := (&stmtParser{u: u}).stmt(i, shut-1)
	return s
}
