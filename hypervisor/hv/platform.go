package hv

import (
	"slices"
	"sync"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

// platform is the machine beyond RAM and interrupts. The lock is a leaf.
type platform struct {
	lock    sync.Mutex
	pci     map[uint32]*pciDevice
	dt      map[string]*Domain // device tree nodes and their owners
	attrs   map[attrKey]uint64
	cpus    map[uint32]bool // present processors, and whether they are online
	console []byte
	hypfs   map[string]string
	kexec   map[uint32]uint64
}

const maxConsole = 16384

func (p *platform) init(c Config) {
	p.pci, p.dt, p.attrs = map[uint32]*pciDevice{}, map[string]*Domain{}, map[attrKey]uint64{}
	p.cpus, p.kexec = map[uint32]bool{}, map[uint32]uint64{}
	p.hypfs = map[string]string{"/params/vpmu": "0", "/buildinfo/version": "4.17"}
	for _, sbdf := range c.Devices {
		p.pci[sbdf] = &pciDevice{nil, map[uint16]uint32{}}
	}
	for _, path := range c.DTPaths {
		p.dt[path] = nil
	}
	for i := range c.CPUs {
		p.cpus[uint32(i)] = true
	}
}

func (p *platform) set(what string, idx uint32, val uint64) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.attrs[attrKey{what, idx}] = val
}

func (p *platform) get(what string, idx uint32) uint64 {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.attrs[attrKey{what, idx}]
}

// print appends to the console ring; old text goes first.
func (p *platform) print(s string) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.console = append(p.console, s...)
	if n := len(p.console) - maxConsole; n > 0 {
		p.console = slices.Clone(p.console[n:])
	}
}

// deviceOwner finds who has a device; a device tree node nobody was given
// belongs to the hardware domain (nil). Lock held.
func (p *platform) deviceOwner(a *AssignDevice) (*Domain, bool) {
	if a.DTPath != "" {
		o, ok := p.dt[a.DTPath]
		return o, ok
	}
	dev, ok := p.pci[a.SBDF]
	if !ok {
		return nil, false
	}
	return dev.owner, true
}

func (p *platform) setOwner(a *AssignDevice, d *Domain) {
	if a.DTPath != "" {
		p.dt[a.DTPath] = d
		return
	}
	p.pci[a.SBDF].owner = d
}

// assign gives a device that the hardware domain or the quarantine has to d.
func (p *platform) assign(h *Hypervisor, d *Domain, a *AssignDevice) error {
	p.lock.Lock()
	defer p.lock.Unlock()
	owner, ok := p.deviceOwner(a)
	switch {
	case !ok:
		return abi.ENODEV
	case d == nil || d.isDying():
		return abi.EINVAL
	case owner != nil && owner != h.domIO && owner != h.hardware:
		return abi.EBUSY
	}
	p.setOwner(a, d)
	return nil
}

// deassign returns a device from d to the hardware domain.
func (p *platform) deassign(h *Hypervisor, d *Domain, a *AssignDevice) error {
	p.lock.Lock()
	defer p.lock.Unlock()
	owner, ok := p.deviceOwner(a)
	switch {
	case !ok:
		return abi.ENODEV
	case owner != d:
		return abi.ENODEV
	}
	p.setOwner(a, h.hardware)
	return nil
}

// bus lists the devices of a device's bus, in order.
func (p *platform) bus(sbdf uint32) []uint32 {
	p.lock.Lock()
	defer p.lock.Unlock()
	var out []uint32
	for o := range p.pci {
		if o>>8 == sbdf>>8 {
			out = append(out, o)
		}
	}
	slices.Sort(out)
	return out
}

// PlatformValue is the argument of most platform_op commands.
type PlatformValue struct {
	Index uint32
	Value uint64 // in of those that set, out of those that read
}

// platformSet and platformGet make the handlers of commands that, in this model,
// store or return a value.
func platformSet(name string) func(*Hypervisor, *VCPU, *PlatformValue) error {
	return func(h *Hypervisor, _ *VCPU, a *PlatformValue) error {
		h.platform.set(name, a.Index, a.Value)
		return nil
	}
}

func platformGet(name string) func(*Hypervisor, *VCPU, *PlatformValue) error {
	return func(h *Hypervisor, _ *VCPU, a *PlatformValue) error {
		a.Value = h.platform.get(name, a.Index)
		return nil
	}
}

func (h *Hypervisor) platformEnter(v *VCPU, cmd uint32, _ any) error {
	return h.sec.PlatformOp(v.sec(), cmd)
}

// PlatformCPU is the argument of the processor commands.
type PlatformCPU struct{ CPU uint32 }

func (h *Hypervisor) platformCPUOnline(v *VCPU, a *PlatformCPU) error {
	if err := h.sec.ResourcePlugCore(v.sec()); err != nil {
		return err
	}
	return h.setCPU(a.CPU, true)
}

func (h *Hypervisor) platformCPUOffline(v *VCPU, a *PlatformCPU) error {
	if err := h.sec.ResourceUnplugCore(v.sec()); err != nil {
		return err
	}
	return h.setCPU(a.CPU, false)
}

// setCPU switches a present processor; the boot processor stays online.
func (h *Hypervisor) setCPU(cpu uint32, online bool) error {
	h.platform.lock.Lock()
	defer h.platform.lock.Unlock()
	was, present := h.platform.cpus[cpu]
	switch {
	case !present:
		return abi.EINVAL
	case cpu == 0 && !online:
		return abi.EINVAL
	case was == online && online:
		return abi.EEXIST
	}
	h.platform.cpus[cpu] = online
	return nil
}

func (h *Hypervisor) platformCPUHotadd(v *VCPU, a *PlatformCPU) error {
	if err := h.sec.ResourcePlugCore(v.sec()); err != nil {
		return err
	}
	h.platform.lock.Lock()
	defer h.platform.lock.Unlock()
	if _, present := h.platform.cpus[a.CPU]; present || a.CPU >= 4096 {
		return abi.EINVAL
	}
	h.platform.cpus[a.CPU] = false
	return nil
}

// MemHotadd is the argument of XENPF_mem_hotadd, in frame numbers.
type MemHotadd struct{ First, Last uint64 }

func (h *Hypervisor) platformMemHotadd(v *VCPU, a *MemHotadd) error {
	if err := h.sec.ResourcePlugCore(v.sec()); err != nil {
		return err
	}
	if a.First >= a.Last || a.First < uint64(len(h.frames.all)) {
		return abi.EINVAL
	}
	h.platform.set("hotadd", uint32(a.First), a.Last)
	return nil
}
