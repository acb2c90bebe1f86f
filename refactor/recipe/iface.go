package recipe

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// remover takes a legacy interface out.
type remover struct {
	*editor
	value  string          // what a call is worth when the interface permits
	zero   bool            // value is zero
	away   map[string]bool // files that are deleted
	called string          // pattern of the functions' names
}

// removeInterface removes calls into a legacy interface as if it always permitted: conditions on them are decided, calls for their
// effect go, and what that leaves unused goes with them. Files of the interface in remove: are deleted, with their #includes and
// makefile entries.
func (e *editor) removeInterface(s *Step) error {
	t, err := parseTarget(s.Of)
	if err != nil {
		return err
	}
	if t.kind != "func" {
		return &Error{What: "remove-interface: of what?", Remedy: "write of: func:PATTERN, such as func:acm_*"}
	}
	r := &remover{editor: e, value: s.Value, away: map[string]bool{}, called: t.name}
	for _, d := range s.Remove {
		if !e.w.hasPath(strings.TrimSuffix(d, "/")) {
			return &Error{Path: d, What: "remove: no such file or folder in " + e.w.tree.Name()}
		}
	}
	for _, x := range e.w.texts {
		for _, d := range s.Remove {
			if x.path == d || strings.HasPrefix(x.path, strings.TrimSuffix(d, "/")+"/") {
				r.away[x.path] = true
			}
		}
	}
	if err := r.worth(); err != nil {
		return err
	}
	found := false
	for _, name := range slices.Sorted(maps.Keys(e.w.symbols().funcs)) {
		if ok, _ := path.Match(t.name, name); !ok {
			continue
		}
		found = true
		if err := r.calls(name); err != nil {
			return err
		}
	}
	if !found {
		return &Error{What: fmt.Sprintf("no function %s in %s", t.name, e.w.tree.Name())}
	}
	if err := r.headers(); err != nil {
		return err
	}
	r.leftovers()
	r.unlist(s)
	dead := map[string]bool{}
	for p := range r.away {
		dead[p] = true
	}
	e.deleteAll(dead)
	return e.tidy()
}

// worth finds whether the value is zero, by its definition.
func (r *remover) worth() error {
	v := r.value
	if v == "" {
		r.value, r.zero = "0", true
		return nil
	}
	for range 5 {
		if n, err := strconv.ParseInt(v, 0, 64); err == nil {
			r.zero = n == 0
			return nil
		}
		ms := r.w.symbols().macros[v]
		if len(ms) == 0 || len(ms[0].u.Dirs[ms[0].v.Dir].Toks) != ms[0].v.Body+1 {
			break
		}
		v = ms[0].u.Text(ms[0].u.Dirs[ms[0].v.Dir].Toks[ms[0].v.Body])
	}
	return &Error{What: fmt.Sprintf("remove-interface: value: is %s zero?", r.value), Remedy: "give a number, or a macro that is one"}
}

// calls removes the calls of one function.
func (r *remover) calls(name string) error {
	for _, o := range r.w.occurrences(name) {
		if r.away[o.u.Path] || o.role != roleOrdinary {
			continue
		}
		fn := o.u.FuncAt(o.i)
		_, shut, ok := o.call()
		switch {
		case o.dir >= 0:
			r.note(o.u.Path, o.u.Src, o.start(), Undecided, "%s is named by a macro here", name)
		case fn == nil && ok: // a prototype
			r.note(o.u.Path, o.u.Src, o.start(), Undecided, "%s is declared here, in a file that stays", name)
		case fn == nil || !ok:
			r.note(o.u.Path, o.u.Src, o.start(), Undecided, "%s is named here, not called", name)
		case fn.Tok == o.i:
			r.note(o.u.Path, o.u.Src, o.start(), Undecided, "%s is defined here, in a file that stays", name)
		default:
			r.call(o, fn, shut)
		}
	}
	return nil
}

