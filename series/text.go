package series

import (
	"cmp"
	"slices"
	"sort"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// piece is one edit of a change seen in both texts: lines [a0,a1) of the old become [b0,b1) of the new, from 0.
type piece struct {
	change         int
	a0, a1, b0, b1 int
}

// old is the piece's lines before the changes, and now those after them.
func (p piece) old() (from, to int) { return p.a0, p.a1 }
func (p piece) now() (from, to int) { return p.b0, p.b1 }

// fileText is a file before and after all changes, with the pieces in order.
type fileText struct {
	oldPath, path string // "" when it does not exist on that side
	lang          csym.Lang
	before, after *csym.Source
	pieces        []piece
}

// changeFacts is what the text of a change says, over all its pieces.
type changeFacts struct {
	made, lost []csym.Def
	uses       map[useKey]bool // names on new lines
	drops      map[useKey]bool // names on old lines
	includes   map[string]bool // headers that new lines include, as written
	lines      int             // added and removed
	files      []string        // old paths, or new ones of created files
	places     []where
}

// where is a piece's file, line in the old text, and the item it is in.
type where struct {
	file, item string
	line       int
}

// useKey is a name in its name space.
type useKey struct {
	name   string
	member bool
}

func keyOf(u csym.Use) useKey { return useKey{u.Name, u.Member} }

func defKey(d csym.Def) useKey { return useKey{d.Name, d.Kind == csym.Field} }

// textEdges reads the text of every touched file on both sides and finds who defines what others use.
func (g *Graph) textEdges(tip *refactor.Tree, set *edgeSet) error {
	files, err := g.fileTexts(tip)
	if err != nil {
		return err
	}
	g.facts = make([]*changeFacts, len(g.Changes))
	for i := range g.facts {
		g.facts[i] = &changeFacts{uses: map[useKey]bool{}, drops: map[useKey]bool{}, includes: map[string]bool{}}
	}
	t := &textLinker{g: g, set: set, files: files, made: map[useKey][]event{}, lost: map[useKey][]event{}, resigned: map[useKey][]event{}, hidden: map[useKey][]event{}}
	for _, f := range files {
		t.collect(f)
	}
	t.memberWords()
	t.link()
	t.emigrants()
	headers := newHeaderNames(g.Base, files)
	for _, f := range files {
		if f.lang == csym.C || f.lang == csym.Kconfig {
			t.balance(f)
		}
		if f.lang == csym.C {
			t.locals(f)
			t.relocated(f)
			t.conditions(f)
			t.fromHeaders(f, headers)
			t.dropped(headers, f)
		}
		t.includes(f, tip)
	}
	t.throughHeaders(headers)
	t.objects()
	t.generated(tip)
	t.pasted()
	return g.warnings(set)
}

// fileTexts scans the touched text files and lays the edits out as pieces.
func (g *Graph) fileTexts(tip *refactor.Tree) ([]*fileText, error) {
	paths := g.touched()
	moved := map[string]string{}
	made := map[string]bool{}
	for _, c := range g.Changes {
		for _, op := range c.Files {
			if op.Kind == refactor.OpRename {
				moved[op.From] = op.Path
				made[op.Path] = true
			}
		}
	}
	var out []*fileText
	var names []string
	for p := range paths.by {
		names = append(names, p)
	}
	sort.Strings(names)
	for _, p := range names {
		if made[p] && g.Base.File(p) == nil {
			continue // seen from its old path
		}
		f, err := g.fileText(p, moved[p], tip, paths.by[p])
		if err != nil {
			return nil, err
		}
		if f != nil {
			out = append(out, f)
		}
	}
	return out, nil
}

// fileText reads both sides of one path; nil for what is not text.
func (g *Graph) fileText(p, moved string, tip *refactor.Tree, changes []int) (*fileText, error) {
	f := &fileText{oldPath: p, path: p, lang: csym.LangOf(p)}
	if moved != "" {
		f.path = moved
	}
	from, err := textOf(g.Base.File(p))
	if err != nil {
		return nil, err
	}
	to, err := textOf(tip.File(f.path))
	if err != nil || refactor.IsBinary(from) || refactor.IsBinary(to) {
		return nil, err
	}
	f.before, f.after = csym.Scan(p, from), csym.Scan(f.path, to)
	f.layout(g, changes, from, to)
	return f, nil
}

// textOf returns a regular file's content, nothing for what is absent or no regular file.
func textOf(f *refactor.File) ([]byte, error) {
	if f == nil || f.Mode == refactor.ModeSymlink || f.Mode == refactor.ModeGitlink {
		return nil, nil
	}
	return f.Bytes()
}

// layout makes the pieces. Whole-file operations count as one piece over all lines.
func (f *fileText) layout(g *Graph, changes []int, from, to []byte) {
	type own struct {
		c int
		e refactor.Edit
	}
	var es []own
	created := false
	for _, c := range changes {
		for _, op := range g.Changes[c].Files {
			switch {
			case op.Path == f.oldPath && op.Kind == refactor.OpDelete:
				f.pieces = append(f.pieces, piece{c, 0, lineCount(from), 0, 0})
			case op.Path == f.path && (op.Kind == refactor.OpCreate || op.Kind == refactor.OpWrite):
				created = true
				f.pieces = append(f.pieces, piece{c, 0, 0, 0, lineCount(to)})
			}
		}
		for _, e := range g.Changes[c].Edits {
			if e.Path == f.oldPath {
				es = append(es, own{c, e})
			}
		}
	}
	if created {
		from = nil // edits refer to the created content, which the one piece covers well enough
		if len(es) > 0 && len(f.pieces) > 0 {
			f.pieces = f.pieces[:0]
		}
	}
	slices.SortStableFunc(es, func(x, y own) int {
		return cmp.Or(cmp.Compare(x.e.Start, y.e.Start), cmp.Compare(min(x.e.End-x.e.Start, 1), min(y.e.End-y.e.Start, 1)))
	})
	lf, lt := newLineIndex(from), newLineIndex(to)
	shift := 0
	for _, o := range es {
		start, end := o.e.Start+shift, o.e.Start+shift+len(o.e.New)
		shift += len(o.e.New) - (o.e.End - o.e.Start)
		p := piece{change: o.c, a0: lf.at(o.e.Start), b0: lt.at(start)}
		p.a1, p.b1 = p.a0, p.b0
		if o.e.End > o.e.Start {
			p.a1 = lf.at(o.e.End-1) + 1
		}
		if end > start {
			p.b1 = lt.at(end-1) + 1
		}
		f.pieces = append(f.pieces, p)
	}
}

func lineCount(b []byte) int { return len(refactor.SplitLines(b)) }

// lineIndex finds the line of an offset.
type lineIndex []int

func newLineIndex(text []byte) lineIndex {
	ends := lineIndex{}
	for i, c := range text {
		if c == '\n' {
			ends = append(ends, i)
		}
	}
	return ends
}

func (x lineIndex) at(off int) int { n, _ := slices.BinarySearch(x, off); return n }
