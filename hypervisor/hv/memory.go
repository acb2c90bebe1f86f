package hv

import (
	"slices"
	"sync"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

// memory is a domain's frames and its physmap.
type memory struct {
	lock      sync.Mutex
	maxPages  uint64
	totPages  uint64
	claim     uint64
	podTarget uint64
	pages     map[uint64]*page // frames owned, by frame number
	p2m       map[uint64]*page // guest frame to machine frame
	mmio      map[uint64]uint64
	access    map[uint64]uint32 // mem_access, by guest frame
	memMap    []uint64          // pseudo-physical memory map, if set
}

func (m *memory) init() {
	m.pages, m.p2m = map[uint64]*page{}, map[uint64]*page{}
	m.mmio, m.access = map[uint64]uint64{}, map[uint64]uint32{}
}

// lookupGFN takes a reference to the frame behind a guest frame; nil if none.
func (m *memory) lookupGFN(gfn uint64) *page {
	m.lock.Lock()
	defer m.lock.Unlock()
	p := m.p2m[gfn]
	if p == nil || p.getAny() == nil {
		return nil
	}
	return p
}

// pageOf finds a frame of d by guest frame number (translated guests) or
// machine frame number (PV guests), with a reference.
func (d *Domain) pageOf(v *VCPU, frame uint64) *page {
	if d.hvm {
		return d.lookupGFN(frame)
	}
	if p := d.hv.frames.page(frame); p != nil && p.get(v, d) {
		return p
	}
	return nil
}

// relinquish empties the physmap and drops the domain's own reference to each of
// its frames; those that others still map stay until they are unmapped.
func (m *memory) relinquish(v *VCPU, d *Domain) {
	m.lock.Lock()
	foreign := m.foreignLocked(d)
	own := make([]*page, 0, len(m.pages))
	for _, p := range m.pages {
		own = append(own, p)
	}
	clear(m.p2m)
	clear(m.mmio)
	m.lock.Unlock()
	slices.SortFunc(own, func(a, b *page) int { return int(a.mfn) - int(b.mfn) })
	for _, p := range own {
		p.lock.Lock()
		pinned, old := p.pinned, p.ptes
		p.pinned, p.ptes, p.level = false, nil, 0
		p.lock.Unlock()
		for _, pm := range old {
			pm.drop(v)
		}
		if pinned {
			p.put(v)
		}
		p.release(v)
	}
	for _, p := range foreign {
		p.put(v)
	}
}

// foreignLocked lists physmap entries that refer to other domains' frames.
func (m *memory) foreignLocked(d *Domain) []*page {
	var out []*page
	for _, p := range m.p2m {
		if p.owner.Load() != d {
			out = append(out, p)
		}
	}
	return out
}

// Reservation is the argument of the reservation commands of memory_op. For
// increase and populate, guest frames may be given; frames are returned.
type Reservation struct {
	Dom    DomID
	Count  uint64
	GFNs   []uint64 // in: guest frames (populate, decrease)
	Frames []uint64 // out: machine frames (increase, populate)
	Done   uint64   // out: how many; a refusal does none
}

const maxExtents = 1 << 16

// memoryIncrease adds frames that no guest frame refers to yet. As in Xen, the
// result is a count: a refusal looks like doing nothing.
func (h *Hypervisor) memoryIncrease(v *VCPU, a *Reservation) error {
	return h.adjust(v, a, func(d *Domain, i uint64) bool {
		p := h.frames.alloc(d)
		if p == nil {
			return false
		}
		if d.hvm {
			d.p2m[p.mfn] = p
		}
		a.Frames = append(a.Frames, p.mfn)
		return true
	})
}

func (h *Hypervisor) memoryPopulate(v *VCPU, a *Reservation) error {
	return h.adjust(v, a, func(d *Domain, i uint64) bool {
		if i >= uint64(len(a.GFNs)) {
			return false
		}
		if _, taken := d.p2m[a.GFNs[i]]; taken {
			return false
		}
		p := h.frames.alloc(d)
		if p == nil {
			return false
		}
		d.p2m[a.GFNs[i]] = p
		a.Frames = append(a.Frames, p.mfn)
		return true
	})
}

// adjust asks the hook, then calls one for each extent with the target's memory
// lock held until one fails.
func (h *Hypervisor) adjust(v *VCPU, a *Reservation, one func(d *Domain, i uint64) bool) error {
	a.Done, a.Frames = 0, nil
	d := h.lookupAny(v, a.Dom)
	if d == nil || a.Count > maxExtents {
		return nil
	}
	if err := h.sec.MemoryAdjustReservation(v.sec(), &v.dom.Domain, &d.Domain); err != nil {
		return nil
	}
	d.memory.lock.Lock()
	defer d.memory.lock.Unlock()
	for a.Done < a.Count && one(d, a.Done) {
		a.Done++
	}
	return nil
}

func (h *Hypervisor) memoryDecrease(v *VCPU, a *Reservation) error {
	a.Done = 0
	d := h.lookupAny(v, a.Dom)
	if d == nil || a.Count > maxExtents || a.Count != uint64(len(a.GFNs)) {
		return nil
	}
	if err := h.sec.MemoryAdjustReservation(v.sec(), &v.dom.Domain, &d.Domain); err != nil {
		return nil
	}
	for _, gfn := range a.GFNs {
		if !d.removeFrame(v, gfn) {
			return nil
		}
		a.Done++
	}
	return nil
}

// removeFrame takes a guest frame (or a PV guest's machine frame) out of the
// physmap and gives the frame back.
func (d *Domain) removeFrame(v *VCPU, gfn uint64) bool {
	d.memory.lock.Lock()
	p, ok := d.p2m[gfn]
	if ok {
		delete(d.p2m, gfn)
	} else if p, ok = d.pages[gfn]; ok && !d.hvm {
		for g, q := range d.p2m {
			if q == p {
				delete(d.p2m, g)
			}
		}
	} else {
		ok = false
	}
	own := ok && p.owner.Load() == d
	d.memory.lock.Unlock()
	switch {
	case own:
		return p.release(v)
	case ok:
		p.put(v) // a foreign frame that was mapped here
	}
	return ok
}

// MemoryStat is the argument of current_reservation, maximum_reservation and
// maximum_gpfn.
type MemoryStat struct {
	Dom   DomID
	Value uint64 // out: pages, or the highest guest frame
}

func (h *Hypervisor) memoryCurrent(v *VCPU, a *MemoryStat) error {
	return h.stat(v, a, func(d *Domain) uint64 { return d.totPages })
}

func (h *Hypervisor) memoryMaximum(v *VCPU, a *MemoryStat) error {
	return h.stat(v, a, func(d *Domain) uint64 { return d.maxPages })
}

func (h *Hypervisor) memoryMaxGPFN(v *VCPU, a *MemoryStat) error {
	return h.stat(v, a, func(d *Domain) uint64 {
		var high uint64
		for gfn := range d.p2m {
			high = max(high, gfn)
		}
		return high
	})
}

func (h *Hypervisor) stat(v *VCPU, a *MemoryStat, value func(*Domain) uint64) error {
	d := h.lookupAny(v, a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.MemoryStatReservation(v.sec(), &v.dom.Domain, &d.Domain); err != nil {
		return err
	}
	d.memory.lock.Lock()
	defer d.memory.lock.Unlock()
	a.Value = value(d)
	return nil
}

// memoryMaxRAM has no hook in Xen 4.17, and so has none here.
func (h *Hypervisor) memoryMaxRAM(_ *VCPU, a *MemoryStat) error {
	a.Value = uint64(len(h.frames.all))
	return nil
}
