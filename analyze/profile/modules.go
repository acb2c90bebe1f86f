package profile

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

var elementRE = regexp.MustCompile(`(?m)^[ \t]*(?:\.\w+[ \t]*=[ \t]*&?\w+[ \t]*,?|#[ \t]*include\b.*)[ \t]*$`)

// For returns the profile with the security modules of a tree that stand elsewhere than in the profile's folders: a module is where the
// operations are filled, that is, where a variable of a structure of the hooks' prefix is initialised with functions. Its folder is of
// the module unless more files there ask hooks than fill operations; then the file alone is. Without such modules it is p itself.
func (p *Profile) For(t *refactor.Tree) (*Profile, error) {
	f := finder{p: p, t: t}
	for _, prefix := range p.Hooks.Prefixes {
		f.tables = append(f.tables, regexp.MustCompile(`(?m)^(?:static\s+)?(?:const\s+)?struct\s+`+regexp.QuoteMeta(strings.TrimSuffix(prefix, "_"))+`\w+[\w\s]*?\b(\w+)\s*=\s*\{`))
	}
	if err := f.read(); err != nil || len(f.filled) == 0 {
		return p, err
	}
	out := *p
	out.Hooks.Modules, out.Hooks.PolicyModules = slices.Clone(p.Hooks.Modules), slices.Clone(p.Hooks.PolicyModules)
	for _, m := range f.filled {
		where := m.file
		if f.own(path.Dir(m.file)) {
			where = path.Dir(m.file) + "/*"
		}
		if !slices.Contains(out.Hooks.Modules, where) {
			out.Hooks.Modules = append(out.Hooks.Modules, where)
		}
		if name, _, _ := strings.Cut(m.table, "_"); slices.Contains(p.Hooks.PolicyModules, name) {
			out.Hooks.PolicyFiles = append(out.Hooks.PolicyFiles, where)
		}
	}
	return &out, nil
}

// filled is a table of a module: the variable and its file.
type filled struct{ file, table string }

// finder looks for tables in the C files outside the profile's folders.
type finder struct {
	p      *Profile
	t      *refactor.Tree
	tables []*regexp.Regexp
	filled []filled
}

func (f *finder) read() error {
	for _, file := range f.t.Paths() {
		if !f.looks(file) {
			continue
		}
		src, err := f.t.ReadFile(file)
		if err != nil {
			continue // a link that leads nowhere: whoever needs the file says so
		}
		for i, prefix := range f.p.Hooks.Prefixes {
			if !bytes.Contains(src, []byte(prefix)) || !namesStruct(src, strings.TrimSuffix(prefix, "_")) {
				continue
			}
			if name := fills(src, f.tables[i]); name != "" {
				f.filled = append(f.filled, filled{file, name})
				break
			}
		}
	}
	return nil
}

// looks reports whether a file may hold a module's table: C outside the profile's folders.
func (f *finder) looks(file string) bool {
	return strings.HasSuffix(file, ".c") && !f.p.Hooks.Modules.Has(file) && !strings.HasPrefix(file, "tools/")
}

// namesStruct reports whether src names a structure whose name starts with prefix. It spares most files the search for tables.
func namesStruct(src []byte, prefix string) bool {
	word := []byte("struct")
	for {
		i := bytes.Index(src, word)
		if i < 0 {
			return false
		}
		src = src[i+len(word):]
		if bytes.HasPrefix(bytes.TrimLeft(src[:min(len(src), 100)], " \t\r\n"), []byte(prefix)) {
			return true
		}
	}
}

// fills returns the first variable that src initialises with three functions, or with a list that it includes; "" for none.
func fills(src []byte, table *regexp.Regexp) string {
	for _, m := range table.FindAllSubmatchIndex(src, -1) {
		body := src[m[1]:]
		if end := bytes.Index(body, []byte("\n}")); end >= 0 {
			body = body[:end+1]
		}
		els := elementRE.FindAll(body, -1)
		if len(els) >= 3 || slices.ContainsFunc(els, func(e []byte) bool { return bytes.Contains(e, []byte("include")) }) {
			return string(src[m[2]:m[3]])
		}
	}
	return ""
}

// calls reports whether src calls a hook.
func (f *finder) calls(src []byte) bool {
	for _, prefix := range f.p.Hooks.Prefixes {
		for rest := src; ; {
			i := bytes.Index(rest, []byte(prefix))
			if i < 0 {
				break
			}
			end := i + len(prefix)
			for end < len(rest) && word(rest[end]) {
				end++
			}
			called := bytes.HasPrefix(bytes.TrimLeft(rest[end:], " \t\r\n"), []byte("("))
			if called && (i == 0 || !word(rest[i-1])) && f.p.Hooks.Is(string(rest[i:end])) {
				return true
			}
			rest = rest[end:]
		}
	}
	return false
}

func word(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// own reports whether a folder is a module's: no more files in it ask hooks than fill operations.
func (f *finder) own(dir string) bool {
	n, fills := 0, map[string]bool{}
	for _, m := range f.filled {
		if strings.HasPrefix(m.file, dir+"/") {
			n, fills[m.file] = n+1, true
		}
	}
	for _, file := range f.t.Paths() {
		if !strings.HasPrefix(file, dir+"/") || fills[file] || !f.looks(file) {
			continue
		}
		if src, err := f.t.ReadFile(file); err == nil && f.calls(src) {
			n--
		}
	}
	return n >= 0
}
