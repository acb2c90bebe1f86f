package tables

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// maxSteps bounds the blocks that the search through one function visits.
const maxSteps = 30000

// walker follows the paths of one function and tracks the constants in its variables.
type walker struct {
	a     *asker
	b     *body
	sum   *summary
	seen  map[xxh3.Uint128]bool
	at    map[int32]*Switch
	steps int
	evals int
	owned map[string]bool
}

// state is one path: the constants that variables (by number) and fields (by name) may hold.
type state struct {
	vars   map[string][]string
	labels []Label
	asks   []Ask
}

func (s *state) clone() *state {
	c := &state{vars: make(map[string][]string, len(s.vars)), labels: s.labels[:len(s.labels):len(s.labels)], asks: s.asks[:len(s.asks):len(s.asks)]}
	for k, v := range s.vars {
		c.vars[k] = v
	}
	return c
}

// asked reports whether the path has an ask with this key.
func (s *state) asked(id string) bool {
	for i := range s.asks {
		if s.asks[i].id == id {
			return true
		}
	}
	return false
}

// run follows every path from the entry, and then from blocks that none reaches: what stands behind the return of another #ifdef arm.
func (w *walker) run() {
	w.owned = map[string]bool{}
	reached := map[int32]bool{}
	for k := range w.b.f.Blocks {
		if k == 0 || !reached[int32(k)] && w.b.f.Blocks[k].Len > 0 {
			s := &state{vars: map[string][]string{}}
			for i := int32(0); i < w.b.f.Params; i++ {
				s.vars[varKey(i)] = []string{"$" + strconv.Itoa(int(i))}
			}
			w.path(int32(k), s, reached)
		}
	}
}

func varKey(v int32) string { return strconv.Itoa(int(v)) }

// path follows one path from block k on.
func (w *walker) path(k int32, s *state, reached map[int32]bool) {
	for {
		reached[k] = true
		if w.steps++; w.steps > maxSteps {
			w.sum.partial = true
			return
		}
		key := w.key(k, s)
		if w.seen[key] {
			return
		}
		w.seen[key] = true
		blk := &w.b.f.Blocks[k]
		for _, is := range w.b.f.Instrs[blk.First : blk.First+blk.Len] {
			w.step(s, is)
		}
		switch {
		case blk.Term == ir.TReturn:
			w.sum.outcomes = append(w.sum.outcomes, Outcome{Labels: s.labels, Asks: s.asks, Returns: w.eval(s, blk.N)})
			return
		case blk.Term == ir.TSwitch:
			w.branch(k, blk, s, reached)
			return
		case len(blk.Succs) == 0:
			return
		case len(blk.Succs) == 1:
			k = blk.Succs[0]
		default:
			for _, n := range blk.Succs[1:] {
				w.path(n, s.clone(), reached)
			}
			k = blk.Succs[0]
		}
	}
}

// branch follows each case of a switch.
func (w *walker) branch(k int32, blk *ir.Block, s *state, reached map[int32]bool) {
	sw := w.at[k]
	if sw == nil {
		sw = &Switch{Fn: w.b.name, On: w.b.text(blk.N), block: k}
		if nd := w.b.node(blk.N); nd.Start >= 0 {
			sw.At = w.b.src.span(int(nd.Start), int(nd.End))
		}
		for _, c := range blk.Cases {
			if !c.Default {
				sw.Labels = append(sw.Labels, w.b.str(c.Name))
			}
		}
		w.at[k] = sw
		w.sum.switches = append(w.sum.switches, sw)
	}
	other := true
	for _, c := range blk.Cases {
		n := s.clone()
		n.labels = append(n.labels, Label{sw, w.b.str(c.Name), c.Default})
		other = other && !c.Default
		w.path(c.Block, n, reached)
	}
	if other && len(blk.Succs) > 0 {
		n := s.clone()
		n.labels = append(n.labels, Label{Switch: sw, Default: true})
		w.path(blk.Succs[len(blk.Succs)-1], n, reached)
	}
}

