package proof

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func token(header, claims string) string {
	return encode(header) + "." + encode(claims) + "." + encode("signature of some length")
}

func armour(t *testing.T, kind string, der []byte, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// A key is described alike however its text is laid out.
func TestKeys(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ecDER, ecErr := x509.MarshalECPrivateKey(ecKey)
	edDER, edErr := x509.MarshalPKCS8PrivateKey(edKey)
	open, err := ssh.MarshalPrivateKey(edKey, "ci")
	if err != nil {
		t.Fatal(err)
	}
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(edKey, "ci", []byte("pass"))
	if err != nil {
		t.Fatal(err)
	}
	xKey, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	xDER, xErr := x509.MarshalPKCS8PrivateKey(xKey)
	tests := []struct {
		name, text, detail string
		public             any
		encrypted          bool
	}{
		{"PKCS#1", armour(t, "RSA "+"PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey), nil), "RSA 1024 bits", &rsaKey.PublicKey, false},
		{"SEC 1", armour(t, "EC "+"PRIVATE KEY", ecDER, ecErr), "EC P-256", &ecKey.PublicKey, false},
		{"PKCS#8", armour(t, "PRIVATE "+"KEY", edDER, edErr), "Ed25519", edKey.Public(), false},
		{"PKCS#8 X25519", armour(t, "PRIVATE "+"KEY", xDER, xErr), "X25519", xKey.PublicKey(), false},
		{"OpenSSH", string(pem.EncodeToMemory(open)), "Ed25519", edKey.Public(), false},
		{"OpenSSH encrypted", string(pem.EncodeToMemory(locked)), "encrypted private key", edKey.Public(), true},
		{"PKCS#8 encrypted", armour(t, "ENCRYPTED "+"PRIVATE KEY", []byte("not looked into"), nil), "encrypted private key", nil, true},
	}
	for _, tt := range tests {
		layouts := map[string]string{
			"as is": tt.text, "escaped": strings.ReplaceAll(tt.text, "\n", `\n`), "spaces": strings.ReplaceAll(tt.text, "\n", " "),
			"indented": "  " + strings.ReplaceAll(tt.text, "\n", "\n    "), "quoted": `"` + strings.ReplaceAll(strings.TrimSpace(tt.text), "\n", "\\n\" +\n    \"") + `"`,
			"CRLF": strings.ReplaceAll(tt.text, "\n", "\r\n"), "commented": "# " + strings.ReplaceAll(tt.text, "\n", "\n# "),
		}
		for layout, text := range layouts {
			r := result(t, "pem-key", text, "")
			if got := proofDetail(r, "key"); got != tt.detail {
				t.Errorf("%s, %s: key %q, want %q", tt.name, layout, got, tt.detail)
			}
			if slices.Contains(r.Tags, "encrypted") != tt.encrypted {
				t.Errorf("%s, %s: tags %v", tt.name, layout, r.Tags)
			}
			if tt.public != nil {
				if want := fingerprintOf(tt.public); proofDetail(r, "fingerprint") != want {
					t.Errorf("%s, %s: fingerprint %q, want %q", tt.name, layout, proofDetail(r, "fingerprint"), want)
				}
			}
		}
	}
}

func TestPublishedKey(t *testing.T) {
	known := []struct{ fingerprint, what string }{
		{"SHA256:1M4RzhMyWuFS/86uPY/ce2prh/dVTHW7iD2RhpquOZA", "Vagrant's insecure key"},
		{"SHA256:UepsPDfQFIYFnSX2/fHWJiXgHiADW8smndyMiOaRclM", "RS256 key of jwt.io"},
	}
	for _, k := range known {
		if testKeys[k.fingerprint] != k.what {
			t.Errorf("%s: got %q, want %q", k.fingerprint, testKeys[k.fingerprint], k.what)
		}
	}
}

func TestKeyThatDoesNotParse(t *testing.T) {
	text := "-----BEGIN RSA " + "PRIVATE KEY-----\n" + strings.Repeat("QUJD", 60) + "\n-----END RSA " + "PRIVATE KEY-----"
	if r := result(t, "pem-key", text, ""); r.Confidence != doubtful || len(r.Proofs) > 0 {
		t.Errorf("got %+v", r)
	}
}

func TestServiceAccount(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	text, jsonErr := json.Marshal(map[string]string{"type": "service_account", "project_id": "acme",
		"client_email": "ci@acme.iam.gserviceaccount.com", "private_key": armour(t, "PRIVATE "+"KEY", der, err)})
	if jsonErr != nil {
		t.Fatal(jsonErr)
	}
	for _, match := range []string{string(text), strings.ReplaceAll(strings.ReplaceAll(string(text), `\n`, `\\n`), `"`, `\"`)} {
		r := result(t, "gcp-service-account", "x", match)
		if proofDetail(r, "key") != "RSA 1024 bits" || !strings.Contains(proofDetail(r, "structure"), "ci@acme") {
			t.Errorf("%s: got %+v", match[:30], r)
		}
	}
	if r := result(t, "gcp-service-account", "x", `{"type":"service_account","private_key":"<key>"}`); r.Confidence != doubtful {
		t.Errorf("got %+v", r)
	}
}
