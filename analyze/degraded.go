package analyze

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// badLinks lists the symbolic links to sources below folder that name no file of the tree: they leave it, loop or dangle.
func badLinks(t *refactor.Tree, folder, cfg string) (out []Degraded) {
	for _, p := range t.Paths() {
		ext := path.Ext(p)
		if t.File(p).Mode != refactor.ModeSymlink || folder != "" && !strings.HasPrefix(p, folder+"/") || ext != ".c" && ext != ".h" && ext != ".S" {
			continue
		}
		if _, err := t.Resolve(p); err != nil {
			out = append(out, Degraded{Place: Place{File: p, Line: 1}, Reason: "not followed: " + err.Error(), Config: cfg})
		}
	}
	return out
}

// missingHandlers says of each handler that a hypercall table names and nothing defines where the table is.
// Tables in assembly that no unit of db assembles belong to another architecture.
func missingHandlers(t *refactor.Tree, db *compdb.DB, p *Program, missing []string) (out []Degraded) {
	for _, name := range missing {
		for _, via := range p.missingVia[name] {
			file, table, _ := strings.Cut(via, ":")
			src, err := t.ReadFile(file)
			if err != nil || !assembled(db, file) {
				continue
			}
			out = append(out, Degraded{
				Place:  Place{File: file, Line: mention(src, name), Function: name},
				Reason: "a hypercall enters here through " + table + ", and no unit defines it: its operations are unknown", Config: p.Config,
			})
			break
		}
	}
	return out
}

// assembled reports whether file is C, or assembly that some unit of db is made from.
func assembled(db *compdb.DB, file string) bool {
	return !strings.EqualFold(path.Ext(file), ".s") || slices.ContainsFunc(db.Units, func(u cpp.Unit) bool { return u.Main == file })
}

// mention is the line, from 1, of the first occurrence of name in src, with or without the prefix that a table's macro adds; 1 when there is none.
func mention(src []byte, name string) int {
	for _, s := range []string{name, strings.TrimPrefix(strings.TrimPrefix(name, "do_"), "compat_")} {
		if i := bytes.Index(src, []byte(s)); i >= 0 {
			return 1 + bytes.Count(src[:i], []byte("\n"))
		}
	}
	return 1
}
