package hookgen

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// NewLegacyPlan places a hook for every operation of a tree without hooks that a legacy check gates, or that acts on a domain that the guest names. The
// commands are the operations' labels, as the inventory found them; nil means every label of a reached switch. Names and classes follow the
// conventions of the profile.
func NewLegacyPlan(t *refactor.Tree, p *analyze.Program, res *verify.Result, commands map[string]bool) *Plan {
	l := newLegacyPlanner(&planner{t: t, p: p, res: res, tabs: res.Tables, bodies: map[*analyze.Fn]*body{}, given: map[string]int{}}, &Plan{Tables: res.Tables})
	l.commands = commands
	if l.tabs.Prefix == "" {
		l.tabs.Prefix = p.Profile.Hooks.Prefixes[0]
	}
	l.gates()
	for _, r := range res.Regions {
		if len(r.Labels) > 0 && (commands == nil || commands[r.Labels[0]]) && !p.Profile.IDs.Has(r.Labels[0]) {
			l.command(r)
		}
	}
	for _, r := range res.Regions {
		if len(r.Labels) == 0 && l.gateIn(r) != "" && res.Reached[r.Fn] == r.Fn.Name && !l.dispatches(r.Fn) {
			l.put(r, "")
		}
	}
	return l.plan
}

// legacyPlanner collects the placements of a tree without hooks.
type legacyPlanner struct {
	*planner
	plan     *Plan
	commands map[string]bool
	gated    map[*analyze.Fn]string // functions that are called only behind a legacy check, with the check
	under    map[*analyze.Fn][]*verify.Region
	done     map[string]bool   // places that have a hook
	names    map[string]string // names in use, with their command
	strict   bool              // only checks for a privilege count
}

// newLegacyPlanner adds to plan out, with the regions sorted by function.
func newLegacyPlanner(pl *planner, out *Plan) *legacyPlanner {
	l := &legacyPlanner{
		planner: pl, plan: out, gated: map[*analyze.Fn]string{}, done: map[string]bool{}, names: map[string]string{}, under: map[*analyze.Fn][]*verify.Region{},
	}
	for _, r := range pl.res.Regions {
		l.under[r.Fn] = append(l.under[r.Fn], r)
	}
	return l
}

// siblings proposes a hook for the sub-commands that a legacy gate alone decides about, in dispatchers whose other sub-commands have hooks of their own.
func (pl *planner) siblings(out *Plan) {
	l := newLegacyPlanner(pl, out)
	l.strict = true
	some := false
	for _, r := range pl.res.Regions {
		some = some || l.gateIn(r) != ""
	}
	if !some {
		return // no tree of that age
	}
	for _, p := range out.Placements {
		l.names[strings.TrimPrefix(p.Hook, pl.tabs.Prefix)] = p.Command
	}
	l.gates()
	for _, r := range pl.res.Regions {
		if len(r.Labels) > 0 && !l.asks(r) && l.neighboursAsk(r) && l.gate(r) != "" && !l.planned(r) && pl.res.Acts(r) {
			l.put(r, l.gate(r))
		}
	}
	out.Refusals = slices.DeleteFunc(out.Refusals, func(f *Refusal) bool {
		p := l.plan.at(f.Gap.Region)
		if p == nil || f.Gap.Hook != nil && pl.tabs.Prefix+f.Gap.Hook.Name != p.Hook {
			return false // where a hook of the tables does not fit, another does not stand for it
		}
		p.Shared = append(p.Shared, f.Gap)
		return true
	})
}

// asks reports whether a region calls a hook, or a function that does.
func (l *legacyPlanner) asks(r *verify.Region) bool {
	for _, h := range l.p.HookCalls(r.Fn) {
		if r.Blocks[h.Block] {
			return true
		}
	}
	for _, c := range l.callees(r) {
		if len(l.p.HookCalls(c)) > 0 {
			return true
		}
	}
	return false
}

// neighboursAsk reports whether a third of the sub-commands of the region's switch, three at least, ask hooks.
func (l *legacyPlanner) neighboursAsk(r *verify.Region) bool {
	n, asked := 0, 0
	for _, o := range l.under[r.Fn] {
		if o.Switch == r.Switch && len(o.Labels) > 0 {
			n++
			if l.asks(o) {
				asked++
			}
		}
	}
	return asked >= 3 && 3*asked >= n
}

