package detectors_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/unleak/unleak/detectors"
)

// TestManyValuesInOneEncodedStretch: all values out of one compressed text stand at the same place; none is lost, and
// their number costs no more than itself.
func TestManyValuesInOneEncodedStretch(t *testing.T) {
	const n = 20000
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	for i := range n {
		fmt.Fprintf(w, "db%d: postgres://svc:q7Zx%05dKp@db.internal:5432/app\n", i, i)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text := []byte("blob: " + base64.StdEncoding.EncodeToString(packed.Bytes()) + "\n")
	e := engine(t, detectors.Options{})
	values := map[string]bool{}
	for _, m := range e.Resolve(e.NewScanner().Scan(text, nil, nil)) {
		values[m.Secret] = true
	}
	for i := range n {
		if want := fmt.Sprintf("q7Zx%05dKp", i); !values[want] {
			t.Fatalf("%s is lost; %d values are found", want, len(values))
		}
	}
}

// TestWhatIsNotFollowedIsCounted: a compressed text that inflates to more than is looked at is told of, once.
func TestWhatIsNotFollowedIsCounted(t *testing.T) {
	s := engine(t, detectors.Options{}).NewScanner()
	for _, c := range []struct{ size, want int }{{1 << 20, 0}, {9 << 20, 1}} {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		line := []byte("the quick brown fox jumps over the lazy dog, 0123456789\n")
		for n := 0; n < c.size; n += len(line) {
			fmt.Fprintf(w, "%d %s", n*7919%10007, line)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		s.Scan([]byte("blob: "+base64.StdEncoding.EncodeToString(packed.Bytes())+"\n"), nil, nil)
		if got := s.Undecoded(); got != c.want {
			t.Errorf("%d bytes: %d texts not followed, want %d", c.size, got, c.want)
		}
		if s.Undecoded() != 0 {
			t.Error("counted twice")
		}
	}
}

// TestPaddingIsNoSoftBreak: a base64 value whose padding ends its line is not joined to the next line.
func TestPaddingIsNoSoftBreak(t *testing.T) {
	value := "q83vEjRWeJCrze8Sx1Z4" + "kKvN7zI0VniQ9p3vLjRWeJo="
	s := engine(t, detectors.Options{}).NewScanner()
	for _, text := range []string{
		"A=1\nAPI_KEY=" + value + "\nDEBUG=true\n",
		"[a]\r\nsecret_key = " + value + "\r\nDNS = 8.8.8.8\r\n",
		"api_key: " + value + "\nhost: x\n",
	} {
		got := s.Resolve(s.Scan([]byte(text), nil, nil))
		if len(got) != 1 || got[0].Secret != value {
			t.Errorf("%q: found %+v", text, got)
		}
	}
}
