package compdb

import (
	"path"
)

// synthesise fills db from the tree's own makefiles and Kconfig.
func (r *reader) synthesise(db *DB, opt Options) error {
	if db.Arch == "" {
		db.Arch = "x86_64"
	}
	arch, ok := r.prof.Arches[db.Arch]
	if !ok {
		return &NoUnitsError{Tree: r.tree.Name(), Source: SourceSynth, Arch: db.Arch}
	}
	if db.Config == "" {
		db.Config = defaultConfig
		if r.tree.File(path.Join(db.Folder, r.prof.Configs[treeConfig].File)) != nil {
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
	if cfg != nil {
		db.Overlay[path.Join(db.Folder, "include/generated/autoconf.h")] = cfg.Header()
		db.Overlay[path.Join(db.Folder, "include/config/auto.conf")] = cfg.Makefile()
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
	g := &generator{kbuild: k, top: top, keep: db.Config == treeConfig}
	g.all()
	if _, ok := w.read(worldXen + "/Rules.mk"); !ok {
		db.Units = k.plain(top, cfg)
		return nil
	}
	db.Units, err = k.walk(top)
	return err
}

// joinKeys lists a map's keys for a message.
func joinKeys[V any](m map[string]V) string {
	s := ""
	for i, k := range sortedKeys(m) {
		if i > 0 {
			s += ", "
		}
		s += k
	}
	return s
}
