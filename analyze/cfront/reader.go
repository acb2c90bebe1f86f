package cfront

import (
	"context"
	"fmt"
	"sync"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/lower"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"modernc.org/cc/v4"
)

// Key identifies a function of a header by its text after preprocessing and by where it stands.
type Key [32]byte

// HeaderFunc is a function defined in a header, read once however many units use it. Unit.Funcs has that one element.
type HeaderFunc struct {
	Key  Key
	Unit *ir.Unit
}

// Result is what reading one translation unit gave.
type Result struct {
	Unit    *ir.Unit
	Headers []HeaderFunc // header functions that this call was the first to read
	Uses    []Key        // header functions the unit needs, in order of appearance
	Lost    map[Key]bool // those of Uses that could not be read
	Pre     *cpp.Result  // files, skipped regions and diagnostics
	Strict  bool         // the whole unit went through the strict parser
	Funcs   int          // functions defined in the unit or needed from headers

	Tolerant int     // functions that only the tolerant parser could read
	Tier     ir.Tier // ir.Tolerant: nothing of the unit went through the strict parser
}

// Reader reads the units of one tree in one configuration. It is safe for concurrent use.
type Reader struct {
	ses     *cpp.Session
	mu      sync.Mutex
	claimed map[Key]bool
	pool    sync.Pool
}

// NewReader returns a reader over ses. Header functions named in known are not read again.
func NewReader(ses *cpp.Session, known []Key) *Reader {
	r := &Reader{ses: ses, claimed: make(map[Key]bool)}
	for _, k := range known {
		r.claimed[k] = true
	}
	r.pool.New = func() any {
		w := newWords(ses)
		return &worker{words: w, prune: pruner{w: w}}
	}
	return r
}

// claim reports whether the caller is the first to ask for k and so has to read the function.
func (r *Reader) claim(k Key) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.claimed[k] {
		return false
	}
	r.claimed[k] = true
	return true
}

// worker is the reusable memory of one goroutine.
type worker struct {
	words *words
	prune pruner
}

// Read preprocesses, parses, type-checks and lowers one unit. An error means that nothing of the unit could be read;
// what could not be read of a unit that was is in Result.Unit.Degraded.
func (r *Reader) Read(ctx context.Context, u *cpp.Unit) (*Result, error) {
	pre, err := r.ses.Preprocess(ctx, u)
	if err != nil {
		return nil, err
	}
	w := r.pool.Get().(*worker)
	defer r.pool.Put(w)
	return (&unit{r: r, w: w, u: u, pre: pre}).read()
}

// unit is the state of reading one translation unit.
type unit struct {
	r       *Reader
	w       *worker
	u       *cpp.Unit
	pre     *cpp.Result
	chunks  []chunk
	emit    *emitter
	keys    map[int32]Key // header functions among the chunks
	mine    map[int32]bool
	toks    *lower.Tokens
	out     *Result
	lowered *lower.Unit
	noRet   map[string]bool
	failed  map[int32]int  // chunks that the strict parser could not read, with their entry in Degraded
	done    map[int32]bool // functions delivered
	cause   error          // why the unit could not be preprocessed strictly
}

func (t *unit) read() (*Result, error) {
	t.prepare()
	if t.cause != nil {
		t.lossy()
	}
	t.select_()
	t.fallBack(t.strict())
	t.out.Strict = len(t.out.Unit.Degraded) == 0
	return t.out, nil
}

// strict reads the unit with the strict parser. An error means that nothing of it could be read.
func (t *unit) strict() error {
	cfg, err := config(t.u.Arch)
	if err != nil {
		return err
	}
	p := &plan{chunks: t.chunks, stub: map[int32]bool{}, drop: map[int32]bool{}}
	for i := range t.keys {
		if !t.mine[i] {
			p.stub[i] = true
		}
	}
	ast, err := t.emit.parse(cfg, p, t.degrade)
	if err != nil {
		return err
	}
	t.convert(ast)
	return nil
}

// prepare splits the token stream into declarations and sets up the passes.
func (t *unit) prepare() {
	w := t.w.words
	max := cpp.Sym(0)
	for i := range t.pre.Tokens {
		if s := t.pre.Tokens[i].Sym; s > max {
			max = s
		}
	}
	w.grow(max)
	t.chunks = split(w, t.pre.Tokens)
	t.toks = &lower.Tokens{
		Toks: t.pre.Tokens, Exps: t.pre.Expansions,
		Len: func(s cpp.Sym) int { return len(t.r.ses.Spelling(s)) }, Text: t.r.ses.Spelling, File: t.r.ses.FileName,
	}
	types := map[cpp.Sym]bool{}
	t.failed, t.done = map[int32]int{}, map[int32]bool{}
	t.noRet = map[string]bool{"__builtin_unreachable": true, "__builtin_trap": true}
	for i := range t.chunks {
		c := &t.chunks[i]
		c.file, _, _, _ = t.toks.Range(c.first, c.first)
		if c.typedef {
			for _, s := range c.defs[c.ordinary:] {
				types[s] = true
			}
		}
		if c.noReturn && c.name != 0 {
			t.noRet[t.r.ses.Spelling(c.name)] = true
		}
	}
	t.emit = &emitter{
		splitter: &splitter{w: w, toks: t.pre.Tokens}, used: map[cpp.Sym]bool{},
		isType: func(s cpp.Sym) bool { return types[s] }, declared: t.w.prune.declares,
	}
	t.out = &Result{Unit: &ir.Unit{Main: t.u.Main, Config: t.u.Config}, Pre: t.pre, Lost: map[Key]bool{}}
	t.lowered = lower.NewUnit(t.out.Unit, t.toks, t.noReturn)
}

