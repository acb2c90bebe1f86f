package hookgen

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// kindCase is the kind of a placement that calls no hook: it teaches the module's function of an entry-level hook a sub-command.
const kindCase = "case"

// IsCase reports whether the placement calls no hook, and teaches a module's function a sub-command.
func (p *Placement) IsCase() bool { return p.Kind == kindCase }

// Cases counts the placements of that kind.
func (p *Plan) Cases() (n int) {
	for _, x := range p.Placements {
		if x.IsCase() {
			n++
		}
	}
	return n
}

// moduleCase closes a gap in the module: the hook that is asked in front of the dispatcher is told the command, and its module's switch has no case for it.
// Where the switch has one for another command with the same code the two share it; otherwise the command gets a permission of its own, asked for as the
// nearest neighbour's is. It is nil where the hook is not told what the command is about, or where the neighbours do not say how to ask.
func (pl *planner) moduleCase(g *verify.Gap) (*Placement, error) {
	s := g.Switch
	if g.Check != "XSM2003" || s == nil || len(g.Objects) > 0 || !knownBeside(g) || len(delegated(s)) == 0 {
		return nil, nil
	}
	src, err := pl.t.ReadFile(s.Fn.File)
	if err != nil {
		return nil, err
	}
	label, twin := "", ""
	for _, l := range g.Region.Labels {
		switch _, asks := s.Vectors[l]; {
		case !s.Known[l] && label == "":
			label = l
		case asks && twin == "":
			twin = l
		}
	}
	p := &Placement{Gap: g, Hook: pl.tabs.Prefix + s.Hook.Name, Kind: kindCase, File: s.Fn.File, Function: s.Fn.Name, Command: label, Entry: g.Entry}
	p.Class = p.class()
	if label == "" {
		return nil, nil
	}
	if twin != "" {
		return p, pl.shareCase(p, s, src, twin)
	}
	return pl.newCase(p, g, src)
}

// shareCase puts the label in front of the one whose code it has.
func (pl *planner) shareCase(p *Placement, s *verify.Switch, src []byte, twin string) error {
	at := s.CaseAt(twin)
	if at < 0 || strings.TrimSpace(string(src[lineStart(src, at):at])) != "" {
		return fmt.Errorf("%s: case %s of %s does not start its line", p.File, twin, p.Function)
	}
	p.Offset, p.Line = lineStart(src, at), refactor.LineAt(src, at)
	p.Text = refactor.IndentAt(src, at) + "case " + p.Command + ":" + eolOf(src)
	return nil
}

// newCase writes a case that asks for a permission of its own, behind the nearest neighbour's that is one statement; nil when no neighbour can be followed.
func (pl *planner) newCase(p *Placement, g *verify.Gap, src []byte) (*Placement, error) {
	s, f := g.Switch, g.Switch.Fn
	for _, near := range s.Neighbours(g.Region) {
		v := s.Vectors[near]
		ret := pl.onlyReturn(s, near)
		if ret == ir.None {
			continue
		}
		st := &f.F.Stmts[ret]
		at := nextLabel(src, int(st.End))
		if at < 0 {
			continue
		}
		model := string(src[st.Start:st.End])
		classes := []string{v.Class}
		if strings.Contains(model, "SECCLASS_"+strings.ToUpper(v.Class)) {
			classes = pl.family(v.Class)
		}
		for _, class := range classes {
			n := &Spec{Name: strings.ToLower(strings.TrimPrefix(p.Command, labelPrefix(g.Region))), Class: class, Grant: v, Label: p.Command, Case: true}
			n.Perm = n.Name
			if c := pl.tabs.Class(class); !pl.room(class) || c != nil && slices.Contains(c.Perms, n.Perm) {
				continue // no room, or the name means something already
			}
			indent, by := refactor.IndentAt(src, at), refactor.IndentAt(src, int(st.Start))
			p.Offset, p.Line, p.New, p.Deny = at, refactor.LineAt(src, at), n, "the module's answer"
			p.Text = indent + "case " + p.Command + ":" + eolOf(src) + by + n.asks(model, v) + eolOf(src) + eolOf(src)
			pl.given[class]++
			return p, nil
		}
	}
	return nil, nil
}

// asks is a neighbour's question for the new permission.
func (s *Spec) asks(model string, v tables.Vector) string {
	now := regexp.MustCompile(`\bSECCLASS_`+strings.ToUpper(v.Class)+`\b`).ReplaceAllString(model, "SECCLASS_"+strings.ToUpper(s.Class))
	return regexp.MustCompile(`\b`+strings.ToUpper(v.Class+"__"+v.Perm)+`\b`).ReplaceAllString(now, strings.ToUpper(s.Class+"__"+s.Perm))
}

var labelRE = regexp.MustCompile(`^[ \t]*\r?\n(?:[ \t]*\r?\n)*([ \t]*(?:case[ \t(]|default[ \t]*:))`)

// nextLabel is the start of the line with the next label when nothing but blank lines lies between it and byte at; -1 otherwise.
func nextLabel(src []byte, at int) int {
	if m := labelRE.FindSubmatchIndex(src[at:]); m != nil {
		return at + m[2]
	}
	return -1
}

// onlyReturn is the statement behind a label when that is all of its code and returns an answer; None otherwise.
func (pl *planner) onlyReturn(s *verify.Switch, label string) int32 {
	f, at := s.Fn, s.CaseAt(label)
	if at < 0 {
		return ir.None
	}
	best := ir.None
	for i := range f.F.Stmts {
		if st := &f.F.Stmts[i]; int(st.Start) > at && st.Kind != ir.SCase && (best == ir.None || st.Start < f.F.Stmts[best].Start) {
			best = int32(i)
		}
	}
	if best == ir.None || f.F.Stmts[best].Kind != ir.SReturn || f.F.Stmts[best].InMacro {
		return ir.None
	}
	return best
}

// caseEdits is the change that a placement of this kind is: the label in the module's switch and, for one with a permission of its own, the permission.
func (g *generator) caseEdits(p *Placement) (*refactor.Change, error) {
	c := &refactor.Change{
		ID: refactor.ChangeID("case/" + p.Function + "/" + p.Command), Component: "xsm/flask", Summary: "decide about " + p.Command,
		Body:  p.Hook + " is asked about it, and the module did not know it: " + strings.Join(evidence(p), " "),
		Edits: []refactor.Edit{{Path: p.File, Start: p.Offset, End: p.Offset, New: p.Text}},
	}
	if p.New == nil {
		return c, nil
	}
	c.Body += fmt.Sprintf(" The default policy grants the new permission %s of class %s to whoever has %s, the permission of the command beside it. "+
		"A policy built before this change lacks it and is refused at load time: rebuild it together with the hypervisor.", p.New.Perm, p.New.Class, p.New.Grant.Perm)
	return c, g.policy(c, p.New)
}
