package detectors

import "golang.org/x/sys/cpu"

var simd = cpu.X86.HasAVX2

// gramsAVX2 tests the grams that start in the n bytes at p, a multiple of 32 above zero, against f's tables and sets a
// bit of out for each that may be known: bit i%32 of word i/32 for the one at p+i. It reads spare bytes more.
//
//go:noescape
func gramsAVX2(p *byte, n int, f *filter, out *uint32)

// linesAVX2 looks for the k-th line break, k above zero, in the n bytes at p, a multiple of 32 above zero: it is the
// left-th bit of mask, which stands for the 32 bytes at p+at. A mask of zero: there are only k-left.
//
//go:noescape
func linesAVX2(p *byte, n, k int) (at, left int, mask uint32)

// breaksAVX2 sets a bit of breaks for each line break in the n bytes at p, a multiple of 32 above zero, and one of cuts where
// it is a cut: bit i%32 of word i/32 for the one at p+i. It reads cutBack bytes before p.
//
//go:noescape
func breaksAVX2(p *byte, n int, breaks, cuts *uint32)
