package ss

import (
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
)

// TestSIDTable enters contexts of few hashes, out of order and beyond several
// growths, and finds each of them and no other.
func TestSIDTable(t *testing.T) {
	table := newSIDTable()
	ctx := func(sid uint32) policydb.Context { return policydb.Context{User: 1, Role: sid % 7, Type: sid} }
	const n = 500
	for i := uint32(0); i < n; i++ {
		sid := (i*77)%n + 1
		if sid%5 == 0 {
			continue
		}
		table.add(&sidEntry{sid: policydb.SID(sid), hash: uint64(sid % 3), ctx: ctx(sid)})
	}
	for sid := uint32(1); sid <= n; sid++ {
		c := ctx(sid)
		want := policydb.SID(sid)
		if sid%5 == 0 {
			want = 0
		}
		if got := table.find(&c, uint64(sid%3)); got != want {
			t.Errorf("the context of SID %d has SID %d", sid, got)
		}
		if e := table.get(policydb.SID(sid)); (e != nil) != (want != 0) || (e != nil && !e.ctx.Equal(&c)) {
			t.Errorf("SID %d: %+v", sid, e)
		}
	}
	if table.get(n+1) != nil || table.get(0) != nil {
		t.Error("SIDs that are not in use have contexts")
	}
}
