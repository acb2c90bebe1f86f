package series

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// atomizer cuts the difference of two trees into small changes.
type atomizer struct {
	base  *refactor.Tree
	out   []*refactor.Change
	taken map[string]bool // change names in use
}

// add appends a change; its name is made of what it touches, so that it is the same on the next run.
func (a *atomizer) add(name string, c *refactor.Change) *refactor.Change {
	id := name
	for n := 2; a.taken[id]; n++ {
		id = fmt.Sprintf("%s#%d", name, n)
	}
	a.taken[id] = true
	c.ID = refactor.ChangeID(id)
	a.out = append(a.out, c)
	return c
}

func op(c ...refactor.FileOp) *refactor.Change { return &refactor.Change{Files: c} }

// file cuts what happens to one file.
func (a *atomizer) file(d *refactor.Delta) error {
	switch {
	case d.New == nil:
		a.add("delete "+d.Path, op(refactor.FileOp{Kind: refactor.OpDelete, Path: d.Path}))
		return nil
	case d.Old == nil:
		return a.created(d)
	}
	from, err := d.Old.Bytes()
	if err != nil {
		return err
	}
	to, err := d.New.Bytes()
	if err != nil {
		return err
	}
	mode := refactor.Mode(0)
	if d.Old.Mode != d.New.Mode {
		mode = d.New.Mode
	}
	special := d.Old.Mode == refactor.ModeSymlink || d.Old.Mode == refactor.ModeGitlink || mode == refactor.ModeSymlink || mode == refactor.ModeGitlink
	switch {
	case d.From != "":
		a.add("move "+d.From, op(refactor.FileOp{Kind: refactor.OpRename, From: d.From, Path: d.Path, Mode: mode}))
	case special:
		a.add("replace "+d.Path, op(refactor.FileOp{Kind: refactor.OpDelete, Path: d.Path}, refactor.FileOp{Kind: refactor.OpCreate, Path: d.Path, Mode: d.New.Mode, Data: to}))
		return nil
	case mode != 0:
		a.add("chmod "+d.Path, op(refactor.FileOp{Kind: refactor.OpMode, Path: d.Path, Mode: mode}))
	}
	if refactor.IsBinary(from) || refactor.IsBinary(to) {
		if string(from) != string(to) {
			a.add("write "+d.Path, op(refactor.FileOp{Kind: refactor.OpWrite, Path: d.OldPath(), Data: to}))
		}
		return nil
	}
	a.edits(d.OldPath(), from, to)
	return nil
}

func (a *atomizer) created(d *refactor.Delta) error {
	data, err := d.New.Bytes()
	if err != nil {
		return err
	}
	a.add("create "+d.Path, op(refactor.FileOp{Kind: refactor.OpCreate, Path: d.Path, Mode: d.New.Mode, Data: data}))
	return nil
}

// edits makes changes of each place where the text differs: new text that holds several definitions becomes one
// change each. The text it replaces goes with the definition of the same name, or else with the first; definitions that
// give way to others of other names go by themselves, so that their users can turn to the new ones in between.
func (a *atomizer) edits(path string, from, to []byte) {
	old, now := csym.Scan(path, from), csym.Scan(path, to)
	offA, offB := newOffsets(from), newOffsets(to)
	for _, e := range refactor.DiffLines(refactor.SplitLines(from), refactor.SplitLines(to)) {
		cuts := a.cuts(now, to, offB, e)
		owner := replacedBy(old, now, e, cuts)
		goes := e.A0 < e.A1 && (e.B0 == e.B1 || supersedes(side{old, from, offA}, side{now, to, offB}, e))
		if goes {
			owner = len(cuts) // nobody
		}
		name := fmt.Sprintf("%s:%d", path, e.A0+1)
		for k := range cuts[:len(cuts)-1] {
			ed := refactor.Edit{Path: path, Start: offA[e.A1], End: offA[e.A1], New: string(to[offB[cuts[k]]:offB[cuts[k+1]]])}
			if k <= owner {
				ed.Start, ed.End = offA[e.A0], offA[e.A0]
			}
			if k == owner {
				ed.End = offA[e.A1]
			}
			a.add(name, &refactor.Change{Edits: []refactor.Edit{ed}})
		}
		if goes {
			a.removals(path, old, offA, e)
		}
	}
}

// removals makes a change of each definition that an edit takes away.
func (a *atomizer) removals(path string, old *csym.Source, off []int, e refactor.LineEdit) {
	gone := refactor.LineEdit{B0: e.A0, B1: e.A1}
	at := e.A0
	either := alternatives(old, gone)
	for _, it := range old.Items {
		if it.First > at && it.First < e.A1 && it.Last < e.A1 && !either[it.First] && plainOpen(old, at, it.First) {
			a.add(fmt.Sprintf("%s:%d", path, at+1), &refactor.Change{Edits: []refactor.Edit{{Path: path, Start: off[at], End: off[it.First]}}})
			at = it.First
		}
	}
	a.add(fmt.Sprintf("%s:%d", path, at+1), &refactor.Change{Edits: []refactor.Edit{{Path: path, Start: off[at], End: off[e.A1]}}})
}

