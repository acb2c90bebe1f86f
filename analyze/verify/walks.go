package verify

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// walks adds, to a hook that is asked about the one thing that a number names, the loops below its place that tell the guest about more such things:
// each round works out such a number of its own and copies something to the guest. The hook is asked for each.
func (s *search) walks() {
	for _, key := range s.textKeys() {
		for _, d := range slices.Clone(s.text[key]) {
			if d.gap == nil || len(d.h.Params) != 1 || strings.HasSuffix(d.h.Params[0].Type, "*") {
				continue
			}
			for _, o := range s.f.m.regions {
				c, r := o.Fn, d.gap.Region
				_, below := s.under(r)[c]
				if len(o.Labels) > 0 || !below && (c != r.Fn || len(r.Labels) > 0) || inHeader(o) || s.f.hookedHere(o) || s.f.index().method[c] {
					continue
				}
				if body := s.tells(c, d.h.Params[0]); body != ir.None {
					s.each(d, c, body)
				}
			}
		}
	}
}

// each makes the gap of a hook in a loop with that body.
func (s *search) each(d *demand, c *analyze.Fn, body int32) {
	r := &Region{Fn: c, Switch: ir.None, Start: c.F.Stmts[body].Start, Blocks: make([]bool, len(c.F.Blocks)), Loop: true}
	for i := range c.F.Stmts {
		if st := &c.F.Stmts[i]; inside(c, st.Start, st.End, body) && int32(i) != body {
			r.Blocks[st.Block] = true
		}
	}
	key := textKey{c.File, r.Start}
	if len(s.text[key]) > 0 {
		return
	}
	s.give(d.h, d.label, r, "each round of its loop tells the guest of one more that "+d.gap.Region.String()+" is asked about")
}

// tells is the body of the loop in f whose rounds each have a number for parameter p, and copy to the guest; None when there is none. Rounds that are
// left out must be known to the loop: it has a continue.
func (s *search) tells(f *analyze.Fn, p tables.Param) int32 {
	for i := range f.F.Stmts {
		loop := &f.F.Stmts[i]
		if loop.Kind != ir.SFor && loop.Kind != ir.SWhile {
			continue
		}
		for j := range f.F.Stmts {
			body := &f.F.Stmts[j]
			if body.Kind == ir.SBlock && body.Parent == int32(i) && s.copiesOut(f, int32(j)) && skips(f, int32(j)) && (numbered(f, int32(j), p.Name) || s.parts(f, int32(j), p.Name)) {
				return int32(j)
			}
		}
	}
	return ir.None
}

// inside reports whether bytes start to end of f lie in statement outer.
func inside(f *analyze.Fn, start, end, outer int32) bool {
	o := &f.F.Stmts[outer]
	return o.Start <= start && end <= o.End
}

// copiesOut reports whether statement body copies something to the guest.
func (s *search) copiesOut(f *analyze.Fn, body int32) bool {
	for c := range f.Calls(nil) {
		if nd := &f.F.Nodes[c.Node]; inside(f, nd.Start, nd.End, body) {
			if copied, _ := s.f.m.p.CopyCall(f, c.Node); copied != nil && copied.Back {
				return true
			}
		}
	}
	return false
}

// skips reports whether some way through statement body goes on with the next round.
func skips(f *analyze.Fn, body int32) bool {
	return slices.ContainsFunc(f.F.Stmts, func(st ir.Stmt) bool { return st.Kind == ir.SContinue && inside(f, st.Start, st.End, body) })
}

// numbered reports whether a number that is born in statement body is called what the parameter is called, or ends as it does.
func numbered(f *analyze.Fn, body int32, name string) bool {
	return slices.ContainsFunc(f.F.Vars, func(v ir.Var) bool {
		return v.Scope != ir.None && v.Scope == body && !strings.HasSuffix(f.S(v.Type), "*") && EndsAlike(f.S(v.Name), name)
	})
}

// EndsAlike reports whether a variable is called what a parameter is called, or ends as its last word does: sbdf for machine_bdf.
func EndsAlike(variable, param string) bool {
	last := param[strings.LastIndexByte(param, '_')+1:]
	return variable == param || len(last) >= 3 && strings.HasSuffix(variable, last)
}

// parts reports whether statement body reads, in what one local pointer leads to, at least two of the parts that the profile puts such a number together from.
func (s *search) parts(f *analyze.Fn, body int32, name string) bool {
	return slices.ContainsFunc(s.f.m.p.Profile.Compose, func(c profile.Whole) bool { return c.Param.Has(name) && ElementOf(f, body, c.Parts) != ir.None })
}

// ElementOf is the local pointer through which statement body reads at least two of the parts, each "name|other name"; None for none.
func ElementOf(f *analyze.Fn, body int32, parts []string) int32 {
	count := map[int32]map[string]bool{}
	for i := range f.F.Nodes {
		nd := &f.F.Nodes[i]
		if nd.Op != ir.Field || nd.Flags&ir.Arrow == 0 || !inside(f, nd.Start, nd.End, body) {
			continue
		}
		x := &f.F.Nodes[f.Strip(nd.X)]
		if x.Op != ir.Ident || x.Var == ir.None || x.Var < f.F.Params {
			continue
		}
		for _, p := range parts {
			if slices.Contains(strings.Split(p, "|"), f.S(nd.Name)) {
				if count[x.Var] == nil {
					count[x.Var] = map[string]bool{}
				}
				count[x.Var][p] = true
			}
		}
	}
	best := ir.None
	for v, names := range count {
		if len(names) >= 2 && (best == ir.None || v < best) {
			best = v
		}
	}
	return best
}
