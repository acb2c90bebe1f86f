package series

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// awkward makes a tree of everything that a diff may have to carry, and another that differs at random: texts of C and
// of no language, carriage returns, no newline at the end, bytes that are no UTF-8, binary files, links, modes, renames,
// copies, deletions, a file that becomes a directory and one that becomes a link.
func awkward(t testing.TB, rng *rand.Rand) (base, tip *refactor.Tree) {
	lines := []string{"int f%d(void);\n", "#define M%d 1\n", "static int v%d;\n", "int g%d(int a)\n{\n    return f1() + M2;\n}\n\n", "text %d\r\n", "caf\xe9 %d\n", "\n", "    }\n",
		"#ifdef CONFIG_X%d\n", "#endif\n", "case %d:\n", "From me %d\n", "--- a/x %d\n", "+++ b/x\n", "@@ -1 +1 @@ %d\n", "diff --git a/x b/x\n", "-- \n", ">From %d\n", "\x0c\t%d\n"}
	text := func(n int) string {
		var b strings.Builder
		for range n {
			l := lines[rng.Intn(len(lines))]
			if strings.Contains(l, "%d") {
				l = fmt.Sprintf(l, rng.Intn(9))
			}
			b.WriteString(l)
		}
		return b.String()
	}
	from, to := map[string]*refactor.File{}, map[string]*refactor.File{}
	file := func(s string) *refactor.File { return refactor.NewFile(refactor.ModeFile, []byte(s)) }
	for k := range 4 + rng.Intn(8) {
		p := fmt.Sprintf("%s/n%d%s", []string{"a", "a/b", "sp ace", "docs", "é"}[rng.Intn(5)], k, []string{".c", ".h", "", ".txt", ".mk"}[rng.Intn(5)])
		was := text(3 + rng.Intn(30))
		now := was
		for range 1 + rng.Intn(4) {
			at := rng.Intn(len(now) + 1)
			end := min(len(now), at+rng.Intn(20))
			now = now[:at] + text(rng.Intn(3)) + now[end:]
		}
		switch rng.Intn(12) {
		case 0:
			to[p] = file(now)
		case 1:
			from[p] = file(was)
		case 2:
			from[p], to["moved/"+filepath.Base(p)] = file(was), file(now)
		case 3:
			from[p], to[p], to[p+".copy"] = file(was), file(now), file(was)
		case 4:
			from[p], to[p] = file("\x00"+was), file("\x00"+now)
		case 5:
			from[p], to[p] = file(was), refactor.NewFile(refactor.ModeSymlink, []byte("n0"))
		case 6:
			from[p], to[p+"/below"] = file(was), file(now)
		case 7:
			from[p], to[p] = file(was), refactor.NewFile(refactor.ModeExec, []byte(now))
		default:
			from[p], to[p] = file(strings.TrimSuffix(was, "\n")), file(now+"end")
		}
	}
	to["always"] = file("different")
	var err error
	if base, err = refactor.NewTree("base", from); err != nil {
		t.Fatal(err)
	}
	if tip, err = refactor.NewTree("tip", to); err != nil {
		t.Fatal(err)
	}
	return base, tip
}

// replayed checks that a series under the plan ends in the tip, to the byte.
func replayed(t *testing.T, base, tip *refactor.Tree, plan string) *Series {
	t.Helper()
	s, _, err := graphOf(t, base, tip).Mend(Rules{Plan: plan})
	if err != nil {
		t.Fatal(err)
	}
	last := base
	if err := s.Replay(base, func(_ int, x *refactor.Tree) error { last = x; return nil }); err != nil {
		t.Fatal(err)
	}
	if want := mustDigest(t, tip); s.Tip != want || mustDigest(t, last) != want {
		t.Fatalf("%s: tip %s, replayed %s, want %s", plan, s.Tip, mustDigest(t, last), want)
	}
	if err := s.CheckOrder(); err != nil {
		t.Errorf("%s: %v", plan, err)
	}
	return s
}

// TestAnythingSurvives splits random changes; git am of the whole thread, and its own reader, must give the tip's tree.
func TestAnythingSurvives(t *testing.T) {
	for seed := range 8 {
		base, tip := awkward(t, rand.New(rand.NewSource(int64(seed))))
		s := replayed(t, base, tip, Plans[seed%len(Plans)])
		files, err := s.MboxFiles(MailOptions{SignOff: true})
		if err != nil {
			t.Fatal(err)
		}
		box := filepath.Join(t.TempDir(), "box")
		if err := os.WriteFile(box, files[MboxName], 0o644); err != nil {
			t.Fatal(err)
		}
		dir := repoOf(t, base)
		tool(t, dir, "git", "am", "-q", box)
		if got := tool(t, dir, "git", "rev-parse", "HEAD^{tree}"); got != s.Tip.String() {
			t.Errorf("seed %d: git am gives tree %s, want %s", seed, got, s.Tip)
		}
	}
}

// FuzzSplit does the same without git, for more changes than a test has time for.
func FuzzSplit(f *testing.F) {
	f.Add(int64(1), uint8(0))
	f.Fuzz(func(t *testing.T, seed int64, plan uint8) {
		base, tip := awkward(t, rand.New(rand.NewSource(seed)))
		s := replayed(t, base, tip, Plans[int(plan)%len(Plans)])
		if _, err := s.Check(); err != nil {
			t.Error(err)
		}
		if _, err := s.MboxFiles(MailOptions{}); err != nil {
			t.Error(err)
		}
	})
}
