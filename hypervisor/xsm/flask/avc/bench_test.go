package avc

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policytest"
)

// BenchmarkHit measures hits on one and on 64 cached questions, through a CPU
// and through the cache itself, with and without counting. Other work on the
// machine only ever adds time, so both we and the least that a cache in C does,
// in the same run, report the best of many short slices. Then all cores read at
// once; these are plain averages.
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
		perC := cacheInC(b, bin, n)
		measure := func(name string, hits func(b *testing.B)) {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				best := 1e9
				for b.Loop() {
					start := time.Now()
					hits(b)
					best = min(best, float64(time.Since(start).Nanoseconds())/slice)
				}
				b.ReportMetric(best, "ns/hit")
				b.ReportMetric(perC, "c-ns/hit")
				b.ReportMetric(best/perC, "ratio")
			})
			b.Run(fmt.Sprintf("%sParallel/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						hits(b)
					}
				})
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/slice, "ns/hit")
			})
		}
		// One CPU for each goroutine.
		cpus := sync.Pool{New: func() any { return c.CPU() }}
		measure("cpu", func(b *testing.B) {
			cpu := cpus.Get().(*CPU)
			cpuHits(b, list, cpu)
			cpus.Put(cpu)
		})
		measure("cache", func(b *testing.B) { cacheHits(b, list, c) })
		c.Uncounted()
		measure("uncounted", func(b *testing.B) { cacheHits(b, list, c) })
	}
}

// slice is how many hits are timed together: far less than a scheduler's turn.
const slice = 16384

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
	fmt.Sscan(o.One(b, fmt.Sprintf("avc %d %d", 3000, n)), &ns)
	return ns
}

func cpuHits(b *testing.B, list []question, c *CPU) {
	mask := len(list) - 1
	for i := range slice {
		q := &list[i&mask]
		if c.Check(q.ssid, q.tsid, q.class, q.av, nil) != nil {
			b.Error("denied")
			return
		}
	}
}

func cacheHits(b *testing.B, list []question, c *Cache) {
	mask := len(list) - 1
	for i := range slice {
		q := &list[i&mask]
		if c.Check(q.ssid, q.tsid, q.class, q.av, nil) != nil {
			b.Error("denied")
			return
		}
	}
}
