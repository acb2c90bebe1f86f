package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/cmd/xsmpatch/report"
)

// TestWaysHoldInTheSource walks the way of every operation of minixen: it starts at the entry, each call's line calls the next function, a case's
// line is its label, a hook's line asks it, and the steps of one function are in the order of its lines.
func TestWaysHoldInTheSource(t *testing.T) {
	a, err := analyseTree(t.Context(), miniDir(t), &scanFlags{noCache: true, source: "auto"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	m := a.model(check.Run(a.tree, a.facts, a.read, check.Options{MinConfidence: 0.5}))
	kinds := map[report.StepKind]int{}
	for _, r := range m.Rows {
		if len(r.Path) == 0 || r.Path[0].Kind != report.Entry || r.Path[0].What != r.Entry {
			t.Errorf("%s: its way does not start at its entry: %v", r.ID, r.Path)
			continue
		}
		for i, s := range r.Path {
			kinds[s.Kind]++
			if why := wrongStep(a, s); why != "" {
				t.Errorf("%s: step %d, %s: %s", r.ID, i+1, s.Text(), why)
			}
		}
		for _, u := range r.Uses {
			if u.Phase != "after" && !bytes.Contains([]byte(stepText(r.Path)), []byte("asks "+u.Hook)) {
				t.Errorf("%s: %s is not on its way", r.ID, u.Hook)
			}
		}
	}
	for _, k := range []report.StepKind{report.Entry, report.Case, report.Call, report.Lookup, report.Hook, report.Missing, report.Acts} {
		if kinds[k] == 0 {
			t.Errorf("no way of %d has a step of kind %s", len(m.Rows), k)
		}
	}
}

func stepText(path []report.Step) string {
	var b strings.Builder
	for _, s := range path {
		b.WriteString(s.Text() + "\n")
	}
	return b.String()
}

// wrongStep says what is wrong with a step's line of source, "" for nothing.
func wrongStep(a *analysis, s report.Step) string {
	src, err := a.tree.ReadFile(s.File)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(string(src), "\n")
	if s.Line < 1 || s.Line > len(lines) {
		return "there is no such line"
	}
	text := lines[s.Line-1]
	switch s.Kind {
	case report.Entry: // its name may be made by a macro, and stand on the line behind its type
		_, name, _ := strings.Cut(s.What, "_")
		if !strings.Contains(text+strings.Join(lines[s.Line:min(s.Line+1, len(lines))], ""), name) {
			return "its line is " + text
		}
	case report.Hook:
		if !strings.Contains(text, s.What) {
			return "its line is " + text
		}
	case report.Case:
		if !strings.Contains(text, s.What) && !strings.Contains(text, "case") {
			return "its line is " + text
		}
	}
	return ""
}

// TestPausedomain: the answers of the modules for one operation, as minixen's own text has them.
func TestPausedomain(t *testing.T) {
	a, err := analyseTree(t.Context(), miniDir(t), &scanFlags{noCache: true, source: "auto"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	m := a.model(check.Run(a.tree, a.facts, a.read, check.Options{}))
	rows, err := m.Lookup("XEN_DOMCTL_pausedomain")
	if err != nil {
		t.Fatal(err)
	}
	u := rows[0].Uses
	if len(u) != 1 || u[0].Hook != "xsm_domctl" || u[0].Action != "XSM_OTHER" || strings.Join(u[0].Flask, " ") != "domain/pause" || u[0].Silo != "dummy" || u[0].Phase != "before" {
		t.Errorf("%+v", u)
	}
	if rows[0].Status != report.Hooked {
		t.Errorf("status %s", rows[0].Status)
	}
}

// FuzzReadSeries: a graph that is read has patches numbered from 1, each needing only earlier ones.
func FuzzReadSeries(f *testing.F) {
	f.Add([]byte("  p1 [label=\"1. one\"];\n  p2 [label=\"2. two\"];\n  p1 -> p2 [label=\"x, y\"];\n"))
	f.Add([]byte("  p1 [label=\"1. a \\\"b\\\"\"];\n  p9 -> p1 [label=\"\"];\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := report.ReadSeries("x", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "x: ") {
				t.Errorf("no file in %v", err)
			}
			return
		}
		for i, p := range s.Patches {
			for _, n := range p.Needs {
				if p.N != i+1 || n.N < 1 || n.N >= p.N {
					t.Errorf("patch %d needs %d", p.N, n.N)
				}
			}
		}
		_ = s.SVG()
	})
}

// FuzzBaseline: a baseline that is read can be written and read again.
func FuzzBaseline(f *testing.F) {
	f.Add([]byte("version: 1\nfindings:\n- {check: XSM1001, file: a.c, fingerprint: \"11\"}\n"))
	f.Add([]byte(`{"version": 1, "findings": []}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := parseBaseline("x", text)
		if err != nil {
			if !strings.Contains(err.Error(), "x: ") && !strings.Contains(err.Error(), "x:") {
				t.Errorf("no file in %v", err)
			}
			return
		}
		for _, e := range b.Findings {
			if e.Fingerprint == "" || check.Unreadable(e.Check) {
				t.Errorf("accepted %+v", e)
			}
		}
	})
}
