package pack

import "hash/adler32"

const (
	adlerMod  = 65521 // the largest prime below 1<<16
	adlerPart = 5536  // bytes after which the sums are still below 1<<32; a multiple of 32
)

// adler returns the checksum of b (RFC 1950, 8.2).
func adler(b []byte) uint32 {
	if !simd || len(b) < 64 {
		return adler32.Checksum(b)
	}
	low, high := uint32(1), uint32(0)
	for len(b) >= 32 {
		n := min(len(b)&^31, adlerPart)
		sum, weighted := adlerAVX2(&b[0], n)
		high = (high + uint32(n)*low%adlerMod + weighted%adlerMod) % adlerMod
		low = (low + sum) % adlerMod
		b = b[n:]
	}
	for _, c := range b {
		low += uint32(c)
		high += low
	}
	return high%adlerMod<<16 | low%adlerMod
}
