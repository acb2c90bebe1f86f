package catalog

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile bounds a catalogue file; the largest known has about 40 kB.
const maxFile = 1 << 20

// Error is one thing wrong with a catalogue file. Line counts from 1; 0 means
// the whole file.
type Error struct {
	File string
	Line int
	Msg  string
}

// Error gives file:line: message.
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Msg)
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg)
}

// Parse reads a catalogue and validates it. file is used in messages only. The
// error is an *Error naming the line of the first mistake.
func Parse(file string, src []byte) (c *Catalog, err error) {
	if len(src) > maxFile {
		return nil, &Error{file, 0, fmt.Sprintf("larger than %d bytes: not a hook catalogue", maxFile)}
	}
	defer func() { // the YAML library may panic on what it cannot read
		if p := recover(); p != nil {
			c, err = nil, &Error{file, 0, fmt.Sprintf("not readable as YAML: %v", p)}
		}
	}()
	f, err := parser.ParseBytes(src, 0)
	if err != nil {
		return nil, &Error{file, 0, "not readable as YAML: " + strings.TrimSpace(err.Error())}
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		return nil, &Error{file, 0, "want one YAML document with version, flavour and hooks"}
	}
	r := &reader{file: file}
	c = r.catalog(f.Docs[0].Body)
	if r.err != nil {
		return nil, r.err
	}
	return c, c.validate(file)
}

// reader turns YAML nodes into a catalogue; the first error sticks.
type reader struct {
	file string
	err  error
}

func (r *reader) fail(n ast.Node, format string, args ...any) {
	if r.err == nil {
		r.err = &Error{r.file, line(n), fmt.Sprintf(format, args...)}
	}
}

func line(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0
	}
	return n.GetToken().Position.Line
}

// fields walks a mapping; an unknown or repeated key is an error.
func (r *reader) fields(n ast.Node, what string, set map[string]func(ast.Node)) {
	var vals []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		vals = m.Values
	case *ast.MappingValueNode:
		vals = []*ast.MappingValueNode{m}
	default:
		r.fail(n, "%s must be a mapping", what)
		return
	}
	seen := map[string]bool{}
	for _, v := range vals {
		key := r.str(v.Key)
		f, ok := set[key]
		switch {
		case !ok:
			r.fail(v.Key, "%s has no field %q", what, key)
		case seen[key]:
			r.fail(v.Key, "field %q appears twice", key)
		default:
			seen[key] = true
			f(v.Value)
		}
	}
}

// str reads a scalar as text.
func (r *reader) str(n ast.Node) string {
	switch s := n.(type) {
	case *ast.StringNode:
		return s.Value
	case *ast.LiteralNode, *ast.MappingNode, *ast.SequenceNode, nil:
		r.fail(n, "want a word")
		return ""
	default:
		if n.GetToken() == nil {
			r.fail(n, "want a word")
			return ""
		}
		return n.GetToken().Value
	}
}

func (r *reader) into(p *string) func(ast.Node) {
	return func(n ast.Node) { *p = r.str(n) }
}

// list calls f for each element of a sequence.
func (r *reader) list(what string, f func(ast.Node)) func(ast.Node) {
	return func(n ast.Node) {
		s, ok := n.(*ast.SequenceNode)
		if !ok {
			r.fail(n, "%s must be a list", what)
			return
		}
		for _, v := range s.Values {
			f(v)
		}
	}
}

func (r *reader) catalog(n ast.Node) *Catalog {
	c := &Catalog{}
	var version string
	r.fields(n, "a catalogue", map[string]func(ast.Node){
		"version": r.into(&version),
		"flavour": r.into(&c.Flavour),
		"hooks":   r.list("hooks", func(n ast.Node) { c.Hooks = append(c.Hooks, r.hook(n)) }),
	})
	if version != "1" {
		r.fail(n, "version is %q: this tool reads version 1", version)
	}
	return c
}

func (r *reader) hook(n ast.Node) *Hook {
	h := &Hook{Result: "int", Line: line(n)}
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		h.Line = line(m.Values[0].Key)
	} else if m, ok := n.(*ast.MappingValueNode); ok {
		h.Line = line(m.Key)
	}
	r.fields(n, "a hook", map[string]func(ast.Node){
		"name":    r.into(&h.Name),
		"phase":   r.into((*string)(&h.Phase)),
		"result":  r.into(&h.Result),
		"action":  r.into((*string)(&h.Action)),
		"subject": r.into(&h.Subject),
		"object":  r.into(&h.Object),
		"guard":   r.into((*string)(&h.Guard)),
		"params": r.list("params", func(n ast.Node) {
			p, err := ParseParam(r.str(n))
			if err != nil {
				r.fail(n, "%v", err)
			}
			h.Params = append(h.Params, p)
		}),
		"rules": r.list("rules", func(n ast.Node) { h.Rules = append(h.Rules, r.rule(n)) }),
		"vectors": r.list("vectors", func(n ast.Node) {
			class, perm, ok := strings.Cut(r.str(n), ":")
			if !ok {
				r.fail(n, "a vector is class:permission")
			}
			h.Vectors = append(h.Vectors, Vector{class, perm})
		}),
		"operations": r.list("operations", func(n ast.Node) { h.Ops = append(h.Ops, OpRef(r.str(n))) }),
	})
	return h
}

func (r *reader) rule(n ast.Node) Rule {
	var ru Rule
	r.fields(n, "a rule", map[string]func(ast.Node){
		"action": r.into((*string)(&ru.Action)),
		"when":   r.list("when", func(n ast.Node) { ru.When = append(ru.When, r.cond(n)) }),
	})
	return ru
}

func (r *reader) cond(n ast.Node) Cond {
	var c Cond
	r.fields(n, "a condition", map[string]func(ast.Node){
		"param": r.into(&c.Param),
		"in":    r.list("in", func(n ast.Node) { c.In = append(c.In, r.str(n)) }),
	})
	return c
}

// ParseParam splits a C parameter declaration into type and name.
func ParseParam(decl string) (Param, error) {
	decl = strings.Join(strings.Fields(decl), " ")
	array := strings.HasSuffix(decl, "[]")
	body := strings.TrimSuffix(decl, "[]")
	i := strings.LastIndexAny(body, " *")
	if i < 0 || !isIdent(body[i+1:]) {
		return Param{}, fmt.Errorf("parameter %q is not a type and a name", decl)
	}
	p := Param{Type: strings.TrimSpace(body[:i+1]), Name: body[i+1:]}
	if array {
		p.Type += "[]"
	}
	return p, nil
}
