package main

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// bounds are the least values of flags that take a number. What is less means nothing.
var bounds = map[string]int64{
	"jobs": 0, "max-file-bytes": 0, "archive-depth": 0, "decode-depth": -1, "depth": 0, "retries": 0, "weeks": 1,
	"verify-per-host": 0,
}

// spans are flags that take a time, which is not negative.
var spans = []string{"verify-timeout", "verify-budget", "metrics"}

// checkNumbers refuses numbers of a command line that mean nothing.
func checkNumbers(c *cobra.Command) error {
	var errs []error
	c.Flags().Visit(func(f *pflag.Flag) {
		if least, ok := bounds[f.Name]; ok {
			if n, err := strconv.ParseInt(f.Value.String(), 10, 64); err == nil && n < least {
				errs = append(errs, fmt.Errorf("--%s %d: want %d or more (%s)", f.Name, n, least, f.Usage))
			}
		}
		for _, name := range spans {
			if d, err := time.ParseDuration(f.Value.String()); name == f.Name && err == nil && d < 0 {
				errs = append(errs, fmt.Errorf("--%s %s: want a time such as 20s", name, d))
			}
		}
	})
	return errors.Join(errs...)
}

// leastMemory is the least --max-memory: what one worker holds of a file.
const leastMemory = 1 << 20
