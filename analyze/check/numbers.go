package check

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
)

// numbers is the part of XSM1005 about kinds of numbers: a check that decides about a resource of the machine is given a number by which only
// the guest knows it.
func numbers(p *Pass) {
	seen := map[string]bool{}
	for _, f := range p.m.p.Fns {
		if p.m.p.InModule(f.File) {
			continue
		}
		for _, is := range f.F.Instrs {
			if is.Kind != ir.ICall || is.N == ir.None {
				continue
			}
			name, rule := p.m.numbered(f, is.N)
			if rule == nil {
				continue
			}
			for _, a := range f.Args(is.N) {
				w := guestNumber(f, a, rule)
				k := f.File + " " + itoa(int(f.F.Nodes[is.N].Start)) + " " + name
				if w != "" && !seen[k] {
					seen[k] = true
					reportNumber(p, f, is.N, a, name, w, rule)
				}
			}
		}
	}
}

// numbered finds the profile's rule for call n, by the function's name or the macro that it comes from.
func (m *model) numbered(f *analyze.Fn, n int32) (string, *profile.Number) {
	names := []string{f.CallName(n), f.S(f.F.Nodes[n].Macro)}
	for i := range m.p.Profile.Numbers {
		r := &m.p.Profile.Numbers[i]
		for _, name := range names {
			if name != "" && r.Calls.Has(name) {
				return name, r
			}
		}
	}
	return "", nil
}

// guestNumber is the name in argument a that says it is the guest's kind of number, "" when none does. What a function or a table makes of it is another number.
func guestNumber(f *analyze.Fn, a int32, rule *profile.Number) (found string) {
	f.Each(a, func(n int32) bool {
		nd := &f.F.Nodes[n]
		if nd.Op == ir.Call || nd.Op == ir.Index || found != "" {
			return false
		}
		if nd.Op != ir.Ident && nd.Op != ir.Field || strings.HasSuffix(f.S(nd.Type), "*") {
			return true
		}
		for _, w := range strings.Split(f.S(nd.Name), "_") {
			if rule.Not.Has(w) {
				found = f.S(nd.Name)
			}
		}
		return nd.Op != ir.Field
	})
	return found
}

func reportNumber(p *Pass, f *analyze.Fn, n, a int32, name, word string, rule *profile.Number) {
	m := p.m
	out := &Finding{File: f.File, Function: f.Name, Hook: name, Confidence: 0.7, detail: "kind of number"}
	for _, s := range m.byFn[f] {
		if s.Node == n {
			out = m.finding(s, 0.7, "")
			out.asks = true
			out.detail = "kind of number"
		}
	}
	if out.Hypercall == "" {
		if res := m.result(); res != nil {
			out.Hypercall = res.Reached[f]
			out.Operation, out.Operations = m.commandOf(out.Hypercall, f.Name), m.callersOf(f.Name)
		}
	}
	out.Line, _ = m.at(f, f.F.Nodes[n].Start)
	out.Message = name + " decides about " + rule.What + " and is given " + f.Text(a) + ", the guest's own number for it"
	out.Evidence = []string{word + " names a number of the guest's; the same number means another resource of the machine"}
	out.Path = []Step{m.step(f, a, f.Text(a))}
	p.Report(out)
}