func (t *unit) noReturn(name string) bool { return t.noRet[name] }

// select_ prunes the declarations and claims the header functions that nobody has read yet.
func (t *unit) select_() {
	t.keys, t.mine = map[int32]Key{}, map[int32]bool{}
	header := make(map[cpp.FileID]bool)
	isHeaderChunk := func(c *chunk) bool {
		h, ok := header[c.file]
		if !ok {
			h = isHeader(t.r.ses.FileName(c.file))
			header[c.file] = h
		}
		return h
	}
	p := &t.w.prune
	p.index(t.chunks)
	p.mark(t.pre.Tokens, t.chunks, func(c *chunk) bool { return !isHeaderChunk(c) }, func(c *chunk) bool { return false })
	for i := range t.chunks {
		c := &t.chunks[i]
		if !c.keep || c.body < 0 {
			continue
		}
		t.out.Funcs++
		if !isHeaderChunk(c) {
			continue
		}
		k := t.key(c)
		t.keys[int32(i)] = k
		t.out.Uses = append(t.out.Uses, k)
		if t.r.claim(k) {
			t.mine[int32(i)] = true
		}
	}
}

// degrade records that chunk i was left out because of msg at token tok.
func (t *unit) degrade(i int32, msg string, tok int32) {
	c := &t.chunks[i]
	if _, twice := t.failed[i]; twice {
		return
	}
	file, off, _, _ := t.toks.Range(tok, tok)
	line, _ := t.r.ses.Position(file, off)
	d := ir.Degraded{File: t.r.ses.FileName(file), Line: line, Reason: msg}
	if c.body >= 0 {
		d.Func = t.r.ses.Spelling(c.name)
	}
	t.failed[i] = len(t.out.Unit.Degraded)
	t.out.Unit.Degraded = append(t.out.Unit.Degraded, d)
}

// convert lowers what the strict parser read.
func (t *unit) convert(ast *cc.AST) {
	c := &conv{e: t.emit, types: typeNames{}}
	for tu := ast.TranslationUnit; tu != nil; tu = tu.TranslationUnit {
		switch d := tu.ExternalDeclaration; d.Case {
		case cc.ExternalDeclarationFuncDef:
			t.function(c, d.FunctionDefinition)
		case cc.ExternalDeclarationDecl:
			t.guard(c.e.token(d.Position().Offset), func() { t.globals(c, d.Declaration) })
		}
	}
}

// function lowers one definition into the unit, or into a unit of its own when it stands in a header.
func (t *unit) function(c *conv, d *cc.FunctionDefinition) {
	tok := c.tok(d.Declarator.NameTok())
	i := find(t.chunks, tok)
	if int(i) >= len(t.chunks) {
		return
	}
	t.guard(tok, func() { t.lower(i, c.function(d, &t.chunks[i])) })
}

// guard runs do, which works on the chunk that holds token tok. A panic degrades that chunk.
func (t *unit) guard(tok int32, do func()) {
	defer func() {
		if r := recover(); r != nil {
			if i := find(t.chunks, tok); int(i) < len(t.chunks) {
				t.degrade(i, firstLine(fmt.Sprint("panic while reading: ", r)), tok)
			}
		}
	}()
	do()
}

// lower adds f, read from chunk i, to where it belongs.
func (t *unit) lower(i int32, f *cast.Func) {
	k, inHeader := t.keys[i]
	if !inHeader {
		t.lowered.Func(f)
		t.done[i] = true
		return
	}
	u := &ir.Unit{Main: t.r.ses.FileName(t.chunks[i].file), Config: t.u.Config}
	lower.NewUnit(u, t.toks, t.noReturn).Func(f)
	t.out.Headers = append(t.out.Headers, HeaderFunc{k, u})
	t.done[i] = true
}

// globals lowers the initialised file-scope variables that the unit itself defines.
func (t *unit) globals(c *conv, d *cc.Declaration) {
	if d.Case != cc.DeclarationDecl {
		return
	}
	for l := d.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
		id := l.InitDeclarator
		if id.Initializer == nil || id.Declarator.IsTypename() {
			continue
		}
		v := c.variable(id.Declarator, id.Initializer)
		i := find(t.chunks, v.First)
		if int(i) >= len(t.chunks) || isHeader(t.r.ses.FileName(t.chunks[i].file)) {
			continue
		}
		t.lowered.Global(&cast.Global{
			Name: v.Name, Type: v.Type, Static: v.Static, Init: v.Init,
			First: t.chunks[i].first, Last: t.chunks[i].last,
		})
	}
}
