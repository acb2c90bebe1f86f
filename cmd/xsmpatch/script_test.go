package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/xsmpatch/xsmpatch/testdata"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

// TestMain lets the scripts run this binary as the command xsmpatch.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"xsmpatch": main})
}

// TestScript runs testdata/script/*.txtar, one behaviour a file. Besides the commands of testscript they have
// xsmpatch itself, `minixen DIR` (writes the embedded tree), `exit N COMMAND` (the exit code must be N)
// and `subst FILE OLD NEW` (replaces the one place where OLD is; \n stands for the end of a line). The condition [root] holds for root,
// whom no file's mode keeps out.
//
// To rewrite expected output: go test ./cmd/xsmpatch -run TestScript -update.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			data, err := filepath.Abs(filepath.Join("..", "..", "testdata"))
			e.Setenv("BROKEN", filepath.Join(data, "broken"))
			e.Setenv("LEGACY", filepath.Join(data, "legacy"))
			e.Setenv("HOME", e.WorkDir)
			return err
		},
		Condition: func(cond string) (bool, error) {
			if cond != "root" {
				return false, fmt.Errorf("unknown condition %s", cond)
			}
			return os.Geteuid() == 0, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"minixen": scriptMinixen,
			"exit":    scriptExit,
			"subst":   scriptSubst,
		},
	})
}

func scriptMinixen(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: minixen DIR")
	}
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), testdata.MiniXen()))
}

func scriptExit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit CODE COMMAND [ARG]...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var ee *exec.ExitError
		if !errors.As(err, &ee) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = ee.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s: exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

func scriptSubst(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: subst FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], `\n`, "\n")
	}
	if n := strings.Count(text, args[1]); n != 1 {
		ts.Fatalf("%s: %q is there %d times, want once", args[0], args[1], n)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o644))
}
