package recipe

import (
	"fmt"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// metaKind says what a metavariable of a pattern stands for.
type metaKind uint8

const (
	metaExpr  metaKind = iota // an expression
	metaIdent                 // one identifier
	metaConst                 // a literal, or an identifier in capitals
	metaArgs                  // any number of arguments
	metaStmt                  // one statement
	metaType                  // a type name
)

var metaKinds = map[string]metaKind{"expr": metaExpr, "ident": metaIdent, "const": metaConst, "args": metaArgs, "stmt": metaStmt, "type": metaType}

// meta is a metavariable: $NAME in the pattern.
type meta struct {
	kind metaKind
	tag  string // of an expression: the struct it must be or point to, "" for any
}

// pattern is C with metavariables and "...": in parentheses the dots stand for any arguments, between statements for any statements
// of the block. White space and comments do not count; a statement controlled by if or else matches with braces and without.
type pattern struct {
	u      *csrc.Unit
	toks   []csrc.Tok
	metas  map[string]meta
	stmt   bool        // a sequence of statements; else an expression
	under  map[int]int // first token of a controlled statement -> the token behind it
	dots   map[int]bool
	prec   int // of the loosest binary operator at the outer level, 0 for none
	anchor string
}

// maxPattern bounds a pattern's tokens, because matching goes back on its steps.
const maxPattern = 400

// compilePattern reads a pattern; where gives the kinds of its metavariables, which are expressions otherwise.
func compilePattern(src string, where map[string]string) (*pattern, error) {
	f := csrc.Lex("pattern", []byte(src))
	p := &pattern{u: csrc.Parse(f), toks: f.Toks, metas: map[string]meta{}, under: map[int]int{}, dots: map[int]bool{}}
	switch {
	case len(f.Toks) == 0:
		return nil, &Error{What: "match: the pattern is empty"}
	case len(f.Toks) > maxPattern:
		return nil, &Error{What: fmt.Sprintf("match: more than %d tokens", maxPattern), Remedy: "make it several steps"}
	case len(f.Dirs) > 0:
		return nil, &Error{What: "match: a directive in a pattern", Remedy: "match code only; unwrap and remove-config change directives"}
	}
	for i, t := range f.Toks {
		s := f.Text(t)
		switch {
		case t.Kind == csrc.Punct && strings.Contains("()[]{}", s) && t.Match < 0:
			return nil, &Error{What: fmt.Sprintf("match: column %d: %q without its partner", t.Start+1, s)}
		case s == "...":
			p.dots[i] = true
		case t.Kind == csrc.Ident && s[0] == '$':
			m, err := readMeta(s[1:], where)
			if err != nil {
				return nil, err
			}
			p.metas[s] = m
		case t.Kind == csrc.Ident && len(s) > len(p.anchor) && !csrc.IsKeyword(s):
			p.anchor = s
		}
	}
	for name := range where {
		if _, ok := p.metas["$"+strings.TrimPrefix(name, "$")]; !ok {
			return nil, &Error{What: fmt.Sprintf("where: the pattern has no $%s", strings.TrimPrefix(name, "$"))}
		}
	}
	p.structure()
	return p, nil
}

// readMeta reads what a recipe says of a metavariable: a kind, or "expr struct TAG".
func readMeta(name string, where map[string]string) (meta, error) {
	if name == "" {
		return meta{}, &Error{What: "match: $ without a name"}
	}
	spec, ok := where[name]
	if !ok {
		if spec, ok = where["$"+name]; !ok {
			return meta{}, nil
		}
	}
	kind, rest, _ := strings.Cut(strings.TrimSpace(spec), " ")
	k, ok := metaKinds[kind]
	tag := strings.TrimSpace(strings.Trim(strings.TrimPrefix(strings.TrimPrefix(rest, "struct "), "union "), " *"))
	if !ok || tag != "" && k != metaExpr {
		return meta{}, &Error{What: fmt.Sprintf("where: %s: %q is no kind of metavariable", name, spec),
			Remedy: "write expr, expr struct TAG, ident, const, args, stmt or type"}
	}
	return meta{k, tag}, nil
}

// structure finds whether the pattern is statements, and which of them are controlled by others.
func (p *pattern) structure() {
	n := len(p.toks)
	last := p.u.Text(p.toks[n-1])
	first := p.u.Text(p.toks[0])
	p.stmt = last == ";" || last == "}" || first == "if" || p.metas[first].kind == metaStmt && n > 0 || p.dots[n-1]
	if !p.stmt {
		p.prec = loosest(p.u, p.toks, 0, n)
		return
	}
	for i := 0; i < n; {
		s := p.u.StmtAt(i, n)
		s.Walk(func(s *csrc.Stmt) {
			for _, c := range []*csrc.Stmt{s.Then, s.Else} {
				if c != nil && s.Kind != csrc.Label && c.Kind != csrc.Block && c.Kind != csrc.If {
					p.under[c.First] = c.Last + 1
				}
			}
		})
		i = max(i, s.Last) + 1
	}
}

// binary gives the precedence of binary operators (C11 6.5.5 to 6.5.17); a lower number binds looser.
var binary = map[string]int{",": 1, "=": 2, "+=": 2, "-=": 2, "*=": 2, "/=": 2, "%=": 2, "&=": 2, "|=": 2, "^=": 2, "<<=": 2, ">>=": 2,
	"?": 3, ":": 3, "||": 4, "&&": 5, "|": 6, "^": 7, "&": 8, "==": 9, "!=": 9, "<": 10, ">": 10, "<=": 10, ">=": 10,
	"<<": 11, ">>": 11, "+": 12, "-": 12, "*": 13, "/": 13, "%": 13}

// operatorAt returns the precedence of the binary operator at token i, 0 when it is none (a unary one has nothing before it that
// ends an operand).
func operatorAt(u *csrc.Unit, toks []csrc.Tok, i int) int {
	t := toks[i]
	if t.Kind != csrc.Punct {
		return 0
	}
	n := binary[u.Text(t)]
	if n == 0 || i == 0 {
		return 0
	}
	if b := toks[i-1]; b.Kind == csrc.Punct && !u.Is(toks, i-1, ")") && !u.Is(toks, i-1, "]") && !u.Is(toks, i-1, "++") && !u.Is(toks, i-1, "--") {
		return 0
	} else if b.Kind == csrc.Ident && csrc.IsKeyword(u.Text(b)) {
		return 0
	}
	return n
}

// loosest returns the lowest precedence of a binary operator at the outer level of [from,to), 0 for none.
func loosest(u *csrc.Unit, toks []csrc.Tok, from, to int) int {
	out := 0
	for i := from; i < to; i++ {
		if m := int(toks[i].Match); m > i {
			i = m
			continue
		}
		if n := operatorAt(u, toks, i); n > 0 && i > from && (out == 0 || n < out) {
			out = n
		}
	}
	return out
}

// binding is the tokens [from,to) that a metavariable stands for.
type binding struct{ from, to int }

// match is one place where a pattern matches: tokens [from,to) of list.
type match struct {
	x        *text
	u        *csrc.Unit
	list     []csrc.Tok
	dir      int
	from, to int
	bound    map[string]binding
	inner    []*match // matches in what the metavariables stand for, outer ones first
	nested   bool     // lies in another one
	stmt     bool     // of a pattern of statements
}

func (m *match) text(b binding) string {
	if b.from >= b.to {
		return ""
	}
	return string(m.u.Src[m.list[b.from].Start:m.list[b.to-1].End])
}

// matcher tries a pattern at one place. It goes through the alternatives of metavariables by backtracking; steps bounds that.
type matcher struct {
	p     *pattern
	w     *world
	m     *match
	end   int // tokens of the list that may be used
	steps int
	found []match
}

// maxSteps bounds the work at one place.
const maxSteps = 5000

// at tries the pattern at token i. More than one way to match is returned as such, at most two.
func (k *matcher) at(i, end int) []match {
	k.end, k.steps, k.found = end, 0, nil
	k.m.from, k.m.bound = i, map[string]binding{}
	k.seq(0, i, func(t int) bool {
		c := *k.m
		c.to, c.stmt = t, k.p.stmt
		c.bound = map[string]binding{}
		for n, b := range k.m.bound {
			c.bound[n] = b
		}
		k.found = append(k.found, c)
		return len(k.found) > 1
	})
	return k.found
}

// seq matches the pattern from token pi on with the text from ti on and calls done with where that ends; it stops when done does.
func (k *matcher) seq(pi, ti int, done func(int) bool) bool {
	if k.steps++; k.steps > maxSteps {
		return true
	}
	p := k.p
	if pi == len(p.toks) {
		return done(ti)
	}
	if end, ok := p.under[pi]; ok && ti < k.end && k.m.u.Is(k.m.list, ti, "{") && !p.u.Is(p.toks, pi, "{") {
		shut := int(k.m.list[ti].Match)
		return k.sub(pi, end, ti+1, shut, func(t int) bool {
			return t == shut && k.seq(end, shut+1, done)
		})
	}
	t := p.toks[pi]
	s := p.u.Text(t)
	switch m, isMeta := p.metas[s]; {
	case p.dots[pi]:
		return k.anything(pi, ti, done)
	case isMeta:
		return k.metavar(pi, ti, s, m, done)
	}
	if ti >= k.end || !k.m.u.Is(k.m.list, ti, s) {
		return false
	}
	return k.seq(pi+1, ti+1, done)
}

// sub matches pattern tokens [pi,pend) within text tokens below tend.
func (k *matcher) sub(pi, pend, ti, tend int, done func(int) bool) bool {
	cut := *k.p
	cut.toks = k.p.toks[:pend]
	cut.under = map[int]int{}
	for a, b := range k.p.under {
		if a > pi && b <= pend {
			cut.under[a] = b
		}
	}
	whole, end := k.p, k.end
	k.p, k.end = &cut, tend
	stop := k.seq(pi, ti, func(t int) bool {
		k.p, k.end = whole, end
		r := done(t)
		k.p, k.end = &cut, tend
		return r
	})
	k.p, k.end = whole, end
	return stop
}

// anything matches dots: balanced tokens in parentheses, whole statements elsewhere, as few as possible.
func (k *matcher) anything(pi, ti int, done func(int) bool) bool {
	inParen := enclosing(k.p.u, k.p.toks, pi, "(") >= 0 || enclosing(k.p.u, k.p.toks, pi, "[") >= 0
	for t := ti; t <= k.end; {
		if k.seq(pi+1, t, func(e int) bool { done(e); return true }) {
			return true
		}
		if t == k.end || k.closes(t) {
			return false
		}
		if inParen {
			t = next(k.m.list, t)
			continue
		}
		t = k.statementEnd(t)
	}
	return false
}

func (k *matcher) closes(t int) bool {
	u, l := k.m.u, k.m.list
	return u.Is(l, t, ")") || u.Is(l, t, "]") || u.Is(l, t, "}")
}

// next returns the token behind t, or behind the group that it opens.
func next(list []csrc.Tok, t int) int {
	if m := int(list[t].Match); m > t {
		return m + 1
	}
	return t + 1
}

// statementEnd returns the token behind the statement that starts at t.
func (k *matcher) statementEnd(t int) int {
	if k.m.dir >= 0 {
		for t < k.end && !k.m.u.Is(k.m.list, t, ";") {
			t = next(k.m.list, t)
		}
		return min(t+1, k.end)
	}
	return max(t+1, k.m.u.StmtAt(t, k.end).Last+1)
}

// metavar tries all that the metavariable can stand for at ti.
func (k *matcher) metavar(pi, ti int, name string, m meta, done func(int) bool) bool {
	if b, ok := k.m.bound[name]; ok {
		n := b.to - b.from
		return ti+n <= k.end && k.same(b, ti) && k.seq(pi+1, ti+n, done)
	}
	for _, to := range k.ends(pi, ti, m) {
		if m.tag != "" && !k.typed(ti, to, m.tag) {
			continue
		}
		k.m.bound[name] = binding{ti, to}
		stop := k.seq(pi+1, to, done)
		delete(k.m.bound, name)
		if stop {
			return true
		}
	}
	return false
}

// same reports whether the tokens at ti are spelled as those bound.
func (k *matcher) same(b binding, ti int) bool {
	for i := b.from; i < b.to; i++ {
		if k.m.u.Text(k.m.list[i]) != k.m.u.Text(k.m.list[ti+i-b.from]) {
			return false
		}
	}
	return true
}

// typed reports whether the expression [from,to) is of struct tag, or points to one. What the text does not tell does not match.
func (k *matcher) typed(from, to int, tag string) bool {
	t := &typer{s: k.w.symbols()}
	return t.base(k.m.u, k.m.list, to-1) == tag
}

// ends returns where the metavariable at ti can end.
func (k *matcher) ends(pi, ti int, m meta) []int {
	l, u := k.m.list, k.m.u
	if ti >= k.end && m.kind != metaArgs {
		return nil
	}
	switch m.kind {
	case metaIdent:
		if l[ti].Kind == csrc.Ident && !csrc.IsKeyword(u.Text(l[ti])) {
			return []int{ti + 1}
		}
		return nil
	case metaConst:
		if s := u.Text(l[ti]); l[ti].Kind == csrc.Literal || l[ti].Kind == csrc.String || l[ti].Kind == csrc.Ident && strings.ToUpper(s) == s {
			return []int{ti + 1}
		}
		return nil
	case metaStmt:
		return []int{k.statementEnd(ti)}
	case metaType:
		return k.typeEnds(ti)
	case metaArgs:
		t := ti
		for t < k.end && !k.closes(t) {
			t = next(l, t)
		}
		return []int{t}
	}
	return k.exprEnds(pi, ti)
}

func (k *matcher) typeEnds(ti int) (out []int) {
	for t := ti; t < k.end && (k.m.list[t].Kind == csrc.Ident || k.m.u.Is(k.m.list, t, "*")); t++ {
		out = append(out, t+1)
	}
	return out
}

// exprEnds returns the ends of expressions that start at ti: one end when the pattern goes on with an operator (an operand only), else
// the whole expression up to what ends it.
func (k *matcher) exprEnds(pi, ti int) []int {
	l, u := k.m.list, k.m.u
	if l[ti].Kind == csrc.Ident && csrc.IsKeyword(u.Text(l[ti])) && !u.Is(l, ti, "sizeof") || k.closes(ti) || u.Is(l, ti, "{") || u.Is(l, ti, ";") || u.Is(l, ti, ",") {
		return nil
	}
	lowest := 2
	if n := k.p.around(pi); n > 0 {
		lowest = n + 1
	}
	for t := ti; t < k.end; t = next(l, t) {
		s := u.Text(l[t])
		stop := s == ";" || s == "{" || k.closes(t)
		if n := operatorAt(u, l, t); t > ti && n > 0 && n < lowest || lowest > 13 && n > 0 && t > ti {
			stop = true
		}
		if t > ti && lowest > 14 && (s == "->" || s == "." || s == "[" || s == "(") {
			stop = true
		}
		if stop {
			if t == ti {
				return nil
			}
			return []int{t}
		}
	}
	return []int{k.end}
}

// around returns how tightly the operators next to pattern token pi bind: 0 for none, 20 for member access and calls.
func (p *pattern) around(pi int) int {
	out := 0
	for _, n := range []int{pi - 1, pi + 1} {
		if n < 0 || n >= len(p.toks) || p.toks[n].Kind != csrc.Punct {
			continue
		}
		switch s := p.u.Text(p.toks[n]); {
		case n > pi && (s == "->" || s == "." || s == "[" || s == "("):
			return 20
		case n < pi && (s == "!" || s == "~" || s == "&" && operatorAt(p.u, p.toks, n) == 0):
			out = max(out, 14)
		case s == ",":
			out = max(out, 1)
		default:
			out = max(out, operatorAt(p.u, p.toks, n))
		}
	}
	return out
}
