// Package flow holds graph algorithms for control-flow graphs: orders, dominators, reachability.
// A graph is a list of successor lists; node 0 is the entry. It knows nothing about C.
package flow

// Graph is a directed graph: Succs[i] are the successors of node i.
type Graph struct {
	Succs [][]int32
	preds [][]int32
}

// New returns the graph with the given successors.
func New(succs [][]int32) *Graph {
	g := &Graph{Succs: succs, preds: make([][]int32, len(succs))}
	for i, ss := range succs {
		for _, s := range ss {
			g.preds[s] = append(g.preds[s], int32(i))
		}
	}
	return g
}

// ReversePostorder lists the nodes reachable from the entry so that a node comes before its successors, back edges aside.
func (g *Graph) ReversePostorder() []int32 {
	var order []int32
	seen := make([]bool, len(g.Succs))
	type frame struct{ n, next int32 }
	if len(g.Succs) == 0 {
		return nil
	}
	stack := []frame{{0, 0}}
	seen[0] = true
	for len(stack) > 0 {
		f := &stack[len(stack)-1]
		if int(f.next) == len(g.Succs[f.n]) {
			order = append(order, f.n)
			stack = stack[:len(stack)-1]
			continue
		}
		s := g.Succs[f.n][f.next]
		f.next++
		if !seen[s] {
			seen[s] = true
			stack = append(stack, frame{s, 0})
		}
	}
	for i, j := 0, len(order)-1; i < j; i, j = i+1, j-1 {
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// Dominators returns the immediate dominator of every node, -1 for the entry and for nodes the entry cannot reach.
// Source: Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm", 2001.
func (g *Graph) Dominators() []int32 {
	idom := make([]int32, len(g.Succs))
	pos := make([]int32, len(g.Succs))
	for i := range idom {
		idom[i], pos[i] = -1, -1
	}
	order := g.ReversePostorder()
	for i, n := range order {
		pos[n] = int32(i)
	}
	meet := func(a, b int32) int32 {
		for a != b {
			for pos[a] > pos[b] {
				a = idom[a]
			}
			for pos[b] > pos[a] {
				b = idom[b]
			}
		}
		return a
	}
	if len(order) == 0 {
		return idom
	}
	idom[0] = 0
	for changed := true; changed; {
		changed = false
		for _, n := range order[1:] {
			best := int32(-1)
			for _, p := range g.preds[n] {
				switch {
				case idom[p] < 0:
				case best < 0:
					best = p
				default:
					best = meet(best, p)
				}
			}
			if idom[n] != best {
				idom[n], changed = best, true
			}
		}
	}
	idom[0] = -1
	return idom
}

// Dominates reports whether every path from the entry to b passes a, given immediate dominators.
func Dominates(idom []int32, a, b int32) bool {
	for ; b >= 0; b = idom[b] {
		if a == b {
			return true
		}
	}
	return false
}

// Reach returns which nodes can be reached from the given ones, without entering a node for which stop answers true.
func (g *Graph) Reach(from []int32, stop func(int32) bool) []bool {
	seen := make([]bool, len(g.Succs))
	work := append([]int32(nil), from...)
	for _, n := range work {
		seen[n] = true
	}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		for _, s := range g.Succs[n] {
			if !seen[s] && (stop == nil || !stop(s)) {
				seen[s] = true
				work = append(work, s)
			}
		}
	}
	return seen
}
