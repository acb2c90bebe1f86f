//go:build xen

package analyze_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze"
)

// reread finds the text at reported positions, with the macros of the tree read by regular expression.
type reread struct {
	root   string
	files  map[string][]string        // lines
	macros map[string]map[string]bool // words of each macro's bodies
	pieces map[string][]string        // words beside ## in them
	memo   map[string]bool
}

var (
	define = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*define[ \t]+(\w+)((?:[^\\\n]|\\.|\\\n)*)`)
	ident  = regexp.MustCompile(`[A-Za-z_]\w*`)
	pasted = regexp.MustCompile(`\w+(?:\s*##\s*\w+)+`)
)

func newReread(t *testing.T, root string) *reread {
	t.Helper()
	r := &reread{root: root, files: map[string][]string{}, macros: map[string]map[string]bool{}, pieces: map[string][]string{}, memo: map[string]bool{}}
	for _, s := range append(hypervisorSources(t, root), sourcesBelow(t, root, "xen/xsm")...) {
		for _, m := range define.FindAllStringSubmatch(s.text, -1) {
			if r.macros[m[1]] == nil {
				r.macros[m[1]] = map[string]bool{}
			}
			for _, w := range ident.FindAllString(m[2], -1) {
				r.macros[m[1]][w] = true
			}
			for _, p := range pasted.FindAllString(m[2], -1) {
				r.pieces[m[1]] = append(r.pieces[m[1]], ident.FindAllString(p, -1)...)
			}
		}
	}
	return r
}

// at returns the text from a place to its end of line, and ten more lines.
func (r *reread) at(p analyze.Place) (string, error) {
	lines, ok := r.files[p.File]
	if !ok {
		b, err := os.ReadFile(filepath.Join(r.root, p.File))
		if err != nil {
			return "", err
		}
		lines = strings.Split(string(b), "\n")
		r.files[p.File] = lines
	}
	if p.Line < 1 || p.Line > len(lines) || p.Col < 1 || p.Col > len(lines[p.Line-1]) {
		return "", fmt.Errorf("no such position")
	}
	return lines[p.Line-1][p.Col-1:] + "\n" + strings.Join(lines[p.Line:min(len(lines), p.Line+10)], "\n"), nil
}

// leads reports whether word is name, or a macro whose expansion has name in it, or pieces that ## makes name of.
func (r *reread) leads(word, name string, depth int) bool {
	if word == name {
		return true
	}
	body := r.macros[word]
	if body == nil || depth == 0 {
		return false
	}
	if body[name] {
		return true
	}
	key := fmt.Sprint(word, " ", name, " ", depth)
	if v, ok := r.memo[key]; ok {
		return v
	}
	found := slices.ContainsFunc(r.pieces[word], func(p string) bool {
		return strings.HasPrefix(name, p) || strings.HasSuffix(name, p) || len(p) > 4 && strings.Contains(name, p)
	})
	for w := range body {
		found = found || w != word && r.leads(w, name, depth-1)
	}
	r.memo[key] = found || r.makesMacro(word, name, depth)
	return r.memo[key]
}

// makesMacro reports whether ## in macro word makes the name of another macro, _sched_spinlock ## nr, that leads to name.
func (r *reread) makesMacro(word, name string, depth int) bool {
	for _, p := range r.pieces[word] {
		if len(p) <= 8 {
			continue
		}
		for m := range r.macros {
			if m != word && strings.HasPrefix(m, p) && r.leads(m, name, depth-1) {
				return true
			}
		}
	}
	return false
}

// anyLeads reports whether some word of text leads to name.
func (r *reread) anyLeads(text, name string) bool {
	for _, w := range ident.FindAllString(text, -1) {
		if r.leads(w, name, 8) {
			return true
		}
	}
	return false
}

var caseText = regexp.MustCompile(`^case\s+((?:[^:?]|\?[^:]*:|::)+?)\s*:`)

// label checks a case label.
func (r *reread) label(text, name string) bool {
	if name == "default" {
		return strings.HasPrefix(text, "default") || strings.HasPrefix(text, "switch") || r.anyLeads(firstWord(text), "default")
	}
	if m := caseText.FindStringSubmatch(text); m != nil {
		first, _, _ := strings.Cut(m[1], "...") // a range is named by its first value
		return squash(first) == squash(name) || r.anyLeads(m[1], name)
	}
	return r.leads(firstWord(text), "case", 8)
}

func squash(s string) string { return strings.Join(strings.Fields(s), "") }

func firstWord(s string) string {
	return ident.FindString(s[:min(len(s), 200)])
}

// definition checks that name is what a function's head at text names.
func (r *reread) definition(text, name string) bool {
	head, _, _ := strings.Cut(text, "{")
	if r.anyLeads(head, name) {
		return true
	}
	made := r.pieces[firstWord(head)] != nil          // by a macro, from its arguments
	for _, w := range ident.FindAllString(head, -1) { // do_##fn, fn##_##level
		if strings.HasSuffix(name, "_"+w) || (made || r.macros[w] != nil) && strings.HasPrefix(name, w+"_") {
			return true
		}
	}
	return false
}

// expression is the text up to where an expression that starts there must end.
func expression(text string) string {
	depth := 0
	for i, c := range text {
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth < 0 {
				return text[:i]
			}
		case ';':
			if depth <= 0 {
				return text[:i]
			}
		}
	}
	return text
}

// checker counts what was checked, by kind.
type checker struct {
	t       *testing.T
	r       *reread
	checked map[string]int
	seen    map[string]bool
	bad     map[string]int
}

