// Package hookgen places missing authorization hooks in C code and writes them: the call with its deny path, and every table entry
// that a new hook needs. A gap that cannot be closed safely becomes a refusal with its reason.
package hookgen

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Placement is one hook call to insert.
type Placement struct {
	Gap      *verify.Gap
	Shared   []*verify.Gap // the gaps that the call closes, as they were found: Gap is the first with the region that was taken
	Hook     string        // full name: "xsm_claim_pages"
	Action   string        // default action to pass, "" when the hook takes none
	Args     []string
	Kind     string // check, notify, or case for a sub-command that a module's switch learns
	File     string
	Offset   int // byte at which the text goes: the start of a line, or behind the last operand of a condition
	Line     int // the same, counted from 1
	Function string
	Command  string
	Entry    string
	Class    string // as in plan's JSON: privileged-command, domain-domain, ...
	When     string // in C, the condition under which the hook is asked; "" for always
	Deny     string // the way out, in C
	Text     string // what is inserted
	New      *Spec  // the hook's definition, when the tables have none
}

// call is the hook's call, in C.
func (p *Placement) call() string {
	return p.Hook + "(" + strings.Join(append(actions(p.Action), p.Args...), ", ") + ")"
}

// Refusal is a gap for which no hook was placed, with the reason and the nearest alternative.
type Refusal struct {
	Gap    *verify.Gap
	Reason string
	err    error
}

// planner places the gaps of one configuration.
type planner struct {
	t       *refactor.Tree
	p       *analyze.Program
	res     *verify.Result
	tabs    *tables.Tables
	bodies  map[*analyze.Fn]*body
	denials map[string]string
	members map[string]map[string]bool
	kinds   map[[2]string]bool
	given   map[string]int  // permissions that the plan adds, by class
	whole   map[string]bool // types that are structures or unions
}

// body returns the analysed function.
func (pl *planner) body(f *analyze.Fn) *body {
	if pl.bodies[f] == nil {
		b := analyse(pl.p, f)
		if pl.kinds == nil {
			pl.kinds = kindsOf(pl.p)
		}
		b.denials, b.members, b.kinds = pl.denied(), pl.fields(), pl.kinds
		pl.bodies[f] = b
	}
	return pl.bodies[f]
}

var deniedRE = regexp.MustCompile(`(?mi)^#[ \t]*define[ \t]+([A-Z][A-Z0-9]*)(_\w*denied\w*)[ \t]`)

// denied reads the constants that mean a denial from the headers that guests see.
func (pl *planner) denied() map[string]string {
	if pl.denials != nil {
		return pl.denials
	}
	pl.denials = map[string]string{}
	for _, p := range pl.t.Paths() {
		if !strings.Contains(p, "include/public/") || !strings.HasSuffix(p, ".h") {
			continue
		}
		src, err := pl.t.ReadFile(p)
		if err != nil {
			continue // an unreadable header only costs a constant
		}
		for _, m := range deniedRE.FindAllSubmatch(src, -1) {
			pl.denials[string(m[1])] = string(m[1]) + string(m[2])
		}
	}
	return pl.denials
}

// fields lists the members of each structure that the program uses.
func (pl *planner) fields() map[string]map[string]bool {
	if pl.members != nil {
		return pl.members
	}
	pl.members = map[string]map[string]bool{}
	for _, f := range pl.p.Fns {
		for i := range f.F.Nodes {
			nd := &f.F.Nodes[i]
			if nd.Op != ir.Field {
				continue
			}
			m := memberOf(f, int32(i))
			if pl.members[m[0]] == nil {
				pl.members[m[0]] = map[string]bool{}
			}
			pl.members[m[0]][m[1]] = true
		}
	}
	return pl.members
}

