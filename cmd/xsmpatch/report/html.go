package report

import (
	"bytes"
	"fmt"
	"html/template"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/templates"
)

// Page is what the template draws: a model, with what was asked for beside it.
type Page struct {
	*Model
	Version string
	Older   *Model  // compare with it; nil for no comparison
	Patches *Series // show it; nil for none
}

// HTML draws the page: one file with its style, script and pictures inside.
func (p Page) HTML() ([]byte, error) {
	t, err := template.ParseFS(templates.FS, "report/report.html.tmpl")
	if err != nil {
		return nil, err
	}
	v := p.view()
	if p.Patches != nil {
		if v.Graph, err = p.Patches.Graph(); err != nil {
			return nil, err
		}
	}
	for name, to := range map[string]func(string){
		"report.css": func(s string) { v.CSS = template.CSS(s) },
		"report.js":  func(s string) { v.JS = template.JS(s) },
	} {
		text, err := templates.FS.ReadFile("report/" + name)
		if err != nil {
			return nil, err
		}
		to(string(text))
	}
	var b bytes.Buffer
	if err := t.Execute(&b, v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// view is the page as the template reads it.
type view struct {
	Version, Name, Digest  string
	CSS                    template.CSS
	JS                     template.JS
	Configs                []analyze.Config
	Rows                   []rowView
	Open, AcceptedFindings []findingView
	Degraded               []analyze.Degraded
	Sites                  int
	Entries, Checks        []string
	StatusCounts           []statusCount
	Older                  string
	Trend                  *trend
	Series                 *Series
	Graph                  template.HTML // of the series; "" when it is not drawn
	counts                 map[Status]int
}

type statusCount struct {
	Status Status
	N      int
}

// Count is the number of operations with a status.
func (v *view) Count(s Status) int { return v.counts[s] }

func (p Page) view() *view {
	v := &view{
		Version: p.Version, Name: p.Facts.Tree.Name, Digest: shortDigest(p.Facts.Tree.Digest), Configs: p.Facts.Configs,
		Degraded: p.Facts.Degraded, Sites: len(p.Facts.Sites), Series: p.Patches, counts: map[Status]int{},
	}
	lines := newSource(p.Tree)
	for i, r := range p.Rows {
		r.Anchor = "op-" + strconv.Itoa(i+1)
		v.counts[r.Status]++
	}
	for _, r := range p.Rows {
		v.Rows = append(v.Rows, rowView{Row: r, SVG: drawWay(r, lines), all: len(p.Facts.Configs)})
	}
	for _, s := range Statuses() {
		if v.counts[s] > 0 {
			v.StatusCounts = append(v.StatusCounts, statusCount{s, v.counts[s]})
		}
	}
	for _, e := range p.Facts.Entries {
		v.Entries = append(v.Entries, e.Name)
	}
	checks := map[string]bool{}
	for _, f := range p.Findings.Findings {
		v.Open = append(v.Open, p.finding(f, lines))
		checks[f.Check] = true
	}
	for _, f := range p.Findings.Suppressed {
		v.AcceptedFindings = append(v.AcceptedFindings, p.finding(f, lines))
		checks[f.Check] = true
	}
	for c := range checks {
		v.Checks = append(v.Checks, c)
	}
	sort.Strings(v.Checks)
	if p.Older != nil {
		v.Older, v.Trend = p.Older.Facts.Tree.Name, compare(p.Older, p.Model)
	}
	return v
}

// shortDigest is the beginning of a digest, enough to tell trees apart.
func shortDigest(d string) string {
	_, hex, ok := strings.Cut(d, ":")
	if !ok || len(hex) < 12 {
		return d
	}
	return hex[:12]
}

// rowView is a row as the template reads it.
type rowView struct {
	*Row
	SVG template.HTML
	all int // number of configurations
}

// Short is the status in one or two words.
func (s Status) Short() string {
	return map[Status]string{Open: "finding", Accepted: "accepted", Hooked: "hooked", Legacy: "other check", None: "none"}[s]
}

// EntryPart is the operation's entry with its slash.
func (r rowView) EntryPart() string {
	if r.ID == r.Entry {
		return ""
	}
	return r.Entry + "/"
}

// Rest is the name behind EntryPart.
func (r rowView) Rest() string { return strings.TrimPrefix(r.ID, r.EntryPart()) }

// CheckIDs lists the checks that have a finding about the operation.
func (r rowView) CheckIDs() string {
	var out []string
	for _, f := range r.Findings {
		if !slices.Contains(out, f.Check) {
			out = append(out, f.Check)
		}
	}
	return strings.Join(out, " ")
}

// HookCell, DummyCell, FlaskCell and SiloCell are the row of the matrix.
func (r rowView) HookCell() string { return strings.Join(r.HookNames(), ", ") }

// DummyCell lists the default actions: those at the call, or the dummy module's where the call passes none.
func (r rowView) DummyCell() string {
	return r.each(func(u Use) []string {
		a := u.Action
		if a == "" {
			a = u.Dummy
		}
		return []string{strings.TrimPrefix(a, "XSM_")}
	})
}

// FlaskCell lists the permissions.
func (r rowView) FlaskCell() string {
	return r.each(func(u Use) []string {
		if len(u.Flask) > maxCell {
			return append(slices.Clone(u.Flask[:maxCell]), fmt.Sprintf("%d more", len(u.Flask)-maxCell))
		}
		return u.Flask
	})
}

// maxCell is how many permissions a cell lists; the opened row has all.
const maxCell = 4

// SiloCell says whether SILO has answers of its own.
func (r rowView) SiloCell() string { return r.each(func(u Use) []string { return []string{u.Silo} }) }

// ConfigCell names the configurations, when the operation is not in all of them.
func (r rowView) ConfigCell() string {
	if len(r.Configs) == r.all && r.all > 1 {
		return "all"
	}
	return strings.Join(r.Configs, ", ")
}

func (r rowView) each(of func(Use) []string) string {
	var out []string
	for _, u := range r.Uses {
		for _, s := range of(u) {
			if s != "" && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return strings.Join(out, ", ")
}

// LegacyText, ObjectText and WriteText list what else the operation does.
func (r rowView) LegacyText() string {
	return listed(len(r.Op.Legacy), func(i int) string { return r.Op.Legacy[i].What })
}

// ObjectText lists the look-ups.
func (r rowView) ObjectText() string {
	return listed(len(r.Objects), func(i int) string { return r.Objects[i].Lookup + "(" + r.Objects[i].From + ")" })
}

// WriteText lists the state that its own code writes.
func (r rowView) WriteText() string {
	return listed(len(r.Writes), func(i int) string { return r.Writes[i].What })
}

// maxWords is how many things a line lists.
const maxWords = 12

func listed(n int, at func(int) string) string {
	var out []string
	for i := range n {
		if s := at(i); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if len(out) > maxWords {
		out = append(out[:maxWords], fmt.Sprintf("%d more", len(out)-maxWords))
	}
	return strings.Join(out, ", ")
}

// findingView is a finding as the template reads it.
type findingView struct {
	*check.Finding
	Title, Where, Percent string
	Source                template.HTML
	Steps                 []stepView
	Ops                   []*Row
}

// stepView is a step of a finding's path with its line of source.
type stepView struct {
	check.Step
	Code string
}

func (p Page) finding(f *check.Finding, lines *source) findingView {
	v := findingView{Finding: f, Percent: fmt.Sprintf("%.0f%%", 100*f.Confidence), Ops: p.About(f), Source: lines.excerpt(f.File, f.Line)}
	if c := check.Find(f.Check); c != nil {
		v.Title = strings.ToUpper(c.Title[:1]) + c.Title[1:]
	}
	if f.Hypercall != "" {
		v.Where = strings.TrimSuffix(f.Hypercall+"/"+f.Operation, "/")
	}
	if len(v.Ops) > maxWords {
		v.Ops = v.Ops[:maxWords]
	}
	for _, s := range f.Path {
		v.Steps = append(v.Steps, stepView{s, strings.TrimSpace(lines.line(s.File, s.Line))})
	}
	return v
}

// base is the last part of a path.
func base(file string) string { return path.Base(file) }
