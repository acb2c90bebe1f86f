package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/check"
)

// trend is what changed between two trees.
type trend struct {
	Name   string // of the older tree
	Counts []trendCount
	Lists  []trendList
}

// trendCount is a number then and now.
type trendCount struct {
	What      string
	Then, Now int
	good      int // 1: more is better, -1: less is
}

// Delta is the difference with its sign.
func (c trendCount) Delta() string {
	if c.Now == c.Then {
		return "0"
	}
	return fmt.Sprintf("%+d", c.Now-c.Then)
}

// Class says whether the difference is an improvement.
func (c trendCount) Class() string {
	switch d := (c.Now - c.Then) * c.good; {
	case d > 0:
		return "better"
	case d < 0:
		return "worse"
	}
	return ""
}

// trendList is one kind of change.
type trendList struct {
	Title string
	Items []trendItem
}

type trendItem struct{ Text, Note, Link string }

// Same reports whether nothing changed.
func (t *trend) Same() bool {
	return !slices.ContainsFunc(t.Lists, func(l trendList) bool { return len(l.Items) > 0 })
}

// compare says what changed from the older model to the newer: operations by name, hook calls by place, findings by fingerprint.
func compare(older, newer *Model) *trend {
	count := func(m *Model, s Status) (n int) {
		for _, r := range m.Rows {
			if r.Status == s {
				n++
			}
		}
		return n
	}
	t := &trend{Name: older.Facts.Tree.Name, Counts: []trendCount{
		{"operations", len(older.Rows), len(newer.Rows), 0},
		{"with a hook", count(older, Hooked), count(newer, Hooked), 1},
		{"nothing asked", count(older, None), count(newer, None), 0},
		{"hooks declared", len(declared(older)), len(declared(newer)), 0},
		{"hook calls", len(older.Facts.Sites), len(newer.Facts.Sites), 0},
		{"open findings", len(older.Findings.Findings), len(newer.Findings.Findings), -1},
		{"not read", len(older.Facts.Degraded), len(newer.Facts.Degraded), -1},
	}}
	newFindings, gone := findingsApart(older, newer)
	added, removed, changed := opsApart(older, newer)
	hooksIn, hooksOut := hooksApart(older, newer)
	t.Lists = []trendList{
		{"New findings", newFindings}, {"Findings that are gone", gone}, {"Operations added", added}, {"Operations removed", removed},
		{"Operations mediated differently", changed}, {"Hooks declared", declaredApart(newer, older)}, {"Hooks no longer declared", declaredApart(older, newer)},
		{"Hook calls added", hooksIn}, {"Hook calls removed", hooksOut},
	}
	return t
}

func findingsApart(older, newer *Model) (in, out []trendItem) {
	was, is := map[string]bool{}, map[string]bool{}
	for _, f := range slices.Concat(older.Findings.Findings, older.Findings.Suppressed) {
		was[f.Fingerprint] = true
	}
	for _, f := range slices.Concat(newer.Findings.Findings, newer.Findings.Suppressed) {
		is[f.Fingerprint] = true
	}
	item := func(f *check.Finding) trendItem {
		return trendItem{f.Check + " " + strings.TrimSpace(f.Function+" "+f.Operation), f.Message, ""}
	}
	for _, f := range newer.Findings.Findings {
		if !was[f.Fingerprint] {
			i := item(f)
			i.Link = "f-" + f.Fingerprint
			in = append(in, i)
		}
	}
	for _, f := range older.Findings.Findings {
		if !is[f.Fingerprint] {
			out = append(out, item(f))
		}
	}
	return in, out
}

func opsApart(older, newer *Model) (added, removed, changed []trendItem) {
	for _, r := range newer.Rows {
		old := older.Row(r.ID)
		if old == nil {
			added = append(added, trendItem{r.ID, r.Status.Text(), r.Anchor})
		} else if notes := mediationApart(old, r); len(notes) > 0 {
			changed = append(changed, trendItem{r.ID, strings.Join(notes, "; "), r.Anchor})
		}
	}
	for _, r := range older.Rows {
		if newer.Row(r.ID) == nil {
			removed = append(removed, trendItem{r.ID, "was: " + r.Status.Text(), ""})
		}
	}
	return added, removed, changed
}

// mediationApart says what is asked otherwise about an operation: its status, its hooks, their default actions, what Flask and SILO answer.
func mediationApart(old, now *Row) (notes []string) {
	if old.Status != now.Status {
		notes = append(notes, old.Status.Short()+" → "+now.Status.Short())
	}
	if a, b := strings.Join(old.HookNames(), ", "), strings.Join(now.HookNames(), ", "); a != b {
		return append(notes, orNone(a)+" → "+orNone(b))
	}
	for i := range min(len(old.Uses), len(now.Uses)) {
		a, b := &old.Uses[i], &now.Uses[i]
		for _, what := range [][3]string{
			{"", a.Action, b.Action}, {"default ", a.Dummy, b.Dummy}, {"result ", a.Result, b.Result},
			{"Flask ", strings.Join(a.Flask, ", "), strings.Join(b.Flask, ", ")}, {"SILO ", a.Silo, b.Silo},
		} {
			if a.Hook == b.Hook && what[1] != what[2] {
				notes = append(notes, fmt.Sprintf("%s: %s%s → %s", b.Hook, what[0], orNothing(what[1]), orNothing(what[2])))
			}
		}
	}
	return notes
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// declared lists the hooks that a tree's tables declare, by name.
func declared(m *Model) map[string]bool {
	all := map[string]bool{}
	if m.Tables != nil {
		for _, h := range m.Tables.Hooks {
			if h.Ops.Path != "" {
				all[m.Tables.Prefix+h.Name] = true
			}
		}
	}
	return all
}

// declaredApart lists the hooks that m declares and other does not.
func declaredApart(m, other *Model) (items []trendItem) {
	has := declared(other)
	for _, name := range slices.Sorted(maps.Keys(declared(m))) {
		if !has[name] {
			items = append(items, trendItem{name, "", ""})
		}
	}
	return items
}

func orNone(s string) string {
	if s == "" {
		return "no hook"
	}
	return s
}

func hooksApart(older, newer *Model) (in, out []trendItem) {
	sites := func(m *Model) map[string]bool {
		all := map[string]bool{}
		for _, s := range m.Facts.Sites {
			all[s.ID] = true
		}
		return all
	}
	apart := func(m *Model, other map[string]bool) (items []trendItem) {
		for _, s := range m.Facts.Sites {
			if !other[s.ID] {
				items = append(items, trendItem{s.Hook, fmt.Sprintf("%s:%d in %s", s.File, s.Line, s.Function), ""})
			}
		}
		return items
	}
	return apart(newer, sites(older)), apart(older, sites(newer))
}
