package proof

import (
	"crypto"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the stores' own
	"encoding/asn1"
	"encoding/binary"
	"math/big"
	"unicode/utf16"

	_ "crypto/sha256" // for crypto.Hash.New
	_ "crypto/sha512"
)

// commonPasswords are those that documentation and tools put on key stores: OpenJDK's default, Android's debug store,
// Tomcat's and Spring's examples, and what people type.
var commonPasswords = [...]string{"changeit", "", "password", "changeme", "android", "secret", "tomcat", "123456", "test", "keystore"}

// OpensCommonly tells whether a whole JKS or JCEKS store, or a PKCS #12 file, opens with one of the most common
// passwords. What cannot be read does not.
func OpensCommonly(store []byte) bool {
	if len(store) < 24 {
		return false
	}
	switch string(store[:4]) {
	case "\xfe\xed\xfe\xed", "\xce\xce\xce\xce":
		return javaOpens(store)
	}
	return pfxOpens(store)
}

// javaOpens checks the digest that ends a Java store: SHA-1 of the password in UTF-16, of two words, and of all before
// (OpenJDK, sun.security.provider.JavaKeyStore, 2025).
func javaOpens(store []byte) bool {
	body, want := store[:len(store)-sha1.Size], store[len(store)-sha1.Size:]
	for _, p := range commonPasswords {
		h := sha1.New() //nolint:gosec // the format's
		h.Write(bmp(p))
		h.Write([]byte("Mighty Aphrodite"))
		h.Write(body)
		if hmac.Equal(h.Sum(nil), want) {
			return true
		}
	}
	return false
}

// bmp writes a password as a BMPString.
func bmp(password string) []byte {
	var out []byte
	for _, c := range utf16.Encode([]rune(password)) {
		out = binary.BigEndian.AppendUint16(out, c)
	}
	return out
}

// pfx and what is in it are RFC 7292, section 4, and RFC 2315, section 9.4.
type pfx struct {
	Version  int
	AuthSafe struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"tag:0,explicit,optional"`
	}
	Mac macData `asn1:"optional"`
}

type macData struct {
	Mac struct {
		Algorithm struct {
			Algorithm  asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Digest []byte
	}
	Salt       []byte
	Iterations *big.Int `asn1:"optional"`
}

// mostIterations is how often a password is hashed at most for one file: 10,000 is what tools ask for.
const mostIterations = 20_000

var macHashes = map[string]crypto.Hash{
	"1.3.14.3.2.26": crypto.SHA1, "2.16.840.1.101.3.4.2.1": crypto.SHA256, "2.16.840.1.101.3.4.2.2": crypto.SHA384,
	"2.16.840.1.101.3.4.2.3": crypto.SHA512,
}

// pfxOpens checks the MAC of a PKCS #12 file.
func pfxOpens(store []byte) bool {
	var file pfx
	if _, err := asn1.Unmarshal(store, &file); err != nil || file.Version != 3 || len(file.Mac.Mac.Digest) == 0 {
		return false
	}
	var content []byte
	if _, err := asn1.Unmarshal(file.AuthSafe.Content.Bytes, &content); err != nil {
		return false
	}
	hash, ok := macHashes[file.Mac.Mac.Algorithm.Algorithm.String()]
	rounds := 1
	if n := file.Mac.Iterations; n != nil {
		if !n.IsInt64() || n.Int64() < 1 || n.Int64() > mostIterations {
			return false
		}
		rounds = int(n.Int64())
	}
	if !ok || len(file.Mac.Salt) > 1<<10 {
		return false
	}
	for _, p := range commonPasswords {
		passwords := [][]byte{append(bmp(p), 0, 0)}
		if p == "" {
			passwords = append(passwords, nil) // some write no password as no bytes at all
		}
		for _, password := range passwords {
			mac := hmac.New(hash.New, macKey(hash, password, file.Mac.Salt, rounds))
			mac.Write(content)
			if hmac.Equal(mac.Sum(nil), file.Mac.Mac.Digest) {
				return true
			}
		}
	}
	return false
}

// macKey derives the key of a MAC from a password (RFC 7292, appendix B.2, for a key as long as the hash).
func macKey(hash crypto.Hash, password, salt []byte, rounds int) []byte {
	const purpose = 3 // MAC
	h := hash.New()
	block := h.BlockSize()
	for range block {
		h.Write([]byte{purpose})
	}
	h.Write(repeated(salt, block))
	h.Write(repeated(password, block))
	key := h.Sum(nil)
	for range rounds - 1 {
		h.Reset()
		h.Write(key)
		key = h.Sum(key[:0])
	}
	return key
}

// repeated repeats b until it fills a number of whole blocks; nothing stays nothing.
func repeated(b []byte, block int) []byte {
	if len(b) == 0 {
		return nil
	}
	out := make([]byte, (len(b)+block-1)/block*block)
	for i := range out {
		out[i] = b[i%len(b)]
	}
	return out
}
