package recipe

import (
	"bytes"
	"fmt"
	"github.com/xsmpatch/xsmpatch/refactor"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

var makeListRE = regexp.MustCompile(`^([\w.-]+)-\$[({](CONFIG_\w+)[)}]\s*(\+=|:=|=)\s*(.*)$`)

// makeOut changes a makefile: list-$(CONFIG_X) lines become list-y or go, with the files they name; ifeq blocks are decided.
func (e *editor) makeOut(x *text, full string, on bool, dead map[string]bool) error {
	lines := makeLines(x.data)
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		if !hasWord(l.text, full) {
			continue
		}
		if block, ok := ifeqBlock(lines, i, full); ok {
			e.makeBlock(x, lines, block, on)
			continue
		}
		m := makeListRE.FindSubmatch(bytes.TrimRight(l.text, "\n"))
		switch {
		case m != nil && string(m[2]) == full && bytes.Count(l.text, []byte("CONFIG_")) == 1 && on:
			at := l.start + bytes.IndexByte(l.text, '$')
			e.replace(x.path, at, at+len(full)+3, "y")
		case m != nil && string(m[2]) == full && bytes.Count(l.text, []byte("CONFIG_")) == 1:
			e.replace(x.path, l.start, l.start+len(l.text), "")
			for _, w := range strings.Fields(strings.ReplaceAll(string(m[4]), "\\\n", " ")) {
				e.deadObject(x, l, w, dead)
			}
		case bytes.HasPrefix(bytes.TrimSpace(l.text), []byte("#")):
			e.note(x.path, x.data, l.start, Left, "%s in a comment", full)
		default:
			e.note(x.path, x.data, l.start+nextWord(l.text, full, 0), Undecided, "%s is used in a way that is not a list or an ifeq", full)
		}
	}
	return nil
}

// deadObject marks the source of an object or folder that nothing builds any more.
func (e *editor) deadObject(x *text, l mline, w string, dead map[string]bool) {
	dir := path.Dir(x.path)
	folder, isFolder := strings.CutSuffix(strings.TrimSuffix(w, "built_in.o"), "/")
	src := path.Join(dir, strings.TrimSuffix(w, ".o"))
	switch {
	case isFolder && e.hasFolder(path.Join(dir, folder)):
		dead[path.Join(dir, folder)+"/"] = true
	case strings.HasSuffix(w, ".o") && e.w.byPath[src+".c"] != nil && bytes.Count(x.data, []byte(w)) == 1:
		dead[src+".c"] = true
	case strings.HasSuffix(w, ".o") && e.w.byPath[src+".S"] != nil && bytes.Count(x.data, []byte(w)) == 1:
		dead[src+".S"] = true
	default:
		e.note(x.path, x.data, l.start, Undecided, "is %s still wanted? it is in this list, or elsewhere", w)
	}
}

func (e *editor) hasFolder(dir string) bool {
	for _, x := range e.w.texts {
		if strings.HasPrefix(x.path, dir+"/") {
			return true
		}
	}
	return false
}

