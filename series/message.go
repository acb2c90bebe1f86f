package series

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// bodyWidth is the column that commit messages are wrapped at.
const bodyWidth = 72

// maxSubject is the length that derived subjects keep to, as maintainers ask (xen.git, docs/process/sending-patches.pandoc).
const maxSubject = 72

// describe writes the subject and body of every patch that has none.
func (s *Series) describe(r Rules) error {
	if err := s.deltasOf(); err != nil {
		return err
	}
	for _, p := range s.Patches {
		what, comp := s.what(p), p.component(s.Graph)
		if p.rule != nil && p.rule.Subject != "" {
			_, one, _ := strings.Cut(p.Group, ":")
			what = strings.ReplaceAll(p.rule.Subject, "{}", p.inFolder(s.Graph, one))
		}
		p.Subject = clip(comp+": "+what, maxSubject)
		p.Body = s.body(p)
		if p.rule != nil && p.rule.Body != "" {
			p.Body = wrap(p.rule.Body, bodyWidth)
		}
	}
	s.numberTwins()
	return nil
}

// deepFolder is the number of folders a file is in from which on its own name may say too little (xen/arch/x86/mm/shadow/set.c).
const deepFolder = 4

// inFolder puts the last folder before the name of a file that the patch is about, where all of the patch is deep in one folder.
func (p *Patch) inFolder(g *Graph, name string) string {
	dirs := map[string]bool{}
	for _, c := range p.Changes {
		for _, q := range pathsOf(g.Changes[c]) {
			dirs[path.Dir(q)] = true
		}
	}
	for dir := range dirs {
		if len(dirs) == 1 && p.rule.By == "file" && len(strings.Split(dir, "/")) >= deepFolder && path.Base(dir) != name {
			return path.Base(dir) + "/" + name
		}
	}
	return name
}

// numberTwins tells patches with one subject apart.
func (s *Series) numberTwins() {
	count, at := map[string]int{}, map[string]int{}
	for _, p := range s.Patches {
		count[p.Subject]++
	}
	for _, p := range s.Patches {
		if sub := p.Subject; count[sub] > 1 {
			at[sub]++
			p.Subject = clip(sub, maxSubject-9) + fmt.Sprintf(" (part %d)", at[sub])
		}
	}
}

// component returns what goes before the colon: the rule's, or the one most of its changes have.
func (p *Patch) component(g *Graph) string {
	if p.rule != nil && p.rule.Component != "" {
		return p.rule.Component
	}
	if p.rule != nil && p.rule.By == "" {
		return p.rule.Name
	}
	count := map[string]int{}
	best := p.Group
	for _, c := range p.Changes {
		k := component(g.Changes[c])
		if count[k]++; count[k] > count[best] || count[k] == count[best] && k < best {
			best = k
		}
	}
	return best
}

// what says in a few words what the patch does.
func (s *Series) what(p *Patch) string {
	var said []string
	for _, c := range p.Changes {
		if sum := s.Graph.Changes[c].Summary; sum != "" && !slices.Contains(said, sum) {
			said = append(said, sum)
		}
	}
	if len(said) > 0 {
		return enumerate(said, maxSubject-20)
	}
	made, gone := s.Graph.names(p)
	switch {
	case len(made) > 0:
		return "add " + enumerate(made, maxSubject-24)
	case len(gone) > 0:
		return "remove " + enumerate(gone, maxSubject-24)
	}
	if in := s.Graph.places(p); len(in) > 0 {
		return "change " + enumerate(in, maxSubject-24)
	}
	return whatFiles(p.deltas)
}

// whatFiles describes a patch by its files alone.
func whatFiles(ds []*refactor.Delta) string {
	verb := ""
	var names []string
	for _, d := range ds {
		v := "update"
		switch {
		case d.From != "":
			v = "move"
		case d.Old == nil:
			v = "add"
		case d.New == nil:
			v = "remove"
		}
		if verb != "" && verb != v {
			v = "update"
		}
		verb = v
		if b := path.Base(d.Path); !slices.Contains(names, b) {
			names = append(names, b)
		}
	}
	return strings.TrimSpace(verb + " " + enumerate(names, maxSubject-24))
}

