package recipe

import (
	"fmt"
	"path"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// checker replaces a family of legacy gates.
type checker struct {
	*editor
	s     *Step
	p     *pattern
	hooks string // pattern of the hooks' names
	want  map[*text]bool
}

// replaceCheck replaces a legacy gate, such as if ( !IS_PRIV(current->domain) ) return -EPERM;, by the hook that covers it: the
// condition that match describes becomes the call that hooks gives for the function (or FUNCTION/CASE), and the gate goes away where a
// hook's refusal has already left. A gate for which no hook is given is undecided.
func (e *editor) replaceCheck(s *Step) error {
	p, err := compilePattern(s.Match, s.Where)
	if err != nil {
		return err
	}
	if p.stmt {
		return &Error{What: "replace-check: match: a condition is wanted, not a statement", Remedy: "write only what stands between the parentheses of the if"}
	}
	t, err := parseTarget(s.Of)
	if err != nil {
		return err
	}
	if t.kind != "func" {
		return &Error{What: "replace-check: of what hooks?", Remedy: "write of: func:PATTERN, such as func:xsm_*"}
	}
	for _, h := range s.Hooks {
		if err := p.checkReplacement(h); err != nil {
			return err
		}
	}
	c := &checker{editor: e, s: s, p: p, hooks: t.name, want: map[*text]bool{}}
	ms, err := e.matches(p, s)
	if err != nil {
		return err
	}
	for i := range ms {
		c.gate(&ms[i])
	}
	if s.Header != "" {
		for _, x := range e.w.texts {
			if c.want[x] {
				e.addInclude(x, s.Header)
			}
		}
	}
	return e.tidy()
}

// gate deals with one place where the condition stands.
func (c *checker) gate(m *match) {
	u := m.u
	at := int(m.list[m.from].Start)
	if m.dir >= 0 {
		c.note(m.x.path, u.Src, at, Undecided, "the check stands in a macro")
		return
	}
	fn := u.FuncAt(m.from)
	if fn == nil {
		return
	}
	in := c.ifAround(u, fn, m)
	if in == nil {
		c.note(m.x.path, u.Src, at, Undecided, "this is no gate: no if that leaves the function or the block depends on it alone")
		return
	}
	if by := c.dominated(u, in); by >= 0 {
		c.note(m.x.path, u.Src, at, Done, "the hook at line %d has refused already: the gate goes away", u.Line(int(u.Toks[by].Start)))
		c.foldIf(m.x, fn, m.from, (&folder{f: u.File, toks: u.Toks, ask: func(from, to int) truth {
			if from == m.from && to == m.to {
				return isFalse
			}
			return unknown
		}}).fold)
		return
	}
	hook := c.hook(u, fn, m.from)
	if hook == "" {
		c.note(m.x.path, u.Src, at, Undecided, "no hook is given for %s", fn.Name)
		return
	}
	c.gone(m.x, at, int(m.list[m.to-1].End))
	c.replace(m.x.path, at, int(m.list[m.to-1].End), m.expand(hook))
	c.want[m.x] = true
}

// ifAround returns the if whose condition is the match, or has it as one of the operands of ||, and whose branch leaves.
func (c *checker) ifAround(u *csrc.Unit, fn *csrc.Func, m *match) *csrc.Stmt {
	var in *csrc.Stmt
	u.Body(fn).Walk(func(s *csrc.Stmt) {
		if s.Kind == csrc.If && s.Open < m.from && m.to <= s.Close {
			in = s
		}
	})
	if in == nil || !leaves(u, in.Then) {
		return nil
	}
	k := &folder{f: u.File, toks: u.Toks}
	for _, p := range k.split(in.Open+1, in.Close, "||") {
		if p[0] == m.from && p[1] == m.to {
			return in
		}
	}
	return nil
}

// leaves reports whether a statement ends in a return, goto, break or continue.
func leaves(_ *csrc.Unit, s *csrc.Stmt) bool {
	for s != nil && s.Kind == csrc.Block && len(s.Body) > 0 {
		s = s.Body[len(s.Body)-1]
	}
	return s != nil && (s.Kind == csrc.Return || s.Kind == csrc.Jump)
}

// dominated returns the token of a hook's call whose refusal leaves before the statement is reached, -1 if there is none: the call
// stands in an earlier statement of the same block, or of one around it, and no label lies in between.
func (c *checker) dominated(u *csrc.Unit, s *csrc.Stmt) int {
	for ; s != nil && s.Parent != nil; s = s.Parent {
		if s.Kind == csrc.Label {
			return -1
		}
		if s.Parent.Kind != csrc.Block {
			continue
		}
		before := s.Parent.Body
		for i, b := range before {
			if b == s {
				before = before[:i]
				break
			}
		}
		for i := len(before) - 1; i >= 0; i-- {
			if before[i].Kind == csrc.Label || hasLabel(before[i]) {
				return -1
			}
			if by := c.refuses(u, before, i); by >= 0 && len(u.DirsIn(before[i].First, s.First)) == 0 {
				return by
			}
		}
	}
	return -1
}

// refuses returns the hook's call in statement i when its failure leaves: in the condition of an if, or assigned and then tested.
func (c *checker) refuses(u *csrc.Unit, body []*csrc.Stmt, i int) int {
	s := body[i]
	if s.Kind != csrc.If || !leaves(u, s.Then) {
		return -1
	}
	if by := c.hookIn(u, s.Open+1, s.Close); by >= 0 && !u.Is(u.Toks, by-1, "!") && !c.hasAnd(u, s) {
		return by
	}
	if i > 0 && s.Close == s.Open+2 && body[i-1].Kind == csrc.ExprStmt && u.Is(u.Toks, body[i-1].First+1, "=") &&
		u.Text(u.Toks[body[i-1].First]) == u.Text(u.Toks[s.Open+1]) {
		return c.hookIn(u, body[i-1].First+2, body[i-1].First+3)
	}
	return -1
}

func (c *checker) hasAnd(u *csrc.Unit, s *csrc.Stmt) bool {
	for i := s.Open; i < s.Close; i++ {
		if u.Is(u.Toks, i, "&&") || u.Is(u.Toks, i, "?") {
			return true
		}
	}
	return false
}

// hookIn returns the first call of a hook among tokens [from,to).
func (c *checker) hookIn(u *csrc.Unit, from, to int) int {
	for i := from; i < to; i++ {
		if u.Toks[i].Kind == csrc.Ident && u.Is(u.Toks, i+1, "(") {
			if ok, _ := path.Match(c.hooks, u.Text(u.Toks[i])); ok {
				return i
			}
		}
	}
	return -1
}

// hook returns what the recipe gives for the function, or for the case label that the token stands under.
func (c *checker) hook(u *csrc.Unit, fn *csrc.Func, tok int) string {
	label := ""
	u.Body(fn).Walk(func(s *csrc.Stmt) {
		if s.Kind == csrc.Label && s.First <= tok && u.Is(u.Toks, s.First, "case") {
			label = u.Text(u.Toks[s.First+1])
		}
	})
	if h := c.s.Hooks[fn.Name+"/"+label]; h != "" && label != "" {
		return h
	}
	return c.s.Hooks[fn.Name]
}

// extractHook makes a condition that stands in several places a function of its own: each match of the pattern becomes a call of to,
// which is added to header; param declares a parameter for each metavariable, of its name.
func (e *editor) extractHook(s *Step) error {
	p, err := compilePattern(s.Match, s.Where)
	if err != nil {
		return err
	}
	switch {
	case p.stmt || len(p.dots) > 0:
		return &Error{What: "extract-hook: match: an expression is wanted"}
	case !identRE.MatchString(s.To):
		return &Error{What: fmt.Sprintf("extract-hook: to: %q cannot name a function", s.To)}
	}
	h := e.w.byPath[s.Header]
	if h == nil || h.lang != langC {
		return &Error{Path: s.Header, What: "extract-hook: header: no such header in " + e.w.tree.Name()}
	}
	for _, o := range e.w.occurrences(s.To) {
		return errAt(o.u.File, o.start(), "choose another name", "%s exists already", s.To)
	}
	var names []string
	for _, d := range strings.Split(s.Param, ",") {
		if d = strings.TrimSpace(d); d == "" {
			continue
		}
		n := paramName(d)
		if _, ok := p.metas["$"+n]; !ok {
			return &Error{What: fmt.Sprintf("extract-hook: param: %q: the pattern has no $%s", d, n)}
		}
		names = append(names, "$"+n)
	}
	if len(names) != len(p.metas) {
		return &Error{What: "extract-hook: param: a parameter is wanted for each metavariable"}
	}
	ms, err := e.matches(p, s)
	if err != nil {
		return err
	}
	call := s.To + "(" + strings.Join(names, ", ") + ")"
	for i := range ms {
		if ms[i].x == h {
			continue
		}
		e.substitute(&ms[i], call)
		e.addInclude(ms[i].x, includeName(s.Header))
	}
	e.addFunction(h, s)
	return nil
}

// includeName returns how C files include a header: by its path below the folder called include.
func includeName(p string) string {
	if i := strings.LastIndex(p, "include/"); i >= 0 {
		return p[i+len("include/"):]
	}
	return path.Base(p)
}

// addFunction puts the function at the end of the header, before the guard's #endif.
func (e *editor) addFunction(h *text, s *Step) {
	u := h.parsed()
	at := len(h.data)
	if n := len(u.Dirs); n > 0 && u.Dirs[n-1].Name == "endif" && u.Dirs[n-1].At == len(u.Toks) {
		at, _ = lineOf(h.data, int(u.Dirs[n-1].Start))
	}
	result, params := s.Value, s.Param
	if result == "" {
		result = "bool"
	}
	if params == "" {
		params = "void"
	}
	body := expandWith(strings.TrimSpace(s.Match), func(name string) (string, bool) { return name[1:], false })
	text := fmt.Sprintf("static inline %s %s(%s)\n{\n    return %s;\n}\n", result, s.To, params, body)
	if at > 0 && !strings.HasSuffix(string(h.data[:at]), "\n\n") {
		text = "\n" + text
	}
	if at < len(h.data) {
		text += "\n"
	}
	e.replace(h.path, at, at, text)
}
