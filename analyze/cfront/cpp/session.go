package cpp

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"
)

// Options are the bounds and the temper of a [Session]. A zero bound means the default given.
type Options struct {
	Tolerant          bool // missing includes and #error directives become diagnostics and the unit goes on
	MaxTokens         int  // tokens, and expansions, of one unit's result; 20 million
	MaxInvocation     int  // tokens produced on the way by one outermost macro invocation; 4 million
	MaxExpansionDepth int  // macro invocations nested in arguments; 1000
	MaxDepth          int  // nested includes; 200
	MaxIncludes       int  // includes of one unit, repeated ones counted again; 200 thousand
	MaxFileSize       int  // bytes of one file; 32 MB
}

func (o *Options) setDefaults() {
	for _, d := range []struct {
		field *int
		value int
	}{
		{&o.MaxTokens, 20e6}, {&o.MaxInvocation, 4e6}, {&o.MaxExpansionDepth, 1000}, {&o.MaxDepth, 200},
		{&o.MaxIncludes, 200e3}, {&o.MaxFileSize, 32 << 20},
	} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
}

// Session holds what many units share: interned spellings, files split into tokens once, include look-ups. It is safe
// for concurrent use. File contents are taken to be immutable while it lives.
type Session struct {
	read func(path string) ([]byte, error)
	opt  Options
	in   *interner

	mu      sync.RWMutex
	files   []*file // by FileID; files[0] is nil
	byPath  map[string]*file
	texts   map[string]*file // command-line and predefined texts, by content
	paths   map[string]*searchPath
	workers sync.Pool // of *pp

	builtinOnce sync.Once
	builtinList []*Macro
}

// NewSession returns an empty session that reads files through read, whose argument is a path as in [Unit] in its
// shortest form. The error of read for a file that does not exist must wrap [fs.ErrNotExist]; any other error stops
// the unit.
func NewSession(read func(path string) ([]byte, error), opt Options) *Session {
	opt.setDefaults()
	return &Session{
		read: read, opt: opt, in: newInterner(),
		files: make([]*file, 1), byPath: map[string]*file{}, texts: map[string]*file{}, paths: map[string]*searchPath{},
	}
}

// Spelling returns a Sym's text, "" for 0.
func (s *Session) Spelling(sym Sym) string { return s.in.spelling(sym) }

// Intern returns the Sym of a spelling.
func (s *Session) Intern(text string) Sym { return s.in.intern([]byte(text)) }

// file is one file of a session. Its fields are set under once; a file that does not exist has err set.
type file struct {
	id     FileID
	path   string
	once   sync.Once
	src    []byte
	err    error
	lines  lineTable
	digest struct {
		once sync.Once
		sum  [32]byte
	}
	lexed [numLexModes]struct {
		once sync.Once
		lx   *lexed
	}
}

// lineTable holds the offsets of the starts of lines, made when first asked for.
type lineTable struct {
	once   sync.Once
	starts []int32
}

// open returns the file of a path, read. A missing or unreadable one has err set.
func (s *Session) open(name string) *file {
	s.mu.RLock()
	f := s.byPath[name]
	s.mu.RUnlock()
	if f == nil {
		f = s.addFile(name)
	}
	f.once.Do(func() { s.load(f) })
	return f
}

func (s *Session) addFile(name string) *file {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.byPath[name]; f != nil {
		return f
	}
	f := &file{id: FileID(len(s.files)), path: name}
	s.files = append(s.files, f)
	s.byPath[name] = f
	return f
}

// load reads a file through the built-in headers or the session's read function.
func (s *Session) load(f *file) {
	if rest, ok := strings.CutPrefix(f.path, builtinPrefix); ok {
		f.src, f.err = builtinHeader(rest)
		return
	}
	f.src, f.err = s.read(f.path)
	if f.err == nil && len(f.src) > s.opt.MaxFileSize {
		f.err = fmt.Errorf("%w: the file has %d bytes, more than MaxFileSize (%d)", ErrLimit, len(f.src), s.opt.MaxFileSize)
		f.src = nil
	}
}

// text returns the file of a text that is in no tree, under a display name.
func (s *Session) text(name, content string) *file {
	key := name + "\x00" + content
	s.mu.RLock()
	f := s.texts[key]
	s.mu.RUnlock()
	if f != nil {
		return f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.texts[key]; f != nil {
		return f
	}
	f = &file{id: FileID(len(s.files)), path: name, src: []byte(content)}
	s.files = append(s.files, f)
	s.texts[key] = f
	return f
}

// tokens returns a readable file split into tokens.
func (s *Session) tokens(f *file, mode lexMode) *lexed {
	l := &f.lexed[mode]
	l.once.Do(func() { l.lx = s.lex(f, mode) })
	return l.lx
}

func (s *Session) fileByID(id FileID) *file {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if id <= 0 || int(id) >= len(s.files) {
		return nil
	}
	return s.files[id]
}

// FileName returns a file's path as in [Unit], or a name in angle brackets for a command line.
func (s *Session) FileName(id FileID) string {
	if f := s.fileByID(id); f != nil {
		return f.path
	}
	return ""
}

// Source returns a file's bytes, which must not be modified.
func (s *Session) Source(id FileID) []byte {
	if f := s.fileByID(id); f != nil {
		return f.src
	}
	return nil
}

// Digest returns the SHA-256 of a file's bytes.
func (s *Session) Digest(id FileID) [32]byte {
	f := s.fileByID(id)
	if f == nil {
		return [32]byte{}
	}
	f.digest.once.Do(func() { f.digest.sum = sha256.Sum256(f.src) })
	return f.digest.sum
}

// Position converts a byte offset to a line and a column in bytes, both from 1; (0, 0) for no file.
func (s *Session) Position(id FileID, off int32) (line, col int) {
	f := s.fileByID(id)
	if f == nil {
		return 0, 0
	}
	return f.position(off)
}

func (f *file) position(off int32) (line, col int) {
	off = max(off, 0)
	starts := f.lines.get(f.src)
	i := sort.Search(len(starts), func(i int) bool { return starts[i] > off }) - 1
	return i + 1, int(off-starts[i]) + 1
}

func (t *lineTable) get(src []byte) []int32 {
	t.once.Do(func() {
		t.starts = append(t.starts, 0)
		for i, c := range src {
			if c == '\n' {
				t.starts = append(t.starts, int32(i+1))
			}
		}
	})
	return t.starts
}

// End returns the offset after a token's bytes in its file, line splices within it counted; a synthetic token's Off.
func (s *Session) End(t Token) int32 {
	if t.Flags&Synthetic != 0 {
		return t.Off
	}
	n := len(s.Spelling(t.Sym))
	if t.Flags&Spliced == 0 {
		return t.Off + int32(n)
	}
	return int32(originalEnd(s.Source(t.File), int(t.Off), n))
}

// Condition returns the directive that opened a region's group, as one line: "#if A && B".
func (s *Session) Condition(r Region) string {
	src := s.Source(r.File)
	var b strings.Builder
	for i := skipSplices(src, int(r.CondStart)); i < int(r.CondEnd); i = skipSplices(src, i+1) {
		b.WriteByte(src[i])
	}
	return strings.TrimRight(b.String(), " \t\r\n")
}

// missing reports whether a file is known not to exist.
func (f *file) missing() bool { return f.err != nil && errors.Is(f.err, fs.ErrNotExist) }

// cleanPath is the identity of a file reached by a path that may hold "." and "..".
func cleanPath(name string) string {
	if name == "" {
		return name
	}
	return path.Clean(name)
}
