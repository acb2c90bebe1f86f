package gitbranch

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
)

func run(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME="+dir, "GIT_AUTHOR_NAME=a",
		"GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b", "GIT_AUTHOR_DATE=2001-02-03T04:05:06Z", "GIT_COMMITTER_DATE=2001-02-03T04:05:06Z")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// newRepo makes a repository with two commits, a branch, a plain and an annotated tag and a submodule entry.
func newRepo(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	write := func(p, s string) {
		os.MkdirAll(filepath.Dir(filepath.Join(dir, p)), 0o755)
		if err := os.WriteFile(filepath.Join(dir, p), []byte(s), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, dir, "git", "init", "-q", "-b", "main")
	write("xen/a.c", "int a;\n")
	write("xen/sub/b.c", "int b;\n")
	os.Symlink("xen/a.c", filepath.Join(dir, "link"))
	os.WriteFile(filepath.Join(dir, "run.sh"), []byte("#!/bin/sh\n"), 0o755)
	run(t, dir, "git", "add", "-A")
	run(t, dir, "git", "commit", "-qm", "one")
	run(t, dir, "git", "tag", "v1")
	run(t, dir, "git", "tag", "-a", "-m", "annotated", "v1a")
	run(t, dir, "git", "-c", "advice.nestedTag=false", "tag", "-a", "-m", "a tag of a tag", "v1b", "v1a")
	write("xen/a.c", "int a = 1;\n")
	run(t, dir, "git", "add", "-A")
	run(t, dir, "git", "update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("12", 20)+",mod")
	run(t, dir, "git", "commit", "-qm", "two")
	run(t, dir, "git", "branch", "feature/x")
	return dir
}

func TestOpenTreeInEveryForm(t *testing.T) {
	dir := newRepo(t)
	bare, linked, shared := filepath.Join(t.TempDir(), "bare"), filepath.Join(t.TempDir(), "linked"), filepath.Join(t.TempDir(), "shared")
	run(t, dir, "git", "clone", "-q", "--bare", dir, bare)
	run(t, dir, "git", "worktree", "add", "-q", linked, "feature/x")
	run(t, dir, "git", "clone", "-q", "--shared", dir, shared)
	run(t, bare, "git", "repack", "-adq")
	run(t, bare, "git", "pack-refs", "--all")
	short := run(t, dir, "git", "rev-parse", "--short", "HEAD~1")
	for _, c := range []struct{ repo, rev string }{{dir, "HEAD"}, {dir, "main"}, {dir, "v1"}, {dir, "v1a"}, {dir, "v1b"}, {dir, short}, {dir, "HEAD~1"},
		{filepath.Join(dir, ".git"), "main"}, {bare, "feature/x"}, {bare, "v1a"}, {linked, "HEAD"}, {linked, "v1"}, {shared, "HEAD"}, {dir, "main^"}} {
		tr, err := OpenTree(c.repo, c.rev)
		if err != nil {
			t.Errorf("%v: %v", c, err)
			continue
		}
		got, err := tr.Digest()
		if want := run(t, c.repo, "git", "rev-parse", c.rev+"^{tree}"); err != nil || got.String() != want {
			t.Errorf("%v: digest %s, %v; want %s", c, got, err, want)
		}
		for _, p := range tr.Paths() {
			if tr.File(p).Mode == refactor.ModeGitlink {
				continue
			}
			b, err := tr.File(p).Bytes()
			if want, _ := tr.File(p).Hash(); err != nil || refactor.BlobHash(b) != want {
				t.Errorf("%v: %s: read %q, %v", c, p, b, err)
			}
		}
	}
}

func TestConcurrentReads(t *testing.T) {
	tr, err := OpenTree(newRepo(t), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, p := range tr.Paths() {
				if _, err := tr.File(p).Bytes(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestOpenTreeErrors(t *testing.T) {
	dir := newRepo(t)
	empty := t.TempDir()
	for _, c := range []struct{ repo, rev, want string }{
		{filepath.Join(empty, "none"), "HEAD", "no such file"},
		{empty, "HEAD", "not a git repository"},
		{dir, "nope", `revision "nope": no such branch, tag or commit`},
		{dir, "", "no such branch"},
		{dir, "HEAD~9", "ancestors"},
		{dir, "main:xen", "colon"},
		{dir, "^", ""},
		{dir, "deadbeef", "no such"},
		{dir, "HEAD@{bad", ""},
	} {
		if _, err := OpenTree(c.repo, c.rev); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v", c, err)
		}
	}
}

func TestAmbiguousRev(t *testing.T) {
	dir := newRepo(t)
	seen := map[string]string{}
	for i := 0; i < 2000; i++ { // four hexadecimal digits: a pair among a few hundred commits is near certain
		h := run(t, dir, "git", "commit-tree", "-m", strings.Repeat("x", i), "HEAD^{tree}")
		if seen[h[:4]] != "" {
			_, err := OpenTree(dir, h[:4])
			if err == nil || !strings.Contains(err.Error(), "ambiguous") || !strings.Contains(err.Error(), h[:12]) {
				t.Errorf("%s: %v", h[:4], err)
			}
			return
		}
		seen[h[:4]] = h
	}
	t.Error("no two commits share a prefix")
}

func TestSplitSpecAndRange(t *testing.T) {
	if r, v, ok := SplitSpec("/a@b/repo@v1"); !ok || r != "/a@b/repo" || v != "v1" {
		t.Error(r, v, ok)
	}
	for _, s := range []string{"/plain/dir", "@v1", "repo@"} {
		if _, _, ok := SplitSpec(s); ok {
			t.Errorf("%q taken for REPO@REV", s)
		}
	}
	if b, tip, err := SplitRange("v1..HEAD"); err != nil || b != "v1" || tip != "HEAD" {
		t.Error(b, tip, err)
	}
	for _, s := range []string{"v1", "v1..", "..v1", "a...b"} {
		if _, _, err := SplitRange(s); err == nil {
			t.Errorf("%q taken for a range", s)
		}
	}
}
