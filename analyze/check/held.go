package check

import (
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
)

// call executes call node n.
func (x *exec) call(s *state, n int32, tr *trace) []*state {
	f := x.f
	for _, a := range f.Args(n) {
		tr.carried = tr.carried || !x.expect(n) && x.carries(s, a)
		if nd := &f.F.Nodes[f.Strip(a)]; nd.Op == ir.Addr {
			if o := &f.F.Nodes[nd.X]; o.Op == ir.Ident && o.Var != ir.None {
				x.set(s, o.Var, val{})
			}
		}
	}
	delete(s.calls, n)
	if n == x.target {
		s.calls[n] = x.result
		return []*state{s}
	}
	h, acquire := x.m.p.HeldCall(f, n)
	if h == nil {
		for _, r := range x.m.released(f, n, 0) {
			drop(s, r)
		}
		return []*state{s}
	}
	if !acquire {
		drop(s, heldRef{h.Release, releasePath(f, n, h)})
		return []*state{s}
	}
	return x.acquire(s, n, h)
}

// heldRef is something held: the pair's release pattern and the path that names it.
type heldRef struct{ class, path string }

func drop(s *state, r heldRef) {
	delete(s.held, r.class+" "+r.path)
}

// releasePath names what a releasing call releases.
func releasePath(f *analyze.Fn, n int32, h *profile.Held) string {
	args := f.Args(n)
	i := h.Arg
	if h.Result || h.Out || i < 0 && len(args) > 0 {
		i = 0
	}
	if i < 0 {
		return ""
	}
	if i >= len(args) {
		return "?"
	}
	return name(f, args[i])
}

// name is the path of a node, or its text where it has none.
func name(f *analyze.Fn, n int32) string {
	if p := f.Path(n); p != "" {
		return p
	}
	return f.Text(n)
}

// acquire takes what pair h says; where the call can fail, the path splits.
func (x *exec) acquire(s *state, n int32, h *profile.Held) []*state {
	f, args := x.f, x.f.Args(n)
	path := ""
	switch {
	case h.Result:
		path = f.Path(n)
	case h.Arg >= 0 && h.Arg < len(args) && h.Out:
		path = f.Path(args[h.Arg])
		path = strings.TrimPrefix(path, "&")
	case h.Arg >= 0 && h.Arg < len(args):
		path = name(f, args[h.Arg])
	}
	ok := s.clone()
	ok.held[h.Release+" "+path] = hold{n, h.Kind}
	fails := h.Result || h.Out || h.Try || h.Kind == "reference" && f.S(f.F.Nodes[n].Type) != "void"
	if !fails {
		return []*state{ok}
	}
	good, bad := val{nonzero: true}, known(0)
	if h.Out {
		good, bad = bad, good
	}
	ok.calls[n], s.calls[n] = good, bad
	return []*state{ok, s}
}

// released lists what a called function releases of what its caller holds.
func (m *model) released(f *analyze.Fn, n int32, depth int) (out []heldRef) {
	fns, _ := m.p.Callees(f, n)
	if len(fns) != 1 || depth > 2 {
		return nil
	}
	args := f.Args(n)
	for _, r := range m.releases(fns[0], depth) {
		if p, ok := lift(r.path, f, args); ok {
			out = append(out, heldRef{r.class, p})
		}
	}
	return out
}

// releases lists what f releases, named by its parameters.
func (m *model) releases(f *analyze.Fn, depth int) []heldRef {
	if r, ok := m.rel[f]; ok {
		return r
	}
	m.rel[f] = nil
	var out []heldRef
	took := map[string]bool{}
	for _, is := range f.F.Instrs {
		if is.Kind != ir.ICall || is.N == ir.None {
			continue
		}
		h, acquire := m.p.HeldCall(f, is.N)
		switch {
		case h != nil && acquire:
			took[h.Release] = true
		case h != nil:
			if p := releasePath(f, is.N, h); p == "" || p[0] == 'p' || p[0] == '&' || p[0] == 'g' {
				out = append(out, heldRef{h.Release, p})
			}
		default:
			out = append(out, m.released(f, is.N, depth+1)...)
		}
	}
	kept := out[:0]
	for _, r := range out {
		if !took[r.class] {
			kept = append(kept, r)
		}
	}
	m.rel[f] = kept
	return kept
}

// lift translates a path of a callee into the caller's.
func lift(p string, f *analyze.Fn, args []int32) (string, bool) {
	amp := strings.HasPrefix(p, "&")
	q := strings.TrimPrefix(p, "&")
	if q == "" || q[0] == 'g' {
		return p, true
	}
	i, n := 1, 0
	for ; i < len(q) && q[i] >= '0' && q[i] <= '9'; i++ {
		n = n*10 + int(q[i]-'0')
	}
	if q[0] != 'p' || i == 1 || n >= len(args) {
		return "", false
	}
	a, rest := f.Path(args[n]), q[i:]
	if a == "" {
		return "", false
	}
	if strings.HasPrefix(a, "&") && strings.HasPrefix(rest, "*") {
		a, rest = a[1:], rest[1:]
	}
	if amp {
		return "&" + a + rest, true
	}
	return a + rest, true
}
