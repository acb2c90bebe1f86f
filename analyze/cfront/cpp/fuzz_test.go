package cpp

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// programs writes random macro programs. They use macros defined earlier or later, with a fitting number of arguments
// where an invocation is written on purpose.
type programs struct {
	*rand.Rand
	b      strings.Builder
	macros []randMacro
	vaOpt  bool
}

type randMacro struct {
	name     string
	params   int // -1: object-like
	variadic bool
}

func (g *programs) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g *programs) space() string { return g.pick("", "", " ", " ", "  ", "/**/") }

// generate writes one program.
func generate(seed uint64, vaOpt bool) string {
	g := &programs{Rand: rand.New(rand.NewPCG(seed, 1)), vaOpt: vaOpt}
	for i := range 3 + g.IntN(5) {
		m := randMacro{name: fmt.Sprintf("m%d", i), params: g.IntN(5) - 1}
		m.variadic = m.params > 0 && g.IntN(3) == 0
		g.macros = append(g.macros, m)
	}
	g.b.WriteString("#define E\n#define S(x) #x\n#define X(...) S2(__VA_ARGS__)\n#define S2(...) #__VA_ARGS__\n#define C(a,b) C2(a,b)\n#define C2(a,b) a##b\n")
	for _, m := range g.macros {
		g.define(m)
	}
	for range 4 + g.IntN(8) {
		switch g.IntN(12) {
		case 0:
			g.define(g.macros[g.IntN(len(g.macros))])
		case 1:
			fmt.Fprintf(&g.b, "#undef m%d\n", g.IntN(len(g.macros)))
		case 2:
			fmt.Fprintf(&g.b, "#if%sdef m%d\nyes\n#else\nno\n#endif\n", g.pick("", "n"), g.IntN(9))
		case 3:
			fmt.Fprintf(&g.b, "X(%s)\n", g.tokens(3, nil, false))
		default:
			fmt.Fprintf(&g.b, "%s;\n", g.tokens(4, nil, true))
		}
	}
	return g.b.String()
}

func (g *programs) define(m randMacro) {
	fmt.Fprintf(&g.b, "#undef %s\n#define %s", m.name, m.name)
	var params []string
	if m.params >= 0 {
		for i := range m.params {
			params = append(params, string(rune('a'+i)))
		}
		list := strings.Join(params, g.space()+",")
		if m.variadic {
			n := len(params) - 1
			if g.IntN(2) == 0 {
				list = strings.Join(append(params[:n:n], "..."), ",")
				params[n] = "__VA_ARGS__"
			} else {
				list += g.pick("", " ") + "..."
			}
		}
		fmt.Fprintf(&g.b, "(%s)", list)
	}
	fmt.Fprintf(&g.b, " %s\n", g.body(params, m.variadic))
}

// body writes a replacement list.
func (g *programs) body(params []string, variadic bool) string {
	var out []string
	for range g.IntN(7) {
		switch k := g.IntN(10); {
		case k < 3 && len(params) > 0:
			out = append(out, params[g.IntN(len(params))])
		case k == 3 && len(params) > 0:
			out = append(out, "#"+g.space()+params[g.IntN(len(params))])
		case k == 4 && variadic:
			out = append(out, ","+g.space()+"##"+g.space()+params[len(params)-1])
		case k == 5 && variadic && g.vaOpt:
			p := params[g.IntN(len(params))]
			inner := g.pick(g.tokens(2, params, false), "", p+" ## "+p, p, "x ## y")
			out = append(out, g.pick("", "", "#", "x ## ", p+"##")+"__VA_OPT__("+inner+")"+g.pick("", "", " ## x", "##"+p))
		case k <= 6 && len(params) > 0:
			out = append(out, params[g.IntN(len(params))]+g.space()+"##"+g.space()+g.pick("x", "1", params[g.IntN(len(params))]))
		case k == 7:
			out = append(out, "x"+g.space()+"##"+g.space()+g.pick("y", "m", "1", "_"))
		default:
			out = append(out, g.tokens(2, params, false))
		}
		out = append(out, g.space())
	}
	return strings.Join(out, " "[:g.IntN(2)])
}

// tokens writes a few tokens and invocations.
func (g *programs) tokens(depth int, params []string, lines bool) string {
	var b strings.Builder
	for range 1 + g.IntN(4) {
		switch k := g.IntN(12); {
		case k < 5 && depth > 0:
			g.invoke(&b, g.macros[g.IntN(len(g.macros))], depth-1, params, lines)
		case k == 5:
			b.WriteString(g.pick("E", "C(m,"+fmt.Sprint(g.IntN(6))+")", "__LINE__", "__COUNTER__", "S(x y)"))
		case k == 6 && len(params) > 0:
			b.WriteString(params[g.IntN(len(params))])
		case k == 7:
			fmt.Fprintf(&b, "(%s)", g.pick("x", "x,y", ""))
		case k == 8:
			b.WriteString(g.macros[g.IntN(len(g.macros))].name)
		default:
			b.WriteString(g.pick("x", "y", "1", "+", "-", "\"s\"", "'c'", ".", "2.", "m"))
		}
		b.WriteString(g.pick(" ", "", " "))
		if lines && g.IntN(6) == 0 {
			b.WriteString("\n")
		}
	}
	return b.String()
}

