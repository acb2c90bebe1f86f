package avc

import (
	"sync"
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/ss"
)

const (
	buckets          = 512 // AVC_CACHE_SLOTS
	defaultThreshold = 512 // AVC_DEF_CACHE_THRESHOLD
	reclaimAtOnce    = 16  // AVC_CACHE_RECLAIM
)

// entry is a cached decision. It is never changed once it is in a table.
type entry struct {
	ssid, tsid policydb.SID
	class      policydb.Class
	next       *entry
	decision   ss.Decision
}

// table is the cache for one state of the policy.
type table struct {
	heads  [buckets]atomic.Pointer[entry]
	mu     sync.Mutex // serialises writers
	active int        // entries, under mu
	hint   int        // where the last reclaim ended, under mu
	seqno  uint32     // decisions of older policy states are not entered
}

// Cache is an access vector cache in front of a security server. All methods may
// be called concurrently.
type Cache struct {
	table     atomic.Pointer[table]
	server    *ss.Server
	threshold atomic.Uint32
	log       func(line string)
	counters  counters
	uncounted bool // hits are not counted

	cpusMu sync.Mutex
	cpus   []*CPU
}

// New returns an empty cache for a server and registers with it for changes of
// the policy. log receives audit lines, without a final newline; nil drops them.
func New(server *ss.Server, log func(line string)) *Cache {
	c := &Cache{server: server, log: log}
	if c.log == nil {
		c.log = func(string) {}
	}
	c.threshold.Store(defaultThreshold)
	c.table.Store(&table{seqno: server.Seqno()})
	server.OnChange(c.reset)
	return c
}

// Uncounted stops Check from counting hits, as Xen without
// CONFIG_XSM_FLASK_AVC_STATS: counting takes longer than the look-up. It must be
// called before the cache is used. Misses, and hits through a [CPU], still count.
func (c *Cache) Uncounted() { c.uncounted = true }

// bucket is Xen's avc_hash.
func bucket(ssid, tsid policydb.SID, class policydb.Class) uint32 {
	return (uint32(ssid) ^ uint32(tsid)<<2 ^ uint32(class)<<4) & (buckets - 1)
}

func (t *table) find(ssid, tsid policydb.SID, class policydb.Class) *entry {
	e := t.heads[bucket(ssid, tsid, class)].Load()
	for e != nil && (e.ssid != ssid || e.tsid != tsid || e.class != class) {
		e = e.next
	}
	return e
}

// Threshold returns the number of entries beyond which some are reclaimed.
func (c *Cache) Threshold() uint32 { return c.threshold.Load() }

// SetThreshold changes the number of entries to keep.
func (c *Cache) SetThreshold(n uint32) { c.threshold.Store(n) }

// Flush forgets all decisions; the policy is unchanged.
func (c *Cache) Flush() { c.reset(c.table.Load().seqno) }

// reset makes an empty table that takes decisions from seqno on.
func (c *Cache) reset(seqno uint32) {
	old := c.table.Load()
	c.table.Store(&table{seqno: max(seqno, old.seqno)})
	old.mu.Lock()
	c.counters.frees.Add(uint64(old.active))
	old.mu.Unlock()
}

// insert enters a decision, or replaces the one for the same question.
func (c *Cache) insert(t *table, e *entry) {
	if e.decision.Seqno < t.seqno {
		return
	}
	c.counters.allocations.Add(1)
	t.mu.Lock()
	defer t.mu.Unlock()
	b := bucket(e.ssid, e.tsid, e.class)
	rest, removed := without(t.heads[b].Load(), e)
	t.active += 1 - removed
	c.counters.frees.Add(uint64(removed))
	e.next = rest
	t.heads[b].Store(e)
	if uint32(t.active) > c.threshold.Load() {
		c.reclaim(t, e)
	}
}

// without returns a chain less the entry that answers the same question as e.
func without(head, e *entry) (*entry, int) {
	if head == nil {
		return nil, 0
	}
	if head.ssid == e.ssid && head.tsid == e.tsid && head.class == e.class {
		return head.next, 1
	}
	rest, removed := without(head.next, e)
	if removed == 0 {
		return head, 0
	}
	n := *head
	n.next = rest
	return &n, removed
}

