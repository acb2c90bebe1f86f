package compdb

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// tree makes a tree of plain files; a content "-> x" makes a symbolic link to x.
func tree(t testing.TB, files map[string]string) *refactor.Tree {
	t.Helper()
	m := map[string]*refactor.File{}
	for p, text := range files {
		if to, ok := strings.CutPrefix(text, "-> "); ok {
			m[p] = refactor.NewFile(refactor.ModeSymlink, []byte(to))
			continue
		}
		m[p] = refactor.NewFile(refactor.ModeFile, []byte(text))
	}
	tr, err := refactor.NewTree("test", m)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// built is a small tree with the marks of a hypervisor and saved commands.
func built(extra map[string]string) map[string]string {
	m := map[string]string{
		"xen/include/xen/sched.h": "", "xen/common/domain.c": "int d;\n", "xen/common/efi/boot.c": "", "xen/source": "-> .",
		"xen/arch/x86/efi/boot.c": "-> ../../../source/common/efi/boot.c", "xen/tools/symbols.c": "",
	}
	for p, s := range extra {
		m[p] = s
	}
	return m
}

func TestSplitShell(t *testing.T) {
	got, err := SplitShell(`gcc '-D A=b c' "-DQ=\"x\"" a\ b -DE= "" x\` + "\n" + `y`)
	want := []string{"gcc", "-D A=b c", `-DQ="x"`, "a b", "-DE=", "", "xy"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %q, %v; want %q", got, err, want)
	}
	for _, bad := range []string{`a 'b`, `"`, `"a\"`} {
		if _, err := SplitShell(bad); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

func TestFirstCommand(t *testing.T) {
	for in, want := range map[string]string{
		`gcc -c a.c; mv x y`:       `gcc -c a.c`,
		`gcc '-DX=;' "|" \; a | b`: `gcc '-DX=;' "|" \; a `,
		`gcc -c a.c && x`:          `gcc -c a.c `,
	} {
		if got := firstCommand(in); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func TestLoadCmd(t *testing.T) {
	db, err := Load(tree(t, built(map[string]string{
		"xen/common/.domain.o.cmd": "cmd_common/domain.o := gcc -m64 -O2 -D__XEN__ -DV='a$(pound)b' -I./include -iquote q -Iarch/x86/include " +
			"-include ./include/xen/config.h -I/usr/x -std=gnu99 -c common/domain.c -o common/.domain.o.tmp; objcopy a b\n\ndeps_common/domain.o := \\\n",
		"xen/arch/x86/efi/.boot.o.cmd":  "savedcmd_arch/x86/efi/boot.o := gcc -D__XEN__ -I./include -I./arch/x86/include -c arch/x86/efi/boot.c\n",
		"xen/tools/.symbols.o.cmd":      "cmd_tools/symbols.o := gcc -O2 -c tools/symbols.c\n",
		"xen/common/.built_in.o.cmd":    "cmd_common/built_in.o := ld -r -o common/built_in.o\n",
		"xen/arch/x86/.gone.o.cmd":      "cmd_gone.o := gcc -D__XEN__ -c gone.c\n",
		"xen/arch/x86/sub/.head.o.cmd":  "cmd_head.o := gcc -D__XEN__ -D__ASSEMBLY__ -I../include -c head.S\n",
		"xen/arch/x86/sub/head.S":       "",
		"xen/arch/x86/include/asm/a.h":  "",
		"xen/include/xen/config.h":      "",
		"xen/arch/x86/.unrelated.d.cmd": "rubbish",
	})), Options{Config: "c", Defines: []cpp.Define{{Name: "EXTRA", Body: "1"}}})
	if err != nil {
		t.Fatal(err)
	}
	if len(db.Units) != 3 || db.Source != SourceCmd || db.Arch != "x86_64" || db.Folder != "xen" {
		t.Fatalf("got %+v", db)
	}
	want := cpp.Unit{Main: "xen/common/domain.c", Arch: "x86_64", Std: "gnu99", Config: "c",
		Macros:   []cpp.Define{{Name: "__OPTIMIZE__", Body: "1"}, {Name: "__NO_INLINE__", Undef: true}, {Name: "__XEN__", Body: "1"}, {Name: "V", Body: "a#b"}, {Name: "EXTRA", Body: "1"}},
		Includes: []string{"xen/include/xen/config.h"}, Quote: []string{"xen/q"}, Search: []string{"xen/include", "xen/arch/x86/include"}}
	if !reflect.DeepEqual(db.Units[1], want) {
		t.Errorf("got  %+v\nwant %+v", db.Units[1], want)
	}
	if u := db.Units[2]; u.Main != "xen/common/efi/boot.c" || u.Quote[0] != "xen/arch/x86/efi" {
		t.Errorf("symbolic link: got %+v", u)
	}
	if u := db.Units[0]; !u.Asm || u.Main != "xen/arch/x86/sub/head.S" || u.Search[0] != "xen/arch/x86/include" {
		t.Errorf("command run in its own folder: got %+v", u)
	}
	text := ""
	for _, n := range db.Loss {
		text += n.String() + "\n"
	}
	for _, want := range []string{"xen/common/.domain.o.cmd:1: -I /usr/x is outside the tree", "xen/arch/x86/gone.c is not in the tree"} {
		if !strings.Contains(text, want) {
			t.Errorf("loss lacks %q:\n%s", want, text)
		}
	}
}

func TestLoadJSON(t *testing.T) {
	db, err := Load(tree(t, built(map[string]string{"compile_commands.json": `[
 {"directory":"/b/src/xen","file":"common/domain.c","command":"gcc -D__XEN__ -DS='\"x y\"' -I/b/src/xen/arch/x86/include -c common/domain.c"},
 {"directory":"/b/src/xen","file":"/b/src/xen/common/efi/boot.c","arguments":["gcc","-D__XEN__","-Iarch/x86/include","-c","/b/src/xen/common/efi/boot.c"]},
 {"directory":"/b/src/xen","file":"tools/symbols.c","command":"gcc -c tools/symbols.c"},
 {"directory":"/b/src/xen","file":"/elsewhere/x.c","command":"gcc -D__XEN__ -c /elsewhere/x.c"}
]`})), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(db.Units) != 2 || db.Units[0].Main != "xen/common/domain.c" || db.Units[0].Search[0] != "xen/arch/x86/include" || db.Units[0].Macros[1].Body != `"x y"` {
		t.Fatalf("got %+v", db.Units)
	}
	if len(db.Loss) != 2 || db.Loss[1].Line != 5 || !strings.Contains(db.Loss[1].Text, "outside the tree") {
		t.Errorf("loss: %v", db.Loss)
	}
}

func TestErrorsAreLocated(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		opt   Options
		want  string
	}{
		"json syntax":  {built(map[string]string{"compile_commands.json": "[\n{},\n{}]\n"}), Options{}, "compile_commands.json:2: entry needs"},
		"json broken":  {built(map[string]string{"compile_commands.json": "[\n{\"file\":\"a.c\",\"arguments\":[\"x\"],\n}}"}), Options{}, "compile_commands.json:3:"},
		"json object":  {built(map[string]string{"compile_commands.json": "{}"}), Options{}, "compile_commands.json:1: not a JSON array"},
		"json quote":   {built(map[string]string{"compile_commands.json": "[\n\n{\"file\":\"a.c\",\"command\":\"gcc 'x\"}]"}), Options{}, "compile_commands.json:3: unterminated quote"},
		"json open":    {built(map[string]string{"compile_commands.json": "[\n{\"file\":\"a.c\",\"arguments\":[\"x\"]}\n"}), Options{}, "compile_commands.json:3:"},
		"cmd quote":    {built(map[string]string{"xen/.a.o.cmd": "cmd_a.o := gcc -D__XEN__ 'x\n"}), Options{}, "xen/.a.o.cmd:1: unterminated quote"},
		"cmd garbage":  {built(map[string]string{"xen/.a.o.cmd": "\x00\x01\x02"}), Options{}, "xen/.a.o.cmd:1: not a saved command"},
		"json missing": {built(nil), Options{Source: SourceJSON}, "compile_commands.json: not in the tree"},
		"cmd missing":  {built(nil), Options{Source: SourceCmd}, "no .NAME.o.cmd file"},
		"bad source":   {built(nil), Options{Source: "x"}, `source "x"`},
	} {
		_, err := Load(tree(t, c.files), c.opt)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q in it", name, err, c.want)
		}
	}
	_, err := Load(tree(t, map[string]string{"README": ""}), Options{})
	if e := new(NotHypervisorError); !errors.As(err, &e) {
		t.Errorf("not a hypervisor: got %v", err)
	}
}

func TestQuoteFolderOfTheCommand(t *testing.T) {
	db, err := Load(tree(t, built(map[string]string{
		"xen/common/.domain.o.cmd": "cmd_common/domain.o := gcc -D__XEN__ -iquote . -iquote common -c common/domain.c\n"})), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(db.Units[0].Quote, " "); got != "xen . xen/common" {
		t.Errorf("got %q", got)
	}
}

func TestXenFolderItselfIsATree(t *testing.T) {
	db, err := Load(tree(t, map[string]string{"include/xen/sched.h": "", "common/domain.c": "",
		"common/.domain.o.cmd": "cmd_common/domain.o := aarch64-linux-gnu-gcc -D__XEN__ -Iarch/arm/include -mgeneral-regs-only -c common/domain.c\n"}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if u := db.Units[0]; u.Main != "common/domain.c" || u.Arch != "aarch64" || u.Search[0] != "arch/arm/include" {
		t.Errorf("got %+v", u)
	}
}

func FuzzParseCmd(f *testing.F) {
	f.Add([]byte("cmd_common/a.o := gcc -D__XEN__ -c 'common/a.c'; mv a b\n"))
	f.Add([]byte("# c\n\nsavedcmd_a.o := \"\\"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, ok, err := parseCmd("xen/common/.a.o.cmd", data, "-D__XEN__")
		if err != nil && ok || ok && len(c.args) == 0 {
			t.Fatalf("ok=%v err=%v args=%q", ok, err, c.args)
		}
	})
}

func FuzzSplitShell(f *testing.F) {
	f.Add(`gcc '-D A' "b\"c" \d`)
	f.Fuzz(func(t *testing.T, s string) {
		words, err := SplitShell(s)
		if err != nil {
			return
		}
		quoted := make([]string, len(words))
		for i, w := range words {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		again, err := SplitShell(strings.Join(quoted, " "))
		if err != nil || !reflect.DeepEqual(append([]string{}, words...), append([]string{}, again...)) {
			t.Fatalf("%q: %q, then %q, %v", s, words, again, err)
		}
	})
}

func FuzzParseJSON(f *testing.F) {
	f.Add([]byte(`[{"directory":"/a","file":"b.c","command":"gcc b.c"}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		cmds, err := parseJSON("c.json", data)
		if err != nil {
			return
		}
		for _, c := range cmds {
			if len(c.args) == 0 || c.line < 1 {
				t.Fatalf("%+v", c)
			}
		}
	})
}