func (g *programs) invoke(b *strings.Builder, m randMacro, depth int, params []string, lines bool) {
	b.WriteString(" " + m.name)
	if m.params < 0 || g.IntN(10) == 0 {
		return
	}
	n := m.params
	if m.variadic {
		n += g.IntN(3) - 1
	}
	b.WriteString(g.space() + "(")
	for i := range n {
		if i > 0 {
			b.WriteString(",")
		}
		if g.IntN(5) > 0 {
			b.WriteString(g.space() + g.tokens(depth, params, lines))
		}
	}
	b.WriteString(")")
}

// onlyPasteErrors reports whether GCC's complaints are all about ##, after which it goes on as if it were not there.
func onlyPasteErrors(err error) bool {
	for _, line := range strings.Split(err.Error(), "\n") {
		if strings.Contains(line, "error:") && !strings.Contains(line, "does not give a valid preprocessing token") {
			return false
		}
	}
	return true
}

// compareWithGCC runs one program through both. It reports whether there was something to compare: GCC refuses some.
func compareWithGCC(t *testing.T, text string) bool {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.c"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	want, err := gccE(t, dir, "gnu11", "-std=gnu11", "-undef", "-nostdinc", "t.c")
	if err != nil && !onlyPasteErrors(err) {
		return false
	}
	s, r, perr := preprocessText(t, text, Options{})
	if perr != nil {
		t.Fatalf("%v\n%s", perr, text)
	}
	// GCC does not always print a space that keeps two tokens apart (an unexpanded macro name before 2.), so that
	// the texts are compared without spaces. Those inside strings are in the tokens.
	got := spellings(s, r)
	if strings.Join(got, "") != strings.Join(want, "") {
		t.Errorf("%s\n%s", diffTokens(resplit(got), want), text)
	}
	checkPositions(t, s, r)
	return true
}

// resplit splits our tokens as the oracle's are split, in case one of them looks like two.
func resplit(toks []string) []string {
	var out []string
	re := splitterOf("gnu11")
	for _, tok := range toks {
		out = append(out, re.FindAllString(tok, -1)...)
	}
	return out
}

// splice puts line splices, some followed by blanks in front of the newline, at random places of a program.
func splice(text string, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 2))
	var b strings.Builder
	for _, c := range text {
		if r.IntN(12) == 0 {
			b.WriteString([]string{"\\\n", "\\ \t\n", "\\\n\\\n"}[r.IntN(3)])
		}
		b.WriteRune(c)
	}
	return b.String()
}

// TestSplicedProgramsAgainstGCC compares programs whose lines are cut at random places, tokens and all.
func TestSplicedProgramsAgainstGCC(t *testing.T) {
	compared := 0
	for seed := range uint64(15) {
		if compareWithGCC(t, splice(generate(seed+1000, false), seed)) {
			compared++
		}
	}
	if compared < 5 {
		t.Errorf("GCC accepts only %d programs", compared)
	}
}

// expression writes a random #if expression.
// GCC goes on in its own ways from a defined whose operand was expanded, so that there is none in a macro's argument.
func (g *programs) expression(depth int, arg bool) string {
	if !arg && g.IntN(12) == 0 {
		return g.pick("defined ONE", "defined(E)", "!defined NO", "defined ID")
	}
	if depth == 0 || g.IntN(5) == 0 {
		return g.pick("0", "1", "2", "-1", "7u", "0x10", "010", "0xffffffffffffffff", "9223372036854775807", "1ull", "63", "64",
			"'a'", "'\\xff'", "L'b'", "'\\0'", "undef", "ONE", "ID(3)", "0b11", "3LU")
	}
	e := func() string { return g.expression(depth-1, arg) }
	switch g.IntN(8) {
	case 0:
		return "(" + e() + ")"
	case 1:
		return g.pick("!", "~", "-", "+", "- -") + " " + e()
	case 2:
		return e() + " ? " + e() + " : " + e()
	case 3:
		return "(" + e() + ", " + e() + ")"
	case 4:
		return "ID(" + g.expression(depth-1, true) + ")"
	}
	return e() + g.pick("+", "-", "*", "/", "%", "<<", ">>", "<", ">", "<=", ">=", "==", "!=", "&", "^", "|", "&&", "||") + " " + e()
}

// TestRandomConditionsAgainstGCC compares the outcome of random #if expressions.
func TestRandomConditionsAgainstGCC(t *testing.T) {
	g := &programs{Rand: rand.New(rand.NewPCG(7, 3))}
	g.b.WriteString("#define E\n#define ONE 1\n#define ID(x) x\n")
	for i := range 600 {
		fmt.Fprintf(&g.b, "#if %s\nyes%d\n#else\nno%d\n#endif\n", g.expression(4, false), i, i)
	}
	text := g.b.String()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.c"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	want, _ := gccE(t, dir, "gnu11", "-std=gnu11", "-undef", "-nostdinc", "t.c") // GCC refuses divisions by 0
	s, r, err := preprocessText(t, text, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := diffTokens(spellings(s, r), want); d != "" || len(want) != 600 {
		t.Errorf("%d results; %s", len(want), d)
		n := 0
		for i, tok := range spellings(s, r) {
			if i < len(want) && tok != want[i] && n < 5 {
				t.Log(strings.Split(text, "\n")[3+5*i])
				n++
			}
		}
	}
}

// FuzzDifferential compares random macro programs with gcc -E. A plain test run does the seeds only.
func FuzzDifferential(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed, seed%2 == 1)
	}
	f.Fuzz(func(t *testing.T, seed uint64, vaOpt bool) {
		compareWithGCC(t, generate(seed, vaOpt))
	})
}
