package ss

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/vectors"
)

// Options configure a Server.
type Options struct {
	// Definitions are the hypervisor's classes, permissions and initial SIDs; a
	// policy must define all of them. The SIDs xen, unlabeled, irq, ioport, iomem
	// and device must be among them.
	Definitions *vectors.Definitions
	Rules       Rules
	Permissive  bool // start without enforcing
	// MaxSIDs bounds the SIDs in use; 0 means 1<<20.
	MaxSIDs int
	// Log receives what Xen prints on its console, without a final newline. nil drops it.
	Log func(line string)
}

const defaultMaxSIDs = 1 << 20

// initialSIDs are the numbers of the SIDs that the server itself refers to.
type initialSIDs struct{ xen, unlabeled, irq, ioport, iomem, device policydb.SID }

// Server is a security server. All methods may be called concurrently.
type Server struct {
	defs      *vectors.Definitions
	rules     Rules
	maxSIDs   int
	log       func(string)
	isid      initialSIDs
	domain    policydb.Class
	enforcing atomic.Bool
	state     atomic.Pointer[state] // nil before the first policy

	mu       sync.Mutex    // serialises everything that publishes a state or adds a SID
	onChange func(uint32)  // called with mu held after a state is published
	seqno    atomic.Uint32 // of the latest state
}

// state is what decisions are made from. It is immutable but for the SID table,
// which only grows, and the cached SIDs of objects.
type state struct {
	prog  *program
	bools []bool
	conds []int8 // truth of each conditional
	sids  *sidTable
	objs  *objects
	seqno uint32
}

// New returns a server without a policy: it allows everything and knows the
// initial SIDs by their bare names.
func New(o Options) (*Server, error) {
	if o.Definitions == nil {
		return nil, fmt.Errorf("flask: no definitions of classes and initial SIDs")
	}
	s := &Server{defs: o.Definitions, rules: o.Rules, maxSIDs: o.MaxSIDs, log: o.Log}
	if s.maxSIDs <= 0 {
		s.maxSIDs = defaultMaxSIDs
	}
	if s.log == nil {
		s.log = func(string) {}
	}
	for name, sid := range map[string]*policydb.SID{"xen": &s.isid.xen, "unlabeled": &s.isid.unlabeled,
		"irq": &s.isid.irq, "ioport": &s.isid.ioport, "iomem": &s.isid.iomem, "device": &s.isid.device} {
		if *sid = s.defs.SID(name); *sid == 0 {
			return nil, fmt.Errorf("flask: the definitions have no initial SID %s", name)
		}
	}
	s.domain = s.defs.Class("domain")
	s.enforcing.Store(!o.Permissive)
	return s, nil
}

// Definitions returns the hypervisor's classes, permissions and initial SIDs.
func (s *Server) Definitions() *vectors.Definitions { return s.defs }

// OnChange sets the function that is told each new sequence number, for caches
// of decisions. It is called under the server's lock and must not call back.
func (s *Server) OnChange(f func(seqno uint32)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onChange = f
}

// Enforcing reports whether denials have an effect.
func (s *Server) Enforcing() bool { return s.enforcing.Load() }

// SetEnforcing switches between enforcing and permissive mode. Caches of
// decisions must be flushed when enforcing begins.
func (s *Server) SetEnforcing(on bool) { s.enforcing.Store(on) }

// Loaded reports whether the server has a policy.
func (s *Server) Loaded() bool { return s.state.Load() != nil }

// Policy returns the policy in force, nil before the first.
func (s *Server) Policy() *policydb.Policy {
	if st := s.state.Load(); st != nil {
		return st.prog.Policy
	}
	return nil
}

// MLS reports whether the policy in force has levels.
func (s *Server) MLS() bool {
	p := s.Policy()
	return p != nil && p.MLS
}

// AllowUnknown reports whether the policy wants operations allowed that the
// hypervisor has no permission for.
func (s *Server) AllowUnknown() bool {
	p := s.Policy()
	return p != nil && p.HandleUnknown == policydb.UnknownAllow
}

// Seqno returns the number of states published so far.
func (s *Server) Seqno() uint32 { return s.seqno.Load() }

// publish makes st the state in force; mu is held.
func (s *Server) publish(st *state) {
	st.seqno = s.seqno.Load() + 1
	s.seqno.Store(st.seqno)
	s.state.Store(st)
	if s.onChange != nil {
		s.onChange(st.seqno)
	}
}

// entry returns the context of sid, or that of unlabeled if sid is not in use.
func (s *Server) entry(st *state, sid policydb.SID) (*sidEntry, error) {
	if e := st.sids.get(sid); e != nil {
		return e, nil
	}
	if e := st.sids.get(s.isid.unlabeled); e != nil {
		return e, nil
	}
	return nil, abi.EINVAL
}

// ComputeAV decides what ssid may do to tsid. The error is EINVAL for a class
// that the policy does not have.
func (s *Server) ComputeAV(ssid, tsid policydb.SID, class policydb.Class) (Decision, error) {
	st := s.state.Load()
	if st == nil {
		return Decision{Allowed: ^policydb.AV(0), AuditDeny: ^policydb.AV(0)}, nil
	}
	d := Decision{AuditDeny: ^policydb.AV(0), Seqno: st.seqno}
	source, err := s.entry(st, ssid)
	if err != nil {
		return d, err
	}
	target, err := s.entry(st, tsid)
	if err != nil {
		return d, err
	}
	d.Permissive = source.permissive
	if class == 0 || int(class) > len(st.prog.Classes) {
		return d, abi.EINVAL
	}
	st.prog.computeAV(st.conds, &source.ctx, &target.ctx, class, &d)
	return d, nil
}

