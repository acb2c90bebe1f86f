package analyze

import (
	"fmt"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// hookSite is a call of a hook in one function.
type hookSite struct {
	fn          *Fn
	instr, node int32
	block       int32
	site        Site
	ids         [len(phaseNames)]int32 // identities, by phase; see Program.itemID
}

// hookSites finds the calls of hooks in f, in source order.
func (p *Program) hookSites(f *Fn) (out []*hookSite) {
	if p.inModule(f.File) {
		return nil
	}
	nth := map[string]int{}
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		for i := blk.First; i < blk.First+blk.Len; i++ {
			is := f.F.Instrs[i]
			if is.Kind != ir.ICall {
				continue
			}
			name := f.callName(is.N)
			if !p.Profile.Hooks.Is(name) {
				continue
			}
			nth[name]++
			s := &hookSite{fn: f, instr: i, node: is.N, block: int32(b)}
			s.site = Site{
				ID: fmt.Sprintf("%s:%s:%s#%d", f.File, f.Name, name, nth[name]), Hook: name,
				InMacro: f.F.Nodes[is.N].Flags&ir.InMacro != 0,
			}
			p.siteArgs(f, is.N, &s.site)
			s.site.Result, s.site.Into = p.resultUse(f, is)
			out = append(out, s)
		}
	}
	return out
}

// siteArgs splits a call's arguments into the default action and the rest.
func (p *Program) siteArgs(f *Fn, n int32, s *Site) {
	s.Args = []string{}
	for i, a := range f.args(n) {
		t := f.text(a)
		if i == 0 && p.Profile.Hooks.Defaults.Has(t) {
			s.Action = t
			continue
		}
		s.Args = append(s.Args, t)
	}
}

// resultUse says what happens to the result of the call instruction is: it is returned, tested in a condition, assigned to a variable, or ignored.
func (p *Program) resultUse(f *Fn, is ir.Instr) (use, into string) {
	parents := f.parents()
	for n := is.N; ; {
		up := parents[n]
		if up == ir.None {
			return f.rootUse(n, is)
		}
		nd := &f.F.Nodes[up]
		switch nd.Op {
		case ir.Assign:
			if nd.Y == n {
				into = f.text(nd.X)
				if use, _ := f.rootUse(f.root(up), is); use == "tested" || use == "returned" {
					return use, into
				}
				return "assigned", into
			}
		case ir.Comma:
			if nd.X == n {
				return "ignored", ""
			}
		case ir.Call:
			if nd.X != n {
				return "argument", f.text(nd.X)
			}
		}
		n = up
	}
}

// root is the outermost expression that node n is part of.
func (f *Fn) root(n int32) int32 {
	parents := f.parents()
	for parents[n] != ir.None {
		n = parents[n]
	}
	return n
}

// rootUse says what the statement does with the value of its whole expression n.
func (f *Fn) rootUse(n int32, is ir.Instr) (string, string) {
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if blk.N == n {
			if blk.Term == ir.TReturn {
				return "returned", ""
			}
			return "tested", ""
		}
	}
	for _, d := range f.F.Instrs {
		if d.Kind == ir.IDecl && d.N == n {
			return "assigned", f.U.S(f.F.Vars[d.Var].Name)
		}
	}
	if is.Stmt != ir.None {
		switch st := &f.F.Stmts[is.Stmt]; st.Kind {
		case ir.SIf, ir.SWhile, ir.SDo, ir.SFor, ir.SSwitch:
			return "tested", ""
		case ir.SReturn:
			return "returned", ""
		}
	}
	return "ignored", ""
}

// parents returns, for each node, the node it is an operand of.
func (f *Fn) parents() []int32 { return f.analysis().parents }

func (f *Fn) operandOf() []int32 {
	out := make([]int32, len(f.F.Nodes))
	for i := range out {
		out[i] = ir.None
	}
	for i := range f.F.Nodes {
		n := &f.F.Nodes[i]
		for _, k := range [...]int32{n.X, n.Y, n.Z} {
			if k != ir.None {
				out[k] = int32(i)
			}
		}
		for _, k := range f.F.Lists[n.Args : n.Args+n.NArg] {
			out[k] = int32(i)
		}
	}
	return out
}
