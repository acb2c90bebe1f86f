package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series"
	"github.com/xsmpatch/xsmpatch/series/csym"
)

// target is an architecture of the hypervisor and the compiler for it.
type target struct{ arch, gcc string }

// targets are the architectures whose objects are built.
var targets = []target{{"x86", "gcc"}, {"arm", "aarch64-linux-gnu-gcc"}}

// kconfig is the configuration: little, and what the tests want with and without XSM.
const kconfig = `CONFIG_EXPERT=y
CONFIG_UNSUPPORTED=y
CONFIG_DEBUG=n
CONFIG_PV=y
CONFIG_HVM=y
CONFIG_TEE=y
CONFIG_FFA=y
CONFIG_XSM=%[1]s
CONFIG_XSM_FLASK=%[1]s
CONFIG_XSM_SILO=%[1]s
`

// maxUsers bounds the untouched units that are built since they name what a touched header changes.
const maxUsers = 12

// built is what building the prefixes of one series in one configuration came to.
type built struct {
	config  string
	units   int
	left    []string // units that the base does not build with this compiler and configuration
	results []series.PrefixResult
}

func (b built) String() string {
	ok, cached := 0, 0
	for _, r := range b.results {
		if r.OK {
			ok++
		}
		if r.Cached {
			cached++
		}
	}
	text := fmt.Sprintf("%-9s %2d objects, prefixes that build: %d of %d (%d from the cache)", b.config, b.units, ok, len(b.results), cached)
	if len(b.left) > 0 {
		text += "; left out, since the base does not build them so: " + strings.Join(b.left, " ")
	}
	return text
}

// failed returns the first prefix that fails, nil when there is none.
func (b built) failed() *series.PrefixResult {
	for i := range b.results {
		if !b.results[i].OK {
			return &b.results[i]
		}
	}
	return nil
}

// buildPrefixes builds the hypervisor's objects that a series is about, on its base and on every prefix, for each target
// with XSM on and off, as far as the name of the configuration has only in it. Results are cached by tree and command in cache, so that an
// interrupted run goes on.
func buildPrefixes(ctx context.Context, s *series.Series, only, cache string) ([]built, error) {
	var out []built
	for _, t := range targets {
		units, err := unitsOfSeries(s, t.arch)
		if err != nil {
			return nil, err
		}
		if len(units) == 0 {
			continue
		}
		for _, xsm := range []string{"y", "n"} {
			if !strings.Contains(configName(t, xsm), only) {
				continue
			}
			b, err := buildOne(ctx, s, t, xsm, units, cache)
			if err != nil {
				return nil, err
			}
			out = append(out, b)
		}
	}
	return out, nil
}

func configName(t target, xsm string) string { return t.arch + " XSM=" + xsm }

// buildOne builds in one configuration. The base is built first, to learn what can be.
func buildOne(ctx context.Context, s *series.Series, t target, xsm string, units []string, cache string) (built, error) {
	b := built{config: configName(t, xsm)}
	o := series.ProveOptions{Command: buildCommand(t, xsm, units, "-k", probeObjects), Cache: cache, Base: true}
	base, err := (&series.Series{Base: s.Base, Graph: s.Graph}).Prove(ctx, o)
	if err != nil {
		return b, err
	}
	var good []string
	for _, u := range units {
		if s.Base.File("xen/"+u+".c") == nil || strings.Contains(base[0].Output, "built "+u+"\n") {
			good = append(good, u)
		} else {
			b.left = append(b.left, u)
		}
	}
	if b.units = len(good); b.units == 0 {
		return b, nil
	}
	o.Command, o.Base = buildCommand(t, xsm, good, "", ""), false
	b.results, err = s.Prove(ctx, o)
	return b, err
}

// probeObjects says which objects a build that went on after errors has made.
const probeObjects = ` || true; for u in $units; do if [ -e $u.o ]; then echo "built $u"; fi; done`

