// Package importer reads a hook catalogue out of a Xen 4.17 tree, at token level:
// names and parameters from the ops structure (xsm/xsm.h), default actions from
// dummy.h, permissions from Flask's handlers.
//
// It does not preprocess and it does not follow calls beyond static helpers of
// the same files, so it sees every arm of every #if. Which operations a hook
// mediates it cannot see at all: those are kept from an existing catalogue. The
// analyzer's facts are the better source; this one needs nothing but the text.
package importer

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
)

const (
	opsFile   = "xen/include/xsm/xsm.h"
	dummyFile = "xen/include/xsm/dummy.h"
)

var flaskFiles = []string{"xen/xsm/flask/hooks.c", "xen/xsm/flask/flask_op.c"}

// Import reads the tree's hooks, in the order of the ops structure. Operations,
// and what else only a person knows, come from keep, which may be nil. Errors
// name the file that lacks what was looked for.
func Import(tree fs.FS, flavour string, keep *catalog.Catalog) (*catalog.Catalog, error) {
	c := &catalog.Catalog{Flavour: flavour}
	ops, err := read(tree, opsFile)
	if err != nil {
		return nil, err
	}
	if c.Hooks, err = opsHooks(ops); err != nil {
		return nil, err
	}
	dummy, err := read(tree, dummyFile)
	if err != nil {
		return nil, err
	}
	funcs := functions(dummy)
	flask := map[string]function{}
	table := map[string]string{}
	for _, name := range flaskFiles {
		src, err := read(tree, name)
		if err != nil {
			return nil, err
		}
		for k, v := range functions(src) {
			flask[k] = v
		}
		for k, v := range opsTable(src) {
			table[k] = v
		}
	}
	for _, h := range c.Hooks {
		if err := defaults(h, funcs["xsm_"+h.Name]); err != nil {
			return nil, fmt.Errorf("%s: hook %s: %w", dummyFile, h.Name, err)
		}
		h.Vectors = vectors(flask, table[h.Name])
		if keep == nil {
			continue
		}
		if k, ok := keep.Hook(h.Name); ok {
			h.Ops = k.Ops
		}
	}
	return c, c.Validate()
}

var comment = regexp.MustCompile(`(?s)/\*.*?\*/`)

// read gives a file's text without comments.
func read(tree fs.FS, name string) (string, error) {
	b, err := fs.ReadFile(tree, name)
	if err != nil {
		return "", fmt.Errorf("not a Xen tree with XSM: %w", err)
	}
	return comment.ReplaceAllString(string(b), ""), nil
}

var member = regexp.MustCompile(`^([\w ]+?[ *]+?)\(\*(\w+)\)\((.*)\)$`)

// opsHooks reads the members of struct xsm_ops, with the #if around each.
func opsHooks(src string) ([]*catalog.Hook, error) {
	_, body, ok := strings.Cut(src, "struct xsm_ops {")
	if !ok {
		return nil, fmt.Errorf("%s: no struct xsm_ops", opsFile)
	}
	body, _, _ = strings.Cut(body, "\n};")
	var hooks []*catalog.Hook
	var guards []string
	var decl string
	for _, line := range strings.Split(body, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			guards = directive(guards, line)
			continue
		}
		decl = strings.TrimSpace(decl + " " + line)
		if !strings.HasSuffix(decl, ";") {
			continue
		}
		h, err := opsMember(strings.TrimSuffix(decl, ";"))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", opsFile, err)
		}
		h.Guard = catalog.Guard(strings.Join(guards, " && "))
		hooks = append(hooks, h)
		decl = ""
	}
	return hooks, nil
}

var defined = regexp.MustCompile(`defined\((\w+)\)`)

// directive keeps the stack of open conditions; the condition's own spelling of
// defined(X) becomes X.
func directive(stack []string, line string) []string {
	switch f := strings.Fields(strings.TrimPrefix(line, "#")); f[0] {
	case "ifdef":
		return append(stack, f[1])
	case "if":
		return append(stack, defined.ReplaceAllString(strings.Join(f[1:], " "), "$1"))
	case "endif":
		if len(stack) > 0 {
			return stack[:len(stack)-1]
		}
	}
	return stack
}

func opsMember(decl string) (*catalog.Hook, error) {
	m := member.FindStringSubmatch(decl)
	if m == nil {
		return nil, fmt.Errorf("member %q of struct xsm_ops is no function pointer", decl)
	}
	h := &catalog.Hook{Name: m[2], Result: strings.ReplaceAll(strings.TrimSpace(m[1]), " *", "*")}
	if h.Result == "char*" {
		h.Result = "char *"
	}
	for _, p := range splitParams(m[3]) {
		param, err := catalog.ParseParam(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", h.Name, err)
		}
		h.Params = append(h.Params, param)
	}
	h.Phase = phase(h)
	return h, nil
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

var funcHead = regexp.MustCompile(`(?m)^(?:[a-zA-Z_][\w ]*[ *]+)(?:cf_check )?(\w+)\s*\(([^;{}]*?)\)\s*\n\{\n`)

// function is one C function's text: its parameter list and its body.
type function struct{ params, body string }

// functions maps the names of the functions defined at column 0 to their text.
func functions(src string) map[string]function {
	out := map[string]function{}
	for _, m := range funcHead.FindAllStringSubmatchIndex(src, -1) {
		body := src[m[1]:]
		if end := strings.Index(body, "\n}"); end >= 0 {
			out[src[m[2]:m[3]]] = function{src[m[4]:m[5]], body[:end]}
		}
	}
	return out
}

var opsEntry = regexp.MustCompile(`(?m)^\s*\.(\w+)\s*=\s*(\w+),`)

// opsTable maps hook names to handlers in a designated initializer.
func opsTable(src string) map[string]string {
	out := map[string]string{}
	for _, m := range opsEntry.FindAllStringSubmatch(src, -1) {
		out[m[1]] = m[2]
	}
	return out
}

var (
	permMacro = regexp.MustCompile(`\b([A-Z][A-Z0-9]*)__([A-Z0-9_]+)\b`)
	word      = regexp.MustCompile(`\b[a-z_]\w*\b`)
)

// vectors collects the permission macros in a handler and in the functions of
// the same files that it names, in order of appearance.
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
