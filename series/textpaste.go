package series

import (
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// minPasted is the length of a word that may be part of a name by chance no more.
const minPasted = 6

// pasted binds names that a macro makes of a word (PREFIX_##word) to the line of a header that brings the word: a change that
// newly uses PREFIX_WORD, which no touched file defines, comes after one that newly has WORD in a header.
func (t *textLinker) pasted() {
	words := map[string][]int{}
	for i, f := range t.g.facts {
		if !slices.ContainsFunc(f.files, func(p string) bool { return path.Ext(p) == ".h" }) {
			continue
		}
		for k := range f.uses {
			if !k.member && !f.drops[k] && len(k.name) >= minPasted && strings.ToUpper(k.name) == k.name && t.made[k] == nil && t.old[k] == nil {
				words[k.name] = append(words[k.name], i)
			}
		}
	}
	for i, f := range t.g.facts {
		for k := range f.uses {
			if k.member || f.drops[k] || t.made[k] != nil || t.old[k] != nil || t.used[k] || strings.HasPrefix(k.name, "CONFIG_") {
				continue
			}
			for at := strings.IndexByte(k.name, '_'); at >= 0 && at+minPasted < len(k.name); {
				for _, c := range words[k.name[at+1:]] {
					t.set.add(c, i, WhyNeed, refactor.Symbol{Kind: csym.Macro, Name: k.name})
				}
				next := strings.IndexByte(k.name[at+1:], '_')
				if next < 0 {
					break
				}
				at += 1 + next
			}
		}
	}
}
