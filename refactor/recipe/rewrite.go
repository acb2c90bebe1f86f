package recipe

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// within reports whether a path is one that the step is limited to.
func (s *Step) within(p string) bool {
	if len(s.Files) == 0 {
		return true
	}
	for _, f := range s.Files {
		if p == f || strings.HasPrefix(p, strings.TrimSuffix(f, "/")+"/") {
			return true
		}
	}
	return false
}

// candidates returns the C files in which the pattern may match.
func (e *editor) candidates(p *pattern, s *Step) (out []*text) {
	xs := e.w.texts
	if p.anchor != "" {
		xs = e.w.with(p.anchor)
	} else {
		parallel(xs, func(x *text) { x.parsed() })
	}
	for _, x := range xs {
		if x.lang == langC && s.within(x.path) {
			out = append(out, x)
		}
	}
	return out
}

// matches returns where the pattern matches, by file and position. A place that can be matched in two ways is an error; one that an
// #if cuts through, or whose brackets do not fit together, is a note.
func (e *editor) matches(p *pattern, s *Step) (out []match, err error) {
	for _, x := range e.candidates(p, s) {
		found, err := e.matchesIn(p, x)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
		e.irregular(p, x)
	}
	if s.Count > 0 && len(out) != s.Count {
		return nil, &Error{What: fmt.Sprintf("the pattern matches %d times, not %d", len(out), s.Count)}
	}
	return out, nil
}

// irregular notes functions that hold the pattern's word and cannot be cut into statements, because the arms of an #if in them open
// different brackets.
func (e *editor) irregular(p *pattern, x *text) {
	for _, off := range x.unit.Irregular {
		for k := range x.unit.Funcs {
			f := &x.unit.Funcs[k]
			if f.Body < 0 {
				continue
			}
			start, end := int(x.unit.Toks[f.First].Start), int(x.unit.Toks[f.End].End)
			if start <= off && off < end && (p.anchor == "" || hasWord(x.data[start:end], p.anchor)) {
				e.note(x.path, x.data, off, Undecided, "the arms of this #if open different brackets: look at %s by hand", f.Name)
			}
		}
	}
}

func (e *editor) matchesIn(p *pattern, x *text) (out []match, err error) {
	u := x.parsed()
	k := &matcher{p: p, w: e.w, m: &match{x: x, u: u, list: u.Toks, dir: -1}}
	if p.stmt {
		for i := range u.Funcs {
			if body := u.Body(&u.Funcs[i]); body != nil {
				if out, err = e.statements(k, body, out); err != nil {
					return nil, err
				}
			}
		}
	} else if out, err = e.expressions(k, out); err != nil {
		return nil, err
	}
	for _, m := range u.Macros {
		d := &u.Dirs[m.Dir]
		k.m = &match{x: x, u: u, list: d.Toks, dir: m.Dir}
		if out, err = e.inMacro(k, m, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e *editor) inMacro(k *matcher, m csrc.Macro, out []match) ([]match, error) {
	if !k.p.stmt {
		return e.expressions(k, out)
	}
	for i := m.Body; i < len(k.m.list); i++ {
		if i > m.Body && !k.m.u.Is(k.m.list, i-1, ";") && !k.m.u.Is(k.m.list, i-1, "{") && !k.m.u.Is(k.m.list, i-1, "}") {
			continue
		}
		if found := k.at(i, len(k.m.list)); len(found) > 0 {
			out = append(out, found[0])
			i = found[0].to - 1
		}
	}
	return out, nil
}

// statements tries the pattern at each statement of a function.
func (e *editor) statements(k *matcher, body *csrc.Stmt, out []match) ([]match, error) {
	var err error
	body.Walk(func(s *csrc.Stmt) {
		if err != nil || s == body {
			return
		}
		end := body.Last
		for q := s.Parent; q != nil; q = q.Parent {
			if q.Kind == csrc.Block {
				end = q.Last
				break
			}
		}
		var m *match
		if m, err = e.one(k, k.at(s.First, end)); m != nil {
			out = append(out, *m)
		}
	})
	return out, err
}

// expressions tries the pattern at each token where an expression can start.
func (e *editor) expressions(k *matcher, out []match) ([]match, error) {
	first := 0
	if k.m.dir >= 0 {
		first = 1
	}
	for i := first; i < len(k.m.list); i++ {
		if !k.startsExpr(i) {
			continue
		}
		m, err := e.one(k, k.at(i, len(k.m.list)))
		if err != nil {
			return nil, err
		}
		if m != nil && k.endsExpr(m.to) {
			out = append(out, *m)
		}
	}
	return out, nil
}

// startsExpr reports whether an expression that binds as the pattern does can start at token i.
func (k *matcher) startsExpr(i int) bool {
	u, l := k.m.u, k.m.list
	if i == 0 {
		return true
	}
	switch b := l[i-1]; {
	case u.Is(l, i-1, ".") || u.Is(l, i-1, "->"):
		return false
	case b.Kind == csrc.Ident:
		s := u.Text(b)
		return s == "return" || s == "case" || s == "else" || s == "do"
	case b.Kind != csrc.Punct:
		return false
	case k.p.prec == 0:
		return true
	case u.Is(l, i-1, "!") || u.Is(l, i-1, "~") || u.Is(l, i-1, "++") || u.Is(l, i-1, "--"):
		return false
	}
	if n := operatorAt(u, l, i-1); n > 0 {
		return n < k.p.prec
	}
	return !u.Is(l, i-1, ")") && !u.Is(l, i-1, "]")
}

// endsExpr reports whether what follows at token i leaves the expression before it whole.
func (k *matcher) endsExpr(i int) bool {
	u, l := k.m.u, k.m.list
	if i >= len(l) {
		return true
	}
	if u.Is(l, i, ".") || u.Is(l, i, "->") || u.Is(l, i, "[") || u.Is(l, i, "(") || u.Is(l, i, "++") || u.Is(l, i, "--") {
		return false
	}
	n := operatorAt(u, l, i)
	return n == 0 || k.p.prec == 0 || n < k.p.prec || n == k.p.prec && n != 2
}

// one takes the only way to match, nil for none. Two ways are an error.
func (e *editor) one(k *matcher, found []match) (*match, error) {
	if k.steps > maxSteps {
		e.note(k.m.x.path, k.m.u.Src, int(k.m.list[k.m.from].Start), Undecided, "too many ways to match here")
		return nil, nil
	}
	if len(found) == 0 {
		return nil, nil
	}
	m := &found[0]
	if len(found) > 1 && len(k.p.dots) == 0 {
		return nil, errAt(m.u.File, int(m.list[m.from].Start), "say more in the pattern, or give a metavariable a kind in where:", "the match is ambiguous: %s", k.ways(found))
	}
	if m.dir < 0 && len(m.u.DirsIn(m.from, m.to-1)) > 0 {
		e.note(m.x.path, m.u.Src, int(m.list[m.from].Start), Undecided, "a directive stands inside this match")
		return nil, nil
	}
	return m, nil
}

// ways says what the metavariables stand for in two matches.
func (k *matcher) ways(found []match) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(k.p.metas)) {
		a, b := found[0].text(found[0].bound[name]), found[1].text(found[1].bound[name])
		if a != b {
			out = append(out, fmt.Sprintf("%s is %q or %q", name, a, b))
		}
	}
	return strings.Join(out, ", ")
}

