package oracle

import (
	"fmt"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/hookgen"
)

// checkEnds reports the gaps that end neither in a placement nor in a refusal with a reason, and hooks at one place for different sub-commands of which
// one is asked for the other's too. Of units that compile the same text, one is enough.
func checkEnds(t *testing.T, res *verify.Result, plan *hookgen.Plan) {
	t.Helper()
	ends, same := map[*verify.Gap]bool{}, map[string]bool{}
	text := func(g *verify.Gap, hook string) string {
		return fmt.Sprintf("%s:%d %s", g.Region.Fn.File, g.Region.Start, hook)
	}
	for _, p := range plan.Placements {
		if p.Gap == nil {
			t.Errorf("%s in %s has no gap", p.Hook, p.Function)
			continue
		}
		for _, g := range p.Shared {
			ends[g] = true
		}
		if ends[p.Gap] = true; p.Gap.Region != nil {
			same[text(p.Gap, "")] = true
			if p.Gap.Hook != nil {
				same[text(p.Gap, p.Gap.Hook.Name)] = true
			}
		}
	}
	for _, r := range plan.Refusals {
		if r.Reason == "" {
			t.Errorf("a refusal without a reason: %v", r.Gap.Evidence)
		}
		ends[r.Gap] = true
	}
	for _, g := range res.Gaps {
		hook := ""
		if g.Hook != nil {
			hook = g.Hook.Name
		}
		if !ends[g] && (g.Region == nil || !same[text(g, hook)]) {
			t.Errorf("%s %s at %v is neither placed nor refused: %v", g.Check, hook, g.Region, g.Evidence)
		}
	}
	checkRivals(t, plan)
}

// checkRivals reports hooks for different sub-commands that stand before one statement with no condition.
func checkRivals(t *testing.T, plan *hookgen.Plan) {
	t.Helper()
	for i, p := range plan.Placements {
		for _, o := range plan.Placements[:i] {
			if p.File == o.File && p.Offset == o.Offset && p.Gap.Rival && o.Gap.Rival && p.Hook != o.Hook && (p.When == "" || o.When == "") {
				t.Errorf("%s:%d: %s and %s are asked together, and each is for sub-commands of its own", p.File, p.Line, p.Hook, o.Hook)
			}
		}
	}
}

// TestEveryGapEnds: what the analyzer reports of minixen, with its hook calls and without, is placed or refused.
func TestEveryGapEnds(t *testing.T) {
	for _, stripped := range []bool{false, true} {
		tree := edited(t, nil)
		_, plan, res := planOn(t, scans(t), tree, stripped)
		if len(res.Gaps) < 3 || len(plan.Placements) < 3 || stripped && (len(plan.Placements) < 30 || len(plan.Refusals) == 0) {
			t.Errorf("stripped %v: %d gaps, %d placements, %d refusals: too few to say anything", stripped, len(res.Gaps), len(plan.Placements), len(plan.Refusals))
		}
		checkEnds(t, res, plan)
	}
}