// plainOpen reports whether lines [from,to) close all that they open.
func plainOpen(s *csym.Source, from, to int) bool {
	return s.Open == nil || sumBalance(s, from, to).Zero()
}

// side is one of the two texts of a file.
type side struct {
	*csym.Source
	text []byte
	off  []int
}

// supersedes reports whether an edit does no more than put definitions in the place of others that have other names, all
// of them whole.
func supersedes(old, now side, e refactor.LineEdit) bool {
	gone, fresh := old.whole(e.A0, e.A1), now.whole(e.B0, e.B1)
	if len(gone) == 0 || len(fresh) == 0 {
		return false
	}
	for _, d := range now.Defs {
		if gone[d.Name] {
			return false // it is altered, or moves
		}
	}
	for _, d := range old.Defs {
		if fresh[d.Name] {
			return false
		}
	}
	return true
}

// whole returns the names that lines [from,to) define, if these are all there is in them; nil otherwise.
func (s side) whole(from, to int) map[string]bool {
	if s.Open == nil || !plainOpen(s.Source, from, to) || !s.ends(from-1) || !s.ends(to-1) {
		return nil
	}
	out := map[string]bool{}
	for _, d := range s.Defs {
		switch inside := d.Line >= from && d.Line < to; {
		case d.Kind == csym.Field || d.Kind == csym.Enum:
			if inside {
				out[d.Name] = true
			}
		case inside && d.First >= from && d.Last < to:
			out[d.Name] = true
		case inside, (d.Kind == csym.Func || d.Kind == csym.Macro || d.Kind == csym.Var) && d.First < to && d.Last >= from:
			return nil // part of its body or value
		}
	}
	return out
}

// ends reports whether a declaration may end with line n.
func (s side) ends(n int) bool {
	if n < 0 {
		return true
	}
	l := strings.TrimSpace(string(s.text[s.off[n]:s.off[n+1]]))
	return l == "" || strings.HasPrefix(l, "#") || strings.HasSuffix(l, "*/") || strings.ContainsRune(";,{}", rune(l[len(l)-1])) || s.lastOf(n)
}

// lastOf reports whether line n is the last of an item.
func (s side) lastOf(n int) bool {
	i := s.ItemAt(n)
	return i >= 0 && s.Items[i].Last == n
}

// newOffsets returns the offset of each line's start, and of the end.
func newOffsets(text []byte) []int {
	out := []int{0}
	for _, l := range refactor.SplitLines(text) {
		out = append(out, out[len(out)-1]+len(l))
	}
	return out
}

// cuts returns the new lines at which an edit is cut, its first and last line included. A cut before an item takes
// along no blank line: those stay with the text above.
func (a *atomizer) cuts(now *csym.Source, to []byte, off []int, e refactor.LineEdit) []int {
	out := []int{e.B0}
	either := alternatives(now, e)
	for _, it := range now.Items {
		if it.First > e.B0 && it.First < e.B1 && it.Last < e.B1 && !either[it.First] {
			out = append(out, it.First)
		}
	}
	out = append(out, conditionalCuts(now, to, off, e)...)
	// Text between two items that is no item goes with what is before it.
	if len(out) == 1 {
		out = append(out, caseCuts(to, off, e)...)
	}
	if len(out) == 1 && e.A0 == e.A1 {
		out = append(out, memberCuts(now, to, off, e)...)
	}
	slices.Sort(out)
	return slices.Compact(append(out, e.B1))
}

// conditionalCuts cuts before and after each conditional, outside of definitions, that an edit brings as a whole. Its comment goes
// with it.
func conditionalCuts(now *csym.Source, to []byte, off []int, e refactor.LineEdit) []int {
	var out []int
	depth, first := 0, 0
	for n := e.B0; n < e.B1 && n < len(now.Open); n++ {
		switch b := now.Open[n]; {
		case b.If > 0:
			if depth++; depth == 1 {
				first = n
			}
		case b.If < 0 && depth == 0:
			continue // opened elsewhere
		case b.If < 0:
			if depth--; depth > 0 || now.ItemAt(first) >= 0 || now.ItemAt(n) >= 0 {
				continue
			}
			for first > e.B0 && isComment(to, off, first-1) {
				first--
			}
			if first > e.B0 {
				out = append(out, first)
			}
			if n+1 < e.B1 {
				out = append(out, n+1)
			}
		}
	}
	return out
}

