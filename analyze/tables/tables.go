// Package tables reads the places where a hypervisor keeps its authorization hooks: the operations structure, the wrappers that
// callers use, the default (dummy) module with its action assertions, its operations, and the Flask module with its functions,
// operations and access vectors. It reads text, not a syntax tree: these files are plain, and every entry needs an exact span because
// that is where a new hook is written beside an old one.
package tables

import (
	"regexp"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Param is one C parameter: its type as the header spells it, and its name.
type Param struct{ Type, Name string }

// Hook is one hook and its places. A place with an empty Path is missing. Spans cover whole lines, without the blank line that follows.
type Hook struct {
	Name    string // without the prefix: "evtchn_send"
	Result  string // "int", "void", "char *"
	Params  []Param
	Default bool   // its first argument at a call is the default action
	Action  string // what the dummy asserts, "XSM_TARGET"; "" for none
	Guard   string // preprocessor conditions around the operations' entry, outermost first, joined by " && "
	Ops     refactor.Span
	Wrapper refactor.Span
	Dummy   refactor.Span
	DummyOp refactor.Span
	FlaskOp refactor.Span
	Flask   refactor.Span // the function
	FlaskFn string
	Vectors []Vector // permissions that the Flask function names
}

// Vector is a permission of a class, as in access_vectors.
type Vector struct{ Class, Perm string }

// Tables is every hook of a tree.
type Tables struct {
	Prefix  string // "xsm_"
	OpsName string // tag of the operations structure: "xsm_ops"
	Hooks   []*Hook
	Classes []*Class
	Policy  []string // policy sources that grant permissions: .te and .if files
	Files   Files
	byName  map[string]*Hook
}

// Files names the files of the tables, "" for one that was not found.
type Files struct{ Header, Dummy, DummyOps, Flask, AccessVectors string }

// Class is one object class of access_vectors. End is the byte of its closing brace.
type Class struct {
	Name  string
	Perms []string
	Start, End,
	LastPerm int // end of the last permission's line
}

// Hook finds a hook by its name, with or without the prefix.
func (t *Tables) Hook(name string) *Hook {
	return t.byName[strings.TrimPrefix(name, t.Prefix)]
}

// Class finds an object class.
func (t *Tables) Class(name string) *Class {
	for _, c := range t.Classes {
		if c.Name == name {
			return c
		}
	}
	return nil
}

var (
	structRE  = regexp.MustCompile(`struct\s+(\w+)\s*\{`)
	opRE      = regexp.MustCompile(`(?m)^[ \t]*([A-Za-z_][\w \t]*?[ \t*]+)\(\s*\*\s*(\w+)\s*\)\s*\(`)
	wrapperRE = regexp.MustCompile(`(?m)^static\s+(?:always_)?inline\s+([\w \t]*?[\w*][ \t*]*?)\s*\b(xsm_\w+)\s*\(`)
	dummyRE   = regexp.MustCompile(`(?m)^static\s+(?:XSM_INLINE|inline)\s+([\w \t]*?[\w*][ \t*]*?)\s*(?:cf_check\s+)?\b(?:xsm_|dummy_)(\w+)\s*\(`)
	actionRE  = regexp.MustCompile(`XSM_ASSERT_ACTION\(\s*(\w+)\s*\)`)
	entryRE   = regexp.MustCompile(`(?m)^[ \t]*\.(\w+)\s*=\s*(\w+)\s*,`)
	fixupRE   = regexp.MustCompile(`(?m)^[ \t]*set_to_(?:dummy|default)_if_null\(\s*\w+\s*,\s*(\w+)\s*\)\s*;`)
	opsVarRE  = regexp.MustCompile(`(?m)^(?:static\s+)?(?:const\s+)?struct\s+(\w+)[\w\s]*?\b(\w+)\s*=\s*\{`)
)

// Read finds the tables of tree t. Files that are missing leave their places empty; it is an error only when a file cannot be read.
func Read(t *refactor.Tree, pr *profile.Profile) (*Tables, error) {
	r := &reader{t: t, out: &Tables{Prefix: pr.Hooks.Prefixes[0], byName: map[string]*Hook{}}}
	for _, p := range t.Paths() {
		if !pr.Hooks.Headers.Has(p) && !pr.Hooks.Modules.Has(p) && !inFolder(p, "xsm") && !strings.Contains(p, "flask/policy/") {
			continue
		}
		if err := r.file(p); err != nil {
			return nil, err
		}
	}
	r.finish()
	return r.out, nil
}

// inFolder reports whether some folder of path p has the name.
func inFolder(p, name string) bool {
	return strings.HasPrefix(p, name+"/") || strings.Contains(p, "/"+name+"/")
}

// reader fills a Tables file by file.
type reader struct {
	t         *refactor.Tree
	out       *Tables
	functions []function // candidates for Flask functions
}

// function is a definition in a module.
type function struct {
	path, name, text string
	start, end       int
}

func (r *reader) file(p string) error {
	ext := p[strings.LastIndex(p, ".")+1:]
	switch {
	case ext == "te" || ext == "if":
		r.out.Policy = append(r.out.Policy, p)
		return nil
	case ext != "c" && ext != "h" && !strings.HasSuffix(p, "/access_vectors"):
		return nil
	}
	src, err := r.t.ReadFile(p)
	if err != nil {
		return err
	}
	if strings.HasSuffix(p, "/access_vectors") {
		r.out.Files.AccessVectors, r.out.Classes = p, parseClasses(string(src))
		return nil
	}
	text := blank(string(src))
	if ext == "h" {
		r.opsStruct(p, text)
		r.wrappers(p, text)
		r.dummies(p, text)
		return nil
	}
	r.opsTables(p, text)
	return nil
}

// hook returns the entry for name, making it when it is new.
func (r *reader) hook(name string) *Hook {
	h := r.out.byName[name]
	if h == nil {
		h = &Hook{Name: name}
		r.out.byName[name] = h
		r.out.Hooks = append(r.out.Hooks, h)
	}
	return h
}

// opsStruct reads the structure of function pointers.
func (r *reader) opsStruct(p, text string) {
	for _, m := range structRE.FindAllStringSubmatchIndex(text, -1) {
		end := closing(text, m[1]-1, '{', '}')
		if end < 0 {
			continue
		}
		body := text[m[1]:end]
		ops := opRE.FindAllStringSubmatchIndex(body, -1)
		tag := text[m[2]:m[3]]
		if len(ops) < 3 || !strings.HasPrefix(tag, strings.TrimSuffix(r.out.Prefix, "_")) {
			continue
		}
		r.out.Files.Header, r.out.OpsName = p, tag
		for _, o := range ops {
			r.op(p, text, m[1], o)
		}
	}
}

// op reads one function pointer; at is where the structure's body starts.
func (r *reader) op(p, text string, at int, o []int) {
	open := at + o[1] - 1
	end := closing(text, open, '(', ')')
	semi := strings.IndexByte(text[max(end, 0):], ';')
	if end < 0 || semi < 0 {
		return
	}
	h := r.hook(text[at+o[4] : at+o[5]])
	h.Result = squeeze(text[at+o[2] : at+o[3]])
	h.Params = params(text[open+1 : end])
	h.Ops = refactor.Span{Path: p, Start: lineStart(text, at+o[4]), End: lineEnd(text, end+semi)}
	h.Guard = guardAt(text, at+o[4])
}

// wrappers reads the inline functions that callers use.
func (r *reader) wrappers(p, text string) {
	for _, m := range wrapperRE.FindAllStringSubmatchIndex(text, -1) {
		name := strings.TrimPrefix(text[m[4]:m[5]], r.out.Prefix)
		span, args, ok := definition(p, text, m)
		if !ok {
			continue
		}
		h := r.hook(name)
		h.Wrapper, h.Result = span, squeeze(text[m[2]:m[3]])
		ps := params(args)
		if len(ps) > 0 && strings.HasSuffix(ps[0].Type, "_default_t") {
			h.Default, ps = true, ps[1:]
		}
		h.Params = ps
	}
}

// dummies reads the default module's functions.
func (r *reader) dummies(p, text string) {
	for _, m := range dummyRE.FindAllStringSubmatchIndex(text, -1) {
		span, args, ok := definition(p, text, m)
		body := text[span.Start:max(span.Start, span.End)]
		if !ok || !strings.Contains(body, "action") && !strings.Contains(text, "XSM_ASSERT_ACTION") {
			continue
		}
		name := text[m[4]:m[5]]
		if name == "default_action" {
			continue
		}
		h := r.hook(name)
		h.Dummy = span
		if a := actionRE.FindStringSubmatch(body); a != nil {
			h.Action = a[1]
		}
		h.Default = h.Default || strings.Contains(args, "XSM_DEFAULT_")
		r.out.Files.Dummy = p
	}
}

// definition returns the span of the function whose header match m found, and its parameter list.
func definition(p, text string, m []int) (refactor.Span, string, bool) {
	end := closing(text, m[1]-1, '(', ')')
	if end < 0 {
		return refactor.Span{}, "", false
	}
	rest := strings.TrimLeft(text[end+1:], " \t\r\n")
	if !strings.HasPrefix(rest, "{") {
		return refactor.Span{}, "", false
	}
	brace := len(text) - len(rest)
	stop := closing(text, brace, '{', '}')
	if stop < 0 {
		return refactor.Span{}, "", false
	}
	return refactor.Span{Path: p, Start: lineStart(text, m[0]), End: lineEnd(text, stop)}, text[m[1]:end], true
}

// opsTables reads the initialised operations of a module, the older fixup calls, and remembers the module's functions.
func (r *reader) opsTables(p, text string) {
	for _, m := range fixupRE.FindAllStringSubmatchIndex(text, -1) {
		r.hook(text[m[2]:m[3]]).DummyOp = lineSpan(p, text, m[2])
		r.out.Files.DummyOps = p
	}
	for _, v := range opsVarRE.FindAllStringSubmatchIndex(text, -1) {
		end := closing(text, v[1]-1, '{', '}')
		if end < 0 || !strings.HasPrefix(text[v[2]:v[3]], strings.TrimSuffix(r.out.Prefix, "_")) {
			continue
		}
		for _, m := range entryRE.FindAllStringSubmatchIndex(text[:end], -1) {
			if m[0] < v[1]-1 {
				continue
			}
			r.tableEntry(p, text, text[v[4]:v[5]], m)
		}
	}
	if strings.Contains(p, "flask/") {
		r.functions = append(r.functions, functionsOf(p, text)...)
	}
}

// tableEntry files one ".name = function," line by the module that its variable belongs to.
func (r *reader) tableEntry(p, text, table string, m []int) {
	name, fn := text[m[2]:m[3]], text[m[4]:m[5]]
	switch {
	case strings.HasPrefix(table, "dummy"):
		r.hook(name).DummyOp = lineSpan(p, text, m[2])
		r.out.Files.DummyOps = p
	case strings.HasPrefix(table, "flask"):
		h := r.hook(name)
		h.FlaskOp, h.FlaskFn = lineSpan(p, text, m[2]), fn
		r.out.Files.Flask = p
	}
}

// finish joins Flask functions with their hooks and drops what is no hook.
func (r *reader) finish() {
	at := map[string]*function{}
	for i := range r.functions {
		at[r.functions[i].name] = &r.functions[i]
	}
	kept := r.out.Hooks[:0]
	for _, h := range r.out.Hooks {
		if f := at[h.FlaskFn]; f != nil {
			h.Flask = refactor.Span{Path: f.path, Start: f.start, End: f.end}
			h.Vectors = r.out.vectors(f.text)
		}
		if h.Ops.Path != "" || h.Wrapper.Path != "" && h.Dummy.Path != "" {
			kept = append(kept, h)
		} else {
			delete(r.out.byName, h.Name)
		}
	}
	r.out.Hooks = kept
	sort.SliceStable(kept, func(i, j int) bool { return kept[i].Ops.Start < kept[j].Ops.Start })
}

var permRE = regexp.MustCompile(`\b([A-Z0-9_]+?)__([A-Z0-9_]+)\b`)

// vectors lists the permissions that text names by their C macros and that access_vectors defines.
func (t *Tables) vectors(text string) (out []Vector) {
	seen := map[Vector]bool{}
	for _, m := range permRE.FindAllStringSubmatch(text, -1) {
		v := Vector{strings.ToLower(m[1]), strings.ToLower(m[2])}
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}
