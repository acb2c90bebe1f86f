package hv

import (
	"slices"
	"sync"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

const (
	nrIRQs       = 256
	nrStaticIRQs = 32 // interrupts below are wired; the rest are message-signalled
)

// ranges is a set of numbers as sorted, disjoint, closed ranges (rangeset).
type ranges []span

type span struct{ lo, hi uint64 }

func (r *ranges) add(lo, hi uint64) {
	out := ranges{}
	for _, s := range *r {
		switch {
		case s.hi+1 < lo && s.hi != ^uint64(0), hi+1 < s.lo && hi != ^uint64(0):
			out = append(out, s)
		default:
			lo, hi = min(lo, s.lo), max(hi, s.hi)
		}
	}
	out = append(out, span{lo, hi})
	slices.SortFunc(out, func(a, b span) int {
		if a.lo < b.lo {
			return -1
		}
		return 1
	})
	*r = out
}

func (r *ranges) remove(lo, hi uint64) {
	out := ranges{}
	for _, s := range *r {
		if s.hi < lo || hi < s.lo {
			out = append(out, s)
			continue
		}
		if s.lo < lo {
			out = append(out, span{s.lo, lo - 1})
		}
		if hi < s.hi {
			out = append(out, span{hi + 1, s.hi})
		}
	}
	*r = out
}

func (r *ranges) contains(lo, hi uint64) bool {
	return slices.ContainsFunc(*r, func(s span) bool { return s.lo <= lo && hi <= s.hi })
}

// ioRights is what a domain may reach of the machine, and what it has mapped.
type ioRights struct {
	lock    sync.Mutex
	iomem   ranges // machine frames
	ioports ranges
	irqs    ranges
	portMap ranges // guest ports mapped to machine ports
}

// allows reports whether a whole range is in one of the rights.
func (r *ioRights) allows(set *ranges, lo, hi uint64) bool {
	r.lock.Lock()
	defer r.lock.Unlock()
	return set.contains(lo, hi)
}

// change adds a range to a set or removes it.
func (r *ioRights) change(set *ranges, lo, hi uint64, allow bool) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if allow {
		set.add(lo, hi)
	} else {
		set.remove(lo, hi)
	}
}

// takeAll moves another's rights here; the other has none afterwards.
func (r *ioRights) takeAll(from *ioRights) {
	from.lock.Lock()
	iomem, ioports, irqs := from.iomem, from.ioports, from.irqs
	from.iomem, from.ioports, from.irqs = nil, nil, nil
	from.lock.Unlock()
	r.lock.Lock()
	defer r.lock.Unlock()
	r.iomem, r.ioports, r.irqs = iomem, ioports, irqs
}

// IORange is the argument of the permission domctls on memory and ports: First
// and Count are machine frames or ports.
type IORange struct {
	Domain       DomID
	First, Count uint64
	Allow        bool
}

func (a *IORange) domain() DomID { return a.Domain }

// last is the end of the range, or an error if it is empty or wraps.
func (a *IORange) last(limit uint64) (uint64, error) {
	end := a.First + a.Count - 1
	if a.Count == 0 || end < a.First || end > limit {
		return 0, abi.EINVAL
	}
	return end, nil
}

const (
	maxPort = 1<<16 - 1
	maxMFN  = 1<<40 - 1
)

func (h *Hypervisor) domctlIOMemPermission(v *VCPU, d *Domain, a *IORange) error {
	end, err := a.last(maxMFN)
	if err != nil {
		return err
	}
	if !v.dom.io.allows(&v.dom.io.iomem, a.First, end) {
		return abi.EPERM
	}
	if err := h.sec.IOMemPermission(v.sec(), &d.Domain, a.First, end, a.Allow); err != nil {
		return abi.EPERM // Xen replaces the module's reason
	}
	d.io.change(&d.io.iomem, a.First, end, a.Allow)
	return nil
}

