package analyze

import (
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// An access path names a place in memory from a function's point of view: a root (p0 a parameter, v7 a local, g:name a global,
// c12 the result of call node 12) followed by ".field", "[]" and "*" (what a pointer points to). "&P" is the address of P.
// "" is a place the analysis does not name.

// fnInfo is what is computed once per function, whatever the caller.
type fnInfo struct {
	alias   []int32  // per variable: the node it is the only name for, None otherwise
	paths   []string // per node
	done    []bool
	parents []int32 // see Fn.parents
}

// analysis is the function's info; all of its parts are there, so that readers need no lock.
func (f *Fn) analysis() *fnInfo {
	f.once.Do(func() {
		in := &fnInfo{alias: make([]int32, len(f.F.Vars)), paths: make([]string, len(f.F.Nodes)), done: make([]bool, len(f.F.Nodes))}
		f.aliases(in)
		for n := range in.paths {
			f.pathIn(int32(n), in)
		}
		in.done, in.parents = nil, f.operandOf()
		f.info = in
	})
	return f.info
}

// aliases fills in.alias: a variable whose definitions all name the same place, and whose address is never taken, stands for that place.
func (f *Fn) aliases(in *fnInfo) {
	defs := f.definitions()
	var several []int32
	for v := range in.alias {
		in.alias[v] = ir.None
		switch d := defs[v]; {
		case len(d) == 1 && f.aliasable(d[0]):
			in.alias[v] = d[0]
		case len(d) > 1 && len(d) <= maxDefs:
			several = append(several, int32(v))
		}
	}
	for _, v := range several {
		if f.samePlace(defs[v], in) {
			in.alias[v] = defs[v][0]
			clear(in.done)
		}
	}
}

// maxDefs bounds the definitions of a variable that are compared.
const maxDefs = 4

// samePlace reports whether all nodes name one place.
func (f *Fn) samePlace(ns []int32, in *fnInfo) bool {
	for _, n := range ns {
		if !f.aliasable(n) || f.pathIn(n, in) == "" || f.pathIn(n, in) != f.pathIn(ns[0], in) {
			return false
		}
	}
	return true
}

// definitions lists, per variable, the nodes it is defined from. A definition of another kind (a parameter's value, an update in
// place, its address being taken) is None.
func (f *Fn) definitions() [][]int32 {
	defs := make([][]int32, len(f.F.Vars))
	def := func(v, n int32) { defs[v] = append(defs[v], n) }
	for i := int32(0); i < f.F.Params; i++ {
		def(i, ir.None)
	}
	for _, is := range f.F.Instrs {
		if is.Kind == ir.IDecl && is.N != ir.None {
			def(is.Var, is.N)
		}
	}
	for i := range f.F.Nodes {
		n := &f.F.Nodes[i]
		if n.Op != ir.Assign && n.Op != ir.IncDec && n.Op != ir.Addr {
			continue
		}
		if v := f.F.Nodes[n.X].Var; f.F.Nodes[n.X].Op == ir.Ident && v != ir.None {
			if n.Op == ir.Assign && f.U.S(n.Name) == "=" {
				def(v, n.Y)
			} else {
				def(v, ir.None)
			}
		}
	}
	return defs
}

// aliasable reports whether a definition is a place, so that the variable is another name for it.
func (f *Fn) aliasable(n int32) bool {
	if n == ir.None {
		return false
	}
	n = f.strip(n)
	if n == ir.None {
		return false
	}
	switch nd := &f.F.Nodes[n]; nd.Op {
	case ir.Ident, ir.Field, ir.Deref, ir.Addr, ir.Index:
		return true
	case ir.Binary:
		return strings.HasSuffix(f.U.S(nd.Type), "*") && f.aliasable(nd.X) || f.masked(nd) && f.aliasable(nd.X)
	}
	return false
}

// masked reports whether nd is "x & constant": the low bits of a command word, which stand for it.
func (f *Fn) masked(nd *ir.Node) bool {
	return f.U.S(nd.Name) == "&" && nd.Y != ir.None && f.F.Nodes[nd.Y].Flags&ir.HasVal != 0
}

// Path returns the access path of node n.
func (f *Fn) Path(n int32) string {
	if n == ir.None {
		return ""
	}
	return f.analysis().paths[n]
}

// pathIn computes the path of node n once.
func (f *Fn) pathIn(n int32, in *fnInfo) string {
	if n == ir.None {
		return ""
	}
	if in.done[n] {
		return in.paths[n]
	}
	in.done[n] = true // breaks cycles through self-referring aliases
	in.paths[n] = f.path(n, in)
	return in.paths[n]
}

func (f *Fn) path(n int32, in *fnInfo) string {
	nd := &f.F.Nodes[n]
	switch nd.Op {
	case ir.Ident:
		return f.identPath(nd, in)
	case ir.Field:
		b := f.pathIn(nd.X, in)
		if b == "" {
			return ""
		}
		if nd.Flags&ir.Arrow != 0 {
			b = deref(b)
		}
		return b + "." + f.U.S(nd.Name)
	case ir.Deref:
		if b := f.pathIn(nd.X, in); b != "" {
			return deref(b)
		}
	case ir.Addr:
		if b := f.pathIn(nd.X, in); b != "" {
			return addr(b)
		}
	case ir.Index:
		if b := f.pathIn(nd.X, in); b != "" {
			return deref(b) + "[]"
		}
	case ir.Cast, ir.StmtExpr:
		return f.pathIn(nd.X, in)
	case ir.Comma:
		return f.pathIn(nd.Y, in)
	case ir.Assign:
		return f.pathIn(nd.X, in)
	case ir.Binary:
		if strings.HasSuffix(f.U.S(nd.Type), "*") || f.masked(nd) {
			return f.pathIn(nd.X, in)
		}
	case ir.Call:
		return "c" + strconv.Itoa(int(n))
	}
	return ""
}

func (f *Fn) identPath(nd *ir.Node, in *fnInfo) string {
	if nd.Var == ir.None {
		return "g:" + f.U.S(nd.Name)
	}
	if a := in.alias[nd.Var]; a != ir.None {
		if s := f.pathIn(a, in); s != "" {
			return s
		}
	}
	if nd.Var < f.F.Params {
		return "p" + strconv.Itoa(int(nd.Var))
	}
	return "v" + strconv.Itoa(int(nd.Var))
}

// deref is the place that a pointer at path p points to.
func deref(p string) string {
	if strings.HasPrefix(p, "&") {
		return p[1:]
	}
	return p + "*"
}

// addr is the address of the place p.
func addr(p string) string {
	if strings.HasSuffix(p, "*") {
		return p[:len(p)-1]
	}
	return "&" + p
}

// under reports whether path p is prefix or lies below it.
func under(p, prefix string) bool {
	return strings.HasPrefix(p, prefix) && (len(p) == len(prefix) || p[len(prefix)] == '.' || p[len(prefix)] == '*' || p[len(prefix)] == '[')
}

// down translates a caller's path into the callee's, given the path of argument i; ok is false when the callee cannot see it.
func down(path, arg string, i int) (string, bool) {
	root := "p" + strconv.Itoa(i)
	if arg == "" {
		return "", false
	}
	if strings.HasPrefix(arg, "&") {
		if under(path, arg[1:]) {
			return root + "*" + path[len(arg)-1:], true
		}
		return "", false
	}
	if under(path, arg) {
		return root + path[len(arg):], true
	}
	return "", false
}

// up translates a callee's path rooted at a parameter into the caller's, given the paths of the arguments.
func up(path string, args []string) (string, bool) {
	if !strings.HasPrefix(path, "p") {
		return "", false
	}
	end := 1
	for end < len(path) && path[end] >= '0' && path[end] <= '9' {
		end++
	}
	i, err := strconv.Atoi(path[1:end])
	if err != nil || i >= len(args) || args[i] == "" {
		return "", false
	}
	rest := path[end:]
	for strings.HasPrefix(rest, "*") && strings.HasPrefix(args[i], "&") {
		return args[i][1:] + rest[1:], true
	}
	if strings.HasPrefix(args[i], "&") {
		return "", false
	}
	return args[i] + rest, true
}

// Stores counts the assignments of f to members, as what [Fn.Path] adds, of the object whose address has the path o; to what these point to, none.
func (f *Fn) Stores(o string) map[string]int {
	out := map[string]int{}
	base := Pointee(o)
	if base == "" {
		return out
	}
	for _, is := range f.F.Instrs {
		if is.Kind != ir.IAssign {
			continue
		}
		if p := f.Path(f.F.Nodes[is.N].X); p != base && Below(p, base) && !strings.Contains(p[len(base):], "*") {
			out[p[len(base):]]++
		}
	}
	return out
}

// ParamPath is the [Fn.Path] of a parameter, by its number.
func ParamPath(v int32) string { return "p" + strconv.Itoa(int(v)) }

// Pointee is the path of what a path points to.
func Pointee(p string) string {
	if strings.HasPrefix(p, "&") {
		return p[1:]
	}
	if p == "" {
		return ""
	}
	return p + "*"
}

// Below reports whether a path is base or a part of it.
func Below(p, base string) bool {
	return base != "" && strings.HasPrefix(p, base) && (len(p) == len(base) || strings.IndexByte("*.[", p[len(base)]) >= 0)
}
