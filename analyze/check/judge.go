package check

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
)

// judge is the function that code of f, in the blocks that in marks (nil: all), gives the object at path o to for a decision, itself or through the
// function that it calls for the work: its name says that it decides about access, it can say no, and it asks no hook. Where code has such a place, that
// is where a hook is missing. nil for none.
func (m *model) judge(f *analyze.Fn, in []bool, o string, deeper int) *analyze.Fn {
	for c, g := range m.p.Called(f, in) {
		for i, a := range f.Args(c.Node) {
			if o == "" || f.Path(a) != o || m.p.InModule(g.File) {
				continue
			}
			if m.judges(g) {
				return g
			}
			if deeper > 0 {
				if j := m.judge(g, nil, "p"+itoa(i), deeper-1); j != nil {
					return j
				}
			}
		}
	}
	return nil
}

// judges reports whether a function decides about access by its name and its result, and asks nobody.
func (m *model) judges(g *analyze.Fn) bool {
	t := g.S(g.F.Result)
	return m.decider(g.Name) && (t == "int" || t == "long" || t == "_Bool" || t == "bool") &&
		!m.p.InModule(g.File) && !strings.HasSuffix(g.File, ".h") && !m.decidedIn(g)
}

// decider reports whether a function's name says that it decides about access.
func (m *model) decider(name string) bool {
	return slices.ContainsFunc(strings.Split(name, "_"), m.p.Profile.Deciders.Has)
}

// judgeOf is the function that the code of an operation gives the domain to which it looks up; nil for none.
func (m *model) judgeOf(op *analyze.Op) *analyze.Fn {
	o := m.chosenDomain(op)
	if o == nil {
		return nil
	}
	for _, f := range m.p.Named(o.Function) {
		for c := range f.Calls(nil) {
			if line, _ := m.at(f, f.F.Nodes[c.Node].Start); f.File != o.File || line != o.Line {
				continue
			}
			if g := m.judge(f, nil, m.storedAt(f, c.Node), 1); g != nil {
				return g
			}
		}
	}
	return nil
}

// moveTo makes a finding one about function c.
func (m *model) moveTo(f *Finding, c *analyze.Fn) {
	f.File, f.Function = c.File, c.Name
	f.Line, _ = m.at(c, c.F.Start)
	f.Path = append(f.Path, Step{f.File, f.Line, c.Name + " decides about access, and asks nobody"})
}
