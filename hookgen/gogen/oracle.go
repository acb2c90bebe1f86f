package gogen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
)

// Decided lists the hooks whose default action the C oracle computes.
func (m *model) Decided() []*hook {
	var out []*hook
	for _, h := range m.Hooks {
		if h.Phase == catalog.Authorize && h.Action != catalog.None {
			out = append(out, h)
		}
	}
	return out
}

// constant is a name the oracle's rules use, with a value of its own for when
// no Xen header gives the real one.
type constant struct {
	Name  string
	Value int
}

// Constants numbers the constants of all rules. The numbers are arbitrary but
// distinct; the output has names, not values.
func (m *model) Constants() []constant {
	var out []constant
	for _, h := range m.Decided() {
		for _, r := range h.Rules {
			for _, c := range r.When {
				for _, v := range c.In {
					known := slices.ContainsFunc(out, func(k constant) bool { return k.Name == v })
					if v != "true" && !known {
						out = append(out, constant{v, 100 + len(out)})
					}
				}
			}
		}
	}
	return out
}

// CParams is the C parameter list of the oracle's function; scalars are unsigned
// long, whatever their C type.
func (h *hook) CParams() string {
	var out []string
	for _, p := range h.Params {
		switch {
		case isDomain(p):
			out = append(out, "struct domain *"+p.Name)
		case strings.HasSuffix(p.Type, "*"):
			out = append(out, "void *"+p.Name)
		default:
			out = append(out, "unsigned long "+p.Name)
		}
	}
	if out == nil {
		return "void"
	}
	return strings.Join(out, ", ")
}

func isDomain(p catalog.Param) bool { return strings.TrimPrefix(p.Type, "const ") == "struct domain *" }

// CReturn is the C form of the hook's action.
func (h *hook) CReturn() string { return h.cDefault(h.Action) }

func (h *hook) cDefault(a catalog.Action) string {
	if a == catalog.Deny {
		return "-EPERM"
	}
	party := func(p string) string {
		switch p {
		case "current":
			return "current_domain"
		case "":
			return "NULL"
		}
		return p
	}
	return fmt.Sprintf("default_action(%s, %s, %s)", a, party(h.Subject), party(h.Object))
}

// CRules is the rules as C conditions.
func (h *hook) CRules() []rule {
	return h.rules(" && ", h.cDefault, func(c catalog.Cond, v string) string {
		if base, field, ok := strings.Cut(c.Param, "."); ok {
			return base + "->" + field
		}
		return c.Param + " == " + v
	})
}

// values is the arguments tried for one scalar parameter.
type values struct{ Name, List, Names string }

// CValues lists, for each parameter that rules test, the constants they name and
// one value that is none of them.
func (h *hook) CValues() []values {
	var out []values
	for _, p := range h.Params {
		if vals := h.tested(p.Name); vals != nil {
			vals = append(vals, "9999")
			out = append(out, values{p.Name, strings.Join(vals, ", "), `"` + strings.Join(vals, `", "`) + `"`})
		}
	}
	return out
}

func (h *hook) tested(param string) []string {
	var out []string
	for _, r := range h.Rules {
		for _, c := range r.When {
			for _, v := range c.In {
				if c.Param == param && !slices.Contains(out, v) {
					out = append(out, v)
				}
			}
		}
	}
	return out
}

// loops walks the parameters that vary: domains (f) and tested scalars (g).
func (h *hook) loops(domain func(p catalog.Param, nullable bool), scalar func(p catalog.Param)) {
	for _, p := range h.Params {
		switch {
		case isDomain(p):
			dotted := slices.ContainsFunc(h.Rules, func(r catalog.Rule) bool {
				return slices.ContainsFunc(r.When, func(c catalog.Cond) bool { return strings.HasPrefix(c.Param, p.Name+".") })
			})
			domain(p, p.Name != h.Subject && !dotted)
		case h.tested(p.Name) != nil:
			scalar(p)
		}
	}
}

// CLoops opens one loop a varying parameter; index -1 is no domain.
func (h *hook) CLoops() string {
	var b strings.Builder
	h.loops(func(p catalog.Param, nullable bool) {
		from := 0
		if nullable {
			from = -1
		}
		fmt.Fprintf(&b, "EACH(%s_, %d) ", p.Name, from)
	}, func(p catalog.Param) { fmt.Fprintf(&b, "EACHV(%s_, %s_v) ", p.Name, p.Name) })
	return strings.TrimSpace(b.String())
}

// CFormat is the printf format of the varying parameters: domains by index, scalars by name.
func (h *hook) CFormat() string {
	var b strings.Builder
	h.loops(func(p catalog.Param, _ bool) { fmt.Fprintf(&b, " %s=%%d", p.Name) },
		func(p catalog.Param) { fmt.Fprintf(&b, " %s=%%s", p.Name) })
	return b.String()
}

// CPrintArgs is the arguments that go with CFormat.
func (h *hook) CPrintArgs() string {
	var b strings.Builder
	h.loops(func(p catalog.Param, _ bool) { fmt.Fprintf(&b, ", %s_", p.Name) },
		func(p catalog.Param) { fmt.Fprintf(&b, ", %s_n[%s_]", p.Name, p.Name) })
	return b.String()
}

// CCall is the arguments of the call: the varying ones, and 0 for the others.
func (h *hook) CCall() string {
	args := map[string]string{}
	h.loops(func(p catalog.Param, nullable bool) {
		args[p.Name] = fmt.Sprintf("doms[%s_]", p.Name)
		if nullable {
			args[p.Name] = fmt.Sprintf("%s_ < 0 ? NULL : doms[%s_]", p.Name, p.Name)
		}
	}, func(p catalog.Param) { args[p.Name] = fmt.Sprintf("%s_v[%s_]", p.Name, p.Name) })
	var out []string
	for _, p := range h.Params {
		if a, ok := args[p.Name]; ok {
			out = append(out, a)
		} else {
			out = append(out, "ZERO("+p.Type+")")
		}
	}
	return strings.Join(out, ", ")
}
