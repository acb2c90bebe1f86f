package refactor

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
)

// Hash is a git object name (SHA-1 of the object with its header).
type Hash [sha1.Size]byte

// String returns the hash as 40 hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// objectHash returns the name git gives to an object of this kind and content.
func objectHash(kind string, data []byte) Hash {
	h := sha1.New()
	fmt.Fprintf(h, "%s %d\x00", kind, len(data))
	h.Write(data)
	return Hash(h.Sum(nil))
}

// BlobHash returns the name git gives to a file with this content.
func BlobHash(data []byte) Hash { return objectHash("blob", data) }

// Hash returns the file's git blob name; it is computed once.
// The error is the one of reading the content.
func (f *File) Hash() (Hash, error) {
	f.hashOnce.Do(func() {
		b, err := f.Bytes()
		f.hash, f.hashErr = BlobHash(b), err
	})
	return f.hash, f.hashErr
}

// Digest returns the tree's git tree name, which equals `git write-tree` on the same content.
// It is computed once and reads only files whose hash is not yet known.
func (t *Tree) Digest() (Hash, error) {
	t.digestOnce.Do(func() { t.digest, t.digestErr = t.hashDir(t.paths, 0) })
	return t.digest, t.digestErr
}

// treeEntry is one line of a git tree object.
type treeEntry struct {
	key  string // name as git sorts it: directories end in a slash
	mode Mode
	hash Hash
}

// modeDir is the mode of a subtree entry; trees of this package hold files only.
const modeDir Mode = 0o40000

// hashDir hashes the directory that all paths share a prefix of length cut with. Paths are sorted, so that
// everything below one name is contiguous except where a file sorts between ("a", "a.c", "a/b").
func (t *Tree) hashDir(paths []string, cut int) (Hash, error) {
	subs := map[string][]string{}
	var entries []treeEntry
	for _, p := range paths {
		name, _, below := strings.Cut(p[cut:], "/")
		if below {
			subs[name] = append(subs[name], p)
			continue
		}
		f := t.files[p]
		h, err := f.Hash()
		if err != nil {
			return Hash{}, err
		}
		entries = append(entries, treeEntry{name, f.Mode, h})
	}
	for name, below := range subs {
		h, err := t.hashDir(below, cut+len(name)+1)
		if err != nil {
			return Hash{}, err
		}
		entries = append(entries, treeEntry{name + "/", modeDir, h})
	}
	return hashEntries(entries), nil
}

func hashEntries(entries []treeEntry) Hash {
	sort.Slice(entries, func(i, j int) bool { return entries[i].key < entries[j].key })
	var b bytes.Buffer
	for _, e := range entries {
		fmt.Fprintf(&b, "%o %s\x00", uint32(e.mode), strings.TrimSuffix(e.key, "/"))
		b.Write(e.hash[:])
	}
	return objectHash("tree", b.Bytes())
}
