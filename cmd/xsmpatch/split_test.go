package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func gitIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@b")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func writeFile(t *testing.T, p, s string) {
	t.Helper()
	os.MkdirAll(filepath.Dir(p), 0o755)
	if err := os.WriteFile(p, []byte(s), 0o644); err != nil {
		t.Fatal(err)
	}
}

// splitRepo makes a repository whose last commit adds a function in a file of its own, its prototype, its use and a file that is no text.
func splitRepo(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	gitIn(t, dir, "init", "-q", "-b", "main")
	writeFile(t, filepath.Join(dir, "a.h"), "int a(void);\n")
	writeFile(t, filepath.Join(dir, "a.c"), "#include \"a.h\"\nint a(void)\n{\n    return 0;\n}\n")
	writeFile(t, filepath.Join(dir, "MAINTAINERS"), "REST\nM:\tBoss <boss@example.org>\nF:\t*\n")
	gitIn(t, dir, "add", "-A")
	gitIn(t, dir, "commit", "-qm", "one")
	writeFile(t, filepath.Join(dir, "a.h"), "int a(void);\nint b(void);\n")
	writeFile(t, filepath.Join(dir, "b.c"), "int b(void)\n{\n    return 1;\n}\n")
	writeFile(t, filepath.Join(dir, "a.c"), "#include \"a.h\"\nint a(void)\n{\n    return b();\n}\n")
	writeFile(t, filepath.Join(dir, "notes"), "\xe9\r\nx")
	gitIn(t, dir, "add", "-A")
	gitIn(t, dir, "commit", "-qm", "two")
	return dir
}

