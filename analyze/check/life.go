package check

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// life is the part of XSM1001 about hooks that follow an object's life: memory of a kind whose objects have a label is allocated and no label with it,
// or freed and the label is not; and a hook that nobody calls is told of an object where it has been reset, described or printed.
func life(p *Pass) {
	res := p.m.result()
	if res == nil {
		return
	}
	for _, h := range p.m.tables().Hooks {
		if !res.Configured(h) || len(h.Params) == 0 {
			continue
		}
		if free := p.m.undoes(h); free != nil && res.Configured(free) {
			p.labels(h, free)
		}
	}
	for _, h := range res.Silent() {
		p.told(h)
	}
}

// undoes is the hook that frees the label which hook h allocates: the two have one name but for the word for it. nil when there is none.
func (m *model) undoes(h *tables.Hook) *tables.Hook {
	life := &m.p.Profile.Life
	words := strings.Split(h.Name, "_")
	i := slices.IndexFunc(words, life.Begin.Has)
	if i < 0 || h.Result != "int" {
		return nil
	}
	for _, o := range m.tables().Hooks {
		other := strings.Split(o.Name, "_")
		if len(other) == len(words) && life.End.Has(other[i]) && o.Result == "void" && slices.Equal(other[i+1:], words[i+1:]) && slices.Equal(other[:i], words[:i]) {
			return o
		}
	}
	return nil
}

// labels looks for memory of the kind that hook alloc labels which is allocated without it, or freed without free.
func (p *Pass) labels(alloc, free *tables.Hook) {
	m, t := p.m, alloc.Params[0].Object()
	if t == "" {
		return
	}
	for _, f := range m.p.Own() {
		made, fresh := m.p.MakesObject(f, t)
		if fresh && !m.calls(f, alloc) {
			reportLife(p, f, made.Node, alloc, f.Text(made.Node)+" makes an object of a kind that has a label, and the object gets none")
		}
		for c := range m.p.Frees(f, t) {
			if fresh && !slices.ContainsFunc(m.byFn[f], func(s *site) bool {
				return s.Hook == m.hookName(alloc) && m.graph(f).Reach([]int32{s.Block}, nil)[c.Block]
			}) {
				continue // it frees what has no label yet
			}
			if !m.calls(f, free) {
				reportLife(p, f, c.Node, free, f.Text(c.Node)+" frees an object of a kind that has a label, and the label is kept")
				break
			}
		}
	}
}

// calls reports whether f calls a hook, itself or in a function that it calls.
func (m *model) calls(f *analyze.Fn, h *tables.Hook) bool {
	is := func(s *site) bool { return s.Hook == m.hookName(h) }
	if slices.ContainsFunc(m.byFn[f], is) {
		return true
	}
	for _, c := range m.p.Called(f, nil) {
		if slices.ContainsFunc(m.byFn[c], is) {
			return true
		}
	}
	return false
}

// told looks for the function that a hook which nobody calls is told in.
func (p *Pass) told(h *tables.Hook) {
	m := p.m
	res := m.result()
	rate, what := func(h *tables.Hook, f *analyze.Fn) float64 { r, _ := res.Describes(h, f); return r }, "fills what a guest is told of an object, and its label is left out"
	switch {
	case len(h.Params) == 0:
		return
	case h.IsText():
		rate, what = res.Prints, "prints an object, and its label is left out"
	case h.Result != "void":
		return
	case slices.ContainsFunc(strings.Split(h.Name, "_"), m.p.Profile.Life.After.Has):
		rate, what = func(h *tables.Hook, f *analyze.Fn) float64 { r, _ := res.Resets(h, f); return r }, "puts an object back into its first state, and the module is not told"
	case slices.ContainsFunc(strings.Split(h.Name, "_"), m.p.Profile.Life.End.Has):
		return
	}
	var best *analyze.Fn
	top := 0.0
	for _, f := range m.p.Own() {
		if r := rate(h, f); r > top {
			best, top = f, r
		}
	}
	if best != nil {
		reportLife(p, best, ir.None, h, best.Name+" "+what)
	}
}

func reportLife(p *Pass, f *analyze.Fn, n int32, h *tables.Hook, what string) {
	m, res := p.m, p.m.result()
	out := &Finding{File: f.File, Function: f.Name, Hook: m.hookName(h), Hypercall: res.Reached[f], Confidence: 0.65, Message: what + ": nobody calls " + m.hookName(h) + " there"}
	out.Line, _ = m.at(f, f.F.Start)
	if n != ir.None {
		out.Line, _ = m.at(f, f.F.Nodes[n].Start)
	}
	out.Operation = m.commandOf(out.Hypercall, f.Name)
	out.Evidence = []string{h.FlaskFn + " labels an object, frees a label, or is told about an object"}
	out.Path = []Step{{out.File, out.Line, what}}
	p.Report(out)
}
