package synth

import (
	"errors"
	"strings"
	"testing"
)

// squash turns runs of blanks, newlines and continuations into one space.
func squash(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\\\n", " ")), " ")
}

// wantIn fails unless text holds every part, blanks aside.
func wantIn(t *testing.T, what string, text []byte, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(squash(string(text)), squash(p)) {
			t.Errorf("%s lacks %q:\n%s", what, p, text)
		}
	}
}

func TestCompileInfo(t *testing.T) {
	got := string(CompileInfo([]byte("#ifndef G\n#define V @@version@@\n#define S \"@@who@@\"\n#define XEN_BANNER \\\n"), map[string]string{"version": "4"}))
	if got != "#ifndef G\n#define V 4\n#define S \"\"\n#define XEN_BANNER \\\n\t\"\"\n\n#endif\n\n" {
		t.Errorf("got %q", got)
	}
}

func TestAsmOffsets(t *testing.T) {
	got := string(AsmOffsets([]byte("#define OFFSET(sym, str) \\\n    DEFINE(sym, x)\nvoid f(void)\n{\n    OFFSET(REGS_r15, struct r);\n    BLANK();\n    DEFINE(SIZE, sizeof(x));\n}\n")))
	if !strings.Contains(got, "#define REGS_r15 0\n#define SIZE 0\n") || strings.Contains(got, "sym") {
		t.Errorf("got %q", got)
	}
}

func TestFlask(t *testing.T) {
	f := FlaskClasses([]byte("# c\nclass xen\nclass domain\nclass xen\n"), []byte("sid kernel\nsid domU\n"), true)
	wantIn(t, "flask.h", f["flask.h"], "#define SECCLASS_XEN 1", "#define SECCLASS_DOMAIN 2", "#define SECINITSID_DOMU 2", "#define SECINITSID_NUM 2")
	wantIn(t, "classes", f["class_to_string.h"], `S_("null") S_("xen") S_("domain")`)
	wantIn(t, "sids", f["initial_sid_to_string.h"], `static const char * const initial_sid_to_string[] = { "null", "kernel", "domU", };`)
	text := []byte("class xen\n{\n# why\n    settime\n  a_b }\nclass domain { pause }\n")
	v, err := FlaskVectors("av", text)
	if err != nil {
		t.Fatal(err)
	}
	wantIn(t, "permissions", v["av_permissions.h"], "#define XEN__SETTIME (1UL << 0)", "#define XEN__A_B (1UL << 1)", "#define DOMAIN__PAUSE (1UL << 0)")
	wantIn(t, "names", v["av_perm_to_string.h"], `S_(SECCLASS_XEN, XEN__A_B, "a_b")`)
	rows, err := FlaskRows("av", []byte("class xen\nclass domain\n"), text)
	if err != nil {
		t.Fatal(err)
	}
	wantIn(t, "rows", rows["av_perm_to_string.h"], `{ 1, 1, "a_b" }, { 2, 0, "pause" },`)
	_, err = FlaskVectors("av", []byte("class xen\n{ a }\n}\n"))
	if e := new(Error); !errors.As(err, &e) || e.Line != 3 {
		t.Errorf("stray brace: %v", err)
	}
}

func TestCPUFeatures(t *testing.T) {
	h := CPUFeatures([]byte("/* leaf, word 0 */\nXEN_CPUFEATURE(FPU,  0*32+ 0) /*A  x */\nXEN_CPUFEATURE(APIC, 0*32+ 9) /*!A x */\nXEN_CPUFEATURE(3DNOW, 0*32+31) /*s x */\n/* leaf, word 1 */\n"),
		[]byte("def f():\n    deps = {\n        # why\n        FPU: [APIC],\n        APIC: [_3DNOW],\n    }\n"))
	wantIn(t, "cpuid", h, "#define FEATURESET_NR_ENTRIES 2", "#define INIT_KNOWN_FEATURES { 0x80000201U, 0x00000000U, }", "#define INIT_SPECIAL_FEATURES { 0x00000200U,",
		"#define INIT_PV_DEF_FEATURES { 0x00000201U,", "#define INIT_HVM_SHADOW_MAX_FEATURES { 0x80000201U,", "#define NR_DEEP_DEPS 2U",
		"{ 0x0U, { 0x80000200U, 0x00000000U, }, },", `{ "3dnow", 31U },`, "bool fpu:1, :1,", "_3dnow:1")
}

