package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// Validate reports the first inconsistency: a bad or repeated name, an unknown
// phase or action, a subject or rule that names no parameter, an alloc hook
// without its free hook. The error is an *Error with the hook's line, when known.
func (c *Catalog) Validate() error { return c.validate(c.Flavour) }

func (c *Catalog) validate(file string) error {
	fail := func(h *Hook, format string, args ...any) error {
		return &Error{file, h.Line, fmt.Sprintf("hook %s: ", h.Name) + fmt.Sprintf(format, args...)}
	}
	if c.Flavour == "" || strings.ContainsAny(c.Flavour, " \n\t:#\"'") {
		return &Error{file, 0, "flavour must be a word, such as xen-4.17"}
	}
	seen := map[string]int{}
	for _, h := range c.Hooks {
		if first, ok := seen[h.Name]; ok {
			return fail(h, "appears twice (first at line %d)", first)
		}
		seen[h.Name] = h.Line
		if err := h.check(); err != nil {
			return fail(h, "%v", err)
		}
	}
	for _, h := range c.Hooks {
		if rest, ok := strings.CutPrefix(h.Name, "alloc_"); ok && h.Phase == Alloc {
			if f, ok := c.Hook("free_" + rest); !ok || f.Phase != Free {
				return fail(h, "allocates and no hook free_%s of phase free gives back", rest)
			}
		}
	}
	return nil
}

// check validates one hook by itself.
func (h *Hook) check() error {
	for _, f := range []func() error{h.checkShape, h.checkParties, h.checkRules, h.checkRefs} {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

func (h *Hook) checkShape() error {
	switch {
	case !isIdent(h.Name):
		return fmt.Errorf("the name %q is not a C identifier", h.Name)
	case !slices.Contains([]Phase{Authorize, Notify, Alloc, Free}, h.Phase):
		return fmt.Errorf("phase %q is not authorize, notify, alloc or free", h.Phase)
	case !validAction(h.Action) || h.Action == Deny:
		return fmt.Errorf("action %q is not XSM_HOOK, XSM_TARGET, XSM_PRIV, XSM_DM_PRIV, XSM_XS_PRIV, XSM_OTHER or none", h.Action)
	case h.Void() && (h.Phase == Authorize || h.Phase == Alloc):
		return fmt.Errorf("a hook of phase %s must be able to refuse: its result cannot be void", h.Phase)
	case !isType(h.Result):
		return fmt.Errorf("result %q is not a C type", h.Result)
	}
	names := map[string]bool{}
	for _, p := range h.Params {
		if !isIdent(p.Name) || !isType(strings.TrimSuffix(p.Type, "[]")) {
			return fmt.Errorf("parameter %q is not a type and a name", p.String())
		}
		if names[p.Name] {
			return fmt.Errorf("two parameters are called %s", p.Name)
		}
		names[p.Name] = true
	}
	return nil
}

func (h *Hook) checkParties() error {
	if h.Subject != "" && h.Subject != "current" && !h.hasParam(h.Subject) {
		return fmt.Errorf("subject %q is no parameter", h.Subject)
	}
	if h.Object != "" && h.Object != "current" && !h.hasParam(h.Object) {
		return fmt.Errorf("object %q is no parameter", h.Object)
	}
	if h.Subject == "" && h.Action != None && h.Action != XSMOther && h.Phase == Authorize {
		return fmt.Errorf("action %s needs a subject", h.Action)
	}
	return nil
}

func (h *Hook) checkRules() error {
	if len(h.Rules) > 0 && h.Action != XSMOther {
		return fmt.Errorf("rules need action XSM_OTHER, not %s", h.Action)
	}
	for i, r := range h.Rules {
		if !validAction(r.Action) || r.Action == XSMOther || r.Action == None {
			return fmt.Errorf("rule %d: action %q decides nothing", i+1, r.Action)
		}
		if last := i == len(h.Rules)-1; (len(r.When) == 0) != last {
			return fmt.Errorf("rule %d: the last rule, and only it, has no condition", i+1)
		}
		for _, c := range r.When {
			base, field, dotted := strings.Cut(c.Param, ".")
			if !h.hasParam(base) || dotted && !isIdent(field) {
				return fmt.Errorf("rule %d: %q is no parameter", i+1, c.Param)
			}
			if len(c.In) == 0 || slices.ContainsFunc(c.In, func(s string) bool { return !isWord(s) }) {
				return fmt.Errorf("rule %d: condition on %s lists no values, or one that is no C constant", i+1, c.Param)
			}
		}
	}
	return nil
}

func (h *Hook) checkRefs() error {
	for _, v := range h.Vectors {
		if !isIdent(v.Class) || !isIdent(v.Perm) {
			return fmt.Errorf("vector %q is not class:permission", v)
		}
	}
	for _, o := range h.Ops {
		call, sub, ok := strings.Cut(string(o), "/")
		if !ok || !isIdent(call) || !isWord(sub) {
			return fmt.Errorf("operation %q is not hypercall/COMMAND", o)
		}
	}
	for _, w := range strings.FieldsFunc(string(h.Guard), func(r rune) bool { return strings.ContainsRune("!&|() ", r) }) {
		if !isIdent(w) {
			return fmt.Errorf("guard %q is not a condition on CONFIG symbols", h.Guard)
		}
	}
	return nil
}

func (h *Hook) hasParam(name string) bool {
	return slices.ContainsFunc(h.Params, func(p Param) bool { return p.Name == name })
}

func validAction(a Action) bool {
	switch a {
	case XSMHook, XSMTarget, XSMPriv, XSMDMPriv, XSMXSPriv, XSMOther, None, Deny:
		return true
	}
	return false
}

func isIdent(s string) bool {
	return isWord(s) && (s[0] < '0' || s[0] > '9')
}

func isWord(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return s != ""
}

// isType accepts words separated by single spaces with stars at the end, and one
// macro call such as XEN_GUEST_HANDLE_PARAM(void).
func isType(s string) bool {
	s = strings.TrimRight(s, "*")
	s = strings.TrimSuffix(s, " ")
	if name, arg, ok := strings.Cut(s, "("); ok {
		return isIdent(name) && isIdent(strings.TrimSuffix(arg, ")")) && strings.HasSuffix(arg, ")")
	}
	for _, w := range strings.Split(s, " ") {
		if !isIdent(w) {
			return false
		}
	}
	return true
}
