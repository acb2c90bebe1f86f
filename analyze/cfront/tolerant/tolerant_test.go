package tolerant

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// lex preprocesses text.
func lex(t testing.TB, text string) ([]cpp.Token, *cpp.Session) {
	t.Helper()
	s := cpp.NewSession(func(p string) ([]byte, error) {
		if p == "a.c" {
			return []byte(text), nil
		}
		return nil, &fs.PathError{Op: "open", Path: p, Err: fs.ErrNotExist}
	}, cpp.Options{Tolerant: true, MaxTokens: 1e5})
	res, err := s.Preprocess(context.Background(), &cpp.Unit{Main: "a.c", Arch: "x86_64"})
	if err != nil {
		return nil, s // a limit: not a token stream
	}
	return res.Tokens, s
}

// parse reads declarations and one function whose declarations come first in decls.
func parse(t testing.TB, decls, fn string) (*Parser, *cast.Func) {
	t.Helper()
	toks, s := lex(t, decls+"\n"+fn)
	p := New(toks, s.Spelling, nil)
	first := int32(0)
	depth := 0
	for i := range toks {
		switch s.Spelling(toks[i].Sym) {
		case "{", "(", "[":
			depth++
		case "}", ")", "]":
			depth--
		case ";":
			if depth == 0 && strings.Count(decls, ";") > 0 && int(toks[i].Off) < len(decls) {
				p.Declare(first, int32(i))
				first = int32(i + 1)
			}
		}
	}
	body := first
	for body < int32(len(toks)) && s.Spelling(toks[body].Sym) != "{" {
		body++
	}
	return p, p.Func(first, body, int32(len(toks))-1)
}

// show prints an expression.
func show(e *cast.Expr) string {
	if e == nil {
		return "-"
	}
	var sub []string
	for _, x := range []*cast.Expr{e.X, e.Y, e.Z} {
		if x != nil {
			sub = append(sub, show(x))
		}
	}
	for _, x := range e.Args {
		sub = append(sub, show(x))
	}
	if e.Body != nil {
		sub = append(sub, showStmt(e.Body))
	}
	s := opNames[e.Op] + e.Name
	if e.Op == ir.Field {
		s += "@" + e.Owner
	}
	if len(sub) > 0 {
		s += "(" + strings.Join(sub, " ") + ")"
	}
	return s
}

var opNames = map[ir.Op]string{ir.Bad: "?", ir.Field: ".", ir.Index: "[]", ir.Call: "call", ir.Cast: "cast", ir.Sizeof: "sizeof",
	ir.StmtExpr: "({})", ir.Init: "init", ir.Desig: "=", ir.Comma: ",", ir.Cond: "?:", ir.Label: "&&"}

var stmtNames = []string{"", "decl", "", "if", "while", "do", "for", "switch", "case", "label", "goto", "break", "continue", "return", "asm", "null"}

func showStmt(s *cast.Stmt) string {
	if s == nil {
		return "-"
	}
	var sub []string
	for _, d := range s.Decls {
		sub = append(sub, d.Name+":"+d.Type+"="+show(d.Init))
	}
	if s.Init != nil {
		sub = append(sub, showStmt(s.Init))
	}
	for _, x := range []*cast.Expr{s.X, s.Y, s.Z} {
		if x != nil {
			sub = append(sub, show(x))
		}
	}
	for _, b := range s.Body {
		sub = append(sub, showStmt(b))
	}
	for _, b := range []*cast.Stmt{s.Then, s.Else} {
		if b != nil {
			sub = append(sub, showStmt(b))
		}
	}
	out := stmtNames[s.Kind] + s.Name
	switch {
	case s.Kind == ir.SBlock:
		return "{" + strings.Join(sub, "; ") + "}"
	case out == "" && len(sub) == 1:
		return sub[0]
	}
	return strings.TrimSpace(out + " " + strings.Join(sub, ", "))
}

const decls = `
struct vcpu; typedef unsigned short domid_t; typedef struct { int low, high; } range_t;
struct domain { domid_t domain_id; struct vcpu **vcpu; struct { int (*op)(struct domain *d); range_t r[4]; } arch; union { int u1; long u2; }; };
struct vcpu { struct domain *domain; }; enum { EPERM = 1, EINVAL = 22, NEXT };
struct domain *lookup(domid_t id); int printk(const char *f, ...);
`

