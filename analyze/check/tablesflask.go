package check

import (
	"fmt"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// cases finds commands that a dispatcher has and the policy module's switch refuses as unknown (XSM2003).
func (w *wiring) cases() {
	for _, m := range w.t.MissingCases() {
		f := w.report("XSM2003", m.Switch.At, Finding{
			Function: m.Switch.Fn, Hook: w.name(m.Hook), Confidence: 0.9,
			Message: fmt.Sprintf("%s dispatches %s, which reaches %s, and %s has no case for it: the module refuses it to everybody, whatever the policy says",
				m.Function, m.Label, w.name(m.Hook), m.Switch.Fn),
		})
		w.command(f, m.Label)
		f.Path = []Step{w.step(m.At, m.Function+" dispatches "+m.Label), {f.File, f.Line, "the module's switch has no case for it"}}
	}
}

// permissions judges what the policy module asks for against the object classes (XSM2004).
func (w *wiring) permissions() {
	if len(w.t.Classes) == 0 {
		w.headers()
		return
	}
	seen := map[string]bool{}
	for _, x := range w.t.Asks() {
		for _, p := range x.Perms {
			if strings.HasPrefix(p, "#") {
				continue // nothing is asked for on that way
			}
			if msg, c := w.odd(&x, p); msg != "" && !seen[x.Fn+p+msg] {
				seen[x.Fn+p+msg] = true
				w.wrong(&x, p, c, msg)
			}
		}
	}
	w.headers()
	w.unchecked()
}

// odd says what is wrong with asking for permission p, "" when nothing is.
func (w *wiring) odd(x *tables.Ask, p string) (msg string, confidence float64) {
	v, known := w.t.Vector(p)
	classes := strings.Join(x.Class, " or ")
	switch {
	case w.t.IsClass(p):
		return fmt.Sprintf("asks %s for %s, which is a class and no permission", classes, p), 0.95
	case !w.t.IsPerm(p):
		return "", 0 // a variable that is not followed
	case w.t.Class(v.Class) == nil:
		return fmt.Sprintf("asks %s for %s, and access_vectors has no class for it", classes, p), 0.85
	case !known:
		return fmt.Sprintf("asks %s for %s, and class %s has no permission %s", classes, p, v.Class, v.Perm), 0.9
	}
	for _, c := range x.Class {
		name, ok := w.t.ClassOf(c)
		if !w.t.IsClass(c) || ok && name == v.Class {
			return "", 0
		}
	}
	return fmt.Sprintf("asks %s for %s, a permission of class %s: its bit means something else there", classes, p, v.Class), 0.95
}

// wrong reports a permission that is asked for and is not what it seems.
func (w *wiring) wrong(x *tables.Ask, p string, confidence float64, msg string) {
	f := w.report("XSM2004", x.At, Finding{Function: x.Fn, Confidence: confidence, Message: x.Fn + " " + msg, detail: p})
	for _, h := range w.t.Hooks {
		if h.FlaskFn == x.Fn {
			f.Hook = w.name(h)
		}
	}
	if x.Case != "" && w.t.Dispatched(x.Case) {
		w.command(f, x.Case)
	} else if f.Hook != "" {
		w.operations(f, f.Hook)
	}
}

// headers compares the permission tables of trees that keep them in C with each other and with access_vectors (XSM2004).
func (w *wiring) headers() {
	if len(w.t.Headers) == 0 {
		return
	}
	all := map[string]refactor.Span{}
	for _, c := range w.t.Classes {
		for _, p := range c.Perms {
			v := tables.Vector{Class: c.Name, Perm: p}
			all[w.t.Constant(v)] = w.t.PermAt(v)
		}
	}
	vectors := len(all)
	for _, t := range w.t.Headers {
		for n, p := range t.Names {
			if _, ok := all[n]; !ok {
				all[n] = p.At
			}
		}
	}
	names := make([]string, 0, len(all))
	for n := range all {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		for _, t := range w.t.Headers {
			if _, ok := t.Names[n]; !ok {
				w.absent(n, t.File, all[n])
			}
		}
		if _, known := w.t.Vector(n); vectors > 0 && !known {
			w.absent(n, w.t.Files.AccessVectors, all[n])
		}
	}
}

// absent reports a permission that one table has and another, in file, has not.
func (w *wiring) absent(constant, file string, defined refactor.Span) {
	f := w.report("XSM2004", refactor.Span{Path: file}, Finding{
		Confidence: 0.8, Message: fmt.Sprintf("%s is defined in %s and not here: the tables of permissions differ", constant, defined.Path), detail: constant,
	})
	f.Path = []Step{w.step(defined, constant+" is defined"), {f.File, f.Line, "this table lacks it"}}
	for _, h := range w.t.Hooks {
		for _, v := range h.Vectors {
			if w.t.Constant(v) == constant {
				f.Hook = w.name(h)
			}
		}
	}
	if f.Hook != "" {
		w.operations(f, f.Hook)
	}
}

// unchecked notes permissions that no code of the module names.
func (w *wiring) unchecked() {
	if w.t.Files.Flask == "" {
		return
	}
	for _, c := range w.t.Classes {
		for _, p := range c.Perms {
			v := tables.Vector{Class: c.Name, Perm: p}
			if !w.t.Mentioned(w.t.Constant(v)) {
				w.report("XSM2004", w.t.PermAt(v), Finding{
					Severity: Note, Confidence: 0.4, detail: p,
					Message: fmt.Sprintf("nobody checks permission %s of class %s: policies that grant it grant nothing", p, c.Name),
				})
			}
		}
	}
}

// unloadable finds permissions that the base has not (XSM2006).
func (w *wiring) unloadable() {
	if w.base == nil {
		return
	}
	for _, v := range tables.Added(w.base, w.t) {
		w.report("XSM2006", w.t.PermAt(v), Finding{
			Confidence: 0.9, detail: v.Class + " " + v.Perm,
			Message: fmt.Sprintf("permission %s of class %s is new: a policy that was built before does not define it, and the hypervisor refuses such a policy", v.Perm, v.Class),
		})
	}
}
