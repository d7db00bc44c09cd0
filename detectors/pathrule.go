package detectors

import "github.com/unleak/unleak/finding"

// pathTechnique finds a file by its name alone, as rules of other scanners may. Every text gets a match of nothing at
// its very start; Accept keeps it where the path fits, and the path is what is found. No built-in rule does this: it
// costs a match a text.
type pathTechnique struct{ noLiterals }

func (pathTechnique) start(c *compiled, _ []byte, out []finding.Match) []finding.Match {
	return append(out, finding.Match{Rule: c.ID, Confidence: c.Confidence, Tags: c.Tags, Rank: rankContext})
}

// keyFileTechnique finds a file that holds 32 hexadecimal digits and nothing else, as config/master.key of Rails does
// (Rails guides, "Securing Rails Applications", 8.1, 2025); the rule's path tells it from a file with a digest.
type keyFileTechnique struct{ noLiterals }

const keyFileDigits = 32

func (keyFileTechnique) start(c *compiled, text []byte, out []finding.Match) []finding.Match {
	if len(text) < keyFileDigits || len(text) > keyFileDigits+len("\r\n") {
		return out
	}
	for i, b := range text {
		if hex := b >= '0' && b <= '9' || b >= 'a' && b <= 'f'; hex != (i < keyFileDigits) || !hex && b != '\r' && b != '\n' {
			return out
		}
	}
	value := string(text[:keyFileDigits])
	filler, sample := placeholder(text[:keyFileDigits])
	if filler != "" {
		return out
	}
	m := finding.Match{Rule: c.ID, Secret: value, Span: finding.Span{End: keyFileDigits}, Context: finding.Span{End: len(text)},
		Confidence: c.Confidence, Tags: c.Tags, Rank: rankBlock}
	if sample {
		m.Tags = addTag(m.Tags, "example")
	}
	return append(out, m)
}