// call removes one call.
func (r *remover) call(o occ, fn *csrc.Func, shut int) {
	u := o.u
	var in *csrc.Stmt
	u.Body(fn).Walk(func(s *csrc.Stmt) {
		if s.Kind != csrc.Block && s.First <= o.i && o.i <= s.Last {
			in = s
		}
	})
	if in == nil {
		r.note(u.Path, u.Src, o.start(), Undecided, "in which statement is this call?")
		return
	}
	start := func(t int) int { return int(u.Toks[t].Start) }
	end := func(t int) int { return int(u.Toks[t].End) }
	switch {
	case in.Kind == csrc.ExprStmt && in.First == o.i && in.Last == shut+1:
		r.statement(o.x, in)
	case in.Kind == csrc.ExprStmt && u.Is(u.Toks, in.First+1, "=") && in.First+2 == o.i && in.Last == shut+1 && r.checked(o.x, in):
	case in.Kind == csrc.If && r.foldIf(o.x, fn, o.i, (&folder{f: u.File, toks: u.Toks, ask: r.asker(u, o.i, shut)}).fold):
	default:
		r.gone(o.x, start(o.i), end(shut))
		r.replace(u.Path, start(o.i), end(shut), r.value)
		r.note(u.Path, u.Src, o.start(), Done, "the call becomes %s", r.value)
	}
}

// statement removes a call for its effect, and an if without effect that controls nothing else.
func (r *remover) statement(x *text, in *csrc.Stmt) {
	u := x.unit
	p := in.Parent
	switch {
	case p == nil || p.Kind == csrc.Block || p.Kind == csrc.Label:
		r.cut(x, int(u.Toks[in.First].Start), int(u.Toks[in.Last].End))
	case p.Kind == csrc.If && p.Then == in && p.Else == nil && p.Parent != nil && p.Parent.Kind == csrc.Block && !hasCall(u, p.Open+1, p.Close):
		r.cut(x, int(u.Toks[p.First].Start), int(u.Toks[p.Last].End))
	default:
		r.gone(x, int(u.Toks[in.First].Start), int(u.Toks[in.Last].End))
		r.replace(x.path, int(u.Toks[in.First].Start), int(u.Toks[in.Last].End), ";")
	}
}

func hasCall(u *csrc.Unit, from, to int) bool {
	for i := from; i < to; i++ {
		if u.Is(u.Toks, i, "(") && u.Toks[i-1].Kind == csrc.Ident || u.Is(u.Toks, i, "=") || u.Is(u.Toks, i, "++") || u.Is(u.Toks, i, "--") {
			return true
		}
	}
	return false
}

// checked removes "x = call(); if ( x ) ..." when the if never holds. It reports whether it did.
func (r *remover) checked(x *text, in *csrc.Stmt) bool {
	u := x.unit
	if in.Parent == nil || in.Parent.Kind != csrc.Block {
		return false
	}
	for i, c := range in.Parent.Body {
		if c != in || i+1 >= len(in.Parent.Body) {
			continue
		}
		n := in.Parent.Body[i+1]
		if n.Kind != csrc.If || n.Else != nil || len(u.DirsIn(in.First, n.Last)) > 0 {
			return false
		}
		k := &folder{f: u.File, toks: u.Toks, ask: func(from, to int) truth {
			return r.value1(u, from, to, func(a, b int) bool { return b == a+1 && u.Is(u.Toks, a, u.Text(u.Toks[in.First])) })
		}}
		if k.fold(n.Open+1, n.Close).v != isFalse {
			return false
		}
		r.cut(x, int(u.Toks[in.First].Start), int(u.Toks[n.Last].End))
		return true
	}
	return false
}

// asker tells the value of a part of a condition that is the call [first,shut], alone or compared with the value.
func (r *remover) asker(u *csrc.Unit, first, shut int) func(from, to int) truth {
	return func(from, to int) truth {
		return r.value1(u, from, to, func(a, b int) bool { return a == first && b == shut+1 || r.isCall(u, a, b) })
	}
}

