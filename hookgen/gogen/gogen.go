// Package gogen generates, from a hook catalogue, the Go reference hypervisor's
// hook interface, its dummy module, and a C program that computes the default
// actions independently (the dummy module's oracle).
package gogen

import (
	"bytes"
	"fmt"
	"go/format"
	"text/template"

	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
	"github.com/xsmpatch/xsmpatch/templates"
)

// File is one generated file; Path is relative to the module's root.
type File struct {
	Path string
	Text []byte
}

// outputs lists what is generated: template and place.
var outputs = []struct{ tmpl, path string }{
	{"go/hooks.go.tmpl", "hypervisor/xsm/hooks_gen.go"},
	{"go/dummy.go.tmpl", "hypervisor/xsm/dummy/dummy_gen.go"},
	{"go/tap.go.tmpl", "hypervisor/xsm/tap/tap_gen.go"},
	{"c/dummy_oracle.c.tmpl", "hypervisor/xsm/dummy/testdata/oracle.c"},
}

// Generate fills in every template. It fails on a C type or a rule it has no Go
// form for, naming the hook.
func Generate(c *catalog.Catalog) ([]File, error) {
	m, err := newModel(c)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, o := range outputs {
		text, err := fill(o.tmpl, m)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.path, err)
		}
		files = append(files, File{o.path, text})
	}
	return files, nil
}

func fill(name string, m *model) ([]byte, error) {
	t, err := template.ParseFS(templates.FS, name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, m); err != nil {
		return nil, err
	}
	if name[:3] != "go/" {
		return b.Bytes(), nil
	}
	return format.Source(b.Bytes())
}
