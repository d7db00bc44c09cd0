package git

import (
	"math/bits"

	"github.com/unleak/unleak/source/git/pack"
)

// release gives back one share of a text.
func (w *walker[S]) release(b *buffer) {
	if b.refs.Add(-1) == 0 {
		w.put(b.b)
	}
}

// pool keeps buffers for reuse, by the power of two that they hold at least: of each as many as make poolEach bytes, and
// not many more than a chain of deltas needs at a time.
type pool [23][][]byte

const (
	poolEach = 4 << 20
	poolMost = 64
)

// get returns a buffer of n bytes with room for pack.Slack more. What is in it is anything.
func (w *walker[S]) get(n int) []byte {
	class := bits.Len(uint(n + pack.Slack - 1))
	for k := class; k < min(class+2, len(w.pool)); k++ {
		if last := len(w.pool[k]) - 1; last >= 0 {
			b := w.pool[k][last]
			w.pool[k] = w.pool[k][:last]
			return b[:n]
		}
	}
	if class >= len(w.pool) {
		return make([]byte, n, n+pack.Slack)
	}
	return make([]byte, n, 1<<class)
}

func (w *walker[S]) put(b []byte) {
	if class := bits.Len(uint(cap(b))) - 1; class >= 0 && class < len(w.pool) && len(w.pool[class]) < min(poolMost, poolEach>>class) {
		w.pool[class] = append(w.pool[class], b)
	}
}

func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n, n+n/4+pack.Slack)
	}
	return b[:n]
}