// place puts a hook with these parameters into the gap's region.
func (pl *planner) place(g *verify.Gap, name, action string, params []tables.Param, loose bool) (*Placement, error) {
	r := g.Region
	src, err := pl.t.ReadFile(r.Fn.File)
	if err != nil {
		return nil, err
	}
	b := pl.body(r.Fn)
	objects := g.Objects
	m := &matcher{b: b, r: r, objects: objects, common: g.Common, hook: g.Hook, loose: loose, labels: r.Labels, via: g.Via, told: g.Parties, ends: g.Range}
	if g.Hook != nil {
		m.decides = verify.HookConstants(pl.p, g.Hook)
	}
	if len(r.Labels) == 0 {
		m.labels = pl.res.Origin(r.Fn)
	}
	args, err := m.arguments(params)
	if err != nil {
		return nil, err
	}
	if err := pl.agree(b.f, params, args); err != nil {
		return nil, err
	}
	w := &wanted{src: src, args: args, objects: objects, after: g.After, gate: g.Via != nil, decides: action != "" && !pl.p.Profile.Hooks.Passes.Has(action)}
	anchor, when, err := b.anchorOf(g, w, len(m.decides) > 1)
	if err != nil {
		return nil, err
	}
	out := &Placement{Gap: g, Hook: name, Action: action, Kind: "check", File: r.Fn.File, Function: r.Fn.Name, Command: r.Command(), Entry: g.Entry, When: when}
	for _, a := range args {
		out.Args = append(out.Args, a.text)
	}
	if b.f.F.Stmts[anchor].Else {
		return out, b.renderArm(src, anchor, out)
	}
	at := int(b.f.F.Stmts[anchor].Start)
	out.Offset = lineStart(src, at)
	out.Line = refactor.LineAt(src, at)
	if r.Loop {
		return out, b.renderSkip(src, anchor, out)
	}
	e := b.exits(anchor)
	if e == nil {
		return nil, fmt.Errorf("no way out of %s fits what is held at line %d", r.Fn.Name, out.Line)
	}
	return out, b.render(src, anchor, e, out)
}

// anchorOf is the anchor of a gap's hook, and the condition under which it is asked there: none in an arm that only its own sub-command takes. Several
// tells that the hook's module decides by command.
func (b *body) anchorOf(g *verify.Gap, w *wanted, several bool) (at int32, when string, err error) {
	find := func(r *verify.Region, label string) (int32, error) {
		w.r, w.label = r, label
		at, err := b.anchor(w)
		if err != nil && several {
			w.known = true
			at, err = b.anchor(w)
		}
		return at, err
	}
	arm := b.armOf(g.Region, g.Label)
	at, err = find(arm, g.Label)
	if !g.Rival || err == nil && (arm != g.Region || b.behindOther(at, w)) {
		return at, "", err
	}
	if g.When == "" {
		return ir.None, "", fmt.Errorf("%s has one code for %s, and no variable at hand says which of them it runs for: ask where they part",
			g.Region.Fn.Name, strings.Join(g.Region.Labels, " and "))
	}
	at, err = find(g.Region, "")
	return at, g.When, err
}

// lineStart is the byte that the line of byte at starts with.
func lineStart(src []byte, at int) int {
	return strings.LastIndexByte(string(src[:at]), '\n') + 1
}

// anchor is the statement before which the hook goes: the first of the region where every argument has its value and every object is known to exist,
// and from there on as far as the code only asks.
func (b *body) anchor(w *wanted) (int32, error) {
	idom := b.dominators()
	ready := w.after
	for _, a := range w.args {
		ready = max(ready, a.ready)
	}
	var ids []int32
	for i := range b.f.F.Stmts {
		ids = append(ids, int32(i))
	}
	sort.SliceStable(ids, func(i, j int) bool { return b.f.F.Stmts[ids[i]].Start < b.f.F.Stmts[ids[j]].Start })
	why := "no statement of its code comes after what the hook needs"
	w.ready = func(i int32) bool { return b.unready(i, idom, w.args, w.objects, w.known) == "" }
	for _, i := range ids {
		if !b.candidate(i, w.r) {
			continue
		}
		if st := &b.f.F.Stmts[i]; st.Start < ready {
			if st.Kind == ir.SIf && ready <= st.End { // its test gives the hook what it needs: one of the arms may be the place
				if arm := b.chain(i, w); arm != ir.None {
					return arm, nil
				}
			}
			continue
		}
		if reason := b.unready(i, idom, w.args, w.objects, w.known); reason != "" {
			why = reason
			continue
		}
		return b.advance(i, w), nil
	}
	return ir.None, fmt.Errorf("%s: %s", w.r, why)
}

