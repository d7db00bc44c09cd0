package detectors_test

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/x509"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	mrand "math/rand/v2"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"crypto/ecdsa"
	"crypto/elliptic"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
)

// awsKey is a well-formed fake access key id; keyPEM a real private key that guards nothing.
var (
	awsKey = "AKIA" + "Y3FDSX7MWQ5HT2KB"
	keyPEM = func() string {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			panic(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE" + " KEY", Bytes: der}))
	}()
)

func std64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
func raw64(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) }
func url64(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) }

func gz(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

func wide(s string, big bool) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

func eachByte(s, format, sep string) string {
	parts := make([]string, len(s))
	for i := range len(s) {
		parts[i] = fmt.Sprintf(format, s[i])
	}
	return strings.Join(parts, sep)
}

func wrapped(s string, n int, sep string) string {
	var lines []string
	for ; len(s) > n; s = s[n:] {
		lines = append(lines, s[:n])
	}
	return strings.Join(append(lines, s), sep)
}

func quotedPrintable(s string) string {
	s = eachByte(s, "=%02X", "")
	return wrapped(s, 72, "=\r\n")
}

// encodings are the ways a secret is written, each in surroundings as they occur: text is what stands around, with
// the encoded text at "@". Those marked multi also carry secrets of several lines.
var encodings = []struct {
	name, around, chain string
	encode              func(string) string
	short               bool // for a token of one line only
}{
	{"base64", "token: @\n", "base64", std64, false},
	{"base64 unpadded", "data:\n  key: @\n", "base64", func(s string) string { return raw64("{\"t\":\"" + s + "\"}?>") }, false},
	{"base64 url-safe padded", "GET /cb?state=@ HTTP/1.1\n", "base64", func(s string) string { return url64("??>>~~ " + s + " ") }, false},
	{"base64 of non-ASCII text", "b = '@'\n", "base64", func(s string) string { return std64("clé d'accès: " + s + " (à garder)") }, false},
	{"base64 wrapped at 76", "Content-Transfer-Encoding: base64\r\n\r\n@\r\n", "base64",
		func(s string) string { return wrapped(std64(filler(200)+s+"\n"+filler(200)), 76, "\r\n") }, false},
	{"base64 in a YAML fold", "data:\n  conf: >-\n    @\n  other: x\n", "base64",
		func(s string) string { return wrapped(std64(filler(120)+s+"\n"), 60, "\n    ") }, false},
	{"base64 behind a path", "url: https://example.com/data/@\n", "base64", func(s string) string { return std64(" " + s + " ") }, false},
	{"PowerShell -enc", "powershell -NoProfile -enc @\n", "base64>utf-16le", func(s string) string { return std64(wide("$t = '"+s+"'; Invoke-It", false)) }, false},
	{"helm release", "  release: @\n", "base64>gzip", func(s string) string { return std64(gz(filler(50) + s + "\n")) }, false},
	{"base64 twice", "x: @\n", "base64>base64", func(s string) string { return std64(std64("k=" + s + "\n")) }, false},
	{"hex of base64", "x: @\n", "hex>base64", func(s string) string { return hex.EncodeToString([]byte(std64("k=" + s + "\n"))) }, false},
	{"hex", "payload = @\n", "hex", func(s string) string { return hex.EncodeToString([]byte(s)) }, false},
	{"colon hex", "Octets: @\n", "colon-hex", func(s string) string { return eachByte(s, "%02x", ":") }, false},
	{"byte array", "var k = []byte{@}\n", "hex-array", func(s string) string { return eachByte(s, "0x%02x", ", ") }, false},
	{"decimal array", "int[] k = {@};\n", "decimal-array", func(s string) string { return eachByte(s, "%d", ",") }, false},
	{"\\x", "s = \"@\"\n", "hex-escape", func(s string) string { return eachByte(s, `\x%02x`, "") }, false},
	{"octal", "printf '@'\n", "octal-escape", func(s string) string { return eachByte(s, `\%03o`, "") }, false},
	{"\\u", `{"t": "@"}` + "\n", "unicode-escape", func(s string) string { return eachByte(s, `\u%04x`, "") }, false},
	{"one \\u inside", `{"t": "@"}` + "\n", "unicode-escape", func(s string) string { return s[:6] + fmt.Sprintf(`\u%04X`, s[6]) + s[7:] }, true},
	{"percent", "q=%C3%A9t%C3%A9&k=@&z=1\n", "percent", func(s string) string { return eachByte(s, "%%%02X", "") }, false},
	{"percent beside an odd escape", "q=%E9&k=@\n", "percent", func(s string) string {
		return url.QueryEscape(s[:8]) + fmt.Sprintf("%%%02x", s[8]) + url.QueryEscape(s[9:])
	}, true},
	{"percent in \\u", "{\"u\":\"https://h/?k=@\"}\n", "unicode-escape>percent",
		func(s string) string { return strings.ReplaceAll(eachByte(s, "%%%02X", ""), "%", `\u0025`) }, false},
	{"HTML entities", "<td>@</td>\n", "html-entity", func(s string) string { return eachByte(s, "&#%d;", "") }, false},
	{"HTML hex entities", "<td>@</td>\n", "html-entity", func(s string) string { return eachByte(s, "&#x%X;", "") }, false},
	{"quoted-printable", "Content-Transfer-Encoding: quoted-printable\r\n\r\n@\r\n", "quoted-printable", quotedPrintable, false},
	{"base32", "seed @\n", "base32", func(s string) string { return base32.StdEncoding.EncodeToString([]byte(s)) }, false},
	{"UTF-16LE", "@", "utf-16le", func(s string) string { return wide("token = "+s+"\r\n", false) }, false},
	{"UTF-16BE", "@", "utf-16be", func(s string) string { return wide("token = "+s+"\r\n", true) }, false},
	{"UTF-16LE with BOM", "@", "utf-16le", func(s string) string { return "\xff\xfe" + wide("token = "+s+"\r\n", false) }, false},
	{"UTF-16BE with BOM", "@", "utf-16be", func(s string) string { return "\xfe\xff" + wide("token = "+s+"\r\n", true) }, false},
	{"string concatenation", "var t = \"@\";\n", "concat", func(s string) string { return s[:12] + "\" + \"" + s[12:] }, true},
	{"backslash newline", "curl -H 'k: @'\n", "line-continuation", func(s string) string { return s[:12] + "\\\n" + s[12:] }, true},
	{"colour inside", "2026-01-01 log @ end\n", "ansi", func(s string) string { return s[:9] + "\x1b[31m" + s[9:15] + "\x1b[0m" + s[15:] }, true},
	{"zero-width", "see @ here\n", "zero-width", func(s string) string { return s[:9] + "\u200b" + s[9:] }, true},
}

func filler(n int) string {
	return strings.Repeat("The quick brown fox jumps over the lazy dog; and so on.\n", n/56+1)[:n] + "\n"
}

// TestEncodings finds a token, a key id and a private key in every encoding, with its value, its place and its chain.
func TestEncodings(t *testing.T) {
	e := engine(t, detectors.Options{})
	s := e.NewScanner()
	for _, c := range encodings {
		for _, secret := range []string{token, awsKey, keyPEM} {
			if c.short && secret == keyPEM {
				continue
			}
			encoded := c.encode(secret)
			if secret == awsKey && !c.short && len(encoded) < 64 {
				encoded = c.encode("aws_access_key_id = " + secret + " ")
			}
			text := []byte(strings.Replace(c.around, "@", encoded, 1))
			start := strings.Index(c.around, "@")
			whole := finding.Span{Start: start, End: start + len(encoded)}
			if !slices.ContainsFunc(e.Resolve(s.Scan(text, nil, nil)), func(m finding.Match) bool {
				return strings.TrimSpace(m.Secret) == strings.TrimSpace(secret) && m.Decoded == c.chain &&
					m.Span.Start >= whole.Start-2 && m.Span.End <= whole.End+2 && m.Span.Len() > len(secret)/2
			}) {
				t.Errorf("%s: %.12q lost in %.300q:\n%s", c.name, secret, text, listed(s.Scan(text, nil, nil)))
			}
		}
	}
}

func listed(all []finding.Match) string {
	var b strings.Builder
	for _, m := range all {
		fmt.Fprintf(&b, "  %s %.40q %v %q\n", m.Rule, m.Secret, m.Span, m.Decoded)
	}
	return b.String()
}

// TestDecodingDepth follows as many encodings as asked for, and no more.
func TestDecodingDepth(t *testing.T) {
	for depth := 1; depth <= 6; depth++ {
		s := engine(t, detectors.Options{DecodeDepth: depth}).NewScanner()
		text := "k = " + token + "\n"
		for level := 1; level <= 6; level++ {
			text = std64(text)
			if got, want := holds(s.Scan([]byte(text), nil, nil), token), level <= depth; got != want {
				t.Errorf("depth %d: %d levels of base64: found %v", depth, level, got)
			}
		}
	}
	none := engine(t, detectors.Options{DecodeDepth: -1}).NewScanner()
	if holds(none.Scan([]byte(std64("k = "+token)), nil, nil), token) {
		t.Error("decoded although decoding is off")
	}
}

// TestBombsCostBoundedMemory scans what would inflate to gigabytes, several times over.
func TestBombsCostBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("memory is measured in the run without -short, which is without the race detector")
	}
	var inner bytes.Buffer
	w := gzip.NewWriter(&inner)
	zeros := make([]byte, 1<<20)
	for range 256 {
		_, _ = w.Write(zeros)
	}
	_ = w.Close()
	bomb := std64(inner.String())
	texts := [][]byte{
		[]byte(bomb),
		inner.Bytes(),
		[]byte(std64(gz(strings.Repeat(bomb+"\n", 20)))),
		[]byte(strings.Repeat(std64(gz(strings.Repeat("A", 1<<20)))+"\n", 200)),
	}
	s := engine(t, detectors.Options{}).NewScanner()
	for i, text := range texts {
		text = slices.Concat(text, []byte("\nk = "+token+"\n"))
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		found := s.Scan(text, nil, nil)
		runtime.ReadMemStats(&after)
		const most = 64 << 20
		if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > most {
			t.Errorf("bomb %d (%d bytes): %d MiB held", i, len(text), held>>20)
		}
		if total, limit := after.TotalAlloc-before.TotalAlloc, uint64(2*most+20*len(text)); total > limit {
			t.Errorf("bomb %d (%d bytes): %d MiB allocated", i, len(text), total>>20)
		}
		if !holds(found, token) {
			t.Errorf("bomb %d hides the token behind it", i)
		}
	}
}

