package analyze

import (
	"path"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
)

// callName is the name of the function that call node n names directly, "" for a call through a pointer.
func (f *Fn) callName(n int32) string { return f.U.S(f.callee(n)) }

// callee is callName as an index of the unit's strings.
func (f *Fn) callee(n int32) int32 {
	x := f.strip(f.F.Nodes[n].X)
	if x == ir.None {
		return 0
	}
	if nd := &f.F.Nodes[x]; nd.Op == ir.Ident && nd.Var == ir.None {
		return nd.Name
	}
	return 0
}

// word is what the profile says of one name.
type word struct {
	copy          *profile.Copy
	held          *profile.Held
	acquire       bool
	neutral, hook bool
	legacy        bool
	lookup        bool
}

// words memoises the profile's patterns by name.
type words struct {
	pr *profile.Profile
	m  sync.Map // string -> *word
}

// unitWords memoises words by the number of a string in its unit.
type unitWords struct{ byString []atomic.Pointer[word] }

// word returns what the profile says of string i of f's unit.
func (p *Program) word(f *Fn, i int32) *word {
	at := &f.words.byString[i]
	w := at.Load()
	if w == nil {
		w = p.words.of(f.U.S(i))
		at.Store(w)
	}
	return w
}

// of returns what the profile says of name.
func (w *words) of(name string) *word {
	if x, ok := w.m.Load(name); ok {
		return x.(*word)
	}
	x := &word{neutral: w.pr.Neutral.Has(name), hook: w.pr.Hooks.Is(name), legacy: w.pr.Legacy.Has(name), lookup: w.pr.Lookups.Has(name)}
	for i := range w.pr.Copies {
		if c := &w.pr.Copies[i]; x.copy == nil && profile.Match(c.Call, name) {
			x.copy = c
		}
	}
	for i := range w.pr.Held {
		h := &w.pr.Held[i]
		if a := profile.Match(h.Acquire, name); x.held == nil && (a || profile.Match(h.Release, name)) {
			x.held, x.acquire = h, a
		}
	}
	w.m.Store(name, x)
	return x
}

// copyCall returns the profile's entry for call node n when it moves data from or to a guest.
func (p *Program) copyCall(f *Fn, n int32) (*profile.Copy, []int32) {
	return p.word(f, f.callee(n)).copy, f.args(n)
}

// heldCall returns the profile's pair that call node n acquires or releases.
func (p *Program) heldCall(f *Fn, n int32) (h *profile.Held, acquire bool) {
	w := p.word(f, f.callee(n))
	return w.held, w.acquire
}

// legacyCheck returns the name of the legacy check that node n is: a macro whose expansion it is, or a call.
func (p *Program) legacyCheck(f *Fn, n int32) string {
	nd := &f.F.Nodes[n]
	if nd.Macro != 0 && p.word(f, nd.Macro).legacy {
		return f.U.S(nd.Macro)
	}
	if nd.Op == ir.Call {
		if c := f.callee(n); p.word(f, c).legacy {
			return f.U.S(c)
		}
	}
	return ""
}

// inModule reports whether file belongs to the hooks' declarations or to a security module: calls there are not hook sites.
func (p *Program) inModule(file string) bool {
	if in, ok := p.modules.Load(file); ok {
		return in.(bool)
	}
	in := p.Profile.Hooks.Headers.Has(file) || p.Profile.Hooks.Modules.Has(file) || strings.HasPrefix(path.Dir(file)+"/", "xsm/")
	p.modules.Store(file, in)
	return in
}

// lookup describes call node n as a look-up of an object by a guest-supplied value: its result, or what an argument receives, is a pointer
// to a structure, and some argument is guest-supplied.
func (p *Program) lookup(fr *frame, n int32) (typ, from string) {
	f := fr.fn
	for _, a := range f.args(n) {
		if p.guestValue(f, a, fr.guest) && !strings.HasSuffix(f.U.S(f.F.Nodes[a].Type), "*") {
			from = f.text(a)
			break
		}
	}
	if from == "" {
		return "", ""
	}
	if t, ok := structPointer(f.U.S(f.F.Nodes[n].Type)); ok {
		return t, from
	}
	if !p.word(f, f.callee(n)).lookup {
		return "", ""
	}
	for _, a := range f.args(n) {
		if t, ok := structPointer(strings.TrimSuffix(f.U.S(f.F.Nodes[a].Type), " *")); ok {
			return t, from
		}
	}
	return "", ""
}

