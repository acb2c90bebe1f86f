package recipe

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

var identRE = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// target is what a step is about: KIND:NAME, KIND:FILE:NAME, or field:TAG.NAME.
type target struct {
	kind, file, tag, name string
}

var targetKinds = map[string]bool{"func": true, "var": true, "type": true, "enum": true, "struct": true, "field": true, "macro": true, "config": true, "ops": true}

// parseTarget reads a target as recipes write it.
func parseTarget(s string) (target, error) {
	t := target{}
	var rest string
	t.kind, rest, _ = strings.Cut(s, ":")
	if !targetKinds[t.kind] || rest == "" {
		return t, &Error{What: fmt.Sprintf("%q is no target", s),
			Remedy: "write func:NAME, func:FILE:NAME, var:, type:, enum:, macro:, struct:TAG, field:TAG.NAME, ops:TAG.NAME or config:NAME"}
	}
	if file, name, ok := strings.Cut(rest, ":"); ok {
		t.file, rest = file, name
	}
	t.name = rest
	if t.kind == "field" || t.kind == "ops" {
		var ok bool
		if t.tag, t.name, ok = strings.Cut(rest, "."); !ok {
			return t, &Error{What: fmt.Sprintf("%q does not say of which struct", s), Remedy: "write " + t.kind + ":TAG.NAME"}
		}
	}
	t.name = strings.TrimPrefix(t.name, map[bool]string{true: "CONFIG_"}[t.kind == "config"])
	return t, nil
}

// renamer is one rename step.
type renamer struct {
	*editor
	t        target
	old, new string
	step     *Step
	private  map[string]bool // files with a static of the name that is not meant
	only     string          // the one file that is meant, "" for all
	changed  []occ
}

func (e *editor) rename(s *Step) error {
	t, err := parseTarget(s.Of)
	if err != nil {
		return err
	}
	r := &renamer{editor: e, t: t, old: t.name, new: strings.TrimPrefix(s.To, map[bool]string{true: "CONFIG_"}[t.kind == "config"]), step: s, private: map[string]bool{}}
	switch {
	case s.To == "":
		return &Error{What: "rename: no new name", Remedy: "write to: NAME"}
	case r.old == r.new:
		return &Error{What: fmt.Sprintf("rename: %s is its own new name", r.old)}
	case t.kind != "config" && !identRE.MatchString(r.new) || csrc.IsKeyword(r.new):
		return &Error{What: fmt.Sprintf("rename: %q cannot name anything in C", r.new)}
	}
	switch t.kind {
	case "config":
		return r.config()
	case "field":
		return r.field()
	case "struct":
		return r.structTag()
	case "macro":
		return r.macro()
	case "ops":
		return &Error{What: "rename: ops: is for parameters", Remedy: "write field:" + t.tag + "." + t.name}
	}
	return r.ordinary()
}

// private­To reports whether a definition at file scope is seen in its own file only.
func privateTo(u *csrc.Unit, static bool) bool { return static && strings.HasSuffix(u.Path, ".c") }

// defined is a definition or declaration of a name at file scope.
type defined struct {
	u       *csrc.Unit
	off     int
	private bool
	what    string
}

// definitions returns what a name stands for at file scope, of the kinds of ordinary names.
func (w *world) definitions(name string) (out []defined) {
	s := w.symbols()
	for _, f := range s.funcs[name] {
		out = append(out, defined{f.u, int(f.u.Toks[f.v.Tok].Start), privateTo(f.u, f.v.Static), "function"})
	}
	for _, v := range s.vars[name] {
		what := "object"
		switch {
		case v.v.Typedef:
			what = "typedef"
		case v.v.Enum:
			what = "enumeration constant"
		}
		out = append(out, defined{v.u, int(v.u.Toks[v.v.Tok].Start), privateTo(v.u, v.v.Static) || (v.v.Typedef || v.v.Enum) && strings.HasSuffix(v.u.Path, ".c"), what})
	}
	return out
}

var kindWords = map[string]string{"func": "function", "var": "object", "type": "typedef", "enum": "enumeration constant"}

