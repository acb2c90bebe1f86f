package series

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/xsmpatch/xsmpatch/refactor/strictyaml"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// Arrangement is a series as a person edits it (series.yaml): which changes are in which patch, in what order, under
// what message. Patches may be reordered, merged, cut and reworded; every change must be in exactly one.
type Arrangement struct {
	Base    string         `yaml:"base"` // tree that the series starts from
	Tip     string         `yaml:"tip"`  // tree that it gives
	Patches []ArrangedPart `yaml:"patches"`
}

// ArrangedPart is one patch of an Arrangement.
type ArrangedPart struct {
	Subject string   `yaml:"subject"`
	Body    string   `yaml:"body,omitempty"`
	Pin     bool     `yaml:"pin,omitempty"` // kept by Graph.Regroup
	Changes []string `yaml:"changes"`
}

// OrderError says which dependencies an arrangement breaks.
type OrderError struct {
	Broken []string // a sentence each
}

func (e *OrderError) Error() string {
	return "the order of the patches breaks dependencies:\n  " + strings.Join(e.Broken, "\n  ")
}

const arrangementHelp = `# Edit and run xsmpatch split again with --series on this file.
# Reorder patches, move names between the lists of changes, merge patches by joining their lists, cut them by
# making new entries, reword subjects and bodies. Every change must stay in exactly one patch.
# With "pin: true" in some patches these stay as they are, and in this order, while all others are grouped anew.
`

// YAML returns the series for a person to edit.
func (s *Series) YAML() ([]byte, error) {
	base, err := s.Base.Digest()
	if err != nil {
		return nil, err
	}
	a := Arrangement{Base: base.String(), Tip: s.Tip.String()}
	for _, p := range s.Patches {
		part := ArrangedPart{Subject: p.Subject, Body: p.Body}
		for _, c := range p.Changes {
			part.Changes = append(part.Changes, string(s.Graph.Changes[c].ID))
		}
		a.Patches = append(a.Patches, part)
	}
	out, err := yaml.MarshalWithOptions(a, yaml.UseLiteralStyleIfMultiline(true), yaml.IndentSequence(true))
	return append([]byte(arrangementHelp), out...), err
}

// ReadArrangement reads what YAML wrote; name is what errors call the file.
func ReadArrangement(name string, text []byte) (*Arrangement, error) {
	a := &Arrangement{}
	if err := strictyaml.Unmarshal(name, text, a); err != nil {
		return nil, err
	}
	for i, p := range a.Patches {
		if strings.TrimSpace(p.Subject) == "" || strings.Contains(strings.TrimSpace(p.Subject), "\n") {
			return nil, fmt.Errorf("%s: patch %d: give a subject of one line", name, i+1)
		}
	}
	return a, nil
}

// Pinned reports whether some patch is pinned, so that the others are for [Graph.Regroup] to make.
func (a *Arrangement) Pinned() bool {
	return slices.ContainsFunc(a.Patches, func(p ArrangedPart) bool { return p.Pin })
}

// Arrange makes the series that a says. A change that is missing, named twice or unknown is an error; an order that
// breaks a dependency is an *OrderError that names the patches and the reason.
func (g *Graph) Arrange(a *Arrangement) (*Series, error) {
	base, err := g.Base.Digest()
	if err != nil {
		return nil, err
	}
	if a.Base != "" && a.Base != base.String() {
		return nil, fmt.Errorf("the arrangement is for base tree %s, not %s: split anew, or give the right base", a.Base, base)
	}
	number := g.byID()
	s := &Series{Base: g.Base, Graph: g}
	seen := map[string]int{}
	for i, part := range a.Patches {
		p := &Patch{Group: part.Subject}
		for _, id := range part.Changes {
			c, ok := number[id]
			if !ok {
				return nil, fmt.Errorf("patch %d (%s): there is no change %q in the input", i+1, part.Subject, id)
			}
			if seen[id] > 0 {
				return nil, fmt.Errorf("patch %d (%s): change %q is in patch %d already", i+1, part.Subject, id, seen[id])
			}
			seen[id] = i + 1
			p.Changes = append(p.Changes, c)
		}
		if len(p.Changes) > 0 {
			sort.Ints(p.Changes)
			s.Patches = append(s.Patches, p)
			p.Subject, p.Body = strings.TrimSpace(part.Subject), strings.TrimSpace(part.Body)
		}
	}
	if err := g.allIn(seen); err != nil {
		return nil, err
	}
	if err := s.CheckOrder(); err != nil {
		return nil, err
	}
	return s, s.seal()
}

