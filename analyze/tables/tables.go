// Package tables reads the places where a hypervisor keeps its authorization hooks: the operations structure, the wrappers that callers
// use, the default (dummy) module with its action assertions, the operations of every module, Flask's functions with the permissions that
// they ask for, and the access vectors. Both forms are read: a structure with wrappers and fixups, and one catalogue header that each
// table includes (an X-macro).
//
// It reads text, not a configuration: every arm of every #ifdef counts, each place has its condition, and every entry needs an exact span
// because that is where a new hook is written beside an old one. Bodies go through the tolerant C parser, macros unexpanded, so that a
// permission keeps its name; see [Tables.Asks].
package tables

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Param is one C parameter: its type as the header spells it, and its name.
type Param struct{ Type, Name string }

// Hook is one hook and its places. A place with an empty Path is missing. Spans cover whole lines, without the blank line that follows;
// a place that an X-macro catalogue makes has the span of the hook's invocation there.
type Hook struct {
	Name      string // without the prefix: "evtchn_send"
	Result    string // "int", "void", "char *"
	Params    []Param
	Default   bool   // its first argument at a call is the default action
	Action    string // what the dummy asserts, "XSM_TARGET"; "" for none
	Guard     string // preprocessor conditions around the operations' entry, outermost first, joined by " && "
	Catalogue bool   // the catalogue lists it: its tables' entries are one invocation
	Ops       refactor.Span
	Wrapper   refactor.Span
	Dummy     refactor.Span
	DummyOp   refactor.Span
	FlaskOp   refactor.Span
	Flask     refactor.Span // the function
	FlaskFn   string
	Vectors   []Vector // permissions that the Flask function names
	Entries   []*Entry // in every module's operations, by module
	Reads     []string // members of the operations that the wrapper calls: the hook's own, in a sound tree

	WrapperGuard, DummyGuard string // as Guard, around the wrapper and the dummy
	ReadGuard                string // around the wrapper's call of the member
	DummyDefault             bool   // the dummy takes the default action too
	WrapperDefault           bool   // the wrapper takes the default action
}

// IsText reports whether the hook returns text for people: an object's label, which its caller prints.
func (h *Hook) IsText() bool {
	return strings.HasPrefix(strings.TrimPrefix(h.Result, "const "), "char *")
}

// Entry is a hook's line in one module's operations, or in the code that fills a module's holes.
type Entry struct {
	Module  string // first word of the table's name: "dummy", "flask", "silo"
	Table   string // the variable, "flask_ops", or the function, "xsm_fixup_ops"
	Fn      string
	At      refactor.Span
	Guard   string
	Func    refactor.Span // definition of Fn, empty when the modules' files have none
	FnGuard string
}

// Module is one security module's operations.
type Module struct {
	Name, Table string
	File        string
	Start       int // byte where the table starts
	Entries     int
	Fixup       bool // a function that fills holes, not a table
}

// Vector is a permission of a class, as in access_vectors.
type Vector struct{ Class, Perm string }

// Tables is every hook of a tree.
type Tables struct {
	Prefix  string // "xsm_"
	OpsName string // tag of the operations structure: "xsm_ops"
	XMacro  bool   // the newer form
	Hooks   []*Hook
	Modules []*Module
	Classes []*Class
	SIDs    []string // initial SIDs, in order
	Policy  []string // policy sources that grant permissions: .te and .if files
	Files   Files
	Headers []*PermTable // permission tables in C headers, of trees that keep generated ones
	byName  map[string]*Hook
	tree    *refactor.Tree
	profile *profile.Profile
	sources map[string]*source
	aliases map[string]string // names that a macro replaces by another, both ways
	flask   *asker
	files   []string // that may hold tables
	used    *uses
	calls   []*Call
	ruled   []*Condition
	options map[string]bool   // of Kconfig, as C sees them
	defined map[string]bool   // functions of the modules
	built   map[string]string // see BuildGuard
	members []string          // members of the operations that some function calls
	words   map[string]bool
}

// Files names the files of the tables, "" for one that was not found.
type Files struct{ Header, Catalogue, Dummy, DummyOps, Flask, AccessVectors string }

