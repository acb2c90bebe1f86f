package hv

import (
	"fmt"
	"sync"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

// GrantStatus is a GNTST_* status, held positive, as an error: the outcome of a
// grant table operation that failed. It does not allocate.
type GrantStatus uint8

// The statuses of grant table operations (public/grant_table.h).
const (
	GrantGeneral    GrantStatus = -abi.GNTST_general_error
	GrantBadDomain  GrantStatus = -abi.GNTST_bad_domain
	GrantBadRef     GrantStatus = -abi.GNTST_bad_gntref
	GrantBadHandle  GrantStatus = -abi.GNTST_bad_handle
	GrantDenied     GrantStatus = -abi.GNTST_permission_denied
	GrantBadPage    GrantStatus = -abi.GNTST_bad_page
	GrantBadCopyArg GrantStatus = -abi.GNTST_bad_copy_arg
	GrantNoSpace    GrantStatus = -abi.GNTST_no_space
)

var grantNames = map[GrantStatus]string{
	GrantGeneral: "GNTST_general_error", GrantBadDomain: "GNTST_bad_domain", GrantBadRef: "GNTST_bad_gntref",
	GrantBadHandle: "GNTST_bad_handle", GrantDenied: "GNTST_permission_denied", GrantBadPage: "GNTST_bad_page",
	GrantBadCopyArg: "GNTST_bad_copy_arg", GrantNoSpace: "GNTST_no_space",
}

// Error gives the status' name.
func (s GrantStatus) Error() string {
	if n, ok := grantNames[s]; ok {
		return n
	}
	return fmt.Sprintf("GNTST(-%d)", uint8(s))
}

const (
	grantFrameEntries = 512 // version 1 entries of one frame
	maxGrantFrames    = 64
	maxMaptrack       = 1 << 16
)

// grantEntry is what a guest writes into its shared table, and what the
// hypervisor keeps of its use.
type grantEntry struct {
	flags uint16 // GTF_*
	dom   DomID
	frame uint64
	pins  int // mappings and copies in progress
	wpins int
	page  *page // while pinned
	moved bool  // a transfer into it is complete
}

// grantTable is a domain's grants, and its mappings of others' grants.
type grantTable struct {
	lock     sync.Mutex
	version  uint32
	frames   uint32
	entries  map[uint32]*grantEntry
	maptrack map[uint32]*grantMap
	next     uint32
}

// grantMap is one mapping of a foreign grant, known to the mapper by its handle.
type grantMap struct {
	owner *Domain
	ref   uint32
	flags uint32
	page  *page
}

func (t *grantTable) init() {
	t.version, t.frames = 1, 1
	t.entries, t.maptrack = map[uint32]*grantEntry{}, map[uint32]*grantMap{}
}

// entry returns the entry of a reference within the table's size. Lock held.
func (t *grantTable) entry(ref uint32) (*grantEntry, error) {
	if ref >= t.frames*grantFrameEntries {
		return nil, GrantBadRef
	}
	e := t.entries[ref]
	if e == nil {
		return &grantEntry{}, nil
	}
	return e, nil
}

// pin takes the granted frame of d for user; readonly asks for no write access.
// d's grant lock is held.
func (d *Domain) pin(v *VCPU, ref uint32, user DomID, readonly bool) (*page, error) {
	e, err := d.gt.entry(ref)
	if err != nil {
		return nil, err
	}
	if d.isDying() || e.flags&abi.GTF_type_mask != abi.GTF_permit_access || e.dom != user {
		return nil, GrantGeneral
	}
	if !readonly && e.flags&abi.GTF_readonly != 0 {
		return nil, GrantGeneral
	}
	if e.pins == 0 {
		p := d.pageOf(v, e.frame)
		if p == nil {
			return nil, GrantBadPage
		}
		e.page = p
	}
	if !readonly {
		if err := e.page.addWriter(1); err != nil {
			if e.pins == 0 {
				e.page.put(v)
				e.page = nil
			}
			return nil, GrantGeneral
		}
		e.wpins++
		e.flags |= abi.GTF_writing
	}
	e.pins++
	e.flags |= abi.GTF_reading
	return e.page, nil
}

// unpin undoes pin; it returns the page whose reference the caller drops after
// the lock is released, or nil.
func (d *Domain) unpin(ref uint32, readonly bool) *page {
	e := d.gt.entries[ref]
	if e == nil || e.pins == 0 {
		return nil
	}
	if !readonly {
		_ = e.page.addWriter(-1)
		if e.wpins--; e.wpins == 0 {
			e.flags &^= abi.GTF_writing
		}
	}
	if e.pins--; e.pins > 0 {
		return nil
	}
	e.flags &^= abi.GTF_reading
	p := e.page
	e.page = nil
	return p
}

// releaseMaptrack ends every mapping a dying domain holds of others' grants.
func (h *Hypervisor) releaseMaptrack(v *VCPU, d *Domain) {
	d.gt.lock.Lock()
	maps := d.gt.maptrack
	d.gt.maptrack = map[uint32]*grantMap{}
	d.gt.lock.Unlock()
	for _, m := range maps {
		if m.owner != nil { // nil: reserved by a processor that will see the end
			h.endMap(v, m)
		}
	}
}

// GrantAccess is what a guest writes into its shared grant table to let Dom use
// a frame of its own, or to accept a transfer from Dom. It is no hypercall and
// has no hook.
type GrantAccess struct {
	Ref      uint32
	Dom      DomID
	Frame    uint64 // guest frame; machine frame for PV guests
	ReadOnly bool
}

func (h *Hypervisor) guestGrant(v *VCPU, a *GrantAccess) error {
	flags := uint16(abi.GTF_permit_access)
	if a.ReadOnly {
		flags |= abi.GTF_readonly
	}
	return v.dom.writeGrant(a, flags)
}

func (h *Hypervisor) guestAccept(v *VCPU, a *GrantAccess) error {
	return v.dom.writeGrant(a, abi.GTF_accept_transfer)
}

func (d *Domain) writeGrant(a *GrantAccess, flags uint16) error {
	d.gt.lock.Lock()
	defer d.gt.lock.Unlock()
	if a.Ref >= d.gt.frames*grantFrameEntries {
		return abi.EFAULT
	}
	if e := d.gt.entries[a.Ref]; e != nil && e.pins > 0 {
		return abi.EBUSY // a guest that overwrote it would confuse only itself
	}
	d.gt.entries[a.Ref] = &grantEntry{flags: flags, dom: a.Dom, frame: a.Frame}
	return nil
}

// guestEndAccess takes a grant back; EBUSY while it is mapped.
func (h *Hypervisor) guestEndAccess(v *VCPU, a *GrantAccess) error {
	t := &v.dom.gt
	t.lock.Lock()
	defer t.lock.Unlock()
	e := t.entries[a.Ref]
	switch {
	case e == nil:
		return abi.ENOENT
	case e.pins > 0:
		return abi.EBUSY
	}
	delete(t.entries, a.Ref)
	return nil
}

// GuestBytes is a guest's access to its own memory.
type GuestBytes struct {
	Frame  uint64
	Offset uint32
	Data   []byte // in of a write; out of a read, of the length given
}

func (h *Hypervisor) guestWrite(v *VCPU, a *GuestBytes) error {
	return h.guestAccess(v, a, (*page).write)
}

func (h *Hypervisor) guestRead(v *VCPU, a *GuestBytes) error {
	return h.guestAccess(v, a, (*page).read)
}

func (h *Hypervisor) guestAccess(v *VCPU, a *GuestBytes, f func(*page, int, []byte)) error {
	if uint64(a.Offset)+uint64(len(a.Data)) > pageSize {
		return abi.EFAULT
	}
	p := v.dom.pageOf(v, a.Frame)
	if p == nil {
		return abi.EFAULT
	}
	defer p.put(v)
	f(p, int(a.Offset), a.Data)
	return nil
}
