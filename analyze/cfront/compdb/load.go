package compdb

import (
	"fmt"
	"path"
	"sort"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// The sources of units that Options.Source can name.
const (
	SourceAuto  = "auto"  // the first of json, cmd, synth that the tree has
	SourceJSON  = "json"  // compile_commands.json
	SourceCmd   = "cmd"   // kbuild's .NAME.o.cmd files
	SourceSynth = "synth" // evaluate the tree's makefiles and Kconfig
)

// Options says what to load.
type Options struct {
	Arch    string       // "x86_64", "aarch64", "arm32", "x86_32"; "" is what the tree was built for, else x86_64
	Config  string       // name of the configuration, kept in each unit; one that [Configs] lists is synthesised ("default": unless the tree is built)
	Source  string       // one of the Source constants; "" is SourceAuto
	Defines []cpp.Define // added to every unit after its own
}

// DB is what one configuration of a tree compiles.
type DB struct {
	Units   []cpp.Unit        // sorted by main file; a file compiled twice is there twice
	Overlay map[string][]byte // tree path -> content of headers that a build generates and the tree lacks
	Loss    []Note            // what was guessed, left out or synthesised
	Arch    string
	Config  string
	Source  string // the Source constant that the units came from
	Folder  string // the hypervisor's folder below the tree's root, "" when it is the root
}

// Load finds the translation units of the hypervisor in t.
// Errors: *[NotHypervisorError], *[SourceError] (a file that cannot be read as what it is), *[NoUnitsError].
func Load(t *refactor.Tree, opt Options) (*DB, error) {
	p, err := loadProfile("xen")
	if err != nil {
		return nil, err
	}
	folder, err := p.root(t)
	if err != nil {
		return nil, err
	}
	r := newReader(t, p, opt.Config)
	db := &DB{Arch: opt.Arch, Config: opt.Config, Folder: folder}
	if err := r.fill(db, opt); err != nil {
		return nil, err
	}
	finish(db, r, opt)
	if len(db.Units) == 0 {
		return nil, &NoUnitsError{Tree: t.Name(), Source: db.Source, Arch: opt.Arch, Why: db.Loss}
	}
	return db, nil
}

// fill gets the units from the source that opt names, or from the first that the tree has.
func (r *reader) fill(db *DB, opt Options) (err error) {
	switch opt.Source {
	case SourceJSON, SourceCmd, SourceSynth:
		db.Source = opt.Source
		return r.from(db, opt.Source)
	case SourceAuto, "":
	default:
		return fmt.Errorf("source %q: choose %s, %s, %s or %s", opt.Source, SourceAuto, SourceJSON, SourceCmd, SourceSynth)
	}
	_, known := r.prof.Configs[opt.Config]
	if made := known && opt.Config != defaultConfig; !made {
		for _, db.Source = range []string{SourceJSON, SourceCmd} {
			if !r.has(db.Source, db.Folder) {
				continue
			}
			if err = r.from(db, db.Source); err != nil || opt.Arch == "" || hasArch(db.Units, opt.Arch) {
				return err
			}
			r.notes.add("", 0, "the tree is built for %s, not for %s", commonArch(db.Units), opt.Arch)
		}
	}
	db.Source, db.Units = SourceSynth, nil
	return r.from(db, SourceSynth)
}

// has tells whether the tree holds a source of units.
func (r *reader) has(source, folder string) bool {
	if source == SourceJSON {
		return r.jsonFile(folder) != ""
	}
	return len(r.cmdFiles()) > 0
}

// from gets the units from one source.
func (r *reader) from(db *DB, source string) (err error) {
	switch source {
	case SourceJSON:
		f := r.jsonFile(db.Folder)
		if f == "" {
			return &SourceError{File: jsonName, Msg: "not in the tree, its root or its hypervisor folder", Remedy: "run `bear -- make`, or choose another source"}
		}
		db.Units, err = r.unitsFromJSON(f)
	case SourceCmd:
		files := r.cmdFiles()
		if len(files) == 0 {
			return &SourceError{File: r.tree.Name(), Msg: "no .NAME.o.cmd file", Remedy: "build the hypervisor, or choose another source"}
		}
		db.Units, err = r.unitsFromCmd(files)
	default:
		err = r.synthesise(db)
	}
	return err
}

// hasArch tells whether a unit is for the architecture.
func hasArch(us []cpp.Unit, arch string) bool {
	for _, u := range us {
		if u.Arch == arch {
			return true
		}
	}
	return false
}

// jsonFile returns the path of the tree's compilation database, or "".
func (r *reader) jsonFile(folder string) string {
	for _, p := range []string{jsonName, path.Join(folder, jsonName)} {
		if r.tree.File(p) != nil {
			return p
		}
	}
	return ""
}

// finish keeps the units of one architecture, adds the caller's macros, sorts, and closes the notes.
func finish(db *DB, r *reader, opt Options) {
	if db.Arch == "" {
		db.Arch = commonArch(db.Units)
	}
	kept := db.Units[:0]
	other := map[string]int{}
	for _, u := range db.Units {
		if u.Arch == "" { // nothing on its command line tells
			u.Arch = db.Arch
		}
		if u.Arch != db.Arch && !sameFamily(u.Arch, db.Arch) {
			other[u.Arch]++
			continue
		}
		u.Macros = append(u.Macros, opt.Defines...)
		kept = append(kept, u)
	}
	for arch, n := range other {
		r.notes.add("", 0, "%d units are for %s, not read", n, arch)
	}
	db.Units = kept
	sort.SliceStable(db.Units, func(i, j int) bool { return db.Units[i].Main < db.Units[j].Main })
	db.Loss = r.notes.sorted()
}

// sameFamily tells whether units of architecture a belong to a hypervisor for b: x86 has 32-bit boot code in a 64-bit build.
func sameFamily(a, b string) bool {
	return strings.HasPrefix(a, "x86_") && strings.HasPrefix(b, "x86_")
}

// commonArch returns the architecture that most units have; of equals the first by name.
func commonArch(us []cpp.Unit) string {
	count := map[string]int{}
	for _, u := range us {
		count[u.Arch]++
	}
	best := ""
	for a, n := range count {
		if a != "" && (best == "" || n > count[best] || n == count[best] && a < best) {
			best = a
		}
	}
	return best
}
