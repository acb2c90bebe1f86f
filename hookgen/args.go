package hookgen

import (
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
)

// arg is the expression for one parameter of a hook, and from where on it has its value.
type arg struct {
	text  string
	ready int32  // byte behind the statement that gives it its value; 0 from the start
	block int32  // block of that statement, ir.None when none
	path  string // of a variable whose value must be certain, "" for none
	null  string // of a variable that may be NULL until the code has left for that
}

// matcher finds arguments in one region.
type matcher struct {
	b       *body
	r       *verify.Region
	objects []verify.Object
	common  []verify.Object
	used    map[string]bool
	hook    *tables.Hook     // nil for a new one
	decides map[string]int32 // constants that the hook's module compares its parameters with, and which
	labels  []string         // sub-commands whose code the region is
	told    []string         // the domains that the hook is given, nil when they are to be found
	ends    []string         // the same for the ends of a range
	via     *analyze.Fn      // a caller whose names for what it passes count, nil for none
	loose   bool             // the last resort: a value that says nothing where nothing fits
}

// arguments finds an expression for each parameter. The error names the first parameter that nothing in scope fits.
func (m *matcher) arguments(params []tables.Param) ([]arg, error) {
	m.used = map[string]bool{}
	out := make([]arg, len(params))
	domains := m.domains(params)
	for i, p := range params {
		a, ok := domains[i]
		if !ok && strings.HasSuffix(p.Type, "*") {
			a, ok = m.pointer(p)
		} else if !ok {
			a, ok = m.scalar(int32(i), params)
		}
		if !ok && m.loose && len(params) > 1 {
			a, ok = neutral(p)
			m.loose = false // one guess is enough
		}
		if !ok {
			return nil, &noArgument{p}
		}
		m.used[a.text] = true
		out[i] = a
	}
	return out, nil
}

// after is an expression that has its value behind the statement of node n.
func (m *matcher) after(text string, n int32) arg {
	f := m.b.f
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			if is.N == n && is.Stmt != ir.None {
				st := &f.F.Stmts[is.Stmt]
				end := st.End
				if st.Kind != ir.SExpr && st.Kind != ir.SDecl {
					end = f.F.Nodes[n].End
				}
				return arg{text: text, ready: end, block: int32(b)}
			}
		}
	}
	return arg{text: text, block: ir.None}
}

// visible reports whether variable v can be named somewhere in the region's own code.
func (m *matcher) visible(v int32) bool {
	f := m.b.f
	sc := f.F.Vars[v].Scope
	if sc == ir.None || f.F.Stmts[sc].Parent == ir.None {
		return true
	}
	st := &f.F.Stmts[sc]
	if m.r.Loop {
		return st.Start <= m.r.Start && m.r.Start <= st.End
	}
	if m.r.Switch == ir.None || st.InMacro {
		return false // what a macro declares has no name outside
	}
	for i := range f.F.Stmts {
		s := &f.F.Stmts[i]
		if m.r.Blocks[s.Block] && st.Start <= s.Start && s.End <= st.End && s.Start >= m.r.Start {
			return true
		}
	}
	return false
}

// variable is variable v with the place of its first value in or above the region; def is the node of that value.
func (m *matcher) variable(v int32) (a arg, def int32, ok bool) {
	f := m.b.f
	a = arg{text: f.S(f.F.Vars[v].Name), block: ir.None}
	if v < f.F.Params {
		return a, ir.None, true
	}
	if id := m.b.ident(v); id != ir.None {
		if p := strings.TrimPrefix(f.Path(id), "&"); p != "" && p[0] == 'v' && !strings.ContainsAny(p, ".*[") {
			a.path = p
		}
	}
	def = ir.None
	for b := range f.F.Blocks {
		blk := &f.F.Blocks[b]
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			n := m.defines(is, v)
			if n == ir.None || !m.before(int32(b)) {
				continue
			}
			if def != ir.None && (a.ready > 0 || !m.r.Blocks[b]) {
				continue
			}
			def, ok = n, true
			if m.r.Blocks[b] { // the first value that the region itself gives it
				a.ready = f.F.Nodes[n].End
				if is.Stmt != ir.None && (f.F.Stmts[is.Stmt].Kind == ir.SExpr || f.F.Stmts[is.Stmt].Kind == ir.SDecl) {
					a.ready = f.F.Stmts[is.Stmt].End
				}
			}
		}
	}
	return a, def, ok
}

// defines is the value node that instruction is gives variable v (a call that is handed its address counts), None when it does not.
func (m *matcher) defines(is ir.Instr, v int32) int32 {
	f := m.b.f
	if is.N == ir.None {
		return ir.None
	}
	if m.b.writes(is, v) {
		if is.Kind == ir.IAssign {
			return f.F.Nodes[is.N].Y
		}
		return is.N
	}
	if is.Kind == ir.ICall {
		if c, args := m.b.p.CopyCall(f, is.N); c != nil && !c.Back && c.To < len(args) && f.Path(args[c.To]) == "&v"+strconv.Itoa(int(v)) {
			return is.N
		}
		for _, a := range f.Args(is.N) {
			nd := &f.F.Nodes[f.Strip(a)]
			if nd.Op == ir.Addr && f.F.Nodes[nd.X].Op == ir.Ident && f.F.Nodes[nd.X].Var == v {
				return is.N
			}
		}
	}
	return ir.None
}

