//go:build xen

package main

import (
	"fmt"
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

// TestRefactorXenSameCode renames a hook, a member and a structure, removes a feature that is off, makes the hooks' structure a list,
// and moves Flask: Xen's own makefiles build it each time, no object's code changes, and verify finds the same.
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
	apply(t, dir, steps(recipe.Step{Do: "move", Of: "xen/xsm/flask", To: "xen/xsm/modules/flask"}), "docs/misc/xen-makefiles/makefiles.rst")
	shell(t, filepath.Join(dir, "xen"), "make", "-s", "-j2")
	back := strings.NewReplacer("get_domain_info", "getdomaininfo", "event_port_ops", "evtchn_port_ops", "xsm/modules/flask", "xsm/flask")
	if n := sameObjects(t, dir, base, back, 300); n > 0 {
		t.Errorf("%d objects have other code", n)
	}
	if after := saysOf(t, dir, back); after != before {
		t.Errorf("verify finds\n%s\nwas\n%s", after, before)
	}
	results := apply(t, dir, steps(recipe.Step{Do: "to-xmacro", Of: "struct:xsm_ops", To: "XSM_OP", Header: "xen/include/xsm/hooks.h"}))
	units := append(touchedC(t, dir, results), "xsm/silo.c", "xsm/xsm_core.c", "xsm/modules/flask/hooks.c", "common/domctl.c", "common/event_channel.c", "common/grant_table.c", "arch/x86/mm.c")
	for c, obj := range compileAll(t, dir, units) {
		was := filepath.Join(dir, "xen", strings.TrimSuffix(c, ".c")+".o")
		if codeOf(t, obj, nil) != codeOf(t, was, nil) {
			t.Errorf("%s: other code with the list of hooks", c)
		}
	}
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
