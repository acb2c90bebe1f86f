package tables

import (
	"sort"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Ask is one permission check that a module's function makes.
type Ask struct {
	Class []string // constants that the class may be ("SECCLASS_DOMAIN"); none when it is not known
	Perms []string // constants that are asked for ("DOMAIN__PAUSE"), together or one of them
	Fn    string   // function whose call gives the constants
	Case  string   // the innermost case label on its way, "" for none
	At    refactor.Span
	id    string // key, once it is on a path
	whole bool   // the constants were whole before the call that this function makes
}

// Label is one way through a switch.
type Label struct {
	Switch  *Switch
	Name    string // the label's text; "" for the default
	Default bool   // also where no label fits and there is no default
}

// Outcome is what a function does on one path, as far as modules go: which way each switch goes, what it asks, what it answers.
type Outcome struct {
	Labels  []Label
	Asks    []Ask
	Returns []string // constants ("#0", "-EPERM") or functions' names; none when not known
}

// Switch is one switch of a module's function.
type Switch struct {
	Fn     string
	On     string // what it switches on
	At     refactor.Span
	Labels []string
	block  int32
}

// asker finds out what a module's functions ask for. Which function checks permissions, and in which argument, follows from the code: an
// argument that some call gives a class's constant takes classes, and so do parameters that are passed on to such an argument.
type asker struct {
	t      *Tables
	fns    map[string]*body
	order  []string
	class  map[string]map[int]bool // by function: arguments that take classes
	perm   map[string]map[int]bool
	counts map[string]map[int][2]int // by function and argument: how many calls give a class's constant, and a permission's
	stored map[string][]string       // constants given to a function's variable, or to a field of any structure
	given  map[string][]string       // see returns
	done   map[string]*summary
	active map[string]bool
}

// summary is what is known of one function.
type summary struct {
	outcomes []Outcome
	switches []*Switch
	own      []Ask // asks whose constants its own calls give
	partial  bool  // the search was cut short
}

// asker reads the module's functions once.
func (t *Tables) asker() *asker {
	if t.flask != nil {
		return t.flask
	}
	a := &asker{t: t, fns: map[string]*body{}, class: map[string]map[int]bool{}, perm: map[string]map[int]bool{}, counts: map[string]map[int][2]int{}, stored: map[string][]string{}, given: map[string][]string{}, done: map[string]*summary{}, active: map[string]bool{}}
	t.flask = a
	var paths []string
	for p := range t.sources {
		if strings.HasSuffix(p, ".c") && t.profile.Hooks.OfPolicy(p) {
			paths = append(paths, p)
		}
	}
	sort.Strings(paths)
	for _, p := range paths {
		for _, b := range parse(t.sources[p], func(string, string) bool { return true }) {
			if a.fns[b.name] == nil {
				a.fns[b.name] = b
				a.order = append(a.order, b.name)
			}
		}
	}
	a.positions()
	return a
}

// isClass and isPerm recognise the constants that the policy compiler makes.
func (t *Tables) isClass(s string) bool {
	_, ok := strings.CutPrefix(s, t.profile.Policy.Class)
	return ok && t.profile.Policy.Class != ""
}

func (t *Tables) isPerm(s string) bool {
	c, p, ok := strings.Cut(s, t.profile.Policy.Separator)
	return ok && c != "" && p != "" && s == strings.ToUpper(s) && !strings.HasPrefix(s, "_") && !t.isClass(s)
}

// positions finds the arguments that take classes and permissions: by what calls give them, and then through parameters, to a fixed point.
func (a *asker) positions() {
	a.stores()
	a.eachArg(a.count)
	for fn, args := range a.counts {
		for i, n := range args {
			if n[0] > n[1] {
				mark(a.class, fn, i)
			} else {
				mark(a.perm, fn, i)
			}
		}
	}
	for changed := true; changed; {
		changed = false
		a.eachArg(func(b *body, callee string, i int, arg int32) {
			changed = a.pass(b, callee, i, arg) || changed
		})
	}
}

// eachArg visits every argument of every call of a named function.
func (a *asker) eachArg(visit func(b *body, callee string, i int, arg int32)) {
	for _, name := range a.order {
		b := a.fns[name]
		for k := range b.f.Blocks {
			for _, n := range b.calls(int32(k)) {
				for i, arg := range b.args(n) {
					if c := b.callee(n); c != "" {
						visit(b, c, i, arg)
					}
				}
			}
		}
	}
}

// count counts the constants that one argument gives.
func (a *asker) count(b *body, callee string, i int, arg int32) {
	for _, name := range a.constants(b, arg, 0) {
		k := -1
		if a.t.isClass(name) {
			k = 0
		} else if a.t.isPerm(name) {
			k = 1
		}
		if k < 0 {
			continue
		}
		if a.counts[callee] == nil {
			a.counts[callee] = map[int][2]int{}
		}
		n := a.counts[callee][i]
		n[k]++
		a.counts[callee][i] = n
	}
}

// constants lists the names that an expression's value may come from: written there, stored in the variable or field that it reads, or returned
// by the function that it calls.
func (a *asker) constants(b *body, n int32, depth int) (out []string) {
	if n == ir.None || depth > 3 {
		return nil
	}
	nd := b.node(b.strip(n))
	switch {
	case nd.Op == ir.Call:
		return a.returns(b.callee(b.strip(n)), depth)
	case nd.Op == ir.Field:
		return a.stored["@"+b.str(nd.Name)]
	}
	for _, id := range b.idents(n) {
		switch x := b.node(id); {
		case x.Var == ir.None:
			out = append(out, b.str(x.Name))
		case x.Var >= b.f.Params:
			out = append(out, a.stored[b.name+" "+varKey(x.Var)]...)
		}
	}
	return out
}

// returns lists the names that a function returns; it is asked for once.
func (a *asker) returns(name string, depth int) []string {
	g := a.fns[name]
	if g == nil {
		return nil
	}
	if out, ok := a.given[name]; ok {
		return out
	}
	a.given[name] = nil // while it is looked at: a function that calls itself adds nothing
	seen := map[string]bool{}
	var out []string
	for k := range g.f.Blocks {
		if blk := &g.f.Blocks[k]; blk.Term == ir.TReturn {
			for _, c := range a.constants(g, blk.N, depth+1) {
				if !seen[c] {
					seen[c] = true
					out = append(out, c)
				}
			}
		}
	}
	a.given[name] = out
	return out
}

// stores notes the constants that each variable and field is given.
func (a *asker) stores() {
	note := func(b *body, key string, n int32) {
		for _, c := range a.constants(b, n, 1) {
			if (a.t.isClass(c) || a.t.isPerm(c)) && !contains(a.stored[key], c) {
				a.stored[key] = append(a.stored[key], c)
			}
		}
	}
	for _, name := range a.order {
		b := a.fns[name]
		for _, is := range b.f.Instrs {
			if is.N == ir.None {
				continue
			}
			switch nd := b.node(is.N); {
			case is.Kind == ir.IDecl:
				note(b, name+" "+varKey(is.Var), is.N)
			case is.Kind == ir.IAssign && nd.Op == ir.Assign:
				if x := b.node(b.strip(nd.X)); x.Op == ir.Field {
					note(b, "@"+b.str(x.Name), nd.Y)
				} else if x.Op == ir.Ident && x.Var != ir.None {
					note(b, name+" "+varKey(x.Var), nd.Y)
				}
			}
		}
	}
}

// pass learns that a function's parameter takes what the argument takes that it is passed on to, and the other way round.
func (a *asker) pass(b *body, callee string, i int, arg int32) (changed bool) {
	for _, id := range b.idents(arg) {
		nd := b.node(id)
		if nd.Var == ir.None || nd.Var >= b.f.Params {
			continue
		}
		for _, m := range []map[string]map[int]bool{a.class, a.perm} {
			if m[callee][i] || m[b.name][int(nd.Var)] {
				changed = mark(m, b.name, int(nd.Var)) || changed
				changed = mark(m, callee, i) || changed
			}
		}
	}
	return changed
}

// mark sets m[fn][i] and reports whether it was not.
func mark(m map[string]map[int]bool, fn string, i int) bool {
	if m[fn] == nil {
		m[fn] = map[int]bool{}
	}
	was := m[fn][i]
	m[fn][i] = true
	return !was
}

// idents lists the names that expression n is made of without calls: what its value may be.
func (b *body) idents(n int32) (out []int32) {
	if n == ir.None {
		return nil
	}
	switch nd := b.node(n); nd.Op {
	case ir.Ident:
		return []int32{n}
	case ir.Cast, ir.StmtExpr:
		return b.idents(nd.X)
	case ir.Comma:
		return b.idents(nd.Y)
	case ir.Binary:
		if b.str(nd.Name) == "|" {
			return append(b.idents(nd.X), b.idents(nd.Y)...)
		}
	case ir.Cond:
		return append(b.idents(nd.Y), b.idents(nd.Z)...)
	}
	return nil
}

// of is the summary of a function, nil when there is none or it is being made.
func (a *asker) of(name string) *summary {
	if s := a.done[name]; s != nil {
		return s
	}
	b := a.fns[name]
	if b == nil || a.active[name] || len(a.active) > 12 {
		return nil
	}
	a.active[name] = true
	defer delete(a.active, name)
	w := &walker{a: a, b: b, sum: &summary{}, seen: map[xxh3.Uint128]bool{}, at: map[int32]*Switch{}}
	w.run()
	a.done[name] = w.sum
	return w.sum
}

// Outcomes is what the function that answers a hook in the policy module does, path by path; nil when it is not known.
func (t *Tables) Outcomes(h *Hook) []Outcome {
	if s := t.summary(h); s != nil {
		return s.outcomes
	}
	return nil
}

// Switches lists the switches of the function that answers a hook in the policy module.
func (t *Tables) Switches(h *Hook) []*Switch {
	if s := t.summary(h); s != nil {
		return s.switches
	}
	return nil
}

func (t *Tables) summary(h *Hook) *summary {
	if h.FlaskFn == "" {
		return nil
	}
	a := t.asker()
	if a.fns[h.FlaskFn] == nil {
		return a.of(t.aliases[h.FlaskFn])
	}
	return a.of(h.FlaskFn)
}

// Asks lists every permission check of the policy module whose class and permissions are constants, in source order, once.
func (t *Tables) Asks() (out []Ask) {
	a := t.asker()
	for _, name := range a.order {
		if s := a.of(name); s != nil {
			out = append(out, s.own...)
		}
	}
	return out
}

// AsksOf lists what the function that answers a hook asks for on any path.
func (t *Tables) AsksOf(h *Hook) (out []Ask) {
	seen := map[string]bool{}
	for _, o := range t.Outcomes(h) {
		for _, x := range o.Asks {
			if k := x.key(); !seen[k] {
				seen[k] = true
				out = append(out, x)
			}
		}
	}
	return out
}

func (x *Ask) key() string {
	return strings.Join(x.Class, ",") + " " + strings.Join(x.Perms, ",") + " " + x.Fn
}

// Answer is the module's function for a hook, by the name that it is defined under; "" when the module has none.
func (t *Tables) Answer(h *Hook) string {
	if to := t.aliases[h.FlaskFn]; to != "" && !t.defined[h.FlaskFn] {
		return to
	}
	return h.FlaskFn
}
