package recipe

import (
	"bytes"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/refactor/csrc"
)

// mover is one move of a file or folder.
type mover struct {
	*editor
	from, to string
	folder   bool
	moved    map[string]string // old path to new
}

// move moves a file or a folder, with what names it: #include directives, makefiles, .gitignore, MAINTAINERS, header guards.
func (e *editor) move(s *Step) error {
	m := &mover{editor: e, from: strings.TrimSuffix(s.Of, "/"), to: strings.TrimSuffix(s.To, "/"), moved: map[string]string{}}
	for _, p := range []string{m.from, m.to} {
		if err := refactor.CheckPath(p); err != nil {
			return &Error{What: "move: " + err.Error(), Remedy: "write of: and to: relative to the tree"}
		}
	}
	for _, p := range e.w.tree.Paths() {
		switch {
		case p == m.to || strings.HasPrefix(p, m.to+"/"):
			return &Error{Path: p, What: "exists already, and something would be moved there", Remedy: "choose another place"}
		case e.w.generated[p] || langOf(p) == langSkip && e.generatedName(p):
		case p == m.from:
			m.moved[p] = m.to
		case strings.HasPrefix(p, m.from+"/"):
			m.folder = true
			m.moved[p] = m.to + strings.TrimPrefix(p, m.from)
		}
	}
	if len(m.moved) == 0 {
		return &Error{Path: m.from, What: "no such file or folder in " + e.w.tree.Name()}
	}
	if strings.HasPrefix(m.to+"/", m.from+"/") {
		return &Error{Path: m.from, What: "cannot be moved into itself"}
	}
	for _, p := range slices.Sorted(maps.Keys(m.moved)) {
		m.files = append(m.files, refactor.FileOp{Kind: refactor.OpRename, Path: m.moved[p], From: p})
	}
	if err := m.links(); err != nil {
		return err
	}
	return m.follow()
}

// links changes symbolic links to what moves, and relative ones that move themselves.
func (m *mover) links() error {
	made := readIgnores(m.w.tree)
	for _, p := range m.w.tree.Paths() {
		f := m.w.tree.File(p)
		if f.Mode != refactor.ModeSymlink || made.match(p) {
			continue
		}
		data, err := f.Bytes()
		if err != nil {
			return err
		}
		target := path.Join(path.Dir(p), string(data))
		if path.IsAbs(string(data)) || target == ".." || strings.HasPrefix(target, "../") || m.newPath(p) == p && m.moves(target) == target {
			continue
		}
		if with := relative(path.Dir(m.newPath(p)), m.moves(target)); with != path.Clean(string(data)) {
			m.replace(p, 0, len(data), with)
		}
	}
	return nil
}

// moves returns where a file or folder is after the move.
func (m *mover) moves(p string) string {
	if rest, ok := strings.CutPrefix(p+"/", m.from+"/"); ok {
		return strings.TrimSuffix(m.to+"/"+rest, "/")
	}
	return p
}

// generatedName reports whether a build made the binary file p, by .gitignore.
func (e *editor) generatedName(p string) bool { return readIgnores(e.w.tree).match(p) }

// follow changes what names the moved files.
func (m *mover) follow() error {
	parallel(m.w.texts, func(x *text) {
		if x.lang == langC || x.lang == langAsm {
			x.parsed()
		}
	})
	if err := m.lists(); err != nil {
		return err
	}
	for _, x := range m.w.texts {
		if x.unit != nil {
			if err := m.includes(x); err != nil {
				return err
			}
			m.guard(x)
		}
		m.mentions(x)
		if path.Base(x.path) == "MAINTAINERS" {
			m.maintainers(x)
		}
	}
	return nil
}

// newPath returns where a file is after the move.
func (m *mover) newPath(p string) string {
	if n := m.moved[p]; n != "" {
		return n
	}
	return p
}

// includes changes the #include directives of one file.
func (m *mover) includes(x *text) error {
	for i := range x.unit.Dirs {
		d := &x.unit.Dirs[i]
		if d.Name != "include" || len(d.Toks) != 1 || d.Toks[0].Kind != csrc.String {
			continue
		}
		t := d.Toks[0]
		quoted := x.data[t.Start] == '"'
		name := strings.Trim(x.unit.Text(t), `<>"`)
		with, err := m.include(x, d, name, quoted)
		if err != nil {
			return err
		}
		if with != name {
			m.replace(x.path, int(t.Start)+1, int(t.End)-1, with)
		}
	}
	return nil
}

