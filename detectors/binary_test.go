package detectors_test

import (
	"testing"

	"github.com/unleak/unleak/detectors"
)

// TestBinaryContent: in binary content an environment block counts, text run together between zero bytes does not.
func TestBinaryContent(t *testing.T) {
	s := engine(t, detectors.Options{}).NewScanner()
	if m := s.Scan([]byte("\x00\x01HOME=/root\x00DB_PASSWORD=Xk29vqLmTz81w\x00LANG=C\x00"), nil, nil); !holds(m, "Xk29vqLmTz81w") {
		t.Error("a password in an environment block is lost")
	}
	if m := s.Scan([]byte("\x00new password: \x00Xk29vqLmTz81w\x00Bad password: Geslo8zaGoste\x00"), nil, nil); len(m) != 0 {
		t.Errorf("a message catalogue gives %d matches, the first %+v", len(m), m[0])
	}
	if m := s.Scan([]byte("\x00\x00"+token+"\x00\x00"), nil, nil); !holds(m, token) {
		t.Error("a token between zero bytes is lost")
	}
}
