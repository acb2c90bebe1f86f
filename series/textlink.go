package series

import (
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// event is a definition that a change makes, removes or alters.
type event struct {
	change int
	def    csym.Def
	path   string
	idl    bool
}

// local reports whether only the file of the definition can see it: what is static, and in a .c file everything but
// functions and objects.
func (e event) local() bool {
	return e.def.Static || strings.HasSuffix(e.path, ".c") && e.def.Kind != csym.Func && e.def.Kind != csym.Var
}

// textLinker turns what the texts say into edges.
type textLinker struct {
	g                    *Graph
	set                  *edgeSet
	files                []*fileText
	made, lost, resigned map[useKey][]event
	hidden               map[useKey][]event         // definitions that become static
	old                  map[useKey][]event         // definitions that the touched files had before
	headers              map[string]map[string]bool // per old path, the base names of the headers that the file names, before or after
	used                 map[useKey]bool            // names that a touched file used before without defining them: they come from elsewhere
}

// collect records what each piece of a file defines, removes, uses and no longer uses.
func (t *textLinker) collect(f *fileText) {
	had, has := defsByName(f.before), defsByName(f.after)
	if t.old == nil {
		t.old = map[useKey][]event{}
	}
	for k, ds := range had {
		for _, d := range ds {
			t.old[k] = append(t.old[k], event{-1, d, f.oldPath, false})
		}
	}
	t.foreign(f, had)
	t.included(f)
	for _, p := range f.pieces {
		facts := t.g.facts[p.change]
		facts.lines += p.a1 - p.a0 + p.b1 - p.b0
		if !slices.Contains(facts.files, f.oldPath) {
			facts.files = append(facts.files, f.oldPath)
		}
		facts.places = append(facts.places, f.where(p))
		addUses(facts.uses, f.after, p.b0, p.b1)
		for n := p.b0; n < p.b1 && n < len(f.after.Uses) && f.lang == csym.C; n++ {
			for _, u := range f.after.Uses[n] {
				if u.File {
					facts.includes[u.Name] = true
				}
			}
		}
		addUses(facts.drops, f.before, p.a0, p.a1)
	}
	t.definitions(f, f.after, had, piece.now, t.made, false)
	t.definitions(f, f.before, has, piece.old, t.lost, true)
}

// included notes the headers that a file includes.
func (t *textLinker) included(f *fileText) {
	if t.headers == nil {
		t.headers = map[string]map[string]bool{}
	}
	names := map[string]bool{}
	for _, s := range []*csym.Source{f.before, f.after} {
		for _, us := range s.Uses {
			for _, u := range us {
				if u.File {
					names[path.Base(u.Name)] = true
				}
			}
		}
	}
	t.headers[f.oldPath] = names
}

// foreign notes the names that a C file used before any change and does not itself define.
func (t *textLinker) foreign(f *fileText, had map[useKey][]csym.Def) {
	if t.used == nil {
		t.used = map[useKey]bool{}
	}
	if f.lang != csym.C {
		return
	}
	local := declared(f.before, 0, len(f.before.Uses))
	for _, us := range f.before.Uses {
		for _, u := range us {
			if k := keyOf(u); !u.File && had[k] == nil && (u.Member || !local[u.Name]) {
				t.used[k] = true
			}
		}
	}
}

// where places a piece in the new text, or in the old one if nothing is left of it.
func (f *fileText) where(p piece) where {
	w := where{file: f.oldPath, line: p.a0, item: f.oldPath}
	s, line := f.after, p.b0
	if p.b0 == p.b1 {
		s, line = f.before, p.a0
	}
	if i := s.ItemAt(line); i >= 0 {
		w.item = f.oldPath + ":" + s.Items[i].Name
	}
	return w
}

func addUses(set map[useKey]bool, s *csym.Source, from, to int) {
	for n := from; n < to && n < len(s.Uses); n++ {
		for _, u := range s.Uses[n] {
			if !u.File {
				set[keyOf(u)] = true
			}
		}
	}
}

func defsByName(s *csym.Source) map[useKey][]csym.Def {
	m := map[useKey][]csym.Def{}
	for _, d := range s.Defs {
		m[defKey(d)] = append(m[defKey(d)], d)
	}
	return m
}

// definitions finds, for one side, which piece each definition without a counterpart on the other side is in, and
// which definitions differ from their counterpart in what users see.
func (t *textLinker) definitions(f *fileText, s *csym.Source, other map[useKey][]csym.Def, span func(piece) (int, int), into map[useKey][]event, lost bool) {
	for _, d := range s.Defs {
		c := pieceAt(f.pieces, span, d.Line)
		k := defKey(d)
		twin, ok := sameKind(other[k], d)
		if ok && !lost && c >= 0 && d.Static && !twin.Static {
			t.hidden[k] = append(t.hidden[k], event{c, d, f.oldPath, false})
		}
		switch {
		case !ok && c >= 0, ok && c >= 0 && twin.Static && !d.Static:
			into[k] = append(into[k], event{c, d, f.oldPath, false})
			t.head(f, s, span, d, c)
			if lost {
				t.g.facts[c].lost = append(t.g.facts[c].lost, d)
			} else {
				t.g.facts[c].made = append(t.g.facts[c].made, d)
			}
		case ok && !lost && c >= 0 && t.movedWithin(f, twin, c, d) && d.Kind != csym.Field:
		case ok && !lost && twin.Sig != d.Sig && (d.Kind == csym.Field || d.Sig != "" && (isFunc(d.Kind) || d.Kind == csym.Macro)):
			if c < 0 {
				c = pieceIn(f.pieces, span, d.First, d.Last)
			}
			if c >= 0 {
				t.resigned[k] = append(t.resigned[k], event{c, d, f.oldPath, false})
				t.head(f, s, span, d, c)
			}
		}
	}
}

// head binds what changes in one signature.
func (t *textLinker) head(f *fileText, s *csym.Source, span func(piece) (int, int), d csym.Def, c int) {
	last := d.First
	for last < d.Last && last < len(s.Open) && s.Open[last].Brace == 0 {
		last++
	}
	for _, p := range f.pieces {
		if a, b := span(p); isFunc(d.Kind) && a <= last && b > d.First && a < b {
			t.set.both(c, p.change, WhyAtomic, symbolOf(d))
		}
	}
}

// movedWithin binds the two ends of a definition that moves inside its file.
func (t *textLinker) movedWithin(f *fileText, twin csym.Def, to int, d csym.Def) bool {
	from := pieceAt(f.pieces, piece.old, twin.Line)
	if from < 0 || from == to || twin.Sig != d.Sig && d.Kind != csym.Field {
		return false
	}
	t.set.both(from, to, WhyAtomic, symbolOf(d))
	return true
}

// sameKind finds a definition of d's kind, one with the same signature if there is.
func sameKind(ds []csym.Def, d csym.Def) (csym.Def, bool) {
	var found csym.Def
	ok := false
	for _, x := range ds {
		if x.Kind == d.Kind && (!ok || x.Sig == d.Sig) {
			found, ok = x, true
		}
	}
	return found, ok
}

// pieceAt returns the change whose piece covers the line, or -1.
func pieceAt(ps []piece, span func(piece) (int, int), line int) int {
	for _, p := range ps {
		if a, b := span(p); a <= line && line < b {
			return p.change
		}
	}
	return -1
}

// pieceIn returns the change of the first piece that lies in or touches lines [first,last], or -1.
func pieceIn(ps []piece, span func(piece) (int, int), first, last int) int {
	for _, p := range ps {
		if a, b := span(p); a <= last && b >= first {
			return p.change
		}
	}
	return -1
}

// link makes the edges between changes by names.
func (t *textLinker) link() {
	users, droppers := t.index(func(f *changeFacts) map[useKey]bool { return f.uses }), t.index(func(f *changeFacts) map[useKey]bool { return f.drops })
	for _, k := range keysOf(t.made) {
		for _, m := range t.made[k] {
			t.moves(k, m)
			t.needs(k, m, users[k])
		}
	}
	for _, k := range keysOf(t.lost) {
		for _, l := range t.lost[k] {
			t.removal(k, l, droppers[k])
		}
	}
	for _, k := range keysOf(t.hidden) {
		for _, h := range t.hidden[k] {
			t.hides(k, h)
		}
	}
	for _, k := range keysOf(t.resigned) {
		for _, r := range t.resigned[k] {
			t.signature(k, r, users[k], droppers[k])
		}
	}
}

// memberWords: a word that only members are called, as far as the touched files tell, means them in macros too:
// offsetof(struct x, member).
func (t *textLinker) memberWords() {
	local := map[string]map[string]bool{}
	for _, f := range t.files {
		local[f.oldPath] = declared(f.before, 0, len(f.before.Uses))
		for name := range declared(f.after, 0, len(f.after.Uses)) {
			local[f.oldPath][name] = true
		}
	}
	for _, f := range t.g.facts {
		for _, names := range []map[useKey]bool{f.uses, f.drops} {
			for k := range names {
				m := useKey{k.name, true}
				if !k.member && (t.made[m] != nil || t.lost[m] != nil) && t.made[k] == nil && t.lost[k] == nil && t.old[k] == nil &&
					!slices.ContainsFunc(f.files, func(p string) bool { return local[p][k.name] || csym.LangOf(p) != csym.C }) {
					names[m] = true
				}
			}
		}
	}
}

// index inverts facts: names to the changes that have them, for the names that any event is about.
func (t *textLinker) index(names func(*changeFacts) map[useKey]bool) map[useKey][]int {
	out := map[useKey][]int{}
	for i, f := range t.g.facts {
		for k := range names(f) {
			if t.made[k] != nil || t.lost[k] != nil || t.resigned[k] != nil {
				out[k] = append(out[k], i)
			}
		}
	}
	return out
}

func keysOf(m map[useKey][]event) []useKey {
	out := make([]useKey, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b useKey) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		if a.member == b.member {
			return 0
		} else if a.member {
			return 1
		}
		return -1
	})
	return out
}

