package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// chain is a series of n patches, each needing the one before it and each fifth the first.
func chain(n int) *Series {
	s := &Series{}
	for i := 1; i <= n; i++ {
		p := Patch{N: i, Subject: fmt.Sprintf("xen: change <%d> & \"more\"", i)}
		if i > 1 {
			p.Needs = append(p.Needs, Need{i - 1, "struct a_rather_long_name and 3 more"})
		}
		if i%5 == 0 {
			p.Needs = append(p.Needs, Need{1, "first"})
		}
		s.Patches = append(s.Patches, p)
	}
	return s
}

// TestGraph draws the same picture each time, with all that is to be seen escaped, leaves out what stands alone, and draws no picture that
// nobody could look at.
func TestGraph(t *testing.T) {
	s := chain(12)
	s.Patches = append(s.Patches, Patch{N: 13, Subject: "alone"})
	once, err := s.Graph()
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Graph()
	if err != nil || once != again {
		t.Errorf("another picture of the same series (%v)", err)
	}
	for what, want := range map[string]int{"<a href=": 12, `class="tip"`: 13, "&lt;7&gt;": 1, "<7>": 0, "alone": 0, "first</text>": 2} {
		if n := strings.Count(string(once), what); n != want {
			t.Errorf("%d of %s, want %d", n, what, want)
		}
	}
	if got := s.Alone(); !slices.Equal(got, []int{13}) {
		t.Errorf("alone: %d", got)
	}
	for n, want := range map[int]bool{1: false, 20: true, 60: false} {
		if g, err := chain(n).Graph(); err != nil || (g != "") != want {
			t.Errorf("%d patches: drawn: %v, want %v (%v)", n, g != "", want, err)
		}
	}
}

// FuzzWrapText cuts any text: no line is too long, none is lost unless there are too many, and nothing else is added.
func FuzzWrapText(f *testing.F) {
	f.Add("1. xen: check xsm_set_address_size() for XEN_DOMCTL_set_address_size and one more", 20, 3)
	f.Add("a_word_that_is_longer_than_a_line_of_the_box", 8, 2)
	f.Add("", 5, 1)
	f.Fuzz(func(t *testing.T, s string, chars, most int) {
		if chars < 2 || chars > 200 || most < 1 || most > 50 || !utf8.ValidString(s) {
			return
		}
		lines := wrapText(s, chars, most)
		if len(lines) > most {
			t.Fatalf("%d lines, want %d or fewer", len(lines), most)
		}
		cut := false
		for i, l := range lines {
			if n := utf8.RuneCountInString(l); n > chars {
				t.Errorf("line %d has %d characters of %d", i, n, chars)
			}
			cut = cut || strings.HasSuffix(l, "…")
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if !cut && squeeze(strings.Join(lines, " ")) != squeeze(s) {
			t.Errorf("%q became %q", s, lines)
		}
	})
}