// deleteAll deletes files and folders; edits of theirs go away.
func (e *editor) deleteAll(dead map[string]bool) {
	gone := map[string]bool{}
	for _, p := range e.w.tree.Paths() {
		for d := range dead {
			if (p == d || strings.HasSuffix(d, "/") && strings.HasPrefix(p, d)) && !e.w.generated[p] && langOf(p) != langSkip {
				gone[p] = true
			}
		}
	}
	var edits []refactor.Edit
	for _, ed := range e.edits {
		if !gone[ed.Path] {
			edits = append(edits, ed)
		}
	}
	e.edits = edits
	for _, x := range e.w.texts {
		if path.Base(x.path) == "MAINTAINERS" && !gone[x.path] {
			e.unmaintain(x, gone)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(gone)) {
		e.files = append(e.files, refactor.FileOp{Kind: refactor.OpDelete, Path: p})
		if x := e.w.byPath[p]; x != nil && x.lang == langC {
			e.gone(x, 0, len(x.data))
			delete(e.lost, p)
		}
	}
}

// unmaintain removes the F: lines whose files are all gone, and a section that has no other left.
func (e *editor) unmaintain(x *text, gone map[string]bool) {
	var dead [][2]int
	files, first := 0, 0
	flush := func(end int) {
		switch {
		case files > 0 && len(dead) == files:
			e.cutLines(x, first, end)
		default:
			for _, d := range dead {
				e.replace(x.path, d[0], d[1], "")
			}
		}
		dead, files = nil, 0
	}
	for off := 0; off < len(x.data); {
		_, end := lineOf(x.data, off)
		f := strings.Fields(string(x.data[off:end]))
		switch {
		case len(f) == 0:
			flush(off)
			first = end + 1
		case f[0] == "F:" && len(f) == 2:
			files++
			if e.allGone(f[1], gone) {
				dead = append(dead, [2]int{off, min(end+1, len(x.data))})
			}
		}
		off = end + 1
	}
	flush(len(x.data))
}

// allGone reports whether the files at p, a file or a folder, are all among gone, and there are some.
func (e *editor) allGone(p string, gone map[string]bool) bool {
	some := false
	for _, x := range e.w.texts {
		if x.path == p || strings.HasPrefix(x.path, strings.TrimSuffix(p, "/")+"/") {
			if !gone[x.path] {
				return false
			}
			some = true
		}
	}
	return some
}

// mline is a logical line of a makefile, with its continuation lines.
type mline struct {
	start int
	text  []byte
}

func makeLines(data []byte) (out []mline) {
	for off := 0; off < len(data); {
		end := off
		for {
			n := bytes.IndexByte(data[end:], '\n')
			if n < 0 {
				end = len(data)
				break
			}
			end += n + 1
			if !bytes.HasSuffix(bytes.TrimRight(data[off:end], "\r\n"), []byte("\\")) {
				break
			}
		}
		out = append(out, mline{off, data[off:end]})
		off = end
	}
	return out
}

// makeCond is an ifeq, ifneq, ifdef or ifndef of a makefile that asks for one symbol: the lines of its arms.
type makeCond struct {
	head, otherwise, end int // otherwise is -1 without an else
	whenOn               bool
}

// ifeqBlock reads the conditional that line i opens, if it asks for full only.
func ifeqBlock(lines []mline, i int, full string) (makeCond, bool) {
	f := strings.Join(strings.Fields(string(lines[i].text)), "")
	forms := map[string]bool{"ifeq($(" + full + "),y)": true, "ifneq($(" + full + "),y)": false, "ifdef" + full: true, "ifndef" + full: false,
		"ifneq($(" + full + "),)": true, "ifeq($(" + full + "),)": false, "ifneq($(" + full + "),n)": true, "ifeq($(" + full + "),n)": false}
	on, ok := forms[f]
	if !ok {
		return makeCond{}, false
	}
	c := makeCond{head: i, otherwise: -1, whenOn: on}
	depth := 0
	for k := i; k < len(lines); k++ {
		switch w := strings.Fields(string(lines[k].text) + " x")[0]; {
		case strings.HasPrefix(w, "if") && (strings.HasPrefix(w, "ifeq") || strings.HasPrefix(w, "ifneq") || w == "ifdef" || w == "ifndef"):
			depth++
		case w == "else" && depth == 1:
			if len(strings.Fields(string(lines[k].text))) > 1 {
				return c, false // else ifeq
			}
			c.otherwise = k
		case w == "endif":
			if depth--; depth == 0 {
				c.end = k
				return c, true
			}
		}
	}
	return c, false
}

// makeBlock keeps one arm.
func (e *editor) makeBlock(x *text, lines []mline, c makeCond, on bool) {
	end := lines[c.end].start + len(lines[c.end].text)
	mid := end
	if c.otherwise >= 0 {
		mid = lines[c.otherwise].start
	}
	switch {
	case on == c.whenOn && c.otherwise < 0:
		e.replace(x.path, lines[c.head].start, lines[c.head].start+len(lines[c.head].text), "")
		e.replace(x.path, lines[c.end].start, end, "")
	case on == c.whenOn:
		e.replace(x.path, lines[c.head].start, lines[c.head].start+len(lines[c.head].text), "")
		e.replace(x.path, mid, end, "")
	case c.otherwise < 0:
		e.replace(x.path, lines[c.head].start, end, "")
	default:
		e.replace(x.path, lines[c.head].start, mid+len(lines[c.otherwise].text), "")
		e.replace(x.path, lines[c.end].start, end, "")
	}
}

// setConfig turns a symbol on or off in saved configurations, and in its Kconfig default.
func (e *editor) setConfig(s *Step) error {
	t, on, err := configStep(s)
	if err != nil {
		return err
	}
	full := "CONFIG_" + t.name
	line := map[bool]string{true: full + "=y", false: "# " + full + " is not set"}[on]
	known := false
	for _, x := range e.w.texts {
		switch {
		case x.lang == langConf && s.within(x.path):
			for _, off := range words(x.data, full) {
				a, b := lineOf(x.data, off)
				if old := string(x.data[a:b]); old != line {
					e.replace(x.path, a, b, line)
				}
			}
		case x.lang == langKconfig:
			known = e.setDefault(x, t.name, on) || known
		}
	}
	if !known {
		return &Error{What: fmt.Sprintf("no Kconfig file of %s has a symbol %s", e.w.tree.Name(), t.name)}
	}
	return nil
}

// setDefault changes a "default y" or "default n" of the symbol's entry.
func (e *editor) setDefault(x *text, name string, on bool) bool {
	lines := kconfigLines(x.data)
	for i, l := range lines {
		f := strings.Fields(string(x.data[l.start:l.end]))
		if l.help || l.word != "config" && l.word != "menuconfig" || len(f) < 2 || f[1] != name {
			continue
		}
		for k := i + 1; k <= entryEnd(lines, i); k++ {
			d := strings.Fields(string(x.data[lines[k].start:lines[k].end]))
			if want := map[bool]string{true: "y", false: "n"}[on]; !lines[k].help && len(d) == 2 && d[0] == "default" && (d[1] == "y" || d[1] == "n") && d[1] != want {
				e.replace(x.path, lines[k].end-1, lines[k].end, want)
			}
		}
		return true
	}
	return false
}
