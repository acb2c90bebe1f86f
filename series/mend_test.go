package series

import (
	"context"
	"fmt"
	"testing"
)

// mends are changes in which hunks need each other for reasons that are no names.
var mends = map[string][2]map[string]string{
	"return type": {
		{"a.c": "int g(int n);\nvoid f(int n);\n\nvoid f(int n)\n{\n    if ( n )\n        return;\n    g(1);\n    g(2);\n    g(3);\n    g(4);\n    g(n);\n}\n"},
		{"a.c": "int g(int n);\nint f(int n);\n\nint f(int n)\n{\n    if ( n )\n        return -1;\n    g(1);\n    g(2);\n    g(3);\n    g(4);\n    g(n);\n    return 0;\n}\n"},
	},
	"declarations": {
		{"a.c": "int g(int n);\nint f(int n);\n\nint f(int n)\n{\n    int a = g(n);\n    /* 1 */\n    /* 2 */\n    int b = g(2);\n    /* 3 */\n    /* 4 */\n    int c = g(3);\n\n    return a + b + c;\n}\n"},
		{"a.c": "int g(int n);\nint f(int n);\n\nint f(int n)\n{\n    g(n);\n    /* 1 */\n    /* 2 */\n    g(2);\n    /* 3 */\n    /* 4 */\n    g(3);\n\n    return 6;\n}\n"},
	},
	"stub": {
		{"a.h": "#ifdef X\nint old(int n);\n/* more */\n/* and more */\n#else\nstatic inline int old(int n) { return n; }\n#endif\n", "a.c": "#include \"a.h\"\nint f(int n);\n\nint f(int n)\n{\n    return old(n);\n}\n"},
		{"a.h": "#ifdef X\nint old(int n);\nint fresh(int n);\n/* more */\n/* and more */\n#else\nstatic inline int old(int n) { return n; }\nstatic inline int fresh(int n) { return n; }\n#endif\n", "a.c": "#include \"a.h\"\nint f(int n);\n\nint f(int n)\n{\n    return old(n) + fresh(n);\n}\n"},
	},
	"made static": {
		{"a.h": "int mask(int n);\n", "a.c": "#include \"a.h\"\n\nint mask(int n)\n{\n    return n;\n}\n", "b.c": "#include \"a.h\"\nint f(int n);\n\nint f(int n)\n{\n    return mask(n);\n}\n"},
		{"a.h": "int whole(int n);\n", "a.c": "#include \"a.h\"\n\nstatic int mask(int n)\n{\n    return n;\n}\n\nint whole(int n)\n{\n    return mask(n);\n}\n", "b.c": "#include \"a.h\"\nint f(int n);\n\nint f(int n)\n{\n    return whole(n);\n}\n"},
	},
	"replaced": {
		{"a.h": "extern int hard[2];\n", "a.c": "#include \"a.h\"\n\nint hard[2];\n", "b.c": "#include \"a.h\"\nint f(int n);\n\nint f(int n)\n{\n    return hard[n];\n}\n", "c.c": "#include \"a.h\"\nint h(int n);\n\nint h(int n)\n{\n    return hard[0] + n;\n}\n"},
		{"a.h": "extern int limits[2];\n", "a.c": "#include \"a.h\"\n\nint limits[2];\n", "b.c": "#include \"a.h\"\nint f(int n);\n\nint f(int n)\n{\n    return limits[n];\n}\n", "c.c": "#include \"a.h\"\nint h(int n);\n\nint h(int n)\n{\n    return limits[0] + n;\n}\n"},
	},
	"parameter": {
		{"a.c": "struct id { int v[2]; };\nint f(int *id);\n\nstatic int low(int *id, int flags)\n{\n    /* 1 */\n    /* 2 */\n    /* 3 */\n    return id[0] + flags;\n}\n\nint f(int *id)\n{\n    /* 1 */\n    /* 2 */\n    /* 3 */\n    return low(id, 1);\n}\n"},
		{"a.c": "struct id { int v[2]; };\nint f(struct id id);\n\nstatic int low(struct id id, int flags)\n{\n    /* 1 */\n    /* 2 */\n    /* 3 */\n    return id.v[0] + flags;\n}\n\nint f(struct id id)\n{\n    /* 1 */\n    /* 2 */\n    /* 3 */\n    return low(id, 1);\n}\n"},
	},
	"another header": {
		{"a.h": "#define ONE 1\n/* 1 */\n/* 2 */\n#define TWO 2\n", "u.h": "#include \"a.h\"\n\nstatic inline int u(int n) { return n + TWO; }\n", "a.c": "#include \"u.h\"\nint f(int n);\n\nint f(int n)\n{\n    return u(n) + ONE;\n}\n"},
		{"a.h": "#define ONE 1\n/* 1 */\n/* 2 */\n", "b.h": "#define TWO 2\n", "u.h": "#include \"a.h\"\n#include \"b.h\"\n\nstatic inline int u(int n) { return n + TWO; }\n", "a.c": "#include \"u.h\"\nint f(int n);\n\nint f(int n)\n{\n    return u(n) + ONE;\n}\n"},
	},
	"not always set": {
		{"a.c": "int g(int n);\nint f(int n);\n\nint f(int n)\n{\n    int rc;\n\n    /* 1 */\n    /* 2 */\n    /* 3 */\n    rc = g(1);\n    if ( rc < 0 )\n        return 1;\n    if ( !rc )\n        g(n);\n    return 0;\n}\n"},
		{"a.c": "int g(int n);\nint f(int n);\n\nint f(int n)\n{\n    int rc = 0;\n\n    /* 1 */\n    /* 2 */\n    /* 3 */\n    if ( n )\n    {\n        rc = g(1);\n        if ( rc < 0 )\n            return 1;\n    }\n    if ( !rc )\n        g(n);\n    return 0;\n}\n"},
	},
	"inner block": {
		{"a.c": "int g(int n);\nint f(int n);\n\nint f(int n)\n{\n    int rc;\n\n    /* 1 */\n    /* 2 */\n    /* 3 */\n    rc = g(1);\n    if ( rc )\n        return 1;\n    g(n);\n    return 0;\n}\n"},
		{"a.c": "int g(int n);\nint f(int n);\n\nint f(int n)\n{\n    /* 1 */\n    /* 2 */\n    /* 3 */\n    if ( n )\n    {\n        int rc;\n\n        rc = g(1);\n        if ( rc )\n            return 1;\n    }\n    g(n);\n    return 0;\n}\n"},
	},
	"member in a macro": {
		{"a.h": "struct st { int m_pending; int m_wakeup; };\nextern struct st st[2];\n", "b.h": "#define STAT(n, member) (st[n].member)\n#define pending(n) STAT(n, m_pending)\n#define wakeup(n) STAT(n, m_wakeup)\n", "a.c": "#include \"a.h\"\n#include \"b.h\"\nint f(int n);\n\nint f(int n)\n{\n    return wakeup(n) + pending(n);\n}\n"},
		{"a.h": "struct st { int m_pending; };\nextern struct st st[2];\n", "b.h": "#define STAT(n, member) (st[n].member)\n#define pending(n) STAT(n, m_pending)\n", "a.c": "#include \"a.h\"\n#include \"b.h\"\nint f(int n);\n\nint f(int n)\n{\n    return pending(n);\n}\n"},
	},
	"two lines of a signature": {
		{"a.h": "int f(int a,\n      /* 1 */\n      /* 2 */\n      int b);\n", "a.c": "#include \"a.h\"\n\nint f(int a,\n      /* 1 */\n      /* 2 */\n      int b)\n{\n    return a + b;\n}\n", "b.c": "#include \"a.h\"\nint g(void);\n\nint g(void)\n{\n    return f(1, 2);\n}\n"},
		{"a.h": "struct x;\nint f(int a, int r,\n      /* 1 */\n      /* 2 */\n      int b,\n      const struct x *x);\n", "a.c": "#include \"a.h\"\n\nint f(int a, int r,\n      /* 1 */\n      /* 2 */\n      int b,\n      const struct x *x)\n{\n    if ( x )\n        return r;\n    return a + b;\n}\n", "b.c": "#include \"a.h\"\nint g(void);\n\nint g(void)\n{\n    return f(1, 3, 2, 0);\n}\n"},
	},
	"moved include": {
		{"b.h": "struct b { int x; };\n", "a.c": "#include <stddef.h>\n#include \"b.h\"\n/* 1 */\n/* 2 */\n/* 3 */\nint f(struct b *b);\n\nint f(struct b *b)\n{\n    return b->x;\n}\n"},
		{"b.h": "struct b { int x; };\n", "a.c": "#include <stddef.h>\n/* 1 */\n/* 2 */\n/* 3 */\n#include \"b.h\"\nint f(struct b *b);\n\nint f(struct b *b)\n{\n    return b->x;\n}\n"},
	},
	"a stub's prototype moves": {
		{"a.h": "#ifdef X\nint pod(int n);\n/* 1 */\n/* 2 */\n#else\n/* 3 */\n/* 4 */\nstatic inline int pod(int n) { return n; }\n#endif\n", "b.h": "int more(int n);\n", "a.c": "#include \"a.h\"\n#include \"b.h\"\n\nint more(int n)\n{\n    return pod(n);\n}\n"},
		{"a.h": "#ifdef X\n/* 1 */\n/* 2 */\n#else\n/* 3 */\n/* 4 */\n#endif\n", "b.h": "int more(int n);\n/* 1 */\n/* 2 */\nint pod(int n);\n", "a.c": "#include \"a.h\"\n#include \"b.h\"\n\nint more(int n)\n{\n    return pod(n) + 1;\n}\n"},
	},
	"an object made static": {
		{"a.h": "extern int lock;\n/* 1 */\n/* 2 */\nint f(int n);\n", "a.c": "#include \"a.h\"\n\n#define DEFINE(l) int l = 1\n\nDEFINE(lock);\n\nint f(int n)\n{\n    return n + lock;\n}\n"},
		{"a.h": "/* 1 */\n/* 2 */\nint f(int n);\n", "a.c": "#include \"a.h\"\n\n#define DEFINE(l) int l = 1\n\nstatic DEFINE(lock);\n\nint f(int n)\n{\n    return n + 2 * lock;\n}\n"},
	},
	"a pasted name": {
		{"a.h": "enum seg { seg_cs, seg_tr };\n", "a.c": "#include \"a.h\"\nint f(int n);\n\n#define SEG(s) check(seg_ ## s)\n\nstatic int check(enum seg s)\n{\n    return s == seg_tr;\n}\n\nint f(int n)\n{\n    /* 1 */\n    /* 2 */\n    /* 3 */\n    return n + SEG(cs) +\n        SEG(tr);\n}\n"},
		{"a.h": "enum seg { seg_cs, seg_tss };\n", "a.c": "#include \"a.h\"\nint f(int n);\n\n#define SEG(s) check(seg_ ## s)\n\nstatic int check(enum seg s)\n{\n    return s == seg_tss;\n}\n\nint f(int n)\n{\n    /* 1 */\n    /* 2 */\n    /* 3 */\n    return n + SEG(cs) +\n        SEG(tss);\n}\n"},
	},
	"by way of a header": {
		{"b.h": "#ifndef B\n#define B\nstruct b { int x; };\n#endif\n", "t.h": "#include \"b.h\"\n#define T 1\n", "s.h": "#ifndef S\n#define S\n#ifdef X\n#include \"b.h\"\n#endif\n#endif\n", "u.h": "#include \"t.h\"\n#include \"s.h\"\n/* 1 */\n/* 2 */\n/* 3 */\nint u(struct b *b);\n", "a.c": "#include \"t.h\"\n#include <stddef.h>\n/* 1 */\n/* 2 */\n/* 3 */\nint f(struct b *b);\n\nint f(struct b *b)\n{\n    return b->x + T;\n}\n", "c.c": "#include \"u.h\"\nint c;\n"},
		{"b.h": "#ifndef B\n#define B\nstruct b { int x; };\n#endif\n", "t.h": "#define T 1\n", "s.h": "#ifndef S\n#define S\n#ifdef X\n#include \"b.h\"\n#endif\n#endif\n", "u.h": "#include \"t.h\"\n#include \"s.h\"\n/* 1 */\nstruct b;\n/* 2 */\n/* 3 */\nint u(struct b *b);\n", "a.c": "#include \"t.h\"\n#include <stddef.h>\n#include \"b.h\"\n/* 1 */\n/* 2 */\n/* 3 */\nint f(struct b *b);\n\nint f(struct b *b)\n{\n    return b->x + T;\n}\n", "c.c": "#include \"u.h\"\nint c;\n"},
	},
	"an include less": {
		{"b.h": "#define TWO 2\n#define ONE 1\n", "i.h": "#define ZERO 0\n", "a.c": "#include \"b.h\"\n#include \"i.h\"\n/* 1 */\n/* 2 */\nint f(int n);\n\nint f(int n)\n{\n    return n + TWO;\n}\n", "c.c": "#include \"i.h\"\n#include \"b.h\"\nint c = ONE;\n"},
		{"b.h": "#define ONE 1\n", "i.h": "#define ZERO 0\n#define TWO 2\n", "a.c": "#include \"i.h\"\n/* 1 */\n/* 2 */\nint f(int n);\n\nint f(int n)\n{\n    return n + TWO;\n}\n", "c.c": "#include \"i.h\"\n#include \"b.h\"\nint c = ONE + 1;\n"},
	},
	"deep header": {
		{"d1.h": "#include \"d2.h\"\n", "d2.h": "#include \"d3.h\"\n", "d3.h": "#include \"d4.h\"\n", "d4.h": "int deep(int n);\n", "a.c": "#include <stddef.h>\n/* 1 */\n/* 2 */\n/* 3 */\nint f(int n);\n\nint f(int n)\n{\n    return n;\n}\n"},
		{"d1.h": "#include \"d2.h\"\n", "d2.h": "#include \"d3.h\"\n", "d3.h": "#include \"d4.h\"\n", "d4.h": "int deep(int n);\n", "a.c": "#include <stddef.h>\n#include \"d1.h\"\n/* 1 */\n/* 2 */\n/* 3 */\nint f(int n);\n\nint f(int n)\n{\n    return deep(n);\n}\n"},
	},
	"a member of another form": {
		{"a.h": "struct v { int n; };\nstruct d { struct v *v; int x; };\n", "a.c": "#include \"a.h\"\nint f(struct d *d);\n\nint f(struct d *d)\n{\n    return d->v->n;\n}\n", "b.c": "#include \"a.h\"\nint g(struct d *d);\n\nint g(struct d *d)\n{\n    return !d->v;\n}\n"},
		{"a.h": "struct v { int n; };\nstruct d { union { struct v *a; void *b; } v; int x; };\n", "a.c": "#include \"a.h\"\nint f(struct d *d);\n\nint f(struct d *d)\n{\n    return d->v.a->n;\n}\n", "b.c": "#include \"a.h\"\nint g(struct d *d);\n\nint g(struct d *d)\n{\n    return !d->v.b;\n}\n"},
	},
	"no longer conditional": {
		{"a.h": "int f(int n);\nint g(int n);\n/* 1 */\n/* 2 */\n#ifdef X\nint h(int n);\n#endif\n#ifdef Y\nint y(int n);\n#endif\n", "a.c": "#include \"a.h\"\n\nint f(int n)\n{\n    return n;\n}\n", "b.c": "#include \"a.h\"\n\nint g(int n)\n{\n    /* 1 */\n    /* 2 */\n    return 1;\n}\n"},
		{"a.h": "int f(int n);\nint g(int n);\n/* 1 */\n/* 2 */\nint h(int n);\n#ifdef Y\nint y(int n);\n#endif\n", "a.c": "#include \"a.h\"\n\nint f(int n)\n{\n    return h(n);\n}\n", "b.c": "#include \"a.h\"\n\nint g(int n)\n{\n    /* 1 */\n    /* 2 */\n    return 1 + n;\n}\n"},
	},
	"conditional from now on": {
		{"a.h": "int f(int n);\n/* 1 */\n/* 2 */\nint h(int n);\nint k(int n);\n", "b.c": "#include \"a.h\"\n\nint f(int n)\n{\n    return h(n);\n}\n"},
		{"a.h": "int f(int n);\n/* 1 */\n/* 2 */\n#ifdef X\nint h(int n);\n#endif\nint k(int n);\n", "b.c": "#include \"a.h\"\n\nint f(int n)\n{\n    return n;\n}\n"},
	},
	"untouched header": {
		{"b.h": "#define ROUND(n) ((n) + 1)\n", "a.c": "#include <stddef.h>\n\nint f(int n);\nint g(int n);\n\nint f(int n)\n{\n    return n;\n}\n\nint g(int n)\n{\n    return n;\n}\n"},
		{"b.h": "#define ROUND(n) ((n) + 1)\n", "a.c": "#include <stddef.h>\n#include \"b.h\"\n\nint f(int n);\nint g(int n);\n\nint f(int n)\n{\n    return ROUND(n);\n}\n\nint g(int n)\n{\n    return n + ROUND(n);\n}\n"},
	},
}

