//go:build xen

package cpp

import (
	"context"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"
)

// xenRoot is the built Xen tree's hypervisor folder.
func xenRoot(t testing.TB) string {
	t.Helper()
	root := os.Getenv("XSMPATCH_XEN")
	if root == "" {
		t.Fatal("set XSMPATCH_XEN to a built Xen tree")
	}
	return filepath.Join(root, "xen")
}

// xenUnit is a unit of the tree, with the command that compiled it.
type xenUnit struct {
	*Unit
	args []string // for gcc, without -c and -o
}

// xenUnits reads the .X.o.cmd files.
func xenUnits(t testing.TB, root string) []xenUnit {
	t.Helper()
	var units []xenUnit
	err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if name := filepath.Base(path); err != nil || !strings.HasPrefix(name, ".") || !strings.HasSuffix(name, ".o.cmd") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		line, _, _ := strings.Cut(string(text), "\n")
		_, cmd, ok := strings.Cut(line, ":= ")
		cmd, _, _ = strings.Cut(cmd, ";")
		if !ok || !strings.HasPrefix(cmd, "gcc ") || !strings.Contains(cmd, "-D__XEN__") {
			return nil
		}
		if u := parseCommand(shellSplit(strings.ReplaceAll(cmd, "$(pound)", "#"))[1:]); u.Main != "" {
			u.Asm = strings.HasSuffix(u.Main, ".S")
			units = append(units, u)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Slice(units, func(i, j int) bool { return units[i].Main < units[j].Main })
	return units
}

func shellSplit(s string) []string {
	var out []string
	var word strings.Builder
	quote, in := byte(0), false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote == 0 && (c == ' ' || c == '\t'):
			if in {
				out = append(out, word.String())
				word.Reset()
				in = false
			}
		case quote == 0 && (c == '\'' || c == '"'):
			quote, in = c, true
		case c == quote:
			quote = 0
		case c == '\\' && quote != '\'' && i+1 < len(s):
			i++
			word.WriteByte(s[i])
			in = true
		default:
			word.WriteByte(c)
			in = true
		}
	}
	if in {
		out = append(out, word.String())
	}
	return out
}

func parseCommand(args []string) xenUnit {
	x := xenUnit{Unit: &Unit{Arch: "x86_64"}}
	var flags []string
	for i := 0; i < len(args); i++ {
		a := args[i]
		next := func(prefix string) string {
			if a == prefix {
				i++
				return args[i]
			}
			return a[len(prefix):]
		}
		switch {
		case a == "-c":
			continue
		case a == "-o", a == "-MF", a == "-MQ":
			i++
			continue
		case a == "-MMD" || a == "-MP":
			continue
		case a == "-include":
			x.args = append(x.args, a, args[i+1])
			x.Includes = append(x.Includes, next("-include"))
			continue
		case strings.HasPrefix(a, "-D"):
			name, body, ok := strings.Cut(next("-D"), "=")
			if !ok {
				body = "1"
			}
			x.Macros = append(x.Macros, Define{Name: name, Body: body})
		case strings.HasPrefix(a, "-U"):
			x.Macros = append(x.Macros, Define{Name: next("-U"), Undef: true})
		case strings.HasPrefix(a, "-I"):
			x.Search = append(x.Search, next("-I"))
		case strings.HasPrefix(a, "-iquote"):
			x.args = append(x.args, a)
			x.Quote = append(x.Quote, next("-iquote"))
			if a == "-iquote" {
				x.args = append(x.args, args[i])
			}
			continue
		case strings.HasPrefix(a, "-std="):
			x.Std = a[5:]
		case strings.HasSuffix(a, ".c") || strings.HasSuffix(a, ".S"):
			x.Main = a
		}
		flags = append(flags, a)
		x.args = append(x.args, a)
	}
	x.Macros = append(FlagMacros(x.Arch, flags), x.Macros...)
	return x
}

// TestXenAgainstGCC compares every unit of a built Xen with gcc -E, token for token.
func TestXenAgainstGCC(t *testing.T) {
	root := xenRoot(t)
	units := xenUnits(t, root)
	if len(units) < 300 {
		t.Fatalf("only %d units", len(units))
	}
	s := NewSession(dirReader(root), Options{})
	same, asm, tokens := 0, 0, 0
	var ours time.Duration
	for _, u := range units {
		want, err := gccE(t, root, u.Std, u.args...)
		if err != nil {
			t.Fatal(u.Main, err)
		}
		start := time.Now()
		r, err := s.Preprocess(context.Background(), u.Unit)
		ours += time.Since(start)
		if err != nil {
			t.Error(err)
			continue
		}
		tokens += len(r.Tokens)
		if d := diffTokens(spellings(s, r), want); d != "" {
			t.Errorf("%s: %s", u.Main, d)
			continue
		}
		for _, d := range r.Diags {
			t.Errorf("%s: %s", u.Main, s.FormatDiag(d))
		}
		checkPositions(t, s, r)
		same++
		if u.Asm {
			asm++
		}
	}
	t.Logf("%d of %d units identical to gcc -E, %d of them assembly; %d tokens; %.1f ms wall a unit", same, len(units), asm, tokens,
		float64(ours.Microseconds())/1000/float64(len(units)))
	if same != len(units) {
		t.Errorf("%d of %d units identical", same, len(units))
	}
}
