package analyze

import (
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// bound is what is known of the value at a path: exactly val, or anything but the values in not.
type bound struct {
	known bool
	val   int64
	not   string // "," separated, sorted
}

func (b bound) String() string {
	if b.known {
		return "=" + strconv.FormatInt(b.val, 10)
	}
	return "!" + b.not
}

// excludes reports whether v cannot be the value.
func (b bound) excludes(v int64) bool {
	if b.known {
		return b.val != v
	}
	return strings.Contains(","+b.not+",", ","+strconv.FormatInt(v, 10)+",")
}

// without returns b with the values vs excluded too.
func (b bound) without(vs []int64) bound {
	set := map[string]bool{}
	for _, s := range strings.Split(b.not, ",") {
		if s != "" {
			set[s] = true
		}
	}
	for _, v := range vs {
		set[strconv.FormatInt(v, 10)] = true
	}
	list := make([]string, 0, len(set))
	for s := range set {
		list = append(list, s)
	}
	sort.Strings(list)
	return bound{not: strings.Join(list, ",")}
}

// env is what a function knows about its caller's world: which places hold guest-supplied data, and values of places.
type env struct {
	guest  map[string]bool
	consts map[string]bound
	closed bool // no dispatch stays open: every case that is possible can run
}

// key is a canonical text of e.
func (e env) key() string {
	parts := make([]string, 0, len(e.guest)+len(e.consts))
	for p := range e.guest {
		parts = append(parts, p)
	}
	for p, b := range e.consts {
		parts = append(parts, p+b.String())
	}
	sort.Strings(parts)
	if e.closed {
		parts = append(parts, "closed")
	}
	return strings.Join(parts, " ")
}

// holds reports whether the place p holds guest-supplied data.
func holds(guest map[string]bool, p string) bool {
	if p == "" {
		return false
	}
	if guest[p] {
		return true
	}
	for i := len(p) - 1; i > 0; i-- {
		if c := p[i]; (c == '.' || c == '[' || c == '*') && guest[p[:i]] {
			return true
		}
	}
	return false
}

// frame is a function in one environment: the blocks that can run, and the calls made from them.
type frame struct {
	fn     *Fn
	env    env
	id     int32 // from 0, of one program
	guest  map[string]bool
	reach  []bool
	calls  []call
	open   []dispatch
	chosen []ir.Case             // labels that the environment selects in switches on guest-supplied values
	fill   sync.Once             // guards the above
	closed atomic.Pointer[frame] // see Program.close

	collect sync.Once   // guards items
	reached atomic.Bool // items are collected
	items   []item      // see Program.facts
}

// call is one call instruction of a frame with a callee in its environment.
type call struct {
	block, node int32
	fn          *Fn
	env         env
	fr          atomic.Pointer[frame] // of fn in env, when it was entered without bindings
}

// dispatch is a switch on a guest-supplied value that the environment does not fix.
type dispatch struct {
	block int32
	path  string
	bound bound
}

// enter returns the frame of fn in env e.
func (p *Program) enter(fn *Fn, e env) *frame {
	k := e.key()
	fn.mu.Lock()
	fr := fn.frames[k]
	if fr == nil {
		fr = &frame{fn: fn, env: e, id: p.frames.Add(1) - 1}
		if fn.frames == nil {
			fn.frames = map[string]*frame{}
		}
		fn.frames[k] = fr
	}
	fn.mu.Unlock()
	fr.fill.Do(func() {
		fr.guest = p.guestPlaces(fn, e)
		fr.explore(p)
		fr.resolveCalls(p)
	})
	return fr
}

// guestPlaces is the closure of e.guest under the function's assignments and copies from the guest (flow-insensitive).
func (p *Program) guestPlaces(fn *Fn, e env) map[string]bool {
	guest := make(map[string]bool, len(e.guest)+4)
	for g := range e.guest {
		guest[g] = true
	}
	for changed := true; changed; {
		changed = false
		mark := func(path string) {
			if path != "" && !strings.HasPrefix(path, "g:") && !holds(guest, path) {
				guest[path], changed = true, true
			}
		}
		for _, path := range fn.filled {
			mark(path)
		}
		for _, is := range fn.F.Instrs {
			p.flowInstr(fn, is, guest, mark)
		}
	}
	return guest
}

// flowInstr marks what one instruction makes guest-supplied.
func (p *Program) flowInstr(fn *Fn, is ir.Instr, guest map[string]bool, mark func(string)) {
	switch is.Kind {
	case ir.IDecl:
		if is.N != ir.None && p.guestValue(fn, is.N, guest) {
			mark(fn.varPath(is.Var))
		}
	case ir.IAssign:
		n := &fn.F.Nodes[is.N]
		if n.Y != ir.None && p.guestValue(fn, n.Y, guest) {
			mark(fn.Path(n.X))
		}
	case ir.ICall:
		if c, args := p.copyCall(fn, is.N); c != nil && !c.Back && c.To < len(args) {
			mark(deref(fn.Path(args[c.To])))
		}
	}
}

func (f *Fn) varPath(v int32) string {
	in := f.analysis()
	if in.alias[v] != ir.None {
		return ""
	}
	if v < f.F.Params {
		return "p" + strconv.Itoa(int(v))
	}
	return "v" + strconv.Itoa(int(v))
}

// guestValue reports whether the value of node n is computed from guest-supplied data. The result of a call is not:
// an object that was looked up belongs to the hypervisor.
func (p *Program) guestValue(fn *Fn, n int32, guest map[string]bool) bool {
	if n == ir.None {
		return false
	}
	nd := &fn.F.Nodes[n]
	switch nd.Op {
	case ir.Const, ir.Str, ir.Float, ir.Sizeof, ir.Addr:
		return nd.Op == ir.Addr && holds(guest, fn.Path(nd.X))
	case ir.Call:
		return false
	case ir.Ident, ir.Field, ir.Index, ir.Deref:
		return holds(guest, fn.Path(n))
	case ir.Cond:
		return p.guestValue(fn, nd.Y, guest) || p.guestValue(fn, nd.Z, guest)
	case ir.Init:
		return false
	}
	return p.guestValue(fn, nd.X, guest) || p.guestValue(fn, nd.Y, guest)
}

// args returns the argument nodes of call node n.
func (f *Fn) args(n int32) []int32 {
	nd := &f.F.Nodes[n]
	return f.F.Lists[nd.Args : nd.Args+nd.NArg]
}

// explore finds the blocks that can run in the frame's environment, up to open dispatches.
func (fr *frame) explore(p *Program) {
	f := fr.fn.F
	fr.reach = make([]bool, len(f.Blocks))
	if len(f.Blocks) == 0 {
		return
	}
	work := []int32{0}
	fr.reach[0] = true
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		for _, s := range fr.succs(b) {
			if !fr.reach[s] {
				fr.reach[s] = true
				work = append(work, s)
			}
		}
	}
}

