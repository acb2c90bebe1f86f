package compdb

import (
	"bytes"
	"maps"
	"path"
	"slices"
)

// synthesise fills db from the tree's own makefiles and Kconfig.
func (r *reader) synthesise(db *DB) error {
	if db.Arch == "" {
		db.Arch = "x86_64"
	}
	arch, ok := r.prof.Arches[db.Arch]
	if !ok {
		return &NoUnitsError{Tree: r.tree.Name(), Source: SourceSynth, Arch: db.Arch}
	}
	if db.Config == "" {
		db.Config = defaultConfig
		if r.ownConfig(db.Folder, arch) {
			db.Config = treeConfig
		}
	}
	r.config = db.Config
	conf, ok := r.prof.Configs[db.Config]
	if !ok {
		return &SourceError{File: r.tree.Name(), Msg: "configuration " + db.Config + " is unknown", Remedy: "choose one of " + joinKeys(r.prof.Configs)}
	}
	db.Overlay = map[string][]byte{}
	w := newWorld(r.tree, db.Folder, db.Overlay, r.prof)
	r.world = w
	k := &kbuild{w: w, r: r, name: db.Arch, arch: arch}
	cfg, err := k.configuration(conf)
	if err != nil {
		return &SourceError{File: path.Join(db.Folder, "Kconfig"), Msg: err.Error(), Remedy: "build the tree and scan its saved commands"}
	}
	g := &generator{kbuild: k, keep: db.Config == treeConfig}
	if cfg != nil {
		g.put("include/generated/autoconf.h", cfg.Header())
		g.put("include/config/auto.conf", cfg.Makefile())
	}
	if db.Config == treeConfig {
		r.notes.add("", 0, "the tree has no saved commands: compiler options are synthesised for its own .config, and the generated headers it lacks")
	} else {
		r.notes.add("", 0, "the tree is not built: configuration %q, generated headers and compiler options are synthesised", db.Config)
	}
	top, err := k.top()
	if err != nil {
		return err
	}
	g.top = top
	g.all()
	if _, ok := w.read(worldXen + "/Rules.mk"); !ok {
		db.Units = k.plain(top, cfg)
		return nil
	}
	db.Units, err = k.walk(top)
	return err
}

// ownConfig tells whether the tree holds a .config made for the architecture.
func (r *reader) ownConfig(folder string, a profileArch) bool {
	data, err := r.tree.ReadFile(path.Join(folder, r.prof.Configs[treeConfig].File))
	if err != nil {
		return false
	}
	on := func(symbol string) bool { return bytes.Contains(data, []byte("CONFIG_"+symbol+"=y\n")) }
	return on(a.Symbol) || a.Symbol == "X86_64" && on("X86") && on("64BIT") || !on("X86") && !on("ARM")
}

// joinKeys lists a map's keys for a message.
func joinKeys[V any](m map[string]V) string {
	s := ""
	for i, k := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			s += ", "
		}
		s += k
	}
	return s
}
