package hv_test

import (
	"errors"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/dummy"
)

// machine is a booted hypervisor with helpers that fail the test.
type machine struct {
	*hv.Hypervisor
	t    testing.TB
	dom0 *hv.VCPU

	confined bool // guests made next are behind an IOMMU
}

func boot(t testing.TB, m xsm.Hooks) *machine {
	t.Helper()
	h, err := hv.New(hv.Config{Security: m, Pages: 512, Devices: []uint32{0x100, 0x108}, DTPaths: []string{"/soc/uart"}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := h.VCPU(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return &machine{Hypervisor: h, t: t, dom0: v}
}

// call makes an operation by name.
func (m *machine) call(v *hv.VCPU, name string, arg any) error {
	m.t.Helper()
	o, err := hv.FindOp(name)
	if err != nil {
		m.t.Fatal(err)
	}
	return m.Call(v, o.Nr, o.Cmd, arg)
}

// must makes an operation that has to succeed.
func (m *machine) must(v *hv.VCPU, name string, arg any) {
	m.t.Helper()
	if err := m.call(v, name, arg); err != nil {
		m.t.Fatalf("%s %+v: %v", name, arg, err)
	}
}

// wants makes an operation that has to fail with an error.
func (m *machine) wants(want error, v *hv.VCPU, name string, arg any) {
	m.t.Helper()
	if err := m.call(v, name, arg); !errors.Is(err, want) {
		m.t.Errorf("%s %+v: error %v, want %v", name, arg, err, want)
	}
}

// guest makes a running domain with one processor and some frames; PV unless hvm.
func (m *machine) guest(hvm bool, frames ...uint64) *hv.VCPU {
	m.t.Helper()
	c := &hv.CreateDomain{MaxVCPUs: 4, HVM: hvm, IOMMU: m.confined}
	m.must(m.dom0, "XEN_DOMCTL_createdomain", c)
	m.must(m.dom0, "XEN_DOMCTL_max_mem", &hv.DomctlValue{Domain: c.Domain, Value: 64 * 4})
	m.must(m.dom0, "XEN_DOMCTL_max_vcpus", &hv.DomctlValue{Domain: c.Domain, Value: 2})
	r := &hv.Reservation{Dom: c.Domain, Count: uint64(len(frames)), GFNs: frames}
	m.must(m.dom0, "XENMEM_populate_physmap", r)
	if r.Done != r.Count {
		m.t.Fatalf("%d of %d frames populated", r.Done, r.Count)
	}
	m.must(m.dom0, "XEN_DOMCTL_unpausedomain", &hv.DomctlDomain{Domain: c.Domain})
	v, err := m.VCPU(c.Domain, 0)
	if err != nil {
		m.t.Fatal(err)
	}
	return v
}

// modules to run baseline behaviour under: none, and one that allows dom0 all.
func modules() map[string]xsm.Hooks {
	return map[string]xsm.Hooks{"nil": nil, "dummy": dummy.Module{}}
}

func TestDomainLife(t *testing.T) {
	for name, mod := range modules() {
		t.Run(name, func(t *testing.T) {
			m := boot(t, mod)
			g := m.guest(true, 1, 2, 3)
			id := g.Domain().ID
			m.wants(abi.EEXIST, m.dom0, "XEN_DOMCTL_createdomain", &hv.CreateDomain{Domain: id, MaxVCPUs: 1})
			m.wants(abi.EINVAL, m.dom0, "XEN_DOMCTL_createdomain", &hv.CreateDomain{})
			m.must(m.dom0, "XEN_DOMCTL_pausedomain", &hv.DomctlDomain{Domain: id})
			m.wants(hv.ErrNotRunning, g, "SCHEDOP_yield", &hv.Sched{})
			m.must(m.dom0, "XEN_DOMCTL_unpausedomain", &hv.DomctlDomain{Domain: id})
			m.must(g, "SCHEDOP_yield", &hv.Sched{})
			m.wants(abi.EINVAL, m.dom0, "XEN_DOMCTL_unpausedomain", &hv.DomctlDomain{Domain: id})
			m.wants(abi.EINVAL, m.dom0, "XEN_DOMCTL_destroydomain", &hv.DomctlDomain{})
			m.must(m.dom0, "XEN_DOMCTL_destroydomain", &hv.DomctlDomain{Domain: id})
			m.wants(abi.ESRCH, m.dom0, "XEN_DOMCTL_pausedomain", &hv.DomctlDomain{Domain: id})
			m.wants(hv.ErrNotRunning, g, "SCHEDOP_yield", &hv.Sched{})
		})
	}
}

func TestCreateAndDestroyLeaveNothing(t *testing.T) {
	m := boot(t, dummy.Module{})
	first := m.guest(false, 1, 2)
	m.must(m.dom0, "XEN_DOMCTL_destroydomain", &hv.DomctlDomain{Domain: first.Domain().ID})
	heap := &hv.SysctlValue{}
	m.must(m.dom0, "XEN_SYSCTL_availheap", heap)
	if heap.Value != 512 {
		t.Errorf("%d frames free after everything was destroyed, want 512", heap.Value)
	}
	var infos hv.DomainInfoList
	m.must(m.dom0, "XEN_SYSCTL_getdomaininfolist", &infos)
	if len(infos.Infos) != 1 || infos.Infos[0].Domain != 0 {
		t.Errorf("domains left: %+v", infos.Infos)
	}
}

func TestEventChannels(t *testing.T) {
	m := boot(t, dummy.Module{})
	a, b := m.guest(true), m.guest(true)
	ida, idb := a.Domain().ID, b.Domain().ID
	un := &hv.EvtchnAllocUnbound{Dom: abi.DOMID_SELF, RemoteDom: idb}
	m.must(a, "EVTCHNOP_alloc_unbound", un)
	m.wants(abi.EPERM, a, "EVTCHNOP_alloc_unbound", &hv.EvtchnAllocUnbound{Dom: idb, RemoteDom: ida})
	m.wants(abi.ESRCH, a, "EVTCHNOP_alloc_unbound", &hv.EvtchnAllocUnbound{Dom: 99, RemoteDom: ida})
	m.wants(abi.EINVAL, m.dom0, "EVTCHNOP_bind_interdomain", &hv.EvtchnBindInterdomain{RemoteDom: ida, RemotePort: un.Port})
	m.wants(abi.EINVAL, b, "EVTCHNOP_bind_interdomain", &hv.EvtchnBindInterdomain{RemoteDom: ida, RemotePort: 9999})
	bind := &hv.EvtchnBindInterdomain{RemoteDom: ida, RemotePort: un.Port}
	m.must(b, "EVTCHNOP_bind_interdomain", bind)
	m.wants(abi.EINVAL, b, "EVTCHNOP_bind_interdomain", &hv.EvtchnBindInterdomain{RemoteDom: ida, RemotePort: un.Port})
	if !b.TakePending(bind.LocalPort) {
		t.Error("a new binding is not pending")
	}
	m.must(b, "EVTCHNOP_send", &hv.EvtchnPort{Port: bind.LocalPort})
	if !a.TakePending(un.Port) || a.TakePending(un.Port) {
		t.Error("one event was not delivered exactly once")
	}
	select {
	case <-a.Wake():
	default:
		t.Error("the receiver was not woken")
	}
	st := &hv.EvtchnStatus{Dom: abi.DOMID_SELF, Port: un.Port}
	m.must(a, "EVTCHNOP_status", st)
	if st.Status != abi.EVTCHNSTAT_interdomain || st.Remote != idb || st.RPort != bind.LocalPort {
		t.Errorf("status %+v", st)
	}
	m.must(m.dom0, "XEN_DOMCTL_destroydomain", &hv.DomctlDomain{Domain: idb})
	m.must(a, "EVTCHNOP_status", st)
	if st.Status != abi.EVTCHNSTAT_unbound {
		t.Errorf("after the peer's end the state is %d, want unbound", st.Status)
	}
	m.must(a, "EVTCHNOP_close", &hv.EvtchnPort{Port: un.Port})
	m.wants(abi.EINVAL, a, "EVTCHNOP_close", &hv.EvtchnPort{Port: un.Port})
	m.wants(abi.EINVAL, a, "EVTCHNOP_send", &hv.EvtchnPort{Port: 0})
	m.must(a, "EVTCHNOP_bind_virq", &hv.EvtchnBindVIRQ{VIRQ: abi.VIRQ_TIMER})
	m.wants(abi.EEXIST, a, "EVTCHNOP_bind_virq", &hv.EvtchnBindVIRQ{VIRQ: abi.VIRQ_TIMER})
	m.wants(abi.EINVAL, a, "EVTCHNOP_bind_virq", &hv.EvtchnBindVIRQ{VIRQ: abi.VIRQ_CONSOLE, VCPU: 1})
	m.wants(abi.EPERM, a, "EVTCHNOP_bind_pirq", &hv.EvtchnBindPIRQ{PIRQ: 5})
}

func TestGrants(t *testing.T) {
	m := boot(t, dummy.Module{})
	a, b := m.guest(true, 1, 2), m.guest(true, 1, 2)
	ida, idb := a.Domain().ID, b.Domain().ID
	m.must(a, "guest/grant_access", &hv.GrantAccess{Ref: 8, Dom: idb, Frame: 1})
	m.must(a, "guest/write", &hv.GuestBytes{Frame: 1, Data: []byte("hello")})
	m.wants(hv.GrantGeneral, b, "GNTTABOP_map_grant_ref", &hv.GrantMap{Dom: ida, Ref: 9, Flags: abi.GNTMAP_host_map})
	m.wants(hv.GrantBadRef, b, "GNTTABOP_map_grant_ref", &hv.GrantMap{Dom: ida, Ref: 1 << 20, Flags: abi.GNTMAP_host_map})
	m.wants(hv.GrantBadDomain, b, "GNTTABOP_map_grant_ref", &hv.GrantMap{Dom: 99, Ref: 8, Flags: abi.GNTMAP_host_map})
	m.wants(hv.GrantGeneral, m.dom0, "GNTTABOP_map_grant_ref", &hv.GrantMap{Dom: ida, Ref: 8, Flags: abi.GNTMAP_host_map})
	mp := &hv.GrantMap{Dom: ida, Ref: 8, Flags: abi.GNTMAP_host_map}
	m.must(b, "GNTTABOP_map_grant_ref", mp)
	m.wants(abi.EBUSY, a, "guest/grant_end_access", &hv.GrantAccess{Ref: 8})

	// The owner dies while its frame is mapped: it stays until the unmap.
	m.must(m.dom0, "XEN_DOMCTL_destroydomain", &hv.DomctlDomain{Domain: ida})
	info := &hv.DomainInfo{Domain: ida}
	m.must(m.dom0, "XEN_DOMCTL_getdomaininfo", info)
	if info.Domain != ida || !info.Dying || info.TotPages != 1 {
		t.Errorf("a domain with a mapped frame: %+v", info)
	}
	m.wants(hv.GrantGeneral, b, "GNTTABOP_map_grant_ref", &hv.GrantMap{Dom: ida, Ref: 8, Flags: abi.GNTMAP_host_map})
	m.must(b, "GNTTABOP_unmap_grant_ref", &hv.GrantUnmap{Handle: mp.Handle})
	m.wants(hv.GrantBadHandle, b, "GNTTABOP_unmap_grant_ref", &hv.GrantUnmap{Handle: mp.Handle})
	m.wants(abi.ESRCH, m.dom0, "XEN_DOMCTL_pausedomain", &hv.DomctlDomain{Domain: ida})
}

func TestGrantCopyAndTransfer(t *testing.T) {
	m := boot(t, dummy.Module{})
	a, b := m.guest(true, 1, 2), m.guest(true, 1)
	ida, idb := a.Domain().ID, b.Domain().ID
	m.must(a, "guest/grant_access", &hv.GrantAccess{Ref: 1, Dom: idb, Frame: 1, ReadOnly: true})
	m.must(a, "guest/write", &hv.GuestBytes{Frame: 1, Offset: 100, Data: []byte("payload")})
	src := hv.GrantCopyEnd{Dom: ida, Gref: true, Ref: 1, Offset: 100}
	dst := hv.GrantCopyEnd{Dom: abi.DOMID_SELF, Frame: 1, Offset: 7}
	m.must(b, "GNTTABOP_copy", &hv.GrantCopy{Src: src, Dst: dst, Len: 7})
	got := &hv.GuestBytes{Frame: 1, Offset: 7, Data: make([]byte, 7)}
	m.must(b, "guest/read", got)
	if string(got.Data) != "payload" {
		t.Errorf("copied %q", got.Data)
	}
	m.wants(hv.GrantGeneral, b, "GNTTABOP_copy", &hv.GrantCopy{Src: dst, Dst: src, Len: 7})
	m.wants(hv.GrantBadCopyArg, b, "GNTTABOP_copy", &hv.GrantCopy{Src: src, Dst: dst, Len: 4096})
	m.wants(hv.GrantDenied, b, "GNTTABOP_copy", &hv.GrantCopy{Src: hv.GrantCopyEnd{Dom: ida, Frame: 1}, Dst: dst, Len: 1})

	m.must(b, "guest/grant_accept_transfer", &hv.GrantAccess{Ref: 3, Dom: ida})
	m.wants(hv.GrantGeneral, a, "GNTTABOP_transfer", &hv.GrantTransfer{Frame: 2, Dom: idb, Ref: 4})
	m.must(a, "GNTTABOP_transfer", &hv.GrantTransfer{Frame: 2, Dom: idb, Ref: 3})
	m.wants(hv.GrantBadPage, a, "GNTTABOP_transfer", &hv.GrantTransfer{Frame: 2, Dom: idb, Ref: 3})
	for v, want := range map[*hv.VCPU]uint64{a: 1, b: 2} {
		st := &hv.MemoryStat{Dom: abi.DOMID_SELF}
		m.must(v, "XENMEM_current_reservation", st)
		if st.Value != want {
			t.Errorf("domain %d has %d pages, want %d", v.Domain().ID, st.Value, want)
		}
	}
}

func TestPageTables(t *testing.T) {
	m := boot(t, dummy.Module{})
	a, b := m.guest(false, 1, 2, 3), m.guest(false, 1)
	frames := func(v *hv.VCPU, n uint64) []uint64 {
		r := &hv.Reservation{Dom: abi.DOMID_SELF, Count: n}
		m.must(v, "XENMEM_increase_reservation", r)
		return r.Frames
	}
	fa, fb := frames(a, 3), frames(b, 1)
	pte := func(mfn uint64, flags xsm.PTE) xsm.PTE { return xsm.PTE(mfn<<12) | flags }
	up := func(v *hv.VCPU, dom hv.DomID, table uint64, e xsm.PTE) error {
		return m.call(v, "MMU_NORMAL_PT_UPDATE", &hv.MMUUpdate{PTDom: abi.DOMID_SELF, Dom: dom, Reqs: []hv.MMUReq{{MFN: table, Val: e}}})
	}
	check := func(what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	check("own frame", up(a, abi.DOMID_SELF, fa[0], pte(fa[1], 3)), nil)
	check("a table written to itself", up(a, abi.DOMID_SELF, fa[0], pte(fa[0], 3)), abi.EINVAL)
	check("a table read-only", up(a, abi.DOMID_SELF, fa[0], pte(fa[0], 1)), nil)
	check("a frame no longer written, as a table", up(a, abi.DOMID_SELF, fa[1], pte(fa[2], 1)), nil)
	check("another's frame as one's own", up(a, abi.DOMID_SELF, fa[0], pte(fb[0], 1)), abi.EBUSY)
	check("another's frame", up(a, b.Domain().ID, fa[0], pte(fb[0], 1)), abi.EPERM)
	check("dom0 maps a guest's frame", m.call(m.dom0, "MMU_NORMAL_PT_UPDATE", &hv.MMUUpdate{
		PTDom: a.Domain().ID, Dom: b.Domain().ID, Reqs: []hv.MMUReq{{MFN: fa[0], Index: 4, Val: pte(fb[0], 1)}}}), nil)
	check("another's table", up(a, abi.DOMID_SELF, fb[0], pte(fa[1], 1)), abi.EINVAL)
	check("I/O memory", up(a, abi.DOMID_IO, fa[0], pte(1<<30, 1)), abi.EPERM)
	check("pin", m.call(a, "MMUEXT_PIN_L1_TABLE", &hv.MMUExt{Dom: abi.DOMID_SELF, MFN: fa[0]}), nil)
	check("pin twice", m.call(a, "MMUEXT_PIN_L1_TABLE", &hv.MMUExt{Dom: abi.DOMID_SELF, MFN: fa[0]}), abi.EINVAL)
	check("pin as another level", m.call(a, "MMUEXT_PIN_L4_TABLE", &hv.MMUExt{Dom: abi.DOMID_SELF, MFN: fa[0]}), abi.EINVAL)
	check("unpin", m.call(a, "MMUEXT_UNPIN_TABLE", &hv.MMUExt{Dom: abi.DOMID_SELF, MFN: fa[0]}), nil)
}

func TestNoSuchCall(t *testing.T) {
	m := boot(t, nil)
	for _, nr := range []uint32{11, 38, 60, 9999} {
		if err := m.Call(m.dom0, nr, 0, nil); !errors.Is(err, abi.ENOSYS) {
			t.Errorf("hypercall %d: %v", nr, err)
		}
	}
	if err := m.Call(m.dom0, abi.HYPERVISOR_domctl, 9999, nil); !errors.Is(err, abi.ENOSYS) {
		t.Errorf("unknown domctl: %v", err)
	}
	if err := m.Call(m.dom0, abi.HYPERVISOR_domctl, abi.XEN_DOMCTL_pausedomain, &hv.Sched{}); !errors.Is(err, abi.EFAULT) {
		t.Errorf("wrong argument type: %v", err)
	}
	if err := m.Call(m.dom0, abi.HYPERVISOR_domctl, abi.XEN_DOMCTL_pausedomain, nil); !errors.Is(err, abi.EFAULT) {
		t.Errorf("no argument: %v", err)
	}
}
