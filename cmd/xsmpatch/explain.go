package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/cmd/xsmpatch/report"
)

var checkID = regexp.MustCompile(`^(?i)XSM\d+$`)

// newExplain is "xsmpatch explain".
func newExplain() *cobra.Command {
	var f scanFlags
	c := &cobra.Command{
		Use:   "explain [CHECK | OPERATION | FINDING] [TREE]",
		Short: "what a check proves; how an operation is reached and what mediates it; why a finding is one",
		Long: `Explain CHECK says what a check proves, what it cannot, and gives an example; without arguments it lists the checks.

Explain OPERATION TREE prints the way from the hypercall's entry to where the operation acts, with the hooks that are asked on it, or the place where
one should stand, and what each module answers. An operation is named as scan does, do_domctl/XEN_DOMCTL_pausedomain, or by the end of that name when
no other has it; the name of an entry lists its operations.

Explain FINDING TREE prints a finding of verify: FINDING is its fingerprint, the beginning of one, or its number in verify's order.

TREE is a directory or REPO@REV; without it, the current directory.`,
		Example: "  xsmpatch explain XSM1002\n  xsmpatch explain do_domctl/XEN_DOMCTL_pausedomain ~/src/xen\n  xsmpatch explain XENMEM_claim_pages ~/src/xen@RELEASE-4.17.0\n  xsmpatch explain 3 ~/src/xen",
		Args:    cobra.MaximumNArgs(2),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return checkNames(), cobra.ShellCompDirectiveDefault
			}
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				listChecks(c.OutOrStdout())
				return nil
			case checkID.MatchString(args[0]) && len(args) > 1:
				return &exitError{exitUsage, fmt.Errorf("explain %s takes no tree: it says what the check proves; verify --check %[1]s %s finds", args[0], args[1])}
			case checkID.MatchString(args[0]):
				return explainCheck(args[0], c.OutOrStdout())
			}
			tree := "."
			if len(args) > 1 {
				tree = args[1]
			}
			return explainIn(c.Context(), args[0], tree, &f, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f.register(c)
	return c
}

// checkNames lists the checks for a shell's completion, with what each is about.
func checkNames() (out []string) {
	for _, k := range check.Checks() {
		out = append(out, k.ID+"\t"+k.Title)
	}
	return out
}

func listChecks(out io.Writer) {
	for _, k := range check.Checks() {
		fmt.Fprintf(out, "%s  %-7s  %s\n", k.ID, k.Severity, k.Title)
	}
}

func explainCheck(name string, out io.Writer) error {
	k := check.Find(strings.ToUpper(name))
	if k == nil {
		return &exitError{exitUsage, fmt.Errorf("no check %q; \"xsmpatch explain\" lists them", name)}
	}
	merge := "one configuration that shows it is enough"
	if k.Merge == check.All {
		merge = "every configuration must show it"
	}
	fmt.Fprintf(out, "%s: %s (%s; %s)\n\n%s\n\nAccept one finding with a comment on its line or the line above, or a line in the file given to verify --reviewed:\n"+
		"    /* xsmpatch: %s: why this is right */\n    - {check: %s, file: FILE, function: FUNCTION, reason: \"why this is right\"}\n",
		k.ID, k.Title, k.Severity, merge, k.Text, k.ID, k.ID)
	return nil
}

// explainIn explains an operation or a finding of a tree.
func explainIn(ctx context.Context, name, tree string, f *scanFlags, out, stderr io.Writer) error {
	a, err := analyseTree(ctx, tree, f, stderr)
	if err != nil {
		return err
	}
	m := a.model(check.Run(a.tree, a.facts, a.read, check.Options{MinConfidence: 0.5}))
	ex := newExcerpts(a.tree)
	var b strings.Builder
	if f := m.Finding(name); f != nil {
		writeFinding(&b, ex, f)
		for _, r := range m.About(f) {
			b.WriteByte('\n')
			writeRow(&b, ex, r, false)
		}
		_, err = io.WriteString(out, b.String())
		return err
	}
	rows, err := m.Lookup(name)
	if err != nil {
		return &exitError{exitUsage, fmt.Errorf("%s: %w", tree, err)}
	}
	if len(rows) == 1 {
		writeRow(&b, ex, rows[0], true)
	} else {
		for _, r := range rows {
			fmt.Fprintf(&b, "%-8s  %s  %s\n", r.Status, r.ID, strings.Join(r.HookNames(), " "))
		}
	}
	_, err = io.WriteString(out, b.String())
	return err
}

// model makes the model of an analysed tree and what the checks said of it.
func (a *analysis) model(c *check.Report) *report.Model {
	return report.New(report.Input{Tree: a.tree, Facts: a.facts, Read: a.read, Tables: a.result.Tables, Plan: a.plan, Check: c})
}

// writeRow prints an operation: its state, its way with source, its hooks and what the modules answer, and its findings.
func writeRow(b *strings.Builder, ex *excerpts, r *report.Row, findings bool) {
	fmt.Fprintf(b, "%s: %s (in %s)\n", r.ID, r.Status.Text(), strings.Join(r.Configs, ", "))
	for i, s := range r.Path {
		fmt.Fprintf(b, "  %2d. %s:%d: %s\n", i+1, s.File, s.Line, s.Text())
		b.WriteString(ex.at(s.File, s.Line, 0))
	}
	if len(r.Uses) > 0 {
		b.WriteString("  hooks\n")
	}
	for _, u := range r.Uses {
		fmt.Fprintf(b, "    %s, %s:%d in %s, %s, result %s\n", u.Hook, u.At.File, u.At.Line, u.At.Function, u.PhaseText(), u.Result)
		for _, l := range u.Answers() {
			fmt.Fprintf(b, "      %s\n", l)
		}
	}
	if !findings {
		return
	}
	for _, f := range r.Findings {
		fmt.Fprintf(b, "  finding %s %s: %s\n", f.Check, f.Fingerprint, f.Message)
		if f.Suppressed != "" {
			fmt.Fprintf(b, "    accepted: %s\n", f.Suppressed)
		}
	}
}
