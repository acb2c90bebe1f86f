package series

import (
	"maps"
	"path"
	"slices"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

type scanKey struct {
	path string
	hash refactor.Hash
}

// summary is what a file has to do with watched names, and its own flaws.
type summary struct {
	flaws         []Problem
	calls         []csym.Call
	arity         map[string][]int
	types         map[string][]string       // of functions
	uses, members map[string]int            // the first line, from 0
	defs          map[string]map[string]int // the file's definitions of a name, counted by kind
	fields        map[string]bool
	linked        map[string]bool // functions and objects that other units see
	static        map[string]bool
	includes      map[string]bool // base names
	shared        bool            // other files see its definitions
	unit          bool            // C, not assembly
}

// fromHeaders notes what files take from headers that they include on one side only.
func (c *checker) fromHeaders(tip *refactor.Tree) error {
	h := newHeaderNames(c.g.Base, nil)
	c.from = map[string]map[string]map[string]bool{}
	for _, p := range tip.Paths() {
		if csym.LangOf(p) != csym.C || c.base.File(p) == nil {
			continue
		}
		var side [2]*csym.Source
		for i, t := range []*refactor.Tree{c.base, tip} {
			text, err := textOf(t.File(p))
			if err != nil {
				return err
			}
			side[i] = csym.Scan(p, text)
		}
		c.from[p] = map[string]map[string]bool{}
		for i, s := range side {
			other := side[1-i]
			has, used := includesOf(other), usedIn(other)
			for x := range includesOf(s) {
				if has[x] {
					continue
				}
				brings := h.brings(x, p, has)
				c.from[p][x] = usedIn(s)
				maps.DeleteFunc(c.from[p][x], func(n string, _ bool) bool { return used[n] || c.watched[n] != 0 || !brings(n) })
			}
		}
	}
	return nil
}

// includesOf lists the headers that a file includes, as written.
func includesOf(s *csym.Source) map[string]bool { return includedOn(s, 0, len(s.Uses)) }

// taken reports the names that a file takes from a header which it does not include.
func (c *checker) taken(p string, s *summary, src *csym.Source) []Problem {
	if !c.settled || len(c.from[p]) == 0 {
		return nil
	}
	has := includesOf(src)
	var out []Problem
	for _, x := range slices.Sorted(maps.Keys(c.from[p])) {
		if has[x] {
			continue
		}
		for line, us := range src.Uses {
			for _, u := range us {
				if !u.File && !u.Member && !u.Decl && c.from[p][x][u.Name] {
					out = append(out, Problem{Path: p, What: undeclared, Name: u.Name, Line: line + 1})
				}
			}
		}
	}
	return out
}

// summary reads one file.
func (c *checker) summary(p string, f *refactor.File) (*summary, error) {
	h, err := f.Hash()
	if err != nil {
		return nil, err
	}
	k := scanKey{p, h}
	if s := c.seen[k]; s != nil {
		return s, nil
	}
	text, err := textOf(f)
	if err != nil {
		return nil, err
	}
	if refactor.IsBinary(text) {
		text = nil
	}
	src, in := csym.Scan(p, text), csym.Inspect(p, text)
	s := &summary{flaws: c.flaws(p, in), arity: map[string][]int{}, uses: map[string]int{}, members: map[string]int{}, defs: map[string]map[string]int{},
		fields: map[string]bool{}, linked: map[string]bool{}, static: map[string]bool{}, includes: map[string]bool{}}
	s.types = map[string][]string{}
	for name, types := range in.Types {
		if c.watched[name]&watchArity != 0 {
			s.types[name] = types
		}
	}
	s.shared, s.unit = path.Ext(p) != ".c", path.Ext(p) == ".c"
	for _, call := range in.Calls {
		if c.watched[call.Name]&watchArity != 0 {
			s.calls = append(s.calls, call)
			s.arity[call.Name] = in.Arity[call.Name]
		}
	}
	for name, n := range in.Arity {
		if c.watched[name]&watchArity != 0 {
			s.arity[name] = n
		}
	}
	c.names(s, src, p)
	s.flaws = append(s.flaws, c.taken(p, s, src)...)
	c.seen[k] = s
	return s, nil
}

// flaws returns what looks wrong in the file by itself. That a function does not declare a name tells something only where

// another version declares it.
func (c *checker) flaws(p string, in *csym.Inspection) []Problem {
	if !c.settled {
		for name := range in.Local {
			c.locals[flawKey{path: p, name: name}] = true
		}
	}
	var out []Problem
	for _, f := range in.Flaws {
		q := Problem{Path: p, Func: f.Func, What: f.What, Name: f.Name, Line: f.Line + 1}
		if !c.settled || !c.usual[q.key()] && (f.What != csym.Undeclared || c.locals[flawKey{path: p, name: f.Name}]) {
			out = append(out, q)
		}
	}
	return out
}

// names fills in the watched names.
func (c *checker) names(s *summary, src *csym.Source, p string) {
	for _, d := range src.Defs {
		switch w := c.watched[d.Name]; {
		case w == 0:
		case d.Kind == csym.Field:
			s.fields[d.Name] = true
		default:
			if s.defs[d.Name] == nil {
				s.defs[d.Name] = map[string]int{}
			}
			s.defs[d.Name][string(d.Kind)]++
			s.static[d.Name] = s.static[d.Name] || d.Static && d.Kind == csym.Func
			if (d.Kind == csym.Func || d.Kind == csym.Var) && !d.Static && path.Ext(p) != ".h" {
				s.linked[d.Name] = true
			}
		}
	}
	if csym.LangOf(p) != csym.C {
		return
	}
	local := map[string]bool{}
	for _, us := range src.Uses {
		for _, u := range us {
			if u.Decl {
				local[u.Name] = true
			}
			if u.File {
				s.includes[path.Base(u.Name)] = true
			}
		}
	}
	for line, us := range src.Uses {
		for _, u := range us {
			into := s.uses
			switch {
			case u.Member:
				into = s.members
			case local[u.Name]:
				continue
			case c.watched[u.Name] == watchMember: // a macro's argument
				into = s.members
			}
			if _, ok := into[u.Name]; !ok && !u.File && c.watched[u.Name] != 0 {
				into[u.Name] = line
			}
		}
	}
}
