package cfront

import (
	"path"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
)

// pruner finds the declarations that a unit's own code needs. The rest of the headers is dropped before parsing,
// which is most of the text. It is reused between the units of one worker.
type pruner struct {
	w     *words
	first []int32 // by Sym: first entry in next/chunk lists, valid when gen matches
	gen   []int32
	cur   int32
	next  []int32
	def   []int32 // chunk index of each list entry
	work  []int32
}

// index records which chunks declare each name.
func (p *pruner) index(chunks []chunk) {
	p.cur++
	p.next, p.def = p.next[:0], p.def[:0]
	for i := range chunks {
		for _, s := range chunks[i].defs {
			p.grow(s)
			head := int32(-1)
			if p.gen[s] == p.cur {
				head = p.first[s]
			}
			p.next, p.def = append(p.next, head), append(p.def, int32(i))
			p.first[s], p.gen[s] = int32(len(p.def)-1), p.cur
		}
	}
}

// declares reports whether some chunk of the indexed unit declares s.
func (p *pruner) declares(s cpp.Sym) bool {
	return int(s) < len(p.gen) && (p.gen[s] == p.cur || p.gen[s] == -p.cur)
}

func (p *pruner) grow(s cpp.Sym) {
	for int(s) >= len(p.first) {
		n := len(p.w.class) - len(p.first)
		if n <= 0 {
			n = int(s) - len(p.first) + 1
		}
		p.first, p.gen = append(p.first, make([]int32, n)...), append(p.gen, make([]int32, n)...)
	}
}

// mark keeps the roots and everything they mention, transitively. Of a function for which stub answers true only the head counts.
func (p *pruner) mark(toks []cpp.Token, chunks []chunk, root func(*chunk) bool, stub func(*chunk) bool) {
	for i := range chunks {
		if root(&chunks[i]) {
			p.keep(chunks, int32(i))
		}
	}
	for len(p.work) > 0 {
		c := &chunks[p.work[len(p.work)-1]]
		p.work = p.work[:len(p.work)-1]
		end := c.last
		if c.body >= 0 && stub(c) {
			end = c.body
		}
		for i := c.first; i <= end; i++ {
			s := toks[i].Sym
			if toks[i].Kind != cpp.Ident || int(s) >= len(p.gen) || p.gen[s] != p.cur {
				continue
			}
			for e := p.first[s]; e >= 0; e = p.next[e] {
				p.keep(chunks, p.def[e])
			}
			p.gen[s] = -p.cur // each name once
		}
	}
}

func (p *pruner) keep(chunks []chunk, i int32) {
	if !chunks[i].keep {
		chunks[i].keep = true
		p.work = append(p.work, i)
	}
}

// isHeader reports whether a file is shared between units: its functions are read once for all of them.
func isHeader(file string) bool {
	return strings.EqualFold(path.Ext(file), ".h")
}
