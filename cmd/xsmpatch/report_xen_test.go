//go:build xen

package main

import (
	"io"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/cmd/xsmpatch/report"
)

// maxPage is how large the page of a whole Xen may be, in bytes: what a phone loads without complaint.
const maxPage = 5 << 20

// TestReportOfXen: every operation of the real tree has a way that holds in the source, and the page stays small.
func TestReportOfXen(t *testing.T) {
	a, err := analyseTree(t.Context(), xenTree(t), &scanFlags{source: "auto"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	m := a.model(check.Run(a.tree, a.facts, a.read, check.Options{MinConfidence: 0.5}))
	steps, wrong := 0, 0
	for _, r := range m.Rows {
		if len(r.Path) < 1 || r.Path[0].What != r.Entry {
			t.Errorf("%s: its way does not start at its entry: %v", r.ID, r.Path)
		}
		for _, s := range r.Path {
			steps++
			if why := wrongStep(a, s); why != "" {
				wrong++
				t.Errorf("%s: %s:%d: %s: %s", r.ID, s.File, s.Line, s.Text(), why)
			}
		}
	}
	if len(m.Rows) < 1000 || steps < 5*len(m.Rows) {
		t.Errorf("%d operations, %d steps, %d of them wrong", len(m.Rows), steps, wrong)
	}
	page, err := report.Page{Model: m, Version: version()}.HTML()
	if err != nil || len(page) > maxPage {
		t.Errorf("%d bytes of page, %v", len(page), err)
	}
}
