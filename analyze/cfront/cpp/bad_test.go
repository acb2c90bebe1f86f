package cpp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
)

// TestFatal checks the errors that stop a unit: where they point, and what they say and wrap.
func TestFatal(t *testing.T) {
	bomb := "#define A0 x x x x\n"
	for i := range 40 {
		bomb += fmt.Sprintf("#define A%d A%d A%d\n", i+1, i, i)
	}
	funcs := "#define F0(x) x x\n"
	for i := range 40 {
		funcs += fmt.Sprintf("#define F%d(x) F%d(x F%d(x))\n", i+1, i, i)
	}
	empty := strings.Replace(bomb, "x x x x", "", 1)
	strs := "#define S(x) #x\n#define X(x) S(x)\n" + strings.Repeat("X(", 60) + `"` + `"` + strings.Repeat(")", 60)
	pastes := "#define P(a) P2(a,a)\n#define P2(a,b) a##b\n" + strings.Repeat("P(", 40) + "x" + strings.Repeat(")", 40)
	for _, test := range []struct {
		name  string
		files map[string]string
		opt   Options
		at    string
		cause error
		says  string
	}{
		{"no main", nil, Options{}, "t.c:1:1", fs.ErrNotExist, "cannot read the main file"},
		{"missing include", map[string]string{"t.c": "\n#include <x/y.h>\n"}, Options{}, "t.c:2:10", ErrInclude, "inc/x/y.h"},
		{"missing computed include", map[string]string{"t.c": "#define H \"y.h\"\n#include H\n"}, Options{}, "t.c:2:1", ErrInclude, "y.h: no such file"},
		{"no include operand", map[string]string{"t.c": "#include\n"}, Options{}, "t.c:1:1", ErrInclude, "expects"},
		{"empty name", map[string]string{"t.c": "#include \"\"\n"}, Options{}, "t.c:1:1", ErrInclude, "expects"},
		{"error", map[string]string{"t.c": "#if 1\n #error don't /* do */ it\n#endif\n"}, Options{}, "t.c:2:2", ErrDirective, "#error don't /* do */ it"},
		{"cycle", map[string]string{"t.c": "#include \"a.h\"\n", "a.h": "#include \"b.h\"\n", "b.h": "\n#include \"a.h\"\n"},
			Options{}, "a.h:1:1", ErrInclude, "cycle b.h -> a.h -> b.h"},
		{"deep", deepIncludes(300), Options{}, "", ErrInclude, "deeper than 200"},
		{"object bomb", map[string]string{"t.c": bomb + "A40\n"}, Options{}, "t.c:42:1", ErrLimit, "macro A40 takes more than 4000000 tokens"},
		{"empty bomb", map[string]string{"t.c": empty + "A40\n"}, Options{}, "t.c:42:1", ErrLimit, "macro A40"},
		{"function bomb", map[string]string{"t.c": funcs + "F40(a)\n"}, Options{}, "t.c:42:1", ErrLimit, "macro F40"},
		{"bomb in #if", map[string]string{"t.c": strings.Replace(bomb, "x x x x", "1 +", 1) + "#if A40\n#endif\n"}, Options{}, "t.c:42:5", ErrLimit, "macro A40"},
		{"string bomb", map[string]string{"t.c": strs}, Options{}, "t.c:3:1", ErrLimit, ""},
		{"paste bomb", map[string]string{"t.c": pastes}, Options{}, "t.c:3:1", ErrLimit, "## makes a token longer"},
		{"nested", map[string]string{"t.c": "#define F(x) x\n" + strings.Repeat("F(", 99) + strings.Repeat(")", 99)},
			Options{MaxExpansionDepth: 50}, "t.c:2:", ErrLimit, "nested deeper than 50"},
		{"include bomb", includeBomb(40), Options{}, "", ErrLimit, "more than 200000 files"},
		{"many expansions", map[string]string{"t.c": "#define E\n" + strings.Repeat("E ", 101)}, Options{MaxTokens: 100}, "t.c:2:201", ErrLimit,
			"more than 100 macros"},
		{"long chain", map[string]string{"t.c": chainBomb(100000)}, Options{}, "t.c:100003:1", ErrLimit, "macro A0"},
		{"many tokens", map[string]string{"t.c": "#define X x x x x\n" + strings.Repeat("X X X X\n", 100) + "#define Y\n"}, Options{MaxTokens: 1000},
			"t.c:102:1", ErrLimit, "more than 1000 tokens"},
		{"large file", map[string]string{"t.c": "#include \"a.h\"\n", "a.h": strings.Repeat("x", 1000)}, Options{MaxFileSize: 999},
			"t.c:1:10", ErrLimit, "MaxFileSize"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := NewSession(mapReader(test.files), test.opt)
			r, err := s.Preprocess(context.Background(), &Unit{Main: "t.c", Search: []string{"inc"}})
			var e *Error
			if !errors.As(err, &e) || r != nil {
				t.Fatalf("result %v, error %v", r, err)
			}
			if !errors.Is(err, test.cause) || !strings.HasPrefix(err.Error(), test.at) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%.300v\nwant %s ... %s, wrapping %v", err, test.at, test.says, test.cause)
			}
			// The worker is fit for another unit.
			s2, r2 := run(t, map[string]string{"t.c": "#define F(x) x\nF(F(1))\n"}, Unit{})
			if got := strings.Join(spellings(s2, r2), " "); got != "1" {
				t.Errorf("afterwards: %s", got)
			}
		})
	}
}

