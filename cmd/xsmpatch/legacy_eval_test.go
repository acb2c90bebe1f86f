//go:build eval && xen

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// hookFree is the last tree of Xen without hooks, of August 2007.
const hookFree = "3d030c1164e2"

// TestEvalHookFree takes that tree the whole way: integrate gives it the framework and the hooks, git am applies the series, and after each patch every
// unit of x86 that the series has touched passes gcc as far as before, with the option and without. No compiler of today configures that tree:
// the flags are made by hand, for 32 bits, where no header has to be generated.
func TestEvalHookFree(t *testing.T) {
	repo := os.Getenv("XSMPATCH_REPO")
	out := filepath.Join(t.TempDir(), "out")
	var stdout, stderr bytes.Buffer
	if code := run([]string{"integrate", repo + "@" + hookFree, "-o", out}, &stdout, &stderr); code != exitOK && code != exitFindings {
		t.Fatalf("exit %d\n%s%s", code, &stdout, &stderr)
	}
	tree := filepath.Join(t.TempDir(), "xen")
	shell(t, "", "git", "clone", "-q", "--shared", "--no-checkout", repo, tree)
	shell(t, tree, "git", "checkout", "-q", "--detach", hookFree)
	git := []string{"-c", "user.name=t", "-c", "user.email=t@example.org"}
	shell(t, tree, "git", append(git, "am", "-q", filepath.Join(out, "series", "series.mbox"))...)
	patches := strings.Fields(shell(t, tree, "git", "rev-list", "--reverse", hookFree+"..HEAD"))
	if len(patches) < 5 {
		t.Errorf("%d patches: hooks by hypercall want more", len(patches))
	}
	var touched []string
	for _, f := range strings.Fields(shell(t, tree, "git", "diff", "--name-only", hookFree, "HEAD")) {
		if strings.HasSuffix(f, ".c") && !strings.Contains(f, "/ia64/") && !strings.Contains(f, "/powerpc/") {
			touched = append(touched, f)
		}
	}
	compiled := 0
	for _, rev := range slices.Insert(patches, 0, hookFree) {
		shell(t, tree, "git", "checkout", "-q", rev)
		for _, f := range touched {
			if _, err := os.Stat(filepath.Join(tree, f)); err != nil {
				continue // a file that a later patch adds
			}
			for _, option := range []string{"-UXSM_ENABLE", "-DXSM_ENABLE"} {
				if said, err := compile2007(tree, f, option); err != nil {
					t.Errorf("%s: %s %s: %s", rev, option, f, said)
				}
				compiled++
			}
		}
	}
	t.Logf("%s\n%d patches, %d files of x86, %d compilations", lastLines(stdout.String(), 16), len(patches), len(touched), compiled)
}

// compile2007 checks a file as the tree's own makefiles would, with what they generate made by hand.
func compile2007(tree, file, option string) (string, error) {
	xen := filepath.Join(tree, "xen")
	made := map[string]string{"include/asm-x86/asm-offsets.h": ""}
	for i, name := range []string{"XEN_COMPILE_DATE", "XEN_COMPILE_TIME", "XEN_COMPILE_BY", "XEN_COMPILE_DOMAIN", "XEN_COMPILE_HOST", "XEN_COMPILER",
		"XEN_EXTRAVERSION", "XEN_CHANGESET"} {
		made["include/xen/compile.h"] += "#define " + name + " \"" + strconv.Itoa(i) + "\"\n"
	}
	made["include/xen/compile.h"] += "#define XEN_VERSION 3\n#define XEN_SUBVERSION 1\n"
	for name, text := range made {
		if err := os.WriteFile(filepath.Join(xen, name), []byte(text), 0o644); err != nil {
			return "", err
		}
	}
	if err := os.Symlink("asm-x86", filepath.Join(xen, "include/asm")); err != nil && !os.IsExist(err) {
		return "", err
	}
	own, err := exec.Command("gcc", "-print-file-name=include").Output()
	if err != nil {
		return "", err
	}
	cmd := exec.Command("gcc", "-m32", "-D__XEN__", "-DVERBOSE", "-std=gnu89", "-fsyntax-only", "-w", "-nostdinc", "-Iinclude", option,
		"-Iinclude/asm-x86/mach-generic", "-Iinclude/asm-x86/mach-default", "-isystem", strings.TrimSpace(string(own)), strings.TrimPrefix(file, "xen/"))
	cmd.Dir = xen
	said, err := cmd.CombinedOutput()
	return string(said), err
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
