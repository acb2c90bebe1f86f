package series

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// Problem is a prefix that looks as if it did not build.
type Problem struct {
	Prefix     int // patches applied
	Path, Name string
	Line       int // 1-based
	Patch      int // the patch that defines the name later, or removed it before; from 1
	Later      bool
}

func (p Problem) String() string {
	if p.Later {
		return fmt.Sprintf("after patch %d, %s:%d uses %s, which only patch %d defines", p.Prefix, p.Path, p.Line, p.Name, p.Patch)
	}
	return fmt.Sprintf("after patch %d, %s:%d uses %s, which patch %d has removed", p.Prefix, p.Path, p.Line, p.Name, p.Patch)
}

// Check reads the C files of every prefix as they would be compiled and reports names that the series defines or
// removes and that are used where no touched file defines them. It looks at the text of each prefix, not at the
// graph's edges, so that it also catches edges that are missing. It is quick and knows no more than csym does: a
// build (Prove) has the last word.
func (s *Series) Check() ([]Problem, error) {
	c := &checker{s: s, scans: map[scanKey]*csym.Source{}, by: map[string]int{}, gone: map[string]int{}}
	c.watch()
	var out []Problem
	paths := s.Graph.touched()
	err := s.Replay(s.Base, func(n int, t *refactor.Tree) error {
		found, err := c.prefix(n, t, paths)
		out = append(out, found...)
		return err
	})
	return out, err
}

type scanKey struct {
	path string
	hash refactor.Hash
}

type checker struct {
	s        *Series
	scans    map[scanKey]*csym.Source
	by, gone map[string]int // functions, objects, macros, types and constants: the patch that defines or removes them
}

// watch lists the names to look for: those that exist on one side only, and on the other in no touched file.
func (c *checker) watch() {
	at := c.s.patchOf()
	for i, f := range c.s.Graph.facts {
		for _, d := range f.made {
			if c.watched(d, f) {
				if k, ok := c.by[d.Name]; !ok || at[i]+1 < k {
					c.by[d.Name] = at[i] + 1
				}
			}
		}
		for _, d := range f.lost {
			if c.watched(d, f) {
				c.gone[d.Name] = max(c.gone[d.Name], at[i]+1)
			}
		}
	}
	for name := range c.s.Graph.foreign {
		delete(c.by, name)
		delete(c.gone, name)
	}
}

// watched leaves out what another file of the same name could mean.
func (c *checker) watched(d csym.Def, f *changeFacts) bool {
	if d.Static || d.Kind == csym.Field || d.Kind == csym.Word || d.Kind == csym.Perm || d.Kind == csym.Config {
		return false
	}
	return d.Kind == csym.Func || d.Kind == csym.Var || d.Kind == csym.Proto || !slices.ContainsFunc(f.files, func(p string) bool { return strings.HasSuffix(p, ".c") })
}

// prefix checks the touched C files of one tree.
func (c *checker) prefix(n int, t *refactor.Tree, paths *touchedPaths) ([]Problem, error) {
	defined := map[string]bool{}
	files := map[string]*csym.Source{}
	for p := range paths.by {
		f := t.File(p)
		if f == nil || csym.LangOf(p) != csym.C {
			continue
		}
		src, err := c.scan(p, f)
		if err != nil {
			return nil, err
		}
		files[p] = src
		for _, d := range src.Defs {
			defined[d.Name] = true
		}
	}
	var out []Problem
	for _, p := range sortedPaths(files) {
		out = append(out, c.file(n, p, files[p], defined)...)
	}
	return out, nil
}

func (c *checker) scan(p string, f *refactor.File) (*csym.Source, error) {
	h, err := f.Hash()
	if err != nil {
		return nil, err
	}
	k := scanKey{p, h}
	if c.scans[k] == nil {
		text, err := textOf(f)
		if err != nil {
			return nil, err
		}
		c.scans[k] = csym.Scan(p, text)
	}
	return c.scans[k], nil
}

// file reports each missing name of a file once.
func (c *checker) file(n int, p string, src *csym.Source, defined map[string]bool) []Problem {
	local := map[string]bool{}
	for _, us := range src.Uses {
		for _, u := range us {
			if u.Decl {
				local[u.Name] = true
			}
		}
	}
	var out []Problem
	for line, us := range src.Uses {
		for _, u := range us {
			if u.Member || u.File || local[u.Name] || defined[u.Name] {
				continue
			}
			by, made := c.by[u.Name]
			gone, lost := c.gone[u.Name]
			if made && by > n || lost && gone <= n && !made {
				local[u.Name] = true
				out = append(out, Problem{Prefix: n, Path: p, Name: u.Name, Line: line + 1, Patch: max(by, gone), Later: made && by > n})
			}
		}
	}
	return out
}

func sortedPaths(m map[string]*csym.Source) []string {
	out := make([]string, 0, len(m))
	for p := range m {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}
