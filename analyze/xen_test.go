//go:build xen

package analyze_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/store"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// xenRoot is the built tree that the real-Xen suite reads.
func xenRoot(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("XSMPATCH_XEN")
	if dir == "" {
		tb.Fatal("XSMPATCH_XEN is not set: run make xen, then make test-xen")
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		tb.Fatal(err)
	}
	return dir
}

// xenScan is one scan of the built tree.
type xenScan struct {
	facts *analyze.Facts
	read  []*analyze.Scanned
	json  []byte
	store *store.Store // what it left behind
}

// coldScan reads the built tree once per test binary: two workers, an empty cache.
var coldScan = sync.OnceValues(func() (*xenScan, error) {
	debug.SetGCPercent(400)
	dir, err := os.MkdirTemp("", "xsmpatch-test-")
	if err != nil {
		return nil, err
	}
	st, err := store.Open(dir)
	if err != nil {
		return nil, err
	}
	return scanTree(os.Getenv("XSMPATCH_XEN"), analyze.Options{Workers: 2, Store: st})
})

// scanTree scans a directory.
func scanTree(dir string, opt analyze.Options) (*xenScan, error) {
	t, err := refactor.OpenDir(dir)
	if err != nil {
		return nil, err
	}
	s := &xenScan{store: opt.Store}
	if s.facts, s.read, err = analyze.Scan(context.Background(), t, opt); err != nil {
		return nil, err
	}
	s.json, err = json.Marshal(s.facts)
	return s, err
}

// sharedScan returns coldScan's result.
func sharedScan(t *testing.T) *xenScan {
	t.Helper()
	xenRoot(t)
	s, err := coldScan()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// kbuildCommand matches the compiler call in the command that kbuild keeps of a compilation.
var kbuildCommand = regexp.MustCompile(`(?m)^cmd_\S+ := (gcc [^;\n]*)`)

// kbuildUnits counts, from the .cmd files alone, how often the build compiled each C file with -D__XEN__. Paths are relative to the tree.
func kbuildUnits(t *testing.T, root string) map[string]int {
	t.Helper()
	units := map[string]int{}
	err := filepath.WalkDir(filepath.Join(root, "xen"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(p, ".cmd") {
			return err
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		m := kbuildCommand.FindSubmatch(text)
		if m == nil {
			return nil
		}
		words := strings.Fields(string(m[1]))
		src := slices.IndexFunc(words, func(w string) bool { return strings.HasSuffix(w, ".c") })
		if src < 0 || !slices.Contains(words, "-D__XEN__") || slices.Contains(words, "-E") {
			return nil // -E makes the compat headers
		}
		file, err := filepath.EvalSymlinks(filepath.Join(root, "xen", words[src])) // the build links some files into arch/x86/efi
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		units[rel]++
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return units
}

// TestXenUnits: every C unit that the build compiled is preprocessed, parsed and type-checked, and no other is made up.
func TestXenUnits(t *testing.T) {
	s := sharedScan(t)
	want := kbuildUnits(t, xenRoot(t))
	total, got := 0, map[string]int{}
	for _, u := range s.read[0].DB.Units {
		if !u.Asm {
			got[u.Main]++
		}
	}
	for f, n := range want {
		total += n
		if got[f] != n {
			t.Errorf("%s: scanned %d times, the build compiled it %d times", f, got[f], n)
		}
	}
	for f := range got {
		if want[f] == 0 {
			t.Errorf("%s: scanned, and the build did not compile it", f)
		}
	}
	c := s.facts.Configs[0]
	t.Logf(".cmd files: %d C units; scan: %d units, %d preprocessed, %d parsed, %d type-checked", total, c.Units, c.Preprocessed, c.Parsed, c.Strict)
	if total < 300 {
		t.Errorf("only %d units: not a built hypervisor", total)
	}
	for what, n := range map[string]int{"units": c.Units, "preprocessed": c.Preprocessed, "parsed": c.Parsed, "type-checked": c.Strict} {
		if n != total {
			t.Errorf("%d %s, want %d", n, what, total)
		}
	}
	for _, d := range s.facts.Degraded {
		t.Errorf("degraded: %s:%d %s: %s", d.File, d.Line, d.Function, d.Reason)
	}
}

// TestXenSameBytes: one worker and two, with an empty cache, a full one and none, give the same bytes. No host program is there to help.
func TestXenSameBytes(t *testing.T) {
	cold := sharedScan(t)
	t.Setenv("PATH", "")
	warm, err := scanTree(xenRoot(t), analyze.Options{Workers: 2, Store: cold.store})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(warm.json, cold.json) {
		t.Errorf("a warm scan differs from the cold one: %s", firstDifference(cold.json, warm.json))
	}
	one, err := scanTree(xenRoot(t), analyze.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.json, cold.json) {
		t.Errorf("one worker gives another inventory than two: %s", firstDifference(cold.json, one.json))
	}
}

// firstDifference shows where two texts part.
func firstDifference(a, b []byte) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	cut := func(s []byte) []byte { return s[max(0, i-60):min(len(s), i+60)] }
	return fmt.Sprintf("byte %d: %q, %q", i, cut(a), cut(b))
}

// builtConfig reads the symbols that are on in the tree's .config.
func builtConfig(t *testing.T, root string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "xen", ".config"))
	if err != nil {
		t.Fatal(err)
	}
	on := map[string]bool{}
	for _, l := range strings.Split(string(text), "\n") {
		if s, ok := strings.CutSuffix(l, "=y"); ok {
			on[s] = true
		}
	}
	return on
}

// TestXenTwoConfigs merges what was built with a configuration that has more switched on, which nobody built.
func TestXenTwoConfigs(t *testing.T) {
	built := sharedScan(t)
	both, err := scanTree(xenRoot(t), analyze.Options{Workers: 2, Store: built.store, Configs: []compdb.Options{{Config: "built"}, {Config: "wide", Source: "synth"}}})
	if err != nil {
		t.Fatal(err)
	}
	f := both.facts
	t.Logf("built: %d sites, %d operations, %d regions uncovered", len(built.facts.Sites), len(built.facts.Ops), len(built.facts.Uncovered))
	t.Logf("built and wide: %d sites, %d operations, %d regions uncovered", len(f.Sites), len(f.Ops), len(f.Uncovered))
	for _, c := range f.Configs {
		t.Logf("%+v", c)
	}
	if len(f.Configs) != 2 || f.Configs[0].Name != "built" || f.Configs[1].Name != "wide" {
		t.Fatalf("configurations %v", f.Configs)
	}
	if len(f.Uncovered) >= len(built.facts.Uncovered) {
		t.Errorf("%d regions uncovered with both, %d with one", len(f.Uncovered), len(built.facts.Uncovered))
	}
	shown := map[string]int{}
	for _, s := range f.Sites {
		shown[strings.Join(s.Configs, "+")]++
	}
	t.Logf("hook calls by configurations that show them: %v", shown)
	if shown["built+wide"] == 0 || shown["wide"] == 0 {
		t.Error("no hook call is common, or the wide configuration adds none")
	}
	for _, s := range built.facts.Sites {
		i := slices.IndexFunc(f.Sites, func(x analyze.Site) bool { return x.ID == s.ID })
		if i < 0 || !slices.Contains(f.Sites[i].Configs, "built") {
			t.Errorf("%s:%d: %s is lost, or not said to be in the built configuration", s.File, s.Line, s.Hook)
		}
	}
}
