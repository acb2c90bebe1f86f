package series

import (
	"fmt"
	"sort"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// groupKey places a node in a group. Groups with a lower Rank come first where dependencies allow.
type groupKey struct {
	Rank int
	Name string // what the group is about; the component of its subject
	Sub  int    // tells groups of one name apart
}

func (k groupKey) less(o groupKey) bool {
	switch {
	case k.Rank != o.Rank:
		return k.Rank < o.Rank
	case k.Name != o.Name:
		return k.Name < o.Name
	}
	return k.Sub < o.Sub
}

// Split groups the nodes by the rules and orders the groups so that no dependency points forward.
// A group that cannot be one patch because another one must come in between becomes several.
func (g *Graph) Split(r Rules) (*Series, error) {
	r, err := r.expand()
	if err != nil {
		return nil, err
	}
	keys, err := g.assign(r)
	if err != nil {
		return nil, err
	}
	return g.splitBy(r, keys)
}

// splitBy makes patches of groups of nodes.
func (g *Graph) splitBy(r Rules, keys []groupKey) (*Series, error) {
	s := &Series{Base: g.Base, Graph: g}
	for _, nodes := range g.schedule(keys) {
		p := &Patch{Group: keys[nodes[0]].Name, rule: r.groupAt(keys[nodes[0]].Rank)}
		for _, n := range nodes {
			p.Changes = append(p.Changes, g.Nodes[n].Changes...)
		}
		sort.Ints(p.Changes)
		s.Patches = append(s.Patches, p)
	}
	tip, err := g.Tip()
	if err != nil {
		return nil, err
	}
	if s.Tip, err = tip.Digest(); err != nil {
		return nil, err
	}
	return s, s.describe(r)
}

// scheduler emits groups in dependency order.
type scheduler struct {
	g      *Graph
	keys   []groupKey // per node
	order  []groupKey // groups, best first
	left   map[groupKey][]int
	missed []int            // per node, predecessors not yet emitted
	ext    map[groupKey]int // per group, those of them that are in other groups
}

// schedule returns the nodes of each patch, in order.
func (g *Graph) schedule(keys []groupKey) [][]int {
	s := &scheduler{g: g, keys: keys, left: map[groupKey][]int{}, missed: make([]int, len(g.Nodes)), ext: map[groupKey]int{}}
	for n, k := range keys {
		if s.left[k] == nil {
			s.order = append(s.order, k)
		}
		s.left[k] = append(s.left[k], n)
		for _, p := range g.Prev[n] {
			s.missed[n]++
			if keys[p] != k {
				s.ext[k]++
			}
		}
	}
	sort.SliceStable(s.order, func(i, j int) bool { return s.order[i].less(s.order[j]) })
	var out [][]int
	for len(s.left) > 0 {
		out = append(out, s.step())
	}
	return out
}

// step emits the first group that is ready as a whole, or else what is ready of the first that has anything ready.
func (s *scheduler) step() []int {
	pick := -1
	for i, k := range s.order {
		if len(s.left[k]) > 0 && s.ext[k] == 0 {
			pick = i
			break
		}
	}
	for i := 0; pick < 0; i++ {
		for _, n := range s.left[s.order[i]] {
			if s.missed[n] == 0 {
				pick = i
				break
			}
		}
	}
	return s.emit(s.order[pick])
}

// emit takes every node of the group that can go now, following edges inside the group.
func (s *scheduler) emit(k groupKey) []int {
	var out, queue []int
	for _, n := range s.left[k] {
		if s.missed[n] == 0 {
			queue = append(queue, n)
		}
	}
	done := map[int]bool{}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		done[n] = true
		out = append(out, n)
		for _, m := range s.g.Next[n] {
			s.missed[m]--
			if s.keys[m] != k {
				s.ext[s.keys[m]]--
			} else if s.missed[m] == 0 {
				queue = append(queue, m)
			}
		}
	}
	var rest []int
	for _, n := range s.left[k] {
		if !done[n] {
			rest = append(rest, n)
		}
	}
	if s.left[k] = rest; len(rest) == 0 {
		delete(s.left, k)
	}
	return out
}

// Series is an ordered list of patches on Base. Every prefix is Base with a subset of the same changes.
type Series struct {
	Base    *refactor.Tree
	Graph   *Graph
	Patches []*Patch
	Tip     refactor.Hash // of the tree that the whole series gives
	chained bool          // each patch is made on the one before (FromSteps), and knows its deltas
}

// Patch is one member of a series.
type Patch struct {
	Group   string // name of the group it came from
	Changes []int  // indices of Graph.Changes, ascending
	Subject string // "component: what", without a [PATCH] prefix
	Body    string // wrapped paragraphs, no trailers
	rule    *GroupRule
	deltas  []*refactor.Delta // filled by deltasOf
}

// Replay applies the series to base patch by patch and calls visit with the number of patches applied, from 1, and
// the tree after them. It stops at visit's first error.
func (s *Series) Replay(base *refactor.Tree, visit func(int, *refactor.Tree) error) error {
	return s.replay(base, s.Graph.touched(), visit)
}

