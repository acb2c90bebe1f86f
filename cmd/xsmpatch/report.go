package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/analyze/check"
	"github.com/xsmpatch/xsmpatch/cmd/xsmpatch/report"
)

// reportFlags are the options of report beside those of a scan.
type reportFlags struct {
	scanFlags
	out, series, reviewed string
	minConfidence         float64
}

// newReport is "xsmpatch report".
func newReport() *cobra.Command {
	var f reportFlags
	c := &cobra.Command{
		Use:   "report [OLDER] TREE",
		Short: "one page: what mediates each operation, the way to it, findings, the series",
		Long: `Report writes one HTML page that needs no network: a matrix of the operations with their hooks, default actions, Flask permissions and SILO, a
drawn way from the hypercall's entry to where each acts, the findings with their source, and, with --series, the patches of a series and
why they are in that order. Given two trees it says also what changed from the first to the second.

A tree is a directory or REPO@REV.

Exit status: 0 written, 2 a tree or the series cannot be used. Findings are verify's to judge.`,
		Example: "  xsmpatch report ~/src/xen -o report.html\n  xsmpatch report ~/src/xen@RELEASE-4.17.0 ~/src/xen -o changes.html\n  xsmpatch report ~/src/xen --series out/series",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			return runReport(c.Context(), args, &f, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f.register(c)
	fs := c.Flags()
	fs.StringVarP(&f.out, "output", "o", "report.html", "file to write")
	fs.StringVar(&f.series, "series", "", "directory of a series that split or integrate wrote: show its patches")
	fs.StringVar(&f.reviewed, "reviewed", "", "file of accepted findings with reasons (YAML)")
	fs.Float64Var(&f.minConfidence, "min-confidence", 0.5, "leave findings below this out (0 to 1)")
	return c
}

func runReport(ctx context.Context, trees []string, f *reportFlags, stdout, stderr io.Writer) error {
	v := verifyFlags{reviewed: f.reviewed, minConfidence: f.minConfidence}
	opt, err := v.checkOptions()
	if err != nil {
		return &exitError{exitUsage, err}
	}
	if err := canWrite(f.out); err != nil {
		return err
	}
	page := report.Page{Version: version()}
	if f.series != "" {
		if page.Patches, err = readSeriesDir(f.series); err != nil {
			return &exitError{exitUsage, err}
		}
	}
	for _, tree := range trees {
		a, err := analyseTree(ctx, tree, &f.scanFlags, stderr)
		if err != nil {
			return err
		}
		page.Older, page.Model = page.Model, a.model(check.Run(a.tree, a.facts, a.read, opt))
	}
	html, err := page.HTML()
	if err != nil {
		return &exitError{exitInternal, err}
	}
	if err := writeAtomic(f.out, html); err != nil {
		return &exitError{exitUsage, err}
	}
	if f.out != "-" {
		fmt.Fprintf(stdout, "%s: %d operations, %d open findings, %d KB\n", f.out, len(page.Rows), len(page.Findings.Findings), len(html)>>10)
	}
	return nil
}

// readSeriesDir reads the graph of the series in a directory, or in the folder series of it.
func readSeriesDir(dir string) (*report.Series, error) {
	for _, file := range []string{filepath.Join(dir, "series.dot"), filepath.Join(dir, "series", "series.dot")} {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return report.ReadSeries(file, text)
	}
	return nil, fmt.Errorf("--series %s: no series.dot in it; give a directory that split -o or integrate -o wrote", dir)
}