// key identifies a path's state at a block.
func (w *walker) key(k int32, s *state) xxh3.Uint128 {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", k)
	names := make([]string, 0, len(s.vars))
	for v := range s.vars {
		names = append(names, v)
	}
	sort.Strings(names)
	for _, v := range names {
		fmt.Fprintf(&b, "|%s=%s", v, strings.Join(s.vars[v], ","))
	}
	for _, l := range s.labels {
		fmt.Fprintf(&b, "|%d:%s", l.Switch.block, l.Name)
	}
	for i := range s.asks {
		b.WriteString("|" + s.asks[i].id)
	}
	return xxh3.HashString128(b.String())
}

// step performs one instruction.
func (w *walker) step(s *state, is ir.Instr) {
	switch is.Kind {
	case ir.IDecl:
		if is.N == ir.None {
			return
		}
		if nd := w.b.node(is.N); nd.Op == ir.Init {
			w.fields(s, is.N)
			return
		}
		s.vars[varKey(is.Var)] = w.eval(s, is.N)
	case ir.IAssign:
		nd := w.b.node(is.N)
		if nd.Op != ir.Assign {
			return
		}
		v := w.eval(s, nd.Y)
		k := w.target(nd.X)
		if op := w.b.str(nd.Name); op == "|=" {
			v = union(s.vars[k], v)
		} else if op != "=" {
			v = nil
		}
		if k != "" {
			s.vars[k] = v
		}
	case ir.ICall:
		if is.N != ir.None {
			w.call(s, is.N)
		}
	}
}

// fields stores a designated initializer's constants.
func (w *walker) fields(s *state, n int32) {
	for _, e := range w.b.args(n) {
		if nd := w.b.node(e); nd.Op == ir.Desig {
			s.vars["@"+w.b.str(nd.Name)] = w.eval(s, nd.Y)
		}
	}
}

// target names what an assignment changes: a variable by its number, a field by its name.
func (w *walker) target(n int32) string {
	nd := w.b.node(w.b.strip(n))
	switch {
	case nd.Op == ir.Ident && nd.Var != ir.None:
		return varKey(nd.Var)
	case nd.Op == ir.Field:
		return "@" + w.b.str(nd.Name)
	}
	return ""
}

// eval lists the constants that expression n may be: names, "#" and a number, "$" and a parameter's number, "@" and a field's name.
func (w *walker) eval(s *state, n int32) []string {
	if w.evals++; n == ir.None || w.evals > 20*maxSteps {
		return nil
	}
	switch nd := w.b.node(n); nd.Op {
	case ir.Const:
		if nd.Flags&ir.HasVal != 0 {
			return []string{"#" + strconv.FormatInt(nd.Val, 10)}
		}
		return []string{w.b.str(nd.Name)}
	case ir.Ident:
		if nd.Var != ir.None {
			return s.vars[varKey(nd.Var)]
		}
		return []string{w.b.str(nd.Name)}
	case ir.Field:
		k := "@" + w.b.str(nd.Name)
		if v, ok := s.vars[k]; ok {
			return v
		}
		return []string{k}
	case ir.Cast, ir.StmtExpr:
		return w.eval(s, nd.X)
	case ir.Comma, ir.Assign:
		return w.eval(s, nd.Y)
	case ir.Unary:
		if x := w.eval(s, nd.X); len(x) == 1 && w.b.str(nd.Name) == "-" {
			return []string{"-" + strings.TrimPrefix(x[0], "#")}
		}
	case ir.Binary:
		if w.b.str(nd.Name) == "|" {
			return union(w.eval(s, nd.X), w.eval(s, nd.Y))
		}
	case ir.Cond:
		y := nd.Y
		if y == ir.None {
			y = nd.X
		}
		return union(w.eval(s, y), w.eval(s, nd.Z))
	case ir.Call:
		return w.result(s, n)
	}
	return nil
}

