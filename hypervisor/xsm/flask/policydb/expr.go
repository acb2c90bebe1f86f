package policydb

// readConstraints reads n constraints; third permits the third context of
// validatetrans.
func (p *Policy) readConstraints(d *decoder, n int, third bool) []Constraint {
	var out []Constraint
	for ; n > 0 && d.ok(); n-- {
		c := Constraint{Perms: AV(d.u32())}
		at := d.off
		depth := 0
		for ops := d.count(12); ops > 0 && d.ok(); ops-- {
			op := p.readExprOp(d, third)
			depth = exprDepth(d, op, depth)
			c.Expr = append(c.Expr, op)
		}
		if d.ok() && depth != 1 {
			d.fail(at, "constraint expression leaves %d values, not 1", depth)
		}
		out = append(out, c)
	}
	return out
}

// exprDepth returns the size of the stack after op.
func exprDepth(d *decoder, op ExprOp, depth int) int {
	need, grow := 0, 1
	switch op.Kind {
	case ExprNot:
		need, grow = 1, 0
	case ExprAnd, ExprOr:
		need, grow = 2, -1
	}
	if d.ok() && (depth < need || depth+grow > MaxExprDepth) {
		d.fail(d.off, "constraint expression underflows or exceeds a stack of %d", MaxExprDepth)
	}
	return depth + grow
}

func (p *Policy) readExprOp(d *decoder, third bool) ExprOp {
	at := d.off
	kind, attr, op := d.u32(), d.u32(), d.u32()
	e := ExprOp{Kind: ExprKind(kind), Attr: uint16(attr), Op: uint8(op)}
	valid := true
	switch {
	case kind == uint32(ExprAttr):
		valid = validAttr(attr, op)
	case kind == uint32(ExprNames):
		valid = validNames(attr, op, third)
		e.Names = d.bitmap()
		if p.Version >= verConsNam {
			d.bitmap() // the set as written in the source: types,
			d.bitmap() // types taken out,
			d.u32()    // flags
		}
	case kind == 0 || kind > uint32(ExprNames):
		valid = false
	}
	if d.ok() && !valid {
		d.fail(at, "constraint step of kind %d, attribute %#x, operator %d has no meaning", kind, attr, op)
	}
	return e
}

func validAttr(attr, op uint32) bool {
	switch attr {
	case AttrUser, AttrType:
		return op == OpEq || op == OpNeq
	case AttrRole, AttrL1L2, AttrL1H2, AttrH1L2, AttrH1H2, AttrL1H1, AttrL2H2:
		return op >= OpEq && op <= OpIncomp
	}
	return false
}

func validNames(attr, op uint32, third bool) bool {
	if attr&AttrXTarget != 0 && !third {
		return false
	}
	return attr&^(AttrUser|AttrRole|AttrType|AttrTarget|AttrXTarget) == 0 &&
		attr&(AttrUser|AttrRole|AttrType) != 0 && (op == OpEq || op == OpNeq)
}
