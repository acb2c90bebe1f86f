package ss

import (
	"fmt"
	"testing"
	"time"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policytest"
)

// BenchmarkComputeAV computes every access vector over the types of a policy and
// reports the ratio to libsepol on the same triples in the same run, the best
// pass of each: other work on the machine only ever adds time.
func BenchmarkComputeAV(b *testing.B) {
	benchmarkComputeAV(b, compileConf(b, policytest.Small, 30, false), "sys_u")
}

func benchmarkComputeAV(b *testing.B, bin []byte, user string) {
	s, o := newServer(b, bin, Xen), policytest.NewOracle(b, bin)
	var sids []policydb.SID
	for _, typ := range s.Policy().Types {
		ctx := user + ":object_r:" + typ.Name
		if sid, err := s.ContextToSID(ctx); err == nil {
			sids = append(sids, sid)
			o.One(b, "def "+ctx)
		}
	}
	classes := policydb.Class(len(s.Policy().Classes))
	ours := 1e9
	var sum policydb.AV
	for b.Loop() {
		start := time.Now()
		sum = 0
		n := 0
		for _, source := range sids {
			for _, target := range sids {
				for class := policydb.Class(1); class <= classes; class++ {
					d, _ := s.ComputeAV(source, target, class)
					sum += d.Allowed
					n++
				}
			}
		}
		ours = min(ours, float64(time.Since(start).Nanoseconds())/float64(n))
	}
	var theirs float64
	var theirSum uint32
	fmt.Sscanf(o.One(b, fmt.Sprintf("time %d %d", 300, classes)), "%f %x", &theirs, &theirSum)
	if uint32(sum) != theirSum {
		b.Errorf("sum of access vectors is %x, libsepol's is %x", uint32(sum), theirSum)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ours, "ns/av")
	b.ReportMetric(theirs, "libsepol-ns/av")
	b.ReportMetric(ours/theirs, "ratio")
}

// BenchmarkLoad loads a policy again and again, and reports libsepol's time for
// reading it in the same run.
func BenchmarkLoad(b *testing.B) {
	benchmarkLoad(b, compileConf(b, policytest.Small, 30, false))
}

func benchmarkLoad(b *testing.B, bin []byte) {
	s, o := newServer(b, bin, Xen), policytest.NewOracle(b, bin)
	for b.Loop() {
		if err := s.Load(bin); err != nil {
			b.Fatal(err)
		}
	}
	var theirs float64
	fmt.Sscan(o.One(b, fmt.Sprintf("load %s %d", o.File, 500)), &theirs)
	b.ReportMetric(theirs, "libsepol-ns/load")
}
