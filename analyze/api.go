package analyze

import (
	"iter"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
)

// HookCall is one call of a hook outside the modules: where it stands in its function's graph, and how it is written.
type HookCall struct {
	Fn          *Fn
	Instr, Node int32 // the call instruction and its call node in Fn.F
	Block       int32
	Hook        string
	Action      string // default action passed, "" for a hook that takes none
	Args        []string
	Result      string // as Site.Result: returned, tested, assigned, ignored, argument
	Into        string // variable that takes the result
	InMacro     bool
}

// Void reports whether the call gives no answer: it has no result, or one that is no number.
func (h *HookCall) Void() bool {
	t := h.Fn.S(h.Fn.F.Nodes[h.Node].Type)
	return t == "void" || strings.HasSuffix(t, "*")
}

// Decides reports whether the hook is asked for permission: it answers, and where the program's calls of hooks name default actions this one does.
// Others label an object or are told about it.
func (h *HookCall) Decides(actions bool) bool { return !h.Void() && (h.Action != "" || !actions) }

// HookCalls lists the hook calls of f in source order.
func (p *Program) HookCalls(f *Fn) (out []HookCall) {
	for _, h := range p.hookSites(f) {
		s := &h.site
		out = append(out, HookCall{
			Fn: f, Instr: h.instr, Node: h.node, Block: h.block, Hook: s.Hook, Action: s.Action,
			Args: s.Args, Result: s.Result, Into: s.Into, InMacro: s.InMacro,
		})
	}
	return out
}

// Call is a call where it stands in its function's graph.
type Call struct{ Block, Instr, Node int32 }

// Calls yields the calls of f's code in order: all of them, or where in is not nil those in the blocks that it marks.
func (f *Fn) Calls(in []bool) iter.Seq[Call] {
	return func(yield func(Call) bool) {
		for b := range f.F.Blocks {
			if in != nil && !in[b] {
				continue
			}
			blk := &f.F.Blocks[b]
			for i := blk.First; i < blk.First+blk.Len; i++ {
				if is := &f.F.Instrs[i]; is.Kind == ir.ICall && is.N != ir.None && !yield(Call{int32(b), i, is.N}) {
					return
				}
			}
		}
	}
}

// Called yields each function that the calls of [Fn.Calls] may reach, with the call.
func (p *Program) Called(f *Fn, in []bool) iter.Seq2[Call, *Fn] {
	return func(yield func(Call, *Fn) bool) {
		for c := range f.Calls(in) {
			fns, _ := p.Callees(f, c.Node)
			for _, g := range fns {
				if !yield(c, g) {
					return
				}
			}
		}
	}
}

// Args returns the argument nodes of call node n of f.
func (f *Fn) Args(n int32) []int32 { return f.args(n) }

// CallName is the name of the function that call node n names directly, "" for a call through a pointer.
func (f *Fn) CallName(n int32) string { return f.callName(n) }

// CallNameAt is CallName for a node that may be no call.
func (f *Fn) CallNameAt(n int32) string {
	if f.F.Nodes[n].Op != ir.Call {
		return ""
	}
	return f.callName(n)
}

// Text is node n as C, rebuilt from the tree; macros are shown by the names they stand for.
func (f *Fn) Text(n int32) string { return f.text(n) }

// Strip is the node behind casts, parentheses and statement expressions around n.
func (f *Fn) Strip(n int32) int32 { return f.strip(n) }

// Each calls visit for n and, while it answers true, for its operands.
func (f *Fn) Each(n int32, visit func(int32) bool) { f.each(n, visit) }

// Barrier reports whether call node n stands for inline assembly.
func (f *Fn) Barrier(n int32) bool { return f.isAsm(n) }

// S is string i of the unit that f was read in.
func (f *Fn) S(i int32) string { return f.U.S(i) }

// HeldCall returns the profile's pair that call node n acquires or releases; nil when it does neither.
func (p *Program) HeldCall(f *Fn, n int32) (h *profile.Held, acquire bool) { return p.heldCall(f, n) }

// CopyCall returns the profile's entry for call node n when it moves data from or to a guest, with the argument nodes.
func (p *Program) CopyCall(f *Fn, n int32) (*profile.Copy, []int32) { return p.copyCall(f, n) }

// LegacyCheck names the legacy check that node n is, "" when it is none.
func (p *Program) LegacyCheck(f *Fn, n int32) string { return p.legacyCheck(f, n) }

// InModule reports whether a file belongs to the hooks' declarations or to a security module.
func (p *Program) InModule(file string) bool { return p.inModule(file) }

