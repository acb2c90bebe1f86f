package dummy_test

import (
	"bufio"
	"errors"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/dummy"
)

// TestAgainstC compiles the C oracle generated from the catalogue and compares
// every hook on every combination of domains and tested arguments.
func TestAgainstC(t *testing.T) {
	compare(t, runC(t, "gcc", "testdata/oracle.c", "testdata/domains.c", "-Itestdata"), 98-len(undecided()))
}

// undecided lists the hooks that have no default action to compare.
func undecided() []string {
	var out []string
	for _, h := range xsm.Table() {
		if h.Phase != "authorize" || h.Action == "none" {
			out = append(out, h.Name)
		}
	}
	return out
}

// runC compiles and runs a C program and returns its output's lines.
func runC(t *testing.T, args ...string) []string {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "oracle")
	cmd := exec.Command(args[0], append(args[1:], "-w", "-O1", "-o", exe)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	out, err := exec.Command(exe).Output()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for sc := bufio.NewScanner(strings.NewReader(string(out))); sc.Scan(); {
		lines = append(lines, sc.Text())
	}
	return lines
}

// compare replays each line "hook cur=0 d=1 cmd=NAME = rc" on the Go module.
func compare(t *testing.T, lines []string, wantHooks int) {
	t.Helper()
	consts, doms := abiConstants(t), domains()
	methods := map[string]xsm.HookInfo{}
	for _, h := range xsm.Table() {
		methods[h.Name] = h
	}
	seen := map[string]bool{}
	denied := 0
	for _, l := range lines {
		left, right, ok := strings.Cut(l, " = ")
		want, err := strconv.Atoi(right)
		f := strings.Fields(left)
		h, known := methods[f[0]]
		if !ok || err != nil || !known {
			t.Fatalf("cannot read line %q", l)
		}
		seen[h.Name] = true
		got := call(t, h, f[1:], consts, doms)
		if got != want {
			t.Errorf("%s: Go says %d", l, got)
		}
		if want != 0 {
			denied++
		}
	}
	if len(seen) != wantHooks || denied == 0 || denied == len(lines) {
		t.Errorf("%d hooks compared, want %d; %d of %d lines deny", len(seen), wantHooks, denied, len(lines))
	}
	t.Logf("%d hooks, %d decisions, %d denials: no difference", len(seen), len(lines), denied)
}

// call invokes a hook with the named arguments; others are zero.
func call(t *testing.T, h xsm.HookInfo, args []string, consts map[string]uint64, doms []*xsm.Domain) int {
	t.Helper()
	m := reflect.ValueOf(dummy.Module{}).MethodByName(h.Method)
	in := make([]reflect.Value, m.Type().NumIn())
	for i := range in {
		in[i] = reflect.Zero(m.Type().In(i))
	}
	for _, a := range args {
		name, val, _ := strings.Cut(a, "=")
		i := index(h.Params, name)
		if i < 0 {
			t.Fatalf("%s has no parameter %s", h.Name, name)
		}
		if in[i].Type() == reflect.TypeFor[*xsm.Domain]() {
			if n, _ := strconv.Atoi(val); n >= 0 {
				in[i] = reflect.ValueOf(doms[n])
			}
			continue
		}
		n, err := strconv.ParseUint(val, 0, 64)
		if c, ok := consts[val]; ok {
			n = c
		} else if err != nil {
			t.Fatalf("%s: unknown constant %q", h.Name, val)
		}
		in[i] = reflect.ValueOf(n).Convert(in[i].Type())
	}
	err, _ := m.Call(in)[0].Interface().(error)
	var e abi.Errno
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("%s returned %v, which is no error number", h.Name, err)
	}
	return -int(e)
}

func index(list []string, s string) int {
	for i, v := range list {
		if v == s {
			return i
		}
	}
	return -1
}

// domains mirrors testdata/domains.c.
func domains() []*xsm.Domain {
	d := make([]*xsm.Domain, 8)
	for i := range d {
		d[i] = &xsm.Domain{ID: xsm.DomID(i)}
	}
	d[0].SetControl(true)
	d[2].SetTarget(d[3])
	d[4].Xenstore = true
	d[5].SetConsole(true)
	d[6].ID = abi.DOMID_IO
	d[7].Xenstore = true
	d[7].SetTarget(d[1])
	return d
}

// abiConstants reads the integer constants of package abi by name.
func abiConstants(t *testing.T) map[string]uint64 {
	t.Helper()
	fset := token.NewFileSet()
	out := map[string]uint64{}
	err := filepath.WalkDir("../../abi", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
				if tv, err := types.Eval(fset, nil, 0, types.ExprString(v.Values[0])); err == nil && tv.Value != nil {
					if u, ok := constant.Uint64Val(constant.ToInt(tv.Value)); ok {
						out[v.Names[0].Name] = u
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil || len(out) < 300 {
		t.Fatalf("%d constants read from package abi, error %v", len(out), err)
	}
	return out
}
