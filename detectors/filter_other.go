//go:build !amd64

package detectors

const simd = false

func gramsAVX2(*byte, int, *filter, *uint32) {}

func linesAVX2(*byte, int, int) (at, left int, mask uint32) { return 0, 0, 0 }

func breaksAVX2(*byte, int, *uint32, *uint32) {}
