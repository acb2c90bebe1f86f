package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/analyze/check"
)

// newExplain is "xsmpatch explain".
func newExplain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CHECK]",
		Short: "what a check proves, what it cannot, and an example",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			out := c.OutOrStdout()
			if len(args) == 0 {
				for _, k := range check.Checks() {
					fmt.Fprintf(out, "%s  %-7s  %s\n", k.ID, k.Severity, k.Title)
				}
				return nil
			}
			k := check.Find(strings.ToUpper(args[0]))
			if k == nil {
				return &exitError{exitUsage, fmt.Errorf("no check %q; \"xsmpatch explain\" lists them", args[0])}
			}
			merge := "one configuration that shows it is enough"
			if k.Merge == check.All {
				merge = "every configuration must show it"
			}
			fmt.Fprintf(out, "%s: %s (%s; %s)\n\n%s\n\nAccept one finding with a comment on its line or the line above, or a line in the file given to verify --reviewed:\n"+
				"    /* xsmpatch: %s: why this is right */\n    - {check: %s, file: FILE, function: FUNCTION, reason: \"why this is right\"}\n",
				k.ID, k.Title, k.Severity, merge, k.Text, k.ID, k.ID)
			return nil
		},
	}
}
