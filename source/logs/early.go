package logs

import (
	"bytes"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/settle"
	"github.com/unleak/unleak/source"
)

// early tells of the credentials of a log from standard input while it goes on, as a follow does. It is a source.Side: what
// the scan of the whole log says counts.
type early struct {
	log   *growing
	head  source.Head
	begun bool
}

func newEarly(sink *scanner.Sink, turn *scanner.Turn, plan *settle.Plan) *early {
	f := &Follower{opts: FollowOptions{Plan: plan, AllowMark: sink.AllowMark(), Tell: func(found []finding.Finding) error {
		source.TellLines(turn, found)
		return nil
	}}}
	g := f.newGrowing(sink.NewDetector(), "-")
	g.now = func() time.Time { return time.Time{} } // nobody knows when it was written
	return &early{log: g}
}

// Take implements source.Side.
func (e *early) Take(b []byte) error {
	b, err := e.head.Take(b)
	if err != nil || len(b) == 0 {
		return err
	}
	if !e.begun && len(b) > 0 {
		e.begun = true
		i := bytes.IndexByte(b, '\n') + 1
		if err := e.log.take(b[:i]); err != nil { // the first line alone tells what the log is like
			return err
		}
		b = b[i:]
	}
	if err := e.log.take(b); err != nil {
		return err
	}
	return e.log.settle(settle.Now)
}

// End implements source.Side. What is still open, the scan of the whole tells at once.
func (e *early) End() {}
