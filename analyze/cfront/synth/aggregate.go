package synth

import (
	"regexp"
	"strings"
)

// aggregate is a struct or union, as far as copying and checking its members needs.
type aggregate struct {
	kind    string // "struct" or "union"
	tag     string
	members []member
}

// member is one named member. At most one of handle, array and the type fields is set.
type member struct {
	name   string
	dims   []string   // of an array, outermost first
	handle string     // what a guest handle points to, without compat_
	copied bool       // an array behind a typedef, copied whole
	body   *aggregate // an unnamed struct or union
	ref    string     // the tag of a named struct or union
	typ    string     // the first word of any other type
}

// padName matches the names of padding.
var padName = regexp.MustCompile(`^_pad[0-9]*$`)

// padding tells whether the member is padding, which is neither copied nor checked.
func (m *member) padding() bool { return m.name == "" || padName.MatchString(m.name) }

// splitTokens cuts declarations into words and the marks []{},;: , dropping directives. COMPAT_HANDLE(x) is one word.
func splitTokens(text []byte) []string {
	var out []string
	for _, l := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(strings.TrimSpace(l), "#") {
			continue
		}
		for _, mark := range []string{"[", "]", ",", ";", ":", "{", "}"} {
			l = strings.ReplaceAll(l, mark, " "+mark+" ")
		}
		out = append(out, strings.Fields(l)...)
	}
	return out
}

// parser reads members off a list of words.
type parser struct {
	toks     []string
	typedefs map[string]bool // names of types that are guest handles
}

// aggregates returns the tagged structs and unions that text defines, and the names of its handle types.
func aggregates(text []byte) map[string]*aggregate {
	p := &parser{toks: splitTokens(text), typedefs: map[string]bool{}}
	p.handleTypes()
	out := map[string]*aggregate{}
	for i := 0; i+2 < len(p.toks); i++ {
		if !isAggregate(p.toks[i]) || p.toks[i+2] != "{" {
			continue
		}
		if a, _ := p.body(p.toks[i:], 0); a != nil && out[a.tag] == nil {
			out[a.tag] = a
		}
	}
	return out
}

// handleTypes finds "typedef COMPAT_HANDLE(x) name;".
func (p *parser) handleTypes() {
	for i := 0; i+2 < len(p.toks); i++ {
		if p.toks[i] == "typedef" && strings.HasPrefix(p.toks[i+1], "COMPAT_HANDLE(") {
			for j := i + 2; j < len(p.toks) && p.toks[j] != ";"; j++ {
				if isName(p.toks[j]) {
					p.typedefs[p.toks[j]] = true
				}
			}
		}
	}
}

// isAggregate tells whether w is struct or union.
func isAggregate(w string) bool { return w == "struct" || w == "union" }

// isName tells whether w begins as an identifier does.
func isName(w string) bool {
	return w != "" && (w[0] == '_' || w[0] >= 'a' && w[0] <= 'z' || w[0] >= 'A' && w[0] <= 'Z')
}

// maxNesting bounds aggregates within aggregates.
const maxNesting = 32

// body reads "struct [TAG] { MEMBERS }" and returns how many words it took; nil when toks begin otherwise.
func (p *parser) body(toks []string, depth int) (*aggregate, int) {
	a := &aggregate{kind: toks[0]}
	i := 1
	for i < len(toks) && toks[i] != "{" && toks[i] != ";" {
		if isName(toks[i]) && a.tag == "" && !strings.HasPrefix(toks[i], "__attribute__") {
			a.tag = toks[i]
		}
		i++
	}
	if i >= len(toks) || toks[i] != "{" || depth > maxNesting {
		return nil, 0
	}
	for i++; i < len(toks) && toks[i] != "}"; {
		i += p.declaration(a, toks[i:], depth)
	}
	return a, i + 1
}

// declaration reads one declaration with its semicolon into a.
func (p *parser) declaration(a *aggregate, toks []string, depth int) int {
	var m member
	i := 0
	for i < len(toks) && toks[i] != "}" {
		switch w := toks[i]; {
		case w == ";":
			p.add(a, m)
			return i + 1
		case w == ",":
			p.add(a, m)
			m.name, m.dims = "", nil
		case isAggregate(w):
			if b, n := p.body(toks[i:], depth+1); b != nil {
				m.body, i = b, i+n
				continue
			}
			if i+1 < len(toks) {
				i++
				m.ref = toks[i]
			}
		case w == "[":
			n := dimension(toks[i:])
			m.dims = append(m.dims, strings.Join(toks[i+1:max(i+1, i+n-1)], " "))
			i += n
			continue
		default:
			p.word(&m, w)
		}
		i++
	}
	return max(i, 1)
}

// dimension returns how many words "[ ... ]" takes.
func dimension(toks []string) int {
	depth := 0
	for i, w := range toks {
		switch w {
		case "[":
			depth++
		case "]":
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(toks)
}

// word takes one word of a declaration: a type, a handle, or the name.
func (p *parser) word(m *member, w string) {
	switch {
	case strings.HasPrefix(w, "COMPAT_HANDLE(") && strings.HasSuffix(w, ")") && m.name == "":
		m.handle = strings.TrimPrefix(w[len("COMPAT_HANDLE("):len(w)-1], "compat_")
	case p.typedefs[w] && m.handle == "" && m.name == "":
		m.handle = w
	case w == "compat_domain_handle_t" && m.name == "":
		m.copied = true
	case isName(w):
		if m.typ == "" {
			m.typ = w
		}
		m.name = w
	}
}

// add appends the member that a declarator made.
func (p *parser) add(a *aggregate, m member) {
	m.name = strings.TrimLeft(m.name, "*")
	if m.name == "" && m.body == nil {
		return
	}
	a.members = append(a.members, m)
}
