package xsm

import (
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

// DomID is a domain's number (domid_t).
type DomID uint16

// PTE is a page table entry: frame number shifted left by 12, flags below.
type PTE uint64

// Page table entry flags (arch/x86).
const (
	PTEPresent PTE = 1 << 0
	PTEWrite   PTE = 1 << 1
)

// Flags of hook mmu_update (xsm/xsm.h, XSM_MMU_*).
const (
	MMUUpdateRead     = 1
	MMUUpdateWrite    = 2
	MMUNormalUpdate   = 4
	MMUMachphysUpdate = 8
)

// Domain is what a module sees of a domain (struct domain).
type Domain struct {
	ID       DomID
	Xenstore bool  // made with XEN_DOMCTL_CDF_xs_domain
	IOMMU    bool  // made with XEN_DOMCTL_CDF_iommu
	Label    Label // the module's own, from alloc_security_domain on

	privileged atomic.Bool
	console    atomic.Bool
	target     atomic.Pointer[Domain]
}

// Label is a module's state for one domain: nil, or a pointer of the module's.
type Label any

// IsControl reports whether the domain is privileged (is_control_domain).
func (d *Domain) IsControl() bool { return d.privileged.Load() }

// SetControl gives or takes privilege.
func (d *Domain) SetControl(on bool) { d.privileged.Store(on) }

// IsConsole reports whether the domain may use the console without privilege.
func (d *Domain) IsConsole() bool { return d.console.Load() }

// SetConsole gives or takes the console.
func (d *Domain) SetConsole(on bool) { d.console.Store(on) }

// Target is the domain this one is device model for, or nil.
func (d *Domain) Target() *Domain { return d.target.Load() }

// SetTarget makes the domain device model for t; it fails if it has a target.
func (d *Domain) SetTarget(t *Domain) bool { return d.target.CompareAndSwap(nil, t) }

// ClearTarget undoes SetTarget; the device model is being destroyed.
func (d *Domain) ClearTarget() { d.target.Store(nil) }

// EvtchnState is the state of an event channel (ECS_*).
type EvtchnState uint8

// The states of an event channel (xen/sched.h).
const (
	ECSFree EvtchnState = iota
	ECSReserved
	ECSUnbound
	ECSInterdomain
	ECSPIRQ
	ECSVIRQ
	ECSIPI
)

// Evtchn is what a module sees of an event channel (struct evtchn). State
// changes under the hypervisor's event locks, which are held in every hook that
// is given the channel.
type Evtchn struct {
	Port  uint32
	State EvtchnState
	IRQ   int           // the interrupt, in state ECSPIRQ
	SID   atomic.Uint32 // the module's own; 0 is unlabelled
}

// Page is what a module sees of a page (struct page_info).
type Page struct {
	MFN   uint64
	Owner *Domain // nil if it has none
}

// DomainInfo is the answer of XEN_DOMCTL_getdomaininfo as far as modules fill it.
type DomainInfo struct{ SSIDRef uint32 }

// BindPTIRQ is the request of XEN_DOMCTL_bind_pt_irq; IRQ is the physical
// interrupt behind MachineIRQ, 0 if there is none.
type BindPTIRQ struct {
	MachineIRQ int
	IRQ        int
}

// PCIDev names a device for interrupts that are message-signalled.
type PCIDev struct{ SBDF uint32 }

// Op is a request of the security hypercall: a FLASK_* command and its argument,
// a pointer to a type the module defines; the module fills in its results.
type Op struct {
	Cmd uint32
	Arg any
}

// Lookup finds a domain by number as rcu_lock_domain_by_any_id does: DOMID_SELF
// is cur. It returns nil if there is none.
type Lookup func(cur *Domain, id DomID) *Domain

// Attacher is a module that must look domains up; the hypervisor calls Attach
// once, before any hook.
type Attacher interface{ Attach(Lookup) }

// Peer finds the domain at the other end of an interdomain event channel of cur
// (FLASK_GET_PEER_SID). It returns nil if the port is no such channel.
type Peer func(cur *Domain, port uint32) *Domain

// PeerAttacher is a module that asks for the peers of event channels outside the
// hooks that are given them; the hypervisor calls AttachPeers once, before any
// hook. A Peer takes the event lock, so no hook on event channels may call it.
type PeerAttacher interface{ AttachPeers(Peer) }

// HookInfo describes one hook of the catalogue.
type HookInfo struct {
	Name, Method  string // in the catalogue; in Hooks
	Phase, Action string
	Params        []string // Go parameters, cur first
	Vectors       []string // permissions that Flask may ask for, class:permission
	Ops           []string // operations it mediates, hypercall/COMMAND
}

// Refuses reports whether the hook can say no.
func (h HookInfo) Refuses() bool { return h.Phase == "authorize" || h.Phase == "alloc" }

// Action is a default action (enum xsm_default of xsm/xsm.h).
type Action uint8

// The default actions: everybody; the domain itself, its device model and the
// privileged; the device model and the privileged; the privileged; the xenstore
// domain, the device model and the privileged.
const (
	XSMHook Action = iota
	XSMDMPriv
	XSMTarget
	XSMPriv
	XSMXSPriv
)

// DefaultAction decides as Xen without a policy does (xsm_default_action of
// xsm/dummy.h): nil or abi.EPERM. target may be nil.
func DefaultAction(action Action, src, target *Domain) error {
	if action == XSMHook || src.IsControl() {
		return nil
	}
	if action == XSMTarget && src == target || action == XSMXSPriv && src.Xenstore {
		return nil
	}
	if action != XSMPriv && target != nil && src.Target() == target {
		return nil
	}
	return abi.EPERM
}
