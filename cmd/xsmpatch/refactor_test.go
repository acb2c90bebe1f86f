package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/refactor/recipe"
	"github.com/xsmpatch/xsmpatch/testdata"
)

// miniCopy writes minixen to a new folder.
func miniCopy(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "minixen")
	if err := os.CopyFS(dir, testdata.MiniXen()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// runOK runs the command and wants exit code 0.
func runOK(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(args, &stdout, &stderr); code != exitOK {
		t.Fatalf("xsmpatch %s: exit %d\n%s", strings.Join(args, " "), code, &stderr)
	}
	return stdout.String()
}

// sh runs a command in dir and wants success.
func sh(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return string(out)
}

// TestRefactorLife takes minixen's older security interface through its whole life: one recipe file, one series. git am takes every
// patch, gcc builds every prefix, and at the end nothing of the interface is left.
func TestRefactorLife(t *testing.T) {
	dir, out := miniCopy(t), filepath.Join(t.TempDir(), "out")
	recipeFile, err := filepath.Abs("../../testdata/refactor/minixen-life.yaml")
	if err != nil {
		t.Fatal(err)
	}
	runOK(t, "refactor", recipeFile, dir, "-o", out)
	sh(t, dir, "git", "init", "-q", ".")
	sh(t, dir, "git", "add", "-fA")
	git := []string{"-c", "user.name=t", "-c", "user.email=t@example.org"}
	sh(t, dir, "git", append(git, "commit", "-qm", "base")...)
	patches, err := filepath.Glob(filepath.Join(out, "000[1-9]-*.patch"))
	if err != nil || len(patches) != 5 {
		t.Fatalf("%d patches, %v", len(patches), err)
	}
	acm := 0
	for _, p := range patches {
		sh(t, dir, "git", append(git, "am", "-q", p)...)
		sh(t, dir, "make", "-s")
		if strings.Contains(sh(t, filepath.Join(dir, "xen"), "nm", "xen-syms"), "acm_pre_domain_create") {
			acm++
		}
		sh(t, dir, "make", "-s", "clean")
	}
	if acm != 2 {
		t.Errorf("%d prefixes have the module, want the first two", acm)
	}
	left := strings.Fields(grep(t, dir+"/xen", `\bacm|acm_`))
	want := []string{"xen/Makefile", "xen/include/public/xen.h"} // how to build with ACM=y; the hypercall's number, which stays taken
	if !slices.Equal(left, want) {
		t.Errorf("the interface is still named in %s, want %s", left, want)
	}
}

// grep lists the files below dir that match, relative to its parent, sorted.
func grep(t *testing.T, dir, re string) string {
	t.Helper()
	cmd := exec.Command("grep", "-rliE", re, filepath.Base(dir), "--include=*.[ch]", "--include=Makefile", "--include=Kconfig", "--include=.config")
	cmd.Dir = filepath.Dir(dir)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("grep: %v", err)
	}
	files := strings.Fields(string(out))
	slices.Sort(files)
	return strings.Join(files, " ")
}

// TestRefactorRoundTrip adds a parameter to every hook and drops it: the tree is the same to the byte, and in between it builds.
func TestRefactorRoundTrip(t *testing.T) {
	dir := miniCopy(t)
	before, err := refactor.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	want, err := before.Digest()
	if err != nil {
		t.Fatal(err)
	}
	runOK(t, "refactor", "add-param", "ops:xsm_ops.*", "param=unsigned int cookie", "at=first", "argument=0", dir, "--write")
	sh(t, dir, "make", "-s")
	sh(t, dir, "make", "-s", "clean")
	sh(t, dir, "make", "-s", "XSM=n")
	sh(t, dir, "make", "-s", "clean")
	runOK(t, "refactor", "drop-param", "ops:xsm_ops.*", "param=cookie", dir, "--write")
	after, err := refactor.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := after.Digest(); err != nil || got != want {
		t.Errorf("tree %s, was %s (%v)", got, want, err)
	}
}

