package tolerant

import (
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// precedence of the binary operators, C11 6.5.5 to 6.5.14.
var precedence = map[string]int{
	"||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, ">": 7, "<=": 7, ">=": 7, "<<": 8, ">>": 8,
	"+": 9, "-": 9, "*": 10, "/": 10, "%": 10,
}

var assignments = words("= += -= *= /= %= &= |= ^= <<= >>=")

// stuck fails and gives nothing.
func (p *Parser) stuck() val {
	p.fail = true
	return val{}
}

// expression reads a comma expression.
func (p *Parser) expression() val {
	v := p.assignment()
	for n := 0; v.e != nil && p.at(0) == ","; n++ {
		p.pos++
		w := p.assignment()
		if w.e == nil || n > maxChain {
			return p.stuck()
		}
		v = val{&cast.Expr{Op: ir.Comma, X: v.e, Y: w.e, First: v.e.First, Last: w.e.Last}, w.t}.typed()
	}
	return v
}

// assignment reads an assignment expression.
func (p *Parser) assignment() val {
	if p.enough() {
		p.depth--
		return val{}
	}
	defer func() { p.depth-- }()
	v := p.conditional()
	if v.e == nil || !assignments[p.at(0)] {
		return v
	}
	op := p.at(0)
	p.pos++
	w := p.assignment()
	if w.e == nil {
		return p.stuck()
	}
	return val{&cast.Expr{Op: ir.Assign, Name: op, X: v.e, Y: w.e, First: v.e.First, Last: w.e.Last}, v.t}.typed()
}

// conditional reads c ? a : b, and GNU's c ?: b.
func (p *Parser) conditional() val {
	if p.enough() {
		p.depth--
		return val{}
	}
	defer func() { p.depth-- }()
	c := p.binary(1)
	if c.e == nil || p.at(0) != "?" {
		return c
	}
	p.pos++
	y := val{t: c.t}
	if p.at(0) != ":" {
		if y = p.expression(); y.e == nil {
			return p.stuck()
		}
	}
	p.expect(":")
	z := p.conditional()
	if z.e == nil {
		return p.stuck()
	}
	v := val{e: &cast.Expr{Op: ir.Cond, X: c.e, Y: y.e, Z: z.e, First: c.e.First, Last: z.e.Last}, t: merge(y.t, z.t)}
	foldCond(v.e)
	return v.typed()
}

// binary reads operators of at least the given precedence.
func (p *Parser) binary(least int) val {
	v := p.castExpr()
	for n := 0; v.e != nil; n++ {
		op := p.at(0)
		prec := precedence[op]
		if prec == 0 || prec < least || p.kind(0) != cpp.Punct {
			return v
		}
		p.pos++
		w := p.binary(prec + 1)
		if w.e == nil || n > maxChain {
			return p.stuck()
		}
		v = join(op, v, w)
	}
	return v
}

// join makes the node of a binary operator.
func join(op string, a, b val) val {
	e := &cast.Expr{Op: ir.Binary, Name: op, X: a.e, Y: b.e, First: a.e.First, Last: b.e.Last}
	t := basic("int")
	switch op {
	case "&&":
		e.Op = ir.AndAnd
	case "||":
		e.Op = ir.OrOr
	case "==", "!=", "<", ">", "<=", ">=":
	case "<<", ">>":
		t = promote(a.t)
	case "-":
		if t = arithmetic(op, a.t, b.t); isPointer(a.t) && isPointer(b.t) {
			t = basic("long")
		}
	default:
		t = arithmetic(op, a.t, b.t)
	}
	v := val{e, t}
	foldBinary(v, a.t, b.t)
	return v.typed()
}

// castExpr reads a cast, a compound literal, or a unary expression.
func (p *Parser) castExpr() val {
	if p.enough() {
		p.depth--
		return val{}
	}
	defer func() { p.depth-- }()
	for p.accept("__extension__") {
	}
	if p.at(0) != "(" || !p.castStart() {
		return p.unary()
	}
	first := p.pos
	var t *ctype
	p.group(func() { t = p.typeName() })
	if p.at(0) == "{" {
		return p.postfix(p.literal(first, t))
	}
	v := p.castExpr()
	if v.e == nil {
		return p.stuck()
	}
	c := val{&cast.Expr{Op: ir.Cast, X: v.e, First: first, Last: v.e.Last}, t}
	foldCast(c, v.e)
	return c.typed()
}

// literal reads the braces of a compound literal of type t.
func (p *Parser) literal(first int32, t *ctype) val {
	v := p.braced()
	v.e.First = first
	v.t = t
	if t != nil && t.k == tArray && t.n == 0 {
		c := *t
		c.n = int64(len(v.e.Args))
		v.t = &c
	}
	return v.typed()
}

// castStart reports whether the parenthesis here holds a type name. A single name that nothing declares does when an operand
// follows, or with stars when nothing else does.
func (p *Parser) castStart() bool {
	shut := p.close(p.pos)
	if shut < 0 {
		return false
	}
	if p.typeStart(1) {
		return true
	}
	if !p.ident(1) {
		return false
	}
	if _, ok := p.lookup(p.at(1)); ok {
		return false
	}
	n := int32(2)
	for p.at(n) == "*" || qualifiers[p.at(n)] {
		n++
		if n > 10 {
			return false
		}
	}
	if p.pos+n != shut {
		return false
	}
	switch after := p.at(n + 1); p.kind(n + 1) {
	case cpp.Ident:
		return !keywords[after] || after == "sizeof"
	case cpp.Number, cpp.String, cpp.Char:
		return true
	default:
		return after == "{" || after == "~" || after == "!" || n > 2
	}
}

// unary reads prefix operators.
func (p *Parser) unary() val {
	first := p.pos
	op := p.at(0)
	switch op {
	case "sizeof", "_Alignof":
		return p.sizeof()
	case "&&":
		if p.kind(1) != cpp.Ident {
			return p.stuck()
		}
		p.pos += 2
		return val{e: &cast.Expr{Op: ir.Label, Name: p.spelled(first + 1), First: first, Last: first + 1}}
	case "++", "--", "&", "*", "+", "-", "~", "!", "__real__", "__imag__":
	default:
		return p.postfix(p.primary())
	}
	p.pos++
	v := p.castExpr()
	if v.e == nil {
		return p.stuck()
	}
	e := &cast.Expr{Op: ir.Unary, Name: op, X: v.e, First: first, Last: v.e.Last}
	t := promote(v.t)
	switch op {
	case "++", "--":
		e.Op, t = ir.IncDec, v.t
	case "&":
		if e.Op, t = ir.Addr, v.t; !v.e.FuncRef {
			t = address(v.t)
		}
	case "*":
		e.Op, t = ir.Deref, v.t.deref()
	case "!":
		t = basic("int")
	}
	w := val{e, t}
	if e.Op == ir.Unary {
		foldUnary(w)
	}
	return w.typed()
}

// address is the type of &t.
func address(t *ctype) *ctype {
	if t == nil {
		return nil
	}
	return pointer(t)
}

// spelled is the spelling of token i.
func (p *Parser) spelled(i int32) string { return canon(p.text(p.toks[i].Sym)) }

// postfix reads what follows a primary expression.
func (p *Parser) postfix(v val) val {
	for n := 0; v.e != nil && !p.fail; n++ {
		if n > maxChain {
			return p.stuck()
		}
		e := &cast.Expr{X: v.e, First: v.e.First, Last: p.pos}
		switch op := p.at(0); op {
		case "[":
			e.Op = ir.Index
			_, e.Last = p.group(func() { e.Y = p.until(none, p.expression).e })
			v = val{e, v.t.deref()}
		case "(":
			v = p.call(v)
			continue
		case ".", "->":
			if p.kind(1) != cpp.Ident {
				return p.stuck()
			}
			e.Op, e.Arrow, e.Name, e.Last = ir.Field, op == "->", p.at(1), p.pos+1
			p.pos += 2
			v = member(e, v.t)
		case "++", "--":
			e.Op, e.Name = ir.IncDec, op
			p.pos++
			v = val{e, v.t}
		default:
			return v
		}
		v = v.typed()
	}
	if p.fail {
		return val{}
	}
	return v
}

// member finds the type of a member selection from something of type t.
func member(e *cast.Expr, t *ctype) val {
	if e.Arrow {
		t = t.deref()
	}
	e.Owner = t.owner()
	if t != nil && t.k == tAgg {
		return val{e, t.agg.field(e.Name, 0)}
	}
	return val{e: e}
}

// call reads the arguments of a call of v.
func (p *Parser) call(v val) val {
	e := &cast.Expr{Op: ir.Call, X: v.e, First: v.e.First}
	if p.close(p.pos) < 0 {
		return p.stuck()
	}
	_, e.Last = p.group(func() {
		for p.pos < p.end {
			e.Args = append(e.Args, p.until(comma, p.argument).e)
			p.accept(",")
		}
	})
	if v.e.Op == ir.Ident && v.t == nil {
		if _, ok := p.lookup(v.e.Name); !ok {
			v.e.FuncRef = true
		}
	}
	return val{e, v.t.result()}.typed()
}

// argument reads one argument; a type name, as macros take that are not known, is a Sizeof without operand.
func (p *Parser) argument() val {
	if p.typeStart(0) {
		first := p.pos
		t := p.typeName()
		if p.pos < p.end && p.at(0) != "," || p.fail {
			return p.stuck()
		}
		return val{&cast.Expr{Op: ir.Sizeof, First: first, Last: p.pos - 1}, t}.typed()
	}
	return p.assignment()
}

// primary reads names, constants, strings and parentheses.
func (p *Parser) primary() val {
	i := p.pos
	switch p.kind(0) {
	case cpp.Number:
		p.pos++
		return number(&cast.Expr{Name: p.spelled(i), First: i, Last: i})
	case cpp.Char:
		p.pos++
		return character(&cast.Expr{Op: ir.Const, Name: p.spelled(i), First: i, Last: i})
	case cpp.String:
		return p.str()
	case cpp.Ident:
		return p.name()
	}
	if p.at(0) != "(" || p.close(i) < 0 {
		return p.stuck()
	}
	if p.at(1) == "{" {
		return p.stmtExpr()
	}
	var v val
	_, last := p.group(func() { v = p.until(none, p.expression) })
	v.e.First, v.e.Last = i, last
	return v
}

// str reads a string literal, or several that are joined. A name beside one is taken for a macro of another that is not known.
func (p *Parser) str() val {
	e := &cast.Expr{Op: ir.Str, Name: p.at(0), Type: "char *", First: p.pos}
	for p.pos++; p.kind(0) == cpp.String || p.ident(0); p.pos++ {
		if s := p.at(0); p.kind(0) == cpp.String && len(s) > 1 && s[0] == '"' && len(e.Name) < 4096 && e.Name[len(e.Name)-1] == '"' {
			e.Name = e.Name[:len(e.Name)-1] + s[1:]
		}
	}
	e.Last = p.pos - 1
	return val{e, pointer(basic("char"))}
}

// stmtExpr reads ({ ... }).
func (p *Parser) stmtExpr() val {
	e := &cast.Expr{Op: ir.StmtExpr}
	var t *ctype
	e.First, e.Last = p.group(func() {
		if p.close(p.pos) < 0 {
			e.Body = &cast.Stmt{Kind: ir.SBlock, First: p.pos, Last: p.pos}
			return
		}
		if e.Body, t = p.block(); len(e.Body.Body) == 0 || e.Body.Body[len(e.Body.Body)-1].Kind != ir.SExpr {
			t = basic("void")
		}
		if p.pos < p.end {
			p.bad++
		}
	})
	return val{e, t.decay()}.typed()
}

// name reads an identifier: a variable, a function, an enumerator, or a compiler builtin with a grammar of its own.
func (p *Parser) name() val {
	i := p.pos
	s := p.at(0)
	if f := builtins[s]; f != nil && p.at(1) == "(" && p.close(i+1) >= 0 {
		return f(p)
	}
	if keywords[s] {
		return p.stuck()
	}
	if p.kind(1) == cpp.String {
		return p.str()
	}
	p.pos++
	e := &cast.Expr{Op: ir.Ident, Name: s, First: i, Last: i}
	x, ok := p.lookup(s)
	switch {
	case ok && x.kind == eEnum:
		e.Op, e.EnumRef, e.Val, e.HasVal = ir.Const, true, x.n, x.ok
	case ok && x.kind == eFunc:
		e.FuncRef, x.t = true, x.t.decay()
	case ok && x.kind == eType:
		x.t = nil
	case !ok && isCompilerName(s) && p.at(0) == "(":
		e.FuncRef, x.t = true, builtinType(s)
	}
	return val{e, x.t}.typed()
}
