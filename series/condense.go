package series

import "sort"

// condense binds strongly connected changes into nodes (Tarjan, "Depth-first search and linear graph
// algorithms", 1972; here without recursion, for graphs of many thousand changes).
func (g *Graph) condense() {
	n := len(g.Changes)
	out := make([][]int, n)
	for _, e := range g.Edges {
		out[e.Before] = append(out[e.Before], e.After)
	}
	comp := components(out)
	g.nodeOf = make([]int, n)
	byComp := map[int]int{}
	for i := range n { // nodes are numbered by their first change
		k, ok := byComp[comp[i]]
		if !ok {
			k = len(g.Nodes)
			byComp[comp[i]] = k
			g.Nodes = append(g.Nodes, Node{})
		}
		g.Nodes[k].Changes = append(g.Nodes[k].Changes, i)
		g.nodeOf[i] = k
	}
	g.link()
	for _, nd := range g.Nodes {
		if len(nd.Changes) > 1 {
			g.Cycles = append(g.Cycles, g.cycleThrough(nd.Changes[0]))
		}
	}
}

// link fills Next and Prev.
func (g *Graph) link() {
	g.Next, g.Prev = make([][]int, len(g.Nodes)), make([][]int, len(g.Nodes))
	seen := map[[2]int]bool{}
	for _, e := range g.Edges {
		a, b := g.nodeOf[e.Before], g.nodeOf[e.After]
		if a != b && !seen[[2]int{a, b}] {
			seen[[2]int{a, b}] = true
			g.Next[a] = append(g.Next[a], b)
			g.Prev[b] = append(g.Prev[b], a)
		}
	}
	for i := range g.Nodes {
		sort.Ints(g.Next[i])
		sort.Ints(g.Prev[i])
	}
}

// tarjan is the state of the search for components.
type tarjan struct {
	out              [][]int
	index, low, comp []int
	onStack          []bool
	stack            []int
	count, comps     int
}

// components returns, per vertex, the number of its strongly connected component.
func components(out [][]int) []int {
	n := len(out)
	t := &tarjan{out: out, index: make([]int, n), low: make([]int, n), comp: make([]int, n), onStack: make([]bool, n)}
	for v := range n {
		if t.index[v] == 0 {
			t.visit(v)
		}
	}
	return t.comp
}

// visit searches from root with an explicit stack of (vertex, next edge).
func (t *tarjan) visit(root int) {
	type frame struct{ v, next int }
	frames := []frame{{root, 0}}
	t.enter(root)
	for len(frames) > 0 {
		f := &frames[len(frames)-1]
		if f.next < len(t.out[f.v]) {
			w := t.out[f.v][f.next]
			f.next++
			if t.index[w] == 0 {
				t.enter(w)
				frames = append(frames, frame{w, 0})
			} else if t.onStack[w] {
				t.low[f.v] = min(t.low[f.v], t.index[w])
			}
			continue
		}
		v := f.v
		frames = frames[:len(frames)-1]
		if len(frames) > 0 {
			u := frames[len(frames)-1].v
			t.low[u] = min(t.low[u], t.low[v])
		}
		if t.low[v] == t.index[v] {
			t.leave(v)
		}
	}
}

func (t *tarjan) enter(v int) {
	t.count++
	t.index[v], t.low[v] = t.count, t.count
	t.stack = append(t.stack, v)
	t.onStack[v] = true
}

// leave closes the component whose root is v.
func (t *tarjan) leave(v int) {
	for {
		w := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.onStack[w] = false
		t.comp[w] = t.comps
		if w == v {
			break
		}
	}
	t.comps++
}

// cycleThrough returns a shortest circle through change v, which lies on one.
func (g *Graph) cycleThrough(v int) *CycleError {
	out := map[int][]Edge{}
	for _, e := range g.Edges {
		if g.nodeOf[e.Before] == g.nodeOf[v] && g.nodeOf[e.After] == g.nodeOf[v] {
			out[e.Before] = append(out[e.Before], e)
		}
	}
	from := map[int]Edge{}
	queue := []int{v}
	for len(queue) > 0 {
		u := queue[0]
		queue = queue[1:]
		for _, e := range out[u] {
			if _, seen := from[e.After]; seen {
				continue
			}
			from[e.After] = e
			if e.After == v {
				return g.circle(v, from)
			}
			queue = append(queue, e.After)
		}
	}
	return &CycleError{Names: []string{string(g.Changes[v].ID)}}
}

// circle walks back from v to v.
func (g *Graph) circle(v int, from map[int]Edge) *CycleError {
	var rev []Edge
	for e := from[v]; ; e = from[e.Before] {
		rev = append(rev, e)
		if e.Before == v {
			break
		}
	}
	c := &CycleError{}
	for i := len(rev) - 1; i >= 0; i-- {
		c.Edges = append(c.Edges, rev[i])
		c.Names = append(c.Names, string(g.Changes[rev[i].Before].ID))
	}
	return c
}
