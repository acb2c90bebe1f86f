package flask

import (
	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/ss"
)

// findBool replaces NoID by the number of the boolean called Name; an unknown
// name leaves a number that no boolean has.
func (m *Module) findBool(a *Boolean) error {
	if a.ID != NoID {
		return nil
	}
	if len(a.Name) > maxString {
		return abi.EINVAL
	}
	if id, err := m.server.FindBool(a.Name); err == nil {
		a.ID = uint32(id)
	}
	a.Size = 0
	return nil
}

func values(bools []ss.Bool) []bool {
	out := make([]bool, len(bools))
	for i, b := range bools {
		out[i] = b.State
	}
	return out
}

func (m *Module) setBool(cur *xsm.Domain, a *Boolean) error {
	if err := m.may(cur, "setbool"); err != nil {
		return err
	}
	if err := m.findBool(a); err != nil {
		return err
	}
	m.boolMu.Lock()
	defer m.boolMu.Unlock()
	inForce := values(m.server.Bools())
	if uint64(a.ID) >= uint64(len(inForce)) {
		return abi.ENOENT
	}
	if m.pending == nil && !a.Commit {
		m.pending = values(m.server.Bools())
	}
	if m.pending != nil {
		m.pending[a.ID] = a.NewValue
	}
	a.Pending, a.Enforcing = a.NewValue, inForce[a.ID]
	if !a.Commit {
		return nil
	}
	a.Enforcing = a.NewValue
	inForce[a.ID] = a.NewValue
	return m.server.SetBools(inForce)
}

func (m *Module) getBool(_ *xsm.Domain, a *Boolean) error {
	if err := m.findBool(a); err != nil {
		return err
	}
	m.boolMu.Lock()
	defer m.boolMu.Unlock()
	bools := m.server.Bools()
	if uint64(a.ID) >= uint64(len(bools)) {
		return abi.ENOENT
	}
	b := bools[a.ID]
	a.Enforcing, a.Pending = b.State, b.State
	if m.pending != nil {
		a.Pending = m.pending[a.ID]
	}
	if a.Size == 0 {
		return nil
	}
	room := a.Size
	a.Size = uint32(len(b.Name))
	if a.Size > room {
		return abi.ERANGE
	}
	a.Name = b.Name
	return nil
}

// commitBools puts all pending values in force at once; it takes no argument.
func (m *Module) commitBools(cur *xsm.Domain, _ any) error {
	if err := m.may(cur, "setbool"); err != nil {
		return err
	}
	m.boolMu.Lock()
	defer m.boolMu.Unlock()
	if m.pending == nil {
		return nil
	}
	return m.server.SetBools(m.pending)
}

func (m *Module) addOContext(cur *xsm.Domain, a *OContext) error {
	if a.Low > a.High {
		return abi.EINVAL
	}
	if err := m.may(cur, "add_ocontext"); err != nil {
		return err
	}
	return m.server.AddObject(ss.ObjectKind(a.Kind), a.Low, a.High, a.SID)
}

func (m *Module) delOContext(cur *xsm.Domain, a *OContext) error {
	if a.Low > a.High {
		return abi.EINVAL
	}
	if err := m.may(cur, "del_ocontext"); err != nil {
		return err
	}
	return m.server.DelObject(ss.ObjectKind(a.Kind), a.Low, a.High)
}

func (m *Module) labelDeviceTree(cur *xsm.Domain, a *DeviceTreeLabel) error {
	perm := "add_ocontext"
	if a.SID == 0 {
		perm = "del_ocontext"
	}
	if err := m.may(cur, perm); err != nil {
		return err
	}
	if len(a.Path) > maxString {
		return abi.EINVAL
	}
	return m.server.SetDeviceTreeLabel(a.Path, a.SID)
}

func (m *Module) peerSID(cur *xsm.Domain, a *PeerSID) error {
	if m.peer == nil {
		return abi.EINVAL
	}
	peer := m.peer(cur, a.Port)
	if peer == nil {
		return abi.EINVAL
	}
	a.SID = DomainSID(peer)
	return nil
}

// relabelDomain gives a running domain another label.
func (m *Module) relabelDomain(cur *xsm.Domain, a *Relabel) error {
	d := m.find(cur, xsm.DomID(a.DomID))
	l := labelOf(d)
	if l == nil {
		return abi.ESRCH
	}
	old := SID(l.sid.Load())
	if a.DomID == abi.DOMID_SELF {
		if err := m.between(cur, cur, d, old, a.SID, m.perms.relabelSelf); err != nil {
			return err
		}
	} else {
		if err := m.between(cur, cur, d, DomainSID(cur), old, m.perms.relabelFrom); err != nil {
			return err
		}
		if err := m.between(cur, cur, d, DomainSID(cur), a.SID, m.perms.relabelTo); err != nil {
			return err
		}
	}
	if err := m.between(cur, cur, d, old, a.SID, m.perms.transition); err != nil {
		return err
	}
	_ = m.relabel(l, a.SID) // without a self label the domain has its own, as in Xen
	if target := d.Target(); target != nil {
		_ = m.retarget(l, target) // the old target label stays, as in Xen
	}
	return nil
}
