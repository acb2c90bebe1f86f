package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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
	t, err := openOrMini(arg)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	return analyse(ctx, t, f, stderr)
}

// analyse scans a tree, finds the gaps and plans their hooks.
func analyse(ctx context.Context, t *refactor.Tree, f *scanFlags, stderr io.Writer) (*analysis, error) {
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(1 << 30)
	a := &analysis{tree: t}
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
	earlier := []*analyze.Program{p}
	for _, r := range a.read[1:] {
		tabs, err := tables.Read(a.tree, r.Program.Profile)
		if err != nil {
			return nil, &exitError{exitUsage, err}
		}
		a.plan.Merge(hookgen.NewPlan(a.tree, r.Program, verify.Gaps(r.Program, a.tree, tabs)), earlier)
		earlier = append(earlier, r.Program)
	}
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
report.html (the coverage, the findings and the series as a page), summary.txt, and series/ with a mail per patch and series.mbox for git am.
DIR is written whole or not at all; it must not exist, or be empty. Until then the finished stages stand in .DIR.unfinished beside it: after an
interruption the same command goes on from there, unless the tree, the options or the program have changed.

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
	old, err := os.ReadDir(out)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return &exitError{exitUsage, fmt.Errorf("-o: %w", err)}
	case len(old) > 0:
		return &exitError{exitUsage, fmt.Errorf("%s: exists and is not empty; name another output directory", out)}
	}
	t, err := openOrMini(tree)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	inputs, err := inputsOf(t, f)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	st, err := openStages(out, inputs, 5, stderr)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	w := &integration{ctx: ctx, tree: t, flags: f, stderr: stderr, st: st}
	if err := w.run(); err != nil {
		st.abandon()
		return err
	}
	text, err := os.ReadFile(filepath.Join(st.dir, summaryName))
	if err != nil {
		return &exitError{exitInternal, err}
	}
	if err := st.finish(); err != nil {
		return &exitError{exitUsage, err}
	}
	return w.end(stdout, text, out)
}

// integration is one run of integrate. What its stages share is made when the first of them asks.
type integration struct {
	ctx    context.Context
	tree   *refactor.Tree
	flags  *scanFlags
	stderr io.Writer
	st     *stages
	a      *analysis
	judged *outcome
	series *series.Series
	split  bool
}

const summaryName = "summary.txt"

// run makes the stages.
func (w *integration) run() error {
	for _, s := range []struct {
		name, what string
		files      func() (map[string][]byte, error)
	}{
		{"scan", "scan: read the tree", w.facts},
		{"findings", "findings: judge hooks and tables", w.findings},
		{"plan", "plan: place the missing hooks", w.plan},
		{"series", "series: write and order the patches", w.patches},
		{"report", "report: draw the page", w.page},
	} {
		err := w.st.do(s.name, s.what, s.files)
		var known *exitError
		switch {
		case err == nil:
		case errors.As(err, &known):
			return err
		default:
			return &exitError{exitInternal, fmt.Errorf("%s: %w", s.name, err)}
		}
	}
	return nil
}

// end prints the summary and says by the exit status what is left open.
func (w *integration) end(stdout io.Writer, text []byte, out string) error {
	stdout.Write(text)
	if w.st.state.Counts["patches"] > 0 {
		fmt.Fprintf(stdout, "written to %s: git am %s\n", out, filepath.Join(out, "series", series.MboxName))
	}
	if n := w.st.state.Counts["degraded"]; n > 0 {
		return &exitError{exitInternal, fmt.Errorf("%d places could not be read: their hooks were not judged; %s lists them", n, filepath.Join(out, summaryName))}
	}
	if n := w.st.state.Counts["refused"]; n > 0 {
		return &exitError{exitFindings, fmt.Errorf("%d gaps are left open; %s says why", n, filepath.Join(out, "refusals.txt"))}
	}
	return nil
}

// analysis scans the tree and plans, once.
func (w *integration) analysis() (*analysis, error) {
	if w.a != nil {
		return w.a, nil
	}
	a, err := analyse(w.ctx, w.tree, w.flags, w.stderr)
	if err != nil {
		return nil, err
	}
	if len(a.result.Tables.Hooks) == 0 {
		a.plan = legacyPlan(a)
	}
	w.a = a
	w.st.state.Counts["degraded"], w.st.state.Counts["refused"] = len(a.facts.Degraded), len(a.plan.Refusals)
	return a, nil
}

