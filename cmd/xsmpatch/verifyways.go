package main

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/check"
)

// addWays puts before each finding's path how a guest gets to its function: the entry, and the calls and case labels on the way.
func (o *outcome) addWays(read []*analyze.Scanned) {
	open, entries := map[*check.Finding]bool{}, map[string]bool{}
	for _, f := range slices.Concat(o.Findings, o.Suppressed) {
		if f.Hypercall != "" && f.Function != "" {
			open[f], entries[f.Hypercall] = true, true
		}
	}
	other := map[*check.Finding][]check.Step{} // ways of other operations of the entry
	for _, s := range read {
		s.EachWay(o.tree, entries, func(w *analyze.Way) {
			for f := range open {
				way := wayTo(w, f)
				switch entry, _, _ := strings.Cut(w.Op, "/"); {
				case way == nil || entry != f.Hypercall:
				case about(f, w.Op):
					f.Path = append(way, f.Path...)
					delete(open, f)
				case other[f] == nil:
					other[f] = way
				}
			}
		})
	}
	for f := range open {
		f.Path = append(other[f], f.Path...)
	}
}

// about reports whether a finding may be about an operation.
func about(f *check.Finding, op string) bool {
	if len(f.Operations) > 0 {
		return slices.Contains(f.Operations, op)
	}
	parts := strings.Split(op, "/")
	return parts[0] == f.Hypercall && (f.Operation == "" || slices.Contains(parts[1:], f.Operation))
}

// wayTo lists the steps from the entry to the finding's function; nil when the operation does not go there.
func wayTo(w *analyze.Way, f *check.Finding) (out []check.Step) {
	frames := w.To(f.File, f.Function)
	for i, fr := range frames {
		if out == nil {
			out = append(out, check.Step{File: fr.File, Line: fr.Line, What: "a guest enters " + fr.Function})
		}
		for _, l := range w.Labels {
			if l.File == fr.File && l.Function == fr.Function && (fr.Call == nil && l.Line <= f.Line || fr.Call != nil && l.Line <= fr.Call.Line) {
				out = append(out, check.Step{File: l.File, Line: l.Line, What: "case " + l.Case})
			}
		}
		if fr.Call != nil {
			out = append(out, check.Step{File: fr.Call.File, Line: fr.Call.Line, What: "calls " + frames[i+1].Function})
		}
	}
	return out
}