// before reports whether block b is the region's own or common to the function's commands.
func (m *matcher) before(b int32) bool {
	if m.r.Blocks[b] {
		return true
	}
	return m.r.Switch != ir.None && verify.Graph(m.b.f).Reach([]int32{b}, nil)[m.r.Switch]
}

// pointer finds a variable of the parameter's type that has a value.
func (m *matcher) pointer(p tables.Param) (arg, bool) {
	f := m.b.f
	want := strings.TrimPrefix(p.Type, "const ")
	var best arg
	ok := false
	for v := range f.F.Vars {
		t := strings.TrimPrefix(f.S(f.F.Vars[v].Type), "const ")
		byName := want == "void *" && strings.HasSuffix(t, "*") && f.S(f.F.Vars[v].Name) == p.Name
		if t != want && !byName || !m.visible(int32(v)) {
			continue
		}
		a, _, has := m.variable(int32(v))
		if !has || m.used[a.text] {
			continue
		}
		if !ok || a.text == p.Name {
			best, ok = a, true
		}
	}
	if !ok {
		return m.address(want)
	}
	return best, ok
}

// address is the address of a local structure that a pointer parameter of that type can point to: the request, copied.
func (m *matcher) address(want string) (arg, bool) {
	f := m.b.f
	for v := f.F.Params; v < int32(len(f.F.Vars)); v++ {
		if f.S(f.F.Vars[v].Type)+" *" != want || !m.visible(v) {
			continue
		}
		if a, _, has := m.variable(v); has && !m.used["&"+a.text] {
			a.text = "&" + a.text
			return a, true
		}
	}
	return arg{}, false
}

// named finds a variable of the name, or an expression in the region that ends in a member of the name.
func (m *matcher) named(name string) (arg, bool) {
	f := m.b.f
	for v := range f.F.Vars {
		if f.S(f.F.Vars[v].Name) == name && !strings.HasSuffix(f.S(f.F.Vars[v].Type), "*") && !m.b.whole(int32(v)) && m.visible(int32(v)) {
			if a, _, ok := m.variable(int32(v)); ok {
				return a, true
			}
		}
	}
	if a, ok := m.handed(name); ok {
		return a, true
	}
	return m.expression(func(nd *ir.Node) bool { return f.S(nd.Name) == name })
}

// typed finds a variable or member of an uncommon type.
func (m *matcher) typed(t string) (arg, bool) {
	f := m.b.f
	if !strings.HasSuffix(t, "_t") || strings.HasPrefix(t, "uint") {
		return arg{}, false
	}
	for v := range f.F.Vars {
		if f.S(f.F.Vars[v].Type) == t && m.visible(int32(v)) {
			if a, _, ok := m.variable(int32(v)); ok && !m.used[a.text] && !m.lookedUpBy(a.text) {
				return a, true
			}
		}
	}
	return m.expression(func(nd *ir.Node) bool { return f.S(nd.Type) == t })
}

// lookedUpBy reports whether an object was looked up by this number: the hook is given the object, not the number again. A variable that holds
// the number counts with the expression that it was given.
func (m *matcher) lookedUpBy(text string) bool {
	f := m.b.f
	for _, o := range m.objects {
		for _, a := range f.Args(o.Node) {
			if f.Text(a) == text {
				return true
			}
			nd := &f.F.Nodes[f.Strip(a)]
			if nd.Op != ir.Ident || nd.Var == ir.None || nd.Var < f.F.Params {
				continue
			}
			if _, def, ok := m.variable(nd.Var); ok && def != ir.None && f.Text(def) == text {
				return true
			}
		}
	}
	return false
}

// expression finds a member expression in the region's code that fits and whose root is a variable.
func (m *matcher) expression(fits func(*ir.Node) bool) (arg, bool) {
	f := m.b.f
	for b := range f.F.Blocks {
		if !m.before(int32(b)) {
			continue
		}
		blk := &f.F.Blocks[b]
		for _, is := range f.F.Instrs[blk.First : blk.First+blk.Len] {
			if a, ok := m.inside(is.N, fits); ok {
				return a, true
			}
		}
		if a, ok := m.inside(blk.N, fits); ok {
			return a, true
		}
	}
	return m.given(fits)
}

