package compdb

import (
	"path"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/synth"
)

// hypercalls makes xen/hypercall-defs.h.
func (g *generator) hypercalls(in string, out string) error {
	u, err := g.folderUnit("include")
	if err != nil {
		return err
	}
	u.Main = in
	text, err := g.preprocess(&u, nil)
	if err != nil {
		return err
	}
	head, err := synth.Hypercalls(in, text)
	if err == nil {
		g.put(out, head)
	}
	return err
}

// compat makes the headers of the other ABI's structures (include/compat) and the macros that translate and check them.
// The makefile of the include folder says which.
func (g *generator) compat(in []string, data [][]byte) error {
	m, _, err := g.folderMake("include")
	if err != nil {
		return err
	}
	names := m.Words("headers-y")
	source, err := synth.Patterns(in[1], data[1])
	if err != nil {
		return err
	}
	header, err := synth.Patterns(in[2], data[2])
	if err != nil {
		return err
	}
	u, err := g.folderUnit("include")
	if err != nil {
		return err
	}
	c := &compatGen{generator: g, unit: u, list: synth.XlatList(data[0], m.Value("compat-arch-y")), source: source, header: header,
		packed: m.Value("prefix-y") != "", made: map[string][]byte{}}
	for _, n := range names {
		if n != "compat/xlat.h" && strings.HasPrefix(n, "compat/") {
			if err := c.one(n); err != nil {
				g.r.notes.add(path.Join(g.w.folder, "include", n), 0, "cannot be made: %v", err)
			}
		}
	}
	if len(c.made) == 0 {
		return nil
	}
	text, errs := synth.XlatHeader(c.list, c.made, c.typed())
	for _, err := range errs {
		g.r.notes.add(in[0], 0, "%v", err)
	}
	g.put("include/compat/xlat.h", text)
	return nil
}

// compatGen is the state of making one tree's compat headers.
type compatGen struct {
	*generator
	list           []synth.Xlat
	source, header []synth.Pattern
	unit           cpp.Unit // with the options of the include folder
	packed         bool
	made           map[string][]byte // by name below compat/
}

// one makes one header, named "compat/x.h".
func (c *compatGen) one(name string) error {
	rel := strings.TrimPrefix(name, "compat/")
	public := path.Join(c.w.folder, "include/public", rel)
	data, ok := c.w.read(path.Join(worldXen, "include/public", rel))
	if !ok {
		return &SourceError{File: public, Msg: "no such file"}
	}
	u := c.unit
	u.Arch, u.Main = "x86_32", public
	u.Includes = []string{path.Join(c.w.folder, "include/public/xen-compat.h")}
	u.Macros = append(append([]cpp.Define{}, u.Macros...), define("XEN_GENERATING_COMPAT_HEADERS"))
	text, err := c.preprocess(&u, synth.CompatSource(data, c.source, c.list))
	if err != nil {
		return err
	}
	h := synth.CompatHeader(name, text, c.header, c.packed)
	c.made[rel] = h
	c.put(path.Join("include", name), h)
	return nil
}

// typed tells whether the tree's script checks members of structure types by their own check.
func (c *compatGen) typed() bool {
	old, isOld := c.w.read(worldXen + "/tools/get-fields.sh")
	return !isOld || strings.Contains(string(old), "compat_*_t)")
}
