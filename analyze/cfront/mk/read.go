package mk

import (
	"strings"
)

// maxIncludes bounds the files that one reading opens.
const maxIncludes = 2000

// Include reads a makefile; the name is relative to the current folder. A missing file is an *[Error].
func (m *Make) Include(name string) error {
	m.include(name, true)
	return m.err
}

// ReadText reads makefile text under a name for messages.
func (m *Make) ReadText(name, text string) error {
	file, line := m.file, m.line
	m.file, m.line = name, 0
	m.read(text)
	m.file, m.line = file, line
	return m.err
}

// include reads a makefile; a missing one is an error when must.
func (m *Make) include(name string, must bool) {
	abs := m.abs(name)
	data, ok := m.fs.Read(abs)
	if !ok {
		if must {
			m.fail("%s: no such makefile", name)
		}
		return
	}
	if m.depth++; m.depth > maxDepth/4 || m.steps > maxSteps {
		m.fail("includes nest too deeply")
		return
	}
	file, line := m.file, m.line
	list := m.vars["MAKEFILE_LIST"].value
	if strings.Count(list, " ") > maxIncludes {
		m.fail("more than %d makefiles", maxIncludes)
		return
	}
	m.vars["MAKEFILE_LIST"] = variable{strings.TrimLeft(list+" "+name, " "), true, File}
	m.file, m.line = name, 0
	m.read(string(data))
	m.file, m.line = file, line
	m.depth--
}

// cond is one open conditional: whether its current branch is taken, one has been, and the text around it is.
type cond struct{ taken, done, outer bool }

// reading is the state of reading one text.
type reading struct {
	m        *Make
	lines    []string
	at       int
	conds    []cond
	rules    []*Rule // that recipe lines belong to
	inRecipe bool    // a rule came last, so a tab begins a recipe line
}

// read reads makefile text.
func (m *Make) read(text string) {
	r := &reading{m: m, lines: strings.Split(text, "\n")}
	inFile := m.line == 0
	for r.at < len(r.lines) && m.err == nil {
		if inFile {
			m.line = r.at + 1
		}
		raw := r.next()
		if r.inRecipe && strings.HasPrefix(raw, "\t") {
			if r.active() {
				for _, rule := range r.rules {
					rule.Recipe = append(rule.Recipe, raw[1:])
				}
			}
			continue
		}
		r.statement(stripComment(joinLines(raw)))
	}
	if len(r.conds) > 0 {
		m.fail("missing endif")
	}
}

// next returns the next logical line, with its backslash-newlines kept.
func (r *reading) next() string {
	start := r.at
	for r.at++; r.at < len(r.lines) && oddBackslashes(r.lines[r.at-1]); r.at++ {
	}
	if r.at-start == 1 {
		return r.lines[start]
	}
	return strings.Join(r.lines[start:r.at], "\n")
}

