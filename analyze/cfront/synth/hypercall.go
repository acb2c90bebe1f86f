package synth

import (
	"fmt"
	"strings"
)

// prototype is one hypercall's handlers: name, prefixes, parameters.
type prototype struct {
	name     string
	prefixes []string
	params   []param
}

// param is one parameter; a pointer is a guest handle.
type param struct {
	typ, name string
	pointer   bool
}

// hypercalls is the content of hypercall-defs.c.
type hypercalls struct {
	rettype map[string]string
	xlate   map[string]string // type -> handle type
	lines   []string          // handle definitions
	protos  []*prototype
	callers []string
	columns []string
	prefix  []string
	table   []row
}

// row is one cell of the table: a caller's handler for a hypercall.
type row struct {
	caller, prefix string
	proto          *prototype
}

// Hypercalls makes xen/hypercall-defs.h from the preprocessed text of hypercall-defs.c, whose head describes its language:
// handle definitions, prototypes for each prefix, and for each caller the dispatch macro and the argument counts. The
// dispatch is one switch; the build's own tests the busiest hypercalls first, to the same effect.
func Hypercalls(file string, text []byte) ([]byte, error) {
	h := &hypercalls{rettype: map[string]string{}, xlate: map[string]string{}}
	for i, l := range strings.Split(string(text), "\n") {
		if msg := h.line(strings.TrimSpace(l)); msg != "" {
			return nil, &Error{File: file, Line: i + 1, Msg: msg}
		}
	}
	var b strings.Builder
	b.WriteString("#ifndef XEN_HYPERCALL_DEFS_H\n#define XEN_HYPERCALL_DEFS_H\n")
	for _, l := range h.lines {
		b.WriteString(l + "\n")
	}
	for _, p := range h.protos {
		for _, pre := range p.prefixes {
			fmt.Fprintf(&b, "%s %s_%s(%s);\n", h.rettype[pre], pre, p.name, p.parameters())
		}
	}
	for _, c := range h.callers {
		h.caller(&b, c)
	}
	b.WriteString("#endif\n")
	return []byte(b.String()), nil
}

// line reads one line; a non-empty result is what is wrong with it.
func (h *hypercalls) line(l string) string {
	f := strings.Fields(l)
	if len(f) == 0 || f[0][0] == '#' || f[0] == "extern" {
		return ""
	}
	key, args := f[0], f[1:]
	if strings.HasSuffix(key, ":") && len(args) == 0 {
		return key + " needs a value"
	}
	rest := func(n int) string { return strings.Join(args[min(n, len(args)):], " ") }
	switch key {
	case "handle:":
		h.xlate[rest(1)] = args[0]
	case "defhandle:":
		if len(args) == 1 {
			h.lines = append(h.lines, "DEFINE_XEN_GUEST_HANDLE("+args[0]+");")
			break
		}
		h.lines = append(h.lines, fmt.Sprintf("__DEFINE_XEN_GUEST_HANDLE(%s, %s);", args[0], rest(1)))
		h.xlate[rest(1)] = args[0]
	case "rettype:":
		h.rettype[args[0]] = rest(1)
	case "caller:":
		h.callers = append(h.callers, args[0])
	case "prefix:":
		h.prefix = args
		for _, p := range args {
			if h.rettype[p] == "" {
				h.rettype[p] = "long"
			}
		}
	case "table:":
		h.columns = args
	default:
		if h.columns != nil {
			return h.tableLine(f)
		}
		return h.prototype(l)
	}
	return ""
}

// prototype reads NAME(TYPE NAME, ...).
func (h *hypercalls) prototype(l string) string {
	name, rest, ok := strings.Cut(l, "(")
	args, _, closed := strings.Cut(rest, ")")
	if !ok || !closed {
		return fmt.Sprintf("%q is no prototype", l)
	}
	p := &prototype{name: strings.TrimSpace(name), prefixes: h.prefix}
	for _, a := range strings.Split(args, ",") {
		w := strings.Fields(strings.Replace(a, "*", " ", 1))
		if len(w) == 0 {
			continue
		}
		if len(w) == 1 {
			return fmt.Sprintf("parameter %q has no type or no name", a)
		}
		x := param{typ: strings.Join(w[:len(w)-1], " "), name: w[len(w)-1], pointer: strings.Contains(a, "*")}
		if to, ok := h.xlate[x.typ]; ok && x.pointer {
			x.typ = to
		}
		p.params = append(p.params, x)
	}
	h.protos = append(h.protos, p)
	return ""
}

// tableLine reads NAME PREFIX[:PRIORITY]... of the table.
func (h *hypercalls) tableLine(f []string) string {
	if len(f) != len(h.columns)+1 {
		return fmt.Sprintf("table line has %d columns, want %d", len(f), len(h.columns)+1)
	}
	for i, caller := range h.columns {
		prefix, _, _ := strings.Cut(f[i+1], ":")
		if prefix == "-" || !has(h.callers, caller) {
			continue
		}
		found := false
		for _, p := range h.protos {
			if p.name == f[0] && has(p.prefixes, prefix) {
				h.table = append(h.table, row{caller, prefix, p})
				found = true
			}
		}
		if !found {
			return fmt.Sprintf("no prototype for %s_%s", prefix, f[0])
		}
	}
	return ""
}

// has tells whether list holds s.
func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// parameters spells the parameter list.
func (p *prototype) parameters() string {
	if len(p.params) == 0 {
		return "void"
	}
	var out []string
	for _, x := range p.params {
		t := x.typ
		if x.pointer {
			t = "XEN_GUEST_HANDLE_PARAM(" + t + ")"
		}
		out = append(out, t+" "+x.name)
	}
	return strings.Join(out, ", ")
}

// caller writes the macros of one caller.
func (h *hypercalls) caller(b *strings.Builder, c string) {
	fmt.Fprintf(b, "#define call_handlers_%s(num, ret, a1, a2, a3, a4, a5) \\\n({ \\\n    switch ( num ) \\\n    { \\\n", c)
	var counts strings.Builder
	for _, r := range h.table {
		if r.caller != c {
			continue
		}
		var args []string
		for i, x := range r.proto.params {
			if x.pointer {
				args = append(args, fmt.Sprintf("(XEN_GUEST_HANDLE_PARAM(%s)){ _p(a%d) }", x.typ, i+1))
			} else {
				args = append(args, fmt.Sprintf("(%s)(a%d)", x.typ, i+1))
			}
		}
		fmt.Fprintf(b, "    case __HYPERVISOR_%s: \\\n        ret = %s_%s(%s); \\\n        break; \\\n", r.proto.name, r.prefix, r.proto.name, strings.Join(args, ", "))
		fmt.Fprintf(&counts, "[__HYPERVISOR_%s] = %d, \\\n", r.proto.name, len(r.proto.params))
	}
	fmt.Fprintf(b, "    default: \\\n        ret = -ENOSYS; \\\n        break; \\\n    } \\\n})\n#define hypercall_args_%s \\\n{ \\\n%s}\n", c, counts.String())
}
