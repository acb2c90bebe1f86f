package report

import (
	"fmt"
	"html"
	"html/template"
	"strings"
	"unicode/utf8"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// source gives lines of a tree's files.
type source struct {
	t     *refactor.Tree
	files map[string][]string
}

func newSource(t *refactor.Tree) *source { return &source{t, map[string][]string{}} }

func (s *source) lines(file string) []string {
	l, ok := s.files[file]
	if !ok {
		if b, err := s.t.ReadFile(file); err == nil {
			l = strings.Split(strings.ToValidUTF8(string(b), "?"), "\n")
		}
		s.files[file] = l
	}
	return l
}

// line is line n of a file, from 1; "" when there is none.
func (s *source) line(file string, n int) string {
	if l := s.lines(file); n >= 1 && n <= len(l) {
		return l[n-1]
	}
	return ""
}

// around is how many lines an excerpt shows on each side.
const around = 3

// excerpt is the source around a line, that line marked; "" when it cannot be read.
func (s *source) excerpt(file string, line int) template.HTML {
	var b strings.Builder
	n := len(s.lines(file))
	if line < 1 || line > n {
		return ""
	}
	b.WriteString("<pre>")
	for i := max(1, line-around); i <= min(n, line+around); i++ {
		class := ""
		if i == line {
			class = ` class="hit"`
		}
		fmt.Fprintf(&b, `<span%s><span class="n">%5d  </span>%s</span>`, class, i, html.EscapeString(strings.ReplaceAll(s.line(file, i), "\t", "        ")))
	}
	b.WriteString("</pre>")
	return template.HTML(b.String())
}

// Measures of a drawn way, in the picture's units.
const (
	wayWidth  = 380
	boxHeight = 38
	boxGap    = 13
	indent    = 12
	maxIndent = 7
	charWide  = 7.25 // of 12px monospace
	smallWide = 6.05 // of 10px monospace
)

// drawWay draws a row's path: a chain of boxes, one a step, indented by call depth.
func drawWay(r *Row, lines *source) template.HTML {
	if len(r.Path) == 0 {
		return ""
	}
	var b strings.Builder
	height := len(r.Path)*(boxHeight+boxGap) - boxGap + 2
	fmt.Fprintf(&b, `<svg class="way" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="The way of %s">`,
		wayWidth, height, wayWidth, height, html.EscapeString(r.ID))
	for i, s := range r.Path {
		x, y := 1+indent*min(s.Depth, maxIndent), 1+i*(boxHeight+boxGap)
		if i > 0 {
			fmt.Fprintf(&b, `<path d="M%d %dv%d"/><path class="tip" d="M%d %dl-4 -7h8z"/>`, x+16, y-boxGap, boxGap-5, x+16, y)
		}
		w := wayWidth - 2 - x
		fmt.Fprintf(&b, `<g class="%s"><rect x="%d" y="%d" width="%d" height="%d" rx="6"/><text x="%d" y="%d"><tspan class="k">%s</tspan> %s</text>`,
			s.Kind, x, y, w, boxHeight, x+8, y+16, s.Kind, fit(s.What, float64(w-16)-smallWide*float64(len(s.Kind)+1), charWide))
		where := fmt.Sprintf("%s:%d ", base(s.File), s.Line)
		fmt.Fprintf(&b, `<text class="c" x="%d" y="%d">%s</text></g>`, x+8, y+30, fit(where+strings.Join(strings.Fields(lines.line(s.File, s.Line)), " "), float64(w-16), smallWide))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// fit cuts a text to so many units and escapes it.
func fit(s string, width, char float64) string {
	n := max(4, int(width/char))
	if utf8.RuneCountInString(s) > n {
		s = string([]rune(s)[:n-1]) + "…"
	}
	return html.EscapeString(s)
}