// prove runs a command on the base and on every prefix, which it must accept.
func prove(t *testing.T, s *Series, what, cmd string) {
	t.Helper()
	res, err := s.Prove(context.Background(), ProveOptions{Command: cmd, Base: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range res {
		if !r.OK {
			t.Errorf("%s: prefix %d of %d:\n%s\n%s", what, r.Prefix, len(s.Patches), r.Output, s.Explain())
		}
	}
}

// TestMend has gcc judge every prefix of such changes, cut as fine as can be and by other plans, in two configurations.
func TestMend(t *testing.T) {
	const cmd = `for c in *.c; do for x in -DX -UX; do gcc -std=gnu99 -O1 -Wall -Wdeclaration-after-statement -Wredundant-decls -Werror -c -o $XSMPATCH_PREFIX.o $x $c || exit 1; done; done`
	patches := 0
	for name, sides := range mends {
		base, tip := treeOf(t, sides[0]), treeOf(t, sides[1])
		for _, plan := range []string{PlanSmallest, PlanFeature} {
			s, left, err := graphOf(t, base, tip).Mend(Rules{Plan: plan})
			if err != nil || len(left) > 0 {
				t.Fatalf("%s, %s: %v, %v", name, plan, left, err)
			}
			if s.Tip != mustDigest(t, tip) {
				t.Errorf("%s, %s: another tip", name, plan)
			}
			prove(t, s, name+", "+plan, cmd)
			if plan == PlanSmallest {
				patches += len(s.Patches)
			}
			if want := map[string]int{"stub": 2, "replaced": 3, "untouched header": 2, "by way of a header": 3, "deep header": 2}[name]; plan == PlanSmallest && len(s.Patches) < want {
				t.Errorf("%s: %d patches, more is possible", name, len(s.Patches))
			}
		}
	}
	if patches < 10 {
		t.Errorf("%d patches in all: mended by joining everything", patches)
	}
}

// graphOnly are the mends that only the graph knows of: types of expressions, who includes what, what other files declare and where.
var graphOnly = map[string]bool{"parameter": true, "another header": true, "moved include": true, "a stub's prototype moves": true, "an object made static": true, "by way of a header": true, "an include less": true, "a member of another form": true,
	"no longer conditional": true, "conditional from now on": true}

// TestCheckReadsMixtures takes each change of the finest cut alone: where gcc rejects the mixture, the check must have found it.
func TestCheckReadsMixtures(t *testing.T) {
	const cmd = `for c in *.c; do for x in -DX -UX; do gcc -std=gnu99 -O1 -Wall -Wdeclaration-after-statement -Wredundant-decls -Werror -c -o $XSMPATCH_PREFIX.o $x $c || exit 1; done; done`
	rejected := 0
	for name, sides := range mends {
		base, tip := treeOf(t, sides[0]), treeOf(t, sides[1])
		cs, err := FromTrees(base, tip)
		if err != nil {
			t.Fatal(err)
		}
		for i := range cs {
			s := &Series{Base: base, Graph: graphOf(t, base, tip)}
			s.Patches = []*Patch{{Changes: []int{i}, Subject: fmt.Sprint(cs[i].ID)}, {Subject: "rest"}}
			for j := range cs {
				if j != i {
					s.Patches[1].Changes = append(s.Patches[1].Changes, j)
				}
			}
			found, err := s.Check()
			if err != nil {
				t.Fatal(err)
			}
			res, err := s.Prove(context.Background(), ProveOptions{Command: cmd})
			if err != nil {
				t.Fatal(err)
			}
			if !res[0].OK {
				rejected++
			}
			if !res[0].OK && len(found) == 0 && len(cs) > 1 && !graphOnly[name] {
				t.Errorf("%s: %s alone is not compiled, and the check finds nothing:\n%s", name, cs[i].ID, res[0].Output)
			}
		}
	}
	if rejected < 8 {
		t.Errorf("gcc rejects %d mixtures: these changes prove little", rejected)
	}
}

// TestGeneratedHeader has make judge a header that the makefile makes by a new script, and one that it ceases to make.
func TestGeneratedHeader(t *testing.T) {
	makefile := func(name string) string {
		return "CFLAGS := -Wall -Werror\n\nall: a.o b.o\n# 1\n# 2\n# 3\n# 4\na.o: " + name + ".h\n\n" + name + ".h: scripts/" + name + ".sh\n\tsh $< >$@\n"
	}
	source := func(name string) string {
		return "/* file */\n#include \"" + name + ".h\"\n/* 1 */\n/* 2 */\n/* 3 */\nint a(void);\nint a(void) { return GEN; }\n"
	}
	base := treeOf(t, map[string]string{"Makefile": makefile("old"), "a.c": source("old"), "b.c": "int b;\n", "scripts/old.sh": "echo '#define GEN 1'\n"})
	tip := treeOf(t, map[string]string{"Makefile": makefile("new"), "a.c": source("new"), "b.c": "int b = 1;\n", "scripts/new.sh": "echo '#define GEN 2'\n"})
	for _, plan := range []string{PlanSmallest, PlanFeature, PlanComponent} {
		s, left, err := graphOf(t, base, tip).Mend(Rules{Plan: plan})
		if err != nil || len(left) > 0 || plan == PlanSmallest && len(s.Patches) < 3 {
			t.Fatalf("%v, %v, %d patches", left, err, len(s.Patches))
		}
		prove(t, s, plan, "make -s")
	}
}

// TestNewWarning has gcc judge a makefile that asks for a warning which the base's code has.
func TestNewWarning(t *testing.T) {
	base := treeOf(t, map[string]string{"Makefile": "CFLAGS := -Wall -Wno-unused\n\nobj-y += a.o\n", "a.c": "char *f(void);\n\nchar *f(void)\n{\n    char *s = \"x\";\n\n    return s + 1;\n}\n"})
	tip := treeOf(t, map[string]string{"Makefile": "CFLAGS := -Wall -Wwrite-strings -Wno-unused\n\nobj-y += a.o\n", "a.c": "const char *f(void);\n\nconst char *f(void)\n{\n    const char *s = \"x\";\n\n    return s + 1;\n}\n"})
	s, left, err := graphOf(t, base, tip).Mend(Rules{Plan: PlanSmallest})
	if err != nil || len(left) > 0 || len(s.Patches) < 2 {
		t.Fatalf("%v, %v, %d patches", left, err, len(s.Patches))
	}
	prove(t, s, PlanSmallest, `gcc $(sed -n 's/^CFLAGS := //p' Makefile) -Werror -c -o $XSMPATCH_PREFIX.o a.c`)
}
