package policydb

import "math/bits"

// ruleKey identifies a rule within a table.
type ruleKey struct {
	source, target uint16
	class          Class
	kind           RuleKind
}

func (r *Rule) key() ruleKey { return ruleKey{r.Source, r.Target, r.Class, r.Kind} }

const ruleSize = 12

func (p *Policy) readRules(d *decoder) {
	at := d.off
	n := d.count(ruleSize)
	if d.ok() && n == 0 {
		d.fail(at, "no rules")
	}
	seen := make(map[ruleKey]struct{}, n)
	if n > 0 {
		p.Rules = make([]Rule, 0, n)
	}
	for ; n > 0 && d.ok(); n-- {
		at := d.off
		r := p.readRule(d)
		if _, dup := seen[r.key()]; dup {
			d.fail(at, "rule for types %d and %d, class %d is there twice", r.Source, r.Target, r.Class)
		}
		seen[r.key()] = struct{}{}
		p.Rules = append(p.Rules, r)
	}
}

func (p *Policy) readRule(d *decoder) Rule {
	at := d.off
	r := Rule{Source: d.u16(), Target: d.u16(), Class: Class(d.u16())}
	kind := d.u16()
	r.Kind = RuleKind(kind) & (ruleAV | ruleType)
	r.Data = d.u32()
	switch {
	case !d.ok():
	case !p.typeInRange(uint32(r.Source)) || !p.typeInRange(uint32(r.Target)) || !p.classInRange(r.Class):
		d.fail(at, "rule for unknown type %d or %d, or class %d", r.Source, r.Target, r.Class)
	case bits.OnesCount16(uint16(r.Kind)) != 1 || kind&^(uint16(r.Kind)|ruleEnabled) != 0:
		d.fail(at, "rule specifies %#x, not exactly one known thing", kind)
	case r.Kind.IsType() && get(p.Types, r.Data) == nil:
		d.fail(at, "rule gives unknown type %d", r.Data)
	}
	return r
}

func (p *Policy) typeInRange(v uint32) bool { return v != 0 && uint64(v) <= uint64(len(p.Types)) }
func (p *Policy) roleInRange(v uint32) bool { return v != 0 && uint64(v) <= uint64(len(p.Roles)) }
func (p *Policy) classInRange(c Class) bool { return c != 0 && int(c) <= len(p.Classes) }

// readConds reads the if-else blocks. A type rule may appear at most once over
// all of them and the plain rules, or once in each branch of one block.
func (p *Policy) readConds(d *decoder) {
	if !d.ok() {
		return
	}
	plain := make(map[ruleKey]struct{}, len(p.Rules))
	for i := range p.Rules {
		if p.Rules[i].Kind.IsType() {
			plain[p.Rules[i].key()] = struct{}{}
		}
	}
	branch := map[ruleKey]int{} // 2*block for the true branch, +1 once the false one has it
	for i, n := 0, d.count(16); i < n && d.ok(); i++ {
		d.u32() // the state when the policy was written; Read's users evaluate Expr
		c := Cond{Expr: p.readCondExpr(d)}
		for _, side := range []int{0, 1} {
			rules := p.readCondRules(d, plain, branch, 2*i+side)
			if side == 0 {
				c.True = rules
			} else {
				c.False = rules
			}
		}
		p.Conds = append(p.Conds, c)
	}
}

func (p *Policy) readCondExpr(d *decoder) []CondOp {
	at := d.off
	n := d.count(8)
	if d.ok() && n == 0 {
		d.fail(at, "conditional without an expression")
	}
	out := make([]CondOp, 0, n)
	for ; n > 0 && d.ok(); n-- {
		at := d.off
		kind, value := d.u32(), d.u32()
		if d.ok() && (kind == 0 || kind > uint32(CondNeq) || value > uint32(len(p.Bools)) || (kind == uint32(CondBool) && value == 0)) {
			d.fail(at, "conditional step of kind %d on boolean %d of %d", kind, value, len(p.Bools))
		}
		out = append(out, CondOp{CondKind(kind), value})
	}
	return out
}

