package report

import (
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
)

// snippet masks a line and keeps track of the mark. Lines are cut out of longer ones, so what begins or ends a secret
// at an edge goes too.
func (m *masker) snippet(p *finding.Place, value finding.Secret) (string, finding.Span) {
	mark := p.Mark
	if mark.Start < 0 || mark.End > len(p.Line) || mark.Start >= mark.End {
		mark = finding.Span{}
	}
	hits := m.hits[:0]
	if p.Decoded != "" {
		mark, hits = m.encoded(p.Line, mark, hits)
	}
	if mark.Len() > 0 && !alreadyMasked(p.Line[mark.Start:mark.End]) {
		shown := firstLine(maskSecret(value).Reveal())
		if p.Decoded != "" { // the line holds the encoded text, not the value
			shown = maskAll
		}
		hits = append(hits, hit{mark.Start, mark.End, shown})
	}
	hits = m.matcher.find(p.Line, hits)
	hits = m.matcher.findWords(p.Line, hits)
	hits = m.matcher.findCut(p.Line, hits)
	hits = m.fragments.find(p.Line, hits)
	hits = userinfo(p.Line, hits)
	m.hits = hits
	line, from, to := cover(p.Line, hits, mark.Start, mark.End)
	return line, finding.Span{Start: from, End: to}
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// encoded widens the mark of a decoded value to all of the encoded text that the line shows, and masks other stretches
// of the line that look encoded when there is no mark.
func (m *masker) encoded(line string, mark finding.Span, hits []hit) (finding.Span, []hit) {
	if mark.Len() > 0 {
		for mark.End < len(line) && encodedByte(line[mark.End]) {
			mark.End++
		}
		for mark.Start > 0 && encodedByte(line[mark.Start-1]) && line[mark.Start-1] != '=' {
			mark.Start--
		}
		return mark, hits
	}
	for i := 0; i < len(line); {
		j := i
		for j < len(line) && encodedByte(line[j]) {
			j++
		}
		if j-i >= leastForm {
			hits = append(hits, hit{i, j, maskAll})
		}
		i = j + 1
	}
	return mark, hits
}

func encodedByte(c byte) bool {
	return inWord(c) || strings.IndexByte(`+/=_-%\&#;`, c) >= 0
}

// text masks free text: messages, details, reasons.
func (m *masker) text(s string) string {
	if s == "" {
		return s
	}
	m.hits = m.matcher.findWords(s, m.matcher.find(s, m.hits[:0]))
	m.hits = m.fragments.find(s, m.hits)
	m.hits = userinfo(s, m.hits)
	s, _, _ = cover(s, m.hits, 0, 0)
	return s
}

// name masks paths, refs, authors, hosts and the like, which stay readable where a secret is but a plain word.
func (m *masker) name(s string) string {
	if s == "" {
		return s
	}
	if out, ok := m.memo[s]; ok {
		return out
	}
	m.hits = slices.DeleteFunc(m.matcher.find(s, m.hits[:0]), func(h hit) bool { return h.end-h.start < leastName })
	m.hits = userinfo(s, m.hits)
	out, _, _ := cover(s, m.hits, 0, 0)
	if len(m.memo) < maxMemo {
		m.memo[s] = out
	}
	return out
}

// note masks what the program itself says of files, rules and entries: a plain word stays, as in names. A gap in a sentence
// that everybody knows would tell the word.
func (m *masker) note(s string) string {
	m.hits = m.fragments.find(s, m.matcher.find(s, m.hits[:0]))
	m.hits = userinfo(s, m.hits)
	s, _, _ = cover(s, m.hits, 0, 0)
	return s
}

const maxMemo = 1 << 16

// userinfo appends the password of every URL in s, whether or not it was found as a secret. People write a '#' in one
// without an escape.
func userinfo(s string, hits []hit) []hit {
	for at := 0; ; {
		i := strings.Index(s[at:], "://")
		if i < 0 {
			return hits
		}
		at += i + len("://")
		rest := s[at:]
		if j := strings.IndexAny(rest, "/? \t\"'<>"); j >= 0 {
			rest = rest[:j]
		}
		j := strings.LastIndexByte(rest, '@')
		if j < 0 {
			continue
		}
		start := at
		if k := strings.IndexByte(rest[:j], ':'); k >= 0 {
			start += k + 1
		} else if plainWord(rest[:j]) { // a user's name; a token stands there too
			continue
		}
		if start < at+j {
			hits = append(hits, hit{start, at + j, maskAll})
		}
	}
}
