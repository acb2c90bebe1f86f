package series

import (
	"maps"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// What the clustering weighs; see affinity. Found by a search on four accepted series and rounded; they are not sharp.
const (
	weightEdge = 4.0  // one needs the other; less when both have many such ties, by edgePower
	edgePower  = 0.4  //
	weightItem = 0.4  // both work in one function or other item
	weightNear = 0.7  // both work within nearLines lines
	weightDir  = 0.15 // both work in one part of the tree
	weightFile = 0.1  // both work in one file
	weightNew  = 1.0  // both make files in one directory that is new
	weightTop  = 0.25 // taken off when they work below different top directories
	weightMade = 5.0  // a name that the change set introduces, against one that was there
	weightPart = 0.05 // a part of a name ("quota" of max_quota), against the whole
	stopAt     = 0.25 // groups whose average affinity is less stay apart
	sizeCost   = 0.02 // what a group of e*100 lines costs
	nearLines  = 15
	maxSpots   = 40  // places of one node that are looked at
	maxNodes   = 700 // beyond it nodes are grouped by item, then by file, before the clustering
)

// feature is what the clustering knows of a node.
type feature struct {
	raw   map[string]float64 // names that it adds ("+x") or removes ("-x"), and parts of them ("~x")
	words []word             // the same with their weights, by number
	norm  float64
	files map[string]bool
	items map[string]bool // file and function
	spots []where
	dirs  map[string]bool
	fresh map[string]bool // new directories that it makes files in
	tops  map[string]bool
	lines int
}

// word is a name by number; sorted lists of them add up in one order, so that runs agree to the last bit.
type word struct {
	id     int
	weight float64
}

// clusters groups the nodes by affinity and returns a group number per node.
func (g *Graph) clusters() []int {
	fs := g.features()
	c := &clusterer{g: g, fs: fs}
	c.run(g.startGroups(fs))
	return c.group
}

// startGroups puts each node in a group of its own, or, when there are many, with those of the same item or file.
func (g *Graph) startGroups(fs []*feature) []int {
	var out []int
	for level := range 3 {
		number := map[string]int{}
		out = make([]int, len(fs))
		for i, f := range fs {
			key := strconv.Itoa(i)
			if len(f.spots) > 0 && level > 0 {
				key = f.spots[0].item
				if level > 1 {
					key = f.spots[0].file
				}
			}
			if _, ok := number[key]; !ok {
				number[key] = len(number)
			}
			out[i] = number[key]
		}
		if len(number) <= maxNodes {
			break
		}
	}
	return out
}

func (g *Graph) features() []*feature {
	fs := make([]*feature, len(g.Nodes))
	df := map[string]int{}
	made, old := map[string]bool{}, map[string]bool{}
	for _, p := range g.Base.Paths() {
		old[path.Dir(p)] = true
	}
	for _, f := range g.facts {
		for _, d := range f.made {
			made[d.Name] = true
		}
	}
	for n, nd := range g.Nodes {
		f := &feature{raw: map[string]float64{}, files: map[string]bool{}, items: map[string]bool{}, dirs: map[string]bool{}, fresh: map[string]bool{}, tops: map[string]bool{}}
		for _, c := range nd.Changes {
			f.add(g.facts[c])
			for _, p := range g.facts[c].places {
				f.items[p.item] = true
				if len(f.spots) < maxSpots {
					f.spots = append(f.spots, p)
				}
			}
			for _, p := range pathsOf(g.Changes[c]) {
				f.files[p] = true
				f.dirs[area(p)] = true
				if !old[path.Dir(p)] {
					f.fresh[path.Dir(p)] = true
				}
				top, _, _ := strings.Cut(p, "/")
				f.tops[top] = true
			}
		}
		for w := range f.raw {
			df[w]++
		}
		fs[n] = f
	}
	number := map[string]int{}
	for i, w := range slices.Sorted(maps.Keys(df)) {
		number[w] = i
	}
	for _, f := range fs {
		f.weigh(df, number, made, len(fs))
	}
	return fs
}

// area is the part of the tree a path belongs to: its first two directories.
func area(p string) string {
	parts := strings.Split(path.Dir(p), "/")
	return strings.Join(parts[:min(len(parts), 3)], "/")
}

func (f *feature) add(c *changeFacts) {
	f.lines += c.lines
	put := func(sign string, k useKey, w float64) {
		f.raw[sign+k.name] = max(f.raw[sign+k.name], w)
		for _, part := range strings.Split(strings.ToLower(k.name), "_") {
			if len(part) > 2 && part != strings.ToLower(k.name) {
				f.raw["~"+part] = max(f.raw["~"+part], w*weightPart)
			}
		}
	}
	for k := range c.uses {
		if !c.drops[k] {
			put("+", k, 1)
		}
	}
	for k := range c.drops {
		if !c.uses[k] {
			put("-", k, 1)
		}
	}
}

// weigh gives rare names more weight, by the logarithm of how few nodes have them.
func (f *feature) weigh(df, number map[string]int, made map[string]bool, n int) {
	for w, x := range f.raw {
		x *= math.Log(float64(n+1) / float64(df[w]))
		if made[w[1:]] {
			x *= weightMade
		}
		f.words = append(f.words, word{number[w], x})
	}
	slices.SortFunc(f.words, func(a, b word) int { return a.id - b.id })
	for _, w := range f.words {
		f.norm += w.weight * w.weight
	}
	f.norm = math.Sqrt(f.norm)
}

// cosine compares the names of two nodes: 0 for nothing in common, 1 for the same.
func cosine(a, b *feature) float64 {
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

func shares[K comparable](a, b map[K]bool) bool {
	for k := range a {
		if b[k] {
			return true
		}
	}
	return false
}

// affinity says how much two nodes belong together.
func (c *clusterer) affinity(i, j int) float64 {
	a, b := c.fs[i], c.fs[j]
	s := cosine(a, b)
	if shares(a.items, b.items) {
		s += weightItem
	}
	if shares(a.files, b.files) {
		s += weightFile
	}
	if !shares(a.tops, b.tops) {
		s -= weightTop
	}
	if shares(a.fresh, b.fresh) {
		s += weightNew
	}
	if shares(a.dirs, b.dirs) {
		s += weightDir
	}
	if nearest(a.spots, b.spots) < nearLines {
		s += weightNear
	}
	if slices.Contains(c.g.Next[i], j) || slices.Contains(c.g.Prev[i], j) {
		s += weightEdge / math.Pow(float64(max(1, min(len(c.g.Next[i])+len(c.g.Prev[i]), len(c.g.Next[j])+len(c.g.Prev[j])))), edgePower)
	}
	return s
}

func nearest(a, b []where) int {
	best := math.MaxInt
	for _, x := range a {
		for _, y := range b {
			if x.file == y.file {
				best = min(best, max(x.line-y.line, y.line-x.line))
			}
		}
	}
	return best
}

// clusterer merges groups bottom up by average affinity, never closing a circle between groups.
type clusterer struct {
	g     *Graph
	fs    []*feature
	group []int // per node
	alive []bool
	size  []int // nodes per group
	lines []int
	sum   [][]float64    // affinity between groups, summed over pairs of nodes
	next  []map[int]bool // edges between groups
	prev  []map[int]bool
	best  []candidate
	no    map[[2]int]bool // pairs that would close a circle
}

// candidate is a group's best partner with a smaller number; -1 if none is good enough.
type candidate struct {
	score float64
	with  int
}

func (c *clusterer) run(start []int) {
	c.init(start)
	for {
		i := c.pick()
		if i < 0 {
			return
		}
		j := c.best[i].with
		if c.detour(i, j) || c.detour(j, i) {
			c.no[[2]int{j, i}] = true
			c.rate(i)
			continue
		}
		c.merge(j, i)
	}
}

// init makes the starting groups, one per distinct number of start.
func (c *clusterer) init(start []int) {
	n := 0
	for _, k := range start {
		n = max(n, k+1)
	}
	c.group, c.no = slices.Clone(start), map[[2]int]bool{}
	c.alive, c.size, c.lines, c.best = make([]bool, n), make([]int, n), make([]int, n), make([]candidate, n)
	c.sum, c.next, c.prev = make([][]float64, n), make([]map[int]bool, n), make([]map[int]bool, n)
	for i := range n {
		c.sum[i], c.next[i], c.prev[i], c.alive[i] = make([]float64, n), map[int]bool{}, map[int]bool{}, true
	}
	for i, k := range start {
		c.size[k]++
		c.lines[k] += c.fs[i].lines
		for _, j := range c.g.Next[i] {
			if m := start[j]; m != k {
				c.next[k][m], c.prev[m][k] = true, true
			}
		}
	}
	c.affinities(start, n)
	for i := range n {
		c.rate(i)
	}
}

// affinities fills sum. With many nodes a group is judged by its first few.
func (c *clusterer) affinities(start []int, n int) {
	members := make([][]int, n)
	for i, k := range start {
		members[k] = append(members[k], i)
	}
	few := len(start) > maxNodes
	for i := range n {
		for j := range i {
			a, b := members[i], members[j]
			if few {
				a, b = a[:min(len(a), 2)], b[:min(len(b), 2)]
			}
			s := 0.0
			for _, x := range a {
				for _, y := range b {
					s += c.affinity(x, y)
				}
			}
			s *= float64(c.size[i]*c.size[j]) / float64(len(a)*len(b))
			c.sum[i][j], c.sum[j][i] = s, s
		}
	}
}

func (c *clusterer) score(i, j int) float64 {
	return c.sum[i][j]/float64(c.size[i]*c.size[j]) - sizeCost*math.Log(1+float64(c.lines[i]+c.lines[j])/100)
}

// rate finds group i's best partner among those with smaller numbers.
func (c *clusterer) rate(i int) {
	c.best[i] = candidate{stopAt, -1}
	for j := range i {
		if c.alive[j] && !c.no[[2]int{j, i}] {
			if s := c.score(i, j); s > c.best[i].score {
				c.best[i] = candidate{s, j}
			}
		}
	}
}

// pick returns the group whose best partner is best of all, or -1.
func (c *clusterer) pick() int {
	at := -1
	for i, b := range c.best {
		if c.alive[i] && b.with >= 0 && (at < 0 || b.score > c.best[at].score) {
			at = i
		}
	}
	return at
}

// detour reports whether a way leads from i to j through other groups.
func (c *clusterer) detour(i, j int) bool {
	seen := map[int]bool{i: true}
	var stack []int
	for k := range c.next[i] {
		if k != j {
			stack = append(stack, k)
		}
	}
	for len(stack) > 0 {
		k := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if k == j {
			return true
		}
		if seen[k] {
			continue
		}
		seen[k] = true
		for m := range c.next[k] {
			stack = append(stack, m)
		}
	}
	return false
}

// merge makes group j part of group i, which has the smaller number.
func (c *clusterer) merge(i, j int) {
	c.alive[j] = false
	c.size[i] += c.size[j]
	c.lines[i] += c.lines[j]
	for k := range c.sum {
		c.sum[i][k] += c.sum[j][k]
		c.sum[k][i] = c.sum[i][k]
	}
	rewire(c.next, c.prev, i, j)
	rewire(c.prev, c.next, i, j)
	for n, gr := range c.group {
		if gr == j {
			c.group[n] = i
		}
	}
	for k := range c.no {
		if k[0] == i || k[1] == i || k[0] == j || k[1] == j {
			delete(c.no, k)
		}
	}
	c.rate(i)
	for k := range c.best {
		switch {
		case !c.alive[k] || k <= i:
		case c.best[k].with == i || c.best[k].with == j:
			c.rate(k)
		default:
			if s := c.score(k, i); s > c.best[k].score {
				c.best[k] = candidate{s, i}
			}
		}
	}
}

// rewire gives i the outgoing edges of j and keeps the reverse map in step.
func rewire(out, in []map[int]bool, i, j int) {
	for k := range out[j] {
		delete(in[k], j)
		if k != i {
			out[i][k], in[k][i] = true, true
		}
	}
	delete(out[i], j)
	delete(in[i], j)
	delete(out[i], i)
	out[j] = nil
}
