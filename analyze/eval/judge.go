package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/check"
)

// fitting says which checks are about a kind of defect: beginnings of ids.
var fitting = map[string][]string{
	"missing-hook":                  {"XSM1001", "XSM1006", "XSM1005"},
	"hook-after-use":                {"XSM1002"},
	"wrong-target":                  {"XSM1005", "XSM1001"},
	"wrong-hook":                    {"XSM1005", "XSM2002"},
	"return-ignored":                {"XSM1003"},
	"missing-dummy-op":              {"XSM2"},
	"missing-flask-permission-case": {"XSM2"},
	"other":                         {"XSM1", "XSM2"},
}

// result is what became of one row.
type result struct {
	row          *row
	before, left []*check.Finding // findings on the row, at the parent and at the fix
	near         []*check.Finding // findings at the parent on the row's function, of whatever check
	gone         bool             // one that was there before is not at the fix
	problem      string           // why the trees could not be judged
}

// ok reports whether the row counts.
func (r *result) ok() bool { return len(r.before) > 0 && r.gone }

func (r *result) line() string {
	w := r.row
	what := strings.Trim(w.Function+"/"+w.Subcommand, "/")
	head := fmt.Sprintf("%-6s %s %-18s %-28s %s %s", w.ID, w.Fix[:12], w.Detect, what, w.Hook, "")
	switch {
	case r.problem != "":
		return head + "MISSED: " + r.problem
	case len(r.before) == 0:
		return head + "MISSED: silent at the parent" + r.reason()
	case !r.gone:
		return head + "MISSED: still there at the fix: " + r.left[0].Check + " " + r.left[0].Message
	case len(r.left) > 0:
		return head + "ok " + r.before[0].Check + fmt.Sprintf(" (another one stays: %s %s)", r.left[0].Check, r.left[0].Operation)
	}
	return head + "ok " + r.before[0].Check
}

// reason says what is known about a row that does not fire.
func (r *result) reason() string {
	if len(r.near) == 0 {
		return ", nothing is reported for the function"
	}
	var ids []string
	for _, f := range r.near {
		ids = append(ids, strings.TrimSpace(f.Check+" "+f.Operation+" "+f.Hook))
	}
	return fmt.Sprintf(", in the function: %s", strings.Join(ids[:min(4, len(ids))], "; "))
}

// matches reports whether a finding is about a row's defect.
func (r *row) matches(f *check.Finding) bool {
	if !r.fits(f) || !r.inPlace(f) {
		return false
	}
	if r.Subcommand == "" {
		return r.Hook == "" || f.Hook == "" || f.Hook == r.Hook || f.Operation == ""
	}
	return f.Hook != "" && f.Hook == r.Hook || r.names(f)
}

func (r *row) fits(f *check.Finding) bool {
	for _, p := range fitting[r.Kind] {
		if strings.HasPrefix(f.Check, p) {
			return true
		}
	}
	return false
}

// inPlace reports whether the finding is in the row's file and function.
func (r *row) inPlace(f *check.Finding) bool {
	return f.File == r.File && (r.Function == "" || f.Function == "" || slices.Contains(strings.Split(r.Function, "|"), f.Function))
}

// names reports whether the finding names one of the row's sub-commands.
func (r *row) names(f *check.Finding) bool {
	for _, c := range strings.Split(r.Subcommand, "|") {
		if f.Operation == c {
			return true
		}
		for _, op := range f.Operations {
			if op == c || strings.HasSuffix(op, "/"+c) || strings.Contains(op, "/"+c+"/") {
				return true
			}
		}
	}
	return false
}

// judge compares the findings of the two trees.
func judge(w *row, parent, fix []*check.Finding) *result {
	r := &result{row: w}
	for _, f := range parent {
		if w.matches(f) {
			r.before = append(r.before, f)
		} else if w.inPlace(f) {
			r.near = append(r.near, f)
		}
	}
	left := map[string]bool{}
	for _, f := range fix {
		if w.matches(f) {
			r.left = append(r.left, f)
			left[same(f)] = true
		}
	}
	for _, f := range r.before {
		r.gone = r.gone || !left[same(f)]
	}
	return r
}

// same names what two findings have in common that are about one defect.
func same(f *check.Finding) string {
	return strings.Join([]string{f.Check, f.File, f.Function, f.Operation, f.Hook}, "|")
}

// tally counts rows.
type tally struct{ ok, fired, all int }

// tallies counts results by how their kind of defect can be detected.
func tallies(res []*result) map[string]*tally {
	by := map[string]*tally{}
	for _, r := range res {
		t := by[r.row.Detect]
		if t == nil {
			t = &tally{}
			by[r.row.Detect] = t
		}
		t.all++
		if len(r.before) > 0 {
			t.fired++
		}
		if r.ok() {
			t.ok++
		}
	}
	return by
}

// commits counts the commits all of whose rows are ok, by the rows' order.
func commits(res []*result) (ok, all int) {
	bad, seen := map[string]bool{}, map[string]bool{}
	for _, r := range res {
		seen[r.row.Fix] = true
		bad[r.row.Fix] = bad[r.row.Fix] || !r.ok()
	}
	for fix := range seen {
		if !bad[fix] {
			ok++
		}
	}
	return ok, len(seen)
}

// summary is a table of the tallies: rows by how they can be detected, and commits.
func summary(res []*result) string {
	by := tallies(res)
	var kinds []string
	for k := range by {
		kinds = append(kinds, k)
	}
	sort.Strings(kinds)
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-32s %6s %6s %6s\n", "detect", "count", "fire", "of")
	for _, k := range kinds {
		fmt.Fprintf(&b, "%-32s %6d %6d %6d\n", k, by[k].ok, by[k].fired, by[k].all)
	}
	ok, all := commits(res)
	fmt.Fprintf(&b, "%-32s %6d %6s %6d\n", "commits, all rows of each", ok, "", all)
	return b.String()
}