// buildCommand is the shell command that builds units in a tree. Objects that a prefix does not have yet are left out. What fails is tried
// again without what an earlier prefix's failure may have left half written.
func buildCommand(t target, xsm string, units []string, flags, after string) string {
	arch := map[string]string{"x86": "x86_64", "arm": "arm64"}[t.arch]
	mk := fmt.Sprintf(`make -s -j%d XEN_TARGET_ARCH=%s "CC=$cc"`, runtime.NumCPU(), arch)
	if t.gcc != "gcc" {
		mk += " CROSS_COMPILE=" + strings.TrimSuffix(t.gcc, "gcc")
	}
	return fmt.Sprintf(`set -e; cd xen; cc=%s; if command -v ccache >/dev/null; then cc="ccache $cc"; fi
if [ ! -e .config ]; then printf '%s' >../frag; %s KCONFIG_ALLCONFIG=$PWD/../frag allnoconfig </dev/null >/dev/null; fi
%s olddefconfig </dev/null >/dev/null
%s ALL_OBJS-y= ALL_LIBS-y= xen </dev/null >../prepared 2>&1 || true
units='%s'; objs=; for u in $units; do if [ -e $u.c ]; then objs="$objs $u.o"; fi; done
{ %s %s $objs; } || { for u in $units; do rm -f $u.o ${u%%/*}/.${u##*/}.o.cmd; done; %s %s $objs; } || { tail -n 40 ../prepared; false; }%s`, t.gcc, strings.ReplaceAll(fmt.Sprintf(kconfig, xsm), "\n", `\n`), mk, mk, mk, strings.Join(units, " "), mk, flags, mk, flags, after)
}

// unitsOfSeries lists, without ending and below xen/, the C files that patches touch and that are compiled for the
// architecture, and some that name what touched headers define otherwise than before.
func unitsOfSeries(s *series.Series, arch string) ([]string, error) {
	tip, err := s.Graph.Tip()
	if err != nil {
		return nil, err
	}
	ds, err := refactor.Diff(s.Base, tip)
	if err != nil {
		return nil, err
	}
	units, names := map[string]bool{}, map[string]bool{}
	for _, d := range ds {
		p, below := strings.CutPrefix(d.Path, "xen/")
		switch {
		case !below || !compiledFor(p, arch):
		case path.Ext(p) == ".c":
			units[strings.TrimSuffix(p, ".c")] = true
		case path.Ext(p) == ".h":
			if err := changedNames(d, names); err != nil {
				return nil, err
			}
		}
	}
	return append(slices.Sorted(maps.Keys(units)), usersOf(s.Base, arch, units, names)...), nil
}

// compiledFor reports whether a path below xen/ may be part of a build for the architecture.
func compiledFor(p, arch string) bool {
	if rest, ok := strings.CutPrefix(p, "arch/"); ok {
		return strings.HasPrefix(rest, arch+"/") && !strings.Contains(rest, "/boot/") && !strings.Contains(rest, "efi/") && !strings.Contains(rest, "/arm32/")
	}
	return !strings.HasPrefix(p, "tools/") && !strings.HasPrefix(p, "test/") && !strings.HasPrefix(p, "common/efi/")
}

// changedNames adds the names that one side of a header defines and the other does not, or otherwise.
func changedNames(d *refactor.Delta, names map[string]bool) error {
	seen := map[string]int{}
	for side, f := range []*refactor.File{d.Old, d.New} {
		lines, err := linesOf(f)
		if err != nil {
			return err
		}
		text := []byte{}
		for _, l := range lines {
			text = append(text, l...)
		}
		for _, def := range csym.Scan(d.Path, text).Defs {
			seen[def.Name+"\x00"+string(def.Kind)+def.Sig] |= 1 << side
		}
	}
	for k, sides := range seen {
		if name, _, _ := strings.Cut(k, "\x00"); sides != 3 && len(name) > 3 {
			names[name] = true
		}
	}
	return nil
}

// usersOf finds untouched units that name one of names.
func usersOf(t *refactor.Tree, arch string, units, names map[string]bool) []string {
	var out []string
	for _, p := range t.Paths() {
		rest, below := strings.CutPrefix(p, "xen/")
		u := strings.TrimSuffix(rest, ".c")
		if !below || u == rest || units[u] || !compiledFor(rest, arch) || len(out) == maxUsers || len(names) == 0 {
			continue
		}
		text, err := t.File(p).Bytes()
		if err != nil {
			continue
		}
		for _, line := range csym.Scan(p, text).Uses {
			if slices.ContainsFunc(line, func(u csym.Use) bool { return names[u.Name] }) {
				out = append(out, u)
				break
			}
		}
	}
	return out
}

// buildCache is where results of builds are kept.
func buildCache() (string, error) {
	if dir := os.Getenv("XSMPATCH_BUILDS"); dir != "" {
		return dir, nil
	}
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "xsmpatch", "builds"), err
}
