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