// enumerate joins words as a sentence does, keeping to about width characters.
func enumerate(words []string, width int) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	out := words[0]
	for i, w := range words[1:] {
		rest := len(words) - 1 - i
		sep := ", "
		if rest == 1 {
			sep = " and "
		}
		if len(out)+len(w)+len(sep) > width {
			return fmt.Sprintf("%s and %d more", out, rest)
		}
		out += sep + w
	}
	return out
}

// telling orders definitions by how much their name says about a patch.
var telling = map[refactor.SymbolKind]int{csym.Func: 0, csym.Proto: 0, csym.Config: 1, csym.Perm: 1, csym.Type: 2, csym.Var: 3, csym.Macro: 4, csym.Enum: 4, csym.Word: 5, csym.Field: 6}

// names lists the symbols that the patch defines and removes, the most telling first.
func (g *Graph) names(p *Patch) (made, gone []string) {
	var add, drop []csym.Def
	for _, c := range p.Changes {
		for _, s := range g.Changes[c].Provides {
			add = append(add, csym.Def{Kind: s.Kind, Name: s.Name})
		}
		add = append(add, g.facts[c].made...)
		drop = append(drop, g.facts[c].lost...)
	}
	made, gone = shownNames(add), shownNames(drop)
	gone = slices.DeleteFunc(gone, func(s string) bool { return slices.Contains(made, s) })
	return made, gone
}

