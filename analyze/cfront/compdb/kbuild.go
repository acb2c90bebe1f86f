package compdb

import (
	"path"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/mk"
)

// kbuild walks a tree's makefiles for the objects that a build would make and the options it would compile them with.
type kbuild struct {
	w       *world
	r       *reader
	name    string // of the architecture
	arch    profileArch
	set     map[string]string // the configuration's makefile variables
	env     map[string]string // what the top makefile exports
	objMode bool              // makefiles run in the hypervisor's folder with obj=FOLDER; else each in its own folder
	units   []cpp.Unit
	done    map[string]bool // folders walked, objects made
	queue   []string        // folders, relative to the hypervisor's
}

// maxFolders bounds the walk.
const maxFolders = 2000

// top reads the hypervisor's own makefile, whose exports the folders' makefiles get.
func (k *kbuild) top() (*mk.Make, error) {
	rules, _ := k.w.read(worldXen + "/Rules.mk")
	k.objMode = strings.Contains(string(rules), "ifndef obj\n")
	m, err := k.run(worldXen, "Makefile", nil)
	if err == nil {
		k.env = m.Exported()
	}
	return m, err
}

// walk returns the units of the hypervisor, whose own makefile is top.
func (k *kbuild) walk(top *mk.Make) ([]cpp.Unit, error) {
	k.done = map[string]bool{}
	k.enqueue(worldXen, top.Words("ALL_OBJS-y"), top.Words("ALL_LIBS-y"), top.Words("ALL_OBJS"))
	if len(k.queue) == 0 {
		m, err := k.run(worldXen, "Rules.mk", nil)
		if err != nil {
			return nil, err
		}
		k.enqueue(worldXen, m.Words("ALL_OBJS-y"), m.Words("ALL_LIBS-y"), m.Words("ALL_OBJS"))
	}
	for len(k.queue) > 0 && len(k.done) < 20*maxFolders {
		dir := k.queue[0]
		k.queue = k.queue[1:]
		if err := k.folder(dir); err != nil {
			k.r.notes.add(path.Join(k.w.folder, dir), 0, "makefile not understood, its objects are left out: %v", err)
		}
	}
	return k.units, nil
}

// run reads one makefile in a folder with the toolchain's answers and the environment set.
func (k *kbuild) run(dir, file string, set map[string]string) (*mk.Make, error) {
	m := mk.New(k.w.fs(), dir)
	pin := map[string]string{"XEN_TARGET_ARCH": k.arch.Target, "XEN_COMPILE_ARCH": k.arch.Target, "XEN_OS": "Linux", "CC": k.arch.CC, "LD": "ld"}
	for _, vars := range []map[string]string{pin, k.set, set} {
		for n, v := range vars {
			m.Set(n, v, mk.CommandLine)
		}
	}
	for n, v := range k.env {
		m.Set(n, v, mk.Environment)
	}
	tool, _ := dataFS.ReadFile("data/toolchain.mk") // embedded: cannot fail
	if err := m.ReadText("toolchain.mk", string(tool)); err != nil {
		return nil, err
	}
	err := m.Include(file)
	at := path.Join(dir, file)
	if path.IsAbs(file) {
		at = file
	}
	at, _ = k.w.treePath(at)
	for _, q := range m.Unanswered {
		k.r.notes.add(at, 0, "makefile asks %q, taken as empty", clip(q))
	}
	return m, err
}

// clip shortens a text for a message.
func clip(s string) string {
	if len(s) > 100 {
		return s[:100] + "..."
	}
	return s
}

