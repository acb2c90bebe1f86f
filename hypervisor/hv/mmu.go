package hv

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// MMUReq is one request of mmu_update: for page table updates, the frame of the
// table, the entry's index in it and the new entry; for MMU_MACHPHYS_UPDATE, the
// machine frame and the guest frame it shall have.
type MMUReq struct {
	MFN   uint64
	Index uint16
	Val   xsm.PTE
}

// MMUUpdate is the argument of mmu_update; all requests are of one command.
type MMUUpdate struct {
	PTDom DomID // whose page tables; DOMID_SELF for the caller's
	Dom   DomID // whose frames the entries refer to
	Reqs  []MMUReq
	Done  int // out: requests done before the first that failed
}

func (h *Hypervisor) mmuNormal(v *VCPU, a *MMUUpdate) error { return h.mmuTables(v, a, false) }
func (h *Hypervisor) mmuPreserve(v *VCPU, a *MMUUpdate) error {
	return h.mmuTables(v, a, true)
}

// mmuTables updates page tables. The hook runs when a request needs a permission
// that no earlier request of the batch needed.
func (h *Hypervisor) mmuTables(v *VCPU, a *MMUUpdate, preserve bool) error {
	a.Done = 0
	pt, pg, err := h.mmuOwners(v, a)
	if err != nil {
		return err
	}
	var needed, checked uint32
	for _, r := range a.Reqs {
		needed |= xsm.MMUNormalUpdate
		if r.Val&xsm.PTEPresent != 0 {
			needed |= xsm.MMUUpdateRead
			if r.Val&xsm.PTEWrite != 0 {
				needed |= xsm.MMUUpdateWrite
			}
		}
		if needed != checked {
			if err := h.sec.MMUUpdate(v.sec(), &v.dom.Domain, &pt.Domain, &pg.Domain, needed); err != nil {
				return err
			}
			checked = needed
		}
		if err := h.setEntry(v, pt, pg, r, preserve); err != nil {
			return err
		}
		a.Done++
	}
	return nil
}

// mmuOwners finds whose tables and whose frames a request is about.
func (h *Hypervisor) mmuOwners(v *VCPU, a *MMUUpdate) (pt, pg *Domain, err error) {
	if pt = h.lookupAny(v, a.PTDom); pt == nil {
		return nil, nil, abi.ESRCH
	}
	if pt.hvm {
		return nil, nil, abi.EOPNOTSUPP
	}
	if pg = h.lookupPager(v, a.Dom); pg == nil {
		return nil, nil, abi.ESRCH
	}
	return pt, pg, nil
}

// setEntry writes one page table entry: the new frame is taken before the old
// one is dropped.
func (h *Hypervisor) setEntry(v *VCPU, pt, pg *Domain, r MMUReq, preserve bool) error {
	table := h.frames.page(r.MFN)
	if table == nil || !table.get(v, pt) {
		return abi.EINVAL
	}
	defer table.put(v)
	m := mapping{pte: r.Val}
	if r.Val&xsm.PTEPresent != 0 {
		p, err := h.mappable(v, pt, pg, r.Val)
		if err != nil {
			return err
		}
		m.page = p
	}
	if err := table.install(pt, r.Index, &m, preserve); err != nil {
		if r.Val&xsm.PTEPresent != 0 {
			mapping{r.Val, m.page}.drop(v)
		}
		return err
	}
	m.drop(v)
	return nil
}

// install swaps an entry: m becomes what was there. EINVAL if the page is no
// level 1 table and cannot become one.
func (p *page) install(d *Domain, idx uint16, m *mapping, preserve bool) error {
	const accessedDirty = 0x60
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.level > 1 || p.level == 0 && p.writers > 0 || idx >= 512 || d.isDying() {
		return abi.EINVAL
	}
	p.level = 1
	if p.ptes == nil {
		p.ptes = map[uint16]mapping{}
	}
	old := p.ptes[idx]
	if preserve {
		m.pte |= old.pte & accessedDirty
	}
	if m.pte&xsm.PTEPresent == 0 {
		delete(p.ptes, idx)
	} else {
		p.ptes[idx] = *m
	}
	*m = old
	return nil
}

