package decode

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/ascii85"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"
)

// token is a well-formed fake, joined from parts.
var token = "gh" + "p_" + "x7Kq2mVt9RzLw4Yb" + "N8sDf3HjP6cGaE1uT5oQ"

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

func deflated(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

func utf16le(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

func utf16be(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	return string(b)
}

// each encodes byte by byte.
func each(s, format, sep string) string {
	var parts []string
	for i := range len(s) {
		parts = append(parts, fmt.Sprintf(format, s[i]))
	}
	return strings.Join(parts, sep)
}

// wrap breaks s every n bytes.
func wrap(s string, n int, sep string) string {
	var parts []string
	for ; len(s) > n; s = s[n:] {
		parts = append(parts, s[:n])
	}
	return strings.Join(append(parts, s), sep)
}

func std(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// find returns where want stands in what text decodes to by the chain given, or by any chain if it is empty.
func find(d *Decoder, text, want, chain string, depth int) (at Span, ok bool) {
	d.Find([]byte(text), Span{0, len(text)}, func(s *Stretch) {
		head, rest, more := strings.Cut(chain, ">")
		if ok || chain != "" && s.Name != head {
			return
		}
		decoded := string(s.Text)
		if i := strings.Index(decoded, want); i >= 0 && cut(decoded, i, len(want)) && !more {
			at, ok = s.SourceSpan(Span{i, i + len(want)}), true
			return
		}
		if depth > 0 && (more || chain == "") {
			var inner Span
			if inner, ok = find(d, decoded, want, rest, depth-1); ok {
				at = s.SourceSpan(inner)
			}
		}
	})
	return at, ok
}

// cut reports whether the token stands apart: no letter or digit beside it.
func cut(s string, i, n int) bool {
	word := func(c byte) bool {
		return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'z'
	}
	return (i == 0 || !word(s[i-1])) && (i+n == len(s) || !word(s[i+n]))
}

// losses is every encoding that PEERS.md 2c lists as missed by peers, and the ones beside them. encoded is the part of
// text that a finding must point into.
func losses() []struct{ name, text, encoded, chain string } {
	line := "token=" + token + "\n"
	long := "the quick brown fox jumps over the lazy dog, " + line + strings.Repeat("and runs away from it\n", 8)
	accents := "Zugang für Müller: «" + token + "» – große Überraschung"
	raw := func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) }
	symbols := "pw?>~" + token + "~~>>??"
	half := len(token) / 2
	a, b := token[:half], token[half:]
	var d85 bytes.Buffer
	w := ascii85.NewEncoder(&d85)
	w.Write([]byte(line))
	w.Close()
	type c = struct{ name, text, encoded, chain string }
	list := []c{
		{"base64", "data: " + std(line) + "\n", std(line), "base64"},
		{"base64 unpadded with + and /", `k = "` + raw(symbols) + `"`, raw(symbols), "base64"},
		{"base64 url-safe padded", "k=" + base64.URLEncoding.EncodeToString([]byte(symbols)) + "&x=1", base64.URLEncoding.EncodeToString([]byte(symbols)), "base64"},
		{"base64 url-safe unpadded", "k: " + base64.RawURLEncoding.EncodeToString([]byte(symbols)), base64.RawURLEncoding.EncodeToString([]byte(symbols)), "base64"},
		{"base64 of UTF-16", "powershell -enc " + std(utf16le("$t='"+token+"'")), std(utf16le("$t='" + token + "'")), "base64>utf-16le"},
		{"base64 of gzip", "release: " + std(gzipped(long)) + "\n", std(gzipped(long)), "base64>gzip"},
		{"base64 of base64 of gzip", "release: " + std(std(gzipped(long))) + "\n", std(std(gzipped(long))), "base64>base64>gzip"},
		{"base64 of gzip of gzip", "x: " + std(gzipped(gzipped(long))), std(gzipped(gzipped(long))), "base64>gzip>gzip"},
		{"base64 of zlib", "x: " + std(deflated(long)), std(deflated(long)), "base64>zlib"},
		{"base64 of non-ASCII", "x: '" + std(accents) + "'", std(accents), "base64"},
		{"base64 in 76 columns", "\n" + wrap(std(long), 76, "\n") + "\n", wrap(std(long), 76, "\n"), "base64"},
		{"base64 in 64 columns CRLF", "\r\n" + wrap(std(long), 64, "\r\n") + "\r\n", wrap(std(long), 64, "\r\n"), "base64"},
		{"base64 in a YAML fold", "data:\n  key: >-\n    " + wrap(std(long), 80, "\n    ") + "\nother: 1\n", wrap(std(long), 80, "\n    "), "base64"},
		{"base64 in quoted lines", "x = \"" + wrap(std(long), 60, "\" +\n\t\t\"") + "\"\n", wrap(std(long), 60, "\" +\n\t\t\""), "base64"},
		{"base64 in continued lines", "x='" + wrap(std(long), 60, "\\\n") + "'\n", wrap(std(long), 60, "\\\n"), "base64"},
		{"base64 with written breaks", `{"x":"` + wrap(std(long), 76, `\n`) + `\n"}`, wrap(std(long), 76, `\n`), "base64"},
		{"base64 of gzip in lines", "data:\n  x: " + wrap(std(gzipped(long)), 76, "\n    ") + "\n", wrap(std(gzipped(long)), 76, "\n    "), "base64>gzip"},
		{"base64 with escaped slashes", `{"x":"` + strings.ReplaceAll(std("???>>>"+token), "/", `\/`) + `"}`, strings.ReplaceAll(std("???>>>"+token), "/", `\/`), "backslash>base64"},
		{"base64 in PEM style", "-----BEGIN X-----\n" + wrap(std(long), 64, "\n") + "\n-----END X-----\n", wrap(std(long), 64, "\n"), "base64"},
		{"base64 beside other keys", "a: " + raw(token) + "\nsomething: else\nb: c\n", raw(token), "base64"},
		{"base64 lines of tokens", raw(token) + "\n" + raw(strings.ToUpper(line)) + "\n", raw(token), "base64"},
		{"base64 short lines", "x: " + wrap(std(line), 32, "\n   ") + "\n", wrap(std(line), 32, "\n   "), "base64"},
		{"base64 after a path", "GET /blob/data/" + std(token) + " HTTP/1.1", std(token), "base64"},
		{"base64 after a data URL", "url(data:text/plain;base64," + std(line) + ")", std(line), "base64"},
		{"hex", "x = '" + hex.EncodeToString([]byte(line)) + "'", hex.EncodeToString([]byte(line)), "hex"},
		{"hex upper after 0x", "0x" + strings.ToUpper(hex.EncodeToString([]byte(line))), strings.ToUpper(hex.EncodeToString([]byte(line))), "hex"},
		{"hex in lines", wrap(hex.EncodeToString([]byte(line)), 60, "\n"), wrap(hex.EncodeToString([]byte(line)), 60, "\n"), "hex"},
		{"colon-hex", "key: " + each(token, "%02x", ":") + "\n", each(token, "%02x", ":"), "colon-hex"},
		{"space-hex", "<Buffer " + each(token, "%02x", " ") + ">", each(token, "%02x", " "), "colon-hex"},
		{"0x list", "b := []byte{" + each(token, "0x%02x", ", ") + "}", each(token, "0x%02x", ", "), "hex-array"},
		{"0x list in lines", "{\n  " + wrap(each(token, "0x%02x", ","), 60, "\n  ") + "\n}", wrap(each(token, "0x%02x", ","), 60, "\n  "), "hex-array"},
		{"decimal array", `{"data":[` + each(token, "%d", ",") + `]}`, each(token, "%d", ","), "decimal-array"},
		{"decimal array, one a line", "[\n              " + each(token, "%d", ",\n              ") + "\n]", each(token, "%d", ",\n              "), "decimal-array"},
		{"base32", "x=" + base32.StdEncoding.EncodeToString([]byte(line)), base32.StdEncoding.EncodeToString([]byte(line)), "base32"},
		{"ascii85", "<~" + d85.String() + "~>", d85.String(), "base85"},
		{"base85", `base64.b85decode(b"` + encode1924(line) + `")`, encode1924(line), "base85"},
		{"percent", "q=" + each(token, "%%%02X", "") + "&z", each(token, "%%%02X", ""), "percent"},
		{"percent in part", "q=" + strings.Replace(token, "_", "%5F", 1) + "&z=%E9", strings.Replace(token, "_", "%5F", 1), "percent"},
		{"percent beside a bad escape", "a=%E9&b=%ZZ&c=%u0067&t=" + url.QueryEscape("="+token) + "%", url.QueryEscape("=" + token), "percent"},
		{"unicode escapes", `"` + each(token, `\u%04x`, "") + `"`, each(token, `\u%04x`, ""), "unicode-escape"},
		{"unicode escape in part", `"t=` + strings.Replace(token, "_", `\u005F`, 1) + `"`, strings.Replace(token, "_", `\u005F`, 1), "unicode-escape"},
		{"unicode braces", `"` + each(token, `\u{%x}`, "") + `"`, each(token, `\u{%x}`, ""), "unicode-escape"},
		{"unicode 32 bits", `"` + each(token, `\U%08x`, "") + `"`, each(token, `\U%08x`, ""), "unicode-escape"},
		{"doubled backslashes", `"` + each(token, `\\u%04x`, "") + `"`, each(token, `\\u%04x`, ""), "unicode-escape"},
		{"code points", each(token, "U+%04X", " "), each(token, "U+%04X", " "), "unicode-escape"},
		{"hex escapes", `'` + each(token, `\x%02x`, "") + `'`, each(token, `\x%02x`, ""), "hex-escape"},
		{"octal escapes", `'` + each(token, `\%03o`, "") + `'`, each(token, `\%03o`, ""), "octal-escape"},
		{"octal of printf", `'` + each(token, `\0%03o`, "") + `'`, each(token, `\0%03o`, ""), "octal-escape"},
		{"html decimal", "<p>" + each(token, "&#%d;", "") + "</p>", each(token, "&#%d;", ""), "html-entity"},
		{"html hex", "<p>" + each(token, "&#x%X;", "") + "</p>", each(token, "&#x%X;", ""), "html-entity"},
		{"html named", "<p>x" + "&amp;" + strings.Replace(token, "_", "&lowbar;", 1), strings.Replace(token, "_", "&lowbar;", 1), "html-entity"},
		{"quoted-printable", "t=3D" + token + " and", token, "quoted-printable"},
		{"quoted-printable, all", each(token, "=%02X", ""), each(token, "=%02X", ""), "quoted-printable"},
		{"quoted-printable soft break", "t=3D" + a + "=\r\n" + b + " and", a + "=\r\n" + b, "quoted-printable"},
		{"ansi", "t: " + a + "\x1b[01;31m\x1b[K" + b + "\x1b[m", a + "\x1b[01;31m\x1b[K" + b, "ansi"},
		{"ansi before", "t: \x1b[32m" + token + "\x1b[0m", token, "ansi"},
		{"osc link", "t: " + a + "\x1b]8;;http://x\x1b\\" + b, a + "\x1b]8;;http://x\x1b\\" + b, "ansi"},
		{"zero width space", "t: " + a + "\u200b" + b, a + "\u200b" + b, "zero-width"},
		{"zero width mix", "t: " + a + "\u2060\ufeff\u00ad" + b, a + "\u2060\ufeff\u00ad" + b, "zero-width"},
		{"concat plus", `t = "` + a + `" + "` + b + `"`, a + `" + "` + b, "concat"},
		{"concat dot", `$t = '` + a + `' . '` + b + `';`, a + `' . '` + b, "concat"},
		{"concat side by side", `t = "` + a + `" "` + b + `"`, a + `" "` + b, "concat"},
		{"concat of bytes", `t = b"` + a + `" "` + b + `"`, a + `" "` + b, "concat"},
		{"concat lines", "t = (\"" + a + "\"\n      \"" + b + "\")", a + "\"\n      \"" + b, "concat"},
		{"concat lines plus", "t = '" + a + "' +\n      '" + b + "'", a + "' +\n      '" + b, "concat"},
		{"concat VB", "t = \"" + a + "\" & _\n      \"" + b + "\"", a + "\" & _\n      \"" + b, "concat"},
		{"concat operator first", "t = \"" + a + "\"\n    + \"" + b + "\"", a + "\"\n    + \"" + b, "concat"},
		{"concat shell", "t='" + a + "''" + b + "'", a + "''" + b, "concat"},
		{"continued", "t=" + a + "\\\n" + b + "\n", a + "\\\n" + b, "line-continuation"},
		{"continued CRLF, indented", "t=" + a + "\\\r\n    " + b + "\n", a + "\\\r\n    " + b, "line-continuation"},
		{"escaped underscore", "t=" + strings.Replace(token, "_", `\_`, 1) + " x", strings.Replace(token, "_", `\_`, 1), "backslash"},
		{"UTF-16 LE", utf16le("x: " + token + "\r\n"), utf16le(token), "utf-16le"},
		{"UTF-16 BE", utf16be("x: " + token + "\r\n"), utf16be(token), "utf-16be"},
		{"UTF-16 LE BOM", "\xff\xfe" + utf16le("Grüße 你好 x: "+token+"\r\n"), utf16le(token), "utf-16le"},
		{"UTF-16 BE BOM", "\xfe\xff" + utf16be("Grüße 你好 x: "+token+"\r\n"), utf16be(token), "utf-16be"},
		{"UTF-16 in binary", "\x01\x02\x03\x80" + utf16le(token) + "\x00\x00\x01\xff", utf16le(token), "utf-16le"},
		{"gzip at the start", gzipped(long), gzipped(long), "gzip"},
		{"percent of base64", "q=" + url.QueryEscape(raw(line)+"=="), raw(line)[:8], ""},
		{"unicode in hex", hex.EncodeToString([]byte(each(token, `\u%04x`, ""))), hex.EncodeToString([]byte(each(token, `\u%04x`, ""))), "hex>unicode-escape"},
	}
	return list
}

// encode1924 is base85 as Python's b85encode writes it.
func encode1924(s string) string {
	var out []byte
	for len(s) > 0 {
		n := min(4, len(s))
		var g [4]byte
		copy(g[:], s[:n])
		v := binary.BigEndian.Uint32(g[:])
		var d [5]byte
		for k := 4; k >= 0; k-- {
			d[k] = alphabet1924[v%85]
			v /= 85
		}
		out = append(out, d[:n+1]...)
		s = s[n:]
	}
	return string(out)
}

func TestEveryLossIsFound(t *testing.T) {
	for _, c := range losses() {
		t.Run(c.name, func(t *testing.T) {
			for _, before := range []string{"", "plain text before, with words and\nlines in it\n"} {
				if before != "" && strings.HasPrefix(c.text, "\x1f\x8b") {
					continue
				}
				text := before + c.text
				at, ok := find(New(), text, token, c.chain, 4)
				if !ok {
					t.Fatalf("token not found by %q in %q", c.chain, text)
				}
				from := strings.Index(text, c.encoded)
				if from < 0 {
					t.Fatalf("bad case: %q not in text", c.encoded)
				}
				want := Span{from, from + len(c.encoded)}
				if c.chain != "" && (at.Start < want.Start || at.End > want.End+2) {
					t.Errorf("token maps to %v %q, want it inside %v", at, text[at.Start:at.End], want)
				}
			}
		})
	}
}

// TestEntriesAreNotJoined: the name of the next entry, in the output of a plan or a difference, is no part of a value.
func TestEntriesAreNotJoined(t *testing.T) {
	for _, text := range []string{
		"  + \"a_key\" = \"kW8mQzp1x\"\n  + \"b_key\" = \"x\"", "\"a_key\" = \"kW8mQzp1x\"\n    \"b_key\" = \"x\"", "'a': 'kW8mQzp1x'\n'b': 'x'",
	} {
		for _, s := range collect(New(), text, Span{0, len(text)}, 0) {
			t.Errorf("%s: %s gives %q", text, s.Name, s.Text)
		}
	}
}

// TestArgumentsAreNotJoined: quoted words of a command line are its arguments.
func TestArgumentsAreNotJoined(t *testing.T) {
	for _, text := range []string{
		`mysql -u root -p"kW8mQzp1x" "shop"`, `sshpass -p 'kW8mQzp2x' 'ssh' h`, `curl -u "a:kW8mQzp4x" "https"`, `login "kW8mQzp5x" "host"`,
	} {
		for _, s := range collect(New(), text, Span{0, len(text)}, 0) {
			t.Errorf("%s: %s gives %q", text, s.Name, s.Text)
		}
	}
}
