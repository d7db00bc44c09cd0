package settle_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules/builtin"
	"github.com/unleak/unleak/settle"
	"github.com/unleak/unleak/source/sourcetest"
)

// newTexts returns what makes texts that are judged by the built-in rules.
func newTexts(t testing.TB) func() *settle.Text {
	t.Helper()
	e, err := detectors.New(builtin.Rules(), detectors.Options{})
	if err != nil {
		t.Fatal(err)
	}
	plan := settle.NewPlan(builtin.Rules())
	return func() *settle.Text { return settle.New(e.NewScanner(), plan, settle.Options{}) }
}

func put(t testing.TB, x *settle.Text, s string) {
	t.Helper()
	for len(s) > 0 {
		n := copy(x.Room(len(s)), s)
		if n == 0 {
			t.Fatal("no room")
		}
		x.Grow(n)
		s = s[n:]
	}
}

func now(t testing.TB, x *settle.Text) string {
	t.Helper()
	s, err := x.Settle(settle.Now)
	if err != nil {
		t.Fatal(err)
	}
	return string(s.Text)
}

// What ordinary programs write goes out line by line.
func TestOrdinaryLinesDoNotWait(t *testing.T) {
	x := newTexts(t)()
	for _, line := range []string{
		"2026-11-23 12:00:00 INFO start\n",
		"",
		"10.0.0.1 - - [23/Nov/2026:12:00:00 +0000] \"GET /api/v1/key?q=1 HTTP/1.1\" 200 57 \"https://example.com/login\" \"Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36\"\n",
		"{\"level\":\"info\",\"msg\":\"done\",\"trace\":\"4bf92f3577b34da6a3ce929d0e0e4736\"}\n",
		"level=info msg=\"user login\" path=\"/auth/token\"\n",
		"trace_id=4bf92f3577b34da6a3ce929d0e0e4736\n",
		"loaded /usr/share/applications/preferences\n",
		"took 35 ms, 200 12\n",
		"    at com.example.orders.Handler.handle(Handler.java:42)\n",
		"password:\n",
		"-----BEGIN CERTIFICATE-----\n",
		"1\n", "2\n", "3\n",
		"Nov 23 12:00:00 web-1 kernel: eth0 up\r\n",
		"\n",
	} {
		put(t, x, line)
		if got := now(t, x); got != line {
			t.Errorf("%q waits, %q went out", line, got)
			put(t, x, "\n\nplain words, nothing else\n")
			now(t, x)
		}
	}
}

// What may become part of a credential of several lines waits, and no longer than it must.
func TestOpenLinesWait(t *testing.T) {
	key := "-----BEGIN RSA PRIVATE " + "KEY-----\n"
	newText := newTexts(t)
	for name, c := range map[string]struct{ open, more, closes string }{
		"no line break":   {"prompt> ", "", "\n"},
		"key":             {key, "MIIEpAIBAAKCAQEA7bq9Ym2kQ0\n", "2026-11-23 12:00:00 INFO not a key\n"},
		"key, coloured":   {"\x1b[33m" + key, "\x1b[33mMIIEpAIBAAKCAQEA7bq9Ym2kQ0\x1b[0m\n", "2026-11-23 12:00:00 INFO not a key\n"},
		"putty":           {"PuTTY-User-Key-File-3: ssh-ed25519\n", "Encryption: none\n", "(over)\n"},
		"jwk":             {"{ \"d\": \"ODExYzQ2Y2FkYWRmNDc4Mjk4\",\n", " \"kty\": \"EC\",\n", "?!\n"},
		"base64":          {"ZGF0YWJhc2UgcGFzc3dvcmQgaXMgaHVudGVy\n", "ZGF0YWJhc2UgcGFzc3dvcmQgaXMgaHVudGVy\n", "2026-11-23 over\n"},
		"hex":             {"64617461626173652070617373776f7264206973\n", "64617461626173652070617373776f7264206973\n", "2026-11-23 over\n"},
		"packed":          {"H4sIAAAAAAAA/ypLLFJIySxOzi9Kcc7J\n", "TM0rCU5NLkotUSguKcrM\n", "2026-11-23 over\n"},
		"numbers":         {"65, 66, 67, 68, 69, 70,\n", "71, 72, 73,\n", "over: x\n"},
		"concatenated":    {"  s = \"ab12\" +\n", "", "  \"cd34\";\n"},
		"continued":       {"curl -H token:ab12\\\n", "", "over\n"},
		"quoted":          {"password = \"ab12\"\n", "", "over it is\n"},
		"soft line break": {"token=ab12=\n", "", "over it is\n"},
		"rule":            {"echo hunter2abc |\n", "", "cat\n"},
		"ascii85":         {"<~87cURD]i,\"Ebo80\n", "87cURD]i\n", "words with vowels {v}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			x := newText()
			put(t, x, "first line\n"+c.open)
			if got := now(t, x); got != "first line\n" {
				t.Fatalf("%q went out at once", got)
			}
			if c.more != "" {
				put(t, x, c.more)
				if got := now(t, x); got != "" {
					t.Fatalf("%q went out with more of it", got)
				}
			}
			put(t, x, c.closes)
			if got := now(t, x); got != c.open+c.more+c.closes {
				t.Fatalf("only %q went out at its end", got)
			}
		})
	}
}

