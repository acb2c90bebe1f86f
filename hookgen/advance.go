package hookgen

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// advance moves an anchor behind the tests that follow it, only refuse, and are about what the hook is given: the object is of the wrong kind, a range
// is none, the request cannot be read. Tests of other arguments stay below. An object that is known only under its lock is locked first. It stops at
// the first statement that does something.
func (b *body) advance(anchor int32, r *verify.Region, args []arg, ready func(int32) bool) int32 {
	best := anchor
	for at := anchor; ; {
		st := &b.f.F.Stmts[at]
		test := st.Kind == ir.SIf && b.onlyRefuses(at) && (b.concerns(st.N, args) || b.selects(at))
		lock := b.locksArgument(at, args)
		if !test && !lock && !b.onlyComputes(at) {
			return best
		}
		next := b.nextSibling(at)
		if next == ir.None || !b.candidate(next, r) || !ready(next) {
			return best
		}
		if test || lock {
			best = next
		}
		at = next
	}
}

var wordsRE = regexp.MustCompile(`[A-Za-z_]\w*`)

// concerns reports whether a condition is about what the hook is given: it asks a predicate about an object or the caller, compares a number that is an
// argument or part of one, reads the request, or tests its version.
func (b *body) concerns(cond int32, args []arg) bool {
	f := b.f
	names := map[string]bool{}
	for _, a := range args {
		names[a.text] = true
		if strings.ContainsAny(a.text, " +|") {
			for _, w := range wordsRE.FindAllString(a.text, -1) {
				names[w] = true
			}
		}
	}
	yes := false
	if path, _ := b.tested(cond); path != "" {
		for _, a := range args {
			yes = yes || a.path == path
		}
	}
	f.Each(cond, func(n int32) bool {
		nd := &f.F.Nodes[n]
		switch nd.Op {
		case ir.Call:
			if c, list := b.p.CopyCall(f, n); c != nil && !c.Back {
				yes = yes || strings.HasPrefix(f.Path(list[c.To]), "&v")
				return false
			}
			for _, a := range f.Args(n) {
				yes = yes || names[f.Text(a)] && strings.HasSuffix(f.S(f.F.Nodes[f.Strip(a)].Type), "*") || b.subject(a)
			}
		case ir.Ident, ir.Field:
			yes = yes || names[f.Text(n)] && !strings.HasSuffix(f.S(nd.Type), "*")
		case ir.Const:
			yes = yes || b.p.Profile.Versions.Has(f.S(nd.Macro)) || b.p.Profile.Versions.Has(f.S(nd.Name))
		}
		return true
	})
	return yes
}

// selects reports whether an if goes on to the next element of a walk, or ends the walk.
func (b *body) selects(at int32) bool {
	p := b.f.F.Stmts[at].Parent
	if p == ir.None || b.f.F.Stmts[p].Kind != ir.SBlock || b.f.F.Stmts[p].Parent == ir.None {
		return false
	}
	switch b.f.F.Stmts[b.f.F.Stmts[p].Parent].Kind {
	case ir.SFor, ir.SWhile:
	default:
		return false
	}
	for i := range b.f.F.Stmts {
		o := &b.f.F.Stmts[i]
		if (o.Parent == at || o.Parent != ir.None && b.f.F.Stmts[o.Parent].Parent == at) && (o.Kind == ir.SContinue || o.Kind == ir.SBreak) {
			return true
		}
	}
	return false
}

// subject reports whether an expression is the caller or its domain.
func (b *body) subject(n int32) bool {
	m := &matcher{b: b}
	t := b.f.S(b.f.F.Nodes[b.f.Strip(n)].Type)
	return strings.HasSuffix(t, "*") && b.p.Profile.Subject.Macros.Has(strings.SplitN(b.f.Text(n), "-", 2)[0]) || strings.HasSuffix(t, "*") && m.currentOnly(n)
}

// currentOnly reports whether a node is a use of the profile's name for the caller.
func (m *matcher) currentOnly(n int32) bool {
	return m.b.p.Profile.Subject.Macros.Has(m.b.f.S(m.b.f.F.Nodes[n].Macro))
}

// locksArgument reports whether a statement takes the lock of an object, other than a domain, that the hook is given.
func (b *body) locksArgument(at int32, args []arg) bool {
	st := &b.f.F.Stmts[at]
	if st.Kind != ir.SExpr || st.N == ir.None {
		return false
	}
	n := b.f.Strip(st.N)
	if b.f.F.Nodes[n].Op != ir.Call {
		return false
	}
	if h, acquire := b.p.HeldCall(b.f, n); h == nil || !acquire || h.Kind != "lock" || h.Try {
		return false
	}
	if next := b.nextSibling(at); next != ir.None && b.f.F.Stmts[next].Kind == ir.SIf && b.onlyRefuses(next) {
		for _, a := range b.pointers(args) {
			if b.concerns(b.f.F.Stmts[next].N, []arg{a}) {
				return true // the object's state is tested under the lock
			}
		}
	}
	for _, l := range b.f.Args(n) {
		for _, a := range args {
			t := b.f.S(b.f.F.Nodes[b.f.Strip(l)].Type)
			if b.f.Text(l) == a.text && t != domainPtr && strings.HasSuffix(t, "*") {
				return true
			}
		}
	}
	return false
}

// pointers are the arguments that point to something other than a domain.
func (b *body) pointers(args []arg) (out []arg) {
	for _, a := range args {
		for v := range b.f.F.Vars {
			t := b.f.S(b.f.F.Vars[v].Type)
			if b.f.S(b.f.F.Vars[v].Name) == a.text && strings.HasPrefix(t, "struct ") && strings.HasSuffix(t, "*") && t != domainPtr {
				out = append(out, a)
				break
			}
		}
	}
	return out
}

