package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// integrateProcess is "xsmpatch integrate" as a process of its own, which can be killed.
func integrateProcess(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &exec.Cmd{Path: self, Args: append([]string{"xsmpatch", "integrate", "--no-cache"}, args...), Env: os.Environ()}
}

// killedAt runs integrate and kills it when it says that it begins a stage; it returns what it said.
func killedAt(t *testing.T, stage string, args ...string) string {
	t.Helper()
	c := integrateProcess(t, args...)
	pipe, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for in := bufio.NewScanner(pipe); in.Scan(); {
		fmt.Fprintln(&said, in.Text())
		if strings.HasPrefix(in.Text(), stage) && !strings.HasSuffix(in.Text(), "done before") {
			c.Process.Kill()
		}
	}
	if c.Wait() == nil || c.ProcessState.Exited() {
		t.Fatalf("not killed at %s:\n%s", stage, &said)
	}
	return said.String()
}

// filesBelow maps the files below a directory to their contents.
func filesBelow(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		out[rel] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sameFiles(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s differs from that of a run without interruption", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

// stageMarks begin the lines that name the stages.
var stageMarks = []string{"[1/5] scan", "[2/5] findings", "[3/5] plan", "[4/5] series", "[5/5] report"}

// TestIntegrateGoesOn kills integrate in each of its stages, one after another: each run goes on behind the stages that are finished, nothing
// has the output's name before the end, and the end is the same to the byte as without an interruption.
func TestIntegrateGoesOn(t *testing.T) {
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	straight := integrateProcess(t, "-o", filepath.Join(dir, "straight"))
	straight.Stdout, straight.Stderr = &stdout, &stderr
	_ = straight.Run() // the status says that gaps are left open
	want := filesBelow(t, filepath.Join(dir, "straight"))
	if len(want) < 10 {
		t.Fatalf("%d files\n%s", len(want), &stderr)
	}
	out := filepath.Join(dir, "out")
	for i, mark := range stageMarks {
		said := killedAt(t, mark, "-o", out)
		if n := strings.Count(said, "done before"); n < i-1 || n > i { // the run before was killed one stage earlier, or had just finished that one
			t.Errorf("%d stages are taken over at %s, want %d or one more\n%s", n, mark, max(i-1, 0), said)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("killed at %s, and %s is there", mark, out)
		}
	}
	for ms := range 6 { // and at any other moment
		c := integrateProcess(t, "-o", filepath.Join(dir, "any"))
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(40+110*ms) * time.Millisecond)
		c.Process.Kill()
		_ = c.Wait()
	}
	_ = integrateProcess(t, "-o", filepath.Join(dir, "any")).Run()
	sameFiles(t, filesBelow(t, filepath.Join(dir, "any")), want)
	again := integrateProcess(t, "-o", out)
	var text bytes.Buffer
	again.Stdout = &text
	_ = again.Run()
	sameFiles(t, filesBelow(t, out), want)
	if got := strings.ReplaceAll(text.String(), out, filepath.Join(dir, "straight")); got != stdout.String() {
		t.Errorf("the summary is\n%s\nwant\n%s", got, &stdout)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

// TestIntegrateBeginsAnew changes the tree, or a stage's file, between two runs: what depends on it is made anew.
func TestIntegrateBeginsAnew(t *testing.T) {
	tree, dir := miniCopy(t), t.TempDir()
	out := filepath.Join(dir, "out")
	killedAt(t, stageMarks[3], tree, "-o", out)
	parts := filepath.Join(dir, ".out.unfinished")
	if err := os.WriteFile(filepath.Join(parts, "plan.yaml"), []byte("other"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(parts, "stray.txt"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if said := killedAt(t, stageMarks[2], tree, "-o", out); strings.Count(said, "done before") != 2 {
		t.Errorf("a plan that somebody changed:\n%s", said)
	}
	f, err := os.OpenFile(filepath.Join(tree, "xen/common/domctl.c"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(f, "/* another tree */")
	f.Close()
	said := killedAt(t, stageMarks[4], tree, "-o", out)
	if strings.Contains(said, "done before") || !strings.Contains(said, "all stages are made anew") {
		t.Errorf("another tree:\n%s", said)
	}
	_ = integrateProcess(t, tree, "-o", out).Run()
	_ = integrateProcess(t, tree, "-o", filepath.Join(dir, "straight")).Run()
	sameFiles(t, filesBelow(t, out), filesBelow(t, filepath.Join(dir, "straight")))
}
