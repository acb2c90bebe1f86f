package recipe

import (
	"fmt"
	"path"
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
	fields  []csrc.Field
}

// toXmacro makes the members of struct TAG a list in a new header, as newer Xen has it (xen.git, xen/include/xsm/hooks.h): one line a
// hook, NAME(result, name, (parameters)), under the same #ifs. The structure becomes an inclusion of that list, and so does every
// table that gives all members functions of one prefix. to: is the macro's name, header: the file to make.
func (e *editor) toXmacro(s *Step) error {
	t, err := parseTarget(s.Of)
	if err != nil {
		return err
	}
	sts := e.w.symbols().structs[t.name]
	switch {
	case t.kind != "struct":
		return &Error{What: "to-xmacro: of what?", Remedy: "write of: struct:TAG"}
	case len(sts) == 0:
		return &Error{What: fmt.Sprintf("no struct %s in %s", t.name, e.w.tree.Name())}
	case len(sts) > 1:
		return errAt(sts[1].u.File, int(sts[1].u.Toks[sts[1].v.Open].Start), "", "struct %s is defined here too", t.name)
	case !identRE.MatchString(s.To):
		return &Error{What: fmt.Sprintf("to-xmacro: to: %q cannot name a macro", s.To), Remedy: "write to: XSM_HOOK, say"}
	}
	if err := refactor.CheckPath(s.Header); err != nil || e.w.tree.File(s.Header) != nil {
		return &Error{Path: s.Header, What: "to-xmacro: header: wants the path of a new file"}
	}
	for _, o := range e.w.occurrences(s.To) {
		return errAt(o.u.File, o.start(), "choose another name", "%s exists already", s.To)
	}
	x := &xmacro{editor: e, st: sts[0], tag: t.name, name: s.To, include: includeName(s.Header), fields: sts[0].v.Fields}
	list, moved, err := x.list()
	if err != nil {
		return err
	}
	e.files = append(e.files, refactor.FileOp{Kind: refactor.OpCreate, Path: s.Header, Mode: refactor.ModeFile, Data: []byte(list)})
	x.structure(moved)
	x.tables()
	return nil
}

// list writes the header. #defines among the members are not part of it: they move before the structure.
func (x *xmacro) list() (text, moved string, err error) {
	u, st := x.st.u, x.st.v
	var b, m strings.Builder
	fmt.Fprintf(&b, "/*\n * The members of struct %s, each once: %s(result, name, (parameters)).\n *\n"+
		" * Included as often as something is made of all of them; who includes it defines\n * %s, which ends with this file.\n */\n", x.tag, x.name, x.name)
	at := int(u.Toks[st.Open].End)
	blank := func(to int) {
		if strings.Count(string(u.Src[at:to]), "\n") > 1 && !strings.HasSuffix(b.String(), "\n\n") {
			b.WriteString("\n")
		}
	}
	for _, p := range x.pieces() {
		switch {
		case p.dir >= 0 && u.Dirs[p.dir].Name == "define":
			m.Write(u.Src[p.start:p.end])
			m.WriteString("\n")
			at = p.end
			continue
		case p.dir >= 0 || p.field == nil:
			blank(p.start)
			b.Write(u.Src[p.start:p.end])
			b.WriteString("\n")
		default:
			blank(p.start)
			line, err := x.line(p.field)
			if err != nil {
				return "", "", err
			}
			b.WriteString(line)
		}
		at = p.end
	}
	fmt.Fprintf(&b, "\n#undef %s\n", x.name)
	return b.String(), m.String(), nil
}

// piece is a member, a directive or a comment among the members.
type piece struct {
	start, end int
	dir        int
	field      *csrc.Field
}

