package verify

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// owners gives a hook about two domains that nothing else says anything about, and whose permission is about who owns something, to the code that finds
// an object to be another domain's than it was told, and then goes on as if it had been told that one.
func (s *search) owners(hooks []*tables.Hook) {
	var open []*tables.Hook
	for _, h := range hooks {
		if !s.placed[h] && len(h.Params) == 2 && s.isDomain(h.Params[0]) && s.isDomain(h.Params[1]) && s.speaksOfOwning(h) {
			open = append(open, h)
		}
	}
	if len(open) != 1 {
		return // none, or nothing says which
	}
	seen := map[textKey]bool{}
	for _, f := range s.f.m.p.Fns {
		if s.f.m.p.InModule(f.File) || f.F.InMacro || len(s.f.m.calls[f]) > 0 {
			continue
		}
		for _, n := range s.substitutions(f) {
			key := textKey{f.File, f.F.Nodes[n].Start}
			if seen[key] {
				continue
			}
			seen[key] = true
			s.instead(open[0], f, n)
			s.tellers(open[0], f, rootIdent(f, f.F.Nodes[n].X))
		}
	}
}

// instead makes the gap of hook h before assignment n of f, by which one domain takes the place of another.
func (s *search) instead(h *tables.Hook, f *analyze.Fn, n int32) {
	r := &Region{Fn: f, Switch: ir.None, Start: f.F.Nodes[n].Start, Blocks: make([]bool, len(f.F.Blocks))}
	for _, is := range f.F.Instrs {
		if is.N == n && is.Stmt != ir.None {
			r.Blocks[f.F.Stmts[is.Stmt].Block] = true
		}
	}
	nd := &f.F.Nodes[n]
	d := s.give(h, "", r, "it finds "+f.Text(nd.Y)+" where it was told "+f.Text(nd.X)+", and goes on with that one")
	d.gap.Parties = []string{f.Text(nd.X), f.Text(nd.Y)}
}

// tellers makes the gaps of hook h in functions that find an owner, and where it differs from the domain that they were told, tell f the owner as parameter
// x: f then has nothing to ask. Where it does not differ they go another way, and so does a denial.
func (s *search) tellers(h *tables.Hook, f *analyze.Fn, x int32) {
	for _, g := range s.f.m.p.Fns {
		if g == f || s.f.m.p.InModule(g.File) || g.F.InMacro {
			continue
		}
		for c, fn := range s.f.m.p.Called(g, nil) {
			args := g.Args(c.Node)
			if fn.Name != f.Name || fn.File != f.File || int(x) >= len(args) {
				continue
			}
			at, v := g.F.Instrs[c.Instr].Stmt, rootIdent(g, args[x])
			if at == ir.None || v < g.F.Params || !s.found(g, v) {
				continue
			}
			choice := ir.None
			told := slices.IndexFunc(args, func(a int32) bool {
				if rootIdent(g, a) != ir.None {
					choice = differ(g, at, rootIdent(g, a), v)
				}
				return choice != ir.None
			})
			if key := (textKey{g.File, g.F.Nodes[c.Node].Start}); told >= 0 && len(s.text[key]) == 0 {
				r := &Region{Fn: g, Switch: ir.None, Start: key.start, Blocks: make([]bool, len(g.F.Blocks))}
				r.Blocks[c.Block] = true
				d := s.give(h, "", r, "it finds "+g.Text(args[x])+" where it was told "+g.Text(args[told])+", and has "+f.Name+" go on with that one")
				d.gap.Chooses, d.gap.Choice = true, choice
				d.gap.Parties = []string{g.Text(args[told]), g.Text(args[x])}
				break
			}
		}
	}
}

// speaksOfOwning reports whether the comment on a permission of the hook has a word of the profile for owning.
func (s *search) speaksOfOwning(h *tables.Hook) bool {
	for _, v := range s.f.vectors(h) {
		c := s.f.tabs.Class(v.Class)
		if c == nil {
			continue
		}
		for _, w := range strings.FieldsFunc(strings.ToLower(c.Notes[v.Perm]), func(r rune) bool { return r < 'a' || r > 'z' }) {
			if slices.Contains(s.f.m.p.Profile.Owning, w) {
				return true
			}
		}
	}
	return false
}

// substitutions lists the assignments of f by which a domain that it was given is replaced by one that a call found, inside an if that says that the two differ.
func (s *search) substitutions(f *analyze.Fn) (out []int32) {
	domain := s.f.m.p.Profile.Types.Domain
	for _, is := range f.F.Instrs {
		if is.Kind != ir.IAssign || is.Stmt == ir.None {
			continue
		}
		nd := &f.F.Nodes[is.N]
		if nd.Op != ir.Assign || nd.Y == ir.None || nd.Flags&ir.InMacro != 0 || f.S(nd.Name) != "=" {
			continue
		}
		x, y := &f.F.Nodes[f.Strip(nd.X)], &f.F.Nodes[f.Strip(nd.Y)]
		if x.Op != ir.Ident || y.Op != ir.Ident || x.Var == ir.None || y.Var == ir.None || x.Var >= f.F.Params || y.Var < f.F.Params || f.S(x.Type) != domain || f.S(y.Type) != domain {
			continue
		}
		if s.found(f, y.Var) && differ(f, is.Stmt, x.Var, y.Var) != ir.None {
			out = append(out, is.N)
		}
	}
	return out
}

// found reports whether variable v holds the owner of an object, or a domain that a call answered which looked nobody up by a guest's number.
func (s *search) found(f *analyze.Fn, v int32) bool {
	return s.f.m.p.HoldsOwner(f, v) || slices.ContainsFunc(values(f, v), func(n int32) bool {
		n = f.Strip(n)
		return f.F.Nodes[n].Op == ir.Call && !s.f.m.looksUp(f, n)
	})
}

// differ is the if around statement at whose condition holds only where variables x and y differ; None when there is none.
func differ(f *analyze.Fn, at, x, y int32) int32 {
	for p := at; p != ir.None; p = f.F.Stmts[p].Parent {
		up := f.F.Stmts[p].Parent
		if f.F.Stmts[p].Else || up == ir.None || f.F.Stmts[up].Kind != ir.SIf || f.F.Stmts[up].N == ir.None {
			continue
		}
		hit := false
		f.Each(f.F.Stmts[up].N, func(n int32) bool {
			nd := &f.F.Nodes[n]
			if nd.Op == ir.Binary && f.S(nd.Name) == "!=" {
				a, b := rootIdent(f, nd.X), rootIdent(f, nd.Y)
				hit = hit || a == x && b == y || a == y && b == x
			}
			return !hit && nd.Op != ir.OrOr
		})
		if hit {
			return up
		}
	}
	return ir.None
}

// rootIdent is the variable that an expression is, None for others.
func rootIdent(f *analyze.Fn, n int32) int32 {
	if nd := &f.F.Nodes[f.Strip(n)]; nd.Op == ir.Ident {
		return nd.Var
	}
	return ir.None
}