// enqueue adds the folders that a list of objects names (DIR/built_in.o, DIR/lib.a, DIR/), relative to base.
func (k *kbuild) enqueue(base string, lists ...[]string) {
	for _, list := range lists {
		for _, w := range list {
			dir, file := path.Split(w)
			if dir == "" || file != "" && file != "built_in.o" && file != "built-in.o" && file != "lib.a" && file != "built_in_bin.o" {
				continue
			}
			if !path.IsAbs(dir) {
				dir = path.Join(base, dir)
			}
			rel, ok := strings.CutPrefix(path.Clean(dir), worldXen+"/")
			if ok && !k.done[rel+"/"] && len(k.queue) < maxFolders {
				k.done[rel+"/"] = true
				k.queue = append(k.queue, rel)
			}
		}
	}
}

// folder reads one folder's makefile and makes its objects' units.
func (k *kbuild) folder(dir string) error {
	m, base, err := k.folderMake(dir)
	if err != nil {
		return err
	}
	var objs []string
	for _, v := range []string{"obj-y", "obj-bin-y", "extra-y", "lib-y", "targets"} {
		objs = append(objs, m.Words(v)...)
	}
	var sub []string
	for _, s := range m.Words("subdir-y") {
		sub = append(sub, strings.TrimSuffix(s, "/")+"/")
	}
	k.enqueue(base, objs, sub, m.Words("ALL_OBJS"))
	f := &folderRun{kbuild: k, m: m, base: base}
	sort.Strings(objs)
	for _, o := range objs {
		f.object(o, 0)
	}
	return nil
}

// folderMake reads one folder's makefile as the build would; names in it are relative to base.
func (k *kbuild) folderMake(dir string) (m *mk.Make, base string, err error) {
	if k.objMode {
		m, err = k.run(worldXen, "Rules.mk", map[string]string{"obj": dir, "need-builtin": "1"})
		return m, worldXen, err
	}
	base = path.Join(worldXen, dir)
	m, err = k.run(base, worldXen+"/Rules.mk", nil)
	return m, base, err
}

// folderRun is one folder's makefile, read.
type folderRun struct {
	*kbuild
	m    *mk.Make
	base string // the folder that its names are relative to
}

// object makes the unit of one object, or of the objects it is linked from.
func (f *folderRun) object(o string, depth int) {
	id := path.Join(f.base, o)
	if !strings.HasSuffix(o, ".o") || notObject(o) || f.done[id] || depth > 10 {
		return
	}
	f.done[id] = true
	stem := strings.TrimSuffix(strings.TrimSuffix(o, ".o"), ".init")
	if init := strings.HasSuffix(o, ".init.o"); init {
		f.done[path.Join(f.base, stem+".o")] = true
	}
	if src, as, rule, ruleStem, ok := f.source(o, stem); ok {
		f.compile(o, src, as, rule, ruleStem)
		return
	}
	r, pre, _ := f.m.Match(o, func(_ *mk.Rule, pre []string) bool { return hasObject(pre) })
	if r == nil {
		f.r.notes.add(path.Join(f.w.folder, strings.TrimPrefix(path.Join(f.base, stem), worldXen+"/")), 0, "no source for this object in the tree (the build makes it), left out")
		return
	}
	for _, p := range pre {
		f.object(p, depth+1)
	}
}

// notObject tells whether a .o name is a folder's collected objects.
func notObject(o string) bool {
	switch path.Base(o) {
	case "built_in.o", "built-in.o", "built_in_bin.o":
		return true
	}
	return false
}

// hasObject tells whether a list names an object.
func hasObject(pre []string) bool {
	for _, p := range pre {
		if strings.HasSuffix(p, ".o") {
			return true
		}
	}
	return false
}

