package report

import (
	"fmt"
	"html/template"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// Series is a series of patches with the dependencies between them.
type Series struct {
	Patches []Patch
}

// Patch is one member of a series.
type Patch struct {
	N       int // from 1
	Subject string
	Needs   []Need // earlier patches, by number
}

// Need says why a patch comes after another.
type Need struct {
	N   int
	Why string // the names that it uses
}

var (
	nodeRE = regexp.MustCompile(`(?m)^\s*p(\d+) \[label=("(?:[^"\\]|\\.)*")\];$`)
	edgeRE = regexp.MustCompile(`(?m)^\s*p(\d+) -> p(\d+) \[label=("(?:[^"\\]|\\.)*")\];$`)
)

// ReadSeries reads the graph of a series as package series writes it (series.dot); file is what errors call it.
func ReadSeries(file string, text []byte) (*Series, error) {
	s := &Series{}
	for _, m := range nodeRE.FindAllSubmatch(text, -1) {
		label, err := strconv.Unquote(string(m[2]))
		if n, _ := strconv.Atoi(string(m[1])); err != nil || n != len(s.Patches)+1 {
			return nil, fmt.Errorf("%s: patch %s is out of order: it must be the graph that split or integrate wrote", file, m[1])
		}
		_, subject, _ := strings.Cut(label, ". ")
		s.Patches = append(s.Patches, Patch{N: len(s.Patches) + 1, Subject: subject})
	}
	if len(s.Patches) == 0 {
		return nil, fmt.Errorf("%s: no patches in it: give the graph that split or integrate wrote", file)
	}
	for _, m := range edgeRE.FindAllSubmatch(text, -1) {
		from, _ := strconv.Atoi(string(m[1]))
		to, _ := strconv.Atoi(string(m[2]))
		why, err := strconv.Unquote(string(m[3]))
		if err != nil || from < 1 || to > len(s.Patches) || from >= to {
			return nil, fmt.Errorf("%s: edge p%d -> p%d: a patch needs an earlier one of the %d", file, from, to, len(s.Patches))
		}
		s.Patches[to-1].Needs = append(s.Patches[to-1].Needs, Need{from, why})
	}
	for _, p := range s.Patches {
		sort.Slice(p.Needs, func(i, j int) bool { return p.Needs[i].N < p.Needs[j].N })
	}
	return s, nil
}

// Measures of the drawn series: a row is as high as its entry in the list beside it.
const (
	rowHeight = 86
	arcWidth  = 92
)

// SVG draws the dependencies as arcs beside the list of patches: the patches are a chain, so their places are given.
func (s *Series) SVG() template.HTML {
	var b strings.Builder
	h := rowHeight * len(s.Patches)
	fmt.Fprintf(&b, `<svg width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="Dependencies of the patches">`, arcWidth, h, arcWidth, h)
	x := arcWidth - 10
	for _, p := range s.Patches {
		to := p.N*rowHeight - rowHeight + 16
		for _, n := range p.Needs {
			from := n.N*rowHeight - rowHeight + 16
			out := min(arcWidth-16, 18+9*(p.N-n.N))
			fmt.Fprintf(&b, `<path d="M%d %dC%d %d %d %d %d %d"><title>%d needs %d</title></path>`, x, from, x-out, from, x-out, to, x, to, p.N, n.N)
		}
	}
	for _, p := range s.Patches {
		fmt.Fprintf(&b, `<circle cx="%d" cy="%d" r="4"/>`, x, p.N*rowHeight-rowHeight+16)
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}
