package recipe

import (
	"fmt"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// unwrapStep takes the code under #if of one macro in or out: of: macro:NAME (or config:NAME, which leaves Kconfig alone).
func (e *editor) unwrapStep(s *Step) error {
	t, err := parseTarget(s.Of)
	if err != nil {
		return err
	}
	on, err := parseSwitch(s)
	if err != nil {
		return err
	}
	name := t.name
	switch t.kind {
	case "config":
		name = "CONFIG_" + name
	case "macro":
		if err := e.w.checkMacro(name); err != nil {
			return err
		}
	default:
		return &Error{What: "unwrap: of what?", Remedy: "write of: macro:NAME or config:NAME"}
	}
	if err := e.unwrapAll(s, name, on); err != nil {
		return err
	}
	return e.tidy()
}

// unwrapAll decides the macro in every C and assembly file.
func (e *editor) unwrapAll(s *Step, name string, on bool) error {
	for _, x := range e.w.with(name) {
		if x.unit == nil || !s.within(x.path) {
			continue
		}
		e.unwrap(x, name, on)
		if err := e.enabled(x, name, on); err != nil {
			return err
		}
		e.remaining(x, name)
	}
	return nil
}

// remaining notes what names the macro outside the text that is changed.
func (e *editor) remaining(x *text, name string) {
	for _, off := range words(x.data, name) {
		covered := false
		for _, ed := range e.edits {
			covered = covered || ed.Path == x.path && ed.Start <= off && off < ed.End
		}
		if covered {
			continue
		}
		kind := Undecided
		for _, c := range x.unit.Comments {
			if int(c.Start) <= off && off < int(c.End) {
				kind = Left
			}
		}
		e.note(x.path, x.data, off, kind, "%s stays here", name)
	}
}

// configStep is the Kconfig symbol that a step is about, and whether the step turns it on.
func configStep(s *Step) (t target, on bool, err error) {
	if t, err = parseTarget(s.Of); err != nil {
		return t, false, err
	}
	if on, err = parseSwitch(s); err == nil && t.kind != "config" {
		err = &Error{What: s.Do + ": of what?", Remedy: "write of: config:NAME"}
	}
	return t, on, err
}

// removeConfig takes a Kconfig symbol out of the tree: its code in (y) or out (n), its makefile lines, its entry and what depends on it.
func (e *editor) removeConfig(s *Step) error {
	t, on, err := configStep(s)
	if err != nil {
		return err
	}
	found := false
	for _, x := range e.w.texts {
		if x.lang == langKconfig {
			ok, err := e.kconfigOut(x, t.name, on)
			if err != nil {
				return err
			}
			found = found || ok
		}
	}
	if !found {
		return &Error{What: fmt.Sprintf("no Kconfig file of %s has a symbol %s", e.w.tree.Name(), t.name)}
	}
	full := "CONFIG_" + t.name
	dead := map[string]bool{}
	for _, x := range e.w.with(full) {
		switch x.lang {
		case langMake:
			if err := e.makeOut(x, full, on, dead); err != nil {
				return err
			}
		case langConf:
			e.confOut(x, full)
		case langText:
			for _, off := range words(x.data, full) {
				e.note(x.path, x.data, off, Undecided, "%s stands in a file that is not read as code", full)
			}
		}
	}
	if err := e.unwrapAll(s, full, on); err != nil {
		return err
	}
	e.deleteAll(dead)
	return e.tidy()
}

// confOut removes the symbol's line of a saved configuration.
func (e *editor) confOut(x *text, full string) {
	for _, off := range words(x.data, full) {
		s, t := lineOf(x.data, off)
		e.replace(x.path, s, min(t+1, len(x.data)), "")
	}
}

// kconfigOut removes the symbol's entry and folds it in other entries' expressions. It reports whether the entry is in this file.
func (e *editor) kconfigOut(x *text, name string, on bool) (bool, error) {
	lines := kconfigLines(x.data)
	found, skip := false, -1
	for i, l := range lines {
		if i <= skip {
			continue
		}
		f := strings.Fields(string(x.data[l.start:l.end]))
		if !l.help && (l.word == "config" || l.word == "menuconfig") && len(f) > 1 && f[1] == name {
			found = true
			skip = entryEnd(lines, i)
			end := len(x.data)
			if skip+1 < len(lines) {
				end = lines[skip+1].start
			}
			e.replace(x.path, l.start, end, "")
			continue
		}
		if off := kconfigWord(x.data, l, name); off >= 0 {
			if err := e.kconfigFold(x, lines, i, name, on); err != nil {
				return found, err
			}
		}
	}
	return found, nil
}

// entryEnd returns the last line of the entry that starts at line i: what is indented, and blank lines behind it.
func entryEnd(lines []kline, i int) int {
	k := i
	for k+1 < len(lines) && (lines[k+1].indent > 0 || lines[k+1].word == "" || lines[k+1].help) {
		k++
	}
	return k
}

// kconfigFold folds the symbol in the expression of one line.
func (e *editor) kconfigFold(x *text, lines []kline, i int, name string, on bool) error {
	l := lines[i]
	line := string(x.data[l.start:l.end])
	head, cond, hasIf := strings.Cut(line, " if ")
	f := strings.Fields(line)
	cutLine := func() { e.replace(x.path, l.start, min(l.end+1, len(x.data)), "") }
	switch {
	case l.word == "select" || l.word == "imply":
		if len(f) > 1 && f[1] == name {
			cutLine()
			return nil
		}
	case l.word == "if" || l.word == "depends" || l.word == "visible":
		start := strings.Index(line, l.word) + len(l.word)
		if l.word == "depends" {
			start = strings.Index(line, " on ") + 4
		}
		r := foldText(line[start:], name, on)
		switch {
		case r.v == unknown:
			e.replace(x.path, l.start+start, l.end, " "[:1-min(1, start-len(strings.TrimRight(line[:start], " ")))]+r.text)
		case r.v == isTrue && l.word != "if":
			cutLine()
		default:
			e.note(x.path, x.data, l.start, Undecided, "what depends on %s here can never be set: remove it with a step of its own", name)
		}
		return nil
	case hasIf && hasWord([]byte(cond), name):
		switch r := foldText(cond, name, on); r.v {
		case isTrue:
			e.replace(x.path, l.start+len(strings.TrimRight(head, " ")), l.end, "")
		case isFalse:
			cutLine()
		default:
			e.replace(x.path, l.start+len(head)+4, l.end, r.text)
		}
		return nil
	case l.word == "default" || l.word == "def_bool":
		r := foldText(strings.Join(f[1:], " "), name, on)
		value := r.text
		if r.v != unknown {
			value = map[truth]string{isTrue: "y", isFalse: "n"}[r.v]
		}
		e.replace(x.path, l.start+strings.Index(line, l.word)+len(l.word)+1, l.end, value)
		return nil
	}
	e.note(x.path, x.data, l.start, Undecided, "%s stays in this line", name)
	return nil
}

// foldText folds a Kconfig expression.
func foldText(s, name string, on bool) folded {
	f := csrc.Lex("expression", []byte(strings.TrimSpace(s)))
	k := &folder{f: f, toks: f.Toks, name: name, on: on}
	return k.fold(0, len(f.Toks))
}
