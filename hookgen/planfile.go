package hookgen

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
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

// planEntry is one placement. The hook goes before line Line, which must read Before; with Behind, into that line, behind the part of it that Behind is.
type planEntry struct {
	Hook       string   `yaml:"hook"`
	Kind       string   `yaml:"kind"`
	File       string   `yaml:"file"`
	Line       int      `yaml:"line"`
	Before     string   `yaml:"before"`
	Behind     string   `yaml:"behind,omitempty"`
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
	Like       string   `yaml:"like,omitempty"`
	Class      string   `yaml:"class,omitempty"`
	Permission string   `yaml:"permission,omitempty"`
	GrantLike  string   `yaml:"grant_like,omitempty"`  // class:permission whose grants the new permission follows
	Params     []string `yaml:"params,flow,omitempty"` // in a tree without hooks, instead of all the above
	Beside     *Beside  `yaml:"beside,omitempty"`
}

type planRefusal struct {
	Check    string   `yaml:"check"`
	Hook     string   `yaml:"hook,omitempty"`
	Where    string   `yaml:"where,omitempty"`
	Reason   string   `yaml:"reason"`
	Evidence []string `yaml:"evidence"`
}

const planHead = `# Where hooks go. Each call goes before the named line of the file; "before" is that line, so that a tree that has moved on is noticed;
# an entry with "behind" goes into the line, behind that part of it.
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
	start := lineStart(src, pl.Offset)
	e := planEntry{
		Hook: pl.Hook, Kind: pl.Kind, File: pl.File, Line: pl.Line, Before: lineAt(src, start), Behind: strings.TrimSpace(string(src[start:pl.Offset])), Function: pl.Function, Hypercall: pl.Entry,
		Operation: pl.Command, Class: pl.Class, Action: pl.Action, Args: pl.Args, Deny: pl.Deny, Text: dedent(pl.Text, refactor.IndentAt(src, pl.Offset)),
	}
	if pl.Gap != nil {
		e.Evidence, e.Confidence = pl.Gap.Evidence, float64(int(100*pl.Gap.Confidence))/100
	}
	if e.Behind != "" {
		e.Text = strings.TrimSpace(e.Text)
	}
	if s := pl.New; s != nil {
		e.New = s.entry()
	}
	return e, nil
}

// entry is a spec as a plan file has it: a permission alone, after a peer, or by its parameters in a tree without hooks.
func (s *Spec) entry() *planNew {
	if s.Case {
		return &planNew{Class: s.Class, Permission: s.Perm, GrantLike: s.Grant.Class + ":" + s.Grant.Perm}
	}
	if s.Peer != nil {
		return &planNew{Like: s.Peer.Name, Class: s.Class, Permission: s.Perm, GrantLike: s.Grant.Class + ":" + s.Grant.Perm, Beside: s.Beside}
	}
	n := &planNew{Params: []string{}}
	for _, p := range s.Params {
		n.Params = append(n.Params, p.Decl())
	}
	return n
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
func indent(text, by, eol string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = by + l
		}
	}
	return strings.Join(lines, eol) + eol + eol
}

// apart reports whether a blank line stands behind an entry's text: behind statements, and not behind a label, one arm of a chain or an operand.
func (e *planEntry) apart() bool {
	return e.Behind == "" && (e.Kind != kindCase || e.New != nil) && !strings.HasPrefix(e.Text, "else")
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

// PlanError is something in a plan that does not fit the tree: the plan's file and line, the entry counted from 1, what is wrong, and the remedy.
type PlanError struct {
	File   string
	Line   int // of the plan file, 0 when it is not known
	Entry  int
	What   string
	Remedy string
}

func (e *PlanError) Error() string {
	return fmt.Sprintf("%s:%d: placement %d: %s; %s", e.File, e.Line, e.Entry, e.What, e.Remedy)
}

// ReadPlan reads an edited plan back and checks it against the tree and its tables. Every error is located; several are joined. Entries that the tree
// has already, at the lines where gen puts them, are counted in Applied and left out.
func ReadPlan(name string, text []byte, t *refactor.Tree, tabs *tables.Tables) (*Plan, error) {
	var f planFile
	if err := strictyaml.Unmarshal(name, text, &f); err != nil {
		return nil, err
	}
	if f.Version != 1 {
		return nil, fmt.Errorf("%s: version %d: this program reads version 1", name, f.Version)
	}
	out := &Plan{Tables: tabs}
	lines, done := entryLines(text, len(f.Placements)), f.applied(t)
	var errs []error
	for i := range f.Placements {
		e := &f.Placements[i]
		if done[e.File] && tabs.Hook(e.Hook) != nil || e.Kind == kindCase && e.knows(t) {
			out.Applied++
			continue
		}
		c := f.clash(i)
		if c.what == "" {
			var pl *Placement
			if pl, c = e.placement(t, tabs); c.what == "" {
				out.Placements = append(out.Placements, pl)
				continue
			}
		}
		errs = append(errs, &PlanError{name, lines[i], i + 1, c.what, c.remedy})
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return out, nil
}

// placement checks one entry against the tree.
func (e *planEntry) placement(t *refactor.Tree, tabs *tables.Tables) (*Placement, complaint) {
	src, err := t.ReadFile(e.File)
	if err != nil {
		return nil, complaint{err.Error(), "name a file of the tree"}
	}
	at, ok := lineOffset(src, e.Line)
	if !ok {
		return nil, complaint{fmt.Sprintf("%s has no line %d", e.File, e.Line), "plan again on this tree"}
	}
	if got := lineAt(src, at); got != e.Before {
		return nil, complaint{fmt.Sprintf("%s:%d reads %q, not %q: the tree has moved on or the line was changed", e.File, e.Line, got, e.Before),
			moved(src, e.Before)}
	}
	pl := &Placement{
		Hook: e.Hook, Action: e.Action, Args: e.Args, Kind: e.Kind, File: e.File, Offset: at, Line: e.Line, Function: e.Function, Command: e.Operation,
		Entry: e.Hypercall, Class: e.Class, Deny: e.Deny,
	}
	pl.Text = indent(e.Text, refactor.IndentAt(src, at), refactor.StyleOf(src).EOL())
	switch {
	case e.Behind != "" && !strings.HasPrefix(e.Before, e.Behind):
		return nil, complaint{fmt.Sprintf("behind: %s:%d does not start with %q", e.File, e.Line, e.Behind), "write the part of the line that comes before the text"}
	case e.Behind != "":
		pl.Text = " " + strings.TrimSpace(pl.Text)
		pl.Offset += len(refactor.IndentAt(src, at)) + len(e.Behind)
	case !e.apart():
		pl.Text = strings.TrimSuffix(pl.Text, refactor.StyleOf(src).EOL())
	}
	if e.New != nil && tabs.OpsName == "" { // a tree without hooks
		var c complaint
		if pl.New, c = e.New.legacySpec(e, tabs.Prefix); c.what != "" {
			return nil, c
		}
		return pl, e.check(src, at, tabs, &tables.Hook{Name: pl.New.Name, Params: pl.New.Params, Default: pl.New.Action != ""})
	}
	if e.Kind == kindCase {
		return pl, e.moduleCase(pl, src, at, tabs)
	}
	model, c := e.model(tabs)
	if c.what != "" {
		return nil, c
	}
	if e.New != nil {
		pl.New = e.New.spec(e, tabs, model)
	}
	return pl, e.check(src, at, tabs, model)
}

// model is the hook that the entry calls, or the one that its new hook is made after.
func (e *planEntry) model(tabs *tables.Tables) (*tables.Hook, complaint) {
	known := tabs.Hook(e.Hook)
	if e.New == nil {
		if known == nil {
			remedy := "add new: {like: HOOK, class: C, permission: P}, or name a hook that exists"
			if near := nearestHook(tabs, e.Hook); near != "" {
				remedy = "did you mean " + near + "? Otherwise " + remedy
			}
			return nil, complaint{"no hook " + e.Hook + " in the tree's tables", remedy}
		}
		return known, complaint{}
	}
	peer := tabs.Hook(e.New.Like)
	switch {
	case e.New.Like == "" && len(e.New.Params) > 0:
		return nil, complaint{"new.params is for a tree without hooks, and this one has some", "write new: {like: HOOK, class: C, permission: P}"}
	case known != nil:
		return nil, complaint{e.Hook + " exists already", "remove new:"}
	case !identRE.MatchString(e.Hook) || !strings.HasPrefix(e.Hook, tabs.Prefix):
		return nil, complaint{fmt.Sprintf("%q is no name for a hook", e.Hook), "start it with " + tabs.Prefix}
	case peer == nil || len(peer.Vectors) == 0:
		return nil, complaint{"new.like: no hook " + e.New.Like + " with a permission", "name a hook of the tables"}
	}
	return peer, e.permission(tabs)
}

// permission checks the permission that an entry adds.
func (e *planEntry) permission(tabs *tables.Tables) complaint {
	switch {
	case !founds(tabs, e.New.Class) && !tabs.HasClass(e.New.Class):
		return complaint{"new.class: no class " + e.New.Class, "name a class of access_vectors"}
	case tabs.Class(e.New.Class) != nil && len(tabs.Class(e.New.Class).Perms) >= classBits:
		return complaint{fmt.Sprintf("new.class: %s has %d permissions, which is all that a class can", e.New.Class, classBits),
			"name " + nextClass(tabs, e.New.Class)}
	case !identRE.MatchString(e.New.Permission):
		return complaint{fmt.Sprintf("new.permission: %q is no name", e.New.Permission), "name the permission in lower case"}
	case tabs.Class(e.New.Class) != nil && slices.Contains(tabs.Class(e.New.Class).Perms, e.New.Permission):
		return complaint{"new.permission: class " + e.New.Class + " has " + e.New.Permission + " already", "choose another name"}
	}
	return complaint{}
}

var identRE = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// spec is the definition of an entry's new hook.
func (n *planNew) spec(e *planEntry, tabs *tables.Tables, peer *tables.Hook) *Spec {
	s := &Spec{
		Name: strings.TrimPrefix(e.Hook, tabs.Prefix), Params: peer.Params, Action: e.Action, Class: n.Class, Perm: n.Permission,
		Label: e.Operation, Peer: peer, Beside: n.Beside, Grant: peer.Vectors[0],
	}
	if c, perm, ok := strings.Cut(n.GrantLike, ":"); ok {
		s.Grant = tables.Vector{Class: c, Perm: perm}
	}
	return s
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
