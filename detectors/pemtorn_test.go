package detectors_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
)

// pemLines returns the lines of a fresh private key.
func pemLines(t *testing.T) []string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE " + "KEY", Bytes: der}))), "\n")
}

func prefixed(prefix string, lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		p := prefix
		if strings.Contains(p, "%") {
			p = fmt.Sprintf(p, i+10)
		}
		b.WriteString(p + line + "\n")
	}
	return b.String()
}

// recordEnd stands behind each line in the records of a container's log.
const recordEnd = `\n","stream":"stdout","time":"2026-03-01T10:00:09.1Z"}`

func records(lines []string) []string {
	out := slices.Clone(lines)
	for i := range out {
		out[i] += recordEnd
	}
	return out
}

// TestTornKey: a key whose end is missing ends where its lines do: all of it is found, and what stands behind it is.
func TestTornKey(t *testing.T) {
	key := pemLines(t)
	cut := append(slices.Clone(key[:11]), key[11][:29]+"aB7")
	esc := strings.Join(cut, `\n`)
	last := cut[len(cut)-1]
	whole := strings.Join(key, "\n") + "\n"
	const pw = "kaninchen" + "bau"
	for _, c := range []struct{ name, head, torn, tail, last string }{
		{"JSON lines", `{"msg":"loaded key `, esc, `"}` + "\n" + `{"level":"info","msg":"ready","port":8080}` + "\n" + `{"password":"` + pw + `"}` + "\n" + whole, last},
		{"JSON members", `{"a": "`, esc, `", "user":"anna", "password":"` + pw + `"}` + "\n", last},
		{"JSON members over lines", "{\n  \"a\": \"", esc, "\",\n  \"user\":\"anna\",\n  \"password\":\"" + pw + "\"\n}\n", last},
		{"JSON in JSON", `{"a": "{\"k\":\"`, strings.Join(cut, `\\n`), `\", \"password\":\"` + pw + `\"}"}` + "\n", last},
		{"plain log", "", strings.Join(cut[:8], "\n"), "\n2026-03-01T10:00:00Z user=anna password=" + pw + "\n2026-03-01T10:00:01Z done\n", cut[7]},
		{"log of one word", "", strings.Join(cut[:8], "\n"), "\nstarted\npassword=" + pw + "\n", cut[7]},
		{"headers behind it", "", strings.Join(cut[:8], "\n"), "\nuser: anna\npassword: " + pw + "\n", cut[7]},
		{"time stamps", "2026-03-01T10:00:09Z ", strings.TrimSpace(strings.TrimPrefix(prefixed("2026-03-01T10:00:%02dZ ", cut[:8]), "2026-03-01T10:00:10Z ")), "\n2026-03-01T10:00:40Z user=anna password=" + pw + "\n", cut[7]},
		{"time stamps of other lengths", "2026-03-01T10:00:09.1Z ", strings.TrimSpace(strings.TrimPrefix(prefixed("2026-03-01T10:00:%02d.12Z ", cut[:8]), "2026-03-01T10:00:10.12Z ")), "\n2026-03-01T10:00:40Z user=anna password=" + pw + "\n", cut[7]},
		{"text in the same string", `{"event":"cfg","line":"key=`, cut[0] + `\n` + cut[1] + `\n` + last, `... (cut)", "password":"` + pw + `"}` + "\n", last},
		{"one line and a mark", "key=", cut[0] + "\n" + cut[1], "\n[truncated]\npassword=" + pw + "\n", cut[1]},
		{"one line and a mark in a string", `{"line":"key=`, cut[0] + `\n` + cut[1], `\n[truncated]", "password":"` + pw + `"}`, cut[1]},
		{"another key begins", "a: ", strings.Join(cut, "\n"), "\nkey: " + whole + "password=" + pw + "\n", last},
		{"another key begins in a JSON line", `{"a":"`, esc, `"}` + "\n" + `{"b":"` + strings.Join(key, `\n`) + `","password":"` + pw + `"}` + "\n", last},
		{"a key on one line", `{"a":"`, cut[0] + `\n` + strings.Join(cut[1:], ""), `"}` + "\n" + `{"password":"` + pw + `"}` + "\n", last},
		{"joined strings", "k = \"", strings.Join(cut, `\n" +`+"\n    \""), "\"\npassword = \"" + pw + "\"\n", last},
		{"an array", `{"k":["`, strings.Join(cut, `","`), `"],"password":"` + pw + `"}` + "\n", last},
		{"CRLF", "", strings.Join(cut, "\r\n"), "\r\npassword=" + pw + "\r\n", last},
		{"headers", "", "-----BEGIN RSA PRIVATE " + "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,648DADB6EB25BFF0B73E8AECA5922352\n\n" + strings.Join(cut[2:], "\n"), "\npassword=" + pw + "\n", last},
		{"records", `{"log":"`, strings.TrimPrefix(strings.TrimSuffix(strings.TrimSpace(prefixed(`{"log":"`, records(cut[:8]))), recordEnd), `{"log":"`), recordEnd + "\n" + `{"log":"password=` + pw + recordEnd + "\n" + `{"log":"bye` + recordEnd + "\n", cut[7]},
		{"indented", "key: |\n    ", strings.Join(cut, "\n    "), "\npassword: " + pw + "\n", last},
	} {
		s := engine(t, detectors.Options{}).NewScanner()
		text := c.head + c.torn + c.tail
		got := s.Resolve(s.Scan([]byte(text), nil, nil))
		torn, password, other := 0, 0, 0
		for _, m := range got {
			switch {
			case m.Rule == "private-key" && slices.Contains(m.Tags, "torn"):
				torn++
				if want := (finding.Span{Start: len(c.head), End: len(c.head) + len(c.torn)}); m.Span != want {
					t.Errorf("%s: torn key at %v ends with %.40q, want %v", c.name, m.Span, text[max(0, m.Span.End-20):m.Span.End], want)
				}
				if !strings.Contains(strings.ReplaceAll(m.Secret, "\n", ""), c.last) {
					t.Errorf("%s: the secret lacks its last line", c.name)
				}
			case m.Rule == "private-key":
				other++
			case m.Secret == pw:
				password++
			case strings.Contains(m.Secret, "-----BEGIN"):
				t.Errorf("%s: %s says %.60q", c.name, m.Rule, m.Secret)
			}
		}
		if torn != 1 || password != 1 || other != strings.Count(c.tail, "-----END") {
			t.Errorf("%s: %d torn, %d whole keys, password found %d times, in\n%s", c.name, torn, other, password, text)
		}
	}
}