// oddBackslashes tells whether a line ends in an odd number of backslashes.
func oddBackslashes(s string) bool {
	s = strings.TrimSuffix(s, "\r")
	return (len(s)-len(strings.TrimRight(s, `\`)))%2 == 1
}

// joinLines turns each backslash-newline, with the blanks around it, into one space.
func joinLines(s string) string {
	if !strings.Contains(s, "\n") {
		return strings.TrimSuffix(s, "\r")
	}
	parts := strings.Split(s, "\n")
	for i := range parts {
		parts[i] = strings.TrimSuffix(parts[i], "\r")
		if i < len(parts)-1 {
			parts[i] = strings.TrimRight(strings.TrimSuffix(parts[i], `\`), " \t")
		}
		if i > 0 {
			parts[i] = strings.TrimLeft(parts[i], " \t")
		}
	}
	return strings.Join(parts, " ")
}

// stripComment drops an unescaped # and what follows, and unescapes \#.
func stripComment(s string) string {
	if strings.IndexByte(s, '#') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '#' {
			return b.String()
		}
		if s[i] == '\\' && i+1 < len(s) && s[i+1] == '#' {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// active tells whether all open conditionals take the current branch.
func (r *reading) active() bool {
	n := len(r.conds)
	return n == 0 || r.conds[n-1].taken && r.conds[n-1].outer
}

// statement handles one logical line without its comment.
func (r *reading) statement(line string) {
	trimmed := strings.TrimLeft(line, " \t")
	word, rest := cutWord(trimmed)
	if r.conditional(word, rest) || trimmed == "" {
		return
	}
	if !r.active() {
		if word == "define" {
			r.skipDefine()
		}
		return
	}
	m := r.m
	switch word {
	case "include", "-include", "sinclude":
		r.inRecipe = false
		for _, f := range strings.Fields(m.Expand(rest)) {
			m.include(f, word == "include")
		}
	case "define":
		r.define(rest, File)
	case "export":
		r.export(rest)
	case "unexport", "vpath", "undefine", "private":
		r.inRecipe = false
	case "override":
		if w, name := cutWord(rest); w == "define" {
			r.define(name, Override)
			return
		}
		r.assignment(rest, Override)
	default:
		if !r.assignment(trimmed, File) {
			r.rule(trimmed)
		}
	}
}

// cutWord splits a line at its first blank.
func cutWord(s string) (word, rest string) {
	if i := strings.IndexAny(s, " \t"); i >= 0 {
		return s[:i], strings.TrimLeft(s[i:], " \t")
	}
	return s, ""
}

// conditional handles ifeq, else, endif and their kin.
func (r *reading) conditional(word, rest string) bool {
	switch word {
	case "ifeq", "ifneq", "ifdef", "ifndef":
		outer := r.active()
		taken := outer && r.test(word, rest)
		r.conds = append(r.conds, cond{taken: taken, done: taken, outer: outer})
	case "else":
		if len(r.conds) == 0 {
			r.m.fail("else without a conditional")
			return true
		}
		c := &r.conds[len(r.conds)-1]
		w, more := cutWord(rest)
		c.taken = !c.done && c.outer && (w == "" || r.test(w, more))
		c.done = c.done || c.taken
	case "endif":
		if len(r.conds) == 0 {
			r.m.fail("endif without a conditional")
			return true
		}
		r.conds = r.conds[:len(r.conds)-1]
	default:
		return false
	}
	return true
}

// test evaluates a condition.
func (r *reading) test(word, rest string) bool {
	switch word {
	case "ifdef", "ifndef":
		v, ok := r.m.find(strings.TrimSpace(r.m.Expand(rest)))
		return (ok && v.value != "") == (word == "ifdef")
	case "ifeq", "ifneq":
		a, b, ok := condArgs(strings.TrimSpace(rest))
		if !ok {
			r.m.fail("%s: want (A,B) or \"A\" \"B\"", word)
			return false
		}
		return (r.m.Expand(a) == r.m.Expand(b)) == (word == "ifeq")
	}
	r.m.fail("unknown conditional %q", word)
	return false
}

// condArgs splits (A,B) or "A" "B".
func condArgs(s string) (a, b string, ok bool) {
	if s == "" {
		return "", "", false
	}
	if s[0] == '(' {
		end := strings.LastIndexByte(s, ')')
		if end < 0 {
			return "", "", false
		}
		args := splitArgs(s[1:end], 2)
		if len(args) != 2 {
			return "", "", false
		}
		return strings.TrimRight(args[0], " \t"), strings.TrimLeft(args[1], " \t"), true
	}
	if s[0] != '"' && s[0] != '\'' {
		return "", "", false
	}
	i := strings.IndexByte(s[1:], s[0])
	if i < 0 {
		return "", "", false
	}
	a, s = s[1:i+1], strings.TrimSpace(s[i+2:])
	if len(s) < 2 || s[len(s)-1] != s[0] {
		return "", "", false
	}
	return a, s[1 : len(s)-1], true
}
