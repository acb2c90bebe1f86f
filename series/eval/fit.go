package main

import (
	"math"

	"github.com/xsmpatch/xsmpatch/series"
)

// The fit: steps of Adam (Kingma and Ba, 2015) on standardised signs, and the ridge that keeps weights small.
const (
	fitSteps = 120
	fitRate  = 0.1
	fitRidge = 1e-3
	sizeCost = 0.1
)

// prior is added to the fitted weights. It was found by hand on the four series of shared/eval: few series have as
// many pieces in as few files as they, and there what a piece needs and names tells more.
var prior = map[string]float64{"names": 1, "need": 4, "function": 0.4, "near": 1, "area": 0.15, "file": 0.1, "fresh": 1, "top": 0.25}

// fit returns the weights under which the pairs of the lessons, each lesson counting the same, are most likely, and the
// stop under which the lessons score best.
func fit(ls []*lesson) series.Weights {
	m := newModel(ls)
	for step := 1; step <= fitSteps; step++ {
		m.step(ls, step)
	}
	w := series.Weights{Signs: m.weights(), Size: sizeCost}
	for n, x := range prior {
		w.Signs[n] += x
	}
	w.Stop = bestStop(ls, w)
	return w
}

// model is a logistic model under fitting.
type model struct {
	w, mean, dev  []float64 // per sign
	first, second []float64 // moments of the gradient
}

func newModel(ls []*lesson) *model {
	k := len(series.SignNames)
	all := total(ls)
	m := &model{make([]float64, k), make([]float64, k), make([]float64, k), make([]float64, k), make([]float64, k)}
	for _, l := range ls {
		share := l.share / float64(max(1, len(l.pairs))) / all
		for _, p := range l.pairs {
			for f, x := range p {
				m.mean[f] += share * float64(x)
				m.dev[f] += share * float64(x) * float64(x)
			}
		}
	}
	for f := range k {
		m.dev[f] = math.Sqrt(max(1e-9, m.dev[f]-m.mean[f]*m.mean[f]))
	}
	m.mean[0], m.dev[0] = 0, 1 // the bias
	return m
}

// step follows the gradient of the likelihood once.
func (m *model) step(ls []*lesson, n int) {
	g := make([]float64, len(m.w))
	z := make([]float64, len(m.w))
	all := total(ls)
	for _, l := range ls {
		share := l.share / float64(max(1, len(l.pairs))) / all
		for q, p := range l.pairs {
			d := 0.0
			for f, x := range p {
				z[f] = (float64(x) - m.mean[f]) / m.dev[f]
				d += m.w[f] * z[f]
			}
			miss := logistic(d)
			if l.same[q] {
				miss--
			}
			for f := range z {
				g[f] += share * miss * z[f]
			}
		}
	}
	for f := range m.w {
		if f > 0 {
			g[f] += fitRidge * m.w[f]
		}
		m.first[f] = 0.9*m.first[f] + 0.1*g[f]
		m.second[f] = 0.99*m.second[f] + 0.01*g[f]*g[f]
		m.w[f] -= fitRate * m.first[f] / (1 - math.Pow(0.9, float64(n))) / (math.Sqrt(m.second[f]/(1-math.Pow(0.99, float64(n)))) + 1e-8)
	}
}

// weights returns the model in terms of the signs as they are.
func (m *model) weights() map[string]float64 {
	out := map[string]float64{}
	bias := m.w[0]
	for f, n := range series.SignNames[1:] {
		out[n] = m.w[f+1] / m.dev[f+1]
		bias -= out[n] * m.mean[f+1]
	}
	out[series.SignNames[0]] = bias
	return out
}

// bestStop takes the middle of the three neighbours under which the lessons score best.
func bestStop(ls []*lesson, w series.Weights) float64 {
	got := make([]float64, len(stops))
	for i, row := range table(ls, w) {
		for k, x := range row {
			got[k] += x * ls[i].share
		}
	}
	best, at := -1.0, 1
	for i := 1; i+1 < len(got); i++ {
		if x := got[i-1] + got[i] + got[i+1]; x > best {
			best, at = x, i
		}
	}
	return stops[at]
}

// total is what all lessons count.
func total(ls []*lesson) float64 {
	sum := 0.0
	for _, l := range ls {
		sum += l.share
	}
	return sum
}

const weightsHead = `# How much each sign that two pieces of a change belong in one patch counts, in logarithms of odds: a positive weight
# speaks for one patch. Written by: go run ./series/eval -repo CLONE -data SERIES.json -train series/weights/by-feature.yaml
signs:
`

// meanings says what each sign measures.
var meanings = map[string]string{
	"bias":          "1",
	"nodes":         "logarithm of the number of pieces",
	"lines-max":     "logarithm of the lines of the larger one",
	"lines-min":     "and of the smaller one",
	"names":         "likeness (cosine) of the names newly used and no longer used; names that the change introduces count five times",
	"text":          "likeness of all words on the changed lines",
	"parts":         "likeness of parts of these words (quota of max_quota)",
	"edited":        "likeness of parts of words that come and go, each with its direction",
	"touched":       "the same without direction",
	"item-parts":    "likeness of parts of the names of the functions worked in",
	"no-words":      "neither brings nor takes a word",
	"same-edit":     "the same tokens come and go: a mechanical change",
	"like-edit":     "part of the tokens that come and go in both",
	"quiet":         "both change only white space, or move text",
	"quiet-one":     "one of them does",
	"need":          "one needs the other; less when both have many such ties",
	"need-sole":     "sum over what binds them of 1/number of pieces that depend on it",
	"need-share":    "the largest of these for a name that one defines and the other uses",
	"neighbours":    "logarithm of the number of pieces that both need or that need both",
	"level":         "difference of their depths in the graph of dependencies",
	"function":      "both work in one function or other item",
	"file":          "both work in one file",
	"file-few":      "1/number of other pieces in that file",
	"dir":           "both work in one directory",
	"area":          "both work below one directory of the third level",
	"top":           "both work below one directory of the first level",
	"path":          "part of their paths that is common",
	"fresh":         "both make files in one new directory",
	"stem":          "both work in files of one name apart from its ending",
	"arch":          "both work for one architecture (1), for different ones (-1)",
	"same-language": "both are of one kind of file",
	"near":          "nearness in lines, to about 15",
	"nearby":        "nearness in lines, to about 80",
	"between":       "nearness in changed places of the file",
	"adjacent":      "no other changed place is between",
	"docs":          "both are documentation",
	"docs-code":     "one is",
	"header-code":   "one works in a header, the other does not",
	"same-kind":     "both add, both remove, or both do both",
	"only-added":    "neither removes a line",
	"only-removed":  "neither adds a line",
	"both-make":     "names that one introduces and the other uses, by 1/number of users",
	"both-use":      "introduced names that both use, by 1/number of users",
	"both-drop":     "both stop using one name",
}
