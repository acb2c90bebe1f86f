// Package verify finds operations that no hook mediates, from what the code means: tables that declare a hook which nothing calls,
// sub-commands that act on an object a guest chose while their siblings ask first, and Flask switches that lack a sub-command.
package verify

import (
	"maps"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/flow"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Region is the code of one sub-command in one function: the blocks that its case label reaches and the other labels mostly do not. A function
// that dispatches on nothing is one region with all of its blocks; a function that does has one more region, without labels, for the rest.
type Region struct {
	Fn     *analyze.Fn
	Labels []string // the case labels that share the code, in source order; none for a whole function
	Values []int64
	Switch int32 // block of the dispatching switch, ir.None for a whole function
	Start  int32 // byte of the first label, or of the function
	Blocks []bool
	Loop   bool // the body of a loop: a denial leaves out what the round is about
}

// Command is the label that names the region, "" for a whole function.
func (r *Region) Command() string {
	if len(r.Labels) == 0 {
		return ""
	}
	return r.Labels[0]
}

// String names the region as messages do.
func (r *Region) String() string {
	if c := r.Command(); c != "" {
		return r.Fn.Name + "/" + c
	}
	return r.Fn.Name
}

// model is what gap detection knows of one program.
type model struct {
	p       *analyze.Program
	reached map[*analyze.Fn]string // an entry that reaches it
	depth   map[*analyze.Fn]int
	regions []*Region
	calls   map[*analyze.Fn][]analyze.HookCall
	params  map[*analyze.Fn]uint32 // parameters that a hook is given, here or below
	open    map[*analyze.Fn]bool   // reached on some way without a hook before the call
	doms    map[*analyze.Fn][]int32
	hidden  map[hiddenCall]bool
	finders map[*analyze.Fn]finds // functions that look a domain up for their caller
	fillers map[*analyze.Fn]fills // functions that store one in a member of what their caller gives them
	copied  map[string]bool       // see requests
	actions bool                  // calls of hooks name a default action: those that name none do not decide
	any     map[*analyze.Fn]int   // how many calls below the function a hook stands: 0 none found, 1 here, 2 in a callee, ...
}

// hiddenCall is a call that the model leaves out, to ask what would be found without it.
type hiddenCall struct {
	fn   *analyze.Fn
	node int32
}

// newModel finds the functions that guests reach and their regions.
func newModel(p *analyze.Program, t *refactor.Tree, hidden map[hiddenCall]bool) *model {
	m := &model{
		hidden: hidden, open: map[*analyze.Fn]bool{}, doms: map[*analyze.Fn][]int32{},
		p: p, reached: map[*analyze.Fn]string{}, depth: map[*analyze.Fn]int{}, calls: map[*analyze.Fn][]analyze.HookCall{},
		params: map[*analyze.Fn]uint32{}, any: map[*analyze.Fn]int{},
	}
	m.inferFinders()
	m.inferFillers()
	m.reach(t)
	seen := map[string]bool{}
	for _, f := range p.Fns {
		if p.InModule(f.File) {
			continue
		}
		for _, h := range p.HookCalls(f) {
			if !m.hidden[hiddenCall{f, h.Node}] {
				m.calls[f] = append(m.calls[f], h)
				m.actions = m.actions || h.Action != ""
			}
		}
	}
	m.reachOpen(t)
	for _, f := range p.Fns {
		key := f.File + ":" + f.Name
		if m.reached[f] == "" || p.InModule(f.File) || f.F.InMacro || p.Profile.Neutral.Has(f.Name) || seen[key] {
			continue
		}
		seen[key] = true
		m.regions = append(m.regions, regionsOf(p, f)...)
	}
	m.summarise()
	return m
}

// reach follows calls from the hypercall handlers, breadth first.
func (m *model) reach(t *refactor.Tree) {
	entries, _ := m.p.Entries(t)
	var work []*analyze.Fn
	for _, e := range entries {
		for _, f := range m.p.Named(e.Name) {
			if m.reached[f] == "" {
				m.reached[f] = e.Name
				work = append(work, f)
			}
		}
	}
	for len(work) > 0 {
		f := work[0]
		work = work[1:]
		for _, c := range m.p.Called(f, nil) {
			if m.reached[c] == "" && !m.p.InModule(c.File) {
				m.reached[c], m.depth[c] = m.reached[f], m.depth[f]+1
				work = append(work, c)
			}
		}
	}
}

// reachOpen follows calls from the handlers that no hook call of the caller dominates.
func (m *model) reachOpen(t *refactor.Tree) {
	entries, _ := m.p.Entries(t)
	var work []*analyze.Fn
	add := func(f *analyze.Fn) {
		if !m.open[f] && !m.p.InModule(f.File) {
			m.open[f] = true
			work = append(work, f)
		}
	}
	for _, e := range entries {
		for _, f := range m.p.Named(e.Name) {
			add(f)
		}
	}
	for len(work) > 0 {
		f := work[0]
		work = work[1:]
		for c, g := range m.p.Called(f, nil) {
			if !m.guarded(f, c.Block, c.Instr) {
				add(g)
			}
		}
	}
}

// guarded reports whether a hook call stands on every way to instruction i of block b.
func (m *model) guarded(f *analyze.Fn, b, i int32) bool {
	calls := m.calls[f]
	if len(calls) == 0 {
		return false
	}
	idom := m.doms[f]
	if idom == nil {
		idom = Graph(f).Dominators()
		m.doms[f] = idom
	}
	for _, h := range calls {
		if h.Block == b && h.Instr < i || h.Block != b && flow.Dominates(idom, h.Block, b) {
			return true
		}
	}
	return false
}

// Dominates reports whether every way to block b passes block a, given a graph's immediate dominators.
func Dominates(idom []int32, a, b int32) bool { return flow.Dominates(idom, a, b) }

// Graph is the control-flow graph of f.
func Graph(f *analyze.Fn) *flow.Graph {
	succs := make([][]int32, len(f.F.Blocks))
	for i := range f.F.Blocks {
		succs[i] = f.F.Blocks[i].Succs
	}
	return flow.New(succs)
}

// whole is all of a function as one region.
func whole(f *analyze.Fn) *Region {
	r := &Region{Fn: f, Switch: ir.None, Start: f.F.Start, Blocks: make([]bool, len(f.F.Blocks))}
	for i := range r.Blocks {
		r.Blocks[i] = true
	}
	return r
}

// regionsOf splits a function at its command switches: those with at least two labels that are names.
func regionsOf(p *analyze.Program, f *analyze.Fn) []*Region {
	rest := make([]bool, len(f.F.Blocks))
	for i := range rest {
		rest[i] = true
	}
	var out []*Region
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if blk.Term != ir.TSwitch || named(f, blk) < 2 || onlyKnows(f, blk) {
			continue
		}
		at := map[int32]*Region{}
		others := fallback(f, blk)
		for _, c := range blk.Cases {
			if c.Default || !isName(f.S(c.Name)) {
				continue
			}
			body := fallTarget(f, c.Block)
			if r := at[body]; r != nil {
				r.Labels, r.Values = append(r.Labels, f.S(c.Name)), append(r.Values, c.Lo)
				continue
			}
			r := &Region{Fn: f, Labels: []string{f.S(c.Name)}, Values: []int64{c.Lo}, Switch: int32(b), Start: c.Start, Blocks: p.OwnBlocks(f, int32(b), c)}
			for i := range r.Blocks {
				r.Blocks[i] = r.Blocks[i] && !others(body, int32(i))
			}
			r.Blocks[body] = true
			at[body] = r
			out = append(out, r)
			for i, mine := range r.Blocks {
				rest[i] = rest[i] && !mine
			}
		}
	}
	return append(out, &Region{Fn: f, Switch: ir.None, Start: f.F.Start, Blocks: rest})
}

