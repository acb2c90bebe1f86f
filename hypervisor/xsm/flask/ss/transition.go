package ss

import "github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask/policydb"

// newContext computes the label of a new or relabelled object: kind is
// RuleTransition, RuleMember or RuleChange. The result may be invalid.
func (c *program) newContext(conds []int8, s, t *policydb.Context, class policydb.Class, kind policydb.RuleKind) policydb.Context {
	out := policydb.Context{User: s.User, Role: policydb.ObjectRole, Type: t.Type}
	if class == c.domain && class != 0 {
		out.Role, out.Type = s.Role, s.Type
	}
	if c.rules == SELinux && class != 0 && int(class) <= len(c.Classes) {
		c.applyDefaults(c.Classes[class-1], s, t, &out)
	}
	if kind == policydb.RuleMember {
		out.User = t.User
	}
	if typ := c.ruleType(conds, key(s.Type, t.Type, class), kind); typ != 0 {
		out.Type = typ
	}
	if kind == policydb.RuleTransition && (class == c.domain || c.rules == SELinux) {
		if role, ok := c.roleTrans[c.roleKey(s.Role, t.Type, class)]; ok {
			out.Role = role
		}
	}
	if c.MLS {
		out.Range = c.newRange(s, t, class, kind)
	}
	return out
}

// applyDefaults applies default_user, default_role and default_type.
func (c *program) applyDefaults(class *policydb.ClassInfo, s, t, out *policydb.Context) {
	choose := func(d policydb.Default, to *uint32, source, target uint32) {
		switch d {
		case policydb.DefaultSource:
			*to = source
		case policydb.DefaultTarget:
			*to = target
		}
	}
	choose(class.DefaultUser, &out.User, s.User, t.User)
	choose(class.DefaultRole, &out.Role, s.Role, t.Role)
	choose(class.DefaultType, &out.Type, s.Type, t.Type)
}

// ruleType returns the type that a type rule gives, 0 without a rule in force.
func (c *program) ruleType(conds []int8, k uint64, kind policydb.RuleKind) uint32 {
	r, ok := c.types[typeKey{k, kind}]
	if !ok || r.typ != 0 {
		return r.typ
	}
	for i := range r.conds {
		if conds[r.conds[i].cond] == r.conds[i].when {
			return r.conds[i].data
		}
	}
	return 0
}

// newRange computes the MLS half of newContext.
func (c *program) newRange(s, t *policydb.Context, class policydb.Class, kind policydb.RuleKind) policydb.Range {
	low := policydb.Range{Low: s.Range.Low, High: s.Range.Low}
	if kind == policydb.RuleMember {
		return low
	}
	if kind == policydb.RuleTransition {
		if r, ok := c.rangeTrans[key(s.Type, t.Type, class)]; ok {
			return *r
		}
		if c.rules == SELinux && class != 0 && int(class) <= len(c.Classes) {
			if r, ok := defaultRange(c.Classes[class-1].DefaultRange, &s.Range, &t.Range); ok {
				return r
			}
		}
	}
	if class == c.domain {
		return s.Range
	}
	return low
}

// defaultRange applies default_range; false if the class has none. (glblub needs
// policy version 32.)
func defaultRange(d policydb.DefaultRange, s, t *policydb.Range) (policydb.Range, bool) {
	switch d {
	case policydb.RangeSourceLow:
		return policydb.Range{Low: s.Low, High: s.Low}, true
	case policydb.RangeSourceHigh:
		return policydb.Range{Low: s.High, High: s.High}, true
	case policydb.RangeSourceLowHigh:
		return *s, true
	case policydb.RangeTargetLow:
		return policydb.Range{Low: t.Low, High: t.Low}, true
	case policydb.RangeTargetHigh:
		return policydb.Range{Low: t.High, High: t.High}, true
	case policydb.RangeTargetLowHigh:
		return *t, true
	}
	return policydb.Range{}, false
}
