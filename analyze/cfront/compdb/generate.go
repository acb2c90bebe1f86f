package compdb

import (
	"path"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/mk"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/synth"
)

// generator puts the headers that a build would make into the overlay.
type generator struct {
	*kbuild
	top  *mk.Make
	keep bool // leave files that the tree already has
}

// all makes every header that the profile lists and whose inputs the tree has.
func (g *generator) all() {
	for _, l := range g.w.prof.Links {
		for _, h := range l.Headers {
			if data := path.Join(l.To, h); g.has(data) && !g.has(path.Join(l.From, h)) && len(g.w.entries[path.Join(g.w.folder, l.From)]) > 0 {
				g.put(path.Join(l.From, h), synth.Wrapper(`"`+up(l.From)+data+`"`))
			}
		}
	}
	for _, r := range g.w.prof.Gen {
		if r.SrcArch == "" || r.SrcArch == g.arch.SrcArch {
			g.rule(r)
		}
	}
}

// up returns the way from a folder to the root.
func up(folder string) string { return strings.Repeat("../", strings.Count(path.Clean(folder), "/")+1) }

// has tells whether the tree has a path below the hypervisor's folder.
func (g *generator) has(p string) bool { return g.w.exists(path.Join(g.w.folder, p)) }

// put adds a generated file.
func (g *generator) put(p string, data []byte) {
	p = path.Join(g.w.folder, p)
	if g.keep && g.w.tree.File(p) != nil {
		return
	}
	g.w.overlay[p] = data
}

// subst fills in the architecture's names.
func (g *generator) subst(s string) string {
	return strings.NewReplacer("$SRCARCH", g.arch.SrcArch, "$ARCH", g.arch.Target).Replace(s)
}

// rule makes the headers of one rule.
func (g *generator) rule(r profileGen) {
	var in []string
	var data [][]byte
	place := g.moved(r)
	for _, p := range r.In {
		p, optional := strings.CutSuffix(place(p), "?")
		text, ok := g.w.read(path.Join(worldXen, p))
		if !ok && !optional {
			return
		}
		in, data = append(in, path.Join(g.w.folder, p)), append(data, text)
	}
	out := place(r.Out[len(r.Out)-1])
	for _, o := range r.Out {
		if o = place(o); g.has(path.Dir(o)) {
			out = o
			break
		}
	}
	if err := g.make(r.Kind, in, data, out); err != nil {
		g.r.notes.add(in[0], 0, "%s headers cannot be made: %v", r.Kind, err)
	}
}

// moved returns how a rule's paths are read: with the architecture's names and, when the folder that the rule is about is elsewhere in
// this tree, below that one. It is where the one file is that ends like the rule's first input, in its last two names.
func (g *generator) moved(r profileGen) func(string) string {
	first := strings.TrimSuffix(g.subst(r.In[0]), "?")
	folder := path.Dir(path.Dir(first)) + "/"
	if folder == "./" || g.has(first) || !strings.HasPrefix(r.Out[0], folder) {
		return g.subst
	}
	tail, found := "/"+strings.TrimPrefix(first, folder), ""
	for _, p := range g.w.tree.Paths() {
		if p, ok := strings.CutPrefix(p, strings.TrimPrefix(g.w.folder+"/", "./")); ok && strings.HasSuffix(p, tail) && !strings.HasPrefix(p, "tools/") {
			if found != "" {
				return g.subst
			}
			found = strings.TrimSuffix(p, tail) + "/"
		}
	}
	return func(p string) string {
		if rest, ok := strings.CutPrefix(g.subst(p), folder); ok && found != "" {
			return found + rest
		}
		return g.subst(p)
	}
}

// make makes the headers of a kind from the inputs.
func (g *generator) make(kind string, in []string, data [][]byte, out string) error {
	switch kind {
	case "compile":
		g.put(out, synth.CompileInfo(data[0], g.compileInfo()))
	case "flask-classes":
		g.putAll(out, synth.FlaskClasses(data[0], data[1], strings.Contains(string(data[2]), "static const char * const")))
	case "flask-vectors":
		files, err := synth.FlaskVectors(in[0], data[0])
		g.putAll(out, files)
		return err
	case "flask-rows":
		files, err := synth.FlaskRows(in[1], data[0], data[1])
		g.putAll(out, files)
		return err
	case "cpuid":
		g.put(out, synth.CPUFeatures(data[0], data[1]))
	case "offsets":
		g.put(out, synth.AsmOffsets(data[0]))
		g.r.notes.add(in[0], 0, "offsets for assembly are 0: they need the layout of types")
	case "empty":
		g.put(out, []byte("/* nothing that C reads */\n"))
	case "hypercalls":
		return g.hypercalls(in[0], out)
	case "compat":
		return g.compat(in, data)
	case "generic":
		return g.generic(path.Dir(in[0]), out)
	case "folder-link":
		g.folderLink(path.Dir(in[0]), out)
	}
	return nil
}

// putAll adds files to a folder.
func (g *generator) putAll(dir string, files map[string][]byte) {
	for n, data := range files {
		g.put(path.Join(dir, n), data)
	}
}

// compileInfo returns what the build fills into compile.h.in.
func (g *generator) compileInfo() map[string]string {
	return map[string]string{"version": g.top.Value("XEN_VERSION"), "subversion": g.top.Value("XEN_SUBVERSION"),
		"extraversion": g.top.Value("XEN_EXTRAVERSION"), "compiler": "gcc", "changeset": "unavailable"}
}

// folderLink makes a folder that includes each header of another, as the symbolic link that the build makes would.
func (g *generator) folderLink(from, out string) {
	for _, p := range g.w.tree.Paths() {
		rel, ok := strings.CutPrefix(p, from+"/")
		if !ok || !strings.HasSuffix(rel, ".h") {
			continue
		}
		to := path.Join(out, rel)
		g.put(to, synth.Wrapper(`"`+up(path.Dir(to))+path.Join("include", path.Base(from), rel)+`"`))
	}
	for p := range g.w.overlay { // generated headers of the linked folder
		if rel, ok := strings.CutPrefix(p, from+"/"); ok {
			to := path.Join(out, rel)
			g.put(to, synth.Wrapper(`"`+up(path.Dir(to))+path.Join("include", path.Base(from), rel)+`"`))
		}
	}
}

// generic makes the wrappers of the headers that an architecture takes from asm-generic.
func (g *generator) generic(from, out string) error {
	m, err := g.run(path.Join(worldXen, strings.TrimPrefix(from, g.w.folder+"/")), "Makefile", nil)
	if err != nil {
		return err
	}
	for _, h := range m.Words("generic-y") {
		g.put(path.Join(out, "generated/asm", h), synth.Wrapper("<asm-generic/"+h+">"))
	}
	return nil
}