// rewrite replaces what a pattern matches.
func (e *editor) rewrite(s *Step) error {
	p, err := compilePattern(s.Match, s.Where)
	if err != nil {
		return err
	}
	if err := p.checkReplacement(s.Replace); err != nil {
		return err
	}
	ms, err := e.matches(p, s)
	if err != nil {
		return err
	}
	return e.replaceAll(ms, s.Replace)
}

// replaceAll makes the replacements. A match that lies in what a metavariable of another stands for is replaced there.
func (e *editor) replaceAll(ms []match, template string) error {
	for i := range ms {
		a := &ms[i]
		outer := true
		for k := range ms {
			b := &ms[k]
			if k == i || a.u != b.u || a.dir != b.dir || b.to <= a.from || a.to <= b.from {
				continue
			}
			switch {
			case b.holds(a):
				outer = false
				b.inner = append(b.inner, a)
			case !a.holds(b):
				return errAt(a.u.File, int(a.list[a.from].Start), "say more in the pattern, or make it two steps", "this match overlaps the one at line %d",
					b.u.Line(int(b.list[b.from].Start)))
			}
		}
		a.nested = !outer
	}
	for i := range ms {
		if !ms[i].nested {
			e.substitute(&ms[i], template)
		}
	}
	return nil
}

// holds reports whether b lies in what a metavariable of m stands for.
func (m *match) holds(b *match) bool {
	for _, v := range m.bound {
		if v.from <= b.from && b.to <= v.to {
			return true
		}
	}
	return false
}

// render returns what a metavariable stands for, with the matches in it replaced.
func (m *match) render(v binding, template string) string {
	if v.from >= v.to {
		return ""
	}
	var out strings.Builder
	at := int(m.list[v.from].Start)
	last := -1
	for _, n := range m.inner {
		if v.from <= n.from && n.to <= v.to && n.from > last {
			out.Write(m.u.Src[at:m.list[n.from].Start])
			out.WriteString(n.wrap(strings.TrimSpace(n.expand(template))))
			at, last = int(m.list[n.to-1].End), n.to-1
		}
	}
	out.Write(m.u.Src[at:m.list[v.to-1].End])
	return out.String()
}

// checkReplacement refuses a metavariable that the pattern does not bind.
func (p *pattern) checkReplacement(s string) error {
	for _, m := range metaRE.FindAllString(s, -1) {
		if _, ok := p.metas[m]; !ok {
			return &Error{What: fmt.Sprintf("replace: the pattern binds no %s", m)}
		}
	}
	return nil
}

