package match

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/unleak/unleak/finding"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func utf16Bytes(s string, order binary.ByteOrder) string {
	var b bytes.Buffer
	for _, u := range utf16.Encode([]rune(s)) {
		_ = binary.Write(&b, order, u)
	}
	return b.String()
}

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

func inJSON(s string) string {
	b, err := json.Marshal(map[string]string{"k": s})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// each writes every byte of s by a format.
func each(s, format string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, format, s[i])
	}
	return b.String()
}

// encodings are the ways to write a value that no form alone covers.
var encodings = map[string]func(v string) string{
	"UTF-16LE":                    func(v string) string { return utf16Bytes("password = "+v+" \n", binary.LittleEndian) },
	"UTF-16BE":                    func(v string) string { return utf16Bytes("password = "+v+" \n", binary.BigEndian) },
	"UTF-16LE in bytes":           func(v string) string { return "\x01\x02\xff\x80" + utf16Bytes(v, binary.LittleEndian) + "\xff\xfe\x01" },
	"UTF-16LE in base64":          func(v string) string { return b64(utf16Bytes("pw="+v, binary.LittleEndian)) },
	"base64 of base64":            func(v string) string { return b64(b64("user:" + v)) },
	"base64 three times":          func(v string) string { return b64(b64(b64("user:" + v))) },
	"base64, percent":             func(v string) string { return url.QueryEscape(b64("user:" + v)) },
	"percent twice":               func(v string) string { return url.QueryEscape(url.QueryEscape(v)) },
	"every byte percent":          func(v string) string { return each(v, "%%%02x") },
	"base64 in JSON in JSON":      func(v string) string { return inJSON(inJSON(b64("user:" + v))) },
	"base64 in escapes":           func(v string) string { return each(b64("user:"+v), `\u%04x`) },
	"JSON in JSON":                func(v string) string { return inJSON(inJSON(v)) },
	"gzip in base64":              func(v string) string { return b64(gzipped("password=" + v)) },
	"hexadecimal of hexadecimal":  func(v string) string { return hex.EncodeToString([]byte(hex.EncodeToString([]byte(v)))) },
	"hexadecimal, upper case":     func(v string) string { return strings.ToUpper(hex.EncodeToString([]byte(v))) },
	"hexadecimal in base64":       func(v string) string { return b64(hex.EncodeToString([]byte("user:" + v))) },
	"hexadecimal list":            func(v string) string { return "{" + strings.TrimSuffix(each(v, "0x%02x, "), ", ") + "}" },
	"HTML":                        html.EscapeString,
	"HTML numbers":                func(v string) string { return each(v, "&#%d;") },
	"HTML numbers, hexadecimal":   func(v string) string { return each(v, "&#x%X;") },
	"over two lines":              func(v string) string { return "A=" + v[:7] + "\\\n" + v[7:] },
	"over two lines, CR LF":       func(v string) string { return "A=" + v[:7] + "\\\r\n" + v[7:] },
	"joined":                      func(v string) string { return `a = "` + v[:7] + `" + "` + v[7:] + `"` },
	"byte escapes":                func(v string) string { return each(v, `\x%02x`) },
	"base64, split by backslash":  func(v string) string { s := b64("the user is:" + v); return s[:20] + "\\\n" + s[20:] },
	"base64 in base64, URL-safe":  func(v string) string { return base64.RawURLEncoding.EncodeToString([]byte(b64("user:" + v))) },
	"quoted-printable, soft line": func(v string) string { return "password is " + v[:6] + "=\n" + v[6:] + "=3D\n" },
}

// Values are found in encodings of their forms, and a change near them alone finds them again.
func TestDecoded(t *testing.T) {
	for _, v := range []string{"Zq4mN8vT2xKp7LwR", `tRw8-kLm2/pQ9z&"x`} {
		s := setOf(t, v)
		for name, encode := range encodings {
			text := strings.Repeat("nothing to see here\n", 20) + encode(v) + "\nand so on\n"
			got := find(s, text)
			if len(got) == 0 {
				t.Errorf("%s of %q: not found", name, v)
				continue
			}
			m := got[0]
			if m.Secret != v || m.Span.Start < 0 || m.Span.End > len(text) || m.Span.Start >= m.Span.End || m.Span.Start < m.Context.Start || m.Span.End > m.Context.End {
				t.Errorf("%s of %q: %+v", name, v, m.Span)
			}
			d := s.Detector()
			if again := d.Scan([]byte(text), []finding.Span{{Start: m.Span.Start + 3, End: m.Span.Start + 4}}, nil); len(again) == 0 {
				t.Errorf("%s of %q: not found around what is new", name, v)
			}
			if far := d.Scan([]byte(text), []finding.Span{{Start: 0, End: 1}}, nil); len(far) > 0 && m.Context.Start > 1 {
				t.Errorf("%s of %q: found where nothing is new", name, v)
			}
			if other := find(setOf(t, "Zq4mN8vT9xKp7LwR"), text); len(other) > 0 {
				t.Errorf("%s of %q: another value was found", name, v)
			}
		}
	}
}

// What decodes to more than is looked at is told.
func TestUndecoded(t *testing.T) {
	d := setOf(t, "Zq4mN8vT2xKp7LwR").Detector()
	d.Scan([]byte("x = "+b64(gzipped(strings.Repeat("all the same here\n", 1<<20)))), nil, nil)
	if d.Undecoded() == 0 || d.Undecoded() != 0 {
		t.Error("a text that was not read to its end is not told, or twice")
	}
}
