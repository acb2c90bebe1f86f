package compdb

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// kbuildTree is a small tree that is built as Xen's is, each folder in its own make run or all in one.
func kbuildTree(inOne bool) map[string]string {
	m := map[string]string{
		"Config.mk":                             "CFLAGS += -m64 -std=gnu99\ncc-option-add = $(eval $(shell false))\n",
		"xen/Makefile":                          "export XEN_VERSION = 4\nexport BASEDIR := $(CURDIR)\nexport XEN_ROOT := $(BASEDIR)/..\n",
		"xen/Kconfig":                           "config X86_64\n\tdef_bool y\nconfig XSM\n\tbool \"xsm\"\nconfig HVM\n\tbool \"hvm\"\n\tdefault y\nconfig HAS_GCC\n\tdef_bool $(cc-option,-fx)\n",
		"xen/arch/x86/configs/x86_64_defconfig": "# CONFIG_HVM is not set\n",
		"xen/include/xen/sched.h":               "",
		"xen/include/xen/config.h":              "",
		"xen/include/xen/compile.h.in":          "#define XEN_VERSION @@version@@\n",
		"xen/include/asm-x86/config.h":          "",
		"xen/common/domain.c":                   "",
		"xen/common/walk.c":                     "",
		"xen/common/unzip.c":                    "",
		"xen/common/lib/a.c":                    "",
		"xen/common/lib/b.c":                    "",
		"xen/common/hvm.c":                      "",
		"xen/common/efi/boot.c":                 "",
		"xen/arch/x86/efi/stub.c":               "",
		"xen/arch/x86/efi/Makefile":             "obj-y := boot.o stub.o\n",
		"xen/arch/x86/head.S":                   "",
		"xen/arch/x86/Makefile":                 "obj-y := head.o efi/\n",
		"xen/common/Makefile":                   "obj-y := domain.o unzip.init.o generated.o\nobj-y += walk_2.o walk_3.o\nobj-$(CONFIG_HVM) += hvm.o\nobj-$(CONFIG_XSM) += lib/\ndomain.o: CFLAGS += -DEXTRA\nwalk_%.o: walk.c Makefile\n\t$(CC) $(CFLAGS) -DLEVELS=$* -c $< -o $@\n",
		"xen/common/lib/Makefile":               "obj-y := both.o\nboth.o: a.o b.o\n\t$(LD) -r $^ -o $@\n",
		"xen/Rules.mk": "-include $(BASEDIR)/include/config/auto.conf\ninclude $(XEN_ROOT)/Config.mk\nALL_OBJS-y := $(BASEDIR)/common/built_in.o $(BASEDIR)/arch/x86/built_in.o\n" +
			"CFLAGS += -D__XEN__ -I$(BASEDIR)/include -include $(BASEDIR)/include/xen/config.h\nAFLAGS = -D__ASSEMBLY__ $(CFLAGS)\n$(call as-option-add,CFLAGS,CC,\"insn\",-DHAVE_INSN)\ninclude Makefile\n" +
			"$(filter %.init.o,$(obj-y)): CFLAGS += -DINIT\nobj-y := $(patsubst %/,%/built_in.o,$(obj-y))\n",
	}
	if !inOne {
		return m
	}
	for _, p := range []string{"xen/common/Makefile", "xen/common/lib/Makefile"} {
		for _, o := range []string{"domain.o:", "walk_%.o:", "both.o: a.o b.o", "walk.c Makefile"} {
			switch o {
			case "both.o: a.o b.o":
				m[p] = strings.ReplaceAll(m[p], o, "$(obj)/both.o: $(obj)/a.o $(obj)/b.o")
			case "walk.c Makefile":
				m[p] = strings.ReplaceAll(m[p], "$(CC) $(CFLAGS)", "$(CC) $(c_flags)")
				m[p] = strings.ReplaceAll(m[p], o, "$(obj)/walk.c")
			default:
				m[p] = strings.ReplaceAll(m[p], o, "$(obj)/"+o)
			}
		}
	}
	m["xen/Makefile"] += "ALL_OBJS-y := common/built_in.o arch/x86/built_in.o\n"
	m["xen/Rules.mk"] = "ifndef obj\n$(warning no obj)\nendif\ninclude include/config/auto.conf\ninclude $(XEN_ROOT)/Config.mk\n" +
		"c_flags = $(CFLAGS) -D__XEN__ -I./include -include ./include/xen/config.h\na_flags = -D__ASSEMBLY__ $(c_flags)\n$(call as-option-add,CFLAGS,CC,\"insn\",-DHAVE_INSN)\ninclude $(obj)/Makefile\n" +
		"subdir-y := $(patsubst %/,%,$(filter %/,$(obj-y)))\nobj-y := $(addprefix $(obj)/,$(filter-out %/,$(obj-y)))\nsubdir-y := $(addprefix $(obj)/,$(subdir-y))\n$(filter %.init.o,$(obj-y)): CFLAGS += -DINIT\n"
	return m
}