// memberCuts cuts new members of a structure, elements of an initialiser and lines of a makefile apart.
func memberCuts(now *csym.Source, to []byte, off []int, e refactor.LineEdit) []int {
	i := now.ItemAt(e.B0)
	lines := now.Lines || onlyIncludes(to, off, e)
	inside := now.Open != nil && i >= 0 && now.ItemAt(e.B1-1) == i && now.Items[i].First < e.B0 && (now.Items[i].Kind == csym.Type || now.Items[i].Kind == csym.Var)
	if !inside && !lines {
		return nil
	}
	var out []int
	var open csym.Balance
	for n := e.B0; n+1 < e.B1; n++ {
		l, _, _ := strings.Cut(string(to[off[n]:off[n+1]]), "/*")
		if l = strings.TrimSpace(l); inside {
			open = open.Add(now.Open[n])
			if l != "" && open.Zero() && !isComment(to, off, n) && strings.ContainsRune(";,", rune(l[len(l)-1])) {
				out = append(out, n+1)
			}
			continue
		}
		next := string(to[off[n+1]:off[n+2]])
		if !now.Lines {
			out = append(out, n+1)
			continue
		}
		if !strings.Contains(l, "+=") || strings.HasSuffix(l, "\\") || !strings.Contains(next, "+=") || next[0] == '\t' {
			return nil
		}
		out = append(out, n+1)
	}
	if !open.Zero() && inside {
		return nil
	}
	return out
}

// onlyIncludes reports whether an edit does no more than include headers.
func onlyIncludes(to []byte, off []int, e refactor.LineEdit) bool {
	for n := e.B0; n < e.B1; n++ {
		if !strings.HasPrefix(string(to[off[n]:off[n+1]]), "#include") {
			return false
		}
	}
	return true
}

// isComment reports whether line n looks like part of a comment.
func isComment(text []byte, off []int, n int) bool {
	l := strings.TrimSpace(string(text[off[n]:off[n+1]]))
	return strings.HasPrefix(l, "/*") || strings.HasPrefix(l, "*") || strings.HasSuffix(l, "*/") || strings.HasPrefix(l, "//")
}

// alternatives marks the lines of an edit that stand in a conditional with branches (#else, #elif) which the edit opens: what
// one branch defines is of use only with what the others do.
func alternatives(now *csym.Source, e refactor.LineEdit) map[int]bool {
	type conditional struct {
		first    int
		branches bool
	}
	var open []conditional
	out := map[int]bool{}
	for n := e.B0; n < e.B1 && n < len(now.Open); n++ {
		b := now.Open[n]
		switch top := len(open) - 1; {
		case b.If > 0:
			open = append(open, conditional{first: n})
		case b.Else > 0 && top >= 0:
			open[top].branches = true
		case b.If < 0 && top >= 0:
			for k := open[top].first; k <= n && open[top].branches; k++ {
				out[k] = true
			}
			open = open[:top]
		}
	}
	return out
}

// caseCuts cuts new switch cases apart.
func caseCuts(to []byte, off []int, e refactor.LineEdit) []int {
	var out []int
	least := -1
	for n := e.B0; n < e.B1; n++ {
		line := string(to[off[n]:off[n+1]])
		text := strings.TrimLeft(line, " \t")
		if strings.TrimSpace(text) == "" {
			continue
		}
		depth := len(line) - len(text)
		if least >= 0 && depth < least {
			return nil
		}
		if strings.HasPrefix(text, "case ") && least < 0 {
			least = depth
		} else if least < 0 {
			return nil
		}
		if n > e.B0 && depth == least && strings.HasPrefix(text, "case ") && endsCase(to, off, n, e.B0) {
			out = append(out, n)
		}
	}
	return out
}

// endsCase reports whether the text before line n leaves the case above.
func endsCase(to []byte, off []int, n, first int) bool {
	for n--; n >= first; n-- {
		t := strings.TrimSpace(string(to[off[n]:off[n+1]]))
		if t == "" {
			continue
		}
		return strings.HasPrefix(t, "break;") || strings.HasPrefix(t, "return") || strings.HasPrefix(t, "goto ") || t == "}" || strings.HasPrefix(t, "continue;")
	}
	return false
}

// replacedBy returns the part of an edit that takes the place of the old text.
func replacedBy(old, now *csym.Source, e refactor.LineEdit, cuts []int) int {
	if e.A0 == e.A1 {
		return 0
	}
	names := map[string]bool{}
	for n := e.A0; n < e.A1; n++ {
		if i := old.ItemAt(n); i >= 0 && old.Items[i].Name != "" {
			names[old.Items[i].Name] = true
		}
	}
	for k := range cuts[:len(cuts)-1] {
		if i := now.ItemAt(cuts[k]); i >= 0 && names[now.Items[i].Name] {
			return k
		}
	}
	return 0
}
