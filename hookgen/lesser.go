package hookgen

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// noArgument is the error of a hook that is given something which the code has not.
type noArgument struct{ param tables.Param }

func (e *noArgument) Error() string {
	return fmt.Sprintf("nothing in scope fits the parameter %q", e.param.Decl())
}

// lesser gives a sub-command whose code has not what a hook is told to another hook that asks for the same permission, and for which no place was known:
// the comment on the permission names the sub-commands of both.
func (pl *planner) lesser(out *Plan) {
	for _, lacks := range slices.Clone(out.Refusals) {
		g := lacks.Gap
		var e *noArgument
		if g.Hook == nil || g.Region == nil || g.Label == "" || !errors.As(lacks.err, &e) {
			continue
		}
		for _, free := range slices.Clone(out.Refusals) {
			h := free.Gap.Hook
			if h == nil || free.Gap.Region != nil || !slices.ContainsFunc(h.Vectors, func(v tables.Vector) bool { return slices.Contains(g.Hook.Vectors, v) }) {
				continue
			}
			p := pl.instead(g, h)
			if p == nil || out.has(p) {
				continue
			}
			p.Shared = append(p.Shared, g, free.Gap)
			out.Placements = append(out.Placements, p)
			out.Refusals = slices.DeleteFunc(out.Refusals, func(r *Refusal) bool { return r == lacks || r == free })
			break
		}
	}
}

// instead places hook h in the sub-command that gap g's hook does not fit; nil when it does not fit either.
func (pl *planner) instead(g *verify.Gap, h *tables.Hook) *Placement {
	for _, r := range pl.res.Regions {
		if !slices.Contains(r.Labels, g.Label) || strings.HasSuffix(r.Fn.File, ".h") {
			continue
		}
		n := *g
		n.Hook, n.Region, n.Others, n.After, n.Entry = h, r, nil, 0, pl.res.Entry(r.Fn)
		n.Evidence = []string{fmt.Sprintf("%[1]s%[2]s is declared and nothing calls it; it asks for the permission of %[1]s%[3]s, and %[4]s has not what that one is told",
			pl.tabs.Prefix, h.Name, g.Hook.Name, r)}
		if p, err := pl.known(&n, h); err == nil {
			return p
		}
	}
	return nil
}