// succs is where block b can go.
func (fr *frame) succs(b int32) []int32 {
	blk := &fr.fn.F.Blocks[b]
	switch blk.Term {
	case ir.TBranch:
		if v, ok := fr.eval(blk.N); ok && len(blk.Succs) == 2 {
			if v != 0 {
				return blk.Succs[:1]
			}
			return blk.Succs[1:]
		}
	case ir.TSwitch:
		return fr.switchSuccs(b, blk)
	}
	return blk.Succs
}

func (fr *frame) switchSuccs(b int32, blk *ir.Block) []int32 {
	if len(blk.Succs) == 0 {
		return nil
	}
	def := blk.Succs[len(blk.Succs)-1]
	path := fr.fn.Path(blk.N)
	bd, isBound := fr.lookup(path)
	if v, ok := fr.eval(blk.N); ok {
		bd, isBound = bound{known: true, val: v}, true
	}
	if isBound && bd.known {
		for _, c := range blk.Cases {
			if !c.Default && c.Lo <= bd.val && bd.val <= c.Hi {
				if holds(fr.guest, path) {
					fr.chosen = append(fr.chosen, c)
				}
				return []int32{c.Block}
			}
		}
		return []int32{def}
	}
	out := []int32{}
	for _, c := range blk.Cases {
		if !c.Default && !bd.excludes(c.Lo) {
			out = append(out, c.Block)
		}
	}
	if len(out) > 0 && !fr.env.closed && fr.isDispatch(blk, path) {
		fr.open = append(fr.open, dispatch{block: b, path: path, bound: bd})
		return nil
	}
	if holds(fr.guest, path) {
		for _, c := range blk.Cases {
			if !c.Default && !bd.excludes(c.Lo) {
				fr.chosen = append(fr.chosen, c)
			}
		}
	}
	return append(out, def)
}

// lookup finds what is known about the value at path.
func (fr *frame) lookup(path string) (bound, bool) {
	if path == "" {
		return bound{}, false
	}
	b, ok := fr.env.consts[path]
	return b, ok
}

// isDispatch reports whether a switch chooses between commands: a guest-supplied value against at least two named constants.
func (fr *frame) isDispatch(blk *ir.Block, path string) bool {
	if !holds(fr.guest, path) {
		return false
	}
	named := 0
	for _, c := range blk.Cases {
		if s := fr.fn.U.S(c.Name); s != "" && (s[0] == '_' || s[0] >= 'A' && s[0] <= 'Z' || s[0] >= 'a' && s[0] <= 'z') {
			named++
		}
	}
	return named >= 2
}

