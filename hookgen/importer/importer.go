// Package importer reads a hook catalogue out of a tree: names, parameters and guards from the tables (analyze/tables, whatever
// form the tree keeps them in), default actions from the default module's functions, permissions from Flask's handlers.
//
// It works on text and does not follow calls beyond helpers of the same folder, so it sees every arm of every #if. Which operations
// a hook mediates it cannot see: the caller adds them (Operations) from a scan's facts, or keeps them from an older catalogue.
package importer

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// Import makes a catalogue of the tree's hooks, in the order of the operations structure. Operations come from keep, which may be
// nil. A hook whose default or permissions are not found is imported without them; notes say which default is not understood. Errors name the file and
// the hook.
func Import(t *refactor.Tree, tabs *tables.Tables, flavour string, keep *catalog.Catalog) (c *catalog.Catalog, notes []string, err error) {
	if len(tabs.Hooks) == 0 {
		return nil, nil, fmt.Errorf("%s: no table of hooks: not a tree with XSM", t.Name())
	}
	im := &importer{t: t, tabs: tabs, flask: map[string]function{}}
	if err := im.readFlask(); err != nil {
		return nil, nil, err
	}
	c = &catalog.Catalog{Flavour: flavour}
	for _, th := range tabs.Hooks {
		h, err := im.hook(th)
		if err != nil {
			return nil, nil, err
		}
		if keep != nil {
			if k, ok := keep.Hook(h.Name); ok {
				h.Ops = k.Ops
			}
		}
		c.Hooks = append(c.Hooks, h)
	}
	return c, im.notes, c.Validate()
}

// Operations gives each hook the operations of a scan whose code calls it.
func Operations(c *catalog.Catalog, f *analyze.Facts, prefix string) {
	names := map[string]catalog.OpRef{}
	for _, o := range f.Ops {
		names[o.ID] = catalog.OpRef(opName(o))
	}
	at := map[string]*catalog.Hook{}
	for _, h := range c.Hooks {
		h.Ops = nil
		at[h.Name] = h
	}
	for _, s := range f.Sites {
		h := at[strings.TrimPrefix(s.Hook, prefix)]
		if h == nil {
			continue
		}
		for _, id := range s.Ops {
			if n := names[id]; n != "" && !slices.Contains(h.Ops, n) {
				h.Ops = append(h.Ops, n)
			}
		}
	}
	for _, h := range c.Hooks {
		slices.Sort(h.Ops)
	}
}

var notWord = regexp.MustCompile(`\W+`)

// opName is an operation as catalogues spell it: the hypercall without do_, and the command, or "all" for a hypercall without commands.
func opName(o analyze.Op) string {
	call, sub, ok := strings.Cut(o.ID, "/")
	if !ok {
		sub = "all"
	}
	return notWord.ReplaceAllString(strings.TrimPrefix(call, "do_"), "_") + "/" + notWord.ReplaceAllString(sub, "_")
}

// importer holds what is read once for all hooks.
type importer struct {
	t     *refactor.Tree
	tabs  *tables.Tables
	flask map[string]function
	notes []string
}

// readFlask collects the functions of the Flask module's folder.
func (im *importer) readFlask() error {
	at := path.Dir(im.tabs.Files.Flask)
	for _, p := range im.t.Paths() {
		if im.tabs.Files.Flask == "" || path.Dir(p) != at || path.Ext(p) != ".c" {
			continue
		}
		src, err := im.t.ReadFile(p)
		if err != nil {
			return err
		}
		for k, v := range functions(comment.ReplaceAllString(string(src), "")) {
			im.flask[k] = v
		}
	}
	return nil
}

// hook makes one catalogue entry.
func (im *importer) hook(th *tables.Hook) (*catalog.Hook, error) {
	h := &catalog.Hook{Name: th.Name, Result: result(th.Result), Action: catalog.None, Guard: guard(th.Guard), Vectors: vectors(im.flask, th.FlaskFn)}
	h.Phase = phase(h)
	var err error
	if h.Params, err = im.params(th); err != nil {
		return nil, fmt.Errorf("%s: hook %s: %w", th.Ops.Path, th.Name, err)
	}
	if th.Dummy.Path == "" {
		return h, nil
	}
	text, err := im.text(th.Dummy)
	if err != nil {
		return nil, err
	}
	for _, f := range functions(text) {
		plain := *h
		err := defaults(h, f)
		if err != nil {
			err = fmt.Errorf("%s: hook %s: %w", th.Dummy.Path, th.Name, err)
		} else {
			c := catalog.Catalog{Flavour: th.Dummy.Path, Hooks: []*catalog.Hook{h}}
			if h.Phase != catalog.Alloc {
				err = c.Validate()
			}
		}
		if err != nil {
			action := h.Action
			if *h = plain; action != catalog.None {
				h.Action, h.Subject = action, "current"
			}
			im.notes = append(im.notes, fmt.Sprintf("%v: the default action is not understood", err))
		}
	}
	return h, nil
}