// nextSibling is the statement that follows in the same block, None at its end.
func (b *body) nextSibling(at int32) int32 {
	st, best := &b.f.F.Stmts[at], ir.None
	for i := range b.f.F.Stmts {
		o := &b.f.F.Stmts[i]
		if o.Parent == st.Parent && o.Start >= st.End && (best == ir.None || o.Start < b.f.F.Stmts[best].Start) {
			best = int32(i)
		}
	}
	if best != ir.None && (b.f.F.Stmts[best].Kind == ir.SCase || b.f.F.Stmts[best].Kind == ir.SLabel) {
		return ir.None
	}
	return best
}

// onlyRefuses reports whether an if has no else, asks without changing anything, and leaves when the answer is yes.
func (b *body) onlyRefuses(at int32) bool {
	st := &b.f.F.Stmts[at]
	last := ir.None
	for i := range b.f.F.Stmts {
		o := &b.f.F.Stmts[i]
		if o.Start < st.Start || o.End > st.End || int32(i) == at {
			continue
		}
		if o.Parent == at && o.Else {
			return false
		}
		switch o.Kind {
		case ir.SGoto, ir.SReturn, ir.SBreak, ir.SContinue:
			if last == ir.None || o.Start > b.f.F.Stmts[last].Start {
				last = int32(i)
			}
		case ir.SWhile, ir.SFor, ir.SSwitch:
			return false
		}
	}
	return last != ir.None && b.leavesAt(at, last) && b.quiet(st.N)
}

// leavesAt reports whether the body of if statement at ends with the jump.
func (b *body) leavesAt(at, jump int32) bool {
	p := b.f.F.Stmts[jump].Parent
	if p == at {
		return true
	}
	return p != ir.None && b.f.F.Stmts[p].Kind == ir.SBlock && b.f.F.Stmts[p].Parent == at && b.nextSibling(jump) == ir.None
}

// onlyComputes reports whether a statement gives a local variable a value and does nothing else.
func (b *body) onlyComputes(at int32) bool {
	st := &b.f.F.Stmts[at]
	if st.Kind != ir.SExpr || st.N == ir.None {
		return false
	}
	nd := &b.f.F.Nodes[b.f.Strip(st.N)]
	if nd.Op != ir.Assign || nd.Y == ir.None {
		return false
	}
	root := b.f.Strip(nd.X)
	for b.f.F.Nodes[root].Op == ir.Field && b.f.F.Nodes[root].Flags&ir.Arrow == 0 {
		root = b.f.Strip(b.f.F.Nodes[root].X)
	}
	x := &b.f.F.Nodes[root]
	return x.Op == ir.Ident && x.Var != ir.None && b.quiet(nd.Y)
}

// quiet reports whether evaluating an expression changes nothing but local variables.
func (b *body) quiet(n int32) bool {
	return quiet(b.p, b.f, n, 0)
}

// maxQuiet bounds how deep calls are followed to prove that they change nothing.
const maxQuiet = 6

func quiet(p *analyze.Program, f *analyze.Fn, n int32, depth int) bool {
	ok := true
	f.Each(n, func(k int32) bool {
		nd := &f.F.Nodes[k]
		switch nd.Op {
		case ir.Assign, ir.IncDec:
			x := &f.F.Nodes[f.Strip(nd.X)]
			ok = ok && x.Op == ir.Ident && x.Var != ir.None
		case ir.Call:
			ok = ok && quietCall(p, f, k, depth)
		}
		return ok
	})
	return ok
}

// local reports whether assignment a of g writes a local variable, or what call n of f gave it the address of: a local variable of f.
func local(f *analyze.Fn, n int32, g *analyze.Fn, a int32) bool {
	x := &g.F.Nodes[g.Strip(g.F.Nodes[a].X)]
	if x.Op == ir.Ident {
		return x.Var != ir.None
	}
	p := g.Path(g.F.Nodes[a].X)
	if strings.HasPrefix(p, "v") && !strings.ContainsAny(p, "*[") {
		return true
	}
	for i, arg := range f.Args(n) {
		if strings.HasPrefix(p, "p"+strconv.Itoa(i)+"*") && strings.HasPrefix(f.Path(arg), "&v") {
			return true
		}
	}
	return false
}

// quietCall reports whether what a call can reach changes nothing that outlives it, and takes nothing.
func quietCall(p *analyze.Program, f *analyze.Fn, n int32, depth int) bool {
	fns, name := p.Callees(f, n)
	if p.Profile.Neutral.Has(name) || strings.HasPrefix(name, "__builtin_") || f.Barrier(n) {
		return true
	}
	if h, _ := p.HeldCall(f, n); h != nil {
		return false
	}
	if c, args := p.CopyCall(f, n); c != nil {
		return !c.Back && c.To < len(args) && strings.HasPrefix(f.Path(args[c.To]), "&v")
	}
	if depth >= maxQuiet || len(fns) != 1 {
		return false
	}
	g := fns[0]
	const small = 60
	if len(g.F.Instrs) > small {
		return false
	}
	for _, is := range g.F.Instrs {
		switch is.Kind {
		case ir.IAssign:
			if !local(f, n, g, is.N) {
				return false
			}
		case ir.ICall:
			if is.N != ir.None && !quietCall(p, g, is.N, depth+1) {
				return false
			}
		}
	}
	return true
}
