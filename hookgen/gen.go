package hookgen

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// Generate writes the plan's placements as changes to tree t: one change with a new hook's definition (structure, wrapper, default
// module), one with its Flask side (function, operation, switch case, access vector, policy), one a file with the calls.
func (p *Plan) Generate(t *refactor.Tree) ([]*refactor.Change, error) {
	g := &generator{t: t, plan: p, included: map[string]bool{}}
	if p.Tables.OpsName == "" && len(p.Placements) > 0 {
		return g.legacy()
	}
	var out []*refactor.Change
	defined := map[string]bool{}
	for _, pl := range p.Placements {
		if pl.New == nil || defined[pl.New.Name] {
			continue
		}
		defined[pl.New.Name] = true
		def, err := g.definition(pl.New)
		if err != nil {
			return nil, err
		}
		flask, err := g.flask(pl.New)
		if err != nil {
			return nil, err
		}
		out = append(out, def, flask)
	}
	for _, pl := range p.Placements {
		c, err := g.call(pl)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// legacy gives a tree without hooks the infrastructure for those of the plan, and writes the calls.
func (g *generator) legacy() ([]*refactor.Change, error) {
	var hooks []*Spec
	seen := map[string]bool{}
	for _, pl := range g.plan.Placements {
		if pl.New != nil && !seen[pl.New.Name] {
			seen[pl.New.Name] = true
			hooks = append(hooks, pl.New)
		}
	}
	out, err := Infrastructure(g.t, hooks)
	if err != nil {
		return nil, err
	}
	g.header = "xsm/xsm.h"
	for _, pl := range g.plan.Placements {
		c, err := g.call(pl)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// generator writes changes against one tree.
type generator struct {
	t        *refactor.Tree
	plan     *Plan
	included map[string]bool
	header   string // what callers include, in a tree that has none yet
}

// what names the operation in prose.
func (s *Spec) what() string {
	if s.Label != "" {
		return s.Label
	}
	return s.Name
}

// call is the change that inserts one hook call.
func (g *generator) call(p *Placement) (*refactor.Change, error) {
	base := strings.TrimSuffix(path.Base(p.File), path.Ext(p.File))
	what := p.Command
	if what == "" {
		what = p.Function + "()"
	}
	c := &refactor.Change{
		ID: refactor.ChangeID("call/" + p.File + "/" + p.Function + "/" + p.Hook), Component: "xen/" + base,
		Summary: "check " + p.Hook + "() for " + what,
		Body:    "The operation was not mediated: " + strings.Join(evidence(p), " "),
		Edits:   []refactor.Edit{{Path: p.File, Start: p.Offset, End: p.Offset, New: p.Text}},
		Needs:   []refactor.Symbol{{Kind: "func", Name: p.Hook}},
	}
	src, err := g.t.ReadFile(p.File)
	if err != nil {
		return nil, err
	}
	if at, line := g.include(src, p.File); line != "" {
		c.Edits = append(c.Edits, refactor.Edit{Path: p.File, Start: at, End: at, New: line})
	}
	return c, nil
}

var (
	includeRE = regexp.MustCompile(`^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]`)
	ifRE      = regexp.MustCompile(`^[ \t]*#[ \t]*if`)
	endifRE   = regexp.MustCompile(`^[ \t]*#[ \t]*endif`)
)

// include is the directive that a file needs for the hooks' declarations, and where it goes: behind the last unconditional one. It is "" for a
// file that has it, or that got it from an earlier placement.
func (g *generator) include(src []byte, file string) (at int, line string) {
	_, header, ok := strings.Cut(g.plan.Tables.Files.Header, "include/")
	if g.header != "" {
		header, ok = g.header, true
	}
	if !ok || g.included[file] {
		return 0, ""
	}
	g.included[file] = true
	off, depth := 0, 0
	for _, l := range strings.SplitAfter(string(src), "\n") {
		off += len(l)
		switch m := includeRE.FindStringSubmatch(l); {
		case m != nil && m[1] == header:
			return 0, ""
		case m != nil && depth == 0:
			at = off
		case ifRE.MatchString(l):
			depth++
		case endifRE.MatchString(l):
			depth--
		}
	}
	return at, "#include <" + header + ">\n"
}

// evidence turns a gap's evidence into sentences.
func evidence(p *Placement) (out []string) {
	if p.Gap == nil {
		return nil
	}
	for _, e := range p.Gap.Evidence {
		out = append(out, e+".")
	}
	return out
}

// definition is the change that adds a hook's structure member, wrapper, default and default operation.
func (g *generator) definition(s *Spec) (*refactor.Change, error) {
	full := g.plan.Tables.Prefix + s.Name
	c := &refactor.Change{
		ID: refactor.ChangeID("hook/" + s.Name), Component: "xsm", Summary: "add the " + s.Name + " hook",
		Body: fmt.Sprintf("A hook for %s. Its default action is %s: with no module loaded, or CONFIG_XSM off, the same domains may use the operation as "+
			"that action's other hooks allow.", s.what(), s.Action),
		Provides: []refactor.Symbol{{Kind: "func", Name: full}, {Kind: "field", Name: g.plan.Tables.OpsName + "." + s.Name}},
	}
	for _, at := range []refactor.Span{s.Peer.Ops, s.Peer.Wrapper, s.Peer.Dummy, s.Peer.DummyOp} {
		if at.Path == "" {
			continue
		}
		text, err := g.text(at)
		if err != nil {
			return nil, err
		}
		sep := ""
		if strings.Contains(text, "\n{") || strings.Contains(text, "{\n") {
			sep = "\n"
		}
		c.Edits = append(c.Edits, refactor.Edit{Path: at.Path, Start: at.End, End: at.End, New: sep + realign(text, s.like(text))})
	}
	if s.Peer.Ops.Path == "" || s.Peer.Dummy.Path == "" {
		return nil, fmt.Errorf("hook %s cannot be the model of %s: it has no structure member or no default", s.Peer.Name, s.Name)
	}
	return c, nil
}

// realign keeps the column of "=" when a name of another length replaces the old one in a ".name = value," line, and the columns of the
// parameters that follow on later lines.
func realign(old, text string) string {
	at, was := strings.Index(text, "="), strings.Index(old, "=")
	if strings.Count(text, "\n") == 1 && strings.HasPrefix(strings.TrimSpace(text), ".") && at > 0 {
		name := strings.TrimRight(text[:at], " ")
		if old[was-2] != ' ' { // not in columns
			return name + " " + text[at:]
		}
		return name + strings.Repeat(" ", max(1, was-len(name))) + text[at:]
	}
	return indentParams(old, text)
}

// indentParams moves continuation lines that were aligned behind the opening parenthesis of the first line.
func indentParams(old, text string) string {
	first, rest, ok := strings.Cut(old, "\n")
	if !ok || !strings.HasSuffix(first, ",") {
		return text
	}
	was := strings.LastIndexByte(first[:len(first)-1], '(') + 1
	nfirst, nrest, _ := strings.Cut(text, "\n")
	now := strings.LastIndexByte(nfirst[:len(nfirst)-1], '(') + 1
	line, _, _ := strings.Cut(rest, "\n")
	if len(line)-len(strings.TrimLeft(line, " ")) != was || now == was {
		return text
	}
	lines := strings.SplitAfter(nrest, "\n")
	for i, l := range lines {
		if len(l)-len(strings.TrimLeft(l, " ")) != was {
			break
		}
		lines[i] = strings.Repeat(" ", now) + strings.TrimLeft(l, " ")
	}
	return nfirst + "\n" + strings.Join(lines, "")
}

func (g *generator) text(at refactor.Span) (string, error) {
	src, err := g.t.ReadFile(at.Path)
	if err != nil {
		return "", err
	}
	return string(src[at.Start:at.End]), nil
}

// flask is the change with a hook's Flask side.
func (g *generator) flask(s *Spec) (*refactor.Change, error) {
	c := &refactor.Change{
		ID: refactor.ChangeID("flask/" + s.Name), Component: "xsm/flask", Summary: "control " + s.Name,
		Body: fmt.Sprintf("Permission %s of class %s controls %s. The default policy grants it to whoever has %s, the nearest operation's permission. "+
			"A policy built before this change lacks the permission and is refused at load time: rebuild it together with the hypervisor.",
			s.Perm, s.Class, s.what(), s.Grant.Perm),
		Needs: []refactor.Symbol{{Kind: "field", Name: g.plan.Tables.OpsName + "." + s.Name}},
	}
	for _, at := range []refactor.Span{s.Peer.Flask, s.Peer.FlaskOp} {
		text, err := g.text(at)
		if err != nil {
			return nil, err
		}
		sep := ""
		if at == s.Peer.Flask {
			sep = "\n"
		}
		c.Edits = append(c.Edits, refactor.Edit{Path: at.Path, Start: at.End, End: at.End, New: sep + realign(text, s.like(text))})
	}
	c.Edits = append(c.Edits, g.vector(s))
	if s.Beside != nil {
		e, err := g.delegate(s)
		if err != nil {
			return nil, err
		}
		c.Edits = append(c.Edits, e)
	}
	grants, err := g.grants(s)
	c.Edits = append(c.Edits, grants...)
	return c, err
}

// vector adds the permission at the end of its class.
func (g *generator) vector(s *Spec) refactor.Edit {
	cl := g.plan.Tables.Class(s.Class)
	text := "    " + s.Perm + "\n"
	if s.Label != "" {
		text = "# " + s.Label + "\n" + text
	}
	return refactor.Edit{Path: g.plan.Tables.Files.AccessVectors, Start: cl.LastPerm, End: cl.LastPerm, New: text}
}

// delegate tells an entry-level hook's switch that the command has a hook of its own.
func (g *generator) delegate(s *Spec) (refactor.Edit, error) {
	file := s.Beside.File
	src, err := g.t.ReadFile(file)
	if err != nil {
		return refactor.Edit{}, err
	}
	fn := regexp.MustCompile(`\b` + regexp.QuoteMeta(s.Beside.Function) + `\s*\([^;{]*\{`).FindIndex(src)
	if fn == nil {
		return refactor.Edit{}, fmt.Errorf("%s: no function %s", file, s.Beside.Function)
	}
	label := regexp.MustCompile(`(?m)^[ \t]*case[ \t]+` + regexp.QuoteMeta(s.Beside.Case) + `[ \t]*:[^\n]*\n`).FindIndex(src[fn[1]:])
	if label == nil {
		return refactor.Edit{}, fmt.Errorf("%s: %s has no case %s", file, s.Beside.Function, s.Beside.Case)
	}
	end := fn[1] + label[1]
	return refactor.Edit{Path: file, Start: end, End: end, New: refactor.IndentAt(src, fn[1]+label[0]) + "case " + s.Label + ":\n"}, nil
}

// grants gives the new permission to whoever a policy rule gives the peer's.
func (g *generator) grants(s *Spec) (out []refactor.Edit, err error) {
	v := s.Grant
	// The rule's class changes when the new permission is in another one: it gets a rule of its own.
	rule := regexp.MustCompile(`\ballow\b[^;#]*:\s*` + regexp.QuoteMeta(v.Class) + `\s+(\{[^};]*\}|\w+)\s*;`)
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(v.Perm) + `\b`)
	for _, p := range g.plan.Tables.Policy {
		src, err := g.t.ReadFile(p)
		if err != nil {
			return nil, err
		}
		for _, m := range rule.FindAllSubmatchIndex(src, -1) {
			w := word.FindIndex(src[m[2]:m[3]])
			if w == nil {
				continue
			}
			at, text := m[2]+w[1], " "+s.Perm
			if src[m[2]] != '{' || s.Class != v.Class { // a rule of its own, so that several new permissions do not collide
				at, text = m[1], "\n"+refactor.IndentAt(src, m[0])+strings.Replace(string(src[m[0]:m[2]]), ":"+v.Class, ":"+s.Class, 1)+s.Perm+";"
			}
			out = append(out, refactor.Edit{Path: p, Start: at, End: at, New: text})
		}
	}
	return out, nil
}