// TestGenericKeysAreNotLostToEntropy draws values that peers lose in number: at most one in a hundred may be lost.
func TestGenericKeysAreNotLostToEntropy(t *testing.T) {
	const lower, digits = "abcdefghijklmnopqrstuvwxyz", "0123456789"
	letters := lower + strings.ToUpper(lower)
	s := engine(t, detectors.Options{}).NewScanner()
	for _, c := range []struct {
		name, around, alphabet string
		n                      int
	}{
		{"32 hex digits, code", "api_key = \"%s\"\n", digits + "abcdef", 32},
		{"32 hex digits, YAML", "password: %s\n", digits + "abcdef", 32},
		{"14 characters with symbols, code", "password = \"%s\"\n", letters + digits + "!@#%^*-_+=.?", 14},
		{"14 characters with symbols, YAML", "password: %s\n", letters + digits + "!@%^*-_+=.?", 14},
		{"20 alphanumeric, code", "api_key = \"%s\"\n", letters + digits, 20},
		{"20 alphanumeric, YAML", "api_key: %s\n", letters + digits, 20},
	} {
		rng := mrand.New(mrand.NewPCG(7, uint64(c.n)))
		lost := 0
		example := ""
		for range 2000 {
			value := make([]byte, c.n)
			for i := range value {
				value[i] = c.alphabet[rng.IntN(len(c.alphabet))]
			}
			for strings.IndexByte("@%*!?-", value[0]) >= 0 { // a YAML indicator starts no plain value
				value[0] = c.alphabet[rng.IntN(52)%len(c.alphabet)]
			}
			if !holds(s.Scan(fmt.Appendf(nil, "name: x\n"+c.around+"other: y\n", value), nil, nil), string(value)) {
				lost++
				example = string(value)
			}
		}
		if lost > 20 {
			t.Errorf("%s: %d of 2000 lost, such as %s", c.name, lost, example)
		}
	}
}
