package proof

import (
	"encoding/base64"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"
)

// puttyKey reads a PuTTY private key file: its kind, whether it is encrypted, the fingerprint of its public half.
// "PPK file format", PuTTY manual, appendix C, 2021.
func puttyKey(c Candidate) Result {
	text := c.Match
	if !strings.Contains(text, "PuTTY-User-Key-File-") {
		text = c.Secret
	}
	text = strings.NewReplacer(`\r`, "", `\n`, "\n", "\r", "").Replace(text)
	var kind, encryption string
	var public []byte
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch {
		case strings.HasSuffix(name, "PuTTY-User-Key-File-2"), strings.HasSuffix(name, "PuTTY-User-Key-File-3"):
			kind = value
		case name == "Encryption":
			encryption = value
		case name == "Public-Lines":
			public = puttyLines(lines[i+1:], value)
		}
	}
	if kind == "" {
		return Result{Confidence: doubtful}
	}
	r := proved("key", "PuTTY "+short(kind))
	if encryption != "" && encryption != "none" {
		r.Tags = []string{"encrypted"}
	}
	if p, err := ssh.ParsePublicKey(public); err == nil {
		r.Proofs = append(r.Proofs, fingerprint(ssh.FingerprintSHA256(p)))
	}
	return r
}

func puttyLines(lines []string, count string) []byte {
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 || n > len(lines) {
		return nil
	}
	var b strings.Builder
	for _, line := range lines[:n] {
		b.WriteString(strings.TrimSpace(line))
	}
	key, err := base64.StdEncoding.DecodeString(b.String())
	if err != nil {
		return nil
	}
	return key
}
