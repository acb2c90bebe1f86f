package refactor

import (
	"bytes"
	"sort"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// LineEdit replaces lines [A0,A1) of an old text by lines [B0,B1) of a new one; lines count from 0.
type LineEdit struct{ A0, A1, B0, B1 int }

// SplitLines cuts text after each newline. The pieces alias text; the last one may lack its newline.
func SplitLines(text []byte) [][]byte {
	var out [][]byte
	for len(text) > 0 {
		n := bytes.IndexByte(text, '\n') + 1
		if n == 0 {
			n = len(text)
		}
		out = append(out, text[:n])
		text = text[n:]
	}
	return out
}

// DiffLines compares two texts line by line and returns the edits in order, none touching the next.
//
// Lines that occur once in both texts anchor the comparison (Cohen's patience diff); what lies between is
// compared by Myers' algorithm ("An O(ND) difference algorithm and its variations", 1986) from sergi/go-diff.
// A gap too big for that is one replacement, so that the time stays near-linear. Edits that can slide
// are put where indentation suggests a boundary.
func DiffLines(a, b [][]byte) []LineEdit {
	d := &lineDiffer{}
	ids := map[string]rune{}
	d.a, d.b = intern(ids, a), intern(ids, b)
	d.gap(0, len(a), 0, len(b))
	slide(d.out, a, b)
	return joinTouching(d.out)
}

// lineDiffer compares texts whose lines have become small numbers.
type lineDiffer struct {
	a, b []rune
	out  []LineEdit
}

// intern numbers the distinct lines. The numbers avoid UTF-16 surrogates, which no Go string can hold.
func intern(ids map[string]rune, lines [][]byte) []rune {
	out := make([]rune, len(lines))
	for i, l := range lines {
		id, ok := ids[string(l)]
		if !ok {
			id = rune(len(ids) + 1)
			if id >= 0xD800 {
				id += 0x800
			}
			ids[string(l)] = id
		}
		out[i] = id
	}
	return out
}

// maxMyers bounds the product of a gap's two lengths that Myers' algorithm is run on.
const maxMyers = 16 << 20

// gap compares a[a0:a1] with b[b0:b1].
func (d *lineDiffer) gap(a0, a1, b0, b1 int) {
	for a0 < a1 && b0 < b1 && d.a[a0] == d.b[b0] {
		a0, b0 = a0+1, b0+1
	}
	for a0 < a1 && b0 < b1 && d.a[a1-1] == d.b[b1-1] {
		a1, b1 = a1-1, b1-1
	}
	switch {
	case a0 == a1 && b0 == b1:
		return
	case a0 == a1 || b0 == b1:
		d.out = append(d.out, LineEdit{a0, a1, b0, b1})
		return
	}
	anchors := d.anchors(a0, a1, b0, b1)
	if len(anchors) == 0 {
		d.myers(a0, a1, b0, b1)
		return
	}
	for _, m := range anchors {
		d.gap(a0, m[0], b0, m[1])
		a0, b0 = m[0]+1, m[1]+1
	}
	d.gap(a0, a1, b0, b1)
}

// anchors returns the longest increasing run of pairs of lines that are unique on both sides of the gap.
func (d *lineDiffer) anchors(a0, a1, b0, b1 int) [][2]int {
	type seen struct{ inA, inB, at int }
	count := make(map[rune]*seen, a1-a0)
	for _, id := range d.a[a0:a1] {
		if count[id] == nil {
			count[id] = &seen{}
		}
		count[id].inA++
	}
	for i := b0; i < b1; i++ {
		if s := count[d.b[i]]; s != nil {
			s.inB++
			s.at = i
		}
	}
	var pairs [][2]int
	for i := a0; i < a1; i++ {
		if s := count[d.a[i]]; s.inA == 1 && s.inB == 1 {
			pairs = append(pairs, [2]int{i, s.at})
		}
	}
	return longestIncreasing(pairs)
}

// longestIncreasing returns a longest subsequence of pairs whose second members increase (patience sorting).
func longestIncreasing(pairs [][2]int) [][2]int {
	var tops []int // per pile, the index of its top pair
	prev := make([]int, len(pairs))
	for i, p := range pairs {
		k := sort.Search(len(tops), func(k int) bool { return pairs[tops[k]][1] >= p[1] })
		prev[i] = -1
		if k > 0 {
			prev[i] = tops[k-1]
		}
		if k == len(tops) {
			tops = append(tops, i)
		} else {
			tops[k] = i
		}
	}
	out := make([][2]int, len(tops))
	if len(tops) == 0 {
		return out
	}
	for i, k := tops[len(tops)-1], len(tops)-1; k >= 0; i, k = prev[i], k-1 {
		out[k] = pairs[i]
	}
	return out
}

// myers compares a gap that has no anchor.
func (d *lineDiffer) myers(a0, a1, b0, b1 int) {
	if (a1-a0)*(b1-b0) > maxMyers {
		d.out = append(d.out, LineEdit{a0, a1, b0, b1})
		return
	}
	m := diffmatchpatch.New()
	m.DiffTimeout = 0 // none: the result must not depend on the machine's speed
	e := LineEdit{a0, a0, b0, b0}
	for _, part := range m.DiffMainRunes(d.a[a0:a1], d.b[b0:b1], false) {
		n := len([]rune(part.Text))
		switch part.Type {
		case diffmatchpatch.DiffDelete:
			e.A1 += n
		case diffmatchpatch.DiffInsert:
			e.B1 += n
		default:
			d.emit(e)
			e = LineEdit{e.A1 + n, e.A1 + n, e.B1 + n, e.B1 + n}
		}
	}
	d.emit(e)
}

func (d *lineDiffer) emit(e LineEdit) {
	if e.A0 < e.A1 || e.B0 < e.B1 {
		d.out = append(d.out, e)
	}
}

// joinTouching merges edits with no equal line between them.
func joinTouching(es []LineEdit) []LineEdit {
	out := es[:0]
	for _, e := range es {
		if n := len(out); n > 0 && out[n-1].A1 == e.A0 && out[n-1].B1 == e.B0 {
			out[n-1].A1, out[n-1].B1 = e.A1, e.B1
			continue
		}
		out = append(out, e)
	}
	return out
}
