package recipe

import (
	"bytes"
	"fmt"
	"path"
	"runtime"
	"sort"
	"strings"
	"sync"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// lang is how a file is read.
type lang uint8

const (
	langText lang = iota
	langC
	langAsm // assembly and linker scripts: tokens without declarations
	langMake
	langKconfig
	langConf // .config and defconfigs
	langSkip // binaries and other products of a build
)

// langOf tells by a file's name how it is read.
func langOf(p string) lang {
	base, ext := path.Base(p), path.Ext(p)
	switch {
	case ext == ".c" || ext == ".h" || ext == ".inc":
		return langC
	case ext == ".S" || ext == ".s" || ext == ".lds":
		return langAsm
	case strings.HasPrefix(base, "Kconfig"):
		return langKconfig
	case strings.HasPrefix(base, "Makefile") || base == "Kbuild" || ext == ".mk" || base == "Config.mk":
		return langMake
	case base == ".config" || strings.HasSuffix(base, "defconfig") || strings.Contains(p, "/configs/") || ext == ".config":
		return langConf
	case skipExt[ext]:
		return langSkip
	}
	return langText
}

var skipExt = map[string]bool{".o": true, ".a": true, ".so": true, ".gz": true, ".png": true, ".jpg": true, ".pdf": true, ".cmd": true, ".d": true,
	".bin": true, ".efi": true, ".map": true, ".xz": true, ".bz2": true, ".eps": true, ".svg": true}

// text is a file of the tree that a recipe may look into.
type text struct {
	path string
	lang lang
	data []byte
	unit *csrc.Unit // made when first asked for
}

// world is a tree with what its C files declare.
type world struct {
	tree      *refactor.Tree
	texts     []*text // sorted by path; products of a build are not among them
	byPath    map[string]*text
	generated map[string]bool // paths that the tree's .gitignore names
	sym       *symbols
	asked     int              // how often with was called
	index     map[string][]int // words to texts, once with was called often
	byBase    map[string][]string
	included  map[string][]string
	sees      map[string]map[string]bool
}

// openWorld reads the files of a tree.
func openWorld(t *refactor.Tree, before *world) (*world, error) {
	w := &world{tree: t, byPath: map[string]*text{}, generated: map[string]bool{}}
	ig := readIgnores(t)
	for _, p := range t.Paths() {
		f := t.File(p)
		if f.Mode == refactor.ModeSymlink || f.Mode == refactor.ModeGitlink {
			continue
		}
		l := langOf(p)
		if l == langSkip || hidden(p) {
			continue
		}
		if l != langConf && ig.match(p) {
			w.generated[p] = true
			continue
		}
		w.texts = append(w.texts, &text{path: p, lang: l})
	}
	if err := w.load(before); err != nil {
		return nil, err
	}
	for _, x := range w.texts {
		w.byPath[x.path] = x
	}
	return w, nil
}

// hidden reports whether a path lies in a folder of some tool, such as quilt's .pc.
func hidden(p string) bool {
	return strings.HasPrefix(p, ".") && strings.Contains(p, "/") || strings.Contains(path.Dir(p), "/.")
}

// load reads the contents, on all processors; what before has unchanged is taken from there.
func (w *world) load(before *world) error {
	var wg sync.WaitGroup
	n := runtime.GOMAXPROCS(0)
	errs := make([]error, n)
	for k := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := k; i < len(w.texts); i += n {
				x := w.texts[i]
				b, err := w.tree.File(x.path).Bytes()
				if err != nil {
					errs[k] = err
					return
				}
				x.data = b
				if x.lang == langText && refactor.IsBinary(b) {
					x.lang, x.data = langSkip, nil
				}
				if before != nil {
					if old := before.byPath[x.path]; old != nil && bytes.Equal(old.data, x.data) {
						x.unit = old.unit
					}
				}
			}
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// parsed returns a C or assembly file's tokens and declarations, nil for other files.
func (x *text) parsed() *csrc.Unit {
	if x.unit == nil && (x.lang == langC || x.lang == langAsm) {
		f := csrc.Lex(x.path, x.data)
		if x.lang == langAsm {
			f.Toks = nil
			f = csrc.Lex(x.path, x.data)
		}
		x.unit = csrc.Parse(f)
	}
	return x.unit
}

// with returns the texts that hold the word, parsed if they are C.
func (w *world) with(word string) []*text {
	var out []*text
	if w.asked++; w.asked > manyWords && w.index == nil {
		w.indexWords()
	}
	if w.index != nil {
		for _, i := range w.index[word] {
			out = append(out, w.texts[i])
		}
	} else {
		for _, x := range w.texts {
			if hasWord(x.data, word) {
				out = append(out, x)
			}
		}
	}
	parallel(out, func(x *text) { x.parsed() })
	return out
}

// manyWords is from how many questions on an index of all words is cheaper than searching the texts each time.
const manyWords = 12

func (w *world) indexWords() {
	w.index = map[string][]int{}
	for i, x := range w.texts {
		d := x.data
		for k := 0; k < len(d); {
			if !csrc.IsIdent(d[k]) {
				k++
				for k > 0 && k < len(d) && wordByte(d[k-1]) && wordByte(d[k]) {
					k++
				}
				continue
			}
			start := k
			for k < len(d) && wordByte(d[k]) {
				k++
			}
			if l := w.index[string(d[start:k])]; len(l) == 0 || l[len(l)-1] != i {
				w.index[string(d[start:k])] = append(l, i)
			}
		}
	}
}

func parallel(xs []*text, do func(*text)) {
	var wg sync.WaitGroup
	n := runtime.GOMAXPROCS(0)
	for k := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := k; i < len(xs); i += n {
				do(xs[i])
			}
		}()
	}
	wg.Wait()
}

