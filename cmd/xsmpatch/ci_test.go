package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// commandsIn collects the shell commands of a CI file: the values of run, script and entry, wherever they are.
func commandsIn(v any) (out []string) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if s, ok := x.(string); ok && (k == "run" || k == "entry") {
				out = append(out, s)
			} else if l, ok := x.([]any); ok && k == "script" {
				for _, line := range l {
					out = append(out, line.(string))
				}
			} else {
				out = append(out, commandsIn(x)...)
			}
		}
	case []any:
		for _, x := range v {
			out = append(out, commandsIn(x)...)
		}
	}
	return out
}

// ciRepo is a clone of a repository that holds minixen, with a branch for a change, and a folder with this program as xsmpatch.
func ciRepo(t *testing.T) (dir, bin string) {
	t.Helper()
	up, dir, bin := miniDir(t), filepath.Join(t.TempDir(), "clone"), t.TempDir()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(exe, filepath.Join(bin, "xsmpatch")); err != nil {
		t.Fatal(err)
	}
	gitIn(t, up, "init", "-q", "-b", "main")
	gitIn(t, up, "add", "-A", "-f")
	gitIn(t, up, "commit", "-qm", "first")
	gitIn(t, up, "clone", "-q", up, dir)
	return dir, bin
}

// TestCIExamples runs the commands of each example of docs/ci as its CI would: they let a clean change through and stop one that drops a hook.
func TestCIExamples(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "docs", "ci", "*"))
	if err != nil || len(files) != 3 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	dir, bin := ciRepo(t)
	env := append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "PATH=") }),
		"PATH="+bin+":"+os.Getenv("PATH"), "GITHUB_BASE_REF=main", "CI_MERGE_REQUEST_DIFF_BASE_SHA="+gitIn(t, dir, "rev-parse", "HEAD"), "XDG_CACHE_HOME="+t.TempDir())
	clean := filepath.Join(dir, "xen", "common", "event_channel.c")
	good := readFile(t, clean)
	bad := bytes.Replace(good, []byte("ret = xsm_evtchn_send(XSM_HOOK, ld, lchn);"), []byte("ret = 0;"), 1)
	if bytes.Equal(good, bad) {
		t.Fatal("minixen has no xsm_evtchn_send any more")
	}
	for _, file := range files {
		var doc any
		if err := yaml.Unmarshal(readFile(t, file), &doc); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		script := "set -e; go() { test \"$1\" = install; }\n" + strings.Join(commandsIn(doc), "\n")
		if !strings.Contains(script, "xsmpatch verify . --base ") {
			t.Fatalf("%s verifies nothing:\n%s", file, script)
		}
		for want, text := range map[int][]byte{exitOK: append([]byte("/* drift */\n"), good...), exitFindings: bad} {
			if err := os.WriteFile(clean, text, 0o644); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("sh", "-c", script)
			cmd.Dir, cmd.Env = dir, env
			out, _ := cmd.CombinedOutput()
			if got := cmd.ProcessState.ExitCode(); got != want {
				t.Errorf("%s: exit %d, want %d\n%s\n%s", file, got, want, script, out)
			}
		}
	}
	for _, artifact := range []string{"xsmpatch.sarif", "gl-code-quality-report.json", "junit.xml"} {
		if len(readFile(t, filepath.Join(dir, artifact))) == 0 {
			t.Errorf("%s is empty", artifact)
		}
	}
}
