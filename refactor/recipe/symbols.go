package recipe

import (
	"bytes"
	"path"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// at is something of one unit.
type at[T any] struct {
	u *csrc.Unit
	v *T
}

// symbols is what all C files of the tree declare at file scope, by name.
type symbols struct {
	funcs   map[string][]at[csrc.Func]
	vars    map[string][]at[csrc.Var]
	macros  map[string][]at[csrc.Macro]
	structs map[string][]at[csrc.Struct] // by tag, and by typedef name
	fields  map[string][]at[csrc.Struct] // the structs that have a member of the name
}

// symbols parses the tree's C files when first asked.
func (w *world) symbols() *symbols {
	if w.sym != nil {
		return w.sym
	}
	parallel(w.texts, func(x *text) { x.parsed() })
	s := &symbols{map[string][]at[csrc.Func]{}, map[string][]at[csrc.Var]{}, map[string][]at[csrc.Macro]{},
		map[string][]at[csrc.Struct]{}, map[string][]at[csrc.Struct]{}}
	for _, x := range w.texts {
		if x.unit != nil && x.lang == langC {
			s.add(x.unit)
		}
	}
	w.sym = s
	return s
}

func (s *symbols) add(u *csrc.Unit) {
	for i := range u.Funcs {
		f := &u.Funcs[i]
		s.funcs[f.Name] = append(s.funcs[f.Name], at[csrc.Func]{u, f})
	}
	for i := range u.Vars {
		v := &u.Vars[i]
		s.vars[v.Name] = append(s.vars[v.Name], at[csrc.Var]{u, v})
	}
	for i := range u.Macros {
		m := &u.Macros[i]
		s.macros[m.Name] = append(s.macros[m.Name], at[csrc.Macro]{u, m})
	}
	for i := range u.Structs {
		st := &u.Structs[i]
		a := at[csrc.Struct]{u, st}
		if st.Tag != "" {
			s.structs[st.Tag] = append(s.structs[st.Tag], a)
		}
		if st.Typedef != "" {
			s.structs[st.Typedef] = append(s.structs[st.Typedef], a)
		}
		for _, f := range st.Fields {
			s.fields[f.Name] = append(s.fields[f.Name], a)
		}
	}
}

// maxTyping bounds the steps of finding one expression's type.
const maxTyping = 40

// typer finds which struct an expression is, or points to. It keeps no pointers apart: a member access goes through them anyway.
type typer struct {
	s     *symbols
	steps int
}

// ownerOf returns the tag (or typedef name) of the struct whose member is accessed at o, "" when the text does not tell.
func (w *world) ownerOf(o occ) string {
	t := &typer{s: w.symbols()}
	if o.is(-1, ".") && (o.is(-2, "{") || o.is(-2, ",") || o.is(-2, "]") && o.is(-3, "{")) || o.is(-1, ".") && o.designator() {
		return t.initialized(o)
	}
	return t.base(o.u, o.list, o.i-2)
}

// designator reports whether ".name" at o begins a designated initializer behind a directive or a brace.
func (o occ) designator() bool {
	return o.dir < 0 && (o.is(1, "=") || o.is(1, ".") || o.is(1, "[")) && !o.is(-2, ")") && !o.is(-2, "]") && o.i >= 2 && o.list[o.i-2].Kind != csrc.Ident
}

// initialized returns the struct that the braces around the designator at o initialize.
func (t *typer) initialized(o occ) string {
	open := enclosing(o.u, o.list, o.i, "{")
	if open < 1 {
		return ""
	}
	return t.braces(o.u, o.list, open)
}

// braces returns the type of what the initializer that opens at open is for.
func (t *typer) braces(u *csrc.Unit, list []csrc.Tok, open int) string {
	if t.steps++; t.steps > maxTyping {
		return ""
	}
	switch {
	case u.Is(list, open-1, ")"): // a compound literal
		return t.castType(u, list, int(list[open-1].Match), open-1)
	case u.Is(list, open-1, "=") && open >= 2:
		i := open - 2
		for u.Is(list, i, "]") && list[i].Match > 0 {
			i = int(list[i].Match) - 1
		}
		if u.Is(list, i-1, ".") {
			if outer := enclosing(u, list, i, "{"); outer > 0 {
				return t.field(t.braces(u, list, outer), u.Text(list[i]))
			}
			return ""
		}
		for i > 0 && list[i].Kind == csrc.Ident && t.variable(u, list, i) == "" && list[i-1].Kind == csrc.Ident {
			i-- // attributes between the name and the initializer
		}
		return t.variable(u, list, i)
	case u.Is(list, open-1, "{") || u.Is(list, open-1, ",") || u.Is(list, open-1, "]"):
		if outer := enclosing(u, list, open, "{"); outer > 0 {
			return t.braces(u, list, outer)
		}
	}
	return ""
}

// enclosing returns the bracket s that token i lies directly in, or -1.
func enclosing(u *csrc.Unit, list []csrc.Tok, i int, s string) int {
	for k := i - 1; k >= 0; k-- {
		if m := int(list[k].Match); m >= 0 && m < k {
			k = m
			continue
		} else if m > i || m < 0 && u.Is(list, k, s) {
			if u.Is(list, k, s) {
				return k
			}
			return -1
		}
	}
	return -1
}

// base returns the struct of the postfix expression whose last token is i.
func (t *typer) base(u *csrc.Unit, list []csrc.Tok, i int) string {
	if t.steps++; t.steps > maxTyping || i < 0 {
		return ""
	}
	for u.Is(list, i, "]") && list[i].Match > 0 {
		i = int(list[i].Match) - 1
	}
	switch {
	case u.Is(list, i, ")") && int(list[i].Match) >= 0 && int(list[i].Match) < i:
		return t.group(u, list, int(list[i].Match), i)
	case i < 0 || list[i].Kind != csrc.Ident:
		return ""
	case u.Is(list, i-1, ".") || u.Is(list, i-1, "->"):
		return t.field(t.base(u, list, i-2), u.Text(list[i]))
	}
	return t.variable(u, list, i)
}

// group returns the struct of the parenthesized expression, call or macro invocation in [open,shut].
func (t *typer) group(u *csrc.Unit, list []csrc.Tok, open, shut int) string {
	if open > 0 && list[open-1].Kind == csrc.Ident && !csrc.IsKeyword(u.Text(list[open-1])) {
		if u.Is(list, open-2, "->") || u.Is(list, open-2, ".") {
			return ""
		}
		return t.call(u, list, open)
	}
	if u.Is(list, open+1, "(") && list[open+1].Match > 0 && int(list[open+1].Match) < shut-1 {
		if s := t.castType(u, list, open+1, int(list[open+1].Match)); s != "" {
			return s
		}
	}
	last := shut - 1
	for k := open + 1; k < shut; k++ {
		if m := int(list[k].Match); m > k {
			k = m
		} else if u.Is(list, k, "?") || u.Is(list, k, "+") || u.Is(list, k, "-") {
			return t.base(u, list, k-1)
		}
	}
	return t.base(u, list, last)
}

// castType returns the struct that the type name in [open,shut] names.
func (t *typer) castType(u *csrc.Unit, list []csrc.Tok, open, shut int) string {
	for k := open + 1; k < shut; k++ {
		if u.Is(list, k, "struct") || u.Is(list, k, "union") {
			if k+1 < shut && list[k+1].Kind == csrc.Ident {
				return u.Text(list[k+1])
			}
		}
	}
	if shut > open+1 && list[open+1].Kind == csrc.Ident {
		if s := u.Text(list[open+1]); t.s.structs[s] != nil {
			return s
		}
	}
	return ""
}

// call returns the struct of the result of the call or invocation whose parenthesis is open.
func (t *typer) call(u *csrc.Unit, list []csrc.Tok, open int) string {
	name := u.Text(list[open-1])
	if name == "container_of" || name == "list_entry" {
		return t.castType(u, list, open, int(list[open].Match))
	}
	for _, f := range t.s.funcs[name] {
		if f.v.Type != "" {
			return t.typedef(f.v.Type)
		}
	}
	return t.macro(name)
}

// macro returns the struct of what a macro's body ends with.
func (t *typer) macro(name string) string {
	for _, m := range t.s.macros[name] {
		body := m.u.Dirs[m.v.Dir].Toks
		if len(body) > m.v.Body {
			if s := t.base(m.u, body, len(body)-1); s != "" {
				return s
			}
		}
	}
	return ""
}

// variable returns the struct of the name at i.
func (t *typer) variable(u *csrc.Unit, list []csrc.Tok, i int) string {
	if t.steps++; t.steps > maxTyping || i < 0 || list[i].Kind != csrc.Ident {
		return ""
	}
	name := u.Text(list[i])
	if &list[0] == &u.Toks[:1][0] {
		if l := u.LocalAt(name, i); l != nil {
			return t.typedef(l.Type)
		}
	}
	var found string
	for _, v := range t.s.vars[name] {
		if v.u == u && !v.v.Typedef && v.v.Type != "" {
			return t.typedef(v.v.Type)
		}
		if !v.v.Static && !v.v.Typedef && v.v.Type != "" {
			found = v.v.Type
		}
	}
	if found != "" {
		return t.typedef(found)
	}
	return t.macro(name)
}

// field returns the struct of member name of the struct tag.
func (t *typer) field(tag, name string) string {
	for _, s := range t.s.structs[tag] {
		for _, f := range s.v.Fields {
			if f.Name == name {
				return t.typedef(f.Type)
			}
		}
	}
	return ""
}

// typedef follows typedef names that stand for a struct.
func (t *typer) typedef(name string) string {
	for range 5 {
		if t.s.structs[name] != nil {
			return name
		}
		next := ""
		for _, v := range t.s.vars[name] {
			if v.v.Typedef && v.v.Type != "" && v.v.Type != name {
				next = v.v.Type
			}
		}
		if next == "" {
			break
		}
		name = next
	}
	return name
}

// isMember decides whether the member access at o is of struct tag's member name: yes, no, or not known.
func (w *world) isMember(o occ, tag, name string) (yes, known bool) {
	s := w.symbols()
	if !w.canSee(o.u.Path, tag) && !w.canSee("*", tag) {
		return false, true
	}
	owner := w.ownerOf(o)
	if owner != "" {
		if owner == tag {
			return true, true
		}
		for _, st := range s.structs[owner] {
			for _, f := range st.v.Fields {
				if f.Name == name {
					return false, true
				}
			}
		}
	}
	for _, st := range s.fields[name] {
		if st.v.Tag != tag && st.v.Typedef != tag {
			return false, false
		}
	}
	return true, true // no other struct of the tree has such a member
}

// canSee reports whether a file includes one that declares the struct, as far as the names in #include directives tell.
func (w *world) canSee(p, tag string) bool {
	if w.sees == nil {
		w.sees = map[string]map[string]bool{}
	}
	in, ok := w.sees[tag]
	if !ok {
		in = map[string]bool{}
		for _, st := range w.symbols().structs[tag] {
			w.includers(st.u.Path, in)
		}
		w.sees[tag] = in
	}
	return in[p]
}

// includers adds to in the file p and all that include it, directly or not. A file of that name in any folder may be meant.
func (w *world) includers(p string, in map[string]bool) {
	if w.included == nil {
		w.indexIncludes()
	}
	todo := []string{p}
	in[p] = true
	for len(todo) > 0 {
		for _, from := range w.included[path.Base(todo[0])] {
			if !in[from] {
				in[from] = true
				todo = append(todo, from)
			}
		}
		todo = todo[1:]
	}
	for _, x := range w.texts {
		if x.lang == langMake && !in["*"] {
			for f := range in {
				if strings.HasSuffix(f, ".h") && bytes.Contains(x.data, []byte("-include")) && bytes.Contains(x.data, []byte(path.Base(path.Dir(f))+"/"+path.Base(f))) {
					in["*"] = true // forced on every file
				}
			}
		}
	}
}

// indexIncludes lists, by the last part of the name in an #include, the files that have it.
func (w *world) indexIncludes() {
	w.included = map[string][]string{}
	for _, x := range w.texts {
		if x.unit == nil {
			continue
		}
		for i := range x.unit.Dirs {
			if d := &x.unit.Dirs[i]; d.Name == "include" && len(d.Toks) > 0 {
				base := path.Base(strings.Trim(x.unit.Text(d.Toks[0]), `<>"`))
				w.included[base] = append(w.included[base], x.path)
			}
		}
	}
}