// TestBodies says what trees function bodies give: precedence, casts against calls and products, every statement, GNU extensions,
// types and owners from declarations, and how much is lost around what is not understood.
func TestBodies(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"a = b + c * d << 2 == e && f || g;", "=(a ||(&&(==(<<(+(b *(c d)) 2) e) f) g))"},
		{"a = b ? c : d ?: e, f++;", ",(=(a ?:(b c ?:(d e))) ++(f))"},
		{"x = (domid_t)y - 1; z = (foo)(y); w = (foo_t *)p; v = (a) - 1;",
			"=(x -(cast(y) 1)); =(z call(foo y)); =(w cast(p)); =(v -(a 1))"},
		{"x = -EINVAL; y = NEXT;", "=(x -(EINVAL)); =(y NEXT)"},
		{"p = (struct domain){ .domain_id = 1, [2 ... 3] = 4, old: 5 };", "=(p init(=domain_id(1) =(2 4 3) =old(5)))"},
		{"if (a) b(); else if (c) d(1, 2); else ;", "if a, call(b), if c, call(d 1 2), null"},
		{"for (int i = 0; i < 3; i++) continue; for (;;) break;", "for decl i:int=0, <(i 3), ++(i), continue; for break"},
		{"do x--; while (x); while (1) { }", "do x, --(x); while 1, {}"},
		{"switch (op) { case 1: case 2 ... 3: a(); break; default: return -1; }", "switch op, {case 1, case 2, 3, call(a); break; case return -(1)}"},
		{"again: goto again; goto *tab[i]; out: ;", "labelagain gotoagain; goto *([](tab i)); labelout null"},
		{"p = &&out; __label__ l; out: return;", "=(p &&out); labelout return"},
		{"a = ({ int b = 1; b + c; });", "=(a ({})({decl b:int=1; +(b c)}))"},
		{`asm volatile ( "nop" : "=r" (a), [x] "+m" (*b) : "i" (1) : "memory" );`, "asm call(__xsmpatch_asm a *(b) 1)"},
		{`asm goto ( "jmp" : : "r" (a) : : fail, done ); fail: ;`,
			"{asm call(__xsmpatch_asm a); if call(__xsmpatch_asm), gotofail; if call(__xsmpatch_asm), gotodone}; labelfail null"},
		{"struct domain *d = lookup(7); d->vcpu[0]->domain->domain_id = d->arch.r[1].low; d->u2 = d->arch.op(d);",
			"decl d:struct domain *=call(lookup 7); =(.domain_id@domain(.domain@vcpu([](.vcpu@domain(d) 0))) .low@range_t([](.r@struct(.arch@domain(d)) 1))); =(.u2@domain(d) call(.op@struct(.arch@domain(d)) d))"},
		{"typeof(lookup(1)) d, *e; __auto_type f = d; f->domain_id;", "decl d:struct domain *=-, e:struct domain * *=-; decl f:struct domain *=d; .domain_id@domain(f)"},
		{"domid_t domid_t = 3; domid_t * domid_t;", "decl domid_t:domid_t=3; *(domid_t domid_t)"},
		{"unknown_t a, *b = c; other_t *q;", "decl a:unknown_t=-, b:unknown_t *=c; decl q:other_t *=-"},
		{"int (*fp)(int, char *) = 0; int m[2][3]; char s[] = \"a\" \"b\";", `decl fp:int () *=0; decl m:int [3] [2]=-; decl s:char []="ab"`},
		{"a = sizeof(struct domain) + sizeof *d + sizeof(x) + _Alignof(long);", "=(a +(+(+(sizeof sizeof(*(d))) sizeof(x)) sizeof))"},
		{"a = __builtin_offsetof(struct domain, arch.r[1]); b = __builtin_va_arg(ap, int);",
			"=(a cast(&([](.r@struct(.arch@domain(cast(0))) 1)))); =(b *(cast(call(__xsmpatch_va ap))))"},
		{`log("at %" PRIx64 "\n", x, PREFIX "a");`, `call(log "at %\n" x PREFIX)`},
		{"_Static_assert(sizeof(int) == 4, \"\"); __attribute__((fallthrough)); __extension__ int x;", "null; null; decl x:int=-"},
		{"for_each_thing ( d, x ) { a(); b(); } c(); LOG(\"x\") d(); e = f;", `while call(for_each_thing d x), {call(a); call(b)}; call(c); call(LOG "x"); call(d); =(e f)`},
		{"a(1, ] , b); c(@ d, 2); e();", "call(a 1 ?] b); call(c ?@ d 2); call(e)"},
		{"x = = y; if ( ) a(); b(c(;", "?x = = y ;; if ?), call(a); ?b ( c ( ;"},
		{"int a = ; int f(void) { return 1; } g();", "decl a:int=?;; decl f:int ()=-; call(g)"},
		{"template<int> foo; a();", "?template < int > foo ;; call(a)"},
	} {
		p, f := parse(t, decls, "int f(struct domain *dd, long a)\n{"+c.body+"}")
		got := strings.TrimSuffix(strings.TrimPrefix(showStmt(f.Body), "{"), "}")
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.body, got, c.want)
		}
		if bad := strings.Contains(got, "?") && !strings.Contains(got, "?:"); bad != (p.Bad() > 0) && !strings.Contains(c.body, "int f(void)") {
			t.Errorf("%s: %d pieces counted as not understood", c.body, p.Bad())
		}
	}
}

