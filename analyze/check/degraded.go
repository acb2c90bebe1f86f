package check

import (
	"regexp"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// degraded is XSM9001: what could not be read and belongs to a hypercall: a handler, or something that read code names.
func degraded(p *Pass) {
	used := map[string]bool{}
	for _, f := range p.Program.Fns {
		for _, is := range f.F.Instrs {
			if is.Kind == ir.ICall && is.N != ir.None {
				used[f.CallName(is.N)] = true
			}
		}
	}
	for _, e := range p.m.entries {
		used[e] = true
	}
	for _, e := range p.Facts.Missing {
		used[e] = true
	}
	for _, d := range p.Facts.Degraded {
		if d.Config != p.Config || d.Function != "" && !used[d.Function] {
			continue
		}
		what := d.Function
		if what == "" {
			what = d.File
		}
		p.Report(&Finding{
			File: d.File, Line: d.Line, Function: d.Function, Message: what + " could not be read, so nothing is known of it: " + d.Reason,
			Confidence: 1, Evidence: []string{d.Reason}, detail: digitsRE.ReplaceAllString(d.Reason, "#"),
		})
	}
}

// digitsRE finds the numbers of a reason: lines move, and a fingerprint must not.
var digitsRE = regexp.MustCompile(`[0-9]+`)
