package series

import (
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Beyond maxNodes nodes are grouped before the clustering, by item, by the introduced name that they use, or by file; groups
// are then judged by some of their members, so that about maxMeasured pairs are measured.
const (
	maxNodes    = 1000
	maxMeasured = 1e6
)

// Clusters groups the nodes and returns a group number per node: average-linkage clustering of the weighed signs that
// two nodes belong together, which never closes a circle between groups. The weighing is a logistic model, after the
// idea of correlation clustering (Bansal, Blum and Chawla, 2004); the average is taken since single signs mislead.
func (g *Graph) Clusters(w Weights) []int { return g.Signs().Clusters(w) }

// Clusters is [Graph.Clusters] with signs that are there already.
func (s *Signs) Clusters(w Weights) []int {
	c := &clusterer{g: s.g, signs: s, weights: w.list(), w: w}
	c.run(s.g.startGroups(s.of))
	return c.group
}

// Merge is a step of the clustering: group From becomes part of group Into.
type Merge struct {
	Into, From int
	Score      float64
}

// Merges returns the groups that the clustering starts with, per node, and its steps. A higher w.Stop takes fewer of
// the same steps: those before the first one that scores less.
func (s *Signs) Merges(w Weights) (start []int, steps []Merge) {
	c := &clusterer{g: s.g, signs: s, weights: w.list(), w: w}
	start = s.g.startGroups(s.of)
	c.run(start)
	return start, c.steps
}

// startGroups puts each node in a group of its own, or, when there are many, with those of the same item, name or file.
func (g *Graph) startGroups(of []*traits) []int {
	var out []int
	for level := range 4 {
		number := map[string]int{}
		out = make([]int, len(of))
		for i, t := range of {
			key := strconv.Itoa(i)
			switch {
			case level == 2 && len(t.used) > 0:
				key = "u" + strconv.Itoa(t.used[0])
			case level == 1 && len(t.items) > 0, level == 2 && len(t.items) > 0:
				key = "i" + strconv.Itoa(t.items[0])
			case level == 3 && len(t.files) > 0:
				key = "f" + strconv.Itoa(t.files[0])
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

// area is the part of the tree a path belongs to: its first two directories.
func area(p string) string {
	parts := strings.Split(path.Dir(p), "/")
	return strings.Join(parts[:min(len(parts), 3)], "/")
}

// affinity says how much two nodes belong together.
func (c *clusterer) affinity(i, j int) float64 {
	c.buf = c.signs.Of(i, j, c.buf)
	sum := 0.0
	for k, x := range c.buf {
		sum += c.weights[k] * x
	}
	return sum
}

// clusterer merges groups bottom up by average affinity, never closing a circle between groups.
type clusterer struct {
	g            *Graph
	signs        *Signs
	w            Weights
	weights, buf []float64 // per sign
	group        []int     // per node
	alive        []bool
	size         []int // nodes per group
	lines        []int
	sum          [][]float64    // affinity between groups, summed over pairs of nodes
	next         []map[int]bool // edges between groups
	prev         []map[int]bool
	best         []candidate
	no           map[[2]int]bool // pairs that would close a circle
	steps        []Merge
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
		j, score := c.best[i].with, c.best[i].score
		if c.detour(i, j) || c.detour(j, i) {
			c.no[[2]int{j, i}] = true
			c.rate(i)
			continue
		}
		c.steps = append(c.steps, Merge{j, i, score})
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
		c.lines[k] += c.signs.of[i].added + c.signs.of[i].removed
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

// affinities fills sum. With many nodes a group is judged by some of its own, evenly chosen.
func (c *clusterer) affinities(start []int, n int) {
	members := make([][]int, n)
	for i, k := range start {
		members[k] = append(members[k], i)
	}
	if len(start) > maxNodes {
		each := max(2, int(math.Sqrt(2*maxMeasured)/float64(n)))
		for k, m := range members {
			members[k] = evenly(m, each)
		}
	}
	for i := range n {
		for j := range i {
			a, b := members[i], members[j]
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

// evenly returns at most n members of a list, evenly spaced.
func evenly(list []int, n int) []int {
	if len(list) <= n {
		return list
	}
	out := make([]int, n)
	for i := range out {
		out[i] = list[i*len(list)/n]
	}
	return out
}

func (c *clusterer) score(i, j int) float64 {
	return c.sum[i][j]/float64(c.size[i]*c.size[j]) - c.w.Size*math.Log(1+float64(c.lines[i]+c.lines[j])/100)
}

// rate finds group i's best partner among those with smaller numbers.
func (c *clusterer) rate(i int) {
	c.best[i] = candidate{c.w.Stop, -1}
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
