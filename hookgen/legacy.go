package hookgen

import (
	"bytes"
	_ "embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/refactor/strictyaml"
	"github.com/xsmpatch/xsmpatch/templates"
)

//go:embed data/legacy-xen.yaml
var legacyNames []byte

// legacyProfile is the names of data/legacy-xen.yaml.
type legacyProfile struct {
	Name       string      `yaml:"name"`
	Marker     string      `yaml:"marker"`
	Caller     string      `yaml:"caller"`
	Domain     string      `yaml:"domain"`
	Privileged []namedExpr `yaml:"privileged"`
	ForTarget  []namedExpr `yaml:"for_target"`
	Boot       struct {
		Runs   []string `yaml:"runs"`
		Before []string `yaml:"before"`
	} `yaml:"boot"`
}

type namedExpr struct {
	Name string `yaml:"name"`
	Expr string `yaml:"expr"`
}

// infra is what the templates of templates/c/legacy are given.
type infra struct {
	Guard     string // the build's and the preprocessor's symbol
	Handle    string // type of the hypercall's argument
	Inline    string
	Priv      string // expression on src
	ForTarget string // expression on src and target, "" when the tree has no device models
	Structs   []string
	Hooks     []*legacyHook

	t     *refactor.Tree
	names legacyProfile
	root  string // of the hypervisor, with a slash at the end, or ""
	style refactor.Style
}

// Infrastructure is the change that gives a tree without hooks everything they need: the header with the operations and the wrappers, the default
// module, the core with registration, the guard option and the build's wiring, the security hypercall, and the call at boot. What a place needs that
// the tree has not is an error that names it.
func Infrastructure(t *refactor.Tree, hooks []*Spec) ([]*refactor.Change, error) {
	in, err := newInfra(t, hooks)
	if err != nil {
		return nil, err
	}
	core, err := in.core()
	if err != nil {
		return nil, err
	}
	call, err := in.hypercall()
	if err != nil {
		return nil, err
	}
	boot, err := in.boot()
	if err != nil {
		return nil, err
	}
	return []*refactor.Change{core, call, boot}, nil
}

func newInfra(t *refactor.Tree, hooks []*Spec) (*infra, error) {
	in := &infra{t: t, Inline: "inline", Handle: "XEN_GUEST_HANDLE(void)"}
	if err := strictyaml.Unmarshal("data/legacy-xen.yaml", legacyNames, &in.names); err != nil {
		return nil, err
	}
	root, ok := in.findRoot()
	if !ok {
		return nil, fmt.Errorf("%s: no %s: not a hypervisor's tree", t.Name(), in.names.Marker)
	}
	in.root, in.Guard = root, in.guard()
	if err := in.readHeaders(); err != nil {
		return nil, err
	}
	for _, s := range hooks {
		in.Hooks = append(in.Hooks, &legacyHook{s, &in.names})
		for _, p := range s.Params {
			if m := structTagRE.FindStringSubmatch(p.Type); m != nil && m[1] != "domain" && m[1] != "vcpu" && !slices.Contains(in.Structs, m[1]) {
				in.Structs = append(in.Structs, m[1])
			}
		}
	}
	slices.Sort(in.Structs)
	if src, err := t.ReadFile(in.root + "common/domctl.c"); err == nil {
		in.style = refactor.StyleOf(src)
	} else {
		in.style = refactor.StyleOf(nil)
	}
	return in, nil
}

var structTagRE = regexp.MustCompile(`\b(?:struct)\s+(\w+)\s*\*`)

// findRoot is the folder that the marker file is in.
func (in *infra) findRoot() (string, bool) {
	for _, p := range in.t.Paths() {
		if p == in.names.Marker || strings.HasSuffix(p, "/"+in.names.Marker) {
			return strings.TrimSuffix(p, in.names.Marker), true
		}
	}
	return "", false
}

// guard is the option's symbol: CONFIG_XSM where the tree is configured by Kconfig, XSM_ENABLE where makefiles do it.
func (in *infra) guard() string {
	if in.kconfig() != "" {
		return "CONFIG_XSM"
	}
	return "XSM_ENABLE"
}

func (in *infra) kconfig() string {
	for _, p := range []string{"common/Kconfig", "Kconfig"} {
		if in.t.File(in.root+p) != nil {
			return in.root + p
		}
	}
	return ""
}

