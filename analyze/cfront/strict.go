package cfront

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/tolerant"
	"modernc.org/cc/v4"
)

// abis maps our architecture names to the parser's.
var abis = map[string][2]string{
	"x86_64": {"linux", "amd64"}, "x86_32": {"linux", "386"}, "aarch64": {"linux", "arm64"}, "arm32": {"linux", "arm"},
}

// noFS refuses every file: the text given to the parser has no directives left.
type noFS struct{}

func (noFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// config makes the strict parser's settings for arch.
func config(arch string) (*cc.Config, error) {
	a, ok := abis[arch]
	if !ok {
		return nil, fmt.Errorf("unknown architecture %q", arch)
	}
	abi, err := cc.NewABI(a[0], a[1])
	if err != nil {
		return nil, err
	}
	return &cc.Config{
		ABI: abi, FS: noFS{}, FSOnly: true, DefaultSizeT: cc.ULong, DefaultPtrdiffT: cc.Long, DefaultWcharT: cc.Int, IgnoreNegativeShiftAmounts: true, IgnoreStaticAssert: true,
		PragmaHandler: func([]cc.Token) error { return nil },
	}, nil
}

// translate parses and type-checks the emitter's text. A panic in the parser comes back as an error.
func translate(cfg *cc.Config, prelude string, text []byte) (ast *cc.AST, err error) {
	defer func() {
		if r := recover(); r != nil {
			ast, err = nil, &panicError{fmt.Sprint(r)}
		}
	}()
	return cc.Translate(cfg, []cc.Source{{Name: "<prelude>", Value: prelude}, {Name: unitName, Value: text}})
}

// panicError is a panic inside the strict parser: it tells no position.
type panicError struct{ what string }

func (e *panicError) Error() string { return "parser panic: " + firstLine(e.what) }

// unitName is what the strict parser calls the text it is given.
const unitName = "unit"

// parserPos finds the positions in the strict parser's messages.
var parserPos = regexp.MustCompile(`(?m)^` + unitName + `:(\d+):(\d+): (.*)$`)

// problem is one message of the strict parser at a token.
type problem struct {
	tok int32
	msg string
}

// problems turns the parser's error into messages at tokens.
func (e *emitter) problems(err error, lines []int32) (out []problem) {
	for _, m := range parserPos.FindAllStringSubmatch(err.Error(), -1) {
		line, _ := strconv.Atoi(m[1])
		col, _ := strconv.Atoi(m[2])
		if line < 1 || line > len(lines) || len(out) > 0 && strings.HasPrefix(m[3], "unexpected <EOF>") {
			continue // the end is unexpected because of what came before
		}
		out = append(out, problem{e.token(int(lines[line-1]) + col - 1), m[3]})
	}
	return out
}

// plan is what of a unit goes to the strict parser: chunks by state.
type plan struct {
	chunks []chunk
	stub   map[int32]bool // functions given as a prototype: known already, or not readable
	drop   map[int32]bool // declarations left out: not readable
}

// text emits the plan, one chunk a line, and returns where the lines start.
func (e *emitter) text(p *plan) (lines []int32) {
	e.buf, e.offs, e.idx = e.buf[:0], e.offs[:0], e.idx[:0]
	clear(e.used)
	e.members = 0
	for i := range p.chunks {
		c := &p.chunks[i]
		if !c.keep || p.drop[int32(i)] || e.class(c.first) == wAsm {
			continue
		}
		lines = append(lines, int32(len(e.buf)))
		switch {
		case c.body < 0:
			e.tokens(c.first, c.last)
		case p.stub[int32(i)]:
			e.tokens(c.first, c.body-1)
			e.put(c.body, ";")
		default:
			e.tokens(c.first, c.body-1)
			e.inBody = true
			e.tokens(c.body, c.last)
			e.inBody = false
		}
		e.buf = append(e.buf, '\n')
	}
	lines = append(lines, int32(len(e.buf)))
	e.buf = append(e.buf, sentinel...)
	return append(lines, int32(len(e.buf)))
}

// sentinel ends the text: modernc.org/cc/v4 v4.31.0 looks for the name of a pointer's declarator beyond the end of its input for
// ever, (*parser).typeQualifierList.
const sentinel = "int __xsmpatch_end;\n"

// find returns the chunk that holds token tok.
func find(chunks []chunk, tok int32) int32 {
	return int32(sort.Search(len(chunks), func(i int) bool { return chunks[i].last >= tok }))
}

// maxRounds bounds how often a unit is retried with its unreadable parts left out.
const maxRounds = 40

// parse reads the plan with the strict parser, leaving out what it cannot read: the message says which function or declaration
// that is; after a panic, halving the functions finds it. degrade is told about each.
func (e *emitter) parse(cfg *cc.Config, p *plan, degrade func(chunk int32, msg string, tok int32)) (*cc.AST, error) {
	for round := 0; ; round++ {
		lines := e.text(p)
		ast, err := translate(cfg, e.prelude(), e.buf)
		if err == nil {
			return ast, nil
		}
		if round >= maxRounds {
			return nil, fmt.Errorf("given up after %d rounds: %s", round, firstLine(err.Error()))
		}
		if e.lookInNameless(cfg, p, err) {
			continue
		}
		found := 0
		seen := map[int32]bool{} // several messages about one declaration count once
		for _, pr := range e.problems(err, lines) {
			if i := find(p.chunks, pr.tok); !seen[i] {
				seen[i] = true
				found += e.leaveOut(p, i, pr, degrade)
			}
		}
		if found > 0 {
			continue
		}
		var pe *panicError
		if !errors.As(err, &pe) && round > 0 {
			return nil, err
		}
		if bad := e.halve(cfg, p, e.bodies(p)); bad >= 0 {
			p.stub[bad] = true
			degrade(bad, firstLine(err.Error()), p.chunks[bad].first)
			continue
		}
		return nil, err
	}
}

// noMember is what the strict parser says of a member that it does not find.
const noMember = "has no member named"

// lookInNameless says whether the unit is better read with nameless structs and unions before the other members, and has it so from then on.
// modernc.org/cc/v4 v4.31.0 looks a member up in named members too, the first of a depth wins, (*structType).collectFields; the order does not matter
// to what we take from it but for sizes.
func (e *emitter) lookInNameless(cfg *cc.Config, p *plan, err error) bool {
	if e.nameless || !strings.Contains(err.Error(), noMember) {
		return false
	}
	e.nameless = true
	e.text(p)
	_, again := translate(cfg, e.prelude(), e.buf)
	e.nameless = again == nil || strings.Count(again.Error(), noMember) < strings.Count(err.Error(), noMember) &&
		strings.Count(again.Error(), "\n") < strings.Count(err.Error(), "\n")
	if !e.nameless {
		e.text(p) // what err's positions are about
	}
	return e.nameless
}

// leaveOut takes chunk i, where a problem is, out of the plan: first a function's body, then the declaration. It returns 1 if that
// changed anything.
func (e *emitter) leaveOut(p *plan, i int32, pr problem, degrade func(int32, string, int32)) int {
	if int(i) >= len(p.chunks) {
		return 0
	}
	set := p.drop
	if c := &p.chunks[i]; c.body >= 0 && !p.stub[i] {
		set = p.stub
	}
	if set[i] {
		return 0
	}
	set[i] = true
	degrade(i, pr.msg, pr.tok)
	return 1
}

// bodies lists the functions of the plan that are given with their bodies.
func (e *emitter) bodies(p *plan) (out []int32) {
	for i := range p.chunks {
		if c := &p.chunks[i]; c.keep && c.body >= 0 && !p.stub[int32(i)] {
			out = append(out, int32(i))
		}
	}
	return out
}

// halve finds one function among set that the parser fails on when the others of set are stubs, or -1.
func (e *emitter) halve(cfg *cc.Config, p *plan, set []int32) int32 {
	for len(set) > 0 {
		half := set[:(len(set)+1)/2]
		if e.fails(cfg, p, half, set) {
			if len(half) == 1 {
				return half[0]
			}
			set = half
			continue
		}
		set = set[len(half):]
		if len(set) > 0 && !e.fails(cfg, p, set, set) {
			return -1
		}
	}
	return -1
}

// fails reports whether the parser fails on the bodies of only, with the other functions of the plan as stubs.
func (e *emitter) fails(cfg *cc.Config, p *plan, only, _ []int32) bool {
	q := &plan{chunks: p.chunks, stub: map[int32]bool{}, drop: p.drop}
	for i := range p.chunks {
		q.stub[int32(i)] = true
	}
	for _, i := range only {
		delete(q.stub, i)
	}
	e.text(q)
	_, err := translate(cfg, e.prelude(), e.buf)
	return err != nil
}

// prelude declares the compiler's own functions that the text mentions. Their results matter to nothing but type-checking.
func (e *emitter) prelude() string {
	var b strings.Builder
	b.WriteString("int __predefined_declarator;\ntypedef void *__builtin_va_list;\nint " + asmFunc + "();\nvoid *" + vaFunc + "();\n")
	var names []string
	for s := range e.used {
		names = append(names, e.w.ses.Spelling(s))
	}
	sort.Strings(names)
	for _, n := range names {
		b.WriteString(tolerant.BuiltinResult(n) + " " + n + "();\n")
	}
	return b.String()
}

// firstLine cuts a message to its first line.
func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}
