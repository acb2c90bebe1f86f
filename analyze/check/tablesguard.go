package check

import (
	"fmt"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// guards compares the conditions under which a hook's places are compiled with those of its member of the structure (XSM2005).
func (w *wiring) guards() {
	ambient := w.ambient()
	for _, h := range w.t.Hooks {
		if h.Ops.Path == "" {
			w.functions(h, ambient)
			continue
		}
		d := w.condition(h.Guard, ambient["ops"])
		if h.Wrapper.Path != "" && !listed(h, h.Wrapper) {
			g, read := w.condition(h.WrapperGuard, ambient["wrapper"]), w.condition(h.ReadGuard, ambient["wrapper"])
			w.differ(h, d, g, h.Wrapper, w.name(h), 0.8, "is declared, and callers have no function for it")
			w.differ(h, read, d, h.Wrapper, w.name(h), 0.8, "has a function that calls a member which does not exist")
		}
		for _, e := range h.Entries {
			if !listed(h, e.At) {
				w.entry(h, d, e, ambient)
			}
		}
		w.functions(h, ambient)
	}
	for _, c := range w.t.Calls() {
		w.called(c, ambient)
	}
}

// listed reports whether a catalogue makes a place of a hook, as it makes the member: under the same conditions.
func listed(h *tables.Hook, at refactor.Span) bool { return h.Catalogue && at.Path == h.Ops.Path }

// called compares a call's condition, that of its file included, with that of the function that it calls.
func (w *wiring) called(c *tables.Call, ambient map[string][]string) {
	h := c.Hook
	if h.Wrapper.Path == "" {
		return
	}
	file, _ := w.t.Source(c.At)
	g := w.condition(and(c.Guard, w.t.BuildGuard(file)), nil)
	f := w.condition(h.WrapperGuard, ambient["wrapper"])
	for _, n := range append(g.Names(), f.Names()...) {
		if !w.t.IsOption(n) {
			return // set by code or makefiles: whether the two can differ is not known
		}
	}
	w.differ(h, g, f, c.At, c.Function(), 0.6, "is called, and callers have no function for it")
}

// entry compares a member's condition with that of its line in one module.
func (w *wiring) entry(h *tables.Hook, d *tables.Condition, e *tables.Entry, ambient map[string][]string) {
	g := w.condition(e.Guard, ambient[e.Table])
	m := w.t.Module(e.Module)
	switch {
	case e.Module == defaultModule:
		w.differ(h, d, g, e.At, e.Table, 0.85, "is declared, and "+e.Table+" does not set it: a module without its own calls a null pointer")
	case m != nil && w.full(m):
		w.differ(h, d, g, e.At, e.Table, 0.85, "is declared, and "+e.Table+" does not set it: the module silently inherits the default's answer")
	}
	w.differ(h, g, d, e.At, e.Table, 0.75, "is set in "+e.Table+", and the structure has no such member")
}

// functions compares the conditions of a hook's entries with those of the functions that they name.
func (w *wiring) functions(h *tables.Hook, ambient map[string][]string) {
	for _, e := range h.Entries {
		g := w.condition(and(e.Guard, w.t.BuildGuard(w.t.Module(e.Module).File)), ambient[e.Table])
		at, fn := e.Func, e.FnGuard
		if e.Module == defaultModule && h.Dummy.Path != "" {
			at, fn = h.Dummy, h.DummyGuard
		}
		if at.Path == "" {
			continue
		}
		f := w.condition(fn, ambient["fn "+e.Module])
		w.differ(h, g, f, at, e.Fn, 0.75, "is set in "+e.Table+" to "+e.Fn+", which does not exist")
		if e.Module != defaultModule && strings.HasSuffix(e.Fn, h.Name) && !w.t.Renamed(e.Fn) {
			built := w.condition(and(fn, w.t.BuildGuard(at.Path)), ambient["fn "+e.Module])
			w.differ(h, built, g, at, e.Fn, 0.7, "has a function "+e.Fn+" that "+e.Table+" does not use: a build that refuses unused functions fails, one that does not inherits the default")
		}
	}
}

// and joins two guards.
func and(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " && " + b
}

// ambient finds the conditions that all places of one kind have: those of the file, or of the table as a whole.
func (w *wiring) ambient() map[string][]string {
	out := map[string][]string{}
	started := map[string]bool{}
	add := func(kind, guard string) {
		terms := tables.Terms(guard)
		if !started[kind] {
			started[kind], out[kind] = true, terms
			return
		}
		var kept []string
		for _, t := range out[kind] {
			if contains(terms, t) {
				kept = append(kept, t)
			}
		}
		out[kind] = kept
	}
	for _, h := range w.t.Hooks {
		if h.Ops.Path != "" {
			add("ops", h.Guard)
		}
		if h.Wrapper.Path != "" {
			add("wrapper", h.WrapperGuard)
		}
		for _, e := range h.Entries {
			add(e.Table, e.Guard)
			if e.Module == defaultModule && h.Dummy.Path != "" {
				add("fn "+e.Module, h.DummyGuard)
			} else if e.Func.Path != "" {
				add("fn "+e.Module, e.FnGuard)
			}
		}
	}
	return out
}

// condition is a guard without the ambient terms.
func (w *wiring) condition(guard string, ambient []string) *tables.Condition {
	var kept []string
	for _, t := range tables.Terms(guard) {
		if !contains(ambient, t) {
			kept = append(kept, t)
		}
	}
	return tables.ParseCondition(strings.Join(kept, " && "))
}

// differ reports a setting in which condition a holds and b does not.
func (w *wiring) differ(h *tables.Hook, a, b *tables.Condition, at refactor.Span, fn string, confidence float64, what string) {
	set, ok := tables.Differ(a, b, w.rules)
	if !ok {
		return
	}
	how := setting(set, append(a.Names(), b.Names()...))
	f := w.report("XSM2005", at, Finding{
		Function: fn, Hook: w.name(h), Confidence: confidence, Message: fmt.Sprintf("with %s, %s %s", how, w.name(h), what), detail: what,
	})
	f.Path = []Step{w.step(h.Ops, "declared under other conditions"), {f.File, f.Line, what}}
}

// setting spells values of the names that matter.
func setting(set map[string]bool, names []string) string {
	sort.Strings(names)
	var out []string
	for i, n := range names {
		if i > 0 && names[i-1] == n {
			continue
		}
		if set[n] {
			out = append(out, n+"=y")
		} else {
			out = append(out, n+"=n")
		}
	}
	return strings.Join(out, " ")
}
