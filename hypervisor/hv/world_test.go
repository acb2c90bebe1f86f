package hv_test

import (
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/tap"
)

// world is a machine in which every operation of the catalogue has something to
// act on. p is a PV guest, g an HVM guest, dm the device model of g, idle a
// guest behind an IOMMU that has asked for a soft reset.
type world struct {
	*machine
	p, g, dm, idle *hv.VCPU
	mfn            []uint64 // p's frames; [0] is an L1 table, [1] pinned as L1, [2] as L4
	own            []uint64 // dom0's frames
	unbound        uint32   // port of p that dom0 may bind
	port           uint32   // dom0's end of a channel to p
	handles        [2]uint32
}

const self = abi.DOMID_SELF

func id(v *hv.VCPU) hv.DomID { return v.Domain().ID }

// newWorld builds a world under a module.
func newWorld(t testing.TB, m xsm.Hooks) *world {
	h, err := hv.New(hv.Config{Security: m, Pages: 256, Devices: []uint32{0x100, 0x108}, DTPaths: []string{"/uart", "/eth"}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := h.VCPU(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{machine: &machine{Hypervisor: h, t: t, dom0: v}}
	w.p, w.g = w.guest(false, 1, 2, 3), w.guest(true, 1, 2, 3, 4)
	w.dm = w.guest(false, 1)
	w.confined = true
	w.idle = w.guest(false, 1)
	w.memory()
	w.channels()
	w.devices()
	w.device()
	return w
}

func (w *world) memory() {
	r := &hv.Reservation{Dom: self, Count: 5}
	w.must(w.p, "XENMEM_increase_reservation", r)
	w.mfn = r.Frames
	r = &hv.Reservation{Dom: self, Count: 3}
	w.must(w.dom0, "XENMEM_increase_reservation", r)
	w.own = r.Frames
	w.must(w.p, "MMUEXT_PIN_L1_TABLE", &hv.MMUExt{Dom: self, MFN: w.mfn[1]})
	w.must(w.p, "MMUEXT_PIN_L4_TABLE", &hv.MMUExt{Dom: self, MFN: w.mfn[2]})
	for ref := uint32(1); ref <= 4; ref++ {
		w.must(w.p, "guest/grant_access", &hv.GrantAccess{Ref: ref, Frame: w.mfn[3]})
	}
	w.must(w.p, "guest/grant_accept_transfer", &hv.GrantAccess{Ref: 5})
	for i := range w.handles {
		g := &hv.GrantMap{Dom: id(w.p), Ref: uint32(i) + 2, Flags: abi.GNTMAP_host_map}
		w.must(w.dom0, "GNTTABOP_map_grant_ref", g)
		w.handles[i] = g.Handle
	}
}

func (w *world) channels() {
	u := &hv.EvtchnAllocUnbound{Dom: self, RemoteDom: 0}
	w.must(w.p, "EVTCHNOP_alloc_unbound", u)
	b := &hv.EvtchnBindInterdomain{RemoteDom: id(w.p), RemotePort: u.Port}
	w.must(w.dom0, "EVTCHNOP_bind_interdomain", b)
	w.port = b.LocalPort
	w.must(w.p, "EVTCHNOP_alloc_unbound", u)
	w.unbound = u.Port
	w.must(w.dom0, "XEN_ARGO_OP_register_ring", &hv.ArgoRing{Port: 1, Partner: abi.DOMID_INVALID, Size: 4096})
}

func (w *world) devices() {
	g := id(w.g)
	for irq := 5; irq <= 7; irq++ {
		w.must(w.dom0, "PHYSDEVOP_map_pirq", &hv.MapPIRQ{Dom: g, Type: abi.MAP_PIRQ_TYPE_GSI, Index: irq, PIRQ: irq})
	}
	w.must(w.dom0, "PHYSDEVOP_map_pirq", &hv.MapPIRQ{Dom: self, Type: abi.MAP_PIRQ_TYPE_GSI, Index: 9, PIRQ: 9})
	w.must(w.dom0, "XEN_DOMCTL_bind_pt_irq", &hv.BindPTIRQ{Domain: g, MachineIRQ: 5})
	w.must(w.dom0, "XEN_DOMCTL_iomem_permission", &hv.IORange{Domain: g, First: 0x1000, Count: 16, Allow: true})
	w.must(w.dom0, "XEN_DOMCTL_ioport_permission", &hv.IORange{Domain: g, First: 0x300, Count: 16, Allow: true})
	w.must(w.dom0, "XEN_DOMCTL_assign_device", &hv.AssignDevice{Domain: g, SBDF: 0x100})
	w.must(w.dom0, "XEN_DOMCTL_assign_device", &hv.AssignDevice{Domain: g, DTPath: "/uart"})
	w.must(w.dom0, "XENPF_cpu_offline", &hv.PlatformCPU{CPU: 2})
	w.must(w.dom0, "KEXEC_CMD_kexec_load", &hv.Kexec{Value: 7})
}

// device prepares the HVM guest and its device model.
func (w *world) device() {
	g := id(w.g)
	w.must(w.dom0, "HVMOP_set_param", &hv.HVMParam{Dom: g, Index: abi.HVM_PARAM_ALTP2M, Value: abi.XEN_ALTP2M_mixed})
	w.must(w.dom0, "HVMOP_altp2m", &hv.AltP2M{Dom: g, Cmd: abi.HVMOP_altp2m_set_domain_state, Value: 1})
	w.must(w.dom0, "XEN_DOMCTL_shadow_op", &hv.DomctlOp{Domain: g, Op: abi.XEN_DOMCTL_SHADOW_OP_ENABLE})
	for _, mode := range []uint32{abi.XEN_DOMCTL_VM_EVENT_OP_MONITOR, abi.XEN_DOMCTL_VM_EVENT_OP_PAGING} {
		w.must(w.dom0, "XEN_DOMCTL_vm_event_op", &hv.DomctlOp{Domain: g, Mode: mode, Op: abi.XEN_VM_EVENT_ENABLE})
	}
	w.must(w.dom0, "XEN_DOMCTL_mem_sharing_op", &hv.DomctlValue{Domain: g, Value: 1})
	w.must(w.dom0, "XENMEM_sharing_op", &hv.MemSharing{Dom: g, Cmd: abi.XENMEM_sharing_op_nominate_gfn, GFN: 2})
	w.must(w.dom0, "XEN_DOMCTL_setvnumainfo", &hv.DomctlValue{Domain: g, Value: 2})
	w.must(w.dom0, "XEN_DMOP_create_ioreq_server", &hv.DMOp{Dom: g})
	w.must(w.dom0, "XEN_DMOP_map_io_range_to_ioreq_server", &hv.DMOp{Dom: g, First: 0x10, Last: 0x1f})
	w.must(w.dom0, "XEN_DOMCTL_gdbsx_pausevcpu", &hv.DomctlValue{Domain: g})
	w.must(w.idle, "SCHEDOP_shutdown", &hv.Sched{Reason: abi.SHUTDOWN_soft_reset})
}

// allowing is a module that allows everything, seen by around.
func allowing(around func(c tap.Call, next func() error) error, saw func(tap.Call)) *tap.Module {
	return &tap.Module{Saw: saw, Around: func(c tap.Call, next func() error) error {
		if strings.HasPrefix(c.Hook, "do_") {
			next = func() error { return nil } // there is a security server, and it says yes
		}
		if around == nil {
			return next()
		}
		return around(c, next)
	}}
}
