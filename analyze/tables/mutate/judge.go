package mutate

import (
	"fmt"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Judge compares mutants with the tree that they are made of.
type Judge struct {
	tree *refactor.Tree
	pr   *profile.Profile
	tabs *tables.Tables
	was  map[string]bool
}

// NewJudge judges the sound tree first: what is found there is no news in a mutant.
func NewJudge(t *refactor.Tree, pr *profile.Profile) (*Judge, error) {
	tabs, err := tables.Read(t, pr)
	if err != nil {
		return nil, err
	}
	j := &Judge{tree: t, pr: pr, tabs: tabs, was: map[string]bool{}}
	for _, l := range check.WiringOf(tabs, nothing, nil) {
		for _, f := range l {
			j.was[key(f)] = true
		}
	}
	return j, nil
}

// Mutants lists the mutants of the tree.
func (j *Judge) Mutants() []Mutant { return Of(j.tree, j.tabs) }

// nothing is known of the rest of the tree.
var nothing = &analyze.Facts{}

// minConfidence is what a finding needs for CI to fail by default.
const minConfidence = 0.5

// Try applies a mutant and returns the findings that are new and about its hook (any finding, when the mutant belongs to no hook).
func (j *Judge) Try(m Mutant) ([]*check.Finding, error) {
	t, err := j.tree.Apply(&refactor.Change{ID: "mutant", Edits: []refactor.Edit{m.Edit}})
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", m.Kind, m.Hook, err)
	}
	tabs, err := tables.ReadChanged(t, j.pr, j.tabs)
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", m.Kind, m.Hook, err)
	}
	var out []*check.Finding
	for _, l := range check.WiringOf(tabs, nothing, nil) {
		for _, f := range l {
			about := m.Hook == "" || f.Hook == "" || strings.HasSuffix(f.Hook, strings.TrimPrefix(m.Hook, "__"))
			if f.Confidence >= minConfidence && about && !j.was[key(f)] {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

// key is what a finding says, without its line.
func key(f *check.Finding) string {
	return strings.Join([]string{f.Check, f.File, f.Function, f.Operation, f.Hook, f.Message}, "\x00")
}
