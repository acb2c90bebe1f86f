package cpp

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
)

const (
	internShards = 64
	chunkBits    = 12
	chunkSize    = 1 << chunkBits
	maxChunks    = 1 << 13 // 33 million spellings
)

// interner maps spellings to Syms, for any number of goroutines. Spellings are read without a lock.
type interner struct {
	seed   maphash.Seed
	last   atomic.Int32 // the greatest Sym given out
	chunks [maxChunks]atomic.Pointer[[chunkSize]string]
	shards [internShards]internShard
}

// internShard is an open-addressing hash table; a slot with Sym 0 is empty.
type internShard struct {
	mu    sync.RWMutex
	slots []internSlot
	n     int
}

type internSlot struct {
	hash uint32
	sym  Sym
}

func newInterner() *interner {
	in := &interner{seed: maphash.MakeSeed()}
	for i := range in.shards {
		in.shards[i].slots = make([]internSlot, 256)
	}
	for _, s := range fixedSpellings[1:] {
		in.intern([]byte(s))
	}
	return in
}

// spelling returns the text of a Sym that intern returned, and "" for any other.
func (in *interner) spelling(s Sym) string {
	if s <= 0 || int(s) >= maxChunks*chunkSize {
		return ""
	}
	c := in.chunks[s>>chunkBits].Load()
	if c == nil {
		return ""
	}
	return c[s&(chunkSize-1)]
}

// intern returns the Sym of a spelling, or 0 when there is no room for another.
func (in *interner) intern(b []byte) Sym {
	h64 := maphash.Bytes(in.seed, b)
	h, sh := uint32(h64), &in.shards[h64>>58]
	sh.mu.RLock()
	sym := in.find(sh, h, b)
	sh.mu.RUnlock()
	if sym != 0 {
		return sym
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sym := in.find(sh, h, b); sym != 0 {
		return sym
	}
	sym = in.alloc(string(b))
	if sym != 0 {
		sh.insert(h, sym)
	}
	return sym
}

// find probes a shard whose lock is held.
func (in *interner) find(sh *internShard, h uint32, b []byte) Sym {
	mask := uint32(len(sh.slots) - 1)
	for i := h & mask; sh.slots[i].sym != 0; i = (i + 1) & mask {
		if s := sh.slots[i]; s.hash == h && in.spelling(s.sym) == string(b) {
			return s.sym
		}
	}
	return 0
}

// alloc gives a spelling the next Sym.
func (in *interner) alloc(s string) Sym {
	sym := Sym(in.last.Add(1))
	if sym < 0 || int(sym) >= maxChunks*chunkSize {
		in.last.Add(-1)
		return 0
	}
	slot := &in.chunks[sym>>chunkBits]
	if slot.Load() == nil {
		slot.CompareAndSwap(nil, new([chunkSize]string))
	}
	slot.Load()[sym&(chunkSize-1)] = s
	return sym
}

// insert adds an entry to a shard whose write lock is held.
func (sh *internShard) insert(h uint32, sym Sym) {
	if 4*(sh.n+1) > 3*len(sh.slots) {
		old := sh.slots
		sh.slots = make([]internSlot, 2*len(old))
		for _, s := range old {
			if s.sym != 0 {
				sh.place(s)
			}
		}
	}
	sh.place(internSlot{h, sym})
	sh.n++
}

func (sh *internShard) place(s internSlot) {
	mask := uint32(len(sh.slots) - 1)
	i := s.hash & mask
	for sh.slots[i].sym != 0 {
		i = (i + 1) & mask
	}
	sh.slots[i] = s
}
