package policytest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Features selects what a random policy uses beyond what Xen's rules and
// libsepol's agree on.
type Features struct {
	MLS bool
	// SELinux adds commons, defaults of computed labels, role transitions of
	// classes other than domain, and type bounds: Xen's rules differ there.
	SELinux bool
	Version int // 24 or 30; some features need 30
	// NoCommons leaves commons out of SELinux: Xen does not load them.
	NoCommons bool
}

// generator writes one random policy.
type generator struct {
	*rand.Rand
	Features
	out                                        strings.Builder
	classes, types, attrs, roles, users, bools []string
	perms                                      map[string][]string // by class, inherited ones included
	typeRules                                  map[string]bool
	bounded                                    []string // types with bounds and their parents, in no rule but their own
	sens, cats                                 int
}

// Random returns the text of a random policy that checkpolicy accepts. The same
// seed gives the same text.
func Random(seed uint64, f Features) string {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x5e)), Features: f, perms: map[string][]string{}, typeRules: map[string]bool{}}
	g.vectors()
	if f.SELinux && f.Version >= 30 {
		g.defaults()
	}
	if f.MLS {
		g.levels()
		g.constraints("mlsconstrain")
		g.validations("mlsvalidatetrans")
	}
	g.declarations()
	g.rules()
	g.conditionals()
	g.rolesAndUsers()
	g.constraints("constrain")
	g.validations("validatetrans")
	g.contexts()
	return g.out.String()
}

func (g *generator) printf(format string, args ...any) { fmt.Fprintf(&g.out, format+"\n", args...) }

func (g *generator) one(list []string) string { return list[g.IntN(len(list))] }

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

// some returns between one and most members of a list, in its order.
func (g *generator) some(list []string, most int) []string {
	out := slices.Clone(list)
	g.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:1+g.IntN(min(most, len(out)))]
}

func set(list []string) string { return "{ " + strings.Join(list, " ") + " }" }

func names(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s%d", prefix, i)
	}
	return out
}

func (g *generator) vectors() {
	g.classes = append([]string{"domain"}, names("class", 2+g.IntN(4))...)
	for _, c := range g.classes {
		g.printf("class %s", c)
	}
	for _, s := range SIDs {
		g.printf("sid %s", s)
	}
	common := names("shared", 1+g.IntN(4))
	commons := g.SELinux && !g.NoCommons
	if commons {
		g.printf("common base %s", set(common))
	}
	for _, c := range g.classes {
		own := names("perm", 1+g.IntN(20))
		if c == "domain" {
			own = append([]string{"transition"}, own...)
		}
		if commons && g.chance(50) {
			g.printf("class %s inherits base %s", c, set(own))
			own = append(slices.Clone(common), own...)
		} else {
			g.printf("class %s %s", c, set(own))
		}
		g.perms[c] = own
	}
}

func (g *generator) defaults() {
	for _, what := range []string{"user", "role", "type"} {
		for _, c := range g.classes {
			if g.chance(40) {
				g.printf("default_%s %s %s;", what, c, g.one([]string{"source", "target"}))
			}
		}
	}
	for _, c := range g.classes {
		if g.MLS && g.chance(50) {
			g.printf("default_range %s %s;", c, g.one([]string{"source low", "source high", "source low-high",
				"target low", "target high", "target low-high"}))
		}
	}
}

func (g *generator) levels() {
	g.sens, g.cats = 1+g.IntN(5), 1+g.IntN(40)
	for i := range g.sens {
		if g.chance(20) {
			g.printf("sensitivity s%d alias level%d;", i, i)
		} else {
			g.printf("sensitivity s%d;", i)
		}
	}
	g.printf("dominance %s", set(names("s", g.sens)))
	for i := range g.cats {
		if g.chance(10) {
			g.printf("category c%d alias cat%d;", i, i)
		} else {
			g.printf("category c%d;", i)
		}
	}
	for i := range g.sens {
		if first := g.IntN(g.cats); i > 0 && first+1 < g.cats && g.chance(30) {
			g.printf("level s%d:c%d.c%d;", i, first, g.cats-1)
		} else if g.cats > 1 {
			g.printf("level s%d:c0.c%d;", i, g.cats-1)
		} else {
			g.printf("level s%d:c0;", i)
		}
	}
}