// params are the parameters as the operations structure declares them; a header that names only types gets the wrapper's names.
func (im *importer) params(th *tables.Hook) (out []catalog.Param, err error) {
	text, err := im.text(th.Ops)
	if err != nil {
		return nil, err
	}
	if m := member.FindStringSubmatch(strings.Join(strings.Fields(text), " ")); m != nil {
		for _, p := range splitParams(m[1]) {
			param, err := catalog.ParseParam(p)
			if err != nil {
				return nil, err
			}
			out = append(out, param)
		}
		return out, nil
	}
	for i, p := range th.Params {
		if p.Name == "" {
			p.Name = fmt.Sprintf("arg%d", i+1)
		}
		out = append(out, catalog.Param{Type: p.Type, Name: p.Name})
	}
	return out, nil
}

var (
	comment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	member  = regexp.MustCompile(`\( ?\* ?\w+ ?\) ?\((.*)\) ?;$`)
	defined = regexp.MustCompile(`defined ?\(? ?(\w+) ?\)?`)
)

// text is the source at a span, without comments.
func (im *importer) text(at refactor.Span) (string, error) {
	if at.Path == "" {
		return "", nil
	}
	src, err := im.t.ReadFile(at.Path)
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(comment.ReplaceAllString(string(src[at.Start:at.End]), "")), nil
}

// guard is a condition with defined(X) shortened to X.
func guard(s string) catalog.Guard { return catalog.Guard(defined.ReplaceAllString(s, "$1")) }

// result is a result type as catalogues spell it.
func result(s string) string {
	if base, ok := strings.CutSuffix(s, "*"); ok {
		return strings.TrimSpace(base) + " *"
	}
	return s
}

func splitParams(s string) []string {
	if s = strings.TrimSpace(s); s == "void" || s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// phase tells by name and result when a hook runs.
func phase(h *catalog.Hook) catalog.Phase {
	switch {
	case strings.HasPrefix(h.Name, "alloc_security_"):
		return catalog.Alloc
	case strings.HasPrefix(h.Name, "free_security_"):
		return catalog.Free
	case h.Result == "void" || strings.HasSuffix(h.Result, "*"):
		return catalog.Notify
	default:
		return catalog.Authorize
	}
}

var funcHead = regexp.MustCompile(`(?m)^(?:[a-zA-Z_][\w ]*[ *]+)(?:cf_check )?(\w+)\s*\(([^;{}]*?)\)\s*\{`)

// function is one C function's text: its parameter list and its body.
type function struct{ params, body string }

// functions maps the names of the functions defined at column 0 to their text.
func functions(src string) map[string]function {
	out := map[string]function{}
	for _, m := range funcHead.FindAllStringSubmatchIndex(src, -1) {
		body := src[m[1]:]
		if end := strings.Index(body, "\n}"); end >= 0 {
			out[src[m[2]:m[3]]] = function{src[m[4]:m[5]], body[:end]}
		} else if end := strings.IndexByte(body, '}'); end >= 0 {
			out[src[m[2]:m[3]]] = function{src[m[4]:m[5]], body[:end]}
		}
	}
	return out
}

var (
	permMacro = regexp.MustCompile(`\b([A-Z][A-Z0-9]*)__([A-Z0-9_]+)\b`)
	word      = regexp.MustCompile(`\b[a-z_]\w*\b`)
)

// vectors collects the permission macros in a handler and in the functions of the same folder that it names, in order of appearance.
func vectors(funcs map[string]function, handler string) []catalog.Vector {
	var out []catalog.Vector
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		f, ok := funcs[name]
		if !ok || seen[name] {
			return
		}
		seen[name] = true
		for _, m := range permMacro.FindAllStringSubmatch(f.body, -1) {
			if v := m[1] + "__" + m[2]; !seen[v] {
				seen[v] = true
				out = append(out, catalog.Vector{Class: strings.ToLower(m[1]), Perm: strings.ToLower(m[2])})
			}
		}
		for _, w := range word.FindAllString(f.body, -1) {
			visit(w)
		}
	}
	visit(handler)
	return out
}
