package tables

import (
	"regexp"
	"strings"
)

// blank replaces comments and the insides of literals by spaces, keeping every offset and line.
func blank(s string) string {
	b := []byte(s)
	for i := 0; i < len(b); {
		var end int
		switch {
		case b[i] == '/' && i+1 < len(b) && b[i+1] == '*':
			end = indexFrom(s, i+2, "*/") + 2
		case b[i] == '/' && i+1 < len(b) && b[i+1] == '/':
			end = indexFrom(s, i, "\n")
		case b[i] == '"' || b[i] == '\'':
			end = literalEnd(s, i)
			wipe(b[i+1 : max(i+1, end-1)])
			i = end
			continue
		default:
			i++
			continue
		}
		end = min(end, len(b))
		wipe(b[i:end])
		i = end
	}
	return string(b)
}

func wipe(b []byte) {
	for i, c := range b {
		if c != '\n' {
			b[i] = ' '
		}
	}
}

func indexFrom(s string, i int, what string) int {
	if j := strings.Index(s[min(i, len(s)):], what); j >= 0 {
		return i + j
	}
	return len(s)
}

// literalEnd is the offset behind the literal that starts at i; one that does not end in its line ends there.
func literalEnd(s string, i int) int {
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case s[i]:
			return j + 1
		case '\n':
			return j
		}
	}
	return len(s)
}

// closing is the offset of the bracket that closes the one at open, -1 when none does.
func closing(text string, open int, left, right byte) int {
	depth := 0
	for i := open; i < len(text); i++ {
		switch text[i] {
		case left:
			depth++
		case right:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func lineStart(text string, at int) int { return strings.LastIndexByte(text[:at], '\n') + 1 }

// lineEnd is the offset behind the newline of the line that byte at is in.
func lineEnd(text string, at int) int {
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

// squeeze joins the words of a type as C spells it: "struct domain *".
func squeeze(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.ReplaceAll(s, "* *", "**")
}

// params splits a parameter list. (void) and () are no parameters.
func params(list string) (out []Param) {
	depth, start := 0, 0
	add := func(s string) {
		s = squeeze(s)
		if s == "" || s == "void" {
			return
		}
		out = append(out, param(s))
	}
	for i := 0; i < len(list); i++ {
		switch list[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth == 0 {
				add(list[start:i])
				start = i + 1
			}
		}
	}
	add(list[start:])
	return out
}

var paramRE = regexp.MustCompile(`^(.*?[\s*])(\w+)(\[\w*\])?$`)

func param(s string) Param {
	m := paramRE.FindStringSubmatch(s)
	if m == nil {
		return Param{Type: s}
	}
	typ := strings.TrimSpace(m[1])
	if m[3] != "" {
		typ += " *"
	}
	return Param{Type: typ, Name: m[2]}
}

// Object is the pointer to a structure that a parameter is, without const: "struct domain *"; "" for others. An array is a pointer.
func (p Param) Object() string {
	t := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(p.Type, "const "), "[]"))
	if !strings.HasPrefix(t, "struct ") || strings.HasSuffix(t, "*") && strings.Count(t, "*") > 1 {
		return ""
	}
	if strings.HasSuffix(t, "*") {
		return t
	}
	return t + " *"
}

// Decl is the parameter as C declares it.
func (p Param) Decl() string {
	if strings.HasSuffix(p.Type, "*") {
		return p.Type + p.Name
	}
	return p.Type + " " + p.Name
}

// funcRE is the head of a function definition: its name at the start of a line, or behind its result there.
var funcRE = regexp.MustCompile(`(?m)^(?:[A-Za-z_][\w \t*]*?[ \t*])?(\w+)[ \t]*\(`)

// fn is the text of one function definition.
type fn struct {
	name       string
	nameAt     int
	start, end int
}

// functions lists the function definitions of the source, in order.
func (s *source) functions() []fn {
	if s.fns == nil {
		s.fns = []fn{}
		for at := 0; at < len(s.text); {
			m := funcRE.FindStringSubmatchIndex(s.text[at:])
			if m == nil {
				break
			}
			for i := range m {
				m[i] += at
			}
			at = m[1]
			m = throughMacro(s.text, m)
			if a, b, _, ok := definition(s.text, m); ok {
				s.fns = append(s.fns, fn{s.text[m[2]:m[3]], m[2], a, b})
				at = b
			}
		}
	}
	return s.fns
}

// throughMacro moves a head whose name a macro makes, long DO(version)(int cmd), to the name that is given to the macro.
func throughMacro(text string, m []int) []int {
	end := closing(text, m[1]-1, '(', ')')
	if end < 0 || end+1 >= len(text) || text[end+1] != '(' {
		return m
	}
	w := wordRE.FindStringIndex(text[m[1]:end])
	if w == nil || w[0] != 0 || m[1]+w[1] != end {
		return m
	}
	return []int{m[0], end + 2, m[1], end}
}

// enclosing is the name of the function whose text byte at is in, "" for none.
func (s *source) enclosing(at int) string {
	for _, f := range s.functions() {
		if f.start <= at && at < f.end {
			return f.name
		}
	}
	return ""
}
