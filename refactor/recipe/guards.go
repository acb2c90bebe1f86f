package recipe

import (
	"slices"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// arm is one part of a conditional: its directive and the bytes [Start,End) up to the next one.
type arm struct {
	dir        int
	start, end int
}

// cond is a conditional of a file with its arms; end is the #endif.
type conditional struct {
	arms []arm
	end  int
}

// conditionals returns the file's conditionals, outer ones before those in them. Unclosed ones are left out.
func conditionals(u *csrc.Unit) (out []conditional) {
	var open []conditional
	for i := range u.Dirs {
		d := &u.Dirs[i]
		_, le := lineOf(u.Src, int(d.End))
		after := min(le+1, len(u.Src))
		at, _ := lineOf(u.Src, int(d.Start))
		n := len(open) - 1
		switch d.Name {
		case "if", "ifdef", "ifndef":
			open = append(open, conditional{arms: []arm{{dir: i, start: after}}})
		case "elif", "else":
			if n >= 0 {
				open[n].arms[len(open[n].arms)-1].end = at
				open[n].arms = append(open[n].arms, arm{dir: i, start: after})
			}
		case "endif":
			if n >= 0 {
				open[n].arms[len(open[n].arms)-1].end = at
				open[n].end = i
				out = append(out, open[n])
				open = open[:n]
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return u.Dirs[out[i].arms[0].dir].Start < u.Dirs[out[j].arms[0].dir].Start })
	return out
}

// guard is a condition that holds where some text stands: one arm of a conditional.
type guard struct {
	at   int    // byte of the conditional's first directive
	text string // the arm's condition, the arms before it denied
}

// guardsAt lists the conditions around offset off, outermost first, of the conditionals that start at byte from or later.
func guardsAt(u *csrc.Unit, off, from int) (out []guard) {
	for _, c := range conditionals(u) {
		start := int(u.Dirs[c.arms[0].dir].Start)
		if start < from || off < c.arms[0].start || off >= int(u.Dirs[c.end].Start) {
			continue
		}
		var denied []string
		for _, a := range c.arms {
			t := armCondition(u, &u.Dirs[a.dir])
			if a.start <= off && off < a.end {
				if t != "" {
					denied = append(denied, t)
				}
				out = append(out, guard{start, strings.Join(denied, " && ")})
				break
			}
			denied = append(denied, "!("+t+")")
		}
	}
	return out
}

// armCondition is a directive's condition with single blanks, as #if takes it; "" for #else.
func armCondition(u *csrc.Unit, d *csrc.Dir) string {
	if len(d.Toks) == 0 {
		return ""
	}
	switch d.Name {
	case "ifdef":
		return "defined(" + u.Text(d.Toks[0]) + ")"
	case "ifndef":
		return "!defined(" + u.Text(d.Toks[0]) + ")"
	}
	return strings.Join(strings.Fields(string(u.Src[d.Toks[0].Start:d.Toks[len(d.Toks)-1].End])), " ")
}

// conditionsAt is the conditions of guardsAt in a form that is the same however they nest: the operands of &&, sorted.
func conditionsAt(u *csrc.Unit, off, from int) string { return sameConditions(guardsAt(u, off, from)) }

func sameConditions(gs []guard) string {
	var parts []string
	for _, g := range gs {
		if strings.Contains(g.text, "||") || strings.Contains(g.text, "?") {
			parts = append(parts, "("+g.text+")")
			continue
		}
		for _, p := range strings.Split(g.text, "&&") {
			parts = append(parts, strings.TrimSpace(p))
		}
	}
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), " && ")
}

// lineCut takes whole lines of a part of a file out, with the conditionals that this leaves empty, and puts text into their place.
type lineCut struct {
	u        *csrc.Unit
	from, to int // the part: bytes, at starts of lines
	lines    [][2]int
	gone     []bool
}