func (h *Hypervisor) domctlIOPortPermission(v *VCPU, d *Domain, a *IORange) error {
	end, err := a.last(maxPort)
	if err != nil {
		return err
	}
	if !v.dom.io.allows(&v.dom.io.ioports, a.First, end) {
		return abi.EPERM
	}
	if err := h.sec.IOPortPermission(v.sec(), &d.Domain, uint32(a.First), uint32(end), a.Allow); err != nil {
		return abi.EPERM // Xen replaces the module's reason
	}
	d.io.change(&d.io.ioports, a.First, end, a.Allow)
	return nil
}

// IOMapping is the argument of XEN_DOMCTL_memory_mapping and ioport_mapping.
type IOMapping struct {
	Domain         DomID
	First, Machine uint64 // guest's and machine's first frame or port
	Count          uint64
	Add            bool
}

func (a *IOMapping) domain() DomID { return a.Domain }

func (h *Hypervisor) domctlMemoryMapping(v *VCPU, d *Domain, a *IOMapping) error {
	rng := IORange{First: a.Machine, Count: a.Count}
	end, err := rng.last(maxMFN)
	if err != nil || a.Count > maxExtents {
		return abi.EINVAL
	}
	if !v.dom.io.allows(&v.dom.io.iomem, a.Machine, end) || !d.io.allows(&d.io.iomem, a.Machine, end) {
		return abi.EPERM
	}
	if err := h.sec.IOMemMapping(v.sec(), &d.Domain, a.Machine, end, a.Add); err != nil {
		return err
	}
	d.memory.lock.Lock()
	defer d.memory.lock.Unlock()
	for i := uint64(0); i < a.Count; i++ {
		if a.Add {
			d.mmio[a.First+i] = a.Machine + i
		} else {
			delete(d.mmio, a.First+i)
		}
	}
	return nil
}

func (h *Hypervisor) domctlIOPortMapping(v *VCPU, d *Domain, a *IOMapping) error {
	rng := IORange{First: a.Machine, Count: a.Count}
	end, err := rng.last(maxPort)
	if err != nil || a.First+a.Count-1 > maxPort {
		return abi.EINVAL
	}
	if !d.hvm {
		return abi.EINVAL
	}
	if !v.dom.io.allows(&v.dom.io.ioports, a.Machine, end) || !d.io.allows(&d.io.ioports, a.Machine, end) {
		return abi.EPERM
	}
	if err := h.sec.IOPortMapping(v.sec(), &d.Domain, uint32(a.Machine), uint32(end), a.Add); err != nil {
		return err
	}
	d.io.change(&d.io.portMap, a.First, a.First+a.Count-1, a.Add)
	return nil
}

// PCIConfig is an access to a device's configuration space through the emulated
// ports, a trap and not a hypercall: Reg and Size are bytes.
type PCIConfig struct {
	SBDF  uint32
	Reg   uint16
	Size  uint16
	Value uint32 // in of a write; out of a read, all ones if refused
}

func (h *Hypervisor) pciConfigRead(v *VCPU, a *PCIConfig) error {
	a.Value = ^uint32(0)
	if !h.configAllowed(v, a, false) {
		return nil // the guest sees a bus without the device
	}
	h.platform.lock.Lock()
	defer h.platform.lock.Unlock()
	if dev := h.platform.pci[a.SBDF]; dev != nil {
		a.Value = dev.config[a.Reg]
	}
	return nil
}

func (h *Hypervisor) pciConfigWrite(v *VCPU, a *PCIConfig) error {
	if !h.configAllowed(v, a, true) {
		return nil // dropped silently
	}
	h.platform.lock.Lock()
	defer h.platform.lock.Unlock()
	if dev := h.platform.pci[a.SBDF]; dev != nil {
		dev.config[a.Reg] = a.Value
	}
	return nil
}

// configAllowed reports whether the caller reaches configuration space at all,
// and this device's.
func (h *Hypervisor) configAllowed(v *VCPU, a *PCIConfig, write bool) bool {
	if !h.isHardware(v.dom) || a.Size == 0 || a.Size > 4 || a.Reg > 0xff {
		return false
	}
	return h.sec.PCIConfigPermission(v.sec(), &v.dom.Domain, a.SBDF, a.Reg, a.Reg+a.Size-1, write) == nil
}

// pciDevice is a device of the machine; under the platform lock.
type pciDevice struct {
	owner  *Domain
	config map[uint16]uint32
}