func symbolOf(d csym.Def) refactor.Symbol { return refactor.Symbol{Kind: d.Kind, Name: d.Name} }

// moves: a name that leaves one place and appears in another must do so in one step. So must a function that is static in the one place
// and declared for all in the other.
func (t *textLinker) moves(k useKey, m event) {
	if k.member || m.def.Kind == csym.Word {
		return
	}
	for _, l := range t.lost[k] {
		if (l.def.Kind == m.def.Kind || rivals(l.def, m.def)) && l.change != m.change && (inScope(l.path, m.path, t.headers[m.path]) || inScope(m.path, l.path, t.headers[l.path])) {
			t.set.both(l.change, m.change, WhyAtomic, symbolOf(m.def))
		}
	}
}

// hides: what becomes static is not declared for others any more.
func (t *textLinker) hides(k useKey, h event) {
	for _, l := range t.lost[k] {
		if l.def.Kind == csym.Proto && l.path != h.path && inScope(l.path, h.path, t.headers[h.path]) {
			t.set.add(l.change, h.change, WhyUnused, symbolOf(l.def))
		}
	}
}

// rivals reports whether two definitions of one name cannot both be seen: a static function and one that is not.
func rivals(a, b csym.Def) bool { return isFunc(a.Kind) && isFunc(b.Kind) && a.Static != b.Static }

