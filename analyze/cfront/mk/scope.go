package mk

import "strings"

// scope is a set of variables seen first: those of a target, a call, a loop.
type scope struct {
	vars map[string]variable
}

// within runs f with vars on top of the current scope.
func (m *Make) within(vars map[string]variable, f func()) {
	saved := m.scope
	all := map[string]variable{}
	if saved != nil {
		for n, v := range saved.vars {
			all[n] = v
		}
	}
	for n, v := range vars {
		all[n] = v
	}
	m.scope = &scope{all}
	f()
	m.scope = saved
}

// ForTarget expands text as a recipe of target would see it: with its target-specific variables and the automatic ones.
// Targets that are made from this one hand their variables down: name them in parents.
func (m *Make) ForTarget(target, source, stem, text string, parents ...string) string {
	auto := func(v string) variable { return variable{v, true, Automatic} }
	vars := map[string]variable{"@": auto(target), "<": auto(source), "*": auto(stem), "^": auto(source), "+": auto(source), "?": auto("")}
	saved := m.scope
	m.scope = &scope{vars}
	for _, tv := range m.targetVars {
		if !tv.applies(target, parents) {
			continue
		}
		old, defined := m.find(tv.name)
		if defined && old.origin == CommandLine && tv.origin < CommandLine {
			continue
		}
		if v, ok := m.combine(old, defined, tv.op, tv.value); ok {
			v.origin = old.origin
			vars[tv.name] = v
		}
	}
	out := m.Expand(text)
	m.scope = saved
	return out
}

// applies tells whether the assignment is for one of the targets.
func (tv *targetVar) applies(target string, parents []string) bool {
	for _, t := range append([]string{target}, parents...) {
		if _, ok := matchPattern(tv.target, t); ok {
			return true
		}
	}
	return false
}

// Match finds a rule that makes target: explicit rules first, then pattern rules, in order; accept chooses by the
// prerequisites, from which % is replaced by the stem.
func (m *Make) Match(target string, accept func(r *Rule, prereqs []string) bool) (r *Rule, prereqs []string, stem string) {
	for _, pattern := range []bool{false, true} {
		for _, r := range m.Rules {
			for _, t := range r.Targets {
				stem, ok := r.match(t, target)
				if !ok || strings.Contains(t+r.Pattern, "%") != pattern {
					continue
				}
				if pre := fillStem(r.Prereqs, stem); accept(r, pre) {
					return r, pre, stem
				}
			}
		}
	}
	return nil, nil, ""
}

// match tells whether a rule's target t makes target, and with what stem.
func (r *Rule) match(t, target string) (string, bool) {
	if r.Pattern != "" {
		if t != target {
			return "", false
		}
		return matchPattern(r.Pattern, target)
	}
	return matchPattern(t, target)
}

// fillStem puts the stem into each prerequisite.
func fillStem(pre []string, stem string) []string {
	out := make([]string, len(pre))
	for i, p := range pre {
		out[i] = strings.Replace(p, "%", stem, 1)
	}
	return out
}
