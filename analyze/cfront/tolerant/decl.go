package tolerant

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// words marks the members of a set of spellings.
func words(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

var (
	storage    = words("static extern register auto typedef inline _Noreturn _Thread_local")
	qualifiers = words("const volatile restrict _Atomic __extension__ __seg_fs __seg_gs")
	basics     = words("void char short int long float double signed unsigned _Bool _Complex __int128 __builtin_va_list _Float128 _Float64 _Float32 __auto_type")
	tagWords   = words("struct union enum")
	// keywords are canonical spellings that no object or type can have.
	keywords = words("static extern register auto typedef inline _Noreturn _Thread_local const volatile restrict _Atomic __extension__ " +
		"void char short int long float double signed unsigned _Bool _Complex __int128 __auto_type struct union enum typeof _Alignas " +
		"if else while do for switch case default break continue return goto sizeof _Alignof asm __attribute__ _Static_assert _Generic __label__")
)

// spec is what declaration specifiers say.
type spec struct {
	t                       *ctype
	typedef, static, inline bool
	auto                    bool // the type is the initializer's
	some                    bool // there was a type
}

// declared is one declarator of a declaration.
type declared struct {
	v    *cast.Var
	t    *ctype
	spec spec
}

// isTypeName reports whether name is a type here.
func (p *Parser) isTypeName(n int32) bool {
	if !p.ident(n) {
		return false
	}
	if e, ok := p.lookup(p.at(n)); ok {
		return e.kind == eType
	}
	return p.known != nil && p.known(p.toks[p.pos+n].Sym)
}

// typeStart reports whether the token n places on begins a type name.
func (p *Parser) typeStart(n int32) bool {
	s := p.at(n)
	return basics[s] || tagWords[s] || qualifiers[s] && s != "__extension__" || s == "typeof" || p.isTypeName(n)
}

// declStart reports whether a declaration starts here. Of names that nothing declares it is one when two follow each other,
// or when the first is followed by stars and a name that ends a declarator.
func (p *Parser) declStart() bool {
	n := int32(0)
	for p.at(n) == "__extension__" {
		n++
	}
	s := p.at(n)
	if storage[s] || s == "_Alignas" || p.typeStart(n) {
		return !(p.isTypeName(n) && p.at(n+1) == ":")
	}
	if !p.ident(n) {
		return false
	}
	if _, ok := p.lookup(s); ok {
		return false
	}
	stars := n + 1
	for stars < n+8 && (p.at(stars) == "*" || qualifiers[p.at(stars)]) {
		stars++
	}
	if !p.ident(stars) {
		return false
	}
	switch p.at(stars + 1) {
	case "=", ";", ",", "[":
		return true
	}
	return false
}

// attributes steps over attributes and the assembler name of a declaration.
func (p *Parser) attributes() {
	for {
		switch s := p.at(0); {
		case s == "__attribute__" || s == "asm" && p.at(1) == "(" || s == "_Alignas" || s == "__declspec":
			p.pos++
			p.skipGroup()
		case s == "[" && p.at(1) == "[" && p.close(p.pos) >= 0:
			p.jump()
		case s == "__extension__":
			p.pos++
		default:
			return
		}
	}
}

// specifiers reads declaration specifiers, or the specifiers and qualifiers of a type name.
func (p *Parser) specifiers() (s spec) {
	count := map[string]int{}
	for !p.fail && p.pos < p.end {
		p.attributes()
		switch w := p.at(0); {
		case storage[w]:
			p.pos++
			s.typedef = s.typedef || w == "typedef"
			s.static = s.static || w == "static"
			s.inline = s.inline || w == "inline"
		case w == "_Atomic" && p.at(1) == "(":
			p.pos++
			p.group(func() { s.t = p.typeName() })
			s.some = true
		case qualifiers[w]:
			p.pos++
		case basics[w]:
			p.pos++
			count[w]++
			s.some = true
		case tagWords[w]:
			s.t, s.some = p.aggregate(), true
		case w == "typeof":
			s.t, s.some = p.typeOf(), true
		case p.ident(0) && !s.some && (p.isTypeName(0) || !p.endsDeclarator(1)):
			s.t, s.some = p.namedType(), true
		case p.ident(0) && s.some && p.ident(1) && !p.isTypeName(1):
			p.pos++ // a macro that is not known stands for an attribute
		default:
			if len(count) > 0 {
				s.t, s.auto = basicType(count), count["__auto_type"] > 0
			}
			return s
		}
	}
	if len(count) > 0 {
		s.t, s.auto = basicType(count), count["__auto_type"] > 0
	}
	return s
}

// endsDeclarator reports whether the token n places on can follow a declared name, so that what stands before it is no type.
func (p *Parser) endsDeclarator(n int32) bool {
	switch p.at(n) {
	case ";", ",", "=", "[", ":", "":
		return true
	case "(": // a function without a result type, unless "(*"
		return p.at(n+1) != "*"
	}
	return false
}

// namedType reads a typedef name.
func (p *Parser) namedType() *ctype {
	name := p.at(0)
	p.pos++
	if e, ok := p.lookup(name); ok && e.kind == eType {
		return named(e.t, name)
	}
	return named(nil, name)
}

// basicType names the type that a set of keywords says, in the words of modernc.org/cc/v4, "" for __auto_type.
func basicType(n map[string]int) *ctype {
	u := ""
	if n["unsigned"] > 0 {
		u = "unsigned "
	}
	switch {
	case n["__auto_type"] > 0:
		return nil
	case n["__builtin_va_list"] > 0:
		return named(pointer(basic("void")), "__builtin_va_list")
	case n["void"] > 0:
		return basic("void")
	case n["char"] > 0 && n["signed"] > 0:
		return basic("signed char")
	case n["char"] > 0:
		return basic(u + "char")
	case n["short"] > 0:
		return basic(u + "short")
	case n["long"] > 0 && n["double"] > 0:
		return basic("long double")
	case n["long"] > 1:
		return basic(u + "long long")
	case n["long"] == 1:
		return basic(u + "long")
	case n["__int128"] > 0:
		return basic(u + "__int128")
	case n["unsigned"] > 0:
		return basic("unsigned")
	}
	for _, w := range []string{"float", "double", "_Bool", "_Float128", "_Float64", "_Float32", "_Complex"} {
		if n[w] > 0 {
			return basic(w)
		}
	}
	return basic("int")
}

// typeOf reads typeof(type) or typeof(expression).
func (p *Parser) typeOf() (t *ctype) {
	p.pos++
	if p.at(0) != "(" {
		p.fail = true
		return nil
	}
	p.group(func() {
		if p.typeStart(0) {
			t = p.typeName()
			return
		}
		bad := p.bad
		v := p.until(none, p.expression)
		if t = v.t; v.e.FuncRef && v.e.Op == ir.Ident && t != nil && t.k == tPtr {
			t = t.elem
		}
		p.bad = bad
	})
	return t
}

// typeName reads a type name with an abstract declarator.
func (p *Parser) typeName() *ctype {
	s := p.specifiers()
	d := declarator{}
	return p.declarator(&d, s.t)
}

// aggregate reads struct, union or enum, with its members when it is a definition.
func (p *Parser) aggregate() *ctype {
	kw := p.at(0)
	p.pos++
	p.attributes()
	for p.ident(0) && p.ident(1) && p.at(2) == "{" { // an attribute's macro that is not known
		p.pos++
	}
	name := ""
	if p.ident(0) {
		name = p.at(0)
		p.pos++
	}
	if p.at(0) == ":" && kw == "enum" { // C23: the underlying type
		p.pos++
		p.specifiers()
	}
	define := p.at(0) == "{"
	a := p.tag(kw, name, define || p.at(0) == ";")
	t := &ctype{k: tAgg, agg: a}
	if !define {
		return t
	}
	if p.enough() {
		p.depth--
		return t
	}
	if kw == "enum" {
		p.group(func() { p.enumerators(t) })
	} else {
		a.fields, a.unnamed = map[string]*ctype{}, nil
		p.group(func() { p.members(a) })
	}
	p.depth--
	p.attributes()
	return t
}

// members reads the member declarations of a struct or union.
func (p *Parser) members(a *aggregate) {
	for p.pos < p.end {
		start := p.pos
		p.memberDecl(a)
		if !p.accept(";") || p.fail || p.pos <= start {
			p.fail = false
			p.toSemicolon(start)
		}
	}
}

func (p *Parser) memberDecl(a *aggregate) {
	if p.at(0) == "_Static_assert" {
		p.pos++
		p.skipGroup()
		return
	}
	s := p.specifiers()
	if p.at(0) == ";" && s.t != nil && s.t.k == tAgg && s.t.agg.kw != "enum" {
		a.unnamed = append(a.unnamed, s.t.agg)
		return
	}
	for p.pos < p.end && p.at(0) != ";" {
		d := declarator{}
		t := p.declarator(&d, s.t)
		if d.name != "" {
			a.fields[d.name] = t
		}
		if p.accept(":") {
			p.width()
		}
		p.attributes()
		if !p.accept(",") {
			return
		}
	}
}

// width steps over the width of a bit-field.
func (p *Parser) width() {
	for p.pos < p.end && p.at(0) != ";" && p.at(0) != "," && p.at(0) != "__attribute__" {
		p.jump()
	}
}

// toSemicolon goes behind the next semicolon after start, or to the end of the group.
func (p *Parser) toSemicolon(start int32) {
	for p.pos = start; p.pos < p.end; {
		s := p.at(0)
		p.jump()
		if s == ";" {
			return
		}
	}
}

// enumerators reads the inside of an enum's braces.
func (p *Parser) enumerators(t *ctype) {
	n, ok := int64(0), true
	for p.pos < p.end {
		name := p.at(0)
		if !p.ident(0) {
			p.jump()
			continue
		}
		p.pos++
		p.attributes()
		if p.accept("=") {
			bad := p.bad
			v := p.until(comma, p.conditional)
			n, ok = v.e.Val, v.e.HasVal
			p.bad = bad
		}
		p.declare(name, entity{kind: eEnum, t: basic("int"), n: n, ok: ok})
		n++
		for p.pos < p.end && !p.accept(",") {
			p.jump()
		}
	}
}
