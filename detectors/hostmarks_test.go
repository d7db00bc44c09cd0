package detectors

import (
	"slices"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/fold"
)

func TestHostMarksCoverAll(t *testing.T) {
	for _, word := range slices.Concat(hostWords, urlWords) {
		if !slices.ContainsFunc(hostMarks, func(m string) bool { return strings.Contains(word, m) }) {
			t.Errorf("%q holds none of %q", word, hostMarks)
		}
	}
}

func belongingsOf(text []byte, secret finding.Span) []finding.Part {
	s := &Scanner{hostless: fold.Free{Words: hostMarks}}
	return s.belongings(text, secret)
}
