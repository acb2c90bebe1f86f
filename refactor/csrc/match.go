package csrc

import "slices"

var closers = map[byte]byte{')': '(', ']': '[', '}': '{'}

// isOpen and isClose tell brackets by a token's first byte.
func isOpen(c byte) bool  { return c == '(' || c == '[' || c == '{' }
func isClose(c byte) bool { return c == ')' || c == ']' || c == '}' }

// matcher pairs brackets. Each arm of an #if starts from the brackets that were open before it; behind the #endif those of the
// first arm are open, and brackets that the other arms opened in their stead close with them.
type matcher struct {
	f     *File
	toks  []Tok
	open  []int32
	alias map[int32][]int32
	conds []cond
}

// cond is a conditional being read.
type cond struct {
	before []int32 // open brackets at #if
	first  []int32 // and at the end of its first arm
	arms   int
}

func matchList(f *File, toks []Tok) {
	m := &matcher{f: f, toks: toks}
	for i := range toks {
		m.bracket(int32(i))
	}
}

// match pairs the brackets of the text.
func (f *File) match() {
	m := &matcher{f: f, toks: f.Toks, alias: map[int32][]int32{}}
	at := 0
	for _, d := range f.Dirs {
		for ; at < d.At; at++ {
			m.bracket(int32(at))
		}
		m.directive(d)
	}
	for ; at < len(f.Toks); at++ {
		m.bracket(int32(at))
	}
}

func (m *matcher) bracket(i int32) {
	t := m.toks[i]
	if t.Kind != Punct || t.End != t.Start+1 {
		return
	}
	switch c := m.f.Src[t.Start]; {
	case isOpen(c):
		m.open = append(m.open, i)
	case isClose(c):
		for k := len(m.open) - 1; k >= 0 && k >= len(m.open)-32; k-- {
			o := m.open[k]
			if m.f.Src[m.toks[o].Start] == closers[c] {
				m.pair(o, i)
				m.open = m.open[:k:k]
				return
			}
		}
	}
}

func (m *matcher) pair(o, c int32) {
	if m.toks[o].Match < 0 {
		m.toks[o].Match = c
	}
	m.toks[c].Match = o
	for _, a := range m.alias[o] {
		if m.toks[a].Match < 0 {
			m.toks[a].Match = c
		}
	}
}

func (m *matcher) directive(d Dir) {
	n := len(m.conds) - 1
	switch d.Name {
	case "if", "ifdef", "ifndef":
		m.conds = append(m.conds, cond{before: slices.Clone(m.open)})
	case "elif", "else":
		if n >= 0 {
			m.endArm(&m.conds[n])
			m.open = slices.Clone(m.conds[n].before)
		}
	case "endif":
		if n >= 0 {
			m.endArm(&m.conds[n])
			c := m.conds[n]
			if !slices.Equal(m.open, c.first) {
				m.join(c.first, int(d.Start))
			}
			m.open = c.first
			m.conds = m.conds[:n]
		}
	}
}

func (m *matcher) endArm(c *cond) {
	if c.arms == 0 {
		c.first = slices.Clone(m.open)
	}
	c.arms++
}

// join makes the brackets that the last arm left open close with those of the first.
func (m *matcher) join(first []int32, at int) {
	if len(first) != len(m.open) {
		m.f.Irregular = append(m.f.Irregular, at)
		return
	}
	for k, o := range m.open {
		if o != first[k] {
			m.alias[first[k]] = append(m.alias[first[k]], o)
		}
	}
}
