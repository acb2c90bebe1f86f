package refactor

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func text(s string) *File { return NewFile(ModeFile, []byte(s)) }

func content(t *testing.T, tr *Tree, p string) string {
	t.Helper()
	b, err := tr.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestApplyMergesByChangeOrder(t *testing.T) {
	base := mustTree(t, map[string]*File{"f": text("abcdef")})
	a := &Change{ID: "a", Edits: []Edit{{"f", 2, 4, "XY"}, {"f", 2, 2, "1"}}}
	b := &Change{ID: "b", Edits: []Edit{{"f", 4, 4, "3"}, {"f", 2, 2, "2"}}}
	for _, c := range []struct {
		order []*Change
		want  string
	}{{[]*Change{a, b}, "ab12XY3ef"}, {[]*Change{b, a}, "ab21XY3ef"}} {
		got, err := base.Apply(c.order...)
		if err != nil {
			t.Fatal(err)
		}
		if s := content(t, got, "f"); s != c.want {
			t.Errorf("got %q, want %q", s, c.want)
		}
	}
	if s := content(t, base, "f"); s != "abcdef" {
		t.Errorf("the baseline became %q", s)
	}
}

func TestApplyFileOps(t *testing.T) {
	base := mustTree(t, map[string]*File{"a": text("one\n"), "b": text("two\n"), "d/c": text("three\n")})
	got, err := base.Apply(
		&Change{ID: "mv", Files: []FileOp{{Kind: OpRename, From: "a", Path: "d/a"}, {Kind: OpRename, From: "b", Path: "a", Mode: ModeExec}}},
		&Change{ID: "ed", Edits: []Edit{{"a", 0, 3, "ONE"}, {"cp", 0, 0, "copy of "}, {"new", 0, 0, "+"}}},
		&Change{ID: "cp", Files: []FileOp{{Kind: OpCopy, From: "d/c", Path: "cp"}, {Kind: OpCreate, Path: "new", Mode: ModeFile, Data: []byte("n")}}},
		&Change{ID: "ty", Files: []FileOp{{Kind: OpDelete, Path: "d/c"}, {Kind: OpCreate, Path: "d/c", Mode: ModeSymlink, Data: []byte("a")}}},
	)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"a": "two\n", "d/a": "ONE\n", "cp": "copy of three\n", "new": "+n", "d/c": "ONE\n"}
	for p, s := range want {
		if g := content(t, got, p); g != s {
			t.Errorf("%s: %q, want %q", p, g, s)
		}
	}
	if got.File("b") != nil || got.File("a").Mode != ModeExec || got.File("d/c").Mode != ModeSymlink {
		t.Errorf("wrong files: %v", got.Paths())
	}
}

