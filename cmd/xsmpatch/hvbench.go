package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/hypervisor/bench"
)

// newHVBench prints what modules cost.
func newHVBench() *cobra.Command {
	var rounds int
	var budget time.Duration
	var plot string
	c := &cobra.Command{
		Use:     "bench",
		Short:   "print what each module costs, as ratios to a hypervisor without hooks",
		Example: "  xsmpatch hv bench",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if rounds < 1 || rounds > 1000 || budget <= 0 {
				return fmt.Errorf("want 1 to 1000 rounds and a budget above 0")
			}
			if ext := filepath.Ext(plot); plot != "" && ext != ".svg" && ext != ".png" {
				return fmt.Errorf("--plot %s: want a name that ends in .svg or .png", plot)
			}
			policy, err := bench.Policy()
			if err != nil {
				return &exitError{exitUsage, err}
			}
			rows, err := bench.Table(policy, rounds, budget)
			if err != nil {
				return &exitError{exitInternal, err}
			}
			fmt.Fprint(cmd.OutOrStdout(), bench.Format(rows), "\n", bench.Target(rows))
			if plot == "" {
				return nil
			}
			return bench.WritePlot(plot, rows)
		},
	}
	c.Flags().IntVar(&rounds, "rounds", 15, "rounds of each operation; ratios are medians over them")
	c.Flags().StringVar(&plot, "plot", "", "draw the ratios into this file, .svg or .png")
	c.Flags().DurationVar(&budget, "budget", 100*time.Millisecond, "time of one round, all modules together")
	return c
}
