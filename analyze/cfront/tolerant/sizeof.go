package tolerant

import (
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// sizeof reads sizeof and _Alignof of a type or an expression.
func (p *Parser) sizeof() val {
	first := p.pos
	word := p.at(0)
	if v, ok := p.sizeofAssertion(); ok {
		return v
	}
	p.pos++
	e := &cast.Expr{Op: ir.Sizeof, First: first}
	t := (*ctype)(nil)
	shut := p.close(p.pos)
	if p.at(0) == "(" && p.castStart() && p.toks[shut].Kind == cpp.Punct && !p.braceAfter(shut) {
		p.group(func() { t = p.typeName() })
		e.Last = shut
	} else {
		v := p.castlessUnary()
		if v.e == nil {
			return p.stuck()
		}
		e.X, e.Last, t = v.e, v.e.Last, v.t
	}
	if n := size(t); n > 0 && word == "sizeof" {
		e.Val, e.HasVal = n, true
	}
	return val{e, named(basic("unsigned long"), "size_t")}.typed()
}

// braceAfter reports whether a brace follows token i in the group: a compound literal.
func (p *Parser) braceAfter(i int32) bool {
	return i+1 < p.end && canon(p.text(p.toks[i+1].Sym)) == "{"
}

// castlessUnary reads the operand of sizeof: a unary expression, where a parenthesised type must be a compound literal's.
func (p *Parser) castlessUnary() val {
	if p.enough() {
		p.depth--
		return val{}
	}
	defer func() { p.depth-- }()
	if p.at(0) == "(" && p.castStart() {
		first := p.pos
		var t *ctype
		p.group(func() { t = p.typeName() })
		return p.postfix(p.literal(first, t))
	}
	return p.unary()
}

// sizeofAssertion reads the idioms that make a false assertion a type error, as the constants that the strict parser is given
// for them.
func (p *Parser) sizeofAssertion() (val, bool) {
	open := p.pos + 1
	shut := p.close(open)
	if p.at(1) != "(" || shut < 0 {
		return val{}, false
	}
	e := &cast.Expr{Op: ir.Const, HasVal: true, First: p.pos, Last: shut}
	switch {
	case (p.at(2) == "struct" || p.at(2) == "union") && p.at(3) == "{" && (p.has(open+2, shut, ":") || p.has(open+2, shut, "_Static_assert")):
		e.Name = "0ul"
	case basics[p.at(2)] && p.at(3) == "[" && p.has(open+2, shut, "!"):
		e.Name, e.Val = "1ul", 1
	default:
		return val{}, false
	}
	p.pos = shut + 1
	return val{e, basic("unsigned long")}.typed(), true
}

// has reports whether a token of from..to is spelled s.
func (p *Parser) has(from, to int32, s string) bool {
	for ; from < to; from++ {
		if canon(p.text(p.toks[from].Sym)) == s {
			return true
		}
	}
	return false
}
