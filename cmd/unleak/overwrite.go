package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/unleak/unleak/report"
)

// mayWrite refuses reports in the place of what the run reads: targets, settings, and further files. It remembers the
// earlier reports that give way.
func (s *settings) mayWrite(outs []output, template string, targets []string, further ...string) (err error) {
	c := &s.config
	if err := checkInputs(outs, slices.Concat(c.Sources, s.ruleFiles, c.IgnoreFiles, []string{c.Baseline}, further)...); err != nil {
		return err
	}
	s.replaced, err = checkOverwrite(outs, template, targets)
	return err
}

// checkOverwrite refuses a report in the place of a file that is scanned. An earlier report in a folder that is scanned is
// none: it gives way. The files that do are returned, by their paths without links.
func checkOverwrite(outs []output, template string, targets []string) (replaced []string, err error) {
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
			if !report.MayBe(o.format.Name, template, head(o.file)) {
				return nil, fmt.Errorf("--report %s:%s: that is among what is scanned, and no report that a new one may replace: name another file, or remove it", o.format.Name, o.file)
			}
			replaced = append(replaced, path)
		}
	}
	return replaced, nil
}

// checkInputs refuses a report in the place of a file that the run itself reads, such as its template or baseline. One that
// is not there replaces nothing.
func checkInputs(outs []output, inputs ...string) error {
	for _, o := range outs {
		into, err := os.Stat(o.file)
		if o.file == "-" || err != nil || !into.Mode().IsRegular() {
			continue
		}
		for _, name := range inputs {
			if from, err := os.Stat(name); err == nil && os.SameFile(from, into) {
				return fmt.Errorf("--report %s:%s: that is read by this run (%s), and the report would take its place: name another file", o.format.Name, o.file, name)
			}
		}
	}
	return nil
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
