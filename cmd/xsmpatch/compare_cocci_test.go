//go:build xen && cocci

package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// cocciCase is one rewrite as a recipe and as a semantic patch; new is what it writes at each place.
type cocciCase struct{ name, new string }

// TestCompareCocci makes the same three rewrites of Xen's hypervisor with xsmpatch and with Coccinelle, and prints the table that
// docs/refactor.md shows. What Coccinelle changes xsmpatch must change, and in less time.
func TestCompareCocci(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "xsmpatch")
	shell(t, ".", "go", "build", "-o", bin, ".")
	var table, missed strings.Builder
	fmt.Fprintf(&table, "| rewrite | xsmpatch | Coccinelle | only xsmpatch | only Coccinelle | left undecided | files Coccinelle gave up | xsmpatch s | Coccinelle s |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, c := range []cocciCase{{"rename", "xsm_get_domain_info"}, {"expression", "copy_one_from_guest"}, {"statements", "legacy_gate"}} {
		file, err := filepath.Abs("../../testdata/cocci/" + c.name)
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := cleanSources(t), cleanSources(t)
		mine, undecided := xsmpatchRewrites(t, bin, file+".yaml", ours)
		spatch, gaveUp := cocciRewrites(t, file+".cocci", theirs)
		a, b := places(t, ours, c.new), places(t, theirs, c.new)
		onlyA, onlyB := less(a, b), less(b, a)
		fmt.Fprintf(&table, "| %s | %d | %d | %d | %d | %d | %d | %.1f | %.1f |\n", c.name, total(a), total(b), total(onlyA), total(onlyB), undecided, gaveUp, mine.Seconds(), spatch.Seconds())
		if len(onlyB) > 0 {
			t.Errorf("%s: Coccinelle alone changes %v", c.name, onlyB)
		}
		if mine >= spatch {
			t.Errorf("%s: %v, Coccinelle %v", c.name, mine, spatch)
		}
		for _, p := range slices.Sorted(maps.Keys(onlyA)) {
			fmt.Fprintf(&missed, "%s: %d in %s; %s\n", c.name, onlyA[p], strings.TrimPrefix(p, "./"), unparsed(t, filepath.Join(ours, p)))
		}
	}
	fmt.Printf("%s\nOnly xsmpatch changes:\n%s", &table, &missed)
}

var passedRE = regexp.MustCompile(`nb good = (\d+),  nb bad = (\d+)`)

// unparsed returns how many lines of a file Coccinelle says that it cannot parse.
func unparsed(t *testing.T, file string) string {
	t.Helper()
	out, err := exec.Command("spatch", "--parse-c", file).CombinedOutput()
	m := passedRE.FindSubmatch(out)
	if m == nil {
		t.Fatalf("spatch --parse-c %s: %v\n%s", file, err, out)
	}
	return fmt.Sprintf("Coccinelle parses %s lines of the file and cannot parse %s", m[1], m[2])
}

// cleanSources copies the hypervisor's sources, without what the build made.
func cleanSources(t *testing.T) string {
	t.Helper()
	from, to := filepath.Join(os.Getenv("XSMPATCH_XEN"), "xen"), t.TempDir()
	err := filepath.WalkDir(from, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !e.Type().IsRegular() {
			return err
		}
		if ext := filepath.Ext(p); ext != ".c" && ext != ".h" {
			return nil
		}
		rel, err := filepath.Rel(from, p)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(to, filepath.Dir(rel)), 0o777); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o666)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// xsmpatchRewrites runs a recipe in place and returns the time and the number of places left undecided.
func xsmpatchRewrites(t *testing.T, bin, recipe, dir string) (time.Duration, int) {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(bin, "refactor", recipe, dir, "--write")
	cmd.Stderr = &stderr
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	undecided := bytes.Count(stderr.Bytes(), []byte(": undecided: "))
	if err != nil && undecided == 0 {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	return took, undecided
}

var gaveUpRE = regexp.MustCompile(`(?m)^EXN:.* in (\S+)$`)

// cocciRewrites runs a semantic patch in place and returns the time and the number of files that it stopped at with an exception.
func cocciRewrites(t *testing.T, sp, dir string) (time.Duration, int) {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command("spatch", "--sp-file", sp, "--dir", dir, "--include-headers", "--in-place")
	cmd.Stderr = &stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		t.Fatalf("spatch: %v\n%s", err, &stderr)
	}
	return time.Since(start), len(gaveUpRE.FindAll(stderr.Bytes(), -1))
}

// places counts the word per file of a tree, outside comments that only mention it.
func places(t *testing.T, dir, word string) map[string]int {
	t.Helper()
	out := map[string]int{}
	re := regexp.MustCompile(`\b` + word + `\b`)
	for _, p := range strings.Fields(shell(t, dir, "sh", "-c", "grep -rlw "+word+" . || true")) {
		data, err := os.ReadFile(filepath.Join(dir, p))
		if err != nil {
			t.Fatal(err)
		}
		out[p] = len(re.FindAll(data, -1))
	}
	return out
}

// less returns what a has more than b.
func less(a, b map[string]int) map[string]int {
	out := map[string]int{}
	for p, n := range a {
		if n > b[p] {
			out[p] = n - b[p]
		}
	}
	return out
}

func total(m map[string]int) (n int) {
	for _, v := range m {
		n += v
	}
	return n
}
