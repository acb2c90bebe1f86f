package report

import (
	"slices"
	"sort"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/hookgen"
)

// paths fills in the way of every row, from the first configuration that has the operation.
func (m *Model) paths(in Input) {
	missing := m.missing(in.Plan)
	for _, s := range in.Read {
		s.EachWay(in.Tree, nil, func(w *analyze.Way) {
			if r := m.byID[w.Op]; r != nil && r.Path == nil {
				r.Path = r.way(w, missing[w.Op])
			}
		})
	}
}

// missing lists, by operation, where the plan would put a hook: for those that a finding in the placement's function is about.
func (m *Model) missing(plan *hookgen.Plan) map[string][]Step {
	out := map[string][]Step{}
	if plan == nil {
		return out
	}
	for _, p := range plan.Placements {
		if p.IsCase() {
			continue // in the module, on nobody's way
		}
		s := Step{Kind: Missing, What: p.Hook + " belongs here", Place: analyze.Place{File: p.File, Line: p.Line, Function: p.Function}}
		for _, r := range m.Rows {
			if slices.ContainsFunc(r.Findings, func(f *check.Finding) bool {
				return f.Function == p.Function && (p.Command == "" || f.Operation == p.Command || slices.Contains(f.Operations, r.ID)) && (f.Hook == "" || f.Hook == p.Hook)
			}) {
				out[r.ID] = append(out[r.ID], s)
			}
		}
	}
	return out
}

// way lists the steps to where the operation acts: the chain of calls, with what is looked up and asked on the way, in the order of execution.
func (r *Row) way(w *analyze.Way, missing []Step) []Step {
	target := r.target(w)
	b := &wayBuilder{w: w, chain: w.To(target.File, target.Function), seen: map[Step]bool{}}
	if len(b.chain) == 0 {
		return nil
	}
	b.events = make([][]event, len(b.chain))
	for _, l := range w.Labels {
		b.add(Step{Kind: Case, What: l.Case, Place: l.Place})
	}
	for _, o := range r.Objects {
		b.add(Step{Kind: Lookup, What: o.Lookup + "(" + o.From + ")", Place: o.Place})
	}
	for _, u := range r.Uses {
		b.add(Step{Kind: Hook, What: u.Hook, Place: u.At})
	}
	for _, s := range missing {
		b.add(s)
	}
	if target.Kind == Acts {
		b.add(target)
	}
	return b.steps(0, nil)
}

// target is where the operation acts: its first write of its own, else its first read in a function that it calls, else its first read, else its
// label or entry.
func (r *Row) target(w *analyze.Way) Step {
	var near *Step
	for _, list := range [][]analyze.Access{r.Writes, r.Reads} {
		for _, a := range list {
			if a.Phase != "own" || w.To(a.File, a.Function) == nil {
				continue
			}
			s := Step{Kind: Acts, What: a.Kind + "s " + a.What, Place: a.Place}
			if a.Kind == "write" || a.Function != r.Function {
				return s
			}
			if near == nil {
				near = &s
			}
		}
	}
	if near != nil {
		return *near
	}
	return Step{Kind: Case, What: r.Command, Place: r.Place}
}

// event is a step at a line of a frame.
type event struct {
	line int
	step Step
}

// wayBuilder arranges steps along a chain of frames.
type wayBuilder struct {
	w      *analyze.Way
	chain  []analyze.Frame
	events [][]event // by frame
	seen   map[Step]bool
}

// add puts a step where its own way leaves the chain: at the call that leads to it, or at its line when its function is on the chain.
func (b *wayBuilder) add(s Step) {
	own := b.w.To(s.File, s.Function)
	if len(own) == 0 || b.seen[s] {
		return
	}
	b.seen[s] = true
	k := 0
	for k+1 < len(own) && k+1 < len(b.chain) && own[k+1].Place == b.chain[k+1].Place && *own[k].Call == *b.chain[k].Call {
		k++
	}
	line := s.Line
	if k+1 < len(own) {
		line = own[k].Call.Line
	}
	s.Depth = len(own) - 1
	b.events[k] = append(b.events[k], event{line, s})
}

// inner reports whether an event is a look-up that only helps another look-up of the same line.
func inner(e event, all []event) bool {
	return e.step.Kind == Lookup && slices.ContainsFunc(all, func(o event) bool {
		return o.line == e.line && o.step.Kind == Lookup && o.step.Depth < e.step.Depth
	})
}

// steps lists the events of frame i, those of the frames below it at the call that leads on.
func (b *wayBuilder) steps(i int, out []Step) []Step {
	f := b.chain[i]
	if i == 0 {
		out = append(out, Step{Kind: Entry, What: f.Function, Place: f.Place})
	} else {
		out = append(out, Step{Kind: Call, What: f.Function, Place: *b.chain[i-1].Call, Depth: i})
	}
	ev := b.events[i]
	sort.SliceStable(ev, func(x, y int) bool { return ev[x].line < ev[y].line })
	done := f.Call == nil
	for _, e := range ev {
		if inner(e, ev) {
			continue
		}
		if !done && e.line > f.Call.Line {
			out, done = b.steps(i+1, out), true
		}
		out = append(out, e.step)
	}
	if !done {
		out = b.steps(i+1, out)
	}
	return out
}
