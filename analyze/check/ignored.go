package check

import (
	"fmt"
	"maps"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// ignored is XSM1003.
func ignored(p *Pass) {
	for _, s := range p.m.sites {
		if s.Void() {
			continue
		}
		r := p.m.around(s)
		if s.Result == "ignored" {
			f := p.m.finding(s, 0.85, s.Hook+" is asked, and the answer goes nowhere")
			f.Evidence = append(f.Evidence, "the call's value is no operand of anything")
			f.Path = []Step{p.m.step(s.Fn, s.Node, "asks "+s.Hook)}
			p.Report(f)
			continue
		}
		if r.partial || len(r.from) == 0 {
			continue
		}
		clobbered(p, s, r)
		switch {
		case !decided(r) && !r.deny.carried && !differs(r) && !p.m.chosenBy(s, r):
			f := p.m.finding(s, 0.9, s.Hook+" is asked, and the function does the same whatever it answers")
			f.Evidence = append(f.Evidence, "no branch, return value or argument depends on the answer: executed with 0 and with -EACCES")
			if s.Into != "" {
				f.Evidence = append(f.Evidence, "the answer goes to "+s.Into+" and is not told apart from success before "+s.Into+" changes")
			}
			f.Path = []Step{p.m.step(s.Fn, s.Node, "asks "+s.Hook)}
			f.Path = append(f.Path, p.m.first(s.Fn, r.deny, "runs after a denial too")...)
			p.Report(f)
		case inverted(p.m, s.Fn, r):
			f := p.m.finding(s, 0.8, "what "+s.Hook+" guards runs only when it says no")
			f.Evidence = append(f.Evidence, "changes of state after -EACCES, none after 0")
			f.Path = append([]Step{p.m.step(s.Fn, s.Node, "asks "+s.Hook)}, p.m.first(s.Fn, r.deny, "runs after a denial")...)
			p.Report(f)
		}
	}
}

// decided reports whether some branch that both executions reach goes another way in one of them.
func decided(r *runs) bool {
	for b, e := range r.allow.edges {
		if e != 0 && r.deny.edges[b] != 0 && e != r.deny.edges[b] {
			return true
		}
	}
	return false
}

// chosenBy reports whether the answer chooses between two values: the condition of a ?: that runs names the variable that took it.
func (m *model) chosenBy(s *site, r *runs) (found bool) {
	f, v := s.Fn, m.resultVar(s)
	for i, is := range f.F.Instrs {
		if v == ir.None || !r.deny.ran[i] || is.N == ir.None {
			continue
		}
		f.Each(is.N, func(n int32) bool {
			if nd := &f.F.Nodes[n]; nd.Op == ir.Cond {
				f.Each(nd.X, func(k int32) bool {
					found = found || f.F.Nodes[k].Op == ir.Ident && f.F.Nodes[k].Var == v
					return !found
				})
			}
			return !found
		})
	}
	return found
}

// differs reports whether the function returns something else after a denial: the answer in another form, such as "== 0".
func differs(r *runs) bool {
	values := func(tr *trace) map[string]bool {
		out := map[string]bool{}
		for _, e := range tr.exits {
			out[fmt.Sprint(e.block, e.value)] = true
		}
		return out
	}
	return !maps.Equal(values(r.allow), values(r.deny))
}

// inverted reports whether state changes after a denial only.
func inverted(m *model, f *analyze.Fn, r *runs) bool {
	bad := false
	for i, is := range f.F.Instrs {
		if !r.allow.ran[i] && !r.deny.ran[i] || !m.significant(f, is) || m.errorStore(f, is) {
			continue
		}
		if r.allow.ran[i] {
			return false
		}
		bad = bad || is.Kind == ir.ICall
	}
	if !bad {
		return false
	}
	for _, e := range r.allow.exits {
		if !e.value.known || e.value.v >= 0 {
			return false
		}
	}
	return len(r.allow.exits) > 0
}

// errorStore reports whether an instruction stores a constant: the way an error is recorded.
func (m *model) errorStore(f *analyze.Fn, is ir.Instr) bool {
	if is.Kind != ir.IAssign {
		return false
	}
	nd := &f.F.Nodes[is.N]
	return nd.Y != ir.None && f.F.Nodes[nd.Y].Flags&ir.HasVal != 0
}

// first describes the first changes of state that a trace ran.
func (m *model) first(f *analyze.Fn, tr *trace, what string) (out []Step) {
	for i, is := range f.F.Instrs {
		if tr.ran[i] && m.significant(f, is) && len(out) < 2 {
			out = append(out, m.step(f, is.N, f.Text(is.N)+": "+what))
		}
	}
	return out
}
