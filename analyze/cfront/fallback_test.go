package cfront

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// session reads files from a map.
func session(files map[string]string, opt cpp.Options) *cpp.Session {
	return cpp.NewSession(func(p string) ([]byte, error) {
		if s, ok := files[p]; ok {
			return []byte(s), nil
		}
		return nil, &fs.PathError{Op: "open", Path: p, Err: fs.ErrNotExist}
	}, opt)
}

func unitOf(main string) *cpp.Unit {
	return &cpp.Unit{Main: main, Arch: "x86_64", Std: "gnu99", Search: []string{"include"}, Config: "c"}
}

// tiers lists the functions of a unit with their tiers.
func tiers(u *ir.Unit) string {
	var out []string
	for i := range u.Funcs {
		out = append(out, fmt.Sprintf("%s:%d", u.S(u.Funcs[i].Name), u.Funcs[i].Tier))
	}
	return strings.Join(out, " ")
}

// calls lists the source text of the calls that a unit's functions make.
func calls(u *ir.Unit, src string) (out []string) {
	for i := range u.Funcs {
		f := &u.Funcs[i]
		for _, in := range f.Instrs {
			if in.Kind == ir.ICall {
				out = append(out, src[f.Nodes[in.N].Start:f.Nodes[in.N].End])
			}
		}
	}
	return out
}

func TestFunctionFallsBack(t *testing.T) {
	src := `struct domain { int id; };
int check(struct domain *d);
#define TRY(d) check(d)
static int good(struct domain *d) { return check(d); }
int bad(struct domain *d)
{
    if ( no_such_thing.x )
        return TRY(d);
    return good(d) + d->id @ 3;
}
int later(struct domain *d) { return bad(d); }
`
	r := NewReader(session(map[string]string{"a.c": src}, cpp.Options{}), nil)
	res, err := r.Read(context.Background(), unitOf("a.c"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tiers(res.Unit), "good:0 later:0 bad:1"; got != want {
		t.Errorf("functions %s, want %s", got, want)
	}
	if res.Strict || res.Tier != ir.Strict || res.Tolerant != 1 || res.Funcs != 3 {
		t.Errorf("strict %v, tier %d, %d of %d functions tolerant", res.Strict, res.Tier, res.Tolerant, res.Funcs)
	}
	if len(res.Unit.Degraded) != 1 {
		t.Fatalf("degraded: %+v", res.Unit.Degraded)
	}
	if d := res.Unit.Degraded[0]; d.Func != "bad" || d.Line != 9 || !strings.HasSuffix(d.Reason, "; read by the tolerant parser, 1 pieces not understood") {
		t.Errorf("degraded: %+v", d)
	}
	if got, want := fmt.Sprint(calls(res.Unit, src)), "[check(d) bad(d) TRY(d)]"; got != want {
		t.Errorf("calls %s, want %s", got, want)
	}
}

func TestHeaderFunctionFallsBack(t *testing.T) {
	files := map[string]string{
		"include/h.h": "static inline int h(int a) { return a + = 1; }\n",
		"a.c":         "#include <h.h>\nint f(void) { return h(1); }\n",
		"b.c":         "#include <h.h>\nint g(void) { return h(2); }\n",
	}
	r := NewReader(session(files, cpp.Options{}), nil)
	a, err := r.Read(context.Background(), unitOf("a.c"))
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Headers) != 1 || tiers(a.Headers[0].Unit) != "h:1" || len(a.Uses) != 1 || a.Uses[0] != a.Headers[0].Key {
		t.Errorf("headers %v uses %v", a.Headers, a.Uses)
	}
	b, err := r.Read(context.Background(), unitOf("b.c"))
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Headers) != 0 || len(b.Uses) != 1 || b.Uses[0] != a.Uses[0] || !b.Strict {
		t.Errorf("the second unit reads the header again: %+v", b)
	}
}