// macro returns the body of a unit's macro, "-" when it has none.
func macro(u cpp.Unit, name string) string {
	body := "-"
	for _, m := range u.Macros {
		if m.Name == name {
			if body = m.Body; m.Undef {
				body = "-"
			}
		}
	}
	return body
}

func TestSynthesise(t *testing.T) {
	for _, inOne := range []bool{false, true} {
		db, err := Load(tree(t, kbuildTree(inOne)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var mains []string
		for _, u := range db.Units {
			mains = append(mains, strings.TrimPrefix(u.Main, "xen/"))
			if u.Arch != "x86_64" || u.Std != "gnu99" || len(u.Search) == 0 || u.Search[0] != "xen/include" || u.Includes[0] != "xen/include/xen/config.h" || macro(u, "HAVE_INSN") != "1" {
				t.Errorf("in one make %v: %+v", inOne, u)
			}
			for m, want := range map[string]string{"EXTRA": "domain.c", "INIT": "unzip.c", "__ASSEMBLY__": "head.S"} {
				if has := macro(u, m) != "-"; has != strings.HasSuffix(u.Main, want) {
					t.Errorf("in one make %v: %s: %s is %v", inOne, u.Main, m, has)
				}
			}
		}
		want := strings.Fields("arch/x86/efi/stub.c arch/x86/head.S common/domain.c common/efi/boot.c common/lib/a.c common/lib/b.c common/unzip.c common/walk.c common/walk.c")
		if !reflect.DeepEqual(mains, want) {
			t.Errorf("in one make %v:\n got  %v\n want %v", inOne, mains, want)
		}
		if n := len(db.Units); macro(db.Units[n-2], "LEVELS")+macro(db.Units[n-1], "LEVELS") != "23" && !inOne {
			t.Errorf("rule's own options: %+v", db.Units[n-2:])
		}
		if db.Units[3].Quote[0] != "xen/arch/x86/efi" {
			t.Errorf("linked source: %+v", db.Units[3])
		}
		if h := string(db.Overlay["xen/include/generated/autoconf.h"]); h != "#define CONFIG_HAS_GCC 1\n#define CONFIG_X86_64 1\n#define CONFIG_XSM 1\n" {
			t.Errorf("autoconf.h: %q", h)
		}
		if h := string(db.Overlay["xen/include/xen/compile.h"]); !strings.Contains(h, "XEN_VERSION 4\n") {
			t.Errorf("compile.h: %q", h)
		}
		if h := string(db.Overlay["xen/include/asm/config.h"]); h != "#include \"../../include/asm-x86/config.h\"\n" {
			t.Errorf("folder link: %q", h)
		}
		if loss := lossText(db); !strings.Contains(loss, "common/generated: no source for this object") || !strings.Contains(loss, "is not built") {
			t.Errorf("loss: %s", loss)
		}
	}
}

// lossText joins a database's notes.
func lossText(db *DB) string {
	s := ""
	for _, n := range db.Loss {
		s += n.String() + "\n"
	}
	return s
}

func TestSynthesisChoices(t *testing.T) {
	mains := func(opt Options, files map[string]string) (int, error) {
		db, err := Load(tree(t, files), opt)
		if err != nil {
			return 0, err
		}
		return len(db.Units), nil
	}
	if n, err := mains(Options{Config: "wide"}, kbuildTree(false)); n != 10 || err != nil {
		t.Errorf("wide: %d units, %v", n, err)
	}
	if n, err := mains(Options{Config: "noxsm"}, kbuildTree(false)); n != 7 || err != nil {
		t.Errorf("noxsm: %d units, %v", n, err)
	}
	own := kbuildTree(false)
	own["xen/.config"] = "CONFIG_X86_64=y\nCONFIG_HVM=y\n"
	own["xen/include/generated/autoconf.h"] = "kept"
	db, err := Load(tree(t, own), Options{})
	if err != nil || len(db.Units) != 8 || db.Config != "tree" || db.Overlay["xen/include/generated/autoconf.h"] != nil {
		t.Errorf("own .config: %+v, %v", db, err)
	}
	if _, err := mains(Options{Source: SourceSynth, Config: "odd"}, kbuildTree(false)); err == nil || !strings.Contains(err.Error(), "choose one of default") {
		t.Errorf("unknown configuration: %v", err)
	}
	if _, err := mains(Options{Arch: "vax"}, kbuildTree(false)); !errors.As(err, new(*NoUnitsError)) {
		t.Errorf("unknown architecture: %v", err)
	}
	bad := kbuildTree(false)
	bad["xen/Kconfig"] = "menu \"x\"\n\tfrobnicate\n"
	if _, err := mains(Options{}, bad); err == nil || !strings.Contains(err.Error(), `Kconfig:2: unknown option "frobnicate"`) {
		t.Errorf("bad Kconfig: %v", err)
	}
	bad = kbuildTree(false)
	bad["xen/common/Makefile"] = "ifeq x\n"
	if db, err := Load(tree(t, bad), Options{}); err != nil || !strings.Contains(lossText(db), "xen/common: makefile not understood") {
		t.Errorf("bad makefile: %v", err)
	}
}

// TestMinixen builds minixen: its saved commands, its compile_commands.json and synthesis give the same units.
func TestMinixen(t *testing.T) {
	copied := t.TempDir() // make writes into its tree
	if err := os.CopyFS(copied, os.DirFS("../../../testdata/minixen")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("make", "-s", "-j2", "-C", filepath.Join(copied, "xen"), "compile_commands.json")
	cmd.Env = append(os.Environ(), "MAKEFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make: %v\n%s", err, text)
	}
	load := func(dir, source string) []cpp.Unit {
		tr, err := refactor.OpenDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		db, err := Load(tr, Options{Source: source, Config: "tree"})
		if err != nil {
			t.Fatal(err)
		}
		return db.Units
	}
	want := load(copied, SourceCmd)
	for name, got := range map[string][]cpp.Unit{
		"json": load(copied, SourceJSON), "synth": load("../../../testdata/minixen", SourceSynth), "synth, built": load(copied, SourceSynth),
	} {
		if len(got) != len(want) {
			t.Errorf("%s: %d units, the build has %d", name, len(got), len(want))
			continue
		}
		for i := range want {
			if d := unitDiff(got[i], want[i]); d != "" || got[i].Main != want[i].Main {
				t.Errorf("%s: %s, want %s:%s", name, got[i].Main, want[i].Main, d)
			}
		}
	}
}

// unitDiff tells what two units' options differ in.
func unitDiff(got, want cpp.Unit) string {
	var b strings.Builder
	set := func(what string, g, w []string) {
		if fmt.Sprint(g) == fmt.Sprint(w) {
			return
		}
		in := map[string]int{}
		for _, x := range g {
			in[x]++
		}
		for _, x := range w {
			in[x]--
		}
		fmt.Fprintf(&b, " %s:", what)
		for _, x := range slices.Sorted(maps.Keys(in)) {
			if in[x] != 0 {
				fmt.Fprintf(&b, " %+d %s", in[x], x)
			}
		}
	}
	macros := func(u cpp.Unit) (out []string) {
		for _, m := range u.Macros {
			out = append(out, fmt.Sprint(m))
		}
		return out
	}
	set("macros", macros(got), macros(want))
	set("includes", got.Includes, want.Includes)
	set("quote", got.Quote, want.Quote)
	set("search", got.Search, want.Search)
	set("system", got.System, want.System)
	set("other", []string{got.Arch, got.Std, fmt.Sprint(got.Asm)}, []string{want.Arch, want.Std, fmt.Sprint(want.Asm)})
	return b.String()
}
