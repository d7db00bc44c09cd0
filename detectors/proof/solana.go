package proof

import (
	"bytes"
	"crypto/ed25519"
	"strconv"
	"strings"
)

// solanaPair tells whether b is a key pair as Solana's tools write it: the 32 bytes of an Ed25519 seed and the 32 of its
// public key. Solana documentation, "File system wallets", 2025; RFC 8032, 2017.
func solanaPair(b []byte) bool {
	return len(b) == ed25519.PrivateKeySize && bytes.Equal(ed25519.NewKeyFromSeed(b[:ed25519.SeedSize]), b)
}

// solanaKeypair checks a key pair of Solana, an array of 64 numbers or their base58: the public half must be the seed's.
// Base58 of which it is not is dropped: signatures of transactions are as long, and stand beside the same names.
func solanaKeypair(c Candidate) Result {
	b, ok := byteArray(c.Secret)
	isArray := ok
	if !ok && len(c.Secret) <= longestBase58 {
		n, isBase58 := base58Number(c.Secret)
		if ok = isBase58 && n.BitLen() <= ed25519.PrivateKeySize*8; ok {
			b = n.FillBytes(make([]byte, ed25519.PrivateKeySize))
		}
	}
	if !ok || len(b) != ed25519.PrivateKeySize || !isArray && !solanaPair(b) {
		return drop()
	}
	return checksum(solanaPair(b), "the public half is that of the seed")
}

// byteArray reads [1, 2, 3].
func byteArray(s string) ([]byte, bool) {
	inner, ok := strings.CutPrefix(strings.TrimSpace(s), "[")
	inner, ends := strings.CutSuffix(inner, "]")
	if !ok || !ends {
		return nil, false
	}
	var out []byte
	for number := range strings.SplitSeq(inner, ",") {
		n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 8)
		if err != nil {
			return nil, false
		}
		out = append(out, byte(n))
	}
	return out, true
}
