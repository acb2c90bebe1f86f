package refactor

import "bytes"

// slide moves pure insertions and deletions up or down, among the positions that give the same result, to
// where a reader would put them. git does the same with its indent heuristic (xdiff/xdiffi.c);
// the scores here are ours and simpler.
func slide(es []LineEdit, a, b [][]byte) {
	for i := range es {
		lowA, lowB, highA := 0, 0, len(a)
		if i > 0 {
			lowA, lowB = es[i-1].A1, es[i-1].B1
		}
		if i+1 < len(es) {
			highA = es[i+1].A0
		}
		switch e := &es[i]; {
		case e.A0 == e.A1:
			room := highA - e.A1
			moveBy(e, bestShift(b, e.B0, e.B1, e.B0-lowB, room))
		case e.B0 == e.B1:
			moveBy(e, bestShift(a, e.A0, e.A1, e.A0-lowA, highA-e.A1))
		}
	}
}

func moveBy(e *LineEdit, by int) {
	e.A0, e.A1, e.B0, e.B1 = e.A0+by, e.A1+by, e.B0+by, e.B1+by
}

// maxSlide bounds how far an edit is slid, so that long runs of equal lines cost little.
const maxSlide = 100

// bestShift returns how far to move the group lines[s:e], at most up lines up and down lines down.
func bestShift(lines [][]byte, s, e, up, down int) int {
	best, at := splitScore(lines, s)+splitScore(lines, e), 0
	try := func(shift int) {
		// On a tie the lower position wins, as in git.
		if sc := splitScore(lines, s+shift) + splitScore(lines, e+shift); sc < best || sc == best && shift > at {
			best, at = sc, shift
		}
	}
	for k := 1; k <= min(up, maxSlide) && bytes.Equal(lines[s-k], lines[e-k]); k++ {
		try(-k)
	}
	for k := 0; k < min(down, maxSlide) && e+k < len(lines) && bytes.Equal(lines[s+k], lines[e+k]); k++ {
		try(k + 1)
	}
	return at
}

// splitScore says how bad it is to cut the text before lines[i]: deep indentation, a blank line or a closing
// brace just after the cut are bad, a blank line just before it is good.
func splitScore(lines [][]byte, i int) int {
	if i >= len(lines) || i == 0 {
		return 0
	}
	depth, blank := indentOf(lines[i])
	score := 4 * depth
	if blank {
		// The text goes on with what follows the blank line, one step away.
		for j := i + 1; j < len(lines) && j < i+20; j++ {
			if d, b := indentOf(lines[j]); !b {
				depth = d
				break
			}
		}
		score = 4*depth + 6
	}
	if t := bytes.TrimLeft(lines[i], " \t"); len(t) > 0 && (t[0] == '}' || t[0] == ')') {
		score += 12
	}
	if _, before := indentOf(lines[i-1]); before {
		score -= 10
	}
	return score
}

// indentOf returns the columns of leading white space, tabs being 8 wide, and whether there is nothing else.
func indentOf(line []byte) (cols int, blank bool) {
	for _, c := range line {
		switch c {
		case ' ':
			cols++
		case '\t':
			cols += 8 - cols%8
		case '\r', '\n':
			return cols, true
		default:
			return cols, false
		}
	}
	return cols, true
}
