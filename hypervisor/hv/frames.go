package hv

import (
	"sync"
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

const pageSize = 4096

// page is a frame of RAM. Owner and count change together: a frame with count 0
// is free and has no owner.
type page struct {
	mfn   uint64
	owner atomic.Pointer[Domain]
	count atomic.Int64
	// allocated is set while the reference from the frame's allocation is held;
	// whoever clears it drops that reference.
	allocated atomic.Bool

	lock    sync.Mutex
	level   uint8 // 1..4: used as a page table of that level; 0: not
	pinned  bool
	writers int // writable mappings
	ptes    map[uint16]mapping
	data    []byte // allocated on the first write
	offline uint32 // bits of sysctl page_offline
}

// mapping is a present page table entry and the frame it refers to (nil for
// I/O memory, which is not counted).
type mapping struct {
	pte  xsm.PTE
	page *page
}

// frames is the machine's RAM.
type frames struct {
	all  []page
	lock sync.Mutex
	free []uint64 // a stack of frame numbers
}

func (f *frames) init(n int) {
	f.all = make([]page, n)
	f.free = make([]uint64, n)
	for i := range f.all {
		f.all[i].mfn = uint64(i)
		f.free[n-1-i] = uint64(i)
	}
}

// page returns a frame by number, or nil beyond RAM.
func (f *frames) page(mfn uint64) *page {
	if mfn >= uint64(len(f.all)) {
		return nil
	}
	return &f.all[mfn]
}

// alloc takes a free frame for d, with the one reference of its allocation; nil
// if there is none or the domain may have no more. d's memory lock is held.
func (f *frames) alloc(d *Domain) *page {
	if d.totPages >= d.maxPages || d.isDying() {
		return nil
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	if len(f.free) == 0 {
		return nil
	}
	p := &f.all[f.free[len(f.free)-1]]
	f.free = f.free[:len(f.free)-1]
	d.own(p)
	p.allocated.Store(true)
	p.count.Store(1)
	return p
}

func (f *frames) available() uint64 {
	f.lock.Lock()
	defer f.lock.Unlock()
	return uint64(len(f.free))
}

// own enters a page in d's list. d's memory lock is held.
func (d *Domain) own(p *page) {
	p.owner.Store(d)
	d.pages[p.mfn] = p
	d.totPages++
	d.refs.Add(1)
}

// get takes a reference if the frame is in use and owned by d (get_page).
func (p *page) get(v *VCPU, d *Domain) bool {
	o := p.getAny()
	if o == d && o != nil {
		return true
	}
	if o != nil {
		p.put(v)
	}
	return false
}

// release drops the allocation's reference, if it is still held.
func (p *page) release(v *VCPU) bool {
	if !p.allocated.CompareAndSwap(true, false) {
		return false
	}
	p.put(v)
	return true
}

// getAny takes a reference whoever owns the frame and returns the owner, or nil
// if the frame is free.
func (p *page) getAny() *Domain {
	for {
		n := p.count.Load()
		if n == 0 {
			return nil
		}
		if p.count.CompareAndSwap(n, n+1) {
			return p.owner.Load()
		}
	}
}

// put drops a reference; the last one frees the frame (put_page).
func (p *page) put(v *VCPU) {
	if p.count.Add(-1) > 0 {
		return
	}
	d := p.owner.Load()
	h := d.hv
	p.lock.Lock()
	p.level, p.pinned, p.writers, p.data = 0, false, 0, nil
	old := p.ptes
	p.ptes = nil
	p.lock.Unlock()
	for _, m := range old {
		m.drop(v)
	}
	d.memory.lock.Lock()
	delete(d.pages, p.mfn)
	d.totPages--
	p.owner.Store(nil)
	d.memory.lock.Unlock()
	h.frames.lock.Lock()
	h.frames.free = append(h.frames.free, p.mfn)
	h.frames.lock.Unlock()
	d.put(v)
}

// drop releases what a page table entry held.
func (m mapping) drop(v *VCPU) {
	if m.page == nil {
		return
	}
	if m.pte&xsm.PTEWrite != 0 {
		m.page.addWriter(-1)
	}
	m.page.put(v)
}

// addWriter counts a writable mapping; it fails with EINVAL on a page table,
// which must not be writable.
func (p *page) addWriter(n int) error {
	p.lock.Lock()
	defer p.lock.Unlock()
	if n > 0 && p.level != 0 {
		return abi.EINVAL
	}
	p.writers += n
	return nil
}

// write stores bytes at an offset of the frame; read copies them out.
func (p *page) write(off int, b []byte) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.data == nil {
		p.data = make([]byte, pageSize)
	}
	copy(p.data[off:], b)
}

func (p *page) read(off int, b []byte) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.data == nil {
		clear(b)
		return
	}
	copy(b, p.data[off:])
}
