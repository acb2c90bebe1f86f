//go:build xen

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkVerifyBase prints what a gate in CI costs on the built tree as a git checkout: verify --base HEAD with the cache warm, after one file
// changed. Units: cpu-s, wall-s.
func BenchmarkVerifyBase(b *testing.B) {
	bin, err := buildTool()
	if err != nil {
		b.Fatal(err)
	}
	dir := filepath.Join(b.TempDir(), "xen")
	if err := os.CopyFS(dir, os.DirFS(xenTree(b))); err != nil {
		b.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-qm", "base"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			b.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	file := filepath.Join(dir, "xen", "common", "domctl.c")
	src, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	cache := b.TempDir()
	verify := func() usage { return measure(b, exec.Command(bin, "verify", dir, "--cache", cache, "--base", "HEAD")) }
	verify()
	b.ResetTimer()
	var cpu, wall time.Duration
	for i := range b.N {
		b.StopTimer()
		if err := os.WriteFile(file, append(fmt.Appendf(nil, "/* change %d */\n", i), src...), 0o644); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		u := verify()
		cpu, wall = cpu+u.cpu, wall+u.wall
	}
	b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s")
	b.ReportMetric(wall.Seconds()/float64(b.N), "wall-s")
}