// releaseIO returns a dying domain's devices and interrupts.
func (h *Hypervisor) releaseIO(v *VCPU, d *Domain) {
	h.irqs.dropDomain(d)
	h.platform.lock.Lock()
	for _, dev := range h.platform.pci {
		if dev.owner == d {
			dev.owner = h.domIO // quarantined until assigned again
		}
	}
	for path, o := range h.platform.dt {
		if o == d {
			h.platform.dt[path] = h.domIO
		}
	}
	h.platform.lock.Unlock()
	d.ClearTarget()
	for _, o := range *h.domains.Load() {
		if o.Target() == &d.Domain {
			o.ClearTarget()
		}
	}
}

// AssignDevice is the argument of XEN_DOMCTL_assign_device, test_assign_device
// (Domain may be DOMID_INVALID) and deassign_device. DTPath set means a device
// tree node instead of a PCI device.
type AssignDevice struct {
	Domain DomID
	SBDF   uint32
	DTPath string
}

func (a *AssignDevice) domain() DomID { return a.Domain }

func (h *Hypervisor) domctlAssign(v *VCPU, d *Domain, a *AssignDevice) error {
	if err := h.mayAssign(v, d, a); err != nil {
		return err
	}
	return h.platform.assign(h, d, a)
}

func (h *Hypervisor) domctlTestAssign(v *VCPU, d *Domain, a *AssignDevice) error {
	if err := h.mayAssign(v, d, a); err != nil {
		return err
	}
	h.platform.lock.Lock()
	defer h.platform.lock.Unlock()
	owner, ok := h.platform.deviceOwner(a)
	switch {
	case !ok:
		return abi.ENODEV
	case owner != h.domIO && owner != h.hardware:
		return abi.EBUSY
	}
	return nil
}

func (h *Hypervisor) mayAssign(v *VCPU, d *Domain, a *AssignDevice) error {
	if a.DTPath != "" {
		return h.sec.AssignDTDevice(v.sec(), secd(d), a.DTPath)
	}
	return h.sec.AssignDevice(v.sec(), secd(d), a.SBDF)
}

func (h *Hypervisor) domctlDeassign(v *VCPU, d *Domain, a *AssignDevice) error {
	var err error
	if a.DTPath != "" {
		err = h.sec.DeassignDTDevice(v.sec(), secd(d), a.DTPath)
	} else {
		err = h.sec.DeassignDevice(v.sec(), secd(d), a.SBDF)
	}
	if err != nil {
		return err
	}
	return h.platform.deassign(h, d, a)
}

// DeviceGroup is the argument of XEN_DOMCTL_get_device_group: the devices that
// can only be assigned together with SBDF (here, those of its bus).
type DeviceGroup struct {
	Domain DomID
	SBDF   uint32
	Group  []uint32 // out: those the caller may know of
}

func (a *DeviceGroup) domain() DomID { return a.Domain }

func (h *Hypervisor) domctlDeviceGroup(v *VCPU, d *Domain, a *DeviceGroup) error {
	if err := h.sec.GetDeviceGroup(v.sec(), a.SBDF); err != nil {
		return err
	}
	a.Group = nil
	for _, sbdf := range h.platform.bus(a.SBDF) {
		if err := h.sec.GetDeviceGroup(v.sec(), sbdf); err == nil {
			a.Group = append(a.Group, sbdf)
		}
	}
	return nil
}

// SetTarget is the argument of XEN_DOMCTL_set_target: Domain becomes the device
// model of Target.
type SetTarget struct{ Domain, Target DomID }

func (a *SetTarget) domain() DomID { return a.Domain }

func (h *Hypervisor) domctlSetTarget(v *VCPU, d *Domain, a *SetTarget) error {
	t := h.lookup(a.Target)
	switch {
	case t == nil:
		return abi.ESRCH
	case t == d:
		return abi.EINVAL
	case !t.hvm:
		return abi.EOPNOTSUPP
	}
	if err := h.sec.SetTarget(v.sec(), &d.Domain, &t.Domain); err != nil {
		return err
	}
	if t.isDying() || !d.Domain.SetTarget(&t.Domain) {
		return abi.EINVAL
	}
	return nil
}
