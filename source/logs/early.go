package logs

import (
	"bytes"
	"errors"
	"time"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/settle"
	"github.com/unleak/unleak/source"
)

// early tells of the credentials of a log from standard input while it goes on, as a follow does. It is a source.Side: what
// the scan of the whole log says counts.
type early struct {
	log   *growing
	head  []byte // what came before it was told that this is text
	begun bool
}

// errNoText means that a stream is none to be judged line by line.
var errNoText = errors.New("no text")

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
	if !e.begun {
		e.head = append(e.head, b...)
		i := bytes.IndexByte(e.head, '\n')
		if i < 0 && len(e.head) < archive.HeadSize {
			return nil
		}
		if archive.Detect(e.head[:min(len(e.head), archive.HeadSize)]) != archive.None || bytes.IndexByte(e.head, 0) >= 0 {
			return errNoText
		}
		if err := e.log.take(e.head[:i+1]); err != nil { // the first line alone tells what the log is like
			return err
		}
		b, e.head, e.begun = e.head[i+1:], nil, true
	}
	if err := e.log.take(b); err != nil {
		return err
	}
	return e.log.settle(settle.Now)
}

// End implements source.Side. What is still open, the scan of the whole tells at once.
func (e *early) End() {}
