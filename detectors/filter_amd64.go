package detectors

import "golang.org/x/sys/cpu"

var simd = cpu.X86.HasAVX2

// gramsAVX2 tests the grams that start in the n bytes at p, a multiple of 32 above zero, against f's tables and sets a
// bit of out for each that may be known: bit i%32 of word i/32 for the one at p+i. It reads spare bytes more.
//
//go:noescape
func gramsAVX2(p *byte, n int, f *filter, out *uint32)
