package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// xmacro turns a structure of pointers to functions into a header that lists the hooks once and is included for each use.
type xmacro struct {
	*editor
	st      at[csrc.Struct]
	tag     string
	name    string // of the macro
	include string // what C files include
	hooks   []*xhook
	prefix  string  // of the wrappers' names
	common  []guard // around all wrappers that macros make
	tables  []*xtable
}

// xhook is a member of the structure.
type xhook struct {
	f       *csrc.Field
	result  string
	params  string   // as written, in one line, without the parentheses
	types   []string // of the parameters, without their names
	conds   string   // the #ifs around it in the structure
	wrapper *xwrapper
	why     string // it cannot be made by rule: the reason
}

// toXmacro makes the members of struct TAG a list in a new header, as newer Xen has it (xen.git, xen/include/xsm/hooks.h): one line a
// hook, NAME(result, name, types...), under the same #ifs. The structure becomes an inclusion of that list, and so do the wrappers that
// pass their parameters on, and the tables that give the members functions of one prefix. A hook of which one of them is other is listed
// as NAME_OTHER, which only the structure uses, and stays as it is in the other places. to: is the macro's name, header: the file to make.
func (e *editor) toXmacro(s *Step) error {
	x, err := e.newXmacro(s)
	if err != nil {
		return err
	}
	for i := range x.st.v.Fields {
		h, err := x.hook(&x.st.v.Fields[i])
		if err != nil {
			return err
		}
		x.hooks = append(x.hooks, h)
	}
	x.findWrappers()
	x.findTables()
	if err := x.clash(s); err != nil {
		return err
	}
	list, moved := x.list()
	e.files = append(e.files, refactor.FileOp{Kind: refactor.OpCreate, Path: s.Header, Mode: refactor.ModeFile, Data: []byte(list)})
	x.structure(moved)
	x.wrappers()
	for _, t := range x.tables {
		x.convert(t)
	}
	for _, h := range x.hooks {
		if h.why != "" {
			x.note(x.st.u.Path, x.st.u.Src, int(x.st.u.Toks[h.f.Tok].Start), Left, "%s stays written out: %s", h.f.Name, h.why)
		}
	}
	return nil
}

func (e *editor) newXmacro(s *Step) (*xmacro, error) {
	t, err := parseTarget(s.Of)
	if err != nil {
		return nil, err
	}
	sts := e.w.symbols().structs[t.name]
	switch {
	case t.kind != "struct":
		return nil, &Error{What: "to-xmacro: of what?", Remedy: "write of: struct:TAG"}
	case len(sts) == 0:
		return nil, &Error{What: fmt.Sprintf("no struct %s in %s", t.name, e.w.tree.Name())}
	case len(sts) > 1:
		return nil, errAt(sts[1].u.File, int(sts[1].u.Toks[sts[1].v.Open].Start), "", "struct %s is defined here too", t.name)
	case !identRE.MatchString(s.To):
		return nil, &Error{What: fmt.Sprintf("to-xmacro: to: %q cannot name a macro", s.To), Remedy: "write to: XSM_HOOK, say"}
	}
	if err := refactor.CheckPath(s.Header); err != nil || e.w.tree.File(s.Header) != nil {
		return nil, &Error{Path: s.Header, What: "to-xmacro: header: wants the path of a new file"}
	}
	return &xmacro{editor: e, st: sts[0], tag: t.name, name: s.To, include: includeName(s.Header)}, nil
}

// hook reads a member.
func (x *xmacro) hook(f *csrc.Field) (*xhook, error) {
	u := x.st.u
	if f.Open < 0 {
		return nil, errAt(u.File, int(u.Toks[f.Tok].Start), "take it out of the structure first", "%s is no pointer to function", f.Name)
	}
	star := f.Tok
	for star > f.First && !u.Is(u.Toks, star, "(") {
		star--
	}
	h := &xhook{f: f, result: oneLine(u, f.First, star), params: oneLine(u, f.Open+1, f.Close)}
	h.conds = conditionsAt(u, int(u.Toks[f.First].Start), int(u.Toks[x.st.v.Open].End))
	if !identRE.MatchString(h.result) {
		h.why = fmt.Sprintf("a macro's name cannot end in its result, %s", h.result)
	}
	if h.params == "void" {
		return h, nil
	}
	for _, r := range u.Split(u.Toks, f.Open, f.Close) {
		t, ok := typeText(u, r)
		if !ok && h.why == "" {
			h.why = fmt.Sprintf("a type of its parameters cannot stand before a name: %s", t)
		}
		h.types = append(h.types, t)
	}
	return h, nil
}

