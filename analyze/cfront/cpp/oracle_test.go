package cpp

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// splitterOf returns an expression that splits preprocessed text into tokens independently of the package's lexer:
// literals, numbers, names, and punctuators, longest first.
func splitterOf(std string) *regexp.Regexp {
	prefix, raw := `(?:u8|[LuU])`, "(?:(?:u8|[LuU])?R\"\\([^)]*\\)\")|(?:(?:u8|[LuU])?R\"x\\(.*?\\)x\")|"
	switch std {
	case "c89", "gnu89", "c99":
		prefix, raw = `L`, ""
	case "c11":
		raw = ""
	}
	name := `[\pL_$][\pL\w$]*`
	if std == "" { // assembly
		name = `[\pL_][\pL\w]*`
	}
	return regexp.MustCompile(raw + prefix + `?"(?:\\.|[^"\\])*"|` + strings.Replace(prefix, "u8|", "", 1) + `?'(?:\\.|[^'\\\n])*'` +
		`|\.?[0-9](?:[eEpP][+-]|[\w.$])*|` + name + `|['"].*$` +
		`|%:%:|\.\.\.|<<=|>>=|[-+*/%&|^=!<>]=|<<|>>|\+\+|--|->|&&|\|\||##|<:|:>|<%|%>|%:|\S`)
}

// splitGCC returns the tokens of gcc -E -P's output, less its directives (#pragma and #ident lines).
func splitGCC(out, std string) []string {
	var toks []string
	re := splitterOf(std)
	for _, line := range strings.Split(out, "\n") {
		if strings.HasPrefix(line, "#pragma") || strings.HasPrefix(line, "#ident") {
			continue
		}
		toks = append(toks, re.FindAllString(line, -1)...)
	}
	return toks
}

// gccE runs gcc -E -P in dir.
func gccE(t testing.TB, dir, std string, args ...string) ([]string, error) {
	t.Helper()
	cmd := exec.Command("gcc", append([]string{"-E", "-P"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=0", "LC_ALL=C")
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, errs.String())
	}
	return splitGCC(string(out), std), err
}

// spellings returns a result's tokens as text.
func spellings(s *Session, r *Result) []string {
	out := make([]string, len(r.Tokens))
	for i, t := range r.Tokens {
		out[i] = s.Spelling(t.Sym)
	}
	return out
}

// mapReader reads files of a map.
func mapReader(files map[string]string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
}

// dirReader reads files below a folder.
func dirReader(dir string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		return os.ReadFile(name)
	}
}

// diffTokens describes the first difference of two token sequences, "" if there is none.
func diffTokens(got, want []string) string {
	n := min(len(got), len(want))
	for i := range n {
		if got[i] != want[i] {
			lo := max(0, i-12)
			return fmt.Sprintf("token %d:\n got %s\nwant %s", i, strings.Join(got[lo:min(len(got), i+12)], " "),
				strings.Join(want[lo:min(len(want), i+12)], " "))
		}
	}
	if len(got) != len(want) {
		return fmt.Sprintf("%d tokens, want %d:\n got ...%s\nwant ...%s", len(got), len(want),
			strings.Join(got[max(0, n-5):min(len(got), n+20)], " "), strings.Join(want[max(0, n-5):min(len(want), n+20)], " "))
	}
	return ""
}

// preprocessText runs one file, alone.
func preprocessText(t testing.TB, text string, opt Options) (*Session, *Result, error) {
	t.Helper()
	s := NewSession(mapReader(map[string]string{"t.c": text}), opt)
	r, err := s.Preprocess(context.Background(), &Unit{Main: "t.c", Std: "gnu11"})
	return s, r, err
}

