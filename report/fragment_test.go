package report

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// drawn returns n characters of base64's alphabet, the same on every run.
func drawn(seed uint64, n int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	rng := rand.New(rand.NewPCG(seed, 11))
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[rng.IntN(len(alphabet))]
	}
	return string(b)
}

// planted is a secret in a text, as it stands there.
type planted struct{ value, form, decoded string }

// located makes the finding a scan would make of the secret's first form in the text.
func located(t *testing.T, text string, p planted) finding.Finding {
	t.Helper()
	i := strings.Index(text, p.form)
	if i < 0 {
		t.Fatalf("%q is not in the text", p.form)
	}
	m := finding.Match{Rule: "r", Secret: p.value, Span: finding.Span{Start: i, End: i + len(p.form)}, Decoded: p.decoded}
	place := scanner.Locate([]byte(text), m, "unleak:allow")
	place.Origin = finding.Origin{Kind: finding.KindFile, Path: "f"}
	return finding.Finding{Rule: "r", Secret: finding.NewSecret(p.value), Places: []finding.Place{place}}
}

// TestNoFragmentLeaks puts secrets next to each other at every distance, so that snippets cut them anywhere, and looks
// for any eight characters in a row of what stood in the text.
func TestNoFragmentLeaks(t *testing.T) {
	long, short, hidden := drawn(1, 330), drawn(2, 40), drawn(3, 48)
	key := "-----BEGIN PRIVATE " + "KEY-----\n" + drawn(4, 64) + "\n" + drawn(5, 64) + "\n" + drawn(6, 20) + "\n-----END PRIVATE " + "KEY-----"
	wrapped := base64.StdEncoding.EncodeToString([]byte(drawn(7, 150)))
	secrets := []planted{
		{short, short, ""},
		{long, long, ""},
		{hidden, base64.StdEncoding.EncodeToString([]byte(hidden)), "base64"},
		{hidden + "x", hex.EncodeToString([]byte(hidden + "x")), "hex"},
		{drawn(7, 150), wrapped[:76] + "\n" + wrapped[76:152] + "\n" + wrapped[152:], "base64"},
		{key, key, ""},
		{strings.ReplaceAll(key, drawn(5, 64), drawn(8, 64)), strings.ReplaceAll(strings.ReplaceAll(key, drawn(5, 64), drawn(8, 64)), "\n", `\n`), "json"},
	}
	for gap := 0; gap <= 220; gap += 11 {
		var text strings.Builder
		text.WriteString("first line\n")
		for _, s := range secrets {
			fmt.Fprintf(&text, "%s = %q;", strings.Repeat("~ ", gap/2+1), "")
			text.WriteString(s.form)
		}
		text.WriteString("\nlast line\n")
		r := &finding.Report{}
		for _, s := range secrets {
			r.Findings = append(r.Findings, located(t, text.String(), s))
		}
		out := render(t, "jsonl", r, Options{})
		for n, s := range secrets {
			for _, form := range []string{s.value, s.form} {
				for _, line := range strings.Split(strings.ReplaceAll(form, `\n`, "\n"), "\n") {
					if strings.HasPrefix(line, "-----") {
						continue
					}
					for i := 0; i+8 <= len(line); i++ {
						if strings.Contains(out, line[i:i+8]) {
							t.Fatalf("gap %d: %q of secret %d is shown in %s", gap, line[i:i+8], n, out)
						}
					}
				}
			}
		}
	}
}
