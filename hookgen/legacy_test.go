package hookgen

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// legacyTree opens the tree without hooks, with and without what the plan gives it.
func legacyTree(t *testing.T) (before, after *refactor.Tree) {
	t.Helper()
	before, err := refactor.OpenDir("../testdata/legacy")
	if err != nil {
		t.Fatal(err)
	}
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	tabs, err := tables.Read(before, pr)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/legacy.plan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := ReadPlan("legacy.plan.yaml", text, before, tabs)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := p.Generate(before)
	if err != nil {
		t.Fatal(err)
	}
	if after, err = before.Apply(changes...); err != nil {
		t.Fatal(err)
	}
	return before, after
}

// TestLegacyBuilds gives a tree without hooks the framework and builds it, with the option and without, by the tree's own makefiles and -Werror. The
// option must decide what is linked, and the hypercall must stand at its number in each table.
func TestLegacyBuilds(t *testing.T) {
	_, after := legacyTree(t)
	dir := t.TempDir()
	if err := after.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "MAKEFLAGS=")
		out, err := cmd.CombinedOutput()
		if err != nil || strings.Contains(string(out), "warning") {
			t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
		}
		return string(out)
	}
	for _, option := range []string{"n", "y"} {
		run("make", "-s", "-C", "xen", "clean")
		run("make", "-s", "-C", "xen", "XSM_ENABLE="+option)
		syms := run("nm", "xen/xen")
		if !strings.Contains(syms, " T do_xsm_op\n") {
			t.Errorf("XSM_ENABLE=%s: no security hypercall:\n%s", option, syms)
		}
		if got, want := strings.Contains(syms, " D xsm_ops\n"), option == "y"; got != want {
			t.Errorf("XSM_ENABLE=%s: a table of operations is linked: %v", option, got)
		}
		for _, l := range strings.Split(syms, "\n") { // nothing of the framework is missing, and every default action is the one asserted
			if strings.Contains(l, " U ") && strings.Contains(l, "xsm") {
				t.Errorf("XSM_ENABLE=%s: undefined: %s", option, l)
			}
		}
	}
	run("gcc", "-m32", "-c", "-Ixen/include", "-D__ASSEMBLY__", "xen/arch/x86/x86_32/entry.S", "-o", "xen/arch/x86/x86_32/entry.o")
	for file, want := range map[string]string{"x86_32": "0000000c R_386_32 do_xsm_op", "x86_64": "18 R_X86_64_64 do_xsm_op", "x86_64/compat": "18 R_X86_64_64 do_xsm_op"} {
		relocs := strings.Join(strings.Fields(run("objdump", "-r", filepath.Join("xen/arch/x86", file, "entry.o"))), " ")
		if !strings.Contains(relocs, want) {
			t.Errorf("%s: entry 3 is not do_xsm_op: %s", file, relocs)
		}
	}
}

// TestLegacyAgain: the tables that gen makes are those that the reader of tables finds, wired through, and a second run changes nothing.
func TestLegacyAgain(t *testing.T) {
	_, after := legacyTree(t)
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	tabs, err := tables.Read(after, pr)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pausedomain", "domctl", "evtchn_unbound", "evtchn_bound"} {
		h := tabs.Hook(name)
		if h == nil || h.Ops.Path == "" || h.Wrapper.Path == "" || h.Dummy.Path == "" || h.DummyOp.Path == "" {
			t.Errorf("hook %s is not wired: %+v", name, h)
		}
	}
	if a := tabs.Hook("evtchn_unbound").Action; a != "XSM_TARGET" {
		t.Errorf("default action of evtchn_unbound: %s", a)
	}
	text, err := os.ReadFile("testdata/legacy.plan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := ReadPlan("legacy.plan.yaml", text, after, tabs)
	if err != nil || len(p.Placements) != 0 || p.Applied != 4 {
		t.Fatalf("the second run: %v, %+v", err, p)
	}
	changes, err := p.Generate(after)
	if err != nil || len(changes) != 0 {
		t.Errorf("the second run makes %d changes (%v)", len(changes), err)
	}
}