// source finds the file that an object is compiled from: beside it, by a rule, by a rule that makes the file, or by a
// link of the profile. as is the name the compiler would be given.
func (f *folderRun) source(o, stem string) (src, as string, rule *mk.Rule, ruleStem string, ok bool) {
	for _, ext := range []string{".c", ".S"} {
		if p := f.inTree(stem + ext); p != "" {
			return p, stem + ext, nil, "", true
		}
	}
	for _, target := range []string{o, stem + ".o", stem + ".c"} {
		r, pre, st := f.m.Match(target, func(_ *mk.Rule, pre []string) bool { return f.firstSource(pre) != "" })
		if r != nil {
			name := f.firstSource(pre)
			if target == stem+".c" {
				return f.inTree(name), stem + ".c", nil, "", true
			}
			return f.inTree(name), name, r, st, true
		}
	}
	rel := strings.TrimPrefix(path.Join(f.base, stem), worldXen+"/")
	for _, l := range f.w.prof.Links {
		if path.Dir(rel) == l.From {
			if p := path.Join(f.w.folder, l.To, path.Base(rel)+".c"); f.w.tree.File(p) != nil {
				return p, stem + ".c", nil, "", true
			}
		}
	}
	return "", "", nil, "", false
}

// firstSource returns the first C or assembly file of a list that the tree holds, as spelled there, or "".
func (f *folderRun) firstSource(pre []string) string {
	for _, p := range pre {
		if isSource(p) && f.inTree(p) != "" {
			return p
		}
	}
	return ""
}

// inTree returns the tree path of a name that the makefile uses, or "".
func (f *folderRun) inTree(name string) string {
	if !path.IsAbs(name) {
		name = path.Join(f.base, name)
	}
	p, ok := f.w.treePath(path.Clean(name))
	if !ok {
		return ""
	}
	if real, err := f.w.tree.Resolve(p); err == nil {
		return real
	}
	return ""
}

// compile makes the unit of one object from the compiler's command line for it.
func (f *folderRun) compile(o, src, as string, rule *mk.Rule, stem string) {
	flags := f.flags(o, src, as, rule, stem)
	args, err := SplitShell(flags)
	if err != nil {
		f.r.notes.add(src, 0, "options of %s cannot be split: %v", o, err)
		return
	}
	u, ok := f.r.parse(command{dir: f.base, args: append([]string{f.arch.CC}, args...), from: src})
	if !ok {
		return
	}
	u.Main, u.Asm = src, !strings.HasSuffix(src, ".c")
	if u.Arch = f.name; containsAny(args, []string{"-m32"}) {
		u.Arch = "x86_32"
	}
	if dir := f.inTreeDir(path.Dir(as)); dir != path.Dir(src) {
		u.Quote = append([]string{dir}, u.Quote...)
	}
	f.units = append(f.units, u)
}

// inTreeDir returns the tree path of a folder that the makefile uses.
func (f *folderRun) inTreeDir(name string) string {
	if !path.IsAbs(name) {
		name = path.Join(f.base, name)
	}
	p, _ := f.w.treePath(path.Clean(name))
	return p
}

// flags expands the options that an object is compiled with: those of the rule's own compiler line, or the general ones.
func (f *folderRun) flags(o, src, as string, rule *mk.Rule, stem string) string {
	if rule != nil {
		for _, line := range rule.Recipe {
			if text := f.m.ForTarget(o, as, stem, line); strings.Contains(text, " -c ") {
				return stripCompiler(firstCommand(text), as)
			}
		}
	}
	names := []string{"c_flags", "CFLAGS"}
	if strings.HasSuffix(src, ".S") {
		names = []string{"a_flags", "AFLAGS"}
	}
	target, parents := o, []string(nil)
	if s, ok := strings.CutSuffix(o, ".init.o"); ok { // made of the plain object, which gets its variables
		target, parents = s+".o", []string{o}
	}
	for _, n := range names {
		if text := f.m.ForTarget(target, as, stem, "$("+n+")", parents...); strings.TrimSpace(text) != "" {
			return text
		}
	}
	return ""
}

// stripCompiler drops the compiler's name and the source from a command line.
func stripCompiler(line, source string) string {
	line = strings.TrimLeft(line, "@+- \t")
	_, rest, _ := strings.Cut(line, " ")
	words := strings.Fields(rest)
	out := words[:0]
	for _, w := range words {
		if w != source {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}
