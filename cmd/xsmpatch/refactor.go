package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/refactor"
	"github.com/xsmpatch/xsmpatch/refactor/recipe"
	"github.com/xsmpatch/xsmpatch/series"
)

const refactorLong = `Refactor changes a whole tree by rule. RECIPE is a YAML file of steps (docs/refactor.md), or one step in words:

  xsmpatch refactor rename func:old_name=new_name TREE
  xsmpatch refactor add-param func:f param="unsigned int n" at=last argument=0 TREE
  xsmpatch refactor move xen/xsm/flask=xen/security/flask TREE

The change is printed as a diff; -o writes it as a patch series, --write makes it in TREE itself, which must then be a directory.
What a step found and could not decide is listed on standard error with file and line, and the exit code is then 1; a recipe that
does not fit the tree (a name that exists, edits that overlap) is refused with the position, exit code 2, and nothing is written.`

// refactorFlags are the command line of xsmpatch refactor.
type refactorFlags struct {
	out   string
	write bool
	left  bool
	plan  string
}

func newRefactor() *cobra.Command {
	f := &refactorFlags{}
	c := &cobra.Command{
		Use:     "refactor RECIPE TREE [-o DIR | --write]",
		Short:   "change a whole tree by rule: rename, add a parameter, move, take a feature out",
		Example: "  xsmpatch refactor recipe.yaml ~/src/xen -o out",
		Long:    refactorLong + "\n\nSteps: " + recipe.StepNames() + ".",
		Args:    cobra.MinimumNArgs(2),
		RunE:    func(c *cobra.Command, args []string) error { return f.run(c, args) },
	}
	c.Flags().StringVarP(&f.out, "output", "o", "", "directory to make, with the change as a patch series")
	c.Flags().BoolVar(&f.write, "write", false, "change TREE, a directory, in place")
	c.Flags().StringVar(&f.plan, "plan", "", "with -o: split each step by this plan: "+strings.Join(series.Plans, ", "))
	c.Flags().BoolVarP(&f.left, "left", "l", false, "also list what is left because it is something else")
	return c
}

func (f *refactorFlags) run(c *cobra.Command, args []string) error {
	if f.out != "" && f.write {
		return &exitError{exitUsage, errors.New("give -o or --write, not both")}
	}
	r, err := readRecipe(args[:len(args)-1])
	if err != nil {
		return &exitError{exitUsage, err}
	}
	tree, err := openInput(args[len(args)-1])
	if err != nil {
		return &exitError{exitUsage, err}
	}
	if f.write && tree.Root() == "" {
		return &exitError{exitUsage, fmt.Errorf("%s: --write needs a directory", tree.Name())}
	}
	results, tip, err := r.Run(tree)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	if err := f.deliver(c.OutOrStdout(), r, results, tree, tip); err != nil {
		return err
	}
	return f.notes(c.ErrOrStderr(), results)
}

// readRecipe reads the recipe that the words before TREE name: a file, or a step.
func readRecipe(words []string) (*recipe.Recipe, error) {
	if len(words) == 1 {
		text, err := readInput(words[0], "a YAML file of steps, or a step in words")
		if err == nil {
			return recipe.Read(words[0], text)
		}
		if !errors.Is(err, fs.ErrNotExist) || strings.HasSuffix(words[0], ".yaml") {
			return nil, err
		}
		words = strings.Fields(words[0])
	}
	return recipe.Command(words)
}

// deliver prints or writes what the steps did.
func (f *refactorFlags) deliver(w io.Writer, r *recipe.Recipe, results []recipe.Result, tree, tip *refactor.Tree) error {
	if f.write {
		if err := tip.UpdateDir(tree.Root(), tree); err != nil {
			return &exitError{exitInternal, err}
		}
		return nil
	}
	if f.out != "" {
		return f.series(w, r, results, tip)
	}
	ds, err := refactor.Diff(tree, tip)
	if err == nil {
		ds, err = refactor.DetectRenames(ds)
	}
	if err != nil {
		return &exitError{exitInternal, err}
	}
	text, err := refactor.FormatPatch(ds)
	if err != nil {
		return &exitError{exitInternal, err}
	}
	_, err = w.Write(text)
	return err
}

// series writes a patch for each step.
func (f *refactorFlags) series(w io.Writer, r *recipe.Recipe, results []recipe.Result, tip *refactor.Tree) error {
	var steps []series.Step
	for _, res := range results {
		steps = append(steps, series.Step{Base: res.Base, Change: res.Change})
	}
	rules, err := f.rules()
	if err != nil {
		return &exitError{exitUsage, err}
	}
	s, err := series.FromSteps(steps, rules)
	if err != nil {
		return &exitError{exitInternal, err}
	}
	if want, err := tip.Digest(); err != nil || want != s.Tip {
		return &exitError{exitInternal, fmt.Errorf("the series gives tree %s, the recipe %s (%v)", s.Tip, want, err)}
	}
	return writeMbox(w, s, f.out, r.Title)
}

// rules returns how to split each step, nil for not at all.
func (f *refactorFlags) rules() (*series.Rules, error) {
	if f.plan == "" {
		return nil, nil
	}
	r := &series.Rules{Plan: f.plan}
	return r, r.Check()
}

// notes lists what was not decided; there being any is exit code 1.
func (f *refactorFlags) notes(w io.Writer, results []recipe.Result) error {
	undecided := 0
	for _, r := range results {
		for _, n := range r.Notes {
			if n.Kind == recipe.Undecided {
				undecided++
			}
			if n.Kind == recipe.Undecided || f.left {
				fmt.Fprintln(w, n)
			}
		}
	}
	if undecided > 0 {
		return &exitError{exitFindings, fmt.Errorf("%d places are not decided: see above", undecided)}
	}
	return nil
}
