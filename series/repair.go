package series

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// Diagnosis says why a prefix fails, as far as its output tells.
type Diagnosis struct {
	Prefix   int // the patch at which it starts to fail, from 1
	Symbol   string
	File     string // that the complaint is about, as the tool calls it; "" when it does not say
	Provider int    // the later patch that provides the symbol, from 1; 0 when none does
	Text     string
}

func (d Diagnosis) String() string { return d.Text }

// complaints are the forms in which compilers and linkers (gcc, clang, GNU ld) name what they miss or find twice.
var complaints = []*regexp.Regexp{
	regexp.MustCompile(`implicit declaration of function ['‘]([\w.]+)['’]`),
	regexp.MustCompile(`['‘]([\w.]+)['’] undeclared`),
	regexp.MustCompile("undefined reference to [`'‘]([\\w.]+)['’]"),
	regexp.MustCompile(`has no member named ['‘](\w+)['’]`),
	regexp.MustCompile(`unknown type name ['‘](\w+)['’]`),
	regexp.MustCompile(`use of undeclared identifier '(\w+)'`),
	regexp.MustCompile(`no member named '(\w+)'`),
	regexp.MustCompile(`['‘](\w+)['’] defined but not used`),
	regexp.MustCompile(`unused (?:variable|function) ['‘](\w+)['’]`),
	regexp.MustCompile(`(?:fatal error: |No rule to make target ['‘"])([\w./-]+)(?:: No such file|['’"])`),
	regexp.MustCompile(`label ['‘](\w+)['’]`),
	regexp.MustCompile(`In function ['‘](\w+)['’]`),
	regexp.MustCompile(`redefinition of ['‘](\w+)['’]`),
	regexp.MustCompile(`conflicting types for ['‘](\w+)['’]`),
	regexp.MustCompile("multiple definition of [`'‘](\\w+)['’]"),
	regexp.MustCompile(`too (?:few|many) arguments to function ['‘](\w+)['’]`),
}

// Diagnose explains the first failing prefix. ok is false when all is well, or the baseline itself fails.
func (s *Series) Diagnose(results []PrefixResult) (d Diagnosis, ok bool) {
	i := slices.IndexFunc(results, func(r PrefixResult) bool { return !r.OK })
	if i < 0 || results[i].Prefix == 0 {
		return d, false
	}
	return s.diagnose(results[i]), true
}

// diagnose explains one failing prefix.
func (s *Series) diagnose(r PrefixResult) (d Diagnosis) {
	d = Diagnosis{Prefix: r.Prefix}
	for _, re := range complaints {
		for _, m := range re.FindAllStringSubmatch(r.Output, -1) {
			if later := s.laterPatch(r.Prefix, m[1]); later > 0 {
				d.Symbol, d.Provider, d.File = m[1], later, complainedFile(r.Output, m[0])
				d.Text = fmt.Sprintf("patch %d (%s) fails: %s; patch %d (%s) has to do with %s", r.Prefix, s.Patches[r.Prefix-1].Subject,
					strings.TrimSpace(m[0]), later, s.Patches[later-1].Subject, m[1])
				return d
			}
			if d.Symbol == "" {
				d.Symbol = m[1]
			}
		}
	}
	d.Text = fmt.Sprintf("patch %d (%s) fails, and its output names nothing that a later patch provides", r.Prefix, s.Patches[r.Prefix-1].Subject)
	return d
}

// laterPatch returns the first patch after the prefix that defines the symbol, or else that mentions it; 0 for none.
func (s *Series) laterPatch(prefix int, symbol string) int {
	for i := prefix; i < len(s.Patches); i++ {
		if s.defining(i, symbol) >= 0 {
			return i + 1
		}
	}
	for i := prefix; i < len(s.Patches); i++ {
		for _, c := range s.Patches[i].Changes {
			for _, member := range []bool{false, true} {
				if k := (useKey{symbol, member}); s.Graph.facts[c].uses[k] || s.Graph.facts[c].drops[k] {
					return i + 1
				}
			}
		}
	}
	return 0
}

// defining returns a change of patch i that defines the symbol or makes the file so called, or -1.
func (s *Series) defining(i int, symbol string) int {
	for _, c := range s.Patches[i].Changes {
		for _, d := range s.Graph.facts[c].made {
			if d.Name == symbol {
				return c
			}
		}
		for _, op := range s.Graph.Changes[c].Files {
			if op.Kind != refactor.OpDelete && isHeader(op.Path, symbol) {
				return c
			}
		}
	}
	return -1
}

// complainedFile finds the file in the line of a complaint: "file:line:column: error: complaint".
func complainedFile(output, complaint string) string {
	for line := range strings.Lines(output) {
		if file, _, ok := strings.Cut(line, ":"); ok && strings.Contains(line, complaint) && path.Ext(file) != "" && !strings.ContainsAny(file, " \t") {
			return strings.TrimPrefix(path.Clean(file), "/")
		}
	}
	return ""
}

