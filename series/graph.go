package series

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// Why says what kind of reason an edge has.
type Why string

// The reasons for an edge.
const (
	WhyNeed   Why = "needs"     // uses a name that the other provides
	WhyFile   Why = "file"      // edits, includes or builds a file that the other creates or moves
	WhyUnused Why = "last use"  // removes a name that the other stops using
	WhyAtomic Why = "atomic"    // changes a signature, or moves a name, together with the other
	WhyNested Why = "inside"    // is text inside what the other inserts
	WhyRoom   Why = "room"      // makes a file where the other removes a directory, or the other way round
	WhyPinned Why = "pinned to" // a person or a rule asks for it
)

// Edge says that node Before must not come after node After.
type Edge struct {
	Before, After int
	Why           Why
	Symbol        refactor.Symbol
}

// Node is what cannot be divided: one Change, or several that need each other in a circle.
type Node struct {
	Changes []int // indices of Graph.Changes, ascending
}

// Graph holds changes to one baseline and what binds them. Edges are between changes; Nodes and their Next are
// acyclic. A Graph is read-only after NewGraph.
type Graph struct {
	Base    *refactor.Tree
	Changes []*refactor.Change
	Edges   []Edge
	Nodes   []Node
	Cycles  []*CycleError // the circles that made nodes of several changes
	Next    [][]int       // per node, the nodes that must not come before it
	Prev    [][]int       // per node, the nodes that must not come after it
	nodeOf  []int         // per change
	facts   []*changeFacts
}

// CycleError is a circle of changes, or of patches, that each must precede the next.
type CycleError struct {
	Names []string // names[i] must come before names[i+1], the last before the first
	Edges []Edge   // the reason for each step; Before and After index the changes
}

func (e *CycleError) Error() string {
	var b strings.Builder
	b.WriteString("these need each other in a circle:")
	for i, ed := range e.Edges {
		fmt.Fprintf(&b, "\n  %s must not come after %s: %s", e.Names[i], e.Names[(i+1)%len(e.Names)], ed.Reason())
	}
	return b.String()
}

// Reason returns the edge's reason in words.
func (e Edge) Reason() string {
	name := e.Symbol.Name
	if e.Symbol.Kind != "" {
		name = string(e.Symbol.Kind) + " " + name
	}
	switch e.Why {
	case WhyNeed:
		return name + " is provided by the one and used by the other"
	case WhyUnused:
		return "the last use of " + name + " goes before its definition"
	case WhyFile:
		return "the file " + e.Symbol.Name + " must exist"
	case WhyRoom:
		return e.Symbol.Name + " cannot be a file and a directory at once"
	case WhyBuild:
		return "without the one the other would not build: " + name
	case WhyAtomic:
		return name + " changes together with its uses"
	}
	return string(e.Why) + " " + name
}

// NewGraph finds the edges between changes to base from what they say they provide and need, from their file
// operations and from their text, and binds circles into one node. Changes that do not merge are a
// *refactor.ConflictError, ones that do not fit the base a *refactor.EditError.
func NewGraph(base *refactor.Tree, changes []*refactor.Change) (*Graph, error) {
	ids := map[refactor.ChangeID]bool{}
	for _, c := range changes {
		if ids[c.ID] {
			return nil, fmt.Errorf("two changes are called %q", c.ID)
		}
		ids[c.ID] = true
	}
	tip, err := base.Apply(changes...)
	if err != nil {
		return nil, err
	}
	g := &Graph{Base: base, Changes: changes}
	if err := g.analyse(tip); err != nil {
		return nil, err
	}
	g.condense()
	return g, nil
}

// Tip returns the baseline with every change made.
func (g *Graph) Tip() (*refactor.Tree, error) { return g.Base.Apply(g.Changes...) }

// edgeSet collects edges once per pair and reason.
type edgeSet struct {
	seen map[[2]int]bool
	list []Edge
}

