package recipe

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// treeOf makes a tree of one C file.
func treeOf(t testing.TB, src string) *refactor.Tree {
	t.Helper()
	tr, err := refactor.NewTree("t", map[string]*refactor.File{"a.c": refactor.NewFile(refactor.ModeFile, []byte(src))})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// content returns the file of treeOf.
func content(t testing.TB, tr *refactor.Tree) string {
	t.Helper()
	b, err := tr.ReadFile("a.c")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// randomCode writes lines under nested conditionals on macros A to D.
func randomCode(r *rand.Rand, depth int, b *strings.Builder, n *int) {
	for range 1 + r.IntN(3) {
		*n++
		fmt.Fprintf(b, "int v%d;\n", *n)
		if depth == 0 || r.IntN(3) == 0 {
			continue
		}
		switch r.IntN(3) {
		case 0:
			fmt.Fprintf(b, "#%s %c\n", []string{"ifdef", "ifndef"}[r.IntN(2)], 'A'+rune(r.IntN(4)))
		default:
			fmt.Fprintf(b, "#if %s\n", randomCond(r, 2))
		}
		randomCode(r, depth-1, b, n)
		for r.IntN(3) == 0 {
			fmt.Fprintf(b, "#elif %s\n", randomCond(r, 2))
			randomCode(r, depth-1, b, n)
		}
		if r.IntN(2) == 0 {
			b.WriteString("#else\n")
			randomCode(r, depth-1, b, n)
		}
		b.WriteString("#endif\n")
	}
}

func randomCond(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(3) == 0 {
		return fmt.Sprintf([]string{"defined(%c)", "defined %c", "!defined(%c)"}[r.IntN(3)], 'A'+rune(r.IntN(4)))
	}
	s := randomCond(r, depth-1) + []string{" && ", " || "}[r.IntN(2)] + randomCond(r, depth-1)
	switch r.IntN(3) {
	case 0:
		return "(" + s + ")"
	case 1:
		return "!(" + s + ")"
	}
	return s
}

// preprocess is the oracle: what the compiler makes of the text, without blank lines and line markers.
func preprocess(t *testing.T, src string, defs ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.c")
	if err := os.WriteFile(file, []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	args := []string{"-E", "-P"}
	for _, d := range defs {
		args = append(args, "-D"+d)
	}
	out, err := exec.Command("gcc", append(args, file)...).Output()
	if err != nil {
		t.Fatalf("gcc: %v\n%s", err, src)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// TestUnwrapOracle decides macro A in random nests of conditionals: the compiler sees the same with and without the change, whatever
// the other macros are, and A is named no more.
func TestUnwrapOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	changed := 0
	for range 25 {
		var b strings.Builder
		n := 0
		randomCode(r, 3, &b, &n)
		src := b.String()
		for _, on := range []bool{true, false} {
			step := Step{Do: "unwrap", Of: "macro:A", Value: map[bool]string{true: "y", false: "n"}[on]}
			_, after, err := (&Recipe{Steps: []Step{step}}).Run(treeOf(t, src))
			if err != nil {
				if hasWord([]byte(src), "A") {
					t.Fatalf("%v\n%s", err, src)
				}
				continue
			}
			got := content(t, after)
			changed++
			if hasWord([]byte(got), "A") {
				t.Fatalf("A is still there:\n%s\nof\n%s", got, src)
			}
			others := []string{"X"}
			for _, m := range []string{"B", "C", "D"} {
				if r.IntN(2) == 0 {
					others = append(others, m)
				}
			}
			before := others
			if on {
				before = append([]string{"A"}, others...)
			}
			if want, have := preprocess(t, src, before...), preprocess(t, got, others...); want != have {
				t.Fatalf("with %v the compiler sees\n%s\nwant\n%s\nafter\n%s\nbefore\n%s", before, have, want, got, src)
			}
		}
	}
	if changed < 30 {
		t.Errorf("%d changes: the test proves little", changed)
	}
}

// TestGeneratedIsLeft has what .gitignore names be no part of the tree that a recipe changes.
func TestGeneratedIsLeft(t *testing.T) {
	tr, err := refactor.NewTree("t", map[string]*refactor.File{
		".gitignore": refactor.NewFile(refactor.ModeFile, []byte("/gen/\n*.i\n!keep.i\n")),
		"a.c":        refactor.NewFile(refactor.ModeFile, []byte("int f(void);\n")),
		"gen/b.c":    refactor.NewFile(refactor.ModeFile, []byte("int f(void);\n")),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, after, err := (&Recipe{Steps: []Step{{Do: "rename", Of: "func:f", To: "g"}}}).Run(tr)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := after.ReadFile("gen/b.c"); string(b) != "int f(void);\n" || !strings.Contains(content(t, after), "g(void)") {
		t.Errorf("%s, %s", content(t, after), b)
	}
}

// TestMoveLinks moves a folder: links to it and links in it still lead to what they led to, and a link that a build makes is left alone.
func TestMoveLinks(t *testing.T) {
	link := func(to string) *refactor.File { return refactor.NewFile(refactor.ModeSymlink, []byte(to)) }
	tr, err := refactor.NewTree("t", map[string]*refactor.File{
		"a/b/list": refactor.NewFile(refactor.ModeFile, []byte("list\n")), "lib/x": refactor.NewFile(refactor.ModeFile, []byte("x\n")),
		".gitignore": refactor.NewFile(refactor.ModeFile, []byte("made\n")), "made": link("a/b/list"),
		"tools/list": link("../a/b/list"), "tools/dir": link("../a/b"), "a/b/x": link("../../lib/x"), "a/b/here": link("list"),
		"tools/other": link("../lib/x"), "gone": link("a/nothing"), "out": link("/etc/hosts"),
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Command([]string{"move", "a/b=c"})
	if err != nil {
		t.Fatal(err)
	}
	_, after, err := r.Run(tr)
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[string]string{"tools/list": "../c/list", "tools/dir": "../c", "c/x": "../lib/x", "c/here": "list", "tools/other": "../lib/x",
		"made": "a/b/list", "gone": "a/nothing", "out": "/etc/hosts"} {
		f := after.File(p)
		if f == nil || f.Mode != refactor.ModeSymlink {
			t.Errorf("%s is no link", p)
		} else if got, _ := f.Bytes(); string(got) != want {
			t.Errorf("%s leads to %s, want %s", p, got, want)
		}
	}
}

// FuzzRead reads any recipe file: an error that names it, or steps that exist.
func FuzzRead(f *testing.F) {
	f.Add("steps:\n- {do: rename, of: \"func:a\", to: b}\n")
	f.Add("title: x\nsteps:\n- do: rewrite\n  match: f($x)\n  where: {x: expr struct s}\n  files: [a, b]\n  count: 3\n")
	f.Add("steps: [!x ]")
	f.Fuzz(func(t *testing.T, src string) {
		r, err := Read("r.yaml", []byte(src))
		if err != nil {
			if !strings.Contains(err.Error(), "r.yaml") {
				t.Fatalf("the error does not name the file: %v", err)
			}
			return
		}
		tr := treeOf(t, "int a(int b)\n{\n    return a(b);\n}\n")
		if _, _, err := r.Run(tr); err != nil && err.Error() == "" {
			t.Fatal("an error without words")
		}
	})
}

// FuzzCommand reads a step from words.
func FuzzCommand(f *testing.F) {
	f.Add("rename func:a=b comments=keep")
	f.Add("add-param func:a param=int argument=$1 at=first")
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := Command(strings.Fields(s)); err == nil && len(r.Steps) != 1 {
			t.Fatalf("%d steps", len(r.Steps))
		}
	})
}

// FuzzPattern compiles any pattern and tries it on any text: no panic, and each match lies in the text with what it binds.
func FuzzPattern(f *testing.F) {
	f.Add("if ( $a ) return $b;", "int f(int x)\n{\n    if ( x ) { return 1; }\n    return 0;\n}\n")
	f.Add("f($x, ...)", "#define M f(1, 2)\nint g(void) { return f(f(3), 4); }\n")
	f.Add("lock($l); ... unlock($l);", "void g(void) { lock(a); b(); unlock(a); }")
	f.Add("$a + $b", "int v = (1 + 2) * 3 + 4;")
	f.Fuzz(func(t *testing.T, pat, src string) {
		p, err := compilePattern(pat, nil)
		if err != nil {
			return
		}
		w, err := openWorld(treeOf(t, src), nil)
		if err != nil {
			t.Fatal(err)
		}
		e := newEditor(w)
		ms, err := e.matches(p, &Step{})
		if err != nil {
			return
		}
		for _, m := range ms {
			if m.from < 0 || m.to > len(m.list) || m.from >= m.to && len(p.toks) != len(p.dots) {
				t.Fatalf("match [%d,%d) of %d tokens", m.from, m.to, len(m.list))
			}
			for _, b := range m.bound {
				if b.from < m.from || b.to > m.to {
					t.Fatalf("binding [%d,%d) outside [%d,%d)", b.from, b.to, m.from, m.to)
				}
			}
		}
	})
}

// TestFold compares folded conditions with the truth table.
func TestFold(t *testing.T) {
	for _, tc := range []struct{ in, on, off string }{
		{"defined(A) && defined(B)", "defined(B)", "0"},
		{"defined(B) || !defined(A)", "defined(B)", "1"},
		{"!(defined(A) && defined(B)) || C > 1", "!defined(B) || C > 1", "1"},
		{"IS_ENABLED(A)", "1", "0"},
		{"(defined(B) || defined(A)) && X", "X", "defined(B) && X"},
		{"A > 3", "A > 3", "A > 3"},
	} {
		for on, want := range map[bool]string{true: tc.on, false: tc.off} {
			f := csrc.Lex("c", []byte(tc.in))
			r := (&folder{f: f, toks: f.Toks, name: "A", on: on}).fold(0, len(f.Toks))
			got := map[truth]string{isTrue: "1", isFalse: "0", unknown: r.text}[r.v]
			if got != want {
				t.Errorf("%s with A %v: %q, want %q", tc.in, on, got, want)
			}
		}
	}
}
