package check

import (
	"fmt"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// A module is taken to answer every hook when it answers at least this share of them; else it overrides some on purpose.
const fullShare = 0.6

// defaultModule is the module that fills the holes of others.
const defaultModule = "dummy"

// unwired finds hooks that lack a place in some table (XSM2001).
func (w *wiring) unwired() {
	for _, h := range w.t.Hooks {
		switch {
		case h.Ops.Path == "":
			w.undeclared(h)
			continue
		case h.Dummy.Path == "" && len(h.Entries) == 0 && w.t.Files.Dummy != "":
			w.lacks(h, h.Ops, "", 0.9, "struct %s declares %s, and no module, the default one included, implements it: a call would be one of a null pointer", w.t.OpsName, h.Name)
			continue
		}
		w.wrapper(h)
		w.dummy(h)
		for _, m := range w.t.Modules {
			switch {
			case m.Name == defaultModule:
			case w.full(m):
				w.inherited(h, m)
			default:
				w.overridden(h, m)
			}
		}
	}
}

// full reports whether a module answers hooks on its own, all of them but oversights.
func (w *wiring) full(m *tables.Module) bool {
	declared := 0
	for _, h := range w.t.Hooks {
		if h.Ops.Path != "" {
			declared++
		}
	}
	return float64(m.Entries) >= fullShare*float64(declared)
}

func (w *wiring) lacks(h *tables.Hook, at refactor.Span, fn string, confidence float64, format string, args ...any) {
	f := w.report("XSM2001", at, Finding{Function: fn, Hook: w.name(h), Confidence: confidence, Message: fmt.Sprintf(format, args...)})
	w.operations(f, w.name(h))
	if h.Ops.Path != "" {
		f.Path = []Step{w.step(h.Ops, w.name(h)+" is declared"), {f.File, f.Line, "and is not wired here"}}
	}
}

// undeclared reports a hook that has an implementation and no place in the structure.
func (w *wiring) undeclared(h *tables.Hook) {
	at := h.Wrapper
	for _, s := range []refactor.Span{h.Dummy, h.DummyOp, h.FlaskOp} {
		if at.Path == "" {
			at = s
		}
	}
	if w.t.OpsName != "" && (h.Wrapper.Path != "" || len(h.Entries) > 0 || w.t.XMacro) {
		w.lacks(h, at, "", 0.9, "%s is implemented, and struct %s has no member %s: no module can answer it", w.name(h), w.t.OpsName, h.Name)
	}
}

// wrapper judges the function that callers use.
func (w *wiring) wrapper(h *tables.Hook) {
	switch {
	case h.Wrapper.Path == "" && !w.t.ReadsMember(h.Name):
		w.lacks(h, h.Ops, "", 0.9, "struct %s has a member %s that no function calls: callers have no %s", w.t.OpsName, h.Name, w.name(h))
	case h.Wrapper.Path != "" && len(h.Reads) > 0 && !contains(h.Reads, h.Name):
		w.lacks(h, h.Wrapper, w.name(h), 0.95, "%s calls the member %s of struct %s, which belongs to another hook", w.name(h), h.Reads[0], w.t.OpsName)
	}
}

// dummy judges the default module: its function, and its entry among the operations.
func (w *wiring) dummy(h *tables.Hook) {
	t := w.t
	if h.Dummy.Path == "" && t.Files.Dummy != "" {
		fn := "dummy_" + h.Name
		if t.Files.DummyOps != t.Files.Dummy {
			fn = w.name(h)
		}
		if e := h.Entry(defaultModule); e == nil || !t.HasFunction(e.Fn) {
			w.lacks(h, refactor.Span{Path: t.Files.Dummy}, fn, 0.9, "%s has no default function: a tree without security modules does not build, or links to nothing", w.name(h))
		}
	}
	m := t.Module(defaultModule)
	if m == nil {
		return
	}
	at := refactor.Span{Path: m.File, Start: m.Start}
	e := h.Entry(defaultModule)
	switch {
	case e == nil && listed(h, h.Wrapper):
		w.lacks(h, at, m.Table, 0.9, "%s is in the catalogue, and %s makes no entry of it", w.name(h), m.Table)
	case e == nil:
		w.lacks(h, at, m.Table, 0.95, "%s has no entry for %s: a module without one of its own calls a null pointer", m.Table, w.name(h))
	case !m.Fixup && e.Fn != t.Prefix+h.Name && e.Fn != "dummy_"+h.Name && h.Dummy.Path != "":
		w.lacks(h, e.At, m.Table, 0.9, "%s fills %s with %s, the default of another hook", m.Table, w.name(h), e.Fn)
	}
}

// inherited judges a hook's place in a module that answers hooks on its own.
func (w *wiring) inherited(h *tables.Hook, m *tables.Module) {
	e := h.Entry(m.Name)
	own := m.Name + "_" + h.Name
	switch {
	case e == nil:
		at := refactor.Span{Path: m.File, Start: m.Start}
		more := ""
		if w.t.HasFunction(own) {
			more = ", although " + own + " exists"
		}
		w.lacks(h, at, m.Table, 0.9, "%s has no entry for %s%s: the module silently inherits the default's answer", m.Table, w.name(h), more)
	case !w.t.HasFunction(e.Fn):
		w.lacks(h, e.At, m.Table, 0.85, "%s names %s for %s, and no file of the module has such a function", m.Table, e.Fn, w.name(h))
	case e.Fn != own && w.t.HasFunction(own):
		w.lacks(h, e.At, m.Table, 0.9, "%s answers %s with %s, although %s exists", m.Table, w.name(h), e.Fn, own)
	}
}

// overridden judges a hook that a module leaves to the default, when the module has an opinion on hooks of the same kind: two domains that
// communicate and that the default does not keep apart.
func (w *wiring) overridden(h *tables.Hook, m *tables.Module) {
	if h.Entry(m.Name) != nil || !w.between(h) || !w.actionsKnown() {
		return
	}
	var peers []string
	for _, o := range w.t.Hooks {
		if o == h || o.Entry(m.Name) == nil || !w.between(o) && o.Action == h.Action {
			continue
		}
		if undoes(h.Name, o.Name) {
			return
		}
		if word(o.Name) == word(h.Name) {
			peers = append(peers, w.name(o))
		}
	}
	if len(peers) == 0 {
		return
	}
	w.lacks(h, refactor.Span{Path: m.File, Start: m.Start}, m.Table, 0.75,
		"two domains communicate through what %s guards, the default lets them, and %s has no entry for it, as it has for %s", w.name(h), m.Table, strings.Join(peers, ", "))
}

// between reports whether a hook stands between two domains and the default asks nothing of either.
func (w *wiring) between(h *tables.Hook) bool {
	domains := 0
	for _, p := range h.Params {
		if t := strings.TrimPrefix(p.Type, "const "); t == w.types.Domain || t == w.types.ID {
			domains++
		}
	}
	return domains >= 2 && h.Result == "int" && (h.Action == "XSM_HOOK" || h.Action == "XSM_TARGET" && w.guest(h) || h.Action == "" && !h.Default)
}

// guest reports whether a hook with a number for the other party exists: the default can only know the first.
func (w *wiring) guest(h *tables.Hook) bool {
	for _, p := range h.Params {
		if p.Type == w.types.ID {
			return true
		}
	}
	return false
}

// actionsKnown reports whether the default module states its actions: without them nothing is known of what it allows.
func (w *wiring) actionsKnown() bool {
	for _, h := range w.t.Hooks {
		if h.Action != "" {
			return true
		}
	}
	return false
}

// word is the first word of a name.
func word(name string) string {
	first, _, _ := strings.Cut(name, "_")
	return first
}

// undoes reports whether a takes back what b does: "grant_unmapref" and "grant_mapref".
func undoes(a, b string) bool {
	for _, un := range []string{"un", "de", "remove_", "free_"} {
		if i := strings.Index(a, un); i >= 0 && (i == 0 || a[i-1] == '_') {
			if rest := a[:i] + a[i+len(un):]; rest == b || strings.HasSuffix(b, "_"+rest) {
				return true
			}
		}
	}
	return false
}

// actions compares the default action at each call with the one that the default module asserts (XSM2002).
func (w *wiring) actions() {
	for _, c := range w.t.Calls() {
		h := c.Hook
		for _, a := range c.Actions {
			switch {
			case h.Action != "" && a != h.Action:
				w.mismatch(c, h, fmt.Sprintf("%s at the call, %s in the default module: with security modules the call's action is a lie, without them it does not link", a, h.Action))
			case !h.Default:
				w.mismatch(c, h, w.name(h)+" takes no default action, and "+a+" is given")
			}
		}
		if h.Default && !c.Given && h.Wrapper.Path != "" {
			w.mismatch(c, h, w.name(h)+" takes a default action first, and none is given")
		}
	}
	for _, h := range w.t.Hooks { // in a tree whose wrappers are functions
		if h.Wrapper.Path != "" && h.Dummy.Path != "" && h.DummyDefault && !h.WrapperDefault && len(h.Reads) > 0 {
			w.report("XSM2002", h.Wrapper, Finding{
				Function: w.name(h), Hook: w.name(h), Confidence: 0.9,
				Message: "the default module's function takes a default action and the wrapper does not: what calls one cannot call the other",
			})
		}
	}
	var options []string
	for _, t := range w.ambient()["wrapper"] {
		if !strings.HasPrefix(t, "!") {
			options = append(options, t)
		}
	}
	ambient := tables.ParseCondition(strings.Join(options, " && "))
	for _, h := range w.t.Hooks {
		if h.Wrapper.Path == "" || h.Dummy.Path == "" || w.t.Files.Dummy == w.t.Files.DummyOps || h.Default == h.DummyDefault {
			continue
		}
		if _, alone := tables.Differ(tables.ParseCondition(h.DummyGuard), ambient, w.rules); alone { // compiled without the wrappers too, where it takes their place
			w.report("XSM2002", h.Dummy, Finding{
				Function: w.name(h), Hook: w.name(h), Confidence: 0.9,
				Message: "the wrapper takes a default action and the default module's function does not",
			})
		}
	}
}

func (w *wiring) mismatch(c *tables.Call, h *tables.Hook, message string) {
	f := w.report("XSM2002", c.At, Finding{Function: c.Function(), Hook: w.name(h), Confidence: 0.95, Message: message, detail: strings.Join(c.Actions, " ")})
	for i := range w.facts.Sites {
		s := &w.facts.Sites[i]
		if s.Hook == f.Hook && s.File == f.File && s.Line == f.Line {
			f.Operations = append(f.Operations, s.Ops[:min(len(s.Ops), maxOperations)]...)
		}
	}
	w.single(f)
	f.Path = []Step{{f.File, f.Line, "asks with " + strings.Join(c.Actions, " or ")}}
	if h.Dummy.Path != "" {
		f.Path = append(f.Path, w.step(h.Dummy, "the default module asserts "+h.Action))
	}
}

// twins finds a hook that nothing calls while the command that has its name asks another hook (XSM1005): one half of a pair was copied from the other.
func (w *wiring) twins() {
	called := map[*tables.Hook]bool{}
	for _, c := range w.t.Calls() {
		called[c.Hook] = true
	}
	for _, c := range w.t.Calls() {
		for _, l := range c.Commands() {
			h := w.named(l)
			if h == nil || h == c.Hook || called[h] || len(h.Params) != len(c.Hook.Params) || !w.elsewhere(c) {
				continue
			}
			f := w.report("XSM1005", c.At, Finding{
				Function: c.Function(), Hook: w.name(h), Confidence: 0.8,
				Message: fmt.Sprintf("%s asks %s, the hook of another command; %s is declared for it and nothing calls that", l, w.name(c.Hook), w.name(h)),
			})
			f.asks = true
			w.command(f, l)
			f.Path = []Step{{f.File, f.Line, "asks " + w.name(c.Hook)}, w.step(h.Ops, w.name(h)+" is declared")}
		}
	}
}

// named is the hook whose whole name ends a command's: xsm_deassign_device for XEN_DOMCTL_deassign_device.
func (w *wiring) named(label string) (best *tables.Hook) {
	low := strings.ToLower(label)
	for _, h := range w.t.Hooks {
		if strings.HasSuffix(low, "_"+h.Name) && strings.Contains(h.Name, "_") && (best == nil || len(h.Name) > len(best.Name)) {
			best = h
		}
	}
	return best
}

// elsewhere reports whether the hook of a call is also called at a command of its own name.
func (w *wiring) elsewhere(c *tables.Call) bool {
	for _, o := range w.t.Calls() {
		if o != c && o.Hook == c.Hook {
			for _, l := range o.Commands() {
				if w.named(l) == c.Hook {
					return true
				}
			}
		}
	}
	return false
}
