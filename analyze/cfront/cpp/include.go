package cpp

import (
	"errors"
	"strings"
	"sync"
	"syscall"
)

// builtinPrefix is the folder of our own compiler headers.
const builtinPrefix = "<builtin>/"

// searchPath is the folders in which a unit's includes are looked up, with what was found so far. Units with the same
// folders share one.
type searchPath struct {
	dirs    []string // -iquote folders, then -I and -isystem ones, then our built-in headers
	bracket int      // index of the first one for <...>

	mu    sync.RWMutex
	cache map[includeKey]*found
}

// includeKey is what the outcome of a look-up depends on.
type includeKey struct {
	name  string
	dir   string // the including file's folder, tried first; noDir for none
	start int    // index in dirs where the search goes on
}

const noDir = "\x00"

// found is the outcome of a look-up: f is nil if there is no such file.
type found struct {
	f      *file
	shown  string // the path as GCC would show it in __FILE__
	next   int    // where #include_next goes on
	absent []string
}

// searchPathOf returns the shared search path of a unit.
func (s *Session) searchPathOf(u *Unit) *searchPath {
	key := strings.Join(u.Quote, "\x00") + "\x01" + strings.Join(u.Search, "\x00") + "\x01" + strings.Join(u.System, "\x00")
	s.mu.Lock()
	defer s.mu.Unlock()
	if sp := s.paths[key]; sp != nil {
		return sp
	}
	sp := &searchPath{cache: map[includeKey]*found{}}
	system := map[string]bool{}
	for _, d := range u.System {
		system[cleanPath(d)] = true
	}
	var search []string
	for _, d := range u.Search {
		if !system[cleanPath(d)] { // GCC ignores -I of a system folder
			search = append(search, d)
		}
	}
	sp.dirs = unique(u.Quote)
	sp.bracket = len(sp.dirs)
	sp.dirs = append(append(sp.dirs, unique(append(search, u.System...))...), strings.TrimSuffix(builtinPrefix, "/"))
	s.paths[key] = sp
	return sp
}

// unique drops folders that were named before.
func unique(dirs []string) []string {
	seen := map[string]bool{}
	out := []string{}
	for _, d := range dirs {
		if c := cleanPath(d); !seen[c] {
			seen[c] = true
			out = append(out, d)
		}
	}
	return out
}

// find looks an include up. The error is one of reading, not of absence.
func (s *Session) find(sp *searchPath, key includeKey) (*found, error) {
	sp.mu.RLock()
	x := sp.cache[key]
	sp.mu.RUnlock()
	if x != nil {
		return x, nil
	}
	x, err := s.probe(sp, key)
	if err != nil {
		return nil, err
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if y := sp.cache[key]; y != nil {
		return y, nil
	}
	sp.cache[key] = x
	return x, nil
}

func (s *Session) probe(sp *searchPath, key includeKey) (*found, error) {
	x := &found{}
	if strings.HasPrefix(key.name, "/") {
		_, err := s.try(x, key.name, sp.bracket)
		return x, err
	}
	if key.dir != noDir {
		if ok, err := s.try(x, join(key.dir, key.name), 0); ok || err != nil {
			return x, err
		}
	}
	for i := key.start; i < len(sp.dirs); i++ {
		if ok, err := s.try(x, join(sp.dirs[i], key.name), i+1); ok || err != nil {
			return x, err
		}
	}
	return x, nil
}

// try opens one candidate.
func (s *Session) try(x *found, shown string, next int) (bool, error) {
	f := s.open(cleanPath(shown))
	switch {
	case f.err == nil:
		x.f, x.shown, x.next = f, shown, next
		return true, nil
	case f.missing() || errors.Is(f.err, syscall.EISDIR) || errors.Is(f.err, syscall.ENOTDIR):
		if !strings.HasPrefix(f.path, builtinPrefix) {
			x.absent = append(x.absent, f.path)
		}
		return false, nil
	}
	return false, f.err
}

func join(dir, name string) string {
	if dir == "" || strings.HasSuffix(dir, "/") {
		return dir + name
	}
	return dir + "/" + name
}

func dirOf(shown string) string {
	return shown[:max(strings.LastIndexByte(shown, '/'), 0)]
}

// includeName is the operand of an #include: its spelling without the delimiters.
type includeName struct {
	name   string
	quoted bool
	off    int32
}

// include carries out #include, #include_next and #import.
func (p *pp) include(f *frame, d *directive) {
	name, ok := p.includeName(f, d)
	if !ok {
		return
	}
	x, err := p.findInclude(f, name, d.kind == dirIncludeNext)
	switch {
	case err != nil:
		p.fail(f.f.id, name.off, err, "%v", err)
	case x.f == nil:
		p.failOrDiag(f.f.id, name.off, ErrInclude, "%s: no such file (looked for %s); add its folder to the include path, or the file",
			name.name, strings.Join(x.absent, ", "))
	default:
		if d.kind == dirImport {
			defer func() { p.once[x.f.id] = true }()
		}
		p.pushFile(x, f.f.id, d.off)
	}
}

// findInclude looks a name up from a file, noting what was probed in vain.
func (p *pp) findInclude(f *frame, name includeName, next bool) (*found, error) {
	key := includeKey{name: name.name, dir: noDir, start: p.search.bracket}
	switch {
	case next && len(p.frames) > 1:
		key.start = f.next
	case name.quoted && !next:
		key.dir, key.start = f.dir, 0
	}
	x, err := p.s.find(p.search, key)
	if err == nil && !p.probed[x] {
		p.probed[x] = true
		p.absent = append(p.absent, x.absent...)
	}
	return x, err
}

// includeName reads an #include's operand, expanding macros if it is neither "..." nor <...>.
func (p *pp) includeName(f *frame, d *directive) (includeName, bool) {
	if len(d.args) > 0 {
		if name, ok := p.literalName(d.args[0]); ok {
			return name, true
		}
	}
	var line []Token
	p.inDirective(d.args, func() {
		for t, ok := p.next(); ok; t, ok = p.next() {
			line = append(line, t)
		}
	})
	if len(line) > 0 {
		if name, ok := p.literalName(line[0]); ok {
			name.off = d.off
			return name, true
		}
		if text, _, ok := p.angled(line); ok {
			return includeName{name: text, off: d.off}, true
		}
	}
	if p.err == nil {
		p.failOrDiag(f.f.id, d.off, ErrInclude, `#include expects "FILENAME" or <FILENAME>`)
	}
	return includeName{}, false
}

// literalName splits "..." or <...>.
func (p *pp) literalName(t Token) (includeName, bool) {
	s := p.s.Spelling(t.Sym)
	if t.Kind == headerName || t.Kind == String && s[0] == '"' {
		return includeName{name: s[1 : len(s)-1], quoted: t.Kind == String, off: t.Off}, len(s) > 2
	}
	return includeName{}, false
}

// angled joins the spellings between < and >, and returns the index after the >.
func (p *pp) angled(line []Token) (text string, end int, ok bool) {
	if line[0].Sym != symLess {
		return "", 0, false
	}
	var b strings.Builder
	for i, t := range line[1:] {
		if t.Sym == symGreater && t.Kind == Punct {
			return b.String(), i + 2, true
		}
		if i > 0 && t.Flags.spaced() {
			b.WriteByte(' ')
		}
		b.WriteString(p.s.Spelling(t.Sym))
	}
	return "", 0, false
}
