package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/analyze/verify"
	"github.com/xsmpatch/xsmpatch/cmd/xsmpatch/report"
	"github.com/xsmpatch/xsmpatch/hookgen"
	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series"
	"github.com/xsmpatch/xsmpatch/testdata"
)

// analysis is a scanned tree with its gaps.
type analysis struct {
	tree   *refactor.Tree
	facts  *analyze.Facts
	read   []*analyze.Scanned
	result *verify.Result
	plan   *hookgen.Plan
}

// analyseTree scans a tree, finds the gaps and plans their hooks. An empty arg is the embedded minixen.
func analyseTree(ctx context.Context, arg string, f *scanFlags, stderr io.Writer) (*analysis, error) {
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(1 << 30)
	a := &analysis{}
	var err error
	if a.tree, err = openOrMini(arg); err != nil {
		return nil, &exitError{exitUsage, err}
	}
	opt, err := f.options(stderr)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	if a.facts, a.read, err = analyze.Scan(ctx, a.tree, opt); err != nil {
		return nil, &exitError{exitUsage, err}
	}
	p := a.read[0].Program
	tabs, err := tables.Read(a.tree, p.Profile)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	a.result = verify.Gaps(p, a.tree, tabs)
	a.plan = hookgen.NewPlan(a.tree, p, a.result)
	return a, nil
}

// openOrMini opens what TREE names, or the embedded minixen when nothing is named.
func openOrMini(arg string) (*refactor.Tree, error) {
	if arg == "" {
		return treeOf("minixen", testdata.MiniXen())
	}
	return openInput(arg)
}

// treeOf reads a file system into a tree.
func treeOf(name string, files fs.FS) (*refactor.Tree, error) {
	all := map[string]*refactor.File{}
	err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, p)
		all[p] = refactor.NewFile(refactor.ModeFile, data)
		return err
	})
	if err != nil {
		return nil, err
	}
	return refactor.NewTree(name, all)
}

// newIntegrate is "xsmpatch integrate".
func newIntegrate() *cobra.Command {
	var f scanFlags
	var out string
	c := &cobra.Command{
		Use:     "integrate [TREE] -o DIR",
		Short:   "the whole way: scan, find gaps, place and write hooks, split into a series",
		Example: "  xsmpatch integrate -o out\n  xsmpatch integrate ~/src/xen -o out && git -C ~/src/xen am \"$PWD\"/out/series/series.mbox",
		Long: `Integrate scans a hypervisor tree, finds operations that no hook mediates, places the missing hooks with their deny path, writes
new hooks' definitions where the tables have none (structure, wrapper, default, Flask function, access vector, policy), and splits the result
into a series of patches. A tree that has no hooks at all gets the framework for them first. Without TREE it runs on the embedded minixen.

DIR gets facts.json (the inventory), findings.json (as verify writes them), plan.yaml (where hooks go, and what was refused with its reason), refusals.txt,
report.html (the coverage, the findings and the series as a page), and series/ with a mail per patch and series.mbox for git am. DIR is written whole or not at all; it must not exist, or be empty.

Exit status: 0 done, 1 some gap was refused, 2 the tree cannot be used, 3 something could not be read.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			tree := ""
			if len(args) > 0 {
				tree = args[0]
			}
			return runIntegrate(c.Context(), tree, out, &f, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f.register(c)
	c.Flags().StringVarP(&out, "output", "o", "", "directory to make")
	return c
}

func runIntegrate(ctx context.Context, tree, out string, f *scanFlags, stdout, stderr io.Writer) error {
	if out == "" {
		return &exitError{exitUsage, errNoOutput}
	}
	if old, err := os.ReadDir(out); err == nil && len(old) > 0 {
		return &exitError{exitUsage, fmt.Errorf("%s: exists and is not empty; name another output directory", out)}
	}
	a, err := analyseTree(ctx, tree, f, stderr)
	if err != nil {
		return err
	}
	if len(a.result.Tables.Hooks) == 0 {
		fmt.Fprintln(stdout, "the tree has no hooks: the framework for them comes first, as with plan --legacy")
		a.plan = legacyPlan(a)
	}
	s, err := seriesOf(a)
	if err != nil {
		return &exitError{exitInternal, err}
	}
	files, err := a.files(s)
	if err != nil {
		return &exitError{exitInternal, err}
	}
	if err := series.WriteFiles(out, files); err != nil {
		return &exitError{exitUsage, err}
	}
	a.report(stdout, s, out)
	if len(a.facts.Degraded) > 0 {
		return &exitError{exitInternal, fmt.Errorf("%d places could not be read: their hooks were not judged", len(a.facts.Degraded))}
	}
	if n := len(a.plan.Refusals); n > 0 {
		return &exitError{exitFindings, fmt.Errorf("%d gaps are left open; %s says why", n, filepath.Join(out, "refusals.txt"))}
	}
	return nil
}

// seriesOf writes the plan's code and splits it; nil when there is nothing to write.
func seriesOf(a *analysis) (*series.Series, error) {
	changes, err := a.plan.Generate(a.tree)
	if err != nil || len(changes) == 0 {
		return nil, err
	}
	g, err := series.NewGraph(a.tree, changes)
	if err != nil {
		return nil, err
	}
	s, _, err := g.Mend(hookRules)
	return s, err
}

// files is everything that integrate writes.
func (a *analysis) files(s *series.Series) (map[string][]byte, error) {
	out := map[string][]byte{}
	facts, err := json.MarshalIndent(a.facts, "", " ")
	if err != nil {
		return nil, err
	}
	out["facts.json"] = append(facts, '\n')
	judged := &outcome{Report: check.Run(a.tree, a.facts, a.read, check.Options{MinConfidence: 0.5}), tree: a.tree, facts: a.facts}
	if out["findings.json"], err = verifyJSON(judged); err != nil {
		return nil, err
	}
	if out["plan.yaml"], err = a.plan.YAML(a.tree); err != nil {
		return nil, err
	}
	out["refusals.txt"] = []byte(a.plan.RefusalText(a.tree))
	page := report.Page{Model: a.model(judged.Report), Version: version()}
	if s != nil {
		if page.Patches, err = report.ReadSeries("series.dot", []byte(s.DOT())); err != nil {
			return nil, err
		}
	}
	if out["report.html"], err = page.HTML(); err != nil || s == nil {
		return out, err
	}
	box, err := s.MboxFiles(series.MailOptions{})
	for name, b := range box {
		out["series/"+name] = b
	}
	out["series/series.dot"] = []byte(s.DOT())
	if err == nil {
		out["series/series.yaml"], err = s.YAML()
	}
	return out, err
}

// report prints what was done.
func (a *analysis) report(w io.Writer, s *series.Series, out string) {
	summary(w, a.facts)
	fmt.Fprintf(w, "%d hooks in the tables, %d gaps: %d hooks placed, %d refused\n",
		len(a.result.Tables.Hooks), len(a.result.Gaps), len(a.plan.Placements), len(a.plan.Refusals))
	for _, p := range a.plan.Placements {
		fmt.Fprintf(w, "  %s:%d: %s in %s (%.0f%%)\n", p.File, p.Line, p.Hook, p.Gap.Region, 100*p.Gap.Confidence)
	}
	fmt.Fprint(w, a.plan.RefusalText(a.tree))
	if s != nil {
		for i, p := range s.Patches {
			fmt.Fprintf(w, "%d/%d %s\n", i+1, len(s.Patches), p.Subject)
		}
		fmt.Fprintf(w, "written to %s: git am %s\n", out, filepath.Join(out, "series", series.MboxName))
	}
}
