package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/hookgen"
	"github.com/xsmpatch/xsmpatch/series"
)

// hookRules groups what integrate and gen write: the hooks' definitions, their Flask side, then the calls by component.
var hookRules = series.Rules{Plan: series.PlanComponent, Groups: []series.GroupRule{
	{Name: "xsm", Paths: []string{"xen/include/xsm/", "xen/xsm/dummy.c", "include/xsm/"}},
	{Name: "xsm/flask", Paths: []string{"xen/xsm/flask/", "tools/flask/"}},
}}

// newGen is "xsmpatch gen".
func newGen() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "gen PLAN TREE -o DIR",
		Short: "write the code of a reviewed plan as a series",
		Long: `Gen reads a plan (from "xsmpatch plan", edited or not), checks every entry against the tree, and writes the calls and the tables of new
hooks as a patch series. A plan that does not fit the tree is refused, with the entry and the remedy, and nothing is written.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if out == "" {
				return &exitError{exitUsage, errNoOutput}
			}
			s, err := genSeries(args[0], args[1])
			if err != nil {
				return &exitError{exitUsage, err}
			}
			files, err := s.MboxFiles(series.MailOptions{})
			if err != nil {
				return &exitError{exitInternal, err}
			}
			if err := series.WriteFiles(out, files); err != nil {
				return &exitError{exitUsage, err}
			}
			for i, p := range s.Patches {
				fmt.Fprintf(c.OutOrStdout(), "%d/%d %s\n", i+1, len(s.Patches), p.Subject)
			}
			return nil
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "directory to make")
	return c
}

// genSeries reads a plan and writes its changes to the tree as a series.
func genSeries(plan, tree string) (*series.Series, error) {
	text, err := os.ReadFile(plan)
	if err != nil {
		return nil, err
	}
	t, err := openInput(tree)
	if err != nil {
		return nil, err
	}
	pr, err := profile.Xen()
	if err != nil {
		return nil, err
	}
	tabs, err := tables.Read(t, pr)
	if err != nil {
		return nil, err
	}
	p, err := hookgen.ReadPlan(plan, text, t, tabs)
	if err != nil {
		return nil, err
	}
	if len(p.Placements) == 0 {
		return nil, fmt.Errorf("%s: no placements: nothing to write", plan)
	}
	changes, err := p.Generate(t)
	if err != nil {
		return nil, err
	}
	g, err := series.NewGraph(t, changes)
	if err != nil {
		return nil, err
	}
	return g.Split(hookRules)
}
