package series

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// includer is a change that brings an #include into a file.
type includer struct {
	change int
	name   string // as written
	file   *fileText
}

// movers follows definitions that leave one header for another.
type movers struct {
	t         *textLinker
	byPath    map[string]*fileText
	includers []includer
	used      map[*fileText]map[string]bool // plain names that a file uses after all changes
	defined   map[*fileText]map[string]bool // and defines
	reached   map[*fileText]map[string]bool
}

// emigrants: a definition leaves one header for another not before those include the other one who newly do so. A header includes it for
// its own users too. Where the old header includes the new one, or still defines the name, that is enough.
func (t *textLinker) emigrants() {
	m := &movers{t, map[string]*fileText{}, nil, map[*fileText]map[string]bool{}, map[*fileText]map[string]bool{}, map[*fileText]map[string]bool{}}
	for _, f := range t.files {
		m.byPath[f.oldPath] = f
		m.note(f)
	}
	for _, k := range keysOf(t.lost) {
		for _, l := range t.lost[k] {
			for _, to := range t.made[k] {
				if l.path != to.path && path.Ext(l.path) == ".h" && path.Ext(to.path) == ".h" && to.def.Kind == l.def.Kind && !k.member {
					m.follow(k, l, to)
				}
			}
		}
	}
}

// relocated binds the two ends of an #include that moves inside its file.
func (t *textLinker) relocated(f *fileText) {
	gone := map[string]int{}
	for _, p := range f.pieces {
		for name := range includedOn(f.before, p.a0, p.a1) {
			gone[name] = p.change
		}
	}
	for _, p := range f.pieces {
		for name := range includedOn(f.after, p.b0, p.b1) {
			if c, ok := gone[name]; ok && c != p.change {
				t.set.both(c, p.change, WhyAtomic, refactor.Symbol{Kind: csym.File, Name: name})
			}
		}
	}
}

// includedOn lists the headers that lines [from,to) include, as written.
func includedOn(s *csym.Source, from, to int) map[string]bool {
	out := map[string]bool{}
	for n := from; n < to && n < len(s.Uses); n++ {
		for _, u := range s.Uses[n] {
			if u.File {
				out[u.Name] = true
			}
		}
	}
	return out
}

// newFiles tells of the files that lines of f on one side (0 before, 1 after) name and none of the other side does, by change.
func (f *fileText) newFiles(side int, tell func(c int, name string)) {
	s, other, span := f.before, f.after, piece.old
	if side == 1 {
		s, other, span = f.after, f.before, piece.now
	}
	had := includesOf(other)
	for _, p := range f.pieces {
		from, to := span(p)
		for _, name := range slices.Sorted(maps.Keys(includedOn(s, from, to))) {
			if !had[name] {
				tell(p.change, name)
			}
		}
	}
}

// note lists the headers that a file newly includes.
func (m *movers) note(f *fileText) {
	f.newFiles(1, func(c int, name string) { m.includers = append(m.includers, includer{c, name, f}) })
}

// follow puts those who newly include the header that a definition goes to, if by way of another that is touched, before it goes.
func (m *movers) follow(k useKey, l, to event) {
	from := m.byPath[l.path]
	if from == nil || m.defines(from)[k.name] {
		return
	}
	own := m.reach(from)
	for _, x := range m.includers {
		switch inside := x.file == from || own[x.file.oldPath]; {
		case own[to.path] && !inside:
		case path.Ext(x.file.path) != ".h" && !m.uses(x.file)[k.name]:
		case m.means(x.file, x.name, to.path):
			m.t.set.add(x.change, l.change, WhyNeed, symbolOf(to.def))
		}
	}
}

// means reports whether an #include in a file brings the touched header at path p.
func (m *movers) means(f *fileText, name, p string) bool {
	for q, h := range m.byPath {
		if mayInclude(f.path, name, h.path) && (q == p || m.reach(h)[p]) {
			return true
		}
	}
	return false
}

// mayInclude reports whether an #include in file user may find the header at path p.
func mayInclude(user, name, p string) bool {
	return p == path.Join(path.Dir(user), name) || strings.HasSuffix("/"+p, "/"+name) && partOfTree(p) == partOfTree(user)
}

// reach lists the old paths of the touched headers that a file includes after all changes, through each other.
func (m *movers) reach(f *fileText) map[string]bool {
	if got := m.reached[f]; got != nil {
		return got
	}
	out := map[string]bool{}
	m.reached[f] = out
	todo := []*fileText{f}
	for len(todo) > 0 {
		g := todo[0]
		todo = todo[1:]
		for name := range includesOf(g.after) {
			for q, h := range m.byPath {
				if !out[q] && path.Ext(h.path) == ".h" && mayInclude(g.path, name, h.path) {
					out[q] = true
					todo = append(todo, h)
				}
			}
		}
	}
	return out
}

func (m *movers) uses(f *fileText) map[string]bool {
	if m.used[f] == nil {
		m.used[f] = usedIn(f.after)
	}
	return m.used[f]
}

func (m *movers) defines(f *fileText) map[string]bool {
	if m.defined[f] == nil {
		m.defined[f] = map[string]bool{}
		for _, d := range f.after.Defs {
			if d.Kind != csym.Field {
				m.defined[f][d.Name] = true
			}
		}
	}
	return m.defined[f]
}
