package ss

import (
	"math/rand/v2"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policytest"
)

// naive is the slow and obvious version of labelled ranges: a list.
type naive struct {
	list  []naiveRange
	other policydb.SID
}

type naiveRange struct {
	low, high uint64
	sid       policydb.SID
}

func (n *naive) at(x uint64) policydb.SID {
	for _, r := range n.list {
		if r.low <= x && x <= r.high {
			return r.sid
		}
	}
	return n.other
}

func (n *naive) add(low, high uint64, sid policydb.SID) error {
	for _, r := range n.list {
		if r == (naiveRange{low, high, sid}) {
			return nil
		}
		if r.low <= high && low <= r.high {
			return abi.EEXIST
		}
	}
	n.list = append(n.list, naiveRange{low, high, sid})
	return nil
}

func (n *naive) del(low, high uint64) error {
	for i, r := range n.list {
		if r.low == low && r.high == high {
			n.list = append(n.list[:i], n.list[i+1:]...)
			return nil
		}
	}
	return abi.ENOENT
}

// TestRangesAgainstNaive adds, removes and looks up random ranges.
func TestRangesAgainstNaive(t *testing.T) {
	bin := compileConf(t, policytest.Edit(policytest.Small, "iomemcon 0xfebe0-0xfebff sys_u:object_r:nic_t\niomemcon 0xfebd9 sys_u:object_r:nic_t\n", ""), 30, false)
	for seed := range uint64(40) {
		s := newServer(t, bin, Xen)
		rng := rand.New(rand.NewPCG(seed, 3))
		n := &naive{other: s.isid.iomem}
		for range 150 {
			low := rng.Uint64N(64)
			high := low + rng.Uint64N(1+rng.Uint64N(16))
			sid := policydb.SID(1 + rng.IntN(3))
			if rng.IntN(3) > 0 {
				if got, want := s.AddObject(ObjectIOMem, low, high, sid), n.add(low, high, sid); got != want {
					t.Fatalf("seed %d: add %d-%d: %v, want %v", seed, low, high, got, want)
				}
			} else if got, want := s.DelObject(ObjectIOMem, low, high), n.del(low, high); got != want {
				t.Fatalf("seed %d: del %d-%d: %v, want %v", seed, low, high, got, want)
			}
			checkRanges(t, s, n, low, high)
		}
	}
}

func checkRanges(t *testing.T, s *Server, n *naive, start, end uint64) {
	t.Helper()
	for x := range uint64(96) {
		if sid, err := s.IOMemSID(x); err != nil || sid != n.at(x) {
			t.Fatalf("frame %d has SID %d (%v), want %d", x, sid, err, n.at(x))
		}
	}
	next := start
	err := s.EachIOMem(start, end, func(sid policydb.SID, low, high uint64) error {
		if low != next || high < low || high > end {
			t.Fatalf("part %d-%d of %d-%d after %d", low, high, start, end, next)
		}
		for x := low; x <= high; x++ {
			if sid != n.at(x) {
				t.Fatalf("part %d-%d has SID %d, but frame %d has %d", low, high, sid, x, n.at(x))
			}
		}
		next = high + 1
		return nil
	})
	if err != nil || next != end+1 {
		t.Fatalf("parts of %d-%d end at %d (%v)", start, end, next, err)
	}
}

func TestSingleObjects(t *testing.T) {
	s := newServer(t, compileConf(t, policytest.Small, 30, false), Xen)
	for _, c := range []struct {
		kind      ObjectKind
		low, high uint64
		err       error
	}{
		{ObjectPIRQ, 34, 34, nil},
		{ObjectPIRQ, 34, 34, nil}, // the same label again
		{ObjectPIRQ, 33, 33, abi.EEXIST},
		{ObjectPIRQ, 1, 2, abi.EINVAL},
		{ObjectPIRQ, 1 << 16, 1 << 16, abi.EINVAL},
		{ObjectIOPort, 1 << 32, 1 << 32, abi.EINVAL},
		{ObjectDevice, 7, 7, nil},
		{0, 1, 1, abi.EINVAL},
		{5, 1, 1, abi.EINVAL},
		{ObjectIOMem, 0, 1<<64 - 1, abi.EEXIST},
		{ObjectIOMem, 1 << 40, 1<<64 - 1, nil},
	} {
		var want error
		if c.err != nil {
			want = c.err
		}
		if err := s.AddObject(c.kind, c.low, c.high, 5); err != want {
			t.Errorf("add %d %d-%d: %v, want %v", c.kind, c.low, c.high, err, c.err)
		}
	}
	if sid, err := s.IOMemSID(1<<64 - 1); err != nil || sid != 5 {
		t.Errorf("the last frame has SID %d (%v)", sid, err)
	}
	for _, want := range []error{nil, nil, abi.ENOENT} { // added twice, as in Xen
		if err := s.DelObject(ObjectPIRQ, 34, 0); err != want {
			t.Errorf("del: %v, want %v", err, want)
		}
	}
	if err := s.DelObject(0, 1, 1); err != abi.EINVAL {
		t.Errorf("del of no kind: %v", err)
	}
	if err := s.EachIOPort(2, 1, nil); err != abi.EINVAL {
		t.Errorf("inverted range: %v", err)
	}
}

// FuzzObjects reads a script of operations on ranges.
func FuzzObjects(f *testing.F) {
	bin := compileConf(f, policytest.Edit(policytest.Small, "iomemcon 0xfebe0-0xfebff sys_u:object_r:nic_t\niomemcon 0xfebd9 sys_u:object_r:nic_t\n", ""), 30, false)
	f.Add([]byte{0, 1, 5, 1, 2, 3, 0, 1, 5})
	f.Fuzz(func(t *testing.T, script []byte) {
		s := newServer(t, bin, Xen)
		n := &naive{other: s.isid.iomem}
		for ; len(script) >= 3; script = script[3:] {
			low := uint64(script[1] & 63)
			high := low + uint64(script[2]&15)
			sid := policydb.SID(1 + script[0]>>6)
			var got, want error
			if script[0]&1 == 0 {
				got, want = s.AddObject(ObjectIOMem, low, high, sid), n.add(low, high, sid)
			} else {
				got, want = s.DelObject(ObjectIOMem, low, high), n.del(low, high)
			}
			if got != want {
				t.Fatalf("%d-%d: %v, want %v", low, high, got, want)
			}
			checkRanges(t, s, n, low, high)
		}
	})
}
