package hookgen

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/xsmpatch/xsmpatch/refactor/strictyaml"

	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// planFile is the plan as people read and edit it.
type planFile struct {
	Version    int           `yaml:"version"`
	Tree       string        `yaml:"tree"`
	Placements []planEntry   `yaml:"placements"`
	Refusals   []planRefusal `yaml:"refusals,omitempty"`
}

// planEntry is one placement. The hook goes before line Line, which must read Before.
type planEntry struct {
	Hook       string   `yaml:"hook"`
	Kind       string   `yaml:"kind"`
	File       string   `yaml:"file"`
	Line       int      `yaml:"line"`
	Before     string   `yaml:"before"`
	Function   string   `yaml:"function"`
	Hypercall  string   `yaml:"hypercall"`
	Operation  string   `yaml:"operation,omitempty"`
	Class      string   `yaml:"class"`
	Action     string   `yaml:"action,omitempty"`
	Args       []string `yaml:"args,flow"`
	Deny       string   `yaml:"deny"`
	Text       string   `yaml:"text"`
	New        *planNew `yaml:"new,omitempty"`
	Evidence   []string `yaml:"evidence,omitempty"`
	Confidence float64  `yaml:"confidence,omitempty"`
}

// planNew defines a hook that the tables lack, after the model of another.
type planNew struct {
	Like       string  `yaml:"like"`
	Class      string  `yaml:"class"`
	Permission string  `yaml:"permission"`
	GrantLike  string  `yaml:"grant_like"` // class:permission whose grants the new permission follows
	Beside     *Beside `yaml:"beside,omitempty"`
}

type planRefusal struct {
	Check    string   `yaml:"check"`
	Hook     string   `yaml:"hook,omitempty"`
	Where    string   `yaml:"where,omitempty"`
	Reason   string   `yaml:"reason"`
	Evidence []string `yaml:"evidence"`
}

const planHead = `# Where hooks go. Each call goes before the named line of the file; "before" is that line, so that a tree that has moved on is noticed.
# Edit text, action, args or line, delete an entry, or move one from refusals; then: xsmpatch gen plan.yaml TREE -o DIR
`

// YAML prints the plan for review.
func (p *Plan) YAML(t *refactor.Tree) ([]byte, error) {
	f := planFile{Version: 1, Tree: t.Name(), Placements: []planEntry{}}
	for _, pl := range p.Placements {
		e, err := pl.entry(t)
		if err != nil {
			return nil, err
		}
		f.Placements = append(f.Placements, e)
	}
	for _, r := range p.Refusals {
		f.Refusals = append(f.Refusals, r.entry(p.Tables))
	}
	b, err := yaml.MarshalWithOptions(f, yaml.UseLiteralStyleIfMultiline(true))
	return append([]byte(planHead), b...), err
}

func (pl *Placement) entry(t *refactor.Tree) (planEntry, error) {
	src, err := t.ReadFile(pl.File)
	if err != nil {
		return planEntry{}, err
	}
	e := planEntry{
		Hook: pl.Hook, Kind: pl.Kind, File: pl.File, Line: pl.Line, Before: lineAt(src, pl.Offset), Function: pl.Function, Hypercall: pl.Entry,
		Operation: pl.Command, Class: pl.Class, Action: pl.Action, Args: pl.Args, Deny: pl.Deny, Text: dedent(pl.Text, refactor.IndentAt(src, pl.Offset)),
	}
	if pl.Gap != nil {
		e.Evidence, e.Confidence = pl.Gap.Evidence, float64(int(100*pl.Gap.Confidence))/100
	}
	if s := pl.New; s != nil {
		e.New = &planNew{Like: s.Peer.Name, Class: s.Class, Permission: s.Perm, GrantLike: s.Grant.Class + ":" + s.Grant.Perm, Beside: s.Beside}
	}
	return e, nil
}

// dedent takes the indentation of the place off each line of an insertion, and the blank line that ends it.
func dedent(text, by string) string {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(strings.TrimPrefix(l, by), "\r")
	}
	return strings.Join(lines, "\n") + "\n"
}

// indent is the reverse of dedent.
func indent(text, by string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = by + l
		}
	}
	return strings.Join(lines, "\n") + "\n\n"
}

// lineAt is the line that starts at byte at, without its indentation.
func lineAt(src []byte, at int) string {
	line, _, _ := bytes.Cut(src[at:], []byte("\n"))
	return strings.TrimSpace(string(line))
}

func (r *Refusal) entry(tabs *tables.Tables) planRefusal {
	out := planRefusal{Check: r.Gap.Check, Reason: r.Reason, Evidence: r.Gap.Evidence}
	if r.Gap.Hook != nil {
		out.Hook = tabs.Prefix + r.Gap.Hook.Name
	}
	if r.Gap.Region != nil {
		out.Where = r.Gap.Region.Fn.File + ": " + r.Gap.Region.String()
	}
	return out
}