func TestApplyConflicts(t *testing.T) {
	base := mustTree(t, map[string]*File{"f": text("l1\nl2\nl3\n"), "g": text("g"), "link": NewFile(ModeSymlink, []byte("/etc"))})
	ed := func(s, e int) []Edit { return []Edit{{"f", s, e, "x"}} }
	for _, c := range []struct {
		name string
		a, b Change
		want string
	}{
		{"overlap", Change{Edits: ed(3, 6)}, Change{Edits: ed(5, 7)}, `f:2: changes "A" and "B" conflict: both change the same text`},
		{"inside", Change{Edits: ed(3, 6)}, Change{Edits: ed(4, 4)}, `f:2: changes "A" and "B" conflict`},
		{"same", Change{Edits: ed(3, 6)}, Change{Edits: ed(3, 6)}, `f:2: changes "A" and "B" conflict`},
		{"deleted", Change{Files: []FileOp{{Kind: OpDelete, Path: "f"}}}, Change{Edits: ed(0, 1)}, `changes "A" and "B" conflict: delete and edit`},
		{"twice", Change{Files: []FileOp{{Kind: OpCreate, Path: "n", Mode: ModeFile}}}, Change{Files: []FileOp{{Kind: OpCreate, Path: "n", Mode: ModeFile}}}, `create and create`},
		{"written", Change{Files: []FileOp{{Kind: OpWrite, Path: "f"}}}, Change{Edits: ed(0, 1)}, `write and edit`},
		{"moved twice", Change{Files: []FileOp{{Kind: OpRename, From: "f", Path: "x"}}}, Change{Files: []FileOp{{Kind: OpRename, From: "f", Path: "y"}}}, `rename and rename`},
		{"range", Change{Edits: ed(3, 60)}, Change{}, `f: change "A": range [3,60) is outside the file of 9 bytes`},
		{"absent", Change{}, Change{Edits: []Edit{{"no", 0, 0, "x"}}}, `no: change "B": no such file to edit`},
		{"exists", Change{Files: []FileOp{{Kind: OpCreate, Path: "g", Mode: ModeFile}}}, Change{}, `the file exists`},
		{"escape", Change{Files: []FileOp{{Kind: OpCreate, Path: "../x", Mode: ModeFile}}}, Change{}, `leaves the tree`},
		{"absolute", Change{Files: []FileOp{{Kind: OpCreate, Path: "/x", Mode: ModeFile}}}, Change{}, `is absolute`},
		{"git", Change{Files: []FileOp{{Kind: OpCreate, Path: "d/.Git/config", Mode: ModeFile}}}, Change{}, `git directory`},
		{"through link", Change{Files: []FileOp{{Kind: OpCreate, Path: "link/passwd", Mode: ModeFile}}}, Change{}, `its parent link is a symbolic link`},
		{"mode", Change{Files: []FileOp{{Kind: OpMode, Path: "g", Mode: ModeSymlink}}}, Change{}, `cannot chmod`},
	} {
		c.a.ID, c.b.ID = "A", "B"
		_, err := base.Apply(&c.a, &c.b)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	_, err := base.Apply(&Change{ID: "A", Edits: ed(3, 6)}, &Change{ID: "B", Edits: ed(5, 7)})
	var ce *ConflictError
	if !errors.As(err, &ce) || ce.A != "A" || ce.B != "B" || ce.Line != 2 || ce.Path != "f" {
		t.Errorf("conflict not typed: %#v", err)
	}
}

func TestOpenDirIsSafe(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(t.TempDir(), "secret")
	for _, err := range []error{
		os.WriteFile(out, []byte("secret"), 0o600),
		os.Symlink(out, filepath.Join(dir, "link")),
		os.Symlink(filepath.Dir(out), filepath.Join(dir, "dirlink")),
		os.WriteFile(filepath.Join(dir, "f"), []byte("x"), 0o755),
		os.WriteFile(filepath.Join(dir, "swapped"), []byte("x"), 0o644),
		os.WriteFile(filepath.Join(dir, "gone"), []byte("x"), 0o644),
		os.Mkdir(filepath.Join(dir, ".git"), 0o755),
		os.WriteFile(filepath.Join(dir, ".git", "config"), nil, 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	tr, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(tr.Paths(), " "); got != "dirlink f gone link swapped" {
		t.Errorf("paths %q", got)
	}
	if _, err := tr.ReadFile("link"); err == nil || !strings.Contains(err.Error(), "leaves the tree") {
		t.Errorf("read through a link that leaves: %v", err)
	}
	if b, err := tr.File("link").Bytes(); err != nil || string(b) != out {
		t.Errorf("link entry %q, %v", b, err)
	}
	os.Remove(filepath.Join(dir, "swapped"))
	os.Symlink(out, filepath.Join(dir, "swapped"))
	if b, err := tr.File("swapped").Bytes(); err == nil {
		t.Errorf("a file swapped for a link was followed: %q", b)
	}
	os.Remove(filepath.Join(dir, "gone"))
	if _, err := tr.ReadFile("gone"); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "gone")) {
		t.Errorf("unreadable file: %v", err)
	}
	if _, err := OpenDir(filepath.Join(dir, "none")); err == nil {
		t.Error("no error for a missing directory")
	}
}

func TestReadPatchRefuses(t *testing.T) {
	base := mustTree(t, map[string]*File{"f": text("a\nb\nc\n"), "link": NewFile(ModeSymlink, []byte("/etc"))})
	for name, c := range map[string]struct{ patch, want string }{
		"empty":     {"", "no file changes"},
		"prose":     {"hello\nworld\n", "no file changes"},
		"mismatch":  {"--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-X\n+Y\n c\n", "p: f:2: "},
		"short":     {"--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n", "p: "},
		"traversal": {"diff --git a/../x b/../x\nnew file mode 100644\n--- /dev/null\n+++ b/../x\n@@ -0,0 +1 @@\n+x\n", "leaves the tree"},
		"absolute":  {"--- /dev/null\n+++ /etc/passwd\n@@ -0,0 +1 @@\n+x\n", "absolute"},
		"missing":   {"--- a/nope\n+++ b/nope\n@@ -1 +1 @@\n-a\n+b\n", "the base has no file nope"},
		"exists":    {"diff --git a/f b/f\nnew file mode 100644\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+x\n", "the base has it already"},
		"binary":    {"diff --git a/f b/f\nindex 1..2 100644\nBinary files a/f and b/f differ\n", "git diff --binary"},
	} {
		ch, err := ReadPatch(base, "p", strings.NewReader(c.patch))
		if err == nil {
			_, err = base.Apply(ch)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	through := "diff --git a/link/x b/link/x\nnew file mode 100644\n--- /dev/null\n+++ b/link/x\n@@ -0,0 +1 @@\n+x\n"
	ch, err := ReadPatch(base, "p", strings.NewReader(through))
	if err == nil {
		_, err = base.Apply(ch)
	}
	if err == nil || !strings.Contains(err.Error(), "symbolic link") {
		t.Errorf("through a symlink: %v", err)
	}
}

// endless gives zeros for ever.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	e.read += len(b)
	clear(b)
	return len(b), nil
}

// TestReadPatchStops gives it a stream that does not end.
func TestReadPatchStops(t *testing.T) {
	r := &endless{}
	_, err := ReadPatch(mustTree(t, map[string]*File{"a": text("x\n")}), "stream", r)
	var pe *PatchError
	if !errors.As(err, &pe) || !strings.Contains(err.Error(), "stream: the patch is larger than") || r.read > MaxPatch+MaxPatch/2 {
		t.Errorf("%v after %d bytes", err, r.read)
	}
}
