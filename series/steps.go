package series

import (
	"errors"
	"fmt"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// Step is one change of a chain: Change is relative to Base, which is the tree that the step before leaves.
type Step struct {
	Base   *refactor.Tree
	Change *refactor.Change
}

// FromSteps returns a series with a patch for each step, in their order; the steps' summaries and bodies are the commit messages.
// With rules each step is itself split by them. A step whose change does not fit its base is an error.
func FromSteps(steps []Step, rules *Rules) (*Series, error) {
	if len(steps) == 0 {
		return nil, errors.New("no steps")
	}
	s := &Series{Base: steps[0].Base, chained: true}
	var tip *refactor.Tree
	for i, st := range steps {
		after, err := st.Base.Apply(st.Change)
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", i+1, err)
		}
		ps, err := stepPatches(st, after, rules)
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", i+1, err)
		}
		s.Patches = append(s.Patches, ps...)
		tip = after
	}
	var err error
	if s.Tip, err = tip.Digest(); err != nil {
		return nil, err
	}
	s.Graph = &Graph{Base: s.Base}
	if base, err := s.Base.Digest(); err != nil || base == s.Tip {
		return s, err // the steps undo each other
	}
	s.Graph.Changes, err = FromTrees(s.Base, tip)
	return s, err
}

// stepPatches returns the patches of one step.
func stepPatches(st Step, after *refactor.Tree, rules *Rules) ([]*Patch, error) {
	if rules != nil {
		cs, err := FromTrees(st.Base, after)
		if err != nil {
			return nil, err
		}
		g, err := NewGraph(st.Base, cs)
		if err != nil {
			return nil, err
		}
		part, err := g.Split(*rules)
		if err != nil {
			return nil, err
		}
		if len(part.Patches) > 1 {
			for _, p := range part.Patches {
				p.Changes = nil
			}
			return part.Patches, nil
		}
	}
	ds, err := refactor.Diff(st.Base, after)
	if err != nil {
		return nil, err
	}
	return []*Patch{{Subject: clip(st.Change.Summary, maxSubject), Body: wrap(st.Change.Body, bodyWidth),
		deltas: markRenames(ds, st.Base, st.Change.Files)}}, nil
}