// RefusalText lists what was not placed, a paragraph each.
func (p *Plan) RefusalText(t *refactor.Tree) string {
	var b strings.Builder
	for _, r := range p.Refusals {
		e := r.entry(p.Tables)
		where := e.Where
		if where == "" {
			where = "(no place)"
		}
		fmt.Fprintf(&b, "refused: %s %s %s: %s\n", e.Check, where, e.Hook, e.Reason)
		for _, s := range e.Evidence {
			fmt.Fprintf(&b, "    %s\n", s)
		}
	}
	return b.String()
}

// PlanError is something in a plan that does not fit the tree: the plan's file, the entry counted from 1, what is wrong, and the remedy.
type PlanError struct {
	File   string
	Entry  int
	What   string
	Remedy string
}

func (e *PlanError) Error() string {
	return fmt.Sprintf("%s: placement %d: %s; %s", e.File, e.Entry, e.What, e.Remedy)
}

// ReadPlan reads an edited plan back and checks it against the tree and its tables. Every error is located; several are joined.
func ReadPlan(name string, text []byte, t *refactor.Tree, tabs *tables.Tables) (*Plan, error) {
	var f planFile
	if err := strictyaml.Unmarshal(name, text, &f); err != nil {
		return nil, err
	}
	if f.Version != 1 {
		return nil, fmt.Errorf("%s: version %d: this program reads version 1", name, f.Version)
	}
	out := &Plan{Tables: tabs}
	var errs []error
	for i := range f.Placements {
		pl, what, remedy := f.Placements[i].placement(t, tabs)
		if what != "" {
			errs = append(errs, &PlanError{name, i + 1, what, remedy})
			continue
		}
		out.Placements = append(out.Placements, pl)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return out, nil
}

// placement checks one entry; what says what is wrong with it.
func (e *planEntry) placement(t *refactor.Tree, tabs *tables.Tables) (pl *Placement, what, remedy string) {
	src, err := t.ReadFile(e.File)
	if err != nil {
		return nil, err.Error(), "name a file of the tree"
	}
	at, ok := lineOffset(src, e.Line)
	if !ok {
		return nil, fmt.Sprintf("%s has no line %d", e.File, e.Line), "plan again on this tree"
	}
	if got := lineAt(src, at); got != e.Before {
		return nil, fmt.Sprintf("%s:%d reads %q, not %q: the tree has moved on or the line was changed", e.File, e.Line, got, e.Before),
			"correct line and before, or plan again"
	}
	if !strings.Contains(e.Text, e.Hook+"(") {
		return nil, "text does not call " + e.Hook, "write the call into text"
	}
	pl = &Placement{
		Hook: e.Hook, Action: e.Action, Args: e.Args, Kind: e.Kind, File: e.File, Offset: at, Line: e.Line, Function: e.Function, Command: e.Operation,
		Entry: e.Hypercall, Class: e.Class, Deny: e.Deny, Text: indent(e.Text, refactor.IndentAt(src, at)),
	}
	known := tabs.Hook(e.Hook)
	if e.New == nil {
		if known == nil {
			return nil, "no hook " + e.Hook + " in the tree's tables", "add new: {like: HOOK, class: C, permission: P}, or name a hook that exists"
		}
		return pl, "", ""
	}
	peer := tabs.Hook(e.New.Like)
	switch {
	case known != nil:
		return nil, e.Hook + " exists already", "remove new:"
	case peer == nil || len(peer.Vectors) == 0:
		return nil, "new.like: no hook " + e.New.Like + " with a permission", "name a hook of the tables"
	case tabs.Class(e.New.Class) == nil:
		return nil, "new.class: no class " + e.New.Class, "name a class of access_vectors"
	}
	pl.New = &Spec{
		Name: strings.TrimPrefix(e.Hook, tabs.Prefix), Params: peer.Params, Action: e.Action, Class: e.New.Class, Perm: e.New.Permission,
		Label: e.Operation, Peer: peer, Beside: e.New.Beside, Grant: peer.Vectors[0],
	}
	if c, perm, ok := strings.Cut(e.New.GrantLike, ":"); ok {
		pl.New.Grant = tables.Vector{Class: c, Perm: perm}
	}
	return pl, "", ""
}

// lineOffset is the byte that line n (from 1) starts at.
func lineOffset(src []byte, n int) (int, bool) {
	at := 0
	for ; n > 1; n-- {
		i := bytes.IndexByte(src[at:], '\n')
		if i < 0 {
			return 0, false
		}
		at += i + 1
	}
	return at, n == 1 && at < len(src)
}