// TestLegacyPlanRoundTrip: a plan for a tree without hooks that is printed and read again makes the same tree; a hook without parameters is one still.
func TestLegacyPlanRoundTrip(t *testing.T) {
	before, _ := legacyTree(t)
	text, err := os.ReadFile("testdata/legacy.plan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	bare := strings.NewReplacer("params: [uint32_t cmd]", "params: []", "xsm_domctl(XSM_PRIV, op->cmd)", "xsm_domctl(XSM_PRIV)").Replace(string(text))
	for _, plan := range []string{string(text), bare} {
		p, err := ReadPlan("plan.yaml", []byte(plan), before, &tables.Tables{Prefix: "xsm_"})
		if err != nil {
			t.Fatal(err)
		}
		printed, err := p.YAML(before)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadPlan("again.yaml", printed, before, &tables.Tables{Prefix: "xsm_"})
		if err != nil {
			t.Fatalf("%v\n%s", err, printed)
		}
		want, err := p.Generate(before)
		if err != nil {
			t.Fatal(err)
		}
		got, err := again.Generate(before)
		if err != nil {
			t.Fatal(err)
		}
		a, err := before.Apply(want...)
		if err != nil {
			t.Fatal(err)
		}
		b, err := before.Apply(got...)
		if err != nil {
			t.Fatal(err)
		}
		if ds, err := refactor.Diff(a, b); err != nil || len(ds) > 0 {
			t.Errorf("%d files differ (%v)", len(ds), err)
		}
	}
}

// TestLegacyRefuses: what cannot be found is said.
func TestLegacyRefuses(t *testing.T) {
	for _, tc := range []struct{ file, old, now, want string }{
		{"xen/include/xen/sched.h", "#define IS_PRIV(", "#define CAN_DO(", "no header says who is privileged"},
		{"xen/include/public/xen.h", "#define __HYPERVISOR_arch_0               48", "#define __HYPERVISOR_arch_0               3", "number 3, behind the last hypercall, is taken"},
		{"xen/arch/x86/x86_64/entry.S", "        .rept NR_hypercalls-((.-hypercall_table)/8)", "        .quad do_other\n        .rept 60", "has do_other where the security hypercall is to be"},
		{"xen/arch/x86/setup.c", "    do_initcalls();", "    start();", "no function of arch/ runs"},
		{"xen/Rules.mk", "ALL_OBJS-y ", "OBJECTS-y ", "no place for the object of xsm/"},
	} {
		before, _ := legacyTree(t)
		src, err := before.ReadFile(tc.file)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(src), tc.old, tc.now)
		if text == string(src) {
			t.Fatalf("%s: %q is not there", tc.file, tc.old)
		}
		bad, err := before.Apply(&refactor.Change{ID: "bad", Files: []refactor.FileOp{{Kind: refactor.OpWrite, Path: tc.file, Data: []byte(text)}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Infrastructure(bad, nil); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.file, err, tc.want)
		}
	}
}

// TestHypercallTables gives each form of table of testdata/tables its entry.
func TestHypercallTables(t *testing.T) {
	for _, tc := range []struct {
		form, want string
	}{
		{"quad", "do_xsm_op"}, {"array", "(xsm_op"},
	} {
		tree, err := refactor.OpenDir("../testdata/tables/" + tc.form)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, p := range tree.Paths() {
			if e := filepath.Ext(p); e != ".S" && e != ".c" {
				continue
			}
			src, err := tree.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			edits, err := tableEdits(p, src, 60)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range edits {
				if n++; !strings.Contains(e.New, tc.want) {
					t.Errorf("%s: %q", p, e.New)
				}
			}
		}
		if n == 0 {
			t.Errorf("%s: no table was found", tc.form)
		}
	}
}
