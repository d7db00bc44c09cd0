package report

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGitleaksIsJSON: what is written by hand is what encoding/json writes.
func TestGitleaksIsJSON(t *testing.T) {
	texts := []string{"", "plain", `"quoted" \ `, "<a href='x'>&amp;</a>", "é\u2028\x00\n\t\x7f", "\xff\xfe", "ends in \\"}
	var got []byte
	var want []gitleaksFinding
	for i, text := range texts {
		for _, tags := range [][]string{{}, {text}, {"a", text, "c"}} {
			for _, entropy := range []float32{0, 1, 3.4182959, 1e-7, 7.9999} {
				o := gitleaksFinding{
					RuleID: text, Description: "d" + text, StartLine: i, EndLine: -i, StartColumn: 1 << i, EndColumn: 7, Match: text + "m",
					Secret: text + text, File: text, SymlinkFile: text, Commit: text, Entropy: entropy, Author: text, Email: text,
					Date: text, Message: text, Tags: tags, Fingerprint: text + ":1",
				}
				got, want = o.append(got), append(want, o)
			}
		}
	}
	got[0] = '['
	got = append(got, "\n]\n"...)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", " ")
	if err := e.Encode(want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
