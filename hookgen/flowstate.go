package hookgen

import (
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// status is what is known at a point of something held, or of a variable being zero: it is not, it may be, it is.
type status uint8

const (
	absent status = iota
	maybe
	surely
)

// state maps what a function can hold ("lock g:domctl_lock", "ref v3") and "zero v5" to their status; what is not there is absent.
type state map[string]status

func (s state) clone() state {
	out := make(state, len(s))
	for k, v := range s {
		out[k] = v
	}
	return out
}

// join merges the states of two ways to one point.
func (s state) join(o state) (changed bool) {
	for k, v := range o {
		if w := s[k]; w != v && w != maybe {
			s[k], changed = maybe, true
		}
	}
	for k, w := range s {
		if _, ok := o[k]; !ok && w == surely {
			s[k], changed = maybe, true
		}
	}
	return changed
}

// resource is one thing that a function acquires.
type resource struct {
	key  string
	cond string // path of the value that tells whether the acquisition worked, "" when it always does
	neg  bool   // it worked when that value is zero
	held *profile.Held
	text string // the object, as the source names it
}

// body is a function with its flow analysis.
type body struct {
	p         *analyze.Program
	f         *analyze.Fn
	resources map[int32]*resource // by call node
	byKey     map[string]*resource
	in        []state
	seen      []bool
	denials   map[string]string          // constants of the tree's public headers that mean a denial, by the first word of their name
	members   map[string]map[string]bool // members of structures, as the program uses them
	kinds     map[[2]string]bool         // structures' members that only what makes an object sets
}

// analyse computes what the function may hold at the start of each block.
func analyse(p *analyze.Program, f *analyze.Fn) *body {
	b := &body{p: p, f: f, resources: map[int32]*resource{}, byKey: map[string]*resource{}}
	for _, is := range f.F.Instrs {
		if is.Kind == ir.ICall && is.N != ir.None {
			b.acquisition(is.N)
		}
	}
	n := len(f.F.Blocks)
	b.in, b.seen = make([]state, n), make([]bool, n)
	if n == 0 {
		return b
	}
	b.in[0], b.seen[0] = state{}, true
	work := []int32{0}
	for rounds := 0; len(work) > 0 && rounds < 64*n; rounds++ {
		blk := work[0]
		work = work[1:]
		out := b.in[blk].clone()
		fb := &f.F.Blocks[blk]
		for _, is := range f.F.Instrs[fb.First : fb.First+fb.Len] {
			b.step(out, is)
		}
		for i, s := range fb.Succs {
			if b.flow(s, b.refine(out, fb, i)) {
				work = append(work, s)
			}
		}
	}
	return b
}

// flow merges a state into block s and reports whether that changed anything.
func (b *body) flow(s int32, st state) bool {
	if !b.seen[s] {
		b.seen[s], b.in[s] = true, st.clone()
		return true
	}
	return b.in[s].join(st)
}

// acquisition records call node n when it acquires something.
func (b *body) acquisition(n int32) {
	h, acquire := b.p.HeldCall(b.f, n)
	if h == nil || !acquire {
		return
	}
	r := &resource{held: h}
	path := ""
	args := b.f.Args(n)
	switch {
	case h.Result:
		target := b.target(n)
		if target == ir.None {
			return
		}
		path, r.text = b.f.Path(target), b.f.Text(target)
		if !b.p.Profile.Subject.Own.Has(b.f.CallName(n)) {
			r.cond = path
		}
	case h.Arg >= 0 && h.Arg < len(args):
		path, r.text = b.f.Path(args[h.Arg]), b.f.Text(args[h.Arg])
		if h.Out {
			path, r.text = strings.TrimPrefix(path, "&"), strings.TrimPrefix(r.text, "&")
			r.neg = true
		}
		if h.Out || h.Try {
			r.cond = b.f.Path(n)
			if t := b.target(n); t != ir.None {
				r.cond = b.f.Path(t)
			}
		}
	case h.Try:
		r.cond = b.f.Path(n)
	}
	r.key = h.Kind + " " + h.Release + " " + path
	b.resources[n], b.byKey[r.key] = r, r
}

// target is the place that the result of call n is stored in, None when it is not stored.
func (b *body) target(n int32) int32 {
	f := b.f
	for i := range f.F.Nodes {
		if nd := &f.F.Nodes[i]; nd.Op == ir.Assign && nd.Y != ir.None && f.Strip(nd.Y) == n {
			return f.Strip(nd.X)
		}
	}
	for _, is := range f.F.Instrs {
		if is.Kind == ir.IDecl && is.N != ir.None && f.Strip(is.N) == n {
			return b.ident(is.Var)
		}
	}
	return ir.None
}

// ident is a node that names variable v, None when the function never uses it.
func (b *body) ident(v int32) int32 {
	for i := range b.f.F.Nodes {
		if nd := &b.f.F.Nodes[i]; nd.Op == ir.Ident && nd.Var == v {
			return int32(i)
		}
	}
	return ir.None
}

// step applies one instruction to a state.
func (b *body) step(s state, is ir.Instr) {
	if is.N == ir.None {
		return
	}
	b.stepMacro(s, is)
	switch is.Kind {
	case ir.ICall:
		b.stepCall(s, is.N)
	case ir.IAssign:
		nd := &b.f.F.Nodes[is.N]
		b.assigned(s, b.f.Path(nd.X), nd.Y)
	case ir.IDecl:
		if id := b.ident(is.Var); id != ir.None {
			b.assigned(s, b.f.Path(id), is.N)
		}
	}
}

// stepMacro applies a release that is a macro, such as put_domain(d): what is seen is its expansion.
func (b *body) stepMacro(s state, is ir.Instr) {
	if is.Stmt == ir.None || b.f.F.Stmts[is.Stmt].Macro == 0 {
		return
	}
	macro := b.f.S(b.f.F.Stmts[is.Stmt].Macro)
	for key := range s {
		r := b.byKey[key]
		if r == nil || !undoes(r.held.Release, macro) {
			continue
		}
		path := key[strings.LastIndexByte(key, ' ')+1:]
		b.f.Each(is.N, func(n int32) bool {
			if b.f.Path(n) == path {
				delete(s, key)
			}
			return true
		})
	}
}

func (b *body) stepCall(s state, n int32) {
	if c, args := b.p.CopyCall(b.f, n); c != nil && !c.Back && c.To < len(args) {
		s["def "+strings.TrimPrefix(b.f.Path(args[c.To]), "&")] = surely
	}
	for _, a := range b.f.Args(n) {
		if p := b.f.Path(a); strings.HasPrefix(p, "&") {
			s["def "+p[1:]] = surely
		}
	}
	if r := b.resources[n]; r != nil {
		s[r.key] = surely
		delete(s, "fail "+r.key)
		if r.cond != "" {
			s[r.key], s["new "+r.key] = maybe, surely
		}
		return
	}
	h, acquire := b.p.HeldCall(b.f, n)
	if h == nil || acquire {
		return
	}
	name := b.f.CallName(n)
	for key := range s {
		if r := b.byKey[key]; r != nil && undoes(r.held.Release, name) && b.releases(r, n) {
			delete(s, key)
		}
	}
}

// undoes reports whether a call of that name is the release that a pattern names: what is called may be the function behind a macro, _read_unlock.
func undoes(pattern, name string) bool {
	return profile.Match(pattern, name) || profile.Match(pattern, strings.TrimLeft(name, "_"))
}

// releases reports whether release call n concerns resource r.
func (b *body) releases(r *resource, n int32) bool {
	args := b.f.Args(n)
	if r.held.Arg < 0 && !r.held.Result || len(args) == 0 {
		return true
	}
	path := r.key[strings.LastIndexByte(r.key, ' ')+1:]
	for _, a := range args {
		if b.f.Path(a) == path {
			return true
		}
	}
	return false
}

// assigned notes that the place at path has a new value.
func (b *body) assigned(s state, path string, value int32) {
	if path == "" || value == ir.None {
		return
	}
	delete(s, "zero "+path)
	delete(s, "some "+path)
	for key, r := range b.byKey {
		if r.held.Kind == "reference" && strings.HasSuffix(key, " "+path) {
			delete(s, "fail "+key)
		}
	}
	s["def "+path] = surely
	nd := &b.f.F.Nodes[b.f.Strip(value)]
	if nd.Flags&ir.HasVal != 0 && nd.Val == 0 {
		s["zero "+path] = surely
	}
}

// refine is the state on successor i of block fb: what a tested value tells.
func (b *body) refine(s state, fb *ir.Block, i int) state {
	if fb.Term != ir.TBranch {
		return s
	}
	path, truth := b.tested(fb.N)
	if path == "" {
		return s
	}
	nonzero := truth == (i == 0)
	out := s.clone()
	if nonzero {
		delete(out, "zero "+path)
		out["some "+path] = surely
	} else {
		delete(out, "some "+path)
		out["zero "+path] = surely
	}
	for key := range s {
		r := b.byKey[key]
		switch {
		case r == nil || r.cond != path:
		case nonzero != r.neg:
			out[key] = surely
			delete(out, "new "+key)
		default:
			delete(out, key)
			delete(out, "new "+key)
			out["fail "+key] = surely
		}
	}
	return out
}

// tested finds the value that condition n compares with zero; truth tells whether the condition holds when it is not zero.
func (b *body) tested(n int32) (path string, truth bool) {
	truth = true
	for n != ir.None {
		n = b.f.Strip(n)
		nd := &b.f.F.Nodes[n]
		switch {
		case nd.Op == ir.Unary && b.f.S(nd.Name) == "!":
			truth, n = !truth, nd.X
		case nd.Op == ir.Call && b.p.PassedOn(b.f, n) != ir.None:
			n = b.p.PassedOn(b.f, n)
		case nd.Op == ir.Binary && (b.f.S(nd.Name) == "==" || b.f.S(nd.Name) == "!="):
			if !b.zero(nd.Y) {
				return "", false
			}
			if b.f.S(nd.Name) == "==" {
				truth = !truth
			}
			n = nd.X
		case nd.Op == ir.Assign:
			return b.f.Path(nd.X), truth
		case nd.Op == ir.Binary, nd.Op == ir.Unary:
			return "", false
		default:
			return b.f.Path(n), truth
		}
	}
	return "", false
}

// zero reports whether node n is 0 or NULL.
func (b *body) zero(n int32) bool {
	nd := &b.f.F.Nodes[b.f.Strip(n)]
	return nd.Flags&ir.HasVal != 0 && nd.Val == 0 || nd.Op == ir.Const && nd.Val == 0
}

// at is the state before statement st.
func (b *body) at(st int32) (state, bool) {
	blk := b.f.F.Stmts[st].Block
	if !b.seen[blk] {
		return nil, false
	}
	s := b.in[blk].clone()
	fb := &b.f.F.Blocks[blk]
	for _, is := range b.f.F.Instrs[fb.First : fb.First+fb.Len] {
		if is.Stmt < st {
			b.step(s, is)
		}
	}
	return s, true
}

// holding lists the resources of a state in order of their acquisition's place, and whether one of them is uncertain.
func (b *body) holding(s state) (out []*resource, uncertain bool) {
	at := map[string]int32{}
	for n, r := range b.resources {
		if s[r.key] != absent {
			if p, ok := at[r.key]; !ok || b.f.F.Nodes[n].Start < p {
				at[r.key] = b.f.F.Nodes[n].Start
			}
			uncertain = uncertain || s[r.key] == maybe
		}
	}
	for key := range at {
		out = append(out, b.byKey[key])
	}
	sort.Slice(out, func(i, j int) bool { return at[out[i].key] < at[out[j].key] })
	return out, uncertain
}

// dominators are the function's immediate dominators.
func (b *body) dominators() []int32 { return verify.Graph(b.f).Dominators() }
