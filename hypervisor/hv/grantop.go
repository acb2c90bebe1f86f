package hv

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

// GrantMap is the argument of GNTTABOP_map_grant_ref.
type GrantMap struct {
	Dom    DomID
	Ref    uint32
	Flags  uint32 // GNTMAP_*
	Handle uint32 // out
	Frame  uint64 // out: the machine frame
}

func (h *Hypervisor) grantMap(v *VCPU, a *GrantMap) error {
	if a.Flags&(abi.GNTMAP_host_map|abi.GNTMAP_device_map) == 0 {
		return GrantBadRef
	}
	if v.dom.hvm && a.Flags&(abi.GNTMAP_device_map|abi.GNTMAP_application_map|abi.GNTMAP_contains_pte) != 0 {
		return GrantGeneral
	}
	rd := h.lookup(a.Dom)
	if rd == nil {
		return GrantBadDomain
	}
	if err := h.sec.GrantMapRef(v.sec(), &v.dom.Domain, &rd.Domain, a.Flags); err != nil {
		return GrantDenied
	}
	handle, err := v.dom.gt.reserve()
	if err != nil {
		return err
	}
	rd.gt.lock.Lock()
	p, err := rd.pin(v, a.Ref, v.dom.ID, a.Flags&abi.GNTMAP_readonly != 0)
	rd.gt.lock.Unlock()
	if err != nil {
		v.dom.gt.cancel(handle)
		return err
	}
	if !v.dom.record(handle, &grantMap{rd, a.Ref, a.Flags, p}) {
		h.endMap(v, &grantMap{rd, a.Ref, a.Flags, p})
		return GrantGeneral
	}
	a.Handle, a.Frame = handle, p.mfn
	return nil
}

// reserve takes a free handle.
func (t *grantTable) reserve() (uint32, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	if len(t.maptrack) >= maxMaptrack {
		return 0, GrantNoSpace
	}
	h := t.next
	for t.maptrack[h] != nil {
		h++
	}
	t.maptrack[h] = &grantMap{}
	return h, nil
}

func (t *grantTable) cancel(handle uint32) {
	t.lock.Lock()
	defer t.lock.Unlock()
	delete(t.maptrack, handle)
}

// record enters a mapping, unless the mapper began to die meanwhile.
func (d *Domain) record(handle uint32, m *grantMap) bool {
	d.gt.lock.Lock()
	defer d.gt.lock.Unlock()
	if d.isDying() {
		return false
	}
	d.gt.maptrack[handle] = m
	d.gt.next = (handle + 1) % maxMaptrack
	return true
}

// endMap gives a mapping's frame back to its owner.
func (h *Hypervisor) endMap(v *VCPU, m *grantMap) {
	m.owner.gt.lock.Lock()
	p := m.owner.unpin(m.ref, m.flags&abi.GNTMAP_readonly != 0)
	m.owner.gt.lock.Unlock()
	if p != nil {
		p.put(v)
	}
}

// GrantUnmap is the argument of GNTTABOP_unmap_grant_ref and unmap_and_replace.
type GrantUnmap struct{ Handle uint32 }

func (h *Hypervisor) grantUnmap(v *VCPU, a *GrantUnmap) error {
	t := &v.dom.gt
	t.lock.Lock()
	m := t.maptrack[a.Handle]
	t.lock.Unlock()
	if m == nil || m.owner == nil {
		return GrantBadHandle
	}
	if err := h.sec.GrantUnmapRef(v.sec(), &v.dom.Domain, &m.owner.Domain); err != nil {
		return GrantDenied
	}
	t.lock.Lock()
	same := t.maptrack[a.Handle] == m
	if same {
		delete(t.maptrack, a.Handle)
		t.next = min(t.next, a.Handle)
	}
	t.lock.Unlock()
	if !same {
		return GrantBadHandle // another processor was first
	}
	h.endMap(v, m)
	return nil
}

// GrantTransfer is the argument of GNTTABOP_transfer: the caller's frame goes to
// Dom, which offered Ref for it.
type GrantTransfer struct {
	Frame uint64
	Dom   DomID
	Ref   uint32
}

