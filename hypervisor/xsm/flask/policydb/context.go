package policydb

import (
	"fmt"
	"strings"
)

// Level is a sensitivity with a set of categories.
type Level struct {
	Sens uint32 // value, 0 without MLS
	Cats Bitmap // category values-1
}

// Dominates reports whether l is at least as sensitive as o and holds its categories.
func (l *Level) Dominates(o *Level) bool { return l.Sens >= o.Sens && l.Cats.Contains(&o.Cats) }

// Equal reports whether both levels are the same.
func (l *Level) Equal(o *Level) bool { return l.Sens == o.Sens && l.Cats.Equal(&o.Cats) }

// Range is a pair of levels: the current one and the clearance.
type Range struct{ Low, High Level }

// Equal reports whether both ranges are the same.
func (r *Range) Equal(o *Range) bool { return r.Low.Equal(&o.Low) && r.High.Equal(&o.High) }

// contains reports whether o lies within r.
func (r *Range) contains(o *Range) bool {
	return o.Low.Dominates(&r.Low) && r.High.Dominates(&o.High)
}

// Context is a security context as values of a policy.
type Context struct {
	User, Role, Type uint32
	Range            Range
}

// Equal reports whether both contexts are the same.
func (c *Context) Equal(o *Context) bool {
	return c.User == o.User && c.Role == o.Role && c.Type == o.Type && c.Range.Equal(&o.Range)
}

// level reads a level.
func (d *decoder) level() Level { return Level{Sens: d.u32(), Cats: d.bitmap()} }

// mlsRange reads a range: one level, or both.
func (d *decoder) mlsRange() Range {
	at := d.off
	n := d.u32()
	if d.ok() && n != 1 && n != 2 {
		d.fail(at, "range of %d levels", n)
	}
	var r Range
	r.Low.Sens = d.u32()
	r.High.Sens = r.Low.Sens
	if n == 2 {
		r.High.Sens = d.u32()
	}
	r.Low.Cats = d.bitmap()
	r.High.Cats = r.Low.Cats
	if n == 2 {
		r.High.Cats = d.bitmap()
	}
	return r
}

// context reads and checks a context.
func (p *Policy) readContext(d *decoder) Context {
	at := d.off
	c := Context{User: d.u32(), Role: d.u32(), Type: d.u32(), Range: d.mlsRange()}
	if !p.MLS {
		c.Range = Range{}
	}
	if d.ok() && !p.ContextValid(&c) {
		d.fail(at, "invalid context: user %d, role %d, type %d", c.User, c.Role, c.Type)
	}
	return c
}

// ContextValid reports whether the policy permits the combination: the role may
// have the type, the user the role, and with MLS the user the range. object_r
// goes with every user and type.
func (p *Policy) ContextValid(c *Context) bool {
	user, role := get(p.Users, c.User), get(p.Roles, c.Role)
	if user == nil || role == nil || get(p.Types, c.Type) == nil {
		return false
	}
	if c.Role != ObjectRole && (!role.Types.Has(c.Type-1) || !user.Roles.Has(c.Role-1)) {
		return false
	}
	if !p.MLS {
		return true
	}
	return p.RangeValid(&c.Range) && (c.Role == ObjectRole || user.Range.contains(&c.Range))
}

// RangeValid reports whether both levels exist and the high one dominates.
func (p *Policy) RangeValid(r *Range) bool {
	return p.levelValid(&r.Low) && p.levelValid(&r.High) && r.High.Dominates(&r.Low)
}

func (p *Policy) levelValid(l *Level) bool {
	s := get(p.Levels, l.Sens)
	if s == nil || !s.Cats.Contains(&l.Cats) {
		return false
	}
	for c := range l.Cats.All {
		if c >= uint32(len(p.Cats)) || p.Cats[c] == nil {
			return false
		}
	}
	return true
}

// FormatContext writes a context as user:role:type, with MLS followed by
// :low-high. Values without a name, which no context from Read, ParseContext or
// a valid transition has, come out as "?".
func (p *Policy) FormatContext(c *Context) string {
	var b strings.Builder
	b.WriteString(nameOf(p.Users, c.User, func(u *User) string { return u.Name }))
	b.WriteByte(':')
	b.WriteString(nameOf(p.Roles, c.Role, func(r *Role) string { return r.Name }))
	b.WriteByte(':')
	b.WriteString(nameOf(p.Types, c.Type, func(t *Type) string { return t.Name }))
	if !p.MLS {
		return b.String()
	}
	b.WriteByte(':')
	p.formatLevel(&b, &c.Range.Low)
	if !c.Range.Low.Equal(&c.Range.High) {
		b.WriteByte('-')
		p.formatLevel(&b, &c.Range.High)
	}
	return b.String()
}

func nameOf[T any](items []*T, value uint32, name func(*T) string) string {
	if item := get(items, value); item != nil {
		return name(item)
	}
	return "?"
}