// oneLine is the text of tokens [from,to) with single blanks.
func oneLine(u *csrc.Unit, from, to int) string {
	if from >= to {
		return ""
	}
	return strings.Join(strings.Fields(string(u.Src[u.Toks[from].Start:u.Toks[to-1].End])), " ")
}

// typeText is the type of the parameter in tokens r, without its name; false for one that cannot stand before a name.
func typeText(u *csrc.Unit, r [2]int) (string, bool) {
	name := u.ParamName(r)
	switch {
	case name < 0:
		return oneLine(u, r[0], r[1]), !u.Is(u.Toks, r[1]-1, "]") && !u.Is(u.Toks, r[1]-1, ")") || u.Is(u.Toks, r[0]+1, "(")
	case name == r[1]-1:
		return oneLine(u, r[0], name), true
	case name == r[1]-3 && u.Is(u.Toks, name+1, "["): // T name[] is T *name
		return oneLine(u, r[0], name) + " *", true
	}
	return oneLine(u, r[0], r[1]), false
}

// most is the largest number of parameters of a hook that is made by rule.
func (x *xmacro) most() (n int) {
	for _, h := range x.hooks {
		if h.why == "" {
			n = max(n, len(h.types))
		}
	}
	return n
}

// clash refuses names that the tree has.
func (x *xmacro) clash(s *Step) error {
	names := []string{x.name, x.name + "_OTHER", x.name + "_NTH"}
	for n := range x.most() + 1 {
		names = append(names, fmt.Sprint(x.name, n))
	}
	for _, r := range x.results() {
		names = append(names, x.name+"_CALL_"+r)
	}
	for _, n := range names {
		for _, o := range x.w.occurrences(n) {
			return errAt(o.u.File, o.start(), "choose another name than to: "+s.To, "%s exists already", n)
		}
	}
	return nil
}

// piece is a member, a directive or a comment among the members.
type piece struct {
	start, end int
	dir        int
	hook       *xhook
}

func (x *xmacro) pieces() (out []piece) {
	u, st := x.st.u, x.st.v
	open, shut := int(u.Toks[st.Open].End), int(u.Toks[st.Close].Start)
	for _, h := range x.hooks {
		out = append(out, piece{int(u.Toks[h.f.First].Start), int(u.Toks[h.f.Last].End), -1, h})
	}
	for i := range u.Dirs {
		if d := &u.Dirs[i]; int(d.Start) > open && int(d.End) < shut {
			out = append(out, piece{int(d.Start), int(d.End), i, nil})
		}
	}
	for _, c := range u.Comments {
		inside := slices.ContainsFunc(out, func(p piece) bool { return p.start <= int(c.Start) && int(c.End) <= p.end })
		if int(c.Start) > open && int(c.End) < shut && !inside {
			out = append(out, piece{int(c.Start), int(c.End), -1, nil})
		}
	}
	slices.SortFunc(out, func(a, b piece) int { return a.start - b.start })
	return out
}

// list writes the header. #defines among the members are not part of it: they move before the structure.
func (x *xmacro) list() (text, moved string) {
	u, st := x.st.u, x.st.v
	var b strings.Builder
	var defs []piece
	b.WriteString(x.preamble())
	at := int(u.Toks[st.Open].End)
	for _, p := range x.pieces() {
		if p.dir >= 0 && u.Dirs[p.dir].Name == "define" {
			defs = append(defs, p)
			at = p.end
			continue
		}
		if strings.Count(string(u.Src[at:p.start]), "\n") > 1 && !strings.HasSuffix(b.String(), "\n\n") {
			b.WriteString("\n")
		}
		if p.hook == nil {
			b.Write(u.Src[p.start:p.end])
			b.WriteString("\n")
		} else {
			b.WriteString(x.line(p.hook))
		}
		at = p.end
	}
	fmt.Fprintf(&b, "\n#undef %s\n#undef %[1]s_NTH\n#undef %[1]s_OTHER\n", x.name)
	for n := range x.most() + 1 {
		fmt.Fprintf(&b, "#undef %s%d\n", x.name, n)
	}
	return b.String(), x.definitions(defs)
}

