//go:build xen

package cpp

import (
	"context"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
)

// cpuMillis returns the CPU time the process has used.
func cpuMillis() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

// benchUnits returns every nth unit of a built Xen.
func benchUnits(b *testing.B, nth int) (root string, units []xenUnit) {
	root = xenRoot(b)
	for i, u := range xenUnits(b, root) {
		if i%nth == 0 {
			units = append(units, u)
		}
	}
	return root, units
}

// BenchmarkPreprocess runs units with a session that has read their files before. One iteration is one unit.
func BenchmarkPreprocess(b *testing.B) {
	root, units := benchUnits(b, 10)
	s := NewSession(dirReader(root), Options{})
	for _, u := range units {
		if _, err := s.Preprocess(context.Background(), u.Unit); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	cpu, tokens := cpuMillis(), 0
	for i := range b.N {
		r, err := s.Preprocess(context.Background(), units[i%len(units)].Unit)
		if err != nil {
			b.Fatal(err)
		}
		tokens += len(r.Tokens)
	}
	b.ReportMetric((cpuMillis()-cpu)/float64(b.N), "cpu-ms/unit")
	b.ReportMetric(float64(tokens)/float64(b.N), "tokens/unit")
}

// BenchmarkPreprocessCold runs all units of the tree with a fresh session: reading and splitting files counts. One
// iteration is the whole tree.
func BenchmarkPreprocessCold(b *testing.B) {
	root, units := benchUnits(b, 1)
	b.ReportAllocs()
	cpu := cpuMillis()
	var s *Session
	for range b.N {
		s = NewSession(dirReader(root), Options{})
		for _, u := range units {
			if _, err := s.Preprocess(context.Background(), u.Unit); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric((cpuMillis()-cpu)/float64(b.N*len(units)), "cpu-ms/unit")
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/1e6, "session-MB")
	runtime.KeepAlive(s)
}

// BenchmarkGCC runs gcc -E on the units of BenchmarkPreprocess, for comparison. One iteration is one unit.
func BenchmarkGCC(b *testing.B) {
	root, units := benchUnits(b, 10)
	used := func() float64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &u); err != nil {
			return 0
		}
		return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
	}
	cpu := used()
	for i := range b.N {
		cmd := exec.Command("gcc", append([]string{"-E", "-P", "-o", "/dev/null"}, units[i%len(units)].args...)...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
	b.ReportMetric((used()-cpu)/float64(b.N), "cpu-ms/unit")
}
