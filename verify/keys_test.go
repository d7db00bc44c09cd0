package verify

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/freeport"
)

func newSSHKey(t *testing.T) (text string, public ssh.PublicKey) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block)), signer.PublicKey()
}

// sshServer lets one key in, greets it and hangs up. tried counts the keys it was shown.
func sshServer(t *testing.T, known ssh.PublicKey, tried *int) func(net.Conn) {
	host, _ := newSSHKey(t)
	signer, err := ssh.ParsePrivateKey([]byte(host))
	if err != nil {
		t.Fatal(err)
	}
	return func(c net.Conn) {
		cfg := &ssh.ServerConfig{PublicKeyCallback: func(m ssh.ConnMetadata, k ssh.PublicKey) (*ssh.Permissions, error) {
			*tried++
			if m.User() == "git" && known != nil && bytes.Equal(k.Marshal(), known.Marshal()) {
				return nil, nil
			}
			return nil, fmt.Errorf("unknown key")
		}}
		cfg.AddHostKey(signer)
		conn, channels, requests, err := ssh.NewServerConn(c, cfg)
		if err != nil {
			return
		}
		go ssh.DiscardRequests(requests)
		for ch := range channels {
			_ = ch.Reject(ssh.Prohibited, "no")
		}
		_ = conn.Close()
	}
}

func TestSSHKey(t *testing.T) {
	w := newWorld(t)
	key, public := newSSHKey(t)
	other, _ := newSSHKey(t)
	tried := 0
	w.wire("git.corp.example", "22", sshServer(t, public, &tried))
	parts := []finding.Part{part("host", "git.corp.example"), part("user", "git")}
	w.askWire(t, "ssh-key",
		question{key, parts, finding.Live, ""},
		question{strings.ReplaceAll(key, "\n", `\n`), parts, finding.Live, ""},
		question{other, parts, finding.Dead, "does not take the key"},
		question{key, parts[:1], finding.NotChecked, "user was not found"},
		question{key, []finding.Part{part("host", "evil.example.net"), part("user", "git")}, finding.NotChecked, "--allow-host"},
		question{"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", parts, finding.NotChecked, "cannot be read"},
	)
}

// TestFalseForge sits where github.com should be. It must not even be shown a key.
func TestFalseForge(t *testing.T) {
	w := newWorld(t)
	key, public := newSSHKey(t)
	tried := 0
	for _, h := range []string{"github.com", "gitlab.com", "bitbucket.org"} {
		w.wire(h, "22", sshServer(t, public, &tried))
	}
	w.askWire(t, "ssh-key", question{key, nil, finding.Unknown, "another key"})
	if tried != 0 {
		t.Errorf("%d keys were shown to it", tried)
	}
}

func TestGreetings(t *testing.T) {
	for text, want := range map[string]string{
		"Hi octocat! You've successfully authenticated, but GitHub does not provide shell access.\n": "octocat",
		"Hi octo/repo.name! You've successfully authenticated":                                       "octo/repo.name",
		"Welcome to GitLab, @octo.cat!\n":                                                            "octo.cat",
		"authenticated via ssh key.\nlogged in as octo.\n":                                           "octo",
		"Permission denied": "",
	} {
		got := ""
		if m := greetings.FindStringSubmatch(text); m != nil {
			got = m[1]
		}
		if got != want {
			t.Errorf("%q greets %q, want %q", text, got, want)
		}
	}
}

