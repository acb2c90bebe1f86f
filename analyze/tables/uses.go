package tables

import (
	"bytes"
	"maps"
	"regexp"
	"strings"

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
		if end >= 0 && !inside(c.src.text[f.start+end:c.off]) {
			return nil
		}
	}
	return out
}

// inside reports whether what follows a label is still its code at the text's end: no bracket of the switch is closed, and no default follows.
func inside(text string) bool {
	depth := 0
	for _, m := range nestRE.FindAllString(text, -1) {
		switch m {
		case "{":
			depth++
		case "}":
			if depth--; depth < 0 {
				return false
			}
		default:
			if depth == 0 {
				return false
			}
		}
	}
	return true
}

var nestRE = regexp.MustCompile(`[{}]|\bdefault\s*:`)

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
	t.ruled, t.options, t.built = old.Rules(), old.options, old.built
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
			if t.profile.Hooks.OfPolicy(p) && !t.isPermTable(p) {
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