// includeBomb makes files that each include the next one twice.
func includeBomb(n int) map[string]string {
	files := map[string]string{"t.c": "#include \"0.h\"\n", fmt.Sprintf("%d.h", n): ""}
	for i := range n {
		files[fmt.Sprintf("%d.h", i)] = strings.Repeat(fmt.Sprintf("#include \"%d.h\"\n", i+1), 2)
	}
	return files
}

// chainBomb makes macros that each pass a pasted token on to the next one.
func chainBomb(n int) string {
	var b strings.Builder
	b.WriteString("#define C(x, y) x##y\n")
	for i := range n {
		fmt.Fprintf(&b, "#define A%d(x) A%d(C(x,)) x##1 __LINE__\n", i, i+1)
	}
	return b.String() + "\nA0(x)\n"
}

func deepIncludes(n int) map[string]string {
	files := map[string]string{"t.c": "#include \"0.h\"\n"}
	for i := range n {
		files[fmt.Sprintf("%d.h", i)] = fmt.Sprintf("#include \"%d.h\"\n", i+1)
	}
	return files
}

// TestWorkerAfterFailure checks that a failed unit does not spoil the next one of the same session.
func TestWorkerAfterFailure(t *testing.T) {
	files := map[string]string{
		"bad.c":  "#define F(x) x x\n#define G F(F(F(\n#define Q 1\nF(F(\n#if 1\n#error stop\n#endif\n1))\n",
		"bomb.c": "#define A B B\n#define B C C\n#define C x x\n#define F(x) x x x\nF(F(F(A A A)))\n",
		"good.c": "#ifdef Q\nleak\n#endif\n#define F(x) x\nF(F(1)) A\n",
	}
	s := NewSession(mapReader(files), Options{MaxInvocation: 60})
	for range 3 {
		for _, main := range []string{"bad.c", "bomb.c", "good.c"} {
			r, err := s.Preprocess(context.Background(), &Unit{Main: main})
			if main != "good.c" {
				if err == nil {
					t.Errorf("%s: no error", main)
				}
				continue
			}
			if err != nil || strings.Join(spellings(s, r), " ") != "1 A" {
				t.Errorf("good.c: %v, %v", err, r)
			}
		}
	}
}

