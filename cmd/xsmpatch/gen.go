package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/hookgen"
	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
	"github.com/xsmpatch/xsmpatch/hookgen/gogen"
	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/series"
)

// hookRules groups what integrate and gen write: the hooks' definitions, their Flask side, then the calls by component.
var hookRules = series.Rules{Plan: series.PlanComponent, Groups: []series.GroupRule{
	{Name: "xsm", Paths: []string{"xen/include/xsm/", "xen/xsm/dummy.c", "include/xsm/"}},
	{Name: "xsm/flask", Paths: []string{"xen/xsm/flask/", "tools/flask/"}},
}}

// genFlags say what gen does with what it wrote.
type genFlags struct {
	out     string
	inPlace bool
	check   bool
}

// newGen is "xsmpatch gen".
func newGen() *cobra.Command {
	var f genFlags
	c := &cobra.Command{
		Use:     "gen PLAN TREE (-o DIR | --in-place | --check)",
		Short:   "write the code of a reviewed plan as a series",
		Example: "  xsmpatch gen plan.yaml ~/src/xen -o out\n  xsmpatch gen plan.yaml ~/src/xen --check",
		Long: `Gen reads a plan (from "xsmpatch plan", edited or not), checks every entry against the tree, and writes the calls and the tables of new
hooks: as a patch series in DIR, or into the tree itself. A plan that does not fit the tree is refused, with file, line and remedy, and nothing is
written. What the tree has already is left alone, so that a second run changes nothing.

With --check nothing is written: gen prints the difference between TREE and what PLAN asks for. PLAN may be a hook catalogue too; then TREE's tables
are compared with it, and the reference hypervisor's generated Go files where TREE has them.

Exit status: 0 done, or no difference; 1 --check found a difference; 2 PLAN or TREE cannot be used.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c.OutOrStdout(), args[0], args[1]) },
	}
	c.Flags().StringVarP(&f.out, "output", "o", "", "directory to make for the series")
	c.Flags().BoolVar(&f.inPlace, "in-place", false, "change the files of TREE")
	c.Flags().BoolVar(&f.check, "check", false, "write nothing; say what is not as the plan or catalogue has it")
	c.MarkFlagsMutuallyExclusive("output", "in-place", "check")
	return c
}

// catalogRE matches what a catalogue has and a plan has not.
var catalogRE = regexp.MustCompile(`(?m)^(flavour|hooks):`)

func (f *genFlags) run(w io.Writer, planFile, treeArg string) error {
	if f.out == "" && !f.inPlace && !f.check {
		return &exitError{exitUsage, errNoOutput}
	}
	text, err := readInput(planFile, "a plan that plan -o wrote")
	if err != nil {
		return &exitError{exitUsage, err}
	}
	t, err := openInput(treeArg)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	if catalogRE.Match(text) {
		if !f.check {
			return &exitError{exitUsage, fmt.Errorf("%s is a catalogue: gen checks a tree against one with --check; to write hooks, give a plan", planFile)}
		}
		return checkCatalog(w, planFile, text, t)
	}
	p, changes, err := genChanges(planFile, text, t)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	return f.finish(w, p, t, changes)
}

// finish writes the changes, or compares.
func (f *genFlags) finish(w io.Writer, p *hookgen.Plan, t *refactor.Tree, changes []*refactor.Change) error {
	if len(changes) == 0 {
		fmt.Fprintf(w, "nothing to do: %s has all %d placements\n", t.Name(), p.Applied)
		return nil
	}
	switch {
	case f.check:
		return printDiff(w, t, changes)
	case f.inPlace:
		now, err := t.Apply(changes...)
		if err == nil {
			err = now.UpdateDir(t.Root(), t)
		}
		if err != nil {
			return &exitError{exitUsage, err}
		}
		fmt.Fprintf(w, "%s: %d placements written\n", t.Name(), len(p.Placements))
		return nil
	}
	return f.writeSeries(w, t, changes)
}

func (f *genFlags) writeSeries(w io.Writer, t *refactor.Tree, changes []*refactor.Change) error {
	g, err := series.NewGraph(t, changes)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	s, _, err := g.Mend(hookRules)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	return writeMbox(w, s, f.out, "")
}

// writeMbox writes a series of a title, "" for none, as mail into folder out and lists its subjects.
func writeMbox(w io.Writer, s *series.Series, out, title string) error {
	files, err := s.MboxFiles(series.MailOptions{Title: title})
	if err != nil {
		return &exitError{exitInternal, err}
	}
	if err := series.WriteFiles(out, files); err != nil {
		return &exitError{exitUsage, err}
	}
	for i, p := range s.Patches {
		fmt.Fprintf(w, "%d/%d %s\n", i+1, len(s.Patches), p.Subject)
	}
	return nil
}

// printDiff shows what a plan would still change.
func printDiff(w io.Writer, t *refactor.Tree, changes []*refactor.Change) error {
	now, err := t.Apply(changes...)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	ds, err := refactor.Diff(t, now)
	if err != nil {
		return &exitError{exitInternal, err}
	}
	text, err := refactor.FormatPatch(ds)
	if err != nil {
		return &exitError{exitInternal, err}
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	return &exitError{exitFindings, fmt.Errorf("%s is not as the plan has it: %d files differ", t.Name(), len(ds))}
}

// genChanges reads a plan and writes its changes to the tree.
func genChanges(name string, text []byte, t *refactor.Tree) (*hookgen.Plan, []*refactor.Change, error) {
	pr, err := profile.Xen()
	if err != nil {
		return nil, nil, err
	}
	tabs, err := tables.Read(t, pr)
	if err != nil {
		return nil, nil, err
	}
	p, err := hookgen.ReadPlan(name, text, t, tabs)
	if err != nil {
		return nil, nil, err
	}
	if len(p.Placements)+p.Applied == 0 {
		return nil, nil, fmt.Errorf("%s: no placements: nothing to write; plan a tree with gaps, or move an entry from refusals to placements", name)
	}
	changes, err := p.Generate(t)
	return p, changes, err
}

// checkCatalog compares a tree's tables with a catalogue, and the generated Go files where it has them.
func checkCatalog(w io.Writer, name string, text []byte, t *refactor.Tree) error {
	want, err := catalog.Parse(name, text)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	files, err := gogen.Generate(want)
	if err != nil {
		return &exitError{exitUsage, fmt.Errorf("%s: %w", name, err)}
	}
	if t.File(files[0].Path) != nil {
		return checkGo(w, files, t)
	}
	have, _, _, err := importTree(t, want.Flavour)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	dropOperations(want, have)
	deltas := catalog.Diff(want, have)
	for _, d := range deltas {
		fmt.Fprintln(w, d)
	}
	if len(deltas) > 0 {
		return &exitError{exitFindings, fmt.Errorf("the tables of %s are not as %s has them: %d differences", t.Name(), name, len(deltas))}
	}
	fmt.Fprintf(w, "the tables of %s are as %s has them: %d hooks\n", t.Name(), name, len(want.Hooks))
	return nil
}

// checkGo compares the generated Go files.
func checkGo(w io.Writer, files []gogen.File, t *refactor.Tree) error {
	all := map[string]*refactor.File{}
	was := map[string]*refactor.File{}
	for _, g := range files {
		all[g.Path] = refactor.NewFile(refactor.ModeFile, g.Text)
		if have, err := t.ReadFile(g.Path); err == nil {
			was[g.Path] = refactor.NewFile(refactor.ModeFile, have)
		}
	}
	want, err := refactor.NewTree("generated", all)
	have, err2 := refactor.NewTree(t.Name(), was)
	if err := errors.Join(err, err2); err != nil {
		return &exitError{exitInternal, err}
	}
	ds, err := refactor.Diff(have, want)
	if err != nil {
		return &exitError{exitInternal, err}
	}
	if len(ds) == 0 {
		fmt.Fprintf(w, "%d generated files are current\n", len(files))
		return nil
	}
	text, err := refactor.FormatPatch(ds)
	if err != nil {
		return &exitError{exitInternal, err}
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	return &exitError{exitFindings, fmt.Errorf("%d generated files are not as the catalogue has them: run go generate ./hypervisor/xsm", len(ds))}
}
