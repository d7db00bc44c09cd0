package proof

import (
	//lint:ignore SA1019 old keys are found too
	"crypto/dsa"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/unleak/unleak/finding"
)

const (
	pemBegin = "-----BEGIN "
	pemEnd   = "-----END "
	pemDash  = "-----"
	pemLimit = 1 << 16 // bytes of the text; keys are far smaller
)

// pemKey parses a private key in PEM or ASCII armour: what it is, whether it is encrypted, the fingerprint of its
// public half. The text may be indented, quoted, on one line, or have its line breaks written as \n.
func pemKey(c Candidate) Result {
	if len(c.Secret) > pemLimit {
		return Result{}
	}
	block, ok := readPEM(c.Secret)
	if !ok {
		return Result{Confidence: doubtful}
	}
	switch {
	case strings.HasPrefix(block.Type, "PGP "):
		return pgpKey(block.Bytes)
	case block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
		return proved("key", "encrypted private key", "encrypted")
	}
	key, err := parseKey(block)
	var locked *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &locked):
		r := proved("key", "encrypted private key", "encrypted")
		if locked.PublicKey != nil {
			r.Proofs = append(r.Proofs, fingerprint(ssh.FingerprintSHA256(locked.PublicKey)))
		}
		return r
	case err != nil:
		if what, ok := testKeys[fmt.Sprintf("der:%x", sha256.Sum256(block.Bytes))]; ok {
			return proved("published key", what, "example")
		}
		return Result{Confidence: doubtful}
	}
	return keyProof(key)
}

func parseKey(block *pem.Block) (any, error) {
	switch {
	case block.Type == "PRIVATE KEY":
		return x509.ParsePKCS8PrivateKey(block.Bytes)
	case block.Type == "RSA PRIVATE KEY" && len(block.Headers) == 0:
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	return ssh.ParseRawPrivateKey(pem.EncodeToMemory(block))
}

// readPEM takes the first block out of a text, however it is wrapped.
func readPEM(text string) (*pem.Block, bool) {
	if strings.IndexByte(text, '\\') >= 0 {
		text = strings.NewReplacer(`\r`, "\n", `\n`, "\n", `\\n`, "\n", `\u002b`, "+", `\/`, "/").Replace(text)
	}
	_, rest, ok := strings.Cut(text, pemBegin)
	kind, rest, ok2 := strings.Cut(rest, pemDash)
	body, _, ok3 := strings.Cut(rest, pemEnd)
	if !ok || !ok2 || !ok3 {
		return nil, false
	}
	block := &pem.Block{Type: kind}
	data := make([]byte, 0, len(body))
	for line := range strings.Lines(body) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			if block.Headers == nil {
				block.Headers = map[string]string{}
			}
			block.Headers[strings.Trim(name, " \t\"'+#/*")] = strings.TrimSpace(value)
			continue
		}
		if strings.HasPrefix(strings.TrimSpace(line), "=") && strings.HasPrefix(kind, "PGP ") {
			break // the armour's own checksum
		}
		for run := range strings.FieldsFuncSeq(line, notBase64) {
			if run != "+" { // joins strings
				data = append(data, run...)
			}
		}
	}
	der, err := base64.RawStdEncoding.AppendDecode(nil, data)
	block.Bytes = der
	return block, err == nil && len(der) > 0
}

func notBase64(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '/')
}

// keyProof describes a parsed private key.
func keyProof(key any) Result {
	kind, public := describe(key)
	if kind == "" {
		return Result{}
	}
	r := proved("key", kind)
	r.Confidence = proven
	if public == nil {
		return r
	}
	half := fingerprintOf(public)
	r.Proofs = append(r.Proofs, fingerprint(half))
	if what, ok := testKeys[half]; ok {
		r.Tags = []string{"example"}
		r.Proofs = append(r.Proofs, finding.Proof{Kind: "published key", Detail: what})
	}
	return r
}

func describe(key any) (kind string, public any) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return fmt.Sprintf("RSA %d bits", k.N.BitLen()), &k.PublicKey
	case *ecdsa.PrivateKey:
		return "EC " + k.Params().Name, &k.PublicKey
	case ed25519.PrivateKey:
		return "Ed25519", k.Public()
	case *ed25519.PrivateKey:
		return "Ed25519", k.Public()
	case *dsa.PrivateKey:
		return fmt.Sprintf("DSA %d bits", k.P.BitLen()), &k.PublicKey
	case *ecdh.PrivateKey:
		return fmt.Sprint(k.Curve()), k.PublicKey()
	}
	return "", nil
}

// fingerprintOf returns the fingerprint as ssh-keygen prints it, or the SHA-256 of the public key info where SSH knows
// no such key.
func fingerprintOf(public any) string {
	if p, err := ssh.NewPublicKey(public); err == nil {
		return ssh.FingerprintSHA256(p)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(der)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func fingerprint(text string) finding.Proof {
	return finding.Proof{Kind: "fingerprint", Detail: text}
}
