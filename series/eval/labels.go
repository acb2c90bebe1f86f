package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// place is a changed line: of the tip when added, of the base when removed.
type place struct {
	path    string
	line    int
	removed bool
}

// tracked is a line of a file as it goes through a sequence of trees.
type tracked struct {
	origin int // the step that added it, -1 for the base's own
	base   int // its line in the base, -1 for added ones
}

// labels says which step of a sequence of trees adds each line of the last and removes each line of the first.
// Steps count from 1. Files are followed by path.
func labels(trees []*refactor.Tree) (map[place]int, error) {
	out := map[place]int{}
	lines := map[string][]tracked{}
	text := map[string][][]byte{}
	for step := 1; step < len(trees); step++ {
		ds, err := refactor.Diff(trees[step-1], trees[step])
		if err != nil {
			return nil, err
		}
		for _, d := range ds {
			before, ok := lines[d.Path]
			if !ok {
				if text[d.Path], err = linesOf(d.Old); err != nil {
					return nil, err
				}
				for i := range text[d.Path] {
					before = append(before, tracked{-1, i})
				}
			}
			after, err := linesOf(d.New)
			if err != nil {
				return nil, err
			}
			lines[d.Path] = follow(out, d.Path, before, text[d.Path], after, step)
			text[d.Path] = after
		}
	}
	for p, ls := range lines {
		for i, l := range ls {
			if l.origin > 0 {
				out[place{p, i, false}] = l.origin
			}
		}
	}
	return out, nil
}

// follow carries lines over one step, noting which lines of the base it removes.
func follow(out map[place]int, p string, before []tracked, old, now [][]byte, step int) []tracked {
	var after []tracked
	at := 0
	for _, e := range append(refactor.DiffLines(old, now), refactor.LineEdit{A0: len(old), A1: len(old), B0: len(now), B1: len(now)}) {
		after = append(after, before[at:e.A0]...)
		for _, l := range before[e.A0:e.A1] {
			if l.base >= 0 {
				out[place{p, l.base, true}] = step
			}
		}
		for range e.B1 - e.B0 {
			after = append(after, tracked{step, -1})
		}
		at = e.A1
	}
	return after
}

func linesOf(f *refactor.File) ([][]byte, error) {
	if f == nil {
		return nil, nil
	}
	b, err := f.Bytes()
	return refactor.SplitLines(b), err
}

// unit is what the comparison counts: the lines of one hunk of the squashed change that upstream changed in one commit.
type unit struct {
	theirs, ours int
	lines        int
}

// compare labels the changed lines of the squash by both sequences and scores how they agree.
func compare(theirs, ours []*refactor.Tree, u upstream, ceiling bool) (score, error) {
	a, err := labels(theirs)
	if err != nil {
		return score{}, err
	}
	b, err := labels(ours)
	if err != nil {
		return score{}, err
	}
	base, tip := theirs[0], theirs[len(theirs)-1]
	ds, err := refactor.Diff(base, tip)
	if err != nil {
		return score{}, err
	}
	var units, byLine, hunks []unit
	var mentions []mention
	for _, d := range ds {
		old, err := linesOf(d.Old)
		if err != nil {
			return score{}, err
		}
		now, err := linesOf(d.New)
		if err != nil {
			return score{}, err
		}
		defs := definitions(d.Path, now)
		for _, e := range refactor.DiffLines(old, now) {
			var places []place
			for i := e.A0; i < e.A1; i++ {
				places = append(places, place{d.Path, i, true})
			}
			for i := e.B0; i < e.B1; i++ {
				places = append(places, place{d.Path, i, false})
				mentions = append(mentions, mention{now[i], defs[i], a[place{d.Path, i, false}], b[place{d.Path, i, false}]})
			}
			us, ls := unitsOf(places, a, b)
			if h, ok := majority(ls); ok {
				hunks = append(hunks, h)
			}
			units, byLine = append(units, us...), append(byLine, ls...)
		}
	}
	sc := score{hunks: len(units), edges: len(u.HardEdges)}
	sc.ari, sc.pairs = agreement(units)
	sc.hunkARI, _ = agreement(hunks)
	if ceiling {
		best := bestNames(byLine)
		rename(units, best)
		rename(hunks, best)
		sc.ari, sc.pairs = agreement(units)
		sc.hunkARI, _ = agreement(hunks)
	}
	sc.lineARI, _ = agreement(byLine)
	for _, e := range u.HardEdges {
		if line := broken(mentions, e[0], e[1], u.Commits[e[1]-1].Introduces); line != "" {
			sc.broken = append(sc.broken, fmt.Sprintf("commit %d needs %d: %s", e[0], e[1], line))
		} else {
			sc.kept++
		}
	}
	return sc, nil
}

