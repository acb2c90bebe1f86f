//go:build xen

package kconfig

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// TestAgainstConf compares with the tree's own conf program: its defconfig, and what it makes of random answers,
// are computed here to the same header. Questions to the toolchain really run.
func TestAgainstConf(t *testing.T) {
	root := os.Getenv("XSMPATCH_XEN")
	if root == "" {
		t.Fatal("XSMPATCH_XEN must name a built Xen tree (make xen)")
	}
	xen := filepath.Join(root, "xen")
	env := map[string]string{"SRCARCH": "x86", "ARCH": "x86_64", "CC": "gcc", "LD": "ld", "srctree": xen, "BASEDIR": xen, "XEN_FULLVERSION": "0",
		"PYTHON": "python3"}
	tr, err := Parse(Source{Env: env,
		Read: func(p string) ([]byte, error) { return os.ReadFile(filepath.Join(xen, p)) },
		Answer: func(f string, args []string) (string, bool) {
			if f != "shell" {
				return "", false
			}
			out, _ := exec.Command("sh", "-c", strings.Join(args, ",")).Output()
			return strings.TrimSpace(string(out)), true
		}}, "Kconfig")
	if err != nil {
		t.Fatal(err)
	}
	modes := []string{"--defconfig=arch/x86/configs/x86_64_defconfig", "--allyesconfig", "--allnoconfig", "--alldefconfig"}
	for seed := range 60 {
		modes = append(modes, fmt.Sprintf("--randconfig %d", seed))
	}
	symbols := 0
	for _, mode := range modes {
		dir := t.TempDir()
		arg, seed, _ := strings.Cut(mode, " ")
		cmd := exec.Command(filepath.Join(xen, "tools/kconfig/conf"), arg, "Kconfig")
		cmd.Dir = xen
		cmd.Env = append(os.Environ(), "KCONFIG_CONFIG="+dir+"/.config", "KCONFIG_SEED="+seed)
		for k, v := range env {
			cmd.Env = append(cmd.Env, k+"="+v)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", mode, err, out)
		}
		data, err := os.ReadFile(dir + "/.config")
		if err != nil {
			t.Fatal(err)
		}
		want, err := ReadConfig(".config", data)
		if err != nil {
			t.Fatal(err)
		}
		var c *Config
		switch arg {
		case "--allyesconfig":
			c = tr.Evaluate(AllYes, nil)
		case "--allnoconfig":
			c = tr.Evaluate(AllNo, nil)
		case "--randconfig":
			c = tr.Evaluate(AllDefault, want)
		default:
			c = tr.Evaluate(AllDefault, nil)
		}
		var lines []string
		for n, v := range want {
			if v != "n" {
				lines = append(lines, n+"="+v)
			}
		}
		sort.Strings(lines)
		symbols += len(lines)
		if diff := lineDiff(lines, c.Items()); diff != "" {
			t.Errorf("%s:\n%s", mode, diff)
		}
	}
	t.Logf("%d configurations, %d symbols compared", len(modes), symbols)
}

// lineDiff returns the lines that only one side has.
func lineDiff(want []string, items []Item) string {
	got := map[string]bool{}
	for _, i := range items {
		got[i.Name+"="+i.Value] = true
	}
	var b bytes.Buffer
	for _, w := range want {
		if !got[w] {
			fmt.Fprintf(&b, "  conf only: %s\n", w)
		}
		delete(got, w)
	}
	for g := range got {
		fmt.Fprintf(&b, "  ours only: %s\n", g)
	}
	return b.String()
}