// TestTornTooSmall: a header alone, a sample and what all keys share are no keys, and the header is no value.
func TestTornTooSmall(t *testing.T) {
	begin := "-----BEGIN PRIVATE " + "KEY-----"
	s := engine(t, detectors.Options{}).NewScanner()
	for _, text := range []string{
		begin, "password=" + begin, `{"secret":"` + begin + `"}`, `{"password":"` + begin + `\nMIIE..."}`, "private_key = '" + begin + "\\n...'",
		begin + "\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC...\n", `{"event":"cfg","line":"key=` + begin + `\nMII... (cut)"}`,
		"secret_key=" + begin + "\n[truncated]\n",
	} {
		for _, m := range s.Resolve(s.Scan([]byte(text), nil, nil)) {
			t.Errorf("%q: %s says %q", text, m.Rule, m.Secret)
		}
	}
}

// TestTornOneLine: the whole body of an EC key on one line is a key without its end too.
func TestTornOneLine(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE " + "KEY", Bytes: der})), "\n")
	s := engine(t, detectors.Options{}).NewScanner()
	got := s.Resolve(s.Scan([]byte(lines[0]+"\n"+lines[1]+"\n(cut)\n"), nil, nil))
	if len(got) != 1 || !slices.Contains(got[0].Tags, "torn") {
		t.Errorf("found %+v", got)
	}
}

// TestTornBySpans: a scan of what changed finds the torn keys that a whole scan finds there.
func TestTornBySpans(t *testing.T) {
	key := pemLines(t)
	cut := key[:6]
	s := engine(t, detectors.Options{}).NewScanner()
	for _, text := range []string{
		`{"a":"` + strings.Join(cut, `\n`) + `... (cut)","b":"x y z"}` + "\nbye (all)\n" + strings.Repeat("(;) x\n", 90),
		prefixed(`{"log":"`, records(cut)) + `{"log":"password=kaninchen` + recordEnd + "\n" + strings.Repeat("(;) x\n", 90),
		prefixed("10:00:%02d app ", cut) + "10:00:40 user=anna password=kaninchenbau <x>\n" + strings.Repeat("(;) x\n", 90),
	} {
		full := s.Scan([]byte(text), nil, nil)
		for at := 0; at < len(text)-1; at += 3 {
			dirty := []finding.Span{{Start: at, End: at + 1}}
			want := touching(slices.Clone(full), dirty)
			if got := s.Scan([]byte(text), dirty, nil); !slices.EqualFunc(want, got, sameMatch) {
				t.Fatalf("%.60q at %d: %d matches in full, %d by spans", text, at, len(want), len(got))
			}
		}
	}
}
