package detectors

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/unleak/unleak/detectors/proof"
	"github.com/unleak/unleak/finding"
)

// keystoreTechnique finds binary key stores by how they begin: Java's JKS and JCEKS with a private or secret key as
// their first entry, and PKCS #12. What is reported is the store's first bytes, which hold a salt or a time of its own.
type keystoreTechnique struct{ noLiterals }

// leastStore is the length of the shortest store with a key: one of 512 bits takes some 600 bytes.
const leastStore = 200

// mostStore is how long, in bytes, a store may be for passwords to be tried.
const mostStore = 1 << 20

func (keystoreTechnique) start(c *compiled, text []byte, out []finding.Match) []finding.Match {
	if len(text) < leastStore {
		return out
	}
	head := text[:min(len(text), startHead)]
	detail, ok := javaStore(head)
	if !ok {
		detail, ok = pkcs12(head)
	}
	if !ok {
		return out
	}
	m := finding.Match{
		Rule: c.ID, Secret: base64.StdEncoding.EncodeToString(head), Span: finding.Span{End: 4}, Context: finding.Span{End: len(head)},
		Confidence: c.Confidence, Tags: c.Tags, Rank: rankBlock,
		Proofs: []finding.Proof{{Kind: "structure", Detail: detail}},
	}
	if len(text) <= mostStore && proof.OpensCommonly(text) { // looks at all of it; whether there is a match hangs on the head
		m.Proofs = append(m.Proofs, finding.Proof{Kind: "password", Detail: "opens with one of the most common passwords"})
	} else {
		m.Tags = addTag(m.Tags, "encrypted")
	}
	return append(out, m)
}

// javaStore reads the head of a JKS or JCEKS store: magic, version, number of entries, then the first entry: its kind,
// its alias in modified UTF-8 behind two bytes of length, and a time in milliseconds, most significant bytes first
// (OpenJDK, sun.security.provider.JavaKeyStore, 2025). A store that begins with a certificate is most likely one of
// trusted certificates.
func javaStore(b []byte) (detail string, ok bool) {
	const header, privateKey, secretKey = 16, 1, 3
	kind := map[string]string{"\xfe\xed\xfe\xed": "JKS", "\xce\xce\xce\xce": "JCEKS"}[string(b[:4])]
	version, entries, entry := binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:]), binary.BigEndian.Uint32(b[12:])
	if kind == "" || version < 1 || version > 2 || entries == 0 || entries > 1<<16 || entry != privateKey && entry != secretKey {
		return "", false
	}
	n := int(binary.BigEndian.Uint16(b[header:]))
	if n == 0 || header+2+n > len(b) || !isText(string(b[header+2:header+2+n])) {
		return "", false
	}
	what := "private key"
	if entry == secretKey {
		what = "secret key"
	}
	number := "1 entry"
	if entries > 1 {
		number = fmt.Sprintf("%d entries", entries)
	}
	return fmt.Sprintf("%s store of %s, the first a %s", kind, number, what), true
}

// pkcs12 reads the head of a PFX: a SEQUENCE of version 3 and a ContentInfo of data or signed data (RFC 7292, 2014).
func pkcs12(b []byte) (detail string, ok bool) {
	rest, ok := derHeader(b, 0x30)
	if !ok {
		return "", false
	}
	rest, ok = bytes.CutPrefix(rest, []byte{2, 1, 3})
	if !ok {
		return "", false
	}
	rest, ok = derHeader(rest, 0x30)
	if !ok {
		return "", false
	}
	contents := []byte{6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7}
	rest, ok = bytes.CutPrefix(rest, contents)
	if !ok || len(rest) == 0 || rest[0] != 1 && rest[0] != 2 {
		return "", false
	}
	return "PKCS #12 file", true
}

// derHeader passes a tag and its length.
func derHeader(b []byte, tag byte) ([]byte, bool) {
	if len(b) < 2 || b[0] != tag {
		return nil, false
	}
	n := 0
	if b[1] >= 0x80 {
		n = int(b[1] & 0x7f)
	}
	if n > 4 || len(b) < 2+n {
		return nil, false
	}
	return b[2+n:], true
}
