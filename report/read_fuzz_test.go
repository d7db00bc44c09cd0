package report

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// FuzzRead feeds damaged reports in: whatever is read can be written in every format, and read again.
func FuzzRead(f *testing.F) {
	for _, format := range []string{"json", "jsonl"} {
		var b bytes.Buffer
		if err := Write(&b, format, fixture(), Options{}); err != nil {
			f.Fatal(err)
		}
		f.Add(b.String(), uint8(0), false)
	}
	f.Add(`{"schema":"unleak-report/1","findings":[{"id":"x","rule":"r","secret":"abcdefgh","places":[{"mark":{"start":-5,"end":999},"line":"abcdefgh"}]}]}`, uint8(1), true)
	f.Fuzz(func(t *testing.T, text string, n uint8, show bool) {
		r, err := Read("r", strings.NewReader(text))
		if err != nil {
			return
		}
		format := Formats()[int(n)%len(Formats())]
		if err := Write(io.Discard, format.Name, r, Options{ShowSecrets: show, Template: "{{json .}}"}); err != nil {
			t.Errorf("%s: %v", format.Name, err)
		}
		var b bytes.Buffer
		if err := Write(&b, "json", r, Options{}); err != nil {
			t.Fatal(err)
		}
		if _, err := Read("again", &b); err != nil {
			t.Errorf("a written report does not read back: %v", err)
		}
	})
}
