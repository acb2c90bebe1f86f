// Package store is a content-addressed cache on disk. Entries are immutable; a key says all that its value depends on.
//
// It is safe against a concurrent run (an entry appears by rename), a crash (a half-written entry is a temporary file that
// nobody reads) and corruption (every entry carries a sum; a bad one is removed and counts as missing).
package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/zeebo/xxh3"
)

// Key names an entry.
type Key [sha256.Size]byte

// KeyOf hashes parts into a key; the boundaries between parts count.
func KeyOf(parts ...[]byte) Key {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:", len(p))
		h.Write(p)
	}
	return Key(h.Sum(nil))
}

// magic starts every entry: name and version of the file format.
var magic = []byte("xsmpatch-store-1")

// headLen is magic and an 8-byte sum of the payload.
const headLen = 16 + 8

// Store is a cache below one directory. A nil Store misses always and keeps nothing.
type Store struct {
	dir    string
	frozen bool
}

// Frozen returns a view of the store that keeps nothing new: for trees that are looked at once.
func (s *Store) Frozen() *Store {
	if s == nil {
		return nil
	}
	return &Store{s.dir, true}
}

// Open returns the store in dir, which is made when missing. A folder in which no file can be made is an error.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, "tmp-*")
	if err != nil {
		return nil, err
	}
	return &Store{dir: dir}, errors.Join(f.Close(), os.Remove(f.Name()))
}

// DefaultDir is where users' caches live: xsmpatch in the system's cache directory ($XDG_CACHE_HOME or ~/.cache).
func DefaultDir() (string, error) {
	d, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(d, "xsmpatch"), nil
}

func (s *Store) path(k Key) string {
	h := hex.EncodeToString(k[:])
	return filepath.Join(s.dir, h[:2], h[2:])
}

// Get returns the value of k, or nil when there is none. A damaged entry is removed and counts as none.
func (s *Store) Get(k Key) []byte {
	if s == nil {
		return nil
	}
	b, err := os.ReadFile(s.path(k))
	if err != nil {
		return nil
	}
	if len(b) < headLen || !bytes.Equal(b[:len(magic)], magic) || sum(b[headLen:]) != [8]byte(b[len(magic):headLen]) {
		os.Remove(s.path(k))
		return nil
	}
	return b[headLen:]
}

// sum is the payload's checksum, against accidents only.
func sum(b []byte) [8]byte {
	h := xxh3.Hash(b)
	var out [8]byte
	for i := range out {
		out[i] = byte(h >> (8 * i))
	}
	return out
}

// Put stores value under k, whole or not at all. An existing entry is replaced.
func (s *Store) Put(k Key, value []byte) error {
	if s == nil || s.frozen {
		return nil
	}
	p := s.path(k)
	if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(p), "tmp-*")
	if err != nil {
		return err
	}
	c := sum(value)
	_, err = f.Write(append(append(append(make([]byte, 0, headLen+len(value)), magic...), c[:]...), value...))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), p)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// tag marks the directory as a cache for backup programs; its time is that of the last tidying.
// Source: bford.info/cachedir, "Cache Directory Tagging Specification".
const (
	tagName = "CACHEDIR.TAG"
	tagText = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of xsmpatch; it can be removed at any time.\n"
)

// Tidy removes what was written longer than age ago, and then the oldest until the rest has at most size bytes. It does so when the
// last time is at least every ago. A run that loses an entry in this way reads anew.
func (s *Store) Tidy(every, age time.Duration, size int64) error {
	if s == nil {
		return nil
	}
	tag := filepath.Join(s.dir, tagName)
	if st, err := os.Stat(tag); err == nil && time.Since(st.ModTime()) < every {
		return nil
	}
	if err := os.WriteFile(tag, []byte(tagText), 0o666); err != nil {
		return err
	}
	type entry struct {
		path string
		info fs.FileInfo
	}
	var all []entry
	err := filepath.WalkDir(s.dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || p == tag {
			return nil
		}
		if in, err := d.Info(); err == nil { // else another run has removed it
			all = append(all, entry{p, in})
		}
		return nil
	})
	slices.SortFunc(all, func(a, b entry) int { return b.info.ModTime().Compare(a.info.ModTime()) })
	limit := time.Now().Add(-age)
	for _, e := range all { // the youngest first
		if size -= e.info.Size(); size < 0 || e.info.ModTime().Before(limit) {
			os.Remove(e.path)
		}
	}
	return err
}
