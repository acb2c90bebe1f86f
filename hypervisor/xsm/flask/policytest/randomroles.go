package policytest

import (
	"fmt"
	"strings"
)

func (g *generator) rolesAndUsers() {
	g.roles, g.users = names("role", 1+g.IntN(4)), names("user", 1+g.IntN(4))
	for _, r := range g.roles {
		g.printf("role %s;", r)
	}
	for _, r := range g.roles {
		types := g.some(g.types, len(g.types))
		g.printf("role %s types %s;", r, set(append(append(types, g.types[0]), g.bounded...)))
	}
	for range g.IntN(6) {
		g.printf("allow %s %s;", g.one(g.roles), g.one(g.roles))
	}
	g.roleTransitions()
	for _, u := range g.users {
		roles := set(append(g.some(g.roles, 3), g.roles[0]))
		if !g.MLS {
			g.printf("user %s roles %s;", u, roles)
			continue
		}
		g.printf("user %s roles %s level s0 range %s;", u, roles, g.clearance())
	}
}

// clearance is the whole range, or a part of it from s0 up.
func (g *generator) clearance() string {
	top := g.sens - 1
	if g.chance(40) {
		return fmt.Sprintf("s0 - s%d", g.IntN(g.sens))
	}
	if top > 0 {
		return fmt.Sprintf("s0 - s%d:c%d", top, g.cats-1)
	}
	return "s0 - s0:c0"
}

func (g *generator) roleTransitions() {
	seen := map[string]bool{}
	for range g.IntN(6) {
		class := "domain"
		if g.SELinux && g.Version >= 30 {
			class = g.one(g.classes)
		}
		head := fmt.Sprintf("role_transition %s %s", g.one(g.roles), g.one(g.types))
		if g.Version >= 30 {
			head += " : " + class
		} else {
			head += ":domain"
		}
		if !seen[head] {
			g.printf("%s %s;", head, g.one(g.roles))
		}
		seen[head] = true
	}
}

// levelRange is a range for a transition; only levels with all categories are
// sure to be valid together.
func (g *generator) levelRange() string {
	low := g.IntN(g.sens)
	return fmt.Sprintf("s%d - s%d", low, low+g.IntN(g.sens-low))
}

func (g *generator) constraints(keyword string) {
	for range 1 + g.IntN(4) {
		class := g.one(g.classes)
		g.printf("%s %s %s (%s);", keyword, class, set(g.some(g.perms[class], 5)), g.expression(keyword, 3))
	}
}

func (g *generator) validations(keyword string) {
	for range g.IntN(3) {
		g.printf("%s %s (%s);", keyword, g.one(g.classes), g.expression(keyword, 2))
	}
}

func (g *generator) expression(keyword string, depth int) string {
	if depth > 0 && g.chance(55) {
		if g.chance(25) {
			return "not (" + g.expression(keyword, depth-1) + ")"
		}
		return fmt.Sprintf("(%s) %s (%s)", g.expression(keyword, depth-1), g.one([]string{"and", "or"}), g.expression(keyword, depth-1))
	}
	return g.comparison(keyword)
}

func (g *generator) comparison(keyword string) string {
	order := []string{"eq", "dom", "domby", "incomp"}
	if strings.HasPrefix(keyword, "mls") && g.chance(60) {
		levels := g.one([]string{"l1 %s l2", "l1 %s h2", "h1 %s l2", "h1 %s h2", "l1 %s h1", "l2 %s h2"})
		return fmt.Sprintf(levels, g.one(order))
	}
	// Types, roles and users are declared after MLS constraints.
	if strings.HasPrefix(keyword, "mls") || g.chance(40) {
		return g.one([]string{"u1 == u2", "u1 != u2", "t1 == t2", "t1 != t2", "r1 eq r2", "r1 dom r2", "r1 domby r2", "r1 incomp r2"})
	}
	sides := "12"
	if strings.HasSuffix(keyword, "validatetrans") {
		sides = "123"
	}
	side := string(sides[g.IntN(len(sides))])
	op := g.one([]string{"==", "!="})
	switch g.IntN(3) {
	case 0:
		return fmt.Sprintf("u%s %s %s", side, op, g.one(g.users))
	case 1:
		return fmt.Sprintf("r%s %s %s", side, op, g.one(g.roles))
	}
	return fmt.Sprintf("t%s %s %s", side, op, set(append(g.some(g.types, 5), g.one(g.attrs))))
}

func (g *generator) contexts() {
	level := ""
	if g.MLS {
		level = ":s0"
	}
	object := func() string { return g.one(g.users) + ":object_r:" + g.one(g.types) + level }
	for i, s := range SIDs {
		if i < 3 {
			g.printf("sid %s %s:%s:%s%s", s, g.users[0], g.roles[0], g.types[0], level)
			continue
		}
		g.printf("sid %s %s", s, object())
	}
	for i := range g.IntN(6) {
		g.printf("pirqcon %d %s", 7*i+g.IntN(7), object())
	}
	for i := range g.IntN(6) {
		low := 0x100*i + g.IntN(0x80)
		g.printf("iomemcon %#x-%#x %s", low, low+g.IntN(0x80), object())
	}
	for i := range g.IntN(6) {
		g.printf("ioportcon %#x %s", 0x10*i+g.IntN(0x10), object())
	}
	for i := range g.IntN(6) {
		g.printf("pcidevicecon %#x %s", 0x100*i+g.IntN(0x100), object())
	}
	if g.Version >= 30 {
		for i := range g.IntN(4) {
			g.printf("devicetreecon \"/soc/dev@%d\" %s", i, object())
		}
	}
}
