package gitbranch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series"
)

func testSeries(t *testing.T, base *refactor.Tree) *series.Series {
	t.Helper()
	g, err := series.NewGraph(base, []*refactor.Change{
		{ID: "1", Component: "xen", Summary: "change a", Edits: []refactor.Edit{{Path: "xen/a.c", New: "/* new */\n"}}, Needs: []refactor.Symbol{{Name: "x"}}},
		{ID: "2", Component: "lib", Summary: "add a file", Files: []refactor.FileOp{{Kind: refactor.OpCreate, Path: "xen/a/b/c", Mode: refactor.ModeExec, Data: []byte("x")}}, Provides: []refactor.Symbol{{Name: "x"}}},
		{ID: "3", Component: "zap", Summary: "drop the link", Files: []refactor.FileOp{{Kind: refactor.OpDelete, Path: "link"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := g.Split(series.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWriteBranch(t *testing.T) {
	dir := newRepo(t)
	os.WriteFile(filepath.Join(dir, "xen/a.c"), []byte("dirty\n"), 0o644) // a dirty worktree is left alone
	os.WriteFile(filepath.Join(dir, "staged"), []byte("staged\n"), 0o644)
	run(t, dir, "git", "add", "staged")
	index, _ := os.ReadFile(filepath.Join(dir, ".git/index"))
	status := run(t, dir, "git", "status", "--porcelain")
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	base, err := r.Tree("main")
	if err != nil {
		t.Fatal(err)
	}
	s := testSeries(t, base)
	o := series.MailOptions{Name: "Me", Email: "me@example.org", SignOff: true}
	tip, err := r.WriteBranch("split/one", "main", s, o)
	if err != nil {
		t.Fatal(err)
	}
	if got := run(t, dir, "git", "rev-parse", "split/one", "split/one^{tree}", "split/one~3"); got != tip+"\n"+s.Tip.String()+"\n"+run(t, dir, "git", "rev-parse", "main") {
		t.Errorf("branch: %s", got)
	}
	run(t, dir, "git", "fsck", "--strict")
	if log := run(t, dir, "git", "log", "--format=%an|%s|%b", "--reverse", "main..split/one"); !strings.HasPrefix(log, "Me|lib: add a file|") ||
		strings.Count(log, "Signed-off-by: Me <me@example.org>") != 3 || !strings.Contains(log, "Patch 2 builds on x.") {
		t.Errorf("log %s", log)
	}
	after, _ := os.ReadFile(filepath.Join(dir, ".git/index"))
	if run(t, dir, "git", "status", "--porcelain") != status || string(after) != string(index) || run(t, dir, "git", "symbolic-ref", "HEAD") != "refs/heads/main" {
		t.Error("worktree, index or HEAD changed")
	}
	for name, want := range map[string]string{"split/one": "exists already", "feature/x/y": "beside", "split": "beside", "a..b": "", "": "", "-x/.lock": ""} {
		if _, err := r.WriteBranch(name, "main", s, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("branch %q: %v", name, err)
		}
	}
	if _, err := r.WriteBranch("other", "v1", s, o); err == nil || !strings.Contains(err.Error(), "is not the baseline") {
		t.Errorf("wrong base: %v", err)
	}
	if refs := run(t, dir, "git", "branch", "--list"); strings.Contains(refs, "other") {
		t.Errorf("a refused branch exists: %s", refs)
	}
}
