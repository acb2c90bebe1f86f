package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/analyze/profile"
	"github.com/xsmpatch/xsmpatch/analyze/tables"
	"github.com/xsmpatch/xsmpatch/hookgen/catalog"
	"github.com/xsmpatch/xsmpatch/hookgen/importer"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// newCatalog is "xsmpatch catalog".
func newCatalog() *cobra.Command {
	c := &cobra.Command{
		Use:     "catalog",
		Short:   "the hook catalogue: read it from a tree, compare, check",
		Example: "  xsmpatch catalog import ~/src/xen -o hooks.yaml\n  xsmpatch catalog check hooks.yaml",
		Long: `A catalogue lists a hypervisor's authorization hooks: name, phase, parameters, default action, access vectors, guard, and the operations that
each mediates. C tables are checked against it and the reference hypervisor's Go interface is made from it.`,
	}
	c.AddCommand(newCatalogImport(), newCatalogDiff(), newCatalogCheck())
	return c
}

func newCatalogImport() *cobra.Command {
	var f scanFlags
	var out, flavour string
	var textOnly bool
	c := &cobra.Command{
		Use:     "import TREE -o FILE",
		Short:   "read the catalogue of a tree",
		Example: "  xsmpatch catalog import ~/src/xen -o hooks.yaml",
		Long: `Import reads the tree's hook tables, in whatever form the tree keeps them, and scans its code for the operations that call each hook.
With --text the code is not scanned and no operations are listed.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := canWrite(out); err != nil {
				return err
			}
			t, err := openInput(args[0])
			if err != nil {
				return &exitError{exitUsage, err}
			}
			cat, tabs, notes, err := importTree(t, flavour)
			if err != nil {
				return &exitError{exitUsage, err}
			}
			for _, n := range notes {
				fmt.Fprintln(c.ErrOrStderr(), n)
			}
			if !textOnly {
				if err := scanOperations(c.Context(), t, cat, tabs.Prefix, &f, c.ErrOrStderr()); err != nil {
					return &exitError{exitUsage, err}
				}
			}
			if out == "-" {
				_, err = c.OutOrStdout().Write(cat.Format())
				return err
			}
			return writeAtomic(out, cat.Format())
		},
	}
	f.register(c)
	c.Flags().StringVarP(&out, "output", "o", "-", "file to write")
	c.Flags().StringVar(&flavour, "flavour", "", "name of the hypervisor version (default: what the tree says)")
	c.Flags().BoolVar(&textOnly, "text", false, "read the tables only; list no operations")
	return c
}

// scanOperations fills in the operations from the tree's code.
func scanOperations(ctx context.Context, t *refactor.Tree, cat *catalog.Catalog, prefix string, f *scanFlags, stderr io.Writer) error {
	opt, err := f.options(stderr)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	facts, _, err := analyze.Scan(ctx, t, opt)
	if err != nil {
		return err
	}
	importer.Operations(cat, facts, prefix)
	return cat.Validate()
}

// importTree reads the tables of a tree and the catalogue that they make.
func importTree(t *refactor.Tree, flavour string) (cat *catalog.Catalog, tabs *tables.Tables, notes []string, err error) {
	pr, err := profile.Xen()
	if err != nil {
		return nil, nil, nil, err
	}
	if tabs, err = tables.Read(t, pr); err != nil {
		return nil, nil, nil, err
	}
	if flavour == "" {
		flavour = flavourOf(t)
	}
	cat, notes, err = importer.Import(t, tabs, flavour, nil)
	return cat, tabs, notes, err
}

var (
	versionRE = regexp.MustCompile(`(?m)^(?:export )?XEN_(VERSION|SUBVERSION)\s*[:?]?=\s*(\d+)`)
	badWordRE = regexp.MustCompile(`[^\w.-]+`)
)

// flavourOf is "xen-4.17" by what a tree's makefile says, or a word made of the tree's name.
func flavourOf(t *refactor.Tree) string {
	v := map[string]string{}
	src, _ := t.ReadFile("xen/Makefile") // a tree without one has its name
	for _, m := range versionRE.FindAllSubmatch(src, -1) {
		v[string(m[1])] = string(m[2])
	}
	if v["VERSION"] != "" && v["SUBVERSION"] != "" {
		return "xen-" + v["VERSION"] + "." + v["SUBVERSION"]
	}
	return "tree-" + strings.Trim(badWordRE.ReplaceAllString(filepath.Base(t.Name()), "-"), "-")
}

func newCatalogDiff() *cobra.Command {
	return &cobra.Command{
		Use:     "diff A B",
		Short:   "what changed between two catalogues or trees",
		Example: "  xsmpatch catalog diff ~/src/xen@RELEASE-4.16.0 ~/src/xen@RELEASE-4.17.0",
		Long: `Diff prints the hooks that B lacks (-), has besides (+), and tells otherwise than A (~). A and B are catalogue files, built-in flavours
(xen-4.17), directories, or REPO@REV. Operations are compared only between two catalogues.

Exit status: 0 no difference, 1 some difference, 2 A or B cannot be read.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			a, aTree, err := openCatalog(args[0])
			if err != nil {
				return &exitError{exitUsage, err}
			}
			b, bTree, err := openCatalog(args[1])
			if err != nil {
				return &exitError{exitUsage, err}
			}
			if aTree || bTree {
				dropOperations(a, b)
			}
			deltas := catalog.Diff(a, b)
			for _, d := range deltas {
				fmt.Fprintln(c.OutOrStdout(), d)
			}
			if len(deltas) > 0 {
				return &exitError{exitFindings, fmt.Errorf("%d differences between %s and %s", len(deltas), args[0], args[1])}
			}
			return nil
		},
	}
}

func dropOperations(cats ...*catalog.Catalog) {
	for _, c := range cats {
		for _, h := range c.Hooks {
			h.Ops = nil
		}
	}
}

// openCatalog reads what an argument names: a file, a built-in flavour, or a tree, whose tables are read.
func openCatalog(arg string) (cat *catalog.Catalog, fromTree bool, err error) {
	st, err := os.Stat(arg)
	switch {
	case err == nil && !st.IsDir():
		text, err := os.ReadFile(arg)
		if err != nil {
			return nil, false, err
		}
		cat, err = catalog.Parse(arg, text)
		return cat, false, err
	case errors.Is(err, os.ErrNotExist):
		if cat, berr := catalog.Builtin(arg); berr == nil {
			return cat, false, nil
		}
	}
	t, err := openInput(arg)
	if err != nil {
		return nil, false, err
	}
	cat, _, _, err = importTree(t, "")
	return cat, true, err
}

func newCatalogCheck() *cobra.Command {
	return &cobra.Command{
		Use:     "check FILE...",
		Short:   "validate catalogue files",
		Example: "  xsmpatch catalog check hooks.yaml",
		Long:    "Check reads catalogue files and says what is wrong, with file and line. Exit status: 0 they are valid, 2 one is not.",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var errs []error
			for _, a := range args {
				text, err := os.ReadFile(a)
				if err == nil {
					var cat *catalog.Catalog
					if cat, err = catalog.Parse(a, text); err == nil {
						fmt.Fprintf(c.OutOrStdout(), "%s: %s, %d hooks\n", a, cat.Flavour, len(cat.Hooks))
					}
				}
				errs = append(errs, err)
			}
			if err := errors.Join(errs...); err != nil {
				return &exitError{exitUsage, err}
			}
			return nil
		},
	}
}
