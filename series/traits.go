package series

import (
	"maps"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// traits is what the clustering knows of a node; sets are sorted numbers of interned strings.
type traits struct {
	names, text, parts, item, edited, touched vec
	edit                                      []tally // tokens that appear (positive) and disappear
	edits                                     int     // how many
	files, items, dirs, areas, fresh, tops    []int
	stems, arch, langs, made, used, drops     []int
	paths                                     [][]string // the files' paths, cut at slashes
	spots                                     []spot
	level                                     int // longest way from a node that needs nothing
	added, removed                            int // lines
	doc, header, created                      bool
}

// tally is a token by number with its count.
type tally struct{ id, n int }

// spot is a place in a file: its line, and its rank among the places of that file.
type spot struct{ file, line, rank int }

// maxPaths bounds the files of one node that are compared by path.
const maxPaths = 8

// bags are words with their weights, as they are before rarity is known.
type bags struct {
	names, text, parts, item, edited, touched map[string]float64
	edit                                      map[string]int
	sets                                      map[string]map[string]bool // by the name of the set
	spots                                     []where
}

// surveyor collects the traits of all nodes of a graph.
type surveyor struct {
	g       *Graph
	number  map[string]int // of interned strings
	oldDirs map[string]bool
	made    map[string]bool // names that the changes introduce
	texts   map[string][]byte
	out     []*traits
	bags    []*bags
}

func (g *Graph) survey() []*traits {
	s := &surveyor{g: g, number: map[string]int{}, oldDirs: map[string]bool{}, made: map[string]bool{}, texts: map[string][]byte{}}
	for _, p := range g.Base.Paths() {
		s.oldDirs[path.Dir(p)] = true
	}
	for _, f := range g.facts {
		for _, d := range f.made {
			s.made[d.Name] = true
		}
	}
	for _, nd := range g.Nodes {
		s.node(nd)
	}
	s.finish()
	return s.out
}

// node reads one node's changes.
func (s *surveyor) node(nd Node) {
	b := &bags{map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]float64{},
		map[string]int{}, map[string]map[string]bool{}, nil}
	t := &traits{doc: true}
	for _, c := range nd.Changes {
		s.namesOf(b, s.g.facts[c])
		for _, p := range pathsOf(s.g.Changes[c]) {
			s.pathOf(b, t, p)
		}
		s.textOf(b, t, s.g.Changes[c])
	}
	b.words(t)
	s.out, s.bags = append(s.out, t), append(s.bags, b)
}

func (b *bags) put(set, name string) {
	if b.sets[set] == nil {
		b.sets[set] = map[string]bool{}
	}
	b.sets[set][name] = true
}

// madeWeight is what a name that the change set introduces weighs against one that was there.
const madeWeight = 5

// namesOf takes what a change newly uses, no longer uses and defines, and where.
func (s *surveyor) namesOf(b *bags, f *changeFacts) {
	for u := range f.uses {
		if f.drops[u] {
			continue
		}
		b.names["+"+u.name] = 1
		if s.made[u.name] {
			b.names["+"+u.name] = madeWeight
			b.put("used", u.name)
		}
	}
	for u := range f.drops {
		if !f.uses[u] {
			b.names["-"+u.name] = 1
			b.put("drops", u.name)
		}
	}
	for _, d := range f.made {
		b.put("made", d.Name)
		b.put("used", d.Name)
	}
	for _, p := range f.places {
		b.put("items", p.item)
		if _, name, ok := strings.Cut(p.item, ":"); ok {
			eachPart(name, func(w string) { b.item[w] = 1 })
		}
		if len(b.spots) < maxSpots {
			b.spots = append(b.spots, p)
		}
	}
}

// pathOf takes what a path tells.
func (s *surveyor) pathOf(b *bags, t *traits, p string) {
	ext, base := path.Ext(p), path.Base(p)
	top, _, _ := strings.Cut(p, "/")
	b.put("files", p)
	b.put("dirs", path.Dir(p))
	b.put("areas", area(p))
	b.put("tops", top)
	b.put("stems", strings.TrimSuffix(base, ext))
	b.put("langs", string(rune('0'+csym.LangOf(p))))
	if !s.oldDirs[path.Dir(p)] {
		b.put("fresh", path.Dir(p))
	}
	for _, mark := range []string{"arch/", "/asm-"} {
		if _, a, ok := strings.Cut(p, mark); ok {
			a, _, _ = strings.Cut(a, "/")
			b.put("arch", a)
		}
	}
	t.doc = t.doc && isDoc(p)
	t.header = t.header || ext == ".h"
}

