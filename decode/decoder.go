package decode

import "bytes"

// Decoder finds encoded stretches. It holds scratch memory: use one per goroutine.
type Decoder struct {
	levels []*level // one per Find in progress, since yield may call Find again
	depth  int
}

// level is the scratch memory of one Find.
type level struct {
	text   []byte
	within Span
	yield  func(*Stretch)

	stretch Stretch
	out     []byte
	pieces  []piece
	dirty   []Span

	symbols  []byte
	segments []segment
	escapes  [len(families)]cursor
	runsTo   int // runs before this offset are done
	listsTo  int // number lists before this offset are done
	wideTo   int // UTF-16 before this offset is done
	inflater inflater
}

// New returns a Decoder.
func New() *Decoder { return &Decoder{} }

// blockBytes is scanned for all triggers in turn, while it is in the nearest cache.
const blockBytes = 16 << 10

// sampleBack is how far outside `within` runs are looked for, so that a run that only touches it is seen: the shortest
// line that continues, and the deepest indentation after it.
const sampleBack = 512

// Find calls yield for every encoded stretch of text whose Source touches within. The stretch is valid until yield
// returns. Yield may call Find on the same Decoder with another text.
func (d *Decoder) Find(text []byte, within Span, yield func(*Stretch)) {
	within.Start = min(max(within.Start, 0), len(text))
	within.End = min(max(within.End, within.Start), len(text))
	if d.depth == len(d.levels) {
		d.levels = append(d.levels, &level{})
	}
	l := d.levels[d.depth]
	d.depth++
	l.text, l.within, l.yield = text, within, yield
	l.find()
	l.text, l.yield = nil, nil
	l.shrink()
	d.depth--
}

// shrink gives back scratch that one odd text blew up.
func (l *level) shrink() {
	const keep = 2 << 20
	if cap(l.out) > keep {
		l.out = nil
	}
	if cap(l.symbols) > keep {
		l.symbols = nil
	}
	if cap(l.pieces) > keep/16 {
		l.pieces = nil
	}
}

func (l *level) find() {
	from, to := l.within.Start, l.within.End
	if from == 0 {
		l.compressed()
	}
	l.runsTo, l.listsTo, l.wideTo = 0, 0, 0
	for i := range families {
		l.escapes[i].reset(&families[i], l.text, from, to)
	}
	lo, hi := max(0, from-sampleBack), min(len(l.text), to+sampleBack)
	for at := lo; at < hi || at == lo; at += blockBytes {
		end := min(at+blockBytes, hi)
		high, zero := odd(l.text[at:end])
		for i := range families {
			f := &families[i]
			if c := &l.escapes[i]; c.at < end && (high || !f.high || c.at < at) {
				l.clusters(f, c, end)
			} else if c.at < end {
				c.at = end
			}
		}
		if zero {
			l.wide(at, end)
		}
		l.runs(at, end)
		l.delimited(at, end)
	}
	for i := range families {
		l.clusters(&families[i], &l.escapes[i], l.escapes[i].limit)
	}
}

// emit yields what out, pieces and dirty hold.
func (l *level) emit(name string, source Span, bits int, dirty []Span) {
	if !source.touches(l.within) || len(l.out) == 0 {
		return
	}
	l.stretch = Stretch{Name: name, Source: source, Text: l.out, Dirty: dirty, pieces: l.pieces, bits: bits}
	l.yield(&l.stretch)
}

// begin empties the scratch for a new stretch.
func (l *level) begin() {
	l.out, l.pieces, l.dirty = l.out[:0], l.pieces[:0], l.dirty[:0]
}

// lineStart and lineEnd cut [lo, i) and [i, hi) at the nearest line break.
func lineStart(text []byte, lo, i int) int {
	return lo + bytes.LastIndexByte(text[lo:i], '\n') + 1
}

func lineEnd(text []byte, i, hi int) int {
	if n := bytes.IndexByte(text[i:hi], '\n'); n >= 0 {
		return i + n
	}
	return hi
}
