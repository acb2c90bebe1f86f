package recipe

import (
	"bytes"
	"fmt"
	"github.com/xsmpatch/xsmpatch/refactor"
	"path"
	"regexp"
	"strings"
)

// maintainers adds an F: line where a folder that covered the old place does not cover the new one.
func (m *mover) maintainers(x *text) {
	for off := 0; off < len(x.data); {
		_, end := lineOf(x.data, off)
		line := string(x.data[off:end])
		if f := strings.Fields(line); len(f) == 2 && f[0] == "F:" {
			dir := f[1]
			covered := strings.HasSuffix(dir, "/") && strings.HasPrefix(m.from+"/", dir) && dir != m.from+"/"
			if covered && !strings.HasPrefix(m.to+"/", dir) {
				tail := ""
				if m.folder {
					tail = "/"
				}
				m.replace(x.path, end, end, "\n"+line[:strings.Index(line, dir)]+m.to+tail)
			}
		}
		off = end + 1
	}
}

var objListRE = regexp.MustCompile(`^\s*([\w-]+?)-(y|m|\$[({]\w+[)}])\s*(:=|\+=|=)`)

// lists moves the entry that builds a source file or folder from its makefile's list to that of its new folder.
func (m *mover) lists() error {
	oldDir, newDir := path.Dir(m.from), path.Dir(m.to)
	old, now := m.entry(m.from), m.entry(m.to)
	if old == "" {
		return nil // a header or document
	}
	x, lines, err := m.listing(oldDir, old)
	if err != nil || x == nil {
		return err
	}
	if oldDir == newDir {
		for _, l := range lines {
			for _, off := range listWords(l.text, old) {
				m.replace(x.path, l.start+off, l.start+off+len(old), now)
			}
		}
		return nil
	}
	for i, l := range lines {
		sub := objListRE.FindSubmatch(l.text)
		if sub == nil {
			m.note(x.path, x.data, l.start, Undecided, "%s is named here, and moves to another makefile", old)
			continue
		}
		m.dropWord(x, l, old)
		if err := m.enlist(newDir, string(sub[1]), string(sub[2]), now, i == 0); err != nil {
			return err
		}
	}
	return nil
}

// entry returns how a makefile's list names a path: foo.o, or folder/; "" for what is not built.
func (m *mover) entry(p string) string {
	base := path.Base(p)
	switch {
	case m.folder:
		return base + "/"
	case strings.HasSuffix(base, ".c") || strings.HasSuffix(base, ".S"):
		return base[:len(base)-2] + ".o"
	}
	return ""
}

// listing finds the makefile of a folder and its lines that name an entry.
func (m *mover) listing(dir, entry string) (*text, []mline, error) {
	for _, name := range []string{"Makefile", "Kbuild", "Makefile.objs"} {
		x := m.w.byPath[path.Join(dir, name)]
		if x == nil {
			continue
		}
		var out []mline
		for _, l := range makeLines(x.data) {
			if len(listWords(l.text, entry)) > 0 {
				out = append(out, l)
			}
		}
		if len(out) > 0 {
			return x, out, nil
		}
	}
	return nil, nil, nil
}

// listWords returns where a makefile's line names an entry as a word of its own, before any comment. A folder may be written with
// what is built of it.
func listWords(line []byte, entry string) (out []int) {
	code, _, _ := bytes.Cut(line, []byte("#"))
	for from := 0; ; {
		i := bytes.Index(code[from:], []byte(entry))
		if i < 0 {
			return out
		}
		i += from
		end := i + len(entry)
		before := i == 0 || strings.IndexByte(" \t=", code[i-1]) >= 0
		after := end == len(code) || strings.IndexByte(" \t\r\n\\", code[end]) >= 0 || bytes.HasPrefix(code[end:], []byte("built_in.o"))
		if before && after {
			out = append(out, i)
		}
		from = end
	}
}

// dropWord takes an entry out of a list, and the line when it is the only one.
func (m *mover) dropWord(x *text, l mline, entry string) {
	code, _, _ := bytes.Cut(l.text, []byte("#"))
	_, after, _ := bytes.Cut(code, []byte("="))
	if strings.TrimSpace(string(after)) == entry || strings.TrimSuffix(strings.TrimSpace(string(after)), "built_in.o") == entry {
		m.replace(x.path, l.start, l.start+len(l.text), "")
		return
	}
	for _, off := range listWords(l.text, entry) {
		end := off + len(entry)
		for end < len(l.text) && (l.text[end] == ' ' || l.text[end] == '\t') {
			end++
		}
		m.replace(x.path, l.start+off, l.start+end, "")
	}
}

// enlist adds an entry to the list of a folder's makefile. A folder without one gets one, and is listed where a folder beside it is.
func (m *mover) enlist(dir, list, cond, entry string, first bool) error {
	x := m.w.byPath[path.Join(dir, "Makefile")]
	if x == nil {
		if !first {
			return &Error{Path: dir, What: "no makefile, and several entries to put there", Remedy: "make one first"}
		}
		m.files = append(m.files, refactor.FileOp{Kind: refactor.OpCreate, Path: path.Join(dir, "Makefile"), Mode: refactor.ModeFile,
			Data: []byte(fmt.Sprintf("%s-%s += %s\n", list, cond, entry))})
		return m.enlist(path.Dir(dir), list, "y", path.Base(dir)+"/", true)
	}
	lines := makeLines(x.data)
	at, text := -1, fmt.Sprintf("%s-%s += %s\n", list, cond, entry)
	for _, name := range []string{list, "obj"} {
		for _, l := range lines {
			if sub := objListRE.FindSubmatch(l.text); sub != nil && string(sub[1]) == name {
				at, text = l.start+len(l.text), fmt.Sprintf("%s-%s += %s\n", name, cond, entry)
			}
		}
		if at >= 0 {
			break
		}
	}
	if at < 0 { // lists of another form: copy the line of a folder beside it
		for _, l := range lines {
			sub := objListRE.FindSubmatch(l.text)
			if sub != nil && regexp.MustCompile(`[ \t=]\w+/built_in\.o\s*$`).Match(l.text) {
				at = l.start + len(l.text)
				text = fmt.Sprintf("%s-%s += %sbuilt_in.o\n", sub[1], cond, entry)
			}
		}
	}
	if at < 0 {
		return &Error{Path: x.path, What: fmt.Sprintf("no list to put %s in", entry), Remedy: "move it to a folder whose makefile has obj-y lines"}
	}
	m.replace(x.path, at, at, text)
	return nil
}