// isDoc reports whether a path is documentation, by its directory or ending.
func isDoc(p string) bool {
	return strings.HasPrefix(p, "docs/") || slices.Contains([]string{".md", ".pandoc", ".txt", ".pod", ".rst", ".in"}, path.Ext(p)) || p == "MAINTAINERS"
}

// textOf takes the tokens that a change adds and removes.
func (s *surveyor) textOf(b *bags, t *traits, c *refactor.Change) {
	take := func(text string, by int) int {
		eachToken(text, func(w string) {
			b.edit[w] += by
			b.text[w] = 1
		})
		return strings.Count(text, "\n")
	}
	for _, e := range c.Edits {
		t.added += take(e.New, 1)
		if from := s.baseText(e.Path); e.End <= len(from) {
			t.removed += take(string(from[e.Start:e.End]), -1)
		}
	}
	for _, op := range c.Files {
		if op.Kind == refactor.OpCreate && !refactor.IsBinary(op.Data) {
			t.created = true
			eachToken(string(op.Data), func(w string) { b.text[w] = 1 })
			t.added += lineCount(op.Data)
		}
	}
}

func (s *surveyor) baseText(p string) []byte {
	text, ok := s.texts[p]
	if !ok {
		text, _ = textOf(s.g.Base.File(p)) // what cannot be read has no words
		s.texts[p] = text
	}
	return text
}

// words fills the bags that are made of others.
func (b *bags) words(t *traits) {
	for w, n := range b.edit {
		if n == 0 {
			delete(b.edit, w)
			continue
		}
		t.edits += max(n, -n)
		sign := "+"
		if n < 0 {
			sign = "-"
		}
		eachPart(w, func(p string) { b.edited[sign+p], b.touched[p] = 1, 1 })
	}
	for w := range b.text {
		eachPart(w, func(p string) { b.parts[p] = 1 })
	}
}

// finish turns bags to vectors and strings to numbers.
func (s *surveyor) finish() {
	for _, v := range []struct {
		bag func(*bags) map[string]float64
		vec func(*traits) *vec
	}{
		{func(b *bags) map[string]float64 { return b.names }, func(t *traits) *vec { return &t.names }},
		{func(b *bags) map[string]float64 { return b.text }, func(t *traits) *vec { return &t.text }},
		{func(b *bags) map[string]float64 { return b.parts }, func(t *traits) *vec { return &t.parts }},
		{func(b *bags) map[string]float64 { return b.item }, func(t *traits) *vec { return &t.item }},
		{func(b *bags) map[string]float64 { return b.edited }, func(t *traits) *vec { return &t.edited }},
		{func(b *bags) map[string]float64 { return b.touched }, func(t *traits) *vec { return &t.touched }},
	} {
		all := make([]map[string]float64, len(s.bags))
		for i, b := range s.bags {
			all[i] = v.bag(b)
		}
		for i, x := range vectors(all) {
			*v.vec(s.out[i]) = x
		}
	}
	for i, b := range s.bags {
		s.numbers(s.out[i], b)
	}
	s.rank()
	s.levels()
}

// setsOf lists the sets of a node under the names that bags have them by.
func setsOf(t *traits) []namedSet {
	return []namedSet{{"files", &t.files}, {"items", &t.items}, {"dirs", &t.dirs}, {"areas", &t.areas}, {"fresh", &t.fresh}, {"tops", &t.tops},
		{"stems", &t.stems}, {"arch", &t.arch}, {"langs", &t.langs}, {"made", &t.made}, {"used", &t.used}, {"drops", &t.drops}}
}

type namedSet struct {
	name string
	ids  *[]int
}

