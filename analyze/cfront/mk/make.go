package mk

import (
	"fmt"
	"path"
	"strings"
)

// FS is the world that makefiles see. Paths are absolute and clean.
type FS struct {
	Read  func(abs string) ([]byte, bool)
	Glob  func(pattern string) []string       // of $(wildcard): existing files and folders, sorted
	Shell func(command string) (string, bool) // ok is false for a command that no answer is known to
}

// Origin is where a variable comes from, weakest first (GNU make manual, 8.11).
type Origin int

// The origins.
const (
	Environment Origin = iota
	File
	CommandLine
	Override
	Automatic
)

// String names an origin as $(origin) does.
func (o Origin) String() string {
	return [...]string{"environment", "file", "command line", "override", "automatic"}[o]
}

// variable is a value, expanded on use unless simple.
type variable struct {
	value  string
	simple bool
	origin Origin
}

// Rule is one rule: what it makes, from what, and how.
type Rule struct {
	Targets, Prereqs []string
	Pattern          string // of a static pattern rule: the middle part
	Recipe           []string
	File             string
	Line             int
}

// targetVar is a target-specific assignment.
type targetVar struct {
	target string // may hold one %
	name   string
	op     string
	value  string
	origin Origin
}

// Make is the state of one reading of makefiles.
type Make struct {
	fs         FS
	funcs      map[string]function
	dir        string
	vars       map[string]variable
	exported   map[string]bool
	exportAll  bool
	Rules      []*Rule
	targetVars []targetVar
	Unanswered []string // $(shell) commands without an answer, and $(error) texts
	depth      int
	steps      int
	file       string
	line       int
	scope      *scope
	err        error
}

// New returns a Make whose current folder is dir.
func New(fs FS, dir string) *Make {
	m := &Make{fs: fs, funcs: builtins(), dir: dir, vars: map[string]variable{}, exported: map[string]bool{}}
	m.vars["CURDIR"] = variable{dir, true, File}
	m.vars["MAKE"] = variable{"make", true, File}
	m.vars["MAKE_VERSION"] = variable{"4.3", true, File}
	m.vars["SHELL"] = variable{"/bin/sh", true, File}
	return m
}

// Set gives a variable a value that is expanded on use.
func (m *Make) Set(name, value string, o Origin) { m.vars[name] = variable{value: value, origin: o} }

// Error is a makefile that cannot be read: where and why.
type Error struct {
	File string
	Line int
	Msg  string
}

// Error prints FILE:LINE: message, or the message alone when it is about the file that was asked for.
func (e *Error) Error() string {
	if e.File == "" {
		return e.Msg + ""
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg)
}

// fail records the first error; expansion goes on with empty text.
func (m *Make) fail(format string, args ...any) {
	if m.err == nil {
		m.err = &Error{File: m.file, Line: m.line, Msg: fmt.Sprintf(format, args...)}
	}
}

// abs makes a path absolute against the current folder.
func (m *Make) abs(p string) string {
	if path.IsAbs(p) {
		return path.Clean(p)
	}
	return path.Join(m.dir, p)
}

// Value expands a variable; undefined is "".
func (m *Make) Value(name string) string { return m.Expand("$(" + name + ")") }

// Words expands a variable and splits it.
func (m *Make) Words(name string) []string { return strings.Fields(m.Value(name)) }

// Exported returns the variables that a sub-make would find in its environment.
func (m *Make) Exported() map[string]string {
	out := map[string]string{}
	for name, v := range m.vars {
		if m.exported[name] || m.exportAll || v.origin == Environment {
			out[name] = m.Value(name)
		}
	}
	return out
}

// assign applies NAME op VALUE at the top level.
func (m *Make) assign(name, op, value string, o Origin) {
	old, defined := m.vars[name]
	if defined && o < old.origin && old.origin != Automatic {
		return
	}
	if v, ok := m.combine(old, defined, op, value); ok {
		v.origin = max(o, File)
		m.vars[name] = v
	}
}

// combine computes the variable that op makes of an old one and a value; ok is false when nothing changes.
func (m *Make) combine(old variable, defined bool, op, value string) (v variable, ok bool) {
	switch op {
	case "?=":
		return variable{value: value}, !defined
	case ":=", "::=", ":::=":
		return variable{value: m.Expand(value), simple: true}, true
	case "!=":
		return variable{value: m.shell(m.Expand(value)), simple: true}, true
	case "+=":
		if !defined {
			return variable{value: value}, true
		}
		if old.simple {
			value = m.Expand(value)
		}
		if old.value != "" && value != "" {
			value = old.value + " " + value
		} else {
			value = old.value + value
		}
		if len(value) > maxText {
			m.fail("value grows beyond %d bytes", maxText)
			value = ""
		}
		return variable{value: value, simple: old.simple}, true
	}
	return variable{value: value}, true
}
