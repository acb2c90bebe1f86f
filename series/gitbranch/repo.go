package gitbranch

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/go-git/go-billy/v5/osfs"
	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// RevError says that a repository or a revision in it cannot be used.
type RevError struct {
	Repo, Rev string // Rev is "" when the repository itself is the trouble
	Err       error
}

func (e *RevError) Error() string {
	if e.Rev == "" {
		return fmt.Sprintf("%s: %v", e.Repo, e.Err)
	}
	return fmt.Sprintf("%s: revision %q: %v", e.Repo, e.Rev, e.Err)
}

func (e *RevError) Unwrap() error { return e.Err }

// Repo is an open repository. It is safe for concurrent use: go-git's store is not, so reads take turns.
type Repo struct {
	path  string
	mu    sync.Mutex
	git   *git.Repository
	store *filesystem.Storage
}

// Open opens the repository at path: a bare one, a worktree (also a linked one, whose .git is a file) or its .git directory.
func Open(path string) (*Repo, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, &RevError{Repo: path, Err: err}
	}
	r, err := git.PlainOpenWithOptions(path, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
	if errors.Is(err, git.ErrRepositoryNotExists) {
		err = errors.New("not a git repository (neither bare nor with a .git)")
	}
	if err != nil {
		return nil, &RevError{Repo: path, Err: err}
	}
	st, ok := r.Storer.(*filesystem.Storage)
	if !ok {
		return nil, &RevError{Repo: path, Err: errors.New("not a repository on disk")}
	}
	// The same place again, but with pack files kept open and alternates looked up from the file system's root.
	store := filesystem.NewStorageWithOptions(st.Filesystem(), cache.NewObjectLRUDefault(),
		filesystem.Options{KeepDescriptors: true, AlternatesFS: osfs.New("/")})
	if r, err = git.Open(store, nil); err != nil {
		return nil, &RevError{Repo: path, Err: err}
	}
	return &Repo{path: path, git: r, store: store}, nil
}

// Close releases the pack files. Files of its trees that were not read yet cannot be read any more.
func (r *Repo) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.store.Close()
}

// OpenTree reads the names of the tree of rev in the repository at path repo; contents are read from git objects
// when asked for. Rev is what git takes: a branch, tag, full or abbreviated commit, HEAD~2.
// An unusable repository or an unknown or ambiguous revision is a *RevError.
func OpenTree(repo, rev string) (*refactor.Tree, error) {
	r, err := Open(repo)
	if err != nil {
		return nil, err
	}
	return r.Tree(rev)
}

// SplitSpec cuts "REPO@REV" at its last "@"; ok is false when there is none or a part is empty.
func SplitSpec(spec string) (repo, rev string, ok bool) {
	i := strings.LastIndexByte(spec, '@')
	if i <= 0 || i == len(spec)-1 {
		return "", "", false
	}
	return spec[:i], spec[i+1:], true
}

// SplitRange cuts "BASE..TIP". "A...B" (three dots) is refused with a remedy.
func SplitRange(s string) (base, tip string, err error) {
	base, tip, ok := strings.Cut(s, "..")
	switch {
	case !ok || base == "" || tip == "":
		return "", "", fmt.Errorf("%q is not a range: write BASE..TIP", s)
	case strings.HasPrefix(tip, "."):
		return "", "", fmt.Errorf("%q: three dots are not supported; write $(git merge-base A B)..B", s)
	}
	return base, tip, nil
}

func (r *Repo) commit(rev string) (*object.Commit, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.checkAmbiguous(rev); err != nil {
		return nil, &RevError{r.path, rev, err}
	}
	h, err := r.resolve(rev)
	if err != nil {
		return nil, &RevError{r.path, rev, err}
	}
	c, err := r.git.CommitObject(h)
	if err != nil {
		return nil, &RevError{r.path, rev, err}
	}
	return c, nil
}

// resolve shields us from go-git's revision parser, which panics on some of what it does not know.
func (r *Repo) resolve(rev string) (h plumbing.Hash, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("not understood: %v", p)
		}
	}()
	if strings.Contains(rev, ":") {
		return h, errors.New("a revision with a colon is not supported: name a commit")
	}
	got, err := r.git.ResolveRevision(plumbing.Revision(r.peel(rev)))
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return h, errors.New("no such branch, tag or commit")
	}
	if errors.Is(err, io.EOF) {
		return h, errors.New("the commit has not that many ancestors")
	}
	if err != nil {
		return h, err
	}
	return *got, nil
}

