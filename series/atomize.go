package series

import (
	"fmt"

	"github.com/xsmpatch/xsmpatch/refactor"
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

// edits makes a change of each place where the text differs.
func (a *atomizer) edits(path string, from, to []byte) {
	for _, e := range refactor.EditsBetween(path, from, to) {
		a.add(fmt.Sprintf("%s:%d", path, refactor.LineAt(from, e.Start)), &refactor.Change{Edits: []refactor.Edit{e}})
	}
}
