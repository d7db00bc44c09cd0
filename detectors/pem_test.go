package detectors_test

import (
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
)

// TestTraditionalEncryption: a key that OpenSSL encrypted in its traditional format is told as such, with the headers it
// takes to open it, however its lines are broken.
func TestTraditionalEncryption(t *testing.T) {
	var data [600]byte
	rng := rand.New(rand.NewPCG(3, 5))
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	text := base64.StdEncoding.EncodeToString(data[:])
	var b strings.Builder
	b.WriteString("-----BEGIN RSA PRIVATE " + "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,648DADB6EB25BFF0B73E8AECA5922352\n\n")
	for line := range slices.Chunk([]byte(text), 64) {
		b.Write(line)
		b.WriteByte('\n')
	}
	b.WriteString("-----END RSA PRIVATE " + "KEY-----\n")
	key := b.String()
	s := engine(t, detectors.Options{}).NewScanner()
	for _, text := range []string{key, strings.ReplaceAll(key, "\n", "\r\n"), `{"key": "` + strings.ReplaceAll(key, "\n", `\n`) + `"}`} {
		got := s.Resolve(s.Scan([]byte(text), nil, nil))
		if len(got) != 1 || !slices.Contains(got[0].Tags, "encrypted") || got[0].Secret != key {
			t.Errorf("%.60q: found %+v", text, got)
		}
	}
}
