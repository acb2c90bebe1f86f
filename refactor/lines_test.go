package refactor

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// replay applies line edits the obvious way.
func replay(t testing.TB, a, b [][]byte, es []LineEdit) []byte {
	var out [][]byte
	at, bt := 0, 0
	for _, e := range es {
		if e.A0 < at || e.B0-bt != e.A0-at || e.A1 < e.A0 || e.B1 < e.B0 {
			t.Fatalf("edits out of step: %v", es)
		}
		out = append(out, a[at:e.A0]...)
		out = append(out, b[e.B0:e.B1]...)
		at, bt = e.A1, e.B1
	}
	if len(b)-bt != len(a)-at {
		t.Fatalf("tails differ: %v", es)
	}
	return bytes.Join(append(out, a[at:]...), nil)
}

func FuzzDiffLines(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nc\nd")
	f.Add("{\n}\n\n{\n}\n", "{\n}\n\n{\n}\n\n{\n}\n")
	f.Add("\xff\n\xfe\n", "\xfe\n\xff")
	f.Fuzz(func(t *testing.T, x, y string) {
		a, b := SplitLines([]byte(x)), SplitLines([]byte(y))
		es := DiffLines(a, b)
		if got := replay(t, a, b, es); string(got) != y {
			t.Errorf("got %q, want %q", got, y)
		}
		back := make([]LineEdit, len(es))
		for i, e := range es {
			back[i] = LineEdit{e.B0, e.B1, e.A0, e.A1}
		}
		if got := replay(t, b, a, back); string(got) != x {
			t.Errorf("inverse got %q, want %q", got, x)
		}
	})
}

func FuzzApply(f *testing.F) {
	f.Add("some text\nof lines\n", uint64(1))
	f.Fuzz(func(t *testing.T, s string, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		base := mustTree(t, map[string]*File{"f": text(s)})
		var all Change
		var split []*Change
		var want bytes.Buffer
		at := 0
		for at < len(s) { // disjoint edits from left to right, so that the naive result is a concatenation
			start := at + r.IntN(len(s)-at+1)
			end := start + r.IntN(len(s)-start+1)
			e := Edit{"f", start, end, fmt.Sprint(r.IntN(100))}
			want.WriteString(s[at:start] + e.New)
			all.Edits = append(all.Edits, e)
			split = append(split, &Change{ID: ChangeID(fmt.Sprint(len(split))), Edits: []Edit{e}})
			if at = end; start == end {
				break
			}
		}
		want.WriteString(s[at:])
		for _, cs := range [][]*Change{{&all}, split} {
			got, err := base.Apply(cs...)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := got.File("f").Bytes()
			if !bytes.Equal(b, want.Bytes()) {
				t.Fatalf("got %q, want %q", b, want.Bytes())
			}
			inverse := &Change{Edits: EditsBetween("f", b, []byte(s))}
			back, err := got.Apply(inverse)
			if err != nil {
				t.Fatal(err)
			}
			if b, _ := back.File("f").Bytes(); string(b) != s {
				t.Fatalf("inverse gives %q", b)
			}
		}
	})
}

func FuzzReadPatch(f *testing.F) {
	f.Add("--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n")
	f.Add("diff --git a/f b/g\nsimilarity index 100%\nrename from f\nrename to g\n")
	f.Add("diff --git a/b b/b\nnew file mode 100644\nindex 0..1\nGIT binary patch\nliteral 1\nIcmZPo000310RR91\n\n")
	f.Fuzz(func(t *testing.T, patch string) {
		base, err := NewTree("t", map[string]*File{"f": text("a\nb\n"), "d/x": text("")})
		if err != nil {
			t.Fatal(err)
		}
		c, err := ReadPatch(base, "p", bytes.NewReader([]byte(patch)))
		if err != nil {
			return
		}
		tr, err := base.Apply(c)
		if err != nil {
			return
		}
		for _, p := range tr.Paths() {
			if err := CheckPath(p); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestDiffLinesKeepsFunctionsWhole(t *testing.T) {
	a := "int f(void)\n{\n    return 0;\n}\n\nint h(void)\n{\n    return 2;\n}\n"
	b := "int f(void)\n{\n    return 0;\n}\n\nint g(void)\n{\n    return 1;\n}\n\nint h(void)\n{\n    return 2;\n}\n"
	es := DiffLines(SplitLines([]byte(a)), SplitLines([]byte(b)))
	if len(es) != 1 || es[0] != (LineEdit{5, 5, 5, 10}) {
		t.Errorf("edits %v, want one insertion of lines 5 to 10", es)
	}
}

func BenchmarkDiffLines(b *testing.B) {
	for _, n := range []int{1000, 10000, 100000} {
		r := rand.New(rand.NewPCG(1, 1))
		var x, y [][]byte
		for i := range n {
			l := []byte(fmt.Sprintf("line %d of %d\n", r.IntN(n), n))
			x = append(x, l)
			if i%50 != 0 {
				y = append(y, l)
			} else {
				y = append(y, []byte("changed\n"))
			}
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				DiffLines(x, y)
			}
		})
	}
}