func TestRealSSH(t *testing.T) {
	server := program(t, "sshd")
	dir, port := workDir(t), freeport.Take(t)
	key, public := newSSHKey(t)
	host, _ := newSSHKey(t)
	other, _ := newSSHKey(t)
	if os.Geteuid() != 0 {
		t.Skip("sshd lets nobody in when it cannot read who is locked out")
	}
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil { // Debian's sshd wants it
		t.Skip(err)
	}
	for name, text := range map[string]string{
		"host": host, "keys": string(ssh.MarshalAuthorizedKey(public)),
		"conf": "Port " + port + "\nListenAddress 127.0.0.1\nHostKey " + dir + "/host\nAuthorizedKeysFile " + dir + "/keys\nPidFile " + dir + "/pid\nStrictModes no\nUsePAM yes\nPermitRootLogin prohibit-password\nPasswordAuthentication no\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := command(dir, server, "-D", "-e", "-f", filepath.Join(dir, "conf"))
	keepUser(c)
	startServer(t, c, port)
	parts := []finding.Part{part("host", "127.0.0.1"), part("port", port), part("user", "root")}
	askReal(t, "ssh-key", port,
		question{key, parts, finding.Live, ""}, question{other, parts, finding.Dead, ""},
		question{key, append(parts[:2:2], part("user", "mallory")), finding.Dead, ""})
}

// issuer publishes keys and signs tokens.
type issuer struct {
	rsa *rsa.PrivateKey
	ec  *ecdsa.PrivateKey
	ed  ed25519.PrivateKey
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	var i issuer
	var err, err2, err3 error
	i.rsa, err = rsa.GenerateKey(rand.Reader, 2048)
	i.ec, err2 = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, i.ed, err3 = ed25519.GenerateKey(rand.Reader)
	if err := firstError(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	return &i
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (i *issuer) serve(host string) http.HandlerFunc {
	point, _ := i.ec.PublicKey.Bytes()
	keys := []map[string]string{
		{"kid": "r", "kty": "RSA", "n": b64(i.rsa.N.Bytes()), "e": b64(big.NewInt(int64(i.rsa.E)).Bytes())},
		{"kid": "e", "kty": "EC", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])},
		{"kid": "d", "kty": "OKP", "crv": "Ed25519", "x": b64(i.ed.Public().(ed25519.PublicKey))},
	}
	return func(w http.ResponseWriter, r *http.Request) {
		out := any(map[string]any{"keys": keys})
		if strings.HasSuffix(r.URL.Path, "/openid-configuration") {
			out = map[string]string{"issuer": "https://" + host, "jwks_uri": "https://" + host + "/keys"}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(out)
	}
}

func (i *issuer) token(t *testing.T, alg, kid, iss string, end time.Time) string {
	t.Helper()
	head, _ := json.Marshal(map[string]string{"alg": alg, "kid": kid})
	claims, _ := json.Marshal(map[string]any{"iss": iss, "sub": "ci", "exp": end.Unix()})
	text := b64(head) + "." + b64(claims)
	sum := sha256.Sum256([]byte(text))
	var sig []byte
	var err error
	switch alg {
	case "RS256":
		sig, err = rsa.SignPKCS1v15(rand.Reader, i.rsa, crypto.SHA256, sum[:])
	case "PS256":
		sig, err = rsa.SignPSS(rand.Reader, i.rsa, crypto.SHA256, sum[:], nil)
	case "ES256":
		r, s, e := ecdsa.Sign(rand.Reader, i.ec, sum[:])
		err, sig = e, append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	case "EdDSA":
		sig = ed25519.Sign(i.ed, []byte(text))
	}
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + b64(sig)
}

func TestJWT(t *testing.T) {
	w := newWorld(t)
	mine, other := newIssuer(t), newIssuer(t)
	for _, h := range []string{"id.corp.example", "tenant.auth0.com", "evil.example.net"} {
		w.serve(h, mine.serve(h))
	}
	const iss = "https://id.corp.example"
	later := time.Now().Add(time.Hour)
	w.askWire(t, "jwt",
		question{mine.token(t, "RS256", "r", iss, later), nil, finding.Live, "signed it"},
		question{mine.token(t, "PS256", "r", iss, later), nil, finding.Live, ""},
		question{mine.token(t, "ES256", "e", iss, later), nil, finding.Live, ""},
		question{mine.token(t, "EdDSA", "d", iss, later), nil, finding.Live, ""},
		question{mine.token(t, "RS256", "r", "https://tenant.auth0.com/", later), nil, finding.Live, ""},
		question{other.token(t, "RS256", "r", iss, later), nil, finding.Dead, "did not sign"},
		question{mine.token(t, "RS256", "old", iss, later), nil, finding.Unknown, "no longer"},
		question{mine.token(t, "ES256", "r", iss, later), nil, finding.Dead, ""},
		question{mine.token(t, "RS256", "r", iss, time.Now().Add(-time.Hour)), nil, finding.Expired, ""},
		question{mine.token(t, "RS256", "r", "https://evil.example.net", later), nil, finding.NotChecked, "--allow-host"},
		question{mine.token(t, "HS256", "r", iss, later), nil, finding.NotChecked, "only whoever signed it"},
		question{mine.token(t, "none", "r", iss, later), nil, finding.NotChecked, ""},
		question{"a.b.c", nil, finding.NotChecked, "no signed token"},
	)
}

func TestGitHubApp(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.serve(githubHost, func(rw http.ResponseWriter, r *http.Request) {
		parts := strings.Split(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), ".")
		sig, _ := base64.RawURLEncoding.DecodeString(parts[2])
		claims, _ := base64.RawURLEncoding.DecodeString(parts[1])
		sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		switch {
		case !bytes.Contains(claims, []byte(`"iss":"1234"`)):
			answer(404, "application/json", `{"message":"Integration not found"}`)(rw, r)
		case rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], sig) != nil:
			answer(401, "application/json", `{"message":"A JSON web token could not be decoded"}`)(rw, r)
		default:
			answer(200, "application/json", `{"id":1234,"slug":"my-app","owner":{"login":"octo"}}`)(rw, r)
		}
	})
	text := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	other, _ := strangeRSA()
	id := []finding.Part{part("app id", "1234")}
	w.askWire(t, "private-key", question{text, id, finding.Live, ""}, question{other, id, finding.Dead, ""})
	w.askWire(t, "github-app", question{text, id, finding.Live, ""}, question{other, id, finding.Dead, ""},
		question{text, []finding.Part{part("app id", "99")}, finding.Dead, ""}, question{text, nil, finding.NotChecked, "app id"})
}

