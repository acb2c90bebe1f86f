package tables

import (
	"bytes"
	"maps"
	"regexp"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/ir"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Call is one call of a hook in the hypervisor's own code, compiled or not.
type Call struct {
	Hook    *Hook
	Actions []string // default actions that its first argument may be; none when it gives none, or a variable
	Given   bool     // its first argument is a default action, constant or not
	Guard   string   // conditions around it in its file
	At      refactor.Span
	src     *source
	off     int
	raw     *rawCall
}

// rawCall is a call as it stands in the text.
type rawCall struct {
	name    string // without the prefix
	args    []string
	guard   string
	src     *source
	off, to int

	commands []string // see Commands
}

// Function is the function that the call stands in, "" outside functions.
func (c *Call) Function() string { return c.src.enclosing(c.off) }

// Dispatched reports whether some dispatcher outside the modules has the command.
func (t *Tables) Dispatched(command string) bool {
	u := t.scan()
	for _, p := range u.named(command) {
		for _, l := range u.labels(p) {
			if l.name == command {
				return true
			}
		}
	}
	return false
}

// Commands lists the case labels that stand right before the call's statements: the innermost run of labels in its function, "" aside.
func (c *Call) Commands() []string {
	if c.raw.commands == nil {
		c.raw.commands = append([]string{}, c.commands()...)
	}
	return c.raw.commands
}

func (c *Call) commands() (out []string) {
	for _, f := range c.src.functions() {
		if f.start > c.off || c.off >= f.end {
			continue
		}
		end := -1
		for _, m := range caseRE.FindAllStringSubmatchIndex(c.src.text[f.start:c.off], -1) {
			if end < 0 || strings.TrimSpace(c.src.text[f.start+end:f.start+m[0]]) != "" {
				out = nil
			}
			out = append(out, c.src.text[f.start+m[2]:f.start+m[3]])
			end = m[1]
		}
	}
	return out
}

// uses is what the tree outside the modules says about the tables.
type uses struct {
	files []string // C files of the hypervisor
	raw   map[string][]byte
	src   map[string]*source
	calls []*rawCall

	cases   map[string][]label
	bodies  map[string][]*body
	callers map[string][]*body
	naming  map[string][]string        // files that name commands with a prefix
	under   map[string]map[string]bool // by hook and prefix, see below
}

// scan reads the tree's own code once.
func (t *Tables) scan() *uses {
	if t.used != nil {
		return t.used
	}
	u := &uses{raw: map[string][]byte{}, src: map[string]*source{}, cases: map[string][]label{}, bodies: map[string][]*body{}, callers: map[string][]*body{}, naming: map[string][]string{}, under: map[string]map[string]bool{}}
	t.used = u
	call := t.callRE()
	root, prefix := t.root(), []byte(t.Prefix)
	for _, p := range t.tree.Paths() {
		if !strings.HasPrefix(p, root) || !strings.HasSuffix(p, ".c") && !strings.HasSuffix(p, ".h") || strings.HasPrefix(p, root+"tools/") || t.isModule(p) {
			continue
		}
		src, err := t.tree.ReadFile(p)
		if err != nil {
			continue
		}
		u.files = append(u.files, p)
		u.raw[p] = src
		if bytes.Contains(src, prefix) {
			t.callsIn(u, p, call)
		}
	}
	return u
}

// source is a file's text, prepared once.
func (u *uses) source(p string) *source {
	if u.src[p] == nil {
		u.src[p] = newSource(p, blank(string(u.raw[p])))
	}
	return u.src[p]
}

func (t *Tables) callsIn(u *uses, p string, re *regexp.Regexp) {
	s := u.source(p)
	for _, m := range re.FindAllStringSubmatchIndex(s.text, -1) {
		if end := closing(s.text, m[1]-1, '(', ')'); end >= 0 {
			u.calls = append(u.calls, &rawCall{s.text[m[2]:m[3]], splitArgs(s.text[m[1]:end]), s.guard(m[0]), s, m[0], end + 1, nil})
		}
	}
}

// bind makes a call of a hook of a raw one, nil when these tables have no such hook.
func (t *Tables) bind(r *rawCall) *Call {
	h := t.byName[r.name]
	if h == nil {
		return nil
	}
	c := &Call{Hook: h, Guard: r.guard, At: r.src.span(r.off, r.to), src: r.src, off: r.off, raw: r}
	if len(r.args) > 0 {
		c.Actions = t.actions(r.args[0])
		c.Given = len(c.Actions) > 0 || len(r.args) == len(h.Params)+1
	}
	return c
}

// share takes over from tables of an earlier state of the tree what they found outside the hooks' own files, and reads only what changed there.
func (t *Tables) share(old *Tables) {
	if old.root() != t.root() || len(old.tree.Paths()) != len(t.tree.Paths()) {
		return
	}
	was, changed := old.scan(), map[string]bool{}
	for _, p := range was.files {
		if t.tree.File(p) == nil {
			return
		}
		if t.tree.File(p) != old.tree.File(p) {
			changed[p] = true
		}
	}
	t.ruled = old.Rules()
	if t.used = was; len(changed) == 0 {
		return
	}
	u := &uses{files: was.files, raw: maps.Clone(was.raw), src: maps.Clone(was.src), cases: maps.Clone(was.cases),
		bodies: map[string][]*body{}, callers: map[string][]*body{}, naming: map[string][]string{}, under: map[string]map[string]bool{}}
	for _, c := range was.calls {
		if !changed[c.src.path] {
			u.calls = append(u.calls, c)
		}
	}
	for p := range changed {
		delete(u.src, p)
		delete(u.cases, p)
		u.raw[p], _ = t.tree.ReadFile(p)
		t.callsIn(u, p, t.callRE())
	}
	t.used = u
}

// callRE is a call of a hook.
func (t *Tables) callRE() *regexp.Regexp {
	return regexp.MustCompile(`\b` + regexp.QuoteMeta(t.Prefix) + `(\w+)\s*\(`)
}

// actions lists the default actions that an argument names.
func (t *Tables) actions(arg string) (out []string) {
	for _, w := range wordRE.FindAllString(arg, -1) {
		if t.profile.Hooks.Defaults.Has(w) && !contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// Calls lists every call of a hook outside the modules, by file and place, whatever configuration compiles it.
func (t *Tables) Calls() []*Call {
	if t.calls == nil {
		t.calls = []*Call{}
		for _, r := range t.scan().calls {
			if c := t.bind(r); c != nil {
				t.calls = append(t.calls, c)
			}
		}
	}
	return t.calls
}

// Mentioned reports whether any file of the modules names a constant.
func (t *Tables) Mentioned(constant string) bool {
	if t.words == nil {
		t.words = map[string]bool{}
		for p, s := range t.sources {
			if inFolder(p, "flask") && !t.isPermTable(p) {
				for _, m := range permRE.FindAllString(s.text, -1) {
					t.words[m] = true
				}
			}
		}
	}
	return t.words[constant]
}

func (t *Tables) isPermTable(p string) bool {
	for _, h := range t.Headers {
		if h.File == p {
			return true
		}
	}
	return false
}

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
			if len(sw.Labels) < 2 || !t.refuses(h, sw) {
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
		if f.prefix == "" {
			continue
		}
		out = append(out, t.missing(f)...)
	}
	return out
}

// missing finds the commands of one family that its switch lacks.
func (t *Tables) missing(f *family) (out []*Missing) {
	u := t.scan()
	var askers []*body
	seen := map[string]bool{}
	for _, p := range u.named(f.prefix) {
		for _, l := range u.labels(p) {
			if f.known[l.name] || seen[l.name] || !strings.HasPrefix(l.name, f.prefix) {
				continue
			}
			if askers == nil {
				if askers = t.callersOf(u, f.hook); len(askers) == 0 {
					return out
				}
			}
			s := u.source(p)
			fn := s.enclosing(l.at)
			if !f.below(u, askers)[fn] || !f.reached(askers, l.name) || !f.dispatches(u, s, fn, l.name) {
				continue
			}
			seen[l.name] = true
			out = append(out, &Missing{Hook: f.hook, Switch: f.sw, Label: l.name, Function: fn, At: s.span(l.at, l.at+len(l.name))})
		}
	}
	return out
}

// below lists the functions that the hook's callers get to by calls among files that name the family's commands, themselves included.
func (f *family) below(u *uses, callers []*body) map[string]bool {
	k := f.call + " " + f.prefix
	if u.under[k] != nil {
		return u.under[k]
	}
	under := map[string]bool{}
	u.under[k] = under
	texts := map[string]string{}
	for _, p := range u.named(f.prefix) {
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
		mine = mine || f.known[n] || strings.HasPrefix(n, f.prefix)
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

// dispatches reports whether the function's switch with command l is over the family's commands: it has another that the module knows.
func (f *family) dispatches(u *uses, s *source, fn, l string) bool {
	for _, b := range u.function(s, fn) {
		for k := range b.f.Blocks {
			mine, known, has, all := 0, false, false, 0
			for _, c := range b.f.Blocks[k].Cases {
				if c.Default {
					continue
				}
				all++
				n := b.str(c.Name)
				has, known = has || n == l, known || f.known[n]
				if strings.HasPrefix(n, f.prefix) {
					mine++
				}
			}
			if has && known && 2*mine > all {
				return true
			}
		}
	}
	return false
}
