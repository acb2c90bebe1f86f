package report

import (
	"context"
	"fmt"
	"html"
	"html/template"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"oss.terrastruct.com/d2/d2ast"
	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2layouts/d2dagrelayout"
	"oss.terrastruct.com/d2/lib/geo"
)

// Measures of the drawn graph, in the picture's units.
const (
	nodeWidth = 236
	nodeChars = 31 // of 12px monospace in a box
	whyChars  = 26 // of 10px monospace beside an edge
	lineHigh  = 15
	maxDrawn  = 250 // boxes, and columns that arrows cross: the layout takes some seconds
)

// Graph draws the patches as boxes and the dependencies as arrows with their reasons; dagre, a layered layout, places them. It is "" for a
// series without dependencies, and for one that is too large to be looked at as a picture.
func (s *Series) Graph() (template.HTML, error) {
	if n := s.extent(); n == 0 || n > maxDrawn {
		return "", nil
	}
	g, boxes := s.layoutGraph()
	if err := d2dagrelayout.Layout(context.Background(), g, nil); err != nil {
		return "", fmt.Errorf("drawing the series: %w", err)
	}
	return drawGraph(g, boxes), nil
}

// extent is how large the graph is for the layout: its boxes, and for each arrow the columns that it crosses. 0: there is nothing to draw.
func (s *Series) extent() (n int) {
	column := map[int]int{}
	for _, p := range s.Patches {
		for _, d := range p.Needs {
			column[p.N] = max(column[p.N], column[d.N]+1)
		}
		for _, d := range p.Needs {
			n += column[p.N] - column[d.N]
		}
	}
	if n > 0 {
		n += len(s.Patches) - len(s.Alone())
	}
	return n
}

// Alone lists the patches that no other needs and that need none; the graph leaves them out.
func (s *Series) Alone() (out []int) {
	tied := map[int]bool{}
	for _, p := range s.Patches {
		for _, n := range p.Needs {
			tied[n.N], tied[p.N] = true, true
		}
	}
	for _, p := range s.Patches {
		if !tied[p.N] {
			out = append(out, p.N)
		}
	}
	return out
}

// graphBox is a patch's box: its number and lines.
type graphBox struct {
	n     int
	lines []string
}

// layoutGraph is the series for the layout: boxes and labels with their sizes.
func (s *Series) layoutGraph() (*d2graph.Graph, []graphBox) {
	g := d2graph.NewGraph()
	g.Root.Direction.Value = "right"
	var boxes []graphBox
	at, alone := map[int]*d2graph.Object{}, s.Alone()
	for _, p := range s.Patches {
		if slices.Contains(alone, p.N) {
			continue
		}
		lines := wrapText(fmt.Sprintf("%d. %s", p.N, p.Subject), nodeChars, 3)
		id := fmt.Sprint("p", p.N)
		o := &d2graph.Object{Graph: g, Parent: g.Root, ID: id, IDVal: id, Children: map[string]*d2graph.Object{},
			Box: geo.NewBox(geo.NewPoint(0, 0), nodeWidth, float64(len(lines)*lineHigh+14))}
		g.Objects = append(g.Objects, o)
		g.Root.Children[id] = o
		g.Root.ChildrenArray = append(g.Root.ChildrenArray, o)
		boxes = append(boxes, graphBox{p.N, lines})
		at[p.N] = o
	}
	for _, p := range s.Patches {
		for _, n := range p.Needs {
			e := &d2graph.Edge{Src: at[n.N], Dst: at[p.N], Index: len(g.Edges), DstArrow: true}
			lines := wrapText(n.Why, whyChars, 3)
			e.Label.Value = strings.Join(lines, "\n")
			e.Label.MapKey = &d2ast.Key{}
			for _, l := range lines {
				e.LabelDimensions.Width = max(e.LabelDimensions.Width, int(smallWide*float64(utf8.RuneCountInString(l)))+6)
			}
			e.LabelDimensions.Height = len(lines)*12 + 4
			g.Edges = append(g.Edges, e)
		}
	}
	return g, boxes
}

// wrapText cuts a text at blanks into at most so many lines; a word that is longer than a line is cut.
func wrapText(s string, chars, most int) (out []string) {
	for _, w := range strings.Fields(s) {
		for {
			last := len(out) - 1
			if last >= 0 && utf8.RuneCountInString(out[last])+1+utf8.RuneCountInString(w) <= chars {
				out[last] += " " + w
				break
			}
			if r := []rune(w); len(r) > chars {
				out, w = append(out, string(r[:chars])), string(r[chars:])
				continue
			}
			out = append(out, w)
			break
		}
	}
	if len(out) > most {
		out = out[:most]
		r := []rune(out[most-1])
		out[most-1] = string(r[:min(len(r), chars-1)]) + "…"
	}
	return out
}

