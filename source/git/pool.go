package git

import "github.com/unleak/unleak/source/git/pack"

// release gives back one share of a text.
func (w *walker[S]) release(b *buffer) {
	if b.refs.Add(-1) == 0 {
		w.put(b.b)
	}
}

// most buffers kept for reuse, and the largest kept
const (
	poolBuffers = 16
	poolLargest = 4 << 20
)

func (w *walker[S]) get(n int) []byte {
	for k := len(w.pool) - 1; k >= 0; k-- {
		if b := w.pool[k]; cap(b) >= n {
			w.pool[k] = w.pool[len(w.pool)-1]
			w.pool = w.pool[:len(w.pool)-1]
			return b[:n]
		}
	}
	return make([]byte, n, n+n/8+pack.Slack)
}

func (w *walker[S]) put(b []byte) {
	if len(w.pool) < poolBuffers && cap(b) <= poolLargest {
		w.pool = append(w.pool, b)
	}
}

func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n, n+n/4+pack.Slack)
	}
	return b[:n]
}
