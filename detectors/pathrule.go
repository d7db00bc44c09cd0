package detectors

import (
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// pathTechnique finds a file by its name alone, as rules of other scanners may. Every text gets a match of nothing at
// its very start; Accept keeps it where the path fits, and the path is what is found. No built-in rule does this: it
// costs a match a text.
type pathTechnique struct{}

func (pathTechnique) literals(*compiled) []rules.Literal { return nil }

func (pathTechnique) try(_ *Scanner, _ *compiled, _ *rules.Literal, _ []byte, _ int, out []finding.Match) []finding.Match {
	return out
}

// starts appends the matches of path rules to a text that r begins.
func (s *Scanner) starts(r finding.Span) {
	if r.Start > 0 || len(s.byPath) == 0 || s.isNested() {
		return
	}
	n := len(s.out)
	for _, c := range s.byPath {
		s.out = append(s.out, finding.Match{Rule: c.ID, Confidence: c.Confidence, Tags: c.Tags, Rank: rankContext})
	}
	s.keepTouching(n)
}
