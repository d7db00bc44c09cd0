//go:build !amd64

package detectors

const simd = false

func gramsAVX2(*byte, int, *filter, *uint32) {}