func TestSplitCommand(t *testing.T) {
	dir := splitRepo(t)
	tmp := t.TempDir()
	x := func(want int, args ...string) (string, string) {
		var out, errs bytes.Buffer
		if got := run(append([]string{"split"}, args...), &out, &errs); got != want {
			t.Fatalf("split %v: exit %d, want %d\n%s%s", args, got, want, &out, &errs)
		}
		return out.String(), errs.String()
	}
	out := filepath.Join(tmp, "v1")
	x(0, "--repo", dir, "main~1..main", "-o", out, "--plan", "smallest", "--signoff", "--maintainers", filepath.Join(dir, "MAINTAINERS"), "--explain", "--format", "mbox,quilt,branch", "--branch", "split",
		"--exec", "test ! -e b.c || grep -q b a.h || gcc -Wall -fsyntax-only b.c", "--cache", "none")
	if gitIn(t, dir, "rev-parse", "split^{tree}") != gitIn(t, dir, "rev-parse", "main^{tree}") {
		t.Error("the branch has another tree")
	}
	gitIn(t, dir, "checkout", "-q", "-b", "am", "main~1")
	gitIn(t, dir, "am", "-q", filepath.Join(out, "series.mbox"))
	if gitIn(t, dir, "rev-parse", "am^{tree}") != gitIn(t, dir, "rev-parse", "main^{tree}") {
		t.Error("git am gives another tree")
	}
	v2 := filepath.Join(tmp, "v2")
	x(0, "--repo", dir, "main~1..main", "-o", v2, "--series", filepath.Join(out, "series.yaml"), "-v", "2", "--previous", filepath.Join(out, "series.mbox"), "--changelog", "rebased")
	cover, err := os.ReadFile(filepath.Join(v2, "0000-cover-letter.patch"))
	if err != nil || !strings.Contains(string(cover), "[PATCH v2 0/") || !strings.Contains(string(cover), " 1 ! 1:") {
		t.Errorf("cover letter: %v\n%s", err, cover)
	}
	writeFile(t, filepath.Join(tmp, "d.diff"), gitIn(t, dir, "diff", "main~1", "main")+"\n")
	gitIn(t, dir, "checkout", "-q", "main~1")
	x(0, "--diff", filepath.Join(tmp, "d.diff"), "--tree", dir+"@main~1", "-o", filepath.Join(tmp, "v3"))
	_, errs := x(1, "--repo", dir, "main~1..main", "-o", filepath.Join(tmp, "v4"), "--exec", "test ! -e notes", "--cache", "none")
	if !strings.Contains(errs, "prefix") {
		t.Errorf("stderr %s", errs)
	}
	for _, bad := range [][]string{{}, {"--repo", dir}, {"--repo", dir, "main"}, {"--repo", dir, "main..none", "-o", "x"}, {"--repo", dir, "main~1..main"},
		{"--repo", dir, "main~1..main", "-o", out}, {"--diff", "nofile", "-o", "x"}, {"--repo", dir, "main..main", "-o", "x"},
		{"--repo", dir, "main~1..main", "--format", "branch", "--branch", "main"}, {"--repo", dir, "main~1..main", "-o", filepath.Join(tmp, "q"), "--plan", "nope"},
		{"--diff", filepath.Join(tmp, "d.diff"), "--tree", dir + "@main", "-o", filepath.Join(tmp, "q")}} {
		if _, errs := x(2, bad...); !strings.HasPrefix(errs, "xsmpatch: ") {
			t.Errorf("%v: %s", bad, errs)
		}
	}
	refuseDiffs(t, tmp, dir, x)
	if left, _ := filepath.Glob(filepath.Join(tmp, "*q*")); len(left) > 0 {
		t.Errorf("a refused run wrote %v", left)
	}
	pinned, err := os.ReadFile(filepath.Join(out, "series.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(tmp, "pin.yaml"), strings.Replace(string(pinned), `  - subject: "a: add b()"`, "  - pin: true\n    subject: by hand", 1))
	if got, _ := x(0, "--repo", dir, "main~1..main", "-o", filepath.Join(tmp, "v5"), "--series", filepath.Join(tmp, "pin.yaml"), "--plan", "minimal"); !strings.Contains(got, " by hand\n") {
		t.Errorf("the pinned patch is not kept: %s", got)
	}
}

// refuseDiffs gives split malformed diffs, one beyond the limit, and some that leave the tree, also through links that it has.
func refuseDiffs(t *testing.T, tmp, dir string, x func(int, ...string) (string, string)) {
	t.Helper()
	file := func(head, name string) string {
		return "diff --git a/" + name + " b/" + name + "\nnew file mode " + head + "\n--- /dev/null\n+++ b/" + name + "\n@@ -0,0 +1 @@\n+x\n"
	}
	for diff, want := range map[string]string{
		file("100644", "../evil"):                                                  "leaves the tree",
		file("100644", "a/../../e"):                                                "leaves the tree",
		"--- /dev/null\n+++ /etc/evil\n@@ -0,0 +1 @@\n+x\n":                        "absolute",
		file("120000", "l") + file("100644", "l/evil"):                             "l",
		file("100644", ".git/config"):                                              ".git",
		"--- a/a.c\n+++ b/a.c\n@@ -1,3 +1,3 @@\n nothing\n-of\n+this\n is there\n": "bad.diff: a.c:",
		"--- a/a.c\n+++ b/a.c\n@@ -1,9 +1,9 @@\n cut off":                          "bad.diff",
		"": "no file changes",
	} {
		writeFile(t, filepath.Join(tmp, "bad.diff"), diff)
		if _, errs := x(2, "--diff", filepath.Join(tmp, "bad.diff"), "--tree", dir+"@main~1", "-o", filepath.Join(tmp, "q")); !strings.Contains(errs, want) {
			t.Errorf("%q: %s, want %s", diff, errs, want)
		}
	}
	huge, linked := filepath.Join(tmp, "huge.diff"), filepath.Join(tmp, "linked")
	writeFile(t, huge, file("100644", "x"))
	if err := errors.Join(os.Truncate(huge, 256<<20+1), os.Mkdir(linked, 0o777), os.Symlink(tmp, filepath.Join(linked, "out")), os.Symlink("..", filepath.Join(linked, "up"))); err != nil {
		t.Fatal(err)
	}
	if _, errs := x(2, "--diff", huge, "--tree", dir+"@main~1", "-o", filepath.Join(tmp, "q")); !strings.Contains(errs, "huge.diff") || !strings.Contains(errs, "larger than 268435456 bytes") {
		t.Errorf("a huge diff: %s", errs)
	}
	for _, name := range []string{"out/evil", "up/evil"} { // through links that the tree has
		writeFile(t, filepath.Join(tmp, "bad.diff"), file("100644", name))
		if _, errs := x(2, "--diff", filepath.Join(tmp, "bad.diff"), "--tree", linked, "-o", filepath.Join(tmp, "q")); !strings.Contains(errs, name[:strings.Index(name, "/")]) {
			t.Errorf("%s: %s", name, errs)
		}
	}
	if _, err := os.Stat(filepath.Join(tmp, "evil")); err == nil {
		t.Error("something was written through a link")
	}
}
