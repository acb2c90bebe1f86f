package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// verifyFlags are the options of verify beside those of a scan.
type verifyFlags struct {
	scanFlags
	formats                 []string
	out, reviewed           string
	base                    string
	baseline, writeBaseline string
	minConfidence           float64
	only                    []string
}

// newVerify is "xsmpatch verify".
func newVerify() *cobra.Command {
	var f verifyFlags
	c := &cobra.Command{
		Use:   "verify TREE",
		Short: "check that hooks are there, in time, obeyed, and about the right object",
		Long: `Verify scans a tree and judges its authorization hooks: operations without one, hooks that come too late, whose answer is ignored, whose denial
leaks a lock, that ask about the wrong object, or that a sibling path goes round. "xsmpatch explain CHECK" says what each check proves.

--base compares with an older tree and reports only what is new: a revision of the git checkout TREE (or of its repository, for REPO@REV), another
directory, or REPO@REV. Findings are compared by what they say about which function, not by line. Files of a checkout that git does not track
(what a build wrote) count as part of both sides, so that both are read with the same compile commands.

--baseline leaves out the findings that a file lists, and warns of entries that match nothing any more; --write-baseline writes such a file.
A finding is accepted for good by a comment with a reason on its line or the line above, /* xsmpatch: XSM1002: reason */, or by an entry of the file
given with --reviewed. Findings below --min-confidence are left out.

Exit status: 0 clean, 1 findings, 2 the command line or the tree cannot be used, 3 code of a hypercall could not be read (findings are printed all the same).`,
		Example: `  xsmpatch verify ~/src/xen
  xsmpatch verify ~/src/xen --base origin/staging --format text,sarif=xsmpatch.sarif
  xsmpatch verify ~/src/xen --write-baseline .xsmpatch.yaml
  xsmpatch verify ~/src/xen --baseline .xsmpatch.yaml --format json -o findings.json --min-confidence 0.7`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return runVerify(c.Context(), args[0], &f, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f.register(c)
	fs := c.Flags()
	fs.StringSliceVar(&f.formats, "format", []string{"text"}, strings.Join(formatNames(), ", ")+"; several may be given, each as FORMAT=FILE, or all with -o")
	fs.StringVarP(&f.out, "output", "o", "-", "file to write; for several formats a directory, or the beginning of the files' names")
	fs.StringVar(&f.base, "base", "", "report only what is new since this revision or tree")
	fs.StringVar(&f.baseline, "baseline", "", "leave out the findings that this file lists (YAML or JSON)")
	fs.StringVar(&f.writeBaseline, "write-baseline", "", "write the findings to a baseline file, and exit 0 (JSON when it ends in .json, else YAML)")
	fs.StringVar(&f.reviewed, "reviewed", "", "file of accepted findings with reasons (YAML)")
	fs.Float64Var(&f.minConfidence, "min-confidence", 0.5, "leave findings below this out (0 to 1)")
	fs.StringSliceVar(&f.only, "check", nil, "run only these checks: ids or beginnings of ids, such as XSM1002 or XSM1")
	complete(c, "format", formatNames())
	complete(c, "check", checkNames())
	return c
}

// checkOptions turns the flags into the checks'.
func (f *verifyFlags) checkOptions() (check.Options, error) {
	opt := check.Options{MinConfidence: f.minConfidence, Only: f.only}
	if f.minConfidence < 0 || f.minConfidence > 1 {
		return opt, fmt.Errorf("--min-confidence %v: give a number from 0 to 1", f.minConfidence)
	}
	for _, o := range f.only {
		if !knownCheck(o) {
			return opt, fmt.Errorf("--check %s: no such check; \"xsmpatch explain\" lists them", o)
		}
	}
	if f.reviewed == "" {
		return opt, nil
	}
	data, err := os.ReadFile(f.reviewed)
	if err != nil {
		return opt, fmt.Errorf("--reviewed: %w", err)
	}
	opt.Reviewed, err = check.ReadReviewed(f.reviewed, data)
	return opt, err
}

func knownCheck(prefix string) bool {
	return slices.ContainsFunc(check.Checks(), func(c check.Check) bool { return strings.HasPrefix(c.ID, prefix) })
}

// outcome is what verify found, and what became of it in the comparison.
type outcome struct {
	*check.Report
	tree      *refactor.Tree
	facts     *analyze.Facts
	base      string           // what it was compared with, "" for nothing
	unchanged int              // findings that the base has too
	fixed     []*check.Finding // findings that only the base has
}

func runVerify(ctx context.Context, arg string, f *verifyFlags, stdout, stderr io.Writer) error {
	opt, err := f.checkOptions()
	if err != nil {
		return &exitError{exitUsage, err}
	}
	outputs, err := f.outputs()
	if err != nil {
		return &exitError{exitUsage, err}
	}
	known, err := f.readBaseline()
	if err != nil {
		return &exitError{exitUsage, err}
	}
	o, err := f.judge(ctx, arg, opt, stderr)
	if err != nil {
		return err
	}
	if f.writeBaseline != "" {
		known = baselineOf(o.Findings)
		if err := known.write(f.writeBaseline); err != nil {
			return &exitError{exitUsage, err}
		}
	}
	o.leaveOut(known, len(f.only) == 0)
	for _, w := range o.Warnings {
		fmt.Fprintln(stderr, "xsmpatch: warning:", w)
	}
	for _, out := range outputs {
		if err := out.write(o, stdout); err != nil {
			return &exitError{exitUsage, err}
		}
	}
	return o.verdict()
}

// judge scans the tree, and the base before it when there is one, and runs the checks.
func (f *verifyFlags) judge(ctx context.Context, arg string, opt check.Options, stderr io.Writer) (*outcome, error) {
	t, err := openInput(arg)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	var old *baseFindings
	if f.base != "" {
		if old, err = f.findingsOfBase(ctx, arg, t, opt, stderr); err != nil {
			return nil, err
		}
		opt.Base = old.tree
	}
	facts, read, err := scanOpened(ctx, t, &f.scanFlags, stderr)
	if err != nil {
		return nil, err
	}
	o := &outcome{Report: check.Run(t, facts, read, opt), tree: t, facts: facts}
	if old != nil {
		o.compare(old)
	}
	o.addWays(read)
	return o, nil
}

// verdict is the exit status of an outcome.
func (o *outcome) verdict() error {
	switch {
	case len(o.facts.Entries) == 0:
		return &exitError{exitInternal, fmt.Errorf("no hypercall handler was found: nothing was verified")}
	case o.InScope > 0:
		return &exitError{exitInternal, fmt.Errorf("%d places that hypercalls reach could not be read: nothing is known of them", o.InScope)}
	case len(o.Findings) > 0:
		return &exitError{exitFindings, fmt.Errorf("%d findings", len(o.Findings))}
	}
	return nil
}
