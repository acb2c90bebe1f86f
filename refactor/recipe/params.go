package recipe

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// each calls do for every list of the family with the hook whose parameters it ends with.
func (f *family) each(do func(list, *hookType) error) error {
	for i, l := range f.lists {
		if err := do(l, f.of[i]); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.members)) {
		m := f.members[name]
		for _, l := range m.lists {
			if err := do(l, m.hook); err != nil {
				return err
			}
		}
	}
	return nil
}

// place returns the index among a hook's parameters that the recipe's "at" means for a new one.
func (s *Step) place(h *hookType) (int, error) {
	word, name, _ := strings.Cut(s.At, " ")
	switch word {
	case "first":
		return 0, nil
	case "last", "":
		return h.n, nil
	case "before", "after":
		if i := slices.Index(h.params, name); i >= 0 && name != "" {
			if word == "after" {
				i++
			}
			return i, nil
		}
		return 0, &Error{What: fmt.Sprintf("%s has no parameter %q", h.name, name)}
	}
	return 0, &Error{What: fmt.Sprintf("at: %q", s.At), Remedy: "write first, last, before NAME or after NAME"}
}

var paramRE = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_]*)\s*(\[[^\]]*\])*$`)

// paramName returns the name in a parameter's declaration, "" if there is none.
func paramName(decl string) string {
	if m := regexp.MustCompile(`\(\s*\*\s*([A-Za-z_]\w*)\s*\)\s*\(`).FindStringSubmatch(decl); m != nil {
		return m[1]
	}
	m := paramRE.FindStringSubmatch(strings.TrimSpace(decl))
	if m == nil || csrc.IsKeyword(m[1]) || strings.TrimSpace(decl) == m[1] {
		return ""
	}
	return m[1]
}

// addParam adds a parameter to a function, or to every hook of a table: to definitions, prototypes, pointers' types and all calls.
func (e *editor) addParam(s *Step) error {
	name := paramName(s.Param)
	if name == "" {
		return &Error{What: fmt.Sprintf("add-param: param: %q is no named parameter", s.Param), Remedy: `write it as C does: param: "unsigned int flags"`}
	}
	if s.Argument == "" {
		return &Error{What: "add-param: no argument", Remedy: "say what calls pass: argument: 0, or an expression with $NAME or $1 for the other arguments"}
	}
	f, err := e.newFamily(s)
	if err != nil {
		return err
	}
	if err := f.clash(name); err != nil {
		return err
	}
	return f.each(func(l list, h *hookType) error {
		at, err := s.place(h)
		if err != nil {
			return err
		}
		if !l.args {
			f.insert(l, h, at, strings.TrimSpace(s.Param))
			return nil
		}
		arg := name
		if !f.defined[l.in] {
			if arg, err = f.argument(l, h); err != nil {
				return err
			}
		}
		f.insert(l, h, at, arg)
		return nil
	})
}

// clash refuses a parameter's name that a function which gets it uses already.
func (f *family) clash(name string) error {
	for _, m := range f.w.symbols().macros[name] {
		return errAt(m.u.File, int(m.u.Dirs[m.v.Dir].Start), "choose another name", "%s exists already: it is a macro here", name)
	}
	for _, o := range f.w.occurrences(name) {
		if o.dir >= 0 || o.role == roleMember || o.role == roleTag || o.role == roleLabel {
			continue
		}
		if fn := o.u.FuncAt(o.i); fn != nil && f.members[fn.Name] != nil {
			return errAt(o.u.File, o.start(), "choose another name", "%s exists already in %s: it is used here", name, fn.Name)
		}
	}
	return nil
}

var metaRE = regexp.MustCompile(`\$(\w+)`)

// argument computes what a call passes: the recipe's expression with $NAME and $N replaced by the call's own arguments.
func (f *family) argument(l list, h *hookType) (string, error) {
	items := f.items(l)
	items = items[max(0, len(items)-h.n):]
	var bad error
	out := metaRE.ReplaceAllStringFunc(f.step.Argument, func(m string) string {
		k := slices.Index(h.params, m[1:])
		if n, err := strconv.Atoi(m[1:]); err == nil {
			k = n - 1
		}
		if k < 0 || k >= len(items) {
			bad = errAt(l.x.File, int(l.toks[l.open].Start), fmt.Sprintf("its parameters are %s", strings.Join(h.params, ", ")), "argument: %s has no %s here", h.name, m)
			return m
		}
		return l.text(items[k])
	})
	return out, bad
}

// text returns the source of one element.
func (l list) text(r [2]int) string {
	if r[0] >= r[1] {
		return ""
	}
	return string(l.x.Src[l.toks[r[0]].Start:l.toks[r[1]-1].End])
}

// insert puts an element before the hook's parameter at.
func (f *family) insert(l list, h *hookType, at int, text string) {
	items := f.items(l)
	k := len(items) - (h.n - at)
	switch {
	case k < 0 || len(items) < h.n:
		f.note(l.x.Path, l.x.Src, int(l.toks[l.open].Start), Undecided, "too few arguments for %s", h.name)
	case k < len(items):
		start := int(l.toks[items[k][0]].Start)
		f.replace(l.x.Path, start, start, text+", ")
	case len(items) > 0:
		end := int(l.toks[items[k-1][1]-1].End)
		f.replace(l.x.Path, end, end, ", "+text)
	case l.args && l.skip > 0:
		end := int(l.toks[l.shut-1].End)
		f.replace(l.x.Path, end, end, ", "+text)
	case l.shut == l.open+2: // void, or a macro for it
		t := l.toks[l.open+1]
		if m := f.voidMacro(l.x.Text(t)); m != "" {
			text = m + " " + text
		}
		f.replace(l.x.Path, int(t.Start), int(t.End), text)
	default:
		end := int(l.toks[l.open].End)
		f.replace(l.x.Path, end, end, text)
	}
}

// dropParam removes a parameter that no definition uses.
func (e *editor) dropParam(s *Step) error {
	f, err := e.newFamily(s)
	if err != nil {
		return err
	}
	return f.each(func(l list, h *hookType) error {
		at := slices.Index(h.params, s.Param)
		if at < 0 || s.Param == "" {
			return &Error{What: fmt.Sprintf("drop-param: %s has no parameter %q", h.name, s.Param), Remedy: "its parameters are " + strings.Join(h.params, ", ")}
		}
		items := f.items(l)
		k := len(items) - h.n + at
		if k < 0 {
			f.note(l.x.Path, l.x.Src, int(l.toks[l.open].Start), Undecided, "too few arguments for %s", h.name)
			return nil
		}
		if err := f.droppable(l, h, items[k]); err != nil {
			return err
		}
		f.remove(l, items, k)
		return nil
	})
}

// droppable refuses a parameter that is used, and an argument whose evaluation may do something.
func (f *family) droppable(l list, h *hookType, r [2]int) error {
	if l.args {
		for i := r[0]; i < r[1]; i++ {
			switch s := l.x.Text(l.toks[i]); s {
			case "(", "++", "--", "=", "+=", "-=", "|=", "&=":
				if s == "(" && (i == r[0] || l.toks[i-1].Kind != csrc.Ident) {
					continue
				}
				return errAt(l.x.File, int(l.toks[i].Start), "move it out of the call first", "the argument %s of %s may do something when it is evaluated", l.text(r), h.name)
			}
		}
		return nil
	}
	if l.fn == nil || l.fn.Body < 0 {
		return nil
	}
	p := l.x.ParamName(r)
	if p < 0 {
		return nil
	}
	name := l.x.Text(l.x.Toks[p])
	for i := l.fn.Body; i < l.fn.End; i++ {
		if !l.x.Is(l.x.Toks, i, name) || l.x.Is(l.x.Toks, i-1, ".") || l.x.Is(l.x.Toks, i-1, "->") {
			continue
		}
		if loc := l.x.LocalAt(name, i); loc != nil && loc.Tok == p && !f.dropped(l.x, i) {
			return errAt(l.x.File, int(l.x.Toks[i].Start), "", "%s uses its parameter %s", l.fn.Name, name)
		}
	}
	return nil
}

// dropped reports whether token i is a whole argument that this step drops itself.
func (f *family) dropped(u *csrc.Unit, i int) bool {
	found := false
	_ = f.each(func(l list, h *hookType) error {
		if l.args && l.x == u && l.open < i && i < l.shut && &l.toks[0] == &u.Toks[0] {
			items := f.items(l)
			k := len(items) - h.n + slices.Index(h.params, f.step.Param)
			found = found || k >= 0 && k < len(items) && items[k] == [2]int{i, i + 1}
		}
		return nil
	})
	return found
}

// remove takes element k out with its comma.
func (f *family) remove(l list, items [][2]int, k int) {
	start, end := int(l.toks[items[k][0]].Start), int(l.toks[items[k][1]-1].End)
	switch {
	case k+1 < len(items):
		end = int(l.toks[items[k][1]].End)
		for next := int(l.toks[items[k+1][0]].Start); end < next && strings.IndexByte(" \t\n", l.x.Src[end]) >= 0; {
			end++
		}
		f.replace(l.x.Path, start, end, "")
	case k > 0:
		f.replace(l.x.Path, int(l.toks[items[k-1][1]-1].End), end, "")
	case l.args && l.skip > 0:
		f.replace(l.x.Path, int(l.toks[items[k][0]-2].End), end, "")
	case l.args:
		f.replace(l.x.Path, start, end, "")
	default:
		with := "void"
		if l.open+1 < items[k][0] { // behind a macro for leading parameters
			start = int(l.toks[l.open+1].Start)
			with = f.pairedMacro(l.x.Text(l.toks[l.open+1]), false)
		}
		f.replace(l.x.Path, start, end, with)
	}
}

// reorderParam puts the parameters and the arguments of all calls into another order.
func (e *editor) reorderParam(s *Step) error {
	f, err := e.newFamily(s)
	if err != nil {
		return err
	}
	return f.each(func(l list, h *hookType) error {
		perm, err := s.permutation(h)
		if err != nil {
			return err
		}
		items := f.items(l)
		if len(items) < h.n {
			f.note(l.x.Path, l.x.Src, int(l.toks[l.open].Start), Undecided, "too few arguments for %s", h.name)
			return nil
		}
		items = items[len(items)-h.n:]
		for i, from := range perm {
			if i != from {
				a := items[i]
				f.replace(l.x.Path, int(l.toks[a[0]].Start), int(l.toks[a[1]-1].End), l.text(items[from]))
			}
		}
		return nil
	})
}

// permutation returns, for each new place, the old one.
func (s *Step) permutation(h *hookType) ([]int, error) {
	var perm []int
	for _, name := range s.Order {
		k := slices.Index(h.params, name)
		if k < 0 || slices.Contains(perm, k) {
			return nil, &Error{What: fmt.Sprintf("reorder-param: order: %s has no parameter %q, or it is named twice", h.name, name), Remedy: "its parameters are " + strings.Join(h.params, ", ")}
		}
		perm = append(perm, k)
	}
	if len(perm) != h.n {
		return nil, &Error{What: fmt.Sprintf("reorder-param: order names %d of the %d parameters of %s", len(perm), h.n, h.name), Remedy: "name all: " + strings.Join(h.params, ", ")}
	}
	return perm, nil
}
