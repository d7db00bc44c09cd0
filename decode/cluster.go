package decode

import "bytes"

// family is one transparent decoder: it undoes escapes that begin with one of a few bytes.
type family struct {
	triggers []byte
	// undo decodes the escape at text[i], which holds a trigger byte: how many bytes of text it takes (0: no escape), what
	// it stands for, and what to call it. It may look at ContextBytes on either side of i.
	undo func(text []byte, i int) (n int, r repl, name string)
}

// repl is what an escape stands for: at most four bytes.
type repl struct {
	b [4]byte
	n uint8
}

func one(c int) repl { return repl{b: [4]byte{byte(c)}, n: 1} }

var families = [...]family{
	{triggers: []byte{'%'}, undo: undoPercent},
	{triggers: []byte{'\\'}, undo: undoBackslash},
	{triggers: []byte{'U'}, undo: undoCodePoint},
	{triggers: []byte{'&'}, undo: undoHTML},
	{triggers: []byte{'='}, undo: undoQuoted},
	{triggers: []byte{0x1b}, undo: undoANSI},
	{triggers: []byte{0xe2, 0xef, 0xc2}, undo: undoZeroWidth},
	{triggers: []byte{'"', '\''}, undo: undoConcat},
}

// maxChain is how far a chain of escapes is followed out of the span asked for.
const maxChain = Overlap

// cursor is where the search for one family stands in one Find.
type cursor struct {
	at    int // escapes before this offset are done
	limit int // escapes begin before this offset
}

// back puts the cursor, which is at from, back to the first escape whose stretch may touch what follows from.
func (c *cursor) back(f *family, text []byte, from int) {
	for c.at > 0 && from-c.at < maxChain {
		lo := max(0, c.at-2*ContextBytes)
		if f.find(text, lo, c.at).n == 0 {
			break
		}
		c.at = lo
	}
}

// escape is an escape found.
type escape struct {
	at, n int
	r     repl
	name  string
}

// find returns the first escape in text[from:to); its n is 0 if there is none.
func (f *family) find(text []byte, from, to int) escape {
	next := [3]int{-1, -1, -1}
	for from < to {
		best := to
		for k, b := range f.triggers {
			if next[k] < from {
				next[k] = to
				if n := bytes.IndexByte(text[from:to], b); n >= 0 {
					next[k] = from + n
				}
			}
			best = min(best, next[k])
		}
		if best >= to {
			return escape{}
		}
		if n, r, name := f.undo(text, best); n > 0 {
			return escape{at: best, n: n, r: r, name: name}
		}
		from = best + 1
	}
	return escape{}
}

// clusters yields the stretches of all escapes that begin before end.
func (l *level) clusters(f *family, c *cursor, end int) {
	end = min(end, c.limit)
	for c.at < end {
		e := f.find(l.text, c.at, end)
		if e.n == 0 {
			c.at = end
			return
		}
		l.cluster(f, c, e)
	}
}

// before and after are the context of an escape: the rest of the line, ContextBytes at most. Where an escape itself joins
// lines, that is the line before and the line after it.
func before(text []byte, i int) int { return lineStart(text, max(0, i-ContextBytes), i) }

func after(text []byte, i int) int { return lineEnd(text, i, min(len(text), i+ContextBytes)) }

// cluster decodes from the context before escape e to the context after the last escape near enough, and yields it.
func (l *level) cluster(f *family, c *cursor, e escape) {
	const gap = 64 // plain bytes between contexts not worth a stretch of their own
	first, name := e.at, e.name
	base := before(l.text, e.at)
	l.begin()
	copied := base
	for {
		l.literal(base, copied, e.at)
		from := len(l.out)
		l.pieces = append(l.pieces, piece{at: int32(from), src: int32(e.at - base), size: int32(e.n)})
		l.out = append(l.out, e.r.b[:e.r.n]...)
		if e.r.n == 0 {
			l.pieces = l.pieces[:len(l.pieces)-1]
		}
		l.dirt(from, len(l.out))
		copied = e.at + e.n
		if copied-base > MaxPiece-Overlap {
			l.finish(base, copied, after(l.text, copied), name)
			c.at = max(first+1, copied-Overlap)
			return
		}
		stop := min(len(l.text), copied+2*ContextBytes+gap)
		if copied > l.within.End+maxChain {
			stop = copied
		}
		next := f.find(l.text, copied, stop)
		if next.n == 0 || next.at > copied+gap {
			hi := after(l.text, copied)
			if next.n == 0 || next.at > hi+gap && before(l.text, next.at) > hi+gap {
				l.finish(base, copied, hi, name)
				c.at = copied
				return
			}
		}
		e = next
	}
}

// finish appends the context after the last escape and yields.
func (l *level) finish(base, copied, hi int, name string) {
	l.literal(base, copied, hi)
	l.emit(name, Span{base, hi}, 8, l.dirty)
}

// literal copies text[from:to) as it is.
func (l *level) literal(base, from, to int) {
	if from >= to {
		return
	}
	l.pieces = append(l.pieces, piece{at: int32(len(l.out)), src: int32(from - base), size: 1, step: 1})
	l.out = append(l.out, l.text[from:to]...)
}

// dirt notes that out[from:to) was transformed.
func (l *level) dirt(from, to int) {
	if n := len(l.dirty); n > 0 && l.dirty[n-1].End == from && from > 0 {
		l.dirty[n-1].End = to
		return
	}
	l.dirty = append(l.dirty, Span{from, to})
}
