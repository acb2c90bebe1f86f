package series

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// RangeDiff compares two versions of a series as git range-diff does: patches are paired by subject, then by what
// they change; "=" is unchanged, "!" is changed (with a comparison of message and diff), "<" is gone, ">" is new.
func RangeDiff(before, after []MailPatch) string {
	pair := pairPatches(before, after)
	used := make([]bool, len(before))
	for _, i := range pair {
		if i >= 0 {
			used[i] = true
		}
	}
	var b strings.Builder
	for i, p := range before {
		if !used[i] {
			fmt.Fprintf(&b, "%2d < -:  %s\n", i+1, p.Subject)
		}
	}
	for j, p := range after {
		i := pair[j]
		switch {
		case i < 0:
			fmt.Fprintf(&b, " - > %d:  %s\n", j+1, p.Subject)
		case plainDiff(before[i]) == plainDiff(p):
			fmt.Fprintf(&b, "%2d = %d:  %s\n", i+1, j+1, p.Subject)
		default:
			fmt.Fprintf(&b, "%2d ! %d:  %s\n%s", i+1, j+1, p.Subject, innerDiff(plainDiff(before[i]), plainDiff(p)))
		}
	}
	return b.String()
}

// pairPatches returns, per patch of after, the index of its predecessor or -1.
func pairPatches(before, after []MailPatch) []int {
	pair := make([]int, len(after))
	taken := make([]bool, len(before))
	for j := range after {
		pair[j] = -1
		for i := range before {
			if !taken[i] && before[i].Subject == after[j].Subject {
				pair[j], taken[i] = i, true
				break
			}
		}
	}
	for j := range after {
		best := refactor.MinSimilarity - 1
		at := -1
		for i := range before {
			if pair[j] < 0 && !taken[i] {
				f := func(s string) *refactor.File { return refactor.NewFile(refactor.ModeFile, []byte(s)) }
				if s, err := refactor.Similarity(f(before[i].Diff), f(after[j].Diff)); err == nil && s > best {
					best, at = s, i
				}
			}
		}
		if at >= 0 {
			pair[j], taken[at] = at, true
		}
	}
	return pair
}

var volatileLine = regexp.MustCompile(`(?m)^(index [0-9a-f]+\.\.[0-9a-f]+.*|@@ .*@@.*)$`)

// plainDiff is a patch without what changes when only its surroundings do: blob names and line numbers.
func plainDiff(p MailPatch) string {
	return p.Subject + "\n\n" + p.Message + "\n\n" + volatileLine.ReplaceAllString(p.Diff, "@@")
}

// innerDiff compares two patches, indented by four, with two lines of context.
func innerDiff(a, b string) string {
	x, y := refactor.SplitLines([]byte(a)), refactor.SplitLines([]byte(b))
	var out strings.Builder
	put := func(mark string, lines [][]byte) {
		for _, l := range lines {
			out.WriteString("    " + mark + strings.TrimRight(string(l), "\n") + "\n")
		}
	}
	last := 0
	for _, e := range refactor.DiffLines(x, y) {
		if from := max(last, e.A0-2); from > last {
			out.WriteString("    @@\n")
			put(" ", x[from:e.A0])
		} else {
			put(" ", x[last:e.A0])
		}
		put("-", x[e.A0:e.A1])
		put("+", y[e.B0:e.B1])
		last = e.A1
	}
	return out.String()
}
