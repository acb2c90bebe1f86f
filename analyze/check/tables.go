package check

import (
	"fmt"
	"strings"
	"sync"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// wiring judges the hooks' tables (XSM2xxx). They are text with conditions, so one judgement holds for every configuration.
type wiring struct {
	t     *tables.Tables
	types profile.Types
	facts *analyze.Facts
	base  *tables.Tables // of the tree that this one is compared with, nil for none
	rules []*tables.Condition
	out   map[string][]*Finding // by check
}

// Wiring judges the hooks' tables of a tree without reading its code otherwise: checks XSM2001 to XSM2006, by id. facts may be empty: they only
// tell which hypercalls a hook belongs to. base is the tree that t is compared with, nil for none.
func Wiring(t *refactor.Tree, pr *profile.Profile, facts *analyze.Facts, base *refactor.Tree) (map[string][]*Finding, error) {
	tabs, err := tables.Read(t, pr)
	if err != nil {
		return nil, err
	}
	var older *tables.Tables
	if base != nil {
		if older, err = tables.Read(base, pr); err != nil {
			return nil, fmt.Errorf("the tables of the base: %w", err)
		}
	}
	return WiringOf(tabs, facts, older), nil
}

// WiringOf is [Wiring] of tables that were read; older may be nil.
func WiringOf(tabs *tables.Tables, facts *analyze.Facts, older *tables.Tables) map[string][]*Finding {
	w := &wiring{t: tabs, types: tabs.Profile().Types, facts: facts, base: older, out: map[string][]*Finding{}}
	w.rules = tabs.Rules()
	w.unwired()
	w.actions()
	w.twins()
	w.cases()
	w.permissions()
	w.guards()
	w.unloadable()
	return w.out
}

// tableCheck makes the check that reports the table findings of one id, after those of more.
func tableCheck(id string, more ...func(*Pass)) func(*Pass) {
	return func(p *Pass) {
		for _, f := range more {
			f(p)
		}
		for _, f := range p.m.wiring()[id] {
			g := *f
			p.Report(&g)
		}
	}
}

// wiring is the judgement of the tables, made once for all configurations of a run.
func (m *model) wiring() map[string][]*Finding {
	if m.common == nil {
		m.common = newRunWide(m.tree, m.p.Profile, &analyze.Facts{}, nil)
	}
	return m.common.wiring()
}

// runWide is what the configurations of one run have in common.
type runWide struct {
	wiring func() map[string][]*Finding // by check; none where the tables cannot be read
}

// newRunWide prepares a run. The tables are text apart from the program, so they are judged while the other checks run.
func newRunWide(t *refactor.Tree, pr *profile.Profile, facts *analyze.Facts, base *refactor.Tree) *runWide {
	w := &runWide{sync.OnceValue(func() map[string][]*Finding {
		found, err := Wiring(t, pr, facts, base)
		if err != nil {
			return map[string][]*Finding{}
		}
		return found
	})}
	go w.wiring()
	return w
}

// report files a finding of a check at a span.
func (w *wiring) report(check string, at refactor.Span, f Finding) *Finding {
	f.Check = check
	f.File, f.Line = w.t.Source(at)
	if f.Evidence == nil {
		f.Evidence = []string{f.Message}
	}
	w.out[check] = append(w.out[check], &f)
	return &f
}

// name is a hook as its callers spell it.
func (w *wiring) name(h *tables.Hook) string { return w.t.Prefix + strings.TrimPrefix(h.Name, "__") }

// step is a place on the way of a finding.
func (w *wiring) step(at refactor.Span, what string) Step {
	file, line := w.t.Source(at)
	return Step{file, line, what}
}

// operations names the commands that reach a hook: those whose own code calls it.
func (w *wiring) operations(f *Finding, hook string) {
	for i := range w.facts.Ops {
		op := &w.facts.Ops[i]
		for _, h := range op.Hooks {
			if h.Hook == hook && h.Phase == "own" && !contains(f.Operations, op.ID) && len(f.Operations) < maxOperations {
				f.Operations = append(f.Operations, op.ID)
			}
		}
	}
	if len(f.Operations) == 0 {
		w.written(f, hook)
	}
	w.single(f)
}

// written names the commands under whose labels the text calls a hook, for code that no configuration shows.
func (w *wiring) written(f *Finding, hook string) {
	for _, c := range w.t.Calls() {
		if w.name(c.Hook) != hook {
			continue
		}
		for _, l := range c.Commands() {
			if !contains(f.Operations, l) && len(f.Operations) < maxOperations {
				f.Operations = append(f.Operations, l)
			}
		}
	}
	if len(f.Operations) == 1 {
		f.Operation, f.Operations = f.Operations[0], nil
	}
}

// single gives a finding that belongs to one operation its entry and command.
func (w *wiring) single(f *Finding) {
	if len(f.Operations) != 1 {
		return
	}
	for i := range w.facts.Ops {
		if op := &w.facts.Ops[i]; op.ID == f.Operations[0] {
			f.Hypercall, f.Operation, f.Operations = op.Entry, op.Command, nil
			return
		}
	}
}

// command names the entry that has a command.
func (w *wiring) command(f *Finding, label string) {
	f.Operation = label
	for i := range w.facts.Ops {
		op := &w.facts.Ops[i]
		if op.Command == label {
			f.Hypercall = op.Entry
			return
		}
	}
}