// planned reports whether the plan has a hook for the region already.
func (l *legacyPlanner) planned(r *verify.Region) bool { return l.plan.at(r) != nil }

// dispatches reports whether a function has sub-commands.
func (l *legacyPlanner) dispatches(f *analyze.Fn) bool {
	for _, r := range l.under[f] {
		if len(r.Labels) > 0 && (l.commands == nil || l.commands[r.Labels[0]]) {
			return true
		}
	}
	return false
}

// gates finds the functions all of whose callers have checked already.
func (l *legacyPlanner) gates() {
	callers := map[*analyze.Fn][]*verify.Region{}
	for _, r := range l.res.Regions {
		for _, c := range l.callees(r) {
			callers[c] = append(callers[c], r)
		}
	}
	for round := 0; round < 6; round++ {
		changed := false
		for c, rs := range callers {
			if l.gated[c] != "" || l.res.Reached[c] == c.Name {
				continue
			}
			gate := ""
			for _, r := range rs {
				if gate = l.gate(r); gate == "" {
					break
				}
			}
			if gate != "" {
				l.gated[c], changed = gate, true
			}
		}
		if !changed {
			return
		}
	}
}

// inner reports whether a region is only a part of what another command does, which has the hook: its switch stands in the other command's case, or
// its function is that command's.
func (l *legacyPlanner) inner(r *verify.Region) bool {
	for _, o := range l.under[r.Fn] {
		if o.Switch != r.Switch && len(o.Labels) > 0 && o.Blocks[r.Switch] {
			return true
		}
	}
	for _, c := range l.res.Origin(r.Fn) {
		if l.commands[c] {
			return true
		}
	}
	return false
}

// callees lists the functions that a region calls and that are regions themselves.
func (l *legacyPlanner) callees(r *verify.Region) (out []*analyze.Fn) {
	for _, c := range l.p.Called(r.Fn, r.Blocks) {
		if l.under[c] != nil && c != r.Fn {
			out = append(out, c)
		}
	}
	return out
}

// gate is the legacy check that stands before a region's code: in it, before its function dispatches, or in every caller; "" for none.
func (l *legacyPlanner) gate(r *verify.Region) string {
	if g := l.gateIn(r); g != "" {
		return g
	}
	for _, o := range l.under[r.Fn] {
		if len(o.Labels) == 0 && r.Switch != ir.None {
			if g := l.gateBefore(o, r.Switch); g != "" {
				return g
			}
		}
	}
	return l.gated[r.Fn]
}

// gateIn is the legacy check in the region's own blocks.
func (l *legacyPlanner) gateIn(r *verify.Region) string { return l.gateBefore(r, ir.None) }

// gateBefore is the legacy check in the region's blocks from which block sw can be reached; sw none means any block.
func (l *legacyPlanner) gateBefore(r *verify.Region, sw int32) (found string) {
	f := r.Fn
	leads := l.leading(f, sw)
	for b := range f.F.Blocks {
		if !r.Blocks[b] || sw != ir.None && !leads[b] {
			continue
		}
		blk := &f.F.Blocks[b]
		roots := []int32{blk.N}
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			roots = append(roots, is.N)
		}
		for _, n := range roots {
			if n == ir.None {
				continue
			}
			f.Each(n, func(k int32) bool {
				if c := l.p.LegacyCheck(f, k); c != "" && found == "" && (!l.strict || l.p.Profile.Gates.Has(c)) {
					found = c
				}
				return found == ""
			})
		}
	}
	return found
}

// leading marks the blocks of f from which block sw can be reached; nil when sw is none.
func (l *legacyPlanner) leading(f *analyze.Fn, sw int32) []bool {
	if sw == ir.None {
		return nil
	}
	out := make([]bool, len(f.F.Blocks))
	out[sw] = true
	for changed := true; changed; {
		changed = false
		for b := len(out) - 1; b >= 0; b-- {
			if !out[b] && slices.ContainsFunc(f.F.Blocks[b].Succs, func(s int32) bool { return out[s] }) {
				out[b], changed = true, true
			}
		}
	}
	return out
}

