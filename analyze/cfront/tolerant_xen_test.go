//go:build xen

package cfront

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/refactor"
	"modernc.org/cc/v4"
)

// agreement counts how the two parsers' trees of the same functions compare.
type agreement struct {
	funcs, same, bad                int
	types, typesSame, typesUnknown  int
	owners, ownersSame, ownersBlank int
	vals, valsSame, valsExtra       int
	diffs                           []string
	why                             map[string]int
}

// xenTree opens the built tree that XSMPATCH_XEN names, with its compile commands.
func xenTree(t *testing.T) (*refactor.Tree, *compdb.DB) {
	t.Helper()
	root := os.Getenv("XSMPATCH_XEN")
	if root == "" {
		t.Fatal("set XSMPATCH_XEN to a built Xen tree")
	}
	tree, err := refactor.OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	db, err := compdb.Load(tree, compdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range db.Units {
		db.Units[i].Quote = append(db.Units[i].Quote, ".")
	}
	return tree, db
}

// TestWithoutGeneratedHeaders hides what a build generates, the configuration included, and reads units all the same: every unit
// gives functions, and of their expressions next to nothing is not understood.
func TestWithoutGeneratedHeaders(t *testing.T) {
	tree, db := xenTree(t)
	ses := cpp.NewSession(func(p string) ([]byte, error) {
		for _, made := range [...]string{"generated", "/compat/", "asm-offsets", "compile.h", "hypercall-defs", "xlat.h", "autoconf"} {
			if strings.Contains(p, made) {
				return nil, &fs.PathError{Op: "open", Path: p, Err: fs.ErrNotExist}
			}
		}
		return tree.ReadFile(p)
	}, cpp.Options{Tolerant: true})
	r := NewReader(ses, nil)
	units, funcs, tolerant, nodes, bad := 0, 0, 0, 0, 0
	for i := 0; i < len(db.Units); i += 20 {
		u := &db.Units[i]
		if u.Asm {
			continue
		}
		res, err := r.ReadAfter(context.Background(), u, nil)
		if err != nil {
			t.Errorf("%s: %v", u.Main, err)
			continue
		}
		units++
		tolerant += res.Tolerant
		all := []*ir.Unit{res.Unit}
		for _, h := range res.Headers {
			all = append(all, h.Unit)
		}
		for _, x := range all {
			for k := range x.Funcs {
				funcs++
				nodes += len(x.Funcs[k].Nodes)
				for _, n := range x.Funcs[k].Nodes {
					if n.Op == ir.Bad {
						bad++
					}
				}
			}
		}
	}
	t.Logf("%d units without generated headers: %d functions, %d read by the tolerant parser, %d of %d expressions not understood", units, funcs, tolerant, bad, nodes)
	if units < 15 || funcs < 500 || 1000*bad > nodes {
		t.Errorf("%d functions, %d of %d expressions not understood", funcs, bad, nodes)
	}
}

// TestTolerantAgrees reads every function of Xen with both parsers: the shapes (operators, names, kinds of statements,
// token ranges) must agree for 99.5 % of the functions, and the types where the tolerant one gives any.
func TestTolerantAgrees(t *testing.T) {
	tree, db := xenTree(t)
	ses := cpp.NewSession(tree.ReadFile, cpp.Options{})
	r := NewReader(ses, nil)
	total := agreement{why: map[string]int{}}
	var mu sync.Mutex
	work := make(chan *cpp.Unit)
	var wg sync.WaitGroup
	for i := 0; i < runtime.GOMAXPROCS(0); i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for u := range work {
				a, err := compareUnit(r, u)
				mu.Lock()
				if err != nil {
					t.Errorf("%s: %v", u.Main, err)
				} else {
					total.add(a)
				}
				mu.Unlock()
			}
		}()
	}
	for i := range db.Units {
		u := &db.Units[i]
		if only := os.Getenv("XSMPATCH_UNIT"); u.Asm || only != "" && only != u.Main {
			continue
		}
		work <- u
	}
	close(work)
	wg.Wait()
	total.report(t)
}

func (a *agreement) add(b *agreement) {
	a.funcs, a.same, a.bad = a.funcs+b.funcs, a.same+b.same, a.bad+b.bad
	a.types, a.typesSame, a.typesUnknown = a.types+b.types, a.typesSame+b.typesSame, a.typesUnknown+b.typesUnknown
	a.owners, a.ownersSame, a.ownersBlank = a.owners+b.owners, a.ownersSame+b.ownersSame, a.ownersBlank+b.ownersBlank
	a.vals, a.valsSame, a.valsExtra = a.vals+b.vals, a.valsSame+b.valsSame, a.valsExtra+b.valsExtra
	a.diffs = append(a.diffs, b.diffs...)
	for k, n := range b.why {
		a.why[k] += n
	}
}