// structPointer returns the structure that a printed type points to.
func structPointer(t string) (string, bool) {
	s, ok := strings.CutSuffix(t, " *")
	return s, ok && strings.HasPrefix(s, "struct ") && !strings.HasSuffix(s, "*")
}

// text is node n as C, rebuilt from the tree: whatever macros it came through, it shows the names the code means.
func (f *Fn) text(n int32) string {
	if n == ir.None {
		return ""
	}
	nd := &f.F.Nodes[n]
	if m := f.U.S(nd.Macro); m != "" && nd.Op != ir.Const {
		return m
	}
	name := f.U.S(nd.Name)
	switch nd.Op {
	case ir.Ident, ir.Const, ir.Float:
		if m := f.U.S(nd.Macro); m != "" {
			return m
		}
		return name
	case ir.Str:
		return name
	case ir.Field:
		sep := "."
		if nd.Flags&ir.Arrow != 0 {
			sep = "->"
		}
		return f.text(nd.X) + sep + name
	case ir.Index:
		return f.text(nd.X) + "[" + f.text(nd.Y) + "]"
	case ir.Deref:
		return "*" + f.text(nd.X)
	case ir.Addr:
		return "&" + f.text(nd.X)
	case ir.Unary:
		return name + f.text(nd.X)
	case ir.Binary, ir.Assign:
		return f.text(nd.X) + " " + name + " " + f.text(nd.Y)
	case ir.AndAnd:
		return f.text(nd.X) + " && " + f.text(nd.Y)
	case ir.OrOr:
		return f.text(nd.X) + " || " + f.text(nd.Y)
	case ir.Cond:
		return f.text(nd.X) + " ? " + f.text(nd.Y) + " : " + f.text(nd.Z)
	case ir.Cast:
		return "(" + f.U.S(nd.Type) + ")" + f.text(nd.X)
	case ir.Call:
		return f.callText(n)
	case ir.StmtExpr, ir.IncDec:
		return f.text(nd.X)
	case ir.Comma:
		return f.text(nd.Y)
	}
	return "..."
}

func (f *Fn) callText(n int32) string {
	args := make([]string, 0, 4)
	for _, a := range f.args(n) {
		args = append(args, f.text(a))
	}
	return f.text(f.F.Nodes[n].X) + "(" + strings.Join(args, ", ") + ")"
}

// fieldAccess describes node n as a read or write of hypervisor state: a member of a structure that is neither a local
// variable nor guest-supplied data. What a guest-supplied value is stored to is state all the same. It returns "owner.member".
func (fr *frame) fieldAccess(n int32) string {
	f := fr.fn
	nd := &f.F.Nodes[n]
	if nd.Op != ir.Field || nd.Owner == 0 {
		return ""
	}
	p := f.Path(n)
	if p == "" || holds(fr.guest, p[:len(p)-1-len(f.U.S(nd.Name))]) { // p ends in .NAME
		return ""
	}
	if p[0] == 'v' && !strings.ContainsAny(p, "*[") {
		return ""
	}
	return f.U.S(nd.Owner) + "." + f.U.S(nd.Name)
}

// accesses lists the structure members that the function reads and writes in reachable code.
func (fr *frame) accesses(report func(what string, write bool, n, block int32)) {
	f := fr.fn
	seen := &marks{at: make([]uint32, len(f.F.Nodes))}
	for b := range f.F.Blocks {
		if !fr.reach[b] {
			continue
		}
		blk := &f.F.Blocks[b]
		roots := []int32{blk.N}
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			roots = append(roots, is.N)
		}
		seen.clear()
		for _, r := range roots {
			fr.accessesUnder(r, seen, func(what string, write bool, n int32) { report(what, write, n, int32(b)) })
		}
	}
}

// accessesUnder reports the accesses of one expression; seen holds nodes already reported.
func (fr *frame) accessesUnder(root int32, seen *marks, report func(what string, write bool, n int32)) {
	f := fr.fn
	target := ir.None
	f.each(root, func(n int32) bool {
		if !seen.add(n) {
			return false
		}
		nd := &f.F.Nodes[n]
		if nd.Op == ir.Assign || nd.Op == ir.IncDec {
			target = f.strip(nd.X)
		}
		if what := fr.fieldAccess(n); what != "" {
			report(what, n == target, n)
		}
		return true
	})
}
