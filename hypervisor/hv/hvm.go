package hv

import (
	"slices"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

const nrHVMParams = 39

// HVMParam is the argument of HVMOP_set_param and get_param.
type HVMParam struct {
	Dom   DomID
	Index uint32 // HVM_PARAM_*
	Value uint64
}

// Parameters a guest may set, and read, of its own; and those nobody can.
var (
	guestSettable = []uint32{
		abi.HVM_PARAM_CALLBACK_IRQ, abi.HVM_PARAM_VM86_TSS, abi.HVM_PARAM_VM86_TSS_SIZED, abi.HVM_PARAM_ACPI_IOPORTS_LOCATION,
		abi.HVM_PARAM_VM_GENERATION_ID_ADDR, abi.HVM_PARAM_STORE_EVTCHN, abi.HVM_PARAM_CONSOLE_EVTCHN, abi.HVM_PARAM_X87_FIP_WIDTH,
	}
	guestReadable = append(slices.Clone(guestSettable), abi.HVM_PARAM_STORE_PFN, abi.HVM_PARAM_CONSOLE_PFN, abi.HVM_PARAM_ALTP2M)
	deprecated    = []uint32{abi.HVM_PARAM_PAE_ENABLED, abi.HVM_PARAM_DM_DOMAIN, abi.HVM_PARAM_NESTEDHVM, abi.HVM_PARAM_BUFIOREQ_EVTCHN, 20, 21, 22, 23, 25, 30}
	setOnce       = []uint32{
		abi.HVM_PARAM_VIRIDIAN, abi.HVM_PARAM_IOREQ_PFN, abi.HVM_PARAM_BUFIOREQ_PFN, abi.HVM_PARAM_IOREQ_SERVER_PFN,
		abi.HVM_PARAM_NR_IOREQ_SERVER_PAGES, abi.HVM_PARAM_ALTP2M, abi.HVM_PARAM_MCA_CAP,
	}
)

func (h *Hypervisor) hvmTarget(v *VCPU, a *HVMParam) (*Domain, error) {
	if a.Index >= nrHVMParams {
		return nil, abi.EINVAL
	}
	d := h.lookupAny(v, a.Dom)
	switch {
	case d == nil:
		return nil, abi.ESRCH
	case !d.hvm:
		return nil, abi.EINVAL
	}
	return d, nil
}

func (h *Hypervisor) hvmSetParam(v *VCPU, a *HVMParam) error {
	d, err := h.hvmTarget(v, a)
	if err != nil {
		return err
	}
	if err := h.sec.HVMParam(v.sec(), &d.Domain, abi.HVMOP_set_param); err != nil {
		return err
	}
	switch {
	case slices.Contains(deprecated, a.Index):
		return abi.EINVAL
	case !slices.Contains(guestSettable, a.Index) && d == v.dom:
		return abi.EPERM
	}
	d.lock.Lock()
	old := d.params[a.Index]
	d.lock.Unlock()
	if slices.Contains(setOnce, a.Index) && old != 0 && old != a.Value {
		return abi.EEXIST
	}
	if a.Index == abi.HVM_PARAM_ALTP2M {
		if err := h.sec.HVMParamAltP2MHVM(v.sec(), &d.Domain); err != nil {
			return err
		}
		if a.Value > abi.XEN_ALTP2M_limited {
			return abi.EINVAL
		}
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	d.params[a.Index] = a.Value
	return nil
}

func (h *Hypervisor) hvmGetParam(v *VCPU, a *HVMParam) error {
	d, err := h.hvmTarget(v, a)
	if err != nil {
		return err
	}
	if err := h.sec.HVMParam(v.sec(), &d.Domain, abi.HVMOP_get_param); err != nil {
		return err
	}
	switch {
	case slices.Contains(deprecated, a.Index):
		return abi.EINVAL
	case !slices.Contains(guestReadable, a.Index) && d == v.dom:
		return abi.EPERM
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	a.Value = d.params[a.Index]
	return nil
}

// MemType is the argument of HVMOP_get_mem_type.
type MemType struct {
	Dom  DomID
	GFN  uint64
	Type uint32 // out: 0 RAM, 1 read-only, 2 emulated
}

func (h *Hypervisor) hvmMemType(v *VCPU, a *MemType) error {
	d := h.lookupAny(v, a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.HVMParam(v.sec(), &d.Domain, abi.HVMOP_get_mem_type); err != nil {
		return err
	}
	if !d.hvm {
		return abi.EINVAL
	}
	d.memory.lock.Lock()
	defer d.memory.lock.Unlock()
	if _, mmio := d.mmio[a.GFN]; mmio {
		a.Type = 0
	} else if d.p2m[a.GFN] == nil {
		a.Type = 2
	}
	return nil
}

// PagetableDying is the argument of HVMOP_pagetable_dying.
type PagetableDying struct {
	Dom DomID
	GPA uint64
}

func (h *Hypervisor) hvmPagetableDying(v *VCPU, a *PagetableDying) error {
	d := h.lookupAny(v, a.Dom)
	switch {
	case d == nil:
		return abi.ESRCH
	case d != v.dom:
		return abi.EOPNOTSUPP
	case !d.hvm || d.attr("shadow", 0) == 0:
		return abi.EINVAL
	}
	if err := h.sec.HVMParam(v.sec(), &d.Domain, abi.HVMOP_pagetable_dying); err != nil {
		return err
	}
	d.setAttr("pagetable dying", 0, a.GPA)
	return nil
}

// AltP2M is the argument of HVMOP_altp2m; Cmd is HVMOP_altp2m_*.
type AltP2M struct {
	Dom   DomID
	Cmd   uint32
	Value uint64 // in or out
}

func (h *Hypervisor) hvmAltP2M(v *VCPU, a *AltP2M) error {
	if a.Cmd == 0 || a.Cmd > abi.HVMOP_altp2m_set_visibility {
		return abi.EOPNOTSUPP
	}
	d := h.lookupAny(v, a.Dom)
	switch {
	case d == nil:
		return abi.ESRCH
	case !d.hvm:
		return abi.EOPNOTSUPP
	}
	d.lock.Lock()
	active, mode := d.altp2m, d.params[abi.HVM_PARAM_ALTP2M]
	d.lock.Unlock()
	if a.Cmd != abi.HVMOP_altp2m_get_domain_state && a.Cmd != abi.HVMOP_altp2m_set_domain_state && !active {
		return abi.EOPNOTSUPP
	}
	if mode == abi.XEN_ALTP2M_disabled {
		return abi.EINVAL
	}
	if err := h.sec.HVMAltP2MHVMOp(v.sec(), &d.Domain, mode, a.Cmd); err != nil {
		return err
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	switch a.Cmd {
	case abi.HVMOP_altp2m_get_domain_state:
		a.Value = 0
		if d.altp2m {
			a.Value = 1
		}
	case abi.HVMOP_altp2m_set_domain_state:
		d.altp2m = a.Value != 0
	default:
		d.attrs[attrKey{"altp2m", a.Cmd}] = a.Value
	}
	return nil
}

// ioreqServer is one device emulator's registration; under the domain's lock.
type ioreqServer struct {
	owner   DomID
	enabled bool
	port    uint32
	ranges  map[uint32]ranges // by XEN_DMOP_IO_RANGE_*
}

// DMOp is the argument of the dm_op commands. What the fields mean depends on
// the command; unused ones are zero.
type DMOp struct {
	Dom   DomID
	ID    uint32 // ioreq server; out of create
	Type  uint32 // range type, shutdown reason, memory type
	First uint64
	Last  uint64
	Value uint64
}

// dmOp makes the handler of a device model command: the domain is another, an
// HVM guest, and hook dm_op allows it.
func dmOp(f func(h *Hypervisor, v *VCPU, d *Domain, a *DMOp) error) func(*Hypervisor, *VCPU, *DMOp) error {
	return func(h *Hypervisor, v *VCPU, a *DMOp) error {
		d, err := h.lookupRemote(v, a.Dom)
		if err != nil {
			return err
		}
		if !d.hvm {
			return abi.EINVAL
		}
		if err := h.sec.DMOp(v.sec(), &d.Domain); err != nil {
			return err
		}
		if d.isDying() {
			return abi.EINVAL
		}
		return f(h, v, d, a)
	}
}

func dmCreate(h *Hypervisor, v *VCPU, d *Domain, a *DMOp) error {
	port, err := h.allocXen(v, d, v.dom.ID)
	if err != nil {
		return err
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	a.ID = d.nextIoreq
	d.nextIoreq++
	d.ioreq[a.ID] = &ioreqServer{owner: v.dom.ID, port: port, ranges: map[uint32]ranges{}}
	return nil
}

// dmServer makes the handler of a command on an ioreq server of the caller's.
func dmServer(f func(s *ioreqServer, a *DMOp) error) func(*Hypervisor, *VCPU, *Domain, *DMOp) error {
	return func(_ *Hypervisor, v *VCPU, d *Domain, a *DMOp) error {
		d.lock.Lock()
		defer d.lock.Unlock()
		s := d.ioreq[a.ID]
		switch {
		case s == nil:
			return abi.ENOENT
		case s.owner != v.dom.ID:
			return abi.EPERM
		}
		return f(s, a)
	}
}

func dmInfo(s *ioreqServer, a *DMOp) error {
	a.Value = uint64(s.port)
	return nil
}

func dmState(s *ioreqServer, a *DMOp) error {
	s.enabled = a.Value != 0
	return nil
}

func dmMapRange(s *ioreqServer, a *DMOp) error {
	r := s.ranges[a.Type]
	switch {
	case a.Type > abi.XEN_DMOP_IO_RANGE_PCI, a.Last < a.First:
		return abi.EINVAL
	case slices.ContainsFunc(r, func(s span) bool { return s.lo <= a.Last && a.First <= s.hi }):
		return abi.EEXIST
	}
	r.add(a.First, a.Last)
	s.ranges[a.Type] = r
	return nil
}

func dmUnmapRange(s *ioreqServer, a *DMOp) error {
	r := s.ranges[a.Type]
	if !r.contains(a.First, a.Last) {
		return abi.ENOENT
	}
	r.remove(a.First, a.Last)
	s.ranges[a.Type] = r
	return nil
}

func dmDestroy(h *Hypervisor, v *VCPU, d *Domain, a *DMOp) error {
	d.lock.Lock()
	s := d.ioreq[a.ID]
	if s == nil || s.owner != v.dom.ID {
		d.lock.Unlock()
		if s == nil {
			return abi.ENOENT
		}
		return abi.EPERM
	}
	delete(d.ioreq, a.ID)
	d.lock.Unlock()
	return h.closePort(v, d, s.port, false)
}

func dmShutdown(_ *Hypervisor, _ *VCPU, d *Domain, a *DMOp) error {
	d.stop(a.Type)
	return nil
}

// dmStore makes commands that, in this model, store a value of the domain.
func dmStore(name string) func(*Hypervisor, *VCPU, *Domain, *DMOp) error {
	return func(_ *Hypervisor, _ *VCPU, d *Domain, a *DMOp) error {
		if a.Last < a.First {
			return abi.EINVAL
		}
		d.setAttr(name, uint32(a.First), a.Value)
		return nil
	}
}
