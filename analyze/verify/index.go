package verify

import (
	"slices"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// index answers questions about regions that the search for places asks often.
type index struct {
	byLabel map[string][]*Region
	byFn    map[*analyze.Fn][]*Region
	rest    map[*analyze.Fn]*Region   // the region without labels
	calls   map[*Region][]*analyze.Fn // functions that a region calls
	origin  map[*analyze.Fn][]string  // labels whose code reaches a function, sorted; nil when too many
	stuff   map[*Region]*stuff        // filled on demand
	outer   map[*analyze.Fn][]*Region // regions that call a function
	method  map[*analyze.Fn]bool      // one of several functions that a call through a pointer can mean
}

// index builds the finder's index once.
func (f *finder) index() *index {
	if f.idx != nil {
		return f.idx
	}
	x := &index{
		byLabel: map[string][]*Region{}, byFn: map[*analyze.Fn][]*Region{}, rest: map[*analyze.Fn]*Region{}, calls: map[*Region][]*analyze.Fn{},
		origin: map[*analyze.Fn][]string{}, stuff: map[*Region]*stuff{}, outer: map[*analyze.Fn][]*Region{},
		method: map[*analyze.Fn]bool{},
	}
	f.idx = x
	f.methods(x)
	for _, r := range f.m.regions {
		for _, l := range r.Labels {
			x.byLabel[l] = append(x.byLabel[l], r)
		}
		x.byFn[r.Fn] = append(x.byFn[r.Fn], r)
		if r.Switch == ir.None {
			x.rest[r.Fn] = r
		}
	}
	for _, r := range f.m.regions {
		seen := map[*analyze.Fn]bool{}
		for _, c := range f.m.callees(r) {
			if !seen[c] && c != r.Fn && x.rest[c] != nil {
				seen[c] = true
				x.calls[r] = append(x.calls[r], c)
				x.outer[c] = append(x.outer[c], r)
			}
		}
	}
	f.origins(x)
	return x
}

// methods marks the functions that a call through a pointer can mean beside others: implementations of one interface.
func (f *finder) methods(x *index) {
	for _, fn := range f.m.p.Fns {
		for _, is := range fn.F.Instrs {
			if is.Kind != ir.ICall || is.N == ir.None || fn.CallName(is.N) != "" {
				continue
			}
			if fns, _ := f.m.p.Callees(fn, is.N); len(fns) > 1 {
				for _, c := range fns {
					x.method[c] = f.m.depth[c] > 0 || f.m.reached[c] != c.Name // a handler stands in a table too
				}
			}
		}
	}
}

// mainSwitch is the block of the command switch of fn with the most labels, of several the last; None when it has none. One that only refuses commands that
// are unknown counts when there is no other.
func (x *index) mainSwitch(fn *analyze.Fn) int32 {
	const few = 3
	best, most, arms := ir.None, few, false
	for b := range fn.F.Blocks {
		blk := &fn.F.Blocks[b]
		if blk.Term != ir.TSwitch || blk.Unreachable {
			continue
		}
		if n, apart := named(fn, blk), !onlyKnows(fn, blk); n >= few && (n >= most && apart == arms || apart && !arms) {
			best, most, arms = int32(b), n, apart
		}
	}
	return best
}

// outerSwitch is the switch in one of whose arms the main switch of fn stands, the main switch where it stands in none.
func (x *index) outerSwitch(fn *analyze.Fn) int32 {
	main := x.mainSwitch(fn)
	if main == ir.None {
		return ir.None
	}
	if r := x.inside(fn, main); r != nil && r.Switch != ir.None {
		return r.Switch
	}
	return main
}

// inside is the labelled region of fn that block b belongs to, the smallest if there are several, or the rest.
func (x *index) inside(fn *analyze.Fn, b int32) *Region {
	best, size := x.rest[fn], 1<<30
	for _, r := range x.byFn[fn] {
		if r.Switch == ir.None || r.Switch == b || !r.Blocks[b] {
			continue
		}
		n := 0
		for _, in := range r.Blocks {
			if in {
				n++
			}
		}
		if n < size {
			best, size = r, n
		}
	}
	return best
}

// maxOrigins bounds the commands that a function is said to belong to; one that more of them reach is common code.
const maxOrigins = 12

// origins finds the labels whose code reaches each function: a region's own labels, or those of its function.
func (f *finder) origins(x *index) {
	sets := map[*analyze.Fn]map[string]bool{}
	for round := 0; round < 8; round++ {
		changed := false
		for _, r := range f.m.regions {
			for _, c := range x.calls[r] {
				if sets[c] == nil {
					sets[c] = map[string]bool{}
				}
				was := len(sets[c])
				if was > maxOrigins {
					continue
				}
				for _, l := range r.Labels {
					sets[c][l] = true
				}
				if len(r.Labels) == 0 {
					for l := range sets[r.Fn] {
						sets[c][l] = true
					}
				}
				changed = changed || len(sets[c]) != was
			}
		}
		if !changed {
			break
		}
	}
	for fn, s := range sets {
		if len(s) <= maxOrigins {
			for l := range s {
				x.origin[fn] = append(x.origin[fn], l)
			}
			sort.Strings(x.origin[fn])
		}
	}
}

// stuff is what a region's code has at hand.
type stuff struct {
	types   map[string]int  // variables and members by type
	names   map[string]bool // variables and members by name
	number  map[string]bool // of these, what is no pointer
	lent    map[string]bool // those that only a function below reads, in what it is given
	consts  map[string]bool // named constants that something is compared with
	domains int             // domains that are looked up there, before the dispatch, or given to the function
	status  bool            // an error is stored in a member: op->status
	made    int             // local variables for a domain that something other than the caller is stored in
	owners  map[string]bool // domains that are members of what the function is given: src->domain
	lookups int             // of these, looked up there
	walks   bool            // all of these by numbers of the code's own, in a function that is given one
	domain  string          // the type of a domain
}

// stuffOf lists what region r has at hand.
func (f *finder) stuffOf(r *Region) *stuff {
	x := f.index()
	if s := x.stuff[r]; s != nil {
		return s
	}
	s := &stuff{types: map[string]int{}, names: map[string]bool{}, consts: map[string]bool{}, owners: map[string]bool{}, lent: map[string]bool{}, number: map[string]bool{},
		domain: f.m.p.Profile.Types.Domain}
	x.stuff[r] = s
	fn := r.Fn
	seen := map[int32]bool{}
	for v := int32(0); v < fn.F.Params; v++ {
		seen[v] = true
		s.variable(fn, v)
		if plain(fn.S(fn.F.Vars[v].Type)) == s.domain {
			s.domains++
		}
	}
	for b := range fn.F.Blocks {
		if !r.Blocks[b] {
			continue
		}
		blk := &fn.F.Blocks[b]
		s.under(fn, blk.N, seen)
		for _, is := range fn.F.Instrs[blk.First : blk.First+blk.Len] {
			s.under(fn, is.N, seen)
			if is.Kind == ir.IDecl && !seen[is.Var] {
				seen[is.Var] = true
				s.variable(fn, is.Var)
			}
		}
	}
	if r.Switch == ir.None {
		s.given(fn)
	}
	Compared(fn, r.Blocks, func(_ int32, name string) { s.consts[name] = true })
	found := f.m.objects(r)
	s.lookups = len(found)
	s.walks = s.lookups > 0 && s.domains > 0 && !slices.ContainsFunc(found, func(o Object) bool { return f.m.chosen(fn, o) })
	if r.Switch != ir.None && x.rest[fn] != nil {
		for _, o := range f.m.objects(x.rest[fn]) {
			if f.m.used(fn, o) {
				s.domains++
			}
		}
	}
	s.domains += s.lookups
	if s.domains == 0 {
		s.domains = len(s.owners)
	}
	if s.domains == 0 && s.types[s.domain] > 0 {
		s.domains = s.made
	}
	f.passed(r, s)
	return s
}

// given notes the numbers that a function only reads in what its parameters point to, be it in the code of a sub-command: its caller put them there.
func (s *stuff) given(fn *analyze.Fn) {
	read, stored := map[string]bool{}, map[string]bool{}
	for k := range fn.F.Nodes {
		nd := &fn.F.Nodes[k]
		if x := nd.X; nd.Op == ir.Assign && fn.F.Nodes[x].Op == ir.Field {
			stored[fn.S(fn.F.Nodes[x].Name)] = true
		}
		if nd.Op != ir.Field || strings.HasSuffix(fn.S(nd.Type), "*") || strings.HasPrefix(fn.S(nd.Type), "struct") {
			continue
		}
		if x := &fn.F.Nodes[fn.Strip(nd.X)]; x.Op == ir.Ident && x.Var != ir.None && x.Var < fn.F.Params {
			read[fn.S(nd.Name)] = true
		}
	}
	for name := range read {
		if !stored[name] {
			s.names[name], s.number[name] = true, true
		}
	}
}

// passed notes the members that functions read through an address that the region gives them: handing &op->u.x to a function that reads its
// parameter's ->clear puts op->u.x.clear at hand.
func (f *finder) passed(r *Region, s *stuff) {
	fn := r.Fn
	for c := range fn.Calls(r.Blocks) {
		PassedMembers(f.m.p, fn, c.Node, func(_ string, name, typ string) {
			if !s.names[name] {
				s.names[name], s.lent[name] = true, true
			}
		})
	}
}

// PassedMembers reports the members that a callee of call node n reads through a parameter for which the call passes the address of a place:
// the member as the caller would write it, its name and its type.
func PassedMembers(p *analyze.Program, fn *analyze.Fn, n int32, report func(text, name, typ string)) {
	fns, _ := p.Callees(fn, n)
	if len(fns) == 0 {
		return
	}
	c := fns[0]
	for i, a := range fn.Args(n) {
		nd := &fn.F.Nodes[fn.Strip(a)]
		if nd.Op != ir.Addr || int32(i) >= c.F.Params || fn.F.Nodes[nd.X].Op != ir.Field {
			continue
		}
		for k := range c.F.Nodes {
			m := &c.F.Nodes[k]
			if m.Op != ir.Field || m.Flags&ir.Arrow == 0 {
				continue
			}
			if x := &c.F.Nodes[c.Strip(m.X)]; x.Op == ir.Ident && x.Var == int32(i) {
				report(fn.Text(nd.X)+"."+c.S(m.Name), c.S(m.Name), c.S(m.Type))
			}
		}
	}
}

func plain(t string) string { return strings.TrimPrefix(t, "const ") }

func (s *stuff) variable(fn *analyze.Fn, v int32) {
	s.number[fn.S(fn.F.Vars[v].Name)] = s.number[fn.S(fn.F.Vars[v].Name)] || !strings.HasSuffix(fn.S(fn.F.Vars[v].Type), "*")
	s.types[plain(fn.S(fn.F.Vars[v].Type))]++
	s.names[fn.S(fn.F.Vars[v].Name)] = true
}

func (s *stuff) under(fn *analyze.Fn, n int32, seen map[int32]bool) {
	if n == ir.None {
		return
	}
	fn.Each(n, func(k int32) bool {
		nd := &fn.F.Nodes[k]
		if x := nd.X; nd.Op == ir.Assign && fn.F.Nodes[x].Op == ir.Field {
			name := fn.S(fn.F.Nodes[x].Name)
			s.status = s.status || name == "status" || name == "rc"
		}
		switch {
		case nd.Op == ir.Assign && nd.Y != ir.None && fn.F.Nodes[nd.X].Op == ir.Ident && fn.F.Nodes[fn.Strip(nd.Y)].Op == ir.Call &&
			plain(fn.S(fn.F.Nodes[nd.X].Type)) == s.domain:
			s.made = 1
		case nd.Op == ir.Ident && nd.Var != ir.None && !seen[nd.Var]:
			seen[nd.Var] = true
			s.variable(fn, nd.Var)
		case nd.Op == ir.Field:
			if t := plain(fn.S(nd.Type)); s.types[t] == 0 {
				s.types[t] = 1
			}
			s.names[fn.S(nd.Name)] = true
			s.number[fn.S(nd.Name)] = s.number[fn.S(nd.Name)] || !strings.HasSuffix(fn.S(nd.Type), "*")
			if v := rootVar(fn, k); plain(fn.S(nd.Type)) == s.domain && v != ir.None && v < fn.F.Params {
				s.owners[fn.Text(k)] = true
			}
		}
		return true
	})
}
