package recipe

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// gone remembers the words of text that goes away: what they name may be unused afterwards.
func (e *editor) gone(x *text, start, end int) {
	if e.lost == nil {
		e.lost = map[string]map[string]bool{}
	}
	if e.lost[x.path] == nil {
		e.lost[x.path] = map[string]bool{}
	}
	for _, t := range csrc.Lex(x.path, x.data[start:end]).Toks {
		if t.Kind == csrc.Ident {
			e.lost[x.path][string(x.data[start+int(t.Start):start+int(t.End)])] = true
		}
	}
	for _, d := range csrc.Lex(x.path, x.data[start:end]).Dirs {
		for _, t := range d.Toks {
			if t.Kind == csrc.Ident {
				e.lost[x.path][string(x.data[start+int(t.Start):start+int(t.End)])] = true
			}
		}
	}
}

// cleanup removes what the step left unused in the files that it touched: labels that nothing jumps to, statements that nothing
// reaches, variables and static functions that nothing names. Only what the removed text named is looked at.
func (e *editor) cleanup(lost map[string]map[string]bool) {
	for _, p := range slices.Sorted(maps.Keys(lost)) {
		x := e.w.byPath[p]
		if x == nil || x.lang != langC {
			continue
		}
		u := x.parsed()
		for i := range u.Funcs {
			f := &u.Funcs[i]
			if f.Body < 0 {
				continue
			}
			if f.Static && lost[p][f.Name] && !e.named(x, f.Name, f) {
				e.dropFunction(x, f)
				continue
			}
			e.cleanFunction(x, f, lost[p])
		}
		e.prototypes(x, lost[p])
	}
}

// prototypes removes declarations of static functions that have no definition and no use any more.
func (e *editor) prototypes(x *text, lost map[string]bool) {
	u := x.parsed()
	for i := range u.Funcs {
		f := &u.Funcs[i]
		if f.Body < 0 && f.Static && lost[f.Name] && len(occurrencesIn(x, f.Name)) == 1 {
			e.cutItem(x, f.First, f.End)
		}
	}
}

// named reports whether anything outside the function itself names it, in this file or, for a header, anywhere.
func (e *editor) named(x *text, name string, f *csrc.Func) bool {
	xs := []*text{x}
	if !strings.HasSuffix(x.path, ".c") {
		xs = e.w.with(name)
	}
	for _, y := range xs {
		if y.unit == nil {
			continue
		}
		for _, o := range occurrencesIn(y, name) {
			if y == x && o.dir < 0 && o.i >= f.First && o.i <= f.End || o.role == roleMember || o.role == roleTag || o.role == roleFieldDecl || o.role == roleLabel {
				continue
			}
			if o.dir < 0 {
				if proto := prototypeAt(y.unit, o.i); proto {
					continue
				}
			}
			return true
		}
	}
	return false
}

func prototypeAt(u *csrc.Unit, tok int) bool {
	for i := range u.Funcs {
		if u.Funcs[i].Tok == tok && u.Funcs[i].Body < 0 {
			return true
		}
	}
	return false
}

// dropFunction removes a function with the comment right above it.
func (e *editor) dropFunction(x *text, f *csrc.Func) {
	e.note(x.path, x.data, int(x.unit.Toks[f.Tok].Start), Done, "%s is unused now, and removed", f.Name)
	e.cutItem(x, f.First, f.End)
}

// cutItem removes tokens [first,last] of the file's text with the comment that ends on the line above.
func (e *editor) cutItem(x *text, first, last int) {
	start, end := int(x.unit.Toks[first].Start), int(x.unit.Toks[last].End)
	for k := len(x.unit.Comments) - 1; k >= 0; k-- {
		c := x.unit.Comments[k]
		if int(c.End) <= start && strings.TrimLeft(string(x.data[c.End:start]), " \t") == "\n" {
			if s, _ := lineOf(x.data, int(c.Start)); strings.TrimSpace(string(x.data[s:c.Start])) == "" {
				start = int(c.Start)
			}
			break
		}
	}
	e.cut(x, start, end)
}

// lineOf returns the bounds of the line at off, without its newline.
func lineOf(data []byte, off int) (start, end int) {
	start, end = off, off
	for start > 0 && data[start-1] != '\n' {
		start--
	}
	for end < len(data) && data[end] != '\n' {
		end++
	}
	return start, end
}

// cleanFunction removes labels, statements and variables of one function.
func (e *editor) cleanFunction(x *text, f *csrc.Func, lost map[string]bool) {
	u := x.parsed()
	body := u.Body(f)
	for _, l := range u.Locals(f) {
		if !lost[l.Name] || l.Param {
			continue
		}
		uses := 0
		for i := f.Body; i <= f.End; i++ {
			if i != l.Tok && u.Is(u.Toks, i, l.Name) && !u.Is(u.Toks, i-1, ".") && !u.Is(u.Toks, i-1, "->") && (l.Label == u.Is(u.Toks, i-1, "goto") || !l.Label) {
				uses++
			}
		}
		uses += u.InMacros(l.Name)
		switch {
		case uses > 0:
		case l.Label:
			e.note(x.path, x.data, int(u.Toks[l.Tok].Start), Done, "label %s is unused now, and removed", l.Name)
			e.cut(x, int(u.Toks[l.Tok].Start), int(u.Toks[l.Tok+1].End))
		default:
			e.dropVariable(x, l)
		}
	}
	e.unreachable(x, body)
}

