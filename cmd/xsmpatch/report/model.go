package report

import (
	"slices"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/hookgen"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Status says in a word how an operation is mediated.
type Status string

// The statuses, worst first.
const (
	Open     Status = "finding"  // some finding is about it
	Accepted Status = "accepted" // findings about it are accepted with a reason
	Hooked   Status = "hooked"   // a hook is asked on its way
	Legacy   Status = "legacy"   // only a check that is no hook
	None     Status = "none"     // nothing is asked, and nothing says that something should be
)

// Statuses lists all of them.
func Statuses() []Status { return []Status{Open, Accepted, Hooked, Legacy, None} }

// Use is a hook on an operation's way, with what each module answers.
type Use struct {
	Hook   string // xsm_domctl
	At     analyze.Place
	Phase  string   // before, own, after
	Result string   // returned, tested, assigned, ignored
	Action string   // default action at the call, XSM_TARGET; "" when it passes none
	Dummy  string   // default action that the dummy module asserts
	Flask  []string // permissions, class/permission; for a command of a switch those of its case
	Passes bool     // Flask lets the operation pass without asking, because it has a hook of its own
	Silo   string   // "own" when SILO has a function of its own, else "dummy"; "" without SILO
}

// Step is one place on the way from the entry to where the operation acts, in the order of execution.
type Step struct {
	Kind StepKind
	What string
	analyze.Place
	Depth int // calls below the entry
}

// StepKind says what happens at a step.
type StepKind string

// The kinds of steps.
const (
	Entry   StepKind = "entry"
	Case    StepKind = "case"
	Call    StepKind = "call"
	Lookup  StepKind = "look-up"
	Hook    StepKind = "hook"
	Missing StepKind = "missing" // where a hook should stand
	Acts    StepKind = "acts"
)

// Row is one operation.
type Row struct {
	*analyze.Op
	Status   Status
	Uses     []Use
	Path     []Step
	Findings []*check.Finding // open ones, then accepted ones
	Anchor   string           // its place in the page
}

// Model is everything that a report shows of one tree.
type Model struct {
	Facts    *analyze.Facts
	Rows     []*Row // by ID
	Findings *check.Report
	Tables   *tables.Tables // of the tree; nil when it has none
	Tree     *refactor.Tree
	byID     map[string]*Row
	commands map[string]bool // every command of every operation
}

// Input is what a model is made from. Plan may be nil.
type Input struct {
	Tree   *refactor.Tree
	Facts  *analyze.Facts
	Read   []*analyze.Scanned
	Tables *tables.Tables
	Check  *check.Report
	Plan   *hookgen.Plan
}

// New makes the model of a tree.
func New(in Input) *Model {
	m := &Model{Facts: in.Facts, Findings: in.Check, Tables: in.Tables, Tree: in.Tree, byID: map[string]*Row{}, commands: map[string]bool{}}
	for i := range in.Facts.Ops {
		if c := in.Facts.Ops[i].Command; c != "" {
			m.commands[c] = true
		}
	}
	sites := map[string]*analyze.Site{}
	for i := range in.Facts.Sites {
		sites[in.Facts.Sites[i].ID] = &in.Facts.Sites[i]
	}
	for i := range in.Facts.Ops {
		r := &Row{Op: &in.Facts.Ops[i]}
		for _, h := range r.Hooks {
			if s := sites[h.Site]; s != nil {
				r.Uses = append(r.Uses, m.use(r, s, h.Phase))
			}
		}
		m.Rows = append(m.Rows, r)
		m.byID[r.ID] = r
	}
	m.attach(in.Check.Findings)
	m.attach(in.Check.Suppressed)
	for _, r := range m.Rows {
		r.Status = r.status()
	}
	m.paths(in)
	return m
}

// Row returns the operation with an id, nil when there is none.
func (m *Model) Row(id string) *Row { return m.byID[id] }

// use describes a hook call of an operation.
func (m *Model) use(r *Row, s *analyze.Site, phase string) Use {
	u := Use{Hook: s.Hook, At: s.Place, Phase: phase, Result: s.Result, Action: s.Action}
	if m.Tables == nil {
		return u
	}
	h := m.Tables.Hook(s.Hook)
	if h == nil {
		return u
	}
	u.Dummy = h.Action
	u.Flask, u.Passes = m.permissions(h, r)
	for _, mod := range m.Tables.Modules {
		if mod.Name == "silo" {
			u.Silo = "dummy"
		}
	}
	for _, e := range h.Entries {
		if e.Module == "silo" {
			u.Silo = "own"
		}
	}
	return u
}

// permissions lists what Flask asks for: on the paths of the operation's own labels when the hook's function switches on commands, on those of its
// default when it has no such label, else on any path. It passes when the paths of its labels ask nothing.
func (m *Model) permissions(h *tables.Hook, r *Row) (out []string, passes bool) {
	labels := map[string]bool{}
	for _, l := range r.Labels {
		labels[l.Case] = true
	}
	for _, part := range strings.Split(r.ID, "/")[1:] {
		labels[part] = true
	}
	var own, rest []tables.Ask
	known, commands := false, false
	for _, o := range m.Tables.Outcomes(h) {
		for _, l := range o.Labels {
			commands = commands || m.commands[l.Name]
			switch {
			case labels[l.Name]:
				known = true
				own = append(own, o.Asks...)
			case l.Default:
				rest = append(rest, o.Asks...)
			}
		}
	}
	switch {
	case !known && commands:
		own = rest
	case !known:
		own = m.Tables.AsksOf(h)
	}
	for _, a := range own {
		for _, p := range a.Perms {
			out = append(out, permission(p))
		}
	}
	sort.Strings(out)
	return slices.Compact(out), known && len(own) == 0
}

// permission spells DOMAIN__PAUSE as domain/pause.
func permission(constant string) string {
	return strings.Replace(strings.ToLower(constant), "__", "/", 1)
}

// attach gives each finding to the operations that it is about: those it lists, or the one that it names.
func (m *Model) attach(fs []*check.Finding) {
	for _, f := range fs {
		ids := f.Operations
		if len(ids) == 0 {
			ids = m.named(f)
		}
		for _, id := range ids {
			if r := m.byID[id]; r != nil {
				r.Findings = append(r.Findings, f)
			}
		}
	}
}

// named lists the operations that a finding's entry and command mean: those whose way goes through the command, all of the entry for none.
func (m *Model) named(f *check.Finding) (ids []string) {
	for _, r := range m.Rows {
		parts := strings.Split(r.ID, "/")
		if r.Entry == f.Hypercall && (slices.Contains(parts[1:], f.Operation) || f.Operation == "" && len(parts) == 1) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// status is the row's word.
func (r *Row) status() Status {
	for _, f := range r.Findings {
		if f.Suppressed == "" {
			return Open
		}
	}
	switch {
	case len(r.Findings) > 0:
		return Accepted
	case len(r.Uses) > 0:
		return Hooked
	case len(r.Op.Legacy) > 0:
		return Legacy
	}
	return None
}
