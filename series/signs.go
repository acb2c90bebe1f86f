package series

import (
	"embed"
	"fmt"
	"math"
	"slices"

	"github.com/xsmpatch/xsmpatch/refactor/strictyaml"
)

// SignNames names the signs that two pieces of a change belong in one patch, in the order of [Signs.Of]. What each
// one measures stands beside its weight in weights/by-feature.yaml.
var SignNames = []string{
	"bias", "nodes", "lines-max", "lines-min",
	"names", "text", "parts", "edited", "touched", "item-parts", "no-words",
	"same-edit", "like-edit", "quiet", "quiet-one",
	"need", "need-sole", "need-share", "neighbours", "level",
	"function", "file", "file-few", "dir", "area", "top", "path", "fresh", "stem", "arch", "same-language",
	"near", "nearby", "between", "adjacent",
	"docs", "docs-code", "header-code", "same-kind", "only-added", "only-removed",
	"both-make", "both-use", "both-drop",
}

//go:embed weights/by-feature.yaml
var weightFiles embed.FS

// Weights says how much each sign counts when pieces are clustered, see [Graph.Clusters].
type Weights struct {
	Signs map[string]float64 `yaml:"signs"` // by SignNames, in logarithms of odds; a sign that is not given counts nothing
	Stop  float64            `yaml:"stop"`  // clusters whose average is less stay apart
	Size  float64            `yaml:"size"`  // what a cluster of (e-1)*100 lines costs; grows with the logarithm
}

// ReadWeights reads weights from YAML; name is what errors call the file.
func ReadWeights(name string, text []byte) (Weights, error) {
	var w Weights
	if err := strictyaml.Unmarshal(name, text, &w); err != nil {
		return w, err
	}
	for sign := range w.Signs {
		if !slices.Contains(SignNames, sign) {
			return w, fmt.Errorf("%s: there is no sign %q", name, sign)
		}
	}
	return w, nil
}

// DefaultWeights returns those that the plan by-feature uses.
func DefaultWeights() (Weights, error) {
	const name = "weights/by-feature.yaml"
	text, err := weightFiles.ReadFile(name)
	if err != nil {
		return Weights{}, err
	}
	return ReadWeights(name, text)
}

// list returns the weights in the order of SignNames.
func (w Weights) list() []float64 {
	out := make([]float64, len(SignNames))
	for i, n := range SignNames {
		out[i] = w.Signs[n]
	}
	return out
}

// Signs measures pairs of a graph's nodes.
type Signs struct {
	g        *Graph
	of       []*traits
	users    map[int]int // per name that is introduced, the nodes that use it
	inFile   map[int]int // per file, the nodes that touch it
	ties     map[[2]int]tie
	logNodes float64
}

// tie sums up the edges between two nodes; an edge counts 1/n when n nodes depend on its symbol.
type tie struct{ sole, share float64 }

// The farthest that counts as near, in lines and in places, by the exponential's e-th part.
const (
	nearLines  = 15.0
	regionSize = 80.0
	nearPlaces = 6.0
	maxSpots   = 40 // places of one node that are looked at
	edgePower  = 0.4
	alikeEdit  = 0.8 // shared part of two edits that counts as the same edit
	maxLinks   = 64  // neighbours of one node that are compared
	noTie      = 2.0 // the most that summed shares count
	maxLevels  = 4.0
	maxSeen    = 300 // nodes of the largest change that weights were fitted to; more count the same
)

// Signs prepares the measuring.
func (g *Graph) Signs() *Signs {
	s := &Signs{g: g, of: g.survey(), users: map[int]int{}, inFile: map[int]int{}, ties: map[[2]int]tie{}, logNodes: math.Log(float64(min(len(g.Nodes), maxSeen)))}
	for _, t := range s.of {
		for _, u := range t.used {
			s.users[u]++
		}
		for _, f := range t.files {
			s.inFile[f]++
		}
	}
	after := map[string]map[int]bool{}
	for _, e := range g.Edges {
		if after[e.Symbol.Name] == nil {
			after[e.Symbol.Name] = map[int]bool{}
		}
		after[e.Symbol.Name][g.nodeOf[e.After]] = true
	}
	for _, e := range g.Edges {
		a, b := g.nodeOf[e.Before], g.nodeOf[e.After]
		k := [2]int{min(a, b), max(a, b)}
		t, share := s.ties[k], 1/float64(len(after[e.Symbol.Name]))
		t.sole += share
		if e.Why == WhyNeed {
			t.share = max(t.share, share)
		}
		s.ties[k] = t
	}
	return s
}

