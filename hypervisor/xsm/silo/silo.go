// Package silo is the module that keeps guests apart: unprivileged domains
// communicate with the control domain only, never with each other (xsm/silo.c).
//
// It is the dummy module with seven hooks in front: event channels, grants and
// argo messages between two domains of which none is the control domain.
package silo

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/dummy"
)

// Module is the SILO module. Attach must be called before any hook.
type Module struct {
	dummy.Module
	lookup xsm.Lookup
}

var (
	_ xsm.Hooks    = (*Module)(nil)
	_ xsm.Attacher = (*Module)(nil)
)

// New makes a module.
func New() *Module { return &Module{} }

// Attach gives the module the hypervisor's domains.
func (m *Module) Attach(l xsm.Lookup) { m.lookup = l }

// together reports whether two domains may communicate.
func together(cur, l, r *xsm.Domain) bool {
	return l == r || cur.IsControl() || l.IsControl() || r.IsControl()
}

// EvtchnUnbound checks the domain that may bind; ESRCH if there is none.
func (m *Module) EvtchnUnbound(cur, d *xsm.Domain, c *xsm.Evtchn, id2 xsm.DomID) error {
	r := m.lookup(cur, id2)
	switch {
	case r == nil:
		return abi.ESRCH
	case !together(cur, d, r):
		return abi.EPERM
	}
	return m.Module.EvtchnUnbound(cur, d, c, id2)
}

// EvtchnInterdomain checks both ends.
func (m *Module) EvtchnInterdomain(cur, d1 *xsm.Domain, c1 *xsm.Evtchn, d2 *xsm.Domain, c2 *xsm.Evtchn) error {
	if !together(cur, d1, d2) {
		return abi.EPERM
	}
	return m.Module.EvtchnInterdomain(cur, d1, c1, d2, c2)
}

// GrantMapRef checks the mapper and the owner.
func (m *Module) GrantMapRef(cur, d1, d2 *xsm.Domain, flags uint32) error {
	if !together(cur, d1, d2) {
		return abi.EPERM
	}
	return m.Module.GrantMapRef(cur, d1, d2, flags)
}

// GrantTransfer checks giver and taker.
func (m *Module) GrantTransfer(cur, d1, d2 *xsm.Domain) error {
	if !together(cur, d1, d2) {
		return abi.EPERM
	}
	return m.Module.GrantTransfer(cur, d1, d2)
}

// GrantCopy checks the owners of both ends.
func (m *Module) GrantCopy(cur, d1, d2 *xsm.Domain) error {
	if !together(cur, d1, d2) {
		return abi.EPERM
	}
	return m.Module.GrantCopy(cur, d1, d2)
}

// ArgoRegisterSingleSource checks receiver and sender.
func (m *Module) ArgoRegisterSingleSource(cur, d, t *xsm.Domain) error {
	if !together(cur, d, t) {
		return abi.EPERM
	}
	return m.Module.ArgoRegisterSingleSource(cur, d, t)
}

// ArgoSend checks sender and receiver.
func (m *Module) ArgoSend(cur, d, t *xsm.Domain) error {
	if !together(cur, d, t) {
		return abi.EPERM
	}
	return m.Module.ArgoSend(cur, d, t)
}
