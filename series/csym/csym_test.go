package csym

import (
	"fmt"
	"strings"
	"testing"
)

const fixture = `/* header */
#include <xen/lib.h>
#ifdef CONFIG_FOO
#define TWICE(x) \
    ((x) * 2)
#define FLAG 1
#endif

/* about pair */
struct pair {
    int first, *second;
    struct { unsigned int deep:3; } in;
    int (*fn)(int arg);
    char text[FLAG];
};
typedef struct pair pair_t;
enum colour { RED, GREEN = TWICE(1), BLUE };
static DEFINE_SPINLOCK(pair_lock);
extern int shared;
static const struct pair table[] = {
    { .first = 1 },
};
int proto(struct pair *p, int n);

static inline int
helper(struct pair *p)
{
    const char *s = "} not a brace";
    int a = p->first, b;

    if ( a )
        goto out;
    b = a * helper(p);
 out:
    return b;
}

int __init proto(struct pair *p, int n)
{
#if 1
    if ( n ) {
#else
    if ( !n ) {
#endif
        return FLAG;
    }
}

int after;
`

func TestScanC(t *testing.T) {
	s := Scan("x/fixture.c", []byte(fixture))
	var got []string
	for _, d := range s.Defs {
		name := fmt.Sprintf("%s %s", d.Kind, d.Name)
		if d.Static {
			name += " static"
		}
		got = append(got, name)
	}
	want := "macro TWICE; macro FLAG; field first; field second; field deep; field in; field fn; field text; type pair; type pair_t; " +
		"enum RED; enum GREEN; enum BLUE; type colour; var pair_lock static; proto shared; var table static; proto proto; func helper static; func proto; var after"
	if g := strings.Join(got, "; "); g != want {
		t.Errorf("got  %s\nwant %s", g, want)
	}
	for _, d := range s.Defs {
		if way := map[string]string{"deep": "in.", "in": "{}", "first": "", "second": "*", "fn": "(*)", "text": "[]"}; d.Kind == Field && way[d.Name] != d.Sig {
			t.Errorf("the way to %s is %q", d.Name, d.Sig)
		}
	}
	lines := strings.Split(fixture, "\n")
	for _, d := range s.Defs {
		if !strings.Contains(lines[d.Line], d.Name) && d.Kind != Type {
			t.Errorf("%s is not on line %d: %q", d.Name, d.Line+1, lines[d.Line])
		}
	}
	sigs := map[string]string{}
	for _, d := range s.Defs {
		if d.Kind == Func || d.Kind == Proto {
			sigs[string(d.Kind)+d.Name] = d.Sig
		}
	}
	if sigs["funcproto"] != sigs["protoproto"] {
		t.Errorf("definition and prototype disagree: %q and %q", sigs["funcproto"], sigs["protoproto"])
	}
	var decl []string
	for _, us := range s.Uses {
		for _, u := range us {
			if u.Decl {
				decl = append(decl, u.Name)
			}
		}
	}
	if g := strings.Join(decl, " "); !strings.Contains(g, "p s a b out") || strings.Contains(g, "helper") {
		t.Errorf("declared: %s", g)
	}
	if it := s.Items[s.ItemAt(10)]; it.Name != "pair" || it.First != 8 || it.Last != 14 {
		t.Errorf("item %+v", it)
	}
	if s.ItemAt(7) >= 0 {
		t.Errorf("a blank line belongs to %+v", s.Items[s.ItemAt(7)])
	}
}

