//go:build amd64

package decode

// simd says that the processor and the system have AVX2.
var simd = hasAVX2()

// hasAVX2 asks CPUID and XGETBV (Intel SDM volume 2A, "CPUID", and volume 1, section 14.3).
func hasAVX2() bool

// masksAVX2 classifies n bytes at p, a multiple of 32 above zero, and reads one byte more.
//
//go:noescape
func masksAVX2(p *byte, n int, q *questions, pairs, base, list *uint32)
