package bench

import (
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/scenario"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// Operation is one thing to measure. Run leaves the machine as it was.
type Operation struct {
	Name string
	Run  func(s *Subject) error
}

// macro is the name of the operation that mixes the others.
const macro = "build mix"

// Operations lists the micro-operations, from dom0 and from a guest, and the mix.
func Operations() []Operation {
	var out []Operation
	for _, who := range []struct {
		name string
		v    func(*Subject) *hv.VCPU
	}{{"dom0", func(s *Subject) *hv.VCPU { return s.dom0 }}, {"domU", func(s *Subject) *hv.VCPU { return s.a }}} {
		add := func(name string, f func(s *Subject, v *hv.VCPU) error) {
			out = append(out, Operation{name + " " + who.name, func(s *Subject) error { return f(s, who.v(s)) }})
		}
		add("null call", null)
		add("event send", send)
		add("grant map/unmap", mapUnmap)
		add("grant copy 4k", copyPage)
		add("page table update", update)
		add(macro, mix)
	}
	return append(out, Operation{"event ping-pong", pingPong}, Operation{"domain create/destroy", life})
}

// null is the cheapest call that has a hook.
func null(s *Subject, v *hv.VCPU) error {
	var a hv.Version
	return s.h.Call(v, abi.HYPERVISOR_xen_version, abi.XENVER_extraversion, &a)
}

// end is the port and the granting domain on v's side of the connection.
func (s *Subject) end(v *hv.VCPU) (port uint32, peer hv.DomID) {
	if v == s.a {
		return s.portA, 0
	}
	return s.portB, s.a.Domain().ID
}

func send(s *Subject, v *hv.VCPU) error {
	port, _ := s.end(v)
	return s.h.Call(v, abi.HYPERVISOR_event_channel_op, abi.EVTCHNOP_send, &hv.EvtchnPort{Port: port})
}

// pingPong sends an event each way and takes both.
func pingPong(s *Subject) error {
	if err := send(s, s.a); err != nil {
		return err
	}
	s.dom0.TakePending(s.portB)
	if err := send(s, s.dom0); err != nil {
		return err
	}
	s.a.TakePending(s.portA)
	return nil
}

func mapUnmap(s *Subject, v *hv.VCPU) error {
	_, peer := s.end(v)
	m := hv.GrantMap{Dom: peer, Ref: 1, Flags: abi.GNTMAP_host_map}
	if err := s.h.Call(v, abi.HYPERVISOR_grant_table_op, abi.GNTTABOP_map_grant_ref, &m); err != nil {
		return err
	}
	return s.h.Call(v, abi.HYPERVISOR_grant_table_op, abi.GNTTABOP_unmap_grant_ref, &hv.GrantUnmap{Handle: m.Handle})
}

func copyPage(s *Subject, v *hv.VCPU) error {
	_, peer := s.end(v)
	c := hv.GrantCopy{Len: 4096, Src: hv.GrantCopyEnd{Dom: peer, Gref: true, Ref: 1}, Dst: hv.GrantCopyEnd{Dom: abi.DOMID_SELF, Frame: s.frames[v]}}
	return s.h.Call(v, abi.HYPERVISOR_grant_table_op, abi.GNTTABOP_copy, &c)
}

// update maps a frame and unmaps it.
func update(s *Subject, v *hv.VCPU) error {
	t := s.tables[v]
	reqs := []hv.MMUReq{{MFN: t[0], Index: 7, Val: xsm.PTE(t[1]<<12) | xsm.PTEPresent | xsm.PTEWrite}, {MFN: t[0], Index: 7}}
	a := hv.MMUUpdate{PTDom: abi.DOMID_SELF, Dom: abi.DOMID_SELF, Reqs: reqs}
	return s.h.Call(v, abi.HYPERVISOR_mmu_update, abi.MMU_NORMAL_PT_UPDATE, &a)
}

// life makes a guest with a processor and four frames and destroys it.
func life(s *Subject) error {
	ssid, err := s.ssid()
	if err != nil {
		return err
	}
	c := &hv.CreateDomain{MaxVCPUs: 1, SSIDRef: ssid}
	if err := scenario.Create(s.h, s.dom0, c, []uint64{1, 2, 3, 4}, abi.DOMID_INVALID); err != nil {
		return err
	}
	return s.h.Call(s.dom0, abi.HYPERVISOR_domctl, abi.XEN_DOMCTL_destroydomain, &hv.DomctlDomain{Domain: c.Domain})
}

// mix is what a guest that builds a kernel asks of the hypervisor, with the work
// it does in between: mostly page tables for processes, some disk requests
// (a grant copied and an event each way), some timers, and its own computing,
// for which a checksum over a source file's worth of bytes stands.
func mix(s *Subject, v *hv.VCPU) error {
	for range 8 {
		for range 4 {
			if err := update(s, v); err != nil {
				return err
			}
			compute()
		}
		if err := copyPage(s, v); err != nil {
			return err
		}
		if err := send(s, v); err != nil {
			return err
		}
		if err := s.h.Call(v, abi.HYPERVISOR_set_timer_op, 0, &hv.SetTimer{Deadline: 1}); err != nil {
			return err
		}
	}
	return null(s, v)
}

var source [4096]byte

// compute is a compiler's share of the mix: a pass over a page of text.
func compute() {
	sum := uint32(1)
	for _, c := range source {
		sum = sum*31 + uint32(c)
	}
	Sink.Store(sum)
}

// Sink takes what the simulated computing gives, so that the compiler keeps it.
var Sink atomic.Uint32
