package hookgen

import (
	"path"
	"regexp"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// Generate writes the plan's placements as changes to tree t: one change with a new hook's definition (structure, wrapper, default
// module), one with its Flask side (function, operation, switch case, access vector, policy), one a file with the calls.
func (p *Plan) Generate(t *refactor.Tree) ([]*refactor.Change, error) {
	g := &generator{t: t, plan: p, included: map[string]bool{}, founded: map[string]bool{}}
	if p.Tables.OpsName == "" && len(p.Placements) > 0 {
		return g.legacy()
	}
	var out []*refactor.Change
	defined := map[string]bool{}
	for _, pl := range p.Placements {
		if pl.New == nil || pl.New.Case || defined[pl.New.Name] {
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
	founded  map[string]bool // classes that the changes make
	header   string          // what callers include, in a tree that has none yet
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
	if p.Kind == kindCase {
		return g.caseEdits(p)
	}
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
	return at, "#include <" + header + ">" + eolOf(src)
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
