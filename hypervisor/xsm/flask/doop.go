package flask

import (
	"errors"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/ss"
)

// command is how one command of the security hypercall is served.
type command func(m *Module, cur *xsm.Domain, arg any) error

// serve makes a command of a function that takes a certain argument; another
// type of argument, or a nil one, is a bad address.
func serve[T any](f func(m *Module, cur *xsm.Domain, a *T) error) command {
	return func(m *Module, cur *xsm.Domain, arg any) error {
		a, ok := arg.(*T)
		if !ok || a == nil {
			return abi.EFAULT
		}
		return f(m, cur, a)
	}
}

// value makes a command of a function that returns a number.
func value(f func(m *Module) uint32) command {
	return serve(func(m *Module, _ *xsm.Domain, a *Value) error {
		a.Value = f(m)
		return nil
	})
}

func flag(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// maxVersion is the highest policy version that can be loaded.
const maxVersion = 30

// commands returns the table of commands. FLASK_USER and FLASK_DISABLE are not
// implemented, as in Xen.
func commands() map[uint32]command {
	return map[uint32]command{
		abi.FLASK_LOAD:             serve((*Module).load),
		abi.FLASK_GETENFORCE:       value(func(m *Module) uint32 { return flag(m.server.Enforcing()) }),
		abi.FLASK_SETENFORCE:       serve((*Module).setEnforce),
		abi.FLASK_CONTEXT_TO_SID:   serve((*Module).contextToSID),
		abi.FLASK_SID_TO_CONTEXT:   serve((*Module).sidToContext),
		abi.FLASK_ACCESS:           serve((*Module).access),
		abi.FLASK_CREATE:           transition("compute_create", (*ss.Server).TransitionSID),
		abi.FLASK_RELABEL:          transition("compute_relabel", (*ss.Server).ChangeSID),
		abi.FLASK_MEMBER:           transition("compute_member", (*ss.Server).MemberSID),
		abi.FLASK_POLICYVERS:       value(func(*Module) uint32 { return maxVersion }),
		abi.FLASK_GETBOOL:          serve((*Module).getBool),
		abi.FLASK_SETBOOL:          serve((*Module).setBool),
		abi.FLASK_COMMITBOOLS:      (*Module).commitBools,
		abi.FLASK_MLS:              value(func(m *Module) uint32 { return flag(m.server.MLS()) }),
		abi.FLASK_GETAVC_THRESHOLD: value(func(m *Module) uint32 { return m.cache.Threshold() }),
		abi.FLASK_SETAVC_THRESHOLD: serve((*Module).setThreshold),
		abi.FLASK_AVC_HASHSTATS:    serve((*Module).hashStats),
		abi.FLASK_AVC_CACHESTATS:   serve((*Module).cacheStats),
		abi.FLASK_ADD_OCONTEXT:     serve((*Module).addOContext),
		abi.FLASK_DEL_OCONTEXT:     serve((*Module).delOContext),
		abi.FLASK_GET_PEER_SID:     serve((*Module).peerSID),
		abi.FLASK_RELABEL_DOMAIN:   serve((*Module).relabelDomain),
		abi.FLASK_DEVICETREE_LABEL: serve((*Module).labelDeviceTree),
	}
}

// DoXSMOp serves the security hypercall. The error is an abi.Errno, possibly
// with more to say around it (errors.As finds it).
func (m *Module) DoXSMOp(cur *xsm.Domain, op *xsm.Op) error {
	serve, ok := m.commands[op.Cmd]
	if !ok {
		return abi.ENOSYS
	}
	err := serve(m, cur, op.Arg)
	var number abi.Errno
	if err == nil || errors.As(err, &number) {
		return err
	}
	return errors.Join(abi.EINVAL, err)
}

// DoCompatOp is DoXSMOp for 32-bit callers, whose arguments have been widened.
func (m *Module) DoCompatOp(cur *xsm.Domain, op *xsm.Op) error { return m.DoXSMOp(cur, op) }

// may decides whether the caller has a permission on the security server.
func (m *Module) may(cur *xsm.Domain, perm string) error {
	if labelOf(cur) == nil {
		return abi.EACCES
	}
	return m.CurrentHas(cur, m.sids.security, m.perms.security[perm])
}

func (m *Module) load(cur *xsm.Domain, a *Load) error {
	if err := m.may(cur, "load_policy"); err != nil {
		return err
	}
	m.boolMu.Lock()
	defer m.boolMu.Unlock()
	first := !m.server.Loaded()
	if err := m.server.Load(a.Policy); err != nil {
		return err
	}
	if first {
		m.log("Flask: Policy loaded, continuing in " + m.mode() + " mode.")
	}
	m.pending = nil
	return nil
}

func (m *Module) setEnforce(cur *xsm.Domain, a *SetEnforce) error {
	on := a.Enforcing != 0
	if on == m.server.Enforcing() {
		return nil
	}
	if err := m.may(cur, "setenforce"); err != nil {
		return err
	}
	m.server.SetEnforcing(on)
	if on {
		m.cache.Flush()
	}
	return nil
}

func (m *Module) contextToSID(cur *xsm.Domain, a *SIDContext) error {
	if err := m.may(cur, "check_context"); err != nil {
		return err
	}
	if len(a.Context) > maxString {
		return abi.EINVAL
	}
	sid, err := m.server.ContextToSID(a.Context)
	a.SID = sid
	return err
}

func (m *Module) sidToContext(cur *xsm.Domain, a *SIDContext) error {
	if err := m.may(cur, "check_context"); err != nil {
		return err
	}
	context, err := m.server.SIDToContext(a.SID)
	if err != nil {
		return err
	}
	room := a.Size
	a.Size = uint32(len(context)) + 1
	if a.Size > room {
		return abi.ERANGE
	}
	a.Context = context
	return nil
}

func (m *Module) access(cur *xsm.Domain, a *Access) error {
	if err := m.may(cur, "compute_av"); err != nil {
		return err
	}
	d, err := m.server.ComputeAV(a.SSID, a.TSID, a.Class)
	if err != nil {
		return err
	}
	a.Allowed, a.AuditAllow, a.AuditDeny, a.Seqno = d.Allowed, d.AuditAllow, d.AuditDeny, d.Seqno
	return nil
}

// transition serves the three commands that compute a new label.
func transition(perm string, compute func(*ss.Server, SID, SID, Class) (SID, error)) command {
	return serve(func(m *Module, cur *xsm.Domain, a *Transition) error {
		if err := m.may(cur, perm); err != nil {
			return err
		}
		sid, err := compute(m.server, a.SSID, a.TSID, a.Class)
		a.NewSID = sid
		return err
	})
}

func (m *Module) setThreshold(cur *xsm.Domain, a *Threshold) error {
	if a.Threshold == m.cache.Threshold() {
		return nil
	}
	if err := m.may(cur, "setsecparam"); err != nil {
		return err
	}
	m.cache.SetThreshold(a.Threshold)
	return nil
}

func (m *Module) hashStats(_ *xsm.Domain, a *HashStats) error {
	s := m.cache.HashStats()
	*a = HashStats{s.Entries, s.BucketsUsed, s.BucketsTotal, s.MaxChain}
	return nil
}

func (m *Module) cacheStats(_ *xsm.Domain, a *CacheStats) error {
	if a.CPU != 0 {
		return abi.ENOENT
	}
	s := m.cache.Stats()
	*a = CacheStats{0, uint32(s.Lookups), uint32(s.Hits), uint32(s.Misses), uint32(s.Allocations), uint32(s.Reclaims), uint32(s.Frees)}
	return nil
}