// header is a tree's table of rewrites, in the form of its scripts.
const header = `pats = [
 [ r"(struct|union|enum)\s+(xen_?)?(\w)", r"\1 compat_\3" ],
 [ r"_t([^\w]|$)", r"_compat_t\1" ],
 [ r"(8|16|32|64)_compat_t([^\w]|$)", r"\1_t\2" ],
 [ r"(^|[^\w])long([^\w]|$$)", r"\1int\2" ]
];`

func TestCompatHeader(t *testing.T) {
	ps, err := Patterns("s.py", []byte(header))
	if err != nil {
		t.Fatal(err)
	}
	got := CompatHeader("compat/a-b.h", []byte("struct xen_poll {\n    unsigned long nr;\n    port_t p; uint32_t u;\n};\n"), ps, true)
	wantIn(t, "header", got, "#ifndef _COMPAT_A_B_H", "#include <public/a-b.h>", "#pragma pack(4)", "struct compat_poll { unsigned int nr; port_compat_t p; uint32_t u; };")
	if _, err := Patterns("s.py", []byte("nothing")); err == nil {
		t.Error("no table: no error")
	}
	src := CompatSource([]byte("typedef struct foo foo_t;\nstruct bar b;\nDEFINE_XEN_GUEST_HANDLE(long);\n"), nil, []Xlat{{"?", "foo", "x.h"}, {"!", "bar", "x.h"}})
	if string(src) != "typedef struct @KeeP@foo foo_t;\nstruct bar b;\n\n" {
		t.Errorf("source: %q", src)
	}
}

func TestXlatHeader(t *testing.T) {
	list := XlatList([]byte("# c\n!\tpoll\t\tx.h\n?  spot arch-@arch@.h\n? xenbig x.h\n"), "x86_32")
	if len(list) != 3 || list[1].Header != "arch-x86_32.h" {
		t.Fatalf("list: %v", list)
	}
	h := map[string][]byte{
		"x.h": []byte(`#include "y.h"
typedef COMPAT_HANDLE(void) vp_compat_t;
struct compat_poll {
    COMPAT_HANDLE(port_compat_t) ports;
    unsigned int nr:4, more;
    int16_t grid[3][4];
    vp_compat_t any;
    struct compat_in in;
    uint32_t _pad;
    union { struct { uint8_t v; } one; uint16_t two; } u;
};
struct compat_big { compat_small_t s; struct compat_in in; struct { int a; } n; };
`),
		"arch-x86_32.h": []byte("union compat_spot { int a; char b[4]; };\n"),
	}
	got, errs := XlatHeader(list, h, true)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	wantIn(t, "xlat", got, "enum XLAT_poll_u { XLAT_poll_u_one, XLAT_poll_u_two, };",
		"#define XLAT_poll(_d_, _s_) do { XLAT_poll_HNDL_ports(_d_, _s_); (_d_)->nr = (_s_)->nr; (_d_)->more = (_s_)->more;",
		"{ unsigned int i1; for (i1 = 0; i1 < 3; ++i1) { { unsigned int i0; for (i0 = 0; i0 < 4; ++i0) { (_d_)->grid[i1][i0] = (_s_)->grid[i1][i0]; } } } }",
		"XLAT_poll_HNDL_any(_d_, _s_); XLAT_in(&(_d_)->in, &(_s_)->in);",
		"switch (u) { case XLAT_poll_u_one: (_d_)->u.one.v = (_s_)->u.one.v; break; case XLAT_poll_u_two: (_d_)->u.two = (_s_)->u.two; break; }",
		"#define CHECK_spot CHECK_SIZE_(union, spot); CHECK_FIELD_(union, spot, a); CHECK_FIELD_(union, spot, b)",
		"#define CHECK_big CHECK_SIZE_(struct, big); CHECK_small; CHECK_compat_in; CHECK_SUBFIELD_1_(struct, big, n, a)")
	if strings.Contains(string(got), "_pad") {
		t.Error("padding is copied")
	}
	got, _ = XlatHeader(list[2:], h, false)
	wantIn(t, "older check", got, "CHECK_FIELD_(struct, big, s)")
	if _, errs := XlatHeader([]Xlat{{"!", "none", "x.h"}}, h, true); len(errs) != 1 {
		t.Errorf("missing structure: %v", errs)
	}
}

