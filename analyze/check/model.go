package check

import (
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/flow"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// model is what the checks share of one program.
type model struct {
	p         *analyze.Program
	sites     []*site
	byFn      map[*analyze.Fn][]*site
	writes    map[*analyze.Fn]effect
	rel       map[*analyze.Fn][]heldRef
	graphs    map[*analyze.Fn]*graph
	lines     map[string][]byte
	tree      *refactor.Tree
	ops       map[string]*analyze.Op
	found     map[*analyze.Fn]map[string]int32 // look-ups, by the path of their result
	runs      map[*site]*runs
	entries   []string
	detected  func() detection
	common    *runWide
	calledBy  map[*analyze.Fn][]*analyze.Fn
	callersIn map[*analyze.Fn]map[*analyze.Fn]bool // see gets
	byID      map[string]*site                     // see siteOf
	defaults  bool                                 // calls of hooks name a default action: those that do not only label
	plains    map[string]bool                      // names of callees that change nothing that counts, see plainName
}

// stateBit marks functions that change state which they do not reach through a parameter.
const stateBit = 1 << 31

// site is one hook call with the operations that reach it.
type site struct {
	analyze.HookCall
	fact *analyze.Site
}

// graph is a function's control flow with what is derived from it.
type graph struct {
	*flow.Graph
	idom []int32
	acyc [][]int32 // successors without back edges
}

func newModel(s *analyze.Scanned, facts *analyze.Facts, t *refactor.Tree) *model {
	m := &model{
		p: s.Program, byFn: map[*analyze.Fn][]*site{}, writes: map[*analyze.Fn]effect{}, rel: map[*analyze.Fn][]heldRef{},
		graphs: map[*analyze.Fn]*graph{}, lines: map[string][]byte{}, tree: t, ops: map[string]*analyze.Op{}, runs: map[*site]*runs{},
		found: map[*analyze.Fn]map[string]int32{}, plains: map[string]bool{}, detected: detect(s, t),
	}
	for i := range facts.Ops {
		m.ops[facts.Ops[i].ID] = &facts.Ops[i]
	}
	for _, e := range facts.Entries {
		m.entries = append(m.entries, e.Name)
	}
	m.findSites(facts)
	m.summarise()
	return m
}

// findSites pairs the program's hook calls with the facts about them; a header function read in several units counts once.
func (m *model) findSites(facts *analyze.Facts) {
	at := map[string]*analyze.Site{}
	for i := range facts.Sites {
		s := &facts.Sites[i]
		at[key(s.File, s.Function, s.Hook, s.Line, s.Col)] = s
	}
	seen := map[string]bool{}
	for _, f := range m.p.Fns {
		if m.p.InModule(f.File) {
			continue
		}
		for _, h := range m.p.HookCalls(f) {
			line, col := m.at(f, f.F.Nodes[h.Node].Start)
			k := key(f.File, f.Name, h.Hook, line, col)
			s := &site{h, at[k]}
			m.defaults = m.defaults || s.Action != ""
			m.byFn[f] = append(m.byFn[f], s)
			if !seen[k] {
				seen[k] = true
				m.sites = append(m.sites, s)
			}
		}
	}
	sort.SliceStable(m.sites, func(i, j int) bool {
		a, b := m.sites[i], m.sites[j]
		if a.Fn.File != b.Fn.File {
			return a.Fn.File < b.Fn.File
		}
		return a.Fn.F.Nodes[a.Node].Start < b.Fn.F.Nodes[b.Node].Start
	})
}

func key(file, function, hook string, line, col int) string {
	return strings.Join([]string{file, function, hook, itoa(line), itoa(col)}, "|")
}

// source is the text of a file, nil when it cannot be read.
func (m *model) source(file string) []byte {
	src, ok := m.lines[file]
	if !ok {
		src, _ = m.tree.ReadFile(file)
		m.lines[file] = src
	}
	return src
}

// lineOf is the line of byte off of a file, 1 when it cannot be read.
func (m *model) lineOf(file string, off int) int {
	if src := m.source(file); off >= 0 && off <= len(src) {
		return refactor.LineAt(src, off)
	}
	return 1
}

// at is the line and column of byte off of f's file, 1, 1 when it cannot be read.
func (m *model) at(f *analyze.Fn, off int32) (line, col int) {
	src := m.source(f.File)
	if int(off) > len(src) {
		return 1, 1
	}
	line = refactor.LineAt(src, int(off))
	return line, int(off) - strings.LastIndexByte(string(src[:off]), '\n')
}

// step describes node n of f as a place of a finding's path.
func (m *model) step(f *analyze.Fn, n int32, what string) Step {
	line, _ := m.at(f, f.F.Nodes[n].Start)
	return Step{File: f.File, Line: line, What: what}
}

// graph returns f's control-flow graph.
func (m *model) graph(f *analyze.Fn) *graph {
	if g := m.graphs[f]; g != nil {
		return g
	}
	succs := make([][]int32, len(f.F.Blocks))
	for i := range succs {
		succs[i] = f.F.Blocks[i].Succs
	}
	g := &graph{Graph: flow.New(succs)}
	g.idom = g.Dominators()
	g.acyc = make([][]int32, len(succs))
	for i, ss := range succs {
		for _, s := range ss {
			if !flow.Dominates(g.idom, s, int32(i)) {
				g.acyc[i] = append(g.acyc[i], s)
			}
		}
	}
	m.graphs[f] = g
	return g
}

// reaching marks the blocks from which block b can be reached; without back edges when acyclic is set.
func (g *graph) reaching(b int32, acyclic bool) []bool {
	succs := g.Succs
	if acyclic {
		succs = g.acyc
	}
	preds := make([][]int32, len(succs))
	for i, ss := range succs {
		for _, s := range ss {
			preds[s] = append(preds[s], int32(i))
		}
	}
	return flow.New(preds).Reach([]int32{b}, nil)
}

// before marks the blocks that may run before block b is first reached: those from which it is reached without back edges, and the bodies of loops
// that lie on such a way and do not hold b.
func (g *graph) before(b int32) []bool {
	out := g.reaching(b, true)
	for t, ss := range g.Succs {
		for _, h := range ss {
			if !out[h] || out[t] || !flow.Dominates(g.idom, h, int32(t)) {
				continue
			}
			if body := g.loop(h, int32(t)); !body[b] {
				for i, in := range body {
					out[i] = out[i] || in
				}
			}
		}
	}
	return out
}

// loop marks the blocks of the loop that the edge from block t back to block h closes.
func (g *graph) loop(h, t int32) []bool {
	preds := make([][]int32, len(g.Succs))
	for i, ss := range g.Succs {
		for _, s := range ss {
			if s != h {
				preds[s] = append(preds[s], int32(i))
			}
		}
	}
	body := flow.New(preds).Reach([]int32{t}, nil)
	body[h] = true
	for i := range body {
		body[i] = body[i] && flow.Dominates(g.idom, h, int32(i))
	}
	return body
}

// precedes reports whether instruction a of block ab is on every way to instruction b of block bb.
func (g *graph) precedes(ab, a, bb, b int32) bool {
	if ab == bb {
		return a < b
	}
	return flow.Dominates(g.idom, ab, bb)
}

// callEffect is a call through which state may change: what it calls, and the places that its arguments point to, "" for none.
type callEffect struct {
	fns []*analyze.Fn
	to  []string
}

// effect says what a function changes: through has a bit for each parameter through which it does, deep for those in whose object it finds what it
// changes; stateBit is for state reached otherwise.
type effect struct{ through, deep uint32 }

// summarise computes which functions change state, and through which parameters.
func (m *model) summarise() {
	callers, calls := map[*analyze.Fn][]*analyze.Fn{}, map[*analyze.Fn][]callEffect{}
	for _, f := range m.p.Fns {
		for _, is := range f.F.Instrs {
			paths, fns := m.direct(f, is)
			for _, p := range paths {
				m.writes[f] = m.writes[f].with(p)
			}
			if len(fns) > 0 {
				calls[f] = append(calls[f], callEffect{fns, pointees(f, is.N)})
			}
			for _, c := range fns {
				callers[c] = append(callers[c], f)
			}
		}
	}
	work := append([]*analyze.Fn(nil), m.p.Fns...)
	for len(work) > 0 {
		f := work[len(work)-1]
		work = work[:len(work)-1]
		w := m.writes[f]
		for _, c := range calls[f] {
			for _, p := range c.changed(m.writes) {
				w = w.with(p)
			}
		}
		if w != m.writes[f] {
			m.writes[f] = w
			work = append(work, callers[f]...)
		}
	}
}

// with adds a change of what lies at path p.
func (e effect) with(p string) effect {
	b := bit(p)
	e.through |= b
	if b != stateBit && strings.Count(p, "*") > 1 {
		e.deep |= b
	}
	return e
}

// pointees lists the places that the arguments of call n point to.
func pointees(f *analyze.Fn, n int32) []string {
	args := f.Args(n)
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = analyze.Pointee(f.Path(a))
	}
	return out
}

