package ss

import "github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"

// evaluate runs a constraint's expression on the source and target contexts; x
// is the third one of validatetrans. The stack is the low bits of a word: the
// reader has checked its depth.
func evaluate(p *policydb.Policy, expr []policydb.ExprOp, s, t, x *policydb.Context) bool {
	var stack uint32
	for i := range expr {
		e := &expr[i]
		switch e.Kind {
		case policydb.ExprNot:
			stack ^= 1
		case policydb.ExprAnd:
			stack = stack >> 1 & (stack | ^uint32(1))
		case policydb.ExprOr:
			stack = stack>>1 | stack&1
		case policydb.ExprAttr:
			stack = stack<<1 | bit(compare(p, e, s, t))
		case policydb.ExprNames:
			stack = stack<<1 | bit(member(e, s, t, x))
		}
	}
	return stack&1 != 0
}

func bit(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// compare applies an operator to an attribute of both contexts.
func compare(p *policydb.Policy, e *policydb.ExprOp, s, t *policydb.Context) bool {
	switch e.Attr {
	case policydb.AttrUser:
		return (s.User == t.User) == (e.Op == policydb.OpEq)
	case policydb.AttrType:
		return (s.Type == t.Type) == (e.Op == policydb.OpEq)
	case policydb.AttrRole:
		return compareRoles(p, e.Op, s.Role, t.Role)
	case policydb.AttrL1L2:
		return compareLevels(e.Op, &s.Range.Low, &t.Range.Low)
	case policydb.AttrL1H2:
		return compareLevels(e.Op, &s.Range.Low, &t.Range.High)
	case policydb.AttrH1L2:
		return compareLevels(e.Op, &s.Range.High, &t.Range.Low)
	case policydb.AttrH1H2:
		return compareLevels(e.Op, &s.Range.High, &t.Range.High)
	case policydb.AttrL1H1:
		return compareLevels(e.Op, &s.Range.Low, &s.Range.High)
	default: // AttrL2H2
		return compareLevels(e.Op, &t.Range.Low, &t.Range.High)
	}
}

func compareRoles(p *policydb.Policy, op uint8, s, t uint32) bool {
	dom := p.Roles[s-1].Dominates.Has(t - 1)
	domBy := p.Roles[t-1].Dominates.Has(s - 1)
	switch op {
	case policydb.OpEq:
		return s == t
	case policydb.OpNeq:
		return s != t
	case policydb.OpDom:
		return dom
	case policydb.OpDomBy:
		return domBy
	default: // OpIncomp
		return !dom && !domBy
	}
}

func compareLevels(op uint8, a, b *policydb.Level) bool {
	switch op {
	case policydb.OpEq:
		return a.Equal(b)
	case policydb.OpNeq:
		return !a.Equal(b)
	case policydb.OpDom:
		return a.Dominates(b)
	case policydb.OpDomBy:
		return b.Dominates(a)
	default: // OpIncomp
		return !a.Dominates(b) && !b.Dominates(a)
	}
}

// member looks an attribute of one context up in a set.
func member(e *policydb.ExprOp, s, t, x *policydb.Context) bool {
	c := s
	switch {
	case e.Attr&policydb.AttrTarget != 0:
		c = t
	case e.Attr&policydb.AttrXTarget != 0:
		c = x
	}
	value := c.Type
	switch {
	case e.Attr&policydb.AttrUser != 0:
		value = c.User
	case e.Attr&policydb.AttrRole != 0:
		value = c.Role
	}
	return e.Names.Has(value-1) == (e.Op == policydb.OpEq)
}

// truth evaluates a conditional: 1, 0, or -1 when its expression is undefined.
func truth(expr []policydb.CondOp, bools []bool) int8 {
	var stack [policydb.MaxCondDepth]bool
	n := 0
	for _, op := range expr {
		switch op.Kind {
		case policydb.CondBool:
			if n == len(stack) {
				return -1
			}
			stack[n] = bools[op.Bool-1]
			n++
			continue
		case policydb.CondNot:
			if n < 1 {
				return -1
			}
			stack[n-1] = !stack[n-1]
			continue
		}
		if n < 2 {
			return -1
		}
		n--
		stack[n-1] = combine(op.Kind, stack[n-1], stack[n])
	}
	return int8(bit(stack[0]))
}

func combine(kind policydb.CondKind, a, b bool) bool {
	switch kind {
	case policydb.CondOr:
		return a || b
	case policydb.CondAnd:
		return a && b
	case policydb.CondXor, policydb.CondNeq:
		return a != b
	default: // CondEq
		return a == b
	}
}
