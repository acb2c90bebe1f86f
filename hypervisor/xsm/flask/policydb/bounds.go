package policydb

// checkBounds refuses bounds that are unknown, looped, deeper than Xen follows,
// or, for users and roles, wider than their parent.
func (p *Policy) checkBounds(d *decoder) {
	d.section = "bounds"
	if !d.ok() {
		return
	}
	walkBounds(d, p.Users, func(u *User) (uint32, string) { return u.Bounds, u.Name }, func(u, up *User) bool {
		return up.Roles.Contains(&u.Roles)
	})
	walkBounds(d, p.Roles, func(r *Role) (uint32, string) { return r.Bounds, r.Name }, func(r, up *Role) bool {
		return up.Types.Contains(&r.Types)
	})
	walkBounds(d, p.Types, func(t *Type) (uint32, string) { return t.Bounds, t.Name }, func(_, up *Type) bool {
		return !up.Attribute
	})
}

// walkBounds follows every element to the top of its chain of bounds.
func walkBounds[T any](d *decoder, items []*T, bounds func(*T) (uint32, string), within func(item, upper *T) bool) {
	for _, item := range items {
		if item == nil {
			continue
		}
		_, name := bounds(item)
		upper := item
		for depth := 1; ; depth++ {
			parent, _ := bounds(upper)
			if parent == 0 {
				break
			}
			upper = get(items, parent)
			if upper == nil {
				d.fail(d.off, "%s is bounded by unknown value %d", name, parent)
				return
			}
			if depth == maxBoundsDepth {
				d.fail(d.off, "bounds of %s are looped or deeper than %d", name, maxBoundsDepth-1)
				return
			}
			if !within(item, upper) {
				_, up := bounds(upper)
				d.fail(d.off, "%s exceeds or cannot be bounded by %s", name, up)
				return
			}
		}
	}
}
