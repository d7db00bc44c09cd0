package detectors_test

import (
	"encoding/base64"
	"fmt"
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

// TestKeyInLog: what a log writes before each line of a key is no part of it.
func TestKeyInLog(t *testing.T) {
	var data [600]byte
	rng := rand.New(rand.NewPCG(5, 7))
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	var b strings.Builder
	b.WriteString("-----BEGIN RSA PRIVATE " + "KEY-----\n")
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(data[:])), 64) {
		b.Write(line)
		b.WriteByte('\n')
	}
	b.WriteString("-----END RSA PRIVATE " + "KEY-----\n")
	key := b.String()
	s := engine(t, detectors.Options{}).NewScanner()
	for _, format := range []string{"2024-01-02T10:11:%02d.123Z ", "web_1  | ", "Jan  2 10:11:%02d host app[77]: ", "[10:11:%02d] INFO ",
		"[%d] ", "%d: ", "%2d | ", "app-%-3d| ", "10:11:%d.7 app: "} {
		first := 10
		if !strings.Contains(format, "%02d") {
			first = 8 // one digit, then two
		}
		var log strings.Builder
		for i, line := range strings.SplitAfter(strings.TrimSuffix(key, "\n"), "\n") {
			if strings.Contains(format, "%") {
				fmt.Fprintf(&log, format, i+first)
			} else {
				log.WriteString(format)
			}
			log.WriteString(line)
		}
		got := s.Resolve(s.Scan([]byte(log.String()), nil, nil))
		if len(got) != 1 || got[0].Secret != key {
			t.Errorf("%q: found %+v", format, got)
		}
	}
}
