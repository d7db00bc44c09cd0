package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// What is drawn is well-formed and shows the text, and nothing of the escape sequences, whatever they are.
func TestDraw(t *testing.T) {
	for in, want := range map[string]string{
		"$ unleak <a> & \"b\"\n":            `$ unleak <a> & "b"`,
		"\x1b[1;31mred\x1b[0m plain":        "red plain",
		"a\x1b[K\x1b[2Jb":                   "ab",
		"\x1b[38;5;1mx\x1b]0;title\x07y":    "x0;title\x07y",
		"cut \x1b[":                         "cut ",
		"│ ^^^ é\n\n\n":                     "│ ^^^ é",
		"\x1b[44m  \x1b[49m\x1b[4mz\x1b[0m": "z",
	} {
		var out bytes.Buffer
		if err := run(strings.NewReader(in), &out, 80, "t"); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(in, "\x07") {
			continue // no XML can hold a bell; what matters is that it does not break down
		}
		if got := texts(t, out.Bytes()); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func texts(t *testing.T, svg []byte) string {
	t.Helper()
	var b strings.Builder
	inText := false
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inText = token.Name.Local == "text"
		case xml.EndElement:
			inText = false
		case xml.CharData:
			if inText {
				b.Write(token)
			}
		}
	}
}
