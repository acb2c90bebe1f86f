package main

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series"
	"github.com/xsmpatch/xsmpatch/series/gitbranch"
)

// lesson is a series ready to learn from.
type lesson struct {
	name  string
	signs *series.Signs
	truth []int       // per node, the commit that most of its lines are from
	hunks []hunk      // of the squash
	pairs [][]float32 // signs of node pairs, a sample
	share float64     // what the lesson counts: 1, or what the data say
	same  []bool      // per pair
}

// hunk is a hunk of the squash: upstream's commit, and how many lines each of our nodes has in it.
type hunk struct {
	theirs int
	nodes  map[int]int
}

// maxPairs bounds the pairs that are kept of a series.
const maxPairs = 2000

// train fits the weights to the series of data and writes them to out. It prints what series score whose half was not
// fitted to.
func train(repo, data, out string) error {
	in, err := readSeries(data)
	if err != nil {
		return err
	}
	r, err := gitbranch.Open(repo)
	if err != nil {
		return err
	}
	defer r.Close()
	var all []*lesson
	for _, u := range in {
		l, err := lessonOf(r, u)
		if err != nil {
			return fmt.Errorf("%s: %w", u.Name, err)
		}
		all = append(all, l)
	}
	crossValidate(all)
	w := fit(all)
	fmt.Printf("fitted to all %d: mean ARI %.3f on the same\n", len(all), mean(scores(all, w)))
	return os.WriteFile(out, []byte(weightsText(w)), 0o644)
}

// crossValidate fits to one half and scores the other.
func crossValidate(all []*lesson) {
	var half [2][]*lesson
	for i, l := range all {
		half[i%2] = append(half[i%2], l)
	}
	sum := 0.0
	for k := range half {
		w := fit(half[1-k])
		got := scores(half[k], w)
		for i, l := range half[k] {
			fmt.Printf("%-28s %.3f\n", l.name, got[i])
			sum += got[i]
		}
	}
	fmt.Printf("cross-validated mean ARI %.3f over %d series\n", sum/float64(len(all)), len(all))
}

func lessonOf(r *gitbranch.Repo, u upstream) (*lesson, error) {
	theirs, err := upstreamTrees(r, u)
	if err != nil {
		return nil, err
	}
	base, tip := theirs[0], theirs[len(theirs)-1]
	changes, err := series.FromTrees(base, tip)
	if err != nil {
		return nil, err
	}
	g, err := series.NewGraph(base, changes)
	if err != nil {
		return nil, err
	}
	s, err := g.Split(series.Rules{Plan: series.PlanSmallest})
	if err != nil {
		return nil, err
	}
	ours := []*refactor.Tree{base}
	if err := s.Replay(base, func(_ int, t *refactor.Tree) error { ours = append(ours, t); return nil }); err != nil {
		return nil, err
	}
	l := &lesson{name: u.Name, signs: g.Signs(), share: max(u.Counts, 1)}
	if err := l.label(theirs, ours, nodesOf(g, s)); err != nil {
		return nil, err
	}
	l.sample(len(g.Nodes))
	return l, nil
}

// nodesOf says which node each patch of the smallest plan is; patches count from 1.
func nodesOf(g *series.Graph, s *series.Series) []int {
	of := map[int]int{}
	for n, nd := range g.Nodes {
		of[nd.Changes[0]] = n
	}
	out := make([]int, len(s.Patches)+1)
	for i, p := range s.Patches {
		out[i+1] = of[p.Changes[0]]
	}
	return out
}

// label finds the hunks of the squash and the truth per node.
func (l *lesson) label(theirs, ours []*refactor.Tree, node []int) error {
	a, err := labels(theirs)
	if err != nil {
		return err
	}
	b, err := labels(ours)
	if err != nil {
		return err
	}
	votes := make([]map[int]int, len(node)-1)
	err = eachHunk(theirs[0], theirs[len(theirs)-1], func(places []place) {
		_, lines := unitsOf(places, a, b)
		m, ok := majority(lines)
		if !ok {
			return
		}
		h := hunk{m.theirs, map[int]int{}}
		for _, x := range lines {
			n := node[x.ours]
			h.nodes[n]++
			if votes[n] == nil {
				votes[n] = map[int]int{}
			}
			votes[n][x.theirs]++
		}
		l.hunks = append(l.hunks, h)
	})
	l.truth = make([]int, len(votes))
	for n, v := range votes {
		l.truth[n] = most(v)
	}
	return err
}

