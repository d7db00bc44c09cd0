package detectors

import "github.com/unleak/unleak/finding"

// Unfiltered runs one rule's regex over the whole text, without the literal filter, windows or run check.
func Unfiltered(s *Scanner, id string, text []byte) []finding.Match {
	c := s.byID[id]
	return searchAll(s, c, text, finding.Span{End: len(text)}, nil)
}

// Spared returns how many regions were known to hold no match, since it was last called.
func Spared(s *Scanner) int {
	n := s.spared
	s.spared = 0
	return n
}

// Chunks cuts a text into chunks and returns where they end.
func Chunks(s *Scanner, text []byte) (ends []int) {
	s.text = text
	s.cut(0, len(text))
	for i := range s.chunks {
		ends = append(ends, s.chunks[i].End)
	}
	return ends
}

// IsCut tells whether the line break at an offset is a cut.
func IsCut(text []byte, at int) bool { return cuts(text, at) }