// TestHeads says what function heads give.
func TestHeads(t *testing.T) {
	for _, c := range []struct{ head, want string }{
		{"static inline int f(struct domain *d, domid_t id, int v[4], int (*cb)(void))", "f int true true d:struct domain * id:domid_t v:int * cb:int () *"},
		{"void f(void)", "f void false false"},
		{"int f(a, b) int a; char *b;", "f int false false a:int b:char *"},
		{"static long __init __maybe f(unsigned long x, ...) __cold", "f long true false x:unsigned long"},
		{"unsigned int (f)(unsigned int x)", "f unsigned false false x:unsigned"},
		{"int (*f(int a))(long b)", "f int () * false false a:int"},
		{"__attribute__((used)) struct vcpu *f(struct vcpu *v __attribute__((unused)))", "f struct vcpu * false false v:struct vcpu *"},
		{"f(x)", "f  false false x:int"},
	} {
		_, f := parse(t, decls, c.head+" { }")
		got := fmt.Sprint(f.Name, " ", f.Result, " ", f.Static, " ", f.Inline)
		for _, v := range f.Params {
			got += " " + v.Name + ":" + v.Type
		}
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.head, got, c.want)
		}
		if f.Tier != ir.Tolerant {
			t.Errorf("%s: tier %d", c.head, f.Tier)
		}
	}
}

// TestValues says which constants are known.
func TestValues(t *testing.T) {
	for src, want := range map[string]int64{
		"1 + 2 * 3": 7, "-EINVAL": -22, "NEXT": 23, "~0u": 0xffffffff, "1u << 31": 1 << 31, "1 << 31": -1 << 31, "'a'": 97, "'\\0'": 0, "'\\x41'": 65,
		"0x10UL | 010": 24, "-1 < 1u": 0, "-1 < 1": 1, "!5": 0, "1 ? 4 : 5": 4, "(unsigned char)300": 44, "sizeof(int) * 2": 8, "7 / -2": -3,
		"-7 >> 1": -4, "0 && x": 0, "1 || x": 1, "sizeof(domid_t)": 2, "(domid_t)-1": 65535,
	} {
		_, f := parse(t, decls, "int f(void) { return "+src+"; }")
		e := f.Body.Body[0].X
		if !e.HasVal || e.Val != want {
			t.Errorf("%s: %v %d, want %d", src, e.HasVal, e.Val, want)
		}
	}
	for _, src := range []string{"x + 1", "1 / 0", "1 << 64", "x && 1"} {
		_, f := parse(t, decls, "int f(void) { return "+src+"; }")
		if f.Body.Body[0].X.HasVal {
			t.Errorf("%s has a value", src)
		}
	}
}

