// Package tolerant reads C functions without a compiler's strictness: it is the tier below the strict parser, for
// functions that the strict one cannot read and for units whose headers are missing.
//
// It is a recursive-descent parser over the preprocessor's tokens with three properties. It never fails: what it cannot
// read becomes an expression of kind [ir.Bad] that ends at the next separator of its bracket group, and is counted. It is
// bounded: brackets are matched once, beforehand, so that every group is read at most once, and nesting has a limit. It
// knows types as far as declarations tell them: [Parser.Declare] collects typedefs, struct members, enumerators and
// prototypes, and expressions get the types that follow from those.
//
// Its trees have the shape that the strict parser's have after conversion (package cast); a test on real Xen compares the
// two function by function. The grammar is that of C11 (ISO/IEC 9899:2011, annex A) with GCC's extensions (GCC manual,
// "Extensions to the C Language Family").
package tolerant

import (
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cast"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/ir"
)

// asmFunc and vaFunc are the names that stand for inline assembly and va_arg, as in the text for the strict parser.
const (
	asmFunc = "__xsmpatch_asm"
	vaFunc  = "__xsmpatch_va"
)

// maxDepth bounds the nesting of statements and expressions: a chain of else-if or of case labels nests, too.
const maxDepth = 3000

// maxChain bounds the operands of one chain of binary operators, because the tree for it is as deep as it is long.
const maxChain = 20000

// Parser reads the declarations and functions of one preprocessed unit. It is not safe for concurrent use.
type Parser struct {
	toks  []cpp.Token
	text  func(cpp.Sym) string
	known func(cpp.Sym) bool // typedef names besides those declared

	pos, end int32 // the next token, and the end of the bracket group being read
	first    int32 // where the current range starts
	closer   []int32
	fail     bool // the current construct cannot be read; tokens seem to have ended until someone recovers
	depth    int
	bad      int
	scopes   []*scope
}

// New returns a parser over toks, whose spellings text gives. A name for which known answers true is a type.
func New(toks []cpp.Token, text func(cpp.Sym) string, known func(cpp.Sym) bool) *Parser {
	return &Parser{toks: toks, text: text, known: known, scopes: []*scope{newScope()}}
}

// Bad returns how many pieces could not be read so far.
func (p *Parser) Bad() int { return p.bad }

// Constant returns the value of the expression in tokens first..last, if that is a constant as far as declarations so far tell.
func (p *Parser) Constant(first, last int32) (n int64, ok bool) {
	bad := p.bad
	p.enter(first, last)
	e := p.until(none, p.conditional).e
	p.bad = bad
	return e.Val, e.HasVal
}

// Declare reads the declaration in tokens first..last, or the head of a function definition, for the names it declares.
func (p *Parser) Declare(first, last int32) {
	bad := p.bad
	p.enter(first, last)
	p.external()
	p.bad = bad
}

// Globals reads the declaration in tokens first..last and returns the variables in it that have an initializer.
func (p *Parser) Globals(first, last int32) (out []*cast.Global) {
	p.enter(first, last)
	for _, d := range p.external() {
		if d.v.Init != nil {
			out = append(out, &cast.Global{
				Name: d.v.Name, Type: d.v.Type, Static: d.v.Static, Init: d.v.Init, First: first, Last: last,
			})
		}
	}
	return out
}

// Func reads the function definition in tokens first..last whose body opens at token body.
func (p *Parser) Func(first, body, last int32) *cast.Func {
	p.enter(first, last)
	p.end = min(p.end, body)
	f := &cast.Func{First: first, Last: last, Tier: ir.Tolerant}
	p.push()
	defer p.pop()
	params := p.head(f)
	p.fail, p.pos, p.end, p.depth = false, body, last+1, 0
	for _, v := range params {
		p.declare(v.v.Name, entity{kind: eVar, t: v.t})
		f.Params = append(f.Params, v.v)
	}
	if body < 0 || int(body) >= len(p.toks) || p.close(body) < 0 {
		p.bad++
		f.Body = &cast.Stmt{Kind: ir.SBlock, First: max(body, first), Last: last}
		return f
	}
	f.Body = p.compound()
	return f
}

// enter makes tokens first..last the range being read and matches its brackets.
func (p *Parser) enter(first, last int32) {
	first = max(first, 0)
	last = min(last, int32(len(p.toks))-1)
	p.first, p.pos, p.end, p.fail, p.depth = first, first, last+1, false, 0
	p.closer = p.closer[:0]
	var open []int32
	for i := first; i <= last; i++ {
		p.closer = append(p.closer, -1)
		switch s := p.text(p.toks[i].Sym); s {
		case "(", "[", "{", "<:", "<%":
			open = append(open, i)
		case ")", "]", "}", ":>", "%>":
			open = p.matched(open, i, s)
		}
	}
}

// matched closes the innermost open bracket that closer s at token i fits; those inside it stay without a match.
func (p *Parser) matched(open []int32, i int32, s string) []int32 {
	const near = 64
	for k := len(open) - 1; k >= 0 && k >= len(open)-near; k-- {
		if pairs[p.text(p.toks[open[k]].Sym)] == canon(s) {
			p.closer[open[k]-p.first] = i
			return open[:k]
		}
	}
	return open
}

