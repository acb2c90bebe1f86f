package mk

import (
	"path"
	"sort"
	"strconv"
	"strings"
)

// function is a built-in: max arguments (0: any number) and whether they come expanded.
type function struct {
	max int
	raw bool
	run func(m *Make, a []string) string
}

// builtins returns the built-in functions by name.
func builtins() map[string]function {
	words := func(f func(string) string) function {
		return function{1, false, func(_ *Make, a []string) string { return mapWords(a[0], f) }}
	}
	return map[string]function{
		"subst": {3, false, func(_ *Make, a []string) string { return strings.ReplaceAll(a[2], a[0], a[1]) }},
		"patsubst": {3, false, func(_ *Make, a []string) string {
			return mapWords(a[2], func(w string) string { return patsubst(strings.TrimSpace(a[0]), strings.TrimSpace(a[1]), w) })
		}},
		"strip":      {1, false, func(_ *Make, a []string) string { return strings.Join(strings.Fields(a[0]), " ") }},
		"findstring": {2, false, findstring},
		"filter":     {2, false, func(_ *Make, a []string) string { return filter(a, true) }},
		"filter-out": {2, false, func(_ *Make, a []string) string { return filter(a, false) }},
		"sort":       {1, false, sortWords},
		"word":       {2, false, word},
		"words":      {1, false, func(_ *Make, a []string) string { return strconv.Itoa(len(strings.Fields(a[0]))) }},
		"wordlist":   {3, false, wordlist},
		"firstword":  {1, false, func(_ *Make, a []string) string { return pickWord(a[0], 0) }},
		"lastword":   {1, false, func(_ *Make, a []string) string { return pickWord(a[0], len(strings.Fields(a[0]))-1) }},
		"dir":        words(dirPart),
		"notdir":     words(notdir),
		"suffix":     words(suffix),
		"basename":   words(func(w string) string { return strings.TrimSuffix(w, suffix(w)) }),
		"addsuffix":  {2, false, func(_ *Make, a []string) string { return mapWords(a[1], func(w string) string { return w + a[0] }) }},
		"addprefix":  {2, false, func(_ *Make, a []string) string { return mapWords(a[1], func(w string) string { return a[0] + w }) }},
		"join":       {2, false, join},
		"wildcard":   {1, false, (*Make).wildcard},
		"realpath":   {1, false, (*Make).realpath},
		"abspath":    {1, false, func(m *Make, a []string) string { return mapWords(a[0], m.abs) }},
		"if":         {3, true, (*Make).ifFunc},
		"or":         {0, true, (*Make).orFunc},
		"and":        {0, true, (*Make).andFunc},
		"foreach":    {3, true, (*Make).foreach},
		"call":       {0, false, (*Make).call},
		"value":      {1, false, func(m *Make, a []string) string { v, _ := m.find(a[0]); return v.value }},
		"eval":       {1, false, (*Make).eval},
		"origin":     {1, false, (*Make).originFunc},
		"flavor":     {1, false, (*Make).flavor},
		"shell":      {1, false, func(m *Make, a []string) string { return m.shell(a[0]) }},
		"error":      {1, false, func(m *Make, a []string) string { m.unanswered("error: " + a[0]); return "" }},
		"warning":    {1, false, func(*Make, []string) string { return "" }},
		"info":       {1, false, func(*Make, []string) string { return "" }},
		"file":       {1, false, func(*Make, []string) string { return "" }},
	}
}

// callFunction splits a call's arguments and runs the function; missing arguments are empty.
func (m *Make) callFunction(f function, text string) string {
	args := splitArgs(text, f.max)
	if !f.raw {
		for i := range args {
			args[i] = m.Expand(args[i])
		}
	}
	for len(args) < f.max {
		args = append(args, "")
	}
	return f.run(m, args)
}

// splitArgs cuts text at top-level commas into at most limit arguments (0: any number).
func splitArgs(text string, limit int) []string {
	var out []string
	depth, start := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(', '{':
			depth++
		case ')', '}':
			depth--
		case ',':
			if depth == 0 && (limit == 0 || len(out) < limit-1) {
				out = append(out, text[start:i])
				start = i + 1
			}
		}
	}
	return append(out, text[start:])
}

// findstring returns a[0] when a[1] holds it.
func findstring(_ *Make, a []string) string {
	if strings.Contains(a[1], a[0]) {
		return a[0]
	}
	return ""
}

// filter keeps, or drops, the words that match one of the patterns.
func filter(a []string, keep bool) string {
	patterns := strings.Fields(a[0])
	return mapWords(a[1], func(w string) string {
		for _, p := range patterns {
			if _, ok := matchPattern(p, w); ok {
				if keep {
					return w
				}
				return ""
			}
		}
		if keep {
			return ""
		}
		return w
	})
}

