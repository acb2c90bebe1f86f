package tables

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Missing is a sub-command that some dispatcher has, that reaches a hook, and that the policy module's switch behind that hook refuses
// because it does not know it.
type Missing struct {
	Hook     *Hook
	Switch   *Switch
	Label    string
	Function string // of the dispatcher
	At       refactor.Span
}

// family is one switch of the policy module over sub-commands.
type family struct {
	hook   *Hook
	call   string // the hook's name at a call
	sw     *Switch
	known  map[string]bool
	prefix string // what all labels start with, to an underscore; "" for none
}

// minPrefix is how long a shared start of labels must be to say that they belong together.
const minPrefix = 4

// families lists the switches that refuse what they do not know.
func (t *Tables) families() (out []*family) {
	for _, h := range t.Hooks {
		for _, sw := range t.Switches(h) {
			if len(sw.Labels) == 0 || !t.refuses(h, sw) {
				continue
			}
			f := &family{hook: h, call: t.Prefix + h.Name, sw: sw, known: map[string]bool{}, prefix: shared(sw.Labels)}
			for _, l := range sw.Labels {
				f.known[l] = true
			}
			out = append(out, f)
		}
	}
	return out
}

// refuses reports whether a switch's default asks nothing and gives an error, or leaves the answer to a function.
func (t *Tables) refuses(h *Hook, sw *Switch) bool {
	found := false
	for _, o := range t.Outcomes(h) {
		for _, l := range o.Labels {
			if l.Switch != sw || !l.Default {
				continue
			}
			if len(o.Asks) > 0 {
				return false
			}
			for _, r := range o.Returns {
				found = found || strings.HasPrefix(r, "-") || strings.HasPrefix(r, "#-") || strings.HasSuffix(r, "()")
			}
		}
	}
	return found
}

// shared is the common start of labels up to its last underscore, "" when it is short.
func shared(labels []string) string {
	p := labels[0]
	for _, l := range labels[1:] {
		for !strings.HasPrefix(l, p) {
			p = p[:len(p)-1]
		}
	}
	if p = p[:strings.LastIndexByte(p, '_')+1]; len(p) < minPrefix {
		return ""
	}
	return p
}

var callRE = regexp.MustCompile(`\b(\w+)[ \t]*\(`)

var caseRE = regexp.MustCompile(`\bcase\s+(\w+)\s*:`)

// MissingCases compares the policy module's switches with the dispatchers of the tree, in every architecture.
func (t *Tables) MissingCases() (out []*Missing) {
	for _, f := range t.families() {
		out = append(out, t.missing(f)...)
	}
	return out
}

// smallFamily is how many commands a switch has at most for its dispatcher to be found by their names one by one.
const smallFamily = 6

// missing finds the commands of one family that its switch lacks.
func (t *Tables) missing(f *family) (out []*Missing) {
	u := t.scan()
	seen := map[string]bool{}
	askers := t.callersOf(u, f.hook)
	if len(askers) == 0 {
		return nil
	}
	for _, p := range f.files(u) {
		for _, l := range u.labels(p) {
			if f.known[l.name] || seen[l.name] {
				continue
			}
			s := u.source(p)
			fn := s.enclosing(l.at)
			on, ok := f.dispatches(u, s, fn, l.name)
			if !ok || !f.below(u, askers)[fn] && !t.passed(f, on) || !f.reached(askers, l.name) {
				continue
			}
			seen[l.name] = true
			out = append(out, &Missing{Hook: f.hook, Switch: f.sw, Label: l.name, Function: fn, At: s.span(l.at, l.at+len(l.name))})
		}
	}
	return append(out, t.atCalls(f, seen)...)
}

// passed reports whether a call of the hook passes a value of the name that a dispatcher elsewhere switches on (op->cmd and sc->cmd), and the
// module's function switches on that value and not on a state of an object: then the dispatcher is behind an operations table.
func (t *Tables) passed(f *family, on string) bool {
	if strings.Contains(f.sw.On, "->") || strings.Contains(f.sw.On, ".") {
		return false
	}
	for _, c := range t.Calls() {
		if c.Hook != f.hook {
			continue
		}
		for _, a := range c.raw.args {
			if member(a) == member(on) {
				return true
			}
		}
	}
	return false
}

