package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// Exit codes of every subcommand (a contract: CI reads them).
const (
	exitOK       = 0 // clean
	exitFindings = 1 // verify found something
	exitUsage    = 2 // the command line, a plan or a tree cannot be used
	exitInternal = 3 // our fault, or a degraded scan
)

// exitError carries the exit code of an error that has been, or is to be, printed.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// run executes the command line and returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	c, err := root.ExecuteC()
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(stderr, "xsmpatch: %v\n", err)
	var ee *exitError
	if errors.As(err, &ee) {
		return ee.code
	}
	var ue *usageError
	if errors.As(err, &ue) || !c.HasParent() {
		fmt.Fprintln(stderr, usageOf(c))
	}
	return exitUsage
}

// newRoot builds the command tree; each subcommand is in its own file.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "xsmpatch",
		Short:         "find, write, split and verify authorization hooks in a hypervisor tree",
		Example:       "  xsmpatch integrate -o out\n  xsmpatch verify ~/src/xen\n  xsmpatch report ~/src/xen -o report.html",
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newScan(), newVerify(), newExplain(), newReport(), newIntegrate(), newPlan(), newGen(), newCatalog(), newSplit(), newRefactor(), newHV(), newMan())
	plainUsage(root)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.SetUsageTemplate(strings.Replace(root.UsageTemplate(), "{{if .Runnable}}", "{{if and .Runnable (not .HasAvailableSubCommands)}}", 1))
	return root
}