// changed lists the places that the caller changes when its callees change what writes says; what they find in a variable of the caller's is
// state that has no name here.
func (c callEffect) changed(writes map[*analyze.Fn]effect) (out []string) {
	other := false
	for _, f := range c.fns {
		w := writes[f]
		for i, p := range c.to {
			if i >= 31 || w.through&(1<<i) == 0 {
				continue
			}
			deep := w.deep&(1<<i) != 0
			switch {
			case isState(p) && deep:
				out = append(out, p, p+".*")
			case isState(p):
				out = append(out, p)
			case p != "" && deep:
				other = true
			}
		}
		other = other || w.through&stateBit != 0
	}
	if other {
		out = append(out, "g:")
	}
	return out
}

// plain reports whether call n changes nothing that counts: logging, locks and references, copies, hooks, legacy checks, look-ups.
func (m *model) plain(f *analyze.Fn, n int32) bool {
	c := f.CallName(n)
	if c == "" {
		return false
	}
	if h, _ := m.p.HeldCall(f, n); h != nil && h.Kind != "pause" {
		return true
	}
	cp, _ := m.p.CopyCall(f, n)
	return cp != nil || m.plainName(c)
}

// plainName is plain as far as the callee's name decides it.
func (m *model) plainName(c string) bool {
	plain, ok := m.plains[c]
	if !ok {
		pr := m.p.Profile
		plain = pr.Neutral.Has(c) || pr.Hooks.Is(c) || pr.Legacy.Has(c) || pr.Lookups.Has(c) || pr.Subject.Calls.Has(c) || strings.HasPrefix(c, "__builtin_")
		m.plains[c] = plain
	}
	return plain
}

