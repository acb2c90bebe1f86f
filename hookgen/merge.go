package hookgen

import (
	"slices"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// Merge adds what the plan of another configuration of the same tree knows of code that the earlier ones leave out: functions, and commands of functions;
// read are their programs. A refusal for want of a place is dropped where the other configuration has the place.
func (p *Plan) Merge(more *Plan, read []*analyze.Program) {
	labels := map[function]map[string]bool{}
	for _, r := range read {
		for _, f := range r.Fns {
			k := function{f.File, f.Name}
			if labels[k] == nil {
				labels[k] = map[string]bool{}
			}
			for b := range f.F.Blocks {
				for _, c := range f.F.Blocks[b].Cases {
					labels[k][f.S(c.Name)] = true
				}
			}
		}
	}
	placed := map[string]bool{}
	for _, x := range more.Placements {
		if of := x.about(); !p.has(x) && leftOutOf(labels, of.file, of.name, x.Gap.Region) {
			p.Placements = append(p.Placements, x)
			placed[x.Hook] = true
		}
	}
	p.Refusals = slices.DeleteFunc(p.Refusals, func(r *Refusal) bool {
		return r.Gap.Region == nil && r.Gap.Hook != nil && placed[p.Tables.Prefix+r.Gap.Hook.Name]
	})
	for _, r := range more.Refusals {
		if g := r.Gap.Region; g != nil && leftOutOf(labels, g.Fn.File, g.Fn.Name, g) {
			p.Refusals = append(p.Refusals, r)
		}
	}
}

// function names a function: its file and its name.
type function struct{ file, name string }

// about is the function whose code a placement is about: a case stands in the module, and is about the dispatcher.
func (p *Placement) about() function {
	if r := p.Gap.Region; r != nil {
		return function{r.Fn.File, r.Fn.Name}
	}
	return function{p.File, p.Function}
}

// leftOutOf reports whether a function, or all commands of a region of it, are not among those with their labels.
func leftOutOf(labels map[function]map[string]bool, file, name string, r *verify.Region) bool {
	known := labels[function{file, name}]
	if known == nil {
		return true
	}
	return r != nil && len(r.Labels) > 0 && !slices.ContainsFunc(r.Labels, func(l string) bool { return known[l] })
}
