package detectors

import (
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// startTechnique looks at the very start of a text, startHead bytes at most, and nowhere else: for formats that begin
// with a mark of a few bytes that no literal could stand for, and for files known by their name.
type startTechnique interface {
	technique
	// start appends what the whole text, or its first startHead bytes, tell.
	start(c *compiled, text []byte, out []finding.Match) []finding.Match
}

// startHead is how many bytes of a text a startTechnique may look at. An edit there makes a scan begin at the start.
const startHead = pemAfter

// noLiterals is what the techniques have in common that look at a text's start alone.
type noLiterals struct{}

func (noLiterals) literals(*compiled) []rules.Literal { return nil }

func (noLiterals) try(_ *Scanner, _ *compiled, _ *rules.Literal, _ []byte, _ int, out []finding.Match) []finding.Match {
	return out
}

// starts asks the techniques of a text's start, where r begins there. What is decoded is no file.
func (s *Scanner) starts(r finding.Span) {
	if r.Start > 0 || s.isNested() {
		return
	}
	n := len(s.out)
	for _, c := range s.atStart {
		s.out = c.technique.(startTechnique).start(c, s.text, s.out)
	}
	s.keepTouching(n)
}
