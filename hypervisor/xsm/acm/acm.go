// Package acm is the access control module of sHype: mandatory control of which
// domains may run together and which may share, without a policy language.
//
// Two components decide together. Chinese Wall: a domain runs only if no type
// that is running is in a conflict set with one of its own. Simple Type
// Enforcement (STE): two domains communicate (event channels, grants, mappings)
// only if they have a type in common, and a domain is given a resource only under
// a label it shares a type with; decisions are remembered per domain. What
// neither component speaks of is left to the dummy module's default actions.
//
// Creation of a domain is in three steps, as in sHype: pre_create asks every
// component, commit counts the domain's types as running, rollback undoes what an
// earlier component reserved when a later one refuses. Destruction takes the types
// away.
//
// Source: Sailer et al., "Building a MAC-based security architecture for the Xen
// open-source hypervisor", ACSAC 2005; Brewer and Nash, "The Chinese Wall
// security policy", 1989.
package acm

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/dummy"
)

// Module is the ACM module.
type Module struct {
	dummy.Module
	lookup xsm.Lookup

	lock   sync.Mutex // of changes; decisions read state
	state  atomic.Pointer[state]
	denied atomic.Uint64
	hits   atomic.Uint64
	misses atomic.Uint64
}

// state is a policy in force, compiled; it is replaced as a whole.
type state struct {
	policy  *Policy
	labels  []types // by SSIDRef; 0 has none
	running []int32 // domains that run, by Chinese Wall type; under Module.lock
	epoch   uint64  // caches of an older policy are void
	objects map[resource]uint32
}

// types are a label's types as bit sets of positions in the policy.
type types struct{ chw, ste bits }

// domainLabel is a domain's label and its STE decision cache.
type domainLabel struct {
	ssidref atomic.Uint32
	counted atomic.Bool // its Chinese Wall types are running
	cache   [cacheSize]atomic.Uint64
}

const cacheSize = 8

var (
	_ xsm.Hooks    = (*Module)(nil)
	_ xsm.Attacher = (*Module)(nil)
)

// New makes a module with a boot policy, which ParsePolicy has checked.
func New(p *Policy) *Module {
	m := &Module{}
	m.state.Store(compile(p, 1))
	return m
}

// Attach gives the module the hypervisor's domains.
func (m *Module) Attach(l xsm.Lookup) { m.lookup = l }

// Policy returns the policy in force.
func (m *Module) Policy() *Policy { return m.state.Load().policy }

// Stats counts refusals and the STE cache's hits and misses.
func (m *Module) Stats() (denied, hits, misses uint64) {
	return m.denied.Load(), m.hits.Load(), m.misses.Load()
}

// bits is a set of small numbers.
type bits []uint64

func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

func (b bits) meets(o bits) bool {
	for i := range b {
		if b[i]&o[i] != 0 {
			return true
		}
	}
	return false
}

// set gives the positions of names in all.
func set(names, all []string) bits {
	b := make(bits, len(all)/64+1)
	for _, n := range names {
		for i, a := range all {
			if a == n {
				b[i/64] |= 1 << (i % 64)
			}
		}
	}
	return b
}

func compile(p *Policy, epoch uint64) *state {
	s := &state{policy: p, epoch: epoch, running: make([]int32, len(p.ChineseWall.Types)), objects: map[resource]uint32{}}
	s.labels = append(s.labels, types{set(nil, p.ChineseWall.Types), set(nil, p.STE.Types)})
	for i, l := range p.Labels {
		s.labels = append(s.labels, types{set(l.CHWT, p.ChineseWall.Types), set(l.STET, p.STE.Types)})
		for _, text := range l.Resources {
			if r, err := parseResource(text); err == nil {
				s.objects[r] = uint32(i + 1)
			}
		}
	}
	return s
}

func labelOf(d *xsm.Domain) *domainLabel {
	l, _ := d.Label.(*domainLabel)
	return l
}

// AllocSecurityDomain gives a domain the null label.
func (m *Module) AllocSecurityDomain(_, d *xsm.Domain) error {
	d.Label = &domainLabel{}
	return nil
}

