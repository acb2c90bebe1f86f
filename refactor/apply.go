package refactor

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// ConflictError says that two changes to one baseline (or two parts of one) cannot both be made.
type ConflictError struct {
	Path string
	Line int // 1-based line of the baseline, 0 when the whole file is meant
	A, B ChangeID
	What string
}

func (e *ConflictError) Error() string {
	at := e.Path
	if e.Line > 0 {
		at = fmt.Sprintf("%s:%d", e.Path, e.Line)
	}
	if e.A == e.B {
		return fmt.Sprintf("%s: change %q conflicts with itself: %s", at, e.A, e.What)
	}
	return fmt.Sprintf("%s: changes %q and %q conflict: %s", at, e.A, e.B, e.What)
}

// EditError says that a change does not fit the tree it is applied to.
type EditError struct {
	Path   string
	Change ChangeID
	What   string
	Err    error // may be nil
}

func (e *EditError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: change %q: %s: %v", e.Path, e.Change, e.What, e.Err)
	}
	return fmt.Sprintf("%s: change %q: %s", e.Path, e.Change, e.What)
}

func (e *EditError) Unwrap() error { return e.Err }

// owned is something of a change together with the change.
type owned[T any] struct {
	by ChangeID
	v  T
}

// applier collects what the changes say about each path of the baseline.
type applier struct {
	base  *Tree
	edits map[string][]owned[Edit]
	gone  map[string]owned[FileOp] // deletes and renames, by the path that disappears
	made  map[string]owned[FileOp] // creates, renames and copies, by the path that appears
	inner map[string]owned[FileOp] // chmods
	write map[string]owned[FileOp]
}

// Apply makes the changes, all of them relative to t, and returns the new tree.
//
// Edits of different changes merge when they do not overlap. Insertions at one offset come out in the order of
// changes, then of edits within a change, and before a replacement that starts there. Two overlapping
// replacements, or an insertion strictly inside a replaced range, are a *ConflictError; an edit that does not
// fit the tree is an *EditError.
func (t *Tree) Apply(changes ...*Change) (*Tree, error) {
	a := &applier{base: t, edits: map[string][]owned[Edit]{}, gone: map[string]owned[FileOp]{}, made: map[string]owned[FileOp]{},
		inner: map[string]owned[FileOp]{}, write: map[string]owned[FileOp]{}}
	for _, c := range changes {
		for _, op := range c.Files {
			if err := a.addOp(c.ID, op); err != nil {
				return nil, err
			}
		}
		for _, e := range c.Edits {
			a.edits[e.Path] = append(a.edits[e.Path], owned[Edit]{c.ID, e})
		}
	}
	return a.run()
}

// addOp files one operation under the path it concerns, refusing a second one of the sort.
func (a *applier) addOp(by ChangeID, op FileOp) error {
	if err := CheckPath(op.Path); err != nil {
		return &EditError{op.Path, by, "unusable path", err}
	}
	put := func(m map[string]owned[FileOp], p string) error {
		if was, dup := m[p]; dup {
			return &ConflictError{p, 0, was.by, by, fmt.Sprintf("%s and %s", was.v.Kind, op.Kind)}
		}
		m[p] = owned[FileOp]{by, op}
		return nil
	}
	need := op.Path
	switch op.Kind {
	case OpCreate:
		return put(a.made, op.Path)
	case OpRename, OpCopy:
		need = op.From
	}
	if a.base.files[need] == nil {
		return &EditError{need, by, "no such file to " + op.Kind.String(), nil}
	}
	switch op.Kind {
	case OpRename:
		if err := put(a.gone, op.From); err != nil {
			return err
		}
		return put(a.made, op.Path)
	case OpCopy:
		return put(a.made, op.Path)
	case OpDelete:
		return put(a.gone, op.Path)
	case OpMode:
		return put(a.inner, op.Path)
	case OpWrite:
		return put(a.write, op.Path)
	}
	return &EditError{op.Path, by, "unknown file operation", nil}
}

func (a *applier) run() (*Tree, error) {
	files := make(map[string]*File, len(a.base.files)+len(a.made))
	for p, f := range a.base.files {
		files[p] = f
	}
	for p := range a.gone {
		delete(files, p)
	}
	if err := a.changeInPlace(files); err != nil {
		return nil, err
	}
	for _, p := range slices.Sorted(maps.Keys(a.made)) {
		if files[p] != nil {
			return nil, &EditError{p, a.made[p].by, "cannot " + a.made[p].v.Kind.String() + ": the file exists", nil}
		}
		f, err := a.newFile(a.made[p])
		if err != nil {
			return nil, err
		}
		files[p] = f
	}
	out, err := NewTree(a.base.name, files)
	if err != nil {
		return nil, fmt.Errorf("applying changes: %w", err)
	}
	return out, nil
}

// changeInPlace makes the edits, writes and chmods of files that stay where they are.
func (a *applier) changeInPlace(files map[string]*File) error {
	touched := map[string]bool{}
	for _, m := range []map[string]owned[FileOp]{a.inner, a.write} {
		for p := range m {
			touched[p] = true
		}
	}
	for p := range a.edits {
		touched[p] = true
	}
	for _, p := range slices.Sorted(maps.Keys(touched)) {
		if err := a.checkTouched(p); err != nil {
			return err
		}
		if files[p] == nil {
			continue // edited on the way to its new name, or created
		}
		f, err := a.edited(p, p, files[p])
		if err != nil {
			return err
		}
		files[p] = f
	}
	return nil
}