// fallback tells whether block i is code that every command without a label gets to, and no case's own though body falls into it: what the default
// label of the switch that ends blk dominates.
func fallback(f *analyze.Fn, blk *ir.Block) func(body, i int32) bool {
	at := slices.IndexFunc(blk.Cases, func(c ir.Case) bool { return c.Default })
	if at < 0 {
		return func(int32, int32) bool { return false }
	}
	first, idom := fallTarget(f, blk.Cases[at].Block), Graph(f).Dominators()
	return func(body, i int32) bool { return body != first && Dominates(idom, first, i) }
}

// fallTarget is the block that case block b falls into when it holds nothing itself: "case A: case B: code".
func fallTarget(f *analyze.Fn, b int32) int32 {
	for range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if blk.Len > 0 || blk.Term != ir.TJump || len(blk.Succs) != 1 {
			break
		}
		b = blk.Succs[0]
	}
	return b
}

// onlyKnows reports whether a switch only asks whether a command is known: all its labels share one "break", and what comes behind is every command's.
func onlyKnows(f *analyze.Fn, blk *ir.Block) bool {
	body, last := ir.None, int32(-1)
	for _, c := range blk.Cases {
		if c.Default {
			continue
		}
		if t := fallTarget(f, c.Block); body == ir.None || t == body {
			body = t
		} else {
			return false
		}
		last = max(last, c.Start)
	}
	first := ir.None
	for i := range f.F.Stmts {
		if st := &f.F.Stmts[i]; last >= 0 && st.Start > last && st.Kind != ir.SCase && (first == ir.None || st.Start < f.F.Stmts[first].Start) {
			first = int32(i)
		}
	}
	return first != ir.None && f.F.Stmts[first].Kind == ir.SBreak
}