// StructPointer returns the structure that a printed type points to: "struct domain" for "struct domain *".
func StructPointer(t string) (string, bool) { return structPointer(t) }

// OwnBlocks marks the blocks of f that a label of the switch at block sw reaches and most other labels do not: the command's own code. A way that comes
// back to the switch, as in a loop over requests, ends there.
func (p *Program) OwnBlocks(f *Fn, sw int32, c ir.Case) []bool {
	cases := f.F.Blocks[sw].Cases
	count := make([]int, len(f.F.Blocks))
	mine := make([]bool, len(f.F.Blocks))
	for _, l := range cases {
		r := reachUpTo(f.F, l.Block, sw)
		for i, ok := range r {
			if ok {
				count[i]++
			}
		}
		if l.Start == c.Start && l.Default == c.Default {
			mine = r
		}
	}
	for i := range mine {
		mine[i] = mine[i] && 2*count[i] <= len(cases)+1
	}
	return mine
}

// reachUpTo marks the blocks that block b reaches without going through block stop.
func reachUpTo(f *ir.Func, b, stop int32) []bool {
	seen := make([]bool, len(f.Blocks))
	work := []int32{b}
	seen[b] = true
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		for _, s := range f.Blocks[n].Succs {
			if !seen[s] && s != stop {
				seen[s] = true
				work = append(work, s)
			}
		}
	}
	return seen
}

// PassedOn is the argument that call n of f gives back as it is, as __builtin_expect does and functions that only fence speculation around a
// condition; None for other calls.
func (p *Program) PassedOn(f *Fn, n int32) int32 { return p.passedOn(f, n, 4) }

func (p *Program) passedOn(f *Fn, n int32, depth int) int32 {
	nd := &f.F.Nodes[n]
	if nd.Op != ir.Call || nd.NArg == 0 || depth == 0 {
		return ir.None
	}
	if f.CallName(n) == "__builtin_expect" {
		return f.Args(n)[0]
	}
	fns, _ := p.Callees(f, n)
	if nd.NArg != 1 || len(fns) != 1 || !p.givesBack(fns[0], depth-1) {
		return ir.None
	}
	return f.Args(n)[0]
}

// givesBack reports whether g returns its only parameter, which nothing in it changes, or says whether it is true.
func (p *Program) givesBack(g *Fn, depth int) bool {
	if g.F.Params != 1 || len(g.F.Blocks) == 0 {
		return false
	}
	if b := &g.F.Blocks[0]; b.Term == ir.TBranch && len(b.Succs) == 2 {
		c := &g.F.Nodes[g.Strip(b.N)]
		yes, sure := p.returned(g, &g.F.Blocks[b.Succs[0]], depth)
		no, too := p.returned(g, &g.F.Blocks[b.Succs[1]], depth)
		return c.Op == ir.Ident && c.Var == 0 && sure && too && yes != 0 && no == 0
	}
	for _, is := range g.F.Instrs {
		if is.Kind == ir.IAssign {
			return false
		}
	}
	some := false
	for i := range g.F.Blocks {
		b := &g.F.Blocks[i]
		if b.Term != ir.TReturn || b.Unreachable {
			continue
		}
		if b.N == ir.None {
			return false
		}
		n := g.Strip(b.N)
		if a := p.passedOn(g, n, depth); a != ir.None {
			n = g.Strip(a)
		}
		if nd := &g.F.Nodes[n]; nd.Op != ir.Ident || nd.Var != 0 {
			return false
		}
		some = true
	}
	return some
}

// returned is the constant that block b of g returns, be it by a call of a function without parameters that returns nothing else.
func (p *Program) returned(g *Fn, b *ir.Block, depth int) (v int64, known bool) {
	if b.Term != ir.TReturn || b.N == ir.None || depth == 0 {
		return 0, false
	}
	n := g.Strip(b.N)
	nd := &g.F.Nodes[n]
	if nd.Flags&ir.HasVal != 0 {
		return nd.Val, true
	}
	fns, _ := p.Callees(g, n)
	if nd.Op != ir.Call || nd.NArg > 0 || len(fns) != 1 {
		return 0, false
	}
	for i := range fns[0].F.Blocks {
		if c := &fns[0].F.Blocks[i]; c.Term == ir.TReturn && !c.Unreachable {
			w, ok := p.returned(fns[0], c, depth-1)
			if !ok || known && w != v {
				return 0, false
			}
			v, known = w, true
		}
	}
	return v, known
}
