package ss

import (
	"math/bits"

	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"
)

// Decision is what the policy says about one subject, object and class.
type Decision struct {
	Allowed    policydb.AV
	AuditAllow policydb.AV // grants to be audited
	AuditDeny  policydb.AV // denials to be audited
	Seqno      uint32      // of the policy state it was computed from
	Permissive bool        // the subject's type is never denied
}

// Rules selects whose semantics apply where Xen's and libsepol's differ.
type Rules uint8

// The two flavours; see the package documentation for the differences.
const (
	Xen Rules = iota
	SELinux
)

// program is a policy compiled for decisions.
type program struct {
	*policydb.Policy
	rules      Rules
	av         *ruleTable
	types      map[typeKey]typeRule
	domain     policydb.Class // class domain, 0 if the policy has none
	transition policydb.AV    // its permissions that change a label
	roleAllow  map[policydb.RoleAllow]struct{}
	roleTrans  map[policydb.RoleTransition]uint32 // NewRole 0 in the key
	rangeTrans map[uint64]*policydb.Range
}

func compile(p *policydb.Policy, rules Rules) *program {
	c := &program{Policy: p, rules: rules, av: newRuleTable(p), types: newTypeRules(p),
		roleAllow:  make(map[policydb.RoleAllow]struct{}, len(p.RoleAllows)),
		roleTrans:  make(map[policydb.RoleTransition]uint32, len(p.RoleTransitions)),
		rangeTrans: make(map[uint64]*policydb.Range, len(p.RangeTransitions))}
	if d := p.ClassByName("domain"); d != nil {
		c.domain = d.Value
		c.transition = d.Perms["transition"]
		if rules == SELinux {
			c.transition |= d.Perms["dyntransition"]
		}
	}
	for _, r := range p.RoleAllows {
		c.roleAllow[r] = struct{}{}
	}
	for _, r := range p.RoleTransitions {
		k := c.roleKey(r.Role, r.Type, r.Class)
		if _, dup := c.roleTrans[k]; !dup {
			c.roleTrans[k] = r.NewRole
		}
	}
	for i := range p.RangeTransitions {
		r := &p.RangeTransitions[i]
		k := key(r.Source, r.Target, r.Class)
		if _, dup := c.rangeTrans[k]; !dup {
			c.rangeTrans[k] = &r.Range
		}
	}
	return c
}

// roleKey is the key of a role transition; version 24 and Xen know no class.
func (c *program) roleKey(role, typ uint32, class policydb.Class) policydb.RoleTransition {
	if c.rules == Xen || class == 0 {
		class = c.domain
	}
	return policydb.RoleTransition{Role: role, Type: typ, Class: class}
}

// computeAV computes the decision on two contexts. conds holds the truth of each
// conditional: 1, 0, or -1 if undefined.
func (c *program) computeAV(conds []int8, s, t *policydb.Context, class policydb.Class, d *Decision) {
	d.Allowed, d.AuditAllow, d.AuditDeny = 0, 0, ^policydb.AV(0)
	c.enforceTypes(conds, s.Type, t.Type, class, d)
	for i := range c.Classes[class-1].Constraints {
		n := &c.Classes[class-1].Constraints[i]
		if n.Perms&d.Allowed != 0 && !evaluate(c.Policy, n.Expr, s, t, nil) {
			d.Allowed &^= n.Perms
		}
	}
	if class == c.domain && d.Allowed&c.transition != 0 && s.Role != t.Role {
		if _, ok := c.roleAllow[policydb.RoleAllow{Role: s.Role, NewRole: t.Role}]; !ok {
			d.Allowed &^= c.transition
		}
	}
	if c.Types[s.Type-1].Bounds|c.Types[t.Type-1].Bounds != 0 {
		c.bound(conds, s, t, class, d)
	}
}

// enforceTypes joins the rules of every pair of the types' attributes.
func (c *program) enforceTypes(conds []int8, st, tt uint32, class policydb.Class, d *Decision) {
	sattr, sused := &c.TypeAttrs[st-1], &c.av.sources[class-1]
	tattr, tused := &c.TypeAttrs[tt-1], &c.av.targets[class-1]
	for i, u := 0, 0; i < sattr.NumWords(); i++ {
		base, word := sattr.Word(i)
		word &= usedWord(sused, &u, base)
		for ; word != 0; word &= word - 1 {
			source := base + uint32(bits.TrailingZeros64(word)) + 1
			c.enforceSource(conds, source, tattr, tused, class, d)
		}
	}
}

// usedWord returns the word of b at base; next remembers where to go on.
func usedWord(b *policydb.Bitmap, next *int, base uint32) uint64 {
	for *next < b.NumWords() {
		start, word := b.Word(*next)
		if start == base {
			return word
		}
		if start > base {
			break
		}
		*next++
	}
	return 0
}

func (c *program) enforceSource(conds []int8, source uint32, tattr, tused *policydb.Bitmap, class policydb.Class, d *Decision) {
	for i, u := 0, 0; i < tattr.NumWords(); i++ {
		base, word := tattr.Word(i)
		word &= usedWord(tused, &u, base)
		for ; word != 0; word &= word - 1 {
			target := base + uint32(bits.TrailingZeros64(word)) + 1
			s := c.av.find(key(source, target, class))
			if s == nil {
				continue
			}
			d.Allowed |= policydb.AV(s.allow)
			d.AuditAllow |= policydb.AV(s.auditAllow)
			d.AuditDeny &= policydb.AV(s.auditDeny)
			if s.conds > 0 {
				enforceConds(conds, c.av.conds[s.first:s.first+s.conds], d)
			}
		}
	}
}

func enforceConds(conds []int8, rules []condRule, d *Decision) {
	for i := range rules {
		r := &rules[i]
		if conds[r.cond] != r.when {
			continue
		}
		switch r.kind {
		case policydb.RuleAllow:
			d.Allowed |= policydb.AV(r.data)
		case policydb.RuleAuditAllow:
			d.AuditAllow |= policydb.AV(r.data)
		case policydb.RuleAuditDeny:
			d.AuditDeny &= policydb.AV(r.data)
		}
	}
}

// bound takes away what the parents of bounded types may not do.
func (c *program) bound(conds []int8, s, t *policydb.Context, class policydb.Class, d *Decision) {
	ps, pt := *s, *t
	ps.Type, pt.Type = c.Types[s.Type-1].Bounds, c.Types[t.Type-1].Bounds
	if c.rules == SELinux {
		if ps.Type != 0 {
			if pt.Type == 0 {
				pt.Type = t.Type
			}
			d.Allowed &= c.allowed(conds, &ps, &pt, class)
		}
		return
	}
	masked := policydb.AV(0)
	for _, pair := range [3][2]*policydb.Context{{&ps, t}, {s, &pt}, {&ps, &pt}} {
		if pair[0].Type == 0 || pair[1].Type == 0 {
			continue
		}
		masked = d.Allowed &^ c.allowed(conds, pair[0], pair[1], class)
		if masked == 0 {
			return
		}
	}
	d.Allowed &^= masked
}

func (c *program) allowed(conds []int8, s, t *policydb.Context, class policydb.Class) policydb.AV {
	var d Decision
	c.computeAV(conds, s, t, class, &d)
	return d.Allowed
}