// readHeaders finds out which of the profile's names the tree's headers define.
func (in *infra) readHeaders() error {
	var text bytes.Buffer
	for _, p := range in.t.Paths() {
		if !strings.HasPrefix(p, in.root+"include/") || path.Ext(p) != ".h" {
			continue
		}
		src, err := in.t.ReadFile(p)
		if err != nil {
			return err
		}
		text.Write(src)
	}
	has := func(name string) bool {
		return regexp.MustCompile(`(?m)^[ \t]*#[ \t]*define[ \t]+` + name + `\b|\b` + name + `\s*\([^;()]*\)\s*\{`).Match(text.Bytes())
	}
	for _, e := range in.names.Privileged {
		if in.Priv == "" && has(e.Name) {
			in.Priv = e.Expr
		}
	}
	if in.Priv == "" {
		return fmt.Errorf("%s: no header says who is privileged (%s): the default module needs it", in.t.Name(), in.names.Privileged[0].Name)
	}
	for _, e := range in.names.ForTarget {
		if in.ForTarget == "" && has(e.Name) {
			in.ForTarget = e.Expr
		}
	}
	if has("always_inline") {
		in.Inline = "always_inline"
	}
	if has("XEN_GUEST_HANDLE_PARAM") {
		in.Handle = "XEN_GUEST_HANDLE_PARAM(void)"
	}
	return nil
}

// core is the change with the new files and what builds them.
func (in *infra) core() (*refactor.Change, error) {
	c := &refactor.Change{
		ID: "legacy/core", Component: "xsm", Summary: "add the framework for security modules",
		Body: "The hypervisor asks a module through a table of operations. Without a module the default answers as the code does today: who is " +
			"privileged may, and others may where the operation is theirs. The option " + in.Guard + " leaves all of it out; the hooks are then inline.",
		Provides: []refactor.Symbol{{Kind: "func", Name: "xsm_init"}, {Kind: "func", Name: "do_xsm_op"}},
	}
	for _, h := range in.Hooks {
		c.Provides = append(c.Provides, refactor.Symbol{Kind: "func", Name: "xsm_" + h.Name})
	}
	for _, f := range []struct{ tmpl, path string }{
		{"xsm.h", "include/xsm/xsm.h"}, {"dummy.h", "include/xsm/dummy.h"}, {"dummy.c", "xsm/dummy.c"}, {"xsm_core.c", "xsm/xsm_core.c"},
		{"Makefile", "xsm/Makefile"},
	} {
		text, err := in.fill(f.tmpl)
		if err != nil {
			return nil, err
		}
		c.Files = append(c.Files, refactor.FileOp{Kind: refactor.OpCreate, Path: in.root + f.path, Mode: refactor.ModeFile, Data: text})
	}
	edits, err := in.build()
	c.Edits = edits
	return c, err
}

// fill makes one file, laid out like the tree's own code.
func (in *infra) fill(name string) ([]byte, error) {
	t, err := template.ParseFS(templates.FS, "c/legacy/"+name+".tmpl")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, in); err != nil {
		return nil, fmt.Errorf("templates/c/legacy/%s.tmpl: %w", name, err)
	}
	text := b.String()
	if name != "Makefile" {
		text = restyle(text, in.style)
	}
	return []byte(strings.ReplaceAll(text, "\n", in.style.EOL())), nil
}

var (
	controlRE = regexp.MustCompile(`^([ \t]*)(if|for|while|switch) \( (.*) \)$`)
	leadRE    = regexp.MustCompile(`^(?:    )+`)
)

// restyle turns text in Xen's layout into another.
func restyle(text string, s refactor.Style) string {
	lines := strings.Split(text, "\n")
	var out []string
	for i, l := range lines {
		if m := leadRE.FindString(l); m != "" {
			l = s.Level(len(m)/4) + l[len(m):]
		}
		if m := controlRE.FindStringSubmatch(l); m != nil {
			l = m[1] + s.Head(m[2], m[3])
		}
		if !s.BraceOwnLine && strings.TrimSpace(l) == "{" && l != "{" && i > 0 && len(out) > 0 {
			out[len(out)-1] += " {"
			continue
		}
		out = append(out, l)
	}
	return strings.Join(out, "\n")
}