// isCall reports whether [a,b) is a call of any function of the interface.
func (r *remover) isCall(u *csrc.Unit, a, b int) bool {
	if b-a < 3 || u.Toks[a].Kind != csrc.Ident || !u.Is(u.Toks, a+1, "(") || int(u.Toks[a+1].Match) != b-1 {
		return false
	}
	ok, _ := path.Match(r.called, u.Text(u.Toks[a]))
	return ok
}

// value1 evaluates [from,to) when it is the known thing, or compares that with the value.
func (r *remover) value1(u *csrc.Unit, from, to int, known func(a, b int) bool) truth {
	if known(from, to) {
		return truthOf(!r.zero)
	}
	is := func(a, b int) bool {
		return b == a+1 && (u.Is(u.Toks, a, r.value) || r.zero && u.Is(u.Toks, a, "0"))
	}
	for i := from + 1; i < to-1; i = next(u.Toks, i) {
		eq, ne := u.Is(u.Toks, i, "=="), u.Is(u.Toks, i, "!=")
		if eq || ne {
			if known(from, i) && is(i+1, to) || is(from, i) && known(i+1, to) {
				return truthOf(eq)
			}
			return unknown
		}
		if u.Is(u.Toks, i, "<") && known(from, i) && is(i+1, to) && r.zero {
			return isFalse
		}
	}
	return unknown
}

// headers removes #includes of files that go away; what they included for the file is included in their place.
func (r *remover) headers() error {
	for _, x := range r.w.texts {
		if x.unit == nil || r.away[x.path] {
			continue
		}
		for i := range x.unit.Dirs {
			d := &x.unit.Dirs[i]
			if d.Name != "include" || len(d.Toks) != 1 {
				continue
			}
			name := strings.Trim(x.unit.Text(d.Toks[0]), `<>"`)
			y := r.header(x.path, name)
			if y == nil || !r.away[y.path] {
				continue
			}
			s, t := lineOf(x.data, int(d.Start))
			if with := r.instead(x, i, y); with != "" {
				r.replace(x.path, s, t, with)
			} else {
				r.replace(x.path, s, min(t+1, len(x.data)), "")
			}
		}
	}
	return nil
}

// header returns the file that an #include names, as far as the tree tells, nil when that is none or several.
func (e *editor) header(from, name string) *text {
	if x := e.w.byPath[path.Join(path.Dir(from), name)]; x != nil {
		return x
	}
	var out *text
	for _, p := range e.w.basenames()[path.Base(name)] {
		if strings.HasSuffix(p, "/"+name) {
			if out != nil {
				return nil
			}
			out = e.w.byPath[p]
		}
	}
	return out
}

// basenames lists paths by their last part.
func (w *world) basenames() map[string][]string {
	if w.byBase == nil {
		w.byBase = map[string][]string{}
		for _, x := range w.texts {
			w.byBase[path.Base(x.path)] = append(w.byBase[path.Base(x.path)], x.path)
		}
	}
	return w.byBase
}

// instead returns the #include lines that take the place of one of y: what y included that x gets from nowhere else.
func (r *remover) instead(x *text, dir int, y *text) string {
	have := map[string]bool{}
	for i := range x.unit.Dirs {
		if d := &x.unit.Dirs[i]; i != dir && d.Name == "include" && len(d.Toks) == 1 {
			if z := r.header(x.path, strings.Trim(x.unit.Text(d.Toks[0]), `<>"`)); z != nil && !r.away[z.path] {
				r.reach(z, have)
			}
		}
	}
	var out []string
	for i := range y.unit.Dirs {
		d := &y.unit.Dirs[i]
		if d.Name != "include" || len(d.Toks) != 1 {
			continue
		}
		z := r.header(y.path, strings.Trim(y.unit.Text(d.Toks[0]), `<>"`))
		if z == nil || r.away[z.path] || have[z.path] {
			continue
		}
		out = append(out, "#include "+y.unit.Text(d.Toks[0]))
		r.reach(z, have)
	}
	return strings.Join(out, "\n")
}

