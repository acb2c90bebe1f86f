package gogen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
)

// model is what the templates are given.
type model struct {
	Flavour string
	Hooks   []*hook
}

// hook is a catalogue hook with its Go and C spellings. Its methods are the
// templates' vocabulary.
type hook struct {
	*catalog.Hook
	Go       string
	goParams []goParam
}

// goParam is one Go parameter. An array's length parameter has none.
type goParam struct{ name, typ string }

// custom are the hooks whose default is written by hand: they decide on more
// than the action table can say.
var custom = []string{"set_system_active", "mmu_update", "do_xsm_op", "do_compat_op"}

// Custom reports that the dummy module's method is written by hand.
func (h *hook) Custom() bool { return slices.Contains(custom, h.Name) }

func newModel(c *catalog.Catalog) (*model, error) {
	m := &model{Flavour: c.Flavour}
	for _, ch := range c.Hooks {
		h := &hook{Hook: ch, Go: GoName(ch.Name)}
		arrays := slices.ContainsFunc(ch.Params, func(p catalog.Param) bool { return strings.HasSuffix(p.Type, "[]") })
		for _, p := range ch.Params {
			if arrays && p.Name == "nr" {
				continue
			}
			typ, err := goType(p)
			if err != nil {
				return nil, fmt.Errorf("hook %s: %w", ch.Name, err)
			}
			h.goParams = append(h.goParams, goParam{p.Name, typ})
		}
		m.Hooks = append(m.Hooks, h)
	}
	return m, nil
}

var initialisms = map[string]string{
	"irq": "IRQ", "pirq": "PIRQ", "pci": "PCI", "gsi": "GSI", "hvm": "HVM", "mmu": "MMU", "mca": "MCA",
	"dm": "DM", "xs": "XS", "sid": "SID", "pt": "PT", "xsm": "XSM", "va": "VA", "pmu": "PMU", "io": "IO",
	"altp2mhvm": "AltP2MHVM", "getdomaininfo": "GetDomainInfo", "domaininfo": "DomainInfo",
	"mmuext": "MMUExt", "vnumainfo": "VNUMAInfo", "readconsole": "ReadConsole", "iomem": "IOMem",
	"ioport": "IOPort", "evtchn": "Evtchn", "evtchns": "Evtchns", "unmapref": "UnmapRef",
	"mapref": "MapRef", "dtdevice": "DTDevice", "schedop": "SchedOp", "hypfs": "HypFS", "vm": "VM",
}

// GoName turns a hook's name into its Go method: evtchn_send is EvtchnSend.
func GoName(name string) string {
	var b strings.Builder
	for _, w := range strings.Split(name, "_") {
		if s, ok := initialisms[w]; ok {
			b.WriteString(s)
		} else if w != "" {
			b.WriteString(strings.ToUpper(w[:1]) + w[1:])
		}
	}
	return b.String()
}

var goTypes = map[string]string{
	"struct domain *":                   "*Domain",
	"struct evtchn *":                   "*Evtchn",
	"struct evtchn[]":                   "[]*Evtchn",
	"struct page_info *":                "*Page",
	"struct xen_domctl_getdomaininfo *": "*DomainInfo",
	"struct xen_domctl_bind_pt_irq *":   "*BindPTIRQ",
	"void *":                            "*PCIDev",
	"char *":                            "string",
	"domid_t":                           "DomID",
	"l1_pgentry_t":                      "PTE",
	"uint8_t":                           "bool",
	"uint16_t":                          "uint16",
	"uint32_t":                          "uint32",
	"uint64_t":                          "uint64",
	"unsigned long":                     "uint64",
	"unsigned int":                      "uint32",
	"int":                               "int",
	"XEN_GUEST_HANDLE_PARAM(void)":      "*Op",
}

// goType maps a C parameter type. The byte parameters of hooks are all yes or no.
func goType(p catalog.Param) (string, error) {
	t, ok := goTypes[strings.TrimPrefix(p.Type, "const ")]
	if !ok {
		return "", fmt.Errorf("no Go type for parameter %q", p)
	}
	return t, nil
}

// GoParams is the Go parameter list as package xsm spells it.
func (h *hook) GoParams() string { return h.params(func(t string) string { return t }) }

// QualParams is the Go parameter list for other packages.
func (h *hook) QualParams() string {
	return h.params(func(t string) string {
		i := strings.IndexFunc(t, func(r rune) bool { return r >= 'A' && r <= 'Z' })
		if i < 0 {
			return t
		}
		return t[:i] + "xsm." + t[i:]
	})
}

func (h *hook) params(spell func(string) string) string {
	out := "cur " + spell("*Domain")
	for _, p := range h.goParams {
		out += ", " + p.name + " " + spell(p.typ)
	}
	return out
}

// GoArgs passes the parameters on.
func (h *hook) GoArgs() string {
	out := "cur"
	for _, p := range h.goParams {
		out += ", " + p.name
	}
	return out
}

// GoTail is GoArgs without cur.
func (h *hook) GoTail() string {
	return strings.TrimPrefix(strings.TrimPrefix(h.GoArgs(), "cur"), ", ")
}

// GoNames is the parameters' names as Go strings, cur first.
func (h *hook) GoNames() string {
	return `"` + strings.ReplaceAll(h.GoArgs(), ", ", `", "`) + `"`
}

// GoResult is the Go result type, or "".
func (h *hook) GoResult() string {
	switch {
	case h.Void():
		return ""
	case strings.HasSuffix(h.Result, "*"):
		return "string"
	default:
		return "error"
	}
}

// GoZero is what the hypervisor without hooks answers.
func (h *hook) GoZero() string {
	switch {
	case h.Name == "do_xsm_op" || h.Name == "do_compat_op":
		return "abi.ENOSYS"
	case h.GoResult() == "string":
		return `""`
	default:
		return "nil"
	}
}

// DefaultReturn is the dummy module's answer for a hook without rules.
func (h *hook) DefaultReturn() string {
	if h.GoResult() == "string" {
		return `""`
	}
	return h.goDefault(h.Action)
}

func (h *hook) goDefault(a catalog.Action) string {
	switch a {
	case catalog.None, catalog.XSMHook:
		return "nil"
	case catalog.Deny:
		return "abi.EPERM"
	}
	return fmt.Sprintf("xsm.DefaultAction(xsm.%s, %s, %s)", GoName(strings.ToLower(string(a))), goParty(h.Subject), goParty(h.Object))
}

func goParty(p string) string {
	switch p {
	case "current":
		return "cur"
	case "":
		return "nil"
	}
	return p
}

// rule is a catalogue rule in one of the languages; Cond is empty for the last.
type rule struct{ Cond, Return string }

// GoRules is the rules as Go conditions.
func (h *hook) GoRules() []rule {
	return h.rules(" && ", h.goDefault, func(c catalog.Cond, v string) string {
		if base, field, ok := strings.Cut(c.Param, "."); ok {
			return base + "." + GoName(field) + "()"
		}
		return c.Param + " == abi." + v
	})
}

func (h *hook) rules(and string, result func(catalog.Action) string, test func(catalog.Cond, string) string) []rule {
	var out []rule
	for _, r := range h.Rules {
		var conds []string
		for _, c := range r.When {
			var alts []string
			for _, v := range c.In {
				alts = append(alts, test(c, v))
			}
			or := strings.Join(alts, " || ")
			if len(r.When) > 1 && len(alts) > 1 {
				or = "(" + or + ")"
			}
			conds = append(conds, or)
		}
		out = append(out, rule{strings.Join(conds, and), result(r.Action)})
	}
	return out
}
