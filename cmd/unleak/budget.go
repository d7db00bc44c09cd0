package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/finding"
)

// budget is the time a hook may take, and what happens to a commit or push that would take longer.
type budget struct {
	time time.Duration // 0: no bound
	over string        // "reject" or "allow"
}

func (b *budget) add(c *cobra.Command) {
	c.Flags().DurationVar(&b.time, "time-budget", 0, "stop reading after this long, such as 20s (default: no bound)")
	c.Flags().StringVar(&b.over, "over-budget", "reject", "what becomes of a change that was not read to the end: reject, or allow if nothing was found")
}

func (b *budget) check() error {
	if b.time < 0 {
		return fmt.Errorf("--time-budget %s: want a time such as 20s", b.time)
	}
	if b.over != "reject" && b.over != "allow" {
		return fmt.Errorf("--over-budget %q: want reject or allow", b.over)
	}
	return nil
}

// bound returns the context of a scan that ends when the budget is used up.
func (b *budget) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if b.time == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, b.time)
}

// onlyOverBudget tells whether time ran out and everything else that was asked for was read.
func onlyOverBudget(c *finding.Coverage) bool {
	for reason, n := range c.Skipped {
		if n > 0 && reason != finding.SkipBudget && !reason.ByChoice() {
			return false
		}
	}
	return c.Skipped[finding.SkipBudget] > 0
}