func TestVariableFallsBack(t *testing.T) {
	src := "int f(int);\nstatic int (*table[])(int) = { [0] = f, [1 @] = f, f };\nint after = 1;\n"
	r := NewReader(session(map[string]string{"a.c": src}, cpp.Options{}), nil)
	res, err := r.Read(context.Background(), unitOf("a.c"))
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, g := range res.Unit.Globals {
		got += res.Unit.S(g.Name) + " "
	}
	if got != "after table " {
		t.Errorf("variables %s", got)
	}
}

// TestUnitFallsBack is about a unit that the strict parser gave up on as a whole.
func TestUnitFallsBack(t *testing.T) {
	src := "#include <h.h>\nint f(int a) { return h(a); }\nint (*v)(int) = f;\n"
	r := NewReader(session(map[string]string{"a.c": src, "include/h.h": "static inline int h(int a) { return -a; }\nint unused(void);\n"}, cpp.Options{}), nil)
	pre, err := r.ses.Preprocess(context.Background(), unitOf("a.c"))
	if err != nil {
		t.Fatal(err)
	}
	x := &unit{r: r, w: r.pool.Get().(*worker), u: unitOf("a.c"), pre: pre}
	x.prepare()
	x.select_()
	x.fallBack(errors.New("no idea"))
	if x.out.Tier != ir.Tolerant || x.out.Tolerant != 2 || tiers(x.out.Unit) != "f:1" || len(x.out.Headers) != 1 || len(x.out.Unit.Globals) != 1 {
		t.Errorf("tier %d, %d tolerant functions: %s, headers %v, variables %v", x.out.Tier, x.out.Tolerant, tiers(x.out.Unit), x.out.Headers, x.out.Unit.Globals)
	}
	want := ir.Degraded{File: "a.c", Line: 1, Reason: "no idea" + byTolerant}
	if len(x.out.Unit.Degraded) != 1 || x.out.Unit.Degraded[0] != want {
		t.Errorf("degraded: %+v", x.out.Unit.Degraded)
	}
}

// TestLossyUnit has a header that is not there.
func TestLossyUnit(t *testing.T) {
	files := map[string]string{"a.c": "int g(int);\n#include <gone.h>\nlong f(struct gone *p)\n{\n    for_each_gone ( p )\n        g(p->x);\n    return g(1);\n}\n"}
	_, err := NewReader(session(files, cpp.Options{}), nil).Read(context.Background(), unitOf("a.c"))
	if !errors.Is(err, cpp.ErrInclude) {
		t.Fatalf("error %v, want a missing include", err)
	}
	res, err := NewReader(session(files, cpp.Options{Tolerant: true}), nil).ReadAfter(context.Background(), unitOf("a.c"), err)
	if err != nil {
		t.Fatal(err)
	}
	if tiers(res.Unit) != "f:1" || res.Strict {
		t.Errorf("functions %s, strict %v", tiers(res.Unit), res.Strict)
	}
	if d := res.Unit.Degraded[0]; d.File != "a.c" || d.Line != 2 || !strings.Contains(d.Reason, "gone.h") || !strings.Contains(d.Reason, "preprocessed without") {
		t.Errorf("degraded: %+v", d)
	}
	if got, want := fmt.Sprint(calls(res.Unit, files["a.c"])), "[for_each_gone ( p ) g(p->x) g(1)]"; got != want {
		t.Errorf("calls %s, want %s", got, want)
	}
}

