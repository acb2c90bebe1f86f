package tolerant

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// builtins are the compiler builtins whose arguments are no expressions. What each becomes is what the strict parser is given.
// Source: GCC manual, "Other Built-in Functions Provided by GCC", "Offsetof", "Variadic".
var builtins map[string]func(p *Parser) val

func init() {
	builtins = map[string]func(p *Parser) val{
		"__builtin_constant_p":         constant("0", 0),
		"__builtin_has_attribute":      constant("1", 1),
		"__builtin_types_compatible_p": constant("0", 0),
		"__builtin_offsetof":           (*Parser).offsetof,
		"__builtin_choose_expr":        (*Parser).chooseExpr,
		"__builtin_va_arg":             (*Parser).vaArg,
		"_Generic":                     (*Parser).generic,
	}
}

// isCompilerName reports whether name is one that compilers declare themselves.
func isCompilerName(name string) bool {
	return strings.HasPrefix(name, "__builtin_") || strings.HasPrefix(name, "__sync_") || strings.HasPrefix(name, "__atomic_")
}

// BuiltinResult is the result type of a compiler builtin, as far as it matters: a pointer, nothing, or a number.
func BuiltinResult(name string) string {
	for _, s := range [...]string{"address", "memcpy", "memmove", "memset", "memchr", "alloca", "strchr", "strstr", "strcpy", "assume_aligned"} {
		if strings.Contains(name, s) {
			return "void *"
		}
	}
	for _, s := range [...]string{"unreachable", "trap", "prefetch", "va_start", "va_end", "va_copy"} {
		if strings.Contains(name, s) {
			return "void"
		}
	}
	return "long"
}

// builtinType is the type of a compiler builtin's name.
func builtinType(name string) *ctype {
	t := basic(BuiltinResult(name))
	if t.name == "void *" {
		t = pointer(basic("void"))
	}
	return pointer(&ctype{k: tFunc, elem: t})
}

// constant reads a builtin as a constant.
func constant(s string, n int64) func(p *Parser) val {
	return func(p *Parser) val {
		e := &cast.Expr{Op: ir.Const, Name: s, Val: n, HasVal: true, First: p.pos, Last: p.close(p.pos + 1)}
		p.pos = e.Last + 1
		return val{e, basic("int")}.typed()
	}
}

// offsetof reads __builtin_offsetof(type, member) as (unsigned long)&((type *)0)->member.
func (p *Parser) offsetof() val {
	i := p.pos
	p.pos++
	var v val
	_, shut := p.group(func() {
		t := p.typeName()
		p.expect(",")
		zero := &cast.Expr{Op: ir.Const, Name: "0", Type: "int", HasVal: true, First: i, Last: i}
		base := val{&cast.Expr{Op: ir.Cast, X: zero, HasVal: true, First: i, Last: i}, address(t)}.typed()
		v = p.until(none, func() val { return p.designators(base) })
	})
	a := val{&cast.Expr{Op: ir.Addr, Name: "&", X: v.e, First: i, Last: v.e.Last}, address(v.t)}.typed()
	return val{&cast.Expr{Op: ir.Cast, X: a.e, First: i, Last: shut}, basic("unsigned long")}.typed()
}

// designators reads the member of offsetof.
func (p *Parser) designators(base val) val {
	if !p.ident(0) {
		return p.stuck()
	}
	e := &cast.Expr{Op: ir.Field, Arrow: true, Name: p.at(0), X: base.e, First: base.e.First, Last: p.pos}
	p.pos++
	return p.postfix(member(e, base.t).typed())
}

// chooseExpr reads __builtin_choose_expr(c, a, b) as c ? a : b.
func (p *Parser) chooseExpr() val {
	i := p.pos
	p.pos++
	var a [3]val
	n := 0
	_, shut := p.group(func() {
		for ; n < 3 && p.pos < p.end; n++ {
			a[n] = p.until(comma, p.assignment)
			p.accept(",")
		}
	})
	if n < 3 {
		return p.recover(i)
	}
	e := &cast.Expr{Op: ir.Cond, X: a[0].e, Y: a[1].e, Z: a[2].e, First: i, Last: shut}
	v := val{e, a[2].t}
	if a[0].e.HasVal && a[0].e.Val != 0 {
		v.t = a[1].t
	}
	foldCond(e)
	return v.typed()
}

// vaArg reads __builtin_va_arg(list, type) as *(type *)vaFunc(list).
func (p *Parser) vaArg() val {
	i := p.pos
	p.pos++
	fn := &cast.Expr{Op: ir.Ident, Name: vaFunc, FuncRef: true, First: i, Last: i}
	call := &cast.Expr{Op: ir.Call, X: fn, First: i}
	var t *ctype
	_, shut := p.group(func() {
		call.Args = append(call.Args, p.until(comma, p.assignment).e)
		p.accept(",")
		t = p.typeName()
	})
	call.Last = shut
	c := val{&cast.Expr{Op: ir.Cast, X: call, First: i, Last: shut}, address(t)}.typed()
	return val{&cast.Expr{Op: ir.Deref, Name: "*", X: c.e, First: i, Last: shut}, t}.typed()
}

// generic reads _Generic(...), whose choice needs types: a Bad expression without a count.
func (p *Parser) generic() val {
	e := &cast.Expr{Op: ir.Bad, Name: "_Generic", First: p.pos, Last: p.close(p.pos + 1)}
	p.pos = e.Last + 1
	return val{e: e}
}
