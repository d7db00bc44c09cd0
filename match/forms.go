package match

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// How a form's text is compared.
type comparison uint8

const (
	exact    comparison = iota
	anyHex              // hexadecimal digits in either case
	escapes             // the two digits behind a % in either case
	unicodes            // the four digits behind a \u in either case
)

// form is one way to write a value. Its texts have at least anchorBytes bytes.
type form struct {
	name    string // as package decode calls it; "" for the value as it is
	text    []byte
	compare comparison
}

// longest text of a value that is compared; of longer ones the beginning is enough
const longest = 1 << 10

// forms returns the ways to write a value, each once, always in the same order. The value as it is comes first.
func forms(value string) []form {
	value = beginning(value)
	out := []form{{"", []byte(value), exact}}
	add := func(name, text string, c comparison) {
		if len(text) < anchorBytes {
			return
		}
		for i := range out {
			if string(out[i].text) == text {
				return
			}
		}
		out = append(out, form{name, []byte(text), c})
	}
	for shift := range 3 {
		core := base64Core(value, shift)
		add("base64", core, exact)
		add("base64", urlAlphabet(core), exact)
	}
	add("hex", hex.EncodeToString([]byte(value)), anyHex)
	if !strings.ContainsFunc(value, written) {
		return out
	}
	for _, text := range percentForms(value) {
		add("percent", text, escapes)
	}
	for _, text := range jsonForms(value) {
		add("backslash", text, unicodes)
	}
	add("backslash>backslash", encodeJSON(encodeJSON(value, false), false), unicodes) // JSON in a string of JSON
	add("", strings.ReplaceAll(value, "\n", "\r\n"), exact)
	add("line", telling(value), exact)
	return out
}

// beginning cuts a value that is longer than what is compared, between two characters.
func beginning(value string) string {
	if len(value) <= longest {
		return value
	}
	n := longest
	for n > longest-utf8.UTFMax && !utf8.RuneStart(value[n]) {
		n--
	}
	return value[:n]
}

// written tells whether some form writes a character otherwise.
func written(r rune) bool {
	return r >= utf8.RuneSelf || !(r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z' || r == '-' || r == '.' || r == '_')
}

// base64Core returns the characters of a base64 text that depend on the value alone when shift bytes stand before it.
func base64Core(value string, shift int) string {
	text := base64.RawStdEncoding.EncodeToString([]byte("\x00\x00"[:shift] + value))
	from, to := (shift*8+5)/6, (shift+len(value))*8/6
	return text[from:to]
}

// Replacers do not change once made.
var (
	urlDigits   = strings.NewReplacer("+", "-", "/", "_")
	spaced      = strings.NewReplacer("+", "%20")
	component   = strings.NewReplacer("%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*")
	whole       = strings.NewReplacer("%3B", ";", "%2F", "/", "%3F", "?", "%3A", ":", "%40", "@", "%26", "&", "%3D", "=", "%2B", "+", "%24", "$", "%2C", ",", "%23", "#")
	openSlashes = strings.NewReplacer("%2F", "/")
)

func urlAlphabet(core string) string {
	if !strings.ContainsAny(core, "+/") {
		return core
	}
	return urlDigits.Replace(core)
}

// percentForms returns what the usual functions make of a value: forms (application/x-www-form-urlencoded), RFC 3986,
// paths, encodeURIComponent and encodeURI of JavaScript, quote of Python.
func percentForms(value string) []string {
	query := url.QueryEscape(value)
	strict := spaced.Replace(query)
	script := component.Replace(strict)
	return []string{query, strict, script, whole.Replace(script), openSlashes.Replace(strict), url.PathEscape(value)}
}

// jsonForms returns what the usual encoders write between the quotes: plain (RFC 8259), with "/" escaped as PHP does,
// with <, > and & escaped as Go does, and all but ASCII escaped as Python does.
func jsonForms(value string) []string {
	plain := encodeJSON(value, false)
	return []string{plain, strings.ReplaceAll(plain, "/", `\/`), encodeJSON(value, true), asciiOnly(plain), asciiOnly(strings.ReplaceAll(plain, "/", `\/`))}
}

func encodeJSON(value string, html bool) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	if e.Encode(value) != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(b.String(), "\n"), `"`), `"`)
}

func asciiOnly(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteByte(byte(r))
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r) // 'é' as '\u00e9', '😀' as '\U0001f600'
		if len(quoted) == len(`'\u00e9'`) {
			b.WriteString(quoted[1:7])
			continue
		}
		r -= 0x10000
		for _, unit := range []rune{0xd800 + r>>10, 0xdc00 + r&0x3ff} {
			b.WriteString(`\u` + strconv.FormatInt(int64(unit), 16))
		}
	}
	return b.String()
}

// telling returns the line by which a value of several lines, as a private key, is known again where it was indented or
// wrapped: the first of at least leastLine characters that is no head line, behind the first one, which keys of a kind
// have in common.
func telling(value string) string {
	const leastLine = 40
	lines := strings.Split(value, "\n")
	if len(lines) < 3 {
		return ""
	}
	for _, line := range lines[2:] {
		if line = strings.TrimSpace(line); len(line) >= leastLine && !strings.HasPrefix(line, "-----") {
			return line
		}
	}
	return ""
}

// equal tells whether text starts with the form.
func (f *form) equal(text []byte) bool {
	if len(text) < len(f.text) {
		return false
	}
	text = text[:len(f.text)]
	switch f.compare {
	case exact:
		return bytes.Equal(text, f.text)
	case anyHex:
		return bytes.EqualFold(text, f.text)
	}
	fold := 0
	for i, c := range f.text {
		if c != text[i] && (fold == 0 || c|0x20 != text[i]|0x20) {
			return false
		}
		switch {
		case f.compare == escapes && c == '%':
			fold = 3
		case f.compare == unicodes && c == 'u' && i > 0 && f.text[i-1] == '\\':
			fold = 5
		}
		fold = max(0, fold-1)
	}
	return true
}
