package series

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestPinned keeps a patch that a person made by hand while the rest is grouped by each plan.
func TestPinned(t *testing.T) {
	base, tip := featureTrees(t)
	g := graphOf(t, base, tip)
	smallest, err := g.Split(Rules{Plan: PlanSmallest})
	if err != nil {
		t.Fatal(err)
	}
	var mine []string // the documentation and what adds extra(), which nothing ties
	for _, c := range g.Changes {
		if strings.HasPrefix(string(c.ID), "doc.txt") || strings.HasPrefix(string(c.ID), "create extra.c") {
			mine = append(mine, string(c.ID))
		}
	}
	a := &Arrangement{Patches: []ArrangedPart{{Subject: "mine: both", Body: "By hand.", Pin: true, Changes: mine}}}
	for _, plan := range []string{PlanFeature, PlanSmallest, PlanComponent, PlanXSM} {
		s, err := g.Regroup(a, Rules{Plan: plan})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(s.Patches, func(p *Patch) bool { return p.Subject == "mine: both" })
		if i < 0 || len(s.Patches[i].Changes) != len(mine) || s.Patches[i].Body != "By hand." {
			t.Errorf("%s: the pinned patch is not there:\n%s", plan, s.Explain())
		}
		if s.Tip != smallest.Tip {
			t.Errorf("%s: another tree", plan)
		}
		amEveryPrefix(t, s, MailOptions{})
	}
}

// TestPinsThatCannotHold: two pinned patches in an order that a dependency forbids, and one that another must come into.
func TestPinsThatCannotHold(t *testing.T) {
	base := treeOf(t, map[string]string{"a.h": "", "b.h": "", "c.h": ""})
	tip := treeOf(t, map[string]string{"a.h": "#define LOW 1\n", "b.h": "#define MIDDLE (LOW + 1)\n", "c.h": "#define HIGH (MIDDLE + 1)\n"})
	g := graphOf(t, base, tip)
	pin := func(ids ...string) ArrangedPart { return ArrangedPart{Subject: ids[0], Pin: true, Changes: ids} }
	for _, c := range []struct {
		parts []ArrangedPart
		want  string
	}{
		{[]ArrangedPart{pin("b.h:1"), pin("a.h:1")}, "macro LOW is provided by the one and used by the other"},
		{[]ArrangedPart{pin("a.h:1", "c.h:1")}, "macro MIDDLE is provided"},
		{[]ArrangedPart{pin("nope")}, `there is no change "nope"`},
	} {
		_, err := g.Regroup(&Arrangement{Patches: c.parts}, Rules{Plan: PlanSmallest})
		var pe *PinError
		if err == nil || !strings.Contains(err.Error(), c.want) || c.want[:5] == "macro" && !errors.As(err, &pe) {
			t.Errorf("%v: %v, want %s", c.parts, err, c.want)
		}
	}
}
