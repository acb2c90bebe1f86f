package analyze

import (
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
)

// Fn is one function of a Program.
type Fn struct {
	ID   int32
	U    *ir.Unit
	F    *ir.Func
	Name string
	File string
	unit *unitScope
	info *fnInfo
}

// String names the function as messages do.
func (f *Fn) String() string { return f.Name }

// unitScope is what names mean inside one translation unit.
type unitScope struct {
	static map[string]*Fn // functions with internal linkage, and header functions the unit uses
	vars   map[string]*global
}

// global is an initialised file-scope variable.
type global struct {
	u *ir.Unit
	g *ir.Global
	s *unitScope
}

// Program is everything that was read in one configuration, with names resolved.
type Program struct {
	Config  string
	Profile *profile.Profile
	Fns     []*Fn
	extern  map[string][]*Fn
	fields  map[string][]*Fn // "owner.field" -> functions stored there
	tables  map[string][]*Fn // global variable -> functions in its initializer
	globals map[string][]*global
	frames  map[string]*frame
	words   words // what the profile says of each name
	itemIDs map[string]int32
	neutral map[*Fn]bool // the profile says that calls do not count
	hooked  map[*Fn]bool // a hook call can be reached
	phase   map[choiceKey][]phase
	entries map[*Fn]bool

	missingVia map[string][]string // handler without a definition -> tables that name it
}

// Link resolves names across the units of one configuration.
func Link(cfg string, pr *profile.Profile, results []*cfront.Result, headers map[cfront.Key]*ir.Unit) *Program {
	p := &Program{
		Config: cfg, Profile: pr, extern: map[string][]*Fn{}, fields: map[string][]*Fn{},
		tables: map[string][]*Fn{}, globals: map[string][]*global{}, frames: map[string]*frame{}, itemIDs: map[string]int32{}, words: words{pr, map[string]*word{}}, neutral: map[*Fn]bool{}, hooked: map[*Fn]bool{}, phase: map[choiceKey][]phase{}, entries: map[*Fn]bool{},
	}
	byKey := make(map[cfront.Key]*Fn, len(headers))
	for _, k := range sortedKeys(headers) {
		u := headers[k]
		for i := range u.Funcs {
			byKey[k] = p.add(u, &u.Funcs[i])
		}
	}
	var scopes []*unitScope
	for _, r := range results {
		scopes = append(scopes, p.addUnit(r, byKey))
	}
	for i, r := range results {
		p.indexGlobals(r.Unit, scopes[i])
	}
	for _, f := range p.Fns {
		p.indexStores(f)
	}
	for k, fs := range p.fields {
		p.fields[k] = uniqueFns(fs)
	}
	p.markFunctions()
	return p
}

// markFunctions finds the functions whose calls do not count and those that can reach a hook call.
func (p *Program) markFunctions() {
	callers := make(map[*Fn][]*Fn)
	var work []*Fn
	for _, f := range p.Fns {
		if w := p.words.of(f.Name); w.neutral || w.copy != nil || w.held != nil && w.held.Kind == "lock" {
			p.neutral[f] = true // its effect is known: nothing to see inside
		}
		for _, is := range f.F.Instrs {
			if is.Kind != ir.ICall || is.N == ir.None {
				continue
			}
			fns, name := p.Callees(f, is.N)
			if f.isAsm(is.N) {
				fns = p.asmCallees(f, is.N)
			}
			for _, c := range fns {
				callers[c] = append(callers[c], f)
			}
			if p.words.of(name).hook && !p.hooked[f] {
				p.hooked[f] = true
				work = append(work, f)
			}
		}
	}
	for len(work) > 0 {
		f := work[len(work)-1]
		work = work[:len(work)-1]
		for _, c := range callers[f] {
			if !p.hooked[c] {
				p.hooked[c] = true
				work = append(work, c)
			}
		}
	}
}

// sortedKeys orders header functions by file, position and key, so that ids do not depend on which unit was read first.
func sortedKeys(headers map[cfront.Key]*ir.Unit) []cfront.Key {
	keys := make([]cfront.Key, 0, len(headers))
	for k := range headers {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, b := headers[keys[i]], headers[keys[j]]
		if a.Main != b.Main {
			return a.Main < b.Main
		}
		if as, bs := start(a), start(b); as != bs {
			return as < bs
		}
		return string(keys[i][:]) < string(keys[j][:])
	})
	return keys
}

func start(u *ir.Unit) int32 {
	if len(u.Funcs) == 0 {
		return 0
	}
	return u.Funcs[0].Start
}

func (p *Program) add(u *ir.Unit, f *ir.Func) *Fn {
	fn := &Fn{ID: int32(len(p.Fns)), U: u, F: f, Name: u.S(f.Name), File: u.S(f.File)}
	p.Fns = append(p.Fns, fn)
	return fn
}

// addUnit adds the functions of a unit and builds its scope.
func (p *Program) addUnit(r *cfront.Result, byKey map[cfront.Key]*Fn) *unitScope {
	s := &unitScope{static: map[string]*Fn{}, vars: map[string]*global{}}
	for _, k := range r.Uses {
		if f := byKey[k]; f != nil {
			s.static[f.Name] = f
			if f.unit == nil {
				f.unit = s
			}
		}
	}
	for i := range r.Unit.Funcs {
		f := p.add(r.Unit, &r.Unit.Funcs[i])
		f.unit = s
		if f.F.Static {
			s.static[f.Name] = f
		} else {
			p.extern[f.Name] = append(p.extern[f.Name], f)
		}
	}
	return s
}

