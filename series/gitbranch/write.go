package gitbranch

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series"
)

// WriteBranch writes the series as commits on base (a revision whose tree is the series' baseline) and then makes
// the new branch name point to the last. Only objects and that one reference are written; an existing name, or one
// that git would refuse, is an error and changes nothing. It returns the last commit.
func (r *Repo) WriteBranch(name, base string, s *series.Series, o series.MailOptions) (string, error) {
	ref := plumbing.NewBranchReferenceName(name)
	if err := r.checkNewBranch(ref); err != nil {
		return "", fmt.Errorf("%s: branch %q: %w", r.path, name, err)
	}
	parent, err := r.commit(base)
	if err != nil {
		return "", err
	}
	want, err := s.Base.Digest()
	if err != nil {
		return "", err
	}
	if refactor.Hash(parent.TreeHash) != want {
		return "", &RevError{r.path, base, fmt.Errorf("its tree %s is not the baseline of the series (%s)", parent.TreeHash, want)}
	}
	head, before := parent.Hash, s.Base
	err = s.Replay(s.Base, func(n int, after *refactor.Tree) error {
		if err := r.putFiles(before, after); err != nil {
			return err
		}
		head, err = r.putCommit(after, head, s.Patches[n-1], n, o)
		before = after
		return err
	})
	if err != nil {
		return "", fmt.Errorf("%s: branch %q: %w", r.path, name, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.store.SetReference(plumbing.NewHashReference(ref, head)); err != nil {
		return "", fmt.Errorf("%s: branch %q: %w", r.path, name, err)
	}
	return head.String(), nil
}

func (r *Repo) checkNewBranch(ref plumbing.ReferenceName) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := ref.Validate(); err != nil {
		return err
	}
	refs, err := r.store.IterReferences()
	if err != nil {
		return err
	}
	defer refs.Close()
	return refs.ForEach(func(have *plumbing.Reference) error {
		n := have.Name()
		switch {
		case n == ref:
			return errors.New("exists already; name another one")
		case strings.HasPrefix(string(n), string(ref)+"/"), strings.HasPrefix(string(ref), string(n)+"/"):
			return fmt.Errorf("git cannot hold it beside the branch %q", n.Short())
		}
		return nil
	})
}

// putFiles writes the blobs that after has and before has not.
func (r *Repo) putFiles(before, after *refactor.Tree) error {
	ds, err := refactor.Diff(before, after)
	if err != nil {
		return err
	}
	for _, d := range ds {
		if d.New == nil || d.New.Mode == refactor.ModeGitlink {
			continue
		}
		data, err := d.New.Bytes()
		if err != nil {
			return err
		}
		if _, err := r.putObject(plumbing.BlobObject, data); err != nil {
			return err
		}
	}
	return nil
}

func (r *Repo) putObject(kind plumbing.ObjectType, data []byte) (plumbing.Hash, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h := plumbing.ComputeHash(kind, data)
	if r.store.HasEncodedObject(h) == nil {
		return h, nil
	}
	m := r.store.NewEncodedObject()
	m.SetType(kind)
	w, err := m.Writer()
	if err != nil {
		return plumbing.ZeroHash, err
	}
	if _, err := w.Write(data); err != nil {
		return plumbing.ZeroHash, err
	}
	if err := w.Close(); err != nil {
		return plumbing.ZeroHash, err
	}
	return r.store.SetEncodedObject(m)
}

// putTree writes the tree objects below a directory; paths share a prefix of length cut and are sorted.
func (r *Repo) putTree(t *refactor.Tree, paths []string, cut int) (plumbing.Hash, error) {
	subs := map[string][]string{}
	tree := &object.Tree{}
	for _, p := range paths {
		name, _, below := strings.Cut(p[cut:], "/")
		if below {
			subs[name] = append(subs[name], p)
			continue
		}
		h, err := t.File(p).Hash()
		if err != nil {
			return plumbing.ZeroHash, err
		}
		tree.Entries = append(tree.Entries, object.TreeEntry{Name: name, Mode: filemode.FileMode(t.File(p).Mode), Hash: plumbing.Hash(h)})
	}
	for name, below := range subs {
		h, err := r.putTree(t, below, cut+len(name)+1)
		if err != nil {
			return plumbing.ZeroHash, err
		}
		tree.Entries = append(tree.Entries, object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: h})
	}
	sort.Sort(object.TreeEntrySorter(tree.Entries))
	var m plumbing.MemoryObject
	if err := tree.Encode(&m); err != nil {
		return plumbing.ZeroHash, err
	}
	return r.putEncoded(&m)
}

// putEncoded stores an object that go-git encoded.
func (r *Repo) putEncoded(m *plumbing.MemoryObject) (plumbing.Hash, error) {
	rd, err := m.Reader()
	if err != nil {
		return plumbing.ZeroHash, err
	}
	defer rd.Close()
	data := make([]byte, m.Size())
	if _, err := rd.Read(data); err != nil && m.Size() > 0 {
		return plumbing.ZeroHash, err
	}
	return r.putObject(m.Type(), data)
}

func (r *Repo) putCommit(t *refactor.Tree, parent plumbing.Hash, p *series.Patch, n int, o series.MailOptions) (plumbing.Hash, error) {
	tree, err := r.putTree(t, t.Paths(), 0)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	if want, err := t.Digest(); err != nil || refactor.Hash(tree) != want {
		return plumbing.ZeroHash, fmt.Errorf("wrote tree %s, wanted %s: %v", tree, want, err)
	}
	msg, err := p.Message(o)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	text := p.Subject + "\n"
	if msg != "" {
		text += "\n" + msg
	}
	sig := object.Signature{Name: o.AuthorName(), Email: o.AuthorEmail(), When: o.DateOf(n).In(time.UTC)}
	c := &object.Commit{Author: sig, Committer: sig, Message: text, TreeHash: tree, ParentHashes: []plumbing.Hash{parent}}
	var m plumbing.MemoryObject
	if err := c.Encode(&m); err != nil {
		return plumbing.ZeroHash, err
	}
	return r.putEncoded(&m)
}

// Author returns who wrote a commit and when, for mails that are to carry the same name.
func (r *Repo) Author(rev string) (name, email string, when time.Time, err error) {
	c, err := r.commit(rev)
	if err != nil {
		return "", "", time.Time{}, err
	}
	return c.Author.Name, c.Author.Email, c.Author.When, nil
}
