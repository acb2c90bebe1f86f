package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/hypervisor/scenario"
)

// newHV is the reference hypervisor's part of the command line.
func newHV() *cobra.Command {
	c := &cobra.Command{
		Use:     "hv",
		Short:   "run the Go reference hypervisor: scenarios, a daemon, benchmarks",
		Example: "  xsmpatch hv run scenario.yaml\n  xsmpatch hv bench",
	}
	c.AddCommand(newHVRun(), newHVMatrix(), newHVServe(), newHVCtl(), newHVBench())
	return c
}

// hvFlags are the flags that choose a module.
type hvFlags struct {
	module, policy string
	permissive     bool
}

func (f *hvFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.module, "module", "", "security module: "+strings.Join(scenario.Names(), ", ")+" (default: all the scenario is about)")
	c.Flags().StringVar(&f.policy, "policy", "", "policy file (default: the scenario's own)")
	c.Flags().BoolVar(&f.permissive, "permissive", false, "Flask reports and does not refuse")
}

// modules lists the modules to run a scenario under.
func (f *hvFlags) modules(s *scenario.Scenario) []string {
	if f.module != "" {
		return []string{f.module}
	}
	return s.Playable()
}

// open makes a module for a scenario.
func (f *hvFlags) open(s *scenario.Scenario, name string, log func(string)) (*scenario.Module, error) {
	policy := f.policy
	if policy == "" {
		policy = s.PolicyFile(name)
	}
	return scenario.NewModule(name, scenario.Options{Policy: policy, Permissive: f.permissive, Log: log})
}

func newHVRun() *cobra.Command {
	var f hvFlags
	var learn, verbose bool
	c := &cobra.Command{
		Use:     "run SCENARIO.yaml ...",
		Short:   "play scenarios and compare each step with what is expected",
		Example: "  xsmpatch hv run scenario.yaml --module flask",
		Long: "Play scenarios on the reference hypervisor. Exit code 0 if every step went as\n" +
			"expected, 1 if not, 2 if a scenario or policy cannot be used.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			bad := 0
			for _, file := range args {
				n, err := runScenario(cmd.OutOrStdout(), file, &f, learn, verbose)
				if err != nil {
					return &exitError{exitUsage, err}
				}
				bad += n
			}
			if bad > 0 {
				return &exitError{exitFindings, fmt.Errorf("%d steps went otherwise than expected", bad)}
			}
			return nil
		},
	}
	f.add(c)
	c.Flags().BoolVar(&learn, "learn", false, "run Flask permissively and print the allow rules that the denied operations need")
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "print the module's console lines too")
	return c
}

// runScenario plays one file under the modules chosen; it returns how many steps
// went wrong.
func runScenario(w io.Writer, file string, f *hvFlags, learn, verbose bool) (int, error) {
	s, err := scenario.Load(file)
	if err != nil {
		return 0, err
	}
	if learn {
		return 0, learnScenario(w, s, f)
	}
	bad := 0
	for _, name := range f.modules(s) {
		var log []string
		m, err := f.open(s, name, func(l string) { log = append(log, l) })
		if err != nil {
			return bad, err
		}
		r, err := scenario.Run(s, m)
		if err != nil {
			return bad, err
		}
		bad += printReport(w, r)
		if verbose {
			for _, l := range log {
				fmt.Fprintf(w, "  (XEN) %s\n", l)
			}
		}
	}
	return bad, nil
}

// learnScenario prints the rules a scenario lacks.
func learnScenario(w io.Writer, s *scenario.Scenario, f *hvFlags) error {
	var log []string
	permissive := *f
	permissive.permissive = true
	m, err := permissive.open(s, "flask", func(l string) { log = append(log, l) })
	if err != nil {
		return err
	}
	if _, err := scenario.Run(s, m); err != nil {
		return err
	}
	rules := scenario.Learn(log)
	if len(rules) == 0 {
		fmt.Fprintln(w, "# nothing was denied")
	}
	for _, r := range rules {
		fmt.Fprintln(w, r)
	}
	return nil
}

// printReport prints a run as a table and returns how many steps went wrong.
func printReport(w io.Writer, r *scenario.Report) int {
	fmt.Fprintf(w, "%s, module %s\n", r.Scenario, r.Module)
	bad := 0
	for _, res := range r.Results {
		mark := "ok"
		if !res.OK {
			mark = "WRONG, expected " + res.Want
			bad++
		}
		fmt.Fprintf(w, "  %2d %-60s %-6s %s", res.Step, res.What, res.Outcome, mark)
		if len(res.Refused) > 0 {
			fmt.Fprintf(w, "  [%s]", strings.Join(res.Refused, " "))
		}
		if res.Why != "" {
			fmt.Fprintf(w, "  (%s)", res.Why)
		}
		fmt.Fprintln(w)
	}
	return bad
}

func newHVMatrix() *cobra.Command {
	var f hvFlags
	c := &cobra.Command{
		Use:     "matrix SCENARIO.yaml",
		Short:   "print who may do what to whom under each module",
		Example: "  xsmpatch hv matrix scenario.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := scenario.Load(args[0])
			if err != nil {
				return &exitError{exitUsage, err}
			}
			if err := printMatrix(cmd.OutOrStdout(), s, &f); err != nil {
				return &exitError{exitUsage, err}
			}
			return nil
		},
	}
	f.add(c)
	return c
}

// printMatrix prints one row a pair of domains and one column a module; a letter
// stands for a question answered yes.
func printMatrix(w io.Writer, s *scenario.Scenario, f *hvFlags) error {
	var ms []*scenario.Matrix
	for _, name := range f.modules(s) {
		m, err := f.open(s, name, nil)
		if err != nil {
			return err
		}
		matrix, err := scenario.Ask(s, m)
		if err != nil {
			return err
		}
		ms = append(ms, matrix)
	}
	if len(ms) == 0 {
		return fmt.Errorf("%s: no module to ask", s.Name)
	}
	letters := "emcafspdq"
	for i, q := range ms[0].Questions {
		fmt.Fprintf(w, "%c %s  ", letters[i], q)
	}
	fmt.Fprintf(w, "\n%-24s", "")
	for _, m := range ms {
		fmt.Fprintf(w, " %-10s", m.Module)
	}
	fmt.Fprintln(w)
	for i, cell := range ms[0].Cells {
		fmt.Fprintf(w, "%-24s", cell.Source+" -> "+cell.Target)
		for _, m := range ms {
			fmt.Fprintf(w, " %-10s", row(m, i, letters))
		}
		fmt.Fprintln(w)
	}
	return nil
}

func row(m *scenario.Matrix, i int, letters string) string {
	var b strings.Builder
	for n, q := range m.Questions {
		if m.Cells[i].Allowed[q] {
			b.WriteByte(letters[n])
		} else {
			b.WriteByte('.')
		}
	}
	return b.String()
}
