package main

import (
	"bytes"
	"debug/elf"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/testdata"
)

// expectation is one entry of minixen.expect.yaml.
type expectation struct {
	Check, Not, File, Function, Hypercall, Operation, Hook, Config, Why string
	Also, Accept                                                        []string
	Optional                                                            bool
}

type expectations struct{ Findings, Decoys []expectation }

func readExpect(t *testing.T) expectations {
	t.Helper()
	var e expectations
	if err := yaml.UnmarshalWithOptions(testdata.Expect, &e, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return e
}

// buildConfig is a configuration of minixen, and the analyzer's name for it ("" when it has none).
type buildConfig struct {
	name     string
	xsm, acm string // y or n
	only     []string
	analyzer string
}

// TestMiniXenBuilds compiles and links minixen in each configuration, with warnings as errors.
func TestMiniXenBuilds(t *testing.T) {
	for _, c := range []buildConfig{
		{name: "xsm", xsm: "y", acm: "n", analyzer: "tree"},
		{name: "xsm+acm", xsm: "y", acm: "y"},
		{name: "none", xsm: "n", acm: "n", analyzer: "noxsm"},
		{name: "acm", xsm: "n", acm: "y"},
		{name: "small", xsm: "y", acm: "n", only: []string{"X86", "64BIT", "XSM", "XSM_FLASK"}, analyzer: "small"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, testdata.MiniXen()); err != nil {
				t.Fatal(err)
			}
			if c.only != nil {
				text := "CONFIG_" + strings.Join(c.only, "=y\nCONFIG_") + "=y\n"
				if err := os.WriteFile(filepath.Join(dir, "xen", ".config"), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			makeMiniXen(t, dir, "XSM="+c.xsm, "ACM="+c.acm)
			symbols := elfSymbols(t, filepath.Join(dir, "xen", "xen-syms"))
			for sym, want := range map[string]bool{
				"do_domctl": true, "flask_ops": c.xsm == "y", "acm_pre_domain_create": c.acm == "y",
				"do_grant_table_op": c.only == nil,
			} {
				if got := symbols[sym]; got != want {
					t.Errorf("symbol %s: %v, want %v", sym, got, want)
				}
			}
			checkCompileCommands(t, dir, c)
		})
	}
}

// elfSymbols returns the names of the symbols of an executable.
func elfSymbols(t *testing.T, path string) map[string]bool {
	t.Helper()
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	syms, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, s := range syms {
		names[s.Name] = true
	}
	return names
}

// makeMiniXen runs make in the tree at dir. gcc and make are in the README's list of what the tests need.
func makeMiniXen(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("make", append([]string{"-C", filepath.Join(dir, "xen")}, args...)...)
	cmd.Env = append(os.Environ(), "MAKEFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
}

// checkCompileCommands asks for the compile database, runs its first command, and compares its files with those that
// the analyzer finds in the same configuration without a build.
func checkCompileCommands(t *testing.T, dir string, c buildConfig) {
	t.Helper()
	makeMiniXen(t, dir, "XSM="+c.xsm, "ACM="+c.acm, "compile_commands.json")
	text, err := os.ReadFile(filepath.Join(dir, "xen", "compile_commands.json"))
	if err != nil {
		t.Fatal(err)
	}
	var units []struct{ Directory, File, Output, Command string }
	if err := json.Unmarshal(text, &units); err != nil || len(units) == 0 {
		t.Fatalf("compile_commands.json has %d entries: %v", len(units), err)
	}
	var files []string
	for _, u := range units {
		files = append(files, u.File)
	}
	if c.analyzer != "" {
		if got := unbuiltUnits(t, c.analyzer); !slices.Equal(got, files) {
			t.Errorf("read unbuilt, configuration %s has units\n%q\na build compiles\n%q", c.analyzer, got, files)
		}
	}
	cmd := exec.Command("sh", "-c", units[0].Command+" -fsyntax-only")
	cmd.Dir = units[0].Directory
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", units[0].Command, err, out)
	}
}

// unbuiltUnits returns the files that the analyzer finds in minixen as it is embedded, without a build.
func unbuiltUnits(t *testing.T, config string) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, testdata.MiniXen()); err != nil {
		t.Fatal(err)
	}
	tree, err := refactor.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	db, err := compdb.Load(tree, compdb.Options{Config: config})
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, u := range db.Units {
		files = append(files, strings.TrimPrefix(u.Main, "xen/"))
	}
	slices.Sort(files)
	return files
}

// TestMiniXenPolicy compiles minixen's policy in the two formats that checkpolicy writes for Xen.
func TestMiniXenPolicy(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, testdata.MiniXen()); err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"24", "30"} {
		out := filepath.Join(dir, "out"+version)
		cmd := exec.Command("make", "-C", filepath.Join(dir, "tools/flask/policy"), "VERSION="+version, "O="+out)
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", cmd.Args, err, text)
		}
		policy, err := os.ReadFile(filepath.Join(out, "minixen.policy"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(policy, []byte{0x8c, 0xff, 0x7c, 0xf9}) || !bytes.Contains(policy, []byte("XenFlask")) {
			t.Errorf("version %s: not a Xen policy", version)
		}
	}
}

