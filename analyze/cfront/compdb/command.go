package compdb

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// reader turns compiler commands into units of one tree.
type reader struct {
	tree    *refactor.Tree
	prof    *profile
	flags   flagMacros
	origins []string // absolute folders that the tree's root was at when the commands ran
	config  string
	notes   *notes
	world   *world // when commands come from evaluated makefiles: maps their absolute paths
}

// newReader returns a reader for t.
func newReader(t *refactor.Tree, p *profile, config string) *reader {
	r := &reader{tree: t, prof: p, flags: loadFlagMacros(), config: config, notes: new(notes)}
	if t.Root() != "" {
		if abs, err := filepath.Abs(t.Root()); err == nil {
			r.origins = append(r.origins, filepath.ToSlash(abs))
		}
	}
	return r
}

// command is one compiler run: its working folder (absolute, or relative to the tree's root) and its words.
type command struct {
	dir  string
	args []string
	from string // file that holds the command, for notes
	line int
}

// valued are the options that take the next word as their value, besides those that parse handles.
var valued = map[string]bool{"-o": true, "-MF": true, "-MT": true, "-MQ": true, "-x": true, "-arch": true, "-target": true,
	"-Xassembler": true, "-Xlinker": true, "-Xpreprocessor": true, "-L": true, "-T": true, "-u": true, "-z": true, "--param": true,
	"-imultilib": true, "-iprefix": true, "-aux-info": true}

// pathOptions are the options whose value is a file or folder, longest first where one begins another.
var pathOptions = []string{"-include", "-imacros", "-iquote", "-isystem", "-idirafter", "-iwithprefixbefore", "-iwithprefix", "-I"}

// unit makes the unit that c compiles; ok is false when c compiles none of the hypervisor's.
func (r *reader) unit(c command) (u cpp.Unit, ok bool) {
	if u, ok = r.parse(c); !ok || u.Main == "" {
		return u, false
	}
	u.Asm = !strings.HasSuffix(u.Main, ".c")
	return r.locate(u, c)
}

// parse reads the options of c; Main is as spelled, or "". ok is false when the hypervisor's macro is not defined.
func (r *reader) parse(c command) (u cpp.Unit, ok bool) {
	var implied, given []cpp.Define
	u.Config = r.config
	for i := 1; i < len(c.args); i++ {
		a := c.args[i]
		if opt, val, n := splitOption(c.args[i:]); opt != "" {
			i += n
			switch opt {
			case "-D":
				given = append(given, define(val))
			case "-U":
				given = append(given, cpp.Define{Name: val, Undef: true})
			default:
				r.pathOption(&u, c, opt, val)
			}
			continue
		}
		switch {
		case valued[a]:
			i++
		case strings.HasPrefix(a, "-std="):
			u.Std = a[len("-std="):]
		case strings.HasPrefix(a, "-"):
			implied = append(implied, r.flags[a]...)
		case isSource(a):
			u.Main = a
		}
	}
	u.Macros = append(implied, given...)
	u.Arch = r.prof.arch(c.args[0], c.args, append(append([]string{}, u.Search...), u.Main))
	return u, defines(given, r.prof.Define)
}

// locate replaces the unit's main file by its tree path, through symbolic links.
func (r *reader) locate(u cpp.Unit, c command) (cpp.Unit, bool) {
	spelled, in := r.treePath(c.dir, u.Main)
	if !in {
		r.notes.add(c.from, c.line, "%s is outside the tree, not read", u.Main)
		return u, false
	}
	real, err := r.tree.Resolve(spelled)
	if err != nil {
		r.notes.add(c.from, c.line, "%s is not in the tree, not read", spelled)
		return u, false
	}
	u.Main = real
	if dir := path.Dir(spelled); dir != path.Dir(real) {
		u.Quote = append([]string{dir}, u.Quote...)
	}
	return u, true
}

// pathOption records one option whose value is a path.
func (r *reader) pathOption(u *cpp.Unit, c command, opt, val string) {
	if strings.HasPrefix(opt, "-iwithprefix") {
		return // the compiler's own headers, which every unit gets
	}
	p, in := r.treePath(c.dir, val)
	if !in {
		if !strings.Contains(val, "/lib/gcc/") && !strings.Contains(val, "/lib/clang/") {
			r.notes.add(c.from, c.line, "%s %s is outside the tree, ignored", opt, val)
		}
		return
	}
	switch opt {
	case "-include", "-imacros":
		u.Includes = append(u.Includes, p)
	case "-iquote":
		u.Quote = append(u.Quote, p)
		if cwd, in := r.treePath(c.dir, "."); in && p == cwd && p != "." {
			u.Quote = append(u.Quote, ".") // for #include __FILE__: our names start at the tree's root, the command's in its folder
		}
	case "-I":
		u.Search = append(u.Search, p)
	default:
		u.System = append(u.System, p)
	}
}

// splitOption takes an option with a value that the reader understands off args: -D X, -DX, -include F ...
// n is how many words after the first it used; opt is "" for anything else.
func splitOption(args []string) (opt, val string, n int) {
	for _, o := range append([]string{"-D", "-U"}, pathOptions...) {
		switch {
		case args[0] == o && len(args) > 1:
			return o, args[1], 1
		case strings.HasPrefix(args[0], o) && args[0] != o:
			if o == "-include" || o == "-imacros" { // -includeFILE is legal too
				return o, args[0][len(o):], 0
			}
			return o, args[0][len(o):], 0
		}
	}
	return "", "", 0
}

// define reads the value of -D: NAME, NAME=BODY, NAME(ARGS)=BODY.
func define(s string) cpp.Define {
	name, body, ok := strings.Cut(s, "=")
	if !ok {
		body = "1"
	}
	return cpp.Define{Name: name, Body: body}
}

// defines tells whether name is defined by one of ds.
func defines(ds []cpp.Define, name string) bool {
	for _, d := range ds {
		if d.Name == name && !d.Undef {
			return true
		}
	}
	return false
}

// isSource tells whether a names a C or preprocessed-assembly source.
func isSource(a string) bool {
	return strings.HasSuffix(a, ".c") || strings.HasSuffix(a, ".S")
}

// treePath makes p, as spelled by a command run in dir, relative to the tree's root; in is false for a path outside it.
func (r *reader) treePath(dir, p string) (rel string, in bool) {
	p = filepath.ToSlash(p)
	if !path.IsAbs(p) {
		p = path.Join(dir, p)
	}
	if !path.IsAbs(p) {
		p = path.Clean(p)
		return p, p != ".." && !strings.HasPrefix(p, "../")
	}
	p = path.Clean(p)
	if r.world != nil {
		return r.world.treePath(p)
	}
	for _, o := range r.origins {
		if p == o {
			return ".", true
		}
		if strings.HasPrefix(p, o+"/") {
			return p[len(o)+1:], true
		}
	}
	return p, false
}

// learnOrigin finds where the tree's root was when abs, an absolute path of one of its files, was written:
// the longest tail of abs that the tree holds tells. Without one nothing is learnt.
func (r *reader) learnOrigin(abs string) {
	abs = path.Clean(filepath.ToSlash(abs))
	if _, in := r.treePath("", abs); in || !path.IsAbs(abs) {
		return
	}
	parts := strings.Split(abs[1:], "/")
	for i := 1; i < len(parts); i++ {
		if r.tree.File(strings.Join(parts[i:], "/")) != nil {
			r.origins = append(r.origins, "/"+strings.Join(parts[:i], "/"))
			return
		}
	}
}