// TestFixturesAgainstGCC compares every fixture of testdata with gcc -E, token for token.
func TestFixturesAgainstGCC(t *testing.T) {
	fixtures, _ := filepath.Glob("testdata/gcc/*.[cS]")
	if len(fixtures) < 10 {
		t.Fatalf("only %d fixtures", len(fixtures))
	}
	for _, path := range fixtures {
		t.Run(filepath.Base(path), func(t *testing.T) {
			name := filepath.Base(path)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			u := &Unit{Main: name, Asm: strings.HasSuffix(name, ".S"), Arch: "x86_64", Search: []string{"inc", "inc2"}}
			args := []string{"-nostdinc", "-fno-pie", "-fcf-protection=none", "-Iinc", "-Iinc2"}
			if !u.Asm {
				u.Std = "gnu11"
			}
			if std := regexp.MustCompile(`(?m)std=(\w+)`).FindSubmatch(text); std != nil {
				u.Std = string(std[1])
			}
			if !u.Asm {
				args = append(args, "-std="+u.Std)
			}
			want, err := gccE(t, "testdata/gcc", u.Std, append(args, name)...)
			if err != nil {
				t.Fatal(err)
			}
			s := NewSession(dirReader("testdata/gcc"), Options{})
			r, err := s.Preprocess(context.Background(), u)
			if err != nil {
				t.Fatal(err)
			}
			if d := diffTokens(spellings(s, r), want); d != "" {
				t.Error(d)
			}
			for _, d := range r.Diags {
				if d.Severity == SevError {
					t.Error(s.FormatDiag(d))
				}
			}
			checkPositions(t, s, r)
		})
	}
}

// checkPositions re-reads every token that has a spelling from its place in the source.
func checkPositions(t *testing.T, s *Session, r *Result) {
	t.Helper()
	for i, tok := range r.Tokens {
		if tok.Exp >= int32(len(r.Expansions)) || tok.Exp < -1 {
			t.Fatalf("token %d: Exp %d of %d", i, tok.Exp, len(r.Expansions))
		}
		for e := tok.Exp; e >= 0; e = r.Expansions[e].Parent {
			if p := r.Expansions[e].Parent; p >= e {
				t.Fatalf("expansion %d has parent %d", e, p)
			}
		}
		if tok.Flags&Synthetic != 0 {
			continue
		}
		if strings.HasPrefix(string(s.Source(tok.File)[tok.Off:s.End(tok)]), s.Spelling(tok.Sym)) {
			continue // as most are, and raw strings, whose splices stay
		}
		if got := reread(s.Source(tok.File), int(tok.Off), len(s.Spelling(tok.Sym))); got != s.Spelling(tok.Sym) {
			line, col := s.Position(tok.File, tok.Off)
			t.Fatalf("token %d: %q at %s:%d:%d, where the source has %q", i, s.Spelling(tok.Sym), s.FileName(tok.File), line, col, got)
		}
		if end := s.End(tok); reread(s.Source(tok.File)[:end], int(tok.Off), 1<<30) != s.Spelling(tok.Sym) {
			t.Fatalf("token %d: %q ends at %d", i, s.Spelling(tok.Sym), end)
		}
	}
	for i, e := range r.Expansions {
		src := s.Source(e.File)
		name := s.Spelling(e.Macro)
		if got := reread(src, int(e.Start), len(name)); got != name && e.Parent < 0 {
			t.Fatalf("expansion %d of %s starts at %q", i, name, got)
		}
		if e.End < e.Start || int(e.End) > len(src) {
			t.Fatalf("expansion %d of %s: [%d,%d)", i, name, e.Start, e.End)
		}
	}
}

// reread returns n bytes from off, passing line splices.
func reread(src []byte, off, n int) string {
	var b strings.Builder
	for i := off; i < len(src) && b.Len() < n; {
		if src[i] == '\\' {
			if m := regexp.MustCompile(`^\\[ \t\v\f]*\r?\n`).Find(src[i:]); m != nil {
				i += len(m)
				continue
			}
		}
		b.WriteByte(src[i])
		i++
	}
	return b.String()
}
