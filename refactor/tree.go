package refactor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"sync"
)

// Mode is a file's kind and permission as git records it.
type Mode uint32

// The modes a tree can hold, with git's own octal values.
const (
	ModeFile    Mode = 0o100644
	ModeExec    Mode = 0o100755
	ModeSymlink Mode = 0o120000
	ModeGitlink Mode = 0o160000 // a submodule; its content is the line git prints for it
)

// kind returns the file type bits of a mode: regular, symlink or gitlink.
func (m Mode) kind() Mode { return m & 0o170000 }

// String returns the mode as git prints it: six octal digits.
func (m Mode) String() string { return fmt.Sprintf("%06o", uint32(m)) }

// File is one entry of a Tree. For a symlink the content is the link's target.
// A File is read at most once; it is safe for concurrent use.
type File struct {
	Mode Mode
	Size int64 // bytes, -1 when not known before reading
	load func() ([]byte, error)
	once sync.Once
	data []byte
	err  error

	hashOnce sync.Once
	hash     Hash
	hashErr  error
}

// NewFile returns a file with the given content.
func NewFile(mode Mode, data []byte) *File {
	f := &File{Mode: mode, Size: int64(len(data)), data: data}
	f.once.Do(func() {})
	return f
}

// NewLazyFile returns a file whose content is fetched by load on first use.
func NewLazyFile(mode Mode, size int64, load func() ([]byte, error)) *File {
	return &File{Mode: mode, Size: size, load: load}
}

// NewHashedFile is NewLazyFile for content whose git blob hash is known, so that comparing
// and digesting trees does not read it.
func NewHashedFile(mode Mode, size int64, h Hash, load func() ([]byte, error)) *File {
	f := NewLazyFile(mode, size, load)
	f.hash = h
	f.hashOnce.Do(func() {})
	return f
}

// withMode returns the same content under another mode; the content stays lazy and its hash cached.
func (f *File) withMode(m Mode) *File {
	if f.Mode == m {
		return f
	}
	g := NewLazyFile(m, f.Size, f.Bytes)
	g.hashOnce.Do(func() { g.hash, g.hashErr = f.Hash() })
	return g
}

// Bytes returns the content. Callers must not change it.
func (f *File) Bytes() ([]byte, error) {
	f.once.Do(func() { f.data, f.err = f.load() })
	return f.data, f.err
}

// Tree is an immutable set of files under slash-separated relative paths.
// It is safe for concurrent use.
type Tree struct {
	name  string
	root  string // directory on disk, "" when the tree does not come from one
	files map[string]*File
	paths []string // sorted

	digestOnce sync.Once
	digest     Hash
	digestErr  error
}

