package cpp

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// definitions renders a unit's macros as #define lines, less the built-in ones.
func definitions(s *Session, r *Result) []string {
	var out []string
	for _, m := range r.Macros() {
		if m.Builtin {
			continue
		}
		var b strings.Builder
		b.WriteString("#define " + s.Spelling(m.Name))
		if m.FuncLike {
			var params []string
			for _, p := range m.Params {
				params = append(params, s.Spelling(p))
			}
			b.WriteString("(" + strings.Join(params, ",") + ")")
		}
		b.WriteString(" ")
		for i, t := range m.Body {
			if i > 0 && t.Flags&SpaceBefore != 0 {
				b.WriteString(" ")
			}
			b.WriteString(s.Spelling(t.Sym))
		}
		out = append(out, b.String())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// predefTest is one compiler call whose predefined macros are compared with ours.
type predefTest struct {
	arch, std string
	gcc       string // the compiler, with flags that choose the architecture
	flags     string
}

// TestPredefinedAgainstGCC compares the macros a unit starts with to those of the host's GCC, for the flags that
// kernels use. Std "" means assembly.
func TestPredefinedAgainstGCC(t *testing.T) {
	const kernel = "-O2 -fno-pie -fcf-protection=none "
	for _, test := range []predefTest{
		{"x86_64", "gnu17", "gcc", "-fno-pie -fcf-protection=none"},
		{"x86_64", "gnu99", "gcc", kernel},
		{"x86_64", "gnu11", "gcc", "-Os -fPIC -fcf-protection=branch -ffreestanding"},
		{"x86_64", "c99", "gcc", kernel + "-mcmodel=kernel -fshort-wchar"},
		{"x86_64", "gnu89", "gcc", kernel + "-fstack-protector -funsigned-char"},
		{"x86_64", "c11", "gcc", "-fpie -fcf-protection=full -msoft-float"},
		{"x86_64", "", "gcc", kernel},
		{"x86_32", "gnu99", "gcc -m32", kernel},
		{"x86_32", "c99", "gcc -m32", kernel},
	} {
		t.Run(test.arch+" "+test.std+" "+test.flags, test.run)
	}
}

func (test predefTest) run(t *testing.T) {
	flags := strings.Fields(test.flags)
	args := append(strings.Fields(test.gcc), "-dM", "-E", "-nostdinc", "-x")
	if test.std == "" {
		args = append(args, "assembler-with-cpp")
	} else {
		args = append(args, "c", "-std="+test.std)
	}
	out, err := exec.Command(args[0], append(append(args[1:], flags...), "/dev/null")...).Output()
	if err != nil {
		t.Fatal(err)
	}
	s := NewSession(mapReader(map[string]string{"t.c": ""}), Options{})
	r, err := s.Preprocess(context.Background(), &Unit{Main: "t.c", Arch: test.arch, Std: test.std, Asm: test.std == "",
		Macros: FlagMacros(test.arch, flags)})
	if err != nil {
		t.Fatal(err)
	}
	compareSets(t, definitions(s, r), strings.Split(strings.TrimSpace(string(out)), "\n"))
}

// compareSets reports the lines that only one of two lists has.
func compareSets(t *testing.T, got, want []string) {
	t.Helper()
	trim := func(list []string) map[string]bool {
		set := map[string]bool{}
		for _, l := range list {
			set[strings.TrimRight(l, " ")] = true
		}
		return set
	}
	g, w := trim(got), trim(want)
	for l := range g {
		if !w[l] {
			t.Errorf("only ours: %s", l)
		}
	}
	for l := range w {
		if !g[l] {
			t.Errorf("only GCC's: %s", l)
		}
	}
}

// TestBuiltinHeadersCompile has GCC compile assertions about our own headers, in place of its own.
func TestBuiltinHeadersCompile(t *testing.T) {
	const text = `
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <limits.h>
#include <float.h>
#include <iso646.h>
#include <stdalign.h>
#include <stdnoreturn.h>
struct s { char c; int64_t v; };
_Static_assert(offsetof(struct s, v) == 8 and sizeof(size_t) == sizeof(void *), "");
_Static_assert(INT8_MAX == 127 && INT16_MIN == -32768 && UINT32_MAX == 4294967295u && INT64_MIN < 0, "");
_Static_assert(INT_MAX == 2147483647 && INT_MIN == -INT_MAX - 1 && UINT_MAX == 4294967295u, "");
_Static_assert(ULONG_MAX == -1ul && LLONG_MAX == INT64_MAX && UCHAR_MAX == 255 && CHAR_MIN == -128, "");
_Static_assert(sizeof(uintptr_t) == sizeof(void *) && SIZE_MAX == UINTPTR_MAX && INTMAX_C(1) == 1, "");
_Static_assert(DBL_MANT_DIG == 53 && FLT_RADIX == 2 && alignof(int) == 4, "");
noreturn void stop(void);
bool f(const char *fmt, ...) { va_list a, b; va_start(a, fmt); va_copy(b, a); int i = va_arg(a, int); va_end(a); va_end(b);
  if (fmt == NULL or not i)
    stop();
  return true; }
`
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.c"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	headers, err := filepath.Abs("headers")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("gcc", "-std=gnu11", "-nostdinc", "-isystem", headers, "-Wall", "-Werror", "-Wsystem-headers",
		"-fsyntax-only", filepath.Join(dir, "t.c")).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	// The same headers are what a unit without any finds.
	s := NewSession(mapReader(map[string]string{"t.c": text}), Options{})
	r, err := s.Preprocess(context.Background(), &Unit{Main: "t.c", Arch: "x86_64", Std: "gnu11", Search: []string{"inc"}})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Files); n != 10 || s.FileName(r.Files[1].File) != "<builtin>/stdarg.h" {
		t.Errorf("%d files used, the second is %s", n, s.FileName(r.Files[1].File))
	}
	if !slices.Contains(r.Absent, "inc/stdarg.h") {
		t.Errorf("absent: %q", r.Absent)
	}
}

// TestFeaturesAgainstGCC asks the host's GCC what predef/features.txt says it answers, and about names it has not.
func TestFeaturesAgainstGCC(t *testing.T) {
	var b strings.Builder
	ask := func(op, name string) {
		b.WriteString("#if " + op + "(" + name + ")\nyes " + op[6:] + " " + name + "\n#endif\n")
	}
	for name := range features().attributes {
		ask("__has_attribute", name)
		ask("__has_attribute", "__"+name+"__")
	}
	for name := range features().builtins {
		ask("__has_builtin", name)
	}
	for name := range features().standard {
		ask("__has_c_attribute", name)
	}
	for _, op := range []string{"__has_attribute", "__has_builtin", "__has_c_attribute"} {
		ask(op, "nonsense_name")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.c"), []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	want, err := gccE(t, dir, "gnu11", "-nostdinc", "t.c")
	if err != nil {
		t.Fatal(err)
	}
	s, r, err := preprocessText(t, b.String(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(want) < 2000 {
		t.Errorf("only %d answers", len(want))
	}
	if d := diffTokens(spellings(s, r), want); d != "" {
		t.Error(d)
	}
}
