package acm

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
)

// Each hook below asks STE first and then the dummy module, so that being of the
// same type never gives more than being privileged does.

// EvtchnUnbound asks about the domain that may bind.
func (m *Module) EvtchnUnbound(cur, d *xsm.Domain, c *xsm.Evtchn, id2 xsm.DomID) error {
	r := m.lookup(cur, id2)
	if r == nil {
		return abi.ESRCH
	}
	if err := m.share(d, r); err != nil {
		return err
	}
	return m.Module.EvtchnUnbound(cur, d, c, id2)
}

// EvtchnInterdomain asks about both ends.
func (m *Module) EvtchnInterdomain(cur, d1 *xsm.Domain, c1 *xsm.Evtchn, d2 *xsm.Domain, c2 *xsm.Evtchn) error {
	if err := m.share(d1, d2); err != nil {
		return err
	}
	return m.Module.EvtchnInterdomain(cur, d1, c1, d2, c2)
}

// GrantMapRef asks about mapper and owner.
func (m *Module) GrantMapRef(cur, d1, d2 *xsm.Domain, flags uint32) error {
	if err := m.share(d1, d2); err != nil {
		return err
	}
	return m.Module.GrantMapRef(cur, d1, d2, flags)
}

// GrantSetup asks about caller and owner of the table.
func (m *Module) GrantSetup(cur, d1, d2 *xsm.Domain) error {
	if err := m.share(d1, d2); err != nil {
		return err
	}
	return m.Module.GrantSetup(cur, d1, d2)
}

// GrantTransfer asks about giver and taker.
func (m *Module) GrantTransfer(cur, d1, d2 *xsm.Domain) error {
	if err := m.share(d1, d2); err != nil {
		return err
	}
	return m.Module.GrantTransfer(cur, d1, d2)
}

// GrantCopy asks about the caller and each owner: data flows between all three.
func (m *Module) GrantCopy(cur, d1, d2 *xsm.Domain) error {
	for _, d := range []*xsm.Domain{d1, d2} {
		if err := m.share(cur, d); err != nil {
			return err
		}
	}
	return m.Module.GrantCopy(cur, d1, d2)
}

// MapGmfnForeign asks about mapper and owner.
func (m *Module) MapGmfnForeign(cur, d, t *xsm.Domain) error {
	if err := m.share(d, t); err != nil {
		return err
	}
	return m.Module.MapGmfnForeign(cur, d, t)
}

// MMUUpdate asks about the caller and the owner of the frames, I/O memory aside.
func (m *Module) MMUUpdate(cur, d, t, f *xsm.Domain, flags uint32) error {
	if f != nil && f.ID < abi.DOMID_FIRST_RESERVED {
		if err := m.share(d, f); err != nil {
			return err
		}
	}
	return m.Module.MMUUpdate(cur, d, t, f, flags)
}

// ArgoRegisterSingleSource asks about receiver and sender.
func (m *Module) ArgoRegisterSingleSource(cur, d, t *xsm.Domain) error {
	if err := m.share(d, t); err != nil {
		return err
	}
	return m.Module.ArgoRegisterSingleSource(cur, d, t)
}

// ArgoSend asks about sender and receiver.
func (m *Module) ArgoSend(cur, d, t *xsm.Domain) error {
	if err := m.share(d, t); err != nil {
		return err
	}
	return m.Module.ArgoSend(cur, d, t)
}

// resource decides whether a domain may be given a range: every labelled
// resource in it must share a type with the domain. Unlabelled ones may be given
// to anybody whom the toolstack chooses.
func (m *Module) resource(d *xsm.Domain, kind string, lo, hi uint64) error {
	s := m.state.Load()
	l := labelOf(d)
	if l == nil {
		return m.refuse()
	}
	for r, ref := range s.objects {
		if r.kind == kind && r.lo <= hi && lo <= r.hi && !s.labels[ref].ste.meets(s.labels[l.ssidref.Load()].ste) {
			return m.refuse()
		}
	}
	return nil
}

// AssignDevice asks about device and domain; testing names no domain.
func (m *Module) AssignDevice(cur, d *xsm.Domain, sbdf uint32) error {
	if d != nil && d.ID < abi.DOMID_FIRST_RESERVED {
		if err := m.resource(d, "pci", uint64(sbdf), uint64(sbdf)); err != nil {
			return err
		}
	}
	return m.Module.AssignDevice(cur, d, sbdf)
}

// IOMemPermission asks about the frames and the domain when access is given.
func (m *Module) IOMemPermission(cur, d *xsm.Domain, s, e uint64, allow bool) error {
	if allow {
		if err := m.resource(d, "iomem", s, e); err != nil {
			return err
		}
	}
	return m.Module.IOMemPermission(cur, d, s, e, allow)
}

// IOPortPermission asks about the ports and the domain when access is given.
func (m *Module) IOPortPermission(cur, d *xsm.Domain, s, e uint32, allow bool) error {
	if allow {
		if err := m.resource(d, "ioport", uint64(s), uint64(e)); err != nil {
			return err
		}
	}
	return m.Module.IOPortPermission(cur, d, s, e, allow)
}

// MapDomainIRQ asks about the interrupt and the domain.
func (m *Module) MapDomainIRQ(cur, d *xsm.Domain, irq int, dev *xsm.PCIDev) error {
	if err := m.resource(d, "irq", uint64(irq), uint64(irq)); err != nil {
		return err
	}
	return m.Module.MapDomainIRQ(cur, d, irq, dev)
}