func (x *xmacro) pieces() (out []piece) {
	u, st := x.st.u, x.st.v
	open, shut := int(u.Toks[st.Open].End), int(u.Toks[st.Close].Start)
	for i := range x.fields {
		f := &x.fields[i]
		out = append(out, piece{int(u.Toks[f.First].Start), int(u.Toks[f.Last].End), -1, f})
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

// line writes one member.
func (x *xmacro) line(f *csrc.Field) (string, error) {
	u := x.st.u
	if f.Open < 0 {
		return "", errAt(u.File, int(u.Toks[f.Tok].Start), "take it out of the structure first", "%s is no pointer to function", f.Name)
	}
	star := f.Tok
	for star > f.First && !u.Is(u.Toks, star, "(") {
		star--
	}
	result := strings.Join(strings.Fields(string(u.Src[u.Toks[f.First].Start:u.Toks[star-1].End])), " ")
	params := strings.Join(strings.Fields(string(u.Src[u.Toks[f.Open].Start:u.Toks[f.Close].End])), " ")
	head := fmt.Sprintf("%s(%s, %s,", x.name, result, f.Name)
	if len(head)+len(params)+2 <= 80 {
		return head + " " + params + ")\n", nil
	}
	indent := strings.Repeat(" ", len(x.name)+1)
	if len(indent)+len(params)+1 <= 80 {
		return head + "\n" + indent + params + ")\n", nil
	}
	var b strings.Builder
	b.WriteString(head + "\n")
	line := indent
	for _, w := range strings.SplitAfter(params, ", ") {
		if len(line)+len(strings.TrimSpace(w)) > 79 {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = indent + " "
		}
		line += w
	}
	return b.String() + line + ")\n", nil
}

// structure writes the inclusion over the members.
func (x *xmacro) structure(moved string) {
	u, st := x.st.u, x.st.v
	if moved != "" {
		at, _ := lineOf(u.Src, int(u.Toks[st.First].Start))
		for _, c := range u.Comments {
			if strings.TrimSpace(string(u.Src[min(int(c.End), at):at])) == "" && int(c.End) <= at {
				at, _ = lineOf(u.Src, int(c.Start))
			}
		}
		x.replace(u.Path, at, at, moved+"\n")
	}
	x.replace(u.Path, int(u.Toks[st.Open].End), int(u.Toks[st.Close].Start), x.inclusion("result (*name) params;"))
}

func (x *xmacro) inclusion(body string) string {
	return fmt.Sprintf("\n#define %s(result, name, params) %s\n#include <%s>\n", x.name, body, x.include)
}

// tables makes the tables that name every member with one prefix inclusions of the list too.
func (x *xmacro) tables() {
	s := x.w.symbols()
	for _, name := range sortedKeys(s.vars) {
		for _, v := range s.vars[name] {
			if v.v.Type == x.tag && v.v.Init >= 0 && !v.v.Typedef {
				x.table(v)
			}
		}
	}
}

func (x *xmacro) table(v at[csrc.Var]) {
	u := v.u
	pos := int(u.Toks[v.v.Tok].Start)
	prefix, given := "", map[string]bool{}
	for i, r := range u.Split(u.Toks, v.v.Init, int(u.Toks[v.v.Init].Match)) {
		if r[0] >= r[1] {
			continue
		}
		if r[1]-r[0] != 4 || !u.Is(u.Toks, r[0], ".") || !u.Is(u.Toks, r[0]+2, "=") {
			x.note(u.Path, u.Src, pos, Left, "%s stays: entry %d is no .NAME = FUNCTION", v.v.Name, i+1)
			return
		}
		field, fn := u.Text(u.Toks[r[0]+1]), u.Text(u.Toks[r[0]+3])
		p, ok := strings.CutSuffix(fn, field)
		if !ok || len(given) > 0 && p != prefix {
			x.note(u.Path, u.Src, int(u.Toks[r[0]].Start), Left, "%s stays: .%s is %s", v.v.Name, field, fn)
			return
		}
		prefix = p
		given[field] = true
	}
	for _, f := range x.fields {
		if !given[f.Name] {
			x.note(u.Path, u.Src, pos, Left, "%s stays: it has no .%s", v.v.Name, f.Name)
			return
		}
	}
	x.replace(u.Path, int(u.Toks[v.v.Init].End), int(u.Toks[u.Toks[v.v.Init].Match].Start),
		x.inclusion(fmt.Sprintf(".name = %s ## name,", prefix)))
	x.note(u.Path, u.Src, pos, Done, "%s is made of %s", v.v.Name, path.Base(x.include))
}