// formatLevel writes sens:c0.c3,c7: three or more neighbours make a range.
func (p *Policy) formatLevel(b *strings.Builder, l *Level) {
	b.WriteString(nameOf(p.Levels, l.Sens, func(s *Sensitivity) string { return s.Name }))
	sep := byte(':')
	cat := func(c uint32) {
		b.WriteByte(sep)
		b.WriteString(nameOf(p.Cats, c+1, func(c *Category) string { return c.Name }))
		sep = ','
	}
	first, last := int64(-2), int64(-2)
	flush := func() {
		if last > first {
			if last > first+1 {
				sep = '.'
			}
			cat(uint32(last))
		}
	}
	for c := range l.Cats.All {
		if int64(c) != last+1 {
			flush()
			cat(c)
			first = int64(c)
		}
		last = int64(c)
	}
	flush()
}

// ContextError says why a string is not a context of the policy.
type ContextError struct {
	Context string
	Reason  string
}

func (e *ContextError) Error() string { return fmt.Sprintf("context %.200q: %s", e.Context, e.Reason) }

// ParseContext reads user:role:type, with MLS followed by :low[-high], and
// checks that the policy permits it. Aliases are accepted. The error is a
// *ContextError.
func (p *Policy) ParseContext(s string) (Context, error) {
	var c Context
	reason := p.parseContext(s, &c)
	if reason == "" && !p.ContextValid(&c) {
		reason = "not permitted by the policy"
	}
	if reason != "" {
		return Context{}, &ContextError{s, reason}
	}
	return c, nil
}

func (p *Policy) parseContext(s string, c *Context) string {
	part := strings.SplitN(s, ":", 4)
	if len(part) < 3 {
		return "not user:role:type"
	}
	if c.User = p.names.user[part[0]]; c.User == 0 {
		return "unknown user"
	}
	if c.Role = p.names.role[part[1]]; c.Role == 0 {
		return "unknown role"
	}
	c.Type = p.names.typ[part[2]]
	if t := get(p.Types, c.Type); t == nil || t.Attribute {
		return "unknown type"
	}
	if p.MLS != (len(part) == 4) {
		return "a range is needed exactly when the policy has MLS"
	}
	if !p.MLS {
		return ""
	}
	return p.parseRange(part[3], &c.Range)
}

// parseRange reads low[:cats][-high[:cats]]. The first '-' separates the levels.
func (p *Policy) parseRange(s string, r *Range) string {
	low, high, both := strings.Cut(s, "-")
	reason := p.parseLevel(low, &r.Low)
	if reason != "" || !both {
		r.High = r.Low
		return reason
	}
	return p.parseLevel(high, &r.High)
}

func (p *Policy) parseLevel(s string, l *Level) string {
	sens, cats, some := strings.Cut(s, ":")
	if l.Sens = p.names.level[sens]; l.Sens == 0 {
		return "unknown sensitivity"
	}
	for some {
		var item string
		item, cats, some = strings.Cut(cats, ",")
		first, last, span := strings.Cut(item, ".")
		lo := p.names.cat[first]
		hi := lo
		if span {
			hi = p.names.cat[last]
		}
		if lo == 0 || hi == 0 {
			return "unknown category"
		}
		if span && lo >= hi {
			return "category range is not ascending"
		}
		for v := lo; v <= hi; v++ {
			l.Cats.Set(v - 1)
		}
	}
	return ""
}

// Lookups by name; 0 or false if the policy has no such name.

// ClassByName returns the class called name, nil if there is none.
func (p *Policy) ClassByName(name string) *ClassInfo { return get(p.Classes, p.names.class[name]) }

// BoolByName returns the index of a boolean in Bools.
func (p *Policy) BoolByName(name string) (int, bool) {
	v := p.names.boolean[name]
	return int(v) - 1, v != 0
}

// ConvertContext translates a context of old into p by names. It reports false
// when p lacks one of them; the result need not be valid.
func (p *Policy) ConvertContext(old *Policy, c *Context) (Context, bool) {
	out := Context{
		User: p.names.user[nameOf(old.Users, c.User, func(u *User) string { return u.Name })],
		Role: p.names.role[nameOf(old.Roles, c.Role, func(r *Role) string { return r.Name })],
		Type: p.names.typ[nameOf(old.Types, c.Type, func(t *Type) string { return t.Name })],
	}
	if out.User == 0 || out.Role == 0 || out.Type == 0 {
		return Context{}, false
	}
	if !p.MLS {
		return out, true
	}
	return out, p.convertLevel(old, &c.Range.Low, &out.Range.Low) && p.convertLevel(old, &c.Range.High, &out.Range.High)
}

func (p *Policy) convertLevel(old *Policy, l, out *Level) bool {
	out.Sens = p.names.level[nameOf(old.Levels, l.Sens, func(s *Sensitivity) string { return s.Name })]
	for c := range l.Cats.All {
		v := p.names.cat[nameOf(old.Cats, c+1, func(c *Category) string { return c.Name })]
		if v == 0 {
			return false
		}
		out.Cats.Set(v - 1)
	}
	return out.Sens != 0
}
