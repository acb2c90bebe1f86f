package hv

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

// CreateDomain is the argument of XEN_DOMCTL_createdomain. Domain 0 asks for any
// free number; the number is returned.
type CreateDomain struct {
	Domain   DomID
	SSIDRef  uint32
	HVM      bool
	Xenstore bool
	IOMMU    bool
	Compat   bool // 32-bit guest
	Hardware bool // becomes the hardware domain
	MaxVCPUs uint32
	Handle   string
}

func (a *CreateDomain) ssid() uint32  { return a.SSIDRef }
func (a *CreateDomain) domain() DomID { return abi.DOMID_INVALID }

func (h *Hypervisor) domctlCreate(v *VCPU, _ *Domain, a *CreateDomain) error {
	id, err := h.pickID(a.Domain)
	if err != nil {
		return err
	}
	if a.MaxVCPUs == 0 || a.MaxVCPUs > maxVCPUs {
		return abi.EINVAL
	}
	if _, err := h.createDomain(v, id, a, false); err != nil {
		return err
	}
	a.Domain, h.rover = id, id
	return nil
}

// pickID checks the number asked for, or finds the next free one.
func (h *Hypervisor) pickID(want DomID) (DomID, error) {
	if want > 0 && want < abi.DOMID_FIRST_RESERVED {
		if h.lookup(want) != nil {
			return 0, abi.EEXIST
		}
		return want, nil
	}
	for i := 1; i < abi.DOMID_FIRST_RESERVED; i++ {
		id := DomID((int(h.rover) + i) % abi.DOMID_FIRST_RESERVED)
		if id != 0 && h.lookup(id) == nil {
			return id, nil
		}
	}
	return 0, abi.ENOMEM
}

// createDomain allocates a domain and its label, asks whether it may exist, and
// enters it in the table. What failed is undone in reverse order.
func (h *Hypervisor) createDomain(v *VCPU, id DomID, a *CreateDomain, privileged bool) (*Domain, error) {
	d := newDomain(h, id)
	d.hvm, d.compat, d.handle, d.maxVCPUs = a.HVM, a.Compat, a.Handle, a.MaxVCPUs
	d.Xenstore, d.IOMMU = a.Xenstore, a.IOMMU
	d.SetControl(privileged)
	d.SetConsole(privileged)
	if err := h.sec.AllocSecurityDomain(v.sec(), &d.Domain); err != nil {
		return nil, err
	}
	if err := h.initDomain(v, d, a, privileged); err != nil {
		d.evt.free(h, v)
		h.sec.FreeSecurityDomain(v.sec(), &d.Domain)
		return nil, err
	}
	h.setDomain(id, d)
	return d, nil
}

// initDomain is the part of domain creation that a label exists for.
func (h *Hypervisor) initDomain(v *VCPU, d *Domain, a *CreateDomain, privileged bool) error {
	if err := h.sec.DomainCreate(v.sec(), &d.Domain, a.SSIDRef); err != nil {
		return err
	}
	if err := d.evt.init(h, v); err != nil {
		return err
	}
	// argo's own test is not an authorization of the creation: a refusal only
	// leaves the new domain without argo.
	d.argoOn = h.sec.ArgoEnable(v.sec(), &d.Domain) == nil
	if a.Hardware && !privileged {
		return h.makeHardware(v, d)
	}
	return nil
}

// makeHardware hands the hardware domain's role over (late hardware domain).
func (h *Hypervisor) makeHardware(v *VCPU, d *Domain) error {
	if err := h.sec.InitHardwareDomain(v.sec(), &d.Domain); err != nil {
		return err
	}
	h.platform.lock.Lock()
	old := h.hardware
	h.hardware = d
	h.platform.lock.Unlock()
	d.io.takeAll(&old.io)
	return nil
}

// isHardware reports whether d is the hardware domain.
func (h *Hypervisor) isHardware(d *Domain) bool {
	h.platform.lock.Lock()
	defer h.platform.lock.Unlock()
	return h.hardware == d
}

// kill destroys a domain as far as others' references allow. Destroying what is
// already destroyed succeeds and does nothing, as in Xen.
func (h *Hypervisor) kill(v *VCPU, d *Domain) error {
	if !d.state.CompareAndSwap(alive, dying) {
		return nil
	}
	d.lock.Lock()
	d.resched()
	d.lock.Unlock()
	d.evt.closeAll(h, v, d)
	h.argo.dropDomain(d)
	h.releaseMaptrack(v, d)
	h.releaseIO(v, d)
	d.memory.relinquish(v, d)
	d.state.Store(dead)
	d.put(v)
	return nil
}
