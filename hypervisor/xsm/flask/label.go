package flask

import (
	"fmt"
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// label is what the module keeps for a domain (struct domain_security_struct).
type label struct {
	sid    atomic.Uint32
	self   atomic.Uint32 // of the domain as its own target
	target atomic.Uint32 // of the domain's target for the domain
}

func labelOf(d *xsm.Domain) *label {
	if d == nil {
		return nil
	}
	l, _ := d.Label.(*label)
	return l
}

// DomainSID returns the label of a domain, 0 if it has none.
func DomainSID(d *xsm.Domain) SID {
	if l := labelOf(d); l != nil {
		return SID(l.sid.Load())
	}
	return 0
}

// TargetSID returns the label that dst has when src acts on it: its own, or that
// of src's self or target (domain_target_sid).
func TargetSID(src, dst *xsm.Domain) SID {
	l := labelOf(src)
	switch {
	case l != nil && src == dst:
		return SID(l.self.Load())
	case l != nil && dst != nil && src.Target() == dst:
		return SID(l.target.Load())
	}
	return DomainSID(dst)
}

// PageSID returns the label of a page when src acts on it: that of its owner, or
// of domio for a page that Xen does not track.
func (m *Module) PageSID(src *xsm.Domain, p *xsm.Page) SID {
	if p == nil || p.Owner == nil {
		return m.sids.domio
	}
	return TargetSID(src, p.Owner)
}

// domainName writes a domain as Xen's %pd does.
func domainName(d *xsm.Domain) string {
	if d == nil {
		return ""
	}
	switch d.ID {
	case abi.DOMID_IO:
		return "d[IO]"
	case abi.DOMID_XEN:
		return "d[XEN]"
	case abi.DOMID_COW:
		return "d[COW]"
	case abi.DOMID_IDLE:
		return "d[IDLE]"
	}
	return fmt.Sprintf("d%d", d.ID)
}

// AllocSecurityDomain labels a new domain: the system's own by their numbers,
// those made at boot dom0 (or domU under a shim), others unlabeled until
// DomainCreate.
func (m *Module) AllocSecurityDomain(cur, d *xsm.Domain) error {
	sid := m.sids.unlabeled
	switch {
	case d.ID == abi.DOMID_IDLE:
		sid = m.sids.xenboot
	case d.ID == abi.DOMID_XEN:
		sid = m.sids.domxen
	case d.ID == abi.DOMID_IO:
		sid = m.sids.domio
	case DomainSID(cur) == m.sids.xenboot && d.IsControl():
		sid = m.sids.dom0
	case DomainSID(cur) == m.sids.xenboot && m.shim:
		sid = m.sids.domU
	}
	l := &label{}
	l.sid.Store(uint32(sid))
	l.self.Store(uint32(sid))
	d.Label = l
	return nil
}

// FreeSecurityDomain takes a domain's label away.
func (m *Module) FreeSecurityDomain(_, d *xsm.Domain) { d.Label = nil }

// SetSystemActive ends boot: the idle domain's label becomes that of xen.
func (m *Module) SetSystemActive(cur *xsm.Domain) error {
	l := labelOf(cur)
	if cur.ID != abi.DOMID_IDLE || l == nil {
		m.log("set_system_active: should only be called by idle domain")
		return abi.EPERM
	}
	cur.SetControl(false)
	l.sid.Store(uint32(m.sids.xen))
	l.self.Store(uint32(m.sids.xen))
	return nil
}

// DomainCreate gives a new domain its label: ssidref, or that from allocation if
// it is 0. Only one domain may ever have the label dom0.
func (m *Module) DomainCreate(cur, d *xsm.Domain, ssidref uint32) error {
	l := labelOf(d)
	if l == nil {
		return abi.EINVAL
	}
	sid := SID(ssidref)
	if sid == 0 {
		sid = DomainSID(d)
	}
	if err := m.CurrentHas(cur, sid, m.perms.create); err != nil {
		return err
	}
	if sid == m.sids.dom0 && !m.dom0Made.CompareAndSwap(false, true) {
		return abi.EINVAL
	}
	return m.relabel(l, sid)
}

// relabel gives a domain a label and derives its self label.
func (m *Module) relabel(l *label, sid SID) error {
	self, err := m.server.TransitionSID(sid, sid, m.perms.create.Class)
	if err != nil {
		self = sid
	}
	l.sid.Store(uint32(sid))
	l.self.Store(uint32(self))
	return err
}

// SetTarget makes d device model for e, as far as labels go.
func (m *Module) SetTarget(cur, d, e *xsm.Domain) error {
	l := labelOf(d)
	if l == nil {
		return abi.EINVAL
	}
	if err := m.DomainHas(cur, cur, d, m.perms.makePrivFor); err != nil {
		return err
	}
	if err := m.DomainHas(cur, cur, e, m.perms.setAsTarget); err != nil {
		return err
	}
	if err := m.ObjectHas(cur, DomainSID(d), DomainSID(e), m.perms.setTarget, noObject); err != nil {
		return err
	}
	return m.retarget(l, e)
}

// retarget derives the label that a domain's target has for it.
func (m *Module) retarget(l *label, target *xsm.Domain) error {
	sid, err := m.server.TransitionSID(DomainSID(target), SID(l.sid.Load()), m.perms.create.Class)
	if err == nil {
		l.target.Store(uint32(sid))
	}
	return err
}

// SecurityDomainInfo tells a domain's label.
func (m *Module) SecurityDomainInfo(_, d *xsm.Domain, info *xsm.DomainInfo) {
	info.SSIDRef = uint32(DomainSID(d))
}