func (a *agreement) report(t *testing.T) {
	t.Helper()
	pct := func(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }
	t.Logf("functions: %d, same shape %d (%.3f %%), pieces the tolerant parser could not read: %d", a.funcs, a.same, pct(a.same, a.funcs), a.bad)
	t.Logf("types: %d compared, %d equal (%.2f %%); tolerant knows none for %d", a.types, a.typesSame, pct(a.typesSame, a.types), a.typesUnknown)
	t.Logf("owners of members: %d, %d equal (%.2f %%), %d unknown", a.owners, a.ownersSame, pct(a.ownersSame, a.owners), a.ownersBlank)
	t.Logf("constant values: %d, %d equal (%.2f %%), %d only in the tolerant tree", a.vals, a.valsSame, pct(a.valsSame, a.vals), a.valsExtra)
	sort.Strings(a.diffs)
	for i, d := range a.diffs {
		if i < 40 {
			t.Log(d)
		}
	}
	var why []string
	for k := range a.why {
		why = append(why, k)
	}
	sort.Slice(why, func(i, j int) bool { return a.why[why[i]] > a.why[why[j]] })
	for i, k := range why {
		if i < 40 {
			t.Logf("%6d %s", a.why[k], k)
		}
	}
	if a.funcs < 1000 && os.Getenv("XSMPATCH_UNIT") == "" {
		t.Errorf("only %d functions compared", a.funcs)
	}
	if 1000*a.same < 995*a.funcs {
		t.Errorf("%.3f %% of the functions have the same shape, want 99.5 %%", pct(a.same, a.funcs))
	}
	if 100*a.ownersSame < 98*a.owners {
		t.Errorf("%.2f %% of the members have the same owner, want 98 %%", pct(a.ownersSame, a.owners))
	}
}

// compareUnit reads u with the strict parser and every function of it again with the tolerant one.
func compareUnit(r *Reader, u *cpp.Unit) (*agreement, error) {
	pre, err := r.ses.Preprocess(context.Background(), u)
	if err != nil {
		return nil, err
	}
	w := r.pool.Get().(*worker)
	defer r.pool.Put(w)
	x := &unit{r: r, w: w, u: u, pre: pre}
	x.prepare()
	x.select_()
	cfg, err := config(u.Arch)
	if err != nil {
		return nil, err
	}
	p := &plan{chunks: x.chunks, stub: map[int32]bool{}, drop: map[int32]bool{}}
	for i := range x.keys {
		if !x.mine[i] {
			p.stub[i] = true
		}
	}
	ast, err := x.emit.parse(cfg, p, x.degrade)
	if err != nil {
		return nil, err
	}
	a := &agreement{why: map[string]int{}}
	c := &conv{e: x.emit, types: typeNames{}}
	tp := x.tolerant()
	for tu := ast.TranslationUnit; tu != nil; tu = tu.TranslationUnit {
		if tu.ExternalDeclaration.Case != cc.ExternalDeclarationFuncDef {
			continue
		}
		d := tu.ExternalDeclaration.FunctionDefinition
		i := find(x.chunks, c.tok(d.Declarator.NameTok()))
		ch := &x.chunks[i]
		before := tp.Bad()
		m := &matcher{a: a, x: x}
		m.function(c.function(d, ch), tp.Func(ch.first, ch.body, ch.last))
		a.funcs++
		a.bad += tp.Bad() - before
		if m.diff == "" {
			a.same++
		} else {
			a.diffs = append(a.diffs, u.Main+": "+r.ses.Spelling(ch.name)+": "+m.diff)
		}
	}
	return a, nil
}

// matcher compares two trees.
type matcher struct {
	a    *agreement
	x    *unit
	diff string
}

func (m *matcher) differ(what string, s, t any, at int32) {
	if m.diff == "" {
		f, off, _, _ := m.x.toks.Range(at, at)
		line, _ := m.x.r.ses.Position(f, off)
		m.diff = fmt.Sprintf("%s:%d: token %d: %s: %v, tolerant %v", m.x.r.ses.FileName(f), line, at, what, s, t)
	}
}

func (m *matcher) function(s, t *cast.Func) {
	if s.Name != t.Name || s.Static != t.Static || s.First != t.First || s.Last != t.Last {
		m.differ("head", *s, *t, s.First)
	}
	if s.Inline != t.Inline {
		m.differ("inline", s.Inline, t.Inline, s.First)
	}
	m.typ(s.Result, t.Result, "result", s.Name)
	if len(s.Params) != len(t.Params) {
		m.differ("parameters", len(s.Params), len(t.Params), s.First)
		return
	}
	for i := range s.Params {
		m.variable(s.Params[i], t.Params[i])
	}
	m.stmt(s.Body, t.Body)
}

