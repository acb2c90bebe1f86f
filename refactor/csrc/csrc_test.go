package csrc

import (
	"strings"
	"testing"
)

const sample = `#ifndef X_H
#define X_H
#define CALL(f, args...) f(args)
#define ARG /* */
struct ops {
    int (*get)(struct domain *d, int cmd);
    void (*put)(void);
    struct { int a, b; } pair;
#ifdef CONFIG_A
    struct domain *d[2];
#endif
};
typedef struct { unsigned long v; } pte_t;
enum e { E_ONE = 1, E_TWO };
extern struct ops table;
static const struct ops impl = { .get = my_get, .put = my_put };
long do_it(XEN_GUEST_HANDLE_PARAM(void) arg);
#endif
static int __init my_get(struct domain *d, int cmd)
{
    int rc = 0, *p = &rc;

#ifdef CONFIG_A
    if ( d ) {
#else
    if ( !d ) {
#endif
        struct ops *rc = NULL;
        for_each_vcpu ( d, v )
            rc = v;
        goto out;
    }
    /* my_get */
 out:
    return rc;
}
PRESENT(x)
static void my_put(ARG int a, void (*done)(int n)) { "my_get"; done(a); }
`

func parse(t *testing.T, src string) *Unit {
	t.Helper()
	f := Lex("a.c", []byte(src))
	last := int32(0)
	for _, k := range f.Toks {
		if k.Start < last || k.End <= k.Start {
			t.Fatalf("token [%d,%d) after %d", k.Start, k.End, last)
		}
		last = k.End
	}
	return Parse(f)
}

func TestParse(t *testing.T) {
	u := parse(t, sample)
	var got []string
	for _, f := range u.Funcs {
		s := f.Name
		if f.Body >= 0 {
			s += "{}"
		}
		got = append(got, s)
	}
	if s := strings.Join(got, " "); s != "do_it my_get{} my_put{}" {
		t.Errorf("functions: %s", s)
	}
	got = nil
	for _, s := range u.Structs {
		got = append(got, s.Tag+"/"+s.Typedef)
		for _, f := range s.Fields {
			got = append(got, f.Name+":"+f.Type)
		}
	}
	if s := strings.Join(got, " "); !strings.Contains(s, "ops/ get: put: pair:<a.c:") || !strings.Contains(s, "d:domain") || !strings.Contains(s, "/pte_t v:") {
		t.Errorf("structs: %s", s)
	}
	got = nil
	for _, v := range u.Vars {
		got = append(got, v.Name+":"+v.Type)
	}
	if s := strings.Join(got, " "); s != "pte_t: E_ONE: E_TWO: table:ops impl:ops" {
		t.Errorf("variables: %s", s)
	}
}

func TestScopes(t *testing.T) {
	u := parse(t, sample)
	var rcs []string
	for i, k := range u.Toks {
		if u.Text(k) == "rc" {
			l := u.LocalAt("rc", i)
			if l == nil {
				t.Fatalf("rc at line %d is not local", u.Line(int(k.Start)))
			}
			rcs = append(rcs, l.Type)
		}
	}
	if s := strings.Join(rcs, ","); s != ",,ops,ops," {
		t.Errorf("the types of rc: %q", s)
	}
	for i, k := range u.Toks {
		switch u.Text(k) {
		case "a", "done":
			if u.FuncAt(i) != nil && u.LocalAt(u.Text(k), i) == nil {
				t.Errorf("%s at %d is not local", u.Text(k), k.Start)
			}
		case "my_get", "do_it":
			if u.LocalAt(u.Text(k), i) != nil {
				t.Errorf("%s is local", u.Text(k))
			}
		}
	}
}

func TestStatements(t *testing.T) {
	u := parse(t, sample)
	s := u.Body(u.FuncAt(u.Funcs[1].Tok))
	kinds := map[StmtKind]int{}
	s.Walk(func(s *Stmt) { kinds[s.Kind]++ })
	if kinds[If] != 2 || kinds[Loop] != 1 || kinds[Label] != 1 || kinds[Jump] != 1 || kinds[DeclStmt] != 2 {
		t.Errorf("kinds: %v", kinds)
	}
}

// FuzzParse reads any bytes: no panic, tokens in order, brackets paired both ways or not at all.
func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("#if 1\n{\n#else\n{ (\n#endif\n}\n\\\n#define f(x")
	f.Fuzz(func(t *testing.T, src string) {
		u := parse(t, src)
		for i, k := range u.Toks {
			if k.Match >= 0 && int(k.Match) == i {
				t.Fatalf("token %d is its own partner", i)
			}
		}
		for k := range u.Funcs {
			u.Locals(&u.Funcs[k])
			u.Body(&u.Funcs[k])
		}
		for i := range u.Toks {
			u.LocalAt("x", i)
		}
	})
}
