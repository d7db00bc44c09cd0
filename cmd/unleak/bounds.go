package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/unleak/unleak/report"
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

// checkOverwrite refuses a report in the place of a file that is scanned. An earlier report in a folder that is scanned is
// none: it gives way. The files that do are returned, by their paths without links.
func checkOverwrite(outs []output, targets []string) (replaced []string, err error) {
	for _, o := range outs {
		into, err := os.Stat(o.file)
		if o.file == "-" || err != nil || !into.Mode().IsRegular() {
			continue
		}
		for _, t := range targets {
			from, err := os.Stat(t)
			if err != nil {
				continue
			}
			if os.SameFile(from, into) {
				return nil, fmt.Errorf("--report %s:%s: that is what is scanned, and the report would take its place: name another file", o.format.Name, o.file)
			}
			path, inside := locate(t, o.file)
			if !from.IsDir() || !inside {
				continue
			}
			if !report.MayBe(o.format.Name, head(o.file)) {
				return nil, fmt.Errorf("--report %s:%s: that is among what is scanned, and no report that a new one may replace: name another file, or remove it", o.format.Name, o.file)
			}
			replaced = append(replaced, path)
		}
	}
	return replaced, nil
}

// locate tells whether a file lies in a folder, and returns its path without links.
func locate(folder, file string) (path string, ok bool) {
	folder, err := realPath(folder)
	if err != nil {
		return "", false
	}
	if path, err = realPath(file); err != nil {
		return "", false
	}
	below, err := filepath.Rel(folder, path)
	return path, err == nil && filepath.IsLocal(below)
}

func realPath(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}

// head returns the beginning of a file, as far as it can be read.
func head(name string) []byte {
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	text, _ := io.ReadAll(io.LimitReader(f, report.HeadSize)) // an unreadable one is not lost: it cannot be written either
	return text
}
