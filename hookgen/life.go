package hookgen

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/refactor"
)

var (
	errLife  = errors.New("it decides about nothing, and no object of its parameter's type begins, ends or is described where its name says")
	errText  = errors.New("it returns text for people, and no function prints what it is about with all that it needs at hand: write it where that is dumped")
	errArray = errors.New("the objects are allocated as an array and the hook takes one: call it for each in the loop that sets them up, and undo it for the earlier ones on failure")
)

// life places the hooks that follow an object's life and that nothing calls: one that allocates behind the allocation of an object of its type, one
// that frees before the object is freed, one that describes where its parameters meet, one for afterwards where the object has been reset.
func (pl *planner) life(out *Plan) {
	for _, h := range pl.res.Silent() {
		l := &lives{pl: pl, h: h, full: pl.tabs.Prefix + h.Name}
		l.find()
		g := out.takeBack(h)
		if g == nil {
			g = &verify.Gap{Check: "XSM2001", Hook: h, Evidence: []string{l.full + " is declared and nothing calls it"}}
		}
		for _, p := range l.out {
			if p.Gap = g; !out.has(p) {
				out.Placements = append(out.Placements, p)
			}
		}
		if len(l.out) == 0 {
			if l.why == nil {
				l.why = errLife
			}
			out.Refusals = append(out.Refusals, &Refusal{Gap: g, Reason: l.why.Error()})
		}
	}
}

// takeBack takes the refusal of a hook for which no place was known out of the plan, and returns its gap; nil when there is none.
func (p *Plan) takeBack(h *tables.Hook) *verify.Gap {
	i := slices.IndexFunc(p.Refusals, func(r *Refusal) bool { return r.Gap != nil && r.Gap.Hook == h && r.Gap.Region == nil })
	if i < 0 {
		return nil
	}
	g := p.Refusals[i].Gap
	p.Refusals = slices.Delete(p.Refusals, i, i+1)
	return g
}

// lives places one hook.
type lives struct {
	pl   *planner
	h    *tables.Hook
	full string
	out  []*Placement
	why  error // why a likely place was not taken
}

func (l *lives) find() {
	life, words := &l.pl.p.Profile.Life, strings.Split(l.h.Name, "_")
	if len(l.h.Params) == 0 && l.h.Result == "int" {
		l.states()
		return
	}
	if l.h.IsText() {
		l.why = errText
		l.best(l.dumps)
		return
	}
	if l.object() == "" {
		return
	}
	switch {
	case slices.ContainsFunc(words, life.Begin.Has) && l.h.Result == "int":
		l.each(l.begins)
	case l.h.Result != "void":
	case slices.ContainsFunc(words, life.After.Has):
		l.best(l.resets)
	case slices.ContainsFunc(words, life.End.Has):
		l.each(l.ends)
	default:
		l.best(l.describes)
	}
}

// states places a hook without parameters before the hypervisor goes into the state that its name speaks of: where code that no guest gets to gives a global
// variable a constant, and the words of both together are the hook's. What cannot be refused there ends the boot.
func (l *lives) states() {
	words := strings.FieldsFunc(l.h.Name, func(r rune) bool { return r == '_' })
	words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains(l.pl.p.Profile.Life.Sets, w) })
	called := map[*analyze.Fn]bool{}
	for _, f := range l.pl.p.Fns {
		for _, g := range l.pl.p.Called(f, nil) {
			called[g] = true
		}
	}
	for _, f := range l.pl.p.Fns {
		if strings.HasSuffix(f.File, ".h") || l.pl.p.InModule(f.File) || l.pl.res.Entry(f) != "" {
			continue
		}
		for _, is := range f.F.Instrs {
			if is.Kind == ir.IAssign && is.N != ir.None && is.Stmt != ir.None && l.entersState(f, is.N, words) && !(called[f] && otherState(f, is.N)) {
				l.refuseBoot(l.pl.body(f), is.Stmt)
			}
		}
	}
}

