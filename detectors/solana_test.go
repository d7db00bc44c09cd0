package detectors_test

import (
	"crypto/ed25519"
	"fmt"
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
)

// TestSolanaKeypairFile: an array of 64 numbers alone in a file is a key pair where the second half is the public key
// of the first, under any name and however it is laid out.
func TestSolanaKeypairFile(t *testing.T) {
	e := engine(t, detectors.Options{})
	pair := ed25519.NewKeyFromSeed([]byte("a seed for this test, 32 bytes.."))
	array := func(b []byte, between string) string {
		numbers := make([]string, len(b))
		for i, x := range b {
			numbers[i] = fmt.Sprint(x)
		}
		return "[" + strings.Join(numbers, between) + "]"
	}
	other := append([]byte(nil), pair...)
	other[63] ^= 1
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"one line":      {array(pair, ","), true},
		"with an end":   {array(pair, ", ") + "\n", true},
		"many lines":    {array(pair, ",\n  ") + "\r\n", true},
		"another half":  {array(other, ","), false},
		"63 numbers":    {array(pair[:63], ","), false},
		"65 numbers":    {array(append(append([]byte(nil), pair...), 7), ","), false},
		"too large":     {strings.Replace(array(pair, ","), "[", "[300,", 1), false},
		"words":         {strings.Repeat("[a,", 60) + "]", false},
		"more behind":   {array(pair, ",") + "\nx", false},
		"no end":        {strings.TrimSuffix(array(pair, ","), "]"), false},
		"only brackets": {"[" + strings.Repeat(" ", 200) + "]", false},
	} {
		got := foundAt(e, "deploy/authority.json", []byte(c.text))
		if has := len(got) == 1 && got[0] == "solana-keypair-file"; has != c.want {
			t.Errorf("%s: found %v, want %v", name, got, c.want)
		}
	}
}