func (h *Hypervisor) grantTransfer(v *VCPU, a *GrantTransfer) error {
	d := v.dom
	p := d.pageOf(v, a.Frame)
	if p == nil {
		return GrantBadPage
	}
	defer p.put(v)
	e := h.lookup(a.Dom)
	if e == nil {
		return GrantBadDomain
	}
	if err := h.sec.GrantTransfer(v.sec(), &d.Domain, &e.Domain); err != nil {
		return GrantDenied
	}
	if e == d {
		return GrantBadDomain
	}
	e.gt.lock.Lock()
	defer e.gt.lock.Unlock()
	slot, err := e.gt.entry(a.Ref)
	if err != nil {
		return err
	}
	if slot.flags&abi.GTF_type_mask != abi.GTF_accept_transfer || slot.dom != d.ID || slot.moved {
		return GrantGeneral
	}
	if !moveFrame(d, e, p) {
		return GrantBadPage
	}
	slot.moved, slot.frame = true, p.mfn
	return nil
}

// moveFrame hands a frame that nobody else uses from one domain to another; the
// caller and the allocation hold the only references (steal_page).
func moveFrame(from, to *Domain, p *page) bool {
	first, second := from, to
	if first.ID > second.ID {
		first, second = second, first
	}
	first.memory.lock.Lock()
	defer first.memory.lock.Unlock()
	second.memory.lock.Lock()
	defer second.memory.lock.Unlock()
	if to.isDying() || to.totPages >= to.maxPages || !p.allocated.Load() || !p.count.CompareAndSwap(2, 2) || from.isDying() {
		return false
	}
	delete(from.pages, p.mfn)
	from.totPages--
	for gfn, q := range from.p2m {
		if q == p {
			delete(from.p2m, gfn)
		}
	}
	from.refs.Add(-1) // never the last: from is alive
	to.own(p)
	return true
}

// GrantCopyEnd is one end of a copy: a grant of Dom, or a frame of the caller's.
type GrantCopyEnd struct {
	Dom    DomID
	Gref   bool
	Ref    uint32
	Frame  uint64
	Offset uint32
}

// GrantCopy is the argument of GNTTABOP_copy; Len is in bytes.
type GrantCopy struct {
	Src, Dst GrantCopyEnd
	Len      uint32
}

func (h *Hypervisor) grantCopy(v *VCPU, a *GrantCopy) error {
	if uint64(a.Src.Offset)+uint64(a.Len) > pageSize || uint64(a.Dst.Offset)+uint64(a.Len) > pageSize {
		return GrantBadCopyArg
	}
	sd, err := h.copyParty(v, &a.Src)
	if err != nil {
		return err
	}
	dd, err := h.copyParty(v, &a.Dst)
	if err != nil {
		return err
	}
	if err := h.sec.GrantCopy(v.sec(), &sd.Domain, &dd.Domain); err != nil {
		return GrantDenied
	}
	src, err := h.claimEnd(v, sd, &a.Src, true)
	if err != nil {
		return err
	}
	defer h.releaseEnd(v, sd, &a.Src, src, true)
	dst, err := h.claimEnd(v, dd, &a.Dst, false)
	if err != nil {
		return err
	}
	defer h.releaseEnd(v, dd, &a.Dst, dst, false)
	var buf [pageSize]byte
	src.read(int(a.Src.Offset), buf[:a.Len])
	dst.write(int(a.Dst.Offset), buf[:a.Len])
	return nil
}

// copyParty finds the domain of one end. Frames without a grant must be one's own.
func (h *Hypervisor) copyParty(v *VCPU, e *GrantCopyEnd) (*Domain, error) {
	if e.Dom != abi.DOMID_SELF && !e.Gref {
		return nil, GrantDenied
	}
	if d := h.lookupAny(v, e.Dom); d != nil {
		return d, nil
	}
	return nil, GrantBadDomain
}

// claimEnd takes the frame of one end.
func (h *Hypervisor) claimEnd(v *VCPU, d *Domain, e *GrantCopyEnd, readonly bool) (*page, error) {
	if e.Gref {
		d.gt.lock.Lock()
		defer d.gt.lock.Unlock()
		return d.pin(v, e.Ref, v.dom.ID, readonly)
	}
	p := d.pageOf(v, e.Frame)
	if p == nil {
		return nil, GrantBadPage
	}
	if !readonly && p.addWriter(1) != nil {
		p.put(v)
		return nil, GrantGeneral
	}
	return p, nil
}

