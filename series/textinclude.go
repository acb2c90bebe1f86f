package series

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// maxHeaders bounds the files of the base that may be meant by one name of a header, and maxReach those that one header brings.
const (
	maxHeaders = 12
	maxReach   = 2000
)

// headerNames finds what headers bring to those who include them: of the base, and of what touched files define or include besides.
type headerNames struct {
	base    *refactor.Tree
	touched map[string]*fileText
	byName  map[string][]string // paths of headers by base name
	read    map[string]*headerText
	reached map[string][]string
}

// headerText is what one header defines, and what it includes.
type headerText struct {
	names, old    map[string]bool // with all changes or before, and before
	includes, had []string        // after all changes or before, in any configuration; before, in all
}

func newHeaderNames(base *refactor.Tree, touched []*fileText) *headerNames {
	h := &headerNames{base, map[string]*fileText{}, map[string][]string{}, map[string]*headerText{}, map[string][]string{}}
	paths := map[string]bool{}
	for _, f := range touched {
		h.touched[f.path] = f
		paths[f.path] = true
	}
	for _, p := range base.Paths() {
		paths[p] = true
	}
	for _, p := range slices.Sorted(maps.Keys(paths)) {
		if path.Ext(p) == ".h" {
			h.byName[path.Base(p)] = append(h.byName[path.Base(p)], p)
		}
	}
	return h
}

// brings returns who can tell whether an #include of name in user brings a definition of a name: itself or one header on, or farther on where the
// includes of others do not, as far as can be told without conditionals.
func (h *headerNames) brings(name, user string, others map[string]bool) func(string) bool {
	var have map[string]bool
	near := map[string]bool{}
	for _, p := range h.find(name, user, archOf(user)) {
		near[p] = true
		for _, x := range h.file(p).includes {
			for _, q := range h.find(x, p, archOf(user)) {
				near[q] = true
			}
		}
	}
	return func(n string) bool {
		if h.defines(near, n) {
			return true
		}
		if !slices.ContainsFunc(h.reach(name, user), func(p string) bool { return h.file(p).names[n] }) {
			return false
		}
		if have == nil {
			have = h.all(others, user, "", "")
		}
		return !h.defines(have, n)
	}
}

// all is the set of the headers that includes in user bring, as if the header at path from did not include what dropped says.
func (h *headerNames) all(includes map[string]bool, user, from, dropped string) map[string]bool {
	out := map[string]bool{}
	for x := range includes {
		got := h.reach(x, user)
		if from != "" {
			got = h.without(x, user, from, dropped)
		}
		for _, p := range got {
			out[p] = true
		}
	}
	return out
}

// defines reports whether one of some headers defines a name.
func (h *headerNames) defines(headers map[string]bool, n string) bool {
	for p := range headers {
		if h.file(p).names[n] {
			return true
		}
	}
	return false
}

// reach lists the headers that an #include of name in user brings, by whatever way.
func (h *headerNames) reach(name, user string) []string {
	key := name + "\x00" + path.Dir(user)
	if got, ok := h.reached[key]; ok {
		return got
	}
	h.reached[key] = h.without(name, user, "", "")
	return h.reached[key]
}

// always lists the headers that a header includes in all configurations: outside every #if but one around everything.
func always(s *csym.Source) []string {
	open := enclosing(s)
	first := slices.IndexFunc(open, func(ifs []int) bool { return len(ifs) > 0 })
	guard := 0
	if first >= 0 {
		guard = 1
		end := len(open) - 1
		for end > first && len(open[end]) == 0 {
			end--
		}
		for n := first; n <= end; n++ {
			if len(open[n]) == 0 {
				guard = 0 // there are several
			}
		}
	}
	out := map[string]bool{}
	for n := range open {
		if len(open[n]) <= guard {
			maps.Copy(out, includedOn(s, n, n+1))
		}
	}
	return slices.Sorted(maps.Keys(out))
}

