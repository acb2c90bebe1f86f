package refactor

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// git runs git in dir, cut off from the user's settings, and returns its output.
func git(t testing.TB, dir string, stdin []byte, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(stdin)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME="+dir,
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// gitRepo writes a tree into a fresh repository, adds it to the index and returns the directory and git's tree name.
func gitRepo(t testing.TB, tr *Tree) (dir, hash string) {
	t.Helper()
	dir = t.TempDir()
	if err := tr.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	git(t, dir, nil, "init", "-q")
	git(t, dir, nil, "config", "core.autocrlf", "false")
	return dir, gitTree(t, dir)
}

func gitTree(t testing.TB, dir string) string {
	git(t, dir, nil, "add", "-A", "-f")
	return strings.TrimSpace(git(t, dir, nil, "write-tree"))
}

func digest(t testing.TB, tr *Tree) string {
	t.Helper()
	h, err := tr.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return h.String()
}

func mustTree(t testing.TB, files map[string]*File) *Tree {
	t.Helper()
	tr, err := NewTree("t", files)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

var randomNames = []string{"a", "a.c", "a/b", "a-b/x", "dir/sub/f.h", "dir/sub.c", "dir/z", "sp ace/x y.c", "q\"uo\\te", "tab\tname",
	"k\xc3\xa4se.c", "raw\xff\xfe", "x/y/z/w", "-dash", "new\nline"}

// randomText makes text from few distinct lines, so that diffs have repeated lines to trip over.
func randomText(r *rand.Rand) []byte {
	var b bytes.Buffer
	for range r.IntN(40) {
		switch r.IntN(12) {
		case 0:
			b.WriteString("\n")
		case 1:
			b.WriteString("    }\r\n")
		case 2:
			b.WriteString("\xe9\xff latin\n")
		case 3:
			b.WriteString("+++ x\n--- y\n@@ -1 +1 @@\n")
		default:
			b.WriteString(strings.Repeat("  ", r.IntN(3)) + "line " + strconv.Itoa(r.IntN(8)) + "\n")
		}
	}
	if b.Len() > 0 && r.IntN(3) == 0 {
		b.Truncate(b.Len() - 1)
	}
	return b.Bytes()
}

func randomFile(r *rand.Rand) *File {
	switch r.IntN(8) {
	case 0:
		return NewFile(ModeSymlink, []byte("dir/"+strconv.Itoa(r.IntN(5))))
	case 1:
		b := make([]byte, r.IntN(300)+1)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		b[0] = 0
		return NewFile(ModeFile, b)
	case 2:
		return NewFile(ModeExec, randomText(r))
	}
	return NewFile(ModeFile, randomText(r))
}

// randomTree returns a tree of random files; names that would lie below a file are left out.
func randomTree(r *rand.Rand) *Tree {
	files := map[string]*File{}
	for _, n := range randomNames {
		if r.IntN(2) == 0 {
			continue
		}
		files[n] = randomFile(r)
		if _, err := NewTree("t", files); err != nil {
			delete(files, n)
		}
	}
	tr, _ := NewTree("t", files)
	return tr
}

// mutate returns a tree with some files changed a little, removed, renamed or added.
func mutate(r *rand.Rand, tr *Tree) *Tree {
	files := map[string]*File{}
	for _, p := range tr.Paths() {
		f := tr.File(p)
		b, _ := f.Bytes()
		switch r.IntN(8) {
		case 0:
			continue
		case 1:
			f = randomFile(r)
		case 2:
			p = "moved/" + filepath.Base(p)
		case 3, 4:
			lines := SplitLines(b)
			if len(lines) > 2 && f.Mode != ModeSymlink {
				k := r.IntN(len(lines) - 1)
				lines = append(append(append([][]byte{}, lines[:k]...), []byte("inserted\n")), lines[k+1:]...)
				f = NewFile(f.Mode, bytes.Join(lines, nil))
			}
		case 5:
			if f.Mode == ModeFile {
				f = NewFile(ModeExec, b)
			}
		}
		files[p] = f
	}
	files["added"] = randomFile(r)
	out, err := NewTree("t", files)
	if err != nil {
		return tr
	}
	return out
}

func TestDigestEqualsGitWriteTree(t *testing.T) {
	for seed := range uint64(12) {
		tr := randomTree(rand.New(rand.NewPCG(seed, 1)))
		_, want := gitRepo(t, tr)
		if got := digest(t, tr); got != want {
			t.Errorf("seed %d: digest %s, git write-tree %s", seed, got, want)
		}
	}
}

func TestPatchAppliesWithGitAndReadsBack(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 2))
		a := randomTree(r)
		b := mutate(r, a)
		ds, err := Diff(a, b)
		if err != nil {
			t.Fatal(err)
		}
		if ds, err = DetectRenames(ds); err != nil {
			t.Fatal(err)
		}
		patch, err := FormatPatch(ds)
		if err != nil {
			t.Fatal(err)
		}
		dir, _ := gitRepo(t, a)
		git(t, dir, patch, "apply", "--index", "--whitespace=nowarn", "-")
		if got, want := gitTree(t, dir), digest(t, b); got != want {
			t.Fatalf("seed %d: git apply gives %s, want %s\n%s", seed, got, want, patch)
		}
		c, err := ReadPatch(a, "p", bytes.NewReader(patch))
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, patch)
		}
		back, err := a.Apply(c)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, patch)
		}
		if got, want := digest(t, back), digest(t, b); got != want {
			t.Fatalf("seed %d: reading our own patch gives %s, want %s\n%s", seed, got, want, patch)
		}
	}
}

func TestReadPatchTakesGitDiff(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 3))
		a := randomTree(r)
		b := mutate(r, a)
		dir, from := gitRepo(t, a)
		for _, p := range a.Paths() {
			os.Remove(filepath.Join(dir, p))
		}
		if err := b.writePaths(dir, b.Paths()); err != nil {
			t.Fatal(err)
		}
		to := gitTree(t, dir)
		patch := git(t, dir, nil, "diff", "--binary", "-M", "-C", "--find-copies-harder", from, to)
		if patch == "" {
			continue
		}
		c, err := ReadPatch(a, "p", strings.NewReader(patch))
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, patch)
		}
		back, err := a.Apply(c)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, patch)
		}
		if got := digest(t, back); got != to {
			t.Errorf("seed %d: tree %s, want %s\n%s", seed, got, to, patch)
		}
	}
}