// result is what call n may return: the constants that the function returns, or its name when that is not known.
func (w *walker) result(s *state, n int32) (out []string) {
	name := w.b.callee(n)
	sum := w.a.of(name)
	if sum == nil {
		return []string{name + "()"}
	}
	for _, o := range sum.outcomes {
		out = union(out, o.Returns)
	}
	return w.bind(s, n, out)
}

// bind replaces a callee's parameters and fields in constants by what the caller gives.
func (w *walker) bind(s *state, n int32, vals []string) (out []string) {
	args := w.b.args(n)
	for _, v := range vals {
		switch {
		case v != "" && v[0] == '$':
			if i, err := strconv.Atoi(v[1:]); err == nil && i < len(args) {
				out = union(out, w.eval(s, args[i]))
			}
		case v != "" && v[0] == '@' && s.vars[v] != nil:
			out = union(out, s.vars[v])
		default:
			out = union(out, []string{v})
		}
	}
	return out
}

// call adds what a call asks for: itself when it takes a class and permissions, or what the function does that it calls or is given.
func (w *walker) call(s *state, n int32) {
	name, args := w.b.callee(n), w.b.args(n)
	class, perm := first(w.a.class[name]), first(w.a.perm[name])
	if class >= 0 && perm >= 0 && max(class, perm) < len(args) {
		w.add(s, n, Ask{Class: w.eval(s, args[class]), Perms: w.eval(s, args[perm])})
		return
	}
	w.inline(s, n, name)
	for _, a := range args {
		if nd := w.b.node(w.b.strip(a)); nd.Op == ir.Ident && nd.Var == ir.None && w.a.fns[w.b.str(nd.Name)] != nil {
			w.inline(s, n, w.b.str(nd.Name))
		}
	}
}

// inline adds what a function asks for.
func (w *walker) inline(s *state, n int32, name string) {
	sum := w.a.of(name)
	if sum == nil {
		return
	}
	seen := map[string]bool{}
	for _, o := range sum.outcomes {
		for _, x := range o.Asks {
			if seen[x.key()] {
				continue
			}
			seen[x.key()] = true
			y := Ask{Class: w.bind(s, n, x.Class), Perms: w.bind(s, n, x.Perms), Fn: x.Fn, At: x.At, whole: concrete(x.Class) && concrete(x.Perms)}
			w.add(s, n, y)
		}
	}
}

// add records an ask on the path, and as the function's own when its call gives the constants.
func (w *walker) add(s *state, n int32, x Ask) {
	if !x.whole {
		nd := w.b.node(n)
		if k := len(s.labels); k > 0 {
			x.Case = s.labels[k-1].Name
		}
		x.Fn, x.At = w.b.name, w.b.src.span(int(nd.Start), int(nd.End))
	}
	x.id = x.key()
	if !s.asked(x.id) { // or a loop would make the path longer for ever
		s.asks = append(s.asks, x)
	}
	k := fmt.Sprint(x.id, x.At.Start)
	if !x.whole && concrete(x.Class) && concrete(x.Perms) && !w.owned[k] {
		w.owned[k] = true
		w.sum.own = append(w.sum.own, x)
	}
}

// concrete reports whether values are constants of the policy: no parameters or fields.
func concrete(vals []string) bool {
	for _, v := range vals {
		if v == "" || v[0] == '$' || v[0] == '@' || strings.HasSuffix(v, "()") {
			return false
		}
	}
	return len(vals) > 0
}

func first(set map[int]bool) int {
	best := -1
	for i := range set {
		if best < 0 || i < best {
			best = i
		}
	}
	return best
}

// union joins two sorted sets.
func union(a, b []string) []string {
	out := append(append([]string{}, a...), b...)
	sort.Strings(out)
	kept := out[:0]
	for i, s := range out {
		if i == 0 || s != out[i-1] {
			kept = append(kept, s)
		}
	}
	return kept
}
