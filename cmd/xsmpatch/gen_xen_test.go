//go:build xen

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/hookgen/oracle"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// tinyConfig builds Xen in a third of the time of the full configuration, with what Flask and SILO need.
const tinyConfig = "CONFIG_EXPERT=y\nCONFIG_UNSUPPORTED=y\nCONFIG_DEBUG=n\nCONFIG_PV=y\nCONFIG_SCHED_CREDIT2=y\n"

// TestGenStrippedXen takes the hook calls out of Xen, plans and generates on what is left, and builds the result: XSM with Flask and SILO, and no XSM.
// Nothing may fail to compile or to link, no warning may be new, checkpolicy must accept the policy, and a second run must change nothing.
func TestGenStrippedXen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "xen")
	shell(t, "", "cp", "-a", os.Getenv("XSMPATCH_XEN"), dir)
	n := stripXen(t, dir)
	if n < 120 {
		t.Fatalf("only %d calls are taken out", n)
	}
	config := readFile(t, filepath.Join(dir, "xen", ".config"))
	shell(t, "", "make", "-s", "-C", filepath.Join(dir, "xen"), "distclean") // headers that a build made of the old policy
	write(t, filepath.Join(dir, "xen", ".config"), string(config))
	base, err := refactor.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	before := map[string][]byte{}
	for _, p := range base.Paths() {
		if filepath.Ext(p) == ".c" || filepath.Ext(p) == ".h" {
			if before[p], err = base.ReadFile(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	plan := filepath.Join(t.TempDir(), "plan.yaml")
	xsmpatch(t, "plan", dir, "--config", "default,wide", "-o", plan) // the second has what the tree leaves out
	out := xsmpatch(t, "gen", plan, dir, "--in-place")
	t.Logf("%d calls taken out; %s", n, out)
	if out := xsmpatch(t, "gen", plan, dir, "--in-place"); !strings.Contains(out, "nothing to do") {
		t.Errorf("the second run of gen: %s", out)
	}
	stillOpen(t, dir, plan)
	shell(t, "", "make", "-s", "-C", filepath.Join(dir, "xen"), "distclean")
	for name, more := range map[string]string{
		"XSM=y": "CONFIG_HVM=y\nCONFIG_MEM_SHARING=y\nCONFIG_MEM_PAGING=y\nCONFIG_ARGO=y\nCONFIG_XSM=y\nCONFIG_XSM_FLASK=y\nCONFIG_XSM_FLASK_POLICY=y\nCONFIG_XSM_SILO=y\nCONFIG_XSM_FLASK_DEFAULT=y\n", "XSM=n": "",
	} {
		buildTiny(t, name, dir, tinyConfig+more, before)
	}
	shell(t, dir, "make", "-s", "-f", "Makefile.common", "-C", "tools/flask/policy", "FLASK_BUILD_DIR="+t.TempDir(), "POLICY_FILENAME="+t.TempDir()+"/p",
		"XEN_ROOT="+dir, "XEN_FULLVERSION=4.17")
}

// finding is a finding as far as trees are compared by them: without lines.
type finding struct{ Check, File, Function, Operation, Hook, Message string }

// findings verifies a tree.
func findings(t *testing.T, dir string) (out []finding) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run([]string{"verify", dir, "--format", "json"}, &stdout, &stderr); code == exitUsage {
		t.Fatalf("verify: exit %d\n%s", code, &stderr)
	}
	var report struct {
		Findings []finding
		Degraded []struct {
			File     string
			Function string
			Reason   string
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	for _, d := range report.Degraded {
		t.Logf("not read: %+v", d)
	}
	return report.Findings
}

// stillOpen verifies the generated tree: it tells nothing that the tree with its own hooks does not, and no operation for which a hook was placed may be
// told unmediated.
func stillOpen(t *testing.T, dir, plan string) {
	t.Helper()
	placed, _, _ := strings.Cut(string(readFile(t, plan)), "\nrefusals:")
	type key struct{ check, function, operation, hook string }
	of := func(f finding) key {
		if !strings.HasPrefix(f.Check, "XSM2") {
			f.Hook = "" // it may be asked for another reason there
		}
		return key{f.Check, f.Function, f.Operation, f.Hook}
	}
	own := map[key]int{}
	before := findings(t, os.Getenv("XSMPATCH_XEN"))
	for _, f := range before {
		own[of(f)]++
	}
	after := findings(t, dir)
	for _, f := range after {
		if f.Check == "XSM1001" && f.Hook != "" && strings.Contains(placed, "hook: "+f.Hook+"\n  kind: check\n  file: "+f.File+"\n") {
			t.Errorf("%s: %s/%s is told unmediated, and gen wrote %s there: %s", f.File, f.Function, f.Operation, f.Hook, f.Message)
		}
		if own[of(f)]--; own[of(f)] < 0 {
			t.Errorf("new in the generated tree: %+v", f)
		}
	}
	t.Logf("verify: %d findings, %d before the calls were taken out", len(after), len(before))
}

// stripXen removes every hook call from a copy of Xen's tree and returns how many there were.
func stripXen(t *testing.T, dir string) int {
	t.Helper()
	pr, err := profile.Xen()
	if err != nil {
		t.Fatal(err)
	}
	whole, err := refactor.OpenDir(os.Getenv("XSMPATCH_XEN"))
	if err != nil {
		t.Fatal(err)
	}
	base, sites, err := oracle.Strip(whole, pr)
	if err != nil {
		t.Fatal(err)
	}
	if err := base.UpdateDir(dir, whole); err != nil {
		t.Fatal(err)
	}
	return len(sites)
}

// xsmpatch runs the command, which must succeed, and returns what it prints.
func xsmpatch(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(args, &stdout, &stderr); code != exitOK {
		t.Fatalf("%v: exit %d\n%s%s", args, code, &stdout, &stderr)
	}
	return stdout.String()
}

var warningRE = regexp.MustCompile(`(?m)^(\S+\.[ch]):\d+:\d+: (?:warning|error): (.*)$`)

// buildTiny builds a tree and compares its warnings with those of the stripped tree's own files.
func buildTiny(t *testing.T, name, dir, config string, before map[string][]byte) {
	t.Helper()
	obj := filepath.Join(t.TempDir(), name)
	conf := filepath.Join(t.TempDir(), "config")
	write(t, conf, config)
	mk := func(args ...string) (string, error) {
		cmd := exec.Command("make", append([]string{"-C", filepath.Join(dir, "xen"), "O=" + obj, "EXTRA_CFLAGS_XEN_CORE=-Wno-error"}, args...)...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if err := os.MkdirAll(obj, 0o777); err != nil {
		t.Fatal(err)
	}
	if out, err := mk("KCONFIG_ALLCONFIG="+conf, "allnoconfig"); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	out, err := mk("-j2", "-k")
	if err != nil {
		t.Errorf("%s does not build: %v\n%s", name, err, strings.Join(regexp.MustCompile(`(?m)^.*(?: error: |undefined reference).*$`).FindAllString(out, -1), "\n"))
	}
	if _, err := os.Stat(filepath.Join(obj, "xen-syms")); err != nil {
		t.Errorf("%s does not link: %v", name, err)
	}
	was := map[string][]string{}
	for _, m := range warningRE.FindAllStringSubmatch(out, -1) {
		file, text := strings.TrimPrefix(m[1], filepath.Join(dir, "xen")+"/"), m[2]
		if _, ok := was[file]; !ok {
			was[file] = baseWarnings(t, dir, file, before, mk)
		}
		if !slices.Contains(was[file], text) {
			t.Errorf("%s: %s: new warning: %s", name, file, text)
		}
	}
	t.Logf("%s: built; %d files warn, as the stripped tree's do", name, len(was))
}

// baseWarnings compiles a unit as the stripped tree has it and lists its warnings.
func baseWarnings(t *testing.T, dir, file string, before map[string][]byte, mk func(...string) (string, error)) (out []string) {
	t.Helper()
	path := filepath.Join(dir, "xen", file)
	now, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if before["xen/"+file] == nil || filepath.Ext(file) != ".c" {
		return nil
	}
	write(t, path, string(before["xen/"+file]))
	defer write(t, path, string(now))
	text, _ := mk(strings.TrimSuffix(file, ".c") + ".o") // it may fail as the other did: its messages count
	for _, m := range warningRE.FindAllStringSubmatch(text, -1) {
		out = append(out, m[2])
	}
	return out
}
