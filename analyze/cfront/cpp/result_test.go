package cpp

import (
	"context"
	"crypto/sha256"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// run preprocesses "t.c" of a set of files.
func run(t testing.TB, files map[string]string, u Unit) (*Session, *Result) {
	t.Helper()
	s := NewSession(mapReader(files), Options{})
	if u.Main == "" {
		u.Main = "t.c"
	}
	r, err := s.Preprocess(context.Background(), &u)
	if err != nil {
		t.Fatal(err)
	}
	return s, r
}

func TestFixedSpellings(t *testing.T) {
	if len(fixedSpellings) != int(numFixed) {
		t.Fatalf("%d spellings for %d fixed Syms", len(fixedSpellings), numFixed)
	}
	s := NewSession(nil, Options{})
	for i, text := range fixedSpellings {
		if i > 0 && (s.Intern(text) != Sym(i) || s.Spelling(Sym(i)) != text) {
			t.Errorf("Sym %d is %q, want %q", i, s.Spelling(Sym(i)), text)
		}
	}
	if s.Spelling(-1) != "" || s.Spelling(1<<30) != "" {
		t.Error("a Sym that was not given out has a spelling")
	}
}

// texts returns the source text of regions.
func texts(s *Session, list []Region) []string {
	var out []string
	for _, g := range list {
		src := s.Source(g.File)
		out = append(out, string(src[g.CondStart:g.CondEnd])+" | "+string(src[g.Start:g.End])+"| "+
			strings.SplitN(string(src[g.Open:]), "\n", 2)[0])
	}
	return out
}

func TestRegions(t *testing.T) {
	const text = `#define A 1
#if A /* yes */
one
# if 0
two
# else
three
# endif
#elif B
four
 # if C
five
 # endif
#else
six
#endif
#ifndef A
seven
#endif
/* x */ #ifdef \
  A
#elifdef Z
#endif
`
	s, r := run(t, map[string]string{"t.c": text}, Unit{})
	want := []string{
		"#if A /* yes */ | one\n# if 0\ntwo\n# else\nthree\n# endif\n| #if A /* yes */",
		"# else | three\n| # if 0",
		"#ifdef \\\n  A | | #ifdef \\",
	}
	if got := texts(s, r.Taken); !reflect.DeepEqual(got, want) {
		t.Errorf("taken %q\n want %q", got, want)
	}
	want = []string{
		"# if 0 | two\n| # if 0",
		"#elif B | four\n # if C\nfive\n # endif\n| #if A /* yes */",
		"#else | six\n| #if A /* yes */",
		"#ifndef A | seven\n| #ifndef A",
		"#elifdef Z | | #ifdef \\",
	}
	if got := texts(s, r.Skipped); !reflect.DeepEqual(got, want) {
		t.Errorf("skipped %q\n   want %q", got, want)
	}
	if c := s.Condition(r.Taken[2]); c != "#ifdef   A" {
		t.Errorf("condition %q", c)
	}
	if got := spellings(s, r); strings.Join(got, " ") != "one three" {
		t.Errorf("tokens %q", got)
	}
}

// TestRegionsCoverEveryGroup checks on random programs that each line of text is in exactly the regions that say so: a
// token that came out is in no skipped region.
func TestRegionsCoverEveryGroup(t *testing.T) {
	for seed := range uint64(30) {
		s, r := run(t, map[string]string{"t.c": generate(seed, false)}, Unit{})
		for _, tok := range r.Tokens {
			for _, g := range r.Skipped {
				if tok.Exp == -1 && tok.File == g.File && tok.Off >= g.Start && tok.Off < g.End {
					t.Fatalf("seed %d: %s at %d is in the skipped %v", seed, s.Spelling(tok.Sym), tok.Off, g)
				}
			}
		}
		for i, g := range append(r.Taken, r.Skipped...) {
			cond := string(s.Source(g.File)[g.CondStart:g.CondEnd])
			if !strings.HasPrefix(cond, "#") || g.Start < g.CondEnd || g.End < g.Start || g.Open > g.CondStart {
				t.Fatalf("seed %d: region %d: %v %q", seed, i, g, cond)
			}
		}
	}
}

// chain names the macros that delivered a token, innermost first, with the text of their invocations.
func chain(s *Session, r *Result, tok Token) string {
	var out []string
	for e := tok.Exp; e >= 0; e = r.Expansions[e].Parent {
		x := r.Expansions[e]
		out = append(out, fmt.Sprintf("%s=%s", s.Spelling(x.Macro), s.Source(x.File)[x.Start:x.End]))
	}
	return strings.Join(out, " < ")
}

func TestOrigins(t *testing.T) {
	const text = `#define ID(x) x
#define TWO(x, y) ID(x) OBJ y
#define OBJ obj
#define CAT(a, b) a##b
#define STR(a) #a
plain TWO(arg, ID( in )) CAT(ID
, (z)) STR(a b) __LINE__ CAT(OB, J)
#define NAME ID
NAME (later)
`
	s, r := run(t, map[string]string{"t.c": text}, Unit{})
	type want struct {
		text, chain, spelled string
		flags                Flags
	}
	wants := []want{
		{"plain", "", "plain", LineStart},
		{"arg", "ID=ID(x) < TWO=TWO(arg, ID( in ))", "arg", FromArg | SpaceBefore},
		{"obj", "OBJ=OBJ < TWO=TWO(arg, ID( in ))", "obj", SpaceBefore},
		{"in", "ID=ID( in ) < TWO=TWO(arg, ID( in ))", "in ", FromArg | SpaceBefore},
		{"z", "ID=ID\n, (z) < CAT=CAT(ID\n, (z))", "z)", FromArg | SpaceBefore},
		{`"a b"`, "STR=STR(a b)", "STR(a", Stringized | SpaceBefore},
		{"7", "__LINE__=__LINE__", "__LINE__", BuiltinText | SpaceBefore},
		{"obj", "OBJ=CAT(OB, J) < CAT=CAT(OB, J)", "obj\n", SpaceBefore},
		{"later", "ID=ID < NAME=NAME", "later", FromArg | LineStart},
	}
	// ## of ID and ( is refused, and what is left is an invocation.
	got := spellings(s, r)
	if len(got) != len(wants) {
		t.Fatalf("%q", got)
	}
	for i, w := range wants {
		tok := r.Tokens[i]
		src := string(s.Source(tok.File)[tok.Off:])
		if got[i] != w.text || chain(s, r, tok) != w.chain || !strings.HasPrefix(src, w.spelled) || tok.Flags&^LineStart != w.flags&^LineStart {
			t.Errorf("token %d: %s by %q at %.10q with flags %b\nwant %+v", i, got[i], chain(s, r, tok), src, tok.Flags, w)
		}
	}
}

func TestFilesAndMacros(t *testing.T) {
	files := map[string]string{
		"d/t.c":       "#include \"a.h\"\n#include <b.h>\n#include \"a.h\"\nA B\n#undef B\n",
		"d/a.h":       "#pragma once\n#define A(x) x\n",
		"sys/b.h":     "#ifndef B_H\n#define B_H\n#include_next <b.h>\n#endif\n",
		"sys2/b.h":    "#define B b\n#define C(n, rest...) n ## rest\n",
		"inc/first.h": "#define FIRST 1\n",
	}
	u := Unit{Main: "d/t.c", Search: []string{"inc", "sys"}, System: []string{"sys2"}, Includes: []string{"inc/first.h"},
		Macros: []Define{{Name: "X", Body: "1"}, {Name: "F(a)", Body: "a+1"}, {Name: "X", Undef: true}}}
	s, r := run(t, files, u)
	var uses []string
	for _, f := range r.Files {
		line, _ := s.Position(f.From, f.Off)
		uses = append(uses, fmt.Sprintf("%s from %s:%d", s.FileName(f.File), s.FileName(f.From), line))
	}
	want := []string{"d/t.c from :0", "inc/first.h from :0", "d/a.h from d/t.c:1", "sys/b.h from d/t.c:2", "sys2/b.h from sys/b.h:3"}
	if !reflect.DeepEqual(uses, want) {
		t.Errorf("files %q\n want %q", uses, want)
	}
	if want := []string{"inc/b.h"}; !reflect.DeepEqual(r.Absent, want) {
		t.Errorf("absent %q, want %q", r.Absent, want)
	}
	if got := strings.Join(spellings(s, r), " "); got != "A b" {
		t.Errorf("tokens %s", got)
	}
	for name, def := range map[string]string{"A": "d/a.h:2:9 1 false", "C": "sys2/b.h:2:9 2 true", "F": "<command-line>:2:9 1 false",
		"FIRST": "inc/first.h:1:9 0 false", "B_H": "sys/b.h:2:9 0 false"} {
		m := r.Macro(s.Intern(name))
		if m == nil {
			t.Errorf("%s is not defined", name)
			continue
		}
		line, col := s.Position(m.File, m.Off)
		if got := fmt.Sprintf("%s:%d:%d %d %v", s.FileName(m.File), line, col, len(m.Params), m.Variadic); got != def {
			t.Errorf("%s: %s, want %s", name, got, def)
		}
	}
	for _, gone := range []string{"B", "X", "nothing"} {
		if r.Macro(s.Intern(gone)) != nil {
			t.Errorf("%s is defined", gone)
		}
	}
	if s.Digest(r.Files[0].File) != sha256.Sum256([]byte(files["d/t.c"])) || s.Digest(0) != [32]byte{} {
		t.Error("digest")
	}
}

// TestUnitsAreIndependent checks that a unit leaves nothing behind for the next one.
func TestUnitsAreIndependent(t *testing.T) {
	files := map[string]string{
		"a.c": "#define X 1\n#pragma once\n#include \"h.h\"\nX __COUNTER__\n",
		"b.c": "#include \"h.h\"\nX Y __COUNTER__\n",
		"c.c": "#ifdef X\nleak\n#endif\nF(1)\n#define F(x) F2(x\nF(2\n",
		"h.h": "#pragma once\n#define Y 2\nh\n",
	}
	s := NewSession(mapReader(files), Options{})
	for range 2 {
		for main, want := range map[string]string{"a.c": "h 1 0", "b.c": "h X 2 0", "c.c": "F ( 1 )"} {
			r, err := s.Preprocess(context.Background(), &Unit{Main: main})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(spellings(s, r), " "); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s, want %s", main, got, want)
			}
		}
	}
}

