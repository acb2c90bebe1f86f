package series

import (
	"path"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// warnings: a makefile asks for a new warning after the code below it is changed, since that may be what the warning is about.
func (g *Graph) warnings(set *edgeSet) error {
	for c, ch := range g.Changes {
		for _, e := range ch.Edits {
			if csym.LangOf(e.Path) != csym.Make {
				continue
			}
			old, err := textOf(g.Base.File(e.Path))
			if err != nil {
				return err
			}
			if e.End > len(old) {
				continue // of a file that is made here
			}
			had := warningFlags(string(old[e.Start:e.End]))
			for flag := range warningFlags(string(e.New)) {
				if !had[flag] {
					g.lastBelow(set, c, path.Dir(e.Path), flag)
				}
			}
		}
	}
	return nil
}

// warningFlags lists the words that turn a warning on.
func warningFlags(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n,()\\", r) }) {
		if rest, ok := strings.CutPrefix(w, "-W"); ok && len(rest) > 1 && rest[0] >= 'a' && !strings.HasPrefix(rest, "no-") {
			out[w] = true
		}
	}
	return out
}

// lastBelow puts change c after those to C files below a directory, unless anything comes after c.
func (g *Graph) lastBelow(set *edgeSet, c int, dir, flag string) {
	for _, e := range set.list {
		if e.Before == c {
			return
		}
	}
	for i, f := range g.facts {
		for _, p := range f.files {
			if i != c && csym.LangOf(p) == csym.C && (dir == "." || strings.HasPrefix(p, dir+"/")) {
				set.add(i, c, WhyBuild, refactor.Symbol{Name: flag})
				break
			}
		}
	}
}
