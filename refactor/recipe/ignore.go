package recipe

import (
	"path"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
)

// ignores is what the tree's .gitignore files say: the files that a build makes.
// Patterns are git's (gitignore(5)) without character ranges' corner cases.
type ignores struct{ rules []ignoreRule }

type ignoreRule struct {
	dir, pat string
	negate   bool
	rooted   bool
}

func readIgnores(t *refactor.Tree) *ignores {
	var files []string
	for _, p := range t.Paths() {
		if path.Base(p) == ".gitignore" {
			files = append(files, p)
		}
	}
	sort.Slice(files, func(i, j int) bool { return strings.Count(files[i], "/") < strings.Count(files[j], "/") })
	g := &ignores{}
	for _, p := range files {
		b, err := t.ReadFile(p)
		if err != nil {
			continue
		}
		for _, l := range strings.Split(string(b), "\n") {
			g.add(path.Dir(p), strings.TrimRight(l, " \r"))
		}
	}
	return g
}

func (g *ignores) add(dir, l string) {
	if l == "" || l[0] == '#' {
		return
	}
	r := ignoreRule{dir: dir}
	r.negate = strings.HasPrefix(l, "!")
	l = strings.TrimPrefix(l, "!")
	l = strings.TrimSuffix(l, "/")
	r.rooted = strings.Contains(l, "/")
	r.pat = strings.TrimPrefix(l, "/")
	g.rules = append(g.rules, r)
}

// match reports whether a build makes p, or a folder that p lies in.
func (g *ignores) match(p string) bool {
	out := false
	for _, r := range g.rules {
		if r.negate == out && r.covers(p) {
			out = !r.negate
		}
	}
	return out
}

func (r ignoreRule) covers(p string) bool {
	if r.dir != "." {
		rest, ok := strings.CutPrefix(p, r.dir+"/")
		if !ok {
			return false
		}
		p = rest
	}
	parts := strings.Split(p, "/")
	for i := range parts {
		name := parts[i]
		if r.rooted {
			name = strings.Join(parts[:i+1], "/")
		}
		if ok, err := path.Match(r.pat, name); err == nil && ok {
			return true
		}
	}
	return false
}