// entersState reports whether an assignment gives a global variable a named constant, and both have of the words what the other has not.
func (l *lives) entersState(f *analyze.Fn, n int32, words []string) bool {
	set := &f.F.Nodes[n]
	if set.Op != ir.Assign || f.S(set.Name) != "=" || set.Y == ir.None || len(words) < 2 {
		return false
	}
	x, y := &f.F.Nodes[f.Strip(set.X)], f.Strip(set.Y)
	if x.Op != ir.Ident || x.Var != ir.None || f.F.Nodes[y].Flags&ir.HasVal == 0 {
		return false
	}
	state, value := strings.Split(strings.ToLower(f.S(x.Name)), "_"), strings.Split(strings.ToLower(f.Text(y)), "_")
	named, entered := false, false
	for _, w := range words {
		switch {
		case slices.Contains(state, w):
			named = true
		case slices.Contains(value, w):
			entered = true
		default:
			return false
		}
	}
	return named && entered
}

// otherState reports whether a function also gives the variable of assignment n another value: it only comes back to the state, unless it is where the boot
// starts, which nothing calls.
func otherState(f *analyze.Fn, n int32) bool {
	name, value := f.Text(f.F.Nodes[n].X), f.Text(f.F.Nodes[n].Y)
	return slices.ContainsFunc(f.F.Instrs, func(is ir.Instr) bool {
		return is.Kind == ir.IAssign && is.N != ir.None && f.F.Nodes[is.N].Y != ir.None && f.Text(f.F.Nodes[is.N].X) == name && f.Text(f.F.Nodes[is.N].Y) != value
	})
}

// refuseBoot asks before a statement of the boot, and stops where the module does not agree.
func (l *lives) refuseBoot(b *body, at int32) {
	src, err := l.pl.t.ReadFile(b.f.File)
	if err != nil {
		l.why = err
		return
	}
	st := &b.f.F.Stmts[at]
	if st.Parent == ir.None || b.f.F.Stmts[st.Parent].Kind != ir.SBlock || l.pl.p.Profile.Life.Stop == "" {
		return
	}
	p := l.placement(b, src, int(st.Start), []string{})
	style, indent := refactor.StyleOf(src), refactor.IndentAt(src, int(st.Start))
	p.Deny = l.pl.p.Profile.Life.Stop + fmt.Sprintf(`("%s() failed\n");`, l.full)
	p.Text = indent + style.Head("if", l.full+"()") + style.EOL() + indent + style.Level(1) + p.Deny + style.EOL() + style.EOL()
	l.out = append(l.out, p)
}

// object is the type of what the hook follows: a pointer to a structure.
func (l *lives) object() string {
	if len(l.h.Params) == 0 {
		return ""
	}
	return l.h.Params[0].Object()
}

// each offers every function of the hypervisor once; those that only print are offered to hooks whose text is for that.
func (l *lives) each(try func(*body)) {
	for _, f := range l.pl.p.Own() {
		if l.h.IsText() && l.pl.res.Prints(l.h, f) > 0 || !l.h.IsText() && !l.pl.p.Profile.Neutral.Has(f.Name) && usesType(f, l.object()) {
			try(l.pl.body(f))
		}
	}
}

// usesType reports whether a function has a variable of a type.
func usesType(f *analyze.Fn, t string) bool {
	return slices.ContainsFunc(f.F.Vars, func(v ir.Var) bool { return f.S(v.Type) == t })
}

// best offers every function and keeps the placement that the one with the highest rate, above 0, gives.
func (l *lives) best(rate func(*body) (float64, func())) {
	top, place := 0.0, func() {}
	l.each(func(b *body) {
		if r, p := rate(b); r > top {
			top, place = r, p
		}
	})
	place()
}

// made is the instruction that gives a variable of the hook's type a new object, and the call that makes it.
func (l *lives) made(b *body) (at ir.Instr, call int32, ok bool) {
	c, ok := l.pl.p.MakesObject(b.f, l.object())
	if !ok {
		return at, ir.None, false
	}
	at = b.f.F.Instrs[c.Instr]
	at.Var, _ = b.f.Defines(at)
	return at, c.Node, at.Stmt != ir.None
}

