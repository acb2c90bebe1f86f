package tolerant

import (
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// compound reads a block; the caller has seen its brace and the brace that closes it.
func (p *Parser) compound() *cast.Stmt {
	s, _ := p.block()
	return s
}

// block is compound; it also gives the type of the last statement when that is an expression.
func (p *Parser) block() (s *cast.Stmt, t *ctype) {
	s = &cast.Stmt{Kind: ir.SBlock}
	p.push()
	s.First, s.Last = p.group(func() {
		for p.pos < p.end {
			start := p.pos
			var one *cast.Stmt
			one, t = p.item()
			if one != nil {
				s.Body = append(s.Body, one)
			}
			p.fail = false
			if p.pos <= start {
				p.pos = start
				p.jump()
			}
		}
	})
	p.pop()
	return s, t
}

// item reads one statement or declaration of a block; t is the type of an expression statement.
func (p *Parser) item() (s *cast.Stmt, t *ctype) {
	first := p.pos
	if p.enough() {
		p.depth--
		return p.badStmt(first), nil
	}
	defer func() { p.depth-- }()
	for p.at(0) == "__attribute__" || p.at(0) == "__extension__" || p.at(0) == "[" && p.at(1) == "[" && p.close(p.pos) >= 0 {
		p.attributes()
		if p.fail || p.pos >= p.end {
			return nil, nil
		}
	}
	switch w := p.at(0); w {
	case "{":
		if p.close(p.pos) < 0 {
			return p.badStmt(first), nil
		}
		return p.compound(), nil
	case ";":
		p.pos++
		return &cast.Stmt{Kind: ir.SNull, First: p.pos - 1, Last: p.pos - 1}, nil
	case "if", "switch", "while", "do", "for":
		return p.control(w), nil
	case "case", "default":
		return p.caseLabel(), nil
	case "goto", "break", "continue", "return":
		return p.jumpStmt(w), nil
	case "asm":
		return p.asmStmt(), nil
	case "__label__":
		p.toSemicolon(p.pos)
		return nil, nil
	case "_Static_assert":
		p.pos++
		p.skipGroup()
		return p.item()
	}
	if p.ident(0) && p.at(1) == ":" && p.at(2) != ":" {
		return p.label(), nil
	}
	if p.declStart() {
		return p.declStmt(), nil
	}
	return p.exprStmt()
}

// stmt reads a statement that must be there; a declaration without variables counts as an empty one.
func (p *Parser) stmt() *cast.Stmt {
	first := p.pos
	if p.pos >= p.end {
		p.bad++
		return &cast.Stmt{Kind: ir.SNull, First: first - 1, Last: first - 1}
	}
	s, _ := p.item()
	p.fail = false
	if p.pos <= first {
		p.pos = first
		p.jump()
	}
	if s == nil {
		return &cast.Stmt{Kind: ir.SNull, First: first, Last: max(first, p.pos-1)}
	}
	return s
}

// badStmt gives up on the statement that starts at token first: up to its semicolon, or a brace group that ends it.
func (p *Parser) badStmt(first int32) *cast.Stmt {
	p.fail = false
	for p.pos = first; p.pos < p.end; {
		s := p.at(0)
		p.jump()
		if s == ";" || s == "{" && !continues[p.at(0)] {
			break
		}
	}
	v := p.recover(first)
	return &cast.Stmt{Kind: ir.SExpr, X: v.e, First: v.e.First, Last: v.e.Last}
}

// continues are tokens that go on with a statement after a brace group.
var continues = words(") , ; . -> = [ ( else while")

// exprStmt reads an expression statement. A call that a block follows is taken for a loop made by a macro that is not known, and one
// that another statement follows for a macro that needs no semicolon.
func (p *Parser) exprStmt() (*cast.Stmt, *ctype) {
	first := p.pos
	v := p.expression()
	if p.fail || v.e == nil {
		return p.badStmt(first), nil
	}
	s := &cast.Stmt{Kind: ir.SExpr, X: v.e, First: v.e.First, Last: p.pos}
	switch next := p.at(0); {
	case next == ";":
		p.pos++
	case v.e.Op != ir.Call:
		return p.badStmt(first), nil
	case next == "{" && p.close(p.pos) >= 0:
		s.Kind = ir.SWhile
		s.Then = p.compound()
		s.Last = s.Then.Last
	case next == "" || p.kind(0) == cpp.Ident || next == "*":
		s.Last = p.pos - 1
	default:
		return p.badStmt(first), nil
	}
	return s, v.t
}

// declStmt reads a declaration; one without variables gives nil.
func (p *Parser) declStmt() *cast.Stmt {
	s := &cast.Stmt{Kind: ir.SDecl, First: p.pos}
	for p.toks[s.First].Kind == cpp.Ident && p.spelled(s.First) == "__extension__" {
		s.First++
	}
	ds, ok := p.declaration()
	for _, d := range ds {
		s.Decls = append(s.Decls, d.v)
	}
	switch {
	case ok && p.accept(";"):
		s.Last = p.pos - 1
	case len(ds) == 1 && ds[0].t != nil && ds[0].t.k == tFunc && p.at(0) == "{": // a nested function
		p.bad++
		p.jump()
		s.Last = p.pos - 1
	default:
		b := p.badStmt(s.First)
		if len(s.Decls) == 0 {
			return b
		}
		p.keepBad(s, b)
		return s
	}
	if len(s.Decls) == 0 {
		return nil
	}
	return s
}

// keepBad hangs what was not understood of a declaration on its last variable.
func (p *Parser) keepBad(s, b *cast.Stmt) {
	s.Last = b.Last
	v := s.Decls[len(s.Decls)-1]
	if v.Init == nil {
		v.Init, v.Last = b.X, b.Last
	}
}

// condition reads a parenthesised controlling expression.
func (p *Parser) condition() *cast.Expr {
	first := p.pos
	if p.at(0) != "(" || p.close(p.pos) < 0 {
		return p.recover(first).e
	}
	var v val
	p.group(func() { v = p.until(none, p.expression) })
	return v.e
}

// control reads a selection or iteration statement.
func (p *Parser) control(word string) *cast.Stmt {
	s := &cast.Stmt{First: p.pos}
	p.pos++
	switch word {
	case "if":
		s.Kind, s.X, s.Then = ir.SIf, p.condition(), p.stmt()
		s.Last = s.Then.Last
		if p.accept("else") {
			s.Else = p.stmt()
			s.Last = s.Else.Last
		}
		return s
	case "switch":
		s.Kind, s.X, s.Then = ir.SSwitch, p.condition(), p.stmt()
	case "while":
		s.Kind, s.X, s.Then = ir.SWhile, p.condition(), p.stmt()
	case "do":
		return p.doWhile(s)
	case "for":
		p.push()
		p.forHead(s)
		s.Then = p.stmt()
		p.pop()
	}
	s.Last = s.Then.Last
	return s
}

func (p *Parser) doWhile(s *cast.Stmt) *cast.Stmt {
	s.Kind, s.Then = ir.SDo, p.stmt()
	s.Last = s.Then.Last
	if !p.accept("while") {
		s.X = p.recover(p.pos).e
		return s
	}
	s.X = p.condition()
	s.Last = p.pos - 1
	if p.accept(";") {
		s.Last = p.pos - 1
	}
	return s
}

// forHead reads the three clauses of a for loop.
func (p *Parser) forHead(s *cast.Stmt) {
	s.Kind = ir.SFor
	if p.at(0) != "(" || p.close(p.pos) < 0 {
		s.X = p.recover(p.pos).e
		return
	}
	semi := func(t string) bool { return t == ";" }
	clause := func() *cast.Expr {
		if p.pos >= p.end || p.at(0) == ";" {
			return nil
		}
		return p.until(semi, p.expression).e
	}
	p.group(func() {
		if p.declStart() {
			s.Init = p.declStmt()
		} else {
			if in := clause(); in != nil {
				s.Init = &cast.Stmt{Kind: ir.SExpr, X: in, First: in.First, Last: in.Last}
			}
			p.accept(";")
		}
		s.X = clause()
		p.accept(";")
		s.Z = clause()
	})
}

// labelled reads the statement of a label at the end of s; before a closing brace there may be none.
func (p *Parser) labelled(s *cast.Stmt) *cast.Stmt {
	for p.at(0) == "__attribute__" {
		p.attributes()
	}
	if p.pos >= p.end {
		s.Last = p.pos - 1
		return s
	}
	s.Then = p.stmt()
	s.Last = s.Then.Last
	return s
}

func (p *Parser) label() *cast.Stmt {
	s := &cast.Stmt{Kind: ir.SLabel, Name: p.at(0), First: p.pos}
	p.pos += 2
	return p.labelled(s)
}

// caseLabel reads case a:, case a ... b: or default: and the statement behind it.
func (p *Parser) caseLabel() *cast.Stmt {
	s := &cast.Stmt{Kind: ir.SCase, First: p.pos}
	if s.Default = p.accept("default"); !s.Default {
		p.pos++
		s.X = p.until(func(t string) bool { return t == ":" || t == "..." || t == ";" }, p.conditional).e
		if p.accept("...") {
			s.Y = p.until(func(t string) bool { return t == ":" || t == ";" }, p.conditional).e
		}
	}
	p.accept(":")
	return p.labelled(s)
}

// jumpStmt reads goto, break, continue and return.
func (p *Parser) jumpStmt(word string) *cast.Stmt {
	s := &cast.Stmt{First: p.pos}
	p.pos++
	semi := func(t string) bool { return t == ";" }
	switch word {
	case "goto":
		s.Kind = ir.SGoto
		if p.ident(0) {
			s.Name = p.at(0)
			p.pos++
		} else {
			s.X = p.until(semi, p.expression).e
		}
	case "break":
		s.Kind = ir.SBreak
	case "continue":
		s.Kind = ir.SContinue
	case "return":
		s.Kind = ir.SReturn
		if p.at(0) != ";" {
			s.X = p.until(semi, p.expression).e
		}
	}
	if s.Last = p.pos; !p.accept(";") {
		s.Last = p.pos - 1
		p.bad++
	}
	return s
}

// asmStmt reads an assembly statement as a call of asmFunc with its operands. The labels of asm goto become conditional gotos.
func (p *Parser) asmStmt() *cast.Stmt {
	first := p.pos
	for p.pos++; qualifiers[p.at(0)] || p.at(0) == "goto" || p.at(0) == "inline"; {
		p.pos++
	}
	if p.at(0) != "(" || p.close(p.pos) < 0 {
		return p.badStmt(first)
	}
	call := &cast.Expr{Op: ir.Call, X: asmName(first), Type: "int", First: first}
	var labels []int32
	sections := 0
	_, call.Last = p.group(func() { sections, labels = p.asmSections(call) })
	s := &cast.Stmt{Kind: ir.SAsm, X: call, First: first, Last: p.pos}
	if !p.accept(";") {
		s.Last = p.pos - 1
		p.bad++
	}
	if sections < 5 {
		return s
	}
	return p.asmGoto(s, labels)
}

func asmName(i int32) *cast.Expr {
	return &cast.Expr{Op: ir.Ident, Name: asmFunc, FuncRef: true, Type: "int () *", First: i, Last: i}
}

// asmGoto makes the block for an asm goto.
func (p *Parser) asmGoto(s *cast.Stmt, labels []int32) *cast.Stmt {
	b := &cast.Stmt{Kind: ir.SBlock, First: s.First, Last: s.Last, Body: []*cast.Stmt{s}}
	s.Last = s.X.Last
	for _, l := range labels {
		cond := &cast.Expr{Op: ir.Call, X: asmName(l), Type: "int", First: l, Last: l}
		jump := &cast.Stmt{Kind: ir.SGoto, Name: p.spelled(l), First: l, Last: l}
		b.Body = append(b.Body, &cast.Stmt{Kind: ir.SIf, X: cond, Then: jump, First: l, Last: l})
	}
	return b
}

// asmSections reads the inside of asm's parentheses: the operands of the second and third section become arguments of call,
// the names of the fifth are labels. It returns how many sections there are.
func (p *Parser) asmSections(call *cast.Expr) (n int, labels []int32) {
	n = 1
	for p.pos < p.end {
		switch s := p.at(0); {
		case s == ":":
			n++
		case s == "::":
			n += 2
		case s == "(" && (n == 2 || n == 3) && p.close(p.pos) >= 0:
			var v val
			first, last := p.group(func() { v = p.until(none, p.expression) })
			v.e.First, v.e.Last = first, last
			call.Args = append(call.Args, v.e)
			continue
		case n == 5 && p.kind(0) == cpp.Ident:
			labels = append(labels, p.pos)
		}
		p.jump()
	}
	return n, labels
}
