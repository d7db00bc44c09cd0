package proof

import (
	"crypto/sha256"
	_ "embed" // the word list
	"fmt"
	"slices"
	"strings"
	"sync"
)

// bip39Text is the English word list of BIP-39, 2,048 sorted words, one a line (bitcoin/bips, bip-0039/english.txt, 2013;
// SHA-256 2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda).
//
//go:embed data/bip39-english.txt
var bip39Text string

var bip39Words = sync.OnceValue(func() []string { return strings.Fields(bip39Text) })

// bip39 checks a recovery phrase: 12 to 24 words of the list, eleven bits each; of every 33 bits the last one, all of
// them at the end, is of the SHA-256 of the others. BIP-39, 2013.
func bip39(c Candidate) Result {
	const bitsOfWord, most = 11, 24
	words := strings.Fields(strings.ToLower(c.Secret))
	if len(words) < 12 || len(words) > most || len(words)%3 != 0 {
		return drop()
	}
	var bits [most * bitsOfWord]byte // one bit each
	n := 0
	for _, w := range words {
		i, ok := slices.BinarySearch(bip39Words(), w)
		if !ok {
			return drop()
		}
		for k := bitsOfWord - 1; k >= 0; k-- {
			bits[n] = byte(i >> k & 1)
			n++
		}
	}
	entropy := n * 32 / 33
	data := make([]byte, entropy/8)
	for i := range entropy {
		data[i/8] |= bits[i] << (7 - i%8)
	}
	sum := sha256.Sum256(data)
	holds := true
	for i := range n - entropy {
		holds = holds && bits[entropy+i] == sum[i/8]>>(7-i%8)&1
	}
	return checksum(holds, fmt.Sprintf("%d words of BIP-39 whose checksum of %d bits holds", len(words), n-entropy))
}

// polarCRC checks Polar's tokens: prefix, 37 letters and digits, the CRC32 (IEEE) of these in six base62 digits.
// polarsource/polar, server/polar/kit/crypto.py, 2026; older tokens are longer or shorter.
func polarCRC(c Candidate) Result {
	const random, sum = 37, 6
	body := c.Secret[strings.LastIndexByte(c.Secret, '_')+1:]
	if len(body) != random+sum {
		return Result{}
	}
	return checksum(crcBase62(body[:random]) == body[random:], "CRC32 of Polar tokens holds")
}
