package report

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"
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

// secrets is what must not appear in a report: the values, their parts and their usual encodings.
type secrets struct {
	texts []masked          // values and lines of keys, of which also a part at the edge of a snippet counts
	forms []masked          // their encodings
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
		s.parts = append(s.parts, share.parts...)
		maps.Copy(s.words, share.words)
	}
}

// fresh lists the values that were not gathered before, each once. Those that come from a masked report are left out.
func (s *secrets) fresh(found []finding.Finding, others []finding.Secret) []value {
	out := make([]value, 0, len(found)+len(others))
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
		encoded := slices.ContainsFunc(f.Places, func(p finding.Place) bool { return p.Decoded != "" })
		add(f.Secret, encoded)
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

func (s *secrets) addAll(list []value) {
	size := 0
	for _, v := range list {
		size += len(v.secret.Reveal())
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
			f.add(text)
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
	for _, line := range strings.FieldsFunc(text, lineBreak) {
		line = strings.TrimSpace(line)
		if len(line) >= leastForm && !strings.HasPrefix(line, "-----") && !plainWord(line) {
			s.texts = append(s.texts, masked{line, maskAll})
			if len(line) >= leastPart {
				s.parts = append(s.parts, line)
			}
		}
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

// formsFactor is about how many encodings a value has, and how many bytes all of them have for one of the value.
const formsFactor = 16

// forms gathers the usual encodings of values: escaped for URLs, JSON, HTML and shells, hexadecimal, and base64 at each
// of the three places it can take in an encoded text. All stand in one text, for they are many and short.
type forms struct {
	text  strings.Builder
	spans []finding.Span // of each encoding in the text
	plain []byte         // scratch: the value after two zero bytes
	form  []byte         // scratch: an encoding
}

// masked returns the encodings.
func (f *forms) masked() []masked {
	text := f.text.String()
	out := make([]masked, len(f.spans))
	for i, s := range f.spans {
		out[i] = masked{text[s.Start:s.End], maskAll}
	}
	return out
}

// keep takes an encoding unless it is too short to look for.
func (f *forms) keep(form []byte) {
	if len(form) >= leastForm {
		f.spans = append(f.spans, finding.Span{Start: f.text.Len(), End: f.text.Len() + len(form)})
		f.text.Write(form)
	}
}

func (f *forms) add(value string) {
	f.plain = append(append(f.plain[:0], 0, 0), value...)
	f.form = hex.AppendEncode(f.form[:0], f.plain[2:])
	f.keep(f.form)
	for i, c := range f.form {
		if c >= 'a' {
			f.form[i] = c - ('a' - 'A')
		}
	}
	f.keep(f.form)
	for shift := range 3 {
		f.base64(f.plain[2-shift:], shift)
	}
	if !strings.ContainsFunc(value, escaped) {
		return
	}
	for _, form := range escapes(value) {
		if form != value {
			f.keep([]byte(form))
		}
	}
}

// base64 takes the characters of a base64 text that depend on the value alone when shift bytes stand before it.
func (f *forms) base64(plain []byte, shift int) {
	f.form = base64.RawStdEncoding.AppendEncode(f.form[:0], plain)
	from, to := (shift*8+5)/6, len(plain)*8/6
	if from >= to {
		return
	}
	form := f.form[from:to]
	f.keep(form)
	if bytes.ContainsAny(form, "+/") {
		for i, c := range form {
			form[i] = urlSafe(c)
		}
		f.keep(form)
	}
}

// urlSafe turns a character of base64 into that of its alphabet for URLs.
func urlSafe(c byte) byte {
	switch c {
	case '+':
		return '-'
	case '/':
		return '_'
	}
	return c
}

// escapes returns a value as texts write it whose syntax gives some of its characters a meaning.
func escapes(value string) []string {
	query, path := url.QueryEscape(value), url.PathEscape(value)
	out := []string{query, lowerEscapes(query)}
	if path != query {
		out = append(out, path, lowerEscapes(path))
	}
	if strings.ContainsFunc(value, unicode.IsControl) {
		out = append(out, strings.Map(printable, value), oneLine.Replace(value))
	}
	if strings.ContainsAny(value, `<>&'"`) {
		out = append(out, html.EscapeString(value))
	}
	if strings.ContainsAny(value, "\n\r\t\"\\") {
		out = append(out, slashes.Replace(value))
	}
	if strings.ContainsFunc(value, jsonEscapes) {
		if b, err := json.Marshal(value); err == nil {
			out = append(out, string(b[1:len(b)-1]))
		}
	}
	return out
}

// jsonEscapes tells whether encoding/json writes a character otherwise.
func jsonEscapes(r rune) bool {
	return r < ' ' || r == 0x7f || r >= utf8.RuneSelf || strings.ContainsRune(`"\<>&`, r)
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

// lowerEscapes turns %2F into %2f.
func lowerEscapes(s string) string {
	i := strings.IndexByte(s, '%')
	if i < 0 {
		return s
	}
	b := []byte(s)
	for ; i+2 < len(b); i++ {
		if b[i] == '%' {
			b[i+1], b[i+2] = b[i+1]|0x20, b[i+2]|0x20 // digits have the bit
		}
	}
	return string(b)
}