// FreeSecurityDomain ends a domain: its Chinese Wall types no longer run.
func (m *Module) FreeSecurityDomain(_, d *xsm.Domain) {
	l := labelOf(d)
	if l == nil {
		return
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	if l.counted.Swap(false) {
		m.state.Load().count(l.ssidref.Load(), -1)
	}
	d.Label = nil
}

// SecurityDomainInfo reports the label.
func (m *Module) SecurityDomainInfo(_, d *xsm.Domain, info *xsm.DomainInfo) {
	if l := labelOf(d); l != nil {
		info.SSIDRef = l.ssidref.Load()
	}
}

// DomainCreate labels a domain and asks both components. A privileged domain
// without a label is the one made at boot and gets the bootstrap label; any other
// needs one.
func (m *Module) DomainCreate(cur, d *xsm.Domain, ssidref uint32) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	s := m.state.Load()
	if ssidref == 0 && d.IsControl() {
		ssidref = s.policy.SSIDRef(s.policy.Bootstrap)
	}
	if ssidref == 0 || int(ssidref) >= len(s.labels) {
		return m.refuse()
	}
	if !s.preCreate(ssidref) {
		return m.refuse()
	}
	l := labelOf(d)
	l.ssidref.Store(ssidref)
	s.count(ssidref, 1) // commit
	l.counted.Store(true)
	if err := m.Module.DomainCreate(cur, d, ssidref); err != nil {
		l.counted.Store(false) // rollback
		s.count(ssidref, -1)
		l.ssidref.Store(0)
		return err
	}
	return nil
}

// preCreate asks the Chinese Wall: no type that runs may conflict with the
// label's. STE has nothing to say about a new domain alone.
func (s *state) preCreate(ssidref uint32) bool {
	mine := s.labels[ssidref].chw
	for _, set := range s.policy.ChineseWall.Conflicts {
		for i, t := range s.policy.ChineseWall.Types {
			if !mine.has(i) || !contains(set, t) {
				continue
			}
			if s.othersRun(set, t) {
				return false
			}
		}
	}
	return true
}

// othersRun reports whether a type of a conflict set other than t runs.
func (s *state) othersRun(set []string, t string) bool {
	for i, o := range s.policy.ChineseWall.Types {
		if o != t && contains(set, o) && s.running[i] > 0 {
			return true
		}
	}
	return false
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// count adds n domains of a label's Chinese Wall types. Module.lock held.
func (s *state) count(ssidref uint32, n int32) {
	for i := range s.running {
		if s.labels[ssidref].chw.has(i) {
			s.running[i] += n
		}
	}
}

func (m *Module) refuse() error {
	m.denied.Add(1)
	return abi.EACCES
}

// share decides by STE whether two domains may communicate. The idle and system
// domains have no label and are the hypervisor itself.
func (m *Module) share(a, b *xsm.Domain) error {
	if a == b {
		return nil
	}
	la, lb := labelOf(a), labelOf(b)
	if la == nil || lb == nil {
		return m.refuse()
	}
	s := m.state.Load()
	if len(s.policy.STE.Types) == 0 {
		return nil
	}
	ra, rb := la.ssidref.Load(), lb.ssidref.Load()
	slot := &la.cache[rb%cacheSize]
	key := s.epoch<<34 | uint64(ra)<<18 | uint64(rb)<<2
	if v := slot.Load(); v&^3 == key {
		m.hits.Add(1)
		if v&1 != 0 {
			return nil
		}
		return m.refuse()
	}
	m.misses.Add(1)
	if s.labels[ra].ste.meets(s.labels[rb].ste) {
		slot.Store(key | 1)
		return nil
	}
	slot.Store(key)
	return m.refuse()
}

// Load puts another policy in force if every running domain keeps a meaning
// under it: each label must exist there by name, and what runs must not conflict.
// The error says which domain stands in the way; the old policy stays.
func (m *Module) Load(p *Policy, running []*xsm.Domain) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	old := m.state.Load()
	next := compile(p, old.epoch+1)
	moved := map[*domainLabel]uint32{}
	for _, d := range running {
		l := labelOf(d)
		if l == nil || l.ssidref.Load() == 0 {
			continue
		}
		name := old.policy.Labels[l.ssidref.Load()-1].Name
		ref := p.SSIDRef(name)
		if ref == 0 {
			return fmt.Errorf("policy %s has no label %q, which domain %d has: %w", p.Name, name, d.ID, abi.EINVAL)
		}
		if !next.preCreate(ref) {
			return fmt.Errorf("domain %d conflicts with another under policy %s: %w", d.ID, p.Name, abi.EBUSY)
		}
		next.count(ref, 1)
		moved[l] = ref
	}
	for l, ref := range moved {
		l.ssidref.Store(ref)
	}
	m.state.Store(next)
	return nil
}
