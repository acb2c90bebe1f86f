//go:build xen

package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/refactor/recipe"
)

// baseSays is what verify finds in the built tree itself.
var baseSays string

func sayBase(t *testing.T) string {
	t.Helper()
	if baseSays == "" {
		baseSays = saysOf(t, os.Getenv("XSMPATCH_XEN"), nil)
	}
	return baseSays
}

// xenCopy copies the built tree.
func xenCopy(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "xen")
	shell(t, "", "cp", "-a", os.Getenv("XSMPATCH_XEN"), dir)
	return dir
}

// apply runs a recipe on a tree on disk; what it leaves undecided must be in the files of allowed.
func apply(t *testing.T, dir string, r *recipe.Recipe, allowed ...string) []recipe.Result {
	t.Helper()
	before, err := refactor.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	results, after, err := r.Run(before)
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range results {
		for _, n := range res.Notes {
			if n.Kind == recipe.Undecided && !slices.Contains(allowed, n.Path) {
				t.Errorf("%s", n)
			}
		}
	}
	if err := after.UpdateDir(dir, before); err != nil {
		t.Fatal(err)
	}
	return results
}

// execShell runs a shell command and returns its output.
func execShell(dir, cmd string) (string, error) {
	c := exec.Command("sh", "-c", cmd)
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return string(out), err
}

func steps(ss ...recipe.Step) *recipe.Recipe { return &recipe.Recipe{Steps: ss} }

// touchedC lists the .c files below xen/ that the build compiled and the results edit, relative to it.
func touchedC(t *testing.T, dir string, results []recipe.Result) []string {
	t.Helper()
	files := map[string]bool{}
	for _, r := range results {
		for _, e := range r.Change.Edits {
			c := strings.TrimPrefix(e.Path, "xen/")
			if _, err := os.Stat(filepath.Join(dir, "xen", strings.TrimSuffix(c, ".c")+".o")); err == nil && strings.HasSuffix(c, ".c") {
				files[c] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(files))
}

// compileAll replays the build's commands for the units, two at a time, and returns the objects by unit.
func compileAll(t *testing.T, dir string, units []string) map[string]string {
	t.Helper()
	out := map[string]string{}
	tmp := t.TempDir()
	cmds := map[string]string{}
	for _, c := range units {
		out[c] = filepath.Join(tmp, strings.ReplaceAll(c, "/", "_")+".o")
		cmds[c] = compileCommand(t, filepath.Join(dir, "xen"), c, out[c])
	}
	todo := make(chan string)
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for c := range todo {
				if _, err := execShell(filepath.Join(dir, "xen"), cmds[c]); err != nil {
					t.Errorf("%s: %v", c, err)
				}
			}
		}()
	}
	for _, c := range units {
		todo <- c
	}
	close(todo)
	wg.Wait()
	return out
}

// TestRefactorXenParameter adds a parameter to every hook of Xen and drops it again: all calls compile with it, and the tree is the
// same to the byte afterwards.
func TestRefactorXenParameter(t *testing.T) {
	dir := xenCopy(t)
	add := recipe.Step{Do: "add-param", Of: "ops:xsm_ops.*", Param: "unsigned int cookie", At: "first", Argument: "0"}
	start, err := refactor.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	want, err := start.Digest()
	if err != nil {
		t.Fatal(err)
	}
	results := apply(t, dir, steps(add))
	units := touchedC(t, dir, results)
	if len(units) < 30 {
		t.Errorf("%d compiled units are edited; Xen calls its hooks from more", len(units))
	}
	compileAll(t, dir, units)
	apply(t, dir, steps(recipe.Step{Do: "drop-param", Of: "ops:xsm_ops.*", Param: "cookie"}))
	end, err := refactor.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := end.Digest(); err != nil || got != want {
		t.Errorf("tree %s, was %s (%v)", got, want, err)
	}
	t.Logf("%d units compiled with the parameter", len(units))
}