// eval computes the value of node n where the environment fixes it.
func (fr *frame) eval(n int32) (int64, bool) {
	if n == ir.None {
		return 0, false
	}
	nd := &fr.fn.F.Nodes[n]
	if nd.Flags&ir.HasVal != 0 {
		return nd.Val, true
	}
	switch nd.Op {
	case ir.Ident, ir.Field, ir.Deref, ir.Index:
		b, ok := fr.lookup(fr.fn.Path(n))
		return b.val, ok && b.known
	case ir.Cast, ir.StmtExpr:
		return fr.eval(nd.X)
	case ir.Unary:
		v, ok := fr.eval(nd.X)
		return unop(fr.fn.U.S(nd.Name), v), ok
	case ir.Binary:
		a, aok := fr.eval(nd.X)
		b, bok := fr.eval(nd.Y)
		if aok && bok {
			if fr.fn.masked(nd) && a&b != a && fr.fn.F.Nodes[nd.X].Flags&ir.HasVal == 0 {
				return 0, false // the environment fixes only what a mask leaves
			}
			return binop(fr.fn.U.S(nd.Name), a, b)
		}
		return fr.evalCompare(nd)
	}
	return 0, false
}

// evalCompare decides == and != against a value that the environment excludes.
func (fr *frame) evalCompare(nd *ir.Node) (int64, bool) {
	op := fr.fn.U.S(nd.Name)
	if op != "==" && op != "!=" {
		return 0, false
	}
	x, y := nd.X, nd.Y
	v, ok := fr.eval(y)
	if !ok {
		x, y = y, x
		v, ok = fr.eval(y)
	}
	if !ok {
		return 0, false
	}
	if b, known := fr.lookup(fr.fn.Path(x)); known && !b.known && b.excludes(v) {
		if op == "!=" {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

func unop(op string, v int64) int64 {
	switch op {
	case "!":
		if v == 0 {
			return 1
		}
		return 0
	case "-":
		return -v
	case "~":
		return ^v
	}
	return v
}

func binop(op string, a, b int64) (int64, bool) {
	truth := func(t bool) (int64, bool) {
		if t {
			return 1, true
		}
		return 0, true
	}
	switch op {
	case "==":
		return truth(a == b)
	case "!=":
		return truth(a != b)
	case "<":
		return truth(a < b)
	case "<=":
		return truth(a <= b)
	case ">":
		return truth(a > b)
	case ">=":
		return truth(a >= b)
	case "&":
		return a & b, true
	case "|":
		return a | b, true
	case "+":
		return a + b, true
	case "-":
		return a - b, true
	}
	return 0, false
}

// resolveCalls finds the callees of the calls in reachable blocks, each with its environment.
func (fr *frame) resolveCalls(p *Program) {
	f := fr.fn
	for b := range f.F.Blocks {
		if !fr.reach[b] {
			continue
		}
		blk := &f.F.Blocks[b]
		for _, s := range fr.fn.callsIn(blk.First, blk.Len) {
			for _, c := range s.fns {
				fr.calls = append(fr.calls, call{block: int32(b), node: s.node, fn: c, env: fr.envFor(p, s.node, c)})
			}
		}
	}
}

// isAsm reports whether call node n stands for an assembly statement.
func (f *Fn) isAsm(n int32) bool {
	x := f.F.Nodes[n].X
	return x != ir.None && f.U.S(f.F.Nodes[x].Name) == "__xsmpatch_asm"
}

// asmCallees resolves an indirect call made in assembly: an operand that is the address of a function pointer.
func (p *Program) asmCallees(f *Fn, n int32) (out []*Fn) {
	for _, a := range f.args(n) {
		a = f.strip(a)
		if nd := &f.F.Nodes[a]; nd.Op == ir.Addr {
			if x := &f.F.Nodes[nd.X]; x.Op == ir.Field {
				out = append(out, p.fields[f.U.S(x.Owner)+"."+f.U.S(x.Name)]...)
			}
		}
	}
	return out
}

// envFor is the environment that callee c sees from call node n.
func (fr *frame) envFor(p *Program, n int32, c *Fn) env {
	e := env{guest: map[string]bool{}, consts: map[string]bound{}}
	if fr.fn.isAsm(n) {
		return e
	}
	for i, a := range fr.fn.args(n) {
		if int32(i) >= c.F.Params {
			break
		}
		root := "p" + strconv.Itoa(i)
		path := fr.fn.Path(a)
		if p.guestValue(fr.fn, a, fr.guest) {
			e.guest[root] = true
		}
		for g := range fr.guest {
			if t, ok := down(g, path, i); ok {
				e.guest[t] = true
			}
		}
		for c, b := range fr.env.consts {
			if t, ok := down(c, path, i); ok {
				e.consts[t] = b
			}
		}
		if v, ok := fr.eval(a); ok {
			e.consts[root] = bound{known: true, val: v}
		}
	}
	return e
}