// TestModesAreIndependent runs a C unit and an assembly unit that paste the same tokens: $ is an identifier character in
// one of them only.
func TestModesAreIndependent(t *testing.T) {
	s := NewSession(mapReader(map[string]string{"t.h": "#define P(a, b) a##b\nP(x, $)\n"}), Options{})
	for range 3 {
		for _, asm := range []bool{false, true} {
			r, err := s.Preprocess(context.Background(), &Unit{Main: "t.h", Asm: asm})
			if err != nil {
				t.Fatal(err)
			}
			if n := len(r.Tokens); (n == 2) != asm {
				t.Errorf("assembly %v: %d tokens", asm, n)
			}
		}
	}
}

// TestConcurrentUnits runs many units of one session at once and compares them with one at a time.
func TestConcurrentUnits(t *testing.T) {
	files := map[string]string{}
	for i := range 24 {
		files[fmt.Sprintf("u%d.c", i)] = "#include \"common.h\"\n" + generate(uint64(i%8), true)
	}
	files["common.h"] = "#ifndef H\n#define H\n#define LIST(x) x x x\n#endif\nLIST(LIST(a))\n"
	one, many := NewSession(mapReader(files), Options{}), NewSession(mapReader(files), Options{})
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			u := &Unit{Main: fmt.Sprintf("u%d.c", i), Std: "gnu11", Arch: "x86_64"}
			r, err := many.Preprocess(context.Background(), u)
			if err != nil {
				t.Error(err)
				return
			}
			w, err := one.Preprocess(context.Background(), u)
			if err != nil {
				t.Error(err)
				return
			}
			if d := diffTokens(spellings(many, r), spellings(one, w)); d != "" {
				t.Error(d)
			}
		})
	}
	wg.Wait()
}

func TestPosition(t *testing.T) {
	s, r := run(t, map[string]string{"t.c": "a\n\n  b\n"}, Unit{})
	b := r.Tokens[1]
	if s.End(b) != b.Off+1 {
		t.Errorf("b ends at %d", s.End(b))
	}
	if line, col := s.Position(b.File, b.Off); line != 3 || col != 3 {
		t.Errorf("b is at %d:%d", line, col)
	}
	if line, col := s.Position(0, 5); line != 0 || col != 0 {
		t.Errorf("no file: %d:%d", line, col)
	}
	if s.FileName(99) != "" || s.Source(-1) != nil {
		t.Error("an unknown file has a name")
	}
}
