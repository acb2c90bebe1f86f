package hv

import (
	"sync"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
)

// argoAny as a partner accepts messages from every domain (XEN_ARGO_DOMID_ANY).
const argoAny = abi.DOMID_INVALID

const maxArgoRing = 1 << 24

// argoID names a ring: who receives, on which port, from whom.
type argoID struct {
	dom     DomID
	port    uint32
	partner DomID
}

// argoRings is every receive ring.
type argoRings struct {
	lock  sync.Mutex
	rings map[argoID]*argoRing
}

type argoRing struct {
	size, used uint32
	messages   [][]byte
}

func (r *argoRings) dropDomain(d *Domain) {
	r.lock.Lock()
	defer r.lock.Unlock()
	for id := range r.rings {
		if id.dom == d.ID || id.partner == d.ID {
			delete(r.rings, id)
		}
	}
}

// find returns the ring a message of from is put in: its own, or the one for all.
func (r *argoRings) find(to DomID, port uint32, from DomID) *argoRing {
	if ring := r.rings[argoID{to, port, from}]; ring != nil {
		return ring
	}
	return r.rings[argoID{to, port, argoAny}]
}

// ArgoRing is the argument of XEN_ARGO_OP_register_ring and unregister_ring.
// Partner DOMID_INVALID is everybody. Size is in bytes, a multiple of 16.
type ArgoRing struct {
	Port    uint32
	Partner DomID
	Size    uint32
}

// argoOp makes the handler of an argo command: the caller must be enabled.
func argoOp[A any](f func(*Hypervisor, *VCPU, *A) error) func(*Hypervisor, *VCPU, *A) error {
	return func(h *Hypervisor, v *VCPU, a *A) error {
		if err := h.sec.ArgoEnable(v.sec(), &v.dom.Domain); err != nil {
			return err
		}
		return f(h, v, a)
	}
}

func argoRegister(h *Hypervisor, v *VCPU, a *ArgoRing) error {
	if a.Size < 64 || a.Size > maxArgoRing || a.Size%16 != 0 {
		return abi.EINVAL
	}
	if a.Partner == argoAny {
		if err := h.sec.ArgoRegisterAnySource(v.sec(), &v.dom.Domain); err != nil {
			return err
		}
	} else {
		p := h.lookup(a.Partner)
		if p == nil {
			return abi.ESRCH
		}
		if err := h.sec.ArgoRegisterSingleSource(v.sec(), &v.dom.Domain, &p.Domain); err != nil {
			return err
		}
	}
	if !v.dom.argoOn {
		return abi.ENODEV
	}
	h.argo.lock.Lock()
	defer h.argo.lock.Unlock()
	id := argoID{v.dom.ID, a.Port, a.Partner}
	if h.argo.rings[id] != nil {
		return abi.EEXIST
	}
	if h.argo.rings == nil {
		h.argo.rings = map[argoID]*argoRing{}
	}
	h.argo.rings[id] = &argoRing{size: a.Size}
	return nil
}

func argoUnregister(h *Hypervisor, v *VCPU, a *ArgoRing) error {
	h.argo.lock.Lock()
	defer h.argo.lock.Unlock()
	id := argoID{v.dom.ID, a.Port, a.Partner}
	if h.argo.rings[id] == nil {
		return abi.ENOENT
	}
	delete(h.argo.rings, id)
	return nil
}

// ArgoSend is the argument of XEN_ARGO_OP_sendv.
type ArgoSend struct {
	Dom  DomID
	Port uint32
	Data []byte
}

func argoSend(h *Hypervisor, v *VCPU, a *ArgoSend) error {
	d := h.lookup(a.Dom)
	if d == nil {
		return abi.ESRCH
	}
	if err := h.sec.ArgoSend(v.sec(), &v.dom.Domain, &d.Domain); err != nil {
		return err
	}
	h.argo.lock.Lock()
	defer h.argo.lock.Unlock()
	r := h.argo.find(d.ID, a.Port, v.dom.ID)
	need := uint32(len(a.Data)+15)&^15 + 16
	switch {
	case r == nil:
		return abi.ECONNREFUSED
	case len(a.Data) > int(r.size)-32:
		return abi.EMSGSIZE
	case r.used+need > r.size:
		return abi.EAGAIN
	}
	r.used += need
	r.messages = append(r.messages, append([]byte(nil), a.Data...))
	return nil
}

// ArgoNotify is the argument of XEN_ARGO_OP_notify: how much room a ring has.
type ArgoNotify struct {
	Dom  DomID
	Port uint32
	Room uint32 // out
}

func argoNotify(h *Hypervisor, v *VCPU, a *ArgoNotify) error {
	d := h.lookup(a.Dom)
	if d == nil {
		return nil // Xen leaves the flags clear
	}
	if err := h.sec.ArgoSend(v.sec(), &v.dom.Domain, &d.Domain); err != nil {
		return err // nothing about rings one may not send to
	}
	h.argo.lock.Lock()
	defer h.argo.lock.Unlock()
	if r := h.argo.find(d.ID, a.Port, v.dom.ID); r != nil {
		a.Room = r.size - r.used
	}
	return nil
}

// ArgoReceive is what a guest does to its own ring's memory: take a message out.
type ArgoReceive struct {
	Port    uint32
	Partner DomID
	Data    []byte // out
}

func (h *Hypervisor) guestArgoReceive(v *VCPU, a *ArgoReceive) error {
	h.argo.lock.Lock()
	defer h.argo.lock.Unlock()
	r := h.argo.rings[argoID{v.dom.ID, a.Port, a.Partner}]
	if r == nil || len(r.messages) == 0 {
		return abi.EAGAIN
	}
	a.Data = r.messages[0]
	r.messages = r.messages[1:]
	r.used -= uint32(len(a.Data)+15)&^15 + 16
	return nil
}
