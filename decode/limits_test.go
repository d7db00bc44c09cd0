package decode

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// TestLongEncodings hides tokens all over encodings too long to be decoded as a whole.
func TestLongEncodings(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	var plain strings.Builder
	var tokens []string
	for plain.Len() < 2<<20 {
		token := "gh" + "p_" + fmt.Sprintf("%036d", r.Uint64())
		tokens = append(tokens, token)
		plain.WriteString(prose(r, 2000+r.IntN(9000)) + "t=" + token + "\n")
	}
	all := plain.String()
	few := strings.Count(all[:1<<19], "t=")
	for _, c := range []struct {
		name, text string
		tokens     int
	}{
		{"base64", std(all), len(tokens)},
		{"base64 lines", wrap(std(all), 76, "\r\n  "), len(tokens)},
		{"hex", fmt.Sprintf("%x", all), len(tokens)},
		{"percent", each(all[:1<<19], "%%%02X", ""), few},
		{"unicode", each(all[:1<<19], `\u%04x`, ""), few},
		{"utf-16", utf16le(all), len(tokens)},
		{"decimal", each(all[:1<<19], "%d", ","), few},
	} {
		found := map[string]bool{}
		peak := 0
		New().Find([]byte(c.text), Span{0, len(c.text)}, func(s *Stretch) {
			peak = max(peak, len(s.Text))
			for rest := s.Text; ; {
				i := bytes.Index(rest, []byte("gh"+"p_"))
				if i < 0 || i+40 > len(rest) {
					return
				}
				found[string(rest[i:i+40])] = true
				rest = rest[i+40:]
			}
		})
		lost := 0
		for _, token := range tokens[:c.tokens-1] {
			if !found[token] {
				lost++
			}
		}
		if lost > 0 {
			t.Errorf("%s: %d of %d tokens lost", c.name, lost, c.tokens)
		}
		if peak > 2*MaxRun {
			t.Errorf("%s: %d bytes in one stretch", c.name, peak)
		}
	}
}

func TestBombIsBounded(t *testing.T) {
	bomb := gzipped(strings.Repeat("\x00", 64<<20))
	for _, text := range []string{bomb, std(bomb)} {
		total := 0
		d := New()
		d.Find([]byte(text), Span{0, len(text)}, func(s *Stretch) {
			total += len(s.Text)
			if s.Name == nameBase64 {
				d.Find(s.Text, Span{0, len(s.Text)}, func(s *Stretch) { total += len(s.Text) })
			}
		})
		if total > MaxInflate+10*len(text) || total < MaxInflate/2 {
			t.Errorf("%d bytes from a bomb of %d", total, len(text))
		}
	}
	small := gzipped(strings.Repeat("a", 1<<20))
	New().Find([]byte(small), Span{0, len(small)}, func(s *Stretch) {
		if len(s.Text) > 64<<10+MaxRatio*len(small) {
			t.Errorf("%d bytes from %d", len(s.Text), len(small))
		}
	})
}

// TestHostileTextCostsLittle repeats what makes decoders look far: the cost must stay near the size of the text.
func TestHostileTextCostsLittle(t *testing.T) {
	for _, unit := range []string{
		"<~", "a85'", "a85\"b85'", `\`, `\u`, "%41", "%", `a"+"`, `"a"`, "\x1b[", "\x1b]", "\x1b[0ma", "&#x41;", "&", "=\n", "a=\n",
		"67:", "67 ", "0x", "0x41,", "65,", "1 ", "a\u200b", "\u200b", "a\x00", "\x00", "\x00\x01", "H4sI", "eJwA", "A", "ABCDEFGHIJKLMNOPQRSTUVWX\n",
		"ABCDEFGHIJKLMNOPQRSTUVWX\nABC\n", "ABCDEFGHIJKLMNOPQRST\n", `ABCDEFGHIJKLMNOPQRSTUVWX\n`, "U+0041", "=41", "a\\\n", "  ", "\t\n", "+", "/", "-", "'",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ", "R0hJSktMTU5PUFFSU1RVVldYWVo\n",
	} {
		text := []byte(strings.Repeat(unit, 1<<20/len(unit)))
		start := time.Now()
		total := 0
		New().Find(text, Span{0, len(text)}, func(s *Stretch) { total += len(s.Text) })
		if took := time.Since(start); took > 15*time.Second { // what grows with the square takes minutes
			t.Errorf("%q: %v for 1 MiB", unit, took)
		} else if took > 50*time.Millisecond {
			t.Logf("%q: %v for 1 MiB", unit, took)
		}
		if total > 12*len(text) {
			t.Errorf("%q: 1 MiB decodes to %d bytes", unit, total)
		}
	}
}