func (s *edgeSet) add(before, after int, why Why, sym refactor.Symbol) {
	if before == after || s.seen[[2]int{before, after}] {
		return
	}
	s.seen[[2]int{before, after}] = true
	s.list = append(s.list, Edge{before, after, why, sym})
}

func (s *edgeSet) both(a, b int, why Why, sym refactor.Symbol) {
	s.add(a, b, why, sym)
	s.add(b, a, why, sym)
}

// analyse fills Edges.
func (g *Graph) analyse(tip *refactor.Tree) error {
	set := &edgeSet{seen: map[[2]int]bool{}}
	g.declaredEdges(set)
	g.fileEdges(set)
	if err := g.textEdges(tip, set); err != nil {
		return err
	}
	sort.SliceStable(set.list, func(i, j int) bool {
		a, b := set.list[i], set.list[j]
		return a.After < b.After || a.After == b.After && a.Before < b.Before
	})
	g.Edges = set.list
	return nil
}

// declaredEdges follows what the changes themselves say they provide and need.
func (g *Graph) declaredEdges(set *edgeSet) {
	by := map[refactor.Symbol][]int{}
	for i, c := range g.Changes {
		for _, s := range c.Provides {
			by[s] = append(by[s], i)
		}
	}
	for i, c := range g.Changes {
		for _, s := range c.Needs {
			for _, p := range by[s] {
				set.add(p, i, WhyNeed, s)
			}
		}
	}
}

// fileEdges binds whoever works on a file to whoever makes, moves or removes it.
func (g *Graph) fileEdges(set *edgeSet) {
	made, gone := map[string]int{}, map[string]int{}
	for i, c := range g.Changes {
		for _, op := range c.Files {
			switch op.Kind {
			case refactor.OpCreate, refactor.OpCopy:
				made[op.Path] = i
			case refactor.OpRename:
				made[op.Path], gone[op.From] = i, i
			case refactor.OpDelete:
				gone[op.Path] = i
			}
		}
	}
	for p, i := range made {
		if j, ok := gone[p]; ok { // one file makes room for another: a change of type, or a swap
			set.both(i, j, WhyAtomic, refactor.Symbol{Kind: "file", Name: p})
		}
	}
	roomEdges(set, made, gone)
	for i, c := range g.Changes {
		for _, op := range c.Files {
			if m, ok := made[op.Path]; ok {
				set.add(m, i, WhyFile, refactor.Symbol{Name: op.Path})
			}
		}
		for _, e := range c.Edits {
			if m, ok := made[e.Path]; ok {
				set.add(m, i, WhyFile, refactor.Symbol{Name: e.Path})
			}
		}
	}
	g.copyEdges(set)
}

// roomEdges: a file goes before a directory of its name is made, and what is below a directory before a file of its name.
func roomEdges(set *edgeSet, made, gone map[string]int) {
	above := func(of, among map[string]int, found func(i, j int, dir string)) {
		for _, p := range slices.Sorted(maps.Keys(of)) {
			for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
				if j, ok := among[dir]; ok {
					found(of[p], j, dir)
				}
			}
		}
	}
	above(made, gone, func(i, j int, dir string) { set.add(j, i, WhyRoom, refactor.Symbol{Name: dir}) })
	above(gone, made, func(i, j int, dir string) { set.add(i, j, WhyRoom, refactor.Symbol{Name: dir}) })
}

// copyEdges: a copy takes its source as the baseline has it, which is shown best before the source goes.
func (g *Graph) copyEdges(set *edgeSet) {
	gone := map[string]int{}
	for i, c := range g.Changes {
		for _, op := range c.Files {
			if op.Kind == refactor.OpDelete {
				gone[op.Path] = i
			}
		}
	}
	for i, c := range g.Changes {
		for _, op := range c.Files {
			if j, ok := gone[op.From]; ok && op.Kind == refactor.OpCopy {
				set.add(i, j, WhyFile, refactor.Symbol{Name: op.From})
			}
		}
	}
}
