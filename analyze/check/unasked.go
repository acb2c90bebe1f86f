package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
)

// unasked is the part of XSM1001 about single commands, unknown ones aside: one looks a domain up by a number that the guest chose, and on none of its ways is any hook
// asked, although commands that share its code may be asked about.
func unasked(p *Pass) {
	if p.m.result() == nil {
		return
	}
	for i := range p.Facts.Ops {
		op := &p.Facts.Ops[i]
		if op.Truncated || strings.HasSuffix(op.ID, "/default") || !contains(op.Configs, p.Config) || slices.ContainsFunc(op.Hooks, p.m.asking) {
			continue
		}
		o := p.m.chosenDomain(op)
		if o == nil || slices.ContainsFunc(p.out, func(f *Finding) bool { return f.about(o.File, o.Function, op) }) {
			continue
		}
		at := o.Place
		if chooses(op, o.Function) {
			at = p.m.codeOf(op) // looked up for all commands: what lacks a hook is this one's code
		}
		says := fmt.Sprintf("%s looks up a domain by %s, a number that the guest chose, and asks no hook on any way", op.ID, o.From)
		p.Report(&Finding{
			File: at.File, Line: at.Line, Function: at.Function, Hypercall: op.Entry, Operation: op.Command, Operations: []string{op.ID}, Confidence: 0.75,
			Message: says, Evidence: []string{says}, Path: []Step{{o.File, o.Line, "looks up " + o.Type + " by " + o.From}, {at.File, at.Line, "the code of " + op.Command}},
		})
	}
}

// chooses reports whether a function selects an operation's command.
func chooses(op *analyze.Op, fn string) bool {
	return slices.ContainsFunc(op.Via, func(l analyze.Label) bool { return l.Function == fn })
}

// codeOf is the label of a command's own code: where a dispatcher hands several on to a function that tells them apart, the one there.
func (m *model) codeOf(op *analyze.Op) analyze.Place {
	for _, l := range op.Labels {
		if l.Case == op.Command && !chooses(op, l.Function) && !m.p.InModule(l.File) {
			return l.Place
		}
	}
	return op.Place
}

// asking reports whether a hook call of an operation asks something; one that is only told does not.
func (m *model) asking(h analyze.SiteAt) bool {
	s := m.siteOf(h.Site)
	return s == nil || m.decides(s)
}

// chosenDomain is the first domain outside the modules that an operation looks up by a number from the guest, nil for none.
func (m *model) chosenDomain(op *analyze.Op) *analyze.Object {
	for i := range op.Objects {
		o := &op.Objects[i]
		if o.Type == strings.TrimSuffix(m.p.Profile.Types.Domain, " *") && m.p.Profile.Lookups.Has(o.Lookup) && !m.p.Profile.Lookups.Has(o.Function) && !m.p.InModule(o.File) {
			return o
		}
	}
	return nil
}

// about reports whether a finding is in a function and names an operation, or names none.
func (f *Finding) about(file, fn string, op *analyze.Op) bool {
	return f.Check == "XSM1001" && (f.Operation == op.Command || f.File == file && f.Function == fn && f.Operation == "" || contains(f.Operations, op.ID))
}
