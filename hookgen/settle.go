package hookgen

import (
	"regexp"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

var wordsRE = regexp.MustCompile(`[A-Za-z_]\w*`)

// settles reports whether a refusing if must have let a request through before the hook is asked: it is about what the hook is given (the object is of
// the wrong kind, a range is none), it is another decision about access, or it finds that the hypervisor cannot do that at all. Tests of the
// request's other arguments stay below.
func (b *body) settles(at int32, w *wanted) bool {
	t := b.testOf(b.f.F.Stmts[at].N, w.args)
	pr := &b.p.Profile.Errors
	code := b.errorOf(at)
	switch {
	case b.selects(at):
		return true
	case w.gate && b.succeeds(at):
		return false
	case t.number:
		return !b.unknownCommand(at, w)
	case t.copies:
		return false
	case b.shared(at):
		return false
	case pr.Denied.Has(code), pr.Busy.Has(code):
		return true
	case pr.Missing.Has(code):
		return !t.object && !t.subject && !t.other
	case b.outOfOrder(at):
		return true
	case t.object || t.subject:
		return !t.other && !(w.decides && b.stateOf(at, w))
	}
	return pr.Unsupported.Has(code) && !t.other
}

// succeeds reports whether an if does nothing but leave with success: in a function that answers for its caller, that allows something.
func (b *body) succeeds(at int32) bool {
	then, other := b.arms(at)
	if then != ir.None && b.f.F.Stmts[then].Kind == ir.SBlock {
		then = b.firstIn(then)
	}
	if then == ir.None || other != ir.None || b.f.F.Stmts[then].Kind != ir.SReturn || b.f.F.Stmts[then].N == ir.None || !integer(b.f.S(b.f.F.Result)) {
		return false
	}
	nd := &b.f.F.Nodes[b.f.Strip(b.f.F.Stmts[then].N)]
	return nd.Flags&ir.HasVal != 0 && nd.Val == 0
}

// unknownCommand reports whether an if refuses commands that are none of some: the hook's module tells them apart itself.
func (b *body) unknownCommand(at int32, w *wanted) bool {
	n := b.f.Strip(b.f.F.Stmts[at].N)
	for {
		nd := &b.f.F.Nodes[n]
		right := n
		if nd.Op == ir.AndAnd {
			right = b.f.Strip(nd.Y)
		}
		if r := &b.f.F.Nodes[right]; r.Op != ir.Binary || b.f.S(r.Name) != "!=" || !b.isCommand(r.X, w) {
			return false
		}
		if right == n {
			return true
		}
		n = b.f.Strip(nd.X)
	}
}

// isCommand reports whether an expression is an argument that is called what sub-commands are called.
func (b *body) isCommand(n int32, w *wanted) bool {
	text := b.f.Text(n)
	words := wordsRE.FindAllString(text, -1)
	if len(words) == 0 || !slices.Contains(b.p.Profile.Commands, words[len(words)-1]) {
		return false
	}
	return slices.ContainsFunc(w.args, func(a arg) bool { return a.text == text })
}

// outOfOrder reports whether an if compares two members of the request with each other: a range that ends before it starts is none.
func (b *body) outOfOrder(at int32) bool {
	nd := &b.f.F.Nodes[b.f.Strip(b.f.F.Stmts[at].N)]
	if nd.Op != ir.Binary || b.f.S(nd.Name) != "<" && b.f.S(nd.Name) != ">" {
		return false
	}
	x, y := &b.f.F.Nodes[b.f.Strip(nd.X)], &b.f.F.Nodes[b.f.Strip(nd.Y)]
	return x.Op == ir.Field && y.Op == ir.Field && b.f.Text(x.X) == b.f.Text(y.X)
}

// shared reports whether an if leaves with the error of a decision about access that was made just before, for want of one of its own: there is nothing
// to do, and what it finds is no refusal.
func (b *body) shared(at int32) bool {
	prev := b.prevSibling(at)
	return prev != ir.None && b.refuses(prev) && b.negativeIn(&b.f.F.Stmts[at]) == "" && b.p.Profile.Errors.Denied.Has(b.errorOf(prev))
}

// stateOf reports whether a condition reads the state that an object is in, a flag or a pointer among its members, or compares it with
// one that the hook is not given.
func (b *body) stateOf(at int32, w *wanted) (yes bool) {
	given := func(n int32) bool {
		return slices.ContainsFunc(w.args, func(a arg) bool { return a.text == b.f.Text(n) })
	}
	var visit func(n int32)
	visit = func(n int32) {
		n = b.f.Strip(n)
		switch nd := &b.f.F.Nodes[n]; {
		case nd.Op == ir.Call && strings.HasPrefix(b.f.CallName(n), "__builtin_expect") && nd.NArg > 0:
			visit(b.f.Args(n)[0])
		case nd.Op == ir.Unary:
			visit(nd.X)
		case nd.Op == ir.AndAnd, nd.Op == ir.OrOr:
			visit(nd.X)
			visit(nd.Y)
		case nd.Op == ir.Binary && (b.f.S(nd.Name) == "==" || b.f.S(nd.Name) == "!="):
			yes = yes || strings.HasSuffix(b.f.S(b.f.F.Nodes[b.f.Strip(nd.X)].Type), "*") && !(given(nd.X) && given(nd.Y))
		case nd.Op == ir.Field:
			yes = yes || !b.kinds[memberOf(b.f, n)]
		}
	}
	visit(b.f.F.Stmts[at].N)
	return yes
}

// memberOf is the structure and the member that a field node names.
func memberOf(f *analyze.Fn, n int32) [2]string {
	nd := &f.F.Nodes[n]
	t := strings.TrimSuffix(strings.TrimPrefix(f.S(f.F.Nodes[f.Strip(nd.X)].Type), "const "), " *")
	return [2]string{t, f.S(nd.Name)}
}

// kindsOf lists the members that say of what kind an object is, and do not change with its state: the hypervisor sets them only in functions that make an
// object of their structure.
func kindsOf(p *analyze.Program) map[[2]string]bool {
	kinds := map[[2]string]bool{}
	for _, f := range p.Fns {
		makes := map[string]bool{}
		for v := range p.Makes(f) {
			makes[strings.TrimSuffix(f.S(f.F.Vars[v].Type), " *")] = true
		}
		for _, is := range f.F.Instrs {
			if is.Kind != ir.IAssign || is.N == ir.None {
				continue
			}
			if x := f.Strip(f.F.Nodes[is.N].X); f.F.Nodes[x].Op == ir.Field {
				m := memberOf(f, x)
				was, seen := kinds[m]
				kinds[m] = makes[m[0]] && (was || !seen)
			}
		}
	}
	return kinds
}

// test is what a condition asks about.
type test struct {
	number  bool // a number that the hook is given, or the version of a request that the hook is given a part of
	object  bool // an object that the hook is given
	subject bool // the caller
	copies  bool // it reads the request
	other   bool // a local value or parameter that the hook is not given
}

// testOf sorts what a condition asks about.
func (b *body) testOf(cond int32, args []arg) (t test) {
	names, roots := map[string]bool{}, map[string]bool{}
	for _, a := range args {
		names[a.text] = true
		for _, w := range wordsRE.FindAllString(a.text, -1) {
			roots[w] = true
			names[w] = names[w] || strings.ContainsAny(a.text, " +|")
		}
	}
	f := b.f
	f.Each(cond, func(n int32) bool {
		nd := &f.F.Nodes[n]
		pointer := strings.HasSuffix(f.S(nd.Type), "*")
		switch nd.Op {
		case ir.Call:
			if c, list := b.p.CopyCall(f, n); c != nil && !c.Back {
				t.copies = t.copies || strings.HasPrefix(f.Path(list[c.To]), "&v")
				return false
			}
		case ir.Const:
			if b.p.Profile.Versions.Has(f.S(nd.Macro)) || b.p.Profile.Versions.Has(f.S(nd.Name)) {
				t.number = t.number || b.sharesRoot(cond, roots)
			}
		case ir.Field, ir.Ident:
			switch {
			case b.subject(n) || pointer && names[f.Text(n)]:
				t.subject, t.object = t.subject || b.subject(n), t.object || names[f.Text(n)]
				return false
			case names[f.Text(n)]:
				t.number = true
				return false
			case nd.Op == ir.Ident && nd.Var != ir.None:
				t.other = true
			}
		}
		return true
	})
	return t
}

// sharesRoot reports whether a condition names a variable of roots.
func (b *body) sharesRoot(cond int32, roots map[string]bool) (yes bool) {
	b.f.Each(cond, func(n int32) bool {
		nd := &b.f.F.Nodes[n]
		yes = yes || nd.Op == ir.Ident && nd.Var != ir.None && roots[b.f.S(nd.Name)]
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

// errorOf is the error that a refusing statement reports, as the source writes it: the last negative number in it, or that of the assignment before it.
func (b *body) errorOf(at int32) string {
	st := &b.f.F.Stmts[at]
	if code := b.negativeIn(st); code != "" {
		return code
	}
	best := ir.None
	for i := range b.f.F.Stmts {
		o := &b.f.F.Stmts[i]
		if o.Parent == st.Parent && o.End <= st.Start && o.Kind == ir.SExpr && (best == ir.None || o.Start > b.f.F.Stmts[best].Start) && b.negativeIn(o) != "" {
			best = int32(i)
		}
	}
	if best == ir.None {
		return ""
	}
	return b.negativeIn(&b.f.F.Stmts[best])
}

// negativeIn is the last negated expression in a statement.
func (b *body) negativeIn(st *ir.Stmt) (code string) {
	for i := range b.f.F.Nodes {
		nd := &b.f.F.Nodes[i]
		if nd.Start >= st.Start && nd.End <= st.End && nd.Op == ir.Unary && b.f.S(nd.Name) == "-" {
			code = b.f.Text(int32(i))
		}
	}
	return code
}
