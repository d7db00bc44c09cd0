package report

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
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
