package ss

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
)

// key packs the types and class of a rule; it is never 0.
func key(source, target uint32, class policydb.Class) uint64 {
	return uint64(class)<<32 | uint64(source)<<16 | uint64(target)
}

// condRule is a rule that applies while a conditional is in one state.
type condRule struct {
	cond uint32
	when int8 // 1 or 0
	kind policydb.RuleKind
	data uint32
}

// slot holds all rules of one key.
type slot struct {
	key                          uint64
	allow, auditAllow, auditDeny uint32
	first, conds                 uint32 // condRules
}

// ruleTable finds the rules of a key by open addressing.
type ruleTable struct {
	shift uint8
	slots []slot
	conds []condRule
	// Per class, the types and attributes that occur as source and as target:
	// most attributes of a type need not be looked up at all.
	sources, targets []policydb.Bitmap
}

const hashFactor = 0x9e3779b97f4a7c15

// find returns the slot of k, nil if there is none.
func (t *ruleTable) find(k uint64) *slot {
	mask := uint64(len(t.slots) - 1)
	for i := k * hashFactor >> t.shift; ; i++ {
		s := &t.slots[i&mask]
		if s.key == k {
			return s
		}
		if s.key == 0 {
			return nil
		}
	}
}

// enter returns the slot of k, new if need be.
func (t *ruleTable) enter(k uint64) *slot {
	mask := uint64(len(t.slots) - 1)
	for i := k * hashFactor >> t.shift; ; i++ {
		s := &t.slots[i&mask]
		if s.key == 0 {
			*s = slot{key: k, auditDeny: ^uint32(0)}
		}
		if s.key == k {
			return s
		}
	}
}

// keyedCond is a conditional rule before its slot is known.
type keyedCond struct {
	key  uint64
	rule condRule
}

// newRuleTable compiles the access vector rules of a policy.
func newRuleTable(p *policydb.Policy) *ruleTable {
	var conds []keyedCond
	collect := func(i int, when int8, rules []policydb.Rule) {
		for _, r := range rules {
			if !r.Kind.IsType() {
				conds = append(conds, keyedCond{key(uint32(r.Source), uint32(r.Target), r.Class), condRule{uint32(i), when, r.Kind, r.Data}})
			}
		}
	}
	for i := range p.Conds {
		collect(i, 1, p.Conds[i].True)
		collect(i, 0, p.Conds[i].False)
	}
	slices.SortStableFunc(conds, func(a, b keyedCond) int { return cmp.Compare(a.key, b.key) })
	t := &ruleTable{sources: make([]policydb.Bitmap, len(p.Classes)), targets: make([]policydb.Bitmap, len(p.Classes))}
	size := bits.Len(uint(2*(len(p.Rules)+len(conds)) + 1))
	t.shift = uint8(64 - size)
	t.slots = make([]slot, 1<<size)
	for i := range p.Rules {
		t.addRule(&p.Rules[i])
	}
	t.addConds(conds)
	t.markUsed()
	return t
}

func (t *ruleTable) addRule(r *policydb.Rule) {
	if r.Kind.IsType() {
		return
	}
	s := t.enter(key(uint32(r.Source), uint32(r.Target), r.Class))
	switch r.Kind {
	case policydb.RuleAllow:
		s.allow |= r.Data
	case policydb.RuleAuditAllow:
		s.auditAllow |= r.Data
	case policydb.RuleAuditDeny:
		s.auditDeny &= r.Data
	}
}

func (t *ruleTable) addConds(conds []keyedCond) {
	t.conds = make([]condRule, len(conds))
	for i, c := range conds {
		t.conds[i] = c.rule
		s := t.enter(c.key)
		if s.conds == 0 {
			s.first = uint32(i)
		}
		s.conds++
	}
}

func (t *ruleTable) markUsed() {
	for i := range t.slots {
		if k := t.slots[i].key; k != 0 {
			class := k>>32 - 1
			t.sources[class].Set(uint32(k>>16&0xffff) - 1)
			t.targets[class].Set(uint32(k&0xffff) - 1)
		}
	}
}

// typeKey is the key of a type rule with its kind.
type typeKey struct {
	key  uint64
	kind policydb.RuleKind
}

// typeRule is what a type rule gives: a type, or one per state of a conditional.
type typeRule struct {
	typ   uint32
	conds []condRule
}

// newTypeRules compiles the transition, member and change rules of a policy.
func newTypeRules(p *policydb.Policy) map[typeKey]typeRule {
	out := map[typeKey]typeRule{}
	each := func(rules []policydb.Rule, add func(*typeRule, uint32)) {
		for _, r := range rules {
			if r.Kind.IsType() {
				k := typeKey{key(uint32(r.Source), uint32(r.Target), r.Class), r.Kind}
				t := out[k]
				add(&t, r.Data)
				out[k] = t
			}
		}
	}
	each(p.Rules, func(t *typeRule, typ uint32) { t.typ = typ })
	for i := range p.Conds {
		for when, rules := range [][]policydb.Rule{p.Conds[i].False, p.Conds[i].True} {
			each(rules, func(t *typeRule, typ uint32) {
				t.conds = append(t.conds, condRule{cond: uint32(i), when: int8(when), data: typ})
			})
		}
	}
	return out
}
