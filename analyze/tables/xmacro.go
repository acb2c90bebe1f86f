package tables

import (
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Newer trees list their hooks once, in a header of macro invocations that each table includes after it has defined the macro for its own
// purpose. expand writes such a table out as the preprocessor would, and remembers which invocation each line comes from.

// macro is a function-like macro.
type macro struct {
	params   []string
	variadic string // name of the parameter that takes the rest: "__VA_ARGS__" or GNU's own
	body     string
}

var (
	includeRE = regexp.MustCompile(`^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]*)[>"]`)
	defineRE  = regexp.MustCompile(`^[ \t]*#[ \t]*define[ \t]+(\w+)\(([^)]*)\)([^\n]*(?:\n[^\n]*)*)`)
	undefRE   = regexp.MustCompile(`^[ \t]*#[ \t]*undef[ \t]+(\w+)`)
	invokeRE  = regexp.MustCompile(`^[ \t]*([A-Z_][A-Z0-9_]*)\(`)
	wordRE    = regexp.MustCompile(`\w+`)
)

// maxExpanded bounds the text that one file's expansions may make.
const maxExpanded = 8 << 20

// expander writes out one file.
type expander struct {
	macros map[string]*macro
	active map[string]bool // being expanded: C does not expand a macro inside itself
	left   int             // bytes that expansions may still make
	out    strings.Builder
	segs   []segment
}

// logical splits text into lines, where a backslash joins a line with the next.
func logical(text string) (lines [][2]int) {
	for at := 0; at < len(text); {
		end := lineEnd(text, at)
		for end < len(text) && strings.HasSuffix(strings.TrimRight(text[at:end], "\r\n"), "\\") {
			end = lineEnd(text, end)
		}
		lines = append(lines, [2]int{at, end})
		at = end
	}
	return lines
}

// isCatalogue reports whether a header is a list of hooks: at least three invocations of one macro, and nothing but directives beside them.
func isCatalogue(text string) bool {
	count := map[string]int{}
	most := 0
	for i := 0; i < len(text); {
		end := lineEnd(text, i)
		line := strings.TrimSpace(text[i:end])
		switch {
		case line == "":
		case line[0] == '#':
			for end < len(text) && strings.HasSuffix(strings.TrimRight(text[i:end], "\r\n"), "\\") {
				end = lineEnd(text, end)
			}
		default:
			m := invokeRE.FindStringSubmatchIndex(text[i:])
			if m == nil {
				return false
			}
			stop := closing(text, i+m[1]-1, '(', ')')
			if stop < 0 {
				return false
			}
			name := text[i+m[2] : i+m[3]]
			count[name]++
			most = max(most, count[name])
			end = stop + 1
		}
		i = end
	}
	return most >= 3
}

// expand returns the source of file p, with every catalogue that it includes written out. find resolves an include to a catalogue.
func expand(p, raw, text string, find func(from, name string) (path, text string)) *source {
	e := &expander{macros: map[string]*macro{}, active: map[string]bool{}, left: maxExpanded}
	did := false
	for _, l := range logical(text) {
		line := text[l[0]:l[1]]
		if m := includeRE.FindStringSubmatchIndex(raw[l[0]:l[1]]); m != nil {
			if q, cat := find(p, raw[l[0]+m[2]:l[0]+m[3]]); q != "" {
				did = true
				e.catalogue(q, cat)
				continue
			}
		}
		e.directive(line)
		e.copy(p, l[0], line)
	}
	if !did {
		return newSource(p, text)
	}
	s := newSource(p, e.out.String())
	s.segs = e.segs
	return s
}

// copy writes a line as it stands.
func (e *expander) copy(p string, at int, line string) {
	if n := len(e.segs); n > 0 {
		g := e.segs[n-1]
		if !g.expanded && g.path == p && g.start+e.out.Len()-g.at == at {
			e.out.WriteString(line)
			return
		}
	}
	e.segs = append(e.segs, segment{at: e.out.Len(), path: p, start: at, end: at})
	e.out.WriteString(line)
}

// directive notes what a line defines.
func (e *expander) directive(line string) {
	if m := undefRE.FindStringSubmatch(line); m != nil {
		delete(e.macros, m[1])
		return
	}
	m := defineRE.FindStringSubmatch(line)
	if m == nil {
		return
	}
	mac := &macro{body: strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(m[3], "\\\r\n", " "), "\\\n", " "))}
	for _, a := range strings.Split(m[2], ",") {
		a = strings.TrimSpace(strings.ReplaceAll(a, "\\\n", " "))
		switch name, more := strings.CutSuffix(a, "..."); {
		case more && strings.TrimSpace(name) == "":
			mac.variadic = "__VA_ARGS__"
		case more:
			mac.variadic = strings.TrimSpace(name)
		case a != "":
			mac.params = append(mac.params, a)
		}
	}
	e.macros[m[1]] = mac
}