// command places the hook of one sub-command: in its case, or in the function below that looks up the domain that it is about.
func (l *legacyPlanner) command(r *verify.Region) {
	gate := l.gate(r)
	own, common := l.res.ObjectsOf(r)
	if len(own)+len(common) > 0 {
		l.put(r, gate)
		return
	}
	if l.inner(r) && l.gateIn(r) == "" {
		return
	}
	if at := l.lower(r, 3, map[*analyze.Fn]bool{}); at != nil {
		l.putFor(at, gate, r)
		return
	}
	if gate != "" {
		l.put(r, gate)
	}
}

// lower is the nearest function below a region that looks a domain up, or that dispatches the same command; nil for none.
func (l *legacyPlanner) lower(r *verify.Region, depth int, seen map[*analyze.Fn]bool) *verify.Region {
	if depth == 0 {
		return nil
	}
	for _, c := range l.callees(r) {
		if seen[c] || l.res.Reached[c] == c.Name {
			continue
		}
		seen[c] = true
		for _, o := range l.under[c] {
			if len(o.Labels) > 0 {
				continue
			}
			if own, _ := l.res.ObjectsOf(o); len(own) > 0 && !l.dispatches(c) && !strings.HasPrefix(c.Name, "is_") {
				return o
			}
			if at := l.lower(o, depth-1, seen); at != nil {
				return at
			}
		}
	}
	return nil
}

func (l *legacyPlanner) put(r *verify.Region, gate string) { l.putFor(r, gate, r) }

// putFor places the hook of command region cmd in region r.
func (l *legacyPlanner) putFor(r *verify.Region, gate string, cmd *verify.Region) {
	key := fmt.Sprint(r.Fn.File, " ", r.Start)
	if l.done[key] {
		return
	}
	l.done[key] = true
	if gate == "" {
		gate = l.gate(r)
	}
	g := &verify.Gap{Check: "XSM1001", Region: r, Entry: l.res.Reached[r.Fn], Confidence: 0.8}
	g.Objects, g.Common = l.res.ObjectsOf(r)
	what := "nothing decides who may use it"
	if gate != "" {
		what = "today " + gate + " decides who may use it"
	}
	g.Evidence = []string{fmt.Sprintf("%s is an operation of %s; %s", cmd, g.Entry, what)}
	s := l.legacySpec(g, cmd, gate)
	if !l.takesAction() {
		s.Action = ""
	}
	p, err := l.place(g, l.tabs.Prefix+s.Name, s.Action, s.Params, false)
	if err != nil && len(s.Params) > 0 {
		short := *s
		short.Params = nil
		if q, e := l.place(g, l.tabs.Prefix+s.Name, s.Action, nil, false); e == nil {
			p, err, s = q, nil, &short
		}
	}
	if err != nil {
		l.plan.Refusals = append(l.plan.Refusals, &Refusal{Gap: g, Reason: err.Error()})
		return
	}
	if l.strict && !l.model(s) {
		l.plan.Refusals = append(l.plan.Refusals, &Refusal{Gap: g, Reason: "no hook of the tables is a model for a new one with these parameters"})
		return
	}
	p.New, p.Class = s, p.class()
	if p.Command == "" {
		p.Command = cmd.Command()
	}
	if !l.plan.has(p) {
		l.plan.Placements = append(l.plan.Placements, p)
	}
}

// legacySpec is the hook of an operation by the field's conventions: its command in lower case, the domains that it is about, the default action that
// keeps who may use it today.
func (l *legacyPlanner) legacySpec(g *verify.Gap, cmd *verify.Region, gate string) *Spec {
	named := *g
	named.Region = cmd
	s := &Spec{Name: l.word(g.Entry, l.newName(&named)), Label: cmd.Command(), Action: "XSM_TARGET"}
	switch {
	case l.p.Profile.Legacy.Has(gate) && strings.HasSuffix(gate, "_FOR"):
		s.Action = "XSM_DM_PRIV"
	case gate != "" && !l.namesSelf(g.Region):
		s.Action = "XSM_PRIV"
	}
	if used, taken := l.names[s.Name]; taken && used != s.Label {
		s.Name += "_" + strings.ToLower(g.Region.Fn.Name)
	}
	l.names[s.Name] = s.Label
	n := min(len(distinct(append(append([]verify.Object(nil), g.Common...), g.Objects...))), 2)
	if n == 1 && l.between(g.Region) {
		n = 2
	}
	domain := l.p.Profile.Types.Domain
	switch n {
	case 1:
		s.Params = []tables.Param{{Type: domain, Name: "d"}}
	case 2:
		s.Params = []tables.Param{{Type: domain, Name: "d1"}, {Type: domain, Name: "d2"}}
	}
	s.Class, s.Perm = l.class(g.Entry, n), s.Name
	return s
}

