package series

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// tool runs a program in dir, cut off from the user's settings.
func tool(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME="+dir, "QUILT_PATCHES=patches",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func repoOf(t testing.TB, tr *refactor.Tree) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "repo")
	if err := tr.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	tool(t, dir, "git", "init", "-q")
	tool(t, dir, "git", "config", "core.autocrlf", "false")
	tool(t, dir, "git", "add", "-A", "-f")
	tool(t, dir, "git", "commit", "-q", "--allow-empty", "-m", "base")
	return dir
}

func treeOf(t testing.TB, files map[string]string) *refactor.Tree {
	t.Helper()
	m := map[string]*refactor.File{}
	for p, s := range files {
		mode := refactor.ModeFile
		if to, ok := strings.CutPrefix(s, "->"); ok {
			mode, s = refactor.ModeSymlink, to
		}
		m[p] = refactor.NewFile(mode, []byte(s))
	}
	tr, err := refactor.NewTree("t", m)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// amEveryPrefix applies the mails one by one with git am and compares each tree with Replay's.
func amEveryPrefix(t testing.TB, s *Series, o MailOptions) string {
	t.Helper()
	dir := repoOf(t, s.Base)
	mails, err := s.Mails(o)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Replay(s.Base, func(n int, tr *refactor.Tree) error {
		f := filepath.Join(t.TempDir(), "mail")
		if err := os.WriteFile(f, mails[n].Data, 0o644); err != nil {
			return err
		}
		tool(t, dir, "git", "am", "-q", f)
		want, err := tr.Digest()
		if got := tool(t, dir, "git", "rev-parse", "HEAD^{tree}"); err != nil || got != want.String() {
			return fmt.Errorf("patch %d: git am gives tree %s, want %s, %v\n%s", n, got, want, err, mails[n].Data)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := tool(t, dir, "git", "rev-parse", "HEAD^{tree}"); got != s.Tip.String() {
		t.Fatalf("the series gives tree %s, want %s", got, s.Tip)
	}
	return dir
}

func sym(name string) []refactor.Symbol { return []refactor.Symbol{{Kind: "func", Name: name}} }

// sample is a change with everything awkward in it.
func sample(t testing.TB) (*refactor.Tree, []*refactor.Change) {
	base := treeOf(t, map[string]string{
		"xen/a.c": "int a(void)\n{\n    return 0;\n}\n", "xen/a.h": "int a(void);\n", "tools/t.c": "crlf\r\nlines\r\n", "bin": "\x00\x01\x02",
		"old/name.c": strings.Repeat("a line of a file that moves\n", 20), "link": "->xen/a.c", "noeol": "x\ny", "latin": "caf\xe9\n",
		"long": strings.Repeat("x", 2000) + "\nFrom me\n", "sp ace": "q\n"})
	e := func(p string, at, end int, s string) refactor.Edit {
		return refactor.Edit{Path: p, Start: at, End: end, New: s}
	}
	return base, []*refactor.Change{
		{ID: "call", Component: "xen/a", Summary: "call the hook", Body: "A guest could otherwise reach a().\n\nFrom here on it cannot.\n--- not a separator", Edits: []refactor.Edit{e("xen/a.c", 14, 14, "    if ( hook() ) return 1;\n")}, Needs: sym("hook")},
		{ID: "hook", Component: "xsm", Summary: "add the hook", Files: []refactor.FileOp{{Kind: refactor.OpCreate, Path: "xsm/hook.c", Mode: refactor.ModeFile, Data: []byte("int hook(void) { return 0; }")}}, Provides: sym("hook")},
		{ID: "proto", Component: "xsm", Summary: "declare the hook", Edits: []refactor.Edit{e("xen/a.h", 0, 0, "int hook(void);\n")}, Provides: sym("hook")},
		{ID: "crlf", Component: "tools", Summary: "change a CRLF file", Edits: []refactor.Edit{e("tools/t.c", 6, 6, "more\r\n"), e("latin", 0, 0, "na\xefve\n"), e("long", 0, 0, strings.Repeat("y", 1500)+"\n")}},
		{ID: "move", Component: "old", Summary: "move a file", Files: []refactor.FileOp{{Kind: refactor.OpRename, From: "old/name.c", Path: "new/name.c", Mode: refactor.ModeExec}}},
		{ID: "edit", Component: "misc", Summary: "change the moved file — café", Edits: []refactor.Edit{e("old/name.c", 0, 0, "first\n")}},
		{ID: "bin", Component: "misc", Summary: "binary, symlink, modes, deletion", Files: []refactor.FileOp{{Kind: refactor.OpWrite, Path: "bin", Data: []byte("\x00\x02")},
			{Kind: refactor.OpDelete, Path: "link"}, {Kind: refactor.OpCreate, Path: "link", Mode: refactor.ModeFile, Data: []byte("no link")}, {Kind: refactor.OpMode, Path: "sp ace", Mode: refactor.ModeExec},
			{Kind: refactor.OpCreate, Path: "empty", Mode: refactor.ModeFile}}},
		{ID: "eol", Component: "doc", Summary: "end the last line", Edits: []refactor.Edit{e("noeol", 3, 3, "\n")}},
	}
}

func split(t testing.TB, base *refactor.Tree, cs []*refactor.Change, r Rules) *Series {
	t.Helper()
	g, err := NewGraph(base, cs)
	if err != nil {
		t.Fatal(err)
	}
	s, err := g.Split(r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestGitAmAppliesEveryPrefix(t *testing.T) {
	base, cs := sample(t)
	s := split(t, base, cs, Rules{})
	dir := amEveryPrefix(t, s, MailOptions{Name: "Zoë O'Neil, Jr.", Email: "z@example.org", SignOff: true, Version: 2})
	log := tool(t, dir, "git", "log", "--format=%an <%ae>%n%B", "--reverse")
	for _, want := range []string{"Zoë O'Neil, Jr. <z@example.org>", "misc: change the moved file — café", "xsm: add the hook and declare the hook", "Signed-off-by: Zoë O'Neil, Jr. <z@example.org>",
		"\n From here on it cannot.", "A guest could otherwise reach a()."} {
		if !strings.Contains(log, want) {
			t.Errorf("git log lacks %q:\n%s", want, log)
		}
	}
	if strings.Index(log, "xsm: add the hook") > strings.Index(log, "xen/a: call the hook") {
		t.Errorf("the call comes before the hook:\n%s", log)
	}
}

func TestSeriesMboxInOneGo(t *testing.T) {
	base, cs := sample(t)
	s := split(t, base, cs, Rules{})
	files, err := s.MboxFiles(MailOptions{})
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	if err := WriteFiles(out, files); err != nil {
		t.Fatal(err)
	}
	dir := repoOf(t, base)
	tool(t, dir, "git", "am", "-q", filepath.Join(out, MboxName))
	if got := tool(t, dir, "git", "rev-parse", "HEAD^{tree}"); got != s.Tip.String() {
		t.Errorf("tree %s, want %s", got, s.Tip)
	}
	if err := WriteFiles(out, files); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("written twice: %v", err)
	}
	again, err := split(t, base, cs, Rules{}).MboxFiles(MailOptions{})
	if err != nil || !bytes.Equal(again[MboxName], files[MboxName]) {
		t.Errorf("two runs differ, %v", err)
	}
}

func TestQuiltPushesAll(t *testing.T) {
	base, cs := sample(t)
	var plain []*refactor.Change
	for _, c := range cs {
		if c.ID != "bin" && c.ID != "move" {
			plain = append(plain, c)
		}
	}
	plain = append(plain, &refactor.Change{ID: "mv", Component: "old", Summary: "move", Files: []refactor.FileOp{{Kind: refactor.OpRename, From: "old/name.c", Path: "new/name.c"}}})
	s := split(t, base, plain, Rules{})
	files, err := s.QuiltFiles(MailOptions{})
	if err != nil {
		t.Fatal(err)
	}
	dir := repoOf(t, base)
	if err := WriteFiles(filepath.Join(dir, "patches"), map[string][]byte{}); err != nil {
		t.Fatal(err)
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tool(t, dir, "quilt", "push", "-a")
	os.RemoveAll(filepath.Join(dir, ".pc"))
	os.RemoveAll(filepath.Join(dir, "patches"))
	tool(t, dir, "git", "add", "-A", "-f")
	if got := tool(t, dir, "git", "write-tree"); got != s.Tip.String() {
		t.Errorf("tree %s, want %s\n%s", got, s.Tip, tool(t, dir, "git", "diff", "--cached"))
	}
	if _, err := split(t, base, cs, Rules{}).QuiltFiles(MailOptions{}); err == nil || !strings.Contains(err.Error(), "quilt series cannot carry") {
		t.Errorf("quilt took what it cannot: %v", err)
	}
}

func TestCycleBecomesOnePatch(t *testing.T) {
	base := treeOf(t, map[string]string{"f": "", "g": "", "h": ""})
	ins := func(p string) []refactor.Edit { return []refactor.Edit{{Path: p, New: p + "\n"}} }
	s := split(t, base, []*refactor.Change{
		{ID: "one", Component: "a", Summary: "one", Edits: ins("f"), Provides: sym("x"), Needs: sym("y")},
		{ID: "two", Component: "b", Summary: "two", Edits: ins("g"), Provides: sym("y"), Needs: sym("x")},
		{ID: "three", Component: "c", Summary: "three", Edits: ins("h"), Needs: sym("x")},
	}, Rules{})
	if len(s.Patches) != 2 || len(s.Patches[0].Changes) != 2 {
		t.Fatalf("patches %+v", s.Patches)
	}
	want := "these need each other in a circle:\n  one must not come after two: func x is provided by the one and used by the other\n  two must not come after one: func y"
	if got := s.Graph.Cycles[0].Error(); !strings.HasPrefix(got, want) {
		t.Errorf("got %s", got)
	}
	amEveryPrefix(t, s, MailOptions{})
}

func TestGroupSplitsWhenAnotherComesBetween(t *testing.T) {
	base := treeOf(t, map[string]string{"f": ""})
	ins := func(s string) []refactor.Edit { return []refactor.Edit{{Path: "f", New: s + "\n"}} }
	s := split(t, base, []*refactor.Change{
		{ID: "a1", Component: "a", Summary: "s", Edits: ins("a1"), Provides: sym("a1")},
		{ID: "b", Component: "b", Summary: "s", Edits: ins("b"), Provides: sym("b"), Needs: sym("a1")},
		{ID: "a2", Component: "a", Summary: "s", Edits: ins("a2"), Needs: sym("b")},
	}, Rules{})
	var got []string
	for _, p := range s.Patches {
		got = append(got, p.Subject)
	}
	if strings.Join(got, "; ") != "a: s (part 1); b: s; a: s (part 2)" {
		t.Errorf("got %q", got)
	}
	dir := amEveryPrefix(t, s, MailOptions{})
	if b, _ := os.ReadFile(filepath.Join(dir, "f")); string(b) != "a1\nb\na2\n" {
		t.Errorf("insertions out of order: %q", b)
	}
}