func shownNames(ds []csym.Def) []string {
	slices.SortStableFunc(ds, func(a, b csym.Def) int { return telling[a.Kind] - telling[b.Kind] })
	var out []string
	for _, d := range ds {
		if s := shown(d); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// places lists the functions and other named items that the patch changes.
func (g *Graph) places(p *Patch) []string {
	var out []string
	for _, c := range p.Changes {
		for _, w := range g.facts[c].places {
			if _, name, ok := strings.Cut(w.item, ":"); ok && name != "" && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// shown writes a name as commit messages do: functions with their parentheses.
func shown(d csym.Def) string {
	if d.Kind == csym.Func || d.Kind == csym.Proto && strings.Contains(d.Sig, "(") {
		return d.Name + "()"
	}
	return d.Name
}

// body says what the patch does, why it is there, and what it rests on.
func (s *Series) body(p *Patch) string {
	var paras []string
	for _, c := range p.Changes {
		if b := s.Graph.Changes[c].Body; b != "" && !slices.Contains(paras, b) {
			paras = append(paras, b)
		}
	}
	if len(paras) == 0 {
		paras = append(paras, s.byFile(p))
	}
	for i := range paras {
		paras[i] = wrap(paras[i], bodyWidth)
	}
	if why := append(s.Reasons(p), s.serves(p)...); len(why) > 0 {
		paras = append(paras, strings.Join(why, "\n"))
	}
	return strings.Join(paras, "\n\n")
}

// maxListed bounds the files that a derived body lists.
const maxListed = 12

// byFile lists, per file, what is new, changed and gone.
func (s *Series) byFile(p *Patch) string {
	var lines []string
	for _, d := range p.deltas {
		if len(lines) == maxListed {
			lines = append(lines, fmt.Sprintf("- and %d more files", len(p.deltas)-maxListed))
			break
		}
		part := &Patch{}
		for _, c := range p.Changes {
			if ps := pathsOf(s.Graph.Changes[c]); slices.Contains(ps, d.Path) || slices.Contains(ps, d.OldPath()) {
				part.Changes = append(part.Changes, c)
			}
		}
		made, gone := s.Graph.names(part)
		var said []string
		for verb, names := range map[string][]string{"add": made, "remove": gone} {
			if len(names) > 0 {
				said = append(said, verb+" "+enumerate(names, 160))
			}
		}
		sort.Strings(said)
		if in := s.Graph.places(part); len(said) == 0 && len(in) > 0 {
			said = append(said, "change "+enumerate(in, 160))
		}
		if len(said) == 0 {
			said = append(said, strings.Fields(whatFiles([]*refactor.Delta{d}))[0])
		}
		lines = append(lines, hanging("- "+d.Path+": "+strings.Join(said, "; "), bodyWidth))
	}
	return strings.Join(lines, "\n")
}

// hanging wraps a list item, its later lines indented.
func hanging(s string, width int) string {
	return strings.ReplaceAll(strings.Join(fill(strings.Fields(s), width-2), "\n"), "\n", "\n  ")
}

// serves returns, one line each, which later patches use what p brings.
func (s *Series) serves(p *Patch) []string {
	at := s.patchOf()
	mine := at[p.Changes[0]]
	names := map[int][]string{}
	for _, e := range s.Graph.Edges {
		if k := at[e.After]; at[e.Before] == mine && k > mine && !slices.Contains(names[k], e.Symbol.Name) {
			names[k] = append(names[k], e.Symbol.Name)
		}
	}
	var out []string
	for k := range len(s.Patches) {
		if len(names[k]) > 0 {
			out = append(out, wrap(fmt.Sprintf("Patch %d builds on %s.", k+1, enumerate(names[k], 100)), bodyWidth))
		}
	}
	return out
}

// Reasons returns, one line each, which earlier patches p rests on and why.
func (s *Series) Reasons(p *Patch) []string {
	if s.chained {
		return nil
	}
	at := s.patchOf()
	mine := at[p.Changes[0]]
	names := map[int][]string{}
	for _, e := range s.Graph.Edges {
		if at[e.After] == mine && at[e.Before] < mine && !slices.Contains(names[at[e.Before]], e.Symbol.Name) {
			names[at[e.Before]] = append(names[at[e.Before]], e.Symbol.Name)
		}
	}
	var nums []int
	for n := range names {
		nums = append(nums, n)
	}
	sort.Ints(nums)
	var out []string
	for _, n := range nums {
		out = append(out, wrap(fmt.Sprintf("Rests on patch %d for %s.", n+1, enumerate(names[n], 100)), bodyWidth))
	}
	return out
}

// patchOf returns the index of the patch that each change is in.
func (s *Series) patchOf() []int {
	at := make([]int, len(s.Graph.Changes))
	for i, p := range s.Patches {
		for _, c := range p.Changes {
			at[c] = i
		}
	}
	return at
}

// clip shortens s to n bytes at a word, marking the cut.
func clip(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= n {
		return s
	}
	cut := strings.LastIndexByte(s[:n-3], ' ')
	if cut < n/2 {
		cut = n - 3
		for cut > 0 && s[cut]&0xC0 == 0x80 {
			cut--
		}
	}
	return strings.TrimRight(s[:cut], " ,:") + "..."
}

// wrap breaks each paragraph at width. Indented lines and list items stay lines of their own.
func wrap(s string, width int) string {
	var out []string
	var para []string
	flush := func() {
		if len(para) > 0 {
			out = append(out, fill(strings.Fields(strings.Join(para, " ")), width)...)
			para = nil
		}
	}
	for _, l := range strings.Split(strings.TrimSpace(s), "\n") {
		l = strings.TrimRight(l, " \t\r")
		if l == "" || l[0] == ' ' || l[0] == '\t' || strings.HasPrefix(l, "- ") || strings.HasPrefix(l, "* ") {
			flush()
			out = append(out, l)
			continue
		}
		para = append(para, l)
	}
	flush()
	return strings.Join(out, "\n")
}

func fill(words []string, width int) []string {
	var lines []string
	for _, w := range words {
		n := len(lines)
		if n > 0 && len(lines[n-1])+1+len(w) <= width {
			lines[n-1] += " " + w
		} else {
			lines = append(lines, w)
		}
	}
	return lines
}
