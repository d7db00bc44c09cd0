package scanner

import (
	"context"
	"errors"
	"runtime"

	"github.com/unleak/unleak/finding"
)

// Options of a scan. The zero value of each field is a good default.
type Options struct {
	Jobs        int                                  // workers; 0: one a processor
	MaxMemory   int64                                // bytes of content held at a time; 0: 256 MiB
	NewDetector func() Detector                      // required; called once a worker
	AllowMark   string                               // text that silences findings on its line; "": "unleak:allow"; "-": none
	Progress    func(unit string, done, total int64) // called now and then, from one goroutine at a time; nil: not at all

	// Found is called while the scan goes on with what a text holds, as soon as it and all before it are settled: from one
	// goroutine at a time, in an order that does not depend on the workers. What a later text says of the same credential
	// comes again. nil: not at all.
	Found func(Told)
}

const (
	defaultMemory = 256 << 20
	maxJobs       = 256 // more workers than any machine has processors only cost memory
)

func (o Options) withDefaults() Options {
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	o.Jobs = min(o.Jobs, maxJobs)
	if o.MaxMemory <= 0 {
		o.MaxMemory = defaultMemory
	}
	if o.AllowMark == "" {
		o.AllowMark = DefaultAllowMark
	}
	return o
}

// DefaultAllowMark in a line silences findings there.
const DefaultAllowMark = "unleak:allow"

// Result is everything a scan found and read.
type Result struct {
	Findings []finding.Finding // without ids; sorted by place, rule and value
	Coverage finding.Coverage
}

// Run scans every source in turn, those behind one that fails too. What was found is returned along with the errors.
func Run(ctx context.Context, opts Options, sources ...Source) (Result, error) {
	opts = opts.withDefaults()
	sink := newSink(ctx, opts)
	var errs []error
	for _, s := range sources {
		if ctx.Err() != nil {
			break
		}
		if err := s.Scan(ctx, sink); err != nil && ctx.Err() == nil {
			errs = append(errs, err)
			sink.Skip(finding.Skip{Name: "a target", Reason: finding.SkipFailed, Detail: err.Error()})
		}
	}
	res := sink.close()
	if len(errs) == 0 {
		return res, ctx.Err()
	}
	return res, errors.Join(append(errs, ctx.Err())...)
}
