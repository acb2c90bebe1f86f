package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// commands lists root and everything below it but cobra's own.
func commands(c *cobra.Command) (out []*cobra.Command) {
	if c.Name() != "help" && c.Name() != "completion" {
		out = append(out, c)
		for _, k := range c.Commands() {
			out = append(out, commands(k)...)
		}
	}
	return out
}

// TestHelp: every command says what it does and gives examples, and each example names a command that there is, with flags and arguments that it takes.
func TestHelp(t *testing.T) {
	for _, c := range commands(newRoot()) {
		if c.Short == "" || c.Example == "" {
			t.Errorf("%s: no short description or no example", c.CommandPath())
		}
		for _, line := range strings.Split(c.Example, "\n") {
			line, _, _ = strings.Cut(line, " && ")
			if why := badExample(line); why != "" {
				t.Errorf("%s: example %q: %s", c.CommandPath(), line, why)
			}
		}
	}
	for line, want := range map[string]string{"xsmpatch verify --nothing x": "unknown flag", "xsmpatch frobnicate": "unknown command", "xsmpatch scan": "missing TREE"} {
		if why := badExample(line); !strings.Contains(why, want) {
			t.Errorf("%s: %q, want %q", line, why, want)
		}
	}
}

// badExample says why a line cannot be run, "" when it can.
func badExample(line string) string {
	args := strings.Fields(line)
	if len(args) < 2 || args[0] != "xsmpatch" {
		return "it does not run xsmpatch"
	}
	c, rest, err := newRoot().Find(args[1:])
	if err == nil {
		err = c.ParseFlags(rest)
	}
	if err == nil {
		err = c.ValidateArgs(c.Flags().Args())
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestMan(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man")
	var stdout, stderr bytes.Buffer
	if code := run([]string{"man", "-o", dir}, &stdout, &stderr); code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	for name, want := range map[string]string{"xsmpatch.1": "xsmpatch-verify(1)", "xsmpatch-verify.1": "min-confidence", "xsmpatch-hv-run.1": "scenario", "xsmpatch-completion-bash.1": "bash"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(strings.ReplaceAll(string(text), `\-`, "-"), want) {
			t.Errorf("%s does not say %q: %v", name, want, err)
		}
	}
	if code := run([]string{"man"}, &stdout, &stderr); code != exitUsage {
		t.Errorf("without -o: exit %d", code)
	}
}

func TestVersion(t *testing.T) {
	info := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "v1.2.3+dirty"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "0123456789abcdef0123"}, {Key: "vcs.time", Value: "2026-11-23T16:36:10Z"}, {Key: "vcs.modified", Value: "true"}}}
	if got, want := describe(info), "v1.2.3 (commit 0123456789ab of 2026-11-23, with changes) go1.26.8"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := describe(&debug.BuildInfo{GoVersion: "go1.26"}), "(devel) go1.26"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