// preamble says what the list is, and makes a hook's macro from the number of its parameters.
func (x *xmacro) preamble() string {
	n := x.most()
	var args, names []string
	for i := range n {
		args = append(args, fmt.Sprintf("a%d, ", i+1))
		names = append(names, fmt.Sprintf("%s%d, ", x.name, n-i))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "/*\n * The members of struct %s, each once and in order:\n * %s(result, name, types...).\n *\n"+
		" * Included as often as something is made of all of them. Who includes it defines\n * %[2]s0 to %[2]s%[3]d, by the number of parameters,"+
		" and %[2]s_OTHER for the\n * members that are written out elsewhere; they all end with this file.\n */\n\n", x.tag, x.name, n)
	fmt.Fprintf(&b, "#define %s_NTH(dot, %sn, ...) n\n", x.name, strings.Join(args, ""))
	fmt.Fprintf(&b, "#define %s(result, name, types...) \\\n    %[1]s_NTH(., ## types, \\\n", x.name)
	indent := strings.Repeat(" ", 4+len(x.name)+5)
	line := indent
	for _, w := range append(names, x.name+"0)") {
		if len(line)+len(w) > 74 {
			b.WriteString(line + "\\\n")
			line = indent
		}
		line += w
	}
	b.WriteString(line + " \\\n    (result, name, ## types)\n\n")
	return b.String()
}

// line writes one member of the list.
func (x *xmacro) line(h *xhook) string {
	macro, args := x.name, h.types
	if h.why != "" {
		macro, args = x.name+"_OTHER", x.st.paramTexts(h.f)
	}
	all := append([]string{macro + "(" + h.result, h.f.Name}, args...)
	indent := strings.Repeat(" ", len(macro)+1)
	var b strings.Builder
	col := 0
	for i, a := range all {
		if i < len(all)-1 {
			a += ","
		} else {
			a += ")"
		}
		switch {
		case i == 0:
		case col+1+len(a) > 79:
			b.WriteString("\n" + indent)
			col = len(indent)
		default:
			b.WriteString(" ")
			col++
		}
		b.WriteString(a)
		col += len(a)
	}
	return b.String() + "\n"
}

// paramTexts is a member's parameters as they are written.
func (a at[T]) paramTexts(f *csrc.Field) (out []string) {
	for _, r := range a.u.Split(a.u.Toks, f.Open, f.Close) {
		out = append(out, oneLine(a.u, r[0], r[1]))
	}
	return out
}

// definitions is the text of #defines that leave the structure, under the conditions that they had there.
func (x *xmacro) definitions(defs []piece) string {
	u := x.st.u
	var b strings.Builder
	var open []guard
	for _, p := range defs {
		now := guardsAt(u, p.start, int(u.Toks[x.st.v.Open].End))
		same := 0
		for same < min(len(open), len(now)) && open[same] == now[same] {
			same++
		}
		b.WriteString(strings.Repeat("#endif\n", len(open)-same))
		for _, g := range now[same:] {
			b.WriteString(asIfdef(g.text) + "\n")
		}
		open = now
		b.Write(u.Src[p.start:p.end])
		b.WriteString("\n")
	}
	return b.String() + strings.Repeat("#endif\n", len(open))
}

// structure writes the inclusion over the members.
func (x *xmacro) structure(moved string) {
	u, st := x.st.u, x.st.v
	if moved != "" {
		at, _ := lineOf(u.Src, int(u.Toks[st.First].Start))
		for i := len(u.Comments) - 1; i >= 0; i-- {
			if c := u.Comments[i]; int(c.End) <= at && strings.TrimSpace(string(u.Src[c.End:at])) == "" {
				at, _ = lineOf(u.Src, int(c.Start))
			}
		}
		x.replace(u.Path, at, at, moved+"\n")
	}
	body := "result (*name)(types);"
	x.replace(u.Path, int(u.Toks[st.Open].End), int(u.Toks[st.Close].Start), "\n"+x.inclusion("result (*name)(void);", body, body))
}

// inclusion defines the macros, hooks without parameters as none, others as some, those that are written out as other, and includes the list.
func (x *xmacro) inclusion(none, some, other string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#define %s0(result, name) %s\n", x.name, none)
	for n := range x.most() {
		fmt.Fprintf(&b, "#define %s%d(result, name, types...) %s\n", x.name, n+1, some)
	}
	b.WriteString(strings.TrimRight(fmt.Sprintf("#define %s_OTHER(result, name, types...) %s", x.name, other), " "))
	fmt.Fprintf(&b, "\n#include <%s>\n", x.include)
	return b.String()
}