// begins places the hook behind an allocation and the test of it, where the first exit that undoes things can be taken.
func (l *lives) begins(b *body) {
	is, call, ok := l.made(b)
	if !ok {
		return
	}
	name := b.f.S(b.f.F.Vars[is.Var].Name)
	array := strings.Contains(b.f.CallName(call), "array")
	if array && len(l.h.Params) == 1 {
		l.why = errArray
		return
	}
	args := []string{name}
	if list := b.f.Args(call); len(l.h.Params) == 2 && len(list) > 0 {
		args = append(args, b.f.Text(list[len(list)-1]))
	}
	if len(args) != len(l.h.Params) {
		return
	}
	at := b.nextSibling(is.Stmt)
	mark := l.noted(b, is.Stmt)
	if mark != ir.None {
		at = mark
	}
	for at != ir.None && (b.f.F.Stmts[at].Kind == ir.SDecl || b.refuses(at) && b.testsFor(at, name)) {
		at = b.nextSibling(at)
	}
	for i := range b.f.F.Stmts {
		st := &b.f.F.Stmts[i]
		if at == ir.None || st.Kind != ir.SGoto || st.Start < b.f.F.Stmts[is.Stmt].Start {
			continue
		}
		for mark == ir.None && !b.within(int32(i), at) && st.Start > b.f.F.Stmts[at].Start && b.nextSibling(at) != ir.None {
			at = b.nextSibling(at)
		}
		here, reached := b.at(at)
		if !reached {
			return
		}
		held, _ := b.holding(here)
		if e := b.exitBy(int32(i), at, here, held); e != nil {
			l.put(b, at, e, args)
			return
		}
	}
	l.why = fmt.Errorf("%s has no way out behind the allocation that undoes it", b.f.Name)
}

// noted is the statement behind an allocation that notes in a flag that the module has its part: the flag's name has the hooks' prefix as a word. None
// when there is none.
func (l *lives) noted(b *body, from int32) int32 {
	word := strings.Trim(l.pl.tabs.Prefix, "_")
	for at := b.nextSibling(from); at != ir.None; at = b.nextSibling(at) {
		st := &b.f.F.Stmts[at]
		if st.Kind != ir.SExpr || st.N == ir.None {
			continue
		}
		nd := &b.f.F.Nodes[b.f.Strip(st.N)]
		if nd.Op == ir.Assign && b.f.S(nd.Name) == "|=" && slices.Contains(strings.Split(b.f.Text(nd.Y), "_"), word) {
			return at
		}
	}
	return ir.None
}

// testsFor reports whether the if at a statement tests variable name alone.
func (b *body) testsFor(at int32, name string) bool {
	path, _ := b.tested(b.f.F.Stmts[at].N)
	return path != "" && b.sharesRoot(b.f.F.Stmts[at].N, map[string]bool{name: true})
}

// freed is the instruction that frees an object of the hook's type as a whole, and how the code names the object.
func (l *lives) freed(b *body) (at ir.Instr, name string) {
	for c := range l.pl.p.Frees(b.f, l.object()) {
		n := b.f.Strip(b.f.Args(c.Node)[0])
		if is := b.f.F.Instrs[c.Instr]; is.Stmt != ir.None && b.f.F.Nodes[n].Op == ir.Ident {
			return is, b.f.Text(n)
		}
	}
	return at, ""
}

// ends places the hook before an object is freed, in functions that did not make it themselves.
func (l *lives) ends(b *body) {
	is, name := l.freed(b)
	if _, _, made := l.made(b); made || name == "" {
		return
	}
	args, count, array := []string{name}, "", false
	l.each(func(b *body) {
		if _, call, ok := l.made(b); ok {
			if list := b.f.Args(call); len(list) > 0 {
				count = b.f.Text(list[len(list)-1])
			}
			array = strings.Contains(b.f.CallName(call), "array")
		}
	})
	switch {
	case array && len(l.h.Params) == 1:
		l.why = errArray
		return
	case len(l.h.Params) == 2:
		args = append(args, count)
	}
	if len(args) == len(l.h.Params) && args[len(args)-1] != "" {
		l.put(b, b.beforeNothing(is.Stmt), nil, args)
	}
}

