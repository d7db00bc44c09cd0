package proof

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// ppk lays a public key out as PuTTY does; the private part is not looked into.
func ppk(version int, encryption string, public ssh.PublicKey) string {
	data := base64.StdEncoding.EncodeToString(public.Marshal())
	var lines []string
	for len(data) > 64 {
		lines, data = append(lines, data[:64]), data[64:]
	}
	lines = append(lines, data)
	return fmt.Sprintf("PuTTY-User-Key-File-%d: %s\nEncryption: %s\nComment: ci\nPublic-Lines: %d\n%s\nPrivate-Lines: 1\nAAAA\nPrivate-MAC: 00\n",
		version, public.Type(), encryption, len(lines), strings.Join(lines, "\n"))
}

func TestPuTTYKey(t *testing.T) {
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []int{2, 3} {
		for _, encryption := range []string{"none", "aes256-cbc"} {
			text := ppk(version, encryption, key)
			for _, layout := range []string{text, strings.ReplaceAll(text, "\n", "\r\n"), strings.ReplaceAll(text, "\n", `\n`)} {
				r := result(t, "putty-key", "AAAA", layout)
				if proofDetail(r, "key") != "PuTTY ssh-ed25519" || proofDetail(r, "fingerprint") != ssh.FingerprintSHA256(key) {
					t.Errorf("version %d, %s: proofs %v", version, encryption, r.Proofs)
				}
				if slices.Contains(r.Tags, "encrypted") != (encryption != "none") {
					t.Errorf("version %d, %s: tags %v", version, encryption, r.Tags)
				}
			}
		}
	}
	if r := result(t, "putty-key", "PuTTY-User-Key-File-2", ""); r.Confidence != doubtful {
		t.Errorf("a bare header: %+v", r)
	}
}

// A PGP key as gpg --export-secret-keys writes it: one whose secret part is open, one whose is not.
func TestPGPKey(t *testing.T) {
	// version 4, made 1970, EdDSA, the Ed25519 object id, a point of 263 bits; then the octet that says how it is protected
	public := "\x04\x00\x00\x00\x00\x16\x09\x2b\x06\x01\x04\x01\xda\x47\x0f\x01\x01\x07\x40" + strings.Repeat("\x11", 32)
	for octet, encrypted := range map[string]bool{"\x00": false, "\xfe": true} {
		body := public + octet + strings.Repeat("\x22", 34)
		packet := "\xc5" + string([]byte{byte(len(body))}) + body
		text := "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----\nComment: x\n\n" + base64.StdEncoding.EncodeToString([]byte(packet)) + "\n=AAAA\n-----END PGP " + "PRIVATE KEY BLOCK-----"
		r := result(t, "pem-key", text, "")
		if proofDetail(r, "key") != "OpenPGP EdDSA" || len(proofDetail(r, "fingerprint")) != 40 || slices.Contains(r.Tags, "encrypted") != encrypted {
			t.Errorf("octet %q: %+v", octet, r)
		}
	}
}
