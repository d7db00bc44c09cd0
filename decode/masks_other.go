//go:build !amd64

package decode

const simd = false

func masksAVX2(*byte, int, *questions, *uint32, *uint32, *uint32) {}
