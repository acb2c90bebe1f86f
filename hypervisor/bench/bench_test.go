package bench

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func policy(tb testing.TB) []byte {
	tb.Helper()
	p, err := Policy()
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// Every operation works under every module and leaves the machine as it was, but
// for counters: otherwise a run would not measure what the one before did.
func TestOperations(t *testing.T) {
	p := policy(t)
	for _, m := range Modules() {
		s, err := New(m, p)
		if err != nil {
			t.Fatal(m, err)
		}
		for _, op := range Operations() {
			if err := op.Run(s); err != nil {
				t.Fatalf("%s under %s: %v", op.Name, m, err)
			}
			before := s.h.Dump()
			if err := op.Run(s); err != nil {
				t.Fatalf("%s under %s again: %v", op.Name, m, err)
			}
			if !strings.Contains(op.Name, "create") && before != s.h.Dump() {
				t.Errorf("%s under %s does not leave the machine as it was", op.Name, m)
			}
		}
	}
}

func TestTable(t *testing.T) {
	rows, err := Table(policy(t), 1, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	text := Format(rows)
	if len(rows) != len(Operations()) || strings.Count(text, "\n") != len(rows)+1 {
		t.Errorf("%d rows:\n%s", len(rows), text)
	}
	for _, r := range rows {
		for i := range r.Ratio {
			if r.Ratio[i] <= 0 || i == 0 && r.Ratio[i] != 1 {
				t.Errorf("%s: ratios %v", r.Name, r.Ratio)
			}
		}
	}
}

func BenchmarkOperations(b *testing.B) {
	p := policy(b)
	for _, op := range Operations() {
		for _, m := range Modules() {
			b.Run(strings.ReplaceAll(op.Name, " ", "_")+"/"+m, func(b *testing.B) {
				s, err := New(m, p)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					if err := op.Run(s); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// A plot has every operation and module in it, as text, and goes to a file in
// one piece.
func TestPlot(t *testing.T) {
	var rows []Row
	for _, op := range Operations() {
		r := Row{Name: op.Name}
		for i := range Modules() {
			r.Ratio, r.Spread = append(r.Ratio, 1+float64(i)/10), append(r.Spread, 0.01)
		}
		rows = append(rows, r)
	}
	file := filepath.Join(t.TempDir(), "p.svg")
	if err := WritePlot(file, rows); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(b, new(struct{})); err != nil {
		t.Errorf("not XML: %v", err)
	}
	for _, op := range Operations() {
		if !bytes.Contains(b, []byte(">"+op.Name+"<")) {
			t.Errorf("the plot lacks %s", op.Name)
		}
	}
	for _, m := range Modules()[1:] {
		if !bytes.Contains(b, []byte(">"+m+"<")) {
			t.Errorf("the plot lacks %s", m)
		}
	}
	png, err := Plot(rows, "png")
	if err != nil || !bytes.HasPrefix(png, []byte("\x89PNG")) {
		t.Errorf("png: error %v", err)
	}
	if _, err := Plot(nil, "svg"); err == nil {
		t.Error("a plot of nothing")
	}
	if err := WritePlot(filepath.Join(t.TempDir(), "p.gif"), rows); err == nil {
		t.Error("a gif")
	}
}

// The verdict follows the ratio.
func TestTarget(t *testing.T) {
	rows := []Row{{Name: "null call dom0", Ratio: []float64{1, 2}, Spread: []float64{0, 0}},
		{Name: macro + " dom0", Ratio: []float64{1, 1.02}, Spread: []float64{0, 0}}, {Name: macro + " domU", Ratio: []float64{1, 1.04}, Spread: []float64{0, 0}}}
	if got := Target(rows); strings.Count(got, "\n") != 2 || !strings.Contains(got, "1.020 ±0.000, want at most 1.03: met") || !strings.Contains(got, "domU: dummy / unmodified = 1.040 ±0.000, want at most 1.03: MISSED") {
		t.Errorf("%s", got)
	}
}