// without is reach; where from is given, before all changes and in all configurations, as if the header at path from did not include what dropped says.
func (h *headerNames) without(name, user, from, dropped string) []string {
	out := h.find(name, user, archOf(user))
	seen := map[string]bool{}
	for _, p := range out {
		seen[p] = true
	}
	for i := 0; i < len(out) && len(out) < maxReach; i++ {
		includes := h.file(out[i]).includes
		if from != "" {
			includes = h.file(out[i]).had
		}
		for _, x := range includes {
			if out[i] == from && x == dropped {
				continue
			}
			for _, q := range h.find(x, out[i], archOf(user)) {
				if !seen[q] {
					seen[q] = true
					out = append(out, q)
				}
			}
		}
	}
	return out
}

// archOf is the folder below arch/ that a path is in, "" for none.
func archOf(p string) string {
	_, rest, _ := strings.Cut("/"+p, "/arch/")
	arch, _, _ := strings.Cut(rest, "/")
	return arch
}

// find lists the files that an #include in user may mean in code for an architecture ("" for any); those for another one only if there are no others.
func (h *headerNames) find(name, user, arch string) []string {
	var out, far []string
	if own := archOf(user); own != "" {
		arch = own
	}
	for _, p := range h.byName[path.Base(name)] {
		switch {
		case p == path.Join(path.Dir(user), name):
			return []string{p}
		case !strings.HasSuffix(p, "/"+name) || partOfTree(p) != partOfTree(user):
		case arch == "" || archOf(p) == "" || archOf(p) == arch:
			out = append(out, p)
		default:
			far = append(far, p)
		}
	}
	if len(out) == 0 {
		out = far
	}
	return slices.Clone(out[:min(len(out), maxHeaders)])
}

// file reads one header.
func (h *headerNames) file(p string) *headerText {
	if got := h.read[p]; got != nil {
		return got
	}
	t := &headerText{names: map[string]bool{}, old: map[string]bool{}}
	h.read[p] = t
	sides := []*csym.Source{}
	if f := h.touched[p]; f != nil {
		sides = append(sides, f.before, f.after)
	} else if text, err := textOf(h.base.File(p)); err == nil { // what cannot be read defines nothing that is known
		sides = append(sides, csym.Scan(p, text))
	}
	includes := map[string]bool{}
	for i, s := range sides {
		for _, d := range s.Defs {
			if d.Kind != csym.Field {
				t.names[d.Name] = true
				t.old[d.Name] = t.old[d.Name] || i == 0
			}
		}
		maps.Copy(includes, includesOf(s))
		if i == 0 {
			t.had = always(s)
		}
	}
	t.includes = slices.Sorted(maps.Keys(includes))
	return t
}

// fromHeaders: a new #include comes before the text of its file that newly uses what the header brings, and an old one goes after
// the last such use.
func (t *textLinker) fromHeaders(f *fileText, h *headerNames) {
	used, left := usedIn(f.before), usedIn(f.after)
	had, has := includesOf(f.before), includesOf(f.after)
	for _, p := range f.pieces {
		for _, name := range slices.Sorted(maps.Keys(includedOn(f.after, p.b0, p.b1))) {
			t.fromHeader(f, p, h.brings(name, f.path, had), used, func(x *changeFacts) map[useKey]bool { return x.uses }, func(c int) {
				t.set.add(p.change, c, WhyNeed, refactor.Symbol{Kind: csym.File, Name: name})
			})
		}
		for _, name := range slices.Sorted(maps.Keys(includedOn(f.before, p.a0, p.a1))) {
			t.fromHeader(f, p, h.brings(name, f.path, has), left, func(x *changeFacts) map[useKey]bool { return x.drops }, func(c int) {
				t.set.add(c, p.change, WhyUnused, refactor.Symbol{Kind: csym.File, Name: name})
			})
		}
	}
}

