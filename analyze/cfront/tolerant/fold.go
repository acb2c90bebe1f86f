package tolerant

import (
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// Arithmetic is that of LP64 targets. Constant folding only has to be right where the operands' types are known.

// size of a type in bytes, 0 unknown.
func size(t *ctype) int64 {
	switch {
	case t == nil:
		return 0
	case t.k == tPtr:
		return 8
	case t.k == tArray:
		return t.n * size(t.elem)
	case t.k == tAgg && t.agg.kw == "enum":
		return 4
	case t.k != tBasic:
		return 0
	}
	switch t.name {
	case "char", "signed char", "unsigned char", "_Bool":
		return 1
	case "short", "unsigned short":
		return 2
	case "int", "unsigned", "float":
		return 4
	case "long", "unsigned long", "long long", "unsigned long long", "double":
		return 8
	}
	return 0
}

// unsignedType reports whether t holds no negative numbers.
func unsignedType(t *ctype) bool {
	switch {
	case t == nil:
		return false
	case t.k == tPtr || t.k == tArray || t.k == tAgg:
		return true
	}
	return strings.HasPrefix(t.name, "unsigned") || t.name == "_Bool"
}

func isPointer(t *ctype) bool { return t != nil && (t.k == tPtr || t.k == tArray) }

// integer reports whether t is a known integer type.
func integer(t *ctype) bool {
	if t == nil || t.k == tPtr || t.k == tArray || t.name == "float" || t.name == "double" {
		return false
	}
	return size(t) > 0
}

// promote is the integer promotion, C11 6.3.1.1.
func promote(t *ctype) *ctype {
	switch {
	case !integer(t):
		return t
	case t.k == tAgg:
		return basic("unsigned")
	case size(t) < 4:
		return basic("int")
	}
	return t
}

// arithmetic is the type of a op b, C11 6.3.1.8, or the pointer's when one side is one.
func arithmetic(op string, a, b *ctype) *ctype {
	switch {
	case isPointer(a) && (op == "+" || op == "-"):
		return a.decay()
	case isPointer(b) && op == "+":
		return b.decay()
	}
	a, b = promote(a), promote(b)
	if !integer(a) || !integer(b) {
		return nil
	}
	if rank(b) > rank(a) {
		return plain(b)
	}
	return plain(a)
}

// plain is t without the typedef it was named by.
func plain(t *ctype) *ctype {
	if t.td == "" {
		return t
	}
	c := *t
	c.td = ""
	return &c
}

// rank orders promoted integer types.
func rank(t *ctype) int {
	r := int(size(t)) * 4
	if strings.HasSuffix(t.name, "long long") {
		r += 2
	}
	if unsignedType(t) {
		r++
	}
	return r
}

// merge is the type of a conditional expression.
func merge(a, b *ctype) *ctype {
	switch {
	case a == nil:
		return b
	case b == nil, isPointer(a):
		if isPointer(b) && a.k == tPtr && a.elem != nil && a.elem.name == "void" {
			return b.decay()
		}
		return a.decay()
	case isPointer(b):
		return b.decay()
	case integer(a) && integer(b):
		return arithmetic("?", a, b)
	}
	return a
}

// wrap cuts n to the width of t.
func wrap(n int64, t *ctype) int64 {
	if t != nil && t.name == "_Bool" {
		if n != 0 {
			return 1
		}
		return 0
	}
	switch w := size(t); {
	case w == 0 || w >= 8:
		return n
	case unsignedType(t):
		return n & (1<<(8*w) - 1)
	default:
		s := 64 - 8*w
		return n << s >> s
	}
}

// number decodes an integer or floating constant.
func number(e *cast.Expr) val {
	digits := strings.TrimRight(e.Name, "uUlL")
	suffix := strings.ToLower(e.Name[len(digits):])
	n, err := strconv.ParseUint(digits, 0, 64)
	if err != nil {
		e.Op = ir.Float
		return val{e, basic("double")}.typed()
	}
	e.Op, e.Val, e.HasVal = ir.Const, int64(n), true
	u, l := strings.Contains(suffix, "u"), strings.Count(suffix, "l")
	dec := digits[0] != '0'
	name := "int"
	switch {
	case l == 2:
		name = "long long"
	case l == 1, n > 0xffffffff, dec && !u && n > 0x7fffffff:
		name = "long"
	}
	if top := n >> 63; u || top != 0 || name == "int" && n > 0x7fffffff {
		name = strings.Replace("unsigned "+name, "unsigned int", "unsigned", 1)
	}
	return val{e, basic(name)}.typed()
}

var escapes = map[byte]int64{'n': '\n', 't': '\t', 'r': '\r', 'a': 7, 'b': 8, 'f': 12, 'v': 11, 'e': 27}

// character decodes a character constant; its value is known when it is one character of ASCII.
func character(e *cast.Expr) val {
	_, s, _ := strings.Cut(e.Name, "'")
	s = strings.TrimSuffix(s, "'")
	v := val{e, basic("int")}
	switch {
	case len(s) == 1:
		e.Val, e.HasVal = int64(int8(s[0])), true
	case len(s) > 1 && s[0] == '\\':
		if n, err := strconv.ParseUint(s[1:], 8, 8); err == nil {
			e.Val, e.HasVal = int64(int8(n)), true
		} else if n, err := strconv.ParseUint(s[2:], 16, 8); s[1] == 'x' && err == nil {
			e.Val, e.HasVal = int64(int8(n)), true
		} else if c, ok := escapes[s[1]]; ok && len(s) == 2 {
			e.Val, e.HasVal = c, true
		} else if len(s) == 2 {
			e.Val, e.HasVal = int64(s[1]), true
		}
	}
	return v.typed()
}

// foldUnary computes the constant value of - + ~ !.
func foldUnary(v val) {
	x := v.e.X
	if !x.HasVal {
		return
	}
	n := x.Val
	switch v.e.Name {
	case "-":
		n = -n
	case "~":
		n = ^n
	case "!":
		n = truth(n == 0)
	}
	v.e.Val, v.e.HasVal = wrap(n, v.t), true
}

// foldCast computes the value of a cast constant.
func foldCast(v val, x *cast.Expr) {
	if x.HasVal && (integer(v.t) || isPointer(v.t)) {
		v.e.Val, v.e.HasVal = wrap(x.Val, v.t), true
	}
}

// foldCond computes the value of a conditional expression of constants.
func foldCond(e *cast.Expr) {
	if !e.X.HasVal {
		return
	}
	pick := e.Y
	if e.X.Val == 0 {
		pick = e.Z
	} else if pick == nil {
		pick = e.X
	}
	e.Val, e.HasVal = pick.Val, pick.HasVal
}

// foldBinary computes the value of v, whose operands have the types a and b.
func foldBinary(v val, a, b *ctype) {
	x, y := v.e.X, v.e.Y
	switch {
	case v.e.Op == ir.AndAnd && (x.HasVal && x.Val == 0 || y.HasVal && y.Val == 0 && x.HasVal):
		v.e.HasVal = true
		return
	case v.e.Op == ir.OrOr && x.HasVal && x.Val != 0:
		v.e.Val, v.e.HasVal = 1, true
		return
	}
	if !x.HasVal || !y.HasVal {
		return
	}
	u := unsignedType(arithmetic("", a, b)) || isPointer(a)
	if n, ok := compute(v.e.Name, x.Val, y.Val, u, unsignedType(promote(a))); ok {
		v.e.Val, v.e.HasVal = wrap(n, v.t), true
	}
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// compute does integer arithmetic; u: both sides unsigned after conversion, ul: the left side is unsigned after promotion.
func compute(op string, x, y int64, u, ul bool) (int64, bool) {
	less := x < y
	if u {
		less = uint64(x) < uint64(y)
	}
	switch op {
	case "&&":
		return truth(x != 0 && y != 0), true
	case "||":
		return truth(x != 0 || y != 0), true
	case "==":
		return truth(x == y), true
	case "!=":
		return truth(x != y), true
	case "<":
		return truth(less), true
	case ">=":
		return truth(!less), true
	case ">":
		return truth(!less && x != y), true
	case "<=":
		return truth(less || x == y), true
	case "+":
		return x + y, true
	case "-":
		return x - y, true
	case "*":
		return x * y, true
	case "&":
		return x & y, true
	case "|":
		return x | y, true
	case "^":
		return x ^ y, true
	}
	return shiftOrDivide(op, x, y, u, ul)
}

// shiftOrDivide does the operators that are undefined for some operands.
func shiftOrDivide(op string, x, y int64, u, ul bool) (int64, bool) {
	shift := y >= 0 && y < 64
	switch {
	case op == "<<" && shift:
		return x << y, true
	case op == ">>" && shift && ul:
		return int64(uint64(x) >> y), true
	case op == ">>" && shift:
		return x >> y, true
	case y == 0:
		return 0, false
	case op == "/" && u:
		return int64(uint64(x) / uint64(y)), true
	case op == "/":
		return x / y, true
	case op == "%" && u:
		return int64(uint64(x) % uint64(y)), true
	case op == "%":
		return x % y, true
	}
	return 0, false
}
