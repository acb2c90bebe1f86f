package series

import (
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// balance binds pieces that only together close what they open, brackets and conditionals; what is complete in itself
// but stands inside comes after what opens. An #else that comes and another that goes are one step.
func (t *textLinker) balance(f *fileText) {
	var branches []branch
	t.nesting(f, func(p piece) csym.Balance {
		own := sumBalance(f.after, p.b0, p.b1).Sub(sumBalance(f.before, p.a0, p.a1))
		if own.Else != 0 {
			branches = append(branches, branch{p.change, own.Else})
		}
		return own
	}, func(_, _ piece) bool { return true })
	// Text that takes the place of other text may change what is open between the parts that it was cut into.
	t.nesting(f, func(p piece) csym.Balance { return sumBalance(f.after, p.b0, p.b1) }, func(before, p piece) bool { return before.b1 == p.b0 })
	for i := 1; i < len(branches); i++ {
		if a, b := branches[i-1], branches[i]; (a.more > 0) != (b.more > 0) {
			t.set.both(a.change, b.change, WhyAtomic, refactor.Symbol{Kind: "brackets", Name: f.path})
		}
	}
}

// nesting binds by what own says that each piece opens; nothing is open any more where a piece does not go on from the last.
func (t *textLinker) nesting(f *fileText, own func(piece) csym.Balance, goesOn func(before, p piece) bool) {
	var open csym.Balance
	opener := -1
	sym := refactor.Symbol{Kind: "brackets", Name: f.path}
	for i, p := range f.pieces {
		if i > 0 && !goesOn(f.pieces[i-1], p) {
			open, opener = csym.Balance{}, -1
		}
		mine := own(p)
		mine.Else = 0
		open = open.Add(mine)
		switch {
		case mine.Zero() && opener >= 0:
			t.set.add(opener, p.change, WhyNested, sym)
		case opener >= 0:
			t.set.both(opener, p.change, WhyAtomic, sym)
		}
		if open.Zero() {
			opener = -1
		} else if !mine.Zero() {
			opener = p.change
		}
	}
}

// branch is how many more #else a change has than it takes away.
type branch struct{ change, more int }

// sumBalance sums lines [from,to). An #else of a conditional that these lines open is their own affair.
func sumBalance(s *csym.Source, from, to int) csym.Balance {
	var b csym.Balance
	for n := from; n < to && n < len(s.Open); n++ {
		line := s.Open[n]
		if b.If > 0 {
			line.Else = 0
		}
		b = b.Add(line)
	}
	return b
}

// locals binds pieces inside one function by the local names that appear or disappear in it.
func (t *textLinker) locals(f *fileText) {
	for _, it := range f.after.Items {
		if it.Kind != csym.Func {
			continue
		}
		var inside []piece
		lo := sort.Search(len(f.pieces), func(i int) bool { return f.pieces[i].b1 >= it.First })
		for _, p := range f.pieces[lo:] {
			if p.b0 > it.Last {
				break
			}
			if p.b1 > it.First || p.b0 == p.b1 { // not what ends just before
				inside = append(inside, p)
			}
		}
		if len(inside) > 0 {
			t.localNames(f, it, inside)
		}
	}
}

// localNames handles one function that several pieces change.
func (t *textLinker) localNames(f *fileText, it csym.Item, ps []piece) {
	before := itemNamed(f.before, it.Name)
	old := map[string]bool{}
	if before >= 0 {
		old = namesIn(f.before, f.before.Items[before].First, f.before.Items[before].Last+1)
	}
	now := namesIn(f.after, it.First, it.Last+1)
	if before >= 0 {
		t.retyped(f, f.before.Items[before], it, ps)
	}
	for i, p := range ps {
		for name := range declared(f.after, p.b0, p.b1) {
			if !old[name] {
				t.tieLocal(f, name, ps, i, true)
			}
		}
		for name := range declared(f.before, p.a0, p.a1) {
			if !now[name] {
				t.tieLocal(f, name, ps, i, false)
			}
		}
	}
}

// retyped binds what declares a variable or parameter as another structure or pointer than before to what else a function says of it, and
// to the new signatures of the functions that it is given to.
func (t *textLinker) retyped(f *fileText, was, it csym.Item, ps []piece) {
	old := typesIn(f.before, was)
	for name, now := range typesIn(f.after, it) {
		o, ok := old[name]
		if !ok || shape(o.typ) == shape(now.typ) {
			continue // one number for another: what is said of it holds still
		}
		at := pieceAt(ps, piece.now, now.line)
		if at < 0 {
			continue
		}
		sym := refactor.Symbol{Kind: "local", Name: name}
		for _, p := range ps {
			if p.change != at && (namesIn(f.after, p.b0, p.b1)[name] || namesIn(f.before, p.a0, p.a1)[name]) {
				t.set.both(at, p.change, WhyAtomic, sym)
			}
		}
		for n := it.First; n <= it.Last && n < len(f.after.Uses); n++ {
			if !namesIn(f.after, n, n+1)[name] {
				continue
			}
			for _, u := range f.after.Uses[n] {
				for _, r := range t.resigned[useKey{u.Name, false}] {
					if u.Call && r.change != at && t.sees(t.g.facts[at], r) {
						t.set.both(at, r.change, WhyAtomic, symbolOf(r.def))
					}
				}
			}
		}
	}
}

// shape is what a type has of structures and pointers.
func shape(typ string) string {
	words := strings.Fields(typ)
	out := ""
	for k, w := range words {
		switch {
		case w == "*":
			out += w
		case (w == "struct" || w == "union") && k+1 < len(words):
			out += words[k+1]
		}
	}
	return out
}

// declaredAt is a variable's type and the line of its first declaration.
type declaredAt struct {
	typ  string
	line int
}

// typesIn lists what an item declares.
func typesIn(s *csym.Source, it csym.Item) map[string]declaredAt {
	out := map[string]declaredAt{}
	for n := it.First; n <= it.Last && n < len(s.Uses); n++ {
		for _, u := range s.Uses[n] {
			if _, ok := out[u.Name]; u.Decl && u.Type != "" && !ok {
				out[u.Name] = declaredAt{u.Type, n}
			}
		}
	}
	return out
}

// tieLocal: uses of a new local come after its declaration, the first of them with it since an unused variable is
// a warning; a declaration goes after the last use, and with one of them.
func (t *textLinker) tieLocal(f *fileText, name string, ps []piece, at int, added bool) {
	first := true
	sym := refactor.Symbol{Kind: "local", Name: name}
	for i, p := range ps {
		if i == at || p.change == ps[at].change {
			continue
		}
		names := namesIn(f.after, p.b0, p.b1)
		if !added {
			names = namesIn(f.before, p.a0, p.a1)
		}
		if !names[name] {
			continue
		}
		switch {
		case first:
			t.set.both(ps[at].change, p.change, WhyAtomic, sym)
		case added:
			t.set.add(ps[at].change, p.change, WhyNeed, sym)
		default:
			t.set.add(p.change, ps[at].change, WhyUnused, sym)
		}
		first = false
	}
}

func itemNamed(s *csym.Source, name string) int {
	for i, it := range s.Items {
		if it.Kind == csym.Func && it.Name == name {
			return i
		}
	}
	return -1
}

// namesIn lists the plain names on lines [from,to).
func namesIn(s *csym.Source, from, to int) map[string]bool {
	out := map[string]bool{}
	for n := from; n < to && n < len(s.Uses); n++ {
		for _, u := range s.Uses[n] {
			if !u.Member && !u.File {
				out[u.Name] = true
			}
		}
	}
	return out
}

// declared lists the local names that lines [from,to) declare.
func declared(s *csym.Source, from, to int) map[string]bool {
	out := map[string]bool{}
	for n := from; n < to && n < len(s.Uses); n++ {
		for _, u := range s.Uses[n] {
			if u.Decl {
				out[u.Name] = true
			}
		}
	}
	return out
}

// includes: a header must exist before it is included and be included until it goes; what a file newly uses from a
// header that it newly includes comes after the #include.
func (t *textLinker) includes(f *fileText, tip *refactor.Tree) {
	for _, p := range f.pieces {
		for n := p.b0; n < p.b1 && n < len(f.after.Uses); n++ {
			for _, u := range f.after.Uses[n] {
				if !u.File || f.lang != csym.C {
					continue
				}
				for _, h := range t.files {
					if isHeader(h.path, u.Name) {
						t.header(f, p, h)
					}
				}
			}
		}
		for n := p.a0; n < p.a1 && n < len(f.before.Uses); n++ {
			for _, u := range f.before.Uses[n] {
				if u.File {
					t.dropFile(u.Name, p.change)
				}
			}
		}
	}
}

// isHeader reports whether path p may be what #include <name> finds.
func isHeader(p, name string) bool {
	return p == name || strings.HasSuffix(p, "/"+name) || strings.HasSuffix(p, "/"+path.Base(name)) && !strings.Contains(name, "/")
}

// header: piece p of f includes h, which the changes touch.
func (t *textLinker) header(f *fileText, p piece, h *fileText) {
	for _, q := range h.pieces {
		if q.a0 == q.a1 && q.b0 == 0 && len(h.before.Defs) == 0 && q.change != p.change && t.creates(q.change, h.path) {
			t.set.add(q.change, p.change, WhyFile, refactor.Symbol{Kind: csym.File, Name: h.path})
		}
	}
	names := map[string]bool{}
	for _, d := range h.after.Defs {
		names[d.Name] = true
	}
	for _, q := range f.pieces {
		if q.change == p.change {
			continue
		}
		for k := range t.g.facts[q.change].uses {
			if names[k.name] && !t.g.facts[q.change].drops[k] {
				t.set.add(p.change, q.change, WhyFile, refactor.Symbol{Kind: csym.File, Name: h.path})
				break
			}
		}
	}
}

func (t *textLinker) creates(c int, p string) bool {
	for _, op := range t.g.Changes[c].Files {
		if op.Path == p && (op.Kind == refactor.OpCreate || op.Kind == refactor.OpRename || op.Kind == refactor.OpCopy) {
			return true
		}
	}
	return false
}

// dropFile: change c stops including or building a file; whoever deletes or moves that file comes after it.
func (t *textLinker) dropFile(name string, c int) {
	for i, ch := range t.g.Changes {
		for _, op := range ch.Files {
			gone := op.Path
			if op.Kind == refactor.OpRename {
				gone = op.From
			} else if op.Kind != refactor.OpDelete {
				continue
			}
			folder := csym.LangOf(gone) == csym.Make && path.Dir(gone)+"/" == name
			if i != c && (folder || isHeader(gone, name) || strings.TrimSuffix(gone, path.Ext(gone)) == name) {
				t.set.add(c, i, WhyUnused, refactor.Symbol{Kind: csym.File, Name: gone})
				if op.Kind == refactor.OpRename {
					t.set.add(i, c, WhyAtomic, refactor.Symbol{Kind: csym.File, Name: gone})
				}
			}
		}
	}
}

// objects: a makefile may name an object once its source is there, another file once it is, and a folder once that has a makefile.
func (t *textLinker) objects() {
	made, files := map[string]int{}, map[string]int{}
	for i, c := range t.g.Changes {
		for _, op := range c.Files {
			if op.Kind != refactor.OpCreate && op.Kind != refactor.OpRename {
				continue
			}
			files[op.Path] = i
			if csym.LangOf(op.Path) == csym.Make {
				files[path.Dir(op.Path)+"/"] = i
			}
			if ext := path.Ext(op.Path); ext == ".c" || ext == ".S" {
				made[strings.TrimSuffix(op.Path, ext)] = i
			}
		}
	}
	if len(files) == 0 {
		return
	}
	names := slices.Sorted(maps.Keys(files))
	for _, f := range t.files {
		if f.lang != csym.Make {
			continue
		}
		for _, p := range f.pieces {
			for n := p.b0; n < p.b1 && n < len(f.after.Uses); n++ {
				for _, u := range f.after.Uses[n] {
					if !u.File {
						continue
					}
					if i, ok := made[u.Name]; ok {
						t.set.add(i, p.change, WhyFile, refactor.Symbol{Kind: csym.File, Name: t.g.Changes[i].Files[0].Path})
						t.linked(i, p.change)
					}
					for _, name := range names {
						if name == u.Name || path.Ext(u.Name) != "" && isHeader(name, u.Name) {
							t.set.add(files[name], p.change, WhyFile, refactor.Symbol{Kind: csym.File, Name: name})
						}
					}
				}
			}
		}
	}
}

// linked: whoever uses what a new source file defines comes after the makefile names its object, or it does not link.
func (t *textLinker) linked(source, makefile int) {
	for u, f := range t.g.facts {
		if u == source || u == makefile {
			continue
		}
		for _, d := range t.g.facts[source].made {
			if !d.Static && (d.Kind == csym.Func || d.Kind == csym.Var) && f.uses[defKey(d)] && !f.drops[defKey(d)] && !t.defines(u, defKey(d), d.Kind) && t.isC(f) {
				t.set.add(makefile, u, WhyNeed, symbolOf(d))
				break
			}
		}
	}
}

func (t *textLinker) isC(f *changeFacts) bool {
	for _, p := range f.files {
		if path.Ext(p) == ".c" || path.Ext(p) == ".S" {
			return true
		}
	}
	return false
}
