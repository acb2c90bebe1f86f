package tables

import "strings"

// Added lists the classes and permissions that the newer tables have and the older ones have not. A hypervisor refuses a policy that does not
// define all of its own (Xen: "permission ... in class ... not defined in policy"), so each of them makes every older policy unloadable.
// A class that is new is listed with each of its permissions. Nothing is listed when either side has no access vectors.
func Added(older, newer *Tables) (out []Vector) {
	if len(older.Classes) == 0 {
		return nil
	}
	for _, c := range newer.Classes {
		old := older.Class(c.Name)
		for _, p := range c.Perms {
			if old == nil || !contains(old.Perms, p) {
				out = append(out, Vector{c.Name, p})
			}
		}
	}
	return out
}

// Constant is a permission as C spells it: "DOMAIN__PAUSE".
func (t *Tables) Constant(v Vector) string {
	return strings.ToUpper(v.Class) + t.profile.Policy.Separator + strings.ToUpper(v.Perm)
}

// ClassConstant is a class as C spells it: "SECCLASS_DOMAIN".
func (t *Tables) ClassConstant(class string) string {
	return t.profile.Policy.Class + strings.ToUpper(class)
}

// Vector splits a permission's constant; known is false when access_vectors has no such class or permission.
func (t *Tables) Vector(constant string) (v Vector, known bool) { return t.vector(constant) }

// ClassOf is the class that a class's constant names, as access_vectors spells it; ok is false when there is none.
func (t *Tables) ClassOf(constant string) (name string, ok bool) {
	name = strings.ToLower(strings.TrimPrefix(constant, t.profile.Policy.Class))
	return name, t.isClass(constant) && t.Class(name) != nil
}

// IsClass and IsPerm report whether a constant is spelled as a class's or a permission's.
func (t *Tables) IsClass(constant string) bool { return t.isClass(constant) }

// IsPerm reports whether a constant is spelled as a permission's.
func (t *Tables) IsPerm(constant string) bool { return t.isPerm(constant) }

// HasFunction reports whether a module's file defines a function of the name.
func (t *Tables) HasFunction(name string) bool { return t.defined[name] || t.defined[t.aliases[name]] }

// Renamed reports whether a macro makes one name of another: the function is defined as what it stands for.
func (t *Tables) Renamed(name string) bool { return t.aliases[name] != "" }

// ReadsMember reports whether any function of the hooks' headers and modules calls the member of the operations.
func (t *Tables) ReadsMember(name string) bool {
	for _, m := range t.members {
		if m == name {
			return true
		}
	}
	return false
}

// Terms splits a guard at its outer &&.
func Terms(guard string) (out []string) {
	depth, start := 0, 0
	for i := 0; i+1 < len(guard); i++ {
		switch {
		case guard[i] == '(':
			depth++
		case guard[i] == ')':
			depth--
		case depth == 0 && guard[i] == '&' && guard[i+1] == '&':
			out = append(out, strings.TrimSpace(guard[start:i]))
			start = i + 2
			i++
		}
	}
	if last := strings.TrimSpace(guard[start:]); last != "" {
		out = append(out, last)
	}
	return out
}
