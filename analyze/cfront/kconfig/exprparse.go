package kconfig

// leaf makes a name or constant of a token.
func leaf(t token) *expr { return &expr{op: opSym, name: t.text, quote: t.quote} }

// expression reads EXPR off t: || binds loosest, then &&, !, comparison.
func (p *parser) expression(t []token) (*expr, []token, error) { return p.binary(t, 0, 0) }

// levels are the binary operators, loosest first.
var levels = []struct {
	text string
	op   op
}{{"||", opOr}, {"&&", opAnd}}

// binary reads a chain of the operators of one level.
func (p *parser) binary(t []token, level, depth int) (*expr, []token, error) {
	if depth > maxExpansion {
		return nil, nil, p.errorf("expression nests too deeply")
	}
	if level == len(levels) {
		return p.unary(t, depth)
	}
	l, t, err := p.binary(t, level+1, depth)
	for err == nil && len(t) > 0 && !t[0].quote && t[0].text == levels[level].text {
		var r *expr
		if r, t, err = p.binary(t[1:], level+1, depth); err == nil {
			l = &expr{op: levels[level].op, l: l, r: r}
		}
	}
	return l, t, err
}

// unary reads !E, (E), and a name, constant or comparison.
func (p *parser) unary(t []token, depth int) (*expr, []token, error) {
	if len(t) == 0 {
		return nil, nil, p.errorf("expression ends too soon")
	}
	if !t[0].quote {
		switch t[0].text {
		case "!":
			if depth > maxExpansion {
				return nil, nil, p.errorf("expression nests too deeply")
			}
			e, rest, err := p.unary(t[1:], depth+1)
			return &expr{op: opNot, l: e}, rest, err
		case "(":
			e, rest, err := p.binary(t[1:], 0, depth+1)
			if err != nil {
				return nil, nil, err
			}
			if len(rest) == 0 || rest[0].text != ")" {
				return nil, nil, p.errorf("missing )")
			}
			return e, rest[1:], nil
		}
		if operatorLen(t[0].text) > 0 {
			return nil, nil, p.errorf("unexpected %q in the expression", t[0].text)
		}
	}
	l := leaf(t[0])
	if len(t) > 2 && !t[1].quote && isCompare(t[1].text) {
		return &expr{op: opCompare, cmp: t[1].text, l: l, r: leaf(t[2])}, t[3:], nil
	}
	return l, t[1:], nil
}

// isCompare tells whether s is a comparison.
func isCompare(s string) bool {
	switch s {
	case "=", "!=", "<", "<=", ">", ">=":
		return true
	}
	return false
}