func isFunc(k refactor.SymbolKind) bool { return k == csym.Func || k == csym.Proto }

// needs: whoever uses a new name comes after whoever defines it. A name that the touched files knew before says nothing.
func (t *textLinker) needs(k useKey, m event, users []int) {
	if t.known(k, m) {
		return
	}
	first := -1
	for _, u := range users {
		f := t.g.facts[u]
		if u == m.change || !t.sees(f, m) || t.defines(u, k, m.def.Kind) {
			continue
		}
		t.set.add(m.change, u, WhyNeed, symbolOf(m.def))
		if first < 0 && slices.Contains(f.files, m.path) {
			first = u
		}
	}
	// A static function that nobody calls yet does not compile without a warning.
	if m.def.Kind == csym.Func && m.def.Static && !m.def.Inline && first >= 0 && !strings.HasSuffix(m.path, ".h") {
		t.set.both(m.change, first, WhyAtomic, symbolOf(m.def))
	}
}

// known reports whether a definition visible where m's is was there before.
func (t *textLinker) known(k useKey, m event) bool {
	if t.used[k] && !m.local() && t.old[k] == nil {
		return true
	}
	for _, o := range t.old[k] {
		if o.path == m.path && o.def.Kind == m.def.Kind && !o.def.Static || o.path != m.path && !o.local() && !m.local() && (o.def.Kind == m.def.Kind || m.def.Kind == csym.Proto && o.def.Kind == csym.Func) {
			return true
		}
	}
	return false
}

