package recipe

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// list is a parenthesized list in some file: of parameters, or of arguments.
type list struct {
	x    *csrc.Unit
	toks []csrc.Tok
	open int
	shut int
	args bool       // of a call
	fn   *csrc.Func // the function whose parameters they are, or nil
	in   string     // for a call: the function that it stands in, "" for none
	skip int        // leading arguments that are not the function's own: the function itself, where a macro calls it
}

// member is a function that belongs to a family: a hook's implementation or wrapper, or the one function that is meant.
// n is the number of parameters that all its lists end with.
type member struct {
	name  string
	hook  *hookType
	lists []list
}

// hookType is what all members of one hook agree on.
type hookType struct {
	name   string
	params []string // names, "" for unnamed ones
	n      int
}

// family is every list that a change of parameters concerns.
type family struct {
	*editor
	step    *Step
	hooks   map[string]*hookType // by field
	members map[string]*member   // by function
	lists   []list               // of the pointers' types and of calls through them
	of      map[int]*hookType    // per entry of lists
	defined map[string]bool      // "path:function" that gets the parameter
}

// newFamily finds what belongs to the step's target.
func (e *editor) newFamily(s *Step) (*family, error) {
	t, err := parseTarget(s.Of)
	if err != nil {
		return nil, err
	}
	f := &family{editor: e, step: s, hooks: map[string]*hookType{}, members: map[string]*member{}, of: map[int]*hookType{}, defined: map[string]bool{}}
	switch t.kind {
	case "func":
		err = f.functions(t)
	case "ops":
		err = f.table(t)
	default:
		err = &Error{What: s.Do + ": of what function?", Remedy: "write func:NAME or ops:TAG.FIELD (both may be patterns such as xsm_*)"}
	}
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(f.members)) {
		if err := f.collect(f.members[name]); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// functions makes a family of each function that the target's pattern names.
func (f *family) functions(t target) error {
	for _, name := range slices.Sorted(maps.Keys(f.w.symbols().funcs)) {
		if ok, err := path.Match(t.name, name); err != nil || !ok {
			continue
		}
		fs := f.w.symbols().funcs[name]
		k := slices.IndexFunc(fs, func(a at[csrc.Func]) bool { return a.v.Body >= 0 })
		h := f.hookOf(name, fs[max(k, 0)].u, fs[max(k, 0)].v.Open, fs[max(k, 0)].v.Close)
		f.members[name] = &member{name: name, hook: h}
	}
	if len(f.members) == 0 {
		return &Error{What: fmt.Sprintf("no function %s in %s", t.name, f.w.tree.Name())}
	}
	return nil
}

// hookOf reads the parameters of a list.
func (f *family) hookOf(name string, u *csrc.Unit, open, shut int) *hookType {
	h := &hookType{name: name}
	l := list{x: u, toks: u.Toks, open: open, shut: shut}
	for _, r := range f.items(l) {
		p := ""
		if k := u.ParamName(r); k >= 0 {
			p = u.Text(u.Toks[k])
		}
		h.params = append(h.params, p)
	}
	h.n = len(h.params)
	return h
}

// items returns a list's elements; none for "(void)" and its macros. A macro that stands for leading parameters (XSM_DEFAULT_ARG)
// is not part of the element that it stands before.
func (f *family) items(l list) [][2]int {
	out := l.x.Split(l.toks, l.open, l.shut)
	if l.args {
		return out[min(l.skip, len(out)):]
	}
	if len(out) == 0 {
		return nil
	}
	first := &out[0]
	if first[1]-first[0] == 1 && l.toks[first[0]].Kind == csrc.Ident {
		if w := l.x.Text(l.toks[first[0]]); w == "void" || f.voidMacro(w) != "" {
			return nil
		}
	}
	if first[1]-first[0] > 1 && f.argMacro(l.x.Text(l.toks[first[0]])) {
		first[0]++
	}
	return out
}

// argMacro reports whether a macro stands for leading parameters with their comma: each definition is empty or ends in a comma.
func (f *family) argMacro(name string) bool {
	ms := f.w.symbols().macros[name]
	for _, m := range ms {
		body := m.u.Dirs[m.v.Dir].Toks
		if m.v.FuncLike || len(body) > m.v.Body && !m.u.Is(body, len(body)-1, ",") {
			return false
		}
	}
	return len(ms) > 1
}

// voidMacro returns the macro that stands for the same leading parameters with a comma, when name stands for all of a list: where one
// is "void" the other is empty, and where one is "T x" the other is "T x,". "" when name is no such macro.
func (f *family) voidMacro(name string) string { return f.pairedMacro(name, true) }

func (f *family) pairedMacro(name string, void bool) string {
	mine := f.bodies(name)
	if len(mine) < 2 {
		return ""
	}
	u := f.w.symbols().macros[name][0].u
	for _, other := range u.Macros {
		theirs := f.bodies(other.Name)
		if other.FuncLike || len(theirs) != len(mine) || other.Name == name {
			continue
		}
		ok := true
		for i := range mine {
			v, a := mine[i], theirs[i]
			if !void {
				v, a = a, v
			}
			ok = ok && (v == "void" && a == "" || v != "void" && a == v+" ,")
		}
		if ok {
			return other.Name
		}
	}
	return ""
}

// bodies returns a macro's definitions, tokens joined by blanks.
func (f *family) bodies(name string) (out []string) {
	for _, m := range f.w.symbols().macros[name] {
		var ws []string
		for _, t := range m.u.Dirs[m.v.Dir].Toks[m.v.Body:] {
			ws = append(ws, m.u.Text(t))
		}
		out = append(out, strings.Join(ws, " "))
	}
	return out
}

// table makes the family of hooks that are members of struct TAG: the pointers' types, what the tables assign to them, calls through
// them, and the wrappers in which those calls stand.
func (f *family) table(t target) error {
	for _, st := range f.w.symbols().structs[t.tag] {
		for _, d := range st.u.DirsIn(st.v.Open, st.v.Close) {
			if st.u.Dirs[d].Name == "include" {
				f.note(st.u.Path, st.u.Src, int(st.u.Dirs[d].Start), Undecided, "members of struct %s that this inclusion makes are not seen", t.tag)
			}
		}
		for _, fl := range st.v.Fields {
			if ok, err := path.Match(t.name, fl.Name); err != nil || !ok {
				continue
			}
			if fl.Open < 0 {
				f.note(st.u.Path, st.u.Src, int(st.u.Toks[fl.Tok].Start), Left, "%s is no pointer to function", fl.Name)
				continue
			}
			h := f.hookOf(fl.Name, st.u, fl.Open, fl.Close)
			if old := f.hooks[fl.Name]; old == nil {
				f.hooks[fl.Name] = h
			} else if old.n != h.n {
				return errAt(st.u.File, int(st.u.Toks[fl.Tok].Start), "change one configuration at a time by hand", "%s.%s has other parameters elsewhere", t.tag, fl.Name)
			}
			f.add(list{x: st.u, toks: st.u.Toks, open: fl.Open, shut: fl.Close}, f.hooks[fl.Name])
		}
	}
	if len(f.hooks) == 0 {
		return &Error{What: fmt.Sprintf("struct %s of %s has no pointer to function %s", t.tag, f.w.tree.Name(), t.name)}
	}
	for _, name := range slices.Sorted(maps.Keys(f.hooks)) {
		for _, o := range f.w.occurrences(name) {
			if err := f.hookUse(t.tag, f.hooks[name], o); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *family) add(l list, h *hookType) {
	f.of[len(f.lists)] = h
	f.lists = append(f.lists, l)
}

// hookUse looks at one place that names a hook's field.
func (f *family) hookUse(tag string, h *hookType, o occ) error {
	if o.role == roleOrdinary || o.role == roleLocal {
		f.pastedImplementation(h, o)
	}
	byMacro := o.role == roleOrdinary && f.memberByMacro(o)
	if o.role != roleMember && !byMacro || !f.matters(o) {
		return nil
	}
	if o.role == roleMember {
		yes, known := f.w.isMember(o, tag, h.name)
		if !known {
			f.note(o.u.Path, o.u.Src, o.start(), Undecided, "is %s a member of struct %s here?", h.name, tag)
		}
		if !yes {
			return nil
		}
	}
	if open, shut, ok := o.call(); ok {
		return f.throughPointer(h, o, list{x: o.u, toks: o.list, open: open, shut: shut, args: true})
	}
	if o.is(1, "=") {
		f.implementation(h, o)
		return nil
	}
	if open := enclosing(o.u, o.list, o.i, "("); open > 0 && (o.is(1, ",") || o.is(1, ")")) && f.callerMacro(o.u.Text(o.list[open-1])) {
		return f.throughPointer(h, o, list{x: o.u, toks: o.list, open: open, shut: int(o.list[open].Match), args: true, skip: 1})
	}
	return nil
}

// pastedImplementation takes the function that a macro such as set_to_dummy_if_null(ops, hook) makes of the hook's name: its body sets
// the member to PREFIX ## hook.
func (f *family) pastedImplementation(h *hookType, o occ) {
	open := enclosing(o.u, o.list, o.i, "(")
	if open < 1 || !(o.is(-1, ",") || o.is(-1, "(")) || !(o.is(1, ",") || o.is(1, ")")) {
		return
	}
	for _, m := range f.w.symbols().macros[o.u.Text(o.list[open-1])] {
		arg := slices.IndexFunc(o.u.Split(o.list, open, int(o.list[open].Match)), func(r [2]int) bool { return r[0] == o.i })
		if arg < 0 || arg >= len(m.v.Params) {
			continue
		}
		body := m.u.Dirs[m.v.Dir].Toks
		for k := m.v.Body + 2; k+1 < len(body); k++ {
			if !m.u.Is(body, k, "##") || !m.u.Is(body, k+1, m.v.Params[arg]) || !m.u.Is(body, k-2, "=") {
				continue
			}
			name := m.u.Text(body[k-1]) + h.name
			if f.w.symbols().funcs[name] != nil && f.members[name] == nil {
				f.members[name] = &member{name: name, hook: h}
			}
		}
	}
}

// matters reports whether what stands at o can be a hook's field that is called or set to a function.
func (f *family) matters(o occ) bool {
	_, _, call := o.call()
	open := enclosing(o.u, o.list, o.i, "(")
	macro := open > 0 && (o.is(1, ",") || o.is(1, ")")) && f.callerMacro(o.u.Text(o.list[open-1])) && argumentStart(o, open)
	set := o.is(1, "=") && f.valueOf(o) != ""
	return call || macro || set || o.is(1, "=") && o.designator()
}

// argumentStart reports whether the expression that o ends is the first argument behind open: nothing but names and member accesses
// stand between.
func argumentStart(o occ, open int) bool {
	for k := open + 1; k < o.i; k++ {
		if o.list[k].Kind != csrc.Ident && !o.u.Is(o.list, k, ".") && !o.u.Is(o.list, k, "->") {
			return false
		}
	}
	return true
}

// memberByMacro reports whether o is the argument that a macro puts behind -> or a dot, as in xsm_call(hook(d)).
func (f *family) memberByMacro(o occ) bool {
	if !o.is(-1, "(") || o.i < 2 {
		return false
	}
	for _, m := range f.w.symbols().macros[o.u.Text(o.list[o.i-2])] {
		body := m.u.Dirs[m.v.Dir].Toks
		for k := m.v.Body + 1; k < len(body); k++ {
			if len(m.v.Params) > 0 && m.u.Is(body, k, m.v.Params[0]) && (m.u.Is(body, k-1, "->") || m.u.Is(body, k-1, ".")) {
				return true
			}
		}
	}
	return false
}

// callerMacro reports whether a macro calls its first argument with the others: M(f, args...).
func (f *family) callerMacro(name string) bool {
	for _, m := range f.w.symbols().macros[name] {
		if m.v.FuncLike && m.v.Variadic && len(m.v.Params) > 0 {
			return true
		}
	}
	return false
}

// implementation takes the function that a table assigns to the hook at o.
func (f *family) implementation(h *hookType, o occ) {
	name := f.valueOf(o)
	switch {
	case name == "NULL":
	case name == "":
		f.note(o.u.Path, o.u.Src, o.start(), Undecided, "which function does %s get here?", h.name)
	case f.members[name] == nil:
		f.members[name] = &member{name: name, hook: h}
	}
}

// valueOf returns the function (or NULL) that is assigned behind o, "" when something else is.
func (f *family) valueOf(o occ) string {
	k := 2
	for o.is(k, "&") || o.is(k, "(") {
		k++
	}
	if o.i+k >= len(o.list) || o.list[o.i+k].Kind != csrc.Ident || !(o.is(k+1, ",") || o.is(k+1, "}") || o.is(k+1, ";") || o.is(k+1, ")")) {
		return ""
	}
	name := o.u.Text(o.list[o.i+k])
	if name != "NULL" && f.w.symbols().funcs[name] == nil {
		return ""
	}
	return name
}

// throughPointer takes a call through the hook's pointer; the function it stands in is a wrapper when it passes its own last
// parameters on, in order, and does nothing else.
func (f *family) throughPointer(h *hookType, o occ, l list) error {
	if o.dir >= 0 {
		f.add(l, h)
		return nil
	}
	fn := o.u.FuncAt(o.i)
	if fn == nil {
		return errAt(o.u.File, o.start(), "", "a call of %s outside any function", h.name)
	}
	l.in = fn.Name
	f.add(l, h)
	if f.wraps(o.u, fn, l, h) && f.members[fn.Name] == nil {
		f.members[fn.Name] = &member{name: fn.Name, hook: h}
	}
	return nil
}

func (f *family) wraps(u *csrc.Unit, fn *csrc.Func, call list, h *hookType) bool {
	body := u.Body(fn)
	if body == nil || len(body.Body) > 2 {
		return false
	}
	params, args := f.items(list{x: u, toks: u.Toks, open: fn.Open, shut: fn.Close}), f.items(call)
	if len(args) != h.n || len(params) < h.n {
		return false
	}
	for i, a := range args {
		p := u.ParamName(params[len(params)-h.n+i])
		if p < 0 || a[1]-a[0] != 1 || u.Text(u.Toks[p]) != u.Text(call.toks[a[0]]) {
			return false
		}
	}
	return true
}

// collect finds a member's definitions, prototypes and calls.
func (f *family) collect(m *member) error {
	for _, fn := range f.w.symbols().funcs[m.name] {
		l := list{x: fn.u, toks: fn.u.Toks, open: fn.v.Open, shut: fn.v.Close, fn: fn.v}
		if n := len(f.items(l)); n < m.hook.n || n > m.hook.n+1 {
			return errAt(fn.u.File, int(fn.u.Toks[fn.v.Tok].Start), "make the declarations agree first", "%s has %d parameters here, %s has %d", m.name, n, m.hook.name, m.hook.n)
		}
		m.lists = append(m.lists, l)
		f.defined[m.name] = true
	}
	for _, o := range f.w.occurrences(m.name) {
		switch o.role {
		case roleOrdinary, roleMacroName, roleCond, rolePasted:
			f.use(m, o)
		case roleLocal:
			if _, _, ok := o.call(); ok {
				f.note(o.u.Path, o.u.Src, o.start(), Left, "%s is a local name here", m.name)
			}
		}
	}
	return nil
}

// use looks at one place that names a member.
func (f *family) use(m *member, o occ) {
	if o.dir < 0 {
		for _, l := range m.lists {
			if l.fn != nil && l.x == o.u && l.fn.Tok == o.i {
				return
			}
		}
	}
	open, shut, ok := o.call()
	switch {
	case ok && o.role == roleOrdinary:
		l := list{x: o.u, toks: o.list, open: open, shut: shut, args: true}
		if o.dir < 0 {
			if fn := o.u.FuncAt(o.i); fn != nil {
				l.in = fn.Name
			}
		}
		m.lists = append(m.lists, l)
	case o.role == rolePasted:
		f.note(o.u.Path, o.u.Src, o.start(), Undecided, "%s is pasted or made a string here", m.name)
	case o.dir >= 0:
		f.note(o.u.Path, o.u.Src, o.start(), Left, "%s is named by a macro, not called", m.name)
	case f.assignedHook(m, o):
	default:
		if open := enclosing(o.u, o.list, o.i, "("); open > 0 && o.is(-1, "(") && f.callerMacro(o.u.Text(o.list[open-1])) {
			m.lists = append(m.lists, list{x: o.u, toks: o.list, open: open, shut: int(o.list[open].Match), args: true, skip: 1})
			return
		}
		f.note(o.u.Path, o.u.Src, o.start(), Undecided, "the address of %s is taken here: its type changes", m.name)
	}
}

// assignedHook reports whether o is what a table gives to the member's hook.
func (f *family) assignedHook(m *member, o occ) bool {
	for k := 1; k <= 3; k++ {
		if o.is(-k, "=") {
			return o.i > k && f.hooks[o.u.Text(o.list[o.i-k-1])] != nil
		}
	}
	return false
}