// NewTree makes a tree from files; name is what messages call it.
// A path that is absolute, empty, not clean or leaves the tree is an error, and so is a path below a file or symlink.
func NewTree(name string, files map[string]*File) (*Tree, error) {
	t := &Tree{name: name, files: make(map[string]*File, len(files))}
	for p, f := range files {
		if err := CheckPath(p); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		t.files[p] = f
		t.paths = append(t.paths, p)
	}
	sort.Strings(t.paths)
	seen := map[string]bool{}
	for _, p := range t.paths {
		if err := t.checkParents(p, seen); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// checkParents reports a path that lies below a file or symlink: writing it would go through the link.
func (t *Tree) checkParents(p string, seen map[string]bool) error {
	for d := path.Dir(p); d != "." && !seen[d]; d = path.Dir(d) {
		if f := t.files[d]; f != nil {
			what := "file"
			if f.Mode.kind() == ModeSymlink {
				what = "symbolic link"
			}
			return fmt.Errorf("%s: %s: its parent %s is a %s", t.name, p, d, what)
		}
		seen[d] = true
	}
	return nil
}

// CheckPath reports why p cannot name a file of a tree, or nil.
// As in git, no component may be ".git" in any case.
func CheckPath(p string) error {
	switch {
	case p == "" || p == ".":
		return errors.New("empty path")
	case path.IsAbs(p):
		return fmt.Errorf("path %q is absolute", p)
	case p == ".." || strings.HasPrefix(p, "../") || strings.Contains(p, "/../") || strings.HasSuffix(p, "/.."):
		return fmt.Errorf("path %q leaves the tree", p)
	case path.Clean(p) != p:
		return fmt.Errorf("path %q is not clean", p)
	case strings.ContainsRune(p, 0):
		return fmt.Errorf("path %q holds a NUL byte", p)
	}
	if len(p) >= 4 && strings.Contains(strings.ToLower(p), ".git") {
		for _, c := range strings.Split(p, "/") {
			if strings.EqualFold(c, ".git") {
				return fmt.Errorf("path %q goes into a git directory", p)
			}
		}
	}
	return nil
}

// OpenDir reads the names below dir (contents are read when asked for, and an unreadable one is an error then).
// The .git directory (or file) is left out; symlinks are entries, never followed, not even when one
// replaces a file after the names were read.
func OpenDir(dir string) (*Tree, error) {
	st, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !st.IsDir() {
		return nil, fmt.Errorf("%s: not a directory", dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	files := map[string]*File{}
	err = fs.WalkDir(root.FS(), ".", func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", filepath.Join(dir, p), err)
		case e.IsDir() && strings.EqualFold(e.Name(), ".git"):
			return fs.SkipDir
		case e.IsDir() || strings.EqualFold(e.Name(), ".git"):
			return nil
		}
		if f := diskFile(root, dir, p, e); f != nil {
			files[p] = f
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	t, err := NewTree(dir, files)
	if err == nil {
		t.root = dir
	}
	return t, err
}

// diskFile returns the entry for one directory entry, nil for devices, sockets and pipes.
func diskFile(root *os.Root, dir, p string, e fs.DirEntry) *File {
	located := func(b []byte, err error) ([]byte, error) {
		if err != nil {
			err = fmt.Errorf("%s: %w", filepath.Join(dir, p), err)
		}
		return b, err
	}
	switch {
	case e.Type()&fs.ModeSymlink != 0:
		return NewLazyFile(ModeSymlink, -1, func() ([]byte, error) {
			s, err := root.Readlink(filepath.FromSlash(p))
			return located([]byte(s), err)
		})
	case !e.Type().IsRegular():
		return nil
	}
	mode, size := ModeFile, int64(-1)
	if in, err := e.Info(); err == nil {
		size = in.Size()
		if in.Mode()&0o100 != 0 {
			mode = ModeExec
		}
	}
	return NewLazyFile(mode, size, func() ([]byte, error) { return located(root.ReadFile(filepath.FromSlash(p))) })
}

// Name returns what messages call the tree: its directory or REPO@REV.
func (t *Tree) Name() string { return t.name }

// Root returns the directory the tree was opened from, or "".
func (t *Tree) Root() string { return t.root }

// Paths returns every path, sorted. Callers must not change the slice.
func (t *Tree) Paths() []string { return t.paths }

// File returns the entry at p, or nil.
func (t *Tree) File(p string) *File { return t.files[p] }

// maxLinks bounds symlink chains, as the kernel's ELOOP does.
const maxLinks = 40

// Resolve follows symlinks, in every component, and returns the path of the regular file that p names.
// A link that is absolute, leaves the tree, dangles or loops is an error naming it.
func (t *Tree) Resolve(p string) (string, error) {
	todo, done := strings.Split(path.Clean(p), "/"), ""
	for links := 0; len(todo) > 0; {
		next := path.Join(done, todo[0])
		todo = todo[1:]
		if next == ".." || strings.HasPrefix(next, "../") {
			return "", fmt.Errorf("%s: %s leaves the tree: %w", t.name, p, fs.ErrNotExist)
		}
		f := t.files[next]
		if f == nil || f.Mode != ModeSymlink {
			done = next
			continue
		}
		if links++; links > maxLinks {
			return "", fmt.Errorf("%s: %s: symbolic links loop", t.name, p)
		}
		to, err := f.Bytes()
		if err != nil {
			return "", err
		}
		if path.IsAbs(string(to)) {
			return "", fmt.Errorf("%s: symbolic link %s leaves the tree (-> %s): %w", t.name, next, to, fs.ErrNotExist)
		}
		todo = append(strings.Split(path.Clean(string(to)), "/"), todo...)
	}
	if t.files[done] == nil {
		return "", fmt.Errorf("%s: %s: %w", t.name, p, fs.ErrNotExist)
	}
	return done, nil
}

// ReadFile returns the content that p names, following symlinks inside the tree. Callers must not change it.
func (t *Tree) ReadFile(p string) ([]byte, error) {
	if f := t.files[p]; f != nil && f.Mode != ModeSymlink {
		return f.Bytes()
	}
	r, err := t.Resolve(p)
	if err != nil {
		return nil, err
	}
	return t.files[r].Bytes()
}