func named(f *analyze.Fn, blk *ir.Block) (n int) {
	for _, c := range blk.Cases {
		if !c.Default && isName(f.S(c.Name)) {
			n++
		}
	}
	return n
}

func isName(s string) bool {
	return s != "" && (s[0] == '_' || s[0] >= 'A' && s[0] <= 'Z' || s[0] >= 'a' && s[0] <= 'z')
}

// handedOn is how many calls below a function a hook may stand and still answer for what the function is given.
const handedOn = 2

// summarise computes which parameters of each function end up in a hook, and how near a hook is.
func (m *model) summarise() {
	type edge struct {
		f, g *analyze.Fn
		n    int32
	}
	var edges []edge
	for _, f := range m.p.Fns {
		for _, h := range m.calls[f] {
			if !m.decides(h) {
				continue
			}
			if !m.filters(h) {
				m.any[f] = 1
			}
			for _, a := range f.Args(h.Node) {
				m.params[f] |= rootParam(f.Path(a))
			}
		}
		for c := range f.Calls(nil) {
			fns, name := m.p.Callees(f, c.Node)
			if m.p.Profile.Hooks.Is(name) {
				continue
			}
			for _, g := range fns {
				edges = append(edges, edge{f, g, c.Node})
			}
		}
	}
	for range handedOn {
		near, given := maps.Clone(m.any), maps.Clone(m.params)
		for _, e := range edges {
			if !passesOn(e.g, near[e.g]) {
				continue
			}
			if n := near[e.g]; n > 0 && (m.any[e.f] == 0 || m.any[e.f] > n+1) {
				m.any[e.f] = n + 1
			}
			for i, a := range e.f.Args(e.n) {
				if i < 32 && given[e.g]&(1<<i) != 0 {
					m.params[e.f] |= rootParam(e.f.Path(a))
				}
			}
		}
	}
}

// passesOn reports whether a no of a hook in g, or near calls below it, gets back to g's caller: from a function without a result it does only when
// the hook is in that function itself, and keeps it from going on.
func passesOn(g *analyze.Fn, near int) bool { return near == 1 || g.S(g.F.Result) != "void" }

// rootParam is the bit of the parameter that an access path starts at, 0 when it starts elsewhere.
func rootParam(path string) uint32 {
	path = strings.TrimPrefix(path, "&")
	if !strings.HasPrefix(path, "p") {
		return 0
	}
	n, i := 0, 1
	for ; i < len(path) && path[i] >= '0' && path[i] <= '9'; i++ {
		n = 10*n + int(path[i]-'0')
	}
	if i == 1 || n > 31 {
		return 0
	}
	return 1 << n
}
