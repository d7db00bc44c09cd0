package pack

import "crypto/sha256"

// Sum returns a hash of what the index says: ids, offsets, and which pack it is for.
func (x *Index) Sum() (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, part := range [][]byte{x.ids, x.off32, x.off64, x.trail} {
		h.Write(part)
	}
	h.Sum(sum[:0])
	return sum
}
