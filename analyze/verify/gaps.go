package verify

import (
	"fmt"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Gap is an operation that lacks a hook, with the evidence.
type Gap struct {
	Check      string         // XSM1001, XSM2001 or XSM2003
	Hook       *tables.Hook   // the hook that belongs there; nil when the tables have none
	Others     []*Region      // where else it could go, most likely first, for when Region has no place for it
	Label      string         // the sub-command that the hook is for, "" when it is for all of the region's
	When       string         // a condition, in C: the hook is asked only where it holds; "" for always
	Rival      bool           // another hook has the same code, for another sub-command or another way through it
	Via        *analyze.Fn    // a function that calls Region's with what the hook is asked about: its names for the arguments count
	After      int32          // a byte of Region's function behind which the hook goes, 0 for none: what is before is for commands that it is not asked about
	Parties    []string       // the domains that the hook is given, where only the region's code knows them; nil otherwise
	Range      []string       // the ends of the range that the hook is given, where Region's code has just asked about them; nil otherwise
	Chooses    bool           // a denial goes another way through the code, not out of it:
	Choice     int32          // the way that it goes where the condition of this if statement does not hold
	Region     *Region        // where it belongs; nil when the analysis cannot tell
	Objects    []Object       // domains that the region looks up
	Common     []Object       // domains that the function looks up before it dispatches
	Peers      []*tables.Hook // hooks of near operations, as models for a new one, nearest first
	Switch     *Switch        // a module's switch that lacks the command
	Model      tables.Vector  // permission of the neighbouring command, whose grants a new permission follows
	HasModel   bool
	Entry      string // a hypercall handler that reaches the region
	Evidence   []string
	Confidence float64 // 0 to 1
}

// Object is something that code looks up by a number that the guest chose.
type Object struct {
	Type    string // "struct domain"
	Path    string // access path in the function
	Text    string // the expression that names it
	Node    int32  // the look-up's call node
	Block   int32  // where the call stands
	guarded bool   // a hook stands on every way to it
	Filled  bool   // a callee looked it up and stored it in a member: the call's result tells whether it exists
}

// Result is everything gap detection found, strongest evidence first.
type Result struct {
	Gaps     []*Gap
	Tables   *tables.Tables
	Switches []*Switch              // command switches of the modules
	Regions  []*Region              // code of the commands that guests reach
	Reached  map[*analyze.Fn]string // functions that guests reach, with an entry
	Open     map[*analyze.Fn]bool   // those reached on some way without a hook before the call
	f        *finder
}

// ObjectsOf lists the domains that a region looks up, and those that its function looks up before it dispatches. For the code outside all
// sub-commands of a dispatcher, what is looked up behind the dispatch does not count.
func (r *Result) ObjectsOf(reg *Region) (own, common []Object) {
	own = r.f.m.objects(reg)
	if reg.Switch == ir.None {
		return before(reg.Fn, own, r.f.index().mainSwitch(reg.Fn)), nil
	}
	if rest := r.f.index().rest[reg.Fn]; rest != nil {
		common = before(reg.Fn, r.f.m.objects(rest), reg.Switch)
	}
	return own, common
}

// before keeps the objects that are looked up on a way to block sw; all when sw is none.
func before(fn *analyze.Fn, all []Object, sw int32) (out []Object) {
	if sw == ir.None {
		return all
	}
	for _, o := range all {
		if Graph(fn).Reach([]int32{o.Block}, nil)[sw] {
			out = append(out, o)
		}
	}
	return out
}

// Entry names a hypercall handler that reaches a function, "" when none does.
func (r *Result) Entry(fn *analyze.Fn) string { return r.f.m.reached[fn] }

// Acts reports whether a region does more than set its own result.
func (r *Result) Acts(reg *Region) bool { return r.f.m.acts(reg) }

// Origin lists the sub-commands whose code reaches a function, sorted; none when too many do.
func (r *Result) Origin(fn *analyze.Fn) []string { return r.f.index().origin[fn] }

// Gaps looks for missing hooks in one configuration of tree t.
func Gaps(p *analyze.Program, t *refactor.Tree, tabs *tables.Tables) *Result {
	return gaps(newModel(p, t, nil), tabs, textCalls(p, t, tabs.Prefix))
}

// gaps runs every kind of search.
func gaps(m *model, tabs *tables.Tables, text map[string]bool) *Result {
	f := &finder{m: m, tabs: tabs, byRegion: map[*Region]*Gap{}, text: text}
	f.indexPeers()
	f.switches = m.switches(tabs)
	f.lookups()
	f.delegated()
	f.bypassed()
	f.missingCases()
	f.uncalled()
	f.objectsOf()
	f.name()
	sort.SliceStable(f.gaps, func(i, j int) bool { return f.gaps[i].Confidence > f.gaps[j].Confidence })
	return &Result{f.gaps, tabs, f.switches, m.regions, m.reached, m.open, f}
}

// finder collects gaps.
type finder struct {
	m        *model
	tabs     *tables.Tables
	gaps     []*Gap
	byRegion map[*Region]*Gap
	text     map[string]bool     // hooks that some text outside the modules calls, compiled or not
	called   map[string]int      // sites of each hook
	peers    map[string][]string // file or function -> hooks called there, in source order
	switches []*Switch
	labelled map[*analyze.Fn]map[string]bool
	idx      *index
	searched map[*tables.Hook]bool // hooks whose places were looked for as those of hooks that nobody calls
	shells   map[string]bool
	naming   *words
	modules  map[string]bool // functions of security modules
	flask    bool            // the module with permissions is compiled
}

// gap returns the gap of region r, making it when it is new.
func (f *finder) gap(r *Region, check string) *Gap {
	if g := f.byRegion[r]; g != nil {
		return g
	}
	g := &Gap{Check: check, Region: r, Entry: f.m.reached[r.Fn]}
	f.byRegion[r] = g
	f.gaps = append(f.gaps, g)
	return g
}

// say adds evidence; independent kinds of evidence make each other more likely.
func (g *Gap) say(weight float64, format string, args ...any) {
	g.Evidence = append(g.Evidence, fmt.Sprintf(format, args...))
	g.Confidence = 1 - (1-g.Confidence)*(1-weight)
}

// indexPeers counts the sites of each hook and lists them by function and by file.
func (f *finder) indexPeers() {
	f.called, f.peers = map[string]int{}, map[string][]string{}
	seen := map[string]bool{}
	for _, fn := range f.m.p.Fns {
		for _, h := range f.m.calls[fn] {
			f.called[h.Hook]++
			for _, k := range []string{"fn " + fn.Name, "file " + fn.File} {
				if !seen[k+h.Hook] {
					seen[k+h.Hook] = true
					f.peers[k] = append(f.peers[k], h.Hook)
				}
			}
		}
	}
}

// objectsOf fills in the domains that the gaps' code looks up.
func (f *finder) objectsOf() {
	rest := map[*analyze.Fn]*Region{}
	for _, r := range f.m.regions {
		if r.Switch == ir.None {
			rest[r.Fn] = r
		}
	}
	for _, g := range f.gaps {
		if r := g.Region; r != nil {
			g.Objects = f.m.objects(r)
			if r.Switch != ir.None && rest[r.Fn] != nil {
				g.Common = f.m.objects(rest[r.Fn])
			}
		}
	}
}

// lookups finds regions that look a domain up by a guest's number and never give it to a hook, in code whose neighbours do.
func (f *finder) lookups() {
	for _, r := range f.m.regions {
		var open []Object
		if !f.m.open[r.Fn] {
			continue
		}
		beside := ""
		for _, o := range f.m.objects(r) {
			if o.Filled || !f.m.chosen(r.Fn, o) || !f.m.used(r.Fn, o) || f.m.mediated(r.Fn, o) {
				continue
			}
			if o.guarded {
				if beside = f.asksAgain(r); beside == "" {
					continue // what was asked before may be about all commands
				}
			}
			open = append(open, o)
		}
		if len(open) == 0 {
			continue
		}
		siblings := len(f.peers["fn "+r.Fn.Name]) + len(f.peers["file "+r.Fn.File])
		g := f.gap(r, "XSM1001")
		g.say(0.5, "%s looks up %s (%s) by a number that the guest chose, and no hook is given it", r, open[0].Text, open[0].Type)
		if beside != "" {
			g.say(0.5, "%s, which comes behind the same hook, asks again about the %s that it looks up", beside, open[0].Type)
		} else if siblings > 0 {
			g.say(0.5, "%d hooks mediate other operations of %s", siblings, r.Fn.File)
		}
	}
}

// asksAgain names a command beside r that looks a further domain up behind a hook for all and gives it to a hook of its own, "" for none: what was
// asked before does not decide about such domains.
func (f *finder) asksAgain(r *Region) string {
	if len(r.Labels) == 0 {
		return ""
	}
	for _, q := range f.m.regions {
		if q.Fn != r.Fn || q == r || len(q.Labels) == 0 {
			continue
		}
		for _, o := range f.m.objects(q) {
			if o.guarded && !o.Filled && f.m.chosen(q.Fn, o) && f.m.mediated(q.Fn, o) {
				return q.Command()
			}
		}
	}
	return ""
}

// objects lists the domains that a region looks up.
func (m *model) objects(r *Region) (out []Object) {
	f := r.Fn
	for b := range f.F.Blocks {
		if !r.Blocks[b] || f.F.Blocks[b].Unreachable {
			continue
		}
		blk := &f.F.Blocks[b]
		for i := blk.First; i < blk.First+blk.Len; i++ {
			is := f.F.Instrs[i]
			if is.Kind != ir.ICall || is.N == ir.None || !m.looksUp(f, is.N) {
				continue
			}
			if o, ok := m.object(f, is.N); ok {
				o.Block, o.guarded = int32(b), m.guarded(f, int32(b), i)
				out = append(out, o)
			}
		}
	}
	return out
}

// object describes look-up call n of a domain: in its result, or through an argument that points to a pointer.
func (m *model) object(f *analyze.Fn, n int32) (Object, bool) {
	domain := m.p.Profile.Types.Domain
	o := Object{Type: strings.TrimSuffix(domain, " *"), Node: n}
	args := f.Args(n)
	if len(args) == 0 || f.F.Nodes[f.Strip(args[0])].Op == ir.Const {
		return o, false
	}
	if text, path, ok := m.filled(f, n); ok {
		o.Text, o.Path, o.Filled = text, path, true
		return o, true
	}
	if i := m.outArg(f, n); i >= 0 && i < len(args) {
		a := f.Strip(args[i])
		if nd := &f.F.Nodes[a]; nd.Op == ir.Addr {
			o.Path, o.Text = f.Path(nd.X), f.Text(nd.X)
			return o, f.S(f.F.Nodes[nd.X].Type) == domain
		}
		o.Path, o.Text = f.Path(a)+"*", "*"+f.Text(a)
		return o, outParam(o.Path) >= 0
	}
	if f.S(f.F.Nodes[n].Type) != domain {
		return o, false
	}
	o.Path, o.Text = f.Path(n), f.Text(n)
	if t := m.assigned(f, n); t != ir.None {
		o.Path, o.Text = f.Path(t), f.Text(t)
	}
	return o, true
}

// outArg is the argument of look-up call n that points to where the object goes, -1 when it is the call's result.
func (m *model) outArg(f *analyze.Fn, n int32) int {
	if h, _ := m.p.HeldCall(f, n); h != nil {
		if h.Out {
			return h.Arg
		}
		return -1
	}
	if how, ok := m.finder(f, n); ok {
		return how.out
	}
	for i, a := range f.Args(n) { // the address of a pointer
		if nd := &f.F.Nodes[f.Strip(a)]; nd.Op == ir.Addr && f.S(f.F.Nodes[nd.X].Type) == m.p.Profile.Types.Domain {
			return i
		}
	}
	return -1
}

// assigned is the place that the result of call n is stored in, None when it is not.
func (m *model) assigned(f *analyze.Fn, n int32) int32 {
	for i := range f.F.Nodes {
		nd := &f.F.Nodes[i]
		if nd.Op == ir.Assign && nd.Y != ir.None && (f.Strip(nd.Y) == n || armOf(f, nd.Y, n)) {
			return f.Strip(nd.X)
		}
	}
	for i := range f.F.Instrs {
		if is := f.F.Instrs[i]; is.Kind == ir.IDecl && is.N != ir.None && f.Strip(is.N) == n {
			for j := range f.F.Nodes {
				if nd := &f.F.Nodes[j]; nd.Op == ir.Ident && nd.Var == is.Var {
					return int32(j)
				}
			}
		}
	}
	return ir.None
}

// armOf reports whether call n is one of the two values of a conditional expression.
func armOf(f *analyze.Fn, value, n int32) bool {
	c := &f.F.Nodes[f.Strip(value)]
	return c.Op == ir.Cond && (c.Y != ir.None && f.Strip(c.Y) == n || c.Z != ir.None && f.Strip(c.Z) == n)
}

// mediated reports whether object o of function f reaches a hook: as an argument of one, or of a function that gives its parameter to one.
func (m *model) mediated(f *analyze.Fn, o Object) bool {
	if o.Path == "" {
		return true // not nameable: nothing can be said
	}
	for _, is := range m.instrsFrom(f, o.Block) {
		if is.Kind != ir.ICall || is.N == ir.None {
			continue
		}
		hook := m.p.Profile.Hooks.Is(f.CallName(is.N))
		if hook && f.S(f.F.Nodes[is.N].Type) == "void" {
			continue // told, not asked
		}
		if m.hidden[hiddenCall{f, is.N}] {
			continue
		}
		fns, _ := m.p.Callees(f, is.N)
		for i, a := range f.Args(is.N) {
			if !rooted(f.Path(a), o.Path) && f.Text(a) != o.Text {
				continue
			}
			if hook {
				return true
			}
			for _, g := range fns {
				if i < 32 && m.params[g]&(1<<i) != 0 && passesOn(g, m.any[g]) {
					return true
				}
			}
		}
	}
	return m.returned(f, o)
}

// instrsFrom lists the instructions of block b and of those that it reaches.
func (m *model) instrsFrom(f *analyze.Fn, b int32) (out []ir.Instr) {
	for i, ok := range Graph(f).Reach([]int32{b}, nil) {
		if ok {
			blk := &f.F.Blocks[i]
			out = append(out, f.F.Instrs[blk.First:blk.First+blk.Len]...)
		}
	}
	return out
}

// chosen reports whether the number that object o is looked up by comes from a parameter or from what was copied from the guest.
func (m *model) chosen(f *analyze.Fn, o Object) bool {
	copied := map[string]bool{}
	for _, is := range f.F.Instrs {
		if is.Kind == ir.ICall && is.N != ir.None {
			if c, args := m.p.CopyCall(f, is.N); c != nil && !c.Back && c.To < len(args) {
				copied[strings.TrimPrefix(f.Path(args[c.To]), "&")] = true
			}
		}
	}
	for _, a := range f.Args(o.Node) {
		if m.fromGuest(f, a, copied, map[int32]bool{}) {
			return true
		}
	}
	return false
}

// fromGuest reports whether expression n has a number from a parameter or from what was copied, be it by way of local numbers: what
// a local pointer leads to is state of the hypervisor's as a rule.
func (m *model) fromGuest(f *analyze.Fn, n int32, copied map[string]bool, seen map[int32]bool) (from bool) {
	f.Each(n, func(n int32) bool {
		p := f.Path(n)
		root, _, _ := strings.Cut(p, ".")
		root = strings.TrimRight(root, "*[]")
		nd := &f.F.Nodes[n]
		if nd.Op == ir.Call || strings.HasSuffix(f.S(nd.Type), m.p.Profile.Types.Domain) {
			return false
		}
		if nd.Op == ir.Index && !copied[root] {
			return false // what a table has under a number is the hypervisor's own
		}
		if copied[root] || rootParam(p) != 0 && nd.Op != ir.Addr {
			from = true
		}
		if !from && nd.Op == ir.Ident && nd.Var >= f.F.Params && !seen[nd.Var] && !strings.HasSuffix(f.S(nd.Type), "*") {
			seen[nd.Var] = true
			for _, v := range values(f, nd.Var) {
				from = from || m.fromGuest(f, v, copied, seen)
			}
		}
		return !from
	})
	return from
}

// values lists the expressions that local variable v of f is set to.
func values(f *analyze.Fn, v int32) (out []int32) {
	for i := range f.F.Nodes {
		nd := &f.F.Nodes[i]
		if nd.Op == ir.Assign && nd.Y != ir.None && f.F.Nodes[f.Strip(nd.X)].Op == ir.Ident && f.F.Nodes[f.Strip(nd.X)].Var == v {
			out = append(out, nd.Y)
		}
	}
	for _, is := range f.F.Instrs {
		if is.Kind == ir.IDecl && is.Var == v && is.N != ir.None {
			out = append(out, is.N)
		}
	}
	return out
}

// used reports whether the function does anything with the object but test and release it.
func (m *model) used(f *analyze.Fn, o Object) bool {
	for i := range f.F.Nodes {
		nd := &f.F.Nodes[i]
		switch {
		case nd.Op == ir.Field && nd.Flags&ir.Arrow != 0 && f.Path(nd.X) == o.Path:
			return true
		case nd.Op == ir.Call && int32(i) != o.Node:
			if h, acquire := m.p.HeldCall(f, int32(i)); h != nil && !acquire {
				continue
			}
			for _, a := range f.Args(int32(i)) {
				if f.Path(a) == o.Path && o.Path != "" {
					return true
				}
			}
		}
	}
	return false
}

// returned reports whether a function hands the object to its caller, who then answers for it.
func (m *model) returned(f *analyze.Fn, o Object) bool {
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if blk.Term == ir.TReturn && blk.N != ir.None && (f.Path(blk.N) == o.Path || f.Strip(blk.N) == o.Node) {
			return true
		}
	}
	return len(o.Path) > 0 && o.Path[0] == 'p' // stored through a parameter
}

// rooted reports whether path lies at or below base, or is the address of base.
func rooted(path, base string) bool {
	if path == "" {
		return false
	}
	if path[0] == '&' {
		path = path[1:]
	}
	return path == base || len(path) > len(base) && path[:len(base)] == base && (path[len(base)] == '*' || path[len(base)] == '.')
}
