package hv

import (
	"slices"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// domctlArg is the argument of a domctl: whom it is about. The number
// DOMID_INVALID means no domain, where the command allows that.
type domctlArg interface{ domain() DomID }

// labelled is a domctl argument that carries a label.
type labelled interface{ ssid() uint32 }

// DomctlDomain is the argument of domctls that need no more.
type DomctlDomain struct{ Domain DomID }

func (a *DomctlDomain) domain() DomID { return a.Domain }

// DomctlValue is the argument of domctls that store or read one value; VCPU is
// a processor or another index.
type DomctlValue struct {
	Domain DomID
	VCPU   uint32
	Value  uint64 // in of those that set, out of those that get
}

func (a *DomctlValue) domain() DomID { return a.Domain }

// domctl makes a handler: it finds the domain, asks hook domctl, then runs f
// alone (do_domctl).
func domctl[A any, P interface {
	*A
	domctlArg
}](cmd uint32, f func(*Hypervisor, *VCPU, *Domain, P) error) func(*Hypervisor, *VCPU, P) error {
	return func(h *Hypervisor, v *VCPU, a P) error {
		d, err := h.domctlTarget(cmd, a.domain())
		if err != nil {
			return err
		}
		var ssid uint32
		if l, ok := any(a).(labelled); ok {
			ssid = l.ssid()
		}
		if err := h.sec.Domctl(v.sec(), secd(d), cmd, ssid); err != nil {
			return err
		}
		h.domctl.Lock()
		defer h.domctl.Unlock()
		return f(h, v, d, a)
	}
}

// domctlTarget finds the domain a domctl is about; nil where it may be absent.
func (h *Hypervisor) domctlTarget(cmd uint32, id DomID) (*Domain, error) {
	switch cmd {
	case abi.XEN_DOMCTL_createdomain:
		return nil, nil
	case abi.XEN_DOMCTL_assign_device, abi.XEN_DOMCTL_deassign_device:
		if id == abi.DOMID_IO {
			return h.domIO, nil
		}
	case abi.XEN_DOMCTL_test_assign_device, abi.XEN_DOMCTL_vm_event_op:
		if id == abi.DOMID_INVALID {
			return nil, nil
		}
	case abi.XEN_DOMCTL_getdomaininfo:
		return h.lookup(id), nil
	}
	if d := h.lookup(id); d != nil {
		return d, nil
	}
	return nil, abi.ESRCH
}

func (h *Hypervisor) domctlDestroy(v *VCPU, d *Domain, _ *DomctlDomain) error {
	if d == v.dom {
		return abi.EINVAL
	}
	return h.kill(v, d)
}

func (h *Hypervisor) domctlPause(v *VCPU, d *Domain, _ *DomctlDomain) error {
	if d == v.dom {
		return abi.EINVAL
	}
	d.pause()
	return nil
}

func (h *Hypervisor) domctlUnpause(_ *VCPU, d *Domain, _ *DomctlDomain) error { return d.unpause() }

func (h *Hypervisor) domctlResume(v *VCPU, d *Domain, _ *DomctlDomain) error {
	if d == v.dom {
		return abi.EINVAL
	}
	d.resume()
	return nil
}

func (h *Hypervisor) domctlSoftReset(v *VCPU, d *Domain, _ *DomctlDomain) error {
	if d == v.dom {
		return abi.EINVAL
	}
	d.lock.Lock()
	ok := d.shutdown && d.shutdownCode == abi.SHUTDOWN_soft_reset
	d.lock.Unlock()
	if !ok {
		return abi.EINVAL
	}
	d.evt.closeAll(h, v, d)
	h.releaseMaptrack(v, d)
	d.resume()
	return nil
}

// DomainInfo is the argument of XEN_DOMCTL_getdomaininfo: Domain is the first
// number wanted, and returns the number found.
type DomainInfo struct {
	Domain       DomID
	SSIDRef      uint32 // out, as the rest
	Paused       bool
	Dying        bool
	Shutdown     bool
	ShutdownCode uint32
	HVM          bool
	Xenstore     bool
	Control      bool
	TotPages     uint64
	MaxPages     uint64
	MaxVCPUs     uint32
	VCPUs        uint32
	Target       DomID // DOMID_INVALID if none
	Handle       string
}

func (a *DomainInfo) domain() DomID { return a.Domain }

func (h *Hypervisor) domctlInfo(v *VCPU, d *Domain, a *DomainInfo) error {
	if d == nil {
		if a.Domain >= abi.DOMID_FIRST_RESERVED {
			return abi.EINVAL
		}
		for _, id := range h.ids() {
			if id >= a.Domain {
				d = h.lookup(id)
				break
			}
		}
	}
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.GetDomainInfo(v.sec(), &d.Domain); err != nil {
		return err
	}
	h.fillInfo(v, d, a)
	return nil
}

// ids lists the domains' numbers in order.
func (h *Hypervisor) ids() []DomID {
	var out []DomID
	for id := range *h.domains.Load() {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

func (h *Hypervisor) fillInfo(v *VCPU, d *Domain, a *DomainInfo) {
	d.lock.Lock()
	*a = DomainInfo{
		Domain: d.ID, Paused: d.pauseCount > 0, Dying: d.isDying(),
		Shutdown: d.shutdown, ShutdownCode: d.shutdownCode,
		HVM: d.hvm, Xenstore: d.Xenstore, Control: d.IsControl(),
		MaxVCPUs: d.maxVCPUs, VCPUs: uint32(len(d.vcpus())),
		Target: abi.DOMID_INVALID, Handle: d.handle,
	}
	d.lock.Unlock()
	d.memory.lock.Lock()
	a.TotPages, a.MaxPages = d.totPages, d.maxPages
	d.memory.lock.Unlock()
	if t := d.Target(); t != nil {
		a.Target = t.ID
	}
	info := xsm.DomainInfo{}
	h.sec.SecurityDomainInfo(v.sec(), &d.Domain, &info)
	a.SSIDRef = info.SSIDRef
}

// domctlMaxMem sets how much memory the domain may have; Value is in kB.
func (h *Hypervisor) domctlMaxMem(_ *VCPU, d *Domain, a *DomctlValue) error {
	d.memory.lock.Lock()
	defer d.memory.lock.Unlock()
	d.maxPages = a.Value / (pageSize / 1024)
	return nil
}

// domctlMaxVCPUs makes the domain's processors up to the number given.
func (h *Hypervisor) domctlMaxVCPUs(v *VCPU, d *Domain, a *DomctlValue) error {
	if d == v.dom || a.Value == 0 || a.Value > uint64(d.maxVCPUs) {
		return abi.EINVAL
	}
	for n := range int(a.Value) {
		if d.vcpu(n) != nil {
			continue
		}
		nv, err := d.addVCPU(n)
		if err != nil {
			return err
		}
		nv.up.Store(n == 0)
	}
	return nil
}

// VCPUInfo is the argument of XEN_DOMCTL_getvcpuinfo.
type VCPUInfo struct {
	Domain DomID
	VCPU   uint32
	Up     bool // out
}

func (a *VCPUInfo) domain() DomID { return a.Domain }

func (h *Hypervisor) domctlVCPUInfo(_ *VCPU, d *Domain, a *VCPUInfo) error {
	t := d.vcpu(int(a.VCPU))
	if t == nil {
		return abi.ESRCH
	}
	a.Up = t.up.Load()
	return nil
}

func (h *Hypervisor) domctlSetContext(v *VCPU, d *Domain, a *DomctlValue) error {
	t := d.vcpu(int(a.VCPU))
	if d == v.dom || t == nil {
		return abi.EINVAL
	}
	t.context.Store(a.Value)
	return nil
}

func (h *Hypervisor) domctlGetContext(v *VCPU, d *Domain, a *DomctlValue) error {
	t := d.vcpu(int(a.VCPU))
	if d == v.dom || t == nil {
		return abi.EINVAL
	}
	a.Value = t.context.Load()
	return nil
}

func (h *Hypervisor) domctlSetAffinity(_ *VCPU, d *Domain, a *DomctlValue) error {
	t := d.vcpu(int(a.VCPU))
	if t == nil || a.Value == 0 {
		return abi.EINVAL
	}
	t.affinity.Store(a.Value)
	return nil
}

func (h *Hypervisor) domctlGetAffinity(_ *VCPU, d *Domain, a *DomctlValue) error {
	t := d.vcpu(int(a.VCPU))
	if t == nil {
		return abi.EINVAL
	}
	a.Value = t.affinity.Load()
	return nil
}

// domctlSet and domctlGet make the handlers of commands that, in this model,
// store or return a value of the domain under the name of the command that sets it.
func domctlSet(name string) func(*Hypervisor, *VCPU, *Domain, *DomctlValue) error {
	return func(_ *Hypervisor, _ *VCPU, d *Domain, a *DomctlValue) error {
		d.setAttr(name, a.VCPU, a.Value)
		return nil
	}
}

func domctlGet(name string) func(*Hypervisor, *VCPU, *Domain, *DomctlValue) error {
	return func(_ *Hypervisor, _ *VCPU, d *Domain, a *DomctlValue) error {
		a.Value = d.attr(name, a.VCPU)
		return nil
	}
}

// hvmOnly refuses with EINVAL where the domain is no HVM guest.
func hvmOnly(f func(*Hypervisor, *VCPU, *Domain, *DomctlValue) error) func(*Hypervisor, *VCPU, *Domain, *DomctlValue) error {
	return func(h *Hypervisor, v *VCPU, d *Domain, a *DomctlValue) error {
		if !d.hvm {
			return abi.EINVAL
		}
		return f(h, v, d, a)
	}
}

// DomctlText is the argument of XEN_DOMCTL_setdomainhandle.
type DomctlText struct {
	Domain DomID
	Text   string
}

func (a *DomctlText) domain() DomID { return a.Domain }

func (h *Hypervisor) domctlHandle(_ *VCPU, d *Domain, a *DomctlText) error {
	if len(a.Text) > 36 {
		return abi.EINVAL
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	d.handle = a.Text
	return nil
}
