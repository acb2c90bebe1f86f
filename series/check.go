package series

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// Problem is a prefix that looks as if it did not build.
type Problem struct {
	Prefix     int    // patches applied
	Path, Func string // where; Func may be ""
	What, Name string // What has %s for Name
	Line       int    // 1-based
	Until      int    // the patch that puts it right
}

func (p Problem) String() string {
	at := fmt.Sprintf("%s:%d", p.Path, p.Line)
	if p.Func != "" {
		at += " (" + p.Func + ")"
	}
	return fmt.Sprintf("after patch %d and until patch %d, %s: %s", p.Prefix, p.Until, at, p.what())
}

func (p Problem) what() string {
	if p.What == "" {
		return p.Name
	}
	return fmt.Sprintf(p.What, p.Name)
}

// flawKey tells problems apart, whatever the prefix and line.
type flawKey struct{ path, fn, what, name string }

func (p Problem) key() flawKey { return flawKey{p.Path, p.Func, p.What, p.Name} }

// Check reads the C files of every prefix as they would be compiled and reports what a compiler or linker may object to and

// would not in the base nor in the tip: names that are used before or after they are defined, in a file or in a
// function, definitions that are there twice or that nobody uses, calls with another number of arguments, conditionals that
// do not pair up, and so on. It looks at the text of each prefix, not at the graph's edges, so that it also catches edges
// that are missing. It is quick and knows no more than csym does: a build (Prove) has the last word. A problem is reported for the
// first prefix that has it.
func (s *Series) Check() ([]Problem, error) {
	c, err := newChecker(s.Graph)
	if err != nil {
		return nil, err
	}
	return c.series(s, func(*refactor.Tree) {})
}

// checker judges mixtures of the base and the changes, by the touched files alone.
type checker struct {
	g       *Graph
	paths   *touchedPaths
	base    *refactor.Tree // the touched files
	watched map[string]watch
	usual   map[flawKey]bool                      // what the base or the tip has too
	locals  map[flawKey]bool                      // names that a file declares in functions there, by path and name
	from    map[string]map[string]map[string]bool // per file and header that it starts or ceases to include, the names that it only then takes from it
	offers  [2]visible                            // of the base and the tip
	settled bool                                  // usual and offers are known
	seen    map[scanKey]*summary
}

// watch is a set of what about a name is of interest: it is used otherwise than before, or has another number of parameters.
type watch uint8

const (
	watchName watch = 1 << iota
	watchMember
	watchLink
	watchArity
)

func newChecker(g *Graph) (*checker, error) {
	c := &checker{g: g, paths: g.touched(), watched: map[string]watch{}, usual: map[flawKey]bool{}, locals: map[flawKey]bool{}, seen: map[scanKey]*summary{}}
	area := map[string]bool{}
	for p := range c.paths.by {
		c.paths.spread(p, area)
	}
	var err error
	if c.base, err = g.Base.Only(area); err != nil {
		return nil, err
	}
	tip, err := c.base.Apply(g.Changes...)
	if err != nil {
		return nil, err
	}
	if err := c.watch(tip); err != nil {
		return nil, err
	}
	if err := c.fromHeaders(tip); err != nil {
		return nil, err
	}
	for range 2 { // what is known after the first time may bring up other problems
		for side, t := range []*refactor.Tree{c.base, tip} {
			files, all, err := c.read(t)
			if err != nil {
				return nil, err
			}
			c.offers[side] = *all
			for _, p := range c.judge(t.Paths(), files, all) {
				c.usual[p.key()] = true
			}
		}
		for k := range c.usual { // what the base has from untouched files, every prefix has
			if k.what == undeclared && k.fn == "" {
				c.watched[k.name] &^= watchName
			}
		}
	}
	for _, s := range c.seen {
		s.flaws = nil
	}
	c.settled = true
	return c, nil
}