// mappable takes references to the frame of a new entry in pt's tables
// (get_page_from_l1e). Frames beyond RAM are I/O memory; their page is nil.
func (h *Hypervisor) mappable(v *VCPU, pt, pg *Domain, e xsm.PTE) (*page, error) {
	mfn := uint64(e) >> 12
	p := h.frames.page(mfn)
	if p == nil {
		return nil, h.mayMapIO(v, pt, pg, mfn)
	}
	owner := p.getAny()
	if owner == nil {
		return nil, abi.EINVAL
	}
	if owner != pg {
		// A domain that builds tables for another may lend it its target's pages.
		if pg == pt || h.sec.PrivMapping(v.sec(), &pg.Domain, &owner.Domain) != nil {
			p.put(v)
			return nil, abi.EBUSY
		}
	}
	if e&xsm.PTEWrite != 0 {
		if err := p.addWriter(1); err != nil {
			p.put(v)
			return nil, err
		}
	}
	return p, nil
}

func (h *Hypervisor) mayMapIO(v *VCPU, pt, pg *Domain, mfn uint64) error {
	if pg == h.domIO {
		pg = v.dom
	}
	if !pg.io.allows(&pg.io.iomem, mfn, mfn) || pg != pt && !pt.io.allows(&pt.io.iomem, mfn, mfn) {
		return abi.EPERM
	}
	return nil
}

// mmuMachphys sets a frame's guest frame number.
func (h *Hypervisor) mmuMachphys(v *VCPU, a *MMUUpdate) error {
	a.Done = 0
	_, pg, err := h.mmuOwners(v, a)
	if err != nil {
		return err
	}
	if err := h.sec.MMUUpdate(v.sec(), &v.dom.Domain, nil, &pg.Domain, xsm.MMUMachphysUpdate); err != nil {
		return err
	}
	for _, r := range a.Reqs {
		p := h.frames.page(r.MFN)
		if p == nil || !p.get(v, pg) {
			return abi.EINVAL
		}
		pg.memory.lock.Lock()
		pg.p2m[uint64(r.Val)] = p
		pg.memory.lock.Unlock()
		p.put(v) // the physmap of one's own frames is not counted
		a.Done++
	}
	return nil
}

// VAMapping is the argument of update_va_mapping and, with Dom, of
// update_va_mapping_otherdomain. The table of the address is given as a frame.
type VAMapping struct {
	Dom   DomID
	MFN   uint64
	Index uint16
	Val   xsm.PTE
}

func (h *Hypervisor) updateVA(v *VCPU, a *VAMapping) error { return h.vaMapping(v, v.dom, a) }

func (h *Hypervisor) updateVAOther(v *VCPU, a *VAMapping) error {
	pg := h.lookupPager(v, a.Dom)
	if pg == nil {
		return abi.ESRCH
	}
	return h.vaMapping(v, pg, a)
}

func (h *Hypervisor) vaMapping(v *VCPU, pg *Domain, a *VAMapping) error {
	if v.dom.hvm {
		return abi.EOPNOTSUPP
	}
	if err := h.sec.UpdateVAMapping(v.sec(), &v.dom.Domain, &pg.Domain, a.Val); err != nil {
		return err
	}
	return h.setEntry(v, v.dom, pg, MMUReq{a.MFN, a.Index, a.Val}, false)
}

// MMUExt is the argument of the mmuext_op commands: one operation on one frame.
type MMUExt struct {
	Dom DomID // whose frames
	MFN uint64
	Src uint64 // of MMUEXT_COPY_PAGE
}

