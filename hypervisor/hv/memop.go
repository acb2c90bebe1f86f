package hv

import (
	"slices"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

// MemoryExchange is the argument of XENMEM_exchange: guest frames for new
// machine frames.
type MemoryExchange struct {
	Dom    DomID
	In     []uint64 // guest frames given up
	Out    []uint64 // guest frames where the new ones appear
	Frames []uint64 // out: the new machine frames
}

func (h *Hypervisor) memoryExchange(v *VCPU, a *MemoryExchange) error {
	if len(a.In) != len(a.Out) || len(a.In) > maxExtents {
		return abi.EINVAL
	}
	d := h.lookupAny(v, a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.MemoryExchange(v.sec(), &d.Domain); err != nil {
		return err
	}
	if err := d.exchangeable(a); err != nil {
		return err
	}
	for i := range a.In {
		d.removeFrame(v, a.In[i])
		d.memory.lock.Lock()
		p := h.frames.alloc(d)
		if p != nil {
			d.p2m[a.Out[i]] = p
			a.Frames = append(a.Frames, p.mfn)
		}
		d.memory.lock.Unlock()
		if p == nil {
			return abi.ENOMEM
		}
	}
	return nil
}

// exchangeable checks that every frame given is there and every place is free.
func (d *Domain) exchangeable(a *MemoryExchange) error {
	d.memory.lock.Lock()
	defer d.memory.lock.Unlock()
	for i := range a.In {
		if d.p2m[a.In[i]] == nil || slices.Contains(a.In[:i], a.In[i]) || slices.Contains(a.Out[:i], a.Out[i]) {
			return abi.EINVAL
		}
		if _, taken := d.p2m[a.Out[i]]; taken && !slices.Contains(a.In, a.Out[i]) {
			return abi.EINVAL
		}
	}
	return nil
}

// AddToPhysmap is the argument of XENMEM_add_to_physmap and, with Foreign and
// lists, of XENMEM_add_to_physmap_batch. Space is XENMAPSPACE_*.
type AddToPhysmap struct {
	Dom     DomID
	Space   uint32
	Foreign DomID    // whose frames, with XENMAPSPACE_gmfn_foreign
	Idxs    []uint64 // source: frame or index
	GFNs    []uint64 // where they appear
	Errs    []error  // out, of the batch: one for each
}

func (h *Hypervisor) memoryAddToPhysmap(v *VCPU, a *AddToPhysmap) error {
	if a.Space == abi.XENMAPSPACE_gmfn_foreign || len(a.Idxs) != 1 || len(a.GFNs) != 1 {
		return abi.ENOSYS
	}
	d, err := h.physmapTarget(v, a)
	if err != nil {
		return err
	}
	return h.addOne(v, d, a, 0)
}

func (h *Hypervisor) memoryAddBatch(v *VCPU, a *AddToPhysmap) error {
	if len(a.Idxs) != len(a.GFNs) || len(a.Idxs) > maxExtents {
		return abi.EINVAL
	}
	d, err := h.physmapTarget(v, a)
	if err != nil {
		return err
	}
	a.Errs = make([]error, len(a.Idxs))
	for i := range a.Idxs {
		a.Errs[i] = h.addOne(v, d, a, i)
	}
	return nil
}

func (h *Hypervisor) physmapTarget(v *VCPU, a *AddToPhysmap) (*Domain, error) {
	d := h.lookupAny(v, a.Dom)
	if d == nil {
		return nil, abi.ESRCH
	}
	if !d.hvm {
		return nil, abi.EACCES // has no physical map of its own
	}
	if err := h.sec.AddToPhysmap(v.sec(), &v.dom.Domain, &d.Domain); err != nil {
		return nil, err
	}
	return d, nil
}

// addOne maps entry i of the request.
func (h *Hypervisor) addOne(v *VCPU, d *Domain, a *AddToPhysmap, i int) error {
	switch a.Space {
	case abi.XENMAPSPACE_gmfn:
		return d.moveFrame(a.Idxs[i], a.GFNs[i])
	case abi.XENMAPSPACE_gmfn_foreign:
		return h.mapForeign(v, d, a, i)
	case abi.XENMAPSPACE_shared_info, abi.XENMAPSPACE_grant_table:
		d.setAttr("physmap", uint32(a.GFNs[i]), uint64(a.Space)<<32|a.Idxs[i])
		return nil
	default:
		return abi.EINVAL
	}
}

// moveFrame makes the frame at guest frame from appear at to instead.
func (d *Domain) moveFrame(from, to uint64) error {
	d.memory.lock.Lock()
	defer d.memory.lock.Unlock()
	p := d.p2m[from]
	if p == nil || d.p2m[to] != nil {
		return abi.EINVAL
	}
	delete(d.p2m, from)
	d.p2m[to] = p
	return nil
}

// mapForeign lets d see a frame of another domain (p2m_add_foreign).
func (h *Hypervisor) mapForeign(v *VCPU, d *Domain, a *AddToPhysmap, i int) error {
	f := h.lookupPager(v, a.Foreign)
	switch {
	case f == nil:
		return abi.ESRCH
	case f == d || !d.hvm:
		return abi.EINVAL
	}
	if err := h.sec.MapGmfnForeign(v.sec(), &d.Domain, &f.Domain); err != nil {
		return err
	}
	p := f.lookupGFN(a.Idxs[i])
	if p == nil {
		return abi.EINVAL
	}
	d.memory.lock.Lock()
	_, taken := d.p2m[a.GFNs[i]]
	ok := !taken && !d.isDying()
	if ok {
		d.p2m[a.GFNs[i]] = p
	}
	d.memory.lock.Unlock()
	if !ok {
		p.put(v)
		return abi.EINVAL
	}
	return nil
}

// RemoveFromPhysmap is the argument of XENMEM_remove_from_physmap.
type RemoveFromPhysmap struct {
	Dom DomID
	GFN uint64
}

func (h *Hypervisor) memoryRemoveFromPhysmap(v *VCPU, a *RemoveFromPhysmap) error {
	d := h.lookupAny(v, a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	if !d.hvm {
		return abi.EACCES
	}
	if err := h.sec.RemoveFromPhysmap(v.sec(), &v.dom.Domain, &d.Domain); err != nil {
		return err
	}
	if !d.removeFrame(v, a.GFN) {
		return abi.ENOENT
	}
	return nil
}

// ClaimPages is the argument of XENMEM_claim_pages.
type ClaimPages struct {
	Dom   DomID
	Pages uint64
}

func (h *Hypervisor) memoryClaim(v *VCPU, a *ClaimPages) error {
	d := h.lookup(a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.ClaimPages(v.sec(), &d.Domain); err != nil {
		return err
	}
	if a.Pages > h.frames.available() {
		return abi.ENOMEM
	}
	d.memory.lock.Lock()
	defer d.memory.lock.Unlock()
	if a.Pages > d.maxPages {
		return abi.EINVAL
	}
	d.claim = a.Pages
	return nil
}

// PODTarget is the argument of XENMEM_set_pod_target and get_pod_target.
type PODTarget struct {
	Dom    DomID
	Target uint64 // in of set, out of get: pages
	Total  uint64 // out
}

func (h *Hypervisor) podTarget(v *VCPU, id DomID) (*Domain, error) {
	d := h.lookupAny(v, id)
	switch {
	case d == nil:
		return nil, abi.ESRCH
	case !d.hvm:
		return nil, abi.EINVAL
	}
	return d, nil
}

func (h *Hypervisor) memorySetPOD(v *VCPU, a *PODTarget) error {
	d, err := h.podTarget(v, a.Dom)
	if err != nil {
		return err
	}
	if err := h.sec.SetPodTarget(v.sec(), &d.Domain); err != nil {
		return err
	}
	d.memory.lock.Lock()
	defer d.memory.lock.Unlock()
	if a.Target > d.maxPages {
		return abi.EINVAL
	}
	d.memory.podTarget, a.Total = a.Target, d.totPages
	return nil
}

func (h *Hypervisor) memoryGetPOD(v *VCPU, a *PODTarget) error {
	d, err := h.podTarget(v, a.Dom)
	if err != nil {
		return err
	}
	if err := h.sec.GetPodTarget(v.sec(), &d.Domain); err != nil {
		return err
	}
	d.memory.lock.Lock()
	defer d.memory.lock.Unlock()
	a.Target, a.Total = d.memory.podTarget, d.totPages
	return nil
}

// MemoryMap is the argument of the memory map commands: region ends, in pages.
type MemoryMap struct {
	Dom     DomID
	Entries []uint64
}

const maxMemMap = 128

func (h *Hypervisor) memorySetMap(v *VCPU, a *MemoryMap) error {
	if len(a.Entries) > maxMemMap {
		return abi.EINVAL
	}
	d := h.lookupAny(v, a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.DomainMemoryMap(v.sec(), &d.Domain); err != nil {
		return err
	}
	d.memory.lock.Lock()
	defer d.memory.lock.Unlock()
	d.memMap = slices.Clone(a.Entries)
	return nil
}

func (h *Hypervisor) memoryGetMap(v *VCPU, a *MemoryMap) error {
	d := v.dom
	d.memory.lock.Lock()
	defer d.memory.lock.Unlock()
	if d.memMap == nil {
		return abi.ENOSYS
	}
	a.Entries = slices.Clone(d.memMap)
	return nil
}

func (h *Hypervisor) memoryMachineMap(v *VCPU, a *MemoryMap) error {
	if err := h.sec.MachineMemoryMap(v.sec()); err != nil {
		return err
	}
	a.Entries = []uint64{uint64(len(h.frames.all))}
	return nil
}

// VNUMAInfo is the argument of XENMEM_get_vnumainfo.
type VNUMAInfo struct {
	Dom   DomID
	Nodes uint64 // out
}

func (h *Hypervisor) memoryVNUMA(v *VCPU, a *VNUMAInfo) error {
	d := h.lookupAny(v, a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.GetVNUMAInfo(v.sec(), &d.Domain); err != nil {
		return err
	}
	if a.Nodes = d.attr("XEN_DOMCTL_setvnumainfo", 0); a.Nodes == 0 {
		return abi.EOPNOTSUPP
	}
	return nil
}

// AcquireResource is the argument of XENMEM_acquire_resource.
type AcquireResource struct {
	Dom    DomID
	Type   uint32 // XENMEM_resource_*
	ID     uint32
	Frame  uint64
	Handle uint64 // out: stands for the mapped frames
}

func (h *Hypervisor) memoryAcquire(v *VCPU, a *AcquireResource) error {
	d, err := h.lookupRemote(v, a.Dom)
	if err != nil {
		return err
	}
	if err := h.sec.DomainResourceMap(v.sec(), &d.Domain); err != nil {
		return err
	}
	switch a.Type {
	case abi.XENMEM_resource_grant_table:
		a.Handle = uint64(a.ID)<<32 | a.Frame
	case abi.XENMEM_resource_ioreq_server:
		d.lock.Lock()
		defer d.lock.Unlock()
		if d.ioreq[a.ID] == nil {
			return abi.ENOENT
		}
		a.Handle = uint64(a.ID) + 1
	default:
		return abi.EOPNOTSUPP
	}
	return nil
}

// MemAccess is the argument of XENMEM_access_op; Cmd is XENMEM_access_op_*.
type MemAccess struct {
	Dom    DomID
	Cmd    uint32
	GFN    uint64
	Access uint32 // in of set, out of get: r=1, w=2, x=4
}

func (h *Hypervisor) memoryAccess(v *VCPU, a *MemAccess) error {
	d, err := h.lookupRemote(v, a.Dom)
	if err != nil {
		return err
	}
	if !d.hvm {
		return abi.EINVAL
	}
	if err := h.sec.MemAccess(v.sec(), &d.Domain); err != nil {
		return err
	}
	if !d.hasRing(abi.XEN_DOMCTL_VM_EVENT_OP_MONITOR) {
		return abi.ENODEV
	}
	d.memory.lock.Lock()
	defer d.memory.lock.Unlock()
	switch a.Cmd {
	case abi.XENMEM_access_op_set_access:
		if a.Access > 7 || d.p2m[a.GFN] == nil {
			return abi.EINVAL
		}
		d.access[a.GFN] = a.Access
	case abi.XENMEM_access_op_get_access:
		acc, ok := d.access[a.GFN]
		if !ok {
			acc = 7
		}
		a.Access = acc
	default:
		return abi.ENOSYS
	}
	return nil
}

// MemPaging is the argument of XENMEM_paging_op; Cmd is XENMEM_paging_op_*.
type MemPaging struct {
	Dom DomID
	Cmd uint32
	GFN uint64
}

func (h *Hypervisor) memoryPaging(v *VCPU, a *MemPaging) error {
	d, err := h.lookupRemote(v, a.Dom)
	if err != nil {
		return err
	}
	if err := h.sec.MemPaging(v.sec(), &d.Domain); err != nil {
		return err
	}
	if !d.hasRing(abi.XEN_DOMCTL_VM_EVENT_OP_PAGING) {
		return abi.ENODEV
	}
	if a.Cmd > abi.XENMEM_paging_op_prep {
		return abi.ENOSYS
	}
	d.setAttr("paging", uint32(a.GFN), uint64(a.Cmd)+1)
	return nil
}

// MemSharing is the argument of XENMEM_sharing_op. Client is the other party of
// share and add_physmap.
type MemSharing struct {
	Dom       DomID
	Cmd       uint32 // XENMEM_sharing_op_*
	GFN       uint64
	Client    DomID
	ClientGFN uint64
}

func (h *Hypervisor) memorySharing(v *VCPU, a *MemSharing) error {
	d, err := h.lookupRemote(v, a.Dom)
	if err != nil {
		return err
	}
	if err := h.sec.MemSharing(v.sec(), &d.Domain); err != nil {
		return err
	}
	if !d.hvm || d.attr("XEN_DOMCTL_mem_sharing_op", 0) == 0 {
		return abi.ENODEV
	}
	switch a.Cmd {
	case abi.XENMEM_sharing_op_nominate_gfn:
		d.setAttr("nominated", uint32(a.GFN), 1)
	case abi.XENMEM_sharing_op_share, abi.XENMEM_sharing_op_add_physmap:
		return h.share(v, d, a)
	default:
		return abi.ENOSYS
	}
	return nil
}

func (h *Hypervisor) share(v *VCPU, d *Domain, a *MemSharing) error {
	c, err := h.lookupRemote(v, a.Client)
	if err != nil {
		return err
	}
	if err := h.sec.MemSharingOp(v.sec(), &d.Domain, &c.Domain, int(a.Cmd)); err != nil {
		return err
	}
	if d.attr("nominated", uint32(a.GFN)) == 0 {
		return abi.EINVAL
	}
	c.setAttr("shared", uint32(a.ClientGFN), uint64(d.ID)<<32|a.GFN)
	return nil
}