// numbers interns the sets of one node, in an order that is the same in each run.
func (s *surveyor) numbers(t *traits, b *bags) {
	for _, set := range setsOf(t) {
		for _, w := range slices.Sorted(maps.Keys(b.sets[set.name])) {
			*set.ids = append(*set.ids, s.id(w))
		}
		slices.Sort(*set.ids)
	}
	for w, n := range b.edit {
		t.edit = append(t.edit, tally{s.id(w), n})
	}
	slices.SortFunc(t.edit, func(a, b tally) int { return a.id - b.id })
	for _, p := range slices.Sorted(maps.Keys(b.sets["files"])) {
		if len(t.paths) < maxPaths {
			t.paths = append(t.paths, strings.Split(p, "/"))
		}
	}
	for _, w := range b.spots {
		t.spots = append(t.spots, spot{file: s.id(w.file), line: w.line})
	}
}

func (s *surveyor) id(w string) int {
	n, ok := s.number[w]
	if !ok {
		n = len(s.number)
		s.number[w] = n
	}
	return n
}

// rank numbers the places of each file in their order.
func (s *surveyor) rank() {
	in := map[int][]*spot{}
	for _, t := range s.out {
		for i := range t.spots {
			in[t.spots[i].file] = append(in[t.spots[i].file], &t.spots[i])
		}
	}
	for _, spots := range in {
		slices.SortStableFunc(spots, func(a, b *spot) int { return a.line - b.line })
		for i, p := range spots {
			p.rank = i
		}
	}
}

// levels fills in the longest way to each node.
func (s *surveyor) levels() {
	missing := make([]int, len(s.out))
	var queue []int
	for n := range s.out {
		if missing[n] = len(s.g.Prev[n]); missing[n] == 0 {
			queue = append(queue, n)
		}
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, m := range s.g.Next[n] {
			s.out[m].level = max(s.out[m].level, s.out[n].level+1)
			if missing[m]--; missing[m] == 0 {
				queue = append(queue, m)
			}
		}
	}
}

// eachToken cuts text at white space and around punctuation.
func eachToken(s string, do func(string)) {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c <= ' ':
			i++
		case isWordByte(c):
			j := i
			for j < len(s) && isWordByte(s[j]) {
				j++
			}
			do(s[i:j])
			i = j
		default:
			do(s[i : i+1])
			i++
		}
	}
}

func isWordByte(c byte) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c >= 0x80
}

// eachPart cuts a name at its underscores; short parts say nothing.
func eachPart(name string, do func(string)) {
	for _, p := range strings.Split(strings.ToLower(name), "_") {
		if len(p) > 2 {
			do(p)
		}
	}
}

// vec is a bag of words as a sparse vector, sorted so that sums add up in one order and runs agree to the last bit.
type vec struct {
	words []word
	norm  float64
}

// word is a name by number.
type word struct {
	id     int
	weight float64
}

// commonplace is the rarity of words that say nothing, being in nine of ten bags.
const commonplace = 0.1

// vectors weighs bags of words: rare ones more, by the logarithm of how few bags have them.
func vectors(bags []map[string]float64) []vec {
	in := map[string]int{}
	for _, b := range bags {
		for w := range b {
			in[w]++
		}
	}
	number := make(map[string]int, len(in))
	for i, w := range slices.Sorted(maps.Keys(in)) {
		number[w] = i
	}
	out := make([]vec, len(bags))
	for i, b := range bags {
		v := vec{words: make([]word, 0, len(b))}
		for w, x := range b {
			if rarity := math.Log(float64(len(bags)+1) / float64(in[w])); rarity > commonplace {
				v.words = append(v.words, word{number[w], x * rarity})
			}
		}
		slices.SortFunc(v.words, func(a, b word) int { return a.id - b.id })
		for _, w := range v.words {
			v.norm += w.weight * w.weight
		}
		v.norm = math.Sqrt(v.norm)
		out[i] = v
	}
	return out
}

// cosine compares two bags: 0 for nothing in common, 1 for the same.
func (a *vec) cosine(b *vec) float64 {
	if a.norm == 0 || b.norm == 0 {
		return 0
	}
	dot := 0.0
	for i, j := 0, 0; i < len(a.words) && j < len(b.words); {
		switch {
		case a.words[i].id < b.words[j].id:
			i++
		case a.words[i].id > b.words[j].id:
			j++
		default:
			dot += a.words[i].weight * b.words[j].weight
			i, j = i+1, j+1
		}
	}
	return dot / (a.norm * b.norm)
}