// check re-reads one place; ok judges the text that stands there.
func (c *checker) check(kind, name string, p analyze.Place, ok func(text string) bool) {
	key := fmt.Sprint(kind, name, p)
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	c.checked[kind]++
	text, err := c.r.at(p)
	if err == nil && ok(text) {
		return
	}
	if err == nil && c.argument(name, p) {
		c.checked["(macro argument)"]++
		return
	}
	if c.bad[kind]++; c.bad[kind] <= 10 {
		line, _, _ := strings.Cut(text, "\n")
		c.t.Errorf("%s %s is not at %s:%d:%d: %q %v", kind, name, p.File, p.Line, p.Col, line, err)
	}
}

// argument reports whether the place is an argument of a macro on its line that leads to name: for_each_drhd_unit(drhd).
func (c *checker) argument(name string, p analyze.Place) bool {
	before := c.r.files[p.File][p.Line-1][:p.Col-1]
	if strings.Count(before, "(") <= strings.Count(before, ")") {
		return false
	}
	return c.r.anyLeads(before, name[strings.LastIndex(name, ".")+1:])
}

// call checks a call of name: itself, or the macro that it came through.
func (c *checker) call(kind, name string, p analyze.Place) {
	c.check(kind, name, p, func(text string) bool {
		return c.r.anyLeads(firstWord(text), name) || c.r.anyLeads(expression(text), name)
	})
}

// access checks the member of "owner.member".
func (c *checker) access(kind string, a *analyze.Access) {
	member := a.What[strings.LastIndex(a.What, ".")+1:]
	c.check(kind, a.What, a.Place, func(text string) bool { return c.r.anyLeads(expression(text), member) })
}

func (c *checker) op(o *analyze.Op) {
	if o.Command != "" && o.Command != "default" && len(o.Via) > 0 {
		c.check("operation", o.Command, o.Place, func(text string) bool {
			return strings.HasPrefix(text, "case") || c.r.leads(firstWord(text), "case", 8) || c.r.definition(text, o.Function)
		})
	}
	for _, l := range o.Via {
		c.check("via", l.Case, l.Place, func(text string) bool { return c.r.label(text, l.Case) })
	}
	for _, l := range o.Labels {
		c.check("label", l.Case, l.Place, func(text string) bool { return c.r.label(text, l.Case) })
	}
	for _, x := range o.Objects {
		c.call("object", x.Lookup, x.Place)
	}
	for i := range o.Locks {
		name, _, _ := strings.Cut(o.Locks[i].What, "(")
		c.call("lock", name, o.Locks[i].Place)
	}
	for i := range o.Reads {
		c.access("read", &o.Reads[i])
	}
	for i := range o.Writes {
		c.access("write", &o.Writes[i])
	}
	for i := range o.Copies {
		c.check("copy", o.Copies[i].Kind, o.Copies[i].Place, func(text string) bool {
			return c.r.anyCopy(expression(text))
		})
	}
	for i := range o.Legacy {
		name, _, _ := strings.Cut(o.Legacy[i].What, "(")
		c.call("legacy", name, o.Legacy[i].Place)
	}
}

var copyName = regexp.MustCompile(`(copy|clear)_(to|from|field)|get_user|put_user`)

// copies are the functions that move data between guest and hypervisor memory.
var copies = []string{"raw_copy_to_guest", "__raw_copy_to_guest", "raw_copy_from_guest", "__raw_copy_from_guest", "raw_clear_guest", "__raw_clear_guest"}

// anyCopy reports whether some word of text is a copy from or to a guest, or a macro for one.
func (r *reread) anyCopy(text string) bool {
	return copyName.MatchString(text) || slices.ContainsFunc(copies, func(name string) bool { return r.anyLeads(text, name) })
}

// TestXenPositions re-reads every reported position from the tree and finds the expected text there.
func TestXenPositions(t *testing.T) {
	s := sharedScan(t)
	c := &checker{t: t, r: newReread(t, xenRoot(t)), checked: map[string]int{}, seen: map[string]bool{}, bad: map[string]int{}}
	for i := range s.facts.Entries {
		e := &s.facts.Entries[i]
		c.check("entry", e.Name, e.Place, func(text string) bool { return c.r.definition(text, e.Name) })
	}
	for i := range s.facts.Sites {
		x := &s.facts.Sites[i]
		c.check("site", x.Hook, x.Place, func(text string) bool {
			return strings.HasPrefix(text, x.Hook) || x.InMacro && c.r.leads(firstWord(text), x.Hook, 8)
		})
	}
	for i := range s.facts.Functions {
		f := &s.facts.Functions[i]
		c.check("function", f.Name, f.Place, func(text string) bool { return c.r.definition(text, f.Name) })
	}
	for i := range s.facts.Ops {
		c.op(&s.facts.Ops[i])
	}
	kinds := make([]string, 0, len(c.checked))
	for k := range c.checked {
		kinds = append(kinds, k)
	}
	sort.Strings(kinds)
	for _, k := range kinds {
		t.Logf("%-10s %6d positions, %d wrong", k, c.checked[k], c.bad[k])
	}
	if c.checked["site"] < 100 || c.checked["label"] < 500 {
		t.Error("too few positions: the check is void")
	}
}

// TestXenPositionsCanFail moves positions and expects the re-reading to object.
func TestXenPositionsCanFail(t *testing.T) {
	s := sharedScan(t)
	r := newReread(t, xenRoot(t))
	for i := range s.facts.Sites {
		p := s.facts.Sites[i].Place
		p.Col++
		if text, err := r.at(p); err == nil && strings.HasPrefix(text, s.facts.Sites[i].Hook) {
			t.Errorf("%v: one column on, the hook is still found", p)
		}
	}
	if r.label("case XEN_DOMCTL_pausedomain:", "XEN_DOMCTL_unpausedomain") || r.definition("long do_domctl(int x)\n{", "do_sysctl") {
		t.Error("another label or function is accepted")
	}
}
