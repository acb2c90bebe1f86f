// Package mutate breaks a tree's hook tables on purpose, one place at a time, and says whether the checks see it. It is the oracle of the
// table checks: each mutant is a defect that is known, at a place that is known.
package mutate

import (
	"regexp"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Kinds of mutants, in the order in which they are made.
const (
	NoMember    = "member of the structure removed"
	NoWrapper   = "callers' function removed"
	NoDummy     = "default function removed"
	NoDummyOp   = "default module's entry removed"
	NoFlaskOp   = "policy module's entry removed"
	NoFlask     = "policy module's function removed"
	NoOverride  = "entry of a module that keeps domains apart removed"
	NoCase      = "case of a policy module's switch removed"
	OtherDummy  = "default module's entry set to another hook's function"
	OtherMember = "callers' function calls another hook's member"
	OtherAction = "default module asserts another action"
	CallAction  = "a call passes another action"
	OtherClass  = "permission asked of another class"
	OtherPerm   = "permission of another class asked for"
	Undefined   = "permission taken out of access_vectors"
	GuardMember = "condition around the member"
	GuardOp     = "condition around a module's entry"
	GuardFn     = "condition around a module's function"
)

// Kinds lists every kind.
func Kinds() []string {
	return []string{NoMember, NoWrapper, NoDummy, NoDummyOp, NoFlaskOp, NoFlask, NoOverride, NoCase, OtherDummy, OtherMember, OtherAction,
		CallAction, OtherClass, OtherPerm, Undefined, GuardMember, GuardOp, GuardFn}
}

// Mutant is one broken place.
type Mutant struct {
	Kind string
	Hook string // without prefix; "" when the place belongs to none
	What string // the text that is changed, shortened
	Edit refactor.Edit
}

// guard is the option that the conditions of mutants test: no tree has it.
const guard = "CONFIG_XSMPATCH_MUTANT"

// Of lists the mutants of a tree's tables. Hooks that a catalogue lists have one entry for all tables, which only goes as a whole.
func Of(t *refactor.Tree, tabs *tables.Tables) []Mutant {
	m := &maker{t: t, tabs: tabs}
	for i, h := range tabs.Hooks {
		m.hook(h, tabs.Hooks[(i+1)%len(tabs.Hooks)])
	}
	m.cases()
	m.calls()
	m.asks()
	m.vectors()
	return m.out
}

// maker collects mutants.
type maker struct {
	t    *refactor.Tree
	tabs *tables.Tables
	out  []Mutant
}

func (m *maker) text(s refactor.Span) string {
	src, err := m.t.ReadFile(s.Path)
	if err != nil || s.End > len(src) || s.Start > s.End {
		return ""
	}
	return string(src[s.Start:s.End])
}

// add makes a mutant that replaces a span, unless there is nothing there.
func (m *maker) add(kind, hook string, at refactor.Span, text string) {
	if at.Path == "" || at.End <= at.Start {
		return
	}
	what := strings.Join(strings.Fields(m.text(at)), " ")
	m.out = append(m.out, Mutant{kind, hook, what[:min(len(what), 100)], refactor.Edit{Path: at.Path, Start: at.Start, End: at.End, New: text}})
}

// hook makes the mutants of one hook; other is another one to confuse it with.
func (m *maker) hook(h, other *tables.Hook) {
	name := h.Name
	m.add(NoMember, name, h.Ops, "")
	if !h.Catalogue {
		m.add(NoWrapper, name, h.Wrapper, "")
		m.add(NoDummyOp, name, h.DummyOp, "")
		m.add(NoFlaskOp, name, h.FlaskOp, "")
		m.wrap(GuardMember, name, h.Ops)
		m.replace(OtherMember, name, h.Wrapper, "ops."+name, "ops."+other.Name)
		if e := h.Entry("dummy"); e != nil {
			m.replace(OtherDummy, name, e.At, e.Fn, strings.TrimSuffix(e.Fn, name)+other.Name)
		}
	}
	m.add(NoDummy, name, h.Dummy, "")
	if !h.Catalogue || m.tabs.HasFunction(h.FlaskFn) {
		m.add(NoFlask, name, h.Flask, "")
	}
	for _, e := range h.Entries {
		if !h.Catalogue {
			m.wrap(GuardOp, name, e.At)
		}
		if e.Module != "dummy" && e.Module != "flask" {
			m.add(NoOverride, name, e.At, "")
		}
		if e.Module != "dummy" {
			m.wrap(GuardFn, name, e.Func)
		}
	}
	if h.Action != "" {
		m.replace(OtherAction, name, h.Dummy, "XSM_ASSERT_ACTION("+h.Action+")", "XSM_ASSERT_ACTION("+m.action(h.Action)+")")
	}
}

// action is another default action.
func (m *maker) action(a string) string {
	if a == "XSM_PRIV" {
		return "XSM_HOOK"
	}
	return "XSM_PRIV"
}

// wrap puts a condition around whole lines.
func (m *maker) wrap(kind, hook string, at refactor.Span) {
	if t := m.text(at); t != "" {
		m.add(kind, hook, at, "#ifdef "+guard+"\n"+t+"#endif\n")
	}
}

// replace changes the first occurrence of a text in a span.
func (m *maker) replace(kind, hook string, at refactor.Span, from, to string) {
	if i := strings.Index(m.text(at), from); i >= 0 && from != to {
		m.add(kind, hook, refactor.Span{Path: at.Path, Start: at.Start + i, End: at.Start + i + len(from)}, to)
	}
}

// cases takes each label out of the policy module's switches that some dispatcher of the hypervisor has, too.
func (m *maker) cases() {
	for _, h := range m.tabs.Hooks {
		for _, sw := range m.tabs.Switches(h) {
			fn := h.Flask
			for _, l := range sw.Labels {
				loc := regexp.MustCompile(`(?m)^[ \t]*case\s+` + regexp.QuoteMeta(l) + `\s*:[ \t]*`).FindStringIndex(m.text(fn))
				if loc != nil && m.tabs.Dispatched(l) {
					m.add(NoCase, h.Name, refactor.Span{Path: fn.Path, Start: fn.Start + loc[0], End: fn.Start + loc[1]}, "")
				}
			}
		}
	}
}

// calls changes the default action that each call passes.
func (m *maker) calls() {
	for _, c := range m.tabs.Calls() {
		for _, a := range c.Actions {
			m.replace(CallAction, c.Hook.Name, c.At, a, m.action(a))
		}
	}
}

// asks changes the class, and the permission, of each permission check that names both.
func (m *maker) asks() {
	owner := map[string]string{}
	for _, h := range m.tabs.Hooks {
		owner[h.FlaskFn] = h.Name
	}
	done := map[refactor.Span]bool{}
	for _, x := range m.tabs.Asks() {
		if done[x.At] || len(x.Class) != 1 {
			continue
		}
		done[x.At] = true
		class, ok := m.tabs.ClassOf(x.Class[0])
		if !ok {
			continue
		}
		other, perm := m.another(class)
		m.replace(OtherClass, owner[x.Fn], x.At, x.Class[0], other)
		for _, p := range x.Perms {
			if m.tabs.IsPerm(p) {
				m.replace(OtherPerm, owner[x.Fn], x.At, p, perm)
				break
			}
		}
	}
}

// another is the constant of another class than the given one, and of one of its permissions.
func (m *maker) another(class string) (c, perm string) {
	for _, o := range m.tabs.Classes {
		if o.Name != class && len(o.Perms) > 0 {
			return m.tabs.ClassConstant(o.Name), m.tabs.Constant(tables.Vector{Class: o.Name, Perm: o.Perms[0]})
		}
	}
	return "", ""
}

// vectors takes each permission out of the object classes.
func (m *maker) vectors() {
	for _, c := range m.tabs.Classes {
		for _, p := range c.Perms {
			at := m.tabs.PermAt(tables.Vector{Class: c.Name, Perm: p})
			if m.text(at) == p {
				m.add(Undefined, "", at, "")
			}
		}
	}
}
