package hv

import (
	"fmt"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// DomID is a domain's number.
type DomID = xsm.DomID

// Config says what machine to boot. The zero value is usable.
type Config struct {
	Security xsm.Hooks // nil: no hooks compiled in
	Pages    int       // frames of RAM, 4 kB each; 0 means 4096
	CPUs     int       // physical processors; 0 means 4
	Devices  []uint32  // PCI devices by segment, bus, device, function
	DTPaths  []string  // device tree nodes that can be assigned
	Dom0SSID uint32    // label of dom0; 0 leaves it to the module
}

// Hypervisor is a booted machine with dom0. Its methods may be called from any
// goroutine, except that one VCPU makes one hypercall at a time.
type Hypervisor struct {
	sec xsm.Security `digest:"-"`

	domctl  sync.Mutex
	domlist sync.Mutex
	domains atomic.Pointer[map[DomID]*Domain] // copied on change
	rover   DomID

	idle, domXen, domIO *Domain
	hardware            *Domain
	dom0                *Domain

	frames   frames
	irqs     irqTable
	argo     argoRings
	platform platform
}

const (
	defaultPages = 4096
	defaultCPUs  = 4
	maxPages     = 1 << 24
)

// New boots a machine: system domains, dom0 with one processor, then the end of
// the boot phase. An error is a refusal of the module, or a bad Config.
func New(c Config) (*Hypervisor, error) {
	if c.Pages == 0 {
		c.Pages = defaultPages
	}
	if c.CPUs == 0 {
		c.CPUs = defaultCPUs
	}
	if c.Pages < 0 || c.Pages > maxPages || c.CPUs < 0 || c.CPUs > 1024 {
		return nil, fmt.Errorf("hv: %d pages and %d processors: want at most %d and 1024", c.Pages, c.CPUs, maxPages)
	}
	h := &Hypervisor{sec: xsm.NewSecurity(c.Security)}
	h.domains.Store(&map[DomID]*Domain{})
	h.frames.init(c.Pages)
	h.irqs.init()
	h.platform.init(c)
	if a, ok := c.Security.(xsm.Attacher); ok {
		a.Attach(h.attachLookup)
	}
	if a, ok := c.Security.(xsm.PeerAttacher); ok {
		a.AttachPeers(h.attachPeer)
	}
	if err := h.boot(c); err != nil {
		return nil, fmt.Errorf("hv: boot: %w", err)
	}
	return h, nil
}

// boot makes the system domains and dom0 while the idle domain is privileged.
func (h *Hypervisor) boot(c Config) error {
	h.idle = newDomain(h, abi.DOMID_IDLE)
	h.idle.SetControl(true)
	boot := newVCPU(h.idle, 0)
	for _, sys := range []struct {
		d  **Domain
		id DomID
	}{{&h.idle, abi.DOMID_IDLE}, {&h.domXen, abi.DOMID_XEN}, {&h.domIO, abi.DOMID_IO}} {
		if *sys.d == nil {
			*sys.d = newDomain(h, sys.id)
		}
		if err := h.sec.AllocSecurityDomain(&h.idle.Domain, &(*sys.d).Domain); err != nil {
			return err
		}
	}
	d, err := h.createDomain(boot, 0, &CreateDomain{SSIDRef: c.Dom0SSID, IOMMU: true, MaxVCPUs: uint32(c.CPUs)}, true)
	if err != nil {
		return err
	}
	h.dom0, h.hardware = d, d
	h.adopt(d, c)
	return h.sec.SetSystemActive(&h.idle.Domain)
}

// adopt gives dom0 the machine: all resources, all devices, a running processor.
func (h *Hypervisor) adopt(d *Domain, c Config) {
	d.io.iomem.add(0, 1<<40-1)
	d.io.ioports.add(0, 1<<16-1)
	d.io.irqs.add(1, nrIRQs-1)
	for _, dev := range h.platform.pci {
		dev.owner = d
	}
	for path := range h.platform.dt {
		h.platform.dt[path] = d
	}
	d.maxPages = uint64(c.Pages)
	d.pauseCount = 0
	d.created = true
	v, _ := d.addVCPU(0)
	v.up.Store(true)
}

// Dom0 is the domain that was booted first.
func (h *Hypervisor) Dom0() *Domain { return h.dom0 }

// VCPU returns processor n of a domain, for the goroutine that is to be it.
// Errors are ESRCH and EINVAL.
func (h *Hypervisor) VCPU(id DomID, n int) (*VCPU, error) {
	d := h.lookup(id)
	if d == nil {
		return nil, abi.ESRCH
	}
	if v := d.vcpu(n); v != nil {
		return v, nil
	}
	return nil, abi.EINVAL
}

// Name is a domain's number and the handle it was given.
type Name struct {
	ID     DomID
	Handle string
}

// Names lists the domains, for the toolstack that made them. It is no hypercall
// and asks no hook: what a guest may know, it asks by getdomaininfolist.
func (h *Hypervisor) Names() []Name {
	var out []Name
	for _, id := range h.ids() {
		if d := h.lookup(id); d != nil {
			d.lock.Lock()
			out = append(out, Name{id, d.handle})
			d.lock.Unlock()
		}
	}
	return out
}

// lookup finds a live domain or one being destroyed; nil if there is none.
// System domains are not found (rcu_lock_domain_by_id).
func (h *Hypervisor) lookup(id DomID) *Domain { return (*h.domains.Load())[id] }

// lookupAny takes DOMID_SELF too (rcu_lock_domain_by_any_id).
func (h *Hypervisor) lookupAny(v *VCPU, id DomID) *Domain {
	if id == abi.DOMID_SELF {
		return v.dom
	}
	return h.lookup(id)
}

// lookupRemote refuses the caller itself with EPERM
// (rcu_lock_remote_domain_by_id).
func (h *Hypervisor) lookupRemote(v *VCPU, id DomID) (*Domain, error) {
	d := h.lookup(id)
	switch {
	case d == nil:
		return nil, abi.ESRCH
	case d == v.dom:
		return nil, abi.EPERM
	}
	return d, nil
}

// lookupPager takes DOMID_SELF, DOMID_IO and DOMID_XEN (get_pg_owner).
func (h *Hypervisor) lookupPager(v *VCPU, id DomID) *Domain {
	switch id {
	case abi.DOMID_IO:
		return h.domIO
	case abi.DOMID_XEN:
		return h.domXen
	}
	return h.lookupAny(v, id)
}

func (h *Hypervisor) attachLookup(cur *xsm.Domain, id DomID) *xsm.Domain {
	if id == abi.DOMID_SELF {
		return cur
	}
	switch id {
	case abi.DOMID_IO:
		return &h.domIO.Domain
	case abi.DOMID_XEN:
		return &h.domXen.Domain
	}
	if d := h.lookup(id); d != nil {
		return &d.Domain
	}
	return nil
}

// setDomain adds or, with nil, removes an entry of the table of domains.
func (h *Hypervisor) setDomain(id DomID, d *Domain) {
	h.domlist.Lock()
	defer h.domlist.Unlock()
	next := maps.Clone(*h.domains.Load())
	if d == nil {
		delete(next, id)
	} else {
		next[id] = d
	}
	h.domains.Store(&next)
}

// secd is a domain as modules see it; nil stays nil.
func secd(d *Domain) *xsm.Domain {
	if d == nil {
		return nil
	}
	return &d.Domain
}