// checkTouched reports something changed inside a file that is deleted, absent or rewritten whole.
func (a *applier) checkTouched(p string) error {
	what, by := "edit", ChangeID("")
	switch {
	case len(a.edits[p]) > 0:
		by = a.edits[p][0].by
		if w, ok := a.write[p]; ok {
			return &ConflictError{p, 0, w.by, by, "write and edit"}
		}
	case a.write[p].by != "" || a.write[p].v.Kind != 0:
		what, by = "write", a.write[p].by
	default:
		what, by = "chmod", a.inner[p].by
	}
	m, made := a.made[p]
	g, gone := a.gone[p]
	switch {
	case gone && g.v.Kind == OpDelete && !made:
		return &ConflictError{p, 0, g.by, by, "delete and " + what}
	case gone && g.v.Kind == OpRename && made && m.v.Kind != OpRename:
		return &ConflictError{p, 0, g.by, by, what + " of a path that is renamed away and made anew"}
	}
	if a.base.files[p] == nil && !made {
		return &EditError{p, by, "no such file to " + what, nil}
	}
	return nil
}

// newFile returns the content of a path that a create, rename or copy makes.
func (a *applier) newFile(op owned[FileOp]) (*File, error) {
	switch op.v.Kind {
	case OpCreate:
		if k := op.v.Mode.kind(); k != ModeSymlink && k != ModeFile.kind() && k != ModeGitlink {
			return nil, &EditError{op.v.Path, op.by, fmt.Sprintf("cannot create a file of mode %s", op.v.Mode), nil}
		}
		return a.edited(op.v.Path, op.v.Path, NewFile(op.v.Mode, op.v.Data))
	case OpCopy:
		f := a.base.files[op.v.From]
		if op.v.Mode != 0 {
			f = f.withMode(op.v.Mode)
		}
		return a.edited(op.v.Path, op.v.Path, f)
	}
	f := a.base.files[op.v.From]
	if op.v.Mode != 0 {
		f = f.withMode(op.v.Mode)
	}
	return a.edited(op.v.From, op.v.Path, f)
}

// edited returns f with the edits, write and chmod recorded for path key.
func (a *applier) edited(key, path string, f *File) (*File, error) {
	mode := f.Mode
	if m, ok := a.inner[key]; ok {
		if m.v.Mode.kind() != f.Mode.kind() {
			return nil, &EditError{path, m.by, fmt.Sprintf("cannot chmod %s to %s: another kind of file", f.Mode, m.v.Mode), nil}
		}
		mode = m.v.Mode
	}
	if w, ok := a.write[key]; ok {
		return NewFile(mode, w.v.Data), nil
	}
	es := a.edits[key]
	if len(es) == 0 {
		return f.withMode(mode), nil
	}
	data, err := f.Bytes()
	if err != nil {
		return nil, &EditError{path, es[0].by, "cannot read the file to edit", err}
	}
	data, err = mergeEdits(path, data, es)
	if err != nil {
		return nil, err
	}
	return NewFile(mode, data), nil
}

// mergeEdits applies edits, given in order of their changes, to the content of one file.
func mergeEdits(path string, data []byte, es []owned[Edit]) ([]byte, error) {
	es = slices.Clone(es)
	for _, e := range es {
		if e.v.Start < 0 || e.v.End < e.v.Start || e.v.End > len(data) {
			return nil, &EditError{path, e.by, fmt.Sprintf("range [%d,%d) is outside the file of %d bytes", e.v.Start, e.v.End, len(data)), nil}
		}
	}
	slices.SortStableFunc(es, func(x, y owned[Edit]) int {
		if c := cmp.Compare(x.v.Start, y.v.Start); c != 0 {
			return c
		}
		return cmp.Compare(min(x.v.End-x.v.Start, 1), min(y.v.End-y.v.Start, 1))
	})
	var out bytes.Buffer
	last := 0
	var lastBy ChangeID
	for _, e := range es {
		if e.v.Start < last {
			return nil, &ConflictError{path, LineAt(data, e.v.Start), lastBy, e.by, "both change the same text"}
		}
		out.Write(data[last:e.v.Start])
		out.WriteString(e.v.New)
		last, lastBy = e.v.End, e.by
	}
	out.Write(data[last:])
	return out.Bytes(), nil
}

// With returns the tree with the given entries put in place of its own; nil removes one.
func (t *Tree) With(files map[string]*File) (*Tree, error) {
	all := make(map[string]*File, len(t.files)+len(files))
	for p, f := range t.files {
		all[p] = f
	}
	for p, f := range files {
		if f == nil {
			delete(all, p)
		} else {
			all[p] = f
		}
	}
	return NewTree(t.name, all)
}

// Only returns the part of the tree at these paths; absent ones are left out.
func (t *Tree) Only(paths map[string]bool) (*Tree, error) {
	files := make(map[string]*File, len(paths))
	for p := range paths {
		if f := t.files[p]; f != nil {
			files[p] = f
		}
	}
	return NewTree(t.name, files)
}

// LineAt returns the 1-based line of the byte at off; an offset past the end is on the last line.
func LineAt(data []byte, off int) int {
	return 1 + bytes.Count(data[:min(max(off, 0), len(data))], []byte{'\n'})
}
