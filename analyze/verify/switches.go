package verify

import (
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
)

// Switch is a module's switch over the sub-commands of an entry-level hook: which it checks and which it lets through because they have a
// hook of their own.
type Switch struct {
	Hook      *tables.Hook
	Fn        *analyze.Fn              // the module's function
	Block     int32                    // of the switch
	Known     map[string]bool          // every label
	Vectors   map[string]tables.Vector // the permission that a label asks for
	Delegated map[string]bool          // labels with a hook of their own: they return 0 without asking anything, or never come here
	Away      map[string]bool          // those of them that never come here: getting here is an error
	Others    bool                     // it asks a permission for all commands that it has no label for
}

// switches reads the command switches of the Flask functions.
func (m *model) switches(tabs *tables.Tables) (out []*Switch) {
	for _, h := range tabs.Hooks {
		if h.FlaskFn == "" {
			continue
		}
		for _, f := range m.p.Named(h.FlaskFn) {
			if s := m.commandSwitch(h, f); s != nil {
				out = append(out, s)
				break
			}
		}
	}
	return out
}

// commandSwitch reads the switch of one Flask function over one of its parameters, or a member of what it points to; nil when there is none, or when it lets unknown commands pass.
func (m *model) commandSwitch(h *tables.Hook, f *analyze.Fn) *Switch {
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		if blk.Term != ir.TSwitch || named(f, blk) < 2 {
			continue
		}
		if !m.commandWord(f, blk.N) {
			continue
		}
		s := &Switch{Hook: h, Fn: f, Block: int32(b), Known: map[string]bool{}, Delegated: map[string]bool{}, Away: map[string]bool{}, Vectors: map[string]tables.Vector{}}
		for _, c := range blk.Cases {
			pass := returnsZero(f, fallTarget(f, c.Block))
			if c.Default {
				if pass {
					return nil
				}
				_, s.Others = vectorAt(f, fallTarget(f, c.Block))
				continue
			}
			l := f.S(c.Name)
			s.Known[l], s.Away[l] = true, m.neverHere(f, blk, c)
			s.Delegated[l] = pass || s.Away[l]
			if v, ok := vectorAt(f, fallTarget(f, c.Block)); ok {
				s.Vectors[f.S(c.Name)] = v
			}
		}
		return s
	}
	return nil
}

// commandWord reports whether node n is a parameter, or a member of a request that came from a guest: a structure that some code copies in.
func (m *model) commandWord(f *analyze.Fn, n int32) bool {
	nd := &f.F.Nodes[f.Strip(n)]
	if nd.Op == ir.Ident {
		return nd.Var != ir.None && nd.Var < f.F.Params
	}
	if nd.Op != ir.Field || rootParam(f.Path(n)) == 0 {
		return false
	}
	return m.requests()[f.S(nd.Owner)]
}

// requests names the structures that some code copies from a guest.
func (m *model) requests() map[string]bool {
	if m.copied != nil {
		return m.copied
	}
	m.copied = map[string]bool{}
	for _, f := range m.p.Fns {
		for _, is := range f.F.Instrs {
			if is.Kind != ir.ICall || is.N == ir.None {
				continue
			}
			if c, args := m.p.CopyCall(f, is.N); c != nil && !c.Back && c.To < len(args) {
				if t, ok := analyze.StructPointer(f.S(f.F.Nodes[f.Strip(args[c.To])].Type)); ok {
					m.copied[strings.TrimPrefix(t, "struct ")] = true
				}
			}
		}
	}
	return m.copied
}

// vectorAt is the permission that block b asks for: the only CLASS__PERMISSION constant that it names.
func vectorAt(f *analyze.Fn, b int32) (v tables.Vector, ok bool) {
	blk := &f.F.Blocks[b]
	roots := []int32{blk.N}
	for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
		roots = append(roots, is.N)
	}
	for _, r := range roots {
		f.Each(r, func(n int32) bool {
			nd := &f.F.Nodes[n]
			for _, s := range []string{f.S(nd.Macro), f.S(nd.Name)} {
				if c, p, is := strings.Cut(s, "__"); is && c != "" && p != "" && c == strings.ToUpper(c) {
					v, ok = tables.Vector{Class: strings.ToLower(c), Perm: strings.ToLower(p)}, true
				}
			}
			return true
		})
	}
	return v, ok
}

// neighbour is the permission of the command nearest to the region's in its dispatcher that the switch asks one for.
func (s *Switch) neighbour(r *Region) (v tables.Vector, ok bool) {
	if all := s.Neighbours(r); len(all) > 0 {
		v, ok = s.Vectors[all[0]]
	}
	return v, ok
}

// Neighbours lists the commands of a region's dispatcher that the switch asks a permission for, the nearest to the region first.
func (s *Switch) Neighbours(r *Region) (labels []string) {
	if r.Switch == ir.None {
		return nil
	}
	away := map[string]int32{}
	for _, c := range r.Fn.F.Blocks[r.Switch].Cases {
		l := r.Fn.S(c.Name)
		if _, has := s.Vectors[l]; !has || away[l] != 0 {
			continue
		}
		if away[l] = c.Start - r.Start; away[l] < 0 {
			away[l] = -away[l]
		}
		labels = append(labels, l)
	}
	sort.SliceStable(labels, func(i, j int) bool { return away[labels[i]] < away[labels[j]] })
	return labels
}