// between reports whether an operation joins the caller and the domain that it looks up: its code has both, and works on what belongs to the caller.
func (l *legacyPlanner) between(r *verify.Region) bool {
	m := &matcher{b: l.body(r.Fn), r: r}
	f := r.Fn
	for v := f.F.Params; v < int32(len(f.F.Vars)); v++ {
		if f.S(f.F.Vars[v].Type) != l.p.Profile.Types.Domain || !m.visible(v) {
			continue
		}
		if _, def, ok := m.variable(v); ok && def != ir.None && m.caller(def) && m.works(v) {
			return true
		}
	}
	return false
}

// works reports whether the region's code uses a member of what variable v points to, other than one that only says which object it is, or hands v on.
func (m *matcher) works(v int32) (yes bool) {
	f := m.b.f
	is := func(n int32) bool {
		x := &f.F.Nodes[f.Strip(n)]
		return x.Op == ir.Ident && x.Var == v
	}
	for b := range f.F.Blocks {
		if !m.r.Blocks[b] {
			continue
		}
		blk := &f.F.Blocks[b]
		roots := []int32{blk.N}
		for _, in := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			roots = append(roots, in.N)
		}
		for _, n := range roots {
			f.Each(n, func(k int32) bool {
				switch nd := &f.F.Nodes[k]; nd.Op {
				case ir.Field:
					yes = yes || is(nd.X) && !m.b.p.Profile.IDFields.Has(f.S(nd.Name))
				case ir.Call:
					yes = yes || !m.b.p.Profile.Neutral.Has(f.CallName(k)) && slices.ContainsFunc(f.Args(k), is)
				}
				return !yes
			})
		}
	}
	return yes
}

// takesAction reports whether the tree's hooks take a default action: those of older trees do not. Without hooks, new ones do.
func (l *legacyPlanner) takesAction() bool {
	for _, h := range l.tabs.Hooks {
		if h.Default {
			return true
		}
	}
	return len(l.tabs.Hooks) == 0
}

// model gives a new hook of a tree with tables the hook that it is written after: one with the same parameters that asks one permission.
func (l *legacyPlanner) model(s *Spec) bool {
	for _, h := range l.tabs.Hooks {
		if h.Result != "int" || len(h.Vectors) == 0 || h.Flask.Path == "" || h.Ops.Path == "" || len(h.Params) != len(s.Params) {
			continue
		}
		same := len(h.Vectors) == 1 && l.tabs.HasClass(h.Vectors[0].Class) && l.room(h.Vectors[0].Class)
		for i, p := range h.Params {
			same = same && p.Type == s.Params[i].Type
		}
		if same {
			s.Peer, s.Grant, s.Class, s.Params = h, h.Vectors[0], h.Vectors[0].Class, h.Params
			return true
		}
	}
	return false
}

// namesSelf reports whether a guest may name itself in a region's request.
func (l *legacyPlanner) namesSelf(r *verify.Region) (yes bool) {
	verify.Compared(r.Fn, r.Blocks, func(_ int32, name string) { yes = yes || l.p.Profile.Self.Has(name) })
	return yes
}

// word puts the word that the hooks of an entry's operations start with in front of a name.
func (l *legacyPlanner) word(entry, name string) string {
	for _, c := range l.p.Profile.Classes {
		if c.Entries.Has(entry) && c.Word != "" && !strings.Contains(name, c.Word) {
			return c.Word + "_" + name
		}
	}
	return name
}

// class is the object class that the profile's conventions give an operation of an entry: about the hypervisor itself when no domain is involved.
func (l *legacyPlanner) class(entry string, domains int) string {
	for _, c := range l.p.Profile.Classes {
		if c.Entries.Has(entry) {
			if domains == 0 && c.Without != "" {
				return c.Without
			}
			return c.Class
		}
	}
	if domains == 0 {
		return "xen"
	}
	return "domain"
}

// distinct lists the texts of objects, each once.
func distinct(os []verify.Object) (out []string) {
	seen := map[string]bool{}
	for _, o := range os {
		if !seen[o.Text] {
			seen[o.Text] = true
			out = append(out, o.Text)
		}
	}
	sort.Strings(out)
	return out
}