func (g *generator) declarations() {
	g.attrs = names("attr", 1+g.IntN(5))
	g.types = names("type", 5+g.IntN(90))
	for _, a := range g.attrs {
		g.printf("attribute %s;", a)
	}
	for i, t := range g.types {
		alias := ""
		if g.chance(10) {
			alias = fmt.Sprintf(" alias alias%d", i)
		}
		if g.chance(60) {
			g.printf("type %s%s, %s;", t, alias, strings.Join(g.some(g.attrs, 3), ", "))
		} else {
			g.printf("type %s%s;", t, alias)
		}
		if g.chance(5) {
			g.printf("permissive %s;", t)
		}
	}
	g.bools = names("flag", g.IntN(4))
	for _, b := range g.bools {
		g.printf("bool %s %v;", b, g.chance(50))
	}
}

// typeOrAttr is a type or an attribute.
func (g *generator) typeOrAttr() string {
	if g.chance(40) {
		return g.one(g.attrs)
	}
	return g.one(g.types)
}

// vector is a random allow, auditallow or dontaudit rule.
func (g *generator) vector() string {
	class := g.one(g.classes)
	target := g.typeOrAttr()
	if g.chance(10) {
		target = "self"
	}
	return fmt.Sprintf("%s %s %s:%s %s;", g.one([]string{"allow", "allow", "allow", "auditallow", "dontaudit"}),
		g.typeOrAttr(), target, class, set(g.some(g.perms[class], 6)))
}

// typeRule is a type rule whose key no other has, "" if the draw had one.
func (g *generator) typeRule() (head, result string) {
	head = fmt.Sprintf("%s %s %s:%s", g.one([]string{"type_transition", "type_transition", "type_member", "type_change"}),
		g.one(g.types), g.one(g.types), g.one(g.classes))
	if g.typeRules[head] {
		return "", ""
	}
	g.typeRules[head] = true
	return head, g.one(g.types)
}

func (g *generator) rules() {
	for range 20 + g.IntN(300) {
		g.printf("%s", g.vector())
	}
	for range g.IntN(60) {
		if head, result := g.typeRule(); head != "" {
			g.printf("%s %s;", head, result)
		}
	}
	if g.MLS {
		seen := map[string]bool{}
		for range g.IntN(20) {
			head := fmt.Sprintf("range_transition %s %s:%s", g.one(g.types), g.one(g.types), g.one(g.classes))
			if !seen[head] {
				g.printf("%s %s;", head, g.levelRange())
			}
			seen[head] = true
		}
	}
	if g.SELinux {
		g.bounds()
	}
}

// bounds makes a few pairs of types a parent and a child that may do part of
// what its parent may. Constraints can still make the child exceed it.
func (g *generator) bounds() {
	for i := range g.IntN(4) {
		parent, child := fmt.Sprintf("parent%d", i), fmt.Sprintf("parent%d.child", i)
		g.printf("type %s; type %s; typebounds %s %s;", parent, child, parent, child)
		for range 1 + g.IntN(5) {
			class, target := g.one(g.classes), g.one(g.types)
			perms := g.some(g.perms[class], 6)
			g.printf("allow %s %s:%s %s;", parent, target, class, set(perms))
			g.printf("allow %s %s:%s %s;", child, target, class, set(g.some(perms, 6)))
		}
		g.bounded = append(g.bounded, parent, child)
	}
}

func (g *generator) conditionals() {
	if len(g.bools) == 0 {
		return
	}
	for range 1 + g.IntN(5) {
		g.printf("if (%s) {", g.condition(3))
		for range 1 + g.IntN(5) {
			g.printf("\t%s", g.vector())
		}
		head, result := g.typeRule()
		if head != "" {
			g.printf("\t%s %s;", head, result)
		}
		if g.chance(60) {
			g.printf("} else {")
			for range 1 + g.IntN(3) {
				g.printf("\t%s", g.vector())
			}
			if head != "" && g.chance(50) {
				g.printf("\t%s %s;", head, g.one(g.types))
			}
		}
		g.printf("}")
	}
}

func (g *generator) condition(depth int) string {
	if depth == 0 || g.chance(40) {
		return g.one(g.bools)
	}
	if g.chance(20) {
		return "!" + "(" + g.condition(depth-1) + ")"
	}
	return fmt.Sprintf("(%s) %s (%s)", g.condition(depth-1), g.one([]string{"&&", "||", "^", "==", "!="}), g.condition(depth-1))
}