// fromHeader tells link of the other changes to the file that have a name which piece p's header brings and which is not in other.
func (t *textLinker) fromHeader(f *fileText, p piece, brings func(string) bool, other map[string]bool, names func(*changeFacts) map[useKey]bool, link func(int)) {
	for _, q := range f.pieces {
		if q.change == p.change {
			continue
		}
		for k := range names(t.g.facts[q.change]) {
			if !k.member && !other[k.name] && brings(k.name) && !slices.ContainsFunc(t.made[k], func(e event) bool { return inScope(e.path, f.path, t.headers[f.oldPath]) }) {
				link(q.change)
			}
		}
	}
}

// throughHeaders: a header ceases to include another only after those who got something by that way have an #include, or a declaration of a
// structure, of their own.
func (t *textLinker) throughHeaders(h *headerNames) {
	for _, from := range t.files {
		if from.lang != csym.C || path.Ext(from.oldPath) != ".h" {
			continue
		}
		from.newFiles(0, func(c int, dropped string) {
			for _, f := range t.files {
				if f != from && f.lang == csym.C {
					t.throughHeader(h, f, from, c, dropped)
				}
			}
		})
	}
}

// throughHeader puts what f newly includes or declares before change c, with which the header from ceases to include dropped, if f got by that way what
// it now gets so.
func (t *textLinker) throughHeader(h *headerNames, f, from *fileText, c int, dropped string) {
	had := includesOf(f.before)
	before := h.all(had, f.path, "", "")
	if before[from.path] {
		t.otherwise(h, f, c, dropped, before, h.all(had, f.path, from.path, dropped))
	}
}

// dropped puts what gives a file the names that an #include brought before the change that drops it.
func (t *textLinker) dropped(h *headerNames, f *fileText) {
	has := includesOf(f.after)
	kept := includesOf(f.before)
	maps.DeleteFunc(kept, func(x string, _ bool) bool { return !has[x] })
	f.newFiles(0, func(c int, name string) {
		t.otherwise(h, f, c, name, h.all(map[string]bool{name: true}, f.path, "", ""), h.all(kept, f.path, f.path, ""))
	})
}

// otherwise puts what gives f, from now on, the names that it gets from some headers and not from others that it still has, before change c, with which
// the #include of dropped goes: its own #include or declaration, or a definition that comes into a header that it has.
func (t *textLinker) otherwise(h *headerNames, f *fileText, c int, dropped string, from, still map[string]bool) {
	was, is, had := usedIn(f.before), usedIn(f.after), includesOf(f.before)
	lost := map[string]bool{}
	for p := range from {
		for n, old := range h.file(p).old {
			lost[n] = lost[n] || old && was[n] && is[n] && !still[p]
		}
	}
	for p := range still {
		for n, old := range h.file(p).old {
			if old {
				delete(lost, n)
			}
		}
	}
	maps.DeleteFunc(lost, func(_ string, yes bool) bool { return !yes })
	if len(lost) == 0 {
		return
	}
	for _, p := range f.pieces {
		got := slices.ContainsFunc(f.after.Tags(p.b0, p.b1), func(n string) bool { return lost[n] })
		for name := range includedOn(f.after, p.b0, p.b1) {
			got = got || !had[name] && slices.ContainsFunc(h.reach(name, f.path), func(q string) bool {
				return !still[q] && slices.ContainsFunc(slices.Collect(maps.Keys(lost)), func(n string) bool { return h.file(q).names[n] })
			})
		}
		if got {
			t.set.add(p.change, c, WhyUnused, refactor.Symbol{Kind: csym.File, Name: dropped})
		}
	}
	has := h.all(includesOf(f.after), f.path, "", "")
	for _, n := range slices.Sorted(maps.Keys(lost)) {
		for _, e := range t.made[useKey{n, false}] {
			if has[e.path] {
				t.set.add(e.change, c, WhyNeed, symbolOf(e.def))
			}
		}
	}
}

// usedIn lists the plain names that a file uses.
func usedIn(s *csym.Source) map[string]bool { return namesIn(s, 0, len(s.Uses)) }
