package series

import (
	"path"

	"github.com/xsmpatch/xsmpatch/series/csym"
)

// conditions: who newly uses what an #if in a header no longer surrounds comes after the #if goes, and the last use of what a new one surrounds goes
// before that comes.
func (t *textLinker) conditions(f *fileText) {
	if path.Ext(f.path) != ".h" || path.Ext(f.oldPath) != ".h" {
		return
	}
	old, now := enclosing(f.before), enclosing(f.after)
	had := defsByName(f.before)
	for _, d := range f.after.Defs {
		k := defKey(d)
		twin, ok := sameKind(had[k], d)
		if !ok || k.member {
			continue
		}
		was, is := old[twin.Line], now[d.Line]
		switch {
		case len(is) < len(was):
			t.condition(f, k, d, was, piece.old, true)
		case len(is) > len(was):
			t.condition(f, k, d, is, piece.now, false)
		}
	}
}

// condition links the changes that bring or take one of the #if on some lines with those that newly use a name, or do so for the last time.
func (t *textLinker) condition(f *fileText, k useKey, d csym.Def, ifs []int, span func(piece) (int, int), gone bool) {
	for _, line := range ifs {
		c := pieceAt(f.pieces, span, line)
		if c < 0 {
			continue
		}
		for u, x := range t.g.facts {
			switch {
			case u == c || x.uses[k] == x.drops[k] || !t.sees(x, event{c, d, f.oldPath, false}):
			case gone && x.uses[k]:
				t.set.add(c, u, WhyNeed, symbolOf(d))
			case !gone && x.drops[k]:
				t.set.add(u, c, WhyUnused, symbolOf(d))
			}
		}
	}
}

// enclosing lists, per line, the lines of the #if that are open there.
func enclosing(s *csym.Source) [][]int {
	out := make([][]int, len(s.Uses))
	var open []int
	for n := range out {
		if n < len(s.Open) {
			for k := s.Open[n].If; k < 0 && len(open) > 0; k++ {
				open = open[:len(open)-1]
			}
			if s.Open[n].If > 0 {
				open = append(open[:len(open):len(open)], n)
			}
		}
		out[n] = open
	}
	return out
}
