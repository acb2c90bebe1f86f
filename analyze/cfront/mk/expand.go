package mk

import "strings"

// Bounds on expansion, against makefiles that recurse or grow without end.
const (
	maxDepth = 200
	maxText  = 4 << 20
	maxSteps = 5_000_000
)

// Expand replaces the references and function calls in s.
func (m *Make) Expand(s string) string {
	if strings.IndexByte(s, '$') < 0 {
		return s
	}
	m.depth++
	defer func() { m.depth-- }()
	if m.steps++; m.depth > maxDepth || m.steps > maxSteps {
		m.fail("expansion does not end (a variable that refers to itself?)")
		return ""
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '$' {
			out.WriteByte(s[i])
			continue
		}
		if i++; i == len(s) {
			break
		}
		switch s[i] {
		case '$':
			out.WriteByte('$')
		case '(', '{':
			end := closing(s, i)
			if end < 0 {
				m.fail("unterminated variable reference")
				return ""
			}
			out.WriteString(m.reference(s[i+1 : end]))
			i = end
		default:
			out.WriteString(m.lookup(s[i : i+1]))
		}
		if out.Len() > maxText {
			m.fail("expansion grows beyond %d bytes", maxText)
			return ""
		}
	}
	return out.String()
}

// closing returns the index of the bracket that closes the one at s[open], or -1. As in make, only brackets of the
// same kind count.
func closing(s string, open int) int {
	l, r := s[open], byte(')')
	if l == '{' {
		r = '}'
	}
	depth := 0
	for i := open; i < len(s); i++ {
		switch s[i] {
		case l:
			depth++
		case r:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// reference evaluates the inside of $(...): a function call, a substitution reference or a name.
func (m *Make) reference(body string) string {
	if i := strings.IndexAny(body, " \t"); i > 0 {
		if f, ok := m.funcs[body[:i]]; ok {
			return m.callFunction(f, strings.TrimLeft(body[i:], " \t"))
		}
	}
	if i := colon(body); i > 0 {
		if from, to, ok := strings.Cut(body[i+1:], "="); ok {
			return m.substitute(m.Expand(body[:i]), m.Expand(from), m.Expand(to))
		}
	}
	return m.lookup(m.Expand(body))
}

// colon returns the index of the first : outside nested references, or -1.
func colon(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(', '{':
			depth++
		case ')', '}':
			depth--
		case ':':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// substitute evaluates $(name:from=to).
func (m *Make) substitute(name, from, to string) string {
	if !strings.Contains(from, "%") {
		from, to = "%"+from, "%"+to
	}
	return mapWords(m.lookup(name), func(w string) string { return patsubst(from, to, w) })
}

// lookup expands a variable by name, the target's own first.
func (m *Make) lookup(name string) string {
	v, ok := m.find(name)
	if !ok {
		return m.automatic(name)
	}
	if v.simple {
		return v.value
	}
	return m.Expand(v.value)
}

// find returns the variable of a name in the current scope.
func (m *Make) find(name string) (variable, bool) {
	if m.scope != nil {
		if v, ok := m.scope.vars[name]; ok {
			return v, true
		}
	}
	v, ok := m.vars[name]
	return v, ok
}

// automatic evaluates the D and F forms of automatic variables: $(@D), $(<F) ...
func (m *Make) automatic(name string) string {
	if len(name) != 2 || strings.IndexByte("@<*^+?%", name[0]) < 0 {
		return ""
	}
	whole := m.lookup(name[:1])
	switch name[1] {
	case 'D':
		return mapWords(whole, func(w string) string {
			d := strings.TrimSuffix(dirPart(w), "/")
			if d == "" {
				return "/"
			}
			return d
		})
	case 'F':
		return mapWords(whole, notdir)
	}
	return ""
}

// patsubst replaces a word that matches the pattern from by to.
func patsubst(from, to, word string) string {
	stem, ok := matchPattern(from, word)
	if !ok {
		return word
	}
	if !strings.Contains(from, "%") {
		return to
	}
	return strings.Replace(to, "%", stem, 1)
}

// matchPattern matches a word against a pattern with at most one %.
func matchPattern(pattern, word string) (stem string, ok bool) {
	pre, post, has := strings.Cut(pattern, "%")
	if !has {
		return "", pattern == word
	}
	if len(word) < len(pre)+len(post) || !strings.HasPrefix(word, pre) || !strings.HasSuffix(word, post) {
		return "", false
	}
	return word[len(pre) : len(word)-len(post)], true
}

// mapWords applies f to each word.
func mapWords(s string, f func(string) string) string {
	words := strings.Fields(s)
	out := words[:0]
	for _, w := range words {
		if w = f(w); w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// dirPart returns a name's folder with its slash, "./" when it has none.
func dirPart(w string) string {
	if i := strings.LastIndexByte(w, '/'); i >= 0 {
		return w[:i+1]
	}
	return "./"
}

// notdir returns what follows a name's last slash.
func notdir(w string) string { return w[strings.LastIndexByte(w, '/')+1:] }
