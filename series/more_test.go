package series

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// featureTrees is a change as people make it: two independent features, a signature change and a moved function.
func featureTrees(t testing.TB) (base, tip *refactor.Tree) {
	base = treeOf(t, map[string]string{
		"Makefile": "obj-y += a.o\n",
		"a.h":      "int add(int x);\nint old(void);\n",
		"a.c":      "#include \"a.h\"\n\nint old(void)\n{\n    return 1;\n}\n\nint add(int x)\n{\n    return x;\n}\n\nint main(void)\n{\n    int n = add(1);\n\n    if ( n )\n        return old();\n    return 0;\n}\n",
		"doc.txt":  "text\n",
	})
	tip = treeOf(t, map[string]string{
		"Makefile": "obj-y += a.o\nobj-y += extra.o\n",
		"a.h":      "int add(int x, int y);\nint extra(void);\n",
		"a.c":      "#include \"a.h\"\n\nint add(int x, int y)\n{\n    return x + y;\n}\n\nint main(void)\n{\n    int n = add(1, 2);\n\n    if ( n )\n        return extra();\n    return 0;\n}\n",
		"extra.c":  "#include \"a.h\"\n\nint extra(void)\n{\n    return 2;\n}\n",
		"doc.txt":  "text\nmore text\n",
	})
	return base, tip
}

