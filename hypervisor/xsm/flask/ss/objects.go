package ss

import (
	"sort"
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
)

// ObjectKind is a kind of object that the policy labels by number, with Xen's
// numbers (OCON_PIRQ .. OCON_DEVICE in ss/policydb.h).
type ObjectKind uint32

// Kinds of labelled objects.
const (
	ObjectPIRQ   ObjectKind = 1
	ObjectIOPort ObjectKind = 2
	ObjectIOMem  ObjectKind = 3
	ObjectDevice ObjectKind = 4
)

// object labels the numbers from low to high. Its SID is found when first asked
// for, unless it was given at run time.
type object struct {
	low, high uint64
	path      string // device tree
	ctx       policydb.Context
	sid       atomic.Uint32 // 0: not found yet
}

// objects are the labelled objects in force. It is never changed: adding and
// removing makes a new one. Lists by number are sorted by low and, among equals,
// latest first.
type objects struct {
	byKind [5][]*object
	paths  map[string]*object
}

func newObjects(p *policydb.Policy) *objects {
	o := &objects{paths: make(map[string]*object, len(p.DeviceTree))}
	for _, c := range p.PIRQs {
		o.load(ObjectPIRQ, uint64(c.PIRQ), uint64(c.PIRQ), c.Context)
	}
	for _, c := range p.IOPorts {
		o.load(ObjectIOPort, c.Low, c.High, c.Context)
	}
	for _, c := range p.IOMem {
		o.load(ObjectIOMem, c.Low, c.High, c.Context)
	}
	for _, c := range p.Devices {
		o.load(ObjectDevice, uint64(c.SBDF), uint64(c.SBDF), c.Context)
	}
	for k := range o.byKind {
		list := o.byKind[k]
		sort.SliceStable(list, func(i, j int) bool { return list[i].low < list[j].low })
	}
	for _, c := range p.DeviceTree {
		o.paths[c.Path] = &object{path: c.Path, ctx: c.Context}
	}
	return o
}

func (o *objects) load(kind ObjectKind, low, high uint64, ctx policydb.Context) {
	o.byKind[kind] = append(o.byKind[kind], &object{low: low, high: high, ctx: ctx})
}

// from returns the index of the first object that ends at or after n.
func (o *objects) from(kind ObjectKind, n uint64) int {
	list := o.byKind[kind]
	return sort.Search(len(list), func(i int) bool { return list[i].high >= n })
}

// at returns the object that covers n, nil if none does.
func (o *objects) at(kind ObjectKind, n uint64) *object {
	list := o.byKind[kind]
	if i := o.from(kind, n); i < len(list) && list[i].low <= n {
		return list[i]
	}
	return nil
}

// objectSID returns the SID of an object, or other if there is none.
func (s *Server) objectSID(find func(*objects) *object, other policydb.SID) (policydb.SID, error) {
	for {
		st := s.state.Load()
		if st == nil {
			return other, nil
		}
		ob := find(st.objs)
		if ob == nil {
			return other, nil
		}
		if sid, err := s.resolve(st, ob); err != errReload {
			return sid, err
		}
	}
}

func (s *Server) resolve(st *state, ob *object) (policydb.SID, error) {
	if sid := ob.sid.Load(); sid != 0 {
		return policydb.SID(sid), nil
	}
	sid, err := s.intern(st, &ob.ctx)
	if err == nil {
		ob.sid.Store(uint32(sid))
	}
	return sid, err
}

// IRQSID returns the SID of a physical interrupt; without a label, that of irq.
func (s *Server) IRQSID(pirq uint32) (policydb.SID, error) {
	return s.objectSID(func(o *objects) *object { return o.at(ObjectPIRQ, uint64(pirq)) }, s.isid.irq)
}

// IOMemSID returns the SID of a machine frame of IO memory; without a label, that of iomem.
func (s *Server) IOMemSID(mfn uint64) (policydb.SID, error) {
	return s.objectSID(func(o *objects) *object { return o.at(ObjectIOMem, mfn) }, s.isid.iomem)
}

// IOPortSID returns the SID of an IO port; without a label, that of ioport.
func (s *Server) IOPortSID(port uint32) (policydb.SID, error) {
	return s.objectSID(func(o *objects) *object { return o.at(ObjectIOPort, uint64(port)) }, s.isid.ioport)
}

// DeviceSID returns the SID of a PCI device (segment<<16 | bus<<8 | devfn);
// without a label, that of device.
func (s *Server) DeviceSID(sbdf uint32) (policydb.SID, error) {
	return s.objectSID(func(o *objects) *object { return o.at(ObjectDevice, uint64(sbdf)) }, s.isid.device)
}

// DeviceTreeSID returns the SID of a device tree node; without a label, that of device.
func (s *Server) DeviceTreeSID(path string) (policydb.SID, error) {
	return s.objectSID(func(o *objects) *object { return o.paths[path] }, s.isid.device)
}

// EachIOMem calls f for the parts of start..end (inclusive, machine frames) that
// differ in label, in order. It stops at the first error.
func (s *Server) EachIOMem(start, end uint64, f func(sid policydb.SID, start, end uint64) error) error {
	return s.each(ObjectIOMem, s.isid.iomem, start, end, f)
}

// EachIOPort is EachIOMem for IO ports.
func (s *Server) EachIOPort(start, end uint32, f func(sid policydb.SID, start, end uint64) error) error {
	return s.each(ObjectIOPort, s.isid.ioport, uint64(start), uint64(end), f)
}

func (s *Server) each(kind ObjectKind, other policydb.SID, start, end uint64, f func(policydb.SID, uint64, uint64) error) error {
	if start > end {
		return abi.EINVAL
	}
	st := s.state.Load()
	for st != nil {
		list := st.objs.byKind[kind]
		i := st.objs.from(kind, start)
		if i == len(list) || list[i].low > end {
			break
		}
		ob := list[i]
		sid, err := s.resolve(st, ob)
		if err == errReload {
			st = s.state.Load()
			continue
		}
		if err != nil {
			return err
		}
		if start < ob.low {
			if err := f(other, start, ob.low-1); err != nil {
				return err
			}
			start = ob.low
		}
		if end <= ob.high {
			return f(sid, start, end)
		}
		if err := f(sid, start, ob.high); err != nil {
			return err
		}
		start = ob.high + 1
	}
	return f(other, start, end)
}
