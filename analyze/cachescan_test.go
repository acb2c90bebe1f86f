package analyze

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/store"
	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/testdata"
)

// miniTree writes minixen into a folder of the test's.
func miniTree(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tree")
	if err := os.CopyFS(dir, testdata.MiniXen()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// scanDir scans a folder with the cache in cache ("": none); it returns the inventory as JSON, and the units that were not in the cache.
func scanDir(t *testing.T, dir, cache string) (text string, anew []string) {
	t.Helper()
	tree, err := refactor.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var st *store.Store
	if cache != "" {
		if st, err = store.Open(cache); err != nil {
			t.Fatal(err)
		}
	}
	f, read, err := Scan(context.Background(), tree, Options{Workers: 2, Store: st})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range read[0].units {
		if !rec.cached {
			anew = append(anew, rec.unit.Main)
		}
	}
	return string(b), anew
}

// edit replaces the one place where old is in a file of dir.
func edit(t *testing.T, dir, file, old, repl string) {
	t.Helper()
	p := filepath.Join(dir, file)
	b, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(b), old); n != 1 {
		t.Fatalf("%s: %q is there %d times", file, old, n)
	}
	if err := os.WriteFile(p, []byte(strings.Replace(string(b), old, repl, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// entries lists the files of a cache.
func entries(t *testing.T, cache string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(cache, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCacheReadsAnew: a second scan reads nothing; a touched .c file is read again, a touched header with all that include it;
// what comes out is what a scan without a cache says.
func TestCacheReadsAnew(t *testing.T) {
	dir, cache := miniTree(t), t.TempDir()
	cold, all := scanDir(t, dir, cache)
	if len(all) < 20 {
		t.Fatalf("cold: %d units read", len(all))
	}
	warm, anew := scanDir(t, dir, cache)
	if warm != cold || len(anew) != 0 {
		t.Errorf("warm: read %q, same bytes: %v", anew, warm == cold)
	}
	edit(t, dir, "xen/common/sysctl.c", "#include <xen/console.h>", "\n#include <xen/console.h>")
	text, anew := scanDir(t, dir, cache)
	if !slices.Equal(anew, []string{"xen/common/sysctl.c"}) {
		t.Errorf("after an edit of sysctl.c: read %q", anew)
	}
	if plain, _ := scanDir(t, dir, ""); text != plain || text == cold {
		t.Errorf("after the edit the cached scan equals one without a cache: %v; the old one: %v", text == plain, text == cold)
	}
}

// TestCacheRandomEdits: after any change of one file, be it one that breaks it, and after taking it back, a scan with the cache says
// what one without says. The edits follow from the seeds.
func TestCacheRandomEdits(t *testing.T) {
	dir, cache := miniTree(t), t.TempDir()
	before, _ := scanDir(t, dir, cache)
	files, err := filepath.Glob(filepath.Join(dir, "xen/*/*.[ch]"))
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 1))
		file := files[r.IntN(len(files))]
		old, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, randomEdit(r, old), 0o644); err != nil {
			t.Fatal(err)
		}
		warm, anew := scanDir(t, dir, cache)
		cold, _ := scanDir(t, dir, "")
		if warm != cold {
			t.Errorf("seed %d, an edit of %s: %d units read anew, and the bytes differ from a scan without a cache", seed, file, len(anew))
		}
		if err := os.WriteFile(file, old, 0o644); err != nil {
			t.Fatal(err)
		}
		if back, anew := scanDir(t, dir, cache); back != before || len(anew) != 0 {
			t.Errorf("seed %d, %s is as it was: same bytes: %v, read anew %q", seed, file, back == before, anew)
		}
	}
}

// randomEdit moves, drops, doubles or cuts a line of src, or puts an empty one in.
func randomEdit(r *rand.Rand, src []byte) []byte {
	lines := bytes.SplitAfter(src, []byte("\n"))
	i, j := r.IntN(len(lines)), r.IntN(len(lines))
	switch r.IntN(5) {
	case 0:
		lines[i], lines[j] = lines[j], lines[i]
	case 1:
		lines[i] = nil
	case 2:
		lines[i] = append(slices.Clip(lines[i]), lines[j]...)
	case 3:
		lines[i] = lines[i][:len(lines[i])/2]
	case 4:
		lines[i] = append([]byte("\n"), lines[i]...)
	}
	return bytes.Join(lines, nil)
}

// TestCacheHeader: an edited header makes those units be read anew that include it, and a new file those that looked for it in vain.
func TestCacheHeader(t *testing.T) {
	dir, cache := miniTree(t), t.TempDir()
	_, all := scanDir(t, dir, cache)
	edit(t, dir, "xen/include/xen/rangeset.h", "#include <xen/types.h>", "/* */\n#include <xen/types.h>")
	text, anew := scanDir(t, dir, cache)
	if !slices.Contains(anew, "xen/common/rangeset.c") || len(anew) == len(all) {
		t.Errorf("after an edit of rangeset.h: read %q of %d", anew, len(all))
	}
	if plain, _ := scanDir(t, dir, ""); plain != text {
		t.Error("a cached scan differs from one without a cache")
	}
}

// TestCacheDamage: entries that are corrupt, cut short, empty or of another kind are read anew and repaired; a temporary file that a crash left harms nothing.
func TestCacheDamage(t *testing.T) {
	dir, cache := miniTree(t), t.TempDir()
	want, all := scanDir(t, dir, cache)
	for name, damage := range map[string]func([]byte) []byte{
		"corrupt": func(b []byte) []byte { b[len(b)/2] ^= 0x40; return b },
		"cut":     func(b []byte) []byte { return b[:len(b)*2/3] },
		"empty":   func([]byte) []byte { return nil },
		"text":    func([]byte) []byte { return []byte("not an entry\n") },
	} {
		for _, p := range entries(t, cache) {
			b, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(p, damage(b), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(filepath.Dir(p), "tmp-crashed"), b[:len(b)/2], 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got, anew := scanDir(t, dir, cache); got != want || len(anew) != len(all) {
			t.Errorf("%s: %d of %d units read anew, same bytes: %v", name, len(anew), len(all), got == want)
		}
		if got, anew := scanDir(t, dir, cache); got != want || len(anew) != 0 {
			t.Errorf("%s: not repaired: %d units read anew, same bytes: %v", name, len(anew), got == want)
		}
	}
}

// TestCacheShared: runs that start together on one empty cache agree. What they leave may need one more run: a header's functions are
// stored with the unit that a run read first, and the runs differ in that.
func TestCacheShared(t *testing.T) {
	dir, cache := miniTree(t), t.TempDir()
	want, _ := scanDir(t, dir, "")
	texts := make([]string, 3)
	var wg sync.WaitGroup
	for i := range texts {
		wg.Go(func() { texts[i], _ = scanDir(t, dir, cache) })
	}
	wg.Wait()
	for i, got := range texts {
		if got != want {
			t.Errorf("run %d differs from one without a cache", i)
		}
	}
	if got, _ := scanDir(t, dir, cache); got != want {
		t.Error("afterwards the bytes differ")
	}
	if got, anew := scanDir(t, dir, cache); got != want || len(anew) != 0 {
		t.Errorf("the second run afterwards reads %d units anew, same bytes: %v", len(anew), got == want)
	}
}