func (w *integration) facts() (map[string][]byte, error) {
	a, err := w.analysis()
	if err != nil {
		return nil, err
	}
	facts, err := json.MarshalIndent(a.facts, "", " ")
	return map[string][]byte{"facts.json": append(facts, '\n')}, err
}

// outcome judges the tree, once.
func (w *integration) outcome() (*outcome, error) {
	a, err := w.analysis()
	if err != nil || w.judged != nil {
		return w.judged, err
	}
	w.judged = &outcome{Report: check.Run(a.tree, a.facts, a.read, check.Options{MinConfidence: 0.5}), tree: a.tree, facts: a.facts}
	return w.judged, nil
}

func (w *integration) findings() (map[string][]byte, error) {
	o, err := w.outcome()
	if err != nil {
		return nil, err
	}
	text, err := verifyJSON(o)
	return map[string][]byte{"findings.json": text}, err
}

func (w *integration) plan() (map[string][]byte, error) {
	a, err := w.analysis()
	if err != nil {
		return nil, err
	}
	text, err := a.plan.YAML(a.tree)
	return map[string][]byte{"plan.yaml": text, "refusals.txt": []byte(a.plan.RefusalText(a.tree))}, err
}

// ordered is the series, made once; nil when there is nothing to write.
func (w *integration) ordered() (*series.Series, error) {
	a, err := w.analysis()
	if err != nil || w.split {
		return w.series, err
	}
	w.series, err = seriesOf(a)
	w.split = err == nil
	return w.series, err
}

func (w *integration) patches() (map[string][]byte, error) {
	s, err := w.ordered()
	if err != nil || s == nil {
		return nil, err
	}
	w.st.state.Counts["patches"] = len(s.Patches)
	out := map[string][]byte{"series/series.dot": []byte(s.DOT())}
	box, err := s.MboxFiles(series.MailOptions{})
	if err != nil {
		return nil, err
	}
	for name, b := range box {
		out["series/"+name] = b
	}
	out["series/series.yaml"], err = s.YAML()
	return out, err
}

// page draws the report and writes the summary. The series' graph is what its stage wrote.
func (w *integration) page() (map[string][]byte, error) {
	o, err := w.outcome()
	if err != nil {
		return nil, err
	}
	page := report.Page{Model: w.a.model(o.Report), Version: version()}
	if w.st.state.Counts["patches"] > 0 {
		if page.Patches, err = readSeriesDir(w.st.dir); err != nil {
			return nil, err
		}
	}
	html, err := page.HTML()
	var b bytes.Buffer
	w.a.report(&b, page.Patches)
	return map[string][]byte{"report.html": html, summaryName: b.Bytes()}, err
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

// report says what was done, refused and could not be read.
func (a *analysis) report(w io.Writer, s *report.Series) {
	if len(a.result.Tables.Hooks) == 0 {
		fmt.Fprintln(w, "the tree has no hooks: the framework for them comes first, as with plan --legacy")
	}
	summary(w, a.facts)
	cases, some := a.plan.Cases(), ""
	if cases > 0 {
		some = fmt.Sprintf(" %d of them cases in a module,", cases)
	}
	fmt.Fprintf(w, "%d hooks in the tables, %d gaps: %d placed,%s %d refused\n",
		len(a.result.Tables.Hooks), len(a.result.Gaps), len(a.plan.Placements), some, len(a.plan.Refusals))
	for _, p := range a.plan.Placements {
		where := fmt.Sprint(p.Gap.Region)
		if p.IsCase() {
			where = p.Function + ", case " + p.Command
		}
		fmt.Fprintf(w, "  %s:%d: %s in %s (%.0f%%)\n", p.File, p.Line, p.Hook, where, 100*p.Gap.Confidence)
	}
	fmt.Fprint(w, a.plan.RefusalText(a.tree))
	if s != nil {
		for _, p := range s.Patches {
			fmt.Fprintf(w, "%d/%d %s\n", p.N, len(s.Patches), p.Subject)
		}
	}
}
