package recipe

import (
	"slices"

	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// role is what an identifier is where it stands.
type role uint8

const (
	roleOrdinary   role = iota + 1 // a function, object, typedef, enumeration constant or macro
	roleLocal                      // a name that the function declares
	roleMember                     // behind . or ->, or in a designator
	roleFieldDecl                  // declares a member
	roleTag                        // behind struct, union or enum
	roleLabel                      // a label or the target of a goto
	roleMacroName                  // behind #define or #undef
	roleMacroParam                 // a parameter in a macro's body
	roleCond                       // in #if, #ifdef and their like
	rolePasted                     // next to ## or behind #
)

// occ is one identifier in a C file; dir is the directive it stands in, -1 for none.
type occ struct {
	x    *text
	u    *csrc.Unit
	list []csrc.Tok
	i    int
	dir  int
	role role
}

func (o occ) start() int { return int(o.list[o.i].Start) }
func (o occ) end() int   { return int(o.list[o.i].End) }

// is reports whether the token n places on is spelled s.
func (o occ) is(n int, s string) bool { return o.u.Is(o.list, o.i+n, s) }

// call returns the parentheses behind the name, ok false if there are none.
func (o occ) call() (open, shut int, ok bool) {
	if o.i+1 < len(o.list) && o.is(1, "(") && int(o.list[o.i+1].Match) > o.i {
		return o.i + 1, int(o.list[o.i+1].Match), true
	}
	return 0, 0, false
}

// macro returns the definition in whose directive the occurrence stands, or nil.
func (o occ) macro() *csrc.Macro {
	if o.dir < 0 {
		return nil
	}
	for k := range o.u.Macros {
		if o.u.Macros[k].Dir == o.dir {
			return &o.u.Macros[k]
		}
	}
	return nil
}

// occurrences returns every identifier spelled name, by file and position.
func (w *world) occurrences(name string) (out []occ) {
	for _, x := range w.with(name) {
		if x.unit != nil {
			out = append(out, occurrencesIn(x, name)...)
		}
	}
	return out
}

func occurrencesIn(x *text, name string) (out []occ) {
	u := x.parsed()
	add := func(list []csrc.Tok, dir int) {
		for i, t := range list {
			if t.Kind == csrc.Ident && int(t.End-t.Start) == len(name) && string(u.Src[t.Start:t.End]) == name {
				o := occ{x: x, u: u, list: list, i: i, dir: dir}
				o.role = o.classify(name)
				out = append(out, o)
			}
		}
	}
	add(u.Toks, -1)
	for d := range u.Dirs {
		add(u.Dirs[d].Toks, d)
	}
	slices.SortFunc(out, func(a, b occ) int { return a.start() - b.start() })
	return out
}

func (o occ) classify(name string) role {
	if o.dir >= 0 {
		if r := o.inDirective(name); r != 0 {
			return r
		}
	}
	switch {
	case o.is(-1, "##") || o.is(1, "##") || o.is(-1, "#") && o.dir >= 0:
		return rolePasted
	case o.is(-1, ".") || o.is(-1, "->"):
		return roleMember
	case o.is(-1, "struct") || o.is(-1, "union") || o.is(-1, "enum"):
		return roleTag
	case o.is(-1, "goto"):
		return roleLabel
	}
	if o.dir >= 0 {
		return roleOrdinary
	}
	if o.u.FieldDecl(o.i) {
		return roleFieldDecl
	}
	if f := o.u.FuncAt(o.i); f != nil && o.is(1, ":") {
		for _, l := range o.u.Locals(f) {
			if l.Label && l.Tok == o.i {
				return roleLabel
			}
		}
	}
	if o.u.LocalAt(name, o.i) != nil {
		return roleLocal
	}
	return roleOrdinary
}

// inDirective returns the role that the directive gives, 0 when it is a macro's body like other text.
func (o occ) inDirective(name string) role {
	switch o.u.Dirs[o.dir].Name {
	case "define":
		if o.i == 0 {
			return roleMacroName
		}
		if m := o.macro(); m != nil && (slices.Contains(m.Params, name) || o.i < m.Body) {
			return roleMacroParam
		}
		return 0
	case "undef":
		return roleMacroName
	}
	return roleCond
}
