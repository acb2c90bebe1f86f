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
	if none.Put(k, nil) != nil || none.Get(k) != nil || none.Tidy(0, 0, 0) != nil {
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

// TestTidy: what is old goes, then the oldest until the rest is small enough; and nothing when it was done lately.
func TestTidy(t *testing.T) {
	s := open(t)
	key := func(i int) Key { return KeyOf([]byte{byte(i)}) }
	for i := range 6 { // entry i is i days old
		if err := s.Put(key(i), make([]byte, 1000-headLen)); err != nil {
			t.Fatal(err)
		}
		past := time.Now().Add(-time.Duration(i)*24*time.Hour - time.Minute)
		if err := os.Chtimes(s.path(key(i)), past, past); err != nil {
			t.Fatal(err)
		}
	}
	left := func() (out []int) {
		for i := range 6 {
			if s.Get(key(i)) != nil {
				out = append(out, i)
			}
		}
		return out
	}
	for _, step := range []struct {
		every, age time.Duration
		size       int64
		want       int
	}{{0, 100 * 24 * time.Hour, 1 << 20, 6}, {0, 4 * 24 * time.Hour, 1 << 20, 4}, {time.Hour, 0, 0, 4}, {0, 4 * 24 * time.Hour, 2500, 2}, {0, 0, 0, 0}} {
		if err := s.Tidy(step.every, step.age, step.size); err != nil {
			t.Fatal(err)
		}
		if got := left(); len(got) != step.want || step.want > 0 && got[step.want-1] != step.want-1 {
			t.Errorf("%+v: left %v", step, got)
		}
	}
}
