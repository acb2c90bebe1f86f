package avc

import (
	"fmt"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policytest"
)

// BenchmarkHit measures hits on one and on 64 cached questions, through a CPU
// through the cache itself, and without counting, alone and on all cores at once, and reports the
// ratio to the least that a cache in C does, in the same run.
func BenchmarkHit(b *testing.B) {
	bin, err := policytest.Compile(b.TempDir(), policytest.Small, 30, false)
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{1, 64} {
		s, c := newCache(b, policytest.Small, nil)
		list := grants(b, s, 64)[:n]
		for _, q := range list {
			c.Check(q.ssid, q.tsid, q.class, q.av, nil)
		}
		measure := func(name string, run func(b *testing.B)) {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				run(b)
				perC := cacheInC(b, bin, n)
				ns := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / batch
				b.ReportMetric(ns, "ns/hit")
				b.ReportMetric(perC, "c-ns/hit")
				b.ReportMetric(ns/perC, "ratio")
			})
		}
		measure("cpu", func(b *testing.B) { cpuHits(b, list, c.CPU(), b.Loop) })
		measure("cpuParallel", func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) { cpuHits(b, list, c.CPU(), pb.Next) })
		})
		measure("cache", func(b *testing.B) { cacheHits(b, list, c, b.Loop) })
		measure("cacheParallel", func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) { cacheHits(b, list, c, pb.Next) })
		})
		c.Uncounted()
		measure("uncounted", func(b *testing.B) { cacheHits(b, list, c, b.Loop) })
		measure("uncountedParallel", func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) { cacheHits(b, list, c, pb.Next) })
		})
	}
}

// cacheInC returns the nanoseconds per hit of the oracle's cache with n entries.
func cacheInC(b *testing.B, bin []byte, n int) float64 {
	b.Helper()
	o := policytest.NewOracle(b, bin)
	p, err := policydb.Read(bin)
	if err != nil {
		b.Fatal(err)
	}
	defined := 0
	for i := 0; defined < n; i++ {
		user := []string{"sys_u", "vm_u"}[i/len(p.Types)%2]
		role := []string{"object_r", "sys_r", "vm_r"}[i/len(p.Types)/2%3]
		if o.One(b, "def "+user+":"+role+":"+p.Types[i%len(p.Types)].Name) != "-1" {
			defined++
		}
	}
	var ns float64
	fmt.Sscan(o.One(b, fmt.Sprintf("avc %d %d", 30000000/n, n)), &ns)
	return ns
}

// batch is how many checks one iteration makes: the harness costs about as much as
// a hit.
const batch = 64

func cpuHits(b *testing.B, list []question, c *CPU, next func() bool) {
	mask := len(list) - 1
	for next() {
		for i := range batch {
			q := &list[i&mask]
			if c.Check(q.ssid, q.tsid, q.class, q.av, nil) != nil {
				b.Error("denied")
				return
			}
		}
	}
}

func cacheHits(b *testing.B, list []question, c *Cache, next func() bool) {
	mask := len(list) - 1
	for next() {
		for i := range batch {
			q := &list[i&mask]
			if c.Check(q.ssid, q.tsid, q.class, q.av, nil) != nil {
				b.Error("denied")
				return
			}
		}
	}
}