func (m *matcher) variable(s, t *cast.Var) {
	if s.Name != t.Name || s.Static != t.Static || s.First != t.First || s.Last != t.Last {
		m.differ("variable", *s, *t, s.First)
	}
	m.typ(s.Type, t.Type, "variable", s.Name)
	m.expr(s.Init, t.Init, s.First)
}

func (m *matcher) stmt(s, t *cast.Stmt) {
	if s == nil || t == nil {
		if s != t && m.diff == "" {
			m.diff = "statement is missing on one side"
		}
		return
	}
	if s.Kind != t.Kind || s.Name != t.Name || s.Default != t.Default {
		m.differ("statement", fmt.Sprint(s.Kind, s.Name), fmt.Sprint(t.Kind, t.Name), s.First)
		return
	}
	if s.First != t.First || s.Last != t.Last {
		m.differ(fmt.Sprint("range of statement ", s.Kind), [2]int32{s.First, s.Last}, [2]int32{t.First, t.Last}, s.First)
	}
	m.expr(s.X, t.X, s.First)
	m.expr(s.Y, t.Y, s.First)
	m.expr(s.Z, t.Z, s.First)
	if len(s.Decls) != len(t.Decls) || len(s.Body) != len(t.Body) {
		m.differ("parts", [2]int{len(s.Decls), len(s.Body)}, [2]int{len(t.Decls), len(t.Body)}, s.First)
		return
	}
	for i := range s.Decls {
		m.variable(s.Decls[i], t.Decls[i])
	}
	for i := range s.Body {
		m.stmt(s.Body[i], t.Body[i])
	}
	m.stmt(s.Init, t.Init)
	m.stmt(s.Then, t.Then)
	m.stmt(s.Else, t.Else)
}

func (m *matcher) expr(s, t *cast.Expr, at int32) {
	if s == nil || t == nil {
		if s != t {
			m.differ("expression on one side", s, t, at)
		}
		return
	}
	if s.Op != t.Op || s.Name != t.Name || s.Arrow != t.Arrow || s.FuncRef != t.FuncRef || s.EnumRef != t.EnumRef || len(s.Args) != len(t.Args) {
		m.differ("expression", brief(s), brief(t), s.First)
		return
	}
	if s.First != t.First || s.Last != t.Last {
		m.differ(fmt.Sprint("range of ", brief(s)), [2]int32{s.First, s.Last}, [2]int32{t.First, t.Last}, s.First)
	}
	m.facts(s, t)
	m.expr(s.X, t.X, s.First)
	m.expr(s.Y, t.Y, s.First)
	m.expr(s.Z, t.Z, s.First)
	for i := range s.Args {
		m.expr(s.Args[i], t.Args[i], s.First)
	}
	if s.Body != nil || t.Body != nil {
		m.stmt(s.Body, t.Body)
	}
}

// facts compares what is not shape.
func (m *matcher) facts(s, t *cast.Expr) {
	m.typ(s.Type, t.Type, fmt.Sprint("op ", s.Op), s.Name)
	if s.Op == ir.Field {
		m.a.owners++
		switch t.Owner {
		case s.Owner:
			m.a.ownersSame++
		case "":
			m.a.ownersBlank++
			m.a.why["owner unknown of "+s.Name+" in "+s.Owner]++
		default:
			m.a.why["owner "+s.Owner+" / "+t.Owner]++
		}
	}
	switch {
	case s.HasVal && t.HasVal && s.Val == t.Val:
		m.a.vals++
		m.a.valsSame++
	case s.HasVal:
		m.a.vals++
		if t.HasVal {
			m.a.why[fmt.Sprintf("value %d / %d %s", s.Val, t.Val, brief(s))]++
		}
	case t.HasVal:
		m.a.valsExtra++
	}
}

func (m *matcher) typ(s, t, what, name string) {
	if s == "" {
		return
	}
	m.a.types++
	switch t {
	case s:
		m.a.typesSame++
	case "":
		m.a.typesUnknown++
		m.a.why["no type: "+what+" "+s]++
	default:
		m.a.why["type "+s+" / "+t+" "+what]++
	}
}

func brief(e *cast.Expr) string {
	return fmt.Sprintf("{op %d %q args %d arrow %v func %v enum %v}", e.Op, e.Name, len(e.Args), e.Arrow, e.FuncRef, e.EnumRef)
}