// peel replaces the name of a tag whose object names another tag, which go-git does not follow, by what is behind both.
func (r *Repo) peel(rev string) string {
	name, rest := rev, ""
	if i := strings.IndexAny(rev, "~^"); i >= 0 {
		name, rest = rev[:i], rev[i:]
	}
	ref, err := r.git.Tag(name)
	if err != nil {
		return rev
	}
	for h, depth := ref.Hash(), 0; depth < maxTags; depth++ {
		tag, err := r.git.TagObject(h)
		switch {
		case err != nil && depth > 1:
			return h.String() + rest
		case err != nil:
			return rev
		}
		h = tag.Target
	}
	return rev
}

// maxTags is how many tags may name each other.
const maxTags = 10

// checkAmbiguous reports an abbreviated commit name that several commits start with; go-git takes the first.
func (r *Repo) checkAmbiguous(rev string) error {
	if i := strings.IndexAny(rev, "~^"); i >= 0 {
		rev = rev[:i]
	}
	if len(rev) < 4 || len(rev) >= 40 || strings.Trim(rev, "0123456789abcdefABCDEF") != "" {
		return nil
	}
	prefix, _ := hex.DecodeString(rev[:len(rev)&^1])
	hashes, err := r.store.HashesWithPrefix(prefix)
	if err != nil {
		return nil // resolve says what is wrong
	}
	var found []string
	for _, h := range hashes {
		if strings.HasPrefix(h.String(), strings.ToLower(rev)) {
			if _, err := r.git.CommitObject(h); err == nil {
				found = append(found, h.String()[:12])
			}
		}
	}
	if len(found) > 1 {
		return fmt.Errorf("ambiguous: commits %s", strings.Join(found, ", "))
	}
	return nil
}

// Tracked returns the paths that the index of the checkout lists. A bare repository lists none.
func (r *Repo) Tracked() (map[string]bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	index, err := r.store.Index()
	if err != nil {
		return nil, &RevError{Repo: r.path, Err: fmt.Errorf("index: %w", err)}
	}
	out := make(map[string]bool, len(index.Entries))
	for _, e := range index.Entries {
		out[e.Name] = true
	}
	return out, nil
}

// Tree returns the tree of rev, named REPO@REV.
func (r *Repo) Tree(rev string) (*refactor.Tree, error) {
	c, err := r.commit(rev)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	top, err := c.Tree()
	if err != nil {
		return nil, &RevError{r.path, rev, err}
	}
	files := map[string]*refactor.File{}
	if err := r.walk(top, "", files); err != nil {
		return nil, &RevError{r.path, rev, err}
	}
	return refactor.NewTree(r.path+"@"+rev, files)
}

func (r *Repo) walk(t *object.Tree, prefix string, files map[string]*refactor.File) error {
	for _, e := range t.Entries {
		p := prefix + e.Name
		switch e.Mode {
		case filemode.Dir:
			sub, err := object.GetTree(r.store, e.Hash)
			if err != nil {
				return fmt.Errorf("directory %s: %w", p, err)
			}
			if err := r.walk(sub, p+"/", files); err != nil {
				return err
			}
		case filemode.Submodule:
			text := []byte("Subproject commit " + e.Hash.String() + "\n")
			files[p] = refactor.NewHashedFile(refactor.ModeGitlink, int64(len(text)), refactor.Hash(e.Hash), func() ([]byte, error) { return text, nil })
		default:
			files[p] = refactor.NewHashedFile(refactor.Mode(e.Mode), -1, refactor.Hash(e.Hash), func() ([]byte, error) { return r.blob(p, e.Hash) })
		}
	}
	return nil
}

// blob reads one file; p is for the message.
func (r *Repo) blob(p string, h plumbing.Hash) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o, err := r.store.EncodedObject(plumbing.BlobObject, h)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: blob %s: %w (a partial clone?)", filepath.Clean(r.path), p, h, err)
	}
	rd, err := o.Reader()
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", r.path, p, err)
	}
	defer rd.Close()
	data := make([]byte, o.Size())
	if _, err := io.ReadFull(rd, data); err != nil {
		return nil, fmt.Errorf("%s: %s: blob %s: %w", r.path, p, h, err)
	}
	return data, nil
}
