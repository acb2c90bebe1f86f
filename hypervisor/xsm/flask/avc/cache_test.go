package avc

import (
	"sync"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policytest"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/ss"
)

func newCache(t testing.TB, conf string, log func(string)) (*ss.Server, *Cache) {
	t.Helper()
	bin, err := policytest.Compile(t.TempDir(), conf, 30, false)
	if err != nil {
		t.Fatal(err)
	}
	defs, err := policytest.Definitions(bin)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ss.New(ss.Options{Definitions: defs})
	if err != nil {
		t.Fatal(err)
	}
	c := New(s, log)
	if err := s.Load(bin); err != nil {
		t.Fatal(err)
	}
	return s, c
}

// question is a check that the small policy grants.
type question struct {
	ssid, tsid policydb.SID
	class      policydb.Class
	av         policydb.AV
}

// grants returns n different questions that are granted.
func grants(t testing.TB, s *ss.Server, n int) []question {
	t.Helper()
	p := s.Policy()
	sids := policydb.SID(0)
	for _, typ := range p.Types {
		if sid, err := s.ContextToSID("sys_u:object_r:" + typ.Name); err == nil {
			sids = max(sids, sid)
		}
	}
	var out []question
	for ssid := policydb.SID(1); ssid <= sids; ssid++ {
		for tsid := policydb.SID(1); tsid <= sids; tsid++ {
			for class := policydb.Class(1); int(class) <= len(p.Classes); class++ {
				d, err := s.ComputeAV(ssid, tsid, class)
				if err == nil && d.Allowed&^d.AuditAllow != 0 && len(out) < n {
					out = append(out, question{ssid, tsid, class, d.Allowed &^ d.AuditAllow})
				}
			}
		}
	}
	if len(out) < n {
		t.Fatalf("the policy grants only %d questions", len(out))
	}
	return out
}

// checker is what a test needs of a cache: the labels of a few SIDs.
type checker struct {
	t *testing.T
	s *ss.Server
	c *Cache
}

func (k checker) sid(context string) policydb.SID {
	k.t.Helper()
	sid, err := k.s.ContextToSID(context)
	if err != nil {
		k.t.Fatal(err)
	}
	return sid
}

func (k checker) perm(class, perm string) (policydb.Class, policydb.AV) {
	k.t.Helper()
	d := k.s.Definitions()
	av := d.Perm(class, perm)
	if av == 0 {
		k.t.Fatalf("no permission %s in %s", perm, class)
	}
	return d.Class(class), av
}

func (k checker) check(source, target, class, perm string, a *Audit) error {
	k.t.Helper()
	cl, av := k.perm(class, perm)
	return k.c.Check(k.sid(source), k.sid(target), cl, av, a)
}

const (
	dom0 = "sys_u:sys_r:dom0_t"
	domU = "sys_u:vm_r:domU_t"
	xen  = "sys_u:sys_r:xen_t"
	free = "sys_u:sys_r:free_t"
)

func newChecker(t *testing.T) (checker, *[]string) {
	t.Helper()
	var lines []string
	s, c := newCache(t, policytest.Small, func(l string) { lines = append(lines, l) })
	return checker{t, s, c}, &lines
}

func TestAuditLines(t *testing.T) {
	k, lines := newChecker(t)
	cases := []struct {
		source, target, class, perm string
		audit                       *Audit
		err                         error
		line                        string
	}{
		{dom0, xen, "xen", "settime", nil, nil, ""},
		{domU, xen, "xen", "settime", &Audit{Current: "d5"}, abi.EACCES,
			"avc:  denied  { settime } for current=d5 scontext=sys_u:vm_r:domU_t tcontext=sys_u:sys_r:xen_t tclass=xen"},
		{domU, xen, "xen", "readconsole", nil, abi.EACCES, ""}, // dontaudit
		{domU, domU, "domain", "pause", &Audit{Source: "d5", Target: "d6", Kind: AuditRange, Start: 0x10, End: 0x1f}, abi.EACCES,
			"avc:  denied  { pause } for source=d5 target=d6 range=0x10-0x1f scontext=sys_u:vm_r:domU_t tcontext=sys_u:vm_r:domU_t tclass=domain"},
		{domU, domU, "domain", "destroy", &Audit{Source: "d5", Target: "d5", Kind: AuditMemory, Start: 1, End: 2}, abi.EACCES,
			"avc:  denied  { destroy } for source=d5 pte=0x1 mfn=0x2 scontext=sys_u:vm_r:domU_t tcontext=sys_u:vm_r:domU_t tclass=domain"},
		{free, xen, "xen", "settime", &Audit{Current: "d7", Kind: AuditIRQ, Start: 33}, nil, // permissive type
			"avc:  denied  { settime } for current=d7 irq=33 scontext=sys_u:sys_r:free_t tcontext=sys_u:sys_r:xen_t tclass=xen"},
		{free, xen, "xen", "settime", nil, nil, ""}, // audited once
		{dom0, "sys_u:sys_r:security_t", "security", "load_policy", &Audit{Kind: AuditPath, Path: "/soc"}, nil, // auditallow
			"avc:  granted  { load_policy } for dtdevice=/soc scontext=sys_u:sys_r:dom0_t tcontext=sys_u:sys_r:security_t tclass=security"},
	}
	for _, c := range cases {
		for range 2 { // a miss, then a hit
			*lines = nil
			if err := k.check(c.source, c.target, c.class, c.perm, c.audit); err != c.err {
				t.Errorf("%s %s %s: %v, want %v", c.source, c.target, c.perm, err, c.err)
			}
			got := ""
			if len(*lines) > 0 {
				got = (*lines)[0]
			}
			if got != c.line {
				t.Errorf("line %q\nwant %q", got, c.line)
			}
			if c.source == free {
				break
			}
		}
	}
}

