package flask

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/avc"
)

// noObject is the audit data of an operation on labels alone.
var noObject avc.Audit

// AllocSecurityEvtchns labels new event channels unlabeled.
func (m *Module) AllocSecurityEvtchns(_ *xsm.Domain, chn []*xsm.Evtchn) error {
	for _, c := range chn {
		c.SID.Store(uint32(m.sids.unlabeled))
	}
	return nil
}

// FreeSecurityEvtchns takes the labels of event channels away.
func (m *Module) FreeSecurityEvtchns(_ *xsm.Domain, chn []*xsm.Evtchn) {
	for _, c := range chn {
		c.SID.Store(uint32(m.sids.unlabeled))
	}
}

// EvtchnClosePost makes a closed channel unlabeled.
func (m *Module) EvtchnClosePost(_ *xsm.Domain, c *xsm.Evtchn) {
	c.SID.Store(uint32(m.sids.unlabeled))
}

// EvtchnUnbound labels a channel of d1 that domain id2 may bind to.
func (m *Module) EvtchnUnbound(cur, d1 *xsm.Domain, c *xsm.Evtchn, id2 xsm.DomID) error {
	d2 := m.find(cur, id2)
	if d2 == nil {
		return abi.EPERM
	}
	tsid := TargetSID(d1, d2)
	sid, err := m.server.TransitionSID(DomainSID(d1), tsid, m.perms.evCreate.Class)
	if err != nil {
		return err
	}
	if err := m.CurrentHas(cur, sid, m.perms.evCreate); err != nil {
		return err
	}
	if err := m.ObjectHas(cur, sid, tsid, m.perms.evBind, noObject); err != nil {
		return err
	}
	c.SID.Store(uint32(sid))
	return nil
}

// EvtchnInterdomain labels the channel c1 of d1 that is bound to c2 of d2, and
// checks the other half again: d1 may have been relabelled since c2 was made.
func (m *Module) EvtchnInterdomain(cur, d1 *xsm.Domain, c1 *xsm.Evtchn, d2 *xsm.Domain, c2 *xsm.Evtchn) error {
	tsid := TargetSID(d1, d2)
	sid, err := m.server.TransitionSID(DomainSID(d1), tsid, m.perms.evCreate.Class)
	if err != nil {
		return err
	}
	if err := m.between(cur, d1, d2, DomainSID(cur), sid, m.perms.evCreate); err != nil {
		return err
	}
	if err := m.between(cur, d1, d2, sid, tsid, m.perms.evBind); err != nil {
		return err
	}
	if err := m.between(cur, d1, d2, SID(c2.SID.Load()), TargetSID(d2, d1), m.perms.evBind); err != nil {
		return err
	}
	c1.SID.Store(uint32(sid))
	return nil
}

// EvtchnSend checks an event to another domain; unbound and IPI channels stay
// within the sender.
func (m *Module) EvtchnSend(cur, d *xsm.Domain, c *xsm.Evtchn) error {
	switch c.State {
	case xsm.ECSInterdomain:
		return m.ObjectHas(cur, DomainSID(d), SID(c.SID.Load()), m.perms.evSend, noObject)
	case xsm.ECSIPI, xsm.ECSUnbound:
		return nil
	}
	return m.Unknown("event channel state", int(c.State))
}

// EvtchnStatus checks a query of a channel's state.
func (m *Module) EvtchnStatus(cur, d *xsm.Domain, c *xsm.Evtchn) error {
	return m.ObjectHas(cur, DomainSID(d), SID(c.SID.Load()), m.perms.evStatus, noObject)
}

// EvtchnReset checks that d1 may close all channels of d2.
func (m *Module) EvtchnReset(cur, d1, d2 *xsm.Domain) error {
	return m.DomainHas(cur, d1, d2, m.perms.evReset)
}

// ShowSecurityEvtchn returns a channel's context for debugging, "" without one.
func (m *Module) ShowSecurityEvtchn(_, _ *xsm.Domain, c *xsm.Evtchn) string {
	sid := SID(0)
	switch c.State {
	case xsm.ECSUnbound, xsm.ECSInterdomain:
		sid = SID(c.SID.Load())
	case xsm.ECSPIRQ:
		if c.IRQ > 0 {
			sid, _ = m.server.IRQSID(uint32(c.IRQ))
		}
	}
	if sid == 0 {
		return ""
	}
	context, err := m.server.SIDToContext(sid)
	if err != nil {
		return ""
	}
	return context
}

// find looks a domain up.
func (m *Module) find(cur *xsm.Domain, id xsm.DomID) *xsm.Domain {
	if m.lookup == nil {
		return nil
	}
	return m.lookup(cur, id)
}