// watch notes the names that touched files define otherwise in the tip than in the base.
func (c *checker) watch(tip *refactor.Tree) error {
	sides := map[string]int{}
	what := map[string]watch{}
	for side, t := range []*refactor.Tree{c.base, tip} {
		for _, p := range t.Paths() {
			text, err := textOf(t.File(p))
			if err != nil {
				return err
			}
			if l := csym.LangOf(p); l != csym.C && l != csym.Script || refactor.IsBinary(text) {
				continue
			}
			for _, d := range csym.Scan(p, text).Defs {
				k := strings.Join([]string{p, string(d.Kind), d.Name, d.Sig, fmt.Sprint(d.Static)}, "\x00")
				sides[k] |= 1 << side
				switch d.Kind {
				case csym.Field:
					what[k] = watchMember
				case csym.Func, csym.Var:
					what[k] = watchName | watchArity
					if !d.Static && path.Ext(p) != ".h" {
						what[k] |= watchLink
					}
				default:
					what[k] = watchName | watchArity
				}
			}
		}
	}
	for k, in := range sides {
		if in != 3 {
			c.watched[strings.Split(k, "\x00")[2]] |= what[k]
		}
	}
	return nil
}

// problems lists what looks wrong in a tree and in neither the base nor the tip.
func (c *checker) problems(t *refactor.Tree) ([]Problem, error) {
	files, all, err := c.read(t)
	if err != nil {
		return nil, err
	}
	found := append(c.judge(t.Paths(), files, all), c.partial(t.Paths(), files, all)...)
	return slices.DeleteFunc(found, func(p Problem) bool { return c.usual[p.key()] }), nil
}

// read sums up the files of a tree.
func (c *checker) read(t *refactor.Tree) (map[string]*summary, *visible, error) {
	files := map[string]*summary{}
	all := &visible{defs: map[string]map[string]int{}, anywhere: map[string]bool{}, fields: map[string]bool{}, linked: map[string]bool{}, arity: map[string][]int{}, open: map[string]bool{}, types: map[string][]string{}}
	for _, p := range t.Paths() {
		if l := csym.LangOf(p); l != csym.C && l != csym.Script {
			continue
		}
		s, err := c.summary(p, t.File(p))
		if err != nil {
			return nil, nil, err
		}
		files[p] = s
		all.add(p, s)
	}
	return files, all, nil
}

// judge lists what looks wrong in each file, and between them.
func (c *checker) judge(paths []string, files map[string]*summary, all *visible) []Problem {
	var out []Problem
	said := map[string]bool{}
	for _, p := range paths {
		s := files[p]
		if s == nil {
			continue
		}
		missing := c.outside(p, s, all)
		out = append(append(out, s.flaws...), missing...)
		for _, q := range missing {
			said[q.Name] = true // that it does not link either goes without saying
		}
		top := partOfTree(p)
		out = append(out, c.usesOf(p, s, watchLink, said, "%s is used and defined nowhere", func(_ *summary, name string) bool { return !all.linked[top+"/"+name] })...)
	}
	return out
}

// partial lists the names of which headers define neither all that they do in the base nor all that they do in the tip:

// other configurations may have to do without.
func (c *checker) partial(paths []string, files map[string]*summary, all *visible) []Problem {
	var out []Problem
	said := map[string]bool{}
	for _, p := range paths {
		out = append(out, c.usesOf(p, files[p], watchName, said, "%s is not defined in every configuration", func(s *summary, name string) bool {
			have := all.seenBy(p, s, name)
			return have != nil && !covers(have, c.offers[0].seenBy(p, s, name)) && !covers(have, c.offers[1].seenBy(p, s, name))
		})...)
	}
	return out
}

// usesOf lists the watched names, not said yet and not defined in the file, whose use there is bad. There may be no summary.
func (c *checker) usesOf(p string, s *summary, watched watch, said map[string]bool, what string, bad func(*summary, string) bool) []Problem {
	if s == nil {
		return nil
	}
	var out []Problem
	for _, name := range slices.Sorted(maps.Keys(s.uses)) {
		if c.watched[name]&watched != 0 && !said[name] && s.defs[name] == nil && bad(s, name) {
			said[name] = true
			out = append(out, Problem{What: what, Name: name, Path: p, Line: s.uses[name] + 1})
		}
	}
	return out
}

// covers reports whether have has all of want, of which there is something.
func covers(have, want map[string]int) bool {
	for k, n := range want {
		if have[k] < n {
			return false
		}
	}
	return len(want) > 0
}

