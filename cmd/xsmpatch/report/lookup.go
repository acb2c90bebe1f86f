package report

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/xsmpatch/xsmpatch/analyze/check"
)

// minPrefix is how much of a fingerprint must be given.
const minPrefix = 6

// Finding returns the finding that name means: its number in verify's order, from 1, its fingerprint, or the beginning of only one. Nil when there is none.
func (m *Model) Finding(name string) *check.Finding {
	if n, err := strconv.Atoi(strings.TrimPrefix(name, "#")); err == nil && n >= 1 && n <= len(m.Findings.Findings) {
		return m.Findings.Findings[n-1]
	}
	var found []*check.Finding
	for _, f := range slices.Concat(m.Findings.Findings, m.Findings.Suppressed, m.Findings.Weak) {
		if len(name) >= minPrefix && strings.HasPrefix(f.Fingerprint, strings.ToLower(name)) {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// About lists the operations that a finding is about.
func (m *Model) About(f *check.Finding) (out []*Row) {
	for _, r := range m.Rows {
		if slices.Contains(r.Findings, f) {
			out = append(out, r)
		}
	}
	return out
}

// Lookup returns the operation with a name or the only one whose name ends in it, or all operations of an entry. The error of a name that none or
// several have lists what may have been meant.
func (m *Model) Lookup(name string) ([]*Row, error) {
	if r := m.byID[name]; r != nil {
		return []*Row{r}, nil
	}
	var ends, of []*Row
	var names []string
	for _, r := range m.Rows {
		if strings.HasSuffix(r.ID, "/"+name) {
			ends, names = append(ends, r), append(names, r.ID)
		}
		if r.Entry == name {
			of = append(of, r)
		}
	}
	switch {
	case len(of) > 0:
		return of, nil
	case len(ends) == 1:
		return ends, nil
	case len(ends) > 1:
		return nil, fmt.Errorf("%s is the end of several operations' names; give more of it: %s", name, strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("no operation, entry or finding is called %s; near are %s", name, strings.Join(m.near(name), ", "))
}

// maxNear is how many near names an error lists.
const maxNear = 5

// near lists the names of operations whose ends are the fewest changed letters away, names that contain it first.
func (m *Model) near(name string) (out []string) {
	d := diffmatchpatch.New()
	score := map[string]int{}
	name = strings.ToLower(name)
	for _, r := range m.Rows {
		id := strings.ToLower(r.ID)
		best := len(name)
		if strings.Contains(id, name) {
			best = 0
		}
		for at := 0; best > 0 && at >= 0; {
			best = min(best, d.DiffLevenshtein(d.DiffMain(name, id[at:], false)))
			next := strings.IndexAny(id[at:], "_/")
			if next < 0 {
				break
			}
			at += next + 1
		}
		score[r.ID] = best
		out = append(out, r.ID)
	}
	sort.SliceStable(out, func(i, j int) bool { return score[out[i]] < score[out[j]] })
	return out[:min(len(out), maxNear)]
}

// HookNames lists the row's hooks, each once, in the order of the way.
func (r *Row) HookNames() (out []string) {
	for _, u := range r.Uses {
		if !slices.Contains(out, u.Hook) {
			out = append(out, u.Hook)
		}
	}
	return out
}

// Text is the status as a phrase.
func (s Status) Text() string {
	return map[Status]string{
		Open: "a finding is open", Accepted: "its findings are accepted", Hooked: "mediated by a hook",
		Legacy: "only a check that is no hook", None: "no hook on its way, and nothing says that one is missing",
	}[s]
}

// Text is the step as a phrase.
func (s Step) Text() string {
	switch s.Kind {
	case Entry:
		return "a guest enters " + s.What
	case Case:
		return "case " + s.What
	case Call:
		return "calls " + s.What
	case Lookup:
		return "looks up " + s.What
	case Hook:
		return "asks " + s.What
	case Missing:
		return s.What
	}
	return s.What
}

// PhaseText says where the hook stands relative to the command's dispatch.
func (u Use) PhaseText() string {
	return map[string]string{"before": "before the dispatch", "own": "in the command's own code", "after": "after the dispatch"}[u.Phase]
}

// Answers says, one line a module, who may pass.
func (u Use) Answers() (out []string) {
	if u.Action != "" {
		out = append(out, "default action at the call "+u.Action)
	}
	if u.Dummy != "" {
		out = append(out, "dummy "+u.Dummy)
	}
	switch {
	case len(u.Flask) > 0:
		out = append(out, "Flask "+strings.Join(u.Flask, ", "))
	case u.Passes:
		out = append(out, "Flask lets it pass here, as a command with a hook of its own")
	}
	switch u.Silo {
	case "own":
		out = append(out, "SILO has an answer of its own")
	case "dummy":
		out = append(out, "SILO answers as dummy does")
	}
	return out
}