// reach adds to have what including z brings.
func (r *remover) reach(z *text, have map[string]bool) {
	if have[z.path] || z.parsed() == nil {
		return
	}
	have[z.path] = true
	for i := range z.unit.Dirs {
		if d := &z.unit.Dirs[i]; d.Name == "include" && len(d.Toks) == 1 {
			if n := r.header(z.path, strings.Trim(z.unit.Text(d.Toks[0]), `<>"`)); n != nil && !r.away[n.path] {
				r.reach(n, have)
			}
		}
	}
}

// leftovers notes what stays and names something that only the files going away define.
func (r *remover) leftovers() {
	for _, p := range slices.Sorted(maps.Keys(r.away)) {
		x := r.w.byPath[p]
		if x.parsed() == nil {
			continue
		}
		var names []string
		for _, f := range x.unit.Funcs {
			if ok, _ := path.Match(r.called, f.Name); !ok {
				names = append(names, f.Name)
			}
		}
		for _, m := range x.unit.Macros {
			names = append(names, m.Name)
		}
		for _, s := range x.unit.Structs {
			names = append(names, s.Tag)
		}
		for _, n := range names {
			r.leftover(p, n)
		}
	}
}

func (r *remover) leftover(from, name string) {
	if name == "" {
		return
	}
	occs := r.w.occurrences(name)
	for _, o := range occs {
		if !r.away[o.u.Path] && (o.role == roleMacroName || o.dir < 0 && r.definedAt(name, o)) {
			return // defined elsewhere too
		}
	}
	for _, o := range occs {
		if r.away[o.u.Path] || o.role == roleLocal || o.role == roleMember || o.role == roleFieldDecl || r.edited(o) {
			continue
		}
		r.note(o.u.Path, o.u.Src, o.start(), Undecided, "%s, which %s defines, is used here", name, from)
	}
}

func (r *remover) definedAt(name string, o occ) bool {
	for _, d := range r.w.definitions(name) {
		if d.u == o.u {
			return true
		}
	}
	return o.role == roleTag && o.is(1, "{")
}

// edited reports whether the step changes the text at o.
func (r *remover) edited(o occ) bool {
	for _, ed := range r.edits {
		if ed.Path == o.u.Path && ed.Start <= o.start() && o.start() < ed.End {
			return true
		}
	}
	return false
}

// unlist takes the files that go away out of makefiles and of MAINTAINERS.
func (r *remover) unlist(s *Step) {
	for _, d := range s.Remove {
		p := strings.TrimSuffix(d, "/")
		m := &mover{editor: r.editor, from: p, folder: r.w.byPath[p] == nil}
		if entry := m.entry(p); entry != "" {
			if x, lines, _ := m.listing(path.Dir(p), entry); x != nil && !r.away[x.path] {
				for _, l := range lines {
					m.dropWord(x, l, entry)
				}
			}
		}
	}
}

// addInclude adds an #include behind the file's last one outside conditionals, unless the file has it or gets it from another.
func (e *editor) addInclude(x *text, header string) {
	r := &remover{editor: e, away: map[string]bool{}}
	have := map[string]bool{}
	r.reach(x, have)
	if y := e.header(x.path, header); y != nil && have[y.path] {
		return
	}
	inside := map[int]bool{}
	for _, c := range conditionals(x.unit) {
		if guard := c.arms[0].dir == 0 && len(c.arms) == 1; !guard {
			for i := c.arms[0].dir; i <= c.end; i++ {
				inside[i] = true
			}
		}
	}
	at := 0
	for i := range x.unit.Dirs {
		if d := &x.unit.Dirs[i]; d.Name == "include" && !inside[i] {
			_, end := lineOf(x.data, int(d.End))
			at = min(end+1, len(x.data))
		}
	}
	e.replace(x.path, at, at, "#include <"+header+">\n")
}