func TestScanOthers(t *testing.T) {
	for _, c := range []struct{ path, text, defs, uses string }{
		{"xen/Kconfig", "config FOO\n\tbool \"Foo BAR\"\n\tdepends on X86 && !BAZ\n\nconfig TWO\n\tselect FOO\n", "CONFIG_FOO CONFIG_TWO", "CONFIG_X86 CONFIG_BAZ CONFIG_FOO"},
		{"xen/xsm/flask/policy/access_vectors", "class domain2\n{\n# comment\n    set_it\n    other\n}\n", "DOMAIN2__SET_IT set_it DOMAIN2__OTHER other", "domain2"},
		{"tools/lib/Makefile", "OBJS := one.o\nobj-$(CONFIG_FOO) += two.o\n", "OBJS", "OBJS one tools/lib/one obj CONFIG_FOO two tools/lib/two"},
		{"tools/Makefile", "SUBDIRS-y += flask sub/dir/\n", "", "SUBDIRS flask sub dir tools/flask/ tools/sub/dir/"},
		{"tools/lib/Makefile", "$(obj)/xen/defs.h: defs.i $(src)/gen.awk\n", "", "obj xen defs defs src gen awk xen/defs.h tools/lib/defs.c gen.awk"},
		{"a.idl", "libxl_quota = Struct(\"quota\", [\n", "libxl_quota", "libxl_quota Struct quota"},
		{"a.py", "def run(x):\n    pass\n", "run", "def run pass"},
	} {
		s := Scan(c.path, []byte(c.text))
		var defs, uses []string
		for _, d := range s.Defs {
			defs = append(defs, d.Name)
		}
		for _, us := range s.Uses {
			for _, u := range us {
				uses = append(uses, u.Name)
			}
		}
		if strings.Join(defs, " ") != c.defs || strings.Join(uses, " ") != c.uses {
			t.Errorf("%s: defs %q uses %q", c.path, defs, uses)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add("x.c", fixture)
	f.Add("Kconfig", "config X\n\tdepends on \"")
	f.Add("access_vectors", "class {\n}")
	f.Add("Makefile", "x = a.o\\\n b.o")
	f.Add("y.c", "}}\n#define\n#include\n{((\n\"\\")
	f.Fuzz(func(t *testing.T, p, text string) {
		s := Scan(p, []byte(text))
		lines := strings.Count(text, "\n") + 1
		last := -1
		for _, it := range s.Items {
			if it.First <= last || it.Last < it.First || it.Last >= lines {
				t.Errorf("items overlap or leave the file: %+v", s.Items)
			}
			last = it.Last
		}
		for _, d := range s.Defs {
			if d.Line < 0 || d.Line >= lines || d.Name == "" {
				t.Errorf("bad definition %+v", d)
			}
		}
	})
}

// TestInvocations: what a macro defines is its first argument, or the second behind a type.
func TestInvocations(t *testing.T) {
	for text, want := range map[string]string{
		"static DEFINE_SPINLOCK(lock);": "lock", "static DEFINE_PER_CPU(uint64_t, count);": "count", "DEFINE_PER_CPU(unsigned int, n);": "n",
		"DEFINE_PER_CPU_READ_MOSTLY(struct v *, v);": "v", "static DECLARE_BITMAP(map, NR_CPUS);": "map", "DEFINE_PER_CPU(bool, yes);": "yes",
		"static DEFINE_TABLE(table, 1 + (2));": "table",
	} {
		if ds := Scan("a.c", []byte(text+"\n")).Defs; len(ds) != 1 || ds[0].Name != want || ds[0].Kind != Var {
			t.Errorf("%s defines %v", text, ds)
		}
	}
}

// TestPastes: what a macro makes of its arguments is used where it is called, up to its #undef.
func TestPastes(t *testing.T) {
	const src = "#define SEG(s, r) (check(&s, seg_ ## s), (r)->s ## _ar + (r)->x_##s##_y)\n" + // 0
		"#define TWO(a, b) a ## b\n" + // 1
		"int f(void)\n{\n" +
		"    return SEG(tr, regs) +\n" + // 4
		"           SEG(g(cs), regs) + TWO(x, y);\n" + // 5
		"}\n" +
		"#undef SEG\n" +
		"int h(void) { return SEG(ds, regs); }\n" // 8
	s := Scan("a.c", []byte(src))
	var got []string
	for n, us := range s.Uses {
		for _, u := range us {
			if strings.HasPrefix(u.Name, "seg_") && n > 0 || strings.Contains(u.Name, "_ar") && n > 0 || strings.HasPrefix(u.Name, "x_") && n > 0 || u.Name == "xy" {
				got = append(got, fmt.Sprint(n, " ", u.Name, " ", u.Member))
			}
		}
	}
	if want := "4 seg_tr false; 4 tr_ar true; 4 x_tr_y true"; strings.Join(got, "; ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, "; "), want)
	}
}