// TransitionSID labels a new object that ssid makes in tsid.
func (s *Server) TransitionSID(ssid, tsid policydb.SID, class policydb.Class) (policydb.SID, error) {
	return s.computeSID(ssid, tsid, class, policydb.RuleTransition)
}

// MemberSID selects the member of a polyinstantiated object.
func (s *Server) MemberSID(ssid, tsid policydb.SID, class policydb.Class) (policydb.SID, error) {
	return s.computeSID(ssid, tsid, class, policydb.RuleMember)
}

// ChangeSID labels an object that is relabelled for ssid.
func (s *Server) ChangeSID(ssid, tsid policydb.SID, class policydb.Class) (policydb.SID, error) {
	return s.computeSID(ssid, tsid, class, policydb.RuleChange)
}

// computeSID returns EACCES when the policy does not permit the label, unless
// the server is permissive.
func (s *Server) computeSID(ssid, tsid policydb.SID, class policydb.Class, kind policydb.RuleKind) (policydb.SID, error) {
	for {
		st := s.state.Load()
		if st == nil {
			if class == s.domain {
				return ssid, nil
			}
			return tsid, nil
		}
		source, err := s.entry(st, ssid)
		if err != nil {
			return 0, err
		}
		target, err := s.entry(st, tsid)
		if err != nil {
			return 0, err
		}
		c := st.prog.newContext(st.conds, &source.ctx, &target.ctx, class, kind)
		if !st.prog.ContextValid(&c) {
			s.logInvalid(st, &c, source, target, class)
			if s.Enforcing() {
				return 0, abi.EACCES
			}
		}
		if sid, err := s.intern(st, &c); err != errReload {
			return sid, err
		}
	}
}

func (s *Server) logInvalid(st *state, c *policydb.Context, source, target *sidEntry, class policydb.Class) {
	p := st.prog
	name := "?"
	if class != 0 && int(class) <= len(p.Classes) {
		name = p.Classes[class-1].Name
	}
	s.log(fmt.Sprintf("security_compute_sid:  invalid context %s for scontext=%s tcontext=%s tclass=%s",
		p.FormatContext(c), p.FormatContext(&source.ctx), p.FormatContext(&target.ctx), name))
}

// intern returns the SID of a context, a new one if it has none. It returns
// errReload if st is not in force any more when a SID has to be added.
func (s *Server) intern(st *state, c *policydb.Context) (policydb.SID, error) {
	hash := hashContext(c)
	if sid := st.sids.find(c, hash); sid != 0 {
		return sid, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Load().sids != st.sids {
		return 0, errReload
	}
	if sid := st.sids.find(c, hash); sid != 0 {
		return sid, nil
	}
	sid := st.sids.nextSID()
	if int(sid) > s.maxSIDs {
		return 0, abi.ENOMEM
	}
	st.sids.add(&sidEntry{sid: sid, permissive: st.prog.Permissive.Has(c.Type), hash: hash, ctx: *c})
	return sid, nil
}

// SIDToContext returns the context of sid as a string; a SID that is not in use
// has that of unlabeled. Before the first policy, initial SIDs have their names.
func (s *Server) SIDToContext(sid policydb.SID) (string, error) {
	st := s.state.Load()
	if st == nil {
		if sid == 0 || int(sid) > len(s.defs.SIDs) {
			return "", abi.EINVAL
		}
		return s.defs.SIDs[sid-1], nil
	}
	e, err := s.entry(st, sid)
	if err != nil {
		return "", err
	}
	return st.prog.FormatContext(&e.ctx), nil
}

// ContextToSID returns the SID of a context, allocating one if need be. The
// error wraps EINVAL and a *policydb.ContextError for a context that the policy
// does not permit.
func (s *Server) ContextToSID(context string) (policydb.SID, error) {
	for {
		st := s.state.Load()
		if st == nil {
			if sid := s.defs.SID(context); sid != 0 {
				return sid, nil
			}
			return s.isid.xen, nil
		}
		c, err := st.prog.ParseContext(context)
		if err != nil {
			return 0, fmt.Errorf("%w: %w", abi.EINVAL, err)
		}
		if sid, err := s.intern(st, &c); err != errReload {
			return sid, err
		}
	}
}

// ValidateTransition applies the validatetrans constraints to a relabelling from
// old to new by task. It returns EPERM if one fails in enforcing mode.
func (s *Server) ValidateTransition(old, new, task policydb.SID, class policydb.Class) error {
	st := s.state.Load()
	if st == nil {
		return nil
	}
	if class == 0 || int(class) > len(st.prog.Classes) {
		return abi.EINVAL
	}
	var e [3]*sidEntry
	for i, sid := range []policydb.SID{old, new, task} {
		var err error
		if e[i], err = s.entry(st, sid); err != nil {
			return err
		}
	}
	p := st.prog
	for _, c := range p.Classes[class-1].ValidateTrans {
		if evaluate(p.Policy, c.Expr, &e[0].ctx, &e[1].ctx, &e[2].ctx) {
			continue
		}
		s.log(fmt.Sprintf("security_validate_transition:  denied for oldcontext=%s newcontext=%s taskcontext=%s tclass=%s",
			p.FormatContext(&e[0].ctx), p.FormatContext(&e[1].ctx), p.FormatContext(&e[2].ctx), p.Classes[class-1].Name))
		if s.Enforcing() {
			return abi.EPERM
		}
		return nil
	}
	return nil
}
