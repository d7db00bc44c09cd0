// Package pause waits for a time, and no longer than its context lasts.
package pause

import (
	"context"
	"time"
)

// For waits, or returns the error of ctx as soon as that is done.
func For(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
