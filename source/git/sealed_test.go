package git

import (
	"bytes"
	"crypto/sha256"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

// fill gives every field below v that the scanner sets a value of its own. It returns the next one.
func fill(v reflect.Value, n int) int {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[finding.Secret]() {
			v.Set(reflect.ValueOf(finding.NewSecret(string(rune('a' + n)))))
			return n + 1
		}
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "Origin" && name != "Silenced" { // of the blob; set by triage
				n = fill(v.Field(i), n)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		n = fill(v.Index(1), fill(v.Index(0), n))
	case reflect.String:
		v.SetString(string(rune('a' + n)))
	case reflect.Float64:
		v.SetFloat(float64(n) / 1024)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(n))
	default:
		panic(v.Kind())
	}
	return n + 1
}

// TestSeal: every field of matches and places comes back, and only with the text that they were found in.
func TestSeal(t *testing.T) {
	l := &located{matches: make([]finding.Match, 2), places: make([]finding.Place, 2)}
	n := 1
	for i := range l.matches {
		n = fill(reflect.ValueOf(&l.matches[i]).Elem(), n)
		n = fill(reflect.ValueOf(&l.places[i]).Elem(), n)
	}
	key, text := sha256.Sum256([]byte("key")), bytes.Repeat([]byte("text"), 200)
	sealed := seal(key, text, l)
	reveal := cmp.Comparer(func(a, b finding.Secret) bool { return a.Reveal() == b.Reveal() })
	got := unseal(key, text, sealed, time.Now())
	if got == nil {
		t.Fatal("not opened")
	}
	if diff := cmp.Diff([]any{l.matches, l.places}, []any{got.matches, got.places}, reveal); diff != "" {
		t.Errorf("-sealed +opened\n%s", diff)
	}
	if unseal(key, text[1:], sealed, time.Now()) != nil || unseal(sha256.Sum256(nil), text, sealed, time.Now()) != nil || unseal(key, text, sealed[1:], time.Now()) != nil {
		t.Error("opened with another text, key or seal")
	}
	if bytes.Contains(sealed, []byte(l.matches[0].Secret+l.matches[0].Decoded)) {
		t.Error("sealed text is readable")
	}
	l.matches[0].Parts[0].Value = finding.NewHidden("x")
	if seal(key, text, l) != nil {
		t.Error("a hidden value is written down")
	}
}

// TestSealRunsOut: what was said of a credential that has run out since is not said again, and what is said of it then is
// sealed with another nonce, though with the same key.
func TestSealRunsOut(t *testing.T) {
	at := time.Date(2033, 5, 1, 0, 0, 0, 0, time.UTC)
	before, after := at.Add(-time.Hour), at.Add(time.Hour)
	key, text := sha256.Sum256([]byte("key")), []byte("text")
	of := func(now time.Time) *located {
		m := finding.Match{Rule: "jwt", Secret: "x", Proofs: []finding.Proof{{Kind: "structure"}, finding.Expiry(at, now)}}
		return &located{matches: []finding.Match{m}, places: make([]finding.Place, 1)}
	}
	running, out := seal(key, text, of(before)), seal(key, text, of(after))
	if unseal(key, text, running, before) == nil || unseal(key, text, out, after) == nil {
		t.Error("what still holds is not opened")
	}
	if unseal(key, text, running, after) != nil {
		t.Error("it is said to be valid still")
	}
	size := cipherOf(key).NonceSize()
	if bytes.Equal(running[:size], out[:size]) {
		t.Error("one nonce for two texts")
	}
}