// candidate reports whether text can go before statement i: it stands in a block or behind a label of the region, and comes out of no macro.
func (b *body) candidate(i int32, r *verify.Region) bool {
	st := &b.f.F.Stmts[i]
	if st.Kind == ir.SDecl || st.Kind == ir.SCase || st.Kind == ir.SLabel || st.Kind == ir.SBlock || st.Parent == ir.None {
		return false
	}
	if st.Kind == ir.SBreak && r.Switch == ir.None {
		return false // what the hook is about comes behind the switch or loop
	}
	if (st.Kind == ir.SReturn || st.Kind == ir.SGoto) && r.Switch == ir.None && b.f.F.Stmts[st.Parent].Kind == ir.SCase {
		return false // what the hook is about comes behind a switch that sends some commands away
	}
	if st.InMacro && st.Macro != 0 && st.Kind != ir.SExpr && st.Kind != ir.SIf && st.Kind != ir.SDo {
		return false
	}
	switch p := &b.f.F.Stmts[st.Parent]; p.Kind {
	case ir.SBlock, ir.SCase, ir.SLabel:
		if p.InMacro {
			return false
		}
	default:
		return false
	}
	if !b.seen[st.Block] || b.f.F.Blocks[st.Block].Unreachable {
		return false
	}
	return r.Blocks[st.Block] && st.Start >= r.Start && !b.declAfter(i) && !b.inFailure(i, r)
}

// declAfter reports whether a declaration follows statement i in its block: C of this age keeps them first.
func (b *body) declAfter(i int32) bool {
	st := &b.f.F.Stmts[i]
	for j := int(i) + 1; j < len(b.f.F.Stmts); j++ {
		o := &b.f.F.Stmts[j]
		if o.Parent == st.Parent && o.Kind == ir.SDecl {
			return true
		}
	}
	return false
}

// unready says what is missing before statement i, "" when nothing is.
func (b *body) unready(i int32, idom []int32, args []arg, objects []verify.Object, known bool) string {
	st := &b.f.F.Stmts[i]
	s, ok := b.at(i)
	if !ok {
		return "its code is never reached"
	}
	if a := b.stillTested(i, args); a != "" && !known {
		return a + " may not exist there"
	}
	for _, a := range args {
		if a.path != "" && (s["def "+a.path] != surely || b.valueComes(i, a.path)) {
			return a.text + " has no value on some way there"
		}
		for key, r := range b.byKey {
			if a.path != "" && strings.HasSuffix(key, " "+a.path) && r.held.Kind == "reference" && b.doubtful(s, r, known) {
				return a.text + " may not exist there"
			}
		}
		if a.path == "" && a.block != ir.None && a.block != st.Block && !verify.Dominates(idom, a.block, st.Block) {
			return a.text + " has no value on some way there"
		}
	}
	for _, o := range objects {
		if r := b.resources[o.Node]; r != nil && (b.doubtful(s, r, known) || b.comes(i, o, s, r)) {
			return o.Text + " may not exist there"
		}
	}
	return ""
}

