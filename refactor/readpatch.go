package refactor

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

// PatchError says where a patch cannot be read or does not fit the tree.
type PatchError struct {
	Name string // what the patch is called: a file name
	Path string // file of the tree, "" when the patch itself is malformed
	Line int    // 1-based line of that file, or of the patch when Path is ""; 0 when unknown
	Err  error
}

func (e *PatchError) Error() string {
	at := e.Name
	if e.Path != "" {
		at += ": " + e.Path
	}
	if e.Line > 0 {
		at = fmt.Sprintf("%s:%d", at, e.Line)
	}
	return at + ": " + e.Err.Error()
}

func (e *PatchError) Unwrap() error { return e.Err }

// MaxPatch bounds the bytes of a patch that ReadPatch takes.
const MaxPatch = 256 << 20

// TooLarge is the error for a patch of more than MaxPatch bytes, by its name.
func TooLarge(name string) error {
	return &PatchError{Name: name, Err: fmt.Errorf("the patch is larger than %d bytes: cut it by files, or take the change from a repository", MaxPatch)}
}

// ReadPatch reads a unified or git diff and returns it as one Change to base; name is what messages call it.
// Every hunk must fit base exactly. What git accepts is accepted: renames, copies, modes, symlinks, literal
// and delta binary patches. A malformed patch, a path that leaves the tree or a base that does not match is a *PatchError.
func ReadPatch(base *Tree, name string, r io.Reader) (*Change, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxPatch+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(text) > MaxPatch {
		return nil, TooLarge(name)
	}
	files, err := parsePatch(text)
	if err != nil {
		return nil, &PatchError{Name: name, Err: err}
	}
	if len(files) == 0 {
		return nil, &PatchError{Name: name, Err: errors.New("no file changes found in it")}
	}
	c := &Change{ID: ChangeID(name)}
	plain := !bytes.Contains(text, []byte("diff --git "))
	for _, f := range files {
		if plain {
			f.OldName, f.NewName = stripOne(base, f.OldName), stripOne(base, f.NewName)
		}
		if err := c.addFile(base, f); err != nil {
			return nil, located(name, f, err)
		}
	}
	return c, nil
}

// stripOne takes the first component ("a/", "b/") off a path of a diff that git did not make, as patch -p1 does,
// unless only the whole path names a file of the base.
func stripOne(base *Tree, p string) string {
	_, rest, ok := strings.Cut(p, "/")
	if !ok || p[0] == '/' || base.File(p) != nil && base.File(rest) == nil {
		return p
	}
	return rest
}

// parsePatch turns a panic of the parser, should there be one, into an error: patches come from outside.
func parsePatch(text []byte) (files []*gitdiff.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("malformed patch: %v", p)
		}
	}()
	files, _, err = gitdiff.Parse(bytes.NewReader(text))
	return files, err
}

func located(name string, f *gitdiff.File, err error) error {
	e := &PatchError{Name: name, Path: f.NewName, Err: err}
	if f.NewName == "" {
		e.Path = f.OldName
	}
	var ae *gitdiff.ApplyError
	if errors.As(err, &ae) {
		e.Line = int(ae.Line)
	}
	var pe *PatchError
	if errors.As(err, &pe) {
		e.Line, e.Err = pe.Line, pe.Err
	}
	return e
}

// addFile adds what one file of a patch does.
func (c *Change) addFile(base *Tree, f *gitdiff.File) error {
	for _, p := range []string{f.OldName, f.NewName} {
		if p != "" {
			if err := CheckPath(p); err != nil {
				return err
			}
		}
	}
	if f.IsNew {
		return c.addCreated(base, f)
	}
	old := base.File(f.OldName)
	if old == nil {
		return fmt.Errorf("the base has no file %s", f.OldName)
	}
	if f.OldMode != 0 && gitMode(f.OldMode).kind() != old.Mode.kind() {
		return fmt.Errorf("the base has mode %s, the patch says %s", old.Mode, gitMode(f.OldMode))
	}
	data, err := old.Bytes()
	if err != nil {
		return err
	}
	after, err := patched(data, f)
	if err != nil {
		return err
	}
	if f.IsDelete {
		if len(after) > 0 {
			return errors.New("the patch deletes the file but leaves text in it")
		}
		c.Files = append(c.Files, FileOp{Kind: OpDelete, Path: f.OldName})
		return nil
	}
	c.addChanged(f, old, data, after)
	return nil
}

