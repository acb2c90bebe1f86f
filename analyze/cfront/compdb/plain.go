package compdb

import (
	"path"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/kconfig"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/mk"
)

// plain finds the units of a tree that has no Rules.mk to collect its folders' makefiles: each folder of the profile is
// read with the configuration's symbols set, and a folder without a makefile gives all its C files. The options are those
// of CFLAGS in the top makefile, or else the least that a hypervisor's unit needs.
func (k *kbuild) plain(top *mk.Make, cfg *kconfig.Config) []cpp.Unit {
	k.done = map[string]bool{}
	k.r.notes.add(path.Join(k.w.folder, "Makefile"), 0, "no Rules.mk: objects are taken from each folder's makefile, options from CFLAGS")
	set := map[string]string{}
	if cfg != nil {
		for _, i := range cfg.Items() {
			set["CONFIG_"+i.Name] = i.Value
		}
	}
	p := &plainWalk{kbuild: k, top: top, set: set}
	for _, d := range k.w.prof.Sources {
		if symbol, folder, found := strings.Cut(d, "? "); found {
			if set["CONFIG_"+symbol] != "y" {
				continue
			}
			d = folder
		}
		p.folder(strings.ReplaceAll(d, "$SRCARCH", k.arch.SrcArch), 0)
	}
	return k.units
}

// plainWalk is the state of plain.
type plainWalk struct {
	*kbuild
	top *mk.Make
	set map[string]string
}

// folder takes one folder's objects.
func (p *plainWalk) folder(dir string, depth int) {
	dir = path.Clean(dir)
	names := p.w.entries[path.Join(p.w.folder, dir)]
	if len(names) == 0 || p.done[dir+"/"] || depth > 20 {
		return
	}
	p.done[dir+"/"] = true
	objs, ok := p.objects(dir)
	if !ok {
		for _, n := range names {
			if s, isC := strings.CutSuffix(n, ".c"); isC {
				objs = append(objs, s+".o")
			} else if p.w.entries[path.Join(p.w.folder, dir, n)] != nil {
				objs = append(objs, n+"/")
			}
		}
	}
	for _, o := range objs {
		if strings.HasSuffix(o, "/") {
			p.folder(path.Join(dir, o), depth+1)
			continue
		}
		p.object(path.Join(dir, o))
	}
}

// objects reads a folder's makefile; ok is false when there is none that lists objects.
func (p *plainWalk) objects(dir string) (objs []string, ok bool) {
	base := path.Join(worldXen, dir)
	if _, found := p.w.read(path.Join(base, "Makefile")); !found {
		return nil, false
	}
	m, err := p.run(base, "Makefile", p.set)
	if err != nil {
		p.r.notes.add(path.Join(p.w.folder, dir, "Makefile"), 0, "not understood, all C files of the folder are taken: %v", err)
		return nil, false
	}
	for _, v := range []string{"obj-y", "obj-bin-y", "extra-y", "lib-y"} {
		objs = append(objs, m.Words(v)...)
	}
	for _, s := range m.Words("subdir-y") {
		objs = append(objs, strings.TrimSuffix(s, "/")+"/")
	}
	return objs, len(objs) > 0
}

// object makes the unit of one object, named relative to the hypervisor's folder.
func (p *plainWalk) object(o string) {
	stem, isObject := strings.CutSuffix(o, ".o")
	if !isObject || p.done[o] {
		return
	}
	p.done[o] = true
	f := &folderRun{kbuild: p.kbuild, m: p.top, base: worldXen}
	stem = strings.TrimSuffix(stem, ".init")
	src, as, rule, st, ok := f.source(o, stem)
	if !ok {
		p.r.notes.add(path.Join(p.w.folder, stem), 0, "no source for this object in the tree (the build makes it), left out")
		return
	}
	before := len(p.units)
	f.compile(o, src, as, rule, st)
	if len(p.units) == before {
		p.units = append(p.units, p.least(src))
	}
}

// least is a unit with the least options that a hypervisor's source needs.
func (p *plainWalk) least(src string) cpp.Unit {
	p.r.notes.add("", 0, "no compiler options found: the hypervisor's macro and its include folders are assumed")
	u := cpp.Unit{Main: src, Arch: p.name, Std: "gnu99", Asm: !strings.HasSuffix(src, ".c"), Config: p.r.config,
		Macros: []cpp.Define{{Name: p.w.prof.Define, Body: "1"}}}
	for _, d := range []string{"include", "arch/" + p.arch.SrcArch + "/include"} {
		if p.w.entries[path.Join(p.w.folder, d)] != nil {
			u.Search = append(u.Search, path.Join(p.w.folder, d))
		}
	}
	if c := path.Join(p.w.folder, "include/xen/config.h"); p.w.tree.File(c) != nil {
		u.Includes = []string{c}
	}
	return u
}
