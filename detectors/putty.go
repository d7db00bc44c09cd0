package detectors

import (
	"bytes"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// puttyTechnique finds private keys in PuTTY's format, versions 1 to 3 (PuTTY manual, appendix C, 2023).
type puttyTechnique struct{}

const (
	puttyBegin   = "PuTTY-User-Key-File-"
	puttyPrivate = "Private-Lines:"
	puttyLine    = 64 // base64 characters a line
)

func (puttyTechnique) literals(*compiled) []rules.Literal {
	return []rules.Literal{{Text: puttyBegin}}
}

func (puttyTechnique) try(s *Scanner, c *compiled, _ *rules.Literal, text []byte, pos int, out []finding.Match) []finding.Match {
	lines := blockLines(text[pos:min(len(text), pos+blockLimit)])
	var data []string
	encrypted, private := false, false
	end := pos
	at := pos
	for _, line := range lines {
		at += len(line)
		word := strings.TrimSpace(string(line))
		switch {
		case strings.HasPrefix(word, "Encryption:"):
			encrypted = !strings.HasSuffix(word, "none")
		case strings.HasPrefix(word, puttyPrivate):
			private = true
		case private && strings.Contains(word, ":"):
			private = false
		case private:
			data = append(data, word)
			end = pos + (at - pos)
		}
	}
	value := strings.Join(data, "")
	if len(value) < puttyLine/2 || entropy([]byte(value)) < 3 {
		return out
	}
	m := finding.Match{
		Rule: c.ID, Secret: value, Rank: rankBlock, Confidence: c.Confidence, Tags: c.Tags,
		Span: finding.Span{Start: pos, End: end}, Context: finding.Span{Start: pos, End: at},
		Proofs: []finding.Proof{{Kind: "structure", Detail: "PuTTY private key"}},
	}
	if encrypted {
		m.Tags = addTag(m.Tags, "encrypted")
	}
	if !c.prove(&m, string(text[pos:at])) || m.Confidence < s.opts.MinConfidence {
		return out
	}
	return append(out, m)
}

// blockLines returns the lines at the head of text, line breaks included, as long as they may belong to a block.
func blockLines(text []byte) [][]byte {
	var lines [][]byte
	for len(text) > 0 {
		n := bytes.IndexByte(text, '\n') + 1
		if n == 0 {
			n = len(text)
		}
		if len(lines) > 0 && !blockLine(bytes.TrimRight(text[:n], "\r\n")) {
			break
		}
		lines = append(lines, text[:n])
		text = text[n:]
	}
	return lines
}