// TestRefactorXenSameCode renames a hook, a member and a structure, removes a feature that is off, and moves Flask: Xen's own makefiles build it each time, no object's code changes, and verify finds the same.
func TestRefactorXenSameCode(t *testing.T) {
	dir, base := xenCopy(t), os.Getenv("XSMPATCH_XEN")
	before := sayBase(t)
	apply(t, dir, steps(
		recipe.Step{Do: "rename", Of: "func:xsm_getdomaininfo", To: "xsm_get_domain_info"},
		recipe.Step{Do: "rename", Of: "field:xsm_ops.getdomaininfo", To: "get_domain_info"},
		recipe.Step{Do: "rename", Of: "func:flask_getdomaininfo", To: "flask_get_domain_info"},
		recipe.Step{Do: "rename", Of: "struct:evtchn_port_ops", To: "event_port_ops"},
		recipe.Step{Do: "remove-config", Of: "config:ARGO", Value: "n"},
	), "docs/designs/argo.pandoc", "xen/include/Makefile")
	apply(t, dir, steps(recipe.Step{Do: "move", Of: "xen/xsm/flask", To: "xen/arch/x86/mac"}), "docs/misc/xen-makefiles/makefiles.rst")
	shell(t, filepath.Join(dir, "xen"), "make", "-s", "-j2")
	back := strings.NewReplacer("get_domain_info", "getdomaininfo", "event_port_ops", "evtchn_port_ops", "arch/x86/mac", "xsm/flask")
	if n := sameObjects(t, dir, base, back, 300); n > 0 {
		t.Errorf("%d objects have other code", n)
	}
	if after := saysOf(t, dir, back); after != before {
		t.Errorf("verify finds\n%s\nwas\n%s", after, before)
	}
}

// TestRefactorXenList makes the hooks of Xen a list, as newer Xen has it: structure, wrappers and both complete tables. Every unit that
// includes them has the same code, with XSM and, of some, without; verify finds the same, and scan the same hooks at the same places.
func TestRefactorXenList(t *testing.T) {
	dir := xenCopy(t)
	before, sites := sayBase(t), sitesOf(t, dir)
	some := []string{"common/domctl.c", "common/event_channel.c", "common/grant_table.c", "arch/x86/mm.c", "arch/x86/physdev.c"}
	conf := filepath.Join(dir, "xen/include/generated/autoconf.h")
	on, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	off := regexp.MustCompile(`(?m)^.*CONFIG_XSM.*\n`).ReplaceAll(on, nil)
	write(t, conf, string(off))
	without := compileAll(t, dir, some)
	write(t, conf, string(on))

	results := apply(t, dir, steps(recipe.Step{Do: "to-xmacro", Of: "struct:xsm_ops", To: "XSM_OP", Header: "xen/include/xsm/hooks.h"}))
	for _, want := range []string{"81 wrappers are made of hooks.h", "81 entries of dummy_ops are made", "81 entries of flask_ops are made"} {
		if !slices.ContainsFunc(results[0].Notes, func(n recipe.Note) bool { return strings.Contains(n.Text, want) }) {
			t.Errorf("no note: %s", want)
		}
	}
	units := including(t, dir, "include/xsm/xsm.h")
	if len(units) < 60 {
		t.Errorf("%d units include the hooks; more do", len(units))
	}
	for c, obj := range compileAll(t, dir, units) {
		if codeOf(t, obj, nil) != codeOf(t, filepath.Join(dir, "xen", strings.TrimSuffix(c, ".c")+".o"), nil) {
			t.Errorf("%s: other code with the list of hooks", c)
		}
	}
	write(t, conf, string(off))
	for c, obj := range compileAll(t, dir, some) {
		if codeOf(t, obj, nil) != codeOf(t, without[c], nil) {
			t.Errorf("%s: other code with the list of hooks and without XSM", c)
		}
	}
	write(t, conf, string(on))
	if after := saysOf(t, dir, strings.NewReplacer("xsm/hooks.h", "xsm/xsm.h")); after != before {
		t.Errorf("verify finds\n%s\nwas\n%s", after, before)
	}
	if after := sitesOf(t, dir); after != sites {
		t.Errorf("scan sees\n%s\nwas\n%s", after, sites)
	}
	t.Logf("%d units compiled", len(units))
}

