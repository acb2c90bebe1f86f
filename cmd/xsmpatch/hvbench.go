package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/xsmpatch/xsmpatch/hypervisor/bench"
)

// newHVBench prints what modules cost.
func newHVBench() *cobra.Command {
	var rounds int
	var budget time.Duration
	c := &cobra.Command{
		Use:   "bench",
		Short: "print what each module costs, as ratios to a hypervisor without hooks",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if rounds < 1 || rounds > 1000 || budget <= 0 {
				return fmt.Errorf("want 1 to 1000 rounds and a budget above 0")
			}
			policy, err := bench.Policy()
			if err != nil {
				return &exitError{exitUsage, err}
			}
			rows, err := bench.Table(policy, rounds, budget)
			if err != nil {
				return &exitError{exitInternal, err}
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), bench.Format(rows))
			return err
		},
	}
	c.Flags().IntVar(&rounds, "rounds", 15, "rounds of each operation; ratios are medians over them")
	c.Flags().DurationVar(&budget, "budget", 100*time.Millisecond, "time of one round, all modules together")
	return c
}