// ordinary renames a function, object, typedef or enumeration constant.
func (r *renamer) ordinary() error {
	if err := r.choose(); err != nil {
		return err
	}
	if err := r.pasted(); err != nil {
		return err
	}
	for _, o := range r.w.occurrences(r.old) {
		if r.only != "" && o.u.Path != r.only || r.private[o.u.Path] {
			r.note(o.u.Path, o.u.Src, o.start(), Left, "%s is another one here: static to this file", r.old)
			continue
		}
		switch o.role {
		case roleOrdinary, roleMacroName, roleCond:
			r.edit(o)
		case rolePasted:
			if o.is(-1, "#") {
				r.note(o.u.Path, o.u.Src, o.start(), Undecided, "%s becomes part of a string here", r.old)
			} else {
				r.note(o.u.Path, o.u.Src, o.start(), Undecided, "%s is pasted to another name here", r.old)
			}
		default:
			r.note(o.u.Path, o.u.Src, o.start(), Left, "%s is %s here", r.old, roleNames[o.role])
		}
	}
	if err := r.clash(); err != nil {
		return err
	}
	return r.prose()
}

var roleNames = map[role]string{roleLocal: "a local name", roleMember: "a member", roleFieldDecl: "a member", roleTag: "a tag", roleLabel: "a label",
	roleMacroParam: "a macro's parameter", roleMacroName: "a macro", roleCond: "in a condition", rolePasted: "pasted", roleOrdinary: "an ordinary name"}

func (r *renamer) edit(o occ) {
	r.changed = append(r.changed, o)
	r.replace(o.u.Path, o.start(), o.end(), r.new)
}

// choose finds the definitions that are meant: those that all files share, or a static one.
func (r *renamer) choose() error {
	var shared, private []defined
	files := map[string]bool{}
	for _, d := range r.w.definitions(r.old) {
		if d.what != kindWords[r.t.kind] && !(r.t.kind == "func" && d.what == "object") {
			continue
		}
		if r.t.file != "" && d.u.Path != r.t.file && d.private {
			r.private[d.u.Path] = true
			continue
		}
		if d.private {
			private = append(private, d)
			files[d.u.Path] = true
		} else {
			shared = append(shared, d)
		}
	}
	switch {
	case r.t.file != "" && len(private) > 0:
		r.only = r.t.file
	case len(shared) > 0:
		for f := range files {
			r.private[f] = true
		}
	case len(files) > 1:
		d := private[0]
		list := ""
		for _, d := range private {
			list += fmt.Sprintf(" %s:%d", d.u.Path, d.u.Line(d.off))
		}
		return &Error{d.u.Path, d.u.Line(d.off), fmt.Sprintf("%s is ambiguous: a static %s in several files:%s", r.old, kindWords[r.t.kind], list),
			fmt.Sprintf("name one: %s:%s:%s", r.t.kind, d.u.Path, r.old)}
	case len(files) == 1:
		r.only = private[0].u.Path
	default:
		return &Error{What: fmt.Sprintf("no %s named %s in %s", kindWords[r.t.kind], r.old, r.w.tree.Name()), Remedy: "check the kind and the spelling"}
	}
	return nil
}

