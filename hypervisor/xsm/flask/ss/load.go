package ss

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
)

// Load puts a binary policy in force. Booleans that it shares with the old one
// keep their state. SIDs in use stay valid: their contexts are translated by
// name, and those that the new policy lacks or does not permit fall back to
// unlabeled. The initial SIDs keep the contexts of the first policy, as in Xen.
// The error is a *LoadError, and the old policy stays.
func (s *Server) Load(data []byte) error {
	p, err := policydb.Read(data)
	if err != nil {
		return s.refuse(err.Error(), err)
	}
	if err := s.supported(p); err != nil {
		return err
	}
	prog := compile(p, s.rules)
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.state.Load()
	if old != nil && old.prog.MLS != p.MLS {
		return s.refuse("cannot switch between policies with and without MLS", nil)
	}
	st := &state{prog: prog, bools: preserveBools(old, p), sids: newSIDTable(), objs: newObjects(p)}
	st.conds = evaluateConds(p, st.bools)
	if old == nil {
		initial := slices.Clone(p.InitialSIDs)
		slices.SortFunc(initial, func(a, b policydb.InitialSID) int { return cmp.Compare(a.SID, b.SID) })
		for _, i := range initial {
			st.sids.add(newEntry(prog, i.SID, i.Context))
		}
	} else {
		s.convertSIDs(old, st)
	}
	s.publish(st)
	return nil
}

func (s *Server) refuse(reason string, cause error) error {
	s.log("Flask:  " + reason)
	return &LoadError{Reason: reason, Cause: cause}
}

func newEntry(prog *program, sid policydb.SID, c policydb.Context) *sidEntry {
	return &sidEntry{sid: sid, permissive: prog.Permissive.Has(c.Type), hash: hashContext(&c), ctx: c}
}

// supported refuses what Xen refuses and policies that lack a class or
// permission of the hypervisor.
func (s *Server) supported(p *policydb.Policy) error {
	if s.rules == Xen {
		for _, c := range p.Classes {
			if c.Common != nil {
				return s.refuse("classes with common prefixes are not supported", nil)
			}
		}
		if len(p.FilenameTransitions) > 0 {
			return s.refuse("filename transitions are not supported", nil)
		}
	}
	for i, want := range s.defs.Classes {
		if i >= len(p.Classes) {
			return s.refuse(fmt.Sprintf("class %s not defined in policy", want.Name), nil)
		}
		have := p.Classes[i]
		if have.Name != want.Name {
			return s.refuse(fmt.Sprintf("class %d is incorrect, found %s but should be %s", i+1, have.Name, want.Name), nil)
		}
		if reason := missingPerm(have, want.Perms); reason != "" {
			return s.refuse(reason, nil)
		}
	}
	return nil
}

// missingPerm compares the permissions of a class, with Xen's words.
func missingPerm(have *policydb.ClassInfo, want []string) string {
	for i, perm := range want {
		av, ok := have.Perms[perm]
		switch {
		case i >= have.NPerms:
			return fmt.Sprintf("permission %s in class %s not defined in policy", perm, have.Name)
		case !ok:
			return fmt.Sprintf("permission %s in class %s not found in policy", perm, have.Name)
		case av != 1<<i:
			return fmt.Sprintf("permission %s in class %s has incorrect value", perm, have.Name)
		}
	}
	return ""
}

func preserveBools(old *state, p *policydb.Policy) []bool {
	out := make([]bool, len(p.Bools))
	for i, b := range p.Bools {
		out[i] = b.State
		if old == nil {
			continue
		}
		if j, ok := old.prog.BoolByName(b.Name); ok {
			out[i] = old.bools[j]
		}
	}
	return out
}

func evaluateConds(p *policydb.Policy, bools []bool) []int8 {
	out := make([]int8, len(p.Conds))
	for i := range p.Conds {
		out[i] = truth(p.Conds[i].Expr, bools)
	}
	return out
}

// convertSIDs fills the table of a new state from an old one.
func (s *Server) convertSIDs(old, st *state) {
	p := st.prog
	old.sids.each(func(e *sidEntry) {
		c, known := p.ConvertContext(old.prog.Policy, &e.ctx)
		valid := known && p.ContextValid(&c)
		switch {
		case valid:
		case known && !s.Enforcing():
			s.log(fmt.Sprintf("Flask:  context %s is invalid", old.prog.FormatContext(&e.ctx)))
		default:
			s.log(fmt.Sprintf("Flask:  invalidating context %s", old.prog.FormatContext(&e.ctx)))
			return
		}
		st.sids.add(newEntry(p, e.sid, c))
	})
	// Keep the numbers of invalidated SIDs out of use.
	all := *st.sids.bySID.Load()
	for uint64(len(all)) < uint64(old.sids.nextSID()) {
		all = append(all, nil)
	}
	st.sids.bySID.Store(&all)
}

// Bool is a boolean with its state.
type Bool struct {
	Name  string
	State bool
}

// Bools returns the booleans of the policy in force, in the policy's order.
func (s *Server) Bools() []Bool {
	st := s.state.Load()
	if st == nil {
		return nil
	}
	out := make([]Bool, len(st.bools))
	for i := range out {
		out[i] = Bool{st.prog.Bools[i].Name, st.bools[i]}
	}
	return out
}

// FindBool returns the number of a boolean; ENOENT if the policy lacks it.
func (s *Server) FindBool(name string) (int, error) {
	if st := s.state.Load(); st != nil {
		if i, ok := st.prog.BoolByName(name); ok {
			return i, nil
		}
	}
	return 0, abi.ENOENT
}

// SetBools gives all booleans new states at once. The error is EFAULT if the
// policy in force does not have as many.
func (s *Server) SetBools(values []bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.state.Load()
	if old == nil {
		if len(values) == 0 {
			return nil
		}
		return abi.EFAULT
	}
	if len(values) != len(old.bools) {
		return abi.EFAULT
	}
	st := *old
	st.bools = append([]bool(nil), values...)
	st.conds = evaluateConds(st.prog.Policy, st.bools)
	s.logBools(&st)
	s.publish(&st)
	return nil
}

func (s *Server) logBools(st *state) {
	var parts []string
	for i, b := range st.prog.Bools {
		parts = append(parts, fmt.Sprintf("%s:%d", b.Name, bit(st.bools[i])))
	}
	s.log("Flask: committed booleans { " + strings.Join(parts, ", ") + " }")
}