// objects builds minixen and returns each object's disassembly with relocations, by path; names are mapped by rename first.
func objects(t *testing.T, dir string, rename *strings.Replacer) map[string]string {
	t.Helper()
	sh(t, dir, "make", "-s")
	out := map[string]string{}
	err := filepath.Walk(filepath.Join(dir, "xen"), func(p string, st os.FileInfo, err error) error {
		if err == nil && strings.HasSuffix(p, ".o") && filepath.Base(p) != "built_in.o" {
			out[strings.TrimPrefix(p, dir)] = disassemble(t, p, rename)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// disassemble returns an object's code and relocations without the lines that name the file.
func disassemble(t *testing.T, obj string, rename *strings.Replacer) string {
	t.Helper()
	text := sh(t, "", "objdump", "-dr", "--no-show-raw-insn", obj)
	_, text, _ = strings.Cut(text, "file format")
	if rename != nil {
		text = rename.Replace(text)
	}
	return regexp.MustCompile(`[ \t]+`).ReplaceAllString(text, " ")
}

// renames renames one thing of each kind.
const renames = `
steps:
- {do: rename, of: "func:xsm_getdomaininfo", to: xsm_get_domain_info}
- {do: rename, of: "field:xsm_ops.getdomaininfo", to: get_domain_info}
- {do: rename, of: "func:flask_getdomaininfo", to: flask_get_domain_info}
- {do: rename, of: "struct:evtchn_status", to: evtchn_state_of}
- {do: rename, of: "macro:ARRAY_SIZE", to: NR_ELEMENTS}
- {do: rename, of: "config:GRANT_TABLE", to: GRANTS}
`

// TestRefactorSameCode makes refactorings that may not change what the machine does: the object code is the same, and so is what verify finds.
func TestRefactorSameCode(t *testing.T) {
	base := miniCopy(t)
	before := objects(t, base, nil)
	findings := saysOf(t, base, nil)
	for _, tc := range []struct {
		name   string
		recipe []string
		back   *strings.Replacer
		moved  []string
	}{
		{"rename", []string{"rename.yaml"}, strings.NewReplacer("get_domain_info", "getdomaininfo",
			"evtchn_state_of", "evtchn_status", "NR_ELEMENTS", "ARRAY_SIZE", "CONFIG_GRANTS", "CONFIG_GRANT_TABLE"), nil},
		{"move", []string{"move", "xen/xsm/flask=xen/arch/x86/mac"}, strings.NewReplacer("arch/x86/mac", "xsm/flask"), []string{"arch/x86/mac/", "xsm/flask/"}},
		{"move all", []string{"move", "xen/xsm=xen/common/security"}, strings.NewReplacer("common/security", "xsm"), []string{"common/security/", "xsm/"}},
		{"xmacro", []string{"to-xmacro", "struct:xsm_ops", "to=XSM_OP", "header=xen/include/xsm/hooks.h"}, strings.NewReplacer("xsm/hooks.h", "xsm/xsm.h"), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := miniCopy(t)
			if tc.name == "rename" {
				tc.recipe[0] = filepath.Join(t.TempDir(), "rename.yaml")
				if err := os.WriteFile(tc.recipe[0], []byte(renames), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			runOK(t, append(append([]string{"refactor"}, tc.recipe...), dir, "--write")...)
			after := objects(t, dir, tc.back)
			if len(tc.moved) > 0 {
				for _, p := range slices.Collect(maps.Keys(after)) {
					if q := strings.Replace(p, tc.moved[0], tc.moved[1], 1); q != p {
						after[q] = after[p]
						delete(after, p)
					}
				}
			}
			if len(before) < 20 || len(after) != len(before) {
				t.Errorf("%d objects, were %d", len(after), len(before))
			}
			for p, text := range before {
				if after[p] != text {
					t.Errorf("%s: other code", p)
				}
			}
			if got := saysOf(t, dir, tc.back); got != findings {
				t.Errorf("verify finds something else:\n%s\nwas:\n%s", got, findings)
			}
		})
	}
}

// saysOf returns what verify finds in a tree, a line a finding without its line number, with names mapped back, sorted.
func saysOf(t *testing.T, dir string, back *strings.Replacer) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run([]string{"verify", dir, "--format", "json"}, &stdout, &stderr); code == exitUsage {
		t.Fatalf("verify: %s", &stderr)
	}
	var doc struct {
		Findings []struct{ Check, File, Function, Hypercall, Operation, Hook, Message string }
		Degraded []struct{ File, Function string }
	}
	if err := json.Unmarshal(stdout.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range doc.Findings {
		lines = append(lines, fmt.Sprint(f))
	}
	for _, d := range doc.Degraded {
		lines = append(lines, fmt.Sprint("degraded ", d))
	}
	if len(lines) == 0 {
		t.Fatal("verify finds nothing: the comparison would prove nothing")
	}
	if back != nil {
		for i, l := range lines {
			lines[i] = back.Replace(l)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestRefactorCommandNames has each step named in its documentation.
func TestRefactorCommandNames(t *testing.T) {
	doc, err := os.ReadFile("../../docs/refactor.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range strings.Split(recipe.StepNames(), ", ") {
		if !bytes.Contains(doc, []byte("`"+s+"`")) {
			t.Errorf("docs/refactor.md does not tell of %s", s)
		}
	}
}
