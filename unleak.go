package unleak

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/rules/builtin"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/triage"
)

// Options of a scan. The zero value is what the program does without flags, but for the configuration files and ignore
// files of users and repositories, which are never read.
type Options struct {
	RuleFiles     []string // files of rules beside the built-in ones; a rule of the same id takes the place of one
	Enable        []string // ids of the only rules to use; none: all
	Disable       []string // ids of rules to leave out
	Exclude       []string // globs of paths to leave out, "vendor/**" or "*.lock"; of a history, what stood nowhere else
	MinConfidence float64  // findings below it are left out, from 0 to 1; 0: 0.5
	Jobs          int      // workers; 0: one a processor. Results do not depend on it
	MaxMemory     int64    // bytes of content held at a time; 0: 256 MiB

	// Silenced also returns what comments in the text allow, with Finding.Allowed saying why.
	Silenced bool
}

// ErrIncomplete says that not all that was asked for could be read. Errors that wrap it are of type *IncompleteError.
var ErrIncomplete = errors.New("incomplete")

// IncompleteError says what a scan did not read.
type IncompleteError struct {
	Skipped map[string]int64 // how many things, by reason: "unreadable", "encrypted", "too large", ...
	Some    []string         // of them, each with its reason
}

// Error names how many and some.
func (e *IncompleteError) Error() string {
	var n int64
	for _, k := range e.Skipped {
		n += k
	}
	return fmt.Sprintf("not read: %d (%s)", n, strings.Join(e.Some, "; "))
}

// Unwrap returns ErrIncomplete.
func (e *IncompleteError) Unwrap() error { return ErrIncomplete }

// Scan scans a source and returns its findings, each secret once with all its places, sorted by place, rule and value,
// the same for any number of workers. The source is read when the iteration starts; findings come once it was read to
// the end or ctx is done. An error comes last, with the zero Finding: what went wrong (of the options, of the source, of
// ctx), or an *IncompleteError if something was left unread. Each iteration scans anew.
func Scan(ctx context.Context, source Source, opts Options) iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		res, err := scan(ctx, source, opts)
		triage.SetIDs(res.Findings, nil)
		triage.Policy{}.Apply(res.Findings)
		for i := range res.Findings {
			f := convert(&res.Findings[i])
			if f.Allowed != "" && !opts.Silenced {
				continue
			}
			if !yield(f, nil) {
				return
			}
		}
		if err == nil && res.Coverage.Incomplete() {
			err = incomplete(&res.Coverage)
		}
		if err != nil {
			yield(Finding{}, err)
		}
	}
}

func scan(ctx context.Context, source Source, opts Options) (scanner.Result, error) {
	engine, err := opts.engine()
	if err != nil {
		return scanner.Result{}, err
	}
	if source.open == nil {
		return scanner.Result{}, errors.New("no source: make one with Files, Text, Reader, Git, Image or Logs")
	}
	src, err := source.open(opts.Exclude)
	if err != nil {
		return scanner.Result{}, err
	}
	return scanner.Run(ctx, scanner.Options{
		Jobs: opts.Jobs, MaxMemory: opts.MaxMemory,
		NewDetector: func() scanner.Detector { return engine.NewScanner() },
	}, src)
}

// engine compiles the rules.
func (o *Options) engine() (*detectors.Engine, error) {
	if o.MinConfidence < 0 || o.MinConfidence > 1 {
		return nil, fmt.Errorf("MinConfidence %v: want 0 to 1", o.MinConfidence)
	}
	all := builtin.Rules()
	for _, name := range o.RuleFiles {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("rules: %w", err)
		}
		own, err := rules.Parse(name, string(text))
		if err != nil {
			return nil, err
		}
		all = rules.Overlay(all, own)
	}
	for _, id := range slices.Concat(o.Enable, o.Disable) {
		if !slices.ContainsFunc(all, func(r rules.Rule) bool { return r.ID == id }) {
			return nil, fmt.Errorf("unknown rule %q", id)
		}
	}
	chosen, err := rules.Choice(all, o.Enable, o.Disable)
	if err != nil {
		return nil, err
	}
	return detectors.New(chosen, detectors.Options{MinConfidence: o.MinConfidence})
}

func incomplete(c *finding.Coverage) *IncompleteError {
	e := &IncompleteError{Skipped: map[string]int64{}}
	for reason, n := range c.Skipped {
		if !reason.ByChoice() {
			e.Skipped[string(reason)] = n
		}
	}
	for _, s := range c.Examples {
		if !s.Reason.ByChoice() {
			e.Some = append(e.Some, s.Name+": "+string(s.Reason))
		}
	}
	return e
}