// include returns what an #include says after the move.
func (m *mover) include(x *text, d *csrc.Dir, name string, quoted bool) (string, error) {
	dir, newDir := path.Dir(x.path), path.Dir(m.newPath(x.path))
	if beside := path.Join(dir, name); quoted && m.w.tree.File(beside) != nil {
		to := m.newPath(beside)
		if to == path.Join(newDir, name) || to == beside && newDir == dir {
			return name, nil
		}
		return relative(newDir, to), nil
	}
	if strings.HasPrefix(name, "../") || strings.HasPrefix(name, "./") {
		return name, nil
	}
	var hits []string
	others := 0
	for _, old := range slices.Sorted(maps.Keys(m.moved)) {
		if strings.HasSuffix(old, "/"+name) {
			hits = append(hits, old)
		}
	}
	if len(hits) == 0 {
		return name, nil
	}
	for _, y := range m.w.texts {
		if m.moved[y.path] == "" && strings.HasSuffix(y.path, "/"+name) {
			others++
		}
	}
	for _, old := range hits {
		base := strings.TrimSuffix(old, "/"+name)
		if base == m.from && m.folder || strings.HasPrefix(base, m.from+"/") {
			return name, nil // the folder that is searched moves too
		}
		rel, ok := strings.CutPrefix(m.moved[old], base+"/")
		switch {
		case others > 0:
			m.note(x.path, x.data, int(d.Start), Undecided, "which %s is meant here? one of them moves", name)
			return name, nil
		case !ok && m.searched(base, name):
			return "", errAt(x.unit.File, int(d.Start), "move it below "+base+", or add its folder to the include path first",
				"%s is found through %s, which %s is not below", name, base, m.to)
		case ok:
			return rel, nil
		}
	}
	return name, nil
}

// searched reports whether a folder looks like one that the compiler searches for this header: the header is below a folder called
// include, or some makefile names the folder after -I.
func (m *mover) searched(base, _ string) bool {
	if path.Base(base) == "include" {
		return true
	}
	for _, x := range m.w.texts {
		if x.lang == langMake && (bytes.Contains(x.data, []byte("-I")) || bytes.Contains(x.data, []byte("-iquote"))) && bytes.Contains(x.data, []byte("/"+path.Base(base))) {
			return true
		}
	}
	return false
}

// relative returns the path of file to as seen from folder dir.
func relative(dir, to string) string {
	if dir == "." {
		return to
	}
	a, b := strings.Split(dir, "/"), strings.Split(to, "/")
	for len(a) > 0 && len(b) > 1 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	return strings.Repeat("../", len(a)) + strings.Join(b, "/")
}

var guardRE = regexp.MustCompile(`[^A-Za-z0-9]+`)

// guard renames an include guard that is made of the header's path.
func (m *mover) guard(x *text) {
	to := m.moved[x.path]
	if to == "" || !strings.HasSuffix(x.path, ".h") || len(x.unit.Dirs) < 2 || x.unit.Dirs[0].Name != "ifndef" || x.unit.Dirs[1].Name != "define" || len(x.unit.Dirs[0].Toks) == 0 {
		return
	}
	name := x.unit.Text(x.unit.Dirs[0].Toks[0])
	core := strings.Trim(name, "_")
	old, now := strings.Split(x.path, "/"), strings.Split(to, "/")
	for k := 2; k <= len(old) && k <= len(now); k++ {
		was := guardName(old[len(old)-k:])
		if core != was {
			continue
		}
		with := strings.Replace(name, core, guardName(now[len(now)-k:]), 1)
		if with == name || len(m.w.symbols().macros[with]) > 0 {
			return
		}
		for _, o := range occurrencesIn(x, name) {
			m.replace(x.path, o.start(), o.end(), with)
		}
		for _, c := range x.unit.Comments {
			for _, off := range words(x.data[c.Start:c.End], name) {
				m.replace(x.path, int(c.Start)+off, int(c.Start)+off+len(name), with)
			}
		}
		return
	}
}

func guardName(parts []string) string {
	return strings.Trim(strings.ToUpper(guardRE.ReplaceAllString(strings.Join(parts, "_"), "_")), "_")
}