// TestDiagnostics checks the problems that do not stop a unit.
func TestDiagnostics(t *testing.T) {
	for _, test := range []struct{ text, says, tokens string }{
		{"#bogus x\na\n", "t.c:1:1: error: invalid preprocessing directive #bogus", "a"},
		{"#if 1\na\n", "t.c:1:1: error: unterminated conditional", "a"},
		{"#endif\na\n#else\n", "t.c:1:1: error: #endif without #if", "a"},
		{"#if 0\n#else\n#else\n#endif\na\n", "t.c:3:1: error: #else after #else", "a"},
		{"#if 1 +\n#endif\na", "t.c:1:1: error: #if expression ends too early", "a"},
		{"#if\n#endif\na", "t.c:1:1: error: #if with no expression", "a"},
		{"#if 1 2\nx\n#endif\na", "error: unexpected 2 after the #if expression", "a"},
		{"#if 08\nx\n#endif\na", "error: 08 is not an integer constant", "a"},
		{"#if 1.0\nx\n#endif\na", "error: 1.0 is not an integer constant", "a"},
		{"#if 99999999999999999999\nx\n#endif\na", "is too large", "a"},
		{"#if \"s\"\nx\n#endif\na", "is not valid in #if expressions", "a"},
		{"#if (1\nx\n#endif\na", "missing ')'", "a"},
		{"#if 1 ? 2\nx\n#endif\na", "'?' without following ':'", "a"},
		{"#if 0 / 0\nx\n#endif\na", "division by zero", "a"},
		{"#if ''\nx\n#endif\na", "empty character constant", "a"},
		{"#if defined\nx\n#endif\na", "requires an identifier", "a"},
		{"#if defined(X\nx\n#endif\na", "missing ')'", "a"},
		{"#if " + strings.Repeat("(", 2000) + "1" + strings.Repeat(")", 2000) + "\nx\n#endif\na", "nested deeper than 500", "a"},
		{"#if " + strings.Repeat("1?", 2000) + "1\nx\n#endif\na", "nested deeper than 500", "a"},
		{"#if " + strings.Repeat("- ", 9000) + "1\nb\n#endif\na", "", "b a"},
		{"#ifdef\nx\n#endif\na", "#ifdef needs a macro name", "a"},
		{"#define\na", "#define needs a macro name", "a"},
		{"#define 1 2\na", "#define needs a macro name", "a"},
		{"#define defined\na", "defined cannot be used as a macro name", "a"},
		{"#define F(x\na", "missing ')' in a macro parameter list", "a"},
		{"#define F(x,x) x\na", "duplicate macro parameter x", "a"},
		{"#define F(x,) x\na", "unexpected ) in a macro parameter list", "a"},
		{"#define F(...,x) x\na", "expected ')' after '...'", "a"},
		{"#define F(x) #y\na", "'#' is not followed by a macro parameter", "a"},
		{"#define F ## x\na", "'##' cannot appear at either end", "a"},
		{"#define F x ##\na", "'##' cannot appear at either end", "a"},
		{"#define F(x...) __VA_OPT__(\na", "unterminated __VA_OPT__", "a"},
		{"#define F(x...) __VA_OPT__(## x)\na", "'##' cannot appear at either end of __VA_OPT__", "a"},
		{"#define F(x...) __VA_OPT__ x\na", "must be followed by an open parenthesis", "a"},
		{"#define F(x) x\nF(1, 2) a", "t.c:2:1: error: macro F takes 1 arguments, but 2 are given", "F a"},
		{"#define F(x, y) x\nF(1) a", "macro F takes 2 arguments, but 1 are given", "F a"},
		{"#define F(x) x\na F(1, (2)\n", "t.c:2:3: error: unterminated argument list invoking macro F", "a F"},
		{"#define F(x) x\n#define G F(\na G\n", "unterminated argument list invoking macro F", "a F"},
		{"#define P(a,b) a##b\nP(+,x)", "pasting + and x does not give a valid preprocessing token", "+ x"},
		{"#define S(x) #x\nS(\\)", "ignoring final", `""`},
		{"a /* b", "t.c:1:3: error: unterminated comment", "a"},
		{"#undef\na", "#undef needs a macro name", "a"},
		{"#line x\na", "#line needs a line number", "a"},
		{"#line 99999999999\na", "#line needs a line number", "a"},
		{"#line 3 x\na", "#line needs a file name", "a"},
		{"_Pragma(1) a", "_Pragma takes a parenthesized string literal", "a"},
		{"#define A 1\n#define A 2\nA", "t.c:2:9: warning: macro A is redefined differently", "2"},
		{"#define A 1\n#define A  1 /**/\nA", "", "1"},
		{"#warning careful\na", "t.c:1:1: warning: #warning careful", "a"},
		{"__has_include(<x>) a", "used outside of a preprocessing directive", "0 ( < x > ) a"},
		{"#if __has_include\n#endif\na", "needs a header name", "a"},
		{"#if __has_include(<x)\n#endif\na", "needs a header name", "a"},
		{"#pragma push_macro(x)\na", "warning: #pragma push_macro(x) is malformed", "a"},
		{"#ifdef X\n#bogus\n#if (\n#endif\n#endif\na", "", "a"},
	} {
		s, r, err := preprocessText(t, test.text, Options{})
		if err != nil {
			t.Errorf("%.60q: %v", test.text, err)
			continue
		}
		var says []string
		for _, d := range r.Diags {
			says = append(says, s.FormatDiag(d))
		}
		if all := strings.Join(says, "\n"); !strings.Contains(all, test.says) || (test.says == "") != (all == "") {
			t.Errorf("%.60q: diagnostics %q, want %q", test.text, says, test.says)
		}
		if got := strings.Join(spellings(s, r), " "); got != test.tokens {
			t.Errorf("%.60q: tokens %.200s, want %s", test.text, got, test.tokens)
		}
	}
}

