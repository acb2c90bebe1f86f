package hookgen

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Plan says where hooks go and which gaps stay open.
type Plan struct {
	Placements []*Placement
	Refusals   []*Refusal
	Tables     *tables.Tables
	Applied    int // entries of a plan file that the tree has already
}

// MinConfidence is the least confidence of a gap that is acted upon; weaker ones are refused with their evidence.
const MinConfidence = 0.5

// minNew is the same for a gap that no hook of the tables is for: one sign alone is worth a finding, and not a new hook.
const minNew = 0.55

// NewPlan places a hook for every gap of a configuration.
func NewPlan(t *refactor.Tree, p *analyze.Program, res *verify.Result) *Plan {
	pl := &planner{t: t, p: p, res: res, tabs: res.Tables, bodies: map[*analyze.Fn]*body{}, given: map[string]int{}}
	out := &Plan{Tables: res.Tables}
	for _, g := range res.Gaps {
		placed, err := pl.close(g)
		if err != nil {
			out.Refusals = append(out.Refusals, &Refusal{Gap: g, Reason: err.Error(), err: err})
			continue
		}
		if o := out.same(placed); o != nil {
			o.Shared = append(o.Shared, g)
			continue
		}
		placed.Shared = append(placed.Shared, g)
		out.Placements = append(out.Placements, placed)
	}
	pl.lesser(out)
	pl.siblings(out)
	pl.life(out)
	return out
}

// same is this call where the plan has it already, nil where it has not: two units may compile the same text, and two gaps may be closed below both.
func (p *Plan) same(x *Placement) *Placement {
	for _, o := range p.Placements {
		if o.File == x.File && o.Offset == x.Offset && o.Hook == x.Hook {
			return o
		}
	}
	return nil
}

// at is the plan's call for a region, nil when it has none.
func (p *Plan) at(r *verify.Region) *Placement {
	for _, p := range p.Placements {
		if r != nil && p.Gap != nil && p.Gap.Region == r && p.Kind != kindCase {
			return p
		}
	}
	return nil
}

// has reports whether the plan has this call already.
func (p *Plan) has(x *Placement) bool { return p.same(x) != nil }

var (
	errNowhere = errors.New("no function or sub-command fits the hook: say where it belongs in the plan")
	errChooses = errors.New("a denial does not leave this code, it goes another way through it, and the condition that chooses the way cannot take the call: write it there")
	errWeak    = errors.New("the evidence is too weak to act on")
)

// close places the hook of one gap.
func (pl *planner) close(g *verify.Gap) (*Placement, error) {
	if g.Region == nil {
		return nil, pl.nowhere(g.Hook)
	}
	if g.Confidence < MinConfidence || g.Hook == nil && g.Confidence < minNew {
		return nil, errWeak
	}
	if g.Chooses {
		return pl.choice(g)
	}
	if h := g.Hook; h != nil {
		return pl.known(g, h)
	}
	if p, err := pl.moduleCase(g); p != nil || err != nil {
		return p, err
	}
	s, err := pl.spec(g)
	if err != nil {
		return nil, err
	}
	p, err := pl.place(g, pl.tabs.Prefix+s.Name, s.Action, s.Params, false)
	if err != nil {
		return nil, err
	}
	pl.given[s.Class]++
	p.New, p.Class = s, p.class()
	return p, nil
}

// nowhere is the refusal of a hook for which no place is known: the nearest alternative is a file that another configuration compiles, and whose name the
// hook's has in it.
func (pl *planner) nowhere(h *tables.Hook) error {
	read := map[string]bool{}
	for _, f := range pl.p.Fns {
		read[f.File] = true
	}
	if file := leftOut(pl.t.Paths(), read, h.Name); file != "" {
		return fmt.Errorf("nothing that this configuration compiles fits the hook: plan again with one that compiles %s", file)
	}
	return errNowhere
}

// leftOut is the file among paths that was not read and whose name, of several the longest, is one or more of the words of a hook's name; "" for none.
// What stands in no folder of the tree of which anything was read is another program.
func leftOut(paths []string, read map[string]bool, hook string) (file string) {
	best, tops := "", map[string]bool{}
	top := func(p string) string { first, _, _ := strings.Cut(p, "/"); return first }
	for p := range read {
		tops[top(p)] = true
	}
	for _, p := range paths {
		name, isC := strings.CutSuffix(path.Base(p), ".c")
		if isC && !read[p] && tops[top(p)] && len(name) > len(best) && strings.Contains("_"+hook+"_", "_"+name+"_") {
			best, file = name, p
		}
	}
	return file
}

// known places a hook of the tables: in the gap's region, or where nothing fits there, in the next likely one. Only when no region has something
// for every parameter, one is placed that says nothing where nothing fits.
func (pl *planner) known(g *verify.Gap, h *tables.Hook) (*Placement, error) {
	var first error
	for _, loose := range []bool{false, true} {
		for i, r := range append([]*verify.Region{g.Region}, g.Others...) {
			again := *g
			again.Objects, again.Common = pl.res.ObjectsOf(r)
			if i > 0 {
				again.Region, again.Entry, again.After = r, pl.res.Entry(r.Fn), 0
			}
			p, err := pl.place(&again, pl.tabs.Prefix+h.Name, h.Action, h.Params, loose)
			if err == nil {
				if p.Command == "" {
					p.Command = pl.commandOf(r.Fn)
				}
				p.Class = p.class()
				return p, nil
			}
			if first == nil {
				first = err
			}
		}
	}
	return nil, first
}

// commandOf names the sub-commands that a function is for, joined by "|"; "" when it is for none or for many.
func (pl *planner) commandOf(f *analyze.Fn) string {
	const few = 4
	if o := pl.res.Origin(f); len(o) <= few {
		return strings.Join(o, "|")
	}
	return ""
}