func (p *Policy) readCondRules(d *decoder, plain map[ruleKey]struct{}, branch map[ruleKey]int, id int) []Rule {
	n := d.count(ruleSize)
	out := make([]Rule, 0, n)
	for ; n > 0 && d.ok(); n-- {
		at := d.off
		r := p.readRule(d)
		if d.ok() && r.Kind.IsType() {
			_, outside := plain[r.key()]
			other, inside := branch[r.key()]
			if outside || (inside && (id&1 == 0 || other != id-1)) {
				d.fail(at, "type rule for types %d and %d, class %d conflicts with an earlier one", r.Source, r.Target, r.Class)
			}
			branch[r.key()] = id
		}
		out = append(out, r)
	}
	return out
}

func (p *Policy) readRoleRules(d *decoder) {
	d.section = "role transitions"
	size := 12
	if p.Version >= verRoleTr {
		size = 16
	}
	for n := d.count(size); n > 0 && d.ok(); n-- {
		at := d.off
		r := RoleTransition{Role: d.u32(), Type: d.u32(), NewRole: d.u32()}
		class := uint32(0)
		if p.Version >= verRoleTr {
			class = d.u32()
		}
		if d.ok() && (!p.roleInRange(r.Role) || !p.typeInRange(r.Type) || get(p.Roles, r.NewRole) == nil || class > uint32(len(p.Classes))) {
			d.fail(at, "unknown role %d or %d, type %d or class %d", r.Role, r.NewRole, r.Type, class)
		}
		r.Class = Class(class)
		p.RoleTransitions = append(p.RoleTransitions, r)
	}
	d.section = "role allows"
	for n := d.count(8); n > 0 && d.ok(); n-- {
		at := d.off
		r := RoleAllow{d.u32(), d.u32()}
		if d.ok() && (!p.roleInRange(r.Role) || !p.roleInRange(r.NewRole)) {
			d.fail(at, "unknown role %d or %d", r.Role, r.NewRole)
		}
		p.RoleAllows = append(p.RoleAllows, r)
	}
}

func (p *Policy) readFilenameTransitions(d *decoder) {
	d.section = "filename transitions"
	if p.Version < verFileTr {
		return
	}
	for n := d.count(20); n > 0 && d.ok(); n-- {
		at := d.off
		f := FilenameTransition{Name: d.text(d.u32()), Source: d.u32(), Target: d.u32()}
		class := d.u32()
		f.Type = d.u32()
		if d.ok() && (!p.typeInRange(f.Source) || !p.typeInRange(f.Target) || !p.typeInRange(f.Type) || class == 0 || class > uint32(len(p.Classes))) {
			d.fail(at, "unknown type %d, %d or %d, or class %d", f.Source, f.Target, f.Type, class)
		}
		f.Class = Class(class)
		p.FilenameTransitions = append(p.FilenameTransitions, f)
	}
}

func (p *Policy) readRangeTransitions(d *decoder) {
	d.section = "range transitions"
	for n := d.count(16); n > 0 && d.ok(); n-- {
		at := d.off
		r := RangeTransition{Source: d.u32(), Target: d.u32()}
		class := d.u32()
		r.Range = d.mlsRange()
		switch {
		case !d.ok():
		case !p.typeInRange(r.Source) || !p.typeInRange(r.Target) || class == 0 || class > uint32(len(p.Classes)):
			d.fail(at, "unknown type %d or %d, or class %d", r.Source, r.Target, class)
		case !p.RangeValid(&r.Range):
			d.fail(at, "invalid range")
		}
		r.Class = Class(class)
		p.RangeTransitions = append(p.RangeTransitions, r)
	}
}

func (p *Policy) readTypeAttrs(d *decoder) {
	d.section = "type attributes"
	if !d.ok() {
		return
	}
	p.TypeAttrs = make([]Bitmap, len(p.Types))
	for i := range p.TypeAttrs {
		at := d.off
		b := d.bitmap()
		if d.ok() && b.Max() >= int64(len(p.Types)) {
			d.fail(at, "type %d has attribute %d of %d", i+1, b.Max()+1, len(p.Types))
		}
		b.Set(uint32(i))
		p.TypeAttrs[i] = b
	}
}
