package hv

import (
	"sync"
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

const (
	evtchnBucket = 64   // channels whose labels are allocated together
	maxEvtchns   = 4096 // ports of a domain, port 0 included
	nrVIRQs      = 24
)

// evtchn is one end of an event channel. State, peer and binding change with
// the domain's event lock held for writing; pending and masked at any time.
type evtchn struct {
	xsm.Evtchn
	remoteID   DomID // who may bind, while unbound
	remote     *Domain
	remotePort uint32
	virq       uint32
	vcpu       int
	priority   uint32
	xen        bool // the hypervisor's own end: guests cannot close it
	pending    atomic.Bool
	masked     atomic.Bool
}

// evtchns is a domain's event channels.
type evtchns struct {
	lock  sync.RWMutex
	ports []*evtchn `digest:"used"`
	virqs map[virqKey]uint32
}

// virqKey is a virtual interrupt of one processor; global ones are processor 0's.
type virqKey struct {
	vcpu int
	virq uint32
}

// init allocates the first channels and reserves port 0.
func (e *evtchns) init(h *Hypervisor, v *VCPU) error {
	e.lock.Lock()
	defer e.lock.Unlock()
	e.virqs = map[virqKey]uint32{}
	if err := e.grow(h, v); err != nil {
		return err
	}
	e.ports[0].State = xsm.ECSReserved
	return nil
}

// grow adds channels; the module labels them or the growth is undone. Lock held.
func (e *evtchns) grow(h *Hypervisor, v *VCPU) error {
	if len(e.ports) >= maxEvtchns {
		return abi.ENOSPC
	}
	chns, seen := make([]evtchn, evtchnBucket), make([]*xsm.Evtchn, evtchnBucket)
	for i := range chns {
		chns[i].Port = uint32(len(e.ports) + i)
		seen[i] = &chns[i].Evtchn
	}
	if err := h.sec.AllocSecurityEvtchns(v.sec(), seen); err != nil {
		return abi.ENOMEM // Xen does not pass the module's reason on
	}
	for i := range chns {
		e.ports = append(e.ports, &chns[i])
	}
	return nil
}

// free gives the labels back; the domain is gone.
func (e *evtchns) free(h *Hypervisor, v *VCPU) {
	e.lock.Lock()
	defer e.lock.Unlock()
	var seen []*xsm.Evtchn
	for _, c := range e.ports {
		seen = append(seen, &c.Evtchn)
	}
	if seen != nil {
		h.sec.FreeSecurityEvtchns(v.sec(), seen)
	}
	e.ports = nil
}

// get returns the channel of a port, or nil. Lock held.
func (e *evtchns) get(port uint32) *evtchn {
	if port >= uint32(len(e.ports)) {
		return nil
	}
	return e.ports[port]
}

// freePort finds an unused channel, growing the table if there is none
// (get_free_port). Lock held.
func (d *Domain) freePort(v *VCPU) (*evtchn, error) {
	if d.isDying() {
		return nil, abi.EINVAL
	}
	for {
		for _, c := range d.evt.ports {
			if c.State == xsm.ECSFree {
				return c, nil
			}
		}
		if err := d.evt.grow(d.hv, v); err != nil {
			return nil, err
		}
	}
}

// lockTwo takes two domains' event locks, lower number first, and returns what
// releases them. The domains may be the same.
func lockTwo(a, b *Domain) func() {
	if a == b {
		a.evt.lock.Lock()
		return a.evt.lock.Unlock
	}
	if a.ID > b.ID {
		a, b = b, a
	}
	a.evt.lock.Lock()
	b.evt.lock.Lock()
	return func() {
		b.evt.lock.Unlock()
		a.evt.lock.Unlock()
	}
}

// setPending marks the channel and wakes the processor it notifies.
func (c *evtchn) setPending(d *Domain) {
	c.pending.Store(true)
	if c.masked.Load() {
		return
	}
	if v := d.vcpu(c.vcpu); v != nil {
		v.kick()
	}
}

// reset returns a channel to the free state. Locks of both ends held.
func (c *evtchn) reset(h *Hypervisor, cur *xsm.Domain) {
	c.State, c.IRQ = xsm.ECSFree, 0
	c.remoteID, c.remote, c.remotePort = 0, nil, 0
	c.virq, c.vcpu, c.priority, c.xen = 0, 0, 0, false
	c.pending.Store(false)
	c.masked.Store(false)
	h.sec.EvtchnClosePost(cur, &c.Evtchn)
}

// closePort closes one port of d (evtchn_close). guest is false for the
// hypervisor's own use. EINVAL if the port is not open.
func (h *Hypervisor) closePort(v *VCPU, d *Domain, port uint32, guest bool) error {
	for {
		peer := d.peer(port)
		unlock := lockTwo(d, peer)
		c := d.evt.get(port)
		if c == nil || c.State == xsm.ECSFree || c.State == xsm.ECSReserved || c.xen && guest {
			unlock()
			return abi.EINVAL
		}
		if c.State == xsm.ECSInterdomain && c.remote != peer {
			unlock() // it was bound again in between
			continue
		}
		h.closeLocked(v, d, c)
		unlock()
		return nil
	}
}

// peer is the domain at the other end of a port, or d itself.
func (d *Domain) peer(port uint32) *Domain {
	d.evt.lock.RLock()
	defer d.evt.lock.RUnlock()
	if c := d.evt.get(port); c != nil && c.State == xsm.ECSInterdomain {
		return c.remote
	}
	return d
}

func (h *Hypervisor) closeLocked(v *VCPU, d *Domain, c *evtchn) {
	switch c.State {
	case xsm.ECSVIRQ:
		delete(d.evt.virqs, virqKey{virqVCPU(c.virq, c.vcpu), c.virq})
	case xsm.ECSInterdomain:
		if r := c.remote.evt.get(c.remotePort); r != nil && r != c {
			r.State, r.remoteID = xsm.ECSUnbound, d.ID
			r.remote, r.remotePort = nil, 0
		}
	}
	c.reset(h, v.sec())
}

// closeAll closes every port of a domain that is being destroyed or reset.
func (e *evtchns) closeAll(h *Hypervisor, v *VCPU, d *Domain) {
	e.lock.RLock()
	n := uint32(len(e.ports))
	e.lock.RUnlock()
	for port := uint32(1); port < n; port++ {
		_ = h.closePort(v, d, port, false) // EINVAL: it was not open
	}
}

// virqVCPU is the processor a virtual interrupt is bound on: 0 for global ones.
func virqVCPU(virq uint32, vcpu int) int {
	switch virq {
	case abi.VIRQ_TIMER, abi.VIRQ_DEBUG, abi.VIRQ_XENOPROF, abi.VIRQ_XENPMU:
		return vcpu
	}
	return 0
}

func virqGlobal(virq uint32) bool { return virqVCPU(virq, 1) == 0 }

// attachPeer serves a module's question for the other end of a channel.
func (h *Hypervisor) attachPeer(cur *xsm.Domain, port uint32) *xsm.Domain {
	d := h.lookup(cur.ID)
	if d == nil {
		return nil
	}
	d.evt.lock.RLock()
	defer d.evt.lock.RUnlock()
	c := d.evt.get(port)
	if c == nil || c.State != xsm.ECSInterdomain {
		return nil
	}
	return &c.remote.Domain
}