func graphOf(t testing.TB, base, tip *refactor.Tree) *Graph {
	t.Helper()
	cs, err := FromTrees(base, tip)
	if err != nil {
		t.Fatal(err)
	}
	g, err := NewGraph(base, cs)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestEveryPrefixCompiles has gcc judge the edges under the plans that cut finest.
func TestEveryPrefixCompiles(t *testing.T) {
	base, tip := featureTrees(t)
	g := graphOf(t, base, tip)
	cache := t.TempDir()
	for _, plan := range Plans {
		s, err := g.Split(Rules{Plan: plan})
		if err != nil {
			t.Fatal(err)
		}
		if want := mustDigest(t, tip); s.Tip != want {
			t.Errorf("%s: tip %s, want %s", plan, s.Tip, want)
		}
		cmd := `set -e; for o in $(sed -n 's/^obj-y += //p' Makefile); do gcc -Wall -Werror -c ${o%.o}.c -o $o; done; gcc *.o -o prog`
		res, err := s.Prove(context.Background(), ProveOptions{Command: cmd, Base: true, Cache: cache})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range res {
			if !r.OK {
				t.Errorf("%s: prefix %d fails:\n%s\n%s", plan, r.Prefix, r.Output, s.Explain())
			}
		}
		if found, err := s.Check(); err != nil || len(found) > 0 {
			t.Errorf("%s: check finds %v, %v", plan, found, err)
		}
		amEveryPrefix(t, s, MailOptions{})
	}
	s, _ := g.Split(Rules{Plan: PlanSmallest})
	if len(s.Patches) < 3 {
		t.Errorf("only %d patches at the smallest", len(s.Patches))
	}
}

func mustDigest(t testing.TB, tr *refactor.Tree) refactor.Hash {
	t.Helper()
	h, err := tr.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestArrangementRoundTrip(t *testing.T) {
	base, tip := featureTrees(t)
	g := graphOf(t, base, tip)
	s, err := g.Split(Rules{Plan: PlanSmallest})
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.YAML()
	if err != nil {
		t.Fatal(err)
	}
	a, err := ReadArrangement("series.yaml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	again, err := g.Arrange(a)
	if err != nil {
		t.Fatal(err)
	}
	x, _ := s.MboxFiles(MailOptions{})
	y, err := again.MboxFiles(MailOptions{})
	if err != nil || !bytes.Equal(x[MboxName], y[MboxName]) {
		t.Errorf("the unedited file gives another series: %v", err)
	}
	a.Patches[0].Subject = "reworded: café"
	if again, err = g.Arrange(a); err != nil || again.Patches[0].Subject != "reworded: café" {
		t.Errorf("reworded: %v", err)
	}
	for i, j := 0, len(a.Patches)-1; i < j; i, j = i+1, j-1 {
		a.Patches[i], a.Patches[j] = a.Patches[j], a.Patches[i]
	}
	_, err = g.Arrange(a)
	var oe *OrderError
	if !errors.As(err, &oe) || !strings.Contains(err.Error(), "func extra is provided by the one and used by the other") {
		t.Errorf("reversed: %v", err)
	}
	a.Patches[0].Changes = append(a.Patches[0].Changes, "nope")
	if _, err := g.Arrange(a); err == nil || !strings.Contains(err.Error(), `no change "nope"`) {
		t.Errorf("unknown: %v", err)
	}
	a.Patches = a.Patches[1:]
	if _, err := g.Arrange(a); err == nil || !strings.Contains(err.Error(), "are in no patch") {
		t.Errorf("missing: %v", err)
	}
	if _, err := ReadArrangement("s.yaml", []byte("patches:\n  - subjec: x\n")); err == nil || !strings.Contains(err.Error(), "s.yaml") {
		t.Errorf("bad key: %v", err)
	}
}

// TestRepair hides a dependency in a language the scanner does not read; the build finds it.
func TestRepair(t *testing.T) {
	base := treeOf(t, map[string]string{"a.x": "1\n", "b.x": "2\n", "c.x": "3\n"})
	tip := treeOf(t, map[string]string{"a.x": "1\nuse foo\n", "b.x": "2\nother\n", "c.x": "3\nfoo\n"})
	g := graphOf(t, base, tip)
	rules := Rules{Plan: PlanSmallest}
	s, err := g.Split(rules)
	if err != nil {
		t.Fatal(err)
	}
	cmd := `if grep -q use a.x && ! grep -q foo c.x; then echo "a.x:2: error: 'foo' undeclared"; exit 1; fi`
	o := ProveOptions{Command: cmd, Cache: filepath.Join(t.TempDir(), "cache"), Jobs: 2}
	better, res, learned, err := s.ProveAndRepair(context.Background(), o, rules, 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range res {
		if !r.OK {
			t.Errorf("prefix %d still fails: %s", r.Prefix, r.Output)
		}
	}
	at := better.patchOf() // a.x, b.x, c.x: the one that provides foo has moved to the front of the one that uses it
	if len(learned) != 1 || learned[0].Symbol != "foo" || better.Tip != s.Tip || len(better.Patches) != 3 || at[2] > at[0] {
		t.Errorf("learned %v, %d patches", learned, len(better.Patches))
	}
	again, err := better.Prove(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range again {
		if !r.Cached {
			t.Errorf("prefix %d tried again", r.Prefix)
		}
	}
}

// TestRepairInTheDark has failures that name nothing, or what no patch has: patches are merged until the rest passes.
func TestRepairInTheDark(t *testing.T) {
	from, to := map[string]string{}, map[string]string{}
	for _, n := range []string{"a", "b", "c", "d", "e", "f"} {
		from[n+".x"], to[n+".x"] = "1\n", "2\n"
	}
	base, tip := treeOf(t, from), treeOf(t, to)
	for _, says := range []string{"", "b.x:1: error: 'nowhere' undeclared", "x: In function 'f'"} {
		rules := Rules{Plan: PlanSmallest}
		s, err := graphOf(t, base, tip).Split(rules)
		if err != nil {
			t.Fatal(err)
		}
		o := ProveOptions{Command: `cmp -s b.x d.x && cmp -s d.x e.x || { echo "` + says + `"; exit 1; }`, Jobs: 2, Scratch: t.TempDir()}
		better, res, _, err := s.ProveAndRepair(context.Background(), o, rules, 50)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range res {
			if !r.OK {
				t.Errorf("%q: prefix %d still fails", says, r.Prefix)
			}
		}
		if len(better.Patches) < 2 || better.Tip != s.Tip {
			t.Errorf("%q: %d patches", says, len(better.Patches))
		}
		if left, _ := os.ReadDir(o.Scratch); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		o.Command = "cmp -s a.x c.x && cmp -s b.x no-such-file"
		if _, res, learned, err := s.ProveAndRepair(context.Background(), o, rules, 50); err != nil || len(learned) > 0 || res[len(res)-1].OK {
			t.Errorf("a change that fails itself: learned %v, %v", learned, err)
		}
	}
}

func TestProveStopsWithItsContext(t *testing.T) {
	base, tip := featureTrees(t)
	s, err := graphOf(t, base, tip).Split(Rules{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	scratch := t.TempDir()
	started := filepath.Join(t.TempDir(), "started")
	go func() {
		for range 1000 {
			if _, err := os.Stat(started); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		cancel()
	}()
	if _, err := s.Prove(ctx, ProveOptions{Command: "touch " + started + "; sh -c 'sleep 1000; true'", Scratch: scratch}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(scratch); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

const maintainersFile = `Maintainers
===========

List of maintainers:
	M: not an entry

XSM
M:	Daniel <d@example.org>
R:	Rev <r@example.org>
F:	xen/xsm/
F:	tools/flask/
X:	xen/xsm/acm/

TOOLS
M:	Tool <t@example.org>
F:	tools/*/Makefile
N:	xenpm

THE REST
M:	Rest <rest@example.org>
L:	list@example.org
F:	*
F:	*/
`

func TestMaintainers(t *testing.T) {
	m, err := ReadMaintainers("MAINTAINERS", []byte(maintainersFile))
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[string]string{
		"xen/xsm/flask/hooks.c": "Daniel <d@example.org>, Rev <r@example.org>",
		"xen/xsm/acm/acm.c":     "Rest <rest@example.org>, list@example.org",
		"tools/misc/Makefile":   "Tool <t@example.org>",
		"tools/misc/xenpm.c":    "Tool <t@example.org>",
		"Config.mk":             "Rest <rest@example.org>, list@example.org",
	} {
		if got := strings.Join(m.For([]string{p}), ", "); got != want {
			t.Errorf("%s: %s, want %s", p, got, want)
		}
	}
	if _, err := ReadMaintainers("X", []byte("nothing\n")); err == nil {
		t.Error("no error for a file without entries")
	}
}

func TestRangeDiff(t *testing.T) {
	base, tip := featureTrees(t)
	read := func(a *refactor.Tree) []MailPatch {
		s, err := graphOf(t, base, a).Split(Rules{Plan: PlanSmallest})
		if err != nil {
			t.Fatal(err)
		}
		files, err := s.MboxFiles(MailOptions{SignOff: true})
		if err != nil {
			t.Fatal(err)
		}
		ps, err := ReadMbox("x", files[MboxName])
		if err != nil || len(ps) != len(s.Patches) {
			t.Fatalf("%d patches read of %d, %v", len(ps), len(s.Patches), err)
		}
		return ps
	}
	v1 := read(tip)
	edited, err := tip.Apply(&refactor.Change{ID: "x", Edits: []refactor.Edit{{Path: "doc.txt", Start: 5, End: 9, New: "much more"}}})
	if err != nil {
		t.Fatal(err)
	}
	out := RangeDiff(v1, read(edited))
	if strings.Count(out, " ! ") != 1 || strings.Count(out, " = ") != len(v1)-1 || !strings.Contains(out, "-+more text") || !strings.Contains(out, "++much more text") {
		t.Errorf("got\n%s", out)
	}
	if out := RangeDiff(v1, v1[1:]); !strings.Contains(out, "1 < -:  "+v1[0].Subject) {
		t.Errorf("dropped:\n%s", out)
	}
}

func FuzzMboxRoundTrip(f *testing.F) {
	f.Add("subject", "body\n\nmore\n--- x\nFrom me\n", "old\r\n", "new\n")
	f.Add("é", "diff --git a b", "a\n", "\xff\x00\n")
	f.Fuzz(func(t *testing.T, subject, body, from, to string) {
		if from == to {
			return
		}
		base := treeOf(t, map[string]string{"f": "x" + from, "g": "g"})
		s := split(t, base, []*refactor.Change{{ID: "1", Component: "c", Summary: "s", Files: []refactor.FileOp{{Kind: refactor.OpWrite, Path: "f", Data: []byte("x" + to)}}}}, Rules{})
		s.Patches[0].Subject, s.Patches[0].Body = clip("c: "+strings.ToValidUTF8(subject, "?"), 70), strings.ToValidUTF8(body, "?")
		files, err := s.MboxFiles(MailOptions{})
		if err != nil {
			t.Fatal(err)
		}
		ps, err := ReadMbox("x", files[MboxName])
		if err != nil || len(ps) != 1 {
			t.Fatalf("%d patches, %v\n%q", len(ps), err, files[MboxName])
		}
		c, err := refactor.ReadPatch(base, "x", strings.NewReader(ps[0].Diff))
		if err != nil {
			t.Fatalf("%v\n%q", err, files[MboxName])
		}
		tr, err := base.Apply(c)
		if err != nil || mustDigest(t, tr) != s.Tip {
			t.Fatalf("another tree, %v\n%q", err, files[MboxName])
		}
	})
}

// TestCheckFindsWrongOrders reverses a good order and expects what gcc would say.
func TestCheckFindsWrongOrders(t *testing.T) {
	base, tip := featureTrees(t)
	s, err := graphOf(t, base, tip).Split(Rules{Plan: PlanSmallest})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(s.Patches)
	found, err := s.Check()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range found {
		names = append(names, p.Name)
	}
	if !slices.Contains(names, "extra") || !strings.Contains(fmt.Sprint(found), "until patch") {
		t.Errorf("found %v", found)
	}
}
