package verify

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// describes adds, to a hook that is asked about one domain where the guest is told about that one, the loops over domains that tell the guest the same of
// each: what they copy to the guest is filled in by the function that fills it in at the hook's place. The hook is asked for each.
func (s *search) describes() {
	for _, key := range s.textKeys() {
		for _, d := range slices.Clone(s.text[key]) {
			if d.gap == nil || d.gap.Region.Loop || len(d.h.Params) != 1 || !s.isDomain(d.h.Params[0]) {
				continue
			}
			told := s.fillers(d.gap.Region)
			for _, o := range s.f.m.regions {
				if o.Switch != ir.None || inHeader(o) || s.f.index().method[o.Fn] {
					continue
				}
				for _, body := range s.tellLoops(o.Fn, told) {
					if !s.asksIn(d.h, o.Fn, body) {
						s.each(d, o.Fn, body)
					}
				}
			}
		}
	}
}

// fillers lists the functions that a region gives a domain and a place to fill in.
func (s *search) fillers(r *Region) (out []*analyze.Fn) {
	f := r.Fn
	for c := range f.Calls(r.Blocks) {
		fns, _ := s.f.m.p.Callees(f, c.Node)
		if v, to := s.fillsIn(f, c.Node); v != ir.None && to != ir.None && len(fns) == 1 {
			out = append(out, fns[0])
		}
	}
	return out
}

// fillsIn is the variable of the domain, and the node of the place, that call n is given; None for what it is not given.
func (s *search) fillsIn(f *analyze.Fn, n int32) (v, to int32) {
	v, to = ir.None, ir.None
	for _, a := range f.Args(n) {
		nd := &f.F.Nodes[f.Strip(a)]
		switch {
		case nd.Op == ir.Addr:
			to = nd.X
		case nd.Op == ir.Ident && f.S(nd.Type) == s.f.m.p.Profile.Types.Domain:
			v = nd.Var
		}
	}
	return v, to
}

// tellLoops lists the bodies of the loops in f in which one of the functions fills something in about a domain that the loop comes to, and that is copied to
// the guest. Rounds that are left out must be known to the loop: it has a continue.
func (s *search) tellLoops(f *analyze.Fn, told []*analyze.Fn) (out []int32) {
	for i := range f.F.Stmts {
		loop := &f.F.Stmts[i]
		if loop.Kind != ir.SFor && loop.Kind != ir.SWhile {
			continue
		}
		for j := range f.F.Stmts {
			if f.F.Stmts[j].Kind == ir.SBlock && f.F.Stmts[j].Parent == int32(i) && skips(f, int32(j)) && s.tellsOf(f, int32(i), int32(j), told) {
				out = append(out, int32(j))
			}
		}
	}
	return out
}

// tellsOf reports whether the body of a loop copies to the guest what one of the functions fills in about a domain that the loop comes to.
func (s *search) tellsOf(f *analyze.Fn, loop, body int32, told []*analyze.Fn) bool {
	for c := range f.Calls(nil) {
		fns, _ := s.f.m.p.Callees(f, c.Node)
		nd := &f.F.Nodes[c.Node]
		if len(fns) != 1 || !slices.Contains(told, fns[0]) || !inside(f, nd.Start, nd.End, body) {
			continue
		}
		v, to := s.fillsIn(f, c.Node)
		if v >= f.F.Params && to != ir.None && setIn(f, v, loop) && s.copiesBack(f, body, f.Path(to)) {
			return true
		}
	}
	return false
}

// setIn reports whether variable v is given a value in statement loop.
func setIn(f *analyze.Fn, v, loop int32) bool {
	return slices.ContainsFunc(f.F.Nodes, func(nd ir.Node) bool {
		return nd.Op == ir.Assign && rootIdent(f, nd.X) == v && inside(f, nd.Start, nd.End, loop)
	})
}

// copiesBack reports whether statement body copies what stands at path to the guest.
func (s *search) copiesBack(f *analyze.Fn, body int32, path string) bool {
	for c := range f.Calls(nil) {
		if nd := &f.F.Nodes[c.Node]; !inside(f, nd.Start, nd.End, body) {
			continue
		}
		if how, args := s.f.m.p.CopyCall(f, c.Node); how != nil && how.Back && how.From < len(args) && s.from(f, args[how.From]) == path {
			return true
		}
	}
	return false
}

// from is the path of what is copied from an address, be it by way of a variable that holds it.
func (s *search) from(f *analyze.Fn, n int32) string {
	if v := rootIdent(f, n); v != ir.None {
		for _, x := range values(f, v) {
			if p := f.Path(x); strings.HasPrefix(p, "&") {
				return p[1:]
			}
		}
	}
	return strings.TrimPrefix(f.Path(n), "&")
}

// asksIn reports whether hook h has a place in the code around statement body.
func (s *search) asksIn(h *tables.Hook, f *analyze.Fn, body int32) bool {
	for _, ds := range s.text {
		for _, d := range ds {
			if d.h == h && d.gap != nil && d.gap.Region.Fn == f && slices.ContainsFunc(f.F.Stmts, func(st ir.Stmt) bool {
				return inside(f, st.Start, st.End, body) && d.gap.Region.Blocks[st.Block]
			}) {
				return true
			}
		}
	}
	return false
}
