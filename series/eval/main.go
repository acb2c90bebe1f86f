// Command eval squashes merged patch series, splits them again and compares with what the maintainers accepted.
//
//	go run ./series/eval -repo CLONE -data series.json [-plan PLAN] [-v] [-build [-only CONFIG]]
//	go run ./series/eval -repo CLONE -data series.json -train series/weights/by-feature.yaml
//
// The data file has {"series":[{"name","base","tip","commits":[{"sha","subject","introduces":[...]}],"hard_edges":[[user,provider],...]}]},
// commits counted from 1. For each series it prints: whether the tip is identical, the number of patches against
// upstream's, the adjusted Rand index over hunks of the squashed diff (without context; a hunk counts for the commit that
// has most of its lines), over finer pieces (a hunk's lines by commit) and over lines, the share of pairs of pieces on which
// both agree, and how many hard edges are respected; with -build, how many prefixes build.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series"
	"github.com/xsmpatch/xsmpatch/series/gitbranch"
)

type commit struct {
	Sha, Subject string
	Introduces   []string
}

type upstream struct {
	Name, Base, Tip string
	Commits         []commit
	HardEdges       [][2]int `json:"hard_edges"`
	Counts          float64  // in training; 0 is 1
}

func main() {
	repo := flag.String("repo", "", "clone that holds the series")
	data := flag.String("data", "", "JSON file of series")
	plan := flag.String("plan", "", "grouping plan")
	ceiling := flag.Bool("ceiling", false, "score the best grouping of our patches; with -plan smallest, what the cutting allows")
	verbose := flag.Bool("v", false, "print the patches")
	trainTo := flag.String("train", "", "fit the weights of the plan by-feature to the series, and write them to this file")
	build := flag.Bool("build", false, "build the hypervisor's objects on every prefix, for x86 and arm64, with XSM on and off")
	only := flag.String("only", "", "build in the configurations that have this in their names, such as \"x86 XSM=y\"")
	flag.Parse()
	if *repo == "" || *data == "" {
		flag.Usage()
		os.Exit(2)
	}
	do := func() error {
		return run(*repo, *data, options{series.Rules{Plan: *plan}, *verbose, *ceiling, *build, *only})
	}
	if *trainTo != "" {
		do = func() error { return train(*repo, *data, *trainTo) }
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "eval:", err)
		os.Exit(1)
	}
}

func run(repo, data string, o options) error {
	in, err := readSeries(data)
	if err != nil {
		return err
	}
	r, err := gitbranch.Open(repo)
	if err != nil {
		return err
	}
	defer r.Close()
	var sum score
	fmt.Printf("%-24s %5s %9s %6s %6s %6s %6s %6s %9s %6s\n", "series", "tip", "patches", "ARI", "ARI/f", "ARI/l", "pairs", "hunks", "hard", "sec")
	for _, u := range in {
		sc, err := one(r, u, o)
		if err != nil {
			return fmt.Errorf("%s: %w", u.Name, err)
		}
		fmt.Printf("%-24s %5v %4d/%-4d %6.3f %6.3f %6.3f %6.3f %6d %4d/%-4d %6.2f\n", u.Name, sc.same, sc.patches, len(u.Commits), sc.hunkARI, sc.ari, sc.lineARI, sc.pairs, sc.hunks, sc.kept, sc.edges, sc.secs)
		for _, b := range sc.built {
			fmt.Println("   ", b)
			if r := b.failed(); r != nil {
				fmt.Printf("    prefix %d fails:\n%s\n", r.Prefix, r.Output)
			}
		}
		sum.add(sc)
	}
	n := float64(len(in))
	fmt.Printf("mean ARI %.3f, finer %.3f, by line %.3f, pairs %.3f; identical tips %d of %d; hard edges %d of %d\n",
		sum.hunkARI/n, sum.ari/n, sum.lineARI/n, sum.pairs/n, sum.tips, len(in), sum.kept, sum.edges)
	return nil
}

// options are the command line.
type options struct {
	rules                   series.Rules
	verbose, ceiling, build bool
	only                    string // configurations to build
}

func readSeries(name string) ([]upstream, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var in struct{ Series []upstream }
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return in.Series, nil
}

type score struct {
	same                         bool
	tips, patches, hunks         int
	ari, lineARI, pairs, hunkARI float64
	kept, edges                  int
	broken                       []string
	secs                         float64
	built                        []built
}

func (s *score) add(o score) {
	if o.same {
		s.tips++
	}
	s.ari, s.lineARI, s.pairs, s.hunkARI = s.ari+o.ari, s.lineARI+o.lineARI, s.pairs+o.pairs, s.hunkARI+o.hunkARI
	s.kept, s.edges = s.kept+o.kept, s.edges+o.edges
}

// one evaluates one series.
func one(r *gitbranch.Repo, u upstream, o options) (score, error) {
	theirs, err := upstreamTrees(r, u)
	if err != nil {
		return score{}, err
	}
	start := time.Now()
	base, tip := theirs[0], theirs[len(theirs)-1]
	changes, err := series.FromTrees(base, tip)
	if err != nil {
		return score{}, err
	}
	g, err := series.NewGraph(base, changes)
	if err != nil {
		return score{}, err
	}
	split := func() (*series.Series, error) { s, _, err := g.Mend(o.rules); return s, err }
	if o.ceiling { // what the cutting allows, whatever the order
		split = func() (*series.Series, error) { return g.Split(o.rules) }
	}
	s, err := split()
	if err != nil {
		return score{}, err
	}
	secs := time.Since(start).Seconds()
	ours := []*refactor.Tree{base}
	if err := s.Replay(base, func(_ int, t *refactor.Tree) error { ours = append(ours, t); return nil }); err != nil {
		return score{}, err
	}
	sc, err := compare(theirs, ours, u, o.ceiling)
	if err != nil {
		return score{}, err
	}
	want, err := tip.Digest()
	if err != nil {
		return score{}, err
	}
	got, err := ours[len(ours)-1].Digest()
	sc.same, sc.patches, sc.secs = got == want, len(s.Patches), secs
	if o.build {
		cache, err := buildCache()
		if err != nil {
			return score{}, err
		}
		if sc.built, err = buildPrefixes(context.Background(), s, o.only, cache); err != nil {
			return score{}, err
		}
	}
	if o.verbose {
		found, err := s.Check()
		if err != nil {
			return score{}, err
		}
		for _, p := range found {
			fmt.Println(p)
		}
		printPatches(s)
		fmt.Println(strings.Join(sc.broken, "\n"))
	}
	return sc, err
}

func upstreamTrees(r *gitbranch.Repo, u upstream) ([]*refactor.Tree, error) {
	revs := []string{u.Base}
	for _, c := range u.Commits {
		revs = append(revs, c.Sha)
	}
	var out []*refactor.Tree
	for _, rev := range revs {
		t, err := r.Tree(rev)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func printPatches(s *series.Series) {
	for i, p := range s.Patches {
		fmt.Printf("  %2d %s\n", i+1, p.Subject)
		for _, c := range p.Changes {
			fmt.Printf("       %s\n", s.Graph.Changes[c].ID)
		}
	}
	for _, c := range s.Graph.Cycles {
		fmt.Printf("  %v\n", c)
	}
}
