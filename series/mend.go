package series

import (
	"slices"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// WhyBuild is the reason of an edge that Mend or a failed build has taught.
const WhyBuild Why = "builds with"

// maxMends bounds the rounds of Mend.
const maxMends = 24

// Mend splits by the rules, checks every prefix as [Series.Check] does, and while it finds something looks for the change that
// brings it and the later one that cures it, puts the cure first, and splits again. It returns the last series and what it
// could not cure.
func (g *Graph) Mend(r Rules) (*Series, []Problem, error) {
	c, err := newChecker(g)
	if err != nil {
		return nil, nil, err
	}
	r, err = r.expand()
	if err != nil {
		return nil, nil, err
	}
	var of []groupKey // per change, its group, when there are too many to group them anew in each round
	for round := 0; ; round++ {
		var keys []groupKey
		if of == nil {
			if keys, err = g.assign(r); err != nil {
				return nil, nil, err
			}
		} else {
			keys = g.keyEach(func(n int) groupKey { return of[g.Nodes[n].Changes[0]] })
		}
		s, err := g.splitBy(r, keys)
		if err != nil {
			return nil, nil, err
		}
		found, edges, err := c.lessons(s)
		if err != nil || len(edges) == 0 || round == maxMends {
			return s, found, err
		}
		if len(g.Nodes) > maxNodes && of == nil {
			of = make([]groupKey, len(g.Changes))
			for i, n := range g.nodeOf {
				of[i] = keys[n]
			}
		}
		g = g.Require(edges...)
	}
}

// lessons checks a series and returns what it finds and the edges that would have prevented it.
func (c *checker) lessons(s *Series) ([]Problem, []Edge, error) {
	var trees []*refactor.Tree
	found, err := c.series(s, func(t *refactor.Tree) { trees = append(trees, t) })
	if err != nil {
		return nil, nil, err
	}
	known := map[[2]int]bool{}
	for _, e := range s.Graph.Edges {
		known[[2]int{e.Before, e.After}] = true
	}
	at := s.patchOf()
	var out []Edge
	for _, p := range found {
		if p.Until == 0 {
			continue // nothing puts it right
		}
		es, err := c.lesson(s, trees, at, p)
		if err != nil {
			return nil, nil, err
		}
		for _, e := range es {
			if k := [2]int{e.Before, e.After}; !known[k] {
				known[k] = true
				out = append(out, e)
			}
		}
	}
	return found, out, nil
}

// lesson finds the edges that keep one problem away: from what cures it to what brings it.
func (c *checker) lesson(s *Series, trees []*refactor.Tree, at []int, p Problem) ([]Edge, error) {
	n := p.Prefix - 1
	in := make([]bool, len(at))
	for i, k := range at {
		in[i] = k <= n
	}
	causes, err := c.deciding(trees[n], in, s.Patches[n].Changes, p, false)
	if err != nil {
		return nil, err
	}
	cures, err := c.cures(s, trees[n], in, p)
	if err != nil {
		return nil, err
	}
	if len(causes) == 0 {
		causes = c.about(s.Patches[n].Changes, p)
	}
	var out []Edge
	for _, a := range cures {
		for _, b := range causes {
			out = append(out, Edge{a, b, WhyBuild, refactor.Symbol{Name: p.what()}})
		}
	}
	return out, nil
}

// cures lists what would put a problem right: one change, or else all to the same file in the patch that does.
func (c *checker) cures(s *Series, t *refactor.Tree, in []bool, p Problem) ([]int, error) {
	for k := p.Prefix; k < p.Until; k++ { // one change of an earlier patch may do as well
		if some, err := c.deciding(t, in, s.Patches[k].Changes, p, true); err != nil || len(some) > 0 {
			return some[:min(1, len(some))], err
		}
	}
	last := s.Patches[p.Until-1].Changes
	if some := c.about(last, p); len(some) > 0 {
		return some, nil
	}
	return last, nil
}

// has reports whether the problem is in a tree.
func (c *checker) has(t *refactor.Tree, p Problem) (bool, error) {
	found, err := c.problems(t)
	return slices.ContainsFunc(found, func(q Problem) bool { return q.key() == p.key() }), err
}

// deciding returns those changes each of which alone, added to the tree or taken from it, makes the problem go away.
func (c *checker) deciding(tree *refactor.Tree, in []bool, changes []int, p Problem, add bool) ([]int, error) {
	var out []int
	for _, x := range c.near(changes, p) {
		in[x] = add
		area := map[string]bool{}
		for _, q := range c.paths.of[x] {
			c.paths.spread(q, area)
		}
		t, err := c.g.overlay(c.base, tree, in, area, c.paths)
		in[x] = !add
		if err != nil {
			continue // it does not go alone
		}
		bad, err := c.has(t, p)
		if err != nil {
			return nil, err
		}
		if !bad {
			out = append(out, x)
		}
	}
	return out, nil
}

// near lists the changes that may have to do with a problem: those to its file, and those that name it.
func (c *checker) near(changes []int, p Problem) []int {
	return slices.DeleteFunc(slices.Clone(changes), func(x int) bool { return !slices.Contains(c.paths.of[x], p.Path) && !c.mentions(x, p.Name) })
}

// mentions reports whether a change has a name on its lines.
func (c *checker) mentions(x int, name string) bool {
	f := c.g.facts[x]
	for _, k := range []useKey{{name, false}, {name, true}} {
		if f.uses[k] || f.drops[k] {
			return true
		}
	}
	return false
}

// about lists the changes to a problem's file, or failing that those that name it.
func (c *checker) about(changes []int, p Problem) []int {
	var file, name []int
	for _, x := range changes {
		if slices.Contains(c.paths.of[x], p.Path) {
			file = append(file, x)
		}
		if c.mentions(x, p.Name) {
			name = append(name, x)
		}
	}
	if len(file) > 0 {
		return file
	}
	return name
}
