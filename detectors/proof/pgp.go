package proof

import (
	"crypto/sha1" // OpenPGP v4 fingerprints are SHA-1
	"encoding/binary"
	"encoding/hex"
)

// pgpAlgorithms names the public-key algorithms and says what their public part is made of: m an MPI, o an object id,
// k the KDF field. RFC 4880 (2007) 5.5.2 and RFC 6637 (2012).
var pgpAlgorithms = map[byte]struct{ name, fields string }{
	1: {"RSA", "mm"}, 2: {"RSA", "mm"}, 3: {"RSA", "mm"}, 16: {"Elgamal", "mmm"}, 17: {"DSA", "mmmm"},
	18: {"ECDH", "omk"}, 19: {"ECDSA", "om"}, 22: {"EdDSA", "om"},
}

// pgpKey reads the first packet of a transferable secret key, version 4.
func pgpKey(b []byte) Result {
	const secretKeyTag, headerSize, version = 5, 6, 4
	tag, body, ok := pgpPacket(b)
	if !ok || tag != secretKeyTag || len(body) < headerSize || body[0] != version {
		return Result{Confidence: doubtful}
	}
	algorithm, known := pgpAlgorithms[body[headerSize-1]]
	if !known {
		return proved("key", "OpenPGP secret key")
	}
	end, ok := pgpPublic(body, headerSize, algorithm.fields)
	if !ok {
		return Result{Confidence: doubtful}
	}
	r := proved("key", "OpenPGP "+algorithm.name)
	if body[end] != 0 { // how the secret part is protected; 0: not at all
		r.Tags = []string{"encrypted"}
	}
	h := sha1.New()
	h.Write([]byte{0x99, byte(end >> 8), byte(end)})
	h.Write(body[:end])
	r.Proofs = append(r.Proofs, fingerprint(hex.EncodeToString(h.Sum(nil))))
	return r
}

// pgpPublic returns where the public part ends; at least one byte follows.
func pgpPublic(body []byte, at int, fields string) (int, bool) {
	for _, f := range fields {
		if at+2 > len(body) {
			return 0, false
		}
		switch f {
		case 'm':
			bits := int(binary.BigEndian.Uint16(body[at:]))
			at += 2 + (bits+7)/8
		default:
			at += 1 + int(body[at])
		}
	}
	return at, at < len(body)
}

// pgpPacket cuts the first packet; of a partial length it takes what there is.
func pgpPacket(b []byte) (tag byte, body []byte, ok bool) {
	if len(b) < 6 || b[0]&0x80 == 0 {
		return 0, nil, false
	}
	size, at := 0, 0
	if b[0]&0x40 != 0 {
		tag = b[0] & 0x3f
		switch n := int(b[1]); {
		case n < 192:
			size, at = n, 2
		case n < 224:
			size, at = (n-192)<<8+int(b[2])+192, 3
		case n == 255:
			size, at = int(binary.BigEndian.Uint32(b[2:])), 6
		default:
			size, at = len(b), 2
		}
	} else {
		tag = b[0] >> 2 & 0xf
		switch b[0] & 3 {
		case 0:
			size, at = int(b[1]), 2
		case 1:
			size, at = int(binary.BigEndian.Uint16(b[1:])), 3
		case 2:
			size, at = int(binary.BigEndian.Uint32(b[1:])), 5
		default:
			size, at = len(b), 1
		}
	}
	return tag, b[at:min(len(b), at+max(size, 0))], true
}
