package series

import (
	"embed"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

//go:embed plans/*.yaml
var planFiles embed.FS

// assign gives every node its group: that of the first rule which matches one of its changes, or the plan's.
func (g *Graph) assign(r Rules) ([]groupKey, error) {
	keys, err := g.planKeys(r.Plan)
	if err != nil {
		return nil, err
	}
	for n, nd := range g.Nodes {
		keys[n].Rank += len(r.Groups)
		for i := range r.Groups {
			if c := r.Groups[i].firstMatch(g, nd); c >= 0 {
				keys[n] = r.Groups[i].key(i, g.Changes[c])
				break
			}
		}
	}
	return keys, nil
}

// planKeys groups by a plan alone.
func (g *Graph) planKeys(plan string) ([]groupKey, error) {
	switch {
	case plan == PlanFeature, plan == "" && !g.allNamed():
		w, err := DefaultWeights()
		if err != nil {
			return nil, err
		}
		keys := make([]groupKey, len(g.Nodes))
		for n, k := range g.Clusters(w) {
			keys[n].Sub = k
		}
		return keys, nil
	case plan == PlanSmallest:
		return g.keyEach(func(n int) groupKey { return groupKey{Sub: n} }), nil
	case plan == PlanSymbol:
		return g.symbolKeys(), nil
	case plan == PlanMinimal:
		return g.keyEach(func(n int) groupKey { return g.partOf(n) }), nil
	}
	return g.keyEach(func(n int) groupKey {
		return groupKey{Rank: g.refactorRank(n), Name: component(g.Changes[g.Nodes[n].Changes[0]])}
	}), nil
}

func (g *Graph) keyEach(key func(n int) groupKey) []groupKey {
	keys := make([]groupKey, len(g.Nodes))
	for n := range keys {
		keys[n] = key(n)
	}
	return keys
}

// allNamed reports whether every change says its component, as those of a generator do.
func (g *Graph) allNamed() bool {
	return !slices.ContainsFunc(g.Changes, func(c *refactor.Change) bool { return c.Component == "" })
}

// refactorRank puts moves before behaviour: 0 for a node that only moves text or files about, else 1.
func (g *Graph) refactorRank(n int) int {
	if g.isMove(n) {
		return 0
	}
	return 1
}

// isMove reports whether a node only renames files, or moves lines without changing them.
func (g *Graph) isMove(n int) bool {
	moved := false
	balance := map[string]int{}
	for _, c := range g.Nodes[n].Changes {
		for _, op := range g.Changes[c].Files {
			if op.Kind != refactor.OpRename {
				return false
			}
			moved = true
		}
		for _, e := range g.Changes[c].Edits {
			from, err := textOf(g.Base.File(e.Path))
			if err != nil || e.End > len(from) {
				return false
			}
			count(balance, e.New, 1)
			count(balance, string(from[e.Start:e.End]), -1)
			moved = true
		}
	}
	for _, k := range balance {
		if k != 0 {
			return false
		}
	}
	return moved
}

// count adds by for each line of text that is not blank.
func count(m map[string]int, text string, by int) {
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			m[l] += by
		}
	}
}

// partOf is the minimal plan's group: the part of the tree.
func (g *Graph) partOf(n int) groupKey {
	if g.isMove(n) {
		return groupKey{0, "refactor", 0}
	}
	ps := pathsOf(g.Changes[g.Nodes[n].Changes[0]])
	if len(ps) == 0 {
		return groupKey{3, "misc", 0}
	}
	top, _, deep := strings.Cut(ps[0], "/")
	ext := path.Ext(ps[0])
	switch {
	case top == "docs" || ext == ".md" || ext == ".txt" || ext == ".pandoc":
		return groupKey{4, "docs", 0}
	case top == "xen":
		return groupKey{1, top, 0}
	case top == "tools":
		return groupKey{2, top, 0}
	case deep:
		return groupKey{3, top, 0}
	}
	return groupKey{3, "misc", 0}
}

// symbolKeys makes a group of the nodes that introduce one name, such as a function and its prototype; nodes that
// introduce none stand alone.
func (g *Graph) symbolKeys() []groupKey {
	first := map[string]int{}
	return g.keyEach(func(n int) groupKey {
		for _, c := range g.Nodes[n].Changes {
			for _, d := range g.facts[c].made {
				if k, ok := first[d.Name]; ok {
					return groupKey{Sub: k}
				}
				first[d.Name] = n
			}
		}
		return groupKey{Sub: n}
	})
}

// firstMatch returns the first change of the node that the rule matches, or -1. What cannot be parted from a move is a move.
func (r *GroupRule) firstMatch(g *Graph, nd Node) int {
	moves := func(c int) bool { return slices.Contains(kindsOf(g.Changes[c]), "move") }
	if len(r.Kinds) > 0 && !slices.Contains(r.Kinds, "move") && slices.ContainsFunc(nd.Changes, moves) {
		return -1
	}
	for _, c := range nd.Changes {
		if r.matches(g, c) {
			return c
		}
	}
	return -1
}

// key is the group of a change that the rule matches.
func (r *GroupRule) key(rank int, c *refactor.Change) groupKey {
	k := groupKey{Rank: rank, Name: r.Name}
	switch r.By {
	case "file":
		k.Name += ":" + strings.TrimSuffix(path.Base(pathsOf(c)[0]), path.Ext(pathsOf(c)[0]))
	case "component":
		k.Name += ":" + component(c)
	}
	return k
}

func (r *GroupRule) matches(g *Graph, c int) bool {
	ch, f := g.Changes[c], g.facts[c]
	paths := pathsOf(ch)
	var made, used []string
	for _, s := range ch.Provides {
		made = append(made, s.Name)
	}
	for _, d := range f.made {
		made = append(made, d.Name)
	}
	for k := range f.uses {
		if !f.drops[k] {
			used = append(used, k.name)
		}
	}
	used = slices.AppendSeq(used, maps.Keys(f.includes))
	return anyMatch(r.Paths, paths, matchPath) && anyMatch(r.Symbols, made, matchName) && anyMatch(r.Uses, used, matchName) &&
		anyMatch(r.Kinds, kindsOf(ch), matchName)
}

// anyMatch reports whether some glob matches some name, or there are no globs.
func anyMatch(globs, names []string, match func(glob, name string) bool) bool {
	for _, glob := range globs {
		for _, n := range names {
			if match(glob, n) {
				return true
			}
		}
	}
	return len(globs) == 0
}

func matchName(glob, name string) bool { ok, _ := path.Match(glob, name); return ok }

// kindsOf says what a change is, in the words of GroupRule.Kinds.
func kindsOf(c *refactor.Change) []string {
	var out []string
	for _, op := range c.Files {
		switch op.Kind {
		case refactor.OpRename:
			out = append(out, "move")
		case refactor.OpDelete:
			out = append(out, "delete")
		case refactor.OpCreate, refactor.OpCopy:
			out = append(out, "create")
		default:
			out = append(out, "edit")
		}
	}
	if len(c.Edits) > 0 {
		out = append(out, "edit")
	}
	return out
}