// Of measures nodes i and j into v, which has the length of SignNames, and returns it.
func (s *Signs) Of(i, j int, v []float64) []float64 {
	a, b := s.of[i], s.of[j]
	la, lb := math.Log1p(float64(a.added+a.removed)), math.Log1p(float64(b.added+b.removed))
	v = append(v[:0], 1, s.logNodes, max(la, lb), min(la, lb))
	v = append(v, a.names.cosine(&b.names), a.text.cosine(&b.text), a.parts.cosine(&b.parts), a.edited.cosine(&b.edited), a.touched.cosine(&b.touched),
		a.item.cosine(&b.item), truth(len(a.touched.words) == 0 && len(b.touched.words) == 0))
	alike := alikeness(a, b)
	qa, qb := !a.created && a.edits == 0, !b.created && b.edits == 0
	v = append(v, truth(alike > alikeEdit), alike, truth(qa && qb), truth(qa != qb))
	v = s.links(i, j, v)
	v = s.places(a, b, v)
	v = append(v, truth(a.doc && b.doc), truth(a.doc != b.doc), truth(a.header != b.header),
		truth((a.added == 0) == (b.added == 0) && (a.removed == 0) == (b.removed == 0)), truth(a.removed == 0 && b.removed == 0), truth(a.added == 0 && b.added == 0))
	made, used := s.common(a, b)
	return append(v, made, used, truth(meet(a.drops, b.drops)))
}

// links measures what the dependencies say.
func (s *Signs) links(i, j int, v []float64) []float64 {
	g := s.g
	need := 0.0
	if linked(g.Next[i], j) || linked(g.Prev[i], j) {
		need = math.Pow(float64(max(1, min(len(g.Next[i])+len(g.Prev[i]), len(g.Next[j])+len(g.Prev[j])))), -edgePower)
	}
	t := s.ties[[2]int{min(i, j), max(i, j)}]
	shared := both(g.Next[i], g.Next[j]) + both(g.Prev[i], g.Prev[j])
	return append(v, need, min(noTie, t.sole), t.share, math.Log1p(float64(shared)), min(maxLevels, math.Abs(float64(s.of[i].level-s.of[j].level))))
}

func linked(sorted []int, n int) bool { _, ok := slices.BinarySearch(sorted, n); return ok }

// both counts the members of two sorted lists that are in both, among their first few.
func both(a, b []int) int {
	a, b = a[:min(len(a), maxLinks)], b[:min(len(b), maxLinks)]
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

// places measures where in the tree and in the files the two work.
func (s *Signs) places(a, b *traits, v []float64) []float64 {
	few, file := 0.0, false
	for _, f := range a.files {
		if linked(b.files, f) {
			file = true
			few = max(few, 1/float64(s.inFile[f]-1))
		}
	}
	v = append(v, truth(meet(a.items, b.items)), truth(file), few, truth(meet(a.dirs, b.dirs)), truth(meet(a.areas, b.areas)), truth(meet(a.tops, b.tops)),
		commonPath(a, b), truth(meet(a.fresh, b.fresh)), truth(!file && meet(a.stems, b.stems)), sameArch(a, b), truth(slices.Equal(a.langs, b.langs)))
	if !file {
		return append(v, 0, 0, 0, 0)
	}
	lines, ranks := nearest(a, b)
	return append(v, math.Exp(-lines/nearLines), math.Exp(-lines/regionSize), math.Exp(-ranks/nearPlaces), truth(ranks == 1))
}

// nearest returns the least distance in one file, in lines and in places; infinite when there is none.
func nearest(a, b *traits) (lines, ranks float64) {
	lines, ranks = math.Inf(1), math.Inf(1)
	for _, x := range a.spots {
		for _, y := range b.spots {
			if x.file == y.file {
				lines, ranks = min(lines, math.Abs(float64(x.line-y.line))), min(ranks, math.Abs(float64(x.rank-y.rank)))
			}
		}
	}
	return lines, ranks
}

// commonPath is the longest common beginning of two paths, as a part of the longer one.
func commonPath(a, b *traits) float64 {
	best := 0.0
	for _, x := range a.paths {
		for _, y := range b.paths {
			n := 0
			for n < len(x) && n < len(y) && x[n] == y[n] {
				n++
			}
			best = max(best, float64(n)/float64(max(len(x), len(y))))
		}
	}
	return best
}

// sameArch is 1 for the same architecture, -1 for different ones, 0 when one of the two has none.
func sameArch(a, b *traits) float64 {
	if len(a.arch) == 0 || len(b.arch) == 0 {
		return 0
	}
	return 2*truth(meet(a.arch, b.arch)) - 1
}

// alikeness is the part of the tokens that both edits add or both remove.
func alikeness(a, b *traits) float64 {
	common := 0
	for i, j := 0, 0; i < len(a.edit) && j < len(b.edit); {
		x, y := a.edit[i], b.edit[j]
		switch {
		case x.id < y.id:
			i++
		case x.id > y.id:
			j++
		default:
			if (x.n > 0) == (y.n > 0) {
				common += min(max(x.n, -x.n), max(y.n, -y.n))
			}
			i, j = i+1, j+1
		}
	}
	if all := a.edits + b.edits - common; all > 0 {
		return float64(common) / float64(all)
	}
	return 0
}

// common sums the introduced names that both use: apart those that one of the two makes, each by how few use it.
func (s *Signs) common(a, b *traits) (made, used float64) {
	for _, u := range a.used {
		if !linked(b.used, u) {
			continue
		}
		share := 1 / float64(max(1, s.users[u]-1))
		if linked(a.made, u) || linked(b.made, u) {
			made += share
		} else {
			used += share
		}
	}
	return min(noTie, made), min(noTie, used)
}

// meet reports whether two sorted lists have a member in common.
func meet(a, b []int) bool {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			return true
		}
	}
	return false
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
