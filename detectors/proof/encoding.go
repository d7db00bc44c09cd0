package proof

import (
	"crypto/sha256"
	"math/big"
	"strings"
)

// ageKey checks an age identity: bech32 with the prefix AGE-SECRET-KEY-. "The age file encryption format", C2SP, 2023.
func ageKey(c Candidate) Result {
	if !bech32Holds(c.Secret) {
		return Result{Confidence: doubtful, Tags: []string{"checksum-mismatch"}}
	}
	return checksum(true, "Bech32 checksum of age identities holds")
}

// bech32 checks any bech32 text and drops what does not hold. BIP-173, 2017.
func bech32(c Candidate) Result {
	if !bech32Holds(c.Secret) {
		return drop()
	}
	return checksum(true, "Bech32 checksum holds")
}

func bech32Holds(text string) bool {
	const (
		digits  = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
		longest = 1023
	)
	if len(text) > longest || strings.ToLower(text) != text && strings.ToUpper(text) != text {
		return false
	}
	text = strings.ToLower(text)
	one := strings.LastIndexByte(text, '1')
	if one < 1 || len(text)-one-1 < 6 {
		return false
	}
	sum := uint32(1)
	for i := range one {
		sum = bech32Step(sum, text[i]>>5)
	}
	sum = bech32Step(sum, 0)
	for i := range one {
		sum = bech32Step(sum, text[i]&31)
	}
	for i := one + 1; i < len(text); i++ {
		d := strings.IndexByte(digits, text[i])
		if d < 0 {
			return false
		}
		sum = bech32Step(sum, byte(d))
	}
	return sum == 1
}

func bech32Step(sum uint32, value byte) uint32 {
	generators := [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3}
	top := sum >> 25
	sum = (sum&0x1ffffff)<<5 ^ uint32(value)
	for i, g := range generators {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}

// base58Check checks base58 whose last four bytes are the double SHA-256 of the others (Bitcoin WIF, BIP-32 extended
// keys) and drops what does not hold. Bitcoin wiki, "Base58Check encoding".
func base58Check(c Candidate) Result {
	const sumSize = 4
	if len(c.Secret) > longestBase58 {
		return Result{}
	}
	n, ok := base58Number(c.Secret)
	if !ok {
		return drop()
	}
	b := n.Bytes()
	if len(b) <= sumSize {
		return drop()
	}
	first := sha256.Sum256(b[:len(b)-sumSize])
	sum := sha256.Sum256(first[:])
	if string(sum[:sumSize]) != string(b[len(b)-sumSize:]) {
		return drop()
	}
	return checksum(true, "Base58Check checksum holds")
}

const longestBase58 = 120 // digits: decoding takes time that grows with the square

// base58Number reads base58 in Bitcoin's digits.
func base58Number(s string) (*big.Int, bool) {
	const digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	n, base := new(big.Int), big.NewInt(int64(len(digits)))
	for i := range len(s) {
		d := strings.IndexByte(digits, s[i])
		if d < 0 {
			return nil, false
		}
		n.Mul(n, base).Add(n, big.NewInt(int64(d)))
	}
	return n, true
}
