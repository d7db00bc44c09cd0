package report

import (
	"maps"
	"strings"

	"github.com/unleak/unleak/finding"
)

// secrets is what must not appear in a report: the values, their parts and their usual encodings.
type secrets struct {
	texts []masked          // values and lines of keys, of which also a part at the edge of a snippet counts
	forms []masked          // their encodings; of long values how these begin
	long  []string          // long values
	parts []string          // long values of which any piece counts
	words map[string]string // plain words, which count only as such
	seen  map[string]bool   // values; true: encoded ones too
}

// value is a secret as a report holds it.
type value struct {
	secret  finding.Secret
	encoded bool // the text which was scanned holds it in an encoded form
	known   bool // but not that
}

func newSecrets() *secrets {
	return &secrets{words: map[string]string{}, seen: map[string]bool{}}
}

// gather adds the values and parts of findings, and other secrets.
func (s *secrets) gather(found []finding.Finding, others []finding.Secret) {
	list := s.fresh(found, others)
	for _, share := range inShares(len(list), func(from, to int) *secrets {
		s := &secrets{words: map[string]string{}}
		s.addAll(list[from:to])
		return s
	}) {
		s.texts = append(s.texts, share.texts...)
		s.forms = append(s.forms, share.forms...)
		s.long = append(s.long, share.long...)
		s.parts = append(s.parts, share.parts...)
		maps.Copy(s.words, share.words)
	}
}

// fresh lists the values that were not gathered before, each once. Those that come from a masked report are left out.
func (s *secrets) fresh(found []finding.Finding, others []finding.Secret) []value {
	out := make([]value, 0, len(found)+len(others))
	if len(s.seen) == 0 {
		s.seen = make(map[string]bool, cap(out))
	}
	add := func(secret finding.Secret, encoded bool) {
		text := secret.Reveal()
		wasEncoded, known := s.seen[text]
		if text == "" || known && (wasEncoded || !encoded) || alreadyMasked(text) {
			return
		}
		s.seen[text] = encoded
		out = append(out, value{secret, encoded, known})
	}
	for i := range found {
		f := &found[i]
		encoded := decoded(f.Places)
		add(f.Secret, encoded)
		if len(f.Parts)+len(f.Elsewhere)+len(f.Beyond) == 0 {
			continue
		}
		for _, set := range f.AllParts() {
			for _, p := range set {
				if !p.Open() {
					add(p.Value, encoded)
				}
			}
		}
	}
	for _, o := range others {
		add(o, false)
	}
	return out
}

// decoded tells whether the text at one of the places holds the value in an encoded form.
func decoded(places []finding.Place) bool {
	for i := range places {
		if places[i].Decoded != "" {
			return true
		}
	}
	return false
}

func (s *secrets) addAll(list []value) {
	size := 0
	for _, v := range list {
		size += min(len(v.secret.Reveal()), longValue)
	}
	f := forms{spans: make([]finding.Span, 0, formsFactor*len(list))}
	f.text.Grow(formsFactor * size)
	for _, v := range list {
		text := v.secret.Reveal()
		word := plainWord(text)
		if word && !v.known {
			s.words[text] = v.secret.Masked()
		}
		if word && len(text) < leastForm {
			continue
		}
		if !v.known {
			s.add(text, v.secret.Masked(), word)
			start := beginning(text)
			if len(start) < len(text) {
				s.long = append(s.long, text)
			}
			f.add(start)
		}
		if v.encoded {
			s.parts = append(s.parts, encodings(text)...)
		}
	}
	s.forms = f.masked()
}

// add takes a value and the lines of one that has several.
func (s *secrets) add(text, mask string, word bool) {
	if len(text) >= headLen && !word {
		s.texts = append(s.texts, masked{text, mask})
	}
	lines := []string{text}
	if strings.ContainsAny(text, "\n\r") {
		lines = strings.FieldsFunc(text, lineBreak)
	}
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if len(line) >= leastForm && !strings.HasPrefix(line, "-----") && !plainWord(line) {
			s.texts = append(s.texts, masked{line, maskAll})
			if len(line) >= leastPart {
				s.parts = append(s.parts, line)
			}
		}
	}
}

// alreadyMasked tells whether the value comes from a report that was read back.
func alreadyMasked(value string) bool {
	shown, ok := strings.CutSuffix(value, maskAll)
	return ok && (len([]rune(shown)) <= 4 || strings.HasPrefix(shown, "-----BEGIN ") && !strings.Contains(shown, "\n"))
}

// plainWord tells whether a value is a word that texts and paths hold anyway, as "postgres" or "changeme": it is
// masked where it stands as a word, and stays in names, which would be of no use without it.
func plainWord(value string) bool {
	if len(value) < headLen {
		return true
	}
	if len(value) > 16 {
		return false
	}
	for i := range len(value) {
		c := value[i] | 0x20
		if c < 'a' || c > 'z' || i > 0 && value[i] < 'a' {
			return false
		}
	}
	return true
}