func newLineCut(u *csrc.Unit, from, to int) *lineCut {
	k := &lineCut{u: u, from: from, to: to}
	for at := from; at < to; {
		_, end := lineOf(u.Src, at)
		end = min(end+1, to)
		k.lines = append(k.lines, [2]int{at, end})
		at = end
	}
	k.gone = make([]bool, len(k.lines))
	return k
}

// wholeLine reports whether nothing but blanks stands beside bytes [start,end) on their lines.
func wholeLine(src []byte, start, end int) bool {
	a, _ := lineOf(src, start)
	_, b := lineOf(src, end)
	return strings.TrimSpace(string(src[a:start])+string(src[end:b])) == ""
}

// at is the index of the line with offset off.
func (k *lineCut) at(off int) int {
	i, _ := slices.BinarySearchFunc(k.lines, off, func(l [2]int, off int) int {
		switch {
		case l[1] <= off:
			return -1
		case l[0] > off:
			return 1
		}
		return 0
	})
	return i
}

func (k *lineCut) blank(i int) bool {
	return strings.TrimSpace(string(k.u.Src[k.lines[i][0]:k.lines[i][1]])) == ""
}

// drop marks the lines of bytes [start,end).
func (k *lineCut) drop(start, end int) {
	for i := k.at(start); i <= k.at(end-1); i++ {
		k.gone[i] = true
	}
}

// emptied marks the conditionals of which all lines are marked or blank, and blank lines that would follow one another.
func (k *lineCut) emptied() {
	cs := conditionals(k.u)
	for n := len(cs) - 1; n >= 0; n-- {
		c := cs[n]
		start, end := int(k.u.Dirs[c.arms[0].dir].Start), int(k.u.Dirs[c.end].End)
		if start < k.from || end >= k.to {
			continue
		}
		some, all := false, true
		for _, a := range c.arms {
			for i := k.at(a.start); i < len(k.lines) && k.lines[i][0] < a.end; i++ {
				some = some || k.gone[i]
				all = all && (k.gone[i] || k.blank(i))
			}
		}
		if some && all {
			k.drop(start, end)
		}
	}
	last := -1 // the line before, of those that stay
	for i := range k.lines {
		if k.gone[i] {
			continue
		}
		if k.blank(i) && last < i-1 && (last < 0 || k.blank(last)) {
			k.gone[i] = true
			continue
		}
		last = i
	}
}

// place is the line before which text goes: the first that is marked, or the outermost conditional in the part that holds it. -1 for none.
func (k *lineCut) place() int {
	first := slices.Index(k.gone, true)
	if first < 0 {
		return -1
	}
	if gs := guardsAt(k.u, k.lines[first][0], k.from); len(gs) > 0 {
		return k.at(gs[0].at)
	}
	return first
}

// edit makes the edits: text, when there is some, goes before line place.
func (k *lineCut) edit(e *editor, place int, text string) {
	for i := 0; i < len(k.lines); {
		j := i
		for j < len(k.lines) && k.gone[j] && (j == i || j != place) {
			j++
		}
		with := ""
		if i == place {
			with = k.apart(i, j, text)
		}
		if j > i || with != "" {
			e.replace(k.u.Path, k.lines[i][0], k.lines[max(j-1, i)][1], with+k.kept(i, j))
		}
		i = max(j, i+1)
	}
}

// kept is line i itself when none was taken out there.
func (k *lineCut) kept(i, j int) string {
	if j > i {
		return ""
	}
	return string(k.u.Src[k.lines[i][0]:k.lines[i][1]])
}

// apart puts blank lines around text that takes the place of lines [i,j).
func (k *lineCut) apart(i, j int, text string) string {
	before := i - 1
	for before >= 0 && k.gone[before] {
		before--
	}
	if before >= 0 && !k.blank(before) {
		text = "\n" + text
	}
	for j < len(k.lines) && k.gone[j] {
		j++
	}
	if j < len(k.lines) && !k.blank(j) {
		text += "\n"
	}
	return text
}
