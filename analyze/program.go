package analyze

import (
	"sort"
	"strings"
	"sync"
	"sync/atomic"

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

	neutral bool     // the profile says that calls do not count
	hooked  bool     // a hook call can be reached
	entry   bool     // a hypercall handler
	calls   []site   // calls and assembly statements that have callees, by instruction; see Program.findCalls
	fills   []string // places of the caller's that get guest data, see findFills
	filled  []string // places of its own that callees fill
	words   *unitWords
	callID  int32 // identity of the fact that this function is called, see Program.itemID

	once   sync.Once // guards info
	info   *fnInfo
	mu     sync.Mutex // guards frames
	frames map[string]*frame
}

// site is one call of a function: the instruction, its call node and what that can call.
type site struct {
	instr, node int32
	fns         []*Fn
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

// Program is everything that was read in one configuration, with names resolved. Its methods are safe for concurrent use.
type Program struct {
	Config  string
	Profile *profile.Profile
	Fns     []*Fn
	extern  map[string][]*Fn
	fields  map[string][]*Fn // "owner.field" -> functions stored there
	tables  map[string][]*Fn // global variable -> functions in its initializer
	globals map[string][]*global
	words   words    // what the profile says of each name
	modules sync.Map // file -> whether it is of the hooks or a module
	workers int

	asm     *[]asmRef // tables in the tree's assembly; nil: not read yet
	entries sync.Once // guards found and missing
	found   []*Entry
	missing []string

	frames  atomic.Int32 // frames made so far
	mu      sync.Mutex   // guards the rest
	itemIDs map[string]int32
	phase   map[choiceKey][]phase

	missingVia map[string][]string // handler without a definition -> tables that name it
}

// Link resolves names across the units of one configuration, on so many cores.
func Link(cfg string, pr *profile.Profile, results []*cfront.Result, headers map[cfront.Key]*ir.Unit, workers int) *Program {
	p := &Program{
		Config: cfg, Profile: pr, workers: workers, extern: map[string][]*Fn{}, fields: map[string][]*Fn{}, tables: map[string][]*Fn{},
		globals: map[string][]*global{}, itemIDs: map[string]int32{}, words: words{pr: pr}, phase: map[choiceKey][]phase{},
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
	p.indexStores()
	p.findCalls()
	callers := p.callers()
	p.markHooked(callers)
	p.findFills(callers)
	return p
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
	if n := len(p.Fns); n > 0 && p.Fns[n-1].U == u {
		fn.words = p.Fns[n-1].words
	} else {
		fn.words = &unitWords{byString: make([]atomic.Pointer[word], len(u.Strings))}
	}
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

// fieldStore is a function that code stores in a field: x->ops = f, ops.read = f.
type fieldStore struct {
	field string
	fns   []*Fn
}

// indexStores records what the code of every function stores in fields.
func (p *Program) indexStores() {
	found := make([][]fieldStore, len(p.Fns))
	inParallel(p.workers, len(p.Fns), func(i int) { found[i] = p.stores(p.Fns[i]) })
	for _, fs := range found {
		for _, s := range fs {
			p.fields[s.field] = append(p.fields[s.field], s.fns...)
		}
	}
	for k, fs := range p.fields {
		p.fields[k] = uniqueFns(fs)
	}
}

func (p *Program) stores(f *Fn) (out []fieldStore) {
	for i := range f.F.Nodes {
		n := &f.F.Nodes[i]
		if n.Op != ir.Assign || n.X == ir.None || n.Y == ir.None {
			continue
		}
		l, r := &f.F.Nodes[n.X], &f.F.Nodes[f.strip(n.Y)]
		if l.Op == ir.Field && r.Op == ir.Ident && r.Flags&ir.FuncRef != 0 {
			out = append(out, fieldStore{f.U.S(l.Owner) + "." + f.U.S(l.Name), p.Lookup(f, f.U.S(r.Name))})
		}
	}
	return out
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