// TestRewrites reads GNU C that the strict parser does not take as it is: each becomes something it does take.
func TestRewrites(t *testing.T) {
	for _, src := range []string{
		"int f(int a) { const __auto_type b = a; __auto_type const c = b; register __auto_type d asm(\"eax\") = c; return d; }",
		"int f(int a) { for ( __auto_type i = a, n = a; i < n; i++ ) ; return 0; }",
		"struct e { }; int f(void) { struct e x = { }; (void)x; return 0; }",
		"struct s { int a; ; enum { A, B }; enum c { C }; struct { int b; }; }; int f(struct s *s) { return s->b + A + C; }",
		"int f(void) { int a[4] = { [0 ... 0] = 1, [1 ... 2] = 2, [3] = 3 }; return a[0]; }",
		"typeof(int[4]) v; extern typeof(int (*)(void)) w; typeof(int *) x; typeof(typeof(v)) y; int f(void) { return v[0] + w() + *x + y[0]; }",
		"int f(a, b) int a; char *b; { return a + *b; }",
		"int f(int a) { asm goto ( \"x\" : : \"r\" (a) : : out ); return 1; out: return 0; }",
		"int f(int a) { if (a) asm goto ( \"x\" : : : : out ); else a = 1; out: return a; }",
		"struct p { struct { int a; } q[2]; }; long f(void) { return __builtin_offsetof(struct p, q[1].a) + __builtin_choose_expr(1, 2, 3); }",
		"struct d { int a, b; } v = { a: 1, b: 2 }; int f(int a) { switch (a) { case 1 ... 3: return a ?: 2; } return 0; }",
		"struct i { struct { int b; } x; }; struct p { struct i i; union __attribute__((aligned(8))) { struct t { int v[2]; } x; int o; }; int l; };" +
			" int f(struct p *p) { return p->x.v[0] + p->i.x.b + p->o + p->l; }",
	} {
		r := NewReader(session(map[string]string{"a.c": src}, cpp.Options{}), nil)
		res, err := r.Read(context.Background(), unitOf("a.c"))
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if !res.Strict || tiers(res.Unit) != "f:0" {
			t.Errorf("%s:\n%s %+v", src, tiers(res.Unit), res.Unit.Degraded)
		}
	}
}

// FuzzRead reads any text as a unit: no panic, every function that was found is delivered, and ranges lie in the text.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"int f(void) { return 1; }", "int f(a) int a; { goto *x; }", "struct s { int a:3; } x = { .a = 1 }; static int g(struct s *p) { return p->a ? : 2; }",
		"f() { switch (1) case 2: default: ({ 1; }); }", "#include <gone.h>\nint f(void) { asm goto (\"\" :: \"r\" (x) :: l); l: return; }",
		"typedef int t; t f(t t) { t * t; (t)(t); for (__auto_type i = 1;;) ; }", "#define M(x) x x\nint M(f)(void) { M({) } M(})", "int x[] = { [0 ... 0] = 1, 2 }; } int f(void) {",
		"enum { A = 1 ? : 2 } e; int f(void) { return A / 0 + sizeof(struct { int : -1; }) + (e)[A]; }",
		// found by fuzzing: a bracket and an attribute at the end, a function without parameters, a loop of the strict parser's
		"000 A(", "*;t", "A{}", "typ\xaa\xaa\xaai\x18=  t;r(aut\x8e_\x8e_type \xaa\xaa_n\xaabt (t)(\xab\xab\xabt)f\xaa\xaa\xaa\xaaf i\xaao  t; t f(t4t) = 1;;)z\xfft * }",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		r := NewReader(session(map[string]string{"a.c": src}, cpp.Options{Tolerant: true, MaxTokens: 20000, MaxInvocation: 20000}), nil)
		res, err := r.ReadAfter(context.Background(), unitOf("a.c"), nil)
		if err != nil {
			return
		}
		for i := range res.Unit.Degraded {
			if d := &res.Unit.Degraded[i]; strings.Contains(d.Reason, "panic while reading") {
				t.Errorf("%+v", d)
			}
		}
		if n := len(res.Unit.Funcs); n < res.Funcs {
			t.Errorf("%d functions delivered of %d", n, res.Funcs)
		}
		for i := range res.Unit.Funcs {
			fn := &res.Unit.Funcs[i]
			if fn.Start < 0 || fn.End < fn.Start || int(fn.End) > len(src) {
				t.Errorf("function %s is at bytes %d to %d of %d", res.Unit.S(fn.Name), fn.Start, fn.End, len(src))
			}
		}
	})
}