// sees reports whether text in the files of f can mean the definition of m.
func (t *textLinker) sees(f *changeFacts, m event) bool {
	for _, p := range f.files {
		lang := csym.LangOf(p)
		switch {
		case lang == csym.Text && strings.Contains(m.def.Name, "_") && len(m.def.Name) > 5:
			return true // documentation comes with or after what it names
		case lang == csym.Text, lang == csym.Make && m.def.Kind != csym.Config && m.def.Kind != csym.Word:
		case p == m.path:
			return true
		case lang == csym.C && !inScope(m.path, p, t.headers[p]):
		case m.def.Kind == csym.Perm && lang == csym.C && m.def.Name == strings.ToLower(m.def.Name): // C sees CLASS__PERM, never the bare word
		case m.local() || m.def.Kind == csym.Word && lang != csym.LangOf(m.path):
		default:
			return true
		}
	}
	return false
}

// defines reports whether change c itself defines the name, in the same way or as the other half of prototype and body.
func (t *textLinker) defines(c int, k useKey, kind refactor.SymbolKind) bool {
	for _, d := range t.g.facts[c].made {
		if defKey(d) == k && (d.Kind == kind || isFunc(kind)) {
			return true
		}
	}
	return false
}

// removal: whoever stops using a name comes before whoever removes it, unless it lives on elsewhere.
func (t *textLinker) removal(k useKey, l event, droppers []int) {
	for _, m := range t.made[k] {
		if m.def.Kind == l.def.Kind {
			return
		}
	}
	for _, d := range droppers {
		f := t.g.facts[d]
		if d != l.change && !f.uses[k] && t.sees(f, l) && !t.loses(d, k) {
			t.set.add(d, l.change, WhyUnused, symbolOf(l.def))
		}
	}
}

func (t *textLinker) loses(c int, k useKey) bool {
	for _, d := range t.g.facts[c].lost {
		if defKey(d) == k {
			return true
		}
	}
	return false
}

// signature: call sites that change with a signature go with it.
func (t *textLinker) signature(k useKey, r event, users, droppers []int) {
	used := map[int]bool{}
	for _, u := range users {
		used[u] = true
	}
	dropped := map[int]bool{}
	for _, d := range droppers {
		dropped[d] = true
		if d != r.change && t.sees(t.g.facts[d], r) {
			if used[d] {
				t.set.both(r.change, d, WhyAtomic, symbolOf(r.def))
			} else {
				t.set.add(d, r.change, WhyUnused, symbolOf(r.def))
			}
		}
	}
	for _, u := range users {
		if u != r.change && !dropped[u] && t.sees(t.g.facts[u], r) {
			t.set.add(r.change, u, WhyNeed, symbolOf(r.def))
		}
	}
}
