package tolerant

import (
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// external reads one external declaration, or a function's head, and declares its names.
func (p *Parser) external() []declared {
	if p.at(0) == "_Static_assert" || p.at(0) == "asm" {
		return nil
	}
	out, _ := p.declaration()
	return out
}

// declaration reads a declaration up to its semicolon, which it leaves, and declares its names; ok is false when it is not understood.
func (p *Parser) declaration() (out []declared, ok bool) {
	s := p.specifiers()
	for p.pos < p.end && p.at(0) != ";" && !p.fail {
		d := declarator{}
		t := p.declarator(&d, s.t)
		p.attributes()
		if d.name == "" {
			break
		}
		x := declared{v: &cast.Var{Name: d.name, Static: s.static, First: d.tok, Last: d.tok}, t: t, spec: s}
		if !s.auto {
			p.declareAs(&x)
		}
		for p.ident(0) && !s.typedef { // attribute macros that are not known
			p.pos++
			p.skipGroup()
		}
		if p.accept("=") {
			p.initialized(&x)
		}
		if s.auto {
			p.declareAs(&x)
		}
		x.v.Type = x.t.String()
		if !s.typedef {
			out = append(out, x)
		}
		if !p.accept(",") {
			break
		}
	}
	return out, !p.fail && (p.pos >= p.end || p.at(0) == ";")
}

// declareAs declares the name of x.
func (p *Parser) declareAs(x *declared) {
	switch {
	case x.spec.typedef:
		p.declare(x.v.Name, entity{kind: eType, t: x.t})
	case x.t != nil && x.t.k == tFunc:
		p.declare(x.v.Name, entity{kind: eFunc, t: x.t})
	default:
		p.declare(x.v.Name, entity{kind: eVar, t: x.t})
	}
}

// initialized reads the initializer of x.
func (p *Parser) initialized(x *declared) {
	v := p.until(func(s string) bool { return s == "," || s == ";" }, p.initializer)
	x.v.Init, x.v.Last = v.e, v.e.Last
	switch {
	case x.spec.auto:
		x.t = v.t
	case v.e.Op == ir.Init && v.e.Type == "":
		if x.t != nil && x.t.k == tArray && x.t.n == 0 {
			c := *x.t
			c.n = int64(len(v.e.Args))
			x.t = &c
		}
		v.e.Type = x.t.String()
	}
}

// initializer reads an expression or a braced list.
func (p *Parser) initializer() val {
	if p.at(0) == "{" {
		return p.braced()
	}
	return p.assignment()
}

// braced reads { ... }.
func (p *Parser) braced() val {
	e := &cast.Expr{Op: ir.Init}
	if p.enough() {
		p.depth--
		return val{e: e}
	}
	e.First, e.Last = p.group(func() {
		for p.pos < p.end {
			e.Args = append(e.Args, p.until(comma, p.element).e)
			p.accept(",")
		}
	})
	p.depth--
	return val{e: e}
}

// element reads one element of a braced list with its designators.
func (p *Parser) element() val {
	if p.kind(0) == cpp.Ident && p.at(1) == ":" && p.at(2) != ":" { // GNU's old form
		e := &cast.Expr{Op: ir.Desig, Name: p.at(0), First: p.pos}
		p.pos += 2
		e.Y = p.initializer().e
		return p.designated(e)
	}
	switch p.at(0) {
	case ".":
		e := &cast.Expr{Op: ir.Desig, Name: p.at(1), First: p.pos}
		if p.kind(1) != cpp.Ident {
			p.fail = true
			return val{}
		}
		p.pos += 2
		e.Y = p.designee()
		return p.designated(e)
	case "[":
		e := &cast.Expr{Op: ir.Desig, First: p.pos}
		p.group(func() { p.indexes(e) })
		e.Y = p.designee()
		return p.designated(e)
	}
	return p.initializer()
}

// designee reads what follows a designator: another one, or "=" and the value.
func (p *Parser) designee() *cast.Expr {
	if s := p.at(0); s == "." || s == "[" {
		if p.enough() {
			p.depth--
			return nil
		}
		defer func() { p.depth-- }()
		return p.element().e
	}
	p.accept("=")
	return p.initializer().e
}

// designated closes e.
func (p *Parser) designated(e *cast.Expr) val {
	if e.Y == nil {
		p.fail = true
		return val{}
	}
	e.Last = e.Y.Last
	return val{e: e}
}

// indexes reads [a] or [a ... b].
func (p *Parser) indexes(e *cast.Expr) {
	dots := func(s string) bool { return s == "..." }
	e.X = p.until(dots, p.conditional).e
	if p.accept("...") {
		e.Z = p.until(none, p.conditional).e
	}
}
