package store

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func open(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRoundTrip: what was put comes back, the newest of one key; another key misses.
func TestRoundTrip(t *testing.T) {
	s, k := open(t), KeyOf([]byte("k"))
	for _, v := range []string{"", "one", "another"} {
		if err := s.Put(k, []byte(v)); err != nil {
			t.Fatal(err)
		}
		if got := s.Get(k); got == nil || string(got) != v {
			t.Errorf("got %q, want %q", got, v)
		}
	}
	if got := s.Get(KeyOf([]byte("other"))); got != nil {
		t.Errorf("another key has %q", got)
	}
	var none *Store
	if none.Put(k, nil) != nil || none.Get(k) != nil || none.Trim(0) != nil {
		t.Error("a nil store keeps something, or fails")
	}
}

// TestKeyBoundaries: the boundaries between parts count.
func TestKeyBoundaries(t *testing.T) {
	if KeyOf([]byte("ab"), []byte("c")) == KeyOf([]byte("a"), []byte("bc")) || KeyOf() == KeyOf(nil) {
		t.Error("different parts, same key")
	}
}

// TestDamage: every single-bit error and every cut makes an entry count as none, and it is gone afterwards.
func TestDamage(t *testing.T) {
	s, k := open(t), KeyOf()
	if err := s.Put(k, []byte("value")); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(s.path(k))
	if err != nil {
		t.Fatal(err)
	}
	try := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(s.path(k), b, 0o644); err != nil {
			t.Fatal(err)
		}
		if got := s.Get(k); got != nil {
			t.Fatalf("%q is accepted as %q", b, got)
		}
		if _, err := os.Stat(s.path(k)); err == nil {
			t.Fatalf("%q is still there", b)
		}
	}
	for i := range whole {
		for bit := range 8 {
			b := bytes.Clone(whole)
			b[i] ^= 1 << bit
			try(b)
		}
		try(whole[:i])
	}
}

// TestTrim removes what is old and leaves what is not.
func TestTrim(t *testing.T) {
	s, old, young := open(t), KeyOf([]byte("old")), KeyOf([]byte("young"))
	for _, k := range []Key{old, young} {
		if err := s.Put(k, []byte("v")); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(s.path(old), past, past); err != nil {
		t.Fatal(err)
	}
	if err := s.Trim(24 * time.Hour); err != nil {
		t.Fatal(err)
	}
	if s.Get(old) != nil || s.Get(young) == nil {
		t.Errorf("old: %q, young: %q", s.Get(old), s.Get(young))
	}
}
