package series

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// Diagnosis says why a prefix fails, as far as its output tells.
type Diagnosis struct {
	Prefix   int // the patch at which it starts to fail, from 1
	Symbol   string
	Provider int // the later patch that provides the symbol, from 1; 0 when none does
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
	r := results[i]
	d = Diagnosis{Prefix: r.Prefix}
	for _, re := range complaints {
		for _, m := range re.FindAllStringSubmatch(r.Output, -1) {
			if later := s.laterPatch(r.Prefix, m[1]); later > 0 {
				d.Symbol, d.Provider = m[1], later
				d.Text = fmt.Sprintf("patch %d (%s) fails: %s; patch %d (%s) has to do with %s", r.Prefix, s.Patches[r.Prefix-1].Subject,
					strings.TrimSpace(m[0]), later, s.Patches[later-1].Subject, m[1])
				return d, true
			}
			if d.Symbol == "" {
				d.Symbol = m[1]
			}
		}
	}
	d.Text = fmt.Sprintf("patch %d (%s) fails, and its output names nothing that a later patch provides", r.Prefix, s.Patches[r.Prefix-1].Subject)
	return d, true
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

// repairEdges returns what a diagnosis teaches: the provider comes first, or failing that the patch goes with
// the next one.
func (s *Series) repairEdges(d Diagnosis) []Edge {
	sym := refactor.Symbol{Name: d.Symbol}
	mine := s.Patches[d.Prefix-1].Changes
	if d.Provider > 0 {
		if c := s.defining(d.Provider-1, d.Symbol); c >= 0 {
			var out []Edge
			for _, u := range mine {
				f := s.Graph.facts[u]
				if f.uses[useKey{d.Symbol, false}] || f.uses[useKey{d.Symbol, true}] {
					out = append(out, Edge{c, u, WhyNeed, sym})
				}
			}
			if len(out) > 0 {
				return out
			}
		}
		return together(append(slices.Clone(mine), s.Patches[d.Provider-1].Changes...), WhyPinned, sym)
	}
	if d.Prefix < len(s.Patches) {
		return together(append(slices.Clone(mine), s.Patches[d.Prefix].Changes...), WhyPinned, sym)
	}
	return nil
}

// ProveAndRepair tries every prefix; while one fails it learns from the output, moves or merges patches and tries
// again, at most rounds times. It returns the last series, its results and what was learned.
func (s *Series) ProveAndRepair(ctx context.Context, o ProveOptions, r Rules, rounds int) (*Series, []PrefixResult, []Diagnosis, error) {
	var learned []Diagnosis
	for {
		results, err := s.Prove(ctx, o)
		if err != nil {
			return s, results, learned, err
		}
		d, failed := s.Diagnose(results)
		if !failed {
			return s, results, learned, nil
		}
		learned = append(learned, d)
		edges := s.repairEdges(d)
		if len(edges) == 0 || len(learned) > rounds {
			return s, results, learned, nil
		}
		better, err := s.Graph.Require(edges...).Split(r)
		if err != nil {
			return s, results, learned, err
		}
		s = better
	}
}
