package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/hookgen"
	"github.com/xsmpatch/xsmpatch/testdata"
)

// integrateMini runs integrate on a copy of minixen, after a refactoring if there is one, and applies the series with git am.
func integrateMini(t *testing.T, recipe ...string) (tree, out string) {
	t.Helper()
	tree, out = filepath.Join(t.TempDir(), "mini"), filepath.Join(t.TempDir(), "out")
	if err := os.CopyFS(tree, testdata.MiniXen()); err != nil {
		t.Fatal(err)
	}
	if len(recipe) > 0 {
		runOK(t, append(append([]string{"refactor"}, recipe...), tree, "--write")...)
	}
	var stdout, stderr bytes.Buffer
	if code := run([]string{"integrate", tree, "-o", out, "--no-cache"}, &stdout, &stderr); code != exitOK && code != exitFindings {
		t.Fatalf("exit %d\n%s%s", code, &stdout, &stderr)
	}
	for _, args := range [][]string{
		{"init", "-q", "."}, {"add", "-A", "-f"}, {"commit", "-qm", "base"}, {"am", "-q", filepath.Join(out, "series", "series.mbox")},
	} {
		cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.org"}, args...)...)
		cmd.Dir = tree
		if b, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", cmd.Args, err, b)
		}
	}
	return tree, out
}

// TestIntegrateMiniXen takes minixen the whole way: the series applies, the result builds with warnings as errors in both configurations, and the
// gaps that it was to close are closed.
func TestIntegrateMiniXen(t *testing.T) {
	tree, out := integrateMini(t)
	makeMiniXen(t, tree, "XSM=y")
	makeMiniXen(t, tree, "clean")
	makeMiniXen(t, tree, "XSM=n")
	makeMiniXen(t, tree, "clean")
	before := len(gapsIn(t, ""))
	after := gapsIn(t, tree)
	for _, f := range after {
		t.Logf("left: %s %s:%d %s %s: %v", f.Check, f.File, f.Line, f.Function, f.Hook, f.Evidence)
	}
	for _, name := range []string{"facts.json", "findings.json", "plan.yaml", "refusals.txt", "report.html"} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
	if before == 0 || len(after) != 0 {
		t.Errorf("%d gaps before, %d after: placing the hooks does not close them", before, len(after))
	}
}

// TestIntegrateList makes minixen's hooks a list first, as newer Xen has it: new hooks are lines of that list, the result builds with and without
// security modules, and no gap is left.
func TestIntegrateList(t *testing.T) {
	tree, out := integrateMini(t, "to-xmacro", "struct:xsm_ops", "to=XSM_OP", "header=xen/include/xsm/hooks.h")
	box := string(readFile(t, filepath.Join(out, "series", "series.mbox")))
	if !strings.Contains(box, "\n+XSM_OP(int, set_address_size, ") || strings.Contains(box, "\n+static inline int xsm_set_address_size(") {
		t.Error("a new hook is no line of the list")
	}
	for _, xsm := range []string{"XSM=y", "XSM=n"} {
		makeMiniXen(t, tree, xsm)
		makeMiniXen(t, tree, "clean")
	}
	if after := gapsIn(t, tree); len(after) != 0 {
		t.Errorf("%d gaps are left: %v", len(after), after)
	}
}

// gapsIn lists the gaps of a tree, "" for the embedded minixen, as refusals would be.
func gapsIn(t *testing.T, tree string) (out []refusalJSON) {
	t.Helper()
	a, err := analyseTree(t.Context(), tree, &scanFlags{noCache: true, source: "auto"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range a.result.Gaps {
		out = append(out, refusalOf(a, g, &hookgen.Refusal{}))
	}
	return out
}

// TestFindsMissingHooks holds the findings of gap detection on minixen against its list of defects: every operation without a hook is found, and no
// near miss is reported.
func TestFindsMissingHooks(t *testing.T) {
	found := gapsIn(t, "")
	e := readExpect(t)
	for _, x := range e.Findings {
		if x.Check != "XSM1001" || x.Optional || x.Config != "" {
			continue
		}
		switch why := notYet[x.Operation]; {
		case why != "" && has(found, x):
			t.Errorf("%s is found now: take it out of notYet", x.Operation)
		case why == "" && !has(found, x):
			t.Errorf("not found: %s %s %s %s: %s", x.Function, x.Hypercall, x.Operation, x.Hook, x.Why)
		}
	}
	for _, x := range e.Decoys {
		if x.Not == "XSM1001" && has(found, x) {
			t.Errorf("false alarm: %s %s: %s", x.Function, x.Operation, x.Why)
		}
	}
}

// notYet are defects of minixen that gap detection does not see so far, with the reason. An entry that is found is an error: take it out.
var notYet = map[string]string{
	"PHYSDEVOP_apic_write": "a legacy check as the only gate is no evidence yet",
}

// has reports whether a gap was found in the function of an expectation, for its operation when both name one.
func has(found []refusalJSON, x expectation) bool {
	for _, f := range found {
		if f.File == x.File && f.Function == x.Function && (f.Operation == "" || x.Operation == "" || strings.HasPrefix(f.Operation, x.Operation)) {
			return true
		}
	}
	return false
}

// TestGenReadsThePlanBack writes the same series from the plan file as integrate does, and refuses plans that do not fit, writing nothing.
func TestGenReadsThePlanBack(t *testing.T) {
	dir := t.TempDir()
	tree, out := filepath.Join(dir, "mini"), filepath.Join(dir, "out")
	if err := os.CopyFS(tree, testdata.MiniXen()); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if code := run([]string{"integrate", tree, "-o", out, "--no-cache"}, &stdout, &stderr); code != exitOK && code != exitFindings {
		t.Fatalf("exit %d\n%s%s", code, &stdout, &stderr)
	}
	plan := filepath.Join(out, "plan.yaml")
	if code := run([]string{"gen", plan, tree, "-o", filepath.Join(dir, "gen")}, &stdout, &stderr); code != exitOK {
		t.Fatalf("gen: exit %d\n%s", code, &stderr)
	}
	if a, b := diffLines(t, filepath.Join(out, "series/series.mbox")), diffLines(t, filepath.Join(dir, "gen/series.mbox")); a != b {
		t.Errorf("gen writes other patches than integrate:\n%s\n--- gen\n%s", a, b)
	}
	text, err := os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(string) string{
		"reads":       func(s string) string { return strings.Replace(s, "before: ", "before: x", 1) },
		"has no line": func(s string) string { return strings.Replace(s, "\n  line: ", "\n  line: 99999", 1) },
		"no hook":     func(s string) string { return strings.Replace(s, "- hook: xsm_", "- hook: xsm_no_such_", 1) },
	} {
		bad := filepath.Join(t.TempDir(), "bad.yaml")
		if err := os.WriteFile(bad, []byte(edit(string(text))), 0o644); err != nil {
			t.Fatal(err)
		}
		dst := filepath.Join(t.TempDir(), "none")
		stderr.Reset()
		if code := run([]string{"gen", bad, tree, "-o", dst}, &stdout, &stderr); code != exitUsage || !strings.Contains(stderr.String(), name) || !strings.Contains(stderr.String(), "placement 1") {
			t.Errorf("%s: exit %d, %s", name, code, &stderr)
		}
		if _, err := os.Stat(dst); err == nil {
			t.Errorf("%s: something was written", name)
		}
	}
}

// diffLines is the added and removed lines of a mail thread.
func diffLines(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(l, "+") || strings.HasPrefix(l, "-") && !strings.HasPrefix(l, "-- ") {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}