// given is a member of what a parameter of the function points to, or of the parameter itself, wherever the function reads it: the caller put it there.
func (m *matcher) given(fits func(*ir.Node) bool) (arg, bool) {
	f := m.b.f
	for k := range f.F.Nodes {
		nd := &f.F.Nodes[k]
		if nd.Op != ir.Field || nd.Flags&ir.InMacro != 0 || m.r.Switch != ir.None || !fits(nd) || strings.HasPrefix(f.S(nd.Type), "struct") {
			continue
		}
		if root := &f.F.Nodes[f.Strip(nd.X)]; root.Op == ir.Ident && root.Var != ir.None && root.Var < f.F.Params && !m.stored(int32(k)) {
			if text := f.Text(int32(k)); !m.used[text] && !m.lookedUpBy(text) {
				return arg{text: text, block: ir.None}, true
			}
		}
	}
	return arg{}, false
}

// stored reports whether the function puts something into member expression n: then it is a result.
func (m *matcher) stored(n int32) bool {
	f := m.b.f
	for i := range f.F.Nodes {
		if nd := &f.F.Nodes[i]; nd.Op == ir.Assign && f.Text(nd.X) == f.Text(n) {
			return true
		}
	}
	return false
}

func (m *matcher) inside(n int32, fits func(*ir.Node) bool) (out arg, ok bool) {
	f := m.b.f
	f.Each(n, func(k int32) bool {
		nd := &f.F.Nodes[k]
		if nd.Op == ir.Assign && !ok { // what is written has no value yet
			out, ok = m.inside(nd.Y, fits)
			return false
		}
		if ok || nd.Op != ir.Field || nd.Flags&ir.InMacro != 0 || !fits(nd) {
			return !ok
		}
		root := k
		for f.F.Nodes[root].Op == ir.Field {
			root = f.F.Nodes[root].X
		}
		rn := &f.F.Nodes[f.Strip(root)]
		if rn.Op != ir.Ident || rn.Var == ir.None || strings.HasPrefix(f.S(nd.Type), "struct") {
			return true
		}
		a, _, has := m.variable(rn.Var)
		if has && !m.used[f.Text(k)] && !m.lookedUpBy(f.Text(k)) {
			a.text, out, ok = f.Text(k), a, true
			out.text = f.Text(k)
		}
		return !ok
	})
	return out, ok
}

// rangeEnd finds the ends of a range for parameters such as (s, e) or (start, end): a base, and base + count - 1 as the region computes it.
func (m *matcher) rangeEnd(p tables.Param, all []tables.Param) (arg, bool) {
	pair := map[string]string{"s": "e", "e": "s", "start": "end", "end": "start"}
	other, is := pair[p.Name]
	if !is || !hasParam(all, other) {
		return arg{}, false
	}
	if len(m.ends) == 2 {
		return arg{text: m.ends[strings.Index("se", p.Name[:1])], block: ir.None}, true
	}
	f := m.b.f
	for i := range f.F.Nodes {
		nd := &f.F.Nodes[i]
		if nd.Op != ir.Binary || f.S(nd.Name) != "-" || !m.inRegion(int32(i)) || f.Text(nd.Y) != "1" {
			continue
		}
		sum := &f.F.Nodes[f.Strip(nd.X)]
		if sum.Op != ir.Binary || f.S(sum.Name) != "+" {
			continue
		}
		base := f.F.Nodes[f.Strip(sum.X)]
		if base.Op != ir.Ident || base.Var == ir.None {
			continue
		}
		a, _, ok := m.variable(base.Var)
		if p.Name == "e" || p.Name == "end" {
			if v, is := m.holding(int32(i)); is {
				return v, true
			}
			a.text = f.Text(int32(i))
		}
		return a, ok
	}
	if p.Name == "e" || p.Name == "end" {
		return m.lastOf(other)
	}
	return arg{}, false
}

// lastOf puts the end of a range together from its start, called what the other parameter is called, and a number of how many there are.
func (m *matcher) lastOf(start string) (arg, bool) {
	a, ok := m.named(start)
	if !ok {
		return arg{}, false
	}
	for _, name := range m.b.p.Profile.Counts {
		if n, has := m.named(name); has {
			a.text, a.ready = a.text+" + "+n.text+" - 1", max(a.ready, n.ready)
			return a, true
		}
	}
	return arg{}, false
}

// holding is the variable that is given the value of expression n.
func (m *matcher) holding(n int32) (arg, bool) {
	f := m.b.f
	for v := range f.F.Vars {
		if !m.visible(int32(v)) {
			continue
		}
		if a, def, ok := m.variable(int32(v)); ok && def != ir.None && f.Strip(def) == f.Strip(n) {
			return a, true
		}
	}
	return arg{}, false
}

func hasParam(ps []tables.Param, name string) bool {
	for _, p := range ps {
		if p.Name == name {
			return true
		}
	}
	return false
}

// inRegion reports whether node n is written in the region's code.
func (m *matcher) inRegion(n int32) bool {
	f := m.b.f
	nd := &f.F.Nodes[n]
	for i := range f.F.Stmts {
		s := &f.F.Stmts[i]
		if s.Kind == ir.SExpr || s.Kind == ir.SIf || s.Kind == ir.SDecl {
			if s.Start <= nd.Start && nd.End <= s.End && m.r.Blocks[s.Block] {
				return true
			}
		}
	}
	return false
}
