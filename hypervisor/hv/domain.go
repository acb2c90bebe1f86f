package hv

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// The stages of a domain's end (DOMDYING_*).
const (
	alive int32 = iota
	dying
	dead
)

const maxVCPUs = 512

// Domain is a guest. Its embedded part is what security modules see.
type Domain struct {
	xsm.Domain
	hv *Hypervisor `digest:"-"`

	hvm     bool
	compat  bool // 32-bit guest
	stopped atomic.Bool
	state   atomic.Int32
	refs    atomic.Int64 // one for living, one for each page owned

	vcpuList atomic.Pointer[[]*VCPU] // copied on change, under lock

	lock         sync.Mutex
	created      bool // was unpaused once
	pauseCount   int
	shutdown     bool
	shutdownCode uint32
	handle       string
	maxVCPUs     uint32
	attrs        map[attrKey]uint64
	params       map[uint32]uint64 // HVM parameters
	altp2m       bool
	ioreq        map[uint32]*ioreqServer
	nextIoreq    uint32
	pirqs        map[int]int // guest's number to the machine's
	ptIRQs       map[int]bool
	vmEvent      map[uint32]bool
	watchdogs    uint32
	argoOn       bool

	memory
	io  ioRights
	evt evtchns
	gt  grantTable
}

// attrKey names a stored value: which command, which processor or index.
type attrKey struct {
	what string
	idx  uint32
}

func newDomain(h *Hypervisor, id DomID) *Domain {
	d := &Domain{
		hv: h, pauseCount: 1,
		attrs: map[attrKey]uint64{}, params: map[uint32]uint64{}, ioreq: map[uint32]*ioreqServer{},
		pirqs: map[int]int{}, ptIRQs: map[int]bool{}, vmEvent: map[uint32]bool{},
	}
	d.ID = id
	d.refs.Store(1)
	d.stopped.Store(true)
	d.memory.init()
	d.gt.init()
	return d
}

// vcpu returns processor n, or nil.
func (d *Domain) vcpu(n int) *VCPU {
	list := d.vcpus()
	if n < 0 || n >= len(list) {
		return nil
	}
	return list[n]
}

// vcpus lists the domain's processors; the list is not to be changed.
func (d *Domain) vcpus() []*VCPU {
	if p := d.vcpuList.Load(); p != nil {
		return *p
	}
	return nil
}

// addVCPU makes processor n; it must be the next one.
func (d *Domain) addVCPU(n int) (*VCPU, error) {
	d.lock.Lock()
	defer d.lock.Unlock()
	list := d.vcpus()
	if n != len(list) || uint32(n) >= d.maxVCPUs {
		return nil, abi.EINVAL
	}
	v := newVCPU(d, n)
	list = append(slices.Clip(list), v)
	d.vcpuList.Store(&list)
	d.resched()
	return v, nil
}

// isDying reports that destruction has begun.
func (d *Domain) isDying() bool { return d.state.Load() != alive }

// resched recomputes whether the domain's processors may run. Lock held.
func (d *Domain) resched() {
	d.stopped.Store(d.pauseCount > 0 || d.shutdown || d.isDying())
}

// pause adds one reason not to run; unpause takes one away.
func (d *Domain) pause() {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.pauseCount++
	d.resched()
}

// unpause fails with EINVAL if the domain is not paused.
func (d *Domain) unpause() error {
	d.lock.Lock()
	defer d.lock.Unlock()
	if d.pauseCount == 0 {
		return abi.EINVAL
	}
	d.pauseCount--
	d.created = true
	d.resched()
	return nil
}

// stop shuts the domain down with a reason (SHUTDOWN_*).
func (d *Domain) stop(code uint32) {
	d.lock.Lock()
	defer d.lock.Unlock()
	if !d.shutdown {
		d.shutdown, d.shutdownCode = true, code
	}
	d.resched()
}

// resume undoes stop.
func (d *Domain) resume() {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.shutdown, d.shutdownCode = false, 0
	d.resched()
}

// attr reads a stored value; setAttr writes one.
func (d *Domain) attr(what string, idx uint32) uint64 {
	d.lock.Lock()
	defer d.lock.Unlock()
	return d.attrs[attrKey{what, idx}]
}

func (d *Domain) setAttr(what string, idx uint32, val uint64) {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.attrs[attrKey{what, idx}] = val
}

// put drops a reference; with the last one the domain ceases to exist.
func (d *Domain) put(v *VCPU) {
	if d.refs.Add(-1) != 0 {
		return
	}
	h := d.hv
	h.setDomain(d.ID, nil)
	d.evt.free(h, v)
	h.sec.FreeSecurityDomain(v.sec(), &d.Domain)
}
