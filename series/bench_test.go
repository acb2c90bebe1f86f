package series

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// bigChange makes a tree of C files and a change of n hunks to it: in every file functions are edited, some call
// new functions of other files.
func bigChange(t testing.TB, n int) (base, tip *refactor.Tree) {
	const perFile = 25
	from, to := map[string]*refactor.File{}, map[string]*refactor.File{}
	for f := 0; f*perFile < n; f++ {
		var a, b strings.Builder
		for k := range perFile {
			id := f*perFile + k
			fmt.Fprintf(&a, "/* About function %d. */\nint fn_%d(struct domain *d, int arg)\n{\n    int rc = check_%d(d);\n\n    if ( rc )\n        return rc;\n    d->field_%d = arg;\n    return 0;\n}\n\n", id, id, id, id%97)
			fmt.Fprintf(&b, "/* About function %d. */\nint fn_%d(struct domain *d, int arg)\n{\n    int rc = check_%d(d);\n\n    if ( rc )\n        return rc;\n    d->field_%d = arg + helper_%d(d);\n    return 0;\n}\n\n", id, id, id, id%97, id/200)
			if id%200 == 0 {
				fmt.Fprintf(&b, "int helper_%d(struct domain *d)\n{\n    return d->id;\n}\n\n", id/200)
			}
		}
		p := fmt.Sprintf("dir%d/file%d.c", f%20, f)
		from[p], to[p] = refactor.NewFile(refactor.ModeFile, []byte(a.String())), refactor.NewFile(refactor.ModeFile, []byte(b.String()))
	}
	var err error
	if base, err = refactor.NewTree("base", from); err != nil {
		t.Fatal(err)
	}
	if tip, err = refactor.NewTree("tip", to); err != nil {
		t.Fatal(err)
	}
	return base, tip
}

// BenchmarkSplit goes from two trees to the mails. The sub-benchmark's name is the number of hunks.
func BenchmarkSplit(b *testing.B) {
	for _, n := range []int{100, 775, 1000, 10000} { // 775 hunks are 31 files
		base, tip := bigChange(b, n)
		for _, plan := range []string{PlanFeature, PlanComponent} {
			b.Run(fmt.Sprintf("%s/%d", plan, n), func(b *testing.B) {
				for b.Loop() {
					s, _, err := graphOf(b, base, tip).Mend(Rules{Plan: plan})
					if err != nil {
						b.Fatal(err)
					}
					if _, err := s.MboxFiles(MailOptions{}); err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(float64(len(s.Patches)), "patches")
				}
			})
		}
	}
}

// BenchmarkFormatPatch is the yardstick: git format-patch on one commit of the same content.
func BenchmarkFormatPatch(b *testing.B) {
	for _, n := range []int{100, 775, 1000, 10000} { // 775 hunks are 31 files
		base, tip := bigChange(b, n)
		dir := repoOf(b, base)
		if err := tip.UpdateDir(dir, base); err != nil {
			b.Fatal(err)
		}
		tool(b, dir, "git", "add", "-A")
		tool(b, dir, "git", "commit", "-qm", "tip")
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				cmd := exec.Command("git", "format-patch", "-1", "-o", filepath.Join(dir, "out"))
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null")
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
			}
		})
	}
}