// legacyHook is a hook with the C spellings that the templates need.
type legacyHook struct {
	*Spec
	names *legacyProfile
}

func (h *legacyHook) result() string {
	if h.Notify {
		return "void"
	}
	return "int"
}

func (h *legacyHook) decl(first ...string) string {
	for _, p := range h.Params {
		first = append(first, p.Decl())
	}
	if len(first) == 0 {
		return "void"
	}
	return strings.Join(first, ", ")
}

// Member is the hook's function pointer.
func (h *legacyHook) Member() string {
	return wrapDecl("    ", h.result()+" (*"+h.Name+")(", h.decl(), ");")
}

// Names lists the parameters, to pass them on.
func (h *legacyHook) Names() string {
	var out []string
	for _, p := range h.Params {
		out = append(out, p.Name)
	}
	return strings.Join(out, ", ")
}

// Return is "return " for a hook that answers.
func (h *legacyHook) Return() string {
	if h.Notify {
		return ""
	}
	return "return "
}

// WrapperHead is the head of the function that callers use.
func (h *legacyHook) WrapperHead() string {
	var first []string
	if h.Action != "" {
		first = []string{"xsm_default_t action"}
	}
	return wrapDecl("", "static inline "+h.result()+" xsm_"+h.Name+"(", h.decl(first...), ")")
}

// DummyHead is the head of the default operation.
func (h *legacyHook) DummyHead() string {
	list := h.decl()
	switch {
	case h.Action != "" && len(h.Params) == 0:
		list = "XSM_DEFAULT_VOID"
	case h.Action != "":
		list = "XSM_DEFAULT_ARG " + list
	}
	return wrapDecl("", "static XSM_INLINE "+h.result()+" xsm_"+h.Name+"(", list, ")")
}

// DummyBody is what the default operation does: the legacy check for the parties that it is given.
func (h *legacyHook) DummyBody() []string {
	if h.Notify {
		return nil
	}
	if h.Action == "" {
		return []string{"return 0;"}
	}
	var doms []string
	for _, p := range h.Params {
		if p.Type == h.names.Domain {
			doms = append(doms, p.Name)
		}
	}
	src, target := h.names.Caller, "NULL"
	switch {
	case len(doms) == 1:
		target = doms[0]
	case len(doms) > 1:
		src, target = doms[0], doms[1]
	}
	action := h.Action
	if action == "XSM_OTHER" { // nothing else is known of a tree that had no hooks
		return []string{"XSM_ASSERT_ACTION(XSM_OTHER);", "return xsm_default_action(XSM_PRIV, " + src + ", " + target + ");"}
	}
	return []string{"XSM_ASSERT_ACTION(" + action + ");", "return xsm_default_action(action, " + src + ", " + target + ");"}
}

// wrapDecl writes a head with its parameters, broken behind commas where a line would be longer than 79 columns.
func wrapDecl(indent, head, list, tail string) string {
	line := head + list + tail
	if len(indent)+len(line) < 80 {
		return line
	}
	pad := strings.Repeat(" ", len(indent)+len(head))
	var out strings.Builder
	out.WriteString(head)
	col := len(indent) + len(head)
	for i, p := range strings.Split(list, ", ") {
		if i > 0 && col+len(p)+3 >= 80 {
			out.WriteString(",\n" + pad)
			col = len(pad)
		} else if i > 0 {
			out.WriteString(", ")
			col += 2
		}
		out.WriteString(p)
		col += len(p)
	}
	return out.String() + tail
}

// legacySpec is a hook that a plan for a tree without hooks defines by its parameters.
func (n *planNew) legacySpec(e *planEntry, prefix string) (*Spec, complaint) {
	s := &Spec{Name: strings.TrimPrefix(e.Hook, prefix), Action: e.Action, Label: e.Operation, Notify: e.Kind == "notify"}
	for _, decl := range n.Params {
		p, err := catalog.ParseParam(decl)
		if err != nil {
			return nil, complaint{"new.params: " + err.Error(), "write it as C does: struct domain *d"}
		}
		s.Params = append(s.Params, tables.Param{Type: p.Type, Name: p.Name})
	}
	if s.Notify && s.Action != "" {
		return nil, complaint{"a notify hook takes no default action", "remove action, or write kind: check"}
	}
	return s, complaint{}
}
