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

// ours lists the functions of the hypervisor's own files, each text once.
func (m *model) ours() (out []*analyze.Fn) {
	seen := map[string]bool{}
	for _, f := range m.p.Fns {
		if k := f.File + ":" + f.Name; !seen[k] && !m.p.InModule(f.File) && !strings.HasSuffix(f.File, ".h") && !f.F.InMacro {
			seen[k] = true
			out = append(out, f)
		}
	}
	return out
}

// labels looks for memory of the kind that hook alloc labels which is allocated without it, or freed without free.
func (p *Pass) labels(alloc, free *tables.Hook) {
	m, t := p.m, alloc.Params[0].Object()
	if t == "" {
		return
	}
	for _, f := range m.ours() {
		made, freed := m.makes(f, t), m.frees(f, t)
		if made.Node != ir.None && !m.calls(f, alloc) {
			reportLife(p, f, made.Node, alloc, f.Text(made.Node)+" makes an object of a kind that has a label, and the object gets none")
		}
		for _, c := range freed {
			if made.Node != ir.None && !slices.ContainsFunc(m.byFn[f], func(s *site) bool {
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

// makes is a call in f of a function that makes memory, whose result a variable of type t takes; its node is None when there is none.
func (m *model) makes(f *analyze.Fn, t string) analyze.Call {
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		for i := blk.First; i < blk.First+blk.Len; i++ {
			v, from := f.Defines(f.F.Instrs[i])
			if v == ir.None || from == ir.None || f.S(f.F.Vars[v].Type) != t {
				continue
			}
			if n := f.Strip(from); f.F.Nodes[n].Op == ir.Call && m.p.Profile.Life.Allocators.Has(f.CallName(n)) {
				return analyze.Call{Block: int32(b), Instr: i, Node: n}
			}
		}
	}
	return analyze.Call{Node: ir.None}
}

// frees lists the calls in f that free memory of type t.
func (m *model) frees(f *analyze.Fn, t string) (out []analyze.Call) {
	for c := range f.Calls(nil) {
		args := f.Args(c.Node)
		if len(args) > 0 && m.p.Profile.Life.Freers.Has(f.CallName(c.Node)) && f.S(f.F.Nodes[f.Strip(args[0])].Type) == t {
			out = append(out, c)
		}
	}
	return out
}

// told looks for the function that a hook which nobody calls is told in.
func (p *Pass) told(h *tables.Hook) {
	m := p.m
	rate, what := m.describes, "fills what a guest is told of an object, and its label is left out"
	switch {
	case len(h.Params) == 0:
		return
	case h.IsText():
		rate, what = m.result().Prints, "prints an object, and its label is left out"
	case h.Result != "void":
		return
	case slices.ContainsFunc(strings.Split(h.Name, "_"), m.p.Profile.Life.After.Has):
		rate, what = m.resets, "puts an object back into its first state, and the module is not told"
	case slices.ContainsFunc(strings.Split(h.Name, "_"), m.p.Profile.Life.End.Has):
		return
	}
	var best *analyze.Fn
	top := 0.0
	for _, f := range m.ours() {
		if r := rate(h, f); r > top {
			best, top = f, r
		}
	}
	if best != nil {
		reportLife(p, best, ir.None, h, best.Name+" "+what)
	}
}

// describes rates a function that has all of the hook's objects as parameters and fills the last.
func (m *model) describes(h *tables.Hook, f *analyze.Fn) float64 {
	last, n := ir.None, 0
	for _, q := range h.Params {
		t, found := q.Object(), false
		for v := int32(0); v < f.F.Params && !found; v++ {
			if t != "" && f.S(f.F.Vars[v].Type) == t {
				last, found = v, true
			}
		}
		if !found {
			return 0
		}
		n++
	}
	const much = 50 // members
	set := len(m.stores(f, "p"+itoa(int(last))))
	if n < 2 || set == 0 {
		return 0
	}
	return 1 + m.result().Like(h.Name, f.Name) + float64(min(much, set))/much
}

// resets rates a function that a guest gets to, is called what ends objects, and sets members of an object that it is given without freeing it.
func (m *model) resets(h *tables.Hook, f *analyze.Fn) float64 {
	t := h.Params[0].Object()
	ends := slices.ContainsFunc(strings.Split(f.Name, "_"), m.p.Profile.Life.End.Has)
	if t == "" || !ends || len(m.frees(f, t)) > 0 || m.result().Entry(f) == "" {
		return 0
	}
	for v := int32(0); v < f.F.Params; v++ {
		if f.S(f.F.Vars[v].Type) == t && len(m.stores(f, "p"+itoa(int(v)))) > 0 {
			return 1 + m.result().Like(h.Name, f.Name)
		}
	}
	return 0
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