func TestGlobals(t *testing.T) {
	toks, s := lex(t, "static const struct ops a = { .f = g, [1] = { h } }, *b, c[] = { 1, 2 };")
	p := New(toks, s.Spelling, nil)
	got := ""
	for _, g := range p.Globals(0, int32(len(toks))-1) {
		got += fmt.Sprint(g.Name, ":", g.Type, ":", g.Static, "=", show(g.Init), " ")
	}
	if want := "a:struct ops:true=init(=f(g) =(1 init(h))) c:struct ops [2]:true=init(1 2) "; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestDeep gives inputs that nest without end: they take bounded time and stack.
func TestDeep(t *testing.T) {
	const n = 20000
	for _, unit := range []string{"(", "x(", "{", "if (a) ", "a ? ", "- ", "a[", "({ ", "case 1: ", "(int) ", "a = ", "sizeof ", "x + ", "l: ", "struct { ", "int (* ", "do "} {
		for _, tail := range []string{"", "1;"} {
			p, f := parse(t, "", "int f(void) {"+strings.Repeat(unit, n)+tail+"}")
			if f == nil || f.Body == nil {
				t.Fatalf("%s: no body", unit)
			}
			check(t, f.Body, int32(len(p.toks)))
		}
	}
}

// check walks a tree: every range lies in the tokens.
func check(t testing.TB, s *cast.Stmt, n int32) {
	if s == nil {
		return
	}
	if s.First < 0 || s.Last >= n || s.First > s.Last {
		t.Fatalf("statement %d has tokens %d to %d of %d", s.Kind, s.First, s.Last, n)
	}
	for _, e := range []*cast.Expr{s.X, s.Y, s.Z} {
		checkExpr(t, e, n)
	}
	for _, v := range s.Decls {
		if v.First < 0 || v.Last >= n || v.First > v.Last {
			t.Fatalf("variable %s has tokens %d to %d of %d", v.Name, v.First, v.Last, n)
		}
		checkExpr(t, v.Init, n)
	}
	for _, b := range s.Body {
		check(t, b, n)
	}
	check(t, s.Init, n)
	check(t, s.Then, n)
	check(t, s.Else, n)
}

func checkExpr(t testing.TB, e *cast.Expr, n int32) {
	if e == nil {
		return
	}
	if e.First < 0 || e.Last >= n || e.First > e.Last {
		t.Fatalf("expression %d %s has tokens %d to %d of %d", e.Op, e.Name, e.First, e.Last, n)
	}
	operand := map[ir.Op]bool{ir.Field: true, ir.Index: true, ir.Deref: true, ir.Addr: true, ir.Unary: true, ir.Call: true, ir.Cast: true, ir.IncDec: true}
	if operand[e.Op] && e.X == nil {
		t.Fatalf("expression %d %s lacks its operand", e.Op, e.Name)
	}
	two := map[ir.Op]bool{ir.Binary: true, ir.AndAnd: true, ir.OrOr: true, ir.Assign: true, ir.Comma: true, ir.Index: true}
	if two[e.Op] && (e.X == nil || e.Y == nil) {
		t.Fatalf("expression %d %s lacks an operand", e.Op, e.Name)
	}
	for _, x := range append([]*cast.Expr{e.X, e.Y, e.Z}, e.Args...) {
		checkExpr(t, x, n)
	}
	check(t, e.Body, n)
}

// FuzzTolerant reads any tokens as a function and as declarations: no panic, and every tree is whole.
func FuzzTolerant(f *testing.F) {
	for _, s := range []string{
		"int f(void) { return 1; }", "int f(a) int a; { goto *x; }", "{ case 1 ... 2: ({ a; }) ? b : c; }", "struct { int a:3; } x = { .a = 1, [1 ... 2] = 3 };",
		"f( { ) } [ ; ( \"x\" 'y' 1.5e3 ... -> . ++ --", "int f(void) { asm goto (\"\" :: \"r\" (x) :: l); l: if (a) else }", "typedef int (*t)(t, ...); t f(t t) { t * t; (t)(t); }",
		"f() { for (int i; ; ) x = (struct s){ }; sizeof(int){1}; __builtin_va_arg(a, int *); }", "[[nodiscard]] enum e : int { A = 1, B } f(void) { typeof(x) y; }",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		toks, s := lex(t, src)
		n := int32(len(toks))
		if n == 0 {
			return
		}
		p := New(toks, s.Spelling, func(sym cpp.Sym) bool { return sym%5 == 0 })
		p.Declare(0, n-1)
		for _, g := range p.Globals(0, n-1) {
			checkExpr(t, g.Init, n)
		}
		for body := int32(0); body < n && body < 50; body++ {
			if s.Spelling(toks[body].Sym) == "{" {
				fn := p.Func(0, body, n-1)
				check(t, fn.Body, n)
			}
		}
	})
}