// mentions changes paths written in makefiles, scripts, lists and comments: the whole path, or its end where what is before it is a
// variable or the folder of the file itself.
func (m *mover) mentions(x *text) {
	parts := strings.Split(m.from, "/")
	done := map[int]bool{}
	for k := 0; k < len(parts)-1; k++ {
		tail, base := strings.Join(parts[k:], "/"), strings.Join(parts[:k], "/")
		for _, off := range words(x.data, tail) {
			end := off + len(tail)
			if done[end] || !m.isPath(x, off, end, k) || m.inInclude(x, off) {
				continue
			}
			done[end] = true
			m.mention(x, off, end, base)
		}
	}
}

// isPath reports whether [off,end) is a path by itself: what is before it is no other folder, what is behind it no longer name.
func (m *mover) isPath(x *text, off, end, k int) bool {
	if end < len(x.data) && strings.IndexByte("-.", x.data[end]) >= 0 && !(x.data[end] == '.' && (end+1 == len(x.data) || !wordByte(x.data[end+1]))) {
		return false
	}
	if off == 0 {
		return true
	}
	switch c := x.data[off-1]; {
	case c == '-' || c == '.' || c == '+':
		return off > 1 && c == '-' && x.data[off-2] == 'I'
	case c == '/':
		if off > 1 && (x.data[off-2] == ')' || x.data[off-2] == '}') {
			return true
		}
		start := off - 1
		for start > 0 && (wordByte(x.data[start-1]) || strings.IndexByte("./-", x.data[start-1]) >= 0) {
			start--
		}
		before := string(x.data[start : off-1])
		if strings.Trim(before, "./") == "" {
			return path.Join(path.Dir(x.path), string(x.data[start:end])) == m.from || before == "" || before == "."
		}
		return false
	}
	return k == 0 || true
}

// inInclude reports whether an offset is in an #include, which includes() has dealt with.
func (m *mover) inInclude(x *text, off int) bool {
	if x.unit == nil {
		return false
	}
	for i := range x.unit.Dirs {
		if d := &x.unit.Dirs[i]; d.Name == "include" && int(d.Start) <= off && off < int(d.End) {
			return true
		}
	}
	return false
}

// mention changes one path, whose written part starts below base.
func (m *mover) mention(x *text, off, end int, base string) {
	here := path.Dir(x.path)
	with := m.to
	relativePath := off >= 3 && string(x.data[off-3:off]) == "../"
	switch {
	case relativePath:
		start := off
		for start >= 3 && string(x.data[start-3:start]) == "../" {
			start -= 3
		}
		m.replace(x.path, start, end, relative(path.Dir(m.newPath(x.path)), m.to))
		return
	case base != "":
		rel, ok := strings.CutPrefix(m.to, base+"/")
		if !ok {
			m.note(x.path, x.data, off, Undecided, "a path below %s, where %s is not", base, m.to)
			return
		}
		with = rel
	}
	known := x.lang == langMake || x.lang == langKconfig || path.Base(x.path) == ".gitignore" || path.Base(x.path) == "MAINTAINERS"
	comment := x.unit != nil && m.inComment(x, off)
	switch {
	case base == "" || known && (base == "" || m.rooted(x, off, base, here)):
		m.replace(x.path, off, end, with)
	case comment && off > 0 && !wordByte(x.data[off-1]) && strings.Contains(string(x.data[off:end]), "/") && m.w.hasPath(path.Join(base, string(x.data[off:end]))):
		m.replace(x.path, off, end, with)
	default:
		m.note(x.path, x.data, off, Undecided, "%s may be a path to what moves", x.data[off:end])
	}
}

// rooted reports whether a path in a makefile or list starts at base: a variable stands before it, or base is a folder of the file.
func (m *mover) rooted(x *text, off int, base, here string) bool {
	if off > 1 && x.data[off-1] == '/' && (x.data[off-2] == ')' || x.data[off-2] == '}') {
		return true
	}
	return here == base || strings.HasPrefix(here+"/", base+"/")
}

func (m *mover) inComment(x *text, off int) bool {
	for _, c := range x.unit.Comments {
		if int(c.Start) <= off && off < int(c.End) {
			return true
		}
	}
	return false
}

func (w *world) hasPath(p string) bool {
	if w.byPath[p] != nil {
		return true
	}
	for _, x := range w.texts {
		if strings.HasPrefix(x.path, p+"/") {
			return true
		}
	}
	return false
}
