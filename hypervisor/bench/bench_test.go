package bench

import (
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
