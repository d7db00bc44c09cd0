package scanner

import (
	"context"
	"io"

	"github.com/unleak/unleak/finding"
)

// A Source yields what there is to scan. Scan calls the sink's methods, from as many goroutines as it likes, and
// returns when it has handed over everything, or ctx is done, or it cannot go on at all. Trouble with one thing is no
// error: it is a Skip.
type Source interface {
	Scan(ctx context.Context, sink *Sink) error
}

// Item is one text with where it came from. Either Text or Open is set.
type Item struct {
	Origin finding.Origin
	Text   []byte                        // kept until it has been scanned; not changed
	Open   func() (io.ReadCloser, error) // called at most once, by the worker that scans it
	Size   int64                         // bytes, where known ahead; else 0. For progress and the memory budget
	Unit   string                        // what to count it as: "files", "blobs", ...
}

// Detector finds credentials in texts. One goroutine uses it at a time; it owns scratch memory.
type Detector interface {
	// Scan appends to out every match of text whose context touches one of the dirty spans; with nil spans, every
	// match. Overlapping matches are all reported (see Resolve). Matches share no memory with text.
	Scan(text []byte, dirty []finding.Span, out []finding.Match) []finding.Match
	// Resolve turns all matches of one text into what is reported: one winner for overlapping ones, parts joined,
	// sorted by position. It works in place and depends on nothing but the matches.
	Resolve(matches []finding.Match) []finding.Match
	// Accept applies what depends on where the text came from: path rules, marks for test code. It may change the
	// match's confidence and tags; false drops the match.
	Accept(origin *finding.Origin, m *finding.Match) bool
	// Describe returns title and severity of a match's rule.
	Describe(m *finding.Match) (title string, severity finding.Severity)
}