func TestUnknownBitsAndClass(t *testing.T) {
	k, lines := newChecker(t)
	class, _ := k.perm("xen", "settime")
	if err := k.c.Check(k.sid(domU), k.sid(xen), class, 1<<31|1, nil); err != abi.EACCES {
		t.Errorf("unknown permission: %v", err)
	}
	if want := "avc:  denied  { settime 0x80000000 } for scontext=" + domU + " tcontext=" + xen + " tclass=xen"; (*lines)[0] != want {
		t.Errorf("line %q\nwant %q", (*lines)[0], want)
	}
	if err := k.c.Check(k.sid(domU), k.sid(xen), 99, 1, nil); err != abi.EINVAL {
		t.Errorf("unknown class: %v", err)
	}
}

func TestPermissiveModeAuditsOnceAndEnforcingForgets(t *testing.T) {
	k, lines := newChecker(t)
	k.s.SetEnforcing(false)
	for range 3 {
		if err := k.check(domU, xen, "xen", "settime", nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(*lines) != 1 {
		t.Errorf("%d audit lines in permissive mode, want 1", len(*lines))
	}
	k.s.SetEnforcing(true)
	k.c.Flush()
	if err := k.check(domU, xen, "xen", "settime", nil); err != abi.EACCES {
		t.Errorf("after the switch to enforcing: %v", err)
	}
}

func TestBooleanChangesDecisions(t *testing.T) {
	k, _ := newChecker(t)
	for _, on := range []bool{false, true, false} {
		if err := k.s.SetBools([]bool{on}); err != nil {
			t.Fatal(err)
		}
		if err := k.check(domU, domU, "grant", "map_read", nil); (err == nil) != on {
			t.Errorf("boolean %v: %v", on, err)
		}
	}
}

func TestStatsAndReclaim(t *testing.T) {
	k, _ := newChecker(t)
	k.c.SetThreshold(32)
	list := grants(t, k.s, 64)
	cpu := k.c.CPU()
	for range 10 {
		for _, q := range list {
			if err := cpu.Check(q.ssid, q.tsid, q.class, q.av, nil); err != nil {
				t.Fatal(err)
			}
			if n := k.c.HashStats().Entries; n > 32 {
				t.Fatalf("%d entries above the threshold of 32", n)
			}
		}
	}
	cpu.Publish()
	s, h := k.c.Stats(), k.c.HashStats()
	if s.Lookups != 640 || s.Hits+s.Misses != s.Lookups || s.Allocations != s.Misses || s.Reclaims == 0 {
		t.Errorf("%+v", s)
	}
	if uint64(h.Entries) != s.Allocations-s.Frees || h.BucketsUsed == 0 || h.BucketsUsed > h.Entries || h.MaxChain == 0 {
		t.Errorf("%+v with %+v", h, s)
	}
	k.c.Flush()
	if h := k.c.HashStats(); h.Entries != 0 || k.c.Stats().Frees != k.c.Stats().Allocations {
		t.Errorf("after a flush: %+v %+v", h, k.c.Stats())
	}
}

func TestHitDoesNotAllocate(t *testing.T) {
	k, _ := newChecker(t)
	q := grants(t, k.s, 1)[0]
	cpu := k.c.CPU()
	if n := testing.AllocsPerRun(1000, func() {
		if k.c.Check(q.ssid, q.tsid, q.class, q.av, nil) != nil || cpu.Check(q.ssid, q.tsid, q.class, q.av, nil) != nil {
			t.Error("denied")
		}
	}); n != 0 {
		t.Errorf("%v allocations on a hit", n)
	}
}

// TestReadersDuringChanges flips a boolean and reloads while readers check;
// after each flip a fresh check must
// give the new answer at once.
func TestReadersDuringChanges(t *testing.T) {
	k, _ := newChecker(t)
	k.c.log = func(string) {}
	source, target := k.sid(domU), k.sid(domU)
	class, av := k.perm("grant", "map_read")
	always, granted := k.perm("event", "create")
	channel := k.sid("sys_u:object_r:channel_t")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			cpu := k.c.CPU()
			for {
				select {
				case <-stop:
					return
				default:
				}
				cpu.Check(source, target, class, av, nil)
				if err := k.c.Check(source, channel, always, granted, nil); err != nil {
					t.Errorf("a grant that no change touches: %v", err)
					return
				}
			}
		})
	}
	bin, err := policytest.Compile(t.TempDir(), policytest.Small, 24, false)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		on := i%2 == 0
		if err := k.s.SetBools([]bool{on}); err != nil {
			t.Fatal(err)
		}
		if err := k.c.Check(source, target, class, av, nil); (err == nil) != on {
			t.Fatalf("flip %d: %v", i, err)
		}
		if i%10 == 0 {
			if err := k.s.Load(bin); err != nil {
				t.Fatal(err)
			}
			k.c.Stats()
			k.c.HashStats()
		}
	}
	close(stop)
	wg.Wait()
}
