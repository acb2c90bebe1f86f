package hookgen

import (
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// dumps rates a function that prints what a hook names in text for people.
func (l *lives) dumps(b *body) (float64, func()) {
	return l.pl.res.Prints(l.h, b.f), func() {
		if !l.dump(b) {
			l.why = errText
		}
	}
}

// dump has a function print the hook's text: before the message that ends the line about the object where there is one, else on a line of its own ahead of
// the first message about it. The hook makes the text, so it is asked neither under a lock that keeps interrupts out nor, where the function takes one, in
// an interrupt. Text that is constant is not freed.
func (l *lives) dump(b *body) bool {
	args, vars := l.printed(b)
	if args == nil {
		return false
	}
	first := b.firstMessage(vars)
	if first == ir.None {
		return false
	}
	at, line := b.endOfLine(first), "%s"
	if at == ir.None {
		at, line = first, "%s\n"
	}
	text := &l.pl.p.Profile.Life.Text
	lock := b.takes(first, text.Locks.Has)
	if lock != ir.None {
		at, line = lock, "%s\n"
	}
	src, err := l.pl.t.ReadFile(b.f.File)
	if err != nil || text.Print == "" || text.Free == "" || !b.has(at, vars) {
		return false
	}
	p := l.placement(b, src, int(b.f.F.Stmts[at].Start), args)
	value := p.call()
	if lock != ir.None && text.Interrupt != "" {
		value = text.Interrupt + " ? NULL : " + value
	}
	name := "label"
	for slices.ContainsFunc(b.f.F.Vars, func(v ir.Var) bool { return b.f.S(v.Name) == name }) {
		name += "_text"
	}
	style, indent := refactor.StyleOf(src), refactor.IndentAt(src, int(b.f.F.Stmts[at].Start))
	one, eol := style.Level(1), style.EOL()
	free := indent + one + text.Free + "(" + name + ");" + eol
	if strings.HasPrefix(l.h.Result, "const ") { // it stays the module's
		free = ""
	}
	p.Text = strings.Join([]string{
		indent + "{",
		indent + one + l.h.Result + name + " = " + value + ";",
		"",
		indent + one + style.Head("if", name),
		indent + one + one + text.Print + `(" ` + strings.ReplaceAll(strings.Replace(text.Form, "%s", line, 1), "\n", `\n`) + `", ` + name + ");",
		free + indent + "}",
		"", "",
	}, eol)
	l.out = append(l.out, p)
	return true
}

// printed is what the hook is given: variables of its objects' types and of its numbers' names; nil when the function lacks one.
func (l *lives) printed(b *body) (args []string, vars []int32) {
	for _, q := range l.h.Params {
		v := verify.NamesParam(b.f, q)
		if v == ir.None {
			return nil, nil
		}
		args, vars = append(args, b.f.S(b.f.F.Vars[v].Name)), append(vars, v)
	}
	return args, vars
}

// has reports whether all variables can be named and have their values before statement at.
func (b *body) has(at int32, vars []int32) bool {
	s, ok := b.at(at)
	return ok && !slices.ContainsFunc(vars, func(v int32) bool {
		id := b.ident(v)
		return !b.inScope(v, at) || v >= b.f.F.Params && (id == ir.None || s["def "+b.f.Path(id)] != surely)
	})
}

// firstMessage is the first statement of a block that prints something about the last of the variables, where all have their values; None for none.
func (b *body) firstMessage(vars []int32) int32 {
	first := ir.None
	for i := range b.f.F.Stmts {
		st := &b.f.F.Stmts[i]
		if st.Kind != ir.SExpr || st.N == ir.None || st.Parent == ir.None || b.f.F.Stmts[st.Parent].Kind != ir.SBlock || first != ir.None && st.Start > b.f.F.Stmts[first].Start {
			continue
		}
		about := false
		b.f.Each(st.N, func(n int32) bool {
			about = about || b.f.F.Nodes[n].Op == ir.Ident && b.f.F.Nodes[n].Var == vars[len(vars)-1]
			return !about
		})
		if about && b.message(st.N) != "" && b.has(int32(i), vars) {
			first = int32(i)
		}
	}
	return first
}

// endOfLine is the last statement of the block of statement at when that prints the end of a line, be it in a block of its own; None otherwise.
func (b *body) endOfLine(at int32) int32 {
	last := at
	for next := b.nextSibling(last); next != ir.None; next = b.nextSibling(last) {
		last = next
	}
	end := last
	for b.f.F.Stmts[end].Kind == ir.SBlock {
		in := slices.IndexFunc(b.f.F.Stmts, func(st ir.Stmt) bool { return st.Parent == end })
		if in < 0 {
			return ir.None
		}
		end = int32(in)
	}
	st := &b.f.F.Stmts[end]
	if last == at || st.Kind != ir.SExpr || st.N == ir.None {
		return ir.None
	}
	if b.message(st.N) != `"\n"` {
		return ir.None
	}
	return last
}

// message is the text, in C, that the call which an expression is prints; "" for other expressions.
func (b *body) message(n int32) string {
	if n = b.f.Strip(n); b.f.F.Nodes[n].Op != ir.Call || !b.p.Profile.Neutral.Has(b.f.CallName(n)) {
		return ""
	}
	for _, a := range b.f.Args(n) {
		if t := b.f.Text(a); strings.Contains(t, `"`) {
			return t
		}
	}
	return ""
}

// takes is the statement of the block of statement at, before it, that takes a lock which is held there and whose call is one of names; None for none.
func (b *body) takes(at int32, names func(string) bool) int32 {
	here, _ := b.at(at)
	for prev := b.prevSibling(at); prev != ir.None; prev = b.prevSibling(prev) {
		for n, r := range b.resources {
			nd := &b.f.F.Nodes[n]
			if st := &b.f.F.Stmts[prev]; here[r.key] != absent && names(b.f.CallName(n)) && nd.Start >= st.Start && nd.End <= st.End {
				return prev
			}
		}
	}
	return ir.None
}
