package series

import (
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// maxHeaders bounds the files of the base that may be meant by one name of a header.
const maxHeaders = 12

// headerNames finds what headers of the base define that no change touches.
type headerNames struct {
	base   *refactor.Tree
	byName map[string][]string // paths of headers by base name
	seen   map[string]map[string]bool
}

func newHeaderNames(base *refactor.Tree, touched map[string][]int) *headerNames {
	h := &headerNames{base: base, byName: map[string][]string{}, seen: map[string]map[string]bool{}}
	for _, p := range base.Paths() {
		if _, ok := touched[p]; path.Ext(p) == ".h" && !ok {
			h.byName[path.Base(p)] = append(h.byName[path.Base(p)], p)
		}
	}
	return h
}

// of returns the names that the header, as user includes it, defines itself or through headers that it includes.
func (h *headerNames) of(name, user string) map[string]bool {
	out := map[string]bool{}
	for _, p := range h.find(name, user) {
		own, nested := h.file(p)
		for n := range own {
			out[n] = true
		}
		for _, x := range nested {
			for _, q := range h.find(x, p) {
				more, _ := h.file(q)
				for n := range more {
					out[n] = true
				}
			}
		}
	}
	return out
}

// find lists the files that an #include in user may mean.
func (h *headerNames) find(name, user string) []string {
	var out []string
	for _, p := range h.byName[path.Base(name)] {
		if p == path.Join(path.Dir(user), name) || strings.HasSuffix(p, "/"+name) && partOfTree(p) == partOfTree(user) && len(out) < maxHeaders {
			out = append(out, p)
		}
	}
	return out
}

// file returns what one header defines, and what it includes.
func (h *headerNames) file(p string) (map[string]bool, []string) {
	text, err := textOf(h.base.File(p))
	if err != nil {
		return nil, nil // what cannot be read defines nothing that is known
	}
	src := csym.Scan(p, text)
	if h.seen[p] == nil {
		h.seen[p] = map[string]bool{}
		for _, d := range src.Defs {
			if d.Kind != csym.Field {
				h.seen[p][d.Name] = true
			}
		}
	}
	var nested []string
	for _, us := range src.Uses {
		for _, u := range us {
			if u.File {
				nested = append(nested, u.Name)
			}
		}
	}
	return h.seen[p], nested
}

// fromHeaders: a new #include comes before the text of its file that newly uses what the header defines, and an old one goes after
// the last such use.
func (t *textLinker) fromHeaders(f *fileText, h *headerNames) {
	used, left := usedIn(f.before), usedIn(f.after)
	for _, p := range f.pieces {
		t.eachIncluded(f, h, p, f.after, p.b0, p.b1, func(c int, name string) {
			if !used[name] {
				t.set.add(p.change, c, WhyNeed, refactor.Symbol{Kind: csym.File, Name: name})
			}
		}, func(x *changeFacts) map[useKey]bool { return x.uses })
		t.eachIncluded(f, h, p, f.before, p.a0, p.a1, func(c int, name string) {
			if !left[name] {
				t.set.add(c, p.change, WhyUnused, refactor.Symbol{Kind: csym.File, Name: name})
			}
		}, func(x *changeFacts) map[useKey]bool { return x.drops })
	}
}

// eachIncluded tells link of the other changes to the file that have a name of a header which lines [from,to) include.
func (t *textLinker) eachIncluded(f *fileText, h *headerNames, p piece, s *csym.Source, from, to int, link func(c int, name string), names func(*changeFacts) map[useKey]bool) {
	for n := from; n < to && n < len(s.Uses); n++ {
		for _, u := range s.Uses[n] {
			if !u.File {
				continue
			}
			defines := h.of(u.Name, f.path)
			for _, q := range f.pieces {
				if q.change == p.change {
					continue
				}
				for k := range names(t.g.facts[q.change]) {
					if !k.member && defines[k.name] && !slices.ContainsFunc(t.made[k], func(e event) bool { return inScope(e.path, f.path, t.headers[f.oldPath]) }) {
						link(q.change, k.name)
					}
				}
			}
		}
	}
}

// usedIn lists the plain names that a file uses.
func usedIn(s *csym.Source) map[string]bool { return namesIn(s, 0, len(s.Uses)) }