// repairEdges returns what a diagnosis teaches: whoever provides the symbol, or uses it for the last time, comes first; failing
// that what the two patches do to the complaint's file is bound together, and failing that the patches are. healthy is
// the next prefix that passes.
func (s *Series) repairEdges(d Diagnosis, healthy int) []Edge {
	sym := refactor.Symbol{Name: d.Symbol}
	mine := s.Patches[d.Prefix-1].Changes
	if d.Provider == 0 {
		return together(append(slices.Clone(mine), s.Patches[max(healthy, d.Prefix+1)-1].Changes...), WhyBuild, sym)
	}
	var out []Edge
	if c := s.defining(d.Provider-1, d.Symbol); c >= 0 {
		for _, u := range mine {
			if s.mentions(u, d.Symbol) {
				out = append(out, Edge{c, u, WhyNeed, sym})
			}
		}
		return out
	}
	theirs := slices.DeleteFunc(slices.Clone(s.Patches[d.Provider-1].Changes), func(c int) bool { return !s.mentions(c, d.Symbol) })
	for _, u := range mine {
		if s.mentions(u, d.Symbol) || s.touches(u, d.File) {
			for _, c := range theirs {
				out = append(out, Edge{c, u, WhyBuild, sym})
			}
		}
	}
	return out
}

// mentions reports whether a change has the symbol on its lines, defines it or loses it.
func (s *Series) mentions(c int, symbol string) bool {
	f := s.Graph.facts[c]
	is := func(d csym.Def) bool { return d.Name == symbol }
	for _, k := range []useKey{{symbol, false}, {symbol, true}} {
		if f.uses[k] || f.drops[k] {
			return true
		}
	}
	return slices.ContainsFunc(f.made, is) || slices.ContainsFunc(f.lost, is)
}

// touches reports whether a change is to the file, which may be named from a directory inside the tree.
func (s *Series) touches(c int, file string) bool {
	return file != "" && slices.ContainsFunc(s.Graph.facts[c].files, func(p string) bool { return p == file || strings.HasSuffix(p, "/"+file) })
}

// ProveAndRepair tries every prefix; while some fail it learns from their output, moves or merges patches and tries
// again, at most rounds times. A change whose tip fails cannot be repaired. It returns the last series, its results and what was
// learned.
func (s *Series) ProveAndRepair(ctx context.Context, o ProveOptions, r Rules, rounds int) (*Series, []PrefixResult, []Diagnosis, error) {
	var learned []Diagnosis
	o.known = map[refactor.Hash]*PrefixResult{}
	for range max(1, o.Jobs) {
		o.benches = append(o.benches, &bench{})
		defer o.benches[len(o.benches)-1].remove()
	}
	for round := 0; ; round++ {
		results, err := s.Prove(ctx, o)
		if err != nil {
			return s, results, learned, err
		}
		for i := range results {
			o.known[results[i].Tree] = &results[i]
		}
		ds, edges := s.learn(results)
		learned = append(learned, ds...)
		if len(edges) == 0 || round >= rounds || !results[len(results)-1].OK {
			return s, results, learned, nil
		}
		better, err := s.Graph.Require(edges...).Split(r)
		if err != nil {
			return s, results, learned, err
		}
		s = better
	}
}

// learn returns what the failing prefixes say that the graph does not know. When they say nothing new, the first of them goes
// with the patch that puts it right, so that in the end there is something to try.
func (s *Series) learn(results []PrefixResult) (ds []Diagnosis, edges []Edge) {
	known := map[[2]int]bool{}
	for _, e := range s.Graph.Edges {
		known[[2]int{e.Before, e.After}] = true
	}
	said := map[string]bool{}
	take := func(es []Edge) (fresh bool) {
		for _, e := range es {
			if k := [2]int{e.Before, e.After}; e.Before != e.After && !known[k] {
				known[k], fresh = true, true
				edges = append(edges, e)
			}
		}
		return fresh
	}
	for i, r := range results {
		if r.OK || r.Prefix == 0 || r.Prefix == len(s.Patches) {
			continue
		}
		d := s.diagnose(r)
		healthy := i + slices.IndexFunc(results[i:], func(r PrefixResult) bool { return r.OK })
		if healthy < i || said[d.Symbol] && d.Symbol != "" {
			continue
		}
		said[d.Symbol] = true
		fresh := take(s.repairEdges(d, results[healthy].Prefix))
		if !fresh && len(edges) == 0 {
			fresh = take(s.repairEdges(Diagnosis{Prefix: d.Prefix, Symbol: d.Symbol}, results[healthy].Prefix))
		}
		if fresh {
			ds = append(ds, d)
		}
		if d.Symbol == "" {
			break // what comes after says no more
		}
	}
	return ds, edges
}