// bestNames gives each of our patches the upstream commit that most of its lines are from: with the smallest patches
// this is the best that any grouping of them could reach.
func bestNames(lines []unit) map[int]int {
	count := map[[2]int]int{}
	best := map[int]int{}
	for _, u := range lines {
		k := [2]int{u.ours, u.theirs}
		if count[k]++; count[k] > count[[2]int{u.ours, best[u.ours]}] {
			best[u.ours] = u.theirs
		}
	}
	return best
}

func rename(us []unit, to map[int]int) {
	for i := range us {
		us[i].ours = to[us[i].ours]
	}
}

// unitsOf groups a hunk's lines by upstream's commit; ours is the patch that has most of them.
func unitsOf(places []place, a, b map[place]int) (units, lines []unit) {
	count := map[int]map[int]int{}
	for _, p := range places {
		x, y := a[p], b[p]
		if x == 0 || y == 0 {
			continue // moved about within a series: neither side names it
		}
		if count[x] == nil {
			count[x] = map[int]int{}
		}
		count[x][y]++
		lines = append(lines, unit{x, y, 1})
	}
	var keys []int
	for x := range count {
		keys = append(keys, x)
	}
	slices.Sort(keys)
	for _, x := range keys {
		best, n := 0, 0
		for y, k := range count[x] {
			if k > n || k == n && y < best {
				best, n = y, k
			}
		}
		units = append(units, unit{x, best, n})
	}
	return units, lines
}

// majority makes one unit of a hunk's lines: on each side what most of them say.
func majority(lines []unit) (unit, bool) {
	x, y := map[int]int{}, map[int]int{}
	u := unit{lines: len(lines)}
	for _, l := range lines {
		x[l.theirs]++
		y[l.ours]++
		if x[l.theirs] > x[u.theirs] {
			u.theirs = l.theirs
		}
		if y[l.ours] > y[u.ours] {
			u.ours = l.ours
		}
	}
	return u, len(lines) > 0
}

// agreement returns the adjusted Rand index (Hubert and Arabie, "Comparing partitions", 1985) and the plain share
// of pairs that both partitions keep together or both keep apart.
func agreement(us []unit) (ari, pairs float64) {
	cell, row, col := map[[2]int]int{}, map[int]int{}, map[int]int{}
	for _, u := range us {
		cell[[2]int{u.theirs, u.ours}]++
		row[u.theirs]++
		col[u.ours]++
	}
	both, inRow, inCol := 0.0, 0.0, 0.0
	for _, n := range cell {
		both += choose2(n)
	}
	for _, n := range row {
		inRow += choose2(n)
	}
	for _, n := range col {
		inCol += choose2(n)
	}
	all := choose2(len(us))
	if all == 0 {
		return 1, 1
	}
	pairs = (all + 2*both - inRow - inCol) / all
	expected, most := inRow*inCol/all, (inRow+inCol)/2
	if most == expected {
		return 1, pairs
	}
	return (both - expected) / (most - expected), pairs
}

func choose2(n int) float64 { return float64(n) * float64(n-1) / 2 }

// mention is an added line with the commit and the patch that add it.
type mention struct {
	text         []byte
	defines      []string // names
	theirs, ours int
}

// definitions lists the names that each line of a file defines.
func definitions(p string, lines [][]byte) map[int][]string {
	out := map[int][]string{}
	for _, d := range csym.Scan(p, bytes.Join(lines, nil)).Defs {
		out[d.Line] = append(out[d.Line], d.Name)
	}
	return out
}

// broken returns a line of commit user that names something commit provider introduces and comes, in our series,
// before the first patch with a line of provider that defines it; "" if there is none.
func broken(ms []mention, user, provider int, names []string) string {
	for _, name := range names {
		first := 1 << 30
		for _, m := range ms {
			if m.theirs == provider && slices.Contains(m.defines, name) {
				first = min(first, m.ours)
			}
		}
		for _, m := range ms {
			if m.theirs == user && m.ours < first && first < 1<<30 && hasWord(m.text, name) && !slices.Contains(m.defines, name) {
				return fmt.Sprintf("patch %d before %d: %s", m.ours, first, bytes.TrimSpace(m.text))
			}
		}
	}
	return ""
}

func hasWord(line []byte, word string) bool {
	for rest := line; ; {
		i := bytes.Index(rest, []byte(word))
		if i < 0 {
			return false
		}
		end := i + len(word)
		if (i == 0 || !wordByte(rest[i-1])) && (end == len(rest) || !wordByte(rest[end])) {
			return true
		}
		rest = rest[end:]
	}
}

func wordByte(c byte) bool {
	return strings.IndexByte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", c) >= 0
}