// TestMiniXenExpectations holds minixen.expect.yaml and the C together: what the file says is there can be found.
func TestMiniXenExpectations(t *testing.T) {
	e := readExpect(t)
	tree := testdata.MiniXen()
	headers := allText(t, tree, "xen/include")
	seen := map[string]bool{}
	for _, x := range e.Findings {
		if x.Check == "" || x.Not != "" || x.Why == "" {
			t.Errorf("%+v: a finding needs check and why", x)
		}
		seen[x.Check] = true
		checkPlace(t, tree, headers, x)
		checkSpecimen(t, tree, x)
	}
	for _, x := range e.Decoys {
		if x.Not == "" || x.Check != "" || x.Why == "" {
			t.Errorf("%+v: a decoy needs not and why", x)
		}
		checkPlace(t, tree, headers, x)
	}
	for _, id := range []string{"XSM1001", "XSM1002", "XSM1003", "XSM1004", "XSM1005", "XSM1006",
		"XSM2001", "XSM2002", "XSM2003", "XSM2004", "XSM2005"} {
		if !seen[id] {
			t.Errorf("no specimen of %s", id)
		}
	}
}

// checkPlace fails if an entry's file, function, operation, hypercall or hook does not exist.
func checkPlace(t *testing.T, tree fs.FS, headers string, x expectation) {
	t.Helper()
	if functionText(t, tree, x.File, x.Function) == "" {
		t.Errorf("%s has no %s", x.File, x.Function)
	}
	for _, op := range append(x.Also, x.Operation) {
		if op != "" && !strings.Contains(headers, "#define "+op+" ") {
			t.Errorf("%s: %s: no operation %s", x.File, x.Function, op)
		}
	}
	if x.Hypercall != "" && !strings.Contains(headers, " "+x.Hypercall+"(") {
		t.Errorf("%s: %s: no hypercall %s", x.File, x.Function, x.Hypercall)
	}
	if x.Hook != "" && !regexp.MustCompile(`\b`+x.Hook+`\(`).MatchString(headers) {
		t.Errorf("%s: %s: no hook %s", x.File, x.Function, x.Hook)
	}
}

// checkSpecimen fails if the text of the function contradicts what kind of defect it is said to have.
func checkSpecimen(t *testing.T, tree fs.FS, x expectation) {
	t.Helper()
	calls := x.Hook != "" && strings.Contains(functionText(t, tree, x.File, x.Function), x.Hook+"(")
	member := "." + strings.TrimPrefix(x.Hook, "xsm_") + " "
	switch x.Check {
	case "XSM1001", "XSM1006":
		if calls && x.Operation != "XEN_SYSCTL_CPU_HOTPLUG_OFFLINE" {
			t.Errorf("%s: %s calls %s, and is said to lack it", x.File, x.Function, x.Hook)
		}
	case "XSM1002", "XSM1003", "XSM1004", "XSM1005", "XSM2002":
		if !calls {
			t.Errorf("%s: %s does not call %s", x.File, x.Function, x.Hook)
		}
	case "XSM2001":
		if strings.Contains(functionText(t, tree, x.File, x.Function), member) {
			t.Errorf("%s: %s has %s, and is said to lack it", x.File, x.Function, member)
		}
	}
}

// TestMiniXenHasNoHints keeps what a checker must find out for itself out of the C.
func TestMiniXenHasNoHints(t *testing.T) {
	hint := regexp.MustCompile(`(?i)XSM[1239]\d\d\d|xsmpatch|\bbugs?\b.*\bhook|defect|specimen|decoy|on purpose|missing hook`)
	text := allText(t, testdata.MiniXen(), ".")
	if m := hint.FindString(text); m != "" {
		t.Errorf("minixen gives itself away: %q", m)
	}
}

// functionText returns the lines from the definition of name, a function or a table, to its closing brace in column 0.
func functionText(t *testing.T, tree fs.FS, file, name string) string {
	t.Helper()
	text, err := fs.ReadFile(tree, file)
	if err != nil {
		t.Error(err)
		return ""
	}
	head := regexp.MustCompile(`(?m)^[a-z][^;{}#/]*\b` + name + `(\([^;{}]*\)\s*\{| = \{)`)
	at := head.FindIndex(text)
	if at == nil {
		return ""
	}
	end := bytes.Index(text[at[1]:], []byte("\n}"))
	return string(text[at[0] : at[1]+end])
}

// allText returns the contents of all files below dir, one after another in order of name.
func allText(t *testing.T, tree fs.FS, dir string) string {
	t.Helper()
	var b strings.Builder
	err := fs.WalkDir(tree, dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(tree, path)
		fmt.Fprintf(&b, "%s\n", text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestMiniXenIsSources fails if a build left its output where the embedded copy is taken from.
func TestMiniXenIsSources(t *testing.T) {
	err := fs.WalkDir(testdata.MiniXen(), ".", func(path string, e fs.DirEntry, err error) error {
		ext := filepath.Ext(path)
		if !e.IsDir() && slices.Contains([]string{".o", ".d", ".cmd", ".json"}, ext) {
			t.Errorf("%s is not a source: run make -C testdata/minixen clean", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
