package kconfig

import (
	"strconv"
	"strings"
)

// Tristate is Kconfig's logic: [No], [Mod], [Yes].
type Tristate int

// The three values.
const (
	No Tristate = iota
	Mod
	Yes
)

// String returns n, m or y.
func (t Tristate) String() string { return [...]string{"n", "m", "y"}[t] }

// op is the kind of an expression.
type op int

const (
	opSym op = iota // name or constant
	opNot
	opAnd
	opOr
	opCompare
)

// expr is an expression; nil stands for y.
type expr struct {
	op    op
	l, r  *expr
	cmp   string // of opCompare: = != < <= > >=
	name  string // of opSym
	quote bool   // of opSym: a string constant
}

// and joins two conditions.
func and(a, b *expr) *expr {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return &expr{op: opAnd, l: a, r: b}
}

// or joins two conditions, of which nil is always true.
func or(a, b *expr) *expr {
	if a == nil || b == nil {
		return nil
	}
	return &expr{op: opOr, l: a, r: b}
}

// tri computes e in configuration c.
func (c *Config) tri(e *expr) Tristate {
	if e == nil {
		return Yes
	}
	switch e.op {
	case opNot:
		return Yes - c.tri(e.l)
	case opAnd:
		return min(c.tri(e.l), c.tri(e.r))
	case opOr:
		return max(c.tri(e.l), c.tri(e.r))
	case opCompare:
		if compare(c.str(e.l), c.str(e.r), e.cmp) {
			return Yes
		}
		return No
	}
	if e.quote {
		return constTri(e.name)
	}
	if s := c.tree.Symbols[e.name]; s != nil && s.defined() {
		return c.value(s).tri
	}
	return constTri(e.name)
}

// constTri is the truth of a constant.
func constTri(s string) Tristate {
	switch s {
	case "y":
		return Yes
	case "m":
		return Mod
	}
	return No
}

// str computes e as a string: a symbol's value, or the constant itself.
func (c *Config) str(e *expr) string {
	if e == nil {
		return "y"
	}
	if e.op != opSym {
		return c.tri(e).String()
	}
	if s := c.tree.Symbols[e.name]; !e.quote && s != nil && s.defined() {
		return c.value(s).str
	}
	return e.name
}

// compare applies a relation to two values: as numbers when both are, else as strings.
func compare(a, b, rel string) bool {
	order := strings.Compare(a, b)
	x, errX := number(a)
	y, errY := number(b)
	if errX == nil && errY == nil {
		order = 0
		if x < y {
			order = -1
		} else if x > y {
			order = 1
		}
	}
	switch rel {
	case "=":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// number reads a decimal or 0x value.
func number(s string) (int64, error) { return strconv.ParseInt(s, 0, 64) }