// eachHunk visits the hunks between two trees.
func eachHunk(base, tip *refactor.Tree, visit func([]place)) error {
	ds, err := refactor.Diff(base, tip)
	if err != nil {
		return err
	}
	for _, d := range ds {
		old, err := linesOf(d.Old)
		if err != nil {
			return err
		}
		now, err := linesOf(d.New)
		if err != nil {
			return err
		}
		for _, e := range refactor.DiffLines(old, now) {
			var places []place
			for i := e.A0; i < e.A1; i++ {
				places = append(places, place{d.Path, i, true})
			}
			for i := e.B0; i < e.B1; i++ {
				places = append(places, place{d.Path, i, false})
			}
			visit(places)
		}
	}
	return nil
}

// most returns the key with the highest count, the least of equals; 0 for none.
func most(count map[int]int) int {
	best := 0
	for k, n := range count {
		if n > count[best] || n == count[best] && k < best {
			best = k
		}
	}
	return best
}

// sample keeps the signs of evenly spread pairs.
func (l *lesson) sample(n int) {
	step := max(1, n*(n-1)/2/maxPairs)
	v := make([]float64, 0, len(series.SignNames))
	k := 0
	for i := range n {
		for j := range i {
			if k++; k%step != 0 {
				continue
			}
			v = l.signs.Of(i, j, v)
			p := make([]float32, len(v))
			for f, x := range v {
				p[f] = float32(x)
			}
			l.pairs, l.same = append(l.pairs, p), append(l.same, l.truth[i] == l.truth[j])
		}
	}
}

// score compares a grouping of the nodes with upstream by hunks.
func (l *lesson) score(group []int) float64 {
	var us []unit
	for _, h := range l.hunks {
		ours := map[int]int{}
		for n, k := range h.nodes {
			ours[group[n]+1] += k
		}
		us = append(us, unit{theirs: h.theirs, ours: most(ours)})
	}
	ari, _ := agreement(us)
	return ari
}

// stops are tried as Weights.Stop.
var stops = []float64{-1.6, -1.4, -1.2, -1, -0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2}

// scoresByStop scores a lesson under each of stops.
func (l *lesson) scoresByStop(w series.Weights) []float64 {
	w.Stop = stops[0]
	group, steps := l.signs.Merges(w)
	out := make([]float64, len(stops))
	k := len(stops) - 1
	for _, m := range steps {
		for ; k >= 0 && m.Score < stops[k]; k-- {
			out[k] = l.score(group)
		}
		for n, g := range group {
			if g == m.From {
				group[n] = m.Into
			}
		}
	}
	for ; k >= 0; k-- {
		out[k] = l.score(group)
	}
	return out
}

// table scores lessons under each of stops, two at a time.
func table(ls []*lesson, w series.Weights) [][]float64 {
	out := make([][]float64, len(ls))
	var wg sync.WaitGroup
	for k := range 2 {
		wg.Go(func() {
			for i := k; i < len(ls); i += 2 {
				out[i] = ls[i].scoresByStop(w)
			}
		})
	}
	wg.Wait()
	return out
}

// scores scores lessons, each with the weight that it counts.
func scores(ls []*lesson, w series.Weights) []float64 {
	at := slices.Index(stops, w.Stop)
	out := make([]float64, len(ls))
	for i, row := range table(ls, w) {
		out[i] = row[at]
	}
	return out
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

// weightsText writes the weights with their meanings.
func weightsText(w series.Weights) string {
	var b strings.Builder
	b.WriteString(weightsHead)
	for _, n := range series.SignNames {
		fmt.Fprintf(&b, "  %-13s %7.3f # %s\n", n+":", w.Signs[n], meanings[n])
	}
	fmt.Fprintf(&b, "stop: %.2f\nsize: %.2f\n", w.Stop, w.Size)
	return b.String()
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
