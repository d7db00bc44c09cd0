package report

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/unleak/unleak/finding"
)

// maskAll is finding.Mask of a value of which nothing is shown.
const maskAll = "********"

const (
	leastForm = 8  // bytes of an encoded form or of a line of a key that is worth looking for
	leastName = 8  // bytes of a value that is looked for in names
	leastPart = 24 // bytes of a value of which pieces are looked for
)

// secrets gathers what must not appear in a report: the values, their parts and their usual encodings.
type secrets struct {
	texts []masked          // values and lines of keys, of which also a part at the edge of a snippet counts
	forms []masked          // their encodings
	parts []string          // long values of which any piece counts
	words map[string]string // plain words, which count only as such
	seen  map[string]bool   // values; true: encoded ones too
}

func gatherSecrets(r *finding.Report) *secrets {
	s := &secrets{words: map[string]string{}, seen: map[string]bool{}}
	s.gather(r.Findings)
	return s
}

// gather adds the values and parts of findings.
func (s *secrets) gather(found []finding.Finding) {
	for i := range found {
		f := &found[i]
		encoded := slices.ContainsFunc(f.Places, func(p finding.Place) bool { return p.Decoded != "" })
		s.add(f.Secret, encoded)
		for _, p := range f.Parts {
			if p.Open() {
				continue
			}
			s.add(p.Value, encoded)
		}
	}
}

// add takes a value; encoded tells that the text which was scanned holds it in an encoded form.
func (s *secrets) add(secret finding.Secret, encoded bool) {
	value := secret.Reveal()
	wasEncoded, seen := s.seen[value]
	if value == "" || seen && (wasEncoded || !encoded) || alreadyMasked(value) {
		return
	}
	s.seen[value] = encoded
	if seen {
		s.parts = append(s.parts, encodings(value)...)
		return
	}
	mask := secret.Masked()
	if plainWord(value) {
		s.words[value] = mask
		if len(value) < leastForm {
			return
		}
	}
	if len(value) >= headLen && !plainWord(value) {
		s.texts = append(s.texts, masked{value, mask})
	}
	for _, line := range strings.FieldsFunc(value, lineBreak) {
		line = strings.TrimSpace(line)
		if len(line) >= leastForm && !strings.HasPrefix(line, "-----") && !plainWord(line) {
			s.texts = append(s.texts, masked{line, maskAll})
			if len(line) >= leastPart {
				s.parts = append(s.parts, line)
			}
		}
	}
	for _, form := range forms(value) {
		if len(form) >= leastForm && form != value {
			s.forms = append(s.forms, masked{form, maskAll})
		}
	}
	if encoded {
		s.parts = append(s.parts, encodings(value)...)
	}
}

// encodings returns the whole of the encoded texts that hold a value and nothing else.
func encodings(value string) []string {
	plain := base64.StdEncoding.EncodeToString([]byte(value))
	digits := hex.EncodeToString([]byte(value))
	out := []string{plain, digits, strings.ToUpper(digits)}
	if strings.ContainsAny(plain, "+/") {
		out = append(out, urlAlphabet.Replace(plain))
	}
	return out
}

func lineBreak(r rune) bool { return r == '\n' || r == '\r' }

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

// alreadyMasked tells whether the value comes from a report that was read back.
func alreadyMasked(value string) bool {
	shown, ok := strings.CutSuffix(value, maskAll)
	return ok && (len([]rune(shown)) <= 4 || strings.HasPrefix(shown, "-----BEGIN ") && !strings.Contains(shown, "\n"))
}

// forms returns the usual encodings of a value: escaped for URLs, JSON, HTML and shells, hexadecimal, and base64 at
// each of the three places it can take in an encoded text.
func forms(value string) []string {
	digits := hex.EncodeToString([]byte(value))
	out := []string{digits, strings.ToUpper(digits)}
	for shift := range 3 {
		core := base64Core(value, shift)
		out = append(out, core)
		if strings.ContainsAny(core, "+/") {
			out = append(out, urlAlphabet.Replace(core))
		}
	}
	if !strings.ContainsFunc(value, escaped) {
		return out
	}
	query, path := url.QueryEscape(value), url.PathEscape(value)
	out = append(out, query, path, lowerEscapes(query), lowerEscapes(path), strings.Map(printable, value), html.EscapeString(value),
		slashes.Replace(value), oneLine.Replace(value))
	if b, err := json.Marshal(value); err == nil {
		out = append(out, string(b[1:len(b)-1]))
	}
	return out
}

// escaped tells whether some encoding writes a character otherwise.
func escaped(r rune) bool {
	return r >= utf8.RuneSelf || !inWord(byte(r)) && r != '_' && r != '-' && r != '.'
}

// Replacers do not change once made.
var (
	urlAlphabet = strings.NewReplacer("+", "-", "/", "_")
	slashes     = strings.NewReplacer("\n", `\n`, "\r", `\r`, `"`, `\"`, `\`, `\\`, "\t", `\t`)
	oneLine     = strings.NewReplacer("\r", "", "\n", "")
)

func printable(r rune) rune {
	if r < ' ' && r != '\t' || r == 0x7f {
		return -1
	}
	return r
}

// base64Core returns the characters of a base64 text that depend on value alone when shift bytes stand before it.
func base64Core(value string, shift int) string {
	text := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + value))
	from := (shift*8 + 5) / 6
	to := (shift + len(value)) * 8 / 6
	if from >= to {
		return ""
	}
	return text[from:to]
}

// lowerEscapes turns %2F into %2f.
func lowerEscapes(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], strings.ToLower(string(b[i+1:i+3])))
		}
	}
	return string(b)
}
