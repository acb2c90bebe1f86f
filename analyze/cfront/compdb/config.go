package compdb

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/kconfig"
)

// The configuration of an empty name: the tree's own when it has one.
const (
	defaultConfig = "default"
	treeConfig    = "tree"
)

// configuration computes the configuration of a tree, nil for one that has no Kconfig: makefile variables make it.
func (k *kbuild) configuration(c profileConfig) (*kconfig.Config, error) {
	if k.w.tree.File(path.Join(k.w.folder, "Kconfig")) != nil {
		return k.configure(c)
	}
	k.set = c.Make
	k.r.notes.add("", 0, "the tree has no Kconfig: the makefiles' own defaults and %s are taken", makeVars(c.Make))
	return nil, nil
}

// makeVars spells variables for a message.
func makeVars(vars map[string]string) string {
	var out []string
	for _, n := range slices.Sorted(maps.Keys(vars)) {
		out = append(out, n+"="+vars[n])
	}
	return strings.Join(out, " ")
}

// configure computes a configuration from the tree's Kconfig files.
func (k *kbuild) configure(c profileConfig) (*kconfig.Config, error) {
	read := func(p string) ([]byte, error) {
		abs := path.Join(worldXen, p)
		if data, ok := k.w.read(abs); ok {
			return data, nil
		}
		return nil, fmt.Errorf("no such file")
	}
	top, err := k.run(worldXen, "Makefile", map[string]string{"MAKECMDGOALS": "defconfig", "XEN_CONFIG_EXPERT": "y"})
	if err != nil {
		return nil, err
	}
	env := top.Exported()
	for n, v := range map[string]string{"SRCARCH": k.arch.SrcArch, "ARCH": k.arch.Kconfig, "CC": k.arch.CC, "LD": "ld", "srctree": ".", "BASEDIR": ".", "XEN_CONFIG_EXPERT": "y"} {
		env[n] = v
	}
	tree, err := kconfig.Parse(kconfig.Source{
		Read: read,
		Env:  env,
		Answer: func(f string, args []string) (string, bool) {
			return answer(k.w.prof.Kconfig, f+","+strings.Join(args, ","))
		},
	}, "Kconfig")
	if err != nil {
		return nil, err
	}
	user := map[string]string{}
	if c.File != "" {
		data, err := read(c.File)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.File, err)
		}
		if user, err = kconfig.ReadConfig(c.File, data); err != nil {
			return nil, err
		}
	}
	if c.Defconfig {
		name := path.Join("arch", k.arch.SrcArch, "configs", k.arch.Kconfig+"_defconfig")
		if data, err := read(name); err == nil {
			if user, err = kconfig.ReadConfig(name, data); err != nil {
				return nil, err
			}
		} else {
			k.r.notes.add(path.Join(k.w.folder, name), 0, "no such defconfig, the options' own defaults are taken")
		}
	}
	for n, v := range c.Set {
		user[n] = v
	}
	cfg := tree.Evaluate(modes[c.Mode], user)
	for _, n := range slices.Sorted(maps.Keys(c.Set)) {
		if v, ok := cfg.Get(n); tree.Symbols[n] != nil && v != c.Set[n] && (ok || c.Set[n] == "y") {
			k.r.notes.add(path.Join(k.w.folder, "Kconfig"), 0, "CONFIG_%s=%s was asked for, its dependencies give %s", n, c.Set[n], orN(v))
		}
	}
	return cfg, nil
}

// orN spells an absent value as n.
func orN(v string) string {
	if v == "" {
		return "n"
	}
	return v
}

// modes maps the profile's names to evaluation modes.
var modes = map[string]kconfig.Mode{"default": kconfig.AllDefault, "allyes": kconfig.AllYes, "allno": kconfig.AllNo}
