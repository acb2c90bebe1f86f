package cpp

// value is an operand of #if: a 64-bit integer, as intmax_t or uintmax_t (C11 6.10.1p4).
type value struct {
	n        uint64
	unsigned bool
}

func boolValue(b bool) value {
	if b {
		return value{n: 1}
	}
	return value{}
}

func (v value) signed() int64 { return int64(v.n) }

// evaluator parses one #if expression from the expanded tokens of its line.
type evaluator struct {
	p    *pp
	f    *frame
	d    *directive
	tok  Token
	more bool
	skip int // >0: in an operand that is not evaluated
	nest int
	bad  bool
}

const maxExprNesting = 500

// evalIf evaluates the condition of #if or #elif. A malformed one is diagnosed and does not hold.
func (p *pp) evalIf(f *frame, d *directive) bool {
	if len(d.args) == 0 {
		p.diag(SevError, f.f.id, d.off, "#if with no expression")
		return false
	}
	e := evaluator{p: p, f: f, d: d}
	var v value
	p.inDirective(d.args, func() {
		e.advance()
		v = e.comma()
		if e.more && !e.bad {
			e.fail("unexpected %s after the #if expression", e.text())
		}
	})
	return !e.bad && v.n != 0
}

func (e *evaluator) advance()     { e.tok, e.more = e.p.next() }
func (e *evaluator) text() string { return e.p.s.Spelling(e.tok.Sym) }

// at reports whether the next token is a given punctuator.
func (e *evaluator) at(sym Sym) bool { return e.more && e.tok.Sym == sym && e.tok.Kind == Punct }

// fail diagnoses the expression once.
func (e *evaluator) fail(format string, args ...any) {
	if !e.bad {
		e.p.diag(SevError, e.f.f.id, e.d.off, format, args...)
	}
	e.bad = true
}

func (e *evaluator) comma() value {
	v := e.conditional()
	for e.at(symComma) && !e.bad {
		e.advance()
		v = e.conditional()
	}
	return v
}

// conditional parses c ? a : b.
func (e *evaluator) conditional() value {
	if e.nest++; e.nest > maxExprNesting {
		e.fail("the #if expression is nested deeper than %d", maxExprNesting)
	}
	defer func() { e.nest-- }()
	c := e.binary(1)
	if e.bad || !e.at(symQuestion) {
		return c
	}
	e.advance()
	yes := e.operand(c.n == 0, e.comma)
	if !e.at(symColon) {
		e.fail("'?' without following ':' in #if")
		return value{}
	}
	e.advance()
	no := e.operand(c.n != 0, e.conditional)
	unsigned := yes.unsigned || no.unsigned
	if c.n == 0 {
		yes = no
	}
	return value{yes.n, unsigned}
}

// operand parses an operand, without evaluating it if skip is set.
func (e *evaluator) operand(skip bool, parse func() value) value {
	if skip {
		e.skip++
		defer func() { e.skip-- }()
	}
	return parse()
}

// precedence gives the binary operators' binding strength.
var precedence = [numFixed]uint8{
	symOrOr: 1, symAndAnd: 2, symOr: 3, symXor: 4, symAnd: 5, symEqEq: 6, symNe: 6,
	symLess: 7, symGreater: 7, symLe: 7, symGe: 7, symShl: 8, symShr: 8, symPlus: 9, symMinus: 9,
	symStar: 10, symSlash: 10, symPercent: 10,
}

// binary parses operators that bind at least as strongly as least.
func (e *evaluator) binary(least uint8) value {
	v := e.unary()
	for e.more && !e.bad {
		op := e.tok.Sym
		if e.tok.Kind != Punct || op >= numFixed || precedence[op] < least || precedence[op] == 0 {
			break
		}
		e.advance()
		right := func() value { return e.binary(precedence[op] + 1) }
		switch op {
		case symAndAnd:
			r := e.operand(v.n == 0, right)
			v = boolValue(v.n != 0 && r.n != 0)
		case symOrOr:
			r := e.operand(v.n != 0, right)
			v = boolValue(v.n != 0 || r.n != 0)
		default:
			v = e.apply(op, v, right())
		}
	}
	return v
}

