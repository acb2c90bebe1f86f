package refactor

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
)

// WriteDir writes the whole tree into dir, which must be absent or empty, and never follows a symlink doing so.
// Gitlinks become empty directories.
func (t *Tree) WriteDir(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	old, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if len(old) > 0 {
		return fmt.Errorf("%s: not empty", dir)
	}
	return t.writePaths(dir, t.paths)
}

// UpdateDir turns a directory that holds from into one that holds t, touching only what differs,
// so that a build in it stays incremental.
func (t *Tree) UpdateDir(dir string, from *Tree) error {
	ds, err := Diff(from, t)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var put []string
	for _, d := range ds {
		if d.Old != nil {
			if err := root.Remove(filepath.FromSlash(d.Path)); err != nil && !os.IsNotExist(err) {
				return err
			}
		}
		if d.New != nil {
			put = append(put, d.Path)
		}
	}
	return t.writePaths(dir, put)
}

func (t *Tree) writePaths(dir string, paths []string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, p := range paths {
		if err := writeEntry(root, filepath.FromSlash(p), t.files[p]); err != nil {
			return fmt.Errorf("writing %s: %w", p, err)
		}
	}
	return nil
}

func writeEntry(root *os.Root, p string, f *File) error {
	if d := path.Dir(filepath.ToSlash(p)); d != "." {
		if err := root.MkdirAll(d, 0o777); err != nil {
			return err
		}
	}
	data, err := f.Bytes()
	if err != nil {
		return err
	}
	switch f.Mode.kind() {
	case ModeSymlink:
		return root.Symlink(string(data), p)
	case ModeGitlink:
		return root.Mkdir(p, 0o777)
	}
	w, err := root.OpenFile(p, os.O_WRONLY|os.O_CREATE|os.O_EXCL, os.FileMode(f.Mode&0o777))
	if err != nil {
		return err
	}
	if _, err = w.Write(data); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}