// mmuExt wraps a command in the checks all of them share.
func mmuExt(f func(h *Hypervisor, v *VCPU, pg *Domain, a *MMUExt) error) func(*Hypervisor, *VCPU, *MMUExt) error {
	return func(h *Hypervisor, v *VCPU, a *MMUExt) error {
		pg := h.lookupPager(v, a.Dom)
		if pg == nil {
			return abi.ESRCH
		}
		if err := h.sec.MMUExtOp(v.sec(), &v.dom.Domain, &pg.Domain); err != nil {
			return err
		}
		return f(h, v, pg, a)
	}
}

// mmuPin pins a frame as a page table of a level.
func mmuPin(level uint8) func(*Hypervisor, *VCPU, *MMUExt) error {
	return mmuExt(func(h *Hypervisor, v *VCPU, pg *Domain, a *MMUExt) error {
		p := h.frames.page(a.MFN)
		if p == nil || !p.get(v, pg) {
			return abi.EINVAL
		}
		err := h.sec.MemoryPinPage(v.sec(), &v.dom.Domain, &pg.Domain, &xsm.Page{MFN: p.mfn, Owner: &pg.Domain})
		if err == nil {
			err = p.pin(pg, level)
		}
		if err != nil {
			p.put(v)
		}
		return err
	})
}

// pin keeps the caller's reference until unpinned.
func (p *page) pin(d *Domain, level uint8) error {
	p.lock.Lock()
	defer p.lock.Unlock()
	switch {
	case p.pinned, d.isDying():
		return abi.EINVAL
	case p.writers > 0, p.level != 0 && p.level != level:
		return abi.EINVAL
	}
	p.level, p.pinned = level, true
	return nil
}

func mmuUnpin(h *Hypervisor, v *VCPU, pg *Domain, a *MMUExt) error {
	p := h.frames.page(a.MFN)
	if p == nil || !p.get(v, pg) {
		return abi.EINVAL
	}
	defer p.put(v)
	p.lock.Lock()
	was := p.pinned
	p.pinned = false
	if len(p.ptes) == 0 {
		p.level = 0
	}
	p.lock.Unlock()
	if !was {
		return abi.EINVAL
	}
	p.put(v)
	return nil
}

// mmuBase switches the caller's page table root: a pinned level 4 table of its own.
func mmuBase(h *Hypervisor, v *VCPU, pg *Domain, a *MMUExt) error {
	p := h.frames.page(a.MFN)
	if pg != v.dom || p == nil || !p.get(v, v.dom) {
		return abi.EINVAL
	}
	defer p.put(v)
	p.lock.Lock()
	ok := p.level == 4
	p.lock.Unlock()
	if !ok {
		return abi.EINVAL
	}
	v.context.Store(a.MFN)
	return nil
}

// mmuLocal is for commands on the caller's own translations.
func mmuLocal(_ *Hypervisor, v *VCPU, pg *Domain, _ *MMUExt) error {
	if pg != v.dom {
		return abi.EPERM
	}
	return nil
}

func mmuClear(h *Hypervisor, v *VCPU, pg *Domain, a *MMUExt) error {
	return h.withPlain(v, pg, a.MFN, func(p *page) { p.write(0, make([]byte, pageSize)) })
}

func mmuCopy(h *Hypervisor, v *VCPU, pg *Domain, a *MMUExt) error {
	src := h.frames.page(a.Src)
	if src == nil || !src.get(v, pg) {
		return abi.EINVAL
	}
	defer src.put(v)
	buf := make([]byte, pageSize)
	src.read(0, buf)
	return h.withPlain(v, pg, a.MFN, func(p *page) { p.write(0, buf) })
}

// withPlain calls f on a frame of d that is not a page table.
func (h *Hypervisor) withPlain(v *VCPU, d *Domain, mfn uint64, f func(*page)) error {
	p := h.frames.page(mfn)
	if p == nil || !p.get(v, d) {
		return abi.EINVAL
	}
	defer p.put(v)
	if err := p.addWriter(1); err != nil {
		return err
	}
	f(p)
	return p.addWriter(-1)
}