// pasted refuses a name that an invocation of a macro makes by ##.
func (r *renamer) pasted() error {
	for _, ms := range r.w.symbols().macros {
		for _, m := range ms {
			body := m.u.Dirs[m.v.Dir].Toks
			for i := m.v.Body; i < len(body); i++ {
				if m.u.Is(body, i, "##") && i > 0 && i+1 < len(body) {
					if err := r.pastedBy(m, body, i); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// pastedBy looks at one ## for a fixed beginning or end of the name whose rest some invocation gives.
func (r *renamer) pastedBy(m at[csrc.Macro], body []csrc.Tok, i int) error {
	left, right := m.u.Text(body[i-1]), m.u.Text(body[i+1])
	rest := ""
	if s, ok := strings.CutPrefix(r.old, left); ok && s != "" && contains(m.v.Params, right) && len(left) > 1 {
		rest = s
	} else if s, ok := strings.CutSuffix(r.old, right); ok && s != "" && contains(m.v.Params, left) && len(right) > 1 {
		rest = s
	}
	if rest == "" || !identRE.MatchString("_"+rest) {
		return nil
	}
	for _, o := range r.w.occurrences(m.v.Name) {
		open, shut, ok := o.call()
		if !ok || o.role == roleMacroName {
			continue
		}
		for k := open + 1; k < shut; k++ {
			if o.u.Is(o.list, k, rest) {
				return errAt(o.u.File, int(o.list[k].Start), "write the name out there first, or rename what the macro is given by hand",
					"%s is made by ## here: %s pastes %s to it (%s:%d)", r.old, m.v.Name, strings.TrimSuffix(strings.TrimPrefix(r.old, rest), rest),
					m.u.Path, m.u.Line(int(body[i].Start)))
			}
		}
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// clash refuses a new name that means something already where it would be seen.
func (r *renamer) clash() error {
	files := map[string][]occ{}
	for _, o := range r.changed {
		files[o.u.Path] = append(files[o.u.Path], o)
	}
	for _, o := range r.w.occurrences(r.new) {
		here := files[o.u.Path]
		why := ""
		switch o.role {
		case roleMacroName:
			why = "a macro"
		case roleOrdinary, roleCond, rolePasted:
			if r.only == "" || o.u.Path == r.only || !r.hidden(o) {
				why = "used or declared"
			}
		case roleLocal:
			if r.captures(o, here) {
				why = "a local name where " + r.old + " is used"
			}
		}
		if why != "" {
			return errAt(o.u.File, o.start(), "choose another name, or rename that one first", "%s exists already: it is %s here", r.new, why)
		}
	}
	return nil
}

// hidden reports whether o is static to a file that the renamed name is not seen in.
func (r *renamer) hidden(o occ) bool {
	for _, d := range r.w.definitions(r.new) {
		if d.u.Path == o.u.Path && d.private {
			return true
		}
	}
	return false
}

// captures reports whether the local name at o is in scope at one of the changed places.
func (r *renamer) captures(o occ, here []occ) bool {
	for _, c := range here {
		if c.dir < 0 && o.u.LocalAt(r.new, c.i) != nil {
			return true
		}
	}
	return false
}

// prose changes the name in comments, and reports it in strings and in files that are not C.
func (r *renamer) prose() error {
	for _, x := range r.w.with(r.old) {
		switch {
		case r.only != "" && x.path != r.only:
		case x.unit != nil:
			r.comments(x)
			r.strings(x)
		default:
			for _, off := range words(x.data, r.old) {
				r.note(x.path, x.data, off, Undecided, "%s stands in a file that is not C", r.old)
			}
		}
	}
	return nil
}

// inName reports whether a word of a comment surely names something of the program: it has an underscore or a digit, or is
// written as a call.
func inName(data []byte, off int, word string) bool {
	return strings.ContainsAny(word, "_0123456789") || off+len(word) < len(data) && data[off+len(word)] == '('
}

func (r *renamer) comments(x *text) {
	for _, c := range x.unit.Comments {
		for _, off := range words(x.data[c.Start:c.End], r.old) {
			off += int(c.Start)
			if r.step.Comments != "keep" && inName(x.data, off, r.old) && !r.private[x.path] {
				r.replace(x.path, off, off+len(r.old), r.new)
				r.note(x.path, x.data, off, Done, "%s renamed in a comment", r.old)
			} else {
				r.note(x.path, x.data, off, Left, "%s in a comment", r.old)
			}
		}
	}
}

func (r *renamer) strings(x *text) {
	all := func(list []csrc.Tok) {
		for _, t := range list {
			if t.Kind != csrc.String {
				continue
			}
			for _, off := range words(x.data[t.Start:t.End], r.old) {
				off += int(t.Start)
				if r.step.Strings == "change" {
					r.replace(x.path, off, off+len(r.old), r.new)
				} else {
					r.note(x.path, x.data, off, Undecided, "%s in a string", r.old)
				}
			}
		}
	}
	all(x.unit.Toks)
	for i := range x.unit.Dirs {
		if x.unit.Dirs[i].Name != "include" {
			all(x.unit.Dirs[i].Toks)
		}
	}
}
