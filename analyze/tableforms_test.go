package analyze

import (
	"context"
	"io/fs"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/compdb"
	"github.com/xsmpatch/xsmpatch/analyze/cfront/synth"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// TestTableForms reads the hypercall tables of every era that testdata/tables holds; its entries.txt says what is in them.
func TestTableForms(t *testing.T) {
	for form, arches := range map[string][]string{"quad": {""}, "array": {"x86_64", "aarch64"}, "defs": {"x86_64"}} {
		t.Run(form, func(t *testing.T) {
			files := folder(t, "../testdata/tables/"+form)
			want := map[string]bool{}
			for line := range strings.Lines(files["entries.txt"]) {
				w := strings.Fields(line)
				want[strings.Replace(w[0], "xen/include/hypercall-defs.c:", "xen/arch/x86/hypercall.c:call_handlers_", 1)+" "+w[3]] = true
			}
			files["xen/common/domain.c"], files["xen/include/xen/sched.h"] = "int other;\n", "" // what a hypervisor is known by
			if form == "defs" {
				dispatcher(t, files)
			}
			got := map[string]bool{}
			for handler, tables := range handlersOf(t, form, files, arches) {
				for _, table := range tables {
					got[table+" "+handler] = true
				}
			}
			if g, w := sortedSet(got), sortedSet(want); !slices.Equal(g, w) || len(w) < 4 {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(g, "\n"), strings.Join(w, "\n"))
			}
		})
	}
}

// folder reads the files below dir.
func folder(t *testing.T, dir string) map[string]string {
	out := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(dir + "/" + p)
		out[p] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// handlersOf reads a tree in which no handler is defined, and says which tables name each.
func handlersOf(t *testing.T, name string, text map[string]string, arches []string) map[string][]string {
	var db []string
	files := map[string]*refactor.File{}
	for p, s := range text {
		if files[p] = refactor.NewFile(refactor.ModeFile, []byte(s)); strings.HasSuffix(p, ".c") && !strings.HasSuffix(p, "-defs.c") {
			db = append(db, `{"directory": ".", "file": "`+p+`", "command": "gcc -D__XEN__ -Ixen/include -c -o x.o `+p+`"}`)
		}
	}
	sort.Strings(db)
	files["compile_commands.json"] = refactor.NewFile(refactor.ModeFile, []byte("["+strings.Join(db, ",\n")+"]"))
	tree, err := refactor.NewTree(name, files)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, arch := range arches {
		f, read, err := Scan(context.Background(), tree, Options{Workers: 2, Configs: []compdb.Options{{Arch: arch}}})
		if err != nil {
			t.Fatal(err)
		}
		via := read[0].Program.missingVia
		if len(f.Entries) > 0 || len(f.Missing) != len(via) {
			t.Errorf("entries %v, missing %v", f.Entries, f.Missing)
		}
		for h, tables := range via {
			out[h] = append(out[h], tables...)
		}
	}
	return out
}

// dispatcher adds what the build makes of hypercall-defs.c, and a unit that uses it as Xen's arch/x86/hypercall.c does.
func dispatcher(t *testing.T, files map[string]string) {
	const defs = "xen/include/hypercall-defs.c"
	head, err := synth.Hypercalls(defs, []byte(preprocessed(files[defs])))
	if err != nil {
		t.Fatal(err)
	}
	files["xen/include/xen/hypercall-defs.h"] = "typedef struct xen_domctl xen_domctl_t;\ntypedef struct mmu_update mmu_update_t;\n" +
		"#define XEN_GUEST_HANDLE_PARAM(t) t *\n#define DEFINE_XEN_GUEST_HANDLE(t) struct t##_used\n" + string(head)
	body := "#include <public/xen.h>\n#include <xen/hypercall-defs.h>\n"
	for _, c := range [...]string{"pv32", "pv64", "hvm64"} {
		body += "unsigned long " + c + "(unsigned int eax, unsigned long a1, unsigned long a2, unsigned long a3, unsigned long a4, unsigned long a5)\n" +
			"{\n    unsigned long ret = 0;\n    call_handlers_" + c + "(eax, ret, a1, a2, a3, a4, a5);\n    return ret;\n}\n"
	}
	files["xen/arch/x86/hypercall.c"] = body
}

// preprocessed takes every first arm of the conditionals, replaces the one macro there is, and drops comments that fill their line.
func preprocessed(src string) string {
	var out []string
	skip := 0
	for line := range strings.Lines(src) {
		switch {
		case strings.HasPrefix(line, "#else"):
			skip++
		case strings.HasPrefix(line, "#endif"):
			skip = 0
		case skip > 0 || line[0] == '#' || strings.HasPrefix(line, "/*"):
		default:
			out = append(out, strings.ReplaceAll(line, "PREFIX_compat", "compat"))
		}
	}
	return strings.Join(out, "")
}