// CaseAt is the byte that the switch's case for a label starts at, -1 when it has none.
func (s *Switch) CaseAt(label string) int {
	for _, c := range s.Fn.F.Blocks[s.Block].Cases {
		if !c.Default && s.Fn.S(c.Name) == label {
			return int(c.Start)
		}
	}
	return -1
}

// returnsZero reports whether block b does nothing but return 0.
func returnsZero(f *analyze.Fn, b int32) bool {
	blk := &f.F.Blocks[b]
	if blk.Term != ir.TReturn || blk.N == ir.None || blk.Len > 1 {
		return false
	}
	for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
		if is.Kind == ir.ICall {
			return false
		}
	}
	n := &f.F.Nodes[f.Strip(blk.N)]
	return n.Flags&ir.HasVal != 0 && n.Val == 0
}

// family returns the switch whose labels the region's dispatcher mostly shares, nil for none.
func (f *finder) family(r *Region) *Switch {
	if r.Switch == ir.None {
		return nil
	}
	blk := &r.Fn.F.Blocks[r.Switch]
	for _, s := range f.switches {
		shared := 0
		for _, c := range blk.Cases {
			if s.Known[r.Fn.S(c.Name)] {
				shared++
			}
		}
		if shared >= 2 && 2*shared > named(r.Fn, blk) {
			return s
		}
	}
	return nil
}

// missingCases finds sub-commands that a dispatcher has and the module's switch does not know.
func (f *finder) missingCases() {
	for _, r := range f.m.regions {
		s := f.family(r)
		if s == nil {
			continue
		}
		for _, l := range r.Labels {
			if s.Known[l] || f.asked(r) {
				continue
			}
			g := f.gap(r, "XSM2003")
			g.Switch = s
			g.Model, g.HasModel = s.neighbour(r)
			g.say(0.9, "%s dispatches %s, and %s has no case for it: the module refuses or guesses", r.Fn.Name, l, s.Fn.Name)
		}
	}
}

// asked reports whether the region, or what it calls nearby, calls a hook.
func (f *finder) asked(r *Region) bool { return f.askedBut(r, nil) }

// askedBut is asked without what function but, which r forwards the command to, asks for all of its commands together; nil for none.
func (f *finder) askedBut(r *Region, but *analyze.Fn) bool {
	const near = 2
	for _, h := range f.m.calls[r.Fn] {
		if r.Blocks[h.Block] && f.m.decides(h) {
			return true
		}
	}
	for _, g := range f.m.callees(r) {
		if n := f.m.any[g]; n > 0 && n <= near && (but == nil || g != but && !f.callsIt(g, but)) {
			return true
		}
	}
	return false
}

// callees lists the functions that a region calls.
func (m *model) callees(r *Region) (out []*analyze.Fn) {
	for _, g := range m.p.Called(r.Fn, r.Blocks) {
		out = append(out, g)
	}
	return out
}

// delegated finds sub-commands that an entry-level hook lets through because they have a hook of their own, and that have none.
func (f *finder) delegated() {
	for _, s := range f.switches {
		if !f.delegates(s) {
			continue
		}
		for _, r := range f.m.regions {
			for _, l := range r.Labels {
				if !s.Delegated[l] || f.family(r) != s || !f.m.acts(r) || f.asked(r) || f.askedElsewhere(r, l) {
					continue
				}
				g := f.gap(r, "XSM1001")
				g.Switch = s
				does := "lets " + l + " through without a check, as a command with a hook of its own"
				if s.Away[l] {
					does = "says that " + l + " does not come to it, as a command with a hook of its own"
				}
				g.say(0.9, "%s %s, and no hook is called for it", s.Fn.Name, does)
			}
		}
	}
}

// acts reports whether a region does more than set its own result: it calls something that counts, or writes memory.
func (m *model) acts(r *Region) bool {
	f := r.Fn
	for b := range f.F.Blocks {
		if !r.Blocks[b] {
			continue
		}
		blk := &f.F.Blocks[b]
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			switch is.Kind {
			case ir.ICall:
				if !m.p.Profile.Neutral.Has(f.CallName(is.N)) {
					return true
				}
			case ir.IAssign:
				if x := f.F.Nodes[f.Strip(f.F.Nodes[is.N].X)]; x.Op != ir.Ident || x.Var == ir.None {
					return true
				}
			}
		}
	}
	return false
}

// askedElsewhere reports whether another region with the label calls a hook: a nested dispatcher, or another driver of the same command.
func (f *finder) askedElsewhere(r *Region, label string) bool {
	for _, o := range f.m.regions {
		if o == r {
			continue
		}
		for _, l := range o.Labels {
			if l == label && f.askedBut(o, r.Fn) {
				return true
			}
		}
	}
	return false
}

// callsIt reports whether f calls g directly.
func (f *finder) callsIt(fn, g *analyze.Fn) bool {
	for _, c := range f.m.p.Called(fn, nil) {
		if c == g {
			return true
		}
	}
	return false
}

// delegates reports whether letting a command through means, in this switch, that another hook checks it: most of those commands have one.
func (f *finder) delegates(s *Switch) bool {
	with, all := map[string]bool{}, map[string]bool{}
	for _, r := range f.m.regions {
		for _, l := range r.Labels {
			if s.Delegated[l] {
				all[l] = true
				if f.asked(r) {
					with[l] = true
				}
			}
		}
	}
	return len(with) > 0 && 2*len(with) >= len(all)
}
