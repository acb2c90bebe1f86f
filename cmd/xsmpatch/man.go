package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// newMan is "xsmpatch man", for packagers.
func newMan() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:     "man -o DIR",
		Short:   "write the manual pages, one a command",
		Example: "  xsmpatch man -o /usr/local/share/man/man1",
		Hidden:  true,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if out == "" {
				return &exitError{exitUsage, errNoOutput}
			}
			if err := os.MkdirAll(out, 0o777); err != nil {
				return &exitError{exitUsage, err}
			}
			if err := writeMan(c.Root(), out); err != nil {
				return &exitError{exitUsage, err}
			}
			pages, err := filepath.Glob(filepath.Join(out, "xsmpatch*.1"))
			fmt.Fprintf(c.OutOrStdout(), "%s: %d pages\n", out, len(pages))
			return err
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "directory to write to")
	return c
}

// writeMan writes the pages of root and the commands below it, dated by the commit that was built, so that a build gives the same pages again.
func writeMan(root *cobra.Command, dir string) error {
	root.DisableAutoGenTag = true
	root.InitDefaultCompletionCmd()
	date := time.Unix(0, 0).UTC()
	if info, ok := debug.ReadBuildInfo(); ok {
		if t, err := time.Parse(time.RFC3339, setting(info, "vcs.time")); err == nil {
			date = t
		}
	}
	return doc.GenManTree(root, &doc.GenManHeader{Title: "XSMPATCH", Section: "1", Source: "xsmpatch", Manual: "User commands", Date: &date}, dir)
}

// complete gives a flag's values to the shell's completion.
func complete(c *cobra.Command, flag string, values []string) {
	if err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // no such flag: a mistake of ours that every run of the tests shows
	}
}