// changed lists the paths of state that an instruction changes: "p0*.field", "p1*" for an object given to a function that changes it.
func (m *model) changed(f *analyze.Fn, is ir.Instr) []string {
	out, fns := m.direct(f, is)
	if len(fns) == 0 {
		return out
	}
	return append(out, callEffect{fns, pointees(f, is.N)}.changed(m.writes)...)
}

// direct lists the paths that an instruction changes itself, or the functions that it calls and that may change something.
func (m *model) direct(f *analyze.Fn, is ir.Instr) (paths []string, fns []*analyze.Fn) {
	switch is.Kind {
	case ir.IAssign:
		x := &f.F.Nodes[f.F.Nodes[is.N].X]
		if x.Op == ir.Ident && x.Var != ir.None && f.F.Vars[x.Var].Kind != ir.VStatic {
			return nil, nil // the variable itself, whatever it is a name for
		}
		if p := f.Path(f.F.Nodes[is.N].X); isState(p) {
			return append([]string{p}, m.owners(f, p)...), nil
		}
	case ir.ICall:
		if is.N == ir.None || m.plain(f, is.N) {
			return nil, nil
		}
		if h, acquire := m.p.HeldCall(f, is.N); h != nil {
			if acquire && h.Arg >= 0 && h.Arg < len(f.Args(is.N)) {
				return []string{f.Path(f.Args(is.N)[h.Arg]) + "*"}, nil
			}
			return nil, nil
		}
		fns, _ = m.p.Callees(f, is.N)
	}
	return nil, fns
}

// owners lists the objects that what lies at path p was looked up in: a page of a domain is the domain's.
func (m *model) owners(f *analyze.Fn, p string) (out []string) {
	if p[0] != 'v' && p[0] != 'c' {
		return nil
	}
	from, ok := m.found[f]
	if !ok {
		from = map[string]int32{}
		for _, is := range f.F.Instrs {
			if is.Kind == ir.ICall && is.N != ir.None && m.p.Profile.Lookups.Has(f.CallName(is.N)) {
				from[f.Path(is.N)] = is.N
				from[m.storedAt(f, is.N)] = is.N
			}
		}
		m.found[f] = from
	}
	root, _, _ := strings.Cut(p, "*")
	n, ok := from[root]
	if !ok {
		return nil
	}
	for _, a := range f.Args(n) {
		if _, obj := analyze.StructPointer(f.S(f.F.Nodes[f.Strip(a)].Type)); obj && f.Path(a) != "" {
			out = append(out, analyze.Pointee(f.Path(a)))
		}
	}
	return out
}

// isState reports whether a path is memory of the hypervisor and no local variable.
func isState(p string) bool {
	if p == "" {
		return false
	}
	return p[0] == 'g' || strings.ContainsAny(p, "*")
}

// bit is the summary bit of a changed path.
func bit(p string) uint32 {
	if len(p) < 2 || p[0] != 'p' {
		return stateBit
	}
	n, i := 0, 1
	for ; i < len(p) && p[i] >= '0' && p[i] <= '9'; i++ {
		n = n*10 + int(p[i]-'0')
	}
	if i == 1 || n > 30 {
		return stateBit
	}
	return 1 << n
}
