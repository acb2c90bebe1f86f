package cpp

import "context"

// pp preprocesses one unit at a time; a session keeps finished ones for later units, for their memory.
type pp struct {
	s    *Session
	u    *Unit
	ctx  context.Context
	mode lexMode
	std  bool // -std=c..: the comma before an empty sole variable argument stays

	macros  []*Macro // by Sym
	off     []bool   // by Sym: the macro is being expanded
	defined []Sym    // every Sym that was given a macro, so that macros can be cleared

	frames []frame // files being read, the main file first
	cur    *frame  // the last of frames

	stack []context_ // token lists being rescanned, innermost last
	floor int        // index in stack of the list whose end is the end of input; -1: the files are the input
	pad   padding    // met since the last token
	work  int        // tokens handled since the outermost invocation began
	nest  int        // depth of nested argument expansion
	inDir bool       // the input is a directive's line

	encl    int32   // the expansion whose argument is being expanded, -1 if none
	name    []int32 // by expansion: the one that delivered its name to where it was expanded, as __LINE__ sees it
	from    int32   // the expansion whose list the macro name just met comes from, -1 for none
	topFun  bool    // the outermost macro met is function-like
	topLine place   // where the outermost macro's name is
	entered int     // invocations being set up
	noOp    int     // >0: _Pragma is left alone

	exps     []Expansion
	out      []Token
	diags    []Diag
	taken    []Region
	skipped  []Region
	uses     []FileUse
	absent   []string
	seen     map[FileID]bool
	probed   map[*found]bool
	once     map[FileID]bool
	pushed   map[Sym][]*Macro // #pragma push_macro
	counter  int
	steps    int
	search   *searchPath
	included int // how many -include files have begun
	pushes   int // how many files have begun
	lines    int // how many directives were met
	err      *Error

	free  [][]Token         // buffers for reuse
	args  []arg             // arguments of the invocations being substituted
	bytes []byte            // scratch for spellings
	paste map[[2]Sym]pasted // what ## made so far, in pasteMode

	pasteMode lexMode
}

// place is a position in a file.
type place struct {
	file FileID
	off  int32
}

// context_ is a list of tokens to be rescanned.
type context_ struct {
	toks  []Token
	i     int     // index of the next token
	exp   int32   // Exp of all the tokens, or -1: they have their own
	id    int32   // the expansion that made the list, -1 if none did
	macro Sym     // the macro whose expansion this is, or 0
	tail  padding // after the last token
	buf   []Token // toks' memory, to be reused at the end
}

// lookup returns the macro of a name, nil if it has none.
func (p *pp) lookup(sym Sym) *Macro {
	if int(sym) < len(p.macros) {
		return p.macros[sym]
	}
	return nil
}

// define gives a name a macro; nil takes it away.
func (p *pp) define(sym Sym, m *Macro) {
	if int(sym) >= len(p.macros) {
		n := max(int(p.s.in.last.Load())+1, int(sym)+1)
		n += n / 4
		p.macros = append(p.macros, make([]*Macro, n-len(p.macros))...)
		p.off = append(p.off, make([]bool, n-len(p.off))...)
	}
	if p.macros[sym] == nil && m != nil {
		p.defined = append(p.defined, sym)
	}
	p.macros[sym] = m
	p.off[sym] = false
}

// buffer returns an empty token buffer.
func (p *pp) buffer() []Token {
	if n := len(p.free); n > 0 {
		b := p.free[n-1]
		p.free = p.free[:n-1]
		return b
	}
	return make([]Token, 0, 64)
}

// release takes a buffer back.
func (p *pp) release(b []Token) {
	const most, largest = 64, 1 << 16
	if cap(b) > 0 && cap(b) <= largest && len(p.free) < most {
		p.free = append(p.free, b[:0])
	}
}

// push makes a token list the next input.
func (p *pp) push(c context_) {
	p.stack = append(p.stack, c)
	p.charge(len(c.toks) + 1)
}

// pop ends the innermost token list.
func (p *pp) pop() {
	n := len(p.stack) - 1
	c := &p.stack[n]
	if c.macro != 0 {
		p.off[c.macro] = false
	}
	p.pad = p.pad.then(c.tail).end()
	if c.buf != nil {
		p.release(c.buf)
	}
	*c = context_{}
	p.stack = p.stack[:n]
}

// far charges for a walk along n expansions, which is long only in hostile input.
func (p *pp) far(n int) {
	if n > 64 {
		p.charge(n / 8)
	}
}

// charge counts work against the bounds, and looks at the context now and then.
func (p *pp) charge(n int) {
	p.work += n
	p.steps += n
	if p.work > p.s.opt.MaxInvocation {
		p.fail(p.topLine.file, p.topLine.off, ErrLimit,
			"the expansion of macro %s takes more than %d tokens (MaxInvocation)",
			p.s.tokenAt(p.topLine), p.s.opt.MaxInvocation)
	}
	if p.steps > 1<<16 {
		p.steps = 0
		p.checkContext()
	}
}

func (p *pp) checkContext() {
	if err := p.ctx.Err(); err != nil && p.cur != nil {
		p.fail(p.cur.f.id, p.cur.offset(), err, "stopped: %v", err)
	}
}

// tokenAt returns the spelling of the identifier at a place, for messages.
func (s *Session) tokenAt(at place) string {
	src := s.Source(at.file)
	end := int(at.off)
	for end < len(src) && charClass[src[end]]&cIdentAny != 0 {
		end++
	}
	return string(src[min(int(at.off), end):end])
}