// valueComes reports whether a variable has nothing but a constant before statement i, and is given its value behind it in the same block, whatever happens.
func (b *body) valueComes(i int32, path string) (yes bool) {
	st := &b.f.F.Stmts[i]
	for _, is := range b.f.F.Instrs {
		value := ir.None
		switch {
		case is.Stmt == ir.None || is.N == ir.None:
		case is.Kind == ir.IAssign && b.f.Path(b.f.F.Nodes[is.N].X) == path:
			value = b.f.F.Nodes[is.N].Y
		case is.Kind == ir.IDecl && is.Var != ir.None && path == "v"+strconv.Itoa(int(is.Var)):
			value = is.N
		}
		if value == ir.None || b.f.F.Nodes[b.f.Strip(value)].Flags&ir.HasVal != 0 {
			continue
		}
		if o := &b.f.F.Stmts[is.Stmt]; o.Start < st.Start {
			return false
		} else if o.Parent == st.Parent && o.Kind == ir.SExpr {
			yes = true
		}
	}
	return yes
}

// stillTested is an argument that the code behind statement i leaves for when it is NULL, "" for none.
func (b *body) stillTested(i int32, args []arg) string {
	for _, a := range args {
		path := a.path + a.null
		if path == "" {
			continue
		}
		for j := range b.f.F.Stmts {
			t := &b.f.F.Stmts[j]
			if t.Kind != ir.SIf || t.Start < b.f.F.Stmts[i].Start || !b.encloses(t.Parent, i) || !b.refuses(int32(j)) {
				continue
			}
			if p, truth := b.tested(t.N); p == path && !truth && b.pointerPath(t.N) && b.untouched(path, i, int32(j)) && b.leadsTo(i, int32(j)) {
				return a.text
			}
		}
	}
	return ""
}

// leadsTo reports whether control can come from statement i to statement j.
func (b *body) leadsTo(i, j int32) bool {
	from, to := b.f.F.Stmts[i].Block, b.f.F.Stmts[j].Block
	return from == to || verify.Graph(b.f).Reach([]int32{from}, nil)[to]
}

// pointerPath reports whether what a condition tests is a pointer.
func (b *body) pointerPath(cond int32) (yes bool) {
	b.f.Each(cond, func(n int32) bool {
		nd := &b.f.F.Nodes[n]
		yes = yes || (nd.Op == ir.Ident || nd.Op == ir.Field) && strings.HasSuffix(b.f.S(nd.Type), "*")
		return true
	})
	return yes
}

// untouched reports whether no statement in the blocks around both, between statements i and j, gives path another value unconditionally.
func (b *body) untouched(path string, i, j int32) bool {
	lo, hi, outer := b.f.F.Stmts[i].Start, b.f.F.Stmts[j].Start, b.f.F.Stmts[j].Parent
	for _, is := range b.f.F.Instrs {
		if is.Stmt == ir.None || is.N == ir.None || is.Kind != ir.IAssign {
			continue
		}
		st := &b.f.F.Stmts[is.Stmt]
		if st.Start >= lo && st.Start < hi && st.Parent == outer && b.f.Path(b.f.F.Nodes[is.N].X) == path {
			return false
		}
	}
	return true
}

// comes reports whether the object is looked up only behind statement i.
func (b *body) comes(i int32, o verify.Object, s state, r *resource) bool {
	st := &b.f.F.Stmts[i]
	if s[r.key] != absent || b.f.F.Nodes[o.Node].Start < st.Start {
		return false
	}
	return verify.Graph(b.f).Reach([]int32{st.Block}, nil)[o.Block]
}

// doubtful reports whether the object may not exist: it was not looked up yet, or it was and nobody tested the answer, or nobody left when there was
// none. A way on which the code says itself that there is no object ("d = NULL") raises no doubt: the hook is meant to be told so.
func (b *body) doubtful(s state, r *resource, known bool) bool {
	path := r.key[strings.LastIndexByte(r.key, ' ')+1:]
	switch {
	case s[r.key] == surely || s["some "+path] == surely:
		return false
	case s["new "+r.key] != absent || s["fail "+r.key] == surely || s["fail "+r.key] != absent && !known:
		return true
	}
	return s["def "+path] != surely
}