// beforeNothing is the first of the statements right before at that do nothing in this configuration, at itself when there are none: bookkeeping that goes
// with the memory is left for last.
func (b *body) beforeNothing(at int32) int32 {
	for prev := b.prevSibling(at); prev != ir.None; prev = b.prevSibling(prev) {
		st := &b.f.F.Stmts[prev]
		if st.Kind != ir.SNull && (st.Kind != ir.SExpr || st.N != ir.None) {
			break
		}
		at = prev
	}
	return at
}

// describes rates a function that describes the hook's objects, see [verify.Result.Describes].
func (l *lives) describes(b *body) (float64, func()) {
	rate, vars := l.pl.res.Describes(l.h, b.f)
	return rate, func() {
		if at := b.last(); at != ir.None {
			l.put(b, at, nil, b.names(vars...))
		}
	}
}

// resets rates a function that puts the hook's object back into its first state, see [verify.Result.Resets].
func (l *lives) resets(b *body) (float64, func()) {
	if len(l.h.Params) != 1 {
		return 0, nil
	}
	rate, v := l.pl.res.Resets(l.h, b.f)
	return rate, func() { l.atEnd(b, b.names(v)) }
}

// names are what variables are called.
func (b *body) names(vars ...int32) (out []string) {
	for _, v := range vars {
		out = append(out, b.f.S(b.f.F.Vars[v].Name))
	}
	return out
}

// last is the last statement of the function's outer block, None when it has none.
func (b *body) last() int32 {
	best := ir.None
	for i := range b.f.F.Stmts {
		st := &b.f.F.Stmts[i]
		if st.Parent == ir.None || b.f.F.Stmts[st.Parent].Parent != ir.None || st.Kind == ir.SDecl || st.Kind == ir.SLabel {
			continue
		}
		if best == ir.None || st.Start > b.f.F.Stmts[best].Start {
			best = int32(i)
		}
	}
	return best
}

// put writes the call before statement at; with an exit it is taken when the hook fails.
func (l *lives) put(b *body, at int32, e *exit, args []string) {
	src, err := l.pl.t.ReadFile(b.f.File)
	if err != nil {
		l.why = err
		return
	}
	st := &b.f.F.Stmts[at]
	if st.Parent == ir.None || b.f.F.Stmts[st.Parent].Kind != ir.SBlock {
		l.why = fmt.Errorf("line %d of %s is the only statement under its condition: brace it", refactor.LineAt(src, int(st.Start)), b.f.File)
		return
	}
	p := l.placement(b, src, int(st.Start), args)
	if e == nil {
		p.Text = refactor.IndentAt(src, int(st.Start)) + l.call(args) + refactor.StyleOf(src).EOL()
	} else if err := b.render(src, at, e, p); err != nil {
		l.why = err
		return
	}
	l.out = append(l.out, p)
}

// atEnd writes the call as the last of the function: before its return, or before its closing brace.
func (l *lives) atEnd(b *body, args []string) {
	at := b.last()
	if at == ir.None {
		return
	}
	if b.f.F.Stmts[at].Kind == ir.SReturn {
		l.put(b, at, nil, args)
		return
	}
	src, err := l.pl.t.ReadFile(b.f.File)
	if err != nil {
		l.why = err
		return
	}
	brace := int(b.f.F.End) - 1
	p := l.placement(b, src, brace, args)
	p.Text = refactor.IndentAt(src, int(b.f.F.Stmts[at].Start)) + l.call(args) + refactor.StyleOf(src).EOL()
	l.out = append(l.out, p)
}

func (l *lives) call(args []string) string { return l.full + "(" + strings.Join(args, ", ") + ");" }

func (l *lives) placement(b *body, src []byte, at int, args []string) *Placement {
	g := &verify.Gap{Check: "XSM2001", Hook: l.h, Confidence: 0.7,
		Evidence: []string{fmt.Sprintf("%s is declared and nothing calls it; %s is where an object of its type begins, ends or is described", l.full, b.f.Name)}}
	p := &Placement{Gap: g, Hook: l.full, Kind: "notify", File: b.f.File, Function: b.f.Name, Entry: l.pl.res.Entry(b.f), Args: args,
		Offset: lineStart(src, at), Line: refactor.LineAt(src, at)}
	p.Class = p.class()
	return p
}