func (g *Graph) allIn(seen map[string]int) error {
	var missing []string
	for _, c := range g.Changes {
		if seen[string(c.ID)] == 0 {
			missing = append(missing, string(c.ID))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("%d changes are in no patch; add them to one: %s", len(missing), enumerate(missing, 400))
}

// seal records the tip.
func (s *Series) seal() error {
	tip, err := s.Graph.Tip()
	if err != nil {
		return err
	}
	s.Tip, err = tip.Digest()
	return err
}

// maxBroken bounds the dependencies that an OrderError lists.
const maxBroken = 20

// CheckOrder returns an *OrderError when a change comes after one that rests on it.
func (s *Series) CheckOrder() error {
	at := s.patchOf()
	var broken []string
	for _, e := range s.Graph.Edges {
		b, a := at[e.Before], at[e.After]
		if b > a {
			broken = append(broken, fmt.Sprintf("patch %d (%s) must not come after patch %d (%s): %s [%s, %s]", b+1, s.Patches[b].Subject, a+1,
				s.Patches[a].Subject, e.Reason(), s.Graph.Changes[e.Before].ID, s.Graph.Changes[e.After].ID))
		}
	}
	if len(broken) == 0 {
		return nil
	}
	if n := len(broken); n > maxBroken {
		broken = append(broken[:maxBroken], fmt.Sprintf("and %d more", n-maxBroken))
	}
	return &OrderError{broken}
}

// Explain prints, per patch, its changes and for each dependency on an earlier patch its reason, and the circles that
// bound changes together.
func (s *Series) Explain() string {
	var b strings.Builder
	at := s.patchOf()
	in := make([][]Edge, len(s.Patches))
	for _, e := range s.Graph.Edges {
		if k := at[e.After]; at[e.Before] != k {
			in[k] = append(in[k], e)
		}
	}
	for i, p := range s.Patches {
		fmt.Fprintf(&b, "%d. %s\n", i+1, p.Subject)
		for _, c := range p.Changes {
			fmt.Fprintf(&b, "     %s\n", s.Graph.Changes[c].ID)
		}
		for _, e := range in[i] {
			fmt.Fprintf(&b, "   after %d: %s [%s -> %s]\n", at[e.Before]+1, e.Reason(), s.Graph.Changes[e.Before].ID, s.Graph.Changes[e.After].ID)
		}
	}
	for _, c := range s.Graph.Cycles {
		fmt.Fprintf(&b, "%v\n", c)
	}
	return b.String()
}

// DOT draws the patches and their dependencies for Graphviz.
func (s *Series) DOT() string {
	var b strings.Builder
	b.WriteString("digraph series {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n")
	for i, p := range s.Patches {
		fmt.Fprintf(&b, "  p%d [label=%q];\n", i+1, fmt.Sprintf("%d. %s", i+1, p.Subject))
	}
	at := s.patchOf()
	names := map[[2]int][]string{}
	var order [][2]int
	for _, e := range s.Graph.Edges {
		k := [2]int{at[e.Before], at[e.After]}
		if k[0] == k[1] {
			continue
		}
		if names[k] == nil {
			order = append(order, k)
		}
		names[k] = append(names[k], e.Symbol.Name)
	}
	for _, k := range order {
		fmt.Fprintf(&b, "  p%d -> p%d [label=%q];\n", k[0]+1, k[1]+1, enumerate(dedupe(names[k]), 40))
	}
	b.WriteString("}\n")
	return b.String()
}

func dedupe(words []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range words {
		if !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

// Require returns the graph with more edges, as a failed build may teach.
func (g *Graph) Require(more ...Edge) *Graph {
	set := &edgeSet{seen: map[[2]int]bool{}}
	for _, e := range append(append([]Edge(nil), g.Edges...), more...) {
		set.add(e.Before, e.After, e.Why, e.Symbol)
	}
	out := &Graph{Base: g.Base, Changes: g.Changes, Edges: set.list, facts: g.facts}
	out.condense()
	return out
}

// together returns edges that bind changes into one node.
func together(changes []int, why Why, sym refactor.Symbol) []Edge {
	var out []Edge
	for i := 1; i < len(changes); i++ {
		out = append(out, Edge{changes[i-1], changes[i], why, sym}, Edge{changes[i], changes[i-1], why, sym})
	}
	return out
}
