package mk

import "strings"

// define reads the lines up to endef as a variable's value.
func (r *reading) define(head string, o Origin) {
	r.inRecipe = false
	name, op, ok := splitAssign(head)
	if !ok {
		name, op = strings.TrimSpace(head), "="
	}
	start, depth := r.at, 1
	for ; r.at < len(r.lines); r.at++ {
		switch w, _ := cutWord(strings.TrimLeft(r.lines[r.at], " \t")); w {
		case "define":
			depth++
		case "endef":
			depth--
		}
		if depth == 0 {
			r.m.assign(r.m.Expand(name), op, strings.Join(r.lines[start:r.at], "\n"), o)
			r.at++
			return
		}
	}
	r.m.fail("missing endef of %s", name)
}

// skipDefine passes over a define that is conditioned away.
func (r *reading) skipDefine() {
	for depth := 1; r.at < len(r.lines) && depth > 0; r.at++ {
		switch w, _ := cutWord(strings.TrimLeft(r.lines[r.at], " \t")); w {
		case "define":
			depth++
		case "endef":
			depth--
		}
	}
}

// splitAssign splits "NAME op" with nothing after the operator.
func splitAssign(s string) (name, op string, ok bool) {
	name, op, value, ok := cutAssign(s)
	return name, op, ok && value == ""
}

// cutAssign splits "NAME op VALUE"; ok is false when s is no assignment. A rule's colon is none.
func cutAssign(s string) (name, op, value string, ok bool) {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(', '{':
			depth++
		case ')', '}':
			depth--
		}
		if depth > 0 {
			continue
		}
		for _, o := range []string{":::=", "::=", ":=", "?=", "+=", "!=", "="} {
			if strings.HasPrefix(s[i:], o) {
				name = strings.TrimSpace(s[:i])
				return name, o, strings.TrimLeft(s[i+len(o):], " \t"), name != "" && !strings.ContainsAny(plain(name), " \t")
			}
		}
		if s[i] == ':' {
			return "", "", "", false
		}
	}
	return "", "", "", false
}

// plain drops what stands in brackets, so that blanks there do not count.
func plain(s string) string {
	var b strings.Builder
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(', '{':
			depth++
		case ')', '}':
			depth--
		default:
			if depth == 0 {
				b.WriteByte(s[i])
			}
		}
	}
	return b.String()
}

// assignment handles a line that assigns; it tells whether it did.
func (r *reading) assignment(line string, o Origin) bool {
	name, op, value, ok := cutAssign(line)
	if !ok {
		return false
	}
	r.inRecipe = false
	r.m.assign(strings.TrimSpace(r.m.Expand(name)), op, value, o)
	return true
}

// export handles "export", "export NAMES" and "export NAME op VALUE".
func (r *reading) export(rest string) {
	r.inRecipe = false
	if strings.TrimSpace(rest) == "" {
		r.m.exportAll = true
		return
	}
	if name, _, _, ok := cutAssign(rest); ok {
		r.m.exported[strings.TrimSpace(r.m.Expand(name))] = true
		r.assignment(rest, File)
		return
	}
	for _, n := range strings.Fields(r.m.Expand(rest)) {
		r.m.exported[n] = true
	}
}

// rule handles a rule, a target-specific assignment, or a line that expands to nothing.
func (r *reading) rule(line string) {
	m := r.m
	r.inRecipe = false
	left, right, ok := cutRule(line)
	if !ok {
		// the whole line may be a reference that expands to lines of its own, or to nothing
		if text := strings.TrimSpace(m.Expand(line)); text != "" && m.err == nil && text != strings.TrimSpace(line) {
			r.expanded(text)
		}
		return
	}
	targets := strings.Fields(m.Expand(left))
	right = strings.TrimPrefix(right, ":")
	set, o := strings.TrimPrefix(strings.TrimSpace(right), "private "), File
	if s, found := strings.CutPrefix(set, "override "); found {
		set, o = s, Override
	}
	if name, op, value, ok := cutAssign(set); ok {
		for _, t := range targets {
			m.targetVars = append(m.targetVars, targetVar{t, strings.TrimSpace(m.Expand(name)), op, value, o})
		}
		return
	}
	r.newRule(targets, right)
}

// expanded reads a line that came of a reference.
func (r *reading) expanded(text string) {
	if left, right, ok := cutRule(text); ok {
		r.newRule(strings.Fields(left), strings.TrimPrefix(right, ":"))
	}
}

// newRule records a rule; the text after ; is its first recipe line.
func (r *reading) newRule(targets []string, right string) {
	m := r.m
	right, recipe, has := strings.Cut(right, ";")
	rule := &Rule{Targets: targets, File: m.file, Line: m.line}
	pre := m.Expand(right)
	if i := colon(pre); i >= 0 {
		rule.Pattern, pre = strings.TrimSpace(pre[:i]), pre[i+1:]
	}
	for _, p := range strings.Fields(pre) {
		if p == "|" {
			break
		}
		rule.Prereqs = append(rule.Prereqs, p)
	}
	if has {
		rule.Recipe = append(rule.Recipe, strings.TrimSpace(recipe))
	}
	m.Rules = append(m.Rules, rule)
	r.rules, r.inRecipe = []*Rule{rule}, true
}

// cutRule splits a line at the colon after its targets.
func cutRule(line string) (left, right string, ok bool) {
	i := colon(line)
	if i < 0 {
		return "", "", false
	}
	return line[:i], line[i+1:], true
}
