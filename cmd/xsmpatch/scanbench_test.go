//go:build xen

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// xenTree is the built tree that the real-Xen suite and benchmarks read.
func xenTree(tb testing.TB) string {
	tb.Helper()
	t := os.Getenv("XSMPATCH_XEN")
	if t == "" {
		tb.Fatal("XSMPATCH_XEN is not set: run make xen, then make test-xen or make bench")
	}
	abs, err := filepath.Abs(t)
	if err != nil {
		tb.Fatal(err)
	}
	return abs
}

// buildTool compiles the tool once per test binary.
var buildTool = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "xsmpatch-bench-")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "xsmpatch")
	return bin, exec.Command("go", "build", "-o", bin, ".").Run()
})

// usage is what a child process cost.
type usage struct {
	cpu, wall time.Duration
	rss       int64 // bytes, peak
}

// measure runs a command and returns its cost. Exit status 3 (degraded) is fine.
func measure(tb testing.TB, c *exec.Cmd) usage {
	tb.Helper()
	t0 := time.Now()
	out, err := c.CombinedOutput()
	if err != nil && c.ProcessState.ExitCode() != exitInternal {
		tb.Fatalf("%v: %v\n%s", c.Args, err, out)
	}
	ru := c.ProcessState.SysUsage().(*syscall.Rusage)
	return usage{c.ProcessState.UserTime() + c.ProcessState.SystemTime(), time.Since(t0), ru.Maxrss << 10}
}

// BenchmarkScan prints what a scan of the built tree costs: cold against gcc -fsyntax-only on the same units in the same run, and warm with
// one file changed. Units: cpu-s, wall-s, rss-MB; ratio is CPU of the cold scan over CPU of gcc.
func BenchmarkScan(b *testing.B) {
	tree := xenTree(b)
	bin, err := buildTool()
	if err != nil {
		b.Fatal(err)
	}
	scan := func(tree, cache string) usage {
		return measure(b, exec.Command(bin, "scan", tree, "--cache", cache, "-o", filepath.Join(b.TempDir(), "facts.json")))
	}
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			gcc := gccSyntaxOnly(b, tree)
			u := scan(tree, b.TempDir())
			b.ReportMetric(gcc.Seconds(), "gcc-cpu-s")
			b.ReportMetric(u.cpu.Seconds(), "cpu-s")
			b.ReportMetric(u.cpu.Seconds()/gcc.Seconds(), "ratio")
			b.ReportMetric(u.wall.Seconds(), "wall-s")
			b.ReportMetric(float64(u.rss)/1e6, "rss-MB")
		}
	})
	b.Run("warm", func(b *testing.B) {
		cache, work := b.TempDir(), copyTree(b, tree)
		scan(work, cache)
		n := 0
		for b.Loop() {
			n++
			file := filepath.Join(work, "xen/common/domctl.c")
			src, err := os.ReadFile(file)
			if err != nil {
				b.Fatal(err)
			}
			if err := os.WriteFile(file, append(src, []byte("/* "+strings.Repeat("x", n)+" */\n")...), 0o644); err != nil {
				b.Fatal(err)
			}
			u := scan(work, cache)
			b.ReportMetric(u.cpu.Seconds(), "cpu-s")
			b.ReportMetric(u.wall.Seconds(), "wall-s")
			b.ReportMetric(float64(u.rss)/1e6, "rss-MB")
		}
	})
}

// copyTree copies the sources and build commands of the hypervisor into a temporary folder.
func copyTree(b testing.TB, tree string) string {
	dir := b.TempDir()
	c := exec.Command("sh", "-c", `cd "$1" && tar cf - --exclude='*.o' --exclude='*.a' --exclude='xen-syms*' xen | tar xf - -C "$2"`, "sh", tree, dir)
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return dir
}

// savedCommand finds gcc's command line in a kbuild .cmd file.
var savedCommand = regexp.MustCompile(`(?m)^(?:saved)?cmd_\S+ := (.*)$`)

// gccSyntaxOnly checks every C unit of the tree with the commands of its build and returns the CPU time.
func gccSyntaxOnly(b *testing.B, tree string) time.Duration {
	files, err := exec.Command("find", filepath.Join(tree, "xen"), "-name", ".*.o.cmd").Output()
	if err != nil {
		b.Fatal(err)
	}
	var total time.Duration
	for _, f := range strings.Fields(string(files)) {
		if cmd := syntaxCommand(b, f); cmd != "" {
			c := exec.Command("sh", "-c", "exec "+cmd)
			c.Dir = filepath.Join(tree, "xen")
			total += measure(b, c).cpu
		}
	}
	return total
}

// syntaxCommand turns a saved compile command into one that only checks the syntax, "" for what is no C unit of the hypervisor.
func syntaxCommand(b *testing.B, file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	m := savedCommand.FindSubmatch(text)
	if m == nil {
		return ""
	}
	cmd, _, _ := strings.Cut(string(m[1]), ";")
	cmd = strings.ReplaceAll(cmd, "$(pound)", "#")
	words := strings.Fields(cmd)
	out := words[:0]
	unit := false
	for i := 0; i < len(words); i++ {
		switch {
		case words[i] == "-o":
			i++
			continue
		case words[i] == "-c" || strings.HasPrefix(words[i], "-Wp,-MMD") || words[i] == "-MMD" || words[i] == "-MP":
			continue
		case words[i] == "-MF" || words[i] == "-MQ":
			i++
			continue
		case strings.HasSuffix(words[i], ".c"):
			unit = true
		}
		out = append(out, words[i])
	}
	if !unit || !strings.Contains(cmd, "-D__XEN__") {
		return ""
	}
	return strings.Join(out, " ") + " -w -fsyntax-only"
}
