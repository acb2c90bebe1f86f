package profile

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

var (
	elementRE = regexp.MustCompile(`(?m)^[ \t]*(?:\.\w+[ \t]*=[ \t]*&?\w+[ \t]*,?|#[ \t]*include\b.*)[ \t]*$`)
	callRE    = regexp.MustCompile(`\b(\w+)\s*\(`)
)

// For returns the profile with the security modules of a tree that stand elsewhere than in the profile's folders: a module is where the
// operations are filled, that is, where a variable of a structure of the hooks' prefix is initialised with functions. Its folder is of
// the module unless more files there ask hooks than fill operations; then the file alone is. Without such modules it is p itself.
func (p *Profile) For(t *refactor.Tree) (*Profile, error) {
	f := finder{p: p, t: t, asks: map[string]bool{}}
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
	asks   map[string]bool // files that call hooks
}

func (f *finder) read() error {
	for _, file := range f.t.Paths() {
		if !strings.HasSuffix(file, ".c") || f.p.Hooks.Modules.Has(file) || strings.HasPrefix(file, "tools/") {
			continue
		}
		src, err := f.t.ReadFile(file)
		if err != nil {
			continue // a link that leads nowhere: whoever needs the file says so
		}
		for i, prefix := range f.p.Hooks.Prefixes {
			if !bytes.Contains(src, []byte(prefix)) {
				continue
			}
			if name := fills(src, f.tables[i]); name != "" {
				f.filled = append(f.filled, filled{file, name})
				break
			}
			f.asks[file] = f.asks[file] || f.calls(src)
		}
	}
	return nil
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
	for _, m := range callRE.FindAllSubmatch(src, -1) {
		if f.p.Hooks.Is(string(m[1])) {
			return true
		}
	}
	return false
}

// own reports whether a folder is a module's: no more files in it ask hooks than fill operations.
func (f *finder) own(dir string) bool {
	n := 0
	for _, m := range f.filled {
		if strings.HasPrefix(m.file, dir+"/") {
			n++
		}
	}
	for file, asks := range f.asks {
		if asks && strings.HasPrefix(file, dir+"/") {
			n--
		}
	}
	return n >= 0
}