func TestHypercalls(t *testing.T) {
	text := `# 1 "x"
rettype: compat int
handle: const_void const void
defhandle: op_t struct op
prefix: do compat
xen_op(int cmd, const void *arg)
prefix: do
iret()
set(struct op *p, unsigned long v)
caller: pv64
table: pv32 pv64 hvm
xen_op compat do:1 -
iret - do do
set - - -
`
	got, err := Hypercalls("h.c", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	wantIn(t, "header", got, "__DEFINE_XEN_GUEST_HANDLE(op_t, struct op);", "long do_xen_op(int cmd, XEN_GUEST_HANDLE_PARAM(const_void) arg);",
		"int compat_xen_op(int cmd, XEN_GUEST_HANDLE_PARAM(const_void) arg);", "long do_iret(void);", "long do_set(XEN_GUEST_HANDLE_PARAM(op_t) p, unsigned long v);",
		"case __HYPERVISOR_xen_op: ret = do_xen_op((int)(a1), (XEN_GUEST_HANDLE_PARAM(const_void)){ _p(a2) }); break;", "[__HYPERVISOR_iret] = 0,")
	if strings.Contains(string(got), "pv32") {
		t.Error("an inactive caller is there")
	}
	for bad, line := range map[string]int{"prefix:": 1, "\nfoo": 2, "prefix: do\nf(int)": 2, "caller: a\ntable: a b\nf do": 3, "caller: a\ntable: a\nf do": 3} {
		_, err := Hypercalls("h.c", []byte(bad))
		if e := new(Error); !errors.As(err, &e) || e.Line != line {
			t.Errorf("%q: got %v, want an error at line %d", bad, err, line)
		}
	}
}

func FuzzXlat(f *testing.F) {
	f.Add("struct compat_a { COMPAT_HANDLE(x) h, g[2]; union { int b; } u; struct compat_c c; } ;")
	f.Add("typedef COMPAT_HANDLE(v) t; struct compat_a { { [ } ; ; ] union {")
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []string{"!", "?"} {
			out, errs := XlatHeader([]Xlat{{kind, "a", "h"}}, map[string][]byte{"h": []byte(text)}, true)
			if len(errs) == 0 && !strings.Contains(string(out), "_a") {
				t.Fatalf("neither a macro nor an error: %q", out)
			}
		}
	})
}

func FuzzHypercalls(f *testing.F) {
	f.Add("prefix: do\nf(int a, void *b)\ncaller: c\ntable: c\nf do:1\n")
	f.Fuzz(func(t *testing.T, text string) {
		out, err := Hypercalls("h", []byte(text))
		if e := new(Error); err != nil && !errors.As(err, &e) || err == nil && len(out) == 0 {
			t.Fatalf("%q, %v", out, err)
		}
	})
}

func FuzzFlaskVectors(f *testing.F) {
	f.Add("class a { b c }\nclass d\n{\n#\n e }")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := FlaskVectors("av", []byte(text)); err != nil {
			if e := new(Error); !errors.As(err, &e) || e.Line < 1 {
				t.Fatal(err)
			}
		}
	})
}
