package avc

import (
	"sync/atomic"
	"unsafe"
)

// Stats count what a cache did since it was made (xen_flask_cache_stats).
type Stats struct {
	Lookups, Hits, Misses, Allocations, Reclaims, Frees uint64
}

// HashStats describe how full a cache is (xen_flask_hash_stats).
type HashStats struct {
	Entries, BucketsUsed, BucketsTotal, MaxChain uint32
}

// stripes of the hit counter, each on a cache line of its own.
const stripes = 64

type stripe struct {
	n atomic.Uint64
	_ [56]byte
}

type counters struct {
	hits                                 [stripes]stripe
	misses, allocations, reclaims, frees atomic.Uint64
}

// hit counts on a stripe chosen by the caller's stack, so that goroutines rarely
// share one.
func (c *counters) hit() {
	var here byte
	c.hits[uintptr(unsafe.Pointer(&here))>>11%stripes].n.Add(1)
}

// CPU checks permissions for one goroutine at a time, such as a virtual CPU, and
// counts its hits without touching memory that others write: the fastest way to
// the cache. (An atomic addition costs more than the look-up.)
type CPU struct {
	cache     *Cache
	hits      uint64 // by the owner only
	published atomic.Uint64
	_         [40]byte
}

const publishEvery = 64

// CPU makes a handle for a goroutine that checks often. It counts for as long as
// the cache exists, so it should be made once per virtual CPU and not per call.
func (c *Cache) CPU() *CPU {
	p := &CPU{cache: c}
	c.cpusMu.Lock()
	defer c.cpusMu.Unlock()
	c.cpus = append(c.cpus, p)
	return p
}

// Publish makes all hits of the CPU visible to Stats; without it the last 63
// may be missing. Only the owner may call it.
func (p *CPU) Publish() { p.published.Store(p.hits) }

// Stats returns the counters. They are read one by one while others count.
func (c *Cache) Stats() Stats {
	s := Stats{Misses: c.counters.misses.Load(), Allocations: c.counters.allocations.Load(),
		Reclaims: c.counters.reclaims.Load(), Frees: c.counters.frees.Load()}
	for i := range c.counters.hits {
		s.Hits += c.counters.hits[i].n.Load()
	}
	c.cpusMu.Lock()
	defer c.cpusMu.Unlock()
	for _, p := range c.cpus {
		s.Hits += p.published.Load()
	}
	s.Lookups = s.Hits + s.Misses
	return s
}

// HashStats counts entries and chains.
func (c *Cache) HashStats() HashStats {
	t := c.table.Load()
	s := HashStats{BucketsTotal: buckets}
	for i := range t.heads {
		chain := uint32(0)
		for e := t.heads[i].Load(); e != nil; e = e.next {
			chain++
		}
		if chain > 0 {
			s.BucketsUsed++
		}
		s.Entries += chain
		s.MaxChain = max(s.MaxChain, chain)
	}
	return s
}