// Memory and waiting are bounded, whatever comes.
func TestWaitingIsBounded(t *testing.T) {
	newText := newTexts(t)
	for name, unit := range map[string]string{
		"one line":    "word ",
		"key":         "MIIEpAIBAAKCAQEA7bq9Ym2kQ0\n",
		"base64":      "ZGF0YWJhc2UgcGFzc3dvcmQgaXMgaHVudGVy\n",
		"one base64":  "ZGF0YWJhc2UgcGFzc3dvcmQgaXMgaHVudGVy",
		"numbers":     "65\n",
		"continued":   "ab12\\\n",
		"UTF-16":      "a\x00b\x00\n\x00",
		"open braces": "{\"d\":\"ODExYzQ2Y2FkYWRmNDc4Mjk4\"",
	} {
		x := newText()
		block := strings.Repeat(unit, 128<<10/len(unit))
		for range 12 {
			put(t, x, block)
			now(t, x)
		}
		if n := x.Pending(); n > 1<<20+256<<10 {
			t.Errorf("%s: %d bytes wait", name, n)
		}
	}
}

// The text comes out as it went in, with every token once, whatever the pieces and modes.
func TestNothingIsLostOrRepeated(t *testing.T) {
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 1))
		var text strings.Builder
		want := map[string]bool{}
		for i := range 3000 {
			text.WriteString([]string{"\n", "abc ", "2026-11-23 ", "=", "\"", "\\\n"}[rng.IntN(6)])
			if rng.IntN(20) == 0 {
				text.WriteString(sourcetest.Token(i))
				want[sourcetest.Token(i)] = true
			}
		}
		x := settle.New(sourcetest.New(), settle.NewPlan(nil), settle.Options{Buffer: 4 << 10, Back: 1 << 10})
		var out strings.Builder
		take := func(mode settle.Mode) {
			s, err := x.Settle(mode)
			if err != nil {
				t.Fatal(err)
			}
			if s.Offset != int64(out.Len()) {
				t.Fatalf("a stretch at %d begins at %d", out.Len(), s.Offset)
			}
			for _, f := range s.Found {
				if got := string(s.Text[f.Span.Start:f.Span.End]); got != f.Secret || !want[got] {
					t.Fatalf("%q stands where %q was found, or came twice", got, f.Secret)
				}
				delete(want, f.Secret)
			}
			out.Write(s.Text)
		}
		for rest := text.String(); len(rest) > 0; {
			n := min(1+rng.IntN(500), len(rest))
			room := x.Room(n)
			if len(room) == 0 {
				take(settle.Lines)
				if len(x.Room(1)) == 0 {
					take(settle.End)
				}
				continue
			}
			k := copy(room, rest[:n])
			x.Grow(k)
			rest = rest[k:]
			if rng.IntN(3) == 0 {
				take(settle.Now)
			}
		}
		take(settle.End)
		if out.String() != text.String() {
			t.Fatal("other text came out")
		}
		for w := range want {
			t.Errorf("seed %d: %s is missing", seed, w)
		}
	}
}

func TestCursor(t *testing.T) {
	text := "a\né" + sourcetest.Token(1) + "\n"
	x := settle.New(sourcetest.New(), settle.NewPlan(nil), settle.Options{})
	put(t, x, text)
	s, err := x.Settle(settle.End)
	if err != nil || len(s.Found) != 1 {
		t.Fatal(err, s.Found)
	}
	var c settle.Cursor
	p := c.Locate(s, s.Found[0].Match, "-")
	if p.Start != (finding.Position{Line: 2, Column: 2, Byte: 3, Offset: 4}) || p.End.Offset != 20 {
		t.Errorf("located at %+v to %+v", p.Start, p.End)
	}
	if again := settle.CursorAt(c.Position()); again != c {
		t.Errorf("%+v is not %+v", again, c)
	}
}

// FuzzText feeds any bytes in any pieces: they come out as they went in, and nothing breaks down.
func FuzzText(f *testing.F) {
	f.Add([]byte("token = ghp_x\n-----BEGIN RSA PRIVATE "+"KEY-----\nabc\n"), uint8(3))
	f.Add([]byte("<~abc\n65, 66, 67, 68\n{\"d\":\"aaaaaaaaaaaaaaaaaaaa\"\n"), uint8(7))
	f.Add([]byte("\x1b]0;x\n\"ab\" +\n\"cd\"\\\n=\n"), uint8(1))
	e, err := detectors.New(builtin.Rules(), detectors.Options{})
	if err != nil {
		f.Fatal(err)
	}
	plan := settle.NewPlan(builtin.Rules())
	f.Fuzz(func(t *testing.T, text []byte, size uint8) {
		x := settle.New(e.NewScanner(), plan, settle.Options{Buffer: 64 << 10, Back: 4 << 10})
		var out bytes.Buffer
		take := func(mode settle.Mode) {
			s, err := x.Settle(mode)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range s.Found {
				if found.Span.Start < 0 || found.Span.End > len(s.Text) || found.Span.Len() <= 0 {
					t.Fatalf("%s at %v of %d bytes", found.Rule, found.Span, len(s.Text))
				}
			}
			out.Write(s.Text)
		}
		for rest := text; len(rest) > 0; {
			n := copy(x.Room(int(size)+1), rest)
			if n == 0 {
				take(settle.End)
				continue
			}
			x.Grow(n)
			rest = rest[n:]
			take(settle.Now)
		}
		take(settle.End)
		if !bytes.Equal(out.Bytes(), text) {
			t.Fatal("other text came out")
		}
	})
}
