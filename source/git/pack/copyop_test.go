package pack

import (
	"math/rand/v2"
	"testing"
)

// copyOpSlowly reads an instruction as gitformat-pack(5) describes it, a bit at a time.
func copyOpSlowly(b []byte, p int) (from, n, next int) {
	c := b[p]
	p++
	for k := range 7 {
		if c>>k&1 == 0 {
			continue
		}
		if p >= len(b) {
			return 0, 0, -1
		}
		if k < 4 {
			from |= int(b[p]) << (8 * k)
		} else {
			n |= int(b[p]) << (8 * (k - 4))
		}
		p++
	}
	if n == 0 {
		n = 0x10000
	}
	return from, n, p
}

func TestCopyOp(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for op := 0x80; op < 0x100; op++ {
		for range 200 {
			b := make([]byte, 1+rng.IntN(14))
			for i := range b {
				b[i] = byte(rng.Uint32()) & byte(-rng.IntN(2))
			}
			p := rng.IntN(len(b))
			b[p] = byte(op)
			from, n, next := copyOp(b, p)
			wantFrom, wantN, wantNext := copyOpSlowly(b, p)
			if next != wantNext || next > 0 && (from != wantFrom || n != wantN) {
				t.Fatalf("%x at %d: %d bytes from %d, then %d; want %d, %d, %d", b, p, n, from, next, wantN, wantFrom, wantNext)
			}
		}
	}
}
