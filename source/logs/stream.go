package logs

import (
	"bufio"
	"context"
	"io"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// how much of a log is looked at to tell whether its lines stand in envelopes
const probeSize = 64 << 10

// stream scans the text of one log, last written at a time that may be unknown. The error is that of r.
func stream(ctx context.Context, w *scanner.Worker, r io.Reader, origin finding.Origin, written time.Time) error {
	in := bufio.NewReaderSize(r, probeSize)
	head, _ := in.Peek(probeSize) // its error comes again
	l := manner{unit: unitOf(origin.Path), written: written, journal: isJournal(head)}
	if !enveloped(head) {
		return w.StreamHooked(ctx, in, origin, scanner.Hooks{
			At: func(text []byte, m finding.Match, p *finding.Place) {
				p.Origin.Log = l.eventAt(text, m.Span.Start)
			},
		})
	}
	u := newUnwrapper(in)
	return w.StreamHooked(ctx, u, origin, scanner.Hooks{
		At: func(text []byte, m finding.Match, p *finding.Place) {
			u.locate(p, l.unit)
			if p.Origin.Log == nil {
				p.Origin.Log = l.eventAt(text, m.Span.Start)
			}
		},
	})
}