func (c *Change) addCreated(base *Tree, f *gitdiff.File) error {
	deleted := false
	for _, op := range c.Files {
		deleted = deleted || op.Path == f.NewName && op.Kind == OpDelete
	}
	if base.File(f.NewName) != nil && !deleted {
		return errors.New("the patch creates it, but the base has it already")
	}
	data, err := patched(nil, f)
	if err != nil {
		return err
	}
	mode := gitMode(f.NewMode)
	if f.NewMode == 0 {
		mode = ModeFile
	}
	c.Files = append(c.Files, FileOp{Kind: OpCreate, Path: f.NewName, Mode: mode, Data: data})
	return nil
}

// addChanged adds the rename, copy, mode change and edits of a file that lives on.
func (c *Change) addChanged(f *gitdiff.File, old *File, data, after []byte) {
	mode := Mode(0)
	if f.NewMode != 0 && gitMode(f.NewMode) != old.Mode {
		mode = gitMode(f.NewMode)
	}
	editPath := f.OldName
	switch {
	case f.IsRename:
		c.Files = append(c.Files, FileOp{Kind: OpRename, From: f.OldName, Path: f.NewName, Mode: mode})
	case f.IsCopy:
		c.Files = append(c.Files, FileOp{Kind: OpCopy, From: f.OldName, Path: f.NewName, Mode: mode})
		editPath = f.NewName
	case mode != 0:
		c.Files = append(c.Files, FileOp{Kind: OpMode, Path: f.OldName, Mode: mode})
	}
	if bytes.Equal(data, after) {
		return
	}
	if f.IsBinary && !f.IsRename && !f.IsCopy {
		c.Files = append(c.Files, FileOp{Kind: OpWrite, Path: f.OldName, Data: after})
		return
	}
	c.Edits = append(c.Edits, EditsBetween(editPath, data, after)...)
}

// EditsBetween returns the line-wise edits that turn one content of path into another.
func EditsBetween(path string, from, to []byte) []Edit {
	a, b := SplitLines(from), SplitLines(to)
	offA, offB := offsets(a), offsets(b)
	var out []Edit
	for _, e := range DiffLines(a, b) {
		out = append(out, Edit{Path: path, Start: offA[e.A0], End: offA[e.A1], New: string(to[offB[e.B0]:offB[e.B1]])})
	}
	return out
}

// offsets returns where each line starts, and the end of the text.
func offsets(lines [][]byte) []int {
	out := make([]int, len(lines)+1)
	for i, l := range lines {
		out[i+1] = out[i] + len(l)
	}
	return out
}

// patched returns data with the fragments of f applied strictly.
func patched(data []byte, f *gitdiff.File) ([]byte, error) {
	if f.IsBinary && f.BinaryFragment == nil {
		return nil, errors.New("binary files differ, but the patch does not hold them (make it with git diff --binary)")
	}
	var out bytes.Buffer
	err := gitdiff.Apply(&out, bytes.NewReader(data), f)
	if errors.Is(err, &gitdiff.Conflict{}) {
		line := 0
		var ae *gitdiff.ApplyError
		if errors.As(err, &ae) {
			line = int(ae.Line)
		}
		return nil, &PatchError{Line: line, Err: fmt.Errorf("the patch does not fit the base: %w", err)}
	}
	return out.Bytes(), err
}

// gitMode converts go-gitdiff's mode, which keeps git's own number.
func gitMode(m os.FileMode) Mode { return Mode(m) }
