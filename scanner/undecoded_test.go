package scanner

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
)

// weary gives up on several encoded parts of each text.
type weary struct{ Detector }

func (weary) Scan(_ []byte, _ []finding.Span, out []finding.Match) []finding.Match { return out }
func (weary) Resolve(m []finding.Match) []finding.Match                            { return m }
func (weary) Undecoded() int                                                       { return 7 }

// A file of which several encoded parts were given up is one that was not read to its end, however long it is.
func TestUndecodedCountsFiles(t *testing.T) {
	long := item("long", "")
	long.Text, long.Open = nil, func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader([]byte(strings.Repeat("some text\n", 5*streamBuffer/20)))), nil
	}
	got, err := Run(context.Background(), Options{Jobs: 1, NewDetector: func() Detector { return weary{} }}, items{item("a", "some text"), long, item("b", "some text")})
	if n := got.Coverage.Skipped[finding.SkipBudget]; err != nil || n != 3 {
		t.Errorf("%d files were not read to their end, %v; want 3", n, err)
	}
}
