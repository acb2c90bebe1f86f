//go:build xen || xentrees

package compdb

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// xenTree opens the built tree that XSMPATCH_XEN names.
func xenTree(t testing.TB) *refactor.Tree {
	t.Helper()
	dir := os.Getenv("XSMPATCH_XEN")
	if dir == "" {
		t.Fatal("XSMPATCH_XEN must name a built Xen tree (make xen)")
	}
	tr, err := refactor.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// compiler returns the gcc for an architecture.
func compiler(arch string) []string {
	switch arch {
	case "aarch64":
		return []string{"aarch64-linux-gnu-gcc"}
	case "arm32":
		return []string{"arm-linux-gnueabihf-gcc", "-mcpu=cortex-a15"}
	case "x86_32":
		return []string{"gcc", "-m32"}
	}
	return []string{"gcc"}
}

// gccArgs spells a unit as gcc options; root holds the tree with its generated files.
func gccArgs(u cpp.Unit, root string) []string {
	args := []string{"-fsyntax-only", "-w", "-nostdinc", "-fno-builtin", "-fno-pie"}
	if u.Arch == "x86_64" {
		args = append(args, "-fno-pic", "-mno-red-zone")
	}
	if u.Std != "" {
		args = append(args, "-std="+u.Std)
	}
	for _, m := range u.Macros {
		switch {
		case m.Undef:
			args = append(args, "-U"+m.Name)
		case m.Name == "__WCHAR_WIDTH__" && m.Body == "16":
			args = append(args, "-fshort-wchar")
		default:
			args = append(args, "-D"+m.Name+"="+m.Body)
		}
	}
	for _, o := range []struct {
		opt   string
		paths []string
	}{{"-include", u.Includes}, {"-iquote", u.Quote}, {"-I", u.Search}, {"-isystem", u.System}} {
		for _, p := range o.paths {
			args = append(args, o.opt, filepath.Join(root, p))
		}
	}
	out, _ := exec.Command(compiler(u.Arch)[0], "-print-file-name=include").Output()
	return append(args, "-isystem", strings.TrimSpace(string(out)), filepath.Join(root, u.Main))
}

// materialise makes a folder with the hypervisor's files (as links) and the generated ones.
func materialise(t testing.TB, db *DB, root string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("cp", "-rs", filepath.Join(root, db.Folder)+"/.", filepath.Join(dir, db.Folder)).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v\n%s", err, out)
	}
	for p, data := range db.Overlay {
		f := filepath.Join(dir, p)
		if err := os.MkdirAll(filepath.Dir(f), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(f); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if err := os.WriteFile(f, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// gccFailures runs gcc on every C unit and returns its messages by main file.
func gccFailures(t testing.TB, db *DB, root string) (cUnits int, failed map[string]string) {
	t.Helper()
	dir := materialise(t, db, root)
	failed = map[string]string{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	work := make(chan cpp.Unit)
	for range runtime.NumCPU() {
		wg.Go(func() {
			for u := range work {
				cc := compiler(u.Arch)
				cmd := exec.CommandContext(context.Background(), cc[0], append(cc[1:], gccArgs(u, dir)...)...)
				if out, err := cmd.CombinedOutput(); err != nil {
					mu.Lock()
					failed[u.Main] = string(out)
					mu.Unlock()
				}
			}
		})
	}
	for _, u := range db.Units {
		if !u.Asm {
			cUnits++
			work <- u
		}
	}
	close(work)
	wg.Wait()
	return cUnits, failed
}

// report prints each distinct first message of the failures, with the number of units and one of them.
func report(t testing.TB, name string, n int, failed map[string]string) {
	t.Logf("%s: gcc -fsyntax-only accepts %d of %d units", name, n-len(failed), n)
	units := map[string][]string{}
	for m, text := range failed {
		for _, l := range strings.Split(text, "\n") {
			if _, msg, ok := strings.Cut(l, "error: "); ok {
				units[msg] = append(units[msg], m)
				break
			}
		}
	}
	for _, msg := range slices.Sorted(maps.Keys(units)) {
		sort.Strings(units[msg])
		t.Logf("  %d: %s (%s)", len(units[msg]), msg, units[msg][0])
	}
}

// TestBuiltTree holds the saved commands against an independent count, and gcc accepts each unit as we state it.
func TestBuiltTree(t *testing.T) {
	tr := xenTree(t)
	db, err := Load(tr, Options{Source: SourceCmd})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", "grep -lr --include='.*.o.cmd' -e -D__XEN__ . | xargs grep -hoE -- '^cmd_.* -c [^ ;]*\\.c ' | wc -l")
	cmd.Dir = tr.Root()
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	n, failed := gccFailures(t, db, tr.Root())
	if got := fmt.Sprintf("%d\n", n); got != string(out) {
		t.Errorf("%s C units, grep finds %s", got, out)
	}
	report(t, "built", n, failed)
	if len(failed) > 0 {
		t.Errorf("%d units fail", len(failed))
	}
}

// TestImpliedMacros holds data/gccflags.txt against gcc: the defaults, changed as the table says, are what gcc -dM prints.
func TestImpliedMacros(t *testing.T) {
	dump := func(args ...string) map[string]string {
		out, err := exec.Command("gcc", append(args, "-nostdinc", "-dM", "-E", "-x", "c", "/dev/null")...).Output()
		if err != nil {
			t.Fatal(args, err)
		}
		m := map[string]string{}
		for _, l := range strings.Split(strings.TrimSpace(string(out)), "\n") {
			name, body, _ := strings.Cut(strings.TrimPrefix(l, "#define "), " ")
			m[name] = body
		}
		return m
	}
	flags := []string{"-m64", "-O2", "-msoft-float", "-fno-pie", "-fno-asynchronous-unwind-tables", "-fpic", "-mno-mmx", "-mno-sse", "-fcf-protection=branch", "-fshort-wchar"}
	want := dump(flags...)
	got := dump()
	table := loadFlagMacros()
	for _, f := range flags {
		for _, d := range table[f] {
			if got[d.Name] = d.Body; d.Undef {
				delete(got, d.Name)
			}
		}
	}
	for _, m := range []map[string]string{got, want} {
		for name := range m { // half-float limits and the wide charset's name: no hypervisor asks
			if strings.HasPrefix(name, "__FLT16_") || strings.Contains(name, "CHARSET") {
				delete(m, name)
			}
		}
	}
	if !reflect.DeepEqual(got, want) {
		for n := range want {
			if got[n] != want[n] {
				t.Errorf("%s: table gives %q, gcc %q", n, got[n], want[n])
			}
		}
		for n := range got {
			if _, ok := want[n]; !ok {
				t.Errorf("%s: table keeps it, gcc has none", n)
			}
		}
	}
}

// TestSynthesisedUnits holds synthesis on the built tree (its generated files unread) against the saved commands: the
// same units with the same macros and folders.
func TestSynthesisedUnits(t *testing.T) {
	tr := xenTree(t)
	want, err := Load(tr, Options{Source: SourceCmd})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Load(tr, Options{Source: SourceSynth, Config: "tree"})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range got.Loss {
		t.Log(n)
	}
	index := func(db *DB) map[string]cpp.Unit {
		m := map[string]cpp.Unit{}
		for _, u := range db.Units {
			m[u.Main] = u
		}
		return m
	}
	w, g := index(want), index(got)
	if len(g) != len(w) {
		t.Errorf("%d units, the build has %d", len(g), len(w))
	}
	for m, u := range w {
		v, ok := g[m]
		if !ok {
			t.Errorf("%s: not found", m)
			continue
		}
		if d := unitDiff(v, u); d != "" {
			t.Errorf("%s: %s", m, d)
		}
	}
	for m := range g {
		if _, ok := w[m]; !ok {
			t.Errorf("%s: the build has none", m)
		}
	}
}