func wordByte(c byte) bool { return csrc.IsIdent(c) || c >= '0' && c <= '9' }

// hasWord reports whether the word stands in the text by itself.
func hasWord(data []byte, word string) bool { return nextWord(data, word, 0) >= 0 }

// nextWord returns the offset of the word at or after from, -1 if there is none.
func nextWord(data []byte, word string, from int) int {
	for from <= len(data) {
		i := bytes.Index(data[from:], []byte(word))
		if i < 0 {
			return -1
		}
		i += from
		if end := i + len(word); (i == 0 || !wordByte(data[i-1])) && (end == len(data) || !wordByte(data[end])) {
			return i
		}
		from = i + 1
	}
	return -1
}

// words returns the offsets of the word in data.
func words(data []byte, word string) (out []int) {
	for i := nextWord(data, word, 0); i >= 0; i = nextWord(data, word, i+1) {
		out = append(out, i)
	}
	return out
}

// Error says why a recipe cannot be made.
type Error struct {
	Path   string // the file meant, "" for the recipe itself
	Line   int    // from 1, 0 when the whole file is meant
	What   string
	Remedy string
}

func (e *Error) Error() string {
	s := e.What
	switch {
	case e.Path != "" && e.Line > 0:
		s = fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.What)
	case e.Path != "":
		s = e.Path + ": " + e.What
	}
	if e.Remedy != "" {
		s += "; " + e.Remedy
	}
	return s
}

// NoteKind says what a note is about.
type NoteKind string

// The kinds of notes.
const (
	Undecided NoteKind = "undecided" // the text does not tell whether the recipe means this
	Left      NoteKind = "left"      // something else of the same name, or outside what the rule changes
	Done      NoteKind = "done"      // changed, by a rule that a reader may want to know of
)

// Note is a place that a step found and what became of it.
type Note struct {
	Path string
	Line int
	Kind NoteKind
	Text string
}

// String returns the note as FILE:LINE: KIND: TEXT.
func (n Note) String() string { return fmt.Sprintf("%s:%d: %s: %s", n.Path, n.Line, n.Kind, n.Text) }

// editor gathers what one step does.
type editor struct {
	w     *world
	edits []refactor.Edit
	files []refactor.FileOp
	notes []Note
	seen  map[refactor.Edit]bool
	dead  map[string][][2]int        // per file, lines that go
	lost  map[string]map[string]bool // per file, the words of removed text
}

func newEditor(w *world) *editor { return &editor{w: w, seen: map[refactor.Edit]bool{}} }

// replace records an edit; the same one twice counts once.
func (e *editor) replace(p string, start, end int, with string) {
	ed := refactor.Edit{Path: p, Start: start, End: end, New: with}
	if e.seen[ed] {
		return
	}
	e.seen[ed] = true
	e.edits = append(e.edits, ed)
}

func (e *editor) note(p string, data []byte, off int, k NoteKind, format string, args ...any) {
	e.notes = append(e.notes, Note{p, refactor.LineAt(data, off), k, fmt.Sprintf(format, args...)})
}

// check refuses edits that overlap, with both positions.
func (e *editor) check() error {
	sort.SliceStable(e.edits, func(i, j int) bool {
		a, b := e.edits[i], e.edits[j]
		if a.Path != b.Path {
			return a.Path < b.Path
		}
		if a.Start != b.Start {
			return a.Start < b.Start
		}
		return a.End < b.End
	})
	for i := 1; i < len(e.edits); i++ {
		a, b := e.edits[i-1], e.edits[i]
		if a.Path == b.Path && b.Start < a.End {
			data := e.w.byPath[a.Path].data
			return &Error{a.Path, refactor.LineAt(data, b.Start), fmt.Sprintf("two results of this step overlap: the other one is at line %d",
				refactor.LineAt(data, a.Start)), "make them in two steps, or narrow the first with files:"}
		}
	}
	return nil
}

func errAt(x *csrc.File, off int, remedy, format string, args ...any) error {
	return &Error{x.Path, x.Line(off), fmt.Sprintf(format, args...), remedy}
}
