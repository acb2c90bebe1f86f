package series

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// generated: a header that the build makes is included once the makefile names it, and is not any more before the makefile ceases to.
func (t *textLinker) generated(tip *refactor.Tree) {
	for side, tree := range []*refactor.Tree{t.g.Base, tip} {
		named := map[string][]int{} // by headers, the changes to makefiles that bring or take a line with them
		for _, f := range t.files {
			if f.lang == csym.Make {
				f.newFiles(side, func(c int, name string) {
					if path.Ext(name) == ".h" && !hasFile(tree, name) {
						named[name] = append(named[name], c)
					}
				})
			}
		}
		for _, f := range t.files {
			if f.lang != csym.C || len(named) == 0 {
				continue
			}
			f.newFiles(side, func(c int, name string) {
				for _, h := range slices.Sorted(maps.Keys(named)) {
					for _, m := range named[h] {
						switch sym := (refactor.Symbol{Kind: csym.File, Name: h}); {
						case !isHeader(h, name) && !isHeader(name, h):
						case side == 1:
							t.set.add(m, c, WhyFile, sym)
						default:
							t.set.add(c, m, WhyUnused, sym)
						}
					}
				}
			})
		}
	}
}

// hasFile reports whether a tree has a file that a name may mean.
func hasFile(t *refactor.Tree, name string) bool {
	return slices.ContainsFunc(t.Paths(), func(p string) bool { return p == name || strings.HasSuffix(p, "/"+name) })
}
