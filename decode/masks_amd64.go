//go:build amd64

package decode

import "golang.org/x/sys/cpu"

var simd = cpu.X86.HasAVX2

// masksAVX2 classifies n bytes at p, a multiple of 32 above zero, and reads one byte more.
//
//go:noescape
func masksAVX2(p *byte, n int, q *questions, pairs, base, list *uint32)