// drawGraph writes what the layout placed as a picture.
func drawGraph(g *d2graph.Graph, boxes []graphBox) template.HTML {
	var body strings.Builder
	right, bottom, left, top := 0.0, 0.0, math.Inf(1), math.Inf(1)
	reach := func(x, y, w, h float64) {
		left, top, right, bottom = min(left, x), min(top, y), max(right, x+w), max(bottom, y+h)
	}
	for _, e := range g.Edges {
		body.WriteString(drawEdge(e))
		for _, p := range e.Route {
			reach(p.X, p.Y, 0, 0)
		}
	}
	for _, e := range g.Edges {
		x, y := middle(e)
		w, h := float64(e.LabelDimensions.Width), float64(e.LabelDimensions.Height)
		reach(x-w/2, y-h/2, w, h)
		fmt.Fprintf(&body, `<g class="why"><rect x="%.0f" y="%.0f" width="%.0f" height="%.0f" rx="3"/>`, x-w/2, y-h/2, w, h)
		for i, l := range strings.Split(e.Label.Value, "\n") {
			fmt.Fprintf(&body, `<text x="%.0f" y="%.0f">%s</text>`, x-w/2+3, y-h/2+11+float64(12*i), html.EscapeString(l))
		}
		body.WriteString("</g>")
	}
	for i, o := range g.Objects {
		x, y := o.TopLeft.X, o.TopLeft.Y
		reach(x, y, o.Width, o.Height)
		fmt.Fprintf(&body, `<a href="#p-%d"><rect x="%.0f" y="%.0f" width="%.0f" height="%.0f" rx="6"/>`, boxes[i].n, x, y, o.Width, o.Height)
		for j, l := range boxes[i].lines {
			fmt.Fprintf(&body, `<text x="%.0f" y="%.0f">%s</text>`, x+8, y+18+float64(lineHigh*j), html.EscapeString(l))
		}
		body.WriteString("</a>")
	}
	w, h := right-left+4, bottom-top+4
	return template.HTML(fmt.Sprintf(`<svg width="%.0f" height="%.0f" viewBox="%.0f %.0f %.0f %.0f" role="img" aria-label="The patches and what each needs of the ones before">`,
		w, h, left-2, top-2, w, h) + body.String() + "</svg>")
}

// drawEdge is an edge's line and its tip.
func drawEdge(e *d2graph.Edge) string {
	if len(e.Route) < 2 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<path d="M%.1f %.1f`, e.Route[0].X, e.Route[0].Y)
	if e.IsCurve && len(e.Route)%3 == 1 {
		b.WriteString("C")
	} else {
		b.WriteString("L")
	}
	for _, p := range e.Route[1:] {
		fmt.Fprintf(&b, " %.1f %.1f", p.X, p.Y)
	}
	end := e.Route[len(e.Route)-1]
	fmt.Fprintf(&b, `"><title>%s needs %s: %s</title></path><path class="tip" d="M%.1f %.1fl-8 -4v8z"/>`, e.Dst.ID[1:], e.Src.ID[1:], html.EscapeString(strings.ReplaceAll(e.Label.Value, "\n", " ")), end.X, end.Y)
	return b.String()
}

// middle is where an edge's label stands: half way along its line.
func middle(e *d2graph.Edge) (x, y float64) {
	if len(e.Route) == 0 {
		return 0, 0
	}
	if e.IsCurve && len(e.Route)%3 == 1 {
		return bezierMiddle(e.Route)
	}
	p, _ := geo.Route(e.Route).GetPointAtDistance(geo.Route(e.Route).Length() / 2)
	return p.X, p.Y
}

// bezierMiddle is the point half way through the pieces of a curve.
func bezierMiddle(r []*geo.Point) (x, y float64) {
	n := (len(r) - 1) / 3
	i, t := 3*(n/2), 0.0
	if n%2 == 1 {
		t = 0.5
	}
	a, b, c, d := math.Pow(1-t, 3), 3*math.Pow(1-t, 2)*t, 3*(1-t)*t*t, math.Pow(t, 3)
	if i+3 >= len(r) {
		return r[len(r)-1].X, r[len(r)-1].Y
	}
	return a*r[i].X + b*r[i+1].X + c*r[i+2].X + d*r[i+3].X, a*r[i].Y + b*r[i+1].Y + c*r[i+2].Y + d*r[i+3].Y
}
