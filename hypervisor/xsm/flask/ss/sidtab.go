package ss

import (
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
)

// sidEntry is a context with its SID. It is never changed once it is published.
type sidEntry struct {
	sid        policydb.SID
	permissive bool
	hash       uint64
	ctx        policydb.Context
}

// sidTable maps SIDs to contexts and back. Lookups take no lock; add must be
// called by one goroutine at a time. Entries are never removed: a reload makes a
// new table.
type sidTable struct {
	bySID atomic.Pointer[[]*sidEntry] // by SID; nil where a SID is not in use
	index atomic.Pointer[sidIndex]
}

// sidIndex finds entries by the hash of their context, open addressing.
type sidIndex struct {
	used  int
	slots []atomic.Pointer[sidEntry]
}

func newSIDTable() *sidTable {
	t := &sidTable{}
	t.bySID.Store(&[]*sidEntry{nil})
	t.index.Store(&sidIndex{slots: make([]atomic.Pointer[sidEntry], 64)})
	return t
}

// get returns the entry of sid, nil if there is none.
func (t *sidTable) get(sid policydb.SID) *sidEntry {
	all := *t.bySID.Load()
	if uint64(sid) < uint64(len(all)) {
		return all[sid]
	}
	return nil
}

// find returns the SID of a context, 0 if it has none. Of several SIDs with the
// same context it returns the first entered.
func (t *sidTable) find(c *policydb.Context, hash uint64) policydb.SID {
	x := t.index.Load()
	mask := uint64(len(x.slots) - 1)
	for i := hash; ; i++ {
		e := x.slots[i&mask].Load()
		if e == nil {
			return 0
		}
		if e.hash == hash && e.ctx.Equal(c) {
			return e.sid
		}
	}
}

// add enters a context under a SID that is not in use.
func (t *sidTable) add(e *sidEntry) {
	all := *t.bySID.Load()
	for uint64(len(all)) <= uint64(e.sid) {
		all = append(all, nil)
	}
	if uint64(e.sid) < uint64(len(*t.bySID.Load())) {
		all = append([]*sidEntry(nil), all...) // published already: do not write under readers
	}
	all[e.sid] = e
	x := t.index.Load()
	if 2*(x.used+1) > len(x.slots) {
		x = x.grow()
		t.index.Store(x)
	}
	x.put(e)
	t.bySID.Store(&all)
}

func (x *sidIndex) put(e *sidEntry) {
	mask := uint64(len(x.slots) - 1)
	for i := e.hash; ; i++ {
		if x.slots[i&mask].Load() == nil {
			x.slots[i&mask].Store(e)
			x.used++
			return
		}
	}
}

// grow returns a copy of twice the size.
func (x *sidIndex) grow() *sidIndex {
	n := &sidIndex{slots: make([]atomic.Pointer[sidEntry], 2*len(x.slots))}
	mask := uint64(len(x.slots) - 1)
	// Start behind a gap, so that entries of the same hash keep their order.
	start := uint64(0)
	for x.slots[start].Load() != nil {
		start++
	}
	for i := range uint64(len(x.slots)) {
		if e := x.slots[(start+i)&mask].Load(); e != nil {
			n.put(e)
		}
	}
	return n
}

// nextSID returns a SID beyond all in use.
func (t *sidTable) nextSID() policydb.SID { return policydb.SID(len(*t.bySID.Load())) }

// each calls f for every entry in the order of SIDs.
func (t *sidTable) each(f func(*sidEntry)) {
	for _, e := range *t.bySID.Load() {
		if e != nil {
			f(e)
		}
	}
}

// hashContext mixes all parts of a context.
func hashContext(c *policydb.Context) uint64 {
	h := mix(mix(mix(0, uint64(c.User)), uint64(c.Role)), uint64(c.Type))
	for _, l := range [2]*policydb.Level{&c.Range.Low, &c.Range.High} {
		h = mix(h, uint64(l.Sens))
		for i := range l.Cats.NumWords() {
			start, word := l.Cats.Word(i)
			h = mix(mix(h, uint64(start)), word)
		}
	}
	return h ^ h>>32
}

func mix(h, v uint64) uint64 {
	h = (h ^ v) * hashFactor
	return h ^ h>>29
}