// apply computes a binary operator other than && and ||.
func (e *evaluator) apply(op Sym, a, b value) value {
	switch op {
	case symShl:
		return shift(a, b, true)
	case symShr:
		return shift(a, b, false)
	case symEqEq:
		return boolValue(a.n == b.n)
	case symNe:
		return boolValue(a.n != b.n)
	case symLess, symGreater, symLe, symGe:
		return compare(op, a, b)
	case symSlash, symPercent:
		return e.divide(op, a, b)
	}
	unsigned := a.unsigned || b.unsigned
	switch op {
	case symOr:
		return value{a.n | b.n, unsigned}
	case symXor:
		return value{a.n ^ b.n, unsigned}
	case symAnd:
		return value{a.n & b.n, unsigned}
	case symPlus:
		return value{a.n + b.n, unsigned}
	case symMinus:
		return value{a.n - b.n, unsigned}
	}
	return value{a.n * b.n, unsigned}
}

// shift shifts; a negative count shifts the other way, as in GCC.
func shift(a, b value, left bool) value {
	n := b.n
	if !b.unsigned && b.signed() < 0 {
		left, n = !left, -b.n
	}
	switch {
	case left && n < 64:
		a.n <<= n
	case left:
		a.n = 0
	case a.unsigned && n < 64:
		a.n >>= n
	case a.unsigned:
		a.n = 0
	default:
		a.n = uint64(a.signed() >> min(n, 63))
	}
	return a
}

func compare(op Sym, a, b value) value {
	less, greater := a.n < b.n, a.n > b.n
	if !a.unsigned && !b.unsigned {
		less, greater = a.signed() < b.signed(), a.signed() > b.signed()
	}
	switch op {
	case symLess:
		return boolValue(less)
	case symGreater:
		return boolValue(greater)
	case symLe:
		return boolValue(!greater)
	}
	return boolValue(!less)
}

func (e *evaluator) divide(op Sym, a, b value) value {
	unsigned := a.unsigned || b.unsigned
	if b.n == 0 {
		if e.skip == 0 {
			e.p.diag(SevError, e.f.f.id, e.d.off, "division by zero in #if")
		}
		return a // as GCC goes on
	}
	switch {
	case unsigned && op == symSlash:
		return value{a.n / b.n, true}
	case unsigned:
		return value{a.n % b.n, true}
	case b.signed() == -1 && op == symSlash: // INT64_MIN / -1 wraps
		return value{n: -a.n}
	case b.signed() == -1:
		return value{}
	case op == symSlash:
		return value{n: uint64(a.signed() / b.signed())}
	}
	return value{n: uint64(a.signed() % b.signed())}
}

func (e *evaluator) unary() value {
	var ops []Sym
	for e.more && e.tok.Kind == Punct {
		op := e.tok.Sym
		if op != symNot && op != symTilde && op != symMinus && op != symPlus {
			break
		}
		ops = append(ops, op)
		e.advance()
	}
	v := e.primary()
	for i := len(ops) - 1; i >= 0; i-- {
		switch ops[i] {
		case symNot:
			v = boolValue(v.n == 0)
		case symTilde:
			v.n = ^v.n
		case symMinus:
			v.n = -v.n
		}
	}
	return v
}

func (e *evaluator) primary() value {
	if !e.more || e.bad {
		e.fail("#if expression ends too early")
		return value{}
	}
	t := e.tok
	switch {
	case e.at(symLParen):
		e.advance()
		v := e.comma()
		if !e.at(symRParen) {
			e.fail("missing ')' in #if expression")
			return value{}
		}
		e.advance()
		return v
	case t.Kind == Ident && t.Sym == symDefined:
		v := e.defined()
		e.advance()
		return v
	case t.Kind == Ident:
		e.advance()
		return value{}
	case t.Kind == Number || t.Kind == Char:
		e.advance()
		v, err := constant(e.p.s.Spelling(t.Sym), t.Kind, e.p.u.Arch)
		if err != nil {
			e.fail("%v", err)
		}
		return v
	}
	e.fail("token %s is not valid in #if expressions", e.text())
	return value{}
}

// defined reads the operand of defined, which is not expanded.
func (e *evaluator) defined() value {
	t, ok := e.p.rawNext()
	paren := ok && isLParen(t)
	if paren {
		t, ok = e.p.rawNext()
	}
	if !ok || t.Kind != Ident {
		e.fail("operator \"defined\" requires an identifier")
		return value{}
	}
	if paren {
		if end, ok := e.p.rawNext(); !ok || end.Sym != symRParen {
			e.fail("missing ')' after \"defined\"")
			return value{}
		}
	}
	return boolValue(e.p.lookup(t.Sym) != nil)
}