// TestTolerant checks that a tolerant session goes on after a missing include and an #error.
func TestTolerant(t *testing.T) {
	files := map[string]string{"t.c": "#include \"no.h\"\na\n#error no\nb\n#include <a.h>\n#include X\nc\n"}
	s := NewSession(mapReader(files), Options{Tolerant: true})
	r, err := s.Preprocess(context.Background(), &Unit{Main: "t.c", Includes: []string{"none.h"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(spellings(s, r), " "); got != "a b c" {
		t.Errorf("tokens %s", got)
	}
	if len(r.Diags) != 5 {
		t.Errorf("diagnostics %v", r.Diags)
	}
	for _, d := range r.Diags {
		if d.Severity != SevError {
			t.Errorf("%s", s.FormatDiag(d))
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := NewSession(mapReader(map[string]string{"t.c": "a\n"}), Options{})
	if _, err := s.Preprocess(ctx, &Unit{Main: "t.c"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestUnknownArch(t *testing.T) {
	s := NewSession(mapReader(map[string]string{"t.c": "a\n"}), Options{})
	_, err := s.Preprocess(context.Background(), &Unit{Main: "t.c", Arch: "vax"})
	if err == nil || !strings.Contains(err.Error(), "vax") || !strings.Contains(err.Error(), "x86_64") {
		t.Errorf("error %v", err)
	}
}

// TestReadError checks that a file that cannot be read, though it exists, is not taken for missing.
func TestReadError(t *testing.T) {
	denied := errors.New("permission denied")
	s := NewSession(func(name string) ([]byte, error) {
		if name == "t.c" {
			return []byte("#include \"h.h\"\n"), nil
		}
		return nil, denied
	}, Options{Tolerant: true})
	_, err := s.Preprocess(context.Background(), &Unit{Main: "t.c"})
	if !errors.Is(err, denied) || !strings.HasPrefix(err.Error(), "t.c:1:10: ") {
		t.Errorf("error %v", err)
	}
}

// FuzzPreprocess runs arbitrary bytes: no crash, bounded work, positions that hold, and the same answer twice.
func FuzzPreprocess(f *testing.F) {
	for _, text := range []string{
		"", "\\", "\\\n", "#", "#define", "#define F(", "F(", "\"", "'", "/*", "//\\\n", "#if", "#if 1\n#else", "R\"(", "R\"x(\n)x\"",
		"\x00\xff\xfe#\x00define X\n", "\xef\xbb\xbf#define A\nA", "%:%:\\\n", "#include <a\n>", "#include \"\\\n\"", "é ü \u2028",
		"#define A A A\nA", "#define f(x) x##x\nf(f)(f(", "#pragma push_macro(\"\")\n", "_Pragma(", "__has_include(", "0e+\\\n+1",
		"#if '\\", "#if 0x", "#if L'\\xfffffffff'", "a\r\nb\\\r\nc\rd", "#line 1 \"\"\n__FILE__", ".\\\n.\\\n.", "#define X(a...) a##a##__VA_OPT__(a)##a\nX()X(1,2)",
	} {
		f.Add([]byte(text))
	}
	for seed := range uint64(10) {
		f.Add([]byte(splice(generate(seed, true), seed)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		files := map[string]string{"t.c": string(text), "a": "#ifndef A\n#define A 1\n#endif\n"}
		s := NewSession(mapReader(files), Options{Tolerant: true, MaxTokens: 1e5, MaxInvocation: 1e5, MaxDepth: 10})
		for _, u := range []*Unit{{Main: "t.c", Std: "gnu11"}, {Main: "t.c", Asm: true}, {Main: "t.c", Std: "c99"}} {
			r, err := s.Preprocess(context.Background(), u)
			if err != nil {
				if !errors.Is(err, ErrLimit) && !errors.Is(err, ErrInclude) {
					t.Fatal(err)
				}
				continue
			}
			checkPositions(t, s, r)
			again, err := s.Preprocess(context.Background(), u)
			if err != nil {
				t.Fatal(err)
			}
			if d := diffTokens(spellings(s, again), spellings(s, r)); d != "" {
				t.Fatal(d)
			}
		}
	})
}
