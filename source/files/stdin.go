package files

import (
	"context"
	"io"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/settle"
	"github.com/unleak/unleak/source"
)

// Stdin is a scan of one stream, usually standard input; it is a scanner.Source.
type Stdin struct {
	Reader   io.Reader
	Archives int // as Options.Archives
	Limits   archive.Limits
	Plan     *settle.Plan // of the detectors' rules: findings are told while the stream goes on; nil: not before its end
}

// Scan implements scanner.Source.
func (s *Stdin) Scan(ctx context.Context, sink *scanner.Sink) error {
	w := sink.Worker()
	defer w.Close()
	sink.Idle(sink.Jobs() - 1)
	defer sink.Idle(1 - sink.Jobs())
	w.Count("documents", 1)
	in := source.ReadAhead(ctx, s.Reader)
	defer in.Abandon() // a terminal that nobody types on is not waited for
	measured := source.Measure(sink, in)
	defer measured.Done(0)
	origin := finding.Origin{Kind: finding.KindStdin}
	var text io.Reader = measured
	if s.Plan != nil && sink.Told() {
		turn := sink.Turn()
		w.Take(turn)
		along := source.ReadAlong(measured, newEarly(sink, turn, s.Plan, origin))
		defer along.Close()
		text = along
	}
	if s.Archives > 0 {
		limits := s.Limits
		limits.Depth = s.Archives
		return source.Unpack(ctx, w, archive.Input{Reader: text}, origin, limits, w.Stream, nil)
	}
	if err := w.Stream(ctx, text, origin); err != nil && ctx.Err() == nil {
		w.Skip(finding.Skip{Name: "standard input", Reason: finding.SkipUnreadable, Detail: reason(err)})
	}
	return ctx.Err()
}
