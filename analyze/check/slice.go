package check

import (
	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// slice marks the instructions' nodes that the arguments of a hook are computed from: definitions of the variables they name, of the variables
// those name, and calls that fill them through a pointer; each where it can run before what it is needed for.
func (m *model) slice(s *site) map[int32]bool {
	c := &slicer{m: m, f: s.Fn, vars: map[int32][]bool{}, nodes: map[int32]bool{}}
	for _, a := range s.Fn.Args(s.Node) {
		c.mark(a, s.Block)
	}
	c.close()
	return c.nodes
}

// close adds the definitions of what is needed until nothing new is.
func (c *slicer) close() {
	for size := -1; size != c.grown+len(c.nodes); {
		size = c.grown + len(c.nodes)
		for b := range c.f.F.Blocks {
			blk := &c.f.F.Blocks[b]
			for _, is := range c.f.F.Instrs[blk.First : blk.First+blk.Len] {
				if v, from := c.f.Defines(is); v != ir.None && c.vars[v] != nil && c.vars[v][b] && !c.nodes[is.N] {
					c.nodes[is.N] = true
					c.mark(from, int32(b))
				}
			}
		}
	}
}

// slicer collects a slice.
type slicer struct {
	m     *model
	f     *analyze.Fn
	vars  map[int32][]bool // variables that are needed: the blocks from which a use is reached
	nodes map[int32]bool
	grown int // how often vars grew
}

// mark adds what expression n, evaluated in block b, is computed from.
func (c *slicer) mark(n, b int32) {
	c.f.Each(n, func(k int32) bool {
		nd := &c.f.F.Nodes[k]
		if nd.Op == ir.Call {
			c.nodes[k] = true
		}
		if nd.Op == ir.Ident && nd.Var != ir.None {
			c.need(nd.Var, b)
		}
		return true
	})
}

// need adds a use of variable v in block b.
func (c *slicer) need(v, b int32) {
	to := c.vars[v]
	if to == nil {
		to = make([]bool, len(c.f.F.Blocks))
		c.vars[v] = to
	}
	if to[b] {
		return // and so is what reaches b
	}
	for i, ok := range c.m.graph(c.f).reaching(b, false) {
		if ok && !to[i] {
			to[i] = true
			c.grown++
		}
	}
}

// storedAt is the path of the variable that takes the result of call n, "" when none does.
func (m *model) storedAt(f *analyze.Fn, n int32) string {
	for _, is := range f.F.Instrs {
		v, from := f.Defines(is)
		if v == ir.None || from == ir.None || is.Kind == ir.ICall || f.Strip(from) != n {
			continue
		}
		for i := range f.F.Nodes {
			if nd := &f.F.Nodes[i]; nd.Op == ir.Ident && nd.Var == v {
				return f.Path(int32(i))
			}
		}
	}
	return ""
}