// catalogue writes the invocations of a catalogue, expanded, and its directives.
func (e *expander) catalogue(p, text string) {
	for i := 0; i < len(text); {
		end := lineEnd(text, i)
		line := text[i:end]
		t := strings.TrimSpace(line)
		m := invokeRE.FindStringSubmatchIndex(text[i:])
		if strings.HasPrefix(t, "#") || t == "" || m == nil || m[0] != 0 {
			for end < len(text) && strings.HasSuffix(strings.TrimRight(text[i:end], "\r\n"), "\\") {
				end = lineEnd(text, end)
			}
			e.directive(text[i:end])
			e.copy(p, i, text[i:end])
			i = end
			continue
		}
		stop := closing(text, i+m[1]-1, '(', ')')
		if stop < 0 {
			return
		}
		end = lineEnd(text, stop)
		name, args := text[i+m[2]:i+m[3]], splitArgs(text[i+m[1]:stop])
		e.segs = append(e.segs, segment{at: e.out.Len(), path: p, start: i, end: end, expanded: true})
		e.out.WriteString(strings.ReplaceAll(e.invoke(name, args), "\n", " ") + "\n")
		i = end
	}
}

// invoke is the text that one invocation becomes. A catalogue that counts its arguments to choose among macros (HOOK -> HOOK2) is
// followed by the count.
func (e *expander) invoke(name string, args []string) string {
	m := e.choose(name, len(args))
	if m == nil || e.active[name] || e.left <= 0 {
		return name + "(" + strings.Join(args, ", ") + ")"
	}
	e.active[name] = true
	defer delete(e.active, name)
	val := map[string]string{}
	for i, p := range m.params {
		if i < len(args) {
			val[p] = args[i]
		}
	}
	if m.variadic != "" && len(args) > len(m.params) {
		val[m.variadic] = strings.Join(args[len(m.params):], ", ")
	} else if m.variadic != "" {
		val[m.variadic] = ""
	}
	body := pasteRE.ReplaceAllString(substitute(m.body, val), "")
	e.left -= len(body) + 1
	return e.rescan(body)
}

var pasteRE = regexp.MustCompile(`\s*##\s*`)

// substitute replaces parameters by arguments. A # before one makes a literal, which says nothing here.
func substitute(body string, val map[string]string) string {
	return wordRE.ReplaceAllStringFunc(body, func(w string) string {
		if v, ok := val[w]; ok {
			return v
		}
		return w
	})
}

// rescan expands the invocations that a replaced body holds.
func (e *expander) rescan(body string) string {
	var b strings.Builder
	for i := 0; i < len(body); {
		loc := wordRE.FindStringIndex(body[i:])
		if loc == nil {
			b.WriteString(body[i:])
			break
		}
		from, to := i+loc[0], i+loc[1]
		open := to + len(body[to:]) - len(strings.TrimLeft(body[to:], " \t"))
		if open < len(body) && body[open] == '(' && e.macros[body[from:to]] != nil {
			if stop := closing(body, open, '(', ')'); stop > 0 {
				b.WriteString(body[i:from])
				b.WriteString(e.invoke(body[from:to], splitArgs(body[open+1:stop])))
				i = stop + 1
				continue
			}
		}
		b.WriteString(body[i:to])
		i = to
	}
	return b.String()
}

// choose is the macro that an invocation with n arguments ends up in.
func (e *expander) choose(name string, n int) *macro {
	m := e.macros[name]
	if m == nil {
		return nil
	}
	if m.variadic == "" {
		return m
	}
	for k := n; k >= 0; k-- { // HOOK(result, name, types...) with two types is HOOK2(result, name, type, type)
		c := e.macros[name+strconv.Itoa(k)]
		if c != nil && n-k == len(m.params) {
			return c
		}
	}
	return m
}

// splitArgs splits at the commas outside brackets; an empty list has no arguments.
func splitArgs(list string) (out []string) {
	depth, start := 0, 0
	for i := 0; i < len(list); i++ {
		switch list[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, squeezeSpace(list[start:i]))
				start = i + 1
			}
		}
	}
	if last := squeezeSpace(list[start:]); last != "" || len(out) > 0 {
		out = append(out, last)
	}
	return out
}

// findCatalogue resolves an include of a file to a catalogue among the files that were read.
func (r *reader) findCatalogue(from, name string) (string, string) {
	for _, p := range []string{path.Join(path.Dir(from), name), name} {
		if t, ok := r.catalogues[p]; ok {
			return p, t
		}
	}
	for _, p := range r.catalogueOrder {
		if strings.HasSuffix(p, "/"+name) {
			return p, r.catalogues[p]
		}
	}
	return "", ""
}