// including lists the units that the build compiled and whose dependencies have a header, relative to xen/.
func including(t *testing.T, dir, header string) (out []string) {
	t.Helper()
	root := filepath.Join(dir, "xen")
	err := filepath.Walk(root, func(p string, _ os.FileInfo, err error) error {
		base := filepath.Base(p)
		if err != nil || !strings.HasPrefix(base, ".") || !strings.HasSuffix(base, ".o.cmd") {
			return err
		}
		saved, err := os.ReadFile(p)
		c := filepath.Join(filepath.Dir(p), strings.TrimSuffix(base[1:], ".o.cmd")+".c")
		if _, none := os.Stat(c); err == nil && none == nil && strings.Contains(string(saved), header) {
			rel, _ := filepath.Rel(root, c)
			out = append(out, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sitesOf lists the calls of hooks that scan sees: hook, function and line of the file.
func sitesOf(t *testing.T, dir string) string {
	t.Helper()
	a, err := analyseTree(t.Context(), dir, &scanFlags{source: "auto"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, s := range a.facts.Sites {
		lines = append(lines, fmt.Sprint(s.Hook, " ", s.Place, " ", s.Args, s.Ops))
	}
	for _, h := range a.result.Tables.Hooks {
		lines = append(lines, fmt.Sprint(h.Name, " ", h.Result, " ", h.Action, " ", h.Guard, " ", h.FlaskFn, " ", h.Vectors))
	}
	if len(lines) < 200 {
		t.Fatalf("%d hooks and calls: the comparison would prove little", len(lines))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// sameObjects compares each object that was made anew below dir with the one of base, of which there must be some, and returns how
// many have other code.
func sameObjects(t *testing.T, dir, base string, back *strings.Replacer, some int) (bad int) {
	t.Helper()
	n := 0
	err := filepath.Walk(filepath.Join(dir, "xen"), func(p string, st os.FileInfo, err error) error {
		if err != nil || !strings.HasSuffix(p, ".o") || strings.Contains(filepath.Base(p), "built_in") || strings.HasSuffix(p, "/prelink.o") {
			return err
		}
		was := filepath.Join(base, back.Replace(strings.TrimPrefix(p, dir)))
		old, err := os.Stat(was)
		if err != nil || old.ModTime().Equal(st.ModTime()) {
			return nil // of the build's tools, or not made anew
		}
		n++
		if codeOf(t, p, back) != codeOf(t, was, back) {
			bad++
			t.Errorf("%s: other code", p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < some {
		t.Errorf("%d objects made anew, want %d or more: the comparison would prove little", n, some)
	}
	t.Logf("%d objects compared", n)
	return bad
}

// codeOf returns an object's disassembly and relocations without the lines that name the file, with names mapped back.
func codeOf(t *testing.T, obj string, back *strings.Replacer) string {
	t.Helper()
	_, text, _ := strings.Cut(shell(t, "", "objdump", "-dr", "--no-show-raw-insn", obj), "file format")
	if back != nil {
		text = back.Replace(text)
	}
	return regexp.MustCompile(`[ \t]+`).ReplaceAllString(text, " ")
}

// TestRefactorXenChecks puts Xen back to gates that ask for the control domain, where it asks hooks for that today, and then replaces
// that family by the hooks again: each gate becomes its hook, the units compile, and verify finds what it found in the beginning.
func TestRefactorXenChecks(t *testing.T) {
	dir := xenCopy(t)
	hooks := map[string]string{
		"do_platform_op":       "xsm_platform_op(XSM_PRIV, op->cmd)",
		"do_kexec_op_internal": "xsm_kexec(XSM_PRIV)",
		"do_sysctl":            "xsm_sysctl(XSM_PRIV, op->cmd)",
		"vm_event_domctl":      "xsm_vm_event_control(XSM_PRIV, d, vec->mode, vec->op)",
	}
	legacy := apply(t, dir, steps(recipe.Step{Do: "rewrite", Match: "$r = $h(XSM_PRIV, ...); if ( $r ) return $r;",
		Replace: "if ( !is_control_domain(current->domain) )\n    return -EPERM;", Where: map[string]string{"h": "ident", "r": "ident"},
		Files: []string{"xen/common/kexec.c", "xen/common/sysctl.c", "xen/common/vm_event.c", "xen/arch/x86/platform_hypercall.c"}},
		recipe.Step{Do: "rewrite", Match: "$r = $h(XSM_PRIV); if ( $r ) return $r;",
			Replace: "if ( !is_control_domain(current->domain) )\n    return -EPERM;", Where: map[string]string{"h": "ident", "r": "ident"},
			Files: []string{"xen/common/kexec.c"}}))
	units := touchedC(t, dir, legacy)
	if len(units) != 4 {
		t.Fatalf("gates in %s, want four units", units)
	}
	compileAll(t, dir, units)
	if saysOf(t, dir, nil) == sayBase(t) {
		t.Error("verify does not see that the gates ask no hook")
	}
	res := apply(t, dir, steps(recipe.Step{Do: "replace-check", Of: "func:xsm_*", Match: "!is_control_domain(current->domain)", Hooks: hooks, Header: "xsm/xsm.h",
		Files: []string{"xen/common/kexec.c", "xen/common/sysctl.c", "xen/common/vm_event.c", "xen/arch/x86/platform_hypercall.c"}}))
	if n := len(res[0].Change.Edits); n < 4 {
		t.Errorf("%d edits", n)
	}
	compileAll(t, dir, units)
	if got, want := saysOf(t, dir, nil), sayBase(t); got != want {
		t.Errorf("verify finds\n%s\nwas\n%s", got, want)
	}
}
