//go:build mutate

package hv_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// droppers stand in for a hook call that was dropped: arguments are evaluated,
// nothing is asked.
const droppers = `package hv

func droppedError(...any) error   { return nil }
func droppedString(...any) string { return "" }
func droppedVoid(...any)          {}
`

// TestDropAnyCall removes each hook call from the source in turn, through an
// overlay, and expects TestEveryOperation or its neighbours to fail. It takes
// minutes: go test -tags mutate -run TestDropAnyCall -timeout 60m. XSMPATCH_MUTATE
// restricts it to the files named.
func TestDropAnyCall(t *testing.T) {
	dir := t.TempDir()
	drop := filepath.Join(dir, "dropped.go")
	if err := os.WriteFile(drop, []byte(droppers), 0o644); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	only := os.Getenv("XSMPATCH_MUTATE")
	killed := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || only != "" && !strings.Contains(only, name) {
			continue
		}
		for _, m := range mutants(t, name) {
			if survives(t, dir, drop, name, m) {
				t.Errorf("%s:%d: no test misses hook %s", name, m.line, m.hook)
			} else {
				killed++
			}
		}
	}
	t.Logf("%d calls dropped, each noticed", killed)
	if killed < 100 && only == "" {
		t.Errorf("only %d mutants: the source was not read", killed)
	}
}

type mutant struct {
	line int
	hook string
	text []byte
}

// mutants makes one source text for each hook call of a file.
func mutants(t *testing.T, name string) []mutant {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []mutant
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || !isSec(sel.X) {
			return true
		}
		start, end := fset.Position(sel.Pos()).Offset, fset.Position(sel.End()).Offset
		text := string(src[:start]) + dropper(sel.Sel.Name) + string(src[end:])
		out = append(out, mutant{fset.Position(call.Pos()).Line, sel.Sel.Name, []byte(text)})
		return true
	})
	return out
}

func dropper(method string) string {
	for _, h := range xsm.Table() {
		switch {
		case h.Method != method:
		case h.Refuses():
			return "droppedError"
		case strings.HasPrefix(h.Name, "show_"):
			return "droppedString"
		}
	}
	for _, h := range xsm.Table() {
		if h.Method == method && !h.Refuses() {
			return "droppedVoid"
		}
	}
	return "droppedError"
}

// survives runs the tests on a mutant; true if they pass.
func survives(t *testing.T, dir, drop, name string, m mutant) bool {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, m.text, 0o644); err != nil {
		t.Fatal(err)
	}
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {
		filepath.Join(wd, name): file, filepath.Join(wd, "dropped.go"): drop,
	}})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "test", "-vet=off", "-overlay", list, "-c", "-o", filepath.Join(dir, "mutant.test"), ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s:%d: the mutant does not build: %v\n%s", name, m.line, err, out)
	}
	run := exec.Command(filepath.Join(dir, "mutant.test"), "-test.run", "^(TestEveryOperation|TestBootHooks|TestDeviceGroup)$")
	run.Env = append(os.Environ(), "XSMPATCH_MUTANT="+fmt.Sprint(m.line))
	return run.Run() == nil
}
