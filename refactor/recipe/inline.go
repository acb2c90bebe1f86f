package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// wrapper is a function that is one expression of its parameters.
type wrapper struct {
	u      *csrc.Unit
	fn     *csrc.Func
	params []string
	from   int // tokens of the expression
	to     int
	uses   map[string]int
}

// inlineWrapper replaces the calls of a function of one expression by that expression, and removes the function.
func (e *editor) inlineWrapper(s *Step) error {
	t, err := parseTarget(s.Of)
	if err != nil {
		return err
	}
	if t.kind != "func" {
		return &Error{What: "inline-wrapper: of what?", Remedy: "write of: func:NAME"}
	}
	w, err := e.wrapper(t.name)
	if err != nil {
		return err
	}
	for _, o := range e.w.occurrences(t.name) {
		if err := e.inlineAt(w, o); err != nil {
			return err
		}
	}
	e.cutItem(e.w.byPath[w.u.Path], w.fn.First, w.fn.End)
	return nil
}

// wrapper reads the function; all else than one definition of one statement is refused.
func (e *editor) wrapper(name string) (*wrapper, error) {
	var w *wrapper
	for _, f := range e.w.symbols().funcs[name] {
		if f.v.Body < 0 {
			continue
		}
		if w != nil {
			return nil, errAt(f.u.File, int(f.u.Toks[f.v.Tok].Start), "decide between them with unwrap or remove-config first", "%s has another definition at %s:%d", name,
				w.u.Path, w.u.Line(int(w.u.Toks[w.fn.Tok].Start)))
		}
		w = &wrapper{u: f.u, fn: f.v, uses: map[string]int{}}
	}
	if w == nil {
		return nil, &Error{What: fmt.Sprintf("no function %s is defined in %s", name, e.w.tree.Name())}
	}
	u := w.u
	body := u.Body(w.fn)
	pos := int(u.Toks[w.fn.Tok].Start)
	if len(body.Body) != 1 || body.Body[0].Kind != csrc.Return && body.Body[0].Kind != csrc.ExprStmt || len(u.DirsIn(w.fn.Body, w.fn.End)) > 0 {
		return nil, errAt(u.File, pos, "", "%s is more than one expression", name)
	}
	w.from, w.to = body.Body[0].First, body.Body[0].Last
	if body.Body[0].Kind == csrc.Return {
		w.from++
	}
	for _, r := range u.Split(u.Toks, w.fn.Open, w.fn.Close) {
		if p := u.ParamName(r); p >= 0 {
			w.params = append(w.params, u.Text(u.Toks[p]))
		}
	}
	for i := w.from; i < w.to; i++ {
		if u.Toks[i].Kind == csrc.Ident && !u.Is(u.Toks, i-1, ".") && !u.Is(u.Toks, i-1, "->") {
			w.uses[u.Text(u.Toks[i])]++
		}
		if s := u.Text(u.Toks[i]); slices.Contains(w.params, s) && (u.Is(u.Toks, i+1, "=") || u.Is(u.Toks, i+1, "++") || u.Is(u.Toks, i-1, "&") && operatorAt(u, u.Toks, i-1) == 0) {
			return nil, errAt(u.File, int(u.Toks[i].Start), "", "%s changes its parameter %s", name, s)
		}
	}
	return w, nil
}

// inlineAt deals with one place that names the wrapper.
func (e *editor) inlineAt(w *wrapper, o occ) error {
	if o.role != roleOrdinary || o.u == w.u && o.dir < 0 && o.i >= w.fn.First && o.i <= w.fn.End {
		return nil
	}
	x := e.w.byPath[o.u.Path]
	if o.dir < 0 && o.u.FuncAt(o.i) == nil {
		for i := range o.u.Funcs {
			if f := &o.u.Funcs[i]; f.Tok == o.i && f.Body < 0 {
				e.cutItem(x, f.First, f.End)
				return nil
			}
		}
	}
	open, shut, ok := o.call()
	if !ok {
		return errAt(o.u.File, o.start(), "a function whose address is taken cannot go away", "%s is named here, not called", w.fn.Name)
	}
	args := o.u.Split(o.list, open, shut)
	if len(args) != len(w.params) {
		return errAt(o.u.File, o.start(), "", "%s takes %d arguments, not %d", w.fn.Name, len(w.params), len(args))
	}
	for i, a := range args {
		for k := a[0]; k < a[1]; k++ {
			if s := o.u.Text(o.list[k]); (s == "++" || s == "--" || s == "=" || s == "(" && k > a[0] && o.list[k-1].Kind == csrc.Ident) && w.uses[w.params[i]] != 1 {
				return errAt(o.u.File, int(o.list[k].Start), "put it into a variable first", "%s would be evaluated %d times", string(o.u.Src[o.list[a[0]].Start:o.list[a[1]-1].End]), w.uses[w.params[i]])
			}
		}
	}
	return e.putExpression(w, o, args, shut)
}

// putExpression writes the wrapper's expression over a call.
func (e *editor) putExpression(w *wrapper, o occ, args [][2]int, shut int) error {
	u := w.u
	var b strings.Builder
	at := int(u.Toks[w.from].Start)
	for i := w.from; i < w.to; i++ {
		t := u.Toks[i]
		k := slices.Index(w.params, u.Text(t))
		if t.Kind != csrc.Ident || u.Is(u.Toks, i-1, ".") || u.Is(u.Toks, i-1, "->") {
			continue
		}
		if k < 0 {
			if o.dir < 0 && o.u.LocalAt(u.Text(t), o.i) != nil {
				return errAt(o.u.File, o.start(), "rename the local name first", "%s means something else here", u.Text(t))
			}
			continue
		}
		b.Write(u.Src[at:t.Start])
		arg := string(o.u.Src[o.list[args[k][0]].Start:o.list[args[k][1]-1].End])
		alone := (u.Is(u.Toks, i-1, "(") || u.Is(u.Toks, i-1, ",")) && (u.Is(u.Toks, i+1, ")") || u.Is(u.Toks, i+1, ","))
		if !alone && args[k][1]-args[k][0] > 1 {
			arg = "(" + arg + ")"
		}
		b.WriteString(arg)
		at = int(t.End)
	}
	b.Write(u.Src[at:u.Toks[w.to-1].End])
	text := strings.Join(strings.Fields(b.String()), " ")
	if loosest(u, u.Toks, w.from, w.to) > 0 && !(o.is(-1, "(") && shut+1 < len(o.list) && o.u.Is(o.list, shut+1, ")")) && !o.u.Is(o.list, shut+1, ";") {
		text = "(" + text + ")"
	}
	e.replace(o.u.Path, o.start(), int(o.list[shut].End), text)
	return nil
}