// visible is what the touched files offer to each other.
type visible struct {
	defs     map[string]map[string]int // in headers, counted by header and kind
	anywhere map[string]bool
	fields   map[string]bool
	linked   map[string]bool     // by first directory and name
	arity    map[string][]int    // in headers
	types    map[string][]string // in headers
	open     map[string]bool     // declared in headers for other units
}

// seenBy returns the definitions of a name that a file may see, nil for none.
func (v *visible) seenBy(p string, s *summary, name string) map[string]int {
	var out map[string]int
	for k, n := range v.defs[name] {
		if _, def, _ := strings.Cut(k, " "); inScope(def, p, s.includes) {
			if out == nil {
				out = map[string]int{}
			}
			out[k] = n
		}
	}
	return out
}

func (v *visible) add(p string, s *summary) {
	for n, kinds := range s.defs {
		v.anywhere[n] = true
		if !s.shared {
			continue
		}
		if v.defs[n] == nil {
			v.defs[n] = map[string]int{}
		}
		for k, count := range kinds {
			v.defs[n][k+" "+p] += count
		}
		if kinds[string(csym.Proto)] > 0 && !s.static[n] {
			v.open[n] = true
		}
	}
	for n := range s.fields {
		v.fields[n] = true
	}
	top := partOfTree(p)
	for n := range s.linked {
		v.linked[top+"/"+n] = true
	}
	if s.shared {
		for n, a := range s.arity {
			v.arity[n] = append(v.arity[n], a...)
		}
		for n, types := range s.types {
			v.types[n] = append(v.types[n], types...)
		}
	}
}

const undeclared = "%s is declared nowhere"

// outside compares what a file uses with what it sees.
func (c *checker) outside(p string, s *summary, all *visible) []Problem {
	var out []Problem
	for _, name := range slices.Sorted(maps.Keys(s.uses)) {
		seen := s.defs[name] != nil || all.seenBy(p, s, name) != nil
		if !s.unit {
			seen = all.anywhere[name] // a header's user may see more than the header
		}
		if c.watched[name]&watchName != 0 && !seen {
			out = append(out, Problem{Path: p, What: undeclared, Name: name, Line: s.uses[name] + 1})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.static)) {
		if s.unit && s.static[name] && all.open[name] {
			out = append(out, Problem{Path: p, What: "%s is static here and not in a header", Name: name, Line: s.uses[name] + 1})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.members)) {
		if c.watched[name]&watchMember != 0 && !all.fields[name] {
			out = append(out, Problem{Path: p, What: "no structure has a member %s", Name: name, Line: s.members[name] + 1})
		}
	}
	for _, call := range s.calls {
		fits := slices.Concat(s.arity[call.Name], all.arity[call.Name])
		if call.Args >= 0 && len(fits) > 0 && !slices.Contains(fits, call.Args) && !slices.Contains(fits, -1) {
			out = append(out, Problem{Path: p, Func: call.Func, What: fmt.Sprintf("%%s takes no %d arguments", call.Args), Name: call.Name, Line: call.Line + 1})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.types)) {
		if own, others := s.types[name], all.types[name]; !s.shared && len(others) > 0 && !slices.ContainsFunc(own, func(x string) bool { return slices.Contains(others, x) }) {
			out = append(out, Problem{Path: p, What: "%s is declared with another type", Name: name, Line: s.uses[name] + 1})
		}
	}
	return out
}

// series checks every prefix, and tells visit of each prefix's tree of touched files.
func (c *checker) series(s *Series, visit func(*refactor.Tree)) ([]Problem, error) {
	known, open := map[flawKey]bool{}, map[flawKey]int{} // open: the index in out
	var out []Problem
	err := s.replay(c.base, c.paths, func(n int, t *refactor.Tree) error {
		found, err := c.problems(t)
		if err != nil {
			return err
		}
		now := map[flawKey]bool{}
		for _, p := range found {
			k := p.key()
			if now[k] = true; !known[k] {
				known[k], open[k] = true, len(out)
				p.Prefix = n
				out = append(out, p)
			}
		}
		for k, i := range open {
			if !now[k] {
				out[i].Until = n
				delete(open, k)
			}
		}
		visit(t)
		return nil
	})
	return out, err
}
