package verify

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"strconv"
	"strings"
)

// scram is the client's side of SCRAM (RFC 5802, RFC 7677) without channel binding. It proves that both sides know
// the password and shows it to neither.
type scram struct {
	hash     func() hash.Hash
	user     string
	password string
	nonce    string
	auth     string // the messages so far, as they are signed
	verifier []byte // what the server must send in the end
}

// maxIterations bounds the work a server may ask for.
const maxIterations = 1_000_000

func newSCRAM(mechanism, user, password string) (*scram, error) {
	s := &scram{user: user, password: password}
	switch mechanism {
	case "SCRAM-SHA-256":
		s.hash = sha256.New
	case "SCRAM-SHA-1":
		s.hash = sha1.New
	default:
		return nil, problem("the server wants a way to log in that is not known here")
	}
	b := make([]byte, 18)
	if _, err := rand.Read(b); err != nil {
		return nil, err
	}
	s.nonce = base64.StdEncoding.EncodeToString(b)
	return s, nil
}

func (s *scram) first() string {
	bare := "n=" + strings.NewReplacer("=", "=3D", ",", "=2C").Replace(s.user) + ",r=" + s.nonce
	s.auth = bare
	return "n,," + bare
}

// final answers the server's challenge.
func (s *scram) final(challenge string) (string, error) {
	fields := scramFields(challenge)
	salt, err := base64.StdEncoding.DecodeString(fields["s"])
	n, err2 := strconv.Atoi(fields["i"])
	if err != nil || err2 != nil || n < 1 || n > maxIterations || !strings.HasPrefix(fields["r"], s.nonce) || len(salt) == 0 {
		return "", errMalformed
	}
	salted, err := pbkdf2.Key(s.hash, s.password, salt, n, s.hash().Size())
	if err != nil {
		return "", errMalformed
	}
	bare := "c=biws,r=" + fields["r"]
	s.auth += "," + challenge + "," + bare
	clientKey := s.mac(salted, "Client Key")
	h := s.hash()
	h.Write(clientKey)
	proof := s.mac(h.Sum(nil), s.auth)
	for i := range proof {
		proof[i] ^= clientKey[i]
	}
	s.verifier = s.mac(s.mac(salted, "Server Key"), s.auth)
	return bare + ",p=" + base64.StdEncoding.EncodeToString(proof), nil
}

// proved tells whether the server's last message shows that it knows the password too.
func (s *scram) proved(last string) bool {
	v, err := base64.StdEncoding.DecodeString(scramFields(last)["v"])
	return err == nil && hmac.Equal(v, s.verifier)
}

func (s *scram) mac(key []byte, text string) []byte {
	h := hmac.New(s.hash, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func scramFields(text string) map[string]string {
	out := map[string]string{}
	for _, f := range strings.Split(text, ",") {
		if k, v, ok := strings.Cut(f, "="); ok {
			out[k] = v
		}
	}
	return out
}