// Class is one object class of access_vectors. End is the byte of its closing brace.
type Class struct {
	Name  string
	Perms []string
	Notes map[string]string // what the comment above a permission says
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

// HasClass reports whether the policy defines a class, be it only in the headers that old trees keep instead of its sources.
func (t *Tables) HasClass(name string) bool { return t.Class(name) != nil || t.HeaderPerms(name) > 0 }

// HeaderPerms counts the permissions that the headers give a class.
func (t *Tables) HeaderPerms(class string) (n int) {
	prefix := strings.ToUpper(class) + "__"
	for _, h := range t.Headers {
		have := 0
		for name := range h.Names {
			if strings.HasPrefix(name, prefix) {
				have++
			}
		}
		n = max(n, have)
	}
	return n
}

// Module finds a module by its name, nil when the tree has none.
func (t *Tables) Module(name string) *Module {
	for _, m := range t.Modules {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// Entry is the hook's entry in a module, nil for none.
func (h *Hook) Entry(module string) *Entry {
	for _, e := range h.Entries {
		if e.Module == module {
			return e
		}
	}
	return nil
}

// Read finds the tables of tree t. Files that are missing leave their places empty; it is an error only when a file cannot be read.
func Read(t *refactor.Tree, pr *profile.Profile) (*Tables, error) { return ReadChanged(t, pr, nil) }

// Profile is what the tables were read with.
func (t *Tables) Profile() *profile.Profile { return t.profile }

// ReadChanged is [Read] of a tree of which an earlier state was read: what did not change since is taken over. old may be nil; the answer is the same.
func ReadChanged(t *refactor.Tree, pr *profile.Profile, old *Tables) (*Tables, error) {
	pr, err := pr.For(t)
	if err != nil {
		return nil, err
	}
	out := &Tables{Prefix: pr.Hooks.Prefixes[0], byName: map[string]*Hook{}, tree: t, profile: pr, sources: map[string]*source{}, aliases: map[string]string{}}
	r := &reader{t: t, out: out, old: old, catalogues: map[string]string{}, raw: map[string]string{}, functions: map[string]function{}}
	for _, p := range r.paths(pr) {
		if err := r.load(p); err != nil {
			return nil, err
		}
	}
	r.read()
	r.finish()
	out.defined = map[string]bool{}
	for n := range r.functions {
		out.defined[n] = true
	}
	if old != nil {
		out.share(old)
	}
	return out, nil
}

// paths lists the files that may hold tables.
func (r *reader) paths(pr *profile.Profile) []string {
	if r.old != nil && slices.Equal(r.old.tree.Paths(), r.t.Paths()) {
		r.out.files = r.old.files
		return r.out.files
	}
	for _, p := range r.t.Paths() {
		if pr.Hooks.Headers.Has(p) || pr.Hooks.Modules.Has(p) || inFolder(p, "xsm") || strings.Contains(p, "flask/policy/") {
			r.out.files = append(r.out.files, p)
		}
	}
	return r.out.files
}

// inFolder reports whether some folder of path p has the name.
func inFolder(p, name string) bool {
	return strings.HasPrefix(p, name+"/") || strings.Contains(p, "/"+name+"/")
}

// reader fills a Tables file by file.
type reader struct {
	old            *Tables // of an earlier state of the tree, nil for none
	t              *refactor.Tree
	out            *Tables
	raw            map[string]string // C files: text with literals and comments
	order          []string
	catalogues     map[string]string
	catalogueOrder []string
	functions      map[string]function // of the modules, by name

}

// function is a definition in a module.
type function struct {
	span  refactor.Span
	guard string
	text  string
}

// load reads one file: policy files at once, C files for later, when all catalogues are known.
func (r *reader) load(p string) error {
	ext := path.Ext(p)
	switch base := path.Base(p); {
	case ext == ".te" || ext == ".if":
		r.out.Policy = append(r.out.Policy, p)
		return nil
	case base == "access_vectors" || base == "initial_sids":
	case ext != ".c" && ext != ".h" || strings.Contains(p, "/ss/"):
		return nil
	}
	src, err := r.t.ReadFile(p)
	if err != nil {
		return err
	}
	switch {
	case ext == "" && path.Base(p) == "access_vectors":
		r.vectors(p, string(src))
	case ext == "":
		r.sids(string(src))
	default:
		r.raw[p] = string(src)
		r.order = append(r.order, p)
		if text := blank(string(src)); ext == ".h" && isCatalogue(text) {
			r.catalogues[p] = text
			r.catalogueOrder = append(r.catalogueOrder, p)
		}
	}
	return nil
}

// read reads the C files, the structure's first: the other tables are about its members.
func (r *reader) read() {
	var code []*source
	for _, p := range r.order {
		text := blank(r.raw[p])
		if strings.HasSuffix(p, ".h") {
			r.permTable(p, text, r.raw[p])
		}
		if r.catalogues[p] != "" {
			continue
		}
		for _, m := range aliasRE.FindAllStringSubmatch(text, -1) {
			r.out.aliases[m[1]], r.out.aliases[m[2]] = m[2], m[1]
		}
		s := r.expanded(p, text)
		r.out.sources[p] = s
		r.opsStruct(s)
		code = append(code, s)
	}
	for _, s := range code {
		if strings.HasSuffix(s.path, ".h") {
			r.wrappers(s)
		}
		r.dummies(s)
		r.out.members = append(r.out.members, memberNames(r.member(), s.text)...)
		if strings.HasSuffix(s.path, ".c") {
			r.defined(s)
			r.opsTables(s)
		}
	}
}

// expanded is the source of a file, as it was when neither it nor a catalogue changed.
func (r *reader) expanded(p, text string) *source {
	same := r.old != nil && r.old.sources[p] != nil && r.old.tree.File(p) == r.t.File(p)
	for _, c := range r.catalogueOrder {
		same = same && r.old.tree.File(c) == r.t.File(c)
	}
	if same {
		return r.old.sources[p]
	}
	return expand(p, r.raw[p], text, r.findCatalogue)
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

// finish joins the modules' functions with their hooks and drops what is no hook.
func (r *reader) finish() {
	kept := r.out.Hooks[:0]
	for _, h := range r.out.Hooks {
		for _, e := range h.Entries {
			f := r.function(e.Fn)
			e.Func, e.FnGuard = f.span, f.guard
			r.known(h, e, f)
		}
		r.names(h)
		if h.Ops.Path != "" || h.Dummy.Path != "" && (h.Wrapper.Path != "" || len(h.Entries) > 1 || r.forgotten(h)) {
			kept = append(kept, h)
		} else {
			delete(r.out.byName, h.Name)
		}
	}
	r.out.Hooks = kept
	sort.SliceStable(kept, func(i, j int) bool { return kept[i].Ops.Start < kept[j].Ops.Start })
}

// forgotten reports whether a hook that the catalogue does not list has a default and a function in another module all the same.
func (r *reader) forgotten(h *Hook) bool {
	if !r.out.XMacro {
		return false
	}
	for _, m := range r.out.Modules {
		if _, ok := r.functions[m.Name+"_"+h.Name]; ok && m.Name != "dummy" {
			return true
		}
	}
	return false
}

// function is the definition of a name, which a macro may have renamed.
func (r *reader) function(name string) function {
	if f, ok := r.functions[name]; ok {
		return f
	}
	return r.functions[r.out.aliases[name]]
}

// known fills in the places that have fields of their own.
func (r *reader) known(h *Hook, e *Entry, f function) {
	switch e.Module {
	case "dummy":
		h.DummyOp, r.out.Files.DummyOps = e.At, e.At.Path
	case "flask":
		h.FlaskOp, h.FlaskFn, h.Flask = e.At, e.Fn, e.Func
		h.Vectors = r.out.vectors(f.text)
	}
}

// names gives the parameters of a catalogue's hook the names that its dummy gives them: the catalogue has types only.
func (r *reader) names(h *Hook) {
	f, ok := r.functions["dummy "+h.Name]
	if !ok || !h.Catalogue {
		return
	}
	ps := params(f.text)
	if h.DummyDefault && len(ps) > 0 && strings.HasPrefix(ps[0].Type, "XSM_DEFAULT_") {
		ps[0].Type = strings.TrimSpace(strings.TrimPrefix(ps[0].Type, "XSM_DEFAULT_ARG"))
	}
	if len(ps) == len(h.Params) {
		for i := range ps {
			h.Params[i].Name = ps[i].Name
		}
	}
}
