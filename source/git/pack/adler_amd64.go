package pack

import "golang.org/x/sys/cpu"

var simd = cpu.X86.HasAVX2

// adlerAVX2 returns the sum of the n bytes at p, a multiple of 32 above zero and no more than adlerPart, and their sum
// when the last counts once, the one before twice and so on.
//
//go:noescape
func adlerAVX2(p *byte, n int) (sum, weighted uint32)