// member is the last name of an expression: cmd of op->cmd.
func member(e string) string {
	words := wordRE.FindAllString(e, -1)
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// files lists the files that name the family's commands.
func (f *family) files(u *uses) (out []string) {
	if f.prefix != "" {
		return u.named(f.prefix)
	}
	for l := range f.known {
		if len(f.known) <= smallFamily {
			out = append(out, u.named(l)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// atCalls finds commands whose own code calls the hook, beside others that the module's switch knows, and that it does not.
func (t *Tables) atCalls(f *family, seen map[string]bool) (out []*Missing) {
	var sites []*Call
	knows := false
	for _, c := range t.Calls() {
		if c.Hook != f.hook || len(c.raw.args) == 0 {
			continue
		}
		sites = append(sites, c)
		for _, l := range c.Commands() {
			knows = knows || f.known[l]
		}
	}
	if !knows {
		return nil
	}
	for _, c := range sites {
		for _, l := range c.Commands() {
			if f.known[l] || seen[l] || word(l) != word(f.sw.Labels[0]) || !c.passes(f) {
				continue
			}
			seen[l] = true
			out = append(out, &Missing{Hook: f.hook, Switch: f.sw, Label: l, Function: c.Function(), At: c.At})
		}
	}
	return out
}

// word is the first word of a command's name.
func word(l string) string {
	w, _, _ := strings.Cut(l, "_")
	return w
}

// passes reports whether a call's arguments hold what the function switches on.
func (c *Call) passes(f *family) bool {
	for _, d := range c.src.functions() {
		if d.start > c.off || c.off >= d.end {
			continue
		}
		for _, m := range switchRE.FindAllStringSubmatch(c.src.text[d.start:c.off], -1) {
			for _, a := range c.raw.args {
				if on := squeezeSpace(m[1]); a == on || strings.HasPrefix(on, a+"->") {
					return true
				}
			}
		}
	}
	return false
}

var switchRE = regexp.MustCompile(`\bswitch\s*\(\s*([^;{}]*?)\s*\)\s*\{`)

// below lists the functions that the hook's callers get to by calls among files that name the family's commands, themselves included.
func (f *family) below(u *uses, callers []*body) map[string]bool {
	k := f.call + " " + f.prefix + strings.Join(f.sw.Labels[:min(len(f.sw.Labels), smallFamily)], " ")
	if u.under[k] != nil {
		return u.under[k]
	}
	under := map[string]bool{}
	u.under[k] = under
	texts := map[string]string{}
	for _, p := range f.files(u) {
		s := u.source(p)
		for _, d := range s.functions() {
			texts[d.name] += s.text[d.start:d.end]
		}
	}
	var work []string
	for _, b := range callers {
		work = append(work, b.name)
	}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if under[n] {
			continue
		}
		under[n] = true
		for _, w := range callRE.FindAllStringSubmatch(texts[n], -1) {
			if texts[w[1]] != "" {
				work = append(work, w[1])
			}
		}
	}
	return under
}

// named lists the files that hold a prefix.
func (u *uses) named(prefix string) []string {
	if l, ok := u.naming[prefix]; ok {
		return l
	}
	var out []string
	for _, p := range u.files {
		if bytes.Contains(u.raw[p], []byte(prefix)) {
			out = append(out, p)
		}
	}
	u.naming[prefix] = out
	return out
}

// label is one case label of a file.
type label struct {
	name string
	at   int
}

// labels lists the named case labels of a file.
func (u *uses) labels(p string) []label {
	if l, ok := u.cases[p]; ok {
		return l
	}
	var out []label
	if bytes.Contains(u.raw[p], []byte("case ")) {
		s := u.source(p)
		for _, m := range caseRE.FindAllStringSubmatchIndex(s.text, -1) {
			out = append(out, label{s.text[m[2]:m[3]], m[2]})
		}
	}
	u.cases[p] = out
	return out
}

// function parses one function of a file, once.
func (u *uses) function(s *source, name string) []*body {
	k := s.path + " " + name
	if b, ok := u.bodies[k]; ok {
		return b
	}
	b := parse(s, func(n, _ string) bool { return n == name })
	u.bodies[k] = b
	return b
}

// callersOf reads the functions that call a hook.
func (t *Tables) callersOf(u *uses, h *Hook) (out []*body) {
	if b, ok := u.callers[h.Name]; ok {
		return b
	}
	done := map[string]bool{}
	for _, c := range u.calls {
		p := c.src.path
		if c.name != h.Name || done[p] {
			continue
		}
		done[p] = true
		needle := t.Prefix + h.Name
		for _, b := range parse(c.src, func(_, text string) bool { return strings.Contains(text, needle) }) {
			if b.callBlock(needle) >= 0 {
				out = append(out, b)
			}
		}
	}
	u.callers[h.Name] = out
	return out
}

// callBlock is a block that calls the function, -1 for none.
func (b *body) callBlock(name string) int32 {
	for k := range b.f.Blocks {
		for _, n := range b.calls(int32(k)) {
			if b.callee(n) == name {
				return int32(k)
			}
		}
	}
	return -1
}

// reached reports whether command l gets to a call of the hook: following, at each switch on commands of the family, the command's way only.
func (f *family) reached(callers []*body, l string) bool {
	for _, b := range callers {
		if f.reachedIn(b, l) {
			return true
		}
	}
	return false
}

func (f *family) reachedIn(b *body, l string) bool {
	seen := make([]bool, len(b.f.Blocks))
	work := []int32{0}
	name := f.call
	for len(work) > 0 {
		k := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[k] {
			continue
		}
		seen[k] = true
		for _, n := range b.calls(k) {
			if b.callee(n) == name {
				return true
			}
		}
		work = append(work, f.next(b, &b.f.Blocks[k], l)...)
	}
	return false
}

// next lists the blocks that follow for command l.
func (f *family) next(b *body, blk *ir.Block, l string) []int32 {
	if blk.Term == ir.TBranch {
		if way, ok := f.decided(b, blk.N, l); ok {
			return blk.Succs[way : way+1]
		}
	}
	if blk.Term != ir.TSwitch {
		return blk.Succs
	}
	mine, other := false, blk.Succs[len(blk.Succs)-1:]
	var out []int32
	for _, c := range blk.Cases {
		n := b.str(c.Name)
		mine = mine || f.known[n] || n == l || f.prefix != "" && strings.HasPrefix(n, f.prefix)
		switch {
		case n == l:
			out = append(out, c.Block)
		case c.Default:
			other = []int32{c.Block}
		}
	}
	if !mine {
		return blk.Succs
	}
	if out == nil {
		return other
	}
	return out
}

// decided evaluates a comparison with a command of the family: which successor command l takes.
func (f *family) decided(b *body, n int32, l string) (way int, ok bool) {
	nd := b.node(b.strip(n))
	if nd.Op != ir.Binary {
		return 0, false
	}
	op := b.str(nd.Name)
	y := b.node(b.strip(nd.Y))
	if op != "==" && op != "!=" || y.Op != ir.Ident && y.Op != ir.Const {
		return 0, false
	}
	c := b.str(y.Name)
	if !f.known[c] && c != l {
		return 0, false
	}
	if (c == l) == (op == "==") {
		return 0, true
	}
	return 1, true
}

// dispatches reports whether the function's switch with command l is over the family's commands: it has another that the module knows, and
// either most of them are known or most start alike. on is what it switches on.
func (f *family) dispatches(u *uses, s *source, fn, l string) (on string, ok bool) {
	for _, b := range u.function(s, fn) {
		for k := range b.f.Blocks {
			alike, known, has, all := 0, 0, false, 0
			for _, c := range b.f.Blocks[k].Cases {
				if c.Default {
					continue
				}
				all++
				n := b.str(c.Name)
				has = has || n == l
				if f.known[n] {
					known++
				}
				if f.prefix != "" && strings.HasPrefix(n, f.prefix) {
					alike++
				}
			}
			if has && known > 0 && (2*known > all || 2*alike > all && strings.HasPrefix(l, f.prefix)) {
				return b.text(b.f.Blocks[k].N), true
			}
		}
	}
	return "", false
}
