package series

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// PinError says why pinned patches cannot stay as they are.
type PinError struct {
	Patch string // subject
	Cycle *CycleError
}

func (e *PinError) Error() string {
	return fmt.Sprintf("the pinned patch %q cannot stay as it is: %v", e.Patch, e.Cycle)
}

// Unwrap returns the circle.
func (e *PinError) Unwrap() error { return e.Cycle }

// Regroup splits anew by the rules, but keeps the patches of a that are pinned, in their order and under their messages;
// other patches of a are not looked at. Pinned patches that cannot be kept together, or in that order, are a *PinError
// with the reasons.
func (g *Graph) Regroup(a *Arrangement, r Rules) (*Series, error) {
	number := g.byID()
	var pinned [][]int
	var parts []ArrangedPart
	for _, p := range a.Patches {
		if !p.Pin || len(p.Changes) == 0 {
			continue
		}
		var cs []int
		for _, id := range p.Changes {
			c, ok := number[id]
			if !ok {
				return nil, fmt.Errorf("pinned patch %q: there is no change %q in the input", p.Subject, id)
			}
			cs = append(cs, c)
		}
		pinned, parts = append(pinned, cs), append(parts, p)
	}
	bound := g.Require(pins(pinned, parts)...)
	keys, err := bound.pinKeys(pinned, parts, r)
	if err != nil {
		return nil, err
	}
	s, err := bound.splitBy(keys.rules, keys.of)
	if err != nil {
		return nil, err
	}
	for k, cs := range pinned {
		i := s.patchOf()[cs[0]]
		s.Patches[i].Subject, s.Patches[i].Body = strings.TrimSpace(parts[k].Subject), strings.TrimSpace(parts[k].Body)
	}
	return s, nil
}

// byID numbers the changes by name.
func (g *Graph) byID() map[string]int {
	out := map[string]int{}
	for i, c := range g.Changes {
		out[string(c.ID)] = i
	}
	return out
}

// pins are the edges that keep the changes of a pinned patch together and pinned patches in order.
func pins(pinned [][]int, parts []ArrangedPart) []Edge {
	var out []Edge
	for k, cs := range pinned {
		sym := refactor.Symbol{Name: parts[k].Subject}
		out = append(out, together(cs, WhyPinned, sym)...)
		if k > 0 {
			out = append(out, Edge{pinned[k-1][0], cs[0], WhyPinned, sym})
		}
	}
	return out
}

// pinnedKeys are groups of nodes, those of pinned patches apart.
type pinnedKeys struct {
	of    []groupKey
	rules Rules
}

// pinKeys groups the nodes: a pinned patch is a group and must be a node of its own.
func (g *Graph) pinKeys(pinned [][]int, parts []ArrangedPart, r Rules) (pinnedKeys, error) {
	r, err := r.expand()
	if err != nil {
		return pinnedKeys{}, err
	}
	keys, err := g.assign(r)
	if err != nil {
		return pinnedKeys{}, err
	}
	for k, cs := range pinned {
		n := g.nodeOf[cs[0]]
		if extra := slices.IndexFunc(g.Nodes[n].Changes, func(c int) bool { return !slices.Contains(cs, c) }); extra >= 0 {
			return pinnedKeys{}, &PinError{parts[k].Subject, g.circleOf(cs[0], g.Nodes[n].Changes[extra])}
		}
		keys[n] = groupKey{Rank: keys[n].Rank, Name: component(g.Changes[cs[0]]), Sub: -1 - k}
	}
	return pinnedKeys{keys, r}, nil
}

// circleOf returns a circle of edges through changes a and b of one node.
func (g *Graph) circleOf(a, b int) *CycleError {
	there, back := g.way(a, b), g.way(b, a)
	c := &CycleError{Edges: append(there, back...)}
	for _, e := range c.Edges {
		c.Names = append(c.Names, string(g.Changes[e.Before].ID))
	}
	return c
}

// way returns a shortest chain of edges from a to b.
func (g *Graph) way(a, b int) []Edge {
	out := map[int][]Edge{}
	for _, e := range g.Edges {
		out[e.Before] = append(out[e.Before], e)
	}
	from := map[int]Edge{}
	for queue := []int{a}; len(queue) > 0; queue = queue[1:] {
		for _, e := range out[queue[0]] {
			if _, seen := from[e.After]; !seen && e.After != a {
				from[e.After] = e
				queue = append(queue, e.After)
			}
		}
	}
	var rev []Edge
	for at := b; at != a; at = rev[len(rev)-1].Before {
		e, ok := from[at]
		if !ok {
			break
		}
		rev = append(rev, e)
	}
	slices.Reverse(rev)
	return rev
}