func (h *Hypervisor) releaseEnd(v *VCPU, d *Domain, e *GrantCopyEnd, p *page, readonly bool) {
	if e.Gref {
		d.gt.lock.Lock()
		p = d.unpin(e.Ref, readonly)
		d.gt.lock.Unlock()
	} else if !readonly {
		_ = p.addWriter(-1)
	}
	if p != nil {
		p.put(v)
	}
}

// GrantSetup is the argument of GNTTABOP_setup_table and get_status_frames.
type GrantSetup struct {
	Dom    DomID
	Frames uint32
}

func (h *Hypervisor) grantSetup(v *VCPU, a *GrantSetup) error {
	d, err := h.grantTarget(v, a.Dom)
	if err != nil {
		return err
	}
	if err := h.sec.GrantSetup(v.sec(), &v.dom.Domain, &d.Domain); err != nil {
		return GrantDenied
	}
	if a.Frames > maxGrantFrames {
		return GrantGeneral
	}
	d.gt.lock.Lock()
	defer d.gt.lock.Unlock()
	d.gt.frames = max(d.gt.frames, a.Frames)
	return nil
}

func (h *Hypervisor) grantStatusFrames(v *VCPU, a *GrantSetup) error {
	d, err := h.grantTarget(v, a.Dom)
	if err != nil {
		return err
	}
	if err := h.sec.GrantSetup(v.sec(), &v.dom.Domain, &d.Domain); err != nil {
		return GrantDenied
	}
	d.gt.lock.Lock()
	defer d.gt.lock.Unlock()
	if d.gt.version != 2 || a.Frames > d.gt.frames {
		return GrantGeneral
	}
	return nil
}

func (h *Hypervisor) grantTarget(v *VCPU, id DomID) (*Domain, error) {
	if d := h.lookupAny(v, id); d != nil {
		return d, nil
	}
	return nil, GrantBadDomain
}

// GrantQuery is the argument of GNTTABOP_query_size and get_version.
type GrantQuery struct {
	Dom                        DomID
	Frames, MaxFrames, Version uint32 // out
}

func (h *Hypervisor) grantQuery(v *VCPU, a *GrantQuery) error {
	d, err := h.grantTarget(v, a.Dom)
	if err != nil {
		return err
	}
	if err := h.sec.GrantQuerySize(v.sec(), &v.dom.Domain, &d.Domain); err != nil {
		return GrantDenied
	}
	d.gt.lock.Lock()
	defer d.gt.lock.Unlock()
	a.Frames, a.MaxFrames = d.gt.frames, maxGrantFrames
	return nil
}

func (h *Hypervisor) grantVersion(v *VCPU, a *GrantQuery) error {
	d := h.lookupAny(v, a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.GrantQuerySize(v.sec(), &v.dom.Domain, &d.Domain); err != nil {
		return err
	}
	d.gt.lock.Lock()
	defer d.gt.lock.Unlock()
	a.Version = d.gt.version
	return nil
}

// GrantSetVersion is the argument of GNTTABOP_set_version, on the caller's table.
type GrantSetVersion struct{ Version uint32 }

func (h *Hypervisor) grantSetVersion(v *VCPU, a *GrantSetVersion) error {
	if a.Version != 1 && a.Version != 2 {
		return abi.EINVAL
	}
	t := &v.dom.gt
	t.lock.Lock()
	defer t.lock.Unlock()
	for _, e := range t.entries {
		if e.pins > 0 {
			return abi.EBUSY
		}
	}
	t.version = a.Version
	return nil
}

// GrantSwap is the argument of GNTTABOP_swap_grant_ref, on the caller's table.
type GrantSwap struct{ A, B uint32 }

func (h *Hypervisor) grantSwap(v *VCPU, a *GrantSwap) error {
	t := &v.dom.gt
	t.lock.Lock()
	defer t.lock.Unlock()
	x, err := t.entry(a.A)
	if err != nil {
		return err
	}
	y, err := t.entry(a.B)
	if err != nil {
		return err
	}
	if x.pins > 0 || y.pins > 0 {
		return abi.EBUSY
	}
	t.entries[a.A], t.entries[a.B] = y, x
	return nil
}