// expand fills a template in with what a match binds. An expression with operators gets parentheses unless the template has it alone.
func (m *match) expand(template string) string {
	return expandWith(template, func(name string) (string, bool) {
		b, ok := m.bound[name]
		if !ok {
			return "", false
		}
		return m.render(b, template), loosest(m.u, m.list, b.from, b.to) > 0
	})
}

// expandWith replaces each $NAME of the template by what value gives; loose says that it holds a binary operator.
func expandWith(template string, value func(string) (text string, loose bool)) string {
	var b strings.Builder
	at := 0
	for _, loc := range metaRE.FindAllStringIndex(template, -1) {
		b.WriteString(template[at:loc[0]])
		text, loose := value(template[loc[0]:loc[1]])
		before := strings.TrimRight(template[:loc[0]], " \t\n")
		after := strings.TrimLeft(template[loc[1]:], " \t\n")
		alone := (before == "" || strings.ContainsAny(before[len(before)-1:], "(,;={}[")) && (after == "" || strings.ContainsAny(after[:1], "),;]}")) || strings.HasSuffix(before, "return")
		if loose && !alone {
			text = "(" + text + ")"
		}
		b.WriteString(text)
		at = loc[1]
	}
	b.WriteString(template[at:])
	return b.String()
}

// substitute makes one replacement. An empty one takes whole lines away.
func (e *editor) substitute(m *match, template string) {
	start, end := int(m.list[m.from].Start), int(m.list[m.to-1].End)
	for _, c := range m.u.Comments {
		if int(c.Start) > start && int(c.End) < end && !m.inBinding(int(c.Start)) {
			e.note(m.x.path, m.u.Src, int(c.Start), Done, "a comment goes away with what is replaced")
		}
	}
	text := strings.TrimRight(m.expand(template), " \n")
	if text == "" {
		e.cut(m.x, start, end)
		return
	}
	text = m.wrap(text)
	indent := refactor.IndentAt(m.u.Src, start)
	e.replace(m.x.path, start, end, strings.ReplaceAll(text, "\n", "\n"+indent))
}

// wrap puts an expression into parentheses when what stands around the match, or a macro's use, could tear it apart.
func (m *match) wrap(text string) string {
	if m.stmt {
		return text
	}
	f := csrc.Lex("replacement", []byte(text))
	u := csrc.Parse(f)
	p := loosest(u, f.Toks, 0, len(f.Toks))
	if p == 0 {
		return text
	}
	left, right := 0, 0
	if m.from > 0 {
		if left = operatorAt(m.u, m.list, m.from-1); left == 0 && (m.u.Is(m.list, m.from-1, "!") || m.u.Is(m.list, m.from-1, "~") || m.u.Is(m.list, m.from-1, "-") || m.u.Is(m.list, m.from-1, "*")) {
			left = 14
		}
	}
	if m.to < len(m.list) {
		right = operatorAt(m.u, m.list, m.to)
	}
	if m.dir >= 0 || left >= p || right > p {
		return "(" + text + ")"
	}
	return text
}

// inBinding reports whether an offset lies in the text of a metavariable.
func (m *match) inBinding(off int) bool {
	for _, b := range m.bound {
		if b.from < b.to && int(m.list[b.from].Start) <= off && off < int(m.list[b.to-1].End) {
			return true
		}
	}
	return false
}

// cut removes bytes [start,end), with their lines when nothing else stands on them, and one of two blank lines that would meet.
func (e *editor) cut(x *text, start, end int) {
	s, t := wholeLines(x.data, start, end)
	e.gone(x, s, t)
	e.replace(x.path, s, t, "")
}

// wholeLines widens [start,end) to whole lines where only blanks stand beside it.
func wholeLines(data []byte, start, end int) (int, int) {
	s, t := start, end
	for s > 0 && (data[s-1] == ' ' || data[s-1] == '\t') {
		s--
	}
	for t < len(data) && (data[t] == ' ' || data[t] == '\t' || data[t] == '\r') {
		t++
	}
	if (s > 0 && data[s-1] != '\n') || (t < len(data) && data[t] != '\n') {
		return start, end
	}
	t = min(t+1, len(data))
	before := s == 0 || s >= 2 && data[s-2] == '\n' || blockOpens(data, s)
	for before && t < len(data) && data[t] == '\n' {
		t++
	}
	if s >= 2 && data[s-2] == '\n' && closesNext(data, t) { // a blank line before a closing brace
		s--
	}
	return s, t
}

// blockOpens reports whether the line before s ends in an opening brace.
func blockOpens(data []byte, s int) bool {
	return s >= 2 && data[s-1] == '\n' && data[s-2] == '{'
}

func closesNext(data []byte, t int) bool {
	for t < len(data) && (data[t] == ' ' || data[t] == '\t') {
		t++
	}
	return t < len(data) && data[t] == '}'
}

// rewriteStep is rewrite, and the removal of what it leaves unused.
func (e *editor) rewriteStep(s *Step) error {
	if err := e.rewrite(s); err != nil {
		return err
	}
	return e.tidy()
}