func (s *Series) replay(base *refactor.Tree, paths *touchedPaths, visit func(int, *refactor.Tree) error) error {
	tree := base
	in := make([]bool, len(s.Graph.Changes))
	for i, p := range s.Patches {
		area := map[string]bool{}
		for _, c := range p.Changes {
			in[c] = true
			for _, q := range paths.of[c] {
				paths.spread(q, area)
			}
		}
		next, err := s.Graph.overlay(base, tree, in, area, paths)
		if err != nil {
			return fmt.Errorf("patch %d (%s): %w", i+1, p.Subject, err)
		}
		if err := visit(i+1, next); err != nil {
			return err
		}
		tree = next
	}
	return nil
}

// touchedPaths says which changes touch which paths, and which paths a rename or copy ties together.
type touchedPaths struct {
	of   [][]string       // per change
	by   map[string][]int // changes per path, ascending
	ties map[string][]string
}

func (g *Graph) touched() *touchedPaths {
	t := &touchedPaths{of: make([][]string, len(g.Changes)), by: map[string][]int{}, ties: map[string][]string{}}
	for i, c := range g.Changes {
		seen := map[string]bool{}
		add := func(p string) {
			if p != "" && !seen[p] {
				seen[p] = true
				t.of[i] = append(t.of[i], p)
				t.by[p] = append(t.by[p], i)
			}
		}
		for _, op := range c.Files {
			add(op.Path)
			add(op.From)
			if op.From != "" {
				t.ties[op.Path] = append(t.ties[op.Path], op.From)
				t.ties[op.From] = append(t.ties[op.From], op.Path)
			}
		}
		for _, e := range c.Edits {
			add(e.Path)
		}
	}
	return t
}

// spread adds path p and everything tied to it to area.
func (t *touchedPaths) spread(p string, area map[string]bool) {
	if area[p] {
		return
	}
	area[p] = true
	for _, q := range t.ties[p] {
		t.spread(q, area)
	}
}

// overlay returns tree with the paths of area made anew from base by the changes that are in.
func (g *Graph) overlay(base, tree *refactor.Tree, in []bool, area map[string]bool, paths *touchedPaths) (*refactor.Tree, error) {
	part, err := base.Only(area)
	if err != nil {
		return nil, err
	}
	use := map[int]bool{}
	for p := range area {
		for _, c := range paths.by[p] {
			if in[c] {
				use[c] = true
			}
		}
	}
	list := make([]int, 0, len(use))
	for c := range use {
		list = append(list, c)
	}
	sort.Ints(list)
	cs := make([]*refactor.Change, len(list))
	for i, c := range list {
		cs[i] = restrict(g.Changes[c], area)
	}
	after, err := part.Apply(cs...)
	if err != nil {
		return nil, err
	}
	files := make(map[string]*refactor.File, len(area))
	for p := range area {
		files[p] = after.File(p)
	}
	return tree.With(files)
}

// restrict returns the part of c that concerns the paths of area.
func restrict(c *refactor.Change, area map[string]bool) *refactor.Change {
	r := &refactor.Change{ID: c.ID}
	for _, op := range c.Files {
		if area[op.Path] {
			r.Files = append(r.Files, op)
		}
	}
	for _, e := range c.Edits {
		if area[e.Path] {
			r.Edits = append(r.Edits, e)
		}
	}
	return r
}

// deltasOf returns, per patch, what it changes, with the renames and copies that its changes say.
func (s *Series) deltasOf() error {
	if s.chained {
		return nil
	}
	before := s.Base
	return s.Replay(s.Base, func(n int, after *refactor.Tree) error {
		p := s.Patches[n-1]
		ds, err := refactor.Diff(before, after)
		if err != nil {
			return err
		}
		p.deltas = markRenames(ds, before, p.ops(s.Graph))
		before = after
		return nil
	})
}

// ops lists the patch's file operations.
func (p *Patch) ops(g *Graph) []refactor.FileOp {
	var out []refactor.FileOp
	for _, c := range p.Changes {
		out = append(out, g.Changes[c].Files...)
	}
	return out
}

// markRenames turns a deletion and a creation that are a rename into one delta, and a creation that is a copy too.
func markRenames(ds []*refactor.Delta, before *refactor.Tree, ops []refactor.FileOp) []*refactor.Delta {
	byPath := map[string]*refactor.Delta{}
	for _, d := range ds {
		byPath[d.Path] = d
	}
	drop := map[string]bool{}
	for _, op := range ops {
		to, from := byPath[op.Path], byPath[op.From]
		if to == nil || to.Old != nil || before.File(op.From) == nil {
			continue
		}
		switch {
		case op.Kind == refactor.OpRename && from != nil && from.New == nil:
			to.From, to.Old = op.From, before.File(op.From)
			drop[op.From] = true
		case op.Kind == refactor.OpCopy:
			to.From, to.Old, to.Copy = op.From, before.File(op.From), true
		}
	}
	kept := ds[:0]
	for _, d := range ds {
		if !drop[d.Path] {
			kept = append(kept, d)
		}
	}
	return kept
}