// reclaim drops whole chains, going round the buckets, until it has dropped
// enough; keep stays. t.mu is held.
func (c *Cache) reclaim(t *table, keep *entry) {
	dropped := 0
	for try := 0; try < buckets && dropped < reclaimAtOnce; try++ {
		t.hint = (t.hint + 1) % buckets
		head := t.heads[t.hint].Load()
		if head == keep {
			continue
		}
		for e := head; e != nil; e = e.next {
			dropped++
		}
		t.heads[t.hint].Store(nil)
	}
	t.active -= dropped
	c.counters.reclaims.Add(uint64(dropped))
	c.counters.frees.Add(uint64(dropped))
}

// miss asks the server and remembers the answer.
func (c *Cache) miss(t *table, ssid, tsid policydb.SID, class policydb.Class) (*entry, error) {
	c.counters.misses.Add(1)
	d, err := c.server.ComputeAV(ssid, tsid, class)
	if err != nil {
		return &entry{decision: d}, err
	}
	e := &entry{ssid: ssid, tsid: tsid, class: class, decision: d}
	c.insert(t, e)
	return e, nil
}

// denied decides about permissions that e does not allow: in permissive mode, or
// for a permissive subject, they are allowed from now on, so that they are
// audited once.
func (c *Cache) denied(t *table, e *entry, requested policydb.AV) error {
	if c.server.Enforcing() && !e.decision.Permissive {
		return abi.EACCES
	}
	n := *e
	n.decision.Allowed |= requested
	if found := t.find(e.ssid, e.tsid, e.class); found != nil && found.decision.Seqno == e.decision.Seqno {
		n.decision.Allowed |= found.decision.Allowed
		c.insert(t, &n)
	}
	return nil
}

// Check decides whether ssid has all of the requested permissions on tsid, and
// audits the answer as the policy wants. It returns nil, abi.EACCES, or another
// abi.Errno. requested must not be 0. audit may be nil. A hit that is not audited
// allocates nothing. See [Cache.Granted] for callers whose audit data costs
// something to make, and [CPU] for those that check often.
func (c *Cache) Check(ssid, tsid policydb.SID, class policydb.Class, requested policydb.AV, audit *Audit) error {
	if c.Granted(ssid, tsid, class, requested) {
		return nil
	}
	t := c.table.Load()
	if e := t.find(ssid, tsid, class); e != nil {
		c.counters.hit()
		return c.judge(t, e, requested, audit)
	}
	return c.slow(t, ssid, tsid, class, requested, audit)
}

// Granted reports whether a cached decision grants all of the requested
// permissions and wants no audit. If not, nothing is decided or counted: call
// Check.
func (c *Cache) Granted(ssid, tsid policydb.SID, class policydb.Class, requested policydb.AV) bool {
	e := c.table.Load().find(ssid, tsid, class)
	if e == nil || requested&^e.decision.Allowed|requested&e.decision.AuditAllow != 0 {
		return false
	}
	if !c.uncounted {
		c.counters.hit()
	}
	return true
}

// Check is Cache.Check, counted on this CPU.
func (p *CPU) Check(ssid, tsid policydb.SID, class policydb.Class, requested policydb.AV, audit *Audit) error {
	t := p.cache.table.Load()
	e := t.find(ssid, tsid, class)
	if e == nil {
		return p.cache.slow(t, ssid, tsid, class, requested, audit)
	}
	if p.hits++; p.hits%publishEvery == 0 {
		p.published.Store(p.hits)
	}
	if requested&^e.decision.Allowed|requested&e.decision.AuditAllow != 0 {
		return p.cache.judge(t, e, requested, audit)
	}
	return nil
}

// slow is Check without an entry.
func (c *Cache) slow(t *table, ssid, tsid policydb.SID, class policydb.Class, requested policydb.AV, audit *Audit) error {
	e, err := c.miss(t, ssid, tsid, class)
	if err != nil {
		c.audit(ssid, tsid, class, requested, &e.decision, err, audit)
		return err
	}
	return c.judge(t, e, requested, audit)
}

// judge decides and audits with an entry at hand.
func (c *Cache) judge(t *table, e *entry, requested policydb.AV, audit *Audit) error {
	var err error
	if requested&^e.decision.Allowed != 0 {
		err = c.denied(t, e, requested)
	}
	c.audit(e.ssid, e.tsid, e.class, requested, &e.decision, err, audit)
	return err
}