var pairs = map[string]string{"(": ")", "[": "]", "{": "}", "<:": "]", "<%": "}"}

// canon maps digraphs and GNU's alternate keywords to the plain spelling.
func canon(s string) string {
	if len(s) > 1 {
		if c, ok := canonical[s]; ok {
			return c
		}
	}
	return s
}

// Source: C11 6.4.6p3; GCC manual, "Alternate Keywords".
var canonical = map[string]string{
	"<:": "[", ":>": "]", "<%": "{", "%>": "}",
	"__const": "const", "__const__": "const", "__volatile__": "volatile", "__volatile": "volatile", "__inline__": "inline",
	"__inline": "inline", "__signed__": "signed", "__signed": "signed", "__restrict": "restrict", "__restrict__": "restrict",
	"__typeof__": "typeof", "__typeof": "typeof", "typeof_unqual": "typeof", "__typeof_unqual__": "typeof",
	"__alignof__": "_Alignof", "__alignof": "_Alignof", "alignof": "_Alignof", "alignas": "_Alignas",
	"__asm__": "asm", "__asm": "asm", "__attribute": "__attribute__", "static_assert": "_Static_assert",
	"__thread":     "_Thread_local",
	"__FUNCTION__": "__func__", "__PRETTY_FUNCTION__": "__func__",
}

// close returns the token that closes the bracket at i inside the current group, or -1.
func (p *Parser) close(i int32) int32 {
	k := i - p.first
	if k < 0 || int(k) >= len(p.closer) {
		return -1
	}
	if c := p.closer[k]; c < p.end {
		return c
	}
	return -1
}

// at returns the spelling of the token n places on, "" behind the end of the group or after a failure.
func (p *Parser) at(n int32) string {
	if i := p.pos + n; !p.fail && i >= p.first && i < p.end {
		return canon(p.text(p.toks[i].Sym))
	}
	return ""
}

// kind returns the kind of the token n places on, cpp.EOF where at gives "".
func (p *Parser) kind(n int32) cpp.Kind {
	if i := p.pos + n; !p.fail && i >= p.first && i < p.end {
		return p.toks[i].Kind
	}
	return cpp.EOF
}

// ident reports whether the token n places on is an identifier and no keyword.
func (p *Parser) ident(n int32) bool { return p.kind(n) == cpp.Ident && !keywords[p.at(n)] }

// accept steps over the token s if it is next.
func (p *Parser) accept(s string) bool {
	if p.at(0) != s {
		return false
	}
	p.pos++
	return true
}

// expect steps over the token s or fails.
func (p *Parser) expect(s string) {
	if !p.accept(s) {
		p.fail = true
	}
}

// jump steps over the next token, or over the whole group that it opens.
func (p *Parser) jump() {
	if c := p.close(p.pos); c >= 0 {
		p.pos = c
	}
	p.pos++
}

// group reads the bracket group that opens here with f, whatever f makes of it, and returns its brackets.
func (p *Parser) group(f func()) (open, shut int32) {
	open = p.pos
	if shut = p.close(open); shut < 0 || p.fail {
		p.fail = true
		return open, open
	}
	end := p.end
	p.end, p.pos = shut, open+1
	f()
	p.end, p.pos, p.fail = end, shut+1, false
	return open, shut
}

// skipGroup steps over the bracket group that opens here, if one does.
func (p *Parser) skipGroup() {
	if p.close(p.pos) >= 0 {
		p.jump()
	}
}

// enough steps into one more level of nesting; the caller must leave it again. It fails when there are too many.
func (p *Parser) enough() bool {
	p.depth++
	if p.depth > maxDepth {
		p.fail = true
	}
	return p.fail
}

// recover ends the reading of something that started at token first and is not understood: a Bad expression up to token p.pos-1.
func (p *Parser) recover(first int32) val {
	p.fail = false
	p.bad++
	last := max(first, min(p.pos, p.end)-1)
	if int(last) >= len(p.toks) {
		last = int32(len(p.toks)) - 1
	}
	return val{e: &cast.Expr{Op: ir.Bad, Name: p.source(first, last), First: min(first, last), Last: last}}
}

// source joins the spellings of a few tokens.
func (p *Parser) source(first, last int32) string {
	const most = 24
	s := ""
	for i := first; i <= last && i < int32(len(p.toks)); i++ {
		if i >= first+most {
			return s + " ..."
		}
		if s != "" {
			s += " "
		}
		s += p.text(p.toks[i].Sym)
	}
	return s
}

// until reads one expression with f that should reach up to a token of stop, or the end of the group; if it does not, the
// tokens up to there are Bad.
func (p *Parser) until(stop func(string) bool, f func() val) val {
	first := p.pos
	if p.fail {
		v := p.recover(first)
		p.fail = true
		return v
	}
	v := f()
	if !p.fail && v.e != nil && (p.pos >= p.end || stop(p.at(0))) {
		return v
	}
	p.fail = false
	if p.pos < first {
		p.pos = first
	}
	for p.pos = first; p.pos < p.end && !stop(p.at(0)); {
		p.jump()
	}
	return p.recover(first)
}

func comma(s string) bool { return s == "," }
func none(string) bool    { return false }