// dropVariable removes an unused local variable, unless its initializer may do something.
func (e *editor) dropVariable(x *text, l csrc.Local) {
	u := x.parsed()
	start, end := l.Stmt, l.Semi
	multi := false
	from, to := start, end
	for i := start; i < end; i = next(u.Toks, i) {
		if u.Is(u.Toks, i, ",") {
			multi = true
			if i < l.Tok {
				from = i
			} else if to == end {
				to = i
			}
		}
	}
	for i := l.Tok; i < to; i++ {
		if u.Is(u.Toks, i, "(") && u.Toks[i-1].Kind == csrc.Ident && u.Text(u.Toks[i-1]) != "sizeof" {
			e.note(x.path, x.data, int(u.Toks[l.Tok].Start), Undecided, "%s is unused now, but its initializer may do something", l.Name)
			return
		}
	}
	e.note(x.path, x.data, int(u.Toks[l.Tok].Start), Done, "variable %s is unused now, and removed", l.Name)
	switch {
	case !multi:
		e.cut(x, int(u.Toks[start].Start), int(u.Toks[end].End))
	case from > start: // not the first declarator
		e.replace(x.path, int(u.Toks[from].Start), int(u.Toks[to-1].End), "")
	default:
		first := l.Tok
		for u.Is(u.Toks, first-1, "*") {
			first--
		}
		e.replace(x.path, int(u.Toks[first].Start), int(u.Toks[to+1].Start), "")
	}
}

// unreachable removes statements behind a return or goto that no label makes reachable, where a label was just removed.
func (e *editor) unreachable(x *text, body *csrc.Stmt) {
	u := x.parsed()
	body.Walk(func(s *csrc.Stmt) {
		if s.Kind != csrc.Block {
			return
		}
		dead := -1
		for i, c := range s.Body {
			if dead >= 0 && (c.Kind == csrc.Label || hasLabel(c)) {
				return
			}
			if dead < 0 && i > 0 && (s.Body[i-1].Kind == csrc.Return || s.Body[i-1].Kind == csrc.Jump) && c.Kind != csrc.Label && !hasLabel(c) &&
				len(u.DirsIn(s.Body[i-1].Last, c.First)) == 0 {
				dead = i
			}
		}
		if dead >= 0 && len(u.DirsIn(s.Body[dead].First, s.Body[len(s.Body)-1].Last+1)) == 0 {
			e.note(x.path, x.data, int(u.Toks[s.Body[dead].First].Start), Done, "nothing reaches this any more: removed")
			e.cut(x, int(u.Toks[s.Body[dead].First].Start), int(u.Toks[s.Body[len(s.Body)-1].Last].End))
		}
	})
}

func hasLabel(s *csrc.Stmt) (yes bool) {
	s.Walk(func(c *csrc.Stmt) { yes = yes || c.Kind == csrc.Label })
	return yes
}

// tidy runs cleanup on what the step's edits leave, until nothing more goes away, and makes all of it one set of edits.
func (e *editor) tidy() error {
	base, lost := e.w, e.lost
	if len(lost) == 0 {
		return nil
	}
	if err := e.check(); err != nil {
		return err
	}
	t, err := base.tree.Apply(&refactor.Change{ID: "step", Edits: e.edits, Files: e.files})
	if err != nil {
		return err
	}
	first := t
	w := base
	for range 20 {
		if w, err = openWorld(t, w); err != nil {
			return err
		}
		c := newEditor(w)
		c.cleanup(lost)
		if len(c.edits) == 0 {
			break
		}
		dropOverlaps(c)
		e.notes = append(e.notes, c.notes...)
		if t, err = t.Apply(&refactor.Change{ID: "step", Edits: c.edits}); err != nil {
			return fmt.Errorf("removing what is unused: %w", err)
		}
		lost = merge(lost, c.lost)
	}
	if t == first {
		return nil
	}
	return e.between(base.tree, t)
}

// dropOverlaps leaves out edits that lie in others: the next round makes what is left of them.
func dropOverlaps(c *editor) {
	var keep []refactor.Edit
	for i, a := range c.edits {
		inside := false
		for j, b := range c.edits {
			if i != j && a.Path == b.Path && a.Start < b.End && b.Start < a.End && (b.End-b.Start > a.End-a.Start || b.End-b.Start == a.End-a.Start && j < i) {
				inside = true
			}
		}
		if !inside {
			keep = append(keep, a)
		}
	}
	c.edits = keep
}

func merge(a, b map[string]map[string]bool) map[string]map[string]bool {
	for p, ws := range b {
		if a[p] == nil {
			a[p] = map[string]bool{}
		}
		for w := range ws {
			a[p][w] = true
		}
	}
	return a
}

// between makes the editor's change the difference of two trees; files that moved stay as they are.
func (e *editor) between(from, to *refactor.Tree) error {
	moved := map[string]string{}
	for _, op := range e.files {
		if op.Kind == refactor.OpRename {
			moved[op.From] = op.Path
		}
	}
	var out []refactor.Edit
	for _, p := range from.Paths() {
		q := p
		if m := moved[p]; m != "" {
			q = m
		}
		a, b := from.File(p), to.File(q)
		if b == nil || a == b {
			continue
		}
		x, err := a.Bytes()
		if err != nil {
			return err
		}
		y, err := b.Bytes()
		if err != nil {
			return err
		}
		if string(x) != string(y) {
			out = append(out, refactor.EditsBetween(p, x, y)...)
		}
	}
	e.edits = out
	return nil
}
