package flow

import (
	"math/rand/v2"
	"testing"
)

// naiveDominates removes a and asks whether b is still reachable.
func naiveDominates(g *Graph, a, b int32) bool {
	if a == b {
		return true
	}
	if a == 0 {
		return true
	}
	return !g.Reach([]int32{0}, func(n int32) bool { return n == a })[b]
}

func randomGraph(r *rand.Rand) *Graph {
	n := 1 + r.IntN(12)
	succs := make([][]int32, n)
	for i := range succs {
		for k := r.IntN(4); k > 0; k-- {
			succs[i] = append(succs[i], int32(r.IntN(n)))
		}
	}
	return New(succs)
}

func TestDominatorsAgainstRemoval(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := 0; i < 3000; i++ {
		g := randomGraph(r)
		idom := g.Dominators()
		reach := g.Reach([]int32{0}, nil)
		for a := range g.Succs {
			for b := range g.Succs {
				if !reach[a] || !reach[b] {
					continue
				}
				if got, want := Dominates(idom, int32(a), int32(b)), naiveDominates(g, int32(a), int32(b)); got != want {
					t.Fatalf("graph %v: %d dominates %d: got %v, want %v", g.Succs, a, b, got, want)
				}
			}
		}
	}
}

func TestReversePostorderPutsPredecessorsFirst(t *testing.T) {
	g := New([][]int32{{1, 2}, {3}, {3}, {4}, nil, {0}})
	pos := map[int32]int{}
	for i, n := range g.ReversePostorder() {
		pos[n] = i
	}
	if len(pos) != 5 {
		t.Fatalf("node 5 is unreachable, order has %v", pos)
	}
	for a, ss := range g.Succs[:5] {
		for _, b := range ss {
			if pos[int32(a)] >= pos[b] {
				t.Errorf("%d not before its successor %d", a, b)
			}
		}
	}
}