// Lookup returns the functions that name means in the unit of from (nil: anywhere).
func (p *Program) Lookup(from *Fn, name string) []*Fn {
	if from != nil && from.unit != nil {
		if f := from.unit.static[name]; f != nil {
			return []*Fn{f}
		}
	}
	return p.extern[name]
}

// Named returns every function called name, static ones included.
func (p *Program) Named(name string) (out []*Fn) {
	for _, f := range p.Fns {
		if f.Name == name {
			out = append(out, f)
		}
	}
	return out
}

// indexGlobals records which functions the initialised variables of u hold.
func (p *Program) indexGlobals(u *ir.Unit, s *unitScope) {
	for i := range u.Globals {
		g := &global{u, &u.Globals[i], s}
		name := u.S(g.g.Name)
		s.vars[name] = g
		p.globals[name] = append(p.globals[name], g)
		if g.g.Init != ir.None {
			owner := strings.TrimPrefix(elemType(u.S(g.g.Type)), "struct ")
			p.initFuncs(&Fn{U: u, F: &u.Init, unit: s}, g.g.Init, owner, "", name)
		}
	}
}

// elemType strips array bounds off a printed type.
func elemType(t string) string {
	t, _, _ = strings.Cut(t, " [")
	return t
}

// initFuncs walks an initializer and records functions by field and by variable.
func (p *Program) initFuncs(in *Fn, n int32, owner, field, table string) {
	if n == ir.None {
		return
	}
	nd := &in.F.Nodes[n]
	switch nd.Op {
	case ir.Init:
		if t := strings.TrimPrefix(elemType(in.U.S(nd.Type)), "struct "); t != "" {
			owner = t
		}
		for _, a := range in.F.Lists[nd.Args : nd.Args+nd.NArg] {
			p.initFuncs(in, a, owner, field, table)
		}
	case ir.Desig:
		if nd.Name != 0 {
			field = in.U.S(nd.Name)
		}
		p.initFuncs(in, nd.Y, owner, field, table)
	case ir.Cast, ir.Addr:
		p.initFuncs(in, nd.X, owner, field, table)
	case ir.Ident:
		if nd.Flags&ir.FuncRef != 0 {
			fs := p.Lookup(in, in.U.S(nd.Name))
			p.fields[owner+"."+field] = append(p.fields[owner+"."+field], fs...)
			p.tables[table] = append(p.tables[table], fs...)
		}
	}
}

// indexStores records functions that code stores in fields: x->ops = f, ops.read = f.
func (p *Program) indexStores(f *Fn) {
	for i := range f.F.Nodes {
		n := &f.F.Nodes[i]
		if n.Op != ir.Assign || n.X == ir.None || n.Y == ir.None {
			continue
		}
		l, r := &f.F.Nodes[n.X], &f.F.Nodes[f.strip(n.Y)]
		if l.Op == ir.Field && r.Op == ir.Ident && r.Flags&ir.FuncRef != 0 {
			k := f.U.S(l.Owner) + "." + f.U.S(l.Name)
			p.fields[k] = append(p.fields[k], p.Lookup(f, f.U.S(r.Name))...)
		}
	}
}

// strip removes casts, address-of on functions, and statement expressions around a value.
func (f *Fn) strip(n int32) int32 {
	for n != ir.None {
		nd := &f.F.Nodes[n]
		switch nd.Op {
		case ir.Cast, ir.StmtExpr:
			if nd.X == ir.None {
				return n
			}
			n = nd.X
		case ir.Addr:
			if x := &f.F.Nodes[nd.X]; x.Op == ir.Ident && x.Flags&ir.FuncRef != 0 {
				return nd.X
			}
			return n
		case ir.Comma:
			n = nd.Y
		default:
			return n
		}
	}
	return n
}

// uniqueFns sorts by id and removes repeats.
func uniqueFns(fs []*Fn) []*Fn {
	sort.Slice(fs, func(i, j int) bool { return fs[i].ID < fs[j].ID })
	out := fs[:0]
	for i, f := range fs {
		if i == 0 || f != fs[i-1] {
			out = append(out, f)
		}
	}
	return out
}

// Callees returns what call node n of f can call, and the name the code uses ("" for an unresolved pointer).
func (p *Program) Callees(f *Fn, n int32) (fns []*Fn, name string) {
	x := f.strip(f.F.Nodes[n].X)
	return p.target(f, x)
}

// target resolves a function expression.
func (p *Program) target(f *Fn, x int32) ([]*Fn, string) {
	if x == ir.None {
		return nil, ""
	}
	nd := &f.F.Nodes[x]
	switch nd.Op {
	case ir.Ident:
		name := f.U.S(nd.Name)
		if nd.Var == ir.None {
			return p.Lookup(f, name), name
		}
	case ir.Deref:
		return p.target(f, f.strip(nd.X))
	case ir.Field:
		name := f.U.S(nd.Owner) + "." + f.U.S(nd.Name)
		return p.fields[name], name
	case ir.Index:
		if b := &f.F.Nodes[f.strip(nd.X)]; b.Op == ir.Ident {
			return p.tables[f.U.S(b.Name)], f.U.S(b.Name) + "[]"
		}
	}
	return nil, ""
}