func TestTLSKey(t *testing.T) {
	w := newWorld(t)
	w.serve("www.corp.example", honest)
	der, err := x509.MarshalECPrivateKey(w.key)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
	other, _ := strangeRSA()
	host := []finding.Part{part("host", "www.corp.example")}
	w.askWire(t, "tls-key", question{text, host, finding.Live, "certificate is for this key"}, question{other, host, finding.Unknown, "another key"},
		question{text, nil, finding.NotChecked, "host was not found"}, question{"-----BEGIN X-----", host, finding.NotChecked, "no PEM"})
}

func TestAzureSAS(t *testing.T) {
	w := newWorld(t)
	const sig = "kR4x9Qz7mBn2Wp8Xc5Vt1LhJ3sD6fG0aYuEiOqT2NbM"
	w.serve("acct.blob.core.windows.net", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("X-Ms-Request-Id", "1")
		q := r.URL.Query()
		code := map[bool]string{true: "", false: "AuthenticationFailed"}[q.Get("sig") == sig+"=" && r.Method != "PUT"]
		switch {
		case code == "" && q.Get("sp") == "w":
			code = "AuthorizationPermissionMismatch"
		case code == "" && r.Method == "GET" && q.Get("maxresults") != "1":
			t.Errorf("a whole listing was asked for: %s", r.URL.RawQuery)
		}
		if code != "" {
			rw.Header().Set("X-Ms-Error-Code", code)
			rw.WriteHeader(403)
		}
	})
	at := func(query, sig string) string {
		return "https://acct.blob.core.windows.net/box/file.txt?sv=2023-11-03&" + query + "&sig=" + sig + "%3D"
	}
	other, _ := mutate(sig)
	w.askWire(t, "azure-sas",
		question{at("sr=c&sp=rl&se=2999-01-01T00:00:00Z", sig), nil, finding.Live, ""},
		question{at("sr=b&sp=r&se=2999-01-01T00:00:00Z", sig), nil, finding.Live, ""},
		question{at("ss=b&srt=sco&sp=w&se=2999-01-01T00:00:00Z", sig), nil, finding.Live, "gives no right"},
		question{at("sr=c&sp=rl&se=2999-01-01T00:00:00Z", other), nil, finding.Dead, ""},
		question{at("sr=c&sp=rl&se=2020-01-01T00:00:00Z", sig), nil, finding.Expired, ""},
		question{strings.SplitN(at("sr=c&sp=rl", sig), "?", 2)[1], []finding.Part{part("url", "https://acct.blob.core.windows.net/box?")}, finding.Live, ""},
		question{strings.SplitN(at("ss=b&srt=sco&sp=rl", sig), "?", 2)[1], []finding.Part{part("account", "acct")}, finding.Live, ""},
		question{strings.SplitN(at("sr=c&sp=rl", sig), "?", 2)[1], nil, finding.NotChecked, "no URL"},
		question{strings.Replace(at("sr=c", sig), "core.windows.net", "evil.example.net", 1), nil, finding.NotChecked, "none of Azure"},
	)
}