// sortWords sorts and drops duplicates.
func sortWords(_ *Make, a []string) string {
	words := strings.Fields(a[0])
	sort.Strings(words)
	out := words[:0]
	for i, w := range words {
		if i == 0 || w != words[i-1] {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// pickWord returns the word at an index from 0, or "".
func pickWord(s string, i int) string {
	if w := strings.Fields(s); i >= 0 && i < len(w) {
		return w[i]
	}
	return ""
}

// word is $(word n,text).
func word(_ *Make, a []string) string {
	n, _ := strconv.Atoi(strings.TrimSpace(a[0]))
	return pickWord(a[1], n-1)
}

// wordlist is $(wordlist first,last,text).
func wordlist(_ *Make, a []string) string {
	w := strings.Fields(a[2])
	first, _ := strconv.Atoi(strings.TrimSpace(a[0]))
	last, _ := strconv.Atoi(strings.TrimSpace(a[1]))
	first, last = max(first, 1), min(last, len(w))
	if first > last {
		return ""
	}
	return strings.Join(w[first-1:last], " ")
}

// suffix returns a name's last dot and what follows, within its last part.
func suffix(w string) string {
	if i := strings.LastIndexByte(w, '.'); i > strings.LastIndexByte(w, '/') {
		return w[i:]
	}
	return ""
}

// join pairs the words of two lists.
func join(_ *Make, a []string) string {
	x, y := strings.Fields(a[0]), strings.Fields(a[1])
	var out []string
	for i := range max(len(x), len(y)) {
		out = append(out, pickWord(a[0], i)+pickWord(a[1], i))
	}
	return strings.Join(out, " ")
}

// wildcard lists the existing files that match, spelled as the patterns are.
func (m *Make) wildcard(a []string) string {
	var out []string
	for _, p := range strings.Fields(a[0]) {
		for _, f := range m.fs.Glob(m.abs(p)) {
			if !path.IsAbs(p) {
				f = relative(m.dir, f, p)
			}
			out = append(out, f)
		}
	}
	return strings.Join(out, " ")
}

// relative spells f, an absolute match of pattern p below dir, as p is spelled.
func relative(dir, f, p string) string {
	if rest, ok := strings.CutPrefix(f, strings.TrimSuffix(dir, "/")+"/"); ok && !strings.HasPrefix(p, "../") {
		if strings.HasPrefix(p, "./") {
			return "./" + rest
		}
		return rest
	}
	return dirPart(p) + notdir(f)
}

// realpath keeps the absolute form of names that exist.
func (m *Make) realpath(a []string) string {
	return mapWords(a[0], func(w string) string {
		if f := m.abs(w); len(m.fs.Glob(f)) > 0 {
			return f
		}
		return ""
	})
}

// ifFunc is $(if condition,then,else).
func (m *Make) ifFunc(a []string) string {
	if strings.TrimSpace(m.Expand(strings.TrimSpace(a[0]))) != "" {
		return m.Expand(a[1])
	}
	return m.Expand(a[2])
}

// orFunc returns the first argument that is not empty.
func (m *Make) orFunc(a []string) string {
	for _, x := range a {
		if v := m.Expand(strings.TrimSpace(x)); v != "" {
			return v
		}
	}
	return ""
}

// andFunc returns the last argument when none is empty.
func (m *Make) andFunc(a []string) string {
	v := ""
	for _, x := range a {
		if v = m.Expand(strings.TrimSpace(x)); v == "" {
			return ""
		}
	}
	return v
}

// foreach is $(foreach name,list,text).
func (m *Make) foreach(a []string) string {
	name := strings.TrimSpace(m.Expand(a[0]))
	var out []string
	for _, w := range strings.Fields(m.Expand(a[1])) {
		m.within(map[string]variable{name: {w, true, Automatic}}, func() { out = append(out, m.Expand(a[2])) })
	}
	return strings.Join(out, " ")
}

// call is $(call name,args...): a built-in function, else a variable with 0, 1 ... set.
func (m *Make) call(a []string) string {
	name := strings.TrimSpace(a[0])
	if f, ok := m.funcs[name]; ok {
		args := a[1:]
		for len(args) < f.max {
			args = append(args, "")
		}
		return f.run(m, args)
	}
	vars := map[string]variable{"0": {name, true, Automatic}}
	for i := 1; i < max(len(a), 10); i++ {
		v := ""
		if i < len(a) {
			v = a[i]
		}
		vars[strconv.Itoa(i)] = variable{v, true, Automatic}
	}
	out := ""
	m.within(vars, func() { out = m.lookup(name) })
	return out
}

// eval reads text as makefile lines.
func (m *Make) eval(a []string) string {
	if m.depth++; m.depth <= maxDepth {
		m.read(a[0])
	}
	m.depth--
	return ""
}

// originFunc is $(origin name).
func (m *Make) originFunc(a []string) string {
	if v, ok := m.find(a[0]); ok {
		return v.origin.String()
	}
	return "undefined"
}

// flavor is $(flavor name).
func (m *Make) flavor(a []string) string {
	switch v, ok := m.find(a[0]); {
	case !ok:
		return "undefined"
	case v.simple:
		return "simple"
	}
	return "recursive"
}

// shell answers a command from the table; an unknown one is noted and gives "".
func (m *Make) shell(command string) string {
	if m.fs.Shell != nil {
		if out, ok := m.fs.Shell(command); ok {
			return strings.TrimRight(strings.ReplaceAll(out, "\n", " "), " ")
		}
	}
	m.unanswered("shell: " + command)
	return ""
}

// unanswered notes a question once.
func (m *Make) unanswered(s string) {
	for _, u := range m.Unanswered {
		if u == s {
			return
		}
	}
	m.Unanswered = append(m.Unanswered, s)
}
