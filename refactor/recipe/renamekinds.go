package recipe

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// structTag renames struct, union or enum TAG.
func (r *renamer) structTag() error {
	n := 0
	for _, o := range r.w.occurrences(r.old) {
		if o.role == roleTag {
			n++
			r.edit(o)
		} else {
			r.note(o.u.Path, o.u.Src, o.start(), Left, "%s is %s here", r.old, roleNames[o.role])
		}
	}
	if n == 0 {
		return &Error{What: fmt.Sprintf("no struct, union or enum %s in %s", r.old, r.w.tree.Name())}
	}
	for _, o := range r.w.occurrences(r.new) {
		if o.role == roleTag || o.role == roleMacroName {
			return errAt(o.u.File, o.start(), "choose another name", "%s exists already: it is %s here", r.new, roleNames[o.role])
		}
	}
	return r.prose()
}

// field renames a member of one struct.
func (r *renamer) field() error {
	decls := 0
	for _, o := range r.w.occurrences(r.old) {
		switch o.role {
		case roleFieldDecl:
			if r.declaredIn(o) {
				decls++
				r.edit(o)
			}
		case roleMember:
			switch yes, known := r.w.isMember(o, r.t.tag, r.old); {
			case yes:
				r.edit(o)
			case !known:
				r.note(o.u.Path, o.u.Src, o.start(), Undecided, "of which struct is %s a member here?", r.old)
			}
		case roleOrdinary:
			if o.behindType(r.t.tag) {
				r.edit(o)
			}
		case rolePasted:
			r.note(o.u.Path, o.u.Src, o.start(), Undecided, "%s is pasted to another name here", r.old)
		}
	}
	if decls == 0 {
		return &Error{What: fmt.Sprintf("struct %s has no member %s in %s", r.t.tag, r.old, r.w.tree.Name())}
	}
	for _, st := range r.w.symbols().structs[r.t.tag] {
		for _, f := range st.v.Fields {
			if f.Name == r.new {
				return errAt(st.u.File, int(st.u.Toks[f.Tok].Start), "choose another name", "struct %s has a member %s already", r.t.tag, r.new)
			}
		}
	}
	for _, m := range r.w.symbols().macros[r.new] {
		return errAt(m.u.File, int(m.u.Dirs[m.v.Dir].Start), "choose another name", "%s exists already: it is a macro here", r.new)
	}
	return nil
}

// declaredIn reports whether the member declaration at o is in the struct that is meant.
func (r *renamer) declaredIn(o occ) bool {
	for _, st := range r.w.symbols().structs[r.t.tag] {
		for _, f := range st.v.Fields {
			if st.u == o.u && f.Tok == o.i {
				return true
			}
		}
	}
	return false
}

// behindType reports whether o is a macro's argument behind "struct TAG" or a typedef's name, as in offsetof(struct TAG, name).
func (o occ) behindType(tag string) bool {
	return o.is(-1, ",") && o.is(-2, tag)
}

// macro renames a macro wherever the preprocessor would see it.
func (r *renamer) macro() error {
	defs := r.w.symbols().macros[r.old]
	if r.t.file != "" {
		r.only = r.t.file
	}
	files := map[string]bool{}
	for _, d := range defs {
		files[d.u.Path] = true
	}
	if len(files) > 1 && r.only == "" && allC(files) {
		d := defs[0]
		return errAt(d.u.File, int(d.u.Dirs[d.v.Dir].Start), fmt.Sprintf("name one: macro:%s:%s", d.u.Path, r.old), "%s is ambiguous: defined in %d files", r.old, len(files))
	}
	if len(files) == 1 && allC(files) {
		r.only = defs[0].u.Path
	}
	if len(defs) == 0 || r.only != "" && !files[r.only] {
		return &Error{What: fmt.Sprintf("no macro %s in %s", r.old, r.w.tree.Name())}
	}
	if err := r.pasted(); err != nil {
		return err
	}
	for _, o := range r.w.occurrences(r.old) {
		switch {
		case r.only != "" && o.u.Path != r.only:
		case o.role == rolePasted:
			r.note(o.u.Path, o.u.Src, o.start(), Undecided, "%s is pasted, or made a string, here", r.old)
		case o.role == roleMacroParam:
			r.note(o.u.Path, o.u.Src, o.start(), Left, "%s is a macro's parameter here", r.old)
		case defs[0].v.FuncLike && !o.is(1, "(") && o.role != roleMacroName && o.role != roleCond:
			r.note(o.u.Path, o.u.Src, o.start(), Left, "%s without arguments is no invocation", r.old)
		default:
			r.edit(o)
		}
	}
	for _, o := range r.w.occurrences(r.new) {
		if r.only == "" || o.u.Path == r.only {
			return errAt(o.u.File, o.start(), "choose another name", "%s exists already, and a macro would replace it everywhere", r.new)
		}
	}
	return r.prose()
}

func allC(files map[string]bool) bool {
	for f := range files {
		if !strings.HasSuffix(f, ".c") {
			return false
		}
	}
	return true
}

// config renames a Kconfig symbol: in Kconfig files, makefiles, saved configurations, and as CONFIG_NAME in C and everywhere else.
func (r *renamer) config() error {
	full := "CONFIG_" + r.old
	for _, x := range r.w.texts {
		if x.lang == langKconfig {
			if err := r.kconfig(x); err != nil {
				return err
			}
		}
		if hasWord(x.data, "CONFIG_"+r.new) {
			off := nextWord(x.data, "CONFIG_"+r.new, 0)
			return &Error{x.path, refactor.LineAt(x.data, off), fmt.Sprintf("CONFIG_%s exists already", r.new), "choose another name"}
		}
		for _, off := range words(x.data, full) {
			if x.lang == langText {
				r.note(x.path, x.data, off, Undecided, "%s stands in a file that is not read as code", full)
				continue
			}
			r.replace(x.path, off, off+len(full), "CONFIG_"+r.new)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(r.w.generated)) {
		if b, err := r.w.tree.ReadFile(p); err == nil && hasWord(b, full) && langOf(p) != langText {
			r.notes = append(r.notes, Note{p, refactor.LineAt(b, nextWord(b, full, 0)), Left, full + " in a file that the build makes: build again"})
		}
	}
	for _, ed := range r.edits {
		if l := langOf(ed.Path); l == langKconfig && strings.HasPrefix(path.Base(ed.Path), "Kconfig") {
			return nil
		}
	}
	return &Error{What: fmt.Sprintf("no Kconfig file of %s has a symbol %s", r.w.tree.Name(), r.old)}
}

// kconfig renames the bare symbol in one Kconfig file, outside prompts and help texts.
func (r *renamer) kconfig(x *text) error {
	for _, l := range kconfigLines(x.data) {
		if off := kconfigWord(x.data, l, r.new); off >= 0 {
			return &Error{x.path, refactor.LineAt(x.data, off), r.new + " exists already", "choose another name"}
		}
		if l.help || l.prompt {
			continue
		}
		for _, off := range words(x.data[l.start:l.end], r.old) {
			off += l.start
			if !quotedAt(x.data[l.start:off]) {
				r.replace(x.path, off, off+len(r.old), r.new)
			} else {
				r.note(x.path, x.data, off, Left, "%s in a text that people read", r.old)
			}
		}
	}
	return nil
}
