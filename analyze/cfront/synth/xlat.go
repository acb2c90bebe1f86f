package synth

import (
	"fmt"
	"strings"
)

// XlatHeader makes the macros that xlat.lst asks for from the compat headers: XLAT_NAME copies a structure from one ABI's
// form to the other's member by member, CHECK_NAME asserts that both forms are laid out alike. headers maps the header
// names of the list to their text. Older trees (typed false) check members of a structure type as plain members.
// What cannot be found is returned as errors, and left out.
func XlatHeader(list []Xlat, headers map[string][]byte, typed bool) ([]byte, []error) {
	var b strings.Builder
	var errs []error
	parsed := map[string]map[string]*aggregate{}
	for _, x := range list {
		text, ok := headers[x.Header]
		if !ok {
			continue
		}
		if parsed[x.Header] == nil {
			parsed[x.Header] = aggregates(text)
		}
		tag := "compat_" + strings.TrimPrefix(x.Name, "xen")
		a := parsed[x.Header][tag]
		if a == nil {
			errs = append(errs, fmt.Errorf("struct %s not found in %s", tag, x.Header))
			continue
		}
		g := &xlatGen{out: &b, name: strings.TrimPrefix(x.Name, "xen"), typed: typed}
		if x.Kind == "!" {
			g.enums(g.name, a)
			fmt.Fprintf(&b, "\n#define XLAT_%s(_d_, _s_) do {", g.name)
			g.copyMembers("    ", "", a)
			b.WriteString(" \\\n} while (0)\n")
			continue
		}
		fmt.Fprintf(&b, "\n#define CHECK_%s \\\n    CHECK_SIZE_(%s, %s)", g.name, a.kind, g.name)
		g.check(a.kind, "", a)
		b.WriteString("\n")
	}
	return []byte(b.String()), errs
}

// xlatGen writes the macros of one structure.
type xlatGen struct {
	out   *strings.Builder
	name  string
	typed bool
}

// line continues the macro on a new line.
func (g *xlatGen) line(format string, args ...any) {
	g.out.WriteString(" \\\n")
	fmt.Fprintf(g.out, format, args...)
}

// enums declares, for each named union inside, the values that say which member is in use.
func (g *xlatGen) enums(name string, a *aggregate) {
	for i := range a.members {
		if m := &a.members[i]; m.body != nil && m.name != "" {
			g.enums(name+"_"+m.name, m.body)
		}
	}
	if a.kind != "union" {
		return
	}
	fmt.Fprintf(g.out, "\nenum XLAT_%s {\n", name)
	for _, m := range a.members {
		if m.name != "" {
			fmt.Fprintf(g.out, "    XLAT_%s_%s,\n", name, m.name)
		}
	}
	g.out.WriteString("};\n")
}

// under joins a member's path with _ for use in a name.
func under(path string) string { return strings.ReplaceAll(path, ".", "_") }

// join appends a member to a path.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// copyMembers copies what a holds; path leads to it.
func (g *xlatGen) copyMembers(indent, path string, a *aggregate) {
	for i := range a.members {
		m := &a.members[i]
		if m.padding() {
			continue
		}
		if i > 0 && path == "" && a.members[i-1].padding() && m.handle != "" {
			m = &member{name: m.name, dims: m.dims} // the scripts lose a handle's type after padding
		}
		p := join(path, m.name)
		switch {
		case a.kind == "union":
			g.line("%scase XLAT_%s_%s:", indent, g.name, under(p))
			g.copyMember(indent+"    ", p, m)
			g.line("%s    break;", indent)
		case len(m.dims) > 0:
			g.copyArray(indent, p, m, m.dims)
		default:
			g.copyMember(indent, p, m)
		}
	}
}

// copyMember copies one member that is no array.
func (g *xlatGen) copyMember(indent, p string, m *member) {
	switch {
	case m.copied:
		g.line("    if ((_d_)->%s != (_s_)->%s)", p, p)
		g.line("        memcpy((_d_)->%s, (_s_)->%s, sizeof((_d_)->%s));", p, p, p)
	case m.body != nil && m.body.kind == "union":
		g.line("%sswitch (%s) {", indent, under(p))
		g.copyMembers(indent, p, m.body)
		g.line("%s}", indent)
	case m.body != nil:
		g.copyMembers(indent, p, m.body)
	case m.ref != "":
		g.line("%sXLAT_%s(&(_d_)->%s, &(_s_)->%s);", indent, strings.TrimPrefix(m.ref, "compat_"), p, p)
	case m.handle != "":
		g.line("%sXLAT_%s_HNDL_%s(_d_, _s_);", indent, g.name, under(p))
	default:
		g.line("%s(_d_)->%s = (_s_)->%s;", indent, p, p)
	}
}

// copyArray copies an array element by element.
func (g *xlatGen) copyArray(indent, p string, m *member, dims []string) {
	i := fmt.Sprintf("i%d", len(dims)-1)
	g.line("%s{", indent)
	g.line("%s    unsigned int %s;", indent, i)
	g.line("%s    for (%s = 0; %s < %s; ++%s) {", indent, i, i, dims[0], i)
	element := p + "[" + i + "]"
	if len(dims) > 1 {
		g.copyArray(indent+"        ", element, m, dims[1:])
	} else {
		g.copyMember(indent+"        ", element, m)
	}
	g.line("%s    }", indent)
	g.line("%s}", indent)
}

// check asserts the layout of what a holds.
func (g *xlatGen) check(kind, path string, a *aggregate) {
	for i := range a.members {
		m := &a.members[i]
		if m.padding() {
			continue
		}
		p := join(path, m.name)
		if m.body != nil {
			g.check(kind, p, m.body)
			continue
		}
		g.out.WriteString("; \\\n")
		ref := strings.TrimPrefix(m.ref, "xen_")
		if ref == "" && g.typed {
			ref = typedMember(m.typ, path != "")
		}
		switch parts := strings.Split(p, "."); {
		case ref != "":
			fmt.Fprintf(g.out, "    CHECK_%s", ref)
		case len(parts) == 1:
			fmt.Fprintf(g.out, "    CHECK_FIELD_(%s, %s, %s)", kind, g.name, p)
		default:
			fmt.Fprintf(g.out, "    CHECK_SUBFIELD_%d_(%s, %s, %s)", len(parts)-1, kind, g.name, strings.Join(parts, ", "))
		}
	}
}

// typedMember returns the structure that a member's type names, which has a check of its own, or "".
func typedMember(typ string, nested bool) string {
	switch {
	case typ == "compat_argo_port_t" || typ == "evtchn_port_compat_t":
	case strings.HasPrefix(typ, "compat_") && strings.HasSuffix(typ, "_t"):
		return strings.TrimPrefix(strings.TrimSuffix(typ, "_t"), "compat_")
	case nested && strings.HasPrefix(typ, "evtchn_") && strings.HasSuffix(typ, "_compat_t"):
		return strings.TrimSuffix(typ, "_compat_t")
	}
	return ""
}
